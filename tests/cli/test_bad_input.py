"""Whatever is wrong with what a user gave: one clear message each, all of them together, and nothing written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spread import errors
from tests.cli.worlds import AMBITION, SCENARIO, SITES, STAGES, files_in

ROOT = Path(__file__).parents[2]
FEW = ("--draws", "2", "--replicates", "1", "--workers", "1", "-q")
HEADER = SITES.splitlines()[0]
FROM = ("--from", "stages.csv", "--as-of", "2020-09-30")
EVERY_NUMBER = "site,organisation,setting,psc,services,size,staff,imd_q1_share\n"
TIES = "site,peer,layer,weight\n"
OWN_AMBITION = """
[ambitions.mine]
title = "Mine"
source = "our plan"
threshold = 0.5
"""


def refused(spread, folder, *words, code=2):
    """What is said when a command is refused: no traceback, nothing written."""
    before = files_in(folder)
    ended = spread(*words)
    assert ended.code == code
    assert ended.out == ""
    assert "Traceback" not in ended.err
    assert files_in(folder) == before
    return ended.err


def put(folder, name, content):
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content if isinstance(content, bytes) else content.encode())


# --- the scenario ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ("", "schema: missing"),
        ("schema = 1\nname = \n", "tiny.toml:2: not valid TOML"),
        (b"\xff\xfe\x00\x01", "not a text in UTF-8"),
        ("x = " + "[" * 5000 + "]" * 5000, "nested"),
        (SCENARIO + 'sites = "other.csv"\n', "tiny.toml:8: not valid TOML"),
        ('supprt = "light"\n' + SCENARIO, "tiny.toml:1: supprt: unknown key; did you mean 'support'?"),
        (SCENARIO.replace("schema = 1", "schema = 2"), "tiny.toml:1: schema: 2 is not known here"),
        (SCENARIO.replace("tracheostomy-standard", "tracheostomy-stadard"), "did you mean 'tracheostomy-standard'"),
        (SCENARIO.replace("tracheostomy-standard", "tiny.toml"), "go round in a circle"),
        (SCENARIO.replace("sites.csv", "none.csv"), "tiny.toml:7: world.sites: no file 'none.csv'"),
        (SCENARIO.replace("sites.csv", "/dev/zero"), "no file '/dev/zero'"),
        (SCENARIO.replace("sites.csv", "."), "world.sites: no file"),
        (SCENARIO.replace('sites = "sites.csv"', ""), "needs sites = 'sites.csv' or a graph"),
        (SCENARIO + "[[change]]\nfrom = 2031-01-01\ncoaches = 3\n", "2031-01-01 is past the end of the run"),
        (SCENARIO + '[[change]]\nfrom = 2020-11-01\ncoaches = { NENX = "+2" }\n', "'NENX' is no collaborative"),
        ("start = 2025-01-01\nend = 2020-01-01\n" + SCENARIO, "2020-01-01 is not after the start"),
        ("end = 9999-12-31\n" + SCENARIO, "more than 50 years after the start"),
        ("coaches = -1\n" + SCENARIO, "tiny.toml:1: coaches: -1 is outside 0 to 500 WTE"),
        ("coaches = nan\n" + SCENARIO, "coaches: nan is outside"),
        ("coaches = inf\n" + SCENARIO, "coaches: inf is outside"),
        ("coaches = 1e308\n" + SCENARIO, "coaches: 1e+308 is outside"),
        (SCENARIO + "[parameters]\nkappa = 1e308\n", "parameters.kappa: 1e+308 is above"),
        (SCENARIO + "[parameters]\nstop_per_month = -1\n", "parameters.stop_per_month: -1 is below 0"),
        (SCENARIO + '[start_from]\nstages = "none.csv"\nas_of = 2020-09-30\n', "start_from.stages: no file"),
        (
            SCENARIO + OWN_AMBITION + 'interventions = ["pews_any"]\ndeadline = 2021-03-31\n',
            "'pews_any' is no intervention of this scenario",
        ),
        (
            SCENARIO + OWN_AMBITION + 'interventions = ["tracheostomy_bedhead_signs"]\ndeadline = 2040-03-31\n',
            "2040-03-31 is past the end of the run",
        ),
    ],
)
def test_a_scenario_that_is_wrong_is_refused_with_its_place(spread, tiny, scenario, said):
    put(tiny, "tiny.toml", scenario)
    assert said in refused(spread, tiny, "run", "tiny.toml", *FEW)


@pytest.mark.parametrize(
    "name",
    ["../../x", "/x", "..", ".", "", "a/b", "=1+1", "@x", "<script>alert(1)</script>", "a" * 300, "a\\u0000b"],
)
def test_a_name_that_could_climb_or_start_a_formula_or_a_script_is_refused(spread, tiny, name):
    put(tiny, "tiny.toml", SCENARIO.replace('"tiny"', f'"{name}"'))
    assert "tiny.toml:2: name: " in refused(spread, tiny, "run", "tiny.toml", *FEW)


def test_there_is_no_such_scenario(spread, tiny):
    assert "no file or catalogue scenario 'tinny.toml'; did you mean 'tiny.toml'?" in refused(
        spread, tiny, "run", "tinny.toml"
    )
    assert "this is a folder" in refused(spread, tiny, "run", ".")


# --- the files it names ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sites", "said"),
    [
        ("", "sites.csv: is empty"),
        (HEADER + "\n", "sites.csv: holds no sites"),
        (SITES.replace(",", ";"), "separate columns by commas"),
        (SITES.replace("O1", "\u00d61").encode("latin-1"), "is not UTF-8 text"),
        (SITES.replace("O3", "O\0003"), "sites.csv:5: organisation: 'O?3' holds a control character"),
        (SITES + "S6,O4,acute,,tracheostomy\n", "sites.csv:7: psc: site 'S6' is in no PSC"),
        (SITES + "S1,O4,acute,YH,tracheostomy\n", "sites.csv:7: site: 'S1' is there twice, first on line 2"),
        (SITES.replace("S1,O1,acute,Wessex", "S1,O1,acute,Wesex"), "'Wesex' is close to a name of WX"),
        (SITES.replace("tracheostomy", "maternity"), "no site of this population is eligible"),
        (EVERY_NUMBER + "S1,O1,acute,WX,tracheostomy,-1,1,0\n", "size: -1 is not above 0"),
        (EVERY_NUMBER + "S1,O1,acute,WX,tracheostomy,1,nan,0\n", "staff: 'nan' is not a number"),
        (EVERY_NUMBER + "S1,O1,acute,WX,tracheostomy,inf,1,0\n", "size: 'inf' is not a number"),
        (EVERY_NUMBER + "S1,O1,acute,WX,tracheostomy,1e308,1,0\n", "size: 1e308 is above 10000000"),
        (EVERY_NUMBER + "S1,O1,acute,WX,tracheostomy,1,1,2\n", "imd_q1_share: 2 is not between 0 and 1"),
    ],
)
def test_sites_that_are_wrong_are_refused_with_line_and_column(spread, tiny, sites, said):
    put(tiny, "sites.csv", sites)
    assert said in refused(spread, tiny, "run", "tiny.toml", *FEW)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("S1,S9,a,1", "ties.csv:2: peer: no site 'S9'"),
        ("S9,S1,a,1", "ties.csv:2: site: no site 'S9'"),
        ("S1,S1,a,1", "'S1' is tied to itself"),
        ("S1,S2,a,-1", "weight: -1 is not between"),
        ("S1,S2,a,nan", "weight: 'nan' is not a number"),
        ("S1,S2,a,1\nS1,S2,a,2", "twice in layer 'a'"),
    ],
)
def test_ties_that_are_wrong_are_refused_with_line_and_column(spread, tiny, row, said):
    put(tiny, "tiny.toml", SCENARIO + 'ties = "ties.csv"\n')
    put(tiny, "ties.csv", f"{TIES}{row}\n")
    assert said in refused(spread, tiny, "run", "tiny.toml", *FEW)


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ("", "stages.csv: is empty"),
        (STAGES.splitlines()[0] + "\n", "has a header and no rows"),
        ("date,intervention,measure,value\n", "column 'site' is missing"),
        (STAGES + "S9,tracheostomy_bedhead_signs,2020-09-30,5,\n", "stages.csv:5: site: no site 'S9'"),
        (STAGES + "S2,tracheostomy_bedhead_signs,2020-09-30,11,\n", "stage: '11' is no stage; write 0 to 7"),
        (STAGES + "S2,tracheostomy_bedheads,2020-09-30,1,\n", "did you mean 'tracheostomy_bedhead_signs'"),
        (STAGES + "S2,tracheostomy_bedhead_signs,2020-13-30,1,\n", "date: '2020-13-30' is not a date"),
        (STAGES + "S2,tracheostomy_bedhead_signs,2020-09-30,5,2021-01-01\n", "is after the row's date"),
        (STAGES + STAGES.splitlines()[1] + "\n", "is there twice, first on line 2"),
    ],
)
def test_stages_that_are_wrong_are_refused_with_line_and_column(spread, tiny, stages, said):
    put(tiny, "stages.csv", stages)
    assert said in refused(spread, tiny, "run", "tiny.toml", *FEW, *FROM)


def test_a_site_that_is_not_eligible_cannot_have_a_stage(spread, tiny):
    put(tiny, "sites.csv", SITES.replace("S1,O1,acute,Wessex,tracheostomy", "S1,O1,acute,Wessex,"))
    said = refused(spread, tiny, "run", "tiny.toml", *FEW, *FROM)
    assert "site S1 is not eligible for tracheostomy_bedhead_signs" in said


def test_every_mistake_of_every_file_and_option_is_said_at_once(spread, tiny):
    put(tiny, "tiny.toml", SCENARIO + 'ties = "ties.csv"\n')
    put(tiny, "sites.csv", SITES + "S6,O4,acute,,tracheostomy\n")
    put(tiny, "ties.csv", f"{TIES}S1,S9,a,1\n")
    put(tiny, "stages.csv", STAGES + "S2,tracheostomy_bedhead_signs,2020-09-30,77,\n")
    put(tiny, "thesis/page.txt", "years of work")
    words = ("--for", "psc:Wesex", "--require", "nothing>=0.5", "--out", "thesis")
    said = refused(spread, tiny, "run", "tiny.toml", *FEW, *FROM, *words)
    assert [line.split(": ")[0] for line in said.splitlines()] == [
        "--for", "sites.csv:7", "ties.csv:2", "stages.csv:5", "--require nothing>=0.5", "thesis",
    ]  # fmt: skip


def test_byte_order_marks_and_both_line_endings_are_welcome(spread, tiny):
    for name in ("tiny.toml", "sites.csv", "stages.csv"):
        text = (tiny / name).read_text()
        put(tiny, name, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert spread("run", "tiny.toml", *FEW, *FROM, "--dry-run").code == 0


# --- where it is written --------------------------------------------------------------------------


@pytest.mark.parametrize("place", [".", "thesis", "sites.csv", "", "/"])
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_what_is_no_run_folder_is_left_alone_even_with_force(spread, tiny, place, force):
    put(tiny, "thesis/page.txt", "years of work")
    said = refused(spread, tiny, "run", "tiny.toml", *FEW, "--out", place, *force)
    assert "is not a run folder, so it is left alone" in said


@pytest.mark.parametrize("in_the_way", ["results", "results/tiny"])
def test_a_file_where_results_should_go_is_the_machines_refusal(spread, tiny, in_the_way):
    put(tiny, in_the_way, "hello")
    said = refused(spread, tiny, "run", "tiny.toml", *FEW, code=errors.MachineError.exit_code)
    assert f"{in_the_way} is not a folder" in said


def test_a_results_folder_that_may_not_be_written_to_is_found_out_before_the_run(spread, tiny, monkeypatch):
    (tiny / "results").mkdir()
    monkeypatch.setattr(os, "access", lambda place, _mode: Path(place).name != "results")
    said = refused(spread, tiny, "run", "tiny.toml", *FEW, code=errors.MachineError.exit_code)
    assert "no permission to write to" in said


@pytest.mark.parametrize(
    ("content", "said"), [("a,b\n", "has other columns"), (b"\xff\xfe", "has other columns"), (None, "is not a file")]
)
def test_a_record_of_forecasts_that_is_something_else_is_left_alone(spread, tiny, content, said):
    put(tiny, "results/forecasts.csv" if content is not None else "results/forecasts.csv/x", content or "")
    assert said in refused(spread, tiny, "run", "tiny.toml", *FEW)


# --- what is asked of it --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--for", "setting:zoo"), "no group 'setting:zoo' in this run; it has acute"),
        (("--for", "ics:Dorset"), '[report] groups = ["ics"]'),
        (("--for", "zoo:1"), "should be KIND:NAME"),
        (("--for", "national:Wales"), "should be KIND:NAME"),
        (("--require", f"{AMBITION}>=nan"), "should be AMBITION[@DATE]>=CHANCE"),
        (("--require", "mine>=0.5"), "no chance is assessed for it: it states no threshold"),
        (("--from", ".", "--as-of", "2020-09-30"), "--from .: is a folder"),
        (("--seed", "-1"), "--seed"),
        (("--draws", "many"), "--draws"),
    ],
)
def test_options_that_cannot_be_met_are_refused_before_the_run(spread, tiny, words, said):
    unstated = OWN_AMBITION.replace("threshold = 0.5\n", "")
    aim = 'interventions = ["tracheostomy_bedhead_signs"]\ndeadline = 2021-03-31\n'
    put(tiny, "tiny.toml", SCENARIO + unstated + aim)
    assert said in refused(spread, tiny, "run", "tiny.toml", *FEW, *words)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("plot", "none", "curves"), 2, "none: no run folder"),
        (("plot", "half", "curves"), 2, "half: no finished run here"),
        (("plot", "half", "stages", "--by", "psc"), 2, "--by goes with"),
        (("network", "export", "world.xlsx", "tiny.toml"), 2, "cannot write '.xlsx'"),
        (("network", "export", "sites.csv/x", "tiny.toml"), 5, "cannot write sites.csv/x"),
        (("network", "show", "none.toml"), 2, "no file or catalogue scenario"),
        (("scenario", "new", "x", "--base", "pews", "--out", "none/x.toml"), 5, "cannot write none/x.toml"),
        (("scenario", "diff", "none.toml", "tiny.toml"), 2, "no file or catalogue scenario"),
        (("assumptions", "none.toml"), 2, "no file or catalogue scenario"),
    ],
)
def test_other_commands_refuse_as_plainly(spread, tiny, words, code, said):
    put(tiny, "half/manifest.json", "{}")
    put(tiny, "half/summary.csv", b"\xff\xfe")
    put(tiny, "half/ambitions.csv", "")
    assert said in refused(spread, tiny, *words, code=code)


# --- endings of the process -----------------------------------------------------------------------


def started(words, **streams):
    command = [sys.executable, "-c", f"from spread.cli.main import main; main({[str(word) for word in words]!r})"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, text=True, check=False, env=environment, **streams)


@pytest.mark.parametrize(("gate", "code"), [((), 0), (("--require", f"{AMBITION}>=1"), 4)])
def test_a_reader_who_leaves_early_changes_neither_the_run_nor_its_ending(tiny, gate, code):
    reader, writer = os.pipe()
    os.close(reader)
    ended = started(["run", "tiny.toml", *FEW, *gate], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
    assert len(list(tiny.glob("results/tiny/*/figures/curves.svg"))) == 1


def test_a_stdout_closed_from_the_beginning_is_no_mistake(tiny):
    code = "import sys; sys.stdout = sys.stderr = None; from spread.cli.main import main; main(['assumptions'])"
    ended = subprocess.run([sys.executable, "-c", code], check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert ended.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_behind_stdout_is_the_machines_refusal():
    with Path("/dev/full").open("w") as full:
        ended = started(["assumptions"], stdout=full, stderr=subprocess.PIPE)
    assert ended.returncode == errors.MachineError.exit_code
    assert "No space left on device" in ended.stderr
    assert "Traceback" not in ended.stderr

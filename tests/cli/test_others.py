"""`spread scenario`, `network`, `assumptions` and `plot`."""

import csv
import io
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.worlds import files_in

ROOT = Path(__file__).parents[2]


def test_the_catalogues_scenarios_are_listed(spread):
    listed = json.loads(spread("scenario", "list", "--format", "json").out)
    names = {row["name"] for row in listed}
    assert {"tracheostomy-standard", "tracheostomy-none", "pews-light", "pews-enhanced"} <= names


def test_a_resolved_scenario_reads_back_as_itself(spread, tiny):
    text = spread("scenario", "show", "tiny.toml", "--format", "toml").out
    (tiny / "resolved.toml").write_text(text)
    assert spread("scenario", "show", "resolved.toml", "--format", "toml").out == text


def test_check_says_every_mistake_of_every_file_at_once(spread, tiny):
    (tiny / "bad.toml").write_text((tiny / "tiny.toml").read_text() + 'ties = "none.csv"\n')
    (tiny / "worse.toml").write_text('nmae = "x"\n')
    ended = spread("scenario", "check", "tiny.toml", "bad.toml", "worse.toml")
    assert ended.code == 2
    assert "no file" in ended.err
    assert "worse.toml" in ended.err
    assert "tiny.toml: good" in ended.err


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("sites.csv", "S6,O4,acute,,tracheostomy\n", "in no PSC"),
        ("sites.csv", "S1,O4,acute,YH,tracheostomy\n", "there twice"),
        ("stages.csv", "S9,tracheostomy_bedhead_signs,2020-09-30,5,\n", "S9"),
        ("stages.csv", "S2,tracheostomy_bedhead_signs,2020-09-30,11,\n", "11"),
    ],
)
def test_check_reads_the_files_a_scenario_names(spread, tiny, file, text, said):
    with (tiny / "tiny.toml").open("a") as scenario:
        scenario.write('[start_from]\nstages = "stages.csv"\nas_of = 2020-09-30\n')
    with (tiny / file).open("a") as data:
        data.write(text)
    ended = spread("scenario", "check", "tiny.toml")
    assert ended.code == 2
    assert said in ended.err


def test_check_needs_neither_pandas_nor_numba_nor_simpy(tiny):
    code = (
        "import sys\n"
        "from spread.cli import main\n"
        "assert main.invoke(['scenario', 'check', '-q', 'tiny.toml']) == 0\n"
        "assert not {'pandas', 'numba', 'matplotlib', 'pyarrow', 'scipy', 'simpy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_a_new_scenario_reads_well_and_is_not_replaced_unasked(spread, tiny):
    words = ("scenario", "new", "october", "--base", "tiny.toml", "--from", "stages.csv", "--as-of", "2020/21 Q2")
    assert spread(*words).code == 0
    assert tomllib.loads((tiny / "october.toml").read_text())["start_from"]["stages"] == "stages.csv"
    assert spread("scenario", "check", "october.toml").code == 0
    assert spread(*words).code == 2
    assert spread(*words, "--force").code == 0


@pytest.mark.parametrize("words", [["../x", "--base", "pews"], ["x", "--base", "pewz"], ["a/b", "--base", "pews"]])
def test_a_new_scenario_that_would_not_read_is_not_written(spread, tiny, words):
    before = files_in(tiny)
    assert spread("scenario", "new", *words, "--out", "new.toml").code == 2
    assert files_in(tiny) == before


def test_diff_lists_what_differs_and_only_that(spread, tiny):
    (tiny / "more.toml").write_text('schema = 1\nname = "more"\nbase = "tiny.toml"\ncoaches = 9\n')
    rows = json.loads(spread("scenario", "diff", "tiny.toml", "more.toml", "--format", "json").out)
    assert [(row["label"], row["after"]) for row in rows if row["section"] != "Run"] == [("Coaches", "9")]


def test_the_schema_is_a_json_schema(spread):
    assert "properties" in json.loads(spread("scenario", "schema").out)


def test_the_bundled_england_has_213_trusts(spread):
    rows = json.loads(spread("network", "show", "--format", "json").out)
    world = {row["measure"]: row["value"] for row in rows if row["subject"] == "world"}
    assert (world["pscs"], world["ics"]) == (15, 42)
    assert next(row["value"] for row in rows if row["subject"] == "service:trust") == 213


def test_the_whole_of_england_is_shown_in_80_columns(spread):
    lines = spread("network", "show").out.splitlines()
    assert any("setting:care_home" in line for line in lines)
    assert max(map(len, lines)) <= 80


def test_an_exported_world_can_be_brought_back(spread, tiny):
    assert spread("network", "export", "out", "tiny.toml").code == 0
    assert spread("network", "export", "out", "tiny.toml").code == 2
    assert len((tiny / "out" / "sites.csv").read_text().splitlines()) == 6
    listed = spread("network", "show", "tiny.toml", "--list", "sites", "--format", "csv").out
    assert [row["site"] for row in csv.DictReader(io.StringIO(listed))] == ["S1", "S2", "S3", "S4", "S5"]


def test_every_assumption_has_a_basis_and_a_source(spread, tiny):
    rows = list(csv.DictReader(io.StringIO(spread("assumptions", "tiny.toml", "--format", "csv").out)))
    assert rows
    assert all(row["basis"] and row["source"] for row in rows)


def test_assumptions_can_be_narrowed_to_a_basis(spread):
    rows = json.loads(spread("assumptions", "--basis", "judgement", "--match", "contact", "--format", "json").out)
    assert rows
    assert {row["basis"] for row in rows} == {"judgement"}
    text = spread("assumptions", "--basis", "judgement").out
    assert max(len(line) for line in text.splitlines()) <= 80


def test_figures_are_drawn_from_a_run_folder(spread, tiny):
    spread("run", "tiny.toml", "--draws", "2", "--replicates", "1", "--workers", "1", "-q")
    for kind in ("curves", "ambitions"):
        ended = spread("plot", "results/tiny", kind, "--for", "psc:Wessex", "--out", "figures")
        assert ended.code == 0
        assert (tiny / "figures" / f"{kind}-psc-WX.svg").is_file()
        assert f"figures/{kind}-psc-WX.svg" in ended.out
    assert spread("plot", "results/tiny", "curves", "--for", "psc:Nowhere").code == 2
    assert spread("plot", "results/tiny", "ambitions", "--by", "psc", "--out", "figures").code == 0
    assert "All sites" in (tiny / "figures" / "ambitions-by-psc.txt").read_text()
    ended = spread("plot", "results/tiny", "ambitions", "--ambition", "none", "--out", "figures")
    assert (ended.code, "known: tracheostomy_march_2021" in ended.err) == (2, True)
    assert spread("plot", "results/tiny", "ambitions", "--by", "psc", "--for", "psc:WX").code == 2


def test_a_folder_without_a_run_has_no_figures(spread, tiny):
    ended = spread("plot", ".", "curves")
    assert ended.code == 2
    assert "no finished run here" in ended.err

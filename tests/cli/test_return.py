"""`spread return` and `spread scenario new --from-return`."""

import csv
import io
import json
import os
from pathlib import Path

import pytest

from spread.network import own_world, placing, returns
from spread.outcomes import returns as observation
from spread.runs import plan, replicate
from spread.runs import returns as simulated
from spread.scenarios import reading
from tests.cli.worlds import files_in
from tests.network import as_observed

TRUTH = """
[parameters]
return_missing_share = 0
return_overstated_share = 0
return_understated_share = 0
return_arrears_quarters = 0
"""
HEADER = (
    "updated_psc_name,trust_code,name_of_trust,site_code,name_of_site,phase,quarter,"
    "adults_patient_check_in,adults_independent_clinical_review,maternity_check_in\n"
)
ROWS = """\
Wessex HIN,RHM,Southampton,RHM01,General,1,2025/26 Q1,Stage 2 - Interest,Stage 1 - Knowledge,Stage 2 - Interest
Wessex HIN,RHM,Southampton,RHM01,General,1,2025/26 Q2,Stage 5 - Adoption,Stage 3 - Decision,Stage 1 - Knowledge
Wessex HIN,RHM,Southampton,RHM02,Princess Anne,1,2025/26 Q1,No adult patients,No adult patients,Stage 4 - Testing
Wessex HIN,RHM,Southampton,RHM02,Princess Anne,1,2025/26 Q2,No adult patients,No adult patients,Stage 5 - Adoption
Yorkshire & Humber HIN,RR8,Leeds,RR801,St James,2,2025/26 Q1,4,4,No maternity unit
Yorkshire & Humber HIN,RR8,Leeds,RR801,St James,2,2025/26 Q2,,,No maternity unit
Yorkshire & Humber HIN,RCB,York,RCB01,York,2,2025/26 Q2,Stage 0 - No contact,Stage 0 - No contact,
"""


@pytest.fixture
def marthas_rule(tmp_path, monkeypatch):
    (tmp_path / "martha.csv").write_text(HEADER + ROWS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows_of(file: Path):
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))


def truth_of(scenario: Path, quarters):
    """The stages of a replicate at the end of each quarter, by (quarter, intervention, site code)."""
    from spread.network import data

    read = reading.read_scenario(scenario)
    job = replicate.make_job(read, *data.read_data(read), seed=1, replicates=1)
    log = replicate.run_alone(job, 0, 0, replicate.make_bench(job, replicate.COMPILED))
    units, codes = job.world.units, job.world.population.site_codes
    found = observation.stages_at(log, read.origin, quarters)
    return {
        (quarter, units.interventions[units.intervention[unit]], codes[units.site[unit]]): int(found[number, unit])
        for number, quarter in enumerate(quarters)
        for unit in range(len(units.site))
    }


def placed(scenario: Path, file: Path):
    """What a return says of a scenario's sites, by (quarter, intervention, site code), and the table observed."""
    read = reading.read_scenario(scenario)
    people = own_world.build_from_files(read.world)
    known = returns.read_return(file, known=read.interventions)
    observed = placing.place_return(known, people, placing.eligible_sites(read, people))
    by_code = {(day, name, people.site_codes[site]): stage for (day, name, site), stage in observed.stages.items()}
    return by_code, as_observed.observed_rows(observed, people)


@pytest.mark.parametrize("name", ["return.csv", "return.xlsx"])
def test_without_error_a_return_written_checked_and_read_back_is_the_truth(spread, tiny, name):
    (tiny / "true.toml").write_text((tiny / "tiny.toml").read_text() + TRUTH)
    assert spread("return", "write", "true.toml", "-o", name).code == 0
    checked = spread("return", "check", name, "--scenario", "true.toml", "--format", "json")
    assert checked.code == 0
    kinds = {row["finding"] for row in json.loads(checked.out)}
    assert kinds.isdisjoint({"missing return", "name not placed", "not eligible here"})
    found, table = placed(tiny / "true.toml", tiny / name)
    quarters = sorted({quarter for quarter, _, _ in found})
    assert quarters[-1] == reading.read_scenario(tiny / "true.toml").end
    assert found == truth_of(tiny / "true.toml", quarters)
    last = [row for row in table if row["date"] == quarters[-1] and row["group"] == "national"]
    assert {row["denominator"] for row in last} == {5}
    at_five = {row["intervention"]: row["numerator"] for row in last if row["measure"] == "stage>=5"}
    for intervention, count in at_five.items():
        true = [stage for (day, one, _), stage in found.items() if (day, one) == (quarters[-1], intervention)]
        assert count == sum(stage >= 5 for stage in true)


def test_a_return_comes_in_arrears_and_as_of_a_day(spread, tiny):
    spread("return", "write", "tiny.toml", "-o", "end.csv")
    spread("return", "write", "tiny.toml", "-o", "day.csv", "--as-of", "2020-12-31")
    last = [max(row["quarter"] for row in rows_of(tiny / name)) for name in ("end.csv", "day.csv")]
    assert last == ["2021/22 Q2", "2020/21 Q2"]
    assert spread("return", "write", "tiny.toml", "-o", "x.csv", "--as-of", "1999-01-01").code == 2


def test_the_same_luck_gives_the_same_return_and_another_does_not(spread, tiny):
    for name, words in (
        ("a", ()),
        ("b", ("--draw", "0", "--seed", "1")),
        ("c", ("--seed", "2")),
        ("d", ("--draw", "3")),
    ):
        assert spread("return", "write", "tiny.toml", "-o", f"{name}.csv", *words).code == 0
    one, same, seed, draw = ((tiny / f"{name}.csv").read_text() for name in "abcd")
    assert one == same
    assert len({one, seed, draw}) == 3


def test_the_return_of_a_run_is_that_of_its_scenario_and_seed(spread, tiny):
    spread("run", "tiny.toml", "--draws", "2", "--seed", "7", "-q", "--out", "run", "--workers", "1")
    assert spread("return", "write", "run", "-o", "run.csv").code == 0
    spread("return", "write", "tiny.toml", "-o", "scenario.csv", "--seed", "7")
    assert (tiny / "run.csv").read_text() == (tiny / "scenario.csv").read_text()


def test_a_scenario_of_an_earlier_version_gets_the_observation_model_of_today(tiny):
    read = reading.read_scenario(tiny / "tiny.toml")
    without = {name: entry for name, entry in read.parameters.items() if not name.startswith("return_")}
    older = read.model_copy(update={"parameters": without})
    completed = simulated.with_observation(older)
    drawn, again = (plan.draw_parameters(one, seed=1, draw=1) for one in (read, completed))
    assert drawn == again


def test_a_return_is_not_overwritten_unless_forced_and_nothing_is_left_half_written(spread, tiny):
    before = files_in(tiny)
    assert spread("return", "write", "tiny.toml", "-o", "stages.csv").code == 2
    assert spread("return", "write", "tiny.toml", "-o", "r.pdf").code == 2
    assert spread("return", "write", "none.toml", "-o", "r.csv").code == 2
    assert files_in(tiny) == before
    assert spread("return", "write", "tiny.toml", "-o", "stages.csv", "--force").code == 0
    assert files_in(tiny) == before
    assert (tiny / "stages.csv").read_text().startswith("updated_psc_name")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to_ends_with_5(spread, tiny):
    (tiny / "closed").mkdir(mode=0o500)
    assert spread("return", "write", "tiny.toml", "-o", "closed/r.csv").code == 5


def test_names_that_could_start_a_formula_are_kept_from_it(spread, tiny):
    sites = (
        (tiny / "sites.csv").read_text().replace("\n", ",name\n", 1).replace("tracheostomy\n", "tracheostomy,@x()\n")
    )
    (tiny / "sites.csv").write_text(sites)
    spread("return", "write", "tiny.toml", "-o", "r.csv")
    assert {row["name_of_site"] for row in rows_of(tiny / "r.csv")} == {"'@x()"}
    assert spread("return", "check", "r.csv", "--scenario", "tiny.toml").code == 0


# ---- check ----


def test_findings_are_no_fault(spread, marthas_rule):
    ended = spread("return", "check", "martha.csv")
    assert (ended.code, ended.err) == (0, "")
    assert max(len(line) for line in ended.out.splitlines()) <= 80
    for said in ("Backward moves: 1", "Jumps of three stages or more: 1", "Missing returns", "RR801", "stage 2 to 5"):
        assert said in ended.out


def test_every_form_says_the_same(spread, marthas_rule):
    as_csv = list(csv.DictReader(io.StringIO(spread("return", "check", "martha.csv", "--format", "csv").out)))
    as_json = json.loads(spread("return", "check", "martha.csv", "--format", "json").out)
    assert [row["finding"] for row in as_csv] == [row["finding"] for row in as_json]
    missing = [(row["site"], row["quarter"]) for row in as_json if row["finding"] == "missing return"]
    assert missing == [("RR801", "2025/26 Q2"), ("RCB01", "2025/26 Q1")]


def test_a_file_with_faults_ends_with_2_and_names_them_all(spread, marthas_rule):
    bad = ROWS.replace("Stage 3 - Decision", "Stage 33").replace("2025/26 Q1,4", "soon,4").replace("Wessex", "Wessx", 1)
    Path("bad.csv").write_text(HEADER + bad)
    ended = spread("return", "check", "bad.csv")
    assert ended.code == 2
    assert [line.split(" ")[0] for line in ended.err.splitlines()] == ["bad.csv:2:", "bad.csv:3:", "bad.csv:6:"]


def test_other_headings_are_given_on_the_command_line(spread, marthas_rule):
    Path("other.csv").write_text(HEADER.replace("name_of_trust", "Provider").replace("quarter", "Period") + ROWS)
    assert spread("return", "check", "other.csv").code == 2
    assert spread("return", "check", "other.csv", "--column", "Period=quarter", "--column", "Provider=").code == 0
    assert spread("return", "check", "other.csv", "--column", "Period").code == 2


def test_a_scenario_says_what_headings_mean_and_the_command_line_has_the_last_word(spread, marthas_rule):
    Path("other.csv").write_text(HEADER.replace("quarter", "Period") + ROWS)
    columns = "[return.columns]\nPeriod = 'quarter'\nphase = 'mews'\n"
    Path("mine.toml").write_text(f"schema = 1\nname = 'mine'\nbase = 'pews-standard'\n{columns}")
    check = ("return", "check", "other.csv", "--scenario", "mine.toml")
    assert spread("return", "check", "other.csv").code == 2
    assert "4 components" in spread(*check).out
    assert "3 components" in spread(*check, "--column", "Phase=").out


def test_components_that_a_scenario_does_not_have_are_said(spread, marthas_rule):
    said = spread("return", "check", "martha.csv", "--scenario", "pews-standard").out
    assert "Not in pews-standard: adults_patient_check_in," in said
    assert "Names not placed" in said
    assert max(len(line) for line in said.splitlines()) <= 80


# ---- a scenario out of a return ----


def test_a_programme_nobody_has_modelled_can_be_run_from_its_return(spread, marthas_rule):
    ended = spread("scenario", "new", "martha", "--from-return", "martha.csv")
    assert ended.code == 0, ended.err
    assert files_in(marthas_rule) == ["martha.csv", "martha.toml", "sites.csv", "stages.csv"]
    assert spread("scenario", "check", "martha.toml").code == 0
    ran = spread("run", "martha.toml", "--draws", "3", "-q", "--out", "run", "--workers", "1")
    assert ran.code == 0, ran.err
    assert "given sites as at 30 September 2025" in ran.out
    summary = rows_of(marthas_rule / "run" / "summary.csv")
    first = {
        row["intervention"]: float(row["mean"])
        for row in summary
        if (row["date"], row["group_kind"], row["measure"]) == ("2025-09-30", "national", "stage>=5")
    }
    assert first["maternity_check_in"] == pytest.approx(0.5, abs=0.35)
    assert {row["group"] for row in summary if row["group_kind"] == "attribute:phase"} == {"1", "2"}


def test_headings_given_for_one_return_are_kept_for_the_next(spread, marthas_rule):
    header = HEADER.replace("quarter", "Reported for").replace("maternity_check_in", '"Maternity, ""check"""')
    Path("other.csv").write_text(header + ROWS)
    given = {"Reported for": "quarter", 'Maternity, "check"': "maternity_check_in", "phase": ""}
    columns = [word for heading, meaning in given.items() for word in ("--column", f"{heading}={meaning}")]
    assert spread("scenario", "new", "martha", "--from-return", "other.csv", *columns).code == 0
    read = reading.read_scenario("martha.toml")
    assert read.quarterly_return.columns == given
    again = Path("martha.toml").read_text().replace('stages = "stages.csv"', 'returns = "other.csv"')
    Path("again.toml").write_text(again)
    from spread.network import data

    begun, kept = (data.read_data(reading.read_scenario(name)).start for name in ("again.toml", "martha.toml"))
    assert begun.stage.tolist() == kept.stage.tolist()
    assert begun.reported == kept.reported


def test_a_heading_of_a_component_for_nobody_is_not_kept(spread, marthas_rule):
    rows = "".join(f"{line.rpartition(',')[0]},No maternity unit\n" for line in ROWS.splitlines())
    Path("other.csv").write_text(HEADER.replace("maternity_check_in", "Mothers") + rows)
    ended = spread("scenario", "new", "martha", "--from-return", "other.csv", "--column", "Mothers=mothers_asked")
    assert ended.code == 0, ended.err
    assert reading.read_scenario("martha.toml").quarterly_return.columns == {}


def test_what_a_return_cannot_say_is_said_to_be_a_judgement_or_a_placeholder(spread, marthas_rule):
    spread("scenario", "new", "martha", "--from-return", "martha.csv")
    read = reading.read_scenario("martha.toml")
    assert {ambition.threshold_basis for ambition in read.ambitions.values()} == {"judgement"}
    assert {ambition.threshold for ambition in read.ambitions.values()} == {0.8}
    assert {ambition.deadline for ambition in read.ambitions.values()} == {read.end}
    assert all(one.appeal.basis == "judgement" and not one.appeal.is_fixed for one in read.interventions.values())
    assert "PLACEHOLDER" in Path("martha.toml").read_text()
    assert set(read.ambitions) == {"all_components", *read.interventions}


def test_a_name_is_made_from_the_file_when_none_is_given(spread, marthas_rule):
    assert spread("scenario", "new", "--from-return", "martha.csv").code == 0
    assert reading.read_scenario("martha.toml").name == "martha"
    assert spread("scenario", "new").code == 2


def test_interventions_of_the_catalogue_keep_what_is_known_of_them(spread, marthas_rule):
    rows = "Wessex HIN,RHM,Southampton,2022/23 Q2,Stage 3 - Decision\nOxford HIN,RTH,Oxford,2022/23 Q2,No babies\n"
    Path("matneo.csv").write_text("psc,trust_code,trust,quarter,magnesium_sulphate\n" + rows)
    assert spread("scenario", "new", "matneo", "--from-return", "matneo.csv").code == 0
    read = reading.read_scenario("matneo.toml")
    known = reading.read_scenario("pews-standard").parameters.keys()
    assert read.interventions["magnesium_sulphate"].elements[0].name != "in_place"
    assert read.interventions["magnesium_sulphate"].eligible.services == ("magnesium_sulphate",)
    assert "return_missing_share" in known


def test_nothing_that_is_there_is_replaced_unless_forced(spread, marthas_rule):
    Path("sites.csv").write_text("mine")
    ended = spread("scenario", "new", "martha", "--from-return", "martha.csv")
    assert (ended.code, files_in(marthas_rule)) == (2, ["martha.csv", "sites.csv"])
    assert "sites.csv: is already there" in ended.err
    assert spread("scenario", "new", "m", "--from-return", "martha.csv", "--out", "elsewhere/m.toml").code == 0
    assert spread("scenario", "new", "martha", "--from-return", "martha.csv", "--force").code == 0
    assert Path("sites.csv").read_text() != "mine"


def test_a_return_that_no_run_can_begin_from_leaves_nothing_behind(spread, marthas_rule):
    Path("old.csv").write_text((HEADER + ROWS).replace("2025/26 Q1", "1955/56 Q1"))
    ended = spread("scenario", "new", "old", "--from-return", "old.csv")
    assert ended.code == 2
    assert "old.toml" in ended.err
    assert files_in(marthas_rule) == ["martha.csv", "old.csv"]

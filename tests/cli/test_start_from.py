"""A run from a table of stages: it begins there, and says how much of the world the table speaks about."""

import pandas as pd
import pytest

INTERVENTIONS = (
    "tracheostomy_bedhead_signs", "tracheostomy_emergency_equipment", "tracheostomy_daily_care_bundle",
)  # fmt: skip
FEW = ("--draws", "4", "--replicates", "2", "--workers", "1", "-q", "--out", "run")
FROM = ("--from", "stages.csv", "--as-of", "2020/21 Q2")


def write_stages(folder, rows, leave_out):
    lines = [f"{site},{name},2020-09-30,{stage},{since}" for site, stage, since in rows for name in INTERVENTIONS]
    lines = lines[: len(lines) - leave_out]
    (folder / "stages.csv").write_text("\n".join(["site,intervention,date,stage,since", *lines]) + "\n")


@pytest.fixture
def begin(spread, tiny):
    """Run the tiny world from these (site, stage, since), without the last rows; its ambitions, first day and talk."""

    def run(*rows, leave_out=0):
        write_stages(tiny, rows, leave_out)
        ended = spread("run", "tiny.toml", *FEW, *FROM)
        assert (ended.code, ended.err) == (0, "")
        ambitions = pd.read_csv(tiny / "run" / "ambitions.csv").set_index("scope")
        summary = pd.read_csv(tiny / "run" / "summary.csv")
        first = summary[(summary.date == summary.date.min()) & (summary.measure == "stage>=5")]
        return ambitions, first, ended.out

    return run


EVERYBODY = (("S1", 5, "2020-07-01"), ("S2", 6, "2019-01-01"), ("S3", 4, ""), ("S4", 0, ""), ("S5", "lapsed", ""))


def test_a_run_from_everybodys_stages_begins_there_without_any_width(begin):
    ambitions, first, said = begin(*EVERYBODY)
    whole = ambitions.loc["national"]
    assert (whole.value_now, whole.data_date, whole.conditioned_on) == (0.4, "2020-09-30", "sites as at 2020-09-30")
    assert first.q025.tolist() == first.q975.tolist() == first["mean"].tolist()
    assert "given sites as at 30 September 2020" in said


def test_the_recent_pace_counts_who_came_in_the_last_six_months(begin):
    ambitions, _, _ = begin(*EVERYBODY)
    assert ambitions.recent_per_month.to_dict() == {"national": pytest.approx(1 / 6), "psc:WX": pytest.approx(1 / 6),
                                                    "psc:YH": 0.0}  # fmt: skip


def test_the_recent_pace_is_not_known_where_a_date_is_not(begin):
    ambitions, _, _ = begin(("S1", 5, ""), *EVERYBODY[1:])
    assert ambitions.recent_per_month.isna().to_dict() == {"national": True, "psc:WX": True, "psc:YH": False}


def test_a_day_that_nobody_gave_is_not_made_up(begin, tiny):
    begin(("S1", 5, ""), *EVERYBODY[1:4])
    sites = pd.read_parquet(tiny / "run" / "sites.parquet").drop_duplicates("site").set_index("site")
    assert sites.since.dropna().dt.strftime("%Y-%m-%d").to_dict() == {"S2": "2019-01-01"}


def test_sites_the_table_does_not_list_are_said(begin):
    ambitions, _, said = begin(*EVERYBODY[:3])
    assert set(ambitions.conditioned_on) == {"sites as at 2020-09-30 (2 of 5 not reported, imputed)"}
    assert "(2 of 5 not reported, imputed)" in " ".join(said.split())
    assert max(len(line) for line in said.splitlines()) <= 80


def test_sites_the_table_lists_in_part_are_said(begin):
    ambitions, _, _ = begin(*EVERYBODY, leave_out=1)
    assert set(ambitions.conditioned_on) == {"sites as at 2020-09-30 (1 of 5 reported in part)"}

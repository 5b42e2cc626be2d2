"""A run that starts half-way begins exactly where things stand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spread.api as api
from tests import worlds

TEXT = """schema = 1
name = "half-way"
start = 2022-04-01
end = 2023-09-30
[world]
population = "files"
sites = "sites.csv"
[start_from]
stages = "stages.csv"
as_of = "2022/23 Q2"
[programmes.care]
start = 2022-04-01
interventions = ["chart"]
[interventions.chart]
title = "A chart"
programme = "care"
kind = "bundle"
complexity = "low"
appeal = 1.0
[interventions.chart.elements.sheet]
baseline = 0.3
difficulty = 1.0
[interventions.chart.elements.escalation]
baseline = 0.3
difficulty = 1.0
[ambitions.eighty]
title = "80 % by March 2023"
interventions = ["chart"]
threshold = 0.8
deadline = 2023-03-31
source = "made for a test"
"""
STAGES = [5] * 25 + [6] * 4 + [7] * 2 + [4] * 20 + [3] * 9 + [2] * 20 + [1] * 10 + [0] * 10


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> api.Results:
    folder: Path = tmp_path_factory.mktemp("half-way")
    sites = [{"site": f"S{n:03d}", "organisation": f"O{n:03d}", "setting": "acute", "psc": "YH"} for n in range(100)]
    stages = [
        {"site": f"S{n:03d}", "intervention": "chart", "date": "2022-09-30", "stage": stage, "since": "2022-07-01"}
        for n, stage in enumerate(STAGES)
    ]
    worlds.write_table(folder / "sites.csv", sites)
    worlds.write_table(folder / "stages.csv", stages)
    (folder / "half-way.toml").write_text(TEXT)
    return api.run(api.read_scenario(folder / "half-way.toml"), draws=10, replicates=2, workers=1, events=True)


def test_it_starts_at_the_share_reported_with_a_band_of_no_width(results: api.Results) -> None:
    summary = results.summary()
    first = summary[(summary["group_kind"] == "national") & (summary["measure"] == "stage>=5")].iloc[0]
    assert pd.Timestamp(first["date"]) == pd.Timestamp("2022-09-30")
    assert {first[column] for column in ("mean", "q025", "q50", "q975")} == {0.31}


def test_every_stage_begins_as_reported(results: api.Results) -> None:
    adoption = results.tables["adoption"]
    start = adoption[(adoption["group_kind"] == "national") & (adoption["date"] == adoption["date"].min())]
    assert start[[f"stage_{n}" for n in range(8)]].drop_duplicates().to_numpy().tolist() == [
        [10, 10, 20, 9, 20, 25, 4, 2]
    ]


def test_the_answer_says_what_it_is_conditioned_on(results: api.Results) -> None:
    row = results.ambitions().query("scope == 'national'").iloc[0]
    assert row["value_now"] == pytest.approx(0.31)
    assert pd.Timestamp(row["data_date"]) == pd.Timestamp("2022-09-30")
    assert "sites" in row["conditioned_on"]


def test_nobody_moves_before_the_data_date_and_time_served_counts(results: api.Results) -> None:
    events = results.tables["events"]
    assert (events["time_days"] >= 0).all()
    sustained = events[events["event"] == "sustain"].groupby(["draw", "replicate", "site"], observed=True)["date"].min()
    first = pd.to_datetime(sustained).min()
    assert first == pd.Timestamp("2023-07-01")  # twelve months in use since July 2022, not since the data date


# --- from a return --------------------------------------------------------------------------------

QUARTERS = ("2022/23 Q1", "2022/23 Q2")
EXACT = "\n[parameters]\nreturn_overstated_share = 0.0\nreturn_understated_share = 0.0\n"


def write_return(folder: Path, quarters: tuple[str, ...] = QUARTERS, silent: int = 0) -> None:
    """The same sites in a return by organisation; the last of them silent in the last quarter."""
    rows = [
        {"updated_psc_name": "Yorkshire & Humber HIN", "api_org_code": f"O{n:03d}", "quarter": quarter,
         "chart": "" if quarter == quarters[-1] and n >= len(STAGES) - silent else f"Stage {stage}"}
        for n, stage in enumerate(STAGES)
        for quarter in quarters
    ]  # fmt: skip
    worlds.write_table(folder / "q.csv", rows)


@pytest.fixture
def half_way(tmp_path: Path) -> Path:
    """A folder with a hundred sites and a scenario that begins from their return."""
    sites = [{"site": f"O{n:03d}", "organisation": f"O{n:03d}", "setting": "acute", "psc": "YH"} for n in range(100)]
    worlds.write_table(tmp_path / "sites.csv", sites)
    (tmp_path / "half-way.toml").write_text(TEXT.replace('stages = "stages.csv"', 'returns = "q.csv"'))
    return tmp_path


def first_day(results: api.Results) -> pd.DataFrame:
    """Stages at the data date, one row a draw."""
    adoption = results.tables["adoption"]
    found: pd.DataFrame = adoption[
        (adoption["group_kind"] == "national") & (adoption["date"] == adoption["date"].min())
    ]
    return found


def run(folder: Path, text: str = "", draws: int = 60) -> api.Results:
    path = folder / "half-way.toml"
    path.write_text(path.read_text() + text)
    return api.run(api.read_scenario(path), draws=draws, replicates=1, workers=1)


def test_without_errors_the_first_date_is_the_return(half_way: Path) -> None:
    write_return(half_way)
    start = first_day(run(half_way, EXACT, draws=10))
    assert start[[f"stage_{n}" for n in range(8)]].drop_duplicates().to_numpy().tolist() == [
        [10, 10, 20, 9, 20, 25, 4, 2]
    ]


def test_with_errors_it_begins_about_there_with_the_width_that_errors_make(half_way: Path) -> None:
    write_return(half_way, QUARTERS[1:])
    results = run(half_way, EXACT.replace("0.0", "0.1"), draws=200)
    start = first_day(results)
    in_use = start[["stage_5", "stage_6", "stage_7"]].sum(axis=1) / 100
    reported = np.bincount(STAGES, minlength=8) / 100
    said = 0.8 * np.eye(8) + 0.1 * (np.eye(8, k=1) + np.eye(8, k=-1)) + np.diag([0.1, *[0.0] * 6, 0.1])
    truth = np.linalg.solve(said.T, reported)
    assert in_use.mean() == pytest.approx(truth[5:].sum(), abs=0.012)
    wrong = [truth[5] * 0.1 / (truth @ said)[4], truth[4] * 0.1 / (truth @ said)[5]]  # of those reported at 4, and at 5
    expected = (20 * wrong[0] * (1 - wrong[0]) + 25 * wrong[1] * (1 - wrong[1])) ** 0.5 / 100
    assert in_use.std() == pytest.approx(expected, rel=0.2)


def test_who_did_not_report_is_carried_forward_and_said(half_way: Path) -> None:
    write_return(half_way, silent=20)
    results = run(half_way, EXACT, draws=40)
    start = first_day(results)
    assert start["stage_0"].nunique() > 1  # the silent were at stages 0 and 1, and some have moved
    assert (start[[f"stage_{n}" for n in range(2, 8)]].sum(axis=1) >= 80).all()
    said = results.ambitions()["conditioned_on"].unique().tolist()
    assert said == ["sites as at 2022-09-30 (20 carried forward from an earlier quarter)"]


def test_a_return_in_arrears_begins_where_the_data_end(half_way: Path) -> None:
    write_return(half_way, QUARTERS[:1])
    results = run(half_way, EXACT, draws=4)
    row = results.ambitions().iloc[0]
    assert pd.Timestamp(row["data_date"]) == pd.Timestamp("2022-06-30")
    assert row["conditioned_on"] == "sites as at 2022-06-30 (the latest there was on 2022-09-30)"


def test_both_engines_go_on_alike_from_a_return(half_way: Path) -> None:
    write_return(half_way, silent=20)
    scenario = api.read_scenario(half_way / "half-way.toml")
    compiled, process = (
        api.run(scenario, draws=3, replicates=1, workers=1, engine=engine, events=True).tables["events"]
        for engine in ("compiled", "process")
    )
    pd.testing.assert_frame_equal(compiled, process)
    assert len(compiled) > 100


def test_counts_are_matched_in_every_draw(half_way: Path) -> None:
    rows = [
        {"date": "2022-09-30", "intervention": "chart", "measure": f"stage>={least}", "group_kind": "national",
         "group": "national", "numerator": count, "denominator": 100}
        for least, count in ((5, 31), (2, 80))
    ]  # fmt: skip
    worlds.write_table(half_way / "q.csv", rows)
    results = run(half_way, draws=20)
    start = first_day(results)
    assert (start[["stage_5", "stage_6", "stage_7"]].sum(axis=1) == 31).all()
    assert (start[["stage_0", "stage_1"]].sum(axis=1) == 20).all()
    assert set(results.ambitions()["conditioned_on"]) == {"counts as at 2022-09-30"}

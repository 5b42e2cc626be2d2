"""A run that starts half-way begins exactly where things stand."""

from pathlib import Path

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

"""Matched luck: what has nothing to do with a site leaves its story untouched, to the last bit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spread.api as api
from tests import worlds

HEAD = """schema = 1
name = "lucky"
start = 2021-04-01
end = 2022-12-31
support = "standard"
push = "incentive"
{levers}
[world]
population = "files"
sites = "sites.csv"
[programmes.care]
start = 2021-04-01
interventions = ["chart"]
[interventions.chart]
title = "A chart"
programme = "care"
kind = "simple"
complexity = "low"
appeal = 1.0
[interventions.chart.elements.sheet]
baseline = 0.1
difficulty = 1.0
[interventions.chart.baseline_stages]
1 = 0.5
[ambitions.most]
title = "Most sites"
interventions = ["chart"]
threshold = 0.5
deadline = 2022-03-31
source = "made for a test"
{more}
"""
SITES = [
    {"site": f"S{n:02d}", "organisation": f"O{n // 2:02d}", "setting": "acute", "psc": ("YH", "WX", "GM")[n // 8]}
    for n in range(24)
]


def events(
    folder: Path, rows: list[dict[str, str]] | None = None, *, levers: str = "", more: str = "", workers: int = 1
) -> pd.DataFrame:
    """The event log of a small world, site by site."""
    worlds.write_table(folder / "sites.csv", SITES if rows is None else rows)
    (folder / "lucky.toml").write_text(HEAD.format(levers=levers, more=more))
    results = api.run(
        api.read_scenario(folder / "lucky.toml"), draws=3, replicates=2, seed=5, workers=workers, events=True
    )
    log = results.tables["events"].astype({"site": str})
    keys = ["draw", "replicate", "time_days", "site", "event"]
    return log.sort_values(keys, kind="stable").reset_index(drop=True)


def of(log: pd.DataFrame, sites: set[str]) -> pd.DataFrame:
    return log[log["site"].isin(sites)].reset_index(drop=True)


def sites_of(psc: str) -> set[str]:
    return {row["site"] for row in SITES if row["psc"] == psc}


@pytest.fixture
def reference(tmp_path: Path) -> pd.DataFrame:
    return events(tmp_path)


def test_the_order_of_rows_changes_nothing(tmp_path: Path, reference: pd.DataFrame) -> None:
    shuffled = [SITES[n] for n in np.random.default_rng(2).permutation(len(SITES))]
    pd.testing.assert_frame_equal(events(tmp_path, shuffled), reference)


def test_two_workers_give_what_one_gives(tmp_path: Path, reference: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(events(tmp_path, workers=2), reference)


def test_an_unconnected_collaborative_changes_nobody_elses_story(tmp_path: Path, reference: pd.DataFrame) -> None:
    more = [{"site": f"Z{n}", "organisation": f"Z{n}", "setting": "acute", "psc": "EM"} for n in range(5)]
    with_more = events(tmp_path, [*more, *SITES])
    pd.testing.assert_frame_equal(of(with_more, {row["site"] for row in SITES}), reference)


def test_a_mechanism_of_zero_effect_changes_nothing(tmp_path: Path) -> None:
    off = "[parameters]\nlearning_set_log_hr = 0\ndose_log_hr = 0\nkappa = 0\n"
    without = events(
        tmp_path, levers="learning_sets = 0\nattendance = { psc = 0 }\ncourse_interval_months = 0", more=off
    )
    with_sets = events(
        tmp_path, levers="learning_sets = 6\nattendance = { psc = 0 }\ncourse_interval_months = 0", more=off
    )
    pd.testing.assert_frame_equal(with_sets, without)
    dosed = events(
        tmp_path, levers="learning_sets = 0\ncourse_interval_months = 3", more=off + "course_attendance_share = 0\n"
    )
    nobody = events(
        tmp_path, levers="learning_sets = 0\ncourse_interval_months = 0", more=off + "course_attendance_share = 0\n"
    )
    pd.testing.assert_frame_equal(dosed, nobody)


def test_learning_sets_in_one_collaborative_leave_the_others_alone(tmp_path: Path, reference: pd.DataFrame) -> None:
    more = events(tmp_path, levers="learning_sets = { YH = 12 }")
    others = sites_of("WX") | sites_of("GM")
    pd.testing.assert_frame_equal(of(more, others), of(reference, others))
    assert not of(more, sites_of("YH")).equals(of(reference, sites_of("YH")))


def test_history_before_a_change_is_shared(tmp_path: Path, reference: pd.DataFrame) -> None:
    forked = events(tmp_path, more='[[change]]\nfrom = 2021-10-01\nsupport = "none"\n')
    before = (pd.Timestamp("2021-10-01") - pd.Timestamp("2021-04-01")).days
    early = [log[log["time_days"] < before].reset_index(drop=True) for log in (forked, reference)]
    pd.testing.assert_frame_equal(*early)
    assert not forked.equals(reference)


def test_another_seed_is_another_story(tmp_path: Path, reference: pd.DataFrame) -> None:
    scenario = api.read_scenario(tmp_path / "lucky.toml")
    other = api.run(scenario, draws=3, replicates=2, seed=6, workers=1, events=True).tables["events"]
    assert (
        not other["time_days"]
        .sort_values()
        .reset_index(drop=True)
        .equals(reference["time_days"].sort_values().reset_index(drop=True))
    )

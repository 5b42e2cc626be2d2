"""Matched luck: what has nothing to do with a site leaves its story untouched, to the last bit."""

from concurrent import futures
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spread.api as api
from spread.runs import local, replicate
from tests import worlds

HEAD = """schema = 1
name = "lucky"
start = 2021-04-01
end = 2022-12-31
support = "standard"
push = "incentive"
engaged_share = 0.7
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
    folder: Path,
    rows: list[dict[str, str]] | None = None,
    *,
    levers: str = "",
    more: str = "",
    workers: int = 1,
    engine: str = "compiled",
) -> pd.DataFrame:
    """The event log of a small world, site by site."""
    worlds.write_table(folder / "sites.csv", SITES if rows is None else rows)
    (folder / "lucky.toml").write_text(HEAD.format(levers=levers, more=more))
    scenario = api.read_scenario(folder / "lucky.toml")
    results = api.run(scenario, draws=3, replicates=2, seed=5, engine=engine, workers=workers, events=True)
    log = results.tables["events"].astype({"site": str})
    keys = ["draw", "replicate", "time_days", "site", "event"]
    return log.sort_values(keys, kind="stable").reset_index(drop=True)


def assert_same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Equal to the last bit."""
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def of(log: pd.DataFrame, sites: set[str]) -> pd.DataFrame:
    return log[log["site"].isin(sites)].reset_index(drop=True)


def sites_of(psc: str) -> set[str]:
    return {row["site"] for row in SITES if row["psc"] == psc}


@pytest.fixture
def reference(tmp_path: Path) -> pd.DataFrame:
    return events(tmp_path)


def test_the_order_of_rows_changes_nothing(tmp_path: Path, reference: pd.DataFrame) -> None:
    shuffled = [SITES[n] for n in np.random.default_rng(2).permutation(len(SITES))]
    assert_same(events(tmp_path, shuffled), reference)


@pytest.mark.parametrize("engine", replicate.ENGINES)
def test_two_workers_give_what_one_gives(
    tmp_path: Path, reference: pd.DataFrame, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "MOST_DRAWS", 1)
    assert_same(events(tmp_path, workers=2, engine=engine), reference)


def test_an_executor_of_the_users_gives_what_one_worker_gives(tmp_path: Path, reference: pd.DataFrame) -> None:
    scenario = api.read_scenario(tmp_path / "lucky.toml")
    with futures.ThreadPoolExecutor(2) as executor:
        log = api.run(scenario, draws=3, replicates=2, seed=5, events=True, executor=executor).tables["events"]
    assert len(log) == len(reference)
    assert sorted(log["time_days"]) == sorted(reference["time_days"])


def test_an_unconnected_collaborative_changes_nobody_elses_story(tmp_path: Path, reference: pd.DataFrame) -> None:
    # Before, between and after the others, however rows are sorted.
    codes = ("A1", "A2", "S03b", "S17b", "Z1")
    more = [{"site": code, "organisation": code, "setting": "acute", "psc": "EM"} for code in codes]
    with_more = events(tmp_path, [*more, *SITES])
    assert_same(of(with_more, {row["site"] for row in SITES}), reference)


def test_a_draw_is_the_same_alone_and_among_others(tmp_path: Path, reference: pd.DataFrame) -> None:
    job = api.prepare(api.read_scenario(tmp_path / "lucky.toml"), seed=5, replicates=2, events=True)
    bench = replicate.make_bench(job, "compiled")
    together, *alone = (replicate.run_chunk(job, *draws, bench) for draws in ((0, 3), (0, 1), (1, 1), (2, 1)))
    assert_same(pd.concat(together.events), pd.concat([frame for chunk in alone for frame in chunk.events]))
    used = np.concatenate([chunk.array("parameters") for chunk in alone])
    assert np.array_equal(together.array("parameters"), used)


def test_a_new_member_of_a_network_leaves_the_luck_of_the_others_alone(tmp_path: Path) -> None:
    # Learning sets still matter, so that who comes to them does; what a new member could pass on is switched off.
    alone = "[parameters]\nlearning_set_log_hr = 0.5\nkappa = 0\nmeeting_contact_share = 0\ndose_log_hr = 0\n"
    levers = "learning_sets = 12\ncoaches = 100"
    new = [{"site": code, "organisation": code, "setting": "acute", "psc": "YH"} for code in ("A1", "S03b", "Z1")]
    before = events(tmp_path, levers=levers, more=alone)
    after = events(tmp_path, [*new, *SITES], levers=levers, more=alone)
    assert_same(of(after, {row["site"] for row in SITES}), before)


def test_a_mechanism_of_zero_effect_changes_nothing(tmp_path: Path) -> None:
    off = "[parameters]\nlearning_set_log_hr = 0\ndose_log_hr = 0\nkappa = 0\n"
    without = events(
        tmp_path, levers="learning_sets = 0\nattendance = { psc = 0 }\ncourse_interval_months = 0", more=off
    )
    with_sets = events(
        tmp_path, levers="learning_sets = 6\nattendance = { psc = 0 }\ncourse_interval_months = 0", more=off
    )
    assert_same(with_sets, without)
    met = events(
        tmp_path, levers="learning_sets = 0\nmeeting_interval_months = { psc = 1 }\ncourse_interval_months = 0",
        more=off + "meeting_contact_share = 0\n",
    )  # fmt: skip
    apart = events(
        tmp_path, levers="learning_sets = 0\nmeeting_interval_months = { psc = 0 }\ncourse_interval_months = 0",
        more=off + "meeting_contact_share = 0\n",
    )  # fmt: skip
    assert_same(met, apart)
    dosed = events(
        tmp_path, levers="learning_sets = 0\ncourse_interval_months = 3", more=off + "course_attendance_share = 0\n"
    )
    nobody = events(
        tmp_path, levers="learning_sets = 0\ncourse_interval_months = 0", more=off + "course_attendance_share = 0\n"
    )
    assert_same(dosed, nobody)


def test_learning_sets_in_one_collaborative_leave_the_others_alone(tmp_path: Path, reference: pd.DataFrame) -> None:
    more = events(tmp_path, levers="learning_sets = { YH = 12 }")
    others = sites_of("WX") | sites_of("GM")
    assert_same(of(more, others), of(reference, others))
    assert not of(more, sites_of("YH")).equals(of(reference, sites_of("YH")))


def test_history_before_a_change_is_shared(tmp_path: Path, reference: pd.DataFrame) -> None:
    forked = events(tmp_path, more='[[change]]\nfrom = 2021-10-01\nsupport = "none"\n')
    before = (pd.Timestamp("2021-10-01") - pd.Timestamp("2021-04-01")).days
    early = [log[log["time_days"] < before].reset_index(drop=True) for log in (forked, reference)]
    assert_same(*early)
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

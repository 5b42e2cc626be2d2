"""What support adds: the same run with and without it."""

from pathlib import Path

import numpy as np
import pytest

import spread.api as api
from spread.outcomes import plan as plans
from spread.outcomes import reach, tables
from spread.scenarios import unsupported

FEW = {"draws": 4, "replicates": 2, "seed": 3, "workers": 1}
TEXT = """schema = 1
name = "asked"
base = "{base}"
{lines}
[report]
reach = true
"""


def asked(folder: Path, base: str, lines: str = "") -> api.schema.Scenario:
    path = folder / "asked.toml"
    path.write_text(TEXT.format(base=base, lines=lines), encoding="utf-8")
    return api.read_scenario(path)


def added(results: api.Results) -> "api.Any":
    return results.tables["reach"]


def test_nothing_is_told_unless_it_is_asked_for():
    assert "reach" not in api.run(api.read_scenario("tracheostomy-standard"), **FEW).tables


def test_no_support_adds_nothing(tmp_path):
    found = added(api.run(asked(tmp_path, "tracheostomy-none"), **FEW))
    assert len(found) == 16
    assert list(found.columns) == list(tables.columns("reach"))
    assert (found[["mean", "q05", "q95", "chance_of_more"]] == 0.0).all(axis=None)


def test_what_is_added_is_the_difference_from_the_scenario_without_support_on_the_same_luck(tmp_path):
    with_support = api.run(asked(tmp_path, "tracheostomy-standard"), **FEW)
    without = api.run(api.read_scenario("tracheostomy-none"), **FEW)

    def adopted(results: api.Results) -> np.ndarray:
        rows = results.tables["adoption"].query("group == 'England' or group_kind == 'national'")
        rows = rows[rows.intervention.astype(str).str.startswith("all_of:") & (rows.date == "2021-03-31")]
        return rows[["stage_5", "stage_6", "stage_7"]].sum(axis=1).to_numpy()

    difference = adopted(with_support) - adopted(without)
    assert len(difference) == 8
    row = added(with_support).query("scope == 'national'").iloc[0]
    assert row["mean"] == pytest.approx(difference.mean())
    assert row.q95 == pytest.approx(np.quantile(difference, 0.95))
    assert row.chance_of_more == (difference > 0).mean()
    assert (row.unit, row.n) == ("sites", 8)


def test_asking_what_support_adds_changes_nothing_else(tmp_path):
    plain = api.run(api.read_scenario("tracheostomy-standard"), **FEW)
    found = api.run(asked(tmp_path, "tracheostomy-standard"), **FEW)
    for name in ("ambitions", "adoption", "sites"):
        assert found.tables[name].equals(plain.tables[name])


def test_both_engines_say_the_same(tmp_path):
    few = FEW | {"draws": 1, "replicates": 1}
    one, other = (
        added(api.run(asked(tmp_path, "tracheostomy-standard"), engine=engine, **few))
        for engine in ("compiled", "process")
    )
    assert one.equals(other)


def test_without_support_is_without_it_in_every_programme_and_after_every_change(tmp_path):
    lines = """[programmes.adoption_spread]
support = "enhanced"
[[change]]
from = 2020-10-01
coaches = 9
push = "audit"
"""
    alone = unsupported.without_support(asked(tmp_path, "tracheostomy-standard", lines))
    none = api.read_scenario("tracheostomy-none")
    for plan in (alone, *alone.change):
        assert (plan.support, plan.coaches) == ({"default": "none"}, {"default": 0.0})
        for lever in ("outreach_hours", "course_seats", "learning_sets", "meeting_interval_months", "champions"):
            assert getattr(plan, lever) == getattr(none, lever)
    assert alone.programmes["adoption_spread"].support == "none"
    assert (alone.push, alone.change[0].push) == ("duty", "audit")


def test_less_of_a_rate_is_better_where_less_is_wanted_and_nobody_knows_where_nothing_is():
    aim = plans.Aim("harm", -1, 5, "change", "eligible", np.array([-0.1]), np.array([]), np.array([]), np.array([]))
    assert reach._is_better(aim, np.array([-0.2, 0.0, 0.1])).tolist() == [1.0, 0.0, 0.0]
    rises = aim._replace(thresholds=np.array([0.1]))
    assert reach._is_better(rises, np.array([-0.2, 0.0, 0.1])).tolist() == [0.0, 0.0, 1.0]
    unsaid = aim._replace(thresholds=np.array([np.nan]))
    assert np.isnan(reach._is_better(unsaid, np.array([-0.2, 0.1]))).all()
    sites = unsaid._replace(label=0)
    assert reach._is_better(sites, np.array([-1.0, 2.0])).tolist() == [0.0, 1.0]

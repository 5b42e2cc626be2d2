"""How many ambitions are met in the same run."""

from datetime import date

import numpy as np
import pytest

from spread.outcomes import collect, joint, tabulate
from tests.outcomes import worlds


def collected(asked, *counts, day=10.0):
    """A draw for each number of sites that come to use both interventions, at once."""
    scenario = worlds.scenario(asked)
    plan = worlds.plan(scenario)
    collector = collect.Collector(plan, len(counts), 1)
    for draw, count in enumerate(counts):
        log = worlds.log([worlds.jump(day, unit + more, 0, 5) for unit in range(count) for more in (0, 4)])
        collector.add(draw, 0, tabulate.tabulate(log, plan, worlds.EVERYBODY))
    return scenario, plan, collector


def ladder(*thresholds, **changes):
    return {f"a{number}": worlds.ambition(threshold=share, **changes) for number, share in enumerate(thresholds)}


def test_ambitions_that_fail_together_are_all_met_more_often_than_if_they_were_independent():
    found = joint.joint_table(*collected(ladder(0.5, 0.5, 0.5), 0, 4))
    assert found.met_at_least.tolist() == [1, 2, 3]
    assert found.of.tolist() == [3, 3, 3]
    assert found.chance.tolist() == [0.5, 0.5, 0.5]
    assert found.if_independent.tolist() == pytest.approx([7 / 8, 1 / 2, 1 / 8])


def test_each_ambition_counts_once_at_its_current_deadline():
    earlier = [{"date": "2020-06-30", "source": "made up"}]
    asked = ladder(1.0, 0.5, earlier_deadlines=earlier)
    found = joint.joint_table(*collected(asked, 2, 4, 4, 4, day=100.0))
    assert found.chance.tolist() == [1.0, 0.75]


def test_ambitions_without_a_number_do_not_count_and_one_alone_is_nothing_together():
    assert joint.joint_table(*collected(ladder(0.5, None), 4)).empty
    late = {"late": worlds.ambition(deadline=date(2030, 1, 1)), **ladder(0.5)}
    assert joint.joint_table(*collected(late, 4)).empty


def test_one_alone_is_nothing_together_in_many_runs_and_two_are_in_a_single_one():
    assert joint.joint_table(*collected(ladder(0.5), 0, 4)).empty
    assert joint.joint_table(*collected(ladder(0.5, 0.5), 4)).chance.tolist() == [1.0, 1.0]


def test_what_is_stated_for_a_psc_only_is_no_ambition_for_the_nation():
    local = {"AA": 0.5}
    asked = ladder(0.5, 0.5) | {"local": worlds.ambition(threshold=None, local_thresholds=local)}
    assert joint.joint_table(*collected(asked, 4)).of.tolist() == [2, 2]


def test_where_none_states_a_threshold_the_runs_meet_none():
    scenario, plan, collector = collected(ladder(None), 0, 4)
    met = joint.met_nationally(scenario, plan, collect.Collected.of(collector))
    assert (met.shape, met.dtype) == ((0, 2, 1), bool)


@pytest.mark.parametrize("chances", [(0.2,), (0.1, 0.9), (0.5, 0.5, 0.5, 0.25)])
def test_the_chance_of_so_many_independent_events_adds_up(chances):
    found = joint.at_least(np.array(chances))
    assert found[0] == pytest.approx(1.0)
    assert found[-1] == pytest.approx(np.prod(chances))
    assert -np.diff(found) @ np.arange(len(chances)) + found[-1] * len(chances) == pytest.approx(sum(chances))

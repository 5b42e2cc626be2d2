"""Rates, levels and milestones: their own trend, and what improvements in use do to them."""

from datetime import date

import numpy as np
import pytest

from spread.outcomes import ambitions, collect, exceedance, rates, tabulate
from tests.outcomes import worlds

NO_EFFECT = {"ambition.less.trend": 0.0, "ambition.less.efficacy.bedside": 0.0}
ALWAYS = np.full(2, -np.inf)


def number(value=0.0):
    return {"value": value, "source": "made up", "basis": "judgement"}


def change(**said):
    usual = {
        "measure": "change", "interventions": ("bedside",), "threshold": -0.5, "trend": number(),
        "baseline_date": worlds.ORIGIN, "efficacy": {"bedside": number()},
    }  # fmt: skip
    return {"less": worlds.ambition(**(usual | said))}


def adopted(count):
    """The first of the four sites come to use the first intervention, one a day."""
    return worlds.log([worlds.jump(10.0 + unit, unit, 0, 5) for unit in range(count)])


def assessed(log, asked, parameters, available=ALWAYS, engaged=worlds.EVERYBODY):
    """The rows of ambitions.csv from one run."""
    scenario = worlds.scenario(asked)
    plan = worlds.plan(scenario)
    moved = rates.values_at_dates(log, plan, parameters, engaged=engaged, available_day=available)
    collector = collect.Collector(plan, 1, 1)
    collector.add(0, 0, tabulate.tabulate(log, plan, engaged, rates=moved))
    return ambitions.assess_ambitions(scenario, plan, collector).set_index("scope"), (scenario, plan, collector)


def test_a_rate_falls_by_its_efficacy_times_the_share_of_sites_that_came_to_use_it():
    effects = NO_EFFECT | {"ambition.less.efficacy.bedside": np.log(0.25)}
    found, _ = assessed(adopted(2), change(), effects)
    assert found.value_q50["national"] == pytest.approx(0.25**0.5 - 1.0)
    assert found.value_q50["psc:AA"] == pytest.approx(0.25 - 1.0)
    assert found.value_q50["psc:BB"] == 0.0
    assert found.chance.to_dict() == {"national": 1.0, "psc:AA": 1.0, "psc:BB": 0.0}
    assert found.shortfall_q50["psc:BB"] == pytest.approx(0.5)


def test_what_was_in_use_on_the_first_day_is_part_of_the_baseline():
    effects = NO_EFFECT | {"ambition.less.efficacy.bedside": -1.0}
    found, _ = assessed(worlds.log([], begin=[5] * 8), change(), effects)
    assert found.value_q50["national"] == 0.0


def test_where_only_engaged_sites_count_the_others_move_nothing():
    effects = NO_EFFECT | {"ambition.less.efficacy.bedside": -1.0}
    engaged = np.array([True, False, True, True] * 2)
    found, _ = assessed(adopted(2), change(denominator="engaged"), effects, engaged=engaged)
    assert found.value_q50["national"] == pytest.approx(np.exp(-1 / 3) - 1.0)
    assert found.value_q50["psc:AA"] == pytest.approx(np.exp(-1.0) - 1.0)


def test_a_lapse_takes_the_effect_away_again():
    effects = NO_EFFECT | {"ambition.less.efficacy.bedside": -1.0}
    steps = [worlds.jump(10.0, 0, 0, 5), worlds.jump(20.0, 0, 5, 9)]
    found, _ = assessed(worlds.log(steps), change(), effects)
    assert found.value_q50["national"] == 0.0


def test_a_rate_has_a_trend_of_its_own_from_the_baseline_on():
    begun = date(2018, worlds.DEADLINE.month, worlds.DEADLINE.day)
    found, _ = assessed(adopted(0), change(baseline_date=begun), NO_EFFECT | {"ambition.less.trend": -0.1})
    assert found.value_q50["national"] == pytest.approx(np.exp(-0.1 * 731 / 365.25) - 1.0)


def test_a_level_moves_on_the_logit_scale_and_may_be_wanted_lower_or_higher():
    effects = NO_EFFECT | {"ambition.less.efficacy.bedside": np.log(2.0)}
    wanted = {"measure": "level", "baseline": 0.9, "threshold": 0.94}
    found, _ = assessed(adopted(4), change(**wanted), effects)
    assert found.value_q50["national"] == pytest.approx(18 / 19)
    assert found.chance["national"] == 1.0
    found, _ = assessed(adopted(4), change(**(wanted | {"threshold": 0.8})), effects)
    assert found.chance["national"] == 0.0
    assert found.shortfall_q50["national"] == pytest.approx(18 / 19 - 0.8)


@pytest.mark.parametrize(("day", "chance"), [(-np.inf, 1.0), (0.0, 1.0), (182.0, 1.0), (183.0, 0.0), (np.inf, 0.0)])
def test_a_milestone_is_met_when_the_intervention_exists_by_the_deadline(day, chance):
    asked = {"less": worlds.ambition(measure="milestone", interventions=("kit",), threshold=None)}
    found, _ = assessed(adopted(0), asked, {}, np.array([-np.inf, day]))
    assert found.chance["national"] == chance


def test_an_ambition_without_a_number_is_a_trajectory():
    found, (scenario, plan, collector) = assessed(adopted(2), change(threshold=None), NO_EFFECT)
    assert np.isnan(found.chance["national"])
    assert found.value_q50["national"] == 0.0
    assert exceedance.exceedance_table(scenario, plan, collector).empty


def test_thresholds_of_a_rate_are_shares_of_the_way_to_what_is_wanted():
    effects = NO_EFFECT | {"ambition.less.efficacy.bedside": np.log(0.5)}
    _, made = assessed(adopted(2), change(threshold=-0.4), effects)
    found = exceedance.exceedance_table(*made)
    last = found[(found.date == found.date.max()) & (found.scope == "national")].set_index("threshold").chance
    assert last.to_dict() == {"0.5": 1.0, "0.6": 1.0, "0.7": 1.0, "0.8": 0.0, "0.9": 0.0, "0.95": 0.0, "1.0": 0.0}


def test_a_rate_that_is_not_given_is_refused():
    plan = worlds.plan(worlds.scenario(change()))
    with pytest.raises(ValueError, match="less is about a rate"):
        tabulate.tabulate(adopted(0), plan, worlds.EVERYBODY)


def test_an_organisation_counts_when_a_share_of_its_sites_and_at_least_one_is_there():
    asked = {"less": worlds.ambition(interventions=("bedside",), organisation_share=0.5, threshold=0.5)}
    units = worlds.units()._replace(organisation=np.array([0, 0, 0, 1, 0, 0, 0, 1]))
    scenario = worlds.scenario(asked)
    plan = worlds.plan(scenario, units)
    assert plan.labels[-1] == "organisations>=0.5:bedside"
    for count, share in [(1, 0.0), (2, 0.5), (3, 0.5), (4, 1.0)]:
        table = tabulate.tabulate(adopted(count), plan, worlds.EVERYBODY)
        assert table.numerator[-1, 0, 0] / table.denominator[0, 0] == share

"""The ladder of thresholds: of sites, of patients and of rates that are to fall or to rise."""

import numpy as np
import pytest

from spread.outcomes import collect, exceedance, tabulate
from tests.outcomes import worlds
from tests.outcomes.worlds import EVERYBODY, jump

ROUNDING = 1e-9


def number(value=0.0):
    return {"value": value, "source": "made up", "basis": "judgement"}


def level(baseline, threshold):
    """A share of a population that is to go from one value to another."""
    return worlds.ambition(
        measure="level", interventions=("kit",), baseline=baseline, threshold=threshold, trend=number(),
        baseline_date=worlds.ORIGIN, efficacy={"kit": number()},
    )  # fmt: skip


def ladder(asked, *tables_of):
    """The last rungs of the only ambition, from what each run's plan makes of its table."""
    scenario = worlds.scenario(asked)
    plan = worlds.plan(scenario)
    collector = collect.Collector(plan, len(tables_of), 1)
    for draw, table_of in enumerate(tables_of):
        collector.add(draw, 0, table_of(plan))
    return at_the_end(exceedance.exceedance_table(scenario, plan, collector))


def at_the_end(frame):
    return frame[frame.date == frame.date.max()].set_index(["scope", "threshold"]).chance


def rate(value):
    """A run in which the only rate is at this value everywhere and always."""

    def table_of(plan):
        values = np.full((len(plan.dates), len(plan.scopes)), value)
        return tabulate.tabulate(worlds.log([]), plan, EVERYBODY, rates={0: values})

    return table_of


def delivered(*shares):
    """A run in which S1, S2, ... give these shares of their patients every element, always."""

    def table_of(plan):
        return tabulate.tabulate(worlds.log([]), plan, EVERYBODY, np.tile(shares, (len(plan.dates), 1)))

    return table_of


def highest(rungs):
    """The highest rung that was reached for certain, and how many were."""
    reached = rungs[rungs == 1.0]
    return (reached.index[-1] if len(reached) else "", len(reached))


def test_the_rungs_of_a_patients_ambition_are_shares_of_all_patients_of_a_scope():
    asked = {"all": worlds.ambition(measure="patients", interventions=("kit",), threshold=0.5)}
    found = ladder(asked, delivered(1.0, 0.5, 0.9, 0.98))  # of 100, 300, 100 and 100 patients
    assert highest(found["national"]) == ("0.7", 3)  # 438 of 600
    assert highest(found["psc:AA"]) == ("0.6", 2)  # 250 of 400
    assert highest(found["psc:BB"]) == ("0.9", 5)  # 188 of 200


def test_a_share_of_patients_reaches_its_rung_whatever_floating_point_says():
    asked = {"all": worlds.ambition(measure="patients", interventions=("kit",), threshold=0.5)}
    assert 0.07 * 100 + 233 / 300 * 300 < 0.6 * 400
    assert highest(ladder(asked, delivered(0.07, 233 / 300, 0.0, 0.0))["psc:AA"]) == ("0.6", 2)


@pytest.mark.parametrize(
    ("baseline", "threshold", "half_way", "nine_tenths"), [(0.5, 0.9, 0.7, 0.86), (0.9, 0.5, 0.7, 0.54)]
)
def test_the_rungs_of_a_level_are_shares_of_the_way_from_where_it_began(baseline, threshold, half_way, nine_tenths):
    further = 0.01 if threshold > baseline else -0.01
    asked = {"level": level(baseline, threshold)}
    for value, rung in [(baseline, ("", 0)), (half_way - further, ("", 0)), (half_way + further, ("0.5", 1)),
                        (nine_tenths + further, ("0.9", 5)), (threshold + further, ("1.0", 7))]:  # fmt: skip
        assert highest(ladder(asked, rate(value))["national"]) == rung


@pytest.mark.parametrize(("baseline", "threshold", "short"), [(0.5, 0.9, -1), (0.9, 0.5, 1)])
def test_a_rate_may_miss_its_rung_by_rounding_and_by_no_more(baseline, threshold, short):
    asked = {"level": level(baseline, threshold)}
    assert ladder(asked, rate(threshold + 0.5 * short * ROUNDING))["national", "1.0"] == 1.0
    assert ladder(asked, rate(threshold + 1.5 * short * ROUNDING))["national", "1.0"] == 0.0


def test_ambitions_after_one_that_has_no_rungs_have_theirs_and_rows_are_numbered_through():
    asked = {
        "made": worlds.ambition(measure="milestone", interventions=("kit",), threshold=None),
        "first": worlds.ambition(interventions=("kit",)),
        "second": worlds.ambition(interventions=("bedside",)),
    }
    scenario = worlds.scenario(asked)
    plan = worlds.plan(scenario)
    collector = worlds.nothing_made(plan)
    frame = exceedance.exceedance_table(scenario, plan, collector)
    assert frame.ambition.unique().tolist() == ["first", "second"]
    assert frame.index.tolist() == list(range(len(frame)))


@pytest.mark.parametrize("units", [(0, 1, 2, 3), (4, 5, 6, 7)])
def test_one_of_two_interventions_used_everywhere_reaches_no_rung_of_each(units):
    def table_of(plan):
        return tabulate.tabulate(worlds.log([jump(1.0, unit, 0, 5) for unit in units]), plan, EVERYBODY)

    found = ladder({"each": worlds.ambition(together="each")}, table_of)["national"]
    assert highest(found.drop("short_by_3")) == ("", 0)


def test_a_scope_has_rungs_when_somebody_counts_in_any_chunk_of_runs():
    scenario = worlds.scenario({"kit": worlds.ambition(interventions=("kit",), denominator="engaged")})
    plan = worlds.plan(scenario)
    chunks = []
    for draw, in_bb in enumerate((True, False)):
        engaged = np.array([True] * 6 + [in_bb] * 2)
        chunk = collect.Collector(plan, 1, 1, first_draw=draw)
        chunk.add(draw, 0, tabulate.tabulate(worlds.log([], [5] * 8), plan, engaged))
        chunks.append(chunk)
    found = at_the_end(exceedance.exceedance_table(scenario, plan, collect.Collected(plan, 1, chunks)))
    assert (found["national", "1.0"], found["psc:BB", "1.0"]) == (1.0, 0.5)

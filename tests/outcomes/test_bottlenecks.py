"""Where those stand that have not adopted, where their time went, how long they waited, and how busy coaches were."""

from datetime import date

import numpy as np
import pytest

from spread import model
from spread.model import record
from spread.outcomes import bottlenecks, collect, delays, tabulate
from tests.outcomes import worlds
from tests.outcomes.worlds import EVERYBODY, jump

KIT = {"kit": worlds.ambition(interventions=("kit",))}
STATES = list(delays.CAUSES)
EVENT = model.Event
DAYS = (worlds.DEADLINE - worlds.ORIGIN).days + 1

# S1: slot after 5 days, place after 15 more, adopted on day 100. S2: no slot yet. S3: patience ended, testing.
QUEUES = sorted(
    [
        (10.0, EVENT.DECISION, 4, 2, 3), (15.0, EVENT.SLOT_GRANT, 4, 3, 3), (30.0, EVENT.PLACE_GRANT, 4, 3, 3),
        (30.0, EVENT.TESTING, 4, 3, 4), (60.0, EVENT.CYCLE_FAILED, 4, 4, 4), (100.0, EVENT.ADOPTION, 4, 4, 5),
        (110.0, EVENT.LAPSE, 4, 5, 9), (111.0, EVENT.RESTART, 4, 9, 3),
        (20.0, EVENT.DECISION, 5, 2, 3), (40.0, EVENT.DECISION, 6, 2, 3), (41.0, EVENT.SLOT_GRANT, 6, 3, 3),
        (81.0, EVENT.EXPIRY, 6, 3, 3), (81.0, EVENT.TESTING, 6, 3, 4),
    ],
    key=lambda step: step[0],
)  # fmt: skip


def tabled(runs, *, begin=None, asked=None, conditions=None):
    """The bottlenecks of the kit from the logs of some runs of one draw, by PSC."""
    plan = worlds.plan(asked or worlds.scenario(KIT))
    whole = collect.Collector(plan, 1, len(runs))
    for replicate, steps in enumerate(runs):
        log = steps if isinstance(steps, record.EventLog) else worlds.log(steps, begin)
        whole.add(0, replicate, tabulate.tabulate(log, plan, EVERYBODY, conditions=conditions))
    frame = bottlenecks.bottlenecks_table(whole)
    return frame[frame.intervention == "kit"].set_index("psc")


def conditions(**changes):
    """One coaching place in PSC AA, two in BB from day 91 on."""
    usual = tabulate.Conditions(
        available_day=np.array([-np.inf, -np.inf]),
        coached=np.zeros(8, dtype=bool),
        epoch_day=np.array([0.0, 91.0]),
        places=np.array([[1, 0], [1, 2]]),
    )
    return usual._replace(**changes)


def test_sites_are_counted_where_they_stand_at_the_deadline_as_means_over_runs():
    table = tabled([QUEUES, []], begin=[0] * 4 + [2, 2, 2, 8])
    assert table.loc["national", STATES].to_dict() == {
        "not_available": 0, "not_reached": 0, "undecided": 1.5, "waiting_slot": 1, "waiting_coach": 0, "testing": 0.5,
        "stopped": 1, "lapsed": 0,
    }  # fmt: skip
    assert table.index.tolist() == ["national", "AA", "BB"]
    assert table.loc["AA", ["waiting_slot", "undecided", "eligible", "adopted"]].tolist() == [1, 1, 2, 0]
    assert (table[STATES].sum(axis=1) + table.adopted == table.eligible).all()


def test_one_that_fell_out_of_use_is_not_counted_as_using_it():
    table = tabled([[jump(5, 4, 0, 5), jump(6, 5, 0, 5), (100.0, EVENT.LAPSE, 4, 5, 9)]])
    assert table.loc["AA", ["lapsed", "adopted"]].tolist() == [1, 1]


def test_site_months_are_those_of_every_eligible_site_up_to_the_deadline():
    table = tabled([QUEUES], begin=[0] * 4 + [2, 2, 2, 8])
    days = table[[f"{cause}_months" for cause in delays.CAUSES]] * 30.4375
    spent = dict(zip(STATES, days.loc["AA"].round(6), strict=True))
    assert spent == {
        "not_available": 0, "not_reached": 0, "undecided": 30, "waiting_slot": 5 + (DAYS - 20) + (DAYS - 111),
        "waiting_coach": 15, "testing": 70, "stopped": 0, "lapsed": 1,
    }  # fmt: skip
    assert days.loc["national"].sum() == pytest.approx(4 * DAYS - 10)


def test_mean_waits_are_of_those_that_are_over_whether_granted_or_given_up():
    table = tabled([QUEUES, []], begin=[0] * 4 + [2, 2, 2, 8])
    assert table.slot_wait_days.to_dict() == {"national": 3.0, "AA": 5.0, "BB": 1.0}
    assert table.coach_wait_days.to_dict() == {"national": 27.5, "AA": 15.0, "BB": 40.0}
    assert tabled([[]]).slot_wait_days.isna().all()


def test_coaches_are_busy_from_the_grant_until_testing_ends_and_england_counts_places():
    table = tabled([QUEUES], begin=[0] * 4 + [2, 2, 2, 8], conditions=conditions())
    there = {"AA": DAYS, "BB": 2 * (DAYS - 91)}
    assert table.coach_utilisation["AA"] == pytest.approx(70 / DAYS)
    assert table.coach_utilisation["BB"] == 0.0
    assert table.coach_utilisation["national"] == pytest.approx(70 / sum(there.values()))


def test_one_coached_at_the_start_holds_its_place_until_it_stops():
    coached = np.array([False] * 6 + [True, False])
    steps = [(50.0, EVENT.CYCLE_FAILED, 6, 4, 4), (120.0, EVENT.STOP, 6, 4, 8), (130.0, EVENT.RESUME, 6, 8, 2)]
    table = tabled([steps], begin=[0] * 4 + [0, 0, 4, 4], conditions=conditions(coached=coached))
    assert table.coach_utilisation["BB"] == pytest.approx(120 / (2 * (DAYS - 91)))


def test_places_are_shared_by_the_interventions_of_a_collaborative():
    asked = worlds.scenario({"each": worlds.ambition(together="each")})
    plan = worlds.plan(asked)
    whole = collect.Collector(plan, 1, 1)
    log = worlds.log(QUEUES, [0] * 4 + [2, 2, 2, 8])
    whole.add(0, 0, tabulate.tabulate(log, plan, EVERYBODY, conditions=conditions()))
    frame = bottlenecks.bottlenecks_table(whole)
    by_intervention = frame.pivot_table(index="psc", columns="intervention", values="coach_utilisation")
    assert (by_intervention.bedside == by_intervention.kit).all()
    assert by_intervention.kit["AA"] > 0


def test_a_collaborative_without_coaches_has_no_utilisation():
    assert tabled([QUEUES], begin=[0] * 4 + [2, 2, 2, 8]).coach_utilisation.isna().all()


@pytest.mark.parametrize(
    ("day", "state"), [(DAYS - 1, "not_reached"), (DAYS, "not_available"), (np.inf, "not_available")]
)
def test_what_does_not_exist_by_the_deadline_is_not_available_in_the_draws_where_it_comes_late(day, state):
    late = conditions(available_day=np.array([-np.inf, day]))
    assert tabled([[]], conditions=late).loc["national", state] == 4


def test_what_is_in_use_before_it_exists_is_in_use():
    late = conditions(available_day=np.array([-np.inf, np.inf]))
    assert tabled([[jump(3, 4, 0, 5)]], conditions=late).loc["AA", ["adopted", "not_available"]].tolist() == [1, 1]


def test_sets_have_no_row_and_an_intervention_nobody_names_is_held_to_the_end():
    plan = worlds.plan(worlds.scenario(KIT))
    whole = collect.Collector(plan, 1, 1)
    whole.add(0, 0, tabulate.tabulate(worlds.log([]), plan, EVERYBODY))
    frame = bottlenecks.bottlenecks_table(whole)
    assert frame.groupby("intervention").deadline.first().dt.date.to_dict() == {
        "bedside": worlds.END, "kit": worlds.DEADLINE,
    }  # fmt: skip
    both = worlds.plan()
    whole = collect.Collector(both, 1, 1)
    whole.add(0, 0, tabulate.tabulate(worlds.log([]), both, EVERYBODY))
    assert set(bottlenecks.bottlenecks_table(whole).intervention) == {"bedside", "kit"}


def test_every_deadline_has_its_own_rows_and_a_psc_without_eligible_sites_none():
    early = worlds.ambition(interventions=("kit",), deadline=date(2020, 6, 30))
    asked = worlds.scenario({"early": early, **KIT})
    plan = worlds.plan(asked, worlds.units([(0, 2), (1, 0), (1, 1)]))
    whole = collect.Collector(plan, 1, 1)
    whole.add(0, 0, tabulate.tabulate(worlds.log([jump(100, 1, 0, 5)], [0, 0, 0]), plan, np.ones(3, dtype=bool)))
    frame = bottlenecks.bottlenecks_table(whole)
    kit = frame[frame.intervention == "kit"]
    assert kit.psc.tolist() == ["national", "AA"] * 2
    assert kit.adopted.tolist() == [0, 0, 1, 1]


def test_runs_that_did_not_come_through_count_for_nothing_and_no_run_gives_nothing():
    plan = worlds.plan(worlds.scenario(KIT))
    whole = collect.Collector(plan, 1, 2)
    assert bottlenecks.bottlenecks_table(whole)[STATES].isna().all(axis=None)
    whole.add(0, 1, tabulate.tabulate(worlds.log([jump(3, 4, 0, 5)]), plan, EVERYBODY))
    frame = bottlenecks.bottlenecks_table(whole)
    assert (frame[STATES].sum(axis=1) + frame.adopted == frame.eligible).all()

"""Counting one replicate: states at dates, sets taken together, groups, thresholds, delays."""

from datetime import date, timedelta

import numpy as np
import pytest

from spread import model
from spread.errors import InputError
from spread.outcomes import delays, tabulate, thresholds, workspace
from spread.outcomes import plan as plans
from tests.outcomes import worlds
from tests.outcomes.worlds import EVERYBODY, jump

ALL = "all_of:bedside+kit"


def slot(plan: plans.TabulationPlan, label: str, kind: str = "national", code: str = "national") -> int:
    """Place of a (label, group) pair."""
    group = plan.groups.names.index((kind, code))
    return int(np.flatnonzero((plan.slots.label == plan.labels.index(label)) & (plan.slots.group == group))[0])


def counted(plan, log, label, kind="national", code="national"):
    return tabulate.tabulate(log, plan, EVERYBODY).counts[:, slot(plan, label, kind, code)].tolist()


def test_report_dates_are_the_day_before_the_run_the_quarter_ends_and_the_deadlines():
    asked = worlds.scenario({"early": worlds.ambition(deadline=date(2020, 7, 15))})
    expected = ("2020-03-31", "2020-06-30", "2020-07-15", "2020-09-30", "2020-12-31")
    assert worlds.plan(asked).dates == tuple(map(date.fromisoformat, expected))


def test_months_are_reported_when_asked_and_nothing_after_the_end():
    ambitions = {"late": worlds.ambition(deadline=date(2022, 3, 31))}
    asked = worlds.scenario(ambitions, report=worlds.schema.Report(months=True), end=date(2020, 6, 15))
    assert [day.month for day in worlds.plan(asked).dates] == [3, 4, 5]


def test_the_state_at_a_date_holds_the_events_of_that_day_and_none_of_the_next():
    plan = worlds.plan()
    last_day_of_june = (date(2020, 6, 30) - worlds.ORIGIN).days
    just_in = worlds.log([jump(last_day_of_june + 0.999, 0, 0, 5)])
    just_out = worlds.log([jump(last_day_of_june + 1.0, 0, 0, 5)])
    for column in (5, workspace.EVER_ADOPTED):
        assert counted(plan, just_in, "bedside")[1][column] == 1
        assert counted(plan, just_out, "bedside")[1][column] == 0


def test_every_status_of_a_whole_history_is_counted_at_every_date():
    steps = [
        jump(10, 0, 0, 4), jump(20, 0, 4, 5), jump(100, 0, 5, 9), jump(110, 1, 0, 4), jump(120, 1, 4, 8),
        jump(190, 2, 0, 7), jump(200, 0, 9, 3),
    ]  # fmt: skip
    assert counted(worlds.plan(), worlds.log(steps), "bedside") == [
        [4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
        [2, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1],
        [1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 2],
    ]


def test_a_set_stands_at_the_lowest_of_its_members_and_counts_only_sites_eligible_for_all():
    who = worlds.units([(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (1, 3)])
    plan = worlds.plan(who=who)
    # site 1: adopted and stopped -> stopped; site 2: lapsed and testing -> lapsed
    log = worlds.log([], begin=[7, 5, 9, 8, 4, 7])
    table = tabulate.tabulate(log, plan, np.ones(6, bool))
    expected = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0]
    assert table.counts[0, slot(plan, ALL)].tolist() == expected
    assert plan.slots.eligible[slot(plan, ALL)] == 2


def test_a_set_has_ever_been_adopted_only_when_all_members_stood_there_at_once():
    one_after_another = [jump(10, 0, 0, 5), jump(20, 0, 5, 9), jump(30, 4, 0, 5)]
    at_once = [jump(10, 0, 0, 5), jump(30, 4, 0, 5), jump(40, 0, 5, 9)]
    assert counted(worlds.plan(), worlds.log(one_after_another), ALL)[-1][10] == 0
    assert counted(worlds.plan(), worlds.log(at_once), ALL)[-1][10] == 1


def with_needed(plan: plans.TabulationPlan, count: int) -> plans.TabulationPlan:
    """The same plan, but so many members of a set are enough."""
    return plan._replace(rows=plan.rows._replace(needed=np.minimum(plan.rows.members, count)))


def test_a_set_of_which_some_are_needed_stands_where_as_many_have_come_to():
    plan = with_needed(worlds.plan(), 1)
    table = tabulate.tabulate(worlds.log([], begin=[7, 5, 9, 8, 4, 7, 4, 0]), plan, EVERYBODY)
    assert table.counts[0, slot(plan, ALL)].tolist() == [0, 0, 0, 0, 1, 0, 0, 2, 1, 0, 2]


def test_such_a_set_comes_to_a_stage_with_the_last_one_needed_and_falls_with_the_last_to_leave():
    steps = [jump(10, 0, 0, 5), jump(20, 4, 0, 5), jump(30, 0, 5, 9), jump(95, 4, 5, 9)]
    plan = with_needed(worlds.plan(worlds.scenario({"both": worlds.ambition(threshold=0.25)})), 1)
    table = tabulate.tabulate(worlds.log(steps), plan, EVERYBODY)
    assert table.reached_days[0].tolist() == [10.0, 10.0, np.inf]
    assert table.adopted_days[8] == 10.0
    assert table.counts[:, slot(plan, ALL), 5].tolist() == [0, 1, 0, 0]
    assert table.numerator[:, 0, 0].tolist() == [0, 1, 0, 0]


def test_such_a_set_has_been_where_it_begins_since_the_last_one_needed_came():
    plan = with_needed(worlds.plan(), 1)
    since = [-50.0, -20.0, -5.0, -9.0, -30.0, -70.0, -1.0, -2.0]
    table = tabulate.tabulate(worlds.log([], [5, 5, 5, 0, 5, 5, 6, 0], since), plan, EVERYBODY)
    assert table.since_days[8:].tolist() == [-50.0, -70.0, -1.0, -9.0]


def test_groups_count_their_own_sites_and_groups_without_eligible_sites_are_left_out():
    asked = worlds.scenario(report=worlds.schema.Report(groups=("ics", "network", "organisation", "attribute:wave")))
    plan = worlds.plan(asked)
    log = worlds.log([jump(1, 1, 0, 5), jump(1, 2, 0, 5)])
    adopted = {
        plan.groups.names[plan.slots.group[place]]: (int(count), int(plan.slots.eligible[place]))
        for place, count in enumerate(tabulate.tabulate(log, plan, EVERYBODY).counts[-1, :, 5])
        if plan.labels[plan.slots.label[place]] == "bedside"
    }
    assert adopted == {
        ("national", "national"): (2, 4), ("nhs_region", "London"): (2, 4),
        ("psc", "AA"): (1, 2), ("psc", "BB"): (1, 2),
        ("setting", "acute"): (2, 3), ("setting", "maternity"): (0, 1), ("imd_fifth", "1"): (1, 2),
        ("imd_fifth", "5"): (1, 1), ("ics", "North"): (2, 3), ("network", "N1"): (1, 2), ("network", "N2"): (2, 2),
        ("organisation", "O1"): (0, 1), ("organisation", "O2"): (1, 1), ("organisation", "O3"): (1, 1),
        ("organisation", "O4"): (0, 1), ("attribute:wave", "one"): (0, 1), ("attribute:wave", "two"): (2, 2),
    }  # fmt: skip


def test_sites_of_every_status_add_up_to_the_eligible_in_every_slot():
    random = np.random.default_rng(1)
    begin = random.integers(0, 10, 8).tolist()
    plan = worlds.plan()
    counts = tabulate.tabulate(worlds.log([], begin), plan, EVERYBODY).counts
    assert (counts[..., :10].sum(axis=-1) == plan.slots.eligible).all()


def test_an_unknown_column_is_refused_with_what_would_be_right():
    asked = worlds.scenario(report=worlds.schema.Report(groups=("attribute:wawe",)))
    with pytest.raises(InputError, match="did you mean 'wave'"):
        worlds.plan(asked)


def test_an_ambition_no_site_is_eligible_for_is_refused():
    who = worlds.units([(0, 0), (1, 1)])
    with pytest.raises(InputError, match=r"ambitions\.both.*no site is eligible for all_of:bedside\+kit"):
        worlds.plan(who=who)


def test_the_denominator_is_what_the_ambition_says():
    ambitions = {
        name: worlds.ambition(interventions=("bedside",), denominator=name)
        for name in ("eligible", "engaged", "reported")
    }
    reported = np.array([1, 0, 1, 0, 0, 0, 0, 0], dtype=bool)
    plan = worlds.plan(worlds.scenario(ambitions), reported=reported)
    engaged = np.array([1, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
    table = tabulate.tabulate(worlds.log([], [5, 5, 0, 5, 0, 0, 0, 0]), plan, engaged)
    assert table.numerator[0].tolist() == [[3, 2, 1], [2, 2, 0], [1, 1, 0]]
    assert table.denominator.tolist() == [[4, 2, 2], [3, 2, 1], [2, 1, 1]]
    assert table.engaged[slot(plan, "bedside")] == 3
    assert table.reported[slot(plan, "bedside", "psc", "BB")] == 1


def test_a_threshold_is_met_by_whole_sites_whatever_floating_point_says():
    aim = worlds.plan(worlds.scenario({"a": worlds.ambition(interventions=("kit",), threshold=0.9)})).aims[0]
    assert thresholds.needed(aim, np.array([180.0, 10.0, 11.0])).tolist() == [162, 9, 10]
    over_half = aim._replace(thresholds=np.full(3, 0.55))
    assert 0.55 * 180 > 99
    assert thresholds.needed(over_half, np.array([180.0, 10.0, 0.0])).tolist() == [99, 6, 0]
    met = thresholds.meets(over_half, np.array([99.0, 5.0, 0.0]), np.array([180.0, 10.0, 0.0]))
    assert met.tolist() == [True, False, False]


def test_a_psc_in_which_nobody_counts_never_meets_its_threshold():
    asked = worlds.scenario({"kit": worlds.ambition(interventions=("kit",), denominator="engaged")})
    engaged = np.array([0, 0, 0, 0, 1, 1, 0, 0], dtype=bool)
    table = tabulate.tabulate(worlds.log([jump(3, 4, 0, 5)], [5] * 4 + [0, 0, 5, 5]), worlds.plan(asked), engaged)
    assert table.reached_days.tolist() == [[3.0, 3.0, np.inf]]


def test_a_set_is_engaged_or_reported_only_where_all_its_members_are():
    plan = worlds.plan(reported=np.array([1, 0, 1, 1, 1, 1, 0, 1], dtype=bool))
    engaged = np.array([1, 1, 0, 0, 1, 1, 1, 0], dtype=bool)
    table = tabulate.tabulate(worlds.log([]), plan, engaged)
    assert (table.engaged[slot(plan, ALL)], table.reported[slot(plan, ALL)]) == (2, 2)


def test_a_threshold_is_first_reached_at_the_event_itself_nationally_and_in_each_psc():
    asked = worlds.scenario({"kit": worlds.ambition(interventions=("kit",), threshold=0.5)})
    steps = [jump(10.25, 4, 0, 5), jump(20, 4, 5, 9), jump(30.5, 5, 0, 5), jump(41.75, 6, 0, 5)]
    table = tabulate.tabulate(worlds.log(steps), worlds.plan(asked), EVERYBODY)
    assert table.reached_days.tolist() == [[41.75, 10.25, 41.75]]


def test_a_threshold_met_from_the_start_is_met_on_the_day_before_and_one_never_met_is_never():
    asked = worlds.scenario({"kit": worlds.ambition(interventions=("kit",), threshold=1.0)})
    table = tabulate.tabulate(worlds.log([], [0, 0, 0, 0, 5, 6, 0, 0]), worlds.plan(asked), EVERYBODY)
    assert table.reached_days.tolist() == [[np.inf, -1.0, np.inf]]


def test_a_local_threshold_holds_in_its_psc_only():
    asked = worlds.scenario(
        {"kit": worlds.ambition(interventions=("kit",), threshold=1.0, local_thresholds={"AA": 0.5})}
    )
    table = tabulate.tabulate(worlds.log([jump(5, 4, 0, 5), jump(6, 6, 0, 5)]), worlds.plan(asked), EVERYBODY)
    assert table.reached_days.tolist() == [[np.inf, 5.0, np.inf]]


def test_each_intervention_has_to_reach_the_threshold_at_the_same_time():
    each = {"each": worlds.ambition(together="each", threshold=0.25)}
    apart = [jump(10, 0, 0, 5), jump(20, 0, 5, 9), jump(30, 4, 0, 5)]
    joined = [*apart, jump(40, 1, 0, 6)]
    plan = worlds.plan(worlds.scenario(each))
    assert [plan.labels[aim.label] for aim in plan.aims] == ["bedside", "kit"]
    assert tabulate.tabulate(worlds.log(apart), plan, EVERYBODY).reached_days[0, 0] == np.inf
    assert tabulate.tabulate(worlds.log(joined), plan, EVERYBODY).reached_days[0, 0] == 40.0


def test_two_changes_at_one_instant_that_cancel_out_reach_nothing():
    asked = worlds.scenario({"kit": worlds.ambition(interventions=("kit",), threshold=0.5)})
    steps = [jump(10, 4, 0, 5), jump(20, 5, 0, 5), jump(20, 4, 5, 9)]
    table = tabulate.tabulate(worlds.log(steps), worlds.plan(asked), EVERYBODY)
    assert table.reached_days[0, 0] == np.inf


def test_a_site_first_comes_to_the_stage_its_ambition_asks_for():
    asked = worlds.scenario({"both": worlds.ambition(stage=6)})
    plan = worlds.plan(asked)
    table = tabulate.tabulate(
        worlds.log([jump(10, 0, 0, 5), jump(12, 0, 5, 6), jump(20, 4, 0, 6)], [0, 7, 0, 0, 0, 7, 0, 0]), plan, EVERYBODY
    )
    assert table.adopted_days.tolist() == [12, -1, np.inf, np.inf, 20, -1, np.inf, np.inf, 20, -1, np.inf, np.inf]


def test_marks_tell_who_was_there_at_the_deadline_also_for_sets():
    plan = worlds.plan()
    log = worlds.log([jump(10, 0, 0, 5), jump(20, 4, 0, 5), jump(30, 1, 0, 5), jump(250, 5, 0, 5)])
    table = tabulate.tabulate(log, plan, EVERYBODY)
    met = plan.marks.row[table.met]
    there = {(plan.labels[plan.rows.label[row]], worlds.SITES[plan.rows.site[row]]) for row in met}
    assert there == {("bedside", "S1"), ("bedside", "S2"), ("kit", "S1"), (ALL, "S1")}
    assert {plan.dates[day] for day in plan.marks.date} == {worlds.DEADLINE}


def test_stage_or_beyond_goes_by_the_order_of_statuses():
    asked = worlds.scenario({"kit": worlds.ambition(interventions=("kit",), stage=3)})
    table = tabulate.tabulate(worlds.log([], [0, 0, 0, 0, 8, 9, 2, 3]), worlds.plan(asked), EVERYBODY)
    assert table.numerator[0, 0, 0] == 2


def delay_days(log, until_days, unit, interventions=None):
    """Days a unit spent in each cause up to the end of each of some days of the run."""
    held_to = {
        f"by_{day}": worlds.ambition(together="each", deadline=worlds.ORIGIN + timedelta(days=day - 1))
        for day in until_days
    }
    plan = worlds.plan(worlds.scenario(held_to, interventions))
    minutes = tabulate.tabulate(log, plan, EVERYBODY).delay_minutes
    at = [plan.cutoffs.tolist().index(day) for day in until_days]
    marks = [np.flatnonzero((plan.marks.row == unit) & (plan.marks.date == place))[0] for place in at]
    return minutes[marks] / delays.MINUTES_PER_DAY


def test_time_is_put_down_to_the_cause_that_held_a_unit_up():
    event = model.Event
    steps = [
        (10.0, event.CONTACT, 0, 0, 1), (20.0, event.INTEREST, 0, 1, 2), (40.0, event.DECISION, 0, 2, 3),
        (45.0, event.SLOT_GRANT, 0, 3, 3), (60.0, event.EXPIRY, 0, 3, 3), (60.0, event.TESTING, 0, 3, 4),
        (65.0, event.CYCLE_FAILED, 0, 4, 4), (70.0, event.STOP, 0, 4, 8), (100.0, event.RESUME, 0, 8, 2),
        (101.0, event.DECISION, 0, 2, 3), (102.0, event.SLOT_GRANT, 0, 3, 3), (104.0, event.PLACE_GRANT, 0, 3, 4),
        (110.0, event.ADOPTION, 0, 4, 5), (130.0, event.LAPSE, 0, 5, 9), (150.0, event.RESTART, 0, 9, 3),
    ]  # fmt: skip
    days = delay_days(worlds.log(steps), (155, 65), unit=0)
    assert dict(zip(delays.CAUSES, days[0], strict=True)) == {
        "not_available": 0, "not_reached": 10, "undecided": 31, "waiting_slot": 11, "waiting_coach": 17,
        "testing": 16, "stopped": 30, "lapsed": 20,
    }  # fmt: skip
    assert days[1].tolist() == [0, 10, 30, 5, 15, 5, 0, 0]


def test_time_before_an_intervention_exists_is_time_it_was_not_available():
    later = {"bedside": worlds.intervention(available_from=date(2020, 5, 1)), "kit": worlds.intervention()}
    log = worlds.log([jump(40, 0, 0, 1)])
    assert delay_days(log, (50,), unit=0, interventions=later)[0].tolist() == [30, 10, 10, 0, 0, 0, 0, 0]
    assert delay_days(log, (50,), unit=4, interventions=later)[0].tolist() == [0, 50, 0, 0, 0, 0, 0, 0]


def test_recent_adopters_are_those_that_came_in_the_six_months_before_the_data():
    asked = worlds.scenario({"kit": worlds.ambition(interventions=("kit",))})
    since = [0.0] * 4 + [-30.0, -400.0, -10.0, -60.0]
    table = tabulate.tabulate(worlds.log([], [0] * 4 + [5, 5, 2, 6], since), worlds.plan(asked), EVERYBODY)
    assert table.recent.tolist() == [[2, 1, 1]]


def test_reordered_events_of_one_instant_and_units_of_other_sites_leave_a_table_as_it_was():
    plan = worlds.plan()
    one = [jump(10, 0, 0, 5), jump(10, 5, 0, 4), jump(10, 3, 0, 2)]
    first, second = (tabulate.tabulate(worlds.log(steps), plan, EVERYBODY) for steps in (one, one[::-1]))
    for mine, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(mine, theirs)

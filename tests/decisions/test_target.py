"""Where the next unit does most: the collaborative that is starved of coaches, and the sites that support decides."""

import itertools
from datetime import date

import numpy as np
import pytest

from spread import errors
from spread.decisions import allocation, amounts, decided_sites, target, trials
from spread.decisions import gains as gaining
from spread.runs import sample
from spread.scenarios import levers, variants
from tests.decisions import starved

ALONE = sample.Hands(workers=1)
ONE_WTE = amounts.parse_amount("1 WTE")
DRAWS = 40


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return starved.scenario(tmp_path_factory.mktemp("starved"))


@pytest.fixture(scope="module")
def found(plan):
    return target.target_places(plan, starved.QUESTION, ONE_WTE, budget=3, draws=DRAWS, hands=ALONE)


def test_the_collaborative_starved_of_coaches_is_named_first_and_alone(found):
    first, *others = found.gains
    assert (first.place, first.is_clear, first.group) == (starved.STARVED, True, 0)
    assert {gain.place for gain in others} == set(starved.FED)
    assert {(gain.group, gain.is_clear) for gain in others} == {(1, False)}


def test_a_coach_where_nobody_waits_changes_no_run_and_that_is_said(found):
    first, *others = found.gains
    assert [(gain.effect.sites, gain.effect.nothing) for gain in others] == [((0.0, 0.0, 0.0), 1.0)] * 2
    assert first.effect.nothing < 0.1


def test_all_of_a_budget_goes_where_coaches_are_missing_and_beats_equal_shares(found):
    assert found.budget.units == {starved.STARVED: 3}
    assert found.budget.over_equal_sites.low > 0.0
    assert found.budget.effect.draws == DRAWS


def test_what_a_budget_adds_is_measured_on_draws_that_had_no_say_in_it(plan, found):
    tried = trials.Trials(plan, starved.QUESTION, hands=ALONE)
    more = amounts.settings_for(plan, ONE_WTE, found.budget.units)
    none, given = (tried.run(settings, 2 * DRAWS).sites[DRAWS:] for settings in ((), more))
    assert found.budget.effect.sites.mean == pytest.approx((given - none).mean())


def test_the_amount_everywhere_does_what_it_does_where_coaches_are_missing(found):
    assert found.effect.sites == pytest.approx(found.gains[0].effect.sites)


def test_sites_of_the_starved_collaborative_are_the_first_that_support_decides(found):
    decided = [fate for fate in found.fates if fate.group == decided_sites.DECIDES]
    assert decided
    assert {fate.psc for fate in decided} == {starved.STARVED}
    assert all(fate.gain == 0.0 for fate in found.fates if fate.psc in starved.FED)


def test_what_sites_gain_adds_up_to_what_the_country_gains(found):
    assert sum(fate.gain for fate in found.fates) == pytest.approx(found.effect.sites.mean)
    assert sum(fate.chance_without for fate in found.fates) == pytest.approx(found.base.sites.mean())


def test_by_site_the_plan_is_set_against_itself_without_regional_support(tmp_path):
    plan = starved.scenario(tmp_path, more="outreach_hours = 20")
    found = target.target_sites(plan, starved.QUESTION, budget=5, draws=10, hands=ALONE)
    bare = variants.read_variant(
        plan, [variants.parse_setting("coaches=0"), variants.parse_setting("outreach_hours=0")]
    )
    without = trials.Trials(bare, starved.QUESTION, hands=ALONE).run((), 10)
    assert np.array_equal(found.base.sites, without.sites)
    assert found.gains == ()
    assert len(found.first_sites) <= 5


def test_a_place_is_left_out_of_the_second_look_only_when_it_is_clearly_below_the_first():
    seen = []

    def attempt(place, draws):
        seen.append((place, draws))
        luck = np.random.default_rng(1).normal(size=(400, 2))[:draws]
        other = np.random.default_rng(2).normal(size=(400, 2))[:draws]
        sites = {"low": luck, "first": luck + 5.0, "close": luck + 4.98 + other}[place]
        return trials.Outcome(np.arange(draws), sites, sites * 0, sites * 0, sites)

    base = attempt("low", 400)
    seen.clear()
    ranked = gaining.rank(base, attempt, ["close", "first", "low"], 400)
    assert [place for place, draws in seen if draws == 400] == ["close", "first"]
    assert [(gain.place, gain.group) for gain in ranked] == [("first", 0), ("close", 0), ("low", 1)]


# --- amounts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lever", "path", "size"),
    [
        ("1 WTE", None, "coaches", 1.0),
        ("+0.5 coaches", None, "coaches", 0.5),
        ("1 hour", None, "outreach_hours", 1.0),
        ("2 hours", "outreach_hours", "outreach_hours", 2.0),
        ("10 percentage points of champions", None, "champions", 0.1),
        ("5%", "measurement", "measurement", 0.05),
        ("3", "coaches", "coaches", 3.0),
        ("0.1", "champions", "champions", 0.1),
        ("2 learning sets", None, "learning_sets", 2.0),
    ],
)
def test_an_amount_says_of_what_by_its_unit(text, lever, path, size):
    amount = amounts.parse_amount(text, lever)
    assert (amount.lever.path, amount.size) == (path, pytest.approx(size))


@pytest.mark.parametrize(
    ("text", "lever", "said"),
    [
        ("1 hour", "coaches", 'write "1 WTE"'),
        ("1 WTE", "outreach_hours", 'write "1 hour"'),
        ("1 WTE", "champions", 'write "10 percentage points"'),
        ("10 percentage points", "coaches", 'write "1 WTE"'),
        ("10 percentage points", None, "add --lever"),
        ("3", None, "add a unit"),
        ("1 WTEs", None, "did you mean 'wte'"),
        ("1 pound", None, "is no unit of support"),
        ("0 WTE", None, "number above zero"),
        ("-1 WTE", None, "number above zero"),
        ("much", None, "number above zero"),
        ("10", "champions", "goes from 0 to 1"),
        ("1", "coachs", "did you mean 'coaches'"),
        ("1", "push", "not given to a collaborative in amounts"),
    ],
)
def test_a_wrong_amount_is_refused_with_what_would_be_right(text, lever, said):
    with pytest.raises(errors.InputError, match="(?s)" + said):
        amounts.parse_amount(text, lever)


def test_more_from_the_start_is_more_after_every_later_change_too(tmp_path):
    plan = starved.scenario(tmp_path, after="[[change]]\nfrom = 2020-06-01\ncoaches = { NENC = 2 }\n")
    more = variants.read_variant(plan, amounts.settings_for(plan, ONE_WTE, {"YH": 2, "NENC": 1}))
    assert [(one.coaches["YH"], one.coaches["NENC"]) for one in levers.regimes(more)] == [(3.0, 21.0), (3.0, 3.0)]


def test_more_from_a_day_on_leaves_what_was_before(tmp_path):
    plan = starved.scenario(tmp_path)
    more = variants.read_variant(plan, amounts.settings_for(plan, ONE_WTE, {"YH": 1}, date(2020, 3, 1)))
    assert [(one.from_date, one.coaches["YH"]) for one in levers.regimes(more)] == [
        (date(2020, 1, 1), 1.0),
        (date(2020, 3, 1), 2.0),
    ]


def test_a_collaborative_at_the_end_of_a_range_is_given_nothing(tmp_path):
    plan = starved.scenario(tmp_path, more="champions = { default = 1.0, WX = 0.75 }")
    tenth = amounts.parse_amount("0.1", "champions")
    assert [int(amounts.room_for(plan, tenth, code)) for code in ("WX", "YH")] == [2, 0]
    found = target.target_places(plan, starved.QUESTION, tenth, draws=2, hands=ALONE)
    assert [gain.place for gain in found.gains] == ["WX"]


@pytest.mark.parametrize(
    ("question", "on", "said"),
    [
        (trials.Question("plan"), None, "did you mean 'plain'"),
        (trials.Question("plain"), date(2021, 1, 1), "is not before the deadline, 2020-12-31"),
        (trials.Question("plain", date(2021, 12, 31)), None, "is no deadline of 'plain'"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_before_anything_runs(tmp_path, question, on, said):
    with pytest.raises(errors.InputError, match=said):
        target.target_places(starved.scenario(tmp_path), question, ONE_WTE, on=on, draws=10_000, hands=ALONE)


def test_an_ambition_that_something_exists_by_a_day_cannot_be_targeted(tmp_path):
    plan = starved.scenario(tmp_path)
    exists = plan.ambitions["plain"].model_copy(update={"measure": "milestone", "threshold": None})
    with pytest.raises(errors.InputError, match="no support of sites can move it"):
        target.settled(plan.model_copy(update={"ambitions": {"plain": exists}}), starved.QUESTION, None)


# --- budgets and groups --------------------------------------------------------------------------


def worth(units):
    """Something of which each next unit adds less, and less where a neighbour has some."""
    a, b, c = (units.get(place, 0) for place in "abc")
    return 3.0 * np.sqrt(a) + 2.0 * np.sqrt(b + 0.5 * a) + 1.5 * np.sqrt(c)


def test_units_go_one_after_another_where_each_adds_most():
    given: dict[str, int] = {}
    for _ in range(7):
        best = max("abc", key=lambda place: worth({**given, place: given.get(place, 0) + 1}) - worth(given))
        given[best] = given.get(best, 0) + 1
    first = {place: worth({place: 1}) for place in "abc"}
    asked = []

    def counted(units):
        asked.append(dict(units))
        return worth(units)

    steps = allocation.share_out(counted, first, 7, dict.fromkeys("abc", 99.0))
    assert allocation.units_of(steps) == given
    assert sum(step.gain for step in steps) == pytest.approx(worth(given) - worth({}))
    assert len(asked) < 1 + 3 * 7  # not every place is looked at again


def test_what_adds_nothing_is_left_over():
    steps = allocation.share_out(lambda units: min(units.get("a", 0), 2), {"a": 1.0, "b": 0.0}, 5, {"a": 9.0, "b": 9.0})
    assert allocation.units_of(steps) == {"a": 2}


def test_nobody_is_given_more_than_there_is_room_for():
    steps = allocation.share_out(
        worth, {place: worth({place: 1}) for place in "abc"}, 9, {"a": 1.0, "b": 2.5, "c": 0.0}
    )
    assert allocation.units_of(steps) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("without", "gain", "group"),
    [
        (0.7, 0.2, decided_sites.LIKELY),
        (0.5, 0.2, decided_sites.DECIDES),
        (0.3, 0.1, decided_sites.DECIDES),
        (0.2, 0.1, decided_sites.UNLIKELY),
        (0.55, 0.05, decided_sites.LIKELY),
        (0.45, 0.05, decided_sites.UNLIKELY),
    ],
)
def test_a_site_is_in_the_group_its_chances_say(without, gain, group):
    assert decided_sites.group_of(without, gain) == group


def test_a_group_is_sure_when_the_intervals_leave_no_other():
    few, many = (
        decided_sites.SiteRuns(("s",), ("YH",), np.arange(n), np.arange(2 * n).reshape(1, n, 2) % 2 == 0)
        for n in (6, 600)
    )
    for runs, sure in ((few, False), (many, True)):
        with_it = runs._replace(there=runs.there | (np.arange(runs.there.size).reshape(runs.there.shape) % 4 == 1))
        (fate,) = decided_sites.compare_fates(runs, with_it)
        assert (fate.chance_without, fate.gain, fate.group) == (0.5, 0.25, decided_sites.DECIDES)
        assert fate.is_sure is sure


def test_the_three_groups_are_all_there_are():
    shares = np.linspace(0, 1, 11)
    assert {decided_sites.group_of(*pair) for pair in itertools.product(shares, shares)} == set(decided_sites.GROUPS)

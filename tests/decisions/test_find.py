"""The least that must be asked for a wanted chance: against a formula, and where there is none to find."""

import itertools
from datetime import date

import numpy as np
import pytest

from spread import api, errors
from spread.decisions import find, frontier, levels, response, trials
from spread.outcomes import uncertainty
from tests.decisions import closed_form

WANTED, DRAWS = 0.8, 400
FAST_SEEDS, SLOW_SEEDS = 4, 100


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    return closed_form.world(tmp_path_factory.mktemp("quiet"))


@pytest.fixture(scope="module")
def found(quiet):
    return [closed_form.found(quiet, "co_design", WANTED, seed=seed, draws=DRAWS) for seed in range(1, FAST_SEEDS + 1)]


# --- against the formula --------------------------------------------------------------------------


def covered(findings):
    truth = closed_form.design_for(WANTED)
    return sum(one.low <= truth <= one.high for one in findings)


def ratios(findings, runs_of):
    """Width of each interval over that of the exact binomial interval for so many runs."""
    return [
        (one.high - one.low) / closed_form.exact_width(closed_form.design_for, WANTED, runs_of(one)) for one in findings
    ]


def test_the_world_has_the_chances_of_the_formula(quiet):
    tried = response.LeanTrials(quiet, trials.Question(closed_form.AMBITION), replicates=1, seed=7)
    for design in (0.25, 0.5, 0.75):
        scale = levels.read_scale(quiet, "co_design")
        met = tried.run([scale.setting(design)], 1500).met.astype(bool)
        low, high = uncertainty.chance_interval(met, 0.001)
        assert low <= closed_form.chance(design) <= high


def test_the_interval_covers_the_formula_and_is_as_narrow_as_runs_allow(found):
    assert (
        covered(found) >= FAST_SEEDS - 2
    )  # fewer than 1 in 2,000 worlds with true intervals of 95 % miss three of four
    assert max(ratios(found, lambda one: DRAWS)) <= 2.0


def test_interpolation_does_not_make_the_interval_narrower_than_it_may_be(found):
    assert np.mean(ratios(found, lambda one: DRAWS)) >= 0.8


def test_few_runs_are_spent_away_from_the_answer(found):
    assert max(one.runs for one in found) <= 7 * DRAWS
    truth = closed_form.design_for(WANTED)
    for one in found:
        far = [point for point in one.points if abs(point.effort - truth) > 0.3]
        assert far
        assert all(point.draws <= DRAWS // find.ENDS for point in far)


def test_the_answer_and_its_ends_lie_between_close_points_with_all_draws(found):
    for one in found:
        full = [point.effort for point in one.points if point.is_full]
        for end in (one.low, one.effort, one.high):
            below = max(effort for effort in full if effort <= end)
            above = min(effort for effort in full if effort >= end)
            assert above - below <= find.RESOLUTION * one.scale.span + 1e-9


def test_a_lever_that_helps_in_theory_never_lowers_the_chance(found):
    for one in found:
        full = [point for point in one.points if point.is_full]
        assert all(a.chance <= b.chance for a, b in itertools.pairwise(full))
        assert one.falls == ()
        assert one.acting.worse == 0


@pytest.mark.slow
def test_ninety_of_a_hundred_intervals_cover_the_formula(quiet):
    findings = [
        closed_form.found(quiet, "co_design", WANTED, seed=seed, draws=DRAWS) for seed in range(1, SLOW_SEEDS + 1)
    ]
    per_point, of_all = (ratios(findings, runs_of) for runs_of in (lambda one: DRAWS, lambda one: one.runs))
    spent = np.mean([one.runs for one in findings]) / DRAWS
    print(
        f"{covered(findings)} of {SLOW_SEEDS} cover; width over exact: mean {np.mean(per_point):.2f}, most "
        f"{max(per_point):.2f} (runs of a point), mean {np.mean(of_all):.2f} (all {spent:.1f} times as many)"
    )
    assert covered(findings) >= 90
    assert max(per_point) <= 2.0
    assert np.mean(of_all) <= 2.0


@pytest.mark.parametrize("seed", range(1))
def test_a_deadline_is_the_first_day_with_the_chance(quiet, seed):
    lever = f"ambitions.{closed_form.AMBITION}.deadline"
    one = closed_form.found(quiet, lever, WANTED, seed=seed, draws=DRAWS, low="2022-01-01", high="2024-06-30")
    truth = closed_form.deadline_for(WANTED).toordinal()
    assert one.low - 3 <= truth <= one.high + 3  # 95 % and a little: three seeds are no proof of a share
    assert one.effort == round(one.effort)
    assert one.points[0].chance < one.points[-1].chance


# --- what is said where nothing is found ----------------------------------------------------------


def test_a_chance_beyond_the_range_is_said_with_all_draws_at_the_limit(quiet):
    one = closed_form.found(quiet, "co_design", 0.95, seed=1, draws=200, high=0.4)
    assert (one.status, one.effort, one.high) == (find.BEYOND, None, None)
    assert one.most.is_full
    assert one.most.chance == pytest.approx(closed_form.chance(0.4), abs=0.15)


def test_a_chance_that_is_there_already_is_said_with_all_draws_at_the_least(quiet):
    one = closed_form.found(quiet, "co_design", 0.3, seed=1, draws=200, low=0.6)
    assert (one.status, one.effort) == (find.ALREADY, one.scale.least)
    assert one.least.is_full


def test_the_other_seed_gives_another_answer_and_the_same_seed_the_same(quiet):
    one, again, other = (closed_form.found(quiet, "co_design", WANTED, seed=seed, draws=100) for seed in (1, 1, 2))
    assert (one.effort, one.low, one.high, one.runs) == (again.effort, again.low, again.high, again.runs)
    assert one.effort != other.effort


def test_sets_in_which_the_lever_does_nothing_are_counted(quiet):
    nothing = quiet.model_copy(
        update={"parameters": {**quiet.parameters, "co_design_log_hr": beliefs_with_zero(quiet)}}
    )
    one = closed_form.found(nothing, "co_design", 0.5, seed=1, draws=300)
    assert 0.25 <= one.acting.same / one.acting.sets <= 0.75
    assert one.acting.sets == one.acting.same + one.acting.worse + one.acting.better
    assert one.acting.no_better >= one.acting.same / one.acting.sets


def beliefs_with_zero(scenario):
    """Half of the parameter sets know no effect; where it is small, forty sites may show none either."""
    return scenario.parameters["co_design_log_hr"].model_copy(
        update={"value": 0.8, "low": 0.5, "high": 1.1, "zero": 0.5}
    )


# --- curves made by hand ---------------------------------------------------------------------------


def curve(chances, *, draws=200, step=1.0):
    """Points whose runs meet the ambition in the first so many draws: luck is matched."""
    points = []
    for number, chance in enumerate(chances):
        met = (np.arange(draws) < round(chance * draws)).astype(float)[:, None]
        outcome = trials.Outcome(np.arange(draws), met, met, 1.0 - met, met)
        points.append(response.read_point(number * step, outcome, wanted=0.5, draws=draws, most=draws))
    return points


def test_the_answer_is_the_last_rise_after_which_all_are_there():
    points = curve([0.2, 0.6, 0.3, 0.7, 0.8])
    below, above = response.last_rise(points, 0.0, 0.5)
    assert (below.effort, above.effort) == (2.0, 3.0)


def test_a_rise_that_does_not_last_is_no_answer():
    assert response.last_rise(curve([0.2, 0.7, 0.4]), 0.0, 0.5).above is None


def test_the_crossing_is_on_the_straight_line():
    points = curve([0.2, 0.7])
    scale = levels.Scale(("co_design",), levels.levers.lever("co_design"), levels.NUMBER, 0.0, 1.0, 0.01)
    assert response.crossing(response.Bracket(*points), 0.0, 0.5, scale) == pytest.approx(0.6)


def test_the_ends_are_where_intervals_of_points_stop_holding_the_wanted_chance():
    for chance in np.linspace(0.3, 0.7, 41):
        (point,) = curve([chance])
        inside = point.low <= 0.5 <= point.high
        assert inside == (abs(point.chance - 0.5) <= point.margin + 1e-12)


def test_more_that_clearly_lowers_the_chance_is_said():
    falls = find.find_falls(curve([0.3, 0.7, 0.6, 0.4]))
    assert (falls[0].cheaper, falls[0].dearer) == (1.0, 3.0)
    assert all(fall.difference.high < 0 for fall in falls)


def test_a_fall_that_luck_explains_is_not_said():
    assert find.find_falls(curve([0.50, 0.49, 0.51, 0.50])) == []


def test_falls_are_tested_at_an_error_that_all_pairs_share():
    """A drop that is clear by itself (6 of 1,000 runs lost, none gained) is not, being the worst of 45."""
    chances = [0.5] * 9 + [0.4935]
    assert find.find_falls(curve([0.5, 0.4935], draws=1000)) != []
    assert find.find_falls(curve(chances, draws=1000)) == []


def test_draws_are_added_to_those_that_are_there(quiet):
    scale = levels.read_scale(quiet, "co_design")
    tried, other = (response.LeanTrials(quiet, trials.Question(closed_form.AMBITION), seed=4) for _ in range(2))
    tried.run([scale.setting(0.4)], 8)
    pieces, whole = tried.run([scale.setting(0.4)], 20), other.run([scale.setting(0.4)], 20)
    assert pieces.draw.tolist() == list(range(20))
    assert all(np.array_equal(one, all_at_once) for one, all_at_once in zip(pieces, whole, strict=True))
    assert tried.runs_made == 40


def test_points_with_few_draws_are_told_with_what_the_others_know():
    (full,) = curve([0.4])
    few = full.outcome.first(50)
    thin = response.read_point(1.0, few, wanted=0.5, draws=50, most=200)
    told = response.shared([full, thin])[1]
    assert thin.chance == 1.0
    assert told.chance == pytest.approx(0.4)
    assert told.high - told.low >= full.high - full.low


# --- levers as scales ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tracheostomy():
    return api.read_scenario("tracheostomy-standard")


def test_words_run_from_the_least_to_the_most(tracheostomy):
    scale = levels.read_scale(tracheostomy, "support", low="light")
    assert [scale.say(effort) for effort in scale.spread_out(5)] == ["light", "standard", "enhanced"]


def test_an_earlier_start_asks_more(tracheostomy):
    scale = levels.read_scale(tracheostomy, "programmes.adoption_spread.start")
    assert scale.value(scale.least) == "2021-03-31"
    assert scale.value(scale.most) == "2020-04-01"
    assert scale.settled(-737500.4) == -737500.0  # the later of two days would not be early enough


def test_longer_intervals_ask_less_and_never_is_no_short_one(tracheostomy):
    scale = levels.read_scale(tracheostomy, "course_interval_months", low=1, high=6)
    assert (scale.value(scale.least), scale.value(scale.most)) == (6.0, 1.0)
    with pytest.raises(errors.InputError, match="means never"):
        levels.read_scale(tracheostomy, "course_interval_months", low=0)


def test_seats_are_whole(tracheostomy):
    scale = levels.read_scale(tracheostomy, "course_seats.board", high=20)
    assert scale.nearest(3.4) == 3.0
    assert scale.settled(3.2) == 4.0
    with pytest.raises(errors.InputError, match="no whole number"):
        levels.read_scale(tracheostomy, "course_seats.board", high=20.5)


def test_a_range_is_twice_the_most_generous_preset_unless_given(tracheostomy):
    assert levels.read_scale(tracheostomy, "coaches").most == 6.0
    assert levels.read_scale(tracheostomy, "coaches.NENC", high=2).most == 2.0
    assert levels.read_scale(tracheostomy, "champions").most == 1.0


@pytest.mark.parametrize(
    ("lever", "given", "said"),
    [
        ("coachs", {}, "did you mean 'coaches'"),
        ("programmes.adoption_spred.start", {}, "did you mean 'adoption_spread'"),
        ("priority_rule", {}, "no order"),
        ("coaches", {"low": 2, "high": 2}, "no width"),
        ("coaches", {"low": 3, "high": 2}, "upside down"),
        ("coaches", {"high": 501}, "outside what 'coaches' may be"),
        ("coaches", {"high": "many"}, "'many' is no number"),
        ("support", {"low": "lite"}, "did you mean 'light'"),
        ("support", {"low": "enhanced", "high": "light"}, "upside down"),
        ("programmes.adoption_spread.start", {"low": "2019-01-01"}, "outside the run"),
        ("programmes.adoption_spread.start", {"low": "soon"}, "not a date"),
    ],
)
def test_what_is_no_range_of_a_lever_is_refused(tracheostomy, lever, given, said):
    with pytest.raises(errors.InputError, match=said):
        levels.read_scale(tracheostomy, lever, **given)


@pytest.mark.parametrize("chance", [0.0, 1.0, -0.5, 80])
def test_what_is_no_chance_to_aim_for_is_refused(tracheostomy, chance):
    scale = levels.read_scale(tracheostomy, "coaches")
    with pytest.raises(errors.InputError, match="between 0 and 1"):
        find.check_question(trials.Question("tracheostomy_march_2021"), [scale], chance)


def test_a_lever_that_the_ambition_cannot_feel_is_refused(quiet):
    with pytest.raises(errors.InputError, match="cannot feel this lever"):
        closed_form.found(quiet, "champions", WANTED, seed=1, draws=20)


# --- two levers ------------------------------------------------------------------------------------


def test_the_pairs_of_two_levers_are_where_each_alone_would_find_them(quiet):
    scales = (
        levels.read_scale(quiet, "co_design"),
        levels.read_scale(quiet, f"ambitions.{closed_form.AMBITION}.deadline", low="2022-06-30", high="2023-06-30"),
    )
    question = trials.Question(closed_form.AMBITION)
    pairs = frontier.find_frontier(quiet, question, scales, chance=WANTED, draws=200, replicates=1, seed=3)
    assert pairs.cheapest is None
    assert "no unit costs" in pairs.why_no_cheapest
    efforts = [pair.found.effort for pair in pairs.pairs if pair.found.effort is not None]
    assert efforts == sorted(efforts, reverse=True)  # a later deadline needs less design
    for pair in pairs.pairs:
        if pair.found.status == find.REACHED and pair.found.high is not None:
            truth = closed_form.chance(pair.found.effort, date.fromordinal(round(pair.held)))
            assert truth == pytest.approx(WANTED, abs=0.12)


@pytest.mark.slow
def test_the_cheapest_pair_is_the_one_whose_plan_costs_least(quiet):
    scales = (
        levels.read_scale(quiet, "co_design"),
        levels.read_scale(quiet, f"ambitions.{closed_form.AMBITION}.deadline", low="2022-06-30", high="2023-06-30"),
    )
    question = trials.Question(closed_form.AMBITION)
    pairs = frontier.find_frontier(
        quiet, question, scales, chance=WANTED, costs_gbp={"co_design": 100.0}, draws=100, replicates=1
    )
    costs = [pair.cost for pair in pairs.pairs if pair.cost is not None]
    assert pairs.cheapest.cost == min(costs)
    assert pairs.cheapest.cost == pytest.approx(100.0 * pairs.cheapest.found.effort)  # one intervention


def test_an_item_that_costs_nothing_known_is_refused_with_near_names(quiet):
    with pytest.raises(errors.InputError, match="did you mean 'coaches'"):
        frontier.read_prices(quiet, {"coachs": 1.0})
    assert frontier.read_prices(quiet, {"outreach_hours": 2.0})["outreach"] == 2.0

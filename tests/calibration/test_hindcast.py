"""Looking back: what a forecast from a cut may know, where it sets out, and what is said of it afterwards."""

from datetime import date

import numpy as np
import pytest
from scipy import stats

from spread import errors
from spread.calibration import discrepancy, forecasts_at, hindcast, panels, sampler, verdicts, weighing
from tests.calibration import looking_back
from tests.calibration.looking_back import WORK

CUT = date(2021, 3, 31)


@pytest.fixture
def world(tmp_path):
    return looking_back.write_world(tmp_path)


def asked(world, files, *, cuts=(CUT,), left_out=None):
    return hindcast.read_asked(world, files, cuts=cuts, left_out=left_out, free=())


# --- what is left over ------------------------------------------------------------------------------


def test_left_overs_are_as_likely_as_the_normal_law_of_their_walk_has_it():
    years, step, noise, first = np.array([0.0, 0.5, 2.0]), 0.3, 0.1, 0.2
    left = np.array([[0.1, -0.2, 0.4], [0.0, 0.0, 0.0]])
    covariance = first**2 + step**2 * np.minimum.outer(years, years) + noise**2 * np.eye(3)
    expected = stats.multivariate_normal(np.zeros(3), covariance).logpdf(left) + 1.5 * np.log(2.0 * np.pi)
    found = discrepancy._filter(left, years, np.array([step]), np.array([noise]), first)[0][:, 0]
    assert found == pytest.approx(expected)


def test_left_overs_that_stay_put_show_no_walk_and_those_that_wander_do():
    generator = np.random.default_rng(1)
    years = np.arange(20) / 4.0
    still = np.tile(0.2 + 0.02 * generator.standard_normal(20), (200, 1))
    wandering = np.tile(np.cumsum(0.15 * generator.standard_normal(20)), (200, 1))
    walks = [
        discrepancy.learn(left, years, least=0.001, first_sd=np.inf, generator=generator).has_walk
        for left in (still, wandering)
    ]
    assert walks[0] < 0.4
    assert walks[1] > 0.99


def test_what_wanders_sets_out_from_the_last_point_and_what_stays_put_from_the_mean():
    generator = np.random.default_rng(2)
    years = np.arange(12) / 4.0
    steady = 0.05 * np.tile(np.resize([1.0, -1.0], 12), (400, 1))
    climbing = np.tile(np.linspace(0.0, 1.1, 12), (400, 1))
    found = [
        discrepancy.learn(left, years, least=0.001, first_sd=np.inf, generator=generator) for left in (steady, climbing)
    ]
    assert abs(found[0].level.mean()) < 0.02
    assert found[1].level.mean() == pytest.approx(1.1, abs=0.03)


def test_a_walk_widens_a_forecast_with_the_root_of_time():
    left = discrepancy.Left(np.zeros(20_000), np.full(20_000, 0.1), np.zeros(20_000))
    ahead = discrepancy.carry_on(np.zeros((20_000, 2)), np.array([1.0, 4.0]), left, np.random.default_rng(3))
    assert ahead.std(axis=0) == pytest.approx([0.1, 0.2], rel=0.05)


@pytest.mark.parametrize(("is_share", "values"), [(True, [0.0, 0.3, 1.0]), (False, [0.2, 1.0, 30.0])])
def test_the_scale_of_left_overs_is_left_as_it_was_entered(is_share, values):
    there = discrepancy.on_scale(np.array(values), is_share=is_share)
    assert discrepancy.off_scale(there, is_share=is_share) == pytest.approx(values)


# --- what a forecast may know -----------------------------------------------------------------------


def test_a_forecast_knows_nothing_of_what_came_after_its_cut(world, tmp_path):
    told = looking_back.write_counts(tmp_path)
    other = looking_back.write_counts(tmp_path, (1, 2, 4, 5, 0, 12), name="other.csv")
    first, second = (hindcast.hindcast(asked(world, [file]), WORK).cases[0] for file in (told, other))
    assert first.seen.tolist() != second.seen.tolist()
    for who, ensemble in first.ensembles.items():
        np.testing.assert_array_equal(ensemble, second.ensembles[who], err_msg=who)


def test_counted_sites_set_out_from_the_state_at_the_cut(world, tmp_path):
    file = looking_back.write_counts(tmp_path)
    started, carried = (
        hindcast.hindcast(asked(world, [file]), WORK, restart=restart).cases[0] for restart in (True, False)
    )
    assert (started.how, carried.how) == (forecasts_at.STARTED, forecasts_at.CARRIED)
    assert (started.known, len(started.dates)) == (4, 2)
    assert started.ensembles["spread"].shape == (2, WORK.sets)
    assert started.deadline == hindcast.Deadline("most", 1, 0.6, False)


def test_a_figure_that_no_run_shows_has_rivals_only_and_that_is_said(world, tmp_path):
    file = looking_back.write_counts(tmp_path, measure="element:list")
    (case,) = hindcast.hindcast(asked(world, [file]), WORK).cases
    assert "spread" not in case.ensembles
    assert case.how == "not simulated: 'element:list' is not counted in a run"
    assert any("rivals only" in line for line in verdicts.words(verdicts.judge([case])))


def test_a_collaborative_left_out_is_forecast_from_the_others_alone(world, tmp_path):
    file = looking_back.write_counts(tmp_path, groups=("national", "YH", "WX"))
    left_out = hindcast.LeftOut("psc", "YH")
    standing = hindcast._standing(asked(world, [file], cuts=(), left_out=left_out), None)
    assert {row.group for row in standing.rows} == {"WX"}
    (case,) = hindcast.hindcast(asked(world, [file], cuts=(), left_out=left_out), WORK).cases
    assert (case.series, case.cut, case.known) == ("checklist stage>=5 psc:YH", None, 0)
    assert list(case.ensembles) == ["spread", "as_others"]
    assert case.how == forecasts_at.FROM_OTHERS


@pytest.mark.parametrize(
    ("cuts", "left_out", "said"),
    [
        ((), None, "give at least one"),
        ((date(2020, 5, 1),), None, "leaves nothing to learn from"),
        ((date(2021, 12, 31),), None, "leaves nothing to forecast"),
        ((CUT,), hindcast.LeftOut("psc", "WM"), "nothing was observed of it"),
        ((CUT,), hindcast.LeftOut("intervention", "checklist"), "nothing else was observed"),
    ],
)
def test_a_cut_that_leaves_nothing_is_refused(world, tmp_path, cuts, left_out, said):
    file = looking_back.write_counts(tmp_path, groups=("YH",))
    with pytest.raises(errors.InputError, match=said):
        asked(world, [file], cuts=cuts, left_out=left_out)


# --- sites ------------------------------------------------------------------------------------------


def test_stages_on_any_day_of_a_quarter_stand_at_its_end():
    told = {("a", 4): {date(2020, 5, 1): 2, date(2020, 12, 31): 5}, ("a", 2): {date(2020, 9, 30): 3}}
    (panel,) = panels.panels(told)
    assert panel.quarters == (date(2020, 6, 30), date(2020, 9, 30), date(2020, 12, 31))
    assert panel.sites.tolist() == [2, 4]
    np.testing.assert_array_equal(panel.stages, [[np.nan, 3, np.nan], [2, np.nan, 5]])


def test_sites_are_scored_one_by_one_beside_three_rivals(world, tmp_path):
    file = looking_back.write_stages(tmp_path)
    found = hindcast.hindcast(asked(world, [file]), WORK)
    by = {one.who: one for one in found.sites}
    assert set(by) == {"spread", "stage to stage", "hazard of a stage", "as they stood"}
    assert all(one.brier.shape == (12,) and one.quarters == 2 for one in by.values())
    # Those that stand still miss by the steps that were taken, so their score is known by hand.
    stood = np.array([min(2 + (3 + site % 3) // 2, 6) for site in sorted(range(12), key=lambda n: f"S{n}")])
    later = np.array(
        [[min(2 + (q + site % 3) // 2, 6) for q in (4, 5)] for site in sorted(range(12), key=lambda n: f"S{n}")]
    )
    assert sorted(by["as they stood"].ranked) == pytest.approx(sorted((later - stood[:, None]).mean(axis=1)))
    assert {case.series for case in found.cases} >= {"checklist stage>=5 national"}


# --- what is said -----------------------------------------------------------------------------------


def case(name, ours, rival, seen=0.5):
    ensembles = {
        "spread": np.full((1, 50), ours),
        "last_value": np.full((1, 50), 0.1),
        "linear": np.full((1, 50), rival),
    }
    deadline = hindcast.Deadline("most", 0, 0.4, False)
    return hindcast.Case(
        name, CUT, 4, (date(2021, 9, 30),), np.array([seen]), True, ensembles, forecasts_at.STARTED, 0.0, deadline
    )


def test_a_rival_that_wins_is_said_to_have_won():
    cases = [case(f"s{number}", 0.2, 0.45 + 0.001 * number) for number in range(6)]
    told = verdicts.words(verdicts.judge(cases))
    assert any(line.startswith("A straight line was better on these data (skill -") for line in told)
    assert any(line.startswith("The model was better than the last value (skill +") for line in told)


def test_scores_are_scaled_by_the_last_value_and_the_target_scored():
    scored = {one.who: one for one in verdicts.score_case(case("s", 0.3, 0.45))}
    assert scored["last_value"].scaled == pytest.approx(1.0)
    assert scored["spread"].scaled == pytest.approx(0.5)
    assert (scored["spread"].met, scored["spread"].chance) == (1.0, 0.005)
    assert scored["spread"].brier == pytest.approx(0.995**2)
    assert scored["linear"].brier == pytest.approx(0.005**2)


# --- weighing runs ----------------------------------------------------------------------------------


def test_a_lot_of_runs_proposes_as_densely_as_it_says():
    lot = weighing.Lot(4000, np.array([[1.0, 0.0], [-0.5, 0.5]]), np.array([0.7, 0.3]), 0.6 * np.eye(2))
    z = lot.draw(5, 0)
    ratio = sampler.prior_density(z) / lot.density(z)
    assert ratio.mean() == pytest.approx(1.0, abs=0.05)
    assert ratio @ z / len(z) == pytest.approx(np.zeros(2), abs=0.08)


def test_weights_count_for_as_many_runs_as_are_alike():
    assert weighing.effective_size(np.full(8, 1 / 8)) == pytest.approx(8.0)
    assert weighing.effective_size(np.array([1.0, 0.0, 0.0])) == pytest.approx(1.0)

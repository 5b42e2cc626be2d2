"""Scores of forecasts: by hand, and as another package gives them."""

import numpy as np
import pytest
import scoringrules
from scipy import stats

from spread.calibration import scores

GENERATOR_SEED = 5


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(GENERATOR_SEED)


def test_the_crps_of_two_members_by_hand() -> None:
    # |0 - 1| and |4 - 1| have mean 2; the two pairs of different members lie 4 apart: 2 * 4 / (2 * 2^2) = 1.
    assert scores.crps([0.0, 4.0], 1.0) == pytest.approx(1.0)
    assert scores.crps([0.0, 4.0], 1.0, fair=True) == pytest.approx(0.0)


def test_the_crps_of_one_member_is_its_distance_and_has_no_fair_form() -> None:
    assert scores.crps([0.3], 0.5) == pytest.approx(0.2)
    assert np.isnan(scores.crps([0.3], 0.5, fair=True))


@pytest.mark.parametrize(("fair", "estimator"), [(False, "nrg"), (True, "fair")])
def test_the_crps_is_that_of_scoringrules(generator: np.random.Generator, fair: bool, estimator: str) -> None:
    ensemble, observed = generator.normal(size=(40, 3, 25)), generator.normal(size=(40, 3))
    ensemble[0, 0] = 1.0
    theirs = scoringrules.crps_ensemble(observed, ensemble, estimator=estimator)
    assert scores.crps(ensemble, observed, fair=fair) == pytest.approx(theirs, abs=1e-12)


def test_the_fair_crps_does_not_depend_on_how_many_members_there_are(generator: np.random.Generator) -> None:
    observed = generator.normal(size=40_000)
    few = scores.crps(generator.normal(size=(40_000, 3)), observed, fair=True).mean()
    assert few == pytest.approx(scoringrules.crps_normal(observed, 0.0, 1.0).mean(), abs=0.015)
    assert scores.crps(generator.normal(size=(40_000, 3)), observed).mean() > few + 0.1


def test_the_right_forecast_scores_best_in_the_long_run(generator: np.random.Generator) -> None:
    observed = generator.normal(size=4_000)
    right, shifted, sharp = (
        scores.crps(centre + spread * generator.normal(size=(4_000, 200)), observed).mean()
        for centre, spread in ((0.0, 1.0), (0.5, 1.0), (0.0, 0.3))
    )
    assert right < shifted
    assert right < sharp


def test_what_was_not_observed_has_no_score(generator: np.random.Generator) -> None:
    missing = np.array([np.nan])
    assert np.isnan(scores.crps([[0.1, 0.2]], missing)).all()
    assert np.isnan(scores.covered([[0.1, 0.2]], missing, 0.8)).all()
    assert np.isnan(scores.pit([[0.1, 0.2]], missing, generator)).all()
    assert np.isnan(scores.ranked_probability([[0.5, 0.5]], missing)).all()
    assert np.isnan(scores.brier([0.2], missing)).all()
    assert np.isnan(scores.log_score([0.2], missing)).all()


def test_quantile_scores_are_those_of_scoringrules(generator: np.random.Generator) -> None:
    levels = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
    quantiles, observed = np.sort(generator.normal(size=(30, 5)), axis=1), generator.normal(size=30)
    theirs = np.stack(
        [scoringrules.quantile_score(observed, quantiles[:, n], level) for n, level in enumerate(levels)], axis=1
    )
    assert scores.pinball(quantiles, levels, observed) == pytest.approx(theirs)
    whole = scoringrules.crps_quantile(observed, quantiles, levels)
    assert scores.crps_of_quantiles(quantiles, levels, observed) == pytest.approx(whole)


def test_many_quantiles_score_as_the_distribution_does() -> None:
    levels = (np.arange(2_000) + 0.5) / 2_000
    quantiles = np.broadcast_to(stats.norm.ppf(levels), (3, 2_000))
    observed = np.array([-1.0, 0.2, 3.0])
    exact = scoringrules.crps_normal(observed, 0.0, 1.0)
    assert scores.crps_of_quantiles(quantiles, levels, observed) == pytest.approx(exact, abs=1e-3)


def test_the_interval_score_by_hand_and_as_scoringrules_has_it(generator: np.random.Generator) -> None:
    # 4 wide; missed by 1 with a tenth left outside on each side: 4 + 2 / 0.2 * 1.
    assert scores.interval_score(0.0, 4.0, 5.0, share=0.8) == pytest.approx(14.0)
    low, observed = generator.normal(size=50), generator.normal(size=50)
    theirs = scoringrules.interval_score(observed, low, low + 1.0, 0.2)
    assert scores.interval_score(low, low + 1.0, observed, share=0.8) == pytest.approx(theirs)


def test_intervals_of_the_right_forecast_cover_what_they_say(generator: np.random.Generator) -> None:
    centre = generator.normal(size=(6_000, 1))
    ensemble = centre + generator.normal(size=(6_000, 400))
    observed = centre[:, 0] + generator.normal(size=6_000)
    assert scores.coverage(ensemble, observed) == pytest.approx((0.5, 0.8, 0.95), abs=0.02)


def test_an_interval_holds_its_ends() -> None:
    assert scores.inside(0.2, 0.4, [0.2, 0.4, 0.41, np.nan]).tolist()[:3] == [1.0, 1.0, 0.0]


def test_the_pit_is_uniform_for_counts_forecast_rightly(generator: np.random.Generator) -> None:
    draws = generator.poisson(1.5, size=(8_000, 51))
    places = scores.pit(draws[:, 1:], draws[:, 0].astype(float), generator)
    assert stats.kstest(places, "uniform").pvalue > 1e-3
    assert places.min() >= 0.0
    assert places.max() <= 1.0


def test_a_chance_is_never_taken_as_none_or_certain() -> None:
    assert scores.bounded([0.0, 0.5, 1.0]).tolist() == [0.005, 0.5, 0.995]
    assert scores.log_score(0.0, 1.0) == pytest.approx(-np.log(0.005))
    assert scores.log_score(1.0, 0.0) == pytest.approx(-np.log(0.005))


def test_brier_and_log_scores_are_those_of_scoringrules(generator: np.random.Generator) -> None:
    chance, happened = generator.uniform(0.01, 0.99, 60), generator.integers(0, 2, 60)
    assert scores.brier(chance, happened) == pytest.approx(scoringrules.brier_score(happened, chance))
    assert scores.log_score(chance, happened) == pytest.approx(scoringrules.log_score(happened, chance))


def test_brier_by_site_leaves_out_sites_nobody_heard_of() -> None:
    assert scores.brier_by_site([0.2, 0.9, 0.5], [0.0, 1.0, np.nan]) == pytest.approx((0.04 + 0.01) / 2)
    assert np.isnan(scores.brier_by_site([0.2], [np.nan]))


def test_the_ranked_probability_score_by_hand() -> None:
    # Cumulated 0.2, 0.7, 1.0 against 0, 1, 1.
    assert scores.ranked_probability([0.2, 0.5, 0.3], 1.0) == pytest.approx(0.04 + 0.09)


def test_the_ranked_probability_score_is_that_of_scoringrules(generator: np.random.Generator) -> None:
    shares, stage = generator.dirichlet(np.ones(8), size=50), generator.integers(0, 8, 50)
    theirs = scoringrules.rps_score(stage + 1, shares)
    assert scores.ranked_probability(shares, stage.astype(float)) == pytest.approx(theirs)


def test_a_near_stage_costs_less_than_a_far_one() -> None:
    certain = np.eye(8)[5]
    near, far = scores.ranked_probability(certain, 4.0), scores.ranked_probability(certain, 0.0)
    assert (float(near), float(far)) == (1.0, 5.0)


def test_shares_of_stages_in_an_ensemble() -> None:
    assert scores.category_shares(np.array([[0, 0, 2, 2], [1, 1, 1, 1]]), 3).tolist() == [[0.5, 0, 0.5], [0, 1, 0]]


def test_scaled_scores_are_ratios_of_means_over_the_same_forecasts() -> None:
    names, ratio = scores.scaled([1.0, 3.0, 5.0, np.nan], [2.0, 2.0, 10.0, 8.0], ["a", "a", "b", "b"])
    assert names == ("a", "b")
    assert ratio.tolist() == [1.0, 0.5]


def test_a_series_the_last_value_forecast_exactly_is_left_out_and_said_to_be(generator: np.random.Generator) -> None:
    _, ratio = scores.scaled([1.0, 1.0], [0.0, 2.0], ["a", "b"])
    assert np.isnan(ratio[0])
    found = scores.skill(ratio, np.ones(2), generator)
    assert (found.series, found.left_out, found.skill) == (1, 1, 0.5)
    assert np.isnan([found.low, found.high]).all()


def test_skill_is_the_share_of_the_rivals_score_saved(generator: np.random.Generator) -> None:
    found = scores.skill([0.4, 0.6, 0.5], [1.0, 1.0, 1.0], generator)
    assert found.skill == pytest.approx(0.5)
    assert found.low <= 0.5 <= found.high
    assert found.low >= 0.4
    assert found.is_clear
    assert found.better == 1.0


def test_skill_of_equals_is_not_clear(generator: np.random.Generator) -> None:
    both = np.exp(generator.normal(size=(2, 12)))
    found = scores.skill(both[0], both[1], generator)
    assert not found.is_clear


def test_intervals_of_skill_hold_the_truth_about_as_often_as_they_say(generator: np.random.Generator) -> None:
    # Ours has a mean of 0.8, the rival of 1.0, both gamma, the same for a series.
    held = 0
    for _ in range(300):
        series = generator.gamma(8.0, 1.0 / 8.0, size=25)
        ours = 0.8 * series * generator.gamma(20.0, 1.0 / 20.0, size=25)
        found = scores.skill(ours, series, generator, resamples=400)
        held += found.low <= 0.2 <= found.high
    assert 0.88 <= held / 300 <= 0.99


def test_skill_of_nothing_is_not_known(generator: np.random.Generator) -> None:
    found = scores.skill([], [], generator)
    assert found.series == 0
    assert np.isnan(found.skill)
    assert not found.is_clear

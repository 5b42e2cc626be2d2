"""Against simulated truth: the interval covers, the correlation is recovered, luck is taken off."""

import numpy as np
import pytest

from spread.outcomes import uncertainty


def beta_draws(random, experiments, draws, replicates, mean, icc):
    """Runs whose chance differs by draw: beta with this mean and intraclass correlation."""
    weight = (1 - icc) / icc
    chance = random.beta(mean * weight, (1 - mean) * weight, (experiments, draws, 1))
    return random.random((experiments, draws, replicates)) < chance


@pytest.mark.parametrize(("mean", "icc", "replicates"), [(0.3, 0.5, 2), (0.7, 0.1, 4), (0.1, 0.3, 2), (0.5, 0.9, 3)])
def test_the_interval_covers_the_true_chance_in_95_of_100_experiments(mean, icc, replicates):
    runs = beta_draws(np.random.default_rng(7), 1500, 150, replicates, mean, icc)
    found = [uncertainty.assess_chance(met) for met in runs]
    coverage = np.mean([one.low <= mean <= one.high for one in found])
    assert 0.935 <= coverage <= 0.968


def test_an_interval_that_took_replicates_for_independent_runs_would_cover_too_seldom():
    runs = beta_draws(np.random.default_rng(7), 1500, 150, 4, 0.5, 0.9)
    naive = [uncertainty.wilson_interval(float(met.mean()), met.size) for met in runs]
    assert np.mean([low <= 0.5 <= high for low, high in naive]) < 0.8


@pytest.mark.parametrize("icc", [0.05, 0.4, 0.8])
def test_a_known_intraclass_correlation_is_recovered(icc):
    runs = beta_draws(np.random.default_rng(3), 400, 300, 2, 0.4, icc)
    found = [uncertainty.assess_chance(met).icc for met in runs]
    assert np.mean(found) == pytest.approx(icc, abs=0.015)


def test_the_effective_number_of_runs_is_all_of_them_or_the_draws_alone():
    alternating = np.array([[True, False]] * 50 + [[False, True]] * 50)
    assert uncertainty.assess_chance(alternating).effective_n == 200
    same = np.array([[True, True]] * 50 + [[False, False]] * 50)
    assert uncertainty.assess_chance(same).effective_n == pytest.approx(100)


def test_the_wilson_interval_is_the_published_one():
    # Newcombe 1998, Statistics in Medicine 17:857, table I: 81 of 263 and 0 of 20
    assert uncertainty.wilson_interval(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert uncertainty.wilson_interval(0.0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_a_value_splits_into_parameter_sets_and_luck():
    random = np.random.default_rng(11)
    splits = np.array([
        uncertainty.split_variance(random.normal(0, 0.3, (400, 1)) + random.normal(0, 0.2, (400, 2)))
        for _ in range(200)
    ])  # fmt: skip
    assert (splits**2).mean(axis=0) == pytest.approx((0.09, 0.04), rel=0.02)


def test_luck_alone_leaves_parameter_sets_nothing_on_average_and_never_less():
    random = np.random.default_rng(12)
    found = [uncertainty.split_variance(random.normal(0, 1, (100, 2))).parameter_sd for _ in range(300)]
    assert min(found) == 0.0
    assert np.median(found) < 0.25


def test_the_range_across_parameter_sets_is_that_of_the_draws_chances_and_not_of_their_shares():
    random = np.random.default_rng(5)
    met = beta_draws(random, 1, 4000, 2, 0.6, 0.25)[0]
    found = uncertainty.assess_chance(met)
    truth = np.quantile(random.beta(0.6 * 3, 0.4 * 3, 200_000), [0.1, 0.9])
    assert (found.p10, found.p90) == pytest.approx(truth, abs=0.025)
    raw_shares = np.quantile(met.mean(axis=1), [0.1, 0.9])
    assert raw_shares.tolist() == [0.0, 1.0]


def test_where_parameter_sets_do_not_differ_the_range_is_a_point():
    assert uncertainty.beta_range(0.3, 0.0) == (0.3, 0.3)
    assert uncertainty.beta_range(1.0, 0.1) == (1.0, 1.0)
    met = np.ones((10, 2), dtype=bool)
    found = uncertainty.assess_chance(met)
    assert (found.chance, found.p10, found.p90, found.high) == pytest.approx((1.0, 1.0, 1.0, 1.0))


def test_where_every_run_says_the_same_only_the_draws_count():
    found = uncertainty.assess_chance(np.ones((10, 2), dtype=bool))
    assert (found.icc, found.effective_n) == (1.0, 10.0)
    assert found.low == pytest.approx(1 / (1 + uncertainty.NORMAL_975**2 / 10))


def test_parameter_sets_that_decide_everything_give_a_range_from_nothing_to_certainty():
    low, high = uncertainty.beta_range(0.5, 0.25)
    assert (low, high) == pytest.approx((0.0, 1.0))


def test_one_replicate_or_one_draw_cannot_tell_parameter_sets_from_luck_and_says_so():
    single = uncertainty.assess_chance(np.array([[True], [False], [True], [True]]))
    assert single.effective_n == 4
    assert np.isnan([single.parameter_sd, single.p10, single.p90]).all()
    lone = uncertainty.split_variance(np.array([[0.2, 0.4]]))
    assert np.isnan(lone.parameter_sd)
    assert lone.chance_sd == pytest.approx(np.sqrt(0.02))


def test_no_runs_at_all_give_no_numbers():
    found = uncertainty.assess_chance(np.empty((0, 2), dtype=bool))
    assert found.n == 0
    assert np.isnan(found[1:]).all()

"""Simple forecasters of stages: they find known chances, are uncertain over sites, and bear gaps."""

import numpy as np
import pytest

from spread import errors
from spread.calibration import scores, stage_rivals

UP = 0.35
DOWN = 0.1


def chain(chances: np.ndarray, sites: int, quarters: int, seed: int, first: int = 0) -> np.ndarray:
    """Stages of sites walking from stage to stage, written apart from the code under test."""
    generator = np.random.default_rng(seed)
    panel = np.full((sites, quarters), float(first))
    for site in range(sites):
        for quarter in range(1, quarters):
            panel[site, quarter] = generator.choice(8, p=chances[int(panel[site, quarter - 1])])
    return panel


def stairs() -> np.ndarray:
    """One stage up with chance 0.35, one down with 0.1."""
    chances = np.zeros((8, 8))
    for stage in range(8):
        up = UP if stage < 7 else 0.0
        down = DOWN if stage > 0 else 0.0
        chances[stage, stage] = 1.0 - up - down
        chances[stage, min(stage + 1, 7)] += up
        chances[stage, max(stage - 1, 0)] += down
    return chances


def test_chances_of_steps_are_found_again() -> None:
    seen = stage_rivals.steps(chain(stairs(), 400, 12, seed=1))
    found = stage_rivals.chances_of_steps(seen, np.ones(len(seen.site)))
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert found[:6] == pytest.approx(stairs()[:6], abs=0.06)


def test_a_stage_never_left_has_the_steps_of_the_others() -> None:
    panel = chain(stairs(), 60, 4, seed=2)
    seen = stage_rivals.steps(panel)
    assert panel.max() < 5
    found = stage_rivals.chances_of_steps(seen, np.ones(len(seen.site)))
    assert found[5, 6] == pytest.approx(UP, abs=0.1)
    assert found[5].max() == found[5, 5]


def test_stages_ahead_have_the_law_of_the_chain() -> None:
    panel = chain(stairs(), 300, 10, seed=3)
    found = stage_rivals.markov_stages(panel, 3, 300, np.random.default_rng(1))
    standing = np.bincount(panel[:, -1].astype(int), minlength=8) / 300
    truth = standing @ np.linalg.matrix_power(stairs(), 3)
    assert scores.category_shares(found[:, :, 2].ravel(), 8) == pytest.approx(truth, abs=0.05)


def test_the_forecast_of_the_share_adopted_is_as_sure_as_it_should_be() -> None:
    held = []
    for world in range(150):
        panel = chain(stairs(), 40, 11, seed=100 + world)
        found = stage_rivals.markov_stages(panel[:, :9], 2, 120, np.random.default_rng(world))
        share = (found >= 3).mean(axis=1)
        held.append(scores.coverage(share.T, (panel[:, 9:] >= 3).mean(axis=0)))
    half, most, nearly_all = np.mean(held, axis=0)
    assert 0.4 <= half <= 0.75
    assert 0.7 <= most <= 0.95
    assert nearly_all >= 0.88


def test_a_site_last_heard_of_earlier_walks_the_quarters_since() -> None:
    upwards = np.eye(8, k=1)
    upwards[7, 7] = 1.0
    panel = np.stack([np.arange(4.0)] * 50)
    panel[0, 2:] = np.nan
    found = stage_rivals.markov_stages(panel, 1, 20, np.random.default_rng(1))
    assert np.median(found[:, 0, 0]) == 4
    assert np.median(found[:, 1, 0]) == 4


def test_a_site_never_heard_of_is_not_forecast() -> None:
    panel = np.vstack([chain(stairs(), 20, 5, seed=4), np.full((1, 5), np.nan)])
    generator = np.random.default_rng(1)
    assert (stage_rivals.markov_stages(panel, 2, 5, generator)[:, -1] == -1).all()
    found = stage_rivals.hazard_of_stage(panel, 2, stage=3, members=5, generator=generator)
    assert np.isnan(found[:, -1]).all()
    assert not np.isnan(found[:, :-1]).any()


def test_only_reports_in_adjoining_quarters_make_a_step() -> None:
    panel = np.array([[0.0, np.nan, 2.0, 3.0]])
    seen = stage_rivals.steps(panel)
    assert (seen.quarter.tolist(), seen.before.tolist(), seen.after.tolist()) == ([2], [2], [3])


def test_quarters_waited_begin_again_after_falling_back() -> None:
    panel = np.array([[np.nan, 0.0, 1.0, 5.0, 5.0, 2.0, 2.0]])
    assert stage_rivals.quarters_waited(panel, 5).tolist() == [[0, 0, 1, 2, 0, 0, 1]]


def test_regression_gives_the_coefficients_that_made_the_flags() -> None:
    generator = np.random.default_rng(6)
    design = np.column_stack([np.ones(20_000), generator.normal(2.0, 1.0, 20_000), generator.normal(0.0, 3.0, 20_000)])
    truth = np.array([-1.5, 0.6, -0.2])
    flags = (generator.random(20_000) < 1.0 / (1.0 + np.exp(-design @ truth))).astype(float)
    found = stage_rivals.logistic_regression(design, flags, np.ones(20_000))
    assert found == pytest.approx(truth, abs=0.08)


def test_regression_counts_a_row_by_its_weight() -> None:
    generator = np.random.default_rng(7)
    design = np.column_stack([np.ones(60), generator.normal(size=60)])
    flags = (generator.random(60) < 0.4).astype(float)
    twice = stage_rivals.logistic_regression(np.vstack([design] * 2), np.tile(flags, 2), np.ones(120))
    assert stage_rivals.logistic_regression(design, flags, np.full(60, 2.0)) == pytest.approx(twice)


def test_regression_of_all_or_none_is_no_certainty() -> None:
    design = np.column_stack([np.ones(9), np.zeros(9)])
    found = stage_rivals.logistic_regression(design, np.ones(9), np.ones(9))
    assert 1.0 / (1.0 + np.exp(-found[0])) == pytest.approx(9.5 / 10, abs=1e-6)
    empty = stage_rivals.logistic_regression(design[:0], np.ones(0), np.ones(0))
    assert empty == pytest.approx(0.0)


def test_reaching_a_stage_follows_a_constant_hazard() -> None:
    jump = np.zeros((8, 8))
    jump[0, 0], jump[0, 5] = 0.8, 0.2
    jump[5, 5] = 1.0
    panel = chain(jump, 300, 7, seed=8)
    found = stage_rivals.hazard_of_stage(panel, 4, stage=5, members=200, generator=np.random.default_rng(1))
    still = (panel[:, -1] == 0).mean()
    truth = 1.0 - still * 0.8 ** np.arange(1, 5)
    assert found.mean(axis=(0, 1)) == pytest.approx(truth, abs=0.04)
    assert (found[:, panel[:, -1] == 5].mean()) > 0.97


def test_those_there_fall_back_as_often_as_was_seen() -> None:
    falls = np.zeros((8, 8))
    falls[6, 6], falls[6, 2] = 0.7, 0.3
    falls[2, 2] = 1.0
    panel = chain(falls, 300, 4, seed=9, first=6)
    found = stage_rivals.hazard_of_stage(panel, 1, stage=5, members=200, generator=np.random.default_rng(1))
    assert found[:, panel[:, -1] == 6].mean() == pytest.approx(0.7, abs=0.05)


@pytest.mark.parametrize("level", [0.0, 7.0])
def test_a_panel_where_nothing_ever_moved_stays_about_where_it_is(level: float) -> None:
    panel = np.full((30, 6), level)
    generator = np.random.default_rng(1)
    stages = stage_rivals.markov_stages(panel, 2, 30, generator)
    assert (stages == level).mean() > 0.95
    share = stage_rivals.hazard_of_stage(panel, 2, stage=5, members=30, generator=generator).mean()
    assert share == pytest.approx(level / 7.0, abs=0.05)


def test_the_same_luck_gives_the_same_stages() -> None:
    panel = chain(stairs(), 20, 5, seed=4)
    one, again, other = (stage_rivals.markov_stages(panel, 2, 9, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


@pytest.mark.parametrize(
    ("panel", "fault"),
    [
        ([[1.0], [2.0]], "at least two quarters"),
        ([[1.0, 8.0]], "8 is no stage"),
        ([[1.0, 1.5]], "1.5 is no stage"),
        ([[1.0, np.nan, 2.0]], "no step was seen"),
    ],
)
def test_a_panel_that_tells_of_no_step_is_refused(panel: list[list[float]], fault: str) -> None:
    with pytest.raises(errors.InputError, match=fault):
        stage_rivals.markov_stages(np.array(panel), 1, 5, np.random.default_rng(1))

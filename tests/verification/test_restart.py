"""A world cut in the middle and begun again from its record has the future it would have had."""

import math
from pathlib import Path

import numpy as np
import pytest

from spread.outcomes import returns
from tests.verification import restart

ERRORS = returns.Observation(missing_share=0.08, overstated_share=0.08, understated_share=0.04)
# Kolmogorov's bound that uniform ranks pass with chance 0.999.
BOUND = 1.95
FAST_WORLDS, FAST_RUNS = range(40), 20
SLOW_WORLDS, SLOW_RUNS = range(300), 50


def distance(ranks: np.ndarray) -> float:
    """The largest distance of ranks from uniform ones, times the root of their number."""
    ordered = np.sort(ranks)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    return math.sqrt(len(ordered)) * max(np.abs(ordered - steps[1:]).max(), np.abs(ordered - steps[:-1]).max())


def distances(cuts: list[restart.Cut]) -> dict[str, float]:
    """The same for every measure, in one order of luck."""
    luck = np.random.default_rng(1)
    return {measure: distance(restart.ranks(cuts, measure, luck)) for measure in restart.MEASURES}


def too_narrow(cuts: list[restart.Cut], measure: str) -> float:
    """Errors of the forecasts over the spread of their runs, both as variances: one where the forecast is right."""
    at = list(restart.MEASURES).index(measure)
    errors = [(cut.truth[at] - cut.runs[:, at].mean()) ** 2 for cut in cuts]
    return float(np.mean(errors) / np.mean([cut.runs[:, at].var() for cut in cuts]))


@pytest.mark.parametrize("observation", [None, ERRORS], ids=["stages", "return"])
def test_a_few_worlds_go_on_as_they_would_have(tmp_path: Path, observation: returns.Observation | None) -> None:
    case = restart.make_case(tmp_path, 24)
    cuts = restart.cut_worlds(case, FAST_WORLDS, FAST_RUNS, observation=observation)
    assert max(distances(cuts).values()) < BOUND
    assert 0.4 < too_narrow(cuts, "in use") < 2.5


def test_ranks_see_a_forecast_that_forgets_the_record(tmp_path: Path) -> None:
    """The same worlds, each against the forecast of another: the proof would notice."""
    case = restart.make_case(tmp_path, 24)
    cuts = restart.cut_worlds(case, FAST_WORLDS, FAST_RUNS)
    swapped = [restart.Cut(cut.truth, other.runs) for cut, other in zip(cuts, [*cuts[1:], cuts[0]], strict=True)]
    assert too_narrow(swapped, "in use") > 2.5


@pytest.mark.slow
@pytest.mark.parametrize("observation", [None, returns.Observation(), ERRORS], ids=["stages", "exact", "return"])
def test_worlds_go_on_as_they_would_have(tmp_path: Path, observation: returns.Observation | None) -> None:
    case = restart.make_case(tmp_path, 40)
    cuts = restart.cut_worlds(case, SLOW_WORLDS, SLOW_RUNS, observation=observation)
    found = distances(cuts)
    assert max(found[measure] for measure in ("decided", "in use", "sustained")) < BOUND
    assert 0.75 < too_narrow(cuts, "in use") < 1.3

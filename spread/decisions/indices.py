"""Sobol indices: the share of the variance of the answer that each parameter makes, alone and with others.

N sets of the sample each matrix is made of, G groups, L draws of luck.

Source: Sobol, Mathematics and Computers in Simulation 55 (2001), 271-280; sampling and estimators of Saltelli et al,
Computer Physics Communications 181 (2010), 259-270, as in SALib.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.decisions import screening

Floats = NDArray[np.float64]


class Index(NamedTuple):
    """The share of variance of one group: `first` by itself, `total` with everything it does together with others.

    Each with half of its 95 % interval.
    """

    name: str
    first: float
    first_error: float
    total: float
    total_error: float


class Indices(NamedTuple):
    """All indices, largest total first; `variance` of the output over sets; `luck_share` of it luck leaves in it."""

    every: tuple[Index, ...]
    variance: float
    luck_share: float


def design(groups: Sequence[str], count: int, seed: int) -> tuple[dict[str, Any], Floats]:
    """The problem, and the sets to run: shares, shape (count x (G + 2), D + 1); the last column is for ``nothing``."""
    problem = screening.problem_of(groups, 0.0, 1.0)
    drawn: Floats = screening.salib("sample.sobol").sample(problem, count, calc_second_order=False, seed=seed)
    return problem, drawn


def indices(problem: dict[str, Any], output: Floats, seed: int) -> Indices:
    """The indices of an output of shape (sets, L), averaged over luck.

    Where nothing varies every index is zero.
    """
    mean = output.mean(axis=1)
    names = list(dict.fromkeys(problem["groups"]))
    variance = float(np.var(mean))
    if variance == 0.0:
        return Indices(tuple(Index(name, 0.0, 0.0, 0.0, 0.0) for name in names), 0.0, 0.0)
    found = screening.salib("analyze.sobol").analyze(problem, mean, calc_second_order=False, seed=seed)
    columns = (np.asarray(found[key], dtype=np.float64).tolist() for key in ("S1", "S1_conf", "ST", "ST_conf"))
    rows = [Index(*row) for row in zip(names, *columns, strict=True)]
    return Indices(tuple(sorted(rows, key=lambda row: (-row.total, row.name))), variance, luck_share(output))


def luck_share(output: Floats) -> float:
    """The share of the variance of the average over luck that comes from luck and parameters acting together.

    What is left of each run when its set's mean and its luck's mean are taken away, divided by the number of lucks:
    two-way analysis of variance with one run a cell.
    """
    sets, lucks = output.shape
    if lucks < 2 or sets < 2:
        return float("nan")
    left = output - output.mean(axis=1, keepdims=True) - output.mean(axis=0, keepdims=True) + output.mean()
    square = float(np.square(left).sum()) / ((sets - 1) * (lucks - 1))
    return float(square / (lucks * np.var(output.mean(axis=1), ddof=1)))

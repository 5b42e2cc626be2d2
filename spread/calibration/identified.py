"""How far data moved what was believed: parameter by parameter, in which directions, and what they could not tell.

F free parameters; z as in `spread.calibration.priors`.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.calibration import sampler

Floats = NDArray[np.float64]

INFORMED: Final = 0.10
"""Less shrinkage than this (beyond what a sample of its size shows by luck) is none."""
WELL_KNOWN: Final = 0.5
"""A direction whose variance fell below this share of the prior's is one the data determine."""
CONFOUNDED: Final = 0.7
"""Correlation from which two parameters are said to stand for each other."""
NORMAL_95: Final = 1.6448536269514722


class Moved(NamedTuple):
    """One free parameter before and after: shrinkage is the share of its variance that the data took away.

    `shift` is how far its middle moved, in standard deviations of the prior. `zero_before` and `zero_after` weigh its
    point mass (NaN: it has none). `is_informed` is whether the data moved it beyond the noise of the sample.
    """

    name: str
    shrinkage: float
    shift: float
    zero_before: float
    zero_after: float
    is_informed: bool


class Identified(NamedTuple):
    """What data told: every free parameter, how many directions they determine, and pairs that stand for each other."""

    moved: tuple[Moved, ...]
    directions: int
    confounded: tuple[tuple[str, str, float], ...]


def identify(names: tuple[str, ...], found: sampler.Sample, atoms: Floats) -> Identified:
    """Compare a posterior sample with its prior."""
    weight, z = found.weight, found.adjusted
    middle = weight @ z
    apart = z - middle
    covariance = (apart.T * weight) @ apart
    sd = np.sqrt(np.diag(covariance))
    noise = np.sqrt(2.0 / found.effective_size)
    moved = []
    for f, name in enumerate(names):
        zero_before, zero_after = np.nan, np.nan
        if np.isfinite(atoms[f]):
            zero_before, zero_after = sampler.uniform(float(atoms[f])), float(weight @ (found.z[:, f] < atoms[f]))
        shrinkage = 1.0 - float(covariance[f, f])
        shift = float(middle[f])
        is_informed = shrinkage > INFORMED + NORMAL_95 * noise or abs(shift) > 3.0 / np.sqrt(found.effective_size) + 0.2
        moved.append(Moved(name, shrinkage, shift, zero_before, zero_after, bool(is_informed)))
    known = int((np.linalg.eigvalsh(covariance) < WELL_KNOWN).sum())
    correlation = covariance / np.maximum(np.outer(sd, sd), 1e-12)
    pairs = [
        (names[f], names[g], float(correlation[f, g]))
        for f in range(len(names))
        for g in range(f)
        if abs(correlation[f, g]) >= CONFOUNDED
    ]
    return Identified(tuple(moved), known, tuple(sorted(pairs, key=lambda pair: -abs(pair[2]))))

"""When a threshold is met: by whole sites, or by a share of patients.

P scopes (national, then each PSC).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spread.outcomes import plan as plans

AT_START: Final = -1.0
"""The time of what was so before the run began: the day before its first."""

TOLERANCE: Final = 1e-9
"""In sites: what a share times a count may miss a whole number by (in floating point 0.55 * 180 is above 99)."""


def sites_needed(thresholds: NDArray[np.float64], denominators: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fewest sites that meet a threshold: its ceiling in whole sites (0.9 of 180 is 162, not 163)."""
    return np.ceil(thresholds * denominators - TOLERANCE)


def needed(aim: plans.Aim, denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sites, or size-weighted patients, that meet the threshold; NaN where none is stated; shape (..., P)."""
    if aim.measure == plans.PATIENTS:
        return aim.thresholds * denominator - TOLERANCE
    return sites_needed(aim.thresholds, denominator)


def meets(aim: plans.Aim, numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether an aim's threshold is met, by whole sites (patients: by share); never where nobody counts.

    `numerator` and `denominator` have the scopes, shape (P,), on their last axis.
    """
    return (numerator >= needed(aim, denominator)) & (denominator > 0)

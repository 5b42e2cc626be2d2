"""When a threshold is met: by whole sites, by a share of patients, or by a rate.

P scopes (national, then each PSC).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spread.outcomes import plan as plans
from spread.outcomes import rows as outcome_rows

AT_START: Final = -1.0
"""The time of what was so before the run began: the day before its first."""

TOLERANCE: Final = outcome_rows.TOLERANCE


def sites_needed(thresholds: NDArray[np.float64], denominators: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fewest sites that meet a threshold: its ceiling in whole sites (0.9 of 180 is 162, not 163)."""
    return np.ceil(thresholds * denominators - TOLERANCE)


def needed(aim: plans.Aim, denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sites, size-weighted patients or the rate that meet the threshold; NaN where none is stated; shape (..., P)."""
    if aim.measure == plans.SITES:
        return sites_needed(aim.thresholds, denominator)
    return aim.thresholds * denominator - (-TOLERANCE if aim.falls else TOLERANCE)


def meets(aim: plans.Aim, numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether an aim's threshold is met, by whole sites (patients, rates: by share); never where nobody counts.

    `numerator` and `denominator` have the scopes, shape (P,), on their last axis.
    """
    wanted = needed(aim, denominator)
    there = numerator <= wanted if aim.falls else numerator >= wanted
    return there & (denominator > 0)

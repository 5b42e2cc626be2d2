"""How sure a number is: what comes from too few runs, from not knowing the parameters, and from luck.

A run belongs to a draw (a parameter set); replicates of one draw differ by luck only. Draws are the sampling
unit: two replicates of one draw are not two independent looks at the answer. K draws x R replicates.
"""

import statistics
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

NORMAL_975: Final = 1.959963984540054
RANGE_LOW, RANGE_HIGH = 0.10, 0.90
WIDEST_SHARE: Final = 1.0 - 1e-9
"""A beta spreads at most as far as a coin that is all or nothing; just short of it the quantiles still exist."""


class Split(NamedTuple):
    """Standard deviations of one value over parameter sets and by luck; NaN where one replicate cannot tell."""

    parameter_sd: float
    chance_sd: float


class Chance(NamedTuple):
    """The chance of something, and how sure it is.

    `low` and `high` bound the Monte Carlo error (95 %); `parameter_sd`, `p10` and `p90` say how the
    chance itself differs between parameter sets. `n` runs count for `effective_n` independent ones.
    """

    n: int
    chance: float
    icc: float
    effective_n: float
    low: float
    high: float
    parameter_sd: float
    p10: float
    p90: float


class Difference(NamedTuple):
    """A mean difference and its interval (95 % unless said), with draws as the sampling unit."""

    mean: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0.0 or self.high < 0.0


def paired_difference(
    one: NDArray[np.float64], other: NDArray[np.float64], *, of_flags: bool = False, deviate: float = NORMAL_975
) -> Difference:
    """The mean of `other` less `one`, both of shape (K, R), run by run on the same luck.

    Of flags (0 or 1) two draws are added, half of them with a gain and half with a loss, as Agresti and Min do
    (Statistics in Medicine 24, 2005, 729-740): without it, no difference seen would be taken for none there is.
    Runs in which either is unknown are left out with their draw.
    """
    by_draw = np.mean(np.asarray(other, dtype=np.float64) - np.asarray(one, dtype=np.float64), axis=1)
    known = by_draw[np.isfinite(by_draw)]
    if not len(known):
        return Difference(np.nan, np.nan, np.nan)
    mean = float(known.mean())
    count = len(known) + (2 if of_flags else 0)
    centre = float(known.sum()) / count
    square = (float(np.square(known).sum()) + (1.0 if of_flags else 0.0)) / count - centre**2
    if count < 2:
        return Difference(mean, -np.inf, np.inf)
    half = deviate * float(np.sqrt(max(square, 0.0) / (count - 1)))
    return Difference(mean, centre - half, centre + half)


def mean_squares(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean squares between and within draws of values, shape (K, R); NaN where they cannot be told."""
    draws, replicates = values.shape
    by_draw = values.mean(axis=1)
    between = replicates * float(np.var(by_draw, ddof=1)) if draws > 1 else np.nan
    within = float(np.var(values, axis=1, ddof=1).mean()) if replicates > 1 else np.nan
    return between, within


def split_variance(values: NDArray[np.float64]) -> Split:
    """Split the spread of a value, shape (K, R), into parameter sets and luck.

    One-way analysis of variance: luck is the mean square within draws; the draws' own variance is what the
    mean square between draws has beyond it, divided by R, and never below nothing.
    """
    between, within = mean_squares(np.asarray(values, dtype=np.float64))
    parameter = max(between - within, 0.0) / values.shape[1] if np.isfinite(between - within) else np.nan
    return Split(float(np.sqrt(parameter)), float(np.sqrt(within)))


def intraclass_correlation(values: NDArray[np.float64]) -> float:
    """Share of the variance that lies between draws (one-way ANOVA), clipped to 0-1.

    Where it cannot be told, because nothing varies or a draw has one replicate, it is taken as 1: the
    safe side, on which only draws count.
    """
    between, within = mean_squares(np.asarray(values, dtype=np.float64))
    replicates = values.shape[1]
    total = between + (replicates - 1) * within
    if not np.isfinite(total) or total <= 0.0:
        return 1.0
    return float(np.clip((between - within) / total, 0.0, 1.0))


def wilson_interval(share: float, n: float, deviate: float = NORMAL_975) -> tuple[float, float]:
    """The Wilson score interval of a share seen in `n` independent runs (n need not be whole); 95 % by default."""
    spread = deviate**2 / n
    centre = (share + spread / 2.0) / (1.0 + spread)
    half = deviate * np.sqrt(share * (1.0 - share) / n + spread / (4.0 * n)) / (1.0 + spread)
    return max(float(centre - half), 0.0), min(float(centre + half), 1.0)


def effective_runs(met: NDArray[np.bool_]) -> tuple[float, float]:
    """How many independent runs all runs, shape (K, R), are worth, ``K R / (1 + (R - 1) ICC)``, and the ICC."""
    icc = intraclass_correlation(np.asarray(met, dtype=np.float64))
    return met.size / (1.0 + (met.shape[1] - 1) * icc), icc


def chance_interval(met: NDArray[np.bool_], error: float) -> tuple[float, float]:
    """The interval of the chance of what each run says it met, shape (K, R), that misses it with chance `error`."""
    if met.size == 0:
        return np.nan, np.nan
    deviate = statistics.NormalDist().inv_cdf(1.0 - error / 2.0)
    return wilson_interval(float(met.mean()), effective_runs(met)[0], deviate)


def beta_range(mean: float, variance: float) -> tuple[float, float]:
    """The 10 and 90 % quantiles of a beta distribution with this mean and variance; a point when it does not vary."""
    limit = mean * (1.0 - mean)
    if not np.isfinite(variance):
        return np.nan, np.nan
    if variance <= 0.0 or limit <= 0.0:
        return mean, mean
    from scipy import special

    weight = limit / min(variance, limit * WIDEST_SHARE) - 1.0
    quantiles = special.betaincinv(mean * weight, (1.0 - mean) * weight, np.array([RANGE_LOW, RANGE_HIGH]))
    return float(quantiles[0]), float(quantiles[1])


def assess_chance(met: NDArray[np.bool_]) -> Chance:
    """The chance of what each run says it met, shape (K, R), with its errors.

    The interval is Wilson's with the effective number of runs ``K R / (1 + (R - 1) ICC)``; the variance between
    parameter sets is that of the draws' shares less what luck alone gives them.
    """
    values = np.asarray(met, dtype=np.float64)
    runs = values.size
    if runs == 0:
        return Chance(0, *(np.nan,) * 8)
    chance = float(values.mean())
    effective, icc = effective_runs(met)
    low, high = wilson_interval(chance, effective)
    parameter_sd = split_variance(values).parameter_sd
    p10, p90 = beta_range(chance, parameter_sd**2)
    return Chance(runs, chance, icc, effective, low, high, parameter_sd, p10, p90)


def mean_known(values: NDArray[np.float64]) -> float:
    """The mean of the values that are known; NaN where none is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else np.nan


def quantile_known(values: NDArray[np.float64], share: float) -> float:
    """A quantile of the values that are known; NaN where none is."""
    known = values[~np.isnan(values)]
    return float(np.quantile(known, share)) if known.size else np.nan

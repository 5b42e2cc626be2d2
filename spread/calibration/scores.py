"""How good a forecast was: scores of ensembles, quantiles, chances and stages against what happened.

Smaller is better for every score; all are proper unless it says otherwise. Members of an ensemble stand on the last
axis, the others broadcast. What was not observed is NaN and so is its score; means are taken by `mean_known`.

M members, L levels of quantiles, C categories (stages), N forecasts.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spread.outcomes import uncertainty

Floats = NDArray[np.float64]

INTERVALS: Final = (0.5, 0.8, 0.95)
"""The central intervals whose coverage is reported."""
LEAST_CHANCE: Final = 0.005
"""A chance is taken as no nearer to none and to certainty than this: half of the one in a hundred that is reported."""
RESAMPLES: Final = 2000
TAILS: Final = (0.025, 0.975)


# --- an ensemble or quantiles, and a value ------------------------------------------------------------------


def crps(ensemble: ArrayLike, observed: ArrayLike, *, fair: bool = False) -> Floats:
    """Continuous ranked probability score of an ensemble, shape (..., M), in the unit of the value; shape (...).

    ``mean |x - y| - sum_ij |x_i - x_j| / (2 M^2)``: the score of the ensemble taken as the whole forecast. The fair
    score divides by ``2 M (M - 1)`` instead, which is what a forecast is expected to score that has endless members
    of the kind; it is NaN for one member.

    Source: Gneiting and Raftery, J. Am. Stat. Assoc. 102 (2007), 359-378, eq. 21; Ferro, Q. J. R. Meteorol. Soc. 140
    (2014), 1917-1923, for the fair score.
    """
    members = np.sort(np.asarray(ensemble, dtype=np.float64), axis=-1)
    count = members.shape[-1]
    away = np.abs(members - np.asarray(observed, dtype=np.float64)[..., None]).mean(axis=-1)
    # In order, the k-th of M (from 0) is the larger of k pairs and the smaller of M - 1 - k.
    pairs = (members * (2 * np.arange(count) - count + 1)).sum(axis=-1)
    divisor = count * (count - 1) if fair else count**2
    if not divisor:
        return np.full(np.shape(away), np.nan)
    score: Floats = away - pairs / divisor
    return score


def pinball(quantiles: ArrayLike, levels: ArrayLike, observed: ArrayLike) -> Floats:
    """Quantile score of each level, shape (..., L): ``(level - [y < q]) (y - q)``.

    Source: Koenker and Machado, J. Am. Stat. Assoc. 94 (1999), 1296-1310.
    """
    above = np.asarray(observed, dtype=np.float64)[..., None] - np.asarray(quantiles, dtype=np.float64)
    level = np.asarray(levels, dtype=np.float64)
    score: Floats = np.maximum(level * above, (level - 1.0) * above)
    return score


def crps_of_quantiles(quantiles: ArrayLike, levels: ArrayLike, observed: ArrayLike) -> Floats:
    """The score of quantiles, shape (..., L), near to the CRPS where levels are many and even: twice the mean pinball.

    Source: Bracher et al, PLoS Comput. Biol. 17 (2021), e1008618.
    """
    score: Floats = 2.0 * pinball(quantiles, levels, observed).mean(axis=-1)
    return score


def interval_score(low: ArrayLike, high: ArrayLike, observed: ArrayLike, *, share: float) -> Floats:
    """Score of a central interval that is to hold `share`: its width, and ``2 / (1 - share)`` times any miss.

    Source: Gneiting and Raftery (2007), eq. 43.
    """
    bottom, top = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    value = np.asarray(observed, dtype=np.float64)
    missed_by = np.maximum(bottom - value, 0.0) + np.maximum(value - top, 0.0)
    score: Floats = (top - bottom) + 2.0 / (1.0 - share) * missed_by
    return score


def central_interval(ensemble: ArrayLike, share: float) -> tuple[Floats, Floats]:
    """The quantiles of an ensemble, shape (..., M), between which the middle `share` of it lies."""
    tail = (1.0 - share) / 2.0
    low, high = np.quantile(np.asarray(ensemble, dtype=np.float64), [tail, 1.0 - tail], axis=-1)
    return low, high


def covered(ensemble: ArrayLike, observed: ArrayLike, share: float) -> Floats:
    """1 where the central interval of an ensemble holds the value, else 0; its mean is the coverage, no score."""
    low, high = central_interval(ensemble, share)
    return inside(low, high, observed)


def coverage(ensemble: ArrayLike, observed: ArrayLike, shares: Sequence[float] = INTERVALS) -> tuple[float, ...]:
    """How often central intervals of an ensemble hold the value, of those known, for each share they are to hold."""
    return tuple(uncertainty.mean_known(covered(ensemble, observed, share)) for share in shares)


def inside(low: ArrayLike, high: ArrayLike, observed: ArrayLike) -> Floats:
    """1 where a value lies from `low` to `high`, both included, else 0; NaN where any is unknown."""
    bottom, top, value = np.broadcast_arrays(
        np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    )
    holds = ((bottom <= value) & (value <= top)).astype(np.float64)
    return np.where(np.isnan(bottom + top + value), np.nan, holds)


def pit(ensemble: ArrayLike, observed: ArrayLike, generator: np.random.Generator) -> Floats:
    """Where a value falls in its ensemble, 0-1 and uniform when the forecast is right; ties are broken by chance.

    ``(members below + u (members equal + 1)) / (M + 1)``, u uniform.

    Source: Czado, Gneiting and Held, Biometrics 65 (2009), 1254-1261, for counts; Hamill, Mon. Weather Rev. 129 (2001),
    550-560, for ranks.
    """
    members = np.asarray(ensemble, dtype=np.float64)
    value = np.asarray(observed, dtype=np.float64)[..., None]
    below = (members < value).sum(axis=-1)
    equal = (members == value).sum(axis=-1)
    place = (below + generator.random(np.shape(below)) * (equal + 1)) / (members.shape[-1] + 1)
    return np.where(np.isnan(value[..., 0]), np.nan, place)


# --- a chance, and whether it happened ----------------------------------------------------------------------


def bounded(chance: ArrayLike, least: float = LEAST_CHANCE) -> Floats:
    """A chance as it would be said: never nearer than `least` to none or to certainty."""
    held: Floats = np.clip(np.asarray(chance, dtype=np.float64), least, 1.0 - least)
    return held


def brier(chance: ArrayLike, happened: ArrayLike) -> Floats:
    """Squared distance of a chance from what happened (1 or 0; NaN: not known).

    Source: Brier, Mon. Weather Rev. 78 (1950), 1-3, halved as is usual for two outcomes.
    """
    score: Floats = np.square(np.asarray(chance, dtype=np.float64) - np.asarray(happened, dtype=np.float64))
    return score


def log_score(chance: ArrayLike, happened: ArrayLike, *, least: float = LEAST_CHANCE) -> Floats:
    """Minus the log of the chance given to what happened, the chance bounded, so that one surprise cannot cost all.

    Source: Good, J. R. Stat. Soc. B 14 (1952), 107-114.
    """
    likely = bounded(chance, least)
    flag = np.asarray(happened, dtype=np.float64)
    score: Floats = -(flag * np.log(likely) + (1.0 - flag) * np.log1p(-likely))
    return score


def brier_by_site(chance: ArrayLike, adopted: ArrayLike) -> float:
    """Mean Brier score over sites, shape (..., S), leaving out those of which nothing is known; NaN when none is."""
    return uncertainty.mean_known(brier(chance, adopted))


# --- stages -------------------------------------------------------------------------------------------------


def ranked_probability(shares: ArrayLike, category: ArrayLike) -> Floats:
    """Ranked probability score of chances of ordered categories, shape (..., C), for the one seen (0 to C - 1).

    ``sum_c (chance of c or less - [seen is c or less])^2``, from 0 to C - 1: a near miss costs less than a far one.
    NaN where the category is.

    Source: Epstein, J. Appl. Meteorol. 8 (1969), 985-987.
    """
    chances = np.asarray(shares, dtype=np.float64)
    seen = np.asarray(category, dtype=np.float64)[..., None]
    at_most = np.arange(chances.shape[-1]) >= seen
    score: Floats = np.square(np.cumsum(chances, axis=-1) - at_most).sum(axis=-1)
    return np.where(np.isnan(seen[..., 0]), np.nan, score)


def category_shares(ensemble: ArrayLike, count: int) -> Floats:
    """How often each of `count` categories is in an ensemble, shape (..., M); shape (..., count)."""
    members = np.asarray(ensemble)
    return np.stack([(members == category).mean(axis=-1) for category in range(count)], axis=-1)


# --- one forecaster against another -------------------------------------------------------------------------


class Skill(NamedTuple):
    """By how much a forecaster beats another: 1 always right, 0 no better, below 0 worse; an interval over series.

    `better` is the share of series with a smaller scaled score, `series` how many there were and `left_out` how many
    could not be scaled, as the forecast they are scaled by was right to the last digit.
    """

    skill: float
    low: float
    high: float
    better: float
    series: int
    left_out: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0.0 or self.high < 0.0


def by_series(scores: ArrayLike, labels: Sequence[str]) -> tuple[tuple[str, ...], Floats]:
    """The series in order of appearance and the mean score of each, over what is known; labels of shape (N,)."""
    values = np.asarray(scores, dtype=np.float64)
    names = tuple(dict.fromkeys(labels))
    place = np.array([names.index(label) for label in labels], dtype=np.int64)
    return names, np.array([uncertainty.mean_known(values[place == number]) for number in range(len(names))])


def scaled(scores: ArrayLike, last_value: ArrayLike, labels: Sequence[str]) -> tuple[tuple[str, ...], Floats]:
    """Mean score of each series over that of the last-value forecast: below 1 it adds something; NaN where that is 0.

    Both are means over the same forecasts: what either could not score is left out of both.
    """
    ours, theirs = np.asarray(scores, dtype=np.float64), np.asarray(last_value, dtype=np.float64)
    known = np.isfinite(ours) & np.isfinite(theirs)
    names, mean = by_series(np.where(known, ours, np.nan), labels)
    _, reference = by_series(np.where(known, theirs, np.nan), labels)
    return names, np.divide(mean, reference, out=np.full(len(names), np.nan), where=reference > 0.0)


def skill(ours: ArrayLike, rival: ArrayLike, generator: np.random.Generator, *, resamples: int = RESAMPLES) -> Skill:
    """Skill against a rival from the scaled scores of both, one per series, shape (N,).

    ``1 - sum(ours) / sum(rival)``; its 95 % interval from series drawn with replacement, the same for both. With one
    series there is no interval.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), percentile interval.
    """
    mine, theirs = np.asarray(ours, dtype=np.float64), np.asarray(rival, dtype=np.float64)
    known = np.isfinite(mine) & np.isfinite(theirs)
    mine, theirs, left_out = mine[known], theirs[known], int((~known).sum())
    if not len(mine):
        return Skill(np.nan, np.nan, np.nan, np.nan, 0, left_out)
    better = float((mine < theirs).mean())
    low, high = np.nan, np.nan
    if len(mine) > 1:
        drawn = generator.integers(len(mine), size=(resamples, len(mine)))
        again = _skill(mine[drawn], theirs[drawn])
        low, high = (uncertainty.quantile_known(again, share) for share in TAILS)
    return Skill(float(_skill(mine, theirs)), float(low), float(high), better, len(mine), left_out)


def _skill(ours: Floats, rival: Floats) -> Floats:
    reference = np.asarray(rival.sum(axis=-1))
    ratio = np.divide(ours.sum(axis=-1), reference, out=np.full(reference.shape, np.nan), where=reference > 0.0)
    gained: Floats = 1.0 - ratio
    return gained

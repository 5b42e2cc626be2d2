"""The Bass curve fitted to one series: some take a thing up by themselves, others from those who have.

A share z of those who ever will has taken it up; it grows by ``dz/dt = (p + q z) (1 - z)``, p a year by themselves and
q a year from others, and x = m z is seen, m the ceiling. From z0 at the first point, t years on,

    z = (1 - p c) / (1 + q c),   c = (1 - z0) / (p + q z0) exp(-(p + q) t)

Four numbers from few points: each has a wide prior, so that a handful of points gives what is usual of such curves and
not an accident. Source: Bass, Management Science 15 (1969), 215-227; priors about the means over 213 applications, p
0.03 and q 0.38 a year (Sultan, Farley and Lehmann, J. Marketing Research 27, 1990, 70-77), wide enough for programmes
that took months.
"""

from itertools import product
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PRIOR_CENTRE: Final = np.array([np.log(0.03), np.log(0.38), 2.0, -1.0])
PRIOR_SPREAD: Final = np.array([1.5, 1.5, 1.5, 3.0])
"""Of log p, log q, log odds of the ceiling and log odds of z0."""
STARTS: Final = tuple(product(np.log([0.03, 0.3]), np.log([0.38, 2.0])))
ROUNDS: Final = 4
CANDIDATES: Final = 8
LARGEST: Final = 30.0
"""Parameters on their scales are held within this: beyond it nothing can be told apart."""


class Fit(NamedTuple):
    """The most likely parameters, (4,), their covariance given the scatter, the scatter and the points it rests on."""

    parameters: Floats
    covariance: Floats
    scatter: float
    free: float


def curve(parameters: Floats, years: Floats) -> Floats:
    """What is seen, x, ``years`` after the first point; parameters of shape (..., 4), years (T,); shape (..., T)."""
    log_p, log_q, ceiling, start = np.moveaxis(np.clip(parameters, -LARGEST, LARGEST), -1, 0)[..., None]
    p, q, first = np.exp(log_p), np.exp(log_q), _share(start)
    left = (1.0 - first) / (p + q * first) * np.exp(-(p + q) * years)
    seen: Floats = _share(ceiling) * (1.0 - p * left) / (1.0 + q * left)
    return seen


def _share(log_odds: Floats) -> Floats:
    share: Floats = 1.0 / (1.0 + np.exp(-log_odds))
    return share


def fit(years: Floats, seen: Floats, *, before: float, least_free: float, least: float) -> Fit:
    """The curve through points, shape (n,), `years` after the first, in turns with the size of the scatter.

    Parameters
    ----------
    before, least_free
        The scatter taken before looking, and from how many points more than there are numbers one is known without it.
    least
        Scatter below which nothing could be seen.
    """
    scatter = max(before, least)
    best = PRIOR_CENTRE
    covariance, free = np.diag(PRIOR_SPREAD**2), least_free
    for turn in range(ROUNDS):
        best, slopes = _most_likely(years, seen, scatter, _starts(best, first=not turn))
        told = slopes.T @ slopes / scatter**2
        covariance = np.linalg.inv(told + np.diag(PRIOR_SPREAD**-2.0))
        free_points = len(seen) - float(np.trace(covariance @ told))
        missing = max(least_free - free_points, 0.0)
        free = free_points + missing
        squares = float(np.square(seen - curve(best, years)).sum()) + missing * before**2
        scatter = max(float(np.sqrt(squares / free)), least)
    return Fit(best, covariance, scatter, free)


def _starts(best: Floats, *, first: bool) -> list[Floats]:
    if not first:
        return [best]
    return [np.array([log_p, log_q, *PRIOR_CENTRE[2:]]) for log_p, log_q in STARTS]


def _most_likely(years: Floats, seen: Floats, scatter: float, starts: list[Floats]) -> tuple[Floats, Floats]:
    """The parameters of least squares and prior together, and the slopes of the curve in them, shape (n, 4)."""
    from scipy import optimize

    def away(parameters: Floats) -> Floats:
        missed = (curve(parameters, years) - seen) / scatter
        return np.concatenate([missed, (parameters - PRIOR_CENTRE) / PRIOR_SPREAD])

    found = min((optimize.least_squares(away, start) for start in starts), key=lambda result: float(result.cost))
    return np.asarray(found.x), np.asarray(found.jac)[: len(seen)] * scatter


def draw(found: Fit, years: Floats, seen: Floats, members: int, generator: np.random.Generator) -> Floats:
    """Parameters as likely as points and priors make them, shape (M, 4).

    Candidates come from the normal law about the most likely and are taken by how much likelier they are than under
    that law: a curve bends too much in its parameters for the normal law alone.

    Source: Rubin, in Bayesian Statistics 3 (1988), 395-402 (sampling importance resampling).
    """
    luck = generator.standard_normal((CANDIDATES * members, len(found.parameters)))
    candidates = found.parameters + luck @ np.linalg.cholesky(found.covariance).T
    missed = (curve(candidates, years) - seen) / found.scatter
    apart = (candidates - PRIOR_CENTRE) / PRIOR_SPREAD
    log_weight = 0.5 * (np.square(luck).sum(axis=1) - np.square(missed).sum(axis=1) - np.square(apart).sum(axis=1))
    weight = np.cumsum(np.exp(log_weight - log_weight.max()))
    steps = (np.arange(members) + generator.random()) / members
    chosen: Floats = candidates[np.searchsorted(weight, steps * weight[-1])]
    return chosen

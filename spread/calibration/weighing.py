"""Fitting a few national figures by weighing runs: how likely are the figures, given each run and what it leaves over?

With a handful of points and many unknowns the nearest runs are too few to say what parameters may be, but each run's
own path can be weighed by `discrepancy`, exactly (importance sampling): runs from the prior, then lots of more around
what they point to, for the parameters that the figures say most of. A run that is kept goes on as it is, so nothing is
counted twice. Runs from the prior go over all dates and serve every cut.

N runs, F parameters pointed to, D figures, K kept.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.calibration import discrepancy, fit, forecasts_at, posterior, priors, sampler, series, targets
from spread.runs import answers, replicate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_POINTED: Final = 5
LEAST_TOLD: Final = 0.05
"""Share of a parameter's variance that runs must tell for it to be pointed to."""
LEAST_EFFECTIVE: Final = 40.0
"""For how many runs the weights count from which a lot is proposed; flattened until they do."""
WIDEN: Final = 2.0
PRIOR_SHARE: Final = 0.1
NEXT_TO_NOTHING: Final = 1e-4
ENOUGH: Final = 100.0
MOST_LOTS: Final = 3
"""Lots are proposed until the weights count for enough runs, and no more than so many."""
FLATTENED: Final = np.geomspace(1.0, 0.01, 25)


class Pool(NamedTuple):
    """Runs from the prior over all dates of all series: the job, its targets, and what was seen of each, (N, D)."""

    job: replicate.Job
    paths: forecasts_at.Paths


class Weighed(NamedTuple):
    """What the parameters may be, a run of each, and for how many runs the weights count."""

    found: posterior.Posterior
    paths: forecasts_at.Paths
    effective: float


def first_pool(standing: forecasts_at.Standing, every: Sequence[series.Series], work: forecasts_at.Work) -> Pool:
    """Runs from the prior, seen on all dates of series."""
    rows = [row for one in every for row in one.rows]
    looked_at = targets.observing(standing.scenario, rows, None)
    job = answers.prepare(looked_at, seed=work.seed, replicates=1)
    placed = targets.place_rows([row for row in rows if row.date <= looked_at.end], job.plan)
    values = forecasts_at.read_off(job, placed, work.effort.first, work, self_reported=standing.self_reported)
    return Pool(job, forecasts_at.Paths(placed, values))


def weigh(
    standing: forecasts_at.Standing, every: Sequence[series.Series], pool: Pool, work: forecasts_at.Work
) -> Weighed:
    """Fit to what was known: the runs of a pool, and more where they point to, in proportion to their weights."""
    job, paths = pool.job, pool.paths
    free = priors.free_parameters(job.beliefs, standing.free or _told(pool, standing, work.seed))
    drawn = fit.prior_normals(job.beliefs, free, work.seed)
    z = np.array([drawn(number) for number in range(len(paths.values))]).reshape(len(paths.values), len(free.names))
    values = priors.values_at(job.beliefs, free, z, np.arange(len(z)), seed=work.seed)
    lots: list[Lot] = []
    weight = _weights(standing, every, paths, z, lots)
    while free.names and len(lots) < MOST_LOTS and (not lots or effective_size(weight) < ENOUGH):
        lots.append(_pointed(z, weight, work.effort.wave))
        fresh = lots[-1].draw(work.seed, len(z))
        numbers = np.arange(len(z), len(z) + len(fresh))
        more = priors.values_at(job.beliefs, free, fresh, numbers, seed=work.seed)
        sets = job._replace(sets=replicate.Sets(more, numbers))
        seen = forecasts_at.read_off(sets, paths.placed, len(fresh), work, self_reported=standing.self_reported)
        paths = paths._replace(values=np.concatenate([paths.values, seen]))
        z, values = np.concatenate([z, fresh]), np.concatenate([values, more])
        weight = _weights(standing, every, paths, z, lots)
    place = posterior.systematic(weight, work.sets)
    found = _posterior(standing, job, free, values[place], place, work.seed)
    return Weighed(found, paths._replace(values=paths.values[place]), effective_size(weight))


def effective_size(weight: Floats) -> float:
    """For how many equally weighted runs weights count."""
    return float(1.0 / np.square(weight).sum())


def _weights(
    standing: forecasts_at.Standing,
    every: Sequence[series.Series],
    paths: forecasts_at.Paths,
    z: Floats,
    lots: "Sequence[Lot]",
) -> Floats:
    """What makes runs, proposed in lots, a sample of what is believed after the figures; shape (N,)."""
    prior = sampler.prior_density(z)
    proposed = (len(z) - sum(lot.size for lot in lots)) * prior + sum(lot.size * lot.density(z) for lot in lots)
    return _normal(_log_likelihood(standing, every, paths) + np.log(prior) - np.log(proposed))


def _told(pool: Pool, standing: forecasts_at.Standing, seed: int) -> tuple[str, ...]:
    """The parameters that figures say most of."""
    fitted_to = {id(row) for row in standing.rows}
    every = pool.paths.placed.targets
    known = [column for column, target in enumerate(every) if id(target.row) in fitted_to]
    data = targets.on_scale(pool.paths.values[:, known], [every[column] for column in known])
    touched = fit.screen(pool.job, data, seed=seed)
    return tuple(name for name, share in touched.items() if share >= LEAST_TOLD)[:MOST_POINTED]


def _log_likelihood(
    standing: forecasts_at.Standing, every: Sequence[series.Series], paths: forecasts_at.Paths
) -> Floats:
    """How likely what was known is given each run, (N,); minus infinity where a run failed."""
    total = np.zeros(len(paths.values))
    for one in every:
        rows = forecasts_at.known_rows(one, standing, paths)
        if rows:
            found = forecasts_at.apart(one, paths, rows)
            total += discrepancy.log_likelihood(
                np.nan_to_num(found.left), found.years, least=found.least, first_sd=found.first_sd
            )
    failed = ~np.isfinite(paths.values).all(axis=1)
    return np.where(failed, -np.inf, total)


def _normal(log_weight: Floats) -> Floats:
    weight = np.exp(log_weight - log_weight.max())
    shares: Floats = weight / weight.sum()
    return shares


class Lot(NamedTuple):
    """Runs proposed around centres, (C, F), that weigh `share`, by normals with this root; a few from the prior."""

    size: int
    centres: Floats
    share: Floats
    root: Floats

    def density(self, z: Floats) -> Floats:
        """How densely it proposes at z, shape (N,)."""
        near = sampler.mixture_density(z, self.centres, self.share, self.root)
        found: Floats = PRIOR_SHARE * sampler.prior_density(z) + (1.0 - PRIOR_SHARE) * near
        return found

    def draw(self, seed: int, first: int) -> Floats:
        """All of its z, each from its number, the first of which is given; shape (size, F)."""
        steps = np.cumsum(self.share)
        found = np.empty((self.size, self.centres.shape[1]))
        for place in range(self.size):
            *drawn, rank = priors.normals(seed, first + place, self.centres.shape[1] + 1)
            uniform = sampler.uniform(float(rank))
            found[place] = drawn
            if uniform >= PRIOR_SHARE:
                parent = int(np.searchsorted(steps, (uniform - PRIOR_SHARE) / (1.0 - PRIOR_SHARE)))
                found[place] = self.centres[min(parent, len(steps) - 1)] + self.root @ np.array(drawn)
        return found


def _pointed(z: Floats, weight: Floats, count: int) -> Lot:
    """A lot around where runs point, their weights flattened until they count for enough."""
    likely = np.log(np.maximum(weight, np.finfo(np.float64).tiny))
    for power in FLATTENED:
        share = _normal(power * likely)
        if effective_size(share) >= LEAST_EFFECTIVE:
            break
    middle = share @ z
    covariance = ((z - middle).T * share) @ (z - middle) + 1e-6 * np.eye(z.shape[1])
    there = share > NEXT_TO_NOTHING * share.max()
    root: Floats = np.sqrt(WIDEN) * np.linalg.cholesky(covariance)
    return Lot(count, z[there], share[there] / share[there].sum(), root)


def _posterior(
    standing: forecasts_at.Standing, job: replicate.Job, free: priors.Free, values: Floats, numbers: Ints, seed: int
) -> posterior.Posterior:
    import pandas as pd

    days: list[date] = sorted(row.date for row in standing.rows)
    about = {
        "points": len(standing.rows), "scenario": standing.scenario.name, "moved": [],
        "first_date": days[0].isoformat(), "last_date": days[-1].isoformat(),
    }  # fmt: skip
    return posterior.Posterior(job.beliefs.names, values, numbers, seed, free.names, about, pd.DataFrame())

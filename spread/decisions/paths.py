"""The way there: where an ambition stood at every report date of a trial, and the small curve that is told of it."""

from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.decisions import trials
from spread.outcomes import ambitions, collect
from spread.runs import replicate, sample

Floats = NDArray[np.float64]

QUANTILES: Final = (0.1, 0.5, 0.9)
"""The middle run, and the ends of what 80 % of runs hold."""


class Paths(NamedTuple):
    """The share (or rate) at T report dates in the complete runs of a trial.

    `draw` shape (K,), `values` shape (K, R, T).
    """

    days: tuple[date, ...]
    draw: NDArray[np.int64]
    values: Floats

    def among(self, draws: NDArray[np.int64]) -> Floats:
        """The values in some of the draws."""
        return self.values[np.isin(self.draw, draws)]


class Curve(NamedTuple):
    """What is told of a path: its quantiles (`QUANTILES`) at each day, shape (3, T)."""

    days: tuple[date, ...]
    quantiles: Floats


def paths_of(job: replicate.Job, keeper: sample.Keeper, question: trials.Question) -> Paths:
    """Where the ambition of a question stood at every report date in the runs kept so far."""
    runs = collect.Collected(job.plan, job.replicates, keeper.chunks)
    (looked,) = (
        one for one in ambitions.looked_at(job.world.scenario, job.plan, runs) if one.name == question.ambition
    )
    scope = job.plan.scopes.index(question.scope)
    values = [looked.standing(day).in_scope(scope).value for day in job.plan.dates]
    return Paths(tuple(job.plan.dates), np.flatnonzero(runs.complete), np.stack(values, axis=-1))


def joined(one: Paths, later: Paths) -> Paths:
    """The paths of earlier and of later draws."""
    return Paths(one.days, np.concatenate([one.draw, later.draw]), np.concatenate([one.values, later.values]))


def told(paths: Paths) -> Curve:
    """The curve of a trial by itself."""
    return Curve(paths.days, _quantiles(paths.values))


def lent(paths: Paths, full: Paths) -> Curve:
    """The curve of a trial with few draws, which borrows what one with all draws knows.

    On matched luck the difference between the two is known far better than either: the quantiles are those of all
    draws there, and the difference between the two trials in the draws that both have.
    """
    both = np.intersect1d(paths.draw, full.draw)
    if paths.days != full.days or not len(both):
        return told(paths)
    here, there = _quantiles(paths.among(both)), _quantiles(full.among(both))
    seen = np.concatenate([paths.values.ravel(), full.values.ravel()])
    moved = np.clip(_quantiles(full.values) + here - there, np.nanmin(seen), np.nanmax(seen))
    return Curve(paths.days, np.sort(moved, axis=0))


def _quantiles(values: Floats) -> Floats:
    """Quantiles over runs at each day; not known where nobody counts."""
    runs = values.reshape(-1, values.shape[-1])
    found = np.full((len(QUANTILES), runs.shape[1]), np.nan)
    known = ~np.isnan(runs).all(axis=0)
    found[:, known] = np.nanquantile(runs[:, known], QUANTILES, axis=0)
    return found

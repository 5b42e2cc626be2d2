"""What a fitted model leaves over of a series, and how that goes on: where a forecast sets out, and how it strays.

What was observed is taken as the model's path, plus a level that walks, plus noise of each figure by itself:

    observed(t) = path(t) + level(t) + noise(t),     level moves by a normal step of sd `step` times the root of years

Where the left-overs stay put `step` is likely zero, and the level only says where the series lies; where they wander,
the level sets out from about the last one and wanders on as it did. Sizes are learnt from the left-overs themselves,
each path its own, over a grid with wide priors, so that few points give a wide forecast.

Source: Kennedy and O'Hagan, J. R. Stat. Soc. B 63 (2001), 425-464, in its simplest form; the filter is that of a local
level (Durbin and Koopman, Time Series Analysis by State Space Methods, 2nd ed., chapter 2). M paths, n points, T dates
ahead, G sizes on the grid. Time is in years.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NO_WALK: Final = 0.5
"""How likely it is, before looking, that a level stays where it is."""
USUAL_STEP, USUAL_NOISE = 0.05, 0.02
"""Half of all walks, and of all noise, are taken to be smaller: five points of a share a year, two a figure."""
STEPS: Final = np.geomspace(0.003, 0.8, 13)
NOISES: Final = np.geomspace(0.0005, 0.3, 13)
USUAL_LEVEL: Final = 0.05
"""The sd of how far off a path is at the first point, where it is to tell the level and not only its change."""
ROUND_ANGLE: Final = np.pi / 2.0


class Left(NamedTuple):
    """What is left over at the last point, of each path: its level, the sd of a walk's step in a year, and of noise."""

    level: Floats
    step: Floats
    noise: Floats

    @property
    def has_walk(self) -> float:
        """How likely it is that the left-overs wander, as the points have it."""
        return float((self.step > 0.0).mean())

    def from_nought(self) -> "Left":
        """The same where the path itself sets out from what was observed."""
        return self._replace(level=np.zeros_like(self.level))


def learn(left: Floats, years: Floats, *, least: float, first_sd: float, generator: np.random.Generator) -> Left:
    """What is left over of M paths at n points, shape (M, n), ascending in `years`.

    Parameters
    ----------
    least
        The sd of noise that any figure has, as it is printed.
    first_sd
        How far off a path may be at the first point; infinite where it tells of changes only.
    """
    steps, noises, prior = _grid(least)
    likely, level, spread = _filter(left, years, steps, noises, first_sd)
    weight = likely + prior
    weight = np.exp(weight - weight.max(axis=1, keepdims=True))
    cumulated = np.cumsum(weight, axis=1)
    shares = generator.random(len(left)) * cumulated[:, -1]
    cell = np.minimum((cumulated < shares[:, None]).sum(axis=1), len(steps) - 1)
    member = np.arange(len(left))
    where = level[member, cell] + np.sqrt(spread[member, cell]) * generator.standard_normal(len(left))
    return Left(where, steps[cell], noises[cell])


def log_likelihood(left: Floats, years: Floats, *, least: float, first_sd: float) -> Floats:
    """How likely the points are given each path, its left-overs taken over all sizes; shape (M,)."""
    steps, noises, prior = _grid(least)
    every = _filter(left, years, steps, noises, first_sd)[0] + prior
    most = every.max(axis=1)
    found: Floats = most + np.log(np.exp(every - most[:, None]).sum(axis=1))
    return found


def _grid(least: float) -> tuple[Floats, Floats, Floats]:
    """Sizes of step and noise, and the log of how likely each pair is before looking; shapes (G,)."""
    noises = np.maximum(NOISES, least)
    step_weight = np.concatenate([[NO_WALK], (1.0 - NO_WALK) * _half_cauchy(STEPS, USUAL_STEP)])
    noise_weight = _half_cauchy(NOISES, USUAL_NOISE)
    pairs = np.meshgrid(np.concatenate([[0.0], STEPS]), noises, indexing="ij")
    prior = np.log(np.outer(step_weight, noise_weight))
    return pairs[0].ravel(), pairs[1].ravel(), prior.ravel()


def _half_cauchy(sizes: Floats, scale: float) -> Floats:
    """Weights of sizes spaced evenly by their logarithm.

    Source: Gelman, Bayesian Analysis 1 (2006), 515-534.
    """
    density = sizes / scale / (1.0 + np.square(sizes / scale))
    weight: Floats = density / density.sum()
    return weight


def _filter(
    left: Floats, years: Floats, steps: Floats, noises: Floats, first_sd: float
) -> tuple[Floats, Floats, Floats]:
    """Log likelihood of the left-overs, and mean and variance of the level at the last point; shapes (M, G).

    Where nothing is known of the first level, the first point says where it is and nothing about sizes.
    """
    if np.isfinite(first_sd):
        level = np.zeros((len(left), len(steps)))
        spread = np.full(level.shape, first_sd**2)
        begins = 0
    else:
        level = np.repeat(left[:, :1], len(steps), axis=1)
        spread = np.repeat(np.square(noises)[None, :], len(left), axis=0)
        begins = 1
    likely = np.zeros_like(level)
    for point in range(begins, left.shape[1]):
        if point:
            spread = spread + np.square(steps) * (years[point] - years[point - 1])
        total = spread + np.square(noises)
        missed = left[:, point, None] - level
        likely -= 0.5 * (np.square(missed) / total + np.log(total))
        gain = spread / total
        level, spread = level + gain * missed, spread * (1.0 - gain)
    return likely, level, spread


def carry_on(paths: Floats, ahead: Floats, left: Left, generator: np.random.Generator) -> Floats:
    """Paths, shape (M, T), with what was left over of them carried on to `ahead`, years after the last point."""
    gaps = np.diff(ahead, prepend=0.0)
    moved = np.cumsum(generator.standard_normal(paths.shape) * np.sqrt(gaps), axis=1)
    noise = left.noise[:, None] * generator.standard_normal(paths.shape)
    found: Floats = paths + left.level[:, None] + left.step[:, None] * moved + noise
    return found


# --- the scale on which left-overs are alike everywhere ---------------------------------------------


def on_scale(values: Floats, *, is_share: bool) -> Floats:
    """Shares by the arcsine of their root, rates by their logarithm."""
    if is_share:
        angles: Floats = np.arcsin(np.sqrt(np.clip(values, 0.0, 1.0)))
        return angles
    logs: Floats = np.log(np.maximum(values, np.finfo(np.float64).tiny))
    return logs


def off_scale(values: Floats, *, is_share: bool) -> Floats:
    """Back to shares, from 0 to 1, or rates."""
    natural: Floats = np.square(np.sin(np.clip(values, 0.0, ROUND_ANGLE))) if is_share else np.exp(values)
    return natural


def least_noise(value: Floats, resolution: float, *, is_share: bool) -> float:
    """The sd, on the scale, of a figure known no better than to its `resolution`."""
    middle = float(np.mean(value))
    if is_share:
        slope = 2.0 * np.sqrt(max(middle * (1.0 - middle), resolution, np.finfo(np.float64).tiny))
        return float(resolution / slope / np.sqrt(3.0))
    return float(resolution / max(middle, np.finfo(np.float64).tiny) / np.sqrt(3.0))

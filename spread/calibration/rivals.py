"""Simple forecasters of one series from its own past, the ones a calibrated model has to beat.

    last_value     where it stands now, moving as much as it has, in either direction
    linear         a straight line
    log_linear     a straight line through the logarithms: the same percentage every year
    logistic       a straight line through the log odds of a share: slow, fast, slow, up to all or none
    bass           innovators and imitators, up to a ceiling of its own (see `bass`)

Every one gives an ensemble of paths with the uncertainty of its parameters and of what is left over. Time is in years
since the last point; n points, T dates ahead, M members. Luck comes from the generator handed in and from nowhere
else.

A scatter is known as from at least `LEAST_FREE` points more than a curve has numbers; those missing are taken to have
erred by the usual step from one point to the next: two points give a wide fan about the line through them, not a
certain line.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors
from spread.calibration import bass

Floats = NDArray[np.float64]

DAYS_PER_YEAR: Final = 365.25
FEWEST_POINTS: Final = 2
LEAST_FREE: Final = 2.0
MOST_GROWTH: Final = 10.0
"""No rate is forecast above so many times the highest seen."""
FEWEST_FOR_BASS: Final = 4
LEAST_SCATTER: Final = 1e-6
MOST_RESOLUTION: Final = 0.25
PRINTED: Final = 0.005
"""Half of the last digit of a figure given without counts, as a share of its level: nothing is known better."""
MOST_AUTOCORRELATION: Final = 0.9
POINTS_FOR_AUTOCORRELATION: Final = 8


class Past(NamedTuple):
    """The known points of a series: `years` before the last point (ascending to 0), `value`, and its bounds.

    `resolution` is half the smallest difference a figure could show: half a site of those counted, or half of the last
    digit printed. `is_share`: values lie from 0 to 1. `last` is the date of the last point.
    """

    years: Floats
    value: Floats
    resolution: float
    is_share: bool
    last: date


class Forecast(NamedTuple):
    """Paths of a rival, shape (M, T), and what it had to do without (empty when nothing)."""

    ensemble: Floats
    note: str


Rival = Callable[[Past, Floats, int, np.random.Generator], Forecast]


def past(
    dates: Sequence[date], values: Sequence[float] | Floats, *, denominators: Sequence[float] | Floats | None = None,
    is_share: bool = True, name: str = "",
) -> Past:  # fmt: skip
    """The points of a series that a rival learns from, in order of date, those not known left out.

    Raises
    ------
    spread.errors.InputError
        When fewer than two points are known, two stand on one date, or a value cannot be one.
    """
    value = np.asarray(values, dtype=np.float64)
    findings = _faults_of(dates, value, is_share, name)
    if findings:
        raise errors.InputError(findings)
    known = np.flatnonzero(~np.isnan(value))
    order = known[np.argsort([dates[place].toordinal() for place in known.tolist()], kind="stable")]
    counted = None if denominators is None else np.asarray(denominators, dtype=np.float64)[order]
    last = dates[int(order[-1])]
    years = np.array([(dates[place] - last).days / DAYS_PER_YEAR for place in order.tolist()])
    return Past(years, value[order], _resolution(value[order], counted, is_share=is_share), is_share, last)


def years_ahead(known: Past, dates: Sequence[date]) -> Floats:
    """Years from the last known point to dates after it, shape (T,).

    Raises
    ------
    spread.errors.InputError
        When a date is not after the last point: what is known is not forecast.
    """
    ahead = np.array([(day - known.last).days / DAYS_PER_YEAR for day in dates], dtype=np.float64)
    if ahead.size and (ahead <= 0.0).any():
        early = dates[int(np.argmax(ahead <= 0.0))]
        raise errors.InputError(f"a forecast for {early} is asked from data up to {known.last}; give a later date")
    return ahead


def forecast(
    rival: str, known: Past, dates: Sequence[date], *, members: int, generator: np.random.Generator
) -> Forecast:
    """The forecast of a rival, by its name in `RIVALS`, for dates after the last known point, in any order.

    Raises
    ------
    spread.errors.InputError
        When there is no such rival, or a date is not after the last point.
    """
    if rival not in RIVALS:
        hint = errors.did_you_mean(rival, list(RIVALS))
        raise errors.InputError(f"no rival '{rival}'{hint or '; known are ' + ', '.join(RIVALS)}")
    ahead = years_ahead(known, dates)
    order = np.argsort(ahead, kind="stable")
    if known.value.min() == known.value.max():
        found = last_value(known, ahead[order], members, generator)._replace(note="never moved: as the last value")
    else:
        found = RIVALS[rival](known, ahead[order], members, generator)
    ensemble = np.empty_like(found.ensemble)
    ensemble[:, order] = _possible(found.ensemble, known)
    return found._replace(ensemble=ensemble)


def _faults_of(dates: Sequence[date], value: Floats, is_share: bool, name: str) -> list[errors.Fault]:
    place = name or "series"
    if len(dates) != len(value):
        return [errors.Fault(f"{len(dates)} dates for {len(value)} values", place)]
    known = [day for day, number in zip(dates, value, strict=True) if not np.isnan(number)]
    faults = []
    if len(known) < FEWEST_POINTS:
        counted = "1 point says" if len(known) == 1 else "no point says"
        faults.append(errors.Fault(f"{counted} nothing about where it is going; give at least {FEWEST_POINTS}", place))
    faults += [
        errors.Fault(f"{day} is there twice", place) for day in sorted({day for day in known if known.count(day) > 1})
    ]
    high, what = (1.0, "share from 0 to 1") if is_share else (np.finfo(np.float64).max, "rate")
    for day, number in zip(dates, value, strict=True):
        if not (np.isnan(number) or 0.0 <= number <= high):
            faults.append(errors.Fault(f"{number:g} on {day} is no {what}", place))
    return faults


def _resolution(value: Floats, denominators: Floats | None, *, is_share: bool) -> float:
    if denominators is not None and np.isfinite(denominators).any():
        half = float(0.5 / np.nanmax(denominators))
        return min(half, MOST_RESOLUTION) if is_share else half
    level = float(np.abs(value).mean())
    return PRINTED * (level or (1.0 if is_share else 0.0))


def _possible(ensemble: Floats, known: Past) -> Floats:
    held: Floats = np.clip(ensemble, 0.0, 1.0 if known.is_share else MOST_GROWTH * known.value.max())
    return held


# --- where it stands now ------------------------------------------------------------------------------------


def last_value(known: Past, ahead: Floats, members: int, generator: np.random.Generator) -> Forecast:
    """A walk from the last value whose steps are those seen before, each as likely up as down.

    Steps are taken at the usual interval of the points, scaled by the root of the time between them. Every walk has
    its mirror image, so the middle of the forecast is the last value at every date. A walk is stretched by how
    uncertain a scatter from so few steps is.

    Source: the baseline of Cramer et al, PNAS 119 (2022), e2113561119.
    """
    gap = np.diff(known.years)
    steps = np.diff(known.value) / np.sqrt(gap)
    steps = np.concatenate([steps, -steps])
    if not steps.any():
        steps = np.array([-1.0, 1.0]) * known.resolution / np.sqrt(np.median(gap))
    walks = _walks(steps, float(np.median(gap)), ahead, (members + 1) // 2, generator)
    walks *= _uncertain_scatter(max(len(gap), LEAST_FREE), len(walks), generator)[:, None]
    return Forecast(known.value[-1] + np.concatenate([walks, -walks])[:members], "")


def _walks(steps: Floats, gap: float, ahead: Floats, count: int, generator: np.random.Generator) -> Floats:
    """Where walks of steps drawn with replacement, one about every `gap`, stand at dates ahead; shape (count, T)."""
    walks = np.zeros((count, len(ahead)))
    place, before = np.zeros(count), 0.0
    for number, moment in enumerate(ahead):
        if moment > before:
            taken = max(1, round((moment - before) / gap))
            chosen = generator.choice(steps, size=(count, taken))
            place = place + chosen.sum(axis=1) * np.sqrt((moment - before) / taken)
        walks[:, number], before = place, moment
    return walks


# --- a line -------------------------------------------------------------------------------------------------


def linear(known: Past, ahead: Floats, members: int, generator: np.random.Generator) -> Forecast:
    """A straight line by least squares."""
    paths = _line(known.years, known.value, known.resolution, ahead, members, generator)
    return Forecast(paths, _few_points(known))


def log_linear(known: Past, ahead: Floats, members: int, generator: np.random.Generator) -> Forecast:
    """A straight line through the logarithms; noughts are taken as half of what could just be seen."""
    value = np.maximum(known.value, known.resolution)
    paths = _line(known.years, np.log(value), known.resolution / value.mean(), ahead, members, generator)
    return Forecast(np.exp(np.minimum(paths, _LARGEST_LOG)), _few_points(known))


def logistic(known: Past, ahead: Floats, members: int, generator: np.random.Generator) -> Forecast:
    """A straight line through the log odds of a share; a rate has none, and is taken as its logarithm.

    Noughts and ones are taken as half of what could just be seen away from it.
    """
    if not known.is_share:
        found = log_linear(known, ahead, members, generator)
        return found._replace(note="a rate has no ceiling: as log-linear")
    share = np.clip(known.value, known.resolution, 1.0 - known.resolution)
    finest = known.resolution / float((share * (1.0 - share)).mean())
    paths = _line(known.years, np.log(share / (1.0 - share)), finest, ahead, members, generator)
    return Forecast(1.0 / (1.0 + np.exp(-np.clip(paths, -_LARGEST_LOG, _LARGEST_LOG))), _few_points(known))


_LARGEST_LOG: Final = 500.0


def _few_points(known: Past) -> str:
    return "two points: the line through them, its scatter taken from the step" if len(known.value) == 2 else ""


def _line(
    years: Floats, value: Floats, resolution: float, ahead: Floats, members: int, generator: np.random.Generator
) -> Floats:
    """Paths of a straight line with normal scatter: what is to come, given what was, with little known before.

    The variance of the scatter has an inverse chi-squared distribution, the line is normal given it. Where points
    that follow each other err alike, the line is known as if there were fewer: its covariance is that of independent
    points times ``(1 + r) / (1 - r)``.

    Source: Gelman et al, Bayesian Data Analysis (3rd ed.), section 14.2; Bartlett, J. R. Stat. Soc. 98 (1935),
    536-543, for points that are alike.
    """
    design = np.stack([np.ones_like(years), years], axis=1)
    inverse = np.linalg.inv(design.T @ design)
    line = inverse @ design.T @ value
    left = value - design @ line
    scatter = _scatter(left, np.diff(value), resolution, len(line), members, generator)
    root = np.linalg.cholesky(inverse * _alike(left))
    lines = line + scatter[:, None] * (generator.standard_normal((members, 2)) @ root.T)
    noise = scatter[:, None] * generator.standard_normal((members, len(ahead)))
    paths: Floats = lines[:, :1] + lines[:, 1:] * ahead + noise
    return paths


def _scatter(
    left: Floats, steps: Floats, resolution: float, fitted: int, members: int, generator: np.random.Generator
) -> Floats:
    """Standard deviations of what is left over, one a member, from what the points say."""
    missing = max(LEAST_FREE - (len(left) - fitted), 0.0)
    free = len(left) - fitted + missing
    squares = float(np.square(left).sum()) + missing * _usual_step(steps) ** 2
    scatter: Floats = np.sqrt(max(squares / free, resolution**2)) * _uncertain_scatter(free, members, generator)
    return scatter


def _usual_step(steps: Floats) -> float:
    return float(np.median(np.abs(steps)))


def _uncertain_scatter(free: float, members: int, generator: np.random.Generator) -> Floats:
    """How far a standard deviation known from `free` points may be off: ``sqrt(free / chi-squared(free))``."""
    off: Floats = np.sqrt(free / generator.chisquare(free, members))
    return off


def _alike(left: Floats) -> float:
    """How much wider a line is known where points that follow each other err alike."""
    if len(left) < POINTS_FOR_AUTOCORRELATION or not left.any():
        return 1.0
    correlation = float((left[1:] * left[:-1]).sum() / np.square(left).sum())
    correlation = min(max(correlation, 0.0), MOST_AUTOCORRELATION)
    return (1.0 + correlation) / (1.0 - correlation)


# --- innovators and imitators -------------------------------------------------------------------------------


def bass_curve(known: Past, ahead: Floats, members: int, generator: np.random.Generator) -> Forecast:
    """The Bass curve. What falls is read as the part of its highest value that is gone, and the curve is of that.

    A rate that rises has its ceiling somewhere up to twice the highest seen.
    """
    top = float(known.value.max())
    falls = known.value[-1] < known.value[0]
    size = top if falls else 1.0 if known.is_share else 2.0 * top
    seen = 1.0 - known.value / size if falls else known.value / size
    finest = max(known.resolution / size, LEAST_SCATTER)
    since = known.years - known.years[0]
    found = bass.fit(since, seen, before=_usual_step(np.diff(seen)), least_free=LEAST_FREE, least=finest)
    curves = bass.curve(bass.draw(found, since, seen, members, generator), ahead - known.years[0])
    scatter = found.scatter * _uncertain_scatter(found.free, members, generator)
    paths = curves + scatter[:, None] * generator.standard_normal(curves.shape)
    note = "falls: the curve is of what is gone" if falls else ""
    few = "fewer points than the curve has numbers: the usual of such curves" if len(seen) < FEWEST_FOR_BASS else ""
    return Forecast(size * (1.0 - paths) if falls else size * paths, "; ".join(filter(None, (note, few))))


RIVALS: Final[Mapping[str, Rival]] = {
    "last_value": last_value,
    "linear": linear,
    "log_linear": log_linear,
    "logistic": logistic,
    "bass": bass_curve,
}

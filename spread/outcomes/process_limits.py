"""XmR charts by the rules of NHS England's Making Data Count: process limits, special causes, variation, assurance.

Plain numbers in order of time; nothing here knows what is counted. What a special cause means (an improvement or a
concern) follows from the side it lies on, or the way a trend goes, and which direction is wanted.

Source: NHS England, Making Data Count; the R package NHSRplotthedots 0.2.2, whose conventions are matched: limits
2.66 mean moving ranges from the mean, moving ranges of 3.267 times their mean and more left out of the mean (Nelson,
Journal of Quality Technology 1982;14(3):172-173), causes in the order outside, trend, two of three, run.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

LIMIT_RANGES: Final = 2.66
NEAR_LIMIT_RANGES: Final = 2 * LIMIT_RANGES / 3
LARGEST_RANGE: Final = 3.267
RUN_POINTS: Final = 7
NEAR_POINTS, NEAR_WINDOW = 2, 3
SETTLED_POINTS: Final = 12
"""With fewer, limits are provisional."""
ROUNDING: Final = 1e-12

Better = Literal["up", "down"]
Cause = Literal[
    "", "above the upper limit", "below the lower limit", "rising trend", "falling trend", "near the upper limit",
    "near the lower limit", "run above the mean", "run below the mean",
]  # fmt: skip
Kind = Literal["common", "improvement", "concern", "high", "low"]
Assurance = Literal["met", "missed", "hit and miss"]

UPWARD: Final = ("above the upper limit", "rising trend", "near the upper limit", "run above the mean")
VARIATION_WORDS: Final[dict[Kind, str]] = {
    "common": "Common cause variation",
    "improvement": "Special cause improvement",
    "concern": "Special cause concern",
    "high": "Special cause, high",
    "low": "Special cause, low",
}
ASSURANCE_WORDS: Final[dict[Assurance, str]] = {
    "met": "the target will be met consistently",
    "missed": "the target will be missed consistently",
    "hit and miss": "the target will be hit and missed at random",
}


class Limits(NamedTuple):
    """What a stable process stays within: its mean, process limits, and the mean and upper limit of moving ranges."""

    mean: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float
    mean_range: float
    upper_range: float


class Point(NamedTuple):
    """One value: its moving range (None for the first of a period), the limits of its period, and what it signals."""

    value: float
    moving_range: float | None
    period: int
    limits: Limits
    cause: Cause
    kind: Kind


def assess(
    values: Sequence[float], *, starts: Sequence[int] = (), better: Better | None = "up", screen: bool = True
) -> list[Point]:
    """Every value with its limits and what it signals.

    Parameters
    ----------
    starts
        Places at which limits begin anew because the process is known to have changed (rebased); a place before the
        first value or after the last begins nothing.
    better
        The direction of improvement; None where neither is.
    screen
        Leave moving ranges out of the limits that are far above their mean.
    """
    edges = [0, *sorted({start for start in starts if 0 < start < len(values)}), len(values)]
    points: list[Point] = []
    for period, (begin, end) in enumerate(itertools.pairwise(edges)):
        own = values[begin:end]
        limits = find_limits(own, screen=screen)
        ranges = [None, *moving_ranges(own)]
        for value, moved, cause in zip(own, ranges, find_causes(own, limits), strict=True):
            points.append(Point(value, moved, period, limits, cause, kind_of(cause, better)))
    return points


def moving_ranges(values: Sequence[float]) -> list[float]:
    """How far each value is from the one before."""
    return [abs(after - before) for before, after in itertools.pairwise(values)]


def find_limits(values: Sequence[float], *, screen: bool = True) -> Limits:
    """Mean and process limits of one period: mean +- 2.66 x mean moving range."""
    mean = math.fsum(values) / len(values)
    ranges = moving_ranges(values)
    mean_range = _mean(ranges)
    if screen:
        mean_range = _mean([moved for moved in ranges if moved < LARGEST_RANGE * mean_range])
    far, near = LIMIT_RANGES * mean_range, NEAR_LIMIT_RANGES * mean_range
    return Limits(
        mean, mean - far, mean + far, mean - near, mean + near, mean_range, LARGEST_RANGE * mean_range
    )  # fmt: skip


def find_causes(values: Sequence[float], limits: Limits) -> list[Cause]:
    """What makes each value of a period a special cause; empty for common cause variation.

    Outside a process limit before a trend of seven, before two of three near a limit, before seven on one side.
    """
    sides = [_side(value, limits.mean) for value in values]
    outside = [
        (value > limits.upper and not _same(value, limits.upper))
        or (value < limits.lower and not _same(value, limits.lower))
        for value in values
    ]
    near = [
        not out and (value > limits.near_upper or value < limits.near_lower)
        for value, out in zip(values, outside, strict=True)
    ]
    trends, pairs, runs = _trends(values), _near_pairs(near, sides), _runs(sides)
    causes: list[Cause] = []
    for place, side in enumerate(sides):
        if outside[place]:
            causes.append("above the upper limit" if side > 0 else "below the lower limit")
        elif trends[place]:
            causes.append("rising trend" if trends[place] > 0 else "falling trend")
        elif pairs[place]:
            causes.append("near the upper limit" if side > 0 else "near the lower limit")
        elif runs[place]:
            causes.append("run above the mean" if side > 0 else "run below the mean")
        else:
            causes.append("")
    return causes


def kind_of(cause: Cause, better: Better | None) -> Kind:
    """Whether a cause is an improvement or a concern; high or low where neither direction is wanted."""
    if not cause:
        return "common"
    is_up = cause in UPWARD
    if better is None:
        return "high" if is_up else "low"
    return "improvement" if is_up == (better == "up") else "concern"


def assurance(limits: Limits, target: float, better: Better) -> Assurance:
    """Whether a process left alone will meet a target: always, never, or now and then."""
    if target > limits.upper:
        return "missed" if better == "up" else "met"
    if target < limits.lower:
        return "met" if better == "up" else "missed"
    return "hit and miss"


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers) if numbers else 0.0


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=ROUNDING, abs_tol=ROUNDING * max(abs(one), abs(other)))


def _side(value: float, mean: float) -> int:
    """1 above the mean, -1 below, 0 on it."""
    return 0 if _same(value, mean) else 1 if value > mean else -1


def _runs(sides: Sequence[int]) -> list[bool]:
    """Which points are among seven or more in a row on one side of the mean."""
    found = [False] * len(sides)
    for first in range(len(sides) - RUN_POINTS + 1):
        window = sides[first : first + RUN_POINTS]
        if window[0] != 0 and len(set(window)) == 1:
            found[first : first + RUN_POINTS] = [True] * RUN_POINTS
    return found


def _trends(values: Sequence[float]) -> list[int]:
    """Which points are among seven or more in a row that rise (1) or fall (-1).

    A point where a fall turns into a rise, in both, goes with what comes after it.
    """
    steps = [_side(after, before) for before, after in itertools.pairwise(values)]
    found = [0] * len(values)
    for first in range(len(values) - RUN_POINTS + 1):
        window = steps[first : first + RUN_POINTS - 1]
        if window[0] != 0 and len(set(window)) == 1:
            found[first : first + RUN_POINTS] = [window[0]] * RUN_POINTS
    return found


def _near_pairs(near: Sequence[bool], sides: Sequence[int]) -> list[bool]:
    """Which points are one of two near a limit among three in a row, all three on that side of the mean."""
    found = [False] * len(near)
    for first in range(len(near) - NEAR_WINDOW + 1):
        window = range(first, first + NEAR_WINDOW)
        one_side = abs(sum(sides[place] for place in window)) == NEAR_WINDOW
        if one_side and sum(near[place] for place in window) >= NEAR_POINTS:
            for place in window:
                found[place] = found[place] or near[place]
    return found

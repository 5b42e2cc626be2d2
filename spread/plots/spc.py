"""An XmR chart by the rules and in the colours of NHS England's Making Data Count: values, then their moving ranges.

Improvement is a blue diamond, concern an orange square, common cause a grey circle: shape as well as colour. The rules
are in `spread.outcomes.process_limits`.

Source of the colours: NHSRplotthedots 0.2.2, "standardised with the Making Data Count team".
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import pandas as pd
import seaborn as sns
from matplotlib import dates as calendar
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread import errors
from spread.outcomes import process_limits
from spread.plots import date_axis, markers, sheet, theme, wording

IMPROVEMENT, CONCERN, COMMON, NEUTRAL, TARGET = "#00B0F0", "#E46C0A", "#A6A6A6", "#490092", "#DE1B1B"
LIMIT = "#6E6E6E"  # grey that can be read as text
LOOKS: Final[dict[process_limits.Kind, markers.Marker]] = {
    "common": markers.Marker("o", COMMON, LIMIT, "common cause"),
    "improvement": markers.Marker("D", IMPROVEMENT, theme.INK, "special cause improvement"),
    "concern": markers.Marker("s", CONCERN, theme.INK, "special cause concern"),
    "high": markers.Marker("^", NEUTRAL, NEUTRAL, "special cause, high"),
    "low": markers.Marker("v", NEUTRAL, NEUTRAL, "special cause, low"),
}
LIMIT_DASHES = (0, (4, 2.5))
TARGET_DASHES = (0, (1.2, 1.6))
LEFT, RIGHT = 0.85, 1.9
HEIGHT, RANGE_HEIGHT = 3.1, 1.35
MARGIN = 0.06  # of the height, above the highest and below the lowest
LEAST_POINTS = 3
LONG_GAP = 2.5
DOT, SMALL_DOT, MOST_LARGE = 7.0, 4.0, 70
LINE = sheet.line_height(theme.SMALL_SIZE)


@dataclass(frozen=True, slots=True)
class Series:
    """Values in order of time: what they are, and what one wants of them.

    `starts` are days on which the process is known to have changed, so that limits begin anew; `better` the direction
    of improvement (None: neither); `is_share` values between 0 and 1, shown as percentages.
    """

    title: str
    unit: str
    days: tuple[date, ...]
    values: tuple[float, ...]
    source: str
    is_share: bool = True
    better: process_limits.Better | None = "up"
    target: float | None = None
    starts: tuple[date, ...] = field(default=())


def plot_spc(series: Series) -> Figure:
    """Draw the X chart and the moving range chart.

    Raises
    ------
    InputError
        When there are too few values for limits.
    """
    points = assess(series)
    with theme.style():
        shown = markers_of(series, points)
        key = markers.height_of(shown)
        figure, (above, below) = sheet.build_sheet(
            [
                sheet.Row(height=HEIGHT, left=LEFT, right=RIGHT, above=key + 0.3, below=0.42),
                sheet.Row(height=RANGE_HEIGHT, left=LEFT, right=RIGHT, above=0.42, below=0.42),
            ],
            title=make_title(series, points), subtitle=make_subtitle(series, points),
            caption=make_caption(series, points), key=[],
        )  # fmt: skip
        _, _, _, top = sheet.frame_of(above)
        markers.draw_key(figure, shown, top=top + key + 0.24)
        _draw_values(figure, above, series, points)
        _draw_ranges(figure, below, series, points)
        return figure


def tabulate_spc(series: Series) -> pd.DataFrame:
    """List every value with its limits and what it signals."""
    rows: list[dict[str, Any]] = [
        {
            "date": pd.Timestamp(day),
            "value": point.value,
            "mean": point.limits.mean,
            "lower_limit": point.limits.lower,
            "upper_limit": point.limits.upper,
            "moving_range": point.moving_range,
            "mean_moving_range": point.limits.mean_range,
            "upper_limit_of_ranges": point.limits.upper_range,
            "period": point.period + 1,
            "cause": point.cause or "common cause",
            "kind": point.kind,
        }
        for day, point in zip(series.days, assess(series), strict=True)
    ]
    return pd.DataFrame(rows)


def describe_spc(series: Series) -> str:
    """Say in words what `plot_spc` shows."""
    points = assess(series)
    limits = points[-1].limits
    said = [
        f"{make_title(series, points)}. XmR chart with its moving ranges. {make_subtitle(series, points)}.",
        f"{len(points)} values from {wording.say_date(series.days[0])} to {wording.say_date(series.days[-1])}; "
        f"mean {say_value(series, limits.mean)}, process limits {say_value(series, limits.lower)} to "
        f"{say_value(series, limits.upper)}, mean moving range {say_value(series, limits.mean_range)}.",
    ]
    for day, point in zip(series.days, points, strict=True):
        if point.cause:
            said.append(f"{wording.say_date(day)}: {say_value(series, point.value)}, {point.cause} ({point.kind}).")
    return " ".join([*said, make_caption(series, points)])


def assess(series: Series) -> list[process_limits.Point]:
    """The values against their limits.

    Raises
    ------
    InputError
        When there are too few.
    """
    if len(series.values) < LEAST_POINTS:
        message = f"{series.title} has {len(series.values)} values; an XmR chart needs {LEAST_POINTS} or more"
        raise errors.InputError(errors.Fault(message))
    return process_limits.assess(series.values, starts=places_of(series), better=series.better)


def places_of(series: Series) -> list[int]:
    """Where limits begin anew: at the first value on or after each day named."""
    return [sum(day < start for day in series.days) for start in series.starts]


# --- in words -------------------------------------------------------------------------------------


def make_title(series: Series, points: Sequence[process_limits.Point]) -> str:
    """State the variation of the last value, in ten words or fewer."""
    words = process_limits.VARIATION_WORDS[points[-1].kind]
    only = " only" if points[-1].kind == "common" else ""
    return f"{words}{only}, {wording.say_month(series.days[-1])}"


def make_subtitle(series: Series, points: Sequence[process_limits.Point]) -> str:
    """Say what is measured, and what the process will do about the target."""
    parts = [f"{series.title}: {series.unit}" if series.unit else series.title]
    better = {"up": "More is better", "down": "Less is better", None: "Neither direction is wanted"}[series.better]
    parts.append(better)
    if points[-1].cause:
        parts.append(f"Last value: {points[-1].cause}")
    if series.target is not None and series.better is not None:
        assured = process_limits.assurance(points[-1].limits, series.target, series.better)
        target = say_value(series, series.target)
        parts.append(f"Left as it is, {process_limits.ASSURANCE_WORDS[assured]} ({target})")
    return ". ".join(parts)


def make_caption(series: Series, points: Sequence[process_limits.Point]) -> str:
    """Say where it comes from and by which rules."""
    notes = [
        series.source,
        "XmR chart by the rules of Making Data Count (NHS England): limits mean ± 2.66 x mean moving range, moving "
        "ranges of 3.267 times their mean and more left out; special cause: outside a limit, seven in a row on one "
        "side of the mean or all rising or falling, two of three near a limit.",
    ]
    last = [point for point in points if point.period == points[-1].period]
    if len(last) < process_limits.SETTLED_POINTS:
        notes.append(f"Fewer than {process_limits.SETTLED_POINTS} values: the limits are provisional.")
    if not _is_even(series.days):
        notes.append("The values are not evenly spaced in time.")
    return " ".join(notes)


def _is_even(days: Sequence[date]) -> bool:
    gaps = [(after - before).days for before, after in itertools.pairwise(days)]
    return max(gaps) <= 1.3 * min(gaps)


def say_value(series: Series, value: float) -> str:
    """A value as readers know it."""
    return (
        f"{100 * value:.3g}{wording.NO_BREAK}%"
        if series.is_share
        else f"{value:,.3g}"
        if abs(value) < 1000
        else (f"{value:,.0f}")
    )


def markers_of(series: Series, points: Sequence[process_limits.Point]) -> list[markers.Marker]:
    """The key: the kinds of points there are, and the lines."""
    seen = {point.kind for point in points}
    shown = [marker for kind, marker in LOOKS.items() if kind in seen]
    shown += [markers.Marker("", "", theme.INK, "mean", line="-"), markers.Marker("", "", LIMIT, "process limits",
                                                                                  line="--")]  # fmt: skip
    return [*shown, markers.Marker("", "", TARGET, "target", line=":")] if series.target is not None else shown


# --- drawing --------------------------------------------------------------------------------------


def _draw_values(figure: Figure, axes: Axes, series: Series, points: Sequence[process_limits.Point]) -> None:
    days = [calendar.date2num(day) for day in series.days]
    date_axis.set_dates(axes, *_span(days))
    for begin, end in _periods(points):
        limits = points[begin].limits
        xs = [days[begin], days[end - 1]]
        axes.plot(xs, [limits.mean] * 2, color=theme.INK, linewidth=1.6, zorder=2)
        for level in (limits.lower, limits.upper):
            axes.plot(xs, [level] * 2, color=LIMIT, linewidth=1.3, linestyle=LIMIT_DASHES, zorder=2)
        own = list(zip(days[begin:end], [point.value for point in points[begin:end]], strict=True))
        for stretch in _stretches(own, days):
            axes.plot(*zip(*stretch, strict=True), color=COMMON, linewidth=1.4, zorder=3)
    if series.target is not None:
        axes.plot(_span(days), [series.target] * 2, color=TARGET, linewidth=1.8, linestyle=TARGET_DASHES, zorder=2)
    _draw_points(axes, days, [point.value for point in points], [point.kind for point in points])
    levels = [level for point in points for level in (point.value, point.limits.lower, point.limits.upper)]
    _set_values(axes, series, [*levels, *([] if series.target is None else [series.target])])
    last = points[-1].limits
    labels = [("Mean", last.mean, theme.INK), ("Upper limit", last.upper, LIMIT), ("Lower limit", last.lower, LIMIT)]
    if series.target is not None:
        labels.append(("Target", series.target, TARGET))
    if last.mean_range == 0.0:
        labels = [label for label in labels if label[0] not in ("Upper limit", "Lower limit")]
    sheet.label_right(
        figure, axes,
        [sheet.SideLabel(level, colour, (f"{words} {say_value(series, level)}",)) for words, level, colour in labels],
    )  # fmt: skip


def _draw_ranges(figure: Figure, axes: Axes, series: Series, points: Sequence[process_limits.Point]) -> None:
    days = [calendar.date2num(day) for day in series.days]
    date_axis.set_dates(axes, *_span(days))
    for begin, end in _periods(points):
        limits = points[begin].limits
        xs = [days[begin], days[end - 1]]
        axes.plot(xs, [limits.mean_range] * 2, color=theme.INK, linewidth=1.4, zorder=2)
        axes.plot(xs, [limits.upper_range] * 2, color=LIMIT, linewidth=1.2, linestyle=LIMIT_DASHES, zorder=2)
        own = [(day, point.moving_range) for day, point in zip(days[begin:end], points[begin:end], strict=True)]
        moved = [(day, value) for day, value in own if value is not None]
        size = _dot(len(points)) * 0.7
        for stretch in _stretches(moved, days):
            axes.plot(*zip(*stretch, strict=True), color=COMMON, linewidth=1.2, zorder=3, marker="o", markersize=size,
                      markeredgecolor=LIMIT, markeredgewidth=0.5)  # fmt: skip
    ranges = [point.moving_range or 0.0 for point in points]
    _set_values(axes, series, [0.0, *ranges, *(point.limits.upper_range for point in points)], lowest=0.0)
    _, _, _, top = sheet.frame_of(axes)
    sheet.write_text(figure, sheet.EDGE, top + 0.26, "Moving range: how far each value is from the one before",
                     bold=True)  # fmt: skip
    last = points[-1].limits
    if last.mean_range > 0:
        sheet.label_right(
            figure, axes,
            [
                sheet.SideLabel(last.mean_range, theme.INK, (f"Mean {say_value(series, last.mean_range)}",)),
                sheet.SideLabel(last.upper_range, LIMIT, (f"Upper limit {say_value(series, last.upper_range)}",)),
            ],
        )  # fmt: skip


def _stretches(points: Sequence[tuple[float, float]], days: Sequence[float]) -> list[list[tuple[float, float]]]:
    """Points that a line may join: none across a gap much longer than is usual."""
    gaps = sorted(after - before for before, after in itertools.pairwise(days))
    longest = LONG_GAP * gaps[len(gaps) // 2]
    found: list[list[tuple[float, float]]] = []
    for point in points:
        if not found or point[0] - found[-1][-1][0] > longest:
            found.append([])
        found[-1].append(point)
    return found


def _draw_points(
    axes: Axes, days: Sequence[float], values: Sequence[float], kinds: Sequence[process_limits.Kind]
) -> None:
    size = _dot(len(values))
    for kind, look in LOOKS.items():
        chosen = [(day, value) for day, value, own in zip(days, values, kinds, strict=True) if own == kind]
        axes.plot([day for day, _ in chosen], [value for _, value in chosen], linestyle="none", marker=look.shape,
                  markersize=size, markerfacecolor=look.face, markeredgecolor=look.edge, markeredgewidth=0.6,
                  zorder=4, clip_on=False)  # fmt: skip


def _dot(count: int) -> float:
    return DOT if count <= MOST_LARGE else SMALL_DOT


def _span(days: Sequence[float]) -> tuple[float, float]:
    margin = max(1.0, 0.015 * (days[-1] - days[0]))
    return days[0] - margin, days[-1] + margin


def _set_values(axes: Axes, series: Series, levels: Sequence[float], *, lowest: float | None = None) -> None:
    low, high = min(levels), max(levels)
    room = MARGIN * (high - low) or abs(high) * MARGIN or MARGIN
    bottom, top = low - room if lowest is None else lowest, high + room
    marks = ticker.MaxNLocator(6 if lowest is None else 3).tick_values(bottom, top)
    inside = [float(mark) for mark in marks if bottom <= mark <= top]
    axes.set_ylim(bottom, top)
    axes.set_yticks(inside, [say_value(series, mark) for mark in inside])
    axes.tick_params(axis="x", pad=7)
    axes.grid(axis="y")
    sns.despine(ax=axes)


def _periods(points: Sequence[process_limits.Point]) -> list[tuple[int, int]]:
    starts = [place for place, point in enumerate(points) if place == 0 or point.period != points[place - 1].period]
    return list(zip(starts, [*starts[1:], len(points)], strict=True))

"""What figures over time share: the scales, and the deadlines, targets and milestones drawn on them."""

from collections.abc import Sequence

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread.plots import curve_words as words
from spread.plots import series as shares
from spread.plots import sheet, theme, wording

LEFT, RIGHT = 0.75, 1.8  # inches beside a panel as wide as the sheet: percentages, and labels at line ends
LINE = sheet.line_height(theme.SMALL_SIZE)
DATE_LABEL_WIDTH = 0.55
TICK_STEPS = (1, 2, 4, 8, 12, 20, 40, 80)  # quarters
LONE_DATE_MARGIN_DAYS = 60.0
EDGE_SHARE = 0.12  # words go above a point lower than this


Span = tuple[pd.Timestamp, pd.Timestamp]
"""A first and a last day."""


def set_scales(axes: Axes, dates: Span, *, marks: int = 6) -> None:
    """Set a panel's days and its shares from 0 to 100 %, with so many percentages."""
    first, last = (mdates.date2num(day) for day in dates)
    margin = LONE_DATE_MARGIN_DAYS if first == last else 0.0
    left, _, right, _ = sheet.frame_of(axes)
    days = choose_ticks(*dates, room=int((right - left) / DATE_LABEL_WIDTH))
    axes.set_xticks([mdates.date2num(day) for day in days], _label_ticks(days))
    axes.set_xlim(first - margin, last + margin)
    levels = np.linspace(0.0, 1.0, marks)
    axes.set_yticks(levels, [wording.say_percent(level) for level in levels])
    axes.set_ylim(0.0, 1.0)
    axes.grid(axis="y")
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)


def choose_ticks(first: pd.Timestamp, last: pd.Timestamp, *, room: int) -> list[pd.Timestamp]:
    """Quarter ends from first to last, so few that as many labels as there is room for suffice."""
    quarters = list(pd.date_range(first, last, freq="QE"))
    if not quarters:
        return [first]
    step = next((step for step in TICK_STEPS if len(quarters) <= step * room), TICK_STEPS[-1])
    # counted from March, so that wide steps fall on the end of the financial year
    return [day for day in quarters if (day.year * 4 + (day.month - 3) // 3) % step == 0] or quarters[:1]


def _label_ticks(days: Sequence[pd.Timestamp]) -> list[str]:
    years = [None, *(day.year for day in days)]
    months = [wording.MONTHS[day.month - 1][:3] for day in days]
    return [
        f"{month}\n{day.year if day.year != before else ''}"
        for month, day, before in zip(months, days, years, strict=False)
    ]


def place_deadlines(series: Sequence[shares.Series], dates: Span) -> list[tuple[pd.Timestamp, float, float, list[str]]]:
    """Give each deadline its day, the foot of its words above the panel, their middle, and the words.

    Words stand over their line; two deadlines point away from each other; what would still touch goes a row up.
    """
    days = words.deadlines_of(series)
    first, last = (mdates.date2num(day) for day in dates)
    scale = (sheet.WIDTH - LEFT - RIGHT) / ((last - first) or 1.0)
    placed: list[tuple[pd.Timestamp, float, float, list[str]]] = []
    edges: list[float] = []
    for number, day in enumerate(reversed(days)):
        lines = _deadline_lines(series, day)
        half = max(theme.measure_text(line, size=theme.SMALL_SIZE, bold=True) for line in lines) / 2 + 0.05
        x = LEFT + (mdates.date2num(day) - first) * scale if last > first else (LEFT + sheet.WIDTH - RIGHT) / 2
        x += 0.0 if len(days) != 2 else half if number == 0 else -half
        middle = min(max(x, sheet.EDGE + half), sheet.WIDTH - sheet.EDGE / 2 - half)
        level = next((row for row, edge in enumerate(edges) if middle + half <= edge), len(edges))
        edges[level : level + 1] = [middle - half]
        placed.append((day, 0.06 + level * (2 * LINE + 0.06), middle, lines))
    return placed[::-1]


def _deadline_lines(series: Sequence[shares.Series], day: pd.Timestamp) -> list[str]:
    lines = [f"Deadline {day.day} {wording.say_short_month(day)}"]
    due = {target for one in series for target in one.targets if target.deadline == day}
    chances = [target.chance for target in due if target.chance is not None]
    return [*lines, f"{wording.say_chance(chances[0])} chance"] if len(chances) == 1 else lines


def draw_deadline(
    figure: Figure, axes: Axes, *, day: pd.Timestamp, base: float, middle: float, lines: Sequence[str]
) -> None:
    """Draw the line of a deadline up to its words, which stand over the panel."""
    _, bottom, _, top = sheet.frame_of(axes)
    reach = 1.0 + base / (top - bottom)
    axes.plot([mdates.date2num(day)] * 2, [0.0, reach], transform=axes.get_xaxis_transform(), color=theme.INK,
              linewidth=1.2, clip_on=False, zorder=2.4)  # fmt: skip
    for number, line in enumerate(reversed(lines)):
        y = top + base + (number + 0.5) * LINE
        sheet.write_text(figure, middle, y, line, align="center", bold=number == len(lines) - 1, backed=True)


def draw_aims(axes: Axes, series: Sequence[shares.Series]) -> None:
    """Draw targets as dashes across the panel, and milestones as marks with their share beside them."""
    for share in words.thresholds_of(series):
        axes.axhline(share, color=theme.DARK_GREY, linewidth=1.4, linestyle=sheet.TARGET_DASHES, zorder=2.5)
    for day, share in words.milestones_of(series):
        x = mdates.date2num(day)
        axes.plot([x], [share], marker="D", markersize=7, markerfacecolor="white", markeredgecolor=theme.INK,
                  markeredgewidth=1.5, linestyle="none", clip_on=False, zorder=4)  # fmt: skip
        write_near(axes, x, share, wording.say_percent(share), above=share < 1 - EDGE_SHARE)


def write_near(axes: Axes, x: float, y: float, text: str, *, above: bool) -> None:
    """Write a few words right of a point, above or below it."""
    axes.annotate(
        text, (x, y), xytext=(8, 11 if above else -13), textcoords="offset points", va="center", zorder=6,
        fontsize=theme.SMALL_SIZE, fontweight="bold", parse_math=False, annotation_clip=False,
        bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.75},
    )  # fmt: skip

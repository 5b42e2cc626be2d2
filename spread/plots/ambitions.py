"""Each ambition at its deadline: the projected share against the target, and the chance of meeting it."""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread import errors
from spread.plots import ambition_rows as aims
from spread.plots import data as tables
from spread.plots import sheet, theme, wording

LEFT = 2.75
RIGHT = 2.05  # "(under 1 to over 9 in 10)"
GUTTER = 0.15  # between the panel and the columns beside it
LINE = sheet.line_height(theme.SMALL_SIZE)
ROW_PADDING = 0.2
COLLABORATIVE_ROW = 0.29
NARROW_BAR, WIDE_BAR = 3.5, 9.0  # points
NARROW_TINT, WIDE_TINT = 0.4, 0.7
PANEL_HEAD_FOOT = 0.4  # inches above the panel, over the heads of its columns
TARGET_HALF = 0.17  # inches
MOST_TITLE_LINES = 3


def plot_ambitions(
    data: tables.PlotData,
    *,
    by: Literal["psc"] | None = None,
    ambition: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
) -> Figure:
    """Draw one row per ambition and deadline: dot, bars of 80 and 95 % of runs, target, and the chance in words.

    Parameters
    ----------
    by
        ``psc`` adds a panel of the collaboratives, furthest first, for one ambition at its last deadline.
    ambition
        Only this ambition; with `by` and None, the first.
    group
        Group kind and group; a scope of ``ambitions.csv``.
    for_label
        What readers call the group.

    Raises
    ------
    InputError
        No such ambition, or none is assessed for that group or by PSC.
    """
    with theme.style():
        rows, collaboratives = _choose_rows(data, by=by, ambition=ambition, group=group, for_label=for_label)
        figure, panels = _build_sheet(data, rows, collaboratives)
        _draw_ambitions(figure, panels[0], rows)
        if collaboratives:
            _draw_collaboratives(figure, panels[1], collaboratives, whole=_whole_of(rows, collaboratives))
        return figure


def tabulate_ambitions(
    data: tables.PlotData,
    *,
    by: Literal["psc"] | None = None,
    ambition: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
) -> pd.DataFrame:
    """List the numbers of `plot_ambitions`, one line per row of the figure."""
    rows, collaboratives = _choose_rows(data, by=by, ambition=ambition, group=group, for_label=for_label)
    return aims.tabulate([*rows, *collaboratives])


def describe_ambitions(
    data: tables.PlotData,
    *,
    by: Literal["psc"] | None = None,
    ambition: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
) -> str:
    """Say in words what `plot_ambitions` shows."""
    rows, collaboratives = _choose_rows(data, by=by, ambition=ambition, group=group, for_label=for_label)
    return aims.describe(rows, collaboratives, _make_caption(data, [*rows, *collaboratives]))


def _choose_rows(
    data: tables.PlotData, *, by: str | None, ambition: str | None, group: tuple[str, str], for_label: str | None
) -> tuple[list[aims.AimRow], list[aims.AimRow]]:
    rows = aims.list_rows(data, group=group, for_label=for_label)
    known = [row.target.ambition for row in rows]
    if ambition is not None and ambition not in known:
        hint = errors.did_you_mean(ambition, known) or f"; known: {', '.join(dict.fromkeys(known))}"
        raise errors.InputError(errors.Fault(f"no ambition '{ambition}' in the results{hint}"))
    rows = [row for row in rows if ambition in (None, row.target.ambition)]
    if by is None:
        return rows, []
    chosen = next(row for row in aims.current_of(rows) if row.target.ambition == rows[0].target.ambition).target
    return rows, aims.list_collaboratives(data, chosen.ambition, chosen.deadline)


def _whole_of(rows: Sequence[aims.AimRow], collaboratives: Sequence[aims.AimRow]) -> aims.AimRow:
    target = collaboratives[0].target
    return next(row for row in rows if (row.target.ambition, row.target.deadline) == (target.ambition, target.deadline))


def _build_sheet(
    data: tables.PlotData, rows: Sequence[aims.AimRow], collaboratives: Sequence[aims.AimRow]
) -> tuple[Figure, list[Axes]]:
    places = [sheet.Row(height=sum(_heights_of(rows)), left=LEFT, right=RIGHT, above=0.42, below=0.4)]
    if collaboratives:
        height = COLLABORATIVE_ROW * len(collaboratives)
        heads = _panel_heads(_whole_of(rows, collaboratives))
        above = PANEL_HEAD_FOOT + len(heads) * sheet.line_height(theme.TEXT_SIZE) + ROW_PADDING
        places.append(sheet.Row(height=height, left=LEFT, right=RIGHT, above=above, below=0.4))
    every = [*rows, *collaboratives]
    return sheet.build_sheet(
        places,
        title=aims.make_title(rows, collaboratives),
        subtitle=aims.make_subtitle(rows),
        caption=_make_caption(data, every),
        key=_make_key(every),
    )


def _make_caption(data: tables.PlotData, rows: Sequence[aims.AimRow]) -> str:
    caption = tables.make_caption(data, [row.target.ambition for row in rows])
    if any(not math.isnan(row.chance_range[0]) for row in rows):
        caption += f" In brackets: the chance under the middle {wording.say_percent(0.8)} of parameter sets."
    if any(math.isnan(row.shares["q10"]) and not math.isnan(row.shares["q05"]) for row in rows):
        caption += f" A narrow bar without a wide one holds {wording.say_percent(0.9)} of runs."
    return caption


def _make_key(rows: Sequence[aims.AimRow]) -> list[sheet.KeyEntry]:
    blue = theme.DARK_BLUE
    key = [sheet.KeyEntry("dot", "middle run", blue)]
    if any(row.shares["q90"] > row.shares["q10"] for row in rows):
        key.append(sheet.KeyEntry("band", wording.say_percent(0.8), theme.tint(blue, WIDE_TINT)))
        key.append(sheet.KeyEntry("bar", f"{wording.say_percent(0.95)} of runs", theme.tint(blue, NARROW_TINT)))
    if any(row.target.threshold is not None for row in rows):
        key.append(sheet.KeyEntry("target", "target", theme.DARK_PINK))
    if any(not math.isnan(row.now) for row in rows):
        key.append(sheet.KeyEntry("ring", "observed at the start", theme.INK))
    return key


def _heights_of(rows: Sequence[aims.AimRow]) -> list[float]:
    return [max(len(_title_lines(row)) + len(_detail_lines(row)), 2) * LINE + ROW_PADDING for row in rows]


def _panel_heads(whole: aims.AimRow) -> list[str]:
    """Name the ambition over its collaboratives; its deadline too, unless the name says it."""
    target = whole.target
    stated = wording.say_month(target.deadline) in target.title
    words = target.title if stated else f"{target.title}, by {wording.say_date(target.deadline)}"
    return theme.wrap_text(words, sheet.WIDTH - 2 * sheet.EDGE, bold=True, lines=2)


def _title_lines(row: aims.AimRow) -> list[str]:
    room = LEFT - sheet.EDGE - GUTTER
    return theme.wrap_text(row.target.title, room, size=theme.SMALL_SIZE, bold=True, lines=MOST_TITLE_LINES)


def _detail_lines(row: aims.AimRow) -> list[str]:
    room = LEFT - sheet.EDGE - GUTTER
    details = theme.wrap_text(row.detail, room, size=theme.SMALL_SIZE, lines=2) if row.detail else []
    return [*details, f"by {wording.say_date(row.target.deadline)}"]


def _draw_ambitions(figure: Figure, axes: Axes, rows: Sequence[aims.AimRow]) -> None:
    heights = _heights_of(rows)
    total = sum(heights)
    _set_scales(axes, total)
    _write_heads(figure, axes, "Ambition")
    _, bottom, right, _ = sheet.frame_of(axes)
    level = total
    for row, height in zip(rows, heights, strict=True):
        middle = level - height / 2
        _draw_row(axes, row, middle)
        heads, details = _title_lines(row), _detail_lines(row)
        first = bottom + middle + (len(heads) + len(details) - 1) * LINE / 2
        for number, line in enumerate([*heads, *details]):
            bold = number < len(heads)
            sheet.write_text(figure, sheet.EDGE, first - number * LINE, line, bold=bold)
        _write_chance(figure, right + GUTTER, bottom + middle, row)
        level -= height
        if level > LINE:
            axes.axhline(level, color=theme.GRID, linewidth=0.8)


def _draw_collaboratives(figure: Figure, axes: Axes, rows: Sequence[aims.AimRow], *, whole: aims.AimRow) -> None:
    total = COLLABORATIVE_ROW * len(rows)
    _set_scales(axes, total)
    _, bottom, right, top = sheet.frame_of(axes)
    for number, line in enumerate(reversed(_panel_heads(whole))):
        y = top + PANEL_HEAD_FOOT + (number + 0.5) * sheet.line_height(theme.TEXT_SIZE)
        sheet.write_text(figure, sheet.EDGE, y, line, size=theme.TEXT_SIZE, bold=True)
    _write_heads(figure, axes, "Collaborative", middle=False)
    _draw_whole(figure, axes, whole)
    for number, row in enumerate(rows):
        middle = total - (number + 0.5) * COLLABORATIVE_ROW
        _draw_row(axes, row, middle)
        name = theme.wrap_text(row.place, LEFT - sheet.EDGE - GUTTER, size=theme.SMALL_SIZE, lines=1)[0]
        sheet.write_text(figure, sheet.EDGE, bottom + middle, name)
        sheet.write_text(figure, right + GUTTER, bottom + middle, _say_chance(row))


def _draw_whole(figure: Figure, axes: Axes, whole: aims.AimRow) -> None:
    """Draw the whole country as a line through its collaboratives, named above it."""
    share = whole.shares["q50"]
    if math.isnan(share):
        return
    axes.axvline(share, color=theme.INK, linewidth=1.2, zorder=1.2)
    x, top = sheet.place_of(axes, share, axes.get_ylim()[1])
    words = f"{whole.place} {wording.say_projected(share)}"
    half = theme.measure_text(words, size=theme.SMALL_SIZE, bold=True) / 2
    left, _, right, _ = sheet.frame_of(axes)
    x = min(max(x, left + half), right - half)
    sheet.write_text(figure, x, top + 0.06 + LINE / 2, words, bold=True, align="center")


def _set_scales(axes: Axes, total: float) -> None:
    axes.set_ylim(0.0, total)
    axes.set_yticks([])
    marks = np.linspace(0.0, 1.0, 5)
    axes.set_xticks(marks, [wording.say_percent(mark) for mark in marks])
    axes.set_xlim(0.0, 1.0)
    axes.grid(axis="x")
    sns.despine(ax=axes, left=True)


def _write_heads(figure: Figure, axes: Axes, first: str, *, middle: bool = True) -> None:
    left, _, right, top = sheet.frame_of(axes)
    y = top + 0.06 + LINE / 2
    sheet.write_text(figure, sheet.EDGE, y, first, colour=theme.QUIET)
    if middle:
        sheet.write_text(figure, left, y, "Share at the deadline", colour=theme.QUIET)
    sheet.write_text(figure, right + GUTTER, y, "Chance of target", colour=theme.QUIET)


def _draw_row(axes: Axes, row: aims.AimRow, y: float) -> None:
    shares = row.shares
    blue = theme.DARK_BLUE
    outer = ("q05", "q95") if math.isnan(shares["q025"]) else ("q025", "q975")
    _draw_bar(axes, shares[outer[0]], shares[outer[1]], y, width=NARROW_BAR, colour=theme.tint(blue, NARROW_TINT))
    _draw_bar(axes, shares["q10"], shares["q90"], y, width=WIDE_BAR, colour=theme.tint(blue, WIDE_TINT))
    if row.target.threshold is not None:
        axes.plot([row.target.threshold] * 2, [y - TARGET_HALF * 0.75, y + TARGET_HALF * 0.75],
                  color=theme.DARK_PINK, linewidth=2.4, clip_on=False, zorder=3)  # fmt: skip
    _draw_dot(axes, row.now, y, face="white", edge=theme.INK, zorder=4)
    _draw_dot(axes, shares["q50"], y, face=blue, edge="white", zorder=5)


def _draw_bar(axes: Axes, low: float, high: float, y: float, *, width: float, colour: str) -> None:
    if high > low:
        axes.plot([low, high], [y, y], color=colour, linewidth=width, solid_capstyle="butt", zorder=2)


def _draw_dot(axes: Axes, share: float, y: float, *, face: str, edge: str, zorder: float) -> None:
    if not math.isnan(share):
        axes.plot([share], [y], marker="o", markersize=8.5, markerfacecolor=face, markeredgecolor=edge,
                  markeredgewidth=1.3, linestyle="none", clip_on=False, zorder=zorder)  # fmt: skip


def _write_chance(figure: Figure, x: float, y: float, row: aims.AimRow) -> None:
    span = wording.say_chance_range(*row.chance_range) if row.target.chance is not None else ""
    shift = LINE / 2 if span else 0.0
    sheet.write_text(figure, x, y + shift, _say_chance(row), size=theme.TEXT_SIZE, bold=row.target.chance is not None)
    if span:
        sheet.write_text(figure, x, y - shift, f"({span})", colour=theme.QUIET)


def _say_chance(row: aims.AimRow) -> str:
    return "not assessed" if row.target.chance is None else wording.say_chance(row.target.chance)

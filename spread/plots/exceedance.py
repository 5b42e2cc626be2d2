"""The chance of at least so many per cent: by ambition at its deadline, and how it grows from date to date."""

import math
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread.plots import data as tables
from spread.plots import exceedance_rows as rungs
from spread.plots import sheet, theme, tiles, time_scale, wording

LEFT, RIGHT = 2.05, 1.45
ROW, BAR = 0.31, 0.2
TILE = 0.34
GAP = 0.04  # between tiles
GUTTER = 0.12
HEAD = 0.3  # over a panel: what it shows
MOST_DATES = 9
NAME_ROOM = 2.55  # beside the tiles of an overview
NAME_LINES = 4
LEAST_BAR = 0.004  # of the axis, so that a chance of next to nothing is still a bar
OVERVIEW_HEADS = 0.62
LINE = sheet.line_height(theme.SMALL_SIZE)


def plot_exceedance(
    data: tables.PlotData, *, ambition: str | None = None, group: tuple[str, str] = tables.NATIONAL
) -> Figure:
    """Draw the chance of reaching each share: for one ambition in detail, for several a row of tiles each.

    Parameters
    ----------
    ambition
        Only this one.
    group
        Group kind and group; a scope of ``exceedance.csv``.

    Raises
    ------
    InputError
        No such ambition, or no such chances for that group.
    """
    with theme.style():
        ladders = rungs.list_ladders(data, group=group, ambition=ambition)
        return _draw_one(data, ladders[0], group) if len(ladders) == 1 else _draw_several(data, ladders, group)


def tabulate_exceedance(
    data: tables.PlotData, *, ambition: str | None = None, group: tuple[str, str] = tables.NATIONAL
) -> pd.DataFrame:
    """List the numbers of `plot_exceedance`, a row per ambition, date and share."""
    return rungs.tabulate(rungs.list_ladders(data, group=group, ambition=ambition))


def describe_exceedance(
    data: tables.PlotData, *, ambition: str | None = None, group: tuple[str, str] = tables.NATIONAL
) -> str:
    """Say in words what `plot_exceedance` shows."""
    ladders = rungs.list_ladders(data, group=group, ambition=ambition)
    place = tables.name_group(data, group)
    kind = "Bar chart" if len(ladders) == 1 else "Table of coloured tiles"
    told = [rungs.describe(ladder) for ladder in ladders]
    return " ".join(
        [f"{rungs.make_title(ladders)}. {kind}. {rungs.make_subtitle(ladders, place)}.", *told, _caption(data, ladders)]
    )


def _caption(data: tables.PlotData, ladders: Sequence[rungs.Ladder]) -> str:
    caption = tables.make_caption(data, [ladder.ambition for ladder in ladders])
    if any(ladder.is_each for ladder in ladders):
        caption += " Where an ambition wants several interventions one by one, all of them have to be there."
    return caption


# --- one ambition -----------------------------------------------------------------------------------


def _draw_one(data: tables.PlotData, ladder: rungs.Ladder, group: tuple[str, str]) -> Figure:
    steps = ladder.steps
    days = _choose_days(ladder)
    grid = ladder.grid[days]
    rows = [sheet.Row(height=ROW * len(steps), left=LEFT, right=RIGHT, above=HEAD + 0.1, below=0.42)]
    if len(days) > 1:
        height = (TILE + GAP) * len(grid)
        rows.append(sheet.Row(height=height, left=LEFT, right=sheet.EDGE, above=HEAD + 2 * LINE + 0.12, below=0.1))
    figure, panels = sheet.build_sheet(
        rows,
        title=rungs.make_title([ladder]),
        subtitle=rungs.make_subtitle([ladder], tables.name_group(data, group)),
        caption=_caption(data, [ladder]),
        key=[],
    )
    _draw_bars(figure, panels[0], ladder)
    if len(days) > 1:
        _draw_dates(figure, panels[1], ladder, grid)
    return figure


def _draw_bars(figure: Figure, axes: Axes, ladder: rungs.Ladder) -> None:
    steps = ladder.steps
    axes.set_ylim(0.0, ROW * len(steps))
    axes.set_yticks([])
    marks = [0.0, 0.25, 0.5, 0.75, 1.0]
    axes.set_xticks(marks, ["never", "1 in 4", "1 in 2", "3 in 4", "always"])
    axes.set_xlim(0.0, 1.0)
    axes.grid(axis="x")
    axes.spines[["top", "right", "left"]].set_visible(False)
    _, bottom, right, top = sheet.frame_of(axes)
    _write_head(figure, top, f"By the deadline, {wording.say_date(ladder.deadline)}")
    for number, step in enumerate(steps):
        y = ROW * (len(steps) - number - 0.5)
        colour = theme.DARK_BLUE if step.is_target else theme.tint(theme.DARK_BLUE, 0.5)
        axes.barh(y, max(step.chance, LEAST_BAR), height=BAR, color=colour, linewidth=0)
        words = f"{step.label} (target)" if step.is_target else step.label
        sheet.write_text(figure, sheet.EDGE, bottom + y, words, bold=step.is_target)
        said = wording.say_chance(step.chance)
        sheet.write_text(figure, right + GUTTER, bottom + y, said, bold=step.is_target)


def _draw_dates(figure: Figure, axes: Axes, ladder: rungs.Ladder, grid: pd.DataFrame) -> None:
    tiles.set_inches(axes)
    left, bottom, right, top = sheet.frame_of(axes)
    _write_head(figure, top + 2 * LINE + 0.02, "From date to date: in how many of 100 runs")
    width = (right - left) / len(grid.columns)
    for column, day in enumerate(map(pd.Timestamp, grid.columns)):
        is_due = day == ladder.deadline
        middle = left + (column + 0.5) * width
        for number, line in enumerate((str(day.year), wording.MONTHS[day.month - 1][:3])):
            sheet.write_text(figure, middle, top + 0.04 + (number + 0.5) * LINE, line, align="center", bold=is_due)
        for row, chance in enumerate(grid[day]):
            corner = (column * width, (len(grid) - 1 - row) * (TILE + GAP) + GAP)
            _draw_number(figure, axes, corner, (width - GAP, TILE), chance, marked=is_due)
    labels = {step.code: step for step in ladder.steps}
    for row, code in enumerate(grid.index):
        y = bottom + (len(grid) - row - 0.5) * (TILE + GAP) + GAP / 2
        step = labels[code]
        words = f"{step.label} (target)" if step.is_target else step.label
        sheet.write_text(figure, sheet.EDGE, y, words, bold=step.is_target)


def _draw_number(
    figure: Figure, axes: Axes, corner: tuple[float, float], size: tuple[float, float], chance: float, *,
    marked: bool = False,
) -> None:  # fmt: skip
    left, bottom, _, _ = sheet.frame_of(axes)
    colour = tiles.shade_of(chance)
    tiles.draw_tile(axes, corner, size, colour=colour, edge=theme.INK if marked else theme.GRID,
                    width=2.0 if marked else 0.8)  # fmt: skip
    x, y = left + corner[0] + size[0] / 2, bottom + corner[1] + size[1] / 2
    words = rungs.say_of_hundred(chance)
    sheet.write_text(figure, x, y, words, colour=tiles.ink_on(colour), align="center", bold=marked)


def _write_head(figure: Figure, top: float, words: str) -> None:
    sheet.write_text(figure, sheet.EDGE, top + 0.1 + LINE / 2, words, size=theme.TEXT_SIZE, bold=True)


def _choose_days(ladder: rungs.Ladder) -> list[pd.Timestamp]:
    """A few report dates, the deadlines always among them."""
    days = [pd.Timestamp(day) for day in ladder.grid.columns]
    if len(days) <= MOST_DATES:
        return days
    due = [day for day in ladder.deadlines if day in days][-MOST_DATES:]
    ticks = time_scale.choose_ticks(days[0], days[-1], room=MOST_DATES - len(due))
    return sorted({*due, *(day for day in ticks if day in days)})[-MOST_DATES:]


# --- several ----------------------------------------------------------------------------------------


def _draw_several(data: tables.PlotData, ladders: Sequence[rungs.Ladder], group: tuple[str, str]) -> Figure:
    heads = [_name_lines(ladder) for ladder in ladders]
    heights = [max(TILE, len(lines) * LINE) + 0.12 for lines in heads]
    figure, (axes,) = sheet.build_sheet(
        [sheet.Row(height=sum(heights), left=sheet.EDGE + NAME_ROOM, right=sheet.EDGE, above=OVERVIEW_HEADS,
                   below=0.08)],
        title=rungs.make_title(ladders),
        subtitle=rungs.make_subtitle(ladders, tables.name_group(data, group)),
        caption=_caption(data, ladders),
        key=[],
    )  # fmt: skip
    tiles.set_inches(axes)
    left, bottom, right, top = sheet.frame_of(axes)
    codes = list(dict.fromkeys(code for ladder in ladders for code in ladder.grid.index))
    width = (right - left) / len(codes)
    for column, code in enumerate(codes):
        for number, line in enumerate(reversed(rungs.short_label(code))):
            y = top + 0.08 + (number + 0.5) * LINE
            sheet.write_text(figure, left + (column + 0.5) * width - GAP / 2, y, line, align="center", bold=True)
    level = top
    for ladder, lines, height in zip(ladders, heads, heights, strict=True):
        _draw_row(figure, axes, ladder, codes, middle=level - height / 2 - bottom, width=width)
        for number, line in enumerate(lines):
            y = level - height / 2 + ((len(lines) - 1) / 2 - number) * LINE
            sheet.write_text(figure, sheet.EDGE, y, line)
        level -= height
    return figure


def _draw_row(
    figure: Figure, axes: Axes, ladder: rungs.Ladder, codes: Sequence[str], *, middle: float, width: float
) -> None:
    for column, code in enumerate(codes):
        chance = ladder.at_deadline(code)
        if not math.isnan(chance):
            corner = (column * width, middle - TILE / 2)
            is_target = ladder.target is not None and code == ladder.target.code
            _draw_number(figure, axes, corner, (width - GAP, TILE), chance, marked=is_target)


def _name_lines(ladder: rungs.Ladder) -> list[str]:
    """The title of an ambition, and its deadline unless the title says it."""
    stated = wording.say_month(ladder.deadline) in ladder.title
    words = ladder.title if stated else f"{ladder.title}, by {wording.say_month(ladder.deadline)}"
    return theme.wrap_text(words, NAME_ROOM - GUTTER, size=theme.SMALL_SIZE, lines=NAME_LINES)

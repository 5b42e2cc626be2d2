"""A map of the collaboratives: a tile for each, about where it lies, with its projected share and chance."""

from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread.plots import curve_words as words
from spread.plots import data as tables
from spread.plots import groups as choices
from spread.plots import sheet, theme, tiles, wording

PLACES: Final = {
    "NENC": (1, 0),
    "NWC": (0, 1), "GM": (1, 1), "YH": (2, 1),
    "WM": (1, 2), "EM": (2, 2), "EAST": (3, 2),
    "WOE": (0, 3), "OX": (1, 3), "ICHP": (2, 3), "UCLP": (3, 3),
    "SW": (0, 4), "WX": (1, 4), "HINSL": (2, 4), "KSS": (3, 4),
}  # fmt: skip
"""Column from the west and row from the north of each collaborative's tile.

Neighbours stay neighbours as far as a grid allows: London's three lie together in the south-east, the gap in the west
is Wales. Collaboratives of other codes follow below, in order of their codes.
"""
COLUMNS: Final = 4
GAP: Final = 0.09
TILE_HEIGHT: Final = 1.1
PADDING: Final = 0.09
NUMBER_SIZE: Final = 19.0
LINE: Final = sheet.line_height(theme.SMALL_SIZE)
MET: Final = theme.ORANGE


def plot_tile_map(
    data: tables.PlotData,
    *,
    ambition: str | None = None,
    intervention: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
) -> Figure:
    """Draw a tile for each collaborative: its name, its share in the middle run, the chance of its target.

    Parameters
    ----------
    ambition
        What is drawn is what this ambition is about, at its last deadline; the first of the run unless given.
    intervention
        Or this intervention.
    group
        Always everyone: every collaborative is shown.

    Raises
    ------
    InputError
        Nothing of that name is in the results, or no collaboratives.
    """
    with theme.style():
        found = choices.choose_groups(data, by=choices.PSC, ambition=ambition, intervention=intervention)
        placed = place_tiles([part.code for part in found.parts])
        rows = 1 + max(row for _, row in placed.values())
        height = rows * TILE_HEIGHT + (rows - 1) * GAP
        figure, (axes,) = sheet.build_sheet(
            [sheet.Row(height=height, left=sheet.EDGE, right=sheet.EDGE, above=0.14, below=0.06)],
            title=make_title(found),
            subtitle=make_subtitle(data, found),
            caption=_make_caption(data, found),
            key=_make_key(found),
        )
        tiles.set_inches(axes)
        parts = {part.code: part for part in found.parts}
        for code, (column, row) in placed.items():
            _draw_tile(figure, axes, parts.get(code), found, place=(column, rows - 1 - row), code=code, data=data)
        return figure


def tabulate_tile_map(
    data: tables.PlotData,
    *,
    ambition: str | None = None,
    intervention: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
) -> pd.DataFrame:
    """List the numbers of `plot_tile_map`, one row per collaborative, furthest behind first."""
    found = choices.choose_groups(data, by=choices.PSC, ambition=ambition, intervention=intervention)
    placed = place_tiles([part.code for part in found.parts])
    goal = _goal(found)
    return pd.DataFrame(
        [
            {
                "psc": part.code,
                "name": part.name,
                "column": placed[part.code][0],
                "row": placed[part.code][1],
                "intervention": found.whole.key,
                "measure": found.whole.measure,
                "date": found.day,
                **{name: words.value_at(part.series, found.day)[name] for name in ("q10", "q50", "q90")},
                "threshold": goal,
                "chance": choices.chance_of(part.series, found.day),
            }
            for part in found.parts
        ]
    )


def describe_tile_map(
    data: tables.PlotData,
    *,
    ambition: str | None = None,
    intervention: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
) -> str:
    """Say in words what `plot_tile_map` shows."""
    found = choices.choose_groups(data, by=choices.PSC, ambition=ambition, intervention=intervention)
    told = "; ".join(f"{part.name} {choices.say_result(part, found.day)}" for part in found.parts)
    whole = wording.say_projected(choices.middle_of(found.whole, found.day))
    return (
        f"{make_title(found)}. Map of tiles, one for each collaborative. {make_subtitle(data, found)}. "
        f"Furthest behind first: {told}. {found.whole_name}: {whole}. {_make_caption(data, found)}"
    )


def place_tiles(codes: list[str]) -> dict[str, tuple[int, int]]:
    """Column and row of each tile: those of the map if any collaborative is on it, and other codes below."""
    known = dict(PLACES) if any(code in PLACES for code in codes) else {}
    below = 1 + max((row for _, row in known.values()), default=-1)
    others = sorted(code for code in codes if code not in PLACES)
    return known | {
        code: (number % COLUMNS, below + number // COLUMNS) for number, code in enumerate(others)
    }  # fmt: skip


def make_title(found: choices.Groups) -> str:
    """State the finding in ten words or fewer."""
    goal = _goal(found)
    month = wording.say_month(found.day)
    if goal is None:
        middles = sorted(choices.middle_of(part.series, found.day) for part in found.parts)
        return f"{found.noun.capitalize()}: {wording.say_span(middles[0], middles[-1])} by {month}"
    there = sum(_is_there(part, found) for part in found.parts)
    count = len(found.parts)
    if count == 1:
        return f"The collaborative is {'at' if there else 'short of'} target by {month}"
    who = "No collaborative" if not there else f"All {count} collaboratives" if there == count else (
        f"{there} of {count} collaboratives"
    )  # fmt: skip
    return f"{who} projected at target by {month}"


def make_subtitle(data: tables.PlotData, found: choices.Groups) -> str:
    """Say what the numbers in the tiles are."""
    goal = _goal(found)
    target = "" if goal is None else f", and the chance of the target of {wording.say_percent(goal)}"
    middle = wording.say_projected(choices.middle_of(found.whole, found.day))
    return (
        f"Middle run by {wording.say_date(found.day)}{target}; {found.whole_name} {middle}. "
        f"{choices.say_share(data, found)}"
    )


def _make_caption(data: tables.PlotData, found: choices.Groups) -> str:
    return f"{choices.make_caption(data, found)} Tiles stand roughly where collaboratives are."


def _make_key(found: choices.Groups) -> list[sheet.KeyEntry]:
    met = any(_is_there(part, found) for part in found.parts)
    return [*tiles.make_key(), *([sheet.KeyEntry("ring", "at target", MET)] if met else [])]


def _goal(found: choices.Groups) -> float | None:
    due = [target.threshold for target in found.whole.targets if target.deadline == found.day]
    return next((share for share in reversed(due) if share is not None), None)


def _is_there(part: choices.Part, found: choices.Groups) -> bool:
    goal = _goal(found)
    return goal is not None and choices.middle_of(part.series, found.day) >= goal


def _draw_tile(
    figure: Figure, axes: Axes, part: choices.Part | None, found: choices.Groups, *, place: tuple[int, int],
    code: str, data: tables.PlotData,
) -> None:  # fmt: skip
    left, bottom, right, _ = sheet.frame_of(axes)
    width = (right - left - (COLUMNS - 1) * GAP) / COLUMNS
    corner = (place[0] * (width + GAP), place[1] * (TILE_HEIGHT + GAP))
    x, top = left + corner[0] + PADDING, bottom + corner[1] + TILE_HEIGHT - PADDING
    if part is None:
        tiles.draw_tile(axes, corner, (width, TILE_HEIGHT), colour=tiles.EMPTY)
        names = _wrap(tables.name_group(data, (choices.PSC, code)), width)
        for number, line in enumerate([*names, "no sites"]):
            sheet.write_text(figure, x, top - (number + 0.5) * LINE, line, colour=theme.QUIET)
        return
    share = choices.middle_of(part.series, found.day)
    fill = tiles.shade_of(share)
    ink = tiles.ink_on(fill)
    is_there = _is_there(part, found)
    tiles.draw_tile(axes, corner, (width, TILE_HEIGHT), colour=fill, edge=MET if is_there else theme.QUIET,
                    width=4.0 if is_there else 0.8)  # fmt: skip
    for number, line in enumerate(_wrap(part.name, width)):
        sheet.write_text(figure, x, top - (number + 0.5) * LINE, line, colour=ink, bold=True)
    chance = choices.chance_of(part.series, found.day)
    foot = bottom + corner[1] + PADDING
    number_y = foot + (0.0 if chance is None else LINE) + sheet.line_height(NUMBER_SIZE) / 2
    sheet.write_text(figure, x, number_y, wording.say_projected(share), size=NUMBER_SIZE, colour=ink, bold=True)
    if chance is not None:
        sheet.write_text(figure, x, foot + LINE / 2, wording.say_chance(chance), colour=ink)


def _wrap(name: str, width: float) -> list[str]:
    return theme.wrap_text(name, width - 2 * PADDING, size=theme.SMALL_SIZE, bold=True, lines=2)

"""Who is connected with whom: the sites of a run in a tile for each collaborative, by when they take a thing up.

Nobody is joined to everybody they meet: within a tile a chain runs through those of one system, between tiles a band
is as wide as many sites meet across, and of ties written down the heaviest are drawn.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from spread import errors
from spread.plots import ambition_rows, markers, sheet, stage_ramp, theme, tile_map, tiles, wording

GAP = 0.34
PADDING = 0.1
NAME_LINES, NAME_SIZE = 2, 9.0
SPACING, LEAST_SPACING = 0.215, 0.06
NODES_HEIGHT = 2.4  # most of a tile
LARGEST_DOT, DOT_SHARE = 7.5, 0.62  # points; of the spacing
MOST_TIES, TIES_PER_SITE = 150, 2
ROUND_HEIGHT, MOST_ROUND = 1.7, 40
"""Where ties are written down, sites stand in a round that ties can cross, unless there are too many in a tile."""
MOST_SITES = 4000
WIDEST_BAND, THINNEST_BAND = 7.0, 1.2
STEPS_MONTHS = (1, 3, 6, 12, 24, 60, 120)
MOST_CLASSES = 3
LINE = sheet.line_height(theme.SMALL_SIZE)
HEADS = (NAME_LINES + 1) * LINE + 0.12
PAPER, CHAIN = "#F7F7F7", "#9A9A9A"
SHAPES: Final = (("o", 7), ("s", 5), ("^", 4), ("D", 2))
"""Shapes and stage colours of the classes, first to last: in use at the start, then by when."""


@dataclass(frozen=True, slots=True)
class Connections:
    """What the picture is drawn from.

    `sites` has ``site, psc, circle, reached`` (the system they belong to, and the day half of the runs have them in
    use; NaT: not in most runs); `bridges` has ``psc, other, sites`` (how many meet across); `ties` has ``site, peer,
    weight`` where ties are written down. `start` is the first day, `deadline` the day judged, `end` the last.
    """

    title: str
    sites: pd.DataFrame
    bridges: pd.DataFrame
    ties: pd.DataFrame
    names: Mapping[str, str]
    start: date
    deadline: date
    end: date
    source: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A collaborative's place on the sheet in inches from the panel's corner: left, bottom, width, height."""

    code: str
    left: float
    bottom: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.left + self.width / 2, self.bottom + self.height / 2


def plot_network(found: Connections) -> Figure:
    """Draw the sites, tile by tile.

    Raises
    ------
    InputError
        No sites, or more than can be told apart.
    """
    check(found)
    with theme.style():
        classes = classes_of(found)
        placed, spacing, size = _lay_out(found)
        shown = markers_of(found, classes)
        key_height = markers.height_of(shown)
        figure, (axes,) = sheet.build_sheet(
            [sheet.Row(height=size[1], left=sheet.EDGE, right=sheet.EDGE, above=key_height + 0.12, below=0.06)],
            title=make_title(found), subtitle=make_subtitle(found), caption=make_caption(found), key=[],
        )  # fmt: skip
        tiles.set_inches(axes)
        _, _, _, top = sheet.frame_of(axes)
        markers.draw_key(figure, shown, top=top + key_height + 0.08)
        _draw_bridges(axes, found, placed)
        spots = _place_sites(found, placed, spacing)
        for tile in placed.values():
            _draw_tile(figure, axes, tile, found)
        _draw_chains(axes, found, spots)
        _draw_ties(axes, found, spots)
        _draw_sites(axes, found, classes, spots, spacing)
        return figure


def tabulate_network(found: Connections) -> pd.DataFrame:
    """List the sites: their collaborative, system, when they take it up, and how many ties they have."""
    table = found.sites.copy()
    classes = classes_of(found)
    table["when"] = [_say_class(_class_of(day, found, classes), found, classes) for day in table["reached"]]
    looked = pd.concat([found.ties["site"], found.ties["peer"]]) if len(found.ties) else pd.Series(dtype=str)
    table["ties"] = table["site"].map(looked.value_counts()).fillna(0).astype(int)
    table.insert(2, "collaborative", [found.names.get(code, code) for code in table["psc"]])
    return table


def describe_network(found: Connections) -> str:
    """Say in words what `plot_network` shows."""
    check(found)
    said = [f"{make_title(found)}. Sites in a tile for each collaborative. {make_subtitle(found)}."]
    for code, own in found.sites.groupby("psc", sort=True):
        there = int((own["reached"] <= pd.Timestamp(found.deadline)).sum())
        name = found.names.get(str(code), str(code))
        said.append(f"{name}: {there} of {len(own)} in use, {own['circle'].nunique()} systems.")
    if len(found.bridges):
        rows = found.bridges.sort_values("sites", ascending=False).itertuples(index=False)
        pairs = [f"{found.names[one]} and {found.names[other]} ({count})" for one, other, count in rows]
        said.append(f"Sites that meet across: {wording.say_list(pairs)}.")
    return " ".join([*said, make_caption(found)])


def check(found: Connections) -> None:
    """Make sure there is something to draw that can be read.

    Raises
    ------
    InputError
    """
    if found.sites.empty:
        raise errors.InputError(errors.Fault(f"no site is eligible for {found.title}"))
    if len(found.sites) > MOST_SITES:
        message = f"{len(found.sites):,} sites are more than can be told apart ({MOST_SITES:,})"
        raise errors.InputError(errors.Fault(f"{message}; ask for one collaborative with --for"))


# --- when -----------------------------------------------------------------------------------------


def classes_of(found: Connections) -> list[tuple[date, date]]:
    """The spells of time, three at most, in which sites take it up after the start: first and last day."""
    days = found.sites["reached"].dropna()
    later = days[days > pd.Timestamp(found.start)]
    if later.empty:
        return []
    begin, last = later.min().to_period("M").to_timestamp(), later.max()
    months = 12 * (last.year - begin.year) + last.month - begin.month + 1
    step = next((step for step in STEPS_MONTHS if months / step <= MOST_CLASSES), math.ceil(months / MOST_CLASSES))
    spells: list[tuple[date, date]] = []
    while begin <= last:
        after = begin + pd.DateOffset(months=step)
        spells.append((begin.date(), (after - pd.Timedelta(days=1)).date()))
        begin = after
    return spells


def _class_of(day: Any, found: Connections, classes: Sequence[tuple[date, date]]) -> int:
    """0 at the start, 1 on for the spells, -1 for not in most runs."""
    if pd.isna(day):
        return -1
    if day <= pd.Timestamp(found.start):
        return 0
    return next((number for number, (_, last) in enumerate(classes, start=1) if day.date() <= last), len(classes))


def _say_class(number: int, found: Connections, classes: Sequence[tuple[date, date]]) -> str:
    if number < 0:
        return f"not in most runs by {wording.say_month(found.end)}"
    if number == 0:
        return "at the start"
    first, last = classes[number - 1]
    if (first.year, first.month) == (last.year, last.month):
        return wording.say_short_month(first)
    return f"{wording.say_short_month(first)} to {wording.say_short_month(last)}"


def markers_of(found: Connections, classes: Sequence[tuple[date, date]]) -> list[markers.Marker]:
    """The key: every class that is there, and what lines mean."""
    seen = {_class_of(day, found, classes) for day in found.sites["reached"]}
    shown = []
    for number in (*range(len(classes) + 1), -1):
        if number in seen:
            shape, face, edge = _look(number)
            shown.append(markers.Marker(shape, face, edge, _say_class(number, found, classes)))
    if found.sites.groupby(["psc", "circle"]).size().max() > 1 and found.sites["circle"].ne("").any():
        shown.append(markers.Marker("", "", CHAIN, "same integrated care system", line="-"))
    if len(found.ties):
        shown.append(markers.Marker("", "", theme.DARK_PINK, "looks to", line="-"))
    return shown


def _look(number: int) -> tuple[str, str, str]:
    """Shape, fill and edge of a class."""
    if number < 0:
        return "o", "white", theme.QUIET
    shape, stage = SHAPES[number]
    return shape, stage_ramp.COLOURS[stage], theme.INK if stage < 5 else stage_ramp.COLOURS[stage]


# --- in words -------------------------------------------------------------------------------------


def make_title(found: Connections) -> str:
    """State how many are in use by the deadline in most runs."""
    there = int((found.sites["reached"] <= pd.Timestamp(found.deadline)).sum())
    return f"Likelier than not in use: {there} of {len(found.sites)}, {wording.say_month(found.deadline)}"


def make_subtitle(found: Connections) -> str:
    """Say what a dot is."""
    day = wording.say_date(found.deadline)
    return (
        f"{found.title}. Each mark is a site, by when half of the runs have it in use; numbers: sites that at least "
        f"half of the runs have in use by {day}; the middle run may have far fewer"
    )


def most_ties(found: Connections) -> int:
    """How many ties can be told apart."""
    return min(MOST_TIES, TIES_PER_SITE * len(found.sites))


def make_caption(found: Connections) -> str:
    """Say where it comes from, and what lines stand for."""
    notes = [found.source, "Everyone in a tile meets in its collaborative."]
    if len(found.bridges):
        most = int(found.bridges["sites"].max())
        notes.append(f"Bands between tiles: sites that meet across in a clinical or other network, the widest {most}.")
        placed, _, _ = _lay_out(found)
        drawn = {(one, other) for one, other, _ in _near(found, placed)}
        far = [
            f"{found.names[one]} and {found.names[other]} ({count})"
            for one, other, count in found.bridges.itertuples(index=False)
            if (one, other) not in drawn
        ]
        notes += [f"Not drawn, as other tiles lie between: {wording.say_list(far)}."] if far else []
    if len(found.ties) > most_ties(found):
        notes.append(f"Of {len(found.ties):,} ties the {most_ties(found)} heaviest are drawn.")
    return " ".join([*notes, "For management use."])


# --- drawing --------------------------------------------------------------------------------------


def _lay_out(found: Connections) -> tuple[dict[str, Tile], float, tuple[float, float]]:
    """Tiles, how far apart sites stand in them, and the size of the whole."""
    counts = {str(code): int(count) for code, count in found.sites["psc"].value_counts().items()}
    places = {code: spot for code, spot in tile_map.place_tiles(list(counts)).items() if code in counts}
    columns = {column: number for number, column in enumerate(sorted({column for column, _ in places.values()}))}
    rows = {row: number for number, row in enumerate(sorted({row for _, row in places.values()}))}
    whole = sheet.WIDTH - 2 * sheet.EDGE
    width = (whole - (len(columns) - 1) * GAP) / len(columns)
    most = max(counts.values())
    inner = width - 2 * PADDING
    spacing = max(LEAST_SPACING, min(SPACING, math.sqrt(inner * NODES_HEIGHT / most)))
    nodes = spacing * math.ceil(most / max(1, int(inner / spacing)))
    height = HEADS + (max(nodes, ROUND_HEIGHT) if _is_round(found) else nodes) + PADDING
    total = len(rows) * height + (len(rows) - 1) * GAP
    placed = {
        code: Tile(code, columns[column] * (width + GAP), total - height - rows[row] * (height + GAP), width, height)
        for code, (column, row) in places.items()
    }
    return placed, spacing, (whole, total)


def _place_sites(found: Connections, placed: Mapping[str, Tile], spacing: float) -> dict[str, tuple[float, float]]:
    """Where each site stands: row by row, to and fro, so that those of one system stand side by side."""
    spots: dict[str, tuple[float, float]] = {}
    ordered = found.sites.sort_values(["psc", "circle", "site"])
    for code, own in ordered.groupby("psc", sort=False):
        tile = placed[str(code)]
        columns = max(1, int((tile.width - 2 * PADDING) / spacing))
        top = tile.bottom + tile.height - HEADS
        if _is_round(found):
            spots |= _stand_round(tile, top, [str(site) for site in own["site"]])
            continue
        for number, site in enumerate(own["site"]):
            row, column = divmod(number, columns)
            column = columns - 1 - column if row % 2 else column
            spots[str(site)] = tile.left + PADDING + (column + 0.5) * spacing, top - (row + 0.5) * spacing
    return spots


def _is_round(found: Connections) -> bool:
    return len(found.ties) > 0 and int(found.sites["psc"].value_counts().max()) <= MOST_ROUND


def _stand_round(tile: Tile, top: float, sites: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Sites on an oval, the first at the top."""
    middle = (tile.bottom + PADDING + top) / 2
    tall, wide = (top - tile.bottom) / 2 - PADDING - 0.06, tile.width / 2 - PADDING - 0.1
    turns = [2 * math.pi * number / len(sites) for number in range(len(sites))]
    return {
        site: (tile.left + tile.width / 2 + wide * math.sin(turn), middle + tall * math.cos(turn))
        for site, turn in zip(sites, turns, strict=True)
    }


def _draw_tile(figure: Figure, axes: Axes, tile: Tile, found: Connections) -> None:
    axes.add_patch(
        FancyBboxPatch((tile.left, tile.bottom), tile.width, tile.height, boxstyle="round,pad=0,rounding_size=0.08",
                       facecolor=PAPER, edgecolor=theme.GRID, linewidth=1.0, zorder=2, clip_on=False)
    )  # fmt: skip
    own = found.sites[found.sites["psc"] == tile.code]
    there = int((own["reached"] <= pd.Timestamp(found.deadline)).sum())
    left, bottom, _, _ = sheet.frame_of(axes)
    name = found.names.get(tile.code, tile.code) or "All sites"
    lines = theme.wrap_text(name, tile.width - 2 * PADDING, size=NAME_SIZE, bold=True, lines=NAME_LINES)
    for number, line in enumerate([*lines, f"{there} of {len(own)}"]):
        y = bottom + tile.bottom + tile.height - 0.06 - (number + 0.5) * LINE
        sheet.write_text(figure, left + tile.left + PADDING, y, line, size=NAME_SIZE, bold=number < len(lines))


def _draw_bridges(axes: Axes, found: Connections, placed: Mapping[str, Tile]) -> None:
    most = max(found.bridges["sites"], default=1)
    for one, other, count in _near(found, placed):
        (x, y), (to_x, to_y) = placed[one].middle, placed[other].middle
        width = THINNEST_BAND + (WIDEST_BAND - THINNEST_BAND) * count / most
        axes.plot([x, to_x], [y, to_y], color=theme.tint(theme.DARK_BLUE, 0.45), linewidth=width, zorder=1,
                  solid_capstyle="butt")  # fmt: skip


def _near(found: Connections, placed: Mapping[str, Tile]) -> list[tuple[str, str, float]]:
    """The bridges between tiles that stand next to each other, also across a corner; no other can be drawn clearly."""
    near = []
    for one, other, count in found.bridges.itertuples(index=False):
        if one in placed and other in placed:
            first, second = placed[one], placed[other]
            apart = abs(first.left - second.left), abs(first.bottom - second.bottom)
            if apart[0] < first.width + GAP + 0.01 and apart[1] < first.height + GAP + 0.01:
                near.append((str(one), str(other), float(count)))
    return near


def _draw_chains(axes: Axes, found: Connections, spots: Mapping[str, tuple[float, float]]) -> None:
    ordered = found.sites[found.sites["circle"] != ""].sort_values(["psc", "circle", "site"])
    for _, own in ordered.groupby(["psc", "circle"], sort=False):
        points = [spots[str(site)] for site in own["site"]]
        axes.plot([x for x, _ in points], [y for _, y in points], color=CHAIN, linewidth=1.3, zorder=3)


def _draw_ties(axes: Axes, found: Connections, spots: Mapping[str, tuple[float, float]]) -> None:
    heaviest = found.ties.sort_values(["weight", "site", "peer"], ascending=[False, True, True]).head(most_ties(found))
    for site, peer in zip(heaviest["site"], heaviest["peer"], strict=True):
        if site in spots and peer in spots:
            (x, y), (to_x, to_y) = spots[site], spots[peer]
            axes.plot([x, to_x], [y, to_y], color=theme.DARK_PINK, linewidth=0.6, alpha=0.6, zorder=3.5)


def _draw_sites(
    axes: Axes, found: Connections, classes: Sequence[tuple[date, date]], spots: Mapping[str, tuple[float, float]],
    spacing: float,
) -> None:  # fmt: skip
    size = min(LARGEST_DOT, DOT_SHARE * spacing * theme.POINTS_PER_INCH)
    numbers = [_class_of(day, found, classes) for day in found.sites["reached"]]
    for number in sorted(set(numbers)):
        shape, face, edge = _look(number)
        points = [spots[str(site)] for site, own in zip(found.sites["site"], numbers, strict=True) if own == number]
        axes.plot([x for x, _ in points], [y for _, y in points], linestyle="none", marker=shape, markersize=size,
                  markerfacecolor=face, markeredgecolor=edge, markeredgewidth=min(0.9, size / 6), zorder=4)  # fmt: skip


def short_names(names: Mapping[str, str]) -> dict[str, str]:
    """Collaboratives by the words that tell them apart."""
    return dict(zip(names, ambition_rows.shorten_names(list(names.values())), strict=True))

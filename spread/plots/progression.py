"""Progression: quarters across, organisations down, a cell in the colour and with the number of the stage reported."""

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from spread import dates, errors
from spread.plots import sheet, stage_ramp, theme

ROW = 0.23
MOST_ROWS = 48  # on a page
MOST_PAGES = 40
NAME_ROOM = (0.8, 3.0)  # least and most
RIGHT = 0.3
HEAD, DATES = 0.3, 0.42
GUTTER = 0.1
SMALL = 8.0
DIGIT_ROOM = 0.13
QUARTER_ROOM = 0.27
YEAR_ROOM = 0.62
SPOKEN: Final = re.compile("NHS Foundation Trust", re.IGNORECASE)
NOT_ELIGIBLE: Final = -1.0
QUARTERS_PER_YEAR = 4


@dataclass(frozen=True, slots=True)
class Progress:
    """What a page is drawn from.

    `reports` has ``psc, psc_name, key, beside, who, quarter, stage`` of one intervention, as `spread.cli.reported`
    makes it: stages 0 to 7, -1 not eligible, NaN not reported. `page` is this page of how many.
    """

    title: str
    reports: pd.DataFrame
    source: str
    noun: str = "organisations"
    page: int = 1
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Lane:
    """One organisation or site: what it reported in each quarter."""

    key: str
    psc: str
    psc_name: str
    who: str
    stages: tuple[float, ...]


def split_pages(progress: Progress) -> list[Progress]:
    """Everybody on one page where they fit; else a page, or several, for each collaborative.

    Raises
    ------
    InputError
        Nobody reported, or there would be more pages than anybody leafs through.
    """
    lanes = read_lanes(progress)
    whole = [lanes] if len(lanes) <= MOST_ROWS else _by_psc(lanes)
    parts = [group[first : first + MOST_ROWS] for group in whole for first in range(0, len(group), MOST_ROWS)]
    if len(parts) > MOST_PAGES:
        message = f"{len(lanes):,} {progress.noun} would fill {len(parts)} pages; ask for one collaborative with --for"
        raise errors.InputError(errors.Fault(f"{message}, or plot centred"))
    pages = []
    for number, part in enumerate(parts, start=1):
        keys = {(lane.psc, lane.key) for lane in part}
        chosen = [pair in keys for pair in zip(progress.reports["psc"], progress.reports["key"], strict=True)]
        pages.append(
            Progress(progress.title, progress.reports[chosen], progress.source, progress.noun, number, len(parts))
        )
    return pages


def plot_progression(progress: Progress) -> Figure:
    """Draw one page.

    Raises
    ------
    InputError
        Nobody reported.
    """
    lanes = read_lanes(progress)
    quarters = quarters_of(progress)
    with theme.style():
        groups = _by_psc(lanes)
        left = _name_room(lanes)
        rows = [
            sheet.Row(
                height=ROW * len(group), left=left, right=RIGHT, above=HEAD + (DATES if number == 0 else 0.0),
                below=0.1,
            )
            for number, group in enumerate(groups)
        ]  # fmt: skip
        figure, panels = sheet.build_sheet(
            rows, title=make_title(progress, lanes), subtitle=make_subtitle(progress, lanes),
            caption=progress.source, key=_make_key(lanes),
        )  # fmt: skip
        for number, (axes, group) in enumerate(zip(panels, groups, strict=True)):
            _draw_group(figure, axes, group, quarters, dated=number == 0)
        return figure


def tabulate_progression(progress: Progress) -> pd.DataFrame:
    """List a page: a line per organisation, a column per quarter; blank where nothing was reported."""
    quarters = [dates.quarter_name(quarter.date()) for quarter in quarters_of(progress)]
    rows: list[dict[str, Any]] = []
    for lane in read_lanes(progress):
        cells = {
            name: "" if math.isnan(stage) else "not eligible" if stage < 0 else str(int(stage))
            for name, stage in zip(quarters, lane.stages, strict=True)
        }
        rows.append({"intervention": progress.title, "psc": lane.psc_name, "who": lane.who, **cells})
    return pd.DataFrame(rows)


def describe_progression(progress: Progress) -> str:
    """Say in words what a page shows: for each, where it began and where it came to."""
    lanes = read_lanes(progress)
    said = [f"{make_title(progress, lanes)}. Table of coloured cells. {make_subtitle(progress, lanes)}."]
    for group in _by_psc(lanes):
        ways = "; ".join(f"{lane.who}: {_say_way(lane)}" for lane in group)
        said.append(f"{group[0].psc_name}: {ways}.")
    return " ".join([*said, progress.source])


# --- what is shown --------------------------------------------------------------------------------


def quarters_of(progress: Progress) -> list[pd.Timestamp]:
    """Every quarter from the first to the last reported."""
    found = progress.reports["quarter"]
    every = dates.quarter_ends(found.min().date(), found.max().date())
    return sorted({*found.unique().tolist(), *map(pd.Timestamp, every)})


def read_lanes(progress: Progress) -> list[Lane]:
    """Everybody who was asked, by collaborative, furthest on first; a merged trust under its successor.

    Raises
    ------
    InputError
        Nobody.
    """
    if progress.reports.empty:
        raise errors.InputError(errors.Fault(f"nobody reported on {progress.title}"))
    quarters = quarters_of(progress)
    place_of = {quarter: place for place, quarter in enumerate(quarters)}
    stages: dict[tuple[str, str], list[float]] = {}
    about: dict[tuple[str, str], tuple[str, str, str]] = {}
    for psc, psc_name, key, beside, who, quarter, stage in progress.reports[
        ["psc", "psc_name", "key", "beside", "who", "quarter", "stage"]
    ].itertuples(index=False):
        stages.setdefault((psc, key), [math.nan] * len(quarters))[place_of[quarter]] = float(stage)
        about[psc, key] = psc_name, beside, who
    ahead = {pair: _rank(found) for pair, found in stages.items()}

    def order(pair: tuple[str, str]) -> tuple[Any, ...]:
        psc, key = pair
        psc_name, beside, who = about[pair]
        leader = (psc, beside) if (psc, beside) in stages else pair
        return psc_name, ahead[leader], leader[1], key != leader[1], who, key

    wanted = [pair for pair in sorted(stages, key=order) if any(stage != NOT_ELIGIBLE for stage in stages[pair])]
    if not wanted:
        raise errors.InputError(errors.Fault(f"nobody is eligible for {progress.title}"))
    return [Lane(key, psc, about[psc, key][0], about[psc, key][2], tuple(stages[psc, key])) for psc, key in wanted]


def _rank(stages: Sequence[float]) -> tuple[float, float, int]:
    """Who is furthest on: by the last stage told, then by all of them, then by when it was first there."""
    told = [stage for stage in stages if stage >= 0]
    if not told:
        return math.inf, 0.0, 0
    return -told[-1], -sum(told) / len(told), next(place for place, stage in enumerate(stages) if stage == told[-1])


def _by_psc(lanes: Sequence[Lane]) -> list[list[Lane]]:
    return [list(group) for _, group in itertools.groupby(lanes, key=lambda lane: (lane.psc_name, lane.psc))]


# --- in words -------------------------------------------------------------------------------------


def make_title(progress: Progress, lanes: Sequence[Lane]) -> str:
    """State how many are there in the last quarter, in ten words or fewer."""
    last = [lane.stages[-1] for lane in lanes if lane.stages[-1] >= 0]
    quarter = dates.quarter_name(quarters_of(progress)[-1].date())
    if not last:
        return f"Nobody reported for {quarter}"
    there = sum(stage >= stage_ramp.IN_USE for stage in last)
    reporting = " that reported" if len(last) < len(lanes) else ""
    return f"In use at {there} of {len(last)}{reporting}, {quarter}"


def make_subtitle(progress: Progress, lanes: Sequence[Lane]) -> str:
    """Say what a cell is, and whose."""
    page = f", page {progress.page} of {progress.pages}" if progress.pages > 1 else ""
    return (
        f"{progress.title}{page}. Stage of each of {len(lanes)} {progress.noun} at the end of each quarter; "
        "in use is stage 5 or beyond"
    )


def _say_way(lane: Lane) -> str:
    told = [stage for stage in lane.stages if stage >= 0]
    if not told:
        return "nothing reported"
    first, last = int(told[0]), int(told[-1])
    missing = sum(math.isnan(stage) for stage in lane.stages)
    way = f"stage {first} throughout" if len(set(told)) == 1 else f"stage {first} to {last}"
    return f"{way}, {missing} not reported" if missing else way


# --- drawing --------------------------------------------------------------------------------------


def _short(who: str) -> str:
    """A name as people say it: ``Airedale NHS FT``."""
    return theme.clean_name(SPOKEN.sub("NHS FT", who))


def _name_room(lanes: Sequence[Lane]) -> float:
    widest = max(theme.measure_text(_short(lane.who), size=theme.SMALL_SIZE) for lane in lanes)
    least, most = NAME_ROOM
    return min(max(widest + sheet.EDGE + GUTTER, least), most)


def _make_key(lanes: Sequence[Lane]) -> list[sheet.KeyEntry]:
    seen = {stage for lane in lanes for stage in lane.stages}
    entries = [stage_ramp.key_entry(stage) for stage in range(stage_ramp.LAST + 1) if stage in seen]
    if NOT_ELIGIBLE in seen:
        entries.append(sheet.KeyEntry("bar", "not eligible", theme.QUIET))
    if any(math.isnan(stage) for stage in seen):
        entries.append(sheet.KeyEntry("ring", "not reported", theme.QUIET))
    return entries


def _draw_group(
    figure: Figure, axes: Axes, group: Sequence[Lane], quarters: Sequence[pd.Timestamp], *, dated: bool
) -> None:
    left, bottom, right, top = sheet.frame_of(axes)
    axes.set_xlim(0.0, len(quarters))
    axes.set_ylim(0.0, ROW * len(group))
    axes.set_axis_off()
    cell = (right - left) / len(quarters)
    head = theme.wrap_text(group[0].psc_name, sheet.WIDTH - 2 * sheet.EDGE, bold=True, lines=1)[0]
    if dated:
        _write_quarters(figure, axes, quarters, cell)
    sheet.write_text(figure, sheet.EDGE, top + (DATES if dated else 0.0) + 0.13, head, bold=True)
    for number, lane in enumerate(group):
        y = ROW * (len(group) - number - 1)
        room = left - sheet.EDGE - GUTTER
        name = theme.wrap_text(_short(lane.who), room, size=theme.SMALL_SIZE, lines=1)[0]
        sheet.write_text(figure, sheet.EDGE, bottom + y + ROW / 2, name)
        for place, length, stage in _stretches(lane.stages, alone=cell >= DIGIT_ROOM):
            _draw_cell(figure, axes, (place, y, length), stage, cell)


def _stretches(stages: Sequence[float], *, alone: bool) -> Iterator[tuple[int, int, float]]:
    """Cells one by one, or, where they are too narrow for a number, those of one stage together."""
    place = 0
    for stage, same in itertools.groupby(stages, key=lambda stage: -9.0 if math.isnan(stage) else stage):
        length = len(list(same))
        parts = [(place + step, 1) for step in range(length)] if alone else [(place, length)]
        yield from ((start, count, stage) for start, count in parts)
        place += length


def _draw_cell(
    figure: Figure, axes: Axes, box: tuple[float, float, int], stage: float, cell: float
) -> None:  # fmt: skip
    x, y, length = box
    middle_x, middle_y = sheet.place_of(axes, x + length / 2, y + ROW / 2)
    if stage < 0:
        shape = "_" if stage == NOT_ELIGIBLE else "o"
        xs = x + 0.5 + np.arange(length)
        axes.plot(xs, np.full(length, y + ROW / 2), linestyle="none", marker=shape, markersize=5,
                  markerfacecolor="white", markeredgecolor=theme.QUIET, markeredgewidth=1.0)  # fmt: skip
        return
    number = int(stage)
    axes.add_patch(
        Rectangle((x, y + 0.015), length, ROW - 0.03, facecolor=stage_ramp.COLOURS[number], edgecolor="white",
                  linewidth=0.6)
    )  # fmt: skip
    if length * cell >= DIGIT_ROOM:
        sheet.write_text(figure, middle_x, middle_y, str(number), size=SMALL, colour=stage_ramp.ink_on(number),
                         align="center")  # fmt: skip


def _write_quarters(figure: Figure, axes: Axes, quarters: Sequence[pd.Timestamp], cell: float) -> None:
    """Years over the quarters, and the quarters where there is room."""
    left, _, _, top = sheet.frame_of(axes)
    years = [dates.quarter_name(quarter.date()).split(" ") for quarter in quarters]
    every = max(1, math.ceil(YEAR_ROOM / (QUARTERS_PER_YEAR * cell)))
    room_from = sheet.EDGE
    shown = 0
    for place, ((year, quarter), before) in enumerate(zip(years, [("", ""), *years], strict=False)):
        if cell >= QUARTER_ROOM:
            sheet.write_text(figure, left + (place + 0.5) * cell, top + 0.1, quarter, size=SMALL, align="center",
                             colour=theme.QUIET)  # fmt: skip
        if year != before[0]:
            x = left + place * cell
            width = theme.measure_text(year, size=SMALL)
            if shown % every == 0 and x >= room_from and x + width <= sheet.WIDTH - 0.05:
                sheet.write_text(figure, x, top + 0.28, year, size=SMALL)
                room_from = x + width + 0.1
            shown += 1

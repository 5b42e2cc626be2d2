"""A site's way through the stages of one replicate: a stepped band with numbered events, or a band for each of several.

What is drawn is told beside it: every number on the figure stands in the list below it.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import dates as calendar
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from spread import errors
from spread.plots import sheet, theme, wording

# From nothing to sustained, the two states beside the scale where they fall back to.
STAGES: Final = (
    "no_contact", "knowledge", "interest", "stopped", "decision", "lapsed", "testing", "adoption", "spread",
    "sustained",
)  # fmt: skip
WORDS: Final = dict(
    zip(
        STAGES,
        ("no contact", "knows of it", "interested", "given up", "decided", "lapsed", "testing", "in use",
         "in all units", "sustained"),
        strict=True,
    )
)  # fmt: skip
COLOURS: Final = dict(
    zip(
        STAGES,
        (
            theme.tint(theme.DARK_GREY, 0.15), theme.tint(theme.DARK_GREY, 0.35), theme.tint(theme.DARK_GREY, 0.6),
            theme.DARK_PINK, theme.tint(theme.ORANGE, 0.55), theme.LIGHT_PURPLE, theme.TURQUOISE,
            theme.tint(theme.DARK_BLUE, 0.35), theme.tint(theme.DARK_BLUE, 0.65), theme.DARK_BLUE,
        ),
        strict=True,
    )
)  # fmt: skip
UNMOVED: Final = "Nothing happened to it in this run."
LEFT, RIGHT = 1.25, 0.35
BAND_LEFT = 2.6
STEP_ROW, BAND_ROW, BAND_HEIGHT = 0.2, 0.34, 0.22
HEAD, DATES = 0.62, 0.42
BELOW = 0.18  # how much of a stage's colour is left under its band
BESIDE: Final = ("stopped", "lapsed")
LINE = sheet.line_height(theme.SMALL_SIZE)
NUMBER_ROOM = 0.2
MOST_BANDS = 40
DATE_ROOM = 0.82
NUMBER_COLUMN = 0.3


@dataclass(frozen=True, slots=True)
class Lane:
    """One site in one intervention: `steps` (day, stage from then on), the first where it began; `events` in words."""

    site: str
    name: str
    intervention: str
    steps: tuple[tuple[date, str], ...]
    events: tuple[tuple[date, str], ...]
    until: date


@dataclass(frozen=True, slots=True)
class Telling:
    """What a timeline is drawn from: lanes, and where they come from in words."""

    lanes: tuple[Lane, ...]
    source: str

    @property
    def is_one_site(self) -> bool:
        """Whether all lanes are of one site."""
        return len({lane.site for lane in self.lanes}) == 1


def plot_timeline(telling: Telling) -> Figure:
    """Draw one site's way, stepped and with its events; or the ways of several, a band each.

    Raises
    ------
    InputError
        When there is nothing to draw, or more bands than fit a page.
    """
    check(telling)
    with theme.style():
        return _draw_steps(telling) if telling.is_one_site else _draw_bands(telling)


def tabulate_timeline(telling: Telling) -> pd.DataFrame:
    """List what `plot_timeline` shows: every stage with its first and last day, and every event."""
    rows: list[dict[str, Any]] = []
    for lane in telling.lanes:
        ends = [day for day, _ in lane.steps[1:]] + [lane.until]
        own = {"site": lane.site, "name": lane.name, "intervention": lane.intervention}
        rows += [
            {**own, "what": "stage", "from": day, "until": end, "words": WORDS[stage]}
            for (day, stage), end in zip(lane.steps, ends, strict=True)
        ]
        if telling.is_one_site:
            rows += [{**own, "what": "event", "from": day, "until": day, "words": words} for day, words in lane.events]
    table = pd.DataFrame(rows)
    for column in ("from", "until"):
        table[column] = pd.to_datetime(table[column])
    return table


def describe_timeline(telling: Telling) -> str:
    """Say in words what `plot_timeline` shows."""
    said = [f"{make_title(telling)}. {make_subtitle(telling)}."]
    for lane in telling.lanes:
        way = ", ".join(f"{WORDS[stage]} from {wording.say_date(day)}" for day, stage in lane.steps)
        said.append(f"{_who(lane, telling)}: {way}.")
        if telling.is_one_site:
            said += [f"{wording.say_date(day)}: {words}." for day, words in lane.events]
    return " ".join([*said, telling.source])


def check(telling: Telling) -> None:
    """Make sure that there is something to draw, and that it fits.

    Raises
    ------
    InputError
    """
    if not telling.lanes:
        raise errors.InputError("there is no site to draw")
    if len(telling.lanes) > MOST_BANDS:
        message = f"{len(telling.lanes)} bands are more than the {MOST_BANDS} that fit a figure; ask for fewer sites"
        raise errors.InputError(f"{message} or for one intervention")


# --- in words -------------------------------------------------------------------------------------


def make_title(telling: Telling) -> str:
    """State how far they came, in ten words or so."""
    last = [lane.steps[-1][1] for lane in telling.lanes]
    there = sum(stage in STAGES[STAGES.index("adoption") :] for stage in last)
    month = wording.say_month(max(lane.until for lane in telling.lanes))
    if len(last) == 1:
        return f"{WORDS[last[0]].capitalize()} at the end, {month}"
    return f"In use in {month}: {there} of {len(last)}"


def make_subtitle(telling: Telling) -> str:
    """Say whose way it is."""
    if telling.is_one_site:
        lane = telling.lanes[0]
        return f"{lane.name} ({lane.site}). Stage on each day of one run; numbers stand for the events listed"
    return "Stage of each site on each day of one run"


def _who(lane: Lane, telling: Telling) -> str:
    return lane.intervention if telling.is_one_site else f"{lane.site}, {lane.intervention}"


# --- one site: steps ------------------------------------------------------------------------------


def _draw_steps(telling: Telling) -> Figure:
    shown = [_stages_of(lane) for lane in telling.lanes]
    lists = [_list_events(lane) for lane in telling.lanes]
    rows = [
        sheet.Row(
            height=STEP_ROW * len(stages), left=LEFT, right=RIGHT, above=HEAD,
            below=DATES + LINE * len(listed) + 0.1,
        )
        for stages, listed in zip(shown, lists, strict=True)
    ]  # fmt: skip
    figure, panels = sheet.build_sheet(
        rows, title=make_title(telling), subtitle=make_subtitle(telling), caption=telling.source, key=[]
    )
    for axes, lane, stages, listed in zip(panels, telling.lanes, shown, lists, strict=True):
        _draw_way(axes, lane, stages)
        _write_head(figure, axes, lane.intervention)
        _number_events(figure, axes, lane)
        _write_events(figure, axes, listed)
    return figure


def _stages_of(lane: Lane) -> list[str]:
    """The stages a panel has a row for: from the lowest to the highest it was at, those beside the scale if it was."""
    passed = {stage for _, stage in lane.steps}
    places = [STAGES.index(stage) for stage in passed]
    between = STAGES[min(places) : max(places) + 1]
    return [stage for stage in between if stage in passed or stage not in BESIDE]


def _draw_way(axes: Axes, lane: Lane, stages: Sequence[str]) -> None:
    days = [calendar.date2num(day) for day, _ in lane.steps] + [calendar.date2num(lane.until)]
    for (start, end), (_, stage) in zip(itertools.pairwise(days), lane.steps, strict=True):
        level = stages.index(stage)
        below = theme.tint(COLOURS[stage], BELOW)
        axes.add_patch(Rectangle((start, -0.5), end - start, level, facecolor=below, edgecolor="none"))
        axes.add_patch(
            Rectangle((start, level - 0.5), end - start, 1.0, facecolor=COLOURS[stage], edgecolor="none")
        )  # fmt: skip
    axes.set_ylim(-0.5, len(stages) - 0.5)
    axes.set_yticks(range(len(stages)), [WORDS[stage] for stage in stages])
    axes.tick_params(axis="y", length=0)
    _set_dates(axes, days[0], days[-1])
    sns.despine(ax=axes, left=True)


def _number_events(figure: Figure, axes: Axes, lane: Lane) -> None:
    """Numbers over the panel, moved apart where they would touch, each with a line down to its day."""
    _, _, _, top = sheet.frame_of(axes)
    wanted = [sheet.place_of(axes, calendar.date2num(day), 0.0)[0] for day, _ in lane.events]
    left, _, right, _ = sheet.frame_of(axes)
    centres = sheet.move_apart(
        wanted, [NUMBER_ROOM] * len(wanted), low=min(left, sheet.WIDTH - sheet.EDGE - NUMBER_ROOM * len(wanted)),
        high=max(right, left) + RIGHT - 0.1,
    )  # fmt: skip
    for number, (centre, day_x) in enumerate(zip(centres, wanted, strict=True), start=1):
        sheet.write_text(figure, centre, top + 0.17, str(number), align="center", bold=True)
        _leader(figure, (centre, top + 0.09), (day_x, top))


def _leader(figure: Figure, start: tuple[float, float], end: tuple[float, float]) -> None:
    figure.add_artist(
        Line2D([start[0], end[0]], [start[1], end[1]], color=theme.QUIET, linewidth=0.7,
               transform=figure.dpi_scale_trans)
    )  # fmt: skip


def _list_events(lane: Lane) -> list[tuple[str, str]]:
    """The events of a lane as lines that fit the sheet, the first of each with its number."""
    room = sheet.WIDTH - 2 * sheet.EDGE - NUMBER_COLUMN
    listed: list[tuple[str, str]] = []
    for number, (day, words) in enumerate(lane.events, start=1):
        text = f"{wording.say_date(day)}: {theme.clean_text(words)}"
        lines = theme.wrap_text(text, room, size=theme.SMALL_SIZE)
        listed += [(str(number) if place == 0 else "", line) for place, line in enumerate(lines)]
    return listed or [("", UNMOVED)]


def _write_events(figure: Figure, axes: Axes, listed: Sequence[tuple[str, str]]) -> None:
    _, bottom, _, _ = sheet.frame_of(axes)
    for place, (number, line) in enumerate(listed):
        y = bottom - DATES - (place + 0.5) * LINE
        if number:
            sheet.write_text(figure, sheet.EDGE, y, number, bold=True)
        sheet.write_text(figure, sheet.EDGE + NUMBER_COLUMN, y, line)


# --- several sites: bands -------------------------------------------------------------------------


def _draw_bands(telling: Telling) -> Figure:
    passed = {stage for lane in telling.lanes for _, stage in lane.steps}
    key = [sheet.KeyEntry("band", WORDS[stage], COLOURS[stage]) for stage in STAGES if stage in passed]
    groups = [list(lanes) for _, lanes in itertools.groupby(telling.lanes, key=lambda lane: lane.site)]
    rows = [
        sheet.Row(height=BAND_ROW * len(lanes), left=BAND_LEFT, right=RIGHT, above=0.42, below=DATES)
        for lanes in groups
    ]
    figure, panels = sheet.build_sheet(
        rows, title=make_title(telling), subtitle=make_subtitle(telling), caption=telling.source, key=key
    )
    for axes, lanes in zip(panels, groups, strict=True):
        _draw_site(figure, axes, lanes)
    return figure


def _draw_site(figure: Figure, axes: Axes, lanes: Sequence[Lane]) -> None:
    begin = calendar.date2num(min(lane.steps[0][0] for lane in lanes))
    end = calendar.date2num(max(lane.until for lane in lanes))
    axes.set_ylim(0.0, BAND_ROW * len(lanes))
    axes.set_yticks([])
    _set_dates(axes, begin, end)
    sns.despine(ax=axes, left=True)
    _write_head(figure, axes, f"{lanes[0].name} ({lanes[0].site})", above=0.12)
    for number, lane in enumerate(lanes):
        middle = BAND_ROW * (len(lanes) - number - 0.5)
        ends = [day for day, _ in lane.steps[1:]] + [lane.until]
        for (day, stage), until in zip(lane.steps, ends, strict=True):
            start = calendar.date2num(day)
            width = calendar.date2num(until) - start
            axes.barh(middle, width, left=start, height=BAND_HEIGHT, color=COLOURS[stage], edgecolor="white")
        _, bottom, _, _ = sheet.frame_of(axes)
        words = theme.wrap_text(lane.intervention, BAND_LEFT - sheet.EDGE - 0.1, size=theme.SMALL_SIZE, lines=2)
        for line, text in enumerate(words):
            shift = ((len(words) - 1) / 2 - line) * LINE * 0.85
            sheet.write_text(figure, sheet.EDGE, bottom + middle + shift, text, size=theme.SMALL_SIZE - 1)


# --- both -----------------------------------------------------------------------------------------


def _write_head(figure: Figure, axes: Axes, words: str, *, above: float = 0.36) -> None:
    _, _, _, top = sheet.frame_of(axes)
    line = theme.wrap_text(words, sheet.WIDTH - 2 * sheet.EDGE, bold=True, lines=1)[0]
    sheet.write_text(figure, sheet.EDGE, top + above + 0.1, line, size=theme.TEXT_SIZE, bold=True)


def _set_dates(axes: Axes, begin: float, end: float) -> None:
    """A mark at the beginning of quarters, half years or years, whichever gives a few."""
    axes.set_xlim(begin, max(end, begin + 1.0))
    first, last = calendar.num2date(begin).date(), calendar.num2date(end).date()
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    left, _, right, _ = sheet.frame_of(axes)
    most = max(int((right - left) / DATE_ROOM) - 1, 1)
    step = next((step for step in (1, 3, 6, 12, 24, 60) if months / step <= most), 120)
    numbers = np.arange(12 * first.year, 12 * last.year + 12)
    starts = [date(number // 12, number % 12 + 1, 1) for number in numbers.tolist() if number % step == 0]
    marks = [day for day in starts if first <= day <= last] or [first]
    axes.set_xticks([calendar.date2num(day) for day in marks], [wording.say_short_month(day) for day in marks])

"""Centred stage bars by collaborative: what is short of testing to the left of the middle, the rest to the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread import errors
from spread.plots import ambition_rows, sheet, stage_ramp, theme, wording

MIDDLE: Final = 4
"""The first stage to the right: testing."""
LEFT, RIGHT = 2.0, 1.8
ROW, TALL_ROW = 0.31, 0.42
BAR = 0.24
GUTTER = 0.12
HEADS = 0.5
COLUMN = 0.74
LINE = sheet.line_height(theme.SMALL_SIZE)
STEP = 0.25
MOST_MARKS = 6
WHOLE: Final = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One collaborative (or everybody): how many sites at each stage 0-7, means where they are of many runs."""

    name: str
    place: str
    counts: tuple[float, ...]
    is_whole: bool

    @property
    def counted(self) -> float:
        """Out of how many."""
        return sum(self.counts)

    @property
    def shares(self) -> tuple[float, ...]:
        """Share at each stage."""
        return tuple(count / self.counted for count in self.counts)

    @property
    def in_use(self) -> float:
        """Share at stage 5 or beyond."""
        return sum(self.shares[stage_ramp.IN_USE :])

    @property
    def ahead(self) -> float:
        """Share to the right of the middle."""
        return sum(self.shares[MIDDLE:])


@dataclass(frozen=True, slots=True)
class Standing:
    """What centred bars are drawn from.

    `table` has a row per collaborative and one for everybody (`psc` blank): ``psc, name, stage_0 ... stage_7``.
    `noun` is what is counted, `source` the words of the caption.
    """

    title: str
    day: date
    when: str
    table: pd.DataFrame
    source: str
    noun: str = "sites"
    is_projected: bool = False


def plot_centred(standing: Standing) -> Figure:
    """Draw a bar per collaborative, everybody on top, then furthest behind first.

    Raises
    ------
    InputError
        Nobody is counted.
    """
    bars = read_bars(standing)
    with theme.style():
        row = TALL_ROW if any(_lines(bar, 2) > 1 for bar in bars) else ROW
        height = row * len(bars)
        figure, (axes,) = sheet.build_sheet(
            [sheet.Row(height=height, left=LEFT, right=RIGHT, above=HEADS, below=0.5)],
            title=make_title(standing, bars), subtitle=make_subtitle(standing), caption=standing.source,
            key=[stage_ramp.key_entry(stage) for stage in stages_shown(bars)],
        )  # fmt: skip
        _set_scale(axes, bars, height)
        _write_heads(figure, axes)
        for number, bar in enumerate(bars):
            _draw_bar(figure, axes, bar, height - (number + 0.5) * row, lines=int(row / LINE))
        axes.axvline(0.0, color=theme.INK, linewidth=1.6, zorder=5)
        return figure


def tabulate_centred(standing: Standing) -> pd.DataFrame:
    """List the bars of `plot_centred`: how many counted, and the share at each stage."""
    rows: list[dict[str, Any]] = [
        {
            "place": bar.place,
            "date": pd.Timestamp(standing.day),
            "intervention": standing.title,
            "counted": bar.counted,
            **{f"sites_{name}": count for name, count in zip(stage_ramp.COLUMNS, bar.counts, strict=True)},
            **{f"share_{name}": share for name, share in zip(stage_ramp.COLUMNS, bar.shares, strict=True)},
            "share_in_use": bar.in_use,
        }
        for bar in read_bars(standing)
    ]
    return pd.DataFrame(rows)


def describe_centred(standing: Standing) -> str:
    """Say in words what `plot_centred` shows."""
    bars = read_bars(standing)
    opening = f"{make_title(standing, bars)}. Centred stacked bar chart. {make_subtitle(standing)}."
    return " ".join([opening, *(_describe(bar) for bar in bars), standing.source])


# --- what is shown --------------------------------------------------------------------------------


def read_bars(standing: Standing) -> list[Bar]:
    """Everybody, then the collaboratives with somebody counted, furthest behind first.

    Raises
    ------
    InputError
        Nobody is counted.
    """
    table = standing.table[standing.table[list(stage_ramp.COLUMNS)].sum(axis=1) > 0]
    if table.empty:
        raise errors.InputError(errors.Fault(f"nobody is counted for {standing.title} at {standing.when}"))
    places = [str(name) for name in table["name"]]
    parts = [name for name, psc in zip(places, table["psc"], strict=True) if psc != WHOLE]
    short = dict(zip(parts, ambition_rows.shorten_names(parts), strict=True))
    bars = [
        Bar(short.get(place, place), place, tuple(float(row[name]) for name in stage_ramp.COLUMNS), row["psc"] == WHOLE)
        for place, (_, row) in zip(places, table.iterrows(), strict=True)
    ]
    ordered = sorted(bars, key=lambda bar: (not bar.is_whole, bar.in_use, bar.ahead, bar.name))
    return ordered if len(ordered) != 2 else ordered[:1] if _is_same(ordered) else ordered


def _is_same(bars: Sequence[Bar]) -> bool:
    """Whether the only part is the whole."""
    return bars[0].counts == bars[1].counts


def stages_shown(bars: Sequence[Bar]) -> list[int]:
    """The stages anybody to speak of is at."""
    return [stage for stage in range(len(stage_ramp.COLUMNS)) if any(bar.shares[stage] >= 0.002 for bar in bars)]


# --- in words -------------------------------------------------------------------------------------


def make_title(standing: Standing, bars: Sequence[Bar]) -> str:
    """State how many are in use, in ten words or fewer."""
    parts = [bar for bar in bars if not bar.is_whole]
    if len(parts) > 1:
        low, high = _say_short(parts[0].in_use, standing), _say_short(parts[-1].in_use, standing)
        span = f"{low} to {high}" if low != high else f"{low} everywhere"
        return f"In use, by collaborative: {span}"
    return f"In use: {_say_short(bars[0].in_use, standing)} of {standing.noun}, {wording.say_month(standing.day)}"


def make_subtitle(standing: Standing) -> str:
    """Say what a bar is."""
    return (
        f"{standing.title}, {standing.when}. % of {standing.noun} at each stage, on either side of the step to testing"
    )


def _say_short(share: float, standing: Standing) -> str:
    if standing.is_projected:
        return "almost none" if share < 0.005 else "almost all" if share > 0.995 else wording.say_projected(share)
    return "none" if share <= 0.0 else "all" if share >= 1.0 else f"{round(100 * share)}{wording.NO_BREAK}%"


def _describe(bar: Bar) -> str:
    parts = [
        f"{stage_ramp.name(stage)} {round(100 * share)}{wording.NO_BREAK}%"
        for stage, share in enumerate(bar.shares)
        if share >= 0.005
    ]
    return f"{bar.place}: {_say_count(bar.counted)} counted, {', '.join(parts)}."


def _say_count(count: float) -> str:
    return f"{round(count):,}"


# --- drawing --------------------------------------------------------------------------------------


def _lines(bar: Bar, most: int) -> int:
    room = LEFT - sheet.EDGE - GUTTER
    return len(theme.wrap_text(bar.name, room, size=theme.SMALL_SIZE, bold=bar.is_whole, lines=most))


def _set_scale(axes: Axes, bars: Sequence[Bar], height: float) -> None:
    """As far to each side as the longest bar reaches, in quarters."""
    left = max(1.0 - bar.ahead for bar in bars)
    right = max(bar.ahead for bar in bars)
    low, high = -STEP * max(1, -int(-(left - 1e-9) // STEP)), STEP * max(1, -int(-(right - 1e-9) // STEP))
    axes.set_xlim(low, high)
    axes.set_ylim(0.0, height)
    axes.set_yticks([])
    count = round((high - low) / STEP)
    marks = [low + STEP * number for number in range(count + 1)]
    step = STEP if count <= MOST_MARKS else 2 * STEP
    axes.set_xticks(marks, [wording.say_percent(abs(mark)) if mark % step == 0 else "" for mark in marks])
    axes.grid(axis="x")
    sns.despine(ax=axes, left=True)


def _write_heads(figure: Figure, axes: Axes) -> None:
    left, _, right, top = sheet.frame_of(axes)
    middle, _ = sheet.place_of(axes, 0.0, 0.0)
    y = top + 0.05 + LINE / 2
    if middle - left > 1.2:
        sheet.write_text(figure, middle - 0.08, y, "short of testing", colour=theme.QUIET, align="right")
    if right - middle > 1.6:
        sheet.write_text(figure, middle + 0.08, y, "testing and beyond", colour=theme.QUIET)
    for number, words in enumerate(("Counted", "In use")):
        sheet.write_text(figure, right + GUTTER + number * COLUMN + 0.55, y, words, colour=theme.QUIET, align="right")


def _draw_bar(figure: Figure, axes: Axes, bar: Bar, y: float, *, lines: int) -> None:
    left, bottom, right, _ = sheet.frame_of(axes)
    low, high = axes.get_xlim()
    inches = (right - left) / (high - low)
    words = theme.wrap_text(
        bar.name, left - sheet.EDGE - GUTTER, size=theme.SMALL_SIZE, bold=bar.is_whole, lines=max(lines, 1)
    )
    for number, line in enumerate(words):
        shift = ((len(words) - 1) / 2 - number) * LINE * 0.9
        sheet.write_text(figure, sheet.EDGE, bottom + y + shift, line, bold=bar.is_whole)
    begin = bar.ahead - 1.0
    for stage, share in enumerate(bar.shares):
        if share <= 0.0:
            continue
        axes.barh(y, share, left=begin, height=BAR, color=stage_ramp.COLOURS[stage], edgecolor="white", linewidth=0.8)
        text = str(round(100 * share))
        if text != "0" and theme.measure_text(text, size=theme.SMALL_SIZE) + 0.05 < share * inches:
            x, _ = sheet.place_of(axes, begin + share / 2, 0.0)
            sheet.write_text(figure, x, bottom + y, text, colour=stage_ramp.ink_on(stage), align="center")
        begin += share
    column = right + GUTTER
    sheet.write_text(figure, column + 0.55, bottom + y, _say_count(bar.counted), align="right", bold=bar.is_whole)
    sheet.write_text(
        figure, column + COLUMN + 0.55, bottom + y, f"{round(100 * bar.in_use)}{wording.NO_BREAK}%", align="right",
        bold=bar.is_whole,
    )  # fmt: skip

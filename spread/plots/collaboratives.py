"""Small panels of projected adoption, one for each collaborative, setting or deprivation fifth, England behind each."""

from collections.abc import Sequence

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread.plots import curve_words as words
from spread.plots import data as tables
from spread.plots import groups as choices
from spread.plots import series as shares
from spread.plots import sheet, theme, time_scale, wording

LEFT, RIGHT, GAP = 0.68, 0.3, 0.32
HEIGHT, FEW_HEIGHT = 1.0, 1.5
FEW = 6  # groups that have room for taller panels
MOST_COLUMNS = 3
ABOVE, BELOW, LAST_BELOW = 0.08, 0.14, 0.46
HEAD_FOOT = 0.07  # inches from a panel to the words over it
MARKS = 3  # percentages: 0, 50 and 100 %
LINE = sheet.line_height(theme.SMALL_SIZE)
BAND = theme.BANDS[1]
COLOUR, WHOLE_COLOUR = theme.DARK_BLUE, "#8C8C8C"
END = 0.08  # of a panel's width, from which a date's label would stand out
LONE_WIDTH = 20.0  # points of the band of a single date


def plot_collaboratives(
    data: tables.PlotData,
    *,
    by: str = choices.PSC,
    ambition: str | None = None,
    intervention: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
) -> Figure:
    """Draw a panel for each group with its middle run and range, and the whole country's middle run in grey.

    Parameters
    ----------
    by
        Kind of group, one of `groups.NOUNS`: ``psc``, ``setting``, ``imd_fifth`` or ``nhs_region``.
    ambition
        What is drawn is what this ambition is about; the first of the run unless given.
    intervention
        Or this intervention.
    group
        Always everyone: every group is shown.

    Raises
    ------
    InputError
        Nothing of that name is in the results, or no group of that kind.
    """
    with theme.style():
        found = choices.choose_groups(data, by=by, ambition=ambition, intervention=intervention)
        columns = MOST_COLUMNS if len(found.parts) > 4 else min(len(found.parts), 2)
        width = (sheet.WIDTH - LEFT - RIGHT - (columns - 1) * GAP) / columns
        heads = [_head(part, found.day, width) for part in found.parts]
        figure, panels = sheet.build_sheet(
            _make_rows(heads, columns),
            title=make_title(found),
            subtitle=make_subtitle(data, found),
            caption=choices.make_caption(data, found),
            key=_make_key(found),
        )
        for number, (axes, part, head) in enumerate(zip(panels, found.parts, heads, strict=False)):
            _draw_panel(axes, found, part)
            is_lowest = number + columns >= len(found.parts)
            _label_scales(axes, is_left=number % columns == 0, is_lowest=is_lowest)
            _write_head(figure, axes, head)
        for axes in panels[len(found.parts) :]:
            axes.remove()
        return figure


def tabulate_collaboratives(
    data: tables.PlotData,
    *,
    by: str = choices.PSC,
    ambition: str | None = None,
    intervention: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
) -> pd.DataFrame:
    """List the numbers of `plot_collaboratives`, a row per group and date, the whole country first."""
    return choices.tabulate(choices.choose_groups(data, by=by, ambition=ambition, intervention=intervention))


def describe_collaboratives(
    data: tables.PlotData,
    *,
    by: str = choices.PSC,
    ambition: str | None = None,
    intervention: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
) -> str:
    """Say in words what `plot_collaboratives` shows."""
    found = choices.choose_groups(data, by=by, ambition=ambition, intervention=intervention)
    whole = wording.say_projected(choices.middle_of(found.whole, found.day))
    told = "; ".join(f"{part.name} {_say_range(part.series, found.day)}" for part in found.parts)
    sentences = [
        f"{make_title(found)}. {len(found.parts)} small line charts. {make_subtitle(data, found)}.",
        f"By {wording.say_date(found.day)}, middle run and {wording.say_percent(BAND[2] / 100)} of runs: {told}; "
        f"{found.whole_name} {whole}.",
        choices.make_caption(data, found),
    ]
    return " ".join(sentences)


def make_title(found: choices.Groups) -> str:
    """State the finding in ten words or fewer."""
    middles = sorted(choices.middle_of(part.series, found.day) for part in found.parts)
    noun = found.noun
    name = noun if noun[:2].isupper() else noun[0].upper() + noun[1:]
    return f"{name}: {wording.say_span(middles[0], middles[-1])} by {wording.say_month(found.day)}"


def make_subtitle(data: tables.PlotData, found: choices.Groups) -> str:
    """Say whose share of what is drawn, and what stands over the panels."""
    chance = any(choices.chance_of(part.series, found.day) is not None for part in found.parts)
    numbers = "middle run and chance of target" if chance else "middle run"
    order = "" if found.kind == choices.FIFTHS or len(found.parts) == 1 else ", furthest behind first"
    return f"Over each panel: {numbers} by {wording.say_date(found.day)}{order}. {choices.say_share(data, found)}"


def _say_range(series: shares.Series, day: pd.Timestamp) -> str:
    value = words.value_at(series, day)
    chance = choices.chance_of(series, day)
    said = f"{wording.say_projected(value['q50'])} ({wording.say_span(value[BAND[0]], value[BAND[1]])}"
    return said + (")" if chance is None else f", {wording.say_chance(chance)} chance)")


def _make_key(found: choices.Groups) -> list[sheet.KeyEntry]:
    key = [sheet.KeyEntry("line", "middle run", COLOUR)]
    if any((part.series.frame[BAND[1]] > part.series.frame[BAND[0]]).any() for part in found.parts):
        key.append(sheet.KeyEntry("band", f"{wording.say_percent(BAND[2] / 100)} of runs", _shade()))
    key.append(sheet.KeyEntry("line", found.whole_name, WHOLE_COLOUR))
    if words.thresholds_of([found.whole]):
        goals = wording.say_list([wording.say_percent(share) for share in words.thresholds_of([found.whole])])
        key.append(sheet.KeyEntry("dashes", f"target {goals}", theme.DARK_GREY))
    if words.deadlines_of([found.whole]):
        key.append(sheet.KeyEntry("target", "deadline", theme.INK))
    return key


def _shade() -> str:
    return theme.tint(COLOUR, BAND[3])


def _head(part: choices.Part, day: pd.Timestamp, width: float) -> list[str]:
    """What stands over a panel: a name of two lines at most, bold, and its result."""
    names = theme.wrap_text(part.name, width, size=theme.SMALL_SIZE, bold=True, lines=2)
    return [*names, choices.say_result(part, day)]


def _make_rows(heads: Sequence[Sequence[str]], columns: int) -> list[sheet.Row]:
    height = FEW_HEIGHT if len(heads) <= FEW else HEIGHT
    rows = []
    for first in range(0, len(heads), columns):
        above = ABOVE + HEAD_FOOT + LINE * max(len(head) for head in heads[first : first + columns])
        is_lowest = first + 2 * columns > len(heads)  # of some column
        below = LAST_BELOW if is_lowest else BELOW
        rows.append(sheet.Row(height=height, left=LEFT, right=RIGHT, above=above, below=below, columns=columns,
                              gap=GAP))  # fmt: skip
    return rows


def _draw_panel(axes: Axes, found: choices.Groups, part: choices.Part) -> None:
    time_scale.set_scales(axes, words.date_range([found.whole, part.series]), marks=MARKS)
    frame, whole = part.series.frame, found.whole.frame
    days = mdates.date2num(frame["date"])
    low, high, shade = frame[BAND[0]], frame[BAND[1]], _shade()
    if len(days) == 1:
        axes.vlines(days, low, high, color=shade, linewidth=LONE_WIDTH, zorder=1.5)
    else:
        axes.fill_between(days, low, high, color=shade, linewidth=0, zorder=1.5)
    lone = "o" if len(days) == 1 else None
    axes.plot(mdates.date2num(whole["date"]), whole["q50"].to_numpy(), color=WHOLE_COLOUR, linewidth=1.8, marker=lone,
              clip_on=False, zorder=2.6)  # fmt: skip
    axes.plot(days, frame["q50"].to_numpy(), color=COLOUR, linewidth=2.2, marker=lone, clip_on=False,
              zorder=3)  # fmt: skip
    for share in words.thresholds_of([found.whole]):
        axes.axhline(share, color=theme.DARK_GREY, linewidth=1.1, linestyle=sheet.TARGET_DASHES, zorder=2.5)
    for day in words.deadlines_of([found.whole]):
        axes.axvline(mdates.date2num(day), color=theme.INK, linewidth=1.1, zorder=2.4)


def _label_scales(axes: Axes, *, is_left: bool, is_lowest: bool) -> None:
    """Leave the labels of scales to the panels at the left and at the foot; dates at an end stay inside it."""
    axes.tick_params(labelleft=is_left, labelbottom=is_lowest)
    low, high = axes.get_xlim()
    places = axes.get_xticks()
    for place, tick in zip(places, axes.xaxis.get_major_ticks(len(places)), strict=True):
        if high - place < END * (high - low):
            tick.label1.set_horizontalalignment("right")
        elif place - low < END * (high - low):
            tick.label1.set_horizontalalignment("left")


def _write_head(figure: Figure, axes: Axes, head: Sequence[str]) -> None:
    left, _, _, top = sheet.frame_of(axes)
    for number, line in enumerate(reversed(head)):
        sheet.write_text(figure, left, top + HEAD_FOOT + (number + 0.5) * LINE, line, bold=number > 0)

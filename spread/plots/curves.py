"""Projected adoption over time, with bands, target, milestones and deadlines."""

from collections.abc import Sequence

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib import transforms
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread.plots import curve_words as words
from spread.plots import data as tables
from spread.plots import reality as seen
from spread.plots import series as shares
from spread.plots import sheet, theme, time_scale, wording

LEFT, RIGHT = time_scale.LEFT, time_scale.RIGHT
HEIGHT = 3.2
SMALL_HEIGHT = 1.7
SMALL_COLUMNS = 2
SMALL_GAP = 0.75
SMALL_RIGHT = 0.35
HEAD_INDENT = 0.4  # heads of small panels begin above the percentages
LINE = sheet.line_height(theme.SMALL_SIZE)
MOST_MARKERS = 8
LONE_BAND_WIDTHS = (30.0, 20.0, 10.0)  # points, widest band first
RANGE_WIDTH = 5.0  # points
VALUE_WIDTH = 0.55  # of a share written beside its dot


def plot_curves(
    data: tables.PlotData,
    *,
    intervention: str | Sequence[str] | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
    observed: pd.DataFrame | None = None,
    rivals: pd.DataFrame | None = None,
) -> Figure:
    """Draw the projected share of sites over time.

    One share gets bands of 50, 80 and 95 % of runs; up to four share a panel, each with its range of 80 % of runs
    at the deadline; more get a small panel each.

    Parameters
    ----------
    intervention
        Key or keys as in ``summary.csv``; None draws what the ambitions are about.
    group
        Group kind and group as in ``summary.csv``.
    for_label
        What readers call the group.
    observed
        What was observed, columns `reality.OBSERVED`; drawn as dots.
    rivals
        Simple forecasts of the one share drawn, columns `reality.RIVALS`; drawn as thin lines.

    Raises
    ------
    InputError
        Nothing of that name is in the results, or nothing was observed of what is drawn.
    """
    with theme.style():
        series = shares.choose_series(data, intervention=intervention, group=group)
        reality = seen.meet(series, group=group, observed=observed, rivals=rivals)
        place = tables.name_group(data, group, for_label)
        if len(series) > len(theme.LINE_COLOURS):
            return _draw_apart(data, series, place, reality)
        return _draw_together(data, series, place, reality)


def tabulate_curves(
    data: tables.PlotData,
    *,
    intervention: str | Sequence[str] | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
    observed: pd.DataFrame | None = None,
    rivals: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the numbers of `plot_curves`: a row per share and date, with target and chance at deadlines."""
    place = tables.name_group(data, group, for_label)
    series = shares.choose_series(data, intervention=intervention, group=group)
    reality = seen.meet(series, group=group, observed=observed, rivals=rivals)
    parts = []
    for one in series:
        part = one.frame.copy()
        part.insert(1, "intervention", one.key)
        part.insert(2, "label", one.label)
        part.insert(3, "measure", one.measure)
        part.insert(4, "group", place)
        for name in ("threshold", "chance"):
            values = {target.deadline: getattr(target, name) for target in one.targets}
            part[name] = part["date"].map(values).astype(float)
        parts.append(part)
    if reality.is_there:
        parts = [*(part.assign(shown="projected") for part in parts), seen.tabulate(series, reality, place)]
    return pd.concat(parts, ignore_index=True)


def describe_curves(
    data: tables.PlotData,
    *,
    intervention: str | Sequence[str] | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
    observed: pd.DataFrame | None = None,
    rivals: pd.DataFrame | None = None,
) -> str:
    """Say in words what `plot_curves` shows."""
    series = shares.choose_series(data, intervention=intervention, group=group)
    reality = seen.meet(series, group=group, observed=observed, rivals=rivals)
    told = words.describe(data, series, tables.name_group(data, group, for_label))
    title = seen.make_title(series, reality)
    said = f"{title}. {told.partition('. ')[2]}" if title else told
    return " ".join(part for part in (said, *seen.describe(series, reality), seen.caption(reality)) if part)


def _draw_together(data: tables.PlotData, series: Sequence[shares.Series], place: str, reality: seen.Reality) -> Figure:
    deadlines = time_scale.place_deadlines(series, reality.dates)
    above = 0.14 + max((base + len(lines) * LINE for _, base, _, lines in deadlines), default=0.0)
    figure, (axes,) = sheet.build_sheet(
        [sheet.Row(height=HEIGHT, left=LEFT, right=RIGHT, above=above)],
        title=seen.make_title(series, reality) or words.make_title(series),
        subtitle=words.make_subtitle(data, series, place),
        caption=_make_caption(data, series, reality),
        key=_make_key(data, series, reality),
    )
    time_scale.set_scales(axes, reality.dates)
    for number, one in enumerate(series):
        _draw_series(axes, one, number=number, alone=len(series) == 1)
    for day, base, middle, lines in deadlines:
        time_scale.draw_deadline(figure, axes, day=day, base=base, middle=middle, lines=lines)
    time_scale.draw_aims(axes, series)
    if tables.starts_observed(data):
        _draw_observed(axes, series, named=not reality.is_there)
    for points in reality.points:
        seen.draw_points(axes, points)
    if len(series) == 1:
        _write_values(axes, series[0])
    rivals = seen.draw_rivals(axes, reality.rivals)
    sheet.label_right(figure, axes, [*_label_lines(series), *_label_targets(series), *rivals])
    return figure


def _draw_apart(data: tables.PlotData, series: Sequence[shares.Series], place: str, reality: seen.Reality) -> Figure:
    width = (sheet.WIDTH - LEFT - SMALL_RIGHT - SMALL_GAP) / SMALL_COLUMNS
    heads = [_head_panel(one, width) for one in series]
    rows: list[sheet.Row] = []
    for first in range(0, len(series), SMALL_COLUMNS):
        above = (0.12 if rows else 0.24) + LINE * max(len(head) for head in heads[first : first + SMALL_COLUMNS])
        rows.append(sheet.Row(height=SMALL_HEIGHT, left=LEFT, right=SMALL_RIGHT, above=above, below=0.62,
                              columns=SMALL_COLUMNS, gap=SMALL_GAP))  # fmt: skip
    target = [sheet.KeyEntry("dashes", "target", theme.DARK_GREY)] if words.thresholds_of(series) else []
    deadline = [sheet.KeyEntry("target", "deadline", theme.INK)] if words.deadlines_of(series) else []
    figure, panels = sheet.build_sheet(
        rows,
        title=words.make_title(series),
        subtitle=words.make_subtitle(data, series, place),
        caption=_make_caption(data, series, reality),
        key=[*_make_key(data, series, reality, apart=True), *target, *deadline],
    )
    for axes, one, head, points in zip(panels, series, heads, reality.points, strict=False):
        time_scale.set_scales(axes, reality.dates)
        _draw_series(axes, one, number=0, alone=True)
        time_scale.draw_aims(axes, [one])
        for day in words.deadlines_of([one]):
            axes.axvline(mdates.date2num(day), color=theme.INK, linewidth=1.2, zorder=2.4)
        if tables.starts_observed(data):
            _draw_dots(axes, one)
        seen.draw_points(axes, points)
        left, _, _, top = sheet.frame_of(axes)
        for number, line in enumerate(reversed(head)):
            sheet.write_text(figure, left - HEAD_INDENT, top + 0.1 + (number + 0.5) * LINE, line, bold=number > 0)
    for axes in panels[len(series) :]:
        axes.remove()
    return figure


def _draw_series(axes: Axes, series: shares.Series, *, number: int, alone: bool) -> None:
    colour = theme.LINE_COLOURS[number]
    days = mdates.date2num(series.frame["date"])
    if alone:
        _draw_bands(axes, series.frame, days, colour)
    else:
        _draw_range(axes, series, number=number)
    marker = None if alone and len(days) > 1 else theme.LINE_MARKERS[number]
    axes.plot(
        days, series.frame["q50"].to_numpy(), color=colour, linewidth=2.4, linestyle=theme.LINE_STYLES[number],
        marker=marker, markersize=6, markeredgecolor="white", markevery=-(-len(days) // MOST_MARKERS), clip_on=False,
        zorder=3,
    )  # fmt: skip


def _draw_bands(axes: Axes, frame: pd.DataFrame, days: "np.ndarray[tuple[int], np.dtype[np.float64]]",
                colour: str) -> None:  # fmt: skip
    for (low, high, _, share), width in zip(theme.BANDS, LONE_BAND_WIDTHS, strict=True):
        shade = theme.tint(colour, share)
        if len(days) == 1:
            axes.vlines(days, frame[low], frame[high], color=shade, linewidth=width, zorder=1.5)
        else:
            axes.fill_between(days, frame[low], frame[high], color=shade, linewidth=0, zorder=1.5)


def _draw_range(axes: Axes, series: shares.Series, *, number: int) -> None:
    """Draw the range of 80 % of runs at the deadline, one bar beside the other so that all can be read."""
    aim = words.aim_of(series)
    value = words.value_at(series, aim)
    shift = -(number + 1) * (RANGE_WIDTH + 2) / theme.POINTS_PER_INCH
    figure = axes.get_figure(root=True)
    beside = axes.transData + transforms.ScaledTranslation(shift, 0, figure.dpi_scale_trans) if figure else None
    axes.plot([mdates.date2num(aim)] * 2, [value["q10"], value["q90"]], color=theme.LINE_COLOURS[number], alpha=0.45,
              linewidth=RANGE_WIDTH, transform=beside, zorder=2)  # fmt: skip


def _draw_observed(axes: Axes, series: Sequence[shares.Series], *, named: bool) -> None:
    for one in series:
        _draw_dots(axes, one)
    if named and len(series) == 1:
        share = float(series[0].frame["q50"].iloc[0])
        day = mdates.date2num(series[0].frame["date"].iloc[0])
        text = f"observed {wording.say_percent(round(share, 2))}"
        time_scale.write_near(axes, day, share, text, above=share < time_scale.EDGE_SHARE)


def _draw_dots(axes: Axes, series: shares.Series) -> None:
    axes.plot(mdates.date2num(series.frame["date"])[:1], series.frame["q50"][:1], marker="o", markersize=9,
              color=theme.INK, markeredgecolor="white", linestyle="none", clip_on=False, zorder=5)  # fmt: skip


def _write_values(axes: Axes, series: shares.Series) -> None:
    """Mark the middle run at each deadline and write it where there is room; the last has the first right to room.

    At the last date the label beside the panel says it.
    """
    room = sheet.WIDTH
    for day in reversed(words.deadlines_of([series])):
        share = words.value_at(series, day)["q50"]
        day_number = mdates.date2num(day)
        axes.plot([day_number], [share], marker="o", markersize=8, color=theme.LINE_COLOURS[0],
                  markeredgecolor="white", linestyle="none", clip_on=False, zorder=4)  # fmt: skip
        x, _ = sheet.place_of(axes, day_number, share)
        if day < series.frame["date"].iloc[-1] and room - x > VALUE_WIDTH:
            time_scale.write_near(
                axes, day_number, share, wording.say_projected(share), above=share < time_scale.EDGE_SHARE
            )
            room = x


def _label_lines(series: Sequence[shares.Series]) -> list[sheet.SideLabel]:
    room = RIGHT - sheet.LABEL_OFFSET - sheet.EDGE / 2
    labels = []
    for number, one in enumerate(series):
        end = float(one.frame["q50"].iloc[-1])
        if len(series) == 1:
            heads, lines = ["Middle run"], [_say_value(one, one.frame["date"].iloc[-1])]
        else:
            heads = theme.wrap_text(
                one.label, room, size=theme.SMALL_SIZE, bold=True, lines=3 if len(series) < 4 else 2
            )
            lines = [_say_value(one, words.aim_of(one)), *_say_target_chance(one)]
        lines = [piece for line in lines for piece in theme.wrap_text(line, room, size=theme.SMALL_SIZE)]
        labels.append(sheet.SideLabel(end, theme.LINE_COLOURS[number], tuple(heads), tuple(lines)))
    return labels


def _label_targets(series: Sequence[shares.Series]) -> list[sheet.SideLabel]:
    return [
        sheet.SideLabel(share, theme.DARK_GREY, (f"Target {wording.say_percent(share)}",))
        for share in words.thresholds_of(series)
    ]


def _head_panel(series: shares.Series, width: float) -> list[str]:
    heads = theme.wrap_text(series.label, width + HEAD_INDENT, size=theme.SMALL_SIZE, bold=True, lines=2)
    return [*heads, ", ".join([_say_value(series, words.aim_of(series)), *_say_target_chance(series)])]


def _say_value(series: shares.Series, day: pd.Timestamp) -> str:
    share = wording.say_projected(words.value_at(series, day)["q50"])
    return f"{share} by {wording.say_short_month(day).replace(' ', wording.NO_BREAK)}"


def _say_target_chance(series: shares.Series) -> list[str]:
    chance = series.targets[-1].chance if series.targets else None
    return [] if chance is None else [f"{wording.say_chance(chance)} chance"]


def _make_caption(data: tables.PlotData, series: Sequence[shares.Series], reality: seen.Reality) -> str:
    return " ".join(filter(None, [tables.make_caption(data, words.ambitions_of(series)), seen.caption(reality)]))


def _make_key(
    data: tables.PlotData, series: Sequence[shares.Series], reality: seen.Reality, *, apart: bool = False
) -> list[sheet.KeyEntry]:
    alone = apart or len(series) == 1
    colour = theme.LINE_COLOURS[0] if alone else theme.DARK_GREY
    key = [sheet.KeyEntry("line", "middle run", colour)]
    if any((one.frame["q975"] > one.frame["q025"]).any() for one in series):
        key += (
            _key_bands(colour) if alone else [sheet.KeyEntry("upright", _say_range(series), theme.tint(colour, 0.45))]
        )
    if tables.starts_observed(data) or reality.is_there:
        key.append(sheet.KeyEntry("dot", "observed", theme.INK))
    if words.milestones_of(series):
        key.append(sheet.KeyEntry("diamond", "milestone", theme.INK))
    return key


def _key_bands(colour: str) -> list[sheet.KeyEntry]:
    *inner, outer = theme.BANDS[::-1]
    labels = [wording.say_percent(percent / 100) for *_, percent, _ in inner]
    labels.append(f"{wording.say_percent(outer[2] / 100)} of runs")
    shades = [theme.tint(colour, share) for *_, share in theme.BANDS[::-1]]
    return [sheet.KeyEntry("band", label, shade) for label, shade in zip(labels, shades, strict=True)]


def _say_range(series: Sequence[shares.Series]) -> str:
    when = "at the deadline" if words.deadlines_of(series) else "at the last date"
    return f"{wording.say_percent(theme.BANDS[1][2] / 100)} of runs, {when}"

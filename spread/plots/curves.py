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
from spread.plots import series as shares
from spread.plots import sheet, theme, wording

LEFT = 0.75
RIGHT = 1.8
HEIGHT = 3.2
SMALL_HEIGHT = 1.7
SMALL_COLUMNS = 2
SMALL_GAP = 0.75
SMALL_RIGHT = 0.35
HEAD_INDENT = 0.4  # heads of small panels begin above the percentages
LINE = sheet.line_height(theme.SMALL_SIZE)
DATE_LABEL_WIDTH = 0.55
TICK_STEPS = (1, 2, 4, 8, 12, 20, 40, 80)  # quarters
MOST_MARKERS = 8
LONE_DATE_MARGIN_DAYS = 60.0
LONE_BAND_WIDTHS = (30.0, 20.0, 10.0)  # points, widest band first
RANGE_WIDTH = 5.0  # points
VALUE_WIDTH = 0.55  # of a share written beside its dot
EDGE_SHARE = 0.12  # words go above a point lower than this


def plot_curves(
    data: tables.PlotData,
    *,
    intervention: str | Sequence[str] | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
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

    Raises
    ------
    InputError
        Nothing of that name is in the results.
    """
    with theme.style():
        series = shares.choose_series(data, intervention=intervention, group=group)
        place = tables.name_group(data, group, for_label)
        if len(series) > len(theme.LINE_COLOURS):
            return _draw_apart(data, series, place)
        return _draw_together(data, series, place)


def tabulate_curves(
    data: tables.PlotData,
    *,
    intervention: str | Sequence[str] | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
) -> pd.DataFrame:
    """List the numbers of `plot_curves`: a row per share and date, with target and chance at deadlines."""
    place = tables.name_group(data, group, for_label)
    parts = []
    for one in shares.choose_series(data, intervention=intervention, group=group):
        part = one.frame.copy()
        part.insert(1, "intervention", one.key)
        part.insert(2, "label", one.label)
        part.insert(3, "measure", one.measure)
        part.insert(4, "group", place)
        for name in ("threshold", "chance"):
            values = {target.deadline: getattr(target, name) for target in one.targets}
            part[name] = part["date"].map(values).astype(float)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def describe_curves(
    data: tables.PlotData,
    *,
    intervention: str | Sequence[str] | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
) -> str:
    """Say in words what `plot_curves` shows."""
    series = shares.choose_series(data, intervention=intervention, group=group)
    return words.describe(data, series, tables.name_group(data, group, for_label))


def _draw_together(data: tables.PlotData, series: Sequence[shares.Series], place: str) -> Figure:
    deadlines = _place_deadlines(series)
    above = 0.14 + max((base + len(lines) * LINE for _, base, _, lines in deadlines), default=0.0)
    figure, (axes,) = sheet.build_sheet(
        [sheet.Row(height=HEIGHT, left=LEFT, right=RIGHT, above=above)],
        title=words.make_title(series),
        subtitle=words.make_subtitle(data, series, place),
        caption=tables.make_caption(data, words.ambitions_of(series)),
        key=_make_key(data, series),
    )
    _set_scales(axes, words.date_range(series))
    for number, one in enumerate(series):
        _draw_series(axes, one, number=number, alone=len(series) == 1)
    for day, base, middle, lines in deadlines:
        _draw_deadline(figure, axes, day=day, base=base, middle=middle, lines=lines)
    _draw_aims(axes, series)
    if tables.starts_observed(data):
        _draw_observed(axes, series)
    if len(series) == 1:
        _write_values(axes, series[0])
    sheet.label_right(figure, axes, [*_label_lines(series), *_label_targets(series)])
    return figure


def _draw_apart(data: tables.PlotData, series: Sequence[shares.Series], place: str) -> Figure:
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
        caption=tables.make_caption(data, words.ambitions_of(series)),
        key=[*_make_key(data, series, apart=True), *target, *deadline],
    )
    for axes, one, head in zip(panels, series, heads, strict=False):
        _set_scales(axes, words.date_range(series))
        _draw_series(axes, one, number=0, alone=True)
        _draw_aims(axes, [one])
        for day in words.deadlines_of([one]):
            axes.axvline(mdates.date2num(day), color=theme.INK, linewidth=1.2, zorder=2.4)
        if tables.starts_observed(data):
            _draw_dots(axes, one)
        left, _, _, top = sheet.frame_of(axes)
        for number, line in enumerate(reversed(head)):
            sheet.write_text(figure, left - HEAD_INDENT, top + 0.1 + (number + 0.5) * LINE, line, bold=number > 0)
    for axes in panels[len(series) :]:
        axes.remove()
    return figure


def _set_scales(axes: Axes, dates: tuple[pd.Timestamp, pd.Timestamp]) -> None:
    first, last = (mdates.date2num(day) for day in dates)
    margin = LONE_DATE_MARGIN_DAYS if first == last else 0.0
    left, _, right, _ = sheet.frame_of(axes)
    days = _choose_ticks(*dates, room=int((right - left) / DATE_LABEL_WIDTH))
    axes.set_xticks([mdates.date2num(day) for day in days], _label_ticks(days))
    axes.set_xlim(first - margin, last + margin)
    marks = np.linspace(0.0, 1.0, 6)
    axes.set_yticks(marks, [wording.say_percent(mark) for mark in marks])
    axes.set_ylim(0.0, 1.0)
    axes.grid(axis="y")
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _choose_ticks(first: pd.Timestamp, last: pd.Timestamp, *, room: int) -> list[pd.Timestamp]:
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


def _place_deadlines(series: Sequence[shares.Series]) -> list[tuple[pd.Timestamp, float, float, list[str]]]:
    """Give each deadline its day, the foot of its words above the panel, their middle, and the words.

    Words stand over their line; two deadlines point away from each other; what would still touch goes a row up.
    """
    days = words.deadlines_of(series)
    first, last = (mdates.date2num(day) for day in words.date_range(series))
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


def _draw_deadline(
    figure: Figure, axes: Axes, *, day: pd.Timestamp, base: float, middle: float, lines: Sequence[str]
) -> None:
    _, bottom, _, top = sheet.frame_of(axes)
    reach = 1.0 + base / (top - bottom)
    axes.plot([mdates.date2num(day)] * 2, [0.0, reach], transform=axes.get_xaxis_transform(), color=theme.INK,
              linewidth=1.2, clip_on=False, zorder=2.4)  # fmt: skip
    for number, line in enumerate(reversed(lines)):
        y = top + base + (number + 0.5) * LINE
        sheet.write_text(figure, middle, y, line, align="center", bold=number == len(lines) - 1, backed=True)


def _draw_aims(axes: Axes, series: Sequence[shares.Series]) -> None:
    for share in words.thresholds_of(series):
        axes.axhline(share, color=theme.DARK_GREY, linewidth=1.4, linestyle=sheet.TARGET_DASHES, zorder=2.5)
    for day, share in words.milestones_of(series):
        x = mdates.date2num(day)
        axes.plot([x], [share], marker="D", markersize=7, markerfacecolor="white", markeredgecolor=theme.INK,
                  markeredgewidth=1.5, linestyle="none", clip_on=False, zorder=4)  # fmt: skip
        _write_near(axes, x, share, wording.say_percent(share), above=share < 1 - EDGE_SHARE)


def _draw_observed(axes: Axes, series: Sequence[shares.Series]) -> None:
    for one in series:
        _draw_dots(axes, one)
    if len(series) == 1:
        share = float(series[0].frame["q50"].iloc[0])
        day = mdates.date2num(series[0].frame["date"].iloc[0])
        text = f"observed {wording.say_percent(round(share, 2))}"
        _write_near(axes, day, share, text, above=share < EDGE_SHARE)


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
            _write_near(axes, day_number, share, wording.say_projected(share), above=share < EDGE_SHARE)
            room = x


def _write_near(axes: Axes, x: float, y: float, text: str, *, above: bool) -> None:
    axes.annotate(
        text, (x, y), xytext=(8, 11 if above else -13), textcoords="offset points", va="center", zorder=6,
        fontsize=theme.SMALL_SIZE, fontweight="bold", parse_math=False, annotation_clip=False,
        bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.75},
    )  # fmt: skip


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


def _make_key(data: tables.PlotData, series: Sequence[shares.Series], *, apart: bool = False) -> list[sheet.KeyEntry]:
    alone = apart or len(series) == 1
    colour = theme.LINE_COLOURS[0] if alone else theme.DARK_GREY
    key = [sheet.KeyEntry("line", "middle run", colour)]
    if any((one.frame["q975"] > one.frame["q025"]).any() for one in series):
        key += (
            _key_bands(colour) if alone else [sheet.KeyEntry("upright", _say_range(series), theme.tint(colour, 0.45))]
        )
    if tables.starts_observed(data):
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

"""Stages over time: how many of the eligible sites stand where, a stacked area for each intervention."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import dates as calendar
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from spread import errors
from spread.outcomes import naming
from spread.plots import data as tables
from spread.plots import date_axis, sheet, stage_ramp, theme, wording

# From the axis upward: what is in use can be read off it; what fell back lies on top.
BANDS: Final = (*reversed(stage_ramp.COLUMNS), *stage_ramp.BESIDE)
IN_USE: Final = stage_ramp.COLUMNS[stage_ramp.IN_USE :]
LEFT, RIGHT = 0.75, 2.3
HEIGHT, SMALL_HEIGHT = 2.3, 1.55
MOST_LABELLED = 4  # panels; more stand in columns and are named in the key alone
COLUMNS = 3
HEAD = 0.34
LEAST_LABELLED, LEAST_SHOWN = 0.02, 0.0005
HALF_WIDTH_DAYS = 30.0  # of the bar that a single date is drawn as
LINE = sheet.line_height(theme.SMALL_SIZE)
Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Panel:
    """One intervention: its days, and the share of eligible sites in each band, shape (bands, days)."""

    intervention: str
    title: str
    days: tuple[pd.Timestamp, ...]
    shares: Shares
    eligible: int

    @property
    def in_use(self) -> Shares:
        """Share at stage 5 or beyond on each day."""
        total: Shares = self.shares[: len(IN_USE)].sum(axis=0)
        return total


def plot_stages(
    data: tables.PlotData,
    counts: pd.DataFrame,
    *,
    group: tuple[str, str] = tables.NATIONAL,
    intervention: str | None = None,
) -> Figure:
    """Draw the stages of one group over time.

    Parameters
    ----------
    counts
        Sites by stage, mean over runs: ``date, intervention, eligible``, the columns of `stage_ramp.COLUMNS` and
        `stage_ramp.BESIDE`; one group.
    group
        Whose they are.
    intervention
        The only one to show.

    Raises
    ------
    InputError
        There are none.
    """
    panels = choose_panels(data, counts, intervention=intervention)
    with theme.style():
        labelled = len(panels) <= MOST_LABELLED
        figure, axes = sheet.build_sheet(
            _rows(panels), title=make_title(panels), subtitle=make_subtitle(data, panels, group),
            caption=make_caption(data), key=_make_key(panels, labelled=labelled),
        )  # fmt: skip
        for place, one in enumerate(axes):
            if place >= len(panels):
                one.remove()
                continue
            _draw_panel(figure, one, panels[place], labelled=labelled)
        return figure


def tabulate_stages(
    data: tables.PlotData,
    counts: pd.DataFrame,
    *,
    group: tuple[str, str] = tables.NATIONAL,
    intervention: str | None = None,
) -> pd.DataFrame:
    """List the shares of `plot_stages`, one line per intervention and day."""
    place = tables.name_group(data, group)
    rows: list[dict[str, Any]] = [
        {
            "intervention": panel.intervention,
            "title": panel.title,
            "place": place,
            "date": day,
            "eligible": panel.eligible,
            **{name: float(panel.shares[BANDS.index(name), number]) for name in reversed(BANDS[: len(BANDS) - 2])},
            **{name: float(panel.shares[BANDS.index(name), number]) for name in stage_ramp.BESIDE},
        }
        for panel in choose_panels(data, counts, intervention=intervention)
        for number, day in enumerate(panel.days)
    ]
    return pd.DataFrame(rows)


def describe_stages(
    data: tables.PlotData,
    counts: pd.DataFrame,
    *,
    group: tuple[str, str] = tables.NATIONAL,
    intervention: str | None = None,
) -> str:
    """Say in words what `plot_stages` shows."""
    panels = choose_panels(data, counts, intervention=intervention)
    opening = f"{make_title(panels)}. Stacked area chart. {make_subtitle(data, panels, group)}."
    return " ".join([opening, *(_describe(panel) for panel in panels), make_caption(data)])


def choose_panels(data: tables.PlotData, counts: pd.DataFrame, *, intervention: str | None) -> list[Panel]:
    """The interventions of a group with somebody eligible; sets taken together only when asked for.

    Raises
    ------
    InputError
        There are none, or not the one asked for.
    """
    known = list(dict.fromkeys(counts["intervention"].astype("str")))
    single = [name for name in known if not name.startswith((naming.ALL_OF, naming.ORGANISATIONS))]
    if intervention is not None and intervention not in known:
        hint = errors.did_you_mean(intervention, known) or f"; known: {', '.join(single)}"
        raise errors.InputError(errors.Fault(f"no intervention '{intervention}' in the results{hint}"))
    wanted = [intervention] if intervention is not None else single
    panels = [_read_panel(data, counts[counts["intervention"] == name], name) for name in wanted]
    found = [panel for panel in panels if panel.eligible > 0]
    if not found:
        raise errors.InputError(errors.Fault("nobody is eligible in this group for any intervention of the results"))
    return found


def _read_panel(data: tables.PlotData, rows: pd.DataFrame, name: str) -> Panel:
    ordered = rows.sort_values("date")
    eligible = ordered["eligible"].to_numpy(dtype=np.float64)
    bands = ordered[list(BANDS)].to_numpy(dtype=np.float64).T
    shares = bands / np.maximum(eligible, 1.0)
    days = tuple(pd.Timestamp(day) for day in ordered["date"])
    return Panel(name, tables.title_of(data, name), days, shares, round(float(eligible[-1])) if len(eligible) else 0)


# --- in words -------------------------------------------------------------------------------------


def make_title(panels: Sequence[Panel]) -> str:
    """State what is in use at the end, in ten words or fewer."""
    ends = sorted(float(panel.in_use[-1]) for panel in panels)
    low, high = _say_short(ends[0]), _say_short(ends[-1])
    span = low if low == high else f"{low} to {high}"
    month = wording.say_month(max(panel.days[-1] for panel in panels))
    said = f"{span} in use by {month}"
    return said[0].upper() + said[1:]


def make_subtitle(data: tables.PlotData, panels: Sequence[Panel], group: tuple[str, str]) -> str:
    """Say what is counted, and out of how many."""
    counts = sorted({panel.eligible for panel in panels})
    sites = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    noun = "site" if counts == [1] else "sites"
    return (
        f"{tables.name_group(data, group)}: share of the {sites} eligible {noun} at each stage, mean of all runs. "
        "Bold line: in use (stage 5 or beyond)"
    )


def make_caption(data: tables.PlotData) -> str:
    """Say where the numbers come from, and what lies beside the scale."""
    return f"{tables.make_caption(data)} Given up: tested and stopped. Lapsed: was in use and is not now."


def _say_short(share: float) -> str:
    if share < 0.005:
        return "almost none"
    return "almost all" if share > 0.995 else wording.say_projected(share)


def _say_band(name: str) -> str:
    if name in stage_ramp.BESIDE:
        return stage_ramp.BESIDE[name][0].capitalize()
    return stage_ramp.name(stage_ramp.COLUMNS.index(name))


def _describe(panel: Panel) -> str:
    ends = [
        f"{_say_band(name)} {wording.say_projected(share)}"
        for name, share in zip(BANDS, panel.shares[:, -1].tolist(), strict=True)
        if share >= LEAST_LABELLED
    ]
    begin, end = (wording.say_projected(float(panel.in_use[place])) for place in (0, -1))
    way = f"{begin} in use on {wording.say_date(panel.days[0])}"
    if len(panel.days) > 1:
        way += f", {end} on {wording.say_date(panel.days[-1])}"
    return f"{panel.title}: {way}; in the end {', '.join(ends)}."


# --- drawing --------------------------------------------------------------------------------------


def _rows(panels: Sequence[Panel]) -> list[sheet.Row]:
    if len(panels) <= MOST_LABELLED:
        return [sheet.Row(height=HEIGHT, left=LEFT, right=RIGHT, above=HEAD, below=0.42) for _ in panels]
    columns = min(COLUMNS, len(panels))
    count = -(-len(panels) // columns)
    above = HEAD + LINE
    return [
        sheet.Row(height=SMALL_HEIGHT, left=0.72, right=0.25, above=above, below=0.42, columns=columns, gap=0.64)
        for _ in range(count)
    ]


def _make_key(panels: Sequence[Panel], *, labelled: bool) -> list[sheet.KeyEntry]:
    """Samples of what is nowhere named beside a panel, in the order of the scale."""
    entries = []
    for name in (*stage_ramp.COLUMNS, *stage_ramp.BESIDE):
        place = BANDS.index(name)
        seen = max(float(panel.shares[place].max()) for panel in panels) >= LEAST_SHOWN
        named = labelled and any(panel.shares[place, -1] >= LEAST_LABELLED for panel in panels)
        if seen and not named:
            colour = stage_ramp.BESIDE[name][2] if name in stage_ramp.BESIDE else _colour(name)
            label = f"{_say_band(name)} (hatched)" if name in stage_ramp.BESIDE else _say_band(name)
            entries.append(sheet.KeyEntry("band", label, colour))
    return entries


def _colour(name: str) -> str:
    return stage_ramp.COLOURS[stage_ramp.COLUMNS.index(name)]


def _draw_panel(figure: Figure, axes: Axes, panel: Panel, *, labelled: bool) -> None:
    xs = np.array([calendar.date2num(day) for day in panel.days])
    shares = panel.shares
    if len(xs) == 1:
        xs = np.array([xs[0] - HALF_WIDTH_DAYS, xs[0] + HALF_WIDTH_DAYS])
        shares = np.repeat(shares, 2, axis=1)
    tops = np.cumsum(shares, axis=0)
    date_axis.set_dates(axes, float(xs[0]), float(xs[-1]))
    for name, low, high in zip(BANDS, tops - shares, tops, strict=True):
        if float((high - low).max()) < LEAST_SHOWN:
            continue
        if name in stage_ramp.BESIDE:
            _, hatch, colour = stage_ramp.BESIDE[name]
            axes.fill_between(xs, low, high, facecolor="white", edgecolor=colour, hatch=hatch, linewidth=0.0)
        else:
            axes.fill_between(xs, low, high, facecolor=_colour(name), edgecolor="white", linewidth=0.7)
    in_use = tops[len(IN_USE) - 1]
    axes.plot(xs, in_use, color="white", linewidth=4.0, clip_on=False, zorder=3)
    axes.plot(xs, in_use, color=theme.INK, linewidth=2.2, clip_on=False, zorder=4)
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([0.0, 0.25, 0.5, 0.75, 1.0] if labelled else [0.0, 0.5, 1.0])
    axes.set_yticklabels([wording.say_percent(mark) for mark in axes.get_yticks()])
    sns.despine(ax=axes)
    _write_head(figure, axes, panel, labelled=labelled)
    if labelled:
        sheet.label_right(figure, axes, _side_labels(panel))


def _side_labels(panel: Panel) -> list[sheet.SideLabel]:
    ends = panel.shares[:, -1]
    middles = np.cumsum(ends) - ends / 2
    return [
        sheet.SideLabel(
            float(middle),
            stage_ramp.BESIDE[name][2] if name in stage_ramp.BESIDE else _colour(name),
            (f"{_say_band(name)} {wording.say_projected(float(share))}",),
        )
        for name, share, middle in zip(BANDS, ends, middles, strict=True)
        if share >= LEAST_LABELLED
    ]


def _write_head(figure: Figure, axes: Axes, panel: Panel, *, labelled: bool) -> None:
    left, _, right, top = sheet.frame_of(axes)
    end = f"in use {wording.say_projected(float(panel.in_use[-1]))}"
    if labelled:
        head = theme.wrap_text(panel.title, right - sheet.EDGE, bold=True, lines=1)[0]
        sheet.write_text(figure, sheet.EDGE, top + 0.17, head, size=theme.TEXT_SIZE, bold=True)
        sheet.write_text(figure, right + sheet.LABEL_OFFSET, top + 0.17, end.capitalize(), bold=True)
        return
    lines = theme.wrap_text(panel.title, right - left + 0.48, size=theme.SMALL_SIZE, bold=True, lines=1)
    sheet.write_text(figure, left - 0.52, top + 0.13 + LINE, lines[0], bold=True)
    sheet.write_text(figure, left - 0.52, top + 0.13, end)

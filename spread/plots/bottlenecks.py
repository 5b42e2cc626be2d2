"""Where the sites that have not adopted stand at the deadline: stacked bars of what holds them up."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread import errors
from spread.outcomes import delays
from spread.plots import ambition_rows, sheet, theme, wording
from spread.plots import data as tables

LEFT, RIGHT = 2.66, 2.6
NUMBER_COLUMN = 1.42  # from the first column beside a panel to the second
GUTTER = 0.12
BAR_ROW, BAR_HEIGHT = 0.33, 0.22
TALL_ROW = 0.44  # where names take two lines
GROUP_GAP = 0.1  # between one intervention and the next, where each has two bars
LINE = sheet.line_height(theme.SMALL_SIZE)
HEADS = 0.42  # over a panel: what it shows, and the heads of its columns
SMALLEST_AXIS = 0.1
LEAST_SITES = 0.05  # fewer, on average, are not worth a number or a place in the key
MOST_WITH_TENTHS = 9.95

# In the order in which a site goes through them; white lines and numbers tell neighbours apart without colour.
COLOURS: Final = dict(
    zip(
        delays.CAUSES,
        (
            theme.tint(theme.DARK_GREY, 0.3), theme.DARK_GREY, theme.DARK_BLUE, theme.tint(theme.ORANGE, 0.45),
            theme.ORANGE, theme.TURQUOISE, theme.DARK_PINK, theme.LIGHT_PURPLE,
        ),
        strict=True,
    )
)  # fmt: skip
WORDS: Final = dict(zip(delays.CAUSES, delays.PLAIN_WORDS, strict=True))


@dataclass(frozen=True, slots=True)
class Bar:
    """One place and intervention: how many sites each cause holds up, of how many, and how busy coaches are.

    `name` is what is written beside it; `is_whole` for England (or the whole world) among its parts.
    """

    name: str
    place: str
    intervention: str
    title: str
    deadline: pd.Timestamp
    sites: dict[str, float]
    eligible: int
    utilisation: float
    is_whole: bool

    @property
    def missing(self) -> float:
        """Sites that have not adopted, mean over runs."""
        return sum(self.sites.values())


@dataclass(frozen=True, slots=True)
class Panel:
    """Bars under one head; `step` of them belong together, and each row is so high in inches."""

    head: str
    bars: tuple[Bar, ...]
    step: int = 1
    row: float = BAR_ROW


def plot_bottlenecks(
    data: tables.PlotData,
    *,
    group: tuple[str, str] = tables.NATIONAL,
    intervention: str | None = None,
    for_label: str | None = None,
) -> Figure:
    """Draw where sites that have not adopted stand at the last deadline, as shares of those eligible.

    For England every intervention, then one of them by collaborative, furthest behind first; for one collaborative
    every intervention, with England beside it.

    Parameters
    ----------
    group
        Group kind and group: national, or a collaborative.
    intervention
        The only one to show; by collaborative, the one with most sites missing unless given.
    for_label
        What readers call the group.

    Raises
    ------
    InputError
        The results hold no bottlenecks, or none of that group or intervention.
    """
    with theme.style():
        panels = choose_panels(data, group=group, intervention=intervention, for_label=for_label)
        bars = [bar for panel in panels for bar in panel.bars]
        places = [
            sheet.Row(height=_height_of(panel), left=LEFT, right=RIGHT, above=HEADS + 0.08, below=0.42)
            for panel in panels
        ]
        figure, drawn = sheet.build_sheet(
            places, title=make_title(panels), subtitle=make_subtitle(panels), caption=make_caption(data),
            key=[sheet.KeyEntry("band", WORDS[cause], COLOURS[cause]) for cause in causes_shown(bars)],
        )  # fmt: skip
        longest = _axis_end(bars)
        for axes, panel in zip(drawn, panels, strict=True):
            _draw_panel(figure, axes, panel, longest)
        return figure


def tabulate_bottlenecks(
    data: tables.PlotData,
    *,
    group: tuple[str, str] = tables.NATIONAL,
    intervention: str | None = None,
    for_label: str | None = None,
) -> pd.DataFrame:
    """List the numbers of `plot_bottlenecks`, one line per bar."""
    panels = choose_panels(data, group=group, intervention=intervention, for_label=for_label)
    return pd.DataFrame(
        [
            {
                "intervention": bar.intervention,
                "title": bar.title,
                "place": bar.place,
                "deadline": bar.deadline,
                "eligible": bar.eligible,
                **bar.sites,
                "coach_utilisation": bar.utilisation,
            }
            for panel in panels
            for bar in panel.bars
        ]
    )


def describe_bottlenecks(
    data: tables.PlotData,
    *,
    group: tuple[str, str] = tables.NATIONAL,
    intervention: str | None = None,
    for_label: str | None = None,
) -> str:
    """Say in words what `plot_bottlenecks` shows."""
    panels = choose_panels(data, group=group, intervention=intervention, for_label=for_label)
    opening = f"{make_title(panels)}. Stacked bar chart. {make_subtitle(panels)}."
    sentences = [f"{panel.head}: {'; '.join(_describe(bar) for bar in panel.bars)}." for panel in panels]
    return " ".join([opening, *sentences, make_caption(data)])


# --- what is shown --------------------------------------------------------------------------------


def choose_panels(
    data: tables.PlotData, *, group: tuple[str, str], intervention: str | None, for_label: str | None
) -> list[Panel]:
    """The bars of one group, and for the whole also those of its collaboratives.

    Raises
    ------
    InputError
        There are none.
    """
    table = _last_deadlines(data, intervention)
    code = "national" if group[0] == "national" else group[1]
    if group[0] not in ("national", "psc") or code not in set(table["psc"]):
        known = ", ".join(f"psc:{psc}" for psc in dict.fromkeys(table["psc"]) if psc != "national")
        name = f"{group[0]}:{group[1]}"
        raise errors.InputError(errors.Fault(f"bottlenecks are not counted for '{name}'; known: national, {known}"))
    whole = tables.name_group(data, tables.NATIONAL)
    place = tables.name_group(data, group, for_label)
    mine = [_read_bar(data, row, place=place, name="") for _, row in table[table["psc"] == code].iterrows()]
    if code != "national":
        return [_beside_whole(data, mine, table, whole=whole)]
    furthest = max(mine, key=lambda bar: bar.missing)
    panels = [Panel(f"{place}, by intervention", tuple(mine), row=TALL_ROW)] if len(mine) > 1 else []
    return [*panels, _by_collaborative(data, furthest, table, whole=place)]


def _last_deadlines(data: tables.PlotData, intervention: str | None) -> pd.DataFrame:
    """The rows at the last deadline of each intervention, or of the one asked for."""
    table = data.bottlenecks.dropna(subset=[*delays.CAUSES]) if len(data.bottlenecks) else data.bottlenecks
    if table.empty:
        raise errors.InputError(errors.Fault("the results hold no bottlenecks; run the scenario again", "bottlenecks"))
    known = list(dict.fromkeys(table["intervention"]))
    if intervention is not None and intervention not in known:
        hint = errors.did_you_mean(intervention, known) or f"; known: {', '.join(known)}"
        raise errors.InputError(errors.Fault(f"no intervention '{intervention}' in the results{hint}"))
    last = table.groupby("intervention")["deadline"].transform("max")
    return table[(table["deadline"] == last) & (table["intervention"].isin([intervention] if intervention else known))]


def _beside_whole(data: tables.PlotData, mine: Sequence[Bar], table: pd.DataFrame, *, whole: str) -> Panel:
    """Every intervention of a collaborative, the whole country's bar below each."""
    country = table[table["psc"] == "national"]
    bars: list[Bar] = []
    for bar in mine:
        row = country[country["intervention"] == bar.intervention].iloc[0]
        bars += [bar, _read_bar(data, row, place=whole, name=whole, is_whole=True)]
    return Panel(f"{mine[0].place}, with {whole} below", tuple(bars), step=2, row=TALL_ROW)


def _by_collaborative(data: tables.PlotData, bar: Bar, table: pd.DataFrame, *, whole: str) -> Panel:
    """One intervention in every collaborative, furthest behind first."""
    rows = table[(table["intervention"] == bar.intervention) & (table["psc"] != "national")]
    places = [tables.name_group(data, ("psc", str(code))) for code in rows["psc"]]
    names = ambition_rows.shorten_names(places)
    bars = [
        _read_bar(data, row, place=place, name=name)
        for (_, row), place, name in zip(rows.iterrows(), places, names, strict=True)
    ]
    ordered = sorted(bars, key=lambda one: (-one.missing / one.eligible, one.name))
    top = _read_bar(data, table[(table["intervention"] == bar.intervention) & (table["psc"] == "national")].iloc[0],
                    place=whole, name=whole, is_whole=True)  # fmt: skip
    return Panel(f"{bar.title}, by collaborative", (top, *ordered))


def _read_bar(data: tables.PlotData, row: "pd.Series[Any]", *, place: str, name: str, is_whole: bool = False) -> Bar:
    title = tables.title_of(data, str(row["intervention"]))
    return Bar(
        name=name or title,
        place=place,
        intervention=str(row["intervention"]),
        title=title,
        deadline=row["deadline"],
        sites={cause: float(row[cause]) for cause in delays.CAUSES},
        eligible=int(row["eligible"]),
        utilisation=float(row["coach_utilisation"]),
        is_whole=is_whole,
    )


# --- in words -------------------------------------------------------------------------------------


def causes_shown(bars: Sequence[Bar]) -> list[str]:
    """The causes that hold up anyone to speak of anywhere, in the order of a site's way."""
    return [cause for cause in delays.CAUSES if any(bar.sites[cause] >= LEAST_SITES for bar in bars)]


def _leading(panels: Sequence[Panel]) -> Bar:
    """The bar that the title is about: the whole's, or a collaborative's with most sites missing."""
    own = [bar for bar in panels[-1].bars if bar.is_whole == (panels[-1].step == 1)]
    return max(own, key=lambda bar: bar.missing)


def make_title(panels: Sequence[Panel]) -> str:
    """State the finding in ten words or fewer."""
    bar = _leading(panels)
    total = round(bar.missing)
    if total == 0:
        return f"Every site is there by {wording.say_month(bar.deadline)}"
    cause = max(bar.sites, key=lambda name: bar.sites[name])
    return f"{min(round(bar.sites[cause]), total):,} of {total:,} sites not there: {WORDS[cause]}"


def make_subtitle(panels: Sequence[Panel]) -> str:
    """Say what a bar is."""
    bar = _leading(panels)
    days = dict.fromkeys(one.deadline for panel in panels for one in panel.bars)
    when = wording.say_date(bar.deadline) if len(days) == 1 else "their last deadline"
    return (
        f"{bar.title}, {bar.place}. Bars: sites not using it on {when}, as a share of those eligible, "
        "by what holds them up; numbers are sites, the mean of all runs"
    )


def make_caption(data: tables.PlotData) -> str:
    """Say where the numbers come from, and what is meant by places held."""
    return f"{tables.make_caption(data)} Places held: share of coaching places, over time, that sites held."


def _describe(bar: Bar) -> str:
    parts = [
        f"{_say_sites(number)} {WORDS[cause]}" for cause, number in bar.sites.items() if number >= LEAST_SITES
    ] or ["none"]  # fmt: skip
    return f"{bar.name}, {_say_sites(bar.missing)} of {bar.eligible:,} sites not there ({wording.say_list(parts)})"


def _say_sites(number: float) -> str:
    """A mean number of sites, to a tenth where there are few."""
    return f"{number:.1f}" if number < MOST_WITH_TENTHS else f"{number:,.0f}"


# --- drawing --------------------------------------------------------------------------------------


def _height_of(panel: Panel) -> float:
    return panel.row * len(panel.bars) + GROUP_GAP * (len(panel.bars) // panel.step - 1) * (panel.step > 1)


def _axis_end(bars: Sequence[Bar]) -> float:
    """The end of the axis: the next tenth above the longest bar."""
    longest = max(bar.missing / bar.eligible for bar in bars)
    return min(1.0, max(SMALLEST_AXIS, math.ceil(10 * longest - 1e-9) / 10))


def _draw_panel(figure: Figure, axes: Axes, panel: Panel, longest: float) -> None:
    total = _height_of(panel)
    axes.set_ylim(0.0, total)
    axes.set_yticks([])
    axes.set_xlim(0.0, longest)
    count = next(count for count in (4, 5, 3, 2, 1) if round(100 * longest) % count == 0)
    marks = [longest * place / count for place in range(count + 1)]
    axes.set_xticks(marks, [wording.say_percent(mark) for mark in marks])
    axes.grid(axis="x")
    sns.despine(ax=axes, left=True)
    _write_heads(figure, axes, panel.head)
    level = total
    for number, bar in enumerate(panel.bars):
        _draw_bar(figure, axes, bar, level - panel.row / 2, bold=bar.is_whole == (panel.step == 1), row=panel.row)
        level -= panel.row
        if panel.step > 1 and number % panel.step == panel.step - 1:
            level -= GROUP_GAP


def _write_heads(figure: Figure, axes: Axes, head: str) -> None:
    _, _, right, top = sheet.frame_of(axes)
    column = right + GUTTER
    room = sheet.WIDTH - 2 * sheet.EDGE
    words = theme.wrap_text(head, room, bold=True, lines=1)[0]
    sheet.write_text(figure, sheet.EDGE, top + 0.06 + 1.6 * LINE, words, size=theme.TEXT_SIZE, bold=True)
    heads = ("Not there", "Places held")
    for number, words in enumerate(heads):
        sheet.write_text(figure, column + number * NUMBER_COLUMN, top + 0.06 + LINE / 2, words, colour=theme.QUIET)


def _draw_bar(figure: Figure, axes: Axes, bar: Bar, y: float, *, bold: bool, row: float) -> None:
    left, bottom, right, _ = sheet.frame_of(axes)
    room = left - sheet.EDGE - GUTTER
    names = theme.wrap_text(bar.name, room, size=theme.SMALL_SIZE, bold=bold, lines=int(row / LINE))
    for number, name in enumerate(names):
        shift = ((len(names) - 1) / 2 - number) * LINE
        sheet.write_text(figure, sheet.EDGE, bottom + y + shift, name, bold=bold)
    inches = (right - left) / axes.get_xlim()[1]
    begin = 0.0
    for cause in delays.CAUSES:
        share = bar.sites[cause] / bar.eligible
        axes.barh(y, share, left=begin, height=BAR_HEIGHT, color=COLOURS[cause], edgecolor="white", linewidth=0.8)
        words = _say_sites(bar.sites[cause])
        fits = theme.measure_text(words, size=theme.SMALL_SIZE) + 0.06 < share * inches
        if fits and bar.sites[cause] >= LEAST_SITES:
            colour = max((theme.INK, "white"), key=lambda ink: theme.contrast(ink, COLOURS[cause]))
            x, _ = sheet.place_of(axes, begin + share / 2, 0.0)
            sheet.write_text(figure, x, bottom + y, words, colour=colour, align="center")
        begin += share
    column = right + GUTTER
    sheet.write_text(figure, column, bottom + y, f"{_say_sites(bar.missing)} of {bar.eligible:,}", bold=bold)
    held = "none" if math.isnan(bar.utilisation) else wording.say_percent(round(bar.utilisation, 2))
    sheet.write_text(figure, column + NUMBER_COLUMN, bottom + y, held, colour=theme.QUIET)

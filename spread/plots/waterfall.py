"""Waterfalls of sites: from one number in steps to another, each step with what it adds, so that all adds up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import pandas as pd
import seaborn as sns
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread import errors
from spread.outcomes import delays
from spread.plots import data as tables
from spread.plots import sheet, theme, wording

LEFT, RIGHT = 2.3, 2.2
COLUMN = 0.95  # from the first column beside a panel to the second
GUTTER = 0.12
STEP_ROW, BAR_HEIGHT = 0.34, 0.2
LINE: Final = sheet.line_height(theme.SMALL_SIZE)
HEADS = 0.6  # over a panel: what it shows, and the heads of its columns
MOST_WITH_TENTHS = 9.95
LEAST_SITES = 0.05
LEAST_AXIS = 1.0
ROOM = 0.02  # beyond the longest bar, as a share of it
LEAST_STEP = 0.02  # inches, of a step that is there but too short to be seen
OTHERS: Final = "Anything else"
"""The step of causes that are not worth one of their own, so that all adds up."""
WORDS: Final[dict[str, str]] = dict(zip(delays.CAUSES, delays.PLAIN_WORDS, strict=True))
COLOURS: Final = {"total": theme.DARK_BLUE, "more": theme.TURQUOISE, "fewer": theme.ORANGE}
Kind = Literal["total", "more", "fewer"]


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: from `begin` to `end` sites, of a change more than at its start; words are written beside it."""

    name: str
    kind: Kind
    begin: float
    end: float
    number: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """The steps of one intervention, under its name; `heads` of the two columns of words."""

    head: str
    heads: tuple[str, str]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the sites of one place stand with an intervention at a deadline: in use, or held up by a cause."""

    intervention: str
    title: str
    place: str
    deadline: pd.Timestamp
    eligible: int
    in_use: float
    held_up: Mapping[str, float]


def standings(
    data: tables.PlotData, *, ambition: str, group: tuple[str, str], for_label: str | None
) -> tuple[Standing, ...]:
    """Where sites stand with each intervention of an ambition at its deadline.

    Raises
    ------
    InputError
        The results hold nothing of the kind, for that group or at all.
    """
    table, entry = data.bottlenecks, tables.entry_of(data, ambition)
    code = "national" if group[0] == "national" else group[1]
    if table.empty or group[0] not in ("national", "psc") or code not in set(table["psc"]):
        known = [f"psc:{psc}" for psc in dict.fromkeys(table.get("psc", [])) if psc != "national"]
        message = f"bottlenecks are not counted for '{':'.join(group)}'; known: {', '.join(['national', *known])}"
        raise errors.InputError(errors.Fault(message))
    deadline = pd.Timestamp(entry["deadline"])
    rows = table[(table["deadline"] == deadline) & (table["psc"] == code)].set_index("intervention")
    found = tuple(name for name in entry["interventions"] if name in rows.index)
    if not found:
        message = f"no site of '{':'.join(group)}' may take up what '{ambition}' asks for by {deadline.date()}"
        raise errors.InputError(errors.Fault(message))
    place = tables.name_group(data, group, for_label)
    return tuple(_read(data, name, rows.loc[name], place=place, deadline=deadline) for name in found)


def _read(
    data: tables.PlotData, intervention: str, row: "pd.Series[Any]", *, place: str, deadline: pd.Timestamp
) -> Standing:
    """A row of ``bottlenecks.csv``."""
    return Standing(
        intervention=intervention,
        title=tables.title_of(data, intervention),
        place=place,
        deadline=deadline,
        eligible=int(row["eligible"]),
        in_use=float(row["adopted"]),
        held_up={cause: float(row[cause]) for cause in delays.CAUSES},
    )


def choose_ambition(scenarios: Sequence[Mapping[str, Any]], ambition: str | None) -> str:
    """The ambition asked for, or the only one that all scenarios have.

    Raises
    ------
    InputError
        When there is none of that name, or more than one to choose from.
    """
    first = scenarios[0].get("ambitions", {})
    shared = [str(name) for name in first if all(name in other.get("ambitions", {}) for other in scenarios)]
    known = ", ".join(shared) or "none"
    if ambition is None and len(shared) == 1:
        return shared[0]
    if ambition is None:
        raise errors.InputError(errors.Fault(f"name one ambition with --ambition; there are {known}"))
    if ambition not in shared:
        hint = errors.did_you_mean(ambition, shared) or f"; there are {known}"
        raise errors.InputError(errors.Fault(f"no ambition '{ambition}' in the results{hint}"))
    return ambition


def draw(
    panels: Sequence[Panel],
    *,
    title: str,
    subtitle: str,
    caption: str,
    key: Mapping[Kind, str],
    is_change: bool = False,
) -> Figure:
    """Draw panels of steps below each other, on one scale; `key` says what each kind of step means.

    Of a change, steps are told from where it began, which is 0.
    """
    places = [
        sheet.Row(height=STEP_ROW * len(panel.steps), left=LEFT, right=RIGHT, above=HEADS, below=0.42)
        for panel in panels
    ]
    kinds = {step.kind for panel in panels for step in panel.steps}
    entries = [sheet.KeyEntry("band", words, COLOURS[kind]) for kind, words in key.items() if kind in kinds]
    figure, drawn = sheet.build_sheet(places, title=title, subtitle=subtitle, caption=caption, key=entries)
    ends = [end for panel in panels for step in panel.steps for end in (step.begin, step.end)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    room = ROOM * max(LEAST_AXIS, high - low)
    limits = low - (room if low < 0.0 else 0.0), max(high, low + LEAST_AXIS) + room
    for axes, panel in zip(drawn, panels, strict=True):
        _draw_panel(figure, axes, panel, limits, say_axis if is_change else "{:,.0f}".format)
        if is_change:
            axes.axvline(0.0, color=theme.QUIET, linewidth=0.8)
    return figure


def _draw_panel(
    figure: Figure, axes: Axes, panel: Panel, limits: tuple[float, float], say: Callable[[float], str]
) -> None:
    axes.set_ylim(0.0, STEP_ROW * len(panel.steps))
    axes.set_yticks([])
    axes.set_xlim(*limits)
    marks = ticker.MaxNLocator(nbins=4, integer=True, min_n_ticks=1).tick_values(*limits)
    axes.set_xticks([mark for mark in marks if limits[0] <= mark <= limits[1]])
    axes.xaxis.set_major_formatter(lambda number, _: say(number))
    axes.grid(axis="x")
    sns.despine(ax=axes, left=True)
    _write_heads(figure, axes, panel)
    for number, step in enumerate(panel.steps):
        y = STEP_ROW * (len(panel.steps) - number - 0.5)
        _draw_step(figure, axes, step, y)
        if number + 1 < len(panel.steps):
            axes.plot([step.end] * 2, [y - BAR_HEIGHT / 2, y - STEP_ROW + BAR_HEIGHT / 2],
                      color=theme.QUIET, linewidth=0.8)  # fmt: skip


def _write_heads(figure: Figure, axes: Axes, panel: Panel) -> None:
    _, _, right, top = sheet.frame_of(axes)
    words = theme.wrap_text(panel.head, sheet.WIDTH - 2 * sheet.EDGE, bold=True, lines=1)[0]
    sheet.write_text(figure, sheet.EDGE, top + 0.06 + 1.7 * LINE, words, size=theme.TEXT_SIZE, bold=True)
    for number, head in enumerate(panel.heads):
        sheet.write_text(figure, right + GUTTER + number * COLUMN, top + 0.06 + LINE / 2, head, colour=theme.QUIET)


def _draw_step(figure: Figure, axes: Axes, step: Step, y: float) -> None:
    left, bottom, right, _ = sheet.frame_of(axes)
    is_total = step.kind == "total"
    names = theme.wrap_text(step.name, left - sheet.EDGE - GUTTER, size=theme.SMALL_SIZE, bold=is_total, lines=2)
    for number, name in enumerate(names):
        shift = ((len(names) - 1) / 2 - number) * LINE
        sheet.write_text(figure, sheet.EDGE, bottom + y + shift, name, bold=is_total)
    axes.barh(y, step.end - step.begin, left=step.begin, height=BAR_HEIGHT, color=COLOURS[step.kind])
    low, high = axes.get_xlim()
    if 0.0 < abs(step.end - step.begin) / (high - low) * (right - left) < LEAST_STEP:
        axes.plot([step.end] * 2, [y - BAR_HEIGHT / 2, y + BAR_HEIGHT / 2], color=COLOURS[step.kind], linewidth=1.5)
    sheet.write_text(figure, right + GUTTER, bottom + y, step.number, bold=is_total)
    sheet.write_text(figure, right + GUTTER + COLUMN, bottom + y, step.detail, colour=theme.QUIET)


def say_sites(number: float) -> str:
    """A mean number of sites, to a tenth where there are few."""
    return f"{number:.1f}" if abs(number) < MOST_WITH_TENTHS else f"{number:,.0f}"


def say_change(number: float) -> str:
    """The same with its sign, and none before nothing."""
    words = say_sites(abs(number))
    return words if float(words.replace(",", "")) == 0 else f"{'+' if number > 0 else '−'}{words}"


def say_axis(change: float) -> str:
    """A whole number of sites more or fewer, under an axis."""
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{abs(change):,.0f}"


def say_place(standing: Standing) -> str:
    """Where and when."""
    return f"{standing.place}, {wording.say_date(standing.deadline)}"


def is_worth_telling(number: float) -> bool:
    """Whether so many sites, on average, are worth a step or a word of their own."""
    return abs(number) >= LEAST_SITES


def capital(words: str) -> str:
    """Words as they begin a line."""
    return words[:1].upper() + words[1:]

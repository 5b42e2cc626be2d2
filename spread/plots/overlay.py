"""Several runs on one panel: the same share under each plan, with its range and the chance of its target."""

import dataclasses
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread import errors
from spread.plots import curve_words as words
from spread.plots import data as tables
from spread.plots import reality as seen
from spread.plots import series as shares
from spread.plots import sheet, theme, time_scale, wording

LEAST_HEIGHT = 3.2
MOST_RUNS: Final = 12
GREY: Final = "#8C8C8C"
BAND: Final = theme.BANDS[1]
BAND_STRENGTH = 0.07
EDGE_STRENGTH = 0.6
KEY_STRENGTH = 0.2
LONE_WIDTH = 14.0  # points of the range of a single date
MARKERS = 6
LINE = sheet.line_height(theme.SMALL_SIZE)
LINES_OF_NAME = 2
LUCK = (
    "Ranges that overlap do not mean no difference: the runs of two plans share their luck, and are compared in pairs."
)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """One run: what it is called, its share; `colour` is grey from the fifth on."""

    name: str
    series: shares.Series
    number: int

    @property
    def is_coloured(self) -> bool:
        """Whether it is one of the few a reader can tell apart by colour."""
        return self.number < len(theme.LINE_COLOURS)

    @property
    def colour(self) -> str:
        """Its line's colour."""
        return theme.LINE_COLOURS[self.number] if self.is_coloured else GREY


def plot_overlay(
    runs: Sequence[tables.PlotData],
    *,
    intervention: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    observed: pd.DataFrame | None = None,
) -> Figure:
    """Draw one share of several runs: four in colour with their range, others in grey.

    Parameters
    ----------
    runs
        From two to twelve.
    intervention
        Key as in ``summary.csv``; None draws what the first ambition they have in common is about.
    group
        Group kind and group.
    observed
        What was observed, columns `reality.OBSERVED`; drawn as dots.

    Raises
    ------
    InputError
        The runs have nothing in common to draw, or there are too many or too few.
    """
    with theme.style():
        plans = _choose(runs, intervention=intervention, group=group)
        every = [plan.series for plan in plans]
        reality = seen.meet(every[:1], group=group, observed=observed)
        dates = (min(reality.dates[0], words.date_range(every)[0]), words.date_range(every)[1])
        aims = _shared_aims(plans)
        deadlines = time_scale.place_deadlines([aims], dates)
        labels = [_label(plan) for plan in plans] + _label_targets(aims)
        room = sum(len(label.heads) + len(label.lines) for label in labels) * LINE + len(labels) * sheet.LABEL_GAP
        above = 0.14 + max((base + len(lines) * LINE for _, base, _, lines in deadlines), default=0.0)
        figure, (axes,) = sheet.build_sheet(
            [sheet.Row(height=max(LEAST_HEIGHT, room), left=time_scale.LEFT, right=time_scale.RIGHT, above=above)],
            title=make_title(plans),
            subtitle=_make_subtitle(runs[0], plans, group),
            caption=_make_caption(runs, plans, reality),
            key=_make_key(plans, reality),
        )
        time_scale.set_scales(axes, dates)
        for plan in reversed(plans):
            _draw_plan(axes, plan, count=len(plans))
        for day, base, middle, lines in deadlines:
            time_scale.draw_deadline(figure, axes, day=day, base=base, middle=middle, lines=lines)
        time_scale.draw_aims(axes, [aims])
        seen.draw_points(axes, reality.points[0])
        sheet.label_right(figure, axes, labels)
        return figure


def tabulate_overlay(
    runs: Sequence[tables.PlotData],
    *,
    intervention: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    observed: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the numbers of `plot_overlay`: a row per run and date, with target and chance at deadlines."""
    plans = _choose(runs, intervention=intervention, group=group)
    parts = []
    for plan in plans:
        part = plan.series.frame.copy()
        part.insert(0, "plan", plan.name)
        part.insert(2, "intervention", plan.series.key)
        part.insert(3, "measure", plan.series.measure)
        for column in ("threshold", "chance"):
            values = {target.deadline: getattr(target, column) for target in plan.series.targets}
            part[column] = part["date"].map(values).astype(float)
        parts.append(part)
    reality = seen.meet([plans[0].series], group=group, observed=observed)
    if reality.is_there:
        parts.append(reality.points[0][["date", "value"]].assign(plan="observed"))
    return pd.concat(parts, ignore_index=True)


def describe_overlay(
    runs: Sequence[tables.PlotData],
    *,
    intervention: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    observed: pd.DataFrame | None = None,
) -> str:
    """Say in words what `plot_overlay` shows."""
    plans = _choose(runs, intervention=intervention, group=group)
    reality = seen.meet([plans[0].series], group=group, observed=observed)
    first, last = words.date_range([plan.series for plan in plans])
    sentences = [
        f"{make_title(plans)}. Line chart of {wording.say_number(len(plans))} plans, {wording.say_date(first)} to "
        f"{wording.say_date(last)}. {_make_subtitle(runs[0], plans, group)}."
    ]
    for plan in plans:
        day = words.aim_of(plan.series)
        value = words.value_at(plan.series, day)
        span = wording.say_span(value[BAND[0]], value[BAND[1]])
        chance = _chance(plan)
        said = "" if chance is None else f", {wording.say_chance(chance)} chance of target"
        sentences.append(
            f"{plan.name}: {wording.say_projected(value['q50'])} in the middle run by {wording.say_date(day)} "
            f"({wording.say_percent(BAND[2] / 100)} of runs: {span}){said}."
        )
    return " ".join([*sentences, *seen.describe([plans[0].series], reality), _make_caption(runs, plans, reality)])


# --- what is shown --------------------------------------------------------------------------------


def _choose(runs: Sequence[tables.PlotData], *, intervention: str | None, group: tuple[str, str]) -> list[Plan]:
    if not 2 <= len(runs) <= MOST_RUNS:
        message = f"{len(runs)} runs cannot be laid over each other; give from 2 to {MOST_RUNS}"
        raise errors.InputError(errors.Fault(message))
    key = intervention or _common_key(runs, group)
    found = [shares.choose_series(data, intervention=key, group=group)[0] for data in runs]
    if len({one.measure for one in found}) > 1:
        message = f"the runs count different stages of {key}; draw them one by one"
        raise errors.InputError(errors.Fault(message))
    names = name_runs(runs)
    return [Plan(name, series, number) for number, (name, series) in enumerate(zip(names, found, strict=True))]


def _common_key(runs: Sequence[tables.PlotData], group: tuple[str, str]) -> str:
    """What the first run is about, as far as every run has it."""
    own = [series.key for series in shares.choose_series(runs[0], intervention=None, group=group)]
    there = [set(data.summary["intervention"]) for data in runs]
    common = [key for key in (*own, *dict.fromkeys(runs[0].summary["intervention"])) if all(key in s for s in there)]
    if not common:
        message = "the runs have no intervention in common; draw them one by one"
        raise errors.InputError(errors.Fault(message))
    return str(common[0])


def name_runs(runs: Sequence[tables.PlotData]) -> list[str]:
    """What tells runs apart: titles without the words they all begin with, else names, else numbers added."""
    titles = [theme.clean_name(str(data.scenario.get("title") or "")) for data in runs]
    if not all(titles) or len(set(titles)) < len(titles):
        titles = [theme.clean_name(str(data.scenario.get("name") or "run")) for data in runs]
    if len(set(titles)) < len(titles):
        titles = [f"{title} ({number})" for number, title in enumerate(titles, start=1)]
    shared = re.sub(r"[^ -]*$", "", _common_start(titles))
    short = [title.removeprefix(shared) for title in titles]
    return [name[0].upper() + name[1:] for name in short] if shared and all(short) else titles


def _common_start(texts: Sequence[str]) -> str:
    letters = itertools.takewhile(lambda alike: len(set(alike)) == 1, zip(*texts, strict=False))
    return "".join(alike[0] for alike in letters)


def _shared_aims(plans: Sequence[Plan]) -> shares.Series:
    """The first plan's share with the targets of all plans, chances left to the labels where plans differ."""
    every = [target for plan in plans for target in plan.series.targets]
    plain = dict.fromkeys(dataclasses.replace(target, chance=None, ambition="", title="") for target in every)
    targets = tuple(sorted(plain, key=lambda target: target.deadline))
    return dataclasses.replace(plans[0].series, targets=targets)


def _chance(plan: Plan) -> float | None:
    return plan.series.targets[-1].chance if plan.series.targets else None


# --- in words -------------------------------------------------------------------------------------


def make_title(plans: Sequence[Plan]) -> str:
    """State the finding in ten words or fewer."""
    chances = [chance for plan in plans if (chance := _chance(plan)) is not None]
    if len(chances) == len(plans):
        return f"Chance of target: {wording.say_chance_range(min(chances), max(chances))}"
    day = min(words.aim_of(plan.series) for plan in plans)
    middles = sorted(words.value_at(plan.series, day)["q50"] for plan in plans)
    return f"Projected: {wording.say_span(middles[0], middles[-1])} by {wording.say_month(day)}"


def _make_subtitle(first: tables.PlotData, plans: Sequence[Plan], group: tuple[str, str]) -> str:
    return words.make_subtitle(first, [plans[0].series], tables.name_group(first, group))


def _make_caption(runs: Sequence[tables.PlotData], plans: Sequence[Plan], reality: seen.Reality) -> str:
    """Say where every run comes from; what they have in common once."""
    captions = [tables.make_caption(data, words.ambitions_of([plan.series])) for data, plan in zip(runs, plans,
                strict=True)]  # fmt: skip
    sources = [caption.partition(". ")[0].removeprefix("Source: ") for caption in captions]
    program = sources[0].partition(", ")[0]
    same = [source.removeprefix(program + ", ").removeprefix("scenario ") for source in sources]
    rest = dict.fromkeys(sentence for caption in captions for sentence in _sentences(caption)[1:])
    luck = [LUCK] if len({str(data.manifest.get("seed")) for data in runs}) == 1 else []
    return " ".join([f"Source: {program}; {'; '.join(same)}.", *rest, *luck, seen.caption(reality)]).strip()


def _sentences(caption: str) -> list[str]:
    parts = caption.split(". ")
    return [part if part.endswith(".") else part + "." for part in parts]


def _label(plan: Plan) -> sheet.SideLabel:
    room = time_scale.RIGHT - sheet.LABEL_OFFSET - sheet.EDGE / 2
    end = float(plan.series.frame["q50"].iloc[-1])
    day = words.aim_of(plan.series)
    share = wording.say_projected(words.value_at(plan.series, day)["q50"])
    heads = theme.wrap_text(plan.name, room, size=theme.SMALL_SIZE, bold=True, lines=LINES_OF_NAME)
    said = [f"{share} by {wording.say_short_month(day).replace(' ', wording.NO_BREAK)}"]
    chance = _chance(plan)
    if plan.is_coloured and chance is not None:
        said.append(f"{wording.say_chance(chance)} chance")
    lines_of = tuple(piece for line in said for piece in theme.wrap_text(line, room, size=theme.SMALL_SIZE))
    return sheet.SideLabel(end, plan.colour, tuple(heads), lines_of)


def _label_targets(aims: shares.Series) -> list[sheet.SideLabel]:
    return [
        sheet.SideLabel(share, theme.DARK_GREY, (f"Target {wording.say_percent(share)}",))
        for share in words.thresholds_of([aims])
    ]


def _make_key(plans: Sequence[Plan], reality: seen.Reality) -> list[sheet.KeyEntry]:
    key = [sheet.KeyEntry("line", "middle run", theme.DARK_GREY)]
    if any((plan.series.frame[BAND[1]] > plan.series.frame[BAND[0]]).any() for plan in plans if plan.is_coloured):
        shade = theme.tint(theme.DARK_GREY, KEY_STRENGTH)
        key.append(sheet.KeyEntry("band", f"{wording.say_percent(BAND[2] / 100)} of runs", shade))
    if reality.is_there:
        key.append(sheet.KeyEntry("dot", "observed", theme.INK))
    if words.milestones_of([_shared_aims(plans)]):
        key.append(sheet.KeyEntry("diamond", "milestone", theme.INK))
    return key


# --- drawing --------------------------------------------------------------------------------------


def _draw_plan(axes: Axes, plan: Plan, *, count: int) -> None:
    frame = plan.series.frame
    days = mdates.date2num(frame["date"])
    if not plan.is_coloured:
        axes.plot(days, frame["q50"].to_numpy(), color=GREY, linewidth=1.4, clip_on=False, zorder=2.2,
                  marker="o" if len(days) == 1 else None)  # fmt: skip
        return
    style = theme.LINE_STYLES[plan.number]
    _draw_range(axes, plan, days)
    every = -(-len(days) // MARKERS)
    start = plan.number * every // min(count, len(theme.LINE_COLOURS))
    axes.plot(days, frame["q50"].to_numpy(), color=plan.colour, linewidth=2.4, linestyle=style,
              marker=theme.LINE_MARKERS[plan.number], markersize=6, markeredgecolor="white",
              markevery=(min(start, len(days) - 1), every), clip_on=False, zorder=3)  # fmt: skip


def _draw_range(axes: Axes, plan: Plan, days: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> None:
    low, high = plan.series.frame[BAND[0]].to_numpy(), plan.series.frame[BAND[1]].to_numpy()
    if len(days) == 1:
        axes.vlines(days, low, high, color=plan.colour, alpha=EDGE_STRENGTH, linewidth=LONE_WIDTH / (plan.number + 1),
                    zorder=1.5)  # fmt: skip
        return
    axes.fill_between(days, low, high, color=plan.colour, alpha=BAND_STRENGTH, linewidth=0, zorder=1.5)
    for edge in (low, high):
        axes.plot(days, edge, color=theme.tint(plan.colour, EDGE_STRENGTH), linewidth=0.9, zorder=1.6,
                  linestyle=theme.LINE_STYLES[plan.number])  # fmt: skip

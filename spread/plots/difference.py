"""What sets two plans apart: from the sites in use under one to those under the other, by what holds sites up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from spread import errors
from spread.outcomes import delays
from spread.plots import data as tables
from spread.plots import theme, waterfall, wording

FIRST, SECOND = "In use, first plan", "In use, second plan"
HEADS = ("Sites in use", "Held up by it")
KEY: dict[waterfall.Kind, str] = {
    "total": "all together",
    "more": "more in use: fewer are held up",
    "fewer": "fewer in use: more are held up",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One intervention under two plans."""

    one: waterfall.Standing
    other: waterfall.Standing

    @property
    def total(self) -> float:
        """How many more sites have it in use under the other plan."""
        return self.other.in_use - self.one.in_use

    def by_cause(self) -> dict[str, float]:
        """The same by what held sites up; adds up to `total`, as every site is in use or held up by one cause."""
        return {cause: self.one.held_up[cause] - self.other.held_up[cause] for cause in delays.CAUSES}


def plot_difference(
    one: tables.PlotData,
    other: tables.PlotData,
    *,
    ambition: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
) -> Figure:
    """Draw how the sites in use at an ambition's deadline change from one plan to another, a panel an intervention.

    Parameters
    ----------
    one, other
        The results of two plans on the same luck.
    ambition
        Whose interventions and deadline; the only one they share unless given.
    group
        Group kind and group: national, or a collaborative.
    for_label
        What readers call the group.

    Raises
    ------
    InputError
        The results hold no bottlenecks of that ambition or group, or not of the same sites.
    """
    with theme.style():
        changes = find_changes(one, other, ambition=ambition, group=group, for_label=for_label)
        return waterfall.draw(
            [make_panel(change) for change in changes], title=make_title(changes),
            subtitle=make_subtitle(one, other, changes), caption=make_caption(one, other), key=KEY, is_change=True,
        )  # fmt: skip


def tabulate_difference(
    one: tables.PlotData,
    other: tables.PlotData,
    *,
    ambition: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
) -> pd.DataFrame:
    """List the numbers of `plot_difference`: one line per intervention and cause, and in use."""
    changes = find_changes(one, other, ambition=ambition, group=group, for_label=for_label)
    rows = []
    for change in changes:
        said = {"intervention": change.one.intervention, "title": change.one.title, "place": change.one.place,
                "deadline": change.one.deadline}  # fmt: skip
        more = change.by_cause()
        rows += [
            said | {"state": cause, "first": change.one.held_up[cause], "second": change.other.held_up[cause],
                    "more_in_use": more[cause]}
            for cause in delays.CAUSES
        ]  # fmt: skip
        rows.append(said | {"state": "in_use", "first": change.one.in_use, "second": change.other.in_use,
                            "more_in_use": change.total})  # fmt: skip
    return pd.DataFrame(rows)


def describe_difference(
    one: tables.PlotData,
    other: tables.PlotData,
    *,
    ambition: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
) -> str:
    """Say in words what `plot_difference` shows."""
    changes = find_changes(one, other, ambition=ambition, group=group, for_label=for_label)
    opening = f"{make_title(changes)}. Waterfall chart. {make_subtitle(one, other, changes)}."
    return " ".join([opening, *(_describe(change) for change in changes), make_caption(one, other)])


def find_changes(
    one: tables.PlotData, other: tables.PlotData, *, ambition: str | None, group: tuple[str, str], for_label: str | None
) -> tuple[Change, ...]:
    """The interventions of an ambition under two plans.

    Raises
    ------
    InputError
        They are not there under both, or not for the same sites.
    """
    name = waterfall.choose_ambition((one.scenario, other.scenario), ambition)
    first, second = (
        waterfall.standings(data, ambition=name, group=group, for_label=for_label) for data in (one, other)
    )
    same = [(mine.intervention, mine.eligible) for mine in first] == [
        (its.intervention, its.eligible) for its in second
    ]
    if not same:
        raise errors.InputError(errors.Fault(f"'{name}' is not about the same sites in both results"))
    return tuple(Change(mine, its) for mine, its in zip(first, second, strict=True))


def make_panel(change: Change) -> waterfall.Panel:
    """The steps from one plan to the other: only causes that hold anyone up in either."""
    steps = [waterfall.Step(FIRST, "total", 0.0, 0.0, waterfall.say_sites(change.one.in_use))]
    level = 0.0
    for name, more, detail in [*_told(change), *_others(change)]:
        kind: waterfall.Kind = "fewer" if more < 0.0 else "more"
        steps.append(waterfall.Step(name, kind, level, level + more, waterfall.say_change(more), detail))
        level += more
    steps.append(waterfall.Step(SECOND, "total", 0.0, change.total, waterfall.say_sites(change.other.in_use)))
    return waterfall.Panel(f"{change.one.title}, {change.one.eligible:,} sites", HEADS, tuple(steps))


def causes_told(change: Change) -> list[str]:
    """The causes that hold up anyone to speak of under either plan, in the order of a site's way."""
    either = {cause: max(change.one.held_up[cause], change.other.held_up[cause]) for cause in delays.CAUSES}
    return [cause for cause, sites in either.items() if waterfall.is_worth_telling(sites)]


def _told(change: Change) -> Iterator[tuple[str, float, str]]:
    """A step for each cause worth telling: its name, sites more in use, and how many it holds up."""
    by_cause = change.by_cause()
    for cause in causes_told(change):
        before, after = (waterfall.say_sites(plan.held_up[cause]) for plan in (change.one, change.other))
        yield waterfall.capital(waterfall.WORDS[cause]), by_cause[cause], f"{before} to {after}"


def _others(change: Change) -> Iterator[tuple[str, float, str]]:
    """One step for all other causes, where they add anything to speak of."""
    told = causes_told(change)
    rest = sum(more for cause, more in change.by_cause().items() if cause not in told)
    if waterfall.is_worth_telling(rest):
        yield waterfall.OTHERS, rest, ""


def make_title(changes: Sequence[Change]) -> str:
    """State the finding of the intervention that changes most in ten words or fewer."""
    change = max(changes, key=lambda one: abs(one.total))
    count = round(abs(change.total))
    if count == 0:
        return "Neither plan has more sites in use"
    gains = change.total > 0.0
    by_cause = change.by_cause()
    cause = max(by_cause, key=lambda name: by_cause[name] if gains else -by_cause[name])
    held = waterfall.WORDS[cause]
    return f"{count:,} more in use: fewer {held}" if gains else f"{count:,} fewer in use: more {held}"


def make_subtitle(one: tables.PlotData, other: tables.PlotData, changes: Sequence[Change]) -> str:
    """Say which plans, and what a step is."""
    first, second = (_name(data) for data in (one, other))
    return (
        f"{waterfall.say_place(changes[0].one)}. First plan: {first}. Second plan: {second}. "
        "Bars: sites more or fewer in use than under the first plan, step by step by what holds them up; "
        "numbers are sites, the mean of all runs"
    )


def make_caption(one: tables.PlotData, other: tables.PlotData) -> str:
    """Say where the numbers of both plans come from."""
    beside = theme.clean_name(str(other.scenario.get("name", "")))
    return f"{tables.make_caption(one)} Second plan: scenario {beside}, as many runs on the same luck."


def _name(data: tables.PlotData) -> str:
    title = str(data.scenario.get("title") or data.scenario.get("name") or "")
    return theme.clean_name(title)


def _describe(change: Change) -> str:
    steps = [
        f"{waterfall.WORDS[cause]} {waterfall.say_sites(change.one.held_up[cause])} to "
        f"{waterfall.say_sites(change.other.held_up[cause])}"
        for cause in causes_told(change)
    ] or ["no change"]  # fmt: skip
    return (
        f"{change.one.title}: {waterfall.say_sites(change.one.in_use)} sites in use under the first plan, "
        f"{waterfall.say_sites(change.other.in_use)} under the second ({wording.say_list(steps)})."
    )

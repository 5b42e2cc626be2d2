"""Why an ambition was missed: from the sites that may take its interventions up to those in use at its deadline."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from spread.outcomes import delays
from spread.plots import data as tables
from spread.plots import theme, waterfall, wording

HEADS = ("Sites", "Share")
KEY: dict[waterfall.Kind, str] = {"total": "sites", "fewer": "held up at the deadline"}


def plot_missed(
    data: tables.PlotData,
    *,
    ambition: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
) -> Figure:
    """Draw what stands between the eligible sites of an ambition and those in use, a panel an intervention.

    Parameters
    ----------
    ambition
        Whose interventions and deadline; the only one there is unless given.
    group
        Group kind and group: national, or a collaborative.
    for_label
        What readers call the group.

    Raises
    ------
    InputError
        The results hold no bottlenecks of that ambition or group.
    """
    with theme.style():
        found = find_standings(data, ambition=ambition, group=group, for_label=for_label)
        return waterfall.draw(
            [make_panel(one) for one in found], title=make_title(found),
            subtitle=make_subtitle(data, found, ambition), caption=tables.make_caption(data), key=KEY,
        )  # fmt: skip


def tabulate_missed(
    data: tables.PlotData,
    *,
    ambition: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
) -> pd.DataFrame:
    """List the numbers of `plot_missed`, one line per intervention."""
    found = find_standings(data, ambition=ambition, group=group, for_label=for_label)
    return pd.DataFrame(
        [
            {"intervention": one.intervention, "title": one.title, "place": one.place, "deadline": one.deadline,
             "eligible": one.eligible, **one.held_up, "in_use": one.in_use}
            for one in found
        ]
    )  # fmt: skip


def describe_missed(
    data: tables.PlotData,
    *,
    ambition: str | None = None,
    group: tuple[str, str] = tables.NATIONAL,
    for_label: str | None = None,
) -> str:
    """Say in words what `plot_missed` shows."""
    found = find_standings(data, ambition=ambition, group=group, for_label=for_label)
    opening = f"{make_title(found)}. Waterfall chart. {make_subtitle(data, found, ambition)}."
    return " ".join([opening, *(_describe(one) for one in found), tables.make_caption(data)])


def find_standings(
    data: tables.PlotData, *, ambition: str | None, group: tuple[str, str], for_label: str | None
) -> tuple[waterfall.Standing, ...]:
    """Where sites stand with the interventions of the ambition asked for.

    Raises
    ------
    InputError
    """
    name = waterfall.choose_ambition((data.scenario,), ambition)
    return waterfall.standings(data, ambition=name, group=group, for_label=for_label)


def make_panel(one: waterfall.Standing) -> waterfall.Panel:
    """The steps from the eligible sites to those in use: only causes that hold anyone up."""
    steps = [waterfall.Step("May take it up", "total", 0.0, one.eligible, f"{one.eligible:,}")]
    level = float(one.eligible)
    told = {cause: sites for cause, sites in one.held_up.items() if waterfall.is_worth_telling(sites)}
    named = {waterfall.capital(waterfall.WORDS[cause]): sites for cause, sites in told.items()}
    rest = sum(sites for cause, sites in one.held_up.items() if cause not in told)
    for name, sites in (named | ({waterfall.OTHERS: rest} if waterfall.is_worth_telling(rest) else {})).items():
        share = wording.say_projected(sites / one.eligible)
        steps.append(waterfall.Step(name, "fewer", level, level - sites, waterfall.say_change(-sites), share))
        level -= sites
    share = wording.say_projected(one.in_use / one.eligible)
    steps.append(waterfall.Step("In use", "total", 0.0, one.in_use, waterfall.say_sites(one.in_use), share))
    return waterfall.Panel(one.title, HEADS, tuple(steps))


def make_title(found: Sequence[waterfall.Standing]) -> str:
    """State the finding of the intervention furthest behind in ten words or fewer."""
    one = max(found, key=lambda standing: standing.eligible - standing.in_use)
    total = round(sum(one.held_up.values()))
    if total == 0:
        return f"Every site is there by {wording.say_month(one.deadline)}"
    cause = max(one.held_up, key=lambda name: one.held_up[name])
    return f"{min(round(one.held_up[cause]), total):,} of {total:,} sites not there: {waterfall.WORDS[cause]}"


def make_subtitle(data: tables.PlotData, found: Sequence[waterfall.Standing], ambition: str | None) -> str:
    """Say what the steps are of."""
    name = waterfall.choose_ambition((data.scenario,), ambition)
    return (
        f"{tables.title_of(data, name)}. {waterfall.say_place(found[0])}. From the sites that may take it up "
        "to those in use, by what holds up the others; numbers are sites, the mean of all runs"
    )


def _describe(one: waterfall.Standing) -> str:
    steps = [
        f"{waterfall.say_sites(one.held_up[cause])} {waterfall.WORDS[cause]}"
        for cause in delays.CAUSES
        if waterfall.is_worth_telling(one.held_up[cause])
    ] or ["none held up"]  # fmt: skip
    return (
        f"{one.title}: of {one.eligible:,} sites {waterfall.say_sites(one.in_use)} in use ({wording.say_list(steps)})."
    )

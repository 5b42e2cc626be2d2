"""What a figure of curves says in words: title, subtitle, labels and the alt text."""

from collections.abc import Sequence

import matplotlib.dates as mdates
import numpy as np
import pandas as pd

from spread.plots import data as tables
from spread.plots import series as shares
from spread.plots import wording


def make_title(series: Sequence[shares.Series]) -> str:
    """State the finding in ten words or fewer."""
    current = {one.targets[-1] for one in series if one.targets}
    chances = [(target.chance, target.deadline) for target in current if target.chance is not None]
    if len(chances) == 1:
        return wording.say_finding(*chances[0])
    if chances:
        return wording.say_how_many([chance for chance, _ in chances], "targets")
    day = min(aim_of(one) for one in series)
    middles = sorted(value_at(one, day)["q50"] for one in series)
    if len(middles) == 1:
        counted = shares.say_counted(series[0].measure)
        return f"Projected: {wording.say_projected(middles[0])} of {counted} by {wording.say_month(day)}"
    return f"Projected: {wording.say_span(middles[0], middles[-1])} by {wording.say_month(day)}"


def make_subtitle(data: tables.PlotData, series: Sequence[shares.Series], place: str) -> str:
    """Say whose share of what is drawn: place, denominator, measure."""
    if len(series) == 1:
        return f"{place}: {shares.say_measure(series[0].measure, tables.members_of(data, series[0].key))}"
    measures = dict.fromkeys(one.measure for one in series)
    return f"{place}: {wording.say_list([shares.say_measure(measure, ['each intervention']) for measure in measures])}"


def describe(data: tables.PlotData, series: Sequence[shares.Series], place: str) -> str:
    """Tell what the figure shows to someone who cannot see it."""
    first, last = date_range(series)
    opening = (
        f"{make_title(series)}. Line chart, {wording.say_date(first)} to {wording.say_date(last)}. "
        f"{make_subtitle(data, series, place)}."
    )
    caption = tables.make_caption(data, ambitions_of(series))
    return " ".join([opening, *(_describe_one(data, one) for one in series), caption])


def value_at(series: shares.Series, day: pd.Timestamp) -> dict[str, float]:
    """Quantiles of a share on a day, on the straight line between report dates."""
    days = mdates.date2num(series.frame["date"])
    when = mdates.date2num(day)
    return {name: float(np.interp(when, days, series.frame[name])) for name in tables.QUANTILES}


def aim_of(series: shares.Series) -> pd.Timestamp:
    """The day a share is judged on: its last deadline inside the run, or the last date."""
    first, last = date_range([series])
    inside = [target.deadline for target in series.targets if first <= target.deadline <= last]
    return max(inside, default=last)


def date_range(series: Sequence[shares.Series]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last report date."""
    return min(one.frame["date"].iloc[0] for one in series), max(one.frame["date"].iloc[-1] for one in series)


def deadlines_of(series: Sequence[shares.Series]) -> list[pd.Timestamp]:
    """Deadlines inside the run, rising."""
    first, last = date_range(series)
    days = {target.deadline for one in series for target in one.targets}
    return sorted(day for day in days if first <= day <= last)


def ambitions_of(series: Sequence[shares.Series]) -> list[str]:
    """Names of the ambitions the shares are about."""
    return [target.ambition for one in series for target in one.targets]


def thresholds_of(series: Sequence[shares.Series]) -> list[float]:
    """Shares to be reached, rising."""
    return sorted({target.threshold for one in series for target in one.targets if target.threshold is not None})


def milestones_of(series: Sequence[shares.Series]) -> list[tuple[pd.Timestamp, float]]:
    """Days and shares on the way, inside the run."""
    first, last = date_range(series)
    every = {milestone for one in series for target in one.targets for milestone in target.milestones}
    return sorted((day, share) for day, share in every if first <= day <= last)


def _describe_one(data: tables.PlotData, series: shares.Series) -> str:
    start = float(series.frame["q50"].iloc[0])
    opening = f"{wording.say_projected(start)} at the start"
    if tables.starts_observed(data):
        opening = f"{wording.say_percent(round(start, 2))} observed"
    parts = [f"{series.label}: {opening}"]
    for day in dict.fromkeys([*deadlines_of([series]), series.frame["date"].iloc[-1]]):
        value = value_at(series, day)
        span = wording.say_span(value["q10"], value["q90"])
        middle = wording.say_projected(value["q50"])
        band = f"{wording.say_percent(0.8)} of runs: {span}"
        parts.append(f"{middle} in the middle run by {wording.say_date(day)} ({band})")
    sentences = ["; ".join(parts) + "."]
    for target in series.targets:
        goal = "No target stated" if target.threshold is None else f"Target {wording.say_percent(target.threshold)}"
        chance = "" if target.chance is None else f", {wording.say_chance(target.chance)} chance"
        sentences.append(f"{goal} by {wording.say_date(target.deadline)}{chance}.")
    steps = [f"{wording.say_percent(share)} by {wording.say_date(day)}" for day, share in milestones_of([series])]
    return " ".join([*sentences, f"Milestones: {wording.say_list(steps)}."] if steps else sentences)

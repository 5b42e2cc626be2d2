"""The chances of reaching each of a ladder of shares, and what their figure says in words.

A *step* is one share of the ladder; `ladder.grid` holds the chance by step and report date.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from spread import errors
from spread.outcomes import naming
from spread.plots import data as tables
from spread.plots import series as shares
from spread.plots import wording

SHORT_BY: Final = "short_by_"
EVERY: Final = "1.0"
SAME: Final = 1e-9  # thresholds closer than this are one


@dataclass(frozen=True, slots=True)
class Step:
    """One share to reach, its code in ``exceedance.csv``, and the chance of it at the deadline."""

    code: str
    label: str
    chance: float
    is_target: bool


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """One ambition: the chance by step (rows, as in ``exceedance.csv``) and date (columns), and its steps.

    `deadlines` are inside the run, rising, the last of them `deadline`; `is_each` where every one of several
    interventions has to reach the share.
    """

    ambition: str
    title: str
    measure: str
    deadlines: tuple[pd.Timestamp, ...]
    grid: pd.DataFrame
    steps: tuple[Step, ...]
    is_each: bool

    @property
    def deadline(self) -> pd.Timestamp:
        """The last deadline, or the last date where none is inside the run."""
        return self.deadlines[-1]

    @property
    def target(self) -> Step | None:
        """The step the ambition wants."""
        return next((step for step in self.steps if step.is_target), None)

    @property
    def is_rate(self) -> bool:
        """Whether the steps are of the way from a baseline, not of sites or patients."""
        return self.measure in naming.RATES

    def at_deadline(self, code: str) -> float:
        """The chance of a step at the deadline; NaN where there is none."""
        known: dict[str, float] = dict(zip(self.grid.index, self.grid[self.deadline], strict=True))
        return known.get(code, math.nan)


def list_ladders(data: tables.PlotData, *, group: tuple[str, str], ambition: str | None = None) -> list[Ladder]:
    """The ladders of a group, those about shares unless there are none or one is asked for, in the run's order.

    Raises
    ------
    InputError
        The results hold no such chances.
    """
    table = data.exceedance
    if table.empty:
        raise errors.InputError(errors.Fault("the results hold no chances by share (exceedance.csv)"))
    scope = shares.scope_of(group)
    here = table[table["scope"] == scope]
    if here.empty:
        known = list(dict.fromkeys(table["scope"]))
        hint = errors.did_you_mean(scope, known) or f"; known: {', '.join(known)}"
        raise errors.InputError(errors.Fault(f"no chances by share for '{scope}'{hint}"))
    names = list(dict.fromkeys(here["ambition"]))
    if ambition is not None and ambition not in names:
        hint = errors.did_you_mean(ambition, names) or f"; known: {', '.join(names)}"
        raise errors.InputError(errors.Fault(f"no chances by share for an ambition '{ambition}'{hint}"))
    ladders = [_read_ladder(data, here[here["ambition"] == name], scope) for name in names if ambition in (None, name)]
    about_shares = [ladder for ladder in ladders if not ladder.is_rate]
    return ladders if ambition is not None else about_shares or ladders


def make_title(ladders: Sequence[Ladder]) -> str:
    """State the finding in ten words or fewer."""
    if len(ladders) > 1:
        chances = [ladder.target.chance for ladder in ladders if ladder.target is not None]
        return wording.say_how_many(chances, "targets") if chances else "Chances of reaching each share by the deadline"
    ladder = ladders[0]
    month = wording.say_month(ladder.deadline)
    likely = [step for step in ladder.steps if step.chance > wording.EVEN_CHANCE and not step.code.startswith(SHORT_BY)]
    if not likely:
        lowest = ladder.steps[0]
        return f"{_say_step(lowest)} by {month}: {wording.say_chance(lowest.chance)}"
    return f"{_say_step(likely[-1])} by {month} is likelier than not"


def make_subtitle(ladders: Sequence[Ladder], place: str) -> str:
    """Say whose share of what is counted."""
    counted = dict.fromkeys(_say_counted(ladder) for ladder in ladders)
    if len(ladders) == 1:
        return f"{place}: {ladders[0].title}. Chance of reaching each {next(iter(counted))}"
    outlined = "; targets outlined" if any(ladder.target for ladder in ladders) else ""
    return f"{place}: in how many of 100 runs each {' or '.join(counted)} is reached by the deadline{outlined}"


def describe(ladder: Ladder) -> str:
    """Tell the chances of one ambition."""
    told = "; ".join(
        f"{step.label}{' (target)' if step.is_target else ''}: {wording.say_chance(step.chance)}"
        for step in ladder.steps
    )
    return f"{ladder.title}, by {wording.say_date(ladder.deadline)}: {told}."


def say_of_hundred(chance: float) -> str:
    """A chance as a number of 100 runs, never none or all: ``31``, ``<1``."""
    whole = round(100 * chance)
    return "<1" if whole < 1 else ">99" if whole > 99 else str(whole)


def short_label(code: str) -> list[str]:
    """A step over a column: a percentage, or lines of words."""
    if code.startswith(SHORT_BY):
        return ["all but", wording.say_number(int(code.removeprefix(SHORT_BY)))]
    return ["all"] if code == EVERY else [wording.say_percent(float(code))]


def tabulate(ladders: Sequence[Ladder]) -> pd.DataFrame:
    """List every chance, a row per ambition, date and step."""
    rows = []
    for ladder in ladders:
        wanted = ladder.target.code if ladder.target is not None else None
        for code in ladder.grid.index:
            rows += [
                {"ambition": ladder.ambition, "title": ladder.title, "date": day, "threshold": code,
                 "chance": ladder.grid.at[code, day], "is_target": code == wanted,
                 "is_deadline": day in ladder.deadlines}
                for day in ladder.grid.columns
            ]  # fmt: skip
    return pd.DataFrame(rows)


def _read_ladder(data: tables.PlotData, here: pd.DataFrame, scope: str) -> Ladder:
    name = str(here["ambition"].iloc[0])
    grid = here.assign(threshold=here["threshold"].astype("str")).pivot_table(
        index="threshold", columns="date", values="chance", sort=False
    )
    grid = grid.sort_index(axis=1)
    own = data.ambitions[(data.ambitions["ambition"] == name) & (data.ambitions["scope"] == scope)]
    due = sorted(day for day in set(own["deadline"]) if day in grid.columns)
    deadlines = tuple(due) or (grid.columns[-1],)
    measure = str(own["measure"].iloc[0]) if len(own) else shares.ADOPTION
    at_last = own[own["deadline"] == deadlines[-1]]
    goal = float(at_last["threshold"].iloc[0]) if len(at_last) else math.nan
    steps = _list_steps(grid[deadlines[-1]], measure, goal=goal)
    is_each = len(own) > 0 and own["together"].iloc[0] == "each" and "+" in own["interventions"].iloc[0]
    return Ladder(name, tables.title_of(data, name), measure, deadlines, grid, steps, is_each)


def _list_steps(chances: "pd.Series[Any]", measure: str, *, goal: float) -> tuple[Step, ...]:
    is_rate = measure in naming.RATES
    wanted = 1.0 if is_rate else goal  # of a rate the last step is the whole way
    return tuple(
        Step(
            code=str(code),
            label=_label(str(code), measure),
            chance=float(chance),
            is_target=not str(code).startswith(SHORT_BY) and abs(float(str(code)) - wanted) < SAME,
        )
        for code, chance in chances.items()
    )


def _label(code: str, measure: str) -> str:
    counted = shares.say_counted(measure)
    if code.startswith(SHORT_BY):
        return f"all but {wording.say_number(int(code.removeprefix(SHORT_BY)))} {counted}"
    if measure in naming.RATES:
        return "all of the way" if code == EVERY else f"{wording.say_percent(float(code))} of the way"
    return f"all {counted}" if code == EVERY else f"at least {wording.say_percent(float(code))}"


def _say_step(step: Step) -> str:
    return step.label[0].upper() + step.label[1:]


def _say_counted(ladder: Ladder) -> str:
    if ladder.is_rate:
        return "part of the way from the baseline to the target"
    return f"share of eligible {shares.say_counted(ladder.measure)}"

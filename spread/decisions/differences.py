"""Paired differences between plans: run by run, on the same luck, with draws as the sampling unit.

N plans, K draws, R replicates. All intervals of one measure at one question hold together, over all pairs of plans,
at 95 %: each pair has its share of the error (Bonferroni), from Student's distribution with K - 1 degrees of freedom.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import dates
from spread.decisions import lettering, sides
from spread.outcomes import uncertainty
from spread.scenarios import schema

Floats = NDArray[np.float64]
ERROR: Final = 0.05
NATIONAL: Final = "national"
DAY: Final = np.timedelta64(1, "D")


class Measure(NamedTuple):
    """What plans are compared by: a column of ``run_values``, its unit, and whether more of it is better (+1, -1)."""

    name: str
    column: str
    unit: str
    better: int = 1


MEASURES: Final = (
    Measure("chance", "met", "share"),
    Measure("value", "value", "share"),
    Measure("sites", "sites", "sites"),
    Measure("shortfall", "short", "sites", better=-1),
    Measure("gap", "gap", "share"),
    Measure("date_met", "met_on", "days", better=-1),
)
IN_BOTH: Final = Measure("date_met_in_both", "met_on", "days", better=-1)
"""Of the date met, in runs in which both plans meet the ambition."""


class Question(NamedTuple):
    """What plans are asked: an ambition, in a scope, by a deadline; each of `by` is that of one plan."""

    ambition: str
    scope: str
    deadline: date
    by: Mapping[str, date]


class Paired(NamedTuple):
    """What two plans differ by: `other` less `one` on average, its interval, and how many runs it rests on.

    `higher` and `lower` are the shares of these runs in which the other has more, and less.
    """

    one: str
    other: str
    difference: uncertainty.Difference
    runs: int
    higher: float
    lower: float


def questions(every: Sequence[sides.Side], scopes: Sequence[str] | None) -> Iterator[Question]:
    """What the first plan and another can both be asked.

    A plan answers at the same deadline. Where it shares none with the first, its last one is set against the first's.
    """
    first = every[0]
    told = first.tables["run_values"][["ambition", "deadline", "scope"]].drop_duplicates()
    for ambition, deadline, scope in told.itertuples(index=False):
        if scopes is not None and scope not in scopes:
            continue
        by = {side.name: _deadline_of(side, first, str(ambition), deadline.date()) for side in every}
        answered = {name: day for name, day in by.items() if day is not None}
        if len(answered) > 1:
            yield Question(str(ambition), str(scope), deadline.date(), answered)


def _deadline_of(side: sides.Side, first: sides.Side, ambition: str, deadline: date) -> date | None:
    """The deadline at which a plan answers what the first answers at `deadline`; None where it cannot."""
    own, asked = side.deadlines(ambition), first.deadlines(ambition)
    if deadline in own:
        return deadline
    moved = own and not set(own) & set(asked) and deadline == asked[-1]
    return own[-1] if moved else None


def answers_to(question: Question, every: Sequence[sides.Side]) -> dict[str, pd.DataFrame]:
    """The runs of each plan that answers, in the draws that all of them have, in the same order."""
    found = {side.name: _rows(side, question) for side in every if side.name in question.by}
    found = {name: rows for name, rows in found.items() if len(rows)}
    drawn = [set(rows["draw"]) for rows in found.values()]
    both = set.intersection(*drawn) if drawn else set()
    return {name: rows[rows["draw"].isin(both)] for name, rows in found.items()}


def _rows(side: sides.Side, question: Question) -> pd.DataFrame:
    table = side.tables["run_values"]
    asked = (table["ambition"] == question.ambition) & (table["scope"] == question.scope)
    asked &= table["deadline"] == pd.Timestamp(question.by[side.name])
    return table[asked].sort_values(["draw", "replicate"])


def by_draw(rows: pd.DataFrame, measure: Measure, scenario: schema.Scenario) -> Floats:
    """A measure in every run, shape (K, R).

    A date is in days since the run's first; one never met is not known to `IN_BOTH`, and otherwise is the day after
    the end, which is the earliest it can be.
    """
    count = rows["draw"].nunique()
    if measure.unit != "days":
        return rows[measure.column].to_numpy(dtype=np.float64).reshape(count, -1)
    since = (rows[measure.column].to_numpy(dtype="datetime64[D]") - np.datetime64(scenario.origin, "D")) / DAY
    never = math.nan if measure is IN_BOTH else float((dates.day_after(scenario.end) - scenario.origin).days)
    days = np.where(np.isnan(since), never, since)
    return np.asarray(np.where(rows["met"].isna(), np.nan, days), dtype=np.float64).reshape(count, -1)


def deviate_of(draws: int, pairs: int) -> float:
    """How many standard errors to either side an interval reaches; infinitely many where one draw tells nothing."""
    from scipy import special

    return float(special.stdtrit(draws - 1, 1.0 - ERROR / 2.0 / pairs)) if draws > 1 else math.inf


def difference_of(one: Floats, other: Floats, *, of_flags: bool, deviate: float) -> uncertainty.Difference:
    """The mean of `other` less `one` and its interval; without end where there is one draw."""
    if not math.isfinite(deviate):
        return uncertainty.Difference(uncertainty.mean_known(other - one), -math.inf, math.inf)
    return uncertainty.paired_difference(one, other, of_flags=of_flags, deviate=deviate)


def difference_in_both(one: Floats, other: Floats, *, deviate: float) -> uncertainty.Difference:
    """The mean difference in runs in which both are known, its interval, and how many they are; shape (K, R) each.

    The mean is a ratio of sums over draws, which have unequal numbers of such runs; its error is linearised.

    Source: Cochran, Sampling Techniques (3rd edition, 1977), section 6.3.
    """
    differences = other - one
    known = np.isfinite(differences)
    runs, sums = known.sum(axis=1), np.where(known, differences, 0.0).sum(axis=1)
    if not runs.any():
        return uncertainty.Difference(math.nan, math.nan, math.nan)
    draws, mean = len(runs), float(sums.sum() / runs.sum())
    if np.count_nonzero(runs) < 2:
        return uncertainty.Difference(mean, -math.inf, math.inf)
    square = float(np.square(sums - mean * runs).sum()) * draws / (draws - 1)
    half = deviate * math.sqrt(square) / float(runs.sum())
    return uncertainty.Difference(mean, mean - half, mean + half)


def pairs_of(measure: Measure, values: Mapping[str, Floats]) -> list[Paired]:
    """Every pair of plans, in order, of which both know a measure, shape (K, R) each."""
    known = {name: found for name, found in values.items() if np.isfinite(found).any()}
    pairs = list(itertools.combinations(known, 2))
    found = [Paired(one, other, *_compared(measure, known[one], known[other], len(pairs))) for one, other in pairs]
    return [pair for pair in found if pair.runs]


def _compared(
    measure: Measure, one: Floats, other: Floats, pairs: int
) -> tuple[uncertainty.Difference, int, float, float]:
    """A difference, the runs it rests on, and the shares of them in which the other has more, and less."""
    known = np.isfinite(other - one)
    deviate = deviate_of(int(known.any(axis=1).sum()), pairs)
    if measure is IN_BOTH:
        difference = difference_in_both(one, other, deviate=deviate)
    else:
        difference = difference_of(one, other, of_flags=measure.column == "met", deviate=deviate)
    runs = int(known.sum())
    higher, lower = (float(flags.sum()) / max(runs, 1) for flags in (other > one, other < one))
    return difference, runs, higher, lower


def letters(values: Mapping[str, Floats], pairs: Sequence[Paired], *, better: int) -> dict[str, str]:
    """Letters of plans: those that share one cannot be told apart; none where they were not compared."""
    names = [name for name in values if any(name in (pair.one, pair.other) for pair in pairs)]
    place = {name: number for number, name in enumerate(names)}
    apart = np.zeros((len(names), len(names)), dtype=bool)
    for pair in pairs:
        apart[place[pair.one], place[pair.other]] = apart[place[pair.other], place[pair.one]] = pair.difference.is_clear
    order = sorted(range(len(names)), key=lambda number: -better * uncertainty.mean_known(values[names[number]]))
    return dict(zip(names, lettering.letters_of(apart, order), strict=True))


def falls(ambition: schema.Ambition) -> bool:
    """Whether an ambition wants less of what it measures: a rate to fall."""
    begins = ambition.baseline or 0.0 if ambition.measure == "level" else 0.0
    return ambition.threshold is not None and ambition.threshold < begins


def unit_of(measure: Measure, ambition: schema.Ambition) -> str:
    """What a measure of an ambition is counted in."""
    if measure.name == "shortfall":
        return "organisations" if ambition.organisation_share else "sites" if ambition.measure == "sites" else "share"
    return measure.unit


def half_met_by(rows: pd.DataFrame, scenario: schema.Scenario) -> date | None:
    """The day by which half of the runs had met an ambition; None where it is not within the run."""
    days = by_draw(rows, MEASURES[-1], scenario).ravel()
    middle = float(np.quantile(days, 0.5, method="inverted_cdf"))
    met = math.isfinite(middle) and scenario.origin + timedelta(days=middle) <= scenario.end
    return scenario.origin + timedelta(days=middle) if met else None


def said_of(question: Question) -> dict[str, Any]:
    """The columns that say what was asked."""
    return {"ambition": question.ambition, "deadline": question.deadline, "scope": question.scope}

"""Plans set beside each other on the same luck: how they differ, how surely, where they part and for whom.

`compare` joins results on (draw, replicate) and gives tables of pairs of plans.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from spread.decisions import differences, forks, sides, site_fates, takes

Floats = differences.Floats
ASKED: Final = ("ambition", "deadline", "scope")
VALUES: Final = (*ASKED, "measure", "unit", "plan", "by", "value", "half_by", "letters")
DIFFERENCES: Final = (
    *ASKED, "measure", "unit", "one", "other", "difference", "low", "high", "clear", "runs", "higher", "lower",
)  # fmt: skip
LUCK: Final = (*ASKED, "one", "other", "matched_variance", "separate_variance", "times")


class Comparison(NamedTuple):
    """What sets plans apart, as tables; `one` and `other` name a pair, and differences are `other` less `one`.

    `plans`: name, key, title and runs of each. `values`: each plan's own mean of every measure; those of one measure
    that share a letter cannot be told apart. `differences`: every pair's, with an interval over draws. `takes`: what
    plans take beyond each other. `per_site`: what an extra adopting site takes. `fates`: sites gained and lost, and
    `fates_by_psc` how many. `forks`: until when a plan is the same as the first, and how many rows of history prove it.
    `luck`: how many times more runs it would take on separate luck.
    """

    plans: pd.DataFrame
    values: pd.DataFrame
    differences: pd.DataFrame
    takes: pd.DataFrame
    per_site: pd.DataFrame
    fates: pd.DataFrame
    fates_by_psc: pd.DataFrame
    forks: pd.DataFrame
    luck: pd.DataFrame

    def ranking(self, ambition: str, measure: str = "chance", scope: str = "national") -> pd.DataFrame:
        """Plans by one measure at the last deadline, the highest first; those that share a letter are no different."""
        asked = {"ambition": ambition, "measure": measure, "scope": scope}
        here = (self.values[list(asked)] == pd.Series(asked)).all(axis=1)
        last = self.values.loc[here, "deadline"].max()
        found = self.values[here & (self.values["deadline"] == last)]
        ordered = found.sort_values("value", ascending=False, kind="stable", ignore_index=True)
        return pd.DataFrame(ordered[["plan", "value", "letters"]])


def compare(every: Sequence[sides.Side], *, scopes: Sequence[str] | None = None) -> Comparison:
    """Compare plans with each other, run by run.

    Parameters
    ----------
    every
        Two plans or more; the first is the one others are measured against.
    scopes
        ``national``, ``psc:CODE``; all that were assessed unless given.

    Raises
    ------
    InputError
        When they cannot be compared.
    """
    sides.check_comparable(every)
    named = sides.named_apart(every)
    asked = list(differences.questions(named, scopes))
    parts = [_answered(question, named) for question in asked]
    found = {name: pd.DataFrame([row for part in parts for row in part[name]], columns=list(columns))
             for name, columns in (("values", VALUES), ("differences", DIFFERENCES), ("luck", LUCK))}  # fmt: skip
    taken = takes.takes_table(named, scopes)
    changed = site_fates.fates_table(named, _once(asked))
    return Comparison(
        plans=pd.DataFrame([_described(side) for side in named]),
        values=found["values"],
        differences=found["differences"],
        takes=taken,
        per_site=takes.per_site_table(taken, found["differences"]),
        fates=changed,
        fates_by_psc=site_fates.by_psc(changed),
        forks=pd.DataFrame([_fork(named[0], side) for side in named[1:]]),
        luck=found["luck"],
    )


def _once(asked: Sequence[differences.Question]) -> list[differences.Question]:
    """Each ambition and deadline once, whatever its scopes: sites know where they are."""
    return list({(question.ambition, question.deadline): question for question in asked}.values())


def _described(side: sides.Side) -> dict[str, Any]:
    return {
        "plan": side.name,
        "key": side.key,
        "title": side.scenario.title,
        "seed": side.seed,
        "draws": side.draws,
        "replicates": side.replicates,
        "runs": int(site_fates.complete_runs(side).sum()),
    }


def _fork(first: sides.Side, other: sides.Side) -> dict[str, Any]:
    fork = forks.prove(first, other)
    return {"one": first.name, "other": other.name, "same_until": fork.day, "same_rows": fork.rows}


def _answered(question: differences.Question, every: Sequence[sides.Side]) -> dict[str, list[dict[str, Any]]]:
    """The rows of one question: values, differences and luck."""
    scenarios = {side.name: side.scenario for side in every}
    rows = differences.answers_to(question, every)
    ambition = scenarios[every[0].name].ambitions[question.ambition]
    said, better = differences.said_of(question), -1 if differences.falls(ambition) else 1
    found: dict[str, list[dict[str, Any]]] = {"values": [], "differences": [], "luck": []}
    for measure in (*differences.MEASURES, differences.IN_BOTH):
        values = {name: differences.by_draw(table, measure, scenarios[name]) for name, table in rows.items()}
        pairs = differences.pairs_of(measure, values)
        about = {**said, "measure": measure.name, "unit": differences.unit_of(measure, ambition)}
        found["differences"] += [about | _paired(pair) for pair in pairs]
        if measure is differences.IN_BOTH:
            continue
        wanted = better if measure.name == "value" else measure.better
        letters = differences.letters(values, pairs, better=wanted)
        is_date = measure.unit == "days"
        for name, letter in letters.items():
            half_by = differences.half_met_by(rows[name], scenarios[name]) if is_date else None
            found["values"].append(about | {"plan": name, "by": question.by[name], "value": np.nanmean(values[name]),
                                            "half_by": half_by, "letters": letter})  # fmt: skip
        if measure.name == "value":
            found["luck"] += [said | _luck(pair, values) for pair in pairs if pair.one == every[0].name]
    return found


def _paired(pair: differences.Paired) -> dict[str, Any]:
    return {
        "one": pair.one,
        "other": pair.other,
        "difference": pair.difference.mean,
        "low": pair.difference.low,
        "high": pair.difference.high,
        "clear": pair.difference.is_clear,
        "runs": pair.runs,
        "higher": pair.higher,
        "lower": pair.lower,
    }


def _luck(pair: differences.Paired, values: dict[str, Floats]) -> dict[str, Any]:
    """How the variance of a difference would grow, were the two plans run on separate luck."""
    matched, separate = variances(values[pair.one], values[pair.other])
    times = separate / matched if matched > 0.0 else np.nan
    return {"one": pair.one, "other": pair.other, "matched_variance": matched, "separate_variance": separate,
            "times": times}  # fmt: skip


def variances(one: Floats, other: Floats) -> tuple[float, float]:
    """Variance of a draw's mean difference, shape (K, R), on matched luck, and what it were on separate luck.

    On separate luck (another seed, so other parameters too) the variances of both plans add up.
    """
    ours, theirs = one.mean(axis=1), other.mean(axis=1)
    if len(ours) < 2:
        return np.nan, np.nan
    return float(np.var(theirs - ours, ddof=1)), float(np.var(ours, ddof=1) + np.var(theirs, ddof=1))

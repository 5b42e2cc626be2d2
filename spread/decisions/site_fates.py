"""Which sites change fate: in how many runs a plan brings a site there that another does not, and the other way."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.decisions import differences, sides
from spread.outcomes import naming

Flags = NDArray[np.bool_]
COLUMNS: Final = ("ambition", "deadline", "intervention", "one", "other", "site", "psc", "gained", "lost")


class Fate(NamedTuple):
    """Sites of a label that both plans follow, and the share of runs in which each is gained or lost; shape (S,)."""

    site: NDArray[np.object_]
    psc: NDArray[np.object_]
    gained: NDArray[np.float64]
    lost: NDArray[np.float64]


def fates_table(every: Sequence[sides.Side], asked: Sequence[differences.Question]) -> pd.DataFrame:
    """One row per ambition, deadline, intervention (or set), pair of the first plan and another, and site.

    `gained` is the share of runs in which the site is at the ambition's stage at the deadline under the other plan and
    not under the first; `lost` the reverse.
    """
    pieces = [piece for question in asked for piece in _pieces(every, question)]
    return pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=list(COLUMNS))


def _pieces(every: Sequence[sides.Side], question: differences.Question) -> Iterator[pd.DataFrame]:
    first, answering = every[0], [side for side in every[1:] if side.name in question.by]
    for label in labels_of(first, question.ambition):
        for other in answering:
            fate = fates_of(first, other, label, (question.by[first.name], question.by[other.name]))
            said = {"ambition": question.ambition, "deadline": question.deadline, "intervention": label,
                    "one": first.name, "other": other.name}  # fmt: skip
            yield pd.DataFrame({**said, **fate._asdict()}, columns=list(COLUMNS))


def labels_of(side: sides.Side, ambition: str) -> list[str]:
    """What sites are followed in for an ambition: its set taken together, or each of its interventions."""
    asked = side.scenario.ambitions[ambition]
    return [naming.set_label(asked.interventions)] if naming.is_set(asked) else list(asked.interventions)


def fates_of(one: sides.Side, other: sides.Side, label: str, deadlines: tuple[date, date]) -> Fate:
    """What becomes of each site under two plans, in the runs that came through in both."""
    ours, theirs = (_met_by_site(side, label, day) for side, day in zip((one, other), deadlines, strict=True))
    shared = ours.join(theirs["met"].rename("met_other"), how="inner")
    runs = complete_runs(one) & complete_runs(other)
    here, there = (_bits(shared[column], len(runs))[:, runs] for column in ("met", "met_other"))
    gained, lost = (np.mean(~here & there, axis=1), np.mean(here & ~there, axis=1))
    return Fate(shared.index.to_numpy(dtype=object), shared["psc"].to_numpy(dtype=object), gained, lost)


def _met_by_site(side: sides.Side, label: str, deadline: date) -> pd.DataFrame:
    table = side.tables["sites"]
    mine = table[(table["intervention"] == label) & (table["deadline"] == pd.Timestamp(deadline))]
    return mine.set_index("site")[["psc", "met"]]


def complete_runs(side: sides.Side) -> Flags:
    """Runs, by number, whose draw came through with all its replicates; shape (K x R,)."""
    complete = np.isin(np.arange(side.draws), side.tables["run_values"]["draw"].unique())
    return complete.repeat(side.replicates)


def _bits(column: "pd.Series[bytes]", runs: int) -> Flags:
    """Bit k of each site, lowest first; shape (S, runs)."""
    if not len(column):
        return np.zeros((0, runs), dtype=bool)
    packed = np.stack([np.frombuffer(met, dtype=np.uint8) for met in column])
    return np.unpackbits(packed, axis=1, bitorder="little", count=runs).astype(bool)


def by_psc(fates: pd.DataFrame) -> pd.DataFrame:
    """The number of sites gained and lost in the mean run, of each collaborative, and of all of them (national)."""
    keys = [*COLUMNS[:5], "psc"]
    parts = fates.groupby(keys, sort=False, as_index=False)[["gained", "lost"]].sum()
    whole = fates.groupby(keys[:-1], sort=False, as_index=False)[["gained", "lost"]].sum().assign(psc="national")
    return pd.concat([whole, parts], ignore_index=True)[[*keys, "gained", "lost"]]

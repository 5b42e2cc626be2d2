"""Small numbers kept from showing: which cells of a run's tables stand for so few sites that they could tell on one.

A cell is hidden (`HIDDEN`) when it stands for fewer sites than the threshold and more than none, or belongs to a group
with fewer eligible sites than that. Where a total would give a lone hidden cell away, the smallest other one that is
not nothing is hidden too. What was observed of a group on the day the runs start from is not a result, and goes
altogether.

G rows of a table, K columns.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.outcomes import groups, naming, tables
from spread.report import titles
from spread.scenarios import schema

HIDDEN: Final = "c"
USUAL_LEAST: Final = 5
BAND: Final = ("mean", *tables.QUANTILES)
VALUES: Final = ("value_now", "value_q05", "value_q50", "value_q95")
FOLLOWING: Final = {
    "shortfall_q50": "value_q50", "needed_per_month": "value_now", "recent_per_month": "value_now",
}  # fmt: skip
"""Columns that another one, with the threshold, gives away."""
CHANCES: Final = (
    "chance", "mc_low", "mc_high", "chance_p10", "chance_p90", "chance_sd", "parameter_sd",
    "met_q10", "met_q50", "met_q90",
)  # fmt: skip
CAUSES: Final = tuple(titles.CAUSES)
KEPT_KINDS: Final = (*groups.USUAL_KINDS, "ics", "organisation")
TOLERANCE = 1e-9

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Lines = NDArray[np.integer[Any]]


class Sizes(NamedTuple):
    """How many eligible sites each group has: by (intervention or set, kind of group, group)."""

    eligible: Mapping[tuple[str, str, str], int]

    def of(self, label: str, kind: str, group: str) -> int:
        """Eligible sites; 0 where nothing is known."""
        return self.eligible.get((label, kind, group), 0)

    def at_scope(self, labels: Sequence[str], scope: str) -> int:
        """The fewest of several interventions, in a scope as tables write it."""
        kind, _, group = scope.partition(":")
        return min((self.of(label, kind, group or kind) for label in labels), default=0)


class Rules(NamedTuple):
    """What counts as small (`least` is the fewest sites shown), and from which day on there are results."""

    least: int
    sizes: Sizes
    scenario: schema.Scenario
    observed_on: str | None

    def is_small(self, count: Floats) -> Mask:
        """Whether a number of sites is small, and not nothing."""
        return np.asarray((count > TOLERANCE) & (count < self.least - TOLERANCE))


def sizes_of(adoption: pd.DataFrame) -> Sizes:
    """Sizes from the rows of one run in ``adoption.parquet``; where they change over time, the smallest."""
    least = adoption.groupby(["intervention", "group_kind", "group"], observed=True)["eligible"].min()
    return Sizes({key: int(count) for key, count in least.items()})  # type: ignore[misc]


# --- tables --------------------------------------------------------------------------------------


def hide_summary(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """``summary.csv``: shares of sites, by group."""
    kept = table[table["group_kind"].isin(KEPT_KINDS) & ~_is_observed(table, table["group_kind"], rules)]
    kept = kept.reset_index(drop=True)
    keys = kept[["intervention", "group_kind", "group"]].itertuples(index=False)
    size = np.array([rules.sizes.of(*key) for key in keys], dtype=np.float64)
    counted = kept["measure"].str.startswith(("stage", "sustained")).to_numpy()
    line = kept.groupby(["date", "intervention", "measure", "group_kind"]).ngroup().to_numpy()
    hidden = {}
    for column in BAND:
        count = kept[column].to_numpy(dtype=np.float64) * size
        primary = (size < rules.least) | (counted & rules.is_small(count))
        hidden[column] = hide_lone(primary, count, line)
    return _marked(kept, hidden)


def hide_ambitions(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """``ambitions.csv``: values by collaborative, and everything about one with few sites."""
    size = np.array([_size_of(row, rules) for row in table.to_dict(orient="records")], dtype=np.float64)
    few, counted = size < rules.least, table["measure"].str.startswith("stage").to_numpy()
    observed = (table["scope"] != groups.NATIONAL).to_numpy() & (rules.observed_on is not None)
    line = table.groupby(["ambition", "deadline"]).ngroup().to_numpy()
    hidden = dict.fromkeys(CHANCES, few)
    for column in VALUES:
        count = table[column].to_numpy(dtype=np.float64) * size
        primary = few | (counted & rules.is_small(count)) | (observed & (column == "value_now"))
        hidden[column] = hide_lone(primary, count, line)
    hidden |= {column: hidden[other] for column, other in FOLLOWING.items()}
    behind = [rules.sizes.at_scope(_labels_of(row["ambition"], rules), f"psc:{row['furthest_behind_psc']}")
              for row in table.to_dict(orient="records")]  # fmt: skip
    hidden["furthest_behind_short"] = np.array(behind) < rules.least
    return _marked(table, hidden)


def hide_exceedance(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """``exceedance.csv``: chances of a collaborative with few sites."""
    kept = table[~_is_observed(table, table["scope"], rules)].reset_index(drop=True)
    return _marked(kept, {"chance": _few_in_scope(kept, rules)})


def hide_reach(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """``reach.csv``: what support adds in a collaborative with few sites."""
    few = _few_in_scope(table, rules)
    return _marked(table, dict.fromkeys(("mean", "q05", "q25", "q50", "q75", "q95", "chance_of_more"), few))


def hide_bottlenecks(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """``bottlenecks.csv``: sites by cause, whose rows and columns both have totals."""
    columns = [*CAUSES, "adopted", "eligible"]
    counts = table[columns].to_numpy(dtype=np.float64)
    hidden = rules.is_small(counts)
    hidden |= (counts[:, [-1]] < rules.least) & (counts[:, [-1]] > 0)
    line = table.groupby(["intervention", "deadline"]).ngroup().to_numpy()
    hidden = _hide_across(hidden, counts, line)
    found = {column: hidden[:, index] for index, column in enumerate(columns)}
    found |= {f"{cause}_months": found[cause] for cause in CAUSES}
    found |= dict.fromkeys(("slot_wait_days", "coach_wait_days", "coach_utilisation"), found["eligible"])
    return _marked(table, found)


def hide_gaps(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """``gaps.csv``: fifths with few sites."""
    sites = table[["most_deprived_sites", "least_deprived_sites"]].to_numpy(dtype=np.float64)
    few = np.asarray((sites < rules.least).any(axis=1))
    shown = ("most_deprived_sites", "least_deprived_sites", "most_deprived", "least_deprived", "behind", *BAND)
    return _marked(table, dict.fromkeys(shown, few))


def hide_costs(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """``costs.csv``: what a collaborative with few sites takes, which says how few they are."""
    most = {(kind, group): 0 for _, kind, group in rules.sizes.eligible}
    for (_, kind, group), count in rules.sizes.eligible.items():
        most[kind, group] = max(most[kind, group], count)
    places = [(groups.NATIONAL,) * 2 if psc == groups.NATIONAL else ("psc", psc) for psc in table["psc"]]
    few = np.array([most.get(place, 0) < rules.least for place in places], dtype=np.bool_)
    line = table.groupby("item").ngroup().to_numpy()
    hidden = hide_lone(few, table["quantity"].to_numpy(dtype=np.float64), line)
    return _marked(table, {"quantity": hidden, "cost": hidden})


def _size_of(row: Mapping[Any, Any], rules: Rules) -> int:
    return rules.sizes.at_scope(_labels_of(row["ambition"], rules), row["scope"])


def _labels_of(name: str, rules: Rules) -> list[str]:
    """What an ambition is judged by, as tables call it."""
    known = list(dict.fromkeys(label for label, _, _ in rules.sizes.eligible))
    ambition = rules.scenario.ambitions.get(name)
    return [] if ambition is None else [known[index] for index in naming.labels_of(ambition, known)]


def _few_in_scope(table: pd.DataFrame, rules: Rules) -> Mask:
    return np.array([_size_of(row, rules) < rules.least for row in table.to_dict(orient="records")], dtype=np.bool_)


def _is_observed(table: pd.DataFrame, place: "pd.Series[str]", rules: Rules) -> "pd.Series[bool]":
    """Rows of a group at or before the day of the data, where there are data."""
    if rules.observed_on is None:
        return pd.Series(False, index=table.index)
    return (place != groups.NATIONAL) & (table["date"] <= rules.observed_on)


# --- cells ---------------------------------------------------------------------------------------


def hide_lone(hidden: Mask, count: Floats, line: Lines) -> Mask:
    """Hide a second cell of each line in which only one is hidden: the smallest that is not nothing.

    Parameters
    ----------
    hidden
        Shape (G,).
    count
        What the cells add up by, shape (G,).
    line
        Which line each cell belongs to, its total among them, shape (G,).
    """
    lone = np.bincount(line, weights=hidden) == 1
    open_to = lone[line] & ~hidden & (count > TOLERANCE)
    order = np.lexsort((count, line))
    candidates = order[open_to[order]]
    _, first = np.unique(line[candidates], return_index=True)
    found = hidden.copy()
    found[candidates[first]] = True
    return found


def _hide_across(hidden: Mask, counts: Floats, line: Lines) -> Mask:
    """`hide_lone` down every column and along every row, until neither finds more; shapes (G, K)."""
    rows = np.arange(len(counts))
    while True:
        down = np.column_stack([hide_lone(hidden[:, k], counts[:, k], line) for k in range(counts.shape[1])])
        along = hide_lone(down.ravel(), counts.ravel(), np.repeat(rows, counts.shape[1])).reshape(counts.shape)
        if (along == hidden).all():
            return along
        hidden = along


def _marked(table: pd.DataFrame, hidden: Mapping[str, Mask]) -> pd.DataFrame:
    """The table with the mark in place of hidden values; what is empty stays empty."""
    marked = table.copy()
    for column, where in hidden.items():
        marked[column] = marked[column].astype("object").mask(where & marked[column].notna().to_numpy(), HIDDEN)
    return marked


HIDERS: Final = {
    "summary": hide_summary, "ambitions": hide_ambitions, "exceedance": hide_exceedance,
    "bottlenecks": hide_bottlenecks, "gaps": hide_gaps, "costs": hide_costs, "reach": hide_reach,
}  # fmt: skip

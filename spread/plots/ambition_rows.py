"""The ambitions of a run as rows to draw, and what their figure says in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from spread import errors
from spread.plots import data as tables
from spread.plots import series as shares
from spread.plots import wording
from spread.scenarios import names as collaboratives

AGREEMENT = 0.005  # shares of two tables closer than this are the same number
PREFIX_WORDS = 2
NUMBERS = ("q025", "q05", "q10", "q50", "q90", "q95", "q975")


@dataclass(frozen=True, slots=True)
class AimRow:
    """One ambition at one deadline, in one place.

    `detail` names the intervention where an ambition has a row for each; `shares` holds the quantiles known of the
    value at the deadline, the ends of the 90 % range always, those of 80 and 95 % where the summary has the same
    share; `chance_range` its tenth and ninetieth percentile across parameter sets; `now` the observed value. NaN
    where not known.
    """

    target: shares.Target
    scope: str
    place: str
    detail: str
    shares: dict[str, float]
    chance_range: tuple[float, float]
    now: float


def list_rows(data: tables.PlotData, *, group: tuple[str, str], for_label: str | None = None) -> list[AimRow]:
    """List every ambition about a share, and its deadlines, of a group: in the order of ``ambitions.csv``, then rising.

    Raises
    ------
    InputError
        No ambition is assessed for that group.
    """
    scope = shares.scope_of(group)
    every = data.ambitions[data.ambitions["scope"] == scope]
    table = shares.of_shares(every)
    if table.empty and not every.empty:
        message = "its ambitions are about rates and dates; this figure shows shares of sites and patients"
        raise errors.InputError(errors.Fault(message))
    if table.empty:
        known = list(dict.fromkeys(data.ambitions["scope"]))
        raise errors.InputError(errors.Fault(f"no ambition is assessed for '{scope}'; known: {', '.join(known)}"))
    place = tables.name_group(data, group, for_label)
    order = {name: number for number, name in enumerate(dict.fromkeys(table["ambition"]))}
    rows = [_read_row(data, row, group=group, place=place) for _, row in table.iterrows()]
    return sorted(rows, key=lambda row: (order[row.target.ambition], row.target.deadline))


def list_collaboratives(data: tables.PlotData, ambition: str, deadline: pd.Timestamp) -> list[AimRow]:
    """List the collaboratives of one ambition and deadline, furthest first.

    Raises
    ------
    InputError
        The results hold none.
    """
    table = data.ambitions[(data.ambitions["ambition"] == ambition) & (data.ambitions["deadline"] == deadline)]
    table = table[table["scope"].str.startswith("psc:")]
    if table.empty:
        raise errors.InputError(errors.Fault(f"the ambition '{ambition}' is not assessed by PSC in these results"))
    codes = [scope.removeprefix("psc:") for scope in table["scope"]]
    names = shorten_names([data.group_names.get(code, code) for code in codes])
    rows = [
        _read_row(data, row, group=("psc", code), place=name)
        for (_, row), code, name in zip(table.iterrows(), codes, names, strict=True)
    ]
    return sorted(rows, key=_furthest_first)


def shorten_names(names: Sequence[str]) -> list[str]:
    """Drop the words that most names begin with: ``Health Innovation Wessex`` to ``Wessex``."""
    names = [collaboratives.short_name(name) for name in names]
    starts = [" ".join(name.split()[:PREFIX_WORDS]) for name in names if len(name.split()) > PREFIX_WORDS]
    common = max(sorted(set(starts)), key=starts.count, default="")
    if starts.count(common) * 2 <= len(names):
        return list(names)
    return [name.removeprefix(common + " ") for name in names]


def current_of(rows: Sequence[AimRow]) -> list[AimRow]:
    """The rows at the last deadline of each ambition."""
    last = {row.target.ambition: row.target.deadline for row in sorted(rows, key=lambda row: row.target.deadline)}
    return [row for row in rows if row.target.deadline == last[row.target.ambition]]


def make_title(rows: Sequence[AimRow], collaboratives: Sequence[AimRow] = ()) -> str:
    """State the finding in ten words or fewer."""
    chances = [row.target.chance for row in collaboratives or current_of(rows) if row.target.chance is not None]
    if len(chances) > 1:
        things = "collaboratives" if collaboratives else "ambitions"
        return wording.say_how_many(chances, things)
    deadline = current_of(rows)[0].target.deadline
    if chances:
        return wording.say_finding(chances[0], deadline)
    if len(rows) == 1:
        counted = shares.say_counted(rows[0].target.measure)
        return (
            f"Projected: {wording.say_projected(rows[0].shares['q50'])} of {counted} by {wording.say_month(deadline)}"
        )
    return "Projected shares beside their targets"


def make_subtitle(rows: Sequence[AimRow]) -> str:
    """Say whose share of what is drawn."""
    counted = " or ".join(dict.fromkeys(shares.say_counted(row.target.measure) for row in rows))
    return f"{rows[0].place}: projected share of {counted} at the deadline, and the chance of meeting the target"


def describe(rows: Sequence[AimRow], collaboratives: Sequence[AimRow], caption: str) -> str:
    """Tell what the figure shows to someone who cannot see it."""
    opening = f"{make_title(rows, collaboratives)}. Dot-and-bar chart. {make_subtitle(rows)}."
    sentences = [
        f"{_name(row)}, deadline {wording.say_date(row.target.deadline)}: {_describe_value(row)}." for row in rows
    ]
    if collaboratives:
        target = collaboratives[0].target
        sentences.append(f"{target.title}, deadline {wording.say_date(target.deadline)}, by collaborative.")
        sentences += [f"{row.place}: {_describe_value(row)}." for row in collaboratives]
    return " ".join([opening, *sentences, caption])


def tabulate(rows: Sequence[AimRow]) -> pd.DataFrame:
    """List the numbers of the rows, one line each."""
    return pd.DataFrame(
        [
            {
                "ambition": row.target.ambition,
                "title": _name(row),
                "scope": row.scope,
                "group": row.place,
                "deadline": row.target.deadline,
                "threshold": row.target.threshold,
                "value_now": row.now,
                **{name: row.shares[name] for name in NUMBERS},
                "chance": row.target.chance,
                "chance_p10": row.chance_range[0],
                "chance_p90": row.chance_range[1],
            }
            for row in rows
        ]
    )


def _read_row(data: tables.PlotData, row: "pd.Series[Any]", *, group: tuple[str, str], place: str) -> AimRow:
    alike = data.ambitions[["ambition", "deadline", "scope"]].eq(row[["ambition", "deadline", "scope"]]).all(axis=1)
    members = [tables.title_of(data, key) for key in shares.keys_of(data, row)]
    return AimRow(
        target=shares.build_target(data, row, assessed=True),
        scope=row["scope"],
        place=place,
        detail=wording.say_list(members) if alike.sum() > 1 else "",
        shares=_read_shares(data, row, group=group),
        chance_range=(_number(row, "chance_p10"), _number(row, "chance_p90")),
        now=_number(row, "value_now") if tables.starts_observed(data) else math.nan,
    )


def _read_shares(data: tables.PlotData, row: "pd.Series[Any]", *, group: tuple[str, str]) -> dict[str, float]:
    """Quantiles of the value, those the ambitions lack from the summary if it is about the same share."""
    own = {name: _number(row, f"value_{name}") for name in ("q05", "q50", "q95")}
    known = dict.fromkeys(NUMBERS, math.nan) | own
    keys = shares.keys_of(data, row)
    summary = data.summary
    here = summary[
        shares.belongs(summary, group)
        & (summary["intervention"] == keys[0])
        & (summary["measure"] == row["measure"])
        & (summary["date"] == row["deadline"])
    ]
    if len(keys) > 1 or len(here) != 1:
        return known
    found = {name: _number(here.iloc[0], name) for name in NUMBERS}
    agrees = all(abs(found[name] - value) <= AGREEMENT for name, value in own.items())
    return found if agrees else known


def _number(row: "pd.Series[Any]", name: str) -> float:
    value = row.get(name)
    return math.nan if value is None or pd.isna(value) else float(value)


def _furthest_first(row: AimRow) -> tuple[float, str]:
    middle = row.shares["q50"]
    return (math.inf if math.isnan(middle) else -middle, row.place)


def _name(row: AimRow) -> str:
    return f"{row.target.title}: {row.detail}" if row.detail else row.target.title


def _describe_value(row: AimRow) -> str:
    wide = math.isnan(row.shares["q10"])
    low, high, runs = ("q05", "q95", 0.9) if wide else ("q10", "q90", 0.8)
    span = wording.say_span(row.shares[low], row.shares[high])
    band = f"{wording.say_percent(runs)} of runs: {span}"
    goal = "no target stated" if row.target.threshold is None else f"target {wording.say_percent(row.target.threshold)}"
    chance = "chance not assessed" if row.target.chance is None else f"{wording.say_chance(row.target.chance)} chance"
    return f"{wording.say_projected(row.shares['q50'])} in the middle run ({band}), {goal}, {chance}"

"""What plans take beyond each other, and what an extra adopting site costs.

Quantities and costs follow from levers and calendar, over the whole run; nothing about them depends on chance.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pandas as pd

from spread.decisions import sides
from spread.outcomes import uncertainty

COST: Final = "cost"
POUNDS: Final = "pounds"
HOURS: Final = "hours"
NOT_CLEAR: Final = "the extra sites cannot be told apart from none"
NOTHING_MORE: Final = "it takes as much"
CHEAPER: Final = "more sites for less"
DEARER: Final = "fewer sites for more"
ROUNDING: Final = 1e-9
"""Relative: amounts closer than this are the same, added up in another order."""
ASKED: Final = ("ambition", "deadline", "scope", "one", "other")
TAKES: Final = ("item", "scope", "unit", "one", "other", "one_amount", "other_amount", "difference")


class Item(NamedTuple):
    """Something a plan takes, in one place, and what it is counted in."""

    item: str
    scope: str
    unit: str


class Rate(NamedTuple):
    """What one extra site takes, with its interval; or why none can be stated."""

    per_site: float
    low: float
    high: float
    why_not: str = ""


def amounts_of(side: sides.Side) -> dict[Item, float]:
    """What a plan takes in each place: every item, and their cost where the scenario gives unit costs."""
    table = side.tables["costs"]
    scope = table["psc"].map(lambda psc: psc if psc == "national" else f"psc:{psc}")
    told = zip(table["item"], scope, table["unit"], table["quantity"], strict=True)
    quantities = {Item(item, place, unit): float(quantity) for item, place, unit, quantity in told}
    costs = table["cost"].groupby(scope, sort=False).sum(min_count=1)
    return quantities | {Item(COST, str(place), POUNDS): float(cost) for place, cost in costs.items()}


def takes_table(every: Sequence[sides.Side], scopes: Sequence[str] | None) -> pd.DataFrame:
    """One row per item, place and pair of plans, of the items that any two of all plans take differently."""
    told = {side.name: amounts_of(side) for side in every}
    items = dict.fromkeys(item for amounts in told.values() for item in amounts)
    differing = {item.item for item in items if _differs(item, told)}
    wanted = [item for item in items if item.item in differing and (scopes is None or item.scope in scopes)]
    rows = [row for item in wanted for row in _rows(item, told)]
    return pd.DataFrame(rows, columns=list(TAKES))


def _differs(item: Item, told: Mapping[str, Mapping[Item, float]]) -> bool:
    amounts = (amounts.get(item, math.nan) for amounts in told.values())
    known = [amount for amount in amounts if not math.isnan(amount)]
    return any(_less(known[0], amount) for amount in known[1:])


def _less(amount: float, other: float) -> float:
    """The other less an amount; exactly nothing where rounding alone sets them apart."""
    return 0.0 if math.isclose(amount, other, rel_tol=ROUNDING) else other - amount


def _rows(item: Item, told: Mapping[str, Mapping[Item, float]]) -> Iterator[dict[str, Any]]:
    for one, other in itertools.combinations(told, 2):
        mine, its = (told[name].get(item, math.nan) for name in (one, other))
        if not math.isnan(its - mine):
            yield item._asdict() | {"one": one, "other": other, "one_amount": mine, "other_amount": its,
                                    "difference": _less(mine, its)}  # fmt: skip


def per_site(more: float, sites: uncertainty.Difference) -> Rate:
    """What an extra site takes; `more` is known exactly, so Fieller's interval is that of the sites turned over.

    Stated where there are clearly more sites for more, or fewer for less (what is saved for each site lost).

    Source: Fieller, Journal of the Royal Statistical Society B 16, 1954, 175-185.
    """
    why_not = _why_not(more, sites)
    if why_not:
        return Rate(math.nan, math.nan, math.nan, why_not)
    low, high = sorted((more / sites.low, more / sites.high))
    return Rate(more / sites.mean, low, high)


def _why_not(more: float, sites: uncertainty.Difference) -> str:
    """Why nothing can be said to be taken by each extra site; nothing where it can."""
    if not sites.is_clear:
        return NOT_CLEAR
    if more == 0.0:
        return NOTHING_MORE
    if (more > 0.0) != (sites.mean > 0.0):
        return CHEAPER if more < 0.0 else DEARER
    return ""


def per_site_table(takes: pd.DataFrame, differences: pd.DataFrame) -> pd.DataFrame:
    """What each plan takes for each extra site: cost where it is known in both plans, or else hours of each kind."""
    rows = []
    for _, gained in differences[differences["measure"] == "sites"].iterrows():
        sites = uncertainty.Difference(*(float(gained[name]) for name in ("difference", "low", "high")))
        pair = (takes[["scope", "one", "other"]] == gained[["scope", "one", "other"]]).all(axis=1)
        priced = pair & (takes["item"] == COST)
        chosen = takes[priced if priced.any() else pair & (takes["unit"] == HOURS)]
        asked = {name: gained[name] for name in ASKED}
        for item, unit, more in zip(chosen["item"], chosen["unit"], chosen["difference"], strict=True):
            about = {"item": item, "unit": unit, "more": more, "more_sites": sites.mean}
            rows.append(asked | about | per_site(more, sites)._asdict())
    columns = [*ASKED, "item", "unit", "more", "more_sites", *Rate._fields]
    return pd.DataFrame(rows, columns=columns)

"""What is said of compared plans below their table: in what order they stand, at what price, for which sites."""

import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from spread.cli import answer, options
from spread.plots import wording

if TYPE_CHECKING:
    import pandas as pd

    from spread.decisions import comparison

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]
Statement = tuple[str, str, str]
"""Section, what it is about, and what is said of it."""

RANKED: Final = {"chance": "chance", "value": "projected share"}
PLACES_NAMED: Final = 3
TAKES_NAMED: Final = ("cost", "coach_hours", "outreach", "champion_hours", "courses", "learning_sets")
PRICES: Final = ("cost", "coach_hours")
ITEM_WORDS: Final = {"outreach": "outreach hours"}
OFTEN: Final = "In how many runs of 100 it has more sites, and fewer, than the first"
PRICE: Final = "What each site more takes"
FATES: Final = "Sites that change fate, in the mean run"
LUCK: Final = "What the same luck is worth"
TAKES: Final = "What it takes beyond the first, over the whole run"
HISTORY: Final = "From when on it is another plan than the first"


def rows_of(table: "pd.DataFrame", question: Row | None = None) -> Rows:
    """The rows of a table, of one ambition and deadline where asked, by column name."""
    if question is not None:
        table = table[(table["ambition"] == question["ambition"]) & (table["deadline"] == question["deadline"])]
    return [{str(name): value for name, value in row.items()} for row in table.to_dict(orient="records")]


def ranking(values: Rows) -> Iterator[str]:
    """Plans from the highest chance and share down, with their letters; measures that agree in one line."""
    ranked: dict[str, list[str]] = {}
    for measure, words in RANKED.items():
        mine = sorted((row for row in values if row["measure"] == measure), key=lambda row: -row["value"])
        if mine:
            ranked.setdefault(", ".join(f"{row['plan']} {row['letters']}" for row in mine), []).append(words)
    for order, measures in ranked.items():
        letters = {row["letters"] for row in values if RANKED.get(row["measure"]) in measures}
        said = "no two plans can be told apart" if letters == {"a"} else order
        yield f"Ranking by {wording.say_list(measures)}: {said}"


def of_question(
    found: "comparison.Comparison", question: Row, *, about: Mapping[str, Any], view: options.View
) -> Iterator[Statement]:
    """What is said of each plan but the first about one ambition and deadline."""
    first = found.plans["plan"][0]
    tables = (found.differences, found.per_site, found.fates_by_psc, found.luck)
    differences, prices, fates, luck = (rows_of(table[table["one"] == first], question) for table in tables)
    for row in differences:
        if row["measure"] == "sites":
            yield OFTEN, row["other"], f"{answer.percent(row['higher'])} more, {answer.percent(row['lower'])} fewer"
    for row in prices:
        if row["item"] in PRICES:
            yield PRICE, row["other"], _say_price(row)
    for row in fates:
        if row["psc"] == ("national" if view == options.View() else view.group):
            yield FATES, row["other"], _say_fate(row, fates, about=about)
    for row in luck:
        if math.isfinite(row["times"]):
            yield LUCK, row["other"], f"as sure as {row['times']:,.0f} times as many runs on separate luck"


def of_plans(found: "comparison.Comparison", *, end: date) -> Iterator[Statement]:
    """What is said of each plan but the first whatever the ambition: what it takes, and since when it differs."""
    first, *others = found.plans["plan"]
    takes = rows_of(found.takes[found.takes["one"] == first])
    for name in others:
        yield TAKES, name, _say_takes([row for row in takes if row["other"] == name])
    for row in rows_of(found.forks):
        yield HISTORY, row["other"], _say_fork(row, end=end)


def _say_price(row: Row) -> str:
    if row["why_not"]:
        return f"not defined: {row['why_not']}"
    low, high = (amount(row["item"], row[name]) for name in ("low", "high"))
    saved = " saved for each site lost" if row["more"] < 0 else ""
    return f"{amount(row['item'], row['per_site'], unit=True)}{saved} ({low} to {high})"


def amount(item: str, number: float, *, unit: bool = False) -> str:
    """An amount of an item: ``£1,200``, ``2,350 coach hours``."""
    if item == "cost":
        return f"£{number:,.0f}" if number >= 0 else f"-£{-number:,.0f}"
    return f"{number:,.0f}" + (f" {ITEM_WORDS.get(item, item.replace('_', ' '))}" if unit else "")


def _say_fate(row: Row, fates: Rows, *, about: Mapping[str, Any]) -> str:
    """How many sites are gained and lost, and, for all of them, where most."""
    several = len({one["intervention"] for one in fates}) > 1
    said = f"{about['titles'].get(row['intervention'], row['intervention'])}: " if several else ""
    said += f"{row['gained']:,.1f} gained, {row['lost']:,.1f} lost"
    if row["psc"] != "national":
        return said
    here = [place for place in fates if all(place[key] == row[key] for key in ("intervention", "other"))]
    places = sorted(here, key=lambda place: -place["gained"] - place["lost"])[1 : PLACES_NAMED + 1]
    named = [
        f"{about['names'].get(one['psc'], one['psc'])} (+{one['gained']:.1f}, -{one['lost']:.1f})" for one in places
    ]
    return f"{said}; most in {wording.say_list(named)}" if len(here) > 2 else said


def _say_takes(takes: Rows) -> str:
    mine = {row["item"]: row["difference"] for row in takes if row["difference"]}
    told = [amount(item, mine[item], unit=True) for item in TAKES_NAMED if item in mine]
    rest = sum(item not in TAKES_NAMED for item in mine)
    return ", ".join(told + ([f"{rest} other item{'' if rest == 1 else 's'}"] if rest else [])) or "as much"


def _say_fork(row: Row, *, end: date) -> str:
    """Since when a plan differs, and that nothing differs before."""
    if row["same_until"] is None:
        return "from the start"
    day, rows = answer.as_date(row["same_until"]), row["same_rows"]
    checked = f"{rows:,} rows of results before it, all equal to the last digit" if rows else "no result before it"
    return f"never: all {rows:,} rows of results are equal" if day > end else f"{answer.say_day(day)} ({checked})"

"""The chapters on fairness between sites of deprived and other areas, and on what a plan takes and reaches."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from spread.plots import wording
from spread.report import content, folders, frames, titles, words

Row = Mapping[str, Any]
ITEMS: Final = {
    "coaches": "Coaches", "coach_hours": "Coaches' hours", "outreach": "Outreach hours", "champions": "Champions",
    "champion_hours": "Champions' hours", "safety_culture": "Safety culture programme",
    "refreshers": "Refresher training",
    "co_design": "Co-design with users", "courses": "Courses", "learning_sets": "Learning sets",
}  # fmt: skip

LAYERS: Final = {
    "psc": "of collaboratives", "ics": "of integrated care systems", "clinical": "of clinical networks",
    "national": "of all England",
}  # fmt: skip


def fairness(run: folders.Run, *, scope: str) -> content.Section | None:
    """The gap between sites in the most and the least deprived areas."""
    rows = run.rows("gaps") if scope == "national" else []
    if not rows:
        return None
    cells = [
        (
            titles.of_ambition(run.scenario, str(row["ambition"])),
            f"{int(row['most_deprived_sites']):,}",
            f"{int(row['least_deprived_sites']):,}",
            words.percent(row["most_deprived"]),
            words.percent(row["least_deprived"]),
            f"{words.signed(row['mean'], scale=100.0)} {words.between(row['q10'], row['q90'], scale=100.0)}",
        )
        for row in rows
    ]
    heads = (
        "Ambition", "Sites, most deprived fifth", "Sites, least deprived fifth", "There, most deprived",
        "There, least deprived", "Gap in points (8 runs in 10)",
    )  # fmt: skip
    note = (
        "The gap is the share in the most deprived fifth less that in the least deprived; below nothing, the most "
        "deprived are behind. Fifths have few sites, so luck alone moves a gap by several points."
    )
    table = frames.table("gaps", "Most and least deprived areas", heads, cells, note=note, frame=frames.frame(rows))
    return content.Section("fairness", "Fairness", (_say_gap(rows), table))


def _say_gap(rows: Sequence[Row]) -> str:
    """The widest gap in a sentence."""
    worst = min(rows, key=lambda row: row["mean"])
    behind = f"In {wording.say_projected(worst['behind'])} of runs the most deprived fifth is behind"
    if worst["q10"] < 0.0 < worst["q90"]:
        return f"No gap between the most and the least deprived fifth can be told from luck. {behind}."
    side = "behind" if worst["mean"] < 0 else "ahead of"
    points = f"{abs(100 * worst['mean']):.0f} points"
    return f"The most deprived fifth of sites is {side} the least deprived by {points}. {behind}."


def costs(runs: Sequence[folders.Run], *, scope: str) -> content.Section | None:
    """What each plan takes over the whole run, and what support adds where that was asked for."""
    place = scope.removeprefix("psc:")
    taken = [_taken(run, place) for run in runs]
    items = list(dict.fromkeys(item for table in taken for item in table))
    parts: list[content.Part] = []
    if items:
        parts.append(_costs_table(runs, taken, items))
        if not any(row["cost"] for table in taken for row in table.values()):
            parts.append(
                "No price is built in: pounds stand here once the scenario gives unit costs with their source. "
                "Meetings are counted, not costed."
            )
    reach = _reach_table(runs[0], scope)
    parts += [] if reach is None else [reach]
    return content.Section("cost", "What it takes, and what it reaches", tuple(parts)) if parts else None


def _taken(run: folders.Run, place: str) -> dict[str, Row]:
    table = run.table("costs")
    if table.empty:
        return {}
    here = table[(table["psc"] == place) & (table["quantity"] > 0)]
    return {
        str(row["item"]): {**row, "cost": row["cost"] if pd.notna(row["cost"]) else 0.0}
        for row in folders.rows_of(here)
    }


def name_item(item: str) -> str:
    """An item of costs.csv as a reader knows it."""
    if item in ITEMS:
        return ITEMS[item]
    kind, _, rest = item.partition("_seats_")
    if rest:
        return f"{words.capital(kind)} seats: {rest}"
    layer = item.removeprefix("meetings_")
    return f"Meetings {LAYERS.get(layer, layer)}" if layer != item else words.capital(item.replace("_", " "))


def _costs_table(
    runs: Sequence[folders.Run], taken: Sequence[Mapping[str, Row]], items: Sequence[str]
) -> content.Table:
    priced = any(row["cost"] for table in taken for row in table.values())
    rows = []
    for item in items:
        unit = next(str(table[item]["unit"]) for table in taken if item in table)
        amounts = [table[item]["quantity"] if item in table else 0.0 for table in taken]
        pounds = [words.amount("cost", table[item]["cost"]) if item in table else "" for table in taken]
        rows.append([name_item(item), unit, *(f"{amount:,.0f}" for amount in amounts), *(pounds if priced else [])])
    named = words.told_apart([run.title for run in runs]) if len(runs) > 1 else ["Amount"]
    heads = ["Item", "Unit", *named, *([f"Cost: {name}" for name in named] if priced else [])]
    flat = frames.frame(
        [{"plan": run.name, **row} for run, table in zip(runs, taken, strict=True) for row in table.values()]
    )
    return frames.table("costs", "What each plan takes over the whole run", heads, rows, left=2, frame=flat)


def _reach_table(run: folders.Run, scope: str) -> content.Table | None:
    rows = [row for row in run.rows("reach") if row["scope"] == scope]
    if not rows:
        return None
    cells = [
        (
            titles.of_ambition(run.scenario, str(row["ambition"])),
            titles.of_label(run.scenario, str(row["intervention"])),
            words.say_day(row["deadline"]),
            f"{words.signed(row['mean'] * _scale(row))} {_around(row)}",
            "sites" if _scale(row) == 1.0 else "points",
            words.percent(row["chance_of_more"]),
        )
        for row in rows
    ]
    heads = ("Ambition", "Improvement", "By", "Regional support adds (9 runs in 10)", "Unit", "Runs in which it adds")
    return frames.table("reach", "What regional support adds", heads, cells, left=3, frame=frames.frame(rows))


def _scale(row: Row) -> float:
    return 1.0 if str(row.get("unit", "sites")) == "sites" else 100.0


def _around(row: Row) -> str:
    return words.between(row["q05"], row["q95"], scale=_scale(row))


def plan_table(run: folders.Run) -> content.Table:
    """What the plan does: every lever from its start, and what changes later."""
    from spread.scenarios import facts

    rows = [(fact.section, fact.label, str(fact)) for fact in facts.regime_facts(run.scenario)]
    heads = ("When", "What we can change", "Setting")
    shown = [("From the start" if when == facts.FROM_THE_START else when, *rest) for when, *rest in rows]
    return frames.table("plan", f"The plan: {run.title}", heads, shown, left=3, folded=True)

"""Which tables of a run a workbook holds, and how each reads: chosen rows, named things, headings with units.

Shares become percentages. What is only about how long a run was (Monte Carlo error) stays out, and so do tables with a
row for every run, which are data for programs (``adoption.parquet``).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pandas as pd

from spread.outcomes import tables
from spread.report import titles
from spread.report.workbook import NOT_KNOWN, Column, Sheet
from spread.scenarios import schema

MOST_ROWS: Final = 20_000
"""Of the summary: more than a reader, or a screen reader, can go through."""
ADOPTED = "stage>=5"
FEWER_GROUPS: Final = ((), ("national", "nhs_region", "psc"), ("national",))
"""Kinds of group the summary keeps, in turn until it is short enough; none named: all."""

Row = Mapping[str, Any]


class Named(NamedTuple):
    """A column of a sheet: what it is in the sheet, and what it takes from a row of the run's table."""

    column: Column
    take: Callable[[schema.Scenario, Row], Any]


class Told(NamedTuple):
    """A sheet before its rows are known: tab, name of its table, title, sentences, columns."""

    tab: str
    table: str
    title: str
    lines: tuple[str, ...]
    named: tuple[Named, ...]


def _column(
    source: str, heading: str, kind: str, missing: str = "[z]", *, table: str = "ambitions", words: str = ""
) -> Named:
    known = {column.name: column.meaning for column in tables.TABLES.get(table, ())}
    column = Column(heading, kind, missing, words or _sentence(known.get(source, heading)))
    return Named(column, lambda _, row: row.get(source))


def _called(heading: str, take: Callable[[schema.Scenario, Row], Any], meaning: str) -> Named:
    return Named(Column(heading, meaning=meaning), take)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


AMBITION = _called("Ambition", lambda scenario, row: titles.of_ambition(scenario, row["ambition"]), "What is aimed at.")
PLACE = _called(
    "Place", lambda scenario, row: titles.of_scope(scenario, row["scope"]), "England, or one collaborative."
)
PSC = _called("Place", lambda scenario, row: titles.of_scope(scenario, row["psc"]), "England, or one collaborative.")
IMPROVEMENT = _called(
    "Improvement",
    lambda scenario, row: titles.of_label(scenario, row["intervention"]),
    "The intervention, or several taken together.",
)
IMPROVEMENTS = _called(
    "Improvements", lambda scenario, row: titles.of_labels(scenario, row["interventions"]), "What it counts."
)
KIND = _called(
    "Kind of place", lambda _, row: titles.of_kind(row["group_kind"]), "What kind of group the row is about."
)
GROUP = _called(
    "Place", lambda scenario, row: titles.of_group(scenario, row["group_kind"], row["group"]), "Which of that kind."
)
MEASURE = _called(
    "What is counted", lambda _, row: titles.of_measure(row["measure"]), "Which sites or patients the share counts."
)
DEADLINE = _column("deadline", "Deadline", "date")

AMBITIONS = Told(
    "Ambitions",
    "chances_of_ambitions",
    "How likely each ambition is to be met by its deadline",
    ("This worksheet contains one table. Percentages are of sites or patients; chances are of 100 runs [note 1].",),
    (
        AMBITION,
        IMPROVEMENTS,
        MEASURE, PLACE, DEADLINE,
        _column("threshold", "Target (%)", "percent"),
        _column("chance", "Chance of meeting it (%)", "chance"),
        _column("chance_p10", "Chance: lower tenth of assumptions (%)", "chance"),
        _column("chance_p90", "Chance: upper tenth of assumptions (%)", "chance"),
        _column("data_date", "Start or data date", "date"),
        _column("value_now", "Share at that date (%)", "percent", NOT_KNOWN),
        _column("value_q05", "Projected at the deadline: 5 % of runs are below (%)", "percent", NOT_KNOWN),
        _column("value_q50", "Projected at the deadline: middle run (%)", "percent", NOT_KNOWN),
        _column("value_q95", "Projected at the deadline: 95 % of runs are below (%)", "percent", NOT_KNOWN),
        _column("shortfall_q50", "Short by in the middle run (sites; or a share of patients)", "exact"),
        _column("needed_per_month", "Needed a month from that date (sites, or share)", "number"),
        _column("recent_per_month", "In the six months before (sites a month)", "number", NOT_KNOWN),
        _column("met_q10", "Met in a tenth of runs by", "date", NOT_KNOWN),
        _column("met_q50", "Met in half of runs by", "date", NOT_KNOWN),
        _column("met_q90", "Met in nine tenths of runs by", "date", NOT_KNOWN),
        _called("Furthest behind", lambda scenario, row: _behind(scenario, row), "PSC with the most sites short."),
        _column("conditioned_on", "What was known at the start", "text"),
        _column("basis", "What the numbers rest on", "text"),
    ),
)  # fmt: skip
SUMMARY = Told(
    "Projection",
    "projected_shares",
    "Projected share of sites in use, by date and place",
    ("This worksheet contains one table. Shares are of eligible sites, in per cent.",),
    (
        _column("date", "Date", "date", table="summary"),
        IMPROVEMENT, MEASURE,
        KIND, GROUP,
        _column("mean", "Mean (%)", "percent", NOT_KNOWN, table="summary"),
        _column("q05", "5 % of runs are below (%)", "percent", NOT_KNOWN, table="summary"),
        _column("q10", "10 % of runs are below (%)", "percent", NOT_KNOWN, table="summary"),
        _column("q50", "Middle run (%)", "percent", NOT_KNOWN, table="summary"),
        _column("q90", "90 % of runs are below (%)", "percent", NOT_KNOWN, table="summary"),
        _column("q95", "95 % of runs are below (%)", "percent", NOT_KNOWN, table="summary"),
    ),
)  # fmt: skip
EXCEEDANCE = Told(
    "Other_targets",
    "chances_of_other_targets",
    "How likely other targets are to be met, by date",
    ("This worksheet contains one table. Chances are of 100 runs [note 1].",),
    (
        AMBITION, PLACE, _column("date", "Date", "date", table="exceedance"),
        _called("Target", lambda _, row: _target(row["threshold"]), "Share of the denominator that is to be reached."),
        _column("chance", "Chance of meeting it (%)", "chance", table="exceedance"),
    ),
)  # fmt: skip
BOTTLENECKS = Told(
    "What_holds_it_back",
    "sites_not_in_use",
    "What sites not in use at the deadline are waiting for",
    ("This worksheet contains one table. Sites are means over runs; all causes and sites in use add up to eligible.",),
    (
        IMPROVEMENT, DEADLINE, PSC,
        _column("eligible", "Eligible (sites)", "whole", table="bottlenecks"),
        _column("adopted", "In use (sites)", "number", table="bottlenecks"),
        *(
            _column(cause, f"{words[0].upper()}{words[1:]} (sites)", "number", table="bottlenecks")
            for cause, words in titles.CAUSES.items()
        ),
        _column("slot_wait_days", "Wait for room among other changes (days)", "number", NOT_KNOWN, table="bottlenecks"),
        _column("coach_wait_days", "Wait for a coach (days)", "number", NOT_KNOWN, table="bottlenecks"),
        _column("coach_utilisation", "Coaching places taken (%)", "percent", table="bottlenecks"),
    ),
)  # fmt: skip
COSTS = Told(
    "What_it_takes",
    "what_the_plan_takes",
    "What the plan takes, over the whole run",
    ("This worksheet contains one table. A cost is given only where the scenario states a price.",),
    (
        _called("Item", lambda _, row: row["item"].replace("_", " ").capitalize(), "What the plan takes."), PSC,
        _column("unit", "Unit", "text", table="costs"),
        _column("quantity", "Quantity (in the unit stated)", "number", table="costs"),
        _column("cost", "Cost (pounds)", "number", NOT_KNOWN, table="costs"),
    ),
)  # fmt: skip
GAPS = Told(
    "Deprivation",
    "gaps_by_deprivation",
    "Gap between the most and the least deprived fifth of sites",
    ("This worksheet contains one table. A gap below zero: the most deprived fifth is behind.",),
    (
        AMBITION, IMPROVEMENT, DEADLINE, MEASURE,
        _column("most_deprived_sites", "Most deprived fifth (sites)", "whole", table="gaps"),
        _column("least_deprived_sites", "Least deprived fifth (sites)", "whole", table="gaps"),
        _column("most_deprived", "Share in the most deprived fifth (%)", "percent", table="gaps"),
        _column("least_deprived", "Share in the least deprived fifth (%)", "percent", table="gaps"),
        _column("mean", "Gap: mean (percentage points)", "percent", table="gaps"),
        _column("q05", "Gap: 5 % of runs are below (percentage points)", "percent", table="gaps"),
        _column("q95", "Gap: 95 % of runs are below (percentage points)", "percent", table="gaps"),
        _column("behind", "Chance that the most deprived fifth is behind (%)", "chance", table="gaps"),
    ),
)  # fmt: skip
JOINT = Told(
    "Together",
    "chances_together",
    "How many ambitions are met, each at its own deadline",
    ("This worksheet contains one table. Chances are of 100 runs [note 1].",),
    (
        _column("met_at_least", "At least so many met (ambitions)", "whole", table="joint"),
        _column("of", "Out of (ambitions)", "whole", table="joint"),
        _column("chance", "Chance (%)", "chance", table="joint"),
        _column("if_independent", "Chance if they had nothing in common (%)", "chance", table="joint"),
    ),
)
REACH = Told(
    "What_support_adds",
    "what_support_adds",
    "What regional support adds",
    ("This worksheet contains one table. Each run is compared with itself without regional support.",),
    (
        AMBITION, IMPROVEMENT, DEADLINE, PLACE, MEASURE,
        _column("unit", "Unit", "text", table="reach"),
        _column("mean", "Added: mean (in the unit stated)", "exact", table="reach"),
        _column("q05", "Added: 5 % of runs are below (in the unit stated)", "exact", table="reach"),
        _column("q50", "Added: middle run (in the unit stated)", "exact", table="reach"),
        _column("q95", "Added: 95 % of runs are below (in the unit stated)", "exact", table="reach"),
        _column("chance_of_more", "Chance that it adds anything (%)", "chance", table="reach"),
    ),
)  # fmt: skip
SITES = Told(
    "Sites",
    "named_sites",
    "Named sites: where each stands and how likely it is to be in use by the deadline",
    ("This worksheet contains one table. For management use: it names sites.",),
    (
        _column("site", "Site code", "text", table="sites"),
        _column("site_name", "Site", "text", NOT_KNOWN, words="Its name, where the world of the run can be read."),
        _column("organisation_name", "Organisation", "text", NOT_KNOWN, words="Who runs it."),
        _called("Collaborative", lambda scenario, row: titles.of_scope(scenario, row["psc"]), "Its collaborative."),
        _column("ics", "Integrated care system", "text", table="sites"),
        IMPROVEMENT, DEADLINE,
        _called("Stage at the start", lambda _, row: titles.of_stage(row["stage_now"]), "0 to 7, stopped or lapsed."),
        _column("chance_adopted", "Chance of being in use by the deadline (%)", "chance", table="sites"),
        _column("adopt_q50", "In use in half of runs by", "date", NOT_KNOWN, table="sites"),
        _called("Main cause of delay", lambda _, row: _cause(row), "Where most time went in runs in which it was not."),
    ),
)  # fmt: skip
ASSUMPTIONS = Told(
    "Assumptions",
    "assumptions",
    "Every number the model was given: value, range, unit, basis and source",
    ("This worksheet contains one table. The range holds nine tenths of what is believed.",),
    (
        _column("parameter", "Name", "text"),
        _column("meaning", "What it says", "text"),
        _column("value", "Value (in the unit stated)", "exact"),
        _column("low", "Low (in the unit stated)", "exact"),
        _column("high", "High (in the unit stated)", "exact"),
        _column("unit", "Unit", "text"),
        _column("basis", "Basis", "text"),
        _column("source", "Source", "text", NOT_KNOWN),
    ),
)
FROM_FILES: Final = {
    "ambitions": AMBITIONS, "joint": JOINT, "summary": SUMMARY, "exceedance": EXCEEDANCE, "bottlenecks": BOTTLENECKS,
    "reach": REACH, "gaps": GAPS, "costs": COSTS, "sites": SITES,
}  # fmt: skip


def _behind(scenario: schema.Scenario, row: Row) -> str:
    code = row["furthest_behind_psc"]
    return titles.of_scope(scenario, code) if isinstance(code, str) and code else ""


def _cause(row: Row) -> str:
    cause = row["main_cause_of_delay"]
    return titles.CAUSES.get(cause, "") if isinstance(cause, str) else ""


def _target(threshold: str) -> str:
    number = threshold.removeprefix("short_by_")
    return f"at most {number} sites short" if number != threshold else f"{100 * float(threshold):g} %"


def sheet_of(
    scenario: schema.Scenario, told: Told, rows: Iterable[Row], *, source: str, notes: Sequence[str] = ()
) -> Sheet:
    """One sheet of the rows of a run's table."""
    made = [[named.take(scenario, row) for named in told.named] for row in rows]
    columns = tuple(named.column for named in told.named)
    return Sheet(told.tab, told.table, told.title, (*told.lines, *notes, source), columns, made)


def short_summary(summary: pd.DataFrame, measures: Sequence[str]) -> tuple[pd.DataFrame, str]:
    """The rows of the summary that a reader wants, and a sentence on what was left out.

    Measures are those of the ambitions, and adoption; kinds of groups go until there are at most `MOST_ROWS` rows.
    """
    wanted = summary[summary["measure"].isin({*measures, ADOPTED})]
    for kinds in FEWER_GROUPS:
        kept = wanted[wanted["group_kind"].isin(kinds)] if kinds else wanted
        if len(kept) <= MOST_ROWS:
            break
    said = ", ".join(titles.of_kind(kind) for kind in kept["group_kind"].drop_duplicates())
    left = " More is in summary.csv of the run." if len(kept) < len(summary) else ""
    return kept, f"Places: {said}.{left}"

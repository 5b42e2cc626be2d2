"""gaps.csv: how far the most deprived fifth of sites is behind the least deprived at a deadline.

A gap is the share in fifth 1 (most deprived) less that in fifth 5, run by run: below zero, the most deprived are
behind. What is counted are the eligible sites at the ambition's stage, or the patients receiving every element; sites
of unknown deprivation are in neither fifth.

N complete runs.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.outcomes import collect, naming, summary, tables, uncertainty
from spread.outcomes import plan as plans

if TYPE_CHECKING:
    from spread.scenarios import schema

Floats = NDArray[np.float64]

FIFTHS: Final = ("1", "5")
"""The most and the least deprived."""


def gaps_table(
    scenario: "schema.Scenario", plan: plans.TabulationPlan, collected: collect.Collected | collect.Collector
) -> pd.DataFrame:
    """One row per ambition, what it is judged by, and deadline; none for a rate, or without sites in both fifths."""
    runs = collect.Collected.of(collected)
    wanted = dict(naming.wanted_ambitions(scenario, plan.interventions))
    rows = [
        _row(runs, aim, plan.dates.index(day))
        for aim in plan.aims
        for day in wanted[aim.ambition].deadlines
        if day in plan.dates and _slots(plan, aim.label) is not None
    ]
    return tables.frame_of_rows("gaps", [row for row in rows if row is not None])


def gap_of(runs: collect.Collected, aim: plans.Aim, date: int) -> Floats | None:
    """The gap of one aim at a report date in every run, shape (N,); None where it has none."""
    slots = _slots(runs.plan, aim.label)
    shares = None if slots is None else _shares(runs, aim, date, slots)
    return None if shares is None else shares[:, 0] - shares[:, 1]


def _slots(plan: plans.TabulationPlan, label: int) -> list[int] | None:
    """The slots in which a label's most and least deprived fifths are counted; None where one has no eligible site."""
    names = plan.groups.names
    groups = [names.index(("imd_fifth", fifth)) for fifth in FIFTHS if ("imd_fifth", fifth) in names]
    found = [np.flatnonzero((plan.slots.label == label) & (plan.slots.group == group)) for group in groups]
    slots = [int(slot[0]) for slot in found if len(slot)]
    return slots if len(slots) == len(FIFTHS) else None


def _row(runs: collect.Collected, aim: plans.Aim, date: int) -> dict[str, Any] | None:
    """One row; None where the measure is no share of sites or patients."""
    plan = runs.plan
    slots = _slots(plan, aim.label)
    shares = None if slots is None else _shares(runs, aim, date, slots)
    if slots is None or shares is None:
        return None
    gap = shares[:, 0] - shares[:, 1]
    eligible = plan.slots.eligible[slots]
    return {
        "ambition": aim.ambition,
        "intervention": plan.labels[aim.label],
        "deadline": plan.dates[date],
        "measure": f"stage>={aim.stage}" if aim.measure == plans.SITES else summary.ALL_ELEMENTS,
        "most_deprived_sites": eligible[0],
        "least_deprived_sites": eligible[1],
        "most_deprived": uncertainty.mean_known(shares[:, 0]),
        "least_deprived": uncertainty.mean_known(shares[:, 1]),
        "behind": uncertainty.mean_known((gap < 0).astype(np.float64)),
        "mean": uncertainty.mean_known(gap),
        **{column: uncertainty.quantile_known(gap, share) for column, share in tables.QUANTILES.items()},
        "n": runs.run_count,
    }


def _shares(runs: collect.Collected, aim: plans.Aim, date: int, slots: list[int]) -> Floats | None:
    """The share of each fifth in every run, shape (N, 2)."""
    if aim.measure == plans.SITES and aim.stage in summary.STAGES:
        counts = runs.gather("counts", date, slots)
        at_least = summary.sites_at_least(counts)[..., summary.STAGES.index(aim.stage)]
        return np.asarray(at_least / runs.plan.slots.eligible[slots], dtype=np.float64)
    if aim.measure == plans.PATIENTS:
        places = np.searchsorted(runs.plan.patients.slots, slots)
        return np.asarray(runs.gather("all_elements", date, places), dtype=np.float64)
    return None

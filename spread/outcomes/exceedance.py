"""exceedance.csv: the chance of reaching each of a ladder of thresholds, at every report date."""

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.outcomes import collect, naming, tables, thresholds
from spread.outcomes import plan as plans

if TYPE_CHECKING:
    from spread.scenarios import schema

LADDER: Final = ("0.5", "0.6", "0.7", "0.8", "0.9", "0.95", "1.0")
LAST_FEW: Final = 3
SHORT_BY: Final = f"short_by_{LAST_FEW}"
"""All but at most three sites: every last site is hardly ever reached, and says more about one site than about all."""


def exceedance_table(
    scenario: "schema.Scenario", plan: plans.TabulationPlan, collected: collect.Collected | collect.Collector
) -> pd.DataFrame:
    """One row per ambition, scope, report date and threshold; ambitions without a threshold too.

    ``short_by_3`` is left out where patients or a rate are measured. With ``together = each`` every intervention
    has to reach the threshold. Of a rate, the threshold is a share of the way from its baseline to what the ambition
    wants; one that wants no number, and a milestone, have no rows.
    """
    runs = collect.Collected.of(collected)
    tables_of = []
    for name, ambition in naming.wanted_ambitions(scenario, plan.interventions):
        if ambition.measure == plans.MILESTONE or (ambition.measure in plans.RATES and ambition.threshold is None):
            continue
        ladder = (*LADDER, SHORT_BY) if ambition.measure == plans.SITES else LADDER
        chances = np.moveaxis(_chances(plan, runs, name, ladder), 0, -1)
        scope, day, rung = np.nonzero(~np.isnan(chances))
        data = {
            "ambition": [name] * len(rung),
            "scope": np.array(plan.scopes)[scope],
            "date": np.array(plan.dates, dtype="datetime64[s]")[day],
            "threshold": np.array(ladder)[rung],
            "chance": chances[scope, day, rung],
        }
        tables_of.append(tables.frame("exceedance", data))
    return pd.concat(tables_of, ignore_index=True) if tables_of else tables.frame_of_rows("exceedance", [])


def _chances(
    plan: plans.TabulationPlan, runs: collect.Collected, ambition: str, ladder: tuple[str, ...]
) -> NDArray[np.float64]:
    """Share of runs at or above each rung, by scope and date; NaN where nobody counts; shape (rungs, P, T)."""
    above = np.zeros((len(ladder), len(plan.scopes), len(plan.dates)), dtype=np.int64)
    counted = np.zeros((len(plan.aims_of(ambition)), len(plan.scopes)), dtype=bool)
    for chunk, complete in runs.pieces():
        numerators, denominators = chunk.array("numerator")[complete], chunk.array("denominator")[complete]
        reached = np.ones((len(ladder), len(numerators), len(plan.scopes), len(plan.dates)), dtype=bool)
        for place, number in enumerate(plan.aims_of(ambition)):
            numerator = np.swapaxes(numerators[:, :, number], 1, 2)
            denominator = denominators[:, number].astype(np.float64)
            counted[place] |= (denominator > 0).any(axis=0)
            for step, rung in enumerate(ladder):
                needed = _needed(plan.aims[number], denominator, rung)[:, :, None]
                there = numerator <= needed if plan.aims[number].falls else numerator >= needed
                reached[step] &= there & (denominator > 0)[:, :, None]
        above += reached.sum(axis=1)
    share = above / runs.run_count if runs.run_count else np.full(above.shape, np.nan)
    return np.where(np.logical_and.reduce(counted)[None, :, None], share, np.nan)


def _needed(aim: plans.Aim, denominator: NDArray[np.float64], rung: str) -> NDArray[np.float64]:
    if rung == SHORT_BY:
        return denominator - LAST_FEW
    if aim.measure == plans.PATIENTS:
        return float(rung) * denominator - thresholds.TOLERANCE
    if aim.measure in plans.RATES:
        goal = aim.begins + float(rung) * (aim.thresholds - aim.begins)
        return np.broadcast_to(goal + (1 if aim.falls else -1) * thresholds.TOLERANCE, denominator.shape)
    return thresholds.sites_needed(np.full(denominator.shape, float(rung)), denominator)

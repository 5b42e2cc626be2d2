"""exceedance.csv: the chance of reaching each of a ladder of thresholds, at every report date."""

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.outcomes import collect, crossings, tables
from spread.outcomes import plan as plans

if TYPE_CHECKING:
    from spread.scenarios import schema

LADDER: Final = ("0.5", "0.6", "0.7", "0.8", "0.9", "0.95", "1.0")
LAST_FEW: Final = 3
SHORT_BY: Final = f"short_by_{LAST_FEW}"
"""All but at most three sites: every last site is hardly ever reached, and says more about one site than about all."""


def exceedance_table(
    scenario: "schema.Scenario", plan: plans.TabulationPlan, collected: collect.Collector
) -> pd.DataFrame:
    """One row per ambition, scope, report date and threshold; ambitions without a threshold too.

    ``short_by_3`` is left out where patients are measured. With ``together = each`` every intervention
    has to reach the threshold.
    """
    rows = []
    for name, ambition in plans.wanted_ambitions(scenario, plan.interventions):
        ladder = LADDER if ambition.measure == plans.PATIENTS else (*LADDER, SHORT_BY)
        chances = np.stack([_chances(plan, collected, name, rung) for rung in ladder])
        for scope, scope_name in enumerate(plan.scopes):
            for number, day in enumerate(plan.dates):
                for place, rung in enumerate(ladder):
                    row = {"ambition": name, "scope": scope_name, "date": day, "threshold": rung}
                    chance = chances[place, number, scope]
                    if not np.isnan(chance):
                        rows.append(row | {"chance": chance})
    return tables.frame_of_rows("exceedance", rows)


def _chances(plan: plans.TabulationPlan, collected: collect.Collector, ambition: str, rung: str) -> NDArray[np.float64]:
    """Share of runs at or above a rung, by date and scope; NaN where nobody counts; shape (T, P)."""
    runs = collected.complete_runs.ravel()
    above = np.ones((len(runs), len(plan.dates), len(plan.scopes)), dtype=bool)
    counted = np.ones(len(plan.scopes), dtype=bool)
    for number in plan.aims_of(ambition):
        denominator = collected.denominator[runs, number]
        needed = _needed(plan.aims[number], denominator, rung)[:, None]
        above &= (collected.numerator[runs][:, :, number] >= needed) & (denominator > 0)[:, None]
        counted &= (denominator > 0).any(axis=0)
    if not len(runs):
        return np.full(above.shape[1:], np.nan)
    return np.where(counted, above.mean(axis=0), np.nan)


def _needed(aim: plans.Aim, denominator: NDArray[np.float64], rung: str) -> NDArray[np.float64]:
    if rung == SHORT_BY:
        return denominator - LAST_FEW
    if aim.measure == plans.PATIENTS:
        return float(rung) * denominator - crossings.TOLERANCE
    return crossings.sites_needed(np.full(denominator.shape, float(rung)), denominator)

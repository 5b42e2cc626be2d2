"""joint.csv: the chance that so many of the ambitions are met together, nationally, each at its current deadline.

Ambitions fail together: sites and organisations that are slow at one improvement are slow at others, and all wait for
the same coaches and the same capacity. Beside each chance stands what it would be if they were independent.
K draws, R replicates, B ambitions with a threshold.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.outcomes import ambitions, collect, naming, tables, uncertainty
from spread.outcomes import plan as plans

if TYPE_CHECKING:
    from spread.scenarios import schema


def joint_table(
    scenario: "schema.Scenario", plan: plans.TabulationPlan, collected: collect.Collected | collect.Collector
) -> pd.DataFrame:
    """One row for each number of ambitions, from one to all; none where fewer than two state a threshold."""
    runs = collect.Collected.of(collected)
    met = met_nationally(scenario, plan, runs)
    apart = at_least(met.mean(axis=(1, 2))) if met.size else np.full(met.shape[0] + 1, np.nan)
    rows = []
    for count in range(1, met.shape[0] + 1) if met.shape[0] > 1 else ():
        together = met.sum(axis=0) >= count
        sure = uncertainty.assess_chance(together)
        rows.append(
            {
                "met_at_least": count,
                "of": met.shape[0],
                "chance": sure.chance,
                "mc_low": sure.low,
                "mc_high": sure.high,
                "if_independent": float(apart[count]),
            }
        )
    return tables.frame_of_rows("joint", rows)


def met_nationally(
    scenario: "schema.Scenario", plan: plans.TabulationPlan, runs: collect.Collected
) -> NDArray[np.bool_]:
    """Whether each ambition that states a threshold is met nationally at its current deadline; shape (B, K, R)."""
    found = []
    for name, ambition in naming.wanted_ambitions(scenario, plan.interventions):
        threshold = plan.aims[plan.aims_of(name)[0]].thresholds[0]
        if ambition.deadline in plan.dates and not np.isnan(threshold):
            standing = ambitions.standing_at(plan, runs, name, plan.dates.index(ambition.deadline))
            found.append(standing.in_scope(0).met)
    draws = int(runs.complete.sum())
    return np.array(found, dtype=bool).reshape(len(found), draws, runs.replicates)


def at_least(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chance that at least 0, 1, ... of independent events with these chances happen; shape (B + 1,)."""
    exactly = np.ones(1)
    for chance in chances:
        exactly = np.convolve(exactly, [1.0 - chance, chance])
    return np.asarray(np.cumsum(exactly[::-1])[::-1])

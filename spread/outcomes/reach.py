"""reach.csv: what regional support adds, run by run, against the same run without it.

Both runs have the same parameters and the same luck, so a difference is support's own. N complete runs.
"""

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from spread.outcomes import ambitions, collect, naming, tables
from spread.outcomes import plan as plans

if TYPE_CHECKING:
    from spread.scenarios import schema

UNITS: Final = {plans.SITES: "sites", plans.PATIENTS: "share of patients"}
RATE: Final = "points of the rate"
QUANTILES: Final = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}


def reach_table(
    scenario: "schema.Scenario", plan: plans.TabulationPlan, collected: collect.Collected | collect.Collector
) -> pd.DataFrame:
    """One row per ambition, label, deadline and scope in which somebody counts.

    Sites are at the ambition's stage with support and would not be without it, less those of whom the reverse is true;
    patients, weighted by the size of their sites, receive every element they are eligible for.
    """
    runs = collect.Collected.of(collected)
    rows = []
    for name, ambition in naming.wanted_ambitions(scenario, plan.interventions):
        for deadline in sorted({day for day in ambition.deadlines if day in plan.dates}):
            date = plan.dates.index(deadline)
            for number in plan.aims_of(name):
                out_of = runs.gather("denominator", number).astype(np.float64)
                added = runs.gather("numerator", date, number).astype(np.float64)
                added -= runs.gather(collect.UNSUPPORTED, date, number)
                if plan.aims[number].measure != plans.SITES:
                    added = np.divide(added, out_of, out=np.zeros_like(added), where=out_of > 0)
                for scope in np.flatnonzero((out_of > 0).any(axis=0)):
                    mine = added[:, scope]
                    rows.append(
                        {
                            "ambition": name,
                            "intervention": _label(plan, number),
                            "deadline": deadline,
                            "scope": plan.scopes[scope],
                            "measure": ambitions.measure_name(ambition),
                            "unit": UNITS.get(ambition.measure, RATE),
                            "mean": float(mine.mean()),
                            **{column: float(np.quantile(mine, share)) for column, share in QUANTILES.items()},
                            "chance_of_more": float((mine > 0).mean()),
                            "n": runs.run_count,
                        }
                    )
    return tables.frame_of_rows("reach", rows)


def _label(plan: plans.TabulationPlan, aim: int) -> str:
    """The label of an aim; of a rate, the interventions that move it."""
    if plan.aims[aim].label >= 0:
        return plan.labels[plan.aims[aim].label]
    rate = next(rate for rate in plan.rates if rate.aim == aim)
    return "+".join(plan.interventions[number] for number in rate.interventions)

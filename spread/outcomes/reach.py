"""reach.csv: what regional support adds, run by run, against the same run without it.

Both runs have the same parameters and the same luck, so a difference is support's own. N complete runs.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.outcomes import ambitions, collect, naming, tables, uncertainty
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
        said = {"measure": ambitions.measure_name(ambition), "unit": UNITS.get(ambition.measure, RATE)}
        for deadline in sorted({day for day in ambition.deadlines if day in plan.dates}):
            for number in plan.aims_of(name):
                about = {"ambition": name, "intervention": _label(plan, number), "deadline": deadline, **said}
                rows += [about | row for row in _rows(runs, number, plan.dates.index(deadline))]
    return tables.frame_of_rows("reach", rows)


def _rows(runs: collect.Collected, aim: int, date: int) -> list[dict[str, Any]]:
    """What support adds to an aim at a date, in every scope in which somebody counts."""
    out_of = runs.gather("denominator", aim).astype(np.float64)
    added = runs.gather("numerator", date, aim).astype(np.float64)
    added -= runs.gather(collect.UNSUPPORTED, date, aim)
    if runs.plan.aims[aim].measure != plans.SITES:
        added = np.divide(added, out_of, out=np.zeros_like(added), where=out_of > 0)
    return [
        {
            "scope": runs.plan.scopes[scope],
            "mean": uncertainty.mean_known(added[:, scope]),
            **{column: uncertainty.quantile_known(added[:, scope], share) for column, share in QUANTILES.items()},
            "chance_of_more": uncertainty.mean_known(_is_better(runs.plan.aims[aim], added[:, scope])),
            "n": runs.run_count,
        }
        for scope in np.flatnonzero((out_of > 0).any(axis=0))
    ]


def _is_better(aim: plans.Aim, added: NDArray[np.float64]) -> NDArray[np.float64]:
    """Whether what is added is wanted, run by run; NaN for a rate without a threshold, where nobody says which way."""
    if aim.label < 0 and np.isnan(aim.thresholds[0]):
        return np.full(added.shape, np.nan)
    return np.asarray(added < 0 if aim.falls else added > 0, dtype=np.float64)


def _label(plan: plans.TabulationPlan, aim: int) -> str:
    """The label of an aim; of a rate, the interventions that move it."""
    if plan.aims[aim].label >= 0:
        return plan.labels[plan.aims[aim].label]
    rate = next(rate for rate in plan.rates if rate.aim == aim)
    return "+".join(plan.interventions[number] for number in rate.interventions)

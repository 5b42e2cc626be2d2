"""run_values.parquet: where every ambition stood at its deadlines in each run, so that two results join run by run.

N complete runs. A run is (draw, replicate); equal runs of two scenarios have the same luck.
"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import model
from spread.outcomes import ambitions, collect, inequality, summary, tables
from spread.outcomes import plan as plans

if TYPE_CHECKING:
    from spread.scenarios import schema

Floats = NDArray[np.float64]


def run_values_frames(
    scenario: "schema.Scenario", plan: plans.TabulationPlan, collected: collect.Collected | collect.Collector
) -> Iterator[pd.DataFrame]:
    """One row per ambition, deadline, scope, draw and replicate, in that order; a frame per ambition and deadline.

    `value`, `met` and `short` are those of `ambitions.csv` before they are summed up; `met` is empty without a
    threshold. `sites` are the eligible ones at the ambition's stage (5 where it has none) in the intervention that has
    fewest. `gap` is the share in the most deprived fifth less that in the least, where it is a share of sites or
    patients; it stands in national rows.
    """
    runs = collect.Collected.of(collected)
    draws = np.flatnonzero(runs.complete).repeat(runs.replicates)
    replicates = np.tile(np.arange(runs.replicates), int(runs.complete.sum()))
    # A table without rows is one too.
    yield tables.frame_of_rows("run_values", [])
    for looked in (one for one in ambitions.looked_at(scenario, plan, runs) if one.scopes):
        for deadline in looked.deadlines:
            then = looked.standing(deadline)
            parts = [
                {"draw": draws, "replicate": replicates, **columns_of(looked, then, deadline, scope)}
                for scope in looked.scopes
            ]
            whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
            count = len(draws)
            keys = {
                "ambition": pd.Categorical([looked.name] * (count * len(parts)), categories=[looked.name]),
                "deadline": np.full(count * len(parts), np.datetime64(deadline, "s")),
                "scope": pd.Categorical.from_codes(
                    np.arange(len(parts)).repeat(count),
                    categories=pd.Index([plan.scopes[scope] for scope in looked.scopes]),
                ),
            }
            yield tables.frame("run_values", keys | whole)


def columns_of(looked: ambitions.Looked, then: ambitions.Standing, deadline: date, scope: int) -> dict[str, Any]:
    """The columns of one ambition at one deadline in one scope, over the complete runs; shape (N,) each."""
    here = then.in_scope(scope)
    count = here.value.size
    thresholds = looked.plan.aims[looked.plan.aims_of(looked.name)[0]].thresholds
    states_one = not np.isnan(thresholds[scope])
    codes = looked.collected.gather("reached_day", looked.plan.ambitions.index(looked.name), scope)
    days = np.where((codes == collect.NEVER) | (not states_one), np.inf, codes - 1.0)
    return {
        "value": here.value.ravel(),
        "met": here.met.ravel().astype(np.float64) if states_one else np.full(count, np.nan),
        "short": here.short.ravel() if states_one else np.full(count, np.nan),
        "met_on": collect.dates_of(days, looked.plan.origin),
        "sites": _sites(looked, deadline, scope, count),
        "gap": _gap(looked, deadline, count) if scope == 0 else np.full(count, np.nan),
    }


def _sites(looked: ambitions.Looked, deadline: date, scope: int, count: int) -> Floats:
    """Eligible sites at the ambition's stage, of the label that has fewest; not known where no label is counted."""
    plan = looked.plan
    group = plan.groups.names.index(
        (plans.NATIONAL, plans.NATIONAL) if scope == 0 else ("psc", plan.psc_codes[scope - 1])
    )
    fewest = np.full(count, np.inf)
    for number in plan.aims_of(looked.name):
        aim = plan.aims[number]
        stage = aim.stage if aim.measure == plans.SITES and aim.stage in summary.STAGES else model.ADOPTED
        for label in _labels(plan, aim):
            slot = np.flatnonzero((plan.slots.label == label) & (plan.slots.group == group))
            if len(slot):
                counts = looked.collected.gather("counts", plan.dates.index(deadline), int(slot[0]))
                at_least = summary.sites_at_least(counts)[..., summary.STAGES.index(stage)]
                fewest = np.minimum(fewest, at_least)
    return np.where(np.isfinite(fewest), fewest, np.nan)


def _labels(plan: plans.TabulationPlan, aim: plans.Aim) -> list[int]:
    """What an aim counts: its label, or for a rate the interventions that move it."""
    if aim.label >= 0:
        return [aim.label]
    moved = [rate for rate in plan.rates if plan.aims[rate.aim] is aim]
    return [plan.labels.index(plan.interventions[number]) for rate in moved for number in rate.interventions]


def _gap(looked: ambitions.Looked, deadline: date, count: int) -> Floats:
    """The widest gap of its aims, run by run."""
    widest = np.full(count, np.nan)
    for number in looked.plan.aims_of(looked.name):
        gap = inequality.gap_of(looked.collected, looked.plan.aims[number], looked.plan.dates.index(deadline))
        if gap is not None:
            widest = np.fmin(widest, gap)
    return widest

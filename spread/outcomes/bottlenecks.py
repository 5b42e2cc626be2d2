"""bottlenecks.csv: where the sites that have not adopted stand at a deadline, and where their time went.

What is counted are whole sites and whole minutes, added up over all runs that came through.

D deadlines of single interventions, C collaboratives.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.outcomes import collect, delays, groups, tables, workspace
from spread.outcomes import plan as plans

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MINUTES_PER_MONTH: Final = delays.MINUTES_PER_DAY * plans.DAYS_PER_MONTH


def bottlenecks_table(collected: collect.Collected | collect.Collector) -> pd.DataFrame:
    """One row per intervention, deadline and collaborative with an eligible site, England (or the world) first.

    In every run the sites held up by each cause and those in use add up to the eligible, so their means do too.
    """
    runs = collect.Collected.of(collected)
    plan, run_count = runs.plan, int(runs.done.sum())
    label, date = workspace.deadlines_of(plan)
    eligible = _with_whole(_eligible(plan))
    states, minutes, waits = (
        _with_whole(runs.total(name).reshape(len(label), len(plan.psc_codes), -1))
        for name in (collect.STATES, collect.LOST_MINUTES, collect.WAITS)
    )
    held, there = np.moveaxis(_with_whole(runs.total(collect.COACHING)[date]), -1, 0)
    deadline, psc = np.nonzero(eligible)
    mean = _ratio(states, np.array(run_count))
    months = _ratio(minutes, np.array(run_count * MINUTES_PER_MONTH))
    columns: dict[str, Any] = {
        **{cause: mean[..., place] for place, cause in enumerate(delays.CAUSES)},
        **{f"{cause}_months": months[..., place] for place, cause in enumerate(delays.CAUSES)},
        "slot_wait_days": _ratio(waits[..., 1], waits[..., 0] * delays.MINUTES_PER_DAY),
        "coach_wait_days": _ratio(waits[..., 3], waits[..., 2] * delays.MINUTES_PER_DAY),
        "coach_utilisation": _ratio(held, there),
        "eligible": eligible,
        "adopted": mean[..., delays.IN_USE],
    }
    keys = {
        "intervention": np.array(plan.labels, dtype=object)[label[deadline]],
        "deadline": np.array(plan.dates, dtype="datetime64[s]")[date[deadline]],
        "psc": np.array([groups.NATIONAL, *plan.psc_codes], dtype=object)[psc],
    }
    return tables.frame("bottlenecks", keys | {name: values[deadline, psc] for name, values in columns.items()})


def _eligible(plan: plans.TabulationPlan) -> Ints:
    """Sites that may take up each intervention with a deadline, by PSC; shape (D, C)."""
    tally = workspace.tally_of_marks(plan)
    shape = len(workspace.deadlines_of(plan)[0]), len(plan.psc_codes)
    return np.bincount(tally[tally >= 0], minlength=shape[0] * shape[1]).reshape(shape)


def _with_whole(by_psc: Ints) -> Ints:
    """Put the sum over all collaboratives (second axis) before the first of them."""
    return np.concatenate([by_psc.sum(axis=1, keepdims=True), by_psc], axis=1)


def _ratio(number: Ints, out_of: Ints | Floats) -> Floats:
    """One over the other; not known where there is nothing to divide by."""
    shape = np.broadcast_shapes(number.shape, out_of.shape)
    found: Floats = np.divide(number, out_of, out=np.full(shape, np.nan), where=out_of > 0)
    return found

"""adoption.parquet: sites by stage in every group, for every run and report date."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.outcomes import collect, tables
from spread.outcomes import plan as plans


def adoption_frame(collected: collect.Collector, first_draw: int = 0, last_draw: int | None = None) -> pd.DataFrame:
    """The rows of draws from `first_draw` to before `last_draw`, by draw, replicate, date, intervention, group.

    A few draws at a time keep memory flat however many there are. Runs that failed have no rows.
    """
    last = collected.draws if last_draw is None else last_draw
    done = np.flatnonzero(collected.done[first_draw:last].ravel()) + first_draw * collected.replicates
    plan = collected.plan
    date_count, slot_count = len(plan.dates), len(plan.slots.label)
    shape = (len(done), date_count, slot_count)
    counts = collected.counts[done].reshape(-1, collected.counts.shape[-1]).astype(np.int32)
    shares = collected.all_elements
    cell = np.tile(np.arange(date_count * slot_count), len(done))
    unknown = np.full(len(counts), np.nan)
    data = {
        "draw": np.repeat(collected.first_draw + done // collected.replicates, date_count * slot_count),
        "replicate": np.repeat(done % collected.replicates, date_count * slot_count),
        **{name: values.take(cell) for name, values in slot_columns(plan).items()},
        "eligible": np.broadcast_to(plan.slots.eligible, shape).ravel().astype(np.int32),
        "engaged": np.broadcast_to(collected.engaged[done][:, None], shape).ravel().astype(np.int32),
        "reported": np.broadcast_to(collected.reported[done][:, None], shape).ravel().astype(np.int32),
        **dict(zip(tables.STAGE_COLUMNS, counts.T, strict=True)),
        "all_elements": unknown if shares is None else shares[done].ravel(),
        "rate": unknown,
    }
    return tables.frame("adoption", data)


def slot_columns(plan: plans.TabulationPlan) -> "dict[str, pd.Categorical[str] | NDArray[np.datetime64]]":
    """Date, intervention and group of every (date, slot), dates slowest."""
    names = [plan.groups.names[group] for group in plan.slots.group]
    kinds = list(dict.fromkeys(kind for kind, _ in plan.groups.names))
    codes = list(dict.fromkeys(code for _, code in plan.groups.names))
    date_count, slot_count = len(plan.dates), len(names)
    label = np.tile(plan.slots.label, date_count)
    return {
        "date": np.array(plan.dates, dtype="datetime64[s]").repeat(slot_count),
        "intervention": pd.Categorical.from_codes(label, categories=pd.Index(plan.labels)),
        "group_kind": pd.Categorical([kind for kind, _ in names] * date_count, categories=kinds),
        "group": pd.Categorical([code for _, code in names] * date_count, categories=codes),
    }

"""adoption.parquet: sites by stage in every group, for every run and report date."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.outcomes import collect, tables
from spread.outcomes import plan as plans

MOST_ROWS: Final = 100_000
"""Rows of one frame, unless a single run has more: some 10 MB."""


def adoption_frames(collected: collect.Collected | collect.Collector) -> Iterator[pd.DataFrame]:
    """The rows by draw, replicate, date, intervention, group; a chunk at a time, large ones in pieces.

    Runs that failed have no rows.
    """
    every = collect.Collected.of(collected)
    cells = slot_columns(every.plan)
    cell_count = len(every.plan.dates) * len(every.plan.slots.label)
    run_step = max(1, MOST_ROWS // max(1, cell_count))
    for chunk in every.chunks:
        arrays = {name: chunk.array(name) for name in _names(every.plan)}
        runs = np.flatnonzero(chunk.array("done"))
        for first in range(0, max(1, len(runs)), run_step):
            mine = runs[first : first + run_step]
            yield _frame(every, chunk.first_draw, mine, arrays, cells)


def adoption_frame(collected: collect.Collected | collect.Collector) -> pd.DataFrame:
    """The same in one frame."""
    frames = list(adoption_frames(collected))
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _names(plan: plans.TabulationPlan) -> list[str]:
    patients = ["all_elements"] if collect.measures_patients(plan) else []
    return ["counts", "engaged", "reported", *patients]


def _frame(
    every: collect.Collected,
    first_draw: int,
    runs: NDArray[np.int64],
    arrays: dict[str, NDArray[np.generic]],
    cells: "dict[str, pd.Categorical[str] | NDArray[np.datetime64]]",
) -> pd.DataFrame:
    """The rows of some runs of a chunk; `cells` are the columns of (date, slot), dates slowest."""
    dates, slots = len(every.plan.dates), len(every.plan.slots.label)
    shape, cell_count = (len(runs), dates, slots), dates * slots
    by_status = arrays["counts"]
    counts = by_status[runs].reshape(-1, by_status.shape[-1]).T.astype(np.int32, order="C")
    place = np.tile(np.arange(cell_count), len(runs))
    unknown = np.full(len(place), np.nan)
    elements = unknown
    if "all_elements" in arrays:
        elements = np.full(shape, np.nan)
        elements[..., every.plan.patients.slots] = arrays["all_elements"][runs]
    data = {
        "draw": np.repeat(first_draw + runs // every.replicates, cell_count),
        "replicate": np.repeat(runs % every.replicates, cell_count),
        **{name: values.take(place) for name, values in cells.items()},
        "eligible": np.broadcast_to(every.plan.slots.eligible, shape).astype(np.int32).ravel(),
        "engaged": np.broadcast_to(arrays["engaged"][runs][:, None], shape).astype(np.int32).ravel(),
        "reported": np.broadcast_to(arrays["reported"][runs][:, None], shape).astype(np.int32).ravel(),
        **dict(zip(tables.STAGE_COLUMNS, counts, strict=True)),
        "all_elements": elements.ravel(),
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

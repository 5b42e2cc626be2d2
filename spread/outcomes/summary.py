"""summary.csv: every group's shares at every date, as bands over runs.

N complete runs, T report dates, Q slots, Y measures of sites; a cell is a (date, slot, measure).
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import model
from spread.outcomes import adoption, collect, tables
from spread.outcomes import plan as plans

STAGES = range(1, model.STATUS_ORDER[-1] + 1)
SUSTAINED, ALL_ELEMENTS = "sustained", "all_elements"
QUANTILE_SHARES: Final = np.array(list(tables.QUANTILES.values()))

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def summarise(collected: collect.Collected | collect.Collector) -> pd.DataFrame:
    """Mean and quantiles over runs of the share of eligible sites at each stage or beyond, by group and date.

    "At stage N or beyond" goes by `spread.model.STATUS_ORDER`: a stopped site stands between 2 and 3, a
    lapsed one between 3 and 4. Only draws all of whose replicates are in count.
    """
    runs = collect.Collected.of(collected)
    plan = runs.plan
    measures = measure_names(plan)
    bands = np.concatenate([_bands_of_sites(runs, dates) for dates in _stretches_of_dates(plan)])
    bands = np.concatenate([bands, bands[:, :, -1:]], axis=2)
    if collect.measures_patients(plan):
        bands = np.concatenate([bands, _bands_of_patients(runs)[:, :, None]], axis=2)
    values = bands.reshape(-1, 1 + len(QUANTILE_SHARES))
    data = {name: values_of.repeat(len(measures)) for name, values_of in adoption.slot_columns(plan).items()}
    columns = dict(zip(("mean", *tables.QUANTILES), values.T, strict=True))
    measure = pd.Categorical(list(measures) * (len(values) // len(measures)), categories=list(measures))
    data |= {"measure": measure, **columns, "n": np.full(len(values), runs.run_count)}
    return tables.frame("summary", {name: column[_told(plan, len(measures))] for name, column in data.items()})


def _told(plan: plans.TabulationPlan, measure_count: int) -> NDArray[np.bool_]:
    """The rows that say something: patients are looked at in some slots only."""
    told = np.ones((len(plan.dates), len(plan.slots.label), measure_count), dtype=bool)
    if collect.measures_patients(plan):
        told[:, np.setdiff1d(np.arange(told.shape[1]), plan.patients.slots), -1] = False
    return told.ravel()


def measure_names(plan: plans.TabulationPlan) -> tuple[str, ...]:
    """What is summarised: ``stage>=1`` to ``stage>=7``, ``sustained`` and, where measured, ``all_elements``."""
    stages = (*(f"stage>={stage}" for stage in STAGES), SUSTAINED)
    return (*stages, ALL_ELEMENTS) if collect.measures_patients(plan) else stages


# --- sites: how often each number was seen ----------------------------------------------------------


def _stretches_of_dates(plan: plans.TabulationPlan) -> list[slice]:
    """Report dates looked at together, so that what was seen of them stays small whatever the number of runs."""
    seen = 8 * len(STAGES) * int((plan.slots.eligible + 1).sum())
    step = max(1, collect.BLOCK_BYTES // seen)
    return [slice(first, first + step) for first in range(0, len(plan.dates), step)]


def _bands_of_sites(runs: collect.Collected, dates: slice) -> Floats:
    """Mean and quantiles of shares of sites at some dates; shape (dates, Q, 7, 1 + quantiles).

    Counts are tallied, which is exact in any order, and read from one chunk after the other.
    """
    eligible = np.broadcast_to(
        runs.plan.slots.eligible[:, None], (len(runs.plan.dates[dates]), len(runs.plan.slots.eligible), len(STAGES))
    )
    start = np.concatenate([[0], np.cumsum(eligible.ravel() + 1)])
    tally = np.zeros(start[-1], dtype=np.int64)
    for chunk, complete in runs.pieces():
        counts = chunk.array("counts")
        for some in collect.blocks(len(counts), 8 * eligible.size):
            at_least = sites_at_least(counts[some][complete[some], dates])
            seen = at_least.reshape(len(at_least), eligible.size) + start[:-1]
            tally += np.bincount(seen.ravel(), minlength=len(tally))
    return _bands(tally, start, runs.run_count).reshape(*eligible.shape, -1) / eligible[..., None]


def sites_at_least(counts: NDArray[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    """Sites at each stage 1-7 or beyond (last axis) from sites by status code."""
    ordered = counts[..., list(reversed(model.STATUS_ORDER))]
    beyond = np.cumsum(ordered, axis=-1, dtype=counts.dtype)
    return beyond[..., [model.STATUS_COUNT - 1 - int(plans.RANK[stage]) for stage in STAGES]]


def _bands(tally: Ints, start: Ints, run_count: int) -> Floats:
    """Mean and quantiles of whole numbers; those of cell c were seen ``tally[start[c]:start[c + 1]]`` times, from 0."""
    cell_count = len(start) - 1
    if not run_count:
        return np.full((cell_count, 1 + len(QUANTILE_SHARES)), np.nan)
    number = np.arange(len(tally)) - np.repeat(start[:-1], np.diff(start))
    mean = np.add.reduceat(tally * number, start[:-1]) / run_count
    # Each cell was seen in every run, so its n-th smallest number is where the running total passes cell * runs + n.
    total = np.cumsum(tally)
    below, above, weight = _places(run_count)
    wanted = np.arange(cell_count)[:, None] * run_count + np.concatenate([below, above])
    ordered = np.searchsorted(total, wanted.ravel(), side="right").reshape(wanted.shape) - start[:-1, None]
    low, high = ordered[:, : len(below)], ordered[:, len(below) :]
    return np.concatenate([mean[:, None], low * (1.0 - weight) + high * weight], axis=1)


def _places(run_count: int) -> tuple[Ints, Ints, Floats]:
    """Each quantile as two places among the runs in order, and the weight of the second."""
    place = QUANTILE_SHARES * (run_count - 1)
    below = np.floor(place).astype(np.int64)
    return below, np.minimum(below + 1, run_count - 1), place - below


# --- patients -------------------------------------------------------------------------------------


def _bands_of_patients(runs: collect.Collected) -> Floats:
    """Mean and quantiles of shares of patients, NaN in slots where none are looked at; shape (T, Q, 1 + quantiles)."""
    dates, slots = len(runs.plan.dates), runs.plan.patients.slots
    bands = np.full((dates, len(runs.plan.slots.label), 1 + len(QUANTILE_SHARES)), np.nan)
    for date in range(dates if runs.run_count else 0):
        for block in collect.blocks(len(slots), 8 * runs.run_count):
            values = runs.gather("all_elements", date, block)
            bands[date, slots[block], 0] = values.mean(axis=0)
            ordered = np.sort(values.T, axis=1)
            below, above, weight = _places(runs.run_count)
            bands[date, slots[block], 1:] = ordered[:, below] * (1.0 - weight) + ordered[:, above] * weight
    return bands

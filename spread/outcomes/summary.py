"""summary.csv: every group's shares at every date, as bands over runs."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import model
from spread.outcomes import adoption, collect, tables
from spread.outcomes import plan as plans

STAGES = range(1, model.STATUS_ORDER[-1] + 1)
SUSTAINED, ALL_ELEMENTS = "sustained", "all_elements"


def summarise(collected: collect.Collector) -> pd.DataFrame:
    """Mean and quantiles over runs of the share of eligible sites at each stage or beyond, by group and date.

    "At stage N or beyond" goes by `spread.model.STATUS_ORDER`: a stopped site stands between 2 and 3, a
    lapsed one between 3 and 4. Only draws all of whose replicates are in count.
    """
    runs = collected.complete_runs.ravel()
    plan = collected.plan
    measures = measure_names(collected)
    bands = [_bands_at(collected, runs, date) for date in range(len(plan.dates))]
    values = np.concatenate(bands).reshape(-1, 1 + len(tables.QUANTILES))
    data = {name: values_of.repeat(len(measures)) for name, values_of in adoption.slot_columns(plan).items()}
    rows = len(values)
    columns = dict(zip(("mean", *tables.QUANTILES), values.T, strict=True))
    measure = pd.Categorical(list(measures) * (rows // len(measures)), categories=list(measures))
    return tables.frame("summary", {**data, "measure": measure, **columns, "n": np.full(rows, len(runs))})


def measure_names(collected: collect.Collector) -> tuple[str, ...]:
    """What is summarised: ``stage>=1`` to ``stage>=7``, ``sustained`` and, where measured, ``all_elements``."""
    stages = (*(f"stage>={stage}" for stage in STAGES), SUSTAINED)
    return stages if collected.all_elements is None else (*stages, ALL_ELEMENTS)


def _bands_at(collected: collect.Collector, runs: NDArray[np.int64], date: int) -> NDArray[np.float64]:
    """Mean and quantiles at one date; shape (Q, measures, 1 + quantiles)."""
    at_least = sites_at_least(collected.counts[runs, date])
    sites = np.concatenate([at_least, at_least[..., -1:]], axis=-1)
    eligible = collected.plan.slots.eligible[:, None]
    band = _band(sites) / eligible
    if collected.all_elements is not None:
        shares = _band(collected.all_elements[runs, date][..., None])
        band = np.concatenate([band, shares], axis=-1)
    return np.moveaxis(band, 0, -1)


def sites_at_least(counts: NDArray[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    """Sites at each stage 1-7 or beyond (last axis) from sites by status code."""
    ordered = counts[..., list(reversed(model.STATUS_ORDER))]
    beyond = np.cumsum(ordered, axis=-1, dtype=counts.dtype)
    return beyond[..., [model.STATUS_COUNT - 1 - int(plans.RANK[stage]) for stage in STAGES]]


def _band(values: NDArray[np.unsignedinteger] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean, then quantiles, over the first axis. Sorting small whole numbers is far faster than quantiles of shares."""
    count = len(values)
    if not count:
        return np.full((1 + len(tables.QUANTILES), *values.shape[1:]), np.nan)
    ordered = np.sort(values, axis=0)
    place = np.array(list(tables.QUANTILES.values())) * (count - 1)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, count - 1)
    weight = (place - below).reshape(-1, *(1,) * (values.ndim - 1))
    quantiles = ordered[below] * (1.0 - weight) + ordered[above] * weight
    return np.concatenate([values.mean(axis=0)[None], quantiles])

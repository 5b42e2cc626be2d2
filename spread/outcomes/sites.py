"""sites.parquet: every site's chance, when it may adopt and what holds it up."""

import itertools
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.outcomes import collect, delays, events, tables
from spread.outcomes import plan as plans

if TYPE_CHECKING:
    from spread.scenarios import schema

ADOPT_QUANTILES: Final = {"adopt_q10": 0.10, "adopt_q50": 0.50, "adopt_q90": 0.90}


def sites_table(scenario: "schema.Scenario", plan: plans.TabulationPlan, collected: collect.Collector) -> pd.DataFrame:
    """One row per intervention (or set taken together), deadline and site, in that order.

    Bit k of `met`, the lowest bit of each byte first, is set when in run k = draw x replicates + replicate the
    site was at the stage at the deadline; the bits of a run that failed are not set. Labels that no
    ambition names are held to stage 5 at the end of the run.
    """
    from_data = scenario.start_from is not None
    parts = [_block(plan, collected, block, from_data) for block in _blocks(plan)]
    data = {name: np.concatenate([part[name] for part in parts]) for name in tables.columns("sites")}
    return tables.frame("sites", {name: list(values) for name, values in data.items()})


def _blocks(plan: plans.TabulationPlan) -> list[slice]:
    """Stretches of marks with one label and one deadline."""
    label = plan.rows.label[plan.marks.row]
    new = (label[1:] != label[:-1]) | (plan.marks.date[1:] != plan.marks.date[:-1])
    edges = [0, *(int(edge) for edge in np.flatnonzero(new) + 1), len(label)]
    return [slice(first, last) for first, last in itertools.pairwise(edges)]


def _block(
    plan: plans.TabulationPlan, collected: collect.Collector, block: slice, from_data: bool
) -> dict[str, NDArray[Any]]:
    rows, site = plan.marks.row[block], plan.rows.site[plan.marks.row[block]]
    runs = collected.complete_runs.ravel()
    met = collected.met_by_run(block)
    bits = np.packbits(met, axis=0, bitorder="little").T
    label = plan.labels[plan.rows.label[rows[0]]]
    deadline = plan.dates[plan.marks.date[block.start]]
    chance = met[runs].mean(axis=0) if len(runs) else np.full(len(rows), np.nan)
    return {
        "site": _objects([plan.site_codes[number] for number in site]),
        "intervention": _objects([label] * len(rows)),
        "deadline": _objects([deadline] * len(rows)),
        "stage_now": _objects(_stage_now(collected, rows)),
        "since": _objects(_since(plan, collected, rows) if from_data else [None] * len(rows)),
        **_adoption_dates(plan, collected, rows, runs),
        "chance_adopted": chance,
        "main_cause_of_delay": _objects(main_causes(collected.delay_minutes[block])),
        "psc": _objects([plan.site_psc[number] for number in site]),
        "ics": _objects([plan.site_ics[number] for number in site]),
        "met": _objects([row.tobytes() for row in bits]),
    }


def _objects(values: list[Any]) -> NDArray[np.object_]:
    """An array of Python objects, which numpy must not take apart."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def main_causes(minutes: NDArray[np.int64]) -> list[str]:
    """The cause with most time, in plain words; nothing where no time was lost. `minutes` has shape (sites, 8)."""
    return [delays.PLAIN_WORDS[int(row.argmax())] if row.any() else "" for row in minutes]


def _stage_now(collected: collect.Collector, rows: NDArray[np.int64]) -> list[str]:
    names = events.stage_names()
    return [names[int(code)] for code in collected.start_counts[rows].argmax(axis=1)]


def _since(plan: plans.TabulationPlan, collected: collect.Collector, rows: NDArray[np.int64]) -> list[Any]:
    """Since when, where data say so: every run began with the same day before the run."""
    first, last = collected.since_first[rows], collected.since_last[rows]
    told = plan.rows.reported[rows] & plan.rows.dated[rows] & (first == last) & (first < 0.0)
    return [collect.date_of(float(day), plan.origin) if known else None for day, known in zip(first, told, strict=True)]


def _adoption_dates(
    plan: plans.TabulationPlan, collected: collect.Collector, rows: NDArray[np.int64], runs: NDArray[np.int64]
) -> dict[str, NDArray[np.object_]]:
    """Dates by which a share of runs had adopted; blank for not by the end."""
    if not len(runs):
        return {name: _objects([None] * len(rows)) for name in ADOPT_QUANTILES}
    codes = collected.adopted_day[runs][:, rows]
    days = np.where(codes == collect.NEVER, np.inf, codes.astype(np.float64) - 1.0)
    return {
        name: _objects([collect.date_of(float(day), plan.origin) for day in collect.quantile_of_times(days, share)])
        for name, share in ADOPT_QUANTILES.items()
    }

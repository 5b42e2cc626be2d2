"""sites.parquet: every site's chance, when it may adopt and what holds it up."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.outcomes import collect, delays, events, tables
from spread.outcomes import plan as plans

if TYPE_CHECKING:
    from spread.scenarios import schema

ADOPT_QUANTILES: Final = {"adopt_q10": 0.10, "adopt_q50": 0.50, "adopt_q90": 0.90}


def sites_table(
    scenario: "schema.Scenario", plan: plans.TabulationPlan, collected: collect.Collected | collect.Collector
) -> pd.DataFrame:
    """One row per intervention (or set taken together), deadline and site, in that order.

    Bit k of `met`, the lowest bit of each byte first, is set when in run k = draw x replicates + replicate the
    site was at the stage at the deadline; the bits of a run that failed are not set. Labels that no
    ambition names are held to stage 5 at the end of the run.
    """
    runs = collect.Collected.of(collected)
    rows = plan.marks.row
    site, label = plan.rows.site[rows], plan.rows.label[rows]
    data = {
        "site": _words(plan.site_codes, site),
        "intervention": _words(plan.labels, label),
        "deadline": np.array(plan.dates, dtype="datetime64[s]")[plan.marks.date],
        "stage_now": _words(events.stage_names(), runs.total(collect.START_COUNTS).argmax(axis=1)[rows]),
        "since": _since(plan, runs, from_data=scenario.start_from is not None)[rows],
        **{name: days[rows] for name, days in _adoption_dates(runs).items()},
        "main_cause_of_delay": main_causes(runs.total(collect.DELAY_MINUTES)),
        "psc": _words(plan.site_psc, site),
        "ics": _words(plan.site_ics, site),
        **_met(runs),
    }
    return tables.frame("sites", data)


def _words(words: Sequence[str], index: NDArray[np.int64]) -> NDArray[np.object_]:
    return np.array(words, dtype=object)[index]


def main_causes(minutes: NDArray[np.int64]) -> NDArray[np.object_]:
    """The cause with most time, in plain words; nothing where no time was lost. `minutes` has shape (sites, 8)."""
    words = _words((*delays.PLAIN_WORDS, ""), minutes.argmax(axis=1))
    words[~minutes.any(axis=1)] = ""
    return words


def _since(plan: plans.TabulationPlan, runs: collect.Collected, *, from_data: bool) -> NDArray[np.datetime64]:
    """Since when each row is where it began, if data say so: every run began with the same day before the run."""
    first, last = runs.since()
    told = plan.rows.reported & plan.rows.dated & (first == last) & (first < 0.0)
    return collect.dates_of(np.where(told & from_data, first, np.inf), plan.origin)


def _adoption_dates(runs: collect.Collected) -> dict[str, NDArray[np.datetime64]]:
    """Dates by which a share of runs had adopted, of every row; not a date for not by the end."""
    found: dict[str, list[NDArray[np.datetime64]]] = {name: [] for name in ADOPT_QUANTILES}
    for block in collect.blocks(len(runs.plan.rows.label), 2 * max(1, runs.run_count)):
        codes = np.ascontiguousarray(runs.gather("adopted_day", block).T)
        for name, days in zip(
            ADOPT_QUANTILES, collect.dates_by(codes, ADOPT_QUANTILES.values(), runs.plan.origin), strict=True
        ):
            found[name].append(days)
    return {name: np.concatenate(days) for name, days in found.items()}


def _met(runs: collect.Collected) -> dict[str, Any]:
    """The share of complete runs in which each mark was met, and all runs as bits."""
    mark_count = len(runs.plan.marks.row)
    bits: list[bytes] = []
    chance = np.full(mark_count, np.nan)
    complete = runs.complete.repeat(runs.replicates)
    for block in collect.blocks(-(-mark_count // 8), 8 * runs.done.size):
        met = np.unpackbits(runs.gather("met", block, every_run=True).T, axis=0, bitorder="little")
        first, last = 8 * block.start, min(8 * block.stop, mark_count)
        bits += [row.tobytes() for row in np.packbits(met[: last - first], axis=1, bitorder="little")]
        if runs.run_count:
            chance[first:last] = met[: last - first, complete].mean(axis=1)
    return {"chance_adopted": chance, "met": bits}

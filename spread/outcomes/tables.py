"""Every table of the results folder: its columns, said once.

Kinds: ``text``, ``whole`` (numbers without fraction), ``number``, ``share`` (0-1), ``date``, ``bits``. What is not
known is empty: NaN, NaT or an empty text.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import cells

STAGE_COLUMNS: Final = (*(f"stage_{stage}" for stage in range(8)), "stopped", "lapsed", "ever_adopted")
QUANTILES: Final = {
    "q025": 0.025, "q05": 0.05, "q10": 0.10, "q25": 0.25, "q50": 0.50,
    "q75": 0.75, "q90": 0.90, "q95": 0.95, "q975": 0.975,
}  # fmt: skip


class Column(NamedTuple):
    """One column: its name, kind and meaning."""

    name: str
    kind: str
    meaning: str


_RUN = (
    Column("draw", "whole", "parameter set, from 0"),
    Column("replicate", "whole", "repeat of the draw with other luck, from 0"),
)
_GROUP = (
    Column("date", "date", "report date; the state at the end of that day"),
    Column("intervention", "text", "intervention, or `all_of:A+B` for a set taken together"),
    Column("group_kind", "text", "kind of group: national, nhs_region, psc, setting, imd_fifth, ..."),
    Column("group", "text", "which group of that kind"),
)
_AMBITION = (
    Column("ambition", "text", "name of the ambition"),
    Column("interventions", "text", "interventions it counts, joined by +"),
    Column("together", "text", "all: sites with all of them; each: every intervention on its own"),
    Column("measure", "text", "stage>=N of sites, all_elements of patients, change or level of a rate, or milestone"),
    Column("threshold", "share", "share to be reached; empty where none is stated"),
    Column("deadline", "date", "by when"),
    Column("scope", "text", "national or psc:CODE"),
    Column("n", "whole", "runs the row rests on"),
    Column("chance", "share", "share of runs in which the threshold was met at the deadline"),
    Column("mc_low", "share", "lower end of the chance by too few runs alone (95 %)"),
    Column("mc_high", "share", "upper end of the same"),
    Column("chance_p10", "share", "chance under the parameter sets: lower tenth"),
    Column("chance_p90", "share", "chance under the parameter sets: upper tenth"),
    Column("chance_sd", "share", "standard deviation of the value by luck"),
    Column("parameter_sd", "share", "standard deviation of the value between parameter sets"),
    Column("value_now", "share", "value at the data date (mean over runs)"),
    Column("data_date", "date", "date of the state the runs began from"),
    Column("value_q05", "share", "value at the deadline: 5 % of runs are below"),
    Column("value_q50", "share", "value at the deadline: median run"),
    Column("value_q95", "share", "value at the deadline: 95 % of runs are below"),
    Column("shortfall_q50", "number", "sites short of the threshold in the median run (patients: share short)"),
    Column("needed_per_month", "number", "sites a month needed from the data date (patients: share a month)"),
    Column("recent_per_month", "number", "sites a month in the six months before the data date"),
    Column("met_q10", "date", "date by which a tenth of runs had first met the threshold"),
    Column("met_q50", "date", "date by which half of the runs had"),
    Column("met_q90", "date", "date by which nine in ten had"),
    Column("furthest_behind_psc", "text", "PSC with the most sites short at the deadline, on average"),
    Column("furthest_behind_short", "number", "how many it is short"),
    Column("conditioned_on", "text", "what was known at the start"),
    Column("basis", "text", "what the numbers rest on"),
)
_CAUSES = (
    ("not_available", "before the intervention exists"),
    ("not_reached", "at stage 0"),
    ("undecided", "at stage 1 or 2"),
    ("waiting_slot", "decided, waiting for a change slot in the organisation"),
    ("waiting_coach", "decided, waiting for a coaching place"),
    ("testing", "at stage 4"),
    ("stopped", "given up while testing"),
    ("lapsed", "fallen out of use"),
)
_BAND = (
    Column("mean", "share", "mean over runs"),
    *(Column(name, "share", f"{share:.1%} of runs are below") for name, share in QUANTILES.items()),
    Column("n", "whole", "runs"),
)

TABLES: Final[dict[str, tuple[Column, ...]]] = {
    "adoption": (
        *_RUN,
        *_GROUP,
        Column("eligible", "whole", "sites that may take it up"),
        Column("engaged", "whole", "of these, sites the programme works with"),
        Column("reported", "whole", "of these, sites the data at the start speak about"),
        *(Column(name, "whole", f"sites: {name.replace('_', ' ')}") for name in STAGE_COLUMNS),
        Column("all_elements", "share", "patients receiving every element; empty unless an ambition measures it"),
        Column("rate", "number", "outcome rate; empty where no ambition is about one"),
    ),
    "summary": (*_GROUP, Column("measure", "text", "as in observed.csv; a share of eligible sites"), *_BAND),
    "ambitions": _AMBITION,
    "run_values": (
        Column("ambition", "text", "name of the ambition"),
        Column("deadline", "date", "by when"),
        Column("scope", "text", "national or psc:CODE"),
        *_RUN,
        Column("value", "number", "share or rate at the deadline"),
        Column("met", "number", "1 where the threshold was met at the deadline; empty where none is stated"),
        Column("short", "number", "sites short of the threshold (patients, rates: share short)"),
        Column("met_on", "date", "the day it was first met; empty: not within the run"),
        Column("sites", "number", "eligible sites at the ambition's stage (5 where it has none)"),
        Column("gap", "number", "share in the most deprived fifth less that in the least; national rows only"),
    ),
    "exceedance": (
        Column("ambition", "text", "name of the ambition"),
        Column("scope", "text", "national or psc:CODE"),
        Column("date", "date", "report date"),
        Column("threshold", "text", "share of the denominator (a rate: of the way from its baseline), or short_by_3"),
        Column("chance", "share", "share of runs at or above it"),
    ),
    "reach": (
        Column("ambition", "text", "name of the ambition"),
        Column("intervention", "text", "intervention, set or organisations it counts; what moves a rate"),
        Column("deadline", "date", "by when"),
        Column("scope", "text", "national or psc:CODE"),
        Column("measure", "text", "as in ambitions.csv"),
        Column("unit", "text", "what is added: sites, a share of patients, points of a rate"),
        *(
            Column(name, "number", "added by regional support, on the same luck")
            for name in ("mean", "q05", "q25", "q50", "q75", "q95")
        ),
        Column(
            "chance_of_more",
            "share",
            "share of runs in which support moves it the wanted way; empty where none is stated",
        ),
        Column("n", "whole", "complete runs"),
    ),
    "joint": (
        Column("met_at_least", "whole", "how many ambitions are met nationally, each at its current deadline"),
        Column("of", "whole", "ambitions with a threshold or a milestone"),
        Column("chance", "share", "share of runs in which at least so many are met"),
        Column("mc_low", "share", "Monte Carlo 95 % interval"),
        Column("mc_high", "share", "the same"),
        Column("if_independent", "share", "what the chance would be if they had nothing in common"),
    ),
    "sites": (
        Column("site", "text", "site code"),
        Column("intervention", "text", "intervention, or `all_of:A+B`"),
        Column("deadline", "date", "by when"),
        Column("stage_now", "text", "stage at the start (0-7, stopped, lapsed); the commonest where runs differ"),
        Column("since", "date", "since when, where known"),
        Column("adopt_q10", "date", "date by which it had adopted in a tenth of runs; empty: not by the end"),
        Column("adopt_q50", "date", "the same for half of the runs"),
        Column("adopt_q90", "date", "the same for nine in ten"),
        Column("chance_adopted", "share", "share of runs at the ambition's stage at the deadline"),
        Column("main_cause_of_delay", "text", "where most time went in runs in which it was not"),
        Column("psc", "text", "PSC code"),
        Column("ics", "text", "integrated care system"),
        Column("met", "bits", "bit k: at the stage at the deadline in run k; lowest bit of each byte first"),
    ),
    "bottlenecks": (
        Column("intervention", "text", "intervention"),
        Column("deadline", "date", "by when"),
        Column("psc", "text", "national, or PSC code"),
        *(
            Column(name, "number", f"sites not in use at the deadline, mean over runs: {told}")
            for name, told in _CAUSES
        ),
        *(Column(f"{name}_months", "number", f"site-months up to the deadline: {told}") for name, told in _CAUSES),
        Column("slot_wait_days", "number", "days waited for a change slot: mean over the waits that are over"),
        Column("coach_wait_days", "number", "the same for a coaching place, granted or given up"),
        Column("coach_utilisation", "number", "share of the PSC's coaching places, over time, that were held"),
        Column("eligible", "whole", "sites that may take it up"),
        Column("adopted", "number", "of these, sites in use at the deadline (stage 5 or more), mean over runs"),
    ),
    "gaps": (
        Column("ambition", "text", "name of the ambition"),
        Column("intervention", "text", "what it is judged by: an intervention, or `all_of:A+B`"),
        Column("deadline", "date", "by when"),
        Column("measure", "text", "stage>=N of eligible sites, or all_elements of patients"),
        Column("most_deprived_sites", "whole", "eligible sites in the most deprived fifth (imd_fifth 1)"),
        Column("least_deprived_sites", "whole", "the same in the least deprived (imd_fifth 5)"),
        Column("most_deprived", "share", "share in the most deprived fifth, mean over runs"),
        Column("least_deprived", "share", "share in the least deprived fifth, mean over runs"),
        Column("behind", "share", "share of runs in which the most deprived fifth is behind"),
        Column("mean", "number", "gap: most deprived less least deprived, mean over runs"),
        *(Column(name, "number", f"gap: {share:.1%} of runs are below") for name, share in QUANTILES.items()),
        Column("n", "whole", "runs"),
    ),
    "costs": (
        Column("item", "text", "what a plan takes"),
        Column("psc", "text", "national, or PSC code"),
        Column("unit", "text", "what the quantity is counted in"),
        Column("quantity", "number", "how much, over the whole run"),
        Column("cost", "number", "pounds, where the scenario gives a unit cost; empty otherwise"),
    ),
    "events": (
        *_RUN,
        Column("time_days", "number", "days since 00:00 of the first simulated day"),
        Column("date", "date", "the day it happened"),
        Column("event", "text", "what happened"),
        Column("intervention", "text", "to which intervention"),
        Column("element", "text", "to which of its elements, where one is meant"),
        Column("site", "text", "site code"),
        Column("from_stage", "text", "0-7, stopped or lapsed"),
        Column("to_stage", "text", "the same, afterwards"),
        Column("cause", "text", "what brought it about, where known"),
    ),
    "parameters": (Column("draw", "whole", "parameter set, from 0; then one column per parameter"),),
    "forecasts": (
        Column("made_on", "date", "when the forecast was made"),
        Column("name", "text", "scenario"),
        Column("key", "text", "results folder"),
        Column("model_version", "text", "version of the model"),
        *_AMBITION,
    ),
}


def columns(table: str) -> tuple[str, ...]:
    """Names of a table's columns, in order."""
    return tuple(column.name for column in TABLES[table])


def frame(table: str, data: Mapping[str, Any]) -> pd.DataFrame:
    """A table with exactly its declared columns, in order and typed.

    Raises
    ------
    ValueError
        A column is missing or is not one of the table's.
    """
    names = columns(table)
    if set(data) != set(names):
        raise ValueError(f"{table}: columns {sorted(set(data) ^ set(names))} are missing or unknown")
    return pd.DataFrame({column.name: _typed(data[column.name], column.kind) for column in TABLES[table]})


def frame_of_rows(table: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The same from one mapping per row."""
    return frame(table, {name: [row[name] for row in rows] for name in columns(table)})


def _typed(values: Any, kind: str) -> Any:
    if isinstance(values, pd.Categorical | pd.Series):
        return values
    if kind == "date" and isinstance(values, np.ndarray) and values.dtype.kind == "M":
        return values.astype("datetime64[s]")
    if kind == "date":
        return pd.to_datetime(pd.Series(values, dtype="object")).astype("datetime64[s]")
    if kind in ("share", "number"):
        return np.asarray(values, dtype=np.float64)
    if kind == "whole":
        whole = np.asarray(values)
        return whole if whole.dtype.kind == "i" else whole.astype(np.int64)
    return pd.Series(values, dtype="object" if kind == "bits" else "str")


def parameters_frame(values: Mapping[str, Sequence[float] | NDArray[np.float64]], first_draw: int = 0) -> pd.DataFrame:
    """Every parameter of every draw, one row a draw, parameters in the order given; values have shape (K,)."""
    count = len(next(iter(values.values()), ()))
    draws = {"draw": np.arange(first_draw, first_draw + count)}
    return pd.DataFrame(draws | {name: np.asarray(drawn, dtype=np.float64) for name, drawn in values.items()})


def forecasts_frame(ambitions: pd.DataFrame, *, made_on: date, name: str, key: str, model_version: str) -> pd.DataFrame:
    """The ambitions of a run as rows of `forecasts.csv`."""
    count = len(ambitions)
    made = {"made_on": [made_on] * count, "name": [name] * count, "key": [key] * count,
            "model_version": [model_version] * count}  # fmt: skip
    return frame("forecasts", made | {column: ambitions[column] for column in columns("ambitions")})


def csv_text(table: pd.DataFrame) -> str:
    """A table as CSV text: ISO dates, empty for unknown, no text that could start a formula; numbers untouched."""
    safe = table.copy()
    for name in safe.columns:
        if pd.api.types.is_string_dtype(safe[name]) or isinstance(safe[name].dtype, pd.CategoricalDtype):
            safe[name] = safe[name].astype("object").map(cells.neutral)
    safe.columns = pd.Index([cells.neutral(str(name)) for name in safe.columns])
    text = safe.to_csv(index=False, date_format="%Y-%m-%d", lineterminator="\n")
    return str(text)

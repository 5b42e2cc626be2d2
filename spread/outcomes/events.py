"""events.parquet: what happened to whom, in words, one row an event."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import model
from spread.model import record
from spread.outcomes import plan as plans
from spread.outcomes import tables


def stage_names() -> tuple[str, ...]:
    """How tables write a status code: 0-7, stopped, lapsed."""
    return tuple(str(code) if code < model.STOPPED else model.STATUS_NAMES[code] for code in range(model.STATUS_COUNT))


def events_frame(log: record.EventLog, plan: plans.TabulationPlan, *, draw: int, replicate: int) -> pd.DataFrame:
    """The log of one run, in its own order."""
    intervention = plan.unit_intervention[log.unit]
    site = plan.rows.site[log.unit]
    days = np.floor(log.time_days).astype("timedelta64[D]")
    stages = list(stage_names())
    data = {
        "draw": np.full(len(days), draw),
        "replicate": np.full(len(days), replicate),
        "time_days": log.time_days,
        "date": np.datetime64(plan.origin, "D") + days,
        "event": _words(log.kind, [event.name.lower() for event in model.Event]),
        "intervention": _words(intervention, list(plan.interventions)),
        "element": _elements(log, plan),
        "site": _words(site, list(plan.site_codes)),
        "from_stage": _words(log.from_status, stages),
        "to_stage": _words(log.to_status, stages),
        "cause": _words(log.cause, ["", *(cause.name.lower() for cause in model.Cause if cause)]),
    }
    return tables.frame("events", data)


def _words(codes: NDArray[np.integer], words: list[str]) -> "pd.Categorical[str]":
    return pd.Categorical.from_codes(codes.astype(np.int64), categories=pd.Index(words))


def _elements(log: record.EventLog, plan: plans.TabulationPlan) -> "pd.Categorical[str]":
    """Names of the elements meant; empty where none is."""
    names = ["", *dict.fromkeys(name for elements in plan.elements for name in elements)]
    place = {name: number for number, name in enumerate(names)}
    widest = max((len(elements) for elements in plan.elements), default=0)
    code = np.zeros((len(plan.elements), widest + 1), dtype=np.int64)
    for number, elements in enumerate(plan.elements):
        code[number, 1 : len(elements) + 1] = [place[name] for name in elements]
    return _words(code[plan.unit_intervention[log.unit], log.element.astype(np.int64) + 1], names)

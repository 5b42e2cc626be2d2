"""What an engine hands back: the event log of one replicate.

E events in the order they happened; U units (a unit is one site taking up one intervention).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class EventLog(NamedTuple):
    """One replicate: where every unit began, and everything that happened after.

    `initial_status` shape (U,), a status code of `spread.model`; `initial_since_days` shape (U,), the time
    a unit entered that status (negative: before the run began). The rest has shape (E,):
    `time_days` since the run began, non-decreasing; `kind` and `cause` codes of `spread.model`;
    `unit` index; `element` of the intervention or -1; `from_status` and `to_status` codes, equal when
    the event left the status as it was.
    """

    initial_status: NDArray[np.int8]
    initial_since_days: NDArray[np.float64]
    time_days: NDArray[np.float64]
    kind: NDArray[np.int8]
    unit: NDArray[np.int32]
    element: NDArray[np.int8]
    from_status: NDArray[np.int8]
    to_status: NDArray[np.int8]
    cause: NDArray[np.int8]


# time_days, kind, unit, element, from_status, to_status, cause
Row = tuple[float, int, int, int, int, int, int]


def build_log(status: NDArray[np.int64], since_days: NDArray[np.float64], rows: Sequence[Row]) -> EventLog:
    """An event log from its rows, in order, and where every unit began."""
    columns: list[Any] = list(zip(*rows, strict=True)) or [()] * 7
    types = (np.float64, np.int8, np.int32, np.int8, np.int8, np.int8, np.int8)
    arrays = [np.array(column, dtype=kind) for column, kind in zip(columns, types, strict=True)]
    return EventLog(status.astype(np.int8), since_days, *arrays)

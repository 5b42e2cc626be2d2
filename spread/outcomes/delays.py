"""Where the time went of units that had not adopted: minutes by cause, from the log of one replicate.

Whole minutes, so that sums over runs are exact and their order cannot matter.
U units, D dates asked about, 8 causes.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spread import model
from spread.model import record
from spread.outcomes import crossings
from spread.outcomes import plan as plans

CAUSES: Final = (
    "not_available", "not_reached", "undecided", "waiting_slot", "waiting_coach", "testing", "stopped", "lapsed",
)  # fmt: skip
CAUSE_COUNT: Final = len(CAUSES)
NOT_AVAILABLE, NOT_REACHED, UNDECIDED, WAITING_SLOT, WAITING_COACH, TESTING, STOPPED, LAPSED = range(CAUSE_COUNT)
IN_USE: Final = CAUSE_COUNT
"""Not a delay: the unit was at stage 5 or more."""

PLAIN_WORDS: Final = (
    "not available yet", "not reached yet", "undecided", "waiting for capacity to start", "waiting for a coach",
    "still testing", "stopped", "lapsed",
)  # fmt: skip
MINUTES_PER_DAY: Final = 1440
DECISION_STAGE: Final = 3


def causes_of(status: NDArray[np.int8], last_kind: NDArray[np.int8]) -> NDArray[np.int64]:
    """Why a unit has not adopted, from its status and the last event that befell it (-1: none yet).

    At stage 3 a site waits for a change slot until it is granted one, then for a coaching place until
    that is granted, its patience ends or testing begins.
    """
    by_status = np.array(
        (NOT_REACHED, UNDECIDED, UNDECIDED, WAITING_SLOT, TESTING, IN_USE, IN_USE, IN_USE, STOPPED, LAPSED)
    )
    by_kind = np.full(len(model.Event) + 1, WAITING_SLOT)  # the last place is for "none yet"
    by_kind[model.Event.SLOT_GRANT] = WAITING_COACH
    by_kind[[model.Event.PLACE_GRANT, model.Event.EXPIRY, model.Event.TESTING]] = TESTING
    cause = by_status[status]
    decided = np.flatnonzero(status == DECISION_STAGE)
    cause[decided] = by_kind[last_kind[decided]]
    return cause


def delay_minutes(
    log: record.EventLog, plan: plans.TabulationPlan, until_days: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Minutes each unit spent in each cause from the start of the run up to each given time.

    Time before an intervention exists counts as not available whatever the stage.

    Returns
    -------
    minutes : shape (D, U, 8), in the order of `CAUSES`
    """
    unit_count = plan.rows.unit_count
    unit = np.concatenate([np.arange(unit_count), log.unit])
    order = crossings.in_parts(unit, unit_count)  # the log is in time order, and the start comes first
    unit = unit[order]
    begin = np.concatenate([np.zeros(unit_count), log.time_days])[order]
    status = np.concatenate([log.initial_status, log.to_status])[order]
    last_kind = np.concatenate([np.full(unit_count, -1, np.int8), log.kind])[order]
    end = np.append(begin[1:], np.inf)
    end[np.append(unit[1:] != unit[:-1], True)] = np.inf
    cause = causes_of(status, last_kind)
    delayed = cause < IN_USE
    unit, begin, end, cause = unit[delayed], begin[delayed], end[delayed], cause[delayed]
    available = plan.available_days[plan.unit_intervention[unit]]
    cells = unit_count * CAUSE_COUNT
    days = np.empty((len(until_days), cells))
    for number, until in enumerate(until_days):
        stop = np.minimum(end, until)
        whole = np.maximum(stop - begin, 0.0)
        before = np.clip(np.minimum(stop, available) - begin, 0.0, None)
        days[number] = np.bincount(unit * CAUSE_COUNT + cause, weights=whole - before, minlength=cells)
        days[number] += np.bincount(unit * CAUSE_COUNT + NOT_AVAILABLE, weights=before, minlength=cells)
    minutes = np.rint(days * MINUTES_PER_DAY).astype(np.int64)
    return minutes.reshape(len(until_days), unit_count, CAUSE_COUNT)

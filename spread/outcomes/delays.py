"""What a unit that has not adopted is waiting for, and how long it waited: the causes of delay and their words.

Delays are kept in whole minutes, so that sums over runs are exact and their order cannot matter.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spread import model

CAUSES: Final = (
    "not_available", "not_reached", "undecided", "waiting_slot", "waiting_coach", "testing", "stopped", "lapsed",
)  # fmt: skip
CAUSE_COUNT: Final = len(CAUSES)
NOT_AVAILABLE, NOT_REACHED, UNDECIDED, WAITING_SLOT, WAITING_COACH, TESTING, STOPPED, LAPSED = range(CAUSE_COUNT)
IN_USE: Final = CAUSE_COUNT
"""Not a delay: the unit was at stage 5 or more."""
STATE_COUNT: Final = CAUSE_COUNT + 1
"""Where a unit can stand: held up by one of the causes, or in use."""

PLAIN_WORDS: Final = (
    "not available yet", "not reached yet", "undecided", "waiting for capacity to start", "waiting for a coach",
    "still testing", "stopped", "lapsed",
)  # fmt: skip
MINUTES_PER_DAY: Final = 1440
DECISION_STAGE: Final = 3
NO_EVENT: Final = len(model.Event)
"""The last event of a unit that none has befallen."""

WAIT_COUNT: Final = 4
"""Waits for a change slot that are over and their minutes, then those for a coach and theirs."""


def _causes() -> NDArray[np.int8]:
    by_status = (NOT_REACHED, UNDECIDED, UNDECIDED, WAITING_SLOT, TESTING, IN_USE, IN_USE, IN_USE, STOPPED, LAPSED)
    table = np.repeat(np.array(by_status, dtype=np.int8)[:, None], NO_EVENT + 1, axis=1)
    table[DECISION_STAGE, model.Event.SLOT_GRANT] = WAITING_COACH
    table[DECISION_STAGE, [model.Event.PLACE_GRANT, model.Event.EXPIRY, model.Event.TESTING]] = TESTING
    return table


CAUSE_OF: Final = _causes()
"""Why a unit has not adopted, by its status and the last event that befell it; shape (10, events + 1).

At stage 3 a site waits for a change slot until it is granted one, then for a coaching place until that is
granted, its patience ends or testing begins.
"""

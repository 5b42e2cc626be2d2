"""What the compiled pass writes down at a deadline: who is there, what held up the others, how busy coaches were.

U units, R rows, M marks, C collaboratives, E epochs; D * C tallies, of single interventions by deadline and PSC.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spread import model
from spread.model import compiling
from spread.outcomes import delays, workspace
from spread.outcomes import plan as plans

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]
Index = workspace.Index
Records = workspace.Records

# What compiled code takes as constants.
RANK: Final = plans.RANK
CAUSE_COUNT: Final = delays.CAUSE_COUNT
NOT_AVAILABLE: Final = delays.NOT_AVAILABLE
WAITING_SLOT: Final = delays.WAITING_SLOT
WAITING_COACH: Final = delays.WAITING_COACH
IN_USE: Final = delays.IN_USE
NEVER: Final = -1
NO_ROLE, GETS_SLOT, GETS_PLACE, GIVES_UP, LEAVES = range(5)
MINUTES_PER_DAY: Final = float(delays.MINUTES_PER_DAY)


def _roles() -> NDArray[np.int8]:
    table = np.full(delays.NO_EVENT, NO_ROLE, dtype=np.int8)
    table[[model.Event.SLOT_GRANT, model.Event.PLACE_GRANT, model.Event.EXPIRY]] = GETS_SLOT, GETS_PLACE, GIVES_UP
    table[[model.Event.ADOPTION, model.Event.STOP]] = LEAVES
    return table


ROLE_OF: Final = _roles()
"""What an event means in the queues for slots and places, by its kind; a place is given back when testing ends."""


@compiling.compiled
def begin(coached: Flags, queues: Records, states: Counts, lost_minutes: Counts, waits: Counts) -> None:
    """Forget the last log; some hold a coaching place at the start."""
    states[:] = 0
    lost_minutes[:] = 0
    waits[:] = 0
    for number in range(len(queues)):
        mine = queues[number]
        mine["held_days"], mine["granted"], mine["is_coached"] = 0.0, 0.0, coached[number]
        mine["slot_waits"], mine["coach_waits"], mine["counted"] = 0, 0, NEVER


@compiling.compiled
def follow_queues(time_days: Floats, kind: Codes, unit_of: Index, queues: Records) -> None:
    """Live through some events: who was granted a slot or a place, gave up waiting for one, or gave one back."""
    for event in range(len(kind)):
        role = ROLE_OF[kind[event]]
        if role == NO_ROLE:
            continue
        mine, now = queues[unit_of[event]], time_days[event]
        mine["slot_waits"] += int(role == GETS_SLOT)
        mine["coach_waits"] += int(role in (GETS_PLACE, GIVES_UP))
        if role == LEAVES and mine["is_coached"]:
            mine["held_days"] += now - mine["granted"]
            mine["is_coached"] = False
        if role == GETS_PLACE:
            mine["granted"], mine["is_coached"] = now, True


@compiling.part
def add_wait(unit: Any, until: float, days: Floats, number: int) -> None:
    """Add a unit's present wait to its days by cause; before the intervention exists it is not available."""
    before = max(min(until, unit["available_day"]) - unit["begun"], 0.0)
    not_available = before if unit["cause"] != IN_USE else 0.0
    days[number, unit["cause"]] += (until - unit["begun"]) - not_available
    days[number, NOT_AVAILABLE] += not_available


@compiling.compiled
def write_marks(
    date: int, until: float, marks: Records, units: Records, rows: Records, unit_of_row: Index, days: Floats,
    queues: Records, minutes: Counts, met: Flags, delay_minutes: Counts, states: Counts, lost_minutes: Counts,
    waits: Counts,
) -> None:  # fmt: skip
    """Whether marks are met, and the waits so far in whole minutes of each member; those under way count until now.

    The states, minutes and finished waits of single interventions are added up by deadline and PSC.
    """
    for number in range(len(marks)):
        mark = marks[number]
        row, at, tally = rows[mark["row"]], mark["place"], mark["tally"]
        met[at] = RANK[row["status"]] >= mark["rank"]
        for cause in range(CAUSE_COUNT):
            delay_minutes[at, cause] = 0
        for place in range(row["first_unit"], row["end_unit"]):
            member = unit_of_row[place]
            if queues[member]["counted"] != date:
                queues[member]["counted"] = date
                _count_minutes(until, units[member], days, member, minutes)
            for cause in range(CAUSE_COUNT):
                delay_minutes[at, cause] += minutes[member, cause]
        if tally >= 0:
            _count_standing(until, units[mark["row"]], queues[mark["row"]], days, mark["row"], states, waits, tally)
            for cause in range(CAUSE_COUNT):
                lost_minutes[tally, cause] += delay_minutes[at, cause]


@compiling.part
def _count_minutes(until: float, unit: Any, days: Floats, number: int, minutes: Counts) -> None:
    """The waits of a unit so far in whole minutes; what is under way goes on."""
    over, gone = days[number, unit["cause"]], days[number, NOT_AVAILABLE]
    add_wait(unit, until, days, number)
    for cause in range(CAUSE_COUNT):
        minutes[number, cause] = int(np.rint(days[number, cause] * MINUTES_PER_DAY))
    days[number, unit["cause"]], days[number, NOT_AVAILABLE] = over, gone


@compiling.part
def _count_standing(
    until: float, unit: Any, queue: Any, days: Floats, number: int, states: Counts, waits: Counts, tally: int
) -> None:
    """Count a unit where it stands, and its waits for a slot and for a coach that are over."""
    exists = unit["available_day"] < until
    states[tally, unit["cause"] if exists or unit["cause"] == IN_USE else NOT_AVAILABLE] += 1
    waits[tally, 0] += queue["slot_waits"]
    waits[tally, 1] += int(np.rint(days[number, WAITING_SLOT] * MINUTES_PER_DAY))
    waits[tally, 2] += queue["coach_waits"]
    waits[tally, 3] += int(np.rint(days[number, WAITING_COACH] * MINUTES_PER_DAY))


@compiling.compiled
def write_coaching(
    until: float, rows: Records, queues: Records, epoch_day: Floats, places: Counts, coaching: Counts
) -> None:
    """Minutes for which the coaching places of each PSC were held, and those there were."""
    for psc in range(len(coaching)):
        coaching[psc, 0] = coaching[psc, 1] = 0
    for number in range(len(queues)):
        mine = queues[number]
        under_way = until - mine["granted"] if mine["is_coached"] else 0.0
        coaching[rows[number]["psc"], 0] += int(np.rint((mine["held_days"] + under_way) * MINUTES_PER_DAY))
    for epoch in range(len(epoch_day)):
        ends = until if epoch + 1 == len(epoch_day) else min(until, epoch_day[epoch + 1])
        lasted = int(np.rint(max(ends - epoch_day[epoch], 0.0) * MINUTES_PER_DAY))
        for psc in range(len(coaching)):
            coaching[psc, 1] += lasted * places[epoch, psc]

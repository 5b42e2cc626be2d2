"""The compiled engine's calendar: one pending event per unit, and who is next.

Time is cut into short stretches. A unit due in a later stretch stands in that stretch's list; those due in the
present one stand in a heap, in the order (time, phase, agent) of the table in `spread.model`.
"""

import math

from spread.model import Event, compiling
from spread.model.compiling import whole
from spread.model.layout import Live, Records, Whole

NOBODY = -1
NOWHERE, LATER, DUE = 0, 1, 2
SPREAD, SUSTAIN, STOP, LAPSE, CYCLE_FAILED = (
    int(event) for event in (Event.SPREAD, Event.SUSTAIN, Event.STOP, Event.LAPSE, Event.CYCLE_FAILED)
)


@compiling.part
def is_end(event: int) -> bool:
    """Whether an event is of the phase of ends (else of decisions)."""
    return event in (CYCLE_FAILED, STOP, SPREAD, SUSTAIN, LAPSE)


@compiling.part
def is_earlier(units: Records, one: int, other: int) -> bool:
    """Whether one unit's pending event comes before another's: by time, phase, agent."""
    first, second = units[one], units[other]
    if first.next_day != second.next_day:
        return first.next_day < second.next_day
    if is_end(whole(first.event)) != is_end(whole(second.event)):
        return is_end(whole(first.event))
    return one < other


@compiling.part
def put(live: Live, unit: int, day: float, event: int) -> None:
    """Give a unit its next event; one due at or after the horizon never comes."""
    clock, units, stretches = live.clock[0], live.units, live.stretches
    mine = units[unit]
    take_out(live, unit)
    mine.next_day, mine.event = day, event
    if day >= clock.horizon_day:
        return
    stretch = int(day * clock.stretches_per_day)
    if stretch <= clock.stretch:
        mine.where = DUE
        clock.due_count += 1
        rise(units, live.due, clock.due_count - 1, unit)
    else:
        mine.where = LATER
        first = whole(stretches[stretch])
        mine.before, mine.after = NOBODY, first
        if first != NOBODY:
            units[first].before = unit
        stretches[stretch] = unit


@compiling.part
def take_out(live: Live, unit: int) -> None:
    """Take a unit's pending event, if any, out of the calendar."""
    clock, units, due = live.clock[0], live.units, live.due
    mine = units[unit]
    if mine.where == LATER:
        if mine.after != NOBODY:
            units[mine.after].before = mine.before
        if mine.before != NOBODY:
            units[mine.before].after = mine.after
        else:
            live.stretches[int(mine.next_day * clock.stretches_per_day)] = mine.after
    elif mine.where == DUE:
        clock.due_count -= 1
        if mine.before < clock.due_count:
            settle_in(units, due, whole(mine.before), clock.due_count, whole(due[clock.due_count]))
    mine.where = NOWHERE


@compiling.part
def next_day(live: Live) -> float:
    """When the next unit is due, going on to the next stretch that has any; never, when none has."""
    clock, units, stretches = live.clock[0], live.units, live.stretches
    while clock.due_count == 0:
        clock.stretch += 1
        if clock.stretch >= len(stretches):
            clock.stretch = len(stretches)
            return math.inf
        unit = whole(stretches[clock.stretch])
        while unit != NOBODY:
            after = whole(units[unit].after)
            units[unit].where = DUE
            clock.due_count += 1
            rise(units, live.due, clock.due_count - 1, unit)
            unit = after
    return units[live.due[0]].next_day


@compiling.part
def rise(units: Records, due: Whole, place: int, unit: int) -> None:
    """Put a unit at a place among those due, or as far above as it is earlier."""
    while place > 0:
        above = (place - 1) >> 1
        other = whole(due[above])
        if not is_earlier(units, unit, other):
            break
        due[place] = other
        units[other].before = place
        place = above
    due[place] = unit
    units[unit].before = place


@compiling.part
def settle_in(units: Records, due: Whole, place: int, count: int, unit: int) -> None:
    """Put a unit at a place left empty among those due: as far below as others are earlier, then as far above."""
    while True:
        below = 2 * place + 1
        if below >= count:
            break
        other = whole(due[below])
        if below + 1 < count and is_earlier(units, whole(due[below + 1]), other):
            below += 1
            other = whole(due[below])
        if not is_earlier(units, other, unit):
            break
        due[place] = other
        units[other].before = place
        place = below
    rise(units, due, place, unit)

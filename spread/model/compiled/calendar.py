"""The compiled engine's calendar: one pending event per unit, and who is next.

Time is cut into short stretches. A unit due in a later stretch has an entry in that stretch's list; those due in the
present one stand in a heap, in the order (time, phase, agent) of the table in `spread.model`. A unit that moves to
another stretch leaves its entry behind: an entry counts only in the stretch in which its unit is due.
"""

import math

from spread.model import Event, compiling
from spread.model.compiled.layout import Given, Live, Records, Whole
from spread.model.compiling import whole

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
        return bool(first.next_day < second.next_day)
    if is_end(whole(first.event)) != is_end(whole(second.event)):
        return is_end(whole(first.event))
    return one < other


@compiling.part
def clear(live: Live) -> None:
    """Empty every list; all entries are free, one after the other."""
    for stretch in range(len(live.stretches)):
        live.stretches[stretch] = NOBODY
    for entry in range(len(live.entries)):
        live.entries[entry].after = entry + 1
    live.entries[len(live.entries) - 1].after = NOBODY
    live.clock[0].free_entry = 0


@compiling.part
def put(live: Live, unit: int, day: float, event: int) -> None:
    """Give a unit its next event in place of the one it had; one due at or after the horizon never comes."""
    clock, mine = live.clock[0], live.units[unit]
    listed = -1
    if mine.where == LATER:
        listed = int(mine.next_day * clock.stretches_per_day)
    elif mine.where == DUE:
        clock.due_count -= 1
        if mine.place < clock.due_count:
            settle_in(live.units, live.due, whole(mine.place), clock.due_count, whole(live.due[clock.due_count]))
    mine.next_day, mine.event, mine.where = day, event, NOWHERE
    if day >= clock.horizon_day:
        return
    stretch = int(day * clock.stretches_per_day)
    if stretch <= clock.stretch:
        mine.where = DUE
        clock.due_count += 1
        rise(live.units, live.due, clock.due_count - 1, unit)
    else:
        mine.where = LATER
        if stretch != listed:
            if clock.free_entry == NOBODY:
                list_anew(live)
            else:
                enter(live, stretch, unit)


@compiling.part
def enter(live: Live, stretch: int, unit: int) -> None:
    """Add an entry to the list of a stretch."""
    clock = live.clock[0]
    entry = clock.free_entry
    clock.free_entry = live.entries[entry].after
    live.entries[entry].unit, live.entries[entry].after = unit, live.stretches[stretch]
    live.stretches[stretch] = entry


@compiling.part
def list_anew(live: Live) -> None:
    """With no entry free, keep those that count, one for each unit due later."""
    clear(live)
    for unit in range(len(live.units)):
        if live.units[unit].where == LATER:
            enter(live, int(live.units[unit].next_day * live.clock[0].stretches_per_day), unit)


@compiling.part
def next_day(live: Live, given: Given) -> float:
    """When the next unit is due, going on to the next stretch that has any; never, when none has."""
    clock, units, entries = live.clock[0], live.units, live.entries
    while clock.due_count == 0:
        clock.stretch += 1
        if clock.stretch >= len(live.stretches):
            clock.stretch = len(live.stretches)
            return math.inf
        entry = whole(live.stretches[clock.stretch])
        while entry != NOBODY:
            after, unit = whole(entries[entry].after), whole(entries[entry].unit)
            entries[entry].after = clock.free_entry
            clock.free_entry = entry
            entry = after
            if units[unit].where == LATER and int(units[unit].next_day * clock.stretches_per_day) == clock.stretch:
                compiling.fetch(live.histories, unit)
                compiling.fetch(given.facts, unit)
                compiling.fetch(given.traits, unit)
                units[unit].where = DUE
                clock.due_count += 1
                rise(units, live.due, clock.due_count - 1, unit)
        bring_next(live)
    return float(units[live.due[0]].next_day)


@compiling.part
def bring_next(live: Live) -> None:
    """Have the units of the stretch after the present one brought near."""
    if live.clock[0].stretch + 1 < len(live.stretches):
        entry = whole(live.stretches[live.clock[0].stretch + 1])
        while entry != NOBODY:
            compiling.fetch(live.units, whole(live.entries[entry].unit))
            entry = whole(live.entries[entry].after)


@compiling.part
def rise(units: Records, due: Whole, place: int, unit: int) -> None:
    """Put a unit at a place among those due, or as far above as it is earlier."""
    while place > 0:
        above = (place - 1) >> 1
        other = whole(due[above])
        if not is_earlier(units, unit, other):
            break
        due[place] = other
        units[other].place = place
        place = above
    due[place] = unit
    units[unit].place = place


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
        units[other].place = place
        place = below
    rise(units, due, place, unit)

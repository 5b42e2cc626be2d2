"""The compiled engine's pools: who waits for a slot or a place, and whose grant round is due at this instant.

A queue is a heap in the order (priority, day of the request, tie-break, agent); `layout.UNIT` says where a waiting
unit holds these. Pools are numbered slots first, then places, and rounds come in that order.
"""

from spread.model import compiling
from spread.model.compiled.layout import Live, Records, Whole
from spread.model.compiling import whole


@compiling.part
def is_before(units: Records, one: int, other: int) -> bool:
    """Whether one waiting unit stands before another."""
    first, second = units[one], units[other]
    if first.threshold != second.threshold:
        return bool(first.threshold < second.threshold)
    if first.anchor_day != second.anchor_day:
        return bool(first.anchor_day < second.anchor_day)
    if first.rate != second.rate:
        return bool(first.rate < second.rate)
    return one < other


@compiling.part
def ask(live: Live, pool: int, unit: int) -> None:
    """Join a queue; the pool's grants of this instant will be made."""
    mine = live.pools[pool]
    mine.waiting += 1
    move_up(live.units, live.queues, whole(mine.first), whole(mine.waiting - 1), unit)
    call_round(live, pool)


@compiling.part
def withdraw(live: Live, pool: int, unit: int) -> None:
    """Leave a queue ungranted."""
    mine, place = live.pools[pool], whole(live.units[unit].queue_place)
    mine.waiting -= 1
    if place < mine.waiting:
        close_gap(live.units, live.queues, whole(mine.first), place, whole(mine.waiting))


@compiling.part
def free(live: Live, pool: int) -> None:
    """Give a slot or a place back."""
    live.pools[pool].held -= 1
    call_round(live, pool)


@compiling.part
def grant(live: Live, pool: int) -> None:
    """Make a pool's grants of this instant; the units, last first, are in `live.listed`."""
    mine, clock = live.pools[pool], live.clock[0]
    mine.called = 0
    count = max(0, min(mine.waiting, mine.capacity - mine.held))
    clock.granted_count = count
    mine.held += count
    while count > 0:
        count -= 1
        live.listed[count] = live.queues[mine.first]
        mine.waiting -= 1
        if mine.waiting > 0:
            close_gap(live.units, live.queues, whole(mine.first), 0, whole(mine.waiting))


@compiling.part
def close_gap(units: Records, queue: Whole, first: int, place: int, count: int) -> None:
    """Fill a place left empty by the last of the queue: as far below as others stand before it, then as far above."""
    unit = whole(queue[first + count])
    while True:
        below = 2 * place + 1
        if below >= count:
            break
        other = whole(queue[first + below])
        if below + 1 < count and is_before(units, whole(queue[first + below + 1]), other):
            below += 1
            other = whole(queue[first + below])
        if not is_before(units, other, unit):
            break
        queue[first + place] = other
        units[other].queue_place = place
        place = below
    move_up(units, queue, first, place, unit)


@compiling.part
def move_up(units: Records, queue: Whole, first: int, place: int, unit: int) -> None:
    """Put a unit at a place of a queue, or as far above as it stands before others."""
    while place > 0:
        above = (place - 1) >> 1
        other = whole(queue[first + above])
        if not is_before(units, unit, other):
            break
        queue[first + place] = other
        units[other].queue_place = place
        place = above
    queue[first + place] = unit
    units[unit].queue_place = place


@compiling.part
def call_round(live: Live, pool: int) -> None:
    """Have a pool's grants of this instant made, once."""
    if live.pools[pool].called:
        return
    live.pools[pool].called = 1
    clock, rounds = live.clock[0], live.rounds
    place = clock.round_count
    clock.round_count += 1
    while place > 0 and rounds[(place - 1) >> 1] > pool:
        rounds[place] = rounds[(place - 1) >> 1]
        place = (place - 1) >> 1
    rounds[place] = pool


@compiling.part
def next_round(live: Live) -> int:
    """The pool whose grant round is next."""
    clock, rounds = live.clock[0], live.rounds
    first = rounds[0]
    clock.round_count -= 1
    count = clock.round_count
    last = rounds[count]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= count:
            break
        if below + 1 < count and rounds[below + 1] < rounds[below]:
            below += 1
        if rounds[below] >= last:
            break
        rounds[place] = rounds[below]
        place = below
    rounds[place] = last
    return whole(first)

"""Waiting for chance: thresholds drawn, spent, and put in the calendar."""

import math

import numpy as np

from spread.model import ADOPTED, LAPSED, STOPPED, Event, compiling, draws, rules
from spread.model.compiled import calendar, rates
from spread.model.compiled.layout import Given, Live
from spread.model.compiling import whole, word
from spread.model.draws import Purpose
from spread.model.inputs import Constants

compiling.parts_of(draws)

EXPIRY, CYCLE_FAILED, SPREAD, SUSTAIN, STOP, RESUME, LAPSE, RESTART = (
    int(event)
    for event in (
        Event.EXPIRY, Event.CYCLE_FAILED, Event.SPREAD, Event.SUSTAIN, Event.STOP, Event.RESUME, Event.LAPSE,
        Event.RESTART,
    )
)  # fmt: skip
FOR_STATUS = np.array([
    Purpose.CONTACT, Purpose.INTEREST, Purpose.DECISION, 0, Purpose.STOP, Purpose.LAPSE, Purpose.LAPSE, Purpose.LAPSE,
    Purpose.RESUME, Purpose.RESTART,
], dtype=np.uint64)  # fmt: skip
"""What the threshold of each status is drawn for."""
FOR_CHAMPION = word(Purpose.CHAMPION_LOSS)

AHEAD = 8  # units brought near before they are looked at

# What is to be done about a unit's hazard: mind its timers, draw a threshold, look at its rate, re-anchor it. In a list
# of looks it stands above the unit's number.
UNIT_BITS = 28
TIMERS, BEGIN, AGAIN, EMBED = range(4)


@compiling.part
def wants_look(live: Live, unit: int, what: int) -> None:
    """Have a unit's hazard looked at before anything else happens."""
    clock = live.clock[0]
    live.looks[clock.look_count] = (what << UNIT_BITS) + unit
    clock.look_count += 1


@compiling.part
def take_looks(given: Given, live: Live, constants: Constants) -> None:
    """Look at every hazard that is to be looked at."""
    count = live.clock[0].look_count
    for number in range(count):
        later = whole(live.looks[min(number + AHEAD, count - 1)]) & ((1 << UNIT_BITS) - 1)
        compiling.fetch(live.units, later)
        compiling.fetch(given.facts, later)
        asked = whole(live.looks[number])
        look(given, live, constants, asked & ((1 << UNIT_BITS) - 1), asked >> UNIT_BITS)
    live.clock[0].look_count = 0


@compiling.part
def look(given: Given, live: Live, constants: Constants, unit: int, what: int) -> None:
    """Draw a unit's threshold, or spend what remains of it at the rate as it now is; then put it in the calendar."""
    clock, mine, facts = live.clock[0], live.units[unit], given.facts[unit]
    status = whole(live.status[unit])
    if what == AGAIN and rests(live, unit):
        return
    if what != TIMERS:
        if status == 2:
            mine.timer_day = rates.exposure(given, live, unit)
        rate = rates.rate(given, live, constants, unit)
        if what == BEGIN:
            key = facts.decision_key if status <= 2 else facts.unit_key
            purpose, occurrence = FOR_STATUS[status], word(live.histories[unit].attempt)
            mine.threshold, mine.rate = draws.exponential_at(clock.run_key, key, purpose, occurrence), 0.0
            mine.anchor_day = clock.now
        if what != AGAIN or rate != mine.rate:
            spend(live, unit, rate)
    call(live, unit)


@compiling.part
def rests(live: Live, unit: int) -> bool:
    """Whether chance brings a unit nothing, at whatever rate."""
    mine = live.units[unit]
    return bool(mine.hazard_day == math.inf and mine.rate == 0.0 and mine.threshold == 0.0)


@compiling.part
def spend(live: Live, unit: int, rate: float) -> None:
    """Spend a threshold until now, and go on at another rate."""
    clock, mine = live.clock[0], live.units[unit]
    mine.threshold = rules.threshold_left(mine.threshold, mine.rate, clock.now - mine.anchor_day)
    mine.anchor_day, mine.rate = clock.now, rate
    mine.hazard_day = rules.due_day(clock.now, mine.threshold, rate)


@compiling.part
def look_everywhere(given: Given, live: Live, constants: Constants) -> None:
    """Look at every hazard that a new epoch may have moved; the calendar takes those due before the next.

    The calendar holds no hazard that is due later, so nothing else in it changes.
    """
    clock = live.clock[0]
    count = list_those(live, 2, 2)
    for number in range(count):
        unit = bring(given, live, number, count)
        if not rests(live, unit):
            rate = rates.decision_rate(given, live, constants, unit)
            if rate != live.units[unit].rate:
                spend(live, unit, rate)
            if live.units[unit].hazard_day < clock.look_day:
                wants_look(live, unit, TIMERS)
    count = list_those(live, ADOPTED, STOPPED - 1)
    for number in range(count):
        unit = bring(given, live, number, count)
        compiling.fetch(given.traits, whole(live.listed[min(number + AHEAD, count - 1)]))
        if not rests(live, unit):
            if given.champions_matter:
                follow_champions(given, live, constants, unit)
            rate = rates.lapse_rate(given, live, constants, unit)
            if rate != live.units[unit].rate:
                spend(live, unit, rate)
            if live.units[unit].hazard_day < clock.look_day:
                wants_look(live, unit, TIMERS)
    stirs = given.epochs[clock.epoch].stirs != 0
    for unit in range(len(live.units)):
        status = live.status[unit]
        if status == 4:
            lasted = clock.now - live.histories[unit].since_day
            if stirs or lasted >= constants.no_signal_days or live.units[unit].hazard_day < clock.look_day:
                wants_look(live, unit, AGAIN)
        elif stirs and (status < 2 or status >= STOPPED):
            wants_look(live, unit, AGAIN)


@compiling.part
def list_those(live: Live, lowest: int, highest: int) -> int:
    """List the units whose status lies within bounds; how many there are."""
    count = 0
    for unit in range(len(live.units)):
        live.listed[count] = unit
        count += 1 if lowest <= live.status[unit] <= highest else 0
    return count


@compiling.part
def bring(given: Given, live: Live, number: int, count: int) -> int:
    """A unit from those listed; one that comes later is brought near."""
    later = whole(live.listed[min(number + AHEAD, count - 1)])
    compiling.fetch(live.units, later)
    compiling.fetch(given.facts, later)
    return whole(live.listed[number])


@compiling.part
def call(live: Live, unit: int) -> None:
    """Put the first thing due to a unit in the calendar: its hazard or one of its timers.

    A hazard due after the day on which its rate is looked at again is not put there: it may move before it comes.
    """
    mine, clock = live.units[unit], live.clock[0]
    status = whole(live.status[unit])
    moves_seldom = status < 2 or status >= STOPPED
    day = mine.hazard_day if mine.hazard_day < (clock.stir_day if moves_seldom else clock.look_day) else math.inf
    event = status
    if status == 3:
        day, event = mine.timer_day, EXPIRY
    elif status == 4:
        event = STOP
        if mine.timer_day <= day:
            day, event = mine.timer_day, CYCLE_FAILED
    elif status == STOPPED:
        event = RESUME
    elif status == LAPSED:
        event = RESTART
    elif status >= ADOPTED:
        event = LAPSE
        if mine.timer_day <= day:
            day, event = mine.timer_day, SUSTAIN
        if live.histories[unit].spread_day <= day:
            day, event = live.histories[unit].spread_day, SPREAD
    calendar.put(live, unit, day, event)


@compiling.part
def next_champion_loss(given: Given, live: Live, unit: int, day: float) -> float:
    """When the champion who is there from `day` on leaves."""
    past, facts = live.histories[unit], given.facts[unit]
    occurrence = word((whole(past.attempt) << 32) + past.champion_count)
    past.champion_count += 1
    threshold = draws.exponential_at(live.clock[0].run_key, facts.unit_key, FOR_CHAMPION, occurrence)
    return rules.due_day(day, threshold, given.traits[unit].champion_loss_per_day)


@compiling.part
def follow_champions(given: Given, live: Live, constants: Constants, unit: int) -> None:
    """One champion after another, up to the one of today."""
    past = live.histories[unit]
    while past.mark_day + constants.champion_gap_days <= live.clock[0].now:
        past.mark_day = next_champion_loss(given, live, unit, past.mark_day + constants.champion_gap_days)

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

# What is to be done about a unit's hazard: nothing, mind its timers, draw a threshold, look at its rate, re-anchor it.
SETTLED, TIMERS, BEGIN, AGAIN, EMBED = range(5)


@compiling.part
def wants_look(live: Live, unit: int, what: int) -> None:
    """Have a unit's hazard looked at before anything else happens."""
    if live.units[unit].look == SETTLED:
        live.looks[live.clock[0].look_count] = unit
        live.clock[0].look_count += 1
    live.units[unit].look = what


@compiling.part
def look(given: Given, live: Live, constants: Constants, unit: int, everyone: bool) -> None:
    """Draw a unit's threshold, or spend what remains of it at the rate as it now is; then put it in the calendar."""
    clock, mine, facts = live.clock[0], live.units[unit], given.facts[unit]
    what = AGAIN if everyone else mine.look
    mine.look = SETTLED
    if what == AGAIN:
        if mine.status == 3 or (mine.hazard_day == math.inf and mine.rate == 0.0 and mine.threshold == 0.0):
            return
        if everyone and given.champions_matter and ADOPTED <= mine.status < STOPPED:
            follow_champions(given, live, constants, unit)
    if what != TIMERS:
        rate = rates.rate(given, live, constants, unit)
        if what == AGAIN and rate == mine.rate:
            if everyone and mine.hazard_day < clock.look_day:
                call(live, unit)
            return
        if what == BEGIN:
            key = facts.decision_key if mine.status <= 2 else facts.unit_key
            purpose, occurrence = FOR_STATUS[mine.status], word(live.histories[unit].attempt)
            mine.threshold = draws.exponential_at(clock.run_key, key, purpose, occurrence)
        else:
            mine.threshold = rules.threshold_left(mine.threshold, mine.rate, clock.now - mine.anchor_day)
        mine.anchor_day, mine.rate = clock.now, rate
        mine.hazard_day = rules.due_day(clock.now, mine.threshold, rate)
    call(live, unit)


@compiling.part
def call(live: Live, unit: int) -> None:
    """Put the first thing due to a unit in the calendar: its hazard or one of its timers.

    A hazard due after the day on which rates are looked at again is not put there: it may move before it comes.
    """
    mine = live.units[unit]
    status = whole(mine.status)
    day = mine.hazard_day if mine.hazard_day < live.clock[0].look_day else math.inf
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

"""A unit's life, event by event."""

import math

from spread.model import ADOPTED, LAPSED, STOPPED, Cause, Event, compiling, draws, rules
from spread.model.compiled import peers, queues, rates, waits
from spread.model.compiled.layout import Given, Links, Live, Rows
from spread.model.compiling import whole, word
from spread.model.draws import Purpose
from spread.model.inputs import Constants

(CONTACT, INTEREST, DECISION, SLOT_GRANT, PLACE_GRANT, EXPIRY, TESTING, CYCLE_FAILED, ELEMENT_IN_PLACE, ADOPTION,
 SPREAD, SUSTAIN, STOP, RESUME, LAPSE, RESTART) = (int(event) for event in Event)  # fmt: skip
START = len(Event)
NONE, OUTREACH, COACHED, UNCOACHED, NO_SIGNAL = (
    int(cause) for cause in (Cause.NONE, Cause.OUTREACH, Cause.COACHED, Cause.UNCOACHED, Cause.NO_SIGNAL)
)
FOR_SPREAD, FOR_PATIENCE, FOR_LENGTH, FOR_SUCCESS, FOR_LOSS, FOR_TIE = (
    word(purpose)
    for purpose in (
        Purpose.SPREAD, Purpose.PATIENCE, Purpose.CYCLE_LENGTH, Purpose.CYCLE_SUCCESS, Purpose.ELEMENT_LOSS,
        Purpose.TIE_BREAK,
    )
)  # fmt: skip


@compiling.part
def note(live: Live, rows: Rows, unit: int, event: int, status: int, cause: int, element: int) -> None:
    """Write a row and move the unit to `status`."""
    clock = live.clock[0]
    row = clock.row_count
    clock.row_count = row + 1
    if row < len(rows.unit):
        rows.time_days[row] = clock.now
        rows.kind[row] = event
        rows.unit[row] = unit
        rows.element[row] = element
        rows.from_status[row] = live.status[unit]
        rows.to_status[row] = status
        rows.cause[row] = cause
    if status != live.status[unit]:
        live.status[unit], live.histories[unit].since_day = status, clock.now


@compiling.part
def step(links: Links, given: Given, live: Live, rows: Rows, constants: Constants, unit: int, event: int) -> None:
    """What is due to a unit happens, and everything that follows from it at once, in that order."""
    clock, mine, past, facts = live.clock[0], live.units[unit], live.histories[unit], given.facts[unit]
    pools = live.pools
    tool = given.tools[facts.intervention]
    plan = given.by_intervention[clock.epoch, facts.intervention]
    slots, places = whole(facts.organisation), len(given.groups) + whole(facts.psc)
    status, cause, element, what = whole(live.status[unit]), NONE, -1, waits.TIMERS
    asks, tests, cycles, leaves, adopts, uses, change = -1, False, False, False, False, False, 0

    if event == START:
        if status == 4:
            mine.coached = given.traits[unit].start_coached
            pools[slots].held += 1
            pools[places].held += given.traits[unit].start_coached
            what, cycles = waits.BEGIN, True
        elif status == 3:
            asks = slots
        elif ADOPTED <= status < STOPPED:
            uses = True
        else:
            what = waits.BEGIN
    elif event == CYCLE_FAILED:
        element = whole(mine.element)
        if cycle_succeeds(given, live, constants, unit):
            past.elements |= whole(1) << whole(element)
            mine.succeeded = 1
            event = ELEMENT_IN_PLACE
        past.cycle += 1
        cycles = True
    elif event <= DECISION:
        status, what = event + 1, waits.BEGIN
        if event == CONTACT:
            cause = OUTREACH
    elif event == SLOT_GRANT:
        is_supported = rules.is_supported(facts.engaged, plan.started)
        if rules.wants_place(is_supported, given.by_psc[clock.epoch, facts.psc].places):
            asks = places
        else:
            tests = True
    elif event == PLACE_GRANT:
        mine.coached = 1
        live.coached_by[facts.psc, tool.programme] += 1
        tests = True
    elif event == EXPIRY:
        queues.withdraw(live, places, unit)
        tests = True
    elif event == SPREAD:
        status, past.spread_day = 6, math.inf
    elif event == SUSTAIN:
        status, what = 7, waits.EMBED
        past.spread_day, mine.timer_day = math.inf, math.inf
    elif event == STOP:
        status, what, leaves = STOPPED, waits.BEGIN, True
        cause = NONE if mine.succeeded else NO_SIGNAL
    elif event == LAPSE:
        status, what, change = LAPSED, waits.BEGIN, -1
        past.elements = elements_kept(given, live, constants, unit)
    elif event == RESUME:
        status, what = 2, waits.BEGIN
    elif event == RESTART:
        status = 3

    if event != START:
        note(live, rows, unit, event, status, cause, element)
    if event in (STOP, LAPSE):
        past.attempt += 1
    if event in (DECISION, RESTART):
        if tool.tested:
            asks = slots
        else:
            adopts = True
    if tests:
        note(live, rows, unit, TESTING, 4, COACHED if mine.coached else UNCOACHED, -1)
        what, cycles = waits.BEGIN, True
        mine.succeeded, mine.element, past.cycle = 0, 0, 0
    if cycles:
        while mine.element < tool.elements and (past.elements >> whole(mine.element)) & 1:
            mine.element += 1
            past.cycle = 0
        if mine.element == tool.elements:
            adopts, leaves = True, True
        else:
            mine.timer_day = clock.now + cycle_length(given, live, constants, unit)
    if leaves:
        queues.free(live, slots)
        if mine.coached:
            queues.free(live, places)
            live.coached_by[facts.psc, tool.programme] -= 1
            mine.coached = 0
    if adopts:
        past.elements = (whole(1) << tool.elements) - 1
        note(live, rows, unit, ADOPTION, ADOPTED, NONE, -1)
        uses, change = True, 1
    if change != 0:
        peers.count_in_use(links, given, live, unit, change)
        peers.show_peers(links, given, live, unit)
    if uses:
        start_clocks_of_use(given, live, constants, unit)
        what = waits.BEGIN
    if asks >= 0:
        stand_in_queue(given, live, constants, unit, asks == places)
        queues.ask(live, asks, unit)
        what = waits.TIMERS
    waits.wants_look(live, unit, what)


@compiling.part
def stand_in_queue(given: Given, live: Live, constants: Constants, unit: int, for_place: bool) -> None:
    """Priority, then first come, then a keyed tie-break, then the agent; for a place, as long as patience lasts."""
    clock, mine, facts, traits = live.clock[0], live.units[unit], given.facts[unit], given.traits[unit]
    rule, tool = given.epochs[clock.epoch].priority_rule, given.tools[facts.intervention]
    attempt = word(live.histories[unit].attempt)
    held = whole(live.coached_by[facts.psc, tool.programme])
    mine.threshold = rules.queue_key(
        rule, traits.deprived_share, traits.readiness, tool.deadline_day, held, tool.priority
    )
    mine.anchor_day = clock.now
    mine.rate = draws.uniform_at(clock.run_key, facts.unit_key, FOR_TIE, attempt)
    mine.timer_day = math.inf
    if for_place:
        spent = draws.exponential_at(clock.run_key, facts.unit_key, FOR_PATIENCE, attempt)
        mine.timer_day = clock.now + constants.patience_days * spent


@compiling.part
def cycle_number(live: Live, unit: int) -> int:
    """What a cycle is: which attempt, element and cycle."""
    mine, past = live.units[unit], live.histories[unit]
    return word((whole(past.attempt) << 32) + (whole(mine.element) << 24) + past.cycle)


@compiling.part
def cycle_length(given: Given, live: Live, constants: Constants, unit: int) -> float:
    """How long a unit's present cycle takes, days."""
    facts = given.facts[unit]
    mean_days = given.tools[facts.intervention].mean_days
    if constants.cycle_shape == 0:
        return rules.cycle_days(0, mean_days, 0.0, 0.0, 0.0)
    number = draws.uniform_at(live.clock[0].run_key, facts.unit_key, FOR_LENGTH, cycle_number(live, unit))
    if constants.cycle_shape == 2:
        return rules.cycle_days(2, mean_days, 0.0, 0.0, -math.log(number))
    return rules.cycle_days(1, mean_days, constants.cycle_log_sd, draws.normal(number), 0.0)


@compiling.part
def cycle_succeeds(given: Given, live: Live, constants: Constants, unit: int) -> bool:
    """Whether a unit's present cycle puts the element in place."""
    clock, mine, facts = live.clock[0], live.units[unit], given.facts[unit]
    chance = rules.success_chance(
        given.tools[facts.intervention].chance,
        rates.testing_effects(given, live, constants, unit) - given.difficulty[facts.intervention, mine.element],
        given.by_intervention[clock.epoch, facts.intervention].open,
    )
    return draws.uniform_at(clock.run_key, facts.unit_key, FOR_SUCCESS, cycle_number(live, unit)) < chance


@compiling.part
def elements_kept(given: Given, live: Live, constants: Constants, unit: int) -> int:
    """What stays in place after a lapse: at least the last element is lost."""
    past, facts = live.histories[unit], given.facts[unit]
    count = given.tools[facts.intervention].elements
    kept = whole(0)
    for element in range(count):
        occurrence = word((whole(past.attempt) << 32) + element)
        number = draws.uniform_at(live.clock[0].run_key, facts.unit_key, FOR_LOSS, occurrence)
        if not rules.loses_element(number, constants.element_loss_share):
            kept |= whole(1) << whole(element)
    if kept == (whole(1) << count) - 1:
        kept &= ~(whole(1) << (count - 1))
    return kept


@compiling.part
def start_clocks_of_use(given: Given, live: Live, constants: Constants, unit: int) -> None:
    """Until it is spread to every unit of the site, until it is sustained, until its champion leaves."""
    clock, mine, past, facts = live.clock[0], live.units[unit], live.histories[unit], given.facts[unit]
    past.mark_day = waits.next_champion_loss(given, live, unit, clock.now) if given.champions_matter else math.inf
    mine.timer_day = math.inf if live.status[unit] == 7 else max(past.since_day + constants.sustain_days, clock.now)
    past.spread_day = math.inf
    if live.status[unit] == ADOPTED:
        threshold = draws.exponential_at(clock.run_key, facts.unit_key, FOR_SPREAD, word(past.attempt))
        past.spread_day = rules.due_day(clock.now, threshold, constants.spread_per_day)

"""When it happens, fast: the model as one compiled loop over a calendar, the engine to run.

It follows the table in `spread.model` and calls the same functions of `rules` and `draws` as `process_engine`; a test
holds the event logs of the two equal to the last bit. An event changes a unit (`step`, `hold_course`,
`hold_meeting`, `refresh`) and names the units whose hazard is to be looked at; `look` then spends or draws their
thresholds and puts them in the calendar. Each function has one place that calls it and is compiled into it.
"""

import math
from typing import Any

import numpy as np

from spread.model import (
    ADOPTED,
    LAPSED,
    STOPPED,
    Cause,
    Event,
    calendar,
    compiled_rates,
    compiling,
    draws,
    layout,
    queues,
    record,
    rules,
)
from spread.model.compiling import whole, word
from spread.model.draws import Purpose
from spread.model.inputs import Constants, ModelInputs
from spread.model.layout import Given, Links, Live, Rows

compiling.parts_of(draws)

(CONTACT, INTEREST, DECISION, SLOT_GRANT, PLACE_GRANT, EXPIRY, TESTING, CYCLE_FAILED, ELEMENT_IN_PLACE, ADOPTION,
 SPREAD, SUSTAIN, STOP, RESUME, LAPSE, RESTART) = (int(event) for event in Event)  # fmt: skip
START = len(Event)
NONE, OUTREACH, MEETING, COURSE, COACHED, UNCOACHED, NO_SIGNAL = (int(cause) for cause in Cause)
FOR_STATUS = np.array([
    Purpose.CONTACT, Purpose.INTEREST, Purpose.DECISION, 0, Purpose.STOP, Purpose.LAPSE, Purpose.LAPSE, Purpose.LAPSE,
    Purpose.RESUME, Purpose.RESTART,
], dtype=np.uint64)  # fmt: skip
"""What the threshold of each status is drawn for."""
(FOR_SPREAD, FOR_PATIENCE, FOR_LENGTH, FOR_SUCCESS, FOR_LOSS, FOR_CHAMPION, FOR_TIE, FOR_COMING, FOR_HEARING,
 FOR_COURSE) = (
    word(purpose)
    for purpose in (
        Purpose.SPREAD, Purpose.PATIENCE, Purpose.CYCLE_LENGTH, Purpose.CYCLE_SUCCESS, Purpose.ELEMENT_LOSS,
        Purpose.CHAMPION_LOSS, Purpose.TIE_BREAK, Purpose.ATTENDANCE, Purpose.HEARING, Purpose.COURSE_ATTENDANCE,
    )
)  # fmt: skip

# What is to be done about a unit's hazard: nothing, draw a threshold, look again at its rate, re-anchor it.
SETTLED, TIMERS, BEGIN, AGAIN, EMBED = range(5)
ROWS_PER_UNIT = 8


class Workspace:
    """The memory of one worker, used again for every replicate; not to be shared between threads."""

    def __init__(self) -> None:
        self.world: tuple[Any, ...] = ()
        self.inputs: ModelInputs | None = None
        self.links: Links
        self.given: Given
        self.live: Live
        self.rows = layout.make_rows(0)

    def take(self, inputs: ModelInputs) -> None:
        """Make ready for a draw; what the draws of a world have in common is kept."""
        if inputs is self.inputs:
            return
        world = (inputs.units, inputs.timetable, inputs.peers.view_start, inputs.peers.view_network)
        same = len(world) == len(self.world) and all(one is other for one, other in zip(world, self.world, strict=True))
        if not same:
            pool_counts = len(inputs.slots), inputs.epochs.support.shape[1]
            self.links = layout.link(inputs.units, inputs.timetable, inputs.peers, *pool_counts)
        self.given = layout.give(inputs, self.links)
        if not same:
            self.live = layout.make_live(self.given)
        self.world, self.inputs = world, inputs

    def room_for(self, count: int) -> None:
        """Room for `count` events."""
        if len(self.rows.unit) < count:
            self.rows = layout.make_rows(count)


def run(
    inputs: ModelInputs, *, seed: int, draw: int, replicate: int, workspace: Workspace | None = None
) -> record.EventLog:
    """Run one replicate and return its event log; a pure function of its arguments but the workspace.

    The log lies in the workspace: it is good until the next run there.
    """
    work = Workspace() if workspace is None else workspace
    work.take(inputs)
    work.room_for(ROWS_PER_UNIT * len(inputs.initial_status))
    key = word(draws.run_key(seed, draw, replicate))
    layout.clear(work.live, work.given)
    count = spread(work.links, work.given, work.live, work.rows, inputs.constants, key)
    if count > len(work.rows.unit):  # more happened than there was room for: once more, with room
        work.room_for(count)
        layout.clear(work.live, work.given)
        spread(work.links, work.given, work.live, work.rows, inputs.constants, key)
    rows = work.rows
    return record.EventLog(
        inputs.initial_status.astype(np.int8), inputs.initial_since_days,
        rows.time_days[:count], rows.kind[:count], rows.unit[:count], rows.element[:count],
        rows.from_status[:count], rows.to_status[:count], rows.cause[:count],
    )  # fmt: skip


# --- the run --------------------------------------------------------------------------------------


@compiling.compiled_in_place
def spread(links: Links, given: Given, live: Live, rows: Rows, constants: Constants, run_key: int) -> int:
    """Run one replicate; how many events there were, of which `rows` holds as many as there is room for."""
    begin(links, given, live, constants, run_key)
    clock, unit_count = live.clock[0], len(live.units)
    started, epochs, courses, meetings = 0, 0, 0, 0
    granting = START
    while True:
        unit, event, everyone = calendar.NOBODY, START, False
        if started < unit_count:
            unit = started
            started += 1
        elif clock.granted_count > 0:
            clock.granted_count -= 1
            unit, event = whole(live.listed[clock.granted_count]), granting
        else:
            refresh_day = given.epochs[epochs].day if epochs < len(given.epochs) else math.inf
            course_day = given.courses[courses].day if courses < len(given.courses) else math.inf
            meeting_day = given.meetings[meetings].day if meetings < len(given.meetings) else math.inf
            unit_day = calendar.next_day(live, given.facts)
            day = min(min(refresh_day, course_day), min(meeting_day, unit_day))
            if clock.round_count > 0 and day > clock.now:
                pool = queues.next_round(live)
                queues.grant(live, pool)
                granting = SLOT_GRANT if pool < len(given.groups) else PLACE_GRANT
                continue
            if day >= constants.horizon_days:
                return int(clock.row_count)
            clock.now = day
            if refresh_day == day:
                everyone = refresh(links, given, live, constants, epochs)
                epochs += 1
            elif course_day == day:
                hold_course(links, given, live, rows, constants, courses)
                courses += 1
            elif meeting_day == day and not (unit_day == day and calendar.is_end(whole(live.units[live.due[0]].event))):
                hold_meeting(links, given, live, rows, constants, meetings)
                meetings += 1
            else:
                unit = whole(live.due[0])
                event = whole(live.units[unit].event)
        if unit != calendar.NOBODY:
            step(links, given, live, rows, constants, unit, event)
        look_count = unit_count if everyone else clock.look_count
        for number in range(look_count):
            look(given, live, constants, number if everyone else whole(live.looks[number]), everyone)
        clock.look_count = 0


@compiling.part
def begin(links: Links, given: Given, live: Live, constants: Constants, run_key: int) -> None:
    """Everyone where they start, nobody waiting; what is known of peers in use is known."""
    clock, organisation_count = live.clock[0], len(given.groups)
    clock.now, clock.look_day, clock.horizon_day = 0.0, 0.0, constants.horizon_days
    clock.stretches_per_day = (len(live.stretches) - 1) / constants.horizon_days
    clock.epoch, clock.stretch, clock.due_count, clock.round_count = 0, -1, 0, 0
    clock.row_count, clock.granted_count, clock.look_count = 0, 0, 0
    clock.run_key = run_key
    calendar.clear(live)
    for organisation in range(organisation_count):
        mine = live.organisations[organisation]
        mine.dose_day, mine.dose_effect, mine.load_effect = 0.0, 0.0, 0.0
        mine.index_at_start = capability_index(given, live, organisation)
    for pool in range(len(live.pools)):
        ours = live.pools[pool]
        is_slots = pool < organisation_count
        ours.capacity = given.groups[pool].slots if is_slots else given.by_psc[0, pool - organisation_count].places
        ours.held, ours.waiting, ours.called, ours.first = 0, 0, 0, links.queue_start[pool]
    for unit in range(len(live.units)):
        standing, past, traits = live.units[unit], live.histories[unit], given.traits[unit]
        standing.status, past.since_day, past.elements = traits.status, traits.since_days, traits.elements
        standing.threshold, standing.rate, standing.anchor_day = 0.0, 0.0, 0.0
        standing.hazard_day, standing.timer_day, past.spread_day = math.inf, math.inf, math.inf
        past.mark_day = -math.inf
        past.attempt, past.cycle, past.champion_count = 0, 0, 0
        standing.element, standing.coached, standing.succeeded = 0, 0, 0
        standing.where, standing.look = calendar.NOWHERE, SETTLED
        if ADOPTED <= traits.status < STOPPED:
            count_in_use(links, given, live, unit, 1)
    for network in range(len(links.member_start) - 1):
        for member in range(links.member_start[network], links.member_start[network + 1]):
            learn_of_peers(links, live, network, member)


@compiling.part
def note(live: Live, rows: Rows, unit: int, event: int, status: int, cause: int, element: int) -> None:
    """Write a row and move the unit to `status`."""
    clock, mine = live.clock[0], live.units[unit]
    row = clock.row_count
    clock.row_count = row + 1
    if row < len(rows.unit):
        rows.time_days[row] = clock.now
        rows.kind[row] = event
        rows.unit[row] = unit
        rows.element[row] = element
        rows.from_status[row] = mine.status
        rows.to_status[row] = status
        rows.cause[row] = cause
    if status != mine.status:
        mine.status, live.histories[unit].since_day = status, clock.now


# --- waiting --------------------------------------------------------------------------------------


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
        rate = compiled_rates.rate(given, live, constants, unit)
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


# --- a life, event by event -----------------------------------------------------------------------


@compiling.part
def step(links: Links, given: Given, live: Live, rows: Rows, constants: Constants, unit: int, event: int) -> None:
    """What is due to a unit happens, and everything that follows from it at once, in that order."""
    clock, mine, past, facts = live.clock[0], live.units[unit], live.histories[unit], given.facts[unit]
    pools = live.pools
    tool = given.tools[facts.intervention]
    plan = given.by_intervention[clock.epoch, facts.intervention]
    slots, places = whole(facts.organisation), len(given.groups) + whole(facts.psc)
    status, cause, element, what = whole(mine.status), NONE, -1, TIMERS
    asks, tests, cycles, leaves, adopts, uses, change = -1, False, False, False, False, False, 0

    if event == START:
        if status == 4:
            mine.coached = given.traits[unit].coached
            pools[slots].held += 1
            pools[places].held += given.traits[unit].coached
            what, cycles = BEGIN, True
        elif status == 3:
            asks = slots
        elif ADOPTED <= status < STOPPED:
            uses = True
        else:
            what = BEGIN
    elif event == CYCLE_FAILED:
        element = whole(mine.element)
        if cycle_succeeds(given, live, constants, unit):
            past.elements |= whole(1) << whole(element)
            mine.succeeded = 1
            event = ELEMENT_IN_PLACE
        past.cycle += 1
        cycles = True
    elif event <= DECISION:
        status, what = event + 1, BEGIN
        if event == CONTACT:
            cause = OUTREACH
    elif event == SLOT_GRANT:
        if rules.wants_place(facts.engaged, plan.started, given.by_psc[clock.epoch, facts.psc].places):
            asks = places
        else:
            tests = True
    elif event == PLACE_GRANT:
        mine.coached = 1
        tests = True
    elif event == EXPIRY:
        queues.withdraw(live, places, unit)
        tests = True
    elif event == SPREAD:
        status, past.spread_day = 6, math.inf
    elif event == SUSTAIN:
        status, what = 7, EMBED
        past.spread_day, mine.timer_day = math.inf, math.inf
    elif event == STOP:
        status, what, leaves = STOPPED, BEGIN, True
        cause = NONE if mine.succeeded else NO_SIGNAL
    elif event == LAPSE:
        status, what, change = LAPSED, BEGIN, -1
        past.elements = elements_kept(given, live, constants, unit)
    elif event == RESUME:
        status, what = 2, BEGIN
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
        what, cycles = BEGIN, True
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
            mine.coached = 0
    if adopts:
        past.elements = (whole(1) << tool.elements) - 1
        note(live, rows, unit, ADOPTION, ADOPTED, NONE, -1)
        uses, change = True, 1
    if change != 0:
        count_in_use(links, given, live, unit, change)
        show_peers(given, live, unit)
    if uses:
        start_clocks_of_use(given, live, constants, unit)
        what = BEGIN
    if asks >= 0:
        stand_in_queue(given, live, constants, unit, asks == places)
        queues.ask(live, asks, unit)
        what = TIMERS
    wants_look(live, unit, what)


@compiling.part
def stand_in_queue(given: Given, live: Live, constants: Constants, unit: int, for_place: bool) -> None:
    """Priority, then first come, then a keyed tie-break, then the agent; for a place, as long as patience lasts."""
    clock, mine, facts, traits = live.clock[0], live.units[unit], given.facts[unit], given.traits[unit]
    rule, tool = given.epochs[clock.epoch].priority_rule, given.tools[facts.intervention]
    attempt = word(live.histories[unit].attempt)
    mine.threshold = rules.queue_key(rule, traits.deprived_share, traits.readiness, tool.deadline_day)
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
    return rules.cycle_days(
        constants.cycle_shape, mean_days, constants.cycle_log_sd, draws.normal(number), -math.log(number)
    )


@compiling.part
def cycle_succeeds(given: Given, live: Live, constants: Constants, unit: int) -> bool:
    """Whether a unit's present cycle puts the element in place."""
    clock, mine, facts = live.clock[0], live.units[unit], given.facts[unit]
    chance = rules.success_chance(
        given.tools[facts.intervention].chance,
        compiled_rates.testing_effects(given, live, constants, unit)
        - given.difficulty[facts.intervention, mine.element],
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
    past.mark_day = next_champion_loss(given, live, unit, clock.now) if given.champions_matter else math.inf
    mine.timer_day = math.inf if mine.status == 7 else max(past.since_day + constants.sustain_days, clock.now)
    past.spread_day = math.inf
    if mine.status == ADOPTED:
        threshold = draws.exponential_at(clock.run_key, facts.unit_key, FOR_SPREAD, word(past.attempt))
        past.spread_day = rules.due_day(clock.now, threshold, constants.spread_per_day)


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


# --- peers ----------------------------------------------------------------------------------------


@compiling.part
def count_in_use(links: Links, given: Given, live: Live, unit: int, change: int) -> None:
    """Keep the counts of the unit's networks and of those who watch it."""
    intervention, traits = given.facts[unit].intervention, given.traits[unit]
    for place in range(traits.first_network, traits.last_network):
        live.in_use[links.network_of[place], intervention] += change
    for place in range(traits.first_watched, traits.last_watched):
        live.views[given.watched[place].layer].in_use += change * given.watched[place].count


@compiling.part
def learn_of_peers(links: Links, live: Live, network: int, member: int) -> bool:
    """Take in how many of a network's other members are in use; whether that is news."""
    view = whole(links.member_view[member])
    if view < 0:
        return False
    own = 1 if ADOPTED <= live.units[links.member[member]].status < STOPPED else 0
    in_use = live.in_use[network, links.member_intervention[member]] - own
    if in_use == live.views[view].in_use:
        return False
    live.views[view].in_use = in_use
    return True


@compiling.part
def show_peers(given: Given, live: Live, unit: int) -> None:
    """Let those who watch the unit decide at their new rate."""
    traits = given.traits[unit]
    for place in range(traits.first_watched, traits.last_watched):
        compiling.fetch(live.units, whole(given.watched[place].unit))
    for place in range(traits.first_watched, traits.last_watched):
        peer = whole(given.watched[place].unit)
        if live.units[peer].status == 2:
            compiling.fetch(given.facts, peer)
            wants_look(live, peer, AGAIN)


# --- the calendar ---------------------------------------------------------------------------------


@compiling.part
def refresh(links: Links, given: Given, live: Live, constants: Constants, epoch: int) -> bool:
    """The first of each month, and every day on which a plan or a shock changes; whether everyone is to look again."""
    clock, organisation_count = live.clock[0], len(given.groups)
    clock.epoch = epoch
    for psc in range(given.by_psc.shape[1]):
        places = given.by_psc[epoch, psc].places
        more = places > live.pools[organisation_count + psc].capacity
        live.pools[organisation_count + psc].capacity = places
        if more:
            queues.call_round(live, organisation_count + psc)
    if not given.epochs[epoch].looks:
        return False
    clock.look_day = given.epochs[epoch].next_look
    for place in range(len(links.active_organisation)):
        organisation = whole(links.active_organisation[place])
        mine = live.organisations[organisation]
        if given.dose_moves:
            wear_down(given, live, organisation)
            index = capability_index(given, live, organisation)
            mine.dose_effect = rules.dose_log_effect(constants.dose_log_hr, index, mine.index_at_start)
        if given.load_moves:
            running = live.pools[organisation].held
            mine.load_effect = rules.load_log_effect(constants.load_log_hr, running, constants.load_free)
    return True


@compiling.part
def wear_down(given: Given, live: Live, organisation: int) -> None:
    """Let an organisation's dose wear down to today."""
    mine, now = live.organisations[organisation], live.clock[0].now
    days, loss = now - mine.dose_day, given.groups[organisation].dose_loss_per_day
    for tier in range(live.dose.shape[1]):
        live.dose[organisation, tier] = rules.dose_after(live.dose[organisation, tier], loss, days)
    mine.dose_day = now


@compiling.part
def capability_index(given: Given, live: Live, organisation: int) -> float:
    """D of an organisation: 0 nobody trained, 1 every tier at its target."""
    total = 0.0
    for tier in range(live.dose.shape[1]):
        total += rules.dose_towards_target(
            given.tiers[tier].weight, live.dose[organisation, tier], given.tiers[tier].target
        )
    return total


@compiling.part
def hold_course(links: Links, given: Given, live: Live, rows: Rows, constants: Constants, course: int) -> None:
    """Seats for those who come, shared alike, and word of what they know."""
    clock, psc = live.clock[0], given.courses[course].psc
    date = word(given.courses[course].date)
    first, last = links.psc_organisation_start[psc], links.psc_organisation_start[psc + 1]
    coming = 0
    for place in range(first, last):
        organisation = whole(links.psc_organisation[place])
        agent = draws.unit_key(given.psc_key[psc], given.groups[organisation].key)
        number = draws.uniform_at(clock.run_key, agent, FOR_COURSE, date)
        if rules.hears(number, constants.course_attendance_share):
            live.here[organisation] = course
            coming += 1
    for place in range(first, last):
        organisation = whole(links.psc_organisation[place])
        if given.dose_moves and live.here[organisation] == course:
            train(given, live, course, organisation, coming)
    count = forget_who_knows(live)
    for place in range(links.psc_unit_start[psc], links.psc_unit_start[psc + 1]):
        unit = whole(links.psc_unit[place])
        facts = given.facts[unit]
        if live.here[facts.organisation] == course:
            count = be_present(live, unit, whole(facts.intervention), count)
    pass_on(given, live, rows, constants, count, given.psc_key[psc], date, COURSE)


@compiling.part
def train(given: Given, live: Live, course: int, organisation: int, coming: int) -> None:
    """Give an organisation its seats on a course, by tier."""
    wear_down(given, live, organisation)
    for tier in range(live.dose.shape[1]):
        seats, size = given.seats[course, tier] / coming, given.group_count[organisation, tier]
        live.dose[organisation, tier] = rules.dose_with_course(live.dose[organisation, tier], seats, size)


@compiling.part
def hold_meeting(links: Links, given: Given, live: Live, rows: Rows, constants: Constants, meeting: int) -> None:
    """Those who come learn how many peers are in use, and hear of what anyone present knows."""
    clock, held = live.clock[0], given.meetings[meeting]
    network, occasion = held.network, word(2 * held.date + held.learning)
    count, key, comes = forget_who_knows(live), word(0), False
    for member in range(links.member_start[network], links.member_start[network + 1]):
        if links.member_key[member] != key:
            key = links.member_key[member]
            comes = rules.hears(draws.uniform_at(clock.run_key, key, FOR_COMING, occasion), held.attendance)
        if comes:
            unit = whole(links.member[member])
            count = be_present(live, unit, whole(links.member_intervention[member]), count)
            if held.learning:
                live.learning_day[given.facts[unit].site] = clock.now
            is_news = learn_of_peers(links, live, network, member)
            if live.units[unit].status == 2 and (is_news or given.learns):
                wants_look(live, unit, AGAIN)
    pass_on(given, live, rows, constants, count, given.network_key[network], word(held.date), MEETING)


@compiling.part
def forget_who_knows(live: Live) -> int:
    """Nobody is present yet, and nobody present knows anything."""
    for intervention in range(len(live.knowing)):
        live.knowing[intervention] = 0
    return 0


@compiling.part
def be_present(live: Live, unit: int, intervention: int, count: int) -> int:
    """List a unit present that had no contact; one that had, and not just now, can tell. How many are listed."""
    status = live.units[unit].status
    if status == 0:
        live.listed[count] = unit
        return count + 1
    if not (status == 1 and live.histories[unit].mark_day == live.clock[0].now):
        live.knowing[intervention] = 1
    return count


@compiling.part
def pass_on(
    given: Given, live: Live, rows: Rows, constants: Constants, count: int, occasion_key: int, date: int, cause: int
) -> None:
    """Word reaches those listed, who had no contact, if someone present knew before this instant."""
    clock = live.clock[0]
    for number in range(count):
        unit = whole(live.listed[number])
        facts = given.facts[unit]
        if live.knowing[facts.intervention]:
            agent = draws.unit_key(occasion_key, facts.decision_key)
            if rules.hears(draws.uniform_at(clock.run_key, agent, FOR_HEARING, date), constants.meeting_contact_share):
                note(live, rows, unit, CONTACT, 1, cause, -1)
                live.histories[unit].mark_day = clock.now
                wants_look(live, unit, BEGIN)

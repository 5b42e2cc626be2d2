"""When it happens, fast: the model as one compiled loop over a calendar, the engine to run.

It follows the table in `spread.model` and calls the same functions of `rules` and `draws` as `process_engine`; a test
holds the event logs of the two equal to the last bit. An event changes a unit (`life`, `occasions`) and names the units
whose hazard is to be looked at; `waits` then spends or draws their thresholds and puts them in the calendar.
"""

import math
from typing import Any

import numpy as np

from spread.model import ADOPTED, STOPPED, compiling, draws, record
from spread.model.compiled import calendar, filling, layout, life, occasions, peers, queues, waits
from spread.model.compiled.layout import Given, Links, Live, Rows
from spread.model.compiling import whole, word
from spread.model.inputs import Constants, ModelInputs

ROWS_PER_UNIT = 8


class Workspace:
    """The memory of one worker, used again for every replicate; not to be shared between threads."""

    def __init__(self) -> None:
        self.world: tuple[Any, ...] = ()
        self.inputs: ModelInputs | None = None
        self.links: Links
        self.form: filling.Form
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
            pool_counts = len(inputs.slots), inputs.epochs.places.shape[1]
            self.links = filling.link(inputs.units, inputs.timetable, inputs.peers, *pool_counts)
            self.form = filling.make_form(inputs.units, inputs.peers, self.links)
        self.given = filling.give(inputs, self.form)
        if not same:
            self.live = filling.make_live(self.given, self.links)
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
    filling.clear(work.live, work.given)
    count = spread(work.links, work.given, work.live, work.rows, inputs.constants, key)
    if count > len(work.rows.unit):  # more happened than there was room for: once more, with room for later runs too
        work.room_for(2 * count)
        filling.clear(work.live, work.given)
        spread(work.links, work.given, work.live, work.rows, inputs.constants, key)
    rows = work.rows
    return record.EventLog(
        inputs.initial_status.astype(np.int8), inputs.initial_since_days,
        rows.time_days[:count], rows.kind[:count], rows.unit[:count], rows.element[:count],
        rows.from_status[:count], rows.to_status[:count], rows.cause[:count],
    )  # fmt: skip


@compiling.compiled_in_place
def spread(links: Links, given: Given, live: Live, rows: Rows, constants: Constants, run_key: int) -> int:
    """Run one replicate; how many events there were, of which `rows` holds as many as there is room for."""
    begin(links, given, live, constants, run_key)
    clock, unit_count = live.clock[0], len(live.units)
    started, epochs, courses, meetings = 0, 0, 0, 0
    granting = life.START
    while True:
        unit, event = calendar.NOBODY, life.START
        if started < unit_count:
            unit = started
            started += 1
        elif clock.granted_count > 0:
            clock.granted_count -= 1
            unit, event = whole(live.listed[clock.granted_count]), granting
        else:
            refresh_day = given.epochs[epochs].day if epochs < len(given.epochs) else math.inf
            course_day = links.courses[courses].day if courses < len(links.courses) else math.inf
            meeting_day = links.meetings[meetings].day if meetings < len(links.meetings) else math.inf
            unit_day = calendar.next_day(live, given)
            day = min(min(refresh_day, course_day), min(meeting_day, unit_day))
            if clock.round_count > 0 and day > clock.now:
                pool = queues.next_round(live)
                queues.grant(live, pool)
                granting = life.SLOT_GRANT if pool < len(given.groups) else life.PLACE_GRANT
                continue
            if day >= constants.horizon_days:
                return int(clock.row_count)
            clock.now = day
            if refresh_day == day:
                occasions.refresh(links, given, live, constants, epochs)
                epochs += 1
            elif course_day == day:
                occasions.hold_course(links, given, live, rows, constants, courses)
                courses += 1
            elif meeting_day == day and not (unit_day == day and calendar.is_end(whole(live.units[live.due[0]].event))):
                occasions.hold_meeting(links, given, live, rows, constants, meetings)
                meetings += 1
            else:
                unit = whole(live.due[0])
                event = whole(live.units[unit].event)
        if unit != calendar.NOBODY:
            life.step(links, given, live, rows, constants, unit, event)
        waits.take_looks(given, live, constants)


@compiling.part
def begin(links: Links, given: Given, live: Live, constants: Constants, run_key: int) -> None:
    """Everyone where they start, nobody waiting; what is known of peers in use is known."""
    clock, organisation_count = live.clock[0], len(given.groups)
    clock.now, clock.looked_day, clock.look_day, clock.stir_day = 0.0, 0.0, 0.0, 0.0
    clock.horizon_day = constants.horizon_days
    clock.stretches_per_day = (len(live.stretches) - 1) / constants.horizon_days
    clock.epoch, clock.stretch, clock.due_count, clock.round_count = 0, -1, 0, 0
    clock.row_count, clock.granted_count, clock.look_count = 0, 0, 0
    clock.run_key = run_key
    calendar.clear(live)
    for organisation in range(organisation_count):
        mine = live.organisations[organisation]
        mine.dose_day, mine.dose_effect, mine.load_effect = 0.0, 0.0, 0.0
        mine.index_at_start = occasions.capability_index(given, live, organisation)
    for pool in range(len(live.pools)):
        ours = live.pools[pool]
        is_slots = pool < organisation_count
        ours.capacity = given.groups[pool].slots if is_slots else given.by_psc[0, pool - organisation_count].places
        ours.held, ours.waiting, ours.called, ours.first = 0, 0, 0, links.queue_start[pool]
    for unit in range(len(live.units)):
        standing, past, traits = live.units[unit], live.histories[unit], given.traits[unit]
        live.status[unit], past.since_day, past.elements = traits.start_status, traits.since_days, traits.start_elements
        standing.threshold, standing.rate, standing.anchor_day = 0.0, 0.0, 0.0
        standing.hazard_day, standing.timer_day, past.spread_day = math.inf, math.inf, math.inf
        past.mark_day = -math.inf
        past.attempt, past.cycle, past.champion_count = 0, 0, 0
        standing.element, standing.coached, standing.succeeded = 0, 0, 0
        standing.where = calendar.NOWHERE
        if traits.start_status == 4:
            facts = given.facts[unit]
            live.coached_by[facts.psc, given.tools[facts.intervention].programme] += traits.start_coached
        if ADOPTED <= traits.start_status < STOPPED:
            peers.count_in_use(links, given, live, unit, 1)
    for network in range(len(links.member_start) - 1):
        for member in range(links.member_start[network], links.member_start[network + 1]):
            peers.learn_of_peers(links, live, network, member)

"""When it happens: the model as SimPy processes, the engine to read.

Every unit (a site and an intervention) is a process that lives through its stages; meetings, courses and
the monthly refresh are processes; change slots and coaching places are resources that grant once
per instant. The engine only schedules: what is decided stands in `rules`, who is asked in `inputs`,
and chance in `draws`.
"""

import math
from collections.abc import Generator, Iterable
from typing import Any, ClassVar

import simpy

from spread.model import ADOPTED, LAPSED, STOPPED, Cause, Event, Phase, draws, record, rules
from spread.model.clockwork import COURSE_AGENT, PLACE_AGENT, REFRESH_AGENT, SLOT_AGENT, Clockwork, Pool, Request
from spread.model.draws import Purpose
from spread.model.inputs import ModelInputs
from spread.model.standing import Standing
from spread.model.unit import Unit

# What a site goes through once for all interventions of a package.
UNTIL_DECISION = (Purpose.CONTACT, Purpose.INTEREST, Purpose.DECISION)

Life = Generator[simpy.Event, Any, Any]


def run(inputs: ModelInputs, *, seed: int, draw: int, replicate: int) -> record.EventLog:
    """Run one replicate and return its event log; a pure function of its arguments."""
    return Spread(inputs, draws.run_key(seed, draw, replicate)).run()


class Spread(Standing):
    """One replicate under way."""

    def __init__(self, inputs: ModelInputs, run_key: int) -> None:
        super().__init__(inputs, run_key)
        self.arrays, self.env = inputs, Clockwork(0.0)
        self.refresh_day = 0.0
        self.rows: list[record.Row] = []
        self.slots = [Pool(self.env, n, SLOT_AGENT + o) for o, n in enumerate(self.inputs.slots)]
        self.places = [Pool(self.env, n, PLACE_AGENT + c) for c, n in enumerate(self.epochs.places[0])]

    @property
    def now(self) -> float:
        """Days since the run began."""
        return self.env.now

    # --- the run --------------------------------------------------------------------------------

    def run(self) -> record.EventLog:
        """Start everyone, run to the horizon, hand back the log."""
        for unit in self.units:
            if ADOPTED <= unit.status < STOPPED:
                self.count_in_use(unit, +1)
        for unit in self.units:
            for view in self.views(unit):
                if self.peers.view_network[view] >= 0:
                    self.learn_of_peers(unit, view)
        for unit in self.units:
            unit.process = self.env.process(self.life(unit))
        self.env.process(self.calendar())
        self.env.process(self.courses())
        self.env.process(self.meetings())
        self.env.run(until=self.constants.horizon_days)
        return record.build_log(self.arrays.initial_status, self.arrays.initial_since_days, self.rows)

    def note(self, unit: Unit, event: Event, status: int, cause: Cause = Cause.NONE, element: int = -1) -> None:
        """Write a row and move the unit to `status`."""
        self.rows.append((self.now, int(event), unit.index, element, unit.status, status, int(cause)))
        if status != unit.status:
            unit.status, unit.since_day = status, self.now

    # --- waiting --------------------------------------------------------------------------------

    def begin_hazard(self, unit: Unit, purpose: Purpose) -> None:
        """Draw a threshold for what comes next and start spending it."""
        keys = self.who.decision_key if purpose in UNTIL_DECISION else self.who.unit_key
        unit.threshold = draws.exponential_at(self.run_key, keys[unit.index], purpose, unit.attempt)
        unit.anchor_day = self.now
        unit.rate = self.rate(unit)
        unit.due_day = rules.due_day(self.now, unit.threshold, unit.rate)

    def retime(self, unit: Unit) -> None:
        """Spend what remains of a threshold at the rate as it now is; an unmoved rate changes nothing."""
        if unit.due_day == math.inf and unit.rate == 0.0 and unit.threshold == 0.0:
            return
        rate = self.rate(unit)
        if rate == unit.rate:
            return
        due_before = unit.due_day
        unit.threshold = rules.threshold_left(unit.threshold, unit.rate, self.now - unit.anchor_day)
        unit.anchor_day, unit.rate = self.now, rate
        unit.due_day = rules.due_day(self.now, unit.threshold, rate)
        if min(due_before, unit.due_day) < self.refresh_day:
            self.wake(unit)

    def end_hazard(self, unit: Unit) -> None:
        """Nothing pending."""
        unit.threshold = unit.rate = 0.0
        unit.due_day = math.inf

    def wake(self, unit: Unit) -> None:
        """Have a waiting unit look again."""
        if not unit.waking:
            unit.waking = True
            unit.process.interrupt()

    def rate(self, unit: Unit) -> float:
        """The rate of what is pending for a unit, by status."""
        return self.RATES[unit.status](self, unit)

    def soonest(
        self, unit: Unit, phase: Phase, hazard: Event, timers: Iterable[tuple[float, Event]] = ()
    ) -> simpy.Event:
        """The first thing due to a unit: its hazard or one of its timers.

        A hazard due after the next refresh is not put in the calendar: its rate is looked at again then.
        """
        hazard_day = unit.due_day if unit.due_day < self.refresh_day else math.inf
        due, what = min([*timers, (hazard_day, hazard)])
        return self.env.at(due, phase, unit.index, int(what))

    # --- a life, chapter by chapter -------------------------------------------------------------

    def life(self, unit: Unit) -> Life:
        """From no contact to sustained and, perhaps, back."""
        if unit.status == 4:
            yield from self.carry_on_testing(unit)
        elif unit.status >= ADOPTED and unit.status < STOPPED:
            self.take_up_use(unit)
        while True:
            yield from self.CHAPTERS[unit.status](self, unit)

    def endure(self, unit: Unit, purpose: Purpose, event: Event) -> Life:
        """Wait until a hazard is spent, through every change of its rate; false if told at a meeting instead."""
        status = unit.status
        self.begin_hazard(unit, purpose)
        while True:
            try:
                yield self.soonest(unit, Phase.DECISIONS, event)
                self.end_hazard(unit)
                return True
            except simpy.Interrupt:
                unit.waking = False
                if unit.status != status:
                    self.end_hazard(unit)
                    return False

    def no_contact(self, unit: Unit) -> Life:
        """Wait for outreach or the campaign, unless a meeting or course is quicker."""
        if (yield from self.endure(unit, Purpose.CONTACT, Event.CONTACT)):
            self.note(unit, Event.CONTACT, 1, Cause.OUTREACH)

    def knowledge(self, unit: Unit) -> Life:
        """Wait for knowledge to become interest."""
        yield from self.endure(unit, Purpose.INTEREST, Event.INTEREST)
        self.note(unit, Event.INTEREST, 2)

    def interest(self, unit: Unit) -> Life:
        """Wait for the decision."""
        yield from self.endure(unit, Purpose.DECISION, Event.DECISION)
        self.note(unit, Event.DECISION, 3)
        if not self.inputs.tested[self.who.intervention[unit.index]]:
            self.adopt(unit)

    def decision(self, unit: Unit) -> Life:
        """Wait for a change slot, then for a coaching place, as long as patience lasts."""
        index, organisation, psc = unit.index, self.who.organisation[unit.index], self.who.psc[unit.index]
        yield Request(self.slots[organisation], self.queue_key(unit))
        self.slots_held[organisation] += 1
        self.note(unit, Event.SLOT_GRANT, 3)
        if rules.wants_place(self.supported(unit), self.epochs.places[self.epoch][psc]):
            patience = self.constants.patience_days * self.threshold(unit, Purpose.PATIENCE, unit.attempt)
            expiry = self.env.at(self.now + patience, Phase.DECISIONS, index, int(Event.EXPIRY))
            request = Request(self.places[psc], self.queue_key(unit))
            yield request | expiry
            if request.triggered:
                unit.coached = 1
                self.count_coached(unit, +1)
                self.note(unit, Event.PLACE_GRANT, 3)
            else:
                request.cancel()
                self.note(unit, Event.EXPIRY, 3)
        self.note(unit, Event.TESTING, 4, Cause.COACHED if unit.coached else Cause.UNCOACHED)

    def carry_on_testing(self, unit: Unit) -> Life:
        """A run that starts half-way: the slot is held, and the place if there was one."""
        organisation = self.who.organisation[unit.index]
        self.slots[organisation].held += 1
        self.slots_held[organisation] += 1
        unit.coached = int(self.inputs.initial_coached[unit.index])
        self.places[self.who.psc[unit.index]].held += unit.coached
        yield from self.testing_chapter(unit)

    def testing_chapter(self, unit: Unit) -> Life:
        """PDSA cycles, one missing element after another, until all are in place or it is given up."""
        intervention = self.who.intervention[unit.index]
        unit.successes = 0
        self.begin_hazard(unit, Purpose.STOP)
        for element in range(self.inputs.elements[intervention]):
            unit.cycle = 0
            while not unit.elements >> element & 1:
                ending = yield from self.one_cycle(unit, intervention, element)
                if ending == Event.STOP:
                    return self.give_up(unit)
                self.judge_cycle(unit, intervention, element)
        self.adopt(unit)

    def one_cycle(self, unit: Unit, intervention: int, element: int) -> Life:
        """One cycle, to its end or to the day testing is given up."""
        ends = self.now + self.cycle_length(unit, intervention, element)
        while True:
            try:
                return (yield self.soonest(unit, Phase.ENDS, Event.STOP, [(ends, Event.CYCLE_FAILED)]))
            except simpy.Interrupt:
                unit.waking = False

    def judge_cycle(self, unit: Unit, intervention: int, element: int) -> None:
        """Has the cycle put the element in place?"""
        if self.cycle_succeeds(unit, intervention, element):
            unit.elements |= 1 << element
            unit.successes += 1
            self.note(unit, Event.ELEMENT_IN_PLACE, 4, element=element)
        else:
            self.note(unit, Event.CYCLE_FAILED, 4, element=element)
        unit.cycle += 1

    def give_up(self, unit: Unit) -> None:
        """Stop testing; the slot and the place go back."""
        self.end_hazard(unit)
        self.leave_pools(unit)
        no_signal = unit.successes == 0
        self.note(unit, Event.STOP, STOPPED, Cause.NO_SIGNAL if no_signal else Cause.NONE)
        unit.attempt += 1

    def leave_pools(self, unit: Unit) -> None:
        """Free the slot and, if coached, the place."""
        organisation = self.who.organisation[unit.index]
        self.slots[organisation].release()
        self.slots_held[organisation] -= 1
        if unit.coached:
            self.places[self.who.psc[unit.index]].release()
            self.count_coached(unit, -1)
            unit.coached = 0

    def adopt(self, unit: Unit) -> None:
        """In use: peers tied to the site see it at once."""
        self.end_hazard(unit)
        if unit.status == 4:
            self.leave_pools(unit)
        unit.elements = (1 << self.inputs.elements[self.who.intervention[unit.index]]) - 1
        self.note(unit, Event.ADOPTION, ADOPTED)
        self.count_in_use(unit, +1)
        self.show_peers(unit)
        self.take_up_use(unit)

    def take_up_use(self, unit: Unit) -> None:
        """Start the champion's clock."""
        unit.champion_loss_day = self.next_champion_loss(unit, self.now)

    def in_use_chapter(self, unit: Unit) -> Life:
        """Spread to every unit of the site, sustained after a year, or lapsed."""
        adopted_day = unit.since_day
        sustain_day = max(adopted_day + self.constants.sustain_days, self.now)
        spread_threshold = self.threshold(unit, Purpose.SPREAD, unit.attempt)
        spread_day = rules.due_day(self.now, spread_threshold, self.constants.spread_per_day)
        self.begin_hazard(unit, Purpose.LAPSE)
        while True:
            timers = [(spread_day, Event.SPREAD)] if unit.status == ADOPTED else []
            timers += [(sustain_day, Event.SUSTAIN)] if unit.status != 7 else []
            try:
                ending = yield self.soonest(unit, Phase.ENDS, Event.LAPSE, timers)
            except simpy.Interrupt:
                unit.waking = False
                continue
            if ending == Event.LAPSE:
                return self.lapse(unit)
            self.note(unit, Event(ending), 6 if ending == Event.SPREAD else 7)
            if ending == Event.SUSTAIN:
                self.embed(unit)

    def embed(self, unit: Unit) -> None:
        """Spend what remains of the lapse threshold at the embedded rate."""
        unit.threshold = rules.threshold_left(unit.threshold, unit.rate, self.now - unit.anchor_day)
        unit.anchor_day, unit.rate = self.now, self.rate(unit)
        unit.due_day = rules.due_day(self.now, unit.threshold, unit.rate)

    def lapse(self, unit: Unit) -> None:
        """Out of use; some elements are lost, at least the last."""
        self.end_hazard(unit)
        unit.elements = self.elements_kept(unit)
        self.note(unit, Event.LAPSE, LAPSED)
        self.count_in_use(unit, -1)
        self.show_peers(unit)
        unit.attempt += 1

    def stopped(self, unit: Unit) -> Life:
        """Wait to be interested again."""
        yield from self.endure(unit, Purpose.RESUME, Event.RESUME)
        self.note(unit, Event.RESUME, 2)

    def lapsed(self, unit: Unit) -> Life:
        """Wait for a restart, which keeps what is still in place."""
        yield from self.endure(unit, Purpose.RESTART, Event.RESTART)
        self.note(unit, Event.RESTART, 3)
        if not self.inputs.tested[self.who.intervention[unit.index]]:
            self.adopt(unit)

    def show_peers(self, unit: Unit) -> None:
        """Let those who watch the unit decide at their new rate."""
        for watched in self.watchers(unit):
            peer = self.units[self.peers.watched_unit[watched]]
            if peer.status == 2:
                self.retime(peer)

    # --- the calendar ---------------------------------------------------------------------------

    def calendar(self) -> Life:
        """The first of each month, and every day on which a plan or a shock changes."""
        days = self.epochs.day
        for epoch, (day, later) in enumerate(zip(days, [*days[1:], math.inf], strict=True)):
            yield self.env.at(day, Phase.CALENDAR, REFRESH_AGENT)
            self.epoch, self.refresh_day = epoch, later
            for psc, count in enumerate(self.epochs.places[epoch]):
                self.places[psc].resize(count)
            for organisation in self.active_organisations:
                self.refresh_organisation(organisation)
            for unit in self.units:
                self.refresh_unit(unit)

    def refresh_unit(self, unit: Unit) -> None:
        """Look again at a unit's champion and at the rate of what is pending."""
        if ADOPTED <= unit.status < STOPPED:
            while unit.champion_loss_day + self.constants.champion_gap_days <= self.now:
                back = unit.champion_loss_day + self.constants.champion_gap_days
                unit.champion_loss_day = self.next_champion_loss(unit, back)
        self.retime(unit)
        if unit.due_day < self.refresh_day:
            self.wake(unit)

    def courses(self) -> Life:
        """Courses: seats for those who come, and word of what those who come know."""
        table = self.table
        for course, day in enumerate(table.course_day):
            yield self.env.at(day, Phase.CALENDAR, COURSE_AGENT + table.course_psc[course])
            self.hold_course(table.course_psc[course], table.course_date[course], table.course_seats[course])

    def hold_course(self, psc: int, date: int, seats: list[float]) -> None:
        """Seats for those who come, shared alike, and word of what they know."""
        members = [unit for unit in self.units if self.who.psc[unit.index] == psc]
        organisations = sorted({self.who.organisation[unit.index] for unit in members})
        here = [organisation for organisation in organisations if self.comes_to_course(organisation, psc, date)]
        for organisation in here:
            self.train(organisation, [seat / len(here) for seat in seats])
        present = [unit for unit in members if self.who.organisation[unit.index] in here]
        self.pass_on(present, self.table.psc_key[psc], date, Cause.COURSE)

    def meetings(self) -> Life:
        """Meetings of networks, by day, then network."""
        table = self.table
        for meeting, day in enumerate(table.meeting_day):
            yield self.env.at(day, Phase.MEETINGS, table.meeting_network[meeting])
            self.hold_meeting(meeting)

    def hold_meeting(self, meeting: int) -> None:
        """Those who come learn how many peers are in use, and hear of what anyone present knows."""
        table = self.table
        network, date = table.meeting_network[meeting], table.meeting_date[meeting]
        comes = self.attendance(network, date, table.meeting_attendance[meeting], table.meeting_learning[meeting])
        present = [unit for unit in self.members[network] if comes[self.who.site[unit.index]]]
        self.pass_on(present, table.network_key[network], date, Cause.MEETING)
        for unit in present:
            if table.meeting_learning[meeting]:
                self.learning_day[self.who.site[unit.index]] = self.now
            for view in self.views(unit):
                if self.peers.view_network[view] == network:
                    self.learn_of_peers(unit, view)
            if unit.status == 2:
                self.retime(unit)

    def pass_on(self, present: list[Unit], occasion_key: int, date: int, cause: Cause) -> None:
        """Word reaches those present who had no contact, if someone present knew before this instant."""
        knowing = {
            self.who.intervention[unit.index] for unit in present if unit.status > 0 and unit.told_day != self.now
        }
        for unit in present:
            if unit.status == 0 and self.who.intervention[unit.index] in knowing:
                agent = draws.unit_key(occasion_key, self.who.decision_key[unit.index])
                number = draws.uniform_at(self.run_key, agent, Purpose.HEARING, date)
                if rules.hears(number, self.constants.meeting_contact_share):
                    self.note(unit, Event.CONTACT, 1, cause)
                    unit.told_day = self.now
                    self.wake(unit)

    CHAPTERS: ClassVar = {
        0: no_contact, 1: knowledge, 2: interest, 3: decision, 4: testing_chapter,
        5: in_use_chapter, 6: in_use_chapter, 7: in_use_chapter, STOPPED: stopped, LAPSED: lapsed,
    }  # fmt: skip

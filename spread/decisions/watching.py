"""One replicate with somebody watching: the engine that is read, which also writes down what its log leaves out.

A watcher is the process engine and nothing else: it overrides only what is called anyway, notes what it sees and
hands on, so its log is that of any other run, bit for bit.
"""

from collections.abc import Collection
from typing import Final, NamedTuple

from spread.model import ADOPTED, STOPPED, Cause, Event, clockwork, process_engine, record, rules
from spread.model.inputs import ModelInputs
from spread.model.unit import Unit

NO_NETWORK: Final = -1
AT_START: Final = 0.0
ENDS_A_WAIT: Final = (Event.CONTACT, Event.INTEREST, Event.STOP, Event.RESUME, Event.RESTART)


class Occasion(NamedTuple):
    """A meeting of a network or a course of a collaborative (network -1): when, whose, and how many sites came."""

    day: float
    network: int
    psc: int
    is_learning_set: bool
    came: int
    invited: int


class Known(NamedTuple):
    """A peer known to be in use: which unit, through which view, learnt when, and its share of the exposure (0-1)."""

    unit: int
    view: int
    day: float
    share: float


class Queue(NamedTuple):
    """A pool as somebody joins its queue: how many are held, of how many, and how many wait already."""

    held: int
    places: int
    waiting: int


class Speed(NamedTuple):
    """What ended a wait: its rate per day, and for hearing at an occasion, which one and who there knew (units)."""

    per_day: float
    occasion: Occasion | None = None
    knew: tuple[int, ...] = ()


class Decision(NamedTuple):
    """A decision: its rate per day, the epoch it was made in, and what moved it (logs; `exposure` a share 0-1)."""

    per_day: float
    epoch: int
    is_supported: bool
    support: float
    dose: float
    load: float
    learning: float
    exposure: float
    known: tuple[Known, ...]
    slots: Queue


class Slot(NamedTuple):
    """A change slot granted: whether a coaching place was wanted, why not, and the queue for it."""

    is_engaged: bool
    is_running: bool
    places: Queue


class Lapse(NamedTuple):
    """A lapse: its rate per day, and what the model knows of leavers and measuring at the site.

    `champion_left_day` is when the last champion left, infinite when none has left who is missed.
    """

    per_day: float
    has_champion: bool
    champion_left_day: float
    is_measured: bool


Sight = Speed | Decision | Slot | Lapse


class Watcher(process_engine.Spread):
    """A replicate under way, watched.

    `sights` are what was seen, by the number of the log's row; `watched` the units looked at (None: all).
    """

    def __init__(self, inputs: ModelInputs, run_key: int, watched: Collection[int] | None = None) -> None:
        super().__init__(inputs, run_key)
        self.sights: dict[int, Sight] = {}
        self.watched = None if watched is None else frozenset(watched)
        self.looked_day = [0.0] * len(self.units)
        self.last_rate = [0.0] * len(self.units)
        self.occasion: Occasion | None = None
        self.knew: dict[int, tuple[int, ...]] = {}
        self.told: dict[int, tuple[float, tuple[int, ...]]] = {}
        self.users: dict[tuple[int, int], tuple[int, ...]] = {}
        self.at_once = self._pairs_at_once()

    def _pairs_at_once(self) -> dict[int, list[tuple[int, int]]]:
        """Units seen at once through each view, with how much each counts."""
        pairs: dict[int, list[tuple[int, int]]] = {}
        for unit in self.units:
            for place in self.watchers(unit):
                if self.is_watched(self.peers.watched_unit[place]):
                    view, count = self.peers.watched_view[place], self.peers.watched_count[place]
                    pairs.setdefault(view, []).append((unit.index, count))
        return pairs

    def is_watched(self, unit: int) -> bool:
        """Whether a unit is looked at."""
        return self.watched is None or unit in self.watched

    # --- what the engine does, seen -------------------------------------------------------------

    def rate(self, unit: Unit) -> float:
        """As the engine has it; the day is kept on which it was looked at."""
        self.looked_day[unit.index] = self.now
        return super().rate(unit)

    def end_hazard(self, unit: Unit) -> None:
        """As the engine does; the rate that was in force is kept."""
        self.last_rate[unit.index] = unit.rate
        super().end_hazard(unit)

    def hold_meeting(self, meeting: int) -> None:
        """As the engine does, on an occasion."""
        table, network = self.table, self.table.meeting_network[meeting]
        comes = self.attendance(
            network, table.meeting_date[meeting], table.meeting_attendance[meeting], table.meeting_learning[meeting]
        )
        is_learning_set = bool(table.meeting_learning[meeting])
        self.occasion = Occasion(
            self.now, network, NO_NETWORK, is_learning_set, sum(comes.values()), len(comes)
        )  # fmt: skip
        self.users.clear()
        super().hold_meeting(meeting)

    def hold_course(self, psc: int, date: int, seats: list[float]) -> None:
        """As the engine does, on an occasion."""
        organisations = {
            self.who.organisation[unit.index] for unit in self.units if self.who.psc[unit.index] == psc
        }  # fmt: skip
        came = sum(self.comes_to_course(organisation, psc, date) for organisation in organisations)
        self.occasion = Occasion(self.now, NO_NETWORK, psc, False, came, len(organisations))
        super().hold_course(psc, date, seats)

    def pass_on(self, present: list[Unit], occasion_key: int, date: int, cause: Cause) -> None:
        """As the engine does; who knew is kept."""
        knew: dict[int, list[int]] = {}
        for unit in present:
            if unit.status > 0 and unit.told_day != self.now:
                knew.setdefault(self.who.intervention[unit.index], []).append(unit.index)
        self.knew = {intervention: tuple(units) for intervention, units in knew.items()}
        super().pass_on(present, occasion_key, date, cause)

    def learn_of_peers(self, unit: Unit, view: int) -> None:
        """As the engine does; who they are is kept."""
        super().learn_of_peers(unit, view)
        if self.is_watched(unit.index):
            network, intervention = self.peers.view_network[view], self.who.intervention[unit.index]
            if (network, intervention) not in self.users:
                self.users[network, intervention] = tuple(
                    member.index
                    for member in self.members[network]
                    if self.who.intervention[member.index] == intervention and ADOPTED <= member.status < STOPPED
                )
            self.told[view] = (self.now, self.users[network, intervention])

    def note(self, unit: Unit, event: Event, status: int, cause: Cause = Cause.NONE, element: int = -1) -> None:
        """As the engine does, after a look around."""
        if self.is_watched(unit.index):
            sight = self.look(unit, event, cause)
            if sight is not None:
                self.sights[len(self.rows)] = sight
        super().note(unit, event, status, cause, element)

    # --- a look around --------------------------------------------------------------------------

    def look(self, unit: Unit, event: Event, cause: Cause) -> Sight | None:
        """What there is to see as an event comes about; None where the log says it all."""
        if event == Event.DECISION:
            return self.see_decision(unit)
        if event == Event.SLOT_GRANT:
            return self.see_slot(unit)
        if event == Event.LAPSE:
            return self.see_lapse(unit)
        if event == Event.CONTACT and cause in (Cause.MEETING, Cause.COURSE):
            knew = self.knew[self.who.intervention[unit.index]]
            return Speed(self.last_rate[unit.index], self.occasion, knew)
        return Speed(self.last_rate[unit.index]) if event in ENDS_A_WAIT else None

    def see_decision(self, unit: Unit) -> Decision:
        """What moved a decision, as it was when the rate was last looked at."""
        organisation, is_supported = self.who.organisation[unit.index], self.supported(unit)
        days_since = self.looked_day[unit.index] - self.learning_day[self.who.site[unit.index]]
        constants = self.constants
        return Decision(
            per_day=self.last_rate[unit.index],
            epoch=self.epoch,
            is_supported=is_supported,
            support=self.in_region(self.epochs.support, unit) if is_supported else float(self.epochs.unsupported),
            dose=self.dose_effect[organisation],
            load=self.load_effect[organisation],
            learning=rules.learning_log_effect(constants.learning_log_hr, days_since, constants.learning_days),
            exposure=self.exposure(unit),
            known=self.see_peers(unit),
            slots=queue_of(self.slots[organisation]),
        )

    def see_peers(self, unit: Unit) -> tuple[Known, ...]:
        """The peers a unit knows to be in use, with the share each has in its exposure."""
        exposure, found = self.exposure(unit), []
        for view in self.views(unit):
            weight = self.peers.view_weight[view] / self.peers.view_peers[view]
            if self.peers.view_network[view] == NO_NETWORK:
                pairs = [pair for pair in self.at_once.get(view, ()) if self.is_in_use(pair[0])]
                day = self.now
            else:
                day, users = self.told.get(view, (AT_START, ()))
                pairs = [(user, 1) for user in users if user != unit.index]
            if exposure > 0.0 and weight > 0.0:
                found += [Known(peer, view, day, weight * count / exposure) for peer, count in pairs]
        return tuple(found)

    def is_in_use(self, unit: int) -> bool:
        """Whether a unit is in use now."""
        return ADOPTED <= self.units[unit].status < STOPPED

    def see_slot(self, unit: Unit) -> Slot:
        """Whether a coaching place is wanted, and the queue for it."""
        started = self.epochs.started[self.epoch][self.who.intervention[unit.index]]
        pool = self.places[self.who.psc[unit.index]]
        return Slot(bool(self.inputs.engaged[unit.index]), bool(started), queue_of(pool))

    def see_lapse(self, unit: Unit) -> Lapse:
        """What is known of leavers as a practice lapses, as it was when the rate was last looked at."""
        left, gap = unit.champion_loss_day, self.constants.champion_gap_days
        has_champion = bool(self.has_champion(unit))
        is_missed = left <= self.looked_day[unit.index] < left + gap
        return Lapse(
            per_day=self.last_rate[unit.index],
            has_champion=has_champion,
            champion_left_day=left if has_champion and is_missed else float("inf"),
            is_measured=bool(self.is_measured(unit)),
        )


def queue_of(pool: clockwork.Pool) -> Queue:
    """A pool as it stands."""
    return Queue(pool.held, int(pool.capacity), len(pool.put_queue))


def watch(
    inputs: ModelInputs, run_key: int, watched: Collection[int] | None = None
) -> tuple[record.EventLog, dict[int, Sight]]:
    """Run one replicate, watched: its log, and what was seen by row."""
    watcher = Watcher(inputs, run_key, watched)
    return watcher.run(), watcher.sights

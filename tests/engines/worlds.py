"""Small worlds in which everything the model knows happens, often at one instant: what two engines must agree on.

`shapes` chooses what a world holds (hypothesis makes a counterexample small), `inputs_of` fills it in from one
number. Days are whole and few, cycles last quarters of a day, so that meetings, refreshes, ends and queues meet.
"""

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from spread.model import STATUS_COUNT, STOPPED
from spread.model.inputs import Constants, Epochs, Floats, Ints, ModelInputs, Timetable
from spread.scenarios import levers
from tests.engines import places

# Rates a world may hold at nothing, or so high that what they bring comes at the instant it can.
RATES = ("contact", "interest", "decision", "spread", "resume", "restart")
SOMETIMES_NEVER = (*RATES, "stop", "lapse", "champion_loss")
AT_ONCE_PER_DAY = 1e18
EFFECTS = (
    "champions", "courses", "dose", "dose_loss", "learning_sets", "load", "measurement", "meetings", "no_signal",
    "packages", "peers", "untested",
)  # fmt: skip
# What differs between epochs: everything, or one thing alone in a world in which nothing else moves a rate with time.
CHANGES = (
    "open", "started", "push", "shock", "trend", "support", "coaching", "hours", "places", "measurement",
    "priority_rule",
)  # fmt: skip
WORKSTREAMS = 2
MOVE_WITH_TIME = ("champions", "dose", "learning_sets", "load", "no_signal")
# How likely each status is at the start.
STARTS = {
    "some know": (6, 2, 1, 0, 0, 0, 0, 0, 0, 0),
    "nobody knows": (1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "anywhere": (1,) * STATUS_COUNT,
    "about to ask": (0, 1, 6, 6, 1, 0, 0, 0, 2, 2),
    "testing": (0, 0, 1, 2, 6, 1, 0, 0, 0, 0),
    "in use": (1, 0, 1, 0, 1, 5, 3, 3, 0, 1),
}
MOST_UNITS = 72
TIERS = len(levers.TIERS)
FIRST_DATE = 18_000
NEVER_DAY = 1e9


class Shape(NamedTuple):
    """What a world holds. `pace` is how often a usual hazard comes in a run; `luck` fills in the rest."""

    sites: int
    organisations: int
    pscs: int
    interventions: int
    networks: int
    tie_layers: int
    epochs: int
    horizon_days: int
    most_slots: int
    most_places: int
    patience_days: float
    cycle_shape: int
    start: str
    changes: str
    pace: float
    effects: frozenset[str]
    never: frozenset[str]
    at_once: frozenset[str]
    luck: int


EVERYTHING = Shape(
    sites=24, organisations=5, pscs=2, interventions=3, networks=4, tie_layers=2, epochs=8, horizon_days=400,
    most_slots=2, most_places=2, patience_days=30.0, cycle_shape=1, start="anywhere", changes="everything",
    pace=8.0, effects=frozenset(EFFECTS), never=frozenset(), at_once=frozenset(), luck=1,
)  # fmt: skip


class Start(NamedTuple):
    """Where every unit begins, shape (U,)."""

    status: Ints
    since_days: Floats
    elements: Ints
    coached: Ints


def shapes() -> st.SearchStrategy[Shape]:
    """Worlds of 1 to 60 sites and 1 to 4 interventions over 60 to 900 days, with few effects or most of them."""
    some = st.frozensets(st.sampled_from(EFFECTS), max_size=4)
    return st.builds(
        Shape,
        sites=st.integers(1, 60),
        organisations=st.integers(1, 12),
        pscs=st.integers(1, 4),
        interventions=st.integers(1, 4),
        networks=st.integers(0, 6),
        tie_layers=st.integers(0, 3),
        epochs=st.integers(1, 14),
        horizon_days=st.integers(60, 900),
        most_slots=st.sampled_from((1, 2, 3, 40, 0)),
        most_places=st.sampled_from((1, 2, 3, 0)),
        patience_days=st.sampled_from((30.0, 8.0, 120.0, 0.0, 1e9)),
        cycle_shape=st.integers(0, 2),
        start=st.sampled_from(tuple(STARTS)),
        changes=st.one_of(st.just("everything"), st.just("everything"), st.sampled_from(CHANGES)),
        pace=st.sampled_from((8.0, 3.0, 20.0, 0.5)),
        effects=st.one_of(some, some.map(frozenset(EFFECTS).difference)),
        never=st.frozensets(st.sampled_from(SOMETIMES_NEVER), max_size=2),
        at_once=st.one_of(st.just(frozenset()), st.frozensets(st.sampled_from(RATES), min_size=1, max_size=3)),
        luck=st.integers(0, 2**32 - 1),
    )


def inputs_of(shape: Shape) -> ModelInputs:
    """The world of a shape; the same for the same shape, bit for bit."""
    return _Filling(shape).inputs()


class _Filling:
    """A world being filled in from one stream of chance."""

    def __init__(self, shape: Shape) -> None:
        self.shape, self.luck = shape, np.random.default_rng(shape.luck)
        self.sites = max(1, min(shape.sites, MOST_UNITS // shape.interventions))
        self.horizon_days = float(shape.horizon_days)
        # An even number of days between busy ones, so that cycles of a half to an eighth of it end on them.
        self.days_apart = 2 * int(np.ceil(shape.horizon_days / 2 / self.luck.integers(2, 13)))
        self.place = places.settle(
            places.Sizes(
                self.sites, shape.organisations, shape.pscs, shape.interventions, shape.networks, shape.tie_layers,
                self.has("packages"), self.has("peers"),
            ),
            self.luck,
        )  # fmt: skip
        self.units = self.place.units
        self.unit_count = len(self.units.site)

    # --- numbers ----------------------------------------------------------------------------------

    def has(self, effect: str) -> bool:
        still = self.shape.changes != "everything" and effect in MOVE_WITH_TIME
        return effect in self.shape.effects and not still

    def can_change(self, what: str) -> bool:
        return self.shape.changes in ("everything", what)

    def one_of(self, *values: float) -> float:
        return float(self.luck.choice(values))

    def some_of(self, values: tuple[float, ...], *size: int) -> Floats:
        return self.luck.choice(np.array(values, dtype=np.float64), size=size)

    def rate(self, name: str, share: float = 1.0) -> float:
        """A rate per day by which something comes about `pace` times in a run, or never, or at once."""
        if name in self.shape.never:
            return 0.0
        if name in self.shape.at_once:
            return AT_ONCE_PER_DAY
        return share * self.shape.pace * float(self.luck.uniform(0.3, 3.0)) / self.horizon_days

    def if_on(self, effect: str, *values: float) -> float:
        return self.one_of(*values) if self.has(effect) else 0.0

    def drifting(self, what: str, values: tuple[float, ...], columns: int, change_share: float = 0.4) -> Floats:
        """A value per epoch and column that often stays as it was, if it can change at all; shape (P, columns)."""
        drawn = self.some_of(values, self.shape.epochs, columns)
        changes = (self.luck.random(drawn.shape) < change_share) & self.can_change(what)
        for epoch in range(1, self.shape.epochs):
            drawn[epoch] = np.where(changes[epoch], drawn[epoch], drawn[epoch - 1])
        return drawn

    # --- when -------------------------------------------------------------------------------------

    def timetable(self) -> Timetable:
        """Meetings, learning sets and courses on the same few days."""
        days = self.busy_days()
        meetings = sorted(set(self.meetings(days)))
        courses = sorted(self.courses(days))
        meeting = np.array(meetings, dtype=np.float64).reshape(-1, 4)
        course_days = np.array([course[0] for course in courses], dtype=np.float64)
        sizes = [len(members) for members in self.place.members]
        return Timetable(
            meeting[:, 0], meeting[:, 0].astype(np.int64) + FIRST_DATE, meeting[:, 1].astype(np.int64), meeting[:, 3],
            meeting[:, 2].astype(np.int64), self.place.network_keys,
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.array([unit for members in self.place.members for unit in members], dtype=np.int64),
            course_days, course_days.astype(np.int64) + FIRST_DATE,
            np.array([course[1] for course in courses], dtype=np.int64),
            np.array([course[2] for course in courses], dtype=np.float64).reshape(-1, TIERS),
            self.place.psc_keys,
        )  # fmt: skip

    def busy_days(self) -> list[int]:
        """Up to twelve days, evenly spread over the run."""
        first = self.luck.choice([0, self.days_apart, int(self.luck.integers(self.days_apart))])
        return list(range(int(first), int(self.horizon_days), self.days_apart))

    def meetings(self, days: list[int]) -> list[tuple[int, int, int, float]]:
        """(day, network, whether a learning set, attendance)."""
        if not self.has("meetings"):
            return []
        found = []
        for network, members in enumerate(self.place.members):
            for day in days:
                kinds = (0,) if not self.has("learning_sets") else (0, 1) if self.luck.random() < 0.3 else (1,)
                if len(members) > 1 and self.luck.random() < 0.6:
                    found += [(day, network, kind, self.one_of(0.0, 0.5, 0.8, 1.0)) for kind in kinds]
        return found

    def courses(self, days: list[int]) -> list[tuple[int, int, tuple[float, ...]]]:
        """(day, collaborative, seats by tier)."""
        if not self.has("courses"):
            return []
        return [
            (day, psc, tuple(self.some_of((0.0, 1.0, 12.0), TIERS).tolist()))
            for psc in range(self.shape.pscs)
            for day in days
            if self.luck.random() < 0.5
        ]

    def epochs(self) -> Epochs:
        """Plans, shocks and programmes that change on whole days, some of them days of meetings."""
        count, interventions, pscs = self.shape.epochs, self.shape.interventions, self.shape.pscs
        most_places = self.shape.most_places
        later = self.luck.choice(np.arange(1, int(self.horizon_days)), size=count - 1, replace=False)
        started = self.drifting("started", (1, 1, 1, 0), interventions).astype(np.int64)
        opens = self.some_of((0, 0, 0, count // 2, count - 1), interventions) * self.can_change("open")
        shock = self.drifting("shock", (0.0, 0.0, -1.0, 0.7), interventions)
        push = np.where(started == 1, self.drifting("push", (0.0, -0.4, 0.3), interventions), -0.4)
        return Epochs(
            day=np.concatenate([[0.0], np.sort(later)]).astype(np.float64),
            priority_rule=self.drifting("priority_rule", tuple(range(6)), 1)[:, 0].astype(np.int64),
            push=push,
            trend=push + shock + self.drifting("trend", (0.0, 0.1), interventions),
            testing=self.one_of(0.0, 0.5) * (push + shock),
            stopping=self.one_of(0.0, 0.3) * (push + shock),
            shock=shock,
            campaign=self.rate("contact", 0.5) * started.astype(np.float64),
            started=started,
            open=(np.arange(count)[:, None] >= opens).astype(np.int64),
            support=self.by_region("support", (0.0, -0.5, 0.4)),
            coaching=self.by_region("coaching", (0.0, -0.2, 0.3)),
            hours=self.by_region("hours", (0.0, 2.0, 5.0)),
            places=self.drifting("places", (*range(most_places + 1), most_places), pscs, 0.6).astype(np.int64),
            champions=self.by_region("champions", (0.5, 0.0, 1.0, 0.8)) * self.has("champions"),
            measurement=self.by_region("measurement", (0.5, 0.0, 1.0)) * self.has("measurement"),
            unsupported=self.one_of(0.0, -0.6),
            uncoached=self.one_of(0.0, -0.3),
            refreshed_per_day=self.drifting("refreshed", (0.0, 0.0005, 0.001), 1)[:, 0] * self.has("dose_loss"),
        )

    def by_region(self, name: str, values: tuple[float, ...]) -> Floats:
        """What collaboratives give workstreams, drifting; shape (epochs, workstreams, PSCs)."""
        pscs = self.shape.pscs
        return self.drifting(name, values, WORKSTREAMS * pscs).reshape(-1, WORKSTREAMS, pscs)

    # --- how fast, and from where -------------------------------------------------------------------

    def constants(self) -> Constants:
        """Single numbers; whole days."""
        return Constants(
            horizon_days=self.horizon_days,
            contact_per_hour=self.rate("contact", 0.1),
            meeting_contact_share=self.one_of(0.0, 0.3, 0.8, 1.0),
            kappa=self.one_of(0.0, 1.5, 8.0),
            peer_exponent=self.one_of(1.0, 1.0, 2.0, 0.5),
            load_log_hr=self.if_on("load", -0.3, -1.0),
            load_free=self.one_of(0.0, 1.0, 2.0),
            learning_log_hr=self.if_on("learning_sets", 0.5, 1.5, 0.0),
            learning_days=self.one_of(30.0, 90.0),
            dose_log_hr=self.if_on("dose", 0.7, -0.7),
            course_attendance_share=self.one_of(0.4, 0.8, 1.0),
            champion_log_hr=self.if_on("champions", 0.4, 0.0),
            champion_reference_share=0.5,
            champion_gap_days=self.one_of(45.0, 91.3125, 0.0),
            measurement_log_hr=self.if_on("measurement", 0.3, 0.0),
            measurement_reference_share=0.5,
            cycle_shape=self.shape.cycle_shape,
            cycle_log_sd=self.one_of(0.3, 0.9, 0.0),
            stop_per_day=self.rate("stop", 0.5),
            no_signal_log_hr=self.if_on("no_signal", 1.0, 2.5),
            no_signal_days=self.one_of(10.0, 30.0, 60.875),
            resume_per_day=self.rate("resume", 2.0),
            spread_per_day=self.rate("spread"),
            sustain_days=self.one_of(0.0, 0.0, 10.0, 60.0, 365.25, NEVER_DAY),
            lapse_per_day=self.rate("lapse"),
            lapse_embedded_share=self.one_of(0.0, 0.25, 1.0),
            lapse_measurement_log_hr=self.if_on("measurement", -0.5, 0.0),
            lapse_champion_log_hr=self.if_on("champions", 1.0, 0.0),
            restart_per_day=self.rate("restart", 2.0),
            element_loss_share=self.one_of(0.0, 0.4, 1.0),
            patience_days=self.shape.patience_days,
        )

    def start(self, epochs: Epochs, engaged: Ints, elements: Ints) -> Start:
        """Any status, with the elements that agree with it; in testing, places are held as far as they go."""
        count = self.unit_count
        chances = np.array(STARTS[self.shape.start], dtype=np.float64)
        status = self.luck.choice(STATUS_COUNT, size=count, p=chances / chances.sum())
        exists = (epochs.open[0] == 1)[self.units.intervention]
        in_use = (status >= 5) & (status < STOPPED)
        status = np.where(in_use & ~exists, 4, status)
        in_use &= exists
        complete = (1 << elements)[self.units.intervention] - 1
        in_place = self.luck.integers(0, 1 << 6, count) & complete
        last = (complete + 1) >> 1
        in_place = np.where(in_use, complete, np.where(in_place == complete, in_place & ~last, in_place))
        since = -1.0 - self.luck.integers(0, 400, count).astype(np.float64)
        return Start(status, since, in_place, self.coached(status, engaged, epochs.places[0]))

    def coached(self, status: Ints, engaged: Ints, places_free: Ints) -> Ints:
        """Who holds a place: engaged units in testing, in an order of their own, as far as places go."""
        coached, left = np.zeros(self.unit_count, np.int64), places_free.copy()
        for unit in self.luck.permutation(self.unit_count).tolist():
            psc = self.units.psc[unit]
            if status[unit] == 4 and engaged[unit] and left[psc] > 0:
                coached[unit] = 1
                left[psc] -= 1
        return coached

    def inputs(self) -> ModelInputs:
        """Everything an engine is given."""
        shape, luck, count = self.shape, self.luck, self.unit_count
        interventions, organisations = shape.interventions, shape.organisations
        elements = luck.integers(1, 7, interventions)
        epochs = self.epochs()
        engaged = (luck.random(count) < self.one_of(1.0, 0.9, 0.7, 0.0)).astype(np.int64)
        start = self.start(epochs, engaged, elements)
        mean_days = self.days_apart / self.some_of((2.0, 4.0, 8.0), interventions)
        return ModelInputs(
            units=self.units,
            peers=self.place.peers,
            timetable=self.timetable(),
            epochs=epochs,
            constants=self.constants(),
            interest_base=self.rate("interest", 2.0) * np.exp(luck.normal(size=count)),
            decision_base=self.rate("decision", 2.0) * np.exp(luck.normal(size=count)) * (luck.random(count) < 0.95),
            half_frailty=0.3 * luck.normal(size=count),
            capability=0.2 * luck.normal(size=count),
            engaged=engaged,
            champion_rank=luck.random(count),
            measurement_rank=luck.random(count),
            deprived_share=self.some_of((0.0, 0.2, 0.5), count),
            readiness=np.round(luck.normal(size=count)),
            lapse_turnover=self.some_of((0.0, 0.2), count),
            champion_loss_per_day=self.rate("champion_loss") * self.some_of((1.0, 3.0), count),
            initial_status=start.status,
            initial_since_days=start.since_days,
            initial_elements=start.elements,
            initial_coached=start.coached,
            slots=self.some_of((shape.most_slots, shape.most_slots, 1, 0), organisations).astype(np.int64),
            dose=luck.random((organisations, TIERS)) * self.one_of(0.0, 0.6),
            dose_loss_per_day=self.some_of((0.001, 0.0), organisations) * self.has("dose_loss"),
            group_count=self.some_of((5.0, 40.0, 0.0), organisations, TIERS),
            organisation_key=self.place.organisation_keys,
            dose_target=self.some_of((0.5, 0.1), TIERS),
            dose_weight=np.full(TIERS, 1.0 / TIERS),
            elements=elements,
            cycle_mean_days=mean_days,
            cycle_chance=self.some_of((0.2, 0.5, 0.9), interventions),
            tested=np.where(luck.random(interventions) < 0.4, 0, 1) if self.has("untested") else np.ones(
                interventions, np.int64
            ),
            deadline_day=self.some_of((NEVER_DAY, 30.0, 200.0), interventions),
            available_day=np.full(interventions, -np.inf),
            workstream=luck.integers(0, WORKSTREAMS, interventions),
            programme=luck.integers(0, 2, interventions),
            priority=luck.integers(1, 3, interventions),
            difficulty=self.some_of((0.0, -0.5, 1.0), interventions, int(elements.max())),
        )  # fmt: skip

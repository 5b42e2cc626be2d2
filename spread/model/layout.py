"""What the compiled engine holds in memory: one record per unit, organisation and collaborative.

`Links` is what no draw changes, `Given` what one draw fixes, and `Live` what events change, used again for every
replicate. U units, S sites, O organisations, C collaboratives, N networks, I interventions, P epochs, G tiers, V views.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.model import compiling, draws
from spread.model.inputs import Epochs, Ints, ModelInputs, Peers, Timetable, Units

Records = Any  # an array of records, read by field name in compiled code
Whole = NDArray[np.int32]
Floats = NDArray[np.float64]

compiling.parts_of(draws)

LINE_BYTES = 64
ENTRIES_PER_UNIT = 2
STRETCHES_PER_UNIT = 1
STRETCHES_LEAST = 1024


def fields(**kinds: str) -> np.dtype[np.void]:
    """A record's fields by type (``f8_``: more of ``f8``): names separated by spaces, in order, naturally aligned."""
    return np.dtype([(name, kind[:2]) for kind, names in kinds.items() for name in names.split()], align=True)


FACTS = fields(
    u8="unit_key decision_key",
    f8="decision_base interest_base half_frailty",
    i4="site organisation psc first_view",
    i2="view_count intervention",
    i1="engaged",
)
"""One unit as a draw makes it, and where its views are: what a rate or a meeting needs, in one line of the cache."""
TRAITS = fields(
    f8="capability lapse_turnover champion_loss_per_day champion_rank measurement_rank deprived_share readiness"
       " since_days",
    i8="elements",
    i4="first_watched last_watched first_network last_network",
    i1="status coached",
)  # fmt: skip
"""The rest of it: where it begins, and where its watchers and networks are."""
VIEW = fields(f8="weight", i4="peers in_use")
"""A layer of peers: its weight, how many there are and how many the unit knows to be in use."""
WATCHED = fields(i4="unit layer count")
"""Who watches, through which of its views, and how much a unit in use counts there."""
EPOCH = fields(f8="day next_look", i8="priority_rule looks")
BY_INTERVENTION = fields(f8="push trend testing stopping shock campaign", i8="started open")
BY_PSC = fields(f8="support coaching hours champions measurement", i8="places")
TOOL = fields(f8="mean_days chance deadline_day", i8="elements tested")
"""One intervention."""
GROUP = fields(u8="key", f8="dose_loss_per_day", i8="slots")
"""One organisation as a draw makes it."""
TIER = fields(f8="target weight")
MEETING = fields(f8="day attendance", i8="date network learning")
COURSE = fields(f8="day", i8="date psc")

UNIT = fields(
    f8="next_day hazard_day threshold rate anchor_day timer_day",
    i4="place queue_place",
    i1="status event where look coached succeeded element",
)
"""One unit as it stands, in one line of the cache.

`next_day` and `event`: what the calendar calls it for; `place`: where it stands among those due. `hazard_day`: when
what chance brings is due at the present `rate`, of whose `threshold` this much was left at `anchor_day`; while it waits
in a queue these three hold tie-break, priority and day of the request. `timer_day`: the end of a cycle, of patience, or
of the year before it is sustained. `look`: what is to be done about its hazard.
"""
HISTORY = fields(f8="since_day spread_day mark_day", i8="elements", i4="attempt cycle champion_count")
"""The rest of it. `mark_day`: in use, when its champion leaves; before, when it was told. `elements`: a bit each."""
ENTRY = fields(i4="unit after")
"""A unit in the list of a later stretch of the calendar."""
POOL = fields(i4="capacity held waiting first", i1="called")
"""Slots of an organisation (the first O) or places of a collaborative (the next C); its queue begins at `first`."""
ORGANISATION = fields(f8="dose_day index_at_start dose_effect load_effect")
CLOCK = fields(
    f8="now look_day horizon_day stretches_per_day",
    i8="epoch stretch free_entry due_count round_count row_count granted_count look_count",
    u8="run_key",
)


class Links(NamedTuple):
    """Who is where: no draw changes it.

    The members of network n are ``member[member_start[n]:member_start[n + 1]]``, each with the view it has of the
    network (-1: none), its intervention and the key of its site's coming to meetings. Likewise the units and the
    organisations of a collaborative. `network_of` lists the networks of each unit.
    """

    member_start: Whole
    member: Whole
    member_view: Whole
    member_intervention: Whole
    member_key: NDArray[np.uint64]
    network_start: Whole
    network_of: Whole
    psc_unit_start: Whole
    psc_unit: Whole
    psc_organisation_start: Whole
    psc_organisation: Whole
    active_organisation: Whole
    queue_start: Whole


class Given(NamedTuple):
    """What one draw fixes; the records above, and the dose by organisation and tier, shape (O, G)."""

    facts: Records
    traits: Records
    views: Records
    watched: Records
    epochs: Records
    by_intervention: Records
    by_psc: Records
    tools: Records
    difficulty: Floats
    groups: Records
    dose: Floats
    group_count: Floats
    tiers: Records
    meetings: Records
    network_key: NDArray[np.uint64]
    courses: Records
    seats: Floats
    psc_key: NDArray[np.uint64]
    unsupported: float
    uncoached: float
    dose_moves: bool
    load_moves: bool
    champions_matter: bool
    learns: bool


class Live(NamedTuple):
    """What events change.

    `stretches` holds the first of the `entries` of each stretch of the calendar, `due` the units of the present one,
    `queues` the units waiting in every pool, `rounds` the pools with a grant round at this instant, `listed` the units
    a round has granted to or who hear at a meeting, `looks` those whose hazard is to be looked at next.
    """

    clock: Records
    units: Records
    histories: Records
    views: Records
    organisations: Records
    dose: Floats
    pools: Records
    queues: Whole
    stretches: Whole
    entries: Records
    due: Whole
    rounds: Whole
    listed: Whole
    looks: Whole
    here: NDArray[np.int64]
    knowing: NDArray[np.int64]
    in_use: Whole
    learning_day: Floats


class Rows(NamedTuple):
    """The columns of the event log, with room for some events; see `record.EventLog`."""

    time_days: Floats
    kind: NDArray[np.int8]
    unit: Whole
    element: NDArray[np.int8]
    from_status: NDArray[np.int8]
    to_status: NDArray[np.int8]
    cause: NDArray[np.int8]


def make_rows(count: int) -> Rows:
    """Room for `count` events."""
    byte = [np.empty(count, np.int8) for _ in range(5)]
    return Rows(np.empty(count), byte[0], np.empty(count, np.int32), byte[1], byte[2], byte[3], byte[4])


# --- what no draw changes -------------------------------------------------------------------------


def link(units: Units, table: Timetable, peers: Peers, organisation_count: int, psc_count: int) -> Links:
    """Who is where.

    Raises
    ------
    ValueError
        When a unit has two views of one network.
    """
    network = np.repeat(np.arange(len(table.network_key)), np.diff(table.member_start))
    pairs = np.unique(units.psc * organisation_count + units.organisation)
    sizes = [np.bincount(units.organisation, minlength=organisation_count), np.bincount(units.psc, minlength=psc_count)]
    return Links(
        whole(table.member_start),
        whole(table.member),
        whole(views_of_members(table.member, network, peers)),
        whole(units.intervention[table.member]),
        unit_keys(flat(table.network_key, np.uint64)[network], flat(units.site_key, np.uint64)[table.member]),
        starts(table.member, len(units.site)),
        whole(network[np.argsort(table.member, kind="stable")]),
        starts(units.psc, psc_count),
        whole(np.argsort(units.psc, kind="stable")),
        starts(pairs // organisation_count, psc_count),
        whole(pairs % organisation_count),
        whole(np.unique(units.organisation)),
        whole(np.cumsum(np.concatenate([[0], *sizes]))),
    )


def views_of_members(member: Ints, network: Ints, peers: Peers) -> Ints:
    """The view each member has of its network (-1: none); shape (members,)."""
    owner = np.repeat(np.arange(len(peers.view_start) - 1), np.diff(peers.view_start))
    view = np.flatnonzero(peers.view_network >= 0)
    if not len(view):
        return np.full(len(member), -1)
    width = int(max(network.max(initial=0), peers.view_network.max())) + 1
    seen = owner[view] * width + peers.view_network[view]
    order = np.argsort(seen, kind="stable")
    seen, view = seen[order], view[order]
    if np.any(seen[1:] == seen[:-1]):
        raise ValueError("a unit has two views of one network")
    wanted = member * width + network
    place = np.minimum(np.searchsorted(seen, wanted), len(seen) - 1)
    return np.where(seen[place] == wanted, view[place], -1)


@compiling.compiled
def unit_keys(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One key from two, pair by pair."""
    made = np.empty_like(left)
    for place in range(len(left)):
        made[place] = draws.unit_key(left[place], right[place])
    return made


def starts(part: NDArray[Any], count: int) -> Whole:
    """Where each of `count` parts begins once entries are sorted by part; shape (count + 1,)."""
    return whole(np.concatenate([[0], np.cumsum(np.bincount(part, minlength=count))]))


def whole(values: NDArray[Any]) -> Whole:
    """Whole numbers in four bytes."""
    return np.ascontiguousarray(values, dtype=np.int32)


# --- what one draw fixes --------------------------------------------------------------------------


def give(inputs: ModelInputs, links: Links) -> Given:
    """The inputs of one draw in the form the loop reads."""
    units, peers, table, constants = inputs.units, inputs.peers, inputs.timetable, inputs.constants
    moves = what_moves(inputs)
    always = any(moves) or constants.no_signal_log_hr != 0.0
    return Given(
        records(FACTS, units, inputs, {"first_view": peers.view_start[:-1], "view_count": np.diff(peers.view_start)}),
        records(TRAITS, units, inputs, {
            "since_days": inputs.initial_since_days, "elements": inputs.initial_elements,
            "status": inputs.initial_status, "coached": inputs.initial_coached,
            "first_watched": peers.watched_start[:-1], "last_watched": peers.watched_start[1:],
            "first_network": links.network_start[:-1], "last_network": links.network_start[1:],
        }),
        records(VIEW, {"weight": peers.view_weight, "peers": peers.view_peers, "in_use": 0 * peers.view_peers}),
        records(WATCHED, {"unit": peers.watched_unit, "layer": peers.watched_view, "count": peers.watched_count}),
        describe_epochs(inputs.epochs, np.ones(len(inputs.epochs.day), bool) if always else rates_move(inputs.epochs)),
        records(BY_INTERVENTION, inputs.epochs),
        records(BY_PSC, inputs.epochs),
        records(TOOL, inputs, {"mean_days": inputs.cycle_mean_days, "chance": inputs.cycle_chance}),
        flat(inputs.difficulty, np.float64),
        records(GROUP, inputs, {"key": inputs.organisation_key}),
        flat(inputs.dose, np.float64),
        flat(inputs.group_count, np.float64),
        records(TIER, {"target": inputs.dose_target, "weight": inputs.dose_weight}),
        records(MEETING, {name: getattr(table, f"meeting_{name}") for name in MEETING.names or ()}),
        flat(table.network_key, np.uint64),
        records(COURSE, {name: getattr(table, f"course_{name}") for name in COURSE.names or ()}),
        flat(table.course_seats, np.float64),
        flat(table.psc_key, np.uint64),
        float(inputs.epochs.unsupported),
        float(inputs.epochs.uncoached),
        *moves,
    )  # fmt: skip


def what_moves(inputs: ModelInputs) -> tuple[bool, bool, bool, bool]:
    """Whether dose, load, a champion's leaving and a learning set can change a rate."""
    constants, table = inputs.constants, inputs.timetable
    worn = bool(np.any(inputs.dose.any(axis=1) & (inputs.dose_loss_per_day != 0.0)))
    return (
        constants.dose_log_hr != 0.0 and (worn or len(table.course_day) > 0),
        constants.load_log_hr != 0.0,
        constants.lapse_champion_log_hr != 0.0 and bool(np.any(inputs.champion_loss_per_day > 0.0)),
        constants.learning_log_hr != 0.0 and bool(table.meeting_learning.any()),
    )


def rates_move(epochs: Epochs) -> NDArray[np.bool_]:
    """Whether anything a rate depends on differs from the epoch before (the first: yes); shape (P,)."""
    moves = np.ones(len(epochs.day), dtype=bool)
    columns = (
        epochs.push, epochs.trend, epochs.stopping, epochs.shock, epochs.campaign, epochs.started, epochs.open,
        epochs.support, epochs.coaching, epochs.hours, epochs.champions, epochs.measurement,
    )  # fmt: skip
    moves[1:] = np.any([(column[1:] != column[:-1]).any(axis=1) for column in columns], axis=0)
    return moves


def describe_epochs(epochs: Epochs, looks: NDArray[np.bool_]) -> Records:
    """Every epoch, whether rates are looked at as it begins, and when they are looked at next."""
    later = np.append(np.where(looks, epochs.day, np.inf), np.inf)
    next_look = np.minimum.accumulate(later[::-1])[::-1][1:]
    return records(EPOCH, {"day": epochs.day, "next_look": next_look, "priority_rule": epochs.priority_rule,
                           "looks": looks})  # fmt: skip


def records(kind: np.dtype[np.void], *sources: Any) -> Records:
    """One record per entry, each field from the last source that has it: an attribute, or a value of a mapping."""
    columns = {}
    for name in kind.names or ():
        for source in sources:
            if isinstance(source, Mapping):
                columns[name] = source.get(name, columns.get(name))
            else:
                columns[name] = getattr(source, name, columns.get(name))
    made = in_lines(next(iter(columns.values())).shape, kind)
    for name, values in columns.items():
        made[name] = values
    return made


def in_lines(shape: Any, kind: np.dtype[np.void]) -> Records:
    """Room for records, beginning where a line of the cache does."""
    size = int(np.prod(shape)) * kind.itemsize
    room = np.zeros(size + LINE_BYTES, np.uint8)
    begin = -room.ctypes.data % LINE_BYTES
    return room[begin : begin + size].view(kind).reshape(shape)


def flat(values: NDArray[Any], kind: Any) -> NDArray[Any]:
    """An array as the compiled code was made for: of one type, in one piece."""
    return np.ascontiguousarray(values, dtype=kind)


# --- what events change ---------------------------------------------------------------------------


def make_live(given: Given) -> Live:
    """Room for one replicate."""
    unit_count, organisation_count, psc_count = len(given.facts), len(given.groups), given.by_psc.shape[1]
    pool_count, intervention_count = organisation_count + psc_count, len(given.tools)

    def numbers(*shape: int) -> Whole:
        return np.zeros(shape, np.int32)

    return Live(
        clock=np.zeros(1, CLOCK),
        units=in_lines(unit_count, UNIT),
        histories=np.zeros(unit_count, HISTORY),
        views=np.zeros_like(given.views),
        organisations=np.zeros(organisation_count, ORGANISATION),
        dose=np.zeros_like(given.dose),
        pools=np.zeros(pool_count, POOL),
        queues=numbers(2 * unit_count),
        stretches=numbers(max(STRETCHES_PER_UNIT * unit_count, STRETCHES_LEAST) + 1),
        entries=np.zeros(ENTRIES_PER_UNIT * unit_count, ENTRY),
        due=numbers(unit_count),
        rounds=numbers(pool_count),
        listed=numbers(unit_count),
        looks=numbers(unit_count),
        here=np.zeros(organisation_count, np.int64),
        knowing=np.zeros(intervention_count, np.int64),
        in_use=numbers(len(given.network_key), intervention_count),
        learning_day=np.zeros(int(given.facts["site"].max(initial=-1)) + 1),
    )


def clear(live: Live, given: Given) -> None:
    """Nothing known, the dose as it was at the start."""
    live.in_use.fill(0)
    live.views[...] = given.views
    live.learning_day.fill(-np.inf)
    live.here.fill(-1)
    live.dose[...] = given.dose

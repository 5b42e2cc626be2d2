"""What the compiled engine holds in memory: one record per unit, organisation and collaborative.

`Links` is what no draw changes, `Given` what one draw fixes, and `Live` what events change, used again for every
replicate. U units, S sites, O organisations, C collaboratives, N networks, I interventions, P epochs, G tiers, V views.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.model.inputs import Constants, Epochs, Ints, ModelInputs, Peers, Timetable, Units

Records = Any  # an array of records, read by field name in compiled code
Whole = NDArray[np.int32]
Floats = NDArray[np.float64]

STRETCHES_PER_UNIT = 1
STRETCHES_LEAST = 1024


def fields(**kinds: str) -> np.dtype[np.void]:
    """A record's fields by type (``f8_``: more of ``f8``): names separated by spaces, in order, naturally aligned."""
    return np.dtype([(name, kind[:2]) for kind, names in kinds.items() for name in names.split()], align=True)


FACTS = fields(
    u8="unit_key decision_key",
    f8="decision_base interest_base half_frailty",
    i4="site organisation psc intervention first_view last_view",
    i2="engaged start_status start_coached",
    f8_="capability lapse_turnover champion_loss_per_day champion_rank measurement_rank deprived_share readiness"
        " since_days",
    i8="start_elements",
    u8_="site_key",
    i4_="first_watched last_watched first_network last_network",
)  # fmt: skip
"""One unit as a draw makes it, and where its views, watchers and networks are."""
VIEW = fields(f8="weight", i4="network peers")
WATCHED = fields(i8="count", i4="unit layer")
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
    i4="before after",
    i1="status event where look coached succeeded element",
    f8_="since_day spread_day mark_day",
    i8="elements",
    i4_="queue_place attempt cycle champion_count",
)
"""One unit as it stands.

`next_day` and `event`: what the calendar calls it for. `before` and `after`: its neighbours there, or its place among
those due. `hazard_day`: when what chance brings is due at the present `rate`, of whose `threshold` this much was left
at `anchor_day`; while it waits in a queue these three hold tie-break, priority and day of the request. `timer_day`: the
end of a cycle, of patience, or of the year before it is sustained. `mark_day`: in use, when its champion leaves;
before, when it was told. `elements`: in place, a bit each. `look`: what is to be done about its hazard.
"""
POOL = fields(i4="capacity held waiting first", i1="called")
"""Slots of an organisation (the first O) or places of a collaborative (the next C); its queue begins at `first`."""
ORGANISATION = fields(f8="dose_day index_at_start dose_effect load_effect")
CLOCK = fields(
    f8="now look_day horizon_day stretches_per_day",
    i8="epoch stretch due_count round_count row_count granted_count look_count",
    u8="run_key",
)


class Links(NamedTuple):
    """Who is where: no draw changes it.

    The members of network n are ``member[member_start[n]:member_start[n + 1]]``, with the view each has of it (-1:
    none); likewise the units and the organisations of a collaborative. `network_of` lists the networks of each unit.
    """

    member_start: Whole
    member: Whole
    member_view: Whole
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


class Live(NamedTuple):
    """What events change.

    `stretches` holds the first unit of each stretch of the calendar, `due` those due in the present one, `queues` the
    units waiting in every pool, `rounds` the pools with a grant round at this instant, `listed` the units a round has
    granted to or who are at a meeting, `looks` those whose hazard is to be looked at before anything else happens.
    """

    clock: Records
    units: Records
    organisations: Records
    dose: Floats
    pools: Records
    queues: Whole
    stretches: Whole
    due: Whole
    rounds: Whole
    listed: Whole
    looks: Whole
    here: NDArray[np.int64]
    knowing: NDArray[np.int64]
    in_use: Whole
    known_in_use: Whole
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
    dose_moves, load_moves, champions_matter = what_moves(inputs)
    always = dose_moves or load_moves or champions_matter or looks_by_time(table, constants)
    return Given(
        records(FACTS, units, inputs, {
            "since_days": inputs.initial_since_days, "start_elements": inputs.initial_elements,
            "start_status": inputs.initial_status, "start_coached": inputs.initial_coached,
            "first_view": peers.view_start[:-1], "last_view": peers.view_start[1:],
            "first_watched": peers.watched_start[:-1], "last_watched": peers.watched_start[1:],
            "first_network": links.network_start[:-1], "last_network": links.network_start[1:],
        }),
        records(VIEW, {"weight": peers.view_weight, "network": peers.view_network, "peers": peers.view_peers}),
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
        dose_moves,
        load_moves,
        champions_matter,
    )  # fmt: skip


def what_moves(inputs: ModelInputs) -> tuple[bool, bool, bool]:
    """Whether dose and load can change a rate, and whether a champion's leaving can."""
    constants = inputs.constants
    worn = bool(np.any(inputs.dose.any(axis=1) & (inputs.dose_loss_per_day != 0.0)))
    return (
        constants.dose_log_hr != 0.0 and (worn or len(inputs.timetable.course_day) > 0),
        constants.load_log_hr != 0.0,
        constants.lapse_champion_log_hr != 0.0 and bool(np.any(inputs.champion_loss_per_day > 0.0)),
    )


def looks_by_time(table: Timetable, constants: Constants) -> bool:
    """Whether a rate can change because time has passed: after a learning set, or without any success."""
    learns = constants.learning_log_hr != 0.0 and bool(table.meeting_learning.any())
    return learns or constants.no_signal_log_hr != 0.0


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
    made = np.empty(next(iter(columns.values())).shape, dtype=kind)
    for name, values in columns.items():
        made[name] = values
    return made


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
        units=np.zeros(unit_count, UNIT),
        organisations=np.zeros(organisation_count, ORGANISATION),
        dose=np.zeros_like(given.dose),
        pools=np.zeros(pool_count, POOL),
        queues=numbers(2 * unit_count),
        stretches=numbers(max(STRETCHES_PER_UNIT * unit_count, STRETCHES_LEAST) + 1),
        due=numbers(unit_count),
        rounds=numbers(pool_count),
        listed=numbers(unit_count),
        looks=numbers(unit_count),
        here=np.zeros(organisation_count, np.int64),
        knowing=np.zeros(intervention_count, np.int64),
        in_use=numbers(len(given.network_key), intervention_count),
        known_in_use=numbers(len(given.views)),
        learning_day=np.zeros(int(given.facts["site"].max(initial=-1)) + 1),
    )


def clear(live: Live, given: Given) -> None:
    """Nobody in the calendar, nothing known, the dose as it was at the start."""
    live.stretches.fill(-1)
    live.in_use.fill(0)
    live.known_in_use.fill(0)
    live.learning_day.fill(-np.inf)
    live.here.fill(-1)
    live.dose[...] = given.dose

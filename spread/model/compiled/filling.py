"""How the compiled engine's memory is filled: from a world once, from every draw, and cleared for every replicate."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.model import world
from spread.model.compiled.layout import (
    BY_INTERVENTION,
    BY_PSC,
    BY_REGION,
    CLOCK,
    COURSE,
    ENTRY,
    EPOCH,
    FACTS,
    GROUP,
    HISTORY,
    MEETING,
    ORGANISATION,
    POOL,
    TIER,
    TOOL,
    TRAITS,
    UNIT,
    VIEW,
    WATCHED,
    Given,
    Links,
    Live,
    Records,
    Whole,
)  # fmt: skip
from spread.model.inputs import Epochs, Ints, ModelInputs, Peers, Timetable, Units

LINE_BYTES = 64
ENTRIES_PER_UNIT = 1.75
STRETCHES_PER_UNIT = 1
STRETCHES_LEAST = 1024


# --- what no draw changes -------------------------------------------------------------------------


def link(units: Units, table: Timetable, peers: Peers, organisation_count: int, psc_count: int) -> Links:
    """Who is where.

    Raises
    ------
    ValueError
        When a unit has two views of one network.
    """
    network = np.repeat(np.arange(len(table.network_key)), np.diff(table.member_start))
    known = known_of_views(views_of_members(table.member, network, peers), len(peers.view_peers))
    psc_unit = np.argsort(units.psc, kind="stable")
    pairs = np.unique(units.psc * organisation_count + units.organisation)
    sizes = [np.bincount(units.organisation, minlength=organisation_count), np.bincount(units.psc, minlength=psc_count)]
    return Links(
        whole(table.member_start),
        whole(table.member),
        whole(units.intervention[table.member]),
        whole(units.site[table.member]),
        world.join_keys(flat(table.network_key, np.uint64)[network], flat(units.site_key, np.uint64)[table.member]),
        whole(known),
        starts(table.member, len(units.site)),
        whole(network[np.argsort(table.member, kind="stable")]),
        starts(units.psc, psc_count),
        whole(psc_unit),
        whole(units.organisation[psc_unit]),
        whole(units.intervention[psc_unit]),
        starts(pairs // organisation_count, psc_count),
        whole(pairs % organisation_count),
        whole(np.unique(units.organisation)),
        whole(np.cumsum(np.concatenate([[0], *sizes]))),
        records(
            WATCHED, {"unit": peers.watched_unit, "known": known[peers.watched_view], "count": peers.watched_count}
        ),
        records(MEETING, {name: getattr(table, f"meeting_{name}") for name in MEETING.names or ()}),
        flat(table.network_key, np.uint64),
        records(COURSE, {name: getattr(table, f"course_{name}") for name in COURSE.names or ()}),
        flat(table.course_seats, np.float64),
        flat(table.psc_key, np.uint64),
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


def known_of_views(member_view: Ints, view_count: int) -> Ints:
    """Where what is known in each view stands: with its member of the network, else after all members; shape (V,)."""
    seat = np.flatnonzero(member_view >= 0)
    known = np.full(view_count, -1)
    known[member_view[seat]] = seat
    others = np.flatnonzero(known < 0)
    known[others] = len(member_view) + np.arange(len(others))
    return known


def starts(part: NDArray[Any], count: int) -> Whole:
    """Where each of `count` parts begins once entries are sorted by part; shape (count + 1,)."""
    return whole(np.concatenate([[0], np.cumsum(np.bincount(part, minlength=count))]))


def whole(values: NDArray[Any]) -> Whole:
    """Whole numbers in four bytes."""
    return np.ascontiguousarray(values, dtype=np.int32)


# --- what one draw fixes --------------------------------------------------------------------------


class Form(NamedTuple):
    """The records of units and views with what no draw changes filled in."""

    facts: Records
    traits: Records
    views: Records


def make_form(units: Units, peers: Peers, links: Links) -> Form:
    """The part of what a draw fixes that is the same for every draw."""
    form = Form(
        in_lines(len(units.site), FACTS), in_lines(len(units.site), TRAITS), in_lines(len(peers.view_peers), VIEW)
    )
    fill(form.facts, units, {"first_view": peers.view_start[:-1], "view_count": np.diff(peers.view_start)})
    fill(form.traits, {
        "first_watched": peers.watched_start[:-1], "last_watched": peers.watched_start[1:],
        "first_network": links.network_start[:-1], "last_network": links.network_start[1:],
    })  # fmt: skip
    fill(form.views, {"peers": peers.view_peers, "known": links.view_known})
    return form


def give(inputs: ModelInputs, form: Form) -> Given:
    """The inputs of one draw in the form the loop reads, which is filled in."""
    constants, epochs = inputs.constants, inputs.epochs
    moves = what_moves(inputs)
    always = any(moves) or constants.no_signal_log_hr != 0.0
    fill(form.facts, inputs._replace(workstream=inputs.workstream[inputs.units.intervention]))
    fill(form.traits, inputs, {
        "since_days": inputs.initial_since_days, "start_elements": inputs.initial_elements,
        "start_status": inputs.initial_status, "start_coached": inputs.initial_coached,
    })  # fmt: skip
    fill(form.views, {"weight": inputs.peers.view_weight})
    return Given(
        *form,
        describe_epochs(epochs, np.ones(len(epochs.day), bool) if always else rates_move(epochs, trend=True)),
        records(BY_INTERVENTION, epochs),
        records(BY_REGION, epochs),
        records(BY_PSC, epochs),
        records(TOOL, inputs, {"mean_days": inputs.cycle_mean_days, "chance": inputs.cycle_chance}),
        flat(inputs.difficulty, np.float64),
        records(GROUP, inputs, {"key": inputs.organisation_key}),
        flat(inputs.dose, np.float64),
        flat(inputs.group_count, np.float64),
        records(TIER, {"target": inputs.dose_target, "weight": inputs.dose_weight}),
        float(epochs.unsupported),
        float(epochs.uncoached),
        *moves,
    )  # fmt: skip


def what_moves(inputs: ModelInputs) -> tuple[bool, bool, bool, bool]:
    """Whether dose, load, a champion's leaving and a learning set can change a rate."""
    constants, table = inputs.constants, inputs.timetable
    loss_of_trained = inputs.dose_loss_per_day[inputs.dose.any(axis=1)]
    worn = bool(np.any(loss_of_trained[:, None] != inputs.epochs.refreshed_per_day))
    return (
        constants.dose_log_hr != 0.0 and (worn or len(table.course_day) > 0),
        constants.load_log_hr != 0.0,
        constants.lapse_champion_log_hr != 0.0 and bool(np.any(inputs.champion_loss_per_day > 0.0)),
        constants.learning_log_hr != 0.0 and bool(table.meeting_learning.any()),
    )


def rates_move(epochs: Epochs, *, trend: bool) -> NDArray[np.bool_]:
    """Whether anything in a plan that a rate depends on differs from the epoch before (the first: yes); shape (P,).

    Without what moves decisions alone unless `trend`.
    """
    moves = np.ones(len(epochs.day), dtype=bool)
    columns = (
        epochs.push, epochs.stopping, epochs.shock, epochs.campaign, epochs.started,
        epochs.coaching, epochs.hours, epochs.champions, epochs.measurement,
        *((epochs.trend, epochs.open, epochs.support) if trend else ()),
    )  # fmt: skip
    changes = [(column[1:] != column[:-1]).any(axis=tuple(range(1, column.ndim))) for column in columns]
    moves[1:] = np.any(changes, axis=0)
    return moves


def describe_epochs(epochs: Epochs, looks: NDArray[np.bool_]) -> Records:
    """Every epoch, whether rates are looked at as it begins, and when they are looked at next."""
    stirs = rates_move(epochs, trend=False)
    return records(EPOCH, epochs, {
        "looks": looks, "next_look": next_day(epochs, looks), "stirs": stirs, "next_stir": next_day(epochs, stirs),
    })  # fmt: skip


def next_day(epochs: Epochs, such: NDArray[np.bool_]) -> NDArray[np.float64]:
    """When the next such epoch after each begins; never after the last."""
    later = np.append(np.where(such, epochs.day, np.inf), np.inf)
    return np.minimum.accumulate(later[::-1])[::-1][1:]


def records(kind: np.dtype[np.void], *sources: Any) -> Records:
    """One record per entry, each field from the last source that has it."""
    found = next(
        column for name in kind.names or () for source in sources if (column := look_up(source, name)) is not None
    )
    return fill(in_lines(found.shape, kind), *sources)


def fill(made: Records, *sources: Any) -> Records:
    """Write the fields that a source has, the last one counting, and leave the others."""
    for source in sources:
        for name in made.dtype.names:
            column = look_up(source, name)
            if column is not None:
                made[name] = column
    return made


def look_up(source: Any, name: str) -> Any:
    """A value of a mapping or an attribute of anything else; nothing where there is none."""
    return source.get(name) if isinstance(source, Mapping) else getattr(source, name, None)


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


def make_live(given: Given, links: Links) -> Live:
    """Room for one replicate."""
    unit_count, organisation_count, psc_count = len(given.facts), len(given.groups), given.by_psc.shape[1]
    pool_count, intervention_count = organisation_count + psc_count, len(given.tools)

    def numbers(*shape: int) -> Whole:
        return np.zeros(shape, np.int32)

    return Live(
        clock=np.zeros(1, CLOCK),
        units=in_lines(unit_count, UNIT),
        histories=in_lines(unit_count, HISTORY),
        status=np.zeros(unit_count, np.int8),
        known=numbers(max(len(links.member), int(links.view_known.max(initial=-1)) + 1)),
        organisations=np.zeros(organisation_count, ORGANISATION),
        dose=np.zeros_like(given.dose),
        pools=np.zeros(pool_count, POOL),
        queues=numbers(2 * unit_count),
        stretches=numbers(max(STRETCHES_PER_UNIT * unit_count, STRETCHES_LEAST) + 1),
        entries=np.zeros(math.ceil(ENTRIES_PER_UNIT * unit_count), ENTRY),
        due=numbers(unit_count),
        rounds=numbers(pool_count),
        listed=numbers(unit_count),
        looks=numbers(unit_count + most_watchers(given) + 1),
        here=np.zeros(organisation_count, np.int64),
        knowing=np.zeros(intervention_count, np.int64),
        in_use=numbers(len(links.network_key), intervention_count),
        learning_day=np.zeros(int(given.facts["site"].max(initial=-1)) + 1),
        coached_by=numbers(psc_count, 1 + int(given.tools["programme"].max(initial=0))),
    )


def most_watchers(given: Given) -> int:
    """The most views through which one unit is watched."""
    watched: NDArray[np.int32] = given.traits["last_watched"] - given.traits["first_watched"]
    return int(watched.max(initial=0))


def clear(live: Live, given: Given) -> None:
    """Nothing known, the dose as it was at the start."""
    live.in_use.fill(0)
    live.coached_by.fill(0)
    live.known.fill(0)
    live.learning_day.fill(-np.inf)
    live.here.fill(-1)
    live.dose[...] = given.dose

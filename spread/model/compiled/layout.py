"""What the compiled engine holds in memory: one record per unit, organisation and collaborative.

`Links` is what no draw changes, `Given` what one draw fixes, and `Live` what events change, used again for every
replicate. U units, S sites, O organisations, C collaboratives, N networks, I interventions, P epochs, G tiers, V views.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Records = Any  # an array of records, read by field name in compiled code
Whole = NDArray[np.int32]
Floats = NDArray[np.float64]


def fields(**kinds: str) -> np.dtype[np.void]:
    """A record's fields by type (``f8_``: more of ``f8``): names separated by spaces, in order, naturally aligned."""
    return np.dtype([(name, kind[:2]) for kind, names in kinds.items() for name in names.split()], align=True)


FACTS = fields(
    u8="unit_key decision_key",
    f8="decision_base interest_base half_frailty",
    i4="site organisation psc first_view",
    i2="view_count intervention",
    i1="engaged workstream",
)
"""One unit as a draw makes it, and where its views are: what a rate or a meeting needs, in one line of the cache."""
TRAITS = fields(
    f8="capability champion_rank measurement_rank lapse_turnover champion_loss_per_day deprived_share readiness"
       " since_days",
    i8="start_elements",
    i4="first_watched last_watched first_network last_network",
    i1="start_status start_coached",
)  # fmt: skip
"""The rest of it: where it begins, and where its watchers and networks are."""
VIEW = fields(f8="weight", i4="peers known")
"""A layer of peers: its weight, how many there are, and where it stands how many the unit knows to be in use."""
WATCHED = fields(i4="unit known count")
"""Who watches, where what it knows stands, and how much a unit in use counts there."""
EPOCH = fields(f8="day next_look next_stir refreshed_per_day", i8="priority_rule looks stirs")
"""`looks`: whether any rate may move as it begins; `stirs`: whether one that moves seldom may (`waits.call`)."""
BY_INTERVENTION = fields(f8="push trend testing stopping shock campaign", i8="started open")
BY_REGION = fields(f8="support coaching hours champions measurement")
"""What a collaborative gives a workstream."""
BY_PSC = fields(i8="places")
TOOL = fields(f8="mean_days chance deadline_day", i8="elements tested programme priority")
"""One intervention."""
GROUP = fields(u8="key", f8="dose_loss_per_day", i8="slots")
"""One organisation as a draw makes it."""
TIER = fields(f8="target weight")
MEETING = fields(f8="day attendance", i8="date network learning")
COURSE = fields(f8="day", i8="date psc")

UNIT = fields(
    f8="next_day hazard_day threshold rate anchor_day timer_day",
    i4="place queue_place",
    i1="event where coached succeeded element",
)
"""One unit as it stands but for its status, in one line of the cache.

`next_day` and `event`: what the calendar calls it for; `place`: where it stands among those due. `hazard_day`: when
what chance brings is due at the present `rate`, of whose `threshold` this much was left at `anchor_day`; while it waits
in a queue these three hold tie-break, priority and day of the request. `timer_day`: the end of a cycle, of patience, or
of the year before it is sustained; while it is interested, its exposure.
"""
HISTORY = fields(i8="elements", i4="attempt cycle champion_count", f8="since_day spread_day mark_day")
"""The rest of it. `mark_day`: in use, when its champion leaves; before, when it was told. `elements`: a bit each."""
ENTRY = fields(i4="unit after")
"""A unit in the list of a later stretch of the calendar."""
POOL = fields(i4="capacity held waiting first", i1="called")
"""Slots of an organisation (the first O) or places of a collaborative (the next C); its queue begins at `first`."""
ORGANISATION = fields(f8="dose_day index_at_start dose_effect load_effect")
CLOCK = fields(
    f8="now looked_day look_day stir_day horizon_day stretches_per_day",
    i8="epoch stretch free_entry due_count round_count row_count granted_count look_count",
    u8="run_key",
)


class Links(NamedTuple):
    """Who is where: no draw changes it.

    The members of network n are ``member[member_start[n]:member_start[n + 1]]``, each with its intervention, its site
    and the key of that site's coming to meetings. Likewise the units of a collaborative, with organisation and
    intervention, and its organisations. `network_of` lists the networks of each unit, `view_known` says where what is
    known in each view stands.
    """

    member_start: Whole
    member: Whole
    member_intervention: Whole
    member_site: Whole
    member_key: NDArray[np.uint64]
    view_known: Whole
    network_start: Whole
    network_of: Whole
    psc_unit_start: Whole
    psc_unit: Whole
    psc_unit_organisation: Whole
    psc_unit_intervention: Whole
    psc_organisation_start: Whole
    psc_organisation: Whole
    active_organisation: Whole
    queue_start: Whole
    watched: Records
    meetings: Records
    network_key: NDArray[np.uint64]
    courses: Records
    seats: Floats
    psc_key: NDArray[np.uint64]


class Given(NamedTuple):
    """What one draw fixes; the records above, and the dose by organisation and tier, shape (O, G)."""

    facts: Records
    traits: Records
    views: Records
    epochs: Records
    by_intervention: Records
    by_region: Records
    by_psc: Records
    tools: Records
    difficulty: Floats
    groups: Records
    dose: Floats
    group_count: Floats
    tiers: Records
    unsupported: float
    uncoached: float
    dose_moves: bool
    load_moves: bool
    champions_matter: bool
    learns: bool


class Live(NamedTuple):
    """What events change.

    `status` is that of each unit, `known` how many each member of a network, and after them each other view, knows to
    be in use. `stretches` holds the first of the `entries` of each stretch of the calendar, `due` the units of the
    present one, `queues` the units waiting in every pool, `rounds` the pools with a grant round at this instant,
    `listed` the units a round has granted to, who hear at a meeting or are looked at together, `looks` those whose
    hazard is to be looked at next, and how, `coached_by` the places each programme holds in each collaborative.
    """

    clock: Records
    units: Records
    histories: Records
    status: NDArray[np.int8]
    known: Whole
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
    coached_by: Whole


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

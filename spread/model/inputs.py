"""What an engine is given: the world, the timetable and the drawn parameters as plain sorted arrays.

Time is days since the run began, rates are per day. U units, S sites, O organisations,
C collaboratives, N networks, I interventions, P epochs (stretches in which push, support, trend
and shocks stand still), G tiers of the dose.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]

CYCLE_SHAPES = ("fixed", "lognormal", "exponential")


class Units(NamedTuple):
    """Every eligible (site, intervention) pair, sorted by intervention, then site.

    `interventions` names in the scenario's order; `site`, `intervention`, `organisation`, `psc`
    are indices, shape (U,); `site_key` and `unit_key` are the keys of their chance; `decision_key` is that of
    hearing, interest and decision, shared at a site by the interventions of one package.
    """

    interventions: tuple[str, ...]
    site: Ints
    intervention: Ints
    organisation: Ints
    psc: Ints
    site_key: Keys
    unit_key: Keys
    decision_key: Keys


class Peers(NamedTuple):
    """Whom each unit watches.

    View v of unit u, for v in ``view_start[u]:view_start[u + 1]``, is one layer: `weight` (a share; a
    unit's weights sum to one), `peers` (how many, or their summed integer tie weights) and
    `network` (-1: seen at once, through ties or within the organisation). When unit u comes into use or
    lapses, view ``watched_view[k]`` of unit ``watched_unit[k]`` moves by ``watched_count[k]`` at once, for
    k in ``watched_start[u]:watched_start[u + 1]``.
    """

    view_start: Ints
    view_network: Ints
    view_weight: Floats
    view_peers: Ints
    watched_start: Ints
    watched_unit: Ints
    watched_view: Ints
    watched_count: Ints


class Timetable(NamedTuple):
    """Every calendar event, sorted by day, then by what it is.

    Meetings: `meeting_day`, `meeting_date` (days since 1970, its identity), `meeting_network`,
    `meeting_attendance` (0-1), `meeting_learning` (1 for a learning set). Courses: `course_day`, `course_date`,
    `course_psc`, `course_seats` shape (courses, G). Members of network n are the units
    ``member[member_start[n]:member_start[n + 1]]``, ordered by site, then intervention.
    """

    meeting_day: Floats
    meeting_date: Ints
    meeting_network: Ints
    meeting_attendance: Floats
    meeting_learning: Ints
    network_key: Keys
    member_start: Ints
    member: Ints
    course_day: Floats
    course_date: Ints
    course_psc: Ints
    course_seats: Floats
    psc_key: Keys


class Epochs(NamedTuple):
    """What stands still between two refreshes, P of them.

    Shapes (P,): `day`, `priority_rule`, `refreshed_per_day` (what refreshers take off the loss of dose). (P, I): `push`
    on contact and interest, `trend` on decision (push, deadline, secular trend, shock, co-design), `testing` on cycles
    and `stopping`, `shock`, `campaign` (contact rate per day), `started` (1 once the programme runs), `open` (1 once it
    exists).
    (P, W, C), by workstream (programmes with the same support): `support`, with work on safety culture, and `coaching`
    (effects less the reference), `hours` of outreach per site and month, `champions` and `measurement` (shares).
    (P, C): `places`, which all share.
    Scalars: `unsupported` and `uncoached` effects.
    """

    day: Floats
    priority_rule: Ints
    push: Floats
    trend: Floats
    testing: Floats
    stopping: Floats
    shock: Floats
    campaign: Floats
    started: Ints
    open: Ints
    support: Floats
    coaching: Floats
    hours: Floats
    places: Ints
    champions: Floats
    measurement: Floats
    unsupported: float
    uncoached: float
    refreshed_per_day: Floats


class Constants(NamedTuple):
    """Single numbers of one draw: rates per day, shares, log effects, days."""

    horizon_days: float
    contact_per_hour: float
    meeting_contact_share: float
    kappa: float
    peer_exponent: float
    load_log_hr: float
    load_free: float
    learning_log_hr: float
    learning_days: float
    dose_log_hr: float
    course_attendance_share: float
    champion_log_hr: float
    champion_reference_share: float
    champion_gap_days: float
    measurement_log_hr: float
    measurement_reference_share: float
    cycle_shape: int
    cycle_log_sd: float
    stop_per_day: float
    no_signal_log_hr: float
    no_signal_days: float
    resume_per_day: float
    spread_per_day: float
    sustain_days: float
    lapse_per_day: float
    lapse_embedded_share: float
    lapse_measurement_log_hr: float
    lapse_champion_log_hr: float
    restart_per_day: float
    element_loss_share: float
    patience_days: float


class ModelInputs(NamedTuple):
    """Everything one run is a function of, besides (seed, draw, replicate).

    Per unit (U,): `interest_base`, `decision_base` (per day), `half_frailty` and `capability` (log effects on
    testing), `engaged`, `champion_rank` and `measurement_rank` (0-1: below the share means has one),
    `deprived_share`, `readiness`, `lapse_turnover` (log effect), `champion_loss_per_day`, and the start:
    `initial_status`, `initial_since_days`, `initial_elements` (bit e set: element e in place),
    `initial_coached`.
    Per organisation: `slots` (O,), `dose` (O, G) at the start, `dose_loss_per_day` (O,), `group_count` (O, G),
    `organisation_key`. Per tier: `dose_target`, `dose_weight`. Per intervention: `elements`, `cycle_mean_days`,
    `cycle_chance`, `tested` (0: adopted at decision), `deadline_day`, `available_day` (from which it exists),
    `workstream` (whose support it gets), `programme` (which it is in) and its `priority`; `difficulty` (I, most
    elements).
    """

    units: Units
    peers: Peers
    timetable: Timetable
    epochs: Epochs
    constants: Constants
    interest_base: Floats
    decision_base: Floats
    half_frailty: Floats
    capability: Floats
    engaged: Ints
    champion_rank: Floats
    measurement_rank: Floats
    deprived_share: Floats
    readiness: Floats
    lapse_turnover: Floats
    champion_loss_per_day: Floats
    initial_status: Ints
    initial_since_days: Floats
    initial_elements: Ints
    initial_coached: Ints
    slots: Ints
    dose: Floats
    dose_loss_per_day: Floats
    group_count: Floats
    organisation_key: Keys
    dose_target: Floats
    dose_weight: Floats
    elements: Ints
    cycle_mean_days: Floats
    cycle_chance: Floats
    tested: Ints
    deadline_day: Floats
    available_day: Floats
    workstream: Ints
    programme: Ints
    priority: Ints
    difficulty: Floats

"""What the C++ limit reads: one draw's inputs as raw arrays, each after its size in bytes.

Only worlds in which nothing is on that the limit leaves out can be written.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spread.model.inputs import Ints, ModelInputs, Timetable

CONSTANTS = [
    "horizon_days",
    "contact_per_hour",
    "meeting_contact_share",
    "kappa",
    "cycle_shape",
    "cycle_log_sd",
    "stop_per_day",
    "resume_per_day",
    "spread_per_day",
    "sustain_days",
    "lapse_per_day",
    "lapse_embedded_share",
    "restart_per_day",
    "element_loss_share",
    "patience_days",
]
OFF = [
    "no_signal_log_hr",
    "champion_log_hr",
    "measurement_log_hr",
    "lapse_measurement_log_hr",
    "lapse_champion_log_hr",
    "learning_log_hr",
    "dose_log_hr",
    "load_log_hr",
]


def write_dump(inputs: ModelInputs, path: Path) -> None:
    """Write one draw's inputs for the limit.

    Raises
    ------
    ValueError
        When something is on that the limit leaves out.
    """
    faults = too_much(inputs)
    if faults:
        raise ValueError(f"the limit does not do: {', '.join(faults)}")
    with path.open("wb") as file:
        for array in arrays(inputs):
            packed = np.ascontiguousarray(array).tobytes()
            file.write(len(packed).to_bytes(8, "little"))
            file.write(packed)


def too_much(inputs: ModelInputs) -> list[str]:
    """What is on that the limit leaves out."""
    table, constants, epochs = inputs.timetable, inputs.constants, inputs.epochs
    meets = np.unique(table.meeting_network)
    members = members_of(table, meets)
    seen = np.isin(inputs.peers.view_network, meets)
    plans = [column for name, column in epochs._asdict().items() if name not in ("day", "unsupported", "uncoached")]
    found = {
        **{name: getattr(constants, name) != 0.0 for name in OFF},
        "plans that change": any(bool(np.any(column[1:] != column[:-1])) for column in plans),
        "courses": len(table.course_day) > 0,
        "learning sets": bool(np.any(table.meeting_learning)),
        "ties": len(inputs.peers.watched_unit) > 0,
        "peers who never meet": bool(np.any(inputs.peers.view_weight[~seen] != 0.0)),
        "two networks that meet": len(np.unique(members)) < len(members),
        "adoption at decision": not np.all(inputs.tested),
        "priorities": bool(np.any(epochs.priority_rule)),
        "programmes with support of their own": epochs.support.shape[1] > 1,
        "packages": bool(np.any(inputs.units.decision_key != inputs.units.unit_key)),
        "more than eight elements": int(inputs.elements.max()) > 8,
    }
    return [name for name, is_on in found.items() if is_on]


def arrays(inputs: ModelInputs) -> list[NDArray[Any]]:
    """Everything in the order in which ``limit.cpp`` reads it."""
    units, epochs = inputs.units, inputs.epochs
    numbers = [getattr(inputs.constants, name) for name in CONSTANTS] + [epochs.unsupported, epochs.uncoached]
    by_tool = (epochs.push, epochs.trend, epochs.testing, epochs.stopping, epochs.shock, epochs.campaign,
               epochs.started, epochs.open)  # fmt: skip
    return [
        np.array(numbers, dtype=np.float64),
        *(column[0] for column in by_tool),
        inputs.elements, inputs.cycle_mean_days, inputs.cycle_chance, inputs.difficulty,
        epochs.support[0, 0], epochs.coaching[0, 0], epochs.hours[0, 0], epochs.places[0], inputs.slots,
        units.unit_key, units.site_key, units.site, units.organisation, units.psc, units.intervention, inputs.engaged,
        inputs.interest_base, inputs.decision_base, inputs.half_frailty, inputs.capability, inputs.lapse_turnover,
        inputs.initial_status, inputs.initial_since_days, inputs.initial_elements, inputs.initial_coached,
        *meetings(inputs),
    ]  # fmt: skip


def members_of(table: Timetable, networks: Ints) -> Ints:
    """Units of the members of some networks, one network after the other."""
    parts = [table.member[table.member_start[n] : table.member_start[n + 1]] for n in networks]
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def meetings(inputs: ModelInputs) -> list[NDArray[Any]]:
    """The view each unit has of the network it meets in, networks that meet with their members, and meetings."""
    table, peers = inputs.timetable, inputs.peers
    meets, network = np.unique(table.meeting_network, return_inverse=True)
    unit_count = len(inputs.units.site)
    owner = np.repeat(np.arange(unit_count), np.diff(peers.view_start))
    view = np.flatnonzero(np.isin(peers.view_network, meets))
    weight, seen, count = np.zeros(unit_count), np.full(unit_count, -1), np.zeros(unit_count, dtype=np.int64)
    weight[owner[view]] = peers.view_weight[view]
    seen[owner[view]] = np.searchsorted(meets, peers.view_network[view])
    count[owner[view]] = peers.view_peers[view]
    sizes = np.diff(table.member_start)[meets]
    return [
        weight, seen, count,
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        members_of(table, meets),
        table.network_key[meets],
        table.meeting_day, table.meeting_attendance, table.meeting_date, network.astype(np.int64),
    ]  # fmt: skip

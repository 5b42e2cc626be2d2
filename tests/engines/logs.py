"""Whether two event logs are the same to the last bit, and what a heap of logs holds."""

from collections import Counter
from typing import Any

import numpy as np

from spread.model import STATUS_NAMES, Cause, Event, Phase, inputs, record

# The phase of each event, by kind; word at a meeting or a course comes in the phase of that.
PHASES = np.array([
    Phase.DECISIONS, Phase.DECISIONS, Phase.DECISIONS, Phase.GRANTS, Phase.GRANTS, Phase.DECISIONS, Phase.GRANTS,
    Phase.ENDS, Phase.ENDS, Phase.ENDS, Phase.ENDS, Phase.ENDS, Phase.ENDS, Phase.DECISIONS, Phase.ENDS,
    Phase.DECISIONS,
])  # fmt: skip
COLUMNS = record.EventLog._fields
CAUSE_PHASES = {Cause.MEETING: Phase.MEETINGS, Cause.COURSE: Phase.CALENDAR}


def assert_same_log(process: record.EventLog, compiled: record.EventLog) -> None:
    """Equal row for row and bit for bit; if not, the first row that differs is said in words."""
    other_types = [name for name in COLUMNS if getattr(process, name).dtype != getattr(compiled, name).dtype]
    assert other_types == [], "columns of another type"
    assert process.initial_status.tobytes() == compiled.initial_status.tobytes(), "another status at the start"
    assert process.initial_since_days.tobytes() == compiled.initial_since_days.tobytes(), "another day at the start"
    row = first_difference(process, compiled)
    assert row is None, (
        f"row {row} differs ({len(process.kind)} rows and {len(compiled.kind)})\n"
        f"process:  {row_in_words(process, row)}\ncompiled: {row_in_words(compiled, row)}"
    )


def first_difference(one: record.EventLog, other: record.EventLog) -> int | None:
    """The first row in which two logs differ, if any."""
    count = min(len(one.kind), len(other.kind))
    differs = one.time_days[:count].view(np.int64) != other.time_days[:count].view(np.int64)
    for name in COLUMNS[3:]:
        differs |= getattr(one, name)[:count] != getattr(other, name)[:count]
    if differs.any():
        return int(np.argmax(differs))
    return None if len(one.kind) == len(other.kind) else count


def row_in_words(log: record.EventLog, row: int) -> str:
    """One row of a log for a reader."""
    if row >= len(log.kind):
        return "the log has ended"
    element = f", element {log.element[row]}" if log.element[row] >= 0 else ""
    cause = f", cause {Cause(log.cause[row]).name.lower()}" if log.cause[row] else ""
    before, after = STATUS_NAMES[log.from_status[row]], STATUS_NAMES[log.to_status[row]]
    return (
        f"day {log.time_days[row]!r}, unit {log.unit[row]}, {Event(log.kind[row]).name.lower()}, "
        f"{before} -> {after}{element}{cause}"
    )


def copy_of(log: record.EventLog) -> record.EventLog:
    """A log that stays as it is when its workspace is used again."""
    columns: list[Any] = [column.copy() for column in log]
    return record.EventLog(*columns)


class Seen:
    """What happened in the worlds tried so far: how many worlds held each thing."""

    def __init__(self) -> None:
        self.worlds = 0
        self.events: Counter[Event] = Counter()
        self.causes: Counter[Cause] = Counter()
        self.rules: Counter[int] = Counter()
        self.instants: Counter[str] = Counter()

    def add(self, world: inputs.ModelInputs, log: record.EventLog) -> None:
        """Take one log into account."""
        self.worlds += 1
        self.events.update(Event(kind) for kind in np.unique(log.kind).tolist())
        self.causes.update(Cause(cause) for cause in np.unique(log.cause).tolist())
        self.rules.update(rules_waited_under(world, log))
        self.instants.update(shared_instants(log))


def rules_waited_under(world: inputs.ModelInputs, log: record.EventLog) -> set[int]:
    """The priority rules under which a unit asked for a slot or a place that it then had to wait for."""
    order = np.argsort(log.unit, kind="stable")
    unit, time, kind = log.unit[order], log.time_days[order], log.kind[order]
    granted = (kind[1:] == Event.SLOT_GRANT) | (kind[1:] == Event.PLACE_GRANT)
    waited = granted & (unit[1:] == unit[:-1]) & (time[1:] > time[:-1])
    asked = time[:-1][waited]
    epoch = np.searchsorted(world.epochs.day, asked, side="right") - 1
    return set(world.epochs.priority_rule[epoch].tolist())


def shared_instants(log: record.EventLog) -> set[str]:
    """Whether units met at one instant: several in one `phase`, or in several `phases`."""
    if not len(log.kind):
        return set()
    phase = PHASES[log.kind]
    for cause, its_phase in CAUSE_PHASES.items():
        phase = np.where((log.kind == Event.CONTACT) & (log.cause == cause), its_phase, phase)
    _, instant = np.unique(log.time_days, return_inverse=True)
    met = np.unique(np.stack([instant, phase, log.unit]), axis=1)
    units_in_phase = np.unique(met[:2], axis=1, return_counts=True)[1]
    phases_at = np.bincount(np.unique(met[:2], axis=1)[0])
    units_at = np.bincount(np.unique(met[[0, 2]], axis=1)[0])
    several = {"phase"} if (units_in_phase > 1).any() else set()
    return several | ({"phases"} if ((phases_at > 1) & (units_at > 1)).any() else set())

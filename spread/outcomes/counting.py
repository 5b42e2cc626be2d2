"""The compiled pass through one event log, and through one table that is added to those of other runs.

The pass goes through the log once, in its order; at every report date's cutoff it writes down where things stand.
What is counted is whole numbers, and times are added up unit by unit in the order of the log, so nothing depends on
anything but the log.

T report dates, Q slots, R rows, U units, A aims, B ambitions, P scopes, M marks, C collaboratives, I interventions,
E epochs, W stages watched.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from spread import model
from spread.model import compiling, record
from spread.outcomes import delays, marking, thresholds, workspace
from spread.outcomes import plan as plans

if TYPE_CHECKING:
    from spread.outcomes import tabulate

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]
Index = workspace.Index
Records = workspace.Records

RECENT_MONTHS: Final = 6
"""How far back "recent" looks when a pace is wanted; the national team's return is quarterly."""

# What compiled code takes as constants.
RANK: Final = plans.RANK
STATUS_ORDER: Final = np.array(model.STATUS_ORDER, dtype=np.int8)
CAUSE_OF: Final = delays.CAUSE_OF
STATUS_COUNT: Final = model.STATUS_COUNT
EVER_ADOPTED: Final = workspace.EVER_ADOPTED
COLUMN_COUNT: Final = workspace.COLUMN_COUNT
CAUSE_COUNT: Final = delays.CAUSE_COUNT
NO_EVENT: Final = delays.NO_EVENT
AT_START: Final = thresholds.AT_START
TOLERANCE: Final = thresholds.TOLERANCE
RECENT_DAYS: Final = RECENT_MONTHS * plans.DAYS_PER_MONTH
AHEAD: Final = 12  # units brought near before it is their turn
LAST_CODE: Final = int(np.iinfo(np.uint16).max)


# --- the pass -------------------------------------------------------------------------------------


@compiling.compiled
def count_log(
    log: record.EventLog, engaged: Flags, given: "tabulate.Conditions", work: workspace.Workspace,
    table: "tabulate.OutcomeTable",
) -> None:  # fmt: skip
    """Count one log; everything in `table` is written but what is measured in patients."""
    _begin_units(log.initial_status, given.available_day, work.intervention, work.units, work.days)
    marking.begin(given.coached, work.queues, table.states, table.lost_minutes, table.waits)
    _begin_rows(
        log.initial_status, log.initial_since_days, engaged, work.units, work.rows, work.unit_of_row, work.cell_of_row,
        work.stage_rank, work.adopted_place[0], work.held, work.running,
        table.engaged, table.initial_status, table.since_days, table.adopted_days,
    )  # fmt: skip
    _begin_ambitions(
        work.rows, work.aims, work.aim_of_label, work.thresholds, work.stage_rank, work.standing, work.needed,
        work.moved, table.initial_status, table.since_days, table.denominator, table.recent, table.reached_days,
    )  # fmt: skip
    first, date_count = 0, len(work.cutoffs)
    crossings = np.empty((most_between(log.time_days, work.cutoffs) * len(work.stage_rank) + 1, 3), dtype=np.int32)
    for date in range(date_count + 1):
        last = np.searchsorted(log.time_days, work.cutoffs[date]) if date < date_count else len(log.time_days)
        changed_count, crossing_count = _follow(
            log.time_days[first:last], log.kind[first:last], log.unit[first:last], log.to_status[first:last],
            work.units, work.stage_rank, work.days, work.changed, crossings,
        )  # fmt: skip
        _cross(
            crossings[:crossing_count], log.time_days[first:last], log.unit[first:last], work.units, work.row_of_unit,
            work.rows, work.aims, work.aim_of_label, work.aim_start, work.adopted_place[0], work.held, work.standing,
            work.needed, work.moved, table.reached_days, table.adopted_days,
        )  # fmt: skip
        if work.mark_start[min(date, date_count)] < work.mark_start[date_count]:
            marking.follow_queues(log.time_days[first:last], log.kind[first:last], log.unit[first:last], work.queues)
        first = last
        if date < date_count:
            _show(
                work.changed[:changed_count], work.units, work.row_of_unit, work.rows, work.unit_of_row,
                work.cell_of_row, work.running, work.changed_sets,
            )  # fmt: skip
            _copy(work.running, table.counts[date].reshape(-1))
            _copy(work.standing.reshape(-1), table.numerator[date].reshape(-1))
            marking.write_marks(
                date, work.cutoffs[date], work.marks[work.mark_start[date] : work.mark_start[date + 1]], work.units,
                work.rows, work.unit_of_row, work.days, work.queues, work.minutes, table.met, table.delay_minutes,
                table.states, table.lost_minutes, table.waits,
            )  # fmt: skip
            if work.mark_start[date] < work.mark_start[date + 1]:
                marking.write_coaching(
                    work.cutoffs[date], work.rows, work.queues, given.epoch_day, given.places, table.coaching[date],
                )  # fmt: skip
    for ambition in range(work.moved.shape[0]):
        for scope in range(work.moved.shape[1]):
            _settle(ambition, scope, work.aim_start, work.standing, work.needed, work.moved, table.reached_days)


@compiling.part
def most_between(time_days: Floats, cutoffs: Floats) -> int:
    """The most events between two cutoffs, or before the first, or after the last."""
    first, most = 0, 0
    for date in range(len(cutoffs)):
        last = np.searchsorted(time_days, cutoffs[date])
        first, most = last, max(most, last - first)
    return max(most, len(time_days) - first)


@compiling.part
def _copy(source: Any, target: Any) -> None:
    """Entry by entry: an assignment of one array to another takes seconds to compile, for what it says of shapes."""
    for place in range(len(source)):
        target[place] = source[place]


@compiling.compiled
def _follow(
    time_days: Floats, kind: Codes, unit_of: Index, to_status: Codes, units: Records, stage_rank: Codes, days: Floats,
    changed: Index, crossings: Index,
) -> tuple[int, int]:  # fmt: skip
    """Live through some events: where units stand and how long they waited; how many units changed, and crossings.

    What happens next cannot be guessed, so nothing here waits for a guess: a place in a list is always written and
    counts only if it should.
    """
    changed_count = crossing_count = 0
    for event in range(len(unit_of)):
        ahead = unit_of[min(event + AHEAD, len(unit_of) - 1)]
        compiling.fetch(units, ahead)
        compiling.fetch(days, ahead)
        now, number, after = time_days[event], unit_of[event], to_status[event]
        unit = units[number]
        before = unit["status"]
        marking.add_wait(unit, now, days, number)
        unit["begun"], unit["cause"], unit["status"] = now, CAUSE_OF[after, kind[event]], after
        changed[changed_count] = number
        changed_count += int(before != after and not unit["is_changed"])
        unit["is_changed"] = unit["is_changed"] or before != after
        for place in range(len(stage_rank)):
            step = int(RANK[after] >= stage_rank[place]) - int(RANK[before] >= stage_rank[place])
            crossings[crossing_count, 0], crossings[crossing_count, 1] = event, place
            crossings[crossing_count, 2] = step
            crossing_count += int(step != 0)
    return changed_count, crossing_count


@compiling.compiled
def _cross(
    crossings: Index, time_days: Floats, unit_of: Index, units: Records, row_of_unit: Index, rows: Records,
    aims: Records, aim_of_label: Index, aim_start: Index, adopted_place: int, held: Index, standing: Floats,
    needed: Floats, moved: Floats, reached: Floats, stage_day: Floats,
) -> None:  # fmt: skip
    """Rows that come to a stage or fall below it: a set comes there when the last of the members it needs does."""
    for number in range(len(crossings)):
        event, place, step = crossings[number, 0], crossings[number, 1], crossings[number, 2]
        now, unit = time_days[event], units[unit_of[event]]
        for at in range(unit["first_row"], unit["end_row"]):
            row = rows[row_of_unit[at]]
            if row["members"] > 1:
                members = held[row_of_unit[at], place]
                held[row_of_unit[at], place] = members + step
                if max(members, members + step) != row["needed"]:
                    continue
            if step > 0:
                row["has_adopted"] = row["has_adopted"] or place == adopted_place
                if place == row["stage_place"] and stage_day[row_of_unit[at]] == np.inf:
                    stage_day[row_of_unit[at]] = now
            for at_aim in range(row["first_aim"], row["end_aim"]):
                aim = aims[aim_of_label[at_aim]]
                counts = aim["of_sites"] and (row["counts"] & aim["denominator"]) != 0
                if counts and aim["stage_place"] == place:
                    for scope in (0, row["psc"] + 1):
                        if moved[aim["ambition"], scope] < now:
                            _settle(aim["ambition"], scope, aim_start, standing, needed, moved, reached)
                            moved[aim["ambition"], scope] = now
                        standing[aim_of_label[at_aim], scope] += step


@compiling.part
def _settle(
    ambition: int, scope: int, aim_start: Index, standing: Floats, needed: Floats, moved: Floats, reached: Floats
) -> None:
    """See whether all aims of an ambition stood at their thresholds when it last moved; within an instant none stands.

    It has moved at `AT_START` first of all. Comparison with a threshold that is not stated (NaN) fails.
    """
    if reached[ambition, scope] != np.inf:
        return
    for aim in range(aim_start[ambition], aim_start[ambition + 1]):
        if not standing[aim, scope] >= needed[aim, scope]:
            return
    reached[ambition, scope] = moved[ambition, scope]


# --- where it begins ------------------------------------------------------------------------------


@compiling.compiled
def _begin_units(
    initial_status: Codes, available_day: Floats, intervention: Index, units: Records, days: Floats
) -> None:
    days[:] = 0.0
    for number in range(len(units)):
        unit = units[number]
        unit["status"], unit["cause"] = initial_status[number], CAUSE_OF[initial_status[number], NO_EVENT]
        unit["begun"], unit["is_changed"] = 0.0, False
        unit["available_day"] = available_day[intervention[number]]


@compiling.compiled
def _begin_rows(
    initial_status: Codes, initial_since: Floats, engaged: Flags, units: Records, rows: Records, unit_of_row: Index,
    cell_of_row: Index, stage_rank: Codes, adopted_place: int, held: Index, running: Index,
    slot_engaged: Index, row_status: Codes, row_since: Floats, stage_day: Floats,
) -> None:  # fmt: skip
    """Count every row where it begins, and forget the last log."""
    held[:] = 0
    running[:] = 0
    slot_engaged[:] = 0
    for number in range(len(rows)):
        row = rows[number]
        status = _status_of(row, units, unit_of_row)
        is_engaged = True
        for place in range(row["first_unit"], row["end_unit"]):
            unit = unit_of_row[place]
            is_engaged = is_engaged and engaged[unit]
            if row["members"] > 1:
                for stage in range(len(stage_rank)):
                    held[number, stage] += int(RANK[initial_status[unit]] >= stage_rank[stage])
        adopted = RANK[status] >= stage_rank[adopted_place]
        row_status[number] = status
        row_since[number] = _since_of(row, status, initial_status, initial_since, unit_of_row)
        row["status"], row["is_changed"] = status, False
        row["has_adopted"], row["is_shown"] = adopted, adopted
        stage_day[number] = AT_START if RANK[status] >= stage_rank[row["stage_place"]] else np.inf
        row["counts"] = 1 + 2 * int(is_engaged) + 4 * int(row["reported"])
        for place in range(row["first_cell"], row["end_cell"]):
            cell = cell_of_row[place]
            running[cell + status] += 1
            running[cell + EVER_ADOPTED] += int(adopted)
            slot_engaged[cell // COLUMN_COUNT] += int(is_engaged)


@compiling.part
def _status_of(row: Any, units: Records, unit_of_row: Index) -> int:
    """The highest status that as many members as needed have come to: the lowest of all where all are needed."""
    rank = STATUS_COUNT
    for place in range(row["first_unit"], row["end_unit"]):
        rank = min(rank, int(RANK[units[unit_of_row[place]]["status"]]))
    if row["needed"] < row["members"]:
        rank, there = STATUS_COUNT, 0
        while there < row["needed"]:
            rank, there = rank - 1, 0
            for place in range(row["first_unit"], row["end_unit"]):
                there += int(RANK[units[unit_of_row[place]]["status"]] >= rank)
    return int(STATUS_ORDER[rank])


@compiling.part
def _since_of(row: Any, status: int, initial_status: Codes, initial_since: Floats, unit_of_row: Index) -> float:
    """When the last member that a row needed for its status came there, of those that are no higher."""
    latest = -np.inf
    for place in range(row["first_unit"], row["end_unit"]):
        if initial_status[unit_of_row[place]] == status:
            latest = max(latest, initial_since[unit_of_row[place]])
    if row["needed"] == row["members"]:
        return latest
    wanted = int(row["needed"])
    for place in range(row["first_unit"], row["end_unit"]):
        wanted -= int(RANK[initial_status[unit_of_row[place]]] > RANK[status])
    for place in range(row["first_unit"], row["end_unit"]):
        since, earlier = initial_since[unit_of_row[place]], 0
        if initial_status[unit_of_row[place]] == status and since < latest:
            for other in range(row["first_unit"], row["end_unit"]):
                unit = unit_of_row[other]
                earlier += int(initial_status[unit] == status and initial_since[unit] <= since)
            latest = since if earlier >= wanted else latest
    return latest


@compiling.compiled
def _begin_ambitions(
    rows: Records, aims: Records, aim_of_label: Index, thresholds: Floats, stage_rank: Codes, standing: Floats,
    needed: Floats, moved: Floats, row_status: Codes, row_since: Floats, denominator: Floats, recent: Floats,
    reached: Floats,
) -> None:  # fmt: skip
    """Count who is at each aim's stage at the start, of how many, and who came there lately."""
    standing[:] = 0.0
    denominator[:] = 0.0
    recent[:] = 0.0
    moved[:] = AT_START
    reached[:] = np.inf
    for number in range(len(rows)):
        row = rows[number]
        for place in range(row["first_aim"], row["end_aim"]):
            aim = aim_of_label[place]
            if (row["counts"] & aims[aim]["denominator"]) == 0:
                continue
            at_stage = RANK[row_status[number]] >= stage_rank[aims[aim]["stage_place"]]
            lately = 1.0 if row_since[number] >= -RECENT_DAYS else 0.0
            for scope in (0, row["psc"] + 1):
                denominator[aim, scope] += 1.0
                standing[aim, scope] += int(at_stage)
                if at_stage and row["reported"]:
                    recent[aim, scope] += lately if row["dated"] else np.nan
    for aim in range(thresholds.shape[0]):
        for scope in range(thresholds.shape[1]):
            out_of = denominator[aim, scope]
            stated = aims[aim]["of_sites"] and out_of > 0.0
            needed[aim, scope] = np.ceil(thresholds[aim, scope] * out_of - TOLERANCE) if stated else np.nan


# --- where things stand at a report date ------------------------------------------------------------


@compiling.compiled
def _show(
    changed: Index, units: Records, row_of_unit: Index, rows: Records, unit_of_row: Index, cell_of_row: Index,
    running: Index, sets: Index,
) -> None:  # fmt: skip
    """Count changed units, and the sets they belong to, where they stand now."""
    set_count = 0
    for place in range(len(changed)):
        number, ahead = changed[place], changed[min(place + AHEAD, len(changed) - 1)]
        compiling.fetch(units, ahead)
        compiling.fetch(rows, ahead)
        unit = units[number]
        unit["is_changed"] = False
        _show_row(rows[number], unit["status"], cell_of_row, running)
        for at in range(unit["first_row"] + 1, unit["end_row"]):
            row = rows[row_of_unit[at]]
            sets[set_count] = row_of_unit[at]
            set_count += int(not row["is_changed"])
            row["is_changed"] = True
    for number in sets[:set_count]:
        row = rows[number]
        row["is_changed"] = False
        _show_row(row, _status_of(row, units, unit_of_row), cell_of_row, running)


@compiling.part
def _show_row(row: Any, status: int, cell_of_row: Index, running: Index) -> None:
    before = row["status"]
    adopts = row["has_adopted"] and not row["is_shown"]
    if status == before and not adopts:
        return
    row["status"], row["is_shown"] = status, row["has_adopted"]
    for place in range(row["first_cell"], row["end_cell"]):
        running[cell_of_row[place] + before] -= 1
        running[cell_of_row[place] + status] += 1
    if adopts:
        for place in range(row["first_cell"], row["end_cell"]):
            running[cell_of_row[place] + EVER_ADOPTED] += 1


# --- adding a table to those of other runs ----------------------------------------------------------


@compiling.compiled
def add_up(
    reached_days: Floats, reached_day: NDArray[np.uint16], adopted_days: Floats, adopted_day: NDArray[np.uint16],
    met: Flags, met_bits: NDArray[np.uint8], delay_minutes: Counts, minutes: Counts,
    initial_status: Codes, start_counts: Index, since_days: Floats, since_first: Floats, since_last: Floats,
) -> None:  # fmt: skip
    """Add one run's table to what `collect` keeps: times as coded days, marks as bits, the rest in sum."""
    for place in range(len(reached_days)):
        reached_day[place] = _day_code(reached_days[place])
    for row in range(len(adopted_days)):
        adopted_day[row] = _day_code(adopted_days[row])
        start_counts[row, initial_status[row]] += 1
        since_first[row] = min(since_first[row], since_days[row])
        since_last[row] = max(since_last[row], since_days[row])
    met_bits[:] = 0
    for mark in range(len(met)):
        if met[mark]:
            met_bits[mark >> 3] |= 1 << (mark & 7)
            continue
        for cause in range(CAUSE_COUNT):
            minutes[mark, cause] += delay_minutes[mark, cause]


@compiling.part
def _day_code(days: float) -> int:
    """A whole day in two bytes: 0 by the start, d + 1 for day d, 65535 never."""
    if days == np.inf:
        return LAST_CODE
    return int(min(np.floor(days) - AT_START, LAST_CODE - 1.0))

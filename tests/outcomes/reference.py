"""The tabulation in another way: whole arrays of numpy, quantity by quantity, each from the log as a whole.

Slower and independent of the compiled pass: the two must agree to the last bit.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import model
from spread.model import record
from spread.outcomes import counting, delays, tabulate, workspace
from spread.outcomes import plan as plans
from spread.outcomes import rows as outcome_rows
from spread.outcomes.thresholds import AT_START, meets, needed

EVER_ADOPTED, COLUMN_COUNT = workspace.EVER_ADOPTED, workspace.COLUMN_COUNT


class Crossings(NamedTuple):
    """Rows coming to a stage (`step` = 1) or falling below it (-1).

    `at_start` shape (R,): whether the row began there. The rest shape (X,), in time order.
    """

    at_start: NDArray[np.bool_]
    row: NDArray[np.int64]
    time_days: NDArray[np.float64]
    step: NDArray[np.int64]


def tabulate_slowly(
    log: record.EventLog,
    plan: plans.TabulationPlan,
    engaged: NDArray[np.bool_],
    delivered: NDArray[np.float64] | None = None,
    conditions: tabulate.Conditions | None = None,
) -> tabulate.OutcomeTable:
    """Count one replicate.

    Parameters
    ----------
    log, plan
        What happened, and what is looked at.
    engaged : shape (U,)
        Units the programme works with in this draw.
    delivered : shape (T, R), optional
        Share of each row's patients receiving every element; needed by ambitions that measure `patients`.
    conditions
        What the draw says besides.
    """
    given = conditions or tabulate.usual_conditions(plan)
    status = status_at_dates(log, plan)
    row_engaged = outcome_rows.over_rows(engaged.astype(bool), plan.rows.set_start, plan.rows.set_unit)
    masks = {"eligible": np.ones_like(row_engaged), "engaged": row_engaged, "reported": plan.rows.reported}
    found = {stage: find_crossings(log, plan, stage) for stage in _stages(plan)}
    firsts = {stage: first_times(crossing) for stage, crossing in found.items()}
    numerator, denominator = _values(status, plan, masks, delivered)
    initial, since = _start_of_rows(log, plan)
    states, lost_minutes, waits = add_up_sites(log, plan, given)
    return tabulate.OutcomeTable(
        counts=_count_slots(status, firsts[model.ADOPTED], plan),
        engaged=_count_flags(row_engaged, plan),
        reported=_count_flags(plan.rows.reported, plan),
        all_elements=None if delivered is None else _weighted_share(delivered, plan),
        numerator=numerator,
        denominator=denominator,
        reached_days=_reached(plan, found, masks, numerator, denominator),
        adopted_days=_adopted(firsts, plan),
        met=plans.RANK[status[plan.marks.date, plan.marks.row]] >= plans.RANK[plan.marks.stage],
        delay_minutes=_delays_of_marks(log, plan, given),
        states=states,
        lost_minutes=lost_minutes,
        waits=waits,
        coaching=_coaching(log, plan, given),
        initial_status=initial,
        since_days=since,
        recent=_recent(initial, since, plan, masks),
    )


def _stages(plan: plans.TabulationPlan) -> list[int]:
    return sorted({model.ADOPTED, *(int(stage) for stage in plan.label_stage), *(aim.stage for aim in plan.aims)})


# --- states and counts ----------------------------------------------------------------------------


def status_at_dates(log: record.EventLog, plan: plans.TabulationPlan) -> NDArray[np.int8]:
    """Status of every row at every report date; shape (T, R).

    Changes of code add up along a unit's history, so the status at a date is where it began plus
    the sum of its changes so far.
    """
    date_count, unit_count = len(plan.dates), plan.rows.unit_count
    moved = np.flatnonzero(log.from_status != log.to_status)
    change = log.to_status[moved].astype(np.int64) - log.from_status[moved]
    date = np.searchsorted(plan.cutoffs, log.time_days[moved], side="right")
    cell = date * unit_count + log.unit[moved]
    changes = np.bincount(cell, weights=change, minlength=(date_count + 1) * unit_count)
    by_date = changes.reshape(date_count + 1, unit_count)[:date_count]
    units = (log.initial_status + np.cumsum(by_date, axis=0)).astype(np.int8)
    return _with_sets(units, plan)


def _with_sets(units: NDArray[np.int8], plan: plans.TabulationPlan) -> NDArray[np.int8]:
    """Add the rows of sets, each at the n-th highest status of its members, n being how many are needed.

    The last axis grows from U to R.
    """
    if not len(plan.rows.set_unit):
        return units
    ranks = plans.RANK[units[..., plan.rows.set_unit]]
    ordered = [
        np.sort(ranks[..., first:last], axis=-1)[..., last - first - count] for first, last, count in _sets(plan)
    ]
    return np.concatenate([units, np.array(model.STATUS_ORDER, dtype=np.int8)[np.stack(ordered, axis=-1)]], axis=-1)


def _sets(plan: plans.TabulationPlan) -> list[tuple[int, int, int]]:
    """Where the members of each set begin and end, and how many are needed."""
    start, counts = plan.rows.set_start.tolist(), plan.rows.needed[plan.rows.unit_count :].tolist()
    return list(zip(start[:-1], start[1:], counts, strict=True))


def _count_slots(
    status: NDArray[np.int8], adopted_days: NDArray[np.float64], plan: plans.TabulationPlan
) -> NDArray[np.int32]:
    """Sites by status, then ever adopted, in every slot at every date; shape (T, Q, 11)."""
    slots, date_count, slot_count = plan.slots, len(plan.dates), len(plan.slots.label)
    counts = np.empty((date_count, slot_count, COLUMN_COUNT), dtype=np.int32)
    place = slots.slot_of_pair * model.STATUS_COUNT
    for date in range(date_count):
        by_status = np.bincount(place + status[date, slots.row], minlength=slot_count * model.STATUS_COUNT)
        counts[date, :, :EVER_ADOPTED] = by_status.reshape(slot_count, model.STATUS_COUNT)
    first_date = np.searchsorted(plan.cutoffs, adopted_days, side="right")
    new = np.bincount(first_date[slots.row] * slot_count + slots.slot_of_pair, minlength=(date_count + 1) * slot_count)
    counts[..., EVER_ADOPTED] = np.cumsum(new.reshape(-1, slot_count)[:date_count], axis=0)
    return counts


def _count_flags(flags: NDArray[np.bool_], plan: plans.TabulationPlan) -> NDArray[np.int32]:
    return np.add.reduceat(flags[plan.slots.row].astype(np.int32), plan.slots.row_start)


def _weighted_share(delivered: NDArray[np.float64], plan: plans.TabulationPlan) -> NDArray[np.float64]:
    """Share of patients in the slots where they are looked at, sites weighted by size; shape (T, slots)."""
    rows = plan.patients.rows.tolist()
    shares = np.empty((len(delivered), len(plan.patients.slots)))
    for place, slot in enumerate(plan.patients.slots):
        end = plan.slots.row_start[slot + 1] if slot + 1 < len(plan.slots.row_start) else None
        mine = plan.slots.row[plan.slots.row_start[slot] : end]
        weight = plan.rows.size[mine]
        received = delivered[:, [rows.index(row) for row in mine]] * weight
        shares[:, place] = np.add.reduceat(received, [0], axis=1)[:, 0] / np.add.reduceat(weight, [0])[0]
    return shares


# --- ambitions ------------------------------------------------------------------------------------


def _by_scope(values: NDArray[np.float64], aim: plans.Aim, scope_count: int) -> NDArray[np.float64]:
    """Sums over an aim's rows (last axis), nationally and by PSC; the last axis becomes P."""
    total = np.zeros((*values.shape[:-1], scope_count))
    total[..., aim.psc + 1] = np.add.reduceat(values, aim.start, axis=-1)
    total[..., 0] = total.sum(axis=-1)
    return total


def _values(
    status: NDArray[np.int8],
    plan: plans.TabulationPlan,
    masks: dict[str, NDArray[np.bool_]],
    delivered: NDArray[np.float64] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Numerators, shape (T, A, P), and denominators, shape (A, P), of every aim."""
    scope_count = len(plan.scopes)
    numerator = np.zeros((len(plan.dates), len(plan.aims), scope_count))
    denominator = np.zeros((len(plan.aims), scope_count))
    for number, aim in enumerate(plan.aims):
        weight = masks[aim.denominator][aim.rows].astype(np.float64)
        if aim.measure == plans.PATIENTS:
            if delivered is None:
                raise ValueError(f"the ambition {aim.ambition} measures patients: pass `delivered`")
            weight *= plan.rows.size[aim.rows]
            achieved = delivered[:, plan.patients.place[aim.rows]]
        else:
            achieved = (plans.RANK[status[:, aim.rows]] >= plans.RANK[aim.stage]).astype(np.float64)
        numerator[:, number] = _by_scope(achieved * weight, aim, scope_count)
        denominator[number] = _by_scope(weight, aim, scope_count)
    return numerator, denominator


def _reached(
    plan: plans.TabulationPlan,
    found: dict[int, Crossings],
    masks: dict[str, NDArray[np.bool_]],
    numerator: NDArray[np.float64],
    denominator: NDArray[np.float64],
) -> NDArray[np.float64]:
    """When each ambition's threshold was first reached; patients are known at report dates only; shape (., P)."""
    reached = np.full((len(plan.ambitions), len(plan.scopes)), np.inf)
    for place, ambition in enumerate(plan.ambitions):
        members = plan.aims_of(ambition)
        aims = [plan.aims[number] for number in members]
        if aims[0].measure == plans.PATIENTS:
            good = [meets(plan.aims[number], numerator[:, number], denominator[number]) for number in members]
            together = np.logical_and.reduce(good)
            day = plan.cutoffs[np.argmax(together, axis=0)] - 1.0
            reached[place] = np.where(together.any(axis=0), day, np.inf)
        elif not np.isnan(aims[0].thresholds).all():
            wanted = np.stack([needed(plan.aims[number], denominator[number]) for number in members])
            wanted[denominator[members] == 0] = np.nan
            counted = [masks[aim.denominator] for aim in aims]
            steps = [found[aim.stage] for aim in aims]
            reached[place] = first_reached(aims, steps, counted, wanted, plan)
    return reached


# --- sites ----------------------------------------------------------------------------------------


def _adopted(firsts: dict[int, NDArray[np.float64]], plan: plans.TabulationPlan) -> NDArray[np.float64]:
    stages = plan.label_stage[plan.rows.label]
    return np.choose(np.searchsorted(list(firsts), stages), list(firsts.values()))


def _delays_of_marks(log: record.EventLog, plan: plans.TabulationPlan, given: tabulate.Conditions) -> NDArray[np.int64]:
    used, which = np.unique(plan.marks.date, return_inverse=True)
    minutes = delay_minutes(log, plan, given, plan.cutoffs[used])
    if len(plan.rows.set_unit):
        sets = np.add.reduceat(minutes[:, plan.rows.set_unit], plan.rows.set_start[:-1], axis=1)
        minutes = np.concatenate([minutes, sets], axis=1)
    return minutes[which, plan.marks.row]


def _start_of_rows(log: record.EventLog, plan: plans.TabulationPlan) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Status of every row at the start, and since when: for a set, when the last one needed came there.

    When members that are higher by now were at that status is not known: they count as there already.
    """
    status = _with_sets(log.initial_status, plan)
    since = list(log.initial_since_days)
    for number, (first, last, count) in enumerate(_sets(plan)):
        members, stands = plan.rows.set_unit[first:last], status[plan.rows.unit_count + number]
        higher = int((plans.RANK[log.initial_status[members]] > plans.RANK[stands]).sum())
        times = np.sort(log.initial_since_days[members][log.initial_status[members] == stands])
        since.append(times[count - higher - 1])
    return status, np.array(since)


def _recent(
    initial: NDArray[np.int8],
    since: NDArray[np.float64],
    plan: plans.TabulationPlan,
    masks: dict[str, NDArray[np.bool_]],
) -> NDArray[np.float64]:
    """Reported sites at each aim's stage that came to their status lately; NaN unless all their dates are known."""
    scope_count = len(plan.scopes)
    recent = np.full((len(plan.aims), scope_count), np.nan)
    for number, aim in enumerate(plan.aims):
        counted = masks[aim.denominator][aim.rows] & plan.rows.reported[aim.rows]
        there = counted & (plans.RANK[initial[aim.rows]] >= plans.RANK[aim.stage])
        dated = there & plan.rows.dated[aim.rows]
        lately = dated & (since[aim.rows] >= -counting.RECENT_MONTHS * plans.DAYS_PER_MONTH)
        parts = (_by_scope(flags.astype(np.float64), aim, scope_count) for flags in (there, dated, lately))
        standing, known, count = parts
        recent[number] = np.where(known == standing, count, np.nan)
    return recent


# --- crossings ----------------------------------------------------------------------------------------


def find_crossings(log: record.EventLog, plan: plans.TabulationPlan, stage: int) -> Crossings:
    """Find every time a row comes to `stage` or falls below it; a set does when as many as needed have."""
    rows, threshold = plan.rows, plans.RANK[stage]
    after = plans.RANK[log.to_status] >= threshold
    moved = np.flatnonzero(after != (plans.RANK[log.from_status] >= threshold))
    unit, step = log.unit[moved].astype(np.int64), np.where(after[moved], 1, -1)
    unit_start = plans.RANK[log.initial_status] >= threshold
    begun = unit_start.astype(np.int64)
    if len(rows.label) == rows.unit_count:
        return Crossings(unit_start, unit, log.time_days[moved], step)
    row, source = _rows_of(unit, plan)
    held = np.concatenate([begun, np.add.reduceat(begun[rows.set_unit], rows.set_start[:-1])])
    standing = _running(row, step[source], held)
    whole = rows.needed[row]
    changed = np.flatnonzero(np.maximum(standing, standing - step[source]) == whole)
    row, source = row[changed], source[changed]
    return Crossings(held >= rows.needed, row, log.time_days[moved[source]], step[source])


def _rows_of(unit: NDArray[np.int64], plan: plans.TabulationPlan) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows each unit of a list belongs to, and the place in the list it came from."""
    start = plan.rows.of_unit_start
    sizes = np.diff(start)[unit]
    source = np.repeat(np.arange(len(unit)), sizes)
    within = np.arange(len(source)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return plan.rows.of_unit[start[unit[source]] + within], source


def in_parts(part: NDArray[np.integer], part_count: int) -> NDArray[np.int64]:
    """The order that brings each part together and leaves it in its own order; numbers in two bytes sort fastest."""
    return np.argsort(part.astype(np.min_scalar_type(part_count)), kind="stable")


def _running(part: NDArray[np.int64], step: NDArray[np.int64], begin: NDArray[np.int64]) -> NDArray[np.int64]:
    """Running total of `step` within each part (a row, a scope), from what the part began with."""
    order = in_parts(part, len(begin))
    sorted_part = part[order]
    total = np.cumsum(step[order])
    first = np.searchsorted(sorted_part, np.arange(len(begin)))
    before = np.concatenate([[0], total])[first]
    running = np.empty(len(part), dtype=np.int64)
    running[order] = total - before[sorted_part] + begin[sorted_part]
    return running


def first_times(crossings: Crossings) -> NDArray[np.float64]:
    """When each row first came to the stage; -1 when it began there, infinity when it never did; shape (R,)."""
    first = np.where(crossings.at_start, AT_START, np.inf)
    up = crossings.step > 0
    np.minimum.at(first, crossings.row[up], crossings.time_days[up])
    return first


def first_reached(
    aims: list[plans.Aim],
    crossings: list[Crossings],
    counted: list[NDArray[np.bool_]],
    needed: NDArray[np.float64],
    plan: plans.TabulationPlan,
) -> NDArray[np.float64]:
    """When all aims of an ambition first stood at their thresholds at once, nationally and in each PSC.

    Parameters
    ----------
    aims, crossings
        The ambition's aims and the crossings of their stage.
    counted : shapes (R,)
        Rows that count in each aim's denominator.
    needed : shape (aims, P)
        Sites needed; NaN where no threshold is stated or no site counts: never reached.

    Returns
    -------
    time_days : shape (P,); -1 when so from the start, infinity when never
    """
    scope_count = needed.shape[1]
    pairs = list(zip(aims, crossings, counted, strict=True))
    begin = np.stack([_count_at_start(aim, crossing, mask, scope_count) for aim, crossing, mask in pairs])
    stream = [_steps_of(number, aim, crossing, mask, plan) for number, (aim, crossing, mask) in enumerate(pairs)]
    time_days, aim_of, step, psc = (np.concatenate(column) for column in zip(*stream, strict=True))
    order = np.arange(len(time_days)) if len(aims) == 1 else np.argsort(time_days, kind="stable")
    time_days = np.tile(time_days[order], 2)
    aim_of, step = np.tile(aim_of[order], 2), np.tile(step[order], 2)
    scope = np.concatenate([np.zeros(len(order), np.int64), psc[order] + 1])
    reached = np.ones(len(scope), dtype=bool)
    for number in range(len(aims)):
        standing = _running(scope, np.where(aim_of == number, step, 0), begin[number])
        reached &= standing >= needed[number][scope]
    reached &= _settled(scope, time_days, scope_count)
    first = np.where((begin >= needed).all(axis=0), AT_START, np.inf)
    np.minimum.at(first, scope[reached], time_days[reached])
    return first


def _count_at_start(
    aim: plans.Aim, crossing: Crossings, counted: NDArray[np.bool_], scope_count: int
) -> NDArray[np.int64]:
    """Counted sites at the stage from the start, by scope; shape (P,)."""
    standing = crossing.at_start[aim.rows] & counted[aim.rows]
    count = np.zeros(scope_count, dtype=np.int64)
    count[aim.psc + 1] = np.add.reduceat(standing.astype(np.int64), aim.start)
    count[0] = standing.sum()
    return count


def _steps_of(
    number: int, aim: plans.Aim, crossing: Crossings, counted: NDArray[np.bool_], plan: plans.TabulationPlan
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Time, aim, step and PSC of the crossings that count towards an aim."""
    mine = np.flatnonzero((plan.rows.label[crossing.row] == aim.label) & counted[crossing.row])
    row = crossing.row[mine]
    return crossing.time_days[mine], np.full(len(mine), number), crossing.step[mine], plan.rows.psc[row]


def _settled(scope: NDArray[np.int64], time_days: NDArray[np.float64], scope_count: int) -> NDArray[np.bool_]:
    """Whether a step is the last of its scope at its instant (steps of a scope being in time order).

    Between two steps at one instant nothing stands.
    """
    order = in_parts(scope, scope_count)
    later = (scope[order][1:] == scope[order][:-1]) & (time_days[order][1:] == time_days[order][:-1])
    settled = np.ones(len(scope), dtype=bool)
    settled[order[:-1][later]] = False
    return settled


# --- delays -------------------------------------------------------------------------------------------


def causes_of(status: NDArray[np.int8], last_kind: NDArray[np.int8]) -> NDArray[np.int64]:
    """Why a unit has not adopted, from its status and the last event that befell it (-1: none yet).

    At stage 3 a site waits for a change slot until it is granted one, then for a coaching place until
    that is granted, its patience ends or testing begins.
    """
    by_status = np.array(
        (
            delays.NOT_REACHED,
            delays.UNDECIDED,
            delays.UNDECIDED,
            delays.WAITING_SLOT,
            delays.TESTING,
            delays.IN_USE,
            delays.IN_USE,
            delays.IN_USE,
            delays.STOPPED,
            delays.LAPSED,
        )
    )
    by_kind = np.full(len(model.Event) + 1, delays.WAITING_SLOT)  # the last place is for "none yet"
    by_kind[model.Event.SLOT_GRANT] = delays.WAITING_COACH
    by_kind[[model.Event.PLACE_GRANT, model.Event.EXPIRY, model.Event.TESTING]] = delays.TESTING
    cause = by_status[status]
    decided = np.flatnonzero(status == delays.DECISION_STAGE)
    cause[decided] = by_kind[last_kind[decided]]
    return cause


def delay_minutes(
    log: record.EventLog, plan: plans.TabulationPlan, given: tabulate.Conditions, until_days: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Minutes each unit spent in each cause from the start of the run up to each given time.

    Time before an intervention exists counts as not available whatever the stage.

    Returns
    -------
    minutes : shape (D, U, 8), in the order of `CAUSES`
    """
    unit_count = plan.rows.unit_count
    unit = np.concatenate([np.arange(unit_count), log.unit])
    order = in_parts(unit, unit_count)  # the log is in time order, and the start comes first
    unit = unit[order]
    begin = np.concatenate([np.zeros(unit_count), log.time_days])[order]
    status = np.concatenate([log.initial_status, log.to_status])[order]
    last_kind = np.concatenate([np.full(unit_count, -1, np.int8), log.kind])[order]
    end = np.append(begin[1:], np.inf)
    end[np.append(unit[1:] != unit[:-1], True)] = np.inf
    cause = causes_of(status, last_kind)
    delayed = cause < delays.IN_USE
    unit, begin, end, cause = unit[delayed], begin[delayed], end[delayed], cause[delayed]
    available = given.available_day[plan.unit_intervention[unit]]
    cells = unit_count * delays.CAUSE_COUNT
    days = np.empty((len(until_days), cells))
    for number, until in enumerate(until_days):
        stop = np.minimum(end, until)
        whole = np.maximum(stop - begin, 0.0)
        before = np.clip(np.minimum(stop, available) - begin, 0.0, None)
        days[number] = np.bincount(unit * delays.CAUSE_COUNT + cause, weights=whole - before, minlength=cells)
        days[number] += np.bincount(unit * delays.CAUSE_COUNT + delays.NOT_AVAILABLE, weights=before, minlength=cells)
    minutes = np.rint(days * delays.MINUTES_PER_DAY).astype(np.int64)
    return minutes.reshape(len(until_days), unit_count, delays.CAUSE_COUNT)


# --- bottlenecks --------------------------------------------------------------------------------------


class Spell(NamedTuple):
    """A stretch of a unit's life between two events, and the kind of the event that ended it (None: none did)."""

    begin: float
    end: float
    cause: int
    ended_by: int | None


def spells_of(log: record.EventLog, unit: int) -> list[Spell]:
    """The life of a unit, from one of its events to the next."""
    mine = np.flatnonzero(log.unit == unit)
    kinds = [-1, *log.kind[mine].tolist()]
    statuses = [int(log.initial_status[unit]), *log.to_status[mine].tolist()]
    causes = causes_of(np.array(statuses), np.array(kinds)).tolist()
    begins = [0.0, *log.time_days[mine].tolist()]
    return [*map(Spell, begins, [*begins[1:], np.inf], causes, [*kinds[1:], None])]


def add_up_sites(
    log: record.EventLog, plan: plans.TabulationPlan, given: tabulate.Conditions
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """States, minutes lost and waits that are over, of every single intervention at its deadlines, by PSC."""
    psc_count = len(plan.psc_codes)
    due = sorted({(int(plan.rows.label[row]), int(date)) for row, date in zip(plan.marks.row, plan.marks.date,
                 strict=True) if row < plan.rows.unit_count})  # fmt: skip
    minutes = delay_minutes(log, plan, given, plan.cutoffs)
    states, lost, waits = (np.zeros((len(due) * psc_count, width), dtype=np.int64) for width in (9, 8, 4))
    for unit in range(plan.rows.unit_count):
        spells = spells_of(log, unit)
        available = given.available_day[plan.unit_intervention[unit]]
        for place, (label, date) in enumerate(due):
            if label != plan.unit_intervention[unit]:
                continue
            at, until = place * psc_count + plan.rows.psc[unit], plan.cutoffs[date]
            now = [spell for spell in spells if spell.begin < until or spell is spells[0]][-1].cause
            states[at, delays.NOT_AVAILABLE if now != delays.IN_USE and available >= until else now] += 1
            lost[at] += minutes[date, unit]
            over = [spell for spell in spells if spell.end < until]
            waits[at] += _waits(over, available)
    return states, lost, waits


def _waits(over: list[Spell], available: float) -> list[int]:
    granted = sum(spell.ended_by == model.Event.SLOT_GRANT for spell in over)
    served = sum(spell.ended_by in (model.Event.PLACE_GRANT, model.Event.EXPIRY) for spell in over)
    days = {delays.WAITING_SLOT: 0.0, delays.WAITING_COACH: 0.0}
    for spell in over:
        if spell.cause in days:
            before = max(min(spell.end, available) - spell.begin, 0.0)
            days[spell.cause] += (spell.end - spell.begin) - before
    slot, coach = (int(np.rint(lasted * delays.MINUTES_PER_DAY)) for lasted in days.values())
    return [granted, slot, served, coach]


def held_days(log: record.EventLog, unit: int, until: float, *, coached: bool) -> float:
    """Days in which a unit held a coaching place: from a grant until it adopts or stops."""
    held, granted = 0.0, 0.0 if coached else None
    for spell in spells_of(log, unit):
        if spell.end >= until:
            break
        if spell.ended_by == model.Event.PLACE_GRANT:
            granted = spell.end
        elif spell.ended_by in (model.Event.ADOPTION, model.Event.STOP) and granted is not None:
            held, granted = held + (spell.end - granted), None
    return held if granted is None else held + (until - granted)


def _coaching(log: record.EventLog, plan: plans.TabulationPlan, given: tabulate.Conditions) -> NDArray[np.int64]:
    """Minutes for which coaching places were held, and those there were, up to dates with a mark, by PSC."""
    minutes = np.zeros((len(plan.dates), len(plan.psc_codes), 2), dtype=np.int64)
    ends = [*given.epoch_day[1:], np.inf]
    for date in set(plan.marks.date.tolist()):
        until = plan.cutoffs[date]
        for unit in range(plan.rows.unit_count):
            held = held_days(log, unit, until, coached=bool(given.coached[unit]))
            minutes[date, plan.rows.psc[unit], 0] += int(np.rint(held * delays.MINUTES_PER_DAY))
        for begin, end, places in zip(given.epoch_day, ends, given.places, strict=True):
            lasted = max(min(until, end) - begin, 0.0)
            minutes[date, :, 1] += int(np.rint(lasted * delays.MINUTES_PER_DAY)) * places
    return minutes

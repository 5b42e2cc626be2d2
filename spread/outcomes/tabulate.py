"""One replicate's event log, counted by the plan.

The state at a report date holds every event earlier than the date's cutoff (the end of that day).
T report dates, Q slots, R rows, U units, A aims, P scopes, M marks.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import model
from spread.model import record
from spread.outcomes import crossings as stage_crossings
from spread.outcomes import delays
from spread.outcomes import plan as plans
from spread.outcomes import rows as outcome_rows

EVER_ADOPTED = model.STATUS_COUNT
COLUMN_COUNT = model.STATUS_COUNT + 1
RECENT_MONTHS = 6
"""How far back "recent" looks when a pace is wanted; the national team's return is quarterly."""


class OutcomeTable(NamedTuple):
    """What one replicate came to.

    Attributes
    ----------
    counts : shape (T, Q, 11)
        Eligible sites by status code (stages 0-7, stopped, lapsed), then sites that ever adopted.
    engaged, reported : shape (Q,)
        Sites the programme works with, and sites the data at the start speak about.
    all_elements : shape (T, Q) or None
        Share of patients receiving every element they are eligible for.
    numerator : shape (T, A, P)
        Sites at the aim's stage (whole numbers) or patients, weighted by size, receiving every element.
    denominator : shape (A, P)
        Sites, or patients, the share is out of.
    reached_days : shape (ambitions, P)
        When the threshold was first reached: -1 from the start, infinity never.
    adopted_days : shape (R,)
        When each row first came to the stage its label is held to; -1 and infinity as above.
    met : shape (M,)
        Whether each mark's row was at its stage at its deadline.
    delay_minutes : shape (M, 8)
        Minutes spent by cause up to the deadline, summed over the members of a set.
    initial_status, since_days : shape (R,)
        Where each row began, and since when (days, negative before the run).
    recent : shape (A, P)
        Sites at the aim's stage at the start that came to their status in the six months before; NaN unknown.
    """

    counts: NDArray[np.int32]
    engaged: NDArray[np.int32]
    reported: NDArray[np.int32]
    all_elements: NDArray[np.float64] | None
    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]
    reached_days: NDArray[np.float64]
    adopted_days: NDArray[np.float64]
    met: NDArray[np.bool_]
    delay_minutes: NDArray[np.int64]
    initial_status: NDArray[np.int8]
    since_days: NDArray[np.float64]
    recent: NDArray[np.float64]


def tabulate(
    log: record.EventLog,
    plan: plans.TabulationPlan,
    engaged: NDArray[np.bool_],
    delivered: NDArray[np.float64] | None = None,
) -> OutcomeTable:
    """Count one replicate.

    Parameters
    ----------
    log, plan
        What happened, and what is looked at.
    engaged : shape (U,)
        Units the programme works with in this draw.
    delivered : shape (T, R), optional
        Share of each row's patients receiving every element; needed by ambitions that measure `patients`.
    """
    status = status_at_dates(log, plan)
    row_engaged = outcome_rows.over_rows(engaged.astype(bool), plan.rows.set_start, plan.rows.set_unit)
    masks = {"eligible": np.ones_like(row_engaged), "engaged": row_engaged, "reported": plan.rows.reported}
    found = {stage: stage_crossings.find_crossings(log, plan, stage) for stage in _stages(plan)}
    firsts = {stage: stage_crossings.first_times(crossing) for stage, crossing in found.items()}
    numerator, denominator = _values(status, plan, masks, delivered)
    initial, since = _start_of_rows(log, plan)
    return OutcomeTable(
        counts=_count_slots(status, firsts[model.ADOPTED], plan),
        engaged=_count_flags(row_engaged, plan),
        reported=_count_flags(plan.rows.reported, plan),
        all_elements=None if delivered is None else _weighted_share(delivered, plan),
        numerator=numerator,
        denominator=denominator,
        reached_days=_reached(plan, found, masks, numerator, denominator),
        adopted_days=_adopted(firsts, plan),
        met=plans.RANK[status[plan.marks.date, plan.marks.row]] >= plans.RANK[plan.marks.stage],
        delay_minutes=_delays_of_marks(log, plan),
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
    """Add the rows of sets, each at the lowest status of its members; the last axis grows from U to R."""
    if not len(plan.rows.set_unit):
        return units
    ranks = plans.RANK[units[..., plan.rows.set_unit]]
    lowest = np.minimum.reduceat(ranks, plan.rows.set_start[:-1], axis=-1)
    return np.concatenate([units, np.array(model.STATUS_ORDER, dtype=np.int8)[lowest]], axis=-1)


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
    """Share of patients in every slot, sites weighted by size; shape (T, Q)."""
    weight = plan.rows.size[plan.slots.row]
    patients = np.add.reduceat(delivered[:, plan.slots.row] * weight, plan.slots.row_start, axis=1)
    return patients / np.add.reduceat(weight, plan.slots.row_start)


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
            achieved = delivered[:, aim.rows]
        else:
            achieved = (plans.RANK[status[:, aim.rows]] >= plans.RANK[aim.stage]).astype(np.float64)
        numerator[:, number] = _by_scope(achieved * weight, aim, scope_count)
        denominator[number] = _by_scope(weight, aim, scope_count)
    return numerator, denominator


def meets(aim: plans.Aim, numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether an aim's threshold is met, by whole sites (patients: by share); never where nobody counts.

    `numerator` and `denominator` have the scopes, shape (P,), on their last axis.
    """
    return (numerator >= needed(aim, denominator)) & (denominator > 0)


def needed(aim: plans.Aim, denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sites, or size-weighted patients, that meet the threshold; NaN where none is stated."""
    if aim.measure == plans.PATIENTS:
        return aim.thresholds * denominator - stage_crossings.TOLERANCE
    return stage_crossings.sites_needed(aim.thresholds, denominator)


def _reached(
    plan: plans.TabulationPlan,
    found: dict[int, stage_crossings.Crossings],
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
            reached[place] = stage_crossings.first_reached(aims, steps, counted, wanted, plan)
    return reached


# --- sites ----------------------------------------------------------------------------------------


def _adopted(firsts: dict[int, NDArray[np.float64]], plan: plans.TabulationPlan) -> NDArray[np.float64]:
    stages = plan.label_stage[plan.rows.label]
    return np.choose(np.searchsorted(list(firsts), stages), list(firsts.values()))


def _delays_of_marks(log: record.EventLog, plan: plans.TabulationPlan) -> NDArray[np.int64]:
    used, which = np.unique(plan.marks.date, return_inverse=True)
    minutes = delays.delay_minutes(log, plan, plan.cutoffs[used])
    if len(plan.rows.set_unit):
        sets = np.add.reduceat(minutes[:, plan.rows.set_unit], plan.rows.set_start[:-1], axis=1)
        minutes = np.concatenate([minutes, sets], axis=1)
    return minutes[which, plan.marks.row]


def _start_of_rows(log: record.EventLog, plan: plans.TabulationPlan) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Status of every row at the start, and since when: for a set, when the last of its lowest members came there."""
    status = _with_sets(log.initial_status, plan)
    since = log.initial_since_days
    if not len(plan.rows.set_unit):
        return status, since
    lowest = np.repeat(status[plan.rows.unit_count :], np.diff(plan.rows.set_start))
    times = np.where(log.initial_status[plan.rows.set_unit] == lowest, since[plan.rows.set_unit], -np.inf)
    return status, np.concatenate([since, np.maximum.reduceat(times, plan.rows.set_start[:-1])])


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
        lately = dated & (since[aim.rows] >= -RECENT_MONTHS * plans.DAYS_PER_MONTH)
        parts = (_by_scope(flags.astype(np.float64), aim, scope_count) for flags in (there, dated, lately))
        standing, known, count = parts
        recent[number] = np.where(known == standing, count, np.nan)
    return recent

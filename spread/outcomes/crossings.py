"""When rows come to a stage, and when an ambition's threshold is first reached: at the time of the event itself.

R rows, X crossings in time order, P scopes (national, then each PSC).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.model import record
from spread.outcomes import plan as plans

AT_START = -1.0
"""The time of what was so before the run began: the day before its first."""

TOLERANCE = 1e-9
"""In sites: what a share times a count may miss a whole number by (in floating point 0.55 * 180 is above 99)."""


class Crossings(NamedTuple):
    """Rows coming to a stage (`step` = 1) or falling below it (-1).

    `at_start` shape (R,): whether the row began there. The rest shape (X,), in time order.
    """

    at_start: NDArray[np.bool_]
    row: NDArray[np.int64]
    time_days: NDArray[np.float64]
    step: NDArray[np.int64]


def find_crossings(log: record.EventLog, plan: plans.TabulationPlan, stage: int) -> Crossings:
    """Find every time a row comes to `stage` or falls below it; a set does when all of its members have."""
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
    whole = rows.members[row]
    changed = np.flatnonzero((standing == whole) | (standing - step[source] == whole))
    row, source = row[changed], source[changed]
    return Crossings(held == rows.members, row, log.time_days[moved[source]], step[source])


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


def sites_needed(thresholds: NDArray[np.float64], denominators: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fewest sites that meet a threshold: its ceiling in whole sites (0.9 of 180 is 162, not 163)."""
    return np.ceil(thresholds * denominators - TOLERANCE)


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

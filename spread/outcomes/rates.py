"""Rates that ambitions want changed, and levels of a population: their own trend, and what improvements do to them.

Sites only partly cause them. On the log scale (of a rate) or the logit scale (of a level) a value moves by its own
trend since the baseline and, for each intervention, by its efficacy times the share of sites (of the ambition's
denominator) that have come to use it since the first day: ``x(t) = trend * years(t) + sum of efficacy * (use(t) -
use(0))``. What was in use on the first day is part of the baseline. Trend and efficacy are uncertain, and most
efficacies may be none.

T report dates, I interventions, P scopes (national, then each PSC), A aims.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spread import model
from spread.model import record
from spread.outcomes import plan as plans

Floats = NDArray[np.float64]


def values_at_dates(
    log: record.EventLog,
    plan: plans.TabulationPlan,
    parameters: Mapping[str, float],
    *,
    engaged: NDArray[np.bool_],
    available_day: Floats,
) -> dict[int, Floats]:
    """The value of every rate at the report dates: a relative change, a level, or whether a milestone is reached.

    Parameters
    ----------
    parameters
        This draw's, by name.
    engaged : shape (U,)
        Units the programme works with in this draw.
    available_day : shape (I,)
        From when each intervention exists in this draw.

    Returns
    -------
    values : by aim, shape (T, P)
        -0.1 is a tenth less than at the baseline; a level is 0-1; a milestone 0 or 1. NaN where no site counts.
    """
    counts = {"eligible": np.ones_like(engaged), "engaged": engaged, "reported": plan.rows.reported[: len(engaged)]}
    asked = {plan.aims[rate.aim].denominator for rate in plan.rates if rate.measure != plans.MILESTONE}
    moves = moves_of_use(log)
    moved = {name: use_since_start(log, plan, counts[name], moves) for name in asked}
    found = {}
    for rate in plan.rates:
        if rate.measure == plans.MILESTONE:
            there = (plan.cutoffs > available_day[list(rate.interventions)].max())[:, None]
            value = np.broadcast_to(there.astype(np.float64), (len(plan.cutoffs), len(plan.scopes)))
        else:
            value = _value(rate, moved[plan.aims[rate.aim].denominator], plan, parameters)
        found[rate.aim] = np.where(counted(plan, rate.aim), value, np.nan)
    return found


def _value(rate: plans.Rate, moved: Floats, plan: plans.TabulationPlan, parameters: Mapping[str, float]) -> Floats:
    years = (plan.cutoffs - 1.0 - rate.baseline_day) / plans.DAYS_PER_YEAR
    x = np.repeat((parameters[rate.trend] * years)[:, None], len(plan.scopes), axis=1)
    for intervention, efficacy in zip(rate.interventions, rate.efficacy, strict=True):
        x += parameters[efficacy] * moved[:, intervention]
    if rate.measure == plans.LEVEL:
        odds = rate.baseline / (1.0 - rate.baseline) * np.exp(x)
        return np.asarray(odds / (1.0 + odds))
    return np.expm1(x)


def counted(plan: plans.TabulationPlan, aim: int) -> NDArray[np.bool_]:
    """The scopes in which a site is eligible for any of an aim's interventions; shape (P,)."""
    there = np.zeros(len(plan.scopes), dtype=bool)
    there[0] = len(plan.aims[aim].psc) > 0
    there[plan.aims[aim].psc + 1] = True
    return there


def in_use(status: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Whether each status is one of use: stage 5 or beyond, neither stopped nor lapsed."""
    return (status >= model.ADOPTED) & (status < model.STOPPED)


def moves_of_use(log: record.EventLog) -> NDArray[np.int64]:
    """Events by which a unit comes into use or falls out of it, in order."""
    return np.flatnonzero(in_use(log.to_status) != in_use(log.from_status))


def use_since_start(
    log: record.EventLog, plan: plans.TabulationPlan, counts: NDArray[np.bool_], moves: NDArray[np.int64] | None = None
) -> Floats:
    """How much the share of sites with each intervention in use has risen; shape (T, I, P).

    In use is stage 5 or beyond; `counts` shape (U,) says which units count. `moves` are the log's `moves_of_use`.
    """
    units = plan.rows.unit_count
    crossing = moves_of_use(log) if moves is None else moves
    step = np.where(in_use(log.to_status[crossing]), 1, -1)
    unit = log.unit[crossing].astype(np.int64)
    date = np.searchsorted(plan.cutoffs, log.time_days[crossing], side="right")
    shape = (len(plan.cutoffs) + 1, len(plan.interventions), len(plan.psc_codes))
    cell = np.ravel_multi_index((date, plan.unit_intervention[unit], plan.rows.psc[unit]), shape)
    moved = np.bincount(cell, weights=step * counts[unit], minlength=int(np.prod(shape))).reshape(shape)
    moved = np.cumsum(moved[:-1], axis=0)
    place = plan.unit_intervention * shape[2] + plan.rows.psc[:units]
    whole = np.bincount(place, weights=counts, minlength=shape[1] * shape[2]).reshape(shape[1:])
    by_scope = np.concatenate([moved.sum(axis=2, keepdims=True), moved], axis=2)
    out_of = np.concatenate([whole.sum(axis=1, keepdims=True), whole], axis=1)
    shares: Floats = np.divide(by_scope, out_of, out=np.zeros(by_scope.shape), where=out_of > 0)
    return shares

"""ambitions.csv: the chance that each ambition is met, and what it hangs on.

K draws, R replicates, A aims of one ambition, P scopes. An ambition with ``together = each`` stands where
its furthest-behind intervention stands.
"""

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.outcomes import collect, tables, tabulate, uncertainty
from spread.outcomes import plan as plans

if TYPE_CHECKING:
    from spread.scenarios import schema

Floats = NDArray[np.float64]
VALUE_QUANTILES = {"value_q05": 0.05, "value_q50": 0.50, "value_q95": 0.95}
MET_QUANTILES = {"met_q10": 0.10, "met_q50": 0.50, "met_q90": 0.90}
NOT_FITTED = "not fitted to data"


class Standing(NamedTuple):
    """Where one ambition stands at one date in one scope, run by run; shape (K, R).

    `value` the share (NaN where nobody counts), `met` the threshold met, `short` what is missing: sites, or a
    share of patients (NaN without a threshold).
    """

    value: Floats
    met: NDArray[np.bool_]
    short: Floats


def assess_ambitions(
    scenario: "schema.Scenario", plan: plans.TabulationPlan, collected: collect.Collector
) -> pd.DataFrame:
    """One row per ambition, deadline and scope in which a site counts.

    `value` and `shortfall` come from whole sites in each run; chance is the mean over draws and replicates with
    draws as the sampling unit. Deadlines before the data date or after the end of the run have no row.

    Raises
    ------
    InputError
        An ambition with a measure not yet modelled.
    """
    rows = []
    for name, ambition in plans.wanted_ambitions(scenario, plan.interventions):
        said = _said(name, ambition, scenario, plan)
        deadlines = sorted({day for day in ambition.deadlines if day in plan.dates})
        for deadline in deadlines:
            for scope in range(len(plan.scopes)):
                if _anybody_counts(plan, collected, name, scope):
                    rows.append(said | _row(name, deadline, scope, plan, collected, scenario.start_from is not None))
    return tables.frame_of_rows("ambitions", rows)


def standing_at(
    plan: plans.TabulationPlan, collected: collect.Collector, ambition: str, date_index: int, scope: int
) -> Standing:
    """Where an ambition stands at a report date in a scope, in every complete run."""
    runs = collected.complete_runs
    value = np.full(runs.shape, np.inf)
    met = np.ones(runs.shape, dtype=bool)
    short = np.zeros(runs.shape)
    for number in plan.aims_of(ambition):
        aim = plan.aims[number]
        numerator = collected.numerator[runs, date_index, number]
        denominator = collected.denominator[runs, number]
        met &= tabulate.meets(aim, numerator, denominator)[..., scope]
        whole = denominator[..., scope]
        share = np.divide(numerator[..., scope], whole, out=np.full(runs.shape, np.nan), where=whole > 0)
        value = np.minimum(value, share)
        short = np.maximum(short, _missing(aim, numerator, denominator, share, scope))
    return Standing(value, met, short)


def _missing(aim: plans.Aim, numerator: Floats, denominator: Floats, share: Floats, scope: int) -> Floats:
    if aim.measure == plans.PATIENTS:
        missing: Floats = aim.thresholds[scope] - share
    else:
        missing = tabulate.needed(aim, denominator)[..., scope] - numerator[..., scope]
    return np.maximum(missing, 0.0)


def _anybody_counts(plan: plans.TabulationPlan, collected: collect.Collector, ambition: str, scope: int) -> bool:
    runs = collected.complete_runs
    return all(bool(np.any(collected.denominator[runs, number, scope] > 0)) for number in plan.aims_of(ambition))


def measure_name(ambition: "schema.Ambition") -> str:
    """How tables write what an ambition counts."""
    return "all_elements" if ambition.measure == plans.PATIENTS else f"stage>={ambition.stage}"


def _said(
    name: str, ambition: "schema.Ambition", scenario: "schema.Scenario", plan: plans.TabulationPlan
) -> dict[str, Any]:
    """The columns that need no run."""
    return {
        "ambition": name,
        "interventions": "+".join(ambition.interventions),
        "together": ambition.together,
        "measure": measure_name(ambition),
        "data_date": plan.dates[0],
        "conditioned_on": known_at_start(scenario, plan),
        "basis": NOT_FITTED,
    }


def known_at_start(scenario: "schema.Scenario", plan: plans.TabulationPlan) -> str:
    """What the runs began from, in words, and how many of the eligible sites the data do not speak about."""
    if scenario.start_from is None:
        return "nothing (programme start)"
    units = plan.rows.unit_count
    sites, told = plan.rows.site[:units], plan.rows.reported[:units]
    everyone, silent = np.unique(sites), np.setdiff1d(sites, sites[told])
    in_part = np.setdiff1d(sites[~told], silent)
    gaps = [f"{len(silent)} of {len(everyone)} not reported"] if len(silent) else []
    gaps += [f"{len(in_part)} of {len(everyone)} reported in part"] if len(in_part) else []
    return f"sites as at {scenario.start_from.as_of.isoformat()}" + (f" ({', '.join(gaps)})" if gaps else "")


def _row(
    name: str, deadline: date, scope: int, plan: plans.TabulationPlan, collected: collect.Collector, from_data: bool
) -> dict[str, Any]:
    aims = plan.aims_of(name)
    now = standing_at(plan, collected, name, 0, scope)
    then = standing_at(plan, collected, name, plan.dates.index(deadline), scope)
    threshold = float(plan.aims[aims[0]].thresholds[scope])
    split = uncertainty.split_variance(then.value)
    return {
        "threshold": threshold,
        "deadline": deadline,
        "scope": plan.scopes[scope],
        "n": then.value.size,
        "chance_sd": split.chance_sd,
        "parameter_sd": split.parameter_sd,
        "value_now": _mean(now.value),
        **{column: _quantile(then.value, share) for column, share in VALUE_QUANTILES.items()},
        "shortfall_q50": _quantile(then.short, 0.5),
        "needed_per_month": _needed_per_month(now, plan.dates[0], deadline),
        "recent_per_month": _recent_per_month(collected, aims, scope) if from_data else np.nan,
        **_chance_columns(then, threshold),
        **_met_columns(name, threshold, scope, plan, collected),
        **_furthest_behind(name, deadline, scope, plan, collected),
    }


def _chance_columns(then: Standing, threshold: float) -> dict[str, float]:
    if np.isnan(threshold):
        return dict.fromkeys(("chance", "mc_low", "mc_high", "chance_p10", "chance_p90"), np.nan)
    sure = uncertainty.assess_chance(then.met)
    return {
        "chance": sure.chance,
        "mc_low": sure.low,
        "mc_high": sure.high,
        "chance_p10": sure.p10,
        "chance_p90": sure.p90,
    }


def _met_columns(
    name: str, threshold: float, scope: int, plan: plans.TabulationPlan, collected: collect.Collector
) -> dict[str, date | None]:
    if np.isnan(threshold):
        return dict.fromkeys(MET_QUANTILES)
    place = plan.ambitions.index(name)
    times = collected.reached_days[collected.complete_runs.ravel(), place, scope]
    return {
        column: collect.date_of(float(collect.quantile_of_times(times, share)), plan.origin)
        for column, share in MET_QUANTILES.items()
    }


def _furthest_behind(
    name: str, deadline: date, scope: int, plan: plans.TabulationPlan, collected: collect.Collector
) -> dict[str, Any]:
    """The PSC with most missing on average, for the national row; blank when none is short."""
    worst, missing = "", np.nan
    if scope == 0:
        at = plan.dates.index(deadline)
        for place, code in enumerate(plan.psc_codes, start=1):
            if not _anybody_counts(plan, collected, name, place):
                continue
            short = _mean(standing_at(plan, collected, name, at, place).short)
            if short > (0.0 if np.isnan(missing) else missing):
                worst, missing = code, short
    return {"furthest_behind_psc": worst, "furthest_behind_short": missing}


def _needed_per_month(now: Standing, data_date: date, deadline: date) -> float:
    months = (deadline - data_date).days / plans.DAYS_PER_MONTH
    return _mean(now.short) / months if months > 0 else np.nan


def _recent_per_month(collected: collect.Collector, aims: list[int], scope: int) -> float:
    """Sites a month lately, of the slowest of the interventions; unknown where no dates are."""
    lately = collected.recent[collected.complete_runs.ravel()][:, aims, scope].min(axis=1)
    return _quantile(lately, 0.5) / tabulate.RECENT_MONTHS


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else np.nan


def _quantile(values: Floats, share: float) -> float:
    known = values[~np.isnan(values)]
    return float(np.quantile(known, share)) if known.size else np.nan

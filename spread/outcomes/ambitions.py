"""ambitions.csv: the chance that each ambition is met, and what it hangs on.

K draws, R replicates, P scopes. An ambition with ``together = each`` stands where
its furthest-behind intervention stands.
"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.outcomes import collect, counting, naming, tables, thresholds, uncertainty
from spread.outcomes import plan as plans

if TYPE_CHECKING:
    from spread.scenarios import schema

Floats = NDArray[np.float64]
VALUE_QUANTILES = {"value_q05": 0.05, "value_q50": 0.50, "value_q95": 0.95}
MET_QUANTILES = {"met_q10": 0.10, "met_q50": 0.50, "met_q90": 0.90}
USUAL_ERROR = 0.05


class Standing(NamedTuple):
    """Where one ambition stands at one date, in every complete run and scope; shape (K, R, P).

    `value` the share or rate (NaN where nobody counts), `met` the threshold met, `short` what is missing: sites, or a
    share of patients, or of a rate (NaN without a threshold).
    """

    value: Floats
    met: NDArray[np.bool_]
    short: Floats

    def in_scope(self, scope: int) -> "Standing":
        """The same in one scope; shape (K, R)."""
        return Standing(
            np.ascontiguousarray(self.value[..., scope]),
            np.ascontiguousarray(self.met[..., scope]),
            np.ascontiguousarray(self.short[..., scope]),
        )


class AmbitionChance(NamedTuple):
    """The chance of one row of ambitions.csv, and the interval that too few runs leave it in."""

    ambition: str
    deadline: date
    scope: str
    chance: float
    low: float
    high: float


class Looked(NamedTuple):
    """One ambition, the runs it is looked at in, and the scopes in which a site counts for all of its aims."""

    name: str
    plan: plans.TabulationPlan
    collected: collect.Collected
    deadlines: tuple[date, ...]
    scopes: tuple[int, ...]

    def standing(self, day: date) -> Standing:
        """Where it stands on a report date."""
        return standing_at(self.plan, self.collected, self.name, self.plan.dates.index(day))


def assess_ambitions(
    scenario: "schema.Scenario", plan: plans.TabulationPlan, collected: collect.Collected | collect.Collector
) -> pd.DataFrame:
    """One row per ambition, deadline and scope in which a site counts.

    `value` and `shortfall` come from whole sites in each run; chance is the mean over draws and replicates with
    draws as the sampling unit. Deadlines before the data date or after the end of the run have no row.

    """
    rows = []
    for looked in looked_at(scenario, plan, collect.Collected.of(collected)):
        said = _said(looked.name, scenario.ambitions[looked.name], scenario, plan)
        always = [_undated_columns(looked, scope, scenario.start_from is not None) for scope in looked.scopes]
        now = looked.standing(plan.dates[0])
        for deadline in looked.deadlines:
            then = looked.standing(deadline)
            for scope, columns in zip(looked.scopes, always, strict=True):
                rows.append(said | columns | _dated_columns(looked, scope, deadline, now, then))
    return tables.frame_of_rows("ambitions", rows)


def chances(
    scenario: "schema.Scenario",
    plan: plans.TabulationPlan,
    collected: collect.Collected | collect.Collector,
    *,
    error: float = USUAL_ERROR,
) -> list[AmbitionChance]:
    """The chance of every row of ambitions.csv that states a threshold, with its interval; nothing else.

    Parameters
    ----------
    error
        Chance with which the interval may miss.
    """
    found = []
    for looked in looked_at(scenario, plan, collect.Collected.of(collected)):
        thresholds_of = plan.aims[plan.aims_of(looked.name)[0]].thresholds
        for deadline in looked.deadlines:
            then = looked.standing(deadline)
            for scope in looked.scopes:
                if np.isnan(thresholds_of[scope]):
                    continue
                met = then.met[..., scope]
                chance = float(met.mean()) if met.size else np.nan
                interval = uncertainty.chance_interval(met, error)
                found.append(AmbitionChance(looked.name, deadline, plan.scopes[scope], chance, *interval))
    return found


def national_intervals(
    scenario: "schema.Scenario",
    plan: plans.TabulationPlan,
    collected: collect.Collected | collect.Collector,
    error: float,
) -> list[tuple[float, float]]:
    """The interval of every national chance that misses it with chance `error`."""
    found = chances(scenario, plan, collected, error=error)
    return [(one.low, one.high) for one in found if one.scope == plans.NATIONAL]


def looked_at(
    scenario: "schema.Scenario", plan: plans.TabulationPlan, collected: collect.Collected
) -> Iterator[Looked]:
    """Every ambition of the run, its deadlines within it, and the scopes in which a site counts for all its aims."""
    for name, ambition in naming.wanted_ambitions(scenario, plan.interventions):
        deadlines = tuple(sorted({day for day in ambition.deadlines if day in plan.dates}))
        counted = np.ones(len(plan.scopes), dtype=bool)
        for number in plan.aims_of(name):
            counted &= (collected.gather("denominator", number) > 0).any(axis=0)
        yield Looked(name, plan, collected, deadlines, tuple(np.flatnonzero(counted).tolist()))


def standing_at(plan: plans.TabulationPlan, collected: collect.Collected, ambition: str, date_index: int) -> Standing:
    """Where an ambition stands at a report date, in every complete run and scope."""
    shape = (collected.run_count, len(plan.scopes))
    value = np.full(shape, np.inf)
    met = np.ones(shape, dtype=bool)
    short = np.zeros(shape)
    for number in plan.aims_of(ambition):
        aim = plan.aims[number]
        numerator = collected.gather("numerator", date_index, number).astype(np.float64)
        denominator = collected.gather("denominator", number).astype(np.float64)
        met &= thresholds.meets(aim, numerator, denominator)
        share = np.divide(numerator, denominator, out=np.full(shape, np.nan), where=denominator > 0)
        value = np.minimum(value, share)
        short = np.maximum(short, _missing(aim, numerator, denominator, share))
    return Standing(*(collected.by_draw(values) for values in (value, met, short)))


def _missing(aim: plans.Aim, numerator: Floats, denominator: Floats, share: Floats) -> Floats:
    if aim.measure == plans.SITES:
        missing: Floats = thresholds.needed(aim, denominator) - numerator
    else:
        missing = share - aim.thresholds if aim.falls else aim.thresholds - share
    return np.maximum(missing, 0.0)


def measure_name(ambition: "schema.Ambition") -> str:
    """How tables write what an ambition counts."""
    if ambition.measure == plans.SITES:
        return f"stage>={ambition.stage}"
    return "all_elements" if ambition.measure == plans.PATIENTS else ambition.measure


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
        "basis": plan.basis,
    }


def known_at_start(scenario: "schema.Scenario", plan: plans.TabulationPlan) -> str:
    """What the runs began from, in words, and how many of the eligible sites the data do not speak about."""
    if scenario.start_from is None:
        return "nothing (programme start)"
    day, begun = plan.dates[0], plan.begun
    notes = _who_is_missing(plan)
    if begun is not None and begun.late_count:
        notes.append(f"{begun.late_count} carried forward from an earlier quarter")
    if begun is not None and begun.asked > day:
        notes.append(f"the latest there was on {begun.asked.isoformat()}")
    what = "counts" if begun is not None and begun.from_counts else "sites"
    return f"{what} as at {day.isoformat()}" + (f" ({', '.join(notes)})" if notes else "")


def _who_is_missing(plan: plans.TabulationPlan) -> list[str]:
    """How many sites the data do not speak about, or in part."""
    units = plan.rows.unit_count
    sites, told = plan.rows.site[:units], plan.rows.reported[:units]
    everyone, silent = np.unique(sites), np.setdiff1d(sites, sites[told])
    in_part = np.setdiff1d(sites[~told], silent)
    notes = [f"{len(silent)} of {len(everyone)} not reported, imputed"] if len(silent) else []
    return notes + ([f"{len(in_part)} of {len(everyone)} reported in part"] if len(in_part) else [])


def _undated_columns(looked: Looked, scope: int, from_data: bool) -> dict[str, Any]:
    """The columns that no deadline changes."""
    aims = looked.plan.aims_of(looked.name)
    threshold = float(looked.plan.aims[aims[0]].thresholds[scope])
    return {
        "threshold": threshold,
        "scope": looked.plan.scopes[scope],
        "n": looked.collected.run_count,
        "recent_per_month": _recent_per_month(looked.collected, aims, scope) if from_data else np.nan,
        **_met_columns(looked, threshold, scope),
    }


def _dated_columns(looked: Looked, scope: int, deadline: date, now: Standing, then: Standing) -> dict[str, Any]:
    here_now, here = now.in_scope(scope), then.in_scope(scope)
    threshold = float(looked.plan.aims[looked.plan.aims_of(looked.name)[0]].thresholds[scope])
    split = uncertainty.split_variance(here.value)
    return {
        "deadline": deadline,
        "chance_sd": split.chance_sd,
        "parameter_sd": split.parameter_sd,
        "value_now": uncertainty.mean_known(here_now.value),
        **{column: uncertainty.quantile_known(here.value, share) for column, share in VALUE_QUANTILES.items()},
        "shortfall_q50": uncertainty.quantile_known(here.short, 0.5),
        "needed_per_month": _needed_per_month(here_now, looked.plan.dates[0], deadline),
        **_chance_columns(here, threshold),
        **_furthest_behind(looked, scope, then),
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


def _met_columns(looked: Looked, threshold: float, scope: int) -> dict[str, date | None]:
    if np.isnan(threshold):
        return dict.fromkeys(MET_QUANTILES)
    codes = looked.collected.gather("reached_day", looked.plan.ambitions.index(looked.name), scope)
    found = collect.dates_by(codes, MET_QUANTILES.values(), looked.plan.origin)
    return {column: day.item() for column, day in zip(MET_QUANTILES, found, strict=True)}


def _furthest_behind(looked: Looked, scope: int, then: Standing) -> dict[str, Any]:
    """The PSC with most missing on average, for the national row; blank when none is short, and for a milestone."""
    worst, missing = "", np.nan
    measure = looked.plan.aims[looked.plan.aims_of(looked.name)[0]].measure
    if scope == 0 and measure != plans.MILESTONE:
        for place in looked.scopes[1:]:
            short = uncertainty.mean_known(then.in_scope(place).short)
            if short > (0.0 if np.isnan(missing) else missing):
                worst, missing = looked.plan.psc_codes[place - 1], short
    return {"furthest_behind_psc": worst, "furthest_behind_short": missing}


def _needed_per_month(now: Standing, data_date: date, deadline: date) -> float:
    months = (deadline - data_date).days / plans.DAYS_PER_MONTH
    return uncertainty.mean_known(now.short) / months if months > 0 else np.nan


def _recent_per_month(collected: collect.Collected, aims: list[int], scope: int) -> float:
    """Sites a month lately, of the slowest of the interventions; unknown where no dates are."""
    lately = collected.gather("recent", aims, scope).astype(np.float64).min(axis=1)
    return uncertainty.quantile_known(lately, 0.5) / counting.RECENT_MONTHS

"""The stretches in which a plan stands still, and what is in force in each.

`EpochFrame` is what no draw of the parameters changes; `build_epochs` adds what one does.
P epochs, I interventions, C collaboratives, K shocks.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import dates
from spread.model import rules
from spread.model.inputs import Epochs, Floats, Ints
from spread.model.timetable import DAYS_PER_MONTH, DAYS_PER_YEAR, regime_number, runs_on, value_for
from spread.model.world import World
from spread.scenarios import catalogue, levers, schema

NEVER_DAY = 1e9


class Support(NamedTuple):
    """What a regime gives a collaborative: a level, hours of outreach per site and month, coaches."""

    level: str
    hours: float
    coaches_wte: float


class EpochFrame(NamedTuple):
    """What no draw changes about the epochs.

    Shapes (P,): `day`, `priority_rule`. (P, I): `push` (index into `pushes`, the pushes there are), `years` since the
    first programme began, `deadline_days` to the next deadline, `started`, `open`; `shocked` (K, P, I) says where each
    of `shocks` is felt. (P, C): `support` (index into `supports`), `hours`, `champions`, `measurement`.
    """

    day: Floats
    priority_rule: Ints
    pushes: tuple[str, ...]
    push: Ints
    shocks: tuple[str, ...]
    shocked: NDArray[np.bool_]
    years: Floats
    deadline_days: Floats
    started: Ints
    open: Ints
    supports: tuple[Support, ...]
    support: Ints
    hours: Floats
    champions: Floats
    measurement: Floats


def frame_epochs(world: World) -> EpochFrame:
    """Everything about the epochs that no draw changes."""
    scenario, days, names = world.scenario, epoch_dates(world), world.units.interventions
    regime = np.array([regime_number(world, day) for day in days])
    started = np.array([[has_started(scenario, name, day) for name in names] for day in days])
    pushes = tuple(dict.fromkeys(["none", *(regime.push for regime in world.regimes)]))
    push = np.array([pushes.index(regime.push) for regime in world.regimes])[regime]
    given = [[support_for(regime, code) for code in world.population.psc_codes] for regime in world.regimes]
    supports = tuple(dict.fromkeys(support for row in given for support in row))
    number = {support: place for place, support in enumerate(supports)}
    felt = [[[is_felt(shock, name, day) for name in names] for day in days] for shock in scenario.shocks]
    return EpochFrame(
        day=np.array([(day - world.origin).days for day in days], dtype=np.float64),
        priority_rule=np.array([levers.PRIORITY_RULES.index(regime.priority_rule) for regime in world.regimes])[regime],
        pushes=pushes,
        push=np.where(started, push[:, None], pushes.index("none")),
        shocks=tuple(shock.name for shock in scenario.shocks),
        shocked=np.array(felt, dtype=bool).reshape(len(felt), len(days), len(names)),
        years=np.array([[years_running(scenario, name, day) for name in names] for day in days]),
        deadline_days=np.array([[days_to_deadline(scenario, name, day) for name in names] for day in days]),
        started=started.astype(np.int64),
        open=np.array([[is_available(scenario, name, day) for name in names] for day in days], dtype=np.int64),
        supports=supports,
        support=np.array([[number[support] for support in row] for row in given])[regime],
        hours=np.array([[support.hours for support in row] for row in given])[regime],
        champions=by_psc(world, [plan.champions for plan in world.regimes])[regime],
        measurement=by_psc(world, [plan.measurement for plan in world.regimes])[regime],
    )


def epoch_dates(world: World) -> list[date]:
    """The first day, the first of each month, and every day on which a plan, programme or shock changes."""
    scenario, last = world.scenario, world.scenario.end
    changes = {world.origin, *dates.month_starts(world.origin, last), *(regime.from_date for regime in world.regimes)}
    for programme in scenario.programmes.values():
        changes |= {day for day in (programme.start, next_day(programme.end)) if day}
    for shock in scenario.shocks:
        changes |= {day for day in (shock.start, next_day(shock.end)) if day}
    changes |= {i.available_from for i in scenario.interventions.values() if i.available_from}
    return sorted(day for day in changes if world.origin <= day <= last)


def next_day(day: date | None) -> date | None:
    """The day after, if any."""
    return day + timedelta(days=1) if day else None


def programmes_of(scenario: schema.Scenario, name: str) -> list[schema.Programme]:
    """The programmes an intervention is part of."""
    return [programme for programme in scenario.programmes.values() if name in programme.interventions]


def has_started(scenario: schema.Scenario, name: str, day: date) -> bool:
    """Whether a programme of an intervention runs on a day."""
    return any(runs_on(programme, scenario, day) for programme in programmes_of(scenario, name))


def years_running(scenario: schema.Scenario, name: str, day: date) -> float:
    """Years since the first programme of an intervention began; 0 before."""
    first = min((p.start or scenario.start for p in programmes_of(scenario, name)), default=scenario.start)
    return max(0.0, (day - first).days / DAYS_PER_YEAR)


def days_to_deadline(scenario: schema.Scenario, name: str, day: date) -> float:
    """Days from a day to the next deadline in force for an intervention."""
    deadlines = [ambition.deadlines[-1] for ambition in scenario.ambitions.values() if name in ambition.interventions]
    ahead = [(deadline - day).days for deadline in deadlines]
    return float(min((days for days in ahead if days >= 0), default=NEVER_DAY))


def is_available(scenario: schema.Scenario, name: str, day: date) -> bool:
    """Whether an intervention exists on a day."""
    available = scenario.interventions[name].available_from
    return available is None or available <= day


def is_felt(shock: schema.Shock, name: str, day: date) -> bool:
    """Whether an intervention feels a shock on a day."""
    return shock.start <= day <= shock.end and (not shock.interventions or name in shock.interventions)


def support_for(regime: levers.Regime, code: str) -> Support:
    """What a regime gives a collaborative."""
    level = regime.support[code] if code in regime.support else regime.support["default"]
    return Support(level, value_for(regime.outreach_hours, code), value_for(regime.coaches, code))


def by_psc(world: World, tables: list[Mapping[str, float]]) -> Floats:
    """A lever of each regime for each collaborative; shape (regimes, C)."""
    return np.array([[value_for(table, code) for code in world.population.psc_codes] for table in tables])


# --- what a draw changes --------------------------------------------------------------------------


def build_epochs(frame: EpochFrame, parameters: Mapping[str, float]) -> Epochs:
    """What stands still between two refreshes, for one draw of the parameters."""
    push = np.array([parameters[f"push_{name}_log_hr"] for name in frame.pushes])[frame.push]
    shock = shock_log_effects(frame, parameters)
    window_days = parameters["deadline_window_months"] * DAYS_PER_MONTH
    near = np.where(frame.deadline_days <= window_days, parameters["deadline_log_hr"], 0.0)
    given = [support_effects(support, parameters) for support in frame.supports]
    support, coaching, places = (np.array(column)[frame.support] for column in zip(*given, strict=True))
    unsupported = -parameters["support_standard_log_hr"]
    return Epochs(
        day=frame.day,
        priority_rule=frame.priority_rule,
        push=push,
        trend=push + shock + parameters["secular_log_per_year"] * frame.years + near,
        testing=parameters["push_testing_share"] * (push + shock),
        stopping=parameters["push_stop_share"] * (push + shock),
        shock=shock,
        campaign=np.where(frame.started, parameters["contact_campaign_per_month"] / DAYS_PER_MONTH, 0.0),
        started=frame.started,
        open=frame.open,
        support=support,
        coaching=coaching,
        hours=frame.hours,
        places=places,
        champions=frame.champions,
        measurement=frame.measurement,
        unsupported=unsupported,
        uncoached=parameters["support_testing_share"] * unsupported,
    )


def shock_log_effects(frame: EpochFrame, parameters: Mapping[str, float]) -> Floats:
    """The sum of the shocks felt, on the log scale; shape (P, I)."""
    log_factors = np.log([parameters[f"shock.{name}.multiplier"] for name in frame.shocks])
    shock = np.zeros(frame.push.shape)
    for log_factor, felt in zip(log_factors, frame.shocked, strict=True):
        shock += np.where(felt, log_factor, 0.0)
    return shock


def support_effects(support: Support, parameters: Mapping[str, float]) -> tuple[float, float, int]:
    """Support and coaching less the reference, and coaching places, of a collaborative."""
    reference, at_level = parameters["support_standard_log_hr"], speed_effect(support.level, parameters)
    half_hours = parameters["outreach_half_hours"]
    effect = rules.support_log_effect(at_level, support.hours, usual_hours(support.level), half_hours)
    sites, interventions_per_site = parameters["caseload_sites"], parameters["interventions_per_coached_site"]
    return (
        effect - reference,
        parameters["support_testing_share"] * (at_level - reference),
        rules.place_count(support.coaches_wte, sites, interventions_per_site),
    )


def speed_effect(level: str, parameters: Mapping[str, float]) -> float:
    """What a level of support, at its usual outreach hours, adds to the log of a hazard."""
    standard, extra = parameters["support_standard_log_hr"], parameters["support_enhanced_extra_log_hr"]
    return level_effect(level, standard, parameters["support_light_share"], extra)


def level_effect(level: str, standard: float, light_share: float, extra: float) -> float:
    """What a level of support adds where standard support adds so much; none is 0, enhanced need not beat standard."""
    effects = {"none": 0.0, "light": light_share * standard, "standard": standard, "enhanced": standard + extra}
    return effects[level]


def usual_hours(level: str) -> float:
    """The outreach hours a preset comes with, per engaged site and month."""
    return float(catalogue.support_levels()[level]["outreach_hours"])

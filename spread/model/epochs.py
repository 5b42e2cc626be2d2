"""The stretches in which a plan stands still, and what is in force in each.

`EpochFrame` is what no draw of the parameters changes; `build_epochs` adds what one does.
P epochs, I interventions, C collaboratives, K shocks.
"""

import math
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
ROUNDING = 1e-9


class Support(NamedTuple):
    """What a collaborative gives a workstream: a level, hours a site and month, champions, measurement."""

    level: str
    hours: float
    champions: float
    measurement: float


class Availability(NamedTuple):
    """From when interventions exist, and who is late by how much.

    Shape (I,): `day` of the run, and `month`, the same in months since the first of the run's first month. `month_day`
    is the day on which each month of the run begins; `late` gives, by intervention, the parameter (months) to be added.
    """

    day: Floats
    month: Floats
    month_day: Floats
    late: Mapping[int, str]


class EpochFrame(NamedTuple):
    """What no draw changes about the epochs.

    Shapes (P,): `day`, `priority_rule`. (P, I): `push` (index into `pushes`, the pushes there are), `years` since the
    first programme began, `deadline_days` to the next deadline, `started`; `shocked` (K, P, I) says where each
    of `shocks` is felt. (P, W, C): `support` (index into `supports`). (P, C): `coaches_wte`, `safety_culture`.
    (P,) besides: `co_design` and `refreshers`.
    (I,): `workstream`, whose support an intervention gets; `programme` and its `priority`.
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
    availability: Availability
    supports: tuple[Support, ...]
    support: Ints
    workstream: Ints
    programme: Ints
    priority: Ints
    coaches_wte: Floats
    safety_culture: Floats
    co_design: Floats
    refreshers: Floats


def frame_epochs(world: World) -> EpochFrame:
    """Everything about the epochs that no draw changes."""
    scenario, days, names = world.scenario, epoch_dates(world), world.units.interventions
    regime = np.array([regime_number(world, day) for day in days])
    started = np.array([[has_started(scenario, name, day) for name in names] for day in days])
    workstreams, workstream = find_workstreams(world)
    own_push = [own_programme(scenario, name).push for name in names]
    asked = [[own or regime.push for own in own_push] for regime in world.regimes]
    pushes = tuple(dict.fromkeys(["none", *(push for row in asked for push in row)]))
    push = np.array([[pushes.index(push) for push in row] for row in asked])[regime]
    codes = world.population.psc_codes
    given = [[[support_for(plan, code, own=own) for code in codes] for own in workstreams] for plan in world.regimes]
    supports = tuple(dict.fromkeys(support for plan in given for row in plan for support in row))
    number = {support: place for place, support in enumerate(supports)}
    felt = [[[is_felt(shock, name, day) for name in names] for day in days] for shock in scenario.shocks]
    return EpochFrame(
        day=np.array([(day - world.origin).days for day in days], dtype=np.float64),
        priority_rule=np.array([levers.PRIORITY_RULES.index(regime.priority_rule) for regime in world.regimes])[regime],
        pushes=pushes,
        push=np.where(started, push, pushes.index("none")),
        shocks=tuple(shock.name for shock in scenario.shocks),
        shocked=np.array(felt, dtype=bool).reshape(len(felt), len(days), len(names)),
        years=np.array([[years_running(scenario, name, day) for name in names] for day in days]),
        deadline_days=np.array([[days_to_deadline(scenario, name, day) for name in names] for day in days]),
        started=started.astype(np.int64),
        availability=frame_availability(world),
        supports=supports,
        support=np.array([[[number[support] for support in row] for row in plan] for plan in given])[regime],
        workstream=workstream,
        programme=np.array([list(scenario.programmes).index(scenario.interventions[name].programme) for name in names]),
        priority=np.array([own_programme(scenario, name).priority for name in names]),
        coaches_wte=by_psc(world, [plan.coaches for plan in world.regimes])[regime],
        safety_culture=by_psc(world, [plan.safety_culture for plan in world.regimes])[regime],
        co_design=np.array([plan.co_design for plan in world.regimes])[regime],
        refreshers=np.array([plan.refreshers for plan in world.regimes])[regime],
    )


def find_workstreams(world: World) -> tuple[tuple[str | None, ...], Ints]:
    """The levels of support that programmes have of their own (None: as the lever says), and each intervention's."""
    own = [own_programme(world.scenario, name).support for name in world.units.interventions]
    levels = tuple(sorted(dict.fromkeys(own), key=lambda level: level is not None))
    return levels, np.array([levels.index(level) for level in own], dtype=np.int64)


def own_programme(scenario: schema.Scenario, name: str) -> schema.Programme:
    """The programme an intervention is in."""
    return scenario.programmes[scenario.interventions[name].programme]


def epoch_dates(world: World) -> list[date]:
    """The first day, the first of each month, and every day on which a plan, programme or shock changes."""
    scenario, last = world.scenario, world.scenario.end
    changes = {world.origin, *dates.month_starts(world.origin, last), *(regime.from_date for regime in world.regimes)}
    for programme in scenario.programmes.values():
        changes |= {day for day in (programme.start, next_day(programme.end), *programme.enters.values()) if day}
    for shock in scenario.shocks:
        changes |= {day for day in (shock.start, next_day(shock.end)) if day}
    changes |= {i.available_from for i in scenario.interventions.values() if i.available_from}
    return sorted(day for day in changes if world.origin <= day <= last)


def next_day(day: date | None) -> date | None:
    """The day after, if any; none after the last day there is."""
    return day + timedelta(days=1) if day and day < date.max else None


def months_between(first: date, day: date) -> float:
    """Months from the first of a month to a day, a part of a month as a share of it."""
    days_in_month = dates.month_end(day.year, day.month).day
    return 12 * (day.year - first.year) + day.month - first.month + (day.day - 1) / days_in_month


def has_started(scenario: schema.Scenario, name: str, day: date) -> bool:
    """Whether the programme of an intervention runs on a day and the intervention has entered it."""
    return runs_on(own_programme(scenario, name), scenario, day) and entered(scenario, name) <= day


def entered(scenario: schema.Scenario, name: str) -> date:
    """The day on which an intervention enters its programme: its first, unless the programme says otherwise."""
    programme = own_programme(scenario, name)
    return programme.enters.get(name, programme.start)


def years_running(scenario: schema.Scenario, name: str, day: date) -> float:
    """Years since an intervention entered its programme; 0 before."""
    return max(0.0, (day - entered(scenario, name)).days / DAYS_PER_YEAR)


def days_to_deadline(scenario: schema.Scenario, name: str, day: date) -> float:
    """Days from a day to the next deadline in force for an intervention."""
    deadlines = [ambition.deadlines[-1] for ambition in scenario.ambitions.values() if name in ambition.interventions]
    ahead = [(deadline - day).days for deadline in deadlines]
    return float(min((days for days in ahead if days >= 0), default=NEVER_DAY))


def frame_availability(world: World) -> Availability:
    """From when interventions exist, but for how late those come that may be."""
    asked = [world.scenario.interventions[name] for name in world.units.interventions]
    first = world.origin.replace(day=1)
    days = [(one.available_from - world.origin).days if one.available_from else -np.inf for one in asked]
    months = dates.month_starts(first, world.scenario.end)
    return Availability(
        np.array(days, dtype=np.float64),
        np.array([months_between(first, one.available_from or first) for one in asked]),
        np.array([(month - world.origin).days for month in months], dtype=np.float64),
        {
            number: f"{name}.available_delay_months"
            for number, name in enumerate(world.units.interventions)
            if asked[number].available_delay_months is not None
        },
    )


def is_felt(shock: schema.Shock, name: str, day: date) -> bool:
    """Whether an intervention feels a shock on a day."""
    return shock.start <= day <= shock.end and (not shock.interventions or name in shock.interventions)


def support_for(regime: levers.Regime, code: str, *, own: str | None = None) -> Support:
    """What a regime gives in a collaborative, to a programme with a level of its own what comes with that level."""
    if own is not None:
        usual = catalogue.support_levels()[own]
        return Support(own, usual_hours(own), float(usual["champions"]), float(usual["measurement"]))
    level = regime.support[code] if code in regime.support else regime.support["default"]
    tables = (regime.outreach_hours, regime.champions, regime.measurement)
    return Support(level, *(value_for(table, code) for table in tables))


def by_psc(world: World, tables: list[Mapping[str, float]]) -> Floats:
    """A lever of each regime for each collaborative; shape (regimes, C)."""
    return np.array([[value_for(table, code) for code in world.population.psc_codes] for table in tables])


# --- what a draw changes --------------------------------------------------------------------------


def available_days(availability: Availability, parameters: Mapping[str, float]) -> Floats:
    """The day from which each intervention exists; one that comes late, from the first of a month; shape (I,)."""
    days, month_days = availability.day.copy(), availability.month_day
    for number, name in availability.late.items():
        month = max(0, math.ceil(availability.month[number] + parameters[name] - ROUNDING))
        days[number] = month_days[month] if month < len(month_days) else np.inf
    return days


def build_epochs(frame: EpochFrame, parameters: Mapping[str, float], available_day: Floats) -> Epochs:
    """What stands still between two refreshes, for one draw of the parameters."""
    push = np.array([parameters[f"push_{name}_log_hr"] for name in frame.pushes])[frame.push]
    shock = shock_log_effects(frame, parameters)
    window_days = parameters["deadline_window_months"] * DAYS_PER_MONTH
    near = np.where(frame.deadline_days <= window_days, parameters["deadline_log_hr"], 0.0)
    given = [support_effects(support, parameters) for support in frame.supports]
    support, coaching = (np.array(column)[frame.support] for column in zip(*given, strict=True))
    _, hours, champions, measurement = (np.array(column)[frame.support] for column in zip(*frame.supports, strict=True))
    unsupported = -parameters["support_standard_log_hr"]
    culture = parameters["culture_log_hr"] * parameters["safety_culture_gain_sd"] * frame.safety_culture
    return Epochs(
        day=frame.day,
        priority_rule=frame.priority_rule,
        push=push,
        trend=push
        + shock
        + parameters["secular_log_per_year"] * frame.years
        + near
        + design_effects(frame, parameters),
        testing=parameters["push_testing_share"] * (push + shock),
        stopping=parameters["push_stop_share"] * (push + shock),
        shock=shock,
        campaign=np.where(frame.started, parameters["contact_campaign_per_month"] / DAYS_PER_MONTH, 0.0),
        started=frame.started,
        open=(frame.day[:, None] >= available_day).astype(np.int64),
        support=support + culture[:, None, :],
        coaching=coaching,
        hours=hours,
        places=place_counts(frame.coaches_wte, parameters),
        champions=champions,
        measurement=measurement,
        unsupported=unsupported,
        uncoached=parameters["support_testing_share"] * unsupported,
        refreshed_per_day=parameters["skill_decay_per_year"] * frame.refreshers / DAYS_PER_YEAR,
    )


def design_effects(frame: EpochFrame, parameters: Mapping[str, float]) -> Floats:
    """What design with users adds to the appeal of every intervention; shape (P, 1)."""
    log_hr, usual = parameters["co_design_log_hr"], parameters["co_design_reference_share"]
    effects = [rules.design_log_effect(log_hr, share, usual) for share in frame.co_design.tolist()]
    return np.array(effects)[:, None]


def shock_log_effects(frame: EpochFrame, parameters: Mapping[str, float]) -> Floats:
    """The sum of the shocks felt, on the log scale; shape (P, I)."""
    with np.errstate(divide="ignore"):  # a multiplier of 0 stops everything
        log_factors = np.log([parameters[f"shock.{name}.multiplier"] for name in frame.shocks])
    shock = np.zeros(frame.push.shape)
    for log_factor, felt in zip(log_factors, frame.shocked, strict=True):
        shock += np.where(felt, log_factor, 0.0)
    return shock


def support_effects(support: Support, parameters: Mapping[str, float]) -> tuple[float, float]:
    """Support and coaching, less the reference, of a workstream in a collaborative."""
    reference, at_level = parameters["support_standard_log_hr"], speed_effect(support.level, parameters)
    half_hours = parameters["outreach_half_hours"]
    effect = rules.support_log_effect(at_level, support.hours, usual_hours(support.level), half_hours)
    return effect - reference, parameters["support_testing_share"] * (at_level - reference)


def place_counts(coaches_wte: Floats, parameters: Mapping[str, float]) -> Ints:
    """Coaching places of each collaborative, shared by all programmes; shape (P, C)."""
    sites, interventions_per_site = parameters["caseload_sites"], parameters["interventions_per_coached_site"]
    numbers, place = np.unique(coaches_wte, return_inverse=True)
    counts = [rules.place_count(wte, sites, interventions_per_site) for wte in numbers.tolist()]
    return np.array(counts, dtype=np.int64)[place.reshape(coaches_wte.shape)]


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

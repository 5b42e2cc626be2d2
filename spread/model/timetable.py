"""When things are due: meetings, learning sets, courses, and the stretches in which a plan stands still.

Dates come from the calendar and a network's own key, never from the start of the run: a plan that begins
earlier, or meets twice as often, keeps every meeting it shares with another plan.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import numpy as np

from spread import dates
from spread.model import draws, rules
from spread.model.inputs import Epochs, Timetable
from spread.model.world import World, keys
from spread.scenarios import catalogue, levers, schema

DAYS_PER_MONTH, DAYS_PER_YEAR = 30.4375, 365.25
EPOCH_DATE = date(1970, 1, 1)
LATEST_DAY_OF_MONTH = 28
LEARNING_SET_SHIFT = 14


def value_for(values: Mapping[str, float], psc: str) -> float:
    """A lever's value for a collaborative."""
    return float(values[psc] if psc in values else values["default"])


def occasions(world: World, key: int, shift: int = 0) -> Iterator[tuple[int, date]]:
    """One candidate day a month for the owner of `key`, with the month's number counted from that owner's own."""
    day_of_month = (key + shift) % LATEST_DAY_OF_MONTH
    for month in dates.month_starts(world.origin.replace(day=1), world.scenario.end):
        day = month + timedelta(days=day_of_month)
        if world.origin <= day <= world.scenario.end:
            yield month.year * 12 + month.month - key % 720720, day


def is_due(month: int, interval_months: float) -> bool:
    """Whether something held every so many months (0: never) falls in a month."""
    return interval_months > 0 and month % max(1, round(interval_months)) == 0


def build_timetable(world: World) -> Timetable:
    """Every meeting, learning set and course of the run."""
    meetings = sorted([*network_meetings(world), *learning_sets(world)])
    courses = sorted(psc_courses(world))
    member_start = np.concatenate([[0], np.cumsum([len(m) for m in world.network_members])]).astype(np.int64)
    meeting = np.array(meetings, dtype=np.float64).reshape(-1, 4)
    days = meeting[:, 0]
    return Timetable(
        days,
        days.astype(np.int64) + (world.origin - EPOCH_DATE).days,
        meeting[:, 1].astype(np.int64),
        meeting[:, 3],
        meeting[:, 2].astype(np.int64),
        world.network_keys,
        member_start,
        np.array([unit for units in world.network_members for unit in units], dtype=np.int64),
        np.array([day for day, _, _ in courses], dtype=np.float64),
        np.array([day + (world.origin - EPOCH_DATE).days for day, _, _ in courses], dtype=np.int64),
        np.array([psc for _, psc, _ in courses], dtype=np.int64),
        np.array([seats for _, _, seats in courses], dtype=np.float64).reshape(-1, len(levers.TIERS)),
        keys(world.population.psc_codes),
    )


def network_meetings(world: World) -> Iterator[tuple[int, int, int, float]]:
    """(day, network, 0, attendance) of every ordinary meeting."""
    for network, key in enumerate(world.network_keys.tolist()):
        if len(world.network_members[network]) < 2:
            continue
        layer = world.population.networks.layers[network]
        for month, day in occasions(world, key):
            plan = levers.regime_on(world.regimes, day)
            if is_due(month, plan.meeting_interval_months[layer]):
                yield (day - world.origin).days, network, 0, plan.attendance[layer]


def learning_sets(world: World) -> Iterator[tuple[int, int, int, float]]:
    """(day, network, 1, attendance) of every learning set, held in the collaborative's own network."""
    for psc, code in enumerate(world.population.psc_codes):
        network = home_network(world, psc)
        if network is None:
            continue
        for month, day in occasions(world, draws.key(code), LEARNING_SET_SHIFT):
            plan = levers.regime_on(world.regimes, day)
            per_year = value_for(plan.learning_sets, code)
            if per_year > 0 and is_due(month, 12 / per_year) and any_running(world.scenario, day):
                yield (day - world.origin).days, network, 1, plan.attendance["psc"]


def home_network(world: World, psc: int) -> int | None:
    """The network in layer `psc` with most units of a collaborative."""
    units = world.units.psc
    sizes = [
        sum(int(units[unit]) == psc for unit in members) if layer == "psc" else 0
        for members, layer in zip(world.network_members, world.population.networks.layers, strict=True)
    ]
    return int(np.argmax(sizes)) if sizes and max(sizes) > 0 else None


def psc_courses(world: World) -> Iterator[tuple[int, int, tuple[float, ...]]]:
    """(day, collaborative, seats by tier) of every course."""
    for psc, code in enumerate(world.population.psc_codes):
        for month, day in occasions(world, draws.key(code)):
            plan = levers.regime_on(world.regimes, day)
            seats = tuple(float(plan.course_seats.get(tier, 0.0)) for tier in levers.TIERS)
            if sum(seats) > 0 and is_due(month, plan.course_interval_months) and any_running(world.scenario, day):
                yield (day - world.origin).days, psc, seats


def any_running(scenario: schema.Scenario, day: date) -> bool:
    """Whether any programme runs on a day."""
    return any(runs_on(programme, scenario, day) for programme in scenario.programmes.values())


def runs_on(programme: schema.Programme, scenario: schema.Scenario, day: date) -> bool:
    """Whether a programme runs on a day (its own dates, or the scenario's)."""
    return (programme.start or scenario.start) <= day and (programme.end is None or day <= programme.end)


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


def rule_on(world: World, day: date) -> str:
    """Who gets a place first, on a day."""
    return levers.regime_on(world.regimes, day).priority_rule


def next_day(day: date | None) -> date | None:
    """The day after, if any."""
    return day + timedelta(days=1) if day else None


def build_epochs(world: World, parameters: Mapping[str, float]) -> Epochs:
    """What stands still between two refreshes, for one draw of the parameters."""
    days = epoch_dates(world)
    names = world.units.interventions
    by_intervention = np.array([[intervention_on(world, parameters, name, day) for name in names] for day in days])
    by_psc = np.array([[psc_on(world, parameters, code, day) for code in world.population.psc_codes] for day in days])
    push, trend, testing, stopping, shock, campaign, started, available = np.moveaxis(by_intervention, 2, 0)
    support, coaching, hours, places, champions, measurement = np.moveaxis(by_psc, 2, 0)
    unsupported = -parameters["support_standard_log_hr"]
    uncoached = parameters["support_testing_share"] * unsupported
    return Epochs(
        np.array([(day - world.origin).days for day in days], dtype=np.float64),
        np.array([levers.PRIORITY_RULES.index(rule_on(world, day)) for day in days], dtype=np.int64),
        push, trend, testing, stopping, shock, campaign, started.astype(np.int64), available.astype(np.int64),
        support, coaching, hours, places.astype(np.int64), champions, measurement, unsupported, uncoached,
    )  # fmt: skip


def intervention_on(world: World, parameters: Mapping[str, float], name: str, day: date) -> tuple[float, ...]:
    """Push, trend, testing, stopping, shock, campaign, started and open for an intervention on a day."""
    scenario, intervention = world.scenario, world.scenario.interventions[name]
    programmes = [p for p in scenario.programmes.values() if name in p.interventions]
    started = any(runs_on(programme, scenario, day) for programme in programmes)
    level = levers.regime_on(world.regimes, day).push if started else "none"
    push = parameters[f"push_{level}_log_hr"]
    shock = sum(
        float(np.log(parameters[f"shock.{s.name}.multiplier"]))
        for s in scenario.shocks
        if s.start <= day <= s.end and (not s.interventions or name in s.interventions)
    )
    first = min((p.start or scenario.start for p in programmes), default=scenario.start)
    years = max(0.0, (day - first).days / DAYS_PER_YEAR)
    window_days = parameters["deadline_window_months"] * DAYS_PER_MONTH
    near = any(0 <= (deadline - day).days <= window_days for deadline in deadlines_of(scenario, name))
    trend = push + shock + parameters["secular_log_per_year"] * years + (parameters["deadline_log_hr"] if near else 0.0)
    campaign = parameters["contact_campaign_per_month"] / DAYS_PER_MONTH if started else 0.0
    is_open = intervention.available_from is None or day >= intervention.available_from
    return (
        push, trend, parameters["push_testing_share"] * (push + shock), parameters["push_stop_share"] * (push + shock),
        shock, campaign, float(started), float(is_open),
    )  # fmt: skip


def deadlines_of(scenario: schema.Scenario, name: str) -> list[date]:
    """The deadlines in force for an intervention."""
    return [ambition.deadlines[-1] for ambition in scenario.ambitions.values() if name in ambition.interventions]


def psc_on(world: World, parameters: Mapping[str, float], code: str, day: date) -> tuple[float, ...]:
    """Support and coaching less the reference, outreach hours, places, champions, measurement in a collaborative."""
    plan = levers.regime_on(world.regimes, day)
    level = plan.support[code] if code in plan.support else plan.support["default"]
    hours = value_for(plan.outreach_hours, code)
    reference, at_level = parameters["support_standard_log_hr"], level_effect(level, parameters)
    effect = rules.support_log_effect(at_level, hours, usual_hours(level), parameters["outreach_half_hours"])
    places = rules.place_count(
        value_for(plan.coaches, code), parameters["caseload_sites"], parameters["interventions_per_coached_site"]
    )
    return (
        effect - reference, parameters["support_testing_share"] * (at_level - reference), hours, float(places),
        value_for(plan.champions, code), value_for(plan.measurement, code),
    )  # fmt: skip


def level_effect(level: str, parameters: Mapping[str, float]) -> float:
    """The effect of a level of support at its usual outreach hours; none is 0, enhanced need not beat standard."""
    standard = parameters["support_standard_log_hr"]
    effects = {
        "none": 0.0,
        "light": parameters["support_light_share"] * standard,
        "standard": standard,
        "enhanced": standard + parameters["support_enhanced_extra_log_hr"],
    }
    return effects[level]


def usual_hours(level: str) -> float:
    """The outreach hours a preset comes with, per engaged site and month."""
    return float(catalogue.support_levels()[level]["outreach_hours"])

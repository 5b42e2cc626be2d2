"""When things are due: meetings, learning sets, courses, and the stretches in which a plan stands still.

Dates come from the calendar and a network's own key, never from the start of the run: a plan that begins
earlier, or meets twice as often, keeps every meeting it shares with another plan.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import dates
from spread.model import training
from spread.model.inputs import Floats, Ints, Timetable
from spread.model.world import World, keys
from spread.scenarios import levers, schema

DAYS_PER_MONTH, DAYS_PER_YEAR = 30.4375, 365.25
EPOCH_DATE = date(1970, 1, 1)
LATEST_DAY_OF_MONTH = 28
LEARNING_SET_SHIFT = 14
# Divided by every interval up to 16 months, so that owners differ in the months they meet in.
MONTH_NUMBERS = 720720
NEVER = -1


class Occasions(NamedTuple):
    """Candidate days, one a month for each owner, shape (K,), by owner, then day.

    `owner` indexes the keys asked about; `month` is the month's number counted from that owner's own; `day` counts from
    the run's first; `regime` indexes the world's.
    """

    owner: Ints
    month: Ints
    day: Ints
    regime: Ints


def value_for(values: Mapping[str, float], psc: str) -> float:
    """A lever's value for a collaborative."""
    return float(values[psc] if psc in values else values["default"])


def occasions(world: World, owner_keys: NDArray[np.uint64], shift: int = 0) -> Occasions:
    """One candidate day a month for the owner of each key."""
    months = dates.month_starts(world.origin.replace(day=1), world.scenario.end)
    days = [[start + timedelta(days=later) for later in range(LATEST_DAY_OF_MONTH)] for start in months]
    regime_then = np.array([[regime_number(world, day) for day in row] for row in days])
    day_then = np.array([[(day - world.origin).days for day in row] for row in days])
    number = np.array([start.year * 12 + start.month for start in months])
    own_day = (owner_keys % np.uint64(LATEST_DAY_OF_MONTH)).astype(np.int64)
    own_day = (own_day + shift) % LATEST_DAY_OF_MONTH
    own_month = (owner_keys % np.uint64(MONTH_NUMBERS)).astype(np.int64)
    month = number[None, :] - own_month[:, None]
    day, regime = day_then[:, own_day].T, regime_then[:, own_day].T
    owner = np.repeat(np.arange(len(owner_keys)), len(months)).reshape(month.shape)
    inside = regime != NEVER
    return Occasions(owner[inside], month[inside], day[inside], regime[inside])


def regime_number(world: World, day: date) -> int:
    """Which of the world's regimes is in force on a day; -1 outside the run."""
    if not world.origin <= day <= world.scenario.end:
        return NEVER
    now = levers.regime_on(world.regimes, day)
    return next(number for number, regime in enumerate(world.regimes) if regime is now)


def is_due(month: Ints, interval_months: Floats) -> NDArray[np.bool_]:
    """Whether something held every so many months (0: never) falls in each month."""
    due: NDArray[np.bool_] = (interval_months > 0) & (month % np.maximum(1, np.rint(interval_months)) == 0)
    return due


def build_timetable(world: World) -> Timetable:
    """Every meeting, learning set and course of the run."""
    columns = zip(network_meetings(world), learning_sets(world), strict=True)
    day, network, learning, attendance = (np.concatenate(both) for both in columns)
    by_day = np.lexsort((attendance, learning, network, day))
    courses = sorted(psc_courses(world))
    course_day = np.array([day for day, _, _ in courses], dtype=np.int64)
    first_date = (world.origin - EPOCH_DATE).days
    return Timetable(
        day[by_day].astype(np.float64),
        day[by_day] + first_date,
        network[by_day],
        attendance[by_day],
        learning[by_day],
        world.network_keys,
        world.member_start,
        world.member,
        course_day.astype(np.float64),
        course_day + first_date,
        np.array([psc for _, psc, _ in courses], dtype=np.int64),
        np.array([seats for _, _, seats in courses], dtype=np.float64).reshape(-1, len(levers.TIERS)),
        keys(world.population.psc_codes),
    )


def network_meetings(world: World) -> tuple[Ints, Ints, Ints, Floats]:
    """Day, network, 0 and attendance of every ordinary meeting; networks of one unit do not meet."""
    meets = np.flatnonzero(np.diff(world.member_start) > 1)
    found = occasions(world, world.network_keys[meets])
    network = meets[found.owner]
    layer = np.array([levers.LAYERS.index(layer) for layer in world.population.networks.layers], dtype=np.int64)
    interval, attendance = (
        np.array([[table[name] for name in levers.LAYERS] for table in tables])[found.regime, layer[network]]
        for tables in (
            [regime.meeting_interval_months for regime in world.regimes],
            [regime.attendance for regime in world.regimes],
        )
    )
    due = is_due(found.month, interval)
    return found.day[due], network[due], np.zeros_like(network[due]), attendance[due]


def learning_sets(world: World) -> tuple[Ints, Ints, Ints, Floats]:
    """Day, network, 1 and attendance of every learning set, held in the collaborative's own network."""
    codes, home = world.population.psc_codes, home_networks(world)
    found = occasions(world, keys(codes), LEARNING_SET_SHIFT)
    per_year = np.array([[value_for(regime.learning_sets, code) for code in codes] for regime in world.regimes])
    wanted = per_year[found.regime, found.owner]
    interval = np.divide(12, wanted, out=np.zeros_like(wanted), where=wanted > 0)
    due = is_due(found.month, interval) & (home[found.owner] != NEVER) & running(world, found.day)
    attendance = np.array([regime.attendance["psc"] for regime in world.regimes])
    network = home[found.owner[due]]
    return found.day[due], network, np.ones_like(network), attendance[found.regime[due]]


def home_networks(world: World) -> Ints:
    """For each collaborative the network in layer `psc` with most of its units, -1 for none; shape (C,)."""
    networks = world.population.networks
    network = np.repeat(np.arange(len(networks.codes)), np.diff(world.member_start))
    in_layer = np.array([layer == "psc" for layer in networks.layers], dtype=bool)[network]
    pairs = world.units.psc[world.member[in_layer]] * len(networks.codes) + network[in_layer]
    pair, size = np.unique(pairs, return_counts=True)
    psc, place = np.divmod(pair, max(len(networks.codes), 1))
    largest_last = np.lexsort((-place, size, psc))
    home = np.full(len(world.population.psc_codes), NEVER)
    home[psc[largest_last]] = place[largest_last]
    return home


def psc_courses(world: World) -> list[tuple[int, int, tuple[float, ...]]]:
    """(day, collaborative, seats by tier) of every course."""
    found = occasions(world, keys(world.population.psc_codes))
    interval = np.array([regime.course_interval_months for regime in world.regimes])[found.regime]
    seats = training.course_seats(world)
    due = is_due(found.month, interval) & running(world, found.day)
    held = zip(found.day[due].tolist(), found.owner[due].tolist(), found.regime[due].tolist(), strict=True)
    offered = ((day, psc, tuple(seats[regime, psc].tolist())) for day, psc, regime in held)
    return [course for course in offered if sum(course[2]) > 0]


def running(world: World, day: Ints) -> NDArray[np.bool_]:
    """Whether any programme runs on each day, counted from the run's first."""
    runs = [
        any_running(world.scenario, world.origin + timedelta(days=number)) for number in range(int(world.horizon_days))
    ]
    return np.array(runs)[day]


def any_running(scenario: schema.Scenario, day: date) -> bool:
    """Whether any programme runs on a day."""
    return any(runs_on(programme, scenario, day) for programme in scenario.programmes.values())


def runs_on(programme: schema.Programme, scenario: schema.Scenario, day: date) -> bool:
    """Whether a programme runs on a day (its own dates, or the scenario's)."""
    return (programme.start or scenario.start) <= day and (programme.end is None or day <= programme.end)

"""costs.csv: what a plan takes, in quantities: coach time, outreach, courses, meetings, champions.

All of it follows from the levers and the calendar; nothing here depends on chance. Coach and champion time are stated
as the levers have them (WTE-months, site-months) and, the same time again, in hours. A cost is stated only where the
scenario gives a unit cost (``cost_ITEM_gbp``).

G regimes, C collaboratives, N networks.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.model import inputs, timetable, training
from spread.outcomes import groups, tables
from spread.scenarios import catalogue, levers, prices

if TYPE_CHECKING:
    from spread.model import world as worlds
    from spread.scenarios import schema

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MONTHS_PER_YEAR = training.MONTHS_PER_YEAR


class Item(NamedTuple):
    """Something a plan takes: its unit, how much each PSC takes, shape (C,), and what belongs to no single one."""

    name: str
    unit: str
    by_psc: Floats
    beyond: float = 0.0


def costs_table(world: "worlds.World", table: inputs.Timetable) -> pd.DataFrame:
    """One row per item and place, England (or the world) first, over the whole run."""
    rows = []
    for item in _items(world, table):
        per_unit = _unit_cost(world.scenario, item.name)
        amounts = [(groups.NATIONAL, item.by_psc.sum() + item.beyond)]
        amounts += zip(world.population.psc_codes, item.by_psc, strict=True)
        rows += [
            {"item": item.name, "psc": psc, "unit": item.unit, "quantity": amount, "cost": amount * per_unit}
            for psc, amount in amounts
        ]
    return tables.frame_of_rows("costs", rows)


def _unit_cost(scenario: "schema.Scenario", item: str) -> float:
    """What one unit costs in pounds, where the scenario says."""
    told = scenario.parameters.get(prices.price_of(item))
    return np.nan if told is None else float(told.value)


def _hours(scenario: "schema.Scenario", name: str) -> float:
    """Hours in a month of somebody's time; the catalogue's in a scenario resolved by an earlier version."""
    told = scenario.parameters.get(name)
    return float(catalogue.parameters()[name]["value"] if told is None else told.value)


def _items(world: "worlds.World", table: inputs.Timetable) -> Iterator[Item]:
    months = _months_running(world)
    codes, units = world.population.psc_codes, world.units
    pscs = np.arange(len(codes))
    unit_count = np.bincount(units.psc, minlength=len(pscs))
    sites = np.unique(np.stack([units.site, units.psc]), axis=1)[1]
    share = np.array([timetable.value_for(world.scenario.engaged_share, code) for code in codes])
    engaged = np.bincount(sites, minlength=len(pscs)) * share
    coaches, hours, champions, culture = (
        months @ np.array([[timetable.value_for(getattr(regime, lever), code) for code in codes]
                           for regime in world.regimes])
        for lever in ("coaches", "outreach_hours", "champions", "safety_culture")
    )  # fmt: skip
    refreshers = np.array([regime.refreshers for regime in world.regimes])
    yield Item("coaches", "WTE-months", coaches)
    yield Item("coach_hours", "hours", coaches * _hours(world.scenario, "coach_hours_per_wte_month"))
    yield Item("outreach", "hours", hours * engaged)
    yield Item("champions", "site-months", champions * unit_count)
    champion_hours = champions * unit_count * _hours(world.scenario, "champion_hours_per_site_month")
    yield Item("champion_hours", "hours", champion_hours)
    yield Item("safety_culture", "site-months", culture * engaged)
    yield Item("refreshers", "people refreshed", _refreshed_per_year(world) * (months @ refreshers) / MONTHS_PER_YEAR)
    most_designed = max((regime.co_design for regime in world.regimes), default=0.0)
    yield Item("co_design", "interventions", np.zeros(len(pscs)), most_designed * len(units.interventions))
    yield Item("courses", "courses", np.bincount(table.course_psc, minlength=len(pscs)).astype(np.float64))
    for tier, name in enumerate(levers.TIERS):
        seats = np.bincount(table.course_psc, weights=table.course_seats[:, tier], minlength=len(pscs))
        yield Item(f"course_seats_{name}", "seats", seats.astype(np.float64))
    is_learning = table.meeting_learning == 1
    yield _held("learning_sets", world, table.meeting_network[is_learning])
    layers = np.array(world.population.networks.layers, dtype=object)
    for layer in levers.LAYERS:
        usual = table.meeting_network[~is_learning]
        yield _held(f"meetings_{layer}", world, usual[layers[usual] == layer])


def _refreshed_per_year(world: "worlds.World") -> Floats:
    """People whose skill falls out of use in a year, at the usual dose of the start; shape (C,)."""
    usual = {name: entry.value for name, entry in world.scenario.parameters.items()}
    trained = sum(usual[f"staff_share_{tier}"] * usual[f"dose_initial_{tier}"] for tier in levers.TIERS)
    return training.staff_planned(world) * trained * usual["skill_decay_per_year"]


def _months_running(world: "worlds.World") -> Floats:
    """Months in which each regime is in force and a programme runs; shape (G,)."""
    days = np.arange(int(world.horizon_days))
    regime = np.array([timetable.regime_number(world, world.origin + timedelta(days=int(day))) for day in days])
    running = timetable.running(world, days)
    return np.bincount(regime[running], minlength=len(world.regimes)) / timetable.DAYS_PER_MONTH


def _held(name: str, world: "worlds.World", networks: Ints) -> Item:
    """Meetings held by networks: those of networks within one PSC are counted there."""
    home = _psc_of_networks(world)[networks]
    by_psc = np.bincount(home[home >= 0], minlength=len(world.population.psc_codes)).astype(np.float64)
    return Item(name, "meetings", by_psc, float((home < 0).sum()))


def _psc_of_networks(world: "worlds.World") -> Ints:
    """The PSC of all members of each network; -1 where they are of several, or there are none; shape (N,)."""
    psc = np.full(len(world.network_keys), -1, dtype=np.int64)
    for network, (first, last) in enumerate(zip(world.member_start[:-1], world.member_start[1:], strict=True)):
        members = np.unique(world.units.psc[world.member[first:last]])
        if len(members) == 1:
            psc[network] = members[0]
    return psc

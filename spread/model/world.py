"""Who can take up what, and where they meet: the part of the inputs that no draw changes.

U units, S sites, N networks, I interventions.
"""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors
from spread.model import draws, views
from spread.model.inputs import Ints, Units
from spread.network import population as people
from spread.network import start as starting
from spread.scenarios import levers, quoting, schema

NO_UNIT = -1


class World(NamedTuple):
    """A scenario placed in its population: the same for every draw.

    `origin` is the first simulated day; `horizon_days` the end of the last one. Units of the members of network n are
    ``member[member_start[n]:member_start[n + 1]]``, by site, then intervention; `start_units` are the units of the
    rows of `start`.
    """

    scenario: schema.Scenario
    regimes: tuple[levers.Regime, ...]
    population: people.Population
    units: Units
    views: views.Views
    network_keys: NDArray[np.uint64]
    member_start: Ints
    member: Ints
    start: starting.StartTable | None
    start_units: Ints
    origin: date
    horizon_days: float


def build_world(
    scenario: schema.Scenario,
    population: people.Population,
    ties: people.Ties,
    start: starting.StartTable | None = None,
    *,
    origin: date,
) -> World:
    """Place a scenario in its population.

    Raises
    ------
    InputError
        For every intervention that no site of the population is eligible for, and every site of a start
        table that is not eligible for what it is said to do.
    """
    units = build_units(scenario, population)
    unit_at = unit_places(units, len(population.site_codes))
    member_start, member = network_units(population.networks, unit_at)
    return World(
        scenario,
        levers.regimes(scenario),
        population,
        units,
        views.build_views(scenario, population, ties, units, unit_at, member_start, member),
        keys(population.networks.codes),
        member_start,
        member,
        start,
        units_of_start(scenario, population, units, unit_at, start),
        origin,
        float((scenario.end - origin).days + 1),
    )


def keys(codes: tuple[str, ...]) -> NDArray[np.uint64]:
    """The chance keys of codes."""
    return np.array([draws.key(code) for code in codes], dtype=np.uint64)


def build_units(scenario: schema.Scenario, population: people.Population) -> Units:
    """Every eligible (site, intervention), by intervention in the scenario's order, then site."""
    names = tuple(scenario.interventions)
    eligible = [people.eligible_sites(scenario.interventions[name], population) for name in names]
    faults = [
        errors.Fault(f"no site of this population is eligible: {describe_eligible(scenario.interventions[name])}",
                     place=str(scenario.path or scenario.name), key=f"interventions.{name}.eligible")
        for name, sites in zip(names, eligible, strict=True) if not len(sites)
    ]  # fmt: skip
    if faults:
        raise errors.InputError(faults)
    site = np.concatenate(eligible)
    intervention = np.repeat(np.arange(len(names)), [len(sites) for sites in eligible])
    site_keys = keys(population.site_codes)
    intervention_keys = keys(names)
    packages = keys(tuple(scenario.interventions[name].package or name for name in names))
    return Units(
        names, site, intervention, population.organisation[site], population.psc[site],
        site_keys[site], join_keys(intervention_keys[intervention], site_keys[site]),
        join_keys(packages[intervention], site_keys[site]),
    )  # fmt: skip


def join_keys(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One key from two, pair by pair; 64-bit arrays wrap as the keys of `draws` do."""
    of_arrays: Any = draws.unit_key
    joined: NDArray[np.uint64] = of_arrays(left, right)
    return joined


def describe_eligible(intervention: schema.Intervention) -> str:
    """What an intervention asks of a site, in words."""
    wanted = intervention.eligible
    settings = " or ".join(wanted.settings) or "any"
    return quoting.message(f"setting {settings}, services {', '.join(wanted.services) or 'any'}")


def unit_places(units: Units, site_count: int) -> Ints:
    """The unit at each intervention and site, -1 where there is none; shape (I, S)."""
    unit_at = np.full((len(units.interventions), site_count), NO_UNIT)
    unit_at[units.intervention, units.site] = np.arange(len(units.site))
    return unit_at


def network_units(networks: people.Networks, unit_at: Ints) -> tuple[Ints, Ints]:
    """Units of each network's members, by site, then intervention, and where those of each network begin."""
    unit = unit_at[:, networks.member].T.ravel()
    network = np.repeat(np.arange(len(networks.codes)), np.diff(networks.start) * len(unit_at))
    there = unit != NO_UNIT
    counts = np.bincount(network[there], minlength=len(networks.codes))
    return np.concatenate([[0], np.cumsum(counts)]), unit[there]


def units_of_start(
    scenario: schema.Scenario,
    population: people.Population,
    units: Units,
    unit_at: Ints,
    start: starting.StartTable | None,
) -> Ints:
    """The unit each row of a start table speaks of."""
    if start is None:
        return np.zeros(0, dtype=np.int64)
    found = unit_at[start.intervention, start.site]
    faults = [
        errors.Fault(
            f"site {population.site_codes[start.site[row]]} is not eligible for "
            f"{units.interventions[start.intervention[row]]}",
            place=str(scenario.start_from.stages) if scenario.start_from else "",
            line=start.line[row] if start.line else 0, key="site",
        )
        for row in np.flatnonzero(found == NO_UNIT)
    ]  # fmt: skip
    if faults:
        raise errors.InputError(faults)
    return found

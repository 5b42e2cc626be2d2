"""Who can take up what, and whom they watch: the part of the inputs that no draw changes."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors
from spread.model import draws
from spread.model.inputs import Ints, Units
from spread.network import population as people
from spread.network import start as starting
from spread.scenarios import levers, schema

LAYERS = ("organisation", "psc", "ics", "clinical", "national", "tie")


class Views(NamedTuple):
    """Whom each unit watches, layer by layer; the arrays of `inputs.Peers` before layers are weighed.

    `view_layer` indexes `LAYERS`.
    """

    view_start: Ints
    view_layer: Ints
    view_network: Ints
    view_peers: Ints
    watched_start: Ints
    watched_unit: Ints
    watched_view: Ints
    watched_count: Ints


class World(NamedTuple):
    """A scenario placed in its population: the same for every draw.

    `origin` is the first simulated day; `horizon_days` the end of the last one; `network_members` holds, for each
    network, its units by site, then intervention; `start_units` are the units of the rows of `start`.
    """

    scenario: schema.Scenario
    regimes: tuple[levers.Regime, ...]
    population: people.Population
    units: Units
    views: Views
    network_keys: NDArray[np.uint64]
    network_members: tuple[tuple[int, ...], ...]
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
    by_site = units_by_site(units)
    members = tuple(
        tuple(unit for site in sites for unit in by_site.get(site, ())) for sites in network_sites(population.networks)
    )
    return World(
        scenario,
        levers.regimes(scenario),
        population,
        units,
        build_views(scenario, population, ties, units),
        keys(population.networks.codes),
        members,
        start,
        units_of_start(scenario, population, units, start),
        origin,
        float((scenario.end - origin).days + 1),
    )


def keys(codes: tuple[str, ...]) -> NDArray[np.uint64]:
    """The chance keys of codes."""
    return np.array([draws.key(code) for code in codes], dtype=np.uint64)


def build_units(scenario: schema.Scenario, population: people.Population) -> Units:
    """Every eligible (site, intervention), by intervention in the scenario's order, then site."""
    names = tuple(scenario.interventions)
    eligible = [eligible_sites(scenario.interventions[name], population) for name in names]
    faults = [
        errors.Fault(f"no site of this population is eligible: {describe_eligible(scenario.interventions[name])}",
                     place=str(scenario.path or scenario.name), key=f"interventions.{name}.eligible")
        for name, sites in zip(names, eligible, strict=True) if not sites
    ]  # fmt: skip
    if faults:
        raise errors.InputError(faults)
    site = np.array([s for sites in eligible for s in sites], dtype=np.int64)
    intervention = np.array([i for i, sites in enumerate(eligible) for _ in sites], dtype=np.int64)
    site_keys = keys(population.site_codes)
    intervention_keys = keys(names)
    packages = keys(tuple(scenario.interventions[name].package or name for name in names))
    return Units(
        names, site, intervention, population.organisation[site], population.psc[site],
        site_keys[site], join_keys(intervention_keys[intervention], site_keys[site]),
        join_keys(packages[intervention], site_keys[site]),
    )  # fmt: skip


def join_keys(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One key from two, pair by pair."""
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return np.array([draws.unit_key(first, second) for first, second in pairs], dtype=np.uint64)


def eligible_sites(intervention: schema.Intervention, population: people.Population) -> list[int]:
    """Sites of a setting and with the services an intervention asks for."""
    wanted = intervention.eligible
    return [
        site
        for site, (setting, services) in enumerate(zip(population.settings, population.services, strict=True))
        if (not wanted.settings or setting in wanted.settings) and services.issuperset(wanted.services)
    ]


def describe_eligible(intervention: schema.Intervention) -> str:
    """What an intervention asks of a site, in words."""
    wanted = intervention.eligible
    settings = " or ".join(wanted.settings) or "any"
    return f"setting {settings}, services {', '.join(wanted.services) or 'any'}"


def units_of_start(
    scenario: schema.Scenario, population: people.Population, units: Units, start: starting.StartTable | None
) -> Ints:
    """The unit each row of a start table speaks of."""
    if start is None:
        return np.zeros(0, dtype=np.int64)
    unit_at = unit_places(units)
    places = list(zip(start.intervention.tolist(), start.site.tolist(), strict=True))
    faults = [
        errors.Fault(
            f"site {population.site_codes[site]} is not eligible for {units.interventions[intervention]}",
            place=str(scenario.start_from.stages) if scenario.start_from else "", key="site",
        )
        for intervention, site in places if (intervention, site) not in unit_at
    ]  # fmt: skip
    if faults:
        raise errors.InputError(faults)
    return np.array([unit_at[place] for place in places], dtype=np.int64)


def unit_places(units: Units) -> dict[tuple[int, int], int]:
    """The unit at each (intervention, site)."""
    return {
        place: unit for unit, place in enumerate(zip(units.intervention.tolist(), units.site.tolist(), strict=True))
    }


def units_by_site(units: Units) -> dict[int, list[int]]:
    """Unit indices of each site, by intervention."""
    found: dict[int, list[int]] = defaultdict(list)
    for unit, site in enumerate(units.site.tolist()):
        found[site].append(unit)
    return found


def network_sites(networks: people.Networks) -> list[list[int]]:
    """Member sites of each network, ascending."""
    return [networks.member[networks.start[n] : networks.start[n + 1]].tolist() for n in range(len(networks.codes))]


class _Watching:
    """Views under construction."""

    def __init__(self, count: int) -> None:
        self.views: list[list[tuple[int, int, int]]] = [[] for _ in range(count)]
        self.watchers: list[list[tuple[int, int, int]]] = [[] for _ in range(count)]

    def add(self, unit: int, layer: str, network: int, peers: dict[int, int] | int) -> None:
        """Give `unit` a view: counted at meetings (a number of peers) or seen at once (peers with weights)."""
        total = peers if isinstance(peers, int) else sum(peers.values())
        if total <= 0:
            return
        if isinstance(peers, dict):
            for peer, weight in peers.items():
                self.watchers[peer].append((unit, len(self.views[unit]), weight))
        self.views[unit].append((LAYERS.index(layer), network, total))

    def finish(self) -> Views:
        """Everything as arrays."""
        view_start = np.concatenate([[0], np.cumsum([len(views) for views in self.views])]).astype(np.int64)
        watched_start = np.concatenate([[0], np.cumsum([len(w) for w in self.watchers])]).astype(np.int64)
        view = np.array([v for views in self.views for v in views], dtype=np.int64).reshape(-1, 3)
        watched = np.array(
            [(unit, view_start[unit] + local, weight) for w in self.watchers for unit, local, weight in sorted(w)],
            dtype=np.int64,
        ).reshape(-1, 3)
        return Views(
            view_start, view[:, 0], view[:, 1], view[:, 2], watched_start, watched[:, 0], watched[:, 1], watched[:, 2]
        )


def build_views(scenario: schema.Scenario, population: people.Population, ties: people.Ties, units: Units) -> Views:
    """Whom each unit watches: its organisation and measured ties at once, its networks when they meet."""
    watching = _Watching(len(units.site))
    unit_at = unit_places(units)
    networks = network_sites(population.networks)
    networks_of: dict[int, list[int]] = defaultdict(list)
    for network, sites in enumerate(networks):
        for site in sites:
            networks_of[site].append(network)
    member_count = [
        [sum((i, site) in unit_at for site in sites) for sites in networks] for i in range(len(units.interventions))
    ]
    mates: dict[tuple[int, int], list[int]] = defaultdict(list)
    for unit, intervention in enumerate(units.intervention.tolist()):
        mates[intervention, int(units.organisation[unit])].append(unit)
    for (intervention, site), unit in unit_at.items():
        kind = scenario.interventions[units.interventions[intervention]].peers
        if kind == "networks":
            others = mates[intervention, int(units.organisation[unit])]
            watching.add(unit, "organisation", -1, {mate: 1 for mate in others if mate != unit})
            for network in networks_of[site]:
                watching.add(
                    unit, population.networks.layers[network], network, member_count[intervention][network] - 1
                )
        if kind in ("networks", "ties"):
            for peers in tied_units(ties, unit_at, intervention, site):
                watching.add(unit, "tie", -1, peers)
    return watching.finish()


def tied_units(
    ties: people.Ties, unit_at: dict[tuple[int, int], int], intervention: int, site: int
) -> list[dict[int, int]]:
    """The eligible peers a site looks to, with their weights, one dictionary per layer."""
    layers: list[dict[int, int]] = [{} for _ in ties.layers]
    for tie in range(ties.start[site], ties.start[site + 1]):
        peer = unit_at.get((intervention, int(ties.peer[tie])))
        if peer is not None:
            layers[ties.layer[tie]][peer] = int(ties.weight[tie])
    return layers

"""Who there is in a generated world, and whom each unit watches, in the arrays an engine is given."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.model import draws
from spread.model.inputs import Floats, Ints, Keys, Peers, Units

AT_ONCE = -1
# How much the organisation, networks and ties of a unit count, one of each in a world.
LAYER_WEIGHTS = (1.0, 0.4, 0.0)


class Place(NamedTuple):
    """Who there is. `members` holds the units of each network, by site, then intervention."""

    units: Units
    peers: Peers
    members: list[list[int]]
    network_keys: Keys
    organisation_keys: Keys
    psc_keys: Keys


class Sizes(NamedTuple):
    """How many of everything there are, and whether anybody watches others."""

    sites: int
    organisations: int
    pscs: int
    interventions: int
    networks: int
    tie_layers: int
    packages: bool
    peers: bool


class View(NamedTuple):
    """One layer of what a unit knows: of a network's other members, or of `watched` units (with weights) at once."""

    layer: int
    network: int
    peers: int
    watched: dict[int, int]


def settle(sizes: Sizes, luck: np.random.Generator) -> Place:
    """Sites of organisations and collaboratives, who can take up what, and whom each watches."""
    units = found_units(sizes, luck)
    by_site = [np.flatnonzero(units.site == site).tolist() for site in range(sizes.sites)]
    meeting_sites = [some_sites(sizes, luck) for _ in range(sizes.networks)]
    members = [[unit for site in sites for unit in by_site[site]] for sites in meeting_sites]
    ties = [[some_ties(sizes, site, luck) for _ in range(sizes.tie_layers)] for site in range(sizes.sites)]
    kinds = luck.choice(["networks", "networks", "ties", "none"], size=sizes.interventions)
    unit_at = {place: unit for unit, place in enumerate(zip(units.intervention, units.site, strict=True))}
    views = [
        views_of(unit, str(kinds[units.intervention[unit]]) if sizes.peers else "none", units, members, ties, unit_at)
        for unit in range(len(units.site))
    ]
    return Place(
        units, in_arrays(views, luck.choice(LAYER_WEIGHTS, size=3)), members,
        keys("n", sizes.networks), keys("o", sizes.organisations), keys("c", sizes.pscs),
    )  # fmt: skip


def keys(letter: str, count: int) -> Keys:
    """Keys of things with a letter and a number."""
    return np.array([draws.key(f"{letter}{number}") for number in range(count)], dtype=np.uint64)


def join(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> Keys:
    """One key from two, pair by pair."""
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return np.array([draws.unit_key(one, other) for one, other in pairs], dtype=np.uint64)


def found_units(sizes: Sizes, luck: np.random.Generator) -> Units:
    """Every site that can take up an intervention, by intervention, then site: all of them or most."""
    organisation = np.sort(luck.integers(0, sizes.organisations, sizes.sites))
    elsewhere = luck.random(sizes.sites) < luck.choice([0.0, 0.0, 0.5])
    psc = np.where(elsewhere, luck.integers(0, sizes.pscs, sizes.sites), organisation % sizes.pscs)
    can = luck.random((sizes.interventions, sizes.sites)) < luck.choice([1.0, 0.7])
    can[np.arange(sizes.interventions), luck.integers(sizes.sites, size=sizes.interventions)] = True
    intervention, site = np.nonzero(can)
    site_key, own = keys("s", sizes.sites)[site], keys("i", sizes.interventions)
    shared = np.where((np.arange(sizes.interventions) < 2) & sizes.packages, np.uint64(draws.key("package")), own)
    return Units(
        tuple(f"i{number}" for number in range(sizes.interventions)),
        site, intervention, organisation[site], psc[site],
        site_key, join(own[intervention], site_key), join(shared[intervention], site_key),
    )  # fmt: skip


def some_sites(sizes: Sizes, luck: np.random.Generator) -> list[int]:
    """Sites of a network, which may be one or all."""
    count = luck.integers(1, sizes.sites + 1)
    return sorted(luck.choice(sizes.sites, size=count, replace=False).tolist())


def some_ties(sizes: Sizes, site: int, luck: np.random.Generator) -> dict[int, int]:
    """The sites one looks to in a layer, with weights."""
    found = luck.choice(sizes.sites, size=min(sizes.sites, int(luck.integers(0, 4))), replace=False).tolist()
    return {peer: int(luck.choice([1_000_000, 250_000, 3])) for peer in found if peer != site}


def views_of(
    unit: int,
    kind: str,
    units: Units,
    members: list[list[int]],
    ties: list[list[dict[int, int]]],
    unit_at: dict[tuple[int, int], int],
) -> list[View]:
    """A unit's views: its organisation, then its networks, then its ties; none of nobody."""
    intervention, site = units.intervention[unit], units.site[unit]
    found = []
    if kind == "networks":
        alike = units.intervention == intervention
        mates = np.flatnonzero(alike & (units.organisation == units.organisation[unit])).tolist()
        found.append(View(0, AT_ONCE, len(mates) - 1, {mate: 1 for mate in mates if mate != unit}))
        for network, here in enumerate(members):
            if unit in here:
                found.append(View(1, network, int(alike[here].sum()) - 1, {}))
    if kind in ("networks", "ties"):
        for layer in ties[site]:
            watched = {unit_at[intervention, peer]: weight for peer, weight in layer.items()
                       if (intervention, peer) in unit_at}  # fmt: skip
            found.append(View(2, AT_ONCE, sum(watched.values()), watched))
    return [view for view in found if view.peers > 0]


def in_arrays(views: list[list[View]], layer_weights: Floats) -> Peers:
    """Views as arrays, with the weights of a unit adding up to one (or nothing), and who is watched by whom."""
    start = starts([len(mine) for mine in views])
    watchers: list[list[tuple[int, int, int]]] = [[] for _ in views]
    for unit, mine in enumerate(views):
        for number, view in enumerate(mine):
            for peer, count in view.watched.items():
                watchers[peer].append((unit, int(start[unit]) + number, count))
    watched = np.array([row for rows in watchers for row in sorted(rows)], dtype=np.int64).reshape(-1, 3)
    every = [view for mine in views for view in mine]
    return Peers(
        start,
        np.array([view.network for view in every], dtype=np.int64),
        np.array([weight for mine in views for weight in weigh(mine, layer_weights)], dtype=np.float64),
        np.array([view.peers for view in every], dtype=np.int64),
        starts([len(rows) for rows in watchers]),
        *(column.copy() for column in watched.T),
    )


def starts(sizes: list[int]) -> Ints:
    """Where each of several stretches of the given sizes begins, and the last ends."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def weigh(views: list[View], layer_weights: Floats) -> list[float]:
    """The weights of a unit's views: those of its layers, shared within a layer."""
    layers = [view.layer for view in views]
    raw = [float(layer_weights[layer]) / layers.count(layer) for layer in layers]
    total = sum(raw)
    return [value / total if total > 0.0 else 0.0 for value in raw]

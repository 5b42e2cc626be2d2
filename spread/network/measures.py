"""What a world looks like, in numbers: how many sites of which kind, who meets whom, who looks to whom."""

from collections import Counter
from typing import NamedTuple

import networkx as nx
import numpy as np

from spread.network.population import LAYERS, Population, Ties
from spread.network.ties import unpack_ties


class Measure(NamedTuple):
    """One row of a description: what it is about (``psc:YH``), what is measured, and how much."""

    subject: str
    measure: str
    value: float


def measure_network(population: Population, ties: Ties) -> tuple[Measure, ...]:
    """Describe a world: counts of sites, then each layer of networks, then each layer of ties."""
    return (*_count_sites(population), *_measure_layers(population), *_measure_ties(population, ties))


def peers_met(population: Population, layer: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How many other sites each site meets in the networks of one layer, shape (S,)."""
    networks = population.networks
    met: list[list[int]] = [[] for _ in population.site_codes]
    for network in np.flatnonzero(np.array(networks.layers) == layer).tolist():
        for site in networks.member[networks.start[network] : networks.start[network + 1]]:
            met[site].append(network)
    circles = list(map(tuple, met))
    others = {joined: _count_others(population, joined) for joined in set(circles)}
    return np.array([others[joined] for joined in circles], dtype=np.int64)


def _count_others(population: Population, joined: tuple[int, ...]) -> int:
    networks = population.networks
    circles = [networks.member[networks.start[network] : networks.start[network + 1]] for network in joined]
    if not circles:
        return 0
    everyone = circles[0] if len(circles) == 1 else np.unique(np.concatenate(circles))
    return len(everyone) - 1


def _count_sites(population: Population) -> list[Measure]:
    services = Counter(service for offered in population.services for service in offered)
    pscs = Counter(population.psc_codes[row] for row in population.psc)
    counted = {"setting": Counter(population.settings), "service": services, "psc": pscs}
    return [
        Measure("world", "sites", len(population.site_codes)),
        Measure("world", "organisations", len(population.organisation_codes)),
        Measure("world", "pscs", len(population.psc_codes)),
        Measure("world", "ics", len(population.ics_names)),
        Measure("world", "nhs_regions", len(population.region_names)),
        Measure("world", "networks", len(population.networks.codes)),
        *(
            Measure(f"{kind}:{name}", "sites", count)
            for kind, counts in counted.items()
            for name, count in sorted(counts.items())
        ),
    ]


def _measure_layers(population: Population) -> list[Measure]:
    return [row for layer in LAYERS if layer in population.networks.layers for row in _measure_layer(population, layer)]


def _measure_layer(population: Population, layer: str) -> list[Measure]:
    networks = population.networks
    chosen = [row for row, of_layer in enumerate(networks.layers) if of_layer == layer]
    meetings: nx.Graph[tuple[str, int]] = nx.Graph()
    for row in chosen:
        members = networks.member[networks.start[row] : networks.start[row + 1]]
        meetings.add_edges_from((("network", row), ("site", int(site))) for site in members)
    others = peers_met(population, layer)
    subject = f"layer:{layer}"
    return [
        Measure(subject, "networks", len(chosen)),
        Measure(subject, "derived_networks", sum(networks.derived[row] for row in chosen)),
        Measure(subject, "sites", sum(kind == "site" for kind, _ in meetings.nodes)),
        Measure(subject, "peers_met_mean", float(others.mean())),
        Measure(subject, "peers_met_most", int(others.max())),
        Measure(subject, "components", nx.number_connected_components(meetings)),
    ]


def _measure_ties(population: Population, ties: Ties) -> list[Measure]:
    graph = unpack_ties(ties, population)
    rows = [Measure("ties", "ties", graph.number_of_edges())]
    for layer in ties.layers:
        chosen = [(site, peer) for site, peer, of_layer in graph.edges(keys=True) if of_layer == layer]
        one: nx.DiGraph[str] = nx.DiGraph(chosen)
        parts = [len(part) for part in nx.weakly_connected_components(one)]
        subject = f"ties:{layer}"
        rows += [
            Measure(subject, "ties", one.number_of_edges()),
            Measure(subject, "sites", one.number_of_nodes()),
            Measure(subject, "sites_without", len(population.site_codes) - one.number_of_nodes()),
            Measure(subject, "looks_to_mean", one.number_of_edges() / len(population.site_codes)),
            Measure(subject, "looks_to_most", max(degree for _, degree in one.out_degree())),
            Measure(subject, "looked_to_most", max(degree for _, degree in one.in_degree())),
            Measure(subject, "both_ways_share", float(nx.overall_reciprocity(one))),
            Measure(subject, "components", len(parts)),
            Measure(subject, "largest_component", max(parts)),
        ]
    return rows

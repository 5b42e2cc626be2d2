"""Explicit ties between sites: who looks to whom, as the sorted arrays the model reads.

Each layer of ties is built as a networkx graph and handed on in compressed rows.
"""

from collections.abc import Collection
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from spread.network import sources, tables
from spread.network.population import Population, Ties

if TYPE_CHECKING:
    import networkx as nx

    from spread.scenarios import schema

MILLIONTHS = 1_000_000
USUAL_LAYER, USUAL_WEIGHT = "tie", 1.0
LARGEST_WEIGHT = 1_000_000.0
SMALLEST_WEIGHT = 1.0 / MILLIONTHS


def build_ties(scenario: "schema.Scenario", population: Population) -> Ties:
    """The explicit ties of a scenario's world; none (empty arrays) for the bundled England.

    Raises
    ------
    spread.errors.InputError
        With every fault of the files that name ties.
    """
    world = scenario.world
    if world.ties is None and world.graph is None:
        return pack_edges([], population)
    source = sources.read_tie_source(world)
    graph = read_ties(source, population.site_codes)
    tables.raise_faults(source.findings)
    return pack_ties(graph, population)


def read_ties(source: sources.Source, codes: Collection[str]) -> "nx.MultiDiGraph[str]":
    """The ties of ties.csv as a graph of site codes, one edge per layer, weights in millionths.

    `codes` are the sites there are; faults go to the source's findings.
    """
    import networkx as nx  # only a world with ties waits for it

    table, findings = source
    known = set(codes)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for row in table.rows:
        site, peer, layer = row.text("site"), row.text("peer"), row.text("layer") or USUAL_LAYER
        weight = _weight(row, findings)
        if _check_tie(row, known, findings) and not isnan(weight):
            if graph.has_edge(site, peer, key=layer):
                pair = f"'{tables.shown(site)}' looks to '{tables.shown(peer)}'"
                message = f"{pair} twice in layer '{tables.shown(layer)}'"
                findings.add(message, line=row.line, key="site")
            graph.add_edge(site, peer, key=layer, weight=round(weight * MILLIONTHS))
    return graph


def pack_ties(graph: "nx.MultiDiGraph[str]", population: Population) -> Ties:
    """A graph of site codes as compressed rows, sorted by site, peer and layer."""
    edges = graph.edges(keys=True, data=True)
    return pack_edges([(site, peer, layer, data["weight"]) for site, peer, layer, data in edges], population)


def pack_edges(edges: Collection[tuple[str, str, str, int]], population: Population) -> Ties:
    """The same from (site, peer, layer, weight in millionths)."""
    row_of = {code: row for row, code in enumerate(population.site_codes)}
    layers = sorted({layer for _, _, layer, _ in edges})
    place_of = {layer: place for place, layer in enumerate(layers)}
    rows = sorted((row_of[site], row_of[peer], place_of[layer], weight) for site, peer, layer, weight in edges)
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    counts = np.bincount(table[:, 0], minlength=len(row_of))
    return Ties(
        layers=tuple(layers),
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        peer=table[:, 1].copy(),
        layer=table[:, 2].copy(),
        weight=table[:, 3].copy(),
    )


def unpack_ties(ties: Ties, population: Population) -> "nx.MultiDiGraph[str]":
    """The ties as a graph of site codes again, every site a node; weights as the user wrote them."""
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(population.site_codes)
    lookers = np.repeat(np.arange(ties.start.size - 1), np.diff(ties.start))
    for site, peer, layer, weight in zip(lookers, ties.peer, ties.layer, ties.weight, strict=True):
        looker, looked_to = population.site_codes[site], population.site_codes[peer]
        graph.add_edge(looker, looked_to, key=ties.layers[layer], weight=int(weight) / MILLIONTHS)
    return graph


def _weight(row: tables.Row, findings: tables.Findings) -> float:
    return tables.number(row, "weight", findings, low=SMALLEST_WEIGHT, high=LARGEST_WEIGHT, missing=USUAL_WEIGHT)


def _check_tie(row: tables.Row, known: set[str], findings: tables.Findings) -> bool:
    before = len(findings.faults)
    tables.check_filled(row, sources.TIE_COLUMNS.required, findings)
    for column in sources.TIE_COLUMNS.required:
        tables.check_site(row, column, known, findings)
    if row.text("site") and row.text("site") == row.text("peer"):
        findings.add(f"site '{tables.shown(row.text('site'))}' is tied to itself", line=row.line, key="peer")
    return len(findings.faults) == before

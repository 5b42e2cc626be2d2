"""Graphs in files, GraphML or node-link JSON: nodes are sites, edges are ties (a site looks to a peer).

Both are turned into tables of text, so that the checks of the CSV files serve them too.
"""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import networkx as nx

from spread.network import tables

# A document type may name other files or grow without bound as it is read.
_DOCUMENT_TYPE = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_UNUSABLE = (nx.NetworkXException, ParseError, KeyError, ValueError, TypeError, AttributeError, RecursionError)


def read_graph(path: Path, findings: tables.Findings) -> tuple[tables.Table, tables.Table]:
    """The nodes of a graph as rows of sites.csv and its edges as rows of ties.csv.

    The ending decides: ``.graphml`` or ``.xml``, else node-link JSON with the edges under ``edges`` or
    ``links``. A node is a site by its attribute `site`, or else by its id; an edge without direction is a tie
    both ways.
    """
    text = tables.read_text(path, findings)
    if findings.faults:
        return tables.EMPTY, tables.EMPTY
    try:
        graph = _parse_graphml(text) if path.suffix.lower() in (".graphml", ".xml") else _parse_json(text)
    except _UNUSABLE as error:
        findings.add(f"is not a graph that can be read: {tables.shown(str(error))}")
        return tables.EMPTY, tables.EMPTY
    code_of = {node: data.get("site", node) for node, data in graph.nodes(data=True)}
    nodes = [_row({**data, "site": code_of[node]}, findings) for node, data in graph.nodes(data=True)]
    edges = [
        _row({**data, "site": code_of[site], "peer": code_of[peer]}, findings)
        for site, peer, data in _directed_edges(graph)
    ]
    columns = dict.fromkeys(column for row in nodes for column in row.cells)
    return tables.Table(tuple(columns), tuple(nodes)), tables.Table(("site", "peer"), tuple(edges))


def _parse_graphml(text: str) -> Any:
    if _DOCUMENT_TYPE.search(text):
        raise ValueError("it has a document type (DOCTYPE)")
    return nx.parse_graphml(text)


def _parse_json(text: str) -> Any:
    data = json.loads(text)
    if not isinstance(data, dict) or not isinstance(data.get("nodes"), list):
        raise ValueError("it has no list of 'nodes'")
    edges = "edges" if "edges" in data else "links"
    if not isinstance(data.get(edges), list):
        raise ValueError("it has no list of 'edges'")
    ids = [str(node["id"]) for node in data["nodes"]]
    if len(set(ids)) < len(ids):
        raise ValueError("it has two nodes of one id")
    return nx.node_link_graph(data, edges=edges)


def _directed_edges(graph: Any) -> list[tuple[Any, Any, dict[str, Any]]]:
    edges = list(graph.edges(data=True))
    if graph.is_directed():
        return edges
    return edges + [(peer, site, data) for site, peer, data in edges if site != peer]


def _row(data: dict[str, Any], findings: tables.Findings) -> tables.Row:
    """Attributes as the cells of a table; a list of texts is written as in `services`, with ``;``."""
    cells = {}
    for column, value in data.items():
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = ";".join(value)
        if isinstance(value, list | dict | tuple):
            findings.add(f"'{tables.shown(str(data['site']))}' has more than one value", key=str(column))
            continue
        cells[str(column)] = "" if value is None else str(value).strip()
    row = tables.Row(0, cells)
    tables.check_cells(row, findings)
    return row

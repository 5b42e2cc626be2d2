"""Graphs in files, GraphML or node-link JSON: nodes are sites, edges are ties (a site looks to a peer).

Both are turned into tables of text, so that the checks of the CSV files serve them too.
"""

import json
import re
import warnings
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import networkx as nx

from spread.network import graph_lines, tables

# A document type may name other files or grow without bound as it is read.
_DOCUMENT_TYPE = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
# As JSON may write it; no file could be made of it again.
_HALF_A_CHARACTER = re.compile(r"\\u[dD](?:[89aAbB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|[c-fC-F])")
MOST_MARKS = 4_000_000
"""Tags and attributes of GraphML, or commas and opening brackets of JSON: more would take gigabytes once read."""
LONGEST_TEXT = 100_000
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
        graph, lines = _parse_graphml(text) if path.suffix.lower() in (".graphml", ".xml") else _parse_json(text)
    except _UNUSABLE as error:
        findings.add(f"is not a graph that can be read: {tables.shown(str(error))}", line=_line_of(error))
        return tables.EMPTY, tables.EMPTY
    code_of = {node: data.get("site", node) for node, data in graph.nodes(data=True)}
    nodes = [
        _row({**data, "site": code_of[node]}, lines.of_node(node), findings) for node, data in graph.nodes(data=True)
    ]
    edges = [
        _row({**data, "site": code_of[site], "peer": code_of[peer]}, lines.of_edge(site, peer), findings)
        for site, peer, data in _directed_edges(graph)
    ]
    columns = dict.fromkeys(column for row in nodes for column in row.cells)
    return tables.Table(tuple(columns), tuple(nodes)), tables.Table(("site", "peer"), tuple(edges))


def _parse_graphml(text: str) -> tuple[Any, graph_lines.Lines]:
    if _DOCUMENT_TYPE.search(text):
        raise ValueError("it has a document type (DOCTYPE)")
    _refuse_large(sum(map(text.count, "<=")), "tags and attributes")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about keys of no type, which are read as text
        graph = nx.parse_graphml(text)
    for _, data in graph.nodes(data=True):
        for name, usual in graph.graph.get("node_default", {}).items():
            data.setdefault(name, usual)
    return graph, graph_lines.of_graphml(text)


def _line_of(error: Exception) -> int:
    """The line at which a text could not be read, as its reader says; 0 when it does not."""
    position = getattr(error, "position", None) or (getattr(error, "lineno", 0), 0)
    return int(position[0])


def _refuse_large(marks: int, what: str) -> None:
    if marks > MOST_MARKS:
        raise ValueError(f"it has more than {MOST_MARKS:,} {what}")


def _parse_json(text: str) -> tuple[Any, graph_lines.Lines]:
    _refuse_large(sum(map(text.count, ",[{")), "commas and brackets")
    if _HALF_A_CHARACTER.search(text):
        raise ValueError("it has half a character (\\ud800 to \\udfff); write the character itself")
    data = json.loads(text)
    if not isinstance(data, dict) or not isinstance(data.get("nodes"), list):
        raise ValueError("it has no list of 'nodes'")
    edges = "edges" if "edges" in data else "links"
    if not isinstance(data.get(edges), list):
        raise ValueError("it has no list of 'edges'")
    for name, needed in (("nodes", {"id"}), (edges, {"source", "target"})):
        for number, entry in enumerate(data[name], start=1):
            if not isinstance(entry, dict) or not needed <= entry.keys():
                raise ValueError(f"no {' or '.join(sorted(needed))} in entry {number} of {name}")
    ids = [str(node["id"]) for node in data["nodes"]]
    if len(set(ids)) < len(ids):
        raise ValueError("it has two nodes of one id")
    return nx.node_link_graph(data, edges=edges), graph_lines.of_json(text, edges)


def _directed_edges(graph: Any) -> list[tuple[Any, Any, dict[str, Any]]]:
    edges = list(graph.edges(data=True))
    if graph.is_directed():
        return edges
    return edges + [(peer, site, data) for site, peer, data in edges if site != peer]


def _row(data: dict[str, Any], line: int, findings: tables.Findings) -> tables.Row:
    """Attributes as the cells of a table; a list of texts is written as in `services`, with ``;``."""
    cells = {}
    for column, value in data.items():
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = ";".join(value)
        if isinstance(value, list | dict | tuple):
            findings.add(f"'{tables.shown(str(data['site']))}' has more than one value", line=line, key=str(column))
            continue
        text = "" if value is None else str(value).strip()
        if max(len(text), len(str(column))) > LONGEST_TEXT:
            findings.add(
                f"has a text of more than {LONGEST_TEXT:,} characters", line=line, key=tables.shown(str(column))
            )
            continue
        cells[str(column)] = text
    row = tables.Row(line, cells)
    tables.check_cells(row, findings)
    return row

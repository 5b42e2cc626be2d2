"""Where the nodes and edges of a graph stand in its text: networkx and json forget lines.

The text has been read as a graph before it comes here, so it is known to be sound; this only walks it.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.parsers import expat

_SPACE = re.compile(r"[ \t\r\n]*")
_NAMESPACE_END = "}"


class Lines(NamedTuple):
    """The line (from 1) of each node by its id, of each edge between two, and of the first that names a node."""

    nodes: dict[str, int]
    edges: dict[tuple[str, str], list[int]]
    named: dict[str, int]

    def of_node(self, node: object) -> int:
        """The line of a node; of the first edge that names it, when that is all that is said of it."""
        if not self.named:
            for pair, lines in self.edges.items():
                for name in pair:
                    self.named.setdefault(name, lines[0])
        return self.nodes.get(_name(node)) or self.named.get(_name(node), 0)

    def of_edge(self, one: object, other: object) -> int:
        """The line of the first edge between two nodes."""
        either = self.edges.get((_name(one), _name(other))) or self.edges.get((_name(other), _name(one)))
        return either[0] if either else 0


def of_graphml(text: str) -> Lines:
    """The lines of a GraphML text."""
    found = Lines({}, defaultdict(list), {})
    parser = expat.ParserCreate(namespace_separator=_NAMESPACE_END)

    def note(tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition(_NAMESPACE_END)[2]
        if kind == "node":
            found.nodes.setdefault(_name(attributes.get("id")), parser.CurrentLineNumber)
        elif kind == "edge":
            ends = _name(attributes.get("source")), _name(attributes.get("target"))
            found.edges[ends].append(parser.CurrentLineNumber)

    parser.StartElementHandler = note
    parser.Parse(text, True)
    return found


def of_json(text: str, edges: str) -> Lines:
    """The lines of a node-link JSON text, its edges under the name `edges`."""
    found = Lines({}, defaultdict(list), {})
    for name, line, entry in _entries(text):
        if name == "nodes" and isinstance(entry, dict) and "id" in entry:
            found.nodes.setdefault(_name(entry["id"]), line)
        elif name == edges and isinstance(entry, dict) and {"source", "target"} <= set(entry):
            found.edges[_name(entry["source"]), _name(entry["target"])].append(line)
    return found


def _name(node: object) -> str:
    """A node's id as text, the same for what networkx takes for one: a list and its tuple, 2 and 2.0."""
    if isinstance(node, list | tuple):
        return str([_name(part) for part in node])
    is_whole = isinstance(node, bool) or (isinstance(node, float) and node.is_integer())
    return str(int(node)) if is_whole and isinstance(node, int | float) else str(node)


def _entries(text: str) -> Iterator[tuple[str, int, Any]]:
    """Every entry of every list at the top of a JSON table: the list's name, the entry's line, and the entry."""
    decode = json.JSONDecoder().raw_decode
    position = _past(text, _past(text, 0, ""), "{")
    line, counted_to = 1, 0
    while text[position] != "}":
        name, position = decode(text, position)
        position = _past(text, _past(text, position, ""), ":")
        if text[position] != "[":
            _, position = decode(text, position)
            position = _past(text, _past(text, position, ""), ",")
            continue
        position = _past(text, position, "[")
        while text[position] != "]":
            line += text.count("\n", counted_to, position)
            counted_to = position
            entry, position = decode(text, position)
            yield name, line, entry
            position = _past(text, _past(text, position, ""), ",")
        position = _past(text, _past(text, position, "]"), ",")


def _past(text: str, position: int, mark: str) -> int:
    """The place after a mark, if it stands there, and the blanks that follow."""
    if mark and text.startswith(mark, position):
        position += len(mark)
    found = _SPACE.match(text, position)
    return found.end() if found else position

"""Who influenced whom, as one graph in a file: from a site to each it moved, with where, when and how much."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import networkx as nx

from spread import errors
from spread.network import export

ENDINGS: Final = (".graphml", ".json")
MOST_EDGES: Final = 1_000_000
# What XML 1.0 has no way to write.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Value = str | int | float


class Influence(NamedTuple):
    """One site moving another.

    `kind` is ``peer_in_use`` (known to be in use as the other decided) or ``told`` (knew of it at a meeting or course
    at which the other heard); `share` of all that is of that kind (0-1; those of one decision, or of one hearing, add
    up to 1). `known_on` is when the other learnt of it, `moved_on` when it decided or heard.
    """

    source: str
    target: str
    kind: str
    intervention: str
    layer: str
    network: str
    known_on: str
    moved_on: str
    share: float


def check_path(path: Path, *, force: bool) -> None:
    """Make sure that a graph can be written there, before any time is spent on it.

    Raises
    ------
    spread.errors.InputError
        When the ending is another one, or a file is there already and `force` is not given.
    """
    if path.suffix.lower() not in ENDINGS:
        message = f"cannot write '{path.suffix}'; give a file ending in {' or '.join(ENDINGS)}"
        raise errors.InputError(errors.Fault(message, str(path)))
    export.refuse_existing((path,), force=force)


def write_influences(
    nodes: Mapping[str, Mapping[str, Value]], edges: Sequence[Influence], path: Path, *, force: bool = False
) -> Path:
    """Write influences as GraphML or node-link JSON, by the ending of the path.

    Parameters
    ----------
    nodes
        What is known of each site, by code.

    Raises
    ------
    spread.errors.InputError
        As `check_path`, or when there are more edges than any tool would open.
    spread.errors.MachineError
        When the machine refuses.
    """
    check_path(path, force=force)
    if len(edges) > MOST_EDGES:
        message = f"would have {len(edges):,} edges; ask for one --intervention, or for one --site"
        raise errors.InputError(errors.Fault(message, str(path)))
    export.write_graph(as_graph(nodes, edges), path)
    return path


def as_graph(nodes: Mapping[str, Mapping[str, Value]], edges: Sequence[Influence]) -> "nx.MultiDiGraph[str]":
    """Influences as a graph: a node a site, an edge an influence, its number its key."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for code, known in nodes.items():
        graph.add_node(_writable(code), **{name: _writable(value) for name, value in known.items()})
    for number, edge in enumerate(edges):
        said = {name: _writable(value) for name, value in edge._asdict().items() if name not in ("source", "target")}
        graph.add_edge(_writable(edge.source), _writable(edge.target), key=str(number), **said)
    return graph


def _writable(value: Any) -> Any:
    """Text without what XML cannot say; anything else as it is."""
    return _NOT_XML.sub("?", value) if isinstance(value, str) else value

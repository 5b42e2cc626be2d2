"""Writing a world down: as the three tables a user may bring back, or as one graph for other tools."""

import io
import json
from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from spread import cells, errors, files
from spread.network import assemble
from spread.network.population import Population, Ties
from spread.network.ties import unpack_ties

Cells = dict[str, Any]
ENDINGS = ".graphml, .json, or a folder for CSV files"
REBUILT_KINDS = ("psc", "ics")


def export_network(population: Population, ties: Ties, path: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write the sites, networks and ties of a world; returns the files written.

    A path ending in ``.graphml`` or ``.json`` (node-link) becomes one graph: sites with their attributes and the
    codes of their networks, ties as edges. A path without ending becomes a folder with ``sites.csv``,
    ``memberships.csv`` and ``ties.csv``, which read back to the same world.

    Raises
    ------
    spread.errors.InputError
        When the ending is another one, or a file is there already and `force` is not given.
    spread.errors.MachineError
        When the machine refuses.
    """
    ending = path.suffix.lower()
    if ending not in (".graphml", ".json", ""):
        raise errors.InputError(errors.Fault(f"cannot write '{ending}'; give {ENDINGS}", place=str(path)))
    if ending:
        refuse_existing((path,), force=force)
        write_graph(as_graph(population, ties), path)
        return (path,)
    places = tuple(path / f"{name}.csv" for name in ("sites", "memberships", "ties"))
    tables = (_sites(population), _memberships(population), _ties(population, ties))
    texts = (cells.csv_text(header, rows).encode() for header, *rows in tables)
    contents = dict(zip(places, texts, strict=True))
    refuse_existing(files.in_the_way(contents), force=force)
    files.put_together(contents)
    return places


def as_graph(population: Population, ties: Ties) -> "nx.MultiDiGraph[str]":
    """The world as one graph: a node per site, with what is known of it, and an edge per tie and layer."""
    graph = unpack_ties(ties, population)
    joined: dict[str, list[str]] = {}
    for row in _memberships(population, rebuilt=True)[1:]:
        joined.setdefault(row[2], []).append(row[0])
    header, *rows = _sites(population)
    for row in rows:
        known = {column: value for column, value in zip(header, row, strict=True) if value != ""}
        graph.add_node(known["site"], **known, networks=";".join(joined.get(known["site"], [])))
    for _, _, layer, data in graph.edges(keys=True, data=True):
        data["layer"] = layer
    return graph


def write_graph(graph: "nx.MultiDiGraph[str]", path: Path) -> None:
    """Write a graph, as GraphML or node-link JSON by the ending of its path.

    Raises
    ------
    spread.errors.MachineError
        When the machine refuses.
    """
    if path.suffix.lower() == ".graphml":
        content = io.BytesIO()
        nx.write_graphml_xml(graph, content)
        files.put(path, content.getvalue())
        return
    data = nx.node_link_data(graph, edges="edges")
    files.put(path, (json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode())


def _sites(population: Population) -> list[list[Any]]:
    """The rows of sites.csv, header first; what is not known is blank."""
    ranked = assemble.rank_fifths(population.deprived_share)
    fifths = not np.array_equal(population.deprivation_fifth, ranked)
    described = [_describe(population, site, fifths=fifths) for site in range(len(population.site_codes))]
    columns = list(dict.fromkeys(column for site in described for column in site))
    used = [column for column in columns if any(site[column] != "" for site in described)]
    return [used, *([site[column] for column in used] for site in described)]


def _describe(population: Population, site: int, *, fifths: bool) -> Cells:
    organisation = int(population.organisation[site])
    # An organisation's staff are added up over its sites on reading, so only its first site carries them.
    first = int((population.organisation == organisation).argmax()) == site
    return {
        "site": population.site_codes[site],
        "name": population.site_names[site],
        "organisation": population.organisation_codes[organisation],
        "organisation_name": population.organisation_names[organisation],
        "setting": population.settings[site],
        "psc": population.psc_codes[population.psc[site]],
        "ics": _name(population.ics_names, int(population.ics[site])),
        "nhs_region": _name(population.region_names, int(population.region[site])),
        "services": ";".join(sorted(population.services[site])),
        "size": float(population.size[site]),
        "staff": _known(population.organisation_staff[organisation]) if first else "",
        "imd_q1_share": _known(population.deprived_share[site]),
        "imd_fifth": int(population.deprivation_fifth[site]) or "" if fifths else "",
        "longitude": _known(population.longitude[site]),
        "latitude": _known(population.latitude[site]),
        **{column: values[site] for column, values in population.attributes.items()},
    }


def _memberships(population: Population, *, rebuilt: bool = False) -> list[list[str]]:
    """The rows of memberships.csv, header first; PSC and ICS networks are made from sites.csv again."""
    networks = population.networks
    rows = [["network", "kind", "site"]]
    for row, (code, kind) in enumerate(zip(networks.codes, networks.kinds, strict=True)):
        if rebuilt or kind not in REBUILT_KINDS:
            members = networks.member[networks.start[row] : networks.start[row + 1]]
            rows += [[code, kind, population.site_codes[site]] for site in members]
    return rows


def _ties(population: Population, ties: Ties) -> list[list[Any]]:
    graph = unpack_ties(ties, population)
    edges = [[site, peer, layer, data["weight"]] for site, peer, layer, data in graph.edges(keys=True, data=True)]
    return [["site", "peer", "layer", "weight"], *edges]


def _name(names: Sequence[str], row: int) -> str:
    return names[row] if row >= 0 else ""


def _known(value: float) -> float | str:
    return "" if isnan(value) else float(value)


def refuse_existing(paths: Sequence[Path], *, force: bool) -> None:
    """Make sure that no file is replaced unasked.

    Raises
    ------
    spread.errors.InputError
    """
    there = [path for path in paths if path.exists()]
    if there and not force:
        raise errors.InputError(
            errors.Fault("is there already; use --force to replace it", str(path)) for path in there
        )

"""The files of a user's own world as tables of text: sites.csv, memberships.csv, ties.csv, or a graph.

What the tables mean is checked by `own_world` and `ties`; here it is settled which file gives what.
"""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from spread.network import tables

if TYPE_CHECKING:
    from spread.scenarios import schema

SITE_COLUMNS = tables.Columns(
    required=("site", "organisation", "setting", "psc"),
    optional=(
        "name", "organisation_name", "ics", "nhs_region", "services", "size", "staff", "imd_q1_share",
        "imd_fifth", "longitude", "latitude",
    ),
    further=True,
)  # fmt: skip
MEMBERSHIP_COLUMNS = tables.Columns(required=("network", "kind", "site"))
TIE_COLUMNS = tables.Columns(required=("site", "peer"), optional=("layer", "weight"))


class Source(NamedTuple):
    """One table and what was found wrong with it so far."""

    table: tables.Table
    findings: tables.Findings


class Sources(NamedTuple):
    """The tables of a world; those nobody gave are empty."""

    sites: Source
    memberships: Source
    ties: Source


def read_sources(world: "schema.World") -> Sources:
    """Read whatever files a world names; a graph gives ties, and sites too where there is no sites.csv."""
    sites = _read(world.sites, SITE_COLUMNS)
    memberships = _read(world.memberships, MEMBERSHIP_COLUMNS)
    ties = _read(world.ties, TIE_COLUMNS)
    if world.graph is None:
        if world.sites is None:
            sites.findings.add("a world of your own needs a sites.csv or a graph", key="world.sites")
        return Sources(sites, memberships, ties)
    nodes, edges = _read_graph(world.graph, with_sites=world.sites is None)
    if world.ties is not None:
        ties.findings.add("ties are also given by world.graph; give one of the two", key="world.ties")
        edges = ties
    return Sources(nodes if world.sites is None else sites, memberships, edges)


def read_tie_source(world: "schema.World") -> Source:
    """Only the ties of a world, from its table or its graph."""
    if world.graph is not None and world.ties is None:
        return _read_graph(world.graph, with_sites=False)[1]
    return _read(world.ties, TIE_COLUMNS)


def _read(path: Path | None, columns: tables.Columns) -> Source:
    findings = tables.Findings(str(path) if path else "scenario")
    return Source(tables.read_csv(path, columns, findings) if path else tables.EMPTY, findings)


def _read_graph(path: Path, *, with_sites: bool) -> tuple[Source, Source]:
    """The nodes and the edges of a graph; the faults of the file as such are kept once, with the sites if wanted."""
    from spread.network import graphs  # networkx is slow to import

    findings = tables.Findings(str(path))
    nodes, edges = graphs.read_graph(path, findings)
    in_nodes = tables.Findings(str(path))
    if with_sites and nodes.rows:
        tables.check_columns(nodes.columns, SITE_COLUMNS, in_nodes, line=nodes.rows[0].line)
    if with_sites and findings.faults:
        return Source(nodes, findings), Source(edges, in_nodes)
    return Source(nodes, in_nodes), Source(edges, findings)

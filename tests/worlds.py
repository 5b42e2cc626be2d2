"""Tiny worlds of two to five sites, written as the files a user would bring."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from spread.network import population
from spread.network import ties as network_ties
from spread.scenarios import schema

Rows = Sequence[Mapping[str, Any]]

TWO_SITES: Rows = (
    {"site": "A1", "organisation": "A", "setting": "acute", "psc": "YH"},
    {"site": "B1", "organisation": "B", "setting": "acute", "psc": "YH"},
)
# Two collaboratives, one of the user's own; three organisations; every optional column.
FIVE_SITES: Rows = tuple(
    {
        "site": site, "organisation": organisation, "setting": setting, "psc": psc, "name": name, "ics": ics,
        "services": services, "size": size, "staff": staff, "imd_q1_share": deprived, "longitude": longitude,
        "latitude": latitude, "cohort": cohort,
    }
    for site, organisation, setting, psc, name, ics, services, size, staff, deprived, longitude, latitude, cohort in (
        ("A1", "A", "acute", "Wessex HIN", "Alder", "Dorset", "maternity;neonatal", 400, 3000, 0.1, -1.9, 50.7, "one"),
        ("A2", "A", "acute", "WX", "Aspen", "Dorset", "maternity", 200, 1000, 0.3, -2.1, 50.8, "one"),
        ("B1", "B", "mental_health", "WX", "Birch", "", "", "", "", "", "", "", "two"),
        ("C1", "C", "acute", "Atlantis", "Cedar", "Deep", "adult_critical_care", 600, "", 0.50, 0.0, 51.0, "two"),
        ("C2", "C", "care_home", "Atlantis", "Cherry", "Deep", "", "", "", 0.50, "", "", ""),
    )
)  # fmt: skip
FIVE_MEMBERSHIPS: Rows = (
    {"network": "babies", "kind": "neonatal ODN", "site": "A1"},
    {"network": "babies", "kind": "neonatal ODN", "site": "C1"},
    {"network": "all", "kind": "national", "site": "A1"},
    {"network": "all", "kind": "national", "site": "B1"},
    {"network": "all", "kind": "national", "site": "C2"},
)
FIVE_TIES: Rows = (
    {"site": "A1", "peer": "C1", "layer": "advice", "weight": 2},
    {"site": "A2", "peer": "A1", "layer": "advice", "weight": 0.5},
    {"site": "A1", "peer": "A2", "layer": "friends", "weight": 1},
)


def write_table(path: Path, rows: Rows) -> Path:
    """Write rows as CSV; the first row gives the columns."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_text(path: Path, text: str | bytes) -> Path:
    """Write a file as it is given."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def write_world(
    folder: Path,
    sites: Rows | Path = FIVE_SITES,
    memberships: Rows | Path = (),
    ties: Rows | Path = (),
    graph: Path | None = None,
) -> schema.World:
    """A world of the user's own files: rows are written to `folder`, a path is taken as it is, nothing is nothing."""
    given = {"sites": sites, "memberships": memberships, "ties": ties}
    paths = {
        name: table if isinstance(table, Path) else write_table(folder / f"{name}.csv", table)
        for name, table in given.items()
        if table
    }
    return schema.World(population="files", graph=graph, **paths)


def write_five_sites(folder: Path) -> schema.World:
    """Five sites with two networks and two layers of ties."""
    return write_world(folder, FIVE_SITES, FIVE_MEMBERSHIPS, FIVE_TIES)


def changed(rows: Rows, row: int, **cells: Any) -> Rows:
    """The rows with some cells of one row replaced."""
    return tuple({**cells_of, **cells} if number == row else cells_of for number, cells_of in enumerate(rows))


def build(world: schema.World) -> population.Population:
    """The population of a world."""
    return population.build_population(scenario(world))


def build_ties(world: schema.World) -> network_ties.Ties:
    """The ties of a world."""
    return network_ties.build_ties(scenario(world), build(world))


def scenario(world: schema.World) -> Any:
    """As much of a scenario as the network needs: its world."""
    return SimpleNamespace(world=world, interventions={})


def members(people: population.Population, network: str) -> tuple[str, ...]:
    """The site codes of a network."""
    networks = people.networks
    row = networks.codes.index(network)
    return tuple(people.site_codes[site] for site in networks.member[networks.start[row] : networks.start[row + 1]])


def same(one: Iterable[Any], other: Iterable[Any]) -> bool:
    """Whether two named tuples of arrays (and of such tuples) are equal, NaN matching NaN."""
    return all(
        same(left, right)
        if hasattr(left, "_fields")
        else np.array_equal(left, right, equal_nan=left.dtype.kind == "f")
        if isinstance(left, np.ndarray)
        else left == right
        for left, right in zip(one, other, strict=True)
    )

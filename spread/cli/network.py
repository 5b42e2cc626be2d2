"""`spread network`: who is in the world and how they are connected, on the screen and as files."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spread.cli import options, render

if TYPE_CHECKING:
    from spread.network import population as people
    from spread.scenarios import schema

LISTS = ("networks", "sites")
MEASURES = {"subject": "About", "measure": "Measure", "value": "Value"}
NETWORKS = {"code": "Code", "name": "Name", "kind": "Kind", "members": "Sites", "derived": "Derived"}
SITES = {"site": "Site", "name": "Name", "setting": "Setting", "psc": "PSC", "services": "Services"}


@click.group(epilog=options.examples("spread network show"))
def network() -> None:
    """Who is in the world, and how they are connected."""


psc_map = click.option(
    "--psc-map",
    type=click.Choice(["2022", "earlier"]),
    default="2022",
    show_default=True,
    help="England's PSC footprints, where no SCENARIO is given.",
)


@network.command(
    "show", epilog=options.examples("spread network show", "spread network show --list networks --format csv")
)
@click.argument("scenario", required=False)
@click.option("--list", "listed", type=click.Choice(LISTS), help="List these one by one.")
@psc_map
@options.table_format
def show_network(scenario: str | None, listed: str | None, psc_map: str, form: str) -> None:
    """Describe the world of a SCENARIO, or the whole bundled England, in numbers."""
    population, ties = _world(scenario, psc_map)
    if listed == "networks":
        render.print_rows(_network_rows(population), columns=NETWORKS, form=form, right=("members",))
    elif listed == "sites":
        render.print_rows(_site_rows(population), columns=SITES, form=form)
    else:
        from spread.network import measures

        rows = [row._asdict() for row in measures.measure_network(population, ties)]
        render.print_rows(rows, columns=MEASURES, form=form, right=("value",))


@network.command(
    "export", epilog=options.examples("spread network export england", "spread network export england.graphml")
)
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("scenario", required=False)
@psc_map
@click.option("--force", is_flag=True, help="Replace files that are already there.")
def export_network(path: Path, scenario: str | None, psc_map: str, force: bool) -> None:
    """Write a world down: to a folder of CSV files, a .graphml or a .json.

    A SCENARIO on the bundled England has its trusts, hospital sites and the settings it asks for; without one, everyone
    is written. The CSV files can be brought back as a world of your own.
    """
    from spread.network import export

    population, ties = _world(scenario, psc_map)
    for written in export.export_network(population, ties, path, force=force):
        render.print_text(str(written))


def _world(scenario: str | None, psc_map: str) -> "tuple[people.Population, people.Ties]":
    from spread.network import england, population, ties

    read = _read(scenario, psc_map)
    if scenario is None:
        built = england.build_england(psc_map, england.ALL_SETTINGS)
    else:
        built = population.build_population(read)
    return built, ties.build_ties(read, built)


def _read(scenario: str | None, psc_map: str) -> "schema.Scenario":
    """The scenario whose world is meant; any of the catalogue's stands for the bundled England."""
    from spread.scenarios import catalogue, reading, schema

    if scenario is not None:
        return reading.read_scenario(scenario)
    england = schema.World.model_validate({"population": "england", "psc_map": psc_map})
    return reading.read_scenario(catalogue.base_names()[0]).model_copy(update={"world": england})


def _network_rows(population: "people.Population") -> list[dict[str, object]]:
    networks = population.networks
    return [
        {
            "code": networks.codes[row],
            "name": networks.names[row],
            "kind": networks.kinds[row],
            "members": int(networks.start[row + 1] - networks.start[row]),
            "derived": "yes" if networks.derived[row] else "no",
        }
        for row in range(len(networks.codes))
    ]


def _site_rows(population: "people.Population") -> list[dict[str, object]]:
    return [
        {
            "site": code,
            "name": population.site_names[row],
            "setting": population.settings[row],
            "psc": population.psc_codes[population.psc[row]],
            "services": ";".join(sorted(population.services[row])),
        }
        for row, code in enumerate(population.site_codes)
    ]

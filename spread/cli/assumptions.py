"""`spread assumptions`: every number the model uses, and where it comes from."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import click

from spread.cli import options, render

INDENT = "    "
BASES = ("observed", "published", "judgement", "exact")
FIELDS = ("value", "low", "high", "scale", "zero", "unit", "basis", "source", "meaning")


@click.command(epilog=options.examples("spread assumptions --basis judgement --format csv"))
@click.argument("scenario", required=False)
@click.option("--basis", type=click.Choice(BASES), multiple=True, help="Only numbers that rest on this.")
@click.option("--match", metavar="TEXT", help="Only parameters with this in their name.")
@options.table_format
def assumptions(scenario: str | None, basis: tuple[str, ...], match: str | None, form: str) -> None:
    """List every number the model uses: value, range, unit, basis and source.

    The range holds nine tenths of what is believed. Without a SCENARIO, the
    numbers that hold for every scenario.
    """
    rows = _scenario_rows(scenario) if scenario else _catalogue_rows()
    chosen = [row for row in rows if (not basis or row["basis"] in basis) and (match or "") in row["parameter"]]
    if form == "table":
        render.print_text("\n".join(_entry(row) for row in chosen))
    else:
        columns = {name: name for name in ("parameter", *FIELDS)}
        render.print_rows(chosen, columns=columns, form=form)


def _catalogue_rows() -> list[dict[str, Any]]:
    from spread.scenarios import catalogue

    return [
        {"parameter": name, **{field: entry.get(field) for field in FIELDS}}
        for name, entry in catalogue.parameters().items()
    ]


def _scenario_rows(scenario: str) -> Sequence[Mapping[str, Any]]:
    from spread.scenarios import reading

    parameters = reading.read_scenario(scenario).parameters
    return [
        {"parameter": name, **{field: getattr(parameter, field, None) for field in FIELDS}}
        for name, parameter in parameters.items()
    ]


def _entry(row: Mapping[str, Any]) -> str:
    """One parameter as a paragraph: name, number, basis; what it means; where it comes from."""
    unit = f" {row['unit']}" if row["unit"] else ""
    first = f"{row['parameter']} = {_number(row)}{unit} [{row['basis']}]"
    rest = [text for text in (row["meaning"], f"Source: {row['source']}" if row["source"] else None) if text]
    lines = [textwrap.fill(first, render.WIDTH, subsequent_indent=INDENT)]
    lines += [textwrap.fill(text, render.WIDTH, initial_indent=INDENT, subsequent_indent=INDENT) for text in rest]
    return "\n".join(lines) + "\n"


def _number(row: Mapping[str, Any]) -> str:
    if row["low"] is None:
        return f"{row['value']:g} (fixed)"
    zero = f"; exactly 0 with chance {row['zero']:g}" if row["zero"] else ""
    return f"{row['value']:g} ({row['low']:g} to {row['high']:g}{zero})"

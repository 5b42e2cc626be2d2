"""`spread scenario`: list, show, check, begin and compare scenario files."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from spread import errors
from spread.cli import options, render

STARTER = """\
schema = 1
name = "{name}"
base = "{base}"
{start_from}
# Only what differs from the base follows. For example, more coaches in one
# collaborative from a date on:
#
# [[change]]
# from = 2022-11-01
# coaches = {{ NENC = "+2" }}
"""
START_FROM = """
[start_from]
stages = "{stages}"
as_of = "{as_of}"
"""


@click.group()
def scenario() -> None:
    r"""List, show, check, begin and compare scenario files.

    \b
    Example:
      spread scenario check scenarios/tracheostomy/standard.toml
    """


@scenario.command("list")
@options.table_format
def list_scenarios(form: str) -> None:
    r"""List the scenarios of the catalogue, each usable by name or as a base.

    \b
    Example:
      spread scenario list
    """
    from spread.scenarios import catalogue, reading

    read = [reading.read_scenario(name) for name in catalogue.base_names()]
    rows = [
        {"name": one.name, "title": one.title, "start": one.start.isoformat(), "end": one.end.isoformat()}
        for one in read
    ]
    columns = {"name": "Name", "title": "Title", "start": "From", "end": "To"}
    render.print_rows(rows, columns=columns, form=form)


@scenario.command("show")
@click.argument("name", metavar="SCENARIO")
def show_scenario(name: str) -> None:
    r"""Print a scenario as resolved, every default written out (TOML).

    \b
    Example:
      spread scenario show tracheostomy-standard
    """
    from spread.scenarios import reading, writing

    render.print_text(writing.write_resolved(reading.read_scenario(name)))


@scenario.command("check")
@click.argument("names", metavar="SCENARIO...", nargs=-1, required=True)
@options.talk
def check_scenarios(names: tuple[str, ...], quiet: bool, verbose: bool) -> None:
    r"""Check scenarios and the files they name; every mistake at once, exit 2.

    \b
    Example:
      spread scenario check scenarios/tracheostomy/standard.toml
    """
    faults: list[errors.Fault] = []
    for name in names:
        try:
            summary = _check(name)
        except errors.InputError as error:
            faults.extend(error.faults)
        else:
            render.say(f"{name}: {summary}" if verbose else f"{name}: good", quiet=quiet)
    if faults:
        raise errors.InputError(faults)


def _check(name: str) -> str:
    """Read a scenario and everything it names, as a run would, without running it.

    Returns
    -------
    str
        How much it is about.

    Raises
    ------
    InputError
        With all its mistakes.
    """
    from spread.model import world as worlds
    from spread.network import population as people
    from spread.network import start as starting
    from spread.network import ties as tie_data
    from spread.outcomes import plan
    from spread.scenarios import reading

    read = reading.read_scenario(name)
    population = people.build_population(read)
    ties = tie_data.build_ties(read, population)
    begin = read.start_from
    start = None
    if begin is not None:
        names = tuple(read.interventions)
        start = starting.read_stages(begin.stages, begin.as_of, population=population, interventions=names)
    world = worlds.build_world(read, population, ties, start, origin=read.origin)
    plan.build_plan(read, population, world.units, read.origin)
    return f"good; {len(population.site_codes)} sites, {len(read.interventions)} interventions"


@scenario.command("new")
@click.argument("name")
@click.option("--base", required=True, metavar="NAME", help="What it differs from: a catalogue name or a file.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where to; NAME.toml unless given.")
@options.starting_point
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
def new_scenario(
    name: str, base: str, out: Path | None, start_file: str | None, as_of: str | None, force: bool
) -> None:
    r"""Begin a scenario file that differs from a base.

    \b
    Example:
      spread scenario new october --base tracheostomy-standard
    """
    if (start_file is None) != (as_of is None):
        raise click.UsageError("--from and --as-of go together: the stages, and the date they stand for")
    place = out or Path(f"{name}.toml")
    if place.exists() and not force:
        raise errors.InputError(errors.Fault("is already there; use --force to replace it", str(place)))
    folder = place.absolute().parent
    start_from = ""
    if start_file is not None:
        start_from = START_FROM.format(stages=_quoted(os.path.relpath(start_file, folder)), as_of=_quoted(str(as_of)))
    named_base = os.path.relpath(base, folder) if base.endswith(".toml") else base
    text = STARTER.format(name=_quoted(name), base=_quoted(named_base), start_from=start_from)
    _write_checked(place, text)
    render.say(f"Wrote {place}")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _write_checked(place: Path, text: str) -> None:
    """Write a scenario file once it reads well; its mistakes name the place it was meant for."""
    from spread.scenarios import reading

    with tempfile.NamedTemporaryFile("w", dir=place.absolute().parent, suffix=".toml", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        try:
            reading.read_scenario(file.name)
        except errors.InputError as error:
            named = [errors.Fault(fault.message, str(place), fault.line, fault.key) for fault in error.faults]
            raise errors.InputError(named) from None
    place.write_text(text, encoding="utf-8")


@scenario.command("diff")
@click.argument("first")
@click.argument("second")
@options.table_format
def diff_scenarios(first: str, second: str, form: str) -> None:
    r"""List what differs between two scenarios as resolved.

    \b
    Example:
      spread scenario diff tracheostomy-standard tracheostomy-enhanced
    """
    from spread.scenarios import reading, writing

    one, other = (_flat(_tree(writing.write_resolved(reading.read_scenario(name)))) for name in (first, second))
    keys = [*one, *(key for key in other if key not in one)]
    rows = [
        {"key": key, "first": one.get(key), "second": other.get(key)} for key in keys if one.get(key) != other.get(key)
    ]
    render.print_rows(rows, columns={"key": "Key", "first": first, "second": second}, form=form)


def _tree(text: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text)


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """A tree as one level of key paths; items of lists are counted from 1, as in messages about a file."""
    if isinstance(value, Mapping):
        inner = [(f"{path}.{key}" if path else str(key), entry) for key, entry in value.items()]
    elif isinstance(value, list) and any(isinstance(entry, Mapping) for entry in value):
        inner = [(f"{path}[{place}]", entry) for place, entry in enumerate(value, start=1)]
    else:
        return {path: value}
    return {key: leaf for name, entry in inner for key, leaf in _flat(entry, name).items()}


@scenario.command("schema")
def print_schema() -> None:
    r"""Print the JSON Schema of scenario files, for editors that check as you type.

    \b
    Example:
      spread scenario schema > scenario.schema.json
    """
    from spread.runs import cells
    from spread.scenarios import schema

    render.print_text(cells.json_text(schema.Scenario.model_json_schema()))

"""`spread scenario`: list, show, check, begin and compare scenario files."""

import os
import textwrap
from dataclasses import asdict
from pathlib import Path

import click

from spread import errors
from spread.cli import from_return, options, quarterly_return, render

NAME_WIDTH = 24
START_FROM = """
[start_from]
stages = {stages}
as_of = {as_of}
"""


@click.group(epilog=options.examples("spread scenario check scenarios/tracheostomy/standard.toml"))
def scenario() -> None:
    """List, show, check, begin and compare scenario files."""


@scenario.command("list", epilog=options.examples("spread scenario list"))
@options.table_format
def list_scenarios(form: str) -> None:
    """List the scenarios of the catalogue, usable by name or as a base, and files in scenarios/."""
    from spread.scenarios import show

    rows = [
        {"name": one.name if one.is_catalogue else str(one.path), "title": one.title} for one in show.list_scenarios()
    ]
    if form != "table":
        render.print_rows(rows, columns={"name": "Scenario", "title": "Title"}, form=form)
        return
    render.print_text("\n".join(line for row in rows for line in _listed(row["name"], row["title"])))


def _listed(name: str, title: str) -> list[str]:
    """A name as it is to be typed, and its title beside it or, where there is no room, below."""
    fits = len(name) <= NAME_WIDTH
    begin, indent = f"{name:{NAME_WIDTH}}  ", " " * (NAME_WIDTH + 2)
    lines = textwrap.wrap(title, render.WIDTH, initial_indent=begin if fits else indent, subsequent_indent=indent)
    return lines if fits else [name, *lines]


@scenario.command("show", epilog=options.examples("spread scenario show tracheostomy-standard --format toml"))
@click.argument("name", metavar="SCENARIO")
@click.option("--parameters", is_flag=True, help="Every number of the model too.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "toml"]),
    default="table",
    show_default=True,
    help="How to print; toml is a file that can be run.",
)
def show_scenario(name: str, parameters: bool, form: str) -> None:
    """Print what a scenario asks, every default written out."""
    from spread.scenarios import reading, show, writing

    read = reading.read_scenario(name)
    if form == "toml":
        render.print_text(writing.write_resolved(read))
        return
    facts = show.describe(read, with_parameters=parameters)
    if form == "table":
        render.print_text(f"{read.name}: {read.title}\n\n")
        render.print_sections([(fact.section, fact.label, f"{fact.value} {fact.unit}") for fact in facts])
        return
    columns = {"section": "Section", "label": "What", "value": "Value", "unit": "Unit"}
    render.print_rows([asdict(fact) for fact in facts], columns=columns, form=form)


@scenario.command(
    "check",
    epilog=options.examples(
        "spread scenario check scenarios/tracheostomy/standard.toml",
        "spread scenario check scenarios/tracheostomy/standard.toml --reality",
    ),
)
@click.argument("names", metavar="SCENARIO...", nargs=-1, required=True)
@click.option("--reality", is_flag=True, help="Also try on each the rules that any run must obey; seconds.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), metavar="N", help="With --reality: names the luck; 1.")
@click.option(
    "--engine", type=click.Choice(["compiled", "process"]), help="With --reality: which engine is tried; compiled."
)
@options.table_format
@options.talk
def check_scenarios(
    names: tuple[str, ...], reality: bool, seed: int | None, engine: str | None, form: str, quiet: bool, verbose: bool
) -> int:
    """Check scenarios and the files they name; every mistake at once, exit 2.

    With --reality, rules such as "no support equals the background" are tried on
    variants of each; one that is broken is a bug of the program: exit 1.
    """
    if not reality and (seed is not None or engine is not None or form != "table"):
        raise click.UsageError("--seed, --engine and --format are about --reality")
    faults: list[errors.Fault] = []
    for name in names:
        try:
            summary = read_all(name)
        except errors.InputError as error:
            faults.extend(error.faults)
        else:
            render.say(f"{name}: {summary}" if verbose else f"{name}: good", quiet=quiet)
    if faults:
        raise errors.InputError(faults)
    if not reality:
        return 0
    from spread.cli import reality as trying

    return trying.try_rules(
        names, seed=1 if seed is None else seed, engine=engine or "compiled", form=form, quiet=quiet
    )


def read_all(name: str) -> str:
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
    from spread.network import data
    from spread.outcomes import plan
    from spread.scenarios import reading

    read = reading.read_scenario(name)
    population, ties, start = data.read_data(read)
    world = worlds.build_world(read, population, ties, start, origin=read.origin)
    plan.build_plan(read, population, world.units, read.origin)
    return f"good; {len(population.site_codes)} sites, {len(read.interventions)} interventions"


@scenario.command(
    "new",
    epilog=options.examples(
        "spread scenario new october --base tracheostomy-standard",
        "spread scenario new marthas-rule --from-return q3.xlsx",
    ),
)
@click.argument("name", required=False)
@click.option("--base", metavar="NAME", help="What it differs from: a catalogue name or a file.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where to; NAME.toml unless given.")
@options.starting_point
@click.option(
    "--from-return",
    "returned",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Sites, components and stages from a quarterly return.",
)
@quarterly_return.headings
@click.option("--force", is_flag=True, help="Replace files that are already there.")
def new_scenario(
    name: str | None,
    base: str | None,
    out: Path | None,
    start_file: str | None,
    as_of: str | None,
    returned: Path | None,
    columns: dict[str, str],
    force: bool,
) -> None:
    """Begin a scenario file; its comments say what can be written in it.

    With --from-return, a scenario that can be run for any programme reported
    quarterly, and its sites.csv and stages.csv beside it.
    """
    if (start_file is None) != (as_of is None):
        raise click.UsageError("--from and --as-of go together: the stages, and the date they stand for")
    if returned is not None:
        if base is not None or start_file is not None:
            raise click.UsageError("--from-return says who there is and where they stand: leave --base and --from out")
        from_return.begin_scenario(name, returned, out=out, columns=columns, force=force, check=read_all)
        return
    if name is None:
        raise click.UsageError("Missing argument 'NAME'.")
    if columns:
        raise click.UsageError("--column is about the headings of --from-return")
    _begin(name, base, out or Path(f"{name}.toml"), start_file, as_of, force=force)


def _begin(name: str, base: str | None, place: Path, start_file: str | None, as_of: str | None, *, force: bool) -> None:
    """Write a commented scenario, on a base or on its own."""
    from spread.scenarios import new, quoting

    if place.exists() and not force:
        raise errors.InputError(errors.Fault("is already there; use --force to replace it", str(place)))
    folder = place.absolute().parent
    is_elsewhere = base is not None and base.endswith(".toml") and folder != Path.cwd()
    text = new.template(name, str(Path(str(base)).resolve()) if is_elsewhere else base)
    if start_file is not None:
        stages = os.path.relpath(start_file, folder)
        text += START_FROM.format(stages=quoting.toml(stages), as_of=quoting.toml(as_of))
    _write_checked(place, text)
    render.say(f"Wrote {place}")


def _write_checked(place: Path, text: str) -> None:
    """Write a scenario file once it reads well; its mistakes name the place it was meant for."""
    from spread import files
    from spread.scenarios import reading

    with errors.writing(place), files.beside(place.absolute(), ending=".toml") as partial:
        files.write_file(partial, text.encode())
        try:
            reading.read_scenario(partial)
        except errors.InputError as error:
            named = [errors.Fault(fault.message, str(place), fault.line, fault.key) for fault in error.faults]
            raise errors.InputError(named) from None
        partial.replace(place)


@scenario.command("diff", epilog=options.examples("spread scenario diff tracheostomy-standard tracheostomy-enhanced"))
@click.argument("first")
@click.argument("second")
@options.table_format
def diff_scenarios(first: str, second: str, form: str) -> None:
    """List what one scenario asks that another does not."""
    from spread.scenarios import difference, reading

    found = difference.differences(reading.read_scenario(first), reading.read_scenario(second))
    if form == "table":
        render.print_text(f"{first} -> {second}\n\n")
        render.print_sections([(one.section, one.label, f"{one.before} -> {one.after} {one.unit}") for one in found])
        return
    columns = {name: name for name in ("section", "label", "before", "after", "unit")}
    render.print_rows([asdict(one) for one in found], columns=columns, form=form)


@scenario.command("schema", epilog=options.examples("spread scenario schema > scenario.schema.json"))
def print_schema() -> None:
    """Print the JSON Schema of scenario files, for editors that check as you type."""
    from spread import cells
    from spread.scenarios import editing

    render.print_text(cells.json_text(editing.json_schema()))

"""`spread return`: check a quarterly assurance return, or write a simulated one."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spread import errors
from spread.cli import options, render, source

if TYPE_CHECKING:
    from spread.network import returns, reviewing
    from spread.scenarios import schema

SHOWN_OF_A_KIND = 8
LONGEST_NAME = 34
NAMED_OF_MISSING = 2
TITLES = {
    "missing return": "Missing returns, by collaborative and quarter",
    "backward move": "Backward moves",
    "jump": "Jumps of three stages or more",
    "stuck": "At one stage below 5 for three returns or more",
    "name not placed": "Names not placed",
    "not eligible here": "Said not to be eligible, and counted as eligible here",
}


def _parse_headings(_context: click.Context, _option: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in texts:
        heading, equals, meaning = text.rpartition("=")
        if not equals or not heading.strip():
            raise click.BadParameter(f"'{text}' should be HEADING=MEANING, such as 'Trust=organisation_name'")
        found[heading.strip()] = meaning.strip()
    return found


headings = click.option(
    "--column",
    "columns",
    callback=_parse_headings,
    multiple=True,
    metavar="HEADING=MEANING",
    help="What another heading means: 'Trust=organisation_name'; nothing: not read.",
)


@click.group("return", epilog=options.examples("spread return check q3.xlsx"))
def quarterly_return() -> None:
    """Check a quarterly assurance return, or write a simulated one."""


@quarterly_return.command(
    "check",
    epilog=options.examples("spread return check q3.xlsx", "spread return check q3.csv --scenario pews-standard"),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--scenario", metavar="SCENARIO", help="Hold it against the sites of this scenario.")
@headings
@options.table_format
def check_return(file: Path, scenario: str | None, columns: dict[str, str], form: str) -> None:
    """List what stands out in a return: CSV or workbook, as the PSCs send it.

    Missing returns, moves backward, jumps of three stages or more, sites stuck
    for three returns or more, names not placed, and how many each share is out
    of. Headings mean what [return.columns] of the scenario and --column say.
    Findings end with 0; a file that cannot be read ends with 2, with every fault
    in it.
    """
    from spread.network import returns, reviewing

    read_scenario = _scenario(scenario) if scenario else None
    known_names = tuple(read_scenario.interventions) if read_scenario else ()
    known_columns = read_scenario.quarterly_return.columns if read_scenario else {}
    read = returns.read_return(file, columns={**known_columns, **columns}, known=known_names)
    found = reviewing.review(read, _known(read, read_scenario) if read_scenario else None)
    if form != "table":
        names = {name: name for name in reviewing.Finding._fields}
        render.print_rows([one._asdict() for one in found], columns=names, form=form)
        return
    _print_summary(file, read)
    unknown = [name for name in read.components if known_names and name not in known_names]
    if unknown:
        render.print_text(render.wrap(f"Not in {scenario}: {', '.join(unknown)}"))
    _print_findings(found)


def _scenario(name: str) -> "schema.Scenario":
    from spread.scenarios import reading

    return reading.read_scenario(name)


def _known(read: "returns.Return", scenario: "schema.Scenario") -> "reviewing.Known":
    from spread.network import placing, population, reviewing

    people = population.build_population(scenario)
    eligible = placing.eligible_sites(scenario, people)
    observed = placing.place_return(read, people, eligible, placing.successors(scenario.world))
    return reviewing.Known(people, eligible, observed)


def _print_summary(file: Path, read: "returns.Return") -> None:
    from spread import dates

    quarters = [dates.quarter_name(quarter) for quarter in read.quarters]
    span = quarters[0] if len(quarters) == 1 else f"{quarters[0]} to {quarters[-1]}"
    who = {(entry.organisation.casefold(), entry.site.casefold()) for entry in read.entries}
    what = "sites" if any(entry.site for entry in read.entries) else "organisations"
    components = "1 component" if len(read.components) == 1 else f"{len(read.components)} components"
    render.print_text(render.wrap(f"{file}: {len(read.entries):,} rows, {len(who):,} {what}, {components}, {span}"))
    if read.aside:
        render.print_text(render.wrap(f"Columns left aside: {', '.join(read.aside)}"))


def _print_findings(found: "Sequence[reviewing.Finding]") -> None:
    by_kind: dict[str, list[reviewing.Finding]] = defaultdict(list)
    for one in found:
        by_kind[one.finding].append(one)
    for kind, title in TITLES.items():
        ones = by_kind[kind]
        render.print_text(f"\n{title}: {len(ones):,}" if ones else f"\n{title}: none")
        if not ones:
            continue
        ones = sorted(ones, key=lambda one: one.quarter, reverse=True)
        rows = _missing_rows(ones) if kind == "missing return" else [_finding_row(one) for one in ones]
        columns = {column: column for column in rows[0]}
        shown = rows if len(rows) <= SHOWN_OF_A_KIND + 1 else rows[:SHOWN_OF_A_KIND]
        render.print_rows(shown, columns=columns, form="table", right=("Missing",))
        if len(shown) < len(rows):
            render.print_text(f"and {len(rows) - len(shown):,} more rows: --format csv lists all")
    _print_denominators(by_kind["denominator"])


def _name_some(names: Sequence[str]) -> str:
    """The names, or the first of them and how many more there are: never a single one left unnamed."""
    shown = names if len(names) <= NAMED_OF_MISSING + 1 else names[:NAMED_OF_MISSING]
    return "; ".join([*shown, *([f"and {len(names) - len(shown)} more"] if len(shown) < len(names) else [])])


def _missing_rows(ones: "Sequence[reviewing.Finding]") -> list[dict[str, Any]]:
    """Missing returns counted by collaborative and quarter."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in ones:
        groups[one.quarter, one.psc].append(one.site or one.organisation)
    return [
        {
            "Quarter": group[0],
            "PSC": group[1],
            "Missing": len(groups[group]),
            "Who": _name_some(groups[group]),
        }
        for group in groups
    ]


def _finding_row(one: "reviewing.Finding") -> dict[str, Any]:
    who = f"{one.site}, {one.organisation}" if one.site else one.organisation
    short = who if len(who) <= LONGEST_NAME or one.finding == "name not placed" else who[: LONGEST_NAME - 1] + "…"
    row = {
        "Quarter": one.quarter,
        "PSC": one.psc,
        "Who": short,
        "Component": one.intervention.replace("_", " "),
        "What": one.detail,
    }
    return {name: row[name] for name in row if one.quarter or name in ("PSC", "Who", "What")}


def _print_denominators(ones: "Sequence[reviewing.Finding]") -> None:
    """What a share of the latest quarter is out of."""
    latest = ones[-1].quarter
    render.print_text(f"\nWhat a share is out of, {latest}")
    columns = {
        "intervention": "Component",
        "reported": "Reported",
        "listed": "With blanks",
        "eligible": "Eligible here",
    }
    rows = [one._asdict() for one in ones if one.quarter == latest]
    if all(row["eligible"] is None for row in rows):
        del columns["eligible"]
    render.print_rows(rows, columns=columns, form="table", right=("reported", "listed", "eligible"))


@quarterly_return.command(
    "write",
    epilog=options.examples("spread return write scenarios/tracheostomy/standard.toml -o return.xlsx"),
)
@click.argument("which", metavar="SCENARIO_OR_RUN")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="A .csv or .xlsx file."
)
@click.option(
    "--draw", type=click.IntRange(min=0), default=0, show_default=True, metavar="N", help="Which parameter set."
)
@click.option(
    "--replicate", type=click.IntRange(min=0), default=0, show_default=True, metavar="N", help="Which run of chance."
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    metavar="N",
    help="Names the luck; 1, or that of the run, unless given.",
)
@click.option("--as-of", metavar="DATE", help="As it would be on this day; the end of the run unless given.")
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
@options.talk
def write_return(
    which: str,
    output: Path,
    draw: int,
    replicate: int,
    seed: int | None,
    as_of: str | None,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Write the return one simulated history would have sent in.

    In arrears, with missing returns and stages reported too high or too low:
    the parameters return_... of the scenario say how much (0: the truth).
    """
    from spread.runs import returns

    returns.check_place(output, force=force)
    given = source.read(which, seed=seed, quiet=quiet)
    simulated = returns.simulate_return(
        given.scenario,
        seed=given.seed,
        draw=draw,
        replicate_number=replicate,
        as_of=_day(as_of),
        posterior=given.posterior,
    )
    returns.keep_return(simulated, output, force=force)
    render.say(f"Wrote {output}: {len(simulated.rows):,} rows", quiet=quiet)


def _day(text: str | None) -> Any:
    """A day from the command line.

    Raises
    ------
    InputError
    """
    from spread import dates

    if text is None:
        return None
    try:
        return dates.parse_date(text)
    except ValueError as error:
        raise errors.InputError(errors.Fault(str(error), "--as-of")) from None

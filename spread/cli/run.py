"""`spread run`: simulate a scenario, print the chance that each ambition is met, write a results folder."""

import contextlib
import shlex
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from spread.cli import answer, options, planning, progress, render

if TYPE_CHECKING:
    from spread import api

SOME_FAILED, GATE_NOT_MET = 3, 4
ENGINE = "process"


@click.command(
    epilog=options.examples(
        "spread run scenarios/tracheostomy/standard.toml",
        "spread run scenarios/pews/standard.toml --for psc:Wessex --draws 200",
        'spread run october.toml --from stages.csv --as-of "2022/23 Q2"',
    )
)
@click.argument("scenario")
@options.simulation
@options.starting_point
@options.output
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@options.gates
@options.view
@options.table_format
@options.talk
def run(scenario: str, start_file: str | None, as_of: str | None, dry_run: bool, **chosen: Any) -> int:
    """What is the chance that each ambition is met by its deadline?

    SCENARIO is a file, or the name of a base in the catalogue. Prints the answer
    and writes tables and figures to results/NAME/KEY/.
    """
    plan = planning.make_plan(planning.read(scenario, start_file=start_file, as_of=as_of), chosen)
    if dry_run:
        render.print_text(_describe(plan, chosen))
        return 0
    render.say(_describe(plan, chosen), quiet=chosen["quiet"] or not chosen["verbose"])
    results = _simulate(plan, chosen)
    _keep(plan, results, chosen)
    _draw(plan, chosen)
    # A reader who leaves early does not change how the run ended.
    with contextlib.suppress(BrokenPipeError):
        _print(plan, results, chosen)
    return _code(plan, results)


def _describe(plan: planning.Plan, chosen: Mapping[str, Any]) -> str:
    scenario, start = plan.scenario, plan.scenario.start_from
    lines = [
        f"{scenario.name}: {scenario.title}" if scenario.title else scenario.name,
        f"  from {scenario.start} to {scenario.end}",
        *([f"  starting from {start.stages.name} as at {start.as_of}"] if start else []),
        f"  interventions: {', '.join(scenario.interventions)}",
        f"  ambitions: {', '.join(scenario.ambitions) or 'none'}",
        f"  {chosen['draws'] * chosen['replicates']:,} runs ({chosen['draws']:,} draws x {chosen['replicates']})",
    ]
    return "\n".join([*(render.wrap(line) for line in lines), f"  into {plan.folder}"])


def _simulate(plan: planning.Plan, chosen: Mapping[str, Any]) -> "api.Results":
    from spread import api

    luck = {name: chosen[name] for name in ("draws", "replicates", "seed", "workers", "events")}
    with progress.shown(title=plan.scenario.name, quiet=chosen["quiet"]) as report:
        return api.run(plan.scenario, **luck, progress=report)


def _keep(plan: planning.Plan, results: "api.Results", chosen: Mapping[str, Any]) -> None:
    """Write the folder, then the row in the record of forecasts."""
    from spread.runs import provenance, store

    manifest = provenance.describe_run(
        name=plan.scenario.name,
        key=plan.key,
        scenario_text=plan.text,
        files=plan.files,
        settings={**{name: chosen[name] for name in ("seed", "draws", "replicates", "events")}, "engine": ENGINE},
        command_line=shlex.join(["spread", *sys.argv[1:]]),
        wall_seconds=results.wall_seconds,
        failures=getattr(results, "failures", ()),
    )
    store.write_results(
        plan.folder, scenario_text=plan.text, tables=results.tables, manifest=manifest, force=chosen["force"]
    )
    store.append_forecasts(results.tables["ambitions"], manifest=manifest)
    render.say(f"Wrote {plan.folder}", quiet=chosen["quiet"])


def _draw(plan: planning.Plan, chosen: Mapping[str, Any]) -> None:
    from spread.cli import plot

    for whose in dict.fromkeys((options.View(), plan.view)):
        paths = plot.draw(plan.folder, kind="curves", view=whose)
        render.say(f"Drew {paths[0]}", quiet=chosen["quiet"])


def _print(plan: planning.Plan, results: "api.Results", chosen: Mapping[str, Any]) -> None:
    tables = {name: _rows(results, name) for name in ("ambitions", "summary")}
    runs = chosen["draws"] * chosen["replicates"]
    answer.print_answer(
        tables,
        about=answer.about_scenario(plan.scenario, runs=runs),
        view=plan.view,
        form=chosen["form"],
    )


def _code(plan: planning.Plan, results: "api.Results") -> int:
    """The exit code of a finished run; which gates, all on England, were not met goes to stderr."""
    if getattr(results, "failures", ()):
        return SOME_FAILED
    rows = [row for row in _rows(results, "ambitions") if row["scope"] == "national"]
    missed = [text for gate in plan.gates for text in _misses(gate, rows)]
    for text in missed:
        render.say(text)
    return GATE_NOT_MET if missed else 0


def _rows(results: "api.Results", table: str) -> list[dict[str, Any]]:
    records = results.tables[table].to_dict(orient="records")
    return [{str(name): value for name, value in row.items()} for row in records]


def _misses(gate: options.Gate, rows: list[dict[str, Any]]) -> list[str]:
    """Say where a gate is not met; without a deadline it is the last one."""
    mine = sorted(
        (str(answer.as_date(row["deadline"])), row["chance"]) for row in rows if row["ambition"] == gate.ambition
    )
    asked = [pair for pair in mine if pair[0] == gate.deadline] if gate.deadline else mine[-1:]
    if not asked:
        return [f"Not met: {gate}: no chance was assessed"]
    return [
        f"Not met: {gate}: the chance by {answer.say_day(day)} is {answer.percent(chance)}"
        for day, chance in asked
        if not chance >= gate.chance
    ]

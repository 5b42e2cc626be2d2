"""`spread run`: simulate a scenario, print the chance that each ambition is met, write a results folder."""

import contextlib
from collections.abc import Mapping
from typing import Any

import click
from click.core import ParameterSource

from spread.cli import answer, keeping, options, planning, render

SOME_FAILED, GATE_NOT_MET = 3, 4


@click.command(
    epilog=options.examples(
        "spread run scenarios/tracheostomy/standard.toml",
        "spread run scenarios/pews/standard.toml --for psc:Wessex --draws 200",
        'spread run october.toml --from stages.csv --as-of "2022/23 Q2"',
    )
)
@options.scenario
@options.simulation
@options.machine
@options.starting_point
@options.posterior
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
    _check_one_of_two(chosen)
    plan = planning.make_plan(planning.read(scenario, start_file=start_file, as_of=as_of), chosen)
    if dry_run:
        render.print_text(_describe(plan))
        return 0
    render.say(_describe(plan), quiet=chosen["quiet"] or not chosen["verbose"])
    kept = keeping.keep(plan, chosen)
    draw_curves(plan, kept, chosen)
    # A reader who leaves early does not change how the run ended.
    with contextlib.suppress(BrokenPipeError):
        answer.print_answer(kept.tables, about=keeping.about_run(plan, kept), view=plan.view, form=chosen["form"])
        if plan.fitted_in is not None and chosen["form"] == "table":
            render.print_text("\n" + render.wrap(_what_moved(plan.fitted_in)))
    return ending(kept, plan.gates)


def _check_one_of_two(chosen: Mapping[str, Any]) -> None:
    """Make sure that not both a number of draws and a precision are asked for.

    Raises
    ------
    click.UsageError
    """
    source = click.get_current_context().get_parameter_source("draws")
    if chosen["precision"] is not None and source is not ParameterSource.DEFAULT:
        raise click.UsageError("--precision finds out how many draws it takes; leave --draws out")


def _describe(plan: planning.Plan) -> str:
    from spread.runs import working

    scenario, start, settings = plan.scenario, plan.scenario.start_from, plan.settings
    lines = [
        f"{scenario.name}: {scenario.title}" if scenario.title else scenario.name,
        f"  from {scenario.start} to {scenario.end}",
        *([f"  starting from {start.stages.name} as at {start.as_of}"] if start else []),
        f"  interventions: {', '.join(scenario.interventions)}",
        f"  ambitions: {', '.join(scenario.ambitions) or 'none'}",
        f"  {_how_many(settings)}",
    ]
    there = working.runs_kept(plan.folder)
    state = "; finished: it is read back" if plan.finished else f"; {there:,} runs are there" if there else ""
    return "\n".join([*(render.wrap(line) for line in lines), f"  into {plan.folder}{state}"])


def _what_moved(fitted_in: str) -> str:
    """Which parameters a fit moved, and which still rest on what was believed before."""
    fitted = planning.read_posterior(fitted_in)
    moved, believed = fitted.informed(), fitted.still_believed()
    by_data, before = (", ".join(names) or "none" for names in (moved, believed))
    return f"Moved by the data: {by_data}. Still as believed before: {before}."


def _how_many(settings: Mapping[str, Any]) -> str:
    draws, replicates = settings["draws"], settings["replicates"]
    if settings["precision"] is None:
        return f"{draws * replicates:,} runs ({draws:,} draws x {replicates})"
    return f"as many draws x {replicates} as it takes for chances known to ±{100 * settings['precision']:g} points"


def draw_curves(plan: planning.Plan, kept: keeping.Kept, chosen: Mapping[str, Any]) -> None:
    """Draw the curves of a run for England and for whom the answer is, where they are not drawn yet."""
    from spread.cli import plot

    if not kept.has_answer:
        return
    for whose in dict.fromkeys((options.View(), plan.view)):
        if not plot.is_drawn(plan.folder, kind="curves", view=whose):
            paths = plot.draw(plan.folder, kind="curves", view=whose)
            render.say(f"Drew {paths[0]}", quiet=chosen["quiet"])


def ending(kept: keeping.Kept, gates: tuple[options.Gate, ...]) -> int:
    """The exit code of a finished run; what failed and which gates, all on England, were not met goes to stderr."""
    keeping.say_precision(kept.manifest)
    keeping.say_failures(kept.manifest)
    rows = [row for row in kept.tables["ambitions"] if row["scope"] == "national"]
    missed = [text for gate in gates for text in _misses(gate, rows)]
    for text in missed:
        render.say(text)
    if kept.manifest["failures"]:
        return SOME_FAILED
    return GATE_NOT_MET if missed else 0


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

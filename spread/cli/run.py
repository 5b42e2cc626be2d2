"""`spread run`: simulate a scenario, print the chance that each ambition is met, write a results folder."""

import contextlib
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from spread import errors
from spread.cli import answer, options, progress, render

if TYPE_CHECKING:
    from spread import api
    from spread.scenarios import schema

SOME_FAILED, GATE_NOT_MET = 3, 4
ENGINE = "process"


class Plan(NamedTuple):
    """A run decided on, before any time is spent: what, into which folder, shown to whom, with which demands."""

    scenario: "schema.Scenario"
    text: str
    files: Mapping[str, str]
    key: str
    folder: Path
    view: options.View
    gates: tuple[options.Gate, ...]


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
    plan = _plan(_read(scenario, start_file=start_file, as_of=as_of), chosen)
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


def _read(scenario: str, *, start_file: str | None, as_of: str | None) -> "schema.Scenario":
    from spread.scenarios import reading

    if (start_file is None) != (as_of is None):
        raise click.UsageError("--from and --as-of go together: the stages, and the date they stand for")
    read = reading.read_scenario(scenario)
    return read if start_file is None else _started_from(read, Path(start_file), str(as_of))


def _started_from(scenario: "schema.Scenario", stages: Path, as_of: str) -> "schema.Scenario":
    """The scenario, but from the stages in a file.

    Raises
    ------
    InputError
        When there is no such file, or its date is none or outside the run.
    """
    from spread import dates
    from spread.scenarios import schema

    missing = "is a folder; give the file itself" if stages.is_dir() else "no such file"
    faults = [] if stages.is_file() else [errors.Fault(missing, f"--from {stages}")]
    place = f"--as-of {as_of}"
    try:
        day = dates.parse_date(as_of)
    except ValueError as error:
        raise errors.InputError([*faults, errors.Fault(str(error), place)]) from None
    if not dates.day_before(scenario.start) <= day < scenario.end:
        faults.append(errors.Fault(f"is outside the run, {scenario.start} to {scenario.end}", place))
    if faults:
        raise errors.InputError(faults)
    start_from = schema.StartFrom(stages=stages.resolve(), as_of=day)
    return scenario.model_copy(update={"start_from": start_from})


def _plan(scenario: "schema.Scenario", chosen: Mapping[str, Any]) -> Plan:
    """Name the run and check everything it needs.

    Raises
    ------
    InputError
        With the faults of its data files, of what is asked for, and of the place it shall be written to.
    MachineError
        When nothing can be written there.
    """
    from spread.runs import provenance, store
    from spread.scenarios import writing

    files = provenance.file_hashes(provenance.data_files(scenario))
    luck = {name: chosen[name] for name in ("seed", "draws", "replicates", "events")}
    key = provenance.run_key(writing.canonical_text(scenario), files=files, **luck)
    out = None if chosen["out"] is None else Path(chosen["out"]).resolve()
    folder = store.folder_for(scenario.name, key, out=out)
    view, gates = options.View(), chosen["gates"]
    faults: list[errors.Fault] = []
    with errors.noted(faults):
        view = answer.resolve_view(scenario, chosen["view"])
    with errors.noted(faults):
        _check_data(scenario, view)
    with errors.noted(faults):
        gates = _checked_gates(scenario, gates)
    with errors.noted(faults):
        store.refuse_taken(folder, key=key, force=chosen["force"])
    with errors.noted(faults):
        store.check_forecasts()
    if faults:
        raise errors.InputError(faults)
    store.check_writable(folder)
    return Plan(scenario, writing.write_resolved(scenario), files, key, folder, view, gates)


def _checked_gates(scenario: "schema.Scenario", gates: tuple[options.Gate, ...]) -> tuple[options.Gate, ...]:
    """The gates, their deadlines as ISO dates, once each names an ambition and a deadline of it.

    Raises
    ------
    InputError
        When one does not; all of them together.
    """
    faults: list[errors.Fault] = []
    checked = [_checked_gate(scenario, gate, faults) for gate in gates]
    if faults:
        raise errors.InputError(faults)
    return tuple(checked)


def _checked_gate(scenario: "schema.Scenario", gate: options.Gate, faults: list[errors.Fault]) -> options.Gate:
    from spread import dates

    place = f"--require {gate}"
    if gate.ambition not in scenario.ambitions:
        hint = errors.did_you_mean(gate.ambition, tuple(scenario.ambitions))
        faults.append(errors.Fault(f"no ambition '{gate.ambition}' in this scenario{hint}", place))
        return gate
    if gate.deadline is None:
        return gate
    known = [day.isoformat() for day in scenario.ambitions[gate.ambition].deadlines]
    try:
        deadline = dates.parse_date(gate.deadline).isoformat()
    except ValueError as error:
        faults.append(errors.Fault(str(error), place))
        return gate
    if deadline not in known:
        faults.append(errors.Fault(f"{deadline} is no deadline of it; it has {', '.join(known)}", place))
    return gate._replace(deadline=deadline)


def _check_data(scenario: "schema.Scenario", view: options.View) -> None:
    """Read every file the scenario names, as a run would, and make sure the group to be shown will be counted.

    Raises
    ------
    InputError
        With the mistakes of the files, or when there is no such group.
    """
    from spread import api

    groups = api.prepare(scenario).plan.groups.names
    if view in (options.View(), *groups):
        return
    of_kind = [group for kind, group in groups if kind == view.group_kind]
    near = errors.did_you_mean(view.group, of_kind) or f"; it has {', '.join(of_kind)}"
    unasked = f'; ask for it in the scenario: [report] groups = ["{view.group_kind}"]'
    raise errors.InputError(errors.Fault(f"no group '{view.scope}' in this run{near if of_kind else unasked}", "--for"))


def _describe(plan: Plan, chosen: Mapping[str, Any]) -> str:
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


def _simulate(plan: Plan, chosen: Mapping[str, Any]) -> "api.Results":
    from spread import api

    luck = {name: chosen[name] for name in ("draws", "replicates", "seed", "workers", "events")}
    with progress.shown(title=plan.scenario.name, quiet=chosen["quiet"]) as report:
        return api.run(plan.scenario, **luck, progress=report)


def _keep(plan: Plan, results: "api.Results", chosen: Mapping[str, Any]) -> None:
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


def _draw(plan: Plan, chosen: Mapping[str, Any]) -> None:
    from spread.cli import plot

    for whose in dict.fromkeys((options.View(), plan.view)):
        paths = plot.draw(plan.folder, kind="curves", view=whose)
        render.say(f"Drew {paths[0]}", quiet=chosen["quiet"])


def _print(plan: Plan, results: "api.Results", chosen: Mapping[str, Any]) -> None:
    tables = {name: _rows(results, name) for name in ("ambitions", "summary")}
    runs = chosen["draws"] * chosen["replicates"]
    answer.print_answer(
        tables,
        about=answer.about_scenario(plan.scenario, runs=runs),
        view=plan.view,
        form=chosen["form"],
    )


def _code(plan: Plan, results: "api.Results") -> int:
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

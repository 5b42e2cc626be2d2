"""What a run needs, settled before any time is spent: everything asked is checked, all mistakes come together."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from spread import errors
from spread.cli import answer, options

if TYPE_CHECKING:
    from spread.scenarios import schema


class Plan(NamedTuple):
    """A run decided on, before any time is spent: what, into which folder, shown to whom, with which demands."""

    scenario: "schema.Scenario"
    text: str
    files: Mapping[str, str]
    key: str
    folder: Path
    view: options.View
    gates: tuple[options.Gate, ...]


def read(scenario: str, *, start_file: str | None, as_of: str | None) -> "schema.Scenario":
    """The scenario of a file or of the catalogue, from its start or from the stages in `start_file`.

    Raises
    ------
    InputError
        With its mistakes, or those of what it starts from.
    """
    from spread.scenarios import reading

    if (start_file is None) != (as_of is None):
        raise click.UsageError("--from and --as-of go together: the stages, and the date they stand for")
    found = reading.read_scenario(scenario)
    return found if start_file is None else _started_from(found, Path(start_file), str(as_of))


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


def make_plan(scenario: "schema.Scenario", chosen: Mapping[str, Any]) -> Plan:
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
    unassessed = _why_unassessed(scenario.ambitions[gate.ambition])
    if unassessed:
        faults.append(errors.Fault(f"no chance is assessed for it: {unassessed}", place))
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


def _why_unassessed(ambition: "schema.Ambition") -> str:
    """Why no run can say whether an ambition is met; nothing when one can."""
    if not ambition.runnable:
        return ambition.runnable_note or "it cannot be run yet"
    return "it states no threshold" if ambition.threshold is None else ""


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

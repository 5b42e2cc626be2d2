"""What a run needs, settled before any time is spent: everything asked is checked, all mistakes come together."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from spread import errors
from spread.cli import answer, options

if TYPE_CHECKING:
    from spread.calibration import posterior
    from spread.runs import replicate
    from spread.scenarios import schema

SETTINGS = ("seed", "draws", "replicates", "events", "precision", "posterior")


class Plan(NamedTuple):
    """A run decided on, before any time is spent: what, into which folder, shown to whom, with which demands.

    `settings` are those that name a run: ``seed, draws, replicates, events, precision``, and the hash of a
    ``posterior``, which lies in `fitted_in`. `finished` is the manifest of
    the very same run if it is there already and shall be read back; there is then no `job`, and no resolved `text`.
    """

    scenario: "schema.Scenario"
    settings: Mapping[str, Any]
    text: str
    files: Mapping[str, str]
    key: str
    folder: Path
    view: options.View
    gates: tuple[options.Gate, ...]
    finished: Mapping[str, Any] | None
    job: "replicate.Job | None"
    fitted_in: str | None = None


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
    from spread.runs import folders, forecasts, provenance
    from spread.scenarios import writing

    files = provenance.file_hashes(provenance.data_files(scenario))
    fitted_in = chosen.get("posterior")
    fitted = None if fitted_in is None else read_posterior(fitted_in)
    settings: dict[str, Any] = {**{name: chosen.get(name) for name in SETTINGS}, "posterior": fitted and fitted.digest}
    key = provenance.run_key(writing.canonical_text(scenario), files=files, **settings)
    out = None if chosen["out"] is None else Path(chosen["out"]).resolve()
    folder = folders.folder_for(scenario.name, key, out=out)
    there = folders.manifest_there(folder)
    finished = there if there is not None and there["key"] == key and not chosen["force"] else None
    view, gates, job = options.View(), chosen["gates"], None
    faults: list[errors.Fault] = []
    with errors.noted(faults):
        view = answer.resolve_view(scenario, chosen["view"])
    with errors.noted(faults):
        if finished is None:
            job = _prepared(scenario, settings, view)
            job = job if fitted is None else fitted.believed_by(job)
    with errors.noted(faults):
        gates = _checked_gates(scenario, gates)
    with errors.noted(faults):
        folders.refuse_taken(folder, key=key, force=chosen["force"])
    with errors.noted(faults):
        forecasts.check_forecasts()
    if faults:
        raise errors.InputError(faults)
    if finished is None:
        folders.check_writable(folder, folders.working_folder(folder), folders.ROOT / forecasts.FORECASTS)
    text = "" if finished else writing.write_resolved(scenario)
    return Plan(scenario, settings, text, files, key, folder, view, gates, finished, job, fitted_in)


def read_posterior(folder: str) -> "posterior.Posterior":
    """What a fit found.

    Raises
    ------
    InputError
        When the folder holds none.
    """
    from spread.calibration import posterior

    return posterior.read_posterior(Path(folder))


def changes_since(scenario: "schema.Scenario", manifest: Mapping[str, Any]) -> list[str]:
    """Why a finished run would not come out the same any more, in words; nothing when it would."""
    import spread
    from spread.calibration import posterior
    from spread.runs import provenance
    from spread.scenarios import writing

    made_by = manifest.get("model_version")
    if made_by != spread.__version__:
        return [f"it was made by version {made_by} of the model, and this is {spread.__version__}"]
    files = provenance.file_hashes(provenance.data_files(scenario))
    changed = [f"its data file '{use}' has changed" for use in provenance.changed_files(files, manifest)]
    settings: dict[str, Any] = {name: manifest.get(name) for name in SETTINGS}
    key = provenance.run_key(writing.canonical_text(scenario), files=files, **settings)
    if not changed and key != manifest["key"]:
        changed = ["its scenario reads differently now"]
    try:
        posterior.fit_of(manifest)
    except errors.InputError as gone:
        changed += [fault.message for fault in gone.faults]
    return changed


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
        names = tuple(scenario.ambitions)
        hint = errors.did_you_mean(gate.ambition, names) or f"; it has {', '.join(names) or 'none'}"
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
    needs_number = ambition.measure != "milestone"
    return "it states no threshold" if needs_number and ambition.threshold is None else ""


def _prepared(scenario: "schema.Scenario", settings: Mapping[str, Any], view: options.View) -> "replicate.Job":
    """Make a scenario ready to run, and make sure the group to be shown will be counted.

    Raises
    ------
    InputError
        With the mistakes of the files it names, when there is no such group, or no chance to be precise about.
    """
    from spread.runs import answers

    job = answers.prepare(scenario, **{name: settings[name] for name in ("seed", "replicates", "events")})
    if settings["precision"] is not None and all(_why_unassessed(one) for one in scenario.ambitions.values()):
        raise errors.InputError(errors.Fault("this scenario has no ambition whose chance is assessed", "--precision"))
    check_group(view, job.plan.groups.names)
    return job


def check_group(view: options.View, groups: Collection[tuple[str, str]]) -> None:
    """Make sure that the group an answer is for is one of those counted, (kind, group).

    Raises
    ------
    InputError
    """
    if view in (options.View(), *groups):
        return
    of_kind = [group for kind, group in groups if kind == view.group_kind]
    near = errors.did_you_mean(view.group, of_kind) or f"; it has {', '.join(of_kind)}"
    unasked = f'; ask for it in the scenario: [report] groups = ["{view.group_kind}"]'
    raise errors.InputError(errors.Fault(f"no group '{view.scope}' in this run{near if of_kind else unasked}", "--for"))

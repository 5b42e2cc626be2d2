"""`spread results`: list, show, expand and verify run folders, and hand them to others."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spread import errors
from spread.cli import answer, exporting, keeping, options, planning, render, run

if TYPE_CHECKING:
    from spread.runs import listing

COLUMNS = {
    "name": "Scenario",
    "key": "Key",
    "runs": "Runs",
    "made_on": "Made on",
    "engine": "Engine",
    "chance": "Chance",
}
FACTS = ("key", "made_on", "model_version", "seed", "draws", "replicates", "precision", "engine", "wall_seconds",
         "command_line", "content_hash")  # fmt: skip


HASH_DIGITS = 16
"""Of the content hash, which the manifest has whole: a line of the terminal holds no more."""


@click.group(epilog=options.examples("spread results list"))
def results() -> None:
    """List, show, expand, verify, export and bundle runs."""


results.add_command(exporting.export_run)
results.add_command(exporting.bundle_runs)


@results.command("list", epilog=options.examples("spread results list"))
@options.table_format
def list_results(form: str) -> None:
    """List the runs under results/, finished and not."""
    from spread.runs import listing

    found = listing.list_runs()
    if not found and form == "table":
        render.print_text("No runs under results/ yet.")
        return
    columns = COLUMNS if form == "table" else {**COLUMNS, "share_done": "", "failures": "", "folder": ""}
    rows = [_listed(one, is_table=form == "table") for one in found]
    render.print_rows(rows, columns=columns, form=form, right=("runs",))


def _listed(one: "listing.Run", *, is_table: bool) -> dict[str, Any]:
    said = ", ".join(answer.percent(chance) for chance in one.chances.values())
    if one.share_done is None:
        said = "unfinished"
    elif one.share_done < 1 or str(one.folder).endswith(".partial"):
        said = f"unfinished, {round(100 * one.share_done)} %"
    failed = f" ({one.failures} failed)" if one.failures else ""
    chance: Any = said + failed if is_table else one.chances
    runs = f"{one.runs:,}" if is_table else one.runs
    return {**one._asdict(), "chance": chance, "runs": runs, "folder": str(one.folder)}


@results.command("show", epilog=options.examples("spread results show results/tracheostomy-standard"))
@click.argument("which", metavar="RUN")
@options.view
@options.table_format
def show_results(which: str, view: options.View | None, form: str) -> int:
    """Print a run's answer again, and what it was made of.

    RUN is a run folder, or the first digits of its key.
    """
    from spread.runs import listing

    folder = listing.find_run(which)
    plan = _plan_of(folder, view=view)
    kept = keeping.read_back(plan)
    with contextlib.suppress(BrokenPipeError):
        answer.print_answer(kept.tables, about=keeping.about_run(plan, kept), view=plan.view, form=form)
        if form == "table":
            _print_facts(kept.manifest)
    return run.ending(kept, ())


def _print_facts(manifest: Mapping[str, Any]) -> None:
    facts = {name: manifest.get(name) for name in FACTS}
    versions = ", ".join(f"{name} {version}" for name, version in manifest.get("versions", {}).items())
    shown = {**facts, "content_hash": str(facts["content_hash"])[:HASH_DIGITS], "versions": versions}
    rows = [("Where it comes from", name.replace("_", " "), str(value)) for name, value in shown.items() if value]
    render.print_text("")
    render.print_sections(rows)


def _plan_of(folder: Path, *, view: options.View | None = None) -> planning.Plan:
    """A finished run as a plan to read back, without asking whether it could be made again.

    Raises
    ------
    InputError
        When its scenario cannot be read any more.
    """
    from spread.runs import folders, store
    from spread.scenarios import reading

    manifest = folders.manifest_there(folder) or {}
    text = (folder / store.SCENARIO).read_text(encoding="utf-8")
    scenario = reading.read_scenario(folder / store.SCENARIO)
    settings = {name: manifest.get(name) for name in planning.SETTINGS}
    view = answer.resolve_view(scenario, view)
    files = manifest.get("data_files", {})
    return planning.Plan(scenario, settings, text, files, manifest["key"], folder, view, (), manifest, None)


@results.command("expand", epilog=options.examples("spread results expand results/tracheostomy-standard --draws 1000"))
@click.argument("which", metavar="RUN")
@click.option("--draws", type=click.IntRange(min=1), required=True, metavar="N", help="Parameter sets in all.")
@options.machine
@options.output
@options.table_format
@options.talk
def expand_results(which: str, draws: int, form: str, **chosen: Any) -> int:
    """Add draws to a run: a new folder, for which only what is missing is computed.

    RUN is a run folder, or the first digits of its key. The result is that of
    a fresh run of N draws.
    """
    from spread.runs import listing, store

    folder = listing.find_run(which)
    stored = store.read_run(folder, tables=())
    plan = _expanded(folder, stored.manifest, {**chosen, "draws": draws})
    kept = keeping.keep(plan, chosen, store.chunks_of(folder, stored.manifest))
    run.draw_curves(plan, kept, chosen)
    with contextlib.suppress(BrokenPipeError):
        answer.print_answer(kept.tables, about=keeping.about_run(plan, kept), view=plan.view, form=form)
    return run.ending(kept, ())


def _expanded(folder: Path, manifest: Mapping[str, Any], chosen: Mapping[str, Any]) -> planning.Plan:
    """The plan of a run with more draws than one there is.

    Raises
    ------
    InputError
        When it has as many, or would not come out the same any more.
    """
    from spread.runs import store
    from spread.scenarios import reading

    place, there = str(folder), int(manifest["draws"])
    if chosen["draws"] <= there:
        raise errors.InputError(errors.Fault(f"has {there:,} draws already; ask for more", place))
    scenario = reading.read_scenario(folder / store.SCENARIO)
    faults = planning.changes_since(scenario, manifest)
    if faults:
        raise errors.InputError([errors.Fault(f"cannot be expanded: {fault}", place) for fault in faults])
    asked = {**{name: manifest.get(name) for name in ("seed", "replicates", "events")}, "precision": None}
    asked["posterior"] = manifest.get("posterior_folder")
    return planning.make_plan(scenario, {"view": None, "gates": (), **chosen, **asked})


@results.command("verify", epilog=options.examples("spread results verify results/tracheostomy-standard"))
@click.argument("which", metavar="RUN")
@click.option("--engine", type=click.Choice(["compiled", "process"]), default="compiled", show_default=True,
              help="Which engine repeats draws.")  # fmt: skip
@options.talk
def verify_results(which: str, engine: str, quiet: bool, verbose: bool) -> None:
    """Check that a run's files are as they were written and that draws come out the same.

    RUN is a run folder, or the first digits of its key. Names every file that
    is damaged, exit 2.
    """
    from spread.calibration import posterior
    from spread.runs import answers, checking, folders, listing, store
    from spread.scenarios import reading

    folder = listing.find_run(which)
    manifest = folders.manifest_there(folder) or {}
    faults = checking.damaged_files(folder, manifest)
    if faults:
        raise errors.InputError(faults)
    scenario = reading.read_scenario(folder / store.SCENARIO)
    changed = planning.changes_since(scenario, manifest)
    if changed:
        render.say(f"Files are good; no draw was repeated: {'; '.join(changed)}", quiet=quiet)
        return
    settings = {name: manifest[name] for name in ("seed", "replicates", "events")}
    job = answers.prepare(scenario, **settings)
    fitted = posterior.fit_of(manifest, str(folder))
    job = job if fitted is None else fitted.believed_by(job)
    faults, repeated = checking.differing_draws(folder, manifest, job, engine)
    if faults:
        raise errors.InputError(faults)
    render.say(f"{folder}: good; {repeated:,} draws repeated, every number the same", quiet=quiet)

"""`spread compare`: plans side by side on the same luck, each run and kept as `spread run` does."""

import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from spread import errors
from spread.cli import answer, beside, keeping, options, planning, render, run

if TYPE_CHECKING:
    from spread.decisions import sides
    from spread.scenarios import schema

VARIANTS = Path("results") / "variants"
SHARED = ("seed", "draws", "replicates")
"""What every plan has to have in common, and takes from a results folder where one is among them."""


class Asked(NamedTuple):
    """One plan as asked for: a finished run in a folder, or a scenario to be run."""

    word: str
    folder: Path | None
    scenario: "schema.Scenario"


@click.command(
    epilog=options.examples(
        "spread compare tracheostomy-none tracheostomy-standard",
        "spread compare pews-standard --set coaches.NENC=+2@2023-11-01",
        "spread compare results/pews-none pews-enhanced --for psc:Wessex",
    )
)
@click.argument("plans", metavar="PLAN...", nargs=-1, required=True)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="LEVER=VALUE",
    help="Another plan: PLAN with this changed, from a day on with @DATE; several make one plan.",
)
@options.simulation
@options.machine
@options.starting_point
@click.option("--force", is_flag=True, help="Compute again what is there already.")
@click.option("--no-wait", is_flag=True, help="Exit 5 if another process is at the same run.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option(
    "--sites", "site_count", type=click.IntRange(min=1), metavar="N", help="Name the N sites that change most."
)
@options.view
@options.table_format
@options.talk
def compare(
    plans: tuple[str, ...], settings: tuple[str, ...], start_file: str | None, as_of: str | None, **chosen: Any
) -> int:
    """Which plan is better, by how much, and how sure is that?

    A PLAN is a scenario file, a name of the catalogue, or the folder of a run.
    All are run on the same luck, so that what differs is the plan; the others
    are compared with the first, and each with each.
    """
    asked = [_find(word, start_file, as_of) for word in plans]
    if start_file is not None and all(one.folder for one in asked):
        raise click.UsageError(f"--from goes with scenarios; {asked[0].word} is a run, which starts where it did")
    if settings:
        asked.append(_varied(asked, settings, {**chosen, "start_file": start_file, "as_of": as_of}))
    if len(asked) < 2:
        raise click.UsageError("give two plans or more, or vary one with --set LEVER=VALUE")
    chosen = _settled(asked, chosen)
    view = _view_of(asked[0].scenario, chosen["view"])
    planned = _plan(asked, {**chosen, "view": view})
    if chosen["dry_run"]:
        render.print_text("\n".join(_describe(one, plan) for one, plan in zip(asked, planned, strict=True)))
        return 0
    folders, code = _keep(asked, planned, {**chosen, "view": view})
    _print(folders, view=view, chosen=chosen)
    return code


# --- which plans ----------------------------------------------------------------------------------


def _find(word: str, start_file: str | None, as_of: str | None) -> Asked:
    """A plan by what it is called.

    Raises
    ------
    InputError
        When there is nothing of that name, or it is no good.
    """
    from spread.runs import listing, store
    from spread.scenarios import reading

    if not Path(word).is_dir():
        return Asked(word, None, planning.read(word, start_file=start_file, as_of=as_of))
    folder = listing.find_run(word)
    return Asked(word, folder, reading.read_scenario(folder / store.SCENARIO))


def _varied(asked: Sequence[Asked], texts: Sequence[str], chosen: Mapping[str, Any]) -> Asked:
    """The only plan with levers set otherwise, as a scenario file of its own.

    Raises
    ------
    InputError
        When a setting is no good, or there is another file of that name.
    """
    from spread.scenarios import variants

    if len(asked) > 1:
        raise click.UsageError("--set varies one plan; give one, or write the others as scenario files")
    faults: list[errors.Fault] = []
    settings: list[variants.Setting] = []
    for text in texts:
        with errors.noted(faults):
            settings.append(variants.parse_setting(text))
    if faults:
        raise errors.InputError(faults)
    (base,) = asked
    name = variants.name_of(base.scenario.name, settings)
    varied = variants.read_variant(base.scenario, settings, name=name)
    path = VARIANTS / f"{name}.toml"
    if chosen["dry_run"]:
        return Asked(str(path), None, varied)
    said = "; ".join(str(setting) for setting in settings)
    title = f"{base.scenario.title or base.scenario.name}, with {said}"
    every = variants.throughout(base.scenario, settings)
    _save(path, variants.file_text(name, _base_of(base, path.parent), every, title), force=chosen["force"])
    render.say(f"Saved {path}", quiet=chosen["quiet"])
    start = (None, None) if base.folder else (chosen["start_file"], chosen["as_of"])
    return _find(str(path), *start)


def _base_of(asked: Asked, folder: Path) -> str:
    """What a file in a folder calls the plan it varies: its name in the catalogue, or the way to its file."""
    from spread.runs import store
    from spread.scenarios import catalogue

    if asked.folder is None and asked.word in catalogue.base_names():
        return asked.word
    file = Path(asked.word) if asked.folder is None else asked.folder / store.SCENARIO
    return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()


def _save(path: Path, text: str, *, force: bool) -> None:
    """Write a variant's file; one that says the same is left as it is.

    Raises
    ------
    InputError
        When another is there, and shall not be replaced.
    """
    from spread import files

    with errors.writing(path):
        there = path.read_text(encoding="utf-8") if path.exists() else None
        if there == text:
            return
        if there is not None and not force:
            raise errors.InputError(
                errors.Fault("another variant of that name is there; --force replaces it", str(path))
            )
        files.put(path, text.encode())


def _settled(asked: Sequence[Asked], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What is chosen; fit, seed, draws and replicates taken from a results folder unless the user gives them.

    Raises
    ------
    click.UsageError
        When a precision is asked for beside a number of draws, or beside a folder that has one; when what is asked of
        runs is not what they have.
    InputError
        When the fit of that folder has changed or is gone, and a plan is to be run.
    """
    from spread.calibration import posterior
    from spread.runs import folders

    given = {name for name in SHARED if _is_given(name)}
    there = next((one.folder for one in asked if one.folder is not None), None)
    if chosen["precision"] is not None and ("draws" in given or there is not None):
        why = "leave --draws out" if "draws" in given else f"{there} has a number of draws already"
        raise click.UsageError(f"--precision finds out how many draws it takes; {why}")
    manifest = (folders.manifest_there(there) if there else None) or {}
    if all(one.folder for one in asked):
        for name in sorted(given):
            if chosen[name] != manifest.get(name):
                raise click.UsageError(f"--{name} {chosen[name]}, but {there} has {manifest.get(name)}: nothing is run")
    elif posterior.fit_of(manifest, str(there)) is not None:
        chosen = {**chosen, "posterior": manifest["posterior_folder"]}
    return {**chosen, **{name: manifest[name] for name in SHARED if name in manifest and name not in given}}


def _is_given(name: str) -> bool:
    source = click.get_current_context().get_parameter_source(name)
    return source is not ParameterSource.DEFAULT


def _view_of(scenario: "schema.Scenario", view: options.View | None) -> options.View:
    """Whom plans are compared for: all sites, or those of a collaborative.

    Raises
    ------
    InputError
    """
    resolved = answer.resolve_view(scenario, view)
    if resolved.group_kind not in ("national", "psc"):
        message = "plans are compared for all sites or for a collaborative, such as psc:Wessex"
        raise errors.InputError(errors.Fault(message, f"--for {resolved.scope}"))
    return resolved


# --- run and keep ---------------------------------------------------------------------------------


def _plan(asked: Sequence[Asked], chosen: Mapping[str, Any]) -> list[planning.Plan | None]:
    """Plans to be run (None: its results are there), once it is sure that all can be compared.

    Raises
    ------
    InputError
        With every mistake of every plan, and everything in which one differs from the first where it may not.
    """
    from spread.decisions import sides

    faults: list[errors.Fault] = []
    planned: list[planning.Plan | None] = []
    for one in asked:
        with errors.noted(faults):
            planned.append(
                None if one.folder else planning.make_plan(one.scenario, {**chosen, "gates": (), "out": None})
            )
    if faults:
        raise errors.InputError(faults)
    promised = [
        _promised(plan) if plan else sides.of_folder(_there(one)) for one, plan in zip(asked, planned, strict=True)
    ]
    sides.check_comparable(sides.named_apart(promised))
    return planned


def _promised(plan: planning.Plan) -> "sides.Side":
    """A plan as it will be, without results."""
    import spread
    from spread.decisions import sides

    numbers = {name: int(plan.settings[name]) for name in SHARED}
    return sides.Side(name=plan.scenario.name, scenario=plan.scenario, key=plan.key, version=spread.__version__,
                      files=plan.files, tables={}, history=tuple, posterior=plan.settings["posterior"],
                      **numbers)  # fmt: skip


def _there(asked: Asked) -> Path:
    if asked.folder is None:
        raise RuntimeError("a plan that is not to be run has its results")
    return asked.folder


def _describe(asked: Asked, plan: planning.Plan | None) -> str:
    if plan is None:
        return render.wrap(f"{asked.scenario.name}: read from {asked.folder}")
    runs = f"{plan.settings['draws'] * plan.settings['replicates']:,} runs"
    state = "finished: it is read back" if plan.finished else runs if plan.settings["precision"] is None else "run"
    return render.wrap(f"{asked.scenario.name}: {state}, {plan.folder}")


def _keep(
    asked: Sequence[Asked], planned: Sequence[planning.Plan | None], chosen: Mapping[str, Any]
) -> tuple[list[Path], int]:
    """Run what is not there yet; the folders, and the exit code. With a precision the first says how many draws."""
    folders, code = [], 0
    for one, plan in zip(asked, planned, strict=True):
        if plan is None:
            folders.append(_there(one))
            continue
        if plan.settings["precision"] != chosen["precision"]:
            plan = planning.make_plan(one.scenario, {**chosen, "gates": (), "out": None})
        kept = keeping.keep(plan, chosen)
        keeping.say_precision(kept.manifest)
        keeping.say_failures(kept.manifest)
        code = run.SOME_FAILED if kept.manifest["failures"] else code
        chosen = {**chosen, "draws": kept.manifest["draws"], "precision": None} if not folders else chosen
        folders.append(plan.folder)
    return folders, code


def _print(folders: Sequence[Path], *, view: options.View, chosen: Mapping[str, Any]) -> None:
    from spread.decisions import comparison, sides

    every = sides.named_apart([sides.of_folder(folder) for folder in folders])
    found = comparison.compare(every, scopes=[view.scope])
    if found.differences.empty:
        raise errors.InputError(
            errors.Fault("no ambition is assessed there in two of the plans", f"--for {view.scope}")
        )
    with contextlib.suppress(BrokenPipeError):
        beside.print_comparison(found, every, view=view, form=chosen["form"], sites=chosen["site_count"],
                                verbose=chosen["verbose"])  # fmt: skip

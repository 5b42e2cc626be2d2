"""A run in its folder, under its lock: read back, gone on with, or begun."""

import contextlib
import importlib
import itertools
import shlex
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent import futures
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from spread.cli import answer, hands, interrupts, options, planning, plot, progress, render

if TYPE_CHECKING:
    import pandas as pd

    from spread.runs import chunks as stored
    from spread.runs import replicate, sample, working

Rows = list[dict[str, Any]]

INTERRUPTED = "Interrupted: {kept} runs are kept; the same command goes on from there."
FAILURES_SAID = 5
ANSWER_TABLES = ("joint", "bottlenecks")
"""What an answer is made of besides ambitions and summary; runs of earlier versions have none of it."""
COMPILING = "Compiling the model for this machine, once (less than a minute)"


class Kept(NamedTuple):
    """A finished run: its manifest, and the tables an answer is made of, as rows."""

    manifest: Mapping[str, Any]
    tables: Mapping[str, Rows]

    @property
    def has_answer(self) -> bool:
        """Whether there is a draw all of whose replicates came through."""
        return any(row["n"] for row in self.tables["summary"])


def keep(plan: planning.Plan, chosen: Mapping[str, Any], borrowed: "Iterable[stored.StoredChunk]" = ()) -> Kept:
    """Read a finished run back, or compute what is missing of it and write its folder.

    Parameters
    ----------
    chosen
        ``engine, workers, executor, scheduler, force, no_wait, quiet``.
    borrowed
        Chunks of another run whose draws are the same.

    Raises
    ------
    MachineError
        When another process has it and we shall not wait, or the machine refuses.
    """
    from spread.runs import folders, working

    if plan.finished is not None:
        return _read_again(plan, chosen)
    with folders.held(plan.folder, wait=not chosen["no_wait"], say=render.say):
        moved = folders.move_finished(plan.folder, key=plan.key)
        if moved or (folders.key_there(plan.folder) == plan.key and not chosen["force"]):
            return _read_again(plan, chosen)
        try:
            return _compute(plan, chosen, borrowed)
        except KeyboardInterrupt:
            # What began just before it could not clear up behind itself.
            working.discard_empty(plan.folder)
            raise KeyboardInterrupt(*_said_of_interruption(plan)) from None


def _read_again(plan: planning.Plan, chosen: Mapping[str, Any]) -> Kept:
    """Read a finished run back, and add its forecasts to the record if a kill kept them out of it."""
    from spread.runs import forecasts, store

    kept = read_back(plan)
    if not forecasts.has_forecasts(plan.key):
        table = store.read_run(plan.folder, tables=("ambitions",)).tables["ambitions"]
        forecasts.append_forecasts(table, manifest=kept.manifest)
    render.say(f"Read {plan.folder}: computed on {kept.manifest['made_on']}", quiet=chosen["quiet"])
    return kept


def read_back(plan: planning.Plan) -> Kept:
    """Read a finished run.

    Raises
    ------
    InputError
        When it cannot be read, or does not count the group asked for.
    """
    from spread.runs import store

    there = [name for name in ANSWER_TABLES if (plan.folder / store.TABLE_FILES[name]).exists()]
    found = store.read_run(plan.folder, tables=("ambitions", "summary", *there))
    groups = found.tables["summary"][["group_kind", "group"]].drop_duplicates()
    planning.check_group(plan.view, [(str(kind), str(group)) for kind, group in groups.to_numpy()])
    return Kept(found.manifest, _rows_for(plan.view, found.tables))


def _compute(plan: planning.Plan, chosen: Mapping[str, Any], borrowed: "Iterable[stored.StoredChunk]") -> Kept:
    from spread.runs import answers, folders, forecasts, provenance, working

    job = plan.job
    if job is None:
        raise RuntimeError("a run that is to be computed has been made ready")
    began = time.perf_counter()
    _announce_compilation(chosen)
    about = {**plan.settings, "key": plan.key, "code": provenance.code_hash(), "name": plan.scenario.name}
    with working.Working(plan.folder, {**about, "engine": chosen["engine"]}, first=_load_libraries) as keeper:
        keeper.borrow(borrowed)
        with progress.shown(title=plan.scenario.name, quiet=chosen["quiet"]) as report:
            asked = {name: plan.settings[name] for name in ("draws", "precision")}
            with hands.engaged(chosen) as hired:
                looks = answers.gather(job, keeper, hired, **asked, progress=report)
        folders.refuse_taken(plan.folder, key=plan.key, force=chosen["force"])
        tables, manifest = _write(plan, job, keeper, _manifest(plan, chosen, keeper, looks), began=began)
    forecasts.append_forecasts(tables["ambitions"], manifest=manifest)
    render.say(f"Wrote {plan.folder}", quiet=chosen["quiet"])
    return Kept(
        manifest, _rows_for(plan.view, {name: tables[name] for name in ("ambitions", "summary", *ANSWER_TABLES)})
    )


def _load_libraries() -> None:
    """Import what tables and figures take, while the simulation, compiled, leaves Python to others."""
    with interrupts.put_off():
        for module in ("spread.outcomes.ambitions", "scipy.special", "pyarrow.parquet", "spread.runs.store"):
            importlib.import_module(module)
        plot.load("curves")


@contextlib.contextmanager
def _aside() -> Iterator[tuple[futures.Executor, Callable[[object], bool]]]:
    """A thread for what can be done aside, and whether it shall go on: not when this one ends early."""
    stopped = threading.Event()
    with futures.ThreadPoolExecutor(1) as thread:
        try:
            yield thread, lambda _: not stopped.is_set()
        except BaseException:
            stopped.set()
            raise


def _write(
    plan: planning.Plan,
    job: "replicate.Job",
    keeper: "working.Working",
    manifest: dict[str, Any],
    *,
    began: float,
) -> "tuple[dict[str, pd.DataFrame], dict[str, Any]]":
    """Write tables and figures and move the folder to its place; the largest tables by a thread of their own."""
    from spread.runs import answers, store

    with _aside() as (aside, going):
        pieces = {name: itertools.takewhile(going, table) for name, table in answers.by_run(job, keeper.chunks).items()}
        by_run = aside.submit(store.write_tables, keeper.place, pieces)
        tables = answers.assess(job, keeper.chunks)
        hashes = store.write_tables(keeper.place, tables)
        if tables["summary"]["n"].any():
            drawn = plot.tables_in_memory(plan.scenario, tables, manifest)
            for view in dict.fromkeys((options.View(), plan.view)):
                plot.draw(keeper.place, kind="curves", view=view, tables=drawn)
        hashes |= by_run.result()
    manifest["wall_seconds"] = round(time.perf_counter() - began, 2)
    finished = store.finish(
        keeper.place, plan.folder, hashes, scenario_text=plan.text, manifest=manifest, chunks=keeper.chunks
    )
    return tables, finished


def _announce_compilation(chosen: Mapping[str, Any]) -> None:
    if chosen["engine"] == "compiled":
        from spread.model import compiling

        if not compiling.is_ready("compiled_engine"):
            render.say(COMPILING, quiet=chosen["quiet"])


def _manifest(
    plan: planning.Plan,
    chosen: Mapping[str, Any],
    keeper: "working.Working",
    looks: "list[sample.Look]",
) -> dict[str, Any]:
    from spread.runs import answers, provenance

    settings = {**plan.settings, "engine": chosen["engine"], "looks": [look._asdict() for look in looks]}
    if plan.fitted_in is not None:
        settings["posterior_folder"] = str(Path(plan.fitted_in).absolute())
    if looks:
        settings["draws"] = looks[-1].draws
    return provenance.describe_run(
        name=plan.scenario.name,
        key=plan.key,
        scenario_text=plan.text,
        files=plan.files,
        settings=settings,
        command_line=shlex.join(["spread", *sys.argv[1:]]),
        wall_seconds=0.0,
        failures=[_failure(one, plan, chosen) for one in answers.failures_of(keeper.chunks)],
    )


def _failure(failure: "replicate.Failure", plan: planning.Plan, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """A failed replicate as the manifest lists it, with a command that runs it again by itself."""
    fit = "" if plan.fitted_in is None else f", posterior={str(Path(plan.fitted_in).absolute())!r}"
    call = (
        f"from spread import api; api.run_one({str(plan.folder / 'scenario.toml')!r}, draw={failure.draw}, "
        f"replicate_number={failure.replicate}, seed={plan.settings['seed']}, engine={chosen['engine']!r}{fit})"
    )
    return {**failure._asdict(), "again": shlex.join(["python", "-c", call])}


def _said_of_interruption(plan: planning.Plan) -> tuple[str, ...]:
    """How much is kept; nothing where nothing is."""
    from spread.runs import working

    kept = working.runs_kept(plan.folder)
    total = plan.settings["draws"] * plan.settings["replicates"]
    of = "" if plan.settings["precision"] is not None else f" of {total:,}"
    return (INTERRUPTED.format(kept=f"{kept:,}{of}"),) if kept else ()


def _rows_for(view: options.View, tables: "Mapping[str, pd.DataFrame]") -> dict[str, Rows]:
    """The rows an answer is made of; of the summary, which may have a million, those on adoption in the group shown."""
    summary = tables["summary"]
    here = (summary["group_kind"] == view.group_kind) & (summary["measure"] == answer.ADOPTED)
    if view != options.View():
        here &= summary["group"] == view.group
    return {name: rows_of(table[here] if name == "summary" else table) for name, table in tables.items()}


def rows_of(table: Any) -> Rows:
    """A table's rows by column name."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict(orient="records")]


def say_failures(manifest: Mapping[str, Any]) -> None:
    """List failed replicates on stderr, with what runs each again."""
    failures = manifest["failures"]
    for failed in failures[:FAILURES_SAID]:
        render.say(f"Failed: draw {failed['draw']}, replicate {failed['replicate']}: {failed['error']}")
        render.say(f"  to see it again: {failed['again']}")
    if len(failures) > FAILURES_SAID:
        render.say(f"{len(failures):,} runs failed in all; manifest.json lists them")


def say_precision(manifest: Mapping[str, Any]) -> None:
    """Say whether the precision asked for was reached, or the most runs there may be were done."""
    looks, wanted = manifest.get("looks") or [], manifest.get("precision")
    if not looks or wanted is None:
        return
    half_width, runs = looks[-1]["half_width"], looks[-1]["draws"] * manifest["replicates"]
    reached = f"within {100 * wanted:g} points" if half_width < wanted else f"not within {100 * wanted:g} points"
    render.say(f"After {runs:,} runs every national chance is known to ±{100 * half_width:.1f} points: {reached}")


def about_run(plan: planning.Plan, kept: Kept) -> dict[str, Any]:
    """What an answer says around its numbers."""
    about = answer.about_scenario(plan.scenario, runs=kept.manifest["draws"] * kept.manifest["replicates"])
    return {**about, "is_fitted": kept.manifest.get("posterior") is not None}

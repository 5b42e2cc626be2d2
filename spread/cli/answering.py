"""An answer other than a run in its folder, under its lock: read back, gone on with, or worked out."""

import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from spread import errors
from spread.cli import hands, progress, render

if TYPE_CHECKING:
    from spread.runs import kept_answers, sample
    from spread.scenarios import schema

INTERRUPTED = "Interrupted: what is simulated is kept; the same command goes on."


class Means(NamedTuple):
    """What an answer is worked out with: who does the work, where it is kept until finished, whom to tell."""

    hands: "sample.Hands"
    folder: Path
    report: Callable[[int, int, str], None]

    def told(self, title: str, done: int, total: int) -> None:
        """Tell how far a part of the work is."""
        self.report(done, total, title)


class Answer(NamedTuple):
    """An answer worked out: its document, other files by name, and what adds more to its folder."""

    document: Mapping[str, Any]
    texts: Mapping[str, str]
    add: "kept_answers.Draw | None" = None


def kept(
    kind: str,
    scenario: "schema.Scenario",
    settings: Mapping[str, Any],
    chosen: Mapping[str, Any],
    compute: Callable[[Means], Answer],
    *,
    title: str,
) -> dict[str, Any]:
    """The document of an answer: read back if it is there, worked out and written to its folder otherwise.

    What was simulated for one that was interrupted is used again.

    Parameters
    ----------
    settings
        What decides the answer besides the scenario.
    chosen
        ``out, force, quiet, engine, workers, executor, scheduler``, and ``no_wait`` where it is asked.
    title
        Of its progress.

    Raises
    ------
    InputError
        When the folder holds something else.
    MachineError
        When another process has it and we shall not wait, or the machine refuses.
    """
    from spread.runs import folders, kept_answers, provenance

    files = provenance.file_hashes(provenance.data_files(scenario))
    key = kept_answers.key_of(kind, scenario, settings, files)
    out = None if chosen["out"] is None else Path(chosen["out"]).resolve()
    folder = kept_answers.folder_for(kind, scenario.name, key, out=out)
    kept_answers.refuse_taken(folder, kind, key=key, force=chosen["force"])
    with folders.held(folder, wait=not chosen.get("no_wait", False), say=render.say):
        there = kept_answers.read(folder, kind)
        if there is not None and there["key"] == key and not chosen["force"]:
            render.say(f"Read {folder}: computed on {there['made_on']}", quiet=chosen["quiet"])
            return {**there, "folder": str(folder)}
        about = {"kind": kind, "key": key, "name": scenario.name, "data_files": files, **settings}
        _work_out(about, scenario, chosen, folder, compute, title)
    render.say(f"Wrote {folder}", quiet=chosen["quiet"])
    again = kept_answers.read(folder, kind)
    if again is None:
        raise errors.MachineError(f"cannot read {folder} again")
    return {**again, "folder": str(folder)}


def _work_out(
    about: Mapping[str, Any],
    scenario: "schema.Scenario",
    chosen: Mapping[str, Any],
    folder: Path,
    compute: Callable[[Means], Answer],
    title: str,
) -> None:
    import spread
    from spread.runs import folders, kept_answers
    from spread.scenarios import writing

    meanwhile = folders.working_folder(folder)
    with progress.shown(title=title, quiet=chosen["quiet"]) as report:
        try:
            with hands.engaged(chosen, shelf=meanwhile) as hired:
                found = compute(Means(hired, meanwhile, report))
        except KeyboardInterrupt:
            said = (INTERRUPTED,) if meanwhile.exists() and any(meanwhile.iterdir()) else ()
            raise KeyboardInterrupt(*said) from None
        except errors.InputError:
            shutil.rmtree(meanwhile, ignore_errors=True)
            raise
    made = {"made_on": date.today(), "model_version": spread.__version__}
    texts = {"scenario.toml": writing.write_resolved(scenario), **found.texts}
    kept_answers.write(folder, str(about["kind"]), {**about, **made, **found.document}, texts=texts, draw=found.add)
    shutil.rmtree(meanwhile, ignore_errors=True)

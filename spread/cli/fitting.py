"""What commands that fit have in common: options, effort, and an answer kept in its folder, under its lock."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from spread.calibration import efforts
from spread.cli import options, progress, render

if TYPE_CHECKING:
    from spread.runs import kept_answers, sample
    from spread.scenarios import schema

INTERRUPTED = "Interrupted: what is simulated is kept; the same command goes on."

observed = click.option(
    "--observed", "files", multiple=True, required=True, metavar="FILE",
    help="observed.csv, adoption_times.csv, stages.csv, a return, a shipped series; repeatable.",
)  # fmt: skip
free = click.option(
    "--free", multiple=True, metavar="NAME", help="Fit this parameter; those the data touch unless given."
)
seed = click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, metavar="N", help="Names the luck."
)


def effort(default: str, said: str) -> options.Decorator:
    """The option of how many simulations to spend."""
    return click.option(
        "--effort", type=click.Choice(tuple(efforts.EFFORTS)), default=default, show_default=True, help=said
    )


class Means(NamedTuple):
    """What an answer is worked out with; `batches` is where simulations are kept until it is finished."""

    seed: int
    effort: efforts.Effort
    hands: "sample.Hands"
    batches: Path
    report: Callable[[int, int, str], None]


class Answer(NamedTuple):
    """An answer worked out: its document, other files by name, and what adds more to its folder."""

    document: Mapping[str, Any]
    texts: Mapping[str, str]
    add: "kept_answers.Draw | None" = None


def settings_of(files: tuple[str, ...], chosen: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """What names an answer besides its scenario."""
    from spread.calibration import evidence
    from spread.runs import provenance

    shared = {"observed": [evidence.hash_of(name) for name in files], "code": provenance.code_hash()}
    return {**shared, "effort": chosen["effort"], "seed": chosen["seed"], **more}


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

    Batches of one that was interrupted are used again.

    Raises
    ------
    InputError
        When the folder holds something else.
    MachineError
        When another process has it and we shall not wait, or the machine refuses.
    """
    from spread.runs import folders, kept_answers

    key = kept_answers.key_of(kind, scenario, settings)
    out = None if chosen["out"] is None else Path(chosen["out"]).resolve()
    folder = kept_answers.folder_for(kind, scenario.name, key, out=out)
    kept_answers.refuse_taken(folder, kind, key=key, force=chosen["force"])
    with folders.held(folder, wait=not chosen["no_wait"], say=render.say):
        document = None if chosen["force"] else kept_answers.read(folder, kind)
        if document is not None:
            render.say(f"Read {folder}", quiet=chosen["quiet"])
            return document
        made = _worked_out(kind, scenario, {**settings, "key": key}, chosen, folder, compute, title)
        render.say(f"Wrote {folder}", quiet=chosen["quiet"])
        return made


def _worked_out(
    kind: str,
    scenario: "schema.Scenario",
    settings: Mapping[str, Any],
    chosen: Mapping[str, Any],
    folder: Path,
    compute: Callable[[Means], Answer],
    title: str,
) -> dict[str, Any]:
    from spread.runs import folders, kept_answers, sample
    from spread.scenarios import writing

    batches = folders.working_folder(folder)
    hands = sample.Hands(chosen["engine"], chosen["workers"])
    spent = efforts.EFFORTS[chosen["effort"]]
    with progress.shown(title=title, quiet=chosen["quiet"]) as report:
        try:
            found = compute(Means(chosen["seed"], spent, hands, batches, report))
        except KeyboardInterrupt:
            raise KeyboardInterrupt(INTERRUPTED) from None
    document = {**settings, "name": scenario.name, **found.document}
    texts = {"scenario.toml": writing.write_resolved(scenario), **found.texts}
    kept_answers.write(folder, kind, document, texts=texts, draw=found.add)
    shutil.rmtree(batches, ignore_errors=True)
    return document

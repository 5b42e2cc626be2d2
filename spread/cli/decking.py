"""A deck for every collaborative: the same report as many times as there are places."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from spread import errors
from spread.cli import brief, render


def write_each(
    results: Sequence[Path],
    output: Path,
    *,
    template: Path | None,
    slides: int | None,
    name_sites: bool,
    force: bool,
    quiet: bool,
) -> None:
    """Write a deck for every collaborative of the first run, beside `output` and named after it.

    Raises
    ------
    InputError
        When the run assesses no collaborative, or one of the files is there already and `force` is not given.
    """
    from spread.report import deck, gathering

    places = _places(results[0], output)
    for path in places.values():
        brief.check_place(path, (output.suffix.lower(),), force=force)
    for scope, path in places.items():
        told = gathering.gather(results, scope=scope, name_sites=name_sites)
        brief.write(path, deck.deck_bytes(told, template=template, slides=slides))
        render.say(f"Wrote {path}", quiet=quiet)


def _places(first: Path, output: Path) -> Mapping[str, Path]:
    """The deck of each collaborative: ``deck-WX.pptx`` for ``-o deck.pptx``."""
    from spread.report import folders

    run = folders.read_run(first)
    scopes = list(dict.fromkeys(str(row["scope"]) for row in run.rows("ambitions")))
    named = [scope for scope in scopes if scope.startswith("psc:")]
    if not named:
        message = "no ambition is assessed for collaboratives here"
        raise errors.InputError(errors.Fault(message, str(run.folder)))
    return {scope: output.with_name(f"{output.stem}-{_safe(scope)}{output.suffix}") for scope in named}


def _safe(scope: str) -> str:
    code = scope.partition(":")[2]
    return "".join(letter if letter.isalnum() else "-" for letter in code)

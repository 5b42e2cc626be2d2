"""The folder of an answer other than a run: ``results/<name>/<kind>-<key>``, whole or not there at all.

It holds one document, ``<kind>.json``, from which the answer can be printed again, with tables and figures beside it.
"""

import json
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import spread
from spread import cells, errors, files
from spread.runs import folders, provenance
from spread.scenarios import schema, writing

Draw = Callable[[Path], object]
"""Draws the figures of an answer into the folder it is given."""


def key_of(kind: str, scenario: schema.Scenario, settings: Mapping[str, Any], files: Mapping[str, str]) -> str:
    """Name an answer by everything that decides its numbers: the scenario, its data, the question, the version.

    `files` are the hashes of its data files, by what they are for.
    """
    parts = {
        "kind": kind,
        "scenario": provenance.text_hash(writing.canonical_text(scenario)),
        "files": files,
        "model_version": spread.__version__,
        **settings,
    }
    return provenance.text_hash(json.dumps(cells.plain(parts), sort_keys=True))[: provenance.KEY_DIGITS]


def folder_for(kind: str, name: str, key: str, *, out: Path | None = None) -> Path:
    """The folder of an answer: `out` itself when given."""
    return out if out is not None else folders.ROOT / name / f"{kind}-{key}"


def read(folder: Path, kind: str) -> dict[str, Any] | None:
    """The document of an answer that is there; None when there is none."""
    try:
        document = json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) and "key" in document else None


def find(folder: Path, kind: str) -> Path:
    """The folder of an answer meant: this one, or the only one in it.

    Raises
    ------
    InputError
        When there is none, or more than one to choose from.
    """
    if read(folder, kind) is not None:
        return folder
    found = sorted(path.parent for path in folder.glob(f"*/{kind}.json"))
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{path.name}{_asked(read(path, kind) or {})}" for path in found)
    said = f"holds {len(found)} answers; name one of them: {names}" if found else f"no answer of `spread {kind}` here"
    raise errors.InputError(errors.Fault(said, str(folder)))


def _asked(document: Mapping[str, Any]) -> str:
    """What an answer was asked, in brackets, to tell it from others: ``(coaches, 0.25, 500 draws)``."""
    levers = [str(lever[0]) for lever in document.get("levers", ())]
    told = (*levers, document.get("wanted"), document.get("amount"), document.get("effort"), document.get("made_on"))
    said = ", ".join(str(part) for part in told if part is not None)
    return f" ({said})" if said else ""


def refuse_taken(folder: Path, kind: str, *, key: str, force: bool) -> None:
    """Make sure an answer may have a folder, before any time is spent on it.

    Raises
    ------
    InputError
        When something else is there; `force` allows another answer of this kind to be replaced.
    MachineError
        When nothing can be written there.
    """
    folders.check_writable(folder)
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    there = read(folder, kind)
    if there is None:
        message = f"is not a folder of `spread {kind}`, so it is left alone; choose another"
        raise errors.InputError(errors.Fault(message, str(folder)))
    if there["key"] != key and not force:
        message = f"holds another answer ({there['key']}, not {key}); use --force to replace it"
        raise errors.InputError(errors.Fault(message, str(folder)))


def write(
    folder: Path, kind: str, document: Mapping[str, Any], *, texts: Mapping[str, str], draw: Draw | None = None
) -> None:
    """Write an answer, and give the folder its name when all of it is there; an older one goes.

    Parameters
    ----------
    texts
        Other files by name.
    draw
        Adds figures.

    Raises
    ------
    MachineError
        When the machine refuses.
    """
    building = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.tmp")
    try:
        with errors.writing(folder):
            building.mkdir(parents=True)
            for name, text in {**texts, f"{kind}.json": cells.json_text(document)}.items():
                files.write_file(building / name, text.encode())
        if draw is not None:
            draw(building)
        with errors.writing(folder):
            folders.move_into_place(building, folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def table_text(rows: "list[dict[str, Any]]", columns: "tuple[str, ...]") -> str:
    """Rows as CSV."""
    return cells.csv_text(columns, [[row.get(name) for name in columns] for row in rows])

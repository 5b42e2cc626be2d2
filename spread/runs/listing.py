"""The runs under a results folder, finished and not."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from spread import errors
from spread.runs import folders, journal, store

SHORTEST_PREFIX = 3


class Run(NamedTuple):
    """A run under a results folder.

    `chances` by ambition are national, at its last deadline; `share_done` is 1 for a finished run, None when it is
    not known how many draws it takes.
    """

    folder: Path
    name: str
    key: str
    runs: int
    made_on: str
    engine: str
    share_done: float | None
    chances: dict[str, float]
    failures: int


def list_runs(root: Path = folders.ROOT) -> list[Run]:
    """Every run in ``root/<name>/<key>``, by name and day."""
    found = [_finished(path.parent) for path in root.glob(f"*/*/{folders.MANIFEST}")]
    found += [_unfinished(path.parent) for path in root.glob(f"*/*{folders.PARTIAL}/{journal.JOURNAL}")]
    known = [run for run in found if run is not None]
    return sorted(known, key=lambda run: (run.name, run.made_on, run.key, str(run.folder)))


def _finished(folder: Path) -> Run | None:
    manifest = folders.manifest_there(folder)
    if manifest is None or folder.name.endswith(folders.PARTIAL):
        return None
    failures = len(manifest.get("failures", ()))
    runs = int(manifest.get("draws", 0)) * int(manifest.get("replicates", 0))
    name, key, day, engine = (str(manifest.get(told, "")) for told in ("name", "key", "made_on", "engine"))
    return Run(folder, name, key, runs, day, engine, 1.0, _chances(folder), failures)


def _chances(folder: Path) -> dict[str, float]:
    try:
        rows = json.loads((folder / store.HEADLINE).read_text(encoding="utf-8"))["ambitions"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    national = [row for row in rows if row.get("scope") == "national" and row.get("chance") is not None]
    return {row["ambition"]: row["chance"] for row in sorted(national, key=lambda row: str(row.get("deadline")))}


def _unfinished(place: Path) -> Run | None:
    found = journal.read(place)
    if found is None:
        return None
    about, entries = found
    done = sum(entry.draws for entry in entries)
    share = None if about.get("precision") is not None else done / about["draws"]
    day = date.fromtimestamp((place / journal.JOURNAL).stat().st_mtime).isoformat()
    failures = sum(entry.failures for entry in entries)
    runs = done * about["replicates"]
    return Run(place, about["name"], about["key"], runs, day, about["engine"], share, {}, failures)


def find_run(text: str, root: Path = folders.ROOT) -> Path:
    """The folder of a finished run: the folder itself, the one that holds only this one, or by the start of its key.

    Raises
    ------
    InputError
        When there is none, or more than one.
    """
    folder = Path(text)
    if folder.is_dir():
        return _only([folder, *sorted(path.parent for path in folder.glob(f"*/{folders.MANIFEST}"))], text)
    keys = [run for run in list_runs(root) if run.share_done == 1.0 and run.key.startswith(text)]
    if len(text) < SHORTEST_PREFIX or not keys:
        said = f"no run folder, and no key of a finished run begins with it{_near(text, root)}"
        raise errors.InputError(errors.Fault(said, text))
    return _only([run.folder for run in keys], text)


def _near(text: str, root: Path) -> str:
    """Which folder of runs may be meant, or how to see them all."""
    known = sorted({str(path.parent.parent) for path in root.glob(f"*/*/{folders.MANIFEST}")})
    by_name = [place for place in known if Path(place).name == text]
    hint = f"; did you mean '{by_name[0]}'?" if by_name else errors.did_you_mean(text, known)
    return hint or "; `spread results list` names those there are"


def _only(places: Iterable[Path], text: str) -> Path:
    found = [place for place in places if folders.key_there(place) is not None]
    if not found:
        raise errors.InputError(errors.Fault("no finished run here (no manifest.json)", text))
    if len(found) > 1 and found[0] != Path(text):
        dated = [(str((folders.manifest_there(place) or {}).get("made_on", "")), place.name) for place in found]
        names = ", ".join(f"{name} ({day})" for day, name in sorted(dated, reverse=True))
        raise errors.InputError(errors.Fault(f"there are {len(found)} runs; name one of them: {names}", text))
    return found[0]

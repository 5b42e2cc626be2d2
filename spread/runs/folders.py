"""Where a run is kept, and who may write there.

A finished run is a folder, ``results/<name>/<key>`` or where the user says, that is never changed afterwards, except
that figures may be added. An unfinished one is beside it, under the same name with ``.partial``. Who works on either
holds the lock of both; the system lets go of it when its process ends, however it ends.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from spread import errors, files
from spread.runs import journal

ROOT = Path("results")
MANIFEST = "manifest.json"
PARTIAL = ".partial"
LOOK_AGAIN_SECONDS = 0.2
SAID_OF_A_RUN = {
    "key": str, "name": str, "draws": int, "replicates": int,
    "data_files": dict | None, "posterior": str | None, "posterior_folder": str | None,
}  # fmt: skip
CHUNK_FILE = re.compile(r"draws/\d{6,9}-\d{6,9}\.arrow\Z")


def folder_for(name: str, key: str, *, out: Path | None = None) -> Path:
    """The folder of a run: `out` itself when given, else ``results/<name>/<key>``."""
    return out if out is not None else ROOT / name / key


def working_folder(folder: Path) -> Path:
    """Where a run is kept until it is finished."""
    return folder.with_name(folder.name + PARTIAL)


def key_there(folder: Path) -> str | None:
    """The key of the finished run in a folder; None when there is none."""
    manifest = manifest_there(folder)
    return None if manifest is None else str(manifest["key"])


def manifest_there(folder: Path) -> dict[str, Any] | None:
    """The manifest of the finished run in a folder; None when there is none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) and _is_of_a_run(manifest) else None


def _is_of_a_run(manifest: Mapping[str, Any]) -> bool:
    """Whether a manifest says what every run's does, and names no file outside its folder."""
    if any(not isinstance(manifest.get(name), kind) for name, kind in SAID_OF_A_RUN.items()):
        return False
    chunks = manifest.get("chunks", [])
    return isinstance(chunks, list) and all(
        isinstance(chunk, dict) and CHUNK_FILE.match(str(chunk.get("file"))) for chunk in chunks
    )


def refuse_taken(folder: Path, *, key: str, force: bool) -> None:
    """Make sure a run may have a folder, before any time is spent on it; its own finished run may be there.

    Raises
    ------
    InputError
        When something else is there that `force` does not allow to be replaced. Only a run folder, or an empty
        one, is ever replaced.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    there = key_there(folder)
    if there is None:
        raise errors.InputError(errors.Fault("is not a run folder, so it is left alone; choose another", str(folder)))
    if there != key and not force:
        message = f"holds another run ({there}, not {key}); use --force to replace it"
        raise errors.InputError(errors.Fault(message, str(folder)))


def check_writable(*places: Path) -> None:
    """Make sure that files and folders can be written, before any time is spent on them.

    Raises
    ------
    MachineError
        When permission is missing, or there is a file where a folder is needed.
    """
    for place in places:
        above = next(parent for parent in place.absolute().parents if parent.exists())
        if not above.is_dir():
            raise errors.MachineError(f"cannot write {place}: {above} is not a folder")
        for needed in (above, place):
            if needed.exists() and not os.access(needed, os.W_OK):
                raise errors.MachineError(f"cannot write {place}: no permission to write to {needed}")


def move_finished(folder: Path, *, key: str) -> bool:
    """Move a run to its place that was finished but not moved, and say whether there was one."""
    building = working_folder(folder)
    if key_there(building) != key:
        return False
    with errors.writing(folder):
        move_into_place(building, folder)
    return True


def move_into_place(building: Path, folder: Path) -> None:
    """Give a finished working folder its place, in one step; a run that was there goes."""
    (building / journal.JOURNAL).unlink(missing_ok=True)
    old = _moved_aside(folder)
    shutil.rmtree(old, ignore_errors=True)
    replaces = folder.exists()
    try:
        if replaces:
            folder.rename(old)
        building.rename(folder)
    except BaseException:
        _put_back(old, folder)
        raise
    files.settle_folder(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def _moved_aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _put_back(old: Path, folder: Path) -> None:
    """Give a run its name back that was moved aside for one that did not come.

    Raises
    ------
    MachineError
        When it cannot be moved.
    """
    if old.exists() and not folder.exists():
        with errors.writing(folder, after=f"; what was there is in {old}, and the same command puts it back"):
            old.rename(folder)


def discard(folder: Path) -> None:
    """Take an unfinished folder away in one step, so that half of it never stays, and then remove what is in it."""
    aside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.tmp")
    with contextlib.suppress(OSError):
        folder.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


@contextlib.contextmanager
def held(folder: Path, *, wait: bool = True, say: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold the lock of a run folder and of its working folder.

    Parameters
    ----------
    wait
        Wait while another process holds it; otherwise refuse.
    say
        Told once for whom we wait.

    Raises
    ------
    MachineError
        When it is held and we shall not wait, or the lock cannot be written.
    """
    place = folder.with_name(f".{folder.name}.lock")
    with errors.writing(place):
        place.parent.mkdir(parents=True, exist_ok=True)
    handle = _take(place)
    if handle is None:
        holder = _holder(place)
        if not wait:
            raise errors.MachineError(f"{folder} is being computed by {holder}; leave --no-wait out to wait for it")
        say(f"Waiting for {holder}, which is computing {folder}")
    while handle is None:
        time.sleep(LOOK_AGAIN_SECONDS)
        handle = _take(place)
    try:
        with errors.writing(place):
            os.truncate(handle, 0)
            os.write(handle, json.dumps({"pid": os.getpid(), "since": f"{datetime.now():%d %B, %H:%M}"}).encode())
        _put_back(_moved_aside(folder), folder)
        yield
    finally:
        # While it is ours: whoever opened it meanwhile finds that it has lost its name, and begins anew.
        with contextlib.suppress(OSError):
            place.unlink()
        with contextlib.suppress(OSError):
            os.close(handle)


def is_held(folder: Path) -> bool:
    """Whether a process is working on a run folder."""
    place = folder.with_name(f".{folder.name}.lock")
    if not place.exists():
        return False
    handle = _take(place)
    if handle is not None:
        os.close(handle)
    return handle is None


def _take(place: Path) -> int | None:
    """Open a lock file and lock it; None when another process has it."""
    with errors.writing(place):
        handle = os.open(place, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if _locked(handle) and os.fstat(handle).st_nlink > 0:
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _locked(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _holder(place: Path) -> str:
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
        return f"process {told['pid']} (since {told['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"

"""Files that are on disk when we say so, whole or not at all."""

import contextlib
import io
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from spread import errors

# A name may have 255 bytes: what is added to one shall not make it too long.
LONGEST_KEPT = 40


def put(path: Path, content: bytes) -> None:
    """Write a file whole, in a folder that is made where there is none.

    Raises
    ------
    MachineError
        When it cannot be written; what was there before is intact.
    """
    put_together({path: content})


def put_together(contents: Mapping[Path, bytes]) -> None:
    """Write files, all of them or none, in folders that are made where there are none.

    Raises
    ------
    MachineError
        When one cannot be written; those that are new are not there then.
    """
    with contextlib.ExitStack() as stack:
        partials = {}
        for path, content in contents.items():
            with errors.writing(path):
                path.absolute().parent.mkdir(parents=True, exist_ok=True)
                partials[path] = stack.enter_context(beside(path))
                write_file(partials[path], content)
        _name(partials)


def _name(partials: Mapping[Path, Path]) -> None:
    """Give files their names."""
    new = []
    try:
        for path, partial in partials.items():
            with errors.writing(path):
                if not path.exists():
                    new.append(path)
                partial.replace(path)
    except BaseException:
        for path in new:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        raise


def in_the_way(contents: Mapping[Path, bytes]) -> list[Path]:
    """Those of some files that are there; none where others are missing and those there say the same.

    So they are when the machine refused half-way, and would not let go of them.
    """
    there = [path for path in contents if path.exists()]
    is_half = len(there) < len(contents) and all(
        path.is_file() and path.read_bytes() == contents[path] for path in there
    )
    return [] if is_half else there


def write_file(path: Path, content: bytes) -> None:
    """Write a file and see it safely on disk."""
    with path.open("wb") as file:
        file.write(content)
        settle_file(file)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name, and give it its own when it is safely on disk."""
    with beside(path) as partial:
        write_file(partial, content)
        partial.replace(path)


@contextlib.contextmanager
def beside(path: Path, *, ending: str = ".tmp") -> Iterator[Path]:
    """Another name for a file while it is written; what still has it in the end is removed."""
    partial = path.with_name(f".{path.name[:LONGEST_KEPT]}.{secrets.token_hex(4)}{ending}")
    try:
        yield partial
    finally:
        # What went wrong before matters more than that this goes wrong too.
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def settle_file(file: io.BufferedWriter) -> None:
    """See what was written to a file safely on disk."""
    file.flush()
    os.fsync(file.fileno())


def settle_folder(folder: Path) -> None:
    """See a folder's own entries safely on disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

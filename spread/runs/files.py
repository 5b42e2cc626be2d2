"""Files that are on disk when we say so, whole or not at all."""

import io
import os
import secrets
from pathlib import Path


def write_file(path: Path, content: bytes) -> None:
    """Write a file and see it safely on disk."""
    with path.open("wb") as file:
        file.write(content)
        settle_file(file)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name, and give it its own when it is safely on disk."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        write_file(partial, content)
        partial.replace(path)
    finally:
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

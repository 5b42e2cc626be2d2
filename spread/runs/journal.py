"""Which chunks of an unfinished run are on disk: one small database, written after each of them."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from spread import errors

JOURNAL = "journal.sqlite"
REFUSALS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY)
TABLES = """
CREATE TABLE run (about TEXT NOT NULL);
CREATE TABLE chunk (
    first_draw INTEGER PRIMARY KEY, draws INTEGER NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL,
    failures INTEGER NOT NULL
);
"""


class Entry(NamedTuple):
    """One chunk on disk; `failures` counts its failed replicates."""

    first_draw: int
    draws: int
    file: str
    sha256: str
    failures: int


class Journal:
    """The journal in a working folder, begun when there is none.

    Raises
    ------
    MachineError
        When it cannot be written.
    """

    def __init__(self, folder: Path, about: Mapping[str, Any]) -> None:
        self.place = folder / JOURNAL
        is_new = not self.place.exists()
        with self._working():
            # Written by one thread, which need not be the one that opened it.
            self.database = sqlite3.connect(self.place, check_same_thread=False)
            if is_new:
                self.database.executescript("BEGIN;" + TABLES)
                self.database.execute("INSERT INTO run VALUES (?)", (json.dumps(about, sort_keys=True),))
                self.database.commit()

    def add(self, entry: Entry) -> None:
        """Note a chunk that is safely on disk."""
        with self._working(), self.database:
            self.database.execute("INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?)", entry)

    def remove(self, first_draw: int) -> None:
        """Forget a chunk."""
        with self._working(), self.database:
            self.database.execute("DELETE FROM chunk WHERE first_draw = ?", (first_draw,))

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

    @contextlib.contextmanager
    def _working(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise errors.MachineError(f"cannot write {self.place}: {error}; draws already there are kept") from error


def read(folder: Path) -> tuple[dict[str, Any], list[Entry]] | None:
    """What a working folder's journal says of its run and its chunks, by draw; None when it is none.

    Raises
    ------
    MachineError
        When the machine refuses to read it.
    """
    place = folder / JOURNAL
    if not place.is_file():
        return None
    try:
        with contextlib.closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=rw", uri=True)) as database:
            ((about,),) = database.execute("SELECT about FROM run")
            rows = database.execute("SELECT first_draw, draws, file, sha256, failures FROM chunk ORDER BY first_draw")
            return json.loads(about), [Entry(*row) for row in rows]
    except ValueError:
        return None
    except sqlite3.Error as error:
        # The lowest byte is the kind of error; a file that is no journal has others.
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in REFUSALS:
            raise errors.MachineError(f"cannot read {place}: {error}") from error
        return None

"""An unfinished run on disk: every chunk is kept as it comes, and the same command goes on from there."""

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent import futures
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from spread import errors, files
from spread.runs import chunks as stored
from spread.runs import folders, journal, replicate

DRAWS = "draws"
WAITING_AT_MOST = 8
KEPT = "; draws already there are kept, and the same command goes on from them"


class Working:
    """The working folder of a run, whose lock is held; a context manager.

    Chunks of the same run by the same code are taken over if their files are whole; anything else is removed.

    Parameters
    ----------
    folder
        Where the finished run shall be.
    about
        What the run is: ``key``, ``code`` (both must be equal to go on), ``name, replicates``, ``draws`` or
        ``precision``, ``engine``.
    first
        What the writing thread does before it writes the first chunk.

    Raises
    ------
    InputError
        When something else is in the way.
    MachineError
        When it cannot be written.
    """

    def __init__(self, folder: Path, about: Mapping[str, Any], first: Callable[[], None] = lambda: None) -> None:
        self.folder, self.place = folder, folders.working_folder(folder)
        _refuse_others(self.place)
        with errors.writing(self.place):
            found = journal.read(self.place)
            if found is None or any(found[0].get(name) != about[name] for name in ("key", "code")):
                folders.discard(self.place)
            self.place.mkdir(parents=True, exist_ok=True)
            self.journal = journal.Journal(self.place, about)
            (self.place / DRAWS).mkdir(exist_ok=True)
            self._chunks = {chunk.first_draw: chunk for chunk in self._take_over()}
        self._writer = futures.ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._waiting: deque[futures.Future[None]] = deque([self._writer.submit(first)])

    def _take_over(self) -> Iterable[stored.StoredChunk]:
        """Chunks whose files are as they were written; other files and entries are removed."""
        _, entries = journal.read(self.place) or ({}, [])
        kept = []
        for entry in entries:
            chunk = stored.StoredChunk(self.place / entry.file, entry.first_draw, entry.draws, entry.sha256)
            if stored.is_whole(chunk):
                kept.append(chunk)
            else:
                self.journal.remove(entry.first_draw)
        for stray in set((self.place / DRAWS).iterdir()) - {chunk.path for chunk in kept}:
            stray.unlink()
        return kept

    @property
    def chunks(self) -> list[stored.StoredChunk]:
        """Those on disk, by draw."""
        return [self._chunks[first] for first in sorted(self._chunks)]

    @property
    def draws(self) -> int:
        """How many draws are on disk."""
        return sum(chunk.draws for chunk in self._chunks.values())

    def keep(self, chunk: replicate.Chunk) -> None:
        """Have a chunk written by a thread of its own; the fault of an earlier one comes out here."""
        self._waiting.append(self._writer.submit(self._write, chunk))
        while self._waiting and (self._waiting[0].done() or len(self._waiting) > WAITING_AT_MOST):
            self._waiting.popleft().result()

    def settle(self) -> None:
        """Wait until everything is on disk."""
        while self._waiting:
            self._waiting.popleft().result()

    def _write(self, chunk: replicate.Chunk) -> None:
        with errors.writing(self.place, after=KEPT):
            self._note(stored.write_chunk(self.place / DRAWS, chunk), len(chunk.failures))

    def _note(self, chunk: stored.StoredChunk, failures: int) -> None:
        file = chunk.path.relative_to(self.place).as_posix()
        self.journal.add(journal.Entry(chunk.first_draw, chunk.draws, file, chunk.sha256, failures))
        self._chunks[chunk.first_draw] = chunk

    def borrow(self, chunks: Iterable[stored.StoredChunk]) -> None:
        """Take chunks of another run in, where their draws are missing; damaged ones are left out."""
        with errors.writing(self.place):
            for chunk in chunks:
                if chunk.first_draw not in self._chunks and stored.is_whole(chunk):
                    path = self.place / DRAWS / chunk.path.name
                    files.write_whole(path, chunk.path.read_bytes())
                    self._note(
                        stored.StoredChunk(path, chunk.first_draw, chunk.draws, chunk.sha256), len(chunk.failures)
                    )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._writer.shutdown(wait=True)
        self.journal.close()
        if kind is not None and not self._chunks:
            folders.discard(self.place)


def _refuse_others(place: Path) -> None:
    """Make sure that a folder that is there is a working folder.

    Raises
    ------
    InputError
    """
    if not place.exists() or (place / journal.JOURNAL).is_file() or folders.key_there(place) is not None:
        return
    if not place.is_dir() or any(place.iterdir()):
        raise errors.InputError(errors.Fault("is in the way of a run's working folder; move it elsewhere", str(place)))


def begun(folder: Path) -> tuple[dict[str, Any], list[journal.Entry]] | None:
    """What is known of the unfinished run of a folder, and its chunks; None when there is none that can be read."""
    with contextlib.suppress(errors.MachineError):
        return journal.read(folders.working_folder(folder))
    return None


def runs_kept(folder: Path) -> int:
    """How many runs of an unfinished run are on disk."""
    found = begun(folder)
    return 0 if found is None else sum(entry.draws for entry in found[1]) * int(found[0]["replicates"])


def discard_empty(folder: Path) -> None:
    """Remove the working folder of a run in which no run is kept; anything else that is there stays."""
    place = folders.working_folder(folder)
    if runs_kept(folder) or not place.is_dir():
        return
    if (place / journal.JOURNAL).is_file() or not any(place.iterdir()):
        folders.discard(place)

"""Chunks of an unfinished answer on disk, whatever jobs they are of, so that nothing is simulated twice.

A job finds its own by what it is (`fingerprint`) and by the code that ran it, so an answer that asks many jobs keeps
one shelf for all of them. A file bears the hash of its content in its name: what was cut short by a kill is not taken
for whole.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from spread import errors
from spread.runs import chunks as stored
from spread.runs import fingerprint, provenance, replicate

DIGITS: Final = 16
NAME: Final = re.compile(r"(?P<first>\d{6,9})-(?P<last>\d{6,9})\.(?P<digest>[0-9a-f]{16})\.arrow\Z")
KEPT: Final = "; what was simulated is kept, and the same command goes on"


class Shelf:
    """The chunks of one job in a folder.

    Raises
    ------
    MachineError
        When the folder cannot be written.
    """

    def __init__(self, folder: Path, job: replicate.Job) -> None:
        self.place = folder / fingerprint.of((provenance.code_hash(), job))[:DIGITS]
        with errors.writing(self.place):
            self.place.mkdir(parents=True, exist_ok=True)

    def within(self, gaps: Iterable[tuple[int, int]]) -> Iterator[replicate.Chunk]:
        """Whole chunks that lie in stretches of draws, (first, how many), none over another."""
        ends = [(first, first + count) for first, count in gaps]
        reached = 0
        for path in sorted(self.place.iterdir()):
            named = NAME.match(path.name)
            if named is None:
                continue
            first, last = int(named["first"]), int(named["last"])
            fits = first >= reached and any(begin <= first and last < end for begin, end in ends)
            if fits and _digest(path.read_bytes()) == named["digest"]:
                reached = last + 1
                yield stored.StoredChunk(path, first, last - first + 1, "").loaded()

    def keep(self, chunk: replicate.Chunk) -> None:
        """Keep a chunk.

        Raises
        ------
        MachineError
            When it cannot be written.
        """
        content = stored.encode(chunk)
        with errors.writing(self.place, after=KEPT):
            (self.place / f"{stored.span_of(chunk)}.{_digest(content)}.arrow").write_bytes(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGITS]

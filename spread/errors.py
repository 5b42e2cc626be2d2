"""What can go wrong, and how it is said.

    SpreadError                 everything this package raises on purpose
    |- InputError               something a user gave is wrong (exit code 2); holds every fault at once
    |- MissingExtra             an optional part is not installed (exit code 2)
    `- MachineError             the machine refused: disk full, permission, locked folder (exit code 5)

A fault names the place (file, line, key path), what was there and what would be right.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches


class SpreadError(Exception):
    """Anything this package raises on purpose; its text is meant for the user."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in what a user gave.

    `place` is the file as the user named it, `line` counts from 1 (0: not known), `key` is the
    path inside the file (``interventions.pews.appeal`` or a column name), `message` says what was
    there and what would be right.
    """

    message: str
    place: str = ""
    line: int = 0
    key: str = ""

    def __str__(self) -> str:
        where = self.place + (f":{self.line}" if self.line else "")
        parts = [part for part in (where, self.key, self.message) if part]
        return ": ".join(parts)


class InputError(SpreadError):
    """One or more faults in what a user gave, all of them together."""

    def __init__(self, faults: "Iterable[Fault] | Fault | str") -> None:
        if isinstance(faults, str):
            faults = Fault(faults)
        if isinstance(faults, Fault):
            faults = (faults,)
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@contextmanager
def noted(faults: list[Fault]) -> Iterator[None]:
    """Note the faults of an `InputError` and go on, so that those of the next check can be reported with them."""
    try:
        yield
    except InputError as error:
        faults.extend(error.faults)


@contextmanager
def writing(place: object, *, after: str = "") -> Iterator[None]:
    """Say plainly when a file or folder cannot be written; `after` tells what is left.

    Raises
    ------
    MachineError
    """
    try:
        yield
    except OSError as error:
        raise MachineError(f"cannot write {place}: {error.strerror or error}{after}") from error


class MissingExtra(SpreadError):
    """An optional part is not installed; the message is its install line."""


class MachineError(SpreadError):
    """The machine refused: disk full, no permission, folder locked by another run."""

    exit_code = 5


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A trailing hint such as ``; did you mean 'coaches'?``, or nothing when no name is near."""
    near = get_close_matches(word, list(known), n=2, cutoff=0.6)
    if not near:
        return ""
    return "; did you mean " + " or ".join(f"'{name}'" for name in near) + "?"

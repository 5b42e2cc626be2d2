"""The names of the patient safety collaboratives: any spelling a return or a planner uses, to one code."""

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TextIO

from spread.scenarios import catalogue

_MOST_CHARACTERS = 10_000_000
_MOST_LINES, _LONGEST_LINE, _MOST_COLUMNS = 500_000, 1_000_000, 1_000  # more sites than there are
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def plain(text: str) -> str:
    """A name without case, punctuation, or the difference between ``&`` and ``and``."""
    return _NOT_A_WORD.sub(" ", text.casefold().replace("&", " and ")).strip()


@cache
def aliases() -> Mapping[str, str]:
    """Every known spelling (made plain) and its code."""
    found: dict[str, str] = {}
    for code in catalogue.pscs():
        for name in (code, *spellings(code)):
            found[plain(name)] = code
    return found


def psc_code(text: str) -> str | None:
    """The code of a collaborative given by code or any of its names; None when nobody goes by that name."""
    return aliases().get(plain(text))


def spellings(code: str) -> tuple[str, ...]:
    """Every name of a collaborative, the current one first; none for one outside the catalogue."""
    entry = catalogue.pscs().get(code)
    return (entry["name"], *entry.get("aliases", ())) if entry else ()


def psc_codes() -> tuple[str, ...]:
    """The codes of the fifteen collaboratives."""
    return tuple(catalogue.pscs())


def codes_in_sites(path: Path) -> tuple[str, ...]:
    """The collaboratives named in the `psc` column of a ``sites.csv``, known names as their codes.

    Returns an empty tuple when the file cannot be read as such: the network's own reader says why.
    """
    try:
        if not path.is_file():
            return ()
        with path.open(newline="", encoding="utf-8-sig") as stream:
            rows = csv.reader(_sensible_lines(stream))
            header = next(filter(None, rows), [])
            place = header.index("psc")
            found = {row[place].strip() for row in rows if len(row) > place}
    except (OSError, ValueError, csv.Error):
        return ()
    return tuple(sorted({psc_code(name) or name for name in found if name}))


def _sensible_lines(stream: TextIO) -> Iterator[str]:
    """The lines of a table up to the first that is longer than any can be, and no more than it can have."""
    left = _MOST_CHARACTERS
    for _ in range(_MOST_LINES):
        line = stream.readline(_LONGEST_LINE + 1)
        left -= len(line)
        if not line or len(line) > _LONGEST_LINE or line.count(",") >= _MOST_COLUMNS or left < 0:
            return
        yield line


def short_name(name: str) -> str:
    """A collaborative's name where room is scarce: ``Wessex``, not ``Health Innovation Wessex``."""
    return name.removeprefix("Health Innovation ").removeprefix("Network ")

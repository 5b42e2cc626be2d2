"""The names of the patient safety collaboratives: any spelling a return or a planner uses, to one code."""

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from spread.scenarios import catalogue

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def plain(text: str) -> str:
    """A name without case, punctuation, or the difference between ``&`` and ``and``."""
    return _NOT_A_WORD.sub(" ", text.casefold().replace("&", " and ")).strip()


@cache
def aliases() -> Mapping[str, str]:
    """Every known spelling (made plain) and its code."""
    found: dict[str, str] = {}
    for code, entry in catalogue.pscs().items():
        for name in (code, entry["name"], *entry.get("aliases", ())):
            found[plain(name)] = code
    return found


def psc_code(text: str) -> str | None:
    """The code of a collaborative given by code or any of its names; None when nobody goes by that name."""
    return aliases().get(plain(text))


def psc_codes() -> tuple[str, ...]:
    """The codes of the fifteen collaboratives."""
    return tuple(catalogue.pscs())


def codes_in_sites(path: Path) -> tuple[str, ...]:
    """The collaboratives named in the `psc` column of a ``sites.csv``, known names as their codes.

    Returns an empty tuple when the file cannot be read as such: the network's own reader says why.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            found = {(row.get("psc") or "").strip() for row in csv.DictReader(stream)}
    except (OSError, UnicodeDecodeError, csv.Error):
        return ()
    return tuple(sorted({psc_code(name) or name for name in found if name}))

"""The record of forecasts: ``results/forecasts.csv``, a row per ambition from every run, so that they can be scored."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spread import errors, files
from spread.runs import folders

if TYPE_CHECKING:
    import pandas as pd

FORECASTS = "forecasts.csv"
ABOUT = ("made_on", "name", "key", "model_version")
INTACT = "; what was there before is intact"


def check_forecasts(root: Path = folders.ROOT) -> None:
    """Make sure the record of forecasts is one, before any time is spent on rows for it.

    Raises
    ------
    InputError
        When what is there is something else.
    """
    path = root / FORECASTS
    if not path.exists():
        return
    if not path.is_file():
        raise errors.InputError(errors.Fault("is not a file; move it elsewhere and one is begun", str(path)))
    header: list[str] = next(_rows(path), [])
    _refuse_other(header, (*ABOUT, *header[len(ABOUT) :]), path)


def _refuse_other(header: Sequence[str], wanted: Sequence[str], path: Path) -> None:
    if header and list(header) != list(wanted):
        message = "has other columns than this version writes; move it elsewhere and a new one is begun"
        raise errors.InputError(errors.Fault(message, str(path), 1))


def has_forecasts(key: str, root: Path = folders.ROOT) -> bool:
    """Whether the record holds the forecasts of a run."""
    path = root / FORECASTS
    if not path.is_file():
        return False
    rows = _rows(path)
    header: list[str] = next(rows, [])
    return "key" in header and any(row[header.index("key")] == key for row in rows if len(row) == len(header))


def _rows(path: Path) -> Iterator[list[str]]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return csv.reader(text.splitlines())


def append_forecasts(ambitions: "pd.DataFrame", *, manifest: Mapping[str, Any], root: Path = folders.ROOT) -> Path:
    """Add a row per ambition to the record.

    Raises
    ------
    InputError
        When the record has other columns.
    MachineError
        When it cannot be written; it is left as it was.
    """
    from spread.outcomes import tables

    path = root / FORECASTS
    check_forecasts(root)
    if path.exists():
        _refuse_other(next(_rows(path), []), tables.columns("forecasts"), path)
    about = {name: manifest[name] for name in ABOUT}
    rows = tables.forecasts_frame(ambitions, **about)
    # Written anew, so that a disk that fills up cannot leave half a row; one process at a time, so that none is lost.
    with folders.held(path), errors.writing(path, after=INTACT):
        before = path.read_bytes() if path.exists() else b""
        text = tables.csv_text(rows)
        files.write_whole(path, before + (text.partition("\n")[2] if before else text).encode())
    return path

"""Excel workbooks as tables of text, and back: formulas are never evaluated, and nothing of a file is run."""

import contextlib
import errno
import io
import math
import os
import tempfile
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from spread import cells, errors
from spread.network import archives, tables

ZIP_START = b"PK\x03\x04"
SHEETS, SHEET_END = "xl/worksheets/sheet", b"</worksheet>"
OLD_EXCEL_START = b"\xd0\xcf\x11\xe0"
LARGEST_FILE_MEGABYTES = 100
LARGEST_UNPACKED_MEGABYTES = 300
MOST_PARTS = 2_000
MOST_TAGS = 6_000_000  # of two million cells
MOST_COLUMNS = 200
MOST_ROWS = 200_000
DATE_LENGTH = len("2022-09-30")


class Sheet(NamedTuple):
    """A sheet's name and its rows that are not blank: (row number from 1, cells as text)."""

    name: str
    rows: list[tuple[int, tuple[str, ...]]]


def is_workbook(path: Path, findings: tables.Findings) -> bool:
    """Whether a file is an Excel workbook by its first bytes; one of the old kind is a fault."""
    try:
        with path.open("rb") as stream:
            start = stream.read(len(ZIP_START))
    except OSError:
        return False  # whoever reads it as text says why
    if start == OLD_EXCEL_START:
        findings.add("is an old or protected Excel file; save it as .xlsx without a password, or as CSV")
    return start in (ZIP_START, OLD_EXCEL_START)


def read_sheets(path: Path, findings: tables.Findings) -> list[Sheet]:
    """Every sheet of a workbook; none, and a fault, when it cannot be read."""
    limits = archives.Limits(LARGEST_FILE_MEGABYTES, LARGEST_UNPACKED_MEGABYTES, MOST_PARTS, MOST_TAGS)
    if not findings.faults and (fault := archives.fault_of(path, limits, "workbook")):
        findings.add(fault)
    if findings.faults:
        return []
    import openpyxl

    try:
        with path.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about colours and drop-down lists
            book = openpyxl.load_workbook(stream, read_only=True, keep_links=False)
            try:
                return [Sheet(sheet.title, list(_rows(sheet, findings))) for sheet in book.worksheets]
            finally:
                book.close()
    except MemoryError:
        raise
    except Exception as error:  # whatever a damaged or hostile file makes the library say
        findings.add(f"cannot be read as a workbook: it is damaged ({type(error).__name__}); save it again as .xlsx")
        return []


def write_workbook(columns: Sequence[str], rows: Iterable[Sequence[object]], *, sheet: str) -> bytes:
    """A table as a workbook of one sheet; no cell of it can be taken for a formula."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    content = io.BytesIO()
    with saving():
        page = book.create_sheet(sheet)
        for row in (columns, *rows):
            page.append([cells.sheet_text(cell) if isinstance(cell, str) else cell for cell in row])
        book.save(content)
    return checked(content.getvalue())


@contextlib.contextmanager
def saving() -> Iterator[None]:
    """Say plainly when a workbook cannot be put together, as its sheets are written to temporary files first.

    Raises
    ------
    spread.errors.MachineError
    """
    place = _temporary()
    try:
        with errors.writing(place):
            yield
    except Exception as error:
        # That of lxml, with which openpyxl writes where it is installed, says IO_ENOSPC.
        if type(error).__name__ != "SerialisationError":
            raise
        number = getattr(errno, str(error).removeprefix("IO_"), None)
        said = str(error) if number is None else os.strerror(number)
        raise errors.MachineError(f"cannot write {place}: {said}") from error


def checked(content: bytes) -> bytes:
    """A workbook put together a moment ago, once every sheet is seen to be whole: lxml keeps a last refusal to itself.

    Raises
    ------
    spread.errors.MachineError
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith(SHEETS)]
        if not all(archive.read(name).endswith(SHEET_END) for name in names):
            raise errors.MachineError(f"cannot write {_temporary()}: a sheet was not written whole")
    return content


def _temporary() -> str:
    return f"a temporary file in {tempfile.gettempdir()}"


def _rows(sheet: Any, findings: tables.Findings) -> Iterator[tuple[int, tuple[str, ...]]]:
    blank: object = None  # one and the same for all rows the sheet leaves out, of which there may be many
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        if number > MOST_ROWS:
            findings.add(f"sheet '{tables.shown(sheet.title)}' has more than {MOST_ROWS:,} rows")
            return
        if row is blank:
            continue
        texts = tuple([_text(cell) for cell in row])
        if any(texts):
            yield number, texts
        else:
            blank = row


def _text(cell: Any) -> str:
    """A cell as its text; a formula is left as it is written, beginning with ``=``."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return "=" + str(getattr(value, "text", value)).lstrip("=")
    if isinstance(value, datetime | date):
        return value.isoformat()[:DATE_LENGTH]
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return str(int(value))
    return str(value).strip()

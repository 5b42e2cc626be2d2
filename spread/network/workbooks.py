"""Excel workbooks as tables of text, and back: formulas are never evaluated, and nothing of a file is run."""

import io
import math
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from spread import cells
from spread.network import tables

ZIP_START = b"PK\x03\x04"
OLD_EXCEL_START = b"\xd0\xcf\x11\xe0"
LARGEST_UNPACKED_MEGABYTES = 300
MOST_COLUMNS = 200
MOST_ROWS = 500_000
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
    if findings.faults or not _is_of_sensible_size(path, findings):
        return []
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about colours and drop-down lists
            book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
            try:
                return [Sheet(sheet.title, list(_rows(sheet, findings))) for sheet in book.worksheets]
            finally:
                book.close()
    except MemoryError:
        raise
    except Exception as error:  # whatever a damaged or hostile file makes the library say
        findings.add(f"cannot be read as a workbook: {tables.shown(f'{type(error).__name__}: {error}')}")
        return []


def write_workbook(columns: Sequence[str], rows: Iterable[Sequence[object]], *, sheet: str) -> bytes:
    """A table as a workbook of one sheet; no cell of it can be taken for a formula."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet)
    for row in (columns, *rows):
        page.append([cells.neutral(cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _is_of_sensible_size(path: Path, findings: tables.Findings) -> bool:
    """Whether a workbook is as small as a return can be, packed and unpacked."""
    try:
        packed = path.stat().st_size
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (OSError, zipfile.BadZipFile) as error:
        findings.add(f"cannot be read as a workbook: {error}")
        return False
    for size, most, what in (
        (packed, tables.LARGEST_FILE_MEGABYTES, ""),
        (unpacked, LARGEST_UNPACKED_MEGABYTES, " unpacked"),
    ):
        if size > most * tables.MEGABYTE:
            findings.add(f"{size // tables.MEGABYTE} MB{what}; a workbook may have up to {most} MB{what}")
            return False
    return True


def _rows(sheet: Any, findings: tables.Findings) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        if number > MOST_ROWS:
            findings.add(f"sheet '{tables.shown(sheet.title)}' has more than {MOST_ROWS:,} rows")
            return
        texts = tuple(_text(cell) for cell in row)
        if any(texts):
            yield number, texts


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

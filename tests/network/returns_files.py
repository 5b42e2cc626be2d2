"""Small quarterly returns, as CSV and as workbook."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import openpyxl

HEADER = (
    "updated_psc_name", "ics", "api_org_code", "organisation_as_recorded", "organisation_name_verified", "quarter",
    "magnesium_sulphate", "newtt2",
)  # fmt: skip
ALDER = ("Wessex HIN", "Dorset", "A", "Alder", "Alder NHS Trust")
BIRCH = ("Wessex AHSN", "Dorset", "B", "Birch", "Birch NHS Trust")
Rows = Sequence[Sequence[object]]
ROWS: Rows = (
    (*ALDER, "2022/23 Q1", "Stage 2 - Interest", "Stage 0 - No contact"),
    (*ALDER, "2022/23 Q2", "stage5-ADOPTION", "3"),
    (*BIRCH, "2022/23 Q1", "Stage 7 - Sustained", "No maternity patients"),
    (*BIRCH, "2022/23 Q2", "", "No maternity patients"),
)


def as_csv(folder: Path, rows: Rows = ROWS, header: Sequence[str] = HEADER, name: str = "return.csv") -> Path:
    """A return as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows((header, *rows))
    path = folder / name
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def as_workbook(folder: Path, *sheets: tuple[str, Rows], name: str = "return.xlsx") -> Path:
    """A workbook; each sheet's rows as they are, header and all."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        page = book.create_sheet(title)
        for row in rows:
            page.append(list(row))
    path = folder / name
    book.save(path)
    return path

"""A workbook that people and programs can read: a cover, contents, notes, and one table on a sheet.

Built by the Government Analysis Function's checklist "Making spreadsheets accessible" (2021): tables are marked up and
named, with one header row of unique headings; no merged cells, hidden rows, filters, frozen panes or blank rows; titles
in cell A1; text wrapped; nothing said by colour alone; empty cells hold a marker that the sheet explains.

Source: https://analysisfunction.civilservice.gov.uk/policy-store/making-spreadsheets-accessible-a-brief-checklist-of-the-basics/
"""

import io
import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from spread import cells
from spread.network import workbooks

if TYPE_CHECKING:
    import openpyxl
    from openpyxl.worksheet.worksheet import Worksheet

NOT_APPLICABLE, NOT_KNOWN = "[z]", "[x]"
MARKERS = {NOT_APPLICABLE: "not applicable", NOT_KNOWN: "not available"}
FORMATS = {"text": "@", "whole": "#,##0", "number": "#,##0.0", "percent": "0.0", "chance": "0", "exact": "General",
           "date": "yyyy-mm-dd"}  # fmt: skip
LANGUAGE = "en-GB"
FONT, TEXT_SIZE, TITLE_SIZE, HEADING_SIZE = "Arial", 12, 16, 14
NARROWEST, WIDEST, COVER_WIDTH = 14, 60, 100
ROOM = 2
"""Characters a column is wider than its longest text."""


class Column(NamedTuple):
    """A column: its heading with the unit, what it holds (`FORMATS`), what an empty cell means (`MARKERS`)."""

    heading: str
    kind: str = "text"
    missing: str = NOT_APPLICABLE
    meaning: str = ""


class Sheet(NamedTuple):
    """A sheet with one table: its tab, the table's name, title, sentences above the table, columns and rows."""

    tab: str
    table: str
    title: str
    lines: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Any]]


class Cover(NamedTuple):
    """The first sheet: title, and paragraphs each under a heading; `made_on` and `author` become properties."""

    title: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    made_on: date
    author: str


def workbook_bytes(cover: Cover, notes: Sequence[tuple[str, str]], sheets: Sequence[Sheet]) -> bytes:
    """A whole workbook: cover, contents, notes, definitions, then the sheets given.

    Parameters
    ----------
    notes
        What a reader has to know, each a subject and a text.
    sheets
        In order; tabs and names of tables all different.
    """
    import openpyxl

    book = openpyxl.Workbook()
    _describe(book, cover)
    whole = [_notes(notes), _definitions(sheets), *sheets]
    _write_cover(book.worksheets[0], cover)
    for sheet in (_contents(whole), *whole):
        _write_sheet(book.create_sheet(sheet.tab), sheet)
    _link_contents(book["Contents"], whole)
    buffer = io.BytesIO()
    with workbooks.saving():
        book.save(buffer)
    return workbooks.checked(buffer.getvalue())


def _describe(book: "openpyxl.Workbook", cover: Cover) -> None:
    properties = book.properties
    properties.title, properties.creator, properties.language = _safe(cover.title), cover.author, LANGUAGE
    properties.created = properties.modified = datetime.combine(cover.made_on, datetime.min.time())


def _contents(sheets: Sequence[Sheet]) -> Sheet:
    columns = (Column("Worksheet"), Column("Title"), Column("Rows in the table", "whole"))
    rows = [(sheet.tab, sheet.title, len(sheet.rows)) for sheet in sheets]
    lines = ("This worksheet contains one table. Each name in its first column is a link to that worksheet.",)
    return Sheet("Contents", "contents", "Contents", lines, columns, rows)


def _notes(notes: Sequence[tuple[str, str]]) -> Sheet:
    columns = (Column("Note"), Column("Subject"), Column("Text"))
    rows = [(f"note {number}", *note) for number, note in enumerate(notes, 1)]
    return Sheet("Notes", "notes", "Notes", ("This worksheet contains one table.",), columns, rows)


def _definitions(sheets: Sequence[Sheet]) -> Sheet:
    columns = (Column("Worksheet"), Column("Heading"), Column("Meaning"))
    rows = [
        (sheet.tab, column.heading, column.meaning or column.heading) for sheet in sheets for column in sheet.columns
    ]
    title = "Definitions: what each column holds"
    return Sheet("Definitions", "definitions", title, ("This worksheet contains one table.",), columns, rows)


# --- cells ---------------------------------------------------------------------------------------


def cell_of(value: Any, column: Column) -> Any:
    """A value as a cell holds it: text that starts no formula, a number, a date, or why there is none.

    Percentages are numbers out of 100. A chance is whole and never 0 or 100 %, which no simulation can promise.
    """
    value = value.item() if hasattr(value, "item") else value
    if value is None or value != value or (isinstance(value, str) and not value.strip()):
        return column.missing
    if column.kind == "text":
        return _safe(value)
    if column.kind == "date":
        return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    number = float(value)
    if not math.isfinite(number):
        return column.missing
    if column.kind == "chance":
        return min(max(round(100 * number), 1), 99)
    if column.kind == "percent":
        return round(100 * number, 6)
    return round(number) if column.kind == "whole" else number


def _safe(value: Any) -> str:
    """Text that no spreadsheet takes for a formula and no XML file refuses."""
    return cells.sheet_text(value)


def _text_of(cell: Any) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:,.1f}" if isinstance(cell, float) else str(cell)


# --- sheets --------------------------------------------------------------------------------------


def _write_cover(place: "Worksheet", cover: Cover) -> None:
    place.title = "Cover"
    place.column_dimensions["A"].width = COVER_WIDTH
    _write_line(place, 1, cover.title, size=TITLE_SIZE, bold=True, wrap=True)
    row = 2
    for heading, paragraphs in cover.parts:
        _write_line(place, row, heading, size=HEADING_SIZE, bold=True, wrap=True)
        for number, text in enumerate(paragraphs, row + 1):
            _write_line(place, number, text, wrap=True)
        row += 1 + len(paragraphs)


def _write_line(
    place: "Worksheet", row: int, text: str, *, size: int = TEXT_SIZE, bold: bool = False, wrap: bool = False
) -> None:
    from openpyxl.styles import Alignment, Font

    cell = place.cell(row, 1, _safe(text))
    cell.font = Font(name=FONT, size=size, bold=bold)
    cell.alignment = Alignment(wrap_text=wrap, vertical="top")


def _write_sheet(place: "Worksheet", sheet: Sheet) -> None:
    """Title and sentences in column A, then the table right below them."""
    rows = [[cell_of(value, column) for value, column in zip(row, sheet.columns, strict=True)] for row in sheet.rows]
    lines = [sheet.title, *sheet.lines, *_markers_used(rows)]
    for number, text in enumerate(lines, 1):
        _write_line(place, number, text, size=TITLE_SIZE if number == 1 else TEXT_SIZE, bold=number == 1)
    first = len(lines) + 1
    _write_rows(place, first, sheet.columns, rows)
    _mark_up(place, sheet, first, len(rows))
    _widen(place, sheet.columns, rows)


def _markers_used(rows: Sequence[Sequence[Any]]) -> list[str]:
    used = [marker for marker in MARKERS if any(marker in row for row in rows)]
    said = "; ".join(f"{marker} means {MARKERS[marker]}" for marker in used)
    return [f"Where there is no value, {said}."] if used else []


def _write_rows(place: "Worksheet", first: int, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> None:
    from openpyxl.styles import Alignment, Font

    plain, bold = Font(name=FONT, size=TEXT_SIZE), Font(name=FONT, size=TEXT_SIZE, bold=True)
    left = Alignment(horizontal="left", vertical="top", wrap_text=True)
    right = Alignment(horizontal="right", vertical="top", wrap_text=True)
    sides = [left if column.kind == "text" else right for column in columns]
    for index, column in enumerate(columns, 1):
        cell = place.cell(first, index, _safe(column.heading))
        cell.font, cell.alignment = bold, sides[index - 1]
    for number, row in enumerate(rows, first + 1):
        for index, value in enumerate(row, 1):
            cell = place.cell(number, index, value)
            cell.font, cell.alignment = plain, sides[index - 1]
            cell.number_format = "@" if isinstance(value, str) else FORMATS[columns[index - 1].kind]


def _mark_up(place: "Worksheet", sheet: Sheet, first: int, count: int) -> None:
    """Say to screen readers and programs that this is a table, without the filters it would come with."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

    # A marked-up table has one row below its header at least; an empty one gets none that says anything.
    last = first + max(count, 1)
    table = Table(displayName=sheet.table, ref=f"A{first}:{get_column_letter(len(sheet.columns))}{last}")
    table.tableColumns = [
        TableColumn(id=index, name=_safe(column.heading)) for index, column in enumerate(sheet.columns, 1)
    ]
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    place.add_table(table)


def _widen(place: "Worksheet", columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> None:
    from openpyxl.utils import get_column_letter

    for index, column in enumerate(columns):
        longest = max((len(_text_of(row[index])) for row in rows), default=0)
        longest_word = max(len(word) for word in column.heading.split())
        width = min(max(longest, longest_word, NARROWEST) + ROOM, WIDEST)
        place.column_dimensions[get_column_letter(index + 1)].width = width


def _link_contents(place: "Worksheet", sheets: Sequence[Sheet]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    first = place.max_row - len(sheets) + 1
    for row, sheet in enumerate(sheets, first):
        cell = place.cell(row, 1)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet.tab}'!A1", display=sheet.tab)
        cell.font = Font(name=FONT, size=TEXT_SIZE, underline="single", color="005EB8")
        cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)

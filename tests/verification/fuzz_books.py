"""Ways to spoil a workbook: its cells and sheets, and the parts of the archive it is."""

import datetime
import io
import random
import re
import warnings
import zipfile
from typing import Any

import openpyxl

from tests.verification import fuzz_bytes
from tests.verification.fuzz_bytes import NASTY_TEXTS


def workbook(luck: random.Random, data: bytes, other: bytes) -> bytes:
    """Spoil the cells and sheets of a workbook, or the parts of the archive it is."""
    way = luck.random()
    if way < 0.15:
        return fuzz_bytes.spoil(luck, data, other)
    if way < 0.4:
        return _spoilt_archive(luck, data, other)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data))
            for _ in range(luck.choice((1, 1, 1, 1, 1, 2, 4))):
                _spoil_book(luck, book)
            content = io.BytesIO()
            book.save(content)
    except Exception:  # what cannot be made into a workbook is spoilt as it is
        return _spoilt_archive(luck, data, other)
    return content.getvalue()


_CELLS: tuple[Any, ...] = (
    None, True, 3, 5, 5.0, 5.5, -1, 1e308, 10**20, datetime.date(2021, 6, 30), datetime.datetime(2021, 6, 30, 13),
    datetime.time(9), datetime.timedelta(days=400), "=1+1", "=A1", '=HYPERLINK("http://x")', "#REF!", "#N/A",
    "=cmd|' /C calc'!A0", "2021/22 Q2", 44377,
)  # fmt: skip


def _spoil_book(luck: random.Random, book: Any) -> None:
    page = luck.choice(book.worksheets)
    rows, columns = max(page.max_row, 1), max(page.max_column, 1)
    row, column = luck.randint(1, rows), luck.randint(1, columns)
    way = luck.randrange(14)
    if way < 6:
        value = luck.choice((*_CELLS, *NASTY_TEXTS))
        page.cell(row, column).value = (
            "".join(sign for sign in value if sign >= " ") if isinstance(value, str) else value
        )
    elif way == 6:
        page.cell(row, column).value = page.cell(luck.randint(1, rows), luck.randint(1, columns)).value
    elif way == 7:
        page.delete_cols(column)
    elif way == 8:
        page.delete_rows(row)
    elif way == 9:
        page.insert_rows(row, luck.choice((1, 25)))
    elif way == 10:
        page.append([cell.value for cell in page[row]])
    elif way == 11:
        book.copy_worksheet(page)
    elif way == 12:
        page.title = luck.choice(("a'b", "é", "x" * 31, "=1", "<b>", "a,b"))
    else:
        page.merge_cells(start_row=row, start_column=column, end_row=row + 1, end_column=column + 1)


def _spoilt_archive(luck: random.Random, data: bytes, other: bytes) -> bytes:
    """Another archive whose parts are spoilt, dropped, repeated or taken from another."""
    try:
        parts, theirs = (_parts_of(one) for one in (data, other))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError, zipfile.zlib.error):
        return fuzz_bytes.spoil(luck, data, other)
    if not parts:
        return data
    name = luck.choice(list(parts))
    way = luck.randrange(6)
    if way == 0:
        del parts[name]
    elif way == 1:
        parts[name] = luck.choice(list(theirs.values()) or [b""])
    elif way == 2:
        parts[luck.choice(("../x", "/x", "xl/vbaProject.bin", "xl/worksheets/sheet9.xml"))] = parts[name]
    elif way == 3:
        parts[name] = _XML_NUMBER.sub(
            luck.choice((b'"999999999"', b'"-1"', b'""', b'"A"', b'"0"')), parts[name], luck.choice((1, 3))
        )
    else:
        parts[name] = fuzz_bytes.spoil(luck, parts[name], luck.choice(list(theirs.values()) or [b""]))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(zipfile.ZipInfo(part), text)
    return content.getvalue()


_XML_NUMBER = re.compile(rb'"[0-9]+"|"[A-Z]+[0-9]+(:[A-Z]+[0-9]+)?"')


def _parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [one.filename for one in archive.infolist() if one.file_size < fuzz_bytes.LARGEST_BYTES]
        return {name: archive.read(name) for name in names}

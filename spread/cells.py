"""Values in files that others open: CSV that is safe in a spreadsheet, and what JSON can say."""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u207a\u207c\u208a\u208c\ufb29"
"""What begins a formula: ``= + - @``, and the signs of other widths and heights that some programs take for these."""
UNSEEN = (
    "\\s\0-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    '\u2800\u3164\ufe00-\ufe0f\ufeff\uff02\uffa0\ufff0-\ufffb"\u201c-\u201f\U000e0000-\U000e0fff'
)
"""What may stand before it and be dropped: spaces, control characters, marks nobody sees, quotation marks."""
SEPARATORS = ";|\t-\r\x1c-\x1e\x85\u2028\u2029"
"""Where a program told of another separator than the comma begins a cell or row."""
FIRST_TO_QUOTE = ("\t", "\r", "\0")
LONGEST_SHEET_CELL = 32_767
_WORTH_A_LOOK = re.compile(f"[{SIGNS}\t\r\0\ud800-\udfff]")
_START = re.compile(f"(?:^|[{SEPARATORS}])[{UNSEEN}]*+[{SIGNS}]?")
_QUOTED_START = re.compile(f"((?:^|[{SEPARATORS}])[{UNSEEN}]*+)'(?=[{SIGNS}\t])")
_SIGN = re.compile(f"[{SIGNS}]")
_HALF = re.compile("[\ud800-\udfff]")
_NOT_IN_SHEETS = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_UNWRITABLE = str.maketrans("\r\0", "  ")
_KEPT_IN_MIND = 10_000


def neutral(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula: a quote goes before a sign that could start one.

    That is the first sign of a cell, or of what would be a cell where the file is split at ``;``, ``|``, tabs or line
    breaks, also behind spaces, quotation marks and what cannot be seen. Carriage returns, which may end a row where
    `csv` sees no need for quotes, and NULs become spaces. What is neutral already stays as it is, and so do numbers.

    Source: OWASP Application Security Verification Standard 5, item 1.2.10.
    """
    if not isinstance(cell, str) or not _WORTH_A_LOOK.search(cell):
        return cell
    return _quoted(str(cell))


@lru_cache(_KEPT_IN_MIND)
def _quoted(text: str) -> str:
    safe = _START.sub(_before_sign, text)
    if safe.startswith(FIRST_TO_QUOTE):
        safe = f"'{safe}"
    return whole(safe.translate(_UNWRITABLE))


def _before_sign(found: "re.Match[str]") -> str:
    start = found[0]
    return f"{start[:-1]}'{start[-1]}" if start and _SIGN.match(start[-1]) else start


def as_meant(text: str) -> str:
    """Text as it was before `neutral` put quotes into it, but for what it took out."""
    return _QUOTED_START.sub(r"\1", text)


def sheet_text(text: object) -> str:
    """Text as a cell of a workbook holds it: neutral, no longer than a cell can be, without what XML refuses."""
    return _NOT_IN_SHEETS.sub(" ", str(neutral(str(text))))[:LONGEST_SHEET_CELL]


def whole(text: str) -> str:
    """Text that can be encoded: half a character, as file names and JSON may hold it, becomes a question mark."""
    return _HALF.sub("\ufffd", text)


def csv_text(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """Rows of cells as CSV text under a header; what is missing is left empty."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([neutral(column) for column in columns])
    for row in rows:
        cells = [plain(cell) for cell in row]
        writer.writerow(["" if cell is None else neutral(cell) for cell in cells])
    return buffer.getvalue()


def json_text(content: object) -> str:
    """Anything made of numbers, text and dates as JSON text; what is missing or infinite becomes null."""
    return whole(json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False)) + "\n"


def plain(value: Any) -> Any:
    """A value in what JSON can say: numbers, text, None, and lists and tables of these."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()[:10] if value == value else None  # a missing date is not itself
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)

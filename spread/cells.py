"""Values in files that others open: CSV that is safe in a spreadsheet, and what JSON can say."""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
UNWRITABLE = str.maketrans("\r\0", "  ")


def neutral(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula: text that could start one gets a quote before it.

    Carriage returns, which may end a row where `csv` sees no need for quotes, and NULs become spaces.

    Source: OWASP Application Security Verification Standard 5, item 1.2.10.
    """
    if not isinstance(cell, str):
        return cell
    safe = f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
    return safe.translate(UNWRITABLE)


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
    return json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


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

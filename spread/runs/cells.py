"""One value in a file that others open: safe in a spreadsheet, and sayable in JSON."""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


def neutral(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula: text that could start one gets a quote before it.

    Source: OWASP Application Security Verification Standard 5, item 1.2.10.
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def csv_text(rows: Iterable[Mapping[str, object]], *, columns: Sequence[str]) -> str:
    """Rows as CSV text with a header; what is missing is left empty."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([neutral(column) for column in columns])
    for row in rows:
        cells = [plain(row.get(column)) for column in columns]
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

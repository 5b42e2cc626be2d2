"""The hash of a table's values: the same however, in whatever pieces and by whatever version they were stored.

Numbers count as 64-bit floats, dates as ISO text, an empty text as a missing one, and text as CSV files hold it.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import cells

MISSING = -1


class TableHash:
    """Takes in a table piece by piece, its rows in order."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns: dict[str, ColumnHash] = {}

    def add(self, frame: pd.DataFrame) -> None:
        """Take in the next rows."""
        for name in frame.columns:
            self.columns.setdefault(str(name), ColumnHash()).add(frame[name])
        self.rows += len(frame)

    def hexdigest(self) -> str:
        """sha256 of what came in, as hexadecimal text."""
        digest = hashlib.sha256(f"rows {self.rows}\n".encode())
        for name, column in self.columns.items():
            digest.update(f"column {name}\n".encode())
            digest.update(column.digest())
        return digest.hexdigest()


class ColumnHash:
    """Takes in one column; whether it holds numbers or text shows with the first value that is not missing."""

    def __init__(self) -> None:
        self.kind = "empty"
        self.leading = 0
        self.values = hashlib.sha256()
        self.codes: dict[str, int] = {}

    def add(self, column: "pd.Series[Any]") -> None:
        """Take in the next values."""
        kind = _kind(column)
        if self.kind == "empty":
            if kind == "empty":
                self.leading += len(column)
                return
            self.kind = kind
            nothing: Any = np.nan if kind == "numbers" else None
            self.add(pd.Series([nothing] * self.leading, dtype="float64" if kind == "numbers" else "object"))
        taken: Any = _numbers(column) if self.kind == "numbers" else self._text_codes(column)
        self.values.update(taken)

    def digest(self) -> bytes:
        """sha256 of what came in."""
        texts = json.dumps(list(self.codes))
        return hashlib.sha256(f"{self.kind} {texts}\n".encode() + self.values.digest()).digest()

    def _text_codes(self, column: "pd.Series[Any]") -> NDArray[np.int64]:
        """Texts numbered by first appearance, so that two spellings of one date are one value."""
        codes, values = pd.factorize(column)
        numbers = [self._code(text(value)) for value in values]
        return np.asarray(np.array([*numbers, MISSING], dtype="<i8")[codes])

    def _code(self, written: str) -> int:
        return self.codes.setdefault(written, len(self.codes)) if written else MISSING


def _kind(column: "pd.Series[Any]") -> str:
    if isinstance(column.dtype, pd.CategoricalDtype):
        used = np.flatnonzero(np.bincount(column.cat.codes.to_numpy() + 1)[1:])
        return "texts" if any(text(value) for value in column.cat.categories[used]) else "empty"
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
        return "empty" if len(column) == 0 or bool(column.isna().all()) else "numbers"
    known = column.notna() if pd.api.types.is_datetime64_dtype(column.dtype) else column.notna() & (column != "")
    return "texts" if bool(known.any()) else "empty"


def _numbers(column: "pd.Series[Any]") -> NDArray[np.float64]:
    if column.dtype.kind in "iu":
        return np.ascontiguousarray(column.to_numpy(), dtype="<f8")
    numbers = column.to_numpy(dtype="<f8", na_value=np.nan)
    # Adding zero turns -0.0 into 0.0; every missing value gets the same bits.
    same_zero: NDArray[np.float64] = numbers + 0.0
    same_zero[np.isnan(same_zero)] = np.nan
    return same_zero


def text(value: object) -> str:
    """A value of a text column as files hold it."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat()
    return str(cells.neutral(str(value)))


def table_hash(table: pd.DataFrame) -> str:
    """Hash one table's values; sha256 as hexadecimal text."""
    taken = TableHash()
    taken.add(table)
    return taken.hexdigest()


def content_hash(hashes: Mapping[str, str]) -> str:
    """One hash of all tables from the hash of each; sha256 as hexadecimal text."""
    return hashlib.sha256(json.dumps(dict(hashes), sort_keys=True).encode()).hexdigest()


def values_hash(tables: Mapping[str, pd.DataFrame]) -> str:
    """Hash the values of tables; sha256 as hexadecimal text."""
    return content_hash({name: table_hash(table) for name, table in tables.items()})

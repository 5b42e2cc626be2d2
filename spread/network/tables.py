"""Reading a table a user brings: rows of text with the line each came from, and every fault on the way.

Nothing here knows what the columns mean. Faults are collected, never raised one by one.
"""

import csv
import difflib
import io
import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from spread import dates, errors
from spread.scenarios import quoting

MEGABYTE = 1_000_000
LARGEST_FILE_MEGABYTES = 100
MOST_LINES = 2_000_000
MOST_COLUMNS = 1_000
LONGEST_LINE = 1_000_000
MOST_COMMAS = 20_000_000
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# Near enough to a known name to be that name misspelt rather than a column of the user's own.
MISSPELT = 0.85
LONGEST_CELL_SHOWN, LONGEST_KEY_SHOWN = 40, 80
# Looking for the name that was meant takes long among many thousand sites.
FAULTS_WITH_HINTS = 20
# Nobody reads more of them.
MOST_FAULTS = 300
# From the first day of the NHS on; what is earlier or later is a slip of the pen.
FIRST_DAY, LAST_DAY = date(1948, 7, 5), date(2199, 12, 31)


@dataclass(slots=True)
class Findings:
    """The faults found so far in one file."""

    place: str
    faults: list[errors.Fault] = field(default_factory=list)

    def add(self, message: str, *, line: int = 0, key: str = "") -> None:
        """Note one fault."""
        name = quoting.clean(quoting.shortened(key, LONGEST_KEY_SHOWN))
        self.faults.append(errors.Fault(quoting.message(message), place=self.place, line=line, key=name))


class Row(NamedTuple):
    """One row: the line it ends on (0: not from lines of text) and its cells by column, stripped."""

    line: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """The cell of a column, empty when blank or when there is no such column."""
        return self.cells.get(column, "")


class Table(NamedTuple):
    """A table as read: columns in the file's order, rows without the blank ones, and the line of the header."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int = 0


class Columns(NamedTuple):
    """The columns a table must have and may have; `further` when any other is welcome too."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    further: bool = False


EMPTY = Table((), ())


def raise_faults(*findings: Findings) -> None:
    """Stop with every fault found, or do nothing when there is none.

    Raises
    ------
    spread.errors.InputError
    """
    faults = [fault for found in findings for fault in found.faults]
    if len(faults) > MOST_FAULTS:
        more = errors.Fault(f"more than {MOST_FAULTS} faults; mend these first", faults[0].place)
        raise errors.InputError([*faults[:MOST_FAULTS], more])
    if faults:
        raise errors.InputError(faults)


def read_text(path: Path, findings: Findings) -> str:
    """The text of a UTF-8 file without its byte order mark; empty text and a fault when it cannot be had."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE_MEGABYTES * MEGABYTE:
            findings.add(f"{size // MEGABYTE} MB; a file may have up to {LARGEST_FILE_MEGABYTES} MB")
            return ""
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        findings.add("no such file")
    except IsADirectoryError:
        findings.add("is a folder; give the file itself")
    except OSError as error:
        findings.add(f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        findings.add("is not UTF-8 text; in Excel, save as 'CSV UTF-8 (comma delimited)'", line=line)
    else:
        if not text.strip():
            findings.add("is empty")
        return text
    return ""


def read_csv(path: Path, columns: Columns, findings: Findings) -> Table:
    """Read a comma-separated table; the first line names the columns.

    A byte order mark, either line ending and blank lines are accepted.
    """
    text = read_text(path, findings)
    if not text.strip():
        return EMPTY
    if fault := _fault_of_shape(text):
        findings.add(fault)
        return EMPTY
    records = _records(text, findings)
    if not records:
        return EMPTY
    header = tuple(cell.strip() for cell in records[0][1])
    if not _check_header(header, columns, findings, line=records[0][0]):
        return EMPTY
    rows = [_row(header, line, cells, findings) for line, cells in records[1:]]
    return Table(header, tuple(row for row in rows if row is not None), records[0][0])


def check_columns(header: Sequence[str], columns: Columns, findings: Findings, *, line: int = 0) -> bool:
    """Whether the columns needed are there; misspelt and unwelcome ones are faults too."""
    known = (*columns.required, *columns.optional)
    absent = [name for name in known if name not in header]
    extra = [name for name in header if name and name not in known]
    missing = [name for name in columns.required if name in absent]
    for name in missing:
        findings.add(f"column '{name}' is missing{errors.did_you_mean(name, extra)}", line=line)
    for name in extra:
        misspelt = difflib.get_close_matches(name, absent, cutoff=MISSPELT)
        if misspelt or not columns.further:
            hint = errors.did_you_mean(name, absent) or "; known are " + ", ".join(known)
            findings.add(f"unknown column '{shown(name)}'{hint}", line=line)
    return not missing


def number(
    row: Row,
    column: str,
    findings: Findings,
    *,
    above: float | None = None,
    low: float = -math.inf,
    high: float = math.inf,
    missing: float = math.nan,
) -> float:
    """A cell as a finite number within bounds; `missing` when blank, NaN with a fault when wrong."""
    text = row.text(column)
    if not text:
        return missing
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        findings.add(f"'{shown(text)}' is not a number", line=row.line, key=column)
        return math.nan
    if above is not None and value <= above:
        findings.add(f"{shown(text)} is not above {above:g}", line=row.line, key=column)
        return math.nan
    if not low <= value <= high:
        findings.add(f"{shown(text)} is {_outside(low, high)}", line=row.line, key=column)
        return math.nan
    return value


def day(row: Row, column: str, findings: Findings) -> date | None:
    """A cell as a day; None when blank, and with a fault when it is no day of the NHS."""
    text = row.text(column)
    if not text:
        return None
    try:
        found = dates.parse_date(text)
    except ValueError as error:
        findings.add(str(error), line=row.line, key=column)
        return None
    return found if check_day(found, row, column, findings) else None


def check_day(found: date, row: Row, column: str, findings: Findings) -> bool:
    """Whether a day is one of the NHS; a fault when it is not."""
    if FIRST_DAY <= found <= LAST_DAY:
        return True
    findings.add(f"{found} is not between {FIRST_DAY.year} and {LAST_DAY.year + 1}", line=row.line, key=column)
    return False


def shown(text: str) -> str:
    """A cell as quoted in a message: short, and without characters that could upset a screen."""
    return quoting.clean(quoting.shortened(text, LONGEST_CELL_SHOWN))


def check_cells(row: Row, findings: Findings) -> None:
    """Note every cell holding a character that is not text: control characters, line breaks, reversals."""
    if not quoting.UNPRINTABLE.search("".join(row.cells.values())):
        return
    for column, cell in row.cells.items():
        if column and quoting.UNPRINTABLE.search(cell):
            findings.add(f"'{shown(cell)}' holds a control character or line break", line=row.line, key=column)


def check_unique(rows: Iterable[Row], columns: Sequence[str], findings: Findings) -> None:
    """Note every row that repeats an earlier one in all of `columns`."""
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple([row.cells.get(column, "") for column in columns])
        if key in first:
            where = f", first on line {first[key]}" if first[key] else ""
            findings.add(f"'{shown(' '.join(key))}' is there twice{where}", line=row.line, key=columns[0])
        first.setdefault(key, row.line)


def check_filled(row: Row, columns: Iterable[str], findings: Findings) -> None:
    """Note every blank cell of the columns that must be filled."""
    for column in columns:
        if not row.text(column):
            findings.add("is blank", line=row.line, key=column)


def check_site(row: Row, column: str, codes: Collection[str], findings: Findings) -> None:
    """Note a cell that names a site nobody knows; a blank cell is another's concern."""
    code = row.text(column)
    if code and code not in codes:
        near = errors.did_you_mean(code, sorted(codes)) if len(findings.faults) < FAULTS_WITH_HINTS else ""
        findings.add(f"no site '{shown(code)}'{near}", line=row.line, key=column)


def _outside(low: float, high: float) -> str:
    """How a number that lies outside some bounds is told; infinite ones are no bounds."""
    if math.isinf(low):
        return f"above {_plain(high)}"
    return f"below {_plain(low)}" if math.isinf(high) else f"not between {_plain(low)} and {_plain(high)}"


def _plain(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _fault_of_shape(text: str) -> str:
    """Whether a text is longer or wider than any table, before its cells are told apart."""
    ending = "\n" if "\n" in text else "\r"
    if text.count("\n") > MOST_LINES or text.count("\r") > MOST_LINES:
        return f"has more than {MOST_LINES:,} lines"
    if text.count(",", 0, (text.find(ending) + 1) or len(text)) >= MOST_COLUMNS:
        return f"has more than {MOST_COLUMNS:,} columns"
    if text.count(",") > MOST_COMMAS:
        return f"has more than {MOST_COMMAS:,} commas"
    start = 0
    while start < len(text):
        end = text.find(ending, start)
        end = len(text) if end < 0 else end
        if end - start > LONGEST_LINE:
            return f"has a line of more than {LONGEST_LINE:,} characters"
        start = end + 1
    return ""


def _records(text: str, findings: Findings) -> list[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records = []
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                records.append((reader.line_num, tuple(cells)))
    except csv.Error as error:
        findings.add(f"is not a comma-separated table: {error}", line=reader.line_num)
        return []
    return records


def _check_header(header: tuple[str, ...], columns: Columns, findings: Findings, *, line: int) -> bool:
    separator = next((mark for mark in ";\t|" if len(header) == 1 and mark in header[0]), "")
    if separator:
        name = "tabs" if separator == "\t" else f"'{separator}'"
        findings.add(f"looks separated by {name}; separate columns by commas", line=line)
        return False
    for name in sorted({name for name in header if name and header.count(name) > 1}):
        findings.add(f"column '{shown(name)}' is there twice", line=line)
    if "" in header:
        findings.add(f"column {header.index('') + 1} has no name", line=line)
    if any(quoting.UNPRINTABLE.search(name) for name in header):
        findings.add("a column name holds a control character", line=line)
        return False
    return check_columns(header, columns, findings, line=line)


def _row(header: tuple[str, ...], line: int, cells: tuple[str, ...], findings: Findings) -> Row | None:
    if len(cells) != len(header):
        findings.add(f"has {len(cells)} cells where the header has {len(header)}", line=line)
        return None
    row = Row(line, dict(zip(header, map(str.strip, cells), strict=True)))
    check_cells(row, findings)
    return row

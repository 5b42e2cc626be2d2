"""`adoption_times.csv`: when each site took each intervention up, as far as anybody looked.

    site, intervention, adopted_on, observed_from, observed_until [, time_unit]

Blank `adopted_on`: not by `observed_until` (right-censored). `adopted_on` before `observed_from`: some time up to then
(left-censored), as nobody looked earlier. Blank `observed_from`: looked at from the start. Times are dates, or numbers
from the start with a `time_unit`.
"""

import math
from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import dates, errors
from spread.network import tables

Floats = NDArray[np.float64]

COLUMNS: Final = tables.Columns(
    ("site", "intervention", "adopted_on", "observed_until"), ("observed_from", "time_unit")
)
TIMES: Final = ("adopted_on", "observed_from", "observed_until")
DAYS_PER_UNIT: Final = {
    "days": 1.0, "weeks": 7.0, "months": 365.25 / 12.0, "quarters": 365.25 / 4.0, "years": 365.25,
}  # fmt: skip
FIRST_DATE: Final = date(1948, 7, 5)
"""The first day of the NHS: what is earlier is a slip of the pen."""
LAST_DATE: Final = date(2100, 12, 31)
LONGEST_DAYS: Final = 100.0 * 365.25


class AdoptionTimes(NamedTuple):
    """What is known of each site and intervention, K rows in the file's order.

    Adopted later than `after_days` and no later than `by_days`, days since the start: the same where the day is known,
    infinite where it had not by the last look, minus infinite where it had before the first. `observed_from_days` is
    minus infinite where it was looked at from the start.
    """

    site: tuple[str, ...]
    intervention: tuple[str, ...]
    after_days: Floats
    by_days: Floats
    observed_from_days: Floats
    observed_until_days: Floats

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Whether the day of adoption is known; shape (K,)."""
        return np.equal(self.after_days, self.by_days)

    @property
    def not_yet(self) -> NDArray[np.bool_]:
        """Whether it had not adopted by the last look (right-censored); shape (K,)."""
        return np.isposinf(self.by_days)

    @property
    def already(self) -> NDArray[np.bool_]:
        """Whether it had adopted before the first look (left-censored); shape (K,)."""
        return np.isneginf(self.after_days)


class _Spell(NamedTuple):
    site: str
    intervention: str
    adopted: float
    first_look: float
    last_look: float


def read_adoption_times(
    path: Path,
    *,
    start: date,
    time_unit: str | None = None,
    sites: Collection[str] | None = None,
    interventions: Collection[str] | None = None,
) -> AdoptionTimes:
    """Read a file of adoption times.

    Parameters
    ----------
    start
        Day nought, from which days are counted.
    time_unit
        What numbers are in, for a file without a column that says it: days, weeks, months, quarters or years.
    sites, interventions
        Those there are; None when any will do.

    Raises
    ------
    spread.errors.InputError
        With every mistake of the file at once, each with its line and column.
    """
    findings = tables.Findings(str(path))
    table = tables.read_csv(path, COLUMNS, findings)
    if not table.rows and not findings.faults:
        findings.add("has no rows below its header")
    tables.check_unique(table.rows, ("site", "intervention"), findings)
    unit = _time_unit(table, time_unit, findings)
    _check_one_kind(table.rows, findings)
    spells = [_spell(row, start, unit, findings) for row in table.rows]
    for row in table.rows:
        _check_names(row, sites, interventions, findings)
    tables.raise_faults(findings)
    return _as_known([spell for spell in spells if spell is not None])


def _time_unit(table: tables.Table, given: str | None, findings: tables.Findings) -> str | None:
    """The unit of numbers, from the file or given; a unit unknown, or two of them, is a fault."""
    told: dict[str, int] = {}
    for row in table.rows:
        told.setdefault(row.text("time_unit"), row.line)
    units = {text: line for text, line in told.items() if text}
    if given is not None:
        units.setdefault(given, 0)
    for text, line in units.items():
        if text not in DAYS_PER_UNIT:
            hint = errors.did_you_mean(text, list(DAYS_PER_UNIT)) or "; known are " + ", ".join(DAYS_PER_UNIT)
            findings.add(f"no time unit '{tables.shown(text)}'{hint}", line=line, key="time_unit")
    if len(units) > 1:
        names = " and ".join(f"'{tables.shown(text)}'" for text in list(units)[:2])
        findings.add(f"times are in {names}; one file has one unit", line=max(units.values()), key="time_unit")
    return next(iter(units), None)


def _check_one_kind(rows: Iterable[tables.Row], findings: tables.Findings) -> None:
    """Note where a file of dates turns to numbers, or the other way round: which was meant cannot be told."""
    first: dict[str, tuple[int, str]] = {}
    for row in rows:
        for column in TIMES:
            kind = _kind(row.text(column))
            if kind:
                first.setdefault(kind, (row.line, column))
    if len(first) > 1:
        (earlier, _), (line, column) = sorted(first.values())
        findings.add(f"with line {earlier} it mixes dates and numbers; one file has one kind", line=line, key=column)


def _kind(text: str) -> str:
    """``date`` or ``number``, or nothing when a cell is neither."""
    try:
        return "number" if math.isfinite(float(text)) else ""
    except ValueError:
        pass
    try:
        dates.parse_date(text)
    except ValueError:
        return ""
    return "date"


def _spell(row: tables.Row, start: date, unit: str | None, findings: tables.Findings) -> _Spell | None:
    """What a row says, in days; None, with every fault noted, when it says nothing sound."""
    before = len(findings.faults)
    tables.check_filled(row, ("site", "intervention"), findings)
    adopted, first_look, last_look = (_time(row, column, start, unit, findings) for column in TIMES)
    if len(findings.faults) > before:
        return None
    if math.isnan(last_look) and math.isnan(adopted):
        findings.add("and adopted_on are blank, so nothing is said; give the last day it was looked at", line=row.line,
                     key="observed_until")  # fmt: skip
    elif first_look > last_look:
        findings.add("is before observed_from", line=row.line, key="observed_until")
    elif adopted > last_look:
        findings.add("is after observed_until; leave it blank if it had not adopted by then", line=row.line,
                     key="adopted_on")  # fmt: skip
    return _Spell(row.text("site"), row.text("intervention"), adopted, first_look, last_look)


def _time(row: tables.Row, column: str, start: date, unit: str | None, findings: tables.Findings) -> float:
    """A cell as days since the start; NaN when blank, and when wrong, with a fault."""
    text = row.text(column)
    if not text:
        return math.nan
    if text.startswith("="):
        findings.add("is a formula; put its value there", line=row.line, key=column)
    elif _kind(text) == "number":
        return _number(row, column, unit, findings)
    elif _kind(text) == "date":
        return _date(row, column, start, findings)
    elif unit is not None:
        findings.add(f"'{tables.shown(text)}' is not a number of {tables.shown(unit)}", line=row.line, key=column)
    else:
        findings.add(f"'{tables.shown(text)}' is not a date; {dates.EXPECTED}", line=row.line, key=column)
    return math.nan


def _date(row: tables.Row, column: str, start: date, findings: tables.Findings) -> float:
    day = dates.parse_date(row.text(column))
    if not FIRST_DATE <= day <= LAST_DATE:
        findings.add(f"{day} is not between {FIRST_DATE} and {LAST_DATE}", line=row.line, key=column)
        return math.nan
    return float(dates.day_number(day, start))


def _number(row: tables.Row, column: str, unit: str | None, findings: tables.Findings) -> float:
    if unit is None:
        findings.add("is a number; say in a column time_unit what it counts: " + ", ".join(DAYS_PER_UNIT),
                     line=row.line, key=column)  # fmt: skip
        return math.nan
    days = DAYS_PER_UNIT.get(unit, 1.0)
    return days * tables.number(row, column, findings, low=-LONGEST_DAYS / days, high=LONGEST_DAYS / days)


def _check_names(
    row: tables.Row, sites: Collection[str] | None, interventions: Collection[str] | None, findings: tables.Findings
) -> None:
    if sites is not None:
        tables.check_site(row, "site", sites, findings)
    name = row.text("intervention")
    if interventions is not None and name and name not in interventions:
        near = errors.did_you_mean(name, sorted(interventions)) or "; known are " + ", ".join(sorted(interventions))
        findings.add(f"no intervention '{tables.shown(name)}'{near}", line=row.line, key="intervention")


def _as_known(spells: list[_Spell]) -> AdoptionTimes:
    adopted = np.array([spell.adopted for spell in spells], dtype=np.float64)
    first_look = np.array([spell.first_look for spell in spells], dtype=np.float64)
    last_look = np.array([spell.last_look for spell in spells], dtype=np.float64)
    first_look = np.where(np.isnan(first_look), -np.inf, first_look)
    last_look = np.where(np.isnan(last_look), adopted, last_look)
    not_yet, already = np.isnan(adopted), adopted < first_look
    return AdoptionTimes(
        site=tuple(spell.site for spell in spells),
        intervention=tuple(spell.intervention for spell in spells),
        after_days=np.where(not_yet, last_look, np.where(already, -np.inf, adopted)),
        by_days=np.where(not_yet, np.inf, np.where(already, first_look, adopted)),
        observed_from_days=first_look,
        observed_until_days=last_look,
    )

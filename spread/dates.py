"""Dates as the national team writes them: days, months and April-to-March quarters.

A model day number counts from a run's origin, its first simulated day: time 0.0 is 00:00 of that day.
"""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta

_MONTHS_PER_YEAR = 12
_MONTHS_PER_QUARTER = 3
_FIRST_MONTH_OF_YEAR = 4
_LONGEST_SHOWN = 40
_ONE_DAY = timedelta(days=1)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})[/-](\d{2}) ?Q([1-4])", re.ASCII | re.IGNORECASE)
EXPECTED = "expected a date such as 2022-11-01, a month such as 2024-03 or a quarter such as '2022/23 Q2'"


def parse_date(value: object) -> date:
    """Read a date: ISO (``2022-11-01``), a month (its last day) or an April-to-March quarter (its last day).

    Raises
    ------
    ValueError
        When `value` is none of these; the text says what was there and what would be right.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError(f"{value} is not a date; {EXPECTED}")
    text = value.strip()
    try:
        return _parse_text(text)
    except ValueError as error:
        reason = str(error) if "quarter year" in str(error) else EXPECTED
        shown = "".join(sign if sign.isprintable() else "?" for sign in text[:_LONGEST_SHOWN])
        raise ValueError(f"'{shown}' is not a date; {reason}") from None


def _parse_text(text: str) -> date:
    quarter = _QUARTER.fullmatch(text)
    if quarter:
        return _quarter_end(int(quarter[1]), int(quarter[2]), int(quarter[3]))
    month = _MONTH.fullmatch(text)
    if month:
        return month_end(int(month[1]), int(month[2]))
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError("no known form")
    return date.fromisoformat(text)


def _quarter_end(first_year: int, second_year: int, quarter: int) -> date:
    if (first_year + 1) % 100 != second_year:
        raise ValueError(f"the quarter year runs from {first_year} to {(first_year + 1) % 100:02d}")
    month = _FIRST_MONTH_OF_YEAR + _MONTHS_PER_QUARTER * quarter - 1
    year, month_index = divmod(month - 1, _MONTHS_PER_YEAR)
    return month_end(first_year + year, month_index + 1)


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    if not 1 <= month <= _MONTHS_PER_YEAR or year < 1:
        raise ValueError(f"no month {month}")
    return date(year, month, monthrange(year, month)[1])


def month_ends(first: date, last: date) -> tuple[date, ...]:
    """Every month end from `first` to `last`, both included."""
    ends = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        ends.append(month_end(year, month))
        year, month = (year, month + 1) if month < _MONTHS_PER_YEAR else (year + 1, 1)
    return tuple(end for end in ends if end <= last)


def month_starts(first: date, last: date) -> tuple[date, ...]:
    """Every first of a month from `first` to `last`, both included."""
    starts = (end.replace(day=1) for end in month_ends(first, month_end(last.year, last.month)))
    return tuple(start for start in starts if first <= start)


def quarter_ends(first: date, last: date) -> tuple[date, ...]:
    """Every end of March, June, September and December from `first` to `last`, both included."""
    return tuple(end for end in month_ends(first, last) if end.month % _MONTHS_PER_QUARTER == 0)


def quarter_name(day: date) -> str:
    """The April-to-March quarter a day lies in, written as in the quarterly return: ``2022/23 Q2``."""
    months = day.year * _MONTHS_PER_YEAR + day.month - _FIRST_MONTH_OF_YEAR
    year, month_index = divmod(months, _MONTHS_PER_YEAR)
    return f"{year}/{(year + 1) % 100:02d} Q{month_index // _MONTHS_PER_QUARTER + 1}"


def day_number(day: date, origin: date) -> int:
    """Whole days from `origin` to `day`: the model time of 00:00 of that day."""
    return (day - origin).days


def day_before(day: date) -> date:
    """The day before."""
    return day - _ONE_DAY


def day_after(day: date) -> date:
    """The day after."""
    return day + _ONE_DAY

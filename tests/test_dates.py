"""Dates, months and April-to-March quarters."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread import dates

DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 1, 1))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022-11-01", date(2022, 11, 1)),
        (" 2022-11-01 ", date(2022, 11, 1)),
        ("2024-02", date(2024, 2, 29)),
        ("2024-03", date(2024, 3, 31)),
        ("2022/23 Q1", date(2022, 6, 30)),
        ("2022/23 Q2", date(2022, 9, 30)),
        ("2022/23 Q3", date(2022, 12, 31)),
        ("2022/23 Q4", date(2023, 3, 31)),
        ("1999/00 q4", date(2000, 3, 31)),
        (date(2022, 5, 4), date(2022, 5, 4)),
    ],
)
def test_a_date_is_a_day_a_month_end_or_a_quarter_end(text, day):
    assert dates.parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2022-13", "2022-00", "2022-02-30", "2022/24 Q2", "2022/23 Q5", "22/23 Q1", "2022", "20221101",
     "2022-W01-1", "0000-01", "٢٠٢٢-٠١", 2022, 2022.5, True, None, [], datetime(2022, 1, 1, 12)],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_what_would_be_right(text):
    with pytest.raises(ValueError, match="is not a date"):
        dates.parse_date(text)


def test_a_quarter_whose_years_do_not_follow_says_which_would():
    with pytest.raises(ValueError, match="2022 to 23"):
        dates.parse_date("2022/24 Q2")


def test_quarter_and_month_ends_include_both_ends():
    assert dates.quarter_ends(date(2022, 3, 31), date(2022, 9, 30)) == (
        date(2022, 3, 31), date(2022, 6, 30), date(2022, 9, 30),
    )  # fmt: skip
    assert dates.month_ends(date(2022, 1, 31), date(2022, 2, 27)) == (date(2022, 1, 31),)
    assert dates.month_starts(date(2021, 12, 1), date(2022, 1, 1)) == (date(2021, 12, 1), date(2022, 1, 1))
    assert dates.month_starts(date(2021, 12, 2), date(2021, 12, 31)) == ()
    assert dates.month_ends(date(9999, 12, 1), date(9999, 12, 31)) == (date(9999, 12, 31),)


@given(DAYS)
def test_the_name_of_a_quarter_reads_back_as_its_last_day(day):
    end = dates.parse_date(dates.quarter_name(day))
    assert day <= end < day + timedelta(days=92)
    assert dates.quarter_name(end) == dates.quarter_name(day)


@given(DAYS, DAYS)
def test_quarter_ends_are_every_third_month_end_and_lie_in_between(first, last):
    ends = dates.quarter_ends(first, last)
    assert all(first <= end <= last for end in ends)
    assert set(ends) <= set(dates.month_ends(first, last))


def test_day_numbers_count_from_the_origin():
    assert dates.day_number(date(2020, 4, 1), date(2020, 4, 1)) == 0
    assert dates.day_number(date(2020, 3, 31), date(2020, 4, 1)) == -1
    assert dates.day_after(dates.day_before(date(2020, 3, 1))) == date(2020, 3, 1)

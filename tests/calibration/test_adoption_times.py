"""Adoption times: what is known of each site, and every mistake of a file at once."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from spread import errors
from spread.calibration import adoption_times

START = date(2022, 4, 1)
HEADER = "site,intervention,adopted_on,observed_from,observed_until"


def write(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "times.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def read(path: Path, **options):
    return adoption_times.read_adoption_times(path, start=START, **options)


def faults(path: Path, **options) -> list[str]:
    with pytest.raises(errors.InputError) as caught:
        read(path, **options)
    return [str(fault).removeprefix(str(path)) for fault in caught.value.faults]


def test_a_day_known_not_yet_and_already(tmp_path: Path) -> None:
    found = read(write(
        tmp_path, "A1,pews,2022-04-11,2022-04-01,2022-12-31", "B1,pews,,2022-04-01,2022-05-01",
        "C1,pews,2022-03-01,2022-04-06,2022-12-31",
    ))  # fmt: skip
    assert found.site == ("A1", "B1", "C1")
    assert found.after_days.tolist() == [10.0, 30.0, -np.inf]
    assert found.by_days.tolist() == [10.0, np.inf, 5.0]
    assert found.is_known.tolist() == [True, False, False]
    assert found.not_yet.tolist() == [False, True, False]
    assert found.already.tolist() == [False, False, True]


def test_looked_at_from_the_start_and_until_adopted_where_nothing_else_is_said(tmp_path: Path) -> None:
    found = read(write(tmp_path, "A1,pews,2022-03-20,,", "B1,pews,,,2022-04-03"))
    assert found.observed_from_days.tolist() == [-np.inf, -np.inf]
    assert found.observed_until_days.tolist() == [-12.0, 2.0]
    assert found.after_days.tolist() == found.observed_until_days.tolist()
    assert found.is_known.tolist() == [True, False]


@pytest.mark.parametrize(("unit", "days"), [("days", 1.0), ("weeks", 7.0), ("months", 30.4375), ("years", 365.25)])
def test_numbers_count_units_from_the_start(tmp_path: Path, unit: str, days: float) -> None:
    path = write(tmp_path, "A1,drug,3,0,17", "B1,drug,,0,17")
    found = read(path, time_unit=unit)
    assert found.after_days == pytest.approx([3 * days, 17 * days])
    path = write(tmp_path, f"A1,drug,3,0,17,{unit}", "B1,drug,,0,17,", header=HEADER + ",time_unit")
    assert read(path).after_days == pytest.approx([3 * days, 17 * days])


def test_months_and_quarters_are_dates_too(tmp_path: Path) -> None:
    found = read(write(tmp_path, "A1,pews,2022-04,,2022/23 Q2"))
    assert found.after_days.tolist() == [29.0]
    assert found.observed_until_days.tolist() == [182.0]


def test_a_byte_order_mark_dos_line_ends_and_blank_lines_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "dos.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\n\r\n A1 , pews ,2022-04-11,,2022-12-31\r\n".encode())
    found = read(path)
    assert (found.site, found.intervention) == (("A1",), ("pews",))


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("A1,pews,,,", ":2: observed_until: and adopted_on are blank, so nothing is said"),
        ("A1,pews,2022-05-01,,2022-04-30", ":2: adopted_on: is after observed_until; leave it blank"),
        ("A1,pews,,2022-05-01,2022-04-30", ":2: observed_until: is before observed_from"),
        ("A1,pews,2022-05-01,2022-06-01,2022-04-30", ":2: observed_until: is before observed_from"),
        ("A1,pews,01/05/2022,,2022-12-31", ":2: adopted_on: '01/05/2022' is not a date; expected a date such as"),
        ("A1,pews,2022-02-30,,2022-12-31", ":2: adopted_on: '2022-02-30' is not a date"),
        ("A1,pews,=TODAY(),,2022-12-31", ":2: adopted_on: is a formula; put its value there"),
        ("A1,pews,NaN,,2022-12-31", ":2: adopted_on: 'NaN' is not a date"),
        ("A1,pews,5,,17", ":2: adopted_on: is a number; say in a column time_unit what it counts: days, weeks"),
        ("A1,pews,0202-05-01,,2022-12-31", ":2: adopted_on: 0202-05-01 is not between 1948-07-05 and 2100-12-31"),
        ("A1,pews,2022-05-01,,9999-12-31", ":2: observed_until: 9999-12-31 is not between"),
        (",pews,2022-05-01,,2022-12-31", ":2: site: is blank"),
        ("A1,,2022-05-01,,2022-12-31", ":2: intervention: is blank"),
        ("A1,pews,2022-05-01,2022-12-31", ":2: has 4 cells where the header has 5"),
        ("A1,pe\x07ws,2022-05-01,,2022-12-31", ":2: intervention: 'pe?ws' holds a control character"),
        ("RAXO1,pews,2022-05-01,,2022-12-31", ":2: site: no site 'RAXO1'; did you mean 'RAX01'?"),
        ("A1,pewz,2022-05-01,,2022-12-31", ":2: intervention: no intervention 'pewz'; did you mean 'pews'?"),
        ("A1,zzzz,2022-05-01,,2022-12-31", ":2: intervention: no intervention 'zzzz'; known are pews"),
    ],
)
def test_a_wrong_row_is_named_by_line_and_column(tmp_path: Path, row: str, fault: str) -> None:
    found = faults(write(tmp_path, row), sites=("A1", "RAX01"), interventions=("pews",))
    assert len([text for text in found if text.startswith(fault)]) == 1


@pytest.mark.parametrize("number", ["1e308", "1e999", "inf", "-1e308", "40000"])
def test_a_number_beyond_a_hundred_years_is_refused(tmp_path: Path, number: str) -> None:
    (fault,) = faults(write(tmp_path, f"A1,drug,{number},,1200"), time_unit="months")
    assert fault.startswith(":2: adopted_on: ")


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = write(
        tmp_path, "A1,pews,soon,,2022-12-31", "A2,pews,,,", "A3,pews,2022-05-01,,2022-12-31",
        "A3,pews,2022-06-01,,2022-12-31", "A4,pews,,2023-01-01,2022-12-31",
    )  # fmt: skip
    found = "\n".join(faults(path))
    assert found.count("\n") == 3
    assert ":5: site: 'A3 pews' is there twice, first on line 4" in found


def test_dates_and_numbers_in_one_file_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "A1,pews,2022-05-01,,2022-12-31", "B1,pews,7,,2022-12-31")
    assert ":3: adopted_on: with line 2 it mixes dates and numbers; one file has one kind" in faults(
        path, time_unit="weeks"
    )


def test_two_units_and_unknown_ones_are_refused(tmp_path: Path) -> None:
    header = HEADER + ",time_unit"
    two = write(tmp_path, "A1,pews,5,,17,weeks", "B1,pews,5,,17,months", header=header)
    assert ":3: time_unit: times are in 'weeks' and 'months'; one file has one unit" in faults(two)
    odd = write(tmp_path, "A1,pews,5,,17,month", header=header)
    assert ":2: time_unit: no time unit 'month'; did you mean 'months'?" in faults(odd)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", ": is empty"),
        (HEADER.encode(), ": has no rows below its header"),
        (b"site;intervention;adopted_on\n", ":1: looks separated by ';'"),
        (HEADER.encode("utf-16"), ":1: is not UTF-8 text"),
        (b"site,intervention,adoptd_on,observed_until\nA,b,,2022\n", "column 'adopted_on' is missing; did you mean"),
        (f"{HEADER},site\n".encode(), "column 'site' is there twice"),
        (b'site,"intervention\n', "is not a comma-separated table"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes, fault: str) -> None:
    path = tmp_path / "times.csv"
    path.write_bytes(content)
    assert fault in "\n".join(faults(path))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert faults(tmp_path / "none.csv") == [": no such file"]

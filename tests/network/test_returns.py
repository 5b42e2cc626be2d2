"""A quarterly return as it comes: cells, headings, sheets, and everything that can be wrong with it."""

import contextlib
import random
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spread import errors
from spread.network import returns, stages, tables, workbooks
from tests.network.returns_files import ALDER, BIRCH, HEADER, ROWS, as_csv, as_workbook

Q1, Q2 = date(2022, 6, 30), date(2022, 9, 30)


def read_faults(path: Path, **columns: str) -> list[str]:
    with pytest.raises(errors.InputError) as caught:
        returns.read_return(path, columns=columns)
    return [str(fault).replace(str(path), "F") for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Stage 0 - No contact", 0),
        ("  stage 4 – testing or implementation ", 4),
        ("STAGE5", 5),
        ("Stage 7 Sustained (12 months)", 7),
        ("Stage\u00a06 - Spread", 6),
        ("3", 3),
        ("3.0", 3),
        ("Adoption", 5),
        ("No contact", 0),
        ("No adult patients", stages.NOT_ELIGIBLE),
        ("Not eligible", stages.NOT_ELIGIBLE),
        ("N/A", stages.NOT_ELIGIBLE),
        ("", None),
        ("NA", None),
        ("NaN", None),
    ],
)
def test_a_stage_is_read_however_it_is_written(text: str, stage: int | None) -> None:
    assert stages.parse_cell(text) == stage


@pytest.mark.parametrize(
    "text",
    ["Stage 8", "8", "-1", "4.5", "stage 4.5", "4-5", "Stage 4 or 5", "yes", "no idea", "no contact yet",
     "not reported", "Stage 5 - Sustained", "=1+4", "<script>", "Stage", "½", "٣", "9" * 5000],
)  # fmt: skip
def test_what_is_no_stage_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|formula"):
        stages.parse_cell(text)


def test_a_return_is_recognised_by_its_columns(tmp_path: Path) -> None:
    read = returns.read_return(as_csv(tmp_path))
    assert read.components == {"magnesium_sulphate": "magnesium_sulphate", "newtt": "newtt2"}
    assert [(one.psc, one.organisation_code, one.quarter) for one in read.entries] == [
        ("WX", "A", Q1), ("WX", "A", Q2), ("WX", "B", Q1), ("WX", "B", Q2),
    ]  # fmt: skip
    assert [tuple(one.stages.values()) for one in read.entries] == [(2, 0), (5, 3), (7, -1), (None, -1)]


def test_a_workbook_and_a_csv_of_the_same_rows_read_the_same(tmp_path: Path) -> None:
    plain = returns.read_return(as_csv(tmp_path))
    book = returns.read_return(as_workbook(tmp_path, ("Notes", [["nothing here"]]), ("grid", [HEADER, *ROWS])))
    assert [one[2:] for one in plain.entries] == [one[2:] for one in book.entries]
    assert plain.components == book.components


def test_numbers_days_and_a_title_above_the_header_are_understood_in_a_workbook(tmp_path: Path) -> None:
    row = (*ALDER, datetime(2022, 8, 1), 5, 3.0)
    read = returns.read_return(as_workbook(tmp_path, ("grid", [["Quarterly return"], [], HEADER, row])))
    assert [(one.line, one.quarter, tuple(one.stages.values())) for one in read.entries] == [(4, Q2, (5, 3))]


def test_sheets_of_one_workbook_are_read_together(tmp_path: Path) -> None:
    tools = (*HEADER[:6], "mews")
    book = as_workbook(tmp_path, ("grid", [HEADER, ROWS[0]]), ("tools", [tools, (*ALDER, "2022/23 Q1", "Stage 1")]))
    read = returns.read_return(book)
    assert list(read.components) == ["magnesium_sulphate", "newtt", "mews"]
    assert [one.stages for one in read.entries] == [{"magnesium_sulphate": 2, "newtt": 0}, {"mews": 1}]


def test_a_byte_order_mark_either_line_ending_and_blank_lines_are_accepted(tmp_path: Path) -> None:
    text = as_csv(tmp_path).read_text().replace("\n", "\r\n").replace("\r\r", "\r") + "\r\n\r\n"
    (tmp_path / "dressed.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert len(returns.read_return(tmp_path / "dressed.csv").entries) == len(ROWS)


def test_other_headings_are_given_a_meaning(tmp_path: Path) -> None:
    header = ("Region", "Who", "quarter", "Check-in", "beds")
    path = as_csv(tmp_path, [("Wessex HIN", "Alder", "2022/23 Q1", "Stage 2", "7")], header)
    columns = {"Region": "psc", "Who": "organisation_name", "beds": ""}
    read = returns.read_return(path, columns=columns)
    assert (read.components, read.aside) == ({"check_in": "Check-in"}, ("beds",))
    assert read.entries[0].organisation == "Alder"


def test_meanings_that_are_none_and_headings_that_are_not_there_are_faults(tmp_path: Path) -> None:
    first, second = read_faults(as_csv(tmp_path), quater="quarter", ics="two words")
    assert "'two words' is neither a field" in first
    assert "no column 'quater'; did you mean 'quarter'?" in second


def test_of_two_known_headings_for_one_thing_the_current_one_counts(tmp_path: Path) -> None:
    path = as_csv(tmp_path, [("Oxford HIN", *ROWS[0])], ("latest_psc_name", *HEADER))
    read = returns.read_return(path)
    assert (read.entries[0].psc, read.aside) == ("WX", ("latest_psc_name",))


def test_remarks_are_left_aside(tmp_path: Path) -> None:
    path = as_csv(tmp_path, [(*ROWS[0], "we are stage-struck")], (*HEADER, "remarks"))
    assert returns.read_return(path).aside == ("remarks",)


def test_every_planted_fault_is_named_with_its_line_column_and_what_would_be_right(tmp_path: Path) -> None:
    rows = [
        ("Wesex HIN", *ALDER[1:], "2022/23 Q1", "Stage 9 - Beyond", "Stage 3 - Decision"),
        ("", *ALDER[1:], "2022/24 Q2", "Stage 3 - Decision", "some day"),
        ("Wessex HIN", "", "", "", "", "2022/23 Q3", "Stage 5 - Sustained", ""),
        (*ALDER[:2], "=A1", *ALDER[3:], "2022/23 Q4", "", ""),
    ]
    said = read_faults(as_csv(tmp_path, rows))
    wanted = (
        ("F:2: updated_psc_name: 'Wesex HIN' is no collaborative", "Wessex"),
        ("F:2: magnesium_sulphate: 'Stage 9 - Beyond' is no stage", "leave it blank"),
        ("F:3: updated_psc_name: is blank", "collaborative"),
        ("F:3: quarter: '2022/24 Q2'", "2022 to 23"),
        ("F:3: newtt2: 'some day' is no stage", "'Stage 0 - No contact' to 'Stage 7 - Sustained'"),
        ("F:4: api_org_code: names no organisation or site", ""),
        ("F:4: magnesium_sulphate: 'Stage 5 - Sustained' is stage 5 by its number and 7", "'Stage 7 - Sustained'"),
        ("F:5: api_org_code: '=A1' is a formula", "put its value there"),
    )
    assert len(said) == len(wanted)
    for fault, (start, right) in zip(said, wanted, strict=True):
        assert fault.startswith(start)
        assert right in fault


def test_a_fault_in_a_workbook_names_its_sheet_and_row(tmp_path: Path) -> None:
    bad = (*ALDER, "2022/23 Q1", "maybe", "")
    (said,) = read_faults(as_workbook(tmp_path, ("one", [HEADER, ROWS[0]]), ("two", [HEADER, ROWS[1], bad])))
    assert said.startswith("F, sheet 'two':3: magnesium_sulphate: 'maybe' is no stage")


def test_a_formula_in_a_workbook_is_a_fault_and_never_worked_out(tmp_path: Path) -> None:
    (said,) = read_faults(as_workbook(tmp_path, ("grid", [HEADER, (*ALDER, "2022/23 Q1", "=2+3", "")])))
    assert "magnesium_sulphate: '=2+3' is a formula" in said


def test_an_organisation_twice_in_a_quarter_is_a_fault(tmp_path: Path) -> None:
    (said,) = read_faults(as_csv(tmp_path, [*ROWS, ROWS[1]]))
    assert said == "F:6: organisation_name_verified: 'Alder NHS Trust, 2022/23 Q2' is there twice, first on line 3"


def test_a_trust_beside_its_successor_is_not_there_twice(tmp_path: Path) -> None:
    old = (*ALDER[:3], "Old Alder", ALDER[4], "2022/23 Q2", "Stage 4", "")
    assert len(returns.read_return(as_csv(tmp_path, [*ROWS, old])).entries) == 5


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("r.csv", b"", "is empty"),
        ("r.csv", b"site,intervention,date,stage\nS1,x,2022-01-01,3\n", "is no quarterly return"),
        ("r.csv", "caf\xe9".encode("latin-1"), "is not UTF-8"),
        ("r.csv", b"a;b;c\n1;2;3\n", "separate columns by commas"),
        ("r.xlsx", b"PK\x03\x04nonsense", "cannot be read as a workbook"),
        ("r.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old or protected Excel file"),
        ("r.csv", b'"unclosed\n', "is not a comma-separated table"),
    ],
)
def test_what_is_no_return_is_refused_in_one_message(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    (fault,) = read_faults(tmp_path / name)
    assert said in fault


def test_a_missing_file_and_a_folder_are_said_to_be(tmp_path: Path) -> None:
    assert read_faults(tmp_path / "none.csv") == ["F: no such file"]
    assert "is a folder" in read_faults(tmp_path)[0]


def test_a_workbook_that_unpacks_to_more_than_a_return_can_be_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "LARGEST_UNPACKED_MEGABYTES", 3)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(4_000_000))
    (said,) = read_faults(tmp_path / "bomb.xlsx")
    assert "4 MB unpacked" in said


def test_a_file_of_faults_says_the_first_and_that_there_are_more(tmp_path: Path) -> None:
    rows = [(*BIRCH, "2022/23 Q1", f"bad {number}", "Stage 1") for number in range(2000)]
    said = read_faults(as_csv(tmp_path, rows))
    assert len(said) == tables.MOST_FAULTS + 1
    assert "more than 300" in said[-1]


def test_control_characters_and_reversals_in_names_are_faults(tmp_path: Path) -> None:
    rows = [(*ALDER[:4], name, "2022/23 Q1", "Stage 1", "") for name in ("Al\x1b[31mder", "Al\u202eder")]
    assert ["control character" in fault for fault in read_faults(as_csv(tmp_path, rows))] == [True, True]


def test_a_name_that_was_kept_from_being_a_formula_is_itself_again(tmp_path: Path) -> None:
    read = returns.read_return(as_csv(tmp_path, [(*ALDER[:4], "'+Alder", "2022/23 Q1", "Stage 1", "")]))
    assert read.entries[0].organisation_name == "+Alder"


def test_a_return_is_told_from_a_table_of_stages(tmp_path: Path) -> None:
    (tmp_path / "stages.csv").write_text("site,intervention,date,stage\nS1,x,2022-01-01,3\n")
    assert returns.is_return(as_csv(tmp_path))
    assert not returns.is_return(tmp_path / "stages.csv")
    assert not returns.is_return(tmp_path / "none.csv")


# ---- whatever comes ----

cells = st.one_of(
    st.text(max_size=12), st.sampled_from(["Stage 5 - Adoption", "2022/23 Q2", "Wessex HIN", "=1+1", "NaN", '"', "\n"])
)


@given(rows=st.lists(st.lists(cells, min_size=7, max_size=9), max_size=5))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rows_are_read_or_refused_in_words(tmp_path: Path, rows: list[list[str]]) -> None:
    with contextlib.suppress(errors.InputError, UnicodeEncodeError):
        returns.read_return(as_csv(tmp_path, rows))


@given(content=st.binary(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "any").write_bytes(content)
    with pytest.raises(errors.InputError):
        returns.read_return(tmp_path / "any")


def test_a_damaged_workbook_is_read_or_refused_in_words(tmp_path: Path) -> None:
    whole = as_workbook(tmp_path, ("grid", [HEADER, *ROWS])).read_bytes()
    luck = random.Random(1)  # noqa: S311 - no secret
    for _ in range(40):
        spoilt = bytearray(whole)
        spoilt[luck.randrange(4, len(whole))] = luck.randrange(256)
        (tmp_path / "spoilt.xlsx").write_bytes(spoilt)
        with contextlib.suppress(errors.InputError):
            returns.read_return(tmp_path / "spoilt.xlsx")

"""observed.csv: every mistake at once, with its line, its column and what would be right."""

import math
from datetime import date

import pytest

from spread import errors
from spread.calibration import observed

HEADER = "date,intervention,measure,group_kind,group,numerator,denominator,value,unit,source\n"
KNOWN = observed.Known(
    interventions=("pews_any", "pews_national"),
    elements={"pews_any": ("chart", "response")},
    groups={"psc": ("YH", "WX"), "site": ("S1",)},
)


def read(folder, rows, known=KNOWN, header=HEADER):
    path = folder / "observed.csv"
    path.write_bytes(rows if isinstance(rows, bytes) else (header + rows).encode())
    return observed.read_observed(path, known)


def faults(folder, rows, **given):
    with pytest.raises(errors.InputError) as caught:
        read(folder, rows, **given)
    return caught.value.faults


def test_counts_give_the_value_and_a_value_alone_has_no_counts(tmp_path):
    counted, alone = read(
        tmp_path,
        "2023-09-30,pews_any,stage>=5,national,,90,120,,sites,FOI\n2023/24 Q3,pews_any,sustained,psc,Wessex,,,0.4,,\n",
    )
    assert (counted.value, counted.has_counts, counted.scope, counted.line) == (0.75, True, "national", 2)
    assert (alone.date, alone.value, alone.has_counts, alone.scope) == (date(2023, 12, 31), 0.4, False, "psc:WX")
    assert math.isnan(alone.numerator)
    assert alone.measure == observed.Measure("at_least", 7)
    with pytest.raises(AttributeError):
        alone.value = 1.0


@pytest.mark.parametrize(
    ("measure", "intervention", "kind", "stage", "interventions"),
    [
        ("stage>=3", "pews_any", "at_least", 3, ("pews_any",)),
        ("stage=0", "pews_any", "at", 0, ("pews_any",)),
        ("all_of:pews_national+pews_any", "", "all_of", 5, ("pews_any", "pews_national")),
        ("all_of:pews_any+pews_national", "pews_national+pews_any", "all_of", 5, ("pews_any", "pews_national")),
        ("stage>=5", "all_of:pews_any+pews_national", "at_least", 5, ("pews_any", "pews_national")),
        ("all_elements", "pews_any", "all_elements", 5, ("pews_any",)),
        ("element:chart", "pews_any", "element", 5, ("pews_any",)),
        ("rate", "pews_any", "rate", 5, ("pews_any",)),
    ],
)
def test_every_measure_of_the_contract_is_read(tmp_path, measure, intervention, kind, stage, interventions):
    (one,) = read(tmp_path, f"2023-09,{intervention},{measure},national,,,,0.5,,\n")
    assert (one.measure.kind, one.measure.stage, one.interventions) == (kind, stage, interventions)


@pytest.mark.parametrize("kind", [*observed.GROUP_KINDS[1:], "attribute:cohort"])
def test_every_kind_of_group_is_read(tmp_path, kind):
    group = {"imd_fifth": "3", "psc": "YH", "site": "S1"}.get(kind, "somewhere")
    (one,) = read(tmp_path, f"2023-09-30,pews_any,stage>=5,{kind},{group},1,2,,,\n")
    assert (one.group_kind, one.group, one.value) == (kind, group, 0.5)


ROW = "2023-09-30,pews_any,stage>=5,national,,90,120,,,\n"
MISTAKES = [
    ("2023-09-31,pews_any,stage>=5,national,,90,120,,,\n", "date", "is not a date"),
    ("1830-01-01,pews_any,stage>=5,national,,90,120,,,\n", "date", "not between"),
    (",pews_any,stage>=5,national,,90,120,,,\n", "date", "is blank"),
    ("2023-09-30,pews_an,stage>=5,national,,90,120,,,\n", "intervention", "did you mean 'pews_any'"),
    ("2023-09-30,,stage>=5,national,,90,120,,,\n", "intervention", "is blank"),
    ("2023-09-30,pews_any,stage>=9,national,,90,120,,,\n", "measure", "stages are 0 to 7"),
    ("2023-09-30,pews_any,sustaned,national,,90,120,,,\n", "measure", "did you mean 'sustained'"),
    ("2023-09-30,pews_any,element:chrt,national,,90,120,,,\n", "measure", "did you mean 'chart'"),
    ("2023-09-30,pews_any,all_of:pews_any,national,,90,120,,,\n", "measure", "two interventions or more"),
    ("2023-09-30,pews_any,all_of:pews_any+pews_national,national,,1,2,,,\n", "intervention", "leave it blank"),
    ("2023-09-30,,all_of:pews_any+pews_nationl,national,,1,2,,,\n", "measure", "did you mean 'pews_national'"),
    ("2023-09-30,pews_any+pews_national,rate,national,,,,1.5,,\n", "intervention", "is of one intervention"),
    ("2023-09-30,pews_any,stage>=5,pcs,YH,90,120,,,\n", "group_kind", "did you mean 'psc'"),
    ("2023-09-30,pews_any,stage>=5,psc,Yorkshir,90,120,,,\n", "group", "no psc 'Yorkshir'"),
    ("2023-09-30,pews_any,stage>=5,psc,,90,120,,,\n", "group", "is blank"),
    ("2023-09-30,pews_any,stage>=5,imd_fifth,6,90,120,,,\n", "group", "there are 1, 2, 3, 4, 5"),
    ("2023-09-30,pews_any,stage>=5,national,YH,90,120,,,\n", "group", "leave the group blank"),
    ("2023-09-30,pews_any,stage>=5,national,,121,120,,,\n", "numerator", "more than the denominator"),
    ("2023-09-30,pews_any,stage>=5,national,,-1,120,,,\n", "numerator", "not between"),
    ("2023-09-30,pews_any,stage>=5,national,,1.5,120,,,\n", "numerator", "not a whole number"),
    ("2023-09-30,pews_any,stage>=5,national,,0,0,,,\n", "denominator", "nobody is counted"),
    ("2023-09-30,pews_any,stage>=5,national,,90,,,,\n", "denominator", "is blank, where there is a numerator"),
    ("2023-09-30,pews_any,stage>=5,national,,NaN,120,,,\n", "numerator", "is not a number"),
    ("2023-09-30,pews_any,stage>=5,national,,1e308,1e308,,,\n", "denominator", "not between"),
    ("2023-09-30,pews_any,stage>=5,national,,90,120,0.5,,\n", "value", "is not 90 of 120 (0.750)"),
    ("2023-09-30,pews_any,stage>=5,national,,,,,,\n", "value", "and so are the counts"),
    ("2023-09-30,pews_any,stage>=5,national,,,,75,,\n", "value", "write 75 % as 0.75"),
    ("2023-09-30,pews_any,stage>=5,national,,,,75%,,\n", "value", "write 0.75"),
    ("2023-09-30,pews_any,stage>=5,national,,,,inf,,\n", "value", "is not a number"),
    ("2023-09-30,pews_any,rate,national,,,,1e308,,\n", "value", "not between"),
    ("2023-09-30,pews_any,stage>=5,national,,=1+1,120,,,\n", "numerator", "'=1+1' is not a number"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "column", "said"), MISTAKES, ids=[said for _, _, said in MISTAKES])
def test_a_mistake_has_its_line_its_column_and_what_would_be_right(tmp_path, row, column, said):
    found = faults(tmp_path, ROW + row)
    assert any(fault.line == 3 and fault.key == column and said in fault.message for fault in found), found
    assert all(fault.place.endswith("observed.csv") for fault in found)


def test_all_mistakes_come_together(tmp_path):
    wrong = "".join(row for row, _, _ in MISTAKES)
    found = faults(tmp_path, wrong)
    assert {fault.line for fault in found} == set(range(2, 2 + len(MISTAKES)))


def test_a_figure_that_is_there_twice_names_the_first_but_two_sources_may_differ(tmp_path):
    (fault,) = faults(tmp_path, ROW + ROW)
    assert "is there twice, first on line 2" in fault.message
    assert len(read(tmp_path, ROW + ROW.replace(",,,\n", ",,,survey\n"))) == 2


def test_what_is_stated_to_two_decimals_agrees_with_its_counts(tmp_path):
    (one,) = read(tmp_path, "2023-09-30,pews_any,stage>=5,national,,1,3,0.33,,\n")
    assert one.value == 1 / 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (HEADER.encode(), "has a header and no rows"),
        (b"date;intervention\n", "separated by"),
        (b"date,intervention,measure,group_kind\n2023-09-30,a,rate,national\n", "column 'group' is missing"),
        (b"date,intervention,measure,group_kind,group\n2023-09-30,pews_any,rate,national,\n", "neither counts"),
        (HEADER.replace("value", "valeu").encode() + ROW.encode(), "did you mean 'value'"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (HEADER.encode() + b"2023-09-30,\x07pews_any,rate,national,,,,1,,\n", "control character"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path, text, said):
    found = faults(tmp_path, text)
    assert any(said in fault.message for fault in found), found


def test_a_byte_order_mark_windows_lines_and_blank_lines_are_fine(tmp_path):
    text = b"\xef\xbb\xbf" + (HEADER + ROW + "\n,,,,,,,,,\n").replace("\n", "\r\n").encode()
    (one,) = read(tmp_path, text)
    assert (one.value, one.line) == (0.75, 2)


def test_where_nothing_is_known_any_name_will_do_and_formulas_stay_text(tmp_path):
    (one,) = read(tmp_path, "2023-09-30,x,rate,ics,=cmd(),,,-3.5,change,@me\n", known=observed.ANYTHING)
    assert (one.group, one.value, one.unit, one.source) == ("=cmd()", -3.5, "change", "@me")


def test_there_is_no_file(tmp_path):
    with pytest.raises(errors.InputError, match="no such file"):
        observed.read_observed(tmp_path / "none.csv")

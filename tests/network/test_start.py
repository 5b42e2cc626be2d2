"""The observed stages a run may start from."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from spread import errors, model
from spread.network import counts, placing, start
from spread.scenarios import schema
from tests import worlds

AS_OF = date(2022, 9, 30)
ROWS: worlds.Rows = (
    {"site": "A1", "intervention": "bundle", "date": "2022/23 Q1", "stage": "Stage 2 - Interest", "since": ""},
    {
        "site": "A1",
        "intervention": "bundle",
        "date": "2022-09-30",
        "stage": "Stage 5 - Adoption",
        "since": "2022-08-15",
    },
    {"site": "A1", "intervention": "bundle", "date": "2022-10-01", "stage": "7", "since": ""},
    {"site": "B1", "intervention": "chart", "date": "2022-06", "stage": "lapsed", "since": ""},
    {"site": "A2", "intervention": "chart", "date": "2022-06-01", "stage": "0", "since": "2022-06-01"},
)


def read(folder: Path, rows: worlds.Rows = ROWS, as_of: date = AS_OF) -> start.StartTable:
    people = worlds.build(worlds.write_world(folder))
    path = worlds.write_table(folder / "stages.csv", rows)
    return start.read_stages(path, as_of, population=people, interventions=["bundle", "chart"])


def faults(folder: Path, rows: worlds.Rows, as_of: date = AS_OF) -> list[str]:
    with pytest.raises(errors.InputError) as caught:
        read(folder, rows, as_of)
    return [str(fault).split("stages.csv", 1)[1] for fault in caught.value.faults]


def test_the_latest_row_by_the_day_asked_for_counts(tmp_path: Path) -> None:
    table = read(tmp_path)
    assert table.intervention.tolist() == [0, 1, 1]
    assert table.site.tolist() == [0, 1, 2]
    assert table.stage.tolist() == [5, 0, 9]
    assert table.since == (date(2022, 8, 15), date(2022, 6, 1), None)
    assert table.reported == (date(2022, 9, 30), date(2022, 6, 1), date(2022, 6, 30))


@pytest.mark.parametrize(
    ("text", "stage"),
    [("5", 5), ("Stage 5 - Adoption", 5), ("stage 4 - Testing or Implementation", 4), ("Stage 0 – No contact", 0),
     ("7.0", 7), ("adoption", 5), ("No contact", 0), ("Stopped", 8), ("lapsed", 9), ("8", None), ("-1", None),
     ("5.5", None), ("stage", None), ("51", None), ("No adult patients", None)],
)  # fmt: skip
def test_a_stage_is_read_as_people_write_it(text: str, stage: int | None) -> None:
    assert start.parse_stage(text) == stage


def test_stages_are_numbered_as_in_the_model() -> None:
    assert start.STAGE_NAMES == model.STATUS_NAMES


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"site": "A9"}, ":2: site: no site 'A9'"),
        (
            {"intervention": "chort"},
            ":2: intervention: 'chort' is not an intervention of the scenario; did you mean 'chart'?",
        ),
        ({"stage": "8"}, ":2: stage: '8' is no stage; write 0 to 7, stopped or lapsed"),
        ({"stage": ""}, ":2: stage: is blank"),
        ({"date": ""}, ":2: date: is blank"),
        ({"since": "2022-07-01"}, ":2: since: 2022-07-01 is after the row's date, 2022-06-30"),
        ({"date": "2022-09-30"}, ":3: site: 'A1, bundle, 2022-09-30' is there twice, first on line 2"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named(tmp_path: Path, cells: dict[str, Any], fault: str) -> None:
    assert faults(tmp_path, worlds.changed(ROWS, 0, **cells)) == [fault]


def test_a_date_nobody_can_read_is_named(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, worlds.changed(ROWS, 0, date="30/09/2022"))
    assert fault.startswith(":2: date: '30/09/2022' is not a date")


def test_faults_of_rows_after_the_day_asked_for_count_too(tmp_path: Path) -> None:
    rows = worlds.changed(worlds.changed(ROWS, 2, stage="x"), 0, site="Q")
    assert [fault.split(":")[1] for fault in faults(tmp_path, rows)] == ["2", "4"]


@pytest.mark.parametrize("content", ["site,when\n", b"\xff\xfe\x00PK", ""])
def test_what_is_no_table_of_stages_is_refused(tmp_path: Path, content: str | bytes) -> None:
    path = worlds.write_text(tmp_path / "stages.csv", content)
    with pytest.raises(errors.InputError):
        start.read_stages(
            path, date(2023, 9, 30), population=worlds.build(worlds.write_five_sites(tmp_path)), interventions=("x",)
        )


def test_a_table_with_nothing_by_the_day_asked_for_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, ROWS, date(2020, 1, 1)) == [": date: has no row dated on or before 2020-01-01"]


def test_everything_told_by_the_day_asked_for_is_kept(tmp_path: Path) -> None:
    table = read(tmp_path)
    assert table.told[0] == ((date(2022, 6, 30), 2), (date(2022, 9, 30), 5))
    assert [len(table.history(row)) for row in range(3)] == [2, 1, 1]
    assert table.data_date is None


def test_a_return_says_which_day_it_speaks_of_and_who_was_late() -> None:
    told = {(date(2022, 6, 30), "chart", 0): 2, (date(2022, 9, 30), "chart", 0): 4, (date(2022, 6, 30), "chart", 1): 5}
    observed = placing.Observed(told, frozenset(), ())
    table = placing.start_of(observed, date(2022, 12, 31), interventions=["chart"])
    assert (table.data_date, table.late_count, table.is_self_reported) == (date(2022, 9, 30), 1, True)
    assert table.told[0] == ((date(2022, 6, 30), 2), (date(2022, 9, 30), 4))


def test_a_site_late_with_two_tools_is_one_late_site() -> None:
    early, late = date(2022, 9, 30), date(2022, 6, 30)
    told = {(day, tool, site): 4 for site, day in ((0, early), (1, late)) for tool in ("chart", "bundle")}
    table = placing.start_of(placing.Observed(told, frozenset(), ()), early, interventions=["chart", "bundle"])
    assert table.late_count == 1


# --- counts ---------------------------------------------------------------------------------------

COUNTS: worlds.Rows = tuple(
    {"date": day, "intervention": "chart", "measure": measure, "group_kind": kind, "group": group,
     "numerator": above, "denominator": below, "value": value}
    for day, measure, kind, group, above, below, value in (
        ("2022/23 Q1", "stage>=5", "national", "national", 1, 5, ""),
        ("2022/23 Q2", "stage>=5", "national", "national", 2, 5, ""),
        ("2022/23 Q2", "stage=4", "national", "national", 1, 5, ""),
        ("2022/23 Q2", "stage>=5", "psc", "Wessex HIN", "", "", 0.5),
        ("2022/23 Q2", "rate", "national", "national", "", "", 7.0),
        ("2022/23 Q3", "stage>=5", "national", "national", 5, 5, ""),
    )
)  # fmt: skip


def read_counts(folder: Path, rows: worlds.Rows = COUNTS, as_of: date = AS_OF) -> start.StartTable:
    people = worlds.build(worlds.write_world(folder))
    everybody = schema.Eligible(settings=tuple(sorted(set(people.settings))))
    scenario = SimpleNamespace(interventions={"bundle": None, "chart": SimpleNamespace(eligible=everybody)})
    path = worlds.write_table(folder / "observed.csv", rows)
    assert counts.is_counts(path)
    return counts.read_counts(path, as_of, scenario=cast(Any, scenario), population=people)


def count_faults(folder: Path, rows: worlds.Rows, as_of: date = AS_OF) -> list[str]:
    with pytest.raises(errors.InputError) as caught:
        read_counts(folder, rows, as_of)
    return [str(fault).split("observed.csv", 1)[1] for fault in caught.value.faults]


def test_counts_of_the_latest_day_are_read_as_shares_at_a_stage_or_above(tmp_path: Path) -> None:
    table = read_counts(tmp_path)
    found = [(count.psc, count.least, pytest.approx(count.share)) for count in table.counts]
    assert found == [(start.NATIONAL, 4, 0.6), (start.NATIONAL, 5, 0.4), (1, 5, 0.5)]
    assert table.data_date == AS_OF


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"numerator": 6}, ":3: numerator: 6 is more than the denominator, 5"),
        ({"denominator": 9}, ":3: denominator: 9 is more than the 5 sites that are eligible"),
        ({"measure": "stage>=9"}, ":3: measure: 'stage>=9' is no measure; write stage>=0 to stage>=7, stage=N or"),
        ({"numerator": "", "denominator": ""}, ":3: numerator: give numerator and denominator, or a value"),
        ({"numerator": "x"}, ":3: numerator: 'x' is not a number"),
        ({"numerator": -1}, ":3: numerator: -1 is below 0"),
        ({"group_kind": "psc", "group": "Wessx"}, ":3: group: no collaborative 'Wessx' in this world"),
        ({"date": "soon"}, ":3: date: 'soon' is not a date"),
    ],
)  # fmt: skip
def test_a_wrong_count_is_named(tmp_path: Path, cells: dict[str, Any], fault: str) -> None:
    assert count_faults(tmp_path, worlds.changed(COUNTS, 1, **cells))[0].startswith(fault)


def test_counts_that_contradict_one_another_are_named(tmp_path: Path) -> None:
    rows = (*COUNTS, {**COUNTS[1], "measure": "stage>=2", "numerator": 1})
    assert count_faults(tmp_path, rows) == [":3: measure: stage>=2 comes to 0.2, but stage>=4 to 0.6"]


def test_a_stage_without_the_one_above_says_little(tmp_path: Path) -> None:
    assert count_faults(tmp_path, [{**COUNTS[1], "measure": "stage=2"}]) == [
        ":2: measure: says little without stage>=3 of the same day; add it"
    ]


def test_nothing_that_counts_sites_is_refused(tmp_path: Path) -> None:
    (fault,) = count_faults(tmp_path, COUNTS, date(2022, 1, 1))
    assert "counts no sites by stage" in fault

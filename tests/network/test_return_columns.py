"""Headings of a return that a scenario gives a meaning, where a run starts from it."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from spread import errors
from spread.network import data, start
from spread.scenarios import reading
from tests import worlds
from tests.network.returns_files import as_csv, as_workbook

SITES: worlds.Rows = tuple(
    {"site": code, "name": name, "organisation": code, "organisation_name": name, "setting": "acute", "psc": "WX",
     "services": "mews"}
    for code, name in (("A", "Alder NHS Trust"), ("B", "Birch NHS Trust"))
)  # fmt: skip
USUAL = ("updated_psc_name", "organisation_name", "quarter", "mews", "beds")
OTHER = ("Region", "Provider", "Period", "Early warning", "Stage of building")
ROWS = (
    ("Wessex HIN", "Alder NHS Trust", "2022/23 Q1", "Stage 2 - Interest", "stage 3 of 4"),
    ("Wessex HIN", "Alder NHS Trust", "2022/23 Q2", "Stage 5 - Adoption", "stage 4 of 4"),
    ("Wessex HIN", "Birch NHS Trust", "2022/23 Q2", "Stage 3 - Decision", "no building"),
)
COLUMNS = """
[return.columns]
Region = "psc"
"PROVIDER" = "organisation_name"
Period = "quarter"
"Early warning" = "mews"
"Stage of building" = ""
"""
SCENARIO = """
schema = 1
name = "q"
start = 2022-04-01
end = 2024-03-31
[world]
sites = "sites.csv"
[start_from]
returns = "{returned}"
as_of = "2022/23 Q2"
[programmes.p]
interventions = ["mews"]
[interventions.mews]
eligible = {{ settings = [], services = ["mews"] }}
"""


def begin(folder: Path, returned: Path, columns: str = "") -> start.StartTable:
    """Where a run starts that begins with this file."""
    worlds.write_table(folder / "sites.csv", SITES)
    text = SCENARIO.format(returned=returned.name) + columns
    scenario = reading.read_scenario(worlds.write_text(folder / "scenario.toml", text))
    begun = data.read_data(scenario).start
    assert begun is not None
    return begun


def faults(folder: Path, returned: Path, columns: str) -> list[str]:
    with pytest.raises(errors.InputError) as caught:
        begin(folder, returned, columns)
    return [str(fault).replace(str(folder) + "/", "") for fault in caught.value.faults]


def usual(folder: Path) -> start.StartTable:
    return begin(folder, as_csv(folder, [row[:4] for row in ROWS], USUAL[:4], "usual.csv"))


def same(one: start.StartTable, other: start.StartTable) -> bool:
    arrays = ((one.site, other.site), (one.intervention, other.intervention), (one.stage, other.stage))
    is_same = all(np.array_equal(mine, theirs) for mine, theirs in arrays)
    return is_same and (one.since, one.reported) == (other.since, other.reported)


def test_a_run_starts_the_same_from_other_headings(tmp_path: Path) -> None:
    begun = begin(tmp_path, as_csv(tmp_path, ROWS, OTHER), COLUMNS)
    assert begun.stage.tolist() == [5, 3]
    assert same(begun, usual(tmp_path))


def test_a_run_starts_the_same_from_other_headings_in_a_workbook(tmp_path: Path) -> None:
    book = as_workbook(tmp_path, ("Notes", [["A note"]]), ("grid", [["Quarterly return"], OTHER, *ROWS]))
    assert same(begin(tmp_path, book, COLUMNS), usual(tmp_path))


def test_a_heading_that_is_not_in_the_file_is_named_with_the_file(tmp_path: Path) -> None:
    columns = COLUMNS.replace("Period", "Priod").replace('"mews"', '"mews"\n"Phase of it" = "phase"')
    assert faults(tmp_path, as_csv(tmp_path, ROWS, OTHER), columns) == [
        "return.csv:1: return.columns.Priod: no column 'Priod'; did you mean 'Period' or 'Provider'?",
        "return.csv:1: return.columns.Phase of it: no column 'Phase of it'",
    ]


def test_a_heading_that_is_not_in_the_workbook_is_named_with_the_file(tmp_path: Path) -> None:
    book = as_workbook(tmp_path, ("grid", [["Quarterly return"], OTHER, *ROWS]))
    (fault,) = faults(tmp_path, book, COLUMNS.replace("Period", "Priod"))
    assert fault == "return.xlsx: return.columns.Priod: no column 'Priod'; did you mean 'Period' or 'Provider'?"


def test_a_file_that_is_no_return_even_with_the_headings_given_is_said_to_be_none(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, as_csv(tmp_path, ROWS, OTHER), COLUMNS.replace('Period = "quarter"\n', ""))
    assert fault.startswith(
        "return.csv: is no quarterly return: it needs a column for the quarter (such as 2022/23 Q2); headings there: '"
    )
    assert "'Period'" in fault


def test_two_headings_of_one_meaning_in_one_sheet_are_named(tmp_path: Path) -> None:
    first, *_ = faults(tmp_path, as_csv(tmp_path, ROWS, OTHER), COLUMNS.replace('= ""', '= "mews"'))
    assert first == "return.csv:1: columns 'Early warning' and 'Stage of building' are both mews"


def test_headings_of_a_return_do_not_concern_a_table_of_stages(tmp_path: Path) -> None:
    text = io.StringIO()
    rows = [("A", "mews", "2022-09-30", 5), ("B", "mews", "2022-09-30", 3)]
    csv.writer(text).writerows([("site", "intervention", "date", "stage"), *rows])
    begun = begin(tmp_path, worlds.write_text(tmp_path / "stages.csv", text.getvalue()), COLUMNS)
    assert begun.stage.tolist() == [5, 3]


def test_a_return_beside_faulty_sites_is_still_read_as_a_return(tmp_path: Path) -> None:
    returned = as_csv(tmp_path, [row[:4] for row in ROWS], USUAL[:4], "usual.csv")
    worlds.write_table(tmp_path / "sites.csv", worlds.changed(SITES, 0, setting="acut"))
    path = worlds.write_text(tmp_path / "scenario.toml", SCENARIO.format(returned=returned.name))
    with pytest.raises(errors.InputError) as caught:
        data.read_data(reading.read_scenario(path))
    assert [Path(fault.place).name for fault in caught.value.faults] == ["sites.csv"]

"""The series that come with the package: they are whole, have sources, and the page about them is right."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from spread import errors
from spread.calibration import observed, series
from spread.scenarios import catalogue, reading

HOUSE = Path(__file__).parents[2]
PAGE = (HOUSE / "docs" / "series.md").read_text(encoding="utf-8")
NAMES = series.shipped()
OWN = {"vte_assessment", "medical_examiner_scrutiny"}
MEASURES = re.compile(r"stage>=[1-7]|all_elements|rate|element:\w+")


def rows(name: str) -> list[dict[str, str]]:
    with series.path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_series_asked_for_are_there() -> None:
    assert NAMES == (
        "high-dose-opioids", "laparotomy-risk", "medical-examiners", "methotrexate-10mg", "smoke-free-delivery",
        "smoke-free-delivery-quarters", "vte-patients", "vte-providers",
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_series_has_the_columns_of_observed_csv_and_a_source_for_every_point(name: str) -> None:
    found = rows(name)
    assert tuple(found[0]) == (*observed.COLUMNS.required, *observed.COLUMNS.optional)
    assert all(row["source"] and row["unit"] for row in found)
    assert {(row["group_kind"], row["group"]) for row in found} == {("national", "national")}
    assert len({(row["intervention"], row["measure"], row["unit"]) for row in found}) == 1
    assert MEASURES.fullmatch(found[0]["measure"])


@pytest.mark.parametrize("name", NAMES)
def test_points_are_dated_once_in_order_and_values_agree_with_their_counts(name: str) -> None:
    found = series.read(name)
    assert list(found.dates) == sorted(set(found.dates))
    per = 1000 if "per 1,000" in found.rows[0].unit else 100 if "per 100" in found.rows[0].unit else 1
    for row in found.rows:
        if row.has_counts:
            assert row.value == pytest.approx(per * row.numerator / row.denominator, rel=1e-5)
    assert (found.value > 0.0).all()
    if found.is_share:
        assert (found.value < 1.0).all()


@pytest.mark.parametrize("name", NAMES)
def test_an_intervention_is_in_the_catalogue_or_has_a_scenario_of_its_own(name: str) -> None:
    row = series.read(name).rows[0]
    (intervention,) = row.interventions
    assert intervention in catalogue.interventions() or intervention in OWN
    if row.measure.kind == "element":
        assert row.measure.element in catalogue.interventions()[intervention]["elements"]


@pytest.mark.parametrize(
    ("name", "ambition"),
    [
        ("high-dose-opioids", "high_dose_opioids_march_2024"),
        ("methotrexate-10mg", "methotrexate_10mg_october_2021"),
    ],
)
def test_a_rate_is_in_the_unit_of_the_ambition_and_meets_its_baseline(name: str, ambition: str) -> None:
    found, aim = series.read(name), catalogue.ambitions()[ambition]
    assert found.rows[0].unit == aim["baseline_unit"]
    last = max(place for place, day in enumerate(found.dates) if day <= aim["baseline_date"])
    assert found.value[last - 2 : last + 1].mean() == pytest.approx(aim["baseline"], rel=0.02)


def test_smoke_free_is_what_the_ambition_counts() -> None:
    found, aim = series.read("smoke-free-delivery"), catalogue.ambitions()["smoke_free_march_2023"]
    assert found.dates[-1] == aim["baseline_date"]
    assert found.value[-1] == pytest.approx(aim["baseline"])


def test_points_that_everything_turns_on() -> None:
    september = series.read("vte-providers").rows[2]
    assert (september.numerator, september.denominator) == (209, 256)
    assert series.read("vte-patients").value[-1] == 0.96
    assert series.read("laparotomy-risk").value.tolist() == [0.56, 0.71, 0.75, 0.77, 0.85]
    assert series.read("medical-examiners").value.tolist() == [0.16, 0.22, 0.3, 0.41, 0.58]
    assert str(series.read("methotrexate-10mg").dates[-1]) == "2020-12-31"
    assert str(series.read("high-dose-opioids").dates[-1]) == "2021-12-31"


@pytest.mark.parametrize("name", NAMES)
def test_the_page_tells_points_and_dates_as_they_are(name: str) -> None:
    found = series.read(name)
    line = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    cells = [cell.strip() for cell in line.split("|")]
    assert cells[2] == f"`{found.rows[0].interventions[0]}` `{found.rows[0].measure}`"
    assert cells[3] == str(len(found.dates))
    assert cells[4] == f"{found.dates[0]} to {found.dates[-1]}"


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL))
def test_scenarios_on_the_page_can_be_read(block: str, tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(block, encoding="utf-8")
    assert set(reading.read_scenario(path).interventions) <= OWN


def test_the_page_names_the_licence() -> None:
    assert "Contains public sector information licensed under the Open Government Licence v3.0" in PAGE


def test_a_name_or_a_file_may_be_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "vte-providers"
    own.write_text("mine")
    monkeypatch.chdir(tmp_path)
    assert series.resolve("vte-providers") == series.path("vte-providers")
    assert series.resolve("./vte-providers").read_text() == "mine"
    assert series.resolve(str(own)) == own


def test_what_is_neither_name_nor_file_is_refused_with_a_hint() -> None:
    with pytest.raises(errors.InputError, match="no file or series 'vte-provider'; did you mean 'vte-providers'"):
        series.resolve("vte-provider")
    with pytest.raises(
        errors.InputError, match=r"no file or series 'q2\.csv'; series that come with spread are high-dose"
    ):
        series.resolve("q2.csv")
    with pytest.raises(errors.InputError, match="no shipped series 'zz'; shipped are high-dose-opioids"):
        series.path("zz")


def test_the_past_of_a_series_is_its_first_points() -> None:
    found = series.read("vte-providers")
    known = found.past(4)
    assert known.value.tolist() == found.value[:4].tolist()
    assert known.last == found.dates[3]
    assert known.resolution == pytest.approx(0.5 / 256)


def test_a_rate_is_as_fine_as_one_item_more_or_less() -> None:
    known = series.read("methotrexate-10mg").past(9)
    assert not known.is_share
    assert known.resolution == pytest.approx(0.5 * 100 / 138_000, rel=0.05)


def test_rows_are_sorted_into_series_by_what_they_are_about(tmp_path: Path) -> None:
    path = tmp_path / "observed.csv"
    path.write_text(
        "date,intervention,measure,group_kind,group,value\n"
        "2022-06-30,pews_any,stage>=5,psc,YH,0.3\n"
        "2022-03-31,pews_any,stage>=5,national,,0.2\n"
        "2022-03-31,pews_any,stage>=5,psc,YH,0.1\n"
    )
    found = series.split(observed.read_observed(path))
    assert [one.name for one in found] == ["pews_any stage>=5 psc:YH", "pews_any stage>=5 national"]
    assert found[0].value.tolist() == [0.1, 0.3]
    assert np.isnan(found[0].out_of).all()

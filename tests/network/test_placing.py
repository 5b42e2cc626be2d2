"""Rows of a return brought to the sites of a population, and what stands out in them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spread import errors
from spread.network import founding, placing, population, returns, reviewing
from tests import worlds
from tests.network import as_observed
from tests.network.returns_files import ALDER, BIRCH, HEADER, as_csv

Q1, Q2, Q3 = date(2022, 6, 30), date(2022, 9, 30), date(2022, 12, 31)
NAMES = {Q1: "2022/23 Q1", Q2: "2022/23 Q2", Q3: "2022/23 Q3"}
TRUSTS: worlds.Rows = tuple(
    {"site": code, "name": name, "organisation": code, "organisation_name": name, "setting": "acute", "psc": psc}
    for code, name, psc in (
        ("A", "Alder NHS Trust", "WX"),
        ("B", "Birch Hospitals NHS Foundation Trust", "WX"),
        ("C", "Cedar NHS Trust", "YH"),
    )
)
SITE_HEADER = (
    "updated_psc_name",
    "trust_code",
    "name_of_trust",
    "site_code",
    "name_of_site",
    "phase",
    "quarter",
    "mews",
)


def trusts(folder: Path) -> population.Population:
    return worlds.build(worlds.write_world(folder, TRUSTS))


def everybody(people: population.Population, *names: str) -> dict[str, frozenset[int]]:
    return dict.fromkeys(names, frozenset(range(len(people.site_codes))))


def row(code: str, name: str, quarter: date, stage: str, recorded: str = "") -> tuple[str, ...]:
    return ("Wessex HIN", "", code, recorded or name, name, NAMES[quarter], stage)


def place(folder: Path, rows: Sequence[Sequence[str]], people: population.Population, **successors: str) -> Any:
    header = (*HEADER[:6], "mews") if len(rows[0]) == 7 else SITE_HEADER
    read = returns.read_return(as_csv(folder, rows, header))
    return placing.place_return(read, people, everybody(people, "mews"), successors)


def by_code(observed: placing.Observed, people: population.Population) -> dict[tuple[date, str], int]:
    return {(quarter, people.site_codes[site]): stage for (quarter, _, site), stage in observed.stages.items()}


@pytest.mark.parametrize(
    ("code", "name"),
    [("B", "anything"), ("b", ""), ("", "Birch Hospitals NHS Foundation Trust"), ("RXX", "The Birch Hospital NHS FT"),
     ("", "BIRCH")],
)  # fmt: skip
def test_an_organisation_is_found_by_code_then_by_name(tmp_path: Path, code: str, name: str) -> None:
    people = trusts(tmp_path)
    found = place(tmp_path, [row(code, name, Q1, "Stage 3")], people)
    assert by_code(found, people) == {(Q1, "B"): 3}
    assert found.unplaced == ()


def test_what_could_not_be_placed_is_listed_with_who_may_be_meant(tmp_path: Path) -> None:
    people = trusts(tmp_path)
    rows = [row("", "Bitch Hospitals NHS Foundation Trust", quarter, "Stage 3") for quarter in (Q1, Q2)]
    found = place(tmp_path, rows, people)
    assert found.stages == {}
    (one,) = found.unplaced
    assert (one.line, one.rows) == (2, 2)
    assert one.hint == "did you mean 'Birch Hospitals NHS Foundation Trust'?"


def test_a_name_that_two_go_by_is_nobodys(tmp_path: Path) -> None:
    people = worlds.build(
        worlds.write_world(tmp_path, worlds.changed(TRUSTS, 1, name="Alder", organisation_name="Alder"))
    )
    found = place(tmp_path, [row("", "Alder", Q1, "Stage 3")], people)
    assert (found.stages, len(found.unplaced)) == ({}, 1)


def test_a_merged_trust_stands_with_its_successor_at_the_less_advanced_stage(tmp_path: Path) -> None:
    people = trusts(tmp_path)
    rows = [row("A", "Alder", Q1, "Stage 5"), row("OLD", "Old Oak", Q1, "Stage 4"), row("A", "Alder", Q2, "Stage 5")]
    found = place(tmp_path, rows, people, OLD="A")
    assert by_code(found, people) == {(Q1, "A"): 4, (Q2, "A"): 5}


def test_two_recorded_names_under_one_code_count_as_the_less_advanced(tmp_path: Path) -> None:
    people = trusts(tmp_path)
    rows = [row("A", "Alder", Q1, "Stage 6"), row("A", "Alder", Q1, "Stage 3", recorded="Old Oak")]
    assert by_code(place(tmp_path, rows, people), people) == {(Q1, "A"): 3}


def test_a_trust_that_reports_by_site_stands_at_the_least_advanced_of_them(tmp_path: Path) -> None:
    people = trusts(tmp_path)
    rows = [
        ("Wessex HIN", "A", "Alder", code, name, "", NAMES[Q1], stage)
        for code, name, stage in (("A01", "North", "Stage 6"), ("A02", "South", "Stage 2"))
    ]
    assert by_code(place(tmp_path, rows, people), people) == {(Q1, "A"): 2}


def test_a_trust_that_reports_as_a_whole_stands_so_in_all_its_sites(tmp_path: Path) -> None:
    people = worlds.build(worlds.write_world(tmp_path))
    found = place(tmp_path, [row("A", "Alder", Q1, "Stage 4")], people)
    assert by_code(found, people) == {(Q1, "A1"): 4, (Q1, "A2"): 4}


def test_a_site_is_found_by_its_name_within_its_trust_and_an_unknown_one_is_not_guessed(tmp_path: Path) -> None:
    people = worlds.build(worlds.write_world(tmp_path))
    rows = [
        ("Wessex HIN", "A", "", "", name, "", NAMES[Q1], "Stage 4") for name in ("Aspen Hospital", "Somewhere else")
    ]
    found = place(tmp_path, rows, people)
    assert by_code(found, people) == {(Q1, "A2"): 4}
    assert [one.site for one in found.unplaced] == ["Somewhere else"]


def test_a_return_gives_the_state_a_run_starts_from(tmp_path: Path) -> None:
    people = trusts(tmp_path)
    rows = [
        row("A", "Alder", Q1, "Stage 2"), row("A", "Alder", Q2, "Stage 4"), row("A", "Alder", Q3, "Stage 5"),
        row("B", "Birch", Q1, "Stage 3"), row("B", "Birch", Q2, "Stage 3"), row("C", "Cedar", Q2, ""),
    ]  # fmt: skip
    path = as_csv(tmp_path, rows, (*HEADER[:6], "mews"))
    wanted = SimpleNamespace(settings=(), services=())
    scenario: Any = SimpleNamespace(
        interventions={"mews": SimpleNamespace(eligible=wanted)},
        world=SimpleNamespace(population="files"),
        quarterly_return=SimpleNamespace(columns={}),
    )
    start = placing.read_start(path, Q2, scenario=scenario, population=people)
    assert start.site.tolist() == [0, 1]
    assert start.stage.tolist() == [4, 3]
    assert (start.since, start.reported) == ((Q2, None), (Q2, Q2))
    with pytest.raises(errors.InputError, match="2022-03-31"):
        placing.read_start(path, date(2022, 3, 31), scenario=scenario, population=people)


def test_a_run_does_not_start_from_a_return_with_names_nobody_knows(tmp_path: Path) -> None:
    path = as_csv(
        tmp_path, [row("A", "Alder", Q1, "Stage 2"), row("X", "Xanadu", Q1, "Stage 2")], (*HEADER[:6], "mews")
    )
    scenario: Any = SimpleNamespace(
        interventions={"mews": SimpleNamespace(eligible=SimpleNamespace(settings=(), services=()))},
        world=SimpleNamespace(population="files"),
        quarterly_return=SimpleNamespace(columns={}),
    )
    with pytest.raises(errors.InputError, match=r"return\.csv:3: [a-z_]+: 'Xanadu' is nobody of this world; mend it"):
        placing.read_start(path, Q2, scenario=scenario, population=trusts(tmp_path))


def test_the_observed_table_is_out_of_those_that_reported(tmp_path: Path) -> None:
    people = trusts(tmp_path)
    rows = [row("A", "Alder", Q1, "Stage 5"), row("B", "Birch", Q1, ""), row("C", "Cedar", Q1, "Stage 2")]
    found = as_observed.observed_rows(place(tmp_path, rows, people), people)
    counts = {(one["group"], one["measure"]): (one["numerator"], one["denominator"]) for one in found}
    assert counts["national", "stage>=5"] == (1, 2)
    assert counts["national", "stage>=2"] == (2, 2)
    assert counts["WX", "stage>=5"] == (1, 1)
    assert counts["YH", "stage>=7"] == (0, 1)


# ---- what stands out ----


def review(folder: Path, rows: Sequence[Sequence[str]], people: population.Population | None = None) -> set[Any]:
    read = returns.read_return(as_csv(folder, rows, (*HEADER[:6], "mews")))
    known = None
    if people is not None:
        eligible = everybody(people, "mews")
        known = reviewing.Known(people, eligible, placing.place_return(read, people, eligible))
    return {one[:1] + one[2:7] for one in reviewing.review(read, known) if one.finding != reviewing.DENOMINATOR}


PLANTED = [
    row("A", "Alder", Q1, "Stage 5"), row("A", "Alder", Q2, "Stage 3"), row("A", "Alder", Q3, "Stage 6"),
    row("B", "Birch", Q1, "Stage 2"), row("B", "Birch", Q2, "Stage 2"), row("B", "Birch", Q3, "Stage 2"),
    row("X", "Xanadu", Q1, "Stage 1"), row("X", "Xanadu", Q2, ""), row("X", "Xanadu", Q3, "Stage 3"),
]  # fmt: skip
ALWAYS = {
    ("backward move", "Alder (A)", "", "mews", "2022/23 Q2", "stage 5 to 3"),
    ("jump", "Alder (A)", "", "mews", "2022/23 Q3", "stage 3 to 6"),
    ("stuck", "Birch (B)", "", "mews", "2022/23 Q3", "stage 2 since 2022/23 Q1, 3 returns"),
}


def test_missing_returns_odd_moves_and_standstills_are_found(tmp_path: Path) -> None:
    missing = ("missing return", "Xanadu (X)", "", "", "2022/23 Q2", "")
    assert review(tmp_path, PLANTED) == {*ALWAYS, missing}


def test_against_a_population_those_never_heard_of_and_names_nobody_knows_are_found_too(tmp_path: Path) -> None:
    cedar = {("missing return", "Cedar NHS Trust (C)", "", "", name, "") for name in NAMES.values()}
    unknown = ("name not placed", "Xanadu", "", "", "", "line 8 and 2 more")
    assert review(tmp_path, PLANTED, trusts(tmp_path)) == {*ALWAYS, *cedar, unknown}


def test_who_is_said_not_to_be_eligible_and_counted_here_is_found(tmp_path: Path) -> None:
    rows = [row("A", "Alder", Q1, "No women"), row("B", "Birch", Q1, "Stage 1"), row("C", "Cedar", Q1, "Stage 1")]
    assert review(tmp_path, rows, trusts(tmp_path)) == {
        (
            "not eligible here",
            "Alder NHS Trust (A)",
            "",
            "mews",
            "2022/23 Q1",
            "said not to be eligible, and counted here",
        )
    }


def test_the_denominators_are_theirs_with_and_without_blanks_and_ours(tmp_path: Path) -> None:
    people = trusts(tmp_path)
    read = returns.read_return(as_csv(tmp_path, PLANTED, (*HEADER[:6], "mews")))
    eligible = everybody(people, "mews")
    known = reviewing.Known(people, eligible, placing.place_return(read, people, eligible))
    found = [one for one in reviewing.review(read, known) if one.finding == reviewing.DENOMINATOR]
    assert [(one.quarter, one.reported, one.listed, one.eligible) for one in found] == [
        ("2022/23 Q1", 3, 3, 3), ("2022/23 Q2", 2, 3, 3), ("2022/23 Q3", 3, 3, 3),
    ]  # fmt: skip


# ---- a world out of a return ----


def test_two_organisations_of_one_code_cannot_found_a_world(tmp_path: Path) -> None:
    rows = [
        (*ALDER[:2], "A", "Alder", "Alder", "2022/23 Q1", "Stage 1"),
        (*BIRCH[:2], "", "a", "a", "2022/23 Q1", "Stage 1"),
    ]
    read = returns.read_return(as_csv(tmp_path, rows, (*HEADER[:6], "mews")))
    assert len(founding.found_world(read, place="r").sites_csv.splitlines()) == 2  # the same code in another case
    sites = [("Wessex HIN", code, "", "S1", "", "", "2022/23 Q1", "Stage 1") for code in ("A", "B")]
    read = returns.read_return(as_csv(tmp_path, sites, SITE_HEADER))
    with pytest.raises(errors.InputError, match="both have the code 'S1'"):
        founding.found_world(read, place="r")


def test_a_return_without_any_stage_founds_no_world(tmp_path: Path) -> None:
    read = returns.read_return(as_csv(tmp_path, [row("A", "Alder", Q1, "")], (*HEADER[:6], "mews")))
    with pytest.raises(errors.InputError, match="holds no stage"):
        founding.found_world(read, place="r")

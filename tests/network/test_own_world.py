"""A world from the user's own files: what it becomes, and every way it can be wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spread import errors
from spread.network import tables
from tests import worlds


def faults(world: Any) -> list[str]:
    """The faults of a world as text, without folders."""
    with pytest.raises(errors.InputError) as caught:
        worlds.build(world)
    return [str(fault).replace(str(Path(fault.place).parent) + "/", "") for fault in caught.value.faults]


def faults_of_sites(folder: Path, row: int = 0, **cells: Any) -> list[str]:
    return faults(worlds.write_world(folder, worlds.changed(worlds.FIVE_SITES, row, **cells)))


def test_five_sites_become_sorted_arrays(tmp_path: Path) -> None:
    people = worlds.build(worlds.write_five_sites(tmp_path))
    assert people.site_codes == ("A1", "A2", "B1", "C1", "C2")
    assert people.site_names[0] == "Alder"
    assert people.organisation_codes == ("A", "B", "C")
    assert people.organisation_settings == ("acute", "mental_health", "acute")
    assert people.organisation.tolist() == [0, 0, 1, 2, 2]
    assert people.psc_codes == ("Atlantis", "WX")
    assert people.psc_names == ("Atlantis", "Health Innovation Wessex")
    assert people.psc.tolist() == [1, 1, 1, 0, 0]
    assert people.ics_names == ("Deep", "Dorset")
    assert people.ics.tolist() == [1, 1, -1, 0, 0]
    assert people.region.tolist() == [-1] * 5
    assert people.services[0] == {"maternity", "neonatal"}
    assert people.attributes == {"cohort": ("one", "one", "two", "two", "")}
    np.testing.assert_array_equal(people.organisation_staff, [4000, np.nan, np.nan])
    np.testing.assert_array_equal(people.deprived_share, [0.1, 0.3, np.nan, 0.5, 0.5])
    np.testing.assert_array_equal(people.longitude, [-1.9, -2.1, np.nan, 0.0, np.nan])


def test_an_unknown_size_is_the_median_of_its_setting_or_one(tmp_path: Path) -> None:
    sites = worlds.changed(worlds.FIVE_SITES, 1, size="")
    assert worlds.build(worlds.write_world(tmp_path, sites)).size.tolist() == [400, 500, 1, 600, 1]


def test_the_most_deprived_sites_are_in_the_first_fifth(tmp_path: Path) -> None:
    people = worlds.build(worlds.write_five_sites(tmp_path))
    assert people.deprivation_fifth.tolist() == [4, 3, 0, 1, 1]


def test_networks_are_one_per_psc_one_per_ics_and_those_of_the_file(tmp_path: Path) -> None:
    networks = worlds.build(worlds.write_five_sites(tmp_path)).networks
    assert networks.codes == ("all", "babies", "ics:Deep", "ics:Dorset", "psc:Atlantis", "psc:WX")
    assert networks.kinds == ("national", "neonatal_odn", "ics", "ics", "psc", "psc")
    assert networks.layers == ("national", "clinical", "ics", "ics", "psc", "psc")
    assert networks.start.tolist() == [0, 3, 5, 7, 9, 11, 14]
    assert networks.member.tolist() == [0, 2, 4, 0, 3, 3, 4, 0, 1, 3, 4, 0, 1, 2]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    sites=st.permutations(worlds.FIVE_SITES),
    memberships=st.permutations(worlds.FIVE_MEMBERSHIPS),
    ties=st.permutations(worlds.FIVE_TIES),
)
def test_the_order_of_rows_does_not_matter(
    tmp_path: Path, sites: worlds.Rows, memberships: worlds.Rows, ties: worlds.Rows
) -> None:
    ordered = worlds.write_five_sites(tmp_path)
    people, links = worlds.build(ordered), worlds.build_ties(ordered)
    shuffled = worlds.write_world(tmp_path, sites, memberships, ties)
    assert worlds.same(worlds.build(shuffled), people)
    assert worlds.same(worlds.build_ties(shuffled), links)


@pytest.mark.parametrize("form", [b"\xef\xbb\xbf%s", b"%s\n\n  ,,,\n"])
def test_a_byte_order_mark_blank_lines_and_windows_line_ends_are_accepted(tmp_path: Path, form: bytes) -> None:
    lines = b"site,organisation,setting,psc\r\nA1, A ,acute,YH\r\n"
    path = worlds.write_text(tmp_path / "s.csv", form % lines)
    people = worlds.build(worlds.write_world(tmp_path, path))
    assert people.site_codes == ("A1",)
    assert people.organisation_codes == ("A",)


def test_a_psc_may_be_given_by_any_name_or_be_the_users_own(tmp_path: Path) -> None:
    sites = [
        {"site": f"S{row}", "organisation": "A", "setting": "gp", "psc": psc}
        for row, psc in enumerate(["yh", "Yorkshire & Humber AHSN", "Health Innovation Yorkshire and Humber", "X1"])
    ]
    people = worlds.build(worlds.write_world(tmp_path, sites))
    assert people.psc_codes == ("X1", "YH")
    assert people.psc.tolist() == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"site": ""}, "sites.csv:2: site: is blank"),
        ({"organisation": ""}, "sites.csv:2: organisation: is blank"),
        ({"site": "A2"}, "sites.csv:3: site: 'A2' is there twice, first on line 2"),
        ({"psc": " "}, "sites.csv:2: psc: site 'A1' is in no PSC"),
        ({"psc": "Wesex"}, "sites.csv:2: psc: 'Wesex' is close to a name of WX; write WX, or another name of your own"),
        ({"size": "-4"}, "sites.csv:2: size: -4 is not above 0"),
        ({"size": "nan"}, "sites.csv:2: size: 'nan' is not a number"),
        ({"size": "inf"}, "sites.csv:2: size: 'inf' is not a number"),
        ({"size": "1e999"}, "sites.csv:2: size: '1e999' is not a number"),
        ({"size": "1_0"}, "sites.csv:2: size: '1_0' is not a number"),
        ({"staff": "many"}, "sites.csv:2: staff: 'many' is not a number"),
        ({"imd_q1_share": "20"}, "sites.csv:2: imd_q1_share: 20 is not between 0 and 1"),
        ({"longitude": "181"}, "sites.csv:2: longitude: 181 is not between -180 and 180"),
        ({"latitude": "-91"}, "sites.csv:2: latitude: -91 is not between -90 and 90"),
        ({"name": "a\x07b"}, "sites.csv:2: name: 'a?b' holds a control character or line break"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(tmp_path: Path, cells: dict[str, str], fault: str) -> None:
    assert faults_of_sites(tmp_path, **cells) == [fault]


def test_an_unknown_setting_is_answered_with_the_list(tmp_path: Path) -> None:
    (fault,) = faults_of_sites(tmp_path, setting="accute")
    assert "unknown setting 'accute'; did you mean 'acute'" in fault
    assert "known are acute, acute_specialist, maternity" in fault


def test_all_faults_of_all_files_come_together(tmp_path: Path) -> None:
    world = worlds.write_world(
        tmp_path,
        worlds.changed(worlds.changed(worlds.FIVE_SITES, 0, psc=""), 3, size="-1"),
        worlds.changed(worlds.FIVE_MEMBERSHIPS, 0, site="Z9"),
        worlds.changed(worlds.FIVE_TIES, 0, peer="A1"),
    )
    assert [fault.split(": ", 1)[0] for fault in faults(world)] == [
        "sites.csv:2", "sites.csv:5", "memberships.csv:2", "ties.csv:2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"site,organisation,setting,psc\n", "holds no sites"),
        ("site,organisation,setting,psc\nA1,A,acute,YH\nAé1,A,acute,YH\n".encode("latin-1"), "is not UTF-8 text"),
        (b"site;organisation;setting;psc\nA1;A;acute;YH\n", "looks separated by ';'"),
        (b"site,setting,psc\nA1,acute,YH\n", "column 'organisation' is missing"),
        (b"site,organization,setting,psc\nA1,A,acute,YH\n", "did you mean 'organization'?"),
        (b"site,site,organisation,setting,psc\nA1,A1,A,acute,YH\n", "column 'site' is there twice"),
        (
            b"site,organisation,setting,psc,service\nA1,A,acute,YH,\n",
            "unknown column 'service'; did you mean 'services'?",
        ),
        (b"site,organisation,setting,psc\nA1,A,acute\n", "has 3 cells where the header has 4"),
        (b'site,organisation,setting,psc\n"A1,A,acute,YH\n', "is not a comma-separated table"),
        (b'site,organisation,setting,psc\n"A\n1",A,acute,YH\n', "holds a control character or line break"),
        (b"site,organisation,setting,psc\nA\x001,A,acute,YH\n", "holds a control character or line break"),
    ],
)
def test_a_malformed_file_is_said_to_be_so(tmp_path: Path, text: bytes, fault: str) -> None:
    path = worlds.write_text(tmp_path / "sites.csv", text)
    assert fault in "\n".join(faults(worlds.write_world(tmp_path, path)))


def test_a_missing_file_and_a_folder_are_said_to_be_so(tmp_path: Path) -> None:
    world = worlds.write_world(tmp_path, tmp_path / "none.csv", ties=tmp_path)
    assert faults(world) == ["none.csv: no such file", f"{tmp_path.name}: is a folder; give the file itself"]


def test_a_huge_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MEGABYTE", 1)
    (fault,) = faults(worlds.write_world(tmp_path))
    assert fault.endswith("MB; a file may have up to 100 MB")


def test_a_world_of_files_needs_sites(tmp_path: Path) -> None:
    assert faults(worlds.write_world(tmp_path, ())) == [
        "scenario: world.sites: a world of your own needs a sites.csv or a graph"
    ]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"site": "A9"}, "memberships.csv:2: site: no site 'A9'"),
        ({"kind": ""}, "memberships.csv:2: kind: is blank"),
        ({"network": "psc:WX"}, "memberships.csv:2: network: 'psc:WX' is made from sites.csv; leave it out here"),
        ({"site": "C1"}, "memberships.csv:3: network: 'babies C1' is there twice, first on line 2"),
    ],
)
def test_a_wrong_membership_is_named(tmp_path: Path, cells: dict[str, str], fault: str) -> None:
    rows = worlds.changed(worlds.FIVE_MEMBERSHIPS, 0, **cells)
    assert fault in faults(worlds.write_world(tmp_path, memberships=rows))


def test_a_network_of_two_kinds_is_refused(tmp_path: Path) -> None:
    rows = worlds.changed(worlds.FIVE_MEMBERSHIPS, 1, kind="national")
    assert faults(worlds.write_world(tmp_path, memberships=rows)) == [
        "memberships.csv:3: kind: 'babies' is of kind 'neonatal_odn' further up, here 'national'"
    ]


def test_a_misspelt_site_is_answered_with_the_one_meant(tmp_path: Path) -> None:
    sites = worlds.changed(worlds.FIVE_SITES, 0, site="Alder-01")
    rows = [{"network": "n", "kind": "k", "site": "Alder-1"}]
    assert faults(worlds.write_world(tmp_path, sites, rows)) == [
        "memberships.csv:2: site: no site 'Alder-1'; did you mean 'Alder-01'?"
    ]

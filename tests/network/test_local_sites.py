"""England's care homes, practices, CCGs, wards and units: as many as published, in their place, only when asked for."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from spread import errors
from spread.network import assemble, bundled, england, export, population
from spread.network.population import Population
from spread.scenarios import schema
from tests import worlds


@pytest.fixture(scope="module")
def people() -> Population:
    return england.build_england("2022", england.ALL_SETTINGS)


def of_setting(people: Population, setting: str) -> list[int]:
    return [site for site, one in enumerate(people.settings) if one == setting]


def for_settings(*settings: tuple[str, ...]) -> SimpleNamespace:
    asked = {
        f"i{number}": schema.Intervention.model_construct(eligible=schema.Eligible(settings=names))
        for number, names in enumerate(settings)
    }
    return SimpleNamespace(world=schema.World(), interventions=asked)


@pytest.mark.parametrize(
    ("setting", "sites"),
    [("care_home", 15464), ("gp", 6348), ("ward", 1229), ("maternity", 123), ("neonatal", 124), ("ccg", 106)],
)
def test_there_are_as_many_sites_of_a_setting_as_published(people: Population, setting: str, sites: int) -> None:
    assert len(of_setting(people, setting)) == sites


def test_care_homes_practices_and_ccgs_of_each_collaborative_are_those_of_the_reference_table(
    people: Population,
) -> None:
    counts = Counter((people.psc_codes[psc], one) for psc, one in zip(people.psc, people.settings, strict=True))
    for row in bundled.read_table("psc"):
        there = [counts[row["psc"], setting] for setting in ("care_home", "gp", "ccg")]
        assert there == [int(row[name]) for name in ("care_homes_estimate", "gp_practices_2023", "ccgs_2021")]


def test_practices_of_each_ccg_are_as_many_as_published_and_list_everyone_who_lives_there(people: Population) -> None:
    sites = of_setting(people, "gp")
    ccgs = [people.attributes["ccg"][site] for site in sites]
    patients: Counter[str] = Counter()
    for ccg, site in zip(ccgs, sites, strict=True):
        patients[ccg] += int(people.size[site])
    counts = Counter(ccgs)
    for row in bundled.read_table("ccgs"):
        assert (counts[row["code"]], patients[row["code"]]) == (int(row["practices"]), int(row["population"]))


def test_lists_of_practices_vary_as_published(people: Population) -> None:
    patients = people.size[of_setting(people, "gp")]
    assert patients.std() / patients.mean() == pytest.approx(4376 / 7301, abs=0.05)
    assert patients.min() > 500


def test_systems_of_ccgs_are_as_populous_as_the_systems() -> None:
    lived_in: Counter[str] = Counter()
    for row in bundled.read_table("ccgs"):
        lived_in[row["ics"]] += int(row["population"])
    assert lived_in == {row["name"]: int(row["population"]) for row in bundled.read_table("ics")}


def test_a_ccg_is_in_the_collaborative_of_its_system() -> None:
    psc_of = {row["name"]: row["psc"] for row in bundled.read_table("ics")}
    assert all(row["psc"] == psc_of[row["ics"]] for row in bundled.read_table("ccgs"))
    trusts = {(row["ics"], row["psc"], row["region"]) for row in bundled.read_table("trusts")}
    assert trusts == {(row["name"], row["psc"], row["region"]) for row in bundled.read_table("ics")}


def test_codes_are_unique_and_every_site_has_a_place_and_a_size(people: Population) -> None:
    assert len(set(people.site_codes)) == len(people.site_codes)
    assert min(people.psc) == min(people.ics) == min(people.region) == 0
    assert (people.size > 0).all()
    assert set(people.deprivation_fifth.tolist()) == {1, 2, 3, 4, 5}
    assert set(people.settings) <= set(population.SETTINGS)


def test_a_site_made_for_the_model_bears_a_neutral_name(people: Population) -> None:
    names = dict(zip(people.site_codes, people.site_names, strict=True))
    assert names["CH-02P-001"].startswith("Care home 1 of ")
    assert names["CH-02P-001"].endswith(", Barnsley")
    assert names["GP-02P-031"] == "GP practice 31 of 31, Barnsley"
    assert names["RHA-W01"] == "Ward 1 of 25, Nottinghamshire Healthcare NHS Foundation Trust"
    assert names["02P"] == "NHS Barnsley CCG"


def test_beds_and_nursing_homes_are_those_published_for_the_region(people: Population) -> None:
    region_of = {row["name"]: row["government_region"] for row in bundled.read_table("ics")}
    homes = of_setting(people, "care_home")
    regions = np.array([region_of[people.ics_names[people.ics[site]]] for site in homes])
    nursing = np.array([people.attributes["care"][site] == "nursing" for site in homes])
    beds = people.size[homes]
    for row in bundled.read_table("care_home_regions"):
        there = regions == row["government_region"]
        assert nursing[there].mean() == pytest.approx(int(row["nursing_homes"]) / int(row["homes"]), abs=0.001)
        assert beds[there].mean() == pytest.approx(float(row["mean_beds"]), abs=0.15)
        assert beds[there].std() == pytest.approx(float(row["sd_beds"]), rel=0.04)


@pytest.mark.parametrize("setting", ["care_home", "gp"])
def test_as_many_sites_of_a_ccg_are_most_deprived_as_its_people(people: Population, setting: str) -> None:
    sites = np.array(of_setting(people, setting))
    ccgs = np.array([people.attributes["ccg"][site] for site in sites])
    for row in bundled.read_table("ccgs"):
        there = sites[ccgs == row["code"]]
        most_deprived = (people.deprivation_fifth[there] == 1).mean()
        assert most_deprived == pytest.approx(float(row["imd_q1_share"]), abs=1 / len(there))
        assert people.deprived_share[there].mean() == pytest.approx(float(row["imd_q1_share"]), abs=0.5 / len(there))


@pytest.mark.parametrize("setting", ["care_home", "gp"])
def test_sites_of_a_system_are_spread_over_the_fifths_as_its_people(people: Population, setting: str) -> None:
    sites = np.array(of_setting(people, setting))
    for row in bundled.read_table("ics"):
        there = sites[people.ics[sites] == people.ics_names.index(row["name"])]
        shares = np.bincount(people.deprivation_fifth[there], minlength=6)[1:] / len(there)
        published = [float(row[f"imd_q{fifth}_share"]) for fifth in range(1, 6)]
        # Practices and people are not spread over the CCGs of a system in quite the same way.
        np.testing.assert_allclose(shares, published, atol=0.06)


def test_the_most_deprived_neighbourhoods_come_before_all_others(people: Population) -> None:
    homes = np.array(of_setting(people, "care_home"))
    is_first = people.deprivation_fifth[homes] == 1
    assert people.deprived_share[homes[is_first]].min() > people.deprived_share[homes[~is_first]].max()


def test_wards_are_shared_evenly_between_the_mental_health_trusts(people: Population) -> None:
    wards = of_setting(people, "ward")
    counts = Counter(people.organisation_codes[people.organisation[site]] for site in wards)
    trusts = {row["code"] for row in bundled.read_table("trusts") if row["setting"] == "mental_health"}
    assert set(counts) == trusts
    assert Counter(counts.values()) == {25: 45, 26: 4}


@pytest.mark.parametrize("setting", ["maternity", "neonatal"])
def test_a_unit_belongs_to_its_trust_and_offers_none_of_its_services(people: Population, setting: str) -> None:
    offering = [row["code"] for row in bundled.read_table("trusts") if setting in row["services"].split(";")]
    units = of_setting(people, setting)
    assert sorted(people.organisation_codes[people.organisation[site]] for site in units) == sorted(offering)
    assert {people.services[site] for site in units} == {frozenset([f"{setting}_unit"])}


def test_units_and_wards_are_placed_as_their_trust(people: Population) -> None:
    row_of = {code: row for row, code in enumerate(people.site_codes)}
    for site in (*of_setting(people, "ward"), *of_setting(people, "neonatal")):
        trust = row_of[people.organisation_codes[people.organisation[site]]]
        for placed in (people.psc, people.ics, people.region, people.deprived_share, people.deprivation_fifth):
            assert placed[site] == placed[trust]


def test_services_of_trusts_are_still_offered_by_trusts_alone(people: Population) -> None:
    of_trusts = {service for row in bundled.read_table("trusts") for service in row["services"].split(";")} | {"trust"}
    for unit, services in zip(people.attributes["unit"], people.services, strict=True):
        assert (unit == "trust") == (not services.isdisjoint(of_trusts))
        assert (unit == "trust") == ("trust" in services)


def test_care_homes_practices_and_ccgs_are_organisations_of_their_own(people: Population) -> None:
    assert len(people.organisation_codes) == 213 + 15464 + 6348 + 106
    assert Counter(people.organisation_settings)["mental_health"] + Counter(people.organisation_settings)["ward"] == 49


@pytest.mark.parametrize(
    ("setting", "prefixes"),
    [
        ("care_home", {"psc", "ics", "care_homes"}),
        ("gp", {"psc", "ics", "ccg"}),
        ("ccg", {"psc", "ics", "deterioration"}),
        ("ward", {"psc", "ics", "mental_health"}),
        ("maternity", {"psc", "ics", "lms", "maternity", "matneo"}),
        ("neonatal", {"psc", "ics", "lms", "neonatal", "matneo"}),
    ],
)
def test_every_site_is_once_in_each_kind_of_network_of_its_setting(
    people: Population, setting: str, prefixes: set[str]
) -> None:
    joined: dict[str, Counter[str]] = {}
    for code in people.networks.codes:
        kind = code.split(":")[0]
        joined.setdefault(kind, Counter()).update(worlds.members(people, code))
    sites = [people.site_codes[site] for site in of_setting(people, setting)]
    assert {kind for kind, counts in joined.items() if kind != "joint" and counts.keys() & set(sites)} == prefixes
    assert all(joined[kind][site] == 1 for kind in prefixes for site in sites)


def test_the_earlier_map_moves_the_practices_and_homes_of_four_ccgs(people: Population) -> None:
    earlier = england.build_england("earlier", england.ALL_SETTINGS)
    pairs = zip(people.attributes["ccg"], people.psc, earlier.psc, strict=True)
    moved = {(ccg, earlier.psc_codes[new]) for ccg, old, new in pairs if ccg and old != new}
    assert moved == {("06K", "UCLP"), ("06N", "UCLP"), ("07H", "UCLP"), ("01A", "GM")}


def test_only_the_settings_interventions_ask_for_are_there() -> None:
    people = population.build_population(for_settings(("ward",), (), ("acute", "ccg")))
    assert set(people.settings) == {
        "acute",
        "acute_specialist",
        "mental_health",
        "community",
        "ambulance",
        "ward",
        "ccg",
    }
    assert len(people.site_codes) == 393 + 1229 + 106


def test_an_intervention_for_any_setting_adds_nobody() -> None:
    people = population.build_population(for_settings((), ("acute",)))
    assert people is england.build_england("2022")


def test_who_joins_changes_nothing_about_the_trusts(people: Population) -> None:
    trusts = england.build_england("2022")
    rows = [people.site_codes.index(code) for code in trusts.site_codes]
    assert [people.services[row] for row in rows] == list(trusts.services)
    for before, after in (
        (trusts.size, people.size),
        (trusts.deprived_share, people.deprived_share),
        (trusts.deprivation_fifth, people.deprivation_fifth),
    ):
        np.testing.assert_array_equal(before, after[rows])
    alone = set(trusts.site_codes)
    for code in trusts.networks.codes:
        assert worlds.members(trusts, code) == tuple(site for site in worlds.members(people, code) if site in alone)


def test_fifths_not_given_are_ranked_among_themselves() -> None:
    sites = [
        assemble.Site(code=f"S{share}", name="", organisation="O", organisation_name="", setting="gp", psc="YH",
                      deprived_share=share, fifth=fifth)
        for share, fifth in [(0.1, 0), (0.2, 4), (0.3, 0), (0.4, 5)]
    ]  # fmt: skip
    assert assemble.assemble(sites, [], psc_names={}).deprivation_fifth.tolist() == [3, 4, 1, 5]


def test_wards_exported_as_a_folder_read_back_with_their_fifths(tmp_path: Path) -> None:
    people = england.build_england("2022", {"ward"})
    sites, memberships, _ = export.export_network(people, worlds.build_ties(schema.World()), tmp_path / "england")
    back = worlds.build(schema.World(population="files", sites=sites, memberships=memberships))
    assert worlds.same(back[:-1], people[:-1])
    assert back.networks.member.tolist() == people.networks.member.tolist()


@pytest.mark.parametrize(("fifth", "message"), [("6", "not between 1 and 5"), ("2.5", "not a whole number")])
def test_a_fifth_of_ones_own_is_a_whole_number_from_1_to_5(tmp_path: Path, fifth: str, message: str) -> None:
    world = worlds.write_world(tmp_path, worlds.changed(worlds.FIVE_SITES, 0, imd_fifth=fifth))
    with pytest.raises(errors.InputError, match=message):
        worlds.build(world)


def test_a_fifth_of_ones_own_is_taken_as_given(tmp_path: Path) -> None:
    world = worlds.write_world(tmp_path, worlds.changed(worlds.FIVE_SITES, 0, imd_fifth="4"))
    people = worlds.build(world)
    site = people.site_codes.index(worlds.FIVE_SITES[0]["site"])
    assert people.deprivation_fifth[site] == 4

"""The bundled England: its counts, its rules, its other map."""

from collections import Counter

import numpy as np
import pytest

from spread.network import bundled, england, population
from spread.network.population import Population
from spread.scenarios import catalogue, schema
from tests import worlds


@pytest.fixture(scope="module")
def people() -> Population:
    return england.build_england("2022")


def offering(people: Population, service: str) -> list[int]:
    return [site for site, services in enumerate(people.services) if service in services]


def test_england_has_213_trusts_15_collaboratives_42_systems_and_7_regions(people: Population) -> None:
    assert len(people.organisation_codes) == 213
    assert people.attributes["unit"].count("trust") == 213
    assert len(people.psc_codes) == 15
    assert len(people.ics_names) == 42
    assert len(people.region_names) == 7
    assert min(people.psc) == min(people.ics) == min(people.region) == 0


def test_there_are_180_tracheostomy_hospital_sites_on_131_trusts(people: Population) -> None:
    sites = offering(people, "tracheostomy")
    assert len(sites) == 180
    assert len({people.organisation[site] for site in sites}) == 131
    assert {people.attributes["basis"][site] for site in sites} == {"estimated"}
    critical = {people.organisation[site] for site in offering(people, "adult_critical_care")}
    assert {people.organisation[site] for site in sites} == critical


@pytest.mark.parametrize(
    ("service", "trusts"),
    [("paediatric_inpatients", 121), ("maternity", 123), ("neonatal_intensive_care", 106), ("mental_health", 49),
     ("community", 16), ("ambulance", 10), ("acute", 138)],
)  # fmt: skip
def test_services_are_offered_by_as_many_trusts_as_are_counted(people: Population, service: str, trusts: int) -> None:
    sites = offering(people, service)
    assert len(sites) == trusts
    assert {people.attributes["unit"][site] for site in sites} == {"trust"}


def test_settings_are_known_ones_and_typed_as_published(people: Population) -> None:
    typed = Counter(people.organisation_settings)
    assert typed == {"acute": 125, "acute_specialist": 13, "mental_health": 49, "community": 16, "ambulance": 10}
    assert set(people.settings) <= set(population.SETTINGS)


def test_the_trusts_of_each_collaborative_add_up_to_the_reference_table() -> None:
    trusts = bundled.read_table("trusts")
    hospitals = Counter(row["trust"] for row in bundled.read_table("hospital_sites"))
    for reference in bundled.read_table("psc"):
        own = [row for row in trusts if row["psc"] == reference["psc"]]
        settings = Counter(row["setting"] for row in own)
        assert settings["acute"] == int(reference["acute_trusts"])
        assert settings["mental_health"] == int(reference["mental_health_trusts"])
        assert len({row["ics"] for row in own}) == int(reference["ics"])
        assert sum(hospitals[row["code"]] for row in own) == int(reference["tracheostomy_sites_estimate"])


def test_the_bundled_services_follow_the_written_rules() -> None:
    beds = {
        "adult_inpatients": "adult_beds",
        "paediatric_inpatients": "paediatric_beds",
        "adult_critical_care": "adult_critical_care_beds",
        "neonatal_intensive_care": "neonatal_intensive_care_beds",
    }
    for row in bundled.read_table("trusts"):
        services = row["services"].split(";")
        for service, column in beds.items():
            assert (service in services) == (float(row[column] or 0) > 0.5), row["code"]
        assert ("acute" in services) == row["setting"].startswith("acute")
        wanted = "maternity" in services or "neonatal_intensive_care" in services
        assert ("neonatal" in services) == wanted


def test_the_earlier_map_moves_ten_trusts_and_their_hospital_sites(people: Population) -> None:
    earlier = england.build_england("earlier")
    homes = zip(people.site_codes, people.psc, earlier.psc, strict=True)
    moved = {code: earlier.psc_codes[new] for code, old, new in homes if old != new}
    assert {code: psc for code, psc in moved.items() if "-" not in code} == {
        "RC9": "UCLP", "RWH": "UCLP", "RY4": "UCLP", "RWR": "UCLP", "RQW": "UCLP", "RWG": "UCLP", "RD8": "OX",
        "RJN": "GM", "RXR": "GM", "RNZ": "WX",
    }  # fmt: skip
    assert moved["RD8-1"] == "OX"
    assert "RD8-1" in worlds.members(earlier, "psc:OX")
    assert "RD8-1" not in worlds.members(people, "psc:OX")
    assert worlds.members(earlier, "neonatal:east_of_england") == worlds.members(people, "neonatal:east_of_england")


def test_an_ambulance_trust_has_one_home_whichever_the_map(people: Population) -> None:
    earlier = england.build_england("earlier")
    ambulances = [site for site, setting in enumerate(people.settings) if setting == "ambulance"]
    assert [people.psc[site] for site in ambulances] == [earlier.psc[site] for site in ambulances]
    serves = {row["code"]: row["also_serves"] for row in bundled.read_table("trusts") if row["also_serves"]}
    assert serves == {"RYC": "UCLP", "RX7": "NWC", "RRU": "ICHP;UCLP", "RYE": "WX", "RYF": "WOE;WX"}


def test_every_site_is_in_its_collaborative_system_and_the_national_network(people: Population) -> None:
    kinds = Counter(people.networks.kinds)
    assert (kinds["psc"], kinds["ics"], kinds["maternity_clinical_network"], kinds["neonatal_odn"]) == (15, 42, 12, 10)
    assert sum(len(worlds.members(people, f"psc:{code}")) for code in people.psc_codes) == len(people.site_codes)
    assert sum(len(worlds.members(people, f"ics:{name}")) for name in people.ics_names) == len(people.site_codes)
    assert worlds.members(people, "national:patient_safety_specialists") == people.site_codes


@pytest.mark.parametrize(
    ("prefix", "service", "times"),
    [("lms:", "maternity", 1), ("maternity:", "maternity", 1), ("neonatal:", "neonatal", 1), ("matneo:", "neonatal", 1),
     ("critical_care:", "tracheostomy", 1), ("mental_health:", "mental_health", 1)],
)  # fmt: skip
def test_each_kind_of_clinical_network_takes_every_site_of_its_service_once(
    people: Population, prefix: str, service: str, times: int
) -> None:
    codes = [code for code in people.networks.codes if code.startswith(prefix)]
    joined = Counter(site for code in codes for site in worlds.members(people, code))
    assert {joined[people.site_codes[site]] for site in offering(people, service)} == {times}


def test_network_membership_by_rule_is_labelled_derived(people: Population) -> None:
    networks = people.networks
    published = {kind for kind, derived in zip(networks.kinds, networks.derived, strict=True) if not derived}
    assert published == {"psc", "ics"}
    assert networks.layers[networks.codes.index("lms:QOP")] == "ics"
    assert networks.layers[networks.codes.index("neonatal:london")] == "clinical"


def test_deprivation_is_known_everywhere_and_flagged_where_it_is_the_systems() -> None:
    bases = Counter(row["imd_q1_basis"] for row in bundled.read_table("trusts"))
    assert bases == {"trust_catchment": 138, "ics": 75}


def test_fifths_of_deprivation_hold_about_equally_many_sites(people: Population) -> None:
    counts = np.bincount(people.deprivation_fifth, minlength=6)
    assert counts[0] == 0
    assert counts[1:].min() > 70
    first = people.deprived_share[people.deprivation_fifth == 1]
    assert first.min() > people.deprived_share[people.deprivation_fifth == 2].max()


def test_hospital_sites_share_the_beds_of_their_trust(people: Population) -> None:
    trust = people.size[people.site_codes.index("RC9")]
    hospitals = [people.size[people.site_codes.index(code)] for code in ("RC9-1", "RC9-2")]
    assert sum(hospitals) == pytest.approx(trust)
    assert people.size.min() > 0


def test_every_collaborative_goes_by_the_name_in_the_catalogue(people: Population) -> None:
    names = {code: entry["name"] for code, entry in catalogue.pscs().items()}
    assert dict(zip(people.psc_codes, people.psc_names, strict=True)) == names


def test_a_scenario_on_england_has_no_explicit_ties() -> None:
    built = worlds.build_ties(schema.World())
    assert built.layers == ()
    assert built.start.tolist() == [0] * 394
    assert built.peer.size == built.weight.size == 0

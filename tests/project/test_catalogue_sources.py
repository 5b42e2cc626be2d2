"""Every number of the catalogue has a source, or says in terms that it is a judgement and why."""

import copy
import math
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from spread.scenarios import catalogue, reading

ROOT = Path(__file__).parents[2]
BASES = ("observed", "published", "judgement", "exact")
SHORTEST_SOURCE = 20
FILES = ("parameters", "interventions", "ambitions", "support", "push", "networks", "pscs", "defaults")
PROGRAMMES = (
    "managing_deterioration", "maternity_neonatal", "medicines", "adoption_spread", "mental_health", "system_safety",
)  # fmt: skip

# The layout's own version, definitions, and levers that leave everything as it is: no claim about the world.
NO_CLAIM = {("schema",), ("engaged_share",), ("training",), ("refreshers",), ("safety_culture",), ("co_design",)}
# Choices of a scenario wherever they stand: the order in which programmes are served.
NO_CLAIM_KEYS = {"priority"}

# What the programmes' own pages state: deadline and threshold (None: they give no number).
STATED = {
    "covid_oximetry_march_2021": (date(2021, 3, 31), None),
    "covid_virtual_ward_march_2021": (date(2021, 3, 31), None),
    "observations_tracker_march_2024": (date(2024, 3, 31), None),
    "deterioration_tools_march_2024": (date(2024, 3, 31), 0.80),
    "deterioration_harm_2027": (date(2027, 12, 31), None),
    "smoke_free_march_2023": (date(2023, 3, 31), 0.94),
    "preterm_optimisation_march_2025": (date(2025, 3, 31), 0.95),
    "pier_march_2025": (date(2025, 3, 31), None),
    "mews_developed_march_2021": (date(2021, 3, 31), None),
    "mews_march_2026": (date(2026, 3, 31), 1.0),
    "newtt_march_2025": (date(2025, 3, 31), 1.0),
    "early_recognition_march_2024": (date(2024, 3, 31), None),
    "stillbirths_2025": (date(2025, 12, 31), -0.50),
    "neonatal_deaths_2025": (date(2025, 12, 31), -0.50),
    "brain_injuries_2025": (date(2025, 12, 31), -0.50),
    "maternal_deaths_2025": (date(2025, 12, 31), -0.50),
    "preterm_birth_2025": (date(2025, 12, 31), 0.06),
    "care_home_administration_march_2024": (date(2024, 3, 31), -0.50),
    "high_dose_opioids_march_2024": (date(2024, 3, 31), -0.50),
    "methotrexate_10mg_october_2021": (date(2021, 10, 31), -0.50),
    "severe_medication_harm_march_2024": (date(2024, 3, 31), -0.50),
    "copd_march_2022": (date(2022, 3, 31), 0.80),
    "tracheostomy_march_2021": (date(2021, 3, 31), 0.90),
    "asthma_march_2023": (date(2023, 3, 31), 0.80),
    "emergency_laparotomy_october_2022": (date(2022, 10, 31), 0.90),
    "restrictive_practice_march_2024": (date(2024, 3, 31), -0.50),
    "restrictive_practice_september_2023": (date(2023, 9, 30), -0.25),
    "restrictive_practice_each_trust_september_2023": (date(2023, 9, 30), 1.0),
    "sexual_safety_march_2024": (date(2024, 3, 31), 0.50),
    "suicide_self_harm_inpatient_march_2024": (date(2024, 3, 31), None),
    "suicide_self_harm_acute_march_2024": (date(2024, 3, 31), None),
    "suicide_workforce_march_2024": (date(2024, 3, 31), None),
    "system_safety_2025": (date(2025, 12, 31), None),
}
# By measure: the unit of what moves a rate by itself in a year, and of what an intervention does to it.
RATE_UNITS = {
    "change": ("log rate per year", "log rate ratio"),
    "level": ("log odds per year", "log odds ratio"),
}
# Where sites stand in the packaged England; those of the first group hold trusts and nothing else, but acute.
TRUST_SETTINGS = {"acute", "acute_specialist", "mental_health", "community", "ambulance"}
SETTINGS = {*TRUST_SETTINGS, "ward", "maternity", "neonatal", "ccg", "gp", "care_home"}
COUNTED_IN_PRETERM_PATHWAY = {
    "magnesium_sulphate", "corticosteroids", "antibiotics", "optimal_cord_management", "normothermia",
    "maternal_breast_milk", "place_of_birth",
}  # fmt: skip


# ---- the checker: each function returns the faults it finds, as text ----


def unsourced_numbers(tree: Any, path: tuple[str, ...] = (), is_sourced: bool = False) -> Iterator[str]:
    """Numbers that stand under no table with a source."""
    if isinstance(tree, Mapping):
        sourced = is_sourced or bool(tree.get("source") or tree.get("sources"))
        for key, value in tree.items():
            yield from unsourced_numbers(value, (*path, key), sourced)
    elif isinstance(tree, list):
        for value in tree:
            yield from unsourced_numbers(value, path, is_sourced)
    elif isinstance(tree, int | float) and not isinstance(tree, bool) and not is_sourced and not is_no_claim(path):
        yield f"{'.'.join(path)}: {tree} has no source"


def is_no_claim(path: tuple[str, ...]) -> bool:
    """Whether a number says nothing about the world: a version, a definition or a choice."""
    return path in NO_CLAIM or bool(path and path[-1] in NO_CLAIM_KEYS)


def claims(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every table that states a number with its basis, and the number's name."""
    if isinstance(tree, Mapping):
        if "value" in tree or "basis" in tree:
            yield ".".join(path), tree
        for key, value in tree.items():
            yield from claims(value, (*path, key))
    elif isinstance(tree, list):
        for item, value in enumerate(tree):
            yield from claims(value, (*path, str(item + 1)))


def faults_of_claim(name: str, claim: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with one stated number: its basis, its source, its range on its scale."""
    basis, source = claim.get("basis"), claim.get("source", "")
    if basis not in BASES:
        yield f"{name}: basis {basis!r} is not one of {', '.join(BASES)}"
    if len(source) < SHORTEST_SOURCE:
        yield f"{name}: source {source!r} says nothing"
    if basis == "judgement" and not source.startswith("Judgement"):
        yield f"{name}: a judgement must say so and why, starting with 'Judgement'"
    if basis in ("observed", "published") and source.startswith("Judgement"):
        yield f"{name}: basis {basis} but the source calls it a judgement"
    if basis == "exact" and not source.startswith("Exact"):
        yield f"{name}: an exact number must say why, starting with 'Exact'"
    if "value" in claim:
        yield from faults_of_range(name, claim)


def faults_of_range(name: str, claim: Mapping[str, Any]) -> Iterator[str]:
    """Whether value, low and high make a two-piece normal on the scale named."""
    scale = claim.get("scale", "identity")
    has_range = "low" in claim or "high" in claim
    numbers = [claim[key] for key in ("low", "value", "high") if key in claim]
    if scale not in ("identity", "log", "logit"):
        yield f"{name}: scale {scale!r} is not identity, log or logit"
    if has_range and not ("low" in claim and "high" in claim):
        yield f"{name}: low and high come together"
    if numbers != sorted(numbers) or (has_range and numbers[0] == numbers[-1]):
        yield f"{name}: low, value and high are not in rising order: {numbers}"
    if not all(math.isfinite(number) for number in numbers):
        yield f"{name}: not a finite number: {numbers}"
    if scale == "log" and min(numbers) <= 0:
        yield f"{name}: scale log needs numbers above zero: {numbers}"
    if scale == "logit" and not all(0 < number < 1 for number in numbers):
        yield f"{name}: scale logit needs numbers between 0 and 1: {numbers}"
    inside = [claim.get("minimum", -math.inf) <= number <= claim.get("maximum", math.inf) for number in numbers]
    if not all(inside):
        yield f"{name}: outside minimum and maximum: {numbers}"
    if claim.get("basis") == "judgement" and scale == "log" and has_range and numbers[-1] / numbers[0] < 1.2:
        yield f"{name}: a judgement with hardly any range: {numbers}"


def faults_of_ambition(name: str, ambition: Mapping[str, Any]) -> Iterator[str]:
    """Whether an ambition says where its number comes from, or that there is none."""
    note = ambition.get("note", "")
    if len(ambition.get("source", "")) < SHORTEST_SOURCE:
        yield f"{name}: no source"
    if "threshold" not in ambition and "no number" not in note:
        yield f"{name}: no threshold, and the note does not say that the source gives none"
    if "threshold" in ambition and "threshold_basis" not in ambition:
        yield f"{name}: a threshold without its basis"
    if ambition.get("threshold_basis") == "judgement" and "Judgement" not in note:
        yield f"{name}: a threshold by judgement without its reason"
    if ("local_thresholds" in ambition or "milestones" in ambition) and not note:
        yield f"{name}: local thresholds or milestones without a note"
    if "baseline" in ambition and not ambition.get("baseline_period"):
        yield f"{name}: a baseline without its period"
    if ambition["measure"] in RATE_UNITS:
        yield from faults_of_rate(name, ambition)


def faults_of_rate(name: str, ambition: Mapping[str, Any]) -> Iterator[str]:
    """Whether a rate says from when it counts, how it moves by itself and what each intervention does to it."""
    trend_unit, efficacy_unit = RATE_UNITS[ambition["measure"]]
    efficacy = ambition.get("efficacy", {})
    if ambition["together"] != "all":
        yield f"{name}: interventions act on one rate, so they are taken together"
    if "baseline_date" not in ambition:
        yield f"{name}: a rate without the date it counts from"
    if ambition["measure"] == "level" and "baseline" not in ambition:
        yield f"{name}: a level without its baseline"
    if ambition["measure"] == "change" and "baseline" in ambition and not ambition.get("baseline_unit"):
        yield f"{name}: a baseline without its unit"
    if set(efficacy) != set(ambition["interventions"]):
        yield f"{name}: efficacy of {sorted(efficacy)}, interventions {sorted(ambition['interventions'])}"
    moves = {"trend": ambition.get("trend", {}), **{f"efficacy.{key}": entry for key, entry in efficacy.items()}}
    for key, entry in moves.items():
        yield from faults_of_move(f"{name}.{key}", entry, trend_unit if key == "trend" else efficacy_unit)


def faults_of_move(name: str, entry: Mapping[str, Any], unit: str) -> Iterator[str]:
    """Whether what moves a rate has a range, and one that includes no effect where it is only a judgement."""
    missing = {"value", "low", "high", "scale", "unit", "basis", "source", "meaning"} - set(entry)
    if missing:
        yield f"{name}: no {', '.join(sorted(missing))}"
        return
    if (entry["scale"], entry["unit"]) != ("identity", unit):
        yield f"{name}: scale {entry['scale']} and unit {entry['unit']!r}, not identity and {unit!r}"
    if entry["basis"] == "judgement" and not entry["low"] <= 0 <= entry["high"]:
        yield f"{name}: a judgement whose range leaves out no effect"


def faults_of_intervention(name: str, intervention: Mapping[str, Any]) -> Iterator[str]:
    """Whether an intervention is sourced, and says why where it departs from the plain case."""
    note = intervention.get("note", "")
    shares = [element["eligible_share"] for element in intervention["elements"].values()]
    if not intervention.get("sources"):
        yield f"{name}: no sources"
    if any(share != 1 for share in shares) and "eligible_share" not in note:
        yield f"{name}: patients not eligible for an element, and the note does not say where the share comes from"
    if "available_delay_months" in intervention and "available_from" not in intervention:
        yield f"{name}: late by months, and no date to be late from"
    if sum(stage["value"] for stage in intervention.get("baseline_stages", {}).values()) > 1:
        yield f"{name}: baseline stages add up to more than one"
    for element, entry in intervention["elements"].items():
        if "basis" not in entry["baseline"] or "basis" not in entry["difficulty"]:
            yield f"{name}: element {element} without a basis"


def faults_of_parameter(name: str, parameter: Mapping[str, Any]) -> Iterator[str]:
    """Whether a global parameter carries everything the reader needs."""
    for key in ("value", "scale", "unit", "basis", "source", "meaning"):
        if parameter.get(key) in (None, ""):
            yield f"{name}: no {key}"


def faults_of(tables: Mapping[str, Any]) -> list[str]:
    """Every fault of a catalogue given as {file: its tables}."""
    faults = [fault for tree in tables.values() for fault in unsourced_numbers(tree)]
    faults += [
        fault for tree in tables.values() for name, claim in claims(tree) for fault in faults_of_claim(name, claim)
    ]
    checks = {
        "parameters": faults_of_parameter,
        "ambitions": faults_of_ambition,
        "interventions": faults_of_intervention,
    }
    for file, check in checks.items():
        faults += [fault for name, entry in tables.get(file, {}).items() for fault in check(name, entry)]
    return faults


# ---- the catalogue as it is ----


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    """Every file of the catalogue, bases included."""
    files = {name: catalogue.table(name) for name in FILES}
    return {**files, **{f"bases/{name}": catalogue.table(f"bases/{name}") for name in catalogue.base_names()}}


def test_every_number_of_the_catalogue_has_a_source_or_a_stated_judgement(tables: dict[str, Any]) -> None:
    assert faults_of(tables) == []


def test_no_catalogue_file_escapes_this_check() -> None:
    written = {path.stem for path in catalogue.folder().glob("*.toml")}
    assert written == set(FILES)


def test_every_programme_has_interventions_and_ambitions() -> None:
    for entries in (catalogue.interventions(), catalogue.ambitions()):
        assert {entry["programme"] for entry in entries.values()} == set(PROGRAMMES)


@pytest.mark.parametrize("name", STATED)
def test_an_ambition_is_as_its_source_states_it(name: str) -> None:
    ambition = catalogue.ambitions()[name]
    assert (ambition["deadline"], ambition.get("threshold")) == STATED[name]
    assert "threshold" not in ambition or ambition["threshold_basis"] == "published"


def test_the_pews_threshold_is_said_to_be_a_judgement() -> None:
    pews = catalogue.ambitions()["pews_march_2024"]
    assert pews["deadline"] == date(2024, 3, 31)
    assert pews["threshold_basis"] == "judgement"
    assert set(catalogue.ambitions()) == {*STATED, "pews_march_2024"}


def test_ambitions_name_interventions_of_the_catalogue() -> None:
    for ambition in catalogue.ambitions().values():
        assert set(ambition["interventions"]) <= set(catalogue.interventions())


def test_a_milestone_waits_for_interventions_whose_date_is_uncertain() -> None:
    milestones = [ambition for ambition in catalogue.ambitions().values() if ambition["measure"] == "milestone"]
    waited_for = {name for ambition in milestones for name in ambition["interventions"]}
    assert waited_for == {"pier", "mews"}
    for name in waited_for:
        delay = catalogue.interventions()[name]["available_delay_months"]
        assert delay["low"] < 0 < delay["high"], "it may come early or late"


@pytest.mark.parametrize("name", catalogue.interventions())
def test_an_intervention_is_for_settings_that_have_sites_and_counts_no_hospital_beside_its_trust(name: str) -> None:
    eligible = catalogue.interventions()[name]["eligible"]
    settings = set(eligible["settings"])
    assert settings <= SETTINGS
    if not settings or "acute" in settings:
        assert eligible["services"], "hospital sites stand in the setting of their trust"
    if "trust" in eligible["services"]:
        assert settings <= TRUST_SETTINGS


def test_restrictive_practice_is_asked_of_a_tenth_of_the_wards_of_every_trust() -> None:
    ambition = catalogue.ambitions()["restrictive_practice_each_trust_september_2023"]
    assert (ambition["measure"], ambition["organisation_share"], ambition["stage"]) == ("sites", 0.1, 4)
    assert catalogue.interventions()["restrictive_practice"]["eligible"]["settings"] == ["ward"]


def test_the_preterm_pathway_counts_seven_interventions_together() -> None:
    ambition = catalogue.ambitions()["preterm_optimisation_march_2025"]
    assert set(ambition["interventions"]) == COUNTED_IN_PRETERM_PATHWAY
    assert ambition["together"] == "all"


def test_weights_of_the_dose_and_of_peers_add_up_to_one() -> None:
    parameters = catalogue.parameters()
    for prefix in ("dose_weight_", "peer_weight_"):
        weights = [row["value"] for name, row in parameters.items() if name.startswith(prefix) and "tie" not in name]
        assert sum(weights) == pytest.approx(1.0)


def test_the_reference_of_champions_and_measurement_is_standard_support() -> None:
    standard = catalogue.support_levels()["standard"]
    for lever, reference in (("champions", "champion_reference_share"), ("measurement", "measurement_reference_share")):
        assert catalogue.parameters()[reference]["value"] == standard[lever]


def test_every_push_uses_a_parameter_of_the_catalogue() -> None:
    for push in catalogue.pushes().values():
        assert push["parameter"] in catalogue.parameters()


@pytest.mark.parametrize("level", ["none", "light", "standard", "enhanced"])
@pytest.mark.parametrize("programme", ["tracheostomy", "pews"])
def test_a_scenario_file_is_named_as_its_base_and_differs_only_in_support(programme: str, level: str) -> None:
    name = f"{programme}-{level}"
    scenario = reading.read_scenario(ROOT / "scenarios" / programme / f"{level}.toml")
    standard = reading.read_scenario(f"{programme}-standard")
    assert (scenario.name, scenario.base, scenario.support) == (name, name, {"default": level})
    assert (scenario.push, scenario.shocks) == (standard.push, standard.shocks)
    assert scenario.parameters == standard.parameters


def test_no_two_collaboratives_share_a_name() -> None:
    owners: dict[str, str] = {}
    for code, entry in catalogue.pscs().items():
        for name in {_plain(text) for text in (code, entry["name"], *entry["aliases"])}:
            assert owners.setdefault(name, code) == code
    assert len(catalogue.pscs()) == 15


def _plain(text: str) -> str:
    words = text.lower().replace("&", " and ")
    return " ".join("".join(letter if letter.isalnum() else " " for letter in words).split())


# ---- the checker can fail ----

GOOD_PARAMETER = {
    "value": 2.0, "low": 1.0, "high": 4.0, "scale": "log", "unit": "ratio", "basis": "published",
    "source": "A paper that can be found, 2020;1:2", "meaning": "A number.",
}  # fmt: skip
PLANTED: dict[str, dict[str, Any]] = {
    "no source": {"source": ""},
    "a source that says nothing": {"source": "paper"},
    "an unknown basis": {"basis": "guess"},
    "an unstated judgement": {"basis": "judgement"},
    "a judgement sold as published": {"source": "Judgement: about two, nobody has measured it."},
    "an unexplained exact number": {"basis": "exact"},
    "no meaning": {"meaning": ""},
    "no unit": {"unit": ""},
    "low above value": {"low": 3.0},
    "high below value": {"high": 1.5},
    "a log scale at zero": {"low": 0.0},
    "a share above one": {"scale": "logit"},
    "an unknown scale": {"scale": "linear"},
    "a value outside its bounds": {"maximum": 3.0},
    "not a number": {"value": math.nan},
}


def test_a_good_row_passes() -> None:
    assert faults_of({"parameters": {"example": GOOD_PARAMETER}}) == []


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_bad_row_is_found(fault: str) -> None:
    assert faults_of({"parameters": {"example": {**GOOD_PARAMETER, **PLANTED[fault]}}})


def test_half_a_range_is_found() -> None:
    row = {key: value for key, value in GOOD_PARAMETER.items() if key != "high"}
    assert faults_of({"parameters": {"example": row}})


def test_a_bare_number_in_a_base_is_found() -> None:
    assert faults_of({"bases/example": {"schema": 1, "coaches": 2.0}}) == ["coaches: 2.0 has no source"]
    assert faults_of({"bases/example": {"shock": [{"name": "wave", "multiplier": 0.4}]}})


@pytest.mark.parametrize(
    ("file", "name", "spoil"),
    [
        ("ambitions", "tracheostomy_march_2021", {"source": ""}),
        ("ambitions", "pews_march_2024", {"note": ""}),
        ("ambitions", "covid_oximetry_march_2021", {"note": "Not yet."}),
        ("ambitions", "smoke_free_march_2023", {"baseline_period": ""}),
        ("ambitions", "smoke_free_march_2023", {"efficacy": {}}),
        ("ambitions", "smoke_free_march_2023", {"trend": {}}),
        ("ambitions", "smoke_free_march_2023", {"measure": "change", "baseline_unit": "per cent"}),
        ("ambitions", "stillbirths_2025", {"together": "each"}),
        ("ambitions", "stillbirths_2025", {"baseline_unit": ""}),
        ("interventions", "copd_discharge_bundle", {"note": ""}),
        ("interventions", "pews_national", {"sources": []}),
        ("interventions", "restore2", {"available_delay_months": {"value": 3.0}}),
        ("support", "standard", {"coaches": {"value": 2.0}}),
    ],
)
def test_a_spoilt_entry_of_the_catalogue_is_found(file: str, name: str, spoil: dict[str, Any]) -> None:
    spoilt = copy.deepcopy(dict(catalogue.table(file)[name]))
    assert faults_of({file: {name: {**spoilt, **spoil}}})


@pytest.mark.parametrize("key", ["baseline", "baseline_date"])
def test_a_level_without_what_it_counts_from_is_found(key: str) -> None:
    level = {about: value for about, value in catalogue.ambitions()["smoke_free_march_2023"].items() if about != key}
    assert faults_of({"ambitions": {"level": level}})


def test_a_judged_effect_that_leaves_out_no_effect_is_found() -> None:
    ambition = copy.deepcopy(dict(catalogue.ambitions()["stillbirths_2025"]))
    ambition["efficacy"]["mews"] |= {"value": -0.2, "low": -0.3, "high": -0.1}
    assert any("leaves out no effect" in fault for fault in faults_of({"ambitions": {"spoilt": ambition}}))

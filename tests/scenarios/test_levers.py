"""What is in force when: presets, tables by collaborative, signed changes, dated regimes."""

from datetime import date

import pytest

from spread.scenarios import catalogue, levers, names

STANDARD, ENHANCED, LIGHT = (catalogue.support_levels()[level] for level in ("standard", "enhanced", "light"))
CHANGE = "[[change]]\nfrom = {}\n{}\n"


def test_support_supplies_every_lever_not_written_out(read):
    scenario = read("support = 'enhanced'\ncoaches = 7\n")
    assert scenario.coaches == {"default": 7.0}
    assert scenario.outreach_hours == {"default": float(ENHANCED["outreach_hours"])}
    assert scenario.course_seats == {tier: float(ENHANCED["course_seats"][tier]) for tier in levers.TIERS}


def test_a_collaborative_with_its_own_support_gets_what_that_supplies(read):
    coaches = read("support = { default = 'standard', 'Kent Surrey Sussex HIN' = 'light' }\n").coaches
    assert coaches == {"default": STANDARD["coaches"], "KSS": LIGHT["coaches"]}


def test_levers_may_be_set_for_one_collaborative_by_any_of_its_names(read):
    coaches = read("coaches = { default = 2, 'Yorkshire & Humber AHSN' = 5, wessex = 4 }\n").coaches
    assert coaches == {"default": 2.0, "YH": 5.0, "WX": 4.0}


def test_a_signed_text_changes_what_was_in_force_before_not_the_default_written_beside_it(read):
    coaches = read("coaches = { default = 7, NENC = '+1' }\n").coaches
    assert coaches == {"default": 7.0, "NENC": STANDARD["coaches"] + 1}


def test_a_signed_text_changes_the_value_of_the_base_and_a_number_sets_it(read, write):
    read("coaches = { default = 2, KSS = 1 }\n")
    from spread.scenarios import reading

    child = 'schema = 1\nname = "child"\nbase = "scenario.toml"\n'
    more = reading.read_scenario(write(child + 'coaches = "+1.5"\n', "child.toml"))
    assert more.coaches == {"default": 3.5, "KSS": 2.5}
    same = reading.read_scenario(write(child + "coaches = 4\n", "child.toml"))
    assert same.coaches == {"default": 4.0}
    one = reading.read_scenario(write(child + 'coaches = { NENC = "-1", KSS = 3 }\n', "child.toml"))
    assert one.coaches == {"default": 2.0, "NENC": 1.0, "KSS": 3.0}


def test_a_signed_text_for_all_tiers_changes_each(read):
    seats = read("course_seats = '+1'\n").course_seats
    assert seats == {tier: STANDARD["course_seats"][tier] + 1.0 for tier in levers.TIERS}


def test_the_first_regime_is_the_start_and_changes_add_up(read):
    scenario = read(
        "coaches = 2\n",
        CHANGE.format("2024-06-01", "coaches = { KSS = '+1' }")
        + CHANGE.format("2024-01-01", "coaches = { KSS = '+1' }\npush = 'duty'"),
    )
    first, second, third = levers.regimes(scenario)
    assert [regime.from_date for regime in (first, second, third)] == [
        date(2023, 4, 1), date(2024, 1, 1), date(2024, 6, 1),
    ]  # fmt: skip
    assert [regime.coaches.get("KSS", regime.coaches["default"]) for regime in (first, second, third)] == [2, 3, 4]
    assert [regime.push for regime in (first, second, third)] == ["audit", "duty", "duty"]


def test_changes_of_one_day_merge_in_the_order_of_the_file(read):
    scenario = read(
        "coaches = 2\n",
        CHANGE.format("2024-01-01", "coaches = 5\nlearning_sets = 1") + CHANGE.format("2024-01-01", "coaches = '+1'"),
    )
    second = levers.regimes(scenario)[1]
    assert (second.coaches, second.learning_sets) == ({"default": 6.0}, {"default": 1.0})


def test_a_change_at_the_start_takes_the_place_of_the_start(read):
    (only,) = levers.regimes(read("coaches = 2\n", CHANGE.format("2023-04-01", "coaches = 3")))
    assert only.coaches == {"default": 3.0}


def test_a_change_of_support_keeps_what_was_written_out(read):
    scenario = read(
        "coaches = { NENC = 9 }\nattendance = { psc = 0.9 }\n", CHANGE.format("2024-01-01", "support = 'light'")
    )
    later = levers.regimes(scenario)[1]
    assert later.coaches == {"default": LIGHT["coaches"], "NENC": 9.0}
    assert later.outreach_hours == {"default": LIGHT["outreach_hours"]}
    assert later.attendance["psc"] == 0.9


def test_support_named_for_all_forgets_what_single_collaboratives_had(read):
    scenario = read("support = { KSS = 'none' }\n", CHANGE.format("2024-01-01", "support = 'enhanced'"))
    assert levers.regimes(scenario)[1].support == {"default": "enhanced"}


def test_engaged_share_is_the_defaults_unless_said(read):
    assert read().engaged_share == {"default": 1.0}
    assert read("engaged_share = { default = 0.5, Wessex = 1 }\n").engaged_share == {"default": 0.5, "WX": 1.0}


@pytest.mark.parametrize("lever", levers.settable(), ids=lambda lever: lever.path)
def test_every_lever_has_a_range_or_choices_and_a_plain_label(lever):
    assert lever.is_number == (not lever.choices())
    assert lever.label[0].isupper()
    assert lever.unit
    for preset in catalogue.support_levels().values():
        values = preset.get(lever.path, 0)
        for value in values.values() if isinstance(values, dict) else [values]:
            assert not lever.is_number or lever.minimum <= value <= lever.maximum


@pytest.mark.parametrize(
    ("name", "code"),
    [("NENC", "NENC"), ("north east & north cumbria", "NENC"), ("Oxford HIN", "OX"), ("UCLPartners", "UCLP"),
     ("Yorkshire and Humber", "YH"), ("Atlantis", None), ("", None)],
)  # fmt: skip
def test_a_collaborative_is_known_by_any_of_its_names(name, code):
    assert names.psc_code(name) == code


def test_codes_in_a_table_of_sites_are_canonical_and_a_bad_table_gives_none(write):
    path = write("﻿site,psc\nA,Wessex HIN\nB, Atlantis \nC,\n", "sites.csv")
    assert names.codes_in_sites(path) == ("Atlantis", "WX")
    assert names.codes_in_sites(write(b"\xff\xfe", "bad.csv")) == ()
    assert names.codes_in_sites(path.parent / "none.csv") == ()

"""What is in force when: presets, tables by collaborative, signed changes, dated regimes."""

from datetime import date

import pytest

from spread import errors
from spread.scenarios import catalogue, levers, names, reading, writing

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


TRAINING = "training = { everyone = 0.10, coaches = 0.02 }\n"


def test_the_enablers_leave_everything_as_it_is_unless_said(read):
    (only,) = levers.regimes(read())
    assert set(only.training.values()) == {0.0}
    assert (only.refreshers, only.safety_culture, only.co_design) == (0.0, {"default": 0.0}, 0.5)


def test_training_takes_the_place_of_course_seats_and_the_last_written_counts(read):
    first, second, third = levers.regimes(
        read(
            TRAINING,
            CHANGE.format("2024-01-01", "support = 'enhanced'") + CHANGE.format("2024-06-01", "course_seats = 12"),
        )
    )
    for regime in (first, second):
        assert regime.training == {tier: {"everyone": 0.1, "coaches": 0.02}.get(tier, 0.0) for tier in levers.TIERS}
        assert set(regime.course_seats.values()) == {0.0}
    assert set(third.training.values()) == {0.0}
    assert set(third.course_seats.values()) == {12.0}


def test_no_training_gives_the_seats_back(read):
    later = levers.regimes(read(TRAINING, CHANGE.format("2024-01-01", "training = 0")))[1]
    assert later.course_seats == {tier: STANDARD["course_seats"][tier] for tier in levers.TIERS}


def test_a_child_that_trains_takes_the_place_of_its_bases_seats_and_the_other_way_round(read, write):
    child = 'schema = 1\nname = "child"\nbase = "{}"\n'
    read("course_seats = 9\n", name="seats.toml")
    trains = reading.read_scenario(write(child.format("seats.toml") + TRAINING, "child.toml"))
    assert (trains.training["everyone"], set(trains.course_seats.values())) == (0.1, {0.0})
    seats = reading.read_scenario(write(child.format("child.toml") + "course_seats = 7\n", "grandchild.toml"))
    assert (set(seats.training.values()), set(seats.course_seats.values())) == ({0.0}, {7.0})


def test_what_is_resolved_with_training_reads_back_as_itself(read, write):
    scenario = read(
        TRAINING + "safety_culture = { KSS = 0.5 }\nco_design = 1\n",
        CHANGE.format("2024-01-01", "refreshers = 0.3") + CHANGE.format("2024-06-01", "course_seats = 12"),
    )
    again = reading.read_scenario(write(writing.write_resolved(scenario), "resolved.toml"))
    assert again == scenario
    assert levers.regimes(again) == levers.regimes(scenario)


@pytest.mark.parametrize(
    ("top", "tables", "message"),
    [
        (TRAINING + "course_seats = { coaches = 3 }\n", "", "course_seats are there too; write one of them"),
        ("", CHANGE.format("2024-01-01", TRAINING + "course_seats = 3"), "course_seats are there too"),
        (TRAINING + "support = 'none'\n", "", "there are no courses to train at; write course_interval_months = 3"),
        ("training = { everyone = 1.5 }\n", "", "1.5 is outside 0 to 1 share of all staff a year"),
        ("training = { nurses = 0.1 }\n", "", "expected one of board"),
        ("co_design = 2\n", "", "2 is outside 0 to 1 share"),
        ("safety_culture = { Atlantis = 1 }\n", "", "'Atlantis' is no collaborative"),
    ],
)
def test_a_mistaken_enabler_is_said(read, top, tables, message):
    with pytest.raises(errors.InputError, match=message):
        read(top, tables)


def test_saying_one_of_the_two_as_nothing_is_no_mistake(read):
    assert read(TRAINING + "course_seats = 0\n").training["everyone"] == 0.1
    assert set(read("training = 0\ncourse_seats = 4\n").course_seats.values()) == {4.0}


def test_courses_may_end_while_training_is_asked_for(read):
    ended = levers.regimes(read(TRAINING, CHANGE.format("2024-01-01", "support = 'none'")))[1]
    assert ended.course_interval_months == 0

from datetime import date

import pytest

from spread.plots import wording


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.0, "under 1 in 100"),
        (0.004, "under 1 in 100"),
        (0.02, "about 2 in 100"),
        (0.31, "about 3 in 10"),
        (0.5, "about 5 in 10"),
        (0.92, "about 9 in 10"),
        (0.96, "about 96 in 100"),
        (0.996, "over 99 in 100"),
        (1.0, "over 99 in 100"),
        (float("nan"), "not assessed"),
    ],
)
def test_a_chance_is_said_in_natural_frequencies_and_never_as_certain(chance, words):
    assert wording.say_chance(chance) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "under 1 %"), (0.564, "56 %"), (1.0, "over 99 %"), (float("nan"), "not known")]
)
def test_a_projected_share_is_never_nothing_or_everything(share, words):
    assert wording.say_projected(share).replace(wording.NO_BREAK, " ") == words


def test_a_known_share_may_be_everything():
    assert wording.say_percent(1.0) == f"100{wording.NO_BREAK}%"


def test_a_range_of_chances_is_said_in_tenths():
    assert wording.say_chance_range(0.06, 0.61) == "1 to 6 in 10"
    assert wording.say_chance_range(0.0, 1.0) == "under 1 to over 9 in 10"
    assert wording.say_chance_range(0.31, 0.29) == "3 in 10"
    assert wording.say_chance_range(float("nan"), 0.5) == ""


def test_dates_and_lists_read_as_written():
    assert wording.say_date(date(2021, 3, 31)) == "31 March 2021"
    assert wording.say_short_month(date(2021, 3, 31)) == "Mar 2021"
    assert wording.say_list(["A", "B", "C"]) == "A, B and C"
    assert wording.say_list(["A"]) == "A"


def test_titles_count_targets_in_plain_grammar():
    assert wording.say_how_many([0.1, 0.2], "targets") == "None of 2 targets has an even chance or better"
    assert wording.say_how_many([0.5, 0.2], "targets") == "1 of 2 targets has an even chance or better"
    assert wording.say_how_many([0.5, 0.9], "targets") == "2 of 2 targets have an even chance or better"

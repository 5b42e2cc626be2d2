"""A lever set otherwise: how it is written, what it changes and nothing else, and mistakes in it."""

from datetime import date

import pytest

from spread import errors
from spread.scenarios import difference, levers, reading, variants

STANDARD = "tracheostomy-standard"
CHANGED = """\
schema = 1
name = "changed"
base = "tracheostomy-standard"

[[change]]
from = 2020-09-01
support = { KSS = "enhanced" }
"""


@pytest.fixture(scope="module")
def standard():
    return reading.read_scenario(STANDARD)


@pytest.fixture
def changed(tmp_path):
    (tmp_path / "changed.toml").write_text(CHANGED)
    return reading.read_scenario(tmp_path / "changed.toml")


def varied(scenario, *texts):
    return variants.read_variant(scenario, [variants.parse_setting(text) for text in texts])


def told(scenario, other):
    return [str(one) for one in difference.differences(scenario, other)]


def test_a_number_sets_and_a_signed_number_changes(standard):
    assert told(standard, varied(standard, "coaches=3")) == ["Coaches: 1.5 -> 3 WTE"]
    assert told(standard, varied(standard, "coaches.NENC=+2")) == ["Coaches in NENC: 1.5 -> 3.5 WTE"]


def test_a_dated_setting_changes_nothing_before_its_day(standard):
    made = varied(standard, "coaches.NENC=+2@2020-11-01")
    before, after = levers.regimes(made)
    assert before.coaches == standard.coaches
    assert (after.from_date, after.coaches["NENC"]) == (date(2020, 11, 1), 3.5)


def test_a_support_level_brings_what_it_supplies(standard):
    made = varied(standard, "support=enhanced")
    assert (made.coaches["default"], made.outreach_hours["default"]) == (3.0, 2.0)


@pytest.mark.parametrize(("text", "before", "after"), [("coaches=4", 4.0, 4.0), ("coaches.YH=+1", 2.5, 2.5)])
def test_a_setting_without_a_date_holds_through_later_changes(changed, text, before, after):
    regimes = levers.regimes(varied(changed, text))
    assert [regime.coaches.get("YH", regime.coaches["default"]) for regime in regimes] == [before, after]


def test_what_a_later_change_gives_one_collaborative_stays(changed):
    last = levers.regimes(varied(changed, "coaches.YH=+1"))[-1]
    assert (last.support["KSS"], last.coaches["KSS"]) == ("enhanced", 3.0)


def test_the_start_of_a_programme_and_a_deadline_can_be_set(standard):
    made = varied(
        standard, "programmes.adoption_spread.start=2020-06-01", "ambitions.tracheostomy_march_2021.deadline=2021-06"
    )
    assert made.programmes["adoption_spread"].start == date(2020, 6, 1)
    assert made.ambitions["tracheostomy_march_2021"].deadline == date(2021, 6, 30)


def test_a_variant_written_as_a_file_reads_as_the_same(standard, tmp_path):
    settings = [variants.parse_setting("coaches.NENC=+2@2020-11-01"), variants.parse_setting("attendance.psc=0.5")]
    path = tmp_path / "variant.toml"
    path.write_text(variants.file_text("variant", STANDARD, settings, 'A "title"'))
    assert told(variants.read_variant(standard, settings), reading.read_scenario(path)) == []


def test_a_name_says_what_was_set(standard):
    setting = variants.parse_setting("coaches.NENC=-1@2020-11-01")
    assert variants.name_of("pews", [setting]) == "pews-coaches-NENC-minus-1-2020-11-01"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("coachs=2", "did you mean 'coaches'"),
        ("coaches", "expected PATH=VALUE"),
        ("coaches=", "expected PATH=VALUE"),
        ("push.WX=audit", "goes deeper"),
        ("coaches=2@yesterday", "is not a date"),
        ("ambitions.x.dedline=2021", "did you mean 'deadline'"),
    ],
)
def test_what_is_not_written_as_a_setting_is_refused(text, message):
    with pytest.raises(errors.InputError, match=message):
        variants.parse_setting(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("coaches=many", "is not a number"),
        ("coaches=nan", "'nan' is not a number; write 2"),
        ("coaches=1e999", "'1e999' is not a number"),
        ("coaches=-9", "outside 0 to 500"),
        ("coaches.NENCC=2", "did you mean 'NENC'"),
        ("support=fancy", "not one of none, light, standard, enhanced"),
    ],
)
def test_a_value_that_is_no_good_is_named_by_the_setting(standard, text, message):
    with pytest.raises(errors.InputError, match=message) as caught:
        varied(standard, text)
    assert str(caught.value).startswith(f"--set {text}: ")

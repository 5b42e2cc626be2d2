"""Files nobody should have written: refused in one plain message, quickly."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spread import errors
from spread.scenarios import documents, reading, resolving

BASE = 'schema = 1\nname = "x"\nbase = "pews-standard"\n'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("schema = 1\nname = 'x\n", "not valid TOML"),
        ("schema = 1\nname = 'a'\nname = 'b'\n", "not valid TOML"),
        ("schema = 1\r[a]\n", "not valid TOML"),
        (BASE.encode("utf-16"), "UTF-16 or binary"),
        (b"\x7fELF\x00\x01", "UTF-16 or binary"),
        (b"name = 'caf\xe9'\n", "not a text in UTF-8"),
        ("x = " + "[" * 100_000, "nested more than"),
        ("x = " + "[" * 50 + "]" * 50, "nested more than"),
        ("x = " + "{a=" * 60 + "1" + "}" * 60, "nested more than"),
        (".".join(["a"] * 400_000) + " = 1\n", "nested more than"),
        ("[" + ".".join(["a"] * 40) + "]\n", "nested more than"),
        (".".join(['"a b"'] * 100_000) + " = 1\n", "nested more than"),
        (" . ".join(["'a.b'", '"\\"c"'] * 50_000) + " = 1\n", "nested more than"),
        ("# " + "x" * documents.LARGEST_FILE_BYTES, "larger than"),
        ("coaches = 1" + "0" * 5000, "not valid TOML"),
    ],
)
def test_what_is_no_scenario_file_is_refused_in_one_message(faults, content, message):
    (fault,) = faults(content)
    assert message in fault.message
    assert fault.place.endswith("scenario.toml")


def test_a_file_cut_short_says_its_line(faults):
    (fault,) = faults("schema = 1\nname = 'x'\n[[change\n")
    assert fault.line == 3


def test_an_empty_file_says_what_is_needed(faults):
    assert {fault.key for fault in faults("")} == {"schema", "name", "start", "end", "interventions"}


def test_a_folder_is_no_scenario(tmp_path):
    with pytest.raises(errors.InputError, match="folder"):
        reading.read_scenario(tmp_path)


def test_bases_that_go_round_in_a_circle_are_named(write, faults):
    write('schema = 1\nname = "b"\nbase = "scenario.toml"\n', "b.toml")
    (fault,) = faults('schema = 1\nname = "a"\nbase = "b.toml"\n')
    assert (fault.key, fault.line) == ("base", 3)
    assert "circle" in fault.message
    (fault,) = faults('schema = 1\nname = "a"\nbase = "scenario.toml"\n')
    assert "circle" in fault.message


@pytest.mark.parametrize("base", ["3", "''", "[]", "'nowhere.toml'", "'pews-standart'", "'a\\u0000b'"])
def test_a_base_that_is_none_is_placed_where_it_is_named(faults, base):
    (fault,) = faults(f'schema = 1\nname = "a"\nbase = {base}\n'.replace("'a\\u0000b'", '"a\\u0000b"'))
    assert (fault.key, fault.line) == ("base", 3)


def test_a_broken_base_is_named_itself(write, faults):
    write("name = = 1", "b.toml")
    (fault,) = faults('schema = 1\nname = "a"\nbase = "b.toml"\n')
    assert (fault.place, fault.line) == ("b.toml", 1)


MANY = {
    "keys": "".join(f"key{number} = 1\n" for number in range(3000)),
    "parameters": "[parameters]\n" + "".join(f"kapa{number} = 1\n" for number in range(3000)),
    "collaboratives": "coaches = {" + ",".join(f"psc{number} = 1" for number in range(3000)) + "}\n",
    "interventions": "[programmes.p]\ninterventions = [" + ",".join(f"'p{number}'" for number in range(3000)) + "]\n",
}


@pytest.mark.parametrize("text", MANY.values(), ids=MANY)
def test_thousands_of_mistakes_are_cut_short(faults, text):
    found = faults(BASE + text)
    assert len(found) == resolving.MOST_FAULTS + 1
    assert "mend these first" in found[0].message


WRONG = ["1", "'x'", "true", "[]", "{}", "[[1]]", "nan", "-1", "2020-01-01", "10:00:00", "{ value = {} }", "[{}]"]
KEYS = [
    "title", "description", "start", "support", "coaches", "course_seats", "course_interval_months", "push",
    "engaged_share", "cycle_shape", "world", "start_from", "programmes", "programmes.p", "programmes.p.interventions",
    "interventions", "interventions.pews_any", "interventions.pews_any.elements", "interventions.pews_any.eligible",
    "interventions.pews_any.elements.chart", "interventions.pews_any.elements.chart.baseline", "complete", "based_on",
    "interventions.pews_any.baseline_stages", "interventions.pews_any.appeal", "ambitions", "ambitions.a",
    "ambitions.pews_march_2024.deadline", "ambitions.pews_march_2024.milestones", "change", "shock", "parameters",
    "ambitions.pews_march_2024.local_thresholds", "ambitions.pews_march_2024.earlier_deadlines", "parameters.kappa",
    "report", "report.groups", "world.sites", "world.graph", "schema", "base", "path", "shocks", "from_date",
]  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(WRONG), min_size=1, max_size=3))
def test_any_key_may_hold_the_wrong_thing_and_is_refused_politely(write, wrong):
    kept = {key: value for key, value in wrong.items() if not any(other.startswith(f"{key}.") for other in wrong)}
    text = "".join(f"{key} = {value}\n" for key, value in kept.items() if key not in ("schema", "base"))
    path = write(
        f"schema = {kept.get('schema', '1')}\nname = 'x'\nbase = {kept.get('base', repr('pews-standard'))}\n" + text
    )
    with contextlib.suppress(errors.InputError):
        assert reading.read_scenario(path).name == "x"

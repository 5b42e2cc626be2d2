"""The line of every key of a TOML text."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from spread.scenarios import catalogue, locate

TEXT = """\
schema = 1 # [not] a = table
a.b."c d" = \"""x
[foo]
\"""
arr = [ 1, # c, ]
  "]",
  { p = 3, q = [4,
  5] }
]
[[change]]
from = 2022-01-01
coaches = { KSS = "-2", NENC = '+2' }
[[change]]
x = "a # b ] } \\" c"
[change.y]
z = '''
x = 1''''
[ "q".r.'s t' ]
"\\u0041" = false
"""
EXPECTED = {
    ("schema",): 1,
    ("a", "b", "c d"): 2,
    ("arr", 0): 5,
    ("arr", 1): 6,
    ("arr", 2, "q", 1): 8,
    ("change", 0): 10,
    ("change", 0, "coaches", "NENC"): 12,
    ("change", 1): 13,
    ("change", 1, "x"): 14,
    ("change", 1, "y", "z"): 16,
    ("q",): 18,
    ("q", "r", "s t"): 18,
    ("q", "r", "s t", "A"): 19,
}


def paths_of(node, path=()):
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in entries:
        yield (*path, key)
        yield from paths_of(value, (*path, key))


def test_keys_are_found_wherever_toml_lets_them_stand():
    lines = locate.locate_keys(TEXT)
    assert {path: lines.get(path) for path in EXPECTED} == EXPECTED


def test_every_key_that_is_read_has_a_line():
    assert set(locate.locate_keys(TEXT)) == set(paths_of(tomllib.loads(TEXT)))


def test_every_key_of_the_catalogue_has_a_line():
    for path in catalogue.folder().rglob("*.toml"):
        text = path.read_text(encoding="utf-8")
        assert set(locate.locate_keys(text)) == set(paths_of(tomllib.loads(text)))


def test_a_key_not_written_has_the_line_of_the_table_around_it():
    lines = locate.locate_keys("[a]\nb = { c = 1 }\n")
    assert locate.line_of(lines, ("a", "b", "d", 0)) == 2
    assert locate.line_of(lines, ("z",)) == 0


VALUES = st.recursive(
    st.integers() | st.booleans() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=4))
def test_whatever_toml_can_say_is_located(tree):
    import tomlkit

    text = tomlkit.dumps(tree)
    assert set(locate.locate_keys(text)) == set(paths_of(tomllib.loads(text)))

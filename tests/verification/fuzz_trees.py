"""Ways to spoil files that are trees: the keys and values of TOML and JSON, the elements of XML."""

import copy
import datetime
import json
import random
import re
import tomllib
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from tests.verification import fuzz_bytes
from tests.verification.fuzz_bytes import NASTY_TEXTS

DEEP = 60
MOST_ENTRIES = 1000
# The time and memory tomllib takes for a key grow with the square of its parts.
_ENDLESS_KEY = re.compile(rb"(?:a\.){40}")
ODD_VALUES: tuple[Any, ...] = (
    0, 1, -1, 2, 5, 0.0, -0.0, 0.5, 1.0, 1.5, -0.5, 1e308, 1e-320, float("nan"), float("inf"), float("-inf"), 10**18,
    10**400, True, False, None, "", "x", [], {}, [[]], [{}], {"": 1}, {"value": 1}, {"value": {}},
    {"value": "x", "low": 1}, {"value": 1.0, "low": 0.5, "high": 2.0, "scale": "log"},
    {"value": 1.0, "low": 2.0, "high": 0.5}, [1, "a", None],
    {"value": 0.5, "low": 0.1, "high": 0.9, "scale": "logit", "zero": 2}, {"default": 1}, {"WX": "+1"},
    {"name": "x"}, {"from": "2021-05-01"}, {"date": "2021-05-01", "threshold": 0.5}, datetime.date(2021, 6, 30),
    datetime.date(1, 1, 1), datetime.date(9999, 12, 31), datetime.datetime(2021, 6, 30, 12), datetime.time(10),
    ["plank"], ["plank", "plank"], ["ladder", "plnk"], "+1", "-1", "+1e5", "2021-06-30", "base.toml",
    "scenario.toml", "files.toml", "sites.csv", ".",
)  # fmt: skip


def toml(luck: random.Random, data: bytes, other: bytes) -> bytes:
    """Spoil the keys and values of a TOML file."""
    if _ENDLESS_KEY.search(data):
        return fuzz_bytes.spoil(luck, data, other)
    try:
        tree, another = (tomllib.loads(one.decode()) for one in (data, other))
    except (ValueError, RecursionError):
        return fuzz_bytes.spoil(luck, data, other)
    if luck.random() < 0.25:
        return _toml_text(luck, data, another)
    spoilt = _spoilt_tree(luck, tree, another)
    return toml_text(spoilt).encode("utf-8", "surrogatepass") if isinstance(spoilt, dict) else data


def json_tree(luck: random.Random, data: bytes, other: bytes) -> bytes:
    """Spoil the keys and values of a JSON file."""
    try:
        tree, another = (json.loads(one) for one in (data, other))
    except (ValueError, RecursionError):
        return fuzz_bytes.spoil(luck, data, other)
    spoilt = _spoilt_tree(luck, tree, another)
    text = json.dumps(spoilt, default=str, indent=luck.choice((None, None, 1)), ensure_ascii=luck.random() < 0.5)
    return text.encode("utf-8", "surrogatepass")


def _spoilt_tree(luck: random.Random, tree: Any, another: Any) -> Any:
    holder = [copy.deepcopy(tree)]
    for _ in range(luck.choice((1, 1, 1, 1, 1, 2, 3))):
        places = list(_places(holder)) or [(holder, 0)]
        if not holder:
            break
        within, key = luck.choice(places[1:] or places)
        _spoil_place(luck, within, key, luck.choice([theirs[place] for theirs, place in _places([another])]))
    return holder[0] if holder else None


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every (table or list, key or place) of a tree."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from _places(node[key])


def _spoil_place(luck: random.Random, within: Any, key: Any, theirs: Any) -> None:
    way = luck.randrange(12)
    if way < 3:
        within[key] = copy.deepcopy(luck.choice(ODD_VALUES))
    elif way == 3:
        within[key] = luck.choice(NASTY_TEXTS)
    elif way == 4:
        within[key] = copy.deepcopy(theirs)
    elif way == 5:
        del within[key]
    elif way == 6:
        within[key] = _nested(luck, within[key], luck.choice((1, 2, 10, DEEP)))
    elif way == 7 and isinstance(within[key], int | float) and not isinstance(within[key], bool):
        number = within[key]
        within[key] = luck.choice(
            (-number, number * 1000, number / 1000, number + 0.5, int(number), str(number), [number])
        )
    elif way == 8 and isinstance(within, dict):
        within[key] = {str(number): luck.choice(ODD_VALUES) for number in range(luck.choice((1, 5, 400)))}
    elif way == 9 and isinstance(within[key], list) and len(within[key]) < MOST_ENTRIES:
        within[key] = within[key] * luck.choice((0, 2, 2, 100))
    elif isinstance(within, dict):
        _spoil_key(luck, within, key)
    else:
        within.insert(luck.randrange(len(within) + 1), copy.deepcopy(within[key]))


_KEYS = (
    "name", "from", "value", "sites", "default", "path", "shocks", "from_date", "quarterly_return", "complete", "graph",
)  # fmt: skip


def _spoil_key(luck: random.Random, within: dict[str, Any], key: str) -> None:
    """A key misspelt, of another place, or of nowhere; in place of the right one or beside it."""
    near = (key[:-1], key + "s", key.upper(), key.replace("_", "-"), key[1:] + key[:1])
    name = luck.choice(
        (*near, luck.choice(NASTY_TEXTS), luck.choice(list(within)), luck.choice(_KEYS), luck.choice(_KEYS))
    )
    value = copy.deepcopy(within[key])
    if luck.random() < 0.5:
        del within[key]
    within[name] = value


def _nested(luck: random.Random, value: Any, depth: int) -> Any:
    for _ in range(depth):
        value = luck.choice(([value], {"a": value}))
    return value


_ASSIGNMENT = re.compile(rb"(?m)^([^#\[\n=]+)=[ \t]*([^\n]*)$")
_RAW_VALUES = (
    b"", b"nan", b"-inf", b"1e400", b"0x1F", b"0b11", b"1_000", b"+1", b"01", b"1979-05-27T07:32:00Z", b"07:32:00",
    b"2021-02-30", b"'''\nx\n'''", b'"""x""""', b'"\\u0000"', b'"\\u202E"', b'"\\U0010FFFF"', b'"\\uD800"', b"{}",
    b"{a=1,}", b"[1,]", b"[[]]", b"{a.b=1}", b"{a={b=1}}", b"1 # c", b"1 1", b"'a' 'b'", b'"\\x41"',
    b"99999999999999999999999", b"tru", b"\x00", b'"\\e[31m"', b"[" * 200 + b"]" * 200, b"1" * 4400,
)  # fmt: skip


def _toml_text(luck: random.Random, data: bytes, another: dict[str, Any]) -> bytes:
    """Spoil the text of a TOML file at one of its keys."""
    found = list(_ASSIGNMENT.finditer(data))
    if not found:
        return data
    one = luck.choice(found)
    value = luck.choice((*_RAW_VALUES, toml_value(luck.choice(ODD_VALUES)).encode()))
    key = luck.choice(
        (
            one[1],
            one[1],
            one[1],
            b"a.b.c ",
            b'"" ',
            b"'q' ",
            b"1 ",
            one[1].strip() + b".x ",
            b"\xc3\xa9 ",
            b'"\\u001b[1m" ',
        )
    )
    text = toml_text(dict(list(another.items())[:2])).encode("utf-8", "surrogatepass") if luck.random() < 0.1 else b""
    return data[: one.start()] + key + b"= " + value + data[one.end() :] + text


def toml_text(tree: dict[Any, Any]) -> str:
    """A tree as TOML; what TOML has no word for is written as text."""
    values = {key: value for key, value in tree.items() if not _is_section(value)}
    lines = [f"{_key(key)} = {toml_value(value)}" for key, value in values.items()]
    for name, section in tree.items():
        if isinstance(section, dict) and name not in values:
            lines.append(f"[{_key(name)}]")
            lines += [f"{_key(key)} = {toml_value(value)}" for key, value in section.items()]
        elif name not in values:
            for entry in section:
                lines.append(f"[[{_key(name)}]]")
                lines += [f"{_key(key)} = {toml_value(value)}" for key, value in entry.items()]
    return "\n".join(lines) + "\n"


def _is_section(value: Any) -> bool:
    is_list_of_tables = isinstance(value, list) and bool(value) and all(isinstance(entry, dict) for entry in value)
    return isinstance(value, dict) or is_list_of_tables


def _key(key: Any) -> str:
    return json.dumps(str(key), ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_value(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {toml_value(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, int) and abs(value) > 10**300:
        return "1" + "0" * 400
    return str(value) if isinstance(value, int | float) else _key("" if value is None else value)


# ---- XML ----


def xml(luck: random.Random, data: bytes, other: bytes) -> bytes:
    """Spoil the elements of a GraphML file."""
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 (our own corpus)
        elsewhere = list(ElementTree.fromstring(other).iter())  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError):
        return fuzz_bytes.spoil(luck, data, other)
    if luck.random() < 0.1:
        return _with_document_type(luck, data)
    for _ in range(luck.choice((1, 1, 1, 1, 1, 2, 4))):
        _spoil_element(luck, root, elsewhere)
    try:
        return ElementTree.tostring(root, encoding="utf-8", xml_declaration=luck.random() < 0.5)
    except (TypeError, ValueError):
        return data


def _spoil_element(luck: random.Random, root: Any, elsewhere: list[Any]) -> None:
    parent = luck.choice([element for element in root.iter() if len(element)] or [root])
    element = luck.choice(list(parent) or [root])
    way = luck.randrange(8)
    if way == 0 and element is not root:
        parent.remove(element)
    elif way == 1:
        parent.append(copy.deepcopy(element))
    elif way == 2:
        parent.append(copy.deepcopy(luck.choice(elsewhere)))
    elif way == 3 and element.attrib:
        del element.attrib[luck.choice(list(element.attrib))]
    elif way == 4:
        element.text = luck.choice(NASTY_TEXTS)
    elif way == 5:
        element.tag = luck.choice(("node", "edge", "graph", "port", "hyperedge", "data", element.tag + "x", "x"))
    else:
        theirs = [value for other in elsewhere for value in other.attrib.values()]
        known = (
            *element.attrib,
            "id",
            "source",
            "target",
            "key",
            "for",
            "attr.name",
            "attr.type",
            "directed",
            "edgedefault",
        )
        words = (
            *NASTY_TEXTS,
            *theirs,
            "double",
            "int",
            "boolean",
            "string",
            "true",
            "undirected",
            "yfiles.type",
            "nodegraphics",
        )
        element.set(luck.choice(known), luck.choice(words))


def _with_document_type(luck: random.Random, data: bytes) -> bytes:
    types = (
        b'<!DOCTYPE a [<!ENTITY x "y">]>', b'<!DOCTYPE a SYSTEM "file:///etc/passwd">', b"<!doctype html>",
        b'<!ENTITY x "y">',
        b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;">]>',
        b'<?xml-stylesheet href="x"?>', b"<!-- <!DOCTYPE a> -->",
    )  # fmt: skip
    return data.replace(b"<graphml", luck.choice(types) + b"<graphml", 1)

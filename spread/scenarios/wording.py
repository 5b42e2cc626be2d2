"""A schema's complaints in plain words: what was there and what would be right, at its file, line and key."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple, get_args, get_origin

import pydantic
from pydantic_core import ErrorDetails

from spread import errors
from spread.scenarios import documents, locate, merging, quoting, schema

_MOST_HINTS = 40
_LONGEST_NAME, _MOST_NAMES = 60, 100
_FOLDER_NAME = "letters, digits, '-', '_' and single '.' (it names the results folder)"
_ONE_LINE = "one line of at most 300 characters"
_ANY_CODE = "letters, digits, '-' and '_', beginning with a letter or digit"
_NO_PARAMETER = "not a number or a distribution such as { value = 2.0, low = 0.2, high = 6.0, scale = 'log' }"
_KINDS = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "string_type": "a text",
    "dict_type": "a table",
    "model_type": "a table",
    "tuple_type": "a list",
    "path_type": "the path of a file",
    "finite_number": "a finite number",
}


def faults_of(error: pydantic.ValidationError, tree: documents.Tree, merged: merging.Merged) -> Iterator[errors.Fault]:
    """Every complaint of the schema about a tree, as faults in the files the tree came from."""
    every = [(details, *_path_in(tree, details["loc"])) for details in error.errors(include_url=False)]
    lacking: set[locate.KeyPath] = {
        path[:2] for details, path, _ in every if details["type"] == "missing" and len(path) == 3
    }
    hinted: set[locate.KeyPath] = set()
    for count, (details, path, allowed) in enumerate(every):
        message = _message(details, path, allowed, hints=count < _MOST_HINTS)
        if details["type"] == "missing" and path[:2] in lacking and path[:2] not in hinted:
            hinted.add(path[:2])
            message += _entry_meant(str(path[0]), str(path[1]), tree, lacking)
        if details["type"] != "missing" and path and path[-1] == "value" and not merged.is_written(path):
            path = path[:-1]
        yield merged.fault(path, message)


def _entry_meant(section: str, name: str, tree: documents.Tree, lacking: set[locate.KeyPath]) -> str:
    """Of an entry that is not whole: one that is, and may have been meant by its name."""
    if section not in merging.LEAVABLE:
        return ""
    others = [other for other in tree[section] if (section, other) not in lacking and len(other) <= _LONGEST_NAME]
    known = others if len(name) <= _LONGEST_NAME and len(others) <= _MOST_NAMES else []
    return "".join(f"; or is '{other}' meant?" for other in get_close_matches(name, known, n=1))


def _path_in(tree: Any, location: tuple[str | int, ...]) -> tuple[locate.KeyPath, list[str]]:
    """The key path in the file of a place in the schema, and the keys that may stand there."""
    path: list[str | int] = []
    model: Any = schema.Scenario
    allowed: list[str] = []
    node = tree
    for part in location:
        if part == "[key]":
            break
        if isinstance(node, dict) and isinstance(part, int):
            part = list(node)[part] if part < len(node) and part not in node else str(part)
        allowed = _keys_of(model)
        model = _inside(model, part)
        path.append(part)
        node = _child(node, part)
    return tuple(path), allowed


class _Entries(NamedTuple):
    """The entries of a table or list, each of a schema class."""

    model: Any


def _is_model(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, pydantic.BaseModel)


def _keys_of(model: Any) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()] if _is_model(model) else []


def _inside(model: Any, part: str | int) -> Any:
    """The schema one step further in; None where it is not a class of ours."""
    if isinstance(model, _Entries):
        return model.model
    if not _is_model(model):
        return None
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return _model_of(fields[str(part)].annotation) if str(part) in fields else None


def _model_of(annotation: Any) -> Any:
    if _is_model(annotation):
        return annotation
    found = [model for model in map(_model_of, get_args(annotation)) if model is not None]
    if not found:
        return None
    return _Entries(found[0]) if get_origin(annotation) in (dict, tuple) else found[0]


def _child(node: Any, part: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(part)
    if isinstance(node, list) and isinstance(part, int) and part < len(node):
        return node[part]
    return None


def _message(details: ErrorDetails, path: locate.KeyPath, allowed: list[str], *, hints: bool) -> str:
    kind, given = details["type"], quoting.shown(details["input"])
    context = details.get("ctx", {})
    if kind == "extra_forbidden":
        return "unknown key" + (errors.did_you_mean(str(path[-1]), allowed) if hints else "")
    if kind == "missing":
        return "missing; it must be written out"
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        hint = errors.did_you_mean(str(details["input"]), str(context["expected"]).replace("'", "").split(", "))
        return f"{given} is not one of {context['expected']}{hint}"
    if kind in ("greater_than_equal", "less_than_equal"):
        side, limit = ("below", context["ge"]) if "ge" in context else ("above", context["le"])
        return f"{given} is {side} {_plain(limit)}, the {'smallest' if side == 'below' else 'largest'} that makes sense"
    if kind == "string_pattern_mismatch":
        return f"{given} will not do; expected {_pattern_at(path)}"
    if kind == "too_short":
        return "empty; at least one is needed"
    if kind == "model_type" and context.get("class_name") == "Parameter":
        return f"{given} is {_NO_PARAMETER}"
    return f"{given} is not {_KINDS[kind]}" if kind in _KINDS else f"{given}: {details['msg']}"


def _pattern_at(path: locate.KeyPath) -> str:
    """What a text must look like: the scenario's own name is not held to the same as that of a shock."""
    if path == ("name",):
        return _FOLDER_NAME
    return _ONE_LINE if path[-1] in ("title", "baseline_unit") else _ANY_CODE


def _plain(limit: float) -> str:
    return f"{limit:,.0f}" if float(limit).is_integer() else f"{limit:g}"

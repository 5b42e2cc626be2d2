"""What a scenario does not say, from the catalogue."""

from collections.abc import Mapping
from typing import Any

from spread.scenarios import documents

SET_HERE = "set in the scenario file"
_KEPT = ("scale", "minimum", "maximum", "unit", "meaning")


def fill(tree: Any, known: Mapping[str, Any]) -> None:
    """Add to a tree what it does not say; a number keeps the scale, unit and bounds of the one it replaces."""
    if not isinstance(tree, dict):
        return
    for key, value in known.items():
        if key not in tree:
            tree[key] = own_copy(value)
        elif isinstance(value, Mapping) and "value" in value:
            tree[key] = number_with_notes(tree[key], value)
        elif isinstance(value, Mapping):
            fill(tree[key], value)


def number_with_notes(given: Any, known: Mapping[str, Any]) -> Any:
    """A number or distribution as written, with the notes of the catalogue's entry it replaces as a whole."""
    notes = {key: known[key] for key in _KEPT if key in known}
    stated = {"basis": "judgement", "source": SET_HERE}
    if isinstance(given, dict):
        return {**notes, **stated, **given}
    if isinstance(given, int | float) and not isinstance(given, bool):
        return {**notes, **stated, "value": given}
    return given


def own_copy(value: Any) -> Any:
    """A copy that may be changed, of a value of the catalogue."""
    if isinstance(value, Mapping):
        return {key: own_copy(entry) for key, entry in value.items()}
    return list(value) if isinstance(value, list) else value


def tables(section: Any) -> list[tuple[str, documents.Tree]]:
    """The named tables of a section, leaving aside what is none."""
    if not isinstance(section, dict):
        return []
    return [(name, entry) for name, entry in section.items() if isinstance(entry, dict)]


def items(section: Any) -> list[tuple[str, Any]]:
    """The entries of a table; none where it is no table."""
    return list(section.items()) if isinstance(section, dict) else []


def list_of_tables(section: Any) -> list[tuple[int, documents.Tree]]:
    """The tables of a list with their place in it, leaving aside what is none."""
    entries = section if isinstance(section, list) else []
    return [(index, entry) for index, entry in enumerate(entries) if isinstance(entry, dict)]


def texts(value: Any) -> list[str]:
    """The texts of a list, leaving aside what is none."""
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []

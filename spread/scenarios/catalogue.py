"""The catalogue: interventions, ambitions, support presets, pushes, PSCs and every parameter, as data files.

Only reads; nothing here may be changed in place. Plain dictionaries, so that looking something up is instant.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

Entry = Mapping[str, Any]
Table = Mapping[str, Entry]
NOTES = ("basis", "source", "meaning", "unit", "title", "note")


def folder() -> Path:
    """The folder of the catalogue's files."""
    return Path(str(resources.files("spread.scenarios").joinpath("catalogue")))


@cache
def table(name: str) -> Table:
    """One file of the catalogue, ``catalogue/<name>.toml``, as written."""
    return tomllib.loads((folder() / f"{name}.toml").read_text(encoding="utf-8"))


def parameters() -> Table:
    """Every global parameter: value, low, high, scale, unit, basis, source, meaning."""
    return table("parameters")


def interventions() -> Table:
    """Every intervention the programmes name."""
    return table("interventions")


def ambitions() -> Table:
    """Every ambition the programmes name."""
    return table("ambitions")


def pushes() -> Table:
    """The policy pushes a scenario may choose."""
    return table("push")


def pscs() -> Table:
    """The fifteen patient safety collaboratives and all their names."""
    return table("pscs")


def defaults() -> Mapping[str, Any]:
    """What a scenario gets where neither it nor its base says anything."""
    return table("defaults")


@cache
def support_levels() -> Mapping[str, Mapping[str, Any]]:
    """The support presets: level -> lever -> a number, or a table of numbers by tier or layer."""
    return {level: _levers_of(entry) for level, entry in table("support").items()}


def _levers_of(entry: Entry) -> dict[str, Any]:
    given = {key: value for key, value in entry.items() if isinstance(value, Mapping)}
    return {lever: _number_or_table(value) for lever, value in given.items()}


def _number_or_table(value: Entry) -> Any:
    if "value" in value:
        return value["value"]
    return {key: number for key, number in value.items() if key not in NOTES}


@cache
def base_names() -> tuple[str, ...]:
    """Names of the scenario bases, in order."""
    return tuple(sorted(path.stem for path in (folder() / "bases").glob("*.toml")))


def base_path(name: str) -> Path:
    """The file of a scenario base."""
    return folder() / "bases" / f"{name}.toml"

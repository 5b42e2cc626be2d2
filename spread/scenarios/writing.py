"""A resolved scenario as text: a TOML file with every default written out, and the text its key is made of."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from spread.scenarios import documents, levers, schema

_HEAD = """\
# A scenario as resolved: every default is written out and nothing is filled in from the catalogue.
# It can be run again as it is, or serve as `base` of another scenario.
"""
_WORLD_FILES = ("sites", "memberships", "ties", "graph")


def write_resolved(scenario: schema.Scenario) -> str:
    """A scenario as TOML with everything written out; reading it gives an equal scenario."""
    import tomlkit

    kept = scenario.model_dump(by_alias=True, exclude={"path", "base", "parameters", "world"})
    kept["world"] = scenario.world.model_dump()
    kept["parameters"] = {name: entry.model_dump() for name, entry in scenario.parameters.items() if "." not in name}
    for entry in kept["interventions"].values():
        entry["elements"] = {element.pop("name"): element for element in entry["elements"]}
    head = {"schema": documents.SCHEMA, "complete": True, "name": scenario.name, "title": scenario.title}
    tree = {**head, "based_on": scenario.base, **kept}
    return _HEAD + tomlkit.dumps(_toml_table(tree))


def _toml_table(tree: Mapping[Any, Any]) -> dict[str, Any]:
    """Values TOML knows, those on one line before tables; what is not there is left out."""
    lever_paths = {lever.path for lever in levers.settable()}
    values = {str(key): _toml_value(value) for key, value in tree.items() if value is not None}
    for key in lever_paths & set(values):
        values[key] = _on_one_line(values[key])
    return {key: values[key] for key in sorted(values, key=lambda key: _is_table(values[key]))}


def _toml_value(value: Any) -> Any:
    if _is_number_with_notes(value):
        unsaid = [key for key in ("unit", "meaning") if not value[key]]
        return _on_one_line({key: entry for key, entry in value.items() if entry is not None and key not in unsaid})
    if isinstance(value, Mapping):
        return _toml_table(value)
    if isinstance(value, list | tuple):
        return [_toml_value(entry) for entry in value]
    return str(value) if isinstance(value, Path) else value


def _is_number_with_notes(value: Any) -> bool:
    """Whether it is a parameter, rather than headings of a return that happen to be called like its parts."""
    return isinstance(value, Mapping) and "basis" in value and not isinstance(value.get("value", ""), str)


def _on_one_line(value: Any) -> Any:
    import tomlkit

    if not isinstance(value, Mapping):
        return value
    line = tomlkit.inline_table()
    line.update(value)
    return line


def _is_table(value: Any) -> bool:
    if isinstance(value, list):
        return any(isinstance(entry, Mapping) for entry in value)
    return type(value) is dict


def canonical_text(scenario: schema.Scenario) -> str:
    """Everything that moves a number of the results, in one fixed order, for hashing.

    Titles, sources, notes, names of files and the order of tables are no part of it; what the user's files
    hold is hashed beside it.
    """
    asked = {
        "start": scenario.start,
        "end": scenario.end,
        "regimes": [_regime(regime) for regime in levers.regimes(scenario)],
        "engaged_share": scenario.engaged_share,
        "cycle_shape": scenario.cycle_shape,
        "world": _world(scenario.world),
        "start_from": scenario.start_from.as_of if scenario.start_from else None,
        "programmes": {name: _programme(entry) for name, entry in scenario.programmes.items()},
        "interventions": {name: _intervention(entry) for name, entry in scenario.interventions.items()},
        "ambitions": {name: _ambition(entry) for name, entry in scenario.ambitions.items()},
        "shocks": {shock.name: _shock(shock) for shock in scenario.shocks},
        "parameters": {name: _parameter(entry) for name, entry in scenario.parameters.items()},
        "report": {
            **scenario.report.model_dump(),
            "dates": sorted(scenario.report.dates),
            "groups": sorted(scenario.report.groups),
        },
    }
    if scenario.start_from and scenario.quarterly_return.columns:
        asked["return"] = scenario.quarterly_return.model_dump()
    return json.dumps(asked, sort_keys=True, indent=1, default=_as_text, ensure_ascii=True)


def _as_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _regime(regime: levers.Regime) -> dict[str, Any]:
    names = [lever.path for lever in levers.settable() if lever.dated]
    return {"from": regime.from_date, **{name: getattr(regime, name) for name in names}}


def _world(world: schema.World) -> dict[str, Any]:
    given = [role for role in _WORLD_FILES if getattr(world, role) is not None]
    return {"population": world.population, "psc_map": world.psc_map, "files": given}


def _programme(programme: schema.Programme) -> dict[str, Any]:
    return {**programme.model_dump(exclude={"title"}), "interventions": sorted(programme.interventions)}


def _intervention(intervention: schema.Intervention) -> dict[str, Any]:
    numbers_are_parameters = {"elements", "baseline_stages", "appeal", "eligible", "available_delay_months"}
    words = {"title", "note", "sources"}
    kept = intervention.model_dump(exclude=numbers_are_parameters | words)
    eligible = {key: sorted(names) for key, names in intervention.eligible.model_dump().items()}
    return {**kept, "eligible": eligible, "elements": [_element(element) for element in intervention.elements]}


def _element(element: schema.Element) -> tuple[str, float]:
    return element.name, element.eligible_share


def _ambition(ambition: schema.Ambition) -> dict[str, Any]:
    words = {"title", "note", "source", "programme", "threshold_basis", "baseline_period"}
    words |= {"baseline_unit"}
    numbers_are_parameters = {"trend", "efficacy"}
    kept = ambition.model_dump(exclude={*words, *numbers_are_parameters, "earlier_deadlines", "milestones"})
    milestones = sorted((milestone.date.isoformat(), milestone.threshold) for milestone in ambition.milestones)
    earlier = [version.date for version in ambition.earlier_deadlines]
    return {**kept, "interventions": sorted(kept["interventions"]), "milestones": milestones, "earlier": earlier}


def _shock(shock: schema.Shock) -> dict[str, Any]:
    return {"from": shock.start, "to": shock.end, "interventions": sorted(shock.interventions)}


def _parameter(parameter: schema.Parameter) -> dict[str, Any]:
    kept = parameter.model_dump(include={"value", "low", "high", "scale", "minimum", "maximum"})
    return {**kept, "zero": parameter.zero or 0.0}

"""The JSON Schema of scenario files, for editors that check and complete as one types."""

from typing import Any

from spread.scenarios import catalogue, documents, levers, prices, schema

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SIGNED = {"type": "string", "pattern": r"^[+-][0-9]+(\.[0-9]+)?$"}
_LEAVABLE = ("programmes", "interventions", "ambitions")


def json_schema() -> dict[str, Any]:
    """What a scenario file may hold: everything optional but `schema` and `name`, with the short forms."""
    tree = schema.Scenario.model_json_schema(by_alias=True)
    definitions = tree["$defs"]
    for part in definitions.values():
        part.pop("required", None)
    _allow_number(definitions)
    _allow_tables_of_elements(definitions["Intervention"]["properties"])
    _allow_returns(definitions["StartFrom"]["properties"])
    properties = tree["properties"]
    _allow_left_out(properties)
    for holder in (properties, definitions["Change"]["properties"]):
        holder.update({path: entry for path, entry in _lever_properties().items() if path in holder})
    properties["parameters"] = _global_parameters()
    properties.pop("path")
    properties.update(_own_properties())
    return {"$schema": _DRAFT, **tree, "title": "spread scenario", "required": ["schema", "name"]}


def _own_properties() -> dict[str, Any]:
    return {
        "schema": {"const": documents.SCHEMA},
        "base": {"type": "string", "description": "A name of the catalogue, or the path of another scenario file."},
        "based_on": {"type": "string", "description": "In a resolved scenario: what it was made from."},
        "complete": {"type": "boolean", "description": "In a resolved scenario: nothing is filled in."},
    }


def _allow_number(definitions: dict[str, Any]) -> None:
    definitions["Distribution"] = {**definitions["Parameter"], "required": ["value"]}
    number = {"type": "number", "description": "A fixed number."}
    definitions["Parameter"] = {"anyOf": [number, {"$ref": "#/$defs/Distribution"}]}


def _allow_tables_of_elements(properties: dict[str, Any]) -> None:
    element = {"$ref": "#/$defs/Element"}
    properties["elements"] = {"type": "object", "additionalProperties": element}


def _allow_returns(properties: dict[str, Any]) -> None:
    properties["returns"] = dict(properties["stages"])


def _allow_left_out(properties: dict[str, Any]) -> None:
    for section in _LEAVABLE:
        entry = properties[section].pop("additionalProperties", None) or {}
        patterns = properties[section].pop("patternProperties", {})
        known = list(patterns.values()) or [entry]
        properties[section]["additionalProperties"] = {"anyOf": [*known, {"const": False}]}


def _lever_properties() -> dict[str, Any]:
    return {lever.path: _lever_property(lever) for lever in levers.settable()}


def _lever_property(lever: levers.Lever) -> dict[str, Any]:
    about = f"{lever.label} ({lever.unit})"
    number = {"type": "number", "minimum": lever.minimum, "maximum": lever.maximum}
    one: list[dict[str, Any]] = [number, _SIGNED] if lever.is_number else [{"enum": list(lever.choices())}]
    if not lever.by:
        return {"anyOf": one, "description": about}
    table: dict[str, Any] = {"type": "object", "additionalProperties": {"anyOf": one}}
    if lever.fixed_keys():
        table["propertyNames"] = {"enum": list(lever.fixed_keys())}
    return {"anyOf": [*one, table], "description": about}


def _global_parameters() -> dict[str, Any]:
    reference = {"$ref": "#/$defs/Parameter"}
    known = {
        name: {**reference, "description": f"{entry['meaning']} ({entry['unit']})"}
        for name, entry in catalogue.parameters().items()
    }
    price = {"$ref": "#/$defs/Distribution", "required": ["value", "source"]}
    return {
        "type": "object",
        "properties": known,
        "patternProperties": {f"^({'|'.join(prices.names())})$": price},
        "additionalProperties": False,
    }

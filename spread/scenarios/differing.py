"""Which parameters of a scenario are not as the catalogue has them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from spread.scenarios import catalogue, schema


class Differing(NamedTuple):
    """A parameter as the scenario has it, and as the catalogue does (None: it does not)."""

    name: str
    here: schema.Parameter
    there: schema.Parameter | None


def from_catalogue(scenario: schema.Scenario) -> list[Differing]:
    """Every parameter that another value or range is believed of than the catalogue says, in the scenario's order."""
    pairs = [Differing(name, here, in_catalogue(name)) for name, here in scenario.parameters.items()]
    return [pair for pair in pairs if pair.there is None or _belief(pair.here) != _belief(pair.there)]


def in_catalogue(name: str) -> schema.Parameter | None:
    """What the catalogue says of a parameter by its flat name; None where it says nothing."""
    first, *rest = name.split(".")
    entry: Any = catalogue.parameters().get(name) if not rest else _below(first, rest)
    if entry is None:
        return None
    given = {key: value for key, value in entry.items() if key in schema.Parameter.model_fields} if isinstance(
        entry, Mapping
    ) else entry  # fmt: skip
    return schema.Parameter.model_validate(given)


def _below(first: str, rest: list[str]) -> Any:
    """The entry of an intervention or ambition; shocks are never in the catalogue."""
    if first == "ambition":
        ambition, what, *of = rest
        return _within(catalogue.ambitions(), ambition, what, *of)
    what, *of = rest
    places = {"baseline": ("elements", *of, "baseline"), "difficulty": ("elements", *of, "difficulty"),
              "stage": ("baseline_stages", *of)}  # fmt: skip
    return _within(catalogue.interventions(), first, *places.get(what, (what, *of)))


def _within(tree: Any, *keys: str) -> Any:
    for key in keys:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def _belief(parameter: schema.Parameter) -> tuple[float | None, ...]:
    """What is believed; a chance of nothing of exactly zero is none."""
    return (parameter.value, parameter.low, parameter.high, parameter.zero or None)

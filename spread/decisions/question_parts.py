"""What a forecast is made of: data, denominator, plan and parameters; and a forecast with some of another's parts.

Two scenarios are taken apart into the same parts and put together again in any mixture: with no part of the new one it
is the old scenario, with all of them the new one.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

from spread.scenarios import schema, writing

DATA, DENOMINATOR, PLAN, PARAMETERS = "data", "denominator", "plan", "parameters"
PARTS: Final = (DATA, DENOMINATOR, PLAN, PARAMETERS)
"""In the order in which one forecast is turned into the other, where one order is asked for."""

WORDS: Final = {
    DATA: "new data: the state it starts from",
    DENOMINATOR: "who is counted: sites and eligibility",
    PLAN: "the plan and its aims",
    PARAMETERS: "what is believed: parameters",
    "version": "the model itself: its version",
    "luck": "the luck of the draw: seed and number of runs",
}
FILES: Final = {DATA: ("stages",), DENOMINATOR: ("sites", "memberships", "ties", "graph")}
"""The data files that each part lives in, as a manifest names them."""

_OF_DATA = ("start_from", "quarterly_return")
_OF_PARAMETERS = ("cycle_shape",)


class Question(NamedTuple):
    """What a forecast rests on: its scenario, the hashes of its data files by use, and its posterior, if any."""

    scenario: schema.Scenario
    files: Mapping[str, str]
    posterior: str | None = None


def differing(old: Question, new: Question) -> tuple[str, ...]:
    """The parts in which two questions differ in anything that moves a number."""
    return tuple(part for part in PARTS if _differs(part, old, new))


def _differs(part: str, old: Question, new: Question) -> bool:
    one = {use: old.files.get(use) for use in FILES.get(part, ())}
    other = {use: new.files.get(use) for use in FILES.get(part, ())}
    if one != other or (part == PARAMETERS and old.posterior != new.posterior):
        return True
    mixed = mix(old.scenario, new.scenario, {part})
    return writing.canonical_text(mixed) != writing.canonical_text(old.scenario)


def mix(old: schema.Scenario, new: schema.Scenario, of_new: Collection[str]) -> schema.Scenario:
    """A scenario with some parts of the new one and the others of the old.

    The plan says which interventions and ambitions there are; who is eligible, and the numbers, come with their own
    parts where the other scenario knows the intervention or the number.
    """
    source = {part: new if part in of_new else old for part in PARTS}
    plan, counted = source[PLAN], source[DENOMINATOR]
    updates: dict[str, Any] = {
        **{name: getattr(source[DATA], name) for name in _OF_DATA},
        **{name: getattr(source[PARAMETERS], name) for name in _OF_PARAMETERS},
        "world": counted.world,
        "interventions": _eligible_as(plan, counted),
        "ambitions": _counted_as(plan, counted),
        "parameters": _believed_as(plan, source[PARAMETERS]),
        "path": None,
    }
    return plan.model_copy(update=updates)


def _eligible_as(plan: schema.Scenario, counted: schema.Scenario) -> dict[str, schema.Intervention]:
    """The plan's interventions, for whom the other scenario says."""
    return {
        name: one.model_copy(update={"eligible": counted.interventions[name].eligible})
        if name in counted.interventions
        else one
        for name, one in plan.interventions.items()
    }


def _counted_as(plan: schema.Scenario, counted: schema.Scenario) -> dict[str, schema.Ambition]:
    """The plan's ambitions, counted among whom the other scenario says."""
    return {
        name: one.model_copy(update={"denominator": counted.ambitions[name].denominator})
        if name in counted.ambitions
        else one
        for name, one in plan.ambitions.items()
    }


def _believed_as(plan: schema.Scenario, believed: schema.Scenario) -> dict[str, schema.Parameter]:
    """The numbers a plan needs, as the other scenario believes them where it knows them."""
    return {name: believed.parameters.get(name, own) for name, own in plan.parameters.items()}

"""The same plan without regional support, to see what support adds."""

from collections.abc import Mapping
from typing import Any, Final

from spread.scenarios import catalogue, levers, schema

NONE: Final = "none"


def without_support(scenario: schema.Scenario) -> schema.Scenario:
    """A scenario in which no collaborative supports anything, at any time.

    Every lever that a support level supplies is that of the level ``none``, and nobody is trained; push, rules, shocks
    and the networks that meet anyway stay as they are.
    """
    nothing = _supplied_by(NONE) | {
        "support": {levers.EVERYWHERE: NONE},
        "training": dict.fromkeys(scenario.training, 0.0),
        "refreshers": 0.0,
    }
    programmes = {
        name: programme.model_copy(update={"support": NONE if programme.support else None})
        for name, programme in scenario.programmes.items()
    }
    changes = tuple(change.model_copy(update=nothing) for change in scenario.change)
    return scenario.model_copy(update={**nothing, "programmes": programmes, "change": changes})


def _supplied_by(level: str) -> dict[str, Any]:
    preset = catalogue.support_levels()[level]
    supplied = [lever for lever in levers.settable() if lever.path in preset]
    return {lever.path: _as_lever(lever, preset[lever.path]) for lever in supplied}


def _as_lever(lever: levers.Lever, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: float(entry) for key, entry in value.items() if key in lever.fixed_keys()}
    return {levers.EVERYWHERE: float(value)} if lever.per_psc else float(value)

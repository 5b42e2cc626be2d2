"""What a unit of what a plan takes costs: parameters that only a user supplies, and with a source."""

from typing import Any

from spread.scenarios import levers

# The items of costs.csv.
ITEMS = (
    "coaches", "coach_hours", "outreach", "champions", "champion_hours", "safety_culture", "refreshers", "co_design",
    "courses", *(f"course_seats_{tier}" for tier in levers.TIERS),
    "learning_sets", *(f"meetings_{layer}" for layer in levers.LAYERS),
)  # fmt: skip
NOTES = {"scale": "identity", "minimum": 0.0, "unit": "pounds", "meaning": "What one unit of this costs."}
NEEDS_SOURCE = "a price needs its source; write { value = 100.0, source = 'where it is from' }"


def price_of(item: str) -> str:
    """The parameter that holds the unit cost of an item: ``cost_coaches_gbp``."""
    return f"cost_{item}_gbp"


def names() -> tuple[str, ...]:
    """Every parameter that is a price."""
    return tuple(price_of(item) for item in ITEMS)


def lacks_source(given: Any) -> bool:
    """Whether a price as written does not say where it is from; what is no number at all is left to the schema."""
    if isinstance(given, dict):
        return not str(given.get("source", "")).strip()
    return isinstance(given, int | float) and not isinstance(given, bool)

"""Parameter draws: what each parameter set of a run holds."""

import math

from spread.model import draws
from spread.model.draws import Purpose
from spread.scenarios import schema

NORMAL_95 = 1.6448536269514722


def draw_parameters(scenario: schema.Scenario, *, seed: int, draw: int) -> dict[str, float]:
    """Every parameter of a scenario for one draw.

    A parameter is drawn by (seed, draw, its name) alone, so adding one moves no other.

    Returns
    -------
    dict
        Value by name, in the catalogue's units.
    """
    run = draws.run_key(seed, draw, 0)
    return {
        name: quantile(parameter, draws.uniform_at(run, draws.key(name), Purpose.PARAMETER, 0))
        for name, parameter in scenario.parameters.items()
    }


def quantile(parameter: schema.Parameter, share: float) -> float:
    """The value below which a share (0-1, exclusive) of a parameter's distribution lies, its zeros apart.

    A two-piece normal on the parameter's scale: median `value`, 5 % `low`, 95 % `high`, clipped to its
    bounds; the first `zero` of the shares give exactly zero.
    """
    zero = parameter.zero or 0.0
    if share < zero:
        return 0.0
    if parameter.low is None or parameter.high is None:
        return parameter.value
    deviate = draws.normal((share - zero) / (1.0 - zero))
    middle = to_scale(parameter.scale, parameter.value)
    end = to_scale(parameter.scale, parameter.high if deviate > 0.0 else parameter.low)
    value = from_scale(parameter.scale, middle + abs(deviate) / NORMAL_95 * (end - middle))
    lowest = -math.inf if parameter.minimum is None else parameter.minimum
    highest = math.inf if parameter.maximum is None else parameter.maximum
    return min(max(value, lowest), highest)


def to_scale(scale: str, value: float) -> float:
    """A value on the scale its distribution is normal on."""
    if scale == "log":
        return math.log(value)
    if scale == "logit":
        return math.log(value / (1.0 - value))
    return value


def from_scale(scale: str, value: float) -> float:
    """The way back."""
    if scale == "log":
        return math.exp(value)
    if scale == "logit":
        return 1.0 / (1.0 + math.exp(-value))
    return value

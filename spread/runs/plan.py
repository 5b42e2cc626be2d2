"""Parameter draws: what each parameter set of a run holds."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.model import compiling, draws
from spread.model.chance import ONCE, Word
from spread.model.compiling import word
from spread.model.draws import Purpose
from spread.scenarios import schema

compiling.parts_of(draws)

Floats = NDArray[np.float64]
NORMAL_95 = 1.6448536269514722
IDENTITY, LOG, LOGIT = range(3)
SCALES = {"identity": IDENTITY, "log": LOG, "logit": LOGIT}
PARAMETER = word(Purpose.PARAMETER)


class Beliefs(NamedTuple):
    """What is believed about every parameter of a scenario, in its order; the same for every draw.

    Shapes (P,): `key`; `value`, the median; `low` and `high`, 5 and 95 % (NaN for a fixed number); `zero`, the chance
    that it is exactly zero; `minimum` and `maximum`, infinite where there is no bound; `scale`, a code of `SCALES`.
    """

    names: tuple[str, ...]
    key: NDArray[np.uint64]
    value: Floats
    low: Floats
    high: Floats
    zero: Floats
    minimum: Floats
    maximum: Floats
    scale: NDArray[np.int64]


def read_beliefs(scenario: schema.Scenario) -> Beliefs:
    """The beliefs of a scenario as arrays, for whoever draws many times."""
    names, given = tuple(scenario.parameters), scenario.parameters.values()
    return Beliefs(
        names=names,
        key=np.array([draws.key(name) for name in names], dtype=np.uint64),
        value=np.array([parameter.value for parameter in given]),
        low=np.array([otherwise(parameter.low, math.nan) for parameter in given]),
        high=np.array([otherwise(parameter.high, math.nan) for parameter in given]),
        zero=np.array([otherwise(parameter.zero, 0.0) for parameter in given]),
        minimum=np.array([otherwise(parameter.minimum, -math.inf) for parameter in given]),
        maximum=np.array([otherwise(parameter.maximum, math.inf) for parameter in given]),
        scale=np.array([SCALES[parameter.scale] for parameter in given], dtype=np.int64),
    )


def otherwise(number: float | None, missing: float) -> float:
    """A number, or what stands for none."""
    return missing if number is None else number


def draw_parameters(
    scenario: schema.Scenario, *, seed: int, draw: int, beliefs: Beliefs | None = None
) -> dict[str, float]:
    """Every parameter of a scenario for one draw.

    A parameter is drawn by (seed, draw, its name) alone, so adding one moves no other. Whoever draws many times
    gives the scenario's `beliefs`, which are read anew otherwise.

    Returns
    -------
    dict
        Value by name, in the catalogue's units and the scenario's order.
    """
    known = read_beliefs(scenario) if beliefs is None else beliefs
    return dict(zip(known.names, draw_values(known, seed=seed, draw=draw).tolist(), strict=True))


def draw_values(beliefs: Beliefs, *, seed: int, draw: int) -> Floats:
    """The values of `draw_parameters` in the order of `beliefs.names`, shape (P,)."""
    return quantiles(word(draws.run_key(seed, draw, 0)), *beliefs[1:])


@compiling.compiled
def quantiles(
    run: Word,
    key: NDArray[np.uint64],
    value: Floats,
    low: Floats,
    high: Floats,
    zero: Floats,
    minimum: Floats,
    maximum: Floats,
    scale: NDArray[np.int64],
) -> Floats:
    """Each parameter's value at its own chance in a run."""
    drawn = np.empty(len(key))
    for p in range(len(key)):
        share = draws.uniform_at(run, key[p], PARAMETER, ONCE)
        drawn[p] = quantile(share, value[p], low[p], high[p], zero[p], minimum[p], maximum[p], scale[p])
    return drawn


@compiling.part
def quantile(
    share: float, value: float, low: float, high: float, zero: float, minimum: float, maximum: float, scale: int
) -> float:
    """The value below which a share (0-1, exclusive) of a parameter's distribution lies, its zeros apart.

    A two-piece normal on the parameter's scale: median `value`, 5 % `low`, 95 % `high`, clipped to its
    bounds; the first `zero` of the shares give exactly zero. See `Beliefs` for what stands for none.
    """
    if share < zero:
        return 0.0
    if math.isnan(low):
        return value
    deviate = draws.normal((share - zero) / (1.0 - zero))
    middle = to_scale(scale, value)
    end = to_scale(scale, high if deviate > 0.0 else low)
    drawn: float = from_scale(scale, middle + abs(deviate) / NORMAL_95 * (end - middle))
    return min(max(drawn, minimum), maximum)


@compiling.part
def to_scale(scale: int, value: float) -> float:
    """A value on the scale its distribution is normal on."""
    if scale == LOG:
        return math.log(value)
    if scale == LOGIT:
        return math.log(value / (1.0 - value))
    return value


@compiling.part
def from_scale(scale: int, value: float) -> float:
    """The way back."""
    if scale == LOG:
        return math.exp(value)
    if scale == LOGIT:
        return 1.0 / (1.0 + math.exp(-value))
    return value

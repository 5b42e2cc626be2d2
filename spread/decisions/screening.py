"""Morris screening: which parameters move the answer at all, beyond what a change of luck alone would seem to do.

A trajectory moves one parameter after another; what each move does is an elementary effect. N sets, D parameters, L
draws of luck.

Source: Morris, Technometrics 33 (1991), 161-174; mu_star by Campolongo, Cariboni and Saltelli, Environmental Modelling
& Software 22 (2007), 1509-1518; both as in SALib (Herman and Usher, Journal of Open Source Software 2 (2017), 97).
"""

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors

Floats = NDArray[np.float64]
Measure = Callable[[Floats], Floats]
"""What comes out, shape (N, L), of where parameters stand in their ranges, shares of shape (N, D)."""

NOTHING: Final = "nothing"
"""A parameter of ours that nothing depends on: what it seems to do is a fault of the method."""
LEVELS: Final = 4
LOW, HIGH = 0.05, 0.95
"""Parameters move between these places in their range."""
CLEAR: Final = 2.0
"""An effect is clear when it is so many times what luck alone would give."""
INSTALL: Final = "sensitivity needs SALib, which is not installed: pip install 'spread[sensitivity]'"


class Screened(NamedTuple):
    """One parameter, or group of them: what moving it across its range does to the output.

    `mu` mean effect, `mu_star` mean size of it, `sigma` its standard deviation over the range of the others, `error`
    half of the 95 % interval of mu_star, `floor` the mu_star that luck alone would give.
    """

    name: str
    mu: float
    mu_star: float
    sigma: float
    error: float
    floor: float

    @property
    def is_clear(self) -> bool:
        """Whether it does more than luck alone would."""
        return self.mu_star > 0.0 and self.mu_star > CLEAR * self.floor


def salib(module: str) -> Any:
    """A module of SALib.

    Raises
    ------
    MissingExtra
        When it is not installed.
    """
    try:
        return importlib.import_module(f"SALib.{module}")
    except ImportError:
        raise errors.MissingExtra(INSTALL) from None


def problem_of(groups: Sequence[str], low: float, high: float) -> dict[str, Any]:
    """What SALib is told: parameters by number, those of one group moved together, and `NOTHING` last."""
    count = len(groups) + 1
    return {
        "num_vars": count,
        "names": [f"x{number}" for number in range(count)],
        "bounds": [[low, high]] * count,
        "groups": [*groups, NOTHING],
    }


def trajectories(groups: Sequence[str], count: int, seed: int) -> tuple[dict[str, Any], Floats]:
    """The problem, and the sets of `count` trajectories: shares, shape (N, D + 1), the last column for `NOTHING`."""
    problem = problem_of(groups, LOW, HIGH)
    drawn: Floats = salib("sample.morris").sample(problem, count, num_levels=LEVELS, seed=seed)
    return problem, drawn


def screen(problem: dict[str, Any], drawn: Floats, output: Floats, seed: int) -> list[Screened]:
    """The effects of every group on an output of shape (N, L), averaged over luck; largest first.

    The floor is the size of effect that luck leaves in the average: how far effects with single lucks lie from it,
    divided by the root of how many lucks there are (less one, since they lie around their own mean).
    """
    analyse = salib("analyze.morris").analyze
    usual = {"num_levels": LEVELS, "seed": seed}
    mean = output.mean(axis=1)
    found = analyse(problem, drawn, mean, **usual)
    names = [str(name) for name in found["names"]]
    lucks = output.shape[1]
    floor = np.full(len(names), np.nan)
    if lucks > 1:
        own = [analyse(problem, drawn, one - mean, num_resamples=2, **usual)["mu_star"] for one in output.T]
        floor = np.mean(np.asarray(own, dtype=np.float64), axis=0) / np.sqrt(lucks - 1)
    columns = (np.asarray(found[key], dtype=np.float64) for key in ("mu", "mu_star", "sigma", "mu_star_conf"))
    rows = [
        Screened(name, *(float(number) for number in numbers))
        for name, *numbers in zip(names, *columns, floor.tolist(), strict=True)
    ]
    return sorted(rows, key=lambda row: (-row.mu_star, row.name))

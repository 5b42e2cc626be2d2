"""What checking a law gives: how far simulation is from theory, how far it may be, and the lines of a figure."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NORMAL_975 = 1.959964


class Distance(NamedTuple):
    """How far simulation is from theory and how far it may be, in words, two numbers and their unit.

    With `at_least` the value may not be below the bound.
    """

    what: str
    value: float
    bound: float
    unit: str
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether it is within its bound."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    @property
    def allowed(self) -> str:
        """The bound in words."""
        return f"{'at least' if self.at_least else 'at most'} {self.bound:.3g}"


class Curve(NamedTuple):
    """One line: theory and simulation at the same places, with the interval of the simulated; None where there is none.

    `marks` are single points instead of a line.
    """

    name: str
    at: Floats
    theory: Floats | None = None
    simulated: Floats | None = None
    low: Floats | None = None
    high: Floats | None = None
    marks: bool = False


class Panel(NamedTuple):
    """One set of axes; with `ticks` the places 0, 1, 2 ... have names."""

    title: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    ticks: tuple[str, ...] = ()
    diagonal: str = ""


class Finding(NamedTuple):
    """What was measured of a law, and what there is to draw."""

    distances: tuple[Distance, ...]
    panels: tuple[Panel, ...]
    runs: str
    band: str = "95 % interval of the simulation"

    @property
    def missed(self) -> tuple[Distance, ...]:
        """The distances beyond their bounds; none where the law holds."""
        return tuple(distance for distance in self.distances if not distance.holds)


class Law(NamedTuple):
    """A law of the table in ``docs/verification.md``: what it says, where theory comes from, and how it is checked.

    `quick` and `whole` are what `check` is given for a test of the figure and for the figure itself.
    """

    slug: str
    name: str
    says: str
    theory: str
    proved: str
    check: Callable[..., Finding]
    quick: Mapping[str, Any]
    whole: Mapping[str, Any]

    def measure(self, folder: Path, *, quick: bool = False) -> Finding:
        """Check it in a folder."""
        return self.check(folder, **(self.quick if quick else self.whole))


def mean_curve(name: str, at: Floats, samples: Floats, theory: Floats | None) -> Curve:
    """The mean of independent runs, shape (runs, places), and its 95 % interval."""
    mean = samples.mean(axis=0)
    half = NORMAL_975 * samples.std(axis=0, ddof=1) / np.sqrt(len(samples))
    return Curve(name, at, theory, mean, mean - half, mean + half)

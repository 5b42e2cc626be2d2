"""Series of observations: those that come with the package, and any others sorted into series.

The shipped ones are published national figures, one file each in the columns of `observed.csv`; `docs/series.md` says
what each is, where it is from and where its method changed.
"""

from collections.abc import Sequence
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors
from spread.calibration import observed, rivals
from spread.network import tables

Floats = NDArray[np.float64]

SHARE: Final = "share of"
"""How the unit of a rate begins that lies from 0 to 1."""


class Series(NamedTuple):
    """What was seen of one measure in one group, n rows in order of date."""

    name: str
    rows: tuple[observed.Observation, ...]

    @property
    def dates(self) -> tuple[date, ...]:
        """When; n dates."""
        return tuple(row.date for row in self.rows)

    @property
    def value(self) -> Floats:
        """The share, or the rate in its unit; shape (n,)."""
        return np.array([row.value for row in self.rows], dtype=np.float64)

    @property
    def is_share(self) -> bool:
        """Whether values lie from 0 to 1."""
        return self.rows[0].measure.is_share or self.rows[0].unit.startswith(SHARE)

    @property
    def out_of(self) -> Floats:
        """How many the value is out of, in its unit: value = numerator / this; NaN where not counted; shape (n,)."""
        if self.is_share:
            return np.array([row.denominator for row in self.rows], dtype=np.float64)
        counted = np.array([row.numerator for row in self.rows], dtype=np.float64)
        per_one: Floats = np.divide(counted, self.value, out=np.full(len(counted), np.nan), where=self.value > 0.0)
        return per_one

    def past(self, points: int) -> rivals.Past:
        """The first so many points, as rivals learn from them.

        Raises
        ------
        spread.errors.InputError
            When these are too few, or say two things of one date.
        """
        return rivals.past(
            self.dates[:points], self.value[:points], denominators=self.out_of[:points], is_share=self.is_share,
            name=self.name,
        )  # fmt: skip


def split(rows: Sequence[observed.Observation]) -> tuple[Series, ...]:
    """Observations sorted into series, one for each intervention, measure, group and unit, in order of appearance."""
    found: dict[tuple[str, ...], list[observed.Observation]] = {}
    for row in rows:
        key = ("+".join(row.interventions), str(row.measure), row.scope, row.unit)
        found.setdefault(key, []).append(row)
    return tuple(
        Series(" ".join(key[:3]), tuple(sorted(some, key=lambda row: row.date))) for key, some in found.items()
    )


def folder() -> Path:
    """The folder of the shipped series."""
    return Path(str(resources.files("spread.calibration").joinpath("series")))


def shipped() -> tuple[str, ...]:
    """The names of the shipped series, in order."""
    return tuple(sorted(path.stem for path in folder().glob("*.csv")))


def path(name: str) -> Path:
    """The file of a shipped series.

    Raises
    ------
    spread.errors.InputError
        When there is none of that name.
    """
    if name not in shipped():
        hint = errors.did_you_mean(name, shipped()) or "; shipped are " + ", ".join(shipped())
        raise errors.InputError(f"no shipped series '{tables.shown(name)}'{hint}")
    return folder() / f"{name}.csv"


def resolve(text: str) -> Path:
    """The file meant by ``--observed``: a shipped series by its name, else a file by its path.

    A file of one's own that has the name of a shipped one is meant by ``./NAME``.

    Raises
    ------
    spread.errors.InputError
        When it is neither.
    """
    if text in shipped():
        return path(text)
    file = Path(text)
    if not _exists(file):
        known = ", ".join(shipped())
        hint = errors.did_you_mean(text, shipped()) or f"; series that come with spread are {known}"
        raise errors.InputError(f"no file or series '{tables.shown(text)}'{hint}")
    return file


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:  # a name no file can have
        return False


def read(name: str) -> Series:
    """A shipped series, its points in order of date.

    Raises
    ------
    spread.errors.InputError
        When there is none of that name.
    """
    (found,) = split(observed.read_observed(path(name)))
    return found._replace(name=name)

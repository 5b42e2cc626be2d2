"""The tables of the bundled England as rows of text; what they hold is described in ``england/README.md``."""

import csv
from collections.abc import Mapping
from importlib import resources

Row = Mapping[str, str]


def read_table(name: str) -> tuple[Row, ...]:
    """The rows of one bundled table, such as ``trusts``, ``networks`` or ``care_homes``."""
    path = resources.files("spread.network").joinpath("england", f"{name}.csv")
    return tuple(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def quantity(name: str) -> float:
    """A single number the bundled tables rest on, such as ``mental_health_wards``."""
    return next(float(row["value"]) for row in read_table("quantities") if row["name"] == name)

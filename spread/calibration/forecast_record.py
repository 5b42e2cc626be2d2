"""The record of past forecasts, ``forecasts.csv``, as read back: one row an ambition of a run."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from spread import dates
from spread.network import tables
from spread.runs import forecasts

NUMBERS: Final = ("value_now", "value_q05", "value_q50", "value_q95", "recent_per_month")
COLUMNS: Final = tables.Columns(
    required=(
        "made_on", "name", "key", "model_version", "ambition", "interventions", "together", "measure", "threshold",
        "deadline", "scope", "n", "chance", "data_date", *NUMBERS,
    ),
    further=True,
)  # fmt: skip
LARGEST: Final = 1e9


@dataclass(frozen=True, slots=True)
class Forecast:
    """One forecast of one ambition: when it was made, from data of which day, and what it said.

    `chance`, `threshold` and the values are NaN where nothing was stated; `runs` is how many it rests on.
    """

    made_on: date
    name: str
    key: str
    model_version: str
    ambition: str
    interventions: tuple[str, ...]
    together: str
    measure: str
    threshold: float
    deadline: date
    scope: str
    runs: int
    chance: float
    data_date: date
    value_now: float
    value_q05: float
    value_q50: float
    value_q95: float
    recent_per_month: float
    line: int

    @property
    def months_ahead(self) -> float:
        """From the day of its data to the deadline."""
        return (self.deadline - self.data_date).days / (365.25 / 12)


def find_record(path: Path) -> Path:
    """The record itself: the file given, or the one in a results folder."""
    return path / forecasts.FORECASTS if path.is_dir() else path


def read_forecasts(path: Path | str) -> tuple[Forecast, ...]:
    """Read a record of forecasts, in the order of its rows.

    Raises
    ------
    spread.errors.InputError
        With every mistake of the file.
    """
    place = find_record(Path(path))
    findings = tables.Findings(str(place))
    table = tables.read_csv(place, COLUMNS, findings)
    if table.columns and not table.rows and not findings.faults:
        findings.add("has a header and no forecasts")
    found = [_forecast(row, findings) for row in table.rows]
    tables.raise_faults(findings)
    return tuple(one for one in found if one is not None)


def once(made: Iterable[Forecast]) -> tuple[Forecast, ...]:
    """Each forecast once: of a run that is there twice, or of runs that differ in nothing but their name, the first."""
    found: dict[tuple[object, ...], Forecast] = {}
    for one in made:
        found.setdefault((one.key, one.ambition, one.deadline, one.scope), one)
    return tuple(found.values())


def _forecast(row: tables.Row, findings: tables.Findings) -> Forecast | None:
    before = len(findings.faults)
    tables.check_filled(row, ("made_on", "ambition", "interventions", "measure", "deadline", "scope"), findings)
    days = {column: _date(row, column, findings) for column in ("made_on", "deadline", "data_date")}
    values = {column: tables.number(row, column, findings, low=-LARGEST, high=LARGEST) for column in NUMBERS}
    threshold = tables.number(row, "threshold", findings, low=-1.0, high=1.0)
    chance = tables.number(row, "chance", findings, low=0.0, high=1.0)
    runs = tables.number(row, "n", findings, low=0.0, high=LARGEST, missing=0.0)
    _check_order(row, values, findings)
    if len(findings.faults) > before:
        return None
    return _made(row, days, values, threshold=threshold, chance=chance, runs=int(runs))


def _made(
    row: tables.Row, days: Mapping[str, date | None], values: Mapping[str, float], *,
    threshold: float, chance: float, runs: int,
) -> Forecast | None:  # fmt: skip
    made_on, deadline, data_date = days["made_on"], days["deadline"], days["data_date"]
    if made_on is None or deadline is None:
        return None
    return Forecast(
        made_on=made_on,
        name=row.text("name"),
        key=row.text("key"),
        model_version=row.text("model_version"),
        ambition=row.text("ambition"),
        interventions=tuple(sorted(name for name in row.text("interventions").split("+") if name)),
        together=row.text("together"),
        measure=row.text("measure"),
        threshold=threshold,
        deadline=deadline,
        scope=row.text("scope"),
        runs=runs,
        chance=chance,
        data_date=made_on if data_date is None else data_date,
        value_now=values["value_now"],
        value_q05=values["value_q05"],
        value_q50=values["value_q50"],
        value_q95=values["value_q95"],
        recent_per_month=values["recent_per_month"],
        line=row.line,
    )


def _date(row: tables.Row, column: str, findings: tables.Findings) -> date | None:
    text = row.text(column)
    try:
        return dates.parse_date(text) if text else None
    except ValueError as error:
        findings.add(str(error), line=row.line, key=column)
        return None


def _check_order(row: tables.Row, values: Mapping[str, float], findings: tables.Findings) -> None:
    low, middle, high = (values[column] for column in ("value_q05", "value_q50", "value_q95"))
    if not any(map(math.isnan, (low, middle, high))) and not low <= middle <= high:
        findings.add("value_q05, value_q50 and value_q95 are not in order", line=row.line, key="value_q50")

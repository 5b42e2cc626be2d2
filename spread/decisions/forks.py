"""Where two plans part: until a dated change they are the same plan, and their runs the same runs, to the last bit."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from spread import dates
from spread.decisions import sides
from spread.runs import values
from spread.scenarios import levers, schema

if TYPE_CHECKING:
    import pandas as pd

BESIDE: Final = ("name", "title", "description", "base", "path", "report")
"""What a scenario says that no run feels."""
KEYS: Final = ("date", "group_kind", "intervention")


class Fork(NamedTuple):
    """The first day on which two plans differ (None: from the start), and how many rows before it are the same."""

    day: date | None
    rows: int


def fork_day(one: schema.Scenario, other: schema.Scenario) -> date | None:
    """The first day on which two scenarios ask for something else; None where that is the start.

    Levers alone are dated: scenarios that differ in anything else differ from the start. Where nothing differs at
    all, it is the day after the end.
    """
    if _undated(one) != _undated(other):
        return None
    ours, theirs = levers.regimes(one), levers.regimes(other)
    days = sorted({regime.from_date for regime in (*ours, *theirs)})
    differing = [
        day for day in days if _settled(levers.regime_on(ours, day)) != _settled(levers.regime_on(theirs, day))
    ]
    day = differing[0] if differing else dates.day_after(one.end)
    return None if day <= one.origin else day


def _undated(scenario: schema.Scenario) -> dict[str, Any]:
    """What a scenario asks from the start on, whatever its levers."""
    dated = {field.name for field in fields(levers.Regime)} | {"change"}
    kept = [name for name in type(scenario).model_fields if name not in dated and name not in BESIDE]
    return {name: getattr(scenario, name) for name in kept}


def _settled(regime: levers.Regime) -> levers.Regime:
    """A regime without its date, and without entries that say what holds anyway."""
    told = {field.name: getattr(regime, field.name) for field in fields(regime)}
    tables: dict[str, Any] = {name: _settled_table(value) for name, value in told.items() if isinstance(value, dict)}
    return replace(regime, from_date=date.min, **tables)


def _settled_table(table: dict[str, Any]) -> dict[str, Any]:
    usual = table.get(levers.EVERYWHERE)
    return {key: value for key, value in table.items() if key == levers.EVERYWHERE or value != usual}


def prove(one: sides.Side, other: sides.Side) -> Fork:
    """Find where two plans part, and make sure that nothing differs before.

    Compared is every row of ``adoption`` that both have, dated before the fork, number by number.

    Raises
    ------
    RuntimeError
        When something differs before: an error of ours, never of the user.
    """
    day = fork_day(one.scenario, other.scenario)
    if day is None:
        return Fork(None, 0)
    ours, theirs = _known(one), _known(other)
    both = {key: ours[key] & theirs[key] for key in ours}
    hashes = [values.TableHash(), values.TableHash()]
    for taken, side in zip(hashes, (one, other), strict=True):
        for piece in _before(side, day, both):
            taken.add(piece)
    if hashes[0].hexdigest() != hashes[1].hexdigest():
        raise RuntimeError(f"{one.name} and {other.name} ask the same until {day}, but their runs differ before it")
    return Fork(day, hashes[0].rows)


def _known(side: sides.Side) -> dict[str, set[Any]]:
    """What a plan's adoption is told of: dates, kinds of groups, interventions, and complete draws."""
    known: dict[str, set[Any]] = {key: set() for key in KEYS}
    for piece in side.history():
        for key, found in known.items():
            found.update(piece[key].unique())
    return known | {"draw": set(side.tables["run_values"]["draw"])}


def _before(side: sides.Side, day: date, both: dict[str, set[Any]]) -> "Iterator[pd.DataFrame]":
    """The rows of a plan's adoption before a day that the other plan has too."""
    import pandas as pd

    for piece in side.history():
        kept = piece["date"] < pd.Timestamp(day)
        for key, known in both.items():
            kept &= piece[key].isin(known)
        yield piece[kept]

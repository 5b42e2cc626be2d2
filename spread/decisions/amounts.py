"""Amounts of support: ``1 WTE`` is so many coaches, ``1 hour`` so much outreach; and plans with more of it."""

import itertools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from spread import errors
from spread.scenarios import levers, schema, variants

PLACE: Final = "--amount {}"
SHARE: Final = "share"
UNITS: Final = {
    "coaches": ("WTE", "coach", "coaches"),
    "outreach_hours": ("hour", "hours"),
    "learning_sets": ("learning set", "learning sets"),
}
"""The units that name a lever; the first is the one we write."""
SAID: Final = {
    "coaches": ("WTE of coaches", "WTE of coaches"),
    "outreach_hours": ("hour of outreach a site a month", "hours of outreach a site a month"),
    "learning_sets": ("learning set a year", "learning sets a year"),
}
POINTS: Final = ("percentage point", "percentage points", "point", "points", "%", "pp")
"""Units of levers that are shares, which do not say of which."""
_AMOUNT = re.compile(r"\s*\+?(?P<number>\d+(?:\.\d+)?|\.\d+)\s*(?P<unit>%|[^\d]*)")


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of a lever, in its own unit."""

    lever: levers.Lever
    size: float

    def say(self, count: float = 1.0) -> str:
        """So many times the amount, in words: ``2 WTE of coaches``."""
        number = count * self.size
        if self.lever.unit == SHARE:
            return f"{100 * number:g} percentage points of {self.lever.label.lower()}"
        one, several = SAID[self.lever.path]
        return f"{number:g} {one if number == 1 else several}"


def givable() -> tuple[levers.Lever, ...]:
    """The levers of which each collaborative can be given an amount."""
    return tuple(lever for lever in levers.settable() if lever.per_psc and lever.is_number)


def parse_amount(text: str, lever_path: str | None = None) -> Amount:
    """Read ``1 WTE``, ``2 hours``, ``10 percentage points of champions``, or a plain number of a lever that is named.

    Raises
    ------
    InputError
        With what would be right.
    """
    place = PLACE.format(f'"{text}"')
    found = _AMOUNT.fullmatch(text)
    number = float(found["number"]) if found else math.nan
    if found is None or not 0.0 < number < math.inf:
        raise errors.InputError(errors.Fault(f"expected a number above zero and a unit: {_examples()}", place))
    unit, _, of = found["unit"].strip().partition(" of ")
    named = _named_lever(lever_path or of.strip() or None, place)
    lever = _lever_of(unit.strip(), named, place)
    size = number / 100.0 if unit.casefold() in POINTS else number
    most = float(lever.maximum or 0.0)
    if size > most:
        scale = ", and 10 percentage points are 0.1" if lever.unit == SHARE else ""
        message = f"'{lever.path}' goes from {lever.minimum:g} to {most:g} ({lever.unit}){scale}"
        raise errors.InputError(errors.Fault(message, place))
    return Amount(lever, size)


def _named_lever(path: str | None, place: str) -> levers.Lever | None:
    if path is None:
        return None
    known = {lever.path: lever for lever in givable()}
    if path in known:
        return known[path]
    every = [lever.path for lever in levers.settable()]
    if path in every:
        message = f"'{path}' is not given to a collaborative in amounts; these are: {', '.join(known)}"
        raise errors.InputError(errors.Fault(message, f"--lever {path}"))
    hint = errors.did_you_mean(path, list(known)) or f"; expected one of {', '.join(known)}"
    raise errors.InputError(errors.Fault(f"'{path}' is no lever{hint}", f"--lever {path}"))


def _lever_of(unit: str, named: levers.Lever | None, place: str) -> levers.Lever:
    """The lever that a unit and a name agree on.

    Raises
    ------
    InputError
    """
    plain = unit.casefold()
    by_unit = {word.casefold(): path for path, words in UNITS.items() for word in words}
    if plain in by_unit:
        lever = levers.lever(by_unit[plain])
        if named in (None, lever):
            return lever
        raise _wrong_unit(unit, named, place)
    if plain not in ("", *POINTS):
        hint = errors.did_you_mean(plain, [*by_unit, *POINTS]) or f"; expected one of: {_examples()}"
        raise errors.InputError(errors.Fault(f"'{unit}' is no unit of support{hint}", place))
    if named is None:
        shares = ", ".join(lever.path for lever in givable() if lever.unit == SHARE)
        wanted = f"add --lever, one of {shares}" if plain else f"add a unit ({_examples()}) or --lever"
        raise errors.InputError(errors.Fault(f"does not say of what; {wanted}", place))
    if plain and named.unit != SHARE:
        raise _wrong_unit(unit, named, place)
    return named


def _wrong_unit(unit: str, named: levers.Lever | None, place: str) -> errors.InputError:
    path = "" if named is None else named.path
    right = f"1 {UNITS[path][0]}" if path in UNITS else "10 percentage points"
    return errors.InputError(errors.Fault(f"'{unit}' is no unit of '{path}'; write \"{right}\"", place))


def _examples() -> str:
    return '"1 WTE" (coaches), "1 hour" (outreach), "1 learning set", "10 percentage points of champions"'


def settings_for(
    scenario: schema.Scenario, amount: Amount, units: Mapping[str, float], on: date | None = None
) -> tuple[variants.Setting, ...]:
    """The levers as they stand when each collaborative has so many times the amount more, from a day on.

    A dated change of the plan sets every lever anew, so the amount is added to each that comes later.
    """
    path = amount.lever.path
    if not amount.lever.dated:
        table: Mapping[str, float] = getattr(scenario, path)
        return tuple(_raised(path, code, table, amount.size * count, None) for code, count in units.items() if count)
    regimes = levers.regimes(scenario)
    days = [regime.from_date for regime in regimes]
    first = scenario.start if on is None else max(on, scenario.start)
    kept = sorted({first, *(day for day in days if day > first)})
    return tuple(
        _raised(path, code, getattr(levers.regime_on(regimes, day), path), amount.size * count, day)
        for day, (code, count) in itertools.product(kept, units.items())
        if count
    )


def _raised(path: str, code: str, table: Mapping[str, float], more: float, day: date | None) -> variants.Setting:
    return variants.Setting((path, code), round(_value(table, code) + more, 9), day)


def _value(table: Mapping[str, float], code: str) -> float:
    return float(table.get(code, table[levers.EVERYWHERE]))


def room_for(scenario: schema.Scenario, amount: Amount, code: str) -> float:
    """How many times the amount a collaborative can be given before its lever is at the end of its range."""
    path = amount.lever.path
    tables = [getattr(one, path) for one in (levers.regimes(scenario) if amount.lever.dated else [scenario])]
    left = float(amount.lever.maximum or 0.0) - max(_value(table, code) for table in tables)
    return left / amount.size + 1e-9

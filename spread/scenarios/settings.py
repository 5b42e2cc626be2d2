"""Levers from what files write to what is in force: presets, scalars, tables by PSC, signed changes.

Files of a chain and dated changes are applied in order to one `Settings`; each may set a lever (a number or word,
everywhere or by key) or change the value in force (a signed text). What is written out stays when `support`
changes; what the support preset supplied follows it.
"""

import copy
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from spread import errors
from spread.scenarios import catalogue, levers, locate, names, quoting

Report = Callable[[locate.KeyPath, str], None]
SOURCE = "source"
"""What a table of a lever may say besides: where its numbers come from."""
_SIGNED = re.compile(r"[+-]\d{1,9}(?:\.\d{1,9})?")
SEATS, TRAINING = "course_seats", "training"
"""Two ways to say how many are trained: the seats of a course, or the share of all staff a year."""
_PRESET_FREE = (
    "support", "push", "priority_rule", "engaged_share", TRAINING, "refreshers", "safety_culture", "co_design",
)  # fmt: skip


class Known:
    """The collaboratives a lever table may name: the fifteen, or those of the user's own sites."""

    def __init__(self, codes: Iterable[str], is_open: bool = False) -> None:
        self.codes = tuple(codes)
        self._is_open = is_open

    def code(self, name: str) -> str:
        """The code of a collaborative given by any of its names.

        Raises
        ------
        ValueError
            When no site lies in a collaborative of that name.
        """
        code = names.psc_code(name) or name
        if code in self.codes or self._is_open:
            return code
        known = [*self.codes, *(spelling for known in self.codes for spelling in names.spellings(known))]
        raise ValueError(f"'{name}' is no collaborative of this world{errors.did_you_mean(name, known)}")


class Settings:
    """The levers in force, and which of them were written out rather than supplied by the support preset."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._written: dict[str, dict[str, Any]] = {}
        self.apply(catalogue.defaults(), report=_never)

    def copy(self) -> "Settings":
        """Settings that can be changed without changing these."""
        other = copy.copy(self)
        other._written = {path: dict(table) for path, table in self._written.items()}
        return other

    def apply(self, written: Mapping[str, Any], *, report: Report, is_complete: bool = False) -> None:
        """Apply what one file or dated change writes; mistakes go to `report` and leave the lever as it was.

        `is_complete` is for a resolved scenario, which writes everything: there, what equals the support
        preset counts as supplied by it. Course seats written without training take its place.
        """
        if _says_something(written, SEATS) and _says_something(written, TRAINING):
            report((TRAINING,), f"{SEATS} are there too; write one of them: seats of a course, or the share of staff")
        for lever in levers.settable():
            if is_complete:
                self._start_again(lever)
            if lever.path in written:
                self._apply_one(lever, written[lever.path], report)
        if SEATS in written and TRAINING not in written:
            self._apply_one(levers.lever(TRAINING), catalogue.defaults()[TRAINING], report)
        if is_complete:
            self._forget_what_presets_give()

    def resolved(self) -> dict[str, Any]:
        """Every lever, complete: tables by PSC with a ``default``, by tier, by layer, or the value alone."""
        return {lever.path: self._in_force(lever) for lever in levers.settable()}

    def _apply_one(self, lever: levers.Lever, raw: Any, report: Report) -> None:
        before = dict(self._written.get(lever.path, {}))
        if isinstance(raw, Mapping) and lever.by:
            self._apply_table(lever, raw, report)
            return
        try:
            values = {key: self._read(lever, raw, key) for key in self._keys_of_scalar(lever, raw)}
        except ValueError as error:
            report((lever.path,), str(error))
            self._written[lever.path] = before
            return
        self._written[lever.path] = values

    def _apply_table(self, lever: levers.Lever, raw: Mapping[str, Any], report: Report) -> None:
        table = dict(self._written.get(lever.path, {}))
        named: dict[str, str] = {}
        for name, value in raw.items():
            if name == SOURCE:
                continue
            try:
                key = self._key(lever, name)
                if key in named:
                    raise ValueError(f"the same as '{named[key]}', which is there too; write it once")
                named[key] = name
                table[key] = self._read(lever, value, key)
            except ValueError as error:
                report((lever.path, name), str(error))
        self._written[lever.path] = table

    def _key(self, lever: levers.Lever, name: str) -> str:
        if lever.per_psc:
            return name if name == levers.EVERYWHERE else self._known.code(name)
        if name not in lever.fixed_keys():
            raise ValueError(f"unknown; expected one of {', '.join(lever.fixed_keys())}")
        return name

    def _keys_of_scalar(self, lever: levers.Lever, raw: Any) -> tuple[str, ...]:
        """What one value for the whole lever stands for; a change is a change of each value in force."""
        if lever.per_psc and isinstance(raw, str) and lever.is_number:
            return self._keys(lever)
        return (levers.EVERYWHERE,) if lever.per_psc else lever.fixed_keys() or ("",)

    def _read(self, lever: levers.Lever, raw: Any, key: str) -> Any:
        if not lever.is_number:
            return _word(lever, raw)
        if isinstance(raw, str) and _SIGNED.fullmatch(raw):
            in_force = float(self._value(lever, key))
            return _in_range(lever, in_force + float(raw), f"{in_force:g} {raw[0]} {raw[1:]} = ")
        return _in_range(lever, _number(raw), "")

    def _trains(self) -> bool:
        """Whether training is stated as a share of staff, which takes the place of all course seats."""
        return any(self._written.get(TRAINING, {}).values())

    def _value(self, lever: levers.Lever, key: str) -> Any:
        if lever.path == SEATS and self._trains():
            return 0.0
        table = self._written.get(lever.path, {})
        if key in table:
            return table[key]
        if levers.EVERYWHERE in table and lever.per_psc:
            return table[levers.EVERYWHERE]
        return self._preset_value(lever, key)

    def _preset_value(self, lever: levers.Lever, key: str) -> Any:
        if lever.path in _PRESET_FREE:
            return catalogue.defaults()[lever.path]
        level_table = self._written["support"]
        level = level_table.get(key, level_table[levers.EVERYWHERE])
        supplied = catalogue.support_levels()[level][lever.path]
        return supplied[key] if isinstance(supplied, Mapping) else supplied

    def _in_force(self, lever: levers.Lever) -> Any:
        if not lever.by:
            return _as_number(lever, self._value(lever, ""))
        table = {key: _as_number(lever, self._value(lever, key)) for key in self._keys(lever)}
        if not lever.per_psc:
            return table
        everywhere = table[levers.EVERYWHERE]
        return {key: value for key, value in table.items() if key == levers.EVERYWHERE or value != everywhere}

    def _keys(self, lever: levers.Lever) -> tuple[str, ...]:
        if not lever.per_psc:
            return lever.fixed_keys()
        own = {*self._written.get(lever.path, {}), *self._written["support"]}
        return (levers.EVERYWHERE, *sorted(own - {levers.EVERYWHERE}))

    def _start_again(self, lever: levers.Lever) -> None:
        self._written.pop(lever.path, None)
        if lever.path in _PRESET_FREE:
            self._apply_one(lever, catalogue.defaults()[lever.path], _never)

    def _forget_what_presets_give(self) -> None:
        """Only where forgetting makes no difference now."""
        for lever in levers.settable():
            if lever.path in _PRESET_FREE:
                continue
            before, written = self._in_force(lever), self._written.pop(lever.path, {})
            if self._in_force(lever) != before:
                self._written[lever.path] = written


def _says_something(written: Mapping[str, Any], path: str) -> bool:
    """Whether a lever is written, and not as zero throughout."""
    raw = written.get(path, 0)
    said = [value for key, value in raw.items() if key != SOURCE] if isinstance(raw, Mapping) else [raw]
    return any(value != 0 for value in said)


def _never(path: locate.KeyPath, message: str) -> None:
    raise AssertionError(f"the catalogue's defaults are wrong: {path}: {message}")


def _as_number(lever: levers.Lever, value: Any) -> Any:
    return float(value) if lever.is_number else value


def _word(lever: levers.Lever, raw: Any) -> str:
    choices = lever.choices()
    if isinstance(raw, str) and raw in choices:
        return raw
    hint = errors.did_you_mean(raw, choices) if isinstance(raw, str) else ""
    raise ValueError(f"{quoting.shown(raw)} is not one of {', '.join(choices)}{hint}")


def _number(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ValueError(
            f"{quoting.shown(raw)} is not a number; write 2 to set the value, or '+2' or '-2' to change it"
        )
    try:
        return float(raw)
    except OverflowError:
        return math.inf


def _in_range(lever: levers.Lever, number: float, working: str) -> float:
    low, high = float(lever.minimum or 0), float(lever.maximum or 0)
    if not low <= number <= high:
        raise ValueError(f"{working}{number:g} is outside {low:g} to {high:g} {lever.unit}")
    return number

"""A lever as a scale: from the least that can be asked to the most, in numbers, whole numbers, dates or words.

A search goes along *effort*, which grows from the cheap end of a range to its dear end: more coaches, a higher level
of support, an earlier start. A deadline is the exception: it is given, not made, so its effort is the time it leaves.
Efforts are positions on the lever's own scale (days since year 1 for a date, the place of a word among its words),
with their sign turned where less of the lever asks more.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from spread import dates, errors
from spread.scenarios import catalogue, levers, schema, variants

Kind = Literal["number", "whole", "date", "word"]
NUMBER: Final = "number"
WHOLE: Final = "whole"
DATE: Final = "date"
WORD: Final = "word"
PRESETS_TIMES: Final = 2.0
"""Without a range given, up to twice what the most generous preset of support has."""

IN_WHOLE_NUMBERS: Final = ("course_seats", "learning_sets", "course_interval_months", "meeting_interval_months")
NOUGHT_IS_NEVER: Final = ("course_interval_months", "meeting_interval_months")
LONGEST_INTERVAL_MONTHS: Final = 12.0
STEPS_IN_RANGE: Final = 200
"""A number is told to the nearest power of ten that makes at least so many steps of its range."""

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Scale:
    """One lever between two settings of it.

    `least` and `most` are efforts, `step` the finest difference worth telling, `turned` -1 where less of the lever
    asks more, `words` those of its words that lie in the range, in their order.
    """

    path: tuple[str, ...]
    lever: levers.Lever
    kind: Kind
    least: float
    most: float
    step: float
    turned: Literal[1, -1] = 1
    words: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The lever as a user writes it."""
        return ".".join(self.path)

    @property
    def is_discrete(self) -> bool:
        """Whether there is nothing between two steps."""
        return self.kind != NUMBER

    @property
    def span(self) -> float:
        """How far it is from one end to the other."""
        return self.most - self.least

    def value(self, effort: float) -> float | str:
        """What a scenario file says to set it so."""
        position = self.turned * effort
        if self.kind == WORD:
            return self.words[round(position)]
        return date.fromordinal(round(position)).isoformat() if self.kind == DATE else float(position)

    def setting(self, effort: float) -> variants.Setting:
        """The lever set so."""
        return variants.Setting(self.path, self.value(effort))

    def nearest(self, effort: float) -> float:
        """The nearest effort that can be tried."""
        inside = min(max(effort, self.least), self.most)
        return round(round(inside / self.step) * self.step, 9)

    def settled(self, effort: float) -> float:
        """The least effort that can be asked and is not less than this."""
        return float(math.ceil(effort - 1e-9)) if self.is_discrete else effort

    def spread_out(self, count: int) -> list[float]:
        """Efforts from end to end, about as many as asked for; every word, and whole numbers where they are few."""
        steps = round(self.span / self.step)
        if self.kind == WORD or (self.is_discrete and steps < count):
            return [self.least + place * self.step for place in range(steps + 1)]
        apart = self.span / (count - 1)
        return sorted({self.nearest(self.least + place * apart) for place in range(count)})

    def say(self, effort: float) -> str:
        """A setting in words: ``2.5 WTE``, ``14 Jun 2020``, ``standard``."""
        if self.kind == WORD:
            return str(self.value(effort))
        if self.kind == DATE:
            day = date.fromordinal(round(self.turned * effort))
            return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        unit = "" if self.lever.unit in ("share", "level") else f" {self.lever.unit}"
        return f"{self.say_number(effort)}{unit}"

    def say_number(self, effort: float) -> str:
        """A number to its step; no unit."""
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9))
        return f"{self.turned * effort:.{decimals}f}"


def read_scale(
    scenario: schema.Scenario, path: str, *, low: str | float | None = None, high: str | float | None = None
) -> Scale:
    """A lever of a scenario between two settings of it; a sensible range where none is given.

    Parameters
    ----------
    path
        As for ``--set``: ``coaches``, ``coaches.NENC``, ``programmes.NAME.start``.
    low, high
        The lower and the higher setting (the earlier and the later date, the lesser and the greater word).

    Raises
    ------
    InputError
        When there is no such lever, it has no order, or the range is none.
    """
    place = f"--lever {path}"
    parts = tuple(path.strip().split("."))
    variants.check_path(parts, place)
    _check_names(scenario, parts, place)
    lever = variants.Setting(parts, 0.0).lever
    if lever.path == "priority_rule":
        message = "has no order from less to more, so there is no smallest setting; compare its rules one by one"
        raise errors.InputError(errors.Fault(message, place))
    if lever.choices():
        return _of_words(parts, lever, low, high)
    if "." in lever.path:
        return _of_dates(scenario, parts, lever, low, high)
    return _of_numbers(scenario, parts, lever, low, high)


def _check_names(scenario: schema.Scenario, parts: Sequence[str], place: str) -> None:
    known = {variants.PROGRAMMES: tuple(scenario.programmes), variants.AMBITIONS: tuple(scenario.ambitions)}
    if parts[0] in known and parts[1] not in known[parts[0]]:
        named = known[parts[0]]
        hint = errors.did_you_mean(parts[1], named) or f"; it has {', '.join(named) or 'none'}"
        raise errors.InputError(errors.Fault(f"no '{parts[1]}' among the {parts[0]} of this scenario{hint}", place))


def _of_words(path: tuple[str, ...], lever: levers.Lever, low: str | float | None, high: str | float | None) -> Scale:
    words = lever.choices()
    first = 0 if low is None else _place_of(str(low), words, "--low")
    last = len(words) - 1 if high is None else _place_of(str(high), words, "--high")
    _check_range(first, last, words[first], words[last])
    return Scale(path, lever, WORD, 0.0, float(last - first), 1.0, 1, words[first : last + 1])


def _place_of(word: str, words: tuple[str, ...], place: str) -> int:
    if word not in words:
        hint = errors.did_you_mean(word, words) or f"; expected one of {', '.join(words)}"
        raise errors.InputError(errors.Fault(f"'{word}' is no setting of it{hint}", place))
    return words.index(word)


def _of_dates(
    scenario: schema.Scenario,
    path: tuple[str, ...],
    lever: levers.Lever,
    low: str | float | None,
    high: str | float | None,
) -> Scale:
    is_deadline = path[0] == variants.AMBITIONS
    last = max(ambition.deadline for ambition in scenario.ambitions.values()) if scenario.ambitions else scenario.end
    usual_last = scenario.end if is_deadline else min(last, scenario.end)
    first = dates.day_after(scenario.origin) if is_deadline else scenario.origin
    begin, end = _day(low, first, "--low"), _day(high, usual_last, "--high")
    _check_range(begin, end, begin, end)
    for day, place in ((begin, "--low"), (end, "--high")):
        if not scenario.origin <= day <= scenario.end:
            message = f"{day} is outside the run, {scenario.origin} to {scenario.end}"
            raise errors.InputError(errors.Fault(message, place))
    early, late = float(begin.toordinal()), float(end.toordinal())
    if is_deadline:
        return Scale(path, lever, DATE, early, late, 1.0)
    return Scale(path, lever, DATE, -late, -early, 1.0, -1)


def _day(given: str | float | None, usual: date, place: str) -> date:
    if given is None:
        return usual
    try:
        return dates.parse_date(given)
    except ValueError as error:
        raise errors.InputError(errors.Fault(str(error), place)) from None


def _of_numbers(
    scenario: schema.Scenario,
    path: tuple[str, ...],
    lever: levers.Lever,
    low: str | float | None,
    high: str | float | None,
) -> Scale:
    usual_low, usual_high = _usual_range(scenario, path, lever)
    begin, end = _number(low, usual_low, "--low"), _number(high, usual_high, "--high")
    if high is None and end <= begin:
        end = _maximum(lever)
    _check_range(begin, end, f"{begin:g}", f"{end:g}")
    _check_within(lever, begin, "--low")
    _check_within(lever, end, "--high")
    is_whole = path[0] in IN_WHOLE_NUMBERS
    for number, place in ((begin, "--low"), (end, "--high")):
        if is_whole and number != round(number):
            raise errors.InputError(errors.Fault(f"{number:g} is no whole number, and this lever has no other", place))
    step = 1.0 if is_whole else 10.0 ** math.floor(math.log10((end - begin) / STEPS_IN_RANGE))
    kind: Kind = WHOLE if is_whole else NUMBER
    least, most = (begin, end) if lever.dearer > 0 else (-end, -begin)
    return Scale(path, lever, kind, least, most, step, lever.dearer)


def _maximum(lever: levers.Lever) -> float:
    return math.inf if lever.maximum is None else float(lever.maximum)


def _check_within(lever: levers.Lever, number: float, place: str) -> None:
    least, most = lever.minimum or 0.0, _maximum(lever)
    if not least <= number <= most:
        message = f"{number:g} is outside what '{lever.path}' may be, {least:g} to {most:g} {lever.unit}"
        raise errors.InputError(errors.Fault(message, place))
    if lever.path in NOUGHT_IS_NEVER and number < 1:
        message = "0 months means never, which is no short interval; begin at 1"
        raise errors.InputError(errors.Fault(message, place))


def _number(given: str | float | None, usual: float, place: str) -> float:
    if given is None:
        return usual
    try:
        number = float(given)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise errors.InputError(errors.Fault(f"'{given}' is no number", place))
    return number


def _usual_range(scenario: schema.Scenario, path: Sequence[str], lever: levers.Lever) -> tuple[float, float]:
    """From nothing to twice the most generous preset, or twice what the scenario has; shares to 1, intervals to 12."""
    if lever.path in NOUGHT_IS_NEVER:
        return 1.0, LONGEST_INTERVAL_MONTHS
    if lever.maximum == 1:
        return 0.0, 1.0
    presets = [_entry(preset.get(lever.path, 0.0), path[1:]) for preset in catalogue.support_levels().values()]
    most = PRESETS_TIMES * max([_entry(getattr(scenario, lever.path), path[1:]), *presets])
    return float(lever.minimum or 0.0), min(most or _maximum(lever), _maximum(lever))


def _entry(table: float | Mapping[str, float], keys: Sequence[str]) -> float:
    """What a table has for a key, or for everybody; the most of it where no key is named."""
    if not isinstance(table, Mapping):
        return float(table)
    if keys:
        return float(table.get(keys[0], table.get(levers.EVERYWHERE, 0.0)))
    return float(max(table.values(), default=0.0))


def _check_range(low: float | date, high: float | date, low_words: object, high_words: object) -> None:
    """Make sure that there is something between the ends of a range.

    Raises
    ------
    InputError
    """
    if low == high:
        message = f"the range has no width: both ends are {low_words}"
        raise errors.InputError(errors.Fault(message, "--low, --high"))
    if low > high:  # type: ignore[operator]
        message = f"the range is upside down: {low_words} is above {high_words}; swap them"
        raise errors.InputError(errors.Fault(message, "--low, --high"))

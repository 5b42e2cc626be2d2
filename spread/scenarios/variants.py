"""The same scenario with a lever set otherwise: ``coaches.NENC=+2@2022-11-01``, as text, as a file, resolved.

A variant is a small scenario file on the base it varies, so everything a file is checked for is checked here too.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from spread import dates, errors
from spread.scenarios import documents, levers, quoting, reading, schema, writing

PLACE = "--set {}"
PROGRAMMES, AMBITIONS = "programmes", "ambitions"
OF_PROGRAMMES = ("start", "support", "push", "priority")
OF_AMBITIONS = ("deadline",)
_DATED = frozenset(lever.path for lever in levers.settable() if lever.dated)
_SIGNED = re.compile(r"[+-]\d")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Setting:
    """One lever set otherwise: its path, what it is set to, and from which day on (None: from the start).

    `value` is a number or a word, which set it, or a signed text such as ``+2``, which changes it.
    """

    path: tuple[str, ...]
    value: float | str
    on: date | None = None

    def __str__(self) -> str:
        value = self.value if isinstance(self.value, str) else f"{self.value:g}"
        return f"{'.'.join(self.path)}={value}" + (f"@{self.on}" if self.on else "")

    @property
    def lever(self) -> levers.Lever:
        """The lever it sets; for the date or support of one programme, that of all of them."""
        head, last = self.path[0], self.path[-1]
        if head == PROGRAMMES:
            return levers.lever("programmes.*.start" if last == "start" else "push" if last == "push" else "support")
        return levers.lever("ambitions.*.deadline" if head == AMBITIONS else head)


def parse_setting(text: str) -> Setting:
    """Read ``PATH=VALUE`` or ``PATH=VALUE@DATE``.

    Raises
    ------
    InputError
        When it is not written so, names no lever, or its date is none.
    """
    place = PLACE.format(text)
    path_text, equals, rest = text.partition("=")
    value_text, at, day_text = rest.partition("@")
    path = tuple(path_text.strip().split("."))
    if not equals or not all(path) or not value_text.strip():
        message = "expected PATH=VALUE or PATH=VALUE@DATE, such as coaches.NENC=+2@2022-11-01"
        raise errors.InputError(errors.Fault(message, place))
    check_path(path, place)
    try:
        on = dates.parse_date(day_text.strip()) if at else None
    except ValueError as error:
        raise errors.InputError(errors.Fault(str(error), place)) from None
    return Setting(path, _value(value_text.strip()), on)


def _value(text: str) -> float | str:
    if _SIGNED.match(text):
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def check_path(path: Sequence[str], place: str) -> None:
    """Make sure that a path is one of a lever.

    Raises
    ------
    InputError
        With the lever that was probably meant.
    """
    head, own = path[0], {PROGRAMMES: OF_PROGRAMMES, AMBITIONS: OF_AMBITIONS}
    if head in own:
        if len(path) == 3 and path[2] in own[head]:
            return
        hint = errors.did_you_mean(path[-1], own[head]) or f"; expected one of {', '.join(own[head])}"
        raise errors.InputError(errors.Fault(f"'{'.'.join(path)}' is no lever: {head}.NAME.KEY{hint}", place))
    known = [lever.path for lever in levers.settable()]
    if head not in known:
        hint = errors.did_you_mean(head, known) or f"; the levers are {', '.join(known)}"
        raise errors.InputError(errors.Fault(f"'{head}' is no lever{hint}", place))
    if len(path) > 2 or (len(path) == 2 and levers.lever(head).by is None):
        raise errors.InputError(errors.Fault(f"'{'.'.join(path)}' goes deeper than the lever '{head}'", place))


def throughout(scenario: schema.Scenario, settings: Iterable[Setting]) -> tuple[Setting, ...]:
    """The settings, those without a date also at every later dated change of the scenario, which would undo them."""
    found: list[Setting] = []
    for setting in settings:
        found.append(setting)
        if setting.on is None and setting.path[0] in _DATED:
            found += [replace(setting, on=change.from_date) for change in scenario.change]
    return tuple(found)


def tree_of(settings: Iterable[Setting]) -> documents.Tree:
    """What a scenario file says to set levers so."""
    tree: documents.Tree = {}
    for setting in settings:
        holder = tree
        if setting.on is not None:
            changes = tree.setdefault("change", [])
            same_day = [change for change in changes if change["from"] == setting.on.isoformat()]
            if not same_day:
                changes.append({"from": setting.on.isoformat()})
            holder = (same_day or changes)[-1]
        for part in setting.path[:-1]:
            inner = holder.setdefault(part, {})
            if not isinstance(inner, dict):
                inner = holder[part] = {levers.EVERYWHERE: inner}
            holder = inner
        holder[setting.path[-1]] = setting.value
    return tree


def file_text(name: str, base: str, settings: Sequence[Setting], title: str = "") -> str:
    """A scenario file that says how it differs from its base."""
    said = "; ".join(str(setting) for setting in settings)
    about = {"schema": documents.SCHEMA, "name": name, "base": base, "title": title or said}
    tree = tree_of(settings)
    changes = tree.pop("change", [])
    lines = [f"# {quoting.toml(base)} with {said}", *_toml_lines({**about, **tree})]
    for change in changes:
        lines += ["", "[[change]]", *_toml_lines(change)]
    return "\n".join(lines) + "\n"


def _toml_lines(tree: documents.Tree) -> list[str]:
    return [f"{quoting.toml_key(key)} = {quoting.toml(value)}" for key, value in tree.items()]


def name_of(base: str, settings: Iterable[Setting]) -> str:
    """A name for a variant, from that of its base and what is set; letters, digits and dashes."""
    said = "-".join(str(setting).replace("+", "plus-").replace("=-", "=minus-") for setting in settings)
    safe = re.sub(r"[^A-Za-z0-9]+", "-", f"{base}-{said}").strip("-")
    return safe[:_LONGEST_NAME].rstrip("-")


def document_of(scenario: schema.Scenario) -> documents.Document:
    """A scenario as the file its variants stand on; whoever makes many of them reads it once."""
    return documents.parse_document(writing.write_resolved(scenario), _path_of(scenario), scenario.name)


def _path_of(scenario: schema.Scenario) -> Path:
    return scenario.path or Path(f"{scenario.name}.toml")


def read_variant(
    scenario: schema.Scenario,
    settings: Sequence[Setting],
    *,
    name: str | None = None,
    below: documents.Document | None = None,
) -> schema.Scenario:
    """The scenario with levers set otherwise, checked and resolved as a file would be.

    `below` is its `document_of`, where that is known.

    Raises
    ------
    InputError
        When a value is no good for its lever; the place named is the setting.
    """
    every = throughout(scenario, settings)
    text = file_text(name or name_of(scenario.name, settings), scenario.name, every, scenario.title)
    place = PLACE.format(" --set ".join(str(setting) for setting in settings))
    above = documents.parse_document(text, _path_of(scenario).with_name(f"{scenario.name} varied"), place)
    above.tree.pop("base")
    try:
        return reading.resolve_chain((below or document_of(scenario), above))
    except errors.InputError as error:
        raise errors.InputError([_placed(fault, place) for fault in error.faults]) from None


def _placed(fault: errors.Fault, place: str) -> errors.Fault:
    """The same mistake without a line: the text is ours, the user wrote a setting."""
    return errors.Fault(fault.message, place, 0, fault.key) if fault.place == place else fault

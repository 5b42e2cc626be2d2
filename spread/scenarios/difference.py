"""What one scenario asks that another does not, in plain English."""

from dataclasses import dataclass
from datetime import date

from spread.scenarios import facts, levers, schema

ABSENT = "-"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line: ``Coaches in NENC: 2 -> 4 WTE``; `section` says where it belongs, `-` stands for absent."""

    section: str
    label: str
    before: str
    after: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.label}: {self.before} -> {self.after} {self.unit}".rstrip()


def differences(a: schema.Scenario, b: schema.Scenario) -> tuple[Difference, ...]:
    """Every difference from scenario `a` to scenario `b`: the run, levers date by date, aims, numbers."""
    return (
        *_differing(facts.run_facts(a), facts.run_facts(b)),
        *_lever_differences(a, b),
        *_differing(facts.programme_facts(a), facts.programme_facts(b)),
        *_differing(facts.ambition_facts(a), facts.ambition_facts(b)),
        *_differing(facts.shock_facts(a), facts.shock_facts(b)),
        *_differing(facts.parameter_facts(a), facts.parameter_facts(b)),
    )


def _differing(before: list[facts.Fact], after: list[facts.Fact]) -> list[Difference]:
    return [one for one in _beside(before, after) if one.before != one.after]


def _beside(before: list[facts.Fact], after: list[facts.Fact]) -> list[Difference]:
    """Each statement of either list, as it is in both."""
    found = []
    for pair in facts.pairs(before, after):
        stated = pair.new or pair.old
        if stated:
            found.append(Difference(stated.section, pair.label, _value(pair.old), _value(pair.new), stated.unit))
    return found


def _value(fact: facts.Fact | None) -> str:
    return fact.value if fact else ABSENT


def _lever_differences(a: schema.Scenario, b: schema.Scenario) -> list[Difference]:
    """Levers from the start, then what begins, or ceases, to differ at each date of change of either."""
    first_day = max(a.start, b.start)
    changed = {regime.from_date for scenario in (a, b) for regime in levers.regimes(scenario)}
    found: list[Difference] = []
    known: dict[str, tuple[str, str]] = {}
    for day in sorted({first_day, *(day for day in changed if day > first_day)}):
        section = facts.FROM_THE_START if day == first_day else f"From {day}"
        before, after = (facts.lever_facts(regime_on(scenario, day), section) for scenario in (a, b))
        beside = _beside(before, after)
        found += [one for one in beside if _is_news(one, known)]
        known = {one.label: (one.before, one.after) for one in beside if one.before != one.after}
    engaged = levers.lever("engaged_share")
    shares = (facts.table_facts(engaged, scenario.engaged_share, facts.FROM_THE_START) for scenario in (a, b))
    return [*found, *_differing(*shares)]


def _is_news(one: Difference, known: dict[str, tuple[str, str]]) -> bool:
    """Whether a lever differs otherwise than before, or is the same again."""
    if one.before == one.after:
        return one.label in known
    return known.get(one.label) != (one.before, one.after)


def regime_on(scenario: schema.Scenario, day: date) -> levers.Regime:
    """The regime in force on a day (the first one before the start)."""
    return levers.regime_on(levers.regimes(scenario), day)

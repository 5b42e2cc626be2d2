"""A scenario as plain statements, each with a label and a value: for showing one, and for comparing two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from spread.scenarios import levers, schema

WHOLE_RUN = "Run"
FROM_THE_START = "What we can change"
PARAMETERS = "Parameters"
_LAYER_NAMES = {
    "psc": "of collaboratives",
    "ics": "of systems",
    "clinical": "of clinical networks",
    "national": "national",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement: ``Coaches in NENC | 4 | WTE``.

    `otherwise` is the label that holds where this one is not stated: every PSC not named has the default.
    """

    section: str
    label: str
    value: str
    unit: str = ""
    otherwise: str = ""

    def __str__(self) -> str:
        return f"{self.value} {self.unit}".strip()


class Pair(NamedTuple):
    """A statement in two scenarios or regimes."""

    label: str
    old: Fact | None
    new: Fact | None


def all_facts(scenario: schema.Scenario) -> tuple[Fact, ...]:
    """Everything a scenario asks, the levers by regime, the parameters last."""
    return (
        *run_facts(scenario),
        *regime_facts(scenario),
        *programme_facts(scenario),
        *ambition_facts(scenario),
        *shock_facts(scenario),
        *parameter_facts(scenario),
    )


def run_facts(scenario: schema.Scenario) -> list[Fact]:
    """Dates, world and what is reported."""
    world, start = scenario.world, scenario.start_from
    sites = "England" if world.population == "england" else f"own files ({world.sites or world.graph})"
    facts = [
        Fact(WHOLE_RUN, "Start", str(scenario.start)),
        Fact(WHOLE_RUN, "End", str(scenario.end)),
        Fact(WHOLE_RUN, "Sites", sites),
        Fact(WHOLE_RUN, "Map of collaboratives", world.psc_map),
        Fact(WHOLE_RUN, "Length of test cycles", scenario.cycle_shape),
        Fact(WHOLE_RUN, "Monthly results", "yes" if scenario.report.months else "no"),
        Fact(WHOLE_RUN, "Extra dates", ", ".join(str(day) for day in scenario.report.dates) or "none"),
        Fact(WHOLE_RUN, "Extra groups", ", ".join(scenario.report.groups) or "none"),
        Fact(WHOLE_RUN, "What support adds", "yes" if scenario.report.reach else "no"),
    ]
    stated = f"{start.stages} as of {start.as_of}" if start else "the catalogue's baseline"
    facts.append(Fact(WHOLE_RUN, "Starting point", stated))
    columns = scenario.quarterly_return.columns
    read_as = [f"{' '.join(heading.split())} = {meaning or 'left aside'}" for heading, meaning in columns.items()]
    return [*facts, Fact(WHOLE_RUN, "Headings of the return", "; ".join(read_as))] if read_as else facts


def regime_facts(scenario: schema.Scenario) -> list[Fact]:
    """Every lever at the start, and from each later date what differs from the day before."""
    first, *later = levers.regimes(scenario)
    facts = lever_facts(first, FROM_THE_START)
    facts += table_facts(levers.lever("engaged_share"), scenario.engaged_share, FROM_THE_START)
    before = first
    for regime in later:
        facts += changed_facts(before, regime)
        before = regime
    return facts


def changed_facts(before: levers.Regime, after: levers.Regime) -> list[Fact]:
    """What a regime changes."""
    section = f"From {after.from_date}"
    both = pairs(lever_facts(before, section), lever_facts(after, section))
    return [new for _, old, new in both if new and (old is None or new.value != old.value)]


def pairs(before: Sequence[Fact], after: Sequence[Fact]) -> list[Pair]:
    """The same statement in two lists; where one does not make it, what holds there otherwise, or None."""
    old, new = ({(fact.section, fact.label): fact for fact in facts} for facts in (before, after))
    found = []
    for place, fact in {**old, **new}.items():
        otherwise = (fact.section, fact.otherwise)
        found.append(Pair(fact.label, old.get(place) or old.get(otherwise), new.get(place) or new.get(otherwise)))
    return [Pair(pair.label, pair.old, _relabelled(pair.new, pair.label)) for pair in found]


def _relabelled(fact: Fact | None, label: str) -> Fact | None:
    return replace(fact, label=label) if fact else None


def lever_facts(regime: levers.Regime, section: str) -> list[Fact]:
    """Every lever of a regime."""
    facts = []
    for lever in levers.settable():
        if lever.dated:
            facts += table_facts(lever, getattr(regime, lever.path), section)
    return facts


def table_facts(lever: levers.Lever, value: Any, section: str) -> list[Fact]:
    """A lever's value, or each entry of its table."""
    if not isinstance(value, Mapping):
        return [Fact(section, lever.label, plain(value), lever.unit if lever.is_number else "")]
    unit = lever.unit if lever.is_number else ""
    return [
        Fact(section, _label(lever, key), plain(entry), unit, lever.label if lever.per_psc else "")
        for key, entry in value.items()
    ]


def _label(lever: levers.Lever, key: str) -> str:
    if key == levers.EVERYWHERE:
        return lever.label
    if lever.per_psc:
        return f"{lever.label} in {key}"
    return f"{lever.label}, {_LAYER_NAMES.get(key, key) if lever.by == 'layer' else key}"


def programme_facts(scenario: schema.Scenario) -> list[Fact]:
    """Programmes and their interventions."""
    facts = []
    for name, programme in scenario.programmes.items():
        section = f"Programme {name}"
        facts += [
            Fact(section, "Title", programme.title),
            Fact(section, "Start", str(programme.start)),
            Fact(section, "End", str(programme.end or "none")),
            Fact(section, "Interventions", ", ".join(programme.interventions)),
            *(Fact(section, f"{entry} enters", str(day)) for entry, day in programme.enters.items()),
            Fact(section, "Support", programme.support or "as for all"),
            Fact(section, "Push", programme.push or "as for all"),
            Fact(section, "Priority", plain(programme.priority)),
        ]
    return facts + [fact for name, entry in scenario.interventions.items() for fact in intervention_facts(name, entry)]


def intervention_facts(name: str, intervention: schema.Intervention) -> list[Fact]:
    """One intervention, without its numbers (they are parameters)."""
    section = f"Intervention {name}"
    eligible = intervention.eligible
    return [
        Fact(section, "Title", intervention.title),
        Fact(section, "Kind", f"{intervention.kind}, complexity {intervention.complexity}"),
        Fact(section, "Elements", ", ".join(_element(element) for element in intervention.elements)),
        Fact(section, "Package", intervention.package or "none"),
        Fact(section, "Settings", ", ".join(eligible.settings) or "any"),
        Fact(section, "Services needed", ", ".join(eligible.services) or "none"),
        Fact(section, "Available from", _available(intervention)),
        Fact(section, "Tested before adoption", "yes" if intervention.testing else "no"),
        Fact(section, "Peers through", intervention.peers),
    ]


def _available(intervention: schema.Intervention) -> str:
    if intervention.available_from is None:
        return "always"
    late = intervention.available_delay_months
    return f"{intervention.available_from}{f', {plain(late.value)} months late or so' if late else ''}"


def _element(element: schema.Element) -> str:
    is_for_all = element.eligible_share == 1
    return element.name if is_for_all else f"{element.name} (for {plain(element.eligible_share)} of patients)"


def ambition_facts(scenario: schema.Scenario) -> list[Fact]:
    """Ambitions: what should be reached, by when."""
    facts = []
    for name, ambition in scenario.ambitions.items():
        section = f"Ambition {name}"
        facts += [
            Fact(section, "Title", ambition.title),
            Fact(section, "Interventions", f"{', '.join(ambition.interventions)} ({ambition.together})"),
            Fact(section, "Measure", _measured(ambition)),
            Fact(section, "Threshold", "none" if ambition.threshold is None else plain(ambition.threshold)),
            Fact(section, "Deadline", str(ambition.deadline)),
            *(Fact(section, "Earlier deadline", str(one.date)) for one in ambition.earlier_deadlines),
            Fact(section, "Counted among", f"{ambition.denominator} sites"),
            Fact(section, "Baseline", "none" if ambition.baseline is None else plain(ambition.baseline)),
            *(Fact(section, f"Milestone {one.date}", plain(one.threshold)) for one in ambition.milestones),
            *(Fact(section, f"Threshold in {psc}", plain(share)) for psc, share in ambition.local_thresholds.items()),
        ]
    return facts


def _measured(ambition: schema.Ambition) -> str:
    counted = f", stage {ambition.stage} or beyond" if ambition.measure == "sites" else ""
    since = f" since {ambition.baseline_date}" if ambition.baseline_date else ""
    within = (
        "" if ambition.organisation_share is None else f", in {plain(ambition.organisation_share)} of an organisation"
    )
    return f"{ambition.measure}{counted}{since}{within}"


def shock_facts(scenario: schema.Scenario) -> list[Fact]:
    """Shocks and their dates (their sizes are parameters)."""
    facts = []
    for shock in scenario.shocks:
        section = f"Shock {shock.name}"
        facts += [
            Fact(section, "From", str(shock.start)),
            Fact(section, "To", str(shock.end)),
            Fact(section, "Interventions", ", ".join(shock.interventions) or "all"),
        ]
    return facts


def parameter_facts(scenario: schema.Scenario) -> list[Fact]:
    """Every parameter by its flat name."""
    return [
        Fact(PARAMETERS, name, distribution(parameter), parameter.unit)
        for name, parameter in scenario.parameters.items()
    ]


def distribution(parameter: schema.Parameter) -> str:
    """A parameter in words: ``2 (0.2 to 6, log; exactly zero with chance 0.3)``."""
    notes = []
    if parameter.low is not None and parameter.high is not None:
        notes.append(f"{plain(parameter.low)} to {plain(parameter.high)}, {parameter.scale}")
    if parameter.zero:
        notes.append(f"exactly zero with chance {plain(parameter.zero)}")
    return plain(parameter.value) + (f" ({'; '.join(notes)})" if notes else "")


def plain(value: object) -> str:
    """A number without needless digits; anything else as text."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)

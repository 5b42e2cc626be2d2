"""What stands out in a quarterly return: missing returns, moves that need a question, names nobody knows, denominators.

These are findings about data, not faults of a file.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from spread import dates
from spread.network import placing, returns, stages
from spread.network.population import Population

MISSING, BACKWARD, JUMP, STUCK, NOT_PLACED, OUTSIDE = (
    "missing return", "backward move", "jump", "stuck", "name not placed", "not eligible here",
)  # fmt: skip
DENOMINATOR = "denominator"
KINDS = (MISSING, BACKWARD, JUMP, STUCK, NOT_PLACED, OUTSIDE)
JUMP_STAGES = 3
STUCK_QUARTERS = 3
STUCK_BELOW = 5


class Finding(NamedTuple):
    """One thing worth asking about; texts are empty where they do not apply.

    For a missing return `organisation` is who did not report. For a denominator `reported` counts rows with a stage,
    `listed` adds blanks, and `eligible` counts the sites of the population (None without one).
    """

    finding: str
    psc: str = ""
    organisation: str = ""
    site: str = ""
    intervention: str = ""
    quarter: str = ""
    detail: str = ""
    reported: int | None = None
    listed: int | None = None
    eligible: int | None = None


class Known(NamedTuple):
    """A population to hold a return against: who there is, who is eligible for what, and who was placed."""

    population: Population
    eligible: placing.Eligible
    observed: placing.Observed


class _Unit(NamedTuple):
    psc: str
    organisation: str
    site: str
    intervention: str


_Histories = Mapping[_Unit, Sequence[tuple[date, int]]]


def review(read: returns.Return, known: Known | None = None) -> list[Finding]:
    """Everything that stands out, by kind, then collaborative, organisation and quarter."""
    histories = _histories(read)
    found = [*_missing_of_population(read, known)] if known else [*_missing_of_file(read)]
    for unit, history in histories.items():
        found += _moves(unit, history)
        found += _stuck(unit, history)
    if known:
        found += _not_placed(known)
        found += _outside(known)
    order = {kind: place for place, kind in enumerate(KINDS)}
    found.sort(key=lambda one: (order[one.finding], one.psc, one.organisation, one.site, one.intervention, one.quarter))
    return [*found, *_denominators(read, known)]


def _histories(read: returns.Return) -> _Histories:
    """The stages of each organisation or site, component by component, by quarter ascending.

    Two rows of one code and quarter, a trust beside its successor, count as the less advanced of the two.
    """
    titles: dict[tuple[str, str], tuple[str, str]] = {}
    found: dict[_Unit, dict[date, int]] = defaultdict(dict)
    for entry in read.entries:
        who = (entry.organisation.casefold(), entry.site.casefold())
        psc, title = titles.setdefault(who, (entry.psc, _title(entry)))
        for name, stage in entry.stages.items():
            if stage is not None and stage != stages.NOT_ELIGIBLE:
                by_quarter = found[_Unit(psc, title, entry.site, name)]
                by_quarter[entry.quarter] = min(stage, by_quarter.get(entry.quarter, stage))
    return {unit: sorted(by_quarter.items()) for unit, by_quarter in found.items()}


def _title(entry: returns.Entry) -> str:
    code = entry.organisation_code
    title = entry.organisation_title
    return f"{title} ({code})" if code and code != title else title


def _missing_of_file(read: returns.Return) -> Iterator[Finding]:
    """Whoever reports in some quarter of the file, and not in another."""
    everybody: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    known: dict[tuple[str, str], tuple[str, str, str]] = {}
    for entry in read.entries:
        who = (entry.organisation.casefold(), entry.site.casefold())
        label = known.setdefault(who, (entry.psc, _title(entry), entry.site))
        everybody[label] |= set() if entry.is_blank else {entry.quarter}
    for (psc, organisation, site), reported in everybody.items():
        for quarter in read.quarters:
            if quarter not in reported:
                yield Finding(MISSING, psc, organisation, site, quarter=dates.quarter_name(quarter))


def _missing_of_population(read: returns.Return, known: Known) -> Iterator[Finding]:
    """Whoever of the population is eligible for something the return asks about, and is not heard of."""
    asked = [name for name in read.components if name in known.eligible]
    expected: dict[int, set[str]] = defaultdict(set)
    for name in asked:
        for site in known.eligible[name]:
            expected[site].add(name)
    heard = {(quarter, site) for quarter, _, site in known.observed.stages}
    exempt: dict[tuple[date, int], set[str]] = defaultdict(set)
    for quarter, name, site in known.observed.not_eligible:
        exempt[quarter, site].add(name)
    people = known.population
    for quarter in read.quarters:
        for site in sorted(expected):
            if (quarter, site) not in heard and exempt[quarter, site] != expected[site]:
                psc, organisation, code = _names_of(people, site)
                yield Finding(MISSING, psc, organisation, code, quarter=dates.quarter_name(quarter))


def _names_of(people: Population, site: int) -> tuple[str, str, str]:
    """Collaborative, organisation and, where it is not the organisation itself, site."""
    organisation = int(people.organisation[site])
    code = people.organisation_codes[organisation]
    name = people.organisation_names[organisation]
    title = f"{name} ({code})" if name != code else code
    own = people.site_codes[site]
    return people.psc_codes[people.psc[site]], title, "" if own == code else own


def _moves(unit: _Unit, history: Sequence[tuple[date, int]]) -> Iterator[Finding]:
    for (_, before), (quarter, after) in itertools.pairwise(history):
        kind = BACKWARD if after < before else JUMP if after - before >= JUMP_STAGES else ""
        if kind:
            yield Finding(kind, *unit, dates.quarter_name(quarter), f"stage {before} to {after}")


def _stuck(unit: _Unit, history: Sequence[tuple[date, int]]) -> Iterator[Finding]:
    """A site whose latest reports, three or more, are of one stage below adoption."""
    last, stage = history[-1]
    run = list(itertools.takewhile(lambda one: one[1] == stage, reversed(history)))
    if stage < STUCK_BELOW and len(run) >= STUCK_QUARTERS:
        first = dates.quarter_name(run[-1][0])
        detail = f"stage {stage} since {first}, {len(run)} returns"
        yield Finding(STUCK, *unit, dates.quarter_name(last), detail)


def _not_placed(known: Known) -> Iterator[Finding]:
    for one in known.observed.unplaced:
        where = f"line {one.line}" + (f" and {one.rows - 1} more" if one.rows > 1 else "")
        yield Finding(
            NOT_PLACED, one.psc, one.organisation, one.site, detail=", ".join(filter(None, (where, one.hint)))
        )


def _outside(known: Known) -> Iterator[Finding]:
    """Sites said not to be eligible for what the population says they are eligible for, in their latest report."""
    latest = {(name, site): quarter for quarter, name, site in sorted(known.observed.not_eligible)}
    for (name, site), quarter in latest.items():
        detail = "said not to be eligible, and counted here"
        yield Finding(OUTSIDE, *_names_of(known.population, site), name, dates.quarter_name(quarter), detail)


def _denominators(read: returns.Return, known: Known | None) -> Iterator[Finding]:
    """How many each share is out of, by component and quarter: those that reported, with blanks, and all there are."""
    reported: dict[tuple[date, str], set[tuple[str, str]]] = defaultdict(set)
    listed: dict[tuple[date, str], set[tuple[str, str]]] = defaultdict(set)
    for entry in read.entries:
        who = (entry.organisation.casefold(), entry.site.casefold())
        for name, stage in entry.stages.items():
            if stage != stages.NOT_ELIGIBLE:
                listed[entry.quarter, name].add(who)
                reported[entry.quarter, name] |= set() if stage is None else {who}
    for quarter in read.quarters:
        for name in read.components:
            eligible = len(known.eligible[name]) if known and name in known.eligible else None
            key = (quarter, name)
            yield Finding(
                DENOMINATOR, intervention=name, quarter=dates.quarter_name(quarter),
                reported=len(reported[key]), listed=len(listed[key]), eligible=eligible,
            )  # fmt: skip

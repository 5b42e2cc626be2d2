"""What happened everywhere in one replicate: month by month, who came first, who waited longest, where it turned."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import dates
from spread.decisions import trace as tracing
from spread.model import ADOPTED, STOPPED, Event
from spread.outcomes import naming
from spread.scenarios import levers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FIRSTS: Final = 5
LONGEST: Final = 5
ROUNDING: Final = 1e-9
COUNTED: Final = {
    "heard": Event.CONTACT, "decided": Event.DECISION, "began_testing": Event.TESTING, "adopted": Event.ADOPTION,
    "gave_up": Event.STOP, "lapsed": Event.LAPSE,
}  # fmt: skip
SLOT, PLACE = "change slot", "coach"


class Month(NamedTuple):
    """One month of one intervention: what happened in it (sites), and how many are in use at its end."""

    month_end: date
    intervention: str
    heard: int
    decided: int
    began_testing: int
    adopted: int
    gave_up: int
    lapsed: int
    in_use: int
    eligible: int


class First(NamedTuple):
    """One of the first sites to take an intervention up in the run."""

    intervention: str
    date: date
    site: str
    name: str
    psc: str


class Wait(NamedTuple):
    """A wait for a change slot or a coach; `until` is None where it has not ended by the end of the run."""

    what: str
    intervention: str
    site: str
    psc: str
    since: date
    until: date | None
    days: float


class Turn(NamedTuple):
    """A turning point: when, of which intervention or ambition, in words."""

    date: date
    about: str
    words: str


class Story(NamedTuple):
    """The national story of one replicate."""

    months: tuple[Month, ...]
    firsts: tuple[First, ...]
    waits: tuple[Wait, ...]
    turns: tuple[Turn, ...]


def tell(trace: tracing.Trace, interventions: Sequence[str] = ()) -> Story:
    """What happened everywhere; of some interventions only, where named."""
    names = [name for name in trace.inputs.units.interventions if not interventions or name in interventions]
    waits = sorted(waits_of(trace, names), key=lambda wait: (-wait.days, wait.site, wait.intervention))
    longest = [wait for what in (SLOT, PLACE) for wait in [one for one in waits if one.what == what][:LONGEST]]
    months = tuple(month for name in names for month in months_of(trace, name))
    return Story(
        months,
        tuple(first for name in names for first in firsts_of(trace, name)),
        tuple(wait for wait in longest if wait.days >= 1.0),
        tuple(sorted([*turns_of(trace, names, months), *plan_turns(trace)], key=lambda turn: (turn.date, turn.about))),
    )


def months_of(trace: tracing.Trace, name: str) -> Iterator[Month]:
    """The months of one intervention."""
    number = trace.inputs.units.interventions.index(name)
    mine = trace.inputs.units.intervention[trace.log.unit] == number
    origin, last = trace.job.world.origin, trace.scenario.end
    ends = dates.month_ends(origin, last)
    edges = [0.0, *(float((end - origin).days + 1) for end in ends)]
    eligible = int((trace.inputs.units.intervention == number).sum())
    begun = trace.inputs.initial_status[trace.inputs.units.intervention == number]
    in_use = int(((begun >= ADOPTED) & (begun < STOPPED)).sum())
    days, kinds = trace.log.time_days[mine], trace.log.kind[mine]
    for end, low, high in zip(ends, edges, edges[1:], strict=False):
        within = kinds[(days >= low) & (days < high)]
        counts = {what: int((within == event).sum()) for what, event in COUNTED.items()}
        in_use += counts["adopted"] - counts["lapsed"]
        yield Month(end, name, **counts, in_use=in_use, eligible=eligible)


def firsts_of(trace: tracing.Trace, name: str) -> list[First]:
    """The first sites to take an intervention up."""
    number, people = trace.inputs.units.interventions.index(name), trace.job.world.population
    adopted = (trace.log.kind == Event.ADOPTION) & (trace.inputs.units.intervention[trace.log.unit] == number)
    rows = np.flatnonzero(adopted)[:FIRSTS].tolist()
    found = []
    for row in rows:
        unit = int(trace.log.unit[row])
        day = trace.day(float(trace.log.time_days[row]))
        found.append(First(name, day, trace.code(unit), people.site_names[trace.site_of(unit)], trace.psc(unit)))
    return found


def waits_of(trace: tracing.Trace, names: Sequence[str]) -> Iterator[Wait]:
    """Every wait for a change slot or a coach, those not over by the end included."""
    wanted = {trace.inputs.units.interventions.index(name) for name in names}
    began: dict[int, tuple[str, float]] = {}
    columns = zip(trace.log.kind.tolist(), trace.log.unit.tolist(), trace.log.time_days.tolist(), strict=True)
    for kind, unit, day in columns:
        if int(trace.inputs.units.intervention[unit]) not in wanted:
            continue
        if kind in (Event.SLOT_GRANT, Event.PLACE_GRANT, Event.EXPIRY) and unit in began:
            what, since = began.pop(unit)
            yield _wait(trace, unit, what, since, day)
        if kind in (Event.DECISION, Event.RESTART):
            began[unit] = (SLOT, day)
        elif kind == Event.SLOT_GRANT:
            began[unit] = (PLACE, day)
        elif kind in (Event.TESTING, Event.ADOPTION):
            began.pop(unit, None)
    for unit, (what, since) in began.items():
        yield _wait(trace, unit, what, since, None)


def _wait(trace: tracing.Trace, unit: int, what: str, since: float, until: float | None) -> Wait:
    end = trace.inputs.constants.horizon_days if until is None else until
    return Wait(
        what, trace.intervention(unit), trace.code(unit), trace.psc(unit), trace.day(since),
        None if until is None else trace.day(until), end - since,
    )  # fmt: skip


def turns_of(trace: tracing.Trace, names: Sequence[str], months: Sequence[Month]) -> Iterator[Turn]:
    """The busiest month of each intervention, the day half of all had it, and when an ambition was first met."""
    for name in names:
        mine = [month for month in months if month.intervention == name]
        busiest = max(mine, key=lambda month: month.adopted)
        if busiest.adopted:
            yield Turn(busiest.month_end, name, f"busiest month: {_count(busiest.adopted)} in {_month(busiest)}")
        most = max(mine, key=lambda month: month.lapsed)
        if most.lapsed > 1:
            yield Turn(most.month_end, name, f"most lapses: {most.lapsed} sites in {_month(most)}")
        half = next((month for month in mine if 2 * month.in_use >= month.eligible), mine[0])
        if half is not mine[0]:
            yield Turn(half.month_end, name, f"half of {half.eligible:,} sites have it by the end of {_month(half)}")
    for name, ambition in trace.scenario.ambitions.items():
        if set(ambition.interventions) <= set(names):
            yield from _met(trace, name)


def _count(adopting: int) -> str:
    return f"{adopting:,} sites adopt" if adopting != 1 else "one site adopts"


def _month(month: Month) -> str:
    return f"{month.month_end:%B %Y}"


def _met(trace: tracing.Trace, name: str) -> Iterator[Turn]:
    """When the sites of an ambition first reached its threshold, where whole eligible sites are what it counts."""
    ambition = trace.scenario.ambitions[name]
    counts_sites = ambition.measure == "sites" and ambition.organisation_share is None
    if ambition.threshold is None or not counts_sites or ambition.denominator != "eligible":
        return
    parts = [list(ambition.interventions)] if naming.is_set(ambition) else [[one] for one in ambition.interventions]
    reached = [_first_day(trace, part, ambition.stage, ambition.threshold) for part in parts]
    words = f"{100 * ambition.threshold:g} % of sites are there for the first time; by {ambition.deadline} is asked"
    if all(day is not None for day in reached):
        yield Turn(trace.day(max(day for day in reached if day is not None)), name, words)


def _first_day(trace: tracing.Trace, names: Sequence[str], stage: int, threshold: float) -> float | None:
    """The time at which so many sites first have all of these at a stage, in days; None: never."""
    units = trace.inputs.units
    wanted = np.isin(units.intervention, [units.interventions.index(name) for name in names])
    sites = np.unique(units.site[wanted])
    place = np.full(int(units.site.max()) + 1, -1)
    place[sites] = np.arange(len(sites))
    of_unit = np.where(wanted, place[units.site], -1)
    missing = np.bincount(of_unit[wanted], minlength=len(sites))
    needed = np.ceil(threshold * len(sites) - ROUNDING)

    def is_there(status: NDArray[np.integer]) -> NDArray[np.bool_]:
        there: NDArray[np.bool_] = (status >= stage) & (status < STOPPED)
        return there

    begun = np.flatnonzero(wanted & is_there(trace.inputs.initial_status))
    np.subtract.at(missing, of_unit[begun], 1)
    count = int((missing == 0).sum())
    if count >= needed:
        return -1.0
    before, after = is_there(trace.log.from_status), is_there(trace.log.to_status)
    for row in np.flatnonzero((before != after) & wanted[trace.log.unit]).tolist():
        site = of_unit[trace.log.unit[row]]
        count -= int(missing[site] == 0)
        missing[site] += 1 if before[row] else -1
        count += int(missing[site] == 0)
        if count >= needed:
            return float(trace.log.time_days[row])
    return None


def plan_turns(trace: tracing.Trace) -> Iterator[Turn]:
    """When the plan changes, and when shocks begin and end."""
    first, *later = levers.regimes(trace.scenario)
    known = first
    for regime in later:
        moved = [
            lever.label.lower() for lever in levers.settable()
            if lever.dated and getattr(regime, lever.path) != getattr(known, lever.path)
        ]  # fmt: skip
        if moved and regime.from_date >= trace.job.world.origin:
            yield Turn(regime.from_date, "plan", f"the plan changes: {', '.join(moved)}")
        known = regime
    for shock in [one for one in trace.scenario.shocks if one.start >= trace.job.world.origin]:
        name = shock.name.replace("_", " ")
        factor = trace.parameters[f"shock.{shock.name}.multiplier"]
        yield Turn(shock.start, "shock", f"{name} begins: speeds x {factor:.2f} until {shock.end}")

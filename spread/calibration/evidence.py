"""Whatever a user has of what happened, as observations: figures, returns, stages, times of adoption.

Every file is told by its columns. Sites are counted where a file speaks of sites: nationally and by collaborative.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from spread import dates, errors, model
from spread.calibration import adoption_times, observed, series
from spread.network import data as world_data
from spread.network import placing, returns, tables
from spread.network import population as people
from spread.network import start as starting
from spread.runs import provenance

if TYPE_CHECKING:
    from spread.scenarios import schema

NATIONAL = ("national", "national")
Told = Mapping[tuple[str, int], Mapping[date, int]]
"""Stages by (intervention, site) and day."""


class Evidence(NamedTuple):
    """Observations, and whether stages among them were reported by those who are judged by them."""

    rows: tuple[observed.Observation, ...]
    self_reported: bool


def read_all(files: Sequence[str], scenario: "schema.Scenario") -> Evidence:
    """Read every file, or shipped series by its name.

    Raises
    ------
    spread.errors.InputError
        With every mistake of every file.
    """
    population = world_data.read_data(scenario.model_copy(update={"start_from": None})).population
    faults: list[errors.Fault] = []
    found: list[observed.Observation] = []
    self_reported = False
    for name in files:
        with errors.noted(faults):
            path = series.resolve(name)
            self_reported |= tells_stages(path, scenario)
            found += read_one(path, scenario, population)
    if not found and not faults:
        message = f"nothing observed of {', '.join(scenario.interventions)} within the run"
        faults = [errors.Fault(message, name) for name in files]
    if faults:
        raise errors.InputError(faults)
    return Evidence(tuple(sorted(found, key=lambda row: row.date)), self_reported)


def hash_of(name: str) -> str:
    """The hash of a file or shipped series; sha256 as hexadecimal text."""
    return provenance.file_hashes({"observed": series.resolve(name)})["observed"]


def tells_stages(path: Path, scenario: "schema.Scenario") -> bool:
    """Whether a file is a quarterly return or ``stages.csv``."""
    return returns.is_return(path, scenario.quarterly_return.columns) or starting.is_stages(path)


def read_one(path: Path, scenario: "schema.Scenario", population: people.Population) -> Sequence[observed.Observation]:
    """The observations of one file.

    Raises
    ------
    spread.errors.InputError
        With every mistake of it.
    """
    if returns.is_return(path, scenario.quarterly_return.columns):
        return _from_return(path, scenario, population)
    header = set(tables.read_csv(path, tables.Columns((), further=True), tables.Findings(str(path))).columns)
    if starting.is_stages(path):
        return _from_stages(path, scenario, population)
    if {"adopted_on", "observed_until"} & header:
        return _from_times(path, scenario, population)
    return observed.read_observed(path, known_to(scenario, population))


def known_to(scenario: "schema.Scenario", population: people.Population) -> observed.Known:
    """What observations of a scenario's world may speak about."""
    elements = {
        name: tuple(element.name for element in intervention.elements)
        for name, intervention in scenario.interventions.items()
    }
    groups = {"psc": population.psc_codes, "nhs_region": population.region_names, "ics": population.ics_names}
    groups[observed.ATTRIBUTE] = tuple(sorted(population.attributes))
    for column, texts in population.attributes.items():
        groups[f"{observed.ATTRIBUTE}{column}"] = tuple(sorted({text for text in texts if text}))
    return observed.Known(tuple(scenario.interventions), elements, groups)


def _from_return(path: Path, scenario: "schema.Scenario", population: people.Population) -> list[observed.Observation]:
    """Sites at each stage or above, out of those that reported, by quarter."""
    return _counted(stages_returned(path, scenario, population), population, source=path.name)


def stages_returned(path: Path, scenario: "schema.Scenario", population: people.Population) -> Told:
    """What each site of a quarterly return said of itself.

    Raises
    ------
    spread.errors.InputError
        With every mistake of it.
    """
    read = returns.read_return(path, columns=scenario.quarterly_return.columns, known=scenario.interventions)
    eligible = placing.eligible_sites(scenario, population)
    placed = placing.place_return(read, population, eligible, placing.successors(scenario.world))
    told = {(name, site): {} for _, name, site in placed.stages}  # type: dict[tuple[str, int], dict[date, int]]
    for (quarter, name, site), stage in placed.stages.items():
        told[name, site][quarter] = stage
    return told


def _from_stages(path: Path, scenario: "schema.Scenario", population: people.Population) -> list[observed.Observation]:
    """The same from ``stages.csv``, on the dates it speaks of."""
    return _counted(stages_listed(path, scenario, population), population, source=path.name)


def stages_listed(path: Path, scenario: "schema.Scenario", population: people.Population) -> Told:
    """The stage of each site that a ``stages.csv`` lists, on each of its dates, as a return would give it.

    Raises
    ------
    spread.errors.InputError
        With every mistake of it.
    """
    names = tuple(scenario.interventions)
    told: dict[tuple[str, int], dict[date, int]] = defaultdict(dict)
    listed = starting.read_stages(path, date.max, population=population, interventions=names)
    for number, site, history in zip(listed.intervention.tolist(), listed.site.tolist(), listed.told, strict=True):
        for day, stage in history:
            told[names[number], site][day] = model.REPORTED_AS[stage]
    return told


def _counted(told: Told, population: people.Population, *, source: str) -> list[observed.Observation]:
    """How many sites were at each stage or above, out of those that said, nationally and by collaborative."""
    groups: dict[tuple[date, str, tuple[str, str]], list[int]] = defaultdict(list)
    for (name, site), stages in told.items():
        psc = population.psc_codes[population.psc[site]]
        for day, stage in stages.items():
            for group in (NATIONAL, ("psc", psc)):
                groups[day, name, group].append(stage)
    return [
        _observation(
            day, name, observed.Measure("at_least", least), group, sum(s >= least for s in found), len(found), source
        )
        for (day, name, group), found in sorted(groups.items())
        for least in range(1, starting.LAST_STAGE + 1)
    ]


def _from_times(path: Path, scenario: "schema.Scenario", population: people.Population) -> list[observed.Observation]:
    """Sites that had adopted by the end of each quarter, of those then looked at, nationally and by collaborative."""
    times = adoption_times.read_adoption_times(
        path, start=scenario.start, sites=population.site_codes, interventions=tuple(scenario.interventions)
    )
    site_of = {code: number for number, code in enumerate(population.site_codes)}
    last = float(min(times.observed_until_days.max(), (scenario.end - scenario.start).days))
    quarters = dates.quarter_ends(scenario.start, scenario.start + timedelta(days=int(last)))
    groups: dict[tuple[date, str, tuple[str, str]], list[bool]] = defaultdict(list)
    for row, (code, name) in enumerate(zip(times.site, times.intervention, strict=True)):
        psc = population.psc_codes[population.psc[site_of[code]]]
        for quarter in quarters:
            day = float((quarter - scenario.start).days + 1)
            seen = times.by_days[row] <= day or times.observed_until_days[row] >= day - 1.0
            if seen and day >= times.observed_from_days[row]:
                for group in (NATIONAL, ("psc", psc)):
                    groups[quarter, name, group].append(bool(times.by_days[row] <= day))
    measure = observed.Measure("at_least", observed.ADOPTED)
    return [
        _observation(day, name, measure, group, sum(found), len(found), path.name)
        for (day, name, group), found in sorted(groups.items())
    ]


def _observation(
    day: date, name: str, measure: observed.Measure, group: tuple[str, str], count: int, out_of: int, source: str
) -> observed.Observation:
    value = count / out_of if out_of else math.nan
    return observed.Observation(
        day, (name,), measure, *group, float(count), float(out_of), value, "", source, 0, source
    )


def stages_of(files: Sequence[str], scenario: "schema.Scenario") -> tuple[Told | None, Path | None]:
    """The stages site by site that a file gives, and the file; nothing unless just one of them does.

    Raises
    ------
    spread.errors.InputError
        With every mistake of them.
    """
    paths = [path for path in map(series.resolve, files) if tells_stages(path, scenario)]
    if len(paths) != 1:
        return None, None
    population = world_data.read_data(scenario.model_copy(update={"start_from": None})).population
    is_return = returns.is_return(paths[0], scenario.quarterly_return.columns)
    told = (stages_returned if is_return else stages_listed)(paths[0], scenario, population)
    return told, paths[0]


def all_days(rows: Iterable[observed.Observation]) -> tuple[date, ...]:
    """The dates observations speak of, ascending."""
    return tuple(sorted({row.date for row in rows}))

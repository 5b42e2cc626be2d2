"""Everything a scenario's data files say, read together so that all their faults are reported together."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from spread import errors
from spread.network import counts, placing, returns, tables
from spread.network import population as people
from spread.network import start as starting
from spread.network import ties as tie_data

if TYPE_CHECKING:
    from spread.scenarios import schema


ATTRIBUTE = "attribute:"


class Data(NamedTuple):
    """Who there is, who looks to whom, and where things stood at the start (None: at its beginning)."""

    population: people.Population
    ties: people.Ties
    start: starting.StartTable | None


def read_data(scenario: "schema.Scenario") -> Data:
    """Read every file a scenario names.

    Raises
    ------
    spread.errors.InputError
        With every fault of every file.
    """
    faults: list[errors.Fault] = []
    population = ties = start = None
    with errors.noted(faults):
        population = people.build_population(scenario)
    with errors.noted(faults):
        start = _read_start(scenario, population)
    if population is not None:
        with errors.noted(faults):
            ties = tie_data.build_ties(scenario, population)
    if population is not None:
        faults += _unknown_groups(scenario, population)
    if population is None or ties is None or faults:
        raise errors.InputError(faults)
    return Data(population, ties, start)


def _unknown_groups(scenario: "schema.Scenario", population: people.Population) -> list[errors.Fault]:
    """Groups to report by that are columns no site has."""
    place, known = str(scenario.path or scenario.name), sorted(population.attributes)
    there = f"the sites have {', '.join(known)}" if known else "the sites have no further columns"
    asked = (group.removeprefix(ATTRIBUTE) for group in scenario.report.groups if group.startswith(ATTRIBUTE))
    return [
        errors.Fault(f"no column '{tables.shown(name)}' in the sites; {there}{errors.did_you_mean(name, known)}", place,
                     key="report.groups")
        for name in asked if name not in known
    ]  # fmt: skip


def _read_start(scenario: "schema.Scenario", population: people.Population | None) -> starting.StartTable | None:
    """Where things stood; without a population, whose files are at fault, only what is wrong with the file itself."""
    begin = scenario.start_from
    if begin is None:
        return None
    names = tuple(scenario.interventions)
    if _is_return(scenario, begin.stages):
        if population is None:
            returns.read_return(begin.stages, columns=scenario.quarterly_return.columns, known=scenario.interventions)
            return None
        return placing.read_start(begin.stages, begin.as_of, scenario=scenario, population=population)
    if counts.is_counts(begin.stages):
        if population is None:
            return None
        return counts.read_counts(begin.stages, begin.as_of, scenario=scenario, population=population)
    return starting.read_stages(begin.stages, begin.as_of, population=population, interventions=names)


def _is_return(scenario: "schema.Scenario", path: Path) -> bool:
    """Whether a file is read as a return: it looks like one, or headings were given and it is no ``stages.csv``."""
    columns = scenario.quarterly_return.columns
    return returns.is_return(path, columns) or bool(columns and not starting.is_stages(path))

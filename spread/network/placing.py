"""From the rows of a quarterly return to the sites of a population: by code, then by name.

A trust that has merged since stands with its successor, where the population has only that; a trust that reports
by site, in a population of trusts, stands at the least advanced of its sites; and one that reports as a whole, in a
population of sites, stands at that stage in all of them. Wherever two rows speak of one site, the less advanced
stage counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from spread import errors
from spread.network import bundled, returns, stages, tables
from spread.network import population as people
from spread.network.population import Population
from spread.network.start import StartTable
from spread.scenarios import names

if TYPE_CHECKING:
    from spread.scenarios import schema

Sites = tuple[int, ...]
Eligible = Mapping[str, frozenset[int]]
STAGES_COLUMNS = ("site", "intervention", "date", "stage", "since")
# Words that some write in a trust's name and others do not.
_COMMON_WORDS = frozenset({"the", "nhs", "foundation", "trust", "ft", "hospital", "hospitals"})
_NOWHERE: Sites = ()


class Unplaced(NamedTuple):
    """A name or code that is nobody's in this population: first where, in how many rows, and who may be meant."""

    psc: str
    organisation: str
    site: str
    place: str
    line: int
    rows: int
    hint: str
    named_in: str


class Observed(NamedTuple):
    """What a return says of a population.

    `stages` by (quarter, intervention, site index): a stage 0-7; `not_eligible` holds the keys that were said not to
    be eligible.
    """

    stages: Mapping[tuple[date, str, int], int]
    not_eligible: frozenset[tuple[date, str, int]]
    unplaced: tuple[Unplaced, ...]


class Directory:
    """Everybody in a population by code and by name; `successors` gives the code of the trust that took one over."""

    def __init__(self, population: Population, successors: Mapping[str, str] | None = None) -> None:
        self._population = population
        self._successor = {old.casefold(): new.casefold() for old, new in (successors or {}).items()}
        self._sites_of = _sites_by_organisation(population)
        self._site_of_code = {code.casefold(): (site,) for site, code in enumerate(population.site_codes)}
        organisations = zip(population.organisation_codes, self._sites_of, strict=True)
        self._organisation_of_code = {code.casefold(): sites for code, sites in organisations}
        self._site_of_name = _by_name(zip(population.site_names, self._site_of_code.values(), strict=True))
        self._organisation_of_name = _by_name(zip(population.organisation_names, self._sites_of, strict=True))
        self._found: dict[tuple[str, ...], Sites] = {}

    def find(self, entry: returns.Entry) -> Sites:
        """The sites a row speaks of; none where it names nobody of this population."""
        who = entry.codes_and_names
        if who not in self._found:
            self._found[who] = self._find_site(entry) if entry.site else self._find_organisation(entry)
        return self._found[who]

    def _find_site(self, entry: returns.Entry) -> Sites:
        by_code = self._site_of_code.get(entry.site_code.casefold(), _NOWHERE)
        if by_code:
            return by_code
        own = self._find_organisation(entry)
        named = tuple(site for site in own if _name(self._population.site_names[site]) == _name(entry.site_name))
        if not own:
            return self._site_of_name.get(_name(entry.site_name), _NOWHERE)
        return named if len(named) == 1 else self._whole(own)

    def _whole(self, sites: Sites) -> Sites:
        """The one site that stands for a whole organisation; none where it is known by its parts only."""
        people = self._population
        codes = people.organisation_codes
        whole = tuple(site for site in sites if people.site_codes[site] == codes[people.organisation[site]])
        return whole or (sites if len(sites) == 1 else _NOWHERE)

    def _find_organisation(self, entry: returns.Entry) -> Sites:
        code = entry.organisation_code.casefold()
        by_code = self._organisation_of_code.get(code) or self._site_of_code.get(code)
        if by_code:
            return by_code
        successor = self._organisation_of_code.get(self._successor.get(code, ""))
        if successor:
            return successor
        given = (_name(text) for text in (entry.organisation_name, entry.organisation_recorded) if text)
        found = (self._organisation_of_name.get(name) or self._site_of_name.get(name) for name in given)
        return next((sites for sites in found if sites), _NOWHERE)

    def hint(self, entry: returns.Entry) -> str:
        """Who may be meant by a row that names nobody."""
        people = self._population
        if entry.site:
            known: tuple[str, ...] = (*people.site_names, *people.site_codes)
            return errors.did_you_mean(entry.site_name or entry.site_code, known).lstrip("; ")
        known = (*people.organisation_names, *people.organisation_codes)
        return errors.did_you_mean(entry.organisation_title, known).lstrip("; ")


def place_return(
    read: returns.Return, population: Population, eligible: Eligible, successors: Mapping[str, str] | None = None
) -> Observed:
    """Place every row, and bring together rows about the same site.

    Parameters
    ----------
    eligible
        The sites each intervention is for; a component that is no intervention here is left aside.
    successors
        Code of the trust that took another over, by the code of that other.
    """
    directory = Directory(population, successors)
    reported: dict[tuple[date, str, int], int] = {}
    excluded: set[tuple[date, str, int]] = set()
    nowhere: dict[tuple[str, ...], list[returns.Entry]] = defaultdict(list)
    for entry in read.entries:
        sites = directory.find(entry)
        if not sites:
            nowhere[entry.codes_and_names].append(entry)
        for name, stage in entry.stages.items():
            if stage is None or name not in eligible:
                continue
            keys = [(entry.quarter, name, site) for site in sites if site in eligible[name]]
            if stage == stages.NOT_ELIGIBLE:
                excluded.update(keys)
                continue
            for key in keys:
                reported[key] = min(stage, reported.get(key, stage))
    unplaced = [_unplaced(entries, directory, number) for number, entries in enumerate(nowhere.values())]
    return Observed(reported, frozenset(excluded - set(reported)), tuple(unplaced))


def _unplaced(entries: Sequence[returns.Entry], directory: Directory, number: int) -> Unplaced:
    first = entries[0]
    hint = directory.hint(first) if number < tables.FAULTS_WITH_HINTS else ""
    return Unplaced(
        first.psc, first.organisation_title, first.site, first.place, first.line, len(entries), hint, first.named_in
    )  # fmt: skip


def eligible_sites(scenario: "schema.Scenario", population: Population) -> Eligible:
    """The sites that each intervention of a scenario is for."""
    return {
        name: frozenset(people.eligible_sites(intervention, population).tolist())
        for name, intervention in scenario.interventions.items()
    }


def successors(world: "schema.World") -> dict[str, str]:
    """The trusts of the bundled England that have merged since, and who took them over; nobody in a world of files."""
    if world.population != "england":
        return {}

    return {row["code"]: row["merged_into"] for row in bundled.read_table("trusts") if row.get("merged_into")}


# ---- what a run starts from ----


def read_start(path: Path, as_of: date, *, scenario: "schema.Scenario", population: Population) -> StartTable:
    """The state a run starts from, out of a quarterly return: each site's latest report on or before `as_of`.

    Raises
    ------
    spread.errors.InputError
        With every fault of the file, rows that could not be placed among them.
    """
    columns = scenario.quarterly_return.columns
    read = returns.read_return(path, columns=columns, known=scenario.interventions)
    observed = place_return(read, population, eligible_sites(scenario, population), successors(scenario.world))
    faults = [
        errors.Fault(
            f"'{tables.shown(one.site or one.organisation)}' is nobody of this world"
            f"{f'; {one.hint}' if one.hint else '; mend it, or leave its rows out'}",
            one.place, one.line, one.named_in,
        )
        for one in observed.unplaced
    ]  # fmt: skip
    names = tuple(scenario.interventions)
    if not any(quarter <= as_of and name in names for quarter, name, _ in observed.stages):
        faults.append(errors.Fault(f"says nothing of a quarter that ended on or before {as_of}", str(path)))
    if faults:
        raise errors.InputError(faults)
    return start_of(observed, as_of, interventions=names)


def start_of(observed: Observed, as_of: date, *, interventions: Sequence[str]) -> StartTable:
    """Where everybody stood by the latest of what they reported by a day, with all they reported before."""
    histories = histories_of(observed, interventions)
    known = {unit: kept for unit, told in histories.items() if (kept := [one for one in told if one[0] <= as_of])}
    rows = [(unit, *told[-1], since(told)) for unit, told in sorted(known.items())]
    return StartTable(
        site=np.array([unit[1] for unit, *_ in rows], dtype=np.int64),
        intervention=np.array([unit[0] for unit, *_ in rows], dtype=np.int64),
        stage=np.array([stage for _, _, stage, _ in rows], dtype=np.int64),
        since=tuple(day for *_, day in rows),
        reported=tuple(quarter for _, quarter, _, _ in rows),
        told=tuple(tuple(known[unit]) for unit, *_ in rows),
        is_self_reported=True,
    )


def histories_of(observed: Observed, interventions: Sequence[str]) -> dict[tuple[int, int], list[tuple[date, int]]]:
    """What was reported of each (intervention, site) index, by quarter ascending."""
    number = {name: place for place, name in enumerate(interventions)}
    found: dict[tuple[int, int], list[tuple[date, int]]] = defaultdict(list)
    for (quarter, name, site), stage in sorted(observed.stages.items()):
        if name in number:
            found[number[name], site].append((quarter, stage))
    return found


def since(history: Sequence[tuple[date, int]]) -> date | None:
    """The first quarter at the latest stage without another in between; None where the series begins with it.

    A site that was there from its first report on may have come any time before.
    """
    day, stage = history[-1]
    for earlier, its_stage in reversed(history[:-1]):
        if its_stage != stage:
            return day
        day = earlier
    return None


# ---- names ----


def _sites_by_organisation(population: Population) -> list[Sites]:
    found: list[list[int]] = [[] for _ in population.organisation_codes]
    for site, organisation in enumerate(population.organisation.tolist()):
        found[organisation].append(site)
    return [tuple(sites) for sites in found]


def _name(text: str) -> str:
    """A name without case, punctuation and the words that some leave out."""
    words = names.plain(text.replace("'", "").replace("’", "")).split()
    return " ".join(word for word in words if word not in _COMMON_WORDS) or " ".join(words)


def _by_name(named: Iterable[tuple[str, Sites]]) -> dict[str, Sites]:
    """Sites by name; a name that two go by is nobody's."""
    found: dict[str, Sites] = {}
    twice = set()
    for text, sites in named:
        name = _name(text)
        if found.setdefault(name, sites) != sites:
            twice.add(name)
    return {name: sites for name, sites in found.items() if name not in twice}

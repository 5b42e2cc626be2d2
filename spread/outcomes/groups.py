"""Whom results are shown for: the groups of sites and who belongs to them.

A group is a kind and a code: ``("psc", "YH")``. Sites belong to one group of most kinds, to several
networks, and to none where the population does not say.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors
from spread.network import population as people
from spread.scenarios.schema import ATTRIBUTE, MORE_KINDS, NATIONAL, USUAL_KINDS

__all__ = ["ATTRIBUTE", "MORE_KINDS", "NATIONAL", "USUAL_KINDS", "Groups", "build_groups"]


class Groups(NamedTuple):
    """The groups of a world, in a stable order, and each site's groups.

    `names` holds (kind, code), shape (G,). Site s belongs to the groups
    ``member[start[s]:start[s + 1]]``, ascending; `start` shape (S + 1,).
    """

    names: tuple[tuple[str, str], ...]
    start: NDArray[np.int64]
    member: NDArray[np.int64]


def build_groups(population: people.Population, more_kinds: Sequence[str] = ()) -> Groups:
    """List every group of the usual kinds and of those asked for, with the sites in each.

    Raises
    ------
    InputError
        An attribute that the sites do not have.
    """
    kinds = list(dict.fromkeys((*USUAL_KINDS, *more_kinds)))
    names: list[tuple[str, str]] = []
    sites: list[NDArray[np.int64]] = []
    members: list[NDArray[np.int64]] = []
    for kind in kinds:
        codes, site, group = _membership(population, kind)
        sites.append(site)
        members.append(group + len(names))
        names.extend((kind, code) for code in codes)
    site_of, group_of = np.concatenate(sites), np.concatenate(members)
    order = np.lexsort((group_of, site_of))
    start = np.searchsorted(site_of[order], np.arange(len(population.site_codes) + 1))
    return Groups(tuple(names), start, group_of[order])


Membership = tuple[Sequence[str], NDArray[np.int64], NDArray[np.int64]]


def _membership(population: people.Population, kind: str) -> Membership:
    if kind.startswith(ATTRIBUTE):
        return _by_attribute(population, kind.removeprefix(ATTRIBUTE))
    ways: dict[str, Callable[[people.Population], Membership]] = {
        NATIONAL: lambda world: _by_index([NATIONAL], np.zeros(len(world.site_codes), np.int64)),
        "nhs_region": lambda world: _by_index(world.region_names, world.region),
        "psc": lambda world: _by_index(world.psc_codes, world.psc),
        "setting": lambda world: _by_word(world.settings),
        "imd_fifth": _by_fifth,
        "ics": lambda world: _by_index(world.ics_names, world.ics),
        "network": _by_network,
        "organisation": lambda world: _by_index(world.organisation_codes, world.organisation),
    }
    return ways[kind](population)


def _by_index(codes: Sequence[str], index: NDArray[np.int64]) -> Membership:
    """Groups by an index per site; a negative index means the site is in none."""
    site = np.flatnonzero(index >= 0)
    return codes, site, index[site].astype(np.int64)


def _by_word(words: Sequence[str]) -> Membership:
    codes = sorted({word for word in words if word})
    place = {code: number for number, code in enumerate(codes)}
    return _by_index(codes, np.array([place.get(word, -1) for word in words], dtype=np.int64))


def _by_fifth(population: people.Population) -> Membership:
    fifth = population.deprivation_fifth
    codes = [str(number) for number in sorted({int(value) for value in fifth if value > 0})]
    place = {int(code): number for number, code in enumerate(codes)}
    return _by_index(codes, np.array([place.get(int(value), -1) for value in fifth], dtype=np.int64))


def _by_network(population: people.Population) -> Membership:
    networks = population.networks
    sizes = np.diff(networks.start)
    return networks.codes, networks.member.astype(np.int64), np.repeat(np.arange(len(networks.codes)), sizes)


def _by_attribute(population: people.Population, column: str) -> Membership:
    if column not in population.attributes:
        known = sorted(population.attributes)
        there = f"the sites have {', '.join(known)}" if known else "the sites have no further columns"
        message = f"no column '{column}' in the sites; {there}{errors.did_you_mean(column, known)}"
        raise errors.InputError(errors.Fault(message, key="report.groups"))
    return _by_word(population.attributes[column])

"""From rows about sites and networks, in any order, to the sorted arrays of a Population.

Whatever the order of the rows, the result is the same: sites, organisations, PSCs and networks are
sorted by code, members by site.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isnan, nan
from statistics import median
from typing import NamedTuple

import numpy as np

from spread.network.population import KIND_WITHOUT_MEETINGS, Floats, Ints, Networks, Population, layer_of_kind

FIFTHS = 5
NOBODY = -1
SIZE_WITHOUT_ANY = 1.0


class Site(NamedTuple):
    """One site as described by its source; empty text, NaN and fifth 0 stand for "not known"."""

    code: str
    name: str
    organisation: str
    organisation_name: str
    setting: str
    psc: str
    ics: str = ""
    region: str = ""
    services: frozenset[str] = frozenset()
    size: float = nan
    staff: float = nan
    deprived_share: float = nan
    longitude: float = nan
    latitude: float = nan
    attributes: Mapping[str, str] = {}
    fifth: int = 0


class Network(NamedTuple):
    """One network and the codes of its member sites; `derived` when a rule, not a list, says who belongs."""

    code: str
    name: str
    kind: str
    derived: bool
    members: frozenset[str]


def assemble(sites: Iterable[Site], networks: Iterable[Network], *, psc_names: Mapping[str, str]) -> Population:
    """Build the population; a PSC without an entry in `psc_names` is called by its code.

    Networks without a member, and kinds nobody meets in, are left out.
    """
    rows = sorted(sites, key=lambda site: site.code)
    organisations = _group(rows, lambda site: site.organisation)
    pscs = sorted({site.psc for site in rows})
    ics_names = sorted({site.ics for site in rows if site.ics})
    regions = sorted({site.region for site in rows if site.region})
    deprived_share = np.array([site.deprived_share for site in rows], dtype=np.float64)
    columns = sorted({column for site in rows for column in site.attributes})
    return Population(
        site_codes=tuple(site.code for site in rows),
        site_names=tuple(site.name or site.code for site in rows),
        settings=tuple(site.setting for site in rows),
        services=tuple(site.services for site in rows),
        organisation=_index([site.organisation for site in rows], sorted(organisations)),
        psc=_index([site.psc for site in rows], pscs),
        ics=_index([site.ics for site in rows], ics_names),
        region=_index([site.region for site in rows], regions),
        size=_fill_sizes(rows),
        deprived_share=deprived_share,
        deprivation_fifth=_fill_fifths(rows, deprived_share),
        longitude=np.array([site.longitude for site in rows], dtype=np.float64),
        latitude=np.array([site.latitude for site in rows], dtype=np.float64),
        attributes={column: tuple(site.attributes.get(column, "") for site in rows) for column in columns},
        organisation_codes=tuple(sorted(organisations)),
        organisation_names=tuple(_organisation_name(code, organisations[code]) for code in sorted(organisations)),
        organisation_settings=tuple(_commonest_setting(organisations[code]) for code in sorted(organisations)),
        organisation_staff=np.array([_total_staff(organisations[code]) for code in sorted(organisations)]),
        psc_codes=tuple(pscs),
        psc_names=tuple(psc_names.get(code, code) for code in pscs),
        ics_names=tuple(ics_names),
        region_names=tuple(regions),
        networks=_pack_networks(networks, [site.code for site in rows]),
    )


def psc_and_ics_networks(sites: Sequence[Site], psc_names: Mapping[str, str]) -> list[Network]:
    """One network for each PSC and each ICS, of all the sites in it."""
    pscs = _group(sites, lambda site: site.psc)
    ics = _group([site for site in sites if site.ics], lambda site: site.ics)
    return [
        *(Network(f"psc:{code}", psc_names.get(code, code), "psc", False, _codes(pscs[code])) for code in pscs),
        *(Network(f"ics:{name}", name, "ics", False, _codes(ics[name])) for name in ics),
    ]


def rank_fifths(deprived_share: Floats) -> Ints:
    """Fifths of the sites by deprived share, 1 the most deprived, 0 where unknown; equal shares share a fifth.

    Shape (S,). A site's fifth is ``1 + floor(5 * sites with a greater share / sites known)``.
    """
    known = ~np.isnan(deprived_share)
    ascending = np.sort(deprived_share[known])
    more_deprived = ascending.size - np.searchsorted(ascending, deprived_share[known], side="right")
    fifths = np.zeros(deprived_share.shape, dtype=np.int64)
    fifths[known] = 1 + FIFTHS * more_deprived // max(ascending.size, 1)
    return fifths


def _fill_fifths(rows: Sequence[Site], deprived_share: Floats) -> Ints:
    """Fifths of deprivation, shape (S,): as given, else by rank among the sites that give none."""
    fifths = np.array([site.fifth for site in rows], dtype=np.int64)
    not_given = fifths == 0
    fifths[not_given] = rank_fifths(deprived_share[not_given])
    return fifths


def _fill_sizes(rows: Sequence[Site]) -> Floats:
    """Sizes; an unknown one is the median of its setting, and 1 where no size of that setting is known."""
    known: dict[str, list[float]] = defaultdict(list)
    for site in rows:
        if not isnan(site.size):
            known[site.setting].append(site.size)
    usual = {setting: median(sizes) for setting, sizes in known.items()}
    sizes = (usual.get(site.setting, SIZE_WITHOUT_ANY) if isnan(site.size) else site.size for site in rows)
    return np.array(list(sizes), dtype=np.float64)


def _pack_networks(networks: Iterable[Network], site_codes: Sequence[str]) -> Networks:
    row_of = {code: row for row, code in enumerate(site_codes)}
    meeting = [network for network in networks if network.members and network.kind != KIND_WITHOUT_MEETINGS]
    meeting.sort(key=lambda network: network.code)
    members = [sorted(row_of[code] for code in network.members) for network in meeting]
    return Networks(
        codes=tuple(network.code for network in meeting),
        names=tuple(network.name for network in meeting),
        kinds=tuple(network.kind for network in meeting),
        layers=tuple(layer_of_kind(network.kind) for network in meeting),
        derived=tuple(network.derived for network in meeting),
        start=np.cumsum([0, *map(len, members)], dtype=np.int64),
        member=np.array([row for rows in members for row in rows], dtype=np.int64),
    )


def _group(rows: Iterable[Site], key: Callable[[Site], str]) -> dict[str, list[Site]]:
    groups: dict[str, list[Site]] = defaultdict(list)
    for site in rows:
        groups[key(site)].append(site)
    return groups


def _index(values: Sequence[str], names: Sequence[str]) -> Ints:
    place = {name: row for row, name in enumerate(names)}
    return np.array([place.get(value, NOBODY) for value in values], dtype=np.int64)


def _codes(sites: Iterable[Site]) -> frozenset[str]:
    return frozenset(site.code for site in sites)


def _organisation_name(code: str, sites: Sequence[Site]) -> str:
    return min((site.organisation_name for site in sites if site.organisation_name), default=code)


def _commonest_setting(sites: Sequence[Site]) -> str:
    if len(sites) == 1:
        return sites[0].setting
    counts = Counter(site.setting for site in sites)
    return min(counts, key=lambda setting: (-counts[setting], setting))


def _total_staff(sites: Sequence[Site]) -> float:
    """The staff of an organisation: the sum over the sites (in order of code) where it is given."""
    known = [site.staff for site in sites if not isnan(site.staff)]
    return sum(known) if known else nan

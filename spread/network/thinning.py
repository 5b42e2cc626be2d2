"""A smaller world with the shape of a larger one, for a quick look and for tests."""

import numpy as np

from spread.network.assemble import NOBODY
from spread.network.population import Ints, Networks, Population


def thinned(population: Population, keep_every: int) -> Population:
    """Every n-th site of each setting by code, beginning with the first, and what is left of their organisations.

    Sites keep their sizes and fifths; collaboratives, systems, regions, organisations and networks without a site are
    left out. Shares over sites stay about the same, counts do not.
    """
    settings = np.array(population.settings)
    kept = np.sort(
        np.concatenate([np.flatnonzero(settings == setting)[::keep_every] for setting in sorted(set(settings))])
    )
    organisation, organisations = _left(population.organisation[kept])
    psc, pscs = _left(population.psc[kept])
    ics, systems = _left(population.ics[kept])
    region, regions = _left(population.region[kept])
    return Population(
        site_codes=_pick(population.site_codes, kept),
        site_names=_pick(population.site_names, kept),
        settings=_pick(population.settings, kept),
        services=tuple(population.services[site] for site in kept),
        organisation=organisation,
        psc=psc,
        ics=ics,
        region=region,
        size=population.size[kept],
        deprived_share=population.deprived_share[kept],
        deprivation_fifth=population.deprivation_fifth[kept],
        longitude=population.longitude[kept],
        latitude=population.latitude[kept],
        attributes={column: _pick(values, kept) for column, values in population.attributes.items()},
        organisation_codes=_pick(population.organisation_codes, organisations),
        organisation_names=_pick(population.organisation_names, organisations),
        organisation_settings=_pick(population.organisation_settings, organisations),
        organisation_staff=population.organisation_staff[organisations],
        psc_codes=_pick(population.psc_codes, pscs),
        psc_names=_pick(population.psc_names, pscs),
        ics_names=_pick(population.ics_names, systems),
        region_names=_pick(population.region_names, regions),
        networks=_thin_networks(population.networks, kept, len(settings)),
    )


def _thin_networks(networks: Networks, kept: Ints, site_count: int) -> Networks:
    place = np.full(site_count, NOBODY)
    place[kept] = np.arange(len(kept))
    member = place[networks.member]
    network = np.repeat(np.arange(len(networks.codes)), np.diff(networks.start))[member != NOBODY]
    sizes = np.bincount(network, minlength=len(networks.codes))
    left = np.flatnonzero(sizes)
    return Networks(
        codes=_pick(networks.codes, left),
        names=_pick(networks.names, left),
        kinds=_pick(networks.kinds, left),
        layers=_pick(networks.layers, left),
        derived=tuple(networks.derived[row] for row in left),
        start=np.concatenate([[0], np.cumsum(sizes[left])]),
        member=member[member != NOBODY],
    )


def _left(index: Ints) -> tuple[Ints, Ints]:
    """An index into what is left of some names, and the old rows of these names; -1 stays -1."""
    rows = np.unique(index[index != NOBODY])
    return np.where(index == NOBODY, NOBODY, np.searchsorted(rows, index)), rows


def _pick(names: tuple[str, ...], rows: Ints) -> tuple[str, ...]:
    return tuple(names[row] for row in rows)

"""Who there is: sites, the organisations that run them, and the networks they meet in.

Plain arrays sorted by code, so that the order of rows in a file can never matter.
S sites, O organisations, C collaboratives, N networks.
"""

import itertools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.scenarios import catalogue

if TYPE_CHECKING:
    from spread.scenarios import schema

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SETTINGS = (
    "acute", "acute_specialist", "maternity", "neonatal", "mental_health", "ward", "community", "ambulance",
    "ccg", "gp", "care_home",
)  # fmt: skip
LAYERS = ("psc", "ics", "clinical", "national")

# Regions are a group to report by, nobody meets there.
KIND_WITHOUT_MEETINGS = "nhs_region"


class Networks(NamedTuple):
    """Networks and their members, N networks sorted by code.

    `layer` is the kind of peer relation a network gives: ``psc | ics | clinical | national``.
    Members of network n are ``member[start[n]:start[n + 1]]``: site indices, ascending.
    `kind` is the finer kind (``neonatal_odn``, ...); `derived` marks membership by a written rule
    where no list is published.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    layers: tuple[str, ...]
    derived: tuple[bool, ...]
    start: Ints
    member: Ints


class Ties(NamedTuple):
    """Explicit site-to-site ties, CSR by the site that looks.

    Site s looks to ``peer[start[s]:start[s + 1]]`` with integer weights `weight` (millionths, so that
    sums are exact in any order) in `layer` (index into `layers`).
    """

    layers: tuple[str, ...]
    start: Ints
    peer: Ints
    layer: Ints
    weight: Ints


class Population(NamedTuple):
    """Every site and organisation of a world; sites sorted by code, as are organisations and PSCs.

    `organisation`, `psc`, `ics`, `region` are indices into the names below, shape (S,); -1 for a site in no ICS
    or region. `size` weights patients (beds, or 1.0), `deprived_share` is the share of the catchment in the most
    deprived national fifth (0-1, NaN where unknown), `deprivation_fifth` is that of the site's neighbourhood where its
    source gives one, else its rank among the sites by `deprived_share`, 1 (most deprived) to 5, 0 where unknown;
    `services` decide eligibility. `longitude` and `latitude` are in degrees (NaN
    where unknown). `organisation_staff` is a head count (NaN where unknown). `attributes` holds any further
    column as text, shape (S,).
    """

    site_codes: tuple[str, ...]
    site_names: tuple[str, ...]
    settings: tuple[str, ...]
    services: tuple[frozenset[str], ...]
    organisation: Ints
    psc: Ints
    ics: Ints
    region: Ints
    size: Floats
    deprived_share: Floats
    deprivation_fifth: Ints
    longitude: Floats
    latitude: Floats
    attributes: dict[str, tuple[str, ...]]
    organisation_codes: tuple[str, ...]
    organisation_names: tuple[str, ...]
    organisation_settings: tuple[str, ...]
    organisation_staff: Floats
    psc_codes: tuple[str, ...]
    psc_names: tuple[str, ...]
    ics_names: tuple[str, ...]
    region_names: tuple[str, ...]
    networks: Networks


def layer_of_kind(kind: str) -> str:
    """The kind of peer relation a kind of network gives: ``psc | ics | clinical | national``.

    Known kinds are in the catalogue; a user's own kind is a layer of that name, or a clinical network.
    """
    if kind in LAYERS:
        return kind
    known = catalogue.table("networks")
    return str(known[kind]["layer"]) if kind in known else "clinical"


def build_population(scenario: "schema.Scenario") -> Population:
    """Everyone a scenario is about: England as bundled, or the user's own files.

    Of England, trusts and hospital sites are always there; care homes, practices, CCGs, wards and units only when an
    intervention names their setting as eligible.

    Raises
    ------
    spread.errors.InputError
        With every fault of the user's files.
    """
    # Imported here: both build on the types above, and only one is needed.
    world = scenario.world
    if world.population == "england":
        from spread.network import england

        eligible = [intervention.eligible.settings for intervention in scenario.interventions.values()]
        return england.build_england(world.psc_map, frozenset(itertools.chain.from_iterable(eligible)))
    from spread.network import own_world

    return own_world.build_from_files(world)


def eligible_sites(intervention: "schema.Intervention", population: Population) -> Ints:
    """Sites of a setting and with the services an intervention asks for."""
    wanted = intervention.eligible
    asked = [
        (not wanted.settings or setting in wanted.settings) and services.issuperset(wanted.services)
        for setting, services in zip(population.settings, population.services, strict=True)
    ]
    return np.flatnonzero(asked)

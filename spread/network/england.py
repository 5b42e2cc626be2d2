"""England as it was in 2021/22: 213 trusts, 180 hospital sites with a tracheostomy service, and their networks.

Care homes, GP practices, CCGs, wards, maternity and neonatal units join when they are asked for. The tables, their
sources and licences are described in ``england/README.md``.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from functools import cache
from math import nan

from spread.network import assemble, bundled, local_sites
from spread.network.population import Population
from spread.scenarios import catalogue

TRUST, HOSPITAL_SITE = "trust", "hospital_site"
ALL_SETTINGS = local_sites.SETTINGS
SUBJECTS = ("psc", "ics", "region", "setting", "service", "unit", "ccg")
Codes = frozenset[str]
Index = Mapping[str, Mapping[str, Codes]]


def build_england(psc_map: str = "2022", settings: Set[str] = frozenset()) -> Population:
    """The bundled England; `psc_map` is ``2022``, or ``earlier`` for the footprints before the ICS map.

    Trusts and hospital sites are always there; of the settings in `ALL_SETTINGS`, only those in `settings`.

    Source: ``england/README.md``.
    """
    return _build(psc_map, ALL_SETTINGS & settings)


@cache
def _build(psc_map: str, settings: frozenset[str]) -> Population:
    trusts = {row["code"]: row for row in bundled.read_table("trusts")}
    sites = [_trust_site(row, psc_map) for row in trusts.values()]
    hospitals = bundled.read_table("hospital_sites")
    shares = {code: sum(row["trust"] == code for row in hospitals) for code in trusts}
    sites += [_hospital_site(row, trusts[row["trust"]], psc_map, shares[row["trust"]]) for row in hospitals]
    if settings:
        sites += local_sites.local_sites(settings, local_sites.with_fifths(sites), psc_map)
    index = index_sites(sites)
    networks = [_network(row, index) for row in bundled.read_table("networks")]
    names = {code: entry["name"] for code, entry in catalogue.pscs().items()}
    return assemble.assemble(sites, networks, psc_names=names)


def index_sites(sites: Sequence[assemble.Site]) -> Index:
    """Codes of the sites by each property a rule can name, and its value."""
    index: dict[str, dict[str, set[str]]] = {subject: defaultdict(set) for subject in SUBJECTS}
    for site in sites:
        for subject in ("psc", "ics", "region", "setting"):
            index[subject][getattr(site, subject)].add(site.code)
        for subject in ("unit", "ccg"):
            index[subject][site.attributes.get(subject, "")].add(site.code)
        for service in site.services:
            index["service"][service].add(site.code)
    return {
        subject: {value: frozenset(codes) for value, codes in by_value.items()} for subject, by_value in index.items()
    }


def members(index: Index, rule: str) -> Codes:
    """Codes of the sites that meet a membership rule such as ``service = maternity | neonatal & psc = YH``.

    A rule is conditions joined by ``&`` that must all hold, each naming a property (psc, ics, region, setting,
    service, unit, ccg) and the values, separated by ``|``, of which one is enough.
    """
    conditions = [condition.split(" = ") for condition in rule.split(" & ")]
    nobody: Codes = frozenset()
    met = [
        nobody.union(*(index[subject].get(value, nobody) for value in wanted.split(" | ")))
        for subject, wanted in conditions
    ]
    return met[0].intersection(*met[1:])


def _network(row: bundled.Row, index: Index) -> assemble.Network:
    return assemble.Network(row["code"], row["name"], row["kind"], row["derived"] == "yes", members(index, row["rule"]))


def _trust_site(row: bundled.Row, psc_map: str) -> assemble.Site:
    return assemble.Site(
        code=row["code"],
        name=row["name"],
        organisation=row["code"],
        organisation_name=row["name"],
        setting=row["setting"],
        psc=local_sites.placed_psc(row, psc_map),
        ics=row["ics"],
        region=row["region"],
        services=frozenset([TRUST, *row["services"].split(";")]),
        size=_inpatient_beds(row),
        deprived_share=float(row["imd_q1_share"]),
        attributes={"unit": TRUST, "basis": "published"},
    )


def _hospital_site(row: bundled.Row, trust: bundled.Row, psc_map: str, sites_of_trust: int) -> assemble.Site:
    """A hospital of a trust: placed as its trust is, with an equal part of the trust's beds."""
    return _trust_site(trust, psc_map)._replace(
        code=row["code"],
        name=row["name"],
        services=frozenset(row["services"].split(";")),
        size=_inpatient_beds(trust) / sites_of_trust,
        attributes={"unit": HOSPITAL_SITE, "basis": row["basis"]},
    )


def _inpatient_beds(row: bundled.Row) -> float:
    """Adult and paediatric general and acute beds; NaN where neither is reported or above zero."""
    beds = sum(float(row[column] or 0.0) for column in ("adult_beds", "paediatric_beds"))
    return beds if beds > 0.0 else nan

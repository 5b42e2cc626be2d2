"""England as it was in 2021/22: 213 trusts, 180 hospital sites with a tracheostomy service, and their networks.

The tables, their sources and licences are described in ``england/README.md``.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from math import nan

from spread.network import assemble
from spread.network.population import Population
from spread.scenarios import catalogue

Row = Mapping[str, str]
EVERYONE = "everyone"
TRUST, HOSPITAL_SITE = "trust", "hospital_site"


@cache
def build_england(psc_map: str = "2022") -> Population:
    """The bundled England; `psc_map` is ``2022``, or ``earlier`` for the footprints before the ICS map.

    Source: ``england/README.md``.
    """
    trusts = {row["code"]: row for row in read_table("trusts")}
    sites = [_trust_site(row, psc_map) for row in trusts.values()]
    hospitals = read_table("hospital_sites")
    shares = {code: sum(row["trust"] == code for row in hospitals) for code in trusts}
    sites += [_hospital_site(row, trusts[row["trust"]], psc_map, shares[row["trust"]]) for row in hospitals]
    networks = [_network(row, sites) for row in read_table("networks")]
    names = {code: entry["name"] for code, entry in catalogue.pscs().items()}
    return assemble.assemble(sites, networks, psc_names=names)


def read_table(name: str) -> tuple[Row, ...]:
    """The rows of one bundled table: ``trusts``, ``hospital_sites``, ``networks`` or ``psc``."""
    path = resources.files("spread.network").joinpath("england", f"{name}.csv")
    return tuple(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def members(sites: list[assemble.Site], rule: str) -> frozenset[str]:
    """Codes of the sites that meet a membership rule such as ``service = maternity | neonatal & psc = YH``.

    A rule is ``everyone``, or conditions joined by ``&`` that must all hold, each naming a property (psc, ics,
    region, setting, service, unit) and the values, separated by ``|``, of which one is enough.
    """
    left = sites
    for condition in [] if rule == EVERYONE else rule.split(" & "):
        subject, wanted = condition.split(" = ")
        values = frozenset(wanted.split(" | "))
        left = [site for site in left if not values.isdisjoint(_property(site, subject))]
    return frozenset(site.code for site in left)


def _property(site: assemble.Site, subject: str) -> frozenset[str] | tuple[str]:
    """The values a site has of a property a rule can name."""
    if subject == "service":
        return site.services
    if subject == "unit":
        return (site.attributes["unit"],)
    return (str(getattr(site, subject)),)


def _network(row: Row, sites: list[assemble.Site]) -> assemble.Network:
    return assemble.Network(row["code"], row["name"], row["kind"], row["derived"] == "yes", members(sites, row["rule"]))


def _trust_site(row: Row, psc_map: str) -> assemble.Site:
    return assemble.Site(
        code=row["code"],
        name=row["name"],
        organisation=row["code"],
        organisation_name=row["name"],
        setting=row["setting"],
        psc=_psc(row, psc_map),
        ics=row["ics"],
        region=row["region"],
        services=frozenset(row["services"].split(";")),
        size=_inpatient_beds(row),
        deprived_share=float(row["imd_q1_share"]),
        attributes={"unit": TRUST, "basis": "published"},
    )


def _hospital_site(row: Row, trust: Row, psc_map: str, sites_of_trust: int) -> assemble.Site:
    """A hospital of a trust: placed as its trust is, with an equal part of the trust's beds."""
    return _trust_site(trust, psc_map)._replace(
        code=row["code"],
        name=row["name"],
        services=frozenset(row["services"].split(";")),
        size=_inpatient_beds(trust) / sites_of_trust,
        attributes={"unit": HOSPITAL_SITE, "basis": row["basis"]},
    )


def _psc(row: Row, psc_map: str) -> str:
    moved = psc_map == "earlier" and row["psc_alt_kind"] == "earlier"
    return row["psc_alt"] if moved else row["psc"]


def _inpatient_beds(row: Row) -> float:
    """Adult and paediatric general and acute beds; NaN where neither is reported or above zero."""
    beds = sum(float(row[column] or 0.0) for column in ("adult_beds", "paediatric_beds"))
    return beds if beds > 0.0 else nan

"""England's sites below the trusts and apart from them: care homes, GP practices, CCGs, wards, units.

Each table is read only when its setting is asked for. A home or practice takes its place from its CCG, a ward or unit
from its trust. Only CCGs are real; see ``england/README.md``.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set

import numpy as np

from spread.network import assemble, bundled

MOST_DEPRIVED = 1
Trusts = Mapping[str, assemble.Site]
CCGs = Mapping[str, assemble.Site]


def local_sites(settings: Set[str], trusts: Trusts, psc_map: str) -> list[assemble.Site]:
    """The bundled sites of some settings; a setting without a table of its own adds none."""
    sites = [site for setting, sites_of in WITHIN_TRUSTS.items() if setting in settings for site in sites_of(trusts)]
    if not settings.isdisjoint(WITHIN_CCGS):
        ccgs = _ccgs(psc_map)
        sites += [site for setting, sites_of in WITHIN_CCGS.items() if setting in settings for site in sites_of(ccgs)]
    return sites


def placed_psc(row: bundled.Row, psc_map: str) -> str:
    """The PSC of a trust or CCG on a map: ``2022``, or ``earlier``."""
    moved = psc_map == "earlier" and row["psc_alt_kind"] == "earlier"
    return row["psc_alt"] if moved else row["psc"]


def with_fifths(sites: Sequence[assemble.Site]) -> dict[str, assemble.Site]:
    """Sites by code, each with its fifth of deprivation among these sites."""
    fifths = assemble.rank_fifths(np.array([site.deprived_share for site in sites]))
    return {site.code: site._replace(fifth=fifth) for site, fifth in zip(sites, fifths.tolist(), strict=True)}


def _ccgs(psc_map: str) -> dict[str, assemble.Site]:
    regions = {row["name"]: row["region"] for row in bundled.read_table("ics")}
    sites = [
        assemble.Site(
            code=row["code"],
            name=row["name"],
            organisation=row["code"],
            organisation_name=row["name"],
            setting="ccg",
            psc=placed_psc(row, psc_map),
            ics=row["ics"],
            region=regions[row["ics"]],
            services=frozenset(["commissioning"]),
            size=float(row["population"]),
            deprived_share=float(row["imd_q1_share"]),
            attributes={"unit": "ccg", "basis": "published", "ccg": row["code"]},
        )
        for row in bundled.read_table("ccgs")
    ]
    return with_fifths(sites)


def _care_homes(ccgs: CCGs) -> list[assemble.Site]:
    nearby = bundled.quantity("neighbourhood_share")
    services = {"nursing": frozenset(["care_home", "nursing_care"]), "residential": frozenset(["care_home"])}
    return [
        _within_ccg(row, ccgs[row["ccg"]], name, nearby)._replace(
            setting="care_home",
            services=services[row["care"]],
            size=float(row["beds"]),
            attributes={"unit": "care_home", "basis": "estimated", "ccg": row["ccg"], "care": row["care"]},
        )
        for row, name in _numbered("Care home", bundled.read_table("care_homes"), "ccg", _areas(ccgs))
    ]


def _practices(ccgs: CCGs) -> list[assemble.Site]:
    nearby = bundled.quantity("neighbourhood_share")
    services = frozenset(["general_practice"])
    return [
        _within_ccg(row, ccgs[row["ccg"]], name, nearby)._replace(
            setting="gp",
            services=services,
            size=float(row["patients"]),
            attributes={"unit": "practice", "basis": "estimated", "ccg": row["ccg"]},
        )
        for row, name in _numbered("GP practice", bundled.read_table("practices"), "ccg", _areas(ccgs))
    ]


def _within_ccg(row: bundled.Row, ccg: assemble.Site, name: str, nearby: float) -> assemble.Site:
    """An organisation of its own, placed as its CCG is, with the fifth of deprivation of its neighbourhood.

    A share `nearby` of the people it is there for live in that neighbourhood, the rest anywhere in the CCG.
    """
    fifth = int(row["imd_fifth"])
    neighbourhood = float(fifth == MOST_DEPRIVED)
    return ccg._replace(
        code=row["code"],
        name=name,
        organisation=row["code"],
        organisation_name=name,
        deprived_share=nearby * neighbourhood + (1.0 - nearby) * ccg.deprived_share,
        fifth=fifth,
    )


def _wards(trusts: Trusts) -> list[assemble.Site]:
    names = {code: site.name for code, site in trusts.items()}
    return [
        trusts[row["trust"]]._replace(
            code=row["code"],
            name=name,
            setting="ward",
            services=frozenset(["mental_health_ward"]),
            size=assemble.SIZE_WITHOUT_ANY,
            attributes={"unit": "ward", "basis": "estimated"},
        )
        for row, name in _numbered("Ward", bundled.read_table("wards"), "trust", names)
    ]


def _units(setting: str, trusts: Trusts) -> list[assemble.Site]:
    """Maternity or neonatal units: where their trust is, and as large as it."""
    unit = f"{setting}_unit"
    return [
        trusts[row["trust"]]._replace(
            code=row["code"],
            name=f"{trusts[row['trust']].name}, {setting} unit",
            setting=setting,
            services=frozenset([unit]),
            attributes={"unit": unit, "basis": "derived"},
        )
        for row in bundled.read_table("units")
        if row["setting"] == setting
    ]


def _numbered(
    kind: str, rows: Sequence[bundled.Row], owner: str, names: Mapping[str, str]
) -> list[tuple[bundled.Row, str]]:
    """Rows and neutral names for them, such as ``Care home 1 of 60, Barnsley``."""
    counts = Counter(row[owner] for row in rows)
    seen: Counter[str] = Counter()
    named = []
    for row in rows:
        code = row[owner]
        seen[code] += 1
        named.append((row, f"{kind} {seen[code]} of {counts[code]}, {names[code]}"))
    return named


def _areas(ccgs: CCGs) -> dict[str, str]:
    """What the area of each CCG is called: ``NHS Barnsley CCG`` is about Barnsley."""
    return {code: site.name.removeprefix("NHS ").removesuffix(" CCG") for code, site in ccgs.items()}


WITHIN_TRUSTS: Mapping[str, Callable[[Trusts], list[assemble.Site]]] = {
    "ward": _wards,
    "maternity": lambda trusts: _units("maternity", trusts),
    "neonatal": lambda trusts: _units("neonatal", trusts),
}
WITHIN_CCGS: Mapping[str, Callable[[CCGs], list[assemble.Site]]] = {
    "care_home": _care_homes,
    "ccg": lambda ccgs: list(ccgs.values()),
    "gp": _practices,
}
SETTINGS = frozenset([*WITHIN_TRUSTS, *WITHIN_CCGS])

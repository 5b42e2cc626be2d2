"""The population of a user's own world, from the tables of its files.

Every fault of every file is found before any is reported.
"""

import contextlib
import difflib
import gc
import math
from collections.abc import Collection, Iterator
from functools import cache
from typing import TYPE_CHECKING

from spread import errors
from spread.network import assemble, sources, tables, ties
from spread.network.population import SETTINGS, Population
from spread.scenarios import catalogue, names

if TYPE_CHECKING:
    from spread.scenarios import schema

SHORTEST_NAME_TO_CORRECT = 5
LARGEST_COUNT = 10_000_000.0  # of beds or staff; more than the NHS has


def build_from_files(world: "schema.World") -> Population:
    """The population of the user's own world; its ties are checked too, so that all faults come together.

    Raises
    ------
    spread.errors.InputError
        With every fault of every file.
    """
    with no_search_for_garbage():
        return _build(world)


@contextlib.contextmanager
def no_search_for_garbage() -> Iterator[None]:
    """Spare the rows of large files, all of them wanted, from being searched for garbage again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _build(world: "schema.World") -> Population:
    read = sources.read_sources(world)
    sites = read_sites(read.sites)
    codes = {site.code for site in sites}
    psc_names = {code: entry["name"] for code, entry in catalogue.pscs().items()}
    networks = assemble.psc_and_ics_networks(sites, psc_names)
    networks += read_memberships(read.memberships, codes, taken={network.code for network in networks})
    ties.read_ties(read.ties, codes)
    tables.raise_faults(read.sites.findings, read.memberships.findings, read.ties.findings)
    return assemble.assemble(sites, networks, psc_names=psc_names)


def read_sites(source: sources.Source) -> list[assemble.Site]:
    """Every row of sites.csv as a site; faults go to the source's findings."""
    table, findings = source
    if not table.rows and not findings.faults:
        findings.add("holds no sites")
    tables.check_unique(table.rows, ["site"], findings)
    known = {*sources.SITE_COLUMNS.required, *sources.SITE_COLUMNS.optional}
    further = [column for column in table.columns if column not in known]
    return [_site(row, further, findings) for row in table.rows]


def read_memberships(
    source: sources.Source, codes: Collection[str], *, taken: Collection[str]
) -> list[assemble.Network]:
    """The networks of memberships.csv; `taken` are codes in use already, `codes` the sites there are."""
    table, findings = source
    tables.check_unique(table.rows, ["network", "site"], findings)
    kinds: dict[str, str] = {}
    members: dict[str, set[str]] = {}
    for row in table.rows:
        network, kind = row.text("network"), _plain_kind(row.text("kind"))
        first = kinds.setdefault(network, kind)
        _check_network(row, first, kind, taken, findings)
        tables.check_site(row, "site", codes, findings)
        members.setdefault(network, set()).add(row.text("site"))
    known = frozenset(codes)
    return [assemble.Network(code, code, kinds[code], False, known & members[code]) for code in kinds]


def _check_network(row: tables.Row, first: str, kind: str, taken: Collection[str], findings: tables.Findings) -> None:
    network = tables.shown(row.text("network"))
    tables.check_filled(row, sources.MEMBERSHIP_COLUMNS.required, findings)
    if network in taken:
        findings.add(f"'{network}' is made from sites.csv; leave it out here", line=row.line, key="network")
    if kind and first != kind:
        message = f"'{network}' is of kind '{tables.shown(first)}' further up, here '{tables.shown(kind)}'"
        findings.add(message, line=row.line, key="kind")


def _site(row: tables.Row, further: list[str], findings: tables.Findings) -> assemble.Site:
    tables.check_filled(row, ("site", "organisation", "setting"), findings)
    return assemble.Site(
        code=row.text("site"),
        name=row.text("name"),
        organisation=row.text("organisation"),
        organisation_name=row.text("organisation_name"),
        setting=_setting(row, findings),
        psc=_psc(row, findings),
        ics=row.text("ics"),
        region=row.text("nhs_region"),
        services=frozenset(name.strip() for name in row.text("services").split(";") if name.strip()),
        size=tables.number(row, "size", findings, above=0.0, high=LARGEST_COUNT),
        staff=tables.number(row, "staff", findings, above=0.0, high=LARGEST_COUNT),
        deprived_share=tables.number(row, "imd_q1_share", findings, low=0.0, high=1.0),
        longitude=tables.number(row, "longitude", findings, low=-180.0, high=180.0),
        latitude=tables.number(row, "latitude", findings, low=-90.0, high=90.0),
        attributes={column: row.text(column) for column in further},
        fifth=_fifth(row, findings),
    )


def _fifth(row: tables.Row, findings: tables.Findings) -> int:
    """A site's national fifth of deprivation, 1 (most deprived) to 5; 0 where it is not given or not one of these."""
    fifth = tables.number(row, "imd_fifth", findings, low=1.0, high=assemble.FIFTHS, missing=0.0)
    if fifth.is_integer():
        return int(fifth)
    if not math.isnan(fifth):
        findings.add(f"{tables.shown(row.text('imd_fifth'))} is not a whole number", line=row.line, key="imd_fifth")
    return 0


def _setting(row: tables.Row, findings: tables.Findings) -> str:
    setting = row.text("setting")
    if setting and setting not in SETTINGS:
        near = errors.did_you_mean(setting, SETTINGS)
        message = f"unknown setting '{tables.shown(setting)}'{near or ';'} known are {', '.join(SETTINGS)}"
        findings.add(message, line=row.line, key="setting")
    return setting


def _psc(row: tables.Row, findings: tables.Findings) -> str:
    """The code of a site's PSC: one of the fifteen by any of its names, or a code of the user's own."""
    text = row.text("psc")
    if not text:
        findings.add(f"site '{tables.shown(row.text('site'))}' is in no PSC", line=row.line, key="psc")
        return ""
    code = names.psc_code(text)
    if code is not None:
        return code
    meant = _psc_misspelt(text)
    if meant:
        message = f"'{tables.shown(text)}' is close to a name of {meant}; write {meant}, or another name of your own"
        findings.add(message, line=row.line, key="psc")
    return text


@cache
def _psc_misspelt(text: str) -> str:
    """The PSC a name is nearly a name of, or nothing; short codes are taken as they are."""
    if len(text) < SHORTEST_NAME_TO_CORRECT:
        return ""
    known = names.aliases()
    near = difflib.get_close_matches(names.plain(text), list(known), n=1, cutoff=tables.MISSPELT)
    return known[near[0]] if near else ""


def _plain_kind(kind: str) -> str:
    return kind.casefold().replace(" ", "_")

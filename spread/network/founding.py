"""A world of one's own out of a quarterly return: its sites, and the stages they were reported at."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from spread import cells, errors
from spread.network import placing, returns, stages, tables
from spread.scenarios import from_return

SITE_COLUMNS = ("site", "name", "organisation", "organisation_name", "setting", "psc", "ics", "services")
PHASE = "phase"
SETTING = "acute"
"""A return does not say what kind of organisation reports: the setting whose speeds are best known stands in."""


class World(NamedTuple):
    """A world out of a return: its files, and what the return says about the programme."""

    sites_csv: str
    stages_csv: str
    said: from_return.Said


class _Site(NamedTuple):
    code: str
    name: str
    entry: returns.Entry
    latest: Mapping[str, int]
    history: Mapping[tuple[str, date], int]


def found_world(read: returns.Return, *, place: str) -> World:
    """The world a return speaks of: everybody who reports, eligible for what they were last not said to be exempt from.

    Components nobody is eligible for are left out.

    Raises
    ------
    spread.errors.InputError
        When it holds no stage at all, or two sites go by one code; all of them together.
    """
    sites = _sites(read)
    eligible = {
        name: [site for site in sites if site.latest.get(name) != stages.NOT_ELIGIBLE] for name in read.components
    }
    components = {name: heading for name, heading in read.components.items() if eligible[name]}
    quarters = {quarter for site in sites for name, quarter in site.history if name in components}
    if not quarters:
        raise errors.InputError(errors.Fault("holds no stage in any row; nothing can be begun from it", place))
    exempt = {site.code: {name for name in components if site not in eligible[name]} for site in sites}
    phases = any(site.entry.phase for site in sites)
    said = from_return.Said(
        source=place,
        components=components,
        for_all={name: len(eligible[name]) == len(sites) for name in components},
        shared=sum(not exempt[site.code] for site in sites),
        has_phase=phases,
        first_quarter=read.quarters[0],
        as_of=max(quarters),
    )
    sites_csv = _sites_csv(sites, components, exempt, with_phase=phases)
    return World(sites_csv, _stages_csv(sites, components, exempt), said)


def _sites(read: returns.Return) -> list[_Site]:
    """Everybody who reports, described by their latest row, by code."""
    rows: dict[tuple[str, str], list[returns.Entry]] = {}
    for entry in sorted(read.entries, key=lambda entry: entry.quarter):
        who = (entry.organisation.casefold(), entry.site.casefold())
        rows.setdefault(who, []).append(entry)
    found: dict[str, _Site] = {}
    faults = []
    for entries in rows.values():
        site = _site(entries)
        other = found.setdefault(site.code.casefold(), site)
        if other is not site:
            both = " and ".join(f"'{tables.shown(one.entry.organisation_title)}'" for one in (site, other))
            message = f"{both} both have the code '{tables.shown(site.code)}'"
            faults.append(errors.Fault(message, site.entry.place, site.entry.line, site.entry.named_in))
    if faults:
        raise errors.InputError(faults)
    return [found[code] for code in sorted(found)]


def _site(entries: Sequence[returns.Entry]) -> _Site:
    last = entries[-1]
    latest: dict[str, int] = {}
    history: dict[tuple[str, date], int] = {}
    for entry in entries:
        for name, stage in entry.stages.items():
            if stage is None:
                continue
            key = (name, entry.quarter)
            if stage == stages.NOT_ELIGIBLE:
                latest[name] = latest[name] if key in history else stage
                continue
            history[key] = min(stage, history.get(key, stage))
            latest[name] = history[key]
    return _Site(last.site or last.organisation, last.site_name or last.organisation_title, last, latest, history)


def _sites_csv(
    sites: Sequence[_Site], components: Mapping[str, str], exempt: Mapping[str, set[str]], *, with_phase: bool
) -> str:
    rows = []
    for site in sites:
        entry = site.entry
        services = ";".join(name for name in components if name not in exempt[site.code])
        row = (site.code, site.name, entry.organisation or site.code, entry.organisation_title, SETTING, entry.psc,
               entry.ics, services)  # fmt: skip
        rows.append((*row, entry.phase) if with_phase else row)
    return cells.csv_text((*SITE_COLUMNS, *([PHASE] if with_phase else [])), rows)


def _stages_csv(sites: Sequence[_Site], components: Mapping[str, str], exempt: Mapping[str, set[str]]) -> str:
    """Every report of every site, with the first quarter of its stage where the series shows the change."""
    rows = []
    for site in sites:
        for name in components:
            if name in exempt[site.code]:
                continue
            history = sorted((quarter, stage) for (its, quarter), stage in site.history.items() if its == name)
            for number, (quarter, stage) in enumerate(history, start=1):
                rows.append((site.code, name, quarter, stage, placing.since(history[:number])))
    return cells.csv_text(placing.STAGES_COLUMNS, rows)

"""Rows, whose status is followed, and slots, in which they are counted.

A *row* is one site's uptake of one *label*: an intervention, or a set of interventions taken together, where a
site counts when it may take up every one of them; or one organisation's, of whose sites a share is to take it up. The
first U rows are the units of the model. A *slot* is a (label, group) pair with at least one eligible site.

J labels, G groups, R rows, Q slots.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.model import inputs
from spread.network import population as people
from spread.outcomes import groups

TOLERANCE: Final = 1e-9
"""In sites: what a share times a count may miss a whole number by (in floating point 0.55 * 180 is above 99)."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Rows(NamedTuple):
    """Whose status is followed. Set row r (counted from U) is made of ``set_unit[set_start[r]:set_start[r + 1]]``.

    `label`, `site`, `psc`, `size`, `members` (how many units make the row), `needed` (how many of them must be at a
    stage for the row to be there), `reported`, `dated` have shape (R,). An organisation is placed at its first site.
    Unit u belongs to the rows ``of_unit[of_unit_start[u]:of_unit_start[u + 1]]``, itself first.
    """

    unit_count: int
    label: Ints
    site: Ints
    psc: Ints
    size: Floats
    reported: Flags
    dated: Flags
    members: Ints
    needed: Ints
    set_start: Ints
    set_unit: Ints
    of_unit_start: Ints
    of_unit: Ints


class Slots(NamedTuple):
    """The (label, group) pairs with an eligible site, by label, then group; shape (Q,).

    Slot q counts the rows ``row[row_start[q]:row_start[q + 1]]``; `slot_of_pair` is the slot of each place
    in `row`.
    """

    label: Ints
    group: Ints
    eligible: Ints
    row_start: Ints
    row: Ints
    slot_of_pair: Ints


def build_rows(
    population: people.Population,
    units: inputs.Units,
    sets: Sequence[tuple[str, ...]],
    within: Sequence[tuple[str, float]],
    reported: Flags | None,
    dated: Flags | None,
) -> Rows:
    """Give every unit a row, then every site and set of interventions it may take up together, then organisations.

    `sets` names the interventions of each set, and `within` an intervention and the share of an organisation's sites
    that it takes; `reported` shape (U,) marks the units that data speak about, `dated` those whose day of coming to
    their stage is known: all of them where not given.
    """
    unit_count = len(units.site)
    everybody = np.ones(unit_count, dtype=bool)
    ones = np.ones(unit_count, dtype=np.int64)
    parts = [
        _Part(units.site.astype(np.int64), ones, ones, np.empty(0, np.int64)),
        *(_taken_together(names, population, units) for names in sets),
        *(_organisations(name, share, units) for name, share in within),
    ]
    label = np.repeat(np.arange(len(units.interventions), len(units.interventions) + len(parts) - 1),
                      [len(part.site) for part in parts[1:]])  # fmt: skip
    site, members, needed, set_unit = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    set_start = np.concatenate([[0], np.cumsum(members[unit_count:])])
    known = everybody if reported is None else reported.astype(bool)
    since_known = everybody if dated is None else dated.astype(bool)
    of_unit_start, of_unit = _rows_of_units(unit_count, set_start, set_unit)
    return Rows(
        unit_count=unit_count,
        label=np.concatenate([units.intervention.astype(np.int64), label]),
        site=site,
        psc=population.psc[site].astype(np.int64),
        size=population.size[site].astype(np.float64),
        reported=over_rows(known, set_start, set_unit),
        dated=over_rows(since_known, set_start, set_unit),
        members=members,
        needed=needed,
        set_start=set_start,
        set_unit=set_unit,
        of_unit_start=of_unit_start,
        of_unit=of_unit,
    )


class _Part(NamedTuple):
    """The rows of one label: their sites, members and members needed, and the units they are made of, in order."""

    site: Ints
    members: Ints
    needed: Ints
    unit: Ints


def _taken_together(names: tuple[str, ...], population: people.Population, units: inputs.Units) -> _Part:
    unit_at = np.full((len(names), len(population.site_codes)), -1, dtype=np.int64)
    for place, name in enumerate(names):
        mine = np.flatnonzero(units.intervention == units.interventions.index(name))
        unit_at[place, units.site[mine]] = mine
    eligible = np.flatnonzero((unit_at >= 0).all(axis=0))
    members = np.full(len(eligible), len(names))
    return _Part(eligible, members, members, unit_at[:, eligible].T.ravel())


def _organisations(name: str, share: float, units: inputs.Units) -> _Part:
    mine = np.flatnonzero(units.intervention == units.interventions.index(name))
    mine = mine[np.argsort(units.organisation[mine], kind="stable")]
    _, first, count = np.unique(units.organisation[mine], return_index=True, return_counts=True)
    return _Part(units.site[mine[first]].astype(np.int64), count, sites_within(share, count), mine)


def sites_within(share: float, count: Ints) -> Ints:
    """Fewest of an organisation's sites that are a share of them, at least one."""
    whole: Ints = np.ceil(share * count - TOLERANCE).astype(np.int64)
    return np.maximum(1, whole)


def over_rows(unit_flags: Flags, set_start: Ints, set_unit: Ints) -> Flags:
    """Flags of all rows from flags of units: a set holds where each of its members does; shape (R,)."""
    if not len(set_unit):
        return unit_flags
    held = np.logical_and.reduceat(unit_flags[set_unit], set_start[:-1])
    return np.concatenate([unit_flags, held])


def _rows_of_units(unit_count: int, set_start: Ints, set_unit: Ints) -> tuple[Ints, Ints]:
    row_of_member = unit_count + np.repeat(np.arange(len(set_start) - 1), np.diff(set_start))
    unit = np.concatenate([np.arange(unit_count), set_unit])
    row = np.concatenate([np.arange(unit_count), row_of_member])
    order = np.lexsort((row, unit))
    return np.searchsorted(unit[order], np.arange(unit_count + 1)), row[order]


def build_slots(rows: Rows, table: groups.Groups) -> Slots:
    """Pair every label with every group in which some site is eligible for it."""
    sizes = np.diff(table.start)[rows.site]
    row = np.repeat(np.arange(len(rows.site)), sizes)
    within = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    group = table.member[table.start[rows.site[row]] + within]
    slot_key = rows.label[row] * len(table.names) + group
    order = np.lexsort((row, slot_key))
    keys, row_start, eligible = np.unique(slot_key[order], return_index=True, return_counts=True)
    return Slots(
        label=keys // len(table.names),
        group=keys % len(table.names),
        eligible=eligible.astype(np.int64),
        row_start=row_start.astype(np.int64),
        row=row[order],
        slot_of_pair=np.repeat(np.arange(len(keys)), eligible),
    )

"""Whom each unit watches: its organisation and measured ties at once, its networks when they meet.

V views, W pairs of a unit and one it watches at once, U units, S sites, N networks, I interventions.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.model.inputs import Ints, Units
from spread.network import population as people
from spread.scenarios import schema

LAYERS = ("organisation", "psc", "ics", "clinical", "national", "tie")
ORGANISATION, TIE = LAYERS.index("organisation"), LAYERS.index("tie")
AT_ONCE = -1
Flags = NDArray[np.bool_]


class Views(NamedTuple):
    """Whom each unit watches, layer by layer; the arrays of `inputs.Peers` before layers are weighed.

    `view_layer` indexes `LAYERS`.
    """

    view_start: Ints
    view_layer: Ints
    view_network: Ints
    view_peers: Ints
    watched_start: Ints
    watched_unit: Ints
    watched_view: Ints
    watched_count: Ints


class Part(NamedTuple):
    """Views of one kind, those of one unit in the order they will have, and the pairs seen at once.

    Of views, shape (V,): `unit`, `layer`, `network`, `peers`. Of pairs, shape (W,): `peer` is the unit watched, `view`
    the view of this part it moves, `weight` by how much.
    """

    unit: Ints
    layer: Ints
    network: Ints
    peers: Ints
    peer: Ints
    view: Ints
    weight: Ints


def build_views(
    scenario: schema.Scenario,
    population: people.Population,
    ties: people.Ties,
    units: Units,
    unit_at: Ints,
    member_start: Ints,
    member: Ints,
) -> Views:
    """Everyone's views: of a unit's organisation first, then of its networks, then of its ties.

    `unit_at` is the unit of each intervention and site (-1: none), shape (I, S); units of the members of network n are
    ``member[member_start[n]:member_start[n + 1]]``.
    """
    kinds = [scenario.interventions[name].peers for name in units.interventions]
    meets = np.array([kind == "networks" for kind in kinds])
    is_tied = np.array([kind in ("networks", "ties") for kind in kinds])
    return join_parts(
        len(units.site),
        organisation_part(units, meets),
        network_part(population.networks, units, meets, member_start, member),
        tie_part(ties, unit_at, is_tied),
    )


def organisation_part(units: Units, meets: Flags) -> Part:
    """Views of the other units of one's organisation in the same intervention."""
    unit = np.flatnonzero(meets[units.intervention])
    group = units.intervention[unit] * (units.organisation.max(initial=0) + 1) + units.organisation[unit]
    unit, group = (values[np.argsort(group, kind="stable")] for values in (unit, group))
    _, first, size = np.unique(group, return_index=True, return_counts=True)
    mates, begin = np.repeat(size, size), np.repeat(first, size)
    view, place = spans(begin, mates)
    others = place != view
    seen = mates > 1
    number = np.cumsum(seen) - 1
    view, peer = number[view[others]], unit[place[others]]
    unit, size = unit[seen], mates[seen]
    return Part(
        unit, np.full_like(unit, ORGANISATION), np.full_like(unit, AT_ONCE), size - 1, peer, view, np.ones_like(peer)
    )


def network_part(networks: people.Networks, units: Units, meets: Flags, member_start: Ints, member: Ints) -> Part:
    """Views of the other members of a network in the same intervention, counted when it meets."""
    layer_of = np.array([LAYERS.index(layer) for layer in networks.layers], dtype=np.int64)
    network = np.repeat(np.arange(len(layer_of)), np.diff(member_start))
    group = network * len(units.interventions) + units.intervention[member]
    member_count = np.bincount(group, minlength=1)[group]
    peers = member_count - 1
    seen = meets[units.intervention[member]] & (peers > 0)
    nothing = np.zeros(0, dtype=np.int64)
    return Part(member[seen], layer_of[network[seen]], network[seen], peers[seen], nothing, nothing, nothing)


def tie_part(ties: people.Ties, unit_at: Ints, is_tied: Flags) -> Part:
    """Views of the sites one looks to, one for each layer of ties."""
    looker = np.repeat(np.arange(len(ties.start) - 1), np.diff(ties.start))
    unit, peer = (unit_at[is_tied][:, site].ravel() for site in (looker, ties.peer))
    layer, weight = (np.tile(values, np.count_nonzero(is_tied)) for values in (ties.layer, ties.weight))
    both = (unit >= 0) & (peer >= 0)
    group = unit[both] * max(len(ties.layers), 1) + layer[both]
    _, first, view = np.unique(group, return_index=True, return_inverse=True)
    peers = np.zeros(len(first), dtype=np.int64)
    np.add.at(peers, view, weight[both])
    unit = unit[both][first]
    return Part(unit, np.full_like(unit, TIE), np.full_like(unit, AT_ONCE), peers, peer[both], view, weight[both])


def spans(begin: Ints, count: Ints) -> tuple[Ints, Ints]:
    """For each row the numbers ``begin ... begin + count - 1``: the rows, repeated, and the numbers."""
    row = np.repeat(np.arange(len(count)), count)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + begin[row]


def join_parts(unit_count: int, *parts: Part) -> Views:
    """All views by unit, those of one unit in the order of the parts; pairs by the unit watched, then by view."""
    before = np.cumsum([0, *(len(part.unit) for part in parts)])
    view = np.concatenate([part.view + shift for part, shift in zip(parts, before[:-1], strict=True)])
    unit, layer, network, peers, peer, weight = (
        np.concatenate([getattr(part, column) for part in parts])
        for column in ("unit", "layer", "network", "peers", "peer", "weight")
    )
    by_unit = np.argsort(unit, kind="stable")
    place = np.empty_like(by_unit)
    place[by_unit] = np.arange(len(unit))
    watched_view, watched_unit = place[view], unit[view]
    by_peer = np.lexsort((watched_view, peer))
    return Views(
        starts(unit, unit_count), layer[by_unit], network[by_unit], peers[by_unit],
        starts(peer, unit_count), watched_unit[by_peer], watched_view[by_peer], weight[by_peer],
    )  # fmt: skip


def starts(owner: Ints, owner_count: int) -> Ints:
    """Where the rows of each owner begin once rows are sorted by owner; shape (owners + 1,)."""
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=owner_count))])

"""Where everyone begins: elements in place and stages before the programme, whatever was observed, who is coached.

U units, I interventions.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.model import LAPSED, STOPPED, compiling, draws, rules
from spread.model.chance import ONCE, Chance, Word
from spread.model.compiling import word
from spread.model.draws import Purpose
from spread.model.frame import NOT_OBSERVED, STAGES, Frame
from spread.model.inputs import Floats, Ints, Keys
from spread.model.timetable import DAYS_PER_MONTH
from spread.model.world import World

compiling.parts_of(draws)
compiling.parts_of(rules)

BASELINE_ELEMENT, BASELINE_STAGE = word(Purpose.BASELINE_ELEMENT), word(Purpose.BASELINE_STAGE)
BASELINE_SINCE, ELEMENT_AT_CUT = word(Purpose.BASELINE_SINCE), word(Purpose.ELEMENT_AT_CUT)


class Start(NamedTuple):
    """Where every unit begins, shape (U,)."""

    status: Ints
    since_days: Floats
    elements: Ints


class AtCut(NamedTuple):
    """Where units are known to stand as a run begins half-way, shape (U,).

    `status` and `missing` elements of those that test are `NOT_OBSERVED` where nothing is known.
    """

    status: Ints
    since_days: Floats
    missing: Ints


class Baseline(NamedTuple):
    """What a draw says of the time before.

    `thresholds` of elements, shape (I, most elements); shares that have `reached` each of `STAGES`, shape (I, stages);
    how alike the elements of a site are; how long a practice may have been in use, and when it is sustained.
    """

    thresholds: Floats
    reached: Floats
    correlation: float
    long_days: float
    sustain_days: float


def draw_start(
    world: World,
    same: Frame,
    parameters: Mapping[str, float],
    chance: Chance,
    site_normal: Floats,
    available_day: Floats,
    at_cut: AtCut | None = None,
) -> Start:
    """Where everyone begins: elements in place and stages before the programme, then whatever is known `at_cut`."""
    units = world.units
    known = not_known(len(units.site)) if at_cut is None else at_cut
    return Start(
        *begin_units(
            chance.key, baseline_of(same, parameters), units.unit_key, units.decision_key, units.intervention,
            site_normal, (available_day <= 0.0)[units.intervention], same.complete, known,
            parameters["element_loss_share"],
        )
    )  # fmt: skip


def baseline_of(same: Frame, parameters: Mapping[str, float]) -> Baseline:
    """What a draw says of the time before the programme."""
    thresholds = [threshold(share) for share in same.baseline.values(parameters)]
    shares = same.stage.fill(same.stage.values(parameters))
    return Baseline(
        same.baseline.fill(thresholds),
        np.cumsum(shares, axis=1),
        parameters["baseline_site_correlation"],
        parameters["baseline_in_use_months"] * DAYS_PER_MONTH,
        parameters["sustain_months"] * DAYS_PER_MONTH,
    )


def not_known(count: int) -> AtCut:
    """Nobody knows where anybody stands."""
    return AtCut(np.full(count, NOT_OBSERVED), np.zeros(count), np.full(count, NOT_OBSERVED))


def threshold(share: float) -> float:
    """The normal deviate below which a share lies, also for none and all."""
    if share <= 0.0:
        return -math.inf
    return math.inf if share >= 1.0 else draws.normal(share)


@compiling.compiled
def begin_units(
    run: Word,
    at_start: Baseline,
    unit_key: Keys,
    decision_key: Keys,
    intervention: Ints,
    site_normal: Floats,
    exists: NDArray[np.bool_],
    complete: Ints,
    known: AtCut,
    loss_share: float,
) -> tuple[Ints, Floats, Ints]:
    """Status, since when and elements in place of every unit."""
    status, since, elements = np.empty_like(complete), np.empty(len(complete)), np.empty_like(complete)
    for unit in range(len(complete)):
        tool, key, every = intervention[unit], unit_key[unit], complete[unit]
        here = baseline_elements(run, key, site_normal[unit], every, at_start.correlation, at_start.thresholds[tool])
        if known.status[unit] >= 0:
            status[unit], since[unit] = known.status[unit], known.since_days[unit]
        else:
            rank = draws.uniform_at(run, decision_key[unit], BASELINE_STAGE, ONCE)
            stage = baseline_stage(rank, at_start.reached[tool])
            days = -at_start.long_days * draws.uniform_at(run, key, BASELINE_SINCE, ONCE)
            status[unit], since[unit] = settle(stage, here == every, exists[unit], days, at_start.sustain_days)
        elements[unit] = elements_at(status[unit], here, every)
        if known.missing[unit] > 0 and status[unit] == 4:
            elements[unit] = with_missing(here, every, known.missing[unit])
        elif known.status[unit] == LAPSED:
            elements[unit] = elements_kept(run, key, every, loss_share)
    return status, since, elements


@compiling.part
def baseline_elements(
    run: Word, unit_key: Word, site_normal: float, complete: int, correlation: float, thresholds: Floats
) -> int:
    """Elements in place before the programme, a bit each: those that were not too hard to come by.

    Forward sites (low numbers) have more of them.
    """
    own_weight, shared_weight = math.sqrt(1.0 - correlation), math.sqrt(correlation)
    elements, element = 0, 0
    while complete >> element:
        chance = draws.uniform_at(run, unit_key, BASELINE_ELEMENT, word(element))
        hardship = own_weight * draws.normal(chance) - shared_weight * site_normal
        if hardship < thresholds[element]:
            elements |= 1 << element
        element += 1
    return elements


@compiling.part
def baseline_stage(rank: float, reached: Floats) -> int:
    """The stage before the programme, most advanced first: a larger share moves sites up, never down."""
    for place in range(len(STAGES)):
        if rank < reached[place]:
            return STAGES[place]
    return 0


@compiling.part
def settle(stage: int, is_complete: bool, exists: bool, days: float, sustain_days: float) -> tuple[int, float]:
    """Status and since when; with every element in place it is in use, but nothing is before it exists.

    `days` (below zero) is when one in use would have begun.
    """
    if not exists:
        return min(stage, 4), -1.0
    if not is_complete and stage < 5:
        return stage, -1.0
    since = days - sustain_days if stage == 7 else days
    if -since >= sustain_days:
        return 7, since
    return max(5, min(stage, 6)), since


@compiling.part
def elements_at(status: int, elements: int, complete: int) -> int:
    """Elements in place that agree with the status: all of them in use, at least the last missing before."""
    if 5 <= status < STOPPED:
        return complete
    if elements == complete:
        return elements & ~((complete + 1) >> 1)
    return elements


@compiling.part
def with_missing(elements: int, complete: int, missing: int) -> int:
    """Elements in place where so many are missing: the first that were still missing have been tested since."""
    absent, element = 0, 0
    while complete >> element:
        absent += 1 - (elements >> element & 1)
        element += 1
    last = element - 1
    element = 0
    while absent > missing:
        absent -= 1 - (elements >> element & 1)
        elements |= 1 << element
        element += 1
    while absent < missing:
        absent += elements >> last & 1
        elements &= ~(1 << last)
        last -= 1
    return elements


@compiling.part
def elements_kept(run: Word, unit_key: Word, complete: int, loss_share: float) -> int:
    """Elements that are left after a lapse: at least the last is lost."""
    kept, element = 0, 0
    while complete >> element:
        if not rules.loses_element(draws.uniform_at(run, unit_key, ELEMENT_AT_CUT, word(element)), loss_share):
            kept |= 1 << element
        element += 1
    return kept & ~((complete + 1) >> 1) if kept == complete else kept


@compiling.compiled
def coached_at_start(by_key: Ints, status: Ints, engaged: Ints, psc: Ints, places: Ints) -> Ints:
    """Who holds a coaching place at the start: engaged sites in testing, as far as places go."""
    coached = np.zeros_like(status)
    left = places.copy()
    for unit in by_key:
        if status[unit] == 4 and engaged[unit] and left[psc[unit]] > 0:
            coached[unit] = 1
            left[psc[unit]] -= 1
    return coached

"""From counts to sites: who stands where, when only how many is known.

Each draw picks them anew, so that the counts agree: from the highest stage down, those whose chance of being there by
now is best (given what the draw takes them to be like, from the programme's first day on), blurred by chance in such a
way that equal sites are picked alike and the odds of unlike ones are about those of their chances. Between two stages
that were counted a site stands where it would, given that it is in between.

K units of the interventions counted.
"""

import numpy as np

from spread.model import STATUS_ORDER, compiling, draws, following, updating
from spread.model.chance import Chance, Word
from spread.model.compiling import word
from spread.model.draws import Purpose
from spread.model.following import Chain, Pace, Tempo
from spread.model.inputs import Floats, Ints, Keys, Units
from spread.model.past import Flags, Past, Record
from spread.model.updating import Baseline
from spread.network.start import NATIONAL, Count

compiling.parts_of(draws)

STATE_AT_CUT, SINCE_AT_CUT = word(Purpose.STATE_AT_CUT), word(Purpose.SINCE_AT_CUT)
RANK = np.argsort(STATUS_ORDER)
"""Place of each status from lowest to highest."""
TINY = 1e-12


def settle_counts(
    past: Past, tempo: Tempo, baseline: Baseline, luck: Chance, units: Units, elements: Ints,
    effects: tuple[Floats, Floats, Floats],
) -> tuple[Ints, Floats, Ints]:  # fmt: skip
    """Status, since when and elements missing of every unit counted, so that all counts agree."""
    unit = past.record.unit
    intervention = units.intervention[unit]
    chances = chances_by_status(past.record, tempo, baseline, past.first_stage, intervention, elements, effects)
    noise = luck.uniforms(units.unit_key[unit], Purpose.RANK_AT_CUT)
    low, high = assign(past.counts, chances, noise, intervention, units.psc[unit])
    return settle_between(
        luck.key, past.record, tempo, baseline, past.first_stage, intervention, elements, units.unit_key, effects,
        low, high,
    )  # fmt: skip


def assign(
    counts: tuple[Count, ...], chances: Floats, noise: Floats, intervention: Ints, psc: Ints
) -> tuple[Ints, Ints]:
    """The lowest and highest status (as places in their order) of each unit, so that the counts agree; shape (K,).

    Parameters
    ----------
    chances
        Of each status, shape (K, statuses).
    noise
        A uniform number each.
    """
    low, high = np.zeros(len(psc), np.int64), np.full(len(psc), len(RANK) - 1)
    blur = np.log(noise) - np.log1p(-noise)
    for tool in sorted({count.intervention for count in counts}):
        mine = [count for count in counts if count.intervention == tool]
        for least in sorted({count.least for count in mine}, reverse=True):
            place = int(RANK[least])
            odds = chances[:, place <= RANK].sum(axis=1)
            score = np.log(odds + TINY) - np.log1p(TINY - np.minimum(odds, 1.0)) + blur
            for members, target in groups_of(mine, least, intervention == tool, psc, low, place):
                there = low[members] >= place
                open_to = members[~there]
                best = open_to[np.argsort(-score[open_to], kind="stable")]
                new, rest = np.split(best, [max(0, target - int(there.sum()))])
                low[new] = place
                high[rest] = np.minimum(high[rest], place - 1)
    return low, high


def groups_of(
    counts: list[Count], least: int, is_mine: Flags, psc: Ints, low: Ints, place: int
) -> list[tuple[Ints, int]]:
    """The units each count speaks of, and how many of them stand at a stage or above: regions, then the rest."""
    found, rest, done = [], is_mine.copy(), 0
    for count in counts:
        if count.least == least and count.psc != NATIONAL:
            members = np.flatnonzero(is_mine & (psc == count.psc))
            target = nearest(count.share * len(members))
            found.append((members, target))
            rest &= psc != count.psc
            done += max(target, int((low[members] >= place).sum()))
    whole = [count for count in counts if count.least == least and count.psc == NATIONAL]
    if whole:
        members = np.flatnonzero(rest)
        wanted = nearest(whole[0].share * int(is_mine.sum())) - done
        found.append((members, min(max(0, wanted), len(members))))
    return found


def nearest(number: float) -> int:
    """The nearest whole number, halves up."""
    return int(np.floor(number + 0.5))


@compiling.compiled
def chances_by_status(
    record: Record, tempo: Tempo, baseline: Baseline, first_stage: Floats, intervention: Ints, elements: Ints,
    effects: tuple[Floats, Floats, Floats],
) -> Floats:  # fmt: skip
    """Chance of each status as the run begins, from the programme's first day on; shape (K, statuses)."""
    most = elements.max()
    chain = Chain(np.zeros(9 + most), np.zeros(9 + most), np.zeros(1 + most))
    chances = np.zeros((len(record.unit), 10))
    pace = Pace(np.empty(len(tempo.days)), np.empty(len(tempo.days)), np.empty(len(tempo.days)))
    said = np.zeros((1, 1))
    x, y, normal = effects
    for row in range(len(record.unit)):
        tool = intervention[row]
        updating.begin_chain(chain, baseline, first_stage, 0.0, tool, elements[tool], normal[row])
        following.pace_deciding(pace.decides, tempo, row, x[row])
        following.pace_testing(pace.succeeds, pace.stops, tempo, row, tool, y[row])
        following.follow(chain, tempo, pace, record, said, elements[tool], row, tool, False)
        for position in range(9 + elements[tool]):
            chances[row, following.status_at(position, elements[tool])] += chain.now[position]
    return chances


@compiling.compiled
def settle_between(
    run: Word, record: Record, tempo: Tempo, baseline: Baseline, first_stage: Floats, intervention: Ints,
    elements: Ints, unit_key: Keys, effects: tuple[Floats, Floats, Floats], low: Ints, high: Ints,
) -> tuple[Ints, Floats, Ints]:  # fmt: skip
    """Where each unit stands between its lowest and highest status; the lowest, where the model has nobody between."""
    count, most = len(record.unit), elements.max()
    chain = Chain(np.zeros(9 + most), np.zeros(9 + most), np.zeros(1 + most))
    status, since, missing = np.empty(count, np.int64), record.since_days.copy(), np.full(count, -1)
    pace = Pace(np.empty(len(tempo.days)), np.empty(len(tempo.days)), np.empty(len(tempo.days)))
    said = np.zeros((1, 1))
    x, y, normal = effects
    for row in range(count):
        tool, key = intervention[row], unit_key[record.unit[row]]
        size = 9 + elements[tool]
        updating.begin_chain(chain, baseline, first_stage, 0.0, tool, elements[tool], normal[row])
        following.pace_deciding(pace.decides, tempo, row, x[row])
        following.pace_testing(pace.succeeds, pace.stops, tempo, row, tool, y[row])
        following.follow(chain, tempo, pace, record, said, elements[tool], row, tool, False)
        total = 0.0
        for position in range(size):
            place = RANK[following.status_at(position, elements[tool])]
            if place < low[row] or place > high[row]:
                chain.now[position] = 0.0
            total += chain.now[position]
        if total <= 0.0:
            for position in range(size):
                is_lowest = RANK[following.status_at(position, elements[tool])] == low[row]
                chain.now[position] = 1.0 if is_lowest else 0.0
        following.scale_up(chain, size, -1.0)
        position = following.pick(chain, size, draws.uniform_at(run, key, STATE_AT_CUT, word(0)))
        status[row] = following.status_at(position, elements[tool])
        if status[row] == 4:
            missing[row] = position - 3
        if 5 <= status[row] <= 6:
            share = draws.uniform_at(run, key, SINCE_AT_CUT, word(0))
            since[row] = min(-1.0, -share * baseline.sustain_days)
    return status, since, missing

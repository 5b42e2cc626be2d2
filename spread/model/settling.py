"""Where everybody on record truly stands as a run begins half-way.

A site's status, and how much it still has to test, is picked from its chances given everything it reported, beginning
with the stages all sites first reported: the report less the errors such reports have, and for those that have not
reported lately the same carried forward. Who never reported is like somebody who did.

K units on record, U units.
"""

from collections.abc import Mapping

import numpy as np

from spread.model import REPORTED_AS, STATUS_COUNT, compiling, draws, following, updating
from spread.model.chance import Chance, Word
from spread.model.compiling import word
from spread.model.draws import Purpose
from spread.model.following import Chain, Pace, Tempo
from spread.model.inputs import Floats, Ints, Keys
from spread.model.past import Past, Record
from spread.model.start import AtCut, not_known
from spread.model.updating import Baseline

compiling.parts_of(draws)

QUARTER_DAYS = 91.3125
SHARPENINGS = 10

STATE_AT_CUT, SINCE_AT_CUT = word(Purpose.STATE_AT_CUT), word(Purpose.SINCE_AT_CUT)


def said_as(parameters: Mapping[str, float], *, is_self_reported: bool) -> Floats:
    """Chance that a site of each status is reported at each stage; shape (statuses, statuses)."""
    if not is_self_reported:
        return np.eye(STATUS_COUNT)
    above, below = (parameters.get(f"return_{way}_share", 0.0) for way in ("overstated", "understated"))
    chances = np.zeros((STATUS_COUNT, STATUS_COUNT))
    for status, stage in enumerate(REPORTED_AS):
        chances[status, min(stage + 1, 7)] += above
        chances[status, max(stage - 1, 0)] += below
        chances[status, stage] += max(0.0, 1.0 - above - below)
    return chances


def first_truths(first_reports: Floats, said: Floats) -> Floats:
    """Shares of sites by status behind what was first reported, by intervention; shape (I, statuses).

    A few steps towards the shares that make the reports likeliest (Richardson 1972, Lucy 1974); few, since the more
    there are the more is made of single reports.
    """
    found = first_reports.copy()
    for _ in range(SHARPENINGS):
        expected = found @ said
        found *= np.divide(first_reports, expected, out=np.zeros_like(found), where=expected > 0.0) @ said.T
    return found


@compiling.compiled
def settle_record(
    run: Word, tempo: Tempo, record: Record, baseline: Baseline, first_stage: Floats, said: Floats, intervention: Ints,
    elements: Ints, unit_key: Keys, effects: tuple[Floats, Floats, Floats], is_self_reported: bool,
) -> tuple[Ints, Floats, Ints]:  # fmt: skip
    """Status, since when and elements missing (-1: as before the programme) of every unit on record.

    `effects` are its log effects on deciding and testing, and its frailty, shape (K,).
    """
    count, most = len(record.unit), elements.max()
    chain = Chain(np.zeros(9 + most), np.zeros(9 + most), np.zeros(1 + most))
    pace = Pace(np.empty(len(tempo.days)), np.empty(len(tempo.days)), np.empty(len(tempo.days)))
    status, since, missing = np.empty(count, np.int64), record.since_days.copy(), np.full(count, -1)
    x, y, normal = effects
    for row in range(count):
        tool, key = intervention[row], unit_key[record.unit[row]]
        size = 9 + elements[tool]
        otherwise = 1.0 if is_self_reported else following.OTHERWISE_SHARE
        updating.begin_chain(chain, baseline, first_stage, otherwise, tool, elements[tool], normal[row])
        following.pace_deciding(pace.decides, tempo, row, x[row])
        following.pace_testing(pace.succeeds, pace.stops, tempo, row, tool, y[row])
        following.follow(chain, tempo, pace, record, said, elements[tool], row, tool, is_self_reported)
        if not is_self_reported:
            following.stay(chain, elements[tool], record.stage[row], True)
        elif not record.has_tested[row]:
            chain.now[2] += chain.now[size - 2]
            chain.now[3] += chain.now[size - 1]
            chain.now[size - 2] = chain.now[size - 1] = 0.0
        position = following.pick(chain, size, draws.uniform_at(run, key, STATE_AT_CUT, word(0)))
        status[row] = following.status_at(position, elements[tool])
        if status[row] == 4:
            missing[row] = position - 3
        if is_self_reported and 5 <= status[row] <= 6:
            gap = record.use_gap[row]
            if gap < 0.0:
                gap = baseline.sustain_days
            if not 5 <= record.stage[row] <= 7:
                gap = max(gap, QUARTER_DAYS)
            share = draws.uniform_at(run, key, SINCE_AT_CUT, word(0))
            since[row] = min(-1.0, record.use_day[row] - share * gap)
    return status, since, missing


def state_at_cut(
    past: Past, settled: tuple[Ints, Floats, Ints], unit_key: Keys, luck: Chance, unit_count: int
) -> AtCut:
    """Everybody's state: those on record as settled, and those without a report as somebody like them."""
    found = not_known(unit_count)
    for whole, part in zip(found, settled, strict=True):
        whole[past.record.unit] = part
    if len(past.silent):
        first = past.circle.start[past.circle_of]
        shares = luck.uniforms(unit_key[past.silent], Purpose.SITE_LIKE)
        sizes = past.circle.start[past.circle_of + 1] - first
        like = past.circle.item[first + (shares * sizes).astype(np.int64)]
        for whole, part in zip(found, settled, strict=True):
            whole[past.silent] = part[like]
    return found

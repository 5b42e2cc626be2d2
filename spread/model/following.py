"""Following a site through the past, as a chance of being at each stage: what its record says, and where it stands.

A site's life is taken as a chain whose rates stand still within a step: the rules of `rules` with everything the plan,
its dose and its peers said then (`tempo`). A position is a stage, and while testing the number of elements still
missing; the chain goes through the reports, each of which may be wrong by one stage. Steps go up the stages and down
them in turn, so that a site may pass several within a step, as often as not.

With n elements the positions are 0-3, then 1 to n elements missing (stage 4), then 5, 6, 7, stopped and lapsed.
"""

import math
from typing import NamedTuple

from spread.model import STOPPED, compiling
from spread.model.inputs import Floats, Ints
from spread.model.past import BEFORE, Record

OUTLIER_SHARE = 0.001
"""Share of what is reported that the model need not explain: no record then decides everything."""
OTHERWISE_SHARE = 0.1
"""Share of sites that began as the first reports say rather than as the catalogue does."""
SMALLEST = 1e-300


class Tempo(NamedTuple):
    """How fast sites moved in each step of the past, shape (B - 1, K) where not said.

    `hears`, `wants`, `resumes` and `restarts`: share of those who could that did in the step. `decides`: rate, times
    days, of a site of mean readiness. `tries`: log effects on a cycle but for the site's own. `stops`: rate times days
    but for its own. `lapses`, `spreads` and `sustains`: shares of those new in use; `lapses_later` and
    `sustains_later`, of those spread; `lapses_last`, of those sustained.
    `days` (B - 1,). `waited`: share of those waiting for testing that began, shape (B - 1, I). By intervention (I,):
    `failing` (log chance that a cycle fails), `cycle_days`, `difficulty` (mean), `tested`. `loses`: share of the
    elements lost by a lapse.
    """

    hears: Floats
    wants: Floats
    decides: Floats
    tries: Floats
    stops: Floats
    lapses: Floats
    spreads: Floats
    sustains: Floats
    lapses_later: Floats
    sustains_later: Floats
    lapses_last: Floats
    resumes: Floats
    restarts: Floats
    days: Floats
    waited: Floats
    failing: Floats
    cycle_days: Floats
    difficulty: Floats
    tested: Ints
    loses: float


class Pace(NamedTuple):
    """What one site's own effects make of it, shape (B - 1,): shares of those who could that did in a step."""

    decides: Floats
    succeeds: Floats
    stops: Floats


class Chain(NamedTuple):
    """Room for one site's chances by position: now, at the beginning, and of elements missing as testing begins."""

    now: Floats
    first: Floats
    missing: Floats


@compiling.part
def status_at(position: int, elements: int) -> int:
    """The status of a position."""
    if position < 4:
        return position
    if position < 4 + elements:
        return 4
    return position - elements + 1


@compiling.part
def enter_testing(chain: Chain, mass: float, elements: int) -> None:
    """Begin to test, with elements missing as before the programme."""
    for count in range(1, elements + 1):
        chain.now[3 + count] += mass * chain.missing[count]


@compiling.part
def pace_deciding(decides: Floats, tempo: Tempo, row: int, x: float) -> None:
    """The share that decides in each step, for a log effect of the site's own."""
    for step in range(len(tempo.days)):
        decides[step] = -math.expm1(-tempo.decides[step, row] * math.exp(x))


@compiling.part
def pace_testing(succeeds: Floats, stops: Floats, tempo: Tempo, row: int, tool: int, y: float) -> None:
    """The shares that put an element in place and that give up in each step, for a log effect of the site's own."""
    for step in range(len(tempo.days)):
        good = -math.expm1(tempo.failing[tool] * math.exp(tempo.tries[step, row] - tempo.difficulty[tool] + y))
        good = good * tempo.days[step] / tempo.cycle_days[tool]
        bad = tempo.stops[step, row] * math.exp(-y)
        left = -math.expm1(-good - bad)
        succeeds[step] = left * good / (good + bad) if left > 0.0 else 0.0
        stops[step] = left - succeeds[step]


@compiling.part
def move_on(
    chain: Chain, tempo: Tempo, pace: Pace, position: int, elements: int, step: int, row: int, tool: int
) -> None:
    """Let those at one position go where they go in a step."""
    mass = chain.now[position]
    if mass <= 0.0:
        return
    status, use, left = status_at(position, elements), 4 + elements, 0.0
    if status == 0:
        left = mass * tempo.hears[step, row]
        chain.now[1] += left
    elif status == 1:
        left = mass * tempo.wants[step, row]
        chain.now[2] += left
    elif status == 2:
        left = mass * pace.decides[step]
        chain.now[3 if tempo.tested[tool] else use] += left
    elif status == 3:
        left = mass * tempo.waited[step, tool]
        enter_testing(chain, left, elements)
    elif status == 4:
        on, off = mass * pace.succeeds[step], mass * pace.stops[step]
        chain.now[use if position == 4 else position - 1] += on
        chain.now[use + 3] += off
        left = on + off
    elif status == 5:
        on, kept, off = (
            mass * tempo.spreads[step, row],
            mass * tempo.sustains[step, row],
            mass * tempo.lapses[step, row],
        )
        chain.now[use + 1] += on
        chain.now[use + 2] += kept
        chain.now[use + 4] += off
        left = on + kept + off
    elif status == 6:
        kept, off = mass * tempo.sustains_later[step, row], mass * tempo.lapses_later[step, row]
        chain.now[use + 2] += kept
        chain.now[use + 4] += off
        left = kept + off
    elif status == 7:
        left = mass * tempo.lapses_last[step, row]
        chain.now[use + 4] += left
    elif status == STOPPED:
        left = mass * tempo.resumes[step, row]
        chain.now[2] += left
    else:
        left = mass * tempo.restarts[step, row]
        fewest = 1 + math.floor(tempo.loses * (elements - 1) + 0.5)
        chain.now[3 + fewest if tempo.tested[tool] else use] += left
    chain.now[position] -= left


@compiling.part
def take_step(chain: Chain, tempo: Tempo, pace: Pace, elements: int, step: int, row: int, tool: int) -> None:
    """One step of everybody, from the lowest position up or from the highest down."""
    size = 9 + elements
    for number in range(size):
        position = number if step % 2 == 0 else size - 1 - number
        move_on(chain, tempo, pace, position, elements, step, row, tool)


@compiling.part
def see_report(chain: Chain, elements: int, told: int, said_as: Floats) -> float:
    """Weigh every position by the chance that it is reported like that; the log of the chance of the report."""
    total, size = 0.0, 9 + elements
    for position in range(size):
        chain.now[position] = (1.0 - OUTLIER_SHARE) * chain.now[position] + OUTLIER_SHARE / size
        chain.now[position] *= said_as[status_at(position, elements), told]
        total += chain.now[position]
    scale_up(chain, size, total)
    return math.log(max(total, SMALLEST))


@compiling.part
def stay(chain: Chain, elements: int, status: int, is_there: bool) -> float:
    """Keep those that are at a status, or those that are not; the log of how many."""
    total, size = 0.0, 9 + elements
    for position in range(size):
        if (status_at(position, elements) == status) != is_there:
            chain.now[position] = 0.0
        total += chain.now[position]
    if total <= SMALLEST:
        for position in range(size):
            chain.now[position] = 1.0 if (status_at(position, elements) == status) == is_there else 0.0
        scale_up(chain, size, -1.0)
        return math.log(SMALLEST)
    scale_up(chain, size, total)
    return math.log(total)


@compiling.part
def scale_up(chain: Chain, size: int, total: float) -> None:
    """Have the chances add up to one again."""
    if total <= 0.0:
        total = 0.0
        for position in range(size):
            total += chain.now[position]
    for position in range(size):
        chain.now[position] /= total


@compiling.part
def enter_status(chain: Chain, elements: int, status: int) -> float:
    """Everybody has just come to a status; the log of how many had."""
    size = 9 + elements
    for position in range(size):
        chain.now[position] = (1.0 - OUTLIER_SHARE) * chain.now[position] + OUTLIER_SHARE / size
    return stay(chain, elements, status, True)


@compiling.compiled_in_place
def follow(
    chain: Chain, tempo: Tempo, pace: Pace, record: Record, said_as: Floats, elements: int, row: int, tool: int,
    from_report: bool,
) -> float:  # fmt: skip
    """Follow a site to the end of the past; the log of the chance of its record, its chances left in ``chain.now``.

    `from_report`: begin at the first report rather than at the beginning.
    """
    at, last = record.told.start[row], record.told.start[row + 1]
    since, stage, log_chance = record.since_step[row], record.stage[row], 0.0
    until = record.told.item[last - 1] if last > at else 0
    begins = record.told.item[at] if from_report and last > at else 0
    for position in range(9 + elements):
        chain.now[position] = chain.first[position]
    if since == BEFORE:
        stay(chain, elements, stage, True)
    for bound in range(begins, len(tempo.days) + 1):
        while at < last and record.told.item[at] == bound:
            log_chance += see_report(chain, elements, record.told_stage[at], said_as)
            at += 1
        if bound == since:
            log_chance += stay(chain, elements, stage, False)
        if bound == len(tempo.days):
            break
        take_step(chain, tempo, pace, elements, bound, row, tool)
        if bound == since:
            log_chance += enter_status(chain, elements, stage)
        elif (since == BEFORE or (since >= 0 and bound > since)) and bound < until:
            log_chance += stay(chain, elements, stage, True)
    return log_chance


@compiling.part
def pick(chain: Chain, size: int, share: float) -> int:
    """The position that a share between 0 and 1 picks."""
    below, picked = 0.0, 0
    for position in range(size):
        if chain.now[position] <= 0.0:
            continue
        below += chain.now[position]
        picked = position
        if share < below:
            break
    return picked

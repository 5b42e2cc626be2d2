"""Learning from the record: what each draw takes the sites, organisations and regions to be like, given what they did.

Region, organisation and site effects are learnable facts, so a draw that starts half-way must have them agree
with the record: eighteen months at stage 2 means slower. Only two sums of them matter to a site, one on deciding and
one on testing; so the log chance of each record (`following`) is worked out once on a grid of these two, and
interpolated. Then a few sweeps go over sites, organisations and regions in turn: each looks at what it is and at some
fresh draws from what is believed of all (candidates, keyed by their number), and becomes one of these with weights by
the chance of the records it bears on. Keeping what it is among the candidates leaves the law given the records as it
is (conditional sampling importance resampling), so more sweeps only bring it nearer. Nobody without a telling record
is touched.

K units on record, G x H nodes of the grid.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from spread.model import chance, compiling, draws, following
from spread.model.chance import Chance, Word
from spread.model.compiling import word
from spread.model.draws import Purpose
from spread.model.following import Chain, Pace, Tempo
from spread.model.inputs import Floats, Ints, Keys
from spread.model.past import Lists, Past, Record

compiling.parts_of(draws)

CANDIDATES = 32
SWEEPS = 4
# Of the grid: nodes from so many standard deviations below the mean to as many above.
DECIDING_NODES, TESTING_NODES = 13, 5
DECIDING_SDS, TESTING_SDS = 3.0, 2.5

REGION, ORGANISATION, SITE = (
    word(purpose) for purpose in (Purpose.REGION_EFFECT, Purpose.ORGANISATION_FRAILTY, Purpose.SITE_FRAILTY)
)
SCORES = np.array([Purpose.CONTEXT, Purpose.CULTURE, Purpose.LEADERSHIP, Purpose.CAPABILITY], dtype=np.uint64)
RECORD_REGION, RECORD_ORGANISATION, RECORD_SITE = (
    word(purpose) for purpose in (Purpose.RECORD_REGION, Purpose.RECORD_ORGANISATION, Purpose.RECORD_SITE)
)


class Variety(NamedTuple):
    """How effects vary in a draw: see `prepare.draw_effects`."""

    log_variance: float
    organisation_share: float
    region_sd: float
    context_correlation: float
    culture: float
    leadership: float
    capability: float


class Baseline(NamedTuple):
    """What a draw says of the beginning: see `start.Baseline`; `exists` (I,), whether there was a tool by then."""

    thresholds: Floats
    reached: Floats
    correlation: float
    long_days: float
    sustain_days: float
    exists: Ints


class Chosen(NamedTuple):
    """Which draw from what is believed of all each became: 0 the draw's own; by collaborative, organisation, site."""

    region: Ints
    organisation: Ints
    site: Ints


class Grid(NamedTuple):
    """Log chances of records, shape (K, G, H), from `deciding` and `testing` on, in steps of so much."""

    log_chance: Floats
    deciding: float
    deciding_step: float
    testing: float
    testing_step: float


def variety_of(parameters: Mapping[str, float]) -> Variety:
    """How effects vary in a draw."""
    return Variety(
        math.log1p(parameters["frailty_variance"]), parameters["frailty_organisation_share"],
        parameters["region_log_sd"], parameters["context_correlation"], parameters["culture_log_hr"],
        parameters["leadership_log_hr"], parameters["capability_log_hr"],
    )  # fmt: skip


def choose_effects(
    past: Past, tempo: Tempo, variety: Variety, baseline: Baseline, first_stage: Floats, said: Floats, luck: Chance,
    keys: tuple[Keys, Keys, Keys], places: tuple[Ints, Ints, Ints], intervention: Ints, elements: Ints,
) -> Chosen:  # fmt: skip
    """Which of their candidates regions, organisations and sites become.

    Parameters
    ----------
    keys
        Of collaboratives, active organisations and sites.
    places
        Indices into these of each unit on record, shape (K,).
    """
    grid = chances_on_grid(past, tempo, variety, baseline, first_stage, said, intervention, elements)
    chosen = Chosen(*(np.zeros(len(key), dtype=np.int64) for key in keys))
    sweep_effects(
        luck.key, grid, variety, chosen, keys, places, past.of_region, past.of_organisation, past.of_site,
    )  # fmt: skip
    return chosen


def chances_on_grid(
    past: Past, tempo: Tempo, variety: Variety, baseline: Baseline, first_stage: Floats, said: Floats,
    intervention: Ints, elements: Ints,
) -> Grid:  # fmt: skip
    """The log chance of every telling record on the grid."""
    shared = variety.culture + variety.leadership + variety.capability
    own = (variety.culture**2 + variety.leadership**2 + variety.capability**2) * (1.0 - variety.context_correlation)
    of_context = own + shared**2 * variety.context_correlation
    deciding_sd = math.sqrt(variety.log_variance + variety.region_sd**2 + of_context)
    testing_sd = math.sqrt(0.25 * variety.log_variance + variety.capability**2)
    grid = Grid(
        np.zeros((len(past.record.unit), DECIDING_NODES, TESTING_NODES)),
        -0.5 * (variety.log_variance + variety.region_sd**2) - DECIDING_SDS * deciding_sd,
        2.0 * DECIDING_SDS * deciding_sd / (DECIDING_NODES - 1),
        -0.25 * variety.log_variance - TESTING_SDS * testing_sd,
        2.0 * TESTING_SDS * testing_sd / (TESTING_NODES - 1),
    )
    if past.plan is not None:
        fill_grid(grid, tempo, past.record, baseline, first_stage, said, variety, intervention, elements)
    return grid


@compiling.compiled
def fill_grid(
    grid: Grid, tempo: Tempo, record: Record, baseline: Baseline, first_stage: Floats, said: Floats, variety: Variety,
    intervention: Ints, elements: Ints,
) -> None:  # fmt: skip
    """Follow every telling record at every node."""
    most, steps = elements.max(), len(tempo.days)
    chain = Chain(np.zeros(9 + most), np.zeros(9 + most), np.zeros(1 + most))
    deciding, succeeds, stops = np.empty((DECIDING_NODES, steps)), np.empty(steps), np.empty(steps)
    for row in range(len(record.unit)):
        if not record.is_telling[row]:
            continue
        tool = intervention[row]
        for first in range(DECIDING_NODES):
            following.pace_deciding(deciding[first], tempo, row, grid.deciding + first * grid.deciding_step)
        for second in range(TESTING_NODES):
            y = grid.testing + second * grid.testing_step
            following.pace_testing(succeeds, stops, tempo, row, tool, y)
            normal = 0.0
            if variety.log_variance > 0.0:
                normal = (2.0 * y + 0.5 * variety.log_variance) / math.sqrt(variety.log_variance)
            begin_chain(chain, baseline, first_stage, following.OTHERWISE_SHARE, tool, elements[tool], normal)
            for first in range(DECIDING_NODES):
                pace = Pace(deciding[first], succeeds, stops)
                grid.log_chance[row, first, second] = following.follow(
                    chain, tempo, pace, record, said, elements[tool], row, tool, False
                )


@compiling.compiled_in_place
def begin_chain(
    chain: Chain, baseline: Baseline, first_stage: Floats, otherwise: float, tool: int, elements: int, normal: float
) -> None:
    """The chances of a site before the programme, `otherwise` of them by what was first reported.

    `normal` is its frailty, which the elements it had in place share in.
    """
    count_missing(chain, baseline, tool, elements, normal)
    use, lasts = 4 + elements, baseline.sustain_days / baseline.long_days if baseline.long_days > 0.0 else 1.0
    longer = max(0.0, 1.0 - lasts)
    done = chain.missing[0] if baseline.exists[tool] else 0.0
    chain.missing[1] += chain.missing[0]
    for position in range(9 + elements):
        chain.now[position] = chain.first[position] = 0.0
    chain.now[use], chain.now[use + 2] = done * (1.0 - longer), done * longer
    before, rest = 0.0, 1.0 - done
    for place in range(baseline.reached.shape[1]):
        stage, reached = 7 - place, min(baseline.reached[tool, place], 1.0)
        share, before = rest * (reached - before), reached
        if stage == 4 or (stage > 4 and not baseline.exists[tool]):
            following.enter_testing(chain, share, elements)
        elif stage == 7:
            chain.now[use + 2] += share
        elif stage > 4:
            chain.now[use + stage - 5] += share * (1.0 - longer)
            chain.now[use + 2] += share * longer
        else:
            chain.now[stage] += share
    chain.now[0] += rest * (1.0 - before)
    for position in range(9 + elements):
        chain.first[position] = (1.0 - otherwise) * chain.now[position]
        chain.now[position] = 0.0
    following.enter_testing(chain, otherwise * first_stage[tool, 4], elements)
    for position in range(9 + elements):
        status = following.status_at(position, elements)
        other = chain.now[position] if status == 4 else otherwise * first_stage[tool, status]
        chain.first[position] += other


@compiling.part
def count_missing(chain: Chain, baseline: Baseline, tool: int, elements: int, normal: float) -> None:
    """The chances that so many elements were missing before the programme."""
    own, shared = math.sqrt(1.0 - baseline.correlation), math.sqrt(baseline.correlation)
    for count in range(elements + 1):
        chain.missing[count] = 0.0
    chain.missing[0] = 1.0
    for element in range(elements):
        deviate = baseline.thresholds[tool, element] + shared * normal
        deviate = deviate / own if own > 0.0 else math.copysign(math.inf, deviate)
        absent = 0.5 * math.erfc(deviate / math.sqrt(2.0))
        for number in range(element + 1):
            count = element + 1 - number
            chain.missing[count] = chain.missing[count] * (1.0 - absent) + chain.missing[count - 1] * absent
        chain.missing[0] *= 1.0 - absent


@compiling.compiled
def sweep_effects(
    run: Word, grid: Grid, variety: Variety, chosen: Chosen, keys: tuple[Keys, Keys, Keys],
    places: tuple[Ints, Ints, Ints], of_region: Lists, of_organisation: Lists, of_site: Lists,
) -> None:  # fmt: skip
    """Let sites, organisations and regions in turn become one of their candidates, several times over."""
    region_keys, organisation_keys, site_keys = keys
    region_of, organisation_of, site_of = places
    region = chance.uniforms_at(run, region_keys, REGION)
    whole = np.empty((len(organisation_keys), 3))
    site = chance.uniforms_at(run, site_keys, SITE)
    weights, one = np.empty(CANDIDATES), np.empty(3)
    for number in range(len(region)):
        region[number] = draws.normal(region[number])
    for number in range(len(site)):
        site[number] = draws.normal(site[number])
    for number in range(len(whole)):
        draw_organisation(run, organisation_keys[number], word(0), variety, whole[number])
    for sweep in range(SWEEPS):
        first = sweep * (CANDIDATES - 1)
        for number in range(len(site)):
            mine = of_site.item[of_site.start[number] : of_site.start[number + 1]]
            if len(mine) == 0:
                continue
            for candidate in range(CANDIDATES):
                normal = site[number]
                if candidate > 0:
                    normal = draws.normal(draws.uniform_at(run, site_keys[number], SITE, word(first + candidate)))
                weights[candidate] = 0.0
                for row in mine:
                    weights[candidate] += chance_of(
                        grid, variety, row, region[region_of[row]], whole[organisation_of[row]], normal
                    )
            picked = pick_one(weights, draws.uniform_at(run, site_keys[number], RECORD_SITE, word(sweep)))
            if picked > 0:
                chosen.site[number] = first + picked
                site[number] = draws.normal(draws.uniform_at(run, site_keys[number], SITE, word(first + picked)))
        for number in range(len(whole)):
            mine = of_organisation.item[of_organisation.start[number] : of_organisation.start[number + 1]]
            if len(mine) == 0:
                continue
            for candidate in range(CANDIDATES):
                one[:] = whole[number]
                if candidate > 0:
                    draw_organisation(run, organisation_keys[number], word(first + candidate), variety, one)
                weights[candidate] = 0.0
                for row in mine:
                    weights[candidate] += chance_of(grid, variety, row, region[region_of[row]], one, site[site_of[row]])
            share = draws.uniform_at(run, organisation_keys[number], RECORD_ORGANISATION, word(sweep))
            picked = pick_one(weights, share)
            if picked > 0:
                chosen.organisation[number] = first + picked
                draw_organisation(run, organisation_keys[number], word(first + picked), variety, whole[number])
        for number in range(len(region)):
            mine = of_region.item[of_region.start[number] : of_region.start[number + 1]]
            if len(mine) == 0:
                continue
            for candidate in range(CANDIDATES):
                normal = region[number]
                if candidate > 0:
                    normal = draws.normal(draws.uniform_at(run, region_keys[number], REGION, word(first + candidate)))
                weights[candidate] = 0.0
                for row in mine:
                    weights[candidate] += chance_of(
                        grid, variety, row, normal, whole[organisation_of[row]], site[site_of[row]]
                    )
            picked = pick_one(weights, draws.uniform_at(run, region_keys[number], RECORD_REGION, word(sweep)))
            if picked > 0:
                chosen.region[number] = first + picked
                region[number] = draws.normal(draws.uniform_at(run, region_keys[number], REGION, word(first + picked)))


@compiling.part
def draw_organisation(run: Word, key: Word, occurrence: Word, variety: Variety, into: Floats) -> None:
    """One organisation's frailty, context and capability, as `prepare.draw_effects` has them."""
    into[0] = draws.normal(draws.uniform_at(run, key, ORGANISATION, occurrence))
    common, own = math.sqrt(variety.context_correlation), math.sqrt(1.0 - variety.context_correlation)
    shared = common * draws.normal(draws.uniform_at(run, key, SCORES[0], occurrence))
    culture = shared + own * draws.normal(draws.uniform_at(run, key, SCORES[1], occurrence))
    leadership = shared + own * draws.normal(draws.uniform_at(run, key, SCORES[2], occurrence))
    into[2] = variety.capability * (shared + own * draws.normal(draws.uniform_at(run, key, SCORES[3], occurrence)))
    into[1] = variety.culture * culture + variety.leadership * leadership + into[2]


@compiling.part
def chance_of(grid: Grid, variety: Variety, row: int, region: float, organisation: Floats, site: float) -> float:
    """The log chance of a record under some effects, between the nodes around them."""
    share = variety.organisation_share
    normal = math.sqrt(share) * organisation[0] + math.sqrt(1.0 - share) * site
    frailty = math.sqrt(variety.log_variance) * normal - 0.5 * variety.log_variance
    x = frailty + variety.region_sd * region - 0.5 * variety.region_sd**2 + organisation[1]
    y = 0.5 * frailty + organisation[2]
    first, right = place_on(x, grid.deciding, grid.deciding_step, DECIDING_NODES)
    second, above = place_on(y, grid.testing, grid.testing_step, TESTING_NODES)
    told = grid.log_chance
    below = (1.0 - right) * told[row, first, second] + right * told[row, first + 1, second]
    beyond = (1.0 - right) * told[row, first, second + 1] + right * told[row, first + 1, second + 1]
    between: float = (1.0 - above) * below + above * beyond
    return between


@compiling.part
def place_on(value: float, low: float, step: float, nodes: int) -> tuple[int, float]:
    """The node below a value and how far it is on the way to the next; values outside are taken to the edge."""
    if step <= 0.0:
        return 0, 0.0
    steps = min(max((value - low) / step, 0.0), nodes - 1.0)
    node = min(int(steps), nodes - 2)
    return node, steps - node


@compiling.part
def pick_one(weights: Floats, share: float) -> int:
    """The candidate that a share between 0 and 1 picks, by log weights."""
    top, total, below = -math.inf, 0.0, 0.0
    for candidate in range(len(weights)):
        top = max(top, weights[candidate])
    for candidate in range(len(weights)):
        total += math.exp(weights[candidate] - top)
    for candidate in range(len(weights)):
        below += math.exp(weights[candidate] - top)
        if share * total < below:
            return candidate
    return 0

"""Simple forecasters of sites' stages from their own past, for panels of sites by quarter.

    markov_stages     how often a site at one stage was at another a quarter later, chained
    hazard_of_stage   the chance a quarter of coming to stage N, by time waited and by date, and of falling back

A panel holds stages 0 to 7 of S sites at Q quarters, NaN where a site did not report; only two reports in adjoining
quarters tell of a step. H quarters ahead, M members, each of which draws the sites it learns from, with replacement,
so that a forecast is as uncertain as it would be had other sites of the kind been seen.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STAGES: Final = 8
FEWEST_QUARTERS: Final = 2
PRIOR_STEPS: Final = 1.0
"""Steps from each stage that are taken as seen before looking, spread as those from all stages together are."""
PRIOR_MOVES: Final = 0.5
"""Steps added to all lengths together, so that none is impossible, and to those that fell back and did not."""
PENALTY: Final = 0.1
"""Ridge on the coefficients, except the first, in units of standard deviations of what they multiply."""
NEWTON_STEPS: Final = 50
NEWTON_SMALL: Final = 1e-10
LARGEST_LOG_ODDS: Final = 30.0


class Steps(NamedTuple):
    """Every step seen: the site (row of the panel), the quarter it began and the stages before and after; (K,)."""

    site: Ints
    quarter: Ints
    before: Ints
    after: Ints


def check(panel: Floats) -> None:
    """Stop unless a panel holds stages of sites and at least one step.

    Raises
    ------
    spread.errors.InputError
    """
    known = panel[~np.isnan(panel)]
    if panel.ndim != 2 or panel.shape[1] < FEWEST_QUARTERS:
        raise errors.InputError("stages of a single quarter say nothing about steps; give at least two quarters")
    if ((known < 0) | (known >= STAGES) | (known != np.rint(known))).any():
        wrong = known[(known < 0) | (known >= STAGES) | (known != np.rint(known))][0]
        raise errors.InputError(f"{wrong:g} is no stage; stages are 0 to {STAGES - 1}")
    if not len(steps(panel).site):
        raise errors.InputError("no site reported in two adjoining quarters, so no step was seen")


def steps(panel: Floats) -> Steps:
    """The steps between reports in adjoining quarters."""
    site, quarter = np.nonzero(~np.isnan(panel[:, :-1]) & ~np.isnan(panel[:, 1:]))
    before, after = panel[site, quarter], panel[site, quarter + 1]
    return Steps(site, quarter, before.astype(np.int64), after.astype(np.int64))


def last_known(panel: Floats) -> tuple[Ints, Ints]:
    """The last stage reported by each site (-1: never) and how many quarters ago that was; shapes (S,)."""
    known = ~np.isnan(panel)
    ago = np.argmax(known[:, ::-1], axis=1)
    ever = known.any(axis=1)
    last = panel[np.arange(len(panel)), panel.shape[1] - 1 - ago]
    return np.where(ever, np.nan_to_num(last), -1).astype(np.int64), np.where(ever, ago, 0)


# --- from stage to stage ------------------------------------------------------------------------------------


def markov_stages(panel: Floats, quarters: int, members: int, generator: np.random.Generator) -> Ints:
    """Stages 1 to H quarters after the panel, shape (M, S, H), from the steps seen; -1 for sites never heard of.

    Each member draws sites and counts their steps; `PRIOR_STEPS` more from every stage have the lengths that steps
    have from any, so that a stage hardly seen behaves as the others do. A site that last reported earlier walks the
    quarters since, too.

    Source: Anderson and Goodman, Ann. Math. Stat. 28 (1957), 89-110; the steps added are the mean of a Dirichlet prior
    (Gelman et al, Bayesian Data Analysis, 3rd ed., section 3.4).
    """
    check(panel)
    seen = steps(panel)
    last, ago = last_known(panel)
    found = np.full((members, len(panel), quarters), -1, dtype=np.int64)
    for member in range(members):
        drawn = np.bincount(generator.integers(len(panel), size=len(panel)), minlength=len(panel))
        chances = chances_of_steps(seen, drawn[seen.site].astype(np.float64))
        found[member] = _walk(chances, last, ago, quarters, generator)
    return found


def chances_of_steps(seen: Steps, weight: Floats) -> Floats:
    """Chances of each stage a quarter after each, shape (8, 8), from steps of which each counts by its weight, (K,)."""
    counts = np.zeros((STAGES, STAGES))
    np.add.at(counts, (seen.before, seen.after), weight)
    likely = counts + PRIOR_STEPS * _usual_steps(counts)
    chances: Floats = likely / likely.sum(axis=1, keepdims=True)
    return chances


def _usual_steps(counts: Floats) -> Floats:
    """From each stage, the chances of steps as long as those seen from all stages together; shape (8, 8)."""
    length = np.subtract.outer(np.arange(STAGES), np.arange(STAGES)).T
    seen = np.bincount((length + STAGES - 1).ravel(), weights=counts.ravel(), minlength=2 * STAGES - 1)
    usual = (seen + PRIOR_MOVES / len(seen))[length + STAGES - 1]
    share: Floats = usual / usual.sum(axis=1, keepdims=True)
    return share


def _walk(chances: Floats, last: Ints, ago: Ints, quarters: int, generator: np.random.Generator) -> Ints:
    """Stages at the quarters ahead, shape (S, H), of sites that stood at `last` so many quarters ago."""
    at_most = np.cumsum(chances, axis=1)[:, :-1]
    stage, found = last.copy(), np.full((len(last), quarters), -1, dtype=np.int64)
    for quarter in range(1 - int(ago.max(initial=0)), quarters + 1):
        luck = generator.random(len(last))
        moves = (last >= 0) & (quarter > -ago)
        stage = np.where(moves, (luck[:, None] > at_most[stage]).sum(axis=1), stage)
        if quarter > 0:
            found[:, quarter - 1] = stage
    return found


# --- reaching a stage ---------------------------------------------------------------------------------------


def hazard_of_stage(
    panel: Floats, quarters: int, *, stage: int, members: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Whether each site is at `stage` or beyond 1 to H quarters after the panel, 1 or 0, shape (M, S, H).

    The log odds of coming there within a quarter are a line in the log of quarters waited and in the quarter; those
    there fall back with one chance a quarter. NaN for sites never heard of. Each member has coefficients of its own,
    from sites drawn with replacement.

    Source: Singer and Willett, J. Educ. Stat. 18 (1993), 155-195.
    """
    check(panel)
    seen = steps(panel)
    waited = quarters_waited(panel, stage)
    found = np.full((members, len(panel), quarters), np.nan)
    for member in range(members):
        drawn = np.bincount(generator.integers(len(panel), size=len(panel)), minlength=len(panel))
        weight = drawn[seen.site].astype(np.float64)
        comes = _coming(seen, waited, weight, stage)
        falls = _falling(seen, weight, stage)
        found[member] = _come_and_fall(comes, falls, panel, waited, quarters, stage, generator)
    found[:, np.isnan(panel).all(axis=1)] = np.nan
    return found


def quarters_waited(panel: Floats, stage: int) -> Ints:
    """Quarters, at each quarter, since a site was last seen at `stage` or beyond or, if never, first seen; (S, Q)."""
    waited = np.zeros(panel.shape, dtype=np.int64)
    for quarter in range(1, panel.shape[1]):
        there = panel[:, quarter - 1] >= stage
        begun = ~np.isnan(panel[:, :quarter]).all(axis=1)
        waited[:, quarter] = np.where(begun & ~there, waited[:, quarter - 1] + 1, 0)
    return waited


def terms(waited: Ints, quarter: Ints) -> Floats:
    """What the log odds are a line in: 1, the log of quarters waited and one, and quarters; shape (..., 3)."""
    return np.stack([np.ones(np.shape(waited)), np.log1p(waited), np.broadcast_to(quarter, np.shape(waited))], axis=-1)


def _coming(seen: Steps, waited: Ints, weight: Floats, stage: int) -> Floats:
    """Coefficients of the log odds of coming to a stage, from the steps that began below it."""
    below = seen.before < stage
    design = terms(waited[seen.site, seen.quarter][below], seen.quarter[below])
    return logistic_regression(design, (seen.after >= stage)[below].astype(np.float64), weight[below])


def _falling(seen: Steps, weight: Floats, stage: int) -> float:
    """The chance a quarter of falling back below a stage."""
    there = weight * (seen.before >= stage)
    fell = float((there * (seen.after < stage)).sum())
    return (fell + PRIOR_MOVES) / (float(there.sum()) + 2.0 * PRIOR_MOVES)


def logistic_regression(design: Floats, happened: Floats, weight: Floats) -> Floats:
    """Coefficients, shape (F,), by Newton's method with a ridge; design (K, F), the first column of ones.

    The ridge bears on coefficients of terms in units of their standard deviation. Before anything else, one event
    and one that did not happen, a half each, are added in the middle of the terms, so that all or none is no
    certainty.

    Source: le Cessie and van Houwelingen, Applied Statistics 41 (1992), 191-201.
    """
    spread = design.std(axis=0) if len(design) else np.zeros(design.shape[1])
    middle = design.mean(axis=0) if len(design) else np.eye(design.shape[1])[0]
    scale = np.where(spread > 0.0, spread, 1.0)
    rows = np.concatenate([(design - middle) / scale, np.zeros((2, design.shape[1]))])
    rows[:, 0] = 1.0
    flags = np.concatenate([happened, [1.0, 0.0]])
    weights = np.concatenate([weight, [0.5, 0.5]])
    ridge = np.diag([0.0] + [PENALTY] * (design.shape[1] - 1))
    standard = np.zeros(design.shape[1])
    for _ in range(NEWTON_STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(rows @ standard, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)))
        slope = rows.T @ (weights * (flags - chance)) - ridge @ standard
        bend = (rows * (weights * chance * (1.0 - chance))[:, None]).T @ rows + ridge
        step = np.linalg.solve(bend, slope)
        standard = standard + step
        if np.abs(step).max() < NEWTON_SMALL:
            break
    back = np.diag(1.0 / scale)
    back[0, 1:] = -middle[1:] / scale[1:]
    found: Floats = back @ standard
    return found


def _come_and_fall(
    comes: Floats, falls: float, panel: Floats, waited: Ints, quarters: int, stage: int, generator: np.random.Generator
) -> Floats:
    last, ago = last_known(panel)
    there, wait = last >= stage, waited[np.arange(len(panel)), panel.shape[1] - 1 - ago]
    found = np.zeros((len(panel), quarters))
    for quarter in range(1 - int(ago.max(initial=0)), quarters + 1):
        luck = generator.random(len(panel))
        began = np.full(len(panel), panel.shape[1] - 2 + quarter)
        log_odds = np.clip(terms(wait, began) @ comes, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)
        after = np.where(there, luck > falls, luck < 1.0 / (1.0 + np.exp(-log_odds)))
        moves = quarter > -ago
        wait = np.where(moves, np.where(there, 0, wait + 1), wait)
        there = np.where(moves, after, there)
        if quarter > 0:
            found[:, quarter - 1] = there
    return found

"""The inverse question: the least that must be asked for an ambition to have a wanted chance.

    survey     few draws at settings over the whole range
    decide     more draws at each of them, until it is clear on which side of the wanted chance it lies
    close in   settings with all draws around where the curve comes to the wanted chance, and around where the ends of
               the interval are, until each lies between two of them that are close together

The answer is the last time that the curve comes up to the wanted chance: every dearer setting seen is at least there.
More of a lever is not taken to be better: where it clearly lowers the chance, the finding says so.
"""

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from spread import errors
from spread.decisions import levels, response, trials
from spread.outcomes import uncertainty
from spread.runs import sample
from spread.scenarios import schema, variants

RESOLUTION: Final = 0.05
"""Neighbouring points around a crossing are no further apart than this share of the range."""

NEARLY: Final = 1.2
"""So far from a point with all draws, in such gaps, a crossing is looked for at the next gap."""

SURVEYED: Final = 5
FEW, ENDS = 10, 5
"""The survey has a tenth of the draws, its ends a fifth: they also say in which parameter sets the lever acts."""

LEAST_DRAWS: Final = 20
EXPECTED_POINTS: Final = 6
"""About so many times the draws of one setting are taken in all; only the time that is left is told by it."""

MOST_LOOKS: Final = 60
SHIFTS: Final = (0.0, 1.0, -1.0)
"""The answer, and the lower and the upper end of its interval, in margins of the test."""

REACHED, ALREADY, BEYOND, PASSING = "reached", "already", "beyond", "passing"


class Fall(NamedTuple):
    """A dearer setting whose chance is clearly lower than that of a cheaper one."""

    cheaper: float
    dearer: float
    difference: uncertainty.Difference


class Acting(NamedTuple):
    """In how many parameter sets the dear end of the range does better than the cheap end, the same, or no better.

    `same`: no run of the set ends otherwise; `worse`: some do, and on average no better.
    """

    sets: int
    better: int
    same: int
    worse: int

    @property
    def no_better(self) -> float:
        """The share of parameter sets in which the lever does nothing, or harm."""
        return (self.same + self.worse) / self.sets if self.sets else float("nan")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one lever.

    `status` is ``reached``; ``already``, where the least setting of the range is enough; ``beyond``, where no setting
    is; ``passing``, where some are but dearer ones clearly are not. `effort`, `low` and `high` are the answer and its
    interval on the lever's scale of effort: None, no such setting in the range; `low_is_open`, the interval begins at
    or before the least setting. `stretch` is the efforts between which the chance is there in passing.
    """

    scale: levels.Scale
    question: trials.Question
    wanted: float
    status: str
    effort: float | None
    low: float | None
    high: float | None
    low_is_open: bool
    points: tuple[response.Point, ...]
    falls: tuple[Fall, ...]
    acting: Acting
    less_is_better: bool
    stretch: tuple[float, float] | None
    draws: int
    runs: int
    failures: int
    simulating_seconds: float = 0.0

    @property
    def least(self) -> response.Point:
        """The chance at the least setting."""
        return self.points[0]

    @property
    def most(self) -> response.Point:
        """The chance at the most there can be."""
        return self.points[-1]

    @property
    def best(self) -> response.Point:
        """The setting with the highest chance."""
        return max(self.points, key=lambda point: point.chance)


def find(
    scenario: schema.Scenario,
    question: trials.Question,
    scale: levels.Scale,
    *,
    chance: float,
    draws: int = 500,
    replicates: int = 2,
    seed: int = 1,
    hands: sample.Hands | None = None,
    report: trials.Report = lambda title, done, total: None,
) -> Finding:
    """The least setting of a lever for which an ambition has a wanted chance.

    Parameters
    ----------
    chance
        The chance that is wanted, between 0 and 1.
    draws, replicates
        Parameter sets and runs of chance in each, at settings where the answer is not yet clear.

    Raises
    ------
    InputError
        When the question cannot be asked, or the ambition cannot feel the lever.
    """
    check_question(question, [scale], chance)
    tried = response.LeanTrials(scenario, question, seed=seed, replicates=replicates, hands=hands, report=report)
    tried.expected_runs = EXPECTED_POINTS * draws * replicates
    curve = response.Response(tried, scale, wanted=chance, draws=draws)
    survey(curve)
    check_felt(curve)
    close_in(curve)
    return read_finding(curve)


def check_question(question: trials.Question, scales: Sequence[levels.Scale], chance: float) -> None:
    """Make sure that a chance is one, and that levers and question do not get in each other's way.

    Raises
    ------
    InputError
    """
    faults = []
    if not 0.0 < chance < 1.0:
        meant = f": {chance / 100:g} for {chance:g} %" if 1.0 < chance < 100.0 else ""
        said = f"{chance:g} is no chance to aim for; give one between 0 and 1{meant}"
        faults.append(errors.Fault(said, "--chance"))
    for scale in scales:
        if scale.path[0] != variants.AMBITIONS:
            continue
        if scale.path[1] != question.ambition:
            message = f"the deadline of '{scale.path[1]}' says nothing of '{question.ambition}'"
            faults.append(errors.Fault(message, f"--lever {scale.name}"))
        elif question.deadline is not None:
            message = f"sets the deadline that --lever {scale.name} looks for; leave one of them out"
            faults.append(errors.Fault(message, "--by"))
    if len({scale.path for scale in scales}) < len(scales):
        faults.append(errors.Fault("is given twice", f"--lever {scales[0].name}"))
    if faults:
        raise errors.InputError(faults)


def survey(curve: response.Response) -> None:
    """See the chance all over the range, with few draws, more of them at its ends."""
    few, ends = (max(curve.draws // part, min(curve.draws, LEAST_DRAWS)) for part in (FEW, ENDS))
    efforts = curve.scale.spread_out(SURVEYED)
    curve.survey((efforts[0], efforts[-1]), ends)
    curve.survey(efforts[1:-1], few)


def check_felt(curve: response.Response) -> None:
    """Make sure that the lever makes some difference to the ambition in some run.

    Raises
    ------
    InputError
    """
    if not all(is_same(curve.points[0], point) for point in curve.points[1:]):
        return
    for effort in (curve.scale.least, curve.scale.most):
        curve.look(effort, curve.draws)
    first, last = curve.points[0], curve.points[-1]
    if is_same(first, last):
        ends = f"{curve.scale.say(first.effort)} and {curve.scale.say(last.effort)}"
        message = (
            f"'{curve.tried.question.ambition}' cannot feel this lever: with {ends} all {first.runs:,} runs end alike, "
            "site for site; it acts on programmes, places or dates that this ambition does not count"
        )
        raise errors.InputError(errors.Fault(message, f"--lever {curve.scale.name}"))


def is_same(one: response.Point, other: response.Point) -> bool:
    """Whether every run that two points have in common ended alike."""
    here, there = trials.together(one.outcome, other.outcome)
    pairs = zip(here[1:], there[1:], strict=True)
    return all(np.array_equal(mine, theirs, equal_nan=True) for mine, theirs in pairs)


def close_in(curve: response.Response) -> None:
    """Add points until the answer and both ends of its interval lie between two that are close together."""
    for _ in range(MOST_LOOKS):
        curve.decide()
        wanted = next((spot for shift in SHIFTS if (spot := next_look(curve, shift)) is not None), None)
        if wanted is None:
            return
        curve.look(*wanted)


def next_look(curve: response.Response, shift: float) -> tuple[float, int] | None:
    """The setting to see next for one of the crossings, and with how many draws; None where it is known."""
    scale, few = curve.scale, max(curve.draws // FEW, min(curve.draws, LEAST_DRAWS))
    below, above = response.last_rise(curve.points, shift, curve.wanted)
    if below is None or above is None:
        # Nothing to close in on: the setting at that end is what the answer tells of.
        end = below or above
        return None if end is None or end.is_full or shift != 0.0 else (end.effort, curve.draws)
    gap, finest = above.effort - below.effort, max(RESOLUTION * scale.span, scale.step)
    if gap <= scale.step * 1.5 and scale.is_discrete:
        return None
    if gap <= finest * 1.001:
        thin = next((point for point in (below, above) if not point.is_full), None)
        return None if thin is None else (thin.effort, curve.draws)
    near = _between(below, above, shift, curve.wanted, finest)
    effort = scale.nearest(near)
    if effort in (below.effort, above.effort):
        effort = scale.nearest((below.effort + above.effort) / 2.0)
    return effort, few


def _between(below: response.Point, above: response.Point, shift: float, wanted: float, finest: float) -> float:
    """Where to look between two points: where a straight line crosses, but so that the gap closes at the next look.

    Close to a point with all draws the other side of the crossing is looked for, as far away as points may be.
    """
    first, second = (point.chance + shift * point.margin for point in (below, above))
    guess = below.effort + (wanted - first) / (second - first) * (above.effort - below.effort)
    if below.is_full and guess - below.effort < NEARLY * finest:
        return below.effort + finest
    if above.is_full and above.effort - guess < NEARLY * finest:
        return above.effort - finest
    return guess


def read_finding(curve: response.Response) -> Finding:
    """What the points of a curve say."""
    points, wanted, scale = curve.points, curve.wanted, curve.scale
    brackets = [response.last_rise(points, shift, wanted) for shift in SHIFTS]
    effort, low, high = (
        response.crossing(bracket, shift, wanted, scale) for bracket, shift in zip(brackets, SHIFTS, strict=True)
    )
    falls, falling = find_falls(points), _less_is_better(curve)
    status = REACHED if brackets[0].below is not None else ALREADY
    stretch = None
    if effort is None:
        stretch = _stretch(points, wanted) if any(fall.dearer == points[-1].effort for fall in falls) else None
        status = BEYOND if stretch is None else PASSING
    return Finding(
        scale=scale,
        question=curve.tried.question,
        wanted=wanted,
        status=status,
        effort=effort,
        low=low,
        high=high,
        low_is_open=low is not None and brackets[1].below is None,
        points=tuple(response.shared(points)),
        falls=tuple(falls),
        acting=count_acting(points[0], points[-1], less_is_better=falling),
        less_is_better=falling,
        stretch=stretch,
        draws=curve.draws,
        runs=curve.tried.runs_made,
        failures=curve.tried.failures,
        simulating_seconds=curve.tried.simulating_seconds,
    )


def _stretch(points: Sequence[response.Point], wanted: float) -> tuple[float, float] | None:
    """The last stretch of settings seen at which the chance is there, though not at the dearest."""
    there = [point.chance >= wanted for point in points]
    if not any(there):
        return None
    last = max(number for number, is_there in enumerate(there) if is_there)
    first = last
    while first > 0 and there[first - 1]:
        first -= 1
    return points[first].effort, points[last].effort


def find_falls(points: Sequence[response.Point]) -> list[Fall]:
    """The pairs in which the dearer setting clearly lowers the chance, run by run, clearest first.

    Every pair is tested at an error that all pairs share (Bonferroni), since it is the worst that is told.
    """
    pairs = list(itertools.combinations(points, 2))
    deviate = statistics.NormalDist().inv_cdf(1.0 - response.USUAL_ERROR / 2.0 / max(len(pairs), 1))
    falls = []
    for cheaper, dearer in pairs:
        one, other = trials.together(cheaper.outcome, dearer.outcome)
        difference = uncertainty.paired_difference(one.met, other.met, of_flags=True, deviate=deviate)
        if difference.high < 0.0:
            falls.append(Fall(cheaper.effort, dearer.effort, difference))
    return sorted(falls, key=lambda fall: fall.difference.high)


def _less_is_better(curve: response.Response) -> bool:
    """Whether the ambition is that something falls."""
    plan = curve.tried.prepared((*curve.held, curve.scale.setting(curve.scale.least))).plan
    return plan.aims[plan.aims_of(curve.tried.question.ambition)[0]].falls


def count_acting(cheap: response.Point, dear: response.Point, *, less_is_better: bool = False) -> Acting:
    """In how many parameter sets the dear end does better, the same, or worse, by where the ambition stands.

    By what is in use, not by what is missing: a set in which both ends meet the ambition may still do better at one.
    """
    one, other = trials.together(cheap.outcome, dear.outcome)
    gains = (other.value - one.value).mean(axis=1) * (-1.0 if less_is_better else 1.0)
    same = (other.value == one.value).all(axis=1)
    return Acting(len(gains), int((gains > 0).sum()), int(same.sum()), int((~same & ~(gains > 0)).sum()))

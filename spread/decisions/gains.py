"""Which place gains most from one more unit: gains on the same luck, and which of them can be told apart.

K draws, R replicates.
"""

import itertools
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.decisions import trials
from spread.outcomes import uncertainty

ERROR: Final = 0.05
SCREEN_SHARE: Final = 0.2
LEAST_SCREENED: Final = 40
LOOKS: Final = 2

Try = Callable[[str, int], trials.Outcome]
"""The outcome with one more unit in a place, of so many draws."""


class Effect(NamedTuple):
    """What something adds: sites and chance, with 95 % intervals over draws, and in what share of draws it adds none.

    `nothing` is the share of parameter sets in which every run ends as it would without, `less` that in which fewer
    sites are there on average. Sites are a share or rate where an ambition counts no sites.
    """

    sites: uncertainty.Difference
    chance: uncertainty.Difference
    nothing: float
    less: float
    draws: int


class Gain(NamedTuple):
    """One place: what one more unit adds there, whether that is clearly more than none, and its group.

    Those of one group cannot be told apart.
    """

    place: str
    effect: Effect
    is_clear: bool
    group: int


def counted(outcome: trials.Outcome) -> NDArray[np.float64]:
    """What a gain is counted in: sites, or the share or rate where no sites are counted; shape (K, R)."""
    return outcome.sites if np.isfinite(outcome.sites).all() else outcome.value


def effect_of(base: trials.Outcome, other: trials.Outcome) -> Effect:
    """What the other adds to the base, run by run on the same luck."""
    before, after = trials.together(base, other)
    more = counted(after) - counted(before)
    same = (more == 0.0) & (after.value == before.value) & (after.met == before.met)
    return Effect(
        sites=uncertainty.paired_difference(counted(before), counted(after)),
        chance=uncertainty.paired_difference(before.met, after.met, of_flags=True),
        nothing=float(same.all(axis=1).mean()),
        less=float((more.mean(axis=1) < 0.0).mean()),
        draws=len(before.draw),
    )


def rank(base: trials.Outcome, attempt: Try, places: Sequence[str], draws: int) -> list[Gain]:
    """The gain of every place, most first: all of them on some draws, then those still in the running on all.

    A place is out of the running when it is clearly below the first. Each of the two looks spends half of the error,
    shared by all pairs of places, since which is first is seen in the same runs.
    """
    few = min(draws, max(LEAST_SCREENED, round(SCREEN_SHARE * draws)))
    found = {place: attempt(place, few) for place in places}
    deviate = _deviate(len(places))
    first = max(places, key=lambda place: _mean_gain(base, found[place]))
    for place in places:
        if not is_clearly_below(found[place], found[first], deviate):
            found[place] = attempt(place, draws)
    ordered = sorted(places, key=lambda place: (-_mean_gain(base, found[place]), place))
    groups = group_alike(ordered, found, deviate)
    return [
        Gain(place, effect_of(base, found[place]), is_clearly_below(base, found[place], deviate), groups[place])
        for place in ordered
    ]


def group_alike(ordered: Sequence[str], found: Mapping[str, trials.Outcome], deviate: float) -> dict[str, int]:
    """Places by group, the first being 0: those that are not clearly below the first that is in no group yet."""
    groups: dict[str, int] = {}
    for number in itertools.count():
        left = [place for place in ordered if place not in groups]
        if not left:
            return groups
        alike = [place for place in left if not is_clearly_below(found[place], found[left[0]], deviate)]
        groups |= dict.fromkeys(alike, number)
    raise AssertionError("every place is in a group")


def is_clearly_below(one: trials.Outcome, other: trials.Outcome, deviate: float) -> bool:
    """Whether one gains less than the other, run by run, beyond what too few draws may show."""
    here, there = trials.together(one, other)
    return uncertainty.paired_difference(counted(here), counted(there), deviate=deviate).low > 0.0


def _mean_gain(base: trials.Outcome, other: trials.Outcome) -> float:
    before, after = trials.together(base, other)
    return float((counted(after) - counted(before)).mean())


def _deviate(place_count: int) -> float:
    """How many standard errors away is clear, whichever pair is looked at and in either look (Bonferroni)."""
    pairs = max(place_count * (place_count - 1) // 2, 1)
    return statistics.NormalDist().inv_cdf(1.0 - ERROR / (2 * LOOKS * pairs))

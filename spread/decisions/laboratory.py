"""Parameter sets tried on the same luck: a scenario as a function of where in its range each parameter stands.

Every set meets the same numbered draws of luck, so what differs between sets is what parameters do. N sets, D
parameters that are not fixed, L draws of luck.
"""

import itertools
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.decisions import trials
from spread.runs import answers, local, replicate, sample
from spread.runs import plan as parameter_plan
from spread.scenarios import schema

Floats = NDArray[np.float64]
CHUNKS_AT_ONCE: Final = 60
EDGE: Final = 1e-6
"""The ends of a range are nowhere: a share this near to them stands for them."""


class Results(NamedTuple):
    """What came of parameter sets, shape (N, L): the value projected, and whether the ambition was met."""

    value: Floats
    met: Floats


class Laboratory:
    """A scenario whose parameters can be set.

    `names` are the parameters that are not fixed, in the scenario's order. `runs` and `failures` count what was done.

    Parameters
    ----------
    lucks
        How many draws of luck every set meets.
    """

    def __init__(
        self,
        scenario: schema.Scenario,
        question: trials.Question,
        *,
        seed: int = 1,
        lucks: int = 4,
        hands: sample.Hands | None = None,
        report: trials.Report = lambda title, done, total: None,
    ) -> None:
        trials.check_question(scenario, question)
        self.job = answers.prepare(scenario, seed=seed, replicates=1)
        self.question, self.lucks = question, lucks
        self.hands, self.report = hands or sample.Hands(), report
        self.places = np.array([not one.is_fixed for one in scenario.parameters.values()], dtype=bool).nonzero()[0]
        self.names = tuple(self.job.beliefs.names[place] for place in self.places)
        self.runs = self.failures = 0

    def run(self, shares: Floats, title: str = "") -> Results:
        """Run parameter sets; `shares`, shape (N, D), says below which share of its range each parameter stands.

        A run that failed counts as the others with the same luck do on average.
        """
        values = values_at(self.job.beliefs, self.places, shares)
        luck = np.tile(np.arange(self.lucks), len(values))
        found = np.full((2, len(luck)), np.nan)
        step = CHUNKS_AT_ONCE * local.chunk_draws(self.job, self.hands.engine)
        for first in range(0, len(luck), step):
            last = min(first + step, len(luck))
            sets = replicate.Sets(values[np.arange(first, last) // self.lucks], luck[first:last])
            outcome = self._some(self.job._replace(sets=sets), last - first)
            found[:, first + outcome.draw] = outcome.value[:, 0], outcome.met[:, 0]
            self.report(title, last, len(luck))
        self.runs += len(luck)
        self.failures += int(np.isnan(found[1]).sum())
        value, met = (_without_gaps(one.reshape(len(values), self.lucks)) for one in found)
        return Results(value, met)

    def _some(self, job: replicate.Job, count: int) -> trials.Outcome:
        keeper = sample.InMemory()
        sample.gather(job, count, keeper, self.hands, lambda done, total, note: None)
        return trials.outcome_of(job, keeper, self.question)


def _without_gaps(values: Floats) -> Floats:
    gaps = np.isnan(values)
    if not gaps.any():
        return values
    known = np.nan_to_num(values).sum(axis=0) / np.maximum((~gaps).sum(axis=0), 1)
    return np.where(gaps, known, values)


def values_at(beliefs: parameter_plan.Beliefs, places: NDArray[np.int64], shares: Floats) -> Floats:
    """Every parameter's value, shape (N, P): at its share of the range, or the number it is fixed at.

    Shares below the chance that a parameter is exactly zero give zero, as in draws.
    """
    values = np.tile(beliefs.value, (len(shares), 1))
    for column, place in enumerate(places):
        known, back = np.unique(np.clip(shares[:, column], EDGE, 1.0 - EDGE), return_inverse=True)
        belief = [one[place].item() for one in beliefs[2:]]
        values[:, place] = np.array([parameter_plan.quantile(share, *belief) for share in known])[back]
    return values


def groups_of(names: tuple[str, ...], most: int) -> dict[str, str]:
    """The group of each parameter: itself, or, where there are more than `most`, those alike of all improvements.

    ``pews_any.difficulty.training`` is one of ``difficulty of every improvement``.
    """
    if len(names) <= most:
        return {name: name for name in names}
    parts = {name: name.split(".") for name in names}
    return {
        name: name
        if len(words) == 1
        else f"{_kind(words)} of every {'ambition' if words[0] == 'ambition' else 'improvement'}"
        for name, words in parts.items()
    }


def _kind(words: list[str]) -> str:
    known = ("appeal", "baseline", "difficulty", "stage", "available_delay_months", "trend", "efficacy", "multiplier")
    return next(itertools.chain((word for word in words[1:] if word in known), words[-1:]))

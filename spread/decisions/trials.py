"""Trials: one scenario run again and again with levers set otherwise, each time on the same luck.

A trial's runs are kept, so that asking for more draws computes only those that are missing. Draw k of every trial has
the same parameters and the same luck, so differences between trials are those the setting makes.
"""

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors
from spread.outcomes import ambitions, collect, run_values
from spread.runs import answers, replicate, sample
from spread.scenarios import documents, schema, variants

Floats = NDArray[np.float64]
Settings = tuple[variants.Setting, ...]
Report = Callable[[str, int, int], None]
"""Told what is being run, how many runs of it are done, and of how many."""


class Question(NamedTuple):
    """What is asked of every trial: an ambition, by when (None: its own deadline), and where."""

    ambition: str
    deadline: date | None = None
    scope: str = "national"


class Outcome(NamedTuple):
    """Where an ambition stood in the complete runs of a trial; shape (K, R), but `draw`, shape (K,).

    `value` share or rate, `met` 0 or 1, `short` what is missing, `sites` eligible ones at the ambition's stage.
    """

    draw: NDArray[np.int64]
    value: Floats
    met: Floats
    short: Floats
    sites: Floats

    @property
    def runs(self) -> int:
        """How many runs."""
        return int(self.met.size)

    def first(self, draws: int) -> "Outcome":
        """Those of the draws before `draws`."""
        return self.among(self.draw < draws)

    def among(self, kept: NDArray[np.bool_]) -> "Outcome":
        """Those of some of the draws, shape (K,)."""
        return Outcome(self.draw[kept], self.value[kept], self.met[kept], self.short[kept], self.sites[kept])


class Trials:
    """Trials of one scenario, all with the same question, draws and luck.

    Parameters
    ----------
    scenario
        What is varied.
    question
        What is asked.
    seed, replicates
        As of a run.
    hands
        Who does the work.
    report
        Told of progress.

    Raises
    ------
    InputError
        When the scenario has no such ambition, deadline or scope, or no chance is assessed of it.
    """

    def __init__(
        self,
        scenario: schema.Scenario,
        question: Question,
        *,
        seed: int = 1,
        replicates: int = 2,
        hands: sample.Hands | None = None,
        report: Report = lambda title, done, total: None,
    ) -> None:
        check_question(scenario, question)
        self.scenario, self.question = scenario, question
        self.seed, self.replicates = seed, replicates
        self.hands, self.report = hands or sample.Hands(), report
        self.runs_made, self.failures, self.simulating_seconds = 0, 0, 0.0
        self._kept: dict[Settings, tuple[replicate.Job, sample.InMemory]] = {}
        self._below: documents.Document | None = None

    def run(self, settings: Sequence[variants.Setting], draws: int) -> Outcome:
        """The outcome of the first `draws` draws with levers set so.

        Raises
        ------
        InputError
            When a value is no good for its lever, or a scope has no site.
        """
        job, keeper = self._trial(tuple(settings))
        before = len(collect.Collected(job.plan, job.replicates, keeper.chunks).complete)
        title = ", ".join(str(setting) for setting in settings) or self.scenario.name

        def told(done: int, total: int, _note: str) -> None:
            self.report(title, done, total)

        if draws > before:
            began = time.perf_counter()
            sample.gather(job, draws, keeper, self.hands, told)
            self.simulating_seconds += time.perf_counter() - began
            self.runs_made += (draws - before) * self.replicates
            self.failures = sum(len(answers.failures_of(kept.chunks)) for _, kept in self._kept.values())
        return outcome_of(job, keeper, self.question).first(draws)

    def varied(self, settings: Settings) -> schema.Scenario:
        """The scenario with levers set so.

        Raises
        ------
        InputError
            When a value is no good for its lever.
        """
        if not settings:
            return self.scenario
        self._below = self._below or variants.document_of(self.scenario)
        return variants.read_variant(self.scenario, settings, below=self._below)

    def _trial(self, settings: Settings) -> tuple[replicate.Job, sample.InMemory]:
        if settings not in self._kept:
            varied = self.varied(settings)
            job = answers.prepare(varied, seed=self.seed, replicates=self.replicates)
            self._kept[settings] = (job, sample.InMemory())
        return self._kept[settings]


def check_question(scenario: schema.Scenario, question: Question) -> None:
    """Make sure that a scenario can answer a question.

    Raises
    ------
    InputError
        With what it could be asked instead.
    """
    ambition = scenario.ambitions.get(question.ambition)
    if ambition is None:
        known = tuple(scenario.ambitions)
        hint = errors.did_you_mean(question.ambition, known) or f"; it has {', '.join(known) or 'none'}"
        raise errors.InputError(f"no ambition '{question.ambition}' in this scenario{hint}")
    if ambition.threshold is None and ambition.measure != "milestone":
        raise errors.InputError(f"ambition '{question.ambition}' states no threshold, so it has no chance of being met")
    if question.deadline is not None and question.deadline not in ambition.deadlines:
        known = tuple(day.isoformat() for day in ambition.deadlines)
        raise errors.InputError(
            f"{question.deadline} is no deadline of '{question.ambition}'; it has {', '.join(known)}"
        )


def outcome_of(job: replicate.Job, keeper: sample.Keeper, question: Question) -> Outcome:
    """What the runs kept so far say of a question.

    Raises
    ------
    InputError
        When no site of the scope counts for the ambition.
    """
    runs = collect.Collected(job.plan, job.replicates, keeper.chunks)
    (looked,) = (
        one for one in ambitions.looked_at(job.world.scenario, job.plan, runs) if one.name == question.ambition
    )
    counted = [job.plan.scopes[scope] for scope in looked.scopes]
    if question.scope not in counted:
        near = errors.did_you_mean(question.scope, counted) or f"; it counts in {', '.join(counted)}"
        raise errors.InputError(f"nobody counts for '{question.ambition}' in '{question.scope}'{near}")
    scope = job.plan.scopes.index(question.scope)
    deadline = question.deadline or job.world.scenario.ambitions[question.ambition].deadline
    if deadline not in looked.deadlines:
        span = f"{job.world.scenario.origin} to {job.world.scenario.end}"
        raise errors.InputError(f"the deadline {deadline} of '{question.ambition}' is outside the run, {span}")
    then = looked.standing(deadline)
    found = run_values.columns_of(looked, then, deadline, scope)
    shape = then.in_scope(scope).value.shape
    kept = {name: np.asarray(found[name], dtype=np.float64).reshape(shape) for name in Outcome._fields[1:]}
    return Outcome(np.flatnonzero(runs.complete), **kept)


def together(one: Outcome, other: Outcome) -> tuple[Outcome, Outcome]:
    """Two outcomes in the draws that both have, so that they can be compared run by run."""
    both = np.intersect1d(one.draw, other.draw)
    return one.among(np.isin(one.draw, both)), other.among(np.isin(other.draw, both))

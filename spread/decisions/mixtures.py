"""Mixtures of two forecasts, each run once on the luck of one of them."""

import functools
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from spread import errors
from spread.decisions import past_runs, question_parts, splitting
from spread.runs import answers, checking, replicate, sample

Report = Callable[[str, int, int], None]


class Bench:
    """Runs mixtures of two forecasts, each once, and keeps their values."""

    def __init__(
        self,
        old: past_runs.Forecast,
        new: past_runs.Forecast,
        hands: sample.Hands,
        report: Report,
    ) -> None:
        self.old, self.new, self.hands, self.report = old, new, hands, report
        self.runs_made = 0
        self.kept: dict[tuple[splitting.Parts, tuple[int, ...]], pd.DataFrame] = {}
        self.jobs: dict[tuple[splitting.Parts, tuple[int, ...]], replicate.Job] = {}

    def can_run(self, of_new: splitting.Parts) -> bool:
        """Whether a mixture is a scenario that can be run, all its files and names fitting."""
        try:
            self.job(of_new, self.old.settings)
        except errors.InputError:
            return False
        return True

    def job(self, of_new: splitting.Parts, settings: Mapping[str, int]) -> replicate.Job:
        """A mixture made ready to run."""
        place = (of_new, tuple(settings.values()))
        if place not in self.jobs:
            scenario = question_parts.mix(self.old.question.scenario, self.new.question.scenario, of_new)
            job = answers.prepare(scenario, seed=settings["seed"], replicates=settings["replicates"])
            fit = (self.new if question_parts.PARAMETERS in of_new else self.old).fit
            self.jobs[place] = job if fit is None else fit.believed_by(job)
        return self.jobs[place]

    def values(self, of_new: splitting.Parts, settings: Mapping[str, int]) -> pd.DataFrame:
        """The run by run values of a mixture, as `run_values.parquet` has them."""
        place = (of_new, tuple(settings.values()))
        if place not in self.kept:
            job, keeper = self.job(of_new, settings), sample.InMemory()
            title = " and ".join(part for part in question_parts.PARTS if part in of_new) or "as before"

            def told(done: int, total: int, _note: str) -> None:
                self.report(f"with {title} changed" if of_new else title, done, total)

            sample.gather(job, settings["draws"], keeper, self.hands, told)
            self.runs_made += settings["draws"] * settings["replicates"]
            pieces = answers.by_run(job, keeper.chunks)["run_values"]
            self.kept[place] = pd.concat(list(pieces), ignore_index=True)
        return self.kept[place]

    @functools.cached_property
    def old_again(self) -> bool:
        """Whether the old forecast comes out the same now, as far as a few of its draws tell."""
        return self._again(self.old, splitting.NOTHING)

    @functools.cached_property
    def new_again(self) -> bool:
        """Whether the new one does."""
        return self._again(self.new, frozenset(question_parts.PARTS))

    def _again(self, one: past_runs.Forecast, of_new: splitting.Parts) -> bool:
        if one.gone or not one.manifest.get("chunks"):
            return False
        wrong, _ = checking.differing_draws(one.folder, one.manifest, self.job(of_new, one.settings), self.hands.engine)
        return not wrong

    def runs(self, of_new: splitting.Parts, settings: Mapping[str, int], asked: tuple[str, str, str]) -> past_runs.Runs:
        """The runs of a question in a mixture; those of a finished forecast where it comes out the same."""
        if not of_new and settings == self.old.settings and self.old_again:
            return past_runs.runs_of(self.old.values, *asked)[0]
        whole = frozenset(question_parts.differing(self.old.question, self.new.question))
        if of_new >= whole and settings == self.new.settings and self.new_again:
            return past_runs.runs_of(self.new.values, *asked)[0]
        return past_runs.runs_of(self.values(of_new, settings), *asked)[0]


def in_common(found: Mapping[splitting.Parts, past_runs.Runs]) -> dict[splitting.Parts, past_runs.Floats]:
    """The runs that every mixture has, so that they can be compared one by one."""
    both = functools.reduce(np.intersect1d, [runs.draw for runs in found.values()])
    return {key: runs.values[np.isin(runs.draw, both)] for key, runs in found.items()}

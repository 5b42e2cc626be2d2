"""A scenario from its data files to its tables: prepared, run, assessed.

`Results` is what comes out, in memory; `spread.runs.store` holds the same on disk.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent import futures
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from spread.network import data as world_data
from spread.outcomes import collect
from spread.runs import replicate, sample, shown
from spread.scenarios import schema

if TYPE_CHECKING:
    import pandas as pd


class Fitted(Protocol):
    """What was learned from data, such as `spread.calibration.posterior.Posterior`."""

    @property
    def digest(self) -> str:
        """What tells it from any other."""

    def believed_by(self, job: replicate.Job) -> replicate.Job:
        """The job with what was learned instead of what was believed before."""


class Results(NamedTuple):
    """What a run gives: tables by name.

    ``adoption run_values summary ambitions exceedance joint sites bottlenecks reach gaps costs parameters events``.
    `failures` are replicates that ended in an error, `looks` what was seen on the way to a precision, and `posterior`
    the digest of the fit it rests on.
    """

    scenario: schema.Scenario
    seed: int
    draws: int
    replicates: int
    tables: "dict[str, pd.DataFrame]"
    wall_seconds: float
    failures: tuple[replicate.Failure, ...] = ()
    looks: tuple[sample.Look, ...] = ()
    posterior: str | None = None

    def __repr__(self) -> str:
        return shown.say(self)

    def _repr_html_(self) -> str:
        return shown.as_html(self)

    def ambitions(self) -> "pd.DataFrame":
        """One row per ambition, deadline and scope: the chance that it is met, and what holds it back."""
        return self.tables["ambitions"]

    def summary(self) -> "pd.DataFrame":
        """Projected shares by date, intervention, group and measure, with their quantiles."""
        return self.tables["summary"]

    def sites(self) -> "pd.DataFrame":
        """One row per site, intervention and deadline."""
        return self.tables["sites"]

    def bottlenecks(self) -> "pd.DataFrame":
        """One row per intervention, deadline and collaborative: where those that have not adopted stand."""
        return self.tables["bottlenecks"]


def prepare(scenario: schema.Scenario, *, seed: int = 1, replicates: int = 2, events: bool = False) -> replicate.Job:
    """Everything a run needs, checked, before any time is spent on it.

    Raises
    ------
    InputError
        For mistakes in the scenario's data files, or when nobody is eligible.
    """
    read = world_data.read_data(scenario)
    return replicate.make_job(scenario, *read, seed=seed, replicates=replicates, events=events)


def run(
    scenario: schema.Scenario,
    *,
    draws: int = 500,
    replicates: int = 2,
    seed: int = 1,
    precision: float | None = None,
    engine: str = replicate.COMPILED,
    workers: int | None = None,
    executor: futures.Executor | None = None,
    events: bool = False,
    posterior: Fitted | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Results:
    """Simulate a scenario and assess its ambitions.

    Parameters
    ----------
    draws, replicates
        Parameter sets, and runs of chance for each.
    seed
        Equal seeds give equal results, whatever the engine and the number of workers.
    precision
        Instead of a number of draws: go on until every national chance is known to within this (0.02 is 2
        percentage points), or 100,000 runs are done.
    engine
        ``compiled`` (threads) or ``process`` (processes, slower; the check on the other).
    workers
        Threads or processes; None is one a core.
    executor
        Another place to run: any `concurrent.futures.Executor`; the job is sent along.
    posterior
        What a fit found (`spread.calibrate`), instead of what was believed before.
    progress
        Called with (runs done, runs in all).
    """
    began = time.perf_counter()
    job = prepare(scenario, seed=seed, replicates=replicates, events=events)
    job = job if posterior is None else posterior.believed_by(job)
    keeper = sample.InMemory()
    hands = sample.Hands(engine, workers, executor)

    def report(done: int, total: int, _note: str) -> None:
        if progress is not None:
            progress(done, total)

    looks = gather(job, keeper, hands, draws=draws, precision=precision, progress=report)
    made = looks[-1].draws if looks else draws
    import pandas as pd

    pieces = by_run(job, keeper.chunks)
    found = assess(job, keeper.chunks) | {name: pd.concat(table, ignore_index=True) for name, table in pieces.items()}
    failures = failures_of(keeper.chunks)
    seconds = time.perf_counter() - began
    fit = None if posterior is None else posterior.digest
    return Results(scenario, seed, made, replicates, found, seconds, failures, tuple(looks), fit)


def gather(
    job: replicate.Job,
    keeper: sample.Keeper,
    hands: sample.Hands,
    *,
    draws: int,
    precision: float | None,
    progress: sample.Progress,
) -> list[sample.Look]:
    """Run what a keeper does not have yet: the draws asked for, or as many as a precision takes."""
    if precision is not None:
        return sample.gather_until(job, precision, keeper, hands, progress)
    sample.gather(job, draws, keeper, hands, progress)
    return []


def assess(job: replicate.Job, chunks: Sequence[Any]) -> "dict[str, pd.DataFrame]":
    """The tables of a results folder about all runs together, from the chunks of a run."""
    from spread.outcomes import (  # pandas is not loaded before it is needed
        ambitions,
        bottlenecks,
        costs,
        exceedance,
        inequality,
        joint,
        reach,
        sites,
        summary,
    )

    scenario, plan = job.world.scenario, job.plan
    collected = collect.Collected(plan, job.replicates, chunks)
    asked_for = {"reach": reach.reach_table(scenario, plan, collected)} if plan.reach else {}
    return {
        **asked_for,
        "parameters": parameters_of(scenario, chunks),
        "summary": summary.summarise(collected),
        "ambitions": ambitions.assess_ambitions(scenario, plan, collected),
        "exceedance": exceedance.exceedance_table(scenario, plan, collected),
        "sites": sites.sites_table(scenario, plan, collected),
        "joint": joint.joint_table(scenario, plan, collected),
        "bottlenecks": bottlenecks.bottlenecks_table(collected),
        "gaps": inequality.gaps_table(scenario, plan, collected),
        "costs": costs.costs_table(job.world, job.timetable),
    }


def by_run(job: replicate.Job, chunks: Sequence[Any]) -> "dict[str, Iterator[pd.DataFrame]]":
    """The tables with rows for each run, which are large, in pieces of a chunk each."""
    from spread.outcomes import adoption, run_values

    collected = collect.Collected(job.plan, job.replicates, chunks)
    found: dict[str, Iterator[pd.DataFrame]] = {
        "adoption": adoption.adoption_frames(collected),
        "run_values": run_values.run_values_frames(job.world.scenario, job.plan, collected),
    }
    if job.events:
        found["events"] = (frame for chunk in chunks for frame in chunk.events)
    return found


def parameters_of(scenario: schema.Scenario, chunks: Sequence[Any]) -> "pd.DataFrame":
    """The parameters every draw used."""
    from spread.outcomes import tables

    used = np.concatenate([chunk.array(replicate.PARAMETERS) for chunk in chunks])
    return tables.parameters_frame(dict(zip(scenario.parameters, used.T, strict=True)))


def failures_of(chunks: Iterable[Any]) -> tuple[replicate.Failure, ...]:
    """Replicates that ended in an error, by draw."""
    return tuple(failure for chunk in chunks for failure in chunk.failures)

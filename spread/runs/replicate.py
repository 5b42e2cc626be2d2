"""One draw and its replicates, from inputs to outcome tables."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.model import inputs as model_inputs
from spread.model import prepare, process_engine, record, timetable
from spread.model import world as worlds
from spread.network import population as people
from spread.network import start as starting
from spread.outcomes import collect, events, reliability, tabulate
from spread.outcomes import plan as outcome_plan
from spread.runs import plan as parameter_plan
from spread.scenarios import schema

Flags = NDArray[np.bool_]


class Job(NamedTuple):
    """A scenario made ready to run, the same for every draw; sent to every worker once."""

    world: worlds.World
    timetable: model_inputs.Timetable
    plan: outcome_plan.TabulationPlan
    seed: int
    replicates: int
    events: bool


class Chunk(NamedTuple):
    """The outcome of consecutive draws: counts, the parameters used and, if asked for, the events."""

    collected: collect.Collector
    parameters: list[dict[str, float]]
    events: list[pd.DataFrame]


def make_job(
    scenario: schema.Scenario,
    population: people.Population,
    ties: people.Ties,
    start: starting.StartTable | None,
    *,
    seed: int,
    replicates: int,
    events: bool = False,
) -> Job:
    """Make a scenario ready to run.

    Raises
    ------
    InputError
        When nobody is eligible for an intervention, or an ambition cannot be measured yet.
    """
    world = worlds.build_world(scenario, population, ties, start, origin=scenario.origin)
    reported, dated = known_units(world)
    plan = outcome_plan.build_plan(scenario, population, world.units, scenario.origin, reported=reported, dated=dated)
    return Job(world, timetable.build_timetable(world), plan, seed, replicates, events)


def known_units(world: worlds.World) -> tuple[Flags | None, Flags | None]:
    """Units the start table speaks about, and those of which it says since when; None without a table; shape (U,)."""
    if world.start is None:
        return None, None
    reported = np.zeros(len(world.units.site), dtype=bool)
    dated = reported.copy()
    reported[world.start_units] = True
    dated[world.start_units] = [since is not None for since in world.start.since]
    return reported, dated


def run_replicate(inputs: model_inputs.ModelInputs, *, seed: int, draw: int, replicate: int) -> record.EventLog:
    """Run one replicate; a pure function of its arguments."""
    return process_engine.run(inputs, seed=seed, draw=draw, replicate=replicate)


def run_chunk(job: Job, first_draw: int, draw_count: int) -> Chunk:
    """Run consecutive draws, each with all its replicates."""
    collected = collect.Collector(job.plan, draw_count, job.replicates, first_draw=first_draw)
    parameters: list[dict[str, float]] = []
    frames: list[pd.DataFrame] = []
    for draw in range(first_draw, first_draw + draw_count):
        parameters.append(parameter_plan.draw_parameters(job.world.scenario, seed=job.seed, draw=draw))
        frames.extend(run_draw(job, draw, parameters[-1], collected))
    return Chunk(collected, parameters, frames)


def run_draw(job: Job, draw: int, parameters: dict[str, float], collected: collect.Collector) -> Iterator[pd.DataFrame]:
    """Run the replicates of one draw into `collected`; yields their events if the job asks for them."""
    inputs = prepare.prepare_inputs(job.world, job.timetable, parameters, seed=job.seed, draw=draw)
    for replicate in range(job.replicates):
        log = run_replicate(inputs, seed=job.seed, draw=draw, replicate=replicate)
        delivered = reliability.delivered_share(
            log, job.plan, scenario=job.world.scenario, population=job.world.population,
            parameters=parameters, seed=job.seed, draw=draw,
        )  # fmt: skip
        collected.add(draw, replicate, tabulate.tabulate(log, job.plan, inputs.engaged.astype(bool), delivered))
        if job.events:
            yield events.events_frame(log, job.plan, draw=draw, replicate=replicate)

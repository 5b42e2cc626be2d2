"""One draw and its replicates, from inputs to outcome tables.

What is the same for every draw is prepared in `make_job`; what a draw changes, in `run_chunk`.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import dates, errors
from spread.model import frame as frames
from spread.model import inputs as model_inputs
from spread.model import prepare, record, timetable
from spread.model import world as worlds
from spread.network import population as people
from spread.network import start as starting
from spread.outcomes import collect, rates, reliability, tabulate
from spread.outcomes import plan as outcome_plan
from spread.runs import plan as parameter_plan
from spread.scenarios import levers, schema, unsupported

if TYPE_CHECKING:
    import pandas as pd

Flags = NDArray[np.bool_]
COMPILED: Final = "compiled"
PROCESS: Final = "process"
ENGINES: Final = (COMPILED, PROCESS)
PARAMETERS: Final = "parameters"


class Sets(NamedTuple):
    """Parameter sets given rather than drawn: draw k of a job uses row k of `values`, after the last the first again.

    `values` has shape (K, P), in the order of the job's beliefs; what is NaN is drawn from its belief. With `luck`,
    shape (K,), a set has the luck of that draw: sets with equal luck differ by their parameters alone. What a draw
    fixes besides (regional, organisation and site effects) goes with luck too, unless `effects`, shape (K,), names the
    draws of `effects_seed` it is taken from.
    """

    values: NDArray[np.float64]
    luck: NDArray[np.int64] | None = None
    effects: NDArray[np.int64] | None = None
    effects_seed: int = 0


class Own(NamedTuple):
    """What a draw of a job is made of: its parameters, whose luck it has, and (seed, draw) of the effects."""

    values: NDArray[np.float64]
    luck: int
    effects: tuple[int, int]


class Job(NamedTuple):
    """A scenario made ready to run, the same for every draw; sent to every worker once.

    `unsupported` is the same without regional support, where what support adds is asked for. Without `sets` every
    draw's parameters come from the beliefs.
    """

    world: worlds.World
    timetable: model_inputs.Timetable
    frame: frames.Frame
    beliefs: parameter_plan.Beliefs
    plan: outcome_plan.TabulationPlan
    seed: int
    replicates: int
    events: bool
    unsupported: "Job | None" = None
    sets: Sets | None = None


class Failure(NamedTuple):
    """A replicate that ended in an error."""

    draw: int
    replicate: int
    error: str


class Chunk(NamedTuple):
    """The outcome of consecutive draws.

    `arrays` by name are a collector's, and ``parameters``, shape (draws, P): the values used, in the scenario's
    order. `events` are the logs, if the job asks for them.
    """

    first_draw: int
    draws: int
    arrays: dict[str, NDArray[Any]]
    events: "tuple[pd.DataFrame, ...]"
    failures: tuple[Failure, ...]

    def array(self, name: str) -> NDArray[Any]:
        """One of its arrays."""
        return self.arrays[name]


class Bench(NamedTuple):
    """What one worker works with, replicate after replicate: an engine, and memory used again and again.

    `beside` is another for runs without support.
    """

    engine: str
    tabulator: tabulate.Tabulator
    workspace: Any = None
    beside: "Bench | None" = None


def make_bench(job: Job, engine: str) -> Bench:
    """A bench for one worker; only the engine asked for, ``compiled`` or ``process``, is imported."""
    beside = None if job.unsupported is None else make_bench(job.unsupported, engine)
    if engine == COMPILED:
        from spread.model import compiled_engine

        return Bench(engine, tabulate.Tabulator(job.plan), compiled_engine.Workspace(), beside)
    return Bench(engine, tabulate.Tabulator(job.plan), beside=beside)


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
    asked = scenario.start_from
    scenario = at_data_date(scenario, start)
    world = worlds.build_world(scenario, population, ties, start, origin=scenario.origin)
    reported, dated = known_units(world)
    plan = outcome_plan.build_plan(scenario, population, world.units, scenario.origin, reported=reported, dated=dated)
    if start is not None and asked is not None:
        plan = plan._replace(begun=outcome_plan.Begun(bool(start.counts), start.late_count, asked.as_of))
    job = Job(
        world=world,
        timetable=timetable.build_timetable(world),
        frame=frames.build_frame(world),
        beliefs=parameter_plan.read_beliefs(scenario),
        plan=plan,
        seed=seed,
        replicates=replicates,
        events=events,
    )
    if not plan.reach:
        return job
    alone = world._replace(scenario=unsupported.without_support(scenario))
    alone = alone._replace(regimes=levers.regimes(alone.scenario))
    # What is past was done with support, whatever comes now.
    framed = frames.build_frame(alone)._replace(past=job.frame.past)
    other = job._replace(world=alone, timetable=timetable.build_timetable(alone), frame=framed)
    return job._replace(unsupported=other)


def at_data_date(scenario: schema.Scenario, start: starting.StartTable | None) -> schema.Scenario:
    """The scenario begun on the day after its data: what has happened since is simulated too, up to today and on."""
    begin, known = scenario.start_from, None if start is None else start.data_date
    if begin is None or known is None or known >= begin.as_of:
        return scenario
    as_of = max(known, dates.day_before(scenario.start))
    return scenario.model_copy(update={"start_from": begin.model_copy(update={"as_of": as_of})})


def known_units(world: worlds.World) -> tuple[Flags | None, Flags | None]:
    """Units the start table speaks about, and those of which it says since when; None without a table; shape (U,)."""
    if world.start is None:
        return None, None
    reported = np.zeros(len(world.units.site), dtype=bool)
    dated = reported.copy()
    if world.start.counts:
        return ~reported, dated
    reported[world.start_units] = True
    dated[world.start_units] = [since is not None for since in world.start.since]
    return reported, dated


def run_replicate(
    inputs: model_inputs.ModelInputs, *, seed: int, draw: int, replicate: int, engine: str, workspace: Any = None
) -> record.EventLog:
    """Run one replicate; a pure function of its arguments, the same for every engine.

    The log of the compiled engine is valid until the next run in the same workspace.
    """
    if engine == COMPILED:
        from spread.model import compiled_engine

        return compiled_engine.run(inputs, seed=seed, draw=draw, replicate=replicate, workspace=workspace)
    from spread.model import process_engine

    return process_engine.run(inputs, seed=seed, draw=draw, replicate=replicate)


def run_chunk(job: Job, first_draw: int, draw_count: int, bench: Bench) -> Chunk:
    """Run consecutive draws, each with all its replicates; those that fail are listed, and the others go on."""
    collected = collect.Collector(job.plan, draw_count, job.replicates, first_draw=first_draw)
    used = np.empty((draw_count, len(job.beliefs.names)))
    logs: list[pd.DataFrame] = []
    failures: list[Failure] = []
    for draw in range(first_draw, first_draw + draw_count):
        own = draw_own(job, draw)
        luck = own.luck
        used[draw - first_draw] = own.values
        with noting(failures, draw, range(job.replicates)):
            inputs, parameters = prepare_draw(job, own)
            other = None if job.unsupported is None else prepare_draw(job.unsupported, own)[0]
            for replicate in range(job.replicates):
                with noting(failures, draw, [replicate]):
                    log, table = run_and_count(job, inputs, parameters, luck, replicate, bench)
                    logs += [_events(job, log, draw, replicate)] if job.events else []
                    beside = None
                    if job.unsupported is not None and other is not None and bench.beside is not None:
                        _, beside = run_and_count(job.unsupported, other, parameters, luck, replicate, bench.beside)
                    collected.add(draw, replicate, table, beside)
    arrays = {**collected.arrays(), PARAMETERS: used}
    return Chunk(first_draw, draw_count, arrays, tuple(logs), tuple(failures))


def _events(job: Job, log: record.EventLog, draw: int, replicate: int) -> "pd.DataFrame":
    from spread.outcomes import events  # pandas is not loaded before it is needed

    return events.events_frame(log, job.plan, draw=draw, replicate=replicate)


def run_alone(job: Job, draw: int, replicate: int, bench: Bench) -> record.EventLog:
    """Run one replicate by itself, with everything a run of many does with it."""
    own = draw_own(job, draw)
    inputs, parameters = prepare_draw(job, own)
    return run_and_count(job, inputs, parameters, own.luck, replicate, bench)[0]


def draw_own(job: Job, draw: int) -> Own:
    """What a draw of a job is made of: drawn from beliefs, or one of the sets given."""
    drawn = parameter_plan.draw_values(job.beliefs, seed=job.seed, draw=draw)
    sets = job.sets
    if sets is None:
        return Own(drawn, draw, (job.seed, draw))
    row = draw % len(sets.values)
    luck = draw if sets.luck is None else int(sets.luck[row])
    effects = (job.seed, luck) if sets.effects is None else (sets.effects_seed, int(sets.effects[row]))
    return Own(np.where(np.isnan(sets.values[row]), drawn, sets.values[row]), luck, effects)


def prepare_draw(job: Job, own: Own) -> tuple[model_inputs.ModelInputs, dict[str, float]]:
    """The inputs of all replicates of a draw, and its parameters by name."""
    parameters = dict(zip(job.beliefs.names, own.values.tolist(), strict=True))
    seed, draw = own.effects
    inputs = prepare.prepare_inputs(job.world, job.timetable, parameters, seed=seed, draw=draw, framed=job.frame)
    return inputs, parameters


def run_and_count(
    job: Job,
    inputs: model_inputs.ModelInputs,
    parameters: dict[str, float],
    draw: int,
    replicate: int,
    bench: Bench,
) -> tuple[record.EventLog, tabulate.OutcomeTable]:
    """Run one replicate and count it by the job's plan; both are valid until the bench is used again."""
    log = run_replicate(
        inputs, seed=job.seed, draw=draw, replicate=replicate, engine=bench.engine, workspace=bench.workspace
    )
    return log, count(job, log, inputs, parameters, draw, bench)


def count(
    job: Job,
    log: record.EventLog,
    inputs: model_inputs.ModelInputs,
    parameters: dict[str, float],
    draw: int,
    bench: Bench,
) -> tabulate.OutcomeTable:
    """Count one log by the job's plan; the table is valid until the bench is used again."""
    delivered = reliability.delivered_share(
        log, job.plan, scenario=job.world.scenario,
        parameters=parameters, seed=job.seed, draw=draw,
    )  # fmt: skip
    engaged = inputs.engaged.astype(bool)
    moved = rates.values_at_dates(log, job.plan, parameters, engaged=engaged, available_day=inputs.available_day)
    return bench.tabulator.tabulate(log, engaged, delivered, moved, tabulate.conditions_of(inputs))


@contextlib.contextmanager
def noting(failures: list[Failure], draw: int, replicates: Iterable[int]) -> Iterator[None]:
    """Note an error as the failure of these replicates and go on.

    What is not an error of the model (bad input, the machine, too little memory) ends the run as ever.
    """
    try:
        yield
    except (errors.SpreadError, MemoryError, OSError):
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        failures.extend(Failure(draw, replicate, said) for replicate in replicates)

"""One replicate of a scenario as the quarterly return that would be written of it."""

from datetime import date
from pathlib import Path

from spread import cells, errors, files
from spread.network import data, placing, workbooks
from spread.outcomes import returns
from spread.runs import answers, replicate
from spread.scenarios import catalogue, schema

PREFIX = "return_"
ENDINGS = (".csv", ".xlsx")
SHEET = "return"


def simulate_return(
    scenario: schema.Scenario,
    *,
    seed: int,
    draw: int,
    replicate_number: int,
    as_of: date | None = None,
    engine: str = replicate.COMPILED,
    posterior: answers.Fitted | None = None,
) -> returns.SimulatedReturn:
    """Run one replicate and write the return of it as it would be on a day (the last of the run unless given).

    Raises
    ------
    spread.errors.InputError
        With the mistakes of the scenario's files, or when no quarter has been returned by that day.
    """
    asked = with_observation(scenario)
    population, ties, start = data.read_data(asked)
    job = replicate.make_job(asked, population, ties, start, seed=seed, replicates=replicate_number + 1)
    job = job if posterior is None else posterior.believed_by(job)
    drawn = dict(zip(job.beliefs.names, replicate.draw_own(job, draw).values.tolist(), strict=True))
    observation = returns.observation_of(drawn)
    last, origin = _checked_day(as_of, asked), job.world.origin
    quarters = returns.returned_quarters(origin, last, observation)
    log = replicate.run_alone(job, draw, replicate_number, replicate.make_bench(job, engine))
    truth = returns.stages_at(log, origin, quarters)
    run = returns.Run(seed, draw, replicate_number)
    units = job.world.units
    reported = returns.observe(truth, units, quarters, observation, run)
    return returns.write_return(
        reported, units, population, quarters,
        observation=observation, run=run, successors=placing.successors(asked.world),
    )  # fmt: skip


def _checked_day(as_of: date | None, scenario: schema.Scenario) -> date:
    if as_of is None:
        return scenario.end
    if not scenario.origin <= as_of <= scenario.end:
        fault = f"is outside the run, {scenario.origin} to {scenario.end}"
        raise errors.InputError(errors.Fault(fault, f"--as-of {as_of}"))
    return as_of


def with_observation(scenario: schema.Scenario) -> schema.Scenario:
    """A scenario with the observation model's parameters, which one resolved by an earlier version lacks."""
    known = {name: entry for name, entry in catalogue.parameters().items() if name.startswith(PREFIX)}
    missing = {name: schema.Parameter.model_validate(known[name]) for name in known if name not in scenario.parameters}
    return scenario.model_copy(update={"parameters": {**scenario.parameters, **missing}})


def keep_return(simulated: returns.SimulatedReturn, path: Path, *, force: bool) -> None:
    """Write a return as CSV or workbook, by the file's ending: whole, or not at all.

    Raises
    ------
    spread.errors.InputError
        When the file is there already and `force` is not given.
    spread.errors.MachineError
        When the machine refuses.
    """
    check_place(path, force=force)
    if path.suffix.lower() == ".xlsx":
        content = workbooks.write_workbook(simulated.columns, simulated.rows, sheet=SHEET)
    else:
        content = cells.csv_text(simulated.columns, simulated.rows).encode()
    files.put(path, content)


def check_place(path: Path, *, force: bool) -> None:
    """Make sure that a return may be written to a file.

    Raises
    ------
    spread.errors.InputError
    """
    if path.suffix.lower() not in ENDINGS:
        raise errors.InputError(errors.Fault(f"should end in {' or '.join(ENDINGS)}", str(path)))
    if path.is_dir():
        raise errors.InputError(errors.Fault("is a folder; give a file", str(path)))
    if path.exists() and not force:
        raise errors.InputError(errors.Fault("is already there; use --force to replace it", str(path)))

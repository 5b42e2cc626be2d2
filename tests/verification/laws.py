"""Quiet worlds for laws: everything off but the one thing a law is about."""

import math
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

import spread.api as api
from spread.cli import main
from spread.model import Event, inputs, prepare, process_engine, record
from spread.runs import plan, replicate

QUIET = Path(__file__).parent / "quiet.toml"
MONTH = 30.4375
SEED = 3


class Law(NamedTuple):
    """A quiet world made ready, and the parameters of draw 0."""

    job: replicate.Job
    parameters: dict[str, float]


def write_sites(folder: Path, count: int, *, per_organisation: int = 1) -> None:
    """``sites.csv`` of `count` alike sites of one collaborative."""
    rows = [f"s{n:04d},o{n // per_organisation:04d},acute,YH" for n in range(count)]
    (folder / "sites.csv").write_text("\n".join(["site,organisation,setting,psc", *rows]) + "\n")


def write_ties(folder: Path, ties: Iterable[tuple[int, int]]) -> None:
    """``ties.csv``: who looks to whom, by number."""
    rows = [f"s{site:04d},s{peer:04d},measured,1" for site, peer in ties]
    (folder / "ties.csv").write_text("\n".join(["site,peer,layer,weight", *rows]) + "\n")


def complete(count: int) -> Iterator[tuple[int, int]]:
    """Everyone looks to everyone else."""
    return ((site, peer) for site in range(count) for peer in range(count) if site != peer)


def run_by_command(folder: Path, rest: str, machine: str, *, end: date) -> Path:
    """Have ``spread run`` run a quiet world of the sites and ties of a folder; where the run lies."""
    (folder / "own.toml").write_text(
        f'schema = 1\nname = "own"\nbase = "{QUIET.as_posix()}"\nend = {end}\n'
        f'[world]\npopulation = "files"\nsites = "sites.csv"\nties = "ties.csv"\n{rest}'
    )
    words = ["run", str(folder / "own.toml"), "--out", str(folder / "out"), *machine.split()]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        outcome = CliRunner().invoke(main.commands, words, catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return folder / "out"


def law(folder: Path, *, ties: bool = False, **parameters: float | str) -> Law:
    """A quiet world on the files of a folder, with some parameters or, in ``toml=``, anything else."""
    more = str(parameters.pop("toml", ""))
    head = f'schema = 1\nname = "law"\nbase = "{QUIET.as_posix()}"\n'
    world = '\n[world]\npopulation = "files"\nsites = "sites.csv"\n' + ('ties = "ties.csv"\n' if ties else "")
    values = "".join(f"{name} = {value}\n" for name, value in parameters.items())
    top, _, tables = more.partition("\n[")
    text = head + top + world + (f"\n[{tables}\n" if tables else "") + "\n[parameters]\n" + values
    (folder / "law.toml").write_text(text)
    scenario = api.read_scenario(folder / "law.toml")
    job = api.prepare(scenario, seed=SEED, replicates=1)
    return Law(job, plan.draw_parameters(scenario, seed=SEED, draw=0))


def inputs_of(case: Law, *, seed: int = SEED, until_days: float = math.inf) -> inputs.ModelInputs:
    """What an engine is given for draw 0, up to the scenario's end or the day after `until_days`."""
    found = prepare.prepare_inputs(case.job.world, case.job.timetable, case.parameters, seed=seed, draw=0)
    horizon = min(found.constants.horizon_days, until_days + 1.0)
    return found._replace(constants=found.constants._replace(horizon_days=horizon))


def logs(case: Law, runs: int, *, seed: int = SEED, until_days: float = math.inf) -> Iterator[record.EventLog]:
    """Independent replicates of one parameter set."""
    found = inputs_of(case, seed=seed, until_days=until_days)
    for number in range(runs):
        yield process_engine.run(found, seed=seed, draw=0, replicate=number)


def times(log: record.EventLog, event: Event) -> NDArray[np.float64]:
    """Times of one kind of event, days."""
    return log.time_days[log.kind == event]


def first_times(log: record.EventLog, event: Event) -> NDArray[np.float64]:
    """First time of an event by unit, infinite if never, shape (U,)."""
    first = np.full(len(log.initial_status), math.inf)
    chosen = log.kind == event
    np.minimum.at(first, log.unit[chosen], log.time_days[chosen])
    return first


def counts_at(log: record.EventLog, event: Event, days: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many events of a kind by each day."""
    return np.searchsorted(np.sort(times(log, event)), days)


def z_scores(samples: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standardised differences of column means from what is expected."""
    error = samples.std(axis=0, ddof=1) / math.sqrt(len(samples))
    difference = samples.mean(axis=0) - expected
    return np.divide(difference, error, out=np.zeros_like(difference), where=error > 0)

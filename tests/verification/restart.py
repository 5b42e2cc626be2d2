"""Worlds cut in the middle and begun again from what was on record, against what went on to happen in them.

A world runs uncut, with effects and luck of its own. Its state at the cut is written down as a table of stages, or as a
quarterly return with its histories; the same scenario begins from that in many draws, and the share in use
at the deadline in the uncut world is ranked among theirs. If the restarted runs have the law of the future given the
record, the ranks of many worlds are uniform.
"""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import spread.api as api
from spread import dates
from spread.model import ADOPTED, STOPPED, draws, inputs, prepare, record
from spread.network import data, placing
from spread.network.start import StartTable
from spread.outcomes import returns
from spread.runs import plan, replicate
from spread.scenarios import schema

Floats = NDArray[np.float64]
CUT, DEADLINE = date(2023, 9, 30), date(2024, 9, 30)
SEED_OF_WORLDS, SEED_OF_FORECASTS = 77, 78
SITES_PER_ORGANISATION = 2
MEASURES = {"known": 1, "interested": 2, "decided": 3, "testing": 4, "in use": 5, "sustained": 7}
TEXT = """schema = 1
name = "restart"
start = 2022-04-01
end = 2024-09-30
support = "standard"
push = "audit"
[world]
population = "files"
sites = "sites.csv"
[programmes.care]
start = 2022-04-01
interventions = ["chart"]
[interventions.chart]
title = "A chart"
programme = "care"
kind = "bundle"
complexity = "medium"
appeal = 1.0
elements.sheet = {{ baseline = 0.5, difficulty = 1.0 }}
elements.escalation = {{ baseline = 0.3, difficulty = 1.0 }}
elements.carers = {{ baseline = 0.2, difficulty = 1.3 }}
baseline_stages.1 = 0.4
baseline_stages.2 = 0.3
[ambitions.most]
title = "Most"
interventions = ["chart"]
threshold = 0.8
deadline = 2024-09-30
source = "made for a test"
[parameters]
{parameters}
"""


class Case(NamedTuple):
    """A world of sites to be run uncut, and its parameters."""

    scenario: schema.Scenario
    job: replicate.Job
    values: Floats
    read: data.Data

    def parameters(self) -> dict[str, float]:
        """Its parameters by name."""
        return dict(zip(self.job.beliefs.names, self.values.tolist(), strict=True))


def make_case(folder: Path, sites: int = 40, toml: str = "", **parameters: float) -> Case:
    """A world of sites in three collaboratives, two to an organisation, all parameters at their medians."""
    rows = [
        f"S{n:03d},O{n // SITES_PER_ORGANISATION:03d},acute,{('YH', 'WX', 'NENC')[n * 3 // sites]}"
        for n in range(sites)
    ]
    (folder / "sites.csv").write_text("\n".join(["site,organisation,setting,psc", *rows]) + "\n")
    given = "\n".join(f"{name} = {value}" for name, value in parameters.items())
    (folder / "restart.toml").write_text(TEXT.format(parameters=given) + toml)
    scenario = api.read_scenario(folder / "restart.toml")
    read = data.read_data(scenario)
    job = replicate.make_job(scenario, *read, seed=SEED_OF_WORLDS, replicates=1)
    return Case(scenario, job, job.beliefs.value.copy(), read)


def inputs_of(job: replicate.Job, draw: int, values: Floats) -> inputs.ModelInputs:
    """What an engine is given for a draw of a job with these parameters."""
    parameters = dict(zip(job.beliefs.names, values.tolist(), strict=True))
    return prepare.prepare_inputs(job.world, job.timetable, parameters, seed=job.seed, draw=draw, framed=job.frame)


def run_uncut(case: Case, world: int, bench: replicate.Bench, values: Floats | None = None) -> record.EventLog:
    """One world, from the scenario's first day to its end."""
    given = inputs_of(case.job, world, case.values if values is None else values)
    return replicate.run_replicate(
        given, seed=SEED_OF_WORLDS, draw=world, replicate=0, engine=bench.engine, workspace=bench.workspace
    )


def state_at(log: record.EventLog, cutoff: float) -> tuple[NDArray[np.int64], Floats]:
    """Status of every unit before a time, and since when."""
    status, since = log.initial_status.astype(np.int64), log.initial_since_days.copy()
    for event in range(int(np.searchsorted(log.time_days, cutoff, side="left"))):
        unit, after = int(log.unit[event]), int(log.to_status[event])
        if status[unit] != after:
            status[unit], since[unit] = after, log.time_days[event]
    return status, since


def cut_as_stages(case: Case, log: record.EventLog) -> StartTable:
    """The true state at the cut, since when too."""
    origin = case.job.world.origin
    units = case.job.world.units
    status, since = state_at(log, float(dates.day_number(CUT, origin) + 1))
    days = [min(CUT, date.fromordinal(origin.toordinal() + int(np.floor(day)))) for day in since.tolist()]
    count = len(status)
    return StartTable(units.site, units.intervention, status, tuple(days), (CUT,) * count)


def cut_as_return(
    case: Case, log: record.EventLog, world: int, *, observation: returns.Observation, quarters: int | None = None
) -> StartTable:
    """What was reported by the cut, quarter by quarter, in the last so many quarters."""
    origin, units, people = case.job.world.origin, case.job.world.units, case.read.population
    ended = dates.quarter_ends(origin, CUT)
    ended = ended if quarters is None else ended[-quarters:]
    run = returns.Run(SEED_OF_WORLDS, world, 0)
    reported = returns.observe(returns.stages_at(log, origin, ended), units, ended, observation, run)
    told: dict[tuple[date, str, int], int] = {}
    for number, quarter in enumerate(ended):
        for unit, (site, tool) in enumerate(zip(units.site.tolist(), units.intervention.tolist(), strict=True)):
            code = people.organisation_codes[people.organisation[site]]
            if not returns.is_missing(code, quarter, observation, draws.run_key(*run)):
                told[quarter, units.interventions[tool], site] = int(reported[number, unit])
    observed = placing.Observed(told, frozenset(), ())
    return placing.start_of(observed, CUT, interventions=units.interventions)


class Cut(NamedTuple):
    """One world: what came of it at the deadline, by measure, and of each restarted run; shapes (M,), (runs, M)."""

    truth: Floats
    runs: Floats


def shares(log: record.EventLog, cutoff: float) -> Floats:
    """Share of units at each of `MEASURES` or beyond, at a time."""
    status, _ = state_at(log, cutoff)
    stage = np.array(returns.REPORTED_STAGE)[status]
    return np.array([(stage >= least).mean() for least in MEASURES.values()])


def restart(
    case: Case, start: StartTable, bench: replicate.Bench, count: int, *, values: Floats | None = None, first: int = 0
) -> Floats:
    """Shares at the deadline in so many restarted runs, one a draw; shape (count, M)."""
    begin = schema.StartFrom(stages=Path("cut.csv"), as_of=CUT)
    scenario = case.scenario.model_copy(update={"start_from": begin})
    job = replicate.make_job(
        scenario, case.read.population, case.read.ties, start, seed=SEED_OF_FORECASTS, replicates=1
    )
    cutoff = float(dates.day_number(DEADLINE, job.world.origin) + 1)
    found = []
    for draw in range(first, first + count):
        given = inputs_of(job, draw, case.values if values is None else values[draw - first])
        log = replicate.run_replicate(
            given, seed=SEED_OF_FORECASTS, draw=draw, replicate=0, engine=bench.engine, workspace=bench.workspace
        )
        found.append(shares(log, cutoff))
    return np.array(found)


def cut_worlds(
    case: Case, worlds: range, runs: int, *, observation: returns.Observation | None = None, quarters: int | None = None
) -> list[Cut]:
    """Many worlds, each cut and begun again: from a table of stages, or from what an observation model reports."""
    bench = replicate.make_bench(case.job, "compiled")
    again = replicate.make_bench(case.job, "compiled")
    found = []
    cutoff = float(dates.day_number(DEADLINE, case.job.world.origin) + 1)
    for world in worlds:
        log = run_uncut(case, world, bench)
        if observation is None:
            start = cut_as_stages(case, log)
        else:
            start = cut_as_return(case, log, world, observation=observation, quarters=quarters)
        # Draws of one world's forecast are nobody else's.
        found.append(Cut(shares(log, cutoff), restart(case, start, again, runs, first=world * runs)))
    return found


def ranks(cuts: list[Cut], measure: str, luck: np.random.Generator) -> Floats:
    """The rank of each world's truth among its restarted runs, 0-1, ties broken by chance."""
    at = list(MEASURES).index(measure)
    found = []
    for cut in cuts:
        below, same = (cut.runs[:, at] < cut.truth[at]).sum(), (cut.runs[:, at] == cut.truth[at]).sum()
        found.append((below + luck.random() * (same + 1)) / (len(cut.runs) + 1))
    return np.array(found)


def is_in_use(status: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether statuses are of practices in use."""
    in_use: NDArray[np.bool_] = (status >= ADOPTED) & (status < STOPPED)
    return in_use


def draw_sets(case: Case, count: int, seed: int) -> Floats:
    """Parameter sets from what is believed; shape (count, P)."""
    return np.array([plan.draw_values(case.job.beliefs, seed=seed, draw=draw) for draw in range(count)])

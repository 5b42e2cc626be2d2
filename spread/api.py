"""What ``import spread`` offers: it composes and decides nothing."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

import spread
from spread.network import data as world_data
from spread.outcomes import adoption, ambitions, exceedance, sites, summary, tables
from spread.runs import local, replicate
from spread.scenarios import reading, schema


class Results(NamedTuple):
    """What a run gives: tables by name (``adoption summary ambitions exceedance sites parameters events``)."""

    scenario: schema.Scenario
    seed: int
    draws: int
    replicates: int
    tables: dict[str, pd.DataFrame]
    wall_seconds: float

    def ambitions(self) -> pd.DataFrame:
        """One row per ambition, deadline and scope: the chance that it is met, and what holds it back."""
        return self.tables["ambitions"]

    def summary(self) -> pd.DataFrame:
        """Projected shares by date, intervention, group and measure, with their quantiles."""
        return self.tables["summary"]

    def sites(self) -> pd.DataFrame:
        """One row per site, intervention and deadline."""
        return self.tables["sites"]


def read_scenario(path: str | Path) -> schema.Scenario:
    """Read a scenario file, or a base of the catalogue by name.

    Raises
    ------
    InputError
        With every mistake of the file at once.
    """
    return reading.read_scenario(path)


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
    workers: int | None = None,
    events: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Results:
    """Simulate a scenario and assess its ambitions.

    Parameters
    ----------
    draws, replicates
        Parameter sets, and runs of chance for each.
    seed
        Equal seeds give equal results, whatever the number of workers.
    workers
        Processes; None is one a core.
    progress
        Called with (runs done, runs in all).
    """
    began = time.perf_counter()
    job = prepare(scenario, seed=seed, replicates=replicates, events=events)
    outcome = local.run_draws(job, draws, workers=workers, progress=progress)
    found = assess(job, outcome)
    return Results(scenario, seed, draws, replicates, found, time.perf_counter() - began)


def assess(job: replicate.Job, outcome: replicate.Chunk) -> dict[str, pd.DataFrame]:
    """Every table of a results folder from what the runs gave."""
    scenario, plan, collected = job.world.scenario, job.plan, outcome.collected
    names = list(scenario.parameters)
    found = {
        "parameters": tables.parameters_frame({n: [values[n] for values in outcome.parameters] for n in names}),
        "adoption": adoption.adoption_frame(collected),
        "summary": summary.summarise(collected),
        "ambitions": ambitions.assess_ambitions(scenario, plan, collected),
        "exceedance": exceedance.exceedance_table(scenario, plan, collected),
        "sites": sites.sites_table(scenario, plan, collected),
    }
    if job.events:
        found["events"] = pd.concat(outcome.events, ignore_index=True)
    return found


def plot_curves(results: Results, *, intervention: str | None = None) -> Any:
    """Draw the projected curve of a run, with its bands, deadline and target; gives a matplotlib figure.

    Parameters
    ----------
    intervention
        Whose curve; None is what the ambitions are about.
    """
    from spread.plots import curves, data  # matplotlib is not loaded before a figure is wanted

    scenario = results.scenario
    manifest = {
        "name": scenario.name,
        "draws": results.draws,
        "replicates": results.replicates,
        "model_version": spread.__version__,
    }
    found = data.from_frames(
        summary=results.summary(),
        ambitions=results.ambitions(),
        exceedance=results.tables["exceedance"],
        scenario=scenario.model_dump(mode="json", by_alias=True),
        manifest=manifest,
    )
    return curves.plot_curves(found, intervention=intervention)

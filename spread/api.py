"""What ``import spread`` offers: it composes and decides nothing."""

from pathlib import Path
from typing import Any

import spread
from spread.model import record
from spread.runs import answers, replicate
from spread.scenarios import reading, schema

Results = answers.Results
prepare = answers.prepare
run = answers.run


def read_scenario(path: str | Path) -> schema.Scenario:
    """Read a scenario file, or a base of the catalogue by name.

    Raises
    ------
    InputError
        With every mistake of the file at once.
    """
    return reading.read_scenario(path)


def run_one(
    scenario: schema.Scenario | str | Path,
    *,
    draw: int,
    replicate_number: int = 0,
    seed: int = 1,
    engine: str = replicate.PROCESS,
) -> record.EventLog:
    """Run one replicate by itself, as a run of many does: to see why it fails, or what happens in it."""
    asked = scenario if isinstance(scenario, schema.Scenario) else read_scenario(scenario)
    job = prepare(asked, seed=seed)
    return replicate.run_alone(job, draw, replicate_number, replicate.make_bench(job, engine))


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

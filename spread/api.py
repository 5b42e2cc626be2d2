"""What ``import spread`` offers: it composes and decides nothing."""

from collections.abc import Sequence
from concurrent import futures
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import spread
from spread import errors
from spread.model import record
from spread.runs import answers, replicate
from spread.scenarios import reading, schema

if TYPE_CHECKING:
    from spread.calibration import posterior as fitted
    from spread.calibration import track_record
    from spread.decisions import comparison
    from spread.decisions import find as finding
    from spread.decisions import sensitivity as sensing
    from spread.decisions import since as splits
    from spread.decisions import target as targeting
    from spread.decisions import trace as tracing

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


def compare(
    one: answers.Results | str | Path, other: answers.Results | str | Path, *others: answers.Results | str | Path
) -> "comparison.Comparison":
    """Compare plans on the same luck, from their results in memory or from run folders.

    All are compared with each other; the first comes first in every pair.

    Raises
    ------
    InputError
        When they cannot be compared: other ambitions, days, sites, seeds, draws, replicates or versions.
    """
    from spread.decisions import comparison, sides  # pandas is not loaded before it is needed

    every = [
        sides.of_results(plan) if isinstance(plan, answers.Results) else sides.of_folder(Path(plan))
        for plan in (one, other, *others)
    ]
    return comparison.compare(every)


def find(
    scenario: schema.Scenario | str | Path,
    *,
    lever: str,
    chance: float,
    ambition: str | None = None,
    low: float | str | None = None,
    high: float | str | None = None,
    deadline: date | None = None,
    scope: str = "national",
    draws: int = 500,
    replicates: int = 2,
    seed: int = 1,
    engine: str = replicate.COMPILED,
    workers: int | None = None,
    executor: futures.Executor | None = None,
) -> "finding.Finding":
    """The least setting of a lever for which an ambition has a wanted chance, with its interval.

    Parameters
    ----------
    lever
        As for ``--set``: ``coaches``, ``coaches.NENC``, ``support``, ``programmes.NAME.start``.
    ambition
        Which one; may be left out where there is only one.
    low, high
        The lever's range; a sensible one unless given.
    deadline, scope
        One of the ambition's deadlines (its own unless given), and where: ``national`` or ``psc:YH``.

    Raises
    ------
    InputError
        When the question cannot be asked, or the ambition cannot feel the lever.
    """
    from spread.decisions import find as finding
    from spread.decisions import levels, trials
    from spread.runs import sample

    asked = scenario if isinstance(scenario, schema.Scenario) else read_scenario(scenario)
    names = tuple(asked.ambitions)
    if ambition is None and len(names) != 1:
        raise errors.InputError(f"say which ambition: {', '.join(names) or 'this scenario has none'}")
    scale = levels.read_scale(asked, lever, low=low, high=high)
    question = trials.Question(ambition or names[0], deadline, scope)
    hands = sample.Hands(engine, workers, executor)
    return finding.find(
        asked, question, scale, chance=chance, draws=draws, replicates=replicates, seed=seed, hands=hands
    )


def target(
    scenario: schema.Scenario,
    amount: str | None = None,
    *,
    ambition: str,
    deadline: date | None = None,
    lever: str | None = None,
    on: date | None = None,
    budget: int = 0,
    draws: int = 500,
    replicates: int = 2,
    seed: int = 1,
    engine: str = replicate.COMPILED,
    workers: int | None = None,
    executor: futures.Executor | None = None,
) -> "targeting.Targeting":
    """Where one more amount of support does most, by collaborative; without an amount, which sites support decides.

    Parameters
    ----------
    amount
        Such as ``1 WTE`` or ``10 percentage points of champions``.
    lever
        Of what, where the unit does not say.
    on
        The day from which there is more; the start unless given.
    budget
        How many amounts to share out; without an amount, how many sites to name.

    Raises
    ------
    InputError
        When the question cannot be asked.
    """
    from spread.decisions import amounts, trials
    from spread.decisions import target as targeting
    from spread.runs import sample

    question = trials.Question(ambition, deadline)
    hands = sample.Hands(engine, workers, executor)
    shared: dict[str, Any] = {"budget": budget, "draws": draws, "replicates": replicates, "seed": seed, "hands": hands}
    if amount is None:
        return targeting.target_sites(scenario, question, **shared)
    return targeting.target_places(scenario, question, amounts.parse_amount(amount, lever), on=on, **shared)


def sensitivity(
    scenario: schema.Scenario,
    *,
    ambition: str,
    deadline: date | None = None,
    options: Sequence[str] = (),
    effort: "sensing.Effort | None" = None,
    seed: int = 1,
    engine: str = replicate.COMPILED,
    workers: int | None = None,
    executor: futures.Executor | None = None,
) -> "sensing.Sensitivity":
    """Which parameters move the answer, which are worth sensing out, and where the uncertainty comes from.

    Parameters
    ----------
    options
        Plans to choose between, such as ``coaches=3``; every level of support unless given.
    effort
        How much is run (`spread.decisions.sensitivity.Effort`).

    Raises
    ------
    MissingExtra
        When SALib is not installed.
    InputError
        When the question cannot be asked.
    """
    from spread.decisions import sensitivity as sensing
    from spread.decisions import trials
    from spread.runs import sample

    return sensing.find_sensitivity(
        scenario,
        trials.Question(ambition, deadline),
        options=options,
        effort=effort,
        seed=seed,
        hands=sample.Hands(engine, workers, executor),
    )


def run_one(
    scenario: schema.Scenario | str | Path,
    *,
    draw: int,
    replicate_number: int = 0,
    seed: int = 1,
    engine: str = replicate.PROCESS,
    posterior: "answers.Fitted | str | Path | None" = None,
) -> record.EventLog:
    """Run one replicate by itself, as a run of many does: to see why it fails, or what happens in it.

    `posterior` is what was learned from data, or the folder of a fit.
    """
    asked = scenario if isinstance(scenario, schema.Scenario) else read_scenario(scenario)
    job = _believed(prepare(asked, seed=seed), posterior)
    return replicate.run_alone(job, draw, replicate_number, replicate.make_bench(job, engine))


def _believed(job: replicate.Job, posterior: "answers.Fitted | str | Path | None") -> replicate.Job:
    """A job with what was learned from data, given or in the folder of a fit."""
    if posterior is None:
        return job
    if isinstance(posterior, str | Path):
        from spread.calibration import posterior as fitted

        posterior = fitted.read_posterior(Path(posterior))
    return posterior.believed_by(job)


def trace(
    scenario: schema.Scenario | str | Path,
    *,
    draw: int = 0,
    replicate_number: int = 0,
    seed: int = 1,
    sites: Sequence[str] = (),
    influences: bool = False,
    posterior: "answers.Fitted | None" = None,
) -> "tracing.Trace":
    """Look closely at one replicate: its ``everywhere()``, the ``story(site)`` of a site, and its ``influences()``.

    Parameters
    ----------
    sites
        Whose stories shall be told.
    influences
        Watch everybody, for who influenced whom.
    posterior
        What was learned from data, as `calibrate` gives it.
    """
    from spread.decisions import trace as tracing

    asked = scenario if isinstance(scenario, schema.Scenario) else read_scenario(scenario)
    return tracing.trace(
        asked, draw=draw, replicate_number=replicate_number, seed=seed, sites=sites, influences=influences,
        posterior=posterior,
    )  # fmt: skip


def since(old: str | Path, new: str | Path, *, scopes: Sequence[str] = ("national",)) -> "splits.Since":
    """Split the change of each chance between two run folders into what changed; its ``table()`` adds up.

    Raises
    ------
    InputError
        When they have no ambition in common, or files of both are gone.
    """
    from spread.calibration import posterior
    from spread.decisions import since as splits

    return splits.since(old, new, scopes=scopes, fit_of=posterior.fit_of)


def calibrate(
    scenario: schema.Scenario | str | Path,
    observed: str | Path | Sequence[str | Path],
    *,
    free: Sequence[str] = (),
    until: date | None = None,
    effort: str = "usual",
    sets: int = 500,
    seed: int = 1,
    engine: str = replicate.COMPILED,
    workers: int | None = None,
    executor: futures.Executor | None = None,
    folder: str | Path | None = None,
) -> "fitted.Posterior":
    """Fit a scenario to what was observed; give what is found to ``run(scenario, posterior=...)``.

    Parameters
    ----------
    observed
        Files, or names of series that come with the package.
    free
        The parameters to fit; those that the data say something of unless given.
    until
        Observations after this day are not used.
    effort
        ``quick``, ``usual`` or ``thorough``.
    sets
        How many equally likely parameter sets to give.
    folder
        Where simulations are kept, for going on after an interruption.

    Raises
    ------
    InputError
        When data cannot be read or placed, are too few, or a parameter cannot be fitted.
    """
    from spread.calibration import efforts, evidence, fit
    from spread.runs import sample

    asked = scenario if isinstance(scenario, schema.Scenario) else read_scenario(scenario)
    if effort not in efforts.EFFORTS:
        raise errors.InputError(f"effort: '{effort}' is none of {', '.join(efforts.EFFORTS)}")
    files = [observed] if isinstance(observed, str | Path) else observed
    rows, self_reported = evidence.read_all([str(file) for file in files], asked)
    return fit.calibrate(
        fit.Asked(asked, rows, tuple(free), until, self_reported),
        seed=seed,
        effort=efforts.EFFORTS[effort],
        sets=sets,
        hands=sample.Hands(engine, workers, executor),
        folder=None if folder is None else Path(folder),
    )


def score(forecasts: str | Path, observed: str | Path) -> "track_record.Record":
    """Set past forecasts (``forecasts.csv`` or its folder) against what happened (``observed.csv``).

    Raises
    ------
    InputError
        With every mistake of either file.
    """
    from spread.calibration import forecast_record, track_record
    from spread.calibration import observed as observations

    made = forecast_record.read_forecasts(forecasts)
    return track_record.score_forecasts(made, observations.read_observed(observed))


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

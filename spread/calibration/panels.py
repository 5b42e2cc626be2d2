"""Sites' stages by quarter, forecast site by site from the state at a cut, and scored beside simple rivals.

S sites, Q quarters, H quarters ahead, M runs.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import dates, errors
from spread.calibration import forecasts_at, posterior, scores, simulator, stage_rivals
from spread.outcomes import returns as stage_reports
from spread.runs import answers, replicate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Told = Mapping[tuple[str, int], Mapping[date, int]]

OURS: Final = "spread"
MARKOV, HAZARD, STAY = "stage to stage", "hazard of a stage", "as they stood"
STAGES: Final = stage_rivals.STAGES


class Panel(NamedTuple):
    """What was reported of one intervention: stages (S, Q), NaN where a site did not say; `sites` by their number."""

    intervention: str
    sites: Ints
    quarters: tuple[date, ...]
    stages: Floats


class SiteScores(NamedTuple):
    """How well one forecaster did on sites, from one cut: scores of each site, (S,), and in the mean.

    `ranked` is the ranked probability score of stages (NaN: it forecasts none), `brier` of having adopted.
    """

    intervention: str
    cut: date
    who: str
    quarters: int
    ranked: Floats
    brier: Floats


def panels(told: Told) -> tuple[Panel, ...]:
    """What was reported, by intervention and quarter; a day within a quarter counts as its end."""
    found = []
    for name in dict.fromkeys(name for name, _ in told):
        days = [day for (which, _), stages in told.items() if which == name for day in stages]
        quarters = dates.quarter_ends(min(days), _quarter_end(max(days)))
        sites = np.array(sorted(site for which, site in told if which == name), dtype=np.int64)
        stages = np.full((len(sites), len(quarters)), np.nan)
        for row, site in enumerate(sites.tolist()):
            for day, stage in sorted(told[name, site].items()):
                stages[row, quarters.index(_quarter_end(day))] = stage
        found.append(Panel(name, sites, quarters, stages))
    return tuple(found)


def _quarter_end(day: date) -> date:
    return next(end for end in dates.quarter_ends(day, date(day.year, 12, 31)))


def score_panel(
    panel: Panel, standing: forecasts_at.Standing, found: posterior.Posterior, work: forecasts_at.Work, *, stage: int
) -> tuple[SiteScores, ...]:
    """Scores of sites from the cut on, ours and of every rival; nothing where a panel has no steps, or nothing to come.

    `stage`: from which on a site has adopted.
    """
    cut = standing.cut
    known = [number for number, quarter in enumerate(panel.quarters) if cut is not None and quarter <= cut]
    later = [number for number, quarter in enumerate(panel.quarters) if cut is not None and quarter > cut]
    if not later or cut is None:
        return ()
    past, seen = panel.stages[:, known], panel.stages[:, later]
    try:
        stage_rivals.check(past)
    except errors.InputError:
        return ()
    ever = stage_rivals.last_known(past)[0] >= 0
    seen = np.where(ever[:, None], seen, np.nan)
    ours = _site_paths(panel, [panel.quarters[number] for number in later], standing, found, work)
    luck = forecasts_at.luck(work.seed, panel.intervention, str(cut))
    markov = stage_rivals.markov_stages(past, len(later), work.sets, luck)
    hazard = stage_rivals.hazard_of_stage(past, len(later), stage=stage, members=work.sets, generator=luck)
    stay = np.repeat(stage_rivals.last_known(past)[0][None, :, None], len(later), axis=2)
    by_stages = {OURS: ours, MARKOV: markov, STAY: stay}
    scored = [
        SiteScores(
            panel.intervention, cut, who, len(later), _ranked(ensemble, seen), _brier(ensemble >= stage, seen, stage)
        )
        for who, ensemble in by_stages.items()
    ]
    unknown = np.full(len(seen), np.nan)
    brier = _mean_known(scores.brier(hazard.mean(axis=0), _flags(seen, stage)))
    return (*scored, SiteScores(panel.intervention, cut, HAZARD, len(later), unknown, brier))


def _site_paths(
    panel: Panel,
    quarters: Sequence[date],
    standing: forecasts_at.Standing,
    found: posterior.Posterior,
    work: forecasts_at.Work,
) -> Ints:
    """Stages reported of each site in runs from the state at the cut, shape (M, S, H)."""
    begun = forecasts_at.started(standing, (), Path())
    if begun is None:
        raise errors.InputError("stages by site are forecast from a file of them")
    scenario = begun.model_copy(update={"end": quarters[-1]})
    job = found.believed_by(answers.prepare(scenario, seed=work.seed, replicates=1))
    bench = replicate.make_bench(job, work.hands.engine)
    units = {
        (int(site), job.world.units.interventions[int(number)]): unit
        for unit, (site, number) in enumerate(zip(job.world.units.site, job.world.units.intervention, strict=True))
    }
    mine = [units[site, panel.intervention] for site in panel.sites.tolist()]
    paths = np.empty((len(found.values), len(mine), len(quarters)), dtype=np.int64)
    for number in range(len(paths)):
        log = replicate.run_alone(job, number, 0, bench)
        paths[number] = stage_reports.stages_at(log, job.world.origin, quarters)[:, mine].T
    return _reported(paths, job, found, work) if standing.self_reported else paths


def _reported(paths: Ints, job: replicate.Job, found: posterior.Posterior, work: forecasts_at.Work) -> Ints:
    """Stages as sites would have said them, too high or too low by one now and then."""
    luck = forecasts_at.luck(work.seed, "reported").random(paths.shape)
    used = np.array([replicate.draw_own(job, number).values for number in range(len(found.values))])
    names = list(job.beliefs.names)
    over, under = (used[:, names.index(name)][:, None, None] for name in (simulator.OVER, simulator.UNDER))
    moved = paths + (luck < under + over).astype(np.int64) - 2 * (luck < under)
    said: Ints = np.clip(moved, 0, STAGES - 1)
    return said


def _ranked(ensemble: Ints, seen: Floats) -> Floats:
    shares = scores.category_shares(np.moveaxis(ensemble, 0, -1), STAGES)
    return _mean_known(scores.ranked_probability(shares, seen))


def _brier(adopted: NDArray[np.bool_], seen: Floats, stage: int) -> Floats:
    return _mean_known(scores.brier(adopted.mean(axis=0), _flags(seen, stage)))


def _flags(seen: Floats, stage: int) -> Floats:
    return np.where(np.isnan(seen), np.nan, seen >= stage)


def _mean_known(values: Floats) -> Floats:
    """The mean over quarters of each site; NaN where nothing is known."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    mean: Floats = np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0)
    return mean

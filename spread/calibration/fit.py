"""`calibrate`: from a scenario and what was observed to what its parameters may be.

N proposals, F free parameters, P parameters, D observed numbers.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import errors
from spread.calibration import efforts, posterior, priors, sampler, simulator, summaries, targets
from spread.model import draws
from spread.model.draws import Purpose
from spread.runs import answers, replicate, sample
from spread.runs import plan as parameter_plan

if TYPE_CHECKING:
    from spread.calibration import observed
    from spread.scenarios import schema

Floats = NDArray[np.float64]

MOST_CHOSEN: Final = 8
TOUCHED: Final = 0.02
"""Share of a parameter's variance that data must explain for it to be fitted unasked."""
FEWEST_POINTS: Final = 2
POINTS_PER_FREE: Final = 3
FEWEST_EFFECTIVE: Final = 40
BANDS: Final = {"q05": 0.05, "q50": 0.50, "q95": 0.95}


class Asked(NamedTuple):
    """What a fit is of: a scenario, rows of observations, which parameters are free (none: those the data touch)."""

    scenario: "schema.Scenario"
    rows: tuple["observed.Observation", ...]
    free: tuple[str, ...] = ()
    until: date | None = None
    self_reported: bool = False


def calibrate(
    asked: Asked,
    *,
    seed: int = 1,
    effort: efforts.Effort | None = None,
    sets: int = 500,
    hands: sample.Hands | None = None,
    folder: Path | None = None,
    report: Callable[[int, int, str], None] = lambda done, total, note: None,
) -> posterior.Posterior:
    """Fit a scenario to observations.

    Parameters
    ----------
    seed
        Equal seeds give equal posteriors, whoever does the work.
    effort
        How much to simulate (`efforts.Effort`).
    sets
        How many equally likely parameter sets to give.
    folder
        Where batches of proposals are kept, for going on after an interruption.

    Raises
    ------
    InputError
        When the data cannot be placed, are too few, or a parameter cannot be fitted.
    """
    work = effort or efforts.Effort()
    seen = targets.observing(asked.scenario, asked.rows, asked.until)
    job = answers.prepare(seen, seed=seed, replicates=1)
    placed = targets.place_rows([row for row in asked.rows if row.date <= seen.end], job.plan)
    check_points(placed)
    simulate = simulator.Simulator(
        job,
        priors.free_parameters(job.beliefs, ()),
        placed,
        asked.self_reported,
        # What batches keep is much less than what a shelf would.
        (hands or sample.Hands())._replace(shelf=None),
        simulator.Batches(folder),
    )
    told = _Told(report, work.most)
    named = priors.free_parameters(job.beliefs, asked.free)
    first = simulate._replace(report=told.done).data(np.zeros((work.first, 0)), 0)
    touched = screen(job, first, seed=seed)
    free = named if asked.free else priors.free_parameters(job.beliefs, chosen(touched, len(placed.targets)))
    fitting = simulate._replace(free=free, report=told.done)
    from_prior = prior_normals(job.beliefs, free, seed)

    def normals(number: int, count: int) -> Floats:
        if number >= work.first:
            return priors.normals(seed, number, count)
        return np.append(from_prior(number), 0.0)

    def data(z: Floats, number: int) -> Floats:
        return first if number == 0 else fitting.data(z, number)

    found = sampler.sample(data, placed.observed, normals=normals, atoms=free.atoms, effort=work, report=told.wave)
    fitted = fitted_table(placed, found)
    about = describe(asked, placed, touched, free, seen.end) | {"within_90": within(fitted)}
    if found.effective_size < FEWEST_EFFECTIVE:
        about["warnings"].append(
            f"the fit rests on about {found.effective_size:.0f} independent parameter sets, which is few: "
            "give it more effort, or leave fewer parameters free"
        )
    return posterior.from_sample(found, job.beliefs, free, seed=seed, sets=sets, about=about, fitted=fitted)


class _Told:
    """Reports proposals done, and what the last wave said."""

    def __init__(self, report: Callable[[int, int, str], None], most: int) -> None:
        self._report, self._most, self._note = report, most, ""

    def done(self, count: int) -> None:
        self._report(min(count, self._most), self._most, self._note)

    def wave(self, count: int, most: int, note: str) -> None:
        self._note = note
        self._report(count, most, note)


def check_points(placed: targets.Targets) -> None:
    """Make sure that there is something to fit to.

    Raises
    ------
    InputError
        With what could not be placed.
    """
    if len(placed.targets) >= FEWEST_POINTS:
        return
    count = len(placed.targets)
    reasons = dict.fromkeys(reason for _, reason in placed.left_out)
    why = f": {'; '.join(list(reasons)[:5])}" if reasons else ""
    few = "one observation" if count else "no observation"
    raise errors.InputError(f"{few} can be compared with a run, and a fit needs {FEWEST_POINTS}{why}")


def prior_normals(beliefs: parameter_plan.Beliefs, free: priors.Free, seed: int) -> Callable[[int], Floats]:
    """The z of free parameters as they are drawn for a numbered proposal of the first wave."""
    keys = [int(beliefs.key[place]) for place in free.place]

    def drawn(number: int) -> Floats:
        run = draws.run_key(seed, number, 0)
        return np.array([draws.normal(draws.uniform_at(run, key, Purpose.PARAMETER, 0)) for key in keys])

    return drawn


def screen(job: replicate.Job, data: Floats, *, seed: int) -> dict[str, float]:
    """The share of each uncertain parameter's variance that data from the prior explain, largest first."""
    every = priors.free_parameters(job.beliefs, priors.uncertain_parameters(job.beliefs))
    drawn = prior_normals(job.beliefs, every, seed)
    z = np.array([drawn(number) for number in range(len(data))])
    good = np.isfinite(data).all(axis=1)
    if not good.any():
        raise errors.InputError("no run of this scenario came through; `spread run` says why")
    number = np.flatnonzero(good)
    reading = summaries.read(data[good], z[good], np.ones(len(number)), number, data[good].mean(axis=0))
    explained = 1.0 - np.square(reading.spread)
    order = np.argsort(-explained, kind="stable")
    return {every.names[f]: float(explained[f]) for f in order}


def chosen(touched: dict[str, float], points: int) -> tuple[str, ...]:
    """The parameters to fit where none were named: those the data say most of, no more than the points can carry.

    Raises
    ------
    InputError
        When there are none.
    """
    most = min(MOST_CHOSEN, max(points // POINTS_PER_FREE, 1))
    found = tuple(name for name, share in touched.items() if share >= TOUCHED)[:most]
    if not found:
        raise errors.InputError("these data say nothing of any parameter of the scenario; there is nothing to fit")
    return found


def describe(
    asked: Asked, placed: targets.Targets, touched: dict[str, float], free: priors.Free, last: date
) -> dict[str, Any]:
    """What a posterior rests on, and what there is to be warned of."""
    days = sorted(target.row.date for target in placed.targets)
    return {
        "scenario": asked.scenario.name,
        "points": len(placed.targets),
        "first_date": days[0].isoformat(),
        "last_date": days[-1].isoformat(),
        "until": last.isoformat(),
        "sources": sorted({target.row.source for target in placed.targets if target.row.source}),
        "left_out": [f"{reason}" for _, reason in placed.left_out],
        "touched": touched,
        "warnings": warnings_of(placed, touched, free),
    }


def warnings_of(placed: targets.Targets, touched: dict[str, float], free: priors.Free) -> list[str]:
    """What somebody who reads a fit has to know."""
    found = []
    if len(placed.targets) < POINTS_PER_FREE * len(free.names):
        found.append(
            f"{len(free.names)} parameters are free and there are {len(placed.targets)} points: "
            "the prior decides most of what is found"
        )
    untouched = [name for name in free.names if touched[name] < TOUCHED]
    found += [f"these data say next to nothing of '{name}': it stays about where its prior was" for name in untouched]
    values = [target.value for target in placed.targets]
    if not any(values):
        found.append("every value observed is zero: only speeds that are too high can be ruled out")
    if placed.left_out:
        found.append(f"{len(placed.left_out)} observations have no place in a run and were left out")
    return found


def fitted_table(placed: targets.Targets, found: sampler.Sample) -> pd.DataFrame:
    """What was observed beside what the fitted model gives, one row an observed number, on the scale of comparison."""
    order = np.argsort(found.data, axis=0, kind="stable")
    rows = []
    for place, (target, seen) in enumerate(zip(placed.targets, placed.observed, strict=True)):
        mine = order[:, place]
        steps = np.cumsum(found.weight[mine])
        at = [mine[min(int(np.searchsorted(steps, share)), len(steps) - 1)] for share in BANDS.values()]
        row = target.row
        rows.append(
            {
                "date": row.date.isoformat(), "intervention": "+".join(row.interventions), "measure": str(row.measure),
                "group_kind": row.group_kind, "group": row.group, "value": target.value, "observed": float(seen),
                **{name: float(found.data[run, place]) for name, run in zip(BANDS, at, strict=True)},
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def within(fitted: pd.DataFrame) -> float:
    """The share of observed numbers inside the fitted model's 90 % range."""
    inside = (fitted["observed"] >= fitted["q05"] - 1e-9) & (fitted["observed"] <= fitted["q95"] + 1e-9)
    return float(inside.mean())


def learned_rows(found: posterior.Posterior, scenario: "schema.Scenario") -> list[dict[str, Any]]:
    """What was believed of each free parameter before and after, one row each, best known first."""
    beliefs = parameter_plan.read_beliefs(scenario)
    free = priors.free_parameters(beliefs, found.free)
    rows = []
    for place, moved in enumerate(found.moved()):
        told = scenario.parameters[moved["name"]]
        before = prior_quantiles(beliefs, free, place)
        after = np.quantile(found.values[:, found.names.index(moved["name"])], list(BANDS.values()))
        rows.append(
            {
                **moved, "meaning": told.meaning, "unit": told.unit, "basis": told.basis,
                **{f"before_{name}": float(value) for name, value in zip(BANDS, before, strict=True)},
                **{f"after_{name}": float(value) for name, value in zip(BANDS, after, strict=True)},
            }
        )  # fmt: skip
    return sorted(rows, key=lambda row: -row["shrinkage"])


def prior_quantiles(beliefs: parameter_plan.Beliefs, free: priors.Free, place: int) -> list[float]:
    """What one free parameter was believed to be, at the shares of `BANDS`."""
    from scipy import special

    z = np.zeros((len(BANDS), len(free.names)))
    z[:, place] = special.ndtri(list(BANDS.values()))
    return [float(value) for value in priors.prior_values(beliefs, free, z)[:, place]]

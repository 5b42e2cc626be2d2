"""What is believed after data: parameter sets, each with the effects of its regions and sites, kept in a folder.

K sets, P parameters, F free ones, D observed numbers.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import cells, errors, files
from spread.calibration import identified, priors, sampler
from spread.runs import plan as parameter_plan
from spread.runs import replicate, store

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TABLE, ABOUT, FITTED = "posterior.parquet", "posterior.json", "fit.csv"
NUMBER: Final = "effects"
"""The column that says from which numbered proposal a set has its regional, organisation and site effects."""
FORMAT: Final = 1
FIT_GONE: Final = "the fit it rests on has changed or is gone"


class Posterior(NamedTuple):
    """Equally likely parameter sets.

    `names` of all parameters (P,), `values` (K, P), `effects` (K,): numbered draws of `seed` that regional,
    organisation and site effects are taken from. `free` were fitted, the others kept at their priors. `about` says
    what it rests on, as it is written to ``posterior.json``; `fitted` has a row for each observed number: what was
    seen, and what the fitted model gives.
    """

    names: tuple[str, ...]
    values: Floats
    effects: Ints
    seed: int
    free: tuple[str, ...]
    about: Mapping[str, Any]
    fitted: pd.DataFrame

    @property
    def digest(self) -> str:
        """A hash of what a run takes from it; sha256 as hexadecimal text."""
        told = json.dumps([self.names, self.seed, self.values.tolist(), self.effects.tolist()])
        return hashlib.sha256(told.encode()).hexdigest()

    def moved(self) -> list[Mapping[str, Any]]:
        """What was learned of each free parameter (`identified.Moved`)."""
        return list(self.about["moved"])

    def informed(self) -> list[str]:
        """The parameters that the data moved."""
        return [one["name"] for one in self.moved() if one["is_informed"]]

    def still_believed(self) -> list[str]:
        """The uncertain parameters that still rest on what was believed before; those the data touch most first."""
        informed = self.informed()
        return [name for name in self.about.get("touched", ()) if name not in informed]

    def believed_by(self, job: replicate.Job) -> replicate.Job:
        """A job whose draws use these sets, one after the other; its answer says what it rests on.

        A parameter that the fit did not know is drawn from its prior.
        """
        known = {name: column for column, name in enumerate(self.names)}
        values = np.full((len(self.values), len(job.beliefs.names)), np.nan)
        for column, name in enumerate(job.beliefs.names):
            if name in known:
                values[:, column] = self.values[:, known[name]]
        sets = replicate.Sets(values, None, self.effects, self.seed)
        return job._replace(sets=sets, plan=job.plan._replace(basis=basis_of(self)))


def from_sample(
    found: sampler.Sample,
    beliefs: parameter_plan.Beliefs,
    free: priors.Free,
    *,
    seed: int,
    sets: int,
    about: Mapping[str, Any],
    fitted: pd.DataFrame,
) -> Posterior:
    """A posterior of so many equally likely sets, by systematic resampling of a weighted sample."""
    place = systematic(found.weight, sets)
    values = priors.values_at(beliefs, free, found.adjusted[place], found.number[place], seed=seed)
    told = identified.identify(free.names, found, free.atoms)
    learned = {
        "moved": [one._asdict() for one in told.moved],
        "directions": told.directions,
        "confounded": [list(pair) for pair in told.confounded],
        "effective_size": found.effective_size,
        "waves": [wave._asdict() for wave in found.waves],
    }
    return Posterior(beliefs.names, values, found.number[place], seed, free.names, {**about, **learned}, fitted)


def systematic(weight: Floats, count: int) -> Ints:
    """Places drawn in proportion to their weights, evenly: shape (count,)."""
    steps = np.cumsum(weight / weight.sum())
    wanted = (np.arange(count) + 0.5) / count
    return np.minimum(np.searchsorted(steps, wanted), len(weight) - 1)


def basis_of(found: Posterior) -> str:
    """What an answer rests on, in a few words."""
    about = found.about
    what = f"{about['points']} observations of {about['scenario']}, {about['first_date']} to {about['last_date']}"
    moved, rest = len(found.informed()), "the rest as believed before"
    if "touched" not in found.about:
        return f"{what}; {moved} parameters moved by them, {rest}"
    return f"{what}; {moved} of {len(found.about['touched'])} uncertain parameters moved by them, {rest}"


def write_posterior(folder: Path, found: Posterior) -> None:
    """Write a posterior to a folder that is there, what it rests on last.

    Raises
    ------
    MachineError
        When it cannot be written.
    """
    table = pd.DataFrame(found.values, columns=list(found.names))
    table.insert(0, NUMBER, found.effects)
    with errors.writing(folder):
        files.write_whole(folder / TABLE, table.to_parquet(index=False))
        files.write_whole(
            folder / FITTED, cells.csv_text(tuple(found.fitted.columns), found.fitted.to_numpy()).encode()
        )
        about = {"format": FORMAT, "seed": found.seed, "free": list(found.free), "digest": found.digest, **found.about}
        files.write_whole(folder / ABOUT, cells.json_text(about).encode())


def fit_of(manifest: Mapping[str, Any], place: str = "") -> Posterior | None:
    """The fit that the run in a place rests on; none where it rests on none.

    Raises
    ------
    InputError
        When it is no longer where it was or as it was.
    """
    told, folder = manifest.get("posterior"), manifest.get("posterior_folder")
    if told is None:
        return None
    with contextlib.suppress(errors.InputError):
        found = None if folder is None else read_posterior(Path(folder))
        if found and found.digest == told:
            return found
    raise errors.InputError(errors.Fault(FIT_GONE, place))


def read_posterior(folder: Path) -> Posterior:
    """Read a posterior.

    Raises
    ------
    InputError
        When the folder holds none, or it is damaged.
    """
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        table = store.read_table(folder / TABLE)
        fitted = pd.read_csv(folder / FITTED)
        effects = table.pop(NUMBER).to_numpy(dtype=np.int64)
        values = table.to_numpy(dtype=np.float64)
        names = tuple(str(name) for name in table.columns)
        found = Posterior(names, values, effects, int(about["seed"]), tuple(about["free"]), about, fitted)
    except FileNotFoundError as error:
        message = f"holds no posterior ({Path(str(error.filename)).name} is missing); `spread calibrate` makes one"
        raise errors.InputError(errors.Fault(message, str(folder))) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise errors.InputError(errors.Fault(f"cannot be read as a posterior: {error}", str(folder))) from error
    if about.get("format") != FORMAT:
        raise errors.InputError(errors.Fault("was written by another version; calibrate again", str(folder)))
    if found.digest != about["digest"]:
        raise errors.InputError(errors.Fault("has been changed since it was written; calibrate again", str(folder)))
    return found

"""What one history is simulated from: a scenario file, a name of the catalogue, or a run with its seed and its fit."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from spread.cli import planning, render

if TYPE_CHECKING:
    from spread.runs import answers
    from spread.scenarios import schema


class Source(NamedTuple):
    """A scenario, the seed, and what was learned from data where a run rests on a fit."""

    scenario: "schema.Scenario"
    seed: int
    posterior: "answers.Fitted | None" = None


def read(which: str, *, seed: int | None = None, quiet: bool = False) -> Source:
    """Read what is named; a run that would come out otherwise today is said to.

    Parameters
    ----------
    which
        A scenario file, a name of the catalogue, or a run's folder.
    seed
        Names the luck; that of the run, or 1, unless given.

    Raises
    ------
    spread.errors.InputError
        When there is no such thing, or a run rests on a fit that is another now, or gone.
    """
    from spread.calibration import posterior as fits
    from spread.runs import folders, listing, store
    from spread.scenarios import reading

    if not Path(which).is_dir():
        return Source(reading.read_scenario(which), 1 if seed is None else seed)
    folder = listing.find_run(which)
    manifest = folders.manifest_there(folder) or {}
    scenario = reading.read_scenario(folder / store.SCENARIO)
    posterior = fits.fit_of(manifest, str(folder))
    for change in planning.changes_since(scenario, manifest):
        render.say(f"Not the run as it was: {change}", quiet=quiet)
    return Source(scenario, int(manifest["seed"]) if seed is None else seed, posterior)

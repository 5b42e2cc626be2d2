"""From numbered proposals to the data they would have given; batches are kept, so that nothing is computed twice.

N proposals, F free parameters, D observed numbers.
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors, files
from spread.calibration import priors, targets
from spread.runs import replicate, sample

Floats = NDArray[np.float64]

BATCH: int = 250
"""Proposals simulated, and kept, together; a fit that is interrupted loses no more."""
OVER, UNDER = "return_overstated_share", "return_understated_share"


class Batches:
    """Data of batches of proposals, in a folder or (without one) in memory only."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        if folder is not None:
            with errors.writing(folder):
                folder.mkdir(parents=True, exist_ok=True)

    def read(self, first: int, z: Floats) -> Floats | None:
        """What was kept of a batch, if it is of these very proposals and whole."""
        if self.folder is None:
            return None
        try:
            content = io.BytesIO(self._path(first).read_bytes())
            with np.load(content, allow_pickle=False) as kept:
                same = np.array_equal(kept["z"], z) and str(kept["digest"]) == _digest(kept["data"])
                return np.array(kept["data"], dtype=np.float64) if same else None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return None

    def keep(self, first: int, z: Floats, data: Floats) -> None:
        """Keep a batch, whole and safely on disk.

        Raises
        ------
        MachineError
            When it cannot be written.
        """
        if self.folder is None:
            return
        content = io.BytesIO()
        np.savez(content, z=z, data=data, digest=np.array(_digest(data)))
        with errors.writing(self.folder, after="; batches already there are kept"):
            files.write_whole(self._path(first), content.getvalue())

    def _path(self, first: int) -> Path:
        if self.folder is None:
            raise RuntimeError("batches in memory have no file")
        return self.folder / f"{first:07d}.npz"


def _digest(data: Floats) -> str:
    return hashlib.sha256(np.ascontiguousarray(data, dtype="<f8").tobytes()).hexdigest()


class Simulator(NamedTuple):
    """Simulates proposals of one fit.

    `job` is looked at on the days of the data; `self_reported`: stages were reported by those who are judged by them.
    """

    job: replicate.Job
    free: priors.Free
    targets: targets.Targets
    self_reported: bool
    hands: sample.Hands
    batches: Batches
    report: Callable[[int], None] = lambda done: None

    def data(self, z: Floats, first: int) -> Floats:
        """The data of proposals z, shape (N, F), numbered from `first` on; shape (N, D), NaN where a run failed."""
        pieces = []
        for start in range(0, len(z), BATCH):
            mine = z[start : start + BATCH]
            kept = self.batches.read(first + start, mine)
            if kept is None:
                kept = self._simulate(mine, first + start)
                self.batches.keep(first + start, mine, kept)
            pieces.append(kept)
            self.report(first + start + len(mine))
        return np.concatenate(pieces)

    def _simulate(self, z: Floats, first: int) -> Floats:
        number = np.arange(first, first + len(z))
        values = priors.values_at(self.job.beliefs, self.free, z, number, seed=self.job.seed)
        keeper = sample.InMemory()
        job = self.job._replace(sets=replicate.Sets(values, number), replicates=1)
        sample.gather(job, len(z), keeper, self.hands, lambda done, total, note: None)
        found = [self._observe(chunk, values, number) for chunk in keeper.chunks]
        return np.concatenate(found)

    def _observe(self, chunk: replicate.Chunk, values: Floats, number: NDArray[np.int64]) -> Floats:
        mine = slice(chunk.first_draw, chunk.first_draw + chunk.draws)
        misreport = None
        if self.self_reported:
            names = self.job.beliefs.names
            over, under = (values[mine, names.index(name)] for name in (OVER, UNDER))
            misreport = targets.Misreport(over, under)
        generators = [observer(self.job.seed, int(one)) for one in number[mine]]
        data = targets.observe(self.targets.targets, chunk.arrays, misreport=misreport, generators=generators)
        data[~np.asarray(chunk.array("done"))[:, 0]] = np.nan
        return data


def observer(seed: int, number: int) -> np.random.Generator:
    """What observing one proposal's run is random by: its own generator, whoever asks."""
    return np.random.Generator(np.random.Philox(key=np.array([seed, number], dtype=np.uint64)))

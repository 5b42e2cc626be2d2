"""Whether a finished run is what its manifest says, and whether it still comes out the same."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from spread import errors
from spread.runs import chunks as stored
from spread.runs import folders, provenance, replicate, store, values

CHUNKS_TO_REPEAT = 2


def damaged_files(folder: Path, manifest: Mapping[str, Any]) -> list[errors.Fault]:
    """Files of a run that are missing or not as they were written."""
    faults = [_fault(folder / store.TABLE_FILES[name], _table_fault(folder, name, told))
              for name, told in manifest["table_hashes"].items()]  # fmt: skip
    faults += [
        _fault(chunk.path, "" if stored.is_whole(chunk) else "is missing or not as it was written")
        for chunk in store.chunks_of(folder, manifest)
    ]
    faults.append(_fault(folder / store.SCENARIO, _text_fault(folder / store.SCENARIO, manifest["scenario_hash"])))
    if values.content_hash(manifest["table_hashes"]) != manifest["content_hash"]:
        faults.append(_fault(folder / folders.MANIFEST, "its hashes of the tables do not give its content hash"))
    found = [fault for fault in faults if fault is not None]
    return found or _headline_faults(folder, manifest)


def _fault(path: Path, message: str) -> errors.Fault | None:
    return errors.Fault(message, str(path)) if message else None


def _table_fault(folder: Path, name: str, told: str) -> str:
    try:
        same = store.stored_hash(folder, name) == told
    except FileNotFoundError:
        return "is missing"
    except Exception as error:  # whatever a damaged file makes its reader raise
        return f"cannot be read: {(str(error) or type(error).__name__).splitlines()[0]}"
    return "" if same else "does not hold the values it was written with"


def _text_fault(path: Path, told: str) -> str:
    try:
        return "" if provenance.text_hash(path.read_text(encoding="utf-8")) == told else "is not as it was written"
    except (OSError, ValueError):
        return "is missing or cannot be read"


def _headline_faults(folder: Path, manifest: Mapping[str, Any]) -> list[errors.Fault]:
    """The headline against the table it was made from, once that is known to be good."""
    path = folder / store.HEADLINE
    wanted = store.headline(store.told_in_headline(folder), manifest)
    fault = _fault(path, _text_fault(path, provenance.text_hash(wanted)))
    return [fault] if fault else []


def differing_draws(
    folder: Path, manifest: Mapping[str, Any], job: replicate.Job, engine: str
) -> tuple[list[errors.Fault], int]:
    """Simulate a few chunks again, chosen by the run's key, and compare all they hold, bit for bit.

    Returns
    -------
    list, int
        What differs, and how many draws were simulated.
    """
    all_chunks = store.chunks_of(folder, manifest)
    chosen = random.Random(manifest["key"]).sample(all_chunks, min(CHUNKS_TO_REPEAT, len(all_chunks)))  # noqa: S311
    bench = replicate.make_bench(job, engine)
    faults = []
    for chunk in sorted(chosen, key=lambda one: one.first_draw):
        again = replicate.run_chunk(job, chunk.first_draw, chunk.draws, bench)
        wrong = [name for name in again.arrays if not _same(chunk, again, name)]
        if wrong:
            last = chunk.first_draw + chunk.draws - 1
            message = f"draws {chunk.first_draw} to {last} come out differently now: {', '.join(wrong)}"
            faults.append(errors.Fault(message, str(chunk.path)))
    return faults, sum(chunk.draws for chunk in chosen)


def _same(chunk: stored.StoredChunk, again: replicate.Chunk, name: str) -> bool:
    there, now = chunk.array(name), again.array(name)
    return there.dtype == now.dtype and np.array_equal(there, now, equal_nan=there.dtype.kind == "f")

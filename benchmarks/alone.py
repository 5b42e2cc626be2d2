"""What is done in a process of its own, which prints what it found as JSON: ``python -m benchmarks.alone TASK ...``."""

import gc
import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import measure
from spread.runs import replicate

COMPILED_ENGINE = "spread.model.compiled_engine"


def engine(scenario: str, name: str, runs: str, count: str) -> dict[str, Any]:
    """CPU seconds and events a replicate of one engine, with its tables or (``count`` = 0) without."""
    from benchmarks import contenders

    ready = contenders.Ready(Path(scenario), name)
    run: Callable[[int], Any] = ready.run_and_count if int(count) else ready.run
    if name == "compiled":
        run(0)  # compiles, or loads
    times, events = [], []
    for number in range(int(runs)):
        began = time.thread_time()
        found = run(number)
        times.append(time.thread_time() - began)
        events.append(len((found[0] if int(count) else found).unit))
    return {"seconds": times, "events": events}


def peak(scenario: str) -> dict[str, float]:
    """Memory of one worker, from the libraries to the second replicate, bytes."""
    from benchmarks import contenders

    importlib.import_module(COMPILED_ENGINE)
    libraries = measure.resident_bytes()
    ready = contenders.Ready(Path(scenario))
    gc.collect()
    prepared, before = measure.resident_bytes(), peak_bytes()
    for number in range(2):
        ready.run_and_count(number)
    return {"libraries": libraries, "prepared": prepared, "peak_prepared": before, "peak": peak_bytes()}


def scale(scenario: str, runs: str) -> dict[str, Any]:
    """What a world costs, whole: to read and make ready, to send, to run and count, to hold and to write."""
    from benchmarks import contenders
    from spread.runs import chunks, elsewhere, local

    importlib.import_module(COMPILED_ENGINE)
    libraries, began = measure.resident_bytes(), time.process_time()
    ready = contenders.Ready(Path(scenario))
    prepared, seconds = measure.resident_bytes() - libraries, time.process_time() - began
    ready.run_and_count(0)
    engine_seconds, table_seconds, events = 0.0, 0.0, 0
    for number in range(1, int(runs) + 1):
        began = time.thread_time()
        log = ready.run(number)
        between = time.thread_time()
        replicate.count(ready.job, log, ready.inputs, ready.parameters, 0, ready.bench)
        engine_seconds, table_seconds = engine_seconds + between - began, table_seconds + time.thread_time() - between
        events += len(log.unit)
    count = local.chunk_draws(ready.job, replicate.COMPILED)
    chunk = replicate.run_chunk(ready.job, 0, min(count, 4), ready.bench)
    written = [len(chunks.encode(chunk)), chunk.draws * ready.job.replicates]
    return {
        "units": len(ready.job.world.units.site), "prepare_seconds": seconds, "prepared_bytes": prepared,
        "engine_seconds": engine_seconds, "table_seconds": table_seconds, "events": events,
        "written": written, "peak": peak_bytes(), "sent_bytes": len(elsewhere.pack(ready.job).content),
    }  # fmt: skip


def first(scenario: str) -> dict[str, float]:
    """CPU seconds from the imports to the first replicate counted, compiling or loading on the way."""
    from benchmarks import contenders

    importlib.import_module(COMPILED_ENGINE)
    imported = time.process_time()
    ready = contenders.Ready(Path(scenario))
    ready.run_and_count(0)
    return {"seconds": time.process_time() - imported}


def peak_bytes() -> float:
    """The most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


if __name__ == "__main__":
    tasks: dict[str, Callable[..., dict[str, Any]]] = {"engine": engine, "first": first, "peak": peak, "scale": scale}
    print(json.dumps(tasks[sys.argv[1]](*sys.argv[2:])))

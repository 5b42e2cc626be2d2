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
    tasks: dict[str, Callable[..., dict[str, Any]]] = {"engine": engine, "peak": peak, "first": first}
    print(json.dumps(tasks[sys.argv[1]](*sys.argv[2:])))

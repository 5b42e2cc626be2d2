"""Measuring: contenders take turns, CPU time of one thread, medians of the rounds' ratios; or a fresh process each."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
TRACHEOSTOMY = ROOT / "scenarios" / "tracheostomy" / "standard.toml"
ENGLAND = ROOT / "scenarios" / "england.toml"
SPREAD = ["-c", "import sys; from spread.cli.main import main; sys.exit(main())"]
MEGABYTE = 1e6
# A small process between: a large one's memory would count as that of what it starts.
WATCH = (
    "import resource, subprocess, sys, time; began = time.perf_counter(); code = subprocess.call(sys.argv[1:]); "
    "wall = time.perf_counter() - began; used = resource.getrusage(resource.RUSAGE_CHILDREN); "
    "print(); print(used.ru_utime + used.ru_stime, wall, used.ru_maxrss, end=''); sys.exit(code)"
)


class Figure(NamedTuple):
    """One line of the table; `bar` is what it must not pass, from above unless `more_is_better`."""

    key: str
    text: str
    value: float
    unit: str = "x"
    bar: float | None = None
    more_is_better: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether the bar holds; None where there is none."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.more_is_better else self.value <= self.bar


class Child(NamedTuple):
    """What a fresh process came to."""

    cpu_seconds: float
    wall_seconds: float
    peak_bytes: float
    output: str


def take_turns(contenders: Mapping[str, Callable[[int], object]], rounds: int, runs: int = 1) -> dict[str, list[float]]:
    """CPU seconds a run of each contender, round by round; what they are called with counts the runs."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name, contender in contenders.items():
            began = time.thread_time()
            for run in range(number * runs, (number + 1) * runs):
                contender(run)
            times[name].append((time.thread_time() - began) / runs)
    return times


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(one / other for one, other in zip(over, under, strict=True))


def runs_for(run: Callable[[int], object], seconds: float) -> int:
    """How many runs take about so long; the first, which may compile, does not count."""
    run(0)
    began = time.thread_time()
    run(1)
    return max(1, int(seconds / max(time.thread_time() - began, 1e-9)))


def alone(task: str, *words: object) -> dict[str, Any]:
    """Have a task of ``alone.py`` done in a fresh process; what it found."""
    found: dict[str, Any] = json.loads(run_child(["-m", "benchmarks.alone", task, *map(str, words)]).output)
    return found


def run_child(words: Sequence[str], *, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> Child:
    """Run Python with these words and wait for it.

    Raises
    ------
    RuntimeError
        When it fails.
    """
    settings = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    watched = [sys.executable, "-S", "-E", "-c", WATCH, sys.executable, *words]
    with tempfile.TemporaryFile("w+") as talk:
        done = subprocess.run(  # noqa: S603 - Python itself, with words of ours
            watched, cwd=cwd, env=settings, stdout=subprocess.PIPE, stderr=talk, text=True, check=False
        )
        talk.seek(0)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {talk.read()}")
    output, _, used = done.stdout.rpartition("\n")
    cpu_seconds, wall_seconds, peak_kibibytes = (float(number) for number in used.split())
    return Child(cpu_seconds, wall_seconds, peak_kibibytes * 1024.0, output)


def resident_bytes() -> float:
    """Memory this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return float(pages * os.sysconf("SC_PAGE_SIZE"))

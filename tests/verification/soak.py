"""Work on and on in one process, and see that nothing grows: ``python -m tests.verification.soak [MINUTES]`` (10).

Each round runs another small scenario on threads, on processes and by an executor, assesses it, keeps a run and a
search in folders and reads them back. Memory, open files, threads and processes after a third of the time are compared
with those at the end. Ends with 1 if memory grew by more than a twentieth, or anything else at all.
"""

import gc
import os
import sys
import tempfile
import threading
import time
from concurrent import futures
from pathlib import Path
from typing import NamedTuple

from spread.cli import main as command
from spread.runs import answers
from spread.scenarios import reading
from tests.verification import sameness

MEGABYTE = 1e6
MOST_GROWTH = 1.05
SCENARIOS = 12


class Held(NamedTuple):
    """What a process holds: memory in bytes, open files, threads, processes of its own."""

    memory: int
    files: int
    threads: int
    children: int


def held() -> Held:
    """What this process holds now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    children = sum(
        len(Path(f"/proc/self/task/{task}/children").read_text().split()) for task in os.listdir("/proc/self/task")
    )
    files = len(os.listdir("/proc/self/fd"))
    return Held(pages * os.sysconf("SC_PAGE_SIZE"), files, threading.active_count(), children)


def one_round(files: list[Path], number: int, place: Path) -> None:
    """Everything once, with another scenario each time."""
    file = files[number % len(files)]
    scenario = reading.read_scenario(file)
    answers.run(scenario, draws=20, workers=2, seed=number)
    if number % 5 == 0:
        answers.run(scenario, draws=2, workers=2, engine="process", seed=number)
    with futures.ThreadPoolExecutor(2) as threads:
        answers.run(scenario, draws=10, executor=threads, seed=number, events=True)
    spread("run", str(file), "--draws", "10", "--out", str(place / "run"), "--seed", str(number), "--force")
    ambition = next(iter(scenario.ambitions))
    spread(
        "find", str(file), "--lever", "coaches", "--chance", "0.5", "--draws", "20", "--ambition", ambition,
        "--out", str(place / "find"), "--seed", str(number), "--force",
    )  # fmt: skip


def spread(*words: str) -> None:
    """The command line in this process, silently; a question that cannot be asked of a scenario is let pass."""
    before = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        code = command.exit_code(lambda: command.invoke([*words, "-q"]))
        sys.stdout.flush()
    finally:
        os.dup2(before[0], 1)
        os.dup2(before[1], 2)
        for handle in (*before, nowhere):
            os.close(handle)
    if code not in (0, 2):
        raise RuntimeError(f"{words[0]} ended with {code}")


def main(minutes: float) -> int:
    """Work so long, and say what is held."""
    began, number = time.monotonic(), 0
    early: Held | None = None
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        os.chdir(folder)
        files = [sameness.make_scenario(Path(folder), number) for number in range(SCENARIOS)]
        while time.monotonic() - began < 60.0 * minutes:
            one_round(files, number, Path(folder))
            number += 1
            # At the same place of the circle of scenarios each time.
            if number % SCENARIOS == 0:
                now = held()
                spent = (time.monotonic() - began) / 60.0
                early = now if early is None and spent > minutes / 3.0 else early
                print(f"{spent:6.1f} min, {number} rounds: {now.memory / MEGABYTE:.0f} MB, {now[1:]}", flush=True)
        last = held()
        os.chdir("/")
    if early is None:
        print("too short to tell anything")
        return 1
    growth = last.memory / early.memory
    grew = [name for name in Held._fields[1:] if getattr(last, name) > getattr(early, name)]
    print(f"{number} rounds: memory {growth:.3f} times that after a third of the time")
    print(f"grew besides: {', '.join(grew) or 'nothing'}")
    return int(growth > MOST_GROWTH or bool(grew))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0))

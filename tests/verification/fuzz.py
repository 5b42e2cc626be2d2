"""Spoil files of every kind a user brings, and demand that each is accepted or refused in plain words.

Run as ``python -m tests.verification.fuzz [N] [--kind KIND] [--seed S] [--from I]``. What must hold of every input: no
exception but `InputError`, whose faults name file, line and key; no warning of a calculation; no more than five
seconds; no more than a gigabyte. Of fifty accepted, one is run. Every input follows from its kind, its number and the
seed. What fails is kept in ``corpus/failures``, and is spoilt further from then on. Ends with 1 if anything failed.
"""

import argparse
import hashlib
import multiprocessing
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from spread import errors
from tests.verification import fuzz_bytes, fuzz_kinds, fuzz_oracle, fuzz_shapes

LONGEST_SECONDS = 5.0
MOST_KILOBYTES = 1_000_000
MOST_ADDRESSES = 4_000_000_000
STUCK_SECONDS, WARM_UP_SECONDS = 90.0, 600.0
WORKERS = 2
RUN_EVERY = 50
MOSTLY_SOUND = 0.8
ACCEPTED, REFUSED = "accepted", "refused"


class Hang(BaseException):
    """An input took too long; not an Exception, so that nobody takes it for a damaged file."""


class Verdict(NamedTuple):
    """What became of an input: accepted or refused, whether it was run, and what was wrong with how it was taken."""

    outcome: str
    findings: tuple[str, ...] = ()
    was_run: bool = False


class Input(NamedTuple):
    """One input by its number, of a kind."""

    number: int
    kind: str


def plan_inputs(count: int, *, kind: str | None = None, first: int = 0) -> list[Input]:
    """So many inputs, spread over the kinds by their weight."""
    turns = [one.name for one in fuzz_kinds.KINDS.values() for _ in range(one.weight)]
    random.Random(0).shuffle(turns)  # noqa: S311 - no secret
    return [Input(number, kind or turns[number % len(turns)]) for number in range(first, first + count)]


def make(one: Input, seed: int) -> bytes:
    """The content of an input."""
    kind = fuzz_kinds.KINDS[one.kind]
    luck = random.Random(f"{seed}/{one.kind}/{one.number}")  # noqa: S311 - no secret
    data, other = (_example(luck, kind).read_bytes() for _ in range(2))
    if luck.random() < 0.1:
        other = luck.choice(fuzz_kinds.examples(luck.choice(list(fuzz_kinds.KINDS.values())))).read_bytes()
    for _ in range(luck.choice((1, 1, 1, 1, 1, 2, 3))):
        way = fuzz_shapes.BY_SHAPE[kind.shape] if luck.random() < 0.75 else fuzz_bytes.spoil
        data = way(luck, data, other)
    return data


def _example(luck: random.Random, kind: fuzz_kinds.Kind) -> Path:
    """An example to begin with: rather a sound one, of which more is left when it is spoilt."""
    return luck.choice(fuzz_kinds.sound(kind) if luck.random() < MOSTLY_SOUND else fuzz_kinds.examples(kind))


def made(one: Input, seed: int) -> bytes:
    """The content of an input, or what it was made from where the spoiling itself comes to nothing."""
    try:
        return make(one, seed)
    except (ValueError, IndexError, RecursionError, OverflowError, MemoryError):
        return fuzz_kinds.examples(fuzz_kinds.KINDS[one.kind])[0].read_bytes()


def judge(kind: fuzz_kinds.Kind, data: bytes, folder: Path, *, run: bool, seconds: float = LONGEST_SECONDS) -> Verdict:
    """Take a file in as the product does, in a folder that holds the small world, and look at what comes of it."""
    path = folder / kind.file
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(data)
    try:
        with _limited(seconds):
            scenario = kind.read(path)
        was_run = run and scenario is not None
        if was_run:
            with _limited(2 * seconds):
                fuzz_kinds.run_once(scenario)
        return Verdict(ACCEPTED, _greedy(), was_run)
    except errors.InputError as refusal:
        return Verdict(REFUSED, (*_greedy(), *fuzz_oracle.complaints(kind, path, refusal)))
    except fuzz_kinds.Refusals as refusals:
        said = [what for refusal in refusals.args for what in fuzz_oracle.complaints(kind, path, refusal)]
        return Verdict(REFUSED, (*_greedy(), *said))
    except Hang as error:
        return Verdict(REFUSED, (f"longer than {LONGEST_SECONDS:g} s: {_last_lines(error)}",))
    except Exception as error:
        return Verdict(REFUSED, (_last_lines(error),))
    finally:
        path.unlink(missing_ok=True)
        if before is not None:
            path.write_bytes(before)


class _limited:
    """No more than so many seconds of the processor; 0 is any number."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        self.before = signal.signal(signal.SIGPROF, _stop)
        signal.setitimer(signal.ITIMER_PROF, self.seconds)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, self.before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Hang


def _greedy() -> tuple[str, ...]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (f"memory: {peak // 1000} MB",) if peak > MOST_KILOBYTES else ()


def _last_lines(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/spread/" in frame.filename] or frames
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in ours[:-4:-1])
    return f"{type(error).__name__}: {str(error)[:300]} ({where})"


# ---- two workers ----


def _work(inputs: Sequence[Input], seed: int, current: Any, told: Any, kept: Path) -> None:
    """Judge inputs one after the other; `current` says which, so that its end is noticed if the worker's comes."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    warnings.simplefilter("error", RuntimeWarning)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fuzz_kinds.set_up(folder)
        _warm_up(folder)
        accepted: Counter[str] = Counter()
        for place, one in enumerate(inputs):
            current[0], current[1] = place, int(time.time())
            data = made(one, seed)
            if _greedy():
                os._exit(0)  # that was the spoiling
            kept.write_bytes(data)
            run = accepted[one.kind] % RUN_EVERY == 0
            verdict = judge(fuzz_kinds.KINDS[one.kind], data, folder, run=run)
            accepted[one.kind] += verdict.outcome == ACCEPTED
            told.send((one, verdict, data if verdict.findings else b""))
            if any(finding.startswith("memory") for finding in verdict.findings):
                os._exit(0)  # the peak stays with the process; another goes on
    current[0] = len(inputs)


def _warm_up(folder: Path) -> None:
    """Load, and compile, what is loaded once only."""
    for kind in fuzz_kinds.KINDS.values():
        judge(kind, fuzz_kinds.examples(kind)[0].read_bytes(), folder, run=True, seconds=0.0)


def run_all(inputs: Sequence[Input], seed: int) -> Iterator[tuple[Input, Verdict, bytes]]:
    """Judge inputs in two processes; one that dies, or stands still, is a finding, and another goes on."""
    context = multiprocessing.get_context("fork")
    hands = [_Hand(context, inputs[number::WORKERS], seed) for number in range(WORKERS)]
    while any(hand.is_working for hand in hands):
        for hand in hands:
            yield from hand.news()


class _Hand:
    """A worker process and what it has to do."""

    def __init__(self, context: Any, inputs: Sequence[Input], seed: int) -> None:
        self.context, self.inputs, self.seed = context, inputs, seed
        self.kept = Path(tempfile.mkstemp(prefix="fuzz-")[1])
        self._begin()

    def _begin(self) -> None:
        self.current = self.context.Array("q", [0, int(time.time() + WARM_UP_SECONDS)])
        self.heard, told = self.context.Pipe(duplex=False)
        self.process = self.context.Process(
            target=_work, args=(self.inputs, self.seed, self.current, told, self.kept), daemon=True
        )
        self.process.start()
        told.close()
        self.is_working = True

    def news(self) -> Iterator[tuple[Input, Verdict, bytes]]:
        """What it has found since."""
        try:
            while self.is_working and self.heard.poll(0.05):
                yield self.heard.recv()
        except EOFError:
            yield from self._ended("the process died")
            return
        if self.is_working and time.time() - self.current[1] > STUCK_SECONDS:
            self.process.kill()
            yield from self._ended("stands still")

    def _ended(self, how: str) -> Iterator[tuple[Input, Verdict, bytes]]:
        self.process.join()
        self.is_working = False
        place = self.current[0]
        if place >= len(self.inputs):
            self.kept.unlink()
            return
        one = self.inputs[place]
        if self.process.exitcode != 0:
            yield one, Verdict(REFUSED, (f"{how}: exit code {self.process.exitcode}",)), self.kept.read_bytes()
        self.inputs = self.inputs[place + 1 :]
        if self.inputs:
            self._begin()


# ---- what failed ----


def keep(one: Input, data: bytes) -> Path:
    """Keep an input that was taken wrongly, by its hash."""
    kind = fuzz_kinds.KINDS[one.kind]
    folder = fuzz_kinds.CORPUS / fuzz_kinds.FAILURES / one.kind
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(data).hexdigest()[:12]}{Path(kind.file).suffix}"
    path.write_bytes(data)
    return path


def main(words: Sequence[str] | None = None) -> int:
    """Spoil and judge; 1 if anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.verification.fuzz", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    parser.add_argument("--kind", choices=list(fuzz_kinds.KINDS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--forget", action="store_true", help="do not keep what fails")
    given = parser.parse_args(words)
    began = time.monotonic()
    outcomes: Counter[tuple[str, str]] = Counter()
    ran: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for one, verdict, data in run_all(plan_inputs(given.count, kind=given.kind, first=given.first), given.seed):
        outcomes[one.kind, verdict.outcome] += 1
        ran[one.kind] += verdict.was_run
        if verdict.findings:
            outcomes[one.kind, "findings"] += 1
            _print_finding(one, verdict, data, shown, forget=given.forget)
    print(f"{'kind':15} {'inputs':>8} {'accepted':>9} {'run':>5} {'refused':>8} {'findings':>9}")
    for kind in fuzz_kinds.KINDS:
        accepted, refused, found = (outcomes[kind, outcome] for outcome in (ACCEPTED, REFUSED, "findings"))
        if accepted + refused:
            print(f"{kind:15} {accepted + refused:8} {accepted:9} {ran[kind]:5} {refused:8} {found:9}")
    total = sum(count for (_, outcome), count in outcomes.items() if outcome != "findings")
    found = sum(count for (_, outcome), count in outcomes.items() if outcome == "findings")
    print(f"{total} inputs, seed {given.seed}, {time.monotonic() - began:.0f} s: {found} findings")
    return 1 if found else 0


def _print_finding(one: Input, verdict: Verdict, data: bytes, shown: Counter[str], *, forget: bool) -> None:
    """Tell a finding, and keep the first few inputs of its like."""
    like = one.kind + " " + "".join(sign for sign in verdict.findings[0][:70] if not sign.isdigit())
    shown[like] += 1
    if shown[like] > 3:
        return
    place = "" if forget else f" kept as {keep(one, data).relative_to(fuzz_kinds.CORPUS)}"
    print(f"{one.kind} {one.number}:{place}", *verdict.findings[:3], sep="\n    ", flush=True)


if __name__ == "__main__":
    sys.exit(main())

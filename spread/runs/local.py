"""Where the work runs: on this machine, on threads with the compiled engine, on processes with the other.

Compiled code lets other threads run meanwhile. Ctrl-C is answered by the main thread alone: threads finish the chunk
they are at, which is short; worker processes never hear it, and are stopped at once when it comes.
"""

import contextlib
import functools
import itertools
import math
import multiprocessing
import os
import pickle
import queue
import signal
import sys
import tempfile
import threading
import types
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent import futures
from concurrent.futures import process
from pathlib import Path

from spread import errors
from spread.outcomes import collect
from spread.runs import elsewhere, replicate

Progress = Callable[[int, int], None]
Pieces = list[tuple[int, int]]
Submit = Callable[[int, int], "futures.Future[replicate.Chunk]"]

MOST_DRAWS, MOST_BYTES, LONGEST_SECONDS = 50, 2_000_000, 6.0
# Longer ones are cut again where somebody would have nothing to do.
SHORT_SECONDS = 1.0
# Rough, for one unit in one replicate: it only decides how large a chunk is, and no value depends on that.
UNIT_SECONDS = {replicate.COMPILED: 4e-6, replicate.PROCESS: 4e-4}
# Enough that nobody waits for work, few enough that results waiting to be written stay few.
CHUNKS_AHEAD = 4
# A thread back from compiled code needs Python for microseconds: it shall not wait long for one that keeps it.
TURN_SECONDS = 1e-4
WORKER_DIED = "a worker process ended unexpectedly, perhaps because memory ran out; fewer workers need less"

_job: replicate.Job | None = None
_compiled_for: set[tuple[bool, ...]] = set()


def chunk_draws(job: replicate.Job, engine: str) -> int:
    """How many draws make a chunk: small enough to lose or to hold in memory, whoever does the work.

    What a chunk holds once, whatever the number of its draws, shall be no more than half of it.
    """
    once, with_one = (chunk_bytes(job, draws) for draws in (0, 1))
    fit = max(MOST_BYTES / with_one, once / (with_one - once))
    return max(1, min(MOST_DRAWS, int(fit), int(LONGEST_SECONDS / draw_seconds(job, engine))))


def chunk_bytes(job: replicate.Job, draws: int) -> int:
    """How much a chunk of so many draws holds."""
    parts = collect.parts(job.plan, draws, job.replicates).values()
    return sum(math.prod(part.shape) * part.kind.itemsize for part in parts)


def draw_seconds(job: replicate.Job, engine: str) -> float:
    """How long a draw takes, roughly."""
    return UNIT_SECONDS[engine] * len(job.world.units.site) * job.replicates


def cut(gaps: Iterable[tuple[int, int]], size: int) -> Pieces:
    """Stretches of draws, (first, how many), in pieces of `size` at most."""
    return [
        (place, min(size, first + count - place))
        for first, count in gaps
        for place in range(first, first + count, size)
    ]


def share_out(job: replicate.Job, pieces: Pieces, engine: str, hands: int) -> Pieces:
    """Pieces, the long ones cut again where so many hands would not all have work."""
    even = -(-sum(draws for _, draws in pieces) // hands)
    return cut(pieces, max(1, even, int(SHORT_SECONDS / draw_seconds(job, engine))))


def core_count() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_pieces(
    job: replicate.Job,
    pieces: Pieces,
    *,
    engine: str,
    workers: int | None = None,
    executor: futures.Executor | None = None,
) -> Generator[replicate.Chunk]:
    """Run pieces and yield the chunk of each as it is finished; its values do not depend on where it ran.

    Parameters
    ----------
    workers
        Threads or processes, as many as cores unless given; one is this thread itself.
    executor
        Another place to run them (`elsewhere`).

    Raises
    ------
    MachineError
        When a worker process dies.
    """
    hands = workers or core_count()
    pieces = share_out(job, pieces, engine, hands)
    count = max(1, min(hands, len(pieces)))
    if executor is not None:
        yield from elsewhere.run_pieces(job, pieces, executor, engine=engine, hands=count)
    elif count == 1:
        bench = replicate.make_bench(job, engine)
        yield from (replicate.run_chunk(job, first, draws, bench) for first, draws in pieces)
    elif engine == replicate.COMPILED:
        with thread_pool(job, count) as submit:
            yield from _as_finished(submit, pieces, CHUNKS_AHEAD * count)
    else:
        with worker_pool(job, count) as processes:
            yield from _as_finished(functools.partial(_submit_hidden, processes), pieces, CHUNKS_AHEAD * count)


def _as_finished(submit: Submit, pieces: Pieces, ahead: int) -> Iterator[replicate.Chunk]:
    """Hand out pieces, so many at a time, and yield each as it is finished.

    Handing out and waiting hold no lock where Ctrl-C can come between: a worker would wait for it without end.
    """
    finished: queue.SimpleQueue[futures.Future[replicate.Chunk]] = queue.SimpleQueue()
    left, out = iter(pieces), 0
    while True:
        for piece in itertools.islice(left, ahead - out):
            with interrupts_held():
                submit(*piece).add_done_callback(finished.put)
            out += 1
        if out == 0:
            return
        one = finished.get()
        out -= 1
        yield one.result()


@contextlib.contextmanager
def thread_pool(job: replicate.Job, workers: int) -> Iterator[Submit]:
    """Threads that share the job, each with memory of its own; what is not begun is dropped when work ends early."""
    own = threading.local()

    def work(first: int, draws: int) -> replicate.Chunk:
        if not hasattr(own, "bench"):
            own.bench = replicate.make_bench(job, replicate.COMPILED)
        return replicate.run_chunk(job, first, draws, own.bench)

    _compile_here(job)
    pool = futures.ThreadPoolExecutor(workers, thread_name_prefix="spread")
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        yield lambda first, draws: pool.submit(work, first, draws)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        sys.setswitchinterval(before)


def _compile_here(job: replicate.Job) -> None:
    """Import and compile what a job takes, in this thread, by one replicate: it hears Ctrl-C, and others would go on.

    Once in a process for each kind of job.
    """
    kind = (job.frame.past is None, job.unsupported is None, job.sets is None)
    if kind not in _compiled_for:
        with replicate.noting([], 0, [0]):
            replicate.run_alone(job, 0, 0, replicate.make_bench(job, replicate.COMPILED))
        _compiled_for.add(kind)


@contextlib.contextmanager
def worker_pool(job: replicate.Job, workers: int) -> Iterator[futures.Executor]:
    """Processes that hold the job; stopped at once when the work is interrupted or fails.

    Raises
    ------
    MachineError
        When one of them dies.
    """
    others = set(multiprocessing.active_children())
    with tempfile.TemporaryDirectory(prefix="spread-", ignore_cleanup_errors=True) as folder:
        # In a file: sent through a pipe, each worker would hold up the start of the next.
        place = Path(folder) / "job"
        with errors.writing(place):
            place.write_bytes(pickle.dumps(job, pickle.HIGHEST_PROTOCOL))
        context = multiprocessing.get_context("spawn")
        pool = futures.ProcessPoolExecutor(workers, context, initializer=_begin_worker, initargs=(place,))
        try:
            yield pool
        except BaseException as error:
            for worker in set(multiprocessing.active_children()) - others:
                worker.terminate()
            if isinstance(error, process.BrokenProcessPool):
                raise errors.MachineError(WORKER_DIED) from error
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while workers are started, so that they are born deaf to it; it is answered afterwards."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    came: list[int] = []
    earlier = signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, earlier)
    if came:
        signal.raise_signal(signal.SIGINT)


@contextlib.contextmanager
def main_hidden() -> Iterator[None]:
    """Keep workers from running the user's script again, which each would do on its way to our functions."""
    real = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = real


def _submit_hidden(pool: futures.Executor, first: int, draws: int) -> "futures.Future[replicate.Chunk]":
    with main_hidden():
        return pool.submit(_run_piece, first, draws)


def _begin_worker(place: Path) -> None:
    """Take the job in, and neither hear Ctrl-C nor outlive the main process."""
    global _job
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _job = pickle.loads(place.read_bytes())  # noqa: S301 - written by the main process a moment ago


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run_piece(first: int, draws: int) -> replicate.Chunk:
    if _job is None:
        raise RuntimeError("this worker has not been given its job")
    return replicate.run_chunk(_job, first, draws, replicate.make_bench(_job, replicate.PROCESS))

"""Where the work runs: on this machine, one process a core.

Ctrl-C is answered by the main process alone: workers never hear it, and are stopped at once when it comes.
"""

import contextlib
import itertools
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
import types
from collections.abc import Callable, Generator, Iterator
from concurrent import futures
from concurrent.futures import process
from pathlib import Path

from spread import errors
from spread.outcomes import collect
from spread.runs import replicate

Progress = Callable[[int, int], None]
Pieces = list[tuple[int, int]]

# Small enough for a smooth estimate, large enough that sending a chunk costs nothing.
CHUNKS_PER_WORKER = 20
CHUNKS_OF_ONE_WORKER = 200
WORKER_DIED = "a worker process ended unexpectedly, perhaps because memory ran out; fewer workers need less"

_job: replicate.Job | None = None


def run_draws(
    job: replicate.Job, draws: int, *, workers: int | None, progress: Progress | None = None
) -> replicate.Chunk:
    """Run `draws` draws on `workers` processes (all cores when None) and put them together.

    The result is the same for any number of workers. `progress(done, total)` counts runs.

    Raises
    ------
    MachineError
        When a worker process dies.
    """
    count = max(1, min(workers or os.cpu_count() or 1, draws))
    pieces = split(draws, count * CHUNKS_PER_WORKER if count > 1 else min(draws, CHUNKS_OF_ONE_WORKER))
    whole: dict[int, replicate.Chunk] = {}
    done = 0
    with contextlib.closing(run_pieces(job, pieces, count)) as finished:
        for first, chunk in finished:
            whole[first] = chunk
            done += len(chunk.parameters)
            if progress is not None:
                progress(done * job.replicates, draws * job.replicates)
    return assemble(job, draws, [whole[first] for first, _ in pieces])


def split(draws: int, parts: int) -> Pieces:
    """(first draw, how many) of consecutive pieces, as even as can be."""
    edges = [draws * part // parts for part in range(parts + 1)]
    return [(start, end - start) for start, end in itertools.pairwise(edges) if end > start]


def run_pieces(job: replicate.Job, pieces: Pieces, workers: int) -> Generator[tuple[int, replicate.Chunk]]:
    """Run pieces and yield each as it is finished; in this process when one worker is enough."""
    if workers == 1:
        for first, count in pieces:
            yield first, replicate.run_chunk(job, first, count)
        return
    with worker_pool(job, workers) as pool:
        with interrupts_held(), main_hidden():
            waiting = {pool.submit(_run_piece, first, count): first for first, count in pieces}
        for future in futures.as_completed(waiting):
            yield waiting[future], future.result()


@contextlib.contextmanager
def worker_pool(job: replicate.Job, workers: int) -> Iterator[futures.Executor]:
    """Processes that hold the job; stopped at once when the work is interrupted or fails.

    Raises
    ------
    MachineError
        When one of them dies.
    """
    others = set(multiprocessing.active_children())
    with tempfile.TemporaryDirectory(prefix="spread-") as folder:
        # In a file: sent through a pipe, each worker would hold up the start of the next.
        place = Path(folder) / "job"
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


def _run_piece(first: int, count: int) -> replicate.Chunk:
    if _job is None:
        raise RuntimeError("this worker has not been given its job")
    return replicate.run_chunk(_job, first, count)


def assemble(job: replicate.Job, draws: int, chunks: list[replicate.Chunk]) -> replicate.Chunk:
    """One chunk from many, in the order of draws."""
    collected = collect.Collector(job.plan, draws, job.replicates)
    for chunk in chunks:
        collected.merge(chunk.collected)
    return replicate.Chunk(
        collected,
        [values for chunk in chunks for values in chunk.parameters],
        [frame for chunk in chunks for frame in chunk.events],
    )

"""Where the work runs: on this machine, one process a core."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from spread.runs import replicate
from spread.runs.replicate import Chunk, Job

Progress = Callable[[int, int], None]

# Small enough for a smooth estimate, large enough that sending a chunk costs nothing.
CHUNKS_PER_WORKER = 20

_job: Job | None = None


def run_draws(job: Job, draws: int, *, workers: int | None, progress: Progress | None = None) -> Chunk:
    """Run `draws` draws on `workers` processes (all cores when None) and put them together.

    The result is the same for any number of workers. `progress(done, total)` counts runs.
    """
    count = max(1, min(workers or os.cpu_count() or 1, draws))
    pieces = split(draws, count * CHUNKS_PER_WORKER if count > 1 else min(draws, 200))
    whole: dict[int, Chunk] = {}
    done = 0
    for first, chunk in run_pieces(job, pieces, count):
        whole[first] = chunk
        done += len(chunk.parameters)
        if progress is not None:
            progress(done * job.replicates, draws * job.replicates)
    return assemble(job, draws, [whole[first] for first, _ in pieces])


def split(draws: int, parts: int) -> list[tuple[int, int]]:
    """(first draw, how many) of consecutive pieces, as even as can be."""
    edges = [draws * part // parts for part in range(parts + 1)]
    return [(start, end - start) for start, end in zip(edges, edges[1:], strict=False) if end > start]


def run_pieces(job: Job, pieces: list[tuple[int, int]], workers: int) -> Iterator[tuple[int, Chunk]]:
    """Run pieces as they come; in this process when one worker is enough."""
    if workers == 1:
        for first, count in pieces:
            yield first, replicate.run_chunk(job, first, count)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_take_job, initargs=(job,)) as executor:
        yield from gather(executor, pieces)


def gather(executor: Executor, pieces: list[tuple[int, int]]) -> Iterator[tuple[int, Chunk]]:
    """Hand pieces out and yield each as it is finished; nothing is left running when interrupted."""
    waiting = {executor.submit(_run_piece, first, count): first for first, count in pieces}
    try:
        for future in as_completed(waiting):
            yield waiting[future], future.result()
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _take_job(job: Job) -> None:
    """Keep the job in this worker; Ctrl-C is the main process's to answer."""
    global _job
    _job = job
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _run_piece(first: int, count: int) -> Chunk:
    assert _job is not None
    return replicate.run_chunk(_job, first, count)


def assemble(job: Job, draws: int, chunks: list[Chunk]) -> Chunk:
    """One chunk from many, in the order of draws."""
    from spread.outcomes import collect

    collected = collect.Collector(job.plan, draws, job.replicates)
    for chunk in chunks:
        collected.merge(chunk.collected)
    return Chunk(
        collected,
        [values for chunk in chunks for values in chunk.parameters],
        [frame for chunk in chunks for frame in chunk.events],
    )

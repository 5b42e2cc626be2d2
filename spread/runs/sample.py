"""How many draws: as many as asked for, or until every chance is known well enough.

With a precision wanted, looks are taken after 250, 500, 1,000, 2,000 ... draws and nowhere else, each at the whole of
its draws, so that neither workers nor an interruption can move the place where a run stops. Looking often would make
an interval of 95 % miss more often than 5 %, so look j spends 0.05 / 2^j: however many are taken, the intervals of
all looks together miss with a chance of at most 0.05 (Bonferroni's inequality; spending the error over looks is Lan
and DeMets, Biometrika 70, 1983, 659-663).
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent import futures
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from spread.outcomes import collect
from spread.runs import chunks as stored
from spread.runs import local, replicate, shelf

FIRST_LOOK_DRAWS = 250
MOST_RUNS = 100_000
ERROR_TO_SPEND = 0.05

Progress = Callable[[int, int, str], None]


class Keeper(Protocol):
    """Keeps chunks as they come; `chunks` are those it has, by draw."""

    @property
    def chunks(self) -> Sequence[Any]:
        """Those it has, by draw."""

    def keep(self, chunk: replicate.Chunk) -> None:
        """Take one in."""

    def settle(self) -> None:
        """Return when all are safe."""


class InMemory:
    """Keeps chunks in memory."""

    def __init__(self) -> None:
        self._chunks: dict[int, replicate.Chunk] = {}

    @property
    def chunks(self) -> list[replicate.Chunk]:
        """Those it has, by draw."""
        return [self._chunks[first] for first in sorted(self._chunks)]

    def keep(self, chunk: replicate.Chunk) -> None:
        """Take one in."""
        self._chunks[chunk.first_draw] = chunk

    def settle(self) -> None:
        """Nothing is under way."""


class Hands(NamedTuple):
    """Who does the work: an engine, and how many threads or processes, or an executor.

    On a `shelf`, what is done for keepers in memory is kept, so that it is not done again after an interruption.
    """

    engine: str = replicate.COMPILED
    workers: int | None = None
    executor: futures.Executor | None = None
    shelf: Path | None = None


class Look(NamedTuple):
    """What was seen after some draws: the widest half-width of a national chance, at the error spent on the look."""

    draws: int
    error: float
    half_width: float


def gather(job: replicate.Job, draws: int, keeper: Keeper, hands: Hands, progress: Progress, note: str = "") -> None:
    """Run the draws before `draws` that are missing, and keep them."""
    gaps = stored.missing(keeper.chunks, draws)
    kept = None if hands.shelf is None or not gaps else shelf.Shelf(hands.shelf, job)
    if kept is not None:
        for chunk in kept.within(gaps):
            keeper.keep(chunk)
        gaps = stored.missing(keeper.chunks, draws)
    done = draws - sum(count for _, count in gaps)
    progress(done * job.replicates, draws * job.replicates, note)
    pieces = local.cut(gaps, local.chunk_draws(job, hands.engine))
    working = local.run_pieces(job, pieces, engine=hands.engine, workers=hands.workers, executor=hands.executor)
    with contextlib.closing(working) as finished:
        for chunk in finished:
            if kept is not None:
                kept.keep(chunk)
            keeper.keep(chunk)
            done += chunk.draws
            progress(done * job.replicates, draws * job.replicates, note)
    keeper.settle()


def gather_until(job: replicate.Job, precision: float, keeper: Keeper, hands: Hands, progress: Progress) -> list[Look]:
    """Run draws until the half-width of every national chance is below `precision` or the runs are `MOST_RUNS`.

    Returns
    -------
    list
        The looks taken; the last one says how many draws there are and whether it was reached.
    """
    looks: list[Look] = []
    for draws, error in looks_at(job.replicates):
        note = f"±{100 * looks[-1].half_width:.1f} points" if looks else ""
        gather(job, draws, keeper, hands, progress, note)
        # An earlier sitting may have gone further.
        seen = [chunk for chunk in keeper.chunks if chunk.first_draw < draws]
        collected = collect.Collected(job.plan, job.replicates, seen)
        looks.append(Look(draws, error, widest(job, collected, error)))
        if looks[-1].half_width < precision:
            break
    return looks


def looks_at(replicates: int) -> Iterator[tuple[int, float]]:
    """(draws, error spent) of every look; the last one is at `MOST_RUNS` runs."""
    most = max(MOST_RUNS // replicates, 1)
    draws, error = FIRST_LOOK_DRAWS, ERROR_TO_SPEND / 2
    while draws < most:
        yield draws, error
        draws, error = 2 * draws, error / 2
    yield most, error


def widest(job: replicate.Job, collected: collect.Collected, error: float) -> float:
    """Half the width of the widest interval of a national chance, missing with chance `error`; 0 without ambitions."""
    from spread.outcomes import ambitions  # pandas is not loaded before it is needed

    intervals = ambitions.national_intervals(job.world.scenario, job.plan, collected, error)
    return max(((high - low) / 2.0 for low, high in intervals), default=0.0)

"""The tables of all runs, chunk by chunk, whatever order they came in and wherever they are kept.

A `Collector` holds the runs of a few consecutive draws; `Collected` reads many such chunks, in memory or on disk, as
one, without ever holding them. Run k is draw * replicates + replicate. Counts are kept per run in the smallest
whole-number type that holds them; what is only ever needed in sum is added up in whole numbers, which is exact in any
order. So chunks can be of any size and come from any number of workers, and the result is the same to the last bit.

K draws, N = K * replicates runs, T report dates, Q slots, A aims, B ambitions, P scopes, M marks, R rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from spread import model
from spread.outcomes import counting, delays, tabulate, thresholds, workspace
from spread.outcomes import plan as plans

NEVER: Final = int(np.iinfo(np.uint16).max)
"""Codes of first days: 0 by the start, d + 1 for day d of the run, 65535 never (a run is shorter than 179 years)."""

BLOCK_BYTES: Final = 4_000_000
"""How much of all runs is read at a time; working on it takes a few times as much."""

DELAY_MINUTES, START_COUNTS, SINCE_FIRST, SINCE_LAST = "delay_minutes", "start_counts", "since_first", "since_last"
STATES, LOST_MINUTES, WAITS, COACHING = ADDED_UP = ("states", "lost_minutes", "waits", "coaching")
"""Tables of whole numbers that are only ever needed in sum."""
UNSUPPORTED: Final = "unsupported"
"""``numerator`` of the same run without regional support, where what support adds is asked for."""


class Part(NamedTuple):
    """One array of a chunk: its shape, type, and what it holds where no run has come in."""

    shape: tuple[int, ...]
    kind: np.dtype[Any]
    empty: float


def parts(plan: plans.TabulationPlan, draws: int, replicates: int) -> dict[str, Part]:
    """Every array of a chunk of `draws` draws, by name.

    ``done`` shape (draws, replicates), which runs have come in; ``counts`` (N, T, Q, 11); ``engaged``, ``reported``
    (N, Q); ``numerator`` (N, T, A, P); ``denominator``, ``recent`` (N, A, P); ``reached_day`` (N, B, P) and
    ``adopted_day`` (N, R), coded as `NEVER` says; ``met`` (N, ceil(M / 8)), bits of marks; ``delay_minutes`` (M, 8),
    over the runs in which the mark was not met; the sums over runs of ``states, lost_minutes, waits, coaching`` in the
    shapes of `tabulate.OutcomeTable`; ``start_counts`` (R, 10), runs by status at the start;
    ``since_first``, ``since_last`` (R,), the earliest and latest day a row came to that status; where patients are
    measured ``all_elements`` (N, T, slots of ``plan.patients``).
    """
    runs, dates, slots = draws * replicates, len(plan.dates), len(plan.slots.label)
    aims, ambitions, scopes = len(plan.aims), len(plan.ambitions), len(plan.scopes)
    marks, rows = len(plan.marks.row), len(plan.rows.label)
    patients = measures_patients(plan)
    pscs = len(plan.psc_codes)
    tallies = len(workspace.deadlines_of(plan)[0]) * pscs
    whole = np.min_scalar_type(int(plan.slots.eligible.max(initial=0)))
    value = np.dtype(np.float64) if patients or plan.rates else whole
    day = np.dtype(np.uint16)
    made = {
        "done": Part((draws, replicates), np.dtype(bool), 0),
        "counts": Part((runs, dates, slots, workspace.COLUMN_COUNT), whole, 0),
        "engaged": Part((runs, slots), whole, 0),
        "reported": Part((runs, slots), whole, 0),
        "numerator": Part((runs, dates, aims, scopes), value, 0),
        "denominator": Part((runs, aims, scopes), value, 0),
        "recent": Part((runs, aims, scopes), np.dtype(np.float32), np.nan),
        "reached_day": Part((runs, ambitions, scopes), day, NEVER),
        "adopted_day": Part((runs, rows), day, NEVER),
        "met": Part((runs, -(-marks // 8)), np.dtype(np.uint8), 0),
        DELAY_MINUTES: Part((marks, delays.CAUSE_COUNT), np.dtype(np.int64), 0),
        STATES: Part((tallies, delays.STATE_COUNT), np.dtype(np.int64), 0),
        LOST_MINUTES: Part((tallies, delays.CAUSE_COUNT), np.dtype(np.int64), 0),
        WAITS: Part((tallies, delays.WAIT_COUNT), np.dtype(np.int64), 0),
        COACHING: Part((dates, pscs, 2), np.dtype(np.int64), 0),
        START_COUNTS: Part((rows, model.STATUS_COUNT), np.dtype(np.int32), 0),
        SINCE_FIRST: Part((rows,), np.dtype(np.float64), np.inf),
        SINCE_LAST: Part((rows,), np.dtype(np.float64), -np.inf),
    }
    if plan.reach:
        made[UNSUPPORTED] = made["numerator"]
    if patients:
        made["all_elements"] = Part((runs, dates, len(plan.patients.slots)), np.dtype(np.float64), np.nan)
    return made


def measures_patients(plan: plans.TabulationPlan) -> bool:
    """Whether an ambition measures patients, so that shares of patients are kept."""
    return any(aim.measure == plans.PATIENTS for aim in plan.aims)


class Chunk(Protocol):
    """The runs of consecutive draws, wherever they are; `array` reads one of its arrays (`parts`)."""

    @property
    def first_draw(self) -> int: ...  # noqa: D102

    @property
    def draws(self) -> int: ...  # noqa: D102

    def array(self, name: str) -> NDArray[Any]: ...  # noqa: D102


class Collector:
    """Tables of the runs of `draws` draws from `first_draw` on: a chunk, in memory."""

    def __init__(self, plan: plans.TabulationPlan, draws: int, replicates: int, first_draw: int = 0) -> None:
        self.plan, self.draws, self.replicates, self.first_draw = plan, draws, replicates, first_draw
        layout = parts(plan, draws, replicates)
        self._arrays = {name: np.full(part.shape, part.empty, dtype=part.kind) for name, part in layout.items()}

    @classmethod
    def from_arrays(
        cls,
        plan: plans.TabulationPlan,
        replicates: int,
        first_draw: int,
        draws: int,
        arrays: Mapping[str, NDArray[Any]],
    ) -> "Collector":
        """A collector with what another one held; the arrays are taken as they are.

        Raises
        ------
        ValueError
            An array is missing, or has another shape or type than the plan gives it.
        """
        made = cls(plan, 0, replicates, first_draw)
        made.draws = draws
        for name, part in parts(plan, draws, replicates).items():
            if name not in arrays or (arrays[name].shape, arrays[name].dtype) != (part.shape, part.kind):
                raise ValueError(f"'{name}' is not of {draws} draws x {replicates} by this plan")
            made._arrays[name] = arrays[name]
        return made

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything it holds, by name; see `parts`."""
        return dict(self._arrays)

    def array(self, name: str) -> NDArray[Any]:
        """One of its arrays."""
        return self._arrays[name]

    @property
    def done(self) -> NDArray[np.bool_]:
        """Which runs have come in; shape (draws, replicates)."""
        return self._arrays["done"]

    def add(
        self,
        draw: int,
        replicate: int,
        table: tabulate.OutcomeTable,
        unsupported: tabulate.OutcomeTable | None = None,
    ) -> None:
        """Take in one run's table, and that of the same run without support; nothing of them is held on to.

        Raises
        ------
        ValueError
            The run is not one of these, or is in already.
        """
        local = draw - self.first_draw
        if not (0 <= local < self.draws and 0 <= replicate < self.replicates):
            raise ValueError(f"run ({draw}, {replicate}) is not one of these")
        if self.done[local, replicate]:
            raise ValueError(f"run ({draw}, {replicate}) is in already")
        run, mine = local * self.replicates + replicate, self._arrays
        self.done[local, replicate] = True
        mine["counts"][run], mine["engaged"][run], mine["reported"][run] = table.counts, table.engaged, table.reported
        mine["numerator"][run], mine["denominator"][run] = table.numerator, table.denominator
        mine["recent"][run] = table.recent
        if unsupported is not None:
            mine[UNSUPPORTED][run] = unsupported.numerator
        if "all_elements" in mine:
            mine["all_elements"][run] = table.all_elements
        for name in ADDED_UP:
            mine[name] += getattr(table, name)
        counting.add_up(
            table.reached_days.ravel(), mine["reached_day"][run].reshape(-1),
            table.adopted_days, mine["adopted_day"][run], table.met, mine["met"][run],
            table.delay_minutes, mine[DELAY_MINUTES], table.initial_status, mine[START_COUNTS],
            table.since_days, mine[SINCE_FIRST], mine[SINCE_LAST],
        )  # fmt: skip


class Collected:
    """Consecutive chunks seen as one; arrays are read from one chunk at a time, and only for as long as needed.

    What does not depend on how draws are cut into chunks is what it offers: values over the complete runs, which are
    those of the draws all of whose replicates are in, and sums over all runs.

    Attributes
    ----------
    done : shape (K, replicates)
        Which runs have come in.
    complete : shape (K,)
        Which draws count.
    run_count
        Complete runs.
    """

    def __init__(self, plan: plans.TabulationPlan, replicates: int, chunks: Sequence[Chunk]) -> None:
        at = chunks[0].first_draw if chunks else 0
        for chunk in chunks:
            if chunk.first_draw != at:
                raise ValueError(f"a chunk begins with draw {chunk.first_draw}, not {at}")
            at += chunk.draws
        self.plan, self.replicates, self.chunks = plan, replicates, tuple(chunks)
        nothing = np.zeros((0, replicates), dtype=bool)
        self.done: NDArray[np.bool_] = np.concatenate([nothing, *(chunk.array("done") for chunk in chunks)])
        self.complete: NDArray[np.bool_] = np.logical_and.reduce(self.done, axis=1)
        self.run_count = int(self.complete.sum()) * replicates

    @classmethod
    def of(cls, runs: "Collected | Collector") -> "Collected":
        """What it is given, a single chunk as the only one."""
        return runs if isinstance(runs, Collected) else cls(runs.plan, runs.replicates, [runs])

    def pieces(self) -> Iterator[tuple[Chunk, NDArray[np.bool_]]]:
        """Every chunk, and which of its runs are complete."""
        complete, first = self.complete.repeat(self.replicates), 0
        for chunk in self.chunks:
            last = first + chunk.draws * self.replicates
            yield chunk, complete[first:last]
            first = last

    def gather(self, name: str, *index: Any, every_run: bool = False) -> NDArray[Any]:
        """A slice of an array, over all complete runs, by draw and replicate (or over `every_run`, also missing ones).

        `index` says which slice, as numpy takes it, by the axes after the first.
        """
        count = self.done.size if every_run else self.run_count
        made: NDArray[Any] | None = None
        first = 0
        for chunk, complete in self.pieces():
            values = chunk.array(name)[(slice(None), *index)]
            chosen = values if every_run or complete.all() else values[complete]
            if made is None:
                made = np.empty((count, *chosen.shape[1:]), dtype=chosen.dtype)
            made[first : first + len(chosen)] = chosen
            first += len(chosen)
        if made is None:
            raise ValueError("there are no draws")
        return made

    def by_draw(self, values: NDArray[Any]) -> NDArray[Any]:
        """Values of the complete runs, shape (N, ...), by draw and replicate: shape (K, replicates, ...)."""
        return values.reshape(-1, self.replicates, *values.shape[1:])

    def total(self, name: str) -> NDArray[np.int64]:
        """The sum of an array over all chunks."""
        made: NDArray[np.int64] = np.zeros_like(self.chunks[0].array(name), dtype=np.int64)
        for chunk in self.chunks:
            made += chunk.array(name)
        return made

    def since(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The earliest and the latest day on which each row came to the status it began with; shape (R,)."""
        first, last = self.chunks[0].array(SINCE_FIRST), self.chunks[0].array(SINCE_LAST)
        for chunk in self.chunks[1:]:
            first = np.minimum(first, chunk.array(SINCE_FIRST))
            last = np.maximum(last, chunk.array(SINCE_LAST))
        return first, last


def blocks(count: int, bytes_each: int) -> Iterator[slice]:
    """Consecutive stretches of `count` things that are read together: `BLOCK_BYTES`, at least two and never one left.

    A single column would be added up in another order than several.
    """
    number = min(max(1, -(-count * bytes_each // BLOCK_BYTES)), max(1, count // 2))
    for place in range(number):
        yield slice(count * place // number, count * (place + 1) // number)


def dates_of(days: NDArray[np.float64], origin: date) -> NDArray[np.datetime64]:
    """The dates on which model times lie; not a date for a time that never came."""
    came = np.isfinite(days)
    whole = np.floor(np.where(came, days, 0.0)).astype(np.int64)
    return np.where(came, np.datetime64(origin, "D") + whole.astype("timedelta64[D]"), np.datetime64("NaT", "D"))


def dates_by(codes: NDArray[np.uint16], shares: Iterable[float], origin: date) -> list[Any]:
    """The dates by which shares of the runs (last axis) had come so far, each of the shape of the other axes.

    The smallest date with at least that share at or before it: no averaging with never, which is not a date.
    """
    count = codes.shape[-1]
    if not count:
        return [np.full(codes.shape[:-1], np.datetime64("NaT", "D")) for _ in shares]
    ordered = np.sort(codes, axis=-1)
    places = [max(int(np.ceil(share * count - thresholds.TOLERANCE)) - 1, 0) for share in shares]
    found = [ordered[..., place].astype(np.float64) for place in places]
    return [dates_of(np.where(code == NEVER, np.inf, code - 1.0), origin) for code in found]

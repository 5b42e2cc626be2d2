"""The tables of all runs, kept small and in order whatever order they came in.

Run k is draw * replicates + replicate. Counts are kept per run in the smallest whole-number type that holds
them; what is only ever needed in sum is added up in whole numbers, which is exact in any order. So chunks
can come from any number of workers and the result is the same to the last bit.

K draws, N = K * replicates runs, T report dates, Q slots, A aims, P scopes, M marks, R rows.
"""

from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spread import model
from spread.outcomes import crossings, delays, tabulate
from spread.outcomes import plan as plans

BY_START: Final = 0
NEVER: Final = np.iinfo(np.uint16).max
"""Codes of first days: 0 by the start, d + 1 for day d of the run, 65535 never (a run is shorter than 179 years)."""


class Collector:
    """Tables of the runs of `draws` draws from `first_draw` on; a worker's chunk or the whole.

    Attributes
    ----------
    done : shape (draws, replicates)
        Which runs have come in.
    counts : shape (N, T, Q, 11);  engaged, reported : shape (N, Q);  all_elements : shape (N, T, Q) or None
    numerator : shape (N, T, A, P);  denominator : shape (N, A, P);  recent : shape (N, A, P)
    reached_days : shape (N, ambitions, P)
    adopted_day : shape (N, R), coded as `NEVER` says
    met : shape (N, ceil(M / 8)), bits of marks
    delay_minutes : shape (M, 8), over the runs in which the mark was not met
    start_counts : shape (R, 10), runs by status at the start
    since_first, since_last : shape (R,), the earliest and latest day a row came to that status
    """

    def __init__(self, plan: plans.TabulationPlan, draws: int, replicates: int, first_draw: int = 0) -> None:
        self.plan, self.draws, self.replicates, self.first_draw = plan, draws, replicates, first_draw
        runs, date_count, slot_count = draws * replicates, len(plan.dates), len(plan.slots.label)
        aims, scopes = len(plan.aims), len(plan.scopes)
        whole = np.min_scalar_type(int(plan.slots.eligible.max(initial=0)))
        self.done = np.zeros((draws, replicates), dtype=bool)
        self.counts: NDArray[np.unsignedinteger] = np.zeros(
            (runs, date_count, slot_count, tabulate.COLUMN_COUNT), dtype=whole
        )
        self.engaged: NDArray[np.unsignedinteger] = np.zeros((runs, slot_count), dtype=whole)
        self.reported: NDArray[np.unsignedinteger] = np.zeros((runs, slot_count), dtype=whole)
        self.all_elements: NDArray[np.float64] | None = None
        self.numerator = np.zeros((runs, date_count, aims, scopes))
        self.denominator = np.zeros((runs, aims, scopes))
        self.recent = np.full((runs, aims, scopes), np.nan)
        self.reached_days = np.full((runs, len(plan.ambitions), scopes), np.inf)
        self.adopted_day = np.full((runs, len(plan.rows.label)), NEVER, dtype=np.uint16)
        self.met = np.zeros((runs, -(-len(plan.marks.row) // 8)), dtype=np.uint8)
        self.delay_minutes = np.zeros((len(plan.marks.row), delays.CAUSE_COUNT), dtype=np.int64)
        self.start_counts = np.zeros((len(plan.rows.label), model.STATUS_COUNT), dtype=np.int32)
        self.since_first = np.full(len(plan.rows.label), np.inf)
        self.since_last = np.full(len(plan.rows.label), -np.inf)

    def add(self, draw: int, replicate: int, table: tabulate.OutcomeTable) -> None:
        """Take in one run's table.

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
        run = local * self.replicates + replicate
        self.done[local, replicate] = True
        self.counts[run], self.engaged[run], self.reported[run] = table.counts, table.engaged, table.reported
        if table.all_elements is not None:
            self._shares()[run] = table.all_elements
        self.numerator[run], self.denominator[run] = table.numerator, table.denominator
        self.recent[run], self.reached_days[run] = table.recent, table.reached_days
        self.adopted_day[run] = day_codes(table.adopted_days)
        self.met[run] = np.packbits(table.met, bitorder="little")
        self.delay_minutes += np.where(table.met[:, None], 0, table.delay_minutes)
        self.start_counts[np.arange(len(table.initial_status)), table.initial_status] += 1
        self.since_first = np.minimum(self.since_first, table.since_days)
        self.since_last = np.maximum(self.since_last, table.since_days)

    def merge(self, chunk: "Collector") -> None:
        """Take in the runs of a chunk made by the same plan.

        Raises
        ------
        ValueError
            The chunk's draws are not among these, or a run is in already.
        """
        first = chunk.first_draw - self.first_draw
        if first < 0 or first + chunk.draws > self.draws or chunk.replicates != self.replicates:
            raise ValueError(f"draws {chunk.first_draw} to {chunk.first_draw + chunk.draws - 1} are not among these")
        if np.any(self.done[first : first + chunk.draws] & chunk.done):
            raise ValueError("a run of the chunk is in already")
        self.done[first : first + chunk.draws] |= chunk.done
        came = np.flatnonzero(chunk.done)
        runs = first * self.replicates + came
        for name in ("counts", "engaged", "reported", "numerator", "denominator", "recent", "reached_days",
                     "adopted_day", "met"):  # fmt: skip
            getattr(self, name)[runs] = getattr(chunk, name)[came]
        if chunk.all_elements is not None:
            self._shares()[runs] = chunk.all_elements[came]
        self.delay_minutes += chunk.delay_minutes
        self.start_counts += chunk.start_counts
        self.since_first = np.minimum(self.since_first, chunk.since_first)
        self.since_last = np.maximum(self.since_last, chunk.since_last)

    def _shares(self) -> NDArray[np.float64]:
        if self.all_elements is None:
            self.all_elements = np.full(self.counts.shape[:3], np.nan)
        return self.all_elements

    @property
    def complete_runs(self) -> NDArray[np.int64]:
        """Runs of the draws all of whose replicates are in, by draw; shape (complete draws, replicates)."""
        whole = np.flatnonzero(self.done.all(axis=1))
        return np.asarray(whole[:, None] * self.replicates + np.arange(self.replicates), dtype=np.int64)

    def met_by_run(self, marks: slice) -> NDArray[np.bool_]:
        """Whether some marks were met, run by run; shape (N, marks)."""
        first, last = marks.start // 8, -(-marks.stop // 8)
        bits = np.unpackbits(self.met[:, first:last], axis=1, bitorder="little")
        return bits[:, marks.start - first * 8 : marks.stop - first * 8].astype(bool)


def day_codes(days: NDArray[np.float64]) -> NDArray[np.uint16]:
    """Whole days in two bytes: 0 by the start, d + 1 for day d, 65535 never."""
    latest = float(NEVER - 1)
    whole = np.floor(np.minimum(days, latest)) - crossings.AT_START
    return np.where(np.isinf(days), NEVER, np.minimum(whole, latest)).astype(np.uint16)


def date_of(days: float, origin: date) -> date | None:
    """The date on which a model time lies; nothing for a time that never came."""
    if not np.isfinite(days):
        return None
    return origin + timedelta(days=int(np.floor(days)))


def quantile_of_times(times: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """The time by which `share` of the runs (first axis) had come so far; infinity when fewer ever did.

    The smallest time t with at least that share at or before t: no averaging with never.
    """
    place = max(int(np.ceil(share * len(times) - crossings.TOLERANCE)) - 1, 0)
    return np.asarray(np.partition(times, place, axis=0)[place], dtype=np.float64)

"""One replicate's event log, counted by the plan.

The state at a report date holds every event earlier than the date's cutoff (the end of that day).
T report dates, Q slots, R rows, U units, A aims, B ambitions, P scopes, M marks, I interventions, C collaboratives,
E epochs, D deadlines of single interventions.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.model import inputs as model_inputs
from spread.model import record
from spread.outcomes import counting, delays, patients, workspace
from spread.outcomes import plan as plans

# Of the arrays of a log: any other would have the pass compiled anew.
LOG_TYPES: Final = ("i1", "f8", "f8", "i1", "i4", "i1", "i1", "i1", "i1")
CONDITION_TYPES: Final = ("f8", "?", "f8", "i8")


class Conditions(NamedTuple):
    """What a draw says besides who is engaged.

    `available_day` shape (I,), from which interventions exist; `coached` shape (U,), who holds a coaching place at the
    start; `places` shape (E, C), coaching places from `epoch_day` shape (E,) on.
    """

    available_day: NDArray[np.float64]
    coached: NDArray[np.bool_]
    epoch_day: NDArray[np.float64]
    places: NDArray[np.int64]


def conditions_of(inputs: model_inputs.ModelInputs) -> Conditions:
    """What the inputs of a draw say that counting its runs takes."""
    now = inputs.epochs
    return Conditions(inputs.available_day, inputs.initial_coached.astype(bool), now.day, now.places)


class OutcomeTable(NamedTuple):
    """What one replicate came to.

    Attributes
    ----------
    counts : shape (T, Q, 11)
        Eligible sites by status code (stages 0-7, stopped, lapsed), then sites that ever adopted.
    engaged, reported : shape (Q,)
        Sites the programme works with, and sites the data at the start speak about.
    numerator : shape (T, A, P)
        Sites at the aim's stage (whole numbers), patients, weighted by size, receiving every element, or a rate.
    denominator : shape (A, P)
        Sites, or patients, the share is out of; 1 for a rate.
    reached_days : shape (B, P)
        When the threshold was first reached: -1 from the start, infinity never.
    adopted_days : shape (R,)
        When each row first came to the stage its label is held to; -1 and infinity as above.
    met : shape (M,)
        Whether each mark's row was at its stage at its deadline.
    delay_minutes : shape (M, 8)
        Minutes spent by cause up to the deadline, summed over the members of a set.
    states : shape (D * C, 9)
        Sites by where they stand at a deadline: held up by each cause, or in use; by `workspace.tally_of_marks`.
    lost_minutes : shape (D * C, 8)
        Minutes their sites spent by cause up to the deadline.
    waits : shape (D * C, 4)
        Waits for a slot that are over at the deadline, and their minutes; the same for a coach (granted or given up).
    coaching : shape (T, C, 2)
        Minutes for which coaching places were held up to a date, and those there were; dates without a mark are 0.
    initial_status, since_days : shape (R,)
        Where each row began, and since when (days, negative before the run); a set, when the last of its lowest
        members came there.
    recent : shape (A, P)
        Sites at the aim's stage at the start that came to their status in the six months before; NaN unknown.
    all_elements : shape (T, H) or None
        Share of patients receiving every element they are eligible for, in the slots of ``plan.patients``.
    """

    counts: NDArray[np.int32]
    engaged: NDArray[np.int32]
    reported: NDArray[np.int32]
    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]
    reached_days: NDArray[np.float64]
    adopted_days: NDArray[np.float64]
    met: NDArray[np.bool_]
    delay_minutes: NDArray[np.int64]
    states: NDArray[np.int64]
    lost_minutes: NDArray[np.int64]
    waits: NDArray[np.int64]
    coaching: NDArray[np.int64]
    initial_status: NDArray[np.int8]
    since_days: NDArray[np.float64]
    recent: NDArray[np.float64]
    all_elements: NDArray[np.float64] | None


class Tabulator:
    """Counts logs by one plan, again and again in the same memory: one for each worker, never shared by two threads.

    The arrays of a table are valid until the next log is counted; `collect.Collector.add` copies what it keeps.
    """

    def __init__(self, plan: plans.TabulationPlan) -> None:
        self.plan = plan
        self._work = workspace.build_workspace(plan)
        self._table = _make_table(plan)
        self._plain = self._table._replace(all_elements=None)
        self._patient_aims = patients.aims_of_patients(plan)
        self._usual = usual_conditions(plan)

    def tabulate(
        self,
        log: record.EventLog,
        engaged: NDArray[np.bool_],
        delivered: NDArray[np.float64] | None = None,
        rates: Mapping[int, NDArray[np.float64]] | None = None,
        conditions: Conditions | None = None,
    ) -> OutcomeTable:
        """Count one replicate.

        Parameters
        ----------
        log
            What happened.
        engaged : shape (U,)
            Units the programme works with in this draw.
        delivered : shape (T, rows of ``plan.patients``), optional
            Share of each row's patients receiving every element; needed by ambitions that measure `patients`.
        rates : by aim, shape (T, P), optional
            Values of rates; needed by ambitions about them.
        conditions
            What the draw says besides; interventions that come when the plan says, and no coaches, unless given.
        """
        settled = record.EventLog(*map(np.ascontiguousarray, log, LOG_TYPES))
        given = Conditions(*map(np.ascontiguousarray, conditions or self._usual, CONDITION_TYPES))
        counting.count_log(settled, np.ascontiguousarray(engaged, dtype=bool), given, self._work, self._table)
        self._fill_rates(rates or {})
        if delivered is not None:
            self._count_patients(delivered)
            return self._table._replace(all_elements=patients.weighted_share(delivered, self.plan))
        if self._patient_aims:
            ambition = self.plan.aims[self._patient_aims[0]].ambition
            raise ValueError(f"the ambition {ambition} measures patients: pass `delivered`")
        return self._plain

    def _fill_rates(self, rates: Mapping[int, NDArray[np.float64]]) -> None:
        """Fill in what ambitions about rates came to.

        Raises
        ------
        ValueError
            One is missing.
        """
        table, plan = self._table, self.plan
        for rate in plan.rates:
            number, ambition = rate.aim, plan.aims[rate.aim].ambition
            if number not in rates:
                raise ValueError(f"the ambition {ambition} is about a rate: pass `rates`")
            counted = ~np.isnan(rates[number][0])
            table.numerator[:, number] = np.where(counted, rates[number], 0.0)
            table.denominator[number], table.recent[number] = counted, np.nan
            reached = patients.first_reached(plan, [number], table.numerator, table.denominator)
            table.reached_days[plan.ambitions.index(ambition)] = reached

    def _count_patients(self, delivered: NDArray[np.float64]) -> None:
        """Fill in what ambitions that measure patients came to."""
        table, plan = self._table, self.plan
        for number in self._patient_aims:
            counted = (self._work.rows["counts"] & self._work.aims["denominator"][number]) != 0
            numerator, denominator = table.numerator[:, number], table.denominator[number]
            patients.fill_values(plan.aims[number], plan, counted, delivered, numerator, denominator)
        for place, ambition in enumerate(plan.ambitions):
            mine = plan.aims_of(ambition)
            if mine[0] in self._patient_aims:
                reached = patients.first_reached(plan, mine, table.numerator, table.denominator)
                table.reached_days[place] = reached


def tabulate(
    log: record.EventLog,
    plan: plans.TabulationPlan,
    engaged: NDArray[np.bool_],
    delivered: NDArray[np.float64] | None = None,
    rates: Mapping[int, NDArray[np.float64]] | None = None,
    conditions: Conditions | None = None,
) -> OutcomeTable:
    """Count a single replicate, in memory of its own; see `Tabulator`."""
    return Tabulator(plan).tabulate(log, engaged, delivered, rates, conditions)


def usual_conditions(plan: plans.TabulationPlan) -> Conditions:
    """Interventions that come when the plan says, and no coaches."""
    nobody = np.zeros(plan.rows.unit_count, dtype=bool)
    return Conditions(plan.available_days, nobody, np.zeros(0), np.zeros((0, len(plan.psc_codes)), dtype=np.int64))


def _make_table(plan: plans.TabulationPlan) -> OutcomeTable:
    date_count, slot_count, row_count = len(plan.dates), len(plan.slots.label), len(plan.rows.label)
    aim_count, scope_count, mark_count = len(plan.aims), len(plan.scopes), len(plan.marks.row)
    psc_count = len(plan.psc_codes)
    tally_count = len(workspace.deadlines_of(plan)[0]) * psc_count
    flags = plan.rows.reported[plan.slots.row].astype(np.int32)
    return OutcomeTable(
        counts=np.zeros((date_count, slot_count, workspace.COLUMN_COUNT), dtype=np.int32),
        engaged=np.zeros(slot_count, dtype=np.int32),
        reported=np.add.reduceat(flags, plan.slots.row_start).astype(np.int32),
        numerator=np.zeros((date_count, aim_count, scope_count)),
        denominator=np.zeros((aim_count, scope_count)),
        reached_days=np.zeros((len(plan.ambitions), scope_count)),
        adopted_days=np.zeros(row_count),
        met=np.zeros(mark_count, dtype=bool),
        delay_minutes=np.zeros((mark_count, delays.CAUSE_COUNT), dtype=np.int64),
        states=np.zeros((tally_count, delays.STATE_COUNT), dtype=np.int64),
        lost_minutes=np.zeros((tally_count, delays.CAUSE_COUNT), dtype=np.int64),
        waits=np.zeros((tally_count, delays.WAIT_COUNT), dtype=np.int64),
        coaching=np.zeros((date_count, psc_count, 2), dtype=np.int64),
        initial_status=np.zeros(row_count, dtype=np.int8),
        since_days=np.zeros(row_count),
        recent=np.zeros((aim_count, scope_count)),
        all_elements=np.zeros((date_count, len(plan.patients.slots))),
    )

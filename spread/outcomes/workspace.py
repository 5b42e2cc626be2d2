"""What compiled code counts one log with: the plan laid out flat, and room for what it has to remember.

Arrays of settled types and layout, made once and used for every log, so that nothing is compiled or asked for anew.
U units, R rows, J labels, A aims, B ambitions, P scopes, T report dates, M marks, Q slots, W stages watched.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spread import model
from spread.outcomes import delays
from spread.outcomes import plan as plans

Records = NDArray[np.void]
Index = NDArray[np.int32]
Floats = NDArray[np.float64]

EVER_ADOPTED: Final = model.STATUS_COUNT
COLUMN_COUNT: Final = model.STATUS_COUNT + 1
DENOMINATORS: Final = ("eligible", "engaged", "reported")

UNIT: Final = np.dtype(
    [("available_day", "f8"), ("begun", "f8"), ("first_row", "i4"), ("end_row", "i4"), ("status", "i1"),
     ("cause", "i1"), ("is_changed", "?")], align=True,
)  # fmt: skip
"""A unit: since when its present wait has lasted (`begun`), and whether it changed since the last report."""

QUEUE: Final = np.dtype(
    [("held_days", "f8"), ("granted", "f8"), ("slot_waits", "i4"), ("coach_waits", "i4"), ("counted", "i4"),
     ("is_coached", "?")], align=True,
)  # fmt: skip
"""A unit's waits for a slot and for a coach that are over, and its coaching place: since when it holds one (`granted`),
and for how long it held those it gave back; and the date at which its minutes were last counted."""

ROW: Final = np.dtype(
    [("psc", "i4"), ("members", "i4"), ("needed", "i4"), ("stage_place", "i4"), ("first_unit", "i4"),
     ("end_unit", "i4"), ("first_cell", "i4"), ("end_cell", "i4"), ("first_aim", "i4"), ("end_aim", "i4"),
     ("status", "i1"), ("counts", "i1"), ("reported", "?"), ("dated", "?"), ("has_adopted", "?"), ("is_shown", "?"),
     ("is_changed", "?")],
    align=True,
)  # fmt: skip
"""A row: the status it was last shown at, whether it ever came to stage 5 and was shown as such, the denominators it
counts in, one bit each."""

AIM: Final = np.dtype([("ambition", "i4"), ("stage_place", "i4"), ("denominator", "i1"), ("of_sites", "?")], align=True)
"""An aim: its denominator as a bit, and whether it counts sites."""

MARK: Final = np.dtype([("place", "i4"), ("row", "i4"), ("tally", "i4"), ("rank", "i1")], align=True)
"""A mark, and where the states and waits of its row are counted (`tally_of_marks`)."""


class Workspace(NamedTuple):
    """Everything the pass reads and remembers, besides the log and the table.

    The lists of many parts are laid end to end, and a part's record (or ``x_start``) says where its own lies.

    Attributes
    ----------
    cutoffs : shape (T,)
    units : shape (U,), `UNIT`;  row_of_unit : the rows of every unit, itself first;  intervention : shape (U,)
    rows : shape (R,), `ROW`;  unit_of_row : the units of every row;  cell_of_row : where in `running` the slots begin
        in which it is counted
    aims : shape (A,), `AIM`, those of an ambition together;  aim_of_label;  aim_start : shape (B + 1,)
    thresholds : shape (A, P)
    marks : shape (M,), `MARK`, by date;  mark_start : shape (T + 1,)
    stage_rank : shape (W,), ranks of the stages whose crossings are watched;  adopted_place : shape (1,), stage 5
    changed, changed_sets : units, and rows of sets, changed since the last report; room for one more
    days : shape (U, 9), waits by cause that are over, time in use last;  queues : shape (U,), `QUEUE`
    minutes : shape (U, 8), waits by cause up to the last date at which they were counted
    held : shape (R, W), members of each set at each stage watched
    running : shape (Q * 11,), counts as last shown
    standing, needed : shape (A, P), sites at the aim's stage, and those the threshold asks for
    moved : shape (B, P), when the standing of an ambition last moved
    """

    cutoffs: Floats
    units: Records
    row_of_unit: Index
    intervention: Index
    rows: Records
    unit_of_row: Index
    cell_of_row: Index
    aims: Records
    aim_of_label: Index
    aim_start: Index
    thresholds: Floats
    marks: Records
    mark_start: Index
    stage_rank: NDArray[np.int8]
    adopted_place: Index
    changed: Index
    changed_sets: Index
    days: Floats
    queues: Records
    minutes: NDArray[np.int64]
    held: Index
    running: Index
    standing: Floats
    needed: Floats
    moved: Floats


def build_workspace(plan: plans.TabulationPlan) -> Workspace:
    """Lay a plan out flat, with room for one log at a time."""
    stages = stages_watched(plan)
    unit_count, row_count = plan.rows.unit_count, len(plan.rows.label)
    per_aim, per_ambition = (len(plan.aims), len(plan.scopes)), (len(plan.ambitions), len(plan.scopes))
    slot_start, pairs = _lists(plan.slots.row, row_count)
    aim_start, aim_of_label = _lists([aim.label for aim in plan.aims], len(plan.labels))
    unit_start = np.concatenate([np.arange(unit_count), unit_count + plan.rows.set_start])
    marks, mark_start = _marks(plan)
    return Workspace(
        cutoffs=np.array(plan.cutoffs, dtype=np.float64),
        units=_units(plan),
        row_of_unit=_index(plan.rows.of_unit),
        intervention=_index(plan.unit_intervention),
        rows=_rows(plan, stages, unit_start, slot_start, aim_start),
        unit_of_row=_index(np.concatenate([np.arange(unit_count), plan.rows.set_unit])),
        cell_of_row=_index(plan.slots.slot_of_pair[pairs] * COLUMN_COUNT),
        aims=_aims(plan, stages),
        aim_of_label=aim_of_label,
        aim_start=_lists([plan.ambitions.index(aim.ambition) for aim in plan.aims], len(plan.ambitions))[0],
        thresholds=np.array([aim.thresholds for aim in plan.aims], dtype=np.float64).reshape(per_aim),
        marks=marks,
        mark_start=mark_start,
        stage_rank=plans.RANK[stages].astype(np.int8),
        adopted_place=_index([stages.index(model.ADOPTED)]),
        changed=np.zeros(unit_count + 1, dtype=np.int32),
        changed_sets=np.zeros(row_count - unit_count + 1, dtype=np.int32),
        days=np.zeros((unit_count, delays.STATE_COUNT)),
        queues=np.zeros(unit_count, dtype=QUEUE),
        minutes=np.zeros((unit_count, delays.CAUSE_COUNT), dtype=np.int64),
        held=np.zeros((row_count, len(stages)), dtype=np.int32),
        running=np.zeros(len(plan.slots.label) * COLUMN_COUNT, dtype=np.int32),
        standing=np.zeros(per_aim),
        needed=np.zeros(per_aim),
        moved=np.zeros(per_ambition),
    )


def stages_watched(plan: plans.TabulationPlan) -> list[int]:
    """The stages that a label or an ambition is held to, and adoption; ascending."""
    return sorted({model.ADOPTED, *(int(stage) for stage in plan.label_stage), *(aim.stage for aim in plan.aims)})


def _units(plan: plans.TabulationPlan) -> Records:
    units = np.zeros(plan.rows.unit_count, dtype=UNIT)
    units["first_row"], units["end_row"] = plan.rows.of_unit_start[:-1], plan.rows.of_unit_start[1:]
    return units


def _rows(
    plan: plans.TabulationPlan, stages: list[int], unit_start: ArrayLike, slot_start: Index, aim_start: Index
) -> Records:
    rows = np.zeros(len(plan.rows.label), dtype=ROW)
    label, units = plan.rows.label, np.asarray(unit_start)
    rows["psc"], rows["members"], rows["needed"] = plan.rows.psc, plan.rows.members, plan.rows.needed
    rows["reported"], rows["dated"] = plan.rows.reported, plan.rows.dated
    rows["stage_place"] = np.searchsorted(stages, plan.label_stage[label])
    rows["first_unit"], rows["end_unit"] = units[:-1], units[1:]
    rows["first_cell"], rows["end_cell"] = slot_start[:-1], slot_start[1:]
    rows["first_aim"], rows["end_aim"] = aim_start[label], aim_start[label + 1]
    return rows


def _aims(plan: plans.TabulationPlan, stages: list[int]) -> Records:
    aims = np.zeros(len(plan.aims), dtype=AIM)
    aims["ambition"] = [plan.ambitions.index(aim.ambition) for aim in plan.aims]
    aims["stage_place"] = [stages.index(aim.stage) for aim in plan.aims]
    aims["denominator"] = [1 << DENOMINATORS.index(aim.denominator) for aim in plan.aims]
    aims["of_sites"] = [aim.measure == plans.SITES for aim in plan.aims]
    return aims


def _marks(plan: plans.TabulationPlan) -> tuple[Records, Index]:
    start, order = _lists(plan.marks.date, len(plan.dates))
    marks = np.zeros(len(order), dtype=MARK)
    marks["place"], marks["row"] = order, plan.marks.row[order]
    marks["tally"] = tally_of_marks(plan)[order]
    marks["rank"] = plans.RANK[plan.marks.stage[order]]
    return marks, start


def _index(values: ArrayLike) -> Index:
    return np.array(values, dtype=np.int32).reshape(-1)


def _lists(part: ArrayLike, part_count: int) -> tuple[Index, Index]:
    """Where each part's list begins, and the members of all parts laid end to end, each in its own order."""
    parts = _index(part)
    order = np.argsort(parts, kind="stable")
    return _index(np.searchsorted(parts[order], np.arange(part_count + 1))), _index(order)


# --- what single interventions are held to -----------------------------------------------------------


def deadlines_of(plan: plans.TabulationPlan) -> tuple[plans.Ints, plans.Ints]:
    """Label and date of every deadline that a single intervention is held to, by label, then date; shapes (D,)."""
    label, date = plan.rows.label[plan.marks.row], plan.marks.date
    single = label < len(plan.interventions)
    both = np.unique(label[single] * len(plan.dates) + date[single])
    return both // len(plan.dates), both % len(plan.dates)


def tally_of_marks(plan: plans.TabulationPlan) -> plans.Ints:
    """Where each mark is counted: deadline * C + PSC, and -1 where its row is not a single intervention; shape (M,)."""
    label, date = deadlines_of(plan)
    row = plan.marks.row
    place = np.searchsorted(label * len(plan.dates) + date, plan.rows.label[row] * len(plan.dates) + plan.marks.date)
    return np.where(
        plan.rows.label[row] < len(plan.interventions), place * len(plan.psc_codes) + plan.rows.psc[row], -1
    )

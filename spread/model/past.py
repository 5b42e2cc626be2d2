"""The time before a run that begins half-way: what the record says of each site, and what was done then.

What no draw of the parameters changes; `updating` adds what one does. The past is cut into steps: the epochs of the
plan from the scenario's first day to the day the run begins. Reports older than that count by the last of them only.

K units on record (all that may be told of, where only counts are known), B bounds of steps (B - 1 steps), I
interventions, V views of the units on record.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.model import ADOPTED, STATUS_COUNT, STOPPED, epochs, timetable
from spread.model.inputs import Floats, Ints, Timetable
from spread.model.setting_groups import setting_groups
from spread.model.world import World
from spread.network.start import Count, History, StartTable

Flags = NDArray[np.bool_]

NOT_KNOWN, BEFORE = -1, -2
UNKNOWN_GAP = -1.0
DONORS_LEAST = 3
SMALLEST_COUNT = 1e-9
DECISION, TESTING = 3, 4


class Lists(NamedTuple):
    """Lists one after another: list n is ``item[start[n]:start[n + 1]]``."""

    start: Ints
    item: Ints


class Record(NamedTuple):
    """What was reported.

    Shape (K,): `unit`; `since_step`, the step in which the last stage was entered (`NOT_KNOWN`; `BEFORE` the first);
    `since_days` of the run, as reported; `use_day`, by when those in use now had begun to use it, and `use_gap`, how
    long before that it may have been (`UNKNOWN_GAP`: nobody knows); `stage` last reported; `is_telling` where the
    record says how fast a site moved; `has_tested` where it was ever reported to test.
    `told` lists the reports of each: bounds, and `told_stage` beside them.
    """

    unit: Ints
    since_step: Ints
    since_days: Floats
    use_day: Floats
    use_gap: Floats
    stage: Ints
    is_telling: Flags
    has_tested: Flags
    told: Lists
    told_stage: Ints


class Past(NamedTuple):
    """Everything about the time before that no draw changes.

    `day` (B,), the last of them 0, the run's first; `plan` in force in each step (None without a step); `record`.
    `first_stage` (I, statuses): shares of the first reports. `waits` and `waited_days` (I,): how many went on to test,
    and the days they were reported to wait for it. `view_start`, `view` and `view_share` (V, B): the views of each unit
    on record, and the share of those it sees there who used it then. `meetings_per_day` and `learning_per_day` (K,):
    how often it came to a meeting. Courses, by day, and `trained`, the organisations each collaborative trains.
    `of_site`, `of_organisation`, `of_region`: units on record whose record is telling, by index into the frame's sites,
    active organisations and collaboratives. `silent` units have no report, though others have; `circle` lists those
    like each of them.
    """

    day: Floats
    plan: epochs.EpochFrame | None
    is_self_reported: bool
    record: Record
    first_stage: Floats
    waits: Floats
    waited_days: Floats
    view_start: Ints
    view: Ints
    view_share: Floats
    meetings_per_day: Floats
    learning_per_day: Floats
    course_day: Floats
    course_psc: Ints
    course_seats: Floats
    trained: Lists
    of_site: Lists
    of_organisation: Lists
    of_region: Lists
    silent: Ints
    circle_of: Ints
    circle: Lists
    counts: tuple[Count, ...]


def frame_past(world: World, site: Ints, organisation: Ints) -> Past | None:
    """What no draw changes about the time before, None where a run begins at its beginning.

    Parameters
    ----------
    site, organisation
        Indices of each unit's site and active organisation, shape (U,), as in the frame.
    """
    if world.start is None:
        return None
    before = earlier_world(world)
    plan = None if before.scenario.end < before.origin else epochs.frame_epochs(before)
    shift = (world.origin - before.origin).days
    day = np.append(np.zeros(0) if plan is None else plan.day - shift, 0.0)
    record = read_record(world, world.start, day)
    telling = np.flatnonzero(record.is_telling & (plan is not None))
    who = record.unit[telling]
    times = timetable.build_timetable(before) if plan is not None else None
    views = view_shares(world, record, day, knowledge_age(world, times))
    silent, circle_of, circle = find_alike(world, world.start, record)
    courses = times or timetable.build_timetable(world)._replace(
        course_day=np.zeros(0), course_psc=np.zeros(0, np.int64), course_seats=np.zeros((0, 1))
    )
    return Past(
        day=day,
        plan=plan,
        is_self_reported=world.start.is_self_reported,
        record=record,
        first_stage=first_stages(world, record),
        **dict(zip(("waits", "waited_days"), waits_for_testing(world, record, day), strict=True)),
        view_start=views[0],
        view=views[1],
        view_share=views[2],
        meetings_per_day=meetings_of(world, times, record.unit, None),
        learning_per_day=meetings_of(world, times, record.unit, 1),
        course_day=courses.course_day - shift,
        course_psc=courses.course_psc,
        course_seats=courses.course_seats,
        trained=list_by(world.units.psc, world.units.organisation, len(world.population.psc_codes), is_unique=True),
        of_site=list_by(site[who], telling, int(site.max()) + 1),
        of_organisation=list_by(organisation[who], telling, int(organisation.max()) + 1),
        of_region=list_by(world.units.psc[who], telling, len(world.population.psc_codes)),
        silent=silent,
        circle_of=circle_of,
        circle=circle,
        counts=world.start.counts,
    )


def earlier_world(world: World) -> World:
    """The same world from the scenario's first day to the one before the run begins."""
    scenario = world.scenario
    last = date.fromordinal(world.origin.toordinal() - 1)
    until = scenario.model_copy(update={"end": last, "start_from": None})
    days = float((world.origin - scenario.start).days)
    return world._replace(scenario=until, start=None, origin=scenario.start, horizon_days=days)


def list_by(owner: Ints, item: Ints, count: int, *, is_unique: bool = False) -> Lists:
    """The items of each of `count` owners, in ascending order."""
    pairs = np.stack([owner, item], axis=1)
    pairs = np.unique(pairs, axis=0) if is_unique else pairs[np.lexsort((item, owner))]
    start = np.searchsorted(pairs[:, 0], np.arange(count + 1))
    return Lists(start.astype(np.int64), pairs[:, 1].astype(np.int64))


# --- the record -----------------------------------------------------------------------------------


def read_record(world: World, start: StartTable, day: Floats) -> Record:
    """What was reported, step by step."""
    if start.counts:
        counted = {count.intervention for count in start.counts}
        return nothing_reported(np.flatnonzero(np.isin(world.units.intervention, list(counted))))
    rows = range(len(start.site))
    histories = [start.history(row) for row in rows]
    bounds = [bounds_of(world, day, history) for history in histories]
    since_step = np.full(len(histories), NOT_KNOWN)
    for row in rows:
        since = start.since[row]
        if since is not None and not start.is_self_reported:
            since_step[row] = step_of(day, (since - world.origin).days)
            bounds[row][-1] = (max(bounds[row][-1][0], since_step[row] + 1), bounds[row][-1][1])
    flat = [pair for told in bounds for pair in told]
    sizes = np.cumsum([0, *(len(told) for told in bounds)])
    use = [use_begun(world, history) if start.is_self_reported else (0.0, 0.0) for history in histories]
    reported = [start.since[row] or start.reported[row] for row in rows]
    return Record(
        unit=world.start_units,
        since_step=since_step,
        since_days=np.array([min(-1.0, float((told - world.origin).days)) for told in reported]),
        use_day=np.array([begun for begun, _ in use]),
        use_gap=np.array([gap for _, gap in use]),
        stage=start.stage,
        is_telling=np.array(
            [len(told) > 1 or step != NOT_KNOWN for told, step in zip(bounds, since_step, strict=True)], dtype=bool
        ),
        has_tested=np.array([max(stage for _, stage in told) >= TESTING for told in histories], dtype=bool),
        told=Lists(sizes.astype(np.int64), np.array([bound for bound, _ in flat], dtype=np.int64)),
        told_stage=np.array([stage for _, stage in flat], dtype=np.int64),
    )


def nothing_reported(unit: Ints) -> Record:
    """Units of which nothing is known by name."""
    none = np.zeros(len(unit))
    return Record(
        unit, np.full(len(unit), NOT_KNOWN), none - 1.0, none, none, np.full(len(unit), NOT_KNOWN),
        none > 0.0, none > 0.0, Lists(np.zeros(len(unit) + 1, np.int64), np.zeros(0, np.int64)), np.zeros(0, np.int64),
    )  # fmt: skip


def bounds_of(world: World, day: Floats, history: History) -> list[tuple[int, int]]:
    """(bound, stage) of each report, at the bound nearest to the end of its day; the last of those before the first."""
    ends = [(told - world.origin).days + 1 for told, _ in history]
    found = [(int(np.argmin(np.abs(day - end))), stage) for end, (_, stage) in zip(ends, history, strict=True)]
    early = sum(end < day[0] for end in ends)
    return found[max(0, early - 1) :]


def step_of(day: Floats, since_day: int) -> int:
    """The step that holds a day."""
    step = int(np.searchsorted(day, since_day, side="right")) - 1
    return BEFORE if step < 0 else step


def use_begun(world: World, history: History) -> tuple[float, float]:
    """By which day of the run a site had begun to use it, and how long before that it may have been."""
    day, gap = world.origin.toordinal(), float((world.origin - history[-1][0]).days)
    for number in reversed(range(len(history))):
        told, stage = history[number]
        if stage < ADOPTED:
            gap = float(day - told.toordinal())
            break
        day = told.toordinal()
        gap = UNKNOWN_GAP
    return float(day - world.origin.toordinal()), gap


def first_stages(world: World, record: Record) -> Floats:
    """Shares of the first reports by stage, for each intervention; shape (I, statuses)."""
    shares = np.zeros((len(world.units.interventions), STATUS_COUNT))
    first = record.told.start[:-1][np.diff(record.told.start) > 0]
    owner = record.unit[np.diff(record.told.start) > 0]
    np.add.at(shares, (world.units.intervention[owner], record.told_stage[first]), 1.0)
    total = shares.sum(axis=1, keepdims=True)
    everywhere = np.full_like(shares, 1.0 / STATUS_COUNT)
    np.divide(shares, total, out=everywhere, where=total > 0)
    return everywhere


def waits_for_testing(world: World, record: Record, day: Floats) -> tuple[Floats, Floats]:
    """How many went on from a decision to testing, and for how long sites were reported to wait; shape (I,)."""
    waits, days = np.zeros(len(world.units.interventions)), np.zeros(len(world.units.interventions))
    for row, intervention in enumerate(world.units.intervention[record.unit].tolist()):
        told = slice(record.told.start[row], record.told.start[row + 1])
        stage, bound = record.told_stage[told], record.told.item[told]
        if not len(stage):
            continue
        waits[intervention] += TESTING <= stage[-1] < STOPPED and (len(stage) == 1 or stage[0] < TESTING)
        days[intervention] += np.diff(day[bound])[stage[1:] == DECISION].sum()
        if len(stage) == 1 and stage[0] == DECISION and record.since_step[row] != NOT_KNOWN:
            days[intervention] += day[bound[0]] - day[max(0, record.since_step[row])]
    return waits, days


# --- what was seen and done -----------------------------------------------------------------------


def knowledge_age(world: World, times: Timetable | None) -> Floats:
    """How old what members know of one another is on average, by network (infinite: they never met); shape (N,)."""
    age = np.full(len(world.network_keys) + 1, np.inf)
    if times is not None:
        held = np.bincount(times.meeting_network, minlength=len(age))
        came = np.bincount(times.meeting_network, times.meeting_attendance, minlength=len(age))
        apart = (world.origin - world.scenario.start).days / np.maximum(held, 1)
        met = came > 0
        age[met] = (apart * (held / np.maximum(came, SMALLEST_COUNT) - 0.5))[met]
    age[-1] = 0.0
    return age


def view_shares(world: World, record: Record, day: Floats, age: Floats) -> tuple[Ints, Ints, Floats]:
    """The views of each unit on record, and the share it knew to be in use at each bound, of those that are known of.

    What is seen at once is known at once; what is learnt at meetings is as old as it is on average.
    """
    using, known = in_use_at(world, record, len(day))
    units, views = world.units, world.views
    sizes = np.diff(views.view_start)[record.unit]
    view = np.concatenate([np.arange(*views.view_start[unit : unit + 2]) for unit in record.unit] or [np.zeros(0, int)])
    owner = np.repeat(record.unit, sizes)
    tools = len(units.interventions)
    network = np.repeat(np.arange(len(world.network_keys)), np.diff(world.member_start))
    place = network * tools + units.intervention[world.member]
    size = len(world.network_keys) * tools
    seen, there = (sum_by(place, what[world.member], size) for what in (using, known))
    of_all = [sum_by(units.intervention, what, tools)[units.intervention[owner]] for what in (using, known)]
    everywhere = np.divide(of_all[0], of_all[1], out=np.zeros_like(of_all[0]), where=of_all[1] > 0)
    mine = views.view_network[view] * tools + units.intervention[owner]
    meets = views.view_network[view] >= 0
    others = np.where(meets[:, None], there[mine * meets], 0.0) - np.where(meets[:, None], known[owner], 0.0)
    using_others = np.where(meets[:, None], seen[mine * meets], 0.0) - np.where(meets[:, None], using[owner], 0.0)
    share = np.where(others > 0, using_others / np.maximum(others, 1.0), everywhere)
    learnt = np.maximum(day[None, :] - age[views.view_network[view]][:, None], day[0])
    at = np.maximum(np.searchsorted(day, learnt, side="right") - 1, 0)
    share = np.take_along_axis(share, at, axis=1)
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), view.astype(np.int64), share


def sum_by(place: Ints, what: Floats, size: int) -> Floats:
    """Sums of rows by their place; shape (size, B)."""
    total = np.zeros((max(size, 1), what.shape[1]))
    np.add.at(total, place, what)
    return total


def in_use_at(world: World, record: Record, bounds: int) -> tuple[Floats, Floats]:
    """Who is known to use it, and of whom it is known, at each bound; shape (U, B).

    A report holds until the next; before the first, a stage entered on a known day was not yet there.
    """
    using, known = (np.zeros((len(world.units.site), bounds)) for _ in range(2))
    for row, unit in enumerate(record.unit.tolist()):
        for at in range(record.told.start[row], record.told.start[row + 1]):
            using[unit, record.told.item[at] :] = ADOPTED <= record.told_stage[at] < STOPPED
            known[unit, record.told.item[at] :] = 1.0
        if record.since_step[row] != NOT_KNOWN:
            known[unit] = 1.0
            using[unit, max(0, record.since_step[row] + 1) :] = ADOPTED <= record.stage[row] < STOPPED
    first = np.argmax(known.sum(axis=0) > 0)
    using[:, :first], known[:, :first] = using[:, [first]], known[:, [first]]
    return using, known


def meetings_of(world: World, times: Timetable | None, unit: Ints, learning: int | None) -> Floats:
    """Meetings (or learning sets) a day that each unit came to in the past, on average; shape (K,)."""
    per_day = np.zeros(len(world.units.site))
    if times is not None and len(times.meeting_day):
        chosen = np.ones(len(times.meeting_day), bool) if learning is None else times.meeting_learning == learning
        held = np.bincount(
            times.meeting_network[chosen], times.meeting_attendance[chosen], minlength=len(world.network_keys)
        )
        network = np.repeat(np.arange(len(world.network_keys)), np.diff(world.member_start))
        np.add.at(per_day, world.member, held[network] / max(1.0, float((world.origin - world.scenario.start).days)))
    return per_day[unit]


# --- those nobody told of -------------------------------------------------------------------------


def find_alike(world: World, start: StartTable, record: Record) -> tuple[Ints, Ints, Lists]:
    """Units without a report, though others have one for their intervention, and rows of record like each of them.

    Alike are those of the same collaborative that reported lately, where there are a few; else of the same kind of
    setting; else all.
    """
    units = world.units
    none = np.zeros(0, np.int64)
    if start.counts or not len(record.unit):
        return none, none, Lists(np.zeros(1, np.int64), none)
    latest = np.array([told.toordinal() for told in start.reported])
    recent = np.flatnonzero(latest == latest.max()) if start.is_self_reported else np.arange(len(latest))
    group = setting_groups(world.population.settings)[units.site]
    listed = np.isin(np.arange(len(units.site)), record.unit)
    told_of = np.isin(units.intervention, units.intervention[record.unit])
    silent = np.flatnonzero(told_of & ~listed)
    circles: dict[tuple[int, int, int], int] = {}
    found: list[Sequence[int]] = []
    circle_of = []
    for unit in silent.tolist():
        tool = int(units.intervention[unit])
        same = recent[units.intervention[record.unit[recent]] == tool]
        same = same if len(same) else np.flatnonzero(units.intervention[record.unit] == tool)
        near = ((0, int(units.psc[unit]), units.psc), (1, int(group[unit]), group), (2, 0, np.zeros_like(group)))
        for kind, value, column in near:
            key = (tool, kind, value)
            if key not in circles:
                circles[key] = len(found)
                found.append(same[column[record.unit[same]] == value].tolist())
            if len(found[circles[key]]) >= DONORS_LEAST or kind == 2:
                circle_of.append(circles[key])
                break
    return silent, np.array(circle_of, dtype=np.int64), concatenated(found)


def concatenated(lists: Iterable[Sequence[int]]) -> Lists:
    """Lists one after another."""
    held = [list(one) for one in lists]
    start = np.cumsum([0, *(len(one) for one in held)])
    return Lists(start.astype(np.int64), np.array([item for one in held for item in one], dtype=np.int64))

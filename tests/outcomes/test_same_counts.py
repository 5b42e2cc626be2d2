"""The compiled pass and the reference, quantity by quantity, give the same table to the last bit."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spread.api as api
from spread import model
from spread.model import prepare, process_engine
from spread.outcomes import collect, delays, tabulate, workspace
from spread.runs import plan as parameter_plan
from tests.outcomes import reference, worlds

DAYS = (worlds.END - worlds.ORIGIN).days
EVERY_PAIR = [(intervention, site) for intervention in range(3) for site in range(4)]
NAMES = ("bedside", "kit", "third")


def assert_same(mine: tabulate.OutcomeTable, theirs: tabulate.OutcomeTable) -> None:
    for name in tabulate.OutcomeTable._fields:
        np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name), err_msg=name)


def assert_states_add_up(table: tabulate.OutcomeTable, plan) -> None:
    """In every PSC and at every deadline sites in use are those at stage 5 or more, and the others the rest."""
    label, date = workspace.deadlines_of(plan)
    states = table.states.reshape(len(label), len(plan.psc_codes), delays.STATE_COUNT)
    for place, psc in np.ndindex(*states.shape[:2]):
        group = plan.groups.names.index(("psc", plan.psc_codes[psc]))
        slot = np.flatnonzero((plan.slots.label == label[place]) & (plan.slots.group == group))
        counts = table.counts[date[place], slot].sum(axis=0)
        assert states[place, psc, delays.IN_USE] == counts[model.ADOPTED : model.STOPPED].sum()
        assert states[place, psc].sum() == plan.slots.eligible[slot].sum()


@st.composite
def ambitions(draw):
    measure = draw(st.sampled_from(["sites", "sites", "patients"]))
    return worlds.ambition(
        interventions=tuple(draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))),
        together=draw(st.sampled_from(["all", "each"])),
        measure=measure,
        stage=draw(st.integers(1, 7)),
        threshold=draw(st.sampled_from([None, 0.0, 0.3, 0.5, 0.75, 1.0])),
        denominator=draw(st.sampled_from(["eligible", "engaged", "reported"])),
        local_thresholds=draw(st.sampled_from([{}, {"AA": 0.5}])),
        deadline=worlds.ORIGIN + timedelta(days=draw(st.integers(0, DAYS))),
    )


@st.composite
def plans(draw):
    pairs = draw(st.lists(st.sampled_from(EVERY_PAIR), min_size=1, unique=True).map(lambda some: [*some, *TOGETHER]))
    who = worlds.units(sorted(set(pairs)), NAMES)
    flags = st.lists(st.booleans(), min_size=len(who.site), max_size=len(who.site)).map(lambda some: np.array(some))
    since = st.sampled_from([None, date(2020, 5, 1), date(2020, 12, 1)])
    asked = worlds.scenario(
        draw(st.dictionaries(st.sampled_from("abcd"), ambitions(), max_size=4)),
        {name: worlds.intervention(available_from=draw(since)) for name in NAMES},
        report=worlds.schema.Report(months=draw(st.booleans()), groups=draw(st.sampled_from([(), ("network",)]))),
    )
    plan = worlds.plan(asked, who, reported=draw(flags), dated=draw(flags))
    # Sets of which only some members are needed, whatever they are made of.
    needed = [draw(st.integers(1, members)) for members in plan.rows.members.tolist()]
    return plan._replace(rows=plan.rows._replace(needed=np.array(needed))), draw(flags)


# Every intervention has a site of its own, and one site may take up all three.
TOGETHER = [(0, 1), (1, 1), (2, 1)]


@st.composite
def conditions(draw, plan):
    pscs = len(plan.psc_codes)
    days = [0, *sorted(draw(st.sets(st.integers(1, DAYS), max_size=4)))]
    places = st.lists(st.integers(0, 5), min_size=pscs, max_size=pscs)
    units = plan.rows.unit_count
    return tabulate.Conditions(
        available_day=np.array([draw(st.sampled_from([-np.inf, 0.0, 30.0, 91.0, np.inf])) for _ in NAMES]),
        coached=np.array(draw(st.lists(st.booleans(), min_size=units, max_size=units))),
        epoch_day=np.array(days, dtype=np.float64),
        places=np.array([draw(places) for _ in days]).reshape(len(days), pscs),
    )


@st.composite
def logs(draw, plan):
    units = plan.rows.unit_count
    begin = draw(st.lists(st.integers(0, 9), min_size=units, max_size=units))
    since = draw(st.lists(st.sampled_from([0.0, -1.0, -30.5, -182.6, -400.0]), min_size=units, max_size=units))
    # Many at one instant, some at the very end of a report date, some after the last.
    instants = st.one_of(st.sampled_from(plan.cutoffs.tolist()), st.floats(0.0, DAYS + 30.0), st.integers(0, 9))
    steps = draw(st.lists(st.tuples(instants, *WHAT, st.integers(0, units - 1)), max_size=60))
    status, found = list(begin), []
    for day, kind, after, stays, unit in sorted(steps, key=lambda step: step[0]):
        to = status[unit] if stays else after
        found.append((float(day), kind, unit, status[unit], to))
        status[unit] = to
    return worlds.log(found, begin, since)


WHAT = (st.sampled_from(list(model.Event)), st.integers(0, 9), st.booleans())


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_random_logs_by_random_plans(data):
    plan, engaged = data.draw(plans())
    tabulator = tabulate.Tabulator(plan)
    patients = collect.measures_patients(plan)
    for _ in range(2):  # twice in the same memory: nothing of one log is left in the next
        log = data.draw(logs(plan))
        shape = (len(plan.dates), len(plan.patients.rows))
        delivered = np.random.default_rng(len(log.unit)).random(shape) if patients else None
        given = data.draw(conditions(plan))
        mine = tabulator.tabulate(log, engaged, delivered, conditions=given)
        assert_same(mine, reference.tabulate_slowly(log, plan, engaged, delivered, given))
        assert_states_add_up(mine, plan)


@pytest.mark.parametrize("name", ["tracheostomy-standard", "pews-standard"])
def test_replicates_of_real_scenarios(name):
    job = api.prepare(api.read_scenario(name))
    tabulator = tabulate.Tabulator(job.plan)
    for draw in range(2):
        parameters = parameter_plan.draw_parameters(job.world.scenario, seed=1, draw=draw)
        inputs = prepare.prepare_inputs(job.world, job.timetable, parameters, seed=1, draw=draw)
        log = process_engine.run(inputs, seed=1, draw=draw, replicate=0)
        engaged = inputs.engaged.astype(bool)
        given = tabulate.conditions_of(inputs)
        mine = tabulator.tabulate(log, engaged, conditions=given)
        assert_same(mine, reference.tabulate_slowly(log, job.plan, engaged, conditions=given))
        assert_states_add_up(mine, job.plan)
        assert (mine.coaching[..., 0] <= mine.coaching[..., 1]).all()


def test_tables_share_their_memory_and_a_collector_keeps_none_of_it():
    plan = worlds.plan()
    tabulator = tabulate.Tabulator(plan)
    everybody = np.ones(8, dtype=bool)
    first = tabulator.tabulate(worlds.log([worlds.jump(5, 0, 0, 5)]), everybody)
    chunk = collect.Collector(plan, 1, 2)
    chunk.add(0, 0, first)
    before = {name: array.copy() for name, array in chunk.arrays().items()}
    second = tabulator.tabulate(worlds.log([], [5] * 8), everybody)
    assert second.counts is first.counts
    for name, array in chunk.arrays().items():
        np.testing.assert_array_equal(array, before[name])


def test_threads_with_a_tabulator_each_count_as_one_does():
    plan = worlds.plan()
    everybody = np.ones(8, dtype=bool)
    stories = [worlds.log([worlds.jump(day, unit, 0, 5) for day in (3, 200)]) for unit in range(8)]
    alone = [tabulate.tabulate(log, plan, everybody) for log in stories]

    def count(log):
        tabulator = tabulate.Tabulator(plan)
        return [tabulator.tabulate(log, everybody) for _ in range(50)][-1]

    with ThreadPoolExecutor(4) as threads:
        for mine, theirs in zip(threads.map(count, stories), alone, strict=True):
            assert_same(mine, theirs)

"""Who gets what is scarce, and in what order things happen at one instant."""

from pathlib import Path

import numpy as np
import pytest

from spread.model import ADOPTED, Cause, Event, draws, inputs, process_engine, record
from spread.model.draws import Purpose
from spread.scenarios import levers
from tests.verification import laws

RULES = levers.PRIORITY_RULES
RUN_KEY = draws.run_key(laws.SEED, 0, 0)
CYCLE_DAYS = 28.0
FOREVER_MONTHS = 100_000
# Added to the log effects on a cycle: the chance of success becomes one, or nothing.
SURELY, NEVER = 20.0, -40.0
TWO_IMPROVEMENTS = """
[programmes.plain]
interventions = ["plain", "other"]
[interventions.other]
title = "Another improvement"
programme = "plain"
kind = "simple"
complexity = "low"
appeal = 1.0
peers = "none"
[interventions.other.elements.only]
baseline = 0.0
difficulty = 1.0
[ambitions.other]
title = "Most sites"
programme = "plain"
interventions = ["other"]
threshold = 0.9
deadline = 2021-06-30
source = "made for a test"
"""


def scarce(
    folder: Path, count: int, *, per_organisation: int = 1, slots: int = 100, places: int = 0, top: str = "",
    tables: str = "", patience_months: float = FOREVER_MONTHS, luck: float = SURELY, **parameters: float,
) -> inputs.ModelInputs:  # fmt: skip
    """Sites that have all decided at the start, with cycles of 28 days that always, or never, succeed."""
    laws.write_sites(folder, count, per_organisation=per_organisation)
    said = f'cycle_shape = "fixed"\ncoaches = {int(places > 0)}\n{top}\n'
    case = laws.law(
        folder, toml=f"{said}\n[interventions.plain]\ntesting = true\n{tables}", caseload_sites=max(1, places),
        interventions_per_coached_site=1, patience_months=patience_months, **parameters,
    )  # fmt: skip
    found = laws.inputs_of(case)
    return found._replace(
        initial_status=np.full_like(found.initial_status, 3),
        slots=np.full_like(found.slots, slots),
        difficulty=np.full_like(found.difficulty, -luck),
        cycle_mean_days=np.full_like(found.cycle_mean_days, CYCLE_DAYS),
    )


def live(world: inputs.ModelInputs) -> record.EventLog:
    return process_engine.run(world, seed=laws.SEED, draw=0, replicate=0)


def happened(log: record.EventLog, event: Event) -> list[tuple[float, int]]:
    """Days and units of one kind of event, in the order of the log."""
    chosen = log.kind == event
    return list(zip(log.time_days[chosen].tolist(), log.unit[chosen].tolist(), strict=True))


def tie_breaks(world: inputs.ModelInputs) -> list[float]:
    return [draws.uniform_at(RUN_KEY, key, Purpose.TIE_BREAK, 0) for key in world.units.unit_key.tolist()]


# --- queues ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("scarcity", "event"), [("slots", Event.SLOT_GRANT), ("places", Event.PLACE_GRANT)])
def test_those_who_ask_at_one_instant_are_served_by_the_rule_then_by_their_own_luck(
    tmp_path: Path, rule: str, scarcity: str, event: Event
) -> None:
    few = {"slots": 1} if scarcity == "slots" else {"places": 2}
    world = scarce(tmp_path, 5, per_organisation=5, top=f'priority_rule = "{rule}"', tables=TWO_IMPROVEMENTS, **few)
    shares = np.array([0.2, 0.4, 0.1, 0.4, 0.3] * 2)
    world = world._replace(deprived_share=shares, readiness=-shares)
    sooner = -world.units.intervention
    world = world._replace(programme=np.array([0, 1]), priority=np.array([2, 1]))
    first = {
        "first_come": 0 * shares, "neediest": -shares, "readiest": shares, "nearest_deadline": sooner,
        "equal_share": 0 * shares, "programme_priority": sooner,
    }[rule]  # fmt: skip
    expected = sorted(range(10), key=lambda unit: (first[unit], tie_breaks(world)[unit]))
    assert [unit for _, unit in happened(live(world), event)] == expected


def test_an_equal_share_goes_first_to_the_programme_that_holds_fewer_places(tmp_path: Path) -> None:
    world = scarce(
        tmp_path, 4, per_organisation=4, places=2, top='priority_rule = "equal_share"', tables=TWO_IMPROVEMENTS
    )
    status, coached = np.array([4, 3, 3, 3] * 2), np.array([1, 0, 0, 0] + [0] * 4)
    world = world._replace(programme=np.array([0, 1]), initial_status=status, initial_coached=coached)
    served = [unit for _, unit in happened(live(world), Event.PLACE_GRANT)]
    assert served[:3] == sorted(served[:3], key=lambda unit: tie_breaks(world)[unit])
    assert set(served[:3]) <= {5, 6, 7}


@pytest.mark.parametrize("event", [Event.SLOT_GRANT, Event.PLACE_GRANT])
def test_first_come_is_first_served(tmp_path: Path, event: Event) -> None:
    few = {"slots": 1, "places": 100} if event == Event.SLOT_GRANT else {"places": 1}
    world = scarce(tmp_path, 12, per_organisation=12, decision_acute_per_month=3, **few)
    log = live(world._replace(initial_status=np.full(12, 2)))
    decided, served = happened(log, Event.DECISION), happened(log, event)
    assert len(served) == 12
    assert [unit for _, unit in served] == [unit for _, unit in decided]
    arrived = np.array([day for day, _ in decided])
    assert (np.array([day for day, _ in served]) > arrived + 2 * CYCLE_DAYS).sum() > 6  # many waited together


def test_a_place_in_the_queue_is_set_on_the_day_of_asking(tmp_path: Path) -> None:
    change = '[[change]]\nfrom = 2020-01-10\npriority_rule = "neediest"\n'
    world = scarce(tmp_path, 6, per_organisation=6, slots=1, tables=change)
    expected = np.argsort(tie_breaks(world)).tolist()
    needs = np.argsort(expected) / 10.0  # the later in the queue, the needier
    assert [unit for _, unit in happened(live(world._replace(deprived_share=needs)), Event.SLOT_GRANT)] == expected


@pytest.mark.parametrize("shape", ["fixed", "lognormal"])
def test_the_order_in_which_lives_are_begun_changes_nothing(tmp_path: Path, shape: str) -> None:
    laws.write_sites(tmp_path, 14)
    said = f'cycle_shape = "{shape}"\nsupport = "standard"\nlearning_sets = 4\ncourse_interval_months = 3\n'
    said += "coaches = 1\nmeeting_interval_months = { psc = 1 }\n"
    case = laws.law(
        tmp_path, toml=f'{said}\n[interventions.plain]\ntesting = true\npeers = "networks"\n', caseload_sites=2,
        interventions_per_coached_site=1, patience_months=6, kappa=4,
        stop_per_month=0.05, lapse_per_month=0.05, dose_log_hr=0.3, learning_set_log_hr=0.1, frailty_variance=0.8,
    )  # fmt: skip
    world = laws.inputs_of(case)
    world = world._replace(initial_status=np.array([0, 1, 2, 3, 3, 4, 4] * 2), slots=np.ones_like(world.slots))
    forwards, backwards = (process_engine.Spread(world, RUN_KEY) for _ in range(2))
    backwards.units.reverse()
    for one, other in zip(forwards.run(), backwards.run(), strict=True):
        np.testing.assert_array_equal(one, other)


# --- one instant ----------------------------------------------------------------------------------


def test_patience_that_ends_when_a_place_falls_free_has_ended(tmp_path: Path) -> None:
    world = scarce(tmp_path, 2, per_organisation=2, places=1, patience_months=3)
    patience = world.constants.patience_days * draws.exponential_at(
        RUN_KEY, int(world.units.unit_key[1]), Purpose.PATIENCE, 0
    )
    world = world._replace(
        cycle_mean_days=np.array([patience]), initial_status=np.array([4, 3]), initial_coached=np.array([1, 0])
    )
    log = live(world)
    assert happened(log, Event.ADOPTION)[0] == (patience, 0)  # frees the place at that very instant
    assert happened(log, Event.EXPIRY) == [(patience, 1)]
    assert happened(log, Event.PLACE_GRANT) == []
    assert log.cause[log.kind == Event.TESTING].tolist() == [Cause.UNCOACHED]


def test_slots_are_granted_before_places_so_that_both_queues_meet(tmp_path: Path) -> None:
    # S0 and S1 share a change slot, S2 and S3 share the other; S0 holds the only place; S1 is needier than S2.
    world = scarce(tmp_path, 4, per_organisation=2, slots=1, places=1, top='priority_rule = "neediest"')
    world = world._replace(
        slots=np.array([1, 2]), initial_status=np.array([4, 3, 3, 4]), initial_coached=np.array([1, 0, 0, 0]),
        deprived_share=np.array([0.0, 0.9, 0.1, 0.0]),
    )  # fmt: skip
    assert happened(live(world), Event.PLACE_GRANT)[0] == (CYCLE_DAYS, 1)


def test_a_meeting_sees_what_came_into_use_at_that_very_instant(tmp_path: Path) -> None:
    laws.write_sites(tmp_path, 3)
    case = laws.law(
        tmp_path, kappa=1e6, decision_acute_per_month=1e-4,
        toml="meeting_interval_months = { psc = 6, ics = 0, clinical = 0, national = 0 }\nattendance = { psc = 1.0 }\n"
        'cycle_shape = "fixed"\n[interventions.plain]\ntesting = true\npeers = "networks"',
    )  # fmt: skip
    world = laws.inputs_of(case)
    meeting, next_meeting = world.timetable.meeting_day[:2]
    world = world._replace(
        initial_status=np.array([4, 2, 2]),
        difficulty=np.full_like(world.difficulty, -SURELY),
        cycle_mean_days=np.array([meeting]),
    )
    log = live(world)
    decided = laws.first_times(log, Event.DECISION)[1:]
    assert happened(log, Event.ADOPTION)[0] == (meeting, 0)
    assert (decided > meeting).all()
    assert (decided < meeting + 7).all()
    assert next_meeting > meeting + 100


# --- slots and places -----------------------------------------------------------------------------


@pytest.mark.parametrize("scarcity", ["slots", "places"])
def test_a_slot_and_a_place_are_free_again_when_testing_is_given_up(tmp_path: Path, scarcity: str) -> None:
    few = {"slots": 1, "places": 100} if scarcity == "slots" else {"places": 1}
    world = scarce(tmp_path, 6, per_organisation=6, luck=NEVER, stop_per_month=2, resume_per_month=0, **few)
    log = live(world)
    event = Event.SLOT_GRANT if scarcity == "slots" else Event.PLACE_GRANT
    stopped, granted = happened(log, Event.STOP), happened(log, event)
    assert len(stopped) == len(granted) == 6
    assert [day for day, _ in granted] == [0.0, *(day for day, _ in stopped[:-1])]
    assert [unit for _, unit in granted] == [unit for _, unit in stopped]


def test_no_more_are_coached_at_a_time_than_there_are_places(tmp_path: Path) -> None:
    world = scarce(tmp_path, 20, places=3, luck=0.0, stop_per_month=0.1, resume_per_month=1, patience_months=2)
    log = live(world)
    coached, most = set(), 0
    for kind, unit in zip(log.kind.tolist(), log.unit.tolist(), strict=True):
        if kind == Event.PLACE_GRANT:
            coached.add(unit)
        elif kind in (Event.STOP, Event.ADOPTION):
            coached.discard(unit)
        most = max(most, len(coached))
    assert most == 3
    assert len(happened(log, Event.EXPIRY)) > 0


@pytest.mark.parametrize(("testing_days", "served_again"), [(28.0, 60.0), (100.0, 100.0)])
def test_taking_coaches_away_evicts_nobody_and_serves_nobody_new(
    tmp_path: Path, testing_days: float, served_again: float
) -> None:
    changes = "[[change]]\nfrom = 2020-01-15\ncoaches = 0\n[[change]]\nfrom = 2020-03-01\ncoaches = 1\n"
    world = scarce(tmp_path, 6, places=3, tables=changes)
    log = live(world._replace(cycle_mean_days=np.array([testing_days])))
    assert [day for day, _ in happened(log, Event.PLACE_GRANT)] == [0.0] * 3 + [served_again] * 3
    assert [day for day, _ in happened(log, Event.ADOPTION)] == [testing_days] * 3 + [served_again + testing_days] * 3
    assert set(log.cause[log.kind == Event.TESTING].tolist()) == {Cause.COACHED}


def test_a_programme_that_works_with_nobody_coaches_nobody(tmp_path: Path) -> None:
    log = live(scarce(tmp_path, 20, places=50, top="engaged_share = 0.0"))
    assert happened(log, Event.PLACE_GRANT) == happened(log, Event.EXPIRY) == []
    assert set(log.cause[log.kind == Event.TESTING].tolist()) == {Cause.UNCOACHED}
    everyone = live(scarce(tmp_path, 20, places=50, top="engaged_share = 1.0"))
    assert len(happened(everyone, Event.PLACE_GRANT)) == 20


# --- what does not exist yet, and what is kept ----------------------------------------------------


@pytest.mark.parametrize("tested", ["true", "false"])
def test_nobody_takes_up_what_does_not_exist_yet(tmp_path: Path, tested: str) -> None:
    laws.write_sites(tmp_path, 40)
    toml = f'[interventions.plain]\ntesting = {tested}\navailable_from = 2021-03-10\npeers = "networks"\n'
    case = laws.law(tmp_path, toml=toml, kappa=3, decision_acute_per_month=2)
    world = laws.inputs_of(case)
    pilots = np.array([2, 4] * 20) if tested == "true" else np.full(40, 2)
    log = live(world._replace(initial_status=pilots))
    available = 31 + 28 + 9 + 366
    for event in (Event.DECISION, Event.ELEMENT_IN_PLACE, Event.ADOPTION):
        days = laws.times(log, event)
        assert (days >= available).all()
        assert (days < available + 240).sum() >= 15 or (event == Event.ELEMENT_IN_PLACE and tested == "false")


@pytest.mark.parametrize(
    "said", ["[interventions.plain.elements.only]\nbaseline = 1.0", "baseline_stages = { 2 = 0.5, 7 = 0.5 }"]
)
def test_nobody_has_long_had_in_use_what_does_not_exist_yet(tmp_path: Path, said: str) -> None:
    laws.write_sites(tmp_path, 40)
    toml = f"[interventions.plain]\ntesting = true\navailable_from = 2021-03-10\n{said}\n"
    made = laws.inputs_of(laws.law(tmp_path, toml=toml))
    assert (made.initial_status < ADOPTED).all()


@pytest.mark.parametrize(("lost_share", "tested_again"), [(0.0, 1), (1.0, 3), (0.5, None)])
def test_a_restart_keeps_what_is_in_place_and_tests_only_what_was_lost(
    tmp_path: Path, lost_share: float, tested_again: int | None
) -> None:
    elements = "".join(f"[interventions.plain.elements.e{n}]\nbaseline = 0.0\ndifficulty = 1.0\n" for n in (2, 3))
    speeds = {"lapse_per_month": 0.2, "restart_per_month": 1}
    log = live(scarce(tmp_path, 30, tables=elements, element_loss_share=lost_share, **speeds))
    lapsed = laws.first_times(log, Event.LAPSE)
    counts = []
    for unit in np.flatnonzero(np.isfinite(lapsed)).tolist():
        mine = (log.unit == unit) & (log.time_days > lapsed[unit])
        ends = log.time_days[mine & (log.kind == Event.ADOPTION)]
        if len(ends):
            counts.append(int((mine & (log.kind == Event.ELEMENT_IN_PLACE) & (log.time_days <= ends[0])).sum()))
    assert len(counts) > 20
    if tested_again is None:
        assert set(counts) == {1, 2, 3}
    else:
        assert set(counts) == {tested_again}


def test_a_run_from_half_way_holds_the_slots_and_places_of_those_in_testing(tmp_path: Path) -> None:
    world = scarce(tmp_path, 4, per_organisation=4, slots=2, places=1)
    world = world._replace(initial_status=np.array([4, 4, 3, 3]), initial_coached=np.array([1, 0, 0, 0]))
    log = live(world)
    assert happened(log, Event.ADOPTION)[:2] == [(CYCLE_DAYS, 0), (CYCLE_DAYS, 1)]
    assert [day for day, _ in happened(log, Event.SLOT_GRANT)] == [CYCLE_DAYS] * 2
    assert [day for day, _ in happened(log, Event.PLACE_GRANT)] == [CYCLE_DAYS, 2 * CYCLE_DAYS]

"""How long each wait is, site by site: a site's own threshold, spent by hand at the rates the model names."""

import math
from pathlib import Path

import numpy as np
import pytest

from spread.model import LAPSED, STOPPED, Event, draws, process_engine
from spread.model.draws import Purpose
from tests.model.by_hand import (
    COUNT,
    DECIDE,
    NEVER,
    PLAIN,
    RUN_KEY,
    WAVE,
    WAVE_DAYS,
    assert_same,
    first,
    refreshed,
    spent,
    world,
)
from tests.verification import laws
from tests.verification.laws import MONTH

# From a status, what comes next, the purpose of its threshold, and its speed in the catalogue.
STEPS = {
    0: (Event.CONTACT, Purpose.CONTACT, "contact_campaign_per_month"),
    1: (Event.INTEREST, Purpose.INTEREST, "interest_acute_per_month"),
    2: (Event.DECISION, Purpose.DECISION, "decision_acute_per_month"),
    STOPPED: (Event.RESUME, Purpose.RESUME, "resume_per_month"),
    LAPSED: (Event.RESTART, Purpose.RESTART, "restart_per_month"),
}


@pytest.mark.parametrize("status", list(STEPS))
def test_each_step_waits_its_own_threshold_at_its_published_speed(tmp_path: Path, status: int) -> None:
    event, purpose, speed = STEPS[status]
    made = world(tmp_path, status, **{speed: 0.09})
    assert_same(first(made, event), spent(made, purpose, [(0.0, 0.09 / MONTH)]))


@pytest.mark.parametrize("multiplier", [4.0, 0.25, 0.0])
@pytest.mark.parametrize("status", [0, 1, 2])
def test_a_shock_above_one_speeds_up_and_below_one_slows_while_it_lasts(
    tmp_path: Path, status: int, multiplier: float
) -> None:
    event, purpose, speed = STEPS[status]
    made = world(tmp_path, status, toml=WAVE.format(multiplier=multiplier).join(["\n", ""]), **{speed: 0.06})
    calm = 0.06 / MONTH
    pieces = [(0.0, calm), (WAVE_DAYS[0], multiplier * calm), (WAVE_DAYS[1], calm)]
    assert_same(first(made, event), spent(made, purpose, pieces))


def test_a_shock_that_names_an_improvement_leaves_others_alone(tmp_path: Path) -> None:
    laws.write_sites(tmp_path, COUNT)
    other = (
        '[programmes.plain]\ninterventions = ["plain", "other"]\n'
        '[interventions.other]\ntitle = "Other"\nprogramme = "plain"\nkind = "simple"\ncomplexity = "low"\n'
        'appeal = 1.0\npeers = "none"\ntesting = false\n'
        "[interventions.other.elements.only]\nbaseline = 0.0\ndifficulty = 1.0\n"
        "[interventions.other.baseline_stages]\n2 = 1.0\n"
    )
    shock = WAVE.format(multiplier=4.0) + 'interventions = ["other"]\n'
    calm, shocked = (laws.inputs_of(laws.law(tmp_path, toml=f"\n{more}{other}")) for more in ("", shock))
    before, after = first(calm, Event.DECISION), first(shocked, Event.DECISION)
    assert np.array_equal(before[:COUNT], after[:COUNT])
    assert (after[COUNT:] <= before[COUNT:]).all()
    assert (after[COUNT:] < before[COUNT:]).sum() > COUNT / 4


@pytest.mark.parametrize(
    ("level", "hours", "effect"),
    [
        ("none", 0, -0.47),
        ("light", 0.5, -0.6 * 0.47),
        ("standard", 1, 0.0),
        ("enhanced", 2, 0.2),
        ("standard", 0, -0.47),
    ],
)
def test_support_is_a_difference_from_the_reference(tmp_path: Path, level: str, hours: float, effect: float) -> None:
    toml = f'support = "{level}"\noutreach_hours = {hours}\n'
    strengths = {"support_standard_log_hr": 0.47, "support_light_share": 0.4, "support_enhanced_extra_log_hr": 0.2}
    made = world(tmp_path, 2, toml=toml, **strengths)
    assert_same(first(made, Event.DECISION), spent(made, Purpose.DECISION, [(0.0, DECIDE * math.exp(effect))]))
    unengaged = world(tmp_path, 2, toml=toml + "engaged_share = 0.0\n", **strengths)
    alone = DECIDE * math.exp(-0.47)
    assert_same(first(unengaged, Event.DECISION), spent(made, Purpose.DECISION, [(0.0, alone)]))


@pytest.mark.parametrize("status", [0, 1, 2])
def test_a_push_counts_from_the_day_it_comes(tmp_path: Path, status: int) -> None:
    event, purpose, speed = STEPS[status]
    change = '\n[[change]]\nfrom = 2020-07-01\npush = "incentive"\n'
    made = world(tmp_path, status, toml=change, push_incentive_log_hr=0.8, **{speed: 0.06})
    calm = 0.06 / MONTH
    assert_same(first(made, event), spent(made, purpose, [(0.0, calm), (182.0, calm * math.exp(0.8))]))


def test_a_deadline_draws_near_in_its_window_and_then_is_past(tmp_path: Path) -> None:
    made = world(tmp_path, 2, deadline_log_hr=0.7, deadline_window_months=6, decision_acute_per_month=0.01)
    near, past = refreshed(made, 1095 - 6 * MONTH), 1096.0  # deadline 31 December 2022
    slow = 0.01 / MONTH
    found = first(made, Event.DECISION)
    expected = spent(made, Purpose.DECISION, [(0.0, slow), (near, slow * math.exp(0.7)), (past, slow)])
    assert_same(found, expected)


@pytest.mark.parametrize("kind", ["ties", "networks", "organisation"])
def test_when_all_others_are_in_use_a_site_knows_that_all_others_are(tmp_path: Path, kind: str) -> None:
    laws.write_sites(tmp_path, 6, per_organisation=6 if kind == "organisation" else 1)
    laws.write_ties(tmp_path, laws.complete(6))
    peers = kind if kind == "ties" else "networks"
    case = laws.law(
        tmp_path, ties=kind == "ties", toml=f'{PLAIN}peers = "{peers}"\n', kappa=3, decision_acute_per_month=0.2,
        peer_weight_organisation=0.35, peer_weight_psc=0.3,
    )  # fmt: skip
    made = laws.inputs_of(case)
    made = made._replace(initial_status=np.array([7, 7, 7, 7, 7, 2]))
    engine = process_engine.Spread(made, RUN_KEY)
    decided = laws.first_times(engine.run(), Event.DECISION)[5]
    waited = draws.exponential_at(RUN_KEY, int(made.units.decision_key[5]), Purpose.DECISION, 0)
    assert decided == pytest.approx(waited / (0.2 / MONTH * 4.0))
    made = made._replace(initial_status=np.array([7, 7, 7, 0, 0, 2]))
    engine = process_engine.Spread(made._replace(constants=made.constants._replace(horizon_days=1.0)), RUN_KEY)
    engine.run()
    assert [engine.exposure(unit) for unit in engine.units] == pytest.approx([0.4] * 3 + [0.6] * 3)


def test_a_tied_site_sees_at_once_what_comes_into_use_and_what_lapses(tmp_path: Path) -> None:
    laws.write_sites(tmp_path, 2)
    laws.write_ties(tmp_path, [(1, 0)])  # the second looks to the first, not the other way round
    slow = {"lapse_per_month": 0.3, "restart_per_month": 0, "decision_acute_per_month": 0.03}
    made = laws.inputs_of(laws.law(tmp_path, ties=True, toml=f'{PLAIN}peers = "ties"\n', kappa=4, **slow))
    calm, pending, outlived = 0.03 / MONTH, 0, 0
    for seed in range(60):
        log, key = process_engine.run(made, seed=seed, draw=0, replicate=0), draws.run_key(seed, 0, 0)
        begun, decided = laws.first_times(log, Event.DECISION)
        ended = laws.first_times(log, Event.LAPSE)[0]
        assert begun == pytest.approx(spent(made, Purpose.DECISION, [(0.0, calm)], key)[0])
        pieces = [(0.0, calm), (begun, 5 * calm), (ended, calm)]
        assert decided == pytest.approx(spent(made, Purpose.DECISION, pieces, key)[1])
        pending += begun < decided
        outlived += ended < decided < math.inf
    assert pending > 20
    assert outlived > 4


def test_a_learning_set_helps_those_who_came_for_as_long_as_it_lasts(tmp_path: Path) -> None:
    made = world(
        tmp_path, 2, toml="learning_sets = 1\nattendance = { psc = 1.0 }\n", learning_set_log_hr=1.0,
        learning_set_effect_days=91, decision_acute_per_month=0.03,
    )  # fmt: skip
    calm, pieces = 0.03 / MONTH, [(0.0, 0.03 / MONTH)]
    for day in made.timetable.meeting_day.tolist():
        pieces += [(day, calm * math.e), (refreshed(made, day + 91), calm)]
    assert len(pieces) == 11
    assert_same(first(made, Event.DECISION), spent(made, Purpose.DECISION, pieces))


def test_work_beyond_the_free_number_slows_the_next_decision(tmp_path: Path) -> None:
    laws.write_sites(tmp_path, 6, per_organisation=6)
    made = laws.inputs_of(laws.law(tmp_path, toml=f"{PLAIN}testing = true\n", load_log_hr=-0.3, load_free_count=3))
    made = made._replace(initial_status=np.array([2, 4, 4, 4, 4, 4]), difficulty=np.full_like(made.difficulty, NEVER))
    waited = draws.exponential_at(RUN_KEY, int(made.units.decision_key[0]), Purpose.DECISION, 0)
    assert first(made, Event.DECISION)[0] == pytest.approx(waited / (DECIDE * math.exp(-0.6)))

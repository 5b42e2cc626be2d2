"""Giving up, keeping a practice in use and losing it again, site by site, against waits worked out by hand."""

import math
from pathlib import Path

import numpy as np
import pytest

from spread.model import Event, draws, inputs, process_engine
from spread.model.draws import Purpose
from tests.model.by_hand import (
    COUNT,
    LAPSE,
    NEVER,
    PLAIN,
    RUN_KEY,
    STOP,
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


def test_a_shock_moves_testing_and_giving_up_by_their_share_of_it(tmp_path: Path) -> None:
    toml = WAVE.format(multiplier=4.0).join(["\n", "[interventions.plain]\ntesting = true\n"])
    made = world(tmp_path, 4, toml=toml, stop_per_month=0.08, push_stop_share=0.5, push_testing_share=0.6)
    engine = process_engine.Spread(made, RUN_KEY)
    effects = []
    for epoch in (0, int(np.searchsorted(made.epochs.day, WAVE_DAYS[0]))):
        engine.epoch = epoch
        effects.append(engine.testing_effects(engine.units[0]))
    assert effects == pytest.approx([0.0, 0.6 * math.log(4.0)])
    made = made._replace(difficulty=np.full_like(made.difficulty, NEVER))
    pieces = [(0.0, STOP), (WAVE_DAYS[0], STOP / 2.0), (WAVE_DAYS[1], STOP)]
    assert_same(first(made, Event.STOP), spent(made, Purpose.STOP, pieces))


def test_giving_up_is_more_likely_once_months_have_passed_without_a_success(tmp_path: Path) -> None:
    elements = f"{PLAIN}testing = true\n[interventions.plain.elements.second]\nbaseline = 0.0\ndifficulty = 1.0\n"
    made = world(tmp_path, 4, toml=elements, stop_per_month=0.08, no_signal_log_hr=0.9, no_signal_months=6)
    nothing = made._replace(difficulty=np.full_like(made.difficulty, NEVER))
    month_six = refreshed(nothing, 6 * MONTH)
    assert month_six < 7 * MONTH
    pieces = [(0.0, STOP), (month_six, STOP * math.exp(0.9))]
    assert_same(first(nothing, Event.STOP), spent(nothing, Purpose.STOP, pieces))
    one_success = made._replace(difficulty=np.array([[-20.0, NEVER]]))
    early = spent(one_success, Purpose.STOP, [(0.0, STOP)])
    assert_same(first(one_success, Event.STOP), early)


def test_a_practice_a_year_in_use_is_sustained_and_lapses_at_a_quarter_of_the_rate(tmp_path: Path) -> None:
    speeds = {"lapse_per_month": 0.05, "restart_per_month": 0, "spread_per_month": 0.1}
    made = world(tmp_path, 5, lapse_embedded_share=0.25, sustain_months=12, **speeds)
    lapsed = spent(made, Purpose.LAPSE, [(0.0, LAPSE), (12 * MONTH, LAPSE / 4.0)])
    assert_same(first(made, Event.LAPSE), lapsed)
    sustained = np.where(lapsed > 12 * MONTH, 12 * MONTH, math.inf)
    assert_same(first(made, Event.SUSTAIN), sustained)
    from_the_start = made._replace(initial_status=np.full(COUNT, 7))
    assert_same(first(from_the_start, Event.LAPSE), spent(made, Purpose.LAPSE, [(0.0, LAPSE / 4.0)]))
    spread_out = spent(made, Purpose.SPREAD, [(0.0, 0.1 / MONTH)])
    assert_same(first(made, Event.SPREAD), np.where(spread_out < np.minimum(lapsed, 12 * MONTH), spread_out, math.inf))


@pytest.mark.parametrize(
    ("toml", "strength", "effect"),
    [
        ("measurement = 1", {"lapse_measurement_log_hr": -0.9}, -0.9),
        ("measurement = 0", {"lapse_measurement_log_hr": -0.9}, 0.0),
        ("champions = 0", {"lapse_champion_loss_log_hr": 0.6}, 0.6),
        ("", {"lapse_turnover_log_hr": 0.3, "leaver_nhs_per_year": 0.25, "turnover_reference_per_year": 0.15}, 0.3),
        ('push = "incentive"', {"push_incentive_log_hr": 0.8, "push_stop_share": 0.5}, -0.4),
        ('support = "standard"', {"support_standard_log_hr": 0.47, "support_testing_share": 0.5}, -0.235),
    ],
)
def test_what_keeps_a_practice_in_use_and_what_wears_it_out(
    tmp_path: Path, toml: str, strength: dict[str, float], effect: float
) -> None:
    made = world(tmp_path, 5, toml=toml + "\n", lapse_per_month=0.05, sustain_months=100_000, **strength)
    assert_same(first(made, Event.LAPSE), spent(made, Purpose.LAPSE, [(0.0, LAPSE * math.exp(effect))]))


def champion_missing(made: inputs.ModelInputs, unit: int, gap: float) -> list[bool]:
    """At each refresh, whether a site's champion has left and no other has been found."""
    key, leave = int(made.units.unit_key[unit]), made.champion_loss_per_day[unit]
    lost, found, count = [], 0.0, 0
    while found < made.constants.horizon_days:
        lost.append(found + draws.exponential_at(RUN_KEY, key, Purpose.CHAMPION_LOSS, count) / leave)
        found, count = lost[-1] + gap, count + 1
    return [any(day <= now < day + gap for day in lost) for now in made.epochs.day.tolist()]


def test_the_loss_of_a_champion_raises_lapse_until_another_is_found(tmp_path: Path) -> None:
    made = world(
        tmp_path, 5, toml="champions = 1\n", lapse_per_month=0.02, sustain_months=100_000,
        lapse_champion_loss_log_hr=1.5, champion_gap_months=6, leaver_nhs_per_year=1.0,
    )  # fmt: skip
    expected, slow = np.zeros(COUNT), 0.02 / MONTH
    for unit in range(COUNT):
        missing = champion_missing(made, unit, 6 * MONTH)
        rates = [slow * math.exp(1.5 * gone) for gone in missing]
        expected[unit] = spent(made, Purpose.LAPSE, list(zip(made.epochs.day.tolist(), rates, strict=True)))[unit]
    found = first(made, Event.LAPSE)
    assert_same(found, expected)
    calm = spent(made, Purpose.LAPSE, [(0.0, slow)])
    assert (found <= calm).all()
    assert (found < calm).sum() > COUNT / 2


def test_every_attempt_has_a_threshold_of_its_own(tmp_path: Path) -> None:
    speeds = {"lapse_per_month": 0.3, "restart_per_month": 0.5, "sustain_months": 100_000}
    made = world(tmp_path, 5, **speeds)
    log = process_engine.run(made, seed=laws.SEED, draw=0, replicate=0)
    for unit, key in enumerate(made.units.unit_key.tolist()):
        day, expected = 0.0, []
        for attempt in range(3):
            day += draws.exponential_at(RUN_KEY, key, Purpose.LAPSE, attempt) / (0.3 / MONTH)
            expected.append(day)
            day += draws.exponential_at(RUN_KEY, key, Purpose.RESTART, attempt + 1) / (0.5 / MONTH)
        mine = log.time_days[(log.unit == unit) & (log.kind == Event.LAPSE)]
        assert mine[:3] == pytest.approx(expected[: len(mine)])

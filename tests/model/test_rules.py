"""Rules are small functions of plain numbers: their laws, and that a compiler takes them as they are."""

import inspect
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread.model import rules

rates = st.floats(1e-6, 10.0)
days = st.floats(0.0, 1e4)
effects = st.floats(-3.0, 3.0)


def all_rules() -> list[tuple[str, object]]:
    return [(name, function) for name, function in inspect.getmembers(rules, inspect.isfunction)]


@pytest.mark.parametrize(("name", "function"), all_rules())
def test_a_compiled_rule_gives_the_same_bits(name: str, function: object) -> None:
    numba = pytest.importorskip("numba")
    compiled = numba.njit(error_model="numpy")(function)
    hints = inspect.get_annotations(function)  # type: ignore[arg-type]
    random = np.random.default_rng(5)
    for _ in range(100):
        arguments = [
            int(random.integers(0, 4)) if hint is int else float(random.uniform(0.01, 0.99))
            for argument, hint in hints.items()
            if argument != "return"
        ]
        if name in {"exposure_share", "cycle_mean_days"}:  # the last argument divides
            arguments[-1] = max(1, int(arguments[-1]))
        expected = function(*arguments)  # type: ignore[operator]
        assert compiled(*arguments) == expected


@given(threshold=st.floats(0.01, 5.0), first=rates, second=rates, share=st.floats(0.0, 1.0))
def test_a_threshold_spent_in_two_stretches_is_spent_once(
    threshold: float, first: float, second: float, share: float
) -> None:
    changed = share * threshold / first
    left = rules.threshold_left(threshold, first, changed)
    assert first * changed + second * (rules.due_day(changed, left, second) - changed) == pytest.approx(
        threshold, rel=1e-6
    )


def test_nothing_comes_at_rate_zero() -> None:
    assert rules.due_day(5.0, 1.0, 0.0) == math.inf


@given(
    base=rates, effect=effects, kappa=st.floats(0.0, 10.0), exponent=st.floats(0.1, 4.0),
    low=st.floats(0, 0.5), more=st.floats(0, 0.5),
)  # fmt: skip
def test_more_peers_in_use_never_slow_a_decision(
    base: float, effect: float, kappa: float, exponent: float, low: float, more: float
) -> None:
    slow, fast = (rules.decision_rate(base, effect, kappa, exponent, known) for known in (low, low + more))
    assert fast >= slow


def test_with_an_exponent_above_one_few_peers_persuade_less_and_all_as_much() -> None:
    few, all_of_them = (
        [rules.decision_rate(1.0, 0.0, 2.0, exponent, known) for exponent in (1.0, 2.0)] for known in (0.25, 1.0)
    )
    assert few == [1.5, 1.125]
    assert all_of_them == [3.0, 3.0]


@given(usual=st.floats(7, 60), tau=st.floats(30, 900), n=st.integers(1, 12))
def test_cycles_take_the_published_testing_time_on_average(usual: float, tau: float, n: int) -> None:
    mean = rules.cycle_mean_days(usual, 0.8, tau, n)
    chance = rules.cycle_chance(mean, tau, n)
    assert 0.0 < chance <= 0.8 + 1e-12
    assert n * mean / chance == pytest.approx(tau)


@given(chance=st.floats(0.01, 0.8))
def test_no_effect_leaves_the_chance_of_a_cycle_as_it_is(chance: float) -> None:
    assert rules.success_chance(chance, 0.0, 1) == pytest.approx(chance, rel=1e-12)


@given(level=st.floats(-1, 1), hours=st.floats(0, 20), usual=st.floats(0.1, 10), half=st.floats(0.5, 8))
def test_support_saturates_and_is_its_own_at_its_usual_hours(
    level: float, hours: float, usual: float, half: float
) -> None:
    assert rules.support_log_effect(level, usual, usual, half) == pytest.approx(level)
    assert abs(rules.support_log_effect(level, hours, usual, half)) <= abs(level) * (usual + half) / usual + 1e-12


def test_a_lognormal_cycle_has_the_mean_given() -> None:
    lengths = [rules.cycle_days(1, 28.0, 0.4, z, 0.0) for z in np.random.default_rng(1).standard_normal(40_000)]
    assert np.mean(lengths) == pytest.approx(28.0, rel=0.01)


def test_a_fixed_cycle_is_fixed_and_an_exponential_one_follows_its_number() -> None:
    assert rules.cycle_days(0, 28.0, 0.4, 1.7, 0.3) == 28.0
    assert rules.cycle_days(2, 28.0, 0.4, 1.7, 0.25) == 7.0


def test_queue_rules_put_first_whom_they_name() -> None:
    assert rules.queue_key(0, 0.5, 1.0, 30.0, 7, 2) == 0.0
    assert rules.queue_key(1, 0.5, 0, 0, 0, 1) < rules.queue_key(1, 0.1, 0, 0, 0, 1)
    assert rules.queue_key(2, 0, 1.0, 0, 0, 1) < rules.queue_key(2, 0, -1.0, 0, 0, 1)
    assert rules.queue_key(3, 0, 0, 30.0, 0, 1) < rules.queue_key(3, 0, 0, 90.0, 0, 1)
    assert rules.queue_key(4, 0, 0, 0, 2, 1) < rules.queue_key(4, 0, 0, 0, 3, 1)
    assert rules.queue_key(5, 0, 0, 0, 0, 1) < rules.queue_key(5, 0, 0, 0, 0, 2)

"""Chance is a function of what it decides."""

import math
import statistics
import types

import numpy as np
import pytest

from spread.model import draws
from spread.model.draws import Purpose


def test_the_same_event_gets_the_same_number_whatever_was_asked_before() -> None:
    first = draws.uniform(1, 2, 3, Purpose.DECISION, draws.key("pews"), draws.key("RC9"), 4)
    for other in range(50):
        draws.uniform(1, 2, 3, Purpose.DECISION, draws.key("pews"), draws.key("RC9"), other)
    assert draws.uniform(1, 2, 3, Purpose.DECISION, draws.key("pews"), draws.key("RC9"), 4) == first


@pytest.mark.parametrize("part", range(7))
def test_every_part_of_the_key_matters(part: int) -> None:
    parts = [1, 2, 3, 22, 4, 5, 6]
    changed = [value + (place == part) for place, value in enumerate(parts)]
    assert draws.uniform(*parts) != draws.uniform(*changed)


def test_numbers_are_uniform_and_neighbours_unrelated() -> None:
    unit = draws.unit_key(draws.key("pews"), draws.key("RC9"))
    numbers = np.array([draws.uniform_at(draws.run_key(1, 0, r), unit, Purpose.STOP, 0) for r in range(20_000)])
    counts = np.histogram(numbers, bins=50, range=(0, 1))[0]
    chi_square = float(((counts - 400.0) ** 2 / 400.0).sum())
    assert 20.0 < chi_square < 95.0  # 49 degrees of freedom: 0.0001 and 0.9999 quantiles
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 4 / math.sqrt(20_000)


def test_extreme_seeds_are_as_good_as_any() -> None:
    for seed in (0, -1, 2**63, 2**64 + 5):
        assert 0.0 < draws.uniform(seed, 0, 0, 1, 0, 0, 0) < 1.0


def test_the_inverse_normal_agrees_with_the_standard_library() -> None:
    shares = [*np.linspace(1e-6, 1 - 1e-6, 4001), *(10.0**-p for p in range(1, 300, 7)), 1 - 2**-53, 0.5]
    reference = statistics.NormalDist()
    assert max(abs(draws.normal(float(s)) - reference.inv_cdf(float(s))) for s in shares) < 2e-14


def test_compiled_draws_are_the_same_bit_for_bit() -> None:
    numba = pytest.importorskip("numba")
    compile_ = numba.njit(error_model="numpy")
    words = {
        name: np.uint64(getattr(draws, name)) for name in ("MASK", "GOLDEN", "FIRST_MULTIPLIER", "SECOND_MULTIPLIER")
    }
    names: dict[str, object] = {**words, "UNIT_53": draws.UNIT_53}
    for function in (draws.mix, draws.join, draws.uniform_at):
        names[function.__name__] = compile_(types.FunctionType(function.__code__, names))
    run, unit = draws.run_key(7, 1, 0), draws.unit_key(draws.key("a"), draws.key("b"))
    compiled = names["uniform_at"]
    for occurrence in range(500):
        words_64 = [np.uint64(word) for word in (run, unit, Purpose.LAPSE, occurrence << 24)]
        assert compiled(*words_64) == draws.uniform_at(run, unit, Purpose.LAPSE, occurrence << 24)  # type: ignore[operator]

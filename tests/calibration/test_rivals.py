"""Simple forecasters: they find a known curve, are as sure as they should be, and bear any series."""

from datetime import date, timedelta

import numpy as np
import pytest

from spread import errors
from spread.calibration import bass, rivals, scores

START = date(2018, 3, 31)
MEMBERS = 400
NAMES = tuple(rivals.RIVALS)


def quarters(count: int, first: int = 0) -> list[date]:
    return [START + timedelta(days=91 * number) for number in range(first, first + count)]


def foresee(rival: str, values, ahead: int = 4, *, seed: int = 3, is_share: bool = True, members: int = MEMBERS):
    known = rivals.past(quarters(len(values)), values, is_share=is_share)
    generator = np.random.default_rng(seed)
    return rivals.forecast(rival, known, quarters(ahead, len(values)), members=members, generator=generator)


def years(count: int) -> np.ndarray:
    return np.arange(count) * 91 / 365.25


def logistic_curve(count: int) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(2.0 - 1.2 * years(count)))


def bass_values(count: int) -> np.ndarray:
    return bass.curve(np.array([np.log(0.08), np.log(1.5), 2.0, -3.5]), years(count))


TRUE_CURVES = {
    "linear": lambda count: 0.2 + 0.08 * years(count),
    "log_linear": lambda count: 0.7 * np.exp(-0.2 * years(count)),
    "logistic": logistic_curve,
    "bass": bass_values,
}


@pytest.mark.parametrize("rival", TRUE_CURVES)
def test_a_rival_goes_on_along_its_own_curve(rival: str) -> None:
    curve = TRUE_CURVES[rival](20)
    noise = np.random.default_rng(8).normal(scale=0.003, size=16)
    middle = np.median(foresee(rival, curve[:16] + noise).ensemble, axis=0)
    assert middle == pytest.approx(curve[16:], abs=0.02)


def test_the_middle_of_the_last_value_forecast_is_the_last_value_and_it_widens() -> None:
    values = np.array([0.3, 0.32, 0.29, 0.31, 0.33, 0.3])
    ensemble = foresee("last_value", values, members=4_000).ensemble
    assert np.median(ensemble, axis=0) == pytest.approx(0.3, abs=0.004)
    spread = ensemble.std(axis=0)
    assert (np.diff(spread) > 0.0).all()
    assert spread[3] / spread[0] == pytest.approx(2.0, rel=0.1)


def test_steps_of_the_last_value_forecast_go_by_time_not_by_point() -> None:
    # The same two points a year, with and without those between: a year ahead is as uncertain.
    generator = np.random.default_rng(4)
    walk = 0.5 + np.cumsum(generator.normal(scale=0.01, size=48))
    every = rivals.past(quarters(48), walk)
    fourth = rivals.past(quarters(48)[3::4], walk[3::4])
    year_ahead = [every.last + timedelta(days=364)]
    wide = [
        rivals.forecast("last_value", known, year_ahead, members=4_000, generator=np.random.default_rng(1)).ensemble
        for known in (every, fourth)
    ]
    assert wide[0].std() == pytest.approx(wide[1].std(), rel=0.45)
    assert wide[0].std() == pytest.approx(0.02, rel=0.25)


@pytest.mark.parametrize("points", [5, 14])
def test_a_line_is_as_sure_as_it_should_be_of_what_comes_along_a_line(points: int) -> None:
    held = []
    for world in range(400):
        generator = np.random.default_rng([points, world])
        values = 0.4 + 0.01 * np.arange(points + 3) + generator.normal(scale=0.03, size=points + 3)
        found = foresee("linear", values[:points], 3, seed=world, members=200)
        held.append(scores.coverage(found.ensemble.T, values[points:]))
    coverage = np.mean(held, axis=0)
    assert coverage == pytest.approx((0.5, 0.8, 0.95), abs=0.07)


def test_a_walk_is_as_sure_as_it_should_be_of_a_walk() -> None:
    held = []
    for world in range(400):
        generator = np.random.default_rng(world)
        values = 0.5 + np.cumsum(generator.normal(scale=0.02, size=15))
        found = foresee("last_value", values[:12], 3, seed=world, members=200)
        held.append(scores.coverage(found.ensemble.T, values[12:]))
    assert np.mean(held, axis=0) == pytest.approx((0.5, 0.8, 0.95), abs=0.07)


def test_the_bass_curve_is_about_as_sure_as_it_should_be() -> None:
    held = []
    for world in range(60):
        generator = np.random.default_rng([9, world])
        truth = np.clip(bass_values(15) + generator.normal(scale=0.02, size=15), 0.0, 1.0)
        found = foresee("bass", truth[:11], 4, seed=world, members=200)
        held.append(scores.coverage(found.ensemble.T, truth[11:]))
    half, most, nearly_all = np.mean(held, axis=0)
    assert 0.35 <= half <= 0.75
    assert 0.65 <= most <= 0.95
    assert nearly_all >= 0.85


def test_points_that_err_alike_make_a_line_less_sure() -> None:
    alike = np.repeat([0.02, -0.02, 0.02, -0.02], 4)
    by_turns = np.tile([0.02, -0.02], 8)
    line = 0.3 + 0.01 * np.arange(16)
    spread = [foresee("linear", line + off, 16, members=4_000).ensemble[:, -1].std() for off in (alike, by_turns)]
    assert spread[0] > 1.3 * spread[1]


@pytest.mark.parametrize("rival", NAMES)
@pytest.mark.parametrize(
    "values",
    [
        [0.2, 0.4], [0.4, 0.2, 0.3], [0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.3, 0.3], [0.0, 1.0],
        [1.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.01], [0.999, 1.0, 1.0], [1e-12, 2e-12, 1e-12],
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_share", [True, False])
def test_any_two_points_give_a_forecast_that_can_be(rival: str, values: list[float], is_share: bool) -> None:
    found = foresee(rival, values, is_share=is_share)
    assert found.ensemble.shape == (MEMBERS, 4)
    assert np.isfinite(found.ensemble).all()
    assert found.ensemble.min() >= 0.0
    if is_share:
        assert found.ensemble.max() <= 1.0


@pytest.mark.parametrize("rival", NAMES)
def test_a_series_that_never_moved_stays_where_it_is_but_not_for_certain(rival: str) -> None:
    for value in (0.0, 0.3, 1.0):
        found = foresee(rival, [value] * 5)
        assert found.note == "never moved: as the last value"
        assert np.median(found.ensemble) == pytest.approx(value, abs=0.005)
        assert 0.0 < found.ensemble.std() < 0.05


@pytest.mark.parametrize("rival", NAMES)
def test_huge_rates_do_not_run_away(rival: str) -> None:
    found = foresee(rival, [1e100, 2e100, 4e100], is_share=False)
    assert found.ensemble.max() <= 10 * 4e100


def test_two_points_give_a_wide_fan_and_say_so() -> None:
    found = foresee("linear", [0.4, 0.45], members=4_000)
    assert "two points" in found.note
    assert np.median(found.ensemble[:, 0]) == pytest.approx(0.5, abs=0.01)
    assert found.ensemble[:, 3].std() > 0.05


def test_a_share_that_falls_is_read_by_bass_as_what_is_gone() -> None:
    falling = 0.09 * (1.0 - bass_values(20))
    found = foresee("bass", falling[:16])
    assert "falls" in found.note
    assert np.median(found.ensemble, axis=0) == pytest.approx(falling[16:], abs=0.004)


def test_missing_points_are_passed_over_and_order_does_not_matter() -> None:
    values = [0.2, np.nan, 0.3, 0.34]
    known = rivals.past(quarters(4), values)
    turned = rivals.past(quarters(4)[::-1], values[::-1])
    assert known.value.tolist() == [0.2, 0.3, 0.34]
    assert turned.years.tolist() == known.years.tolist()
    assert turned.value.tolist() == known.value.tolist()


def test_dates_ahead_may_come_in_any_order() -> None:
    values = [0.2, 0.3, 0.34, 0.41]
    known = rivals.past(quarters(4), values)
    ahead = quarters(3, 4)
    forwards, backwards = (
        rivals.forecast("last_value", known, days, members=50, generator=np.random.default_rng(1)).ensemble
        for days in (ahead, ahead[::-1])
    )
    assert (forwards == backwards[:, ::-1]).all()


@pytest.mark.parametrize("rival", NAMES)
def test_the_same_luck_gives_the_same_forecast_and_other_luck_another(rival: str) -> None:
    values = [0.2, 0.25, 0.33, 0.36, 0.47]
    same, again, other = (foresee(rival, values, seed=seed).ensemble for seed in (1, 1, 2))
    assert (same == again).all()
    assert (same != other).any()


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ([0.3], "vte: 1 point says nothing about where it is going; give at least 2"),
        ([np.nan, 0.3, np.nan], "1 point says nothing"),
        ([], "no point says nothing"),
        ([0.3, 1.2], "1.2 on 2018-06-30 is no share from 0 to 1"),
        ([0.3, -0.1], "-0.1 on 2018-06-30 is no share"),
        ([0.3, np.inf], "inf on 2018-06-30 is no share"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_with_a_reason(values: list[float], fault: str) -> None:
    with pytest.raises(errors.InputError) as caught:
        rivals.past(quarters(len(values)), values, name="vte")
    assert fault in str(caught.value)


def test_every_fault_of_a_series_is_told() -> None:
    with pytest.raises(errors.InputError) as caught:
        rivals.past([START, START, START], [0.3, 1.5, -2.0])
    assert len(caught.value.faults) == 3


def test_a_date_that_is_not_ahead_and_a_rival_nobody_knows_are_refused() -> None:
    known = rivals.past(quarters(3), [0.2, 0.3, 0.4])
    generator = np.random.default_rng(1)
    with pytest.raises(errors.InputError, match=r"from data up to 2018-09-29; give a later date"):
        rivals.forecast("linear", known, quarters(2, 2), members=5, generator=generator)
    with pytest.raises(errors.InputError, match="did you mean 'linear'"):
        rivals.forecast("liner", known, quarters(2, 3), members=5, generator=generator)


def test_the_bass_curve_solves_its_equation() -> None:
    parameters = np.array([np.log(0.05), np.log(0.9), 1.2, -2.0])
    moments = np.linspace(0.0, 8.0, 80_001)
    seen = bass.curve(parameters, moments)
    ceiling = 1.0 / (1.0 + np.exp(-1.2))
    share = seen / ceiling
    slope = np.gradient(share, moments)[1:-1]
    assert share[0] == pytest.approx(1.0 / (1.0 + np.exp(2.0)))
    assert slope == pytest.approx(((0.05 + 0.9 * share) * (1.0 - share))[1:-1], abs=1e-6)

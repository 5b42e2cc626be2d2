"""XmR charts against numbers worked by hand, and against what NHSRplotthedots gives."""

import itertools

import pytest

from spread.outcomes import process_limits as xmr

# Flat at 10 with steps of 1 either side: mean 10, moving ranges all 1 or 2.
STEADY = [9, 11, 9, 11, 9, 11, 9, 11, 9, 11]
# The example of the package's page on outliers: one 10 among ones and twos.
OUTLIER = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]


def causes(values, limits=None):
    return xmr.find_causes(values, limits or xmr.find_limits(values))


def limits(mean=0.0, mean_range=1.0):
    far, near = 2.66 * mean_range, 2 * 2.66 / 3 * mean_range
    return xmr.Limits(mean, mean - far, mean + far, mean - near, mean + near, mean_range, 3.267 * mean_range)


def test_limits_are_2_66_mean_moving_ranges_from_the_mean():
    found = xmr.find_limits([4, 7, 5, 8])  # ranges 3, 2, 3: mean 8/3; mean of values 6
    assert found.mean == 6.0
    assert found.mean_range == pytest.approx(8 / 3)
    assert (found.lower, found.upper) == pytest.approx((6 - 2.66 * 8 / 3, 6 + 2.66 * 8 / 3))
    assert (found.near_lower, found.near_upper) == pytest.approx((6 - 4.728888889, 6 + 4.728888889))
    assert found.upper_range == pytest.approx(3.267 * 8 / 3)


def test_moving_ranges_far_above_their_mean_are_left_out_of_the_limits():
    # Ranges: fifteen of 1, one of 8, one of 9; mean 32/17 = 1.882, 3.267 of it 6.15: the 8 and the 9 are left out.
    mean = sum(OUTLIER) / 18
    screened, whole = xmr.find_limits(OUTLIER), xmr.find_limits(OUTLIER, screen=False)
    assert screened.mean_range == 1.0
    assert screened.upper == pytest.approx(mean + 2.66)
    assert whole.mean_range == pytest.approx(32 / 17)
    assert screened.mean == whole.mean == pytest.approx(mean)


def test_a_range_just_at_the_limit_is_left_out():
    values = [0.0, *itertools.accumulate([1.0] * 6)]
    assert xmr.find_limits(values).mean_range == 1.0


def test_a_point_outside_a_limit_is_a_special_cause_and_its_neighbours_are_not():
    assert causes([0, 0.5, 2.7, -0.5, -2.7, 0.1], limits()) == [
        "", "", "above the upper limit", "", "below the lower limit", "",
    ]  # fmt: skip


def test_a_point_on_a_limit_is_inside():
    assert causes([0.0, 2.66, -2.66, 0.0], limits()) == ["", "", "", ""]


@pytest.mark.parametrize(("count", "expected"), [(6, ""), (7, "run above the mean"), (9, "run above the mean")])
def test_seven_in_a_row_on_one_side_of_the_mean_are_a_run_and_six_are_not(count, expected):
    values = [-0.5, *([0.5, 0.6] * 9)[:count], -0.5]
    assert causes(values, limits()) == ["", *[expected] * count, ""]


def test_a_point_on_the_mean_breaks_a_run():
    assert set(causes([0.5, 0.6, 0.5, 0.0, 0.5, 0.6, 0.5, 0.6], limits())) == {""}


@pytest.mark.parametrize(("count", "expected"), [(6, ""), (7, "rising trend")])
def test_seven_in_a_row_that_rise_are_a_trend_and_six_are_not(count, expected):
    values = [-0.6 + 0.2 * step for step in range(count)]
    assert causes([0.0, *values, -0.2], limits()) == ["", *[expected] * count, ""]


def test_a_trend_falls_too_and_equal_values_end_it():
    falling = [0.6 - 0.2 * step for step in range(7)]
    assert causes(falling, limits()) == ["falling trend"] * 7
    level = [0.6, 0.4, 0.4, 0.2, 0.0, -0.2, -0.4]
    assert set(causes(level, limits())) == {""}


def test_a_turning_point_goes_with_what_follows_it():
    values = [0.6, 0.4, 0.2, 0.0, -0.2, -0.4, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6]
    assert causes(values, limits()) == ["falling trend"] * 6 + ["rising trend"] * 7


def test_two_of_three_near_a_limit_are_a_special_cause_and_the_third_is_not():
    assert causes([-0.1, 2.0, 0.1, 2.0, -0.1], limits()) == [
        "", "near the upper limit", "", "near the upper limit", "",
    ]  # fmt: skip


def test_two_of_three_near_limits_on_different_sides_are_not():
    assert set(causes([2.0, 0.1, -2.0, 0.1, 2.0], limits())) == {""}
    assert set(causes([2.0, -0.1, 2.0], limits())) == {""}


def test_a_point_outside_does_not_count_as_near():
    assert causes([0.1, 2.0, 2.7], limits()) == ["", "", "above the upper limit"]


def test_outside_goes_before_trend_before_near_before_run():
    rising = [0.1, 0.5, 1.0, 1.5, 1.9, 2.4, 2.8]
    assert causes(rising, limits()) == ["rising trend"] * 6 + ["above the upper limit"]
    near = [0.1, 0.2, 0.1, 0.2, 1.9, 2.0, 0.2]
    assert causes(near, limits())[4:] == ["near the upper limit", "near the upper limit", "run above the mean"]


def test_what_a_cause_means_depends_on_the_direction_wanted():
    high, low = "above the upper limit", "falling trend"
    assert [xmr.kind_of(high, better) for better in ("up", "down", None)] == ["improvement", "concern", "high"]
    assert [xmr.kind_of(low, better) for better in ("up", "down", None)] == ["concern", "improvement", "low"]
    assert xmr.kind_of("", "up") == "common"


def test_a_rising_trend_below_the_mean_is_an_improvement_where_more_is_better():
    found = causes([1, 2, 3, 4, 5, 6, 7], limits(mean=10.0, mean_range=100.0))
    assert found == ["rising trend"] * 7
    assert xmr.kind_of(found[0], "up") == "improvement"


def test_a_steady_process_shows_common_cause_alone():
    assert {point.kind for point in xmr.assess(STEADY)} == {"common"}


def test_values_that_never_change_have_limits_at_the_mean_and_no_cause():
    points = xmr.assess([0.1] * 12)
    assert {point.cause for point in points} == {""}
    assert points[0].limits.upper == points[0].limits.mean == pytest.approx(0.1)


def test_rebased_limits_begin_anew_and_no_rule_reaches_across():
    before, after = STEADY[:6], [value + 100 for value in STEADY[:6]]
    points = xmr.assess([*before, *after], starts=[6])
    assert [point.period for point in points] == [0] * 6 + [1] * 6
    assert {point.kind for point in points} == {"common"}
    assert points[6].moving_range is None
    assert (points[0].limits.mean, points[6].limits.mean) == (10.0, 110.0)


def test_starts_outside_the_series_change_nothing():
    assert xmr.assess(STEADY, starts=[0, 10, 99]) == xmr.assess(STEADY)


@pytest.mark.parametrize(
    ("target", "better", "expected"),
    [(3, "up", "missed"), (3, "down", "met"), (-3, "up", "met"), (-3, "down", "missed"), (1, "up", "hit and miss")],
)
def test_assurance_says_whether_a_target_can_be_met_by_the_process_as_it_is(target, better, expected):
    assert xmr.assurance(limits(), target, better) == expected


def test_one_value_alone_has_no_range_and_no_cause():
    (point,) = xmr.assess([3.0])
    assert (point.moving_range, point.limits.mean_range, point.cause) == (None, 0.0, "")

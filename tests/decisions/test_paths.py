"""The curve beside each setting of a lever: the runs' own, or borrowed from more runs on the same luck."""

from datetime import date

import numpy as np
import pytest

from spread.decisions import found, paths
from tests.decisions import closed_form

DAYS = (date(2023, 4, 1), date(2023, 7, 1))


def path(values, draws=None):
    values = np.asarray(values, dtype=float)
    return paths.Paths(DAYS, np.arange(len(values)) if draws is None else np.asarray(draws), values)


def test_the_curve_of_a_trial_is_its_quantiles_by_date():
    curve = paths.told(path([[[0.0, 0.2]], [[0.1, 0.4]], [[0.2, 0.6]]]))
    assert curve.quantiles[1].tolist() == [0.1, 0.4]
    assert curve.quantiles[:, 1] == pytest.approx([0.24, 0.4, 0.56])


def test_few_draws_borrow_the_level_of_many_and_keep_their_difference():
    luck = np.linspace(0.0, 0.5, 101)
    full = path(np.stack([luck, luck + 0.2], axis=1)[:, None, :])
    lucky = luck[80:] + 0.1
    few = path(np.stack([lucky, lucky + 0.2], axis=1)[:, None, :], draws=range(80, 101))
    borrowed = paths.lent(few, full)
    assert borrowed.quantiles[1] == pytest.approx([0.35, 0.55])
    assert paths.told(few).quantiles[1] == pytest.approx([0.55, 0.75])


def test_a_borrowed_curve_stays_within_what_was_seen_and_in_order():
    full = path([[[0.0, 0.9]], [[0.0, 1.0]], [[0.0, 1.0]]])
    few = path([[[0.0, 1.0]]])
    curve = paths.lent(few, full).quantiles
    assert curve.max() <= 1.0
    assert (np.diff(curve, axis=0) >= 0.0).all()


def test_without_a_day_or_draw_in_common_nothing_is_borrowed():
    one, other = path([[[0.1, 0.2]]]), path([[[0.5, 0.6]]], draws=[7])
    assert paths.lent(one, other).quantiles.tolist() == paths.told(one).quantiles.tolist()


def test_nobody_counted_is_not_known():
    curve = paths.told(path([[[np.nan, 0.2]], [[np.nan, 0.4]]])).quantiles
    assert np.isnan(curve[:, 0]).all()
    assert curve[1, 1] == pytest.approx(0.3)


def test_every_point_of_a_finding_keeps_its_curve(tmp_path):
    one = closed_form.found(closed_form.world(tmp_path), "co_design", 0.8, seed=1, draws=60)
    document = found.finding_data(one)
    for point, told in zip(one.points, document["points"], strict=True):
        assert told["curve"]["dates"] == list(point.path.days)
        if point.is_full:
            share = point.outcome.value
            last = point.path.days.index(max(point.path.days))
            assert told["curve"]["middle"][last] == pytest.approx(np.median(point.path.values[..., last]), abs=1e-5)
            assert point.path.values.shape[:2] == share.shape
            assert any(np.array_equal(point.path.values[..., day], share) for day in range(len(point.path.days)))
    middles = np.array([point["curve"]["middle"] for point in document["points"]])
    assert (np.diff(middles, axis=0) >= -0.05).all()  # more co-design, never clearly fewer sites

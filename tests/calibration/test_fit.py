"""A fit of a small world: what it finds, that nobody's doing changes it, and what it refuses or warns of."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from spread import errors
from spread.calibration import efforts, evidence, fit, observed, posterior, targets
from spread.runs import answers, sample
from tests import worlds as files
from tests.calibration import worlds

EFFORT = efforts.Effort(first=500, wave=250, kept=250, most_waves=2)
FREE = (worlds.SPEED,)


def fitted(scenario, rows, **more):
    asked = fit.Asked(scenario, tuple(rows), more.pop("free", FREE), more.pop("until", None))
    return fit.calibrate(asked, seed=4, effort=EFFORT, sets=100, **{"hands": sample.Hands(workers=1), **more})


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return worlds.scenario_in(tmp_path_factory.mktemp("fit"))


@pytest.fixture(scope="module")
def rows(small):
    return worlds.seen(small, {worlds.SPEED: 0.12}, draw=3)


@pytest.fixture(scope="module")
def found(small, rows):
    return fitted(small, rows)


def test_the_speed_that_made_the_data_is_found(found):
    speeds = found.values[:, found.names.index(worlds.SPEED)]
    low, high = np.quantile(speeds, [0.025, 0.975])
    assert low < 0.12 < high
    assert high / low < 3.0
    (moved,) = found.moved()
    assert moved["is_informed"]
    assert moved["shrinkage"] > 0.6


def test_a_fit_is_the_same_whoever_does_the_work(small, rows, found):
    assert fitted(small, rows, hands=sample.Hands(workers=2)).digest == found.digest


def test_a_fit_goes_on_from_what_is_kept_and_a_damaged_batch_is_done_again(small, rows, found, tmp_path):
    assert fitted(small, rows, folder=tmp_path).digest == found.digest
    kept = sorted(tmp_path.glob("*.npz"))
    assert len(kept) == 4
    kept[0].unlink()
    kept[1].write_bytes(kept[1].read_bytes()[:-40])
    kept[2].write_bytes(b"nothing of the kind")
    assert fitted(small, rows, folder=tmp_path).digest == found.digest


def test_batches_of_other_proposals_are_not_taken(tmp_path):
    from spread.calibration import simulator

    batches = simulator.Batches(tmp_path)
    z, data = np.ones((3, 2)), np.arange(6.0).reshape(3, 2)
    batches.keep(0, z, data)
    assert np.array_equal(batches.read(0, z), data)
    assert batches.read(0, z + 1.0) is None
    assert batches.read(250, z) is None


def test_observations_after_until_are_not_used(small, rows):
    half = fitted(small, rows, until=date(2020, 12, 31))
    assert half.about["points"] == 12
    assert half.about["last_date"] == "2020-12-31"


def test_parameters_not_named_are_those_the_data_touch(tmp_path):
    spread = 'lapse_per_month = { value = 0.0001, low = 0.00001, high = 0.001, scale = "log" }\n'
    scenario = worlds.scenario_in(tmp_path, parameters=spread)
    told = fitted(scenario, worlds.seen(scenario, {}, draw=1), free=())
    assert worlds.SPEED in told.free
    assert "caseload_sites" not in told.free
    assert told.about["touched"][worlds.SPEED] > 0.5


def test_what_was_fitted_stands_beside_what_was_seen(found, rows):
    assert len(found.fitted) == len(rows)
    assert found.about["within_90"] > 0.7
    assert (found.fitted["q05"] <= found.fitted["q95"]).all()


def test_a_posterior_comes_back_from_its_folder_and_is_refused_when_changed(found, tmp_path):
    posterior.write_posterior(tmp_path, found)
    back = posterior.read_posterior(tmp_path)
    assert back.digest == found.digest
    assert np.array_equal(back.values, found.values)
    table = pd.read_parquet(tmp_path / posterior.TABLE)
    table.iloc[0, 3] += 1.0
    table.to_parquet(tmp_path / posterior.TABLE, index=False)
    with pytest.raises(errors.InputError, match="changed since"):
        posterior.read_posterior(tmp_path)


def test_what_the_data_did_not_move_still_rests_on_belief(found):
    assert worlds.SPEED in found.informed()
    assert worlds.SPEED not in found.still_believed()
    assert set(found.informed()) | set(found.still_believed()) == set(found.about["touched"])


def test_a_folder_without_a_posterior_is_refused(tmp_path):
    with pytest.raises(errors.InputError, match="holds no posterior"):
        posterior.read_posterior(tmp_path)


def test_a_run_uses_the_sets_of_a_posterior_one_after_the_other(small, found):
    job = found.believed_by(answers.prepare(small, seed=11, replicates=1))
    keeper = sample.InMemory()
    sample.gather(job, 130, keeper, sample.Hands(workers=1), lambda done, total, note: None)
    used = np.concatenate([chunk.arrays["parameters"] for chunk in keeper.chunks])
    assert np.array_equal(used[:100], found.values)
    assert np.array_equal(used[100:], found.values[:30])
    basis = answers.assess(job, keeper.chunks)["ambitions"]["basis"].iloc[0]
    assert basis.startswith("24 observations of small, 2020-03-31 to 2021-12-31; 1 of ")


# --- what is refused, and what is warned of ---------------------------------------------------


@pytest.mark.parametrize(
    ("free", "message"),
    [
        (("decision_acute_per_mont",), "did you mean 'decision_acute_per_month'"),
        (("kappa",), "is the fixed number 0"),
        ((worlds.SPEED, worlds.SPEED), "is there twice"),
    ],
)
def test_a_parameter_that_cannot_be_fitted_is_named(small, rows, free, message):
    with pytest.raises(errors.InputError, match=message):
        fitted(small, rows, free=free)


def test_no_more_parameters_are_chosen_than_the_points_can_carry():
    touched = {"one": 0.5, "another": 0.4, "a third": 0.3, "nothing": 0.001}
    assert fit.chosen(touched, 2) == ("one",)
    assert fit.chosen(touched, 6) == ("one", "another")
    assert fit.chosen(touched, 60) == ("one", "another", "a third")


def test_data_that_touch_nothing_are_refused():
    with pytest.raises(errors.InputError, match="say nothing of any parameter"):
        fit.chosen({"one": 0.001}, 60)


def test_one_point_is_too_few(small):
    with pytest.raises(errors.InputError, match="one observation can be compared with a run, and a fit needs 2"):
        fitted(small, [worlds.row(date(2020, 12, 31), 4, 24)])


def test_observations_outside_the_run_are_refused(small):
    with pytest.raises(errors.InputError, match="no observation within the run"):
        fitted(small, [worlds.row(date(2031, 12, 31), 4, 24)])


def test_what_has_no_place_in_a_run_is_left_out_and_said(small, rows):
    other = worlds.row(date(2020, 12, 31), 1, 2, name="another")
    elsewhere = replace(rows[0], group="SL")
    told = fitted(small, [*rows, other, elsewhere])
    assert told.about["points"] == len(rows)
    assert any("2 observations have no place" in text for text in told.about["warnings"])
    assert any("'another' is not counted in the scenario" in text for text in told.about["left_out"])


def test_nothing_but_zeros_is_warned_of(small, rows):
    told = fitted(small, [replace(one, numerator=0.0, value=0.0) for one in rows])
    assert any("every value observed is zero" in text for text in told.about["warnings"])


def test_a_parameter_the_data_say_nothing_of_is_warned_of(tmp_path):
    scenario = worlds.scenario_in(tmp_path)
    told = fitted(scenario, worlds.seen(scenario, {}, draw=2), free=(worlds.SPEED, "caseload_sites"))
    assert any("next to nothing of 'caseload_sites'" in text for text in told.about["warnings"])
    assert [one["is_informed"] for one in told.moved()] == [True, False]


def test_more_free_parameters_than_points_can_carry_is_warned_of(small, rows):
    told = fitted(small, rows[:2])
    assert any("the prior decides most" in text for text in told.about["warnings"])


# --- what is seen of a run -------------------------------------------------------------------------


def test_counts_at_a_stage_or_beyond_are_compared_with_the_same_of_a_run(small):
    job = answers.prepare(targets.observing(small, worlds.blank_rows(), None), seed=1, replicates=1)
    least, exactly = observed.Measure("at_least", 2), observed.Measure("at", 2)
    wanted = [
        worlds.row(date(2020, 6, 30), 5, 24, measure=least),
        worlds.row(date(2020, 6, 30), 5, 24, measure=exactly),
    ]
    at_least, at = targets.place_rows(wanted, job.plan).targets
    assert (at_least.stages, at.stages) == (tuple(range(2, 8)), (2,))


def test_reports_without_error_of_everybody_are_the_truth():
    true = np.array([3, 0, 5, 1, 2, 7, 0, 2])
    same = targets.reported_counts(true, (0.0, 0.0), 20.0, np.random.default_rng(1))
    assert np.array_equal(same, true)


def test_reports_err_as_often_as_they_are_said_to_and_lose_nobody():
    true = np.array([0, 0, 0, 10_000, 0, 0, 0, 0])
    seen = targets.reported_counts(true, (0.2, 0.1), np.nan, np.random.default_rng(1))
    assert seen.sum() == 10_000
    assert seen[4] == pytest.approx(2000, abs=150)
    assert seen[2] == pytest.approx(1000, abs=120)


def test_those_who_report_are_a_sample_of_all():
    true = np.array([50, 0, 0, 0, 0, 50, 0, 0])
    seen = targets.reported_counts(true, None, 30.0, np.random.default_rng(1))
    assert seen.sum() == 30
    assert 5 <= seen[5] <= 25


def test_rates_are_compared_as_changes_and_shares_as_shares():
    change = targets.Target(worlds.row(date(2020, 6, 30), 1, 2), targets.CHANGE, 0, 0, (), 9.0, np.nan)
    level = change._replace(kind=targets.LEVEL, place=1)
    scaled = targets.on_scale(np.array([[9.0, 3.0, 0.25]]), [change, change, level])
    assert scaled[0, :2] == pytest.approx([0.5 * np.log(3.0), -0.5 * np.log(3.0)])
    assert scaled[0, 2] == pytest.approx(np.arcsin(0.5))


# --- evidence ----------------------------------------------------------------------------------------


def test_every_kind_of_file_gives_the_same_counts(small, tmp_path):
    """Two sites of three adopt, by stages.csv, by times, and by counts."""
    day = "2020-06-30"
    stages = [
        {"site": site, "intervention": "plain", "date": day, "stage": stage}
        for site, stage in (("S00", 5), ("S01", 2), ("S02", 6))
    ]
    times = [
        {"site": site, "intervention": "plain", "adopted_on": when, "observed_from": "", "observed_until": day}
        for site, when in (("S00", "2020-05-01"), ("S01", ""), ("S02", "2020-02-01"))
    ]
    counts = [
        {"date": day, "intervention": "plain", "measure": "stage>=5", "group_kind": "national", "group": "",
         "numerator": 2, "denominator": 3},
    ]  # fmt: skip
    for name, table in (("stages", stages), ("times", times), ("counts", counts)):
        path = files.write_table(tmp_path / f"{name}.csv", table)
        told = evidence.read_all([str(path)], small)
        (one,) = [
            row for row in told.rows
            if row.group_kind == "national" and str(row.measure) == "stage>=5" and row.date == date(2020, 6, 30)
        ]  # fmt: skip
        assert (one.numerator, one.denominator) == (2.0, 3.0), name
        assert told.self_reported == (name == "stages")


def test_mistakes_of_all_files_come_together(small, tmp_path):
    bad = files.write_table(
        tmp_path / "bad.csv",
        [{"date": "2020-06-30", "intervention": "plan", "measure": "stage>=5", "group_kind": "national", "group": "",
          "numerator": 9, "denominator": 3}],
    )  # fmt: skip
    with pytest.raises(errors.InputError) as caught:
        evidence.read_all([str(bad), "vte-provider"], small)
    text = str(caught.value)
    assert "did you mean 'plain'" in text
    assert "did you mean 'vte-providers'" in text

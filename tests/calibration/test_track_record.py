"""Past forecasts against what happened: matched, scored by hand-worked numbers, and what is not scored says why."""

import math

import pytest

from spread import errors
from spread.calibration import forecast_record, observed, track_record

COLUMNS = (
    "made_on", "name", "key", "model_version", "ambition", "interventions", "together", "measure", "threshold",
    "deadline", "scope", "n", "chance", "value_now", "data_date", "value_q05", "value_q50", "value_q95",
    "recent_per_month",
)  # fmt: skip
USUAL = {
    "made_on": "2022-10-03", "name": "october", "key": "aaa", "model_version": "0.1.0", "ambition": "pews",
    "interventions": "pews_any", "together": "all", "measure": "stage>=5", "threshold": "0.9",
    "deadline": "2023-03-31", "scope": "national", "n": "1000", "chance": "0.3", "value_now": "0.6",
    "data_date": "2022-09-30", "value_q05": "0.7", "value_q50": "0.8", "value_q95": "0.95", "recent_per_month": "3",
}  # fmt: skip
SEEN = "date,intervention,measure,group_kind,group,numerator,denominator,value,unit\n"
MET = "2023-03-31,pews_any,stage>=5,national,,92,100,,\n"


def record(folder, *forecasts, seen=MET, **given):
    rows = [",".join(str({**USUAL, **one}[column]) for column in COLUMNS) for one in forecasts or ({},)]
    (folder / "forecasts.csv").write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
    (folder / "observed.csv").write_text(SEEN + seen)
    made = forecast_record.read_forecasts(folder / "forecasts.csv")
    return track_record.score_forecasts(made, observed.read_observed(folder / "observed.csv"), **given)


def test_a_forecast_is_scored_as_worked_out_by_hand(tmp_path):
    (one,) = record(tmp_path).scored
    assert (one.outcome.value, one.outcome.met, one.is_inside) == (0.92, True, True)
    assert one.brier == pytest.approx(0.49)
    assert one.log_score == pytest.approx(-math.log(0.3))
    assert one.error == pytest.approx(-0.12)
    assert one.pinball == pytest.approx((0.05 * 0.22 + 0.5 * 0.12 + 0.05 * 0.03) / 3)


def test_rivals_say_what_anyone_could_have_said(tmp_path):
    (one,) = record(tmp_path).scored
    assert one.rivals["even odds"][0] == 0.5
    assert one.rivals["last value"] == (0.0, 0.6)
    chance, value = one.rivals["straight line"]
    assert value == pytest.approx(0.6 + 3 * (182 / (365.25 / 12)) / 100)
    assert chance == 0.0
    fast = record(tmp_path, {"recent_per_month": "6"}).scored[0]
    assert fast.rivals["straight line"][0] == 1.0


def test_a_target_is_met_by_whole_sites(tmp_path):
    met = {count: record(tmp_path, seen=f"2023-03-31,pews_any,stage>=5,national,,{count},121,,\n").scored[0].outcome.met
           for count in (108, 109)}  # fmt: skip
    assert met == {108: False, 109: True}


WHY = [
    ({"measure": "milestone"}, MET, "a milestone"),
    ({"data_date": "2023-03-31"}, MET, "nothing was forecast"),
    ({"scope": "psc:YH"}, MET, "nothing was observed for psc:YH"),
    ({"interventions": "other"}, MET, "nothing was observed of other"),
    ({"measure": "stage>=7"}, MET, "was not observed (there is stage>=5)"),
    ({"interventions": "pews_any+pews_national"}, MET, "of all together was not observed"),
    ({"interventions": "pews_any+pews_national", "together": "each"}, MET, "not every one"),
    ({"measure": "change"}, MET.replace("stage>=5,national,,92,100,", "rate,national,,,,-0.2"), "unit 'change'"),
    ({}, MET.replace("2023-03-31", "2023-06-30"), "observed on 2023-06-30 at the nearest, 91 days"),
    ({"chance": "", "value_q50": "", "value_q05": "", "value_q95": ""}, MET, "neither a chance nor a value"),
]


@pytest.mark.parametrize(("changed", "seen", "why"), WHY, ids=[why for _, _, why in WHY])
def test_what_cannot_be_scored_is_listed_with_why(tmp_path, changed, seen, why):
    found = record(tmp_path, changed, seen=seen)
    assert found.scored == ()
    assert why in found.unmatched[0].why
    assert len(found.unused) == 1


def test_the_observation_nearest_the_deadline_counts(tmp_path):
    seen = MET.replace("2023-03-31", "2023-03-20").replace("92", "50") + MET.replace("2023-03-31", "2023-04-05")
    one = record(tmp_path, seen=seen).scored[0]
    assert (one.outcome.value, one.outcome.days_off) == (0.92, 5)
    assert record(tmp_path, seen=seen, within_days=4).scored == ()


def test_of_each_intervention_the_one_furthest_behind_counts(tmp_path):
    both = {"interventions": "pews_any+pews_national", "together": "each"}
    seen = MET + MET.replace("pews_any", "pews_national").replace("92", "70")
    outcome = record(tmp_path, both, seen=seen).scored[0].outcome
    assert (outcome.value, outcome.met) == (0.7, False)


def test_all_of_a_set_is_not_any_of_it(tmp_path):
    seen = "2023-03-31,,all_of:pews_any+pews_national,national,,91,100,,\n" + MET
    found = record(tmp_path, {"interventions": "pews_national+pews_any"}, seen=seen)
    assert found.scored[0].outcome.value == 0.91
    assert [one.line for one in found.unused] == [3]


@pytest.mark.parametrize(
    ("measure", "unit", "threshold", "now", "value", "met"),
    [
        ("change", "change", -0.3, 0.0, -0.35, True), ("change", "change", -0.3, 0.0, -0.25, False),
        ("level", "", 0.4, 0.5, 0.45, False), ("level", "", 0.4, 0.5, 0.35, True),
        ("level", "", 0.6, 0.5, 0.65, True), ("change", "change", 0.3, 0.0, 0.25, False),
    ],
)  # fmt: skip
def test_rates_may_have_to_come_down(tmp_path, measure, unit, threshold, now, value, met):
    changed = {"measure": measure, "threshold": threshold, "value_now": now, "value_q05": -0.5, "value_q50": -0.2}
    found = record(tmp_path, changed, seen=f"2023-03-31,pews_any,rate,national,,,,{value},{unit}\n")
    assert found.scored[0].outcome.met is met


def test_forecasts_of_one_ambition_come_in_the_order_of_their_data(tmp_path):
    later = {"key": "bbb", "data_date": "2022-12-31", "chance": "0.8"}
    found = record(tmp_path, later, {})
    assert [one.forecast.chance for one in found.scored] == [0.3, 0.8]
    assert found.summaries[0].brier == pytest.approx((0.49 + 0.04) / 2)


def test_a_rival_that_says_nothing_is_compared_where_it_says_something(tmp_path):
    found = record(tmp_path, {}, {"key": "bbb", "recent_per_month": "", "chance": "1.0"})
    by_name = {one.who: one for one in found.summaries}
    assert (by_name["straight line"].n, by_name["forecast"].n) == (1, 2)
    assert by_name["forecast, where there is a straight line"].brier == pytest.approx(0.49)


def test_a_run_that_is_in_the_record_twice_counts_once_and_hindcasts_are_told(tmp_path):
    found = record(tmp_path, {}, {}, {"key": "late", "made_on": "2024-01-01"})
    assert [one.was_known for one in found.scored] == [False, True]


def test_chances_are_binned_once_there_are_enough(tmp_path):
    some = [{"key": f"k{number}", "chance": str(0.1 if number % 2 else 1.0)} for number in range(20)]
    assert record(tmp_path, *some[:19]).bins == ()
    low, high = record(tmp_path, *some).bins
    assert (low.n, low.mean_chance, low.share_met) == (10, pytest.approx(0.1), 1.0)
    assert (high.low, high.n, high.mean_chance) == (0.8, 10, 1.0)


def test_the_share_inside_is_of_those_with_a_range(tmp_path):
    found = record(tmp_path, {}, {"key": "b", "value_q95": "0.9"}, {"key": "c", "value_q05": ""})
    assert found.share_inside == 0.5


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"chance": "1.5"}, "not between 0 and 1"),
        ({"deadline": "soon"}, "is not a date"),
        ({"n": "x"}, "is not a number"),
        ({"value_q50": "0.99"}, "not in order"),
        ({"measure": ""}, "is blank"),
        ({"value_now": "nan"}, "is not a number"),
    ],
)  # fmt: skip
def test_a_record_with_mistakes_is_refused_with_line_and_column(tmp_path, changed, said):
    with pytest.raises(errors.InputError, match=said) as caught:
        record(tmp_path, {}, changed)
    assert {fault.line for fault in caught.value.faults} == {3}


def test_a_record_may_be_named_by_its_folder_and_an_empty_one_says_so(tmp_path):
    record(tmp_path)
    assert len(forecast_record.read_forecasts(tmp_path)) == 1
    (tmp_path / "forecasts.csv").write_text(",".join(COLUMNS) + "\n")
    with pytest.raises(errors.InputError, match="no forecasts"):
        forecast_record.read_forecasts(tmp_path)


def test_runs_that_differ_in_their_name_alone_count_once_each_under_its_own(tmp_path):
    record(tmp_path, {"name": "one"}, {"name": "two"})
    made = forecast_record.read_forecasts(tmp_path)
    assert [one.name for one in made] == ["one", "two"]
    assert [one.name for one in forecast_record.once(made)] == ["one"]
    assert [one.name for one in forecast_record.once(one for one in made if one.name == "two")] == ["two"]

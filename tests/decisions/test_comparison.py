"""Plans compared run by run: by hand where the runs are written down, and on a world of five sites."""

import itertools
import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import spread
from spread import api, errors
from spread.decisions import comparison, differences, forks, lettering, sides, site_fates, takes
from spread.outcomes import uncertainty
from tests.cli.worlds import SCENARIO, SITES
from tests.decisions import plans
from tests.decisions.plans import AMBITION, DEADLINE

HERE = {"ambition": AMBITION, "scope": "national"}


@pytest.fixture
def asked(tmp_path):
    return plans.scenario(tmp_path)


def pair(asked, one, other, **more):
    """Two plans from rows of run_values, compared."""
    return comparison.compare([plans.side(asked, "A", one, **more), plans.side(asked, "B", other, **more)])


def row(found, measure, one="A", other="B"):
    """The only difference of a measure between two plans."""
    table = found.differences
    (this,) = table[(table["measure"] == measure) & (table["one"] == one) & (table["other"] == other)].to_dict(
        "records"
    )
    return this


# --- differences and intervals --------------------------------------------------------------------


def test_a_difference_is_the_mean_over_draws_and_its_interval_students(asked):
    before, after = np.array([[10, 20], [30, 40], [50, 60]]), np.array([[12, 24], [31, 47], [58, 60]])
    found = row(
        pair(asked, plans.run_values(sites=before, met=before > 99), plans.run_values(sites=after, met=after > 99)),
        "sites",
    )
    by_draw = (after - before).mean(axis=1)
    low, high = stats.t.interval(0.95, 2, by_draw.mean(), stats.sem(by_draw))
    assert (found["difference"], found["low"], found["high"]) == pytest.approx((by_draw.mean(), low, high))
    assert (found["clear"], found["runs"]) == (bool(low > 0), 6)
    assert (found["higher"], found["lower"]) == pytest.approx((5 / 6, 0.0))


def test_a_run_told_twice_makes_nothing_surer(asked):
    before, after = np.array([[10.0], [30.0], [50.0]]), np.array([[12.0], [31.0], [57.0]])
    once = row(
        pair(asked, plans.run_values(sites=before, met=before > 99), plans.run_values(sites=after, met=after > 99)),
        "sites",
    )
    before, after = np.repeat(before, 2, axis=1), np.repeat(after, 2, axis=1)
    twice = row(
        pair(asked, plans.run_values(sites=before, met=before > 99), plans.run_values(sites=after, met=after > 99)),
        "sites",
    )
    assert [once[name] for name in ("difference", "low", "high")] == [
        twice[name] for name in ("difference", "low", "high")
    ]


def test_only_draws_that_came_through_in_both_are_compared(asked):
    one = plans.run_values(sites=[[10, 10], [20, 20], [90, 90]], met=np.zeros((3, 2)), draws=[0, 1, 3])
    other = plans.run_values(sites=[[11, 11], [70, 70], [92, 92]], met=np.zeros((3, 2)), draws=[0, 2, 3])
    found = row(pair(asked, one, other, draws=4), "sites")
    assert (found["difference"], found["runs"]) == (1.5, 4)


def test_intervals_of_three_plans_share_the_error(asked):
    values = [np.array([[10], [30], [50], [20]]) + step for step in ([[0]], [[1], [2], [3], [1]], [[5], [6], [4], [5]])]
    every = [
        plans.side(asked, name, plans.run_values(sites=sites, met=sites > 99))
        for name, sites in zip("ABC", values, strict=True)
    ]
    found = row(comparison.compare(every), "sites", "A", "C")
    by_draw = (values[2] - values[0]).mean(axis=1)
    half = stats.t.ppf(1 - 0.05 / 2 / 3, 3) * stats.sem(by_draw)
    assert found["high"] - found["difference"] == pytest.approx(half)


def test_no_difference_seen_in_a_chance_is_not_taken_for_none(asked):
    never = plans.run_values(sites=np.full((20, 2), 5), met=np.zeros((20, 2)))
    found = row(pair(asked, never, never), "chance")
    assert found["difference"] == 0.0
    assert found["low"] < 0.0 < found["high"]


def test_one_draw_tells_nothing(asked):
    one, other = (plans.run_values(sites=[[count, count]], met=[[0, 0]]) for count in (10, 50))
    found = row(pair(asked, one, other), "sites")
    assert (found["difference"], found["low"], found["high"], found["clear"]) == (40.0, -math.inf, math.inf, False)


def test_a_date_never_met_counts_as_the_day_after_the_end(asked):
    end = asked.end
    on = [[date(2021, 1, 1), None], [date(2021, 2, 1), None], [None, None]]
    sooner = [[date(2020, 12, 22), end], [date(2021, 1, 12), None], [date(2021, 3, 1), None]]
    shape = np.zeros((3, 2))
    found = pair(
        asked,
        plans.run_values(sites=shape, met=shape, met_on=on),
        plans.run_values(sites=shape, met=shape, met_on=sooner),
    )
    days = [-10, -1, -20, 0, (date(2021, 3, 1) - end).days - 1, 0]
    assert row(found, "date_met")["difference"] == pytest.approx(np.mean(days))
    in_both = row(found, "date_met_in_both")
    assert (in_both["difference"], in_both["runs"]) == (pytest.approx(-15.0), 2)
    half_by = found.values[found.values["measure"] == "date_met"].set_index("plan")["half_by"]
    assert (half_by["A"], half_by["B"]) == (None, date(2021, 3, 1))


def test_dates_met_in_both_weigh_every_run_alike():
    one = np.array([[10.0, 10.0], [10.0, np.nan], [10.0, np.nan]])
    other = np.array([[13.0, 15.0], [20.0, 1.0], [np.nan, np.nan]])
    found = differences.difference_in_both(one, other, deviate=2.0)
    sums, runs = np.array([8.0, 10.0, 0.0]), np.array([2, 1, 0])
    error = math.sqrt(np.square(sums - 6.0 * runs).sum() * 3 / 2) / 3
    assert (found.mean, found.high) == pytest.approx((6.0, 6.0 + 2.0 * error))


def test_what_is_not_assessed_is_not_compared(asked):
    nothing = np.full((3, 2), np.nan)
    values = plans.run_values(sites=np.ones((3, 2)), met=nothing)
    assert set(pair(asked, values, values).differences["measure"]) == {"sites", "value"}


def test_luck_is_worth_the_variances_of_both_over_that_of_the_difference(asked):
    one, other = np.array([[10, 20], [30, 50], [80, 60]]), np.array([[14, 20], [30, 58], [80, 68]])
    found = pair(asked, plans.run_values(sites=one, met=one > 99), plans.run_values(sites=other, met=other > 99))
    separate = np.var([0.15, 0.40, 0.70], ddof=1) + np.var([0.17, 0.44, 0.74], ddof=1)
    matched = np.var([0.02, 0.04, 0.04], ddof=1)
    assert found.luck["times"].tolist() == pytest.approx([separate / matched])


# --- what cannot be told apart --------------------------------------------------------------------


def test_what_does_not_carry_over_gets_two_letters():
    apart = np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0]], dtype=bool)
    assert lettering.letters_of(apart, order=[0, 1, 2]) == ["a", "ab", "b"]
    assert lettering.letters_of(apart, order=[2, 1, 0]) == ["b", "ab", "a"]


def test_plans_share_a_letter_exactly_where_they_cannot_be_told_apart():
    luck = np.random.default_rng(7)
    for _ in range(300):
        count = int(luck.integers(2, 8))
        upper = np.triu(luck.random((count, count)) < luck.random(), 1)
        apart = upper | upper.T
        letters = lettering.letters_of(apart, order=luck.permutation(count).tolist())
        shared = {(i, j): bool(set(letters[i]) & set(letters[j])) for i, j in itertools.combinations(range(count), 2)}
        assert shared == {pair: not apart[pair] for pair in shared}


def test_a_ranking_never_sets_apart_what_an_interval_does_not(asked):
    luck = np.random.default_rng(3)
    sites = [np.full((8, 2), 50.0) + luck.normal(shift, 3.0, (8, 2)) for shift in (0.0, 1.0, 2.0, 4.0, 9.0)]
    every = [
        plans.side(asked, name, plans.run_values(sites=one, met=one > 55))
        for name, one in zip("ABCDE", sites, strict=True)
    ]
    found = comparison.compare(every)
    letters = {(one["measure"], one["plan"]): one["letters"] for one in found.values.to_dict("records")}
    told = found.differences[found.differences["measure"].isin(["chance", "value", "sites"])].to_dict("records")
    for one in told:
        share = set(letters[one["measure"], one["one"]]) & set(letters[one["measure"], one["other"]])
        assert bool(share) == (one["low"] <= 0.0 <= one["high"])
    assert {one["clear"] for one in told} == {True, False}
    assert found.ranking(AMBITION, "sites")["plan"].tolist()[0] == "E"


def test_the_letter_a_is_for_the_best(asked):
    few, many = np.full((4, 2), 10.0) + np.arange(4)[:, None], np.full((4, 2), 50.0) + np.arange(4)[::-1, None]
    found = pair(
        asked,
        plans.run_values(sites=few, met=few > 99, short=90 - few),
        plans.run_values(sites=many, met=many > 99, short=90 - many),
    )
    letters = {(one["measure"], one["plan"]): one["letters"] for one in found.values.to_dict("records")}
    assert [letters["sites", name] for name in "AB"] == ["b", "a"]
    assert [letters["shortfall", name] for name in "AB"] == ["b", "a"]


def test_where_a_rate_should_fall_less_is_better(asked):
    falling = asked.ambitions[AMBITION].model_copy(update={"measure": "change", "threshold": -0.5})
    level = falling.model_copy(update={"measure": "level", "threshold": 0.2, "baseline": 0.3})
    assert [differences.falls(one) for one in (asked.ambitions[AMBITION], falling, level)] == [False, True, True]


def test_the_letter_a_is_for_the_lowest_rate_where_rates_should_fall(asked):
    falling = asked.ambitions[AMBITION].model_copy(update={"measure": "change", "threshold": -0.5})
    asked = asked.model_copy(update={"ambitions": {AMBITION: falling}})
    sites, luck = np.full((4, 2), 10.0), np.arange(4)[:, None] / 100
    little, much = (
        plans.run_values(sites=sites, met=sites > 99, value=change + luck + 0 * sites) for change in (-0.1, -0.4)
    )
    values = pair(asked, little, much).values
    assert values[values["measure"] == "value"]["letters"].tolist() == ["b", "a"]


# --- price ----------------------------------------------------------------------------------------


def test_what_an_extra_site_takes_has_the_interval_of_the_sites_turned_over():
    found = takes.per_site(1000.0, uncertainty.Difference(10.0, 5.0, 20.0))
    assert found == takes.Rate(100.0, 50.0, 200.0)
    assert takes.per_site(-1000.0, uncertainty.Difference(-10.0, -20.0, -5.0)) == takes.Rate(100.0, 50.0, 200.0)


@pytest.mark.parametrize(
    ("more", "sites", "why_not"),
    [
        (1000.0, (3.0, -1.0, 7.0), takes.NOT_CLEAR),
        (1000.0, (3.0, 0.0, 7.0), takes.NOT_CLEAR),
        (0.0, (3.0, 1.0, 7.0), takes.NOTHING_MORE),
        (-10.0, (3.0, 1.0, 7.0), takes.CHEAPER),
        (10.0, (-3.0, -7.0, -1.0), takes.DEARER),
    ],
)
def test_where_no_rate_makes_sense_none_is_stated(more, sites, why_not):
    found = takes.per_site(more, uncertainty.Difference(*sites))
    assert (math.isnan(found.per_site), found.why_not) == (True, why_not)


def two_prices(asked, before, after):
    sites, more = np.array([[10, 20], [30, 40], [50, 60]]), np.array([[4], [5], [6]])
    one = plans.side(asked, "A", plans.run_values(sites=sites, met=sites > 99), cost=before)
    other = plans.side(asked, "B", plans.run_values(sites=sites + more, met=sites > 99), cost=after)
    return comparison.compare([one, other])


def test_hours_are_stated_where_nothing_has_a_price(asked):
    found = two_prices(
        asked, plans.costs(coach_hours=100.0, outreach=7.0), plans.costs(coach_hours=600.0, outreach=7.0)
    )
    assert found.takes["item"].unique().tolist() == ["coach_hours"]
    assert found.takes["difference"].tolist() == [500.0, 125.0]
    assert found.per_site[["item", "per_site", "more_sites"]].to_numpy().tolist() == [["coach_hours", 100.0, 5.0]]


def test_cost_is_stated_where_there_is_a_price(asked):
    found = two_prices(
        asked,
        plans.costs(coach_hours=(100.0, 40.0), outreach=5.0),
        plans.costs(coach_hours=(600.0, 40.0), outreach=9.0),
    )
    assert found.per_site[["item", "per_site"]].to_numpy().tolist() == [["cost", 4000.0]]


def test_sums_added_up_in_another_order_are_the_same(asked):
    found = two_prices(asked, plans.costs(coach_hours=0.1 + 0.2), plans.costs(coach_hours=0.3))
    assert found.takes.empty


# --- sites ----------------------------------------------------------------------------------------


def fates(asked, before, after, **more):
    values = plans.run_values(sites=np.ones((2, 2)), met=np.zeros((2, 2)), **more)
    told = [plans.side(asked, name, values, sites=plans.sites_table(bits, ["YH", "WX", "WX"]), draws=2)
            for name, bits in (("A", before), ("B", after))]  # fmt: skip
    return comparison.compare(told)


def test_a_site_is_gained_or_lost_run_by_run(asked):
    found = fates(asked, [[0, 0, 1, 1], [0, 0, 0, 0], [1, 0, 1, 0]], [[1, 0, 1, 1], [0, 0, 0, 0], [0, 1, 0, 0]])
    assert found.fates[["site", "gained", "lost"]].to_numpy().tolist() == [
        ["S0", 0.25, 0.0],
        ["S1", 0.0, 0.0],
        ["S2", 0.25, 0.5],
    ]
    assert found.fates_by_psc[["psc", "gained", "lost"]].to_numpy().tolist() == [
        ["national", 0.5, 0.5],
        ["YH", 0.25, 0.0],
        ["WX", 0.25, 0.5],
    ]


def test_runs_that_failed_change_no_fate(asked):
    values = plans.run_values(sites=np.ones((1, 2)), met=np.zeros((1, 2)), draws=[1])
    told = [plans.side(asked, name, values, sites=plans.sites_table(bits), draws=2, replicates=2)
            for name, bits in (("A", [[1, 1, 0, 0]]), ("B", [[0, 0, 0, 1]]))]  # fmt: skip
    found = site_fates.fates_of(*told, plans.SETS, (DEADLINE, DEADLINE))
    assert (found.gained.tolist(), found.lost.tolist()) == ([0.5], [0.0])


# --- where plans part -----------------------------------------------------------------------------

CHANGE = "[[change]]\nfrom = 2020-09-01\n{}\n"


def test_plans_part_at_the_first_change_that_differs(tmp_path):
    both = CHANGE.format("coaches = 3")
    later = '[[change]]\nfrom = 2020-12-01\npush = "audit"\n'
    one, other = plans.scenario(tmp_path, both), plans.scenario(tmp_path, both + later, "other")
    assert forks.fork_day(one, other) == date(2020, 12, 1)
    assert forks.fork_day(plans.scenario(tmp_path), other) == date(2020, 9, 1)
    assert forks.fork_day(one, one.model_copy(update={"name": "same"})) == date(2022, 1, 1)


def test_what_is_not_dated_differs_from_the_start(tmp_path):
    one = plans.scenario(tmp_path)
    for more in ("engaged_share = 0.5\n", "[parameters]\nkappa = 0\n", "coaches = 9\n"):
        assert forks.fork_day(one, plans.scenario(tmp_path, more, "other")) is None


def test_an_entry_that_says_what_holds_anyway_is_no_fork(tmp_path):
    one = plans.scenario(tmp_path, "coaches = { default = 2 }\n")
    other = plans.scenario(tmp_path, "coaches = { default = 2, YH = 2 }\n", "other")
    assert forks.fork_day(one, other) == date(2022, 1, 1)


def adoption(late=0, early=0):
    days = pd.to_datetime(["2020-06-30", "2020-08-31", "2020-09-30"])
    told = {"draw": 0, "replicate": 0, "date": days, "intervention": "x", "group_kind": "national", "group": "national"}
    return pd.DataFrame({**told, "stage_5": [1, 2 + early, 3 + late]})


def parted(tmp_path, history):
    values = plans.run_values(sites=np.ones((1, 1)), met=np.zeros((1, 1)))
    one, other = plans.scenario(tmp_path), plans.scenario(tmp_path, CHANGE.format("coaches = 3"), "other")
    return forks.prove(
        plans.side(one, "A", values, history=(adoption(),)), plans.side(other, "B", values, history=(history,))
    )


def test_history_before_the_fork_is_proved_row_by_row(tmp_path):
    assert parted(tmp_path, adoption(late=1)) == forks.Fork(date(2020, 9, 1), 2)


def test_another_past_is_an_error_of_ours(tmp_path):
    with pytest.raises(RuntimeError, match="differ before"):
        parted(tmp_path, adoption(early=1))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    (folder / "sites.csv").write_text(SITES)
    return folder


def run(world, more="", name="tiny", **settings):
    (world / f"{name}.toml").write_text(SCENARIO.replace('"tiny"', f'"{name}"').replace("[world]", more + "\n[world]"))
    return api.run(api.read_scenario(world / f"{name}.toml"), **({"draws": 4, "workers": 1} | settings))


@pytest.mark.parametrize(
    "levers",
    ["coaches = 0", 'support = "none"', 'push = "incentive"', "co_design = 1", "meeting_interval_months = { psc = 1 }",
     "refreshers = 0.5", "safety_culture = 0.5", 'priority_rule = "neediest"', "course_interval_months = 1"],
)  # fmt: skip
def test_a_dated_change_leaves_the_past_as_it_was(world, levers):
    name = "".join(letter for letter in levers if letter.isalnum())
    changed = run(world, f"change = [{{ from = 2020-10-01, {levers} }}]", name=name)
    found = spread.compare(run(world), changed)
    assert found.forks["same_until"].tolist() == [date(2020, 10, 1)]
    assert found.forks["same_rows"].tolist()[0] > 100


# --- what can be compared -------------------------------------------------------------------------


def test_results_in_memory_are_compared_in_every_scope(world):
    one, other = run(world), run(world, "coaches = 0", "few")
    found = spread.compare(one, other)
    mine, its = (table.tables["run_values"] for table in (one, other))
    national = (mine["scope"] == "national").to_numpy()
    expected = (its["value"][national].mean() - mine["value"][national].mean(), len(mine[national]))
    this = found.differences[(found.differences["measure"] == "value") & (found.differences["scope"] == "national")]
    assert this[["difference", "runs"]].to_numpy()[0] == pytest.approx(expected)
    assert set(found.differences["scope"]) == {"national", "psc:WX", "psc:YH"}
    assert found.plans["runs"].tolist() == [8, 8]
    assert len(found.fates) == 5


def test_plans_that_cannot_be_compared_say_all_that_differs(asked, tmp_path):
    values = plans.run_values(sites=np.ones((2, 1)), met=np.zeros((2, 1)))
    shifted = plans.scenario(
        tmp_path, "end = 2022-06-30\n[ambitions.tracheostomy_march_2021]\nthreshold = 0.8\n", "other"
    )
    other = plans.side(shifted, "B", values, seed=2, draws=3, replicates=4, version="2", files={"sites": "abc"})
    with pytest.raises(errors.InputError) as caught:
        comparison.compare([plans.side(asked, "A", values), other])
    said = [fault.message for fault in caught.value.faults]
    for words in ("version 2, but 1", "seed 2, but 1", "draws: 3, but 2", "replicates: 4, but 1", "ends on 2022-06-30",
                  "sites are those of a file", "threshold 0.8, but 0.9"):  # fmt: skip
        assert any(words in message for message in said), words


def test_plans_without_an_ambition_in_common_are_refused(asked):
    values = plans.run_values(sites=np.ones((2, 1)), met=np.zeros((2, 1)))
    stranger = asked.model_copy(update={"ambitions": {"other": asked.ambitions[AMBITION]}})
    with pytest.raises(errors.InputError, match="no ambition in common with A: other here"):
        comparison.compare([plans.side(asked, "A", values), plans.side(stranger, "B", values)])


def test_a_deadline_that_moved_is_set_against_the_first_plans(asked):
    values = plans.run_values(sites=[[1], [2]], met=[[0], [0]])
    later = values.assign(deadline=pd.Timestamp("2021-06-30"), sites=[4.0, 6.0])
    moved = asked.ambitions[AMBITION].model_copy(update={"deadline": date(2021, 6, 30)})
    postponed = asked.model_copy(update={"ambitions": {AMBITION: moved}})
    sites = plans.sites_table([[0, 0]]).assign(deadline=pd.Timestamp("2021-06-30"))
    found = comparison.compare([plans.side(asked, "A", values), plans.side(postponed, "B", later, sites=sites)])
    assert row(found, "sites")["difference"] == 3.5
    assert found.values.drop_duplicates("plan")["by"].tolist() == [DEADLINE, date(2021, 6, 30)]


def test_one_run_is_not_compared_with_itself(asked):
    values = plans.run_values(sites=np.ones((2, 1)), met=np.zeros((2, 1)))
    one = plans.side(asked, "A", values)
    with pytest.raises(errors.InputError, match="there twice"):
        sides.named_apart([one, one])
    named = sides.named_apart([one, one._replace(key="0123456789")])
    assert [side.name for side in named] == ["A (A)", "A (012345)"]
    with pytest.raises(errors.InputError, match="two plans or more"):
        comparison.compare([one])

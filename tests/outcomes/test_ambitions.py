"""The rows of ambitions.csv one by one: pace, who is missing from the data, which scopes and deadlines have a row."""

from datetime import date

import numpy as np
import pytest

from spread.outcomes import ambitions, collect, exceedance, joint, tabulate
from spread.outcomes import plan as plans
from tests.outcomes import worlds
from tests.outcomes.worlds import EVERYBODY, jump

FROM_DATA = worlds.schema.StartFrom.model_construct(stages=None, as_of=date(2020, 3, 31))
LATELY, LONG_AGO = -30.0, -400.0


def kit(**changes):
    """An ambition of the kit alone: three sites of four."""
    return worlds.ambition(**({"interventions": ("kit",), "threshold": 0.75} | changes))


def each(**changes):
    """Both, each on its own."""
    return worlds.ambition(**({"together": "each", "threshold": 0.75} | changes))


def users(*units):
    """A run in which these units come to use their intervention on the first days."""
    return [jump(1.0 + day, unit, 0, 5) for day, unit in enumerate(units)]


def began(begin, since=None, engaged=EVERYBODY):
    """A run in which nothing happens."""
    return [], begin, since, engaged


def gathered(asked, *runs, who=None, shape=None, **more):
    """A scenario, its plan and one draw for each run; a run is its steps, or what `began` gives."""
    scenario = worlds.scenario(asked, **more)
    plan = worlds.plan(scenario, who)
    collector = collect.Collector(plan, *(shape or (len(runs), 1)))
    for draw, run in enumerate(runs):
        steps, begin, since, engaged = run if isinstance(run, tuple) else (run, None, None, EVERYBODY)
        begin = [0] * len(engaged) if begin is None else begin
        collector.add(draw, 0, tabulate.tabulate(worlds.log(steps, begin, since), plan, engaged))
    return scenario, plan, collector


def assessed(asked, *runs, **more):
    return ambitions.assess_ambitions(*gathered(asked, *runs, **more)).set_index(["ambition", "scope"])


# --- how fast lately --------------------------------------------------------------------------------


def test_the_recent_pace_of_several_interventions_is_that_of_the_slowest_in_each_scope():
    # bedside came to S1, S2, S3 lately and long ago to S4; the kit came to S3 and S4 lately
    run = began([5] * 4 + [5, 0, 5, 5], [LATELY] * 3 + [LONG_AGO] * 2 + [0.0] + [LATELY] * 2)
    pace = assessed({"both": each()}, run, start_from=FROM_DATA).recent_per_month["both"]
    assert pace.to_dict() == pytest.approx({"national": 2 / 6, "psc:AA": 0.0, "psc:BB": 1 / 6})


def test_the_recent_pace_is_the_middle_one_of_the_runs():
    runs = [began([0] * 4 + [5] * count + [0] * (4 - count), [LATELY] * 8) for count in (1, 2, 4)]
    found = assessed({"kit": kit()}, *runs, start_from=FROM_DATA)
    assert found.recent_per_month["kit", "national"] == pytest.approx(2 / 6)


def test_a_run_from_the_start_of_the_programme_has_no_recent_pace():
    found = assessed({"kit": kit()}, began([0] * 4 + [5] * 4, [LATELY] * 8))
    assert found.recent_per_month.isna().all()


# --- what the runs began from -----------------------------------------------------------------------


def told(bedside, its_kit, begun=None, asked=None, who=None):
    """How a run is said to begin, of whose sites (in order) the data speak about each intervention where it is 1."""
    scenario = worlds.scenario(asked, start_from=FROM_DATA)
    plan = worlds.plan(scenario, who, reported=np.array([*bedside, *its_kit], dtype=bool))
    return ambitions.known_at_start(scenario, plan._replace(begun=begun))


def test_sites_the_data_say_nothing_about_and_sites_they_speak_of_in_part_are_counted_apart():
    everyone = "sites as at 2020-03-31"
    assert told([1, 1, 1, 1], [1, 1, 1, 1]) == everyone
    assert told([1, 0, 1, 1], [1, 0, 1, 1]) == f"{everyone} (1 of 4 not reported, imputed)"
    assert told([1, 0, 1, 1], [0, 1, 1, 0]) == f"{everyone} (3 of 4 reported in part)"
    assert told([1, 0, 1, 0], [1, 0, 0, 1]) == f"{everyone} (1 of 4 not reported, imputed, 2 of 4 reported in part)"
    assert told([0, 0, 0, 0], [0, 0, 0, 0]) == f"{everyone} (4 of 4 not reported, imputed)"


def test_a_site_is_reported_in_part_by_what_is_said_of_itself_not_of_its_organisation():
    asked = {"less": worlds.ambition(interventions=("bedside",), organisation_share=1.0)}
    who = worlds.units()._replace(organisation=np.array([0, 0, 1, 2] * 2))
    assert told([1, 0, 1, 1], [1, 0, 1, 1], asked=asked, who=who) == (
        "sites as at 2020-03-31 (1 of 4 not reported, imputed)"
    )


def test_a_start_from_counts_says_so_and_how_many_were_carried_forward_and_what_was_asked_for():
    all_told = [1, 1, 1, 1]
    today, later = date(2020, 3, 31), date(2020, 5, 1)
    assert told(all_told, all_told, plans.Begun(True, 0, today)) == "counts as at 2020-03-31"
    assert told(all_told, all_told, plans.Begun(False, 0, today)) == "sites as at 2020-03-31"
    assert told(all_told, all_told, plans.Begun(False, 1, later)) == (
        "sites as at 2020-03-31 (1 carried forward from an earlier quarter, the latest there was on 2020-05-01)"
    )
    assert told([0, 1, 1, 1], [0, 1, 1, 1], plans.Begun(True, 2, today)) == (
        "counts as at 2020-03-31 (1 of 4 not reported, imputed, 2 carried forward from an earlier quarter)"
    )


# --- which rows there are ---------------------------------------------------------------------------


@pytest.mark.parametrize("first", [0, 1])
def test_a_psc_has_a_row_only_where_a_site_counts_for_every_intervention(first):
    pairs = [(first, 0), (1 - first, 0), (1 - first, 2)]  # one of the two has nobody in BB
    run = began([0] * 3, engaged=np.ones(3, dtype=bool))
    made = gathered({"both": each()}, run, who=worlds.units(pairs))
    assert ambitions.assess_ambitions(*made).scope.tolist() == ["national", "psc:AA"]
    assert exceedance.exceedance_table(*made).scope.unique().tolist() == ["national", "psc:AA"]


def test_a_psc_has_a_row_where_a_single_site_counts_in_some_runs_only():
    nobody_in_bb = np.array([1, 1, 1, 1, 1, 1, 0, 0], dtype=bool)
    one_in_bb = np.array([1, 1, 1, 1, 1, 1, 1, 0], dtype=bool)
    runs = [began([0] * 4 + [5] * 4, engaged=engaged) for engaged in (nobody_in_bb, one_in_bb)]
    made = gathered({"kit": kit(denominator="engaged")}, *runs)
    found = ambitions.assess_ambitions(*made).set_index("scope")
    assert found.chance.to_dict() == {"national": 1.0, "psc:AA": 1.0, "psc:BB": 0.5}
    assert found.value_q50["psc:BB"] == 1.0  # of the run in which somebody counts
    ladder = exceedance.exceedance_table(*made)
    in_bb = ladder[(ladder.scope == "psc:BB") & (ladder.date == ladder.date.max())].set_index("threshold").chance
    assert in_bb["1.0"] == 0.5


def test_nobody_knows_where_an_ambition_stands_in_a_run_in_which_nobody_counts():
    nobody_in_bb = np.array([1, 1, 1, 1, 1, 1, 0, 0], dtype=bool)
    runs = [began([5] * 8, engaged=nobody_in_bb)] * 40
    _, plan, collector = gathered({"kit": kit(denominator="engaged")}, *runs)
    found = ambitions.standing_at(plan, collect.Collected.of(collector), "kit", 0)
    np.testing.assert_array_equal(found.value[:, 0], [[1.0, 1.0, np.nan]] * 40)
    assert not found.met[..., 2].any()


def test_chances_leave_out_a_scope_without_a_threshold_and_go_on_to_those_with_one():
    scenario, plan, runs = gathered({"kit": kit(threshold=None, local_thresholds={"BB": 0.5})}, users(6), users())
    found = ambitions.chances(scenario, plan, runs)
    assert [(one.ambition, one.deadline, one.scope, one.chance) for one in found] == [
        ("kit", worlds.DEADLINE, "psc:BB", 0.5)
    ]
    assert ambitions.national_intervals(scenario, plan, runs, 0.05) == []


def test_chances_go_by_each_deadline_and_scope_with_the_usual_error_unless_told():
    early = ({"date": date(2020, 4, 2), "source": "plan"},)
    made = gathered({"kit": kit(threshold=0.5, earlier_deadlines=early)}, users(4, 5), users(4, 6), users(6), users())
    found = {(one.deadline, one.scope): one for one in ambitions.chances(*made)}
    assert {key: one.chance for key, one in found.items()} == {
        # by then only the first of each run had come: one of two is half of a PSC, one of four is not half of all
        (date(2020, 4, 2), "national"): 0.0, (date(2020, 4, 2), "psc:AA"): 0.5, (date(2020, 4, 2), "psc:BB"): 0.25,
        (worlds.DEADLINE, "national"): 0.5, (worlds.DEADLINE, "psc:AA"): 0.5, (worlds.DEADLINE, "psc:BB"): 0.5,
    }  # fmt: skip
    # Wilson's interval of 2 in 4: 0.5 -+ 0.5 z / sqrt(4 + z^2), z = 1.959964 and 2.575829
    usual, wide = found[worlds.DEADLINE, "national"], ambitions.national_intervals(*made, 0.01)
    assert (usual.low, usual.high) == pytest.approx((0.150039, 0.849961), abs=1e-6)
    assert wide[1] == pytest.approx((0.105070, 0.894930), abs=1e-6)
    # of none in 4: from nothing to z^2 / (4 + z^2)
    assert wide[0] == pytest.approx((0.0, 0.623880), abs=1e-6)


def test_without_a_complete_run_nothing_is_known():
    made = gathered({"kit": kit(), "other": kit()}, [], shape=(1, 2))
    assert ambitions.chances(*made) == []
    table = joint.joint_table(*made)
    assert table[["chance", "if_independent"]].isna().all(axis=None)
    assert exceedance.exceedance_table(*made).empty


# --- pace needed, and who is behind -----------------------------------------------------------------


def test_the_pace_needed_spreads_what_is_missing_over_the_months_to_the_deadline():
    found = assessed({"soon": kit(deadline=date(2020, 4, 20)), "today": kit(deadline=date(2020, 3, 31))}, [])
    assert found.needed_per_month["soon", "national"] == pytest.approx(3 / (20 / 30.4375))
    assert np.isnan(found.needed_per_month["today", "national"])


def test_the_psc_with_most_missing_is_named_and_of_two_alike_the_first():
    asked = {"kit": kit(threshold=1.0)}
    behind = {
        runs: tuple(assessed(asked, *(users(*run) for run in runs)).loc[("kit", "national")].iloc[-4:-2])
        for runs in [((6,),), ((4,),), ((4, 6),), ((4, 5, 6, 7), (5, 6, 7)), ((4, 5, 6, 7), (4, 5, 6))]
    }
    assert list(behind.values()) == [("AA", 2.0), ("BB", 2.0), ("AA", 1.0), ("AA", 0.5), ("BB", 0.5)]


def test_nobody_is_behind_with_a_milestone():
    asked = {"made": worlds.ambition(measure="milestone", interventions=("kit",), threshold=None)}
    scenario = worlds.scenario(asked)
    plan = worlds.plan(scenario)
    collector = worlds.nothing_made(plan)
    found = ambitions.assess_ambitions(scenario, plan, collector)
    assert found.chance.tolist() == [0.0, 0.0, 0.0]
    assert found.furthest_behind_psc.tolist() == ["", "", ""]
    assert found.measure.tolist() == ["milestone"] * 3


def test_only_the_national_row_names_who_is_behind():
    found = assessed({"kit": kit(threshold=1.0)}, [])
    assert found.furthest_behind_psc.tolist() == ["AA", "", ""]
    assert found.furthest_behind_short.isna().tolist() == [False, True, True]

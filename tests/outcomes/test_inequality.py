"""How far the most deprived fifth of sites is behind the least deprived."""

import numpy as np
import pytest

from spread import api
from spread.outcomes import collect, inequality, tables, tabulate
from spread.scenarios import reading
from tests.outcomes import worlds
from tests.outcomes.worlds import EVERYBODY, jump

KIT = {"kit": worlds.ambition(interventions=("kit",))}
# Units 4 to 7 are the kit at S1 and S2 (fifth 1), S3 (fifth 5) and S4 (unknown).
ONE_DEPRIVED, THE_OTHER_END, UNKNOWN, AFTERWARDS = (
    [jump(50.0, 4, 2, 5)], [jump(60.0, 6, 2, 5)], [jump(50.0, 7, 2, 5)], [jump(200.0, 5, 2, 5)],
)  # fmt: skip


def gaps(runs, asked=None, plan=None):
    """The gaps of some runs of one draw, sites beginning at stage 2."""
    scenario = worlds.scenario(KIT) if asked is None else asked
    plan = plan or worlds.plan(scenario)
    whole = collect.Collector(plan, 1, len(runs))
    for replicate, steps in enumerate(runs):
        whole.add(0, replicate, tabulate.tabulate(worlds.log(steps, [2] * 8), plan, EVERYBODY))
    return inequality.gaps_table(scenario, plan, whole)


def test_a_gap_is_the_most_deprived_fifth_less_the_least_deprived_in_every_run_at_the_deadline():
    (row,) = gaps([ONE_DEPRIVED, THE_OTHER_END, UNKNOWN, AFTERWARDS]).to_dict("records")
    assert (row["ambition"], row["intervention"], row["measure"]) == ("kit", "kit", "stage>=5")
    assert str(row["deadline"].date()) == str(worlds.DEADLINE)
    assert (row["most_deprived_sites"], row["least_deprived_sites"], row["n"]) == (2, 1, 4)
    assert (row["most_deprived"], row["least_deprived"]) == (0.125, 0.25)
    assert row["mean"] == row["most_deprived"] - row["least_deprived"]
    assert row["behind"] == 0.25
    expected = np.quantile([0.5, -1.0, 0.0, 0.0], list(tables.QUANTILES.values()))
    assert [row[name] for name in tables.QUANTILES] == pytest.approx(expected.tolist())


def test_a_set_taken_together_is_one_row_and_its_sites_need_both():
    (row,) = gaps([[jump(50.0, 4, 2, 5)], [jump(40.0, 0, 2, 5), jump(50.0, 4, 2, 5)]], worlds.scenario()).to_dict(
        "records"
    )
    assert row["intervention"] == "all_of:bedside+kit"
    assert row["most_deprived"] == 0.25


def test_the_stage_is_the_ambitions_own():
    asked = worlds.scenario({"kit": worlds.ambition(interventions=("kit",), stage=2)})
    assert gaps([[]], asked)["most_deprived"].tolist() == [1.0]


def test_there_is_no_row_where_a_fifth_has_nobody_or_nothing_is_a_share_of_sites():
    asked = worlds.scenario(KIT)
    nobody_at_the_other_end = worlds.plan(asked, worlds.units([(1, 0), (1, 1), (1, 3)]))
    assert inequality.gaps_table(asked, nobody_at_the_other_end, collect.Collector(nobody_at_the_other_end, 1, 1)).empty
    counted = worlds.scenario({"kit": worlds.ambition(interventions=("kit",), stage=0)})
    assert inequality.gaps_table(counted, worlds.plan(counted), collect.Collector(worlds.plan(counted), 1, 1)).empty


def test_gaps_of_a_run_are_shares_and_agree_with_the_bands_of_its_groups():
    found = api.run(reading.read_scenario("tracheostomy-standard"), draws=3, replicates=2, workers=1).tables
    (row,) = found["gaps"].to_dict("records")
    summary = found["summary"]
    there = (
        (summary.group_kind == "imd_fifth") & (summary.date == row["deadline"])
        & (summary.intervention == row["intervention"]) & (summary.measure == row["measure"])
    )  # fmt: skip
    share = summary[there].set_index("group")["mean"]
    assert row["most_deprived"] == pytest.approx(share["1"])
    assert row["least_deprived"] == pytest.approx(share["5"])
    assert row["mean"] == pytest.approx(share["1"] - share["5"])
    assert -1 <= row["q025"] <= row["q50"] <= row["q975"] <= 1

"""The tables of the results folder from a handful of runs written by hand."""

import itertools
import pickle
import tracemalloc
from datetime import date

import numpy as np
import pandas as pd
import pytest

from spread import model
from spread.outcomes import (
    adoption,
    ambitions,
    bottlenecks,
    collect,
    events,
    exceedance,
    sites,
    summary,
    tables,
    tabulate,
)
from tests.outcomes import worlds
from tests.outcomes.worlds import EVERYBODY, jump

KIT = {"kit": worlds.ambition(interventions=("kit",), threshold=0.75)}


def adopters(*days: float | None) -> list[worlds.Step]:
    """Adoptions of the kit at S1, S2, ... on these days."""
    steps = [jump(day, 4 + site, 0, 5) for site, day in enumerate(days) if day is not None]
    return sorted(steps)


# Two draws of two replicates; the deadline is day 182. Draw 0: 3 and 4 sites; draw 1: 1 and 3 sites, one after it.
RUNS = {
    (0, 0): adopters(10, 20, 30, None),
    (0, 1): adopters(10, 20, 40, 50),
    (1, 0): adopters(100, None, None, None),
    (1, 1): adopters(10, 30, 250, None),
}
NOTHING_HAPPENS: dict[tuple[int, int], list[worlds.Step]] = {run: [] for run in RUNS}


def collected_runs(asked=None, runs=None, begin=None, since=None, order=None, shape=(2, 2)):
    """The collected tables of some runs, added in any order."""
    plan = worlds.plan(asked or worlds.scenario(KIT))
    whole = collect.Collector(plan, *shape)
    chosen = runs or RUNS
    for draw, replicate in order or chosen:
        log = worlds.log(chosen[draw, replicate], begin, since)
        whole.add(draw, replicate, tabulate.tabulate(log, plan, EVERYBODY))
    return whole


def assessed(asked=None, **more):
    asked = asked or worlds.scenario(KIT)
    whole = collected_runs(asked, **more)
    return ambitions.assess_ambitions(asked, whole.plan, whole).set_index(["ambition", "deadline", "scope"])


def test_the_ambitions_table_says_chance_value_shortfall_pace_and_who_is_behind():
    asked = worlds.scenario(KIT)
    whole = collected_runs(asked)
    frame = ambitions.assess_ambitions(asked, whole.plan, whole)
    numbers = frame.select_dtypes("number").columns
    frame[numbers] = frame[numbers].round(6)
    assert tables.csv_text(frame.drop(columns=["mc_low", "mc_high", "chance_p10", "chance_p90"])) == (
        "ambition,interventions,together,measure,threshold,deadline,scope,n,chance,chance_sd,parameter_sd,value_now,"
        "data_date,value_q05,value_q50,value_q95,shortfall_q50,needed_per_month,recent_per_month,met_q10,met_q50,"
        "met_q90,furthest_behind_psc,furthest_behind_short,conditioned_on,basis\n"
        # shares 0.75, 1 | 0.25, 0.5: between 0.25, within 0.03125 -> sqrt(0.21875 / 2), sqrt(0.03125)
        "kit,kit,all,stage>=5,0.75,2020-09-30,national,4,0.5,0.176777,0.330719,0.0,2020-03-31,0.2875,0.625,0.9625,"
        "0.5,0.498975,,2020-05-01,2020-05-11,,BB,1.25,nothing (programme start),not fitted to data\n"
        "kit,kit,all,stage>=5,0.75,2020-09-30,psc:AA,4,0.75,0.25,0.0,0.0,2020-03-31,0.575,1.0,1.0,"
        "0.0,0.33265,,2020-04-21,2020-04-21,,,,nothing (programme start),not fitted to data\n"
        "kit,kit,all,stage>=5,0.75,2020-09-30,psc:BB,4,0.25,0.25,0.5,0.0,2020-03-31,0.0,0.25,0.925,"
        "1.5,0.33265,,2020-05-21,,,,,nothing (programme start),not fitted to data\n"
    )


def test_the_chance_columns_come_from_draws_as_the_sampling_unit():
    row = assessed().iloc[0]
    # draws met 1.0 and 0.0 of the time: only the two draws count
    assert (row.chance, row.n) == (0.5, 4)
    assert (row.mc_low, row.mc_high) == pytest.approx((0.0945, 0.9055), abs=1e-3)
    assert (row.chance_p10, row.chance_p90) == pytest.approx((0.0, 1.0), abs=1e-6)


def test_an_earlier_deadline_has_its_own_rows_and_one_past_the_end_has_none():
    versions = ({"date": date(2020, 4, 20), "source": "plan"},)
    early = worlds.ambition(interventions=("kit",), earlier_deadlines=versions)
    late = worlds.ambition(interventions=("kit",), deadline=date(2022, 3, 31))
    table = assessed(worlds.scenario({"early": early, "late": late}))
    assert table.xs("national", level="scope").chance.to_dict() == {
        ("early", pd.Timestamp(2020, 4, 20)): 0.0,  # S1 at most: the second site comes on the 21st
        ("early", pd.Timestamp(2020, 9, 30)): 0.75,
    }


def test_an_ambition_without_a_threshold_is_a_trajectory_only():
    row = assessed(worlds.scenario({"kit": worlds.ambition(interventions=("kit",), threshold=None)})).iloc[0]
    unknown = row[["threshold", "chance", "mc_low", "chance_p10", "shortfall_q50", "needed_per_month", "met_q50"]]
    assert unknown.isna().all()
    assert (row.value_q50, row.furthest_behind_psc) == (0.625, "")


def test_each_stands_where_its_furthest_behind_intervention_stands():
    names = ("kit", "bedside")
    asked = worlds.scenario({"each": worlds.ambition(interventions=names, together="each", threshold=0.25)})
    runs = {(0, 0): [jump(1, 0, 0, 5), jump(2, 1, 0, 5), jump(3, 4, 0, 5)], (0, 1): [jump(1, 0, 0, 5)]}
    row = assessed(asked, runs=runs, shape=(1, 2)).iloc[0]
    assert (row.chance, row.value_q50, row.interventions, row.together) == (0.5, 0.125, "kit+bedside", "each")


def test_a_run_from_data_says_so_and_gives_its_recent_pace():
    start = worlds.schema.StartFrom.model_construct(stages=None, as_of=date(2020, 3, 31))
    asked = worlds.scenario(KIT, start_from=start)
    begin, since = [0] * 4 + [5, 5, 0, 0], [-5.0] * 4 + [-30.0, -400.0, -5.0, -5.0]
    row = assessed(asked, runs=NOTHING_HAPPENS, begin=begin, since=since).iloc[0]
    assert (row.value_now, row.recent_per_month, row.shortfall_q50) == (0.5, pytest.approx(1 / 6), 1.0)
    assert row.conditioned_on == "sites as at 2020-03-31"
    assert row.chance_sd == 0.0


def test_a_threshold_met_from_the_start_was_met_on_the_data_date():
    row = assessed(runs=NOTHING_HAPPENS, begin=[0] * 4 + [5, 5, 5, 7]).iloc[0]
    assert {row.met_q10, row.met_q50, row.met_q90} == {pd.Timestamp(2020, 3, 31)}
    assert (row.needed_per_month, row.furthest_behind_psc) == (0.0, "")


def test_a_psc_with_nobody_eligible_has_no_row():
    asked = worlds.scenario(KIT)
    plan = worlds.plan(asked, worlds.units([(0, 0), (1, 0), (1, 1)]))
    whole = collect.Collector(plan, 1, 1)
    whole.add(0, 0, tabulate.tabulate(worlds.log([], [0, 0, 5]), plan, np.ones(3, bool)))
    frame = ambitions.assess_ambitions(asked, plan, whole)
    assert frame.scope.tolist() == ["national", "psc:AA"]
    assert set(exceedance.exceedance_table(asked, plan, whole).scope) == {"national", "psc:AA"}


def test_the_exceedance_ladder_never_rises_and_short_by_3_lets_three_sites_go():
    whole = collected_runs()
    frame = exceedance.exceedance_table(worlds.scenario(KIT), whole.plan, whole)
    at_deadline = frame[(frame.scope == "national") & (frame.date == pd.Timestamp(worlds.DEADLINE))]
    assert at_deadline.set_index("threshold").chance.to_dict() == {
        "0.5": 0.75, "0.6": 0.5, "0.7": 0.5, "0.8": 0.25, "0.9": 0.25, "0.95": 0.25, "1.0": 0.25, "short_by_3": 1.0,
    }  # fmt: skip
    assert len(frame) == 3 * 4 * 8


def test_the_sites_table_gives_dates_chances_causes_and_the_bits_of_every_run():
    whole = collected_runs()
    frame = sites.sites_table(worlds.scenario(KIT), whole.plan, whole)
    kit = frame[frame.intervention == "kit"].set_index("site")
    assert kit.met.to_dict() == {"S1": b"\x0f", "S2": b"\x0b", "S3": b"\x03", "S4": b"\x02"}
    assert kit.chance_adopted.to_dict() == {"S1": 1.0, "S2": 0.75, "S3": 0.5, "S4": 0.25}
    assert kit.adopt_q50.dt.strftime("%m-%d").to_dict() == {"S1": "04-11", "S2": "04-21", "S3": "05-11", "S4": np.nan}
    assert kit.adopt_q10.dt.strftime("%m-%d").to_dict() == {"S1": "04-11", "S2": "04-21", "S3": "05-01", "S4": "05-21"}
    assert kit.adopt_q90.dt.strftime("%m-%d").tolist() == ["07-10", np.nan, np.nan, np.nan]
    assert kit.main_cause_of_delay.to_dict() == {"S1": "", **dict.fromkeys(("S2", "S3", "S4"), "not reached yet")}
    assert kit.psc.tolist() == ["AA", "AA", "BB", "BB"]
    assert kit.ics.tolist() == ["North", "North", "North", ""]
    assert kit.stage_now.tolist() == ["0"] * 4
    assert kit.since.isna().all()
    assert frame[frame.intervention == "bedside"].deadline.unique().tolist() == [pd.Timestamp(worlds.END)]


def test_bit_k_is_run_draw_times_replicates_plus_replicate_lowest_bit_first():
    met = {(0, 0), (4, 1)}
    every_run = [(draw, replicate) for draw in range(5) for replicate in range(2)]
    runs = {run: adopters(*([1] if run in met else [])) for run in every_run}
    whole = collected_runs(runs=runs, shape=(5, 2))
    frame = sites.sites_table(worlds.scenario(KIT), whole.plan, whole)
    bits = frame[(frame.site == "S1") & (frame.intervention == "kit")].met.iloc[0]
    assert bits == bytes([0b00000001, 0b00000010])


def test_the_cause_of_delay_counts_only_runs_in_which_the_site_had_not_adopted():
    waits = [(1.0, model.Event.DECISION, 4, 0, 3), (2.0, model.Event.SLOT_GRANT, 4, 3, 3)]
    late = [jump(180, 4, 0, 5)]
    runs = {(0, 0): waits, (0, 1): late}
    whole = collected_runs(runs=runs, shape=(1, 2))
    frame = sites.sites_table(worlds.scenario(KIT), whole.plan, whole)
    assert frame[(frame.site == "S1") & (frame.intervention == "kit")].main_cause_of_delay.tolist() == [
        "waiting for a coach"
    ]


def test_stage_and_since_come_from_the_data_a_run_began_with():
    start = worlds.schema.StartFrom.model_construct(stages=None, as_of=date(2020, 3, 31))
    asked = worlds.scenario(KIT, start_from=start)
    begin, since = [0] * 4 + [8, 5, 0, 9], [0.0] * 4 + [-1.0, -31.0, 0.0, -0.5]
    whole = collected_runs(asked, NOTHING_HAPPENS, begin, since)
    frame = sites.sites_table(asked, whole.plan, whole)
    kit = frame[frame.intervention == "kit"]
    assert kit.stage_now.tolist() == ["stopped", "5", "0", "lapsed"]
    assert kit.since.dt.strftime("%Y-%m-%d").tolist() == ["2020-03-31", "2020-03-01", np.nan, "2020-03-31"]


def test_the_summary_holds_bands_of_shares_of_the_eligible():
    whole = collected_runs()
    frame = summary.summarise(whole)
    row = frame[
        (frame.date == pd.Timestamp(worlds.DEADLINE)) & (frame.intervention == "kit") & (frame.group == "national")
    ].set_index("measure")
    assert row.index.tolist() == [*(f"stage>={stage}" for stage in range(1, 8)), "sustained"]
    shares = np.array([0.75, 1.0, 0.25, 0.5])
    expected = [shares.mean(), *np.quantile(shares, list(tables.QUANTILES.values())), 4]
    assert row.loc["stage>=5"].tolist()[4:] == pytest.approx(expected)
    assert row.loc["stage>=6", "q975"] == 0.0
    assert frame[(frame.date == frame.date.min())]["q975"].max() == 0.0


def test_the_summary_counts_stopped_and_lapsed_sites_by_the_order_of_statuses():
    whole = collected_runs(runs={(0, 0): []}, begin=[0] * 4 + [8, 9, 4, 0], shape=(1, 1))
    frame = summary.summarise(whole)
    row = frame[(frame.date == frame.date.min()) & (frame.intervention == "kit") & (frame.group == "national")]
    assert row["mean"].tolist() == [0.75, 0.75, 0.5, 0.25, 0, 0, 0, 0]


def test_the_adoption_table_has_a_row_per_run_date_intervention_and_group():
    whole = collected_runs()
    frame = adoption.adoption_frame(whole)
    keys = ["draw", "replicate", "date", "intervention", "group_kind", "group"]
    assert len(frame) == 4 * 4 * len(whole.plan.slots.label)
    assert not frame.duplicated(keys).any()
    last = frame[(frame.date == pd.Timestamp(worlds.END)) & (frame.intervention == "kit") & (frame.group == "national")]
    assert last[["draw", "replicate", "eligible", "stage_0", "stage_5", "ever_adopted"]].to_numpy().tolist() == [
        [0, 0, 4, 1, 3, 3], [0, 1, 4, 0, 4, 4], [1, 0, 4, 3, 1, 1], [1, 1, 4, 1, 3, 3],
    ]  # fmt: skip


def test_the_adoption_table_can_be_written_a_chunk_at_a_time_and_a_large_chunk_in_pieces(monkeypatch):
    whole = collected_runs()
    once = adoption.adoption_frame(whole)
    apart = list(adoption.adoption_frames(collect.Collected(whole.plan, 2, in_chunks((1, 1)))))
    monkeypatch.setattr(adoption, "MOST_ROWS", 1)
    pieces = list(adoption.adoption_frames(whole))
    assert (len(apart), len(pieces)) == (2, 4)
    for parts in (apart, pieces):
        pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), once)


def test_runs_that_failed_stay_out_of_every_table():
    runs = RUNS | {(2, 0): adopters(1, 1, 1, 1)}
    whole = collected_runs(runs=runs, shape=(3, 2))
    asked = worlds.scenario(KIT)
    assert ambitions.assess_ambitions(asked, whole.plan, whole).n.unique().tolist() == [4]
    assert summary.summarise(whole).n.unique().tolist() == [4]
    frame = sites.sites_table(asked, whole.plan, whole)
    assert frame[(frame.site == "S4") & (frame.intervention == "kit")].chance_adopted.tolist() == [0.25]


def every_table(whole):
    asked = worlds.scenario(KIT)
    return [
        adoption.adoption_frame(whole), summary.summarise(whole), ambitions.assess_ambitions(asked, whole.plan, whole),
        exceedance.exceedance_table(asked, whole.plan, whole), sites.sites_table(asked, whole.plan, whole),
        bottlenecks.bottlenecks_table(whole),
    ]  # fmt: skip


def test_the_order_of_runs_changes_no_table():
    for mine, theirs in zip(
        every_table(collected_runs()), every_table(collected_runs(order=list(RUNS)[::-1])), strict=True
    ):
        pd.testing.assert_frame_equal(mine, theirs, check_exact=True)


def in_chunks(sizes, runs=None, asked=None, replicates=2):
    """The same runs, those of so many draws in each chunk."""
    plan = worlds.plan(asked or worlds.scenario(KIT))
    chunks = []
    for first, size in zip(itertools.accumulate(sizes, initial=0), sizes, strict=False):
        chunk = collect.Collector(plan, size, replicates, first_draw=first)
        for (draw, replicate), steps in (runs or RUNS).items():
            if first <= draw < first + size:
                chunk.add(draw, replicate, tabulate.tabulate(worlds.log(steps), plan, EVERYBODY))
        chunks.append(chunk)
    return chunks


class OnDisk:
    """A chunk as a store would give it: read-only arrays, made anew whenever they are asked for."""

    def __init__(self, chunk):
        self.first_draw, self.draws = chunk.first_draw, chunk.draws
        self.contents = pickle.dumps(chunk.arrays())

    def array(self, name):
        found = pickle.loads(self.contents)[name]  # noqa: S301
        found.flags.writeable = False
        return found


def random_runs(draws, missing=()):
    random = np.random.default_rng(4)
    whole = [(draw, replicate) for draw in range(draws) for replicate in range(2) if (draw, replicate) not in missing]
    return {run: adopters(*(random.choice([None, *range(1, 270, 7)]) for _ in range(4))) for run in whole}


@pytest.mark.parametrize("sizes", [(9,), (1,) * 9, (4, 5), (7, 1, 1)])
def test_how_draws_are_cut_into_chunks_changes_no_table(sizes, monkeypatch):
    monkeypatch.setattr(collect, "BLOCK_BYTES", 64)  # so that even these few runs are read in blocks
    runs = random_runs(9, missing={(5, 1)})
    once = collected_runs(runs=runs, shape=(9, 2))
    cut = collect.Collected(once.plan, 2, [OnDisk(chunk) for chunk in in_chunks(sizes, runs)])
    for mine, theirs in zip(every_table(once), every_table(cut), strict=True):
        pd.testing.assert_frame_equal(mine, theirs, check_exact=True)


def test_chunks_follow_one_another():
    first, second = in_chunks((1, 1))
    collect.Collected(first.plan, 2, [second])
    with pytest.raises(ValueError, match="begins with draw 0, not 2"):
        collect.Collected(first.plan, 2, [second, first])


def test_a_chunk_is_what_its_arrays_are():
    chunk = in_chunks((1, 1))[1]
    again = collect.Collector.from_arrays(chunk.plan, 2, 1, 1, chunk.arrays())
    for name, array in chunk.arrays().items():
        assert array.dtype.kind in "buif"
        np.testing.assert_array_equal(again.array(name), array)
    for broken in ({"counts": chunk.array("counts")[:1]}, {"met": chunk.array("met").astype(np.int64)}):
        with pytest.raises(ValueError, match="not of 1 draws x 2"):
            collect.Collector.from_arrays(chunk.plan, 2, 1, 1, chunk.arrays() | broken)


def test_assessing_many_runs_takes_no_more_memory_than_assessing_a_few():
    asked = worlds.scenario(KIT)
    chunk = in_chunks((50,), random_runs(50))[0]
    peaks = []
    for copies in (10, 200):
        runs = collect.Collected(chunk.plan, 2, [Copy(chunk, number) for number in range(copies)])
        tracemalloc.start()
        for frame in adoption.adoption_frames(runs):
            del frame
        summary.summarise(runs)
        ambitions.assess_ambitions(asked, chunk.plan, runs)
        exceedance.exceedance_table(asked, chunk.plan, runs)
        sites.sites_table(asked, chunk.plan, runs)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 12e6  # 19,000 runs more; their counts alone are 13 MB


class Copy:
    """A chunk once more, as other draws."""

    def __init__(self, chunk, number):
        self.first_draw, self.draws, self.array = number * chunk.draws, chunk.draws, chunk.array


def test_chances_are_those_of_the_ambitions_table_and_national_intervals_widen_with_less_error_allowed():
    asked = worlds.scenario(KIT | {"open": worlds.ambition(interventions=("kit",), threshold=None)})
    whole = collected_runs(asked)
    frame = ambitions.assess_ambitions(asked, whole.plan, whole).dropna(subset="chance")
    found = ambitions.chances(asked, whole.plan, whole)
    assert [one.scope for one in found] == frame.scope.tolist()
    for column, values in {"chance": 3, "mc_low": 4, "mc_high": 5}.items():
        assert frame[column].tolist() == pytest.approx([one[values] for one in found], rel=1e-12)
    (low, high), (lower, higher) = (
        ambitions.national_intervals(asked, whole.plan, whole, error)[0] for error in (0.05, 0.01)
    )
    assert lower < low < high < higher


def test_a_run_comes_in_once_and_only_where_it_belongs():
    whole = collected_runs()
    table = tabulate.tabulate(worlds.log([]), whole.plan, EVERYBODY)
    with pytest.raises(ValueError, match="in already"):
        whole.add(0, 1, table)
    with pytest.raises(ValueError, match="not one of these"):
        whole.add(2, 0, table)


def test_events_are_told_in_words():
    asked = worlds.scenario(KIT)
    log = worlds.log([(1.5, model.Event.CONTACT, 0, 0, 1), (40.0, model.Event.STOP, 5, 4, 8)])
    cause = np.array([model.Cause.OUTREACH, model.Cause.NONE], dtype=np.int8)
    log = log._replace(element=np.array([-1, 1], np.int8), cause=cause)
    assert tables.csv_text(events.events_frame(log, worlds.plan(asked), draw=3, replicate=1)) == (
        "draw,replicate,time_days,date,event,intervention,element,site,from_stage,to_stage,cause\n"
        "3,1,1.5,2020-04-02,contact,bedside,,S1,0,1,outreach\n"
        "3,1,40.0,2020-05-11,stop,kit,sign,S2,4,stopped,\n"
    )


def test_forecasts_are_the_ambitions_with_their_making():
    whole = collected_runs()
    frame = ambitions.assess_ambitions(worlds.scenario(KIT), whole.plan, whole)
    made = tables.forecasts_frame(frame, made_on=date(2026, 11, 1), name="n", key="k", model_version="1")
    assert made.columns.tolist() == list(tables.columns("forecasts"))
    assert len(made) == len(frame)
    assert made.made_on.unique().tolist() == [pd.Timestamp(2026, 11, 1)]

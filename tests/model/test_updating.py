"""What a draw learns from the record of sites, and where it has them stand."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from spread import dates
from spread.model import assigning, inputs, start
from spread.model.draws import Purpose
from spread.network.start import NATIONAL, Count, StartTable
from spread.runs import replicate
from spread.scenarios import schema
from tests.verification import restart

COUNT = 24
DRAWS = 60
EXACT = {"return_overstated_share": 0.0, "return_understated_share": 0.0}
QUARTERS = dates.quarter_ends(date(2022, 4, 1), restart.CUT)
NOBODY = np.zeros(0, dtype=np.int64)
Half = Callable[..., replicate.Job]


@pytest.fixture
def half(tmp_path: Path) -> Half:
    """A job of the little world begun from a table."""

    def begin(table: StartTable | None, as_of: date = restart.CUT, **parameters: float) -> replicate.Job:
        case = restart.make_case(tmp_path, COUNT, **parameters)
        scenario = case.scenario
        if table is not None:
            begin = schema.StartFrom(stages=Path("cut.csv"), as_of=as_of)
            scenario = scenario.model_copy(update={"start_from": begin})
        people, ties = case.read.population, case.read.ties
        return replicate.make_job(scenario, people, ties, table, seed=restart.SEED_OF_FORECASTS, replicates=1)

    return begin


def given(job: replicate.Job, draw: int) -> inputs.ModelInputs:
    return restart.inputs_of(job, draw, job.beliefs.value)


def speeds(job: replicate.Job, runs: int = DRAWS) -> np.ndarray:
    """Mean log of the decision speed of each unit, over draws."""
    found: np.ndarray = np.mean([np.log(given(job, draw).decision_base) for draw in range(runs)], axis=0)
    return found


def statuses(job: replicate.Job, runs: int = DRAWS) -> np.ndarray:
    return np.array([given(job, draw).initial_status for draw in range(runs)])


def stages(stage: Sequence[int], since: Sequence[date | None]) -> StartTable:
    """Checked stages of the first sites."""
    site = np.arange(len(stage))
    return StartTable(site, 0 * site, np.array(stage), tuple(since), (restart.CUT,) * len(stage))


def told(*histories: tuple[int, ...], last: tuple[int, ...] = ()) -> StartTable:
    """What the first sites reported, quarter by quarter from the first; `last`: how many quarters each reported."""
    site = np.arange(len(histories))
    kept = [len(QUARTERS)] * len(histories) if not last else list(last)
    series = [
        tuple(zip(QUARTERS, history, strict=False))[:count] for history, count in zip(histories, kept, strict=True)
    ]
    return StartTable(
        site, 0 * site, np.array([one[-1][1] for one in series]), (None,) * len(series),
        tuple(one[-1][0] for one in series), tuple(series), is_self_reported=True,
    )  # fmt: skip


def test_a_site_at_interest_for_eighteen_months_is_slower_than_one_that_has_just_come(half: Half) -> None:
    """Two sites of one organisation, and two of another."""
    found = speeds(half(stages([2] * 4, [date(2022, 4, 1)] * 2 + [date(2023, 9, 15)] * 2)))
    assert found[:2].max() < found[2:4].min() - 0.3


def test_the_same_is_learnt_from_the_quarters_of_a_return(half: Half) -> None:
    found = speeds(half(told(*[(2,) * 6] * 2, *[(0, 0, 1, 1, 2, 2)] * 2), **EXACT))
    assert found[:2].max() < found[2:4].min() - 0.2


def test_a_collaborative_whose_sites_moved_fast_is_faster_for_all_of_them(half: Half) -> None:
    """Eight sites of each of three collaboratives; the last site of each has no record of its own."""
    fast, slow = (2, 4, 5, 5, 5, 5), (2, 2, 2, 2, 2, 2)
    table = told(*[fast] * 7, (2,), *[slow] * 7, (2,), last=(6,) * 7 + (1,) + (6,) * 7 + (1,))
    found = speeds(half(table, **EXACT))
    assert found[7] > found[15] + 0.3


def test_effects_nothing_is_told_of_are_those_of_the_draw_bit_for_bit(half: Half) -> None:
    """One report without a day says nothing of speed, and a record in one organisation nothing of another's luck."""
    unaware, silent = half(None), half(stages([2, 5, 1], [None] * 3))
    both = [(given(unaware, draw), given(silent, draw)) for draw in range(5)]
    assert all(np.array_equal(one.half_frailty, other.half_frailty) for one, other in both)
    some = half(stages([2, 2], [date(2022, 4, 1)] * 2))
    pairs = [(given(unaware, draw).half_frailty, given(some, draw).half_frailty) for draw in range(5)]
    assert all(np.array_equal(one[2:], other[2:]) for one, other in pairs)
    assert not all(np.array_equal(one[:2], other[:2]) for one, other in pairs)


def test_without_errors_everybody_begins_as_reported(half: Half) -> None:
    reported = [0, 1, 2, 3, 4, 5, 6, 7] * 3
    found = statuses(half(told(*((stage,) for stage in reported), last=(1,) * COUNT), QUARTERS[0], **EXACT), 20)
    assert (found == np.array(reported)).all()


def test_a_site_that_fell_back_from_testing_has_stopped(half: Half) -> None:
    found = statuses(half(told((4, 2), (2, 2), (5, 3), last=(2, 2, 2)), QUARTERS[1], **EXACT), 20)
    assert (found[:, :3] == (8, 2, 9)).all()


def test_a_report_may_be_wrong_by_a_stage_as_often_as_such_reports_are(half: Half) -> None:
    """Twelve report testing and twelve adoption: with shares over- and understated of a tenth each."""
    table = told(*[(4,)] * 12, *[(5,)] * 12, last=(1,) * COUNT)
    found = statuses(half(table, QUARTERS[0], return_overstated_share=0.1, return_understated_share=0.1), 300)
    assert (found[:, 12:] == 4).mean() == pytest.approx(0.1 / 0.9, abs=0.01)
    assert (found[:, :12] == 5).mean() == pytest.approx(0.1 / 0.9, abs=0.01)
    in_use = restart.is_in_use(found).mean(axis=1)
    wrong = 0.1 / 0.9
    assert in_use.mean() == pytest.approx(0.5, abs=0.012)
    assert in_use.std() == pytest.approx(np.sqrt(wrong * (1 - wrong) / COUNT), rel=0.12)


def test_an_old_report_is_carried_forward_by_the_model_and_a_new_one_is_not(half: Half) -> None:
    table = told(*[(2, 2, 2, 2, 2, 2)] * 12, *[(2,)] * 12, last=(6,) * 12 + (1,) * 12)
    found = statuses(half(table, **EXACT))
    assert (found[:, :12] == 2).all()
    assert 0.2 < (found[:, 12:] >= 3).mean() < 0.95


def test_who_never_reported_is_like_somebody_who_did_nearby(half: Half) -> None:
    """Seven of eight in each collaborative reported, each collaborative something else."""
    site = np.array([n for n in range(COUNT) if n % 8 != 7])
    stage = np.array([5, 2, 1])[site // 8]
    table = StartTable(site, 0 * site, stage, (None,) * len(site), (restart.CUT,) * len(site))
    found = statuses(half(table), 10)
    assert found[:, [7, 15, 23]].tolist() == [[5, 2, 1]] * 10


def test_a_site_long_in_testing_has_more_done(half: Half) -> None:
    job = half(stages([4, 4], [date(2022, 5, 1), date(2023, 9, 20)]))
    done = [[int(bits).bit_count() for bits in given(job, draw).initial_elements[:2]] for draw in range(DRAWS)]
    assert np.mean(done, axis=0)[0] > np.mean(done, axis=0)[1] + 0.3
    assert max(map(max, done)) < 3


@pytest.mark.parametrize(
    ("in_place", "missing", "expected"),
    [(0b000, 3, 0b000), (0b000, 2, 0b001), (0b010, 1, 0b011), (0b101, 3, 0b000), (0b101, 2, 0b001), (0b111, 1, 0b011)],
)
def test_elements_agree_with_how_many_are_missing(in_place: int, missing: int, expected: int) -> None:
    assert start.with_missing(in_place, 0b111, missing) == expected


def test_courses_held_before_the_cut_have_raised_the_dose(half: Half) -> None:
    begun, late = given(half(None), 0), given(half(stages([2] * COUNT, [None] * COUNT)), 0)
    assert (late.dose.sum(axis=1) > begun.dose.sum(axis=1)).all()
    gain = np.log(late.decision_base / begun.decision_base)
    assert 0.0 < gain.min() <= gain.max() < 0.5
    assert np.allclose(late.capability - begun.capability, gain)
    assert np.allclose(begun.lapse_turnover - late.lapse_turnover, gain)


# --- counts ---------------------------------------------------------------------------------------


def counted(*counts: Count) -> StartTable:
    return StartTable(NOBODY, NOBODY, NOBODY, (), (), counts=counts, counted_on=restart.CUT)


def test_counts_agree_in_every_draw_and_who_it_is_differs(half: Half) -> None:
    table = counted(Count(0, NATIONAL, 3, 0.5), Count(0, NATIONAL, 5, 0.25), Count(0, 1, 5, 0.125))
    job = half(table)
    found = statuses(job, 20)
    in_use = restart.is_in_use(found)
    assert in_use.sum(axis=1).tolist() == [6] * 20
    assert (np.isin(found, (3, 9, 4)) | in_use).sum(axis=1).tolist() == [12] * 20
    psc = job.world.units.psc
    assert in_use[:, psc == 1].sum(axis=1).tolist() == [1] * 20
    assert len({tuple(row) for row in in_use.tolist()}) > 15


def test_readier_sites_are_picked_more_often(half: Half) -> None:
    job = half(counted(Count(0, NATIONAL, 5, 0.25)))
    ready, picked = zip(*((one.readiness, restart.is_in_use(one.initial_status)) for one in
                          (given(job, draw) for draw in range(DRAWS))), strict=True)  # fmt: skip
    assert np.corrcoef(np.concatenate(ready), np.concatenate(picked))[0, 1] > 0.2


def test_equal_chances_are_picked_alike_and_better_ones_first() -> None:
    chances = np.zeros((400, 10))
    chances[:, 5] = np.where(np.arange(400) < 200, 0.8, 0.2)
    chances[:, 0] = 1.0 - chances[:, 5]
    noise = np.random.default_rng(1).random(400)
    low, _ = assigning.assign((Count(0, NATIONAL, 5, 0.5),), chances, noise, np.zeros(400, int), np.zeros(400, int))
    assert (low > 0).sum() == 200
    assert (low[:200] > 0).mean() == pytest.approx(0.8, abs=0.07)


def test_purposes_of_a_start_come_after_all_others() -> None:
    assert min(Purpose.RECORD_REGION, Purpose.RANK_AT_CUT) > Purpose.RETURN_ERROR

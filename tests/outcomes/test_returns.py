"""The observation model: what a return says of a history, and what it keeps to itself."""

from datetime import date

import numpy as np
import pytest

from spread import errors
from spread.model import draws
from spread.network import stages
from spread.outcomes import returns
from tests.outcomes import worlds

QUARTERS = (date(2020, 6, 30), date(2020, 9, 30), date(2020, 12, 31))
RUN = returns.Run(seed=1, draw=2, replicate=3)
TRUE = returns.Observation()


def many_units(count: int = 2000):
    """One intervention at many sites, each with its own luck."""
    few = worlds.units()
    number = np.arange(count)
    keys = np.array([draws.key(f"site {site}") for site in range(count)], dtype=np.uint64)
    return few._replace(
        interventions=("kit",), site=number, organisation=number, intervention=np.zeros(count, np.int64), unit_key=keys
    )


def rows_of(observation=TRUE, who=None, truth=None, **changes):
    who = who or worlds.units()
    truth = np.full((3, len(who.site)), 5) if truth is None else truth
    people = worlds.population(**changes)
    return returns.write_return(truth, who, people, QUARTERS, observation=observation, run=RUN)


def test_a_quarter_holds_the_state_at_the_end_of_its_last_day():
    last_day = 90.0  # 30 June, from 1 April
    log = worlds.log([
        worlds.jump(1.0, 0, 0, 1), worlds.jump(last_day + 0.99, 0, 1, 2), worlds.jump(last_day + 1.0, 0, 2, 5),
        worlds.jump(180.0, 1, 4, 8), worlds.jump(181.0, 2, 7, 9),
    ], begin=[0, 4, 7, 6, 0, 0, 0, 0])  # fmt: skip
    found = returns.stages_at(log, worlds.ORIGIN, QUARTERS)
    assert found[:, :4].tolist() == [[2, 4, 7, 6], [5, 2, 3, 6], [5, 2, 3, 6]]


def test_without_error_what_is_reported_is_the_truth():
    truth = np.arange(24).reshape(3, 8) % 8
    assert np.array_equal(returns.observe(truth, worlds.units(), QUARTERS, TRUE, RUN), truth)
    written = rows_of(truth=truth)
    cells = [row[-2:] for row in written.rows if row[-3] == "2020/21 Q1"]
    assert cells == [(stages.stage_text(truth[0, site]), stages.stage_text(truth[0, site + 4])) for site in range(4)]


def test_stages_are_reported_too_high_and_too_low_as_often_as_the_shares_say():
    who = many_units()
    truth = np.full((3, 2000), 4)
    observation = returns.Observation(overstated_share=0.2, understated_share=0.1)
    error = returns.observe(truth, who, QUARTERS, observation, RUN) - truth
    assert set(error.ravel().tolist()) == {-1, 0, 1}
    assert (error == 1).mean() == pytest.approx(0.2, abs=0.02)
    assert (error == -1).mean() == pytest.approx(0.1, abs=0.015)
    assert not np.array_equal(error[0], error[1])


def test_no_report_leaves_the_scale():
    who = many_units(50)
    high, low = (
        returns.observe(np.full((3, 50), stage), who, QUARTERS, returns.Observation(**share), RUN)
        for stage, share in ((7, {"overstated_share": 1.0}), (0, {"understated_share": 1.0}))
    )
    assert (high.min(), high.max(), low.min(), low.max()) == (7, 7, 0, 0)


def test_the_luck_of_a_report_is_that_of_its_site_and_quarter_and_of_nothing_else():
    observation = returns.Observation(overstated_share=0.3, understated_share=0.3)
    who = many_units(100)
    fewer = who._replace(site=who.site[50:], intervention=who.intervention[50:], unit_key=who.unit_key[50:])
    whole = returns.observe(np.full((3, 100), 4), who, QUARTERS, observation, RUN)
    part = returns.observe(np.full((1, 50), 4), fewer, QUARTERS[1:2], observation, RUN)
    assert np.array_equal(whole[1:2, 50:], part)
    other = returns.observe(np.full((3, 100), 4), who, QUARTERS, observation, RUN._replace(draw=9))
    assert not np.array_equal(whole, other)


def test_an_organisation_whose_return_is_missing_has_a_row_without_stages():
    written = rows_of(returns.Observation(missing_share=1.0))
    assert len(written.rows) == 12
    assert {row[-2:] for row in written.rows} == {(None, None)}
    missing = sum(
        returns.is_missing(f"O{number}", QUARTERS[0], returns.Observation(missing_share=0.25), draws.run_key(*RUN))
        for number in range(2000)
    )
    assert missing / 2000 == pytest.approx(0.25, abs=0.03)


def test_the_latest_quarters_have_no_return_yet():
    ended = returns.returned_quarters(worlds.ORIGIN, date(2021, 2, 15), returns.Observation(arrears_quarters=1))
    assert ended == QUARTERS[:2]
    assert returns.returned_quarters(worlds.ORIGIN, date(2020, 12, 31), TRUE) == QUARTERS
    with pytest.raises(errors.InputError, match="ask for a later day"):
        returns.returned_quarters(worlds.ORIGIN, date(2020, 6, 30), returns.Observation(arrears_quarters=1))


def test_a_return_is_laid_out_as_the_national_file_is():
    written = rows_of()
    assert written.columns == (*returns.ORGANISATION_COLUMNS, "bedside", "kit")
    assert written.rows[0] == (
        "AA",
        "North",
        "O1",
        "O1",
        "O1",
        "2020/21 Q1",
        "Stage 5 - Adoption",
        "Stage 5 - Adoption",
    )


def test_a_site_that_is_not_eligible_is_said_to_be():
    who = worlds.units([(0, 0), (0, 1), (1, 0)])
    assert {row[2]: row[-2:] for row in rows_of(who=who).rows} == {
        "O1": ("Stage 5 - Adoption", "Stage 5 - Adoption"),
        "O2": ("Stage 5 - Adoption", returns.NOT_ELIGIBLE),
    }


def test_organisations_of_several_sites_are_reported_by_site():
    who = worlds.units()
    who = who._replace(organisation=np.zeros_like(who.organisation))
    written = rows_of(who=who, organisation=np.zeros(4, np.int64), attributes={"phase": ("1", "1", "2", "2")})
    assert written.columns[:7] == returns.SITE_COLUMNS
    assert [row[1:6] for row in written.rows[::3]][-1] == ("O1", "O1", "S4", "S4", "2")


def test_a_trust_that_has_merged_since_stands_beside_its_successor():
    written = returns.write_return(
        np.full((3, 8), 5), worlds.units(), worlds.population(psc=np.zeros(4, np.int64)), QUARTERS,
        observation=TRUE, run=RUN, successors={"O1": "O3", "O2": "elsewhere"},
    )  # fmt: skip
    assert [row[2] for row in written.rows[::3]] == ["O2", "O3", "O1", "O4"]

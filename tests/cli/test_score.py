"""`spread score FORECASTS --observed FILE`."""

import json

import pytest

from tests.cli.worlds import AMBITION

FEW = ("--draws", "4", "--replicates", "1", "--workers", "1", "-q")
THREE = "tracheostomy_bedhead_signs+tracheostomy_daily_care_bundle+tracheostomy_emergency_equipment"
OBSERVED = (
    f"date,intervention,measure,group_kind,group,numerator,denominator\n2021-03-31,,all_of:{THREE},national,,5,5\n"
)


@pytest.fixture
def made(spread, tiny):
    assert spread("run", "tiny.toml", *FEW).code == 0
    (tiny / "observed.csv").write_text(OBSERVED)
    return tiny


def test_a_run_is_scored_from_the_record_it_is_in(spread, made):
    ended = spread("score", "results/forecasts.csv", "--observed", "observed.csv", "--format", "json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    (national,) = told["scored"]
    assert (national["ambition"], national["observed"], national["met"]) == (AMBITION, 1.0, True)
    assert national["brier"] == pytest.approx((1 - national["chance"]) ** 2)
    assert national["made_after"]
    assert {one["why"] for one in told["unmatched"]} == {
        "nothing was observed for psc:WX", "nothing was observed for psc:YH",
    }  # fmt: skip


def test_the_table_fits_80_columns_and_lists_what_is_not_scored(spread, made):
    ended = spread("score", "results", "--observed", "observed.csv")
    assert max(map(len, ended.out.splitlines())) <= 80
    for words in ("target met", "2 not scored", "nothing was observed for these", "even odds", "made after the"):
        assert words in ended.out
    assert spread("score", "results", "--observed", "observed.csv", "--format", "csv").out.count("\n") == 2


def test_mistakes_of_both_files_come_together(spread, made):
    record = made / "results" / "forecasts.csv"
    record.write_text(record.read_text().replace("2021-03-31", "2021-03-32"))
    (made / "observed.csv").write_text(OBSERVED.replace(",5,5", ",6,5"))
    ended = spread("score", record, "--observed", "observed.csv")
    assert ended.code == 2
    assert "is not a date" in ended.err
    assert "6 is more than the denominator, 5" in ended.err


def test_a_scenario_that_made_none_is_refused(spread, made):
    ended = spread("score", "results", "--observed", "observed.csv", "--name", "tinny")
    assert (ended.code, "did you mean 'tiny'" in ended.err) == (2, True)

"""`spread since OLD NEW`: two runs on disk, taken apart."""

import json

import pandas as pd
import pytest

FEW = ("--draws", "12", "--replicates", "2", "--workers", "1", "-q")
LATER = """\
schema = 1
name = "later"
base = "tiny.toml"
coaches = 4.0
[start_from]
stages = "stages.csv"
as_of = 2020-09-30
[parameters]
kappa = 1.5
"""


@pytest.fixture
def two(spread, tiny):
    (tiny / "later.toml").write_text(LATER)
    for name, words in (("tiny", ()), ("later", ("--seed", "2"))):
        assert spread("run", f"{name}.toml", *FEW, *words).code == 0
    return tiny


def folder_of(place, name):
    (found,) = (path.parent for path in (place / "results" / name).glob("*/manifest.json"))
    return found


def test_parts_add_up_to_the_change_of_the_stored_answers(spread, two):
    ended = spread("since", "tiny", "later", "--format", "json", "-q")
    assert ended.code == 0, ended.err
    rows = pd.DataFrame(json.loads(ended.out))
    stored = [pd.read_csv(folder_of(two, name) / "ambitions.csv") for name in ("tiny", "later")]
    chances = [table[table.scope == "national"].iloc[-1].chance for table in stored]
    chance = rows[rows.measure == "chance"]
    assert (chance.old.iloc[0], chance.new.iloc[0]) == pytest.approx(chances)
    assert set(chance.part) >= {"data", "plan", "parameters", "luck"}
    assert "denominator" not in set(chance.part)
    for _, mine in rows.groupby("measure"):
        assert mine.share.sum() == pytest.approx((mine.new - mine.old).iloc[0], abs=1e-12)
        assert (mine.low <= mine.share + 1e-12).all()


def test_the_table_fits_80_columns_and_its_points_add_up(spread, two):
    ended = spread("since", "tiny", "later", "-q")
    assert max(map(len, ended.out.splitlines())) <= 80
    lines = ended.out.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("  Chance"))
    moved = float(lines[begin].partition("(")[2].split(" points")[0])
    parts = [float(line.split()[0]) for line in lines[begin + 1 :][:6] if line.startswith("    ") and line.strip()]
    parts = parts[: next((n for n, line in enumerate(lines[begin + 1 :]) if not line.startswith("    ")), len(parts))]
    assert sum(parts) == pytest.approx(moved, abs=1e-9)


def test_one_order_and_all_orders_give_the_same_whole(spread, two):
    answers = {}
    for orders in ("one", "all"):
        rows = pd.DataFrame(
            json.loads(spread("since", "tiny", "later", "--orders", orders, "--format", "json", "-q").out)
        )
        answers[orders] = rows[rows.measure == "value"].set_index("part").share
    assert answers["one"].sum() == pytest.approx(answers["all"].sum())


def test_a_state_that_was_written_over_is_named_and_changed_first(spread, two):
    stages = two / "stages.csv"
    stages.write_text(stages.read_text().replace(",5,", ",7,"))
    ended = spread("since", "later", "tiny", "--format", "json", "-q")
    assert ended.code == 0, ended.err
    assert pd.DataFrame(json.loads(ended.out)).part.iloc[0] == "data"
    told = spread("since", "later", "tiny", "-q").out
    assert "a data file of the old run is not what it was" in told
    assert "has changed" in told


def test_a_state_that_is_gone_is_named_and_changed_first(spread, two):
    (two / "stages.csv").unlink()
    ended = spread("since", "later", "tiny", "-q")
    assert ended.code == 0, ended.err
    assert "a data file of the old run is not what it was" in ended.out
    assert "is gone" in ended.out
    rows = pd.DataFrame(json.loads(spread("since", "later", "tiny", "--format", "json", "-q").out))
    for _, mine in rows.groupby("measure"):
        assert mine.share.sum() == pytest.approx((mine.new - mine.old).iloc[0], abs=1e-12)


def test_where_nothing_can_be_run_the_lost_file_is_named(spread, two):
    (two / "sites.csv").unlink()
    ended = spread("since", "tiny", "later", "-q")
    assert ended.code == 2
    assert "sites" in ended.err
    assert "is gone" in ended.err


def test_a_run_set_against_itself_moves_nothing(spread, two):
    place = folder_of(two, "tiny")
    ended = spread("since", place, place, "-q")
    assert "nothing that moves a number differs" in ended.out


def test_a_name_stands_for_its_latest_run_and_twice_for_its_last_two(spread, two):
    ended = spread("since", "tiny", "tiny", "-q")
    assert (ended.code, "has one run only" in ended.err) == (2, True)
    spread("run", "tiny.toml", *FEW, "--seed", "5")
    ended = spread("since", "tiny", "tiny", "--format", "json", "-q")
    assert set(pd.DataFrame(json.loads(ended.out)).part) == {"luck"}


def test_what_is_no_run_is_refused_with_what_was_meant(spread, two):
    ended = spread("since", "tinny", "later", "-q")
    assert (ended.code, "did you mean 'tiny'" in ended.err) == (2, True)
    ended = spread("since", "tiny", "later", "--for", "psc:Atlantis", "-q")
    assert ended.code == 2


def test_the_run_before_another_is_found_however_that_one_is_named(spread, two):
    before = folder_of(two, "tiny")
    assert spread("run", "tiny.toml", "--draws", "13", "--replicates", "2", "--workers", "1", "-q").code == 0
    (latest,) = (path.parent for path in (two / "results" / "tiny").glob("*/manifest.json") if path.parent != before)
    for new in ("tiny", latest.absolute(), latest.relative_to(two)):
        out = spread("since", "tiny", new, "-q").out
        assert (before.name in out.splitlines()[0], latest.name in out.splitlines()[1]) == (True, True), new

"""`spread hindcast`: the table beside rivals, what is kept, and what is refused."""

import csv
import json

import pytest

from tests.calibration import looking_back

FEW = ("--workers", "1", "-q", "--out", "back")


@pytest.fixture
def observed(tmp_path, monkeypatch):
    """A folder with a world whose past is known, which is where we are; fits are kept small."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "spread.calibration.efforts.EFFORTS", dict.fromkeys(("quick", "usual"), looking_back.WORK.effort)
    )
    looking_back.write_world(tmp_path)
    looking_back.write_counts(tmp_path)
    return tmp_path


def test_every_cut_is_scored_beside_every_rival_and_kept(spread, observed):
    words = ("hindcast", "tiny.toml", "--observed", "observed.csv", "--cut", "2020-12-31", "--cut", "2021-03-31", *FEW)
    ended = spread(*words)
    assert (ended.code, ended.err) == (0, "")
    assert max(len(line) for line in ended.out.splitlines()) <= 80
    assert all(cut in ended.out for cut in ("2020-12-31", "2021-03-31"))
    assert "a straight line on cuts of a series" in " ".join(ended.out.split())
    with (observed / "back" / "scores.csv").open() as stream:
        scored = list(csv.DictReader(stream))
    assert {row["who"] for row in scored} == {"spread", "last_value", "linear", "log_linear", "logistic", "bass"}
    assert len(scored) == 2 * 6
    assert spread(*words).out == ended.out


def test_json_holds_what_the_table_says(spread, observed):
    ended = spread(
        "hindcast", "tiny.toml", "--observed", "observed.csv", "--cut", "2021-03-31", "--format", "json", *FEW
    )
    rows = {row["who"]: row for row in json.loads(ended.out)}
    assert rows["last_value"]["scaled"] == 1.0
    assert rows["spread"]["how"] == "restarted"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--cut", "soon"), "--cut"),
        (("--cut", "2019-01-01"), "leaves nothing to learn from"),
        (("--leave-out", "region:YH"), "says not what to leave out"),
        ((), "give at least one"),
    ],
)
def test_what_leaves_nothing_to_do_is_refused(spread, observed, options, said):
    ended = spread("hindcast", "tiny.toml", "--observed", "observed.csv", *options, *FEW)
    assert ended.code == 2
    assert said in ended.err

"""`spread sensitivity`: what it prints, the folder it keeps, and what it refuses."""

import csv
import io
import json
import re

import pytest

from spread.runs import sample
from spread.scenarios import reading, writing
from tests.cli.worlds import files_in
from tests.decisions import starved

FEW = (
    "--trajectories", "4", "--sets", "8", "--lucks", "2", "--draws", "30", "--replicates", "2", "--workers", "1",
    "--option", "coaches=0",
)  # fmt: skip


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A folder with the starved world in it, which is where we are."""
    starved.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_answer_is_printed_kept_and_read_back(spread, world, monkeypatch):
    ended = spread("sensitivity", "starved.toml", *FEW)
    assert ended.code == 0
    assert ended.out.startswith("Not fitted to data")
    assert "Average time from start to in use" in " ".join(ended.out.split())
    assert "nothing, not one run changed" in " ".join(ended.out.split())
    assert "Of the whole uncertainty of the projected share: luck" in ended.out
    assert "coaches=0: chance" in ended.out
    assert max(len(line) for line in ended.out.splitlines()) <= 80
    (folder,) = (world / "results" / "starved").iterdir()
    assert set(files_in(folder)) == {
        "models.csv", "morris.csv", "scenario.toml", "sensitivity.json", "sobol.csv", "split.csv", "worth.csv",
    }  # fmt: skip

    def never(*_, **__):
        raise AssertionError("computed again")

    monkeypatch.setattr(sample, "gather", never)
    assert spread("sensitivity", "starved.toml", *FEW, "-q").out == ended.out
    told = json.loads(spread("sensitivity", "starved.toml", *FEW, "-q", "--format", "json").out)
    kept = list(csv.DictReader(io.StringIO((folder / "sobol.csv").read_text())))
    assert [float(row["total"]) for row in kept] == [row["total"] for row in told["indices"]]
    assert (
        spread("sensitivity", "starved.toml", *FEW, "-q", "--format", "csv").out == (folder / "sobol.csv").read_text()
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--sets", "100"], "write 64 or 128"),
        (["--ambition", "plane"], "did you mean 'plain'"),
        (["--option", "coachs=3"], "did you mean 'coaches'"),
        (["--option", "coaches=many"], "is not a number"),
        (["--lucks", "1"], "1 is not in the range"),
    ],
)
def test_wrong_words_end_with_2_before_anything_is_done(spread, world, words, said):
    before = files_in(world)
    ended = spread("sensitivity", "starved.toml", *words)
    assert ended.code == 2
    assert said in " ".join(ended.err.split())
    assert files_in(world) == before


def test_where_every_parameter_is_fixed_there_is_nothing_to_find(spread, world):
    resolved = writing.write_resolved(reading.read_scenario("starved.toml"))
    (world / "fixed.toml").write_text(re.sub(r", (low|high|zero) = [-\d.e]+", "", resolved))
    ended = spread("sensitivity", "fixed.toml", *FEW)
    assert (ended.code, "every parameter of this scenario is fixed" in ended.err) == (2, True)

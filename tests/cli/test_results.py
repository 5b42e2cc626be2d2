"""`spread results`: what there is, and what a run said."""

import json
import re

import pytest

from spread.cli import render
from spread.runs import local, sample, working

FEW = ("--draws", "4", "--workers", "1", "-q")


@pytest.fixture
def runs(spread, tiny, monkeypatch):
    """Two finished runs and one that was interrupted half-way."""
    monkeypatch.setattr("spread.cli.plot.draw", lambda *_, **__: ["figure"])
    monkeypatch.setattr(local, "MOST_DRAWS", 2)
    assert spread("run", "tiny.toml", *FEW).code == 0
    assert spread("run", "tiny.toml", *FEW, "--seed", "2").code == 0
    keep = working.Working.keep

    def stop(self, chunk):
        keep(self, chunk)
        self.settle()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(working.Working, "keep", stop)
        assert spread("run", "tiny.toml", *FEW, "--seed", "3").code == 130
    return tiny


def keys(spread):
    return {row["key"]: row for row in json.loads(spread("results", "list", "--format", "json").out)}


def test_no_runs_are_said_to_be_none(spread, tiny):
    assert spread("results", "list").out == "No runs under results/ yet.\n"
    assert json.loads(spread("results", "list", "--format", "json").out) == []


def test_runs_are_listed_finished_and_not_in_80_columns(spread, runs):
    lines = spread("results", "list").out.splitlines()
    assert max(len(line) for line in lines) <= render.WIDTH
    assert len(lines) == 5
    assert sum("unfinished, 50 %" in line for line in lines) == 1
    found = keys(spread).values()
    assert sorted(row["runs"] for row in found) == [4, 8, 8]
    assert sorted(row["share_done"] for row in found) == [0.5, 1.0, 1.0]
    assert all(row["name"] == "tiny" and row["engine"] == "compiled" for row in found)
    finished = [row for row in found if row["share_done"] == 1.0]
    assert all(list(row["chance"]) == ["tracheostomy_march_2021"] for row in finished)


def test_a_run_is_shown_by_its_folder_or_the_first_digits_of_its_key(spread, runs):
    key = next(key for key, row in keys(spread).items() if row["share_done"] == 1.0)
    (runs / "results" / "forecasts.csv").rename(runs / "kept.csv")
    by_key, by_folder = spread("results", "show", key[:6]), spread("results", "show", f"results/tiny/{key}")
    assert by_key == by_folder
    assert not (runs / "results" / "forecasts.csv").exists()
    assert by_key.code == 0
    assert "All sites; 8 runs" in by_key.out
    assert re.search(rf"^  key +{key}$", by_key.out, re.MULTILINE)
    assert "spread 0.1.0" in by_key.out
    assert max(len(line) for line in by_key.out.partition("Where it comes from")[0].splitlines()) <= render.WIDTH
    rows = json.loads(spread("results", "show", key, "--for", "psc:wessex", "--format", "json").out)
    assert {row["scope"] for row in rows} == {"psc:WX"}


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("results/tiny", "there are 2 runs"),
        ("tiny", "did you mean 'results/tiny'?"),
        ("results/tiny/KEY", "did you mean 'results/tiny'?"),
        ("nonesuch", "`spread results list` names those"),
        ("zzz", "no key of a finished run begins"),
        (".", "no finished run here"),
    ],
)
def test_a_run_that_is_not_one_is_refused(spread, runs, which, said):
    ended = spread("results", "show", which)
    assert ended.code == 2
    assert said in ended.err


def test_an_unfinished_run_cannot_be_shown(spread, runs):
    key = next(key for key, row in keys(spread).items() if row["share_done"] < 1.0)
    assert spread("results", "show", key).code == 2


def test_a_dry_run_says_what_is_there(spread, runs, monkeypatch):
    monkeypatch.setattr(sample, "gather", None)
    assert "finished: it is read back" in spread("run", "tiny.toml", *FEW, "--dry-run").out
    assert "; 4 runs are there" in spread("run", "tiny.toml", *FEW, "--seed", "3", "--dry-run").out

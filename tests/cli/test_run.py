"""`spread run`: the answer, the folder, and every way it can end."""

import errno
import json

import pandas as pd
import pytest

from spread import errors, files
from spread.cli import main
from spread.outcomes import tables
from spread.runs import answers, sample
from tests.cli.worlds import AMBITION, files_in

FEW = ("--draws", "2", "--replicates", "1", "--workers", "1", "-q")
TABLES = {
    "adoption.parquet", "ambitions.csv", "bottlenecks.csv", "costs.csv", "exceedance.csv", "gaps.csv", "joint.csv",
    "parameters.parquet", "run_values.parquet", "sites.parquet", "summary.csv",
}  # fmt: skip
DOCUMENTS = {"manifest.json", "scenario.toml", "headline.json"}


def run_folder(folder):
    (found,) = (folder / "results" / "tiny").iterdir()
    return found


@pytest.fixture
def pretend(monkeypatch):
    """Figures that are not drawn, and a chance of one half for every ambition."""
    monkeypatch.setattr("spread.cli.plot.draw", lambda *_, **__: ["figure"])
    assess = answers.assess

    def half(job, chunks):
        found = assess(job, chunks)
        return {**found, "ambitions": found["ambitions"].assign(chance=0.5)}

    monkeypatch.setattr(answers, "assess", half)


def test_a_run_prints_the_answer_and_writes_every_file_with_the_contracts_columns(spread, tiny):
    ended = spread("run", "tiny.toml", *FEW, "--events", "--for", "psc:wessex")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Not fitted to data")
    assert "Wessex; 2 runs" in ended.out
    assert max(len(line) for line in ended.out.splitlines()) <= 80
    folder = run_folder(tiny)
    figures = {
        f"figures/{stem}.{kind}" for stem in ("curves", "curves-psc-WX") for kind in ("svg", "png", "csv", "txt")
    }
    chunk = "draws/000000-000001.arrow"
    assert set(files_in(folder)) == TABLES | DOCUMENTS | {"events.parquet", chunk} | figures
    for name in (*TABLES, "events.parquet"):
        table = pd.read_csv(folder / name) if name.endswith("csv") else pd.read_parquet(folder / name)
        declared = tables.columns(name.split(".")[0])
        assert tuple(table.columns)[: len(declared)] == declared
    assert len((tiny / "results" / "forecasts.csv").read_text().splitlines()) == 4


def test_the_same_run_has_the_same_values_whoever_does_the_work(spread, tiny):
    spread("run", "tiny.toml", *FEW)
    first = json.loads((run_folder(tiny) / "manifest.json").read_text())
    assert spread("run", "tiny.toml", *FEW, "--workers", "2").code == 0
    assert json.loads((run_folder(tiny) / "manifest.json").read_text()) == first
    assert spread("run", "tiny.toml", *FEW, "--workers", "2", "--force").code == 0
    again = json.loads((run_folder(tiny) / "manifest.json").read_text())
    assert first["content_hash"] == again["content_hash"]


def test_the_resolved_scenario_runs_again_under_the_same_key(spread, tiny, pretend):
    spread("run", "tiny.toml", *FEW)
    resolved = run_folder(tiny) / "scenario.toml"
    assert run_folder(tiny).name in spread("run", resolved, *FEW, "--dry-run", "--force").out


def test_a_run_from_stages_is_another_run(spread, tiny, pretend):
    spread("run", "tiny.toml", *FEW)
    assert spread("run", "tiny.toml", *FEW, "--from", "stages.csv", "--as-of", "2020/21 Q2").code == 0
    assert len(list((tiny / "results" / "tiny").iterdir())) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "stages.csv"], "go together"),
        (["--from", "none.csv", "--as-of", "2020-09-30"], "no such file"),
        (["--from", "stages.csv", "--as-of", "soon"], "is not a date"),
        (["--from", "stages.csv", "--as-of", "2031-03-31"], "outside the run"),
        (["--for", "psc:Wesex"], "no collaborative 'Wesex'"),
        (["--for", "psc:EAST"], "no collaborative 'EAST'"),
        (["--require", "tracheostomy>=0.5"], "no ambition 'tracheostomy'"),
        (["--require", f"{AMBITION}@2022-03>=0.5"], "2022-03-31 is no deadline of it"),
        (["--require", f"{AMBITION}>=80"], "not between 0 and 1"),
        (["--out", "."], "not a run folder"),
    ],
)
def test_wrong_words_end_with_2_before_anything_is_done(spread, tiny, pretend, words, said):
    before = files_in(tiny)
    ended = spread("run", "tiny.toml", *FEW, *words)
    assert ended.code == 2
    assert said in ended.err
    assert files_in(tiny) == before


def test_a_dry_run_writes_nothing(spread, tiny, pretend):
    before = files_in(tiny)
    ended = spread("run", "tiny.toml", *FEW, "--dry-run")
    assert (ended.code, files_in(tiny)) == (0, before)
    assert "2 runs (2 draws x 1)" in ended.out


@pytest.mark.parametrize(("gate", "code"), [("0.5", 0), ("0.51", 4)])
def test_a_required_chance_decides_the_exit_code(spread, tiny, pretend, gate, code):
    ended = spread("run", "tiny.toml", *FEW, "--require", f"{AMBITION}@2021-03>={gate}")
    assert ended.code == code
    assert ("Not met" in ended.err) == (code == 4)


def test_an_interruption_before_the_first_draw_leaves_nothing(spread, tiny, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(sample, "gather", interrupt)
    before = files_in(tiny)
    assert spread("run", "tiny.toml", *FEW).code == main.INTERRUPTED
    assert files_in(tiny) == before


def test_a_full_disk_ends_with_5_and_leaves_nothing(spread, tiny, pretend, monkeypatch):
    def full(_file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "settle_file", full)
    before = files_in(tiny)
    ended = spread("run", "tiny.toml", *FEW)
    assert ended.code == errors.MachineError.exit_code
    assert "No space left on device" in ended.err
    assert files_in(tiny) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--precision", "0.02", "--draws", "5"], "leave --draws out"),
        (["--precision", "0"], "0.0<x<=0.5"),
        (["--precision", "2"], "0.0<x<=0.5"),
        (["--engine", "steam"], "'compiled', 'process'"),
    ],
)
def test_what_does_not_go_together_is_refused(spread, tiny, words, said):
    ended = spread("run", "tiny.toml", *words)
    assert ended.code == 2
    assert said in " ".join(ended.err.split())
    assert not (tiny / "results").exists()


def test_a_precision_needs_a_chance(spread, tiny):
    unaimed = tiny / "unaimed.toml"
    unaimed.write_text((tiny / "tiny.toml").read_text() + f"[ambitions]\n{AMBITION} = false\n")
    ended = spread("run", unaimed, "--precision", "0.1", "-q")
    assert ended.code == 2
    assert "no ambition whose chance is assessed" in ended.err


def test_out_is_the_run_folder_itself(spread, tiny, pretend):
    assert spread("run", "tiny.toml", *FEW, "--out", "here").code == 0
    assert (tiny / "here" / "manifest.json").is_file()
    ended = spread("run", "tiny.toml", *FEW, "--out", "here", "--seed", "2")
    assert ended.code == 2
    assert "holds another run" in ended.err
    assert spread("run", "tiny.toml", *FEW, "--out", "here", "--seed", "2", "--force").code == 0


def test_every_mistake_of_a_file_is_said_at_once_and_nothing_is_written(spread, tiny):
    text = (tiny / "tiny.toml").read_text()
    (tiny / "bad.toml").write_text('supprt = "light"\npush = "shove"\n' + text)
    before = files_in(tiny)
    ended = spread("run", "bad.toml", *FEW)
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 2
    assert "bad.toml:1: supprt" in ended.err
    assert "support" in ended.err
    assert files_in(tiny) == before

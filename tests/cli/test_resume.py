"""Every long answer goes on where it was stopped, to the same numbers, and simulates only what is missing."""

import json
from pathlib import Path

import pytest

from spread.runs import local, replicate
from tests.calibration import looking_back

QUESTIONS = {
    "find": ("--lever", "coaches", "--chance", "0.5", "--draws", "40"),
    "target": ("--amount", "1 WTE", "--draws", "10"),
    "sensitivity": ("--trajectories", "2", "--sets", "8", "--lucks", "2", "--draws", "30", "--option", "coaches=0"),
    "hindcast": ("--observed", "observed.csv", "--cut", "2020-12-31"),
}
PASSING = ("wall_seconds", "simulating_seconds")


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A folder with a world whose past is known, which is where we are; figures are not drawn, fits are small."""
    monkeypatch.chdir(tmp_path)
    looking_back.write_world(tmp_path)
    looking_back.write_counts(tmp_path)
    small = looking_back.WORK.effort
    monkeypatch.setattr("spread.calibration.efforts.EFFORTS", dict.fromkeys(("quick", "usual"), small))
    monkeypatch.setattr("spread.cli.find.draw", lambda *_, **__: [])
    monkeypatch.setattr("spread.cli.target.draw", lambda *_, **__: [])
    monkeypatch.setattr(local, "MOST_DRAWS", 5)
    return tmp_path


@pytest.fixture
def simulating(monkeypatch):
    """Counts draws simulated, and is stopped by Ctrl-C before the one it is told."""
    state, real = {"draws": 0, "stop": None}, replicate.run_chunk

    def run_chunk(job, first_draw, draw_count, bench):
        if state["stop"] is not None and state["draws"] >= state["stop"]:
            raise KeyboardInterrupt
        state["draws"] += draw_count
        return real(job, first_draw, draw_count, bench)

    monkeypatch.setattr(replicate, "run_chunk", run_chunk)
    return state


def answer_of(spread, kind, folder):
    words = (kind, "tiny.toml", *QUESTIONS[kind], "--workers", "1", "-q", "--out", folder)
    ended = spread(*words)
    if ended.code != 0:
        return ended, None
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    document = json.loads((Path(folder) / f"{kind}.json").read_text())
    told = {name: value for name, value in document.items() if name not in PASSING}
    return ended, (told, [(path.name, path.read_bytes()) for path in files if path.suffix == ".csv"])


@pytest.mark.parametrize("kind", QUESTIONS)
def test_an_answer_stopped_by_ctrl_c_goes_on_to_the_same_numbers(spread, world, simulating, kind):
    _, wanted = answer_of(spread, kind, "alone")
    whole, simulating["draws"] = simulating["draws"], 0
    simulating["stop"] = whole // 2
    stopped, _ = answer_of(spread, kind, "again")
    assert stopped.code == 130
    assert "the same command goes on" in stopped.err
    assert not Path("again").exists()
    done, simulating["stop"] = simulating["draws"], None
    ended, found = answer_of(spread, kind, "again")
    assert ended.code == 0
    assert found == wanted
    assert 0 < done < whole
    assert simulating["draws"] == whole
    assert not Path("again.partial").exists()

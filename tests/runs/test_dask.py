"""A cluster that runs Dask: the same values, workers that die, and plain words when it cannot be used."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from spread import errors
from spread.cli import main
from spread.runs import dask, local
from tests.verification import kills, sameness

distributed = pytest.importorskip("distributed")
DRAWS = 40


@pytest.fixture(scope="module")
def cluster():
    """Two processes of a thread each."""
    with sameness.small_cluster(2) as started:
        yield started


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The world of five sites, a draw a chunk, which is where we are; figures are not drawn."""
    kills.make_world(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("spread.cli.plot.draw", lambda *_, **__: ["figure"])
    monkeypatch.setattr(local, "MOST_DRAWS", 1)
    monkeypatch.setattr(local, "SHORT_SECONDS", 0.0)
    return tmp_path


def run(out, *words):
    code = main.exit_code(lambda: main.invoke(["run", "tiny.toml", "--draws", str(DRAWS), "--out", out, *words, "-q"]))
    manifest = Path(out) / "manifest.json"
    return code, json.loads(manifest.read_text())["content_hash"] if manifest.exists() else None


def test_a_cluster_gives_the_values_of_this_machine_though_a_worker_is_killed(cluster, here, monkeypatch):
    wanted = run("alone", "--workers", "1")
    assert run("there", "--executor", "dask", "--scheduler", cluster.scheduler_address) == wanted
    from spread.runs import working

    kept = []
    real = working.Working.keep

    def keep(self, chunk):
        kept.append(chunk.first_draw)
        if len(kept) == 3:
            with distributed.Client(cluster, set_as_default=False) as client:
                victim = next(iter(client.run(os.getpid).values()))
            os.kill(victim, signal.SIGKILL)
        real(self, chunk)

    monkeypatch.setattr(working.Working, "keep", keep)
    assert run("again", "--scheduler", cluster.scheduler_address) == wanted
    assert sorted(kept) == list(range(DRAWS))


def test_a_scheduler_that_is_lost_ends_with_5_and_the_run_goes_on_elsewhere(here, monkeypatch, capsys):
    from spread.runs import working

    real = working.Working.keep
    with sameness.small_cluster(1) as cluster:

        def keep(self, chunk):
            real(self, chunk)
            if chunk.first_draw == 2:
                cluster.close()

        monkeypatch.setattr(working.Working, "keep", keep)
        assert run("lost", "--scheduler", cluster.scheduler_address) == (5, None)
    said = capsys.readouterr().err
    assert "what was finished is kept, and the same command goes on" in said
    assert len(said.splitlines()) <= 3
    assert list(Path("lost.partial/draws").glob("*.arrow"))
    monkeypatch.setattr(working.Working, "keep", real)
    assert run("lost", "--workers", "1") == run("alone", "--workers", "1")


def test_what_dask_makes_of_a_piece_finished_as_its_scheduler_is_lost_is_said_as_the_loss():
    def work(there):
        own.close()
        while there.executor._client.status == dask.RUNNING:
            time.sleep(0.05)
        raise ValueError("too many values to unpack (expected 3)")

    with sameness.small_cluster(1) as own, pytest.raises(errors.MachineError, match="lost what was doing the work"):
        in_cluster(own, work)
    with sameness.small_cluster(1) as own, pytest.raises(ValueError, match="our own"):
        in_cluster(own, lambda _: int("our own"))


def in_cluster(own, work):
    with dask.cluster(own.scheduler_address) as there:
        work(there)


def test_no_scheduler_is_said_within_seconds(here, capsys, monkeypatch):
    monkeypatch.setattr("spread.runs.dask.CONNECT_SECONDS", 1)
    began = time.monotonic()
    assert run("nobody", "--scheduler", "tcp://127.0.0.1:9")[0] == 5
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--executor", "dask"), "needs --scheduler ADDRESS"),
        (("--scheduler", "nonsense://x"), "no Dask scheduler answers at nonsense://x"),
        (("--scheduler", "missing.json"), "no such file"),
    ],
)
def test_an_address_that_is_none_is_refused(here, capsys, monkeypatch, words, said):
    monkeypatch.setattr("spread.runs.dask.CONNECT_SECONDS", 1)
    code, _ = run("nobody", *words)
    assert code in (2, 5)
    assert said in capsys.readouterr().err
    assert not Path("nobody").exists()


def test_without_dask_its_install_line_is_printed(here, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert run("nobody", "--scheduler", "tcp://127.0.0.1:8786")[0] == 2
    assert "pip install 'spread[dask]'" in capsys.readouterr().err

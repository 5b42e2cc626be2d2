"""One process at a time has a run, and a killed one has none."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from spread import errors
from spread.runs import folders

HOLD = """
import sys, time, pathlib
from spread.runs import folders
with folders.held(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of a run."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-c", HOLD, tmp_path / "run"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_run_held_by_another_process_is_refused_with_its_number(tmp_path, holder):
    with pytest.raises(errors.MachineError, match=f"process {holder.pid} .since "):
        folders.held(tmp_path / "run", wait=False).__enter__()
    assert folders.is_held(tmp_path / "run")


def test_the_lock_of_a_killed_process_is_free(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with folders.held(tmp_path / "run", wait=False):
        pass
    assert list(tmp_path.iterdir()) == []


def test_who_waits_is_told_for_whom_and_comes_next(tmp_path):
    said, order = [], []
    with folders.held(tmp_path / "run"):
        waiting = threading.Thread(target=_hold, args=(tmp_path / "run", said, order))
        waiting.start()
        while not said:
            time.sleep(0.01)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]
    assert said == [f"Waiting for process {os.getpid()} (since {_now()}), which is computing {tmp_path / 'run'}"]
    assert list(tmp_path.iterdir()) == []


def _hold(folder, said, order):
    with folders.held(folder, say=said.append):
        order.append("second")


def _now():
    return time.strftime("%d %B, %H:%M")


def test_no_two_of_many_have_it_at_once(tmp_path):
    inside, most = [], []

    def work():
        for _ in range(5):
            with folders.held(tmp_path / "run"):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.001)
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 30


@pytest.mark.parametrize("said", [{"data_files": [5]}, {"posterior": {"a": 1}}, {"posterior_folder": 7}, {"key": 1}])
def test_a_manifest_that_says_things_of_other_kinds_is_of_no_run(tmp_path, said):
    usual = {"key": "k", "name": "n", "draws": 1, "replicates": 1, "data_files": {}, "posterior": None}
    place = tmp_path / folders.MANIFEST
    place.write_text(json.dumps(usual))
    assert folders.manifest_there(tmp_path) == usual
    place.write_text(json.dumps({**usual, **said}))
    assert folders.manifest_there(tmp_path) is None

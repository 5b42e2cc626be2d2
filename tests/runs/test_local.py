"""Workers are deaf to Ctrl-C, stopped at once when it comes, and their death is said plainly."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from spread import errors
from spread.runs import local

IS_DEAF = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))"


@pytest.mark.parametrize(
    ("gaps", "size", "pieces"),
    [
        ([(0, 5)], 2, [(0, 2), (2, 2), (4, 1)]),
        ([(2, 1), (7, 4)], 3, [(2, 1), (7, 3), (10, 1)]),
        ([(0, 4)], 50, [(0, 4)]),
        ([], 50, []),
    ],
)
def test_gaps_are_cut_into_pieces_of_consecutive_draws(gaps, size, pieces):
    assert local.cut(gaps, size) == pieces


def a_job(units, once_bytes, draw_bytes, monkeypatch):
    monkeypatch.setattr(local, "chunk_bytes", lambda job, draws: once_bytes + draw_bytes * draws)
    return SimpleNamespace(world=SimpleNamespace(units=SimpleNamespace(site=range(units))), replicates=2)


@pytest.mark.parametrize(
    ("units", "once_bytes", "draw_bytes", "draws"),
    [
        (500, 10_000, 10_000, 50),
        (500, 0, 400_000, 5),
        (100_000, 12_000_000, 4_000_000, 3),
        (1_000_000, 12_000_000, 4_000_000, 1),
        (500, 100, 100_000_000, 1),
    ],
)
def test_a_chunk_is_small_unless_most_of_it_were_what_any_chunk_holds(
    units, once_bytes, draw_bytes, draws, monkeypatch
):
    assert local.chunk_draws(a_job(units, once_bytes, draw_bytes, monkeypatch), "compiled") == draws


@pytest.mark.parametrize(("units", "pieces"), [(500, [(0, 4)]), (500_000, [(0, 2), (2, 2)])])
def test_long_pieces_are_cut_again_where_somebody_would_have_nothing_to_do(units, pieces, monkeypatch):
    job = a_job(units, 0, 1, monkeypatch)
    assert local.share_out(job, [(0, 4)], "compiled", 2) == pieces


def test_a_worker_that_dies_is_the_machines_fault():
    with pytest.raises(errors.MachineError, match="fewer workers need less"), local.worker_pool(None, 2) as pool:
        pool.submit(os._exit, 1).result()
    assert multiprocessing.active_children() == []


def test_an_interruption_does_not_wait_for_workers():
    def work():
        with local.worker_pool(None, 2) as pool:
            pool.submit(time.sleep, 600)
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        work()
    assert time.monotonic() - began < 60
    assert multiprocessing.active_children() == []


def test_processes_started_by_others_are_left_alone():
    theirs = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,))
    theirs.start()
    with pytest.raises(KeyboardInterrupt), local.worker_pool(None, 2):
        raise KeyboardInterrupt
    assert theirs.is_alive()
    theirs.kill()
    theirs.join()


@pytest.fixture
def hears_ctrl_c():
    """A terminal's way: a shell starts what it puts in the background with Ctrl-C ignored."""
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, earlier)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_an_interruption_while_workers_start_is_answered_when_they_have():
    steps = []

    def start():
        with local.interrupts_held():
            os.kill(os.getpid(), signal.SIGINT)
            steps.append(subprocess.check_output([sys.executable, "-c", IS_DEAF], text=True).strip())

    with pytest.raises(KeyboardInterrupt):
        start()
    assert steps == ["True"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_script_without_a_main_guard_is_not_run_again_by_its_workers(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import os\n"
        "print('ran')\n"
        "from spread.runs import local\n"
        "with local.worker_pool(None, 2) as pool, local.main_hidden():\n"
        "    print(pool.submit(os.getpid).result() != os.getpid())\n"
        "import __main__\n"
        "print(__main__.__file__ == __file__)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, env=environment)
    assert (ran.stdout.split(), ran.stderr) == (["ran", "True", "True"], "")

"""Ctrl-C in the middle of a run: prompt, and what is kept is said."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spread.cli import keeping
from spread.model import compiling
from spread.runs import working
from tests.cli.worlds import files_in

ROOT = Path(__file__).parents[2]
SOON_SECONDS = 20.0
# A shell starts what it puts in the background with Ctrl-C ignored; a terminal does not.
RUN = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from spread.cli.main import main; "
    "main(['run', 'tiny.toml', '--draws', '100000', '--workers', '{workers}', '--engine', '{engine}'])"
)


@pytest.mark.skipif(os.name != "posix", reason="process groups")
@pytest.mark.parametrize("engine", ["compiled", "process"])
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("after_seconds", [1.0, 6.0])
def test_a_run_ends_with_130_soon_after_ctrl_c(tiny, workers, after_seconds, engine):
    _interrupt_a_run(tiny, workers, after_seconds, engine, {})


@pytest.mark.skipif(os.name != "posix", reason="process groups")
@pytest.mark.parametrize("workers", [1, 2])
def test_also_while_the_model_is_compiled(tiny, tmp_path_factory, workers):
    nothing_compiled = tmp_path_factory.mktemp("cache")
    _interrupt_a_run(tiny, workers, 7.0, "compiled", {compiling.FOLDER_VARIABLE: str(nothing_compiled)})


def _interrupt_a_run(tiny, workers, after_seconds, engine, variables):
    before = files_in(tiny)
    words = [sys.executable, "-c", RUN.format(workers=workers, engine=engine)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, start_new_session=True, env=environment) as run:
        time.sleep(after_seconds)
        # As a terminal does: to every process of the group.
        os.killpg(run.pid, signal.SIGINT)
        try:
            _, said = run.communicate(timeout=SOON_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            raise
    assert run.returncode == 130
    said = said.replace(f"{keeping.COMPILING}\n", "")
    if files_in(tiny) == before:
        assert said == "Interrupted: nothing half-written is left behind.\n"
    else:
        kept = re.fullmatch(r"Interrupted: ([\d,]+) of 200,000 runs are kept; the same command goes on .*\n", said)
        assert kept is not None
        assert int(kept[1].replace(",", "")) > 0
        assert {path for path in files_in(tiny) if not path.startswith("results/tiny/")} == set(before)


def test_one_that_comes_as_the_working_folder_is_begun_leaves_none(spread, tiny, monkeypatch):
    before, begin = files_in(tiny), working.Working.__init__

    def interrupted(self, *words, **named):
        begin(self, *words, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(working.Working, "__init__", interrupted)
    ended = spread("run", "tiny.toml")
    assert (ended.code, ended.err) == (130, "Interrupted: nothing half-written is left behind.\n")
    assert files_in(tiny) == before


def test_a_folder_in_the_way_that_is_not_ours_stays(tiny):
    place = tiny / "mine.partial"
    place.mkdir()
    (place / "notes.txt").write_text("mine")
    working.discard_empty(tiny / "mine")
    assert (place / "notes.txt").read_text() == "mine"

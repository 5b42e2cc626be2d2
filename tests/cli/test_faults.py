"""A disk that refuses, Ctrl-C at a write, nobody who reads: a command ends as it promises, and nothing is lost."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from spread.cli import main
from tests.verification import refusing

ROOT = Path(__file__).parents[2]
NO_ROOM = "No space left on device"
SPREAD = [sys.executable, "-c", "import sys; from spread.cli.main import main; main(sys.argv[1:])"]
linux = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full")


def ended_in_shell(words, redirected):
    """A command with its streams as a shell redirects them."""
    line = f"{shlex.join([*SPREAD, *words])} {redirected}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=environment, check=False)


@pytest.mark.skipif(not refusing.can_refuse(), reason="needs Linux and gcc")
def test_a_refused_write_ends_plainly_and_loses_nothing():
    words = ["--most", "2", "--kinds", "full", "Ctrl-C", "--", "run", "network export", "scenario new"]
    tried = [sys.executable, "-m", "tests.verification.faults", *words]
    ended = subprocess.run(tried, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout.splitlines()[-1:]) == (0, ["0 failures"]), ended.stdout + ended.stderr


@linux
@pytest.mark.parametrize(
    ("redirected", "code", "said"),
    [
        (">&-", 0, ""),
        (">/dev/full", 5, f"The machine refused: {NO_ROOM}: stdout\n"),
        (">/dev/full 2>/dev/full", 5, ""),
        (">&- 2>&-", 0, ""),
    ],
)
def test_what_cannot_be_printed_is_said_where_it_can_be(redirected, code, said):
    ended = ended_in_shell(["scenario", "list"], redirected)
    assert (ended.returncode, ended.stderr) == (code, said)


@linux
def test_talk_that_nobody_hears_does_not_end_the_work(tmp_path):
    place = tmp_path / "october.toml"
    ended = ended_in_shell(
        ["scenario", "new", "october", "--base", "tracheostomy-standard", "--out", str(place)], "2>/dev/full"
    )
    assert ended.returncode == 0
    assert place.exists()


def test_bad_input_is_bad_input_where_nobody_hears_it(monkeypatch):
    def refuse(*_, **__):
        raise BrokenPipeError

    monkeypatch.setattr("click.exceptions.UsageError.show", refuse)
    assert main.exit_code(lambda: main.invoke(["rum"])) == 2

"""Progress: how far, how long still, and only where somebody looks."""

import io
import sys

import pytest

from spread.cli import progress


@pytest.mark.parametrize(
    ("done", "elapsed_seconds", "said"),
    [
        (0, 3.0, "0 of 1,000 runs"),
        (250, 10.0, "250 of 1,000 runs, 30 s left"),
        (250, 100.0, "250 of 1,000 runs, 5 min left"),
        (999, 10.0, "999 of 1,000 runs, 1 s left"),
        (1000, 10.0, "1,000 of 1,000 runs"),
    ],
)
def test_an_estimate_is_said_in_words(done, elapsed_seconds, said):
    assert progress.say_progress(done, 1000, elapsed_seconds=elapsed_seconds) == said


@pytest.mark.parametrize(
    ("done", "said"), [(400, "400 of 1,000 runs"), (500, "500 of 1,000 runs, 50 s left"), (1000, "1,000 of 1,000 runs")]
)
def test_what_was_there_before_says_nothing_of_the_time_left(done, said):
    assert progress.say_progress(done, 1000, elapsed_seconds=10.0, before=400) == said


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_is_drawn_on_a_terminal_and_nowhere_else(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    for stream, quiet, is_drawn in (
        (Terminal(), False, True),
        (Terminal(), True, False),
        (io.StringIO(), False, False),
    ):
        monkeypatch.setattr(sys, "stderr", stream)
        with progress.shown(title="tiny", quiet=quiet) as report:
            report(2, 10, "")
            report(5, 10, "±3.1 points")
        assert ("5 of 10 runs, 1 s left; ±3.1 points" in stream.getvalue()) == is_drawn

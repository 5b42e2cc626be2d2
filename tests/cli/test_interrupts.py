"""Ctrl-C that lands in a callback from C code is answered all the same."""

import contextlib
import ctypes
import signal
import sys
import threading
import time

import pytest

from spread.cli import interrupts, main, progress

callback = ctypes.CFUNCTYPE(None)


@pytest.fixture(autouse=True)
def as_in_a_terminal():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@callback
def interrupt_inside():
    signal.raise_signal(signal.SIGINT)


def go_on_after_one() -> int:
    interrupt_inside()
    time.sleep(20)
    return 0


def test_an_interrupt_lost_in_a_callback_comes_again():
    began = time.perf_counter()
    assert main.exit_code(go_on_after_one) == main.INTERRUPTED
    assert time.perf_counter() - began < 10


def test_an_error_that_follows_from_a_lost_interrupt_is_the_interrupt(capsys):
    def break_down() -> int:
        interrupt_inside()
        raise RuntimeError("what the callback should have made is not there")

    assert main.exit_code(break_down) == main.INTERRUPTED
    assert capsys.readouterr().err == "Interrupted: nothing half-written is left behind.\n"


def test_work_ends_though_a_library_caught_the_interrupt():
    done = []

    def work() -> int:
        with progress.shown(title="work", quiet=True) as report, contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        for step in range(3):
            report(step, 3)
            done.append(step)
        return 0

    assert main.exit_code(work) == main.INTERRUPTED
    assert done == []
    assert main.exit_code(lambda: 0) == 0


def test_without_an_interrupt_errors_are_as_they_were():
    with pytest.raises(RuntimeError, match="ours"), interrupts.none_lost():
        raise RuntimeError("ours")


def test_nothing_is_left_behind():
    report, threads_before = sys.unraisablehook, set(threading.enumerate())
    assert main.exit_code(go_on_after_one) == main.INTERRUPTED
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert sys.unraisablehook is report
    ours = set(threading.enumerate()) - threads_before
    for thread in ours:
        thread.join(timeout=10)
    assert not any(thread.is_alive() for thread in ours)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_other_things_lost_are_reported_as_before(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    @callback
    def fail() -> None:
        raise ValueError("not ours to answer")

    with interrupts.none_lost():
        fail()
    assert [one.exc_type for one in told] == [ValueError]


def test_one_that_comes_while_it_is_put_off_is_answered_at_the_end():
    inside, ended = threading.Event(), []

    def load() -> None:
        with interrupts.put_off():
            inside.set()
            time.sleep(1)
            ended.append("loading")

    def work() -> int:
        thread = threading.Thread(target=load)
        thread.start()
        inside.wait()
        try:
            signal.raise_signal(signal.SIGINT)
            ended.append("the step that was interrupted")
            time.sleep(20)
        finally:
            thread.join()
        return 0

    assert main.exit_code(work) == main.INTERRUPTED
    assert ended == ["the step that was interrupted", "loading"]


def test_what_is_ignored_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with interrupts.none_lost():
        signal.raise_signal(signal.SIGINT)

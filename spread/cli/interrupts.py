"""Ctrl-C, answered wherever it lands.

Python raises it between any two steps of the main thread. Some are bad ones: callbacks from C code and finalisers,
where it is reported and forgotten; libraries that catch everything; an import beside an import in another thread,
where a lock would stay taken.
"""

import _thread
import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

AGAIN_SECONDS: Final = 0.05
"""Long enough to be out of the callback."""

_busy = threading.Lock()
_waits = threading.Event()
_raised = threading.Event()


@contextlib.contextmanager
def none_lost() -> Iterator[None]:
    """Interrupt again where Python only reports an interrupt and goes on, and wait where one is put off.

    Compiling has such callbacks. It would go on, or end in an error for want of what the callback should have done:
    that error is the interrupt too.

    Raises
    ------
    KeyboardInterrupt
        In the main thread, a moment after one was lost, or in place of an error after that.
    """
    again: list[threading.Timer] = []
    _raised.clear()
    report = sys.unraisablehook

    def hear(lost: "UnraisableHookArgs") -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            report(lost)
            return
        again.append(threading.Timer(AGAIN_SECONDS, _interrupt))
        again[-1].daemon = True
        again[-1].start()

    sys.unraisablehook = hear
    try:
        with _answered():
            yield
    except Exception as error:
        if _raised.is_set():
            raise KeyboardInterrupt from error
        raise
    finally:
        sys.unraisablehook = report
        for timer in again:
            timer.cancel()


def raise_lost() -> None:
    """Raise one that was raised before and yet we are here: to be called where long work goes on.

    Raises
    ------
    KeyboardInterrupt
        When there was one.
    """
    if _raised.is_set():
        raise KeyboardInterrupt


@contextlib.contextmanager
def put_off() -> Iterator[None]:
    """While another thread does this, for a second or two, Ctrl-C waits; it is answered at the end."""
    with _busy:
        yield
    if _waits.is_set():
        _waits.clear()
        _interrupt()


@contextlib.contextmanager
def _answered() -> Iterator[None]:
    """Have `_answer` answer Ctrl-C, unless it is ignored, or answered by somebody else."""
    is_ours = threading.current_thread() is threading.main_thread()
    if not is_ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, _answer)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _answer(_number: int, _frame: FrameType | None) -> None:
    # In this order: `put_off` looks for one that waits after it is no longer busy, and takes it if it is there.
    _waits.set()
    if not _busy.locked() and _waits.is_set():
        _waits.clear()
        _raised.set()
        raise KeyboardInterrupt


def _interrupt() -> None:
    """Interrupt the main thread, waking it if it waits, where the system can."""
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()

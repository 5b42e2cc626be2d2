"""Progress with an estimate of the time left: on stderr, and only on a terminal."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from spread.cli import interrupts

Progress = Callable[[int, int, str], None]

BAR_WIDTH = 16
MINUTE_SECONDS = 60


@contextlib.contextmanager
def shown(*, title: str, quiet: bool = False) -> Iterator[Progress]:
    """Give a function ``progress(done, total, note)`` that draws a bar where somebody would see it.

    What is done at its first call was there before, and says nothing of the time left. It ends work that goes on
    although Ctrl-C was pressed.
    """
    if quiet or not sys.stderr.isatty():
        yield _report_nothing
        return
    from rich import console, progress

    bar = progress.Progress(
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(bar_width=BAR_WIDTH),
        progress.TextColumn("{task.fields[said]}", markup=False),
        console=console.Console(stderr=True),
        transient=True,
    )
    began: dict[str, tuple[int, float]] = {}
    with bar:
        task = bar.add_task(title, total=None, said="starting")

        def report(done: int, total: int, note: str = "") -> None:
            interrupts.raise_lost()
            before, since = began.setdefault("first", (done, time.monotonic()))
            said = say_progress(done, total, elapsed_seconds=time.monotonic() - since, before=before)
            bar.update(task, completed=done, total=total, said=f"{said}; {note}" if note else said)

        yield report


def _report_nothing(_done: int, _total: int, _note: str = "") -> None:
    interrupts.raise_lost()


def say_progress(done: int, total: int, *, elapsed_seconds: float, before: int = 0) -> str:
    """How many runs are done and how long the others will take: ``120 of 1,000 runs, 3 min left``.

    `before` of them were there before this run began.
    """
    runs = f"{done:,} of {total:,} runs"
    if done <= before or done == total:
        return runs
    left = elapsed_seconds * (total - done) / (done - before)
    return (
        f"{runs}, {max(round(left), 1)} s left"
        if left < MINUTE_SECONDS
        else f"{runs}, {round(left / MINUTE_SECONDS)} min left"
    )

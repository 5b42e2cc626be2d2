"""Progress with an estimate of the time left: on stderr, and only on a terminal."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

Progress = Callable[[int, int], None]

BAR_WIDTH = 16
MINUTE_SECONDS = 60


@contextlib.contextmanager
def shown(*, title: str, quiet: bool = False) -> Iterator[Progress | None]:
    """Give a function ``progress(done, total)`` that draws a bar; None when nobody would see it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich import console, progress

    bar = progress.Progress(
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(bar_width=BAR_WIDTH),
        progress.TextColumn("{task.fields[said]}", markup=False),
        console=console.Console(stderr=True),
        transient=True,
    )
    began = time.monotonic()
    with bar:
        task = bar.add_task(title, total=None, said="starting")

        def report(done: int, total: int) -> None:
            said = say_progress(done, total, elapsed_seconds=time.monotonic() - began)
            bar.update(task, completed=done, total=total, said=said)

        yield report


def say_progress(done: int, total: int, *, elapsed_seconds: float) -> str:
    """How many runs are done and how long the others will take: ``120 of 1,000 runs, 3 min left``."""
    runs = f"{done:,} of {total:,} runs"
    if done == 0:
        return runs
    left = elapsed_seconds * (total - done) / done
    if done == total:
        return runs
    return (
        f"{runs}, {max(round(left), 1)} s left"
        if left < MINUTE_SECONDS
        else f"{runs}, {round(left / MINUTE_SECONDS)} min left"
    )

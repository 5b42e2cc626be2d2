"""Progress with an estimate of the time left: on stderr, and only on a terminal."""

import contextlib
import sys
from collections.abc import Callable, Iterator

Progress = Callable[[int, int], None]


@contextlib.contextmanager
def shown(*, title: str, quiet: bool = False) -> Iterator[Progress | None]:
    """Give a function ``progress(done, total)`` that draws a bar; None when nobody would see it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich import console, progress

    bar = progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        console=console.Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)

"""Who does the work of a command, by its options."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from spread.runs import sample

NO_ADDRESS = "--executor dask needs --scheduler ADDRESS; `dask scheduler` prints its address when it starts"


@contextlib.contextmanager
def engaged(chosen: Mapping[str, Any], *, shelf: Path | None = None) -> "Iterator[sample.Hands]":
    """The hands of a command, as long as it works.

    Parameters
    ----------
    chosen
        ``engine, workers, executor, scheduler``.
    shelf
        Where what they do is kept meanwhile.

    Raises
    ------
    MissingExtra
        When they need Dask and it is not installed.
    MachineError
        When a cluster cannot be reached, or is lost.
    """
    from spread.runs import sample

    if chosen["executor"] == "local" and chosen["scheduler"] is None:
        yield sample.Hands(chosen["engine"], chosen["workers"], shelf=shelf)
        return
    if chosen["scheduler"] is None:
        raise click.UsageError(NO_ADDRESS)
    from spread.runs import dask

    with dask.cluster(chosen["scheduler"]) as cluster:
        yield sample.Hands(chosen["engine"], chosen["workers"] or cluster.hands, cluster.executor, shelf)

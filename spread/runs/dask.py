"""A cluster that runs Dask as the place where the work is done; needs the extra ``spread[dask]``."""

import contextlib
import logging
import warnings
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Final, NamedTuple

from spread import errors
from spread.runs import elsewhere

EXTRA: Final = "Dask is not installed; install it with: pip install 'spread[dask]'"
CONNECT_SECONDS: Final = 10
WORKER_SECONDS: Final = 60
RUNNING: Final = "running"
"""What Dask calls a client that has its scheduler."""
NO_SCHEDULER: Final = "no Dask scheduler answers at {address}: {said}"
NO_WORKERS: Final = "the Dask scheduler at {address} has no workers; start some and give the command again"
WORKERS_DIE: Final = (
    "workers died again and again at the same piece of work, perhaps because memory ran out; "
    "what was finished is kept, and the same command goes on"
)


class Cluster(NamedTuple):
    """Where work can be sent, and how many pieces it works on at once."""

    executor: futures.Executor
    hands: int


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """Reach the cluster of a scheduler.

    Parameters
    ----------
    address
        Such as ``tcp://10.0.0.5:8786``, or a scheduler file (``.json``).

    Raises
    ------
    MissingExtra
        Without Dask.
    MachineError
        When nothing answers there, it has no workers, or it is lost meanwhile.
    """
    try:
        import distributed
    except ImportError as error:
        raise errors.MissingExtra(EXTRA) from error
    try:
        client = distributed.Client(**_where(address), timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise errors.MachineError(NO_SCHEDULER.format(address=address, said=error)) from error
    # What goes wrong we say ourselves, once.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with client, client.get_executor(pure=False) as executor, warnings.catch_warnings():
        # A job is sent once to each worker, whatever its size.
        warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError as error:
            raise errors.MachineError(NO_WORKERS.format(address=address)) from error
        try:
            yield Cluster(executor, sum(client.nthreads().values()))
        except distributed.KilledWorker as error:
            raise errors.MachineError(WORKERS_DIE) from error
        except ValueError as error:
            # What Dask makes of a piece that was finished at the moment its scheduler was lost.
            if client.status == RUNNING:
                raise
            raise errors.MachineError(elsewhere.LOST.format(said="the scheduler")) from error


def _where(address: str) -> dict[str, str]:
    if not address.endswith(".json"):
        return {"address": address}
    if not Path(address).is_file():
        raise errors.InputError(errors.Fault("no such file", f"--scheduler {address}"))
    return {"scheduler_file": address}

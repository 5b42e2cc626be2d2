"""Work done somewhere else: by any `concurrent.futures.Executor`, on this machine or on many.

A piece of work travels as a small key. Whoever does not hold the job it names says so, and is sent the job with the
same piece once; so a world is sent about once to each worker, and one that starts late or anew is served like the
others. Work that is sent twice gives the same values twice.
"""

import functools
import hashlib
import itertools
import pickle
import queue
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from concurrent import futures
from typing import Final, NamedTuple

from spread import errors
from spread.runs import provenance, replicate

QUICK: Final = 1
"""The first level of zlib: a job shrinks to an eighth, in a second or two for the whole of England."""
JOBS_HELD: Final = 2
LOST: Final = "lost what was doing the work ({said}); what was finished is kept, and the same command goes on"
OTHER_CODE: Final = "a worker has another version of spread, or of a library; install the same on every machine"

_held: "OrderedDict[str, replicate.Job]" = OrderedDict()
_lock = threading.Lock()


class Piece(NamedTuple):
    """Consecutive draws of a job, which is named by its `key`; `code` is the code that sends it."""

    key: str
    code: str
    engine: str
    first_draw: int
    draws: int


class Parcel(NamedTuple):
    """A job as it is sent, and its key."""

    key: str
    content: bytes


def pack(job: replicate.Job) -> Parcel:
    """Make a job ready to be sent."""
    content = zlib.compress(pickle.dumps(job, pickle.HIGHEST_PROTOCOL), QUICK)
    return Parcel(hashlib.sha256(content).hexdigest(), content)


def run_pieces(
    job: replicate.Job, pieces: "list[tuple[int, int]]", executor: futures.Executor, *, engine: str, hands: int
) -> Iterator[replicate.Chunk]:
    """Have pieces of a job run, so many at a time, and yield the chunk of each as it is finished.

    Raises
    ------
    MachineError
        When whoever does the work is lost, or has other code than we have.
    """
    parcel, code = pack(job), _code()
    left = iter([Piece(parcel.key, code, engine, *piece) for piece in pieces])
    waiting: dict[futures.Future[replicate.Chunk | None], Piece] = {}

    finished: queue.SimpleQueue[futures.Future[replicate.Chunk | None]] = queue.SimpleQueue()

    def send(piece: Piece, content: bytes | None) -> None:
        sent = executor.submit(run_piece, piece, content)
        waiting[sent] = piece
        sent.add_done_callback(finished.put)

    try:
        # One for each hand with the job, and one without it; who gets that one first asks.
        for count, piece in enumerate(itertools.islice(left, 2 * hands)):
            send(piece, parcel.content if count < hands else None)
        while waiting:
            done = finished.get()
            piece, chunk = waiting.pop(done), done.result()
            if chunk is None:
                send(piece, parcel.content)
                continue
            for more in itertools.islice(left, 1):
                send(more, None)
            yield chunk
    except (futures.CancelledError, futures.BrokenExecutor) as error:
        raise errors.MachineError(LOST.format(said=type(error).__name__)) from error
    finally:
        for unfinished in waiting:
            unfinished.cancel()


def run_piece(piece: Piece, content: bytes | None) -> replicate.Chunk | None:
    """Run a piece of work in whatever process this is; None when its job is not here.

    Raises
    ------
    MachineError
        When the code here is not that of the sender, whose values could be others.
    """
    if piece.code != _code():
        raise errors.MachineError(OTHER_CODE)
    job = _job(piece.key, content)
    if job is None:
        return None
    return replicate.run_chunk(job, piece.first_draw, piece.draws, replicate.make_bench(job, piece.engine))


@functools.cache
def _code() -> str:
    """What decides values besides a job: our code, and that of the libraries under it."""
    return provenance.text_hash(f"{provenance.code_hash()} {provenance.versions()}")


def _job(key: str, content: bytes | None) -> replicate.Job | None:
    """The job of this key: held, or unpacked and held from now on."""
    with _lock:
        if key not in _held and content is not None:
            _held[key] = pickle.loads(zlib.decompress(content))  # noqa: S301 - sent by our own main process
            while len(_held) > JOBS_HELD:
                _held.popitem(last=False)
        return _held.get(key)

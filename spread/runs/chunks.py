"""Chunks on disk: an Arrow file each, compressed, a column per array, so that one is read without the others."""

import hashlib
import io
import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spread import files
from spread.runs import replicate

if TYPE_CHECKING:
    import pandas as pd

# zstd's first level: half the time of the third on these arrays, and no larger.
COMPRESSION, LEVEL = "zstd", 1
EVENTS = "events"
DRAWS, FAILURES, TYPE, SHAPE = b"draws", b"failures", b"type", b"shape"


class StoredChunk:
    """A chunk on disk; arrays are read when asked for.

    Attributes
    ----------
    path
        Its file.
    sha256
        Of the file, as hexadecimal text.
    """

    def __init__(self, path: Path, first_draw: int, draws: int, sha256: str) -> None:
        self.path, self.first_draw, self.draws, self.sha256 = path, first_draw, draws, sha256

    def array(self, name: str) -> NDArray[Any]:
        """One of its arrays."""
        place = self._schema.names.index(name)
        told = self._schema.field(place).metadata
        shape = tuple(json.loads(told[SHAPE]))
        values: NDArray[Any] = np.frombuffer(self._column(place), dtype=told[TYPE].decode()).reshape(shape)
        return values

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its arrays."""
        return tuple(name for name in self._schema.names if name != EVENTS)

    @property
    def failures(self) -> tuple[replicate.Failure, ...]:
        """Its replicates that ended in an error."""
        return tuple(replicate.Failure(*failed) for failed in json.loads(self._schema.metadata[FAILURES]))

    @property
    def events(self) -> "tuple[pd.DataFrame, ...]":
        """The logs of its runs, one after the other; nothing where none were asked for."""
        if EVENTS not in self._schema.names:
            return ()
        import pyarrow
        from pyarrow import parquet

        table = parquet.read_table(pyarrow.BufferReader(self._column(self._schema.names.index(EVENTS))))
        return (table.to_pandas(),)

    def loaded(self) -> replicate.Chunk:
        """The same in memory."""
        arrays = {name: self.array(name) for name in self.names}
        return replicate.Chunk(self.first_draw, self.draws, arrays, self.events, self.failures)

    @cached_property
    def _schema(self) -> Any:
        import pyarrow
        from pyarrow import ipc

        with pyarrow.memory_map(str(self.path)) as file:
            return ipc.open_file(file).schema

    def _column(self, place: int) -> Any:
        import pyarrow
        from pyarrow import ipc

        with pyarrow.memory_map(str(self.path)) as file:
            reader = ipc.open_file(file, options=ipc.IpcReadOptions(included_fields=[place]))
            return reader.get_batch(0).column(0)[0].as_buffer()


def is_whole(chunk: StoredChunk) -> bool:
    """Whether a chunk's file is there and as it was written."""
    try:
        return hashlib.sha256(chunk.path.read_bytes()).hexdigest() == chunk.sha256
    except OSError:
        return False


def span_of(chunk: replicate.Chunk) -> str:
    """Its first and last draw, as they stand in the name of its file."""
    return f"{chunk.first_draw:06d}-{chunk.first_draw + chunk.draws - 1:06d}"


def write_chunk(folder: Path, chunk: replicate.Chunk) -> StoredChunk:
    """Write a chunk to a folder: it is there, whole and safely on disk, or not there."""
    path = folder / f"{span_of(chunk)}.arrow"
    content = encode(chunk)
    files.write_whole(path, content)
    return StoredChunk(path, chunk.first_draw, chunk.draws, hashlib.sha256(content).hexdigest())


def encode(chunk: replicate.Chunk) -> bytes:
    """A chunk as the content of its file; equal chunks give equal bytes."""
    import pyarrow
    from pyarrow import ipc

    contents = {name: array.tobytes() for name, array in chunk.arrays.items()}
    about = {name: {TYPE: array.dtype.str, SHAPE: json.dumps(array.shape)} for name, array in chunk.arrays.items()}
    if chunk.events:
        contents[EVENTS] = _parquet(chunk.events)
    fields = [pyarrow.field(name, pyarrow.large_binary(), metadata=about.get(name)) for name in contents]
    metadata = {DRAWS: json.dumps([chunk.first_draw, chunk.draws]), FAILURES: json.dumps(chunk.failures)}
    schema = pyarrow.schema(fields, metadata=metadata)
    columns = [pyarrow.array([content], type=pyarrow.large_binary()) for content in contents.values()]
    sink = pyarrow.BufferOutputStream()
    options = ipc.IpcWriteOptions(compression=pyarrow.Codec(COMPRESSION, LEVEL))
    with ipc.new_file(sink, schema, options=options) as writer:
        writer.write_batch(pyarrow.record_batch(columns, schema=schema))
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _parquet(frames: "Iterable[pd.DataFrame]") -> bytes:
    import pandas as pd
    import pyarrow
    from pyarrow import parquet

    buffer = io.BytesIO()
    table = pyarrow.Table.from_pandas(pd.concat(list(frames), ignore_index=True), preserve_index=False)
    parquet.write_table(table, buffer, compression=COMPRESSION, compression_level=LEVEL)
    return buffer.getvalue()


def missing(chunks: Iterable[StoredChunk], draws: int) -> list[tuple[int, int]]:
    """Stretches of draws, (first, how many), before `draws` that no chunk has; chunks stand by draw."""
    gaps, at = [], 0
    for chunk in chunks:
        if chunk.first_draw >= draws:
            break
        if at < chunk.first_draw:
            gaps.append((at, chunk.first_draw - at))
        at = max(at, chunk.first_draw + chunk.draws)
    return [*gaps, (at, draws - at)] if at < draws else gaps

"""A finished run on disk: written beside its place, then moved there in one step, so that it is whole or not there.

The content hash is of the values of its tables alone. Chunks (`draws/`) are kept as they came, for `expand`, and
figures may be added; neither is part of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from spread import cells, errors, files
from spread.outcomes import tables as outcome_tables
from spread.runs import chunks as stored
from spread.runs import folders, values
from spread.runs.working import KEPT

FIGURES = "figures"
SCENARIO, HEADLINE = "scenario.toml", "headline.json"
TABLE_FILES = {
    "parameters": "parameters.parquet",
    "adoption": "adoption.parquet",
    "summary": "summary.csv",
    "ambitions": "ambitions.csv",
    "run_values": "run_values.parquet",
    "exceedance": "exceedance.csv",
    "sites": "sites.parquet",
    "joint": "joint.csv",
    "bottlenecks": "bottlenecks.csv",
    "reach": "reach.csv",
    "gaps": "gaps.csv",
    "costs": "costs.csv",
    "events": "events.parquet",
}
PIECE_ROWS = 200_000
MOST_VALUES = 2_000_000_000
"""More than any table of a run that a machine can hold at once."""

Table = pd.DataFrame | Iterable[pd.DataFrame]


class StoredRun(NamedTuple):
    """A run folder as read back: where, its manifest, its resolved scenario and the tables asked for."""

    folder: Path
    manifest: dict[str, Any]
    scenario_text: str
    tables: dict[str, pd.DataFrame]


def write_results(
    building: Path,
    folder: Path,
    *,
    scenario_text: str,
    tables: Mapping[str, Table],
    manifest: Mapping[str, Any],
    chunks: Sequence[stored.StoredChunk] = (),
    force: bool = False,
) -> dict[str, Any]:
    """Write a run folder: all of it, or nothing.

    Parameters
    ----------
    building
        Where it is put together, beside its place; chunks are in it already.
    folder
        Where it shall be.
    scenario_text
        The scenario as resolved, TOML.
    tables
        By name (`TABLE_FILES`); a large one in pieces, so that it is never held whole.
    manifest
        What is known of the run; hashes of the values and the list of chunks are added here.
    force
        Replace another run that is there.

    Returns
    -------
    dict
        The whole manifest.

    Raises
    ------
    InputError
        When the folder is taken.
    MachineError
        When the disk is full or may not be written to; whatever was there before is intact.
    """
    folders.refuse_taken(folder, key=str(manifest["key"]), force=force)
    hashes = write_tables(building, tables)
    return finish(building, folder, hashes, scenario_text=scenario_text, manifest=manifest, chunks=chunks)


def write_tables(building: Path, tables: Mapping[str, Table]) -> dict[str, str]:
    """Write tables to a folder; the hash of the values of each.

    Raises
    ------
    MachineError
        When the disk is full or may not be written to.
    """
    with errors.writing(building, after=KEPT):
        (building / FIGURES).mkdir(parents=True, exist_ok=True)
        return {name: _write_table(building / TABLE_FILES[name], table) for name, table in tables.items()}


def finish(
    building: Path,
    folder: Path,
    hashes: Mapping[str, str],
    *,
    scenario_text: str,
    manifest: Mapping[str, Any],
    chunks: Sequence[stored.StoredChunk],
) -> dict[str, Any]:
    """Write what is not a table, the manifest last, and move the folder to its place; see `write_results`."""
    with errors.writing(folder, after=KEPT):
        files.write_file(building / SCENARIO, scenario_text.encode())
        complete = {
            **manifest,
            "content_hash": values.content_hash(hashes),
            "table_hashes": dict(hashes),
            "chunks": [_entry(chunk, building) for chunk in chunks],
        }
        headline_text = headline(told_in_headline(building), complete)
        files.write_file(building / HEADLINE, headline_text.encode())
        # Last: a folder with a manifest has everything else.
        files.write_file(building / folders.MANIFEST, cells.json_text(complete).encode())
        files.settle_folder(building)
        folders.move_into_place(building, folder)
    return complete


def _entry(chunk: stored.StoredChunk, folder: Path) -> dict[str, Any]:
    file = chunk.path.relative_to(folder).as_posix()
    return {"file": file, "first_draw": chunk.first_draw, "draws": chunk.draws, "sha256": chunk.sha256}


def chunks_of(folder: Path, manifest: Mapping[str, Any]) -> list[stored.StoredChunk]:
    """The chunks of a finished run, by draw."""
    return [
        stored.StoredChunk(folder / entry["file"], entry["first_draw"], entry["draws"], entry["sha256"])
        for entry in manifest.get("chunks", ())
    ]


def _write_table(path: Path, table: Table) -> str:
    """Write a table, and hash its values on the way."""
    taken = values.TableHash()
    if path.suffix == ".csv":
        whole = table if isinstance(table, pd.DataFrame) else pd.concat(list(table), ignore_index=True)
        files.write_file(path, outcome_tables.csv_text(whole).encode())
        taken.add(whole)
        return taken.hexdigest()
    import pyarrow
    from pyarrow import parquet

    writer = None
    with path.open("wb") as file:
        try:
            for piece in [table] if isinstance(table, pd.DataFrame) else table:
                rows = pyarrow.Table.from_pandas(piece, preserve_index=False)
                writer = writer or parquet.ParquetWriter(file, rows.schema, compression="zstd")
                writer.write_table(rows.cast(writer.schema))
                taken.add(piece)
            if writer is not None:
                writer.close()
        except BaseException:
            if writer is not None:
                # Forgotten unfinished it would write its end, and complain that the file is closed.
                writer.is_open = False
            raise
        files.settle_file(file)
    return taken.hexdigest()


def told_in_headline(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables that ``headline.json`` repeats, of those a run has."""
    files = {name: folder / TABLE_FILES[name] for name in ("ambitions", "joint")}
    return {name: read_table(path) for name, path in files.items() if path.is_file()}


def headline(told: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any]) -> str:
    """The content of ``headline.json``: ambitions and joint chances."""
    about = {name: manifest[name] for name in ("name", "key", "model_version", "made_on")}
    return cells.json_text({**about, **{name: table.to_dict(orient="records") for name, table in told.items()}})


def read_run(folder: Path, *, tables: tuple[str, ...] = ("summary", "ambitions", "exceedance")) -> StoredRun:
    """Read a finished run folder.

    Raises
    ------
    InputError
        When it is not a run folder, or a file of it is missing or unreadable.
    """
    manifest = folders.manifest_there(folder)
    if manifest is None:
        raise errors.InputError(errors.Fault("is not a finished run folder (no manifest.json)", str(folder)))
    try:
        text = (folder / SCENARIO).read_text(encoding="utf-8")
        read = {name: read_table(folder / TABLE_FILES[name]) for name in tables}
    except (OSError, ValueError) as error:
        raise errors.InputError(errors.Fault(f"cannot be read as a run folder: {error}", str(folder))) from error
    return StoredRun(folder, manifest, text, read)


def read_table(path: Path) -> pd.DataFrame:
    """One table of a run folder, with the columns it was written with."""
    if path.suffix != ".csv":
        check_size(path)
        return pd.read_parquet(path)
    told = outcome_tables.TABLES.get(path.stem, ())
    texts = {column.name: "str" for column in told if column.kind in ("text", "date")}
    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=texts)


def check_size(path: Path) -> None:
    """Make sure that a Parquet file holds no more than a table that can be held, before it is unpacked.

    Raises
    ------
    ValueError
        When it holds more.
    """
    from pyarrow import parquet

    told = parquet.read_metadata(path)
    unpacked = sum(told.row_group(number).total_byte_size for number in range(told.num_row_groups))
    if told.num_rows * told.num_columns > MOST_VALUES or unpacked > 8 * MOST_VALUES:
        message = f"{path.name} holds {told.num_rows:,} rows of {told.num_columns:,} columns, and no table has so many"
        raise ValueError(message)


def pieces_of(path: Path) -> Iterator[pd.DataFrame]:
    """A table of a run folder in pieces, in order."""
    if path.suffix == ".csv":
        yield read_table(path)
        return
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=PIECE_ROWS):
            yield batch.to_pandas()


def stored_hash(folder: Path, table: str) -> str:
    """Hash the values of one table as it stands in a run folder."""
    taken = values.TableHash()
    for piece in pieces_of(folder / TABLE_FILES[table]):
        taken.add(piece)
    return taken.hexdigest()

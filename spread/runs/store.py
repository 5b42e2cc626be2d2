"""Where results are kept: `results/<name>/<key>/`, whole or not at all.

A run folder is written beside its place under a temporary name and moved there in one step, so a folder
that exists is finished. It is never changed afterwards, except that figures may be added.
"""

import csv
import io
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from spread import cells, errors
from spread.outcomes import tables as outcome_tables
from spread.runs import provenance

ROOT = Path("results")
FORECASTS = "forecasts.csv"
FIGURES = "figures"
INTACT = "; what was there before is intact"
TABLE_FILES = {
    "parameters": "parameters.parquet",
    "adoption": "adoption.parquet",
    "summary": "summary.csv",
    "ambitions": "ambitions.csv",
    "exceedance": "exceedance.csv",
    "sites": "sites.parquet",
    "events": "events.parquet",
}


class StoredRun(NamedTuple):
    """A run folder as read back: where, its manifest, its resolved scenario and the tables asked for."""

    folder: Path
    manifest: dict[str, Any]
    scenario_text: str
    tables: dict[str, pd.DataFrame]


def folder_for(name: str, key: str, *, out: Path | None = None) -> Path:
    """The folder of a run: `out` itself when given, else ``results/<name>/<key>``."""
    return out if out is not None else ROOT / name / key


def refuse_taken(folder: Path, *, key: str, force: bool) -> None:
    """Make sure a run may be written to a folder, before any time is spent on it.

    Raises
    ------
    InputError
        When something is there that `force` does not allow to be replaced. Only a run folder, or an empty
        one, is ever replaced.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    there = _key_there(folder)
    if there is None:
        raise errors.InputError(errors.Fault("is not a run folder, so it is left alone; choose another", str(folder)))
    if force:
        return
    if there == key:
        message = "this very run is already there; use --force to run it again"
    else:
        message = f"holds another run ({there}, not {key}); use --force to replace it"
    raise errors.InputError(errors.Fault(message, str(folder)))


def check_writable(folder: Path, root: Path = ROOT) -> None:
    """Make sure that a run folder and its forecasts can be written, before any time is spent on them.

    Raises
    ------
    MachineError
        When permission is missing, or there is a file where a folder is needed.
    """
    for place in (folder, root / FORECASTS):
        above = next(parent for parent in place.absolute().parents if parent.exists())
        if not above.is_dir():
            raise errors.MachineError(f"cannot write {place}: {above} is not a folder")
        for needed in (above, place):
            if needed.exists() and not os.access(needed, os.W_OK):
                raise errors.MachineError(f"cannot write {place}: no permission to write to {needed}")


def _key_there(folder: Path) -> str | None:
    try:
        return str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_results(
    folder: Path,
    *,
    scenario_text: str,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, Any],
    force: bool = False,
) -> None:
    """Write a run folder: all of it, or nothing.

    Parameters
    ----------
    folder
        Where it shall be.
    scenario_text
        The scenario as resolved, TOML.
    tables
        By name (`TABLE_FILES`).
    manifest
        What is known of the run; the content hash of the values is added here.
    force
        Replace a run folder that is there.

    Raises
    ------
    InputError
        When the folder is taken.
    MachineError
        When the disk is full or may not be written to; whatever was there before is intact.
    """
    refuse_taken(folder, key=str(manifest["key"]), force=force)
    with errors.writing(folder, after=INTACT):
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = folder.parent / f".{folder.name}.{secrets.token_hex(4)}.tmp"
        try:
            building.mkdir()
            _write_files(building, scenario_text=scenario_text, tables=tables, manifest=manifest)
            _move_into_place(building, folder)
        finally:
            shutil.rmtree(building, ignore_errors=True)


def _write_files(
    folder: Path, *, scenario_text: str, tables: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any]
) -> None:
    (folder / FIGURES).mkdir()
    for name, table in tables.items():
        _write_table(folder / TABLE_FILES[name], table)
    write_file(folder / "scenario.toml", scenario_text.encode())
    write_file(folder / "headline.json", cells.json_text(_headline(tables["ambitions"], manifest)).encode())
    # Last: a folder with a manifest has everything else.
    complete = {**manifest, "content_hash": provenance.values_hash(tables)}
    write_file(folder / "manifest.json", cells.json_text(complete).encode())
    _settle(folder)


def _write_table(path: Path, table: pd.DataFrame) -> None:
    if path.suffix == ".csv":
        write_file(path, outcome_tables.csv_text(table).encode())
        return
    import pyarrow
    from pyarrow import parquet

    with path.open("wb") as file:
        parquet.write_table(pyarrow.Table.from_pandas(table, preserve_index=False), file, compression="zstd")
        _settle_file(file)


def write_file(path: Path, content: bytes) -> None:
    """Write a file and see it safely on disk."""
    with path.open("wb") as file:
        file.write(content)
        _settle_file(file)


def _settle_file(file: io.BufferedWriter) -> None:
    file.flush()
    os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """See a folder's own entries safely on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _move_into_place(building: Path, folder: Path) -> None:
    old = building.with_suffix(".old")
    replaces = folder.exists()
    if replaces:
        folder.rename(old)
    try:
        building.rename(folder)
    except BaseException:
        if replaces:
            old.rename(folder)
        raise
    _settle(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def _headline(ambitions: pd.DataFrame, manifest: Mapping[str, Any]) -> dict[str, Any]:
    about = {name: manifest[name] for name in ("name", "key", "model_version", "made_on")}
    return {**about, "ambitions": ambitions.to_dict(orient="records")}


def check_forecasts(root: Path = ROOT) -> None:
    """Make sure rows can be added to the record of forecasts, before any time is spent on them.

    Raises
    ------
    InputError
        When the record that is there has other columns.
    """
    path = root / FORECASTS
    if not path.exists():
        return
    if not path.is_file():
        raise errors.InputError(errors.Fault("is not a file; move it elsewhere and one is begun", str(path)))
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        header = next(csv.reader(file), [])
    if header and header != list(outcome_tables.columns("forecasts")):
        message = "has other columns than this version writes; move it elsewhere and a new one is begun"
        raise errors.InputError(errors.Fault(message, str(path), 1))


def append_forecasts(ambitions: pd.DataFrame, *, manifest: Mapping[str, Any], root: Path = ROOT) -> Path:
    """Add a row per ambition to ``results/forecasts.csv``, so that forecasts can be scored later.

    Raises
    ------
    InputError
        When the record has other columns.
    MachineError
        When it cannot be written; it is left as it was.
    """
    path = root / FORECASTS
    check_forecasts(root)
    about = {name: manifest[name] for name in ("made_on", "name", "key", "model_version")}
    rows = outcome_tables.forecasts_frame(ambitions, **about)
    with errors.writing(path, after=INTACT):
        root.mkdir(parents=True, exist_ok=True)
        _append(path, outcome_tables.csv_text(rows))
    return path


def _append(path: Path, text: str) -> None:
    with path.open("ab") as file:
        size = file.tell()
        rows = text if size == 0 else text.partition("\n")[2]
        try:
            file.write(rows.encode())
            _settle_file(file)
        except BaseException:
            file.truncate(size)
            raise


def read_run(folder: Path, *, tables: tuple[str, ...] = ("summary", "ambitions", "exceedance")) -> StoredRun:
    """Read a finished run folder.

    Raises
    ------
    InputError
        When it is not a run folder, or a file of it is missing or unreadable.
    """
    if _key_there(folder) is None:
        raise errors.InputError(errors.Fault("is not a finished run folder (no manifest.json)", str(folder)))
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        text = (folder / "scenario.toml").read_text(encoding="utf-8")
        read = {name: _read_table(folder / TABLE_FILES[name]) for name in tables}
    except (OSError, ValueError) as error:
        raise errors.InputError(errors.Fault(f"cannot be read as a run folder: {error}", str(folder))) from error
    return StoredRun(folder, manifest, text, read)


def _read_table(path: Path) -> pd.DataFrame:
    if path.suffix == ".csv":
        return pd.read_csv(path, keep_default_na=False, na_values=[""])
    return pd.read_parquet(path)

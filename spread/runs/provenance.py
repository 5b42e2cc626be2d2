"""What a result is made of: the key that names a run, the hash of its values, the versions behind it."""

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import spread
from spread.scenarios import schema

KEY_DIGITS = 10
CHUNK_BYTES = 1 << 20
PACKAGES = ("numpy", "pandas", "pyarrow", "scipy", "simpy", "networkx", "pydantic")


def data_files(scenario: schema.Scenario) -> dict[str, Path]:
    """Every file a scenario names, by what it is for; in the same order every time.

    Returns
    -------
    dict
        ``{"sites": path, ...}`` of those given, ``stages`` being the state it starts from.
    """
    world = scenario.world
    named = {"sites": world.sites, "memberships": world.memberships, "ties": world.ties, "graph": world.graph}
    if scenario.start_from is not None:
        named["stages"] = scenario.start_from.stages
    return {use: path for use, path in named.items() if path is not None}


def file_hashes(files: Mapping[str, Path]) -> dict[str, str]:
    """Hash every file's bytes.

    Parameters
    ----------
    files
        Paths by what they are for.

    Returns
    -------
    dict
        sha256 as hexadecimal text by the same names.
    """
    return {use: _file_hash(path) for use, path in files.items()}


def _file_hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def text_hash(text: str) -> str:
    """Hash a text, such as a resolved scenario; sha256 as hexadecimal text."""
    return hashlib.sha256(text.encode()).hexdigest()


def run_key(
    scenario_text: str, *, files: Mapping[str, str], seed: int, draws: int, replicates: int, events: bool
) -> str:
    """Name a run by everything that decides its values, and nothing else.

    Workers and engine are left out: they must not change an answer.

    Parameters
    ----------
    scenario_text
        The resolved scenario, without the places of its files.
    files
        Hashes of the data files by what they are for.

    Returns
    -------
    str
        Ten hexadecimal digits.
    """
    parts = {
        "scenario": text_hash(scenario_text),
        "files": dict(files),
        "model_version": spread.__version__,
        "seed": seed,
        "draws": draws,
        "replicates": replicates,
        "events": events,
    }
    return text_hash(json.dumps(parts, sort_keys=True))[:KEY_DIGITS]


def versions() -> dict[str, str]:
    """Python and every package whose version could move a number."""
    installed = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"spread": spread.__version__, "python": platform.python_version(), **installed}


def values_hash(tables: Mapping[str, pd.DataFrame]) -> str:
    """Hash the values of tables: the same however and by whatever version they were stored.

    Numbers count as 64-bit floats, dates as ISO text, an empty text as a missing one.

    Returns
    -------
    str
        sha256 as hexadecimal text.
    """
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(f"table {name} {len(tables[name])}\n".encode())
        for column in tables[name].columns:
            digest.update(f"column {column}\n".encode())
            for piece in _column_bytes(tables[name][column]):
                digest.update(piece)
    return digest.hexdigest()


def _column_bytes(column: "pd.Series[Any]") -> Iterable[bytes]:
    if column.isna().all():
        return (b"empty",)
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
        return _number_bytes(column)
    return _text_bytes(column)


def _number_bytes(column: "pd.Series[Any]") -> Iterable[bytes]:
    numbers = column.to_numpy(dtype="<f8", na_value=np.nan)
    # Adding zero turns -0.0 into 0.0; every missing value gets the same bits.
    same_zero = numbers + 0.0
    same_missing = np.where(np.isnan(same_zero), np.nan, same_zero)
    return (b"numbers", same_missing.tobytes())


def _text_bytes(column: "pd.Series[Any]") -> Iterable[bytes]:
    codes, values = pd.factorize(column)
    texts = [_text(value) for value in values]
    # Numbered by first appearance after texts are made, so that two spellings of one date are one value.
    text_codes, unique_texts = pd.factorize(np.array([*texts, ""], dtype=object))
    missing = text_codes[-1]
    row_codes = np.where(codes < 0, missing, text_codes[codes]).astype("<i8")
    written = json.dumps([str(text) for text in unique_texts]).encode()
    return (b"texts", written, row_codes.tobytes())


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat()
    return str(value)


def describe_run(
    *,
    name: str,
    key: str,
    scenario_text: str,
    files: Mapping[str, str],
    settings: Mapping[str, Any],
    command_line: str,
    wall_seconds: float,
    failures: Sequence[object] = (),
) -> dict[str, Any]:
    """Collect what ``manifest.json`` says of a run; the content hash is added when it is written.

    Parameters
    ----------
    files
        Hashes of the data files by what they are for.
    settings
        ``seed``, ``draws``, ``replicates``, ``engine`` and whatever else was chosen for the machine.
    failures
        Replicates that failed, with their reasons.
    """
    return {
        "key": key,
        "name": name,
        "made_on": date.today().isoformat(),
        "model_version": spread.__version__,
        "scenario_hash": text_hash(scenario_text),
        "data_files": dict(files),
        **settings,
        "versions": versions(),
        "command_line": command_line,
        "wall_seconds": round(wall_seconds, 2),
        "failures": list(failures),
    }

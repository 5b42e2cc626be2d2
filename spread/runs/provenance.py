"""What a result is made of: the key that names a run, the code and versions behind it."""

import functools
import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import spread
from spread import errors
from spread.scenarios import schema

KEY_DIGITS = 10
CHUNK_BYTES = 1 << 20
DECIDING = ("cells.py", "dates.py", "files.py", "model", "network", "outcomes", "runs", "scenarios")
PACKAGES = ("numpy", "numba", "pandas", "pyarrow", "scipy", "simpy", "networkx", "pydantic")


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


def changed_files(now: Mapping[str, str], manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """What those data files are for whose hashes are no longer those that a run read."""
    told = manifest.get("data_files") or {}
    return tuple(use for use in sorted({*now, *told}) if now.get(use) != told.get(use))


def check_world(scenario: schema.Scenario, manifest: Mapping[str, Any], folder: Path) -> None:
    """Make sure that the sites of a run, and what ties them, are still what its files say.

    Raises
    ------
    InputError
        With every file that is another now.
    """
    changed = [use for use in changed_files(file_hashes(data_files(scenario)), manifest) if use != "stages"]
    if changed:
        message = "its data file '{}' has changed since, so its sites are not known any more"
        raise errors.InputError([errors.Fault(message.format(use), str(folder)) for use in changed])


def text_hash(text: str) -> str:
    """Hash a text, such as a resolved scenario; sha256 as hexadecimal text."""
    return hashlib.sha256(text.encode()).hexdigest()


def run_key(
    scenario_text: str,
    *,
    files: Mapping[str, str],
    seed: int,
    draws: int,
    replicates: int,
    events: bool,
    precision: float | None = None,
    posterior: str | None = None,
) -> str:
    """Name a run by everything that decides its values, and nothing else.

    Workers and engine are left out: they must not change an answer.

    Parameters
    ----------
    scenario_text
        The resolved scenario, without the places of its files.
    files
        Hashes of the data files by what they are for.
    precision
        The half-width wanted; how many draws it takes is then an outcome, and `draws` is left out.
    posterior
        Hash of the fitted parameter sets it uses; None for what is believed before data.

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
        **({"draws": draws} if precision is None else {"precision": precision}),
        "replicates": replicates,
        "events": events,
        **({} if posterior is None else {"posterior": posterior}),
    }
    return text_hash(json.dumps(parts, sort_keys=True))[:KEY_DIGITS]


@functools.cache
def code_hash(*also: str) -> str:
    """Hash every source file that has a say in a run's values, so that chunks of two versions are never mixed.

    `also` names further parts of the package that have a say in what is kept: ``calibration`` in a fit.
    """
    package = Path(spread.__file__).parent
    places = [package / name for name in (*DECIDING, *also)]
    sources = (path for place in places for path in (place, *place.rglob("*")) if path.is_file())
    digest = hashlib.sha256()
    for source in sorted(sources):
        if source.suffix != ".pyc":
            digest.update(source.relative_to(package).as_posix().encode())
            digest.update(hashlib.sha256(source.read_bytes()).digest())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Python and every package whose version could move a number."""
    installed = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"spread": spread.__version__, "python": platform.python_version(), **installed}


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

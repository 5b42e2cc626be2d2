"""Finished runs to be taken apart: which folder is meant, what a run rests on, and its values run by run."""

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import errors
from spread.decisions import question_parts
from spread.outcomes import uncertainty
from spread.runs import answers, folders, listing, provenance, store
from spread.scenarios import documents, reading, schema

Floats = NDArray[np.float64]
FitOf = Callable[[Mapping[str, Any], str], answers.Fitted | None]

CHANCE, VALUE = "chance", "value"
MEASURES: Final = {CHANCE: "met", VALUE: "value"}


class Forecast(NamedTuple):
    """A finished run to be taken apart: where it is, and what it rests on; `gone` are parts whose files are not there.

    `lost` names each file that has changed or gone.
    """

    folder: Path
    manifest: Mapping[str, Any]
    question: question_parts.Question
    gone: tuple[str, ...]
    lost: tuple[str, ...]
    values: pd.DataFrame
    fit: answers.Fitted | None = None

    @property
    def settings(self) -> dict[str, int]:
        """Seed, draws and replicates."""
        return {name: int(self.manifest[name]) for name in ("seed", "draws", "replicates")}

    @property
    def made_by(self) -> str:
        """The version of the model that made it."""
        return str(self.manifest.get("model_version", ""))


class Runs(NamedTuple):
    """The runs of one question: by draw and replicate, shape (K, R); `draw` shape (K,)."""

    draw: NDArray[np.int64]
    values: Floats

    @property
    def mean(self) -> float:
        """The mean of the runs that are known."""
        return uncertainty.mean_known(self.values)


def find_forecast(text: str, root: Path = folders.ROOT, *, before: Path | None = None) -> Path:
    """The folder of a forecast: a run folder, the start of its key, or a scenario's latest run (before another).

    Raises
    ------
    InputError
        When there is none.
    """
    runs = [run for run in listing.list_runs(root) if run.share_done == 1.0]
    place = Path(text)
    named = [run for run in runs if run.name == text or (place.is_dir() and run.folder.parent.samefile(place))]
    if folders.key_there(place) is None and named:
        ordered = sorted(named, key=lambda run: (run.made_on, (run.folder / folders.MANIFEST).stat().st_mtime))
        places = [run.folder for run in ordered]
        last = next((number for number, one in enumerate(places) if before and one.samefile(before)), None)
        earlier = places[:last]
        if not earlier:
            raise errors.InputError(errors.Fault("has one run only; there is no earlier one to set it against", text))
        return earlier[-1]
    names = tuple(dict.fromkeys(run.name for run in runs))
    try:
        return listing.find_run(text, root)
    except errors.InputError as error:
        near = errors.did_you_mean(text, names)
        if not near:
            raise
        raise errors.InputError([errors.Fault(fault.message + near, fault.place) for fault in error.faults]) from None


def read_forecast(folder: Path, fit_of: FitOf | None = None) -> Forecast:
    """Read a finished run, and see whether its data files, and its fit, are still what they were.

    Raises
    ------
    InputError
        When it cannot be read, or was made by a version that kept no run by run values.
    """
    if not (folder / store.TABLE_FILES["run_values"]).is_file():
        message = "has no run_values.parquet, which versions before 0.1.0 did not keep; run its scenario again"
        raise errors.InputError(errors.Fault(message, str(folder)))
    found = store.read_run(folder, tables=("run_values",))
    absent = _absent_files(found.scenario_text)
    scenario = _read_without(folder, found.scenario_text, absent)
    told = dict(found.manifest.get("data_files", {}))
    paths = {use: absent.get(use, path) for use, path in provenance.data_files(scenario).items()}
    lost = _lost_files(told, paths)
    gone = [part for part, uses in question_parts.FILES.items() if set(uses) & set(lost)]
    fit = None
    try:
        fit = _fit_with(fit_of, found.manifest, str(folder))
    except errors.InputError as error:
        gone.append(question_parts.PARAMETERS)
        lost["posterior"] = "; ".join(fault.message for fault in error.faults)
    question = question_parts.Question(scenario, told, found.manifest.get("posterior"))
    values = found.tables["run_values"]
    return Forecast(folder, found.manifest, question, tuple(gone), tuple(lost.values()), values, fit)


def _fit_with(fit_of: FitOf | None, manifest: Mapping[str, Any], place: str) -> answers.Fitted | None:
    if fit_of is None and manifest.get("posterior") is not None:
        raise errors.InputError(errors.Fault("the fit it rests on is not read here", place))
    return fit_of(manifest, place) if fit_of else None


def _absent_files(text: str) -> dict[str, Path]:
    """Data files that a resolved scenario names and that are not there any more, by use."""
    tree = tomllib.loads(text)
    named = {use: tree.get("world", {}).get(use) for use in question_parts.FILES[question_parts.DENOMINATOR]}
    named["stages"] = tree.get("start_from", {}).get("stages")
    return {use: Path(path) for use, path in named.items() if path is not None and not Path(path).is_file()}


def _read_without(folder: Path, text: str, absent: Mapping[str, Path]) -> schema.Scenario:
    """A resolved scenario, its own file standing for those that are gone; they are never read."""
    path = folder / store.SCENARIO
    for gone in absent.values():
        text = text.replace(str(gone), str(path.resolve()))
    return reading.resolve_chain((documents.parse_document(text, path, str(path)),))


def _lost_files(told: Mapping[str, str], paths: Mapping[str, Path]) -> dict[str, str]:
    """Data files that are not what they were, by use, in words."""
    lost = {}
    for use, path in paths.items():
        if not path.is_file():
            lost[use] = f"{use} ({path}) is gone"
        elif provenance.file_hashes({use: path})[use] != told.get(use):
            lost[use] = f"{use} ({path}) has changed"
    return lost


def runs_of(table: pd.DataFrame, ambition: str, scope: str, measure: str) -> tuple[Runs, date]:
    """The runs of an ambition at its last deadline."""
    mine = table[(table["ambition"] == ambition) & (table["scope"] == scope)]
    last = mine["deadline"].max()
    wide = mine[mine["deadline"] == last].pivot(index="draw", columns="replicate", values=MEASURES[measure])
    values = np.ascontiguousarray(wide.to_numpy(dtype=np.float64))
    return Runs(wide.index.to_numpy(dtype=np.int64), values), pd.Timestamp(last).date()

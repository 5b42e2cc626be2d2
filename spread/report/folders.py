"""What a report is made from: run folders with their tables, and the answers kept beside them."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd

from spread.outcomes import naming
from spread.plots import data as plot_data
from spread.report import words
from spread.runs import kept_answers, listing, store
from spread.scenarios import catalogue, reading, schema

Document = dict[str, Any]

OF_THE_PLAN: Final = ("find", "target", "sensitivity")
"""Answers that hold for one plan as it is, and from where it starts."""
OF_THE_MODEL: Final = ("hindcast", "fit")
"""Answers about the model and its data: they hold from wherever a plan starts."""
START: Final = ("start_from", "returns")
NOTES: Final = ("based_on", "title", "description")
"""What a scenario says of itself, which no number depends on."""


@dataclass(frozen=True)
class Run:
    """One run: its folder, manifest, scenario as resolved, and its tables when they are asked for."""

    folder: Path
    manifest: Mapping[str, Any]
    scenario: schema.Scenario
    _tables: dict[str, pd.DataFrame | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.scenario.name

    @property
    def title(self) -> str:
        """What readers call the plan."""
        return self.scenario.title or self.scenario.name

    @property
    def runs(self) -> int:
        """How many runs came through."""
        return int(self.manifest["draws"]) * int(self.manifest["replicates"]) - len(self.manifest.get("failures", ()))

    @cached_property
    def drawn(self) -> plot_data.PlotData:
        """The tables that figures are drawn from."""
        names = {code: str(entry["name"]) for code, entry in catalogue.pscs().items()}
        return plot_data.load(self.folder, group_names=names)

    def table(self, name: str) -> pd.DataFrame:
        """One of its tables; without rows where the run has none of that name."""
        if name not in self._tables:
            path = self.folder / store.TABLE_FILES[name]
            self._tables[name] = store.read_table(path) if path.is_file() else None
        found = self._tables[name]
        return pd.DataFrame() if found is None else found

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of one of its tables by column name."""
        return rows_of(self.table(name))

    def ambitions(self, scope: str) -> list[dict[str, Any]]:
        """The rows of ``ambitions.csv`` of one scope, in order."""
        return [row for row in self.rows("ambitions") if row["scope"] == scope]

    def text(self, file: str) -> str:
        """A file of its folder."""
        return (self.folder / file).read_text(encoding="utf-8")


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table's rows by column name."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict(orient="records")]


def read_run(given: Path | str) -> Run:
    """A finished run, from its folder or the folder of a scenario with a single run in it.

    Raises
    ------
    InputError
        When there is none, more than one, or it cannot be read.
    """
    folder = listing.find_run(str(given))
    stored = store.read_run(folder, tables=())
    return Run(folder, stored.manifest, reading.read_scenario(folder / store.SCENARIO))


@dataclass(frozen=True)
class Kept:
    """Answers kept beside a run: documents by kind, and how many were left out as they are about another plan."""

    documents: Mapping[str, tuple[Document, ...]]
    left_out: int = 0

    def of(
        self, kind: str, ambition: str | None = None, scope: str | None = None, deadline: date | None = None
    ) -> tuple[Document, ...]:
        """Those of one kind; about one ambition, place and deadline where asked."""
        wanted = {"ambition": ambition, "scope": scope, "deadline": None if deadline is None else deadline.isoformat()}
        asked = {name: value for name, value in wanted.items() if value is not None}
        found = self.documents.get(kind, ())
        return tuple(one for one in found if asked.items() <= {"scope": "national", **one}.items())


def runs_asked(document: Mapping[str, Any]) -> int:
    """Of how many runs each setting or place of an answer was asked at most."""
    return int(document["draws"]) * int(document["replicates"])


def kept_beside(run: Run) -> Kept:
    """The answers in the folder that holds a run's folder, those that are about this plan."""
    mine = tomllib.loads(run.text(store.SCENARIO))
    found: dict[str, tuple[Document, ...]] = {}
    left_out = 0
    for kind in (*OF_THE_PLAN, *OF_THE_MODEL):
        places = sorted(run.folder.parent.glob(f"{kind}-*"))
        there = [(place, document) for place in places if (document := kept_answers.read(place, kind)) is not None]
        fitting = [
            {**document, "folder": str(place)}
            for place, document in there
            if _is_about(place, kind, mine) and _rests_on_the_same(document, kind, run.manifest)
        ]
        found[kind] = tuple(fitting)
        left_out += len(there) - len(fitting)
    return Kept(found, left_out)


def _is_about(place: Path, kind: str, mine: Mapping[str, Any]) -> bool:
    """Whether the scenario an answer was computed for is the plan's; one about the model may start elsewhere."""
    try:
        its = tomllib.loads((place / store.SCENARIO).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    ignored = (*NOTES, *(START if kind in OF_THE_MODEL else ()))
    return _without(its, ignored) == _without(mine, ignored)


def _rests_on_the_same(document: Document, kind: str, manifest: Mapping[str, Any]) -> bool:
    """Whether an answer rests on the fit, the data files and the version of the model that a run rests on.

    One about the model may be of another version and start elsewhere; a fit is told of where it is the run's.
    """
    if kind == "fit":
        return document.get("digest") == manifest.get("posterior")
    if kind in OF_THE_MODEL:
        return "data_files" not in document or _world_of(document) == _world_of(manifest)
    told = ("posterior", "model_version", *(("data_files",) if "data_files" in document else ()))
    return all(document.get(name) == manifest.get(name) for name in told)


def _world_of(told: Mapping[str, Any]) -> object:
    """The data files that say who there is, by their hashes; not where anybody stood."""
    files = told.get("data_files")
    return {use: files[use] for use in files if use != "stages"} if isinstance(files, dict) else files


def _without(scenario: Mapping[str, Any], ignored: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in scenario.items() if name not in ignored}


# --- what tables call things ---------------------------------------------------------------------


def labels_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What an ambition is counted by in the summary: each intervention, or the set taken together."""
    names = tuple(str(row["interventions"]).split("+"))
    return (naming.ALL_OF + "+".join(names),) if row["together"] == "all" and len(names) > 1 else names


def eligible(run: Run, row: Mapping[str, Any]) -> int | None:
    """How many sites an ambition is about in its scope; None where it is not about sites."""
    table = run.table("sites")
    if table.empty or not str(row["measure"]).startswith("stage"):
        return None
    here = table[table["intervention"].isin(labels_of(row))]
    if row["scope"] != "national":
        here = here[here["psc"] == str(row["scope"]).removeprefix("psc:")]
    return int(here["site"].nunique()) or None


def usual_range(run: Run, row: Mapping[str, Any]) -> tuple[float, float, float] | None:
    """Where 80 % of runs have an ambition at its deadline, and the middle run: tenth, half, nine tenths."""
    from spread.outcomes import uncertainty

    table = run.table("run_values")
    if table.empty:
        return None
    asked = (table["ambition"] == row["ambition"]) & (table["scope"] == row["scope"])
    asked &= pd.to_datetime(table["deadline"]) == pd.Timestamp(words.as_date(row["deadline"]))
    values = table.loc[asked, "value"].to_numpy(dtype=float)
    if not len(values):
        return None
    low, middle, high = (uncertainty.quantile_known(values, share) for share in (0.1, 0.5, 0.9))
    return low, middle, high

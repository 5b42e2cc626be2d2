"""The plans that a comparison sets beside each other: what each one asks, and what came of it.

Plans are compared run by run, so they have to be the same runs: the same seed, draws and replicates, days, sites and
version of the model, and something they are all judged by.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import spread
from spread import errors
from spread.runs import answers, provenance, store
from spread.scenarios import reading, schema

if TYPE_CHECKING:
    import pandas as pd

TABLES: Final = ("run_values", "sites", "costs", "ambitions")
ADOPTION: Final = "adoption"
KEY_DIGITS_SAID: Final = 6
_SEED, _DRAWS, _REPLICATES = "it has seed", "it has draws:", "it has replicates:"
_RUN_WITH: Final = {
    _SEED: "; run it with --seed {}",
    _DRAWS: "; run it with --draws {}",
    _REPLICATES: "; run it with --replicates {}",
}
_OF_NETWORKS: Final = ("memberships", "ties", "graph")
OF_AMBITIONS: Final = (
    "interventions", "together", "measure", "stage", "threshold", "denominator", "local_thresholds",
    "organisation_share", "baseline", "baseline_date",
)  # fmt: skip
"""What of an ambition has to be the same, for chances to be chances of the same thing; its deadline may move."""


class Side(NamedTuple):
    """One plan and its results.

    `key` is empty where no folder holds them; `files` are hashes of the data files by use; `tables` those of `TABLES`;
    `history` gives the rows of ``adoption`` in pieces, which only the proof of a common past reads; `posterior` is the
    digest of the fit it rests on, if any.
    """

    name: str
    scenario: schema.Scenario
    key: str
    seed: int
    draws: int
    replicates: int
    version: str
    files: Mapping[str, str]
    tables: "Mapping[str, pd.DataFrame]"
    history: "Callable[[], Iterable[pd.DataFrame]]"
    posterior: str | None = None

    def deadlines(self, ambition: str) -> tuple[date, ...]:
        """The deadlines of an ambition at which it was assessed."""
        table = self.tables["run_values"]
        days = table.loc[table["ambition"] == ambition, "deadline"].unique()
        return tuple(sorted(day.date() for day in days))


def of_results(results: answers.Results, name: str = "") -> Side:
    """A plan that was run in memory."""
    scenario = results.scenario
    return Side(
        name=name or scenario.name,
        scenario=scenario,
        key="",
        seed=results.seed,
        draws=results.draws,
        replicates=results.replicates,
        version=spread.__version__,
        posterior=results.posterior,
        files=provenance.file_hashes(provenance.data_files(scenario)),
        tables={table: results.tables[table] for table in TABLES},
        history=lambda: (results.tables[ADOPTION],),
    )


def of_folder(folder: Path, name: str = "") -> Side:
    """A plan whose results are in a run folder.

    Raises
    ------
    InputError
        When it is not a finished run, or one of a version that kept less.
    """
    manifest = store.read_run(folder, tables=()).manifest
    missing = [name for name in (*TABLES, ADOPTION) if not (folder / store.TABLE_FILES[name]).is_file()]
    if missing:
        names = ", ".join(store.TABLE_FILES[table] for table in missing)
        message = f"has no {names}, which plans are compared by; run the scenario again"
        raise errors.InputError(errors.Fault(message, str(folder)))
    found = store.read_run(folder, tables=TABLES)
    scenario = reading.read_scenario(folder / store.SCENARIO)
    return Side(
        name=name or scenario.name,
        scenario=scenario,
        key=str(manifest["key"]),
        seed=int(manifest["seed"]),
        draws=int(manifest["draws"]),
        replicates=int(manifest["replicates"]),
        version=str(manifest["model_version"]),
        posterior=manifest.get("posterior"),
        files=manifest.get("data_files", {}),
        tables={table: _dated(frame) for table, frame in found.tables.items()},
        history=lambda: store.pieces_of(folder / store.TABLE_FILES[ADOPTION]),
    )


def _dated(frame: "pd.DataFrame") -> "pd.DataFrame":
    """A table with its deadlines as dates, which a CSV file has as text."""
    import pandas as pd

    return frame.assign(deadline=pd.to_datetime(frame["deadline"])) if "deadline" in frame else frame


def named_apart(sides: Sequence[Side]) -> tuple[Side, ...]:
    """The same, each with a name of its own: two of one name are told apart by their keys, or by number.

    Raises
    ------
    InputError
        When two are one and the same run.
    """
    keys = [side.key for side in sides if side.key]
    twice = [side for number, side in enumerate(sides) if side.key and side.key in keys[:number]]
    if twice and len(keys) == len(sides):
        raise errors.InputError(errors.Fault("is there twice: it is the same run", twice[0].name))
    names = [side.name for side in sides]
    told = [f"{side.name} ({side.key[:KEY_DIGITS_SAID] or number})" for number, side in enumerate(sides, start=1)]
    shared = [names.count(name) > 1 for name in names]
    return tuple(
        side._replace(name=own if is_shared else side.name)
        for side, own, is_shared in zip(sides, told, shared, strict=True)
    )


def check_comparable(sides: Sequence[Side]) -> None:
    """Make sure that plans can be compared; needs none of their tables.

    Raises
    ------
    InputError
        With everything in which another differs from the first, where it may not.
    """
    if len(sides) < 2:
        raise errors.InputError("a comparison takes two plans or more")
    faults = [fault for side in sides[1:] for fault in _differences(sides[0], side)]
    if faults:
        raise errors.InputError(faults)


def _differences(one: Side, other: Side) -> list[errors.Fault]:
    """What keeps two plans from being compared."""
    facts = [(label, mine, its) for (label, mine), (_, its) in zip(_facts(one), _facts(other), strict=True)]
    differing = [
        f"{label} {its}, but {mine} in {one.name}" + (_RUN_WITH[label].format(mine) if label in _RUN_WITH else "")
        for label, mine, its in facts
        if mine != its
    ]
    messages = [*differing, *_files_changed(one, other), *check_ambitions(one.scenario, other.scenario, one.name)]
    return [errors.Fault(message, f"{other.name} cannot be compared") for message in messages]


def _files_changed(one: Side, other: Side) -> Iterator[str]:
    """Networks may differ by design, each in a file of its own; one file must not have changed between the runs."""
    mine, its = (provenance.data_files(side.scenario) for side in (one, other))
    for use in _OF_NETWORKS:
        if use in mine and mine[use] == its.get(use) and one.files.get(use) != other.files.get(use):
            yield f"its {use} ({mine[use]}) have changed since {one.name} was run"


def _facts(side: Side) -> list[tuple[str, Any]]:
    """What has to be the same of results."""
    return [
        ("it was made by version", side.version),
        (_SEED, side.seed),
        (_DRAWS, side.draws),
        (_REPLICATES, side.replicates),
        ("it rests on", f"the fit {side.posterior[:KEY_DIGITS_SAID]}" if side.posterior else "no fit"),
        *facts_of_scenario(side.scenario, side.files),
    ]


def facts_of_scenario(scenario: schema.Scenario, files: Mapping[str, str]) -> list[tuple[str, Any]]:
    """What has to be the same of scenarios: their days, who there is, and what they start from."""
    world, start = scenario.world, scenario.start_from
    sites = files.get("sites", "")[:KEY_DIGITS_SAID]
    stages = f"sites as at {start.as_of} ({files.get('stages', '')[:KEY_DIGITS_SAID]})" if start else "no data"
    return [
        ("it begins on", scenario.start),
        ("it ends on", scenario.end),
        ("its sites are", f"England's, map of {world.psc_map}" if not sites else f"those of a file ({sites})"),
        ("it starts from", stages),
    ]


def check_ambitions(one: schema.Scenario, other: schema.Scenario, name: str) -> list[str]:
    """What keeps the ambitions of two scenarios from being compared, in words; nothing where one of them is shared."""
    shared = [ambition for ambition in one.ambitions if ambition in other.ambitions]
    if not shared:
        theirs, mine = (", ".join(scenario.ambitions) or "none" for scenario in (other, one))
        return [f"it has no ambition in common with {name}: {theirs} here, {mine} there"]
    return [text for ambition in shared for text in _ambition_differences(ambition, one, other, name)]


def _ambition_differences(ambition: str, one: schema.Scenario, other: schema.Scenario, name: str) -> list[str]:
    mine, its = one.ambitions[ambition], other.ambitions[ambition]
    return [
        f"its ambition '{ambition}' has {field.replace('_', ' ')} {_said(getattr(its, field))}, "
        f"but {_said(getattr(mine, field))} in {name}"
        for field in OF_AMBITIONS
        if getattr(mine, field) != getattr(its, field)
    ]


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return "none" if value is None or value == {} else f"{value:g}" if isinstance(value, float) else str(value)

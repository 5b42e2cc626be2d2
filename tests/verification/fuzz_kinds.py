"""Every kind of file a user brings, where it stands in a small world, and the way it takes through the product."""

import math
import shutil
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from spread.calibration import adoption_times, evidence, observed, series, targets
from spread.cli import from_return as making
from spread.network import data, founding, placing, population, returns, reviewing, tables
from spread.runs import answers
from spread.scenarios import facts, from_return, levers, reading, schema, writing
from tests.network import as_observed

CORPUS = Path(__file__).parent / "corpus"
WORLD, FAILURES = "world", "failures"
# What may be missing in a table: nobody got there, nothing was counted, or there was one run only.
MAY_BE_MISSING = {
    "ambitions": {
        "chance_p10", "chance_p90", "chance_sd", "parameter_sd", "recent_per_month", "met_q10", "met_q50", "met_q90",
        "furthest_behind_short", "needed_per_month", "value_now",
    },
    "sites": {"since", "adopt_q10", "adopt_q50", "adopt_q90", "stage_now"},
    "bottlenecks": {"slot_wait_days", "coach_wait_days", "coach_utilisation"},
    "costs": {"cost"},
    "adoption": {"all_elements", "rate"},
    "run_values": {"met_on", "gap", "short"},
}  # fmt: skip
LAST_DAY = date(2022, 3, 31)


class Refusals(Exception):
    """What several readers of one file said against it."""


class Kind(NamedTuple):
    """One kind of file: its shape, its name in the small world, how it is taken in (giving a scenario to run, or
    nothing), the folders of `CORPUS` with examples, and its share of the inputs.
    """

    name: str
    shape: str
    file: str
    read: Callable[[Path], "schema.Scenario | None"]
    weight: int = 4


def set_up(folder: Path) -> None:
    """Put the files of the small world into a folder."""
    for path in sorted((CORPUS / WORLD).iterdir()):
        shutil.copy(path, folder / path.name)


@cache
def examples(kind: Kind) -> tuple[Path, ...]:
    """Every example of a kind: sound ones, and those that were once taken wrongly; as they were at first."""
    return (*sound(kind), *failures(kind))


@cache
def sound(kind: Kind) -> tuple[Path, ...]:
    """Sound examples of a kind."""
    return tuple(sorted((CORPUS / kind.name).iterdir()))


def failures(kind: Kind) -> list[Path]:
    """Inputs of a kind that were once taken wrongly."""
    folder = CORPUS / FAILURES / kind.name
    return sorted(folder.iterdir()) if folder.is_dir() else []


# ---- the ways through the product ----


def _small(folder: Path, text: str) -> "schema.Scenario":
    place = folder / "small.toml"
    place.write_text(f'schema = 1\nname = "fuzzed"\n{text}', encoding="utf-8")
    return reading.read_scenario(str(place))


def _files(folder: Path) -> "schema.Scenario":
    return reading.read_scenario(str(folder / "files.toml"))


def _prepared(scenario: "schema.Scenario") -> "schema.Scenario":
    answers.prepare(scenario)
    return scenario


def read_scenario(path: Path) -> "schema.Scenario | None":
    """As `run`, `scenario check`, `scenario show` do; England itself is not built."""
    scenario = reading.read_scenario(str(path))
    levers.regimes(scenario)
    facts.all_facts(scenario)
    again = path.with_name("resolved.toml")
    again.write_text(writing.write_resolved(scenario), encoding="utf-8")
    if reading.read_scenario(str(again)) != scenario:
        raise AssertionError("the resolved scenario is not the same when it is read back")
    return _prepared(scenario) if scenario.world.population == "files" else None


def read_world(path: Path) -> "schema.Scenario":
    """As `run` does with files of one's own."""
    return _prepared(_files(path.parent))


def read_graph(path: Path) -> "schema.Scenario":
    """The same with a graph for sites and ties."""
    world = f'base = "base.toml"\n[world]\ngraph = "{path.name}"\n[interventions.plank]\npeers = "ties"\n'
    return _prepared(_small(path.parent, world))


def _begun(path: Path) -> "schema.Scenario":
    text = f'base = "files.toml"\n[start_from]\nstages = "{path.name}"\nas_of = 2021-09-30\n'
    return _small(path.parent, text)


def _observe(path: Path) -> None:
    """As `calibrate` and `hindcast` do: read, and find the place of every row in a run."""
    scenario = _files(path.parent)
    found = evidence.read_all([str(path)], scenario)
    watched = targets.observing(scenario, found.rows, LAST_DAY)
    targets.place_rows(found.rows, answers.prepare(watched).plan)
    series.split(found.rows)


def read_stages(path: Path) -> "schema.Scenario":
    """As `run` begins from stages, and as `calibrate` learns from them."""
    return _every(path, _observe, lambda path: _prepared(_begun(path)))


def read_observed(path: Path) -> None:
    """As `score` and `plot` read observations, and as `calibrate` does."""
    _every(path, observed.read_observed, _observe)


def read_counts(path: Path) -> "schema.Scenario | None":
    """The same, and as `run` begins from counts."""
    return _every(path, observed.read_observed, _observe, lambda path: _prepared(_begun(path)))


def read_times(path: Path) -> None:
    """As `calibrate` reads them, with and without knowing the sites."""
    _every(path, lambda path: adoption_times.read_adoption_times(path, start=date(2021, 4, 1)), _observe)


def read_return(path: Path) -> "schema.Scenario | None":
    """As `return check`, `run --from`, `calibrate` and `scenario new --from-return` do."""
    return _every(path, _review, _make_scenario, _observe, lambda path: _prepared(_begun(path)))


def _review(path: Path) -> None:
    read = returns.read_return(path)
    reviewing.review(read)
    scenario = _files(path.parent)
    people = data.read_data(scenario).population
    eligible = placing.eligible_sites(scenario, people)
    placed = placing.place_return(read, people, eligible)
    reviewing.review(read, reviewing.Known(people, eligible, placed))
    as_observed.observed_rows(placed, people)


def _make_scenario(path: Path) -> None:
    world = founding.found_world(returns.read_return(path), place=str(path))
    told = world.said._replace(source=tables.shown(path.name))
    text = from_return.scenario_text("made", told, sites=making.SITES, stages=making.STAGES)
    for name, content in (("made.toml", text), (making.SITES, world.sites_csv), (making.STAGES, world.stages_csv)):
        (path.parent / "made").mkdir(exist_ok=True)
        (path.parent / "made" / name).write_text(content, encoding="utf-8")
    made = reading.read_scenario(str(path.parent / "made" / "made.toml"))
    population.build_population(made)
    _prepared(made)


def _every(path: Path, *ways: Callable[[Path], object]) -> "schema.Scenario | None":
    """Try every way; what the last gives, where none of them refuses.

    Raises
    ------
    Refusals
        With what each said.
    """
    from spread import errors

    said, given = [], None
    for way in ways:
        try:
            given = way(path)
        except errors.InputError as error:
            said.append(error)
    if said:
        raise Refusals(*said)
    return given if isinstance(given, schema.Scenario) else None


def run_once(scenario: "schema.Scenario") -> None:
    """Run one draw and look at every table.

    Raises
    ------
    AssertionError
        Where a number is missing that must be there.
    """
    found = answers.run(scenario, draws=1, replicates=1, workers=1)
    assert not found.failures, found.failures
    for name, table in found.tables.items():
        for column in table.columns:
            values = table[column]
            if column not in MAY_BE_MISSING.get(name, ()):
                assert not values.isna().any(), f"{name}.{column} has missing values"
            if pd.api.types.is_float_dtype(values):
                assert not any(math.isinf(value) for value in values), f"{name}.{column} is infinite"


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("scenario", "toml", "scenario.toml", read_scenario, 8),
        Kind("sites", "csv", "sites.csv", read_world),
        Kind("memberships", "csv", "memberships.csv", read_world, 3),
        Kind("ties", "csv", "ties.csv", read_world, 3),
        Kind("stages", "csv", "begun.csv", read_stages),
        Kind("observed", "csv", "observed.csv", read_observed),
        Kind("counts", "csv", "counted.csv", read_counts, 2),
        Kind("adoption_times", "csv", "times.csv", read_times, 3),
        Kind("return_csv", "csv", "returned.csv", read_return),
        Kind("return_xlsx", "xlsx", "returned.xlsx", read_return, 3),
        Kind("graphml", "graphml", "graph.graphml", read_graph),
        Kind("graph_json", "json", "graph.json", read_graph),
    )
}

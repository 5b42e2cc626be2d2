"""The engine one reads and the engine one runs give the same event log, row for row and bit for bit."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spread.api as api
from spread.model import compiled_engine, compiling, inputs, prepare, process_engine, record
from spread.network import data, thinning
from spread.network import ties as ties_of
from spread.runs import plan
from spread.runs import replicate as runs
from tests.engines import coarse_grid, exploring, logs, worlds
from tests.verification import mutants

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "scenarios").rglob("*.toml"))
VARIANTS = "scenarios/england/"
"""England under other plans: the same programmes as in ``england.toml``, one thing changed in each."""
SEED = 1
MOST_SITES = 200


def compiled(
    world: inputs.ModelInputs, replicate: int, workspace: compiled_engine.Workspace | None = None
) -> record.EventLog:
    """The log of a replicate, to be kept."""
    return logs.copy_of(compiled_engine.run(world, seed=SEED, draw=0, replicate=replicate, workspace=workspace))


# --- equality -------------------------------------------------------------------------------------


def test_engines_agree_on_generated_worlds() -> None:
    seen = exploring.explore(exploring.WORLDS)
    exploring.assert_everything_happened(seen, least_share=0.04, least_shared_instants=0.4)


@pytest.mark.parametrize("due", ["now or later", pytest.param("later", marks=pytest.mark.slow)])
def test_engines_agree_where_times_fall_on_a_coarse_grid(
    due: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(compiling.FOLDER_VARIABLE, str(tmp_path / "compiled"))
    house = mutants.copy_house(mutants.HOUSE, tmp_path / "house")
    for edit in coarse_grid.EDITS[due]:
        assert mutants.break_rule(house, edit), f"not found exactly once: {edit.old}"
    done = mutants.run_tests(house, coarse_grid.TEST)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("draw_count", "replicate_count"), [(2, 2), pytest.param(5, 4, marks=pytest.mark.slow)], ids=["few", "many"]
)
@pytest.mark.parametrize(
    "scenario", [pytest.param(name, marks=[pytest.mark.slow] * name.startswith(VARIANTS)) for name in SCENARIOS]
)
def test_engines_agree_on_every_scenario(scenario: str, draw_count: int, replicate_count: int) -> None:
    agree_on(thinned_job(scenario), draw_count, replicate_count)


@pytest.mark.slow
def test_engines_agree_on_the_whole_of_england() -> None:
    agree_on(api.prepare(api.read_scenario(ROOT / "scenarios/england.toml"), seed=SEED), 1, 1)


def thinned_job(scenario: str) -> runs.Job:
    """A scenario made ready, in a world of some hundred sites where it has thousands."""
    asked = api.read_scenario(ROOT / scenario)
    read = data.read_data(asked)
    keep_every = -(-len(read.population.site_codes) // MOST_SITES)
    population = thinning.thinned(read.population, keep_every) if keep_every > 1 else read.population
    ties = read.ties if keep_every == 1 else ties_of.build_ties(asked, population)
    return runs.make_job(asked, population, ties, read.start, seed=SEED, replicates=1)


def agree_on(job: runs.Job, draw_count: int, replicate_count: int) -> None:
    """Both engines give the same logs of a job."""
    asked, workspace = job.world.scenario, compiled_engine.Workspace()
    for draw in range(draw_count):
        parameters = plan.draw_parameters(asked, seed=SEED, draw=draw)
        world = prepare.prepare_inputs(job.world, job.timetable, parameters, seed=SEED, draw=draw)
        for replicate in range(replicate_count):
            luck = {"seed": SEED, "draw": draw, "replicate": replicate}
            log = process_engine.run(world, **luck)
            assert len(log.kind) > 100
            logs.assert_same_log(log, compiled_engine.run(world, **luck, workspace=workspace))


def test_there_are_scenarios_to_agree_on() -> None:
    assert len(SCENARIOS) >= 8


# --- workspaces and threads -------------------------------------------------------------------------


def various_worlds() -> list[inputs.ModelInputs]:
    """Worlds of several sizes, and others of the same people under another plan."""
    large = worlds.EVERYTHING
    shapes = [
        large, large._replace(sites=2, interventions=1, networks=0), large._replace(luck=2),
        large._replace(interventions=1, organisations=2, pscs=4, epochs=3), large._replace(cycle_shape=0, pace=20.0),
    ]  # fmt: skip
    made = [worlds.inputs_of(shape) for shape in shapes]
    quicker = made[0].constants._replace(lapse_per_day=0.1, horizon_days=100.0)
    return [
        *made,
        made[0]._replace(constants=quicker, slots=made[0].slots + 1),
        made[0]._replace(cycle_chance=0.5 * made[0].cycle_chance),
    ]


def test_a_workspace_used_again_gives_what_a_fresh_one_gives() -> None:
    used, given = compiled_engine.Workspace(), various_worlds()
    fresh = [[compiled(world, replicate) for replicate in range(2)] for world in given]
    for _ in range(2):
        for world, expected in zip(given, fresh, strict=True):
            for replicate, log in enumerate(expected):
                logs.assert_same_log(log, compiled(world, replicate, used))


def test_two_threads_give_what_one_gives() -> None:
    given = various_worlds()
    alone = [compiled(world, replicate) for world in given for replicate in range(20)]

    def run_all(_: int) -> list[record.EventLog]:
        workspace = compiled_engine.Workspace()
        return [compiled(world, replicate, workspace) for world in given for replicate in range(20)]

    with ThreadPoolExecutor(2) as threads:
        for together in threads.map(run_all, range(2)):
            for one, other in zip(alone, together, strict=True):
                logs.assert_same_log(one, other)


# --- what the comparison says ---------------------------------------------------------------------


def test_a_difference_in_the_last_bit_is_found_and_said_in_words() -> None:
    log = process_engine.run(worlds.inputs_of(worlds.EVERYTHING), seed=SEED, draw=0, replicate=0)
    logs.assert_same_log(log, logs.copy_of(log))
    later = log.time_days.copy()
    later[7] = np.nextafter(later[7], np.inf)
    with pytest.raises(AssertionError, match=r"row 7 differs(.|\n)*process:  day (.|\n)*compiled: day "):
        logs.assert_same_log(log, log._replace(time_days=later))
    shorter: list[Any] = [column[:-1] for column in log[2:]]
    with pytest.raises(AssertionError, match="compiled: the log has ended"):
        logs.assert_same_log(log, record.EventLog(*log[:2], *shorter))
    with pytest.raises(AssertionError, match="columns of another type"):
        logs.assert_same_log(log, log._replace(unit=log.unit.astype(np.int64)))

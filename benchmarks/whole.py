"""Everything switched on: both engines to the same tables, where the time goes, threads and memory."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks import contenders, measure, worlds
from benchmarks.measure import ENGLAND, SPREAD, TRACHEOSTOMY, Figure
from spread.model import record
from spread.model.inputs import ModelInputs
from spread.outcomes import collect, tabulate
from spread.runs import local, replicate

Found = TypeVar("Found")


def tracheostomy(folder: Path, *, quick: bool) -> list[Figure]:
    """180 hospital sites, three interventions, 21 months."""
    return [
        *same_tables("tracheostomy", "Tracheostomy", TRACHEOSTOMY, runs=200, process_runs=3 if quick else 20),
        *parts("tracheostomy", TRACHEOSTOMY, 50),
    ]


def whole(folder: Path, *, quick: bool) -> list[Figure]:
    """22,000 sites, three interventions, monthly meetings, eight years."""
    site_count = 2_200 if quick else 22_000
    scenario = worlds.whole_system(folder / "whole", site_count=site_count)
    return [
        *same_tables("whole", "Whole system", scenario, runs=5, process_runs=1),
        *parts("whole", scenario, 3),
        *mechanisms(scenario),
        *threads(scenario, 4 if quick else 8),
        *memory(scenario),
        *state(scenario),
    ]


def england(folder: Path, *, quick: bool) -> list[Figure]:
    """Every programme in all settings: a replicate with its tables, and a thousand runs from the command line."""
    one = measure.alone("engine", ENGLAND, replicate.COMPILED, 2 if quick else 10, 1)
    few, more = (5, 10) if quick else (10, 40)
    children = [
        measure.run_child(
            [*SPREAD, "run", str(ENGLAND), "--draws", str(draws), "--replicates", "2", "-q",
             "--out", str(folder / f"england{draws}")], cwd=folder,
        ) for draws in (few, more)
    ]  # fmt: skip
    a_run = (children[1].wall_seconds - children[0].wall_seconds) / (2 * (more - few))
    thousand = children[0].wall_seconds + a_run * (1_000 - 2 * few)
    return [
        Figure("england_seconds", "England, all programmes: a replicate with its tables",
               statistics.median(one["seconds"]), "s"),
        Figure("england_events", "  its events", statistics.median(one["events"]) / 1e6, "million"),
        Figure("england_thousand", "England: 1,000 runs from the command line, from a few", thousand / 60, "min", 10),
        Figure("england_begin", "  of which before the first run and after the last",
               (children[0].wall_seconds - 2 * few * a_run) / 60, "min"),
        Figure("england_peak", "  peak memory", children[1].peak_bytes / measure.MEGABYTE, "MB"),
        Figure("england_flat", "  over that of a quarter of the runs", children[1].peak_bytes / children[0].peak_bytes),
    ]  # fmt: skip


def same_tables(key: str, text: str, scenario: Path, *, runs: int, process_runs: int) -> list[Figure]:
    """Replicates with their tables, by each engine in a fresh process."""
    ours = measure.alone("engine", scenario, replicate.COMPILED, runs, 1)
    theirs = measure.alone("engine", scenario, replicate.PROCESS, process_runs, 1)
    seconds = statistics.median(ours["seconds"])
    return [
        Figure(f"{key}_simpy", f"{text}: SimPy's time over ours, same tables",
               statistics.median(theirs["seconds"]) / seconds, "x", 70, True),
        Figure(f"{key}_rate", "  replicates a second", 1 / seconds, "/s"),
        Figure(f"{key}_events", "  events a second", statistics.median(ours["events"]) / seconds / 1e6, "million"),
    ]  # fmt: skip


def parts(key: str, scenario: Path, draws: int) -> list[Figure]:
    """Where the time of a draw with two replicates goes."""
    ready = contenders.Ready(scenario)
    job, plan = ready.job, ready.job.plan
    collector = collect.Collector(plan, draws + 1, job.replicates, first_draw=0)
    spent = dict.fromkeys(("preparation", "engine", "tabulation", "collection"), 0.0)

    def timed(part: str, what: Callable[..., Found], *given: object) -> Found:
        began = time.thread_time()
        found = what(*given)
        spent[part] += time.thread_time() - began
        return found

    for draw in range(draws + 1):
        if draw == 1:  # the first compiles, or loads
            spent.update(dict.fromkeys(spent, 0.0))
        inputs, parameters = timed("preparation", ready.prepare, draw)
        for number in range(job.replicates):
            log = timed("engine", ready.run_on, inputs, number)
            table = timed("tabulation", count, ready, log, inputs, parameters, draw)
            timed("collection", collector.add, draw, number, table)
    whole = sum(spent.values())
    return [
        Figure(f"{key}_{part}", f"  share of the time: {part}", seconds / whole, "share")
        for part, seconds in spent.items()
    ]


def count(
    ready: contenders.Ready, log: record.EventLog, inputs: ModelInputs, parameters: dict[str, float], draw: int
) -> tabulate.OutcomeTable:
    """One log counted by the job's plan."""
    job = ready.job
    return replicate.count(job, log, inputs, parameters, draw, ready.bench)


def mechanisms(scenario: Path) -> list[Figure]:
    """The engine's time for an event with a mechanism switched off, as a share of that with everything on."""
    ready = contenders.Ready(scenario)
    base = ready.inputs
    table, constants = base.timetable, base.constants
    without: dict[str, ModelInputs] = {
        "everything on": base,
        "no meetings": base._replace(timetable=table._replace(
            meeting_day=table.meeting_day[:0], meeting_date=table.meeting_date[:0],
            meeting_network=table.meeting_network[:0], meeting_attendance=table.meeting_attendance[:0],
            meeting_learning=table.meeting_learning[:0])),
        "no courses": base._replace(timetable=table._replace(
            course_day=table.course_day[:0], course_date=table.course_date[:0], course_psc=table.course_psc[:0],
            course_seats=table.course_seats[:0])),
        "no dose, load, champions": base._replace(constants=constants._replace(
            dose_log_hr=0.0, load_log_hr=0.0, lapse_champion_log_hr=0.0, no_signal_log_hr=0.0)),
    }  # fmt: skip
    times: dict[str, float] = {}
    for name, inputs in without.items():
        ready.run_on(inputs, 0)
        began = time.thread_time()
        events = sum(len(ready.run_on(inputs, number).unit) for number in (1, 2))
        times[name] = (time.thread_time() - began) / events
    return [
        Figure(f"whole_{name.replace(' ', '_')}", f"  time for an event, {name}",
               seconds / times["everything on"])
        for name, seconds in times.items() if name != "everything on"
    ]  # fmt: skip


def threads(scenario: Path, draws: int) -> list[Figure]:
    """Wall time of one thread over that of two."""
    job = contenders.Ready(scenario).job
    pieces = [(draw, 1) for draw in range(draws)]
    walls: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(3):
        for workers, times in walls.items():
            began = time.perf_counter()
            for _chunk in local.run_pieces(job, pieces, engine=replicate.COMPILED, workers=workers):
                pass
            times.append(time.perf_counter() - began)
    gain = measure.ratio(walls[1], walls[2])
    return [Figure("whole_threads", "Whole system: two threads against one, wall time", gain, "x", 1.8, True)]


def memory(scenario: Path) -> list[Figure]:
    """The most memory one worker holds, in a fresh process."""
    found = measure.alone("peak", scenario)
    world = found["prepared"] - found["libraries"]
    return [
        Figure("whole_peak", "Whole system: peak memory, less the world's tables",
               (found["peak"] - world) / measure.MEGABYTE, "MB", 250),
        Figure("whole_peak_all", "  all of it", found["peak"] / measure.MEGABYTE, "MB"),
        Figure("whole_libraries", "  of which libraries", found["libraries"] / measure.MEGABYTE, "MB"),
    ]  # fmt: skip


def state(scenario: Path) -> list[Figure]:
    """Bytes that events change, for each unit, less eight for each of its elements."""
    ready = contenders.Ready(scenario)
    ready.run(0)
    live = ready.bench.workspace.live
    shared = {"known", "stretches", "here", "knowing", "dose", "organisations", "pools", "clock"}
    count = len(ready.inputs.units.site)
    own = [array for name, array in zip(live._fields, live, strict=True) if name not in shared]
    bytes_a_unit = sum(array.nbytes for array in own) / count
    return [
        Figure("state_bytes", "State of a unit, less 8 bytes an element",
               bytes_a_unit - 8 * float(np.mean(ready.inputs.elements)), "bytes", 128)
    ]  # fmt: skip


def flat(folder: Path, *, quick: bool) -> list[Figure]:
    """Peak memory of `spread run` with many replicates over that with few."""
    peaks = [
        measure.run_child(
            [*SPREAD, "run", str(TRACHEOSTOMY), "--draws", str(draws), "--replicates", "2", "-q",
             "--out", str(folder / f"flat{draws}")], cwd=folder,
        ).peak_bytes
        for draws in ((50, 250) if quick else (250, 5_000))
    ]  # fmt: skip
    return [
        Figure("flat_memory", "Tracheostomy: memory of 10,000 replicates over 500", peaks[1] / peaks[0], "x", 1.2),
        Figure("flat_memory_peak", "  all of it", peaks[1] / measure.MEGABYTE, "MB"),
    ]

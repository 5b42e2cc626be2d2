"""What is asked of many runs: plans compared, the smallest setting found, a fit; and how much of that is simulation."""

import json
import time
from datetime import date
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import ROOT, SPREAD, Figure
from spread import api
from spread.calibration import efforts, fit, observed
from spread.runs import answers
from spread.runs import sample as samples

LEVELS = ("none", "light", "standard", "enhanced")
DRAWS, FEW_DRAWS = 500, 50
FREE = (
    "kappa", "decision_acute_per_month", "lapse_per_month", "push_duty_log_hr",
    "shock.covid_launch.multiplier", "tracheostomy_bedhead_signs.baseline.signs",
)  # fmt: skip
QUARTERLY_POINTS = 42


def decisions(folder: Path, *, quick: bool) -> list[Figure]:
    """Wall times of `compare`, `find` and `calibrate` on the tracheostomy scenarios, and their shares of simulation."""
    draws = FEW_DRAWS if quick else DRAWS
    return [*compare(folder / "compare", draws), *find(folder / "find", draws), *calibrate(quick=quick)]


def compare(folder: Path, draws: int) -> list[Figure]:
    """Four intensities, two runs a draw."""
    folder.mkdir()
    plans = [str(ROOT / "scenarios" / "tracheostomy" / f"{level}.toml") for level in LEVELS]
    child = measure.run_child([*SPREAD, "compare", *plans, "--draws", str(draws), "-q"], cwd=folder)
    simulating = sum(gathering(f"tracheostomy-{level}", draws) for level in LEVELS)
    return [
        Figure("compare_wall", "spread compare, four intensities x 1,000, wall time", child.wall_seconds, "s", 120),
        Figure("compare_other", "  share of it not spent simulating", 1.0 - simulating / child.wall_seconds, "share"),
    ]


def gathering(scenario: str, draws: int) -> float:
    """Wall time of the runs of a scenario alone, in seconds."""
    job = answers.prepare(api.read_scenario(scenario))
    began = time.perf_counter()
    samples.gather(job, draws, samples.InMemory(), samples.Hands(), lambda done, total, note: None)
    return time.perf_counter() - began


def find(folder: Path, draws: int) -> list[Figure]:
    """One lever to 5 % of its range."""
    folder.mkdir()
    words = ["find", "tracheostomy-standard", "--lever", "outreach_hours", "--high", "6", "--chance", "0.2"]
    child = measure.run_child([*SPREAD, *words, "--draws", str(draws), "-q"], cwd=folder)
    (kept,) = folder.glob("results/*/find-*/find.json")
    simulating = json.loads(kept.read_text(encoding="utf-8"))["simulating_seconds"]
    return [
        Figure("find_wall", "spread find, one lever, wall time", child.wall_seconds, "s", 120),
        Figure("find_other", "  share of it not spent simulating", 1.0 - simulating / child.wall_seconds, "share"),
    ]


def calibrate(*, quick: bool) -> list[Figure]:
    """Six parameters on quarterly regional points of a history of the tracheostomy programme."""
    scenario = api.read_scenario("tracheostomy-standard")
    rows = history(scenario)
    effort = efforts.Effort(500, 250, 200, 2) if quick else efforts.Effort()
    began, told = time.perf_counter(), [0]

    def report(done: int, total: int, note: str) -> None:
        told[0] = max(told[0], done)

    fit.calibrate(fit.Asked(scenario, rows, FREE), effort=effort, report=report)
    wall = time.perf_counter() - began
    per_run = gathering("tracheostomy-standard", FEW_DRAWS) / (2 * FEW_DRAWS)
    return [
        Figure("calibrate_wall", f"calibrate, six parameters, {len(rows)} points, wall time", wall, "s"),
        Figure("calibrate_rate", "  simulations a second", told[0] / wall, "/s"),
        Figure("calibrate_simulating", "  share of it a run of as many would take", per_run * told[0] / wall, "share"),
    ]


def history(scenario: object) -> tuple[observed.Observation, ...]:
    """Regional shares in use at the ends of quarters, out of one simulated history."""
    results = api.run(scenario, draws=1, replicates=1, seed=99)  # type: ignore[arg-type]
    table = results.tables["adoption"]
    mine = table[(table["group_kind"] == "nhs_region") & (table["intervention"] == "tracheostomy_bedhead_signs")]
    in_use = mine[["stage_5", "stage_6", "stage_7"]].sum(axis=1)
    found = []
    for day, region, count, out_of in zip(mine["date"], mine["group"], in_use, mine["eligible"], strict=True):
        when = date.fromisoformat(str(day)[:10])
        measure_of = observed.Measure("at_least", observed.ADOPTED)
        found.append(
            observed.Observation(
                when, ("tracheostomy_bedhead_signs",), measure_of, "nhs_region", str(region), float(count),
                float(out_of), float(count) / float(out_of), "", "simulated", 0,
            )
        )  # fmt: skip
    return tuple(found)[-QUARTERLY_POINTS:]

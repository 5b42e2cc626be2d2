"""What it costs to begin: commands, the package, compiling and loading."""

import statistics
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import SPREAD, TRACHEOSTOMY, Figure

COMMANDS = {
    "help": ("spread --help", [*SPREAD, "--help"], 6.0),
    "import": ("import spread", ["-c", "import spread"], 10.0),
    "check": ("spread scenario check", [*SPREAD, "scenario", "check", str(TRACHEOSTOMY)], None),
}


def startup(folder: Path, *, quick: bool) -> list[Figure]:
    """CPU time of commands over that of bare Python; compiling, loading, and a usual run."""
    rounds = 3 if quick else 9
    times: dict[str, list[float]] = {key: [] for key in ("bare", *COMMANDS)}
    for _ in range(rounds):
        times["bare"].append(measure.run_child(["-c", "pass"]).cpu_seconds)
        for key, (_, words, _) in COMMANDS.items():
            times[key].append(measure.run_child(words).cpu_seconds)
    figures = [
        Figure(f"start_{key}", f"{text}: CPU time over bare Python", measure.ratio(times[key], times["bare"]), "x", bar)
        for key, (text, _, bar) in COMMANDS.items()
    ]
    return [*figures, *compiling(folder), *usual_run(folder, rounds)]


def compiling(folder: Path) -> list[Figure]:
    """The first replicate with nothing compiled yet, and in a later process."""
    words, kept = ["-m", "benchmarks.alone", "first", str(TRACHEOSTOMY)], {"SPREAD_CACHE_DIR": str(folder / "code")}
    bare = measure.run_child(
        ["-c", "import benchmarks.contenders, spread.model.compiled_engine"], environment=kept
    ).cpu_seconds
    cold, warm = (measure.run_child(words, environment=kept).cpu_seconds - bare for _ in range(2))
    return [
        Figure("compile_cold", "Compiling, once, CPU time", cold - warm, "s", 15),
        Figure("compile_warm", "Loading what is compiled, to the first replicate", warm, "s", 0.5),
    ]


def usual_run(folder: Path, rounds: int) -> list[Figure]:
    """Wall time of a run of 1,000."""
    words = [*SPREAD, "run", str(TRACHEOSTOMY), "--draws", "500", "--replicates", "2", "-q", "--out"]
    walls = [measure.run_child([*words, str(folder / f"usual{n}")], cwd=folder).wall_seconds for n in range(rounds)]
    return [Figure("usual_run", "spread run, tracheostomy x 1,000, wall time", statistics.median(walls[1:]), "s", 3)]

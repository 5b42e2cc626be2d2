"""Kill a run or a fit again and again at random moments, let it go on, and compare it with one that was left alone.

Run as ``python -m tests.verification.kills 30``, how many are killed at least once: a quarter are runs of each engine,
a quarter fits, a quarter searches for a lever's setting; ``kills 30 search`` does only that quarter.
``python -m tests.verification.kills dask 50`` says how often a worker of a cluster is killed. Ends with 1 if any
content hash differs, or if a finished folder is not good.
"""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.cli.worlds import SCENARIO, SITES

if TYPE_CHECKING:
    import distributed

ROOT = Path(__file__).parents[2]
# Enough that a run takes seconds; the compiled engine is some hundred times as fast.
DRAWS = {"process": 12, "compiled": 300}
RUN = "from spread.runs import local; local.MOST_DRAWS = 1; from spread.cli.main import main; main({words!r})"
FIT = "from spread.cli.main import main; main({words!r})"
FIT_BATCHES = 12
SEARCH_CHUNKS = 140
DASK_DRAWS = 60
OBSERVED = """\
date,intervention,measure,group_kind,group,numerator,denominator,value
2020-06-30,tracheostomy_bedhead_signs,stage>=5,national,,1,5,
2020-09-30,tracheostomy_bedhead_signs,stage>=5,national,,2,5,
2020-12-31,tracheostomy_bedhead_signs,stage>=5,national,,3,5,
2021-03-31,tracheostomy_bedhead_signs,stage>=5,national,,4,5,
"""


class Work(NamedTuple):
    """Something that can be killed: its command, the glob of what it has on disk by then, how many, and its hash."""

    words: list[str]
    pieces: str
    most: int
    content_hash: Callable[[Path], str]


class Story(NamedTuple):
    """What was killed: how often, how many pieces were on disk after each kill, and the hash of what came of it."""

    kills: int
    pieces_after_kills: tuple[int, ...]
    content_hash: str


class Moment(NamedTuple):
    """When to kill: so many seconds after there were so many pieces on disk."""

    pieces: int
    seconds: float


def a_run(*, engine: str, workers: int, draws: int | None = None) -> Work:
    """A run of the small world, a draw a chunk."""
    count = draws or DRAWS[engine]
    words = ["run", "tiny.toml", "--draws", str(count), "--engine", engine, "--workers", str(workers), "-q"]
    started = [sys.executable, "-c", RUN.format(words=words)]
    return Work(started, "results/tiny/*.partial/draws/0*.arrow", count, run_hash)


def a_fit(*, workers: int) -> Work:
    """A fit of the small world to four numbers."""
    words = ["calibrate", "tiny.toml", "--observed", "observed.csv", "--effort", "quick", "--sets", "50"]
    words += ["--free", "decision_acute_per_month", "--free", "kappa", "--workers", str(workers), "-q"]
    started = [sys.executable, "-c", FIT.format(words=words)]
    return Work(started, "results/tiny/*.partial/0*.npz", FIT_BATCHES, fit_hash)


def a_search(*, workers: int) -> Work:
    """A search for the coaches that give a chance in the small world."""
    words = ["find", "tiny.toml", "--lever", "coaches", "--chance", "0.5", "--draws", "60", "--workers", str(workers)]
    started = [sys.executable, "-c", RUN.format(words=[*words, "-q"])]
    return Work(started, "results/tiny/find-*.partial/*/0*.arrow", SEARCH_CHUNKS, search_hash)


def run_hash(folder: Path) -> str:
    """The content hash of the one finished run in a folder."""
    (manifest,) = folder.glob("results/tiny/*/manifest.json")
    return str(json.loads(manifest.read_text())["content_hash"])


def fit_hash(folder: Path) -> str:
    """A hash of every file of the one finished fit in a folder, but the scenario, which says where its sites are."""
    (place,) = folder.glob("results/tiny/fit-*[!l]")
    files = sorted(path for path in place.rglob("*") if path.is_file() and path.name != "scenario.toml")
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()


def search_hash(folder: Path) -> str:
    """A hash of the numbers of the one finished search in a folder."""
    (place,) = folder.glob("results/tiny/find-*[!l]/find.json")
    told = {name: value for name, value in json.loads(place.read_text()).items() if not name.endswith("_seconds")}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def make_world(folder: Path) -> None:
    """The files of a world of five sites."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sites.csv").write_text(SITES)
    (folder / "tiny.toml").write_text(SCENARIO)
    (folder / "observed.csv").write_text(OBSERVED)


def start(folder: Path, work: Work) -> "subprocess.Popen[bytes]":
    """Start it in a process group of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(work.words, cwd=folder, stdout=nowhere, env=environment, start_new_session=True)


def finish(folder: Path, work: Work) -> tuple[float, str]:
    """Let it come to its end: its seconds and its hash."""
    began = time.monotonic()
    with start(folder, work) as process:
        if process.wait(timeout=300) != 0:
            raise RuntimeError(f"it ended with {process.returncode}")
    return time.monotonic() - began, work.content_hash(folder)


def pieces_on_disk(folder: Path, work: Work) -> int:
    """Pieces of what is unfinished in a folder."""
    return len(list(folder.glob(work.pieces)))


def kill(process: "subprocess.Popen[bytes]", folder: Path, work: Work, moment: Moment) -> bool:
    """Kill it and its workers at a moment, unless it ends before; whether it was."""
    while process.poll() is None and pieces_on_disk(folder, work) < moment.pieces:
        time.sleep(0.005)
    try:
        process.wait(timeout=moment.seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return True
    return False


def kill_and_finish(folder: Path, work: Work, moments: list[Moment]) -> Story:
    """Start it again and again, kill it at each of the moments, then let it finish."""
    make_world(folder)
    after, kills = [], 0
    for moment in moments:
        with start(folder, work) as process:
            kills += kill(process, folder, work, moment)
        after.append(pieces_on_disk(folder, work))
    return Story(kills, tuple(after), finish(folder, work)[1])


def main(count: int, only: list[str]) -> int:
    """Kill so many runs of each engine, fits and searches, all of two workers, from their start to their last move."""
    luck, wrong = random.Random(count), 0  # noqa: S311 - no secret
    works = {f"run-{engine}": a_run(engine=engine, workers=2) for engine in DRAWS}
    works |= {"fit": a_fit(workers=2), "search": a_search(workers=2)}
    each = max(count // len(works), 1)
    works = {name: work for name, work in works.items() if name in (only or works)}
    with tempfile.TemporaryDirectory(prefix="kills-") as place:
        for name, work in works.items():
            scratch = Path(place) / name
            make_world(scratch)
            seconds, wanted = finish(scratch, work)
            print(f"{name}: {work.most} pieces in {seconds:.1f} s left alone, {wanted[:16]}", flush=True)
            for number in range(each):
                numbers = sorted(luck.randint(0, work.most) for _ in range(luck.choice((1, 1, 2, 3))))
                moments = [Moment(pieces, luck.uniform(0.0, 0.5)) for pieces in numbers]
                story = kill_and_finish(Path(place) / f"{name}-{number}", work, moments)
                is_same = story.content_hash == wanted
                wrong += not is_same
                left = ", ".join(str(pieces) for pieces in story.pieces_after_kills)
                print(f"{'same' if is_same else 'DIFFERENT':9} {story.kills} kills, pieces kept: {left}", flush=True)
    print(f"{wrong} of {len(works) * each} differ")
    return int(wrong > 0)


def workers_of(client: "distributed.Client", count: int) -> list[int]:
    """The processes of the workers, once there are so many again: whoever was killed is replaced."""
    until = time.monotonic() + 120.0
    while time.monotonic() < until:
        if len(client.nthreads()) >= count:  # asks the scheduler; what the cluster object counts can be out of date
            return sorted(client.run(os.getpid).values())
        time.sleep(0.1)
    raise RuntimeError(f"only {len(client.nthreads())} of {count} workers came back in two minutes")


def kill_workers(count: int) -> int:
    """Run on a cluster of two workers again and again, and kill one of them at a random moment of each run."""
    import dask
    import distributed

    from spread.runs import answers, local, values
    from spread.scenarios import reading
    from tests.verification import sameness

    luck, wrong, killed = random.Random(count), 0, 0  # noqa: S311 - no secret
    local.MOST_DRAWS, local.SHORT_SECONDS = 2, 0.0
    # A cluster that misses a worker for a quarter of a minute gives up its place; here one is often missing.
    dask.config.set({"distributed.deploy.lost-worker-timeout": "1h"})
    with tempfile.TemporaryDirectory(prefix="kills-") as place, sameness.small_cluster(2) as cluster:
        make_world(Path(place))
        scenario = reading.read_scenario(Path(place) / "tiny.toml")
        asked = {"draws": DASK_DRAWS, "workers": 2}
        wanted = values.values_hash(answers.run(scenario, **asked).tables)
        with distributed.Client(cluster, set_as_default=False) as client:
            client.run(__import__, "spread.model.compiled_engine")
            for number in range(count):
                moment, victims = luck.randint(1, DASK_DRAWS), workers_of(client, 2)
                victim, done = luck.choice(victims), []

                def strike(runs: int, _all: int, moment: int = moment, victim: int = victim, done: list = done) -> None:
                    if not done and runs >= 2 * moment:
                        done.append(victim)
                        os.kill(victim, signal.SIGKILL)

                with client.get_executor(pure=False) as executor:
                    found = answers.run(scenario, **asked, executor=executor, progress=strike)
                is_same = values.values_hash(found.tables) == wanted
                wrong, killed = wrong + (not is_same), killed + len(done)
                print(f"{number}: {'same' if is_same else 'DIFFERENT'}, killed after {moment} draws", flush=True)
    print(f"{wrong} of {count} differ; {killed} workers killed")
    return int(wrong > 0 or killed < count)


if __name__ == "__main__":
    if sys.argv[1:2] == ["dask"]:
        sys.exit(kill_workers(int(sys.argv[2]) if len(sys.argv) > 2 else 50))
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 30, sys.argv[2:]))

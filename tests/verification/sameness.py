"""The same answer everywhere: ``python -m tests.verification.sameness [SCENARIOS]`` (300).

Random valid scenarios, each run with 1, 2 and 8 threads, chunks of any size, the other engine, and executors of
threads, processes and Dask, pieces finishing in any order; all of it again in a process with another hash seed. Ends
with 1 if the content hash of any differs from that of one thread.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from spread import errors
from spread.runs import answers, local, values
from spread.scenarios import levers, reading, schema

if TYPE_CHECKING:
    import distributed

HASH_SEEDS = ("1", "2")
BASES = ("tracheostomy", "pews")
SUPPORT = ("none", "light", "standard", "enhanced")
SERVICES = ("tracheostomy", "paediatric_inpatients")
PSCS = ("Wessex", "YH", "NENC", "KSS")
REPLICATES = 2


# --- scenarios ------------------------------------------------------------------------------------


def make_scenario(folder: Path, number: int) -> Path:
    """A random valid scenario with a world of its own; its file."""
    for attempt in range(100):
        luck = random.Random(1000 * number + attempt)  # noqa: S311 - no secret
        place = folder / f"{number:04d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / "sites.csv").write_text(sites_text(luck))
        (place / "memberships.csv").write_text(memberships_text(luck, site_count=len(read_lines(place / "sites.csv"))))
        file = place / "scenario.toml"
        file.write_text(scenario_text(luck, number))
        try:
            answers.prepare(reading.read_scenario(file))
        except errors.InputError:
            continue
        return file
    raise RuntimeError(f"no valid scenario of number {number}")


def read_lines(path: Path) -> list[str]:
    return path.read_text().splitlines()[1:]


def sites_text(luck: random.Random) -> str:
    rows = ["site,organisation,setting,psc,services"]
    for number in range(luck.randint(1, 40)):
        services = ";".join(name for name in SERVICES if luck.random() < 0.8)
        rows.append(f"S{number},O{number // luck.randint(1, 4)}x,acute,{luck.choice(PSCS)},{services}")
    return "\n".join(rows) + "\n"


def memberships_text(luck: random.Random, *, site_count: int) -> str:
    rows = ["network,kind,site"]
    for network in range(luck.randint(0, 3)):
        chosen = [site for site in range(site_count) if luck.random() < 0.5]
        rows += [f"N{network},clinical,S{site}" for site in chosen]
    return "\n".join(rows) + "\n"


def scenario_text(luck: random.Random, number: int) -> str:
    base = f"{luck.choice(BASES)}-{luck.choice(SUPPORT)}"
    world = '[world]\npopulation = "files"\nsites = "sites.csv"\n'
    if luck.random() < 0.5:
        world += 'memberships = "memberships.csv"\n'
    drawn = settings(luck)
    dated = "\n[[change]]\nfrom = 2020-10-01\n" if "tracheostomy" in base else "\n[[change]]\nfrom = 2023-12-01\n"
    changes = dated + settings(luck) if luck.random() < 0.5 else ""
    return f'schema = 1\nname = "random-{number}"\nbase = "{base}"\n{drawn}\n{world}{changes}'


def settings(luck: random.Random) -> str:
    """Some levers, set to anything they may be."""
    every = {
        "coaches": f"{luck.choice((0, 0.5, 3, 12))}",
        "outreach_hours": f"{luck.choice((0, 1, 8))}",
        "champions": f"{luck.random():.2f}",
        "measurement": f"{luck.random():.2f}",
        "safety_culture": f"{luck.random():.2f}",
        "priority_rule": f'"{luck.choice(levers.PRIORITY_RULES)}"',
        "push": f'"{luck.choice(("none", "audit", "incentive", "duty"))}"',
        "learning_sets": f"{luck.choice((0, 2, 12))}",
    }
    return "".join(f"{name} = {value}\n" for name, value in every.items() if luck.random() < 0.4)


# --- ways of running them -------------------------------------------------------------------------


class Shuffled(futures.Executor):
    """Threads whose work is finished in an order that has nothing to do with that in which it was given."""

    def __init__(self, luck: random.Random) -> None:
        self._pool, self._luck = futures.ThreadPoolExecutor(4), luck

    def submit(self, function, /, *given, **named):
        delay = self._luck.random() * 0.02

        def late():
            time.sleep(delay)
            return function(*given, **named)

        return self._pool.submit(late)

    def shutdown(self, wait=True, *, cancel_futures=False):
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)


def content_hash(scenario: schema.Scenario, *, draws: int, chunk: int = 50, **how: object) -> str:
    """The content hash of a run, done so."""
    before, local.MOST_DRAWS = local.MOST_DRAWS, chunk
    seconds, local.SHORT_SECONDS = local.SHORT_SECONDS, 0.0
    try:
        found = answers.run(scenario, draws=draws, replicates=REPLICATES, seed=7, events=draws % 2 == 0, **how)
    finally:
        local.MOST_DRAWS, local.SHORT_SECONDS = before, seconds
    return values.values_hash(found.tables)


def small_cluster(workers: int) -> "distributed.LocalCluster":
    """A Dask cluster of so many processes of one thread on this machine."""
    import distributed

    return distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
    )


@contextmanager
def places(*, with_dask: bool) -> Iterator[dict[str, futures.Executor]]:
    """Executors that serve all scenarios."""
    with ExitStack() as open_places:
        found = {
            "threads": open_places.enter_context(futures.ThreadPoolExecutor(3)),
            "processes": open_places.enter_context(futures.ProcessPoolExecutor(2)),
            "shuffled": open_places.enter_context(Shuffled(random.Random(5))),  # noqa: S311 - no secret
        }
        if with_dask:
            import distributed

            cluster = open_places.enter_context(small_cluster(2))
            client = open_places.enter_context(distributed.Client(cluster, set_as_default=False))
            found["dask"] = open_places.enter_context(client.get_executor(pure=False))
        yield found


def ways(executors: Mapping[str, futures.Executor], number: int) -> dict[str, Callable[[schema.Scenario, int], str]]:
    """Ways of running a scenario; those that start processes anew only for every twentieth."""

    def way(**how: object) -> Callable[[schema.Scenario, int], str]:
        return lambda scenario, draws: content_hash(scenario, draws=draws, **how)

    found = {
        "2 threads": way(workers=2, chunk=2),
        "8 threads": way(workers=8, chunk=1),
        "a chunk of all": way(workers=1),
        "chunks of 3": way(workers=1, chunk=3),
        "the other engine": way(engine="process", workers=1),
        "the other engine, processes": way(engine="process", workers=2, chunk=1, executor=executors["processes"]),
        **{f"executor: {name}": way(workers=2, chunk=1, executor=place) for name, place in executors.items()},
    }
    if number % 20 == 0:
        found["the other engine, 2 workers"] = way(engine="process", workers=2, chunk=1)
    return found


def draws_of(number: int) -> int:
    """How many draws a scenario is run with."""
    return 3 + number % 5


def differences(files: list[Path], *, with_dask: bool) -> Iterator[tuple[int, str, bool]]:
    """(scenario, way, whether its hash differs) of every way of every scenario."""
    with places(with_dask=with_dask) as executors:
        for number, file in enumerate(files):
            scenario = reading.read_scenario(file)
            wanted = content_hash(scenario, draws=draws_of(number), workers=1, chunk=1)
            yield number, wanted, False
            for name, run in ways(executors, number).items():
                yield number, name, run(scenario, draws_of(number)) != wanted


# --- with other hash seeds ------------------------------------------------------------------------


def by_hash_seed(folder: Path, count: int, seed: str) -> "subprocess.Popen[str]":
    """A process with a hash seed that says whether any way differs, and every hash of one thread."""
    words = [sys.executable, "-m", "tests.verification.sameness", "--in", str(folder), str(count)]
    return subprocess.Popen(
        words,
        env={**os.environ, "PYTHONHASHSEED": seed},
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def report(folder: Path, count: int) -> None:
    """What a process of one hash seed says: a line for each scenario, and one for each difference."""
    files = [folder / f"{number:04d}" / "scenario.toml" for number in range(count)]
    tried: Counter[str] = Counter()
    for number, name, differs in differences(files, with_dask=True):
        if len(name) == 64:
            print(f"hash {number} {name}", flush=True)
            continue
        tried[name] += 1
        if differs:
            print(f"differs {number} {name}", flush=True)
    for name, times in tried.items():
        print(f"tried {times} {name}", flush=True)


def main(count: int) -> int:
    """Run so many scenarios in every way, with both hash seeds."""
    with tempfile.TemporaryDirectory(prefix="sameness-") as place:
        folder, began = Path(place), time.monotonic()
        for number in range(count):
            make_scenario(folder, number)
        print(f"{count} valid scenarios made in {time.monotonic() - began:.0f} s", flush=True)
        started = {seed: by_hash_seed(folder, count, seed) for seed in HASH_SEEDS}
        said = {seed: process.communicate()[0].splitlines() for seed, process in started.items()}
    hashes = [{line for line in lines if line.startswith("hash ")} for lines in said.values()]
    whole = all(len(found) == count for found in hashes)
    wrong = [line for lines in said.values() for line in lines if line.startswith("differs ")]
    wrong += [f"differs by hash seed: {line}" for line in sorted(set.symmetric_difference(*hashes))]
    runs = sum(int(line.split()[1]) for lines in said.values() for line in lines if line.startswith("tried "))
    names = [line.split(" ", 2)[2] for line in said[HASH_SEEDS[0]] if line.startswith("tried ")]
    print("\n".join(wrong))
    print(f"ways: {'; '.join(names)}")
    print(
        f"{count} scenarios, {runs} runs beside those of one thread, hash seeds {' and '.join(HASH_SEEDS)}: "
        f"{len(wrong)} differences, {time.monotonic() - began:.0f} s{'' if whole else '; NOT ALL WERE RUN'}"
    )
    return int(bool(wrong) or not whole)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--in"]:
        report(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))

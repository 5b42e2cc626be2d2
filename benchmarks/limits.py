"""The engine against programs that do nothing else: thinning of the Bass process, and the model's laws in C++."""

from pathlib import Path

import numpy as np

from benchmarks import contenders, dump, measure, native, worlds
from benchmarks.measure import Figure
from spread.runs import replicate

ROUND_SECONDS = 0.2
CHECKED_MONTHS = 6.0, 12.0, 24.0
DAYS_PER_MONTH = 30.4375


def bass(folder: Path, *, quick: bool) -> list[Figure]:
    """Adoption on a random graph: exact thinning, ours, and our readable engine in a fresh process."""
    figures = []
    for power in (3, 4) if quick else (3, 4, 5):
        scenario = worlds.bass(folder / f"bass{power}", 10**power)
        ready = contenders.Ready(scenario)
        thinning = native.Thinning(folder, ready.inputs)
        runs = measure.runs_for(ready.run, ROUND_SECONDS)
        times = measure.take_turns({"ours": ready.run, "limit": thinning.run}, 3 if quick else 9, runs)
        if power == 3:
            figures.append(
                Figure("bass_z", "Bass, 1e3 sites: largest |z| against thinning", agree(ready, thinning), "z", 4)
            )
        figures += [
            Figure(f"bass_1e{power}", f"Bass, 1e{power} sites: time over exact C++ thinning",
                   measure.ratio(times["ours"], times["limit"]), bar=3.5),
            Figure(f"bass_1e{power}_ms", "  a replicate", 1e3 * min(times["ours"]), "ms"),
            against_process(f"bass_1e{power}", f"Bass, 1e{power} sites: SimPy's time over ours", scenario,
                            times["ours"], bar=60),
        ]  # fmt: skip
    return figures


def agree(ready: contenders.Ready, thinning: native.Thinning, runs: int = 200) -> float:
    """The largest standardised difference between the mean adopters of the two at some months."""
    days = DAYS_PER_MONTH * np.array(CHECKED_MONTHS)
    ours, theirs = np.empty((runs, len(days))), np.empty((runs, len(days)))
    for number in range(runs):
        log = ready.run(number)
        ours[number] = np.searchsorted(log.time_days[log.to_status == 5], days)
        thinning.run(number)
        theirs[number] = np.searchsorted(np.sort(thinning.adopted_day), days)
    error = np.sqrt((ours.var(axis=0) + theirs.var(axis=0)) / runs)
    return float(np.abs((ours.mean(axis=0) - theirs.mean(axis=0)) / error).max())


def queues(folder: Path, *, quick: bool) -> list[Figure]:
    """180 sites and regional queues, against the same laws in C++."""
    scenario = worlds.region_queues(folder / "queues")
    return against_limit("queues", "180 sites in queues", scenario, folder, checked=20, rounds=3 if quick else 15)


def system(folder: Path, *, quick: bool) -> list[Figure]:
    """22,000 sites in networks and three interventions, against the same laws in C++."""
    site_count = 2_200 if quick else 22_000
    scenario = worlds.system(folder / "system", site_count=site_count)
    return against_limit(
        "system", f"{site_count:,} sites in networks", scenario, folder, checked=2, rounds=3 if quick else 9
    )


def against_limit(key: str, text: str, scenario: Path, folder: Path, *, checked: int, rounds: int) -> list[Figure]:
    """Our engine's speed as a share of the limit's, after the two gave the same event logs."""
    ready = contenders.Ready(scenario)
    dumped = folder / f"{key}.inputs"
    dump.write_dump(ready.inputs, dumped)
    limit = native.Limit(folder, dumped)
    for number in range(checked):
        check_same(ready, limit, number)
    times = measure.take_turns(
        {
            "ours": ready.run,
            "limit": lambda number: limit.run(number, seed=contenders.SEED),
            "bare": lambda number: limit.run(number, seed=contenders.SEED, with_log=False),
        },
        rounds, measure.runs_for(ready.run, ROUND_SECONDS),
    )  # fmt: skip
    events = len(ready.run(0).unit)
    return [
        Figure(
            f"{key}_speed", f"{text}: speed, C++ = 1", measure.ratio(times["limit"], times["ours"]), "x", 0.65, True
        ),
        Figure(f"{key}_bare", "  the same, C++ keeping no event log", measure.ratio(times["bare"], times["ours"])),
        Figure(f"{key}_ms", "  a replicate", 1e3 * min(times["ours"]), "ms"),
        Figure(f"{key}_events", "  events a second", events / min(times["ours"]) / 1e6, "million"),
        against_process(key, f"{text}: SimPy's time over ours", scenario, times["ours"], bar=50),
    ]


def check_same(ready: contenders.Ready, limit: native.Limit, number: int) -> None:
    """Demand the same event log, to the last bit.

    Raises
    ------
    AssertionError
    """
    log = ready.run(number)
    count = limit.run(number, seed=contenders.SEED)
    for ours, theirs in zip(log[2:], limit.log(count), strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=f"replicate {number} of the limit differs")


def against_process(key: str, text: str, scenario: Path, ours: list[float], *, bar: float) -> Figure:
    """How many times as long our readable engine takes, in a fresh process."""
    found = measure.alone("engine", scenario, replicate.PROCESS, 1, 0)
    return Figure(f"{key}_simpy", text, found["seconds"][0] / sorted(ours)[len(ours) // 2], "x", bar, True)

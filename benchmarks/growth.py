"""How the time grows with the number of sites and of interventions."""

import math
import statistics
from pathlib import Path

from benchmarks import measure, worlds
from benchmarks.measure import Figure
from spread.runs import replicate

END = "2021-12-31"


def growth(folder: Path, *, quick: bool) -> list[Figure]:
    """Time for an event as sites, then interventions, become more."""
    figures = []
    powers = (3, 4) if quick else (3, 4, 5, 6)
    by_sites = [seconds_an_event(folder, 10**power, 1) for power in powers]
    for power, seconds in zip(powers[1:], by_sites[1:], strict=True):
        log_growth = math.log(10**power) / math.log(10 ** powers[0])
        figures.append(
            Figure(f"growth_sites_1e{power}", f"Time for an event, 1e{power} sites over 1e3, over log N",
                   seconds / by_sites[0] / log_growth, "x", 1)
        )  # fmt: skip
    by_interventions = [seconds_an_event(folder, 1000, count) for count in (1, 3, 10)]
    figures += [
        Figure(f"growth_interventions_{count}", f"Time for an event, {count} interventions over one",
               seconds / by_interventions[0])
        for count, seconds in zip((3, 10), by_interventions[1:], strict=True)
    ]  # fmt: skip
    return figures


def seconds_an_event(folder: Path, site_count: int, interventions: int) -> float:
    """The engine's time for an event, in a fresh process."""
    name = f"growth{site_count}x{interventions}"
    scenario = worlds.system(folder / name, site_count=site_count, interventions=interventions, end=END)
    runs = max(3, 10**6 // (site_count * interventions))
    found = measure.alone("engine", scenario, replicate.COMPILED, min(runs, 200), 0)
    each = [seconds / events for seconds, events in zip(found["seconds"], found["events"], strict=True)]
    return float(statistics.median(each))

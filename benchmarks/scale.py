"""What a run costs by the event and by the byte, from which the cost of any larger one follows."""

from pathlib import Path
from typing import Any

from benchmarks import measure, worlds
from benchmarks.measure import MEGABYTE, Figure

END = "2021-12-31"
MILLION = 10**6
HOUR_SECONDS, TERABYTE = 3600.0, 1e12


def scale(folder: Path, *, quick: bool) -> list[Figure]:
    """The whole system at a tenth of its size and ten times, up to a million sites; two years, three interventions."""
    powers = (3, 4) if quick else (4, 5, 6)
    found = {power: cost(folder, 10**power) for power in powers}
    figures = [figure for power, costs in found.items() for figure in figures_of(power, costs)]
    largest, before = found[powers[-1]], found[powers[-2]]
    return [*figures, *foreseen(before, largest), *million(powers[-1], largest)]


def cost(folder: Path, site_count: int) -> dict[str, Any]:
    """What a world of so many sites costs, measured in a fresh process."""
    scenario = worlds.whole_system(folder / f"scale{site_count}", site_count=site_count, end=END)
    return measure.alone("scale", scenario, max(1, 10**5 // site_count))


def figures_of(power: int, found: dict[str, Any]) -> list[Figure]:
    """By the event, by the unit and by the run."""
    name, events, units = f"scale_1e{power}", found["events"], found["units"]
    written, runs = found["written"]
    return [
        Figure(f"{name}_event", f"1e{power} sites, {units:,} units: engine, an event",
               1e9 * found["engine_seconds"] / events, "ns"),
        Figure(f"{name}_table", "  counting, an event", 1e9 * found["table_seconds"] / events, "ns"),
        Figure(f"{name}_prepare", "  reading and making ready, a unit", 1e6 * found["prepare_seconds"] / units, "us"),
        Figure(f"{name}_held", "  the world in memory, a unit", found["prepared_bytes"] / units, "bytes"),
        Figure(f"{name}_sent", "  sent to a worker, a unit", found["sent_bytes"] / units, "bytes"),
        Figure(f"{name}_written", "  written, a run and unit", written / runs / units, "bytes"),
        Figure(f"{name}_peak", "  peak memory of a worker", found["peak"] / MEGABYTE, "MB"),
    ]  # fmt: skip


def foreseen(smaller: dict[str, Any], larger: dict[str, Any]) -> list[Figure]:
    """How the cost of the largest world compares with what the one before it foretold."""

    def ratio(name: str) -> float:
        return float(larger[name] / larger["units"] / (smaller[name] / smaller["units"]))

    engine = larger["engine_seconds"] / larger["events"] / (smaller["engine_seconds"] / smaller["events"])
    return [
        Figure("scale_foreseen_event", "Largest world over what a smaller foretells: an event", engine),
        Figure("scale_foreseen_held", "  memory", ratio("prepared_bytes")),
        Figure("scale_foreseen_prepare", "  reading and making ready", ratio("prepare_seconds")),
    ]


def million(power: int, found: dict[str, Any]) -> list[Figure]:
    """A million runs of the largest world: time on one processor, memory of a worker, what goes to disk."""
    runs_measured = max(1, 10**5 // 10**power)
    seconds = (found["engine_seconds"] + found["table_seconds"]) / runs_measured
    written, runs = found["written"]
    return [
        Figure("scale_million_hours", f"A million runs of 1e{power} sites: processor hours",
               seconds * MILLION / HOUR_SECONDS, "h"),
        Figure("scale_million_disk", "  chunks on disk", written / runs * MILLION / TERABYTE, "TB"),
        Figure("scale_million_sent", "  sent to each worker", found["sent_bytes"] / MEGABYTE, "MB"),
    ]  # fmt: skip

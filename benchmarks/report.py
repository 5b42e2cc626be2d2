"""The table, and what is kept of a run of the benchmarks: ratios first, times for orientation only."""

import importlib.metadata
import json
import os
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import measure, native
from benchmarks.measure import Figure
from spread.model import compiling, draws

RESULTS = Path(__file__).parent / "results.json"
PAGE = measure.ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- table: python -m benchmarks -->", "<!-- end of table -->"
PACKAGES = ("spread", "numba", "numpy", "simpy", "pandas", "networkx")
TEXT_WIDTH = 51
Subjects = Mapping[str, Sequence[Figure]]
LOOPS = 5_000_000


def table(subjects: Subjects, before: Mapping[str, float] | None = None) -> str:
    """Every figure with its bar, in 80 columns; with what it was before, if that is given."""
    last = "before" if before is not None else "holds"
    lines = [f"{'':{TEXT_WIDTH}} {'value':>15} {'bar':>6} {last:>6}"]
    for figures in subjects.values():
        for figure in figures:
            value = f"{number(figure.value)} {figure.unit}"
            bar = "" if figure.bar is None else f"{'>=' if figure.more_is_better else '<='}{figure.bar:g}"
            holds = {True: "yes", False: "NO", None: ""}[figure.holds]
            if before is not None:
                holds = number(before[figure.key]) if figure.key in before else ""
            lines.append(f"{figure.text:{TEXT_WIDTH}.{TEXT_WIDTH}} {value:>15} {bar:>6} {holds:>6}".rstrip())
    return "\n".join(lines)


def number(value: float) -> str:
    """A number in three figures."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def keep(subjects: Subjects) -> None:
    """Write ``results.json``, keeping what this run left out, and the table on the page about performance."""
    stored = load(RESULTS)["subjects"] if RESULTS.exists() else {}
    stored |= {name: [figure._asdict() for figure in figures] for name, figures in subjects.items()}
    found = {"machine": machine(), "versions": versions(), "reference_ms": reference_ms(), "subjects": stored}
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if PAGE.exists():
        page = PAGE.read_text(encoding="utf-8")
        head, rest = page.split(BEGIN)
        told = {name: [Figure(**figure) for figure in figures] for name, figures in stored.items()}
        PAGE.write_text(f"{head}{BEGIN}\n```text\n{table(told)}\n```\n{END}{rest.split(END)[1]}", encoding="utf-8")


def load(path: Path) -> dict[str, Any]:
    """A stored result."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def values(path: Path) -> dict[str, float]:
    """The figures of a stored result by key."""
    return {figure["key"]: figure["value"] for figures in load(path)["subjects"].values() for figure in figures}


def machine() -> dict[str, str]:
    """What the figures were measured on, without names."""
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")),
        platform.machine(),
    )  # fmt: skip
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "processor": model,
        "cores": str(len(os.sched_getaffinity(0))),
        "memory_gb": f"{gigabytes:.0f}",
        "system": platform.system(),
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def versions() -> dict[str, str]:
    """What was measured with what."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            from spread import __version__

            found[name] = __version__
    path = native.compiler()
    if path:
        told = subprocess.run([path, "-dumpfullversion"], capture_output=True, text=True, check=True)  # noqa: S603
        found["g++"] = told.stdout.strip()
    return found


def reference_ms() -> float:
    """How long this machine takes for five million keyed draws: what times may be divided by elsewhere."""
    compiling.parts_of(draws)
    count_below_half(1)
    began = time.thread_time()
    count_below_half(LOOPS)
    return 1e3 * (time.thread_time() - began)


@compiling.compiled
def count_below_half(count: int) -> int:
    """Keyed draws below a half."""
    below = 0
    for number in range(count):
        below += draws.uniform_at(compiling.word(1), compiling.word(number), compiling.word(2), compiling.word(3)) < 0.5
    return below

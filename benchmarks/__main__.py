"""Every benchmark in one command.

python -m benchmarks [--quick] [--only bass,queues] [--against FILE]
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import decisions, growth, limits, native, report, scale, startup, whole

SUBJECTS = {
    "bass": limits.bass,
    "queues": limits.queues,
    "system": limits.system,
    "tracheostomy": whole.tracheostomy,
    "whole": whole.whole,
    "flat": whole.flat,
    "england": whole.england,
    "decisions": decisions.decisions,
    "growth": growth.growth,
    "scale": scale.scale,
    "startup": startup.startup,
}
NEED_COMPILER = {"bass", "queues", "system"}


def main() -> int:
    """Measure what is asked for, print the table, and keep it unless it was a quick look."""
    asked = parse()
    names = asked.only.split(",") if asked.only else list(SUBJECTS)
    found = {}
    with tempfile.TemporaryDirectory(prefix="spread-benchmarks-") as folder:
        for name in names:
            if name in NEED_COMPILER and not native.compiler():
                print(f"{name}: skipped, there is no g++", file=sys.stderr)
                continue
            began = time.perf_counter()
            found[name] = SUBJECTS[name](Path(folder), quick=asked.quick)
            print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    print(report.table(found, report.values(asked.against) if asked.against else None))
    if not asked.quick:
        report.keep(found)
    return 0 if all(figure.holds is not False for figures in found.values() for figure in figures) else 1


def parse() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast the model is.")
    parser.add_argument("--quick", action="store_true", help="small and rough; nothing is kept")
    parser.add_argument("--only", metavar="A,B", help=f"some of {', '.join(SUBJECTS)}")
    parser.add_argument("--against", type=Path, metavar="FILE", help="show an earlier results.json beside it")
    asked = parser.parse_args()
    unknown = set((asked.only or "").split(",")) - {"", *SUBJECTS}
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    return asked


if __name__ == "__main__":
    sys.exit(main())

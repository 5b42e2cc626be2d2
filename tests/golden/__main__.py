"""Write what every scenario gives now: ``python -m tests.golden``."""

import sys

from tests.golden import baselines


def main() -> int:
    """Write the tables, if the changelog says why they moved."""
    now = {case: baselines.compute(case) for case in baselines.CASES}
    moved = [
        f"{case.path}: {line}"
        for case, table in now.items()
        if case.stored.exists()
        for line in baselines.moved(baselines.read(case), table)
    ]
    print(*moved[:40], f"{len(moved)} numbers moved", sep="\n")
    if moved and baselines.changes_told() <= baselines.changes_counted():
        print(f"Nothing is written: CHANGELOG.md needs an entry that begins with '{baselines.MARK}'.", file=sys.stderr)
        return 2
    for case, table in now.items():
        case.stored.write_text(baselines.text(table), encoding="utf-8")
    baselines.COUNTED.write_text(f"{baselines.changes_told()}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

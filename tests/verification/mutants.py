"""Can each law fail? Break one rule at a time in a copy of the package, and see the test that guards it fail.

Run as ``python -m tests.verification.mutants``; a word after it tries only the bugs and tests that hold it. Ends with
1 if a bug survives its test, or if the text it changes is not found exactly once. The table is in `bugs`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from spread.model import compiling
from tests.verification.bugs import BUGS, Bug

HOUSE = Path(__file__).parents[2]
CAUGHT, SURVIVED, LOST = "caught", "SURVIVED", "NOT FOUND"
LONGEST_SECONDS = 600


def copy_house(house: Path, folder: Path) -> Path:
    """The package and its tests, to be broken."""
    for name in ("spread", "tests"):
        shutil.copytree(house / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(house / "pyproject.toml", folder)
    return folder


def break_rule(folder: Path, bug: Bug) -> str:
    """Write a bug into a copy of the package; the file it is in, or nothing where its text is not found once."""
    texts = {path: path.read_text(encoding="utf-8") for path in (folder / "spread").rglob("*.py")}
    found = [path for path, text in texts.items() for _ in range(text.count(bug.old))]
    if len(found) != 1:
        return ""
    found[0].write_text(texts[found[0]].replace(bug.old, bug.new), encoding="utf-8")
    return found[0].relative_to(folder / "spread").as_posix()


def run_tests(folder: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    """Run tests in a copy, to the first failure."""
    words = ["-m", "pytest", "-xq", "-p", "no:cacheprovider", "-m", "slow or not slow"]
    words += [f"tests/{test}" for test in tests]
    return subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, timeout=LONGEST_SECONDS,
        check=False,
    )  # fmt: skip


def try_bug(house: Path, bug: Bug) -> tuple[str, str]:
    """What became of a bug (caught by an assertion of its test, or not) and the file it was in."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as scratch:
        file = break_rule(copy_house(house, Path(scratch)), bug)
        if not file:
            return LOST, ""
        done = run_tests(Path(scratch), bug.test)
    return CAUGHT if done.returncode == 1 and "AssertionError" in done.stdout else SURVIVED, file


def main(wanted: str = "", bugs: Sequence[Bug] = BUGS) -> int:
    """Try every bug, after seeing that the tests pass without one; 1 if any was not caught."""
    chosen = [bug for bug in bugs if wanted in f"{bug.words} {bug.test}"]
    if not chosen:
        print(f"no bug and no test holds the word '{wanted}'")
        return 2
    missed = 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch, ThreadPoolExecutor(os.cpu_count()) as threads:
        os.environ[compiling.FOLDER_VARIABLE] = f"{scratch}/compiled"  # shared by all, and not in the user's cache
        house = copy_house(HOUSE, Path(scratch) / "house")  # one and the same for all, whatever is edited meanwhile
        whole = run_tests(house, *dict.fromkeys(bug.test for bug in chosen))
        if whole.returncode != 0:
            print(whole.stdout)
            return 1
        for bug, (verdict, file) in zip(chosen, threads.map(lambda bug: try_bug(house, bug), chosen), strict=True):
            missed += verdict != CAUGHT
            print(f"{verdict:9} {file:26} {bug.words:58} {bug.test.partition('::test_')[2]}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} bugs caught")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))

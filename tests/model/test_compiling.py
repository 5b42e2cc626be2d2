"""Compiled code is kept between processes, and never outlives what it was compiled from."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spread.model import compiling

PROBE = """
from spread.model import compiling, rules

compiling.parts_of(rules)


@compiling.compiled
def due(now, threshold, rate):
    return rules.due_day(now, threshold, rate)
"""
ASK = "from spread.model import probe; print(probe.due(1.0, 6.0, 2.0), sum(probe.due.stats.cache_hits.values()))"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, with one compiled function that calls a rule."""
    copy = tmp_path / "house" / "spread"
    shutil.copytree(compiling.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "model" / "probe.py").write_text(PROBE, encoding="utf-8")
    return copy


def ask(package: Path, code: str = ASK) -> list[float]:
    """What the compiled function says in a new process, and how often it came from disk."""
    places = {"PYTHONPATH": str(package.parent), compiling.FOLDER_VARIABLE: str(package.parents[1] / "code")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | places,
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(word) for word in done.stdout.split()]


def test_an_edited_rule_gives_the_new_answer(package: Path) -> None:
    assert ask(package) == [4.0, 0.0]
    assert ask(package) == [4.0, 1.0]  # kept on disk
    rules = package / "model" / "rules.py"
    rules.write_text(
        rules.read_text(encoding="utf-8").replace(
            "return now + threshold / rate", "return now + 2.0 * threshold / rate"
        ),
        encoding="utf-8",
    )
    assert ask(package) == [7.0, 0.0]


def test_without_a_folder_to_write_to_code_is_compiled_in_every_process(package: Path) -> None:
    (package.parents[1] / "code").write_text("not a folder", encoding="utf-8")
    assert ask(package) == [4.0, 0.0]


def test_code_of_versions_long_unused_is_removed_and_other_folders_are_not(tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in ("compiled-old", "compiled-young", "notes"))
    for folder in (old, young, other):
        folder.mkdir()
    long_ago = time.time() - 2 * compiling.UNUSED_SECONDS
    os.utime(old, (long_ago, long_ago))
    os.utime(other, (long_ago, long_ago))
    compiling.forget_unused(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["compiled-young", "notes"]


def test_every_source_of_compiled_code_is_in_the_name_of_its_folder(package: Path) -> None:
    # Asking whether code is there changes none.
    compiles = re.compile(r"compiling\.(?!is_ready)")
    sources = [path for path in package.rglob("*.py") if compiles.search(path.read_text(encoding="utf-8"))]
    named = [path for place in compiling.SOURCES for path in compiling.sources_at(package / place)]
    assert set(sources) <= set(named)
    before = compiling.sources_hash(package)
    (package / "model" / "probe.py").write_text(PROBE + "\n", encoding="utf-8")
    assert compiling.sources_hash(package) != before

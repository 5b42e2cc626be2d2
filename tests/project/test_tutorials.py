"""Every tutorial runs from its beginning to its end, and shows what its first lines promise."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIALS = ROOT / "docs" / "tutorials"
SHOWS = {
    "vte.py": "Directions determined:",
    "methotrexate.sh": "a straight line",
    "opioids.sh": "a straight line",
    "measured_network.py": "chance that there is no word of mouth",
    "quarterly_return.sh": "Still as believed before:",
}


def test_every_tutorial_is_run_here():
    assert sorted(SHOWS) == sorted(path.name for path in TUTORIALS.iterdir() if path.suffix in (".py", ".sh"))


@pytest.mark.slow
@pytest.mark.parametrize("name", SHOWS)
def test_a_tutorial_shows_what_it_promises(name, tmp_path):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    words = [sys.executable if name.endswith(".py") else "sh", str(TUTORIALS / name)]
    told = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=1800)
    assert told.returncode == 0, told.stderr
    assert SHOWS[name] in " ".join(told.stdout.split())

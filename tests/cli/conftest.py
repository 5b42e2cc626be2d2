"""A tiny world on disk and the command line as a function."""

from typing import NamedTuple

import pytest

from spread.cli import main
from tests.cli.worlds import SCENARIO, SITES, STAGES


class Ended(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def spread(capsys):
    """Call the command line with these words."""

    def call(*words):
        capsys.readouterr()
        code = main.exit_code(lambda: main.invoke([str(word) for word in words]))
        return Ended(code, *capsys.readouterr())

    return call


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A folder with a world of five sites and a scenario in it, which is where we are."""
    for name, text in {"sites.csv": SITES, "tiny.toml": SCENARIO, "stages.csv": STAGES}.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path

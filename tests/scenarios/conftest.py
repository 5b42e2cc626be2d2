"""Small scenario files, written where a test asks."""

import pytest

from spread import errors
from spread.scenarios import reading

HEAD = """\
schema = 1
name = "small"
start = 2023-04-01
end = 2025-03-31
"""
AIM = """
[programmes.deterioration]
interventions = ["pews_national"]
[ambitions.pews_march_2024]
"""


@pytest.fixture
def write(tmp_path):
    """Write a file of the test's folder and give its path."""

    def write_file(text, name="scenario.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_file


@pytest.fixture
def read(write):
    """Read a scenario whose levers are `top` and whose tables are `tables`, beside one programme and ambition."""

    def read_text(top="", tables="", name="scenario.toml"):
        return reading.read_scenario(write(HEAD + top + AIM + tables, name))

    return read_text


@pytest.fixture
def faults(write):
    """The faults of a file of this text."""

    def faults_of(text, name="scenario.toml"):
        with pytest.raises(errors.InputError) as raised:
            reading.read_scenario(write(text, name))
        return raised.value.faults

    return faults_of


@pytest.fixture
def mistake(faults):
    """The one fault of a small scenario with these levers and tables: its key, line counted without the head, text."""

    def mistake_in(top="", tables=""):
        found = faults(HEAD + top + AIM + tables)
        assert len(found) == 1, [str(fault) for fault in found]
        return found[0]

    return mistake_in

"""A world of three collaboratives with twelve sites each, one of which has far too few coaches."""

from pathlib import Path

from spread.decisions import trials
from spread.scenarios import reading, schema
from tests import worlds

QUIET = Path(__file__).parents[1] / "verification" / "quiet.toml"
STARVED, FED = "YH", ("NENC", "WX")
QUESTION = trials.Question("plain")
SITES = tuple(
    {"site": f"{psc}{number}", "organisation": f"{psc}-{number}", "setting": "acute", "psc": psc}
    for psc in (STARVED, *FED)
    for number in range(12)
)
LINES = """
schema = 1
name = "starved"
base = "{base}"
coaches = {{ default = 20, YH = 1 }}
{more}
[interventions.plain]
testing = true
[ambitions.plain]
deadline = 2020-12-31
[world]
population = "files"
sites = "sites.csv"
[parameters]
caseload_sites = 2
interventions_per_coached_site = 1
patience_months = 100000
testing_simple_months = {{ value = 3, low = 2.5, high = 3.5, scale = "log" }}
decision_acute_per_month = {{ value = 0.5, low = 0.4, high = 0.6, scale = "log" }}
"""


def write(folder: Path, more: str = "", after: str = "") -> Path:
    """The scenario's file, with lines of its own before the first table and after the last."""
    worlds.write_table(folder / "sites.csv", SITES)
    path = folder / "starved.toml"
    path.write_text(LINES.format(base=QUIET.as_posix(), more=more) + after)
    return path


def scenario(folder: Path, more: str = "", after: str = "") -> schema.Scenario:
    """The world, read."""
    return reading.read_scenario(write(folder, more, after))

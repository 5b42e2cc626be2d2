"""Commands that write, and what has to be there before each; `faults` tries them on a disk that refuses."""

import os
from pathlib import Path
from typing import NamedTuple

from tests.cli.worlds import SCENARIO, SITES, STAGES
from tests.verification.kills import OBSERVED

Words = tuple[str, ...]
EARLIER = ("run", "tiny.toml", "--draws", "6", "--replicates", "1", "-q")
RUN = ("run", "tiny.toml", "--draws", "4", "--replicates", "1", "--workers", "1", "-q")
OTHER = ("run", "other.toml", "--draws", "6", "--replicates", "1", "-q")
FIT = ("--observed", "observed.csv", "--effort", "quick", "--free", "kappa", "--workers", "1", "-q")
SMALL = ("--draws", "4", "--replicates", "1", "--workers", "1", "-q")
AMBITION = ("--ambition", "tracheostomy_march_2021")
OTHER_SCENARIO = SCENARIO + "\n[parameters]\nkappa = 1.0\n"
TEMPORARY = "temporary"
RESULTS = "@results/tiny/*/manifest.json"


class Case(NamedTuple):
    """A command; a word that begins with @ is a glob whose only match's folder is meant."""

    words: Words
    before: tuple[Words, ...] = (EARLIER,)


CASES = {
    "run": Case(RUN),
    "run, events": Case((*RUN, "--events")),
    "run, replaced": Case(
        (*RUN, "--out", "kept", "--force"), (("run", "tiny.toml", "--draws", "3", "--out", "kept", "-q"),)
    ),
    "run, process engine": Case(("run", "tiny.toml", "--draws", "2", "--replicates", "1", "--engine", "process", "-q")),
    "calibrate": Case(("calibrate", "tiny.toml", *FIT, "--sets", "20")),
    "hindcast": Case(("hindcast", "tiny.toml", *FIT, "--cut", "2020-09-30")),
    "find": Case(("find", "tiny.toml", *AMBITION, "--lever", "coaches", "--chance", "0.5", *SMALL)),
    "target": Case(("target", "tiny.toml", *AMBITION, "--by", "psc", "--amount", "1 WTE", *SMALL)),
    "compare": Case(("compare", "tiny.toml", "--set", "coaches.YH=+1", *SMALL)),
    "sensitivity": Case(
        (
            "sensitivity",
            "tiny.toml",
            *AMBITION,
            "--trajectories",
            "2",
            "--sets",
            "8",
            "--lucks",
            "2",
            "--draws",
            "20",
            *SMALL[2:],
        )
    ),
    "since": Case(("since", RESULTS, "@kept/manifest.json", "-q"), (EARLIER, (*OTHER, "--out", "kept"))),
    "trace, graph": Case(("trace", "tiny.toml", "--graph", "who.graphml", "-q"), ()),
    "trace, figure": Case(("trace", "tiny.toml", "--site", "S1", "--figure", "drawn", "-q"), ()),
    "plot": Case(("plot", RESULTS, "bottlenecks")),
    "brief": Case(("brief", RESULTS, "-o", "told/brief.md", "-q")),
    "brief, docx": Case(("brief", RESULTS, "-o", "told/brief.docx", "-q")),
    "report": Case(("report", RESULTS, "-o", "told/report.html", "-q")),
    "report, pptx": Case(("report", RESULTS, "-o", "told/report.pptx", "-q")),
    "results expand": Case(("results", "expand", RESULTS, "--draws", "8", "--workers", "1", "-q")),
    "results export": Case(("results", "export", RESULTS, "-o", "told/tables.xlsx", "-q")),
    "results bundle": Case(("results", "bundle", RESULTS, "-o", "told/bundle.zip", "-q")),
    "return write, csv": Case(("return", "write", "tiny.toml", "-o", "told/return.csv", "-q"), ()),
    "return write, xlsx": Case(("return", "write", "tiny.toml", "-o", "told/return.xlsx", "-q"), ()),
    "scenario new": Case(("scenario", "new", "october", "--base", "tiny.toml"), ()),
    "scenario new, from a return": Case(
        ("scenario", "new", "found", "--from-return", "return.csv", "--out", "found/found.toml"),
        (("return", "write", "tiny.toml", "-o", "return.csv", "-q"),),
    ),
    "network export": Case(("network", "export", "world", "tiny.toml"), ()),
    "network export, graph": Case(("network", "export", "world.json", "tiny.toml"), ()),
    "compile": Case(("compile",), ()),
    "score": Case(("score", "results", "--observed", "observed.csv")),
}


def make_world(folder: Path) -> None:
    """The files of a world of five sites."""
    folder.mkdir(parents=True)
    for name, text in {
        "sites.csv": SITES, "tiny.toml": SCENARIO, "stages.csv": STAGES, "observed.csv": OBSERVED,
        "other.toml": OTHER_SCENARIO,
    }.items():  # fmt: skip
        (folder / name).write_text(text)


def spelt_out(words: Words, folder: Path) -> list[str]:
    """Words with the folders that globs mean."""
    return [_match(word[1:], folder) if word.startswith("@") else word for word in words]


def _match(pattern: str, folder: Path) -> str:
    (found,) = folder.glob(pattern)
    return str(found.parent.relative_to(folder))


def lessen_efforts() -> None:
    """Have a quick fit take a second."""
    from spread.calibration import efforts

    efforts.EFFORTS["quick"] = efforts.Effort(first=500, wave=250, kept=100, most_waves=1)


def compile_here() -> int:
    """Compile a function as the package does, with the folder for compiled code among temporary files."""
    from spread.model import compiling

    os.environ[compiling.FOLDER_VARIABLE] = f"{TEMPORARY}/code"
    compiling.code_folder.cache_clear()
    return int(compiling.compiled(_next_number)(1) != 2)


def _next_number(number: int) -> int:
    return number + 1

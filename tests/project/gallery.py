"""Every kind of figure once, in the docs: ``python -m tests.project.gallery`` writes ``docs/gallery.md`` anew.

Runs everything the figures are drawn from in a scratch folder and takes some ten minutes. ``--from FOLDER`` uses that
folder instead and keeps it: what is there is read back.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASKED = Path(__file__).with_suffix(".toml")
PAGE, FIGURES = ROOT / "docs" / "gallery.md", ROOT / "docs" / "figures"
SPREAD = (sys.executable, "-c", "from spread.cli.main import main; main()")
OBSERVED = """\
date,intervention,measure,group_kind,group,numerator,denominator,value,source
2020-06-30,tracheostomy_daily_care_bundle,stage>=5,national,,54,180,,made up for this page
2020-09-30,tracheostomy_daily_care_bundle,stage>=5,national,,81,180,,made up for this page
2020-12-31,tracheostomy_daily_care_bundle,stage>=5,national,,102,180,,made up for this page
"""
HEAD = """\
# Every kind of figure

Made by `python -m tests.project.gallery`. Each is written as SVG (text stays text) and PNG (for slides), with its
numbers as CSV and its words as a text file. Titles say what was found; whoever cannot see a figure is told the same by
its alt text.
"""
PART = """\
## {title}

{said}

    spread {command}

![{alt}](figures/{stem}.svg)
"""


def spread(words: list[str], place: Path) -> str:
    """Run a command in a folder and give what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    told = subprocess.run([*SPREAD, *words], cwd=place, env=environment, text=True, capture_output=True, check=False)
    if told.returncode:
        raise SystemExit(f"spread {' '.join(words)}: {told.stderr}")
    return told.stdout


def draw(figure: dict[str, str], place: Path) -> str:
    """Draw a figure into the docs, and give its part of the page."""
    printed = spread([*shlex.split(figure["command"]), "--out", "gallery"], place)
    drawn = next(place / line for line in printed.splitlines() if line.endswith(".svg"))
    stem = f"gallery-{figure['name'].replace(' ', '-')}"
    shutil.copy(drawn, FIGURES / f"{stem}.svg")
    alt = drawn.with_suffix(".txt").read_text(encoding="utf-8").strip().replace("[", "(").replace("]", ")")
    title = figure["name"][0].upper() + figure["name"][1:]
    return PART.format(title=title, alt=alt, stem=stem, **figure)


def make(place: Path) -> None:
    """Run what is needed in a folder, draw all figures and write the page."""
    if not (place / "scenarios").exists():
        shutil.copytree(ROOT / "scenarios", place / "scenarios")
    (place / "observed.csv").write_text(OBSERVED, encoding="utf-8")
    asked = tomllib.loads(ASKED.read_text(encoding="utf-8"))
    for command in asked["runs"]:
        print("spread", command, flush=True)
        spread([*shlex.split(command), "-q"], place)
    parts = [HEAD]
    for figure in asked["figure"]:
        print("spread", figure["command"], flush=True)
        parts.append(draw(figure, place))
    PAGE.write_text("\n".join(parts), encoding="utf-8")


def main() -> None:
    """Make the page."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--from", dest="place", type=Path, help="A folder to work in, which is kept.")
    place = asked.parse_args().place
    if place is not None:
        place.mkdir(parents=True, exist_ok=True)
        make(place.resolve())
        return
    with tempfile.TemporaryDirectory(prefix="gallery-") as scratch:
        make(Path(scratch))


if __name__ == "__main__":
    main()

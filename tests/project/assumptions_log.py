"""The log of assumptions, decisions and data: ``python -m tests.project.assumptions_log`` writes it anew.

It is ``docs/assumptions_log.md``; what the catalogue does not say stands in ``logs.toml`` beside this file.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spread.report.described import escape
from spread.scenarios import catalogue, differing, facts

ROOT = Path(__file__).parents[2]
PAGE, SAID = ROOT / "docs" / "assumptions_log.md", Path(__file__).with_name("logs.toml")
PERSON = "needs a person"
HEAD = """\
# Assumptions, decisions and data

Made by `python -m tests.project.assumptions_log` from the catalogue; a test holds the two equal. In the manner of HM
Treasury's Aqua Book: every assumption with what it rests on, every hard decision with what was rejected, every data
file with source, licence and hash.

An entry's name is its identifier. Its **score** follows from what it rests on: 4 *observed* (counted), 3 *published*
(estimated in a publication, or derived from one by the arithmetic stated), 1 *judgement* (nobody has published it;
the range is wide and says so), and *definition* (nothing to be right or wrong about). Nobody has graded a single
entry further, or signed for one: owner, approver and the day until which each may be used are **needs a person**
throughout. The range holds nine tenths of what is believed.

| rests on | score | global numbers | of interventions, ambitions |
| --- | --- | --- | --- |
"""


def say_all() -> dict[str, Any]:
    """What `logs.toml` says."""
    return tomllib.loads(SAID.read_text(encoding="utf-8"))


def row(*cells: object) -> str:
    """One row of a table; cells are plain text."""
    return f"| {' | '.join(escape(str(cell)) for cell in cells)} |"


def table(*headings: str) -> list[str]:
    """The head of a table."""
    return ["", f"| {' | '.join(headings)} |", f"|{' --- |' * len(headings)}"]


def sections() -> dict[str, list[str]]:
    """The global parameters by the heading of their section in the catalogue, in its order."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in (catalogue.folder() / "parameters.toml").read_text(encoding="utf-8").splitlines():
        if line.startswith("# ---- "):
            heading = line.removeprefix("# ---- ")
            found[heading] = []
        elif named := re.fullmatch(r"\[(\w+)\]", line):
            found[heading].append(named[1])
    return found


def own_names() -> Iterator[str]:
    """The flat names of the numbers of interventions and ambitions."""
    for name, one in catalogue.interventions().items():
        yield f"{name}.appeal"
        for element in one["elements"]:
            yield f"{name}.baseline.{element}"
            yield f"{name}.difficulty.{element}"
        yield from (f"{name}.stage.{stage}" for stage in one.get("baseline_stages", {}))
        if "available_delay_months" in one:
            yield f"{name}.available_delay_months"
    for name, one in catalogue.ambitions().items():
        if "trend" in one:
            yield f"ambition.{name}.trend"
        yield from (f"ambition.{name}.efficacy.{tool}" for tool in one.get("efficacy", {}))


def number(name: str) -> Any:
    """A parameter of the catalogue."""
    found = differing.in_catalogue(name)
    assert found is not None, name
    return found


def count_bases(score: dict[str, str]) -> list[str]:
    """How many numbers rest on what."""
    of_all = [number(name).basis for name in catalogue.parameters()]
    own = [number(name).basis for name in own_names()]
    return [row(basis, score[basis], of_all.count(basis), own.count(basis)) for basis in score]


def global_numbers(said: dict[str, Any]) -> list[str]:
    """The table of every section of the catalogue."""
    lines = ["", "## Assumptions that hold for every scenario"]
    for heading, names in sections().items():
        known = next(one for one in said["section"] if heading.startswith(one["heading"]))
        lines += ["", f"### {escape(heading)}", "", f"Moves {known['moves']}. Whom to ask: {PERSON} ({known['ask']})."]
        lines += table("assumption", "statement", "value (5 to 95 %)", "unit", "rests on", "score", "source", "ask")
        for name in names:
            one = number(name)
            ask = PERSON if one.basis == "judgement" else "the source"
            lines.append(
                row(name, one.meaning, facts.distribution(one), one.unit, one.basis, said["score"][one.basis],
                    one.source, "nobody" if one.basis == "exact" else ask)
            )  # fmt: skip
    return lines


def own_numbers(score: dict[str, str]) -> list[str]:
    """Interventions and ambitions: appeal, baselines, difficulties, stages, delays, trends, efficacies, thresholds."""
    moves = "They move the initial state and the speed of one intervention (odd 5, 7.1, 7.8) or an ambition (odd 7.12)"
    asked = f"Whom to ask where it is a judgement: {PERSON} (the programme's clinical lead)."
    lines = ["", "## Assumptions about single interventions and ambitions", "", f"{moves}. {asked}"]
    lines += table("assumption", "value (5 to 95 %)", "rests on", "score", "source")
    for name in own_names():
        one = number(name)
        lines.append(row(name, facts.distribution(one), one.basis, score[one.basis], one.source))
    lines += [
        "",
        "### Thresholds",
        "",
        "Where the source of an ambition gives no number, the threshold is a judgement.",
    ]
    lines += table("ambition", "threshold", "rests on", "deadline", "source")
    for name, one in catalogue.ambitions().items():
        basis = one.get("threshold_basis", "judgement") if "threshold" in one else "none stated"
        lines.append(row(name, one.get("threshold", "none"), basis, one["deadline"], one.get("source", "")))
    return lines


def presets(score: dict[str, str]) -> list[str]:
    """What the levels of support come with, and the pushes."""
    lines = ["", "## Levels of support and pushes", "", f"Whom to ask: {PERSON} (directors of the collaboratives)."]
    lines += table("level or push", "lever or parameter", "value", "rests on", "score", "source")
    for level, entry in catalogue.table("support").items():
        for lever, given in entry.items():
            if isinstance(given, dict):
                notes = {key: value for key, value in given.items() if key not in catalogue.NOTES}
                value = notes.get("value", ", ".join(f"{key} {value}" for key, value in notes.items()))
                basis = given["basis"]
                lines.append(row(f"support {level}", lever, value, basis, score[basis], given["source"]))
    for name, entry in catalogue.pushes().items():
        value = facts.distribution(number(entry["parameter"]))
        lines.append(
            row(f"push {name}", entry["parameter"], value, entry["basis"], score[entry["basis"]], entry["source"])
        )
    return lines


def decisions(said: dict[str, Any]) -> list[str]:
    """Every hard choice of the design page."""
    lines = [
        "",
        "## Decisions",
        "",
        f"The arguments are in [design.md](design.md). Who decided and approved: {PERSON}.",
    ]
    lines += table("question", "decided", "rejected", "cost")
    return lines + [
        f"| {' | '.join(one[key].replace('|', chr(92) + '|') for key in ('heading', 'decided', 'rejected', 'cost'))} |"
        for one in said["decision"]
    ]


def data(said: dict[str, Any]) -> list[str]:
    """Every bundled data file."""
    lines = ["", "## Data", "", "Every file that comes with the package, as it is in this version."]
    for one in said["data"]:
        lines += ["", f"**`{one['files']}`**: {one['source']}. Licence: {one['licence']}. Dated: {one['dated']}. "
                  f"Owner: {one['ask']}."]  # fmt: skip
        lines += table("file", "rows", "bytes", "SHA-256")
        lines += [file_row(path) for path in sorted(ROOT.glob(one["files"]))]
    return lines


def file_row(path: Path) -> str:
    """One file."""
    content = path.read_bytes()
    rows = str(content.count(b"\n") - 1) if path.suffix == ".csv" else ""
    return row(path.relative_to(ROOT).as_posix(), rows, len(content), hashlib.sha256(content).hexdigest())


def page() -> str:
    """The page as the catalogue and `logs.toml` have it now."""
    said = say_all()
    lines = count_bases(said["score"])
    for part in (global_numbers(said), own_numbers(said["score"]), presets(said["score"]), decisions(said), data(said)):
        lines += part
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

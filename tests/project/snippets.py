"""Every example of the README and the docs: where it stands, what it is, and how it is tried.

A block is a fence with its language, or indented lines. Shell lines are commands of ours, which are run with little
effort, or one of `NOT_RUN`. ``tests/project/test_snippets.py`` does the trying.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from spread.cli import main as command_line

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[^`\s]*)")
INLINE = re.compile(r"(?<!\\)`([^`]+)`")
FORM = re.compile(r"[\[\]]|\.\.\.|\b[A-Z]+\b(?![-.\d/])")  # words in capitals stand for something of the reader's own
HELP = ("docs/commands.md",)
MADE_BY_RUNNING = ("docs/gallery.md",)  # python -m tests.project.gallery ran every line of it
SHELL = ("sh", "console", "indented")
SHOWN = ("text", "diff")  # output, forms and edits: nothing to run
BUILT = ("{toctree}", "{eval-rst}")  # what the documentation's builder makes: test_docs.py builds it

# An indented block without any of these at the beginning of a line is a drawing, an equation or a list.
PROGRAM = re.compile(r"(\S*/)?(spread|python3?|pip|pip-audit|sh|dask|srun)(?: (?=\S)|$)", re.MULTILINE)
SAVED = re.compile(r"[Ss]aved? as `([\w./-]+)`")

# Lines that are not run, by how they begin: a pattern, and the reason. What follows `&&` is looked at by itself.
NOT_RUN: Sequence[tuple[str, str]] = (
    (r"python3? -m venv ", "makes an environment"),
    (r"(\S*/)?(python3? -m )?pip install ", "installs"),
    (r"\S*pip-audit ", "asks a service on the network"),
    (r"(\S*/)?python (-m pytest\b|tests/project/check.py)", "runs these very tests"),
    (
        r"python -m (tests\.[\w.]+|benchmarks|spread\.[\w.]+)",
        "the maintainers', minutes to hours; that it exists is checked",
    ),
    (r"(python|sh) docs/tutorials/\S+$", "run by test_tutorials.py; that it exists is checked"),
    (r"dask (scheduler|worker) ", "starts a cluster"),
    (r"srun ", "starts a cluster"),
    (r"python -m sphinx ", "builds this documentation: test_docs.py does"),
    (r"source ", "enters an environment"),
    (r"(eval .*)?_SPREAD_COMPLETE=", "set-up of the reader's own shell: completion of commands"),
)

# Commands of ours that are parsed and no more, by what is in them.
NEEDS_MORE: Mapping[str, str] = {"--scheduler": "needs a cluster: tests/runs/test_dask.py has one"}

# Commands that take more than a few seconds even with little effort: tried with the slow tests, parsed with the others.
TAKES_LONG: Sequence[str] = (
    r"\bengland", r"^spread hindcast", r"^spread calibrate", r"^spread sensitivity", r"fit-KEY", r"results/fitted",
    r"results/frontier", r"--lever2", r"--graph", r"scenarios/programmes/", r"^spread since", r"--posterior",
    r"--precision", r"--amount", r"--lever (coaches|programmes)", r"^spread report .*pptx",
)  # fmt: skip
PYTHON_NOT_RUN: Mapping[str, str] = {"dask_kubernetes": "needs a cluster"}
PYTHON_TAKES_LONG = ("ProcessPoolExecutor", "calibrate(", "sensitivity(")

DRAWS, REPLICATES = 4, 2
LITTLE: Mapping[str, str] = {
    "draws": str(DRAWS), "replicates": str(REPLICATES), "trajectories": "2", "lucks": "2", "effort": "quick",
}  # fmt: skip
LITTLE_OF = {"sensitivity": {"sets": "8"}, "calibrate": {"sets": "10"}, "expand": {"draws": str(2 * DRAWS)}}
EASY_PRECISION = "0.3"


class Snippet(NamedTuple):
    """A block of a page: its language (``indented`` without a fence), its text, and the file the page makes of it."""

    page: str
    line: int
    language: str
    text: str
    saved_as: str = ""

    @property
    def place(self) -> str:
        """Where it stands, as editors write it."""
        return f"{self.page}:{self.line}"


class Line(NamedTuple):
    """A line for the shell, and what is done with it: ``run``, ``slow``, ``parsed`` or ``not run``, and why."""

    place: str
    text: str
    treatment: str
    reason: str = ""


def of_page(page: Path) -> Iterator[Snippet]:
    """Every block of a page."""
    name = page.relative_to(ROOT).as_posix()
    lines = page.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        fence = FENCE.match(lines[number])
        end = _end_of_fence(lines, number) if fence else _end_of_indented(lines, number)
        if fence:
            saved = SAVED.search(" ".join(lines[max(0, number - 3) : number]))
            text = "\n".join(lines[number + 1 : end])
            yield Snippet(name, number + 1, fence["language"], text, saved[1] if saved else "")
            number = end + 1
        elif end > number:
            yield Snippet(name, number + 1, "indented", "\n".join(line[4:] for line in lines[number:end]))
            number = end
        else:
            number += 1


def _end_of_fence(lines: Sequence[str], start: int) -> int:
    closing = (number for number in range(start + 1, len(lines)) if lines[number].strip() == "```")
    return next(closing)


def _end_of_indented(lines: Sequence[str], start: int) -> int:
    """The line after a block of indented lines; the start itself where there is none."""
    if not lines[start].startswith("    ") or (start and lines[start - 1].strip()):
        return start
    end = start
    while end < len(lines) and lines[end].startswith("    "):
        end += 1
    return end


def every() -> list[Snippet]:
    """Every block of every page."""
    return [snippet for page in PAGES for snippet in of_page(page)]


def shell_lines(snippet: Snippet) -> list[Line]:
    """The commands of a block, those joined by `&&` apart."""
    if snippet.language == "indented" and not PROGRAM.search(snippet.text):
        return []
    whole = snippet.text.replace("\\\n", " ").splitlines()
    said = [line.removeprefix("$ ") for line in whole if line.strip() and not line.lstrip().startswith("#")]
    said = [line.strip() for line in said if not line.startswith("        ")]  # goes on with what the line above says
    return [treated(part.strip().removesuffix(" &"), snippet.place) for line in said for part in line.split(" && ")]


def inline_commands(page: Path) -> list[Line]:
    """Commands in the running text of a page; forms with brackets and names alone are not meant to be run."""
    found = []
    fenced = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        fenced ^= bool(FENCE.match(line))
        if not fenced and not line.startswith("    "):
            place = f"{page.relative_to(ROOT).as_posix()}:{number}"
            spans = [text.replace(r"\|", "|") for text in INLINE.findall(line)]
            found += [treated(text, place, inline=True) for text in spans if PROGRAM.match(text) and " " in text]
    return found


def treated(text: str, place: str, *, inline: bool = False) -> Line:
    """What is done with a line; ``unknown`` when nobody has said so."""
    text = re.sub(r"\s+# .*$", "", re.sub(r"^(\.venv/bin/)(?=spread )", "", text))
    for pattern, reason in NOT_RUN:
        if re.match(pattern, text):
            return Line(place, text, "not run", reason)
    if not re.match(r"spread( |$)", text):
        return Line(place, text, "unknown")
    if inline and (FORM.search(text) or is_a_name(text)):
        return Line(place, text, "parsed", "a form, or the name of a command")
    if place.partition(":")[0] in HELP:
        return Line(place, text, "parsed", "an example of the help, with files of the reader's own")
    for sign, reason in NEEDS_MORE.items():
        if sign in text:
            return Line(place, text, "parsed", reason)
    takes_long = place.partition(":")[0] in MADE_BY_RUNNING or any(re.search(sign, text) for sign in TAKES_LONG)
    return Line(place, text, "slow" if takes_long else "run")


def is_a_name(text: str) -> bool:
    """Whether only a command is named, perhaps with an option, and not what it is about."""
    try:
        command, context, rest = find_command(words_of(text))
        if not isinstance(command, click.Group):
            command.make_context(context.info_name, rest, parent=context.parent)
    except (click.MissingParameter, click.BadOptionUsage):
        return True
    except (click.ClickException, ValueError):
        return False  # which parsing will say
    return isinstance(command, click.Group)


def words_of(text: str) -> list[str]:
    """The words after `spread`, without a redirection and a comment."""
    return shlex.split(re.split(r" [>|] ", text)[0], comments=True)[1:]


def find_command(words: Sequence[str]) -> tuple[click.Command, click.Context, list[str]]:
    """The command that is meant, and the words that are left for it."""
    command: click.Command = command_line.commands
    context = click.Context(command, info_name="spread")
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None
        assert name is not None
        command, context = found, click.Context(found, info_name=name, parent=context)
    return command, context, rest


def parse(line: Line) -> None:
    """See that a command exists and knows every option; of a form, its options.

    Raises
    ------
    click.ClickException
        When it does not.
    """
    if line.text == "spread":
        return
    command, context, rest = find_command(words_of(re.sub(r"[\[\]]|\.\.\.", " ", line.text)))
    if isinstance(command, click.Group):
        assert set(rest) <= {name for option in command.params for name in option.opts}, line
        return
    if line.reason.startswith("a form"):
        known = {name for option in command.params for name in option.opts}
        unknown = [word for word in rest if re.match(r"--?[a-z]", word) and word not in known]
        assert not unknown, line
        return
    try:
        command.make_context(context.info_name, list(rest), parent=context.parent)
    except click.BadParameter as error:
        if "does not exist" not in str(error):  # files are made where commands are run
            raise


def with_little_effort(words: Sequence[str]) -> list[str]:
    """The same command with as few runs as will do."""
    command, context, rest = find_command(words)
    known = {option.name: option.opts[0] for option in command.params if isinstance(option, click.Option)}
    wanted = {**LITTLE, **LITTLE_OF.get(context.info_name or "", {})}
    chosen = {known[name]: value for name, value in wanted.items() if name in known}
    if "--precision" in rest:
        chosen = {"--precision": EASY_PRECISION, "--replicates": str(REPLICATES)}
    kept = list(words)
    for option in {*chosen, "--precision"} & set(kept):
        place = kept.index(option)
        del kept[place : place + 2]
    return [*kept, *(word for option in chosen.items() for word in option)]

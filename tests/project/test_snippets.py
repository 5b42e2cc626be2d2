"""Every command and example of the README and the docs does what it says it does: it runs."""

import contextlib
import io
import re
import shutil
import tomllib
from collections.abc import Iterator
from importlib import util
from pathlib import Path

import pytest

from spread.cli import main
from spread.scenarios import reading
from tests.project import gallery, snippets

PAGES = [page.relative_to(snippets.ROOT).as_posix() for page in snippets.PAGES]
MINE = """\
schema = 1
name = "{name}"
base = "{base}"
"""
STAGES = """\
site,intervention,date,stage,since
RHM,pews_any,2023-09-30,6,2023-02-01
RWE,pews_any,2023-09-30,4,2023-07-01
RXQ,pews_any,2023-09-30,2,
"""
RUNS = """\
run scenarios/tracheostomy/none.toml
run scenarios/tracheostomy/light.toml
run scenarios/tracheostomy/standard.toml
run scenarios/tracheostomy/enhanced.toml
run scenarios/pews/none.toml
run scenarios/pews/standard.toml
return write scenarios/pews/standard.toml -o return.csv --as-of 2024-10-31
return write scenarios/pews/standard.toml -o q2.csv --as-of 2024-01-31
return write scenarios/pews/standard.toml -o q3.xlsx --as-of 2024-10-31
run pews.toml --from q2.csv --as-of "2023/24 Q2"
find tracheostomy-standard --lever support --chance 0.2 --out results/found
target tracheostomy-standard --by site --out results/targeted
"""
SLOW_RUNS = """\
run scenarios/england.toml
find tracheostomy-standard --lever coaches --lever2 champions --chance 0.25 --out results/frontier
calibrate tracheostomy-standard --observed observed.csv --out results/fitted
calibrate scenarios/tracheostomy/standard.toml --observed observed.csv
run pews-september.toml
"""


def blocks(page: str) -> list[snippets.Snippet]:
    return list(snippets.of_page(snippets.ROOT / page))


def lines(page: str) -> list[snippets.Line]:
    """Every command of a page, in its order."""
    shell = [snippet for snippet in blocks(page) if snippet.language in snippets.SHELL]
    in_blocks = [line for snippet in shell for line in snippets.shell_lines(snippet)]
    return in_blocks + snippets.inline_commands(snippets.ROOT / page)


def command(text: str, *, little: bool = True) -> str:
    """Run a command here, as a user would, and give what it prints."""
    words = snippets.words_of(meant(text))
    told, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(said):
        wanted = snippets.with_little_effort(words) if little else words
        code = main.exit_code(lambda: main.invoke(wanted))
    assert code == 0, f"{text}\nends with {code}:\n{said.getvalue()}{told.getvalue()}"
    return told.getvalue()


def meant(text: str) -> str:
    """A command with what stands for the user's own names put in."""
    words = text.replace("results/NAME/", "results/tracheostomy-standard/")
    words = words.replace("9307b8", first_key()) if "9307b8" in words else words
    return re.sub(r"(results/[\w.-]+)/((?:\w+-)?)KEY", lambda found: str(kept(Path(found[1]), found[2])), words)


def kept(folder: Path, kind: str) -> Path:
    """A run or an answer in the folder of a scenario."""
    found = sorted(path for path in folder.glob(f"{kind}*" if kind else "*") if path.is_dir())
    runs = [path for path in found if kind or re.fullmatch(r"[0-9a-f]{10}", path.name)]
    return runs[0]


def first_key() -> str:
    return kept(Path("results/tracheostomy-standard"), "").name[:6]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a user of the pages has: the scenarios, files of their own, and some runs."""
    place = tmp_path_factory.mktemp("world")
    shutil.copytree(snippets.ROOT / "scenarios", place / "scenarios")
    (place / "observed.csv").write_text(gallery.OBSERVED, encoding="utf-8")
    own = {"pews": ("pews-october", "pews-standard"), "pews-september": ("pews-september", "pews-light")}
    own |= {"a": ("plan-a", "pews-standard"), "b": ("plan-b", "pews-light")}
    for file, (name, base) in own.items():
        (place / f"{file}.toml").write_text(MINE.format(name=name, base=base), encoding="utf-8")
    with_slides(place / "house-style.pptx")
    with contextlib.chdir(place):
        for line in RUNS.splitlines():
            command(f"spread {line}")
    return place


def with_slides(path: Path) -> None:
    from pptx import Presentation

    Presentation().save(str(path))


@pytest.fixture(scope="module")
def slow_world(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("slow") / "world"
    shutil.copytree(world, place)
    with contextlib.chdir(place):
        for line in SLOW_RUNS.splitlines():
            command(f"spread {line}")
    return place


@contextlib.contextmanager
def inside_a_copy(of: Path, place: Path) -> Iterator[None]:
    shutil.copytree(of, place / "copy")
    with contextlib.chdir(place / "copy"):
        yield


def test_every_block_has_a_language_that_something_is_done_about() -> None:
    treated = {*snippets.SHELL, *snippets.SHOWN, *snippets.BUILT, "toml", "python"}
    assert [b.place for b in snippets.every() if b.language not in treated and not b.saved_as] == []


def test_somebody_has_said_what_is_done_with_every_line() -> None:
    unknown = [line for page in PAGES for line in lines(page) if line.treatment == "unknown"]
    assert unknown == [], "say in tests/project/snippets.py what these are"


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_is_understood(page: str) -> None:
    for line in lines(page):
        if line.treatment not in ("not run", "unknown"):
            snippets.parse(line)
        module = re.match(r"python -m ((?:tests|benchmarks|spread)[\w.]*)", line.text)
        script = re.match(r"(?:python|sh) (docs/\S+)", line.text)
        assert not module or util.find_spec(module[1]), line
        assert not script or (snippets.ROOT / script[1]).is_file(), line


def with_lines(*treatments: str) -> list[str]:
    return [page for page in PAGES if any(line.treatment in treatments for line in lines(page))]


@pytest.mark.parametrize("page", with_lines("run"))
def test_the_commands_of_a_page_run(page: str, world: Path, tmp_path: Path) -> None:
    with inside_a_copy(world, tmp_path):
        go_through(page, "run")


@pytest.mark.slow
@pytest.mark.parametrize("page", with_lines("slow"))
def test_the_long_commands_of_a_page_run(page: str, slow_world: Path, tmp_path: Path) -> None:
    with inside_a_copy(slow_world, tmp_path):
        go_through(page, "run", "slow")


def go_through(page: str, *treatments: str) -> None:
    """Do what a page says, from its top: save its files, run its commands; then those in its running text."""
    for line in lines(page):
        for made in re.findall(r" -o (\S+)", line.text):
            Path(made).unlink(missing_ok=True)
    for block in blocks(page):
        save(block)
        if block.language in snippets.SHELL:
            run(snippets.shell_lines(block), treatments)
    run(snippets.inline_commands(snippets.ROOT / page), treatments)


SEEN: set[str] = set()
ONLY_READS = re.compile(
    r"spread (plot|report|brief|assumptions|score|trace|compare|results (list|show|expand|verify|export|bundle)) "
)


def run(several: list[snippets.Line], treatments: tuple[str, ...]) -> None:
    """Run lines; one that changes nothing for the next, and has been run for another page, is not run again."""
    for line in several:
        if line.treatment in treatments and line.text not in SEEN:
            command(line.text)
            SEEN.update([line.text] if ONLY_READS.match(line.text) else [])


def save(block: snippets.Snippet) -> None:
    if block.saved_as:
        Path(block.saved_as).write_text(block.text + "\n", encoding="utf-8")


@pytest.mark.parametrize("block", [b for b in snippets.every() if b.language == "toml"], ids=lambda block: block.place)
def test_an_example_of_a_scenario_is_one(block: snippets.Snippet, world: Path, tmp_path: Path) -> None:
    is_whole = "schema" in tomllib.loads(block.text)
    head = "" if is_whole else MINE.format(name="example", base="pews-standard")
    with inside_a_copy(world, tmp_path):
        shutil.copy("return.csv", "q3.csv")
        Path("stages.csv").write_text(STAGES, encoding="utf-8")
        for other in blocks(block.page):
            save(other)
        Path("example.toml").write_text(head + block.text, encoding="utf-8")
        assert reading.read_scenario("example.toml").ambitions
        if is_whole:
            command("spread scenario check example.toml")


def python_blocks(page: str, *, slow: bool) -> list[snippets.Snippet]:
    found = [block for block in blocks(page) if block.language == "python"]
    found = [block for block in found if not any(sign in block.text for sign in snippets.PYTHON_NOT_RUN)]
    return [block for block in found if slow or not any(sign in block.text for sign in snippets.PYTHON_TAKES_LONG)]


@pytest.mark.parametrize(
    "block", [b for b in snippets.every() if b.language == "python"], ids=lambda block: block.place
)
def test_an_example_of_python_is_python(block: snippets.Snippet) -> None:
    compile(block.text, block.place, "exec")


@pytest.mark.parametrize("page", [page for page in PAGES if python_blocks(page, slow=False)])
def test_the_python_of_a_page_runs(page: str, world: Path, tmp_path: Path) -> None:
    run_python(page, world, tmp_path, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in PAGES if len(python_blocks(page, slow=True)) > len(python_blocks(page, slow=False))]
)
def test_the_long_python_of_a_page_runs(page: str, world: Path, tmp_path: Path) -> None:
    run_python(page, world, tmp_path, slow=True)


def run_python(page: str, world: Path, place: Path, *, slow: bool) -> None:
    known: dict[str, object] = {"__name__": "example"}
    with inside_a_copy(world, place):
        for block in python_blocks(page, slow=slow):
            exec(compile(block.text, block.place, "exec"), known)  # noqa: S102 - our own examples


def test_what_the_pages_leave_out_is_said_once_and_used() -> None:
    texts = [line.text for page in PAGES for line in lines(page)]
    unused = [pattern for pattern, _ in snippets.NOT_RUN if not any(re.match(pattern, text) for text in texts)]
    assert unused == []
    assert all(any(sign in text for text in texts) for sign in snippets.NEEDS_MORE)
    assert all(any(re.search(sign, text) for text in texts) for sign in snippets.TAKES_LONG)


@pytest.mark.slow
def test_the_answer_that_the_readme_shows_is_what_the_command_prints(tmp_path: Path) -> None:
    shown = next(block.text for block in blocks("README.md") if block.language == "text")
    shutil.copytree(snippets.ROOT / "scenarios", tmp_path / "scenarios")
    with contextlib.chdir(tmp_path):
        printed = command("spread run scenarios/tracheostomy/standard.toml", little=False)
    assert plain(shown) in plain(printed)


def plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def test_a_spoilt_example_is_noticed() -> None:
    assert snippets.treated("rm -rf results", "here:1").treatment == "unknown"
    with pytest.raises(snippets.click.ClickException):
        snippets.parse(snippets.treated("spread run mine.toml --drwas 5", "here:1"))
    assert snippets.with_little_effort(["run", "x.toml", "--draws", "900"]).count("--draws") == 1

"""The docs say what the code does, and can be built."""

import re
import subprocess
import sys
from collections.abc import Iterator
from html import parser
from pathlib import Path
from urllib import parse

import pytest

from spread.cli import plot
from spread.scenarios import catalogue, levers, reading

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def lever_table() -> str:
    """The table of levers as `docs/levers.md` holds it."""
    lines = ["| path | label | unit | range | by | dated |", "| --- | --- | --- | --- | --- | --- |"]
    for lever in levers.LEVERS:
        allowed = ", ".join(lever.choices()) or (
            f"{lever.minimum:g} to {lever.maximum:g}" if lever.is_number else "a date"
        )
        cells = (f"`{lever.path}`", lever.label, lever.unit, allowed, lever.by or "", "yes" if lever.dated else "no")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def test_the_table_of_levers_is_the_one_in_use() -> None:
    assert lever_table() in (ROOT / "docs" / "levers.md").read_text(encoding="utf-8")


def enablers_page() -> str:
    return (ROOT / "docs" / "enablers.md").read_text(encoding="utf-8")


def test_effects_on_the_page_of_enablers_are_those_of_the_catalogue() -> None:
    number = r"(-?[\d.]+)"
    stated = re.findall(rf"`(\w+)` {number} \({number} to {number}\)", enablers_page())
    found = {name: tuple(float(value) for value in values) for name, *values in stated}
    known = catalogue.parameters()
    assert found == {name: tuple(known[name][key] for key in ("value", "low", "high")) for name in found}
    at_zero = {name for name in found if known[name].get("zero")}
    assert at_zero == {"co_design_log_hr", "safety_culture_gain_sd", "kappa"}
    assert {known[name]["zero"] for name in at_zero} == {0.3}  # as the page says of each
    assert "a chance of 0.3 of none" in enablers_page()
    assert len(found) == 16


def test_every_lever_and_cost_on_the_page_of_enablers_exists() -> None:
    rows = [line.split("|")[1:-1] for line in enablers_page().splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 8
    paths = {lever.path for lever in levers.LEVERS} | {"enters", "start"}
    for row in rows:
        assert set(re.findall(r"`([a-z_]+)", row[1])) <= paths, row[0]


@pytest.mark.parametrize("snippet", re.findall(r"```toml\n(.*?)```", enablers_page(), re.DOTALL))
def test_examples_on_the_page_of_enablers_are_scenarios(snippet: str, tmp_path: Path) -> None:
    top, _, tables = snippet.partition("[[change]]")
    head = "schema = 1\nname = 'example'\nstart = 2023-04-01\nend = 2025-03-31\n"
    rest = "[programmes.p]\ninterventions = ['pews_any']\n" + (f"[[change]]{tables}" if tables else "")
    (tmp_path / "example.toml").write_text(head + top + rest)
    scenario = reading.read_scenario(tmp_path / "example.toml")
    usual = reading.read_scenario(_write(tmp_path / "usual.toml", head + rest.partition("[[change]]")[0]))
    assert levers.regimes(scenario) != levers.regimes(usual)


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "page", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"], ids=lambda page: page.name
)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", ["read_scenario", "run_replicate", "build_population", "prepare_inputs", "tabulate"])
def test_names_of_the_design_page_exist(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    assert any(f"def {name}(" in path.read_text(encoding="utf-8") for path in (ROOT / "spread").rglob("*.py"))


def test_the_gallery_shows_every_kind_of_figure_and_has_them_all() -> None:
    page = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    shown = {kind for kind in plot.KINDS if re.search(rf"^    spread plot .*\b{kind}\b", page, flags=re.MULTILINE)}
    assert shown == set(plot.KINDS)
    figures = re.findall(r"\]\((figures/[^)]+)\)", page)
    assert len(figures) >= len(plot.KINDS)
    assert all((ROOT / "docs" / figure).is_file() for figure in figures)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation as pages for a browser, made without a warning."""
    place = tmp_path_factory.mktemp("docs")
    words = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-d", str(place / "trees")]
    told = subprocess.run([*words, str(DOCS), str(place / "html")], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return place / "html"


class Anchors(parser.HTMLParser):
    """Where a page leads to, and what in it can be led to."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.names |= {found[key] or "" for key in ("id", "name") if key in found}
        self.targets |= {found[key] or "" for key in ("href", "src") if key in found and tag in ("a", "img")}


def pages_in(folder: Path) -> Iterator[tuple[Path, Anchors]]:
    for page in sorted(folder.glob("*.html")):
        anchors = Anchors()
        anchors.feed(page.read_text(encoding="utf-8"))
        yield page, anchors


def test_the_documentation_is_built_without_a_warning_and_its_links_hold(built: Path) -> None:
    pages = dict(pages_in(built))
    assert {page.stem for page in pages} >= {path.stem for path in DOCS.glob("*.md")}
    broken = [
        (page.name, target)
        for page, anchors in pages.items()
        for target in anchors.targets
        if not re.match(r"[a-z]+:|#$|$", target) and not leads_somewhere(page, target, pages)
    ]
    assert broken == []


def leads_somewhere(page: Path, target: str, pages: dict[Path, Anchors]) -> bool:
    """Whether a link inside the documentation holds, its anchor included."""
    path, _, anchor = parse.unquote(target).partition("#")
    where = (page.parent / path.partition("?")[0]).resolve() if path else page
    if not where.exists():
        return False
    return not anchor or where not in pages or anchor in pages[where].names


def test_the_built_documentation_asks_nothing_of_the_network(built: Path) -> None:
    from_outside = r"""["'](?:https?:)?//"""
    fetched = rf"""<(?:script|img|iframe)[^>]+src={from_outside}|<link[^>]+stylesheet[^>]+href={from_outside}"""
    assert [page.name for page, _ in pages_in(built) if re.search(fetched, page.read_text(encoding="utf-8"))] == []


def test_every_page_is_in_exactly_one_list_of_the_index() -> None:
    lists = re.findall(r"```{toctree}\n(.*?)```", (DOCS / "index.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    listed = [line for text in lists for line in text.splitlines() if line and not line.startswith(":")]
    assert all(":caption:" in text for text in lists)
    assert sorted(listed) == sorted({*listed}), "a page is listed twice"
    assert {path.stem for path in DOCS.glob("*.md")} - {"index"} <= {*listed}


@pytest.mark.parametrize(
    "page", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"], ids=lambda page: page.name
)
def test_every_link_to_a_heading_of_a_page_leads_to_one(page: Path) -> None:
    for path, anchor in re.findall(r"\]\(([\w./-]*\.md)?#([^)]+)\)", page.read_text(encoding="utf-8")):
        target = (page.parent / path) if path else page
        assert anchor in slugs(target), (page.name, path, anchor)


def slugs(page: Path) -> set[str]:
    """The anchors a git host makes of a page's headings."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}

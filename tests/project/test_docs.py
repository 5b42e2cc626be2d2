"""The docs say what the code does."""

import re
from pathlib import Path

import pytest

from spread.cli import plot
from spread.scenarios import catalogue, levers, reading

ROOT = Path(__file__).parents[2]


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

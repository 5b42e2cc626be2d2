"""The docs say what the code does."""

import re
from pathlib import Path

import pytest

from spread.scenarios import levers

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

"""A scenario, and the list of scenarios, as rows to print."""

from dataclasses import dataclass
from pathlib import Path

from spread import errors
from spread.scenarios import catalogue, documents, facts, schema


@dataclass(frozen=True, slots=True)
class Listed:
    """One scenario that can be run: `name` is what to type for one of the catalogue, `path` for a file."""

    name: str
    title: str
    path: Path
    is_catalogue: bool


def describe(scenario: schema.Scenario, *, with_parameters: bool = False) -> tuple[facts.Fact, ...]:
    """What a scenario asks, as rows of section, label, value and unit."""
    rows = facts.all_facts(scenario)
    return rows if with_parameters else tuple(row for row in rows if row.section != facts.PARAMETERS)


def list_scenarios(folder: Path | None = None) -> tuple[Listed, ...]:
    """The bases of the catalogue, then the scenario files below `folder` (default: ``scenarios/`` here)."""
    bases = [_listed(catalogue.base_path(name), is_catalogue=True) for name in catalogue.base_names()]
    where = Path("scenarios") if folder is None else folder
    files = sorted(where.rglob("*.toml")) if where.is_dir() else []
    return (*bases, *(_listed(path, is_catalogue=False) for path in files))


def _listed(path: Path, *, is_catalogue: bool) -> Listed:
    """Name and title as the file writes them; a file that cannot be read is listed, and says so."""
    try:
        tree = documents.read_document(path, str(path)).tree
    except errors.InputError as error:
        return Listed(path.stem, f"cannot be read: {error.faults[0].message}", path, is_catalogue)
    name, title = tree.get("name", path.stem), tree.get("title", "")
    return Listed(str(name), str(title), path, is_catalogue)

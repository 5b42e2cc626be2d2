"""What a bundle of a run holds when nothing is hidden: its tables as they are, and no places on anybody's machine."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Final

from spread import cells
from spread.runs import folders, provenance, store
from spread.scenarios import reading, schema, writing

ABSOLUTE: Final = re.compile(r"(?<![\w:/.~\\-])(?:/[^\s\"'/:;,]+){2,}|(?<!\w)[A-Za-z]:[\\/]+[^\s\"';,]+")


def files_of(run: store.StoredRun) -> Iterator[tuple[str, bytes | Path]]:
    """Each file of a run with its content, or where it is copied from."""
    for name in store.TABLE_FILES.values():
        if (run.folder / name).is_file():
            yield name, run.folder / name
    yield store.HEADLINE, run.folder / store.HEADLINE
    scenario = reading.read_scenario(run.folder / store.SCENARIO)
    text = writing.write_resolved(without_places(scenario))
    yield store.SCENARIO, text.encode()
    yield folders.MANIFEST, cells.json_text(_manifest(run.manifest, text)).encode()


def _manifest(manifest: dict[str, Any], scenario_text: str) -> dict[str, Any]:
    """A manifest that names no place, of what is in the bundle: the chunks that tables were made from are not."""
    kept = without_paths(manifest)
    failures = [{name: value for name, value in one.items() if name != "again"} for one in manifest["failures"]]
    return {**kept, "scenario_hash": provenance.text_hash(scenario_text), "chunks": [], "failures": failures}


def without_places(scenario: schema.Scenario, *, plain_names: bool = False) -> schema.Scenario:
    """A scenario whose data files are beside it: by their own names, or (`plain_names`) by what they are for."""

    def beside(use: str, path: Path) -> Path:
        return Path(f"{use}{path.suffix}" if plain_names else path.name)

    files = provenance.data_files(scenario)
    found = {use: beside(use, path) for use, path in files.items()}
    started = scenario.start_from and scenario.start_from.model_copy(update={"stages": found.pop("stages")})
    world = scenario.world.model_copy(update=found)
    base = last_part(scenario.base) if scenario.base else scenario.base
    return scenario.model_copy(update={"world": world, "start_from": started, "base": base})


def without_paths(value: Any) -> Any:
    """The same document with absolute paths in its texts cut to their last part."""
    if isinstance(value, dict):
        return {name: without_paths(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [without_paths(inner) for inner in value]
    return ABSOLUTE.sub(lambda found: last_part(found[0]), value) if isinstance(value, str) else value


def last_part(path: str) -> str:
    """The last part of a path of any system."""
    return PureWindowsPath(path).name if "\\" in path else PurePosixPath(path).name

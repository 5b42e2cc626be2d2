"""What a description is about: a scenario or a run, with its files, read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from spread.network import data as world_data
    from spread.scenarios import schema


class Subject(NamedTuple):
    """What is described: a scenario, who there is (or why that cannot be counted here), its files, and a run of it."""

    scenario: "schema.Scenario"
    data: "world_data.Data | None"
    not_counted: str
    hashes: Mapping[str, str]
    manifest: Mapping[str, Any] | None


def read_scenario(which: str) -> Subject:
    """A scenario by its file or its name in the catalogue, with its data files.

    Raises
    ------
    InputError
        With every mistake of the scenario, or of its data files.
    """
    from spread.network import data
    from spread.runs import provenance
    from spread.scenarios import reading

    scenario = reading.read_scenario(which)
    read = data.read_data(scenario)
    return Subject(scenario, read, "", provenance.file_hashes(provenance.data_files(scenario)), None)


def read_run(which: str) -> Subject:
    """A finished run by its folder; where its data files have changed since, nothing is counted in them.

    Raises
    ------
    InputError
        When there is no such run, or its scenario or a file that it names is not there any more.
    """
    from spread.network import data
    from spread.runs import folders, listing, provenance, store
    from spread.scenarios import reading

    folder = listing.find_run(which)
    manifest = folders.manifest_there(folder) or {}
    scenario = reading.read_scenario(folder / store.SCENARIO)
    told = manifest.get("data_files", {})
    hashes = {str(use): str(told[use]) for use in told} if isinstance(told, dict) else {}
    read, missing = None, "Not counted: the data files are not those of the run any more."
    if provenance.file_hashes(provenance.data_files(scenario)) == hashes:
        read, missing = data.read_data(scenario), ""
    return Subject(scenario, read, missing, hashes, manifest)

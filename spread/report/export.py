"""A run's tables as one accessible workbook (see `workbook` for the rules, `exported` for the sheets)."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from spread import errors, files
from spread.outcomes import tables as outcome_tables
from spread.report import exported, titles, workbook
from spread.runs import provenance, store
from spread.scenarios import reading, schema

ENDING = ".xlsx"
PROJECTION = (
    "These numbers come from simulated histories, not from a count of what happened. They say what would follow if "
    "the assumptions in this workbook held."
)
USE = (
    "For weighing plans against each other, not for judging a site, a trust or a person. Always look at how many "
    "sites are behind a percentage."
)
NOTES = (
    ("Chances", "A chance is the share of simulated runs in which the target is met, rounded to a whole per cent. "
     "It is never given as 0 or 100, which no simulation can promise: less than 1 is shown as 1, over 99 as 99."),
    ("Range of a chance", "The lower and the upper tenth say how much the chance depends on assumptions: in 80 of 100 "
     "sets of assumptions it lies between them."),
    ("Middle run", "Half of all runs are below it and half above. Columns saying how many runs are below give the "
     "range; they are no limits."),
    ("Eligible sites", "Sites that may take the improvement up: those with the service it is for."),
    ("Empty values", "[z] stands where a value does not apply, [x] where it is not available: not known from the data, "
     "or, for a date, not reached within the run. Both are text; all else in such a column is a number or a date."),
    ("Text that looks like a formula", "A quotation mark before text that begins with =, +, - or @ keeps spreadsheet "
     "programs from running it."),
)  # fmt: skip


def check_place(path: Path, ending: str, *, force: bool) -> None:
    """Make sure that a file may be written there, before any time is spent on it.

    Raises
    ------
    InputError
        When its ending is another, or something is there that `force` does not allow to be replaced.
    """
    if path.suffix.lower() != ending:
        raise errors.InputError(
            errors.Fault(f"cannot write '{path.suffix}'; give a name ending in {ending}", str(path))
        )
    if path.is_dir():
        raise errors.InputError(errors.Fault("is a folder; give the name of a file", str(path)))
    if path.exists() and not force:
        raise errors.InputError(errors.Fault("is there already; use --force to replace it", str(path)))


def write_workbook(
    folder: Path, path: Path, *, name_sites: bool = False, contact: str = "", force: bool = False
) -> int:
    """Write the tables of a finished run as a workbook; returns how many tables it has.

    Parameters
    ----------
    name_sites
        Add the table of named sites; without it no site or organisation is named.
    contact
        Whom to ask, for the cover.

    Raises
    ------
    InputError
        When the run cannot be read, or the file is there already and `force` is not given.
    MachineError
        When it cannot be written.
    """
    check_place(path, ENDING, force=force)
    run = store.read_run(folder, tables=())
    scenario = reading.read_scenario(folder / store.SCENARIO)
    sheets = [sheet for sheet in _sheets(run, scenario, name_sites=name_sites) if sheet.rows]
    content = workbook.workbook_bytes(_cover(run, scenario, contact=contact), NOTES, sheets)
    files.put(path, content)
    return len(sheets)


def _cover(run: store.StoredRun, scenario: schema.Scenario, *, contact: str) -> workbook.Cover:
    about = run.manifest
    runs = int(about["draws"]) * int(about["replicates"])
    made = f"Scenario {scenario.name}, run {about['key']}, spread {about['model_version']}, {runs:,} runs."
    parts = [
        ("What this is", (PROJECTION, scenario.description, _basis(run))),
        ("What it may be used for", (USE,)),
        ("Place and time", (f"{titles.of_whole(scenario)}, {scenario.start} to {scenario.end}.",)),
        ("Made", (f"{made} Computed on {about['made_on']}.",)),
        ("How to find things", ("The worksheet Contents lists every table with a link; Definitions says what each "
                                "column holds; Notes says how to read the numbers.",)),
        ("Contact", (contact,)),
    ]  # fmt: skip
    told = [(heading, tuple(text for text in texts if text)) for heading, texts in parts]
    shown = tuple((heading, texts) for heading, texts in told if texts)
    title = f"{scenario.title or scenario.name}: tables of a simulation"
    day = date.fromisoformat(str(about["made_on"]))
    return workbook.Cover(title, shown, day, f"spread {about['model_version']}")


def _basis(run: store.StoredRun) -> str:
    ambitions = store.read_table(run.folder / store.TABLE_FILES["ambitions"])
    said = ambitions["basis"].dropna()
    return f"The numbers are {said.iloc[0]}." if len(said) else ""


def _sheets(run: store.StoredRun, scenario: schema.Scenario, *, name_sites: bool) -> Iterator[workbook.Sheet]:
    runs = int(run.manifest["draws"]) * int(run.manifest["replicates"])
    source = f"Source: spread {run.manifest['model_version']}, scenario {scenario.name}, {runs:,} runs."
    for name, told in exported.FROM_FILES.items():
        path = run.folder / store.TABLE_FILES[name]
        if not path.is_file() or (name == "sites" and not name_sites):
            continue
        table, notes = _read(path, name)
        if name == "sites":
            provenance.check_world(scenario, run.manifest, run.folder)
            table = _with_names(table, scenario)
        rows = _rows(table)
        yield exported.sheet_of(scenario, told, rows, source=source, notes=notes)
    yield exported.sheet_of(scenario, exported.ASSUMPTIONS, _assumptions(scenario), source=source)


def _read(path: Path, name: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """A table of the run as far as a reader wants it, with a sentence where rows are left out."""
    if name == "sites":
        return pd.read_parquet(path, columns=[one for one in outcome_tables.columns(name) if one != "met"]), ()
    table = store.read_table(path)
    if name != "summary":
        return table, ()
    measures = sorted(set(store.read_table(path.with_name(store.TABLE_FILES["ambitions"]))["measure"]))
    kept, said = exported.short_summary(table, measures)
    return kept, (said,)


def _rows(table: pd.DataFrame) -> list[Mapping[str, Any]]:
    plain = table.astype("object").where(table.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict(orient="records")]


def _with_names(sites: pd.DataFrame, scenario: schema.Scenario) -> pd.DataFrame:
    """Sites with their names and organisations, where the world of the run can still be read."""
    from spread.network import population

    try:
        world = population.build_population(scenario)
    except errors.SpreadError:
        return sites
    organisations = [world.organisation_names[row] for row in world.organisation]
    names = pd.DataFrame(
        {"site": world.site_codes, "site_name": world.site_names, "organisation_name": organisations}, dtype="str"
    )
    return sites.merge(names, on="site", how="left")


def _assumptions(scenario: schema.Scenario) -> list[Mapping[str, Any]]:
    return [{"parameter": name, **entry.model_dump()} for name, entry in scenario.parameters.items()]

"""A run with nobody named in it: its tables with small numbers hidden, pseudonyms in place of sites and organisations.

What has a row for every site and run, or a hash of what is hidden, stays out: a hash would let anybody try out
which small number gives it.
"""

import io
import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pandas as pd

from spread import cells, errors
from spread.network import population as people
from spread.outcomes import tables as outcome_tables
from spread.report import disclosure, plain_copy, pseudonyms
from spread.runs import folders, provenance, store
from spread.scenarios import reading, schema, writing

KEPT_FACTS: Final = (
    "made_on", "model_version", "seed", "draws", "replicates", "precision", "engine", "looks", "versions",
    "wall_seconds",
)  # fmt: skip
SITES: Final = "sites.csv"
FIFTHS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
NOT_HERE: Final = "not in this bundle"


class Anonymous(NamedTuple):
    """A run made anonymous: its folder in the bundle, its files, and all that must not be found in them."""

    place: str
    manifest: Mapping[str, Any]
    files: tuple[tuple[str, bytes], ...]
    names: tuple[pseudonyms.Name, ...]
    forbidden: tuple[str, ...]


def anonymise(run: store.StoredRun, number: int, key: bytes, *, least: int) -> Anonymous:
    """Make a run anonymous.

    Parameters
    ----------
    number
        Which run of the bundle it is, from 1.
    key
        What pseudonyms are made with.
    least
        The fewest sites a number may stand for.

    Raises
    ------
    InputError
        When the world of the run cannot be read as it was, so that the names to take out are not known.
    """
    scenario = reading.read_scenario(run.folder / store.SCENARIO)
    provenance.check_world(scenario, run.manifest, run.folder)
    world = _world(scenario, run.folder)
    names = tuple(pseudonyms.names_in(world, key))
    redactor = pseudonyms.Redactor(names)
    place = f"run-{number}"
    rules = _rules(run, scenario, least)
    hidden = dict(_tables(run, rules, world, key))
    manifest = _manifest(run, scenario, redactor, place)
    texts = {store.TABLE_FILES[name]: outcome_tables.csv_text(_said(table, redactor)) for name, table in hidden.items()}
    texts[SITES] = outcome_tables.csv_text(_sites(run, world, key, least=least))
    told = {name: table for name, table in hidden.items() if name in ("ambitions", "joint")}
    texts[store.HEADLINE] = redactor.redact(store.headline(told, manifest))
    texts[store.SCENARIO] = _scenario(scenario, redactor, run.folder)
    texts[folders.MANIFEST] = cells.json_text(manifest)
    files = {name: text.encode() for name, text in texts.items()}
    files[store.TABLE_FILES["parameters"]] = _parameters(run, redactor)
    return Anonymous(place, manifest, tuple(files.items()), names, _forbidden(run, scenario))


def _world(scenario: schema.Scenario, folder: Path) -> people.Population:
    try:
        return people.build_population(scenario)
    except errors.SpreadError as error:
        message = f"its sites cannot be read any more, so their names cannot be taken out: {error}"
        raise errors.InputError(errors.Fault(message, str(folder))) from error


def _rules(run: store.StoredRun, scenario: schema.Scenario, least: int) -> disclosure.Rules:
    first = pd.read_parquet(
        run.folder / store.TABLE_FILES["adoption"],
        columns=["intervention", "group_kind", "group", "eligible"],
        filters=[("draw", "==", 0), ("replicate", "==", 0)],
    )
    data_dates = store.read_table(run.folder / store.TABLE_FILES["ambitions"])["data_date"].dropna()
    observed = str(data_dates.iloc[0]) if scenario.start_from is not None and len(data_dates) else None
    return disclosure.Rules(least, disclosure.sizes_of(first), scenario, observed)


def _tables(
    run: store.StoredRun, rules: disclosure.Rules, world: people.Population, key: bytes
) -> Iterator[tuple[str, pd.DataFrame]]:
    """The tables of groups, their small numbers hidden."""
    for name in (*disclosure.HIDERS, "joint"):
        path = run.folder / store.TABLE_FILES[name]
        if path.is_file():
            table = store.read_table(path)
            hider = disclosure.HIDERS.get(name)
            hidden = hider(table, rules) if hider is not None and len(table) else table
            yield name, _of_organisations(hidden, world, key) if name == "summary" else hidden


def _of_organisations(summary: pd.DataFrame, world: people.Population, key: bytes) -> pd.DataFrame:
    """The summary with organisations under their pseudonyms, in an order that tells nothing."""
    known = pseudonyms.pseudonyms_of(world.organisation_codes, "organisation", key)
    renamed = summary.copy()
    theirs = renamed["group_kind"] == "organisation"
    renamed.loc[theirs, "group"] = renamed.loc[theirs, "group"].map(known)
    order = renamed["group"].where(theirs, "")
    return renamed.assign(order=order).sort_values("order", kind="stable").drop(columns="order")


def _sites(run: store.StoredRun, world: people.Population, key: bytes, *, least: int) -> pd.DataFrame:
    """Sites under pseudonyms, with how likely they are to be in use, in fifths; those unlike most others left out."""
    kept = ["site", "intervention", "deadline", "chance_adopted"]
    table = pd.read_parquet(run.folder / store.TABLE_FILES["sites"], columns=kept)
    pattern = table.groupby("site", sort=False)["intervention"].agg(lambda names: "+".join(sorted(set(names))))
    common = pattern.map(pattern.value_counts()) >= least
    shown = table[table["site"].map(common)].copy()
    shown["site"] = shown["site"].map(pseudonyms.pseudonyms_of(world.site_codes, "site", key)).astype("str")
    labels = [f"{100 * low:.0f} to {100 * high:.0f} %" for low, high in itertools.pairwise(FIFTHS)]
    bands = pd.cut(shown["chance_adopted"], list(FIFTHS), labels=labels, include_lowest=True)
    shown["chance_adopted"] = bands.astype("object")
    return shown.sort_values(["site", "intervention", "deadline"], ignore_index=True)


def _said(table: pd.DataFrame, redactor: pseudonyms.Redactor) -> pd.DataFrame:
    """A table with no name in its texts."""
    said = table.copy()
    for name in said.columns:
        if pd.api.types.is_string_dtype(said[name]) and said[name].dtype != "object":
            plain = {text: redactor.redact(text) for text in said[name].dropna().unique()}
            said[name] = said[name].map(plain).astype("str")
    return said.rename(columns=redactor.redact)


def _parameters(run: store.StoredRun, redactor: pseudonyms.Redactor) -> bytes:
    table = pd.read_parquet(run.folder / store.TABLE_FILES["parameters"]).rename(columns=redactor.redact)
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _scenario(scenario: schema.Scenario, redactor: pseudonyms.Redactor, folder: Path) -> str:
    """The scenario without names, places of files, or what headings of somebody's return mean.

    Raises
    ------
    InputError
        When a name is also a word that a scenario needs.
    """
    import tomllib

    plain = plain_copy.without_places(scenario, plain_names=True)
    plain = plain.model_copy(update={"quarterly_return": schema.QuarterlyReturn()})
    text = plain_copy.without_paths(writing.write_resolved(plain))
    redacted = redactor.redact(text)
    try:
        tomllib.loads(redacted)
    except tomllib.TOMLDecodeError as error:
        message = "a site or organisation is named by a word that its scenario needs; give it another code or name"
        raise errors.InputError(errors.Fault(message, str(folder))) from error
    return redacted


def _manifest(
    run: store.StoredRun, scenario: schema.Scenario, redactor: pseudonyms.Redactor, place: str
) -> dict[str, Any]:
    """What may be said of how a run was made: no key, no hash, no command line, no place."""
    facts = {name: run.manifest.get(name) for name in KEPT_FACTS}
    return {
        "name": redactor.redact(scenario.name),
        "key": place,
        **facts,
        "data_files": dict.fromkeys(provenance.data_files(scenario), NOT_HERE),
        "fitted": run.manifest.get("posterior") is not None,
        "failures": len(run.manifest["failures"]),
    }


def _told_command(manifest: Mapping[str, Any]) -> str:
    """The command line of a run, where it says more than the program's name."""
    command = str(manifest.get("command_line") or "")
    return command if len(command.split()) > 1 else ""


def _forbidden(run: store.StoredRun, scenario: schema.Scenario) -> tuple[str, ...]:
    """Texts that tell where or from what a run was made."""
    manifest = run.manifest
    paths = [path for path in provenance.data_files(scenario).values() if path.is_absolute()]
    places = [text for path in paths for text in (str(path), str(path.parent)) if len(path.parts) > 2]
    made = [manifest["key"], manifest.get("content_hash"), manifest.get("scenario_hash"), _told_command(manifest)]
    hashes = [*manifest.get("data_files", {}).values(), *manifest.get("table_hashes", {}).values()]
    return tuple(str(text) for text in (*places, *made, *hashes) if text)

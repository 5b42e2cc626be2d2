"""What a figure is drawn from: the tables of a results folder, and the names readers know things by."""

import contextlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from spread import errors
from spread.outcomes import naming
from spread.plots import theme, wording

QUANTILES = ("q025", "q10", "q25", "q50", "q75", "q90", "q975")
NATIONAL = ("national", "England")

DEPRIVATION = {"1": "Most deprived fifth", "2": "Second most deprived", "3": "Middle fifth",
               "4": "Second least deprived", "5": "Least deprived fifth"}  # fmt: skip
SETTINGS = {"ccg": "CCGs", "gp": "General practices", "ward": "Wards", "care_home": "Care homes"}

SUMMARY_KEYS = ("date", "intervention", "group_kind", "group", "measure")
AMBITION_KEYS = ("ambition", "interventions", "together", "measure", "scope")
BASIS_KEYS = ("conditioned_on", "basis")
AMBITION_NUMBERS = ("threshold", "chance", "value_q05", "value_q50", "value_q95")


@dataclass(frozen=True, slots=True, eq=False)
class PlotData:
    """The tables and documents of one results folder.

    `summary` and `ambitions` have the columns of ``summary.csv`` and ``ambitions.csv`` with dates as timestamps;
    `exceedance` those of ``exceedance.csv``, or no rows; `bottlenecks` likewise. `scenario` is ``scenario.toml`` and
    `manifest` ``manifest.json`` as read. `group_names` maps a group's code to the name a reader knows (``YH`` to
    ``Yorkshire & Humber``).
    """

    summary: pd.DataFrame
    ambitions: pd.DataFrame
    exceedance: pd.DataFrame
    bottlenecks: pd.DataFrame = field(default_factory=pd.DataFrame)
    scenario: Mapping[str, Any] = field(default_factory=dict)
    manifest: Mapping[str, Any] = field(default_factory=dict)
    group_names: Mapping[str, str] = field(default_factory=dict)


def load(results_folder: Path | str, *, group_names: Mapping[str, str] | None = None) -> PlotData:
    """Read the tables of a results folder.

    Raises
    ------
    InputError
        A table is missing or lacks a column; all faults together.
    """
    folder = Path(results_folder)
    missing = [name for name in ("summary.csv", "ambitions.csv") if not (folder / name).is_file()]
    if missing:
        message = "not found; a finished run writes it"
        raise errors.InputError(errors.Fault(message, place=str(folder / name)) for name in missing)
    exceedance, bottlenecks = folder / "exceedance.csv", folder / "bottlenecks.csv"
    return from_frames(
        summary=_read_table(folder / "summary.csv", text=SUMMARY_KEYS),
        ambitions=_read_table(folder / "ambitions.csv", text=(*AMBITION_KEYS, "deadline", "data_date", *BASIS_KEYS)),
        exceedance=_read_table(exceedance, text=("threshold",)) if exceedance.is_file() else None,
        bottlenecks=_read_table(bottlenecks, text=("psc", "deadline")) if bottlenecks.is_file() else None,
        scenario=_read_toml(folder / "scenario.toml"),
        manifest=_read_json(folder / "manifest.json"),
        group_names=group_names,
        place=str(folder),
    )


def from_frames(
    *,
    summary: pd.DataFrame,
    ambitions: pd.DataFrame,
    exceedance: pd.DataFrame | None = None,
    bottlenecks: pd.DataFrame | None = None,
    scenario: Mapping[str, Any] | None = None,
    manifest: Mapping[str, Any] | None = None,
    group_names: Mapping[str, str] | None = None,
    place: str = "results",
) -> PlotData:
    """Take tables that are in memory; they are copied, checked and their dates parsed.

    Raises
    ------
    InputError
        A table lacks a column; all faults together.
    """
    faults = [
        *_find_missing(summary, (*SUMMARY_KEYS, *QUANTILES), place=f"{place}/summary.csv"),
        *_find_missing(ambitions, (*AMBITION_KEYS, *AMBITION_NUMBERS, "deadline"), place=f"{place}/ambitions.csv"),
    ]
    if faults:
        raise errors.InputError(faults)
    return PlotData(
        summary=_plain_types(summary, ("date",)),
        ambitions=_plain_types(ambitions, ("deadline", "data_date")),
        exceedance=pd.DataFrame() if exceedance is None else _plain_types(exceedance, ("date",)),
        bottlenecks=pd.DataFrame() if bottlenecks is None else _plain_types(bottlenecks, ("deadline",)),
        scenario=dict(scenario or {}),
        manifest=dict(manifest or {}),
        group_names=dict(group_names or {}),
    )


def title_of(data: PlotData, key: str) -> str:
    """Name an intervention, a set of them, or an ambition the way a reader would."""
    for section in ("interventions", "ambitions"):
        title = data.scenario.get(section, {}).get(key, {}).get("title")
        if title:
            return theme.clean_name(str(title))
    if key.startswith(naming.ORGANISATIONS):
        share, _, name = key.removeprefix(naming.ORGANISATIONS).partition(":")
        return f"{title_of(data, name)}, organisations with {100 * float(share):g} % of sites"
    if key.startswith(naming.ALL_OF):
        count = len(split_names(key))
        return "Both together" if count == 2 else f"All {wording.say_number(count)} together"
    return theme.clean_name(key)


def members_of(data: PlotData, key: str) -> tuple[str, ...]:
    """Titles of the interventions behind a key."""
    return tuple(title_of(data, name) for name in split_names(key))


def name_group(data: PlotData, group: tuple[str, str], for_label: str | None = None) -> str:
    """Name a group for a subtitle: the label given, the name known, or kind and code."""
    if for_label:
        return theme.clean_name(for_label)
    if group[0] == NATIONAL[0]:
        own_world = data.scenario.get("world", {}).get("population", "england") != "england"
        return "All sites" if own_world else NATIONAL[1]
    known = data.group_names.get(group[1]) if group[0] == "psc" else None
    return theme.clean_name(known or _say_group(*group))


def _say_group(kind: str, group: str) -> str:
    """Name a group by its kind and code, without the kind where the code says it."""
    if kind == "imd_fifth":
        return DEPRIVATION.get(group, f"Deprivation fifth {group}")
    if kind == "setting":
        return SETTINGS.get(group, group.replace("_", " ").capitalize())
    return group if kind == "nhs_region" else f"{kind.replace('_', ' ').upper()} {group}"


def split_names(text: object) -> tuple[str, ...]:
    """Read the interventions joined in a cell or key: ``A+B``."""
    names = str(text).removeprefix(naming.ALL_OF)
    if names.startswith(naming.ORGANISATIONS):
        names = names.partition(":")[2]
    return tuple(name.strip() for name in re.split(r"[+;,]", names) if name.strip())


def entry_of(data: PlotData, ambition: str) -> Mapping[str, Any]:
    """What the scenario says of an ambition; empty if nothing."""
    entry: Mapping[str, Any] = data.scenario.get("ambitions", {}).get(ambition, {})
    return entry


def starts_observed(data: PlotData) -> bool:
    """Whether the run began from a table of observed stages."""
    return bool(data.scenario.get("start_from"))


def make_caption(data: PlotData, ambitions: Iterable[str] = ()) -> str:
    """Say where a figure comes from: program, scenario, runs, what the numbers rest on, and whom a chance counts."""
    versions = data.manifest.get("versions", {})
    version = data.manifest.get("model_version") or versions.get("spread") or data.manifest.get("version", "")
    name = theme.clean_name(str(data.scenario.get("name", "")))
    runs = _count_runs(data.manifest)
    parts = [f"spread {version}".strip()]
    parts += [f"scenario {name}"] if name else []
    parts += [f"{runs:,} runs"] if runs else []
    counted = {entry_of(data, name).get("denominator", "eligible") for name in ambitions}
    notes = [f"Chances count {word} sites only." for word in sorted(counted - {"eligible"})]
    return " ".join([f"Source: {', '.join(parts)}.", *_say_basis(data), *notes])


def _say_basis(data: PlotData) -> list[str]:
    said = [*dict.fromkeys(data.ambitions.get("basis", ["not fitted to data"]))]
    starts = dict.fromkeys(data.ambitions.get("conditioned_on", []))
    said += [f"starts from {start}" for start in starts if start and starts_observed(data)]
    return [f"{text[0].upper()}{text[1:]}." for text in said if text]


def _read_table(path: Path, *, text: Sequence[str]) -> pd.DataFrame:
    kinds = dict.fromkeys((*SUMMARY_KEYS, *AMBITION_KEYS, *text), "str")
    with _readable(path):
        table = pd.read_csv(path, dtype=kinds, keep_default_na=False, na_values=[""])
    return table.fillna({name: "" for name in kinds if name in table.columns})


def _read_toml(path: Path) -> dict[str, Any]:
    with _readable(path):
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _read_json(path: Path) -> dict[str, Any]:
    with _readable(path):
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return document


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say plainly when a file of a results folder is not what it should be."""
    try:
        yield
    except (OSError, ValueError) as error:  # what pandas, tomllib and json raise for bad text are ValueErrors
        raise errors.InputError(errors.Fault(f"cannot be read: {error}", place=str(path))) from error


def _find_missing(table: pd.DataFrame, columns: Sequence[str], *, place: str) -> list[errors.Fault]:
    return [
        errors.Fault("this column is missing", place=place, key=name) for name in columns if name not in table.columns
    ]


def _plain_types(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    parsed = table.copy()
    for name in (*SUMMARY_KEYS[1:], *AMBITION_KEYS):
        if name in parsed.columns:
            parsed[name] = parsed[name].astype("str")
    for name in columns:
        if name in parsed.columns:
            parsed[name] = pd.to_datetime(parsed[name].replace("", None))
    return parsed


def _count_runs(manifest: Mapping[str, Any]) -> int:
    failures = manifest.get("failures") or 0
    failed = failures if isinstance(failures, int) else len(failures)
    return int(manifest.get("draws", 0)) * int(manifest.get("replicates", 0)) - failed

"""What a figure is drawn from: the tables of a results folder, and the questions figures ask of them.

T report dates. A *series* is one projected share over time with the targets that apply to it; the key of several
interventions taken together is ``all_of:A+B+C``.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from spread import errors
from spread.plots import theme, wording

TOGETHER = "all_of:"
ADOPTION_STAGE = 5
STAGE_NAMES = ("no contact", "knowledge", "interest", "decision", "testing", "adoption", "spread", "sustained")
QUANTILES = ("q025", "q10", "q25", "q50", "q75", "q90", "q975")
NATIONAL = ("national", "England")

SUMMARY_KEYS = ("date", "intervention", "group_kind", "group", "measure")
AMBITION_KEYS = ("ambition", "interventions", "together", "measure", "scope")
AMBITION_NUMBERS = ("threshold", "chance", "value_q05", "value_q50", "value_q95")


@dataclass(frozen=True, slots=True, eq=False)
class PlotData:
    """The tables and documents of one results folder.

    `summary` and `ambitions` have the columns of ``summary.csv`` and ``ambitions.csv`` with dates as timestamps;
    `exceedance` those of ``exceedance.csv``, or no rows. `scenario` is ``scenario.toml`` and `manifest`
    ``manifest.json`` as read. `group_names` maps a group's code to the name a reader knows (``YH`` to
    ``Yorkshire & Humber``).
    """

    summary: pd.DataFrame
    ambitions: pd.DataFrame
    exceedance: pd.DataFrame
    scenario: Mapping[str, Any] = field(default_factory=dict)
    manifest: Mapping[str, Any] = field(default_factory=dict)
    group_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """One deadline of one ambition; `threshold` or `chance` are None where none is stated or assessed."""

    ambition: str
    title: str
    threshold: float | None
    deadline: pd.Timestamp
    chance: float | None
    milestones: tuple[tuple[pd.Timestamp, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A projected share over time.

    `key` as in ``summary.csv``; `stage` the least stage counted; `frame` one row per report date, shape (T, 8),
    columns ``date`` and QUANTILES, dates rising; `targets` in order of deadline.
    """

    key: str
    label: str
    stage: int
    frame: pd.DataFrame
    targets: tuple[Target, ...]


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
    exceedance = folder / "exceedance.csv"
    return from_frames(
        summary=_read_table(folder / "summary.csv", text=SUMMARY_KEYS),
        ambitions=_read_table(folder / "ambitions.csv", text=(*AMBITION_KEYS, "deadline", "data_date", "basis")),
        exceedance=_read_table(exceedance, text=("threshold",)) if exceedance.is_file() else None,
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
        summary=_parse_dates(summary, ("date",)),
        ambitions=_parse_dates(ambitions, ("deadline", "data_date")),
        exceedance=pd.DataFrame() if exceedance is None else exceedance.copy(),
        scenario=dict(scenario or {}),
        manifest=dict(manifest or {}),
        group_names=dict(group_names or {}),
    )


def choose_series(
    data: PlotData, *, intervention: str | Sequence[str] | None, group: tuple[str, str]
) -> tuple[Series, ...]:
    """Pick the shares to draw: the ones asked for, or else those the ambitions are about.

    Raises
    ------
    InputError
        Nothing of that name, or no group of that name, is in the results.
    """
    here = data.summary[(data.summary["group_kind"] == group[0]) & (data.summary["group"] == group[1])]
    if here.empty:
        known = sorted(set(data.summary["group_kind"] + ":" + data.summary["group"]))
        name = f"{group[0]}:{group[1]}"
        raise errors.InputError(errors.Fault(f"no results for '{name}'" + errors.did_you_mean(name, known)))
    known_keys = list(dict.fromkeys(here["intervention"]))
    keys = _asked_keys(intervention, known_keys) or _ambition_keys(data, known_keys) or known_keys[:1]
    return tuple(_build_series(data, here, key=key, group=group) for key in keys)


def find_targets(data: PlotData, key: str, *, group: tuple[str, str]) -> tuple[Target, ...]:
    """List the deadlines that apply to a share; a group that no ambition is assessed for has no chances."""
    rows = [row for _, row in data.ambitions.iterrows() if key in keys_of(row)]
    own = [row for row in rows if row["scope"] == scope_of(group)]
    shown = own or [row for row in rows if row["scope"] == "national"]
    targets = [_build_target(data, row, assessed=bool(own)) for row in shown]
    return tuple(sorted(targets, key=lambda target: (target.deadline, target.ambition)))


def keys_of(ambition: "pd.Series[Any]") -> tuple[str, ...]:
    """Name the shares an ambition row is about, as keys of the summary."""
    names = _split_names(ambition["interventions"])
    if len(names) > 1 and ambition["together"] == "all":
        return (TOGETHER + "+".join(names),)
    return names


def scope_of(group: tuple[str, str]) -> str:
    """The scope an ambition has for a group: ``national`` or ``psc:YH``."""
    return "national" if group[0] == "national" else f"{group[0]}:{group[1]}"


def title_of(data: PlotData, key: str) -> str:
    """Name an intervention, a set of them, or an ambition the way a reader would."""
    for section in ("interventions", "ambitions"):
        title = data.scenario.get(section, {}).get(key, {}).get("title")
        if title:
            return theme.clean_name(str(title))
    if key.startswith(TOGETHER):
        count = len(_split_names(key))
        return "Both together" if count == 2 else f"All {wording.say_number(count)} together"
    return theme.clean_name(key)


def members_of(data: PlotData, key: str) -> tuple[str, ...]:
    """Titles of the interventions behind a key."""
    return tuple(title_of(data, name) for name in _split_names(key))


def name_group(data: PlotData, group: tuple[str, str], for_label: str | None = None) -> str:
    """Name a group for a subtitle: the label given, the name known, or kind and code."""
    if for_label:
        return theme.clean_name(for_label)
    if group[0] == "national":
        return theme.clean_name(group[1])
    known = data.group_names.get(group[1])
    return theme.clean_name(known or f"{group[0].replace('_', ' ').upper()} {group[1]}")


def starts_observed(data: PlotData) -> bool:
    """Whether the run began from a table of observed stages."""
    return bool(data.scenario.get("start_from"))


def make_caption(data: PlotData, targets: Sequence[Target] = ()) -> str:
    """Say where a figure comes from: program, scenario, runs, what the numbers rest on, and whom a chance counts."""
    versions = data.manifest.get("versions", {})
    version = data.manifest.get("model_version") or versions.get("spread") or data.manifest.get("version", "")
    name = theme.clean_name(str(data.scenario.get("name", "")))
    runs = _count_runs(data.manifest)
    parts = [f"spread {version}".strip()]
    parts += [f"scenario {name}"] if name else []
    parts += [f"{runs:,} runs"] if runs else []
    fitted = "Fitted to observed adoption." if data.manifest.get("posterior") else "Not fitted to data."
    counted = {_entry_of(data, target.ambition).get("denominator", "eligible") for target in targets}
    notes = [f"Chances count {word} sites only." for word in sorted(counted - {"eligible"})]
    return " ".join([f"Source: {', '.join(parts)}.", fitted, *notes])


def _read_table(path: Path, *, text: Sequence[str]) -> pd.DataFrame:
    columns = pd.read_csv(path, nrows=0).columns
    kinds = {name: "str" for name in (*SUMMARY_KEYS, *AMBITION_KEYS, *text) if name in columns}
    table = pd.read_csv(path, dtype=kinds, keep_default_na=False, na_values=[""])
    return table.fillna(dict.fromkeys(kinds, ""))


def _read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _read_json(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return document


def _find_missing(table: pd.DataFrame, columns: Sequence[str], *, place: str) -> list[errors.Fault]:
    return [
        errors.Fault("this column is missing", place=place, key=name) for name in columns if name not in table.columns
    ]


def _parse_dates(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    parsed = table.copy()
    for name in columns:
        if name in parsed.columns:
            parsed[name] = pd.to_datetime(parsed[name].replace("", None))
    return parsed


def _split_names(text: object) -> tuple[str, ...]:
    return tuple(name.strip() for name in re.split(r"[+;,]", str(text).removeprefix(TOGETHER)) if name.strip())


def _asked_keys(intervention: str | Sequence[str] | None, known: Sequence[str]) -> list[str]:
    if intervention is None:
        return []
    asked = [intervention] if isinstance(intervention, str) else list(dict.fromkeys(intervention))
    faults = [
        errors.Fault(f"no results for the intervention '{name}'" + errors.did_you_mean(name, known))
        for name in asked
        if name not in known
    ]
    if faults:
        raise errors.InputError(faults)
    return asked


def _ambition_keys(data: PlotData, known: Sequence[str]) -> list[str]:
    rows = data.ambitions[data.ambitions["scope"] == "national"]
    wanted = [key for _, row in rows.iterrows() for key in keys_of(row)]
    found = [key for key in dict.fromkeys(wanted) if key in known]
    return sorted(found, key=lambda key: not key.startswith(TOGETHER))


def _build_series(data: PlotData, here: pd.DataFrame, *, key: str, group: tuple[str, str]) -> Series:
    targets = find_targets(data, key, group=group)
    stage = _stage_of(data, targets[-1].ambition) if targets else ADOPTION_STAGE
    targets = tuple(target for target in targets if _stage_of(data, target.ambition) == stage)
    rows = here[(here["intervention"] == key) & (here["measure"] == f"stage>={stage}")]
    frame = rows[["date", *QUANTILES]].dropna().sort_values("date").reset_index(drop=True)
    if frame.empty:
        raise errors.InputError(errors.Fault(f"no share at stage {stage} or later in the results for '{key}'"))
    return Series(key=key, label=title_of(data, key), stage=stage, frame=frame, targets=targets)


def _stage_of(data: PlotData, ambition: str) -> int:
    return int(_entry_of(data, ambition).get("stage", ADOPTION_STAGE))


def _entry_of(data: PlotData, ambition: str) -> Mapping[str, Any]:
    entry: Mapping[str, Any] = data.scenario.get("ambitions", {}).get(ambition, {})
    return entry


def _build_target(data: PlotData, row: "pd.Series[Any]", *, assessed: bool) -> Target:
    chance = float(row["chance"])
    threshold = float(row["threshold"])
    return Target(
        ambition=row["ambition"],
        title=title_of(data, row["ambition"]),
        threshold=None if pd.isna(threshold) else threshold,
        deadline=row["deadline"],
        chance=chance if assessed and not pd.isna(chance) else None,
        milestones=_read_milestones(data, row["ambition"]),
    )


def _read_milestones(data: PlotData, ambition: str) -> tuple[tuple[pd.Timestamp, float], ...]:
    entries = _entry_of(data, ambition).get("milestones", ())
    return tuple(sorted((pd.Timestamp(entry["date"]), float(entry["threshold"])) for entry in entries))


def _count_runs(manifest: Mapping[str, Any]) -> int:
    failures = manifest.get("failures") or 0
    failed = failures if isinstance(failures, int) else len(failures)
    return int(manifest.get("draws", 0)) * int(manifest.get("replicates", 0)) - failed

"""The shares to draw and the targets that apply to them.

T report dates. A *series* is one projected share over time with the targets that apply to it; the key of several
interventions taken together is ``all_of:A+B+C``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from spread import errors
from spread.outcomes import naming
from spread.plots import data as tables
from spread.plots import wording

ADOPTION = "stage>=5"
ALL_ELEMENTS = "all_elements"
STAGE_NAMES = ("no contact", "knowledge", "interest", "decision", "testing", "adoption", "spread", "sustained")


@dataclass(frozen=True, slots=True)
class Target:
    """One deadline of one ambition; `threshold` or `chance` are None where none is stated or assessed."""

    ambition: str
    title: str
    measure: str
    threshold: float | None
    deadline: pd.Timestamp
    chance: float | None
    milestones: tuple[tuple[pd.Timestamp, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A projected share over time.

    `key` and `measure` as in ``summary.csv``; `frame` one row per report date, shape (T, 8),
    columns ``date`` and `data.QUANTILES`, dates rising; `targets` in order of deadline.
    """

    key: str
    label: str
    measure: str
    frame: pd.DataFrame
    targets: tuple[Target, ...]


def choose_series(
    data: tables.PlotData, *, intervention: str | Sequence[str] | None, group: tuple[str, str]
) -> tuple[Series, ...]:
    """Pick the shares to draw: the ones asked for, or else those the ambitions are about.

    Raises
    ------
    InputError
        Nothing of that name, or no group of that name, is in the results.
    """
    here = data.summary[belongs(data.summary, group)]
    if here.empty:
        known = sorted(set(data.summary["group_kind"] + ":" + data.summary["group"]))
        name = f"{group[0]}:{group[1]}"
        raise errors.InputError(errors.Fault(f"no results for '{name}'" + errors.did_you_mean(name, known)))
    known_keys = list(dict.fromkeys(here["intervention"]))
    keys = _asked_keys(intervention, known_keys) or _ambition_keys(data, known_keys) or known_keys[:1]
    return _tell_apart([_build_series(data, here, key=key, group=group) for key in keys])


def _tell_apart(series: Sequence[Series]) -> tuple[Series, ...]:
    """Of several sets of interventions each goes by the title of its ambition, not as "all three together"."""
    sets = [one for one in series if one.key.startswith(naming.ALL_OF) and one.targets]
    if len(sets) < 2:
        return tuple(series)
    return tuple(replace(one, label=one.targets[-1].title) if one in sets else one for one in series)


def belongs(summary: pd.DataFrame, group: tuple[str, str]) -> "pd.Series[bool]":
    """Whether each row of the summary is of a group; there is one national group, whatever it is called."""
    return (summary["group_kind"] == group[0]) & ((summary["group"] == group[1]) | (group[0] == tables.NATIONAL[0]))


def find_targets(data: tables.PlotData, key: str, *, group: tuple[str, str]) -> tuple[Target, ...]:
    """List the deadlines that apply to a share; a group that no ambition is assessed for has no chances."""
    rows = [row for _, row in of_shares(data.ambitions).iterrows() if key in keys_of(data, row)]
    own = [row for row in rows if row["scope"] == scope_of(group)]
    shown = own or [row for row in rows if row["scope"] == "national"]
    targets = [build_target(data, row, assessed=bool(own)) for row in shown]
    return tuple(sorted(targets, key=lambda target: (target.deadline, target.ambition)))


def of_shares(ambitions: pd.DataFrame) -> pd.DataFrame:
    """The rows of ambitions about a share of sites or patients, which can be drawn from 0 to 100 %; no rates."""
    return ambitions[ambitions["measure"].str.startswith("stage") | (ambitions["measure"] == ALL_ELEMENTS)]


def build_target(data: tables.PlotData, row: "pd.Series[Any]", *, assessed: bool) -> Target:
    """Read one row of ``ambitions.csv``; unless `assessed`, its chance is of another group and left out."""
    chance = float(row["chance"])
    threshold = float(row["threshold"])
    return Target(
        ambition=row["ambition"],
        title=tables.title_of(data, row["ambition"]),
        measure=row["measure"],
        threshold=None if pd.isna(threshold) else threshold,
        deadline=row["deadline"],
        chance=chance if assessed and not pd.isna(chance) else None,
        milestones=_read_milestones(data, row["ambition"]),
    )


def say_counted(measure: str) -> str:
    """Whose share a measure is: ``sites`` or ``patients``."""
    return "patients" if measure == ALL_ELEMENTS else "sites"


def say_measure(measure: str, members: Sequence[str]) -> str:
    """Say what is counted: ``share of eligible sites with A and B both at stage 5 (adoption) or later``."""
    ending = "" if len(members) == 1 else " both" if len(members) == 2 else " all"
    things = wording.say_list([wording.mid_sentence(member) for member in members])
    if measure == ALL_ELEMENTS:
        return f"share of patients receiving every element of {things}"
    stage = measure.removeprefix("stage>=")
    if not (stage.isdecimal() and int(stage) < len(STAGE_NAMES)):
        return f"share of eligible sites, {things}: {measure}"
    return f"share of eligible sites with {things}{ending} at stage {stage} ({STAGE_NAMES[int(stage)]}) or later"


def keys_of(data: tables.PlotData, ambition: "pd.Series[Any]") -> tuple[str, ...]:
    """Name the shares an ambition row is about, as keys of the summary; of a rate, those of what moves it."""
    names = tables.split_names(ambition["interventions"])
    share = tables.entry_of(data, ambition["ambition"]).get("organisation_share")
    if share is not None:
        return tuple(naming.organisation_label(name, share) for name in names)
    if len(names) > 1 and ambition["together"] == "all" and ambition["measure"] not in naming.RATES:
        return (naming.set_label(names),)
    return names


def scope_of(group: tuple[str, str]) -> str:
    """The scope an ambition has for a group: ``national`` or ``psc:YH``."""
    return "national" if group[0] == "national" else f"{group[0]}:{group[1]}"


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


def _ambition_keys(data: tables.PlotData, known: Sequence[str]) -> list[str]:
    every = data.ambitions[data.ambitions["scope"] == "national"]
    about_shares = of_shares(every)
    rows = every if about_shares.empty else about_shares
    wanted = [key for _, row in rows.iterrows() for key in keys_of(data, row)]
    found = [key for key in dict.fromkeys(wanted) if key in known]
    return sorted(found, key=lambda key: not key.startswith(naming.ALL_OF))


def _build_series(data: tables.PlotData, here: pd.DataFrame, *, key: str, group: tuple[str, str]) -> Series:
    targets = find_targets(data, key, group=group)
    measure = targets[-1].measure if targets else ADOPTION
    targets = tuple(target for target in targets if target.measure == measure)
    rows = here[(here["intervention"] == key) & (here["measure"] == measure)]
    frame = rows[["date", *tables.QUANTILES]].dropna().sort_values("date").reset_index(drop=True)
    if frame.empty:
        raise errors.InputError(errors.Fault(f"no values of '{measure}' in the results for '{key}'"))
    return Series(key=key, label=tables.title_of(data, key), measure=measure, frame=frame, targets=targets)


def _read_milestones(data: tables.PlotData, ambition: str) -> tuple[tuple[pd.Timestamp, float], ...]:
    entries = tables.entry_of(data, ambition).get("milestones", ())
    return tuple(sorted((pd.Timestamp(entry["date"]), float(entry["threshold"])) for entry in entries))

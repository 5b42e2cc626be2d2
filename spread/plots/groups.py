"""One share in every group of a kind: what figures of collaboratives, settings and deprivation fifths draw."""

import dataclasses
from dataclasses import dataclass
from typing import Final

import pandas as pd

from spread import errors
from spread.plots import ambition_rows, wording
from spread.plots import curve_words as words
from spread.plots import data as tables
from spread.plots import series as shares

PSC: Final = "psc"
FIFTHS: Final = "imd_fifth"
NOUNS: Final = {
    PSC: "collaboratives",
    "setting": "settings",
    FIFTHS: "deprivation fifths",
    "nhs_region": "NHS regions",
}
"""Kinds of group that may be drawn side by side, and what several of them are called."""

MOST_NAMED: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One group: its code, its name, its share."""

    code: str
    name: str
    series: shares.Series


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The same share in every group of a `kind`, beside that of the `whole`, both judged on `day`.

    `parts` are in order: fifths from the most deprived, everything else furthest behind first. `note` says when the
    ambition is about more than what is drawn.
    """

    kind: str
    whole: shares.Series
    whole_name: str
    parts: tuple[Part, ...]
    day: pd.Timestamp
    note: str = ""

    @property
    def noun(self) -> str:
        """What its groups are called, of one or several."""
        return NOUNS[self.kind] if len(self.parts) > 1 else NOUNS[self.kind].removesuffix("s")


def choose_groups(
    data: tables.PlotData, *, by: str, ambition: str | None = None, intervention: str | None = None
) -> Groups:
    """Take one share in all groups of a kind: of an intervention, an ambition, or the first ambition of the run.

    Raises
    ------
    InputError
        Nothing of that name is in the results, or no group of that kind.
    """
    chosen = _only(data, ambition)
    whole, *_ = shares.choose_series(chosen, intervention=intervention or _key_of(chosen, ambition),
                                     group=tables.NATIONAL)  # fmt: skip
    narrow = dataclasses.replace(chosen, summary=chosen.summary[chosen.summary["intervention"] == whole.key])
    here = narrow.summary[(narrow.summary["measure"] == whole.measure) & narrow.summary["q50"].notna()]
    codes = list(dict.fromkeys(here.loc[here["group_kind"] == by, "group"]))
    if not codes:
        kinds = [kind for kind in dict.fromkeys(here["group_kind"]) if kind in NOUNS]
        message = f"the results hold no {NOUNS.get(by, by)} of {whole.label}; known: {', '.join(kinds) or 'none'}"
        raise errors.InputError(errors.Fault(message))
    names = ambition_rows.shorten_names([tables.name_group(data, (by, code)) for code in codes])
    parts = [
        Part(code, name, shares.choose_series(narrow, intervention=whole.key, group=(by, code))[0])
        for code, name in zip(codes, names, strict=True)
    ]
    day = words.aim_of(whole)
    place = tables.name_group(data, tables.NATIONAL)
    return Groups(by, whole, place, tuple(_in_order(parts, by, day)), day, _note(chosen, whole))


def middle_of(series: shares.Series, day: pd.Timestamp) -> float:
    """The share in the middle run on a day."""
    return words.value_at(series, day)["q50"]


def chance_of(series: shares.Series, day: pd.Timestamp) -> float | None:
    """The chance of the target that is due on a day; None where none is assessed."""
    return next((target.chance for target in reversed(series.targets) if target.deadline == day), None)


def say_result(part: Part, day: pd.Timestamp) -> str:
    """The share of a group on a day, and the chance of its target: ``56 %, about 3 in 10``."""
    chance = chance_of(part.series, day)
    share = wording.say_projected(middle_of(part.series, day))
    return share if chance is None else f"{share}, {wording.say_chance(chance)}"


def say_share(data: tables.PlotData, groups: Groups) -> str:
    """Say what is counted; of many interventions taken together, only how many and for what."""
    members = tables.members_of(data, groups.whole.key)
    if len(members) > MOST_NAMED and groups.whole.targets:
        title = groups.whole.targets[-1].title
        members = (f"all {wording.say_number(len(members))} interventions ({title})",)
    measure = shares.say_measure(groups.whole.measure, members)
    return measure[0].upper() + measure[1:]


def tabulate(groups: Groups) -> pd.DataFrame:
    """List quantiles by group and date, the whole first, with target and chance at the deadline."""
    rows = [("national", groups.whole_name, groups.whole)] + [(one.code, one.name, one.series) for one in groups.parts]
    tables_of = []
    for code, name, series in rows:
        part = series.frame.copy()
        part.insert(0, "group_kind", "national" if series is groups.whole else groups.kind)
        part.insert(1, "group", code)
        part.insert(2, "name", name)
        part.insert(3, "intervention", series.key)
        part.insert(4, "measure", series.measure)
        for column in ("threshold", "chance"):
            values = {target.deadline: getattr(target, column) for target in series.targets}
            part[column] = part["date"].map(values).astype(float)
        tables_of.append(part)
    return pd.concat(tables_of, ignore_index=True)


def _only(data: tables.PlotData, ambition: str | None) -> tables.PlotData:
    """The data with only one ambition in it, or all."""
    if ambition is None:
        return data
    drawable = shares.of_shares(data.ambitions)
    known = list(dict.fromkeys(drawable["ambition"]))
    if ambition not in known:
        hint = errors.did_you_mean(ambition, known) or f"; known: {', '.join(known)}"
        raise errors.InputError(errors.Fault(f"no ambition '{ambition}' about a share of sites or patients{hint}"))
    return dataclasses.replace(data, ambitions=drawable[drawable["ambition"] == ambition])


def make_caption(data: tables.PlotData, groups: Groups) -> str:
    """Say where the figure comes from, and what is not in it."""
    return f"{tables.make_caption(data, words.ambitions_of([groups.whole]))} {groups.note}".rstrip()


def _note(data: tables.PlotData, whole: shares.Series) -> str:
    if not whole.targets:
        return ""
    rows = data.ambitions[data.ambitions["ambition"] == whole.targets[-1].ambition]
    count = len(shares.keys_of(data, rows.iloc[0]))
    if count < 2:
        return ""
    return f"One of {wording.say_number(count)} interventions of the ambition, whose chance is that of all of them."


def _key_of(data: tables.PlotData, ambition: str | None) -> str | None:
    return None if ambition is None else shares.keys_of(data, data.ambitions.iloc[0])[0]


def _in_order(parts: list[Part], kind: str, day: pd.Timestamp) -> list[Part]:
    if kind == FIFTHS:
        return sorted(parts, key=lambda part: part.code)
    return sorted(parts, key=lambda part: (middle_of(part.series, day), part.name))

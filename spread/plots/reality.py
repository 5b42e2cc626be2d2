"""What was observed, and what simple forecasters made of it, drawn on projected shares.

`Observations`: a row per published figure, columns `OBSERVED`; `interventions` joined by ``+``, `measure` as in
``observed.csv``. `rivals`: a row per forecaster and day, columns `RIVALS`, of one share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes

from spread import errors
from spread.outcomes import naming
from spread.plots import curve_words as words
from spread.plots import data as tables
from spread.plots import series as shares
from spread.plots import sheet, theme, wording

OBSERVED: Final = ("date", "interventions", "measure", "group_kind", "group", "value", "source")
RIVALS: Final = ("rival", "date", "value", "points", "until")
NAMES: Final[Mapping[str, str]] = {
    "last_value": "Last value", "linear": "Straight line", "logistic": "Logistic trend",
    "log_linear": "Exponential trend", "bass": "Bass curve",
}  # fmt: skip
DASHES: Final = ((0.0, (1.0, 1.5)), (0.0, (4.0, 2.0)), (0.0, (7.0, 2.0, 1.5, 2.0)), (0.0, (2.0, 3.0)), "-")
ALL_OF: Final = "all_of"
MARGIN = 0.03  # of the dates shown, before the first point, so that it stands clear of the percentages
SHORTEST_PAST = pd.Timedelta(days=365)


@dataclass(frozen=True, slots=True, eq=False)
class Reality:
    """What was observed of each share drawn, in their order, and the forecasts of simple rivals.

    `points` have columns ``date`` and ``value``, dates rising, those inside `dates`, the days to draw; `left_out`
    counts the others.
    """

    points: tuple[pd.DataFrame, ...]
    rivals: pd.DataFrame
    dates: tuple[pd.Timestamp, pd.Timestamp]
    left_out: int

    @property
    def is_there(self) -> bool:
        """Whether anything was observed."""
        return any(len(part) for part in self.points)


def meet(
    series: Sequence[shares.Series],
    *,
    group: tuple[str, str],
    observed: pd.DataFrame | None,
    rivals: pd.DataFrame | None = None,
) -> Reality:
    """Find what was observed of the shares drawn, as far back as the projection reaches forward.

    Raises
    ------
    InputError
        When nothing observed is about them.
    """
    first, last = words.date_range(series)
    none = pd.DataFrame(columns=list(RIVALS))
    if observed is None:
        return Reality(tuple(pd.DataFrame(columns=["date", "value"]) for _ in series), none, (first, last), 0)
    found = [points_of(one, group=group, observed=observed) for one in series]
    earliest = first - max(last - first, SHORTEST_PAST)
    inside = [part[(part["date"] >= earliest) & (part["date"] <= last)].reset_index(drop=True) for part in found]
    if not any(len(part) for part in inside):
        raise errors.InputError(errors.Fault(_say_nothing(series, group, observed, outside=any(map(len, found)))))
    before = [day for part in inside for day in part["date"][:1] if day < first]
    days = [day - MARGIN * (last - day) for day in before]
    left_out = sum(map(len, found)) - sum(map(len, inside))
    return Reality(tuple(inside), none if rivals is None else rivals, (min([first, *days]), last), left_out)


def points_of(series: shares.Series, *, group: tuple[str, str], observed: pd.DataFrame) -> pd.DataFrame:
    """What was observed of one share, dates rising: columns ``date``, ``value`` and ``source``."""
    members = set(tables.split_names(series.key))
    is_share_of_sites = not series.key.startswith(naming.ORGANISATIONS)
    of_them = observed["interventions"].map(lambda cell: set(tables.split_names(cell)) == members)
    measured = observed["measure"] == series.measure
    if series.key.startswith(naming.ALL_OF) and series.measure == shares.ADOPTION:
        measured |= observed["measure"] == ALL_OF
    mine = observed[of_them.astype(bool) & measured & shares.belongs(observed, group) & is_share_of_sites]
    points = mine[["date", "value", "source"]].assign(date=pd.to_datetime(mine["date"]))
    return points.dropna(subset=["value"]).sort_values("date", kind="stable").reset_index(drop=True)


def _say_nothing(
    series: Sequence[shares.Series], group: tuple[str, str], observed: pd.DataFrame, *, outside: bool
) -> str:
    names = " or ".join("+".join(tables.split_names(one.key)) for one in series)
    where = ":".join(group) if group[0] != tables.NATIONAL[0] else group[0]
    if outside:
        return f"what was observed of {names} ({where}) lies too far before or after the run to be drawn with it"
    there = observed[["interventions", "measure"]].drop_duplicates().head(4)
    has = "; ".join(f"{row.interventions} {row.measure}" for row in there.itertuples())
    return f"nothing observed of {names}, {series[0].measure}, {where}; the file has {has}"


def draw_points(axes: Axes, points: pd.DataFrame) -> None:
    """Draw what was observed as dots."""
    axes.plot(mdates.date2num(points["date"]), points["value"].to_numpy(dtype=float), marker="o", markersize=6.5,
              color=theme.INK, markeredgecolor="white", linestyle="none", clip_on=False, zorder=5)  # fmt: skip


def draw_rivals(axes: Axes, rivals: pd.DataFrame) -> list[sheet.SideLabel]:
    """Draw the forecasts of rivals as thin lines, and return their labels."""
    labels = []
    for number, (name, path) in enumerate(rivals.groupby("rival", sort=False)):
        axes.plot(mdates.date2num(path["date"]), path["value"].to_numpy(dtype=float), color=theme.QUIET,
                  linewidth=1.3, linestyle=DASHES[number % len(DASHES)], zorder=2.8)  # fmt: skip
        end = float(path["value"].iloc[-1])
        head = NAMES.get(str(name), str(name))
        labels.append(sheet.SideLabel(end, theme.QUIET, (head,), (wording.say_projected(end),)))
    return labels


def make_title(series: Sequence[shares.Series], reality: Reality) -> str:
    """Say how the last thing observed stands to what was projected, if anything was since the run began."""
    if len(series) != 1 or reality.points[0].empty:
        return ""
    last = reality.points[0].iloc[-1]
    if last["date"] <= series[0].frame["date"].iloc[0]:
        return ""
    seen = wording.say_percent(round(float(last["value"]), 2))
    projected = words.value_at(series[0], last["date"])
    within = [percent for low, high, percent, _ in theme.BANDS if projected[low] <= last["value"] <= projected[high]]
    where = f"within {wording.say_percent(within[-1] / 100)}" if within else f"outside {wording.say_percent(0.95)}"
    return f"Observed {seen} in {wording.say_month(last['date'])}, {where} of runs"


def describe(series: Sequence[shares.Series], reality: Reality) -> list[str]:
    """Tell what was observed, and what rivals forecast."""
    sentences = []
    for one, points in zip(series, reality.points, strict=True):
        told = [
            f"{wording.say_percent(round(value, 2))} on {wording.say_date(day)}"
            for day, value in zip(points["date"], points["value"], strict=True)
        ]
        if told:
            sentences.append(f"{one.label}, observed: {'; '.join(told)}.")
    for name, path in reality.rivals.groupby("rival", sort=False):
        end = path.iloc[-1]
        label = NAMES.get(str(name), str(name))
        sentences.append(f"{label}: {wording.say_projected(end['value'])} by {wording.say_date(end['date'])}.")
    return sentences


def caption(reality: Reality) -> str:
    """Say where the points come from, what rivals knew, and what is not shown."""
    sources = dict.fromkeys(text for part in reality.points for text in part.get("source", ()) if text)
    parts = [f"Observed: {wording.say_list([theme.clean_name(text) for text in sources])}."] if sources else []
    if len(reality.rivals):
        one = reality.rivals.iloc[0]
        parts.append(f"Simple forecasts know the {one['points']} points up to {wording.say_date(one['until'])}.")
    if reality.left_out:
        counted = "1 observed point lies" if reality.left_out == 1 else f"{reality.left_out} observed points lie"
        parts.append(f"{counted} outside the dates shown.")
    return " ".join(parts)


def tabulate(series: Sequence[shares.Series], reality: Reality, place: str) -> pd.DataFrame:
    """List what was observed and forecast, in the columns of the CSV twin of curves."""
    parts = []
    for one, points in zip(series, reality.points, strict=True):
        same = {"intervention": one.key, "label": one.label, "measure": one.measure, "group": place}
        parts.append(points[["date", "value"]].assign(shown="observed", **same))
        if len(reality.rivals):
            parts.append(reality.rivals[["date", "value"]].assign(shown=list(reality.rivals["rival"]), **same))
    return pd.concat([part for part in parts if len(part)], ignore_index=True)

"""Fake but plausible results to draw: two programmes, fifteen collaboratives, a few years of quarters."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from spread.plots import data as tables
from spread.scenarios import catalogue

QUANTILES = {"q025": -1.96, "q05": -1.64, "q10": -1.28, "q25": -0.67, "q50": 0.0,
             "q75": 0.67, "q90": 1.28, "q95": 1.64, "q975": 1.96}  # fmt: skip
PSCS = {
    "EM": "East Midlands", "EAST": "Eastern", "GM": "Greater Manchester", "HINSL": "South London",
    "IMP": "Imperial College Health Partners", "KSS": "Kent Surrey Sussex", "NENC": "North East and North Cumbria",
    "NWC": "North West Coast", "OX": "Oxford", "SW": "South West", "UCLP": "UCLPartners", "WESS": "Wessex",
    "WE": "West of England", "WM": "West Midlands", "YH": "Yorkshire & Humber",
}  # fmt: skip
TRACHEOSTOMY = ("trache_safety_boxes", "trache_bedhead_signs", "trache_daily_care")
TOGETHER = "all_of:" + "+".join(TRACHEOSTOMY)
TITLES = {
    "trache_safety_boxes": "Tracheostomy emergency equipment boxes",
    "trache_bedhead_signs": "Bedhead signs",
    "trache_daily_care": "Daily care bundle",
    "pews_any": "Any paediatric early warning score",
    "pews_national": "National PEWS chart",
    "optimal_cord_management": "Optimal cord management",
}

Curve = Callable[[float], tuple[float, float]]


def rise(start: float, end: float, *, spread: float = 0.9, known: bool = False) -> Curve:
    """A logistic rise: middle share and log-odds standard deviation at progress 0 to 1."""

    def at(progress: float) -> tuple[float, float]:
        low, high = (np.log(share / (1 - share)) for share in (start, end))
        width = spread * (progress**0.6 if known else 0.35 + 0.65 * progress)
        return float(1 / (1 + np.exp(-(low + (high - low) * progress)))), width

    return at


def steady(share: float) -> Curve:
    return lambda progress: (share, 0.0)


def summary_rows(
    key: str, curve: Curve, dates: Sequence[str], *, group: tuple[str, str] = ("national", "England"), stage: int = 5
) -> list[dict[str, Any]]:
    rows = []
    for index, day in enumerate(dates):
        middle, width = curve(index / max(len(dates) - 1, 1))
        row: dict[str, Any] = dict(date=day, intervention=key, group_kind=group[0], group=group[1])
        row |= {"measure": f"stage>={stage}", "mean": middle, "n": 1000}
        for name, score in QUANTILES.items():
            inside = 0 < middle < 1
            row[name] = 1 / (1 + np.exp(-(np.log(middle / (1 - middle)) + score * width))) if inside else middle
        rows.append(row)
    return rows


def ambition_row(
    name: str, summary: pd.DataFrame, key: str, *, deadline: str, threshold: float | None = 0.9,
    chance: float | None = 0.31, scope: str = "national", together: str = "all", **other: Any,
) -> dict[str, Any]:  # fmt: skip
    group = "England" if scope == "national" else scope.split(":")[1]
    here = summary[(summary["intervention"] == key) & (summary["date"] == deadline) & (summary["group"] == group)]
    value = here.iloc[0] if len(here) else pd.Series(dict.fromkeys(QUANTILES, np.nan))
    chance = np.nan if chance is None else chance
    return {
        "ambition": name, "interventions": key.removeprefix("all_of:"), "together": together, "measure": "stage>=5",
        "threshold": np.nan if threshold is None else threshold, "deadline": deadline, "scope": scope, "n": 1000,
        "chance": chance, "chance_p10": max(chance - 0.25, 0.0), "chance_p90": min(chance + 0.3, 1.0),
        "value_now": np.nan, "data_date": "", "value_q05": value["q05"], "value_q50": value["q50"],
        "value_q95": value["q95"], "conditioned_on": "nothing", "basis": "not fitted to data",
    } | other  # fmt: skip


def quarters(first: str, last: str) -> list[str]:
    return [str(day.date()) for day in pd.date_range(first, last, freq="QE")]


def make_data(
    rows: Sequence[Mapping[str, Any]], chances: Sequence[Mapping[str, Any]], **scenario: Any
) -> tables.PlotData:
    titles = {name: {"title": title} for name, title in TITLES.items()}
    columns = list(ambition_row("x", pd.DataFrame(columns=["intervention", "date", "group"]), "x", deadline="x"))
    return tables.from_frames(
        summary=pd.DataFrame(rows),
        ambitions=pd.DataFrame(chances, columns=None if len(chances) else columns),
        scenario={"name": "tracheostomy-standard", "interventions": titles} | scenario,
        manifest={"model_version": "0.1.0", "draws": 500, "replicates": 2, "failures": []},
        group_names=PSCS,
    )


def tracheostomy(
    *, curve: Curve | None = None, deadlines: Mapping[str, float] | None = None, last: str = "2021-12-31",
    first: str = "2020-03-31", threshold: float | None = 0.9, milestones: Sequence[Any] = (), **scenario: Any,
) -> tables.PlotData:  # fmt: skip
    dates = quarters(first, last)
    rows = summary_rows(TOGETHER, curve or rise(0.12, 0.9), dates)
    for place, (name, reach) in enumerate(zip(TRACHEOSTOMY, (0.93, 0.96, 0.88), strict=True)):
        rows += summary_rows(name, rise(0.2 + 0.1 * place, reach), dates)
    for place, code in enumerate(PSCS):
        rows += summary_rows(TOGETHER, rise(0.08 + 0.01 * place, 0.55 + 0.028 * place, spread=1.3), dates,
                             group=("psc", code))  # fmt: skip
    summary = pd.DataFrame(rows)
    ambitions = []
    for day, chance in (deadlines or {"2021-03-31": 0.31}).items():
        ambitions.append(ambition_row("tracheostomy", summary, TOGETHER, deadline=day, chance=chance,
                                      threshold=threshold))  # fmt: skip
        for place, code in enumerate(PSCS):
            ambitions.append(ambition_row("tracheostomy", summary, TOGETHER, deadline=day, scope=f"psc:{code}",
                                          chance=min(1.0, 0.06 * place), threshold=threshold))  # fmt: skip
    described = {"tracheostomy": {"title": "Safer tracheostomy care", "milestones": list(milestones)}}
    return make_data(rows, ambitions, ambitions=described, **scenario)


def several(count: int, *, names: Sequence[str] = (), targets: bool = True) -> tables.PlotData:
    dates = quarters("2022-03-31", "2024-12-31")
    keys = (list(names) or list(TITLES))[:count]
    rows = []
    for place, key in enumerate(keys):
        rows += summary_rows(key, rise(0.05 + 0.04 * place, 0.45 + 0.09 * place), dates)
    summary = pd.DataFrame(rows)
    ambitions = [
        ambition_row(f"ambition_{key}", summary, key, deadline="2024-03-31", chance=0.1 + 0.15 * place, threshold=0.8)
        for place, key in enumerate(keys)
    ]
    return make_data(rows, ambitions if targets else [])


def grouped(
    *, curve: Callable[[int], Curve] | None = None, first: str = "2020-03-31", last: str = "2021-12-31",
    deadline: str = "2021-03-31", threshold: float | None = 0.9, codes: Sequence[str] | None = None,
    names: Mapping[str, str] | None = None, key: str = TOGETHER, **scenario: Any,
) -> tables.PlotData:  # fmt: skip
    """England and its groups: the fifteen collaboratives by their real codes, two settings, five fifths."""
    dates = quarters(first, last)
    known = {code: entry["name"] for code, entry in catalogue.pscs().items()} if names is None else dict(names)
    make = curve or (lambda place: rise(0.08, 0.4 + 0.035 * (place % 15), spread=1.3))
    groups = [("psc", code) for code in (codes or known)]
    groups += [("setting", "acute"), ("setting", "acute_specialist"), *(("imd_fifth", str(n)) for n in range(1, 6))]
    rows = summary_rows(key, make(7), dates)
    for place, group in enumerate(groups):
        rows += summary_rows(key, make(place), dates, group=group)
    summary = pd.DataFrame(rows)
    scopes = ["national", *(f"psc:{code}" for kind, code in groups if kind == "psc")]
    ambitions = [
        ambition_row("tracheostomy", summary, key, deadline=deadline, scope=scope, threshold=threshold,
                     chance=None if threshold is None else min(1.0, 0.06 * place))
        for place, scope in enumerate(scopes)
    ]  # fmt: skip
    described = {"tracheostomy": {"title": "Safer tracheostomy care"}}
    made = make_data(rows, ambitions, ambitions=described, **scenario)
    return dataclasses.replace(made, group_names=known)


LADDER = ("0.5", "0.6", "0.7", "0.8", "0.9", "0.95", "1.0", "short_by_3")


def with_chances(
    data: tables.PlotData, *, at: Callable[[float, float], float] | None = None, dates: Sequence[str] | None = None
) -> tables.PlotData:
    """The same results with chances of reaching each share: `at` gives them from share and progress, 0 to 1."""
    days = [pd.Timestamp(day) for day in dates or sorted(set(data.summary["date"]))]
    chance = at or (lambda share, progress: max(0.0, min(1.0, 1.6 * progress - share)))
    rows = [
        {"ambition": ambition, "scope": scope, "date": day, "threshold": code,
         "chance": chance(1.0 if code.startswith("short") else float(code), place / max(len(days) - 1, 1))}
        for ambition, scope in dict.fromkeys(zip(data.ambitions["ambition"], data.ambitions["scope"], strict=True))
        for place, day in enumerate(days)
        for code in LADDER
    ]  # fmt: skip
    return dataclasses.replace(data, exceedance=pd.DataFrame(rows))


def seen(
    points: Mapping[str, float], *, key: str = TOGETHER, measure: str = "all_of", group: str = "national"
) -> pd.DataFrame:
    """What was observed, as figures take it."""
    kind, _, code = group.partition(":")
    return pd.DataFrame(
        [
            {"date": day, "interventions": key.removeprefix("all_of:"), "measure": measure, "group_kind": kind,
             "group": code or kind, "value": value, "source": "return.csv"}
            for day, value in points.items()
        ]
    )  # fmt: skip


def forecasts(points: int = 3) -> pd.DataFrame:
    """What three rivals forecast of the tracheostomy world."""
    days = quarters("2020-12-31", "2021-12-31")
    return pd.DataFrame(
        [
            {"rival": name, "date": pd.Timestamp(day), "value": 0.4 + slope * place, "points": points,
             "until": pd.Timestamp("2020-09-30")}
            for name, slope in (("last_value", 0.0), ("linear", 0.05), ("logistic", 0.07))
            for place, day in enumerate(days)
        ]
    )  # fmt: skip

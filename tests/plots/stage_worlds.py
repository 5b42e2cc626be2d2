"""Made-up stages to draw: counts over time, returns, connections."""

import itertools
import math
from datetime import date

import pandas as pd

from spread import dates
from spread.plots import centred, network_map, progression, spc, stage_ramp
from tests.plots import worlds

LONG = "$x$ <b> long & longer "
DAYS = [pd.Timestamp(day) for day in worlds.quarters("2020-03-31", "2021-12-31")]


def counts(*, keys=worlds.TRACHEOSTOMY, days=DAYS, eligible=150, end=(0, 5, 10, 5, 20, 30, 20, 50, 6, 4)):
    """From everybody at stage 0 to `end` (stages 0-7, stopped, lapsed), in equal steps."""
    rows = []
    total = sum(end) or 1
    names = [*stage_ramp.COLUMNS, *stage_ramp.BESIDE]
    for key, (number, day) in itertools.product(keys, enumerate(days)):
        progress = number / max(len(days) - 1, 1)
        first = [1.0, *[0.0] * 9]
        shares = [
            (1 - progress) * begin + progress * last / total for begin, last in zip(first, end, strict=True)
        ]  # fmt: skip
        sites = {name: eligible * share for name, share in zip(names, shares, strict=True)}
        rows.append({"date": day, "intervention": key, "eligible": float(eligible), **sites})
    return pd.DataFrame(rows)


def standing(*, parts=15, sites=10, stage_of=lambda place, site: (place + site) % 8, name="Collaborative", **other):
    """Collaboratives of `sites` sites, and everybody."""
    rows = []
    for place in range(parts):
        found = [stage_of(place, site) for site in range(sites)]
        own = {column: float(found.count(stage)) for stage, column in enumerate(stage_ramp.COLUMNS)}
        rows.append({"psc": f"P{place}", "name": f"{name} {place}", **own})
    table = pd.DataFrame(rows)
    whole = {"psc": "", "name": "England", **table[list(stage_ramp.COLUMNS)].sum().to_dict()}
    day = date(2021, 3, 31)
    return centred.Standing(
        "Bedhead signs", day, "31 March 2021", pd.concat([pd.DataFrame([whole]), table]), "Source: made up.", **other
    )


def progress(
    *, sites=15, quarters=8, pscs=1, who="Trust", stage_of=lambda site, quarter: min(7, (site + quarter) // 3)
):
    """Sites of collaboratives, quarter by quarter."""
    ends = dates.quarter_ends(date(2015, 4, 1), date(2035, 3, 31))[:quarters]
    rows = [
        {
            "psc": f"P{psc}", "psc_name": f"Collaborative {psc}", "key": f"{psc}-{site}", "beside": f"{psc}-{site}",
            "who": f"{who} {psc}-{site}", "quarter": pd.Timestamp(end), "stage": float(stage_of(site, number)),
        }
        for psc, site, (number, end) in itertools.product(range(pscs), range(sites), enumerate(ends))
    ]  # fmt: skip
    return progression.Progress("Bedhead signs", pd.DataFrame(rows), "Source: made up.")


def gaps(site, quarter):
    """Some not reported, one not eligible."""
    if site == 2:
        return -1.0
    return math.nan if (site + quarter) % 4 == 0 else 3.0


def connected(*, pscs=tuple(worlds.PSCS), sites=10, reached=None, ties=0, name=None, circles=True):
    """Sites of collaboratives in two systems each, who take it up month by month unless told otherwise."""
    start = pd.Timestamp("2020-04-01")
    when = reached or (lambda number: start + pd.DateOffset(days=40 * (number % 12)))
    rows = [
        {
            "site": f"{psc}{site}", "psc": psc, "circle": f"{psc}-{site % 2}" if circles else "",
            "reached": when(number),
        }
        for number, (psc, site) in enumerate(itertools.product(pscs, range(sites)))
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    table["reached"] = pd.to_datetime(table["reached"])
    pairs = list(itertools.combinations(table["site"], 2))[:ties]
    return network_map.Connections(
        title="Bedhead signs", sites=table,
        bridges=pd.DataFrame([(pscs[0], pscs[1], 7)] if len(pscs) > 1 else [], columns=["psc", "other", "sites"]),
        ties=pd.DataFrame([(*pair, place) for place, pair in enumerate(pairs)], columns=["site", "peer", "weight"]),
        names={psc: name or worlds.PSCS.get(psc, psc) for psc in pscs},
        start=start.date(), deadline=date(2021, 3, 31), end=date(2021, 12, 31), source="Source: made up.",
    )  # fmt: skip


def series(values, *, months=1, **other):
    """Values a month apart."""
    days = [day.date() for day in pd.date_range("2019-01-31", periods=len(values), freq=f"{months}ME")]
    return spc.Series("Bedhead signs", "share of sites", tuple(days), tuple(values), "Source: made up.", **other)

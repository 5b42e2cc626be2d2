"""Plans made by hand: what came of each run is written down, nothing is simulated."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from spread.decisions import sides
from spread.scenarios import reading

DEADLINE = date(2021, 3, 31)
AMBITION = "tracheostomy_march_2021"
SETS = "all_of:tracheostomy_bedhead_signs+tracheostomy_emergency_equipment+tracheostomy_daily_care_bundle"


def scenario(folder: Path, more: str = "", name: str = "tiny"):
    """A scenario of the catalogue with something else said."""
    path = folder / f"{name}.toml"
    path.write_text(f'schema = 1\nname = "{name}"\nbase = "tracheostomy-standard"\n{more}')
    return reading.read_scenario(path)


def run_values(*, sites, met, short=None, value=None, met_on=None, gap=None, scope="national", draws=None, out_of=100):
    """Rows of run_values from arrays of shape (K, R)."""
    sites, met = np.asarray(sites, dtype=float), np.asarray(met, dtype=float)
    count, replicates = sites.shape
    nothing = np.full(sites.shape, np.nan)
    days = [None] * sites.size if met_on is None else list(np.ravel(np.asarray(met_on, dtype=object)))
    return pd.DataFrame(
        {
            "ambition": AMBITION,
            "deadline": pd.Timestamp(DEADLINE),
            "scope": scope,
            "draw": np.repeat(np.arange(count) if draws is None else draws, replicates),
            "replicate": np.tile(np.arange(replicates), count),
            "value": np.ravel(sites / out_of if value is None else value),
            "met": np.ravel(met),
            "short": np.ravel(nothing if short is None else short),
            "met_on": pd.to_datetime(pd.Series(days, dtype="object")),
            "sites": np.ravel(sites),
            "gap": np.ravel(nothing if gap is None else gap),
        }
    )


def costs(**quantities):
    """Rows of costs for the whole and one collaborative, in hours; without a price unless told (quantity, price)."""
    rows = []
    for item, told in quantities.items():
        quantity, price = told if isinstance(told, tuple) else (told, np.nan)
        rows += [
            {"item": item, "psc": psc, "unit": "hours", "quantity": share * quantity, "cost": share * quantity * price}
            for psc, share in (("national", 1.0), ("YH", 0.25))
        ]
    return pd.DataFrame(rows, columns=["item", "psc", "unit", "quantity", "cost"])


def sites_table(bits, psc=None):
    """Rows of sites from whether each site (row) was there in each run (column)."""
    flags = np.asarray(bits, dtype=bool)
    codes = [f"S{number}" for number in range(len(flags))]
    return pd.DataFrame(
        {
            "site": codes,
            "intervention": SETS,
            "deadline": pd.Timestamp(DEADLINE),
            "psc": psc or ["YH"] * len(codes),
            "met": [np.packbits(row, bitorder="little").tobytes() for row in flags],
        }
    )


def side(asked, name, values, *, cost=None, sites=None, history=(), **other):
    """One plan with its results."""
    shape = (int(values["draw"].max()) + 1, int(values["replicate"].max()) + 1)
    told = {"seed": 1, "draws": shape[0], "replicates": shape[1], "version": "1", "files": {}, "key": name} | other
    nothing = np.zeros((1, shape[0] * shape[1]))
    return sides.Side(
        name=name,
        scenario=asked,
        tables={
            "run_values": values,
            "costs": costs(coach_hours=0.0) if cost is None else cost,
            "sites": sites_table(nothing) if sites is None else sites,
            "ambitions": pd.DataFrame(),
        },
        history=lambda: history,
        **told,
    )

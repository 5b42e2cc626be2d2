"""What scenarios gave when they were last looked at: ``python -m tests.golden`` writes it anew.

Each of `CASES` has a table under ``tests/golden/``: ambitions, the national curves, where sites stand that are not
there, and costs. A change of the model that moves any of them has to say so in the changelog, in an entry that begins
with **Results change**; until it does, nothing is written.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from spread.runs import answers
from spread.scenarios import reading

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CHANGELOG = ROOT / "CHANGELOG.md"
MARK = "- **Results change**"
COUNTED = HERE / "results_changes.txt"
KEYS = ["table", "of", "date", "measure"]
# The last bits of a number may differ between processors; nothing that happens at a site does.
RELATIVE, ABSOLUTE = 1e-9, 1e-12
AMBITION_VALUES = ["n", "chance", "value_now", "value_q05", "value_q50", "value_q95"]
CURVE_STEP = 4  # the last date and every fourth before it
MEASURES = ("stage>=1", "stage>=5", "sustained", "all_elements")


class Case(NamedTuple):
    """A scenario file, and how often it is run."""

    path: str
    draws: int = 8
    replicates: int = 2

    @property
    def stored(self) -> Path:
        """Where its table is kept."""
        return HERE / (self.path.removesuffix(".toml").replace("/", "-") + ".csv")


CASES = (
    Case("tracheostomy/none.toml"),
    Case("tracheostomy/light.toml"),
    Case("tracheostomy/standard.toml"),
    Case("tracheostomy/enhanced.toml"),
    Case("pews/standard.toml"),
    Case("programmes/adoption-spread.toml"),
    Case("programmes/maternity-neonatal.toml", draws=4),
    Case("programmes/mental-health.toml"),
    Case("programmes/system-safety.toml"),
    Case("series/medical-examiners.toml"),
    Case("series/vte.toml"),
    Case("england.toml", draws=1, replicates=1),
)


def compute(case: Case) -> pd.DataFrame:
    """What a scenario gives now, one number a row."""
    scenario = reading.read_scenario(ROOT / "scenarios" / case.path)
    found = answers.run(scenario, draws=case.draws, replicates=case.replicates, seed=1, workers=1)
    table = pd.concat(_parts(found.tables), ignore_index=True)
    return table.dropna(subset="value").reset_index(drop=True)


def _parts(tables: Mapping[str, pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """The tables of a run in one long form."""
    ambitions = tables["ambitions"].query("scope == 'national'")
    yield _long("ambitions", ambitions, of=ambitions["ambition"], date=ambitions["deadline"], values=AMBITION_VALUES)
    summary = tables["summary"].query("group_kind == 'national'")
    dates = sorted(summary["date"].unique())[::-CURVE_STEP]
    curves = summary[summary["measure"].isin(MEASURES) & summary["date"].isin(dates)]
    named = curves["intervention"].astype(str) + " " + curves["measure"].astype(str)
    yield _long("curves", curves, of=named, date=curves["date"], values=["mean"])
    bottlenecks = tables["bottlenecks"].query("psc == 'national'")
    states = [name for name in bottlenecks.columns if name not in ("intervention", "deadline", "psc")]
    yield _long("bottlenecks", bottlenecks, of=bottlenecks["intervention"], date=bottlenecks["deadline"], values=states)
    costs = tables["costs"].query("psc == 'national'")
    yield _long("costs", costs, of=costs["item"], date="", values=["quantity"])


def _long(table: str, rows: pd.DataFrame, *, of: pd.Series, date: pd.Series | str, values: list[str]) -> pd.DataFrame:
    """A row for each number of a table."""
    wide = rows[values].assign(table=table, of=of.astype(str), date=date if isinstance(date, str) else date.astype(str))
    return wide.melt(id_vars=["table", "of", "date"], value_vars=values, var_name="measure").astype({"value": float})


def read(case: Case) -> pd.DataFrame:
    """What a scenario gave when its table was written."""
    return pd.read_csv(case.stored, dtype=dict.fromkeys(KEYS, str), keep_default_na=False)


def text(table: pd.DataFrame) -> str:
    """A table as it is stored, every number exactly."""
    return table.to_csv(index=False, lineterminator="\n")


def moved(then: pd.DataFrame, now: pd.DataFrame) -> list[str]:
    """The numbers that are others now, or there no more, or there only now; the first few of them in words."""
    both = then.merge(now, on=KEYS, how="outer", suffixes=("_then", "_now"), sort=False)
    same = np.isclose(both["value_then"], both["value_now"], rtol=RELATIVE, atol=ABSOLUTE)
    return [
        f"{row.table} {row.of} {row.date} {row.measure}: {row.value_then!r} then, {row.value_now!r} now"
        for row in both[~same].itertuples()
    ]


def changes_told() -> int:
    """How many entries of the changelog say that results change."""
    return sum(line.startswith(MARK) for line in CHANGELOG.read_text(encoding="utf-8").splitlines())


def changes_counted() -> int:
    """How many there were when the tables were written."""
    return int(COUNTED.read_text(encoding="utf-8")) if COUNTED.exists() else 0

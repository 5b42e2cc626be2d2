"""A world of the user's own, from the command line: three CSV files and explicit ties, against the pure-birth chain."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.verification import exact, laws

P_MONTH, KAPPA = 0.01, 8.0


def run_from_command_line(folder: Path, sites: int, draws: int) -> pd.DataFrame:
    """Adopters at each month end in every run."""
    laws.write_sites(folder, sites)
    laws.write_ties(folder, laws.complete(sites))
    rows = [f"everyone,national,s{n:04d}" for n in range(sites)]
    (folder / "memberships.csv").write_text("\n".join(["network,kind,site", *rows]) + "\n")
    rest = (
        'memberships = "memberships.csv"\n[interventions.plain]\npeers = "ties"\n'
        f"[parameters]\nkappa = {KAPPA}\ndecision_acute_per_month = {P_MONTH}\n"
    )
    run = laws.run_by_command(folder, rest, f"--draws {draws} --replicates 1 -q", end=date(2022, 12, 31))
    adoption = pd.read_parquet(run / "adoption.parquet")
    england = adoption[(adoption["group_kind"] == "national") & (adoption["intervention"] == "plain")]
    return england.pivot_table(index="draw", columns="date", values="ever_adopted", observed=True)


def worst_z(folder: Path, sites: int, draws: int) -> float:
    """The largest standardised difference from the chain over the report dates."""
    counts = run_from_command_line(folder, sites, draws).iloc[:, 1:]
    days = np.array([(pd.Timestamp(day) - pd.Timestamp("2020-01-01")).days + 1 for day in counts.columns], dtype=float)
    expected = exact.pure_birth_mean(sites, P_MONTH / laws.MONTH, P_MONTH * KAPPA / laws.MONTH, days)
    return float(np.abs(laws.z_scores(counts.to_numpy(dtype=float), expected)).max())


def test_thirty_sites_of_ones_own_follow_the_chain(tmp_path: Path) -> None:
    assert worst_z(tmp_path, 30, 120) < 4.0


@pytest.mark.slow
def test_three_hundred_sites_of_ones_own_follow_the_chain(tmp_path: Path) -> None:
    assert worst_z(tmp_path, 300, 120) < 3.5

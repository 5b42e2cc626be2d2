"""Some support beats none; enhanced over standard is uncertain: on the same luck, in two worlds."""

from pathlib import Path

import numpy as np
import pytest

import spread.api as api
from tests.verification import prior_predictive


def projected(path: Path | str, folder: Path, support: str, draws: int = 40, more: str = "") -> np.ndarray:
    """Share of sites at the last deadline, one number per draw."""
    base = path if isinstance(path, str) else path.as_posix()
    (folder / "cell.toml").write_text(f'schema = 1\nname = "cell"\nbase = "{base}"\nsupport = "{support}"\n{more}')
    results = api.run(api.read_scenario(folder / "cell.toml"), draws=draws, replicates=2, seed=11)
    deadline = results.ambitions()["deadline"].max()
    rows = results.tables["adoption"].query("group_kind == 'national'")
    rows = rows[rows["date"] == deadline]
    joint = rows[rows["intervention"].str.startswith("all_of")]
    rows = joint if len(joint) else rows
    in_use = rows[["stage_5", "stage_6", "stage_7"]].sum(axis=1) / rows["eligible"]
    return in_use.groupby(rows["draw"]).mean().to_numpy()


@pytest.mark.slow
@pytest.mark.parametrize("world", ["tracheostomy", "unsaturated.toml"])
def test_some_support_beats_none_and_enhanced_over_standard_is_uncertain(tmp_path: Path, world: str) -> None:
    prior_predictive.make_worlds(tmp_path)
    path = tmp_path / world if world.endswith(".toml") else world
    none, standard, enhanced = (projected(path, tmp_path, level) for level in ("none", "standard", "enhanced"))
    gain, more = standard - none, enhanced - standard
    print(f"{world}: standard over none {gain.mean():.3f}, above zero in {np.mean(gain > 0):.2f} of draws;"
          f" enhanced over standard {more.mean():.3f} ({np.quantile(more, 0.1):.3f} to {np.quantile(more, 0.9):.3f}),"
          f" above zero in {np.mean(more > 0):.2f} of draws")  # fmt: skip
    assert gain.mean() > 4 * gain.std(ddof=1) / np.sqrt(len(gain))
    assert np.mean(gain > 0) > 0.8
    assert 0.2 < np.mean(more > 0) < 0.95
    assert np.quantile(more, 0.1) < 0.0 < np.quantile(more, 0.9)

"""At the reference the model meets the published speed that its scale is set to (`decision_scale`)."""

from pathlib import Path

import pytest

import spread.api as api

PLANK = Path(__file__).parent / "worlds" / "plank.toml"


@pytest.mark.slow
def test_about_seven_trusts_in_ten_have_decided_after_eighteen_months() -> None:
    results = api.run(api.read_scenario(PLANK), draws=60, replicates=1, seed=11, events=True)
    events, sites = results.tables["events"], results.sites()["site"].nunique()
    decided = events[(events["event"] == "decision") & (events["date"] <= "2006-06-30")]
    start = results.tables["adoption"].query("group_kind == 'national'")
    start = start[start["date"] == start["date"].min()]
    already = (start[[f"stage_{n}" for n in range(3, 8)]].sum(axis=1) / start["eligible"]).mean()
    first = decided.groupby(["draw", "replicate"], observed=True)["site"].nunique().mean() / sites
    assert 0.66 <= already + first <= 0.74

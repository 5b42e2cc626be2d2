"""Scenarios give what they gave, and what moves is told in the changelog."""

import pandas as pd
import pytest

from tests.golden import __main__ as command
from tests.golden import baselines


@pytest.mark.parametrize("case", baselines.CASES, ids=lambda case: case.path)
def test_a_scenario_gives_what_it_gave(case: baselines.Case) -> None:
    moved = baselines.moved(baselines.read(case), baselines.compute(case))
    assert not moved, "\n".join(["If it is meant, see tests/golden/baselines.py.", *moved[:20]])


def test_every_entry_on_results_is_in_the_tables() -> None:
    assert baselines.changes_told() == baselines.changes_counted()


def test_one_site_more_or_a_row_less_is_a_move() -> None:
    then = baselines.read(baselines.CASES[0])
    more = then.copy()
    more.loc[3, "value"] += 1 / 180
    assert len(baselines.moved(then, more)) == 1
    assert len(baselines.moved(then, then.iloc[1:])) == 1
    assert baselines.moved(then, then) == []


def test_a_move_nobody_tells_of_is_not_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = baselines.CASES[4]
    monkeypatch.setattr(baselines, "CASES", (case,))
    monkeypatch.setattr(baselines, "compute", lambda _: _other(baselines.read(case)))
    before = case.stored.read_bytes()
    assert command.main() == 2
    assert case.stored.read_bytes() == before
    told = capsys.readouterr()
    assert "1 numbers moved" in told.out
    assert "CHANGELOG.md" in told.err


def _other(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(value=[table["value"][0] + 1.0, *table["value"][1:]])

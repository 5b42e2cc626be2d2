"""The page on scoring says of the rivals what they do."""

from pathlib import Path

import pytest

from tests.calibration import rivals_on_series

PAGE = Path(__file__).parents[2] / "docs" / "scoring.md"


def cells(line: str) -> list[str]:
    return [cell.strip(" *`") for cell in line.strip("|").split("|")]


def test_the_table_of_scores_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8").splitlines()
    for line in rivals_on_series.table().splitlines():
        if not line.startswith("| `"):
            continue
        name, *now = cells(line)
        (told,) = [cells(row)[1:] for row in text if row.startswith(f"| `{name}`")]
        assert told[:2] == now[:2]
        assert [float(cell) for cell in told[2:]] == pytest.approx(
            [float(cell) for cell in now[2:]], abs=0.03, rel=0.03
        )

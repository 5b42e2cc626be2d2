"""The script that makes England's care homes, practices, wards and units."""

import runpy
import sys
from pathlib import Path

import pytest

from spread.network import make_england

TABLES = ("care_homes", "practices", "wards", "units")


def test_the_script_writes_the_bundled_tables_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["make_england", str(tmp_path)])
    monkeypatch.delitem(sys.modules, "spread.network.make_england")
    runpy.run_module("spread.network.make_england", run_name="__main__")
    assert sorted(file.stem for file in tmp_path.iterdir()) == sorted(TABLES)
    for name in TABLES:
        assert (tmp_path / f"{name}.csv").read_bytes() == (make_england.FOLDER / f"{name}.csv").read_bytes(), name


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [(10, [1.0, 1.0, 1.0], [4, 3, 3]), (3, [0.5, 0.5], [2, 1]), (7, [0.0, 2.0, 5.0], [0, 2, 5]), (0, [1.0], [0])],
)
def test_a_total_is_shared_out_whole_and_in_proportion(total: int, weights: list[float], shares: list[int]) -> None:
    assert make_england.share_out(total, weights) == shares


def test_an_order_depends_on_the_codes_and_the_purpose_alone() -> None:
    codes = [f"S{number}" for number in range(50)]
    order = make_england.shuffle("beds", codes)
    assert order == make_england.shuffle("beds", reversed(codes))
    assert order != make_england.shuffle("care", codes)
    assert sorted(order) == sorted(codes)


def test_quantiles_of_sizes_have_the_variation_asked_for() -> None:
    sizes = make_england.lognormal_quantiles(5000, 0.6)
    mean = sum(sizes) / len(sizes)
    deviation = (sum((size - mean) ** 2 for size in sizes) / len(sizes)) ** 0.5
    assert deviation / mean == pytest.approx(0.6, abs=0.01)

"""Spread over small networks agrees with EoN, by the command and by both engines."""

from pathlib import Path

import pytest

from tests.verification import eon

pytest.importorskip("EoN")

FEW = {"draws": 150, "runs": 1000, "engines": ("compiled",)}


@pytest.mark.parametrize("name", list(eon.networks()))
def test_spread_over_a_network_has_the_times_that_eon_gives(tmp_path: Path, name: str) -> None:
    assert eon.compare(tmp_path, names=(name,), **FEW).missed == ()


@pytest.mark.slow
def test_spread_over_networks_has_the_times_that_eon_gives_in_both_engines(tmp_path: Path) -> None:
    assert eon.compare(tmp_path).missed == ()


def test_a_simulator_that_knows_of_no_ties_is_told_apart(tmp_path: Path) -> None:
    assert eon.compare(tmp_path, names=("ring",), peers=False, **FEW).missed != ()

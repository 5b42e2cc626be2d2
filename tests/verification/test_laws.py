"""The laws the model must reproduce: chains, formulas and an independent simulator.

The fast form of each runs by default; the slow form, with tighter bounds, is marked. What is computed stands in
`lawbook`, which the figures of ``docs/laws.md`` draw from too.
"""

from pathlib import Path

import pytest

from tests.verification import lawbook


def test_without_peers_decisions_come_after_exponential_waits(tmp_path: Path) -> None:
    assert lawbook.exponential_waits(tmp_path).missed == ()


def test_a_complete_graph_is_the_pure_birth_chain(tmp_path: Path) -> None:
    assert lawbook.pure_birth(tmp_path).missed == ()


@pytest.mark.slow
def test_a_world_of_300_sites_and_explicit_ties_is_the_pure_birth_chain(tmp_path: Path) -> None:
    assert lawbook.pure_birth(tmp_path, count=300, runs=120, bound=lawbook.SLOW_Z, lag=0.035).missed == ()


@pytest.mark.slow
def test_learning_at_meetings_is_slower_than_seeing_at_once(tmp_path: Path) -> None:
    assert lawbook.meetings(tmp_path).missed == ()


def test_spread_on_a_network_agrees_with_an_independent_simulator(tmp_path: Path) -> None:
    assert lawbook.network_spread(tmp_path).missed == ()


def test_coaching_places_are_a_finite_source_queue(tmp_path: Path) -> None:
    assert lawbook.coaching_queue(tmp_path).missed == ()


@pytest.mark.parametrize("shape", lawbook.SHAPES)
def test_testing_takes_its_published_mean_and_the_variance_of_its_cycles(tmp_path: Path, shape: str) -> None:
    assert lawbook.time_of_testing(tmp_path, shapes=(shape,)).missed == ()


def test_lapse_and_restart_settle_at_their_stationary_share(tmp_path: Path) -> None:
    assert lawbook.lapse_and_restart(tmp_path).missed == ()


def test_dose_settles_where_courses_and_losses_balance(tmp_path: Path) -> None:
    assert lawbook.dose(tmp_path).missed == ()


def test_frailty_has_mean_one_and_its_stated_share_within_an_organisation(tmp_path: Path) -> None:
    assert lawbook.frailty(tmp_path).missed == ()


def test_patients_with_every_element_are_those_of_numerical_integration(tmp_path: Path) -> None:
    assert lawbook.all_or_none(tmp_path).missed == ()

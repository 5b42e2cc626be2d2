"""The laws the model must reproduce: chains, formulas and an independent simulator.

The fast form of each runs by default; the slow form, with tighter bounds, is marked.
"""

import math
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from spread.model import LAPSED, Event, prepare, process_engine
from tests.verification import exact, laws
from tests.verification.laws import MONTH

FAST_Z, SLOW_Z = 4.0, 3.5
P_MONTH = 0.06
TIED = '[interventions.plain]\npeers = "ties"'


def test_without_peers_decisions_come_after_exponential_waits(tmp_path: Path) -> None:
    laws.write_sites(tmp_path, 400, per_organisation=400)
    waits = np.concatenate([laws.times(log, Event.DECISION) for log in laws.logs(laws.law(tmp_path), 5)])
    shares = np.exp(-waits * P_MONTH / MONTH)  # uniform above the share still waiting at the horizon
    still = math.exp(-1827 * P_MONTH / MONTH)
    counts = np.histogram(shares, bins=20, range=(still, 1.0))[0]
    expected = 2000 * (1 - still) / 20
    assert ((counts - expected) ** 2 / expected).sum() < 55.0  # 20 cells: beyond the 0.9999 quantile


def birth_case(folder: Path, count: int, runs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    laws.write_sites(folder, count, per_organisation=count)
    laws.write_ties(folder, laws.complete(count))
    case = laws.law(folder, ties=True, kappa=8.0, decision_acute_per_month=0.01, toml=TIED)
    days = np.array([3, 6, 9, 12, 18, 24, 30]) * MONTH
    found = laws.logs(case, runs, until_days=days[-1])
    counts = np.array([laws.counts_at(log, Event.ADOPTION, days) for log in found], dtype=float)
    return counts, exact.pure_birth_mean(count, 0.01 / MONTH, 0.08 / MONTH, days), days


def test_a_complete_graph_is_the_pure_birth_chain(tmp_path: Path) -> None:
    counts, expected, _ = birth_case(tmp_path, 20, 300)
    assert np.abs(laws.z_scores(counts, expected)).max() < FAST_Z


@pytest.mark.slow
def test_a_world_of_300_sites_and_explicit_ties_is_the_pure_birth_chain(tmp_path: Path) -> None:
    counts, expected, days = birth_case(tmp_path, 300, 120)
    assert np.abs(laws.z_scores(counts, expected)).max() < SLOW_Z
    bass = 300 * exact.bass_share(0.01 / MONTH, 0.08 / MONTH, days)
    assert np.abs(expected - bass).max() / 300 < 0.035  # a finite world lags the curve it tends to


@pytest.mark.slow
def test_learning_at_meetings_is_slower_than_seeing_at_once(tmp_path: Path) -> None:
    laws.write_sites(tmp_path, 60)
    laws.write_ties(tmp_path, laws.complete(60))
    at_once = laws.law(tmp_path, ties=True, kappa=8.0, decision_acute_per_month=0.01, toml=TIED)
    adopted = {}
    for months in (0, 1, 3, 6):
        toml = "" if months == 0 else (
            f"meeting_interval_months = {{ psc = {months}, ics = 0, clinical = 0, national = 0 }}\n"
            "attendance = { psc = 1.0, ics = 0, clinical = 0, national = 0 }\n"
            '[interventions.plain]\npeers = "networks"'
        )  # fmt: skip
        case = at_once if months == 0 else laws.law(tmp_path, kappa=8.0, decision_acute_per_month=0.01, toml=toml)
        found = laws.logs(case, 150, until_days=24 * MONTH)
        adopted[months] = np.mean([len(laws.times(log, Event.ADOPTION)) for log in found])
    assert adopted[0] > adopted[1] > adopted[3] > adopted[6]
    print("adopters of 60 after two years, seen at once and learnt every 1, 3 and 6 months:", adopted)


def test_spread_on_a_network_agrees_with_an_independent_simulator(tmp_path: Path) -> None:
    count, days = 40, np.array([6, 12, 18, 24]) * MONTH
    graph = nx.gnm_random_graph(count, 100, seed=4)
    neighbours = [sorted(graph[node]) for node in range(count)]
    laws.write_sites(tmp_path, count, per_organisation=count)
    laws.write_ties(tmp_path, ((a, b) for a in range(count) for b in neighbours[a]))
    case = laws.law(tmp_path, ties=True, kappa=6.0, decision_acute_per_month=0.02, toml=TIED)
    found = laws.logs(case, 250, until_days=days[-1])
    ours = np.array([laws.counts_at(log, Event.ADOPTION, days) / count for log in found])
    theirs = exact.network_si_mean(neighbours, 0.02 / MONTH, 0.12 / MONTH, days, runs=1500, seed=9)
    assert np.abs(laws.z_scores(ours, theirs)).max() < FAST_Z + 0.5  # their own error adds a little


def test_coaching_places_are_a_finite_source_queue(tmp_path: Path) -> None:
    sources, places, decide = 12, 3, 0.25
    laws.write_sites(tmp_path, sources, per_organisation=sources)
    case = laws.law(
        tmp_path, toml="coaches = 1\n[interventions.plain]\ntesting = true", caseload_sites=places,
        interventions_per_coached_site=1, patience_months=100000, testing_simple_months=4,
        decision_acute_per_month=decide,
    )  # fmt: skip
    days = np.array([3, 6, 9, 12, 18, 24]) * MONTH
    found = laws.logs(case, 500, until_days=days[-1])
    counts = np.array([laws.counts_at(log, Event.ADOPTION, days) for log in found], dtype=float)
    # Exponential cycles that succeed with a fixed chance add up to an exponential testing time.
    expected = exact.finite_source_queue_mean(sources, places, decide / MONTH, 1 / (4 * MONTH), days)
    assert np.abs(laws.z_scores(counts, expected)).max() < FAST_Z


@pytest.mark.parametrize("shape", ["fixed", "lognormal", "exponential"])
def test_testing_takes_its_published_mean_and_the_variance_of_its_cycles(tmp_path: Path, shape: str) -> None:
    laws.write_sites(tmp_path, 300, per_organisation=300)
    elements = "".join(f"[interventions.plain.elements.e{n}]\nbaseline = 0.0\ndifficulty = 1.0\n" for n in (2, 3))
    case = laws.law(
        tmp_path, testing_bundle_months=9, cycle_weeks=4, cycle_log_sd=0.4, decision_acute_per_month=5,
        toml=f'cycle_shape = "{shape}"\n[interventions.plain]\ntesting = true\nkind = "bundle"\n{elements}',
    )  # fmt: skip
    spans = []
    for log in laws.logs(case, 4):
        begun, done = laws.first_times(log, Event.TESTING), laws.first_times(log, Event.ADOPTION)
        spans.append((done - begun)[np.isfinite(done) & (begun < 800)])
    span = np.concatenate(spans)
    tau, mean, n = 9 * MONTH, 28.0, 3
    chance = n * mean / tau
    shape_variance = {"fixed": 0.0, "lognormal": mean**2 * math.expm1(0.16), "exponential": mean**2}[shape]
    variance = n * (shape_variance / chance + mean**2 * (1 - chance) / chance**2)
    assert span.mean() == pytest.approx(tau, abs=4 * math.sqrt(variance / len(span)))
    assert span.var() == pytest.approx(variance, rel=0.2)


def test_lapse_and_restart_settle_at_their_stationary_share(tmp_path: Path) -> None:
    laws.write_sites(tmp_path, 400, per_organisation=400)
    case = laws.law(
        tmp_path, lapse_per_month=0.3, restart_per_month=0.6, sustain_months=100000, decision_acute_per_month=5,
    )  # fmt: skip
    shares = []
    for log in laws.logs(case, 4, until_days=24 * MONTH):  # forgets its start at 0.9 a month
        status = log.initial_status.copy()
        status[log.unit] = log.to_status  # the last event of each unit stands
        shares.append(np.mean(status != LAPSED))
    assert np.mean(shares) == pytest.approx(0.6 / 0.9, abs=4 * math.sqrt(0.2222 / 1600))


def test_dose_settles_where_courses_and_losses_balance(tmp_path: Path) -> None:
    laws.write_sites(tmp_path, 1)
    case = laws.law(
        tmp_path, course_attendance_share=1.0, leaver_nhs_per_year=0.15, skill_decay_per_year=0.15,
        dose_target_everyone=1.0, dose_initial_everyone=0.0, staff_default_acute=1000, staff_share_everyone=1.0,
        toml="course_interval_months = 1\n"
        "course_seats = { board = 0, managers = 0, everyone = 10, teams = 0, coaches = 0, experts = 0 }",
    )  # fmt: skip
    inputs = prepare.prepare_inputs(case.job.world, case.job.timetable, case.parameters, seed=1, draw=0)
    engine = process_engine.Spread(inputs, 1)
    engine.run()
    everyone = 2
    steady = 0.01 * 12 / 0.30
    expected = steady * (1 - math.exp(-0.30 * 5))  # five years from nothing
    assert engine.dose[0][everyone] == pytest.approx(expected, abs=0.012)


def test_frailty_has_mean_one_and_its_stated_share_within_an_organisation(tmp_path: Path) -> None:
    laws.write_sites(tmp_path, 4000, per_organisation=2)
    case = laws.law(tmp_path, frailty_variance=0.8, frailty_organisation_share=0.6)
    inputs = prepare.prepare_inputs(case.job.world, case.job.timetable, case.parameters, seed=1, draw=0)
    log_frailty = 2.0 * inputs.half_frailty
    assert np.exp(log_frailty).mean() == pytest.approx(1.0, abs=0.06)
    assert log_frailty.var() == pytest.approx(math.log(1.8), rel=0.08)
    assert np.corrcoef(log_frailty[0::2], log_frailty[1::2])[0, 1] == pytest.approx(0.6, abs=0.06)

"""The laws, each computed once: its test asserts what it gives, and its figure draws it.

Laws are run in the quiet worlds of `laws` against the chains and formulas of `exact`. `LAWS`, at the end, is the list.
"""

import math
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from scipy import stats

from spread.model import Event, prepare, process_engine
from spread.outcomes import reliability, uncertainty
from tests.outcomes import worlds as outcome_worlds
from tests.verification import exact, laws
from tests.verification.findings import Curve, Distance, Finding, Floats, Panel, mean_curve
from tests.verification.laws import MONTH

FAST_Z, SLOW_Z = 4.0, 3.5
P_MONTH = 0.06
SHAPES = ("fixed", "lognormal", "exponential")
TIED = '[interventions.plain]\npeers = "ties"'
MONTHS = "months since the start"
ADOPTERS = "sites that have adopted"
LARGEST_Z = "largest difference from theory"
ERRORS = "standard errors"


def largest_z(samples: Floats, expected: Floats, bound: float, what: str = LARGEST_Z) -> Distance:
    """The largest standardised difference of means from what is expected."""
    return Distance(what, float(np.abs(laws.z_scores(samples, expected)).max()), bound, ERRORS)


def adopters(case: laws.Law, runs: int, days: Floats) -> Floats:
    """How many have adopted by each day in every run, shape (runs, days)."""
    found = laws.logs(case, runs, until_days=days[-1])
    return np.array([laws.counts_at(log, Event.ADOPTION, days) for log in found], dtype=float)


# --- decisions and peers -------------------------------------------------------------------------


def exponential_waits(folder: Path, *, runs: int = 5) -> Finding:
    """Waits of 400 sites without peers against the exponential, in 20 cells of equal chance."""
    laws.write_sites(folder, 400, per_organisation=400)
    waits = np.concatenate([laws.times(log, Event.DECISION) for log in laws.logs(laws.law(folder), runs)])
    count = 400 * runs
    shares = np.exp(-waits * P_MONTH / MONTH)  # uniform above the share still waiting at the horizon
    still = math.exp(-1827 * P_MONTH / MONTH)
    counts = np.histogram(shares, bins=20, range=(still, 1.0))[0]
    expected = count * (1 - still) / 20
    chi_square = float(((counts - expected) ** 2 / expected).sum())
    months = np.arange(0.0, 61.0, 2.0)
    waiting = 1.0 - np.searchsorted(np.sort(waits), months * MONTH) / count
    low, high = np.array([uncertainty.wilson_interval(share, count) for share in waiting]).T
    line = Curve("no peers", months, 100 * np.exp(-P_MONTH * months), 100 * waiting, 100 * low, 100 * high)
    return Finding(
        (Distance("waits in 20 cells of equal chance", chi_square, 55.0, "chi-square"),),
        (Panel("", MONTHS, "sites still to decide, per cent", (line,)),),
        f"{runs} runs of 400 sites",
    )


def pure_birth(
    folder: Path, *, count: int = 20, runs: int = 300, bound: float = FAST_Z, lag: float = 0.05,
    months: Any = (3, 6, 9, 12, 18, 24, 30),
) -> Finding:  # fmt: skip
    """Complete immediate ties against the pure-birth chain; the Bass curve beside it, which a finite world lags."""
    laws.write_sites(folder, count, per_organisation=count)
    laws.write_ties(folder, laws.complete(count))
    case = laws.law(folder, ties=True, kappa=8.0, decision_acute_per_month=0.01, toml=TIED)
    days = np.array(months) * MONTH
    counts = adopters(case, runs, days)
    expected = exact.pure_birth_mean(count, 0.01 / MONTH, 0.08 / MONTH, days)
    bass = count * exact.bass_share(0.01 / MONTH, 0.08 / MONTH, days)
    curves = (
        mean_curve("chain", days / MONTH, counts, expected),
        Curve("Bass curve, its limit for many sites", days / MONTH, bass),
    )
    gap = float(np.abs(expected - bass).max() / count)
    return Finding(
        (
            largest_z(counts, expected, bound),
            Distance("how far the chain of so many sites lags the Bass curve", gap, lag, "share of sites"),
        ),
        (Panel("", MONTHS, ADOPTERS, curves),),
        f"{runs} runs of {count} sites",
    )


def meetings(folder: Path, *, runs: int = 150, count: int = 60, months: Any = (24,)) -> Finding:
    """Adopters when peers are seen at once, and when they are learnt of at meetings every one, three and six months."""
    laws.write_sites(folder, count)
    laws.write_ties(folder, laws.complete(count))
    days = np.array(months) * MONTH
    counts = {"seen at once": adopters(
        laws.law(folder, ties=True, kappa=8.0, decision_acute_per_month=0.01, toml=TIED), runs, days
    )}  # fmt: skip
    for apart, name in ((1, "met every month"), (3, "met every 3 months"), (6, "met every 6 months")):
        toml = (
            f"meeting_interval_months = {{ psc = {apart}, ics = 0, clinical = 0, national = 0 }}\n"
            "attendance = { psc = 1.0, ics = 0, clinical = 0, national = 0 }\n"
            '[interventions.plain]\npeers = "networks"'
        )
        counts[name] = adopters(laws.law(folder, kappa=8.0, decision_acute_per_month=0.01, toml=toml), runs, days)
    chain = exact.pure_birth_mean(count, 0.01 / MONTH, 0.08 / MONTH, days)
    ends = [samples[:, -1].mean() for samples in counts.values()]
    curves = [
        mean_curve(name, days / MONTH, samples, chain if name == "seen at once" else None)
        for name, samples in counts.items()
    ]
    return Finding(
        (
            largest_z(counts["seen at once"], chain, FAST_Z, "seen at once: largest difference from the chain"),
            Distance("fewest adopters lost by meeting more rarely", float(-np.diff(ends).max()), 0.0, "sites",
                     at_least=True),
        ),
        (Panel("", MONTHS, ADOPTERS, tuple(curves)),),
        f"{runs} runs of {count} sites each; adopters at the end: "
        + ", ".join(f"{name} {end:.1f}" for name, end in zip(counts, ends, strict=True)),
    )  # fmt: skip


def network_spread(folder: Path, *, runs: int = 250, theirs: int = 1500, months: Any = (6, 12, 18, 24)) -> Finding:
    """Spread over a random graph of 40 sites against a simulator that shares nothing with the package."""
    count, days = 40, np.array(months) * MONTH
    graph = nx.gnm_random_graph(count, 100, seed=4)
    neighbours = [sorted(graph[node]) for node in range(count)]
    laws.write_sites(folder, count, per_organisation=count)
    laws.write_ties(folder, ((a, b) for a in range(count) for b in neighbours[a]))
    case = laws.law(folder, ties=True, kappa=6.0, decision_acute_per_month=0.02, toml=TIED)
    ours = adopters(case, runs, days) / count
    expected = exact.network_si_mean(neighbours, 0.02 / MONTH, 0.12 / MONTH, days, runs=theirs, seed=9)
    line = mean_curve("random graph", days / MONTH, 100 * ours, 100 * expected)
    return Finding(
        (largest_z(ours, expected, FAST_Z + 0.5),),  # their own error adds a little
        (Panel("", MONTHS, "sites that have adopted, per cent", (line,)),),
        f"{runs} runs, {theirs:,} of the other simulator, 40 sites and 100 ties",
    )


# --- waiting for a coach, and testing ------------------------------------------------------------


def coaching_queue(folder: Path, *, runs: int = 500, months: Any = (3, 6, 9, 12, 18, 24)) -> Finding:
    """Twelve sites and three coaching places against the finite-source M/M/c queue."""
    sources, places, decide = 12, 3, 0.25
    laws.write_sites(folder, sources, per_organisation=sources)
    case = laws.law(
        folder, toml="coaches = 1\n[interventions.plain]\ntesting = true", caseload_sites=places,
        interventions_per_coached_site=1, patience_months=100000, testing_simple_months=4,
        decision_acute_per_month=decide,
    )  # fmt: skip
    days = np.array(months) * MONTH
    counts = adopters(case, runs, days)
    # Exponential cycles that succeed with a fixed chance add up to an exponential testing time.
    expected, boundless = (
        exact.finite_source_queue_mean(sources, servers, decide / MONTH, 1 / (4 * MONTH), days)
        for servers in (places, sources)
    )
    curves = (
        mean_curve("three places", days / MONTH, counts, expected),
        Curve("a place for everybody", days / MONTH, boundless),
    )
    return Finding(
        (largest_z(counts, expected, FAST_Z),),
        (Panel("", MONTHS, ADOPTERS, curves),),
        f"{runs} runs of {sources} sites",
    )


def spans_of_testing(folder: Path, shape: str, runs: int) -> Floats:
    """How long testing of three elements took, days, over 300 sites and some runs."""
    laws.write_sites(folder, 300, per_organisation=300)
    elements = "".join(f"[interventions.plain.elements.e{n}]\nbaseline = 0.0\ndifficulty = 1.0\n" for n in (2, 3))
    case = laws.law(
        folder, testing_bundle_months=9, cycle_weeks=4, cycle_log_sd=0.4, decision_acute_per_month=5,
        toml=f'cycle_shape = "{shape}"\n[interventions.plain]\ntesting = true\nkind = "bundle"\n{elements}',
    )  # fmt: skip
    spans = []
    for log in laws.logs(case, runs):
        begun, done = laws.first_times(log, Event.TESTING), laws.first_times(log, Event.ADOPTION)
        spans.append((done - begun)[np.isfinite(done) & (begun < 800)])
    return np.concatenate(spans)


def time_of_testing(folder: Path, *, shapes: tuple[str, ...] = SHAPES, runs: int = 4) -> Finding:
    """Mean and variance of testing for three shapes of a cycle."""
    tau, mean, n = 9 * MONTH, 28.0, 3
    chance = n * mean / tau
    distances, means, deviations = [], [], []
    for shape in shapes:
        span = spans_of_testing(folder, shape, runs)
        own = {"fixed": 0.0, "lognormal": mean**2 * math.expm1(0.16), "exponential": mean**2}[shape]
        variance = n * (own / chance + mean**2 * (1 - chance) / chance**2)
        error = math.sqrt(variance / len(span))
        distances += [
            Distance(f"{shape} cycles: mean", abs(float(span.mean()) - tau) / error, FAST_Z, ERRORS),
            Distance(f"{shape} cycles: variance", abs(float(span.var()) / variance - 1.0), 0.2, "share of the theory"),
        ]
        means.append((tau, span.mean(), 1.96 * span.std() / math.sqrt(len(span))))
        fourth = ((span - span.mean()) ** 4).mean() / span.var() ** 2
        spread = span.std()
        deviations.append((math.sqrt(variance), spread, 1.96 * spread * math.sqrt((fourth - 1) / (4 * len(span)))))
    panels = [
        Panel(title, "shape of a cycle", "months", (points(values, 1 / MONTH),), ticks=shapes)
        for title, values in (("Mean", means), ("Standard deviation", deviations))
    ]
    return Finding(tuple(distances), tuple(panels), f"{runs} runs of 300 sites for each shape")


def points(rows: list[tuple[float, float, float]], scale: float = 1.0) -> Curve:
    """Theory, simulated and half an interval, each at its own place."""
    theory, simulated, half = scale * np.array(rows).T
    at = np.arange(len(rows), dtype=float)
    return Curve("cycles", at, theory, simulated, simulated - half, simulated + half, marks=True)


# --- patients, training, differences, keeping ----------------------------------------------------


def all_or_none(_folder: Path, *, places: int = 15) -> Finding:
    """The share of patients with every element against adaptive integration, by how much elements go together."""
    ambition = outcome_worlds.ambition(measure="patients", together="each")
    made = outcome_worlds.plan(outcome_worlds.scenario({"all": ambition}))
    each = np.linspace(0.3, 0.99, places)
    eligible = [np.array([1.0, 1.0, 1.0]), np.array([1.0])]
    curves, largest = [], 0.0
    for rho in (0.0, 0.3, 0.6):
        ours = reliability.all_or_none(np.repeat(each[:, None], 8, axis=1), eligible, made, rho)[:, 0]
        theory = np.array([exact.all_or_none(np.full(3, share), np.ones(3), rho) for share in each])
        largest = max(largest, float(np.abs(ours - theory).max()))
        curves.append(Curve(f"correlation {rho:g}", 100 * each, 100 * theory, 100 * ours))
    panel = Panel("", "patients who receive each element, per cent", "patients who receive all three, per cent",
                  tuple(curves))  # fmt: skip
    return Finding(
        (Distance("largest difference from integration", 1e6 * largest, 100.0, "patients per million"),),
        (panel,), "three elements; no chance in it", band="",
    )  # fmt: skip


def dose(folder: Path, *, months: Any = (60,)) -> Finding:
    """The dose of one organisation, from nothing, against its closed form."""
    laws.write_sites(folder, 1)
    case = laws.law(
        folder, course_attendance_share=1.0, leaver_nhs_per_year=0.15, skill_decay_per_year=0.15,
        dose_target_everyone=1.0, dose_initial_everyone=0.0, staff_default_acute=1000, staff_share_everyone=1.0,
        toml="course_interval_months = 1\n"
        "course_seats = { board = 0, managers = 0, everyone = 10, teams = 0, coaches = 0, experts = 0 }",
    )  # fmt: skip
    everyone = 2
    reached = []
    for month in months:
        engine = process_engine.Spread(laws.inputs_of(case, seed=1, until_days=month * MONTH), 1)
        engine.run()
        reached.append(engine.dose[0][everyone])
    years = np.array(months) / 12
    steady = 0.01 * 12 / 0.30
    theory = steady * (1 - np.exp(-0.30 * years))
    largest = float(np.abs(np.array(reached) - theory).max())
    bound = 0.012
    line = Curve("staff trained", 12 * years, 100 * theory, 100 * np.array(reached),
                 100 * (theory - bound), 100 * (theory + bound))  # fmt: skip
    return Finding(
        (Distance("largest difference; courses come in steps of 0.01", largest, bound, "share of staff"),),
        (Panel("", MONTHS, "staff trained and still practised, per cent", (line,)),),
        f"one organisation; it settles at {steady:.0%}", band="what is allowed",
    )  # fmt: skip


def frailty(folder: Path, *, count: int = 4000) -> Finding:
    """What makes one site unlike another: mean one, its variance, and what organisations share."""
    laws.write_sites(folder, count, per_organisation=2)
    case = laws.law(folder, frailty_variance=0.8, frailty_organisation_share=0.6)
    given = prepare.prepare_inputs(case.job.world, case.job.timetable, case.parameters, seed=1, draw=0)
    logs = 2.0 * given.half_frailty
    one, other = logs[0::2], logs[1::2]
    correlation = float(np.corrcoef(one, other)[0, 1])
    variance = math.log(1.8)
    at = np.exp(np.linspace(-2.5, 2.0, 46))
    below = np.searchsorted(np.sort(np.exp(logs)), at) / count
    low, high = np.array([uncertainty.wilson_interval(share, count / 1.6) for share in below]).T
    theory = stats.norm.cdf((np.log(at) + variance / 2) / math.sqrt(variance))
    scatter = Curve("two sites of one organisation", np.exp(one[:500]), None, np.exp(other[:500]), marks=True)
    speed = "speed of a site (1 = the mean)"
    return Finding(
        (
            Distance("mean, from 1", abs(float(np.exp(logs).mean()) - 1.0), 0.06, "difference"),
            Distance("variance of the logarithm", abs(float(logs.var()) / variance - 1), 0.08, "share of the theory"),
            Distance("correlation within an organisation, from 0.6", abs(correlation - 0.6), 0.06, "difference"),
        ),
        (
            Panel("How sites differ", speed, "sites below it, per cent",
                  (Curve(f"{count:,} sites", at, 100 * theory, 100 * below, 100 * low, 100 * high),)),
            Panel(f"Correlation {correlation:.2f}; theory 0.60", "speed of the first site", "speed of the second",
                  (scatter,)),
        ),
        f"{count:,} sites in organisations of two",
    )  # fmt: skip


def lapse_and_restart(folder: Path, *, runs: int = 4, months: Any = (24,)) -> Finding:
    """The share not lapsed against the chain of three states, and where it settles."""
    laws.write_sites(folder, 400, per_organisation=400)
    leave, back, decide = 0.3, 0.6, 5.0
    case = laws.law(
        folder, lapse_per_month=leave, restart_per_month=back, sustain_months=100000, decision_acute_per_month=decide,
    )  # fmt: skip
    days = np.array(months) * MONTH
    kept = np.zeros((runs, len(days)))
    for number, log in enumerate(laws.logs(case, runs, until_days=days[-1])):  # forgets its start at 0.9 a month
        lapsed = laws.counts_at(log, Event.LAPSE, days) - laws.counts_at(log, Event.RESTART, days)
        kept[number] = 1.0 - lapsed / 400
    total, mean = 400 * runs, kept.mean(axis=0)
    settled = back / (leave + back)
    theory = 1.0 - exact.lapsed_share(decide, leave, back, np.array(months, dtype=float))
    error = math.sqrt(settled * (1 - settled) / total)
    low, high = np.array([uncertainty.wilson_interval(share, total) for share in mean]).T
    line = Curve("lapse 0.3 and restart 0.6 a month", days / MONTH, 100 * theory, 100 * mean, 100 * low, 100 * high)
    return Finding(
        (
            Distance("share at two years, from where it settles", abs(float(mean[-1]) - settled) / error, FAST_Z,
                     ERRORS),
            Distance("largest difference from the chain on the way", float(np.abs(mean - theory).max()), 0.05,
                     "share of sites"),
        ),
        (Panel("", MONTHS, "sites that have not lapsed, per cent", (line,)),),
        f"{runs} runs of 400 sites; it settles at {settled:.0%}",
    )  # fmt: skip

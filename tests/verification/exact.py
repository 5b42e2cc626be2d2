"""What theory says: chains and formulas that know nothing of the package."""

import numpy as np
from numpy.typing import NDArray
from scipy import integrate, stats
from scipy.linalg import expm

Floats = NDArray[np.float64]


def pure_birth_mean(count: int, p: float, q: float, times: Floats) -> Floats:
    """Mean adopters of the chain with rate ``(N - k)(p + q k / (N - 1))``, from nobody, by uniformisation-free expm."""
    k = np.arange(count + 1)
    rate = (count - k) * (p + q * k / (count - 1))
    generator = np.diag(-rate) + np.diag(rate[:-1], 1)
    start = np.zeros(count + 1)
    start[0] = 1.0
    return np.array([(start @ expm(generator * t)) @ k for t in times])


def bass_share(p: float, q: float, times: Floats) -> Floats:
    """The Bass curve."""
    fading = np.exp(-(p + q) * times)
    return (1.0 - fading) / (1.0 + q / p * fading)


def finite_source_queue_mean(sources: int, servers: int, arrive: float, serve: float, times: Floats) -> Floats:
    """Mean served by each time: sources decide at `arrive`, wait for one of `servers`, are served at `serve`, once.

    State (decided, done); transient law by the matrix exponential.
    """
    states = [(a, d) for a in range(sources + 1) for d in range(a + 1)]
    place = {state: n for n, state in enumerate(states)}
    generator = np.zeros((len(states), len(states)))
    for (decided, done), here in place.items():
        moves = {
            (decided + 1, done): (sources - decided) * arrive,
            (decided, done + 1): min(servers, decided - done) * serve,
        }
        for state, rate in moves.items():
            if rate > 0:
                generator[here, place[state]] += rate
                generator[here, here] -= rate
    start = np.zeros(len(states))
    start[place[0, 0]] = 1.0
    done_in = np.array([done for _, done in states], dtype=float)
    return np.array([(start @ expm(generator * t)) @ done_in for t in times])


def network_si_mean(neighbours: list[list[int]], p: float, q: float, times: Floats, runs: int, seed: int) -> Floats:
    """Share adopted over time on a graph, by the next-event method of Gillespie; an independent simulator."""
    random = np.random.default_rng(seed)
    count = len(neighbours)
    total = np.zeros(len(times))
    for _ in range(runs):
        adopted = np.zeros(count, dtype=bool)
        known = np.zeros(count)
        degree = np.array([max(1, len(peers)) for peers in neighbours], dtype=float)
        now, moments = 0.0, []
        while not adopted.all():
            rates = np.where(adopted, 0.0, p + q * known / degree)
            now += random.exponential(1.0 / rates.sum())
            if now > times[-1]:
                break
            site = int(random.choice(count, p=rates / rates.sum()))
            adopted[site] = True
            moments.append(now)
            for peer in neighbours[site]:
                known[peer] += 1
        total += np.searchsorted(np.array(moments), times)
    return total / runs / count


def all_or_none(reliability: Floats, eligible: Floats, rho: float) -> float:
    """Share of patients with every element they are eligible for: a one-factor probit, by adaptive integration."""

    def integrand(z: float) -> float:
        given = stats.norm.cdf((stats.norm.ppf(reliability) + np.sqrt(rho) * z) / np.sqrt(1 - rho))
        return float(stats.norm.pdf(z) * np.prod(1 - eligible + eligible * given))

    return float(integrate.quad(integrand, -9, 9, limit=200)[0])


def lapsed_share(decide: float, lapse: float, restart: float, times: Floats) -> Floats:
    """Share lapsed of those who decide at one rate, then lapse and restart, each at its own; from nobody in use."""
    generator = np.array([[-decide, decide, 0.0], [0.0, -lapse, lapse], [0.0, restart, -restart]])
    return np.array([expm(generator * t)[0, 2] for t in times])

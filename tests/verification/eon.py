"""Spread over a user's own network, by the command, beside EoN (Kiss, Miller and Simon), which shares nothing with it.

A site decides at the rate p (1 + kappa x share of its peers that have adopted). To EoN that is an epidemic without
recovery on a directed graph: from each peer at the rate p kappa / peers, and from one more node, the campaign, infected
from the first day, at the rate p.
"""

import math
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd

from tests.verification import laws
from tests.verification.findings import Curve, Distance, Finding, Floats, Panel
from tests.verification.laws import MONTH

PEER = "peer"
CAMPAIGN = "campaign"
KAPPA, P_MONTH = 20.0, 0.02
START, END = date(2020, 1, 1), date(2029, 12, 31)
# Kolmogorov's bound for two samples: passed with chance 0.9999 by equal ones, for each comparison by itself.
BOUND = 2.23
COUNT = 12


def networks() -> dict[str, nx.DiGraph]:
    """A path, a ring, a star and two random graphs, one of them of one-sided ties; an arrow goes from who looks."""
    drawn = nx.gnp_random_graph(COUNT, 0.3, seed=2)
    one_sided = nx.gnp_random_graph(COUNT, 0.15, seed=5, directed=True)
    graphs = {"path": nx.path_graph(COUNT), "ring": nx.cycle_graph(COUNT), "star": nx.star_graph(COUNT - 1),
              "random": drawn, "one-sided": one_sided}  # fmt: skip
    return {name: graph.to_directed() for name, graph in graphs.items()}


def by_command(folder: Path, graph: nx.DiGraph, *, draws: int, engine: str) -> Floats:
    """When the first, second, ... site adopted in each run of ``spread run``, days, sorted; shape (draws, sites)."""
    folder.mkdir(parents=True)
    laws.write_sites(folder, len(graph))
    laws.write_ties(folder, graph.edges)
    rest = (
        f'[interventions.plain]\npeers = "ties"\n[parameters]\nkappa = {KAPPA}\ndecision_acute_per_month = {P_MONTH}\n'
    )
    machine = f"--draws {draws} --replicates 1 --engine {engine} --workers 1 --events -q"
    run = laws.run_by_command(folder, rest, machine, end=END)
    events = pd.read_parquet(run / "events.parquet", columns=["draw", "event", "time_days"])
    adopted = events[events["event"] == "adoption"]
    return rows_of((times for _, times in adopted.groupby("draw", observed=True)["time_days"]), draws, len(graph))


def by_eon(graph: nx.DiGraph, *, runs: int, seed: int) -> Floats:
    """The same from EoN's event-driven simulation, to the end of the scenario."""
    import EoN

    flow = nx.DiGraph()
    for site in graph:
        flow.add_edge(CAMPAIGN, site, rate=P_MONTH / MONTH)
        for peer in graph.successors(site):
            flow.add_edge(peer, site, rate=P_MONTH * KAPPA / MONTH / graph.out_degree(site))
    random = np.random.default_rng(seed)
    found = (
        EoN.fast_SIR(flow, 1.0, 0.0, initial_infecteds=[CAMPAIGN], transmission_weight="rate", rng=random)[0][1:]
        for _ in range(runs)
    )
    times = rows_of(found, runs, len(graph))
    return np.where(times < (END - START).days + 1, times, math.inf)


def rows_of(runs: Iterable[Iterable[float]], count: int, sites: int) -> Floats:
    """Times of each run in order, infinite where a site never adopted."""
    found = np.full((count, sites), math.inf)
    for row, times in zip(found, runs, strict=False):
        ordered = np.sort(np.asarray(times, dtype=float))
        row[: len(ordered)] = ordered
    return found


def kolmogorov(one: Floats, other: Floats) -> float:
    """The largest distance of two empirical distributions, times the root of n m / (n + m)."""
    at = np.concatenate([one, other])
    shares = [np.searchsorted(np.sort(sample), at, side="right") / len(sample) for sample in (one, other)]
    return float(np.abs(shares[0] - shares[1]).max() * math.sqrt(len(one) * len(other) / (len(one) + len(other))))


def moments(times: Floats) -> dict[str, Floats]:
    """What is compared: when the first site, half of them and the last have adopted."""
    return {"first": times[:, 0], "half": times[:, times.shape[1] // 2 - 1], "last": times[:, -1]}


def compare(
    folder: Path, *, draws: int = 300, runs: int = 2000, engines: tuple[str, ...] = ("compiled", "process"),
    names: tuple[str, ...] = ("path", "ring", "star", "random", "one-sided"), peers: bool = True,
) -> Finding:  # fmt: skip
    """Every network by both engines and by EoN; without `peers` EoN is told of no ties, to see that it is noticed."""
    distances, panels = [], []
    for number, name in enumerate(names):
        graph = networks()[name]
        known = graph if peers else nx.create_empty_copy(graph)
        theirs = by_eon(known, runs=runs, seed=number)
        days = np.linspace(0.0, np.quantile(theirs[np.isfinite(theirs)], 0.99), 25)
        for engine in engines:
            ours = by_command(folder / f"{name}-{engine}", graph, draws=draws, engine=engine)
            worst = max(kolmogorov(mine, moments(theirs)[when]) for when, mine in moments(ours).items())
            distances.append(
                Distance(f"{name}, {engine} engine: worst of first, half and last site", worst, BOUND, "Kolmogorov")
            )
        shares = share_adopted(ours, days)
        half = 1.96 * share_adopted(ours, days, runs=True).std(axis=0, ddof=1) / math.sqrt(draws)
        line = Curve(name, days / MONTH, share_adopted(theirs, days), shares, shares - half, shares + half)
        panels.append(Panel(name.capitalize(), "months", "adopted, per cent", (line,)))
    return Finding(tuple(distances), tuple(panels), f"{draws} runs and {runs:,} of EoN on each, {COUNT} sites")


def share_adopted(times: Floats, days: Floats, *, runs: bool = False) -> Floats:
    """Per cent of sites that have adopted by each day, in the mean or in each run."""
    shares = 100.0 * (times[:, :, None] <= days).mean(axis=1)
    return shares if runs else shares.mean(axis=0)

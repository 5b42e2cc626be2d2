"""Proofs of calibration, too slow for the default tests: ``python -m tests.verification.calibration_proofs NAME [N]``.

ranks     simulation-based calibration on a world of 24 sites: where the truth ranks in each of N fits (200), for every
          free parameter and for a quantity of parameters and data together, with simultaneous 99 % bands
peers     N worlds (50) without a peer effect and with a strong common push, and N with a strong one: what the fit makes
          of the chance that there is none

Simulation-based calibration: Talts et al., arXiv 1804.06788; that a quantity which depends on the data is needed:
Modrák et al., Bayesian Analysis 20, 2025; simultaneous bands of the empirical distribution: those of Dvoretzky, Kiefer,
Wolfowitz and Massart, which are a little too wide.
"""

import math
import sys
import tempfile
from concurrent import futures
from pathlib import Path

import numpy as np
from scipy import special

from spread.calibration import efforts, fit
from spread.model import draws
from spread.model.draws import Purpose
from spread.runs import answers, plan, sample
from tests.calibration import worlds

FREE = (worlds.SPEED, "frailty_variance", "kappa", "push_incentive_log_hr")
PRIORS = """\
push_incentive_log_hr = { value = 1.2, low = 0.3, high = 2.4 }
kappa = { value = 2.0, low = 0.2, high = 6.0, scale = "log", zero = 0.3 }
frailty_variance = { value = 0.8, low = 0.3, high = 1.5 }
region_log_sd = { value = 0.2, low = 0.05, high = 0.4 }
"""
EFFORT = efforts.Effort(first=2000, wave=400, kept=400, most_waves=3)
TRUTH_SEED = 90_000


def in_two(work, count, *given):
    """What `work(numbers, *given)` finds of so many numbered fits, on two processors."""
    with futures.ProcessPoolExecutor(2) as pool:
        halves = [pool.submit(work, range(start, count, 2), *given) for start in range(2)]
        found = [half.result() for half in halves]
    ordered = np.empty((count, *np.shape(found[0][0])))
    for start, half in enumerate(found):
        ordered[start::2] = half
    return ordered


def ranks(numbers):
    """Where the truth ranks in each fit: free parameters, then the data-dependent quantity; F + 1 numbers of each."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = pushed_world(folder)
        found = []
        for number in numbers:
            truth, rows = drawn_truth(scenario, number)
            found.append(ranks_of(fit_of(scenario, rows, Path(folder) / "batches"), truth, rows))
            note(number)
    return found


def note(number):
    """Say that a fit is done, to whoever looks on."""
    print(number, end=" ", file=sys.stderr, flush=True)


def pushed_world(folder):
    """The world of every proof: 24 sites that look to each other, and a push that comes for all at once."""
    return worlds.scenario_in(Path(folder), parameters=PRIORS, ties=True, pushed=True)


def drawn_truth(scenario, number, **given):
    """Parameters drawn from the prior, by name, and what would be seen of one history with them."""
    job = answers.prepare(scenario, seed=TRUTH_SEED, replicates=1)
    values = dict(zip(job.beliefs.names, plan.draw_values(job.beliefs, seed=TRUTH_SEED, draw=number), strict=True))
    values |= given
    return values, worlds.seen(scenario, values, draw=number, seed=TRUTH_SEED)


def fit_of(scenario, rows, kept):
    """The posterior of one set of data; simulations from the prior, which are the same for every one, are kept."""
    asked = fit.Asked(scenario, rows, FREE)
    for batch in Path(kept).glob("*.npz"):
        if int(batch.stem) >= EFFORT.first:
            batch.unlink()
    return fit.calibrate(asked, seed=1, effort=EFFORT, sets=500, hands=sample.Hands(workers=1), folder=Path(kept))


def ranks_of(found, truth, rows):
    """The share of the posterior below the truth; ties (at a point mass) are broken evenly by a keyed number."""
    columns = [(found.values[:, found.names.index(name)], truth[name]) for name in FREE]
    speed, spread = (found.values[:, found.names.index(name)] for name in FREE[:2])
    columns.append((likeness(speed, spread, rows), float(likeness(truth[FREE[0]], truth[FREE[1]], rows))))
    tie = draws.uniform_at(draws.run_key(TRUTH_SEED, round(1e6 * truth[FREE[0]]), 0), 1, Purpose.PROPOSAL, 0)
    return [float((values < true).mean() + tie * (values == true).mean()) for values, true in columns]


def likeness(speed, variance, rows):
    """How well parameters alone, with neither peers nor regions, would explain the data: a quantity of both."""
    total = 0.0
    for row in rows:
        months = (row.date - worlds.QUARTERS[0]).days / 30.4375 + 3.0
        waiting = (1.0 + variance * speed * months) ** (-1.0 / np.maximum(variance, 1e-9))
        share = np.clip(1.0 - waiting, 1e-9, 1.0 - 1e-9)
        total = (
            total + special.xlogy(row.numerator, share) + special.xlogy(row.denominator - row.numerator, 1.0 - share)
        )
    return total


def band(count, error=0.01):
    """How far an empirical distribution may stray anywhere, with a chance of `error`."""
    return math.sqrt(math.log(2.0 / error) / (2.0 * count))


def furthest(found):
    """The furthest each column's empirical distribution is from uniform."""
    ordered, count = np.sort(found, axis=0), len(found)
    above = np.arange(1, count + 1)[:, None] / count - ordered
    below = ordered - np.arange(count)[:, None] / count
    return np.maximum(above, below).max(axis=0)


def say_ranks(count):
    found = in_two(ranks, count)
    away, allowed = furthest(found), band(count)
    print(f"{count} fits; 99 % band of the furthest distance from uniform: {allowed:.3f}")
    for name, distance, column in zip((*FREE, "data-dependent"), away, found.T, strict=True):
        spread = column.std() * math.sqrt(12.0)
        counts = np.histogram(column, bins=10, range=(0.0, 1.0))[0]
        print(f"{name:28s} {distance:.3f} {'ok' if distance <= allowed else 'OUT'}  spread {spread:.2f}  {counts}")
    return bool((away <= allowed).all())


def zero_weights(numbers, kappa):
    """The chance a fit gives to there being no peer effect, in worlds with this one."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        scenario = pushed_world(folder)
        for number in numbers:
            _, rows = drawn_truth(scenario, number, kappa=kappa)
            fitted = fit_of(scenario, rows, Path(folder) / "batches")
            (moved,) = [one for one in fitted.moved() if one["name"] == "kappa"]
            found.append(moved["zero_after"])
            note(number)
    return found


def say_peers(count):
    without, strong = in_two(zero_weights, count, 0.0), in_two(zero_weights, count, 6.0)
    for title, found in (("no peer effect", without), ("strong peer effect", strong)):
        kept = (found >= 0.3).mean()
        print(f"{title}: weight of none {np.median(found):.2f} in the middle world; not below its prior in {kept:.0%}")
    return bool((without >= 0.3).mean() > 0.5 and (strong < 0.3).mean() > 0.5)


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else "ranks"
    said = {"ranks": (say_ranks, 200), "peers": (say_peers, 50)}
    action, usual = said[name]
    sys.exit(0 if action(int(sys.argv[2]) if len(sys.argv) > 2 else usual) else 1)


if __name__ == "__main__":
    main()

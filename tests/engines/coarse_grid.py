"""Worlds in which everything falls on quarter days, so that the order within an instant decides.

Chance brings waits that never tie. In a copy of the package with one of these sets of edits they do; `test_equality`
makes the copies and runs the test of this file there.
"""

import numpy as np

from spread.model import process_engine
from tests.engines import exploring, worlds
from tests.verification.bugs import Bug

TEST = "engines/coarse_grid.py"
WAITS = (
    ("thresholds", "return -math.log(uniform_at(run, unit, purpose, occurrence))",
     "return math.ceil(-4.0 * math.log(uniform_at(run, unit, purpose, occurrence))) / 4.0"),
    ("exponential cycles", "return mean_days * exponential", "return math.ceil(4.0 * mean_days * exponential) / 4.0"),
    ("lognormal cycles", "return mean_days * math.exp(log_sd * normal - 0.5 * log_sd * log_sd)",
     "return math.ceil(4.0 * mean_days * math.exp(log_sd * normal - 0.5 * log_sd * log_sd)) / 4.0"),
)  # fmt: skip
DUE = "return now + threshold / rate"
# What is due: at the next quarter day, which may be this very instant, or always later than now. Compiled code keeps
# whole numbers in 64 bits, so what is due in a billion days is due then.
EDITS = {
    words: tuple(Bug(what, TEST, old, new) for what, old, new in (*WAITS, ("what is due", DUE, due)))
    for words, due in {
        "now or later": "return math.ceil(4.0 * min(now + threshold / rate, 1e9)) / 4.0",
        "later": "return (math.floor(4.0 * min(now + threshold / rate, 1e9)) + 1) / 4.0",
    }.items()
}


def test_engines_agree_on_worlds_of_quarter_days() -> None:
    seen = exploring.explore(exploring.WORLDS)
    exploring.assert_everything_happened(seen, least_share=0.04, least_shared_instants=0.6)


def test_nothing_happens_but_on_quarter_days() -> None:
    world = worlds.inputs_of(worlds.EVERYTHING)
    log = process_engine.run(world, seed=1, draw=0, replicate=0)
    assert len(log.kind) > 100
    np.testing.assert_array_equal(4.0 * log.time_days % 1.0, 0.0)

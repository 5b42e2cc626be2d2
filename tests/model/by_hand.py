"""Waits worked out by hand: a site's own threshold, spent at rates from a day on."""

import math
from pathlib import Path

import numpy as np

from spread.model import Event, draws, inputs, process_engine
from spread.model.draws import Purpose
from tests.verification import laws
from tests.verification.laws import MONTH

RUN_KEY = draws.run_key(laws.SEED, 0, 0)
COUNT = 40
DECIDE, LAPSE, STOP = 0.06 / MONTH, 0.05 / MONTH, 0.08 / MONTH
NEVER = 40.0  # log difficulty of an element that no cycle puts in place
PLAIN = "\n[interventions.plain]\n"
WAVE = '[[shock]]\nname = "wave"\nfrom = 2020-07-01\nto = 2020-12-31\nmultiplier = {multiplier}\n'
WAVE_DAYS = (182.0, 366.0)


def world(folder: Path, status: int, *, toml: str = "", **parameters: float) -> inputs.ModelInputs:
    """Forty alike sites that all enter one status as the run begins."""
    laws.write_sites(folder, COUNT)
    found = laws.inputs_of(laws.law(folder, toml=toml, **parameters))
    return found._replace(
        initial_status=np.full_like(found.initial_status, status),
        initial_since_days=np.zeros_like(found.initial_since_days),
    )


def first(made: inputs.ModelInputs, event: Event) -> np.ndarray:
    """When an event first came to each unit."""
    return laws.first_times(process_engine.run(made, seed=laws.SEED, draw=0, replicate=0), event)


def spent(
    made: inputs.ModelInputs, purpose: Purpose, rates: list[tuple[float, float]], run_key: int = RUN_KEY
) -> np.ndarray:
    """When each unit's threshold is spent, at rates (from a day, rate) from day 0 on; never, past the horizon."""
    until_decision = purpose in (Purpose.CONTACT, Purpose.INTEREST, Purpose.DECISION)
    keys = made.units.decision_key if until_decision else made.units.unit_key
    found = []
    for key in keys.tolist():
        left = draws.exponential_at(run_key, key, purpose, 0)
        for (day, rate), (later, _) in zip(rates, [*rates[1:], (math.inf, 0.0)], strict=True):
            due = day + left / rate if rate else math.inf
            if due < later:
                break
            left -= (later - day) * rate
        found.append(due)
    days = np.array(found)
    return np.where(days < made.constants.horizon_days, days, math.inf)


def refreshed(made: inputs.ModelInputs, day: float) -> float:
    """The first refresh on or after a day."""
    return float(made.epochs.day[np.searchsorted(made.epochs.day, day)])


def assert_same(one: np.ndarray, other: np.ndarray) -> None:
    """Equal but for rounding, and not because nothing ever happened."""
    np.testing.assert_allclose(one, other, rtol=1e-9)
    assert np.isfinite(one).sum() > COUNT / 4

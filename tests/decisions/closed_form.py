"""A world whose chances have a formula: no peers, no limits, parameters fixed, frailty zero.

Every site decides on its own after an exponential wait and uses the practice at once, so the sites there at the
deadline are binomial, and the chance that enough are is a sum of binomial terms.
"""

import math
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from scipy import optimize, stats

from spread.decisions import find, levels, trials
from spread.scenarios import schema
from tests.verification import laws

SITES, WANTED_SITES = 40, 36
PER_MONTH, DESIGN_LOG_HR, USUAL_DESIGN = 0.07, 0.8, 0.5
START, DEADLINE = date(2020, 1, 1), date(2022, 12, 31)
AMBITION = "plain"


def world(folder: Path) -> schema.Scenario:
    """Forty sites, nine in ten of which are wanted; design with users speeds their decisions."""
    laws.write_sites(folder, SITES)
    case = laws.law(
        folder,
        toml=f"co_design = {USUAL_DESIGN}",
        decision_acute_per_month=PER_MONTH,
        co_design_log_hr=DESIGN_LOG_HR,
        co_design_reference_share=USUAL_DESIGN,
    )
    return case.job.world.scenario


def chance(design: float = USUAL_DESIGN, deadline: date = DEADLINE) -> float:
    """The chance that enough sites are there at the end of the deadline."""
    months = ((deadline - START).days + 1) / laws.MONTH
    share = 1.0 - math.exp(-PER_MONTH * math.exp(DESIGN_LOG_HR * (design - USUAL_DESIGN)) * months)
    return float(stats.binom.sf(WANTED_SITES - 1, SITES, share))


def design_for(wanted: float) -> float:
    """The design at which the chance is just as wanted."""
    return float(optimize.brentq(lambda design: chance(design) - wanted, -5.0, 5.0))


def deadline_for(wanted: float) -> date:
    """The first deadline at which the chance is at least as wanted."""
    day = START
    while chance(deadline=day) < wanted:
        day += timedelta(days=1)
    return day


def exact_width(setting_for: Callable[[float], float], wanted: float, runs: int) -> float:
    """How wide the exact binomial interval is for so many runs, taken through the formula to the setting."""
    met = round(wanted * runs)
    low = stats.beta.ppf(0.025, met, runs - met + 1)
    high = stats.beta.ppf(0.975, met + 1, runs - met)
    return abs(setting_for(float(high)) - setting_for(float(low)))


def found(scenario: schema.Scenario, lever: str, wanted: float, *, seed: int, draws: int, **given: Any) -> find.Finding:
    """What `find` says of it."""
    scale = levels.read_scale(scenario, lever, **given)
    question = trials.Question(AMBITION)
    return find.find(scenario, question, scale, chance=wanted, draws=draws, replicates=1, seed=seed)

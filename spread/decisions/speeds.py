"""What a decision's speed is made of: the usual speed of such a site, and every factor on it.

The parts multiply to the rate the engine decided at: each is read from what that rate was put together from.
"""

import math
from typing import Final, NamedTuple

from spread.decisions import trace as tracing
from spread.decisions import watching
from spread.model import epochs
from spread.model.setting_groups import GROUPS
from spread.model.timetable import DAYS_PER_MONTH

WORTH_SAYING: Final = 0.02
"""A factor nearer to one than this moves nothing a reader would notice."""


class Part(NamedTuple):
    """One part of a speed: a name for programs, words for people, and the factor (of the first: a month's rate)."""

    name: str
    words: str
    factor: float


def parts_of(trace: tracing.Trace, unit: int, seen: watching.Decision) -> tuple[Part, ...]:
    """The usual speed of a decision at such a site, a month, and the factors on it; their product is its speed."""
    values = trace.parameters
    usual = usual_per_month(trace, unit)
    appeal = values[f"{trace.intervention(unit)}.appeal"]
    readiness = math.exp(float(trace.inputs.readiness[unit]))
    region = float(trace.inputs.decision_base[unit]) * DAYS_PER_MONTH / (usual * appeal * readiness)
    return (
        Part("setting", f"usual for {_setting(trace, unit)}", usual),
        Part("appeal", "how well it appeals", appeal),
        Part("readiness", "the site's own readiness", readiness),
        Part("region", "its region", region),
        Part("support", "regional support" if seen.is_supported else "no regional support", math.exp(seen.support)),
        *_policy(trace, unit, seen),
        Part("capability", "improvement capability since the start", math.exp(seen.dose)),
        Part("load", "other changes under way", math.exp(seen.load)),
        Part("learning", "a learning set attended lately", math.exp(seen.learning)),
        Part("peers", _say_peers(seen), 1.0 + trace.inputs.constants.kappa * seen.exposure),
    )


def usual_per_month(trace: tracing.Trace, unit: int) -> float:
    """The published speed of deciding for such a site, a month."""
    group = GROUPS[int(trace.job.frame.group[unit])]
    return trace.parameters[f"decision_{group}_per_month"] * trace.parameters["decision_scale"]


def _setting(trace: tracing.Trace, unit: int) -> str:
    setting = trace.job.world.population.settings[trace.site_of(unit)].replace("_", " ")
    return f"{'an' if setting[:1] in 'aeiou' else 'a'} {setting} site"


def _policy(trace: tracing.Trace, unit: int, seen: watching.Decision) -> tuple[Part, ...]:
    """What `Epochs.trend` is the sum of: push, shocks, the deadline, the years, co-design."""
    values, frame = trace.parameters, trace.job.frame.epochs
    intervention = int(trace.inputs.units.intervention[unit])
    now = trace.inputs.epochs
    window_days = values["deadline_window_months"] * DAYS_PER_MONTH
    near = values["deadline_log_hr"] if frame.deadline_days[seen.epoch, intervention] <= window_days else 0.0
    years = values["secular_log_per_year"] * float(frame.years[seen.epoch, intervention])
    return (
        Part("push", "national push", math.exp(float(now.push[seen.epoch, intervention]))),
        Part(
            "shock", _say_shocks(trace, intervention, seen.epoch), math.exp(float(now.shock[seen.epoch, intervention]))
        ),
        Part("deadline", "a deadline near", math.exp(near)),
        Part("years", "years since the programme began", math.exp(years)),
        Part("co_design", "design with users", math.exp(float(epochs.design_effects(frame, values)[seen.epoch, 0]))),
    )


def _say_shocks(trace: tracing.Trace, intervention: int, epoch: int) -> str:
    frame = trace.job.frame.epochs
    felt = [name for name, where in zip(frame.shocks, frame.shocked, strict=True) if where[epoch, intervention]]
    return ", ".join(felt).replace("_", " ") or "no shock"


def _say_peers(seen: watching.Decision) -> str:
    count = len({known.unit for known in seen.known})
    if not count:
        return "no peer known to use it"
    weighed = f"weighed, {100 * seen.exposure:.0f} % of all it watches"
    return f"{count} peer{'s' if count > 1 else ''} known to use it ({weighed})"


def product(parts: tuple[Part, ...]) -> float:
    """The speed that parts give, a month."""
    return math.prod(part.factor for part in parts)


def month_chance(per_day: float) -> float:
    """The chance that something at this rate comes within a month."""
    return -math.expm1(-per_day * DAYS_PER_MONTH)


def say_speed(per_day: float) -> str:
    """A speed as the chance of a month: ``a chance of 8 % a month``."""
    chance = 100 * month_chance(per_day)
    if chance < 1:
        return "a chance below 1 % a month" if chance < 0.05 else f"a chance of {chance:.1f} % a month"
    return f"a chance of {min(chance, 99):.0f} % a month" if chance <= 99 else "a chance above 99 % a month"


def say_parts(parts: tuple[Part, ...]) -> str:
    """What a speed is made of, in one line: the usual speed and the factors worth saying."""
    first, *others = parts
    said = [f"x {part.factor:.2f} {part.words}" for part in others if abs(part.factor - 1.0) >= WORTH_SAYING]
    return "; ".join([f"{first.factor:.3f} a month {first.words}", *said])

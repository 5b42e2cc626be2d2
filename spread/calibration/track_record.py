"""Past forecasts against what happened: each scored, beside what anyone could have said without a model.

A forecast is matched with the observation of its measure, interventions and scope nearest its deadline. Whatever
cannot be matched is listed with the reason.
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from spread.calibration import forecast_record, observed, scores
from spread.outcomes import uncertainty

WITHIN_DAYS: Final = 15
"""An observation so near to a deadline counts as of the deadline."""
LEVELS: Final = (0.05, 0.50, 0.95)
EVEN: Final = 0.5
ROUNDING: Final = 1e-9
LEAST_FOR_BINS: Final = 20
BIN_EDGES: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
CHANGE, LEVEL, MILESTONE, ALL_ELEMENTS = "change", "level", "milestone", "all_elements"
CHANGE_UNIT: Final = "change"
"""What the unit of an observed rate says where its value is the change since the ambition's baseline."""

OURS: Final = "forecast"
EVENS, LAST, LINE = "even odds", "last value", "straight line"
RIVALS: Final = (EVENS, LAST, LINE)


class Outcome(NamedTuple):
    """What happened to what was forecast: the value, whether the threshold was met (None: none stated), and when.

    `denominator` is NaN where no counts were published; `days_off` how far from the deadline it was observed.
    """

    value: float
    met: bool | None
    denominator: float
    days_off: int


class Scored(NamedTuple):
    """One forecast against what happened; smaller scores are better, NaN where there is nothing to score.

    `is_inside`: whether the value fell within the 5-95 % range. `error`: the median forecast less the value.
    `pinball`: mean over the three quantiles. `rivals`: (chance, value) that each rival would have said.
    """

    forecast: forecast_record.Forecast
    outcome: Outcome
    brier: float
    log_score: float
    is_inside: bool | None
    error: float
    pinball: float
    rivals: Mapping[str, tuple[float, float]]

    @property
    def was_known(self) -> bool:
        """Whether the deadline had passed when it was made, so that it is a hindcast at best."""
        return self.forecast.made_on > self.forecast.deadline


class Unmatched(NamedTuple):
    """A forecast that could not be scored, and why."""

    forecast: forecast_record.Forecast
    why: str


class Bin(NamedTuple):
    """Forecasts whose chances were alike: how many, their mean chance, and how often it came to pass."""

    low: float
    high: float
    n: int
    mean_chance: float
    share_met: float


class Summary(NamedTuple):
    """Who forecast (the model or a rival), over how many of the same forecasts, and the mean of each score."""

    who: str
    n: int
    brier: float
    log_score: float
    absolute_error: float


class Record(NamedTuple):
    """What became of a record of forecasts; `unused` are observations no forecast was about."""

    scored: tuple[Scored, ...]
    unmatched: tuple[Unmatched, ...]
    unused: tuple[observed.Observation, ...]
    summaries: tuple[Summary, ...]
    bins: tuple[Bin, ...]

    @property
    def share_inside(self) -> float:
        """The share of values within their 5-95 % range; 0.9 is what was promised."""
        known = [one.is_inside for one in self.scored if one.is_inside is not None]
        return float(np.mean(known)) if known else math.nan

    def rows(self) -> list[dict[str, Any]]:
        """One row a scored forecast, for tables and files."""
        return [_row(one) for one in self.scored]


def score_forecasts(
    forecasts: Sequence[forecast_record.Forecast],
    observations: Sequence[observed.Observation],
    *,
    within_days: int = WITHIN_DAYS,
) -> Record:
    """Score forecasts against observations, each once, those of one ambition by the day of their data.

    Parameters
    ----------
    within_days
        How far from its deadline an observation may be.
    """
    scored: list[Scored] = []
    unmatched: list[Unmatched] = []
    used: set[int] = set()
    for forecast in forecast_record.once(forecasts):
        outcome, why, lines = find_outcome(forecast, observations, within_days)
        if outcome is None:
            unmatched.append(Unmatched(forecast, why))
        else:
            scored.append(score_one(forecast, outcome))
            used |= lines
    order = sorted(scored, key=lambda one: _order(one.forecast))
    unused = tuple(one for one in observations if one.line not in used)
    return Record(tuple(order), tuple(unmatched), unused, summarise(order), bin_chances(order))


def _order(forecast: forecast_record.Forecast) -> tuple[object, ...]:
    return (forecast.ambition, forecast.deadline, forecast.scope, forecast.data_date, forecast.made_on, forecast.line)


# --- what happened --------------------------------------------------------------------------------


def find_outcome(
    forecast: forecast_record.Forecast, observations: Sequence[observed.Observation], within_days: int
) -> tuple[Outcome | None, str, set[int]]:
    """What happened to a forecast (None: not known), why it is not known, and the lines it is read from."""
    if forecast.measure == MILESTONE:
        return None, "a milestone is no figure that observed.csv has a measure for", set()
    if math.isnan(forecast.chance) and math.isnan(forecast.value_q50):
        return None, "it states neither a chance nor a value", set()
    if forecast.data_date >= forecast.deadline:
        return None, "its data are of the deadline or later: nothing was forecast", set()
    about = [one for one in observations if is_about(forecast, one)]
    here = [one for one in about if one.scope == forecast.scope]
    if not here:
        return None, _why_none(forecast, observations, about), set()
    found = [_nearest(forecast, [one for one in here if one.interventions == names]) for names in _asked(forecast)]
    seen = [one for one in found if one is not None]
    if len(seen) < len(found):
        return None, "not every one of its interventions was observed", set()
    days_off = max(abs((one.date - forecast.deadline).days) for one in seen)
    if days_off > within_days:
        nearest = min((one.date for one in here), key=lambda day: abs((day - forecast.deadline).days))
        return None, f"observed on {nearest} at the nearest, {days_off} days from its deadline", set()
    return _outcome(forecast, seen, days_off), "", {one.line for one in seen}


def is_about(forecast: forecast_record.Forecast, seen: observed.Observation) -> bool:
    """Whether an observation is of what a forecast is about, whoever is counted and whenever."""
    return seen.interventions in _asked(forecast) and _is_measure(forecast, seen)


def _asked(forecast: forecast_record.Forecast) -> list[tuple[str, ...]]:
    """The sets of interventions to be observed: each by itself, or all together."""
    if forecast.together == "each":
        return [(name,) for name in forecast.interventions]
    return [forecast.interventions]


def _is_measure(forecast: forecast_record.Forecast, seen: observed.Observation) -> bool:
    wanted, measure = forecast.measure, seen.measure
    if wanted == CHANGE:
        return measure.kind == "rate" and seen.unit == CHANGE_UNIT
    if wanted == LEVEL:
        return measure.kind == "rate" and seen.unit != CHANGE_UNIT
    if wanted == ALL_ELEMENTS:
        return measure.kind == ALL_ELEMENTS
    if len(seen.interventions) > 1:
        return measure.kind in ("all_of", "at_least") and wanted == f"stage>={measure.stage}"
    return measure.kind == "at_least" and wanted == str(measure)


def _why_none(
    forecast: forecast_record.Forecast, observations: Sequence[observed.Observation], about: Sequence[object]
) -> str:
    """Why nothing observed is about a forecast."""
    if about:
        return f"nothing was observed for {forecast.scope}"
    named = [one for one in observations if set(one.interventions) & set(forecast.interventions)]
    if not named:
        return f"nothing was observed of {'+'.join(forecast.interventions)}"
    if forecast.measure == CHANGE:
        return f"a change needs the measure rate with the unit '{CHANGE_UNIT}'"
    seen = ", ".join(dict.fromkeys(str(one.measure) for one in named))
    together = " of all together" if len(forecast.interventions) > 1 and forecast.together == "all" else ""
    return f"its measure {forecast.measure}{together} was not observed (there is {seen})"


def _nearest(
    forecast: forecast_record.Forecast, seen: Sequence[observed.Observation]
) -> observed.Observation | None:  # fmt: skip
    """The observation nearest the deadline; of two as near, the later, then the one further down its file."""
    return min(
        seen, key=lambda one: (abs((one.date - forecast.deadline).days), one.date < forecast.deadline, -one.line),
        default=None,
    )  # fmt: skip


def _outcome(forecast: forecast_record.Forecast, seen: Sequence[observed.Observation], days_off: int) -> Outcome:
    """What was observed; of several interventions, the one furthest behind."""
    least = (max if wants_less(forecast) else min)(seen, key=lambda one: one.value)
    met = None if math.isnan(forecast.threshold) else all(_meets(forecast, one) for one in seen)
    return Outcome(least.value, met, least.denominator, days_off)


def _meets(forecast: forecast_record.Forecast, seen: observed.Observation) -> bool:
    """Whether a value meets a threshold, by whole sites where counts are known."""
    if wants_less(forecast):
        return seen.value <= forecast.threshold + ROUNDING
    if seen.has_counts and forecast.measure != ALL_ELEMENTS and seen.measure.is_share:
        return seen.numerator >= math.ceil(forecast.threshold * seen.denominator - ROUNDING)
    return seen.value >= forecast.threshold - ROUNDING


def wants_less(forecast: forecast_record.Forecast) -> bool:
    """Whether the aim is to come down: a negative change, or a level below the one at the start."""
    if forecast.measure == CHANGE:
        return forecast.threshold < 0.0
    return forecast.measure == LEVEL and forecast.threshold < forecast.value_now


# --- how good it was ------------------------------------------------------------------------------


def score_one(forecast: forecast_record.Forecast, outcome: Outcome) -> Scored:
    """Every score of one forecast."""
    happened = math.nan if outcome.met is None else float(outcome.met)
    quantiles = (forecast.value_q05, forecast.value_q50, forecast.value_q95)
    inside = None if any(map(math.isnan, quantiles)) else quantiles[0] <= outcome.value <= quantiles[2]
    return Scored(
        forecast,
        outcome,
        brier=float(scores.brier(forecast.chance, happened)),
        log_score=float(scores.log_score(forecast.chance, happened)),
        is_inside=inside,
        error=forecast.value_q50 - outcome.value,
        pinball=float(np.mean(scores.pinball(quantiles, LEVELS, outcome.value))),
        rivals={name: say(forecast, outcome) for name, say in SAYINGS.items()},
    )


def _evens(forecast: forecast_record.Forecast, outcome: Outcome) -> tuple[float, float]:
    return EVEN, math.nan


def _last_value(forecast: forecast_record.Forecast, outcome: Outcome) -> tuple[float, float]:
    return _chance_of(forecast, forecast.value_now), forecast.value_now


def _straight_line(forecast: forecast_record.Forecast, outcome: Outcome) -> tuple[float, float]:
    """As fast as lately: sites a month, among those observed, for shares of sites."""
    if not forecast.measure.startswith("stage"):
        return math.nan, math.nan
    value = forecast.value_now + forecast.recent_per_month * forecast.months_ahead / outcome.denominator
    value = min(max(value, 0.0), 1.0) if not math.isnan(value) else value
    return _chance_of(forecast, value), value


def _chance_of(forecast: forecast_record.Forecast, value: float) -> float:
    """Certain, one way or the other: whether a value would meet the threshold."""
    if math.isnan(value) or math.isnan(forecast.threshold):
        return math.nan
    less = wants_less(forecast)
    return float(value <= forecast.threshold + ROUNDING if less else value >= forecast.threshold - ROUNDING)


SAYINGS: Final[Mapping[str, Callable[[forecast_record.Forecast, Outcome], tuple[float, float]]]] = {
    EVENS: _evens, LAST: _last_value, LINE: _straight_line,
}  # fmt: skip


def summarise(scored: Sequence[Scored]) -> tuple[Summary, ...]:
    """The model over all its forecasts, then with each rival over those that both can be scored on."""
    if not scored:
        return ()
    found = [_summary(OURS, scored, [(one.forecast.chance, one.forecast.value_q50) for one in scored])]
    for name in RIVALS:
        both = [one for one in scored if not (math.isnan(one.rivals[name][0]) or math.isnan(one.brier))]
        if both:
            found.append(_summary(name, both, [one.rivals[name] for one in both]))
            if len(both) < len(scored):
                said = [(one.forecast.chance, one.forecast.value_q50) for one in both]
                found.append(_summary(f"{OURS}, where there is a {name}", both, said))
    return tuple(found)


def _summary(who: str, scored: Sequence[Scored], said: Sequence[tuple[float, float]]) -> Summary:
    chances, values = np.array([one[0] for one in said]), np.array([one[1] for one in said])
    happened = np.array([math.nan if one.outcome.met is None else float(one.outcome.met) for one in scored])
    off = np.abs(values - np.array([one.outcome.value for one in scored]))
    return Summary(
        who,
        len(scored),
        uncertainty.mean_known(scores.brier(chances, happened)),
        uncertainty.mean_known(scores.log_score(chances, happened)),
        uncertainty.mean_known(off),
    )


def bin_chances(scored: Sequence[Scored]) -> tuple[Bin, ...]:
    """How often forecasts of like chances came to pass; nothing where there are too few to tell."""
    known = [(one.forecast.chance, one.outcome.met) for one in scored
             if one.outcome.met is not None and not math.isnan(one.forecast.chance)]  # fmt: skip
    if len(known) < LEAST_FOR_BINS:
        return ()
    chances, met = np.array([chance for chance, _ in known]), np.array([float(flag) for _, flag in known])
    place = np.clip(np.searchsorted(BIN_EDGES, chances, side="right") - 1, 0, len(BIN_EDGES) - 2)
    return tuple(
        Bin(low, high, int(here.sum()), float(chances[here].mean()), float(met[here].mean()))
        for number, (low, high) in enumerate(itertools.pairwise(BIN_EDGES))
        if (here := place == number).any()
    )


def _row(one: Scored) -> dict[str, Any]:
    forecast, outcome = one.forecast, one.outcome
    return {
        **{name: getattr(forecast, name) for name in ("ambition", "deadline", "scope", "name", "key", "made_on",
                                                      "data_date", "chance", "threshold", "value_q05", "value_q50",
                                                      "value_q95", "value_now")},
        "observed": outcome.value,
        "met": outcome.met,
        "days_off": outcome.days_off,
        "brier": one.brier,
        "log_score": one.log_score,
        "inside": one.is_inside,
        "error": one.error,
        "pinball": one.pinball,
        "made_after": one.was_known,
        **{f"{name.replace(' ', '_')}_brier": float(scores.brier(one.rivals[name][0], float(outcome.met)))
           if outcome.met is not None else math.nan for name in RIVALS},
        **{f"{name.replace(' ', '_')}_error": one.rivals[name][1] - outcome.value for name in RIVALS[1:]},
    }  # fmt: skip

"""What became of hindcasts: scores beside every rival, pooled with intervals, and what they say in words.

The CRPS of a case is divided by that of the last-value forecast (of what the others did, where something was left
out), so that shares and rates can be pooled; below 1 a forecaster adds something.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.calibration import hindcast, panels, scores

Floats = NDArray[np.float64]

OURS: Final = hindcast.OURS
WORDS: Final[Mapping[str, str]] = {
    "last_value": "the last value",
    "linear": "a straight line",
    "log_linear": "a line of equal percentages",
    "logistic": "a logistic curve",
    "bass": "a Bass curve",
    hindcast.AS_OTHERS: "what the others did",
    panels.MARKOV: "chances from stage to stage",
    panels.HAZARD: "a hazard by time waited",
    panels.STAY: "every site staying as it stood",
}
FEWEST_SERIES: Final = 4
"""With fewer, cases rather than series are drawn again for the interval."""
FORECAST_COLUMNS: Final = (
    "series",
    "cut",
    "date",
    "who",
    "seen",
    "q025",
    "q10",
    "q25",
    "q50",
    "q75",
    "q90",
    "q975",
    "crps",
)
LEVELS: Final = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


class Scored(NamedTuple):
    """One forecaster on one case: mean CRPS, over the reference's, values held, and the chance of the deadline."""

    series: str
    cut: str
    who: str
    known: int
    ahead: int
    crps: float
    scaled: float
    held_50: float
    held_80: float
    held_95: float
    ambition: str
    chance: float
    met: float
    brier: float
    log_score: float
    how: str


class Against(NamedTuple):
    """Ours against one rival over all cases, or all sites: skill with its interval, and what it is an interval over."""

    rival: str
    of: str
    skill: scores.Skill
    units: str

    @property
    def words(self) -> str:
        """The verdict, in a sentence."""
        skill, rival = self.skill, WORDS[self.rival]
        if not skill.series:
            return f"Nothing could be set against {rival}."
        ahead = "a little ahead of" if skill.skill > 0.0 else "a little behind"
        if skill.series < FEWEST_SERIES:
            return f"The model was {ahead.removeprefix('a little ')} {rival} on {self._counted}, too few to tell more."
        told = f"skill {skill.skill:+.2f}, 95 % interval {skill.low:+.2f} to {skill.high:+.2f}; ahead on {self._share}"
        if not skill.is_clear:
            return f"The model was {ahead} {rival}, and the difference is not clear ({told})."
        if skill.skill > 0.0:
            return f"The model was better than {rival} ({told})."
        return f"{rival[0].upper()}{rival[1:]} was better on these data ({told})."

    @property
    def _counted(self) -> str:
        skill = self.skill
        return f"{self.units} ({skill.series} in all, skill {skill.skill:+.2f})"

    @property
    def _share(self) -> str:
        return f"{self.skill.better:.0%} of {self.skill.series} {self.units}"


class Verdict(NamedTuple):
    """All scores, ours against each rival, and how often intervals held, by forecaster: (50, 80, 95 %)."""

    scored: tuple[Scored, ...]
    against: tuple[Against, ...]
    held: Mapping[str, tuple[float, float, float]]
    mean_scaled: Mapping[str, float]
    sites: tuple[Mapping[str, Any], ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a case and forecaster."""
        return [one._asdict() for one in self.scored]


def judge(cases: Sequence[hindcast.Case], sites: Sequence[panels.SiteScores] = (), *, seed: int = 1) -> Verdict:
    """Score cases, and pool them."""
    scored = tuple(one for case in cases for one in score_case(case))
    simulated = [case for case in cases if OURS in case.ensembles]
    against = [*_against_all(simulated, seed), *_against_at_sites(sites, seed)]
    forecasters = dict.fromkeys(who for case in cases for who in case.ensembles)
    held = {who: _held(simulated or cases, who) for who in forecasters}
    mean = {
        who: _mean([one.scaled for one in scored if one.who == who and _is_among(one, simulated or cases)])
        for who in forecasters
    }
    return Verdict(scored, tuple(against), held, mean, tuple(_site_rows(sites)))


def _is_among(one: Scored, cases: Sequence[hindcast.Case]) -> bool:
    return any((case.series, str(case.cut or "")) == (one.series, one.cut) for case in cases)


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return float(np.mean(known)) if known else math.nan


def reference_of(case: hindcast.Case) -> str:
    """Whose CRPS a case is scaled by."""
    return hindcast.LAST_VALUE if hindcast.LAST_VALUE in case.ensembles else hindcast.AS_OTHERS


def score_case(case: hindcast.Case) -> list[Scored]:
    """Every forecaster of a case."""
    reference = float(scores.crps(case.ensembles[reference_of(case)], case.seen).mean())
    return [_scored(case, who, ensemble, reference) for who, ensemble in case.ensembles.items()]


def _scored(case: hindcast.Case, who: str, ensemble: Floats, reference: float) -> Scored:
    crps = float(scores.crps(ensemble, case.seen).mean())
    low, middle, high = scores.coverage(ensemble, case.seen)
    chance = met = brier = log = math.nan
    if case.deadline is not None:
        at = case.deadline.place
        chance = float(scores.bounded(case.deadline.met(ensemble[at]).mean()))
        met = float(case.deadline.met(case.seen[at : at + 1])[0])
        brier, log = float(scores.brier(chance, met)), float(scores.log_score(chance, met))
    ambition = case.deadline.ambition if case.deadline is not None else ""
    return Scored(
        case.series, str(case.cut or ""), who, case.known, len(case.dates), crps,
        crps / reference if reference > 0.0 else math.nan, low, middle, high, ambition, chance, met, brier, log,
        case.how if who == OURS else "",
    )  # fmt: skip


# --- ours against a rival ---------------------------------------------------------------------------


def _against_all(cases: Sequence[hindcast.Case], seed: int) -> list[Against]:
    names = dict.fromkeys(who for case in cases for who in case.ensembles if who != OURS)
    return [_against(cases, rival, seed) for rival in names]


def _against(cases: Sequence[hindcast.Case], rival: str, seed: int) -> Against:
    """Skill over series, of which each cut counts alike; over cases where there are few series, and that is said."""
    by_series = len({case.series for case in cases}) >= FEWEST_SERIES
    labels = [case.series if by_series else f"{case.series} {case.cut}" for case in cases]
    ours, theirs = (scores.by_series([_scaled(case, who) for case in cases], labels)[1] for who in (OURS, rival))
    units = "series" if by_series else "cuts of a series, which are not independent"
    return Against(rival, "crps", scores.skill(ours, theirs, np.random.default_rng(seed)), units)


def _scaled(case: hindcast.Case, who: str) -> float:
    """The mean CRPS of a forecaster over that of the reference; NaN where that was never wrong."""
    mean, reference = (float(scores.crps(case.ensembles[name], case.seen).mean()) for name in (who, reference_of(case)))
    return mean / reference if reference > 0.0 else math.nan


def _against_at_sites(sites: Sequence[panels.SiteScores], seed: int) -> list[Against]:
    found = []
    for of, rival in (
        ("ranked", panels.MARKOV), ("ranked", panels.STAY), ("brier", panels.MARKOV), ("brier", panels.HAZARD),
        ("brier", panels.STAY),
    ):  # fmt: skip
        ours, theirs = (
            np.concatenate([getattr(one, of) for one in sites if one.who == who] or [np.zeros(0)])
            for who in (OURS, rival)
        )
        if len(ours) and len(ours) == len(theirs):
            found.append(Against(rival, of, scores.skill(ours, theirs, np.random.default_rng(seed)), "sites"))
    return found


def _site_rows(sites: Sequence[panels.SiteScores]) -> list[dict[str, Any]]:
    return [
        {
            "intervention": one.intervention, "cut": one.cut.isoformat(), "who": one.who, "quarters": one.quarters,
            "sites": int((~np.isnan(one.brier)).sum()), "ranked": _mean(one.ranked.tolist()),
            "brier": _mean(one.brier.tolist()),
        }
        for one in sites
    ]  # fmt: skip


def _held(cases: Sequence[hindcast.Case], who: str) -> tuple[float, float, float]:
    """How often intervals held the value, over all dates of all cases."""
    there = [case for case in cases if who in case.ensembles]
    if not there:
        return (math.nan, math.nan, math.nan)
    low, middle, high = (
        float(np.concatenate([scores.covered(case.ensembles[who], case.seen, share) for case in there]).mean())
        for share in scores.INTERVALS
    )
    return low, middle, high


# --- to keep and to say -----------------------------------------------------------------------------


def as_document(verdict: Verdict) -> dict[str, Any]:
    """Everything but the ensembles, in plain values."""
    return {
        "scored": verdict.rows(),
        "sites": [dict(row) for row in verdict.sites],
        "against": [
            {"rival": one.rival, "of": one.of, "units": one.units, **one.skill._asdict()} for one in verdict.against
        ],
        "held": {who: list(shares) for who, shares in verdict.held.items()},
        "mean_scaled": dict(verdict.mean_scaled),
        "words": words(verdict),
    }


def words(verdict: Verdict) -> list[str]:
    """The verdict in sentences, also where a rival won, and where there was no forecast at all."""
    told = [one.words for one in verdict.against if one.of == "crps"]
    for of, what in (("ranked", "Of sites' stages: "), ("brier", "Of which sites have adopted: ")):
        told += [what + one.words[0].lower() + one.words[1:] for one in verdict.against if one.of == of]
    if OURS in verdict.held:
        low, middle, high = verdict.held[OURS]
        told.append(f"The model's 50, 80 and 95 % ranges held {low:.0%}, {middle:.0%} and {high:.0%} of what happened.")
    cases = dict.fromkeys((one.series, one.cut) for one in verdict.scored)
    ours = {(one.series, one.cut) for one in verdict.scored if one.who == OURS}
    silent = dict.fromkeys(series for series, cut in cases if (series, cut) not in ours)
    if silent:
        told.append(f"No run of the scenario shows {'; '.join(silent)}: rivals only, and no claim of ours.")
    return told


def forecast_rows(cases: Sequence[hindcast.Case]) -> list[dict[str, Any]]:
    """One row a date, case and forecaster: what was seen, and quantiles of what was forecast."""
    rows = []
    for case in cases:
        for who, ensemble in case.ensembles.items():
            quantiles = np.quantile(ensemble, LEVELS, axis=1)
            crps = scores.crps(ensemble, case.seen)
            for place, day in enumerate(case.dates):
                named = dict(zip(FORECAST_COLUMNS[5:12], quantiles[:, place].tolist(), strict=True))
                rows.append(
                    {"series": case.series, "cut": str(case.cut or ""), "date": day.isoformat(), "who": who,
                     "seen": float(case.seen[place]), **named, "crps": float(crps[place])}
                )  # fmt: skip
    return rows

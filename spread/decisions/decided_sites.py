"""Whom support decides: the fate of every site with and without something, on the same luck.

S sites, N runs, K draws, R replicates.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.decisions import trials
from spread.outcomes import collect, naming, uncertainty
from spread.runs import answers, replicate, sample
from spread.scenarios import schema

LIKELY, DECIDES, UNLIKELY = GROUPS = ("likely anyway", "support decides", "unlikely either way")
LIKELY_CHANCE: Final = 2 / 3
UNLIKELY_CHANCE: Final = 1 / 3
EVEN_CHANCE: Final = 0.5
LEAST_GAIN: Final = 0.1
ERROR: Final = 0.05
RULE: Final = (
    "Likely anyway: a chance of two in three or more without it. Unlikely either way: less than one in three with it. "
    f"Support decides: between these, and it adds {100 * LEAST_GAIN:g} points or more; where it adds less, whichever "
    "of the other two is nearer"
)


class SiteRuns(NamedTuple):
    """Which sites were there in which run: `there` has shape (S, K, R); `draw` shape (K,)."""

    site: tuple[str, ...]
    psc: tuple[str, ...]
    draw: NDArray[np.int64]
    there: NDArray[np.bool_]


class PlanRuns(NamedTuple):
    """The runs of one plan: what an ambition came to, which sites were there, and how many runs failed."""

    outcome: trials.Outcome
    sites: SiteRuns
    failures: int


class Fate(NamedTuple):
    """One site: its chance without and with something, what that adds, and to which group it belongs.

    `is_sure`: whether the group is the same anywhere in the 95 % intervals of the chance without and of the gain.
    """

    site: str
    psc: str
    chance_without: float
    chance_with: float
    gain: float
    low: float
    high: float
    group: str
    is_sure: bool


def run_plan(
    plan: schema.Scenario,
    question: trials.Question,
    *,
    draws: int,
    replicates: int,
    seed: int,
    hands: sample.Hands,
    report: trials.Report,
) -> PlanRuns:
    """Run a plan and see the fate of every site; the luck of a draw is that of every other plan.

    Raises
    ------
    InputError
        For mistakes in its data files, or when nobody counts for the ambition.
    """
    job = answers.prepare(plan, seed=seed, replicates=replicates)
    keeper = sample.InMemory()
    sample.gather(job, draws, keeper, hands, lambda done, total, _note: report(plan.name, done, total))
    outcome = trials.outcome_of(job, keeper, question)
    return PlanRuns(outcome, site_runs(job, keeper, question), len(answers.failures_of(keeper.chunks)))


def site_runs(job: replicate.Job, keeper: sample.Keeper, question: trials.Question) -> SiteRuns:
    """Which sites were at an ambition's stage at its deadline; a site that several improvements are for, in all."""
    plan, marks = job.plan, _marks(job, question)
    runs = collect.Collected(plan, job.replicates, keeper.chunks)
    places = np.unique(marks // 8)
    packed = runs.gather("met", places)
    bits = packed[:, np.searchsorted(places, marks // 8)] >> (marks % 8).astype(np.uint8)
    sites, site = np.unique(plan.rows.site[plan.marks.row[marks]], return_inverse=True)
    there = np.ones((len(sites), runs.run_count), dtype=bool)
    np.logical_and.at(there, site, (bits & 1).astype(bool).T)
    return SiteRuns(
        site=tuple(plan.site_codes[number] for number in sites),
        psc=tuple(plan.site_psc[number] for number in sites),
        draw=np.flatnonzero(runs.complete),
        there=there.reshape(len(sites), -1, job.replicates),
    )


def _marks(job: replicate.Job, question: trials.Question) -> NDArray[np.int64]:
    """The marks of an ambition at its deadline, of its set taken together or of each of its improvements."""
    plan, ambition = job.plan, job.world.scenario.ambitions[question.ambition]
    named = ambition.interventions
    is_whole = naming.is_set(ambition) and ambition.organisation_share is None
    labels = [plan.labels.index(name) for name in ((naming.set_label(named),) if is_whole else named)]
    day = plan.dates.index(question.deadline or ambition.deadline)
    return np.flatnonzero(np.isin(plan.rows.label[plan.marks.row], labels) & (plan.marks.date == day))


def compare_fates(without: SiteRuns, with_it: SiteRuns) -> list[Fate]:
    """What something adds to the chance of every site, run by run on the same luck; most first."""
    shared = np.intersect1d(without.draw, with_it.draw)
    one = without.there[:, np.isin(without.draw, shared)].astype(np.float64)
    other = with_it.there[:, np.isin(with_it.draw, shared)].astype(np.float64)
    found = [
        _fate(site, psc, before, after)
        for site, psc, before, after in zip(without.site, without.psc, one, other, strict=True)
    ]
    return sorted(found, key=lambda fate: (-fate.gain, fate.site))


def _fate(site: str, psc: str, before: NDArray[np.float64], after: NDArray[np.float64]) -> Fate:
    added = uncertainty.paired_difference(before, after, of_flags=True)
    chance, chance_with = float(before.mean()), float(after.mean())
    ends = uncertainty.chance_interval(before > 0.0, ERROR)
    corners = {group_of(without, gain) for without in ends for gain in (added.low, added.high)}
    group = group_of(chance, added.mean)
    return Fate(site, psc, chance, chance_with, *added, group, corners == {group})


def group_of(chance_without: float, gain: float) -> str:
    """The group of a site that has this chance without something, and so much more with it."""
    if chance_without >= LIKELY_CHANCE:
        return LIKELY
    if chance_without + gain < UNLIKELY_CHANCE:
        return UNLIKELY
    if gain >= LEAST_GAIN:
        return DECIDES
    return LIKELY if chance_without >= EVEN_CHANCE else UNLIKELY


def count_groups(fates: Iterable[Fate]) -> dict[str, dict[str, int]]:
    """How many sites of each collaborative are in each group."""
    found: dict[str, Counter[str]] = {}
    for fate in fates:
        found.setdefault(fate.psc, Counter())[fate.group] += 1
    return {place: {group: counted[group] for group in GROUPS} for place, counted in sorted(found.items())}

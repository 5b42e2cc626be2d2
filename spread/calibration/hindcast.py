"""How good the forecasts would have been: at each cut, fit to what was known by then, forecast the rest, and keep both.

Every forecaster is asked the same: the model (`forecasts_at`) and the simple rivals that learn from the series alone
(`rivals`, `panels`). `verdicts` scores what is kept here. With something left out of the fit, a collaborative or an
intervention, that alone is forecast; its rival is what the others did. M members, T dates ahead.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors
from spread.calibration import evidence, forecasts_at, observed, panels, posterior, rivals, series, targets, weighing
from spread.runs import answers

if TYPE_CHECKING:
    from spread.scenarios import schema

Floats = NDArray[np.float64]

OURS: Final = panels.OURS
LAST_VALUE, AS_OTHERS = "last_value", "as_others"
PSC, INTERVENTION = "psc", "intervention"
NEAR_DEADLINE_DAYS: Final = 45
"""A figure so near a deadline counts as of it."""
NOT_SIMULATED: Final = "not simulated"


class LeftOut(NamedTuple):
    """What a fit does not see: ``psc`` or ``intervention``, and which."""

    kind: str
    name: str

    def holds(self, row: observed.Observation) -> bool:
        """Whether a row is about it."""
        if self.kind == PSC:
            return (row.group_kind, row.group) == (PSC, self.name)
        return self.name in row.interventions

    def tells(self, row: observed.Observation) -> bool:
        """Whether a row says something of it: the whole nation has every collaborative in it."""
        return self.holds(row) or (self.kind == PSC and row.group_kind not in (PSC, "site", "organisation"))


class Asked(NamedTuple):
    """What to look back at: a scenario, what was observed, the cuts, what is left out, and stages by site if any."""

    scenario: "schema.Scenario"
    rows: tuple[observed.Observation, ...]
    cuts: tuple[date, ...] = ()
    left_out: LeftOut | None = None
    self_reported: bool = False
    free: tuple[str, ...] = ()
    stages: Path | None = None
    told: panels.Told | None = None


class Deadline(NamedTuple):
    """An ambition about a series: the place of its deadline among the dates ahead, and the value to be reached."""

    ambition: str
    place: int
    threshold: float
    falls: bool

    def met(self, values: Floats) -> Floats:
        """Whether values reach it."""
        reached = values <= self.threshold if self.falls else values >= self.threshold
        return reached.astype(np.float64)


class Case(NamedTuple):
    """One series from one cut: `known` points up to it, what was `seen` after it, and ensembles, (T, M), by forecaster.

    `how` says how the model set out, or why it has no forecast. `has_walk` is how likely its left-overs wander.
    """

    series: str
    cut: date | None
    known: int
    dates: tuple[date, ...]
    seen: Floats
    is_share: bool
    ensembles: Mapping[str, Floats]
    how: str
    has_walk: float
    deadline: Deadline | None


class Hindcast(NamedTuple):
    """All cases, scores of sites, and what could not be done."""

    cases: tuple[Case, ...]
    sites: tuple[panels.SiteScores, ...]
    notes: tuple[str, ...]


def read_asked(
    scenario: "schema.Scenario",
    files: Sequence[str],
    *,
    cuts: Sequence[date],
    left_out: LeftOut | None,
    free: Sequence[str],
) -> Asked:
    """What is asked, from files of observations.

    Raises
    ------
    InputError
        With every mistake of the files, of cuts that leave nothing to learn from or to forecast, of what is left out.
    """
    read = evidence.read_all(files, scenario)
    told, stages = evidence.stages_of(files, scenario)
    asked = Asked(
        scenario, read.rows, tuple(sorted(set(cuts))), left_out, read.self_reported, tuple(free), stages, told
    )  # fmt: skip
    check(asked)
    return asked


def check(asked: Asked) -> None:
    """Stop where there is nothing to learn from, or nothing to forecast.

    Raises
    ------
    InputError
        With every fault.
    """
    days = evidence.all_days(asked.rows)
    faults = []
    if not asked.cuts and asked.left_out is None:
        faults.append(errors.Fault("give at least one: up to when is known", "--cut"))
    for cut in asked.cuts:
        if not days[0] <= cut < days[-1]:
            what = "learn from" if cut < days[0] else "forecast"
            message = f"leaves nothing to {what}; the data are of {days[0]} to {days[-1]}"
            faults.append(errors.Fault(message, f"--cut {cut}"))
        elif not asked.scenario.start <= cut < asked.scenario.end:
            message = f"is outside the run, {asked.scenario.start} to {asked.scenario.end}"
            faults.append(errors.Fault(message, f"--cut {cut}"))
    if asked.left_out is not None:
        faults += _faults_of(asked.left_out, asked.rows)
    if faults:
        raise errors.InputError(faults)


def _faults_of(left_out: LeftOut, rows: Sequence[observed.Observation]) -> list[errors.Fault]:
    place = f"--leave-out {left_out.kind}:{left_out.name}"
    there = dict.fromkeys(row.group for row in rows if row.group_kind == PSC)
    if left_out.kind == INTERVENTION:
        there = dict.fromkeys(name for row in rows for name in row.interventions)
    if left_out.name not in there:
        hint = errors.did_you_mean(left_out.name, tuple(there)) or f"; there are {', '.join(there) or 'none'}"
        return [errors.Fault(f"nothing was observed of it{hint}", place)]
    if all(left_out.tells(row) for row in rows):
        return [errors.Fault("nothing else was observed, so there is nothing to learn from", place)]
    return []


# --- all cuts ---------------------------------------------------------------------------------------


def hindcast(asked: Asked, work: forecasts_at.Work, *, restart: bool = True) -> Hindcast:
    """Forecast from every cut, and keep what was forecast beside what happened.

    Parameters
    ----------
    restart
        Whether sites that are counted set out from the state at the cut.

    Raises
    ------
    InputError
        When nothing can be forecast from any cut.
    """
    cases: list[Case] = []
    sites: list[panels.SiteScores] = []
    notes: dict[str, None] = {}
    pools: dict[str, weighing.Pool] = {}
    for cut in asked.cuts or (None,):
        mine = work._replace(folder=work.folder and work.folder / (cut.isoformat() if cut else "all"))
        found, scored, told = _from_cut(asked, cut, mine, pools, restart=restart)
        cases += found
        sites += scored
        notes.update(dict.fromkeys(told))
    if not cases:
        raise errors.InputError([errors.Fault(note) for note in notes] or "nothing can be forecast")
    return Hindcast(tuple(cases), tuple(sites), tuple(notes))


def _from_cut(
    asked: Asked, cut: date | None, work: forecasts_at.Work, pools: dict[str, weighing.Pool], *, restart: bool
) -> tuple[list[Case], list[panels.SiteScores], list[str]]:
    chosen, notes = _series_at(asked, cut)
    if not chosen:
        return [], [], notes
    standing = _standing(asked, cut)
    placed, why = _placeable(asked, standing.rows)
    ahead: Mapping[str, forecasts_at.Ahead] = {}
    sites: list[panels.SiteScores] = []
    if placed:
        some = _with_siblings(asked, chosen)
        found, paths = _fitted(standing, some, work, pools)
        ahead = forecasts_at.ahead(standing, some, found, paths, work, restart=restart)
        sites = _scored_sites(asked, standing, found, work)
    cases = [_case(asked, one, cut, ahead.get(one.name), why, work) for one in chosen]
    return cases, sites, notes


def _fitted(
    standing: forecasts_at.Standing,
    some: Sequence[series.Series],
    work: forecasts_at.Work,
    pools: dict[str, weighing.Pool],
) -> tuple[posterior.Posterior, forecasts_at.Paths]:
    """What the parameters may be, and a run of each; runs from the prior are kept in `pools` for the next cut."""
    if standing.stages is None and all(row.group_kind == observed.NATIONAL for one in some for row in one.rows):
        key = " / ".join(one.name for one in some)
        if key not in pools:
            pools[key] = weighing.first_pool(standing, some, work)
        weighed = weighing.weigh(standing, some, pools[key], work)
        return weighed.found, weighed.paths
    found = forecasts_at.fitted(standing, work)
    every = [row for one in some for row in one.rows]
    return found, forecasts_at.simulated(standing.scenario, every, found, work, self_reported=standing.self_reported)


def _standing(asked: Asked, cut: date | None) -> forecasts_at.Standing:
    known = tuple(
        row for row in asked.rows
        if (cut is None or row.date <= cut) and not (asked.left_out and asked.left_out.tells(row))
    )  # fmt: skip
    stages = asked.stages if asked.left_out is None else None
    return forecasts_at.Standing(asked.scenario, known, cut, asked.self_reported, asked.free, stages)


def _series_at(asked: Asked, cut: date | None) -> tuple[list[series.Series], list[str]]:
    """The series that can be forecast from a cut, and what is to be said of the others."""
    found, notes = [], []
    for one in _every_series(asked):
        if asked.left_out is not None and not asked.left_out.holds(one.rows[0]):
            continue
        known = [row for row in one.rows if cut is None or row.date <= cut]
        if cut is not None and len(known) == len(one.rows):
            notes.append(f"{one.name}: nothing was seen after {cut}")
        elif asked.left_out is None and len(known) < rivals.FEWEST_POINTS:
            notes.append(f"{one.name}: fewer than {rivals.FEWEST_POINTS} points by {cut}, too few to forecast from")
        else:
            found.append(one)
    return found, notes


def _every_series(asked: Asked) -> tuple[series.Series, ...]:
    """The series worth scoring: of stages by site only the stages that ambitions are about."""
    stages = {ambition.stage for ambition in asked.scenario.ambitions.values()} or {observed.ADOPTED}
    return tuple(
        one for one in series.split(asked.rows)
        if not asked.told or one.rows[0].measure.kind != "at_least" or one.rows[0].measure.stage in stages
    )  # fmt: skip


def _with_siblings(asked: Asked, chosen: Sequence[series.Series]) -> list[series.Series]:
    """Those to be forecast and, where something is left out, those it may borrow from."""
    if asked.left_out is None:
        return list(chosen)
    names = {one.name for one in chosen}
    others = [one for one in _every_series(asked) if one.name not in names and not asked.left_out.tells(one.rows[0])]
    return [*chosen, *others]


def _placeable(asked: Asked, rows: Sequence[observed.Observation]) -> tuple[bool, str]:
    """Whether a run shows enough of what was known for a fit, and if not why."""
    if not rows:
        return False, "nothing was known to fit to"
    job = answers.prepare(targets.observing(asked.scenario, rows, None), seed=0, replicates=1)
    placed = targets.place_rows([row for row in rows if row.date <= asked.scenario.end], job.plan)
    if len(placed.targets) >= rivals.FEWEST_POINTS:
        return True, "no place in a run"
    reasons = dict.fromkeys(reason for _, reason in placed.left_out)
    return False, "; ".join(reasons) or f"{len(placed.targets)} point, too few to fit to"


def _scored_sites(
    asked: Asked, standing: forecasts_at.Standing, found: posterior.Posterior, work: forecasts_at.Work
) -> list[panels.SiteScores]:
    if standing.stages is None or standing.cut is None or not asked.told:
        return []
    stage_of = {
        name: ambition.stage for ambition in asked.scenario.ambitions.values() for name in ambition.interventions
    }
    return [
        scored
        for panel in panels.panels(asked.told)
        for scored in panels.score_panel(
            panel, standing, found, work, stage=stage_of.get(panel.intervention, observed.ADOPTED)
        )
    ]


# --- one series from one cut ------------------------------------------------------------------------


def _case(
    asked: Asked,
    one: series.Series,
    cut: date | None,
    ours: forecasts_at.Ahead | None,
    why: str,
    work: forecasts_at.Work,
) -> Case:
    known = 0 if asked.left_out is not None else sum(cut is not None and row.date <= cut for row in one.rows)
    later = [row for row in one.rows if (cut is None or row.date > cut) and row.date <= asked.scenario.end]
    days, seen = tuple(row.date for row in later), np.array([row.value for row in later])
    if asked.left_out is None:
        ensembles = rival_ensembles(one, known, days, str(cut), work)
    else:
        ensembles = {AS_OTHERS: _as_others(asked, one, cut, days, work)}
    if ours is not None:
        ensembles = {OURS: ours.ensemble, **ensembles}
    how = ours.how if ours is not None else f"{NOT_SIMULATED}: {why}"
    walk = ours.has_walk if ours is not None else np.nan
    deadline = deadline_of(asked.scenario, one, days)
    return Case(one.name, cut, known, days, seen, one.is_share, ensembles, how, walk, deadline)


def rival_ensembles(
    one: series.Series, known: int, days: Sequence[date], cut: str, work: forecasts_at.Work
) -> dict[str, Floats]:
    """What every rival forecasts of a series from its first `known` points, (T, M) each."""
    past = one.past(known)
    return {
        name: rivals.forecast(
            name, past, days, members=work.sets, generator=forecasts_at.luck(work.seed, one.name, cut, name)
        ).ensemble.T
        for name in rivals.RIVALS
    }


def _as_others(
    asked: Asked, one: series.Series, cut: date | None, days: Sequence[date], work: forecasts_at.Work
) -> Floats:
    """What any of the other groups, or interventions, had at those dates or, after the cut, last: shape (T, M)."""
    row = one.rows[0]
    paths = []
    for other in _every_series(asked):
        alike = other.rows[0].measure == row.measure and other.rows[0].group_kind == row.group_kind
        if not alike or (asked.left_out is not None and asked.left_out.tells(other.rows[0])):
            continue
        known = [(told.date, told.value) for told in other.rows if cut is None or told.date <= cut]
        if known:
            paths.append([_last_by(known, day) for day in days])
    if not paths:
        return np.tile(np.array([[0.0], [1.0]])[:, 0], (len(days), 1))
    generator = forecasts_at.luck(work.seed, one.name, str(cut), AS_OTHERS)
    return np.array(paths)[generator.integers(len(paths), size=work.sets)].T


def _last_by(known: Sequence[tuple[date, float]], day: date) -> float:
    """The latest value by a day; the first one where there was none yet."""
    return max((told for told in known if told[0] <= day), default=known[0])[1]


def deadline_of(scenario: "schema.Scenario", one: series.Series, days: Sequence[date]) -> Deadline | None:
    """The ambition about a series whose deadline is among the dates ahead; None where there is none."""
    for name, ambition in scenario.ambitions.items():
        threshold = ambition.threshold
        near = [place for place, day in enumerate(days) if abs((day - ambition.deadline).days) <= NEAR_DEADLINE_DAYS]
        if threshold is None or not near or not _is_about(ambition, one.rows[0]):
            continue
        place = min(near, key=lambda number: abs((days[number] - ambition.deadline).days))
        if ambition.measure == "change":
            wanted = (ambition.baseline or np.nan) * (1.0 + threshold)
            return Deadline(name, place, wanted, threshold < 0.0)
        falls = ambition.measure == "level" and ambition.baseline is not None and threshold < ambition.baseline
        return Deadline(name, place, threshold, falls)
    return None


def _is_about(ambition: "schema.Ambition", row: observed.Observation) -> bool:
    if row.group_kind != observed.NATIONAL or ambition.organisation_share is not None:
        return False
    asked = tuple(sorted(ambition.interventions))
    named = row.interventions == asked if ambition.together == "all" else set(row.interventions) <= set(asked)
    kinds = {
        "sites": ("at_least", "all_of"),
        "patients": ("all_elements", "element"),
        "level": ("rate",),
        "change": ("rate",),
    }
    is_stage = ambition.measure != "sites" or row.measure.stage == ambition.stage
    return named and is_stage and row.measure.kind in kinds.get(ambition.measure, ())

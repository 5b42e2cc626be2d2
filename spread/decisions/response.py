"""The response curve: the chance of an ambition at one setting of a lever after another, on the same luck.

The interval of the setting at which the curve comes to a wanted chance c is found by inverting the test behind
Wilson's interval: it holds every setting whose own interval holds c. Wilson's interval of a share p seen in n runs
holds c when p is within ``z sqrt(c (1 - c) / n)`` of it, so the ends are where the curve comes to c less and c plus
that margin. n is the number of independent runs that all runs are worth (`uncertainty.effective_runs`: draws are the
sampling unit).
"""

import math
import time
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from spread.decisions import levels, paths, trials
from spread.outcomes import uncertainty
from spread.runs import answers, replicate, sample
from spread.scenarios import variants

USUAL_ERROR: Final = 0.05
DECIDED_ERROR: Final = 0.01
"""A wanted chance outside the interval that misses so rarely is decided, and no more runs are spent there."""


class Seen(NamedTuple):
    """Consecutive draws whose outcome is known and whose tables are gone."""

    first_draw: int
    draws: int


class Gathering(sample.InMemory):
    """Takes in the chunks of draws that were not seen before."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self.seen = seen

    @property
    def chunks(self) -> list[Any]:
        """What was seen, and what came in."""
        return [self.seen, *super().chunks]

    def arrived(self) -> sample.InMemory:
        """What came in, alone."""
        alone = sample.InMemory()
        for chunk in super().chunks:
            alone.keep(chunk)
        return alone


class LeanTrials(trials.Trials):
    """Trials that keep the outcome of their runs and let go of the tables, which are large.

    Progress is told over all of them, of `expected_runs` or as many as it takes.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._ready: dict[trials.Settings, replicate.Job] = {}
        self._seen: dict[trials.Settings, tuple[Seen, trials.Outcome]] = {}
        self._paths: dict[trials.Settings, paths.Paths] = {}
        self.expected_runs = 0

    def prepared(self, settings: Sequence[variants.Setting]) -> replicate.Job:
        """The job of a trial.

        Raises
        ------
        InputError
            When a value is no good for its lever.
        """
        chosen = tuple(settings)
        if chosen not in self._ready:
            self._ready[chosen] = answers.prepare(self.varied(chosen), seed=self.seed, replicates=self.replicates)
        return self._ready[chosen]

    def run(self, settings: Sequence[variants.Setting], draws: int) -> trials.Outcome:
        """The outcome of the first `draws` draws with levers set so; see `Trials.run`."""
        chosen = tuple(settings)
        seen, before = self._seen.get(chosen, (Seen(0, 0), None))
        if before is None or draws > seen.draws:
            found = self._later(chosen, seen, draws)
            before = found if before is None else _joined(before, found)
            self._seen[chosen] = (Seen(0, draws), before)
        return before.first(draws)

    def path_of(self, settings: Sequence[variants.Setting]) -> paths.Paths:
        """Where the ambition stood at every report date, in all draws run so far with levers set so."""
        return self._paths[tuple(settings)]

    def _later(self, settings: trials.Settings, seen: Seen, draws: int) -> trials.Outcome:
        """The outcome of the draws from those seen on."""
        job, keeper = self.prepared(settings), Gathering(seen)
        title = ", ".join(str(setting) for setting in settings)

        before = self.runs_made - seen.draws * self.replicates

        def told(done: int, total: int, _note: str) -> None:
            self.report(title, before + done, max(self.expected_runs, before + total))

        began = time.perf_counter()
        sample.gather(job, draws, keeper, self.hands, told)
        self.simulating_seconds += time.perf_counter() - began
        self.runs_made += (draws - seen.draws) * self.replicates
        arrived = keeper.arrived()
        self.failures += len(answers.failures_of(arrived.chunks))
        found = trials.outcome_of(job, arrived, self.question)
        self._keep_paths(settings, paths.paths_of(job, arrived, self.question), seen)
        return found._replace(draw=found.draw + seen.draws)

    def _keep_paths(self, settings: trials.Settings, found: paths.Paths, seen: Seen) -> None:
        later = found._replace(draw=found.draw + seen.draws)
        before = self._paths.get(settings)
        self._paths[settings] = later if before is None else paths.joined(before, later)


def _joined(one: trials.Outcome, later: trials.Outcome) -> trials.Outcome:
    return trials.Outcome(*(np.concatenate(pair) for pair in zip(one, later, strict=True)))


class Point(NamedTuple):
    """The chance at one setting, with its interval; `margin` is the half-width of the test at the wanted chance.

    `margin` is what it would be with all draws, `is_full` says whether there are as many. `path` leads there; `curve`
    is what is told of it.
    """

    effort: float
    draws: int
    runs: int
    chance: float
    low: float
    high: float
    margin: float
    is_decided: bool
    is_full: bool
    outcome: trials.Outcome
    path: "paths.Paths | None" = None
    curve: "paths.Curve | None" = None


class Response:
    """The response of a chance to one lever, others held: points are added where they are needed.

    Parameters
    ----------
    tried
        Where runs come from.
    scale
        The lever.
    wanted
        The chance that is wanted.
    draws
        The most draws at a point.
    held
        Other levers, set for all points.
    """

    def __init__(
        self,
        tried: LeanTrials,
        scale: levels.Scale,
        *,
        wanted: float,
        draws: int,
        held: Sequence[variants.Setting] = (),
    ) -> None:
        self.tried, self.scale, self.wanted, self.draws, self.held = tried, scale, wanted, draws, tuple(held)
        self._points: dict[float, Point] = {}

    @property
    def points(self) -> list[Point]:
        """What has been seen, from the least effort to the most."""
        return [self._points[effort] for effort in sorted(self._points)]

    def look(self, effort: float, draws: int) -> Point:
        """See the chance at a setting with so many draws, all there may be at most."""
        count = min(draws, self.draws)
        if effort not in self._points or self._points[effort].draws < count:
            settings = (*self.held, self.scale.setting(effort))
            outcome = self.tried.run(settings, count)
            point = read_point(effort, outcome, wanted=self.wanted, draws=count, most=self.draws)
            self._points[effort] = point._replace(path=self.tried.path_of(settings))
        return self._points[effort]

    def survey(self, efforts: Iterable[float], draws: int) -> None:
        """See the chance at several settings."""
        for effort in efforts:
            self.look(effort, draws)

    def decide(self) -> None:
        """Double the draws of every point until it is decided on which side of the wanted chance it lies."""
        for effort in sorted(self._points):
            while not (self._points[effort].is_decided or self._points[effort].is_full):
                self.look(effort, 2 * self._points[effort].draws)


def read_point(effort: float, outcome: trials.Outcome, *, wanted: float, draws: int, most: int) -> Point:
    """The chance that an outcome shows.

    Parameters
    ----------
    draws, most
        Draws asked for here, and at the most.
    """
    met = outcome.met.astype(bool)
    chance = float(met.mean()) if met.size else math.nan
    low, high = uncertainty.chance_interval(met, USUAL_ERROR)
    sure_low, sure_high = uncertainty.chance_interval(met, DECIDED_ERROR)
    worth = uncertainty.effective_runs(met)[0] * most / draws if met.size else math.nan
    margin = uncertainty.NORMAL_975 * math.sqrt(wanted * (1.0 - wanted) / worth) if worth > 0 else math.nan
    decided = not sure_low <= wanted <= sure_high
    return Point(effort, draws, outcome.runs, chance, low, high, margin, decided, draws >= most, outcome)


def shared(points: Sequence[Point]) -> list[Point]:
    """The points as they are told: those with few draws borrow what the nearest with all draws knows.

    On matched luck the difference between two settings is known far better than either: the chance here is the chance
    there, by all draws, and the mean difference in the draws that both have. The two errors add up as squares.
    """
    full = [point for point in points if point.is_full]
    if not full:
        return [_drawn(point, point) for point in points]
    nearest = [min(full, key=lambda one: abs(one.effort - point.effort)) for point in points]
    return [
        _drawn(point if point.is_full else _lent(point, near), near)
        for point, near in zip(points, nearest, strict=True)
    ]


def _drawn(point: Point, full: Point) -> Point:
    """A point with its curve, which borrows from another one where there are few draws."""
    if point.path is None or full.path is None:
        return point
    return point._replace(curve=paths.told(point.path) if point.is_full else paths.lent(point.path, full.path))


def _lent(point: Point, full: Point) -> Point:
    here, there = trials.together(point.outcome, full.outcome)
    if not len(here.draw):
        return point
    found = uncertainty.paired_difference(there.met, here.met, of_flags=True)
    chance = min(max(full.chance + found.mean, 0.0), 1.0)
    worth = uncertainty.effective_runs(full.outcome.met.astype(bool))[0]
    low, high = uncertainty.wilson_interval(chance, worth)
    missing = math.sqrt(max(1.0 - len(here.draw) / len(full.outcome.draw), 0.0))
    down, up = (missing * abs(found.mean - end) for end in (found.low, found.high))
    ends = chance - math.hypot(chance - low, down), chance + math.hypot(high - chance, up)
    return point._replace(chance=chance, low=max(ends[0], 0.0), high=min(ends[1], 1.0))


class Bracket(NamedTuple):
    """Neighbouring points between which a curve comes to what is wanted, and stays; either may be the edge (None)."""

    below: Point | None
    above: Point | None


def last_rise(points: Sequence[Point], shift: float, wanted: float) -> Bracket:
    """Where the chance, plus `shift` margins, last comes up to what is wanted: all points beyond are at least there.

    `above` is None where even the dearest point falls short, `below` where the cheapest one is there already.
    """
    short = [number for number, point in enumerate(points) if point.chance + shift * point.margin < wanted]
    if not short:
        return Bracket(None, points[0])
    last = short[-1]
    return Bracket(points[last], points[last + 1] if last + 1 < len(points) else None)


def crossing(bracket: Bracket, shift: float, wanted: float, scale: levels.Scale) -> float | None:
    """The effort at which the curve comes to what is wanted, on a straight line between two points.

    None where it does not within the range; where the cheapest setting is there already, that one.
    """
    below, above = bracket
    if above is None:
        return None
    if below is None or scale.kind == levels.WORD:
        return above.effort
    first, second = (point.chance + shift * point.margin for point in (below, above))
    share = (wanted - first) / (second - first)
    return scale.settled(below.effort + share * (above.effort - below.effort))

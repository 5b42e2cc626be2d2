"""What a fitted scenario forecasts from a cut: every later figure, from where things stood.

Sites that are counted, or whose stages are known, set out from that very state (`[start_from]` at the cut). Shares of
patients, levels and rates have no state to set out from: the fitted runs are carried on from what was last seen, by
what they leave over of the series (`discrepancy`). Either way the forecast holds what is not known of the parameters,
the chance of a run, the error of reports, and how the left-overs wander.

M runs, D observed numbers, T dates ahead.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import cells, errors
from spread.calibration import discrepancy, efforts, fit, posterior, rivals, simulator, targets
from spread.calibration import series as all_series
from spread.runs import answers, replicate, sample
from spread.scenarios import schema

if TYPE_CHECKING:
    from spread.calibration import observed

Floats = NDArray[np.float64]

DAYS_PER_YEAR: Final = 365.25
STARTED, CARRIED, FROM_OTHERS = "restarted", "carried on", "from others"
"""How a forecast set out: from the state at the cut, from the last figure, or (left out) from other series."""
COLUMNS: Final = ("date", "intervention", "measure", "group_kind", "group", "value")


class Work(NamedTuple):
    """How much to simulate, whose luck, who does it, and where batches of a fit are kept."""

    seed: int = 1
    effort: efforts.Effort = efforts.Effort()
    sets: int = 500
    hands: sample.Hands = sample.Hands()
    folder: Path | None = None
    report: Callable[[int, int, str], None] = lambda done, total, note: None


class Standing(NamedTuple):
    """What was known at a cut (None: all): the rows to fit to, and the file that gives stages by site."""

    scenario: schema.Scenario
    rows: "tuple[observed.Observation, ...]"
    cut: date | None
    self_reported: bool = False
    free: tuple[str, ...] = ()
    stages: Path | None = None


class Ahead(NamedTuple):
    """The forecast of one series: shape (T, M) for its dates after the cut, and how it set out."""

    ensemble: Floats
    how: str
    has_walk: float


class Paths(NamedTuple):
    """Simulated figures, shape (M, D), and the targets they are of; NaN where a run failed."""

    placed: targets.Targets
    values: Floats

    def columns(self, rows: "Sequence[observed.Observation]") -> list[int]:
        """Where some rows stand among the targets."""
        place = {id(target.row): column for column, target in enumerate(self.placed.targets)}
        return [place[id(row)] for row in rows]

    def has(self, row: "observed.Observation") -> bool:
        """Whether a row is simulated."""
        return any(target.row is row for target in self.placed.targets)

    def kind(self, row: "observed.Observation") -> str:
        """What kind of figure a row is (`targets.Target`)."""
        return next(target.kind for target in self.placed.targets if target.row is row)


def fitted(standing: Standing, work: Work) -> posterior.Posterior:
    """The scenario fitted to what was known.

    Raises
    ------
    InputError
        When that is too little.
    """
    asked = fit.Asked(standing.scenario, standing.rows, standing.free, standing.cut, standing.self_reported)
    return fit.calibrate(
        asked, seed=work.seed, effort=work.effort, sets=work.sets, hands=work.hands, folder=work.folder,
        report=work.report,
    )  # fmt: skip


def simulated(
    scenario: schema.Scenario,
    rows: "Sequence[observed.Observation]",
    found: posterior.Posterior,
    work: Work,
    *,
    self_reported: bool,
) -> Paths:
    """Run the sets of a posterior, and read off what would have been seen.

    Raises
    ------
    InputError
        With mistakes of what the scenario starts from.
    """
    job = job_of(scenario, rows, found, work)
    within = [row for row in rows if row.date <= job.world.scenario.end]
    placed = targets.place_rows(within, job.plan)
    return Paths(placed, read_off(job, placed, len(found.values), work, self_reported=self_reported))


def job_of(
    scenario: schema.Scenario, rows: "Sequence[observed.Observation]", found: posterior.Posterior, work: Work
) -> replicate.Job:
    """A job that looks at a scenario where rows do, with the sets of a posterior."""
    looked_at = targets.observing(scenario, rows, None)
    return found.believed_by(answers.prepare(looked_at, seed=work.seed, replicates=1))


def read_off(job: replicate.Job, placed: targets.Targets, count: int, work: Work, *, self_reported: bool) -> Floats:
    """What would have been seen of the first so many draws of a job, shape (count, D); NaN where a run failed."""
    keeper = sample.InMemory()
    sample.gather(job, count, keeper, work.hands, lambda done, total, note: None)
    return np.concatenate([_seen(chunk, placed, job, self_reported=self_reported) for chunk in keeper.chunks])


def _seen(chunk: replicate.Chunk, placed: targets.Targets, job: replicate.Job, *, self_reported: bool) -> Floats:
    misreport = misreport_of(chunk.array(replicate.PARAMETERS), job) if self_reported else None
    numbers = range(chunk.first_draw, chunk.first_draw + chunk.draws)
    generators = [simulator.observer(job.seed, number) for number in numbers]
    values = targets.seen(placed.targets, chunk.arrays, misreport=misreport, generators=generators)
    values[~np.asarray(chunk.array("done"))[:, 0]] = np.nan
    return values


def misreport_of(parameters: Floats, job: replicate.Job) -> targets.Misreport:
    """How often stages are reported too high and too low, by the parameters of runs, shape (M, P)."""
    names = list(job.world.scenario.parameters)
    over, under = (parameters[:, names.index(name)] for name in (simulator.OVER, simulator.UNDER))
    return targets.Misreport(over, under)


# --- where it sets out ------------------------------------------------------------------------------


def ahead(
    standing: Standing,
    some: Sequence[all_series.Series],
    found: posterior.Posterior,
    paths: Paths,
    work: Work,
    *,
    restart: bool = True,
) -> Mapping[str, Ahead]:
    """The forecast of every series that can be simulated, by name, for its rows after the cut.

    A series without figures up to the cut, or any when there is none, takes its left-overs from the others.

    Parameters
    ----------
    found, paths
        What the parameters may be, and a run of each, equally likely (`simulated`, `weighing.weigh`).
    """
    known = {one.name: one for one in some if any(paths.has(row) for row in one.rows)}
    left = {name: _left_over(one, paths, known_rows(one, standing, paths), work) for name, one in known.items()}
    pool = [one for one in left.values() if one is not None]
    begun = _started(standing, known, paths, found, work) if restart and standing.cut is not None else None
    return {name: _one_ahead(one, standing.cut, paths, left[name], pool, begun, work) for name, one in known.items()}


def known_rows(one: all_series.Series, standing: Standing, paths: Paths) -> "list[observed.Observation]":
    """The figures of a series that were fitted to and have a place in a run."""
    fitted_to = {id(row) for row in standing.rows}
    return [row for row in one.rows if id(row) in fitted_to and paths.has(row)]


class Apart(NamedTuple):
    """How far figures lie from paths, shape (M, n), at n times, with what `discrepancy` has to know of them."""

    left: Floats
    years: Floats
    least: float
    first_sd: float


def apart(one: all_series.Series, paths: Paths, rows: "Sequence[observed.Observation]") -> Apart:
    """How far figures of a series lie from every path, on the scale of `discrepancy`; NaN where a run failed."""
    path = discrepancy.on_scale(paths.values[:, paths.columns(rows)], is_share=one.is_share)
    value = np.array([row.value for row in rows])
    years = np.array([(row.date - rows[0].date).days / DAYS_PER_YEAR for row in rows])
    least = discrepancy.least_noise(value, _resolution(one, len(rows)), is_share=one.is_share)
    tells_changes = paths.kind(rows[0]) == targets.CHANGE
    first_sd = np.inf if tells_changes else discrepancy.USUAL_LEVEL
    return Apart(discrepancy.on_scale(value, is_share=one.is_share) - path, years, least, first_sd)


def _left_over(
    one: all_series.Series, paths: Paths, rows: "Sequence[observed.Observation]", work: Work
) -> discrepancy.Left | None:
    if not rows:
        return None
    found = apart(one, paths, rows)
    return discrepancy.learn(
        np.nan_to_num(found.left), found.years, least=found.least, first_sd=found.first_sd,
        generator=luck(work.seed, one.name, "left"),
    )  # fmt: skip


def _resolution(one: all_series.Series, known: int) -> float:
    """Half of the smallest difference that the first figures of a series show."""
    return one.past(known).resolution if known >= rivals.FEWEST_POINTS else rivals.PRINTED


def _one_ahead(
    one: all_series.Series,
    cut: date | None,
    paths: Paths,
    left: discrepancy.Left | None,
    pool: Sequence[discrepancy.Left],
    begun: Paths | None,
    work: Work,
) -> Ahead:
    rows = [row for row in one.rows if (cut is None or row.date > cut) and paths.has(row)]
    generator = luck(work.seed, one.name, "ahead")
    how, used = CARRIED, paths
    if left is None:
        how, left = FROM_OTHERS, _borrowed(pool, len(paths.values), generator)
    elif begun is not None and all(begun.has(row) for row in rows):
        how, used, left = STARTED, begun, left.from_nought()
    last = max((row.date for row in one.rows if cut is not None and row.date <= cut), default=rows[0].date)
    years = np.array([max((row.date - last).days, 0) / DAYS_PER_YEAR for row in rows])
    path = discrepancy.on_scale(used.values[:, used.columns(rows)], is_share=one.is_share)
    good = np.isfinite(path).all(axis=1)
    future = discrepancy.carry_on(path, years, left, generator)[good]
    return Ahead(discrepancy.off_scale(future, is_share=one.is_share).T, how, left.has_walk)


def _borrowed(pool: Sequence[discrepancy.Left], count: int, generator: np.random.Generator) -> discrepancy.Left:
    """The left-overs of another series, any of them, each time."""
    if not pool:
        return discrepancy.Left(np.zeros(count), np.zeros(count), np.zeros(count))
    chosen = generator.integers(len(pool), size=count)
    parts = (np.stack(part)[chosen, np.arange(count)] for part in zip(*pool, strict=True))
    return discrepancy.Left(*parts)


def luck(seed: int, *names: str) -> np.random.Generator:
    """Luck that depends on what it is for, and not on what else is forecast."""
    return np.random.default_rng([seed, *"/".join(names).encode()])


# --- from the state at the cut ----------------------------------------------------------------------


def _started(
    standing: Standing, known: Mapping[str, all_series.Series], paths: Paths, found: posterior.Posterior, work: Work
) -> Paths | None:
    """The same sets from the state at the cut, where sites are counted; None where they are not, or cannot be begun."""
    cut = standing.cut
    rows = [row for one in known.values() for row in one.rows if paths.has(row) and paths.kind(row) == targets.SITES]
    later = [row for row in rows if cut is not None and row.date > cut]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        begun = started(standing, rows, Path(folder))
        if begun is None or not later:
            return None
        try:
            return simulated(begun, later, found, work, self_reported=standing.self_reported)
        except errors.InputError:
            return None


def started(standing: Standing, rows: "Sequence[observed.Observation]", folder: Path) -> schema.Scenario | None:
    """The scenario from the state at its cut; None where nothing says how many sites stood where."""
    if standing.cut is None:
        return None
    stages = standing.stages or _write_counts(standing, rows, folder)
    if stages is None:
        return None
    begun = schema.StartFrom(stages=stages.resolve(), as_of=standing.cut)
    return standing.scenario.model_copy(update={"start_from": begun})


def _write_counts(standing: Standing, rows: "Sequence[observed.Observation]", folder: Path) -> Path | None:
    """The counts known at the cut, as ``observed.csv``."""
    told = [
        (row.date.isoformat(), row.interventions[0], str(row.measure), row.group_kind, row.group, f"{row.value:.9g}")
        for row in rows
        if row.date <= (standing.cut or row.date) and len(row.interventions) == 1
        and row.measure.kind in ("at_least", "at") and row.group_kind in ("national", "psc")
    ]  # fmt: skip
    if not told:
        return None
    path = folder / "observed.csv"
    with errors.writing(path):
        path.write_text(cells.csv_text(COLUMNS, told), encoding="utf-8")
    return path

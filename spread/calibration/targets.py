"""Where each observed number stands in a run, and what would have been observed of a simulated one.

D observed numbers, N runs, T report dates, Q slots (a group of sites for one intervention or set).
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors, model
from spread.outcomes import groups, naming
from spread.outcomes import plan as plans

if TYPE_CHECKING:
    from spread.calibration import observed
    from spread.scenarios import schema

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SITES, PATIENTS, LEVEL, CHANGE = "sites", "patients", "level", "change"
LAST_STAGE: Final = model.STOPPED - 1
LEAST_RATE: Final = 1e-9


class Target(NamedTuple):
    """One observed number: what was seen, and where a run shows the same.

    `kind` is ``sites``, ``patients``, ``level`` (of a population, a share) or ``change`` (of a rate, whose own scale is
    the data's); `place` the slot, the slot among those of patients, or (aim, scope) flattened; `stages` those that
    count, for sites. `value` is the share or rate; `out_of` how many it is of (NaN: not known).
    """

    row: "observed.Observation"
    kind: str
    date: int
    place: int
    stages: tuple[int, ...]
    value: float
    out_of: float


class Targets(NamedTuple):
    """All observed numbers of a fit, and those that have no place in it with the reason why."""

    targets: tuple[Target, ...]
    left_out: tuple[tuple["observed.Observation", str], ...]

    @property
    def observed(self) -> Floats:
        """As compared with runs, shape (D,): see `on_scale`."""
        values = np.array([[target.value for target in self.targets]])
        return np.asarray(on_scale(values, self.targets)[0], dtype=np.float64)


def on_scale(values: Floats, wanted: Sequence[Target]) -> Floats:
    """Numbers, shape (N, D), on the scale they are compared on.

    Shares by arcsine of the root, on which their noise is alike everywhere; rates by the log, less its mean over all
    dates of the same rate, since a run knows how a rate changes and not what it is.
    """
    found: Floats = np.arcsin(np.sqrt(np.clip(values, 0.0, 1.0)))
    for place in {target.place for target in wanted if target.kind == CHANGE}:
        mine = [column for column, target in enumerate(wanted) if target.kind == CHANGE and target.place == place]
        logs = np.log(np.maximum(values[:, mine], LEAST_RATE))
        found[:, mine] = logs - logs.mean(axis=1, keepdims=True)
    return found


def observing(
    scenario: "schema.Scenario", rows: Sequence["observed.Observation"], until: date | None
) -> "schema.Scenario":
    """The scenario as far as the data go, looked at on their dates and in their groups.

    Raises
    ------
    InputError
        When no row is dated within the run.
    """
    days = sorted({row.date for row in rows if until is None or row.date <= until})
    first = scenario.start_from.as_of if scenario.start_from else scenario.start
    within = [day for day in days if first <= day <= scenario.end]
    if not within:
        span = f"{days[0]} to {days[-1]}" if days else "no date"
        files = ", ".join(dict.fromkeys(row.file for row in rows if row.file))
        message = f"no observation within the run, {first} to {scenario.end}; the data have {span}"
        raise errors.InputError(errors.Fault(message, files, key="date" if files else ""))
    more = {row.group_kind for row in rows} - set(groups.USUAL_KINDS)
    known = {kind for kind in more if kind in groups.MORE_KINDS or kind.startswith(groups.ATTRIBUTE)}
    report = scenario.report.model_copy(
        update={
            "dates": tuple(within),
            "groups": tuple(sorted({*scenario.report.groups, *known})),
            "reach": False,
            "months": False,
        }
    )
    return scenario.model_copy(update={"report": report, "end": within[-1]})


def place_rows(rows: Iterable["observed.Observation"], plan: plans.TabulationPlan) -> Targets:
    """Find the place of every row in a run; rows without one are kept with the reason."""
    found, left_out = [], []
    for row in rows:
        try:
            found.append(_target(row, plan))
        except LookupError as error:
            left_out.append((row, str(error.args[0])))
    return Targets(tuple(found), tuple(left_out))


def _target(row: "observed.Observation", plan: plans.TabulationPlan) -> Target:
    if row.date not in plan.dates:
        raise LookupError(f"{row.date} is not within the run")
    day = plan.dates.index(row.date)
    out_of = row.denominator
    if row.measure.kind == "rate":
        kind, place = _rate_place(row, plan)
        return Target(row, kind, day, place, (), row.value, out_of)
    slot = _slot(row, plan)
    if row.measure.kind == "all_elements":
        place = int(np.searchsorted(plan.patients.slots, slot))
        if place >= len(plan.patients.slots) or plan.patients.slots[place] != slot:
            raise LookupError(f"no ambition of the scenario measures patients of '{row.interventions[0]}'")
        return Target(row, PATIENTS, day, place, (), row.value, out_of)
    if out_of > plan.slots.eligible[slot]:
        out_of = math.nan  # more than there are here: its share is compared, as of all of them
    return Target(row, SITES, day, slot, _stages(row.measure), row.value, out_of)


def _stages(measure: "observed.Measure") -> tuple[int, ...]:
    """The stages a measure counts."""
    if measure.kind == "at":
        return (measure.stage,)
    if measure.kind in ("at_least", "all_of"):
        return tuple(range(measure.stage, LAST_STAGE + 1))
    raise LookupError(f"'{measure}' is not counted in a run")


def _slot(row: "observed.Observation", plan: plans.TabulationPlan) -> int:
    label = row.interventions[0] if len(row.interventions) == 1 else naming.set_label(row.interventions)
    if label not in plan.labels:
        hint = errors.did_you_mean(label, plan.labels)
        raise LookupError(f"'{label}' is not counted in the scenario{hint}")
    group = (row.group_kind, row.group)
    if group not in plan.groups.names:
        raise LookupError(f"there is no '{row.group_kind}:{row.group}' in the run")
    at = (plan.slots.label == plan.labels.index(label)) & (plan.slots.group == plan.groups.names.index(group))
    if not at.any():
        raise LookupError(f"nobody of '{row.group_kind}:{row.group}' is eligible for '{label}'")
    return int(np.flatnonzero(at)[0])


def _rate_place(row: "observed.Observation", plan: plans.TabulationPlan) -> tuple[str, int]:
    """Kind and (aim, scope), flattened, of the rate or level that an intervention moves."""
    if row.scope not in plan.scopes:
        raise LookupError(f"a rate is not known for '{row.scope}'")
    moved = [
        rate
        for rate in plan.rates
        if rate.measure in (plans.LEVEL, plans.CHANGE)
        and row.interventions[0] in [plan.interventions[number] for number in rate.interventions]
    ]
    if not moved:
        raise LookupError(f"no ambition of the scenario is about a rate that '{row.interventions[0]}' moves")
    # Of several, the one that least else moves.
    rate = min(moved, key=lambda one: len(one.interventions))
    kind = LEVEL if rate.measure == plans.LEVEL else CHANGE
    return kind, rate.aim * len(plan.scopes) + plan.scopes.index(row.scope)


# --- what would have been observed --------------------------------------------------------------


class Misreport(NamedTuple):
    """Shares of stages that are reported one above, or one below, the true one; by run, shape (N,)."""

    over: Floats
    under: Floats


def observe(
    targets: Sequence[Target],
    arrays: dict[str, NDArray[Any]],
    *,
    misreport: Misreport | None,
    generators: Sequence[np.random.Generator],
) -> Floats:
    """What would have been observed of runs, shape (N, D), on the scale of `on_scale`; see `seen`."""
    return on_scale(seen(targets, arrays, misreport=misreport, generators=generators), targets)


def seen(
    targets: Sequence[Target],
    arrays: dict[str, NDArray[Any]],
    *,
    misreport: Misreport | None,
    generators: Sequence[np.random.Generator],
) -> Floats:
    """What would have been observed of runs, shape (N, D): shares, and rates as parts of their baseline.

    `arrays` are those of a chunk (`collect.parts`). Every run has a generator of its own for what observing adds:
    stages reported too high or too low, and who reported.
    """
    found = np.full((len(generators), len(targets)), np.nan)
    cells: dict[tuple[int, int, float], list[int]] = {}
    for place, target in enumerate(targets):
        if target.kind == SITES:
            cells.setdefault((target.date, target.place, target.out_of), []).append(place)
        else:
            true = _true_value(target, arrays)
            found[:, place] = [
                _sampled(share, target, generator) for share, generator in zip(true, generators, strict=True)
            ]
    for (day, slot, out_of), places in cells.items():
        stages = stage_counts(arrays["counts"][:, day, slot])
        for run, generator in enumerate(generators):
            rates = None if misreport is None else (misreport.over[run], misreport.under[run])
            told = reported_counts(stages[run], rates, out_of, generator)
            for place in places:
                found[run, place] = told[list(targets[place].stages)].sum() / max(told.sum(), 1)
    return found


def stage_counts(counts: NDArray[Any]) -> Ints:
    """Sites by stage of the assurance scale from sites by status, shape (N, columns): shape (N, 8)."""
    stages = np.zeros((len(counts), LAST_STAGE + 1), dtype=np.int64)
    for status, stage in enumerate(model.REPORTED_AS):
        stages[:, stage] += counts[:, status].astype(np.int64)
    return stages


def reported_counts(
    true: Ints, misreport: tuple[float, float] | None, out_of: float, generator: np.random.Generator
) -> Ints:
    """Sites by reported stage, shape (8,), from those by true stage: some say too much or too little, some nothing."""
    seen = true.copy()
    if misreport is not None:
        over, under = misreport
        up, down = generator.binomial(true, over), np.zeros_like(true)
        down = generator.binomial(true - up, min(under / max(1.0 - over, 1e-9), 1.0))
        up[-1] = down[0] = 0
        seen = true - up - down
        seen[1:] += up[:-1]
        seen[:-1] += down[1:]
    if np.isfinite(out_of) and out_of < seen.sum():
        seen = generator.multivariate_hypergeometric(seen, int(out_of))
    return np.asarray(seen, dtype=np.int64)


def _true_value(target: Target, arrays: dict[str, NDArray[Any]]) -> Floats:
    if target.kind == PATIENTS:
        shares: Floats = arrays["all_elements"][:, target.date, target.place]
        return shares
    numerator = arrays["numerator"][:, target.date]
    value: Floats = numerator.reshape(len(numerator), -1)[:, target.place].astype(np.float64)
    return 1.0 + value if target.kind == CHANGE else value


def _sampled(share: float, target: Target, generator: np.random.Generator) -> float:
    """A share of so many patients, as counted; a rate as it is."""
    if target.kind == CHANGE or not math.isfinite(share) or not target.out_of >= 1.0:
        return share
    return float(generator.binomial(int(target.out_of), min(max(share, 0.0), 1.0)) / int(target.out_of))

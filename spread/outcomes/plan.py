"""What will be looked at, decided once before the first run.

A label is an intervention, or a set of interventions that an ambition takes together (``all_of:A+B``), in
which a site stands at the lowest of its stages; `rows` says who is followed in each. An *aim* is what
one ambition asks of one label; an ambition with ``together = each`` has one aim per intervention and is
met when all are. A *mark* is a row at a deadline that its label is held to.

T report dates, J labels, G groups, Q slots, R rows, A aims, P scopes (national, then each PSC), M marks.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import dates, errors, model
from spread.model import inputs, timetable
from spread.network import population as people
from spread.outcomes import groups
from spread.outcomes import rows as outcome_rows

if TYPE_CHECKING:
    from spread.scenarios import schema

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ALL_OF = "all_of:"
NATIONAL = groups.NATIONAL
SITES, PATIENTS = "sites", "patients"
DAYS_PER_MONTH = timetable.DAYS_PER_MONTH
RANK = np.argsort(np.array(model.STATUS_ORDER)).astype(np.int8)
"""Place of each status code in `STATUS_ORDER`; a site is "at stage >= N" when its place is not below N's."""


class Aim(NamedTuple):
    """What one ambition asks of one label.

    `rows` are sorted by PSC; those of the k-th PSC present (index `psc[k]`) begin at ``start[k]``.
    `thresholds` shape (P,), NaN where none is stated.
    """

    ambition: str
    label: int
    stage: int
    measure: str
    denominator: str
    thresholds: Floats
    rows: Ints
    psc: Ints
    start: Ints


class Marks(NamedTuple):
    """Rows at the deadlines their label is held to, by label, deadline, site; shape (M,)."""

    row: Ints
    date: Ints
    stage: Ints


class TabulationPlan(NamedTuple):
    """Everything `tabulate` needs to know besides the log. Picklable; shared by all runs.

    `cutoffs` shape (T,): the state at a date holds all events earlier than its cutoff, in days.
    `available_days` shape (I,): when an intervention first exists. `label_stage` shape (J,): the
    stage a label is held to in tables of sites.
    """

    origin: date
    dates: tuple[date, ...]
    cutoffs: Floats
    labels: tuple[str, ...]
    label_stage: Ints
    groups: groups.Groups
    rows: outcome_rows.Rows
    slots: outcome_rows.Slots
    aims: tuple[Aim, ...]
    marks: Marks
    available_days: Floats
    unit_intervention: Ints
    interventions: tuple[str, ...]
    elements: tuple[tuple[str, ...], ...]
    site_codes: tuple[str, ...]
    site_psc: tuple[str, ...]
    site_ics: tuple[str, ...]
    psc_codes: tuple[str, ...]

    @property
    def scopes(self) -> tuple[str, ...]:
        """``national``, then ``psc:CODE`` for each PSC; shape (P,)."""
        return (NATIONAL, *(f"psc:{code}" for code in self.psc_codes))

    @property
    def ambitions(self) -> tuple[str, ...]:
        """The ambitions looked at, in the scenario's order."""
        return tuple(dict.fromkeys(aim.ambition for aim in self.aims))

    def aims_of(self, ambition: str) -> list[int]:
        """Which aims make up an ambition."""
        return [place for place, aim in enumerate(self.aims) if aim.ambition == ambition]


def build_plan(
    scenario: "schema.Scenario",
    population: people.Population,
    units: inputs.Units,
    origin: date,
    *,
    reported: Flags | None = None,
    dated: Flags | None = None,
) -> TabulationPlan:
    """Decide what will be looked at: dates, labels, groups, ambitions.

    Parameters
    ----------
    scenario, population, units
        What is asked, who there is, and who may take up what.
    origin
        First simulated day; the day before it is the first report date.
    reported : shape (U,), optional
        Units that the data at the start speak about; every eligible unit by default.
    dated : shape (U,), optional
        Units of which the data say since when they are at their stage; every eligible unit by default.

    Raises
    ------
    InputError
        An ambition with a measure not yet modelled, for an unknown intervention, or one that no
        site is eligible for; an unknown group.
    """
    asked = wanted_ambitions(scenario, units.interventions)
    sets = _sets_taken_together(asked)
    labels = (*units.interventions, *(ALL_OF + "+".join(names) for names in sets))
    rows = outcome_rows.build_rows(population, units, sets, reported, dated)
    _check_somebody_is_eligible(asked, labels, rows)
    report_dates = _report_dates(scenario, origin, asked)
    group_table = groups.build_groups(population, scenario.report.groups)
    stages = _label_stages(asked, labels)
    available = [scenario.interventions[name].available_from for name in units.interventions]
    return TabulationPlan(
        origin=origin,
        dates=report_dates,
        cutoffs=np.array([(day - origin).days + 1 for day in report_dates], dtype=np.float64),
        labels=labels,
        label_stage=stages,
        groups=group_table,
        rows=rows,
        slots=outcome_rows.build_slots(rows, group_table),
        aims=_build_aims(asked, labels, rows, population.psc_codes),
        marks=_build_marks(asked, labels, stages, rows, report_dates),
        available_days=np.array([(day - origin).days if day else -np.inf for day in available], dtype=np.float64),
        unit_intervention=units.intervention.astype(np.int64),
        interventions=units.interventions,
        elements=tuple(
            tuple(element.name for element in scenario.interventions[name].elements) for name in units.interventions
        ),
        site_codes=population.site_codes,
        site_psc=tuple(_names_of(population.psc_codes, population.psc)),
        site_ics=tuple(_names_of(population.ics_names, population.ics)),
        psc_codes=population.psc_codes,
    )


def _names_of(names: Sequence[str], index: Ints) -> list[str]:
    return [names[number] if number >= 0 else "" for number in index]


# --- which ambitions, labels and dates ------------------------------------------------------------


def wanted_ambitions(scenario: "schema.Scenario", interventions: Sequence[str]) -> "list[tuple[str, schema.Ambition]]":
    """The ambitions that can be looked at now, with their names; all faults of the others together.

    Raises
    ------
    InputError
        A measure not yet modelled, or an intervention not in the scenario.
    """
    asked = [(name, ambition) for name, ambition in scenario.ambitions.items() if ambition.runnable]
    faults = []
    for name, ambition in asked:
        if ambition.measure not in (SITES, PATIENTS):
            message = f"measure '{ambition.measure}' is not modelled yet; use '{SITES}' or '{PATIENTS}'"
            faults.append(errors.Fault(message, key=f"ambitions.{name}.measure"))
        for wanted in ambition.interventions:
            if wanted not in interventions:
                message = f"no intervention '{wanted}' in this scenario{errors.did_you_mean(wanted, interventions)}"
                faults.append(errors.Fault(message, key=f"ambitions.{name}.interventions"))
    if faults:
        raise errors.InputError(faults)
    return asked


def _is_set(ambition: "schema.Ambition") -> bool:
    return ambition.together == "all" and len(ambition.interventions) > 1


def _sets_taken_together(asked: "list[tuple[str, schema.Ambition]]") -> list[tuple[str, ...]]:
    return list(dict.fromkeys(tuple(ambition.interventions) for _, ambition in asked if _is_set(ambition)))


def _labels_of(ambition: "schema.Ambition", labels: Sequence[str]) -> list[int]:
    """The labels whose shares an ambition is judged by."""
    if _is_set(ambition):
        return [labels.index(ALL_OF + "+".join(ambition.interventions))]
    return [labels.index(name) for name in ambition.interventions]


def _label_stages(asked: "list[tuple[str, schema.Ambition]]", labels: Sequence[str]) -> Ints:
    """The stage each label is held to: that of the first ambition which names it."""
    stages = np.full(len(labels), model.ADOPTED, dtype=np.int64)
    for _, ambition in reversed(asked):
        named = [*_labels_of(ambition, labels), *(labels.index(name) for name in ambition.interventions)]
        stages[named] = ambition.stage
    return stages


def _report_dates(
    scenario: "schema.Scenario", origin: date, asked: "list[tuple[str, schema.Ambition]]"
) -> tuple[date, ...]:
    baseline = origin - timedelta(days=1)
    wanted = {baseline, *dates.quarter_ends(origin, scenario.end)}
    for _, ambition in asked:
        wanted.update(ambition.deadlines)
    if scenario.report.months:
        wanted.update(dates.month_ends(origin, scenario.end))
    return tuple(sorted(day for day in wanted if baseline <= day <= scenario.end))


def _check_somebody_is_eligible(
    asked: "list[tuple[str, schema.Ambition]]", labels: Sequence[str], rows: outcome_rows.Rows
) -> None:
    faults = []
    for name, ambition in asked:
        for label in _labels_of(ambition, labels):
            if not np.any(rows.label == label):
                message = f"no site is eligible for {labels[label]}; change eligibility or leave the ambition out"
                faults.append(errors.Fault(message, key=f"ambitions.{name}.interventions"))
    if faults:
        raise errors.InputError(faults)


# --- aims and marks ------------------------------------------------------------------------------


def _build_aims(
    asked: "list[tuple[str, schema.Ambition]]", labels: Sequence[str], rows: outcome_rows.Rows, psc_codes: Sequence[str]
) -> tuple[Aim, ...]:
    aims = []
    for name, ambition in asked:
        overall = np.nan if ambition.threshold is None else ambition.threshold
        local = dict(ambition.local_thresholds)
        thresholds = np.array([overall, *(local.get(code, overall) for code in psc_codes)], dtype=np.float64)
        for label in _labels_of(ambition, labels):
            mine = np.flatnonzero(rows.label == label)
            mine = mine[np.argsort(rows.psc[mine], kind="stable")]
            psc, start = np.unique(rows.psc[mine], return_index=True)
            aims.append(
                Aim(
                    ambition=name,
                    label=label,
                    stage=ambition.stage,
                    measure=ambition.measure,
                    denominator=ambition.denominator,
                    thresholds=thresholds,
                    rows=mine,
                    psc=psc,
                    start=start.astype(np.int64),
                )
            )
    return tuple(aims)


def _build_marks(
    asked: "list[tuple[str, schema.Ambition]]",
    labels: Sequence[str],
    stages: Ints,
    rows: outcome_rows.Rows,
    report_dates: Sequence[date],
) -> Marks:
    """Every label is held to the deadlines of the ambitions naming it; one nobody names, to the end."""
    due: dict[int, set[int]] = {label: set() for label in range(len(labels))}
    for _, ambition in asked:
        when = {report_dates.index(day) for day in ambition.deadlines if day in report_dates}
        for label in (*_labels_of(ambition, labels), *(labels.index(name) for name in ambition.interventions)):
            due[label] |= when
    row, at, stage = [], [], []
    for label, days in due.items():
        mine = np.flatnonzero(rows.label == label)
        for day in sorted(days) or [len(report_dates) - 1]:
            row.append(mine)
            at.append(np.full(len(mine), day))
            stage.append(np.full(len(mine), stages[label]))
    return Marks(np.concatenate(row), np.concatenate(at), np.concatenate(stage))

"""What will be looked at, decided once before the first run.

A label is an intervention, a set of interventions that an ambition takes together (``all_of:A+B``), in
which a site stands at the lowest of its stages, or organisations of whose sites a share is to take an intervention up
(``organisations>=0.1:A``); `rows` says who is followed in each. An *aim* is what one ambition asks of one label, or of
one rate; an ambition with ``together = each`` has one aim per intervention and is met when all are. A *mark* is a row
at a deadline that its label is held to.

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
from spread.outcomes import groups, naming
from spread.outcomes import rows as outcome_rows

if TYPE_CHECKING:
    from spread.scenarios import schema

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NATIONAL = groups.NATIONAL
NOT_FITTED = "not fitted to data"
SITES, PATIENTS, CHANGE, LEVEL, MILESTONE = naming.MEASURES
RATES = naming.RATES
DAYS_PER_MONTH, DAYS_PER_YEAR = timetable.DAYS_PER_MONTH, timetable.DAYS_PER_YEAR
RANK = np.argsort(np.array(model.STATUS_ORDER)).astype(np.int8)
"""Place of each status code in `STATUS_ORDER`; a site is "at stage >= N" when its place is not below N's."""


class Aim(NamedTuple):
    """What one ambition asks of one label, or of one rate.

    `rows` are sorted by PSC; those of the k-th PSC present (index `psc[k]`) begin at ``start[k]``.
    `thresholds` shape (P,), NaN where none is stated; `begins` is the value at the baseline. `label` is -1 for a rate,
    whose `rows` are the units of its interventions.
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
    begins: float = 0.0

    @property
    def falls(self) -> bool:
        """Whether less is wanted, not more."""
        return bool(self.thresholds[0] < self.begins)


class Rate(NamedTuple):
    """A rate that an aim is about, and the parameters that move it; `efficacy` has one for each of `interventions`.

    `baseline` is NaN where none is known (of a change); `baseline_day` is the day of the run its trend counts from.
    A milestone has neither.
    """

    aim: int
    measure: str
    interventions: tuple[int, ...]
    baseline: float = np.nan
    baseline_day: float = 0.0
    trend: str = ""
    efficacy: tuple[str, ...] = ()


class Patients(NamedTuple):
    """Where shares of patients are looked at: the labels that ambitions measure so, and their interventions.

    `units` and `rows` are ascending, units first; `place` shape (R,) says where a row stands among them (-1: nowhere).
    `slots` are those of the labels; each counts ``pair[pair_start[k]:]`` of the rows, by their place, up to the next.
    """

    interventions: Ints
    units: Ints
    rows: Ints
    place: Ints
    slots: Ints
    pair: Ints
    pair_start: Ints


class Marks(NamedTuple):
    """Rows at the deadlines their label is held to, by label, deadline, site; shape (M,)."""

    row: Ints
    date: Ints
    stage: Ints


class Begun(NamedTuple):
    """What a run that begins half-way began from: counts or sites, how many sites are late, and the day asked."""

    from_counts: bool
    late_count: int
    asked: date


class TabulationPlan(NamedTuple):
    """Everything `tabulate` needs to know besides the log. Picklable; shared by all runs.

    `cutoffs` shape (T,): the state at a date holds all events earlier than its cutoff, in days.
    `available_days` shape (I,): when an intervention first exists. `label_stage` shape (J,): the
    stage a label is held to in tables of sites. `reach`: whether runs without support are counted too. `basis`: what
    the parameters rest on, in words. `begun`: what is known at the start, where a run begins half-way.
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
    rates: tuple[Rate, ...]
    patients: Patients
    marks: Marks
    available_days: Floats
    unit_intervention: Ints
    interventions: tuple[str, ...]
    elements: tuple[tuple[str, ...], ...]
    site_codes: tuple[str, ...]
    site_psc: tuple[str, ...]
    site_ics: tuple[str, ...]
    psc_codes: tuple[str, ...]
    reach: bool
    basis: str = NOT_FITTED
    begun: Begun | None = None

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
        An ambition for an unknown intervention, or one that no site is eligible for; an unknown group.
    """
    asked = naming.wanted_ambitions(scenario, units.interventions)
    sets, within = naming.sets_taken_together(asked), naming.shares_of_organisations(asked)
    labels = (
        *units.interventions,
        *(naming.set_label(names) for names in sets),
        *(naming.organisation_label(name, share) for name, share in within),
    )
    rows = outcome_rows.build_rows(population, units, sets, within, reported, dated)
    _check_somebody_is_eligible(asked, labels, rows)
    report_dates = _report_dates(scenario, origin, asked)
    aims = _build_aims(asked, labels, rows, population.psc_codes)
    group_table = groups.build_groups(population, scenario.report.groups)
    stages = naming.label_stages(asked, labels)
    available = [scenario.interventions[name].available_from for name in units.interventions]
    return TabulationPlan(
        origin=origin,
        dates=report_dates,
        cutoffs=np.array([(day - origin).days + 1 for day in report_dates], dtype=np.float64),
        labels=labels,
        label_stage=stages,
        groups=group_table,
        rows=rows,
        slots=(slots := outcome_rows.build_slots(rows, group_table)),
        aims=aims,
        patients=_find_patients(asked, labels, rows, slots),
        rates=_build_rates(scenario, aims, units.interventions, origin),
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
        reach=scenario.report.reach,
    )


def _names_of(names: Sequence[str], index: Ints) -> list[str]:
    return [names[number] if number >= 0 else "" for number in index]


# --- which dates ---------------------------------------------------------------------------------


def _report_dates(
    scenario: "schema.Scenario", origin: date, asked: "list[tuple[str, schema.Ambition]]"
) -> tuple[date, ...]:
    baseline = origin - timedelta(days=1)
    wanted = {baseline, *dates.quarter_ends(origin, scenario.end), *scenario.report.dates}
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
        for label in naming.labels_of(ambition, labels):
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
        overall = _overall_threshold(ambition)
        local = dict(ambition.local_thresholds)
        thresholds = np.array([overall, *(local.get(code, overall) for code in psc_codes)], dtype=np.float64)
        named = naming.labels_of(ambition, labels)
        for number, of in [(-1, named)] if ambition.measure in RATES else [(label, [label]) for label in named]:
            mine = np.flatnonzero(np.isin(rows.label, of))
            mine = mine[np.argsort(rows.psc[mine], kind="stable")]
            psc, start = np.unique(rows.psc[mine], return_index=True)
            aims.append(
                Aim(
                    ambition=name,
                    label=number,
                    stage=ambition.stage,
                    measure=ambition.measure,
                    denominator=ambition.denominator,
                    thresholds=thresholds,
                    rows=mine,
                    psc=psc,
                    start=start.astype(np.int64),
                    begins=ambition.baseline or 0.0 if ambition.measure == LEVEL else 0.0,
                )
            )
    return tuple(aims)


def _overall_threshold(ambition: "schema.Ambition") -> float:
    """What is to be reached; a milestone is there or not."""
    if ambition.measure == MILESTONE:
        return 1.0
    return np.nan if ambition.threshold is None else ambition.threshold


def _build_rates(
    scenario: "schema.Scenario", aims: Sequence[Aim], interventions: Sequence[str], origin: date
) -> tuple[Rate, ...]:
    rates = []
    for number, aim in enumerate(aims):
        if aim.measure not in RATES:
            continue
        ambition = scenario.ambitions[aim.ambition]
        named = tuple(interventions.index(name) for name in ambition.interventions)
        rate = Rate(number, aim.measure, named)
        if aim.measure != MILESTONE:
            begun = ambition.baseline_date or scenario.start
            rate = rate._replace(
                baseline=np.nan if ambition.baseline is None else ambition.baseline,
                baseline_day=float((begun - origin).days),
                trend=f"ambition.{aim.ambition}.trend",
                efficacy=tuple(f"ambition.{aim.ambition}.efficacy.{name}" for name in ambition.interventions),
            )
        rates.append(rate)
    return tuple(rates)


def _find_patients(
    asked: "list[tuple[str, schema.Ambition]]",
    labels: Sequence[str],
    rows: outcome_rows.Rows,
    slots: outcome_rows.Slots,
) -> Patients:
    measured = [ambition for _, ambition in asked if ambition.measure == PATIENTS]
    names = {labels.index(name) for ambition in measured for name in ambition.interventions}
    wanted = sorted({label for ambition in measured for label in naming.labels_of(ambition, labels)} | names)
    mine = np.flatnonzero(np.isin(rows.label, wanted))
    place = np.full(len(rows.label), -1)
    place[mine] = np.arange(len(mine))
    end = np.append(slots.row_start[1:], len(slots.row))
    chosen = np.flatnonzero(np.isin(slots.label, wanted))
    pair = [place[slots.row[slots.row_start[slot] : end[slot]]] for slot in chosen]
    sizes = [len(rows_of) for rows_of in pair]
    return Patients(
        interventions=np.array(sorted(names), dtype=np.int64),
        units=mine[mine < rows.unit_count],
        rows=mine,
        place=place,
        slots=chosen,
        pair=np.concatenate([np.empty(0, np.int64), *pair]),
        pair_start=np.cumsum([0, *sizes])[:-1].astype(np.int64),
    )


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
        for label in (*naming.labels_of(ambition, labels), *(labels.index(name) for name in ambition.interventions)):
            due[label] |= when
    row, at, stage = [], [], []
    for label, days in due.items():
        if labels[label].startswith(naming.ORGANISATIONS):
            continue  # no table of organisations is written
        mine = np.flatnonzero(rows.label == label)
        for day in sorted(days) or [len(report_dates) - 1]:
            row.append(mine)
            at.append(np.full(len(mine), day))
            stage.append(np.full(len(mine), stages[label]))
    return Marks(np.concatenate(row), np.concatenate(at), np.concatenate(stage))

"""What can be changed, and what is in force when.

`LEVERS` is the one home of a lever's path, unit, plain label and range. A dated change makes a new regime;
each regime holds every lever, so that nobody need look at the one before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from spread.scenarios import catalogue, schema

TIERS = ("board", "managers", "everyone", "teams", "coaches", "experts")
LAYERS = ("psc", "ics", "clinical", "national")
PRIORITY_RULES = ("first_come", "neediest", "readiest", "nearest_deadline", "equal_share", "programme_priority")
EVERYWHERE = "default"


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing that can be changed.

    `path` is where a scenario file says it (``*``: any name), `by` what its table is keyed by,
    `minimum` and `maximum` the range that makes sense (None: not a number), `dated` whether a
    ``[[change]]`` may set it, `dearer` whether more of it (later, for a date) asks more of the system: -1 where less
    does.
    """

    path: str
    unit: str
    label: str
    by: Literal["psc", "tier", "layer"] | None = None
    minimum: float | None = None
    maximum: float | None = None
    dated: bool = True
    dearer: Literal[1, -1] = 1

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers (and a signed text changes them)."""
        return self.maximum is not None

    @property
    def per_psc(self) -> bool:
        """Whether each collaborative may have its own."""
        return self.by == "psc"

    def choices(self) -> tuple[str, ...]:
        """The words it may be set to; empty for numbers and dates."""
        if self.path == "support":
            return tuple(catalogue.support_levels())
        if self.path == "push":
            return tuple(catalogue.pushes())
        return PRIORITY_RULES if self.path == "priority_rule" else ()

    def fixed_keys(self) -> tuple[str, ...]:
        """The fixed keys of its table; empty when it is keyed by PSC or has no table."""
        return {"tier": TIERS, "layer": LAYERS}.get(self.by or "", ())


LEVERS = (
    Lever("support", "level", "Support level", by="psc"),
    Lever("coaches", "WTE", "Coaches", by="psc", minimum=0, maximum=500),
    Lever("outreach_hours", "hours per engaged site a month", "Outreach", by="psc", minimum=0, maximum=744),
    Lever("course_seats", "seats per course", "Course seats", by="tier", minimum=0, maximum=100_000),
    Lever("course_interval_months", "months", "Time between courses (0 = none)", minimum=0, maximum=120, dearer=-1),
    Lever("learning_sets", "per year", "Learning sets", by="psc", minimum=0, maximum=52),
    Lever(
        "meeting_interval_months",
        "months",
        "Time between meetings (0 = none)",
        by="layer",
        minimum=0,
        maximum=120,
        dearer=-1,
    ),
    Lever("attendance", "share", "Attendance at meetings", by="layer", minimum=0, maximum=1),
    Lever("push", "policy", "Policy push"),
    Lever("priority_rule", "rule", "Who gets a coaching place first"),
    Lever("champions", "share", "Sites with a clinical champion", by="psc", minimum=0, maximum=1),
    Lever("measurement", "share", "Sites measuring their progress", by="psc", minimum=0, maximum=1),
    Lever(
        "training",
        "share of all staff a year",
        "Staff trained, instead of course seats",
        by="tier",
        minimum=0,
        maximum=1,
    ),
    Lever("refreshers", "share of lapsed skill a year", "Refresher training", minimum=0, maximum=1),
    Lever("safety_culture", "share", "Work on safety culture", by="psc", minimum=0, maximum=1),
    Lever("co_design", "share", "Design with patients, carers and staff (0.5 = as usual)", minimum=0, maximum=1),
    Lever("engaged_share", "share", "Eligible sites worked with", by="psc", minimum=0, maximum=1, dated=False),
    Lever("programmes.*.start", "date", "Start of a programme", dated=False, dearer=-1),
    Lever("ambitions.*.deadline", "date", "Deadline of an ambition", dated=False, dearer=-1),
)


def lever(path: str) -> Lever:
    """The lever of a top-level path.

    Raises
    ------
    KeyError
        When there is none.
    """
    return {known.path: known for known in LEVERS}[path]


def settable() -> tuple[Lever, ...]:
    """The levers a scenario file sets at its top level, support first because it supplies the others."""
    return tuple(known for known in LEVERS if "." not in known.path)


@dataclass(frozen=True, slots=True)
class Regime:
    """Every lever as it stands from `from_date` on.

    Tables by PSC have a ``default``: read them with ``table.get(code, table["default"])``. Coaches in WTE,
    outreach in hours per engaged site a month, learning sets per year, 0 months between meetings = never. Either
    `training` or `course_seats` is zero throughout.
    """

    from_date: date
    support: Mapping[str, str]
    coaches: Mapping[str, float]
    outreach_hours: Mapping[str, float]
    course_seats: Mapping[str, float]
    course_interval_months: float
    learning_sets: Mapping[str, float]
    meeting_interval_months: Mapping[str, float]
    attendance: Mapping[str, float]
    push: str
    priority_rule: str
    champions: Mapping[str, float]
    measurement: Mapping[str, float]
    training: Mapping[str, float]
    refreshers: float
    safety_culture: Mapping[str, float]
    co_design: float


def regimes(scenario: schema.Scenario) -> tuple[Regime, ...]:
    """The regimes of a scenario in order of date, the first from its start.

    Changes are complete in a resolved scenario (support presets, relative values and changes of the same day
    were worked out in reading), so each is taken as it stands. One dated at the start takes its place.
    """
    settings: dict[date, schema.Levers] = {scenario.start: scenario}
    for change in sorted(scenario.change, key=lambda change: change.from_date):
        settings[change.from_date] = change
    return tuple(_regime(day, levers) for day, levers in settings.items())


def regime_on(regimes: tuple[Regime, ...], day: date) -> Regime:
    """The regime in force on a day (the first one before the start)."""
    first, *later = regimes
    return [first, *(regime for regime in later if regime.from_date <= day)][-1]


def _regime(day: date, levers: schema.Levers) -> Regime:
    return Regime(
        from_date=day,
        support=levers.support,
        coaches=levers.coaches,
        outreach_hours=levers.outreach_hours,
        course_seats=levers.course_seats,
        course_interval_months=levers.course_interval_months,
        learning_sets=levers.learning_sets,
        meeting_interval_months=levers.meeting_interval_months,
        attendance=levers.attendance,
        push=levers.push,
        priority_rule=levers.priority_rule,
        champions=levers.champions,
        measurement=levers.measurement,
        training=levers.training,
        refreshers=levers.refreshers,
        safety_culture=levers.safety_culture,
        co_design=levers.co_design,
    )

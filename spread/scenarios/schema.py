"""What a scenario says, checked and complete: frozen types at the file's edge.

The layout is that of the TOML file, so that a resolved scenario can be written out and read back.
Shares are 0 to 1; months, weeks and years as named; ranges are median and 5-95 %.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from spread import dates
from spread.scenarios import values

Frozen = values.Frozen
Parameter = values.Parameter
_ROUNDING = 1e-9

NATIONAL = "national"
USUAL_KINDS = (NATIONAL, "nhs_region", "psc", "setting", "imd_fifth")
"""Kinds of groups that every run is tabulated by."""
MORE_KINDS = ("ics", "network", "organisation")
"""Kinds that `Report.groups` may ask for besides; `ATTRIBUTE` begins the name of a further column of the sites."""
ATTRIBUTE = "attribute:"


class World(Frozen):
    """Which sites: the packaged England, or the user's own files (absolute paths)."""

    population: Literal["england", "files"] = "england"
    psc_map: Literal["2022", "earlier"] = "2022"
    sites: Path | None = None
    memberships: Path | None = None
    ties: Path | None = None
    graph: Path | None = None


class StartFrom(Frozen):
    """The observed state a run starts from: a table of stages, and the day it describes."""

    stages: Path
    as_of: values.Day


class QuarterlyReturn(Frozen):
    """What headings of a quarterly return mean that are not recognised: a field, an intervention, or nothing."""

    columns: dict[str, str] = Field(default_factory=dict)


class Programme(Frozen):
    """A commissioned programme; before its start only baseline, peers and the push are at work.

    Interventions named in `enters` come into it later than its start. Without `support` and `push` of its own it has
    those of the levers. Coaches, courses and meetings are shared by all; `priority` (1 first) counts where coaching
    places go by it.
    """

    title: values.Line = ""
    start: values.Day
    end: values.Day | None = None
    interventions: tuple[values.Code, ...] = ()
    enters: dict[values.Code, values.Day] = Field(default_factory=dict)
    support: str | None = None
    push: str | None = None
    priority: Annotated[int, Field(strict=True, ge=1, le=99)] = 1


class Eligible(Frozen):
    """Which sites an intervention is for: any of the settings, all of the services; empty means any."""

    settings: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


class Element(Frozen):
    """One part of an intervention: share of sites with it at the start, difficulty (1 = ordinary), patients."""

    name: values.Code
    title: values.Line = ""
    baseline: values.ShareParameter
    difficulty: values.FactorParameter
    eligible_share: values.Share = 1.0


def _elements_by_name(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return [{"name": name, **entry} if isinstance(entry, dict) else entry for name, entry in value.items()]


class Intervention(Frozen):
    """An improvement that can spread: its kind, elements, who it is for and how it begins.

    It exists from `available_from` (always, unless given), or so many months later as `available_delay_months` says,
    which is uncertain; then from the first day of the month that follows. Interventions of one `package` reach a site
    together: it hears of them, wants them and decides on them with the same luck, and then tests each by itself.
    """

    title: values.Line
    programme: values.Code
    kind: Literal["simple", "bundle", "system"]
    complexity: Literal["low", "medium", "high"]
    elements: Annotated[tuple[Element, ...], BeforeValidator(_elements_by_name), Field(min_length=1)]
    eligible: Eligible = Eligible()
    available_from: values.Day | None = None
    available_delay_months: Parameter | None = None
    testing: values.Flag = True
    peers: Literal["networks", "ties", "none"] = "networks"
    package: values.Code | None = None
    appeal: values.FactorParameter
    baseline_stages: dict[values.Stage, values.ShareParameter] = Field(default_factory=dict)
    note: str = ""
    sources: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _stages_fit(self) -> Self:
        total = sum(share.value for share in self.baseline_stages.values())
        if total > 1 + _ROUNDING:
            raise ValueError(f"the baseline stages add up to {total:g}; their shares can be 1 together at most")
        return self


class DatedVersion(Frozen):
    """A deadline that stood before the current one."""

    date: values.Day
    source: str = ""


class Milestone(Frozen):
    """A threshold on the way."""

    date: values.Day
    threshold: values.SignedShare


class Ambition(Frozen):
    """A stated aim: of which interventions, which measure should reach what by when.

    `sites` and `patients` are shares; with `organisation_share`, organisations count in which at least that share of
    the eligible sites (and at least one) is there. `change` is that of a rate since `baseline_date`, signed, and
    `level` a share of a population: each moves by its own `trend` a year and by the `efficacy` of the interventions in
    use, on the log and the logit scale. `milestone` is met once the interventions exist.
    """

    title: values.Line
    programme: str = ""
    interventions: Annotated[tuple[values.Code, ...], Field(min_length=1)]
    together: Literal["all", "each"] = "all"
    measure: Literal["sites", "patients", "change", "level", "milestone"] = "sites"
    stage: values.Stage = 5
    threshold: values.SignedShare | None = None
    threshold_basis: Literal["published", "judgement"] = "judgement"
    deadline: values.Day
    earlier_deadlines: tuple[DatedVersion, ...] = ()
    denominator: Literal["eligible", "reported", "engaged"] = "eligible"
    milestones: tuple[Milestone, ...] = ()
    local_thresholds: dict[str, values.SignedShare] = Field(default_factory=dict)
    organisation_share: values.Share | None = None
    baseline: values.Positive | None = None
    baseline_unit: values.Line = ""
    baseline_period: str = ""
    baseline_date: values.Day | None = None
    trend: Parameter | None = None
    efficacy: dict[values.Code, Parameter] = Field(default_factory=dict)
    source: str = ""
    note: str = ""

    @property
    def deadlines(self) -> tuple[date, ...]:
        """Every deadline it has had, the current one last."""
        return (*(version.date for version in self.earlier_deadlines), self.deadline)


class Levers(Frozen):
    """What can be changed, complete: tables by PSC have a ``default`` for every PSC not named."""

    support: dict[str, str]
    coaches: dict[str, values.Positive]
    outreach_hours: dict[str, values.Positive]
    course_seats: dict[str, values.Positive]
    course_interval_months: values.Positive
    learning_sets: dict[str, values.Positive]
    meeting_interval_months: dict[str, values.Positive]
    attendance: dict[str, values.Share]
    push: str
    priority_rule: str
    champions: dict[str, values.Share]
    measurement: dict[str, values.Share]
    training: dict[str, values.Share]
    refreshers: values.Share
    safety_culture: dict[str, values.Share]
    co_design: values.Share


class Change(Levers):
    """A dated change: every lever as it stands from this day on."""

    from_date: values.Day = Field(alias="from")


class Shock(Frozen):
    """A dated factor on speeds, which may slow (below one) or launch (above one); none named means all."""

    name: values.Code
    start: values.Day = Field(alias="from")
    end: values.Day = Field(alias="to")
    interventions: tuple[values.Code, ...] = ()
    multiplier: values.FactorParameter


class Report(Frozen):
    """What is tabulated beside quarter ends and deadlines, and the usual groups: `dates` are any other days.

    With `reach` every run is made once more without regional support, on the same luck, to see what support adds.
    """

    months: values.Flag = False
    dates: tuple[values.Day, ...] = ()
    groups: tuple[str, ...] = ()
    reach: values.Flag = False


class Scenario(Levers):
    """Everything asked of a run, resolved: nothing is left to a base or the catalogue.

    `parameters` is flat and complete: the global ones by name, and ``INTERVENTION.appeal``,
    ``INTERVENTION.baseline.ELEMENT``, ``INTERVENTION.difficulty.ELEMENT``, ``INTERVENTION.stage.K``,
    ``INTERVENTION.available_delay_months``, ``shock.NAME.multiplier``, ``ambition.NAME.trend`` and
    ``ambition.NAME.efficacy.INTERVENTION``. Two scenarios are equal when they ask the same, wherever their files lie.
    """

    name: values.Name
    title: values.Line = ""
    description: str = ""
    base: str | None = None
    start: values.Day
    end: values.Day
    engaged_share: dict[str, values.Share]
    cycle_shape: Literal["fixed", "lognormal", "exponential"] = "lognormal"
    world: World = World()
    start_from: StartFrom | None = None
    quarterly_return: QuarterlyReturn = Field(default=QuarterlyReturn(), alias="return")
    programmes: dict[values.Code, Programme]
    interventions: Annotated[dict[values.Code, Intervention], Field(min_length=1)]
    ambitions: dict[values.Code, Ambition] = Field(default_factory=dict)
    change: tuple[Change, ...] = ()
    shocks: tuple[Shock, ...] = Field(default=(), alias="shock")
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    report: Report = Report()
    path: Path | None = None

    @property
    def origin(self) -> date:
        """The first simulated day: the start, or the day after the observed state."""
        return dates.day_after(self.start_from.as_of) if self.start_from else self.start

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        mine, theirs = (scenario.model_copy(update={"path": None}) for scenario in (self, other))
        return BaseModel.__eq__(mine, theirs)

    __hash__ = None  # type: ignore[assignment]

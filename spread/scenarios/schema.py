"""What a scenario says, checked and complete: frozen types at the file's edge.

The layout is that of the TOML file, so that a resolved scenario can be written out and read back.
Shares are 0 to 1; months, weeks and years as named; ranges are median and 5-95 %.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from spread import dates

_LARGEST = 1e6
_ROUNDING = 1e-9
_CODE = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$"
_NAME = r"^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.[A-Za-z0-9_-]){0,79}$"
_LINE = r"^[^\x00-\x1f\x7f]{0,300}$"

Day = Annotated[date, BeforeValidator(dates.parse_date, json_schema_input_type=str)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-_LARGEST, le=_LARGEST)]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0.0, le=_LARGEST)]
Share = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0.0, le=1.0)]
SignedShare = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1.0, le=1.0)]
Flag = Annotated[bool, Field(strict=True)]
Code = Annotated[str, Field(pattern=_CODE)]
Line = Annotated[str, Field(pattern=_LINE)]
Stage = Annotated[int, Field(ge=0, le=7)]
Scale = Literal["identity", "log", "logit"]
Basis = Literal["observed", "published", "judgement", "exact"]


class Frozen(BaseModel):
    """A part of a scenario: unknown keys are refused and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Parameter(Frozen):
    """A number, or what is believed about it: median and 5-95 % range on a scale.

    `low` and `high` are None for a fixed number. `zero` is the chance that it is exactly zero.
    """

    value: Number
    low: Number | None = None
    high: Number | None = None
    scale: Scale = "identity"
    zero: Share | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    unit: str = ""
    basis: Basis = "judgement"
    source: str = ""
    meaning: str = ""

    @model_validator(mode="before")
    @classmethod
    def _number_alone(cls, given: Any) -> Any:
        is_number = isinstance(given, int | float) and not isinstance(given, bool)
        return {"value": given, "source": "set in the scenario file"} if is_number else given

    @property
    def is_fixed(self) -> bool:
        """Whether every draw gets the same number."""
        return self.low is None and not self.zero

    @model_validator(mode="after")
    def _range_makes_sense(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high come together; write both, or neither for a fixed number")
        for number in (self.value, self.low, self.high):
            self._check(number)
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError(f"low {self.low:g}, value {self.value:g}, high {self.high:g} are not in rising order")
        if self.low is not None and self.low == self.high:
            raise ValueError(f"low and high are both {self.low:g}; for a fixed number write the number alone")
        return self

    def _check(self, number: float | None) -> None:
        if number is None:
            return
        is_spread = self.low is not None
        if self.minimum is not None and number < self.minimum:
            raise ValueError(f"{number:g} is below {self.minimum:g}, the smallest that makes sense")
        if self.maximum is not None and number > self.maximum:
            raise ValueError(f"{number:g} is above {self.maximum:g}, the largest that makes sense")
        if self.scale == "log" and (number < 0 or (is_spread and number == 0)):
            raise ValueError(f"{number:g} is not above zero, as scale 'log' needs")
        if self.scale == "logit" and not (0 <= number <= 1 and not (is_spread and number in (0, 1))):
            raise ValueError(f"{number:g} is not between 0 and 1, as scale 'logit' needs")


def _is_share(parameter: Parameter) -> Parameter:
    """Refuse what cannot be a share anywhere in its range of belief."""
    for number in (parameter.value, parameter.low, parameter.high):
        if number is not None and not 0 <= number <= 1:
            raise ValueError(f"{number:g} is not a share between 0 and 1")
    return parameter


def _is_factor(parameter: Parameter) -> Parameter:
    """Refuse a factor below zero."""
    for number in (parameter.value, parameter.low, parameter.high):
        if number is not None and number < 0:
            raise ValueError(f"{number:g} is below zero, which a factor cannot be")
    return parameter


ShareParameter = Annotated[Parameter, AfterValidator(_is_share)]
FactorParameter = Annotated[Parameter, AfterValidator(_is_factor)]


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
    as_of: Day


class Programme(Frozen):
    """A commissioned programme; before its start only baseline, peers and the push are at work."""

    title: Line = ""
    start: Day
    end: Day | None = None
    interventions: tuple[Code, ...] = ()


class Eligible(Frozen):
    """Which sites an intervention is for: any of the settings, all of the services; empty means any."""

    settings: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


class Element(Frozen):
    """One part of an intervention: share of sites with it at the start, difficulty (1 = ordinary), patients."""

    name: Code
    title: Line = ""
    baseline: ShareParameter
    difficulty: FactorParameter
    eligible_share: Share = 1.0


def _elements_by_name(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return [{"name": name, **entry} if isinstance(entry, dict) else entry for name, entry in value.items()]


class Intervention(Frozen):
    """An improvement that can spread: its kind, elements, who it is for and how it begins."""

    title: Line
    programme: Code
    kind: Literal["simple", "bundle", "system"]
    complexity: Literal["low", "medium", "high"]
    elements: Annotated[tuple[Element, ...], BeforeValidator(_elements_by_name), Field(min_length=1)]
    eligible: Eligible = Eligible()
    available_from: Day | None = None
    testing: Flag = True
    peers: Literal["networks", "ties", "none"] = "networks"
    appeal: FactorParameter
    baseline_stages: dict[Stage, ShareParameter] = {}
    runnable: Flag = True
    runnable_note: str = ""
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

    date: Day
    source: str = ""


class Milestone(Frozen):
    """A threshold on the way."""

    date: Day
    threshold: SignedShare


class Ambition(Frozen):
    """A stated aim: of which interventions, which measure should reach what by when."""

    title: Line
    programme: str = ""
    interventions: Annotated[tuple[Code, ...], Field(min_length=1)]
    together: Literal["all", "each"] = "all"
    measure: Literal["sites", "patients", "change", "level", "milestone"] = "sites"
    stage: Stage = 5
    threshold: SignedShare | None = None
    threshold_basis: Literal["published", "judgement"] = "judgement"
    deadline: Day
    earlier_deadlines: tuple[DatedVersion, ...] = ()
    denominator: Literal["eligible", "reported", "engaged"] = "eligible"
    milestones: tuple[Milestone, ...] = ()
    local_thresholds: dict[str, SignedShare] = {}
    baseline: Number | None = None
    baseline_period: str = ""
    runnable: Flag = True
    runnable_note: str = ""
    source: str = ""
    note: str = ""

    @property
    def deadlines(self) -> tuple[date, ...]:
        """Every deadline it has had, the current one last."""
        return (*(version.date for version in self.earlier_deadlines), self.deadline)


class Levers(Frozen):
    """What can be changed, complete: tables by PSC have a ``default`` for every PSC not named."""

    support: dict[str, str]
    coaches: dict[str, Positive]
    outreach_hours: dict[str, Positive]
    course_seats: dict[str, Positive]
    course_interval_months: Positive
    learning_sets: dict[str, Positive]
    meeting_interval_months: dict[str, Positive]
    attendance: dict[str, Share]
    push: str
    priority_rule: str
    champions: dict[str, Share]
    measurement: dict[str, Share]


class Change(Levers):
    """A dated change: every lever as it stands from this day on."""

    from_date: Day = Field(alias="from")


class Shock(Frozen):
    """A dated factor on speeds, which may slow (below one) or launch (above one); none named means all."""

    name: Code
    start: Day = Field(alias="from")
    end: Day = Field(alias="to")
    interventions: tuple[Code, ...] = ()
    multiplier: FactorParameter


class Report(Frozen):
    """What is tabulated beside quarter ends and deadlines, and the usual groups."""

    months: Flag = False
    groups: tuple[str, ...] = ()


class Scenario(Levers):
    """Everything asked of a run, resolved: nothing is left to a base or the catalogue.

    `parameters` is flat and complete: the global ones by name, and ``INTERVENTION.appeal``,
    ``INTERVENTION.baseline.ELEMENT``, ``INTERVENTION.difficulty.ELEMENT``, ``INTERVENTION.stage.K``,
    ``shock.NAME.multiplier``. Two scenarios are equal when they ask the same, wherever their files lie.
    """

    name: Annotated[str, Field(pattern=_NAME)]
    title: Line = ""
    description: str = ""
    base: str | None = None
    start: Day
    end: Day
    engaged_share: dict[str, Share]
    cycle_shape: Literal["fixed", "lognormal", "exponential"] = "lognormal"
    world: World = World()
    start_from: StartFrom | None = None
    programmes: dict[Code, Programme]
    interventions: Annotated[dict[Code, Intervention], Field(min_length=1)]
    ambitions: dict[Code, Ambition] = {}
    change: tuple[Change, ...] = ()
    shocks: tuple[Shock, ...] = Field(default=(), alias="shock")
    parameters: dict[str, Parameter] = {}
    report: Report = Report()
    path: Path | None = None

    @property
    def origin(self) -> date:
        """The first simulated day: the start, or the day after the observed state."""
        return dates.day_after(self.start_from.as_of) if self.start_from else self.start

    def priority_deadline(self, intervention: str) -> date | None:
        """The nearest current deadline of an ambition that counts this intervention."""
        named = (ambition for ambition in self.ambitions.values() if intervention in ambition.interventions)
        return min((ambition.deadline for ambition in named), default=None)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        mine, theirs = (scenario.model_copy(update={"path": None}) for scenario in (self, other))
        return BaseModel.__eq__(mine, theirs)

    __hash__ = None  # type: ignore[assignment]

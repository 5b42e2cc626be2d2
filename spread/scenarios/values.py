"""The smallest parts of a scenario: days, shares, names, and numbers that may be uncertain."""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from spread import dates

_LARGEST = 1e6
CODE = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$"
NAME = r"^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.[A-Za-z0-9_-]){0,79}$"
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE | re.ASCII)
"""What Windows keeps for devices, with or without an ending: no folder there can be called so."""
LINE = r"^[^\x00-\x1f\x7f]{0,300}$"

Day = Annotated[date, BeforeValidator(dates.parse_date, json_schema_input_type=str)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-_LARGEST, le=_LARGEST)]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0.0, le=_LARGEST)]
Share = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0.0, le=1.0)]
SignedShare = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1.0, le=1.0)]
Flag = Annotated[bool, Field(strict=True)]
Code = Annotated[str, Field(pattern=CODE)]
Line = Annotated[str, Field(pattern=LINE)]


def _is_no_device(name: str) -> str:
    """Refuse a name that no folder can have on Windows."""
    if RESERVED.fullmatch(name):
        raise ValueError(f"'{name}' is kept for devices on Windows, so no folder can be called so; choose another")
    return name


Name = Annotated[str, Field(pattern=NAME), AfterValidator(_is_no_device)]
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

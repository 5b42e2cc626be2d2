"""What was seen to happen: ``observed.csv``, one row a published figure, checked with every mistake at once.

A row says of one group of sites, on one date, how many (or what share) were at a stage of an intervention, had all of
several, or what a rate was. Counts where they are published, the value alone where they are not.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, NamedTuple

from spread import errors
from spread.network import tables
from spread.outcomes import naming
from spread.scenarios import names

COLUMNS: Final = tables.Columns(
    required=("date", "intervention", "measure", "group_kind", "group"),
    optional=("numerator", "denominator", "value", "unit", "source"),
)
GROUP_KINDS: Final = (
    "national", "nhs_region", "psc", "ics", "ccg", "setting", "imd_fifth", "organisation", "site",
)  # fmt: skip
ATTRIBUTE: Final = "attribute:"
NATIONAL: Final = "national"
MEASURES: Final = "stage>=N, stage=N, sustained, all_of:A+B, all_elements, element:NAME or rate"
MEASURE_WORDS: Final = ("sustained", "all_elements", "rate")
LAST_STAGE: Final = 7
ADOPTED: Final = 5
FIFTHS: Final = ("1", "2", "3", "4", "5")
MOST_COUNTED: Final = 1e9
LARGEST_RATE: Final = 1e9
ROUNDED: Final = 0.0051
"""How far a printed share may be from the one its counts give: half a percent, and a bit for the last digit."""
_STAGE = re.compile(r"stage\s*(>=|=)\s*([0-9])", re.ASCII)

Kind = Literal["at_least", "at", "all_of", "all_elements", "element", "rate"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What a row counts: `kind`, with the `stage` it is about (of shares of sites) or the `element`.

    `sustained` is being at the last stage; `all_of` means at `stage` or beyond in every one of several interventions.
    """

    kind: Kind
    stage: int = ADOPTED
    element: str = ""

    def __str__(self) -> str:
        if self.kind in ("at_least", "at"):
            return f"stage{'>=' if self.kind == 'at_least' else '='}{self.stage}"
        return f"element:{self.element}" if self.kind == "element" else self.kind

    @property
    def is_share(self) -> bool:
        """Whether its values lie between 0 and 1."""
        return self.kind != "rate"


@dataclass(frozen=True, slots=True)
class Observation:
    """One published figure.

    `interventions` are those it is about, more than one where sites have all of them; `numerator` and `denominator` are
    NaN where no counts are published; `value` is then what was published, and what the counts give otherwise. `group`
    is ``national`` for everyone, a code for a collaborative. `line` is where it stood in its `file`.
    """

    date: date
    interventions: tuple[str, ...]
    measure: Measure
    group_kind: str
    group: str
    numerator: float
    denominator: float
    value: float
    unit: str
    source: str
    line: int
    file: str = ""

    @property
    def scope(self) -> str:
        """As forecasts write it: ``national`` or ``psc:YH``."""
        return NATIONAL if self.group_kind == NATIONAL else f"{self.group_kind}:{self.group}"

    @property
    def has_counts(self) -> bool:
        """Whether counts were published."""
        return not math.isnan(self.denominator)


class Known(NamedTuple):
    """What rows may speak about; nothing where anything will do.

    `groups` by kind: ``{"psc": ("YH", ...), "site": (...)}``, the columns there are as ``attribute:``. `elements` by
    intervention.
    """

    interventions: Sequence[str] = ()
    elements: Mapping[str, Sequence[str]] = {}
    groups: Mapping[str, Sequence[str]] = {}


ANYTHING: Final = Known()


def read_observed(path: Path | str, known: Known = ANYTHING) -> tuple[Observation, ...]:
    """Read ``observed.csv``, in the order of its rows.

    Parameters
    ----------
    known
        Interventions, elements and groups there are; what is named must be among them.

    Raises
    ------
    spread.errors.InputError
        With every mistake of the file: its line, its column, and what would be right.
    """
    findings = tables.Findings(str(path))
    table = tables.read_csv(Path(path), COLUMNS, findings)
    if table.columns and not {"numerator", "value"} & set(table.columns):
        findings.add("has neither counts (numerator, denominator) nor a value", line=1)
    if table.columns and not table.rows and not findings.faults:
        findings.add("has a header and no rows")
    found = [_observation(row, known, findings) for row in table.rows]
    seen = [one for one in found if one is not None]
    _check_repeats(seen, findings)
    tables.raise_faults(findings)
    return tuple(seen)


def _observation(row: tables.Row, known: Known, findings: tables.Findings) -> Observation | None:
    """One row, or None where something in it is wrong."""
    before = len(findings.faults)
    tables.check_filled(row, ("date", "measure", "group_kind"), findings)
    on = tables.day(row, "date", findings)
    measure, named = _measure(row, findings)
    interventions = _interventions(row, measure, named, known, findings)
    _check_element(row, measure, interventions, known, findings)
    group_kind, group = _group(row, known, findings)
    numerator, denominator, value = _numbers(row, measure, findings)
    if len(findings.faults) > before or on is None or measure is None:
        return None
    return Observation(
        on, interventions, measure, group_kind, group, numerator, denominator, value,
        row.text("unit"), row.text("source"), row.line, findings.place,
    )  # fmt: skip


# --- when, what, of whom --------------------------------------------------------------------------


def _measure(row: tables.Row, findings: tables.Findings) -> tuple[Measure | None, tuple[str, ...]]:
    """The measure of a row, and the interventions it names itself."""
    text = row.text("measure")
    if not text:
        return None, ()
    stage = _STAGE.fullmatch(text)
    if stage and int(stage[2]) <= LAST_STAGE:
        return Measure("at_least" if stage[1] == ">=" else "at", int(stage[2])), ()
    if text == "sustained":
        return Measure("at_least", LAST_STAGE), ()
    if text == "all_elements":
        return Measure("all_elements"), ()
    if text == "rate":
        return Measure("rate"), ()
    if text.startswith("element:") and text.removeprefix("element:").strip():
        return Measure("element", element=text.removeprefix("element:").strip()), ()
    if text.startswith(naming.ALL_OF):
        parts = _parts(text.removeprefix(naming.ALL_OF))
        if len(parts) > 1:
            return Measure("all_of"), parts
        findings.add("all_of: names two interventions or more, joined by +", line=row.line, key="measure")
        return None, ()
    if stage:
        hint = f"; stages are 0 to {LAST_STAGE}"
    else:
        hint = errors.did_you_mean(text, (*MEASURE_WORDS, "stage>=5", "stage=5")) or f"; write {MEASURES}"
    findings.add(f"'{tables.shown(text)}' is no measure{hint}", line=row.line, key="measure")
    return None, ()


def _parts(text: str) -> tuple[str, ...]:
    return tuple(sorted({part.strip() for part in text.split("+") if part.strip()}))


def _interventions(
    row: tables.Row,
    measure: Measure | None,
    named: tuple[str, ...],
    known: Known,
    findings: tables.Findings,
) -> tuple[str, ...]:
    """The interventions a row is about; those the measure names need not be said again."""
    text = row.text("intervention")
    parts = _parts(text.removeprefix(naming.ALL_OF))
    if measure is not None and named and parts and parts != named:
        message = (
            f"'{tables.shown(text)}' is not what the measure names ({tables.shown('+'.join(named))}); leave it blank"
        )
        findings.add(message, line=row.line, key="intervention")
    if not parts and not named:
        findings.add("is blank", line=row.line, key="intervention")
    both = named or parts
    if len(both) > 1 and measure is not None and measure.kind not in ("all_of", "at_least"):
        message = f"{measure} is of one intervention; '{tables.shown(text)}' names {len(both)}"
        findings.add(message, line=row.line, key="intervention")
    for name in both:
        if known.interventions and name not in known.interventions:
            near = errors.did_you_mean(name, known.interventions) or f"; there are {', '.join(known.interventions)}"
            message = f"'{tables.shown(name)}' is not an intervention of the scenario{near}"
            findings.add(message, line=row.line, key="measure" if named else "intervention")
    return both


def _check_element(
    row: tables.Row,
    measure: Measure | None,
    interventions: tuple[str, ...],
    known: Known,
    findings: tables.Findings,
) -> None:
    if measure is None or measure.kind != "element" or len(interventions) != 1:
        return
    there = known.elements.get(interventions[0])
    if there is not None and measure.element not in there:
        near = errors.did_you_mean(measure.element, there) or f"; it has {', '.join(there)}"
        message = f"'{tables.shown(measure.element)}' is no element of {interventions[0]}{near}"
        findings.add(message, line=row.line, key="measure")


def _group(row: tables.Row, known: Known, findings: tables.Findings) -> tuple[str, str]:
    kind, group = row.text("group_kind"), row.text("group")
    if not kind:
        return "", ""
    if kind == NATIONAL:
        if group.casefold() not in ("", NATIONAL, "england"):
            message = f"'{tables.shown(group)}' is not everyone; for national leave the group blank"
            findings.add(message, line=row.line, key="group")
        return NATIONAL, NATIONAL
    columns = known.groups.get(ATTRIBUTE)
    is_attribute = kind.startswith(ATTRIBUTE) and len(kind) > len(ATTRIBUTE)
    is_known = is_attribute and (columns is None or kind.removeprefix(ATTRIBUTE) in columns)
    if kind not in GROUP_KINDS and not is_known:
        kinds = (*GROUP_KINDS, *(f"{ATTRIBUTE}{column}" for column in (["COLUMN"] if columns is None else columns)))
        near = errors.did_you_mean(kind, kinds) or f"; there are {', '.join(kinds)}"
        findings.add(f"'{tables.shown(kind)}' is no kind of group{near}", line=row.line, key="group_kind")
        return "", ""
    if not group:
        findings.add(f"is blank; say which {kind}", line=row.line, key="group")
        return kind, ""
    return kind, _known_group(row, kind, group, known, findings)


def _known_group(row: tables.Row, kind: str, group: str, known: Known, findings: tables.Findings) -> str:
    """The group as it is known: a collaborative by its code."""
    there = known.groups.get(kind, FIFTHS if kind == "imd_fifth" else ())
    code = (names.psc_code(group) or group) if kind == "psc" and group not in there else group
    if not there or code in there:
        return code
    spellings = (*there, *names.aliases()) if kind == "psc" else there
    near = errors.did_you_mean(group, spellings)
    few = f"; there are {', '.join(there)}" if len(there) <= len(names.psc_codes()) else ""
    findings.add(f"no {kind} '{tables.shown(group)}'{near or few}", line=row.line, key="group")
    return code


# --- how many -------------------------------------------------------------------------------------


def _numbers(
    row: tables.Row, measure: Measure | None, findings: tables.Findings
) -> tuple[float, float, float]:  # fmt: skip
    """Numerator, denominator and value; NaN for counts that were not published."""
    numerator, denominator = (_count(row, column, findings) for column in ("numerator", "denominator"))
    value = _value(row, measure, findings)
    for column, other in (("numerator", "denominator"), ("denominator", "numerator")):
        if row.text(column) and not row.text(other):
            findings.add(f"is blank, where there is a {column}", line=row.line, key=other)
    if not row.text("denominator") and not row.text("numerator") and not row.text("value"):
        findings.add("is blank, and so are the counts", line=row.line, key="value")
    if row.text("denominator") and denominator == 0.0:
        findings.add("is 0: nobody is counted", line=row.line, key="denominator")
        return math.nan, math.nan, math.nan
    if math.isnan(numerator) or math.isnan(denominator):
        return math.nan, math.nan, value
    above, below = (tables.shown(row.text(column)) for column in ("numerator", "denominator"))
    if measure is not None and measure.is_share and numerator > denominator:
        findings.add(f"{above} is more than the denominator, {below}", line=row.line, key="numerator")
        return math.nan, math.nan, math.nan
    counted = numerator / denominator
    if measure is not None and measure.is_share and abs(value - counted) > ROUNDED:
        message = f"{tables.shown(row.text('value'))} is not {above} of {below} ({counted:.3f})"
        findings.add(message, line=row.line, key="value")
    is_share = measure is None or measure.is_share
    return numerator, denominator, counted if is_share or math.isnan(value) else value


def _count(row: tables.Row, column: str, findings: tables.Findings) -> float:
    """A whole number of sites or patients."""
    count = tables.number(row, column, findings, low=0.0, high=MOST_COUNTED)
    if not math.isnan(count) and count != int(count):
        findings.add(f"{tables.shown(row.text(column))} is not a whole number", line=row.line, key=column)
        return math.nan
    return count


def _value(row: tables.Row, measure: Measure | None, findings: tables.Findings) -> float:
    """A share between 0 and 1, or a rate."""
    if measure is not None and not measure.is_share:
        return tables.number(row, "value", findings, low=-LARGEST_RATE, high=LARGEST_RATE)
    text = row.text("value")
    percent = text.removesuffix("%").strip()
    if text != percent and re.fullmatch(r"\d+\.?\d*", percent, re.ASCII):
        findings.add(f"'{tables.shown(text)}': write {float(percent) / 100:g}", line=row.line, key="value")
        return math.nan
    before = len(findings.faults)
    value = tables.number(row, "value", findings, low=0.0)
    if len(findings.faults) == before and value > 1.0:
        hint = f"; write {text} % as {value / 100:g}" if value <= 100.0 else ""
        findings.add(f"{tables.shown(text)} is not between 0 and 1{hint}", line=row.line, key="value")
        return math.nan
    return value


def _check_repeats(found: Sequence[Observation], findings: tables.Findings) -> None:
    """Note rows that say something of the same group, date and measure twice, from one source."""
    first: dict[tuple[object, ...], int] = {}
    for one in found:
        key = (one.date, one.interventions, one.measure, one.group_kind, one.group, one.unit, one.source)
        if key in first:
            what = f"{one.date}, {'+'.join(one.interventions)}, {one.measure}, {one.scope}"
            findings.add(
                f"'{tables.shown(what)}' is there twice, first on line {first[key]}", line=one.line, key="date"
            )
        first.setdefault(key, one.line)

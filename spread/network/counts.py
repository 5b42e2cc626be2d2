"""Where things stood by counts alone: from rows of an ``observed.csv`` to how many sites were at a stage.

Of each intervention and group the rows of its latest day count. Rows about anything else (rates, elements, other groups
or interventions) are left aside: they say nothing of how many sites stand where.
"""

import itertools
import math
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from spread import errors
from spread.network import population as people
from spread.network import tables
from spread.network.population import Population
from spread.network.start import LAST_STAGE, NATIONAL, Count, StartTable
from spread.scenarios import names

if TYPE_CHECKING:
    from spread.scenarios import schema

COLUMNS = tables.Columns(required=("date", "intervention", "measure", "group_kind"), further=True)
NUMBERS = ("numerator", "denominator", "value")
_ROUNDING = 1e-6
_MEASURE = re.compile(r"stage ?(>=|=) ?([0-9])")
_OTHER_MEASURES = re.compile(r"rate|all_elements|(?:all_of|element):.+")


class _Row(NamedTuple):
    day: date
    intervention: int
    psc: int
    least: int
    most: int
    share: float
    line: int


def is_counts(path: Path) -> bool:
    """Whether a file has the columns of an ``observed.csv``; False when it cannot be read."""
    header = set(tables.read_csv(path, tables.Columns((), further=True), tables.Findings(str(path))).columns)
    return set(COLUMNS.required) <= header and bool(header & set(NUMBERS))


def read_counts(path: Path, as_of: date, *, scenario: "schema.Scenario", population: Population) -> StartTable:
    """Read how many sites stood where: for each intervention and group, on its latest day by `as_of`.

    Raises
    ------
    spread.errors.InputError
        With every fault of the file, or when nothing in it can be used.
    """
    findings = tables.Findings(str(path))
    table = tables.read_csv(path, COLUMNS, findings)
    found = [_read_row(row, scenario, population, findings) for row in table.rows]
    rows = [row for row in found if row is not None and row.day <= as_of]
    _check_repeats(rows, findings)
    if not rows and not findings.faults:
        wanted = ", ".join(scenario.interventions)
        message = f"counts no sites by stage, national or by psc, of {wanted} on or before {as_of}"
        findings.add(message, key="measure")
    tables.raise_faults(findings)
    latest: dict[tuple[int, int], date] = {}
    for row in rows:
        group = row.intervention, row.psc
        latest[group] = max(row.day, latest.get(group, row.day))
    kept: list[Count] = []
    for group, day in sorted(latest.items()):
        told = [row for row in rows if (row.intervention, row.psc) == group and row.day == day]
        kept += _or_above(told, findings)
    tables.raise_faults(findings)
    nobody = np.zeros(0, dtype=np.int64)
    return StartTable(nobody, nobody, nobody, (), (), counts=tuple(kept), counted_on=max(latest.values()))


def _or_above(rows: Sequence[_Row], findings: tables.Findings) -> list[Count]:
    """Shares at a stage or above, from those and from shares at one stage; of one intervention, group and day."""
    above = {LAST_STAGE + 1: 0.0} | {row.least: row.share for row in rows if row.most == LAST_STAGE}
    for row in sorted((row for row in rows if row.most < LAST_STAGE), key=lambda row: -row.least):
        if row.most + 1 in above:
            above.setdefault(row.least, above[row.most + 1] + row.share)
        else:
            message = f"says little without stage>={row.most + 1} of the same day; add it"
            findings.add(message, line=row.line, key="measure")
    stages = sorted(above)
    for stage, higher in itertools.pairwise(stages):
        if above[stage] < above[higher] - _ROUNDING or above[stage] > 1.0 + _ROUNDING:
            message = f"stage>={stage} comes to {above[stage]:.3g}, but stage>={higher} to {above[higher]:.3g}"
            findings.add(message, line=rows[0].line, key="measure")
    return [Count(rows[0].intervention, rows[0].psc, stage, above[stage]) for stage in stages[:-1] if stage > 0]


def _read_row(
    row: tables.Row, scenario: "schema.Scenario", population: Population, findings: tables.Findings
) -> _Row | None:
    before = len(findings.faults)
    tables.check_filled(row, COLUMNS.required, findings)
    name, bounds = row.text("intervention"), _stages(row, findings)
    day, psc = tables.day(row, "date", findings), _group(row, population, findings)
    if name not in scenario.interventions or bounds is None or psc is None or day is None:
        return None
    sites = people.eligible_sites(scenario.interventions[name], population)
    eligible = len(sites) if psc == NATIONAL else int((population.psc[sites] == psc).sum())
    share = _share(row, eligible, findings)
    if len(findings.faults) > before or math.isnan(share):
        return None
    number = list(scenario.interventions).index(name)
    return _Row(day, number, psc, *bounds, share, row.line)


def _stages(row: tables.Row, findings: tables.Findings) -> tuple[int, int] | None:
    """The stages a measure counts, lowest and highest; None when it counts no sites by stage."""
    text = row.text("measure").casefold()
    if text == "sustained":
        return LAST_STAGE, LAST_STAGE
    found = _MEASURE.fullmatch(text)
    if found and int(found[2]) <= LAST_STAGE:
        return int(found[2]), LAST_STAGE if found[1] == ">=" else int(found[2])
    if text and not _OTHER_MEASURES.fullmatch(text):
        message = f"'{tables.shown(text)}' is no measure; write stage>=0 to stage>={LAST_STAGE}, stage=N or sustained"
        findings.add(message, line=row.line, key="measure")
    return None


def _group(row: tables.Row, population: Population, findings: tables.Findings) -> int | None:
    """A collaborative, or `NATIONAL`; None for any other group."""
    kind, text = row.text("group_kind").casefold(), row.text("group")
    if kind == "national":
        return NATIONAL
    if kind != "psc":
        return None
    code = names.psc_code(text) or text
    if code in population.psc_codes:
        return population.psc_codes.index(code)
    hint = errors.did_you_mean(text, population.psc_codes)
    findings.add(f"no collaborative '{tables.shown(text)}' in this world{hint}", line=row.line, key="group")
    return None


def _share(row: tables.Row, eligible: int, findings: tables.Findings) -> float:
    """The share of sites; by counts where there are, else by the value. NaN with a fault."""
    above, below = (tables.number(row, column, findings, low=0.0) for column in NUMBERS[:2])
    value = tables.number(row, "value", findings, low=0.0, high=1.0)
    if above > below:
        findings.add(f"{above:g} is more than the denominator, {below:g}", line=row.line, key="numerator")
    if below > eligible:
        message = f"{below:g} is more than the {eligible} sites that are eligible"
        findings.add(message, line=row.line, key="denominator")
    if above <= below and below > 0:
        return above / below
    if math.isnan(value) and not any(row.text(column) for column in NUMBERS):
        findings.add("give numerator and denominator, or a value", line=row.line, key="numerator")
    return value


def _check_repeats(rows: Sequence[_Row], findings: tables.Findings) -> None:
    """Note rows about one day, intervention, group and measure."""
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        key = row[:5]
        if key in first:
            findings.add(f"says the same as line {first[key]} of {row.day}", line=row.line, key="measure")
        first.setdefault(key, row.line)

"""Where things stood: the observed state a run may start from, and a user's ``stages.csv`` that gives it.

A table of stages is taken as checked, site by site. A quarterly return (`placing`) is what sites say of themselves,
and counts (`counts`) say how many there are but not who.
"""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from spread import errors
from spread.network import tables
from spread.network.population import Ints, Population

STAGE_COLUMNS = tables.Columns(required=("site", "intervention", "date", "stage"), optional=("since",))
# In the order of their codes; the last two stand beside the scale.
STAGE_NAMES = (
    "no_contact", "knowledge", "interest", "decision", "testing", "adoption", "spread", "sustained",
    "stopped", "lapsed",
)  # fmt: skip
LAST_STAGE = STAGE_NAMES.index("sustained")
NATIONAL = -1
History = tuple[tuple[date, int], ...]
_NUMBERED = re.compile(r"(?:stage ?)?([0-9])(?:\.0+)?(?: ?[-–:].*)?", re.IGNORECASE | re.ASCII)


class Count(NamedTuple):
    """Which share of sites stood at a stage or above, without saying which.

    `psc` is an index, `NATIONAL` for everybody.
    """

    intervention: int
    psc: int
    least: int
    share: float


class StartTable(NamedTuple):
    """The latest known stage of each unit listed, K of them, sorted by intervention, then site.

    Shapes (K,): `site` and `intervention` indices; `stage` 0-7 of the assurance scale, 8 stopped, 9 lapsed; `since`,
    the day the stage was entered (None: not known); `reported`, the date of the row used; `told`, everything reported
    of the unit up to then as (day, stage), oldest first (none kept: the row used is all). `is_self_reported` where
    sites speak of themselves, so that the stage may be wrong by one. `counts`, all of one `counted_on` for an
    intervention and group, where nobody is named. `line` of the row used in a ``stages.csv``.
    """

    site: Ints
    intervention: Ints
    stage: Ints
    since: tuple[date | None, ...]
    reported: tuple[date, ...]
    told: tuple[History, ...] = ()
    is_self_reported: bool = False
    counts: tuple[Count, ...] = ()
    counted_on: date | None = None
    line: tuple[int, ...] = ()

    @property
    def data_date(self) -> date | None:
        """The day the data speak of, where it is the data that say so: not of a table of stages, which says how
        things stand on the day it is given for.
        """
        if self.counts:
            return self.counted_on
        return max(self.reported) if self.is_self_reported else None

    @property
    def late_count(self) -> int:
        """Sites whose last report of an intervention, or of several, is from before the data date of that."""
        if not self.is_self_reported:
            return 0
        latest: dict[int, date] = {}
        for tool, day in zip(self.intervention.tolist(), self.reported, strict=True):
            latest[tool] = max(day, latest.get(tool, day))
        rows = zip(self.site.tolist(), self.intervention.tolist(), self.reported, strict=True)
        return len({site for site, tool, day in rows if day < latest[tool]})

    def history(self, row: int) -> History:
        """Everything reported of the unit of a row, oldest first."""
        return self.told[row] if self.told else ((self.reported[row], int(self.stage[row])),)


class _Report(NamedTuple):
    intervention: int
    site: int
    reported: date
    stage: int
    since: date | None
    line: int


def read_stages(path: Path, as_of: date, *, population: Population | None, interventions: Sequence[str]) -> StartTable:
    """Read ``stages.csv``: for each site and intervention, the latest row dated on or before `as_of`.

    Where there is no population, because its own files are at fault, any site will do.

    Raises
    ------
    spread.errors.InputError
        With every fault of the file, rows after `as_of` included.
    """
    findings = tables.Findings(str(path))
    table = tables.read_csv(path, STAGE_COLUMNS, findings)
    codes = population.site_codes if population else tuple(dict.fromkeys(row.text("site") for row in table.rows))
    site_of = {code: row for row, code in enumerate(codes)}
    intervention_of = {name: row for row, name in enumerate(interventions)}
    found = [_report(row, site_of, intervention_of, findings) for row in table.rows]
    reports = [report for report in found if report is not None]
    _check_repeats(table, found, findings)
    latest = _latest(reports, as_of)
    if not table.rows and not findings.faults:
        findings.add("has a header and no rows")
    if not latest and not findings.faults:
        findings.add(f"has no row dated on or before {as_of}", key="date")
    tables.raise_faults(findings)
    return StartTable(
        site=np.array([report.site for report in latest], dtype=np.int64),
        intervention=np.array([report.intervention for report in latest], dtype=np.int64),
        stage=np.array([report.stage for report in latest], dtype=np.int64),
        since=tuple(report.since for report in latest),
        reported=tuple(report.reported for report in latest),
        told=_histories(reports, as_of),
        line=tuple(report.line for report in latest),
    )


def is_stages(path: Path) -> bool:
    """Whether a file has the columns of a ``stages.csv``; False when it cannot be read."""
    header = tables.read_csv(path, tables.Columns((), further=True), tables.Findings(str(path))).columns
    return set(STAGE_COLUMNS.required) <= set(header)


def parse_stage(text: str) -> int | None:
    """A stage as people write it: ``5``, ``Stage 5 - Adoption``, ``adoption``, ``lapsed``; None when it is no stage."""
    numbered = _NUMBERED.fullmatch(text.strip())
    if numbered:
        stage = int(numbered[1])
        return stage if stage <= LAST_STAGE else None
    name = text.strip().casefold().replace(" ", "_")
    return STAGE_NAMES.index(name) if name in STAGE_NAMES else None


def _report(
    row: tables.Row, site_of: dict[str, int], intervention_of: dict[str, int], findings: tables.Findings
) -> _Report | None:
    before = len(findings.faults)
    tables.check_filled(row, STAGE_COLUMNS.required, findings)
    tables.check_site(row, "site", site_of, findings)
    _check_intervention(row, intervention_of, findings)
    stage = parse_stage(row.text("stage"))
    if stage is None and row.text("stage"):
        message = f"'{tables.shown(row.text('stage'))}' is no stage; write 0 to {LAST_STAGE}, stopped or lapsed"
        findings.add(message, line=row.line, key="stage")
    reported, since = (tables.day(row, column, findings) for column in ("date", "since"))
    if reported and since and since > reported:
        findings.add(f"{since} is after the row's date, {reported}", line=row.line, key="since")
    if len(findings.faults) > before or stage is None or reported is None:
        return None
    intervention, site = intervention_of[row.text("intervention")], site_of[row.text("site")]
    return _Report(intervention, site, reported, stage, since, row.line)


def _check_intervention(row: tables.Row, intervention_of: dict[str, int], findings: tables.Findings) -> None:
    name = row.text("intervention")
    if name and name not in intervention_of:
        hint = errors.did_you_mean(name, list(intervention_of)) or f"; it has {', '.join(intervention_of)}"
        message = f"'{tables.shown(name)}' is not an intervention of the scenario{hint}"
        findings.add(message, line=row.line, key="intervention")


def _check_repeats(table: tables.Table, found: Sequence[_Report | None], findings: tables.Findings) -> None:
    """Note rows of one site, intervention and date (however the date was written)."""
    first: dict[tuple[int, int, date], int] = {}
    for row, report in zip(table.rows, found, strict=True):
        if report is None:
            continue
        key = report[:3]
        if key in first:
            what = f"{row.text('site')}, {row.text('intervention')}, {report.reported}"
            findings.add(f"'{what}' is there twice, first on line {first[key]}", line=row.line, key="site")
        first.setdefault(key, row.line)


def _latest(reports: Sequence[_Report], as_of: date) -> list[_Report]:
    known = sorted((report for report in reports if report.reported <= as_of), key=lambda report: report[:3])
    latest = {(report.intervention, report.site): report for report in known}
    return [latest[unit] for unit in sorted(latest)]


def _histories(reports: Sequence[_Report], as_of: date) -> tuple[History, ...]:
    """What was reported of each unit, in the order of `_latest`."""
    told: dict[tuple[int, int], list[tuple[date, int]]] = {}
    for report in sorted((report for report in reports if report.reported <= as_of), key=lambda report: report[:3]):
        told.setdefault((report.intervention, report.site), []).append((report.reported, report.stage))
    return tuple(tuple(told[unit]) for unit in sorted(told))

"""Reading a quarterly assurance return: one row per organisation (or site) and quarter, one column per component.

The file is a CSV or a workbook of one or more sheets, recognised by its columns; every fault of every sheet is
found before any is reported. Who is meant by a row is settled by `placing`.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from spread import cells, dates, errors
from spread.network import headings, own_world, stages, tables, workbooks
from spread.scenarios import catalogue, names

HEADER_ROWS = 20
SHORTEST_NAME_TO_CORRECT = 5
_ANY = tables.Columns((), further=True)


class Entry(NamedTuple):
    """One row: who reported, for which quarter (its last day), and what of each component.

    `stages` holds a stage 0-7, `stages.NOT_ELIGIBLE`, or None where nothing was reported. Text is empty where the file
    says nothing; `psc` is a code of the catalogue, or the name of a collaborative of the user's own; `named_in` is the
    heading of the column that names the organisation or site.
    """

    place: str
    line: int
    psc: str
    ics: str
    organisation_code: str
    organisation_recorded: str
    organisation_name: str
    site_code: str
    site_name: str
    phase: str
    quarter: date
    stages: Mapping[str, int | None]
    named_in: str = ""

    @property
    def organisation(self) -> str:
        """The organisation's code, or its name where it has none."""
        return self.organisation_code or self.organisation_name or self.organisation_recorded

    @property
    def organisation_title(self) -> str:
        """The organisation by name, or its code where it has none."""
        return self.organisation_name or self.organisation_recorded or self.organisation_code

    @property
    def site(self) -> str:
        """The site's code, or its name; empty where the row is about a whole organisation."""
        return self.site_code or self.site_name

    @property
    def codes_and_names(self) -> tuple[str, ...]:
        """Everything by which the row says who reports."""
        return (
            self.organisation_code, self.organisation_recorded, self.organisation_name, self.site_code, self.site_name,
        )  # fmt: skip

    @property
    def is_blank(self) -> bool:
        """Whether it says nothing where something could be said."""
        said = self.stages.values()
        return None in said and all(stage is None or stage == stages.NOT_ELIGIBLE for stage in said)


class Return(NamedTuple):
    """A return as read: its components with their headings, its rows, and headings that were left aside."""

    components: Mapping[str, str]
    entries: tuple[Entry, ...]
    aside: tuple[str, ...]

    @property
    def quarters(self) -> tuple[date, ...]:
        """The quarters it speaks of, by their last days, ascending."""
        return tuple(sorted({entry.quarter for entry in self.entries}))


class _Sheet(NamedTuple):
    table: tables.Table
    findings: tables.Findings


def read_return(path: Path, *, columns: Mapping[str, str] | None = None, known: Iterable[str] = ()) -> Return:
    """Read a return, CSV or workbook.

    Parameters
    ----------
    columns
        What headings mean that are not recognised by themselves: a field of `headings.HEADINGS`, a component, or
        nothing (`headings.LEAVE_ASIDE`).
    known
        Interventions a column may name, beside those of the catalogue.

    Raises
    ------
    spread.errors.InputError
        With every fault of the file.
    """
    with own_world.no_search_for_garbage():
        return _read(path, columns or {}, known)


def _read(path: Path, columns: Mapping[str, str], known: Iterable[str]) -> Return:
    findings = tables.Findings(str(path))
    mapping = headings.read_mapping(columns, findings)
    sheets, there, line = _sheets(path, mapping, findings)
    headings.check_there(columns, there, findings, line=line)
    if not sheets and not findings.faults:
        findings.add(headings.say_no_return(there, mapping))
    names_known = {*catalogue.interventions(), *known}
    components: dict[str, str] = {}
    entries: list[Entry] = []
    aside: list[str] = []
    for table, of_sheet in sheets:
        layout = headings.lay_out(table, mapping, names_known, of_sheet)
        aside += layout.aside
        components |= {name: heading for heading, name in layout.components.items() if name not in components}
        entries += _entries(table, layout, of_sheet)
    everything = [findings, *(sheet.findings for sheet in sheets)]
    if not any(found.faults for found in everything):
        _check_repeats(entries, findings)
    tables.raise_faults(*everything)
    if not entries:
        raise errors.InputError(errors.Fault("holds no rows", str(path)))
    return Return(components, tuple(entries), tuple(dict.fromkeys(aside)))


def is_return(path: Path, columns: Mapping[str, str] | None = None) -> bool:
    """Whether a file's columns are those of a return, rather than of a ``stages.csv``; False when it cannot be read.

    A workbook can be nothing else, whatever is wrong with it. `columns` are the meanings of headings, as for
    `read_return`.
    """
    findings = tables.Findings(str(path))
    if workbooks.is_workbook(path, findings):
        return True
    mapping = headings.read_mapping(columns or {}, findings)
    sheets, *_ = _sheets(path, mapping, findings)
    return any(sheet.table.columns for sheet in sheets) and not findings.faults


# ---- sheets ----


def _sheets(path: Path, mapping: Mapping[str, str], findings: tables.Findings) -> tuple[list[_Sheet], list[str], int]:
    """The tables of a file that look like a return, their headings and their line, 0 where each sheet has its own.

    Where none looks like one, all that may be headings.
    """
    if not workbooks.is_workbook(path, findings):
        table = tables.read_csv(path, _ANY, findings)
        is_one = headings.is_header(table.columns, mapping)
        return [_Sheet(table, tables.Findings(str(path)))] if is_one else [], list(table.columns), table.line
    pages = workbooks.read_sheets(path, findings)
    found = [_from_workbook(path, page, mapping) for page in pages]
    sheets = [sheet for sheet in found if sheet is not None]
    if sheets:
        return sheets, [heading for sheet in sheets for heading in sheet.table.columns], 0
    return [], [text for page in pages for _, texts in page.rows[:HEADER_ROWS] for text in texts if text], 0


def _from_workbook(path: Path, sheet: workbooks.Sheet, mapping: Mapping[str, str]) -> _Sheet | None:
    """One sheet as a table from the first row that looks like a header; None where there is no such row."""
    findings = tables.Findings(f"{path}, sheet '{tables.shown(sheet.name)}'")
    for number, (line, header) in enumerate(sheet.rows[:HEADER_ROWS]):
        if headings.is_header(header, mapping):
            used = [place for place, heading in enumerate(header) if heading]
            columns = tuple(header[place] for place in used)
            for heading in sorted({heading for heading in columns if columns.count(heading) > 1}):
                findings.add(f"column '{tables.shown(heading)}' is there twice", line=line)
            rows = [
                tables.Row(row_line, {header[place]: texts[place] for place in used if place < len(texts)})
                for row_line, texts in sheet.rows[number + 1 :]
            ]
            for row in rows:
                tables.check_cells(row, findings)
            kept = tuple(row for row in rows if any(row.cells.values()))
            return _Sheet(tables.Table(columns, kept, line), findings)
    return None


# ---- rows ----


def _entries(table: tables.Table, layout: headings.Layout, findings: tables.Findings) -> list[Entry]:
    found = []
    for row in table.rows:
        if len(findings.faults) > tables.MOST_FAULTS:
            break
        entry = _entry(row, layout, findings)
        if entry is not None:
            found.append(entry)
    return found


def _entry(row: tables.Row, layout: headings.Layout, findings: tables.Findings) -> Entry | None:
    before = len(findings.faults)
    heading_of = {field: heading for heading, field in layout.fields.items()}
    said = {field: _identity(row, heading, findings) for field, heading in heading_of.items()}
    if not any(said.get(field) for field in headings.WHO):
        column = next(heading_of[field] for field in headings.WHO if field in said)
        findings.add("names no organisation or site", line=row.line, key=column)
    psc = _psc(row, said["psc"], heading_of["psc"], findings)
    quarter = _quarter(row, said["quarter"], heading_of["quarter"], findings)
    reported = {name: _stage(row, heading, findings) for heading, name in layout.components.items()}
    if quarter is None or len(findings.faults) > before:
        return None
    text = {field: said.get(field, "") for field in headings.HEADINGS if field not in headings.NEEDED}
    named_in = next(heading_of[field] for field in reversed(headings.WHO) if said.get(field))
    return Entry(findings.place, row.line, psc, quarter=quarter, stages=reported, named_in=named_in, **text)


def _identity(row: tables.Row, heading: str, findings: tables.Findings) -> str:
    """A cell that names somebody: without the quote that kept it from being a formula; a formula is a fault."""
    text = " ".join(row.text(heading).split())
    if text.startswith("="):
        findings.add(f"'{tables.shown(text)}' is a formula; put its value there", line=row.line, key=heading)
        return ""
    return "" if text.casefold() in stages.NOT_REPORTED else cells.as_meant(text)


def _psc(row: tables.Row, text: str, heading: str, findings: tables.Findings) -> str:
    if not text:
        if not row.text(heading).startswith("="):
            findings.add("is blank; give the collaborative", line=row.line, key=heading)
        return ""
    code = names.psc_code(text)
    if code is not None:
        return code
    meant = _psc_misspelt(text)
    if meant:
        findings.add(f"'{tables.shown(text)}' is no collaborative{meant}", line=row.line, key=heading)
    return text


@lru_cache(maxsize=1024)
def _psc_misspelt(text: str) -> str:
    """A hint where a name is nearly that of a collaborative; any other is one of the user's own."""
    if len(text) < SHORTEST_NAME_TO_CORRECT:
        return ""
    known = names.aliases()
    near = difflib.get_close_matches(names.plain(text), list(known), n=1, cutoff=tables.MISSPELT)
    return f"; did you mean '{names.spellings(known[near[0]])[0]}' ({known[near[0]]})?" if near else ""


def _quarter(row: tables.Row, text: str, heading: str, findings: tables.Findings) -> date | None:
    if not text:
        if not row.text(heading).startswith("="):
            findings.add("is blank; give the quarter, such as '2022/23 Q2'", line=row.line, key=heading)
        return None
    try:
        found = quarter_end(text)
    except ValueError as error:
        findings.add(str(error), line=row.line, key=heading)
        return None
    return found if tables.check_day(found, row, heading, findings) else None


@lru_cache(maxsize=1024)
def quarter_end(text: str) -> date:
    """The last day of a quarter given by its name, or by a day in it.

    Raises
    ------
    ValueError
        When it is neither.
    """
    return dates.parse_date(dates.quarter_name(dates.parse_date(text)))


def _stage(row: tables.Row, heading: str, findings: tables.Findings) -> int | None:
    text = row.text(heading)
    try:
        return stages.parse_cell(text)
    except ValueError as error:
        findings.add(f"'{tables.shown(text)}' {error}", line=row.line, key=heading)
        return None


def _check_repeats(entries: Sequence[Entry], findings: tables.Findings) -> None:
    """Note what is reported twice by one organisation (as recorded) or site, for one quarter and component.

    Rows of one code under two recorded names are a trust beside its successor, which `placing` brings together.
    """
    first: dict[tuple[object, ...], Entry] = {}
    for entry in entries:
        recorded = names.plain(entry.organisation_recorded or entry.organisation_name)
        who = (entry.organisation_code.casefold(), recorded, entry.site.casefold(), entry.quarter)
        for name in entry.stages:
            earlier = first.setdefault((*who, name), entry)
            if earlier is not entry:
                sheet = "" if earlier.place == entry.place else f" of {earlier.place}"
                said = f"{entry.site or entry.organisation_title}, {dates.quarter_name(entry.quarter)}"
                message = f"'{tables.shown(said)}' is there twice, first on line {earlier.line}{sheet}"
                findings.faults.append(errors.Fault(message, entry.place, entry.line, entry.named_in))
                break

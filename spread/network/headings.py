"""Which column of a quarterly return is what: who reports, when, and one column per component.

The headings are those of the national team's own files; any others are given as a mapping.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from spread import errors
from spread.network import stages, tables
from spread.scenarios import return_columns

NEEDED = ("psc", "quarter")
WHO = ("organisation_code", "organisation_recorded", "organisation_name", "site_code", "site_name")
SAID = {"psc": "the collaborative (such as updated_psc_name)", "quarter": "the quarter (such as 2022/23 Q2)"}
SAID_WHO = "the organisation or site (such as api_org_code)"
MOST_SHOWN = 12
# Columns of the national files that name an intervention of the catalogue otherwise.
OTHER_NAMES = {"newtt2": "newtt", "newtt_2": "newtt"}
LONGEST_COMPONENT = 80
HEADINGS = return_columns.HEADINGS
LEAVE_ASIDE = return_columns.LEAVE_ASIDE
_FIELD_OF = {heading: field for field, headings in HEADINGS.items() for heading in (field, *headings)}
_COMPONENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_STAGE_TEXT = re.compile(r"\s*stage\s*\d", re.IGNORECASE)


class Layout(NamedTuple):
    """Which heading is what in one sheet: fields and components by heading, and what is left aside."""

    fields: Mapping[str, str]
    components: Mapping[str, str]
    aside: tuple[str, ...]


def is_header(heading_cells: Sequence[str], mapping: Mapping[str, str]) -> bool:
    """Whether a row names the columns a return must have."""
    fields = {_field_of(heading, mapping) for heading in heading_cells}
    return fields.issuperset(NEEDED) and not fields.isdisjoint(WHO)


def say_no_return(there: Sequence[str], mapping: Mapping[str, str]) -> str:
    """What a file lacks to be a return, the headings it has, and how to say what one of them means."""
    fields = {_field_of(heading, mapping) for heading in there}
    lacking = [said for field, said in SAID.items() if field not in fields]
    lacking += [SAID_WHO] if fields.isdisjoint(WHO) else []
    needed = f"a column for {', one for '.join(lacking)}" if lacking else "these columns in one row of one sheet"
    named = list(dict.fromkeys(heading for heading in there if heading))
    shown = ", ".join(f"'{tables.shown(heading)}'" for heading in named[:MOST_SHOWN]) or "none"
    more = ", ..." if len(named) > MOST_SHOWN else ""
    return (
        f"is no quarterly return: it needs {needed}; headings there: {shown}{more} "
        "(--column 'HEADING=MEANING' says what another heading means)"
    )


def _field_of(heading: str, mapping: Mapping[str, str]) -> str | None:
    name = return_columns.plain(heading)
    field = mapping.get(name, _FIELD_OF.get(name))
    return field if field in HEADINGS else None


def read_mapping(columns: Mapping[str, str], findings: tables.Findings) -> dict[str, str]:
    """What headings, made plain, were said to mean; a meaning that is none is noted, and its column left aside."""
    found = {}
    for heading, meaning in columns.items():
        is_one = meaning in HEADINGS or meaning == LEAVE_ASIDE or _COMPONENT.fullmatch(meaning)
        if not is_one:
            findings.add(
                f"'{tables.shown(meaning)}' is neither a field ({', '.join(HEADINGS)}) nor a name for a component",
                key=f"return.columns.{tables.shown(heading)}",
            )
        found[return_columns.plain(heading)] = meaning if is_one else LEAVE_ASIDE
    return found


def check_there(columns: Mapping[str, str], there: Sequence[str], findings: tables.Findings, *, line: int) -> None:
    """Note every heading of a mapping that no sheet has; `line` is theirs, if there is one for all."""
    known = {return_columns.plain(heading) for heading in there}
    for heading in columns:
        if there and return_columns.plain(heading) not in known:
            hint = errors.did_you_mean(heading, there)
            key = f"return.columns.{tables.shown(heading)}"
            findings.add(f"no column '{tables.shown(heading)}'{hint}", line=line, key=key)


def lay_out(table: tables.Table, mapping: Mapping[str, str], known: set[str], findings: tables.Findings) -> Layout:
    """Settle what every column of a sheet is.

    Parameters
    ----------
    mapping
        The meaning of plain headings that were given one.
    known
        Interventions a heading may name.
    """
    columns = tuple(dict.fromkeys(table.columns))
    fields = _fields(columns, mapping, findings, line=table.line)
    components: dict[str, str] = {}
    aside: list[str] = []
    for heading in columns:
        if heading in fields:
            continue
        name = LEAVE_ASIDE if _field_of(heading, mapping) else _component(heading, table, mapping, known)
        if name == LEAVE_ASIDE:
            aside.append(heading)
        else:
            _check_unclaimed(heading, name, components, findings, line=table.line)
            components[heading] = name
    if not components:
        findings.add("no column holds stages, such as 'Stage 5 - Adoption'", line=table.line)
    return Layout(fields, components, tuple(aside))


def _fields(
    columns: Sequence[str], mapping: Mapping[str, str], findings: tables.Findings, *, line: int
) -> dict[str, str]:
    """The column of each field: the one it was given, or the first of those known by it."""
    found: dict[str, str] = {}
    for field, usual in HEADINGS.items():
        theirs = [heading for heading in columns if _field_of(heading, mapping) == field]
        given = [heading for heading in theirs if return_columns.plain(heading) in mapping]
        if len(given) > 1:
            _check_unclaimed(given[1], field, {given[0]: field}, findings, line=line)
        chosen = given or sorted(theirs, key=lambda heading: (*usual, field).index(return_columns.plain(heading)))
        found |= {heading: field for heading in chosen[:1]}
    return found


def _check_unclaimed(
    heading: str, meaning: str, taken: Mapping[str, str], findings: tables.Findings, *, line: int
) -> None:
    other = next((other for other, its in taken.items() if its == meaning), None)
    if other is not None:
        findings.add(f"columns '{tables.shown(other)}' and '{tables.shown(heading)}' are both {meaning}", line=line)


def _component(heading: str, table: tables.Table, mapping: Mapping[str, str], known: set[str]) -> str:
    """The component a column is about; nothing where it is a column of another kind, such as remarks."""
    written = return_columns.plain(heading)
    if written in mapping:
        return mapping[written]
    name = OTHER_NAMES.get(written, written)[:LONGEST_COMPONENT].rstrip("_")
    if name in known:
        return name
    return name if name and _holds_stages(row.text(heading) for row in table.rows) else LEAVE_ASIDE


def _holds_stages(texts: Iterable[str]) -> bool:
    """Whether a column is about stages: some cell is written as one, or every filled cell can be read as one."""
    filled = [text for text in texts if text.casefold() not in stages.NOT_REPORTED]
    if any(_STAGE_TEXT.match(text) for text in filled):
        return True
    try:
        return any(stages.parse_cell(text) is not None for text in filled)
    except ValueError:
        return False

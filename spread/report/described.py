"""A description in chapters, parts and tables, as Markdown or JSON; nothing a file says can be taken for marks."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from spread import cells

_MARKS = re.compile(r"([\\`*{}\[\]<>#|~$&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
_PLAIN_NUMBER = re.compile(r"-\d[\d.e+-]*( \(.*\))?", re.ASCII)
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_NUMBERED = re.compile(r"^(\d+)([.)])")


class Grid(NamedTuple):
    """A table: its headings, and rows of as many cells."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Part(NamedTuple):
    """One item of a standard: its number and title there, what is said, tables, and what only a person can say."""

    number: str
    title: str
    said: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    for_a_person: str = ""


class Chapter(NamedTuple):
    """What one standard asks of a scenario or run."""

    key: str
    title: str
    parts: tuple[Part, ...]


class Description(NamedTuple):
    """Everything said of a scenario or run."""

    title: str
    about: tuple[str, ...]
    chapters: tuple[Chapter, ...]


def grid(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Grid:
    """A table from any values; what is missing is left empty."""
    return Grid(tuple(headings), tuple(tuple("" if cell is None else str(cell) for cell in row) for row in rows))


def as_markdown(description: Description) -> str:
    """The description as Markdown; every word of it, whoever wrote it, is shown as it stands."""
    lines = [f"# {escape(description.title)}", "", *(paragraph(text) for text in description.about)]
    for chapter in description.chapters:
        lines += [f"## {escape(chapter.title)}", ""]
        for part in chapter.parts:
            lines += _part(part)
    return "\n".join(lines).rstrip() + "\n"


def as_json(description: Description) -> str:
    """The same for programs."""
    chapters = [
        {"standard": chapter.key, "title": chapter.title, "items": [_item(part) for part in chapter.parts]}
        for chapter in description.chapters
    ]
    return cells.json_text({"title": description.title, "about": list(description.about), "chapters": chapters})


def _item(part: Part) -> dict[str, Any]:
    rows = [[dict(zip(table.headings, row, strict=True)) for row in table.rows] for table in part.grids]
    return {
        "item": part.number,
        "title": part.title,
        "said": list(part.said),
        "tables": rows,
        "needs_a_person": part.for_a_person or None,
    }


def _part(part: Part) -> list[str]:
    lines = [f"### {escape(part.number)} {escape(part.title)}".replace("###  ", "### "), ""]
    lines += [paragraph(text) for text in part.said]
    for table in part.grids:
        lines += [_row(table.headings), _row(["---"] * len(table.headings), is_rule=True)]
        lines += [_row(row) for row in table.rows]
        lines.append("")
    if part.for_a_person:
        lines += [f"**Needs a person:** {escape(part.for_a_person)}", ""]
    return lines


def _row(texts: Sequence[str], *, is_rule: bool = False) -> str:
    return f"| {' | '.join(texts if is_rule else map(escape, texts))} |"


def paragraph(text: str) -> str:
    """A text as a paragraph of its own, also where it begins like an item of a list."""
    return _NUMBERED.sub(r"\1\\\2", escape(text)) + "\n"


def escape(text: str) -> str:
    """A text in one line, in which no sign is taken for a mark of Markdown, of mathematics or of a spreadsheet."""
    flat = cells.whole(_BREAKS.sub(" ", str(text)).strip())
    safe = flat if _PLAIN_NUMBER.fullmatch(flat) else str(cells.neutral(flat))
    return _MARKS.sub(r"\\\1", safe)

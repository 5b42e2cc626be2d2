"""What a report says, in order, before anything renders it: plain text, tables and figures.

`gathering.gather(folders, scope=..., name_sites=...)` makes one `Report` from run folders and the answers kept beside
them; the page, the deck and the brief are renderings of it and add no sentence of their own.

    Report
      basis, title, place, answers          what comes first: what it rests on, and one `Answer` for each ambition
      sections                              chapters in order; each a heading and parts in order
        str                                 a paragraph
        Points                              a list
        Table                               a table: text as shown, and the numbers (`frame`)
        Picture                             a figure: alt text, caption, numbers, and what draws it
      sliders                               response curves that a page can interpolate; None where there are none

Everything is plain text: a renderer escapes it. Sites and trusts are named only where the reader asked for it
(`name_sites`), so whatever stands here may be shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Points:
    """A list of short texts; `numbered` where their order matters."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table as it is shown, and the numbers it was made from.

    `name` is unique in a report (``chances``, ``reached-2``) and fits a sheet's name or an anchor. `columns` are
    headings; `rows` have a text for each, the first of which names the row. `numbers` says which columns are set to the
    right. `frame` are the same facts unrounded, one heading per column; None where the text is all there is. `folded`
    tables are long: a page shows them closed, a deck leaves them out.
    """

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...] = ()
    note: str = ""
    frame: "pd.DataFrame | None" = None
    folded: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A figure: `draw()` gives a matplotlib figure (slow; once is enough), `frame` its numbers.

    `name` is unique in a report; `title` is the finding in a few words, `alt` says in sentences what is to be seen.
    `pictures.svg_of` and `pictures.png_of` turn it into a file's content.
    """

    name: str
    title: str
    alt: str
    frame: "pd.DataFrame"
    draw: Callable[[], Any]


Part = str | Points | Table | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter; `name` is its anchor and stays the same from report to report (``chances``, ``help``, ``use``)."""

    name: str
    heading: str
    parts: tuple[Part, ...]

    def tables(self) -> tuple["Table", ...]:
        """Its tables, in order."""
        return tuple(part for part in self.parts if isinstance(part, Table))

    def pictures(self) -> tuple["Picture", ...]:
        """Its figures, in order."""
        return tuple(part for part in self.parts if isinstance(part, Picture))


BRIEF_LABELS: Final = (
    "Where we are", "Where we are heading", "The chance", "Pace", "Who is furthest behind", "What would help",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Brief:
    """Six sentences for a director (some are two short ones)."""

    now: str
    projection: str
    chance: str
    pace: str
    behind: str
    help: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them in order."""
        return (self.now, self.projection, self.chance, self.pace, self.behind, self.help)

    @property
    def labelled(self) -> tuple[tuple[str, str], ...]:
        """Each with a heading of a word or two."""
        return tuple(zip(BRIEF_LABELS, self.sentences, strict=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one ambition by one deadline in the plan the report is about.

    `sentence` is the whole answer in one; `chance_words` and `range_words` are ``about 3 in 10`` and ``under 1 to over
    9 in 10`` (empty where no chance is assessed). `numbers` is its row of ``ambitions.csv``.
    """

    ambition: str
    title: str
    programme: str
    place: str
    deadline: date
    sentence: str
    chance_words: str
    range_words: str
    grade: str
    brief: Brief
    numbers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """One run the report draws on; the first of a report is the one it is about, the others are compared with it."""

    name: str
    title: str
    key: str
    folder: str


@dataclass(frozen=True, slots=True)
class Report:
    """All of it.

    `basis` is the first line a reader sees (``Not fitted to data: ...``); `conditioned` what the runs start from;
    `assurance` whether anybody signed it off. `sliders` is what a page may interpolate (see `responses`).
    """

    title: str
    place: str
    made_on: date
    version: str
    basis: str
    conditioned: str
    grade: str
    plans: tuple[Plan, ...]
    answers: tuple[Answer, ...]
    sections: tuple[Section, ...]
    sliders: Mapping[str, Any] | None = None

    def tables(self) -> tuple[Table, ...]:
        """Every table of every section, in order."""
        return tuple(table for section in self.sections for table in section.tables())

    def pictures(self) -> tuple[Picture, ...]:
        """Every figure of every section, in order."""
        return tuple(picture for section in self.sections for picture in section.pictures())

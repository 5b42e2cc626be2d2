"""Six sentences on each ambition, as text for the screen, as Markdown and as a Word document."""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from spread import errors
from spread.plots import theme, wording
from spread.report import content, folders, words

INSTALL: Final = "a Word document needs python-docx: pip install 'spread[slides]'"
SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#+|!~&])")
FONT, TITLE_POINTS, TEXT_POINTS = "Arial", 18, 11


def heading(run: folders.Run, told: Sequence[content.Answer]) -> tuple[str, str, str]:
    """What a brief begins with: what it rests on, what it is about, where and from when."""
    row = told[0].numbers
    origin = run.scenario.start if run.scenario.start_from is None else run.scenario.start_from.as_of
    place = f"{told[0].place}; {run.runs:,} runs, {words.say_conditioned(row, origin)}"
    return words.say_basis(row), run.title, place


def closing(run: folders.Run) -> str:
    """Where a brief comes from."""
    manifest = run.manifest
    return (
        f"spread {manifest['model_version']}, {run.name}, key {manifest['key']}, made on "
        f"{words.say_day(manifest['made_on'])}."
    )


def as_markdown(run: folders.Run, told: Sequence[content.Answer]) -> str:
    """A brief as Markdown; nothing in a name is taken for a mark."""
    basis, title, place = (escape(text) for text in heading(run, told))
    lines = [f"# {title}", "", f"**{basis}**", "", place, ""]
    for answer in told:
        lines += [f"## {escape(answer.title)}", ""]
        lines += [f"{number}. {escape(text)}" for number, text in enumerate(answer.brief.sentences, start=1)]
        lines.append("")
    return "\n".join([*lines, f"*{escape(closing(run))}*", ""])


def escape(text: str) -> str:
    """A text with nothing in it that Markdown would take for a mark."""
    return SPECIAL.sub(r"\\\1", theme.clean_text(text))


def as_docx(run: folders.Run, told: Sequence[content.Answer], *, today: date | None = None) -> bytes:
    """A brief as the content of a .docx file.

    Raises
    ------
    MissingExtra
        When python-docx is not installed.
    """
    try:
        import docx
        from docx import shared
    except ImportError:
        raise errors.MissingExtra(INSTALL) from None
    paper = docx.Document()
    for style, size in (("Normal", TEXT_POINTS), ("Title", TITLE_POINTS)):
        paper.styles[style].font.name = FONT
        paper.styles[style].font.size = shared.Pt(size)
    basis, title, place = (theme.clean_text(text) for text in heading(run, told))
    _describe(paper, title, today or date.today())
    paper.add_heading(title, level=0)
    paper.add_paragraph().add_run(basis).bold = True
    paper.add_paragraph(place)
    for answer in told:
        paper.add_heading(theme.clean_text(answer.title), level=1)
        for label, text in answer.brief.labelled:
            paragraph = paper.add_paragraph()
            paragraph.add_run(f"{label}. ").bold = True
            paragraph.add_run(theme.clean_text(text))
    paper.add_paragraph(theme.clean_text(closing(run)))
    buffer = io.BytesIO()
    paper.save(buffer)
    return buffer.getvalue()


def _describe(paper: "object", title: str, day: date) -> None:
    """The document's own title, language and day, which assistive technology reads."""
    about = paper.core_properties  # type: ignore[attr-defined]
    about.title, about.language, about.author = title, "en-GB", "spread"
    about.created = about.modified = datetime(day.year, day.month, day.day)
    about.comments = f"Made on {wording.say_date(day)}"

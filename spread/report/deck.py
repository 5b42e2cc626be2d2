"""A report as slides: one message each, which is its title; under it a figure or table, how to read it in the notes.

    title | the answer | where it is heading | each programme: its ambitions, who is behind | what would help ... | use

The words are those of the report. What is long there (folded tables, how to reproduce it) stays out.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from spread import errors
from spread.plots import wording
from spread.report import content, deck_fit, deck_paper, deck_parts, deck_slides

INSTALL: Final = "slides need python-pptx: pip install 'spread[slides]'"
LANGUAGE = "en-GB"
TEXT_SIZES: Final = (20.0, 18.0, 16.0, 14.0)
SIDE_SIZES: Final = (16.0, 14.0, 12.0)
BIG_SIZES: Final = (54.0, 48.0, 44.0, 40.0, 36.0, 32.0, 28.0)
BIG_HEIGHT, BIG_PART = 0.95, 0.85
PICTURE_WIDTH, SIDE_GAP = 8.2, 0.3
TEXT_ABOVE = 1.5
"""Height of what may stand above a table, at most."""
LONGEST_TITLE = 110
FIRST: Final = ("progress",)
LEFT_OUT: Final = ("chances", "reproduce")
"""Sections the slides say in another way, or not at all."""
AMBITION_PARTS: Final = {"collaboratives": "places", "missed": "causes"}
"""Figures of a single ambition, ``missed`` of the first, ``missed-2`` of the second in detail, and their tables."""
MOST_ANSWERS = 8


class Deck(NamedTuple):
    """A deck in the making: the page, the report, and its slides by section."""

    paper: deck_paper.Paper
    report: content.Report
    sections: dict[str, list[Any]]

    def add(self, section: str, title: str, *, notes: Sequence[str] = ()) -> Any:
        """A slide at the end of a section."""
        said = (*notes, _source(self.report))
        footer = f"{section}. {_source(self.report)}"
        slide = deck_slides.add_slide(self.paper, title, footer=footer, notes=said)
        self.sections.setdefault(section, []).append(slide)
        return slide


def require() -> None:
    """Make sure slides can be made.

    Raises
    ------
    MissingExtra
    """
    try:
        import pptx  # noqa: F401 - whether it is there
    except ImportError:
        raise errors.MissingExtra(INSTALL) from None


def deck_bytes(report: content.Report, *, template: Path | None = None, slides: int | None = None) -> bytes:
    """A report as the content of a .pptx file.

    Parameters
    ----------
    template
        A presentation whose masters are used; a plain look unless given.
    slides
        The most slides there may be; 1 is a single slide that stands for itself.

    Raises
    ------
    MissingExtra
        When python-pptx is not installed.
    InputError
        When the template cannot be used.
    """
    require()
    deck = Deck(deck_paper.make_paper(template), report, {})
    if slides == 1:
        _add_single(deck)
    else:
        _add_title(deck)
        _add_highlight(deck)
        early = [section for section in report.sections if section.name in FIRST]
        late = [section for section in report.sections if section.name not in (*FIRST, *LEFT_OUT)]
        for section in early:
            _add_section(deck, section, frozenset())
        consumed = _add_programmes(deck)
        for section in late:
            _add_section(deck, section, consumed)
        _keep_first(deck, slides)
    return _saved(deck)


def _keep_first(deck: Deck, slides: int | None) -> None:
    """Drop what comes after the first slides."""
    presentation = deck.paper.presentation
    listed = presentation.slides._sldIdLst
    gone = [] if slides is None else list(listed)[slides:]
    numbers = {entry.id for entry in gone}
    for name, those in list(deck.sections.items()):
        deck.sections[name] = [slide for slide in those if slide.slide_id not in numbers]
        if not deck.sections[name]:
            del deck.sections[name]
    for entry in gone:
        presentation.part.drop_rel(entry.rId)
        listed.remove(entry)


def _saved(deck: Deck) -> bytes:
    report, presentation = deck.report, deck.paper.presentation
    deck_slides.name_sections(presentation, deck.sections)
    facts = presentation.core_properties
    facts.title = deck_slides.clean(f"{report.title}: {report.place}")[:255]
    facts.author, facts.language = f"spread {report.version}", LANGUAGE
    facts.created = facts.modified = datetime.combine(report.made_on, datetime.min.time())
    facts.subject = facts.keywords = facts.comments = facts.last_modified_by = ""
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


def _source(report: content.Report) -> str:
    names = ", ".join(plan.name for plan in report.plans)
    return f"Source: spread {report.version}, {names}, {wording.say_date(report.made_on)}."


# --- the first slides ----------------------------------------------------------------------------


def _add_title(deck: Deck) -> None:
    report = deck.report
    lines = [report.place, report.basis, f"{report.conditioned}. {wording.say_date(report.made_on)}."]
    notes = [f"{plan.title}: run {plan.key}." for plan in report.plans]
    slide = deck_slides.add_opening(deck.paper, report.title, lines, notes=[*notes, _source(report)])
    deck.sections["The answer"] = [slide]


def _add_highlight(deck: Deck) -> None:
    """The answer: in one large line for one ambition, in a table for several."""
    told = deck.report.answers
    if len(told) != 1:
        chances = [answer.numbers["chance"] for answer in told if answer.chance_words]
        title = wording.say_how_many(chances, "ambitions") if chances else "No ambition states a target"
        _add_table(deck, "The answer", title, answers_table(told), [deck.report.basis])
        return
    (answer,) = told
    slide = deck.add(
        "The answer", answer.sentence.partition(";")[0].rstrip("."), notes=[answer.sentence, deck.report.basis]
    )
    box = deck_paper.body_of(slide)
    half = box.width * 0.36
    large = answer.chance_words[:1].upper() + answer.chance_words[1:] or "No target"
    # In a part of the width, as a template's font may be wider than Arial.
    size = deck_fit.fit([large], BIG_PART * half, BIG_HEIGHT, BIG_SIZES, bold=True).size
    top = deck_slides.write_lines(slide, box._replace(width=half, height=BIG_HEIGHT), [large], sizes=(size,), bold=True)
    below = deck_paper.Box(box.left, box.top + top.height + 0.3, half, box.height - top.height - 0.3)
    span = f"From {answer.range_words}, depending on which assumptions hold." if answer.range_words else ""
    told_left = [text for text in (answer.title, span, f"Evidence: {answer.grade}.") if text]
    deck_slides.write_lines(slide, below, told_left, sizes=TEXT_SIZES)
    right = deck_paper.Box(box.left + half + 0.5, box.top, box.width - half - 0.5, box.height)
    rest = answer.sentence.partition("; ")[2]
    told_right = [f"{rest[:1].upper()}{rest[1:]}", answer.brief.behind, answer.brief.help]
    deck_slides.write_lines(slide, right, [text for text in told_right if text], sizes=TEXT_SIZES)


def finding(answer: content.Answer) -> str:
    """An answer as the title of a slide: ``About 3 in 10 chance of target by March 2021``."""
    if not answer.chance_words:
        return answer.title
    return wording.say_finding(float(answer.numbers["chance"]), answer.deadline)


def _finding_of(answer: content.Answer) -> str:
    """The same with what is aimed at."""
    return f"{finding(answer)}: {wording.mid_sentence(answer.title)}" if answer.chance_words else answer.title


def answers_table(told: Sequence[content.Answer]) -> content.Table:
    """Every ambition with its chance, as one table."""
    rows = tuple(
        (
            answer.title,
            wording.say_short_month(answer.deadline),
            answer.chance_words or "not stated",
            answer.range_words,
        )
        for answer in told
    )
    heads = ("Ambition", "By", "Chance", "Range of the chance")
    note = "Range of the chance: what it is in eight of ten sets of assumptions."
    return content.Table("answers", "The chance of each ambition", heads, rows, (False,) * 4, note)


def _add_single(deck: Deck) -> None:
    """One slide that stands for itself: the figure, and what there is to say beside it."""
    report = deck.report
    several = len(report.answers) > 1
    chances = [answer.numbers["chance"] for answer in report.answers if answer.chance_words]
    said = wording.say_how_many(chances, "ambitions") if several else finding(report.answers[0])
    slide = deck.add(report.basis.rstrip("."), f"{report.place}: {wording.mid_sentence(said)}")
    box = deck_paper.body_of(slide)
    curves = next((picture for picture in report.pictures() if picture.name == "curves"), None)
    notes = []
    if curves is not None:
        drawn = deck_parts.draw(curves)
        place = deck_parts.put_picture(slide, drawn, box._replace(width=box.width * 0.55), curves.alt)
        used = place.width + SIDE_GAP
        box = deck_paper.Box(box.left + used, box.top, box.width - used, box.height)
        notes.append(f"How to read it: {curves.alt}")
    if several:
        table = answers_table(report.answers[:MOST_ANSWERS])
        deck_parts.put_table(slide, table, deck_parts.fit_table(table, box)[0], box)
    else:
        (answer,) = report.answers
        lines = [f"{label}: {sentence}" for label, sentence in answer.brief.labelled]
        deck_slides.write_lines(slide, box, lines, sizes=SIDE_SIZES, labelled=True)
        notes.append(answer.sentence)
    slide.notes_slide.notes_text_frame.text = "\n\n".join([*notes, report.basis, report.conditioned, _source(report)])


def brief_table(answer: content.Answer) -> content.Table:
    """The six sentences, each beside its label."""
    return content.Table("brief", answer.title, ("About", "What can be said"), answer.brief.labelled)


# --- programmes ----------------------------------------------------------------------------------


def _add_programmes(deck: Deck) -> frozenset[str]:
    """A section for each programme: each ambition, then who is behind and why; names of the parts shown."""
    report, consumed = deck.report, set[str]()
    detailed = [answer for answer in report.answers if answer.numbers["measure"] != "milestone"]
    pictures = {part.name: part for part in report.pictures()}
    tables = {part.name: part for part in report.tables()}
    for programme in dict.fromkeys(answer.programme for answer in report.answers):
        name = programme or report.title
        for answer in report.answers:
            if answer.programme != programme:
                continue
            _add_table(deck, name, _finding_of(answer), brief_table(answer), [])
            number = detailed.index(answer) + 1 if answer in detailed else 0
            mark = "" if number == 1 else f"-{number}"
            for part, other in AMBITION_PARTS.items() if number else ():
                picture, table = pictures.get(f"{part}{mark}"), tables.get(f"{other}{mark}")
                if picture is not None:
                    _add_picture(deck, name, picture, [], table)
                    consumed |= {f"{part}{mark}", f"{other}{mark}"}
    return frozenset(consumed)


# --- the other sections --------------------------------------------------------------------------


def _add_section(deck: Deck, section: content.Section, consumed: frozenset[str]) -> None:
    """What a section says, in order: text goes with the figure or table that follows it, or as notes to the last."""
    if {part.name for part in section.pictures()} & consumed:
        return
    waiting: list[str] = []
    before = sum(map(len, deck.sections.values()))
    for part in section.parts:
        if isinstance(part, str):
            waiting.append(part)
        elif isinstance(part, content.Points):
            waiting += [f"\N{BULLET} {item}" for item in part.items]
        elif isinstance(part, content.Picture):
            _add_picture(deck, section.heading, part, waiting)
            waiting = []
        elif not part.folded:
            title, rest = titled(waiting, part.caption)
            _add_table(deck, section.heading, title, part, rest)
            waiting = []
    if waiting and sum(map(len, deck.sections.values())) > before:
        notes = deck.sections[section.heading][-1].notes_slide.notes_text_frame
        notes.text = "\n\n".join([*waiting, notes.text])
    elif waiting:
        title, rest = titled(waiting, section.heading)
        _add_text(deck, section.heading, title, rest)


def titled(texts: Sequence[str], otherwise: str) -> tuple[str, list[str]]:
    """The first sentence as a title, where it is one and not too long, and what is left; else another title."""
    if not texts:
        return otherwise, []
    first, dot, rest = texts[0].partition(". ")
    sentence = first if dot else first.removesuffix(".")
    if len(sentence) > LONGEST_TITLE or sentence.endswith(":") or sentence.startswith("\N{BULLET}"):
        return otherwise, list(texts)
    return sentence, [text for text in (rest, *texts[1:]) if text]


def _add_text(deck: Deck, section: str, title: str, texts: Sequence[str]) -> None:
    slide = deck.add(section, title, notes=texts)
    if texts:
        deck_slides.write_lines(slide, deck_paper.body_of(slide), texts, sizes=TEXT_SIZES)


def _add_picture(
    deck: Deck, section: str, picture: content.Picture, texts: Sequence[str], instead: content.Table | None = None
) -> None:
    """A figure with text beside it; its table in its place, or nothing, where it would be too small to read."""
    drawn = deck_parts.draw(picture)
    notes = [f"How to read it: {picture.alt}", *texts]
    probe = deck_paper.Box(0, 0, PICTURE_WIDTH, deck_paper.FOOTER_TOP - deck_paper.TITLE_TOP - deck_paper.TITLE_HEIGHT)
    if not drawn.is_legible(probe):
        if instead is not None:
            _add_table(deck, section, picture.title, instead, texts)
        return
    slide = deck.add(section, picture.title, notes=notes)
    box = deck_paper.body_of(slide)
    room = box._replace(width=PICTURE_WIDTH if texts else box.width)
    width, _ = drawn.size_in(room)
    if not texts:
        room = room._replace(left=box.left + (box.width - width) / 2)
    place = deck_parts.put_picture(slide, drawn, room, picture.alt)
    if texts:
        used = place.width + SIDE_GAP
        side = deck_paper.Box(box.left + used, box.top, box.width - used, box.height)
        deck_slides.write_lines(slide, side, texts, sizes=SIDE_SIZES)


def _add_table(deck: Deck, section: str, title: str, table: content.Table, texts: Sequence[str]) -> None:
    """A table under its text, on as many slides as it takes."""
    for number, (slide, box) in enumerate(_table_slides(deck, section, title, table, texts)):
        pieces = deck_parts.fit_table(table, box)
        deck_parts.put_table(slide, table, pieces[number], box)


def _table_slides(
    deck: Deck, section: str, title: str, table: content.Table, texts: Sequence[str]
) -> Iterator[tuple[Any, deck_paper.Box]]:
    """A slide for every piece of a table, and the room the table has on it: the same on each."""
    slide = deck.add(section, title, notes=[*texts, table.caption, table.note])
    box = deck_paper.body_of(slide)
    if texts:
        found = deck_slides.write_lines(slide, box._replace(height=TEXT_ABOVE), texts, sizes=SIDE_SIZES)
        used = found.height + deck_paper.GAP
        box = deck_paper.Box(box.left, box.top + used, box.width, box.height - used)
    count = len(deck_parts.fit_table(table, box))
    yield slide, box
    for number in range(2, count + 1):
        more = deck.add(section, f"{title} ({number} of {count})", notes=[table.caption, table.note])
        yield more, box

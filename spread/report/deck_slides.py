"""Slides: a title that fits, text in the largest size that fits, a number, small print, and what a speaker says."""

import copy
import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.sax import saxutils

from spread.report import deck_fit, deck_paper
from spread.report.deck_paper import EDGE, EMU_PER_INCH, FOOTER_HEIGHT, GAP, NUMBER_WIDTH

Slide = Any
"""One of python-pptx, which is typed in part."""
TITLE_SIZES: Final = (28.0, 24.0, 20.0)
OPENING_SIZES: Final = (40.0, 36.0, 32.0, 28.0, 24.0)
FOOTER_SIZE = 11.0
FIELD: Final = "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}"
SECTIONS: Final = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"
SECTIONS_SPACE: Final = "http://schemas.microsoft.com/office/powerpoint/2010/main"


def add_slide(paper: deck_paper.Paper, title: str, *, footer: str = "", notes: Sequence[str] = ()) -> Slide:
    """A slide with a title that fits, its number, a line of small print and what a speaker says."""
    slide = paper.presentation.slides.add_slide(paper.plain)
    _write_title(slide, title, TITLE_SIZES)
    for placeholder in list(slide.placeholders):
        if placeholder.element is not deck_paper.title_of(slide).element:
            placeholder.element.getparent().remove(placeholder.element)
    _number(slide, footer)
    slide.notes_slide.notes_text_frame.text = "\n\n".join(text for text in notes if text)
    return slide


def add_opening(paper: deck_paper.Paper, title: str, lines: Sequence[str], *, notes: Sequence[str] = ()) -> Slide:
    """The first slide: a title, and lines under it."""
    from pptx.enum.shapes import PP_PLACEHOLDER

    slide = paper.presentation.slides.add_slide(paper.opening)
    _write_title(slide, title, OPENING_SIZES)
    below = next((one for one in slide.placeholders if one.placeholder_format.type == PP_PLACEHOLDER.SUBTITLE), None)
    kept = [one.element for one in (deck_paper.title_of(slide), below) if one is not None]
    for placeholder in list(slide.placeholders):
        if placeholder.element not in kept:
            placeholder.element.getparent().remove(placeholder.element)
    write_lines(
        slide,
        deck_paper.body_of(slide) if below is None else deck_paper.box_of(below),
        lines,
        sizes=(20.0, 18.0, 16.0),
        into=below,
    )
    slide.notes_slide.notes_text_frame.text = "\n\n".join(text for text in notes if text)
    return slide


def _write_title(slide: Slide, title: str, sizes: Sequence[float]) -> None:
    shape = deck_paper.title_of(slide)
    box = deck_paper.box_of(shape)
    found = deck_fit.fit([title], box.width - 2 * GAP, box.height, sizes, bold=True)
    fill(shape.text_frame, found.texts, size=found.size, bold=True)


def write_lines(
    slide: Slide,
    box: deck_paper.Box,
    texts: Sequence[str],
    *,
    sizes: Sequence[float],
    bold: bool = False,
    labelled: bool = False,
    into: Any = None,
) -> deck_fit.Fitted:
    """Paragraphs in a box, in the largest size that fits."""
    found = deck_fit.fit(texts, box.width - 0.1, box.height, sizes, bold=bold)
    shape = slide.shapes.add_textbox(*box.emu()) if into is None else into
    fill(shape.text_frame, found.texts, size=found.size, bold=bold, labelled=labelled)
    return found


def fill(
    frame: Any, texts: Sequence[str], *, size: float, bold: bool = False, labelled: bool = False, side: float = 0.05
) -> None:
    """Put plain paragraphs into a frame that does not resize itself; of `labelled` ones the label is bold."""
    from pptx.enum.text import MSO_AUTO_SIZE
    from pptx.util import Inches, Pt

    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = Inches(side)
    frame.margin_top = frame.margin_bottom = 0
    for number, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        label, colon, rest = text.partition(": ") if labelled else ("", "", text)
        if colon:
            _add_run(paragraph, label + colon, size=size, bold=True)
        if text:
            _add_run(paragraph, rest or label, size=size, bold=bold)
        else:  # an empty line is as high as its end says
            paragraph._p.get_or_add_endParaRPr().set("sz", str(int(100 * size)))
        if number:
            paragraph.space_before = Pt(size * deck_fit.PARAGRAPH_GAP)


def _add_run(paragraph: Any, text: str, *, size: float, bold: bool) -> None:
    from pptx.enum.lang import MSO_LANGUAGE_ID
    from pptx.util import Pt

    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold = clean(text), Pt(size), bold
    run.font.language_id = MSO_LANGUAGE_ID.ENGLISH_UK


def clean(text: str) -> str:
    """Text that an XML file holds: no control characters, which a line break would be too."""
    return re.sub(r"[\x00-\x1f\x7f\ufffe\uffff]+", " ", text)


def _number(slide: Slide, footer: str) -> None:
    """The slide's number, where the layout has it, and a line of small print beside it."""
    from pptx.enum.shapes import PP_PLACEHOLDER

    places = {
        one.placeholder_format.type: one for one in slide.slide_layout.placeholders if deck_paper.is_small_print(one)
    }
    page = slide.part.package.presentation_part.presentation
    width, height = page.slide_width / EMU_PER_INCH, page.slide_height / EMU_PER_INCH
    number = places.get(PP_PLACEHOLDER.SLIDE_NUMBER)
    if number is not None:
        _copy_onto(slide, number)
    else:
        _add_number(slide, deck_paper.Box(width - EDGE - NUMBER_WIDTH, height - EDGE, NUMBER_WIDTH, FOOTER_HEIGHT))
    place = places.get(PP_PLACEHOLDER.FOOTER)
    box = (
        deck_paper.Box(EDGE, height - EDGE, width - 2 * EDGE - NUMBER_WIDTH - GAP, FOOTER_HEIGHT)
        if place is None
        else deck_paper.box_of(place)
    )
    found = deck_fit.fit([footer], box.width - 0.1, deck_fit.height_of(["x"], 1.0, FOOTER_SIZE), (FOOTER_SIZE,))
    if footer:
        shape = slide.shapes.add_textbox(*box.emu()) if place is None else _copy_onto(slide, place)
        shape.text_frame.clear()
        fill(shape.text_frame, found.texts, size=FOOTER_SIZE)


def _copy_onto(slide: Slide, placeholder: Any) -> Any:
    """A layout's small print on a slide, which PowerPoint only shows where a slide repeats it."""
    element = copy.deepcopy(placeholder._element)
    element.nvSpPr.cNvPr.set("id", str(max(shape.shape_id for shape in slide.shapes) + 1))
    slide.shapes._spTree.append(element)
    return slide.shapes[-1]


def _add_number(slide: Slide, box: deck_paper.Box) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    frame = slide.shapes.add_textbox(*box.emu()).text_frame
    line = frame.paragraphs[0]._p
    size = int(100 * FOOTER_SIZE)
    field = f'<a:fld {nsdecls("a")} id="{FIELD}" type="slidenum"><a:rPr lang="en-GB" sz="{size}"/>'
    line.append(parse_xml(f"{field}<a:t>‹#›</a:t></a:fld>"))


def name_sections(presentation: Any, sections: Mapping[str, Sequence[Slide]]) -> None:
    """List the slides by section, as PowerPoint shows them."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    listed = "".join(
        f"<p14:section name={saxutils.quoteattr(clean(name))} id={_key_of(name)}><p14:sldIdLst>"
        + "".join(f'<p14:sldId id="{slide.slide_id}"/>' for slide in slides)
        + "</p14:sldIdLst></p14:section>"
        for name, slides in sections.items()
    )
    presentation.element.append(
        parse_xml(
            f'<p:extLst {nsdecls("p")}><p:ext uri="{SECTIONS}"><p14:sectionLst xmlns:p14="{SECTIONS_SPACE}">'
            f"{listed}</p14:sectionLst></p:ext></p:extLst>"
        )
    )


def _key_of(name: str) -> str:
    return '"{' + str(uuid.uuid5(uuid.NAMESPACE_URL, name)).upper() + '}"'

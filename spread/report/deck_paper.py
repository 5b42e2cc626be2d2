"""What slides are made on: a plain wide page in NHS colours, or the masters of somebody's own file.

Fonts and colours are those of the theme, so that a deck on an organisation's template looks like its other decks. All
measures are in inches.
"""

import copy
import re
import zipfile
from pathlib import Path
from typing import Any, Final, NamedTuple

from spread import errors
from spread.network import archives

EMU_PER_INCH: Final = 914_400
WIDTH, HEIGHT = 13.333, 7.5
EDGE, GAP = 0.6, 0.2
TITLE_TOP, TITLE_HEIGHT, FOOTER_TOP, FOOTER_HEIGHT = 0.4, 1.0, 6.95, 0.35
NUMBER_WIDTH = 0.8
LEAST_BODY = 3.0
"""A body lower than this leaves a template's title no place on the slide."""
LIMITS: Final = archives.Limits(packed_megabytes=100, unpacked_megabytes=300, parts=5_000, tags=1_000_000)
"""Of a template; all of it is held in memory, its tags many times as large as they are written."""
FONT = "Arial"
THEME_COLOURS: Final = {
    "dk2": "003087", "lt2": "E8EDEE", "accent1": "005EB8", "accent2": "41B6E6", "accent3": "425563",
    "accent4": "00A499", "accent5": "330072", "accent6": "AE2573",
}  # fmt: skip
"""NHS blues and greys, in the places of a theme; titles are dk2, rules and heads of tables accent1."""


class Box(NamedTuple):
    """A place on a slide."""

    left: float
    top: float
    width: float
    height: float

    def emu(self) -> tuple[Any, Any, Any, Any]:
        """As PowerPoint counts."""
        left, top, width, height = (round(measure * EMU_PER_INCH) for measure in self)
        return left, top, width, height


class Paper(NamedTuple):
    """A presentation without slides, and which of its layouts opens it and which carries a title alone."""

    presentation: Any
    opening: Any
    plain: Any


def make_paper(template: Path | None = None) -> Paper:
    """The plain page, or that of a template, whose own slides go.

    Raises
    ------
    InputError
        When the template is no presentation, or has no layout with a title.
    """
    import pptx

    if template is None:
        presentation = pptx.Presentation()
        _make_plain(presentation)
    else:
        presentation = _read(template)
    layouts = [layout for master in presentation.slide_masters for layout in master.slide_layouts]
    titled = [layout for layout in layouts if title_of(layout) is not None]
    if not titled:
        raise errors.InputError(errors.Fault("has no layout with a title; choose another template", str(template)))
    openings = [layout for layout in titled if _is_opening(layout)]
    plain = min((layout for layout in titled if layout not in openings), key=_count_bodies, default=titled[0])
    return Paper(presentation, openings[0] if openings else plain, plain)


def _read(template: Path) -> Any:
    import pptx
    from pptx.exc import PackageNotFoundError

    if fault := archives.fault_of(template, LIMITS, "presentation"):
        raise errors.InputError(errors.Fault(fault, f"--template {template}"))
    wanted = "is no PowerPoint file that can be read; expected one saved as .pptx"
    try:
        presentation = pptx.Presentation(str(template))
    except (
        PackageNotFoundError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
        SyntaxError,
        AttributeError,
    ) as error:
        raise errors.InputError(errors.Fault(wanted, f"--template {template}")) from error
    _drop_slides(presentation)
    return presentation


def _drop_slides(presentation: Any) -> None:
    listed = presentation.slides._sldIdLst
    for entry in list(listed):
        presentation.part.drop_rel(entry.rId)
        listed.remove(entry)
    for kept in presentation.element.xpath("./p:extLst"):
        presentation.element.remove(kept)  # sections that name slides no longer there


# --- layouts -------------------------------------------------------------------------------------


def title_of(page: Any) -> Any:
    """The title of a layout or slide; None where it has none."""
    from pptx.enum.shapes import PP_PLACEHOLDER

    kinds = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
    return next((one for one in page.placeholders if one.placeholder_format.type in kinds), None)


def _is_opening(layout: Any) -> bool:
    from pptx.enum.shapes import PP_PLACEHOLDER

    kinds = {one.placeholder_format.type for one in layout.placeholders}
    return PP_PLACEHOLDER.SUBTITLE in kinds


def _count_bodies(layout: Any) -> int:
    """How much there is on a layout beside its title, footer, date and number."""
    return sum(not is_small_print(one) for one in layout.placeholders)


def is_small_print(placeholder: Any) -> bool:
    """Whether a placeholder is for the date, the footer or the number."""
    from pptx.enum.shapes import PP_PLACEHOLDER

    kinds = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
    return placeholder.placeholder_format.type in kinds


def body_of(slide: Any) -> Box:
    """The room below a slide's title and above its small print."""
    page = slide.part.package.presentation_part.presentation
    width, height = page.slide_width / EMU_PER_INCH, page.slide_height / EMU_PER_INCH
    title = title_of(slide)
    top = (title.top + title.height) / EMU_PER_INCH + GAP
    small = [one.top / EMU_PER_INCH for one in slide.slide_layout.placeholders if is_small_print(one)]
    below = [one for one in small if one > top]
    bottom = min([*below, height - EDGE]) - GAP / 2
    left = min(max(title.left / EMU_PER_INCH, EDGE / 2), 2 * EDGE)
    if bottom - top < LEAST_BODY:
        top, bottom = TITLE_TOP + TITLE_HEIGHT + GAP, height - EDGE
    return Box(left, top, width - 2 * left, bottom - top)


def _make_plain(presentation: Any) -> None:
    """Turn the library's own page into a wide one with a plain look; two of its layouts stay."""
    presentation.slide_width, presentation.slide_height = (round(one * EMU_PER_INCH) for one in (WIDTH, HEIGHT))
    master = presentation.slide_master
    for layout in list(presentation.slide_layouts):
        if layout.name not in ("Title Slide", "Title Only"):
            presentation.slide_layouts.remove(layout)
    _colour_theme(master)
    for page in (master, *presentation.slide_layouts):
        _place_placeholders(page, is_opening=page.name == "Title Slide")
    _draw_rule(master)


def _place_placeholders(page: Any, *, is_opening: bool) -> None:
    from pptx.enum.shapes import PP_PLACEHOLDER as KINDS

    room = WIDTH - 2 * EDGE
    title = Box(EDGE, 1.6, room, 2.2) if is_opening else Box(EDGE, TITLE_TOP, room, TITLE_HEIGHT)
    places = {
        KINDS.TITLE: title,
        KINDS.CENTER_TITLE: title,
        KINDS.SUBTITLE: Box(EDGE, 4.0, room, 2.4),
        KINDS.BODY: Box(EDGE, TITLE_TOP + TITLE_HEIGHT + GAP, room, 5.0),
        KINDS.FOOTER: Box(EDGE, FOOTER_TOP, room - NUMBER_WIDTH - GAP, FOOTER_HEIGHT),
        KINDS.SLIDE_NUMBER: Box(WIDTH - EDGE - NUMBER_WIDTH, FOOTER_TOP, NUMBER_WIDTH, FOOTER_HEIGHT),
    }
    for placeholder in list(page.placeholders):
        kind = placeholder.placeholder_format.type
        if kind not in places:
            placeholder._element.getparent().remove(placeholder._element)
            continue
        placeholder.left, placeholder.top, placeholder.width, placeholder.height = places[kind].emu()


def _colour_theme(master: Any) -> None:
    """Give the theme NHS colours and a plain font, and titles their colour and side."""
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.oxml.ns import qn

    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    text = part.blob.decode("utf-8")
    for name, colour in THEME_COLOURS.items():
        text = re.sub(
            rf"(<a:{name}>).*?(</a:{name}>)", rf'\g<1><a:srgbClr val="{colour}"/>\g<2>', text, flags=re.DOTALL
        )
    text = re.sub(r'(<a:(?:major|minor)Font>\s*<a:latin typeface=")[^"]*', rf"\g<1>{FONT}", text)
    part._blob = text.encode("utf-8")
    for titles in master.element.iter(qn("p:titleStyle")):
        for style in titles.iter(qn("a:lvl1pPr")):
            style.set("algn", "l")
        for colour_of_text in titles.iter(qn("a:schemeClr")):
            colour_of_text.set("val", "tx2")
    for page in (master, *master.slide_layouts):
        _darken(page.element)


def _darken(element: Any) -> None:
    """Small print and subtitles in full colour, which grey tints fall short of, and on the left."""
    from pptx.oxml.ns import qn

    for tint in list(element.iter(qn("a:tint"))):
        tint.getparent().remove(tint)
    for style in element.iter(qn("a:lvl1pPr")):
        if style.get("algn") == "ctr":
            style.set("algn", "l")


def _draw_rule(master: Any) -> None:
    """A line under the title, on every slide."""
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.enum.shapes import MSO_SHAPE

    # A master has no factory for shapes of its own: one is drawn on a slide and moved.
    slide = master.part.package.presentation_part.presentation.slides.add_slide(master.slide_layouts[-1])
    box = Box(0.0, 0.0, WIDTH, 0.12)
    rule = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box.emu())
    rule.fill.solid()
    rule.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    rule.line.fill.background()
    rule.name = "Band"
    master.shapes._spTree.insert_element_before(copy.deepcopy(rule._element), "p:extLst")
    _drop_slides(master.part.package.presentation_part.presentation)


def box_of(shape: Any) -> Box:
    """Where a shape stands."""
    return Box(*(measure / EMU_PER_INCH for measure in (shape.left, shape.top, shape.width, shape.height)))

"""A report as one self-contained page: it loads nothing, runs only its own script, and shows every text as text.

Figures are images in the page itself (``data:image/svg+xml``): an SVG in an image keeps its own style attributes, which
the page's content security policy would drop in an inline one, can run nothing, and cannot clash with another's ids.
Its text is not part of the page; so each has alternative text, its content in words, and its numbers in a table.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jinja2
import markupsafe

from spread.plots import theme, wording
from spread.report import content, pictures, words

TEMPLATES: Final = Path(__file__).with_name("templates")
PAGE, PARTS = "page.html.jinja", "parts.html.jinja"
MOST_BRIEFS: Final = 6
HELP: Final = ("compared", "least", "next", "help")
"""Chapters on what would help, after which a planner tries it."""
PIXELS_PER_POINT: Final = 96.0 / 72.0
SIZE: Final = re.compile(r'<svg\b[^>]*?\bwidth="([\d.]+)pt"[^>]*?\bheight="([\d.]+)pt"|'
                         r'<svg\b[^>]*?\bheight="([\d.]+)pt"[^>]*?\bwidth="([\d.]+)pt"', re.DOTALL)  # fmt: skip
UNIT: Final = re.compile(r"(?<=\d) (?=(?:%|WTE|sites?|points?|in 10|in 100)\b|%)")
"""The space between a number and what it counts, where no line should break."""
MINUS: Final = re.compile(r"(?<![\w.)-])-(?=[\d£])")
"""A hyphen that stands before a number as its sign."""


def render(report: content.Report) -> str:
    """The whole page."""
    styles, script = _read("page.css"), _read("page.js")
    environment = _environment()
    parts = environment.get_template(PARTS).module
    contents = [("brief", "In brief"), *_contents(report)]
    return environment.get_template(PAGE).render(
        report=report,
        contents=contents,
        after=_before_sliders(report),
        policy=policy_of(styles, script),
        css=markupsafe.Markup(styles),  # noqa: S704 - our own file
        script=markupsafe.Markup(script),  # noqa: S704 - our own file
        responses=json_in_page(_shown(report.sliders)) if report.sliders else "",
        show=lambda part: _show(parts, part),
        fitted=report.basis != words.NOT_FITTED,
        made_on=wording.say_date(report.made_on),
        capital=words.capital,
        most_briefs=MOST_BRIEFS,
    )


def _contents(report: content.Report) -> list[tuple[str, str]]:
    listed = []
    for section in report.sections:
        listed.append((section.name, section.heading))
        if section.name == _before_sliders(report) and report.sliders:
            listed.append(("try", "Try it: change the plan"))
    return listed


def _before_sliders(report: content.Report) -> str:
    """The last chapter on what would help."""
    return [section.name for section in report.sections if section.name in HELP][-1]


def _environment() -> jinja2.Environment:
    """Escapes everything; text is cleaned of what cannot be seen."""
    return jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _finished(value: Any) -> Any:
    """Any text as it is shown; what is markup already stays as it is."""
    if isinstance(value, markupsafe.Markup) or not isinstance(value, str):
        return value
    return MINUS.sub("\N{MINUS SIGN}", UNIT.sub(wording.NO_BREAK, theme.clean_text(value)))


def _show(parts: Any, part: content.Part) -> Any:
    """One part of a section."""
    if isinstance(part, content.Table):
        return parts.folded(part) if part.folded else parts.table(part)
    if isinstance(part, content.Points):
        return parts.points(part)
    if isinstance(part, content.Picture):
        drawing = pictures.svg_of(part)
        return parts.picture(part, _data_uri(drawing), *_size(drawing))
    return markupsafe.Markup("<p>{}</p>").format(_finished(part)) if part else ""


def _data_uri(drawing: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()


def _size(drawing: str) -> tuple[int, int]:
    """Width and height of a drawing in the pixels of a page."""
    found = SIZE.search(drawing[:2000])
    if found is None:
        raise ValueError("the drawing does not say how large it is")
    width, height = (found[1], found[2]) if found[1] else (found[4], found[3])
    return round(float(width) * PIXELS_PER_POINT), round(float(height) * PIXELS_PER_POINT)


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def policy_of(styles: str, script: str) -> str:
    """The content security policy: nothing is loaded, and only this style and this script count."""
    return (
        f"default-src 'none'; style-src '{_hash(styles)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _shown(value: Any) -> Any:
    """Texts inside the data of the script, cleaned like all others."""
    if isinstance(value, Mapping):
        return {name: _shown(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(one) for one in value]
    return theme.clean_text(value) if isinstance(value, str) else value


def json_in_page(told: Any) -> markupsafe.Markup:
    """Data for the script, written so that nothing in it can end the element it stands in."""
    text = json.dumps(told, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for sign in "<>&'":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return markupsafe.Markup(text)  # noqa: S704 - no sign of HTML is left in it

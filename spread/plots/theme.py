"""Colours, type and settings of every figure; nothing is set outside the `style` context.

Palette: Government Analysis Function, "Data visualisation: colours in charts" (Open Government Licence v3.0).
"""

import re
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib import colors, font_manager, textpath

DARK_BLUE = "#12436D"
TURQUOISE = "#28A197"
DARK_PINK = "#801650"
ORANGE = "#F46A25"
DARK_GREY = "#3D3D3D"
LIGHT_PURPLE = "#A285D1"
PALETTE = (DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, LIGHT_PURPLE)

INK = "#222222"  # text
QUIET = "#595959"  # second-rank text, 7:1 on white
GRID = "#E1E1E1"

# Four is the most lines a reader tells apart; colour is never the only cue, so dash and marker differ too.
LINE_COLOURS = PALETTE[:4]
LINE_STYLES = ("-", "--", "-.", ":")
LINE_MARKERS = ("o", "s", "^", "D")

# Nested bands, widest first: lower and upper quantile, words, and how much colour is mixed into white.
BANDS = (("q025", "q975", 95, 0.16), ("q10", "q90", 80, 0.29), ("q25", "q75", 50, 0.44))

TITLE_SIZE = 15.0
TEXT_SIZE = 11.0
SMALL_SIZE = 10.0
LINE_HEIGHT = 1.3  # of the font size
POINTS_PER_INCH = 72.0
LONGEST_NAME = 240  # characters

RC: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": QUIET,
    "axes.facecolor": "white",
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
    "figure.dpi": 100.0,
    "figure.facecolor": "white",
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],  # the first ships with matplotlib: same layout anywhere
    "font.size": TEXT_SIZE,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "lines.dash_capstyle": "butt",
    "path.simplify": False,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "spread",  # same figure, same bytes
    "text.color": INK,
    "text.parse_math": False,  # a $ in a name is a $
    "text.usetex": False,
    "xtick.color": QUIET,
    "xtick.labelcolor": INK,
    "xtick.labelsize": SMALL_SIZE,
    "ytick.color": QUIET,
    "ytick.labelcolor": INK,
    "ytick.labelsize": SMALL_SIZE,
}


@contextmanager
def style() -> Iterator[None]:
    """Apply the house settings inside a ``with`` block and put everything back after it.

    A glyph the font lacks stays in the SVG and becomes a box in the PNG; that is not worth a warning.
    """
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)
        yield


def tint(colour: str, share: float) -> str:
    """Mix `share` (0 to 1) of a colour into white, opaque, so that nothing shines through."""
    red, green, blue = colors.to_rgb(colour)
    return colors.to_hex((1 - share * (1 - red), 1 - share * (1 - green), 1 - share * (1 - blue)))


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21.

    Source: WCAG 2.2, relative luminance and contrast ratio.
    """
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def darken_for_text(colour: str) -> str:
    """Darken a line's colour until it reads as text on white (4.5:1)."""
    red, green, blue = colors.to_rgb(colour)
    while contrast(colors.to_hex((red, green, blue)), "white") < 4.5:
        red, green, blue = 0.94 * red, 0.94 * green, 0.94 * blue
    return colors.to_hex((red, green, blue))


def clean_text(text: str) -> str:
    """Make any text fit a figure and an XML file: nothing invisible, no runs of white space."""
    printable = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in text)
    return " ".join(word for word in re.split(r"[ \t\n]+", printable) if word)


def clean_name(name: str) -> str:
    """Make a user's name fit a figure: as `clean_text`, and no novels."""
    words = clean_text(name)
    return words if len(words) <= LONGEST_NAME else words[:LONGEST_NAME].rstrip() + "…"


def measure_text(text: str, *, size: float = TEXT_SIZE, bold: bool = False) -> float:
    """Width of one line of text in inches."""
    font = font_manager.FontProperties(family=["DejaVu Sans"], size=size, weight="bold" if bold else "normal")
    width, _, _ = textpath.text_to_path.get_text_width_height_descent(text, font, False)
    return width / POINTS_PER_INCH


def wrap_text(text: str, width: float, *, size: float = TEXT_SIZE, bold: bool = False, lines: int = 99) -> list[str]:
    """Break text into lines no wider than `width` inches; what does not fit into `lines` ends in an ellipsis."""
    wrapped: list[str] = []
    rest = [piece for word in text.split(" ") if word for piece in _split_word(word, width, size=size, bold=bold)]
    while rest:
        count = _count_fitting(rest, width, size=size, bold=bold)
        wrapped.append(" ".join(rest[:count]))
        rest = rest[count:]
    if len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], _cut(" ".join(wrapped[lines - 1 :]), width, size=size, bold=bold)]
    return wrapped


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colors.to_rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _count_fitting(words: list[str], width: float, *, size: float, bold: bool) -> int:
    count = 1
    while count < len(words) and measure_text(" ".join(words[: count + 1]), size=size, bold=bold) <= width:
        count += 1
    return count


def _split_word(word: str, width: float, *, size: float, bold: bool) -> list[str]:
    pieces = []
    while measure_text(word, size=size, bold=bold) > width and len(word) > 1:
        length = len(word) - 1
        while length > 1 and measure_text(word[:length], size=size, bold=bold) > width:
            length -= 1
        length = max(word.rfind(joint, 1, length) for joint in "_-/") + 1 or length
        pieces.append(word[:length])
        word = word[length:]
    return [*pieces, word]


def _cut(text: str, width: float, *, size: float, bold: bool) -> str:
    while text and measure_text(text + "…", size=size, bold=bold) > width:
        text = text[:-1]
    return text.rstrip(" ,;:") + "…"

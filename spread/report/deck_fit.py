"""How much room text takes on a slide, by the widths of Arial's letters, rounded up: in inches, sizes in points."""

from collections.abc import Sequence
from typing import Final, NamedTuple

POINTS_PER_INCH: Final = 72.0
LINE_HEIGHT: Final = 1.2
PARAGRAPH_GAP: Final = 0.4
"""Between paragraphs, of a line."""
NARROW, SLIM, WIDE, USUAL, CAPITAL = 0.28, 0.34, 0.9, 0.56, 0.72
LETTERS: Final = {
    **dict.fromkeys("iljI.,:;'|!", NARROW),
    **dict.fromkeys('ftr()[]{}/\\-" \N{NO-BREAK SPACE}', SLIM),
    **dict.fromkeys("mwMW@%…", WIDE),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ&<>=+~", CAPITAL),
}
BOLDER: Final = 1.08
ELLIPSIS: Final = "…"


class Fitted(NamedTuple):
    """Texts that fit: their size and the height they take; some end in an ellipsis where no size would do."""

    texts: tuple[str, ...]
    size: float
    height: float


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one line."""
    letters = sum(LETTERS.get(letter, USUAL if ord(letter) < 0x2000 else 1.0) for letter in text)
    return letters * size * (BOLDER if bold else 1.0) / POINTS_PER_INCH


def count_lines(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """Lines a text takes when broken between words, and inside words wider than a line."""
    lines, used = 1, 0.0
    space = width_of(" ", size, bold=bold)
    for word in text.split():
        length = width_of(word, size, bold=bold)
        if used and used + space + length <= width:
            used += space + length
            continue
        lines += 1 if used else 0
        whole, used = divmod(length, width) if length > width else (0.0, length)
        lines += int(whole)
    return lines


def height_of(texts: Sequence[str], width: float, size: float, *, bold: bool = False) -> float:
    """Height of paragraphs under each other."""
    lines = sum(count_lines(text, width, size, bold=bold) for text in texts)
    gaps = PARAGRAPH_GAP * max(len(texts) - 1, 0)
    return (lines + gaps) * size * LINE_HEIGHT / POINTS_PER_INCH


def fit(texts: Sequence[str], width: float, height: float, sizes: Sequence[float], *, bold: bool = False) -> Fitted:
    """Paragraphs in the largest size in which they fit; in the smallest one, what does not fit is cut off."""
    for size in sizes:
        taken = height_of(texts, width, size, bold=bold)
        if taken <= height:
            return Fitted(tuple(texts), size, taken)
    kept = _cut(texts, width, height, sizes[-1], bold=bold)
    return Fitted(kept, sizes[-1], height_of(kept, width, sizes[-1], bold=bold))


def _cut(texts: Sequence[str], width: float, height: float, size: float, *, bold: bool) -> tuple[str, ...]:
    kept = list(texts)
    while len(kept) > 1 and height_of(kept[:-1], width, size, bold=bold) > height:
        kept.pop()
    while kept and height_of(kept, width, size, bold=bold) > height:
        words = kept[-1].removesuffix(ELLIPSIS).split()
        if len(words) < 2:
            kept[-1] = kept[-1][: max(len(kept[-1]) // 2, 1)].rstrip(ELLIPSIS) + ELLIPSIS
            break
        kept[-1] = " ".join(words[:-1]).rstrip(" ,;:.") + ELLIPSIS
    return tuple(kept)

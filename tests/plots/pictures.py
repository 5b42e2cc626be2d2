"""Looking at a figure without eyes: where its words are, whether they touch or fall off."""

from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.text import Text

TOLERANCE = 0.5  # pixels
OVERLAP = 2.0


def words_of(figure: Figure) -> list[str]:
    return [text.get_text() for text in shown_texts(figure)]


def shown_texts(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def find_flaws(figure: Figure) -> list[tuple[str, ...]]:
    """Words that reach over the edge of the sheet, and pairs of words that touch."""
    figure.draw_without_rendering()  # places annotations
    boxes = [(text.get_text(), Text.get_window_extent(text)) for text in shown_texts(figure)]
    sheet = figure.bbox.padded(TOLERANCE)
    outside = [(words,) for words, box in boxes if not (sheet.contains(*box.min) and sheet.contains(*box.max))]
    touching = [
        (first, second)
        for (first, one), (second, other) in combinations(boxes, 2)
        if min(one.x1, other.x1) - max(one.x0, other.x0) > OVERLAP
        and min(one.y1, other.y1) - max(one.y0, other.y0) > OVERLAP
    ]
    return outside + touching

"""Tables and figures on slides: real tables in a size one can read, pictures with words for who cannot see them."""

import io
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from spread.plots import theme
from spread.report import content, deck_fit, deck_slides, pictures
from spread.report.deck_paper import Box

Slide = Any
"""One of python-pptx, which is typed in part."""
TABLE_SIZES: Final = (16.0, 14.0, 12.0)
CELL_SIDE, CELL_EDGE = 0.08, 0.05
SLACK: Final = 1.06
"""For fonts a little wider than Arial."""
LEAST_LEGIBLE = 8.0
"""Points: a figure whose words came out smaller is left to its table."""


class Fitted(NamedTuple):
    """Some rows of a table that fit on one slide, in a size, with widths and heights in inches."""

    rows: tuple[tuple[str, ...], ...]
    size: float
    widths: tuple[float, ...]
    heights: tuple[float, ...]

    @property
    def height(self) -> float:
        """Of the whole table."""
        return sum(self.heights)


def fit_table(table: content.Table, box: Box) -> list[Fitted]:
    """A table in the largest size that breaks no word and takes no more slides than the smallest does."""
    made = {size: _cut(table, box, size) for size in TABLE_SIZES}
    smallest = made[TABLE_SIZES[-1]]
    good = (
        pieces
        for size, pieces in made.items()
        if len(pieces) == len(smallest) and sum(_wishes(table, size)[1]) <= box.width
    )
    return next(good, smallest)


def _cut(table: content.Table, box: Box, size: float) -> list[Fitted]:
    """A table in one size, cut by rows where it is too high."""
    whole = _fitted(table, table.rows, box.width, size)
    if whole.height <= box.height:
        return [whole]
    pieces = _pieces(table, whole.widths, box.height, size)
    return [_fitted(table, rows, box.width, size, widths=whole.widths) for rows in pieces]


def _fitted(
    table: content.Table, rows: Sequence[tuple[str, ...]], width: float, size: float, *, widths: Sequence[float] = ()
) -> Fitted:
    found = tuple(widths or widths_of(table, width, size))
    heights = tuple(_height_of(row, found, size, bold=number == 0) for number, row in enumerate((table.columns, *rows)))
    return Fitted(tuple(rows), size, found, heights)


def _pieces(
    table: content.Table, widths: Sequence[float], height: float, size: float
) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Rows by slide, about as much on each; a row too high for any slide has one to itself."""
    room = height - _height_of(table.columns, widths, size, bold=True)
    taken_by_all = sum(_height_of(row, widths, size) for row in table.rows)
    even = taken_by_all / math.ceil(taken_by_all / room) if room > 0 else taken_by_all
    kept: list[tuple[str, ...]] = []
    used = 0.0
    for row in table.rows:
        taken = _height_of(row, widths, size)
        if kept and (used >= even or used + taken > room):
            yield tuple(kept)
            kept, used = [], 0.0
        kept.append(row)
        used += taken
    yield tuple(kept)


def _height_of(row: Sequence[str], widths: Sequence[float], size: float, *, bold: bool = False) -> float:
    cells = zip(row, widths, strict=True)
    lines = max(deck_fit.count_lines(text, width - 2 * CELL_SIDE, size, bold=bold) for text, width in cells)
    return lines * size * deck_fit.LINE_HEIGHT / deck_fit.POINTS_PER_INCH + 2 * CELL_EDGE


def widths_of(table: content.Table, width: float, size: float) -> tuple[float, ...]:
    """Widths of columns: what each needs on one line where there is room, else a fair share and its longest word."""
    wanted, least = _wishes(table, size)
    total = sum(wanted)
    if total <= width:
        return tuple(one * width / total for one in wanted)
    return _shared_out(wanted, least, width)


def _wishes(table: content.Table, size: float) -> tuple[list[float], list[float]]:
    """What each column needs for its cells on one line, and for its longest word."""
    wanted, least = [], []
    for index, heading in enumerate(table.columns):
        cells = [row[index] for row in table.rows]
        longest = max((deck_fit.width_of(text, size) for text in cells), default=0.0)
        words = [(word, number == 0) for number, text in enumerate((heading, *cells)) for word in text.split()]
        word = max((deck_fit.width_of(text, size, bold=bold) for text, bold in words), default=0.0)
        wanted.append(max(longest, word) * SLACK + 2 * CELL_SIDE)
        least.append(word * SLACK + 2 * CELL_SIDE)
    return wanted, least


def _shared_out(wanted: Sequence[float], least: Sequence[float], width: float) -> tuple[float, ...]:
    """Widths that add up: who wants less than a fair share of what is left has that, the others share the rest."""
    given = [0.0] * len(wanted)
    waiting, left = set(range(len(wanted))), width
    while waiting:
        fair = left / len(waiting)
        content_with = [index for index in waiting if wanted[index] <= fair] or [
            index for index in waiting if least[index] > fair
        ]
        if not content_with:
            return tuple(fair if index in waiting else one for index, one in enumerate(given))
        for index in content_with:
            given[index] = min(wanted[index], max(least[index], fair))
            left -= given[index]
            waiting.discard(index)
    scale = min(width / sum(given), 1.0)
    return tuple(one * scale for one in given)


def put_table(slide: Slide, table: content.Table, fitted: Fitted, box: Box) -> None:
    """A real table, its first row marked as heading, with a summary for screen readers."""
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Inches

    place = Box(box.left, box.top, sum(fitted.widths), fitted.height)
    frame = slide.shapes.add_table(len(fitted.rows) + 1, len(table.columns), *place.emu())
    frame.name = f"Table {table.name}"
    describe(frame, f"Table: {table.caption}. {len(fitted.rows)} rows; columns {', '.join(table.columns)}.")
    grid = frame.table
    grid.first_row, grid.horz_banding = True, False
    for column, width in zip(grid.columns, fitted.widths, strict=True):
        column.width = Inches(width)
    for line, height in zip(grid.rows, fitted.heights, strict=True):
        line.height = Inches(height)
    numbers = table.numbers or (False,) * len(table.columns)
    for number, row in enumerate((table.columns, *fitted.rows)):
        for index, text in enumerate(row):
            cell = grid.cell(number, index)
            deck_slides.fill(cell.text_frame, [text], size=fitted.size, bold=number == 0, side=0.0)
            cell.margin_left = cell.margin_right = Inches(CELL_SIDE)
            cell.margin_top = cell.margin_bottom = Inches(CELL_EDGE)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT if numbers[index] else PP_ALIGN.LEFT


# --- figures -------------------------------------------------------------------------------------


class Drawn(NamedTuple):
    """A figure as a file, its size in inches, and how much of its top is its title, which the slide has already."""

    png: bytes
    width: float
    height: float
    title: float

    def size_in(self, box: Box) -> tuple[float, float]:
        """Width and height, without its title, as large as a box allows."""
        shown = self.height - self.title
        scale = min(box.width / self.width, box.height / shown)
        return self.width * scale, shown * scale

    def is_legible(self, box: Box) -> bool:
        """Whether its words come out large enough."""
        return theme.SMALL_SIZE * self.size_in(box)[0] / self.width >= LEAST_LEGIBLE


def draw(picture: content.Picture) -> Drawn:
    """Draw a figure once, and see how it is laid out."""
    figure = picture.draw()
    buffer = io.BytesIO()
    with theme.style():
        figure.savefig(buffer, format="png", dpi=pictures.PNG_DOTS_PER_INCH, metadata={"Software": None})
    width, height = (float(measure) for measure in figure.get_size_inches())
    return Drawn(buffer.getvalue(), width, height, _title_height(figure, height))


def _title_height(figure: Any, height: float) -> float:
    """What the lines of a figure's own title take at its top: those at the start in the size of titles."""
    lines = list(itertools.takewhile(lambda text: text.get_fontsize() == theme.TITLE_SIZE, figure.texts))
    if not lines:
        return 0.0
    half = theme.TITLE_SIZE * theme.LINE_HEIGHT / theme.POINTS_PER_INCH / 2
    lowest = min(text.get_position()[1] for text in lines) - half
    return max(height - float(lowest), 0.0)


def put_picture(slide: Slide, drawn: Drawn, box: Box, alt: str) -> Box:
    """A figure as large as a box allows, its words as alternative text; where it stands."""
    width, height = drawn.size_in(box)
    place = Box(box.left, box.top + (box.height - height) / 2, width, height)
    shape = slide.shapes.add_picture(io.BytesIO(drawn.png), *place.emu())
    # Cutting keeps the scale of what is left, so the size is stated again.
    shape.crop_top = drawn.title / drawn.height
    shape.left, shape.top, shape.width, shape.height = place.emu()
    describe(shape, alt)
    return place


def describe(shape: Any, words: str) -> None:
    """Give a shape its alternative text."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", deck_slides.clean(words))

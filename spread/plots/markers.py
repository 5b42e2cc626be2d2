"""Dots that differ by shape as well as colour, and the key that names them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from spread.plots import sheet, theme

SAMPLE = 0.18
SPACE = 0.22
ROW = 0.25
SIZE = 7.5


@dataclass(frozen=True, slots=True)
class Marker:
    """A dot: its shape (a matplotlib marker), fill, edge, and what it stands for; a `line` instead of a dot."""

    shape: str
    face: str
    edge: str
    label: str
    line: Literal["", "-", "--", ":"] = ""


def fill_rows(markers: Sequence[Marker], room: float = sheet.WIDTH - 2 * sheet.EDGE) -> list[list[Marker]]:
    """Markers in rows no wider than the room."""
    rows: list[list[Marker]] = []
    used = room
    for marker in markers:
        width = _width(marker)
        if used + width > room + SPACE:
            rows.append([])
            used = 0.0
        rows[-1].append(marker)
        used += width
    return rows


def height_of(markers: Sequence[Marker]) -> float:
    """How much room a key of these takes, in inches."""
    return ROW * len(fill_rows(markers))


def draw_key(figure: Figure, markers: Sequence[Marker], *, top: float) -> None:
    """Draw the key below a height in inches."""
    place = figure.dpi_scale_trans
    for number, row in enumerate(fill_rows(markers)):
        x, y = sheet.EDGE, top - (number + 0.5) * ROW
        for marker in row:
            if marker.line:
                line = Line2D([x, x + SAMPLE], [y, y], color=marker.edge, linewidth=1.6, linestyle=marker.line,
                              transform=place)  # fmt: skip
            else:
                line = Line2D([x + SAMPLE / 2], [y], marker=marker.shape, markersize=SIZE, linestyle="none",
                              markerfacecolor=marker.face, markeredgecolor=marker.edge, transform=place)  # fmt: skip
            figure.add_artist(line)
            sheet.write_text(figure, x + SAMPLE + 0.07, y, marker.label)
            x += _width(marker)


def _width(marker: Marker) -> float:
    return SAMPLE + 0.07 + theme.measure_text(marker.label, size=theme.SMALL_SIZE) + SPACE

"""Where things stand on a figure: title, subtitle and key above, panels, caption below, labels beside lines.

Everything is placed in inches from the lower left corner, so text of one size keeps its room at any length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from spread.plots import theme

WIDTH = 7.5
EDGE = 0.2
CAPTION_GAP = 0.16
KEY_SAMPLE = 0.26
KEY_SPACE = 0.17
KEY_ROW = 0.27
LABEL_OFFSET = 0.2  # from a panel's right side to the labels beside it
LABEL_GAP = 0.05
TARGET_DASHES = (0.0, (5.0, 3.0))

Mark = Literal["line", "dashes", "band", "bar", "dot", "ring", "diamond", "target", "upright"]


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One sample and its words in the key above the panels."""

    mark: Mark
    label: str
    colour: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of panels, in inches: `above` for what stands over each panel, `below` for its date labels."""

    height: float
    left: float
    right: float
    above: float = 0.1
    below: float = 0.5
    columns: int = 1
    gap: float = 0.5


@dataclass(frozen=True, slots=True)
class SideLabel:
    """Words beside a panel at a height of `value` on its y axis; `heads` are bold and in the line's colour."""

    value: float
    colour: str
    heads: tuple[str, ...]
    lines: tuple[str, ...] = ()


def build_sheet(
    rows: Sequence[Row], *, title: str, subtitle: str, caption: str, key: Sequence[KeyEntry]
) -> tuple[Figure, list[Axes]]:
    """Make a figure as tall as its words and panels need; panels come row by row, left to right."""
    room = WIDTH - 2 * EDGE
    heads = theme.wrap_text(title, room, size=theme.TITLE_SIZE, bold=True)
    subheads = theme.wrap_text(subtitle, room, lines=4)
    notes = theme.wrap_text(caption, room, size=theme.SMALL_SIZE)
    key_rows = _fill_key_rows(key, room)
    height = 2 * EDGE + CAPTION_GAP + len(key_rows) * KEY_ROW + sum(row.above + row.height + row.below for row in rows)
    height += len(heads) * line_height(theme.TITLE_SIZE) + len(subheads) * line_height(theme.TEXT_SIZE)
    height += len(notes) * line_height(theme.SMALL_SIZE)
    figure = Figure(figsize=(WIDTH, height))
    FigureCanvasAgg(figure)
    top = _write_lines(figure, heads, top=height - EDGE, size=theme.TITLE_SIZE, bold=True)
    top = _write_lines(figure, subheads, top=top, size=theme.TEXT_SIZE, colour=theme.QUIET)
    top = _draw_key(figure, key_rows, top=top)
    foot = EDGE + len(notes) * line_height(theme.SMALL_SIZE)
    _write_lines(figure, notes, top=foot, size=theme.SMALL_SIZE, colour=theme.QUIET)
    return figure, _add_panels(figure, rows, top=top)


def line_height(size: float) -> float:
    """Height of one line of text in inches."""
    return size * theme.LINE_HEIGHT / theme.POINTS_PER_INCH


def write_text(
    figure: Figure, x: float, y: float, text: str, *, size: float = theme.SMALL_SIZE, colour: str = theme.INK,
    bold: bool = False, align: Literal["left", "center", "right"] = "left", backed: bool = False,
) -> None:  # fmt: skip
    """Write one line of literal text, centred on a height in inches; `backed` hides what lies behind it."""
    backing = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"} if backed else None
    figure.text(
        x, y, text, transform=figure.dpi_scale_trans, fontsize=size, color=colour, ha=align, va="center_baseline",
        fontweight="bold" if bold else "normal", parse_math=False, bbox=backing, zorder=8 if backed else 6,
    )  # fmt: skip


def frame_of(axes: Axes) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a panel in inches."""
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("the panel stands on no figure")
    width, height = figure.get_size_inches()
    box = axes.get_position()
    return box.x0 * width, box.y0 * height, box.x1 * width, box.y1 * height


def place_of(axes: Axes, x: float, y: float) -> tuple[float, float]:
    """Where a point of a panel's scales stands on the figure, in inches."""
    left, bottom, right, top = frame_of(axes)
    (x_low, x_high), (y_low, y_high) = axes.get_xlim(), axes.get_ylim()
    across = (x - x_low) / (x_high - x_low)
    upward = (y - y_low) / (y_high - y_low)
    return left + (right - left) * across, bottom + (top - bottom) * upward


def label_right(figure: Figure, axes: Axes, labels: Sequence[SideLabel]) -> None:
    """Write labels beside a panel, first line at the height of what they name, moved apart where they would touch."""
    _, bottom, right, top = frame_of(axes)
    step = line_height(theme.SMALL_SIZE)
    ordered = sorted(labels, key=lambda label: label.value)
    anchors = [place_of(axes, 0.0, label.value)[1] for label in ordered]
    heights = [(len(label.heads) + len(label.lines)) * step + LABEL_GAP for label in ordered]
    wanted = [anchor + (step - height) / 2 for anchor, height in zip(anchors, heights, strict=True)]
    centres = move_apart(wanted, heights, low=bottom - step, high=top + LABEL_GAP)
    for label, anchor, centre, height in zip(ordered, anchors, centres, heights, strict=True):
        first = centre + (height - step) / 2
        _draw_leader(figure, right, anchor, first, label.colour)
        colour = theme.darken_for_text(label.colour)
        for number, line in enumerate(label.heads):
            write_text(figure, right + LABEL_OFFSET, first - number * step, line, colour=colour, bold=True)
        for number, line in enumerate(label.lines, start=len(label.heads)):
            write_text(figure, right + LABEL_OFFSET, first - number * step, line)


def move_apart(centres: Sequence[float], heights: Sequence[float], *, low: float, high: float) -> list[float]:
    """Shift rising centres of boxes so that none overlap, inside `low` to `high` where there is room.

    Boxes that would touch form a block around the mean of where they wanted to be.
    """
    blocks: list[tuple[float, float, int]] = []
    for centre, height in zip(centres, heights, strict=True):
        block = (centre, height, 1)
        while blocks and blocks[-1][0] + blocks[-1][1] / 2 > block[0] - block[1] / 2:
            block = _join_blocks(blocks.pop(), block)
        blocks.append(block)
    placed = _unpack_blocks(blocks, heights)
    for index in reversed(range(len(placed))):
        placed[index] = min(placed[index], high - heights[index] / 2)
        high = placed[index] - heights[index] / 2
    for index, height in enumerate(heights):
        placed[index] = max(placed[index], low + height / 2)
        low = placed[index] + height / 2
    return placed


def _join_blocks(lower: tuple[float, float, int], upper: tuple[float, float, int]) -> tuple[float, float, int]:
    height = lower[1] + upper[1]
    middle = (lower[0] * lower[2] + upper[0] * upper[2]) / (lower[2] + upper[2])
    return middle, height, lower[2] + upper[2]


def _unpack_blocks(blocks: Sequence[tuple[float, float, int]], heights: Sequence[float]) -> list[float]:
    centres: list[float] = []
    for middle, height, count in blocks:
        edge = middle - height / 2
        for _ in range(count):
            own = heights[len(centres)]
            centres.append(edge + own / 2)
            edge += own
    return centres


def _draw_leader(figure: Figure, right: float, line_y: float, label_y: float, colour: str) -> None:
    xs = (right + 0.03, right + 0.08, right + LABEL_OFFSET - 0.06, right + LABEL_OFFSET - 0.02)
    ys = (line_y, line_y, label_y, label_y)
    figure.add_artist(Line2D(xs, ys, color=colour, linewidth=0.9, transform=figure.dpi_scale_trans))


def _write_lines(
    figure: Figure, lines: Sequence[str], *, top: float, size: float, bold: bool = False, colour: str = theme.INK
) -> float:
    for line in lines:
        top -= line_height(size)
        write_text(figure, EDGE, top + line_height(size) / 2, line, size=size, bold=bold, colour=colour)
    return top


def _fill_key_rows(key: Sequence[KeyEntry], room: float) -> list[list[KeyEntry]]:
    rows: list[list[KeyEntry]] = []
    used = room
    for entry in key:
        width = _key_width(entry)
        if used + width > room:
            rows.append([])
            used = 0.0
        rows[-1].append(entry)
        used += width
    return rows


def _key_width(entry: KeyEntry) -> float:
    return KEY_SAMPLE + 0.08 + theme.measure_text(entry.label, size=theme.SMALL_SIZE) + KEY_SPACE


def _draw_key(figure: Figure, rows: Sequence[Sequence[KeyEntry]], *, top: float) -> float:
    for row in rows:
        x = EDGE
        middle = top - KEY_ROW / 2 - 0.03
        for entry in row:
            _draw_sample(figure, entry, x, middle)
            write_text(figure, x + KEY_SAMPLE + 0.08, middle, entry.label)
            x += _key_width(entry)
        top -= KEY_ROW
    return top


def _draw_sample(figure: Figure, entry: KeyEntry, x: float, y: float) -> None:
    place = figure.dpi_scale_trans
    if entry.mark in ("band", "bar"):
        half = 0.07 if entry.mark == "band" else 0.03
        figure.add_artist(
            Rectangle((x, y - half), KEY_SAMPLE, 2 * half, facecolor=entry.colour, edgecolor="none", transform=place)
        )
    elif entry.mark == "line":
        figure.add_artist(Line2D([x, x + KEY_SAMPLE], [y, y], color=entry.colour, linewidth=2.4, transform=place))
    elif entry.mark == "dashes":
        figure.add_artist(
            Line2D([x, x + KEY_SAMPLE], [y, y], color=entry.colour, linewidth=1.4, linestyle=TARGET_DASHES,
                   transform=place)
        )  # fmt: skip
    elif entry.mark in ("target", "upright"):
        centre = x + KEY_SAMPLE / 2
        width = 2.4 if entry.mark == "target" else 5.0
        figure.add_artist(
            Line2D([centre, centre], [y - 0.08, y + 0.08], color=entry.colour, linewidth=width, transform=place)
        )
    else:
        marker = "D" if entry.mark == "diamond" else "o"
        face = entry.colour if entry.mark == "dot" else "white"
        figure.add_artist(
            Line2D([x + KEY_SAMPLE / 2], [y], marker=marker, markersize=7, linestyle="none", markerfacecolor=face,
                   markeredgecolor=entry.colour, markeredgewidth=1.5, transform=place)
        )  # fmt: skip


def _add_panels(figure: Figure, rows: Sequence[Row], *, top: float) -> list[Axes]:
    _, height = figure.get_size_inches()
    panels = []
    for row in rows:
        top -= row.above + row.height
        width = (WIDTH - row.left - row.right - (row.columns - 1) * row.gap) / row.columns
        for column in range(row.columns):
            left = row.left + column * (width + row.gap)
            panels.append(figure.add_axes((left / WIDTH, top / height, width / WIDTH, row.height / height)))
        top -= row.below
    return panels

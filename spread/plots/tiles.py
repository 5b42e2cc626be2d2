"""Tiles with a number in each: five classes of a share, from light to dark, and ink that can be read on them."""

import itertools
import math
from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from spread.plots import sheet, theme, wording

EDGES: Final = (0.2, 0.4, 0.6, 0.8)
SHADES: Final = tuple(theme.tint(theme.DARK_BLUE, share) for share in (0.08, 0.24, 0.42, 0.72, 1.0))
EMPTY: Final = "white"


def shade_of(share: float) -> str:
    """The colour of a share's class; a share on an edge belongs to the class above it."""
    return EMPTY if math.isnan(share) else SHADES[sum(share >= edge for edge in EDGES)]


def ink_on(colour: str) -> str:
    """Dark or white, whichever reads better on a colour."""
    return max((theme.INK, "white"), key=lambda ink: theme.contrast(ink, colour))


def make_key() -> list[sheet.KeyEntry]:
    """The classes as entries of the key."""
    bounds = [0.0, *EDGES, 1.0]
    labels = [f"{100 * low:g} to {wording.say_percent(high)}" for low, high in itertools.pairwise(bounds)]
    return [sheet.KeyEntry("band", label, shade) for label, shade in zip(labels, SHADES, strict=True)]


def draw_tile(
    axes: Axes, place: Sequence[float], size: Sequence[float], *, colour: str, edge: str = theme.GRID,
    width: float = 0.8,
) -> None:  # fmt: skip
    """Draw a tile from its lower left corner, with an edge of so many points."""
    inset = width / 2 / theme.POINTS_PER_INCH
    axes.add_patch(
        Rectangle((place[0] + inset, place[1] + inset), size[0] - 2 * inset, size[1] - 2 * inset, facecolor=colour,
                  edgecolor=edge, linewidth=width, joinstyle="miter", clip_on=False, zorder=2)
    )  # fmt: skip


def set_inches(axes: Axes) -> None:
    """Make a panel's scales inches from its lower left corner, and hide them."""
    left, bottom, right, top = sheet.frame_of(axes)
    axes.set_xlim(0.0, right - left)
    axes.set_ylim(0.0, top - bottom)
    axes.set_axis_off()

"""Figures on disk: SVG and PNG, the numbers beside them as CSV, the words for those who cannot see them."""

import io
import re
from pathlib import Path
from xml.sax import saxutils

import pandas as pd
from matplotlib.figure import Figure

from spread import files
from spread.outcomes import tables
from spread.plots import theme

PNG_DOTS_PER_INCH = 200


def write_figure(figure: Figure, stem: Path | str, *, frame: pd.DataFrame, alt_text: str) -> list[Path]:
    """Write ``stem.svg``, ``stem.png``, ``stem.csv`` and ``stem.txt`` and return their paths in that order.

    The same figure gives the same bytes: no dates, no random names. They appear together, each whole.

    Parameters
    ----------
    frame
        The numbers in the figure, without its index.
    alt_text
        What the figure shows, in sentences; its first sentence becomes the SVG's title.

    Raises
    ------
    MachineError
        The folder or a file cannot be written.
    """
    place = Path(stem)
    words = theme.clean_text(alt_text)
    contents = {
        ".svg": _render_svg(figure, words).encode(),
        ".png": _render(figure, "png"),
        ".csv": tables.csv_text(frame).encode(),
        ".txt": (words + "\n").encode(),
    }
    named = {place.with_name(place.name + suffix): content for suffix, content in contents.items()}
    files.put_together(named)
    return list(named)


def _render(figure: Figure, kind: str) -> bytes:
    buffer = io.BytesIO()
    stamps: dict[str, None] = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    with theme.style():
        figure.savefig(buffer, format=kind, dpi=PNG_DOTS_PER_INCH, metadata=stamps)
    return buffer.getvalue()


def _render_svg(figure: Figure, alt_text: str) -> str:
    drawing = _render(figure, "svg").decode()
    title = re.split(r"(?<=\.) ", alt_text, maxsplit=1)[0].rstrip(".")
    words = (
        f'<title id="figure-title">{saxutils.escape(title)}</title>\n '
        f'<desc id="figure-description">{saxutils.escape(alt_text)}</desc>\n'
    )
    opening = re.search(r"<svg\b[^>]*", drawing)
    if opening is None:
        raise ValueError("the drawing has no svg element")
    role = ' role="img" aria-labelledby="figure-title figure-description"'
    return f"{drawing[: opening.end()]}{role}>\n {words} {drawing[opening.end() + 1 :].lstrip()}"

"""What data told: every free parameter before and after a fit, on the range it was believed to lie in."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread import errors
from spread.plots import sheet, theme

LEFT, RIGHT = 2.6, 2.25
ROW = 0.52
BAR, THIN = 0.2, 0.34  # heights of the bars after and before, in inches
EDGES: Final = (-0.12, 1.12)
"""How far beyond the range before the panel goes, in ranges."""
NAME_LINES: Final = 2
COLUMNS: Final = (
    "name", "before_q05", "before_q50", "before_q95", "after_q05", "after_q50", "after_q95", "shrinkage", "is_informed",
)  # fmt: skip


def plot_posterior(document: Mapping[str, Any]) -> Figure:
    """Draw what a fit moved, from the document of `spread calibrate`.

    Raises
    ------
    InputError
        It holds no parameters.
    """
    rows = read_rows(document)
    with theme.style():
        key = [
            sheet.KeyEntry("band", "believed before (90 %)", theme.GRID),
            sheet.KeyEntry("band", "after the data", theme.DARK_BLUE),
            sheet.KeyEntry("band", "not informed by the data", theme.tint(theme.DARK_GREY, 0.45)),
        ]
        panel = sheet.Row(height=ROW * len(rows), left=LEFT, right=RIGHT, above=0.34, below=0.12)
        figure, (axes,) = sheet.build_sheet(
            [panel], title=make_title(document), subtitle=make_subtitle(document), caption=make_caption(document),
            key=key,
        )  # fmt: skip
        _frame(figure, axes, len(rows))
        for number, row in enumerate(rows):
            _draw_row(figure, axes, row, ROW * (len(rows) - number - 0.5))
        return figure


def tabulate_posterior(document: Mapping[str, Any]) -> pd.DataFrame:
    """List the numbers of `plot_posterior`, one line per parameter."""
    return pd.DataFrame([{name: row[name] for name in COLUMNS} for row in read_rows(document)])


def describe_posterior(document: Mapping[str, Any]) -> str:
    """Say in words what `plot_posterior` shows."""
    said = "; ".join(
        f"{row['name']} {_range(row, 'before')} before, {_range(row, 'after')} after"
        + ("" if row["is_informed"] else ", not informed by the data")
        for row in read_rows(document)
    )
    return f"{make_title(document)}. Range chart. {make_subtitle(document)}. {said}. {make_caption(document)}"


def read_rows(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The parameters of a document, those the data moved first.

    Raises
    ------
    InputError
        There are none.
    """
    rows = list(document.get("learned") or ())
    if not rows:
        raise errors.InputError(errors.Fault("holds no fitted parameters", "fit.json"))
    return sorted(rows, key=lambda row: (not row["is_informed"], -row["shrinkage"]))


def make_title(document: Mapping[str, Any]) -> str:
    """State the finding in ten words or fewer."""
    rows = read_rows(document)
    moved = sum(bool(row["is_informed"]) for row in rows)
    if not moved:
        return "The data moved none of the parameters"
    return f"The data moved {moved} of {len(rows)} parameters"


def make_subtitle(document: Mapping[str, Any]) -> str:
    """Say what is shown."""
    return (
        "Each bar runs over the middle 90 % of what a number may be, drawn on the range it was believed to lie in "
        "before; the dot is its middle"
    )


def make_caption(document: Mapping[str, Any]) -> str:
    """Say what it was fitted to."""
    name = theme.clean_name(str(document["name"]))
    sources = "; ".join(theme.clean_text(str(source)) for source in document.get("sources", ()))
    rest = f" Data: {sources}." if sources else ""
    return (
        f"Source: spread {document.get('model_version', '')}, scenario {name}, fitted to {document['points']} "
        f"observations, {document['first_date']} to {document['last_date']}.{rest} Numbers not shown stay as believed "
        "before."
    )


def _range(row: Mapping[str, Any], when: str) -> str:
    middle, low, high = (row[f"{when}_{name}"] for name in ("q50", "q05", "q95"))
    return f"{middle:.3g} ({low:.3g} to {high:.3g})"


# --- drawing --------------------------------------------------------------------------------------


def _frame(figure: Figure, axes: Axes, count: int) -> None:
    axes.set_xlim(*EDGES)
    axes.set_ylim(0.0, ROW * count)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)
    left, _, right, top = sheet.frame_of(axes)
    middle = top + 0.12
    sheet.write_text(figure, left, middle, "lower", colour=theme.QUIET)
    sheet.write_text(figure, right, middle, "higher", colour=theme.QUIET, align="right")
    sheet.write_text(figure, right + sheet.LABEL_OFFSET, middle, "After the data (90 %)", colour=theme.QUIET)


def _draw_row(figure: Figure, axes: Axes, row: Mapping[str, Any], y: float) -> None:
    low, high = float(row["before_q05"]), float(row["before_q95"])
    across = max(high - low, 1e-12)

    def place(value: float) -> float:
        return min(max((value - low) / across, EDGES[0]), EDGES[1])

    colour = theme.DARK_BLUE if row["is_informed"] else theme.tint(theme.DARK_GREY, 0.45)
    axes.barh(y, 1.0, left=0.0, height=THIN, color=theme.GRID, linewidth=0)
    start, end = place(row["after_q05"]), place(row["after_q95"])
    axes.barh(y, end - start, left=start, height=BAR, color=colour, linewidth=0)
    axes.plot([place(row["after_q50"])], [y], marker="o", markersize=6, color="white", markeredgecolor=theme.INK)
    right = sheet.frame_of(axes)[2]
    _, height = sheet.place_of(axes, 0.0, y)
    lines = theme.wrap_text(_name(row), LEFT - 2 * sheet.EDGE, size=theme.SMALL_SIZE, lines=NAME_LINES)
    step = sheet.line_height(theme.SMALL_SIZE)
    for number, line in enumerate(lines):
        sheet.write_text(figure, sheet.EDGE, height + step * ((len(lines) - 1) / 2 - number), line)
    sheet.write_text(figure, right + sheet.LABEL_OFFSET, height, _range(row, "after"))


def _name(row: Mapping[str, Any]) -> str:
    return theme.clean_name(str(row["name"])).replace("_", " ").replace(".", ", ")

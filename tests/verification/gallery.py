"""A figure of every law, theory against simulation: ``python -m tests.verification.gallery`` writes ``docs/laws.md``.

Takes about four minutes. Words after it are slugs of laws: only these are measured and drawn, the page stays as it is.
"""

import argparse
import math
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from spread.plots import theme, writing
from tests.verification.findings import Curve, Distance, Finding, Law, Panel
from tests.verification.lawlist import LAWS

ROOT = Path(__file__).parents[2]
PAGE, FIGURES = ROOT / "docs" / "laws.md", ROOT / "docs" / "figures"
WIDTH, PANEL_HEIGHT = 8.5, 3.5
SIDE, GAP, BELOW = 0.75, 0.75, 0.6  # inches to the left of a panel, between panels, below each
TITLE_TOP, LINE = 0.12, 0.24
HEAD = """\
# The laws, one by one

What the model must reproduce where theory knows the answer: one figure a law, theory against simulation. Made by
`python -m tests.verification.gallery` in about four minutes; titles and numbers are those of the run. All seeds are
fixed, so it draws the same again. The tests compute the same thing in a smaller form;
[verification.md](verification.md) lists them with all that has no figure.

These say that the program does what the model says, not that the model is right about the NHS
([validation.md](validation.md)).

{table}
"""
PART = """\
## {law.name}

{law.says} Theory: {law.theory}. Simulated: {found.runs}. Test: `{law.proved}`.

![{alt}](figures/law-{law.slug}.svg)

{distances}
"""


# --- words ----------------------------------------------------------------------------------------


def tightest(found: Finding) -> Distance:
    """The distance nearest its bound, or furthest beyond it."""
    return max(found.distances, key=strain)


def strain(distance: Distance) -> float:
    """How much of what is allowed a distance takes; more than one where it does not hold."""
    if not distance.holds:
        return math.inf
    if distance.at_least or not distance.bound:
        return 0.0
    return distance.value / distance.bound


def verdict(found: Finding) -> str:
    """Whether a law holds, in a word."""
    return "fails" if found.missed else "holds"


def title(law: Law, found: Finding) -> str:
    """What was found, in one line."""
    worst = tightest(found)
    return f"{law.name}: {verdict(found)}, {worst.value:.3g} of {worst.bound:.3g} allowed ({worst.unit})"


def subtitle(found: Finding) -> str:
    """Which number stands in the title, and of how many runs."""
    return f"{tightest(found).what[0].upper()}{tightest(found).what[1:]}. {found.runs[0].upper()}{found.runs[1:]}."


def words(law: Law, found: Finding) -> str:
    """What a figure shows, for those who cannot see it."""
    said = "; ".join(f"{one.what}: {one.value:.3g} {one.unit}, {one.allowed}" for one in found.distances)
    return f"{title(law, found)}. {law.says} Theory and simulation drawn together. {said}."


def distance_table(found: Finding) -> str:
    """Every distance of a law beside what is allowed, as Markdown."""
    lines = ["| distance | measured | allowed | unit | |", "| --- | --- | --- | --- | --- |"]
    for one in found.distances:
        cells = (one.what, f"{one.value:.3g}", one.allowed, one.unit, "holds" if one.holds else "**fails**")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def overview(found: Sequence[tuple[Law, Finding]]) -> str:
    """Every law and its tightest distance, as Markdown."""
    lines = ["| law | | tightest distance | measured | allowed | unit |", "| --- | --- | --- | --- | --- | --- |"]
    for law, one in found:
        worst = tightest(one)
        link = f"[{law.name}](#{anchor(law.name)})"
        cells = (link, verdict(one), worst.what, f"{worst.value:.3g}", worst.allowed, worst.unit)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def anchor(heading: str) -> str:
    """The link to a heading of a page."""
    kept = "".join(sign for sign in heading.lower() if sign.isalnum() or sign in " -")
    return kept.replace(" ", "-")


def page(found: Sequence[tuple[Law, Finding]]) -> str:
    """The whole page."""
    parts = [HEAD.format(table=overview(found))]
    for law, one in found:
        alt = words(law, one).replace("[", "(").replace("]", ")")
        parts.append(PART.format(law=law, found=one, alt=alt, distances=distance_table(one)))
    return "\n".join(parts)


# --- figures --------------------------------------------------------------------------------------


def draw(law: Law, found: Finding) -> Figure:
    """The figure of a law: title from the numbers, legend, and its panels, three in a row at most."""
    with theme.style():
        heading = theme.wrap_text(title(law, found), WIDTH - 0.3, size=theme.TITLE_SIZE, bold=True)
        said = theme.wrap_text(subtitle(found), WIDTH - 0.3)
        handles = legend(found)
        columns = legend_columns([str(handle.get_label()) for handle in handles])
        legend_lines = math.ceil(len(handles) / columns)
        across = min(len(found.panels), 3)
        down = math.ceil(len(found.panels) / across)
        titled = 0.28 if any(panel.title for panel in found.panels) else 0.0
        top = TITLE_TOP + 0.28 * len(heading) + LINE * (len(said) + legend_lines) + 0.2
        panel_height = PANEL_HEIGHT if across < 3 else 2.1
        height = top + down * (titled + panel_height + BELOW)
        figure = Figure(figsize=(WIDTH, height))
        for number, line in enumerate(heading):
            figure.text(0.15 / WIDTH, 1 - (TITLE_TOP + 0.28 * number) / height, line, va="top",
                        fontsize=theme.TITLE_SIZE, weight="bold")  # fmt: skip
        below = TITLE_TOP + 0.28 * len(heading)
        for number, line in enumerate(said):
            figure.text(0.15 / WIDTH, 1 - (below + LINE * number) / height, line, va="top", color=theme.QUIET)
        below += LINE * len(said) + 0.03
        figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.05 / WIDTH, 1 - below / height),
                      ncols=columns, frameon=False, fontsize=theme.SMALL_SIZE, handlelength=2.6)  # fmt: skip
        width = (WIDTH - across * SIDE - 0.2) / across
        for number, panel in enumerate(found.panels):
            row, column = divmod(number, across)
            left = SIDE + column * (width + SIDE)
            bottom = height - top - (row + 1) * (titled + panel_height) - row * BELOW
            axes = figure.add_axes((left / WIDTH, bottom / height, width / WIDTH, panel_height / height))
            draw_panel(axes, panel, number_of_first(found.panels, panel))
    return figure


def number_of_first(panels: Sequence[Panel], panel: Panel) -> int:
    """How many differently named curves stand before those of a panel: where its colours begin."""
    names = list(dict.fromkeys(curve.name for one in panels for curve in one.curves if curve.simulated is not None))
    own = [curve.name for curve in panel.curves if curve.simulated is not None]
    return 0 if is_small(panels) else names.index(own[0]) if own else 0


def is_small(panels: Sequence[Panel]) -> bool:
    """Whether panels show the same thing again and again, each named by its title."""
    return len(panels) > 2


def legend(found: Finding) -> list[Line2D | Patch]:
    """What the lines and bands are."""
    handles: list[Line2D | Patch] = []
    curves = [curve for panel in found.panels for curve in panel.curves]
    both = [curve for curve in curves if curve.theory is not None and curve.simulated is not None]
    only = [curve for curve in curves if curve.theory is not None and curve.simulated is None]
    if both:
        handles.append(Line2D([], [], color=theme.INK, linestyle=(0, (4, 2)), linewidth=1.6, label="theory"))
    for number, curve in enumerate(only):
        colour, dashes = other_style(number)
        handles.append(Line2D([], [], color=colour, linestyle=dashes, linewidth=1.4, label=curve.name))
    drawn = dict.fromkeys(curve.name for curve in curves if curve.simulated is not None)
    for number, name in enumerate(["simulated"] if is_small(found.panels) else drawn):
        colour, marker = theme.LINE_COLOURS[number % 4], theme.LINE_MARKERS[number % 4]
        solid = "none" if any(curve.marks for curve in curves if curve.name == name) else "-"
        said = name if name == "simulated" or len(drawn) > 1 else f"simulated: {name}"
        handles.append(Line2D([], [], color=colour, marker=marker, markersize=4.5, linestyle=solid, label=said))
    if found.band and any(curve.low is not None for curve in curves):
        handles.append(Patch(color=theme.tint(theme.DARK_BLUE, 0.25), label=found.band))
    for panel in found.panels[:1]:
        if panel.diagonal:
            handles.append(Line2D([], [], color=theme.QUIET, linewidth=1.2, label=panel.diagonal))
    return handles


def legend_columns(labels: Sequence[str]) -> int:
    """How many entries stand side by side: as many as fit, each column as wide as its widest."""
    widths = [theme.measure_text(label, size=theme.SMALL_SIZE) + 0.85 for label in labels]
    for columns in range(len(labels), 1, -1):
        # As matplotlib fills them: the first columns take one more where they do not come out even.
        ends = np.cumsum([len(part) for part in np.array_split(np.arange(len(labels)), columns)])
        if sum(max(part) for part in np.split(np.array(widths), ends[:-1])) < WIDTH - 0.3:
            return columns
    return 1


def other_style(number: int) -> tuple[str, tuple[int, tuple[float, ...]]]:
    """Colour and dashes of a theory that nothing is held against."""
    return theme.QUIET, (0, ((1.0, 1.5), (6.0, 2.0, 1.0, 2.0))[number % 2])


def draw_panel(axes: Axes, panel: Panel, first_colour: int) -> None:
    """One set of axes: bands first, then what was simulated, theory on top."""
    only = [curve for curve in panel.curves if curve.simulated is None]
    simulated = [curve for curve in panel.curves if curve.simulated is not None]
    for number, curve in enumerate(simulated):
        draw_simulated(axes, curve, (first_colour + number) % 4)
    for number, curve in enumerate(only):
        colour, dashes = other_style(number)
        if curve.low is not None and curve.high is not None:
            band = theme.tint(theme.DARK_BLUE, 0.25)
            axes.fill_between(curve.at, curve.low, curve.high, color=band, linewidth=0, zorder=1)
        axes.plot(curve.at, curve.theory, color=colour, linestyle=dashes, linewidth=1.4, zorder=3)  # type: ignore[arg-type]
    for curve in simulated:
        if curve.theory is None:
            continue
        if panel.ticks:
            for at, value in zip(curve.at, curve.theory, strict=True):
                axes.plot([at - 0.3, at + 0.3], [value, value], color=theme.INK, linestyle=(0, (4, 2)), linewidth=1.6)
        else:
            axes.plot(curve.at, curve.theory, color=theme.INK, linestyle=(0, (4, 2)), linewidth=1.6, zorder=4)
    if panel.diagonal:
        end = max(float(curve.at.max()) for curve in simulated)
        axes.plot([0, end], [0, end], color=theme.QUIET, linewidth=1.2, zorder=4)
    finish(axes, panel)


def draw_simulated(axes: Axes, curve: Curve, number: int) -> None:
    """What was simulated: a line with its band, or points with bars."""
    colour, marker = theme.LINE_COLOURS[number], theme.LINE_MARKERS[number]
    assert curve.simulated is not None
    if curve.marks and curve.low is not None and curve.high is not None:
        ends = [curve.simulated - curve.low, curve.high - curve.simulated]
        axes.errorbar(curve.at, curve.simulated, yerr=ends, fmt=marker, color=colour, capsize=4, markersize=6)
    elif curve.marks:
        axes.plot(curve.at, curve.simulated, marker, color=colour, markersize=3.5, alpha=0.55, markeredgewidth=0)
    else:
        if curve.low is not None and curve.high is not None:
            axes.fill_between(curve.at, curve.low, curve.high, color=theme.tint(colour, 0.25), linewidth=0, zorder=1)
        every = max(1, len(curve.at) // 12)
        axes.plot(curve.at, curve.simulated, color=colour, marker=marker, markersize=4.5, markevery=every, zorder=2)


def finish(axes: Axes, panel: Panel) -> None:
    """Labels, grid and limits."""
    axes.set_title(panel.title, loc="left", fontsize=theme.TEXT_SIZE)
    axes.set_xlabel(panel.x_label, fontsize=theme.SMALL_SIZE)
    axes.set_ylabel(panel.y_label, fontsize=theme.SMALL_SIZE)
    axes.grid(axis="y")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0)
    axes.set_ylim(0, 1.03 * axes.get_ylim()[1])
    if panel.ticks:
        axes.set_xticks(range(len(panel.ticks)), panel.ticks)
        axes.set_xlim(-0.6, len(panel.ticks) - 0.4)
    else:
        axes.set_xlim(left=min(0.0, min(float(curve.at.min()) for curve in panel.curves)))


def numbers(found: Finding) -> pd.DataFrame:
    """The numbers of a figure."""
    rows = [
        (panel.title, curve.name, *(None if column is None else float(column[place]) for column in curve[1:6]))
        for panel in found.panels
        for curve in panel.curves
        for place in range(len(curve.at))
    ]
    return pd.DataFrame(rows, columns=["panel", "curve", "at", "theory", "simulated", "low", "high"])


# --- making it ------------------------------------------------------------------------------------


def make(law: Law, figures: Path, *, quick: bool = False) -> Finding:
    """Measure a law and draw its figure into a folder as ``law-SLUG.svg`` (and .png, .csv, .txt)."""
    with tempfile.TemporaryDirectory(prefix="law-") as scratch:
        found = law.measure(Path(scratch), quick=quick)
    writing.write_figure(
        draw(law, found), figures / f"law-{law.slug}", frame=numbers(found), alt_text=words(law, found)
    )  # fmt: skip
    return found


def main() -> None:
    """Measure and draw the laws, and write the page if all of them."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("slugs", nargs="*", help="Only these laws; the page is left as it is.")
    asked.add_argument("--keep", type=Path, help="A folder for pictures and numbers too.")
    options = asked.parse_args()
    chosen = [law for law in LAWS if not options.slugs or law.slug in options.slugs]
    with tempfile.TemporaryDirectory(prefix="laws-") as scratch:
        place = options.keep or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        found = []
        for law in chosen:
            found.append((law, make(law, place)))
            shutil.copyfile(place / f"law-{law.slug}.svg", FIGURES / f"law-{law.slug}.svg")
            print(title(*found[-1]), flush=True)
    if not options.slugs:
        PAGE.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()

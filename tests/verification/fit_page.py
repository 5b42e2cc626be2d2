"""Fit checks for readers: the tables of a page, put between its markers, and one figure."""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from spread.plots import theme
from tests.verification.fit_facts import Fact

Floats = NDArray[np.float64]
ROW_INCHES, WIDTH = 0.32, 9.5
NAME_SHARE, RIGHT_SHARE = 0.36, 0.97  # where the panels begin and end, as a share of the width


class Row(NamedTuple):
    """A fact and the model's middle, 5 % and 95 % over parameter sets, in the fact's unit."""

    fact: Fact
    low: float
    middle: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the published figure lies in the model's range."""
        return self.low <= self.fact.value <= self.high


class Scanned(NamedTuple):
    """All six planks at one frailty variance: by integration (gamma, lognormal) and by the model's parameter sets."""

    variance: float
    gamma: float
    lognormal: float
    alone: Floats
    whole: Floats


def row(fact: Fact, values: Floats) -> Row:
    """A fact beside the model; a parameter set in which there is nothing to count does not."""
    low, middle, high = np.nanquantile(values, (0.05, 0.5, 0.95))
    return Row(fact, float(low), float(middle), float(high))


# --- tables --------------------------------------------------------------------------------------


def number(fact: Fact, value: float) -> str:
    """A number in the unit of a fact, shares in per cent without the sign."""
    return {"share": f"{100 * value:.0f}", "months": f"{value:.1f}", "processes": f"{value:.1f}"}[fact.unit]


def fact_table(rows: Sequence[Row]) -> str:
    """The facts beside the model, as Markdown."""
    lines = [
        "| check | published | source | simulated | model: middle (5-95 %) | published in the range |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for fact, low, middle, high in rows:
        sign = " %" if fact.unit == "share" else ""
        model = f"{number(fact, middle)}{sign} ({number(fact, low)}-{number(fact, high)})"
        holds = "yes" if low <= fact.value <= high else "**no**"
        simulated = f"`fit_{fact.world}.toml`: {fact.simulated}"
        lines.append(f"| {fact.name} | {fact.published} | {fact.source} | {simulated} | {model} | {holds} |")
    return "\n".join(lines)


def frailty_table(scanned: Sequence[Scanned]) -> str:
    """What share is active on all six planks at each frailty variance, as Markdown."""
    lines = [
        "| frailty variance | gamma, by integration | lognormal, by integration"
        " | model, nothing else shared: middle (5-95 %) | model as it is: middle (5-95 %) |",
        "| --- | --- | --- | --- | --- |",
    ]
    for at in scanned:
        cells = [f"{at.variance:g}", f"{100 * at.gamma:.0f} %", f"{100 * at.lognormal:.0f} %"]
        for shares in (at.alone, at.whole):
            low, middle, high = np.quantile(shares, (0.05, 0.5, 0.95))
            cells.append(f"{100 * middle:.0f} % ({100 * low:.0f}-{100 * high:.0f})")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def put(page: str, name: str, text: str) -> str:
    """The page with the text between the markers of a name; everything around them is kept.

    Raises
    ------
    ValueError
        The page does not hold both markers, once each and in order.
    """
    begin, end = (re.escape(f"<!-- {name}: {word} -->") for word in ("begin", "end"))
    made, count = re.subn(
        f"({begin}\n).*?({end})", lambda found: f"{found[1]}{text}\n{found[2]}", page, flags=re.DOTALL
    )
    if count != 1:
        raise ValueError(f"the page holds {count} pairs of markers named {name}, not one")
    return made


# --- figure --------------------------------------------------------------------------------------


def draw(rows: Sequence[Row], scanned: Sequence[Scanned], target: float) -> Figure:
    """Shares beside the model's ranges, and below them what the frailty variance does to all six planks."""
    shares = [row for row in rows if row.fact.unit == "share"]
    with theme.style():
        height = ROW_INCHES * len(shares) + 5.35
        figure = Figure(figsize=(WIDTH, height))
        width = RIGHT_SHARE - NAME_SHARE
        top = figure.add_axes((NAME_SHARE, 4.1 / height, width, ROW_INCHES * len(shares) / height))
        below = figure.add_axes((NAME_SHARE, 0.75 / height, width, 2.1 / height))
        figure.text(0.02, 1 - 0.25 / height, "The model beside the facts its priors were made from", va="top",
                    fontsize=theme.TITLE_SIZE, weight="bold")  # fmt: skip
        figure.text(0.02, 1 - 0.58 / height, "No validation: shares published, and the model's middle and 5-95 % range"
                    " over parameter sets", va="top", color=theme.QUIET)  # fmt: skip
        draw_shares(top, shares)
        draw_frailty(below, scanned, target)
    return figure


def draw_shares(axes: Axes, rows: Sequence[Row]) -> None:
    """One row a fact: the model's range as a bar with its middle, the published figure as a diamond."""
    for place, (fact, low, middle, high) in enumerate(rows):
        axes.barh(place, 100 * (high - low), left=100 * low, height=0.5, color=theme.tint(theme.DARK_BLUE, 0.3))
        axes.plot([100 * middle] * 2, [place - 0.25, place + 0.25], color=theme.DARK_BLUE, linewidth=2.5)
        ends = [100 * (fact.value if math.isnan(end) else end) for end in (fact.low, fact.high)]
        axes.plot(ends, [place, place], color=theme.ORANGE, linewidth=1.6)
        axes.plot(100 * fact.value, place, marker="D", color=theme.ORANGE, markeredgecolor=theme.INK, markersize=7)
    axes.set_yticks(range(len(rows)), [row.fact.name for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(-1, 102)
    axes.set_xlabel("per cent")
    tidy(axes, "x")
    handles = [
        axes.barh([-9], [0], color=theme.tint(theme.DARK_BLUE, 0.3), label="model, 5-95 %"),
        *axes.plot([], [], color=theme.DARK_BLUE, linewidth=2.5, label="model, middle"),
        *axes.plot(
            [], [], color=theme.ORANGE, marker="D", markeredgecolor=theme.INK, label="published, with any range"
        ),
    ]
    axes.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, frameon=False,
                fontsize=theme.SMALL_SIZE)  # fmt: skip


def draw_frailty(axes: Axes, scanned: Sequence[Scanned], target: float) -> None:
    """All six planks against the frailty variance, single planks held where they were published."""
    at = np.log1p([point.variance for point in scanned])
    for shares, colour, dashes, name in (
        ([point.whole for point in scanned], theme.DARK_BLUE, "-", "model as it is"),
        ([point.alone for point in scanned], theme.TURQUOISE, "--", "model, nothing else shared"),
    ):
        low, middle, high = 100 * np.quantile(shares, (0.05, 0.5, 0.95), axis=1)
        axes.fill_between(at, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(at, middle, color=colour, linestyle=dashes, marker="o", markersize=4, label=name)
    gamma = [100 * point.gamma for point in scanned]
    axes.plot(at, gamma, color=theme.DARK_PINK, linestyle=":", label="gamma instead, nothing else shared")
    axes.axhline(100 * target, color=theme.ORANGE, linewidth=1.6)
    axes.text(at[0], 100 * target + 1, "published", ha="left", va="bottom", fontsize=theme.SMALL_SIZE)
    axes.set_xticks(at, [f"{point.variance:g}" for point in scanned])
    axes.set_xlabel("frailty variance (the prior is 0.8, 0.3-1.5)")
    axes.set_ylabel("per cent of\nhospitals", rotation=0, ha="right", va="center")
    axes.set_title("Active on all six planks, single planks held at 69 %", loc="left", fontsize=theme.TEXT_SIZE)
    axes.set_ylim(0, 70)
    tidy(axes, "y")
    axes.legend(loc="lower right", frameon=False, fontsize=theme.SMALL_SIZE)


def tidy(axes: Axes, lines: str) -> None:
    """Lines along one axis only, and no frame."""
    axes.grid(axis="x" if lines == "x" else "y")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0)


def numbers(rows: Sequence[Row]) -> pd.DataFrame:
    """The numbers of the figure's upper panel."""
    return pd.DataFrame(
        [(fact.name, fact.unit, fact.value, low, middle, high) for fact, low, middle, high in rows],
        columns=["check", "unit", "published", "q05", "q50", "q95"],
    )


def words(rows: Sequence[Row]) -> str:
    """What the figure shows, for those who cannot see it."""
    shares = [row for row in rows if row.fact.unit == "share"]
    outside = [row.fact.name for row in shares if not row.holds]
    return (
        "Published shares beside the model's range over parameter sets. "
        f"{len(shares) - len(outside)} of {len(shares)} published figures lie in the model's 5-95 % range; "
        f"outside are: {'; '.join(outside) or 'none'}. "
        "Below, the share of hospitals active on all six planks rises with the frailty variance."
    )

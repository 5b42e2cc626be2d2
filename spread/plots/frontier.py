"""The frontier of two levers: the pairs at which the wanted chance is just met, and the cheapest of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread import errors
from spread.plots import dose, lever_axis, sheet, theme, wording

LEFT, RIGHT = 1.15, 1.75
HEIGHT, ABOVE = 3.4, 0.5
COLOUR, CHEAPEST = theme.DARK_BLUE, theme.DARK_PINK
LINE = sheet.line_height(theme.SMALL_SIZE)
SHORT: Final = "not enough"

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Met:
    """A pair at which the chance is just met, by position; `low` and `high` bound the lever that was looked for."""

    held: float
    level: float
    low: float
    high: float


def plot_frontier(document: Document) -> Figure:
    """Draw the pairs of two levers that just give the wanted chance, from the document of `spread find`.

    Raises
    ------
    InputError
        It is not about two levers.
    """
    met, short = read_pairs(document)
    with theme.style():
        key = [
            sheet.KeyEntry("line", "just enough", COLOUR),
            sheet.KeyEntry("band", "95 % confidence", theme.tint(COLOUR, 0.25)),
        ]
        key += [sheet.KeyEntry("ring", SHORT, COLOUR)] if short else []
        key += [sheet.KeyEntry("diamond", "cheapest of these", CHEAPEST)] if document["cheapest"] else []
        figure, (axes,) = sheet.build_sheet(
            [sheet.Row(height=HEIGHT, left=LEFT, right=RIGHT, above=ABOVE, below=dose.BELOW)],
            title=make_title(document), subtitle=make_subtitle(document), caption=make_caption(document), key=key,
        )  # fmt: skip
        _set_scales(figure, axes, document)
        _draw_pairs(axes, met, is_word=document["held"]["kind"] == "word")
        far = float(document["scale"]["most"]["position"])
        axes.plot(short, [far] * len(short), marker="o", markersize=8, markerfacecolor="white", linestyle="none",
                  markeredgecolor=COLOUR, markeredgewidth=1.5, clip_on=False, zorder=4)  # fmt: skip
        _draw_cheapest(axes, document)
        sheet.label_right(figure, axes, _labels(document, met))
        return figure


def tabulate_frontier(document: Document) -> pd.DataFrame:
    """List the numbers of `plot_frontier`, one line per pair."""

    def setting(of: Document | None) -> Any:
        return None if of is None else of["setting"]

    return pd.DataFrame(
        [
            {
                "held": pair["held"]["setting"],
                **{name: setting(pair["found"][name]) for name in ("answer", "low", "high")},
                "status": pair["found"]["status"],
                "chance_at_limit": pair["found"]["limit"]["chance"],
                "cost": pair["cost"],
            }
            for pair in document["pairs"]
        ]
    )


def describe_frontier(document: Document) -> str:
    """Say in words what `plot_frontier` shows."""
    said = [
        f"with {pair['held']['said']}, {pair['found']['answer']['said'] if pair['found']['answer'] else SHORT}"
        for pair in document["pairs"]
    ]
    return (
        f"{make_title(document)}. Line chart of pairs. {make_subtitle(document)}. Pairs: {'; '.join(said)}. "
        f"{make_caption(document)}"
    )


def read_pairs(document: Document) -> tuple[list[Met], list[float]]:
    """The pairs that are enough, and the held settings with which nothing is, by position.

    Raises
    ------
    InputError
        There are none.
    """
    pairs: Sequence[Any] = document.get("pairs") or []
    if not pairs:
        raise errors.InputError(errors.Fault("holds no pairs of two levers", "find.json"))
    most = document["scale"]["most"]
    met = [
        Met(
            float(pair["held"]["position"]),
            float(pair["found"]["answer"]["position"]),
            float((pair["found"]["low"] or pair["found"]["answer"])["position"]),
            float((pair["found"]["high"] or most)["position"]),
        )
        for pair in pairs
        if pair["found"]["answer"] is not None
    ]
    short = [float(pair["held"]["position"]) for pair in pairs if pair["found"]["answer"] is None]
    return sorted(met, key=lambda one: one.held), short


# --- in words -------------------------------------------------------------------------------------


def make_title(document: Document) -> str:
    """State the finding in ten words or fewer."""
    met, short = read_pairs(document)
    wanted = f"{wording.say_percent(document['wanted'])}{wording.NO_BREAK}chance"
    best = document["cheapest"]
    if not met:
        return f"No pair tried gives a {wanted}"
    if best is not None:
        one = lever_axis.say_short(document["held"], best["held"])
        other = lever_axis.say_short(document["scale"], best["found"]["answer"])
        return f"Cheapest {wanted}: {one} with {other}"
    if short:
        return f"{len(met)} of {len(met) + len(short)} settings tried allow a {wanted}"
    return f"More of one spares the other: {wanted}" if _trades(met) else f"Every setting tried allows a {wanted}"


def _trades(met: Sequence[Met]) -> bool:
    return len({one.level for one in met}) > 1


def make_subtitle(document: Document) -> str:
    """Say what is shown."""
    return f"{dose.make_subtitle(document).rpartition('. ')[0]}. Pairs of settings at which the chance is just met"


def make_caption(document: Document) -> str:
    """Say where the numbers come from, and what a cost is made of."""
    caption = dose.make_caption(document)
    if document["cheapest"] is None:
        return caption
    prices = ", ".join(f"{item} £{price:,g}" for item, price in document["prices"].items())
    return f"{caption} Costs: the whole plan at {prices} a unit."


# --- drawing --------------------------------------------------------------------------------------


def _set_scales(figure: Figure, axes: Axes, document: Document) -> None:
    lever_axis.set_axis(axes, document["held"], which="x")
    lever_axis.set_axis(axes, document["scale"], which="y")
    axes.grid(axis="y")
    axes.tick_params(axis="y", length=0)
    sns.despine(ax=axes, left=True)
    left, bottom, right, top = sheet.frame_of(axes)
    room = sheet.WIDTH - 2 * sheet.EDGE
    across = theme.wrap_text(lever_axis.name_axis(document["held"]), right - sheet.EDGE, lines=1)[0]
    upward = theme.wrap_text(lever_axis.name_axis(document["scale"]), room, bold=True, lines=1)[0]
    sheet.write_text(figure, (left + right) / 2, bottom - dose.AXIS_NAME, across, align="center", size=theme.TEXT_SIZE)
    sheet.write_text(figure, sheet.EDGE, top + 0.12 + LINE, upward, bold=True, size=theme.TEXT_SIZE)


def _draw_pairs(axes: Axes, met: Sequence[Met], *, is_word: bool) -> None:
    x, level = [one.held for one in met], [one.level for one in met]
    low, high = [one.low for one in met], [one.high for one in met]
    shade = theme.tint(COLOUR, 0.25)
    if is_word or len(met) == 1:
        axes.vlines(x, low, high, color=shade, linewidth=14, zorder=1.5)
    else:
        axes.fill_between(x, low, high, color=shade, linewidth=0, zorder=1.5)
    axes.plot(x, level, color=COLOUR, linewidth=1.2 if is_word else 2.4, marker="o", markersize=6,
              markeredgecolor="white", clip_on=False, zorder=3)  # fmt: skip


def _draw_cheapest(axes: Axes, document: Document) -> None:
    best = document["cheapest"]
    if best is None:
        return
    x, y = float(best["held"]["position"]), float(best["found"]["answer"]["position"])
    axes.plot([x], [y], marker="D", markersize=9, markerfacecolor="white", markeredgecolor=CHEAPEST,
              markeredgewidth=2.0, clip_on=False, zorder=5)  # fmt: skip


def _labels(document: Document, met: Sequence[Met]) -> list[sheet.SideLabel]:
    if not met:
        return []
    room = RIGHT - sheet.LABEL_OFFSET - sheet.EDGE / 2
    last = max(
        (pair for pair in document["pairs"] if pair["found"]["answer"] is not None),
        key=lambda pair: float(pair["held"]["position"]),
    )
    said = f"{lever_axis.say_short(document['scale'], last['found']['answer'])} with "
    said += lever_axis.say_short(document["held"], last["held"])
    lines = theme.wrap_text(said, room, size=theme.SMALL_SIZE, lines=3)
    return [sheet.SideLabel(met[-1].level, COLOUR, ("Just enough",), tuple(lines))]

"""The response curve of one lever: the chance at each setting, the chance that is wanted, and the answer."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread import errors
from spread.plots import lever_axis, sheet, theme, wording

LEFT, RIGHT = 0.75, 1.75
HEIGHT: Final = 3.4
BELOW, AXIS_NAME = 0.78, 0.56  # under the panel: room, and where the name of the axis stands
COLOUR, ANSWER = theme.DARK_BLUE, theme.DARK_PINK
ANSWER_GAP, ANSWER_HEIGHT = 0.09, 0.24  # of its words from its line, and above the axis
WORD_HALF: Final = 0.25

Document = Mapping[str, Any]


def plot_dose(document: Document) -> Figure:
    """Draw the chance against the setting of a lever, from the document of `spread find`.

    Raises
    ------
    InputError
        It is not about one lever.
    """
    points = read_points(document)
    with theme.style():
        figure, (axes,) = sheet.build_sheet(
            [sheet.Row(height=HEIGHT, left=LEFT, right=RIGHT, above=0.15, below=BELOW)],
            title=make_title(document), subtitle=make_subtitle(document), caption=make_caption(document),
            key=_make_key(document),
        )  # fmt: skip
        _set_scales(figure, axes, document)
        _draw_curve(axes, points, is_word=document["scale"]["kind"] == "word")
        _draw_answer(figure, axes, document)
        sheet.label_right(figure, axes, _labels(document, points))
        return figure


def tabulate_dose(document: Document) -> pd.DataFrame:
    """List the numbers of `plot_dose`, one line per setting."""
    return read_points(document)[["setting", "chance", "low", "high", "runs"]]


def describe_dose(document: Document) -> str:
    """Say in words what `plot_dose` shows."""
    points = read_points(document)
    said = "; ".join(
        f"{said}: {wording.say_projected(chance)} ({wording.say_span(low, high)})"
        for said, chance, low, high in points[["said", "chance", "low", "high"]].to_numpy()
    )
    return (
        f"{make_title(document)}. Line chart. {make_subtitle(document)}. {_say_interval(document)}"
        f"Chances: {said}. {make_caption(document)}"
    )


def read_points(document: Document) -> pd.DataFrame:
    """The points of a document, from the lower setting to the higher one.

    Raises
    ------
    InputError
        There are none.
    """
    rows = document.get("points") or []
    if not rows:
        raise errors.InputError(errors.Fault("holds no response to one lever", "find.json"))
    table = pd.DataFrame(rows).sort_values("position", ignore_index=True)
    return table.astype({"position": float, "chance": float, "low": float, "high": float})


# --- in words -------------------------------------------------------------------------------------


def make_title(document: Document) -> str:
    """State the finding in ten words or fewer."""
    scale, wanted = document["scale"], f"{wording.say_percent(document['wanted'])}{wording.NO_BREAK}chance"
    if document["status"] == "passing":
        return f"Beyond a point the {wanted} is lost"
    if document["status"] == "beyond":
        return f"No setting tried gives a {wanted}"
    if document["high"] is None and document["low_is_open"] and document["status"] == "reached":
        return f"Too close to call where a {wanted} begins"
    said = lever_axis.say_short(scale, document["answer"])
    said = said[:1].upper() + said[1:]
    if document["status"] == "already":
        return f"{said} is enough for a {wanted} already"
    if scale["kind"] == "date":
        return f"A {wanted} only from {said} on" if scale["is_deadline"] else f"Start by {said} for a {wanted}"
    return f"{said} is the {'least' if scale['rises'] else 'longest'} for a {wanted}"


def make_subtitle(document: Document) -> str:
    """Say what is shown."""
    day = pd.Timestamp(document["deadline"])
    title = theme.clean_name(str(document["ambition_title"]))
    is_named = wording.say_month(day) in title or document["scale"]["is_deadline"]
    aim = title if is_named else f"{title}, by {wording.say_date(day)}"
    whole = theme.clean_name(str(document["whole"]))
    return f"{aim}. {whole}. The chance of it at each setting of one lever, all else as planned"


def make_caption(document: Document) -> str:
    """Say where the numbers come from, and in how many sets of assumptions the lever does nothing."""
    name = theme.clean_name(str(document["name"]))
    return " ".join(
        [
            f"Source: spread {document['model_version']}, scenario {name}, {document['runs']:,} runs.",
            f"{str(document['basis']).split(':')[0]}.",
            say_acting(document),
        ]
    )


def say_acting(document: Document) -> str:
    """In how many sets of assumptions more of the lever does nothing, or no good."""
    acting = document["acting"]
    no_better = acting["same"] + acting["worse"]
    return f"In {no_better:,} of {acting['sets']:,} sets of assumptions the whole range makes nothing better."


def _say_interval(document: Document) -> str:
    low, high = document["low"], document["high"]
    if document["answer"] is None:
        return ""
    ends = [low["said"] if low else "the end of the range", high["said"] if high else "beyond the range"]
    return f"The answer is {document['answer']['said']}, with 95 % confidence from {ends[0]} to {ends[1]}. "


# --- drawing --------------------------------------------------------------------------------------


def _make_key(document: Document) -> list[sheet.KeyEntry]:
    key = [
        sheet.KeyEntry("line", "chance at a setting", COLOUR),
        sheet.KeyEntry("band", "95 % confidence", theme.tint(COLOUR, 0.25)),
        sheet.KeyEntry("dashes", "wanted", theme.DARK_GREY),
    ]
    if document["answer"] is not None:
        key.append(sheet.KeyEntry("dot", "answer", ANSWER))
    if _interval(document) is not None:
        key.append(sheet.KeyEntry("bar", "its interval, 95 % confidence", ANSWER))
    return key


def _set_scales(figure: Figure, axes: Axes, document: Document) -> None:
    lever_axis.set_axis(axes, document["scale"], which="x")
    marks = [place / 5 for place in range(6)]
    axes.set_yticks(marks, [wording.say_percent(mark) for mark in marks])
    axes.set_ylim(0.0, 1.0)
    axes.grid(axis="y")
    axes.tick_params(axis="y", length=0)
    sns.despine(ax=axes, left=True)
    left, bottom, right, _ = sheet.frame_of(axes)
    words = theme.wrap_text(lever_axis.name_axis(document["scale"]), right - sheet.EDGE, lines=1)[0]
    sheet.write_text(figure, (left + right) / 2, bottom - AXIS_NAME, words, align="center", size=theme.TEXT_SIZE)


def _draw_curve(axes: Axes, points: pd.DataFrame, *, is_word: bool) -> None:
    x = points["position"].to_numpy()
    shade = theme.tint(COLOUR, 0.25)
    if is_word:
        axes.vlines(x, points["low"], points["high"], color=shade, linewidth=14, zorder=1.5)
    else:
        axes.fill_between(x, points["low"], points["high"], color=shade, linewidth=0, zorder=1.5)
    axes.plot(x, points["chance"], color=COLOUR, linewidth=1.2 if is_word else 2.4, marker="o", markersize=6,
              markeredgecolor="white", clip_on=False, zorder=3)  # fmt: skip


def _interval(document: Document) -> tuple[float, float] | None:
    """Between which positions the answer may be, open ends at the ends of the range; None where nothing may be."""
    if document["low"] is None:
        return None
    first = float(document["low"]["position"])
    end = document["high"] or document["scale"]["most"]
    low, high = sorted((first, float(end["position"])))
    half = WORD_HALF if document["scale"]["kind"] == "word" else 0.0
    return low - half, high + half


def _draw_answer(figure: Figure, axes: Axes, document: Document) -> None:
    wanted = float(document["wanted"])
    axes.axhline(wanted, color=theme.DARK_GREY, linewidth=1.4, linestyle=sheet.TARGET_DASHES, zorder=2.5)
    interval = _interval(document)
    if interval is not None:
        axes.plot(interval, [0.0, 0.0], color=ANSWER, linewidth=6, solid_capstyle="butt", clip_on=False, zorder=3.2)
    if document["answer"] is None:
        return
    x = float(document["answer"]["position"])
    axes.plot([x, x], [0.0, wanted], color=ANSWER, linewidth=1.2, zorder=2.6)
    axes.plot([x], [wanted], marker="o", markersize=9, color=ANSWER, markeredgecolor="white", zorder=4, clip_on=False)
    words = lever_axis.say_short(document["scale"], document["answer"])
    room = theme.measure_text(words, size=theme.SMALL_SIZE, bold=True) + ANSWER_GAP
    _, bottom, right, _ = sheet.frame_of(axes)
    place, _ = sheet.place_of(axes, x, 0.0)
    is_right = place + room < right
    shift = ANSWER_GAP if is_right else -ANSWER_GAP
    sheet.write_text(
        figure, place + shift, bottom + ANSWER_HEIGHT, words, colour=ANSWER, bold=True,
        align="left" if is_right else "right", backed=True,
    )  # fmt: skip


def _labels(document: Document, points: pd.DataFrame) -> list[sheet.SideLabel]:
    last = {str(name): value for name, value in points.iloc[-1].items()}
    room = RIGHT - sheet.LABEL_OFFSET - sheet.EDGE / 2
    said = f"{wording.say_projected(last['chance'])} at {lever_axis.say_short(document['scale'], last)}"
    lines = theme.wrap_text(said, room, size=theme.SMALL_SIZE, lines=3)
    wanted = wording.say_percent(document["wanted"])
    return [
        sheet.SideLabel(float(last["chance"]), COLOUR, ("Chance",), tuple(lines)),
        sheet.SideLabel(float(document["wanted"]), theme.DARK_GREY, (f"Wanted {wanted}",)),
    ]

"""A lever as the axis of a figure: numbers, dates or words, from the lower setting to the higher one."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal

from matplotlib import ticker
from matplotlib.axes import Axes

from spread.plots import theme, wording

DATE_TICKS: Final = 5
MARGIN_SHARE, WORD_MARGIN = 0.02, 0.5
LONGEST_UNIT_WORDS: Final = 1

Document = Mapping[str, Any]


def ends(scale: Document) -> tuple[float, float]:
    """The lower and the higher end of a lever's range, by position."""
    low, high = sorted(float(scale[end]["position"]) for end in ("least", "most"))
    return low, high


def set_axis(axes: Axes, scale: Document, *, which: Literal["x", "y"]) -> None:
    """Give an axis the range and the marks of a lever."""
    low, high = ends(scale)
    margin = WORD_MARGIN if scale["kind"] == "word" else MARGIN_SHARE * (high - low)
    own = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xlim if which == "x" else axes.set_ylim)(low - margin, high + margin)
    if scale["kind"] == "word":
        own.set_ticks(range(len(scale["words"])), [theme.clean_name(word) for word in scale["words"]])
    elif scale["kind"] == "date":
        places = [round(low + (high - low) * place / (DATE_TICKS - 1)) for place in range(DATE_TICKS)]
        own.set_ticks(places, [_say_day(place) for place in places])
    else:
        marks = ticker.MaxNLocator(6, integer=scale["kind"] == "whole").tick_values(low, high)
        own.set_ticks([mark for mark in marks if low - margin <= mark <= high + margin])


def _say_day(ordinal: int) -> str:
    day = date.fromordinal(ordinal)
    return f"{day.day} {wording.MONTHS[day.month - 1][:3]}\n{day.year}"


def name_axis(scale: Document) -> str:
    """What stands along the axis: the lever, where it is set, and its unit."""
    parts = str(scale["lever"]).split(".")
    label = theme.clean_name(str(scale["label"]))
    if len(parts) == 3:
        return f"{label} ({theme.clean_name(parts[1])})"
    where = f", {parts[1]}" if len(parts) == 2 else ", each collaborative" if scale["by"] == "psc" else ""
    unit = f" ({scale['unit']})" if scale["kind"] in ("number", "whole") else ""
    return f"{label}{where}{unit}"


def say_short(scale: Document, setting: Document) -> str:
    """A setting in few words: its unit only where that is one word."""
    said = theme.clean_name(str(setting["said"]))
    unit = str(scale["unit"])
    if scale["kind"] in ("number", "whole") and len(unit.split()) > LONGEST_UNIT_WORDS:
        said = said.removesuffix(unit).strip()
    return said

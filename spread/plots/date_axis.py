"""Dates along a panel: a mark at the beginning of months, quarters or years, whichever gives a few."""

from datetime import date

import numpy as np
from matplotlib import dates as calendar
from matplotlib.axes import Axes

from spread.plots import sheet, wording

LABEL_ROOM = 0.82
STEPS = (1, 3, 6, 12, 24, 36, 60)
MONTHS_PER_YEAR = 12


def set_dates(axes: Axes, first: float, last: float, *, labelled: bool = True) -> None:
    """Give a panel a date scale from `first` to `last` (matplotlib day numbers)."""
    axes.set_xlim(first, max(last, first + 1.0))
    begin, end = calendar.num2date(first).date(), calendar.num2date(last).date()
    months = MONTHS_PER_YEAR * (end.year - begin.year) + end.month - begin.month + 1
    left, _, right, _ = sheet.frame_of(axes)
    most = max(int((right - left) / LABEL_ROOM), 1)
    step = next((step for step in STEPS if months / step <= most), 2 * STEPS[-1])
    numbers = np.arange(MONTHS_PER_YEAR * begin.year, MONTHS_PER_YEAR * (end.year + 1)).tolist()
    starts = [
        date(number // MONTHS_PER_YEAR, number % MONTHS_PER_YEAR + 1, 1) for number in numbers if number % step == 0
    ]
    marks = [day for day in starts if begin <= day <= end] or [begin]
    words = [wording.say_short_month(day) if labelled else "" for day in marks]
    axes.set_xticks([calendar.date2num(day) for day in marks], words)

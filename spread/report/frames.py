"""Tables of a report from rows: text as shown, and the numbers beside it."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from spread.report import content


def table(
    name: str,
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    left: int = 1,
    note: str = "",
    frame: "pd.DataFrame | None" = None,
    folded: bool = False,
) -> content.Table:
    """A table whose first `left` columns are words and whose others are numbers."""
    numbers = tuple(place >= left for place in range(len(columns)))
    told = tuple(tuple(row) for row in rows)
    return content.Table(name, caption, tuple(columns), told, numbers, note, frame, folded)


def frame(rows: Sequence[dict[str, Any]]) -> "pd.DataFrame":
    """Rows as a frame."""
    return pd.DataFrame(list(rows))


def under(picture: content.Picture, caption: str, *, most: int = 400) -> content.Table:
    """The numbers of a figure as a table to stand under it, closed."""
    shown = _readable(picture.frame).head(most)
    rows = [[_cell(value) for value in row] for row in shown.itertuples(index=False)]
    heads = [str(column).replace("_", " ") for column in shown.columns]
    words = next((place for place, column in enumerate(shown.columns) if shown[column].dtype.kind in "fi"), len(heads))
    note = "" if len(shown) == len(picture.frame) else f"The first {most:,} of {len(picture.frame):,} rows."
    return table(f"{picture.name}-numbers", caption, heads, rows, left=max(words, 1), note=note,
                 frame=picture.frame, folded=True)  # fmt: skip


def _readable(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Without what says the same in every row, and without codes of what has a title."""
    same = [name for name in frame.columns if len(frame) > 1 and frame[name].nunique(dropna=False) == 1]
    codes = ["intervention"] if "title" in frame.columns else []
    kept = frame.drop(columns=list({*same, *codes} & set(frame.columns)))
    return kept if len(kept.columns) else frame


def _cell(value: Any) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value) if " " in str(value) else str(value).replace("_", " ")

"""Ambitions together, in plain words: how many are met in the same run."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spread.cli import render

Row = Mapping[str, Any]

USUAL: Final = 0.9
"""Share of runs that the range of how many are met holds."""


def say(joint: Sequence[Row], percent: Any) -> str:
    """How many ambitions are met in the middle run, the range, and the chance of all; nothing for a single one."""
    if not joint or not joint[0]["chance"] >= 0.0:
        return ""
    of = int(joint[0]["of"])
    low, middle, high = (met_with(joint, share) for share in ((1 + USUAL) / 2, 0.5, (1 - USUAL) / 2))
    every = joint[-1]
    words = (
        f"Together: in the middle run {middle} of the {of} ambitions with a target are met, in nine runs of ten "
        f"{low} to {high}. All of them: {percent(every['chance'])}; if they had nothing in common: "
        f"{percent(every['if_independent'])}."
    )
    return render.wrap(words)


def met_with(joint: Sequence[Row], chance: float) -> int:
    """The most ambitions that are met together with at least a chance."""
    return max((int(row["met_at_least"]) for row in joint if row["chance"] >= chance), default=0)

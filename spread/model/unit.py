"""One site and one intervention under way, and numbers in the form a loop reads fastest."""

import math
from typing import Any

import numpy as np


class Unit:
    """One site and one intervention, and where it stands."""

    __slots__ = (
        "anchor_day", "attempt", "champion_count", "champion_loss_day", "coached", "cycle", "due_day", "elements",
        "index", "process", "rate", "since_day", "status", "successes", "threshold", "told_day", "waking",
    )  # fmt: skip

    def __init__(self, index: int, status: int, since_day: float, elements: int) -> None:
        self.index, self.status, self.since_day, self.elements = index, status, since_day, elements
        self.attempt = self.cycle = self.successes = self.coached = self.champion_count = 0
        self.rate = self.threshold = self.anchor_day = 0.0
        self.due_day = self.champion_loss_day = math.inf
        self.told_day = -math.inf
        self.waking = False
        self.process: Any = None


def plain(value: Any) -> Any:
    """Numpy's numbers as Python's own: the same values, several times faster one at a time."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(plain, value))
    return value

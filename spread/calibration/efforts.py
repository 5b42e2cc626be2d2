"""How much simulation a fit may spend."""

from typing import Final, NamedTuple


class Effort(NamedTuple):
    """How much to simulate.

    `first` proposals from the prior, `wave` more in each wave, `kept` of all so far; `most_waves`, fewer when less than
    `least_gain` of a wave's proposals are kept: then nothing would be won by narrowing on.
    """

    first: int = 2000
    wave: int = 1000
    kept: int = 500
    most_waves: int = 10
    least_gain: float = 0.10

    @property
    def most(self) -> int:
        """The most proposals there may be."""
        return self.first + self.most_waves * self.wave


EFFORTS: Final = {
    "quick": Effort(first=1000, wave=500, kept=250, most_waves=4),
    "usual": Effort(first=2000, wave=1000, kept=500, most_waves=10),
    "thorough": Effort(first=5000, wave=2500, kept=1500, most_waves=12),
}
"""Efforts by the names that commands give them."""

"""The stages as colours: from pale to dark along viridis, the ramp the national team knows, told apart by lightness.

Numbers are printed on the colours, dark on pale and white on dark, each at 4.5:1 or better.
"""

from typing import Final

from spread.network import stages
from spread.plots import sheet, theme

COLOURS: Final = ("#E4E4E4", "#FDE725", "#ADDC30", "#5EC962", "#22A884", "#2A788E", "#414487", "#440154")
"""Stages 0 to 7. The widest step of lightness is between testing (4) and adoption (5)."""
WORDS: Final = (
    "No contact", "Knowledge", "Interest", "Decision", "Testing", "Adoption", "Spread", "Sustained",
)  # fmt: skip
IN_USE: Final = 5
LAST: Final = stages.LAST_STAGE
COLUMNS: Final = tuple(f"stage_{stage}" for stage in range(LAST + 1))
# Beside the scale: hatched, so that they are told from every stage without colour.
BESIDE: Final = {"stopped": ("given up", "////", theme.DARK_GREY), "lapsed": ("lapsed", "....", theme.DARK_PINK)}


def ink_on(stage: int) -> str:
    """The colour of text that is read best on a stage's colour."""
    return max((theme.INK, "white"), key=lambda ink: theme.contrast(ink, COLOURS[stage]))


def name(stage: int) -> str:
    """A stage by number and word: ``5 Adoption``."""
    return f"{stage} {WORDS[stage]}"


def key_entry(stage: int) -> sheet.KeyEntry:
    """A stage's sample in a key."""
    return sheet.KeyEntry("band", name(stage), COLOURS[stage])

"""What a cell of a quarterly return says: a stage of the assurance scale, not eligible, or nothing."""

import re
from functools import lru_cache

NOT_ELIGIBLE = -1
TITLES = (
    "No contact", "Knowledge", "Interest", "Decision", "Testing or Implementation", "Adoption", "Spread", "Sustained",
)  # fmt: skip
LAST_STAGE = len(TITLES) - 1
NOT_REPORTED = frozenset({"", "na", "nan", "null"})  # as R and pandas write a blank
_WORDS = {title.casefold(): stage for stage, title in enumerate(TITLES)}
_WORDS |= {"testing": 4, "implementation": 4, "testing and implementation": 4, "testing/implementation": 4}
_NUMBERED = re.compile(r"(?:stage ?(\d+)(?:\.0+)? ?[-–—:]* ?|(\d+)(?:\.0+)?(?: ?[-–—:] ?|$))((?:[a-z(].*)?)", re.ASCII)
_ANOTHER_STAGE = re.compile(r"(?<!\d)[0-9](?!\d)", re.ASCII)
_NOT_ELIGIBLE = re.compile(r"(?:no|without|not) .+|n/a|ineligible|out of scope", re.ASCII)
# Said where nothing was said: that is not the same as not being eligible.
_SAYS_NOTHING = re.compile(
    r"(?:no|not|without) (?:\w+ )?(?:return|returns|data|response|reply|answer|information|update|submission|idea"
    r"|known|reported|received|submitted|sure|available|returned|contact|yet)\b.*"
)
EXPECTED = (
    f"write 'Stage 0 - {TITLES[0]}' to 'Stage {LAST_STAGE} - {TITLES[-1]}' (or the number), 'No ... patients' or "
    "'Not eligible', or leave it blank where nothing was reported"
)


def stage_text(stage: int) -> str:
    """A stage as the return writes it: ``Stage 5 - Adoption``."""
    return f"Stage {stage} - {TITLES[stage]}"


@lru_cache(maxsize=4096)
def parse_cell(text: str) -> int | None:
    """A cell as a stage 0-7, `NOT_ELIGIBLE`, or None for not reported.

    Raises
    ------
    ValueError
        When it is none of these; the text says what would be right.
    """
    plain = " ".join(text.split()).casefold()
    if plain in NOT_REPORTED:
        return None
    if plain in _WORDS:
        return _WORDS[plain]
    numbered = _NUMBERED.fullmatch(plain)
    if numbered:
        return _checked(int((numbered[1] or numbered[2])[:9]), numbered[3].strip())
    if plain.startswith("="):
        raise ValueError("is a formula; put its value there")
    if _NOT_ELIGIBLE.fullmatch(plain) and not _SAYS_NOTHING.fullmatch(plain):
        return NOT_ELIGIBLE
    raise ValueError(f"is no stage; {EXPECTED}")


def _checked(stage: int, words: str) -> int:
    if stage > LAST_STAGE or _ANOTHER_STAGE.search(words):
        raise ValueError(f"is no stage; {EXPECTED}")
    if _WORDS.get(words, stage) != stage:
        right = f"'{stage_text(stage)}' or '{stage_text(_WORDS[words])}'"
        raise ValueError(f"is stage {stage} by its number and {_WORDS[words]} by its words; write {right}")
    return stage

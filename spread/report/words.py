"""How numbers and states are said wherever an answer is read: on the screen, in a page, a deck or a brief."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from spread.plots import wording

Row = Mapping[str, Any]

NOT_FITTED: Final = "Not fitted to data: what follows rests on published figures and judgement."
FITTED: Final = "Fitted to data: {basis}."
ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
REMOTE: Final = "remote"
LIKELIHOODS: Final = (
    (0.075, REMOTE), (0.225, "very unlikely"), (0.375, "unlikely"), (0.525, "a realistic possibility"),
    (0.775, "likely"), (0.925, "very likely"), (1.01, "almost certain"),
)  # fmt: skip
"""Words for a chance up to so much, after the probability yardstick of the Professional Head of Intelligence
Assessment, its gaps closed half-way."""

VERY_LOW, LOW, MODERATE, GOOD = "very low", "low", "moderate", "good"
GRADES: Final = {
    VERY_LOW: "nothing observed goes into it: it rests on published figures and judgement alone",
    LOW: "it starts from where sites were observed to stand; how they go on rests on published figures and judgement",
    MODERATE: "it is fitted to what was observed; no test of past forecasts stands beside it",
    GOOD: "it is fitted to what was observed, and forecasts made the same way in the past did better than no change",
}


def is_missing(value: object) -> bool:
    """Whether a cell of a table has nothing in it."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def as_date(value: object) -> date:
    """A date from a table's cell: a date, a timestamp or ISO text."""
    return date.fromisoformat(str(value)[:10])


def say_day(value: object) -> str:
    """A date in words: ``31 March 2021``."""
    return wording.say_date(as_date(value))


def capital(text: str) -> str:
    """A text as a sentence begins."""
    return text[:1].upper() + text[1:]


def told_apart(titles: Sequence[str]) -> list[str]:
    """Titles without what all of them begin with, up to a comma or colon: ``standard support``, ``no support``."""
    split = [title.split(" ") for title in titles]
    shared = 0
    while len(titles) > 1 and all(len(own) > shared + 1 and own[shared] == split[0][shared] for own in split):
        shared += 1
    shared = next((place for place in range(shared, 0, -1) if split[0][place - 1][-1:] in ",:;"), 0)
    short = [capital(" ".join(own[shared:])) for own in split]
    return short if len(set(short)) == len(titles) else list(titles)


# --- numbers -------------------------------------------------------------------------------------


def percent(share: float | None) -> str:
    """A share or chance as a whole percentage; never 0 or 100 %, which no simulation can promise."""
    if share is None or math.isnan(share):
        return "-"
    whole = round(100 * share)
    if whole < 1:
        return "<1 %"
    return ">99 %" if whole > 99 else f"{whole} %"


def span(low: float | None, high: float | None) -> str:
    """A range of shares, ``35 to 98 %``; nothing when it is not known."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return ""
    first, last = percent(low), percent(high)
    return first if first == last else f"{first.removesuffix(' %')} to {last}"


def signed(number: float, *, scale: float = 1.0, decimals: int = 1) -> str:
    """A number with its sign, and none before nothing."""
    written = f"{scale * number:+.{decimals}f}"
    return written if float(written) else written[1:]


def between(low: float | None, high: float | None, *, scale: float = 1.0, decimals: int = 1) -> str:
    """An interval in brackets, ``(2.0 to 6.2)``; nothing where it is not known."""
    if is_missing(low) or is_missing(high) or low is None or high is None:
        return ""
    return f"({_plain(scale * low, decimals)} to {_plain(scale * high, decimals)})"


def points(numbers: Row, name: str) -> str:
    """A difference in chance as points with its range: ``+4.1 points (2.0 to 6.2)``."""
    around = between(numbers[f"{name}_low"], numbers[f"{name}_high"], scale=100.0)
    return f"{signed(numbers[name], scale=100.0)} points {around}"


def _plain(number: float, decimals: int) -> str:
    written = f"{number:.{decimals}f}"
    return written if float(written) else f"{0.0:.{decimals}f}"


def count(number: float, thing: str) -> str:
    """So many things, one at least: ``1 site``, ``21 sites``."""
    whole = max(round(number), 1)
    return f"{whole:,} {thing}" if whole == 1 else f"{whole:,} {thing}s"


def gap(measure: str, short: float, *, of_organisations: bool = False) -> str:
    """What is missing of a target: sites or organisations, or points of a share or rate."""
    if measure.startswith("stage"):
        return count(short, "organisation" if of_organisations else "site")
    return f"{100 * short:.1f} points" if measure == "level" else f"{max(1, round(100 * short))} points"


def amount(item: str, number: float) -> str:
    """An amount of an item of costs.csv: ``£1,200``, ``2,350``."""
    if item == "cost":
        return f"£{number:,.0f}" if number >= 0 else f"-£{-number:,.0f}"
    return f"{number:,.0f}"


# --- states --------------------------------------------------------------------------------------


def is_fitted(basis: object) -> bool:
    """Whether a run rests on a fit, by the column `basis` of its ambitions."""
    said = str(basis or "").casefold()
    return bool(said) and "not fitted" not in said and "unfitted" not in said


def say_basis(row: Row) -> str:
    """What the numbers rest on; it is said first."""
    basis = str(row.get("basis") or "")
    return FITTED.format(basis=basis) if is_fitted(basis) else NOT_FITTED


def say_conditioned(row: Row, origin: object) -> str:
    """What the runs start from: ``from 1 April 2020``, ``given sites as at 30 September 2022 (...)``."""
    known = str(row.get("conditioned_on") or "nothing")
    if known.startswith("nothing"):
        return f"from {say_day(origin)}"
    return "given " + ISO_DATE.sub(lambda found: say_day(found[0]), known)


def likelihood(chance: float) -> str:
    """A chance in a word or two: ``unlikely``."""
    return next(word for most, word in LIKELIHOODS if chance < most)


def say_likely(what: str, chance: float) -> str:
    """That something is as likely as it is: ``it is unlikely that the target is met``."""
    word = likelihood(chance)
    return f"there is only a remote chance that {what}" if word == REMOTE else f"it is {word} that {what}"


def say_chance(chance: float, low: float, high: float) -> str:
    """A chance with the range that sets of assumptions leave it: ``about 3 in 10 (1 to 6 in 10)``."""
    around = wording.say_chance_range(low, high)
    return f"{wording.say_chance(chance)} ({around})" if around else wording.say_chance(chance)


def grade(basis: object, conditioned: object, *, is_tested: bool) -> str:
    """How good the evidence behind a chance is, in one of four words (`GRADES` says what each means)."""
    if is_fitted(basis):
        return GOOD if is_tested else MODERATE
    return VERY_LOW if str(conditioned or "nothing").startswith("nothing") else LOW

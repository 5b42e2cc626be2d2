"""How numbers are said on a figure: chances, shares, dates, lists."""

import math
from collections.abc import Sequence
from datetime import date

NO_BREAK = "\N{NO-BREAK SPACE}"
EVEN_CHANCE = 0.5
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def say_percent(share: float) -> str:
    """A known share, such as a target or an observed count, as a whole or half percentage: ``90 %``."""
    rounded = round(100 * share, 1)
    return f"{rounded:g}{NO_BREAK}%"


def say_projected(share: float) -> str:
    """A projected share, never 0 % or 100 %, which no projection can promise: ``56 %``, ``under 1 %``."""
    if math.isnan(share):
        return "not known"
    whole = round(100 * share)
    if whole < 1:
        return f"under 1{NO_BREAK}%"
    if whole > 99:
        return f"over 99{NO_BREAK}%"
    return f"{whole}{NO_BREAK}%"


def say_span(low: float, high: float) -> str:
    """Two projected shares as a range: ``31 % to 78 %``."""
    low_words, high_words = say_projected(low), say_projected(high)
    return low_words if low_words == high_words else f"{low_words} to {high_words}"


def say_chance(chance: float) -> str:
    """A chance in natural frequencies, in hundredths near its ends: ``about 3 in 10``, ``under 1 in 100``."""
    if math.isnan(chance):
        return "not assessed"
    hundredths = round(100 * chance)
    if hundredths < 1:
        return "under 1 in 100"
    if hundredths > 99:
        return "over 99 in 100"
    if 8 <= hundredths <= 92:
        return f"about {math.floor(10 * chance + 0.5)} in 10"
    return f"about {hundredths} in 100"


def say_chance_range(low: float, high: float) -> str:
    """Two chances as a range in tenths: ``1 to 6 in 10``; nothing when either is not known."""
    if math.isnan(low) or math.isnan(high):
        return ""
    low_words, high_words = _say_tenths(low), _say_tenths(high)
    return f"{low_words} in 10" if low_words == high_words else f"{low_words} to {high_words} in 10"


def _say_tenths(chance: float) -> str:
    tenths = math.floor(10 * chance + 0.5)
    if tenths < 1:
        return "under 1"
    return "over 9" if tenths > 9 else str(tenths)


def say_date(day: date) -> str:
    """A full date: ``31 March 2021``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def say_month(day: date) -> str:
    """A month and year: ``March 2021``."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def say_short_month(day: date) -> str:
    """A month and year where room is scarce: ``Mar 2021``."""
    return f"{MONTHS[day.month - 1][:3]} {day.year}"


def say_number(count: int) -> str:
    """A small count in words: ``three``; digits above ten."""
    return NUMBER_WORDS[count] if count < len(NUMBER_WORDS) else str(count)


def mid_sentence(title: str) -> str:
    """A title as it reads inside a sentence: a small first letter, unless it begins with an acronym."""
    return title if title[1:2].isupper() or not title[1:2].isalpha() else title[:1].lower() + title[1:]


def say_list(items: Sequence[str]) -> str:
    """Names in a row: ``A, B and C``."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def say_finding(chance: float, deadline: date) -> str:
    """The finding of one target as a title: ``About 3 in 10 chance of target by March 2021``."""
    words = say_chance(chance)
    return f"{words[0].upper()}{words[1:]} chance of target by {say_month(deadline)}"


def say_how_many(chances: Sequence[float], things: str) -> str:
    """The finding of several targets as a title: ``2 of 5 targets have an even chance or better``."""
    likely = sum(chance >= EVEN_CHANCE for chance in chances)
    verb = "has" if likely <= 1 else "have"
    return f"{likely or 'None'} of {len(chances)} {things} {verb} an even chance or better"

"""A file that is not TOML: the line where it stops being so, and what would be right where that can be told."""

import re
import tomllib
from datetime import date

from spread import errors
from spread.scenarios import quoting

_PLACE_IN_MESSAGE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_ENDLESS_NUMBER = re.compile(r"(?<![0-9_])[0-9][0-9_]{4000}")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})([/.-])(?P<month>\d{1,2})\2(?P<year>\d{4}|\d\d)", re.ASCII)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})", re.ASCII)
_PERCENT = re.compile(r"\d{1,3}(?:\.\d{1,6})? ?%", re.ASCII)
_WITH_COMMAS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+", re.ASCII)
_BARE_TEXT = re.compile(r"[^\W\d_][\w .'-]*|[0-9]{4}-[0-9]{2}|[0-9]{4}/[0-9]{2} Q[1-4]")
_CURLED = "“”‘’„«»"
_IN_SMALL_LETTERS = ("true", "false", "nan", "inf")
_PLAINER = (
    ("Cannot overwrite a value", "this key is there a second time"),
    ("Cannot declare", "this table is there a second time"),
    ("Illegal character '\\n'", "the quotation mark at the end is missing"),
)
_BACKSLASH = "a backslash in a text begins a special character; in a path write /"


def fault(place: str, text: str, message: str) -> errors.Fault:
    """What is wrong with a text that is not TOML, from the message of whoever tried to read it."""
    match, number = _PLACE_IN_MESSAGE.search(message), _ENDLESS_NUMBER.search(text)
    reason = _PLACE_IN_MESSAGE.sub("", message) if match or not number else "a number of thousands of digits"
    end = number.start() if number and not match else len(text.rstrip())
    line = int(match[1]) if match and match[1] else text.count("\n", 0, end) + 1
    there = text.split("\n")[line - 1].strip() if match else ""
    said = _would_be_right(_value_in(there)) or next((ours for theirs, ours in _PLAINER if theirs in reason), reason)
    quoted = f"{quoting.shown(there)}; " if there else ""
    return errors.Fault(f"not valid TOML: {quoting.message(quoted + said)}", place, line)


def _value_in(line: str) -> str:
    """What a line gives its key, without the comment after it."""
    value = line.partition("=")[2].strip()
    return value if value[:1] in tuple(_CURLED) else value.partition("#")[0].strip()


def _would_be_right(value: str) -> str:
    """How a value is written, in words, when it is one of those often written otherwise; else nothing."""
    if _is_good(value):
        return ""
    if when := _DAY_FIRST.fullmatch(value) or _YEAR_FIRST.fullmatch(value):
        return _date_as(when["year"], when["month"], when["day"])
    if value.lower() in _IN_SMALL_LETTERS:
        return f"write {value.lower()}"
    if _PERCENT.fullmatch(value):
        return f"a share is written {float(value.rstrip(' %')) / 100:.10g}"
    if _WITH_COMMAS.fullmatch(value):
        return f"a number is written {value.replace(',', '')}"
    if value[:1] in tuple(_CURLED):
        return f"quotation marks are straight ones: {quoting.toml(value.strip(_CURLED))}"
    if value.startswith('"') and _is_good(value.replace("\\", "/")):
        return _BACKSLASH
    return f"a text is written {quoting.toml(value)}" if _BARE_TEXT.fullmatch(value) else ""


def _is_good(value: str) -> bool:
    try:
        tomllib.loads(f"value = {value}")
    except (ValueError, RecursionError):
        return False
    return True


def _date_as(year: str, month: str, day: str) -> str:
    try:
        return f"a date is written {date(int(year if len(year) == 4 else f'20{year}'), int(month), int(day))}"
    except ValueError:
        return "there is no such day; a date is written as in 2022-03-31"

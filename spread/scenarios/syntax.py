"""A file that is not TOML: the line where it stops being so, and what would be right where that can be told."""

import re
import tomllib
from datetime import date

from spread import errors
from spread.scenarios import quoting

_LINE_IN_MESSAGE = re.compile(r" \(at line (\d+), column \d+\)$")
_ENDLESS_NUMBER = re.compile(r"[0-9][0-9_]{4000}")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4}|\d\d)")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})")
_PERCENT = re.compile(r"\d{1,3}(?:\.\d{1,6})? ?%")
_WITH_COMMAS = re.compile(r"\d{1,3}(?:,\d{3})+")
_BARE_TEXT = re.compile(r"[^\W\d_][\w .'-]*|\d{4}-\d\d|\d{4}/\d\d Q[1-4]")
_CURLED = "“”‘’„«»"
_PLAINER = {"Cannot overwrite a value": "this key is there a second time"}


def fault(place: str, text: str, message: str) -> errors.Fault:
    """What is wrong with a text that is not TOML, from the message of whoever tried to read it."""
    match, number = _LINE_IN_MESSAGE.search(message), _ENDLESS_NUMBER.search(text)
    line = int(match[1]) if match else text.count("\n", 0, number.start() if number else len(text.rstrip())) + 1
    reason = "a number of thousands of digits" if number and not match else _LINE_IN_MESSAGE.sub("", message)
    there = text.split("\n")[line - 1].strip() if match else ""
    said = _would_be_right(there.partition("=")[2].partition("#")[0].strip()) or _PLAINER.get(reason, reason)
    quoted = f"{quoting.shown(there)}; " if there else ""
    return errors.Fault(f"not valid TOML: {quoting.message(quoted + said)}", place, line)


def _would_be_right(value: str) -> str:
    """How a value is written, in words, when it is one of those often written otherwise; else nothing."""
    if _is_good(value):
        return ""
    if when := _DAY_FIRST.fullmatch(value) or _YEAR_FIRST.fullmatch(value):
        return _date_as(**{part: int(digits) for part, digits in when.groupdict().items()})
    if value.lower() in ("true", "false"):
        return f"write {value.lower()}"
    if _PERCENT.fullmatch(value):
        return f"a share is written {float(value.rstrip(' %')) / 100:g}"
    if _WITH_COMMAS.fullmatch(value):
        return f"a number is written {value.replace(',', '')}"
    if value[:1] in tuple(_CURLED):
        return f"quotation marks are straight ones: {quoting.toml(value.strip(_CURLED))}"
    if value.startswith('"') and "\\" in value:
        return "a backslash in a text begins a special character; in a path write /"
    return f"a text is written {quoting.toml(value)}" if _BARE_TEXT.fullmatch(value) else ""


def _is_good(value: str) -> bool:
    try:
        tomllib.loads(f"value = {value}")
    except (ValueError, RecursionError):
        return False
    return True


def _date_as(year: int, month: int, day: int) -> str:
    try:
        return f"a date is written {date(year + 2000 if year < 100 else year, month, day)}"
    except ValueError:
        return "there is no such day; a date is written as in 2022-03-31"

"""What a user wrote, as quoted in a message: short, on one line, without characters that could upset a screen."""

import json
import re

# Control characters, line separators, the marks that reverse the direction of text, and halves of characters.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LONGEST_VALUE = 60
LONGEST_MESSAGE = 600
_KEPT_OF_QUOTE = 90
_LONG_QUOTE = re.compile(rf"(?<![^\s(])'([^']{{{_KEPT_OF_QUOTE}}})[^']+([^']{{{_KEPT_OF_QUOTE}}})'")


def toml(value: object) -> str:
    """A text, number, truth, list of such or table of those, on one line, as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml_key(key)} = {toml(entry)}" for key, entry in value.items()) + " }"
    # JSON's strings are TOML's, but for the one letter JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_key(key: str) -> str:
    """A key as TOML writes it: bare where it can be."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else toml(key)


def clean(text: str) -> str:
    """Text without characters that could upset a screen."""
    return UNPRINTABLE.sub("?", text)


def shortened(text: str, longest: int) -> str:
    """Text cut to a length, with a sign that it is cut."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def shown(given: object) -> str:
    """A value as quoted: a text in quotation marks, anything else as Python writes it."""
    text = clean(shortened(str(given), LONGEST_VALUE))
    return f"'{text}'" if isinstance(given, str) else text


def message(text: str) -> str:
    """A message whose quotations are fit to be shown, whatever was quoted: long ones keep their ends."""
    return clean(shortened(_LONG_QUOTE.sub(r"'\1…\2'", text), LONGEST_MESSAGE))

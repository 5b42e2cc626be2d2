"""Where in a TOML text each key stands: tomllib reads values but forgets lines.

The text has been read by tomllib before it comes here, so it is known to be sound; this only walks it.
"""

import re
from typing import NamedTuple

KeyPath = tuple[str | int, ...]
Lines = dict[KeyPath, int]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""+'
    r"|'''.*?'''+"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_OTHER_VALUE = re.compile(r"[^,\]}#\n]*")
_ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[btnfr"\\])')
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


class _Header(NamedTuple):
    path: KeyPath
    end: int


def locate_keys(text: str) -> Lines:
    """The line (from 1) of every key and array item in a sound TOML text, by its path from the top."""
    return _Walk(text).lines


def line_of(lines: Lines, path: KeyPath) -> int:
    """The line of `path`, or of the nearest table around it that is written out; 0 when there is none."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 0


class _Walk:
    """One pass over a text, noting the line of each key."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: Lines = {}
        self._counted_to = 0
        self._line = 1
        self._items: dict[KeyPath, int] = {}
        self._document()

    def _document(self) -> None:
        table: KeyPath = ()
        position = self._skip(_BLANK, 0)
        while position < len(self.text):
            if self.text[position] == "[":
                table, position = self._header(position)
            else:
                position = self._pair(table, position)
            position = self._skip(_BLANK, position)

    def _header(self, position: int) -> _Header:
        start = position
        is_array = self.text.startswith("[[", position)
        keys, position = self._keys(position + 1 + is_array)
        path = self._inside_arrays(keys if not is_array else keys[:-1])
        if is_array:
            array = (*path, keys[-1])
            self._note(array, start)
            self._items[array] = self._items.get(array, -1) + 1
            path = (*array, self._items[array])
        for count in range(1, len(path) + 1):
            self._note(path[:count], start)
        return _Header(path, position + 1 + is_array)

    def _inside_arrays(self, keys: KeyPath) -> KeyPath:
        """The path of `keys`, standing in the latest item of every array of tables on the way."""
        path: KeyPath = ()
        for key in keys:
            path = (*path, key)
            if path in self._items:
                path = (*path, self._items[path])
        return path

    def _pair(self, table: KeyPath, position: int) -> int:
        start = position
        keys, position = self._keys(position)
        for count in range(1, len(keys) + 1):
            self._note((*table, *keys[:count]), start)
        return self._value((*table, *keys), self._skip(_SPACE, position + 1))

    def _value(self, path: KeyPath, position: int) -> int:
        opening = self.text[position : position + 1]
        if opening == "[":
            return self._array(path, position + 1)
        if opening == "{":
            return self._inline_table(path, position + 1)
        pattern = _STRING if opening in ("'", '"') else _OTHER_VALUE
        return self._skip(pattern, position)

    def _array(self, path: KeyPath, position: int) -> int:
        item = 0
        position = self._skip(_BLANK, position)
        while self.text[position] != "]":
            self._note((*path, item), position)
            position = self._after_comma(self._value((*path, item), position))
            item += 1
        return position + 1

    def _inline_table(self, path: KeyPath, position: int) -> int:
        position = self._skip(_BLANK, position)
        while self.text[position] != "}":
            position = self._after_comma(self._pair(path, position))
        return position + 1

    def _after_comma(self, position: int) -> int:
        position = self._skip(_BLANK, position)
        if self.text[position] == ",":
            position += 1
        return self._skip(_BLANK, position)

    def _keys(self, position: int) -> tuple[KeyPath, int]:
        """The parts of a dotted key and the place after it (at ``=`` or ``]``)."""
        keys: list[str] = []
        while True:
            position = self._skip(_SPACE, position)
            pattern = _STRING if self.text[position] in ("'", '"') else _BARE_KEY
            end = self._skip(pattern, position)
            keys.append(_unquoted(self.text[position:end]))
            position = self._skip(_SPACE, end)
            if self.text[position] != ".":
                return tuple(keys), position
            position += 1

    def _note(self, path: KeyPath, position: int) -> None:
        if position > self._counted_to:
            self._line += self.text.count("\n", self._counted_to, position)
            self._counted_to = position
        self.lines.setdefault(path, self._line)

    def _skip(self, pattern: re.Pattern[str], position: int) -> int:
        match = pattern.match(self.text, position)
        return match.end() if match else position


def _unquoted(key: str) -> str:
    if key.startswith("'"):
        return key[1:-1]
    if key.startswith('"'):
        return _ESCAPE.sub(_character, key[1:-1])
    return key


def _character(match: re.Match[str]) -> str:
    code = match[1]
    return _ESCAPED[code] if code in _ESCAPED else chr(int(code[1:], 16))

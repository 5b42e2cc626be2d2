"""Names that say nothing: sites and organisations under codes drawn for one bundle, and text without the originals.

A pseudonym is a keyed hash of the code. The key is random, used once and never written, so nobody can work out a name
from a code, not even who has the list of all names; within a bundle the same site has the same pseudonym everywhere.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import NamedTuple

from spread.network import population as people

KEY_BYTES = 32
CODE_LETTERS = 8
WORD = re.compile(r"[^\W_]+")


class Name(NamedTuple):
    """What somebody is called, and the pseudonym that takes its place."""

    text: str
    pseudonym: str


def pseudonym_of(code: str, kind: str, key: bytes) -> str:
    """The pseudonym of a code: ``site-k3v9qm2x``."""
    digest = hmac.new(key, f"{kind}\0{code}".encode(), hashlib.sha256).digest()
    return f"{kind}-{base64.b32encode(digest).decode().lower()[:CODE_LETTERS]}"


def pseudonyms_of(codes: Iterable[str], kind: str, key: bytes) -> dict[str, str]:
    """The pseudonym of every code.

    Raises
    ------
    ValueError
        Two codes have the same, which eight letters make all but impossible; another key has others.
    """
    made = {code: pseudonym_of(code, kind, key) for code in codes}
    if len(set(made.values())) < len(made):
        raise ValueError("two codes have the same pseudonym")
    return made


def names_in(world: people.Population, key: bytes) -> list[Name]:
    """Every code and name of a site or organisation of a world."""
    sites = pseudonyms_of(world.site_codes, "site", key)
    organisations = pseudonyms_of(world.organisation_codes, "organisation", key)
    told = zip(world.site_codes, world.site_names, strict=True)
    run_by = zip(world.organisation_codes, world.organisation_names, strict=True)
    # Organisations last: where a trust of one site has its code, the code stands for the trust in text.
    names = [Name(text, sites[code]) for code, name in told for text in (code, name)]
    return names + [Name(text, organisations[code]) for code, name in run_by for text in (code, name)]


class Redactor:
    """Finds names in text, whatever their capitals and punctuation, the longest first."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._known: dict[tuple[str, ...], str] = {}
        self._longest: dict[str, int] = {}
        for name in names:
            words = tuple(_words(name.text))
            if _says_something(words):
                self._known[words] = name.pseudonym
                self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))

    def redact(self, text: str) -> str:
        """The text with every name in it replaced by its pseudonym."""
        parts, done = [], 0
        for start, end, pseudonym in self._found(text):
            parts += [text[done:start], pseudonym]
            done = end
        return "".join([*parts, text[done:]])

    def names_left(self, text: str) -> list[str]:
        """The names that a text holds."""
        return [text[start:end] for start, end, _ in self._found(text)]

    def _found(self, text: str) -> list[tuple[int, int, str]]:
        places = [(match.start(), match.end()) for match in WORD.finditer(text)]
        words = [text[start:end].casefold() for start, end in places]
        found, index = [], 0
        while index < len(words):
            count = self._count_at(words, index)
            if count:
                pseudonym = self._known[tuple(words[index : index + count])]
                found.append((places[index][0], places[index + count - 1][1], pseudonym))
            index += count or 1
        return found

    def _count_at(self, words: list[str], index: int) -> int:
        """How many words from here on are a name; 0 for none."""
        longest = self._longest.get(words[index], 0)
        return next((count for count in range(longest, 0, -1) if tuple(words[index : index + count]) in self._known), 0)


def _words(text: str) -> list[str]:
    return [match[0].casefold() for match in WORD.finditer(text)]


def _says_something(words: tuple[str, ...]) -> bool:
    """Whether words could name anybody: a lone letter or number could stand for anything."""
    return len(words) > 1 or (len(words) == 1 and len(words[0]) > 1 and not words[0].isdigit())

"""One TOML file as read: its tree, where each key stands, and the chain of bases it names."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spread import errors
from spread.scenarios import catalogue, locate, quoting, syntax

Tree = dict[str, Any]
SCHEMA = 1
LARGEST_FILE_BYTES = 1_000_000
DEEPEST_NESTING = 32
LONGEST_CHAIN = 32
_LONGEST_KEY = 80
_FILE_KEYS = {"world": ("sites", "memberships", "ties", "graph"), "start_from": ("returns", "stages")}
_DOTTED_TOO_DEEP = re.compile(r"""(?<![\w"'\\-])(?:(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}""")


@dataclass(frozen=True)
class Document:
    """A file read: `place` is the file as named by the user, `tree` its values, `lines` where they stand."""

    path: Path
    place: str
    tree: Tree
    lines: locate.Lines

    def fault(self, path: locate.KeyPath, message: str) -> errors.Fault:
        """A fault at a key of this file."""
        return errors.Fault(quoting.message(message), self.place, locate.line_of(self.lines, path), dotted(path))


def dotted(path: locate.KeyPath) -> str:
    """A key path as one reads it: ``change[2].coaches.NENC``, items counted from 1."""
    text = ""
    for part in path:
        name = f"[{part + 1}]" if isinstance(part, int) else _key_name(part)
        text += f".{name}" if text and not isinstance(part, int) else name
    return text


def _key_name(key: str) -> str:
    name = quoting.clean(quoting.shortened(key, _LONGEST_KEY))
    return name if key.strip() else f'"{name}"'


def read_chain(path_or_name: str | Path) -> tuple[Document, ...]:
    """Read a scenario file and every base it stands on, the lowest base first.

    Raises
    ------
    InputError
        When a file is missing or cannot be read as TOML, or the bases go round in a circle.
    """
    return chain_of(read_document(*find(path_or_name)))


def chain_of(document: Document) -> tuple[Document, ...]:
    """A document and every base it stands on, the lowest first; see `read_chain`."""
    chain = [document]
    while "base" in chain[-1].tree:
        chain.append(_base_of(chain[-1]))
        if len({document.path for document in chain}) < len(chain) or len(chain) > LONGEST_CHAIN:
            round_trip = " -> ".join(document.place for document in chain[:LONGEST_CHAIN])
            raise errors.InputError(chain[0].fault(("base",), f"the bases go round in a circle: {round_trip}"))
    return tuple(reversed(chain))


def _base_of(document: Document) -> Document:
    base = document.tree["base"]
    if not isinstance(base, str) or not base:
        message = f"{quoting.shown(base)} is no base; expected a name of the catalogue or a path ending in .toml"
        raise errors.InputError(document.fault(("base",), message))
    try:
        path, place = find(base, beside=document.path.parent)
        return read_document(path, place)
    except errors.InputError as error:
        named = (fault if fault.place else _where_named(fault, document) for fault in error.faults)
        raise errors.InputError(named) from None


def _where_named(fault: errors.Fault, document: Document) -> errors.Fault:
    """A fault about the base itself, placed where the base is named."""
    return document.fault(("base",), fault.message)


def find(path_or_name: str | Path, beside: Path | None = None) -> tuple[Path, str]:
    """The file of a scenario given as a catalogue name or as a path (relative to the folder `beside`).

    Raises
    ------
    InputError
        When there is no such file or name; names that are near are offered.
    """
    text = str(path_or_name)
    if isinstance(path_or_name, str) and text in catalogue.base_names():
        return catalogue.base_path(text).resolve(), f"catalogue:{text}"
    path = (beside / text if beside else Path(text)).absolute()
    if not text or "\0" in text or not _exists(path):
        raise errors.InputError(f"no file or catalogue scenario '{text}'{_near(text, path)}")
    return path.resolve(), text


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _near(text: str, path: Path) -> str:
    if not text.endswith(".toml"):
        return errors.did_you_mean(text, catalogue.base_names())
    beside = [other.name for other in path.parent.glob("*.toml")] if _exists(path.parent) else []
    return errors.did_you_mean(path.name, sorted(beside))


def read_document(path: Path, place: str) -> Document:
    """Read one file, refusing in plain words what is not a scenario file at all.

    Raises
    ------
    InputError
        When it is a folder, too large, no text, no TOML, or nested beyond reason.
    """
    return parse_document(_text(path, place), path, place)


def parse_document(text: str, path: Path, place: str) -> Document:
    """Read the text of a file, which is or would be at `path`; see `read_document`."""
    if _DOTTED_TOO_DEEP.search(text):
        raise errors.InputError(_too_deep(place))
    try:
        tree = tomllib.loads(text)
    except RecursionError:
        raise errors.InputError(_too_deep(place)) from None
    except ValueError as error:
        raise errors.InputError(syntax.fault(place, text, str(error))) from None
    if _depth_exceeds(tree, DEEPEST_NESTING):
        raise errors.InputError(_too_deep(place))
    document = Document(path, place, tree, locate.locate_keys(text.replace("\r\n", "\n")))
    _make_paths_absolute(document)
    return document


def _text(path: Path, place: str) -> str:
    if path.is_dir():
        raise errors.InputError(errors.Fault("this is a folder; expected a scenario file (.toml)", place))
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise errors.InputError(errors.Fault(f"cannot be read: {error.strerror}", place)) from None
    if len(data) > LARGEST_FILE_BYTES:
        message = f"larger than {LARGEST_FILE_BYTES:,} bytes; expected a scenario file (.toml) of some lines"
        raise errors.InputError(errors.Fault(message, place))
    if b"\0" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise errors.InputError(errors.Fault("not a text in UTF-8 (UTF-16 or binary); save it as UTF-8", place))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"not a text in UTF-8 (byte 0x{data[error.start]:02x}); save it as UTF-8"
        raise errors.InputError(errors.Fault(message, place, line)) from None


def _too_deep(place: str) -> errors.Fault:
    return errors.Fault(f"nested more than {DEEPEST_NESTING} levels deep; a scenario file needs five at most", place)


def _depth_exceeds(tree: object, deepest: int) -> bool:
    level: list[object] = [tree]
    for _ in range(deepest):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: object) -> list[object]:
    if isinstance(node, dict):
        return list(node.values())
    return list(node) if isinstance(node, list) else []


def _make_paths_absolute(document: Document) -> None:
    """Files are named relative to the file that names them, also when that file is a base of another."""
    for section, keys in _FILE_KEYS.items():
        table = document.tree.get(section)
        if not isinstance(table, dict):
            continue
        for key in keys:
            if isinstance(table.get(key), str) and table[key]:
                table[key] = str((document.path.parent / table[key]).absolute())

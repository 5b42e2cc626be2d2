"""Packed files from others (workbooks, presentations), looked through before any of it is parsed.

What a file says of itself is not believed: parts are counted where they are listed, and unpacked piece by piece, kept
nowhere, up to a limit. Whoever parses it then meets as much text and as many tags as were counted here, no document
type, and UTF-8.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple

MEGABYTE: Final = 1_000_000
PIECE_BYTES: Final = 1_000_000
_LISTED: Final = b"PK\x01\x02"
# Settings of a printer, as Apple writes them, name one that brings nothing with it.
_PRINTER: Final = rb'(?!\s+plist\s+PUBLIC\s+"[^"<]*"\s+"[^"<]*"\s*>)'
_DOCUMENT_TYPE: Final = re.compile(rb"<!\s*(?:DOCTYPE" + _PRINTER + rb"|ENTITY)", re.IGNORECASE)
_LONGEST_SIGN: Final = 64
# How XML begins in encodings in which the signs looked for here are other bytes.
_OTHER_ENCODINGS: Final = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<", b"\0\0", b"+ADw", b"Lo\xa7\x94")
_ENCODING: Final = re.compile(rb"""^<\?xml[^>]*?\bencoding\s*=\s*["']([^"']*)""")
_MARK: Final = b"\xef\xbb\xbf"
_UNREADABLE: Final = (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError)


class Limits(NamedTuple):
    """The most that a packed file may be: as it is, unpacked, in parts (files inside), and in tags of all its XML."""

    packed_megabytes: int
    unpacked_megabytes: int
    parts: int
    tags: int


def fault_of(path: Path, limits: Limits, kind: str) -> str:
    """What is wrong with a packed file, in words; nothing where it can be parsed. `kind`: "workbook"."""
    try:
        packed = path.stat().st_size
        if packed > limits.packed_megabytes * MEGABYTE:
            return _too_large(packed, limits.packed_megabytes, kind, "")
        if _count_listed(path) > limits.parts:
            return f"lists more than {limits.parts:,} parts; a {kind} may have up to {limits.parts:,}"
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > limits.unpacked_megabytes * MEGABYTE:
                return _too_large(unpacked, limits.unpacked_megabytes, kind, " unpacked")
            return _fault_inside(archive, limits, kind)
    except _UNREADABLE as error:
        return f"cannot be read as a {kind}: {getattr(error, 'strerror', None) or error}"


def _too_large(size: int, most: int, kind: str, how: str) -> str:
    return f"{size // MEGABYTE} MB{how}; a {kind} may have up to {most} MB{how}"


def _count_listed(path: Path) -> int:
    """How many parts a zip file lists, at most."""
    count, kept = 0, b""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            count += (kept + piece).count(_LISTED)
            kept = piece[1 - len(_LISTED) :]
    return count


def _fault_inside(archive: zipfile.ZipFile, limits: Limits, kind: str) -> str:
    tags = 0
    for part in archive.infolist():
        with archive.open(part) as stream:
            for piece in _pieces(stream):
                if fault := _fault_of_piece(piece):
                    return fault
                tags += piece.content.count(b"<")
                if tags > limits.tags:
                    return f"has more than {limits.tags:,} tags; a {kind} may have up to {limits.tags:,}"
    return ""


class _Piece(NamedTuple):
    """A piece of a part: the end of the one before, what is new, how much there was before, whether it is XML."""

    before: bytes
    content: bytes
    is_first: bool
    is_xml: bool


def _pieces(stream: IO[bytes]) -> Iterator[_Piece]:
    before, is_first, is_xml = b"", True, False
    while content := stream.read(PIECE_BYTES):
        if is_first:
            is_xml = content.removeprefix(_MARK).lstrip().startswith(b"<")
        yield _Piece(before, content, is_first, is_xml)
        before, is_first = content[-_LONGEST_SIGN:], False


def _fault_of_piece(piece: _Piece) -> str:
    if piece.is_first:
        encoding = _ENCODING.match(piece.content.removeprefix(_MARK).lstrip())
        other = encoding and encoding[1].upper() not in (b"UTF-8", b"US-ASCII", b"ASCII")
        if other or piece.content.startswith(_OTHER_ENCODINGS):
            return "has a part that is not in UTF-8; save it again"
    if _DOCUMENT_TYPE.search(piece.before + piece.content):
        return "has a part with a document type (DOCTYPE), which may hide any amount of text; save it again"
    if piece.is_xml and len(piece.content) == PIECE_BYTES and b"<" not in piece.content:
        return f"has a text of more than {PIECE_BYTES // MEGABYTE} MB in one cell or tag"
    return ""

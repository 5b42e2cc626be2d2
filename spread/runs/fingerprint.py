"""What a job is, as one short text: equal for equal jobs, whatever made them and wherever."""

import dataclasses
import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import PurePath
from typing import Any

import numpy as np

PLAIN = (str, int, float, bool, type(None), date, PurePath)


def of(value: Any) -> str:
    """Hash all that a value is made of, by content; sha256 as hexadecimal text.

    Raises
    ------
    TypeError
        For something whose content is not known how to read.
    """
    digest = hashlib.sha256()
    _feed(digest, value)
    return digest.hexdigest()


def _feed(digest: Any, value: Any) -> None:
    if isinstance(value, np.ndarray):
        digest.update(f"array {value.dtype.str} {value.shape}".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, PLAIN):
        digest.update(f"{type(value).__name__} {value!r};".encode())
    elif isinstance(value, tuple | list):
        _feed_several(digest, type(value).__name__, value)
    elif isinstance(value, frozenset | set):
        _feed_several(digest, "set", sorted(value, key=repr))
    elif isinstance(value, Mapping):
        _feed_several(digest, "table", [part for pair in value.items() for part in pair])
    elif names := _fields(type(value)):
        _feed_several(digest, type(value).__name__, [getattr(value, name) for name in names])
    else:
        raise TypeError(f"a {type(value).__name__} has no content that is known how to read")


def _fields(kind: type) -> tuple[str, ...]:
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return tuple(getattr(kind, "model_fields", ()))


def _feed_several(digest: Any, kind: str, parts: Any) -> None:
    digest.update(f"{kind} {len(parts)}:".encode())
    if all(type(part) is str for part in parts):
        digest.update(repr(tuple(parts)).encode())
        return
    for part in parts:
        _feed(digest, part)

"""A scenario on its base: only what differs follows.

Tables merge key by key; a number with its distribution (a table with `value`) replaces the base's as a whole;
``NAME = false`` leaves an intervention, ambition or programme of the base out; `change` and `shock` are added to
the base's, an empty list forgets them. Levers are set in turn, file by file (`settings.py`), not merged here.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spread import errors
from spread.scenarios import documents, locate

OWN_KEYS = ("schema", "base", "based_on", "name", "title", "description", "complete")
LEAVABLE = ("programmes", "interventions", "ambitions")
_ADDED = ("change", "shock")

Origin = tuple[documents.Document, locate.KeyPath]


@dataclass
class Merged:
    """The chain of files as one tree, and which key of which file each value came from."""

    top: documents.Document
    tree: documents.Tree
    left_out: dict[str, set[str]] = field(default_factory=lambda: {section: set() for section in LEAVABLE})
    origins: dict[locate.KeyPath, Origin] = field(default_factory=dict)

    def fault(self, path: locate.KeyPath, message: str) -> errors.Fault:
        """A fault at a key of the merged tree, placed in the file that wrote it."""
        document, start, rest = self._origin(path)
        located = document.fault((*start, *rest), message)
        key = located.key if start[:1] != path[: len(start[:1])] else documents.dotted(path)
        return errors.Fault(located.message, located.place, located.line, key)

    def name_place(self, path: locate.KeyPath, *, entry_of: str) -> None:
        """Say that a name no file lists at `path` comes from the intervention of that name."""
        document, start, rest = self._origin(("interventions", entry_of))
        self.origins[path] = (document, (*start, *rest))

    def document_of(self, path: locate.KeyPath) -> documents.Document:
        """The file that wrote a key of the merged tree."""
        return self._origin(path)[0]

    def is_written(self, path: locate.KeyPath) -> bool:
        """Whether a file writes this very key, rather than a table around it or the catalogue."""
        document, start, rest = self._origin(path)
        return (*start, *rest) in document.lines

    def _origin(self, path: locate.KeyPath) -> tuple[documents.Document, locate.KeyPath, locate.KeyPath]:
        for length in range(len(path), 0, -1):
            found = self.origins.get(path[:length])
            if found:
                return found[0], found[1], path[length:]
        return self.top, (), path


def merge(chain: Sequence[documents.Document], lever_paths: Sequence[str]) -> Merged:
    """Lay each file of a chain over the ones below it, lowest first, leaving the levers aside."""
    merged = Merged(top=chain[-1], tree={})
    for document in chain:
        own = OWN_KEYS if document is not chain[-1] else ()
        skipped = {*own, *lever_paths}
        over = {key: value for key, value in document.tree.items() if key not in skipped}
        _Layer(merged, document).lay(merged.tree, over, ())
    return merged


@dataclass
class _Layer:
    merged: Merged
    document: documents.Document

    def lay(self, tree: documents.Tree, over: Mapping[str, Any], path: locate.KeyPath) -> None:
        for key, value in over.items():
            here = (*path, key)
            if len(here) == 2 and path[0] in LEAVABLE:
                self._note_left_out(str(path[0]), key, value is False)
                if value is False:
                    tree.pop(key, None)
                    continue
            if not path and key in _ADDED and isinstance(value, list) and isinstance(tree.get(key), list) and value:
                self._add(tree[key], value, key)
            elif _are_tables(tree.get(key), value):
                self._mark(here, here)
                self.lay(tree[key], value, here)
            else:
                if key in tree:
                    self._forget(here)
                tree[key] = self._own(value, here)

    def _own(self, value: Any, here: locate.KeyPath) -> Any:
        """A copy to lay down, in which every key below has its own place."""
        self._mark(here, here)
        if isinstance(value, dict) and not _is_distribution(value):
            fresh: documents.Tree = {}
            self.lay(fresh, value, here)
            return fresh
        return copy.deepcopy(value)

    def _add(self, entries: list[Any], more: list[Any], key: str) -> None:
        for item, entry in enumerate(more):
            index = _same_name(entries, entry)
            if index is None:
                index = len(entries)
                entries.append(None)
            entries[index] = copy.deepcopy(entry)
            self._mark((key, index), (key, item))

    def _forget(self, here: locate.KeyPath) -> None:
        origins = self.merged.origins
        for path in [path for path in origins if path[: len(here)] == here]:
            del origins[path]

    def _mark(self, here: locate.KeyPath, there: locate.KeyPath) -> None:
        self.merged.origins[here] = (self.document, there)

    def _note_left_out(self, section: str, name: str, is_left_out: bool) -> None:
        names = self.merged.left_out[section]
        (names.add if is_left_out else names.discard)(name)


def _are_tables(under: Any, over: Any) -> bool:
    both = isinstance(under, dict) and isinstance(over, dict)
    return both and not _is_distribution(under) and not _is_distribution(over)


def _is_distribution(table: Mapping[str, Any]) -> bool:
    return "value" in table and not isinstance(table["value"], dict)


def _same_name(entries: Sequence[Any], entry: Any) -> int | None:
    """Where an entry of the same name stands, so that a variant can replace a shock of its base."""
    name = entry.get("name") if isinstance(entry, dict) else None
    for index, other in enumerate(entries):
        if name is not None and isinstance(other, dict) and other.get("name") == name:
            return index
    return None

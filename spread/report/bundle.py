"""A run's tables in one file for publication: as they are, or with nobody named and small numbers hidden.

    run folders -> members (name, content) -> README.md, SHA256SUMS -> bundle.zip

The same runs give the same bytes, except that pseudonyms are new every time. An anonymised bundle is searched for every
name it must not hold before it is written.
"""

import hashlib
import io
import re
import secrets
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from spread import errors, files
from spread.report import anonymous, bundle_readme, disclosure, plain_copy, pseudonyms
from spread.runs import store
from spread.scenarios import values

ENDING: Final = ".zip"
README, SUMS = "README.md", "SHA256SUMS"
STAMP: Final = (1980, 1, 1, 0, 0, 0)
FILE_MODE: Final = 0o644 << 16
UNIX: Final = 3
NOT_IN_NAMES: Final = re.compile(r"^[^A-Za-z0-9]+|[^A-Za-z0-9._-]|\.(?![A-Za-z0-9_-])", re.ASCII)
LONGEST_PLACE: Final = 100
TEXTS: Final = (".csv", ".json", ".md", ".toml", "")


class Member(NamedTuple):
    """A file of a bundle: its path inside, and its content or the file it is copied from."""

    name: str
    content: bytes | Path

    def read(self) -> bytes:
        """Its bytes."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


def write_bundle(
    folders: Sequence[Path],
    path: Path,
    *,
    anonymise: bool = False,
    least: int = disclosure.USUAL_LEAST,
    key: bytes | None = None,
) -> list[str]:
    """Write finished runs as one zip file; returns the names of the files in it.

    Parameters
    ----------
    anonymise
        Replace names of sites and organisations, hide small numbers, leave out what has a row for every site and run.
    least
        The fewest sites a number may stand for, where anonymised.
    key
        What pseudonyms are made with; random, and then forgotten, unless given.

    Raises
    ------
    InputError
        When a run cannot be read, the names of its sites are not to be had, or one would be left in the bundle.
    MachineError
        When the file cannot be written.
    """
    runs = [store.read_run(folder, tables=()) for folder in folders]
    if anonymise:
        members = _anonymous(runs, least, key or secrets.token_bytes(pseudonyms.KEY_BYTES))
    else:
        members = [
            Member(f"{place}/{name}", content)
            for place, run in zip(_places(runs), runs, strict=True)
            for name, content in plain_copy.files_of(run)
        ]
        members.append(Member(README, bundle_readme.plain(_places(runs), runs).encode()))
    members.append(Member(SUMS, _sums(members).encode()))
    _write(members, path)
    return [member.name for member in members]


def _places(runs: Sequence[store.StoredRun]) -> list[str]:
    """The folder of each run in a bundle, whatever a manifest says the run is called."""
    said = [NOT_IN_NAMES.sub("-", f"{run.manifest['name']}-{run.manifest['key']}") for run in runs]
    return [(f"run-{name}" if values.RESERVED.fullmatch(name) else name)[:LONGEST_PLACE] for name in said]


def _anonymous(runs: Sequence[store.StoredRun], least: int, key: bytes) -> list[Member]:
    made = [anonymous.anonymise(run, number, key, least=least) for number, run in enumerate(runs, 1)]
    members = [Member(f"{one.place}/{name}", content) for one in made for name, content in one.files]
    redactor = pseudonyms.Redactor(name for one in made for name in one.names)
    members.append(Member(README, redactor.redact(bundle_readme.anonymised(made, least)).encode()))
    refuse_named(members, redactor, forbidden=[text for one in made for text in one.forbidden])
    return members


def refuse_named(members: Iterable[Member], redactor: pseudonyms.Redactor, *, forbidden: Iterable[str] = ()) -> None:
    """Make sure that no file of a bundle has a name in it, nor any of the texts forbidden.

    Raises
    ------
    InputError
    """
    texts = list(forbidden)
    faults = []
    for member in members:
        text = f"{member.name}\n{_text_of(member)}"
        left = redactor.names_left(text) + [one for one in texts if one in text]
        if left:
            message = f"would still hold {len(left)} names that are to stay out, so no bundle was written"
            faults.append(errors.Fault(message, member.name))
    if faults:
        raise errors.InputError(faults)


def _text_of(member: Member) -> str:
    """All that could be read in a file: its text, or the names of its columns and its words."""
    if Path(member.name).suffix in TEXTS:
        return member.read().decode()
    import pandas as pd

    table = pd.read_parquet(io.BytesIO(member.read()))
    words = [str(value) for name in table.select_dtypes(exclude="number") for value in table[name].unique()]
    return "\n".join([*map(str, table.columns), *words])


def _sums(members: Iterable[Member]) -> str:
    """A line for every file, as ``sha256sum --check`` reads it."""
    return "".join(f"{_digest(member)}  {member.name}\n" for member in sorted(members, key=lambda one: one.name))


def _digest(member: Member) -> str:
    if isinstance(member.content, bytes):
        return hashlib.sha256(member.content).hexdigest()
    with member.content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(members: Iterable[Member], path: Path) -> None:
    """Write a zip file, whole or not at all, with nothing in it that depends on when or where."""
    with errors.writing(path):
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
        with files.beside(path) as partial:
            with partial.open("wb") as file:
                with zipfile.ZipFile(file, "w") as archive:
                    for member in sorted(members, key=lambda one: one.name):
                        _add(archive, member)
                files.settle_file(file)
            partial.replace(path)


def _add(archive: zipfile.ZipFile, member: Member) -> None:
    info = zipfile.ZipInfo(member.name, date_time=STAMP)
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, UNIX, FILE_MODE
    with archive.open(info, "w", force_zip64=True) as target:
        for piece in _pieces(member):
            target.write(piece)


def _pieces(member: Member) -> Iterator[bytes]:
    if isinstance(member.content, bytes):
        yield member.content
        return
    with member.content.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece

"""Files are on disk whole or not at all, and together or not at all."""

import errno
from pathlib import Path

import pytest

from spread import errors, files


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def refuse(monkeypatch, name, *, at):
    """Have the disk refuse a call of `Path` the nth time."""
    real, calls = getattr(Path, name), []

    def call(*given, **named):
        calls.append(given)
        if len(calls) == at:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*given, **named)

    monkeypatch.setattr(Path, name, call)


def test_a_file_gets_a_folder_where_there_is_none(tmp_path):
    files.put(tmp_path / "new" / "a.csv", b"1")
    assert (tmp_path / "new" / "a.csv").read_bytes() == b"1"
    assert names_in(tmp_path / "new") == ["a.csv"]


@pytest.mark.parametrize("refused", ["open", "replace"])
@pytest.mark.parametrize("at", [1, 2])
def test_files_that_belong_together_come_together_or_not_at_all(tmp_path, monkeypatch, refused, at):
    refuse(monkeypatch, refused, at=at)
    with pytest.raises(errors.MachineError, match=r"cannot write .*[ab]\.csv: No space left on device"):
        files.put_together({tmp_path / "a.csv": b"1", tmp_path / "b.csv": b"2"})
    assert names_in(tmp_path) == []


def test_a_file_that_cannot_be_replaced_stays_as_it_was(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_bytes(b"old")
    refuse(monkeypatch, "replace", at=1)
    with pytest.raises(errors.MachineError):
        files.put(tmp_path / "a.csv", b"new")
    assert (tmp_path / "a.csv").read_bytes() == b"old"
    assert names_in(tmp_path) == ["a.csv"]


def test_what_went_wrong_first_is_what_is_said(tmp_path, monkeypatch):
    refuse(monkeypatch, "unlink", at=1)
    with pytest.raises(KeyboardInterrupt), files.beside(tmp_path / "a.csv"):
        raise KeyboardInterrupt


def test_a_long_name_is_no_longer_while_it_is_written(tmp_path):
    path = tmp_path / f"{'a' * 250}.csv"
    files.put(path, b"1")
    assert path.read_bytes() == b"1"

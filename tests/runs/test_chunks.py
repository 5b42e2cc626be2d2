"""A chunk on disk is what it was in memory, and a damaged one is noticed."""

import numpy as np
import pandas as pd
import pytest

from spread import errors
from spread.runs import chunks, journal, replicate, working

ABOUT = {"key": "0123456789", "code": "abc", "name": "tiny", "draws": 9, "replicates": 2, "engine": "process"}


def chunk_of(first_draw, draws=3, value=1.5):
    arrays = {
        "counts": np.arange(draws * 4, dtype=np.uint8).reshape(draws, 2, 2) + first_draw,
        "shares": np.array([value, np.nan, -0.0]),
        "nothing": np.zeros((0, 3)),
    }
    logs = (pd.DataFrame({"draw": [first_draw], "event": pd.Categorical(["adoption"])}),)
    return replicate.Chunk(first_draw, draws, arrays, logs, (replicate.Failure(first_draw, 1, "ValueError: odd"),))


def kept(folder, *chunks_to_keep, about=ABOUT):
    """The draws on disk after some chunks were kept."""
    with working.Working(folder, about) as keeper:
        for chunk in chunks_to_keep:
            keeper.keep(chunk)
        keeper.settle()
        return [(chunk.first_draw, chunk.draws) for chunk in keeper.chunks]


def files_of(folder):
    return sorted(path.name for path in (folder.with_name("run.partial") / "draws").iterdir())


def test_a_chunk_is_read_back_bit_for_bit(tmp_path):
    chunk = chunk_of(3)
    stored = chunks.write_chunk(tmp_path, chunk)
    assert (stored.first_draw, stored.draws, stored.names) == (3, 3, tuple(chunk.arrays))
    for name, array in chunk.arrays.items():
        assert stored.array(name).dtype == array.dtype
        assert stored.array(name).shape == array.shape
        assert stored.array(name).tobytes() == array.tobytes()
    assert stored.failures == chunk.failures
    pd.testing.assert_frame_equal(stored.events[0], chunk.events[0])
    assert chunks.is_whole(stored)


def test_equal_chunks_are_equal_files(tmp_path):
    assert chunks.encode(chunk_of(0)) == chunks.encode(chunk_of(0))
    assert chunks.encode(chunk_of(0)) != chunks.encode(chunk_of(0, value=1.6))


@pytest.mark.parametrize(
    ("there", "gaps"),
    [
        ([], [(0, 9)]),
        ([(0, 3)], [(3, 6)]),
        ([(3, 3)], [(0, 3), (6, 3)]),
        ([(0, 3), (6, 3)], [(3, 3)]),
        ([(0, 5), (5, 4)], []),
        ([(0, 3), (12, 3)], [(3, 6)]),
    ],
)
def test_missing_draws_are_those_no_chunk_has(there, gaps):
    assert chunks.missing([replicate.Chunk(*one, {}, (), ()) for one in there], 9) == gaps


def test_what_was_kept_is_there_when_the_run_goes_on(tmp_path):
    assert kept(tmp_path / "run", chunk_of(6), chunk_of(0)) == [(0, 3), (6, 3)]
    assert kept(tmp_path / "run", chunk_of(3)) == [(0, 3), (3, 3), (6, 3)]
    assert working.runs_kept(tmp_path / "run") == 18


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:-1])])
def test_a_damaged_chunk_counts_as_missing(tmp_path, damage):
    kept(tmp_path / "run", chunk_of(0), chunk_of(3))
    damage(tmp_path / "run.partial" / "draws" / "000000-000002.arrow")
    assert kept(tmp_path / "run") == [(3, 3)]
    assert files_of(tmp_path / "run") == ["000003-000005.arrow"]
    assert kept(tmp_path / "run", chunk_of(0)) == [(0, 3), (3, 3)]


def test_a_file_the_journal_does_not_know_is_removed(tmp_path):
    kept(tmp_path / "run", chunk_of(0))
    chunks.write_chunk(tmp_path / "run.partial" / "draws", chunk_of(3))
    (tmp_path / "run.partial" / "draws" / ".000006-000008.arrow.1234.tmp").write_bytes(b"half")
    assert kept(tmp_path / "run") == [(0, 3)]
    assert files_of(tmp_path / "run") == ["000000-000002.arrow"]


@pytest.mark.parametrize("change", [{"key": "aaaaaaaaaa"}, {"code": "abd"}])
def test_chunks_of_another_run_or_of_other_code_are_never_mixed_in(tmp_path, change):
    kept(tmp_path / "run", chunk_of(0))
    assert kept(tmp_path / "run", about={**ABOUT, **change}) == []


def test_a_journal_that_is_damaged_begins_anew(tmp_path):
    kept(tmp_path / "run", chunk_of(0))
    (tmp_path / "run.partial" / journal.JOURNAL).write_bytes(b"not a database at all" * 100)
    assert kept(tmp_path / "run") == []
    assert kept(tmp_path / "run", chunk_of(0)) == [(0, 3)]


def test_a_folder_of_the_users_is_left_alone(tmp_path):
    (tmp_path / "run.partial").mkdir()
    (tmp_path / "run.partial" / "thesis.txt").write_text("years of work")
    with pytest.raises(errors.InputError, match="in the way"):
        kept(tmp_path / "run")
    assert (tmp_path / "run.partial" / "thesis.txt").exists()


def test_a_run_that_ends_in_an_error_before_its_first_chunk_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), working.Working(tmp_path / "run", ABOUT):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_keeps_the_chunks_before_it(tmp_path, monkeypatch):
    write = chunks.write_chunk

    def full(folder, chunk):
        if chunk.first_draw > 0:
            raise OSError(28, "No space left on device")
        return write(folder, chunk)

    monkeypatch.setattr(chunks, "write_chunk", full)
    with pytest.raises(errors.MachineError, match=r"No space left.*draws already there are kept"):
        kept(tmp_path / "run", chunk_of(0), chunk_of(3))
    assert kept(tmp_path / "run") == [(0, 3)]

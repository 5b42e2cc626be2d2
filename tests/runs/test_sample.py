"""Draws are added at whole looks, until chances are known well enough."""

import itertools
from types import SimpleNamespace

import pytest

from spread.runs import local, replicate, sample

NO_HANDS = sample.Hands()


def test_looks_double_the_draws_and_halve_the_error_up_to_the_most_runs():
    looks = list(sample.looks_at(2))
    assert [draws for draws, _ in looks] == [250, 500, 1000, 2000, 4000, 8000, 16000, 32000, 50000]
    assert looks[0][1] == 0.025
    assert all(later == earlier / 2 for (_, earlier), (_, later) in itertools.pairwise(looks))
    assert sum(error for _, error in looks) < sample.ERROR_TO_SPEND


@pytest.fixture
def pretend(monkeypatch):
    """Chunks that cost nothing, and a half-width that is one over the root of the draws seen."""
    monkeypatch.setattr(local, "chunk_draws", lambda *_: 100)
    monkeypatch.setattr(
        local, "run_pieces", lambda job, pieces, **_: (replicate.Chunk(*piece, {}, (), ()) for piece in pieces[::-1])
    )
    monkeypatch.setattr(sample.collect, "Collected", lambda plan, replicates, chunks: chunks)
    monkeypatch.setattr(sample, "widest", lambda job, chunks, error: sum(chunk.draws for chunk in chunks) ** -0.5)


def job(replicates=2):
    return SimpleNamespace(replicates=replicates, plan=None)


def quiet(*_):
    return None


@pytest.mark.usefixtures("pretend")
@pytest.mark.parametrize(("precision", "draws"), [(0.07, [250]), (0.05, [250, 500]), (0.03, [250, 500, 1000, 2000])])
def test_it_stops_at_the_first_look_that_is_precise_enough(precision, draws):
    keeper = sample.InMemory()
    looks = sample.gather_until(job(), precision, keeper, NO_HANDS, quiet)
    assert [look.draws for look in looks] == draws
    assert sum(chunk.draws for chunk in keeper.chunks) == draws[-1]
    assert looks[-1].half_width < precision


@pytest.mark.usefixtures("pretend")
def test_it_stops_at_the_most_runs():
    looks = sample.gather_until(job(10), 1e-6, sample.InMemory(), NO_HANDS, quiet)
    assert looks[-1].draws * 10 == sample.MOST_RUNS
    assert looks[-1].half_width > 1e-6


@pytest.mark.usefixtures("pretend")
@pytest.mark.parametrize("there", [[(300, 100)], [(0, 100), (100, 100), (200, 50)], [(700, 100), (200, 50)]])
def test_what_was_there_before_does_not_move_the_place_where_it_stops(there):
    keeper = sample.InMemory()
    for first, draws in there:
        keeper.keep(replicate.Chunk(first, draws, {}, (), ()))
    looks = sample.gather_until(job(), 0.04, keeper, NO_HANDS, quiet)
    fresh = sample.gather_until(job(), 0.04, sample.InMemory(), NO_HANDS, quiet)
    assert looks == fresh
    assert [look.draws for look in looks] == [250, 500, 1000]


@pytest.mark.usefixtures("pretend")
def test_progress_counts_what_was_there_and_says_the_half_width():
    keeper, told = sample.InMemory(), []
    keeper.keep(replicate.Chunk(0, 100, {}, (), ()))
    sample.gather_until(job(), 0.05, keeper, NO_HANDS, lambda *said: told.append(said))
    assert told[0] == (200, 500, "")
    assert told[-1] == (1000, 1000, "±6.3 points")

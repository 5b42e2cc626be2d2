"""What an interrupted answer has simulated is found again, and nothing else is taken for it."""

import numpy as np
import pytest

from spread.runs import answers, fingerprint, local, replicate, sample, shelf, values
from spread.scenarios import reading
from tests.cli.worlds import SCENARIO, SITES

DRAWS = 6


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    (tmp_path / "sites.csv").write_text(SITES)
    (tmp_path / "tiny.toml").write_text(SCENARIO)
    monkeypatch.setattr(local, "MOST_DRAWS", 2)
    return reading.read_scenario(tmp_path / "tiny.toml")


@pytest.fixture
def simulated(monkeypatch):
    """The draws simulated, in order."""
    draws, real = [], replicate.run_chunk

    def noted(job, first_draw, draw_count, bench):
        draws.extend(range(first_draw, first_draw + draw_count))
        return real(job, first_draw, draw_count, bench)

    monkeypatch.setattr(replicate, "run_chunk", noted)
    return draws


def gathered(job, place, draws=DRAWS):
    keeper = sample.InMemory()
    sample.gather(job, draws, keeper, sample.Hands(workers=1, shelf=place), lambda done, total, note: None)
    return values.values_hash(answers.assess(job, keeper.chunks))


def test_what_is_on_the_shelf_is_not_simulated_again(scenario, simulated, tmp_path):
    job = answers.prepare(scenario, events=True)
    gathered(job, tmp_path / "shelf", draws=4)
    assert gathered(answers.prepare(scenario, events=True), tmp_path / "shelf") == gathered(job, None)
    assert simulated == [*range(4), 4, 5, *range(DRAWS)]


def test_a_damaged_file_is_simulated_again(scenario, simulated, tmp_path):
    job = answers.prepare(scenario)
    wanted = gathered(job, tmp_path / "shelf")
    first, second, third = sorted((tmp_path / "shelf").rglob("*.arrow"))
    first.write_bytes(first.read_bytes()[:-1])
    second.unlink()
    (third.parent / "stranger.arrow").write_text("anything")
    simulated.clear()
    assert gathered(job, tmp_path / "shelf") == wanted
    assert simulated == [0, 1, 2, 3]


def test_another_job_finds_nothing_of_ours(scenario, simulated, tmp_path):
    gathered(answers.prepare(scenario), tmp_path / "shelf")
    job = answers.prepare(scenario)
    for other in (
        answers.prepare(scenario, seed=2),
        answers.prepare(scenario.model_copy(update={"title": "another"})),
        job._replace(beliefs=job.beliefs._replace(value=job.beliefs.value + 1e-12)),
        job._replace(sets=replicate.Sets(np.full((1, len(job.beliefs.names)), np.nan))),
    ):
        simulated.clear()
        gathered(other, tmp_path / "shelf")
        assert simulated == list(range(DRAWS))


def test_other_code_finds_nothing_of_ours(scenario, simulated, tmp_path, monkeypatch):
    job = answers.prepare(scenario)
    gathered(job, tmp_path / "shelf")
    simulated.clear()
    monkeypatch.setattr("spread.runs.provenance.code_hash", lambda: "other")
    gathered(job, tmp_path / "shelf")
    assert simulated == list(range(DRAWS))


def test_only_whole_stretches_are_taken(scenario, tmp_path):
    job = answers.prepare(scenario)
    gathered(job, tmp_path / "shelf")
    kept = shelf.Shelf(tmp_path / "shelf", job)
    spans = [(chunk.first_draw, chunk.draws) for chunk in kept.within([(1, 5)])]
    assert spans == [(2, 2), (4, 2)]


def test_a_fingerprint_is_of_content_alone():
    one = {"a": (1, 2.5, "x"), "b": frozenset({"p", "q"}), "c": np.arange(3)}
    assert fingerprint.of(one) == fingerprint.of({**one, "c": np.arange(6)[:3]})
    changed = [
        {**one, "a": (1, 2.5, "y")}, {**one, "a": (1, 2.5, 0)}, {**one, "b": frozenset({"p"})},
        {**one, "c": np.arange(3.0)}, {**one, "c": np.arange(3)[::-1]}, {**one, "d": None},
    ]  # fmt: skip
    assert len({fingerprint.of(value) for value in [one, *changed]}) == len(changed) + 1


def test_what_cannot_be_read_has_no_fingerprint():
    with pytest.raises(TypeError, match="object has no content"):
        fingerprint.of(object())

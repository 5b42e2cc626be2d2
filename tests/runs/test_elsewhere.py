"""Work done by executors: the same values, the job sent once to each worker, and plain words when they are lost."""

import random
from concurrent import futures

import pytest

from spread import errors
from spread.runs import answers, elsewhere, local, sample, values
from spread.scenarios import reading
from tests.cli.worlds import SCENARIO, SITES
from tests.verification import sameness

DRAWS = 12


@pytest.fixture
def job(tmp_path, monkeypatch):
    (tmp_path / "sites.csv").write_text(SITES)
    (tmp_path / "tiny.toml").write_text(SCENARIO)
    monkeypatch.setattr(local, "MOST_DRAWS", 1)
    monkeypatch.setattr(local, "SHORT_SECONDS", 0.0)
    elsewhere._held.clear()
    return answers.prepare(reading.read_scenario(tmp_path / "tiny.toml"))


class Postman(futures.Executor):
    """Does everything at once, and notes what was sent; whoever has no memory forgets each job afterwards."""

    def __init__(self, *, has_memory=True):
        self.with_job, self.without, self.has_memory = 0, 0, has_memory

    def submit(self, function, /, piece, content):
        self.with_job += content is not None
        self.without += content is None
        done = futures.Future()
        done.set_result(function(piece, content))
        if not self.has_memory:
            elsewhere._held.clear()
        return done


def tables_of(job, executor, workers=2):
    keeper = sample.InMemory()
    hands = sample.Hands(workers=workers, executor=executor)
    sample.gather(job, DRAWS, keeper, hands, lambda done, total, note: None)
    return values.values_hash(answers.assess(job, keeper.chunks))


@pytest.fixture
def wanted(job):
    return tables_of(job, None, workers=1)


def test_any_executor_gives_the_same_values(job, wanted):
    with futures.ThreadPoolExecutor(3) as threads:
        assert tables_of(job, threads) == wanted
    with sameness.Shuffled(random.Random(3)) as shuffled:  # noqa: S311 - no secret
        assert tables_of(job, shuffled) == wanted
    with futures.ProcessPoolExecutor(2) as processes:
        assert tables_of(job, processes) == wanted


def test_a_job_is_sent_once_to_each_worker_and_then_named(job, wanted):
    postman = Postman()
    assert tables_of(job, postman, workers=2) == wanted
    assert (postman.with_job, postman.without) == (2, DRAWS - 2)


def test_who_has_forgotten_a_job_is_sent_it_again(job, wanted):
    postman = Postman(has_memory=False)
    assert tables_of(job, postman, workers=2) == wanted
    assert postman.with_job == DRAWS
    assert postman.without == DRAWS - 2


def test_a_worker_with_other_code_is_refused(job, monkeypatch):
    sender = elsewhere._code()
    monkeypatch.setattr(elsewhere, "_code", lambda: "other")
    with pytest.raises(errors.MachineError, match="another version of spread"):
        elsewhere.run_piece(elsewhere.Piece("key", sender, "compiled", 0, 1), None)


class Broken(futures.Executor):
    """Loses everything it is given."""

    def __init__(self, fault):
        self.fault = fault

    def submit(self, function, /, *given):
        lost = futures.Future()
        lost.set_exception(self.fault)
        return lost


@pytest.mark.parametrize("fault", [futures.BrokenExecutor("gone"), futures.CancelledError()])
def test_losing_the_workers_is_said_plainly(job, fault):
    with pytest.raises(errors.MachineError, match="lost what was doing the work"):
        tables_of(job, Broken(fault))

"""However a run came about (workers, engine, chunks, kills, expansion), it holds the same values."""

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from spread.cli import main, plot
from spread.model import process_engine
from spread.runs import chunks, folders, local, sample, store, working
from tests.verification import kills

DRAWS, DRAW = 6, plot.draw
ENGINES = ("process", "compiled")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A folder with the small world and a run of it left alone."""
    folder = tmp_path_factory.mktemp("world")
    kills.make_world(folder)
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert spread("run", "tiny.toml", "--draws", str(DRAWS), "--workers", "1", "--events") == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def here(world, tmp_path, monkeypatch):
    """A copy of the world without its run, which is where we are; figures are not drawn."""
    monkeypatch.setattr("spread.cli.plot.draw", lambda *_, **__: ["figure"])
    for name in ("sites.csv", "tiny.toml"):
        shutil.copy(world / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local, "MOST_DRAWS", 2)
    return tmp_path


def spread(*words):
    return main.exit_code(lambda: main.invoke([*words, "-q"]))


def run(*words, draws=DRAWS, events=True):
    """Run the small world and give its manifest."""
    more = ["--events"] if events else []
    assert spread("run", "tiny.toml", "--draws", str(draws), *more, *words) == 0
    return only_manifest()


def only_manifest():
    (place,) = Path("results/tiny").glob("*/manifest.json")
    return json.loads(place.read_text())


def hash_left_alone(world):
    return kills.run_hash(world)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("workers", [1, 2, pytest.param(3, marks=pytest.mark.slow)])
def test_workers_and_engines_change_nothing(world, here, engine, workers):
    manifest = run("--engine", engine, "--workers", str(workers))
    assert manifest["content_hash"] == hash_left_alone(world)
    assert manifest["engine"] == engine
    assert len(manifest["chunks"]) == 3


@pytest.mark.parametrize("size", [1, 4, 50])
def test_the_size_of_chunks_changes_nothing(world, here, monkeypatch, size):
    monkeypatch.setattr(local, "MOST_DRAWS", size)
    assert run("--workers", "1")["content_hash"] == hash_left_alone(world)


def test_an_interrupted_run_goes_on_where_it_was_and_computes_only_what_is_missing(world, here, monkeypatch, capsys):
    calls, keep = [], working.Working.keep

    def interrupt(self, chunk):
        keep(self, chunk)
        calls.append(chunk.first_draw)
        if len(calls) == 2:
            self.settle()
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(working.Working, "keep", interrupt)
        assert spread("run", "tiny.toml", "--draws", "6", "--events", "--workers", "1") == main.INTERRUPTED
    said = capsys.readouterr().err
    assert said == "Interrupted: 8 of 12 runs are kept; the same command goes on from there.\n"
    assert spread("results", "list") == 2  # -q is not its option
    counted = []
    monkeypatch.setattr(working.Working, "keep", lambda self, chunk: (counted.append(chunk), keep(self, chunk)))
    assert run("--workers", "1")["content_hash"] == hash_left_alone(world)
    assert [(chunk.first_draw, chunk.draws) for chunk in counted] == [(4, 2)]
    assert list(Path("results/tiny").glob("*.partial")) == []


@pytest.mark.skipif(os.name != "posix", reason="process groups")
@pytest.mark.parametrize(
    ("engine", "chunks_first"),
    [
        ("compiled", 80),
        pytest.param("compiled", 3, marks=pytest.mark.slow),
        pytest.param("process", 2, marks=pytest.mark.slow),
    ],
)
def test_a_killed_run_goes_on_to_the_same_values(world, here, engine, chunks_first):
    work = kills.a_run(engine=engine, workers=2)
    with kills.start(here, work) as process:
        while kills.pieces_on_disk(here, work) < chunks_first:
            assert process.poll() is None
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    assert list(Path("results/tiny").glob("*/manifest.json")) == []
    manifest = run("--workers", "1", draws=kills.DRAWS[engine], events=False)
    shutil.rmtree("results")
    alone = run("--workers", "1", draws=kills.DRAWS[engine], events=False)
    assert alone["content_hash"] == manifest["content_hash"]


@pytest.mark.slow
def test_thirty_killed_runs_and_fits_end_with_the_values_of_one_left_alone():
    assert kills.main(30) == 0


def test_a_chunk_damaged_between_two_sittings_is_computed_again(world, here, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(store, "finish", interrupt)
        assert spread("run", "tiny.toml", "--draws", "6", "--events", "--workers", "1") == main.INTERRUPTED
    (damaged,) = Path("results/tiny").glob("*.partial/draws/000002-000003.arrow")
    damaged.write_bytes(b"\0" * damaged.stat().st_size)
    assert run("--workers", "1")["content_hash"] == hash_left_alone(world)


def interrupt(*_, **__):
    raise KeyboardInterrupt


def test_a_run_killed_before_its_last_move_is_moved_and_read_back(world, here, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(folders, "move_into_place", interrupt)
        assert spread("run", "tiny.toml", "--draws", "6", "--events", "--workers", "1") == main.INTERRUPTED
    monkeypatch.setattr(sample, "gather", None)
    assert run()["content_hash"] == hash_left_alone(world)
    assert len(Path("results/forecasts.csv").read_text().splitlines()) == 4


def test_the_same_run_is_read_back_without_a_simulation(here, monkeypatch, capsys):
    monkeypatch.setattr("spread.cli.plot.draw", DRAW)
    assert spread("run", "tiny.toml", "--draws", "2") == 0
    before = capsys.readouterr().out
    files = {path: path.stat().st_mtime_ns for path in Path("results").rglob("*")}
    monkeypatch.setattr(sample, "gather", None)
    monkeypatch.setattr("spread.cli.plot.draw", None)
    for form in ("table", "json", "csv"):
        assert (
            main.exit_code(lambda form=form: main.invoke(["run", "tiny.toml", "--draws", "2", "--format", form])) == 0
        )
        again = capsys.readouterr()
        assert again.err.startswith("Read results/tiny/")
        assert form != "table" or again.out == before
    assert {path: path.stat().st_mtime_ns for path in Path("results").rglob("*")} == files


def test_what_is_read_back_prints_the_same_in_every_form(here, capsys):
    for form in ("json", "csv"):
        assert spread("run", "tiny.toml", "--draws", "2", "--force", "--format", form) == 0
        first = capsys.readouterr().out
        assert spread("run", "tiny.toml", "--draws", "2", "--format", form) == 0
        assert capsys.readouterr().out == first


@pytest.mark.parametrize("events", [True, False])
def test_an_expanded_run_is_a_fresh_run_of_as_many_draws(here, monkeypatch, events):
    small = run(draws=3, events=events)
    counted, keep = [], working.Working.keep
    monkeypatch.setattr(working.Working, "keep", lambda self, chunk: (counted.append(chunk.draws), keep(self, chunk)))
    assert spread("results", "expand", f"results/tiny/{small['key']}", "--draws", "7") == 0
    assert sum(counted) == 4
    (folder,) = (
        path.parent for path in Path("results/tiny").glob("*/manifest.json") if path.parent.name != small["key"]
    )
    expanded = json.loads((folder / "manifest.json").read_text())
    shutil.rmtree("results")
    fresh = run(draws=7, events=events)
    assert (fresh["key"], fresh["content_hash"]) == (expanded["key"], expanded["content_hash"])
    assert sum(chunk["draws"] for chunk in expanded["chunks"]) == 7


def test_two_processes_on_one_run_compute_it_once(here):
    work = kills.a_run(engine="process", workers=1, draws=8)
    with kills.start(here, work) as first, kills.start(here, work) as second:
        codes = first.wait(timeout=120), second.wait(timeout=120)
    assert codes == (0, 0)
    assert len(Path("results/forecasts.csv").read_text().splitlines()) == 4
    assert [path.name for path in Path("results/tiny").iterdir()] == [only_manifest()["key"]]


def test_who_shall_not_wait_ends_with_5(here, capsys):
    folder = Path("results/tiny/here").resolve()
    with folders.held(folder):
        assert spread("run", "tiny.toml", "--draws", "2", "--out", str(folder), "--no-wait") == 5
    assert f"is being computed by process {os.getpid()}" in capsys.readouterr().err


@pytest.fixture
def failing(monkeypatch):
    """An engine that fails in draw 1, replicate 1."""
    real = process_engine.run

    def fail(inputs, *, seed, draw, replicate):
        if (draw, replicate) == (1, 1):
            raise ZeroDivisionError("an injected fault")
        return real(inputs, seed=seed, draw=draw, replicate=replicate)

    monkeypatch.setattr(process_engine, "run", fail)


def test_a_run_in_which_everything_fails_says_so(here, capsys, monkeypatch):
    def fail(_inputs, **_luck):
        raise ZeroDivisionError("an injected fault")

    monkeypatch.setattr(process_engine, "run", fail)
    for _ in range(2):
        assert spread("run", "tiny.toml", "--draws", "4", "--engine", "process", "--workers", "1") == 3
        said = capsys.readouterr().err
        assert said.count("Failed: ") == 5
        assert "8 runs failed in all" in said
    assert len(only_manifest()["failures"]) == 8


@pytest.mark.usefixtures("failing")
def test_a_replicate_that_fails_is_listed_with_what_runs_it_again_and_ends_no_other(here, capsys):
    words = ("run", "tiny.toml", "--draws", "3", "--engine", "process", "--workers", "1")
    assert spread(*words) == 3
    said = capsys.readouterr().err
    (failed,) = only_manifest()["failures"]
    assert (failed["draw"], failed["replicate"], failed["error"]) == (1, 1, "ZeroDivisionError: an injected fault")
    assert "Failed: draw 1, replicate 1: ZeroDivisionError: an injected fault" in said
    assert failed["again"] in said
    call = failed["again"].removeprefix("python -c ").strip("'\"").replace("'\"'\"'", "'")
    with pytest.raises(ZeroDivisionError, match="an injected fault"):
        exec(call)  # noqa: S102 - the command we print
    assert spread(*words) == 3
    rows = store.read_run(next(Path("results/tiny").iterdir()), tables=("adoption", "ambitions")).tables
    assert len(rows["adoption"][["draw", "replicate"]].drop_duplicates()) == 5
    assert set(rows["ambitions"]["n"]) == {4}


def test_every_draw_of_an_intact_run_comes_out_the_same(here, capsys):
    run(draws=4)
    assert spread("results", "verify", "results/tiny") == 0
    assert main.exit_code(lambda: main.invoke(["results", "verify", "results/tiny", "--engine", "process"])) == 0
    assert "4 draws repeated, every number the same" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name",
    ["adoption.parquet", "ambitions.csv", "sites.parquet", "events.parquet", "scenario.toml", "headline.json",
     "draws/000002-000003.arrow"],
)  # fmt: skip
@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_file_is_named(here, capsys, name, damage):
    run(draws=4)
    (path,) = Path("results/tiny").glob(f"*/{name}")
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif name == "ambitions.csv":
        path.write_bytes(content.replace(b",0.", b",0.1"))
    else:
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    assert spread("results", "verify", "results/tiny") == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in said] == [str(path)]


def test_a_draw_that_comes_out_differently_is_named(here, capsys, monkeypatch):
    run("--engine", "process", draws=4)
    real = process_engine.run
    monkeypatch.setattr(process_engine, "run", lambda inputs, **luck: real(inputs, **{**luck, "seed": 99}))
    assert spread("results", "verify", "results/tiny", "--engine", "process") == 2
    assert "draws 0 to 1 come out differently now" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda: Path("sites.csv").write_text(Path("sites.csv").read_text() + "S6,O5,acute,YH,tracheostomy\n"),
            "sites",
        ),
        (lambda: set_manifest("model_version", "0.0.1"), "version 0.0.1"),
        (lambda: set_manifest("key", "aaaaaaaaaa"), "reads differently"),
    ],
)
def test_a_run_that_would_not_come_out_the_same_is_not_expanded(here, capsys, change, said):
    run(draws=2)
    change()
    assert spread("results", "expand", "results/tiny", "--draws", "4") == 2
    assert said in capsys.readouterr().err


def set_manifest(name, value):
    (place,) = Path("results/tiny").glob("*/manifest.json")
    place.write_text(json.dumps({**json.loads(place.read_text()), name: value}))


def test_a_run_is_not_made_smaller(here, capsys):
    run(draws=3)
    assert spread("results", "expand", "results/tiny", "--draws", "3") == 2
    assert "has 3 draws already" in capsys.readouterr().err


@pytest.fixture
def few_looks(monkeypatch):
    """Looks after 4, 8, 16 ... draws, so that a precision takes seconds."""
    monkeypatch.setattr(sample, "FIRST_LOOK_DRAWS", 4)


@pytest.mark.usefixtures("few_looks")
def test_a_precision_stops_at_the_same_place_for_any_workers_and_after_an_interruption(here, monkeypatch, capsys):
    words = ("run", "tiny.toml", "--precision", "0.3", "--seed", "2")
    found, keep = [], working.Working.keep
    for workers in ("1", "2"):
        assert spread(*words, "--workers", workers, "--force") == 0
        found.append(only_manifest())
        assert "every national chance is known to ±" in capsys.readouterr().err
    shutil.rmtree("results")

    def stop(self, chunk):
        keep(self, chunk)
        if chunk.first_draw == 4:
            self.settle()
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(working.Working, "keep", stop)
        assert spread(*words, "--workers", "1") == main.INTERRUPTED
    assert spread(*words, "--workers", "2") == 0
    found.append(only_manifest())
    for name in ("content_hash", "draws", "looks", "key", "precision"):
        assert found[0][name] == found[1][name] == found[2][name]
    assert found[0]["draws"] in (8, 16, 32)
    assert found[0]["looks"][-1]["half_width"] < 0.3 <= found[0]["looks"][-2]["half_width"]


def test_a_chunk_of_more_draws_than_a_chunk_has_is_never_kept(here):
    run(draws=5)
    (folder,) = Path("results/tiny").iterdir()
    stored = store.chunks_of(folder, only_manifest())
    assert [(chunk.first_draw, chunk.draws) for chunk in stored] == [(0, 2), (2, 2), (4, 1)]
    assert all(chunks.is_whole(chunk) for chunk in stored)


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("engine", ENGINES)
def test_ctrl_c_keeps_what_was_done(here, engine):
    work = kills.a_run(engine=engine, workers=2, draws=4000)
    work.words[2] = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); " + work.words[2]
    with kills.start(here, work) as process:
        while not kills.pieces_on_disk(here, work):
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=30) == main.INTERRUPTED
    (place,) = Path("results/tiny").glob("*.partial")
    assert working.runs_kept(place.with_suffix("")) > 0

"""`spread target`: what it prints, the folder it keeps, and what it refuses."""

import csv
import errno
import io
import json

import pytest

from spread import errors, files
from spread.runs import sample
from tests.cli.worlds import files_in
from tests.decisions import starved

FEW = ("--draws", "6", "--replicates", "1", "--workers", "1")
FIGURES = {f"figures/targets.{kind}" for kind in ("svg", "png", "csv", "txt")}
FILES = {"gains.csv", "sites.csv", "scenario.toml", "target.json"} | FIGURES


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A folder with the starved world in it, which is where we are."""
    starved.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def no_figure(monkeypatch):
    monkeypatch.setattr("spread.cli.target.draw", lambda place, out=None: [])


def folder_of(world):
    (found,) = (world / "results" / "starved").iterdir()
    return found


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_an_answer_names_who_gains_and_is_kept_with_its_figure(spread, world):
    ended = spread("target", "starved.toml", "--amount", "1 WTE", "--budget", "2", *FEW)
    assert ended.code == 0
    assert ended.out.startswith("Not fitted to data")
    said = " ".join(ended.out.split())
    assert "Yorkshire and Humber gains most." in said
    assert "2 WTE of coaches shared out, one unit after another: Yorkshire and Humber 1." in said
    assert "What is left over (1 of 2) adds nothing anywhere." in said
    assert "sets of assumptions it changes nothing at all" in said
    assert max(len(line) for line in ended.out.splitlines()) <= 80
    assert folder_of(world).name.startswith("target-")
    assert set(files_in(folder_of(world))) == FILES


def test_the_same_question_is_read_back_and_forms_carry_the_same_numbers(spread, world, no_figure, monkeypatch):
    words = ("target", "starved.toml", "--amount", "1 WTE", *FEW)
    first = spread(*words)

    def never(*_, **__):
        raise AssertionError("computed again")

    monkeypatch.setattr(sample, "gather", never)
    again = spread(*words, "--workers", "2")
    assert (again.code, again.out) == (0, first.out)
    assert again.err.startswith("Read results/starved/target-")
    told = json.loads(spread(*words, "--format", "json", "-q").out)
    rows = list(csv.DictReader(io.StringIO(spread(*words, "--format", "csv", "-q").out)))
    kept = rows_of(folder_of(world) / "gains.csv")
    assert rows == kept
    assert [float(row["sites"]) for row in rows] == [gain["sites"] for gain in told["gains"]]
    assert told["runs"] == 6 * 5


def test_by_site_the_first_sites_are_listed_and_it_says_what_that_is_not(spread, world, no_figure):
    (world / "starved.toml").write_text(
        (world / "starved.toml").read_text().replace("patience_months = 100000", "patience_months = 3")
        .replace("coaches = { default = 20, YH = 1 }", 'support = "standard"\noutreach_hours = 40')
        + "support_standard_log_hr = 0.9\n"
    )  # fmt: skip
    ended = spread("target", "starved.toml", "--by", "site", "--budget", "3", *FEW)
    assert ended.code == 0
    assert "The first 3 sites by what regional support adds:" in ended.out
    assert "This says whom regional support decides." in ended.out
    rows = rows_of(folder_of(world) / "sites.csv")
    assert len(rows) == 36
    gains = [float(row["gain"]) for row in rows]
    assert gains == sorted(gains, reverse=True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--by psc needs --amount"),
        (["--by", "site", "--amount", "1 WTE"], "--amount goes with --by psc"),
        (["--by", "site", "--from", "2020-03-01"], "--from goes with --by psc"),
        (["--amount", "1 hour", "--lever", "coaches"], 'write "1 WTE"'),
        (["--amount", "1 WTE", "--ambition", "plane"], "did you mean 'plain'"),
        (["--amount", "1 WTE", "--deadline", "soon"], "is not a date"),
        (["--amount", "1 WTE", "--deadline", "2020-06"], "is no deadline of 'plain'"),
        (["--amount", "1 WTE", "--from", "2020-12-31"], "is not before the deadline"),
        (["--amount", "1 WTE", "--budget", "0"], "0 is not in the range"),
        (["--amount", "500 WTE"], "no collaborative can be given 500 WTE of coaches more"),
        (["--amount", "1 WTE", "--out", "."], "is not a folder of `spread target`"),
    ],
)
def test_wrong_words_end_with_2_before_anything_is_done(spread, world, words, said):
    before = files_in(world)
    ended = spread("target", "starved.toml", *FEW, *words)
    assert ended.code == 2
    assert said in " ".join(ended.err.split())
    assert files_in(world) == before


def test_a_full_disk_ends_with_5_and_leaves_what_was_simulated(spread, world, no_figure, monkeypatch):
    def full(_path, _content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "write_file", full)
    before = files_in(world)
    ended = spread("target", "starved.toml", "--amount", "1 WTE", *FEW)
    assert ended.code == errors.MachineError.exit_code
    assert "No space left on device" in ended.err
    assert [name for name in files_in(world) if ".partial/" not in name] == before


def test_another_answer_in_a_folder_is_replaced_only_by_force(spread, world, no_figure):
    words = ("target", "starved.toml", *FEW, "--out", "mine")
    assert spread(*words, "--amount", "1 WTE").code == 0
    refused = spread(*words, "--amount", "2 WTE")
    assert (refused.code, "use --force" in refused.err) == (2, True)
    assert spread(*words, "--amount", "2 WTE", "--force").code == 0
    assert json.loads((world / "mine" / "target.json").read_text())["size"] == 2.0


def test_the_figure_of_an_answer_is_drawn_elsewhere_on_request(spread, world, no_figure, monkeypatch):
    spread("target", "starved.toml", "--amount", "1 WTE", *FEW)
    monkeypatch.undo()
    monkeypatch.chdir(world)
    drawn = spread("plot", folder_of(world), "targets", "--out", "figures")
    assert drawn.out.split() == [f"figures/targets.{kind}" for kind in ("svg", "png", "csv", "txt")]
    nothing = spread("plot", world, "targets")
    assert (nothing.code, "no answer of `spread target` here" in nothing.err) == (2, True)


def test_more_from_a_later_day_is_said_so(spread, world, no_figure):
    asked = ("target", "starved.toml", "--amount", "1 WTE", "--budget", "2", *FEW, "--from", "2020-06-01", "-q")
    said = " ".join(spread(*asked).out.split())
    assert "1 WTE of coaches from 1 Jun 2020 more in one collaborative" in said
    assert "2 WTE of coaches from 1 Jun 2020 shared out" in said

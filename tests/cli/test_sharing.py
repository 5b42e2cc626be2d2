"""`spread results export`, `spread results bundle`, the slides of `spread report`: what users type, and exit codes."""

import zipfile

import openpyxl
import pytest

from tests.report import slides


@pytest.fixture
def run(spread, tiny, monkeypatch):
    """A finished run of the tiny world."""
    monkeypatch.setattr("spread.cli.plot.draw", lambda *_, **__: ["figure"])
    assert spread("run", "tiny.toml", "--draws", "2", "--workers", "1", "-q", "--out", "run").code == 0
    return tiny


def test_a_run_becomes_a_workbook_and_a_bundle_and_neither_is_replaced_unasked(spread, run):
    ended = spread("results", "export", "run", "-o", "out/tables.xlsx", "--contact", "Ask us")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.startswith("Wrote out/tables.xlsx: ")
    assert "Ask us" in [cell.value for cell in openpyxl.load_workbook(run / "out/tables.xlsx")["Cover"]["A"]]
    assert spread("results", "bundle", "run", "-o", "out/bundle.zip", "--anonymise", "-q").err == ""
    with zipfile.ZipFile(run / "out/bundle.zip") as archive:
        assert {"README.md", "SHA256SUMS", "run-1/ambitions.csv"} <= set(archive.namelist())
    for words in (("export", "run", "-o", "out/tables.xlsx"), ("bundle", "run", "-o", "out/bundle.zip")):
        refused = spread("results", *words)
        assert refused.code == 2
        assert "--force" in refused.err
        assert spread("results", *words, "--force").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("export", "run", "-o", "tables.csv"), "give a name ending in .xlsx"),
        (("bundle", "run", "-o", "bundle.tar"), "give a name ending in .zip"),
        (("bundle", "run", "-o", "bundle.zip", "--threshold", "7"), "goes with --anonymise"),
        (("bundle", "run", "-o", "bundle.zip", "--anonymise", "--threshold", "1"), "--threshold"),
        (("export", "nowhere", "-o", "tables.xlsx"), "no run folder"),
    ],
)
def test_bad_input_ends_with_2_and_says_what_would_be_right(spread, tiny, words, said):
    ended = spread("results", *words)
    assert ended.code == 2
    assert said in ended.err


@pytest.fixture
def gathered(tiny, monkeypatch):
    """A run folder, of which a report made up for slides is gathered, whatever is asked."""
    asked = []

    class Run:
        folder = tiny

        def rows(self, _name):
            return [{"scope": "national"}, {"scope": "psc:WX"}, {"scope": "psc:YH"}]

    def gather(_results, *, scope, name_sites):
        asked.append((scope, name_sites))
        return slides.report()

    monkeypatch.setattr("spread.report.gathering.gather", gather)
    monkeypatch.setattr("spread.report.folders.read_run", lambda _: Run())
    return asked


def test_each_collaborative_gets_a_deck_named_after_it(spread, tiny, gathered):
    (tiny / "run").mkdir()
    ended = spread("report", "run", "-o", "decks/plan.pptx", "--each", "psc", "--slides", "1")
    assert ended.code == 0
    assert sorted(path.name for path in (tiny / "decks").iterdir()) == ["plan-WX.pptx", "plan-YH.pptx"]
    assert gathered == [("psc:WX", False), ("psc:YH", False)]
    again = spread("report", "run", "-o", "decks/plan.pptx", "--each", "psc")
    assert again.code == 2
    assert "plan-WX.pptx: is already there" in again.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-o", "page.html", "--each", "psc"), "go with a .pptx file"),
        (("-o", "deck.pptx", "--each", "psc", "--for", "psc:WX"), "leave --for out"),
    ],
)
def test_what_goes_with_each_is_said(spread, tiny, gathered, words, said):
    ended = spread("report", "run", *words)
    assert ended.code == 2
    assert said in " ".join(ended.err.split())


def test_a_template_that_is_none_ends_with_2(spread, tiny, gathered):
    (tiny / "bad.pptx").write_text("hello")
    ended = spread("report", "run", "-o", "deck.pptx", "--template", "bad.pptx")
    assert ended.code == 2
    assert "cannot be read as a presentation" in ended.err
    assert not (tiny / "deck.pptx").exists()

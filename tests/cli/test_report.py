"""`spread report`: which runs, which file, and what is refused."""

import pytest


@pytest.fixture
def run(spread, tiny):
    assert spread("run", "tiny.toml", "--draws", 4, "-q").code == 0
    return tiny / "results" / "tiny"


def test_a_page_is_written_and_its_size_is_said(spread, run, tmp_path):
    ended = spread("report", run, "-o", tmp_path / "report.html")
    assert (ended.code, ended.out) == (0, "")
    assert "MB" in ended.err
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "Nothing has been compared or looked for yet" in text


def test_the_same_run_gives_the_same_page(spread, run, tmp_path):
    for name in ("one.html", "other.html"):
        assert spread("report", run, "-o", tmp_path / name, "-q").code == 0
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "other.html").read_bytes()


def test_what_cannot_be_written_is_refused_first(spread, tmp_path):
    assert ".html or .pptx" in spread("report", "nowhere", "-o", "report.pdf").err
    assert spread("report", "nowhere", "-o", "report.html", "--slides", 3).code == 2
    (tmp_path / "report.html").write_text("mine")
    assert spread("report", "nowhere", "-o", tmp_path / "report.html").code == 2


def test_the_same_run_twice_is_no_comparison(spread, run, tmp_path):
    ended = spread("report", run, run, "-o", tmp_path / "report.html")
    assert (ended.code, "the same run" in ended.err) == (2, True)

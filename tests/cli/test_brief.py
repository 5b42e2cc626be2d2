"""`spread brief`: six sentences, on the screen, as Markdown and as a Word document."""

import io

import docx
import pytest

from spread.report import briefing


@pytest.fixture
def run(spread, tiny):
    assert spread("run", "tiny.toml", "--draws", 4, "-q").code == 0
    return tiny / "results" / "tiny"


def test_six_numbered_sentences_fit_80_columns_and_say_first_what_they_rest_on(spread, run):
    ended = spread("brief", run)
    lines = ended.out.splitlines()
    assert ended.code == 0
    assert lines[0].startswith("Not fitted to data")
    assert [line[:2] for line in lines if line[:1].isdigit() and line[1] == "."] == ["1.", "2.", "3.", "4.", "5.", "6."]
    assert max(map(len, lines)) <= 80


def test_a_collaborative_is_asked_for_by_any_of_its_names(spread, run):
    assert "Health Innovation Wessex" in spread("brief", run, "--for", "psc:Wessex").out
    refused = spread("brief", run, "--for", "psc:Wesex")
    assert (refused.code, "did you mean" in refused.err) == (2, True)
    assert spread("brief", run, "--for", "setting:acute").code == 2


def test_a_brief_is_written_as_markdown_and_word_with_the_same_sentences(spread, run, tmp_path):
    for name in ("brief.md", "brief.docx"):
        assert spread("brief", run, "-o", tmp_path / name).code == 0
    text = (tmp_path / "brief.md").read_text(encoding="utf-8")
    paper = docx.Document(io.BytesIO((tmp_path / "brief.docx").read_bytes()))
    words = " ".join(paragraph.text for paragraph in paper.paragraphs)
    assert text.startswith("# ")
    assert text.count("\n6. ") == 1
    for sentence in ("this start is an assumption", "It cannot be said which single site will be late"):
        assert sentence in text
        assert sentence in words
    assert (paper.core_properties.language, paper.core_properties.author) == ("en-GB", "spread")


def test_a_file_that_is_there_or_of_another_kind_is_refused_before_anything_is_read(spread, run, tmp_path):
    (tmp_path / "brief.md").write_text("mine")
    assert spread("brief", run, "-o", tmp_path / "brief.md").code == 2
    assert (tmp_path / "brief.md").read_text() == "mine"
    assert spread("brief", run, "-o", tmp_path / "brief.md", "--force").code == 0
    assert ".md or .docx" in spread("brief", "nowhere", "-o", "brief.txt").err


def test_no_run_is_no_answer(spread, tmp_path):
    assert spread("brief", tmp_path).code == 2


def test_names_cannot_be_taken_for_marks():
    assert briefing.escape("*a* [b](c) <script>") == r"\*a\* \[b\](c) \<script\>"

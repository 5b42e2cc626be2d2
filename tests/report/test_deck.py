"""Slides: one message each, words for every figure, real tables, nothing cut or empty, whatever the names."""

import io
import sys

import pptx
import pytest
from pptx.util import Emu

from spread import errors
from spread.report import deck, deck_fit, deck_paper, deck_parts
from tests.report import slides


def opened(data):
    return pptx.Presentation(io.BytesIO(data))


@pytest.fixture(scope="module")
def plain():
    return opened(deck.deck_bytes(slides.report()))


@pytest.fixture(scope="module")
def hostile():
    told = [slides.answer(n, title=f"{slides.HOSTILE} {n}", programme=slides.HOSTILE) for n in (1, 2, 3)]
    return opened(deck.deck_bytes(slides.report(*told, title=slides.HOSTILE)))


@pytest.fixture(scope="module")
def long():
    told = [slides.answer(n, title=f"{slides.LONG} {n}", programme=f"Programme {n % 3}") for n in range(1, 13)]
    return opened(deck.deck_bytes(slides.report(*told, title=slides.LONG)))


def titles(presentation):
    return [slide.shapes.title.text_frame.text for slide in presentation.slides]


def pictures(slide):
    return [shape for shape in slide.shapes if shape.shape_type == 13]


def tables(slide):
    return [shape for shape in slide.shapes if shape.has_table]


def words(shape):
    return shape._element.xpath(".//p:cNvPr")[0].get("descr")


def cells(shape):
    return [[cell.text_frame.text for cell in row.cells] for row in shape.table.rows]


def inches(measure):
    return Emu(measure).inches


DECKS = ("plain", "hostile", "long")


@pytest.mark.parametrize("name", DECKS)
def test_every_slide_has_a_title_that_fits_its_place(name, request):
    for slide in request.getfixturevalue(name).slides:
        title = slide.shapes.title
        text, size = title.text_frame.text, title.text_frame.paragraphs[0].runs[0].font.size.pt
        assert text.strip()
        assert deck_fit.height_of([text], inches(title.width) - 0.4, size, bold=True) <= inches(title.height) + 0.01


@pytest.mark.parametrize("name", DECKS)
def test_no_placeholder_is_empty(name, request):
    for slide in request.getfixturevalue(name).slides:
        assert [one.name for one in slide.placeholders if not one.text_frame.text.strip()] == []


@pytest.mark.parametrize("name", DECKS)
def test_every_figure_and_table_has_words_for_who_cannot_see_it(name, request):
    for slide in request.getfixturevalue(name).slides:
        for shape in (*pictures(slide), *tables(slide)):
            assert len(words(shape)) > 20


@pytest.mark.parametrize("name", DECKS)
def test_everything_stays_on_the_slide_and_text_in_its_box(name, request):
    presentation = request.getfixturevalue(name)
    for slide in presentation.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= presentation.slide_width + 10
            assert shape.top + shape.height <= presentation.slide_height + 10
            if shape.has_text_frame and shape.text_frame.text.strip() and not shape.is_placeholder:
                lines = [one.text for one in shape.text_frame.paragraphs]
                size = shape.text_frame.paragraphs[0].runs[0].font.size.pt
                assert deck_fit.height_of(lines, inches(shape.width) - 0.1, size) <= inches(shape.height) + 0.01


@pytest.mark.parametrize("name", DECKS)
def test_no_shape_of_a_slides_body_lies_on_another(name, request):
    for slide in request.getfixturevalue(name).slides:
        boxes = [*pictures(slide), *tables(slide)]
        texts = [shape for shape in slide.shapes if shape.has_text_frame and not shape.is_placeholder]
        for one in boxes:
            assert one.top >= slide.shapes.title.top + slide.shapes.title.height
            for other in texts:
                size = other.text_frame.paragraphs[0].runs[0].font.size.pt
                lines = [paragraph.text for paragraph in other.text_frame.paragraphs]
                bottom = inches(other.top) + deck_fit.height_of(lines, inches(other.width) - 0.1, size)
                beside = other.left >= one.left + one.width or one.left >= other.left + other.width
                assert beside or bottom <= inches(one.top) + 0.01 or other.top >= one.top + one.height


@pytest.mark.parametrize("name", DECKS)
def test_no_text_is_smaller_than_eleven_points(name, request):
    for slide in request.getfixturevalue(name).slides:
        frames = [shape.text_frame for shape in slide.shapes if shape.has_text_frame]
        frames += [cell.text_frame for shape in tables(slide) for row in shape.table.rows for cell in row.cells]
        sizes = [
            run.font.size.pt for frame in frames for line in frame.paragraphs for run in line.runs if run.font.size
        ]
        assert min(sizes) >= 11


def test_the_answer_comes_second_and_slides_are_numbered(plain):
    assert titles(plain)[:2] == ["A plan", "Unlikely: the chance is about 3 in 10"]
    for slide in list(plain.slides)[1:]:
        assert slide._element.xpath('.//a:fld[@type="slidenum"]')


def test_a_deck_is_wide_and_says_its_title_and_language(plain):
    assert plain.slide_width / plain.slide_height == pytest.approx(16 / 9, abs=0.01)
    assert plain.core_properties.title == "A plan: England"
    assert plain.core_properties.language == "en-GB"


def test_speaker_notes_say_how_to_read_a_figure_and_where_it_is_from(plain):
    for slide in plain.slides:
        notes = slide.notes_slide.notes_text_frame.text
        assert "Source: spread 0.1.0, plan-a, 23 November 2026." in notes
        for shape in pictures(slide):
            assert f"How to read it: {words(shape)}" in notes


def test_a_table_is_a_real_one_with_a_heading_row_and_the_words_of_the_report(plain):
    (shape,) = [one for slide in plain.slides for one in tables(slide) if one.name == "Table gaps"]
    assert cells(shape) == [["Column 0", "Column 1", "Column 2"], ["Row 0", "12", "12"]]
    assert shape.table.first_row


def test_a_long_table_goes_on_with_its_heading_on_the_next_slides_and_no_row_is_lost(plain):
    found = [one for slide in plain.slides for one in tables(slide) if one.name == "Table costs"]
    assert len(found) > 1
    assert all(cells(one)[0] == ["Column 0", "Column 1", "Column 2"] for one in found)
    assert [row[0] for one in found for row in cells(one)[1:]] == [f"Row {number}" for number in range(60)]
    assert f"Table of costs (2 of {len(found)})" in titles(plain)


def test_a_figure_too_tall_to_read_gives_way_to_its_table(plain):
    assert [one.name for slide in plain.slides for one in tables(slide)].count("Table causes") == 1
    assert "Line chart of missed. It rises." not in [words(one) for slide in plain.slides for one in pictures(slide)]


def test_the_title_inside_a_figure_is_cut_off_as_the_slide_has_it(plain):
    (shape,) = [one for slide in plain.slides for one in pictures(slide) if "curves" in words(one)]
    drawn = deck_parts.draw(slides.picture("curves"))
    assert shape.crop_top == pytest.approx(drawn.title / drawn.height, abs=1e-4)
    assert shape.crop_top > 0.05
    assert shape.width / shape.height == pytest.approx(drawn.width / (drawn.height - drawn.title), abs=0.01)


def test_where_somebody_works_and_how_to_reproduce_it_stay_out(plain):
    texts = [shape.text_frame.text for slide in plain.slides for shape in slide.shapes if shape.has_text_frame]
    notes = [slide.notes_slide.notes_text_frame.text for slide in plain.slides]
    assert not [text for text in (*texts, *notes) if "/home/jane" in text]


def test_slides_stand_in_a_section_for_each_programme(long):
    names = long.element.xpath("./p:extLst//*[local-name()='section']/@name")
    assert names[0] == "The answer"
    assert [name for name in names if name.startswith("Programme")] == ["Programme 1", "Programme 2", "Programme 0"]
    listed = long.element.xpath("./p:extLst//*[local-name()='sldId']/@id")
    assert sorted(listed) == sorted(str(slide.slide_id) for slide in long.slides)


def test_hostile_names_are_text_and_nothing_else(hostile):
    assert hostile.slides[0].shapes.title.text_frame.text.startswith('<a:t>Tom & "Jerry"</a:t>')
    for slide in hostile.slides:
        assert not [rel for rel in slide.part.rels.values() if rel.is_external]


def test_an_empty_cell_is_no_higher_than_the_others():
    told = slides.section("assurance", slides.table("assurance-record", 2, cell=""))
    presentation = opened(deck.deck_bytes(slides.report(sections=(told,))))
    (shape,) = [one for slide in presentation.slides for one in tables(slide) if one.name == "Table assurance-record"]
    ends = shape._element.xpath(".//a:tc//a:endParaRPr/@sz")
    assert ends == ["1600"] * 4


def test_an_ambition_without_a_target_is_named_once():
    from dataclasses import replace

    told = replace(slides.answer(), chance_words="", range_words="")
    shown = titles(opened(deck.deck_bytes(slides.report(told, slides.answer(2)))))
    assert "Nine in ten sites use it by March 2021" in shown
    assert "About 3 in 10 chance of target by March 2021: nine in ten sites use it by March 2021" in shown


def test_every_ambition_has_a_row_and_a_slide(long):
    found = [one for slide in long.slides for one in tables(slide) if one.name == "Table answers"]
    assert sum(len(cells(one)) - 1 for one in found) == 12
    assert sum(one.name == "Table brief" for slide in long.slides for one in tables(slide)) >= 12


@pytest.mark.parametrize(
    "told", [(slides.answer(),), tuple(slides.answer(n) for n in range(1, 5))], ids=["one", "four"]
)
def test_a_single_slide_stands_for_itself(told):
    presentation = opened(deck.deck_bytes(slides.report(*told), slides=1))
    (slide,) = presentation.slides
    assert slide.shapes.title.text_frame.text.startswith("England: ")
    (figure,) = pictures(slide)
    assert "Line chart of curves" in words(figure)
    texts = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
    assert "Not fitted to data" in texts
    said = texts if len(told) == 1 else str([cells(one) for one in tables(slide)])
    assert ("More coaches would help." if len(told) == 1 else "about 3 in 10") in said


def test_no_more_slides_than_asked_for():
    presentation = opened(deck.deck_bytes(slides.report(), slides=3))
    assert len(presentation.slides) == 3
    listed = presentation.element.xpath("./p:extLst//*[local-name()='sldId']/@id")
    assert sorted(listed) == sorted(str(slide.slide_id) for slide in presentation.slides)


def test_a_template_gives_its_size_and_masters_and_loses_its_own_slides(tmp_path):
    own = pptx.Presentation()  # 4:3, another font
    own.slides.add_slide(own.slide_layouts[0]).shapes.title.text = "Secret draft"
    own.save(str(tmp_path / "own.pptx"))
    presentation = opened(deck.deck_bytes(slides.report(), template=tmp_path / "own.pptx"))
    assert presentation.slide_width == own.slide_width
    assert "Secret draft" not in titles(presentation)
    assert len(presentation.slide_layouts) == len(own.slide_layouts)
    for slide in presentation.slides:
        assert all(shape.left + shape.width <= presentation.slide_width for shape in slide.shapes)
        assert [one.name for one in slide.placeholders if not one.text_frame.text.strip()] == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", b"hello"])
def test_a_template_that_is_none_is_refused_in_one_sentence(tmp_path, content):
    (tmp_path / "bad.pptx").write_bytes(content)
    with pytest.raises(errors.InputError, match=r"bad\.pptx: cannot be read as a presentation"):
        deck.deck_bytes(slides.report(), template=tmp_path / "bad.pptx")


def test_a_workbook_is_no_template(tmp_path):
    import openpyxl

    openpyxl.Workbook().save(tmp_path / "book.pptx")
    with pytest.raises(errors.InputError, match="is no PowerPoint file"):
        deck.deck_bytes(slides.report(), template=tmp_path / "book.pptx")


def test_without_the_extra_its_install_line_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(errors.MissingExtra, match=r"pip install 'spread\[slides\]'"):
        deck.require()


# --- room ----------------------------------------------------------------------------------------


def test_text_takes_the_largest_size_that_fits_and_ends_in_an_ellipsis_where_none_does():
    assert deck_fit.fit(["Short"], 5.0, 1.0, (28.0, 20.0)).size == 28.0
    assert deck_fit.fit(["word " * 40], 5.0, 1.0, (28.0, 14.0)).size == 14.0
    cut = deck_fit.fit(["word " * 400], 5.0, 1.0, (28.0, 14.0))
    assert cut.texts[0].endswith("…")
    assert cut.height <= 1.0


def test_a_word_wider_than_its_line_is_counted_over_several():
    assert deck_fit.count_lines("x" * 100, 1.0, 20.0) > 10
    assert deck_fit.count_lines("", 1.0, 20.0) == 1


def test_columns_fill_the_width_and_hold_their_longest_words():
    table = slides.table("wide", 2, columns=4, cell="unreasonable")
    widths = deck_parts.widths_of(table, 12.0, 12.0)
    assert sum(widths) == pytest.approx(12.0)
    assert all(width > deck_fit.width_of("unreasonable", 12.0) for width in widths[1:])
    brief = slides.table("brief", 2, columns=2, cell="a sentence of many words " * 20)
    first, second = deck_parts.widths_of(brief, 12.0, 12.0)
    assert second > 5 * first


def test_the_plain_page_has_two_layouts_and_titles_of_its_own_colour():
    paper = deck_paper.make_paper()
    assert len(paper.presentation.slide_layouts) == 2
    assert len(paper.presentation.slides) == 0
    assert paper.opening.name == "Title Slide"
    assert paper.plain.name == "Title Only"

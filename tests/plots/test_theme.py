from itertools import pairwise

import matplotlib
import pytest
from matplotlib.figure import Figure

from spread.plots import sheet, theme


def test_the_style_leaves_no_setting_behind():
    matplotlib.get_backend()  # settled on the first question
    before = matplotlib.rcParams.copy()
    with theme.style():
        assert matplotlib.rcParams["svg.fonttype"] == "none"
    assert matplotlib.rcParams == before


def test_the_style_starts_from_the_defaults_whatever_a_caller_has_set():
    with matplotlib.rc_context({"lines.marker": "*"}), theme.style():
        assert matplotlib.rcParams["lines.marker"] == "None"


@pytest.mark.parametrize("colour", theme.LINE_COLOURS)
def test_a_label_in_a_line_colour_reads_on_white(colour):
    assert theme.contrast(theme.darken_for_text(colour), "white") >= 4.5


@pytest.mark.parametrize("colour", theme.LINE_COLOURS)
def test_a_line_stands_out_on_white(colour):
    assert theme.contrast(colour, "white") >= 2.99


def test_the_middle_run_stands_out_on_the_inmost_band():
    assert theme.contrast(theme.DARK_BLUE, theme.tint(theme.DARK_BLUE, theme.BANDS[-1][3])) >= 3.0


def test_the_smallest_text_is_ten_points():
    assert min(theme.SMALL_SIZE, theme.TEXT_SIZE, theme.TITLE_SIZE) >= 10


def test_wrapped_lines_fit_and_nothing_is_lost():
    text = "Tracheostomy emergency equipment boxes and_a_very_long_name_without_spaces " * 3
    lines = theme.wrap_text(text, 1.5)
    assert all(theme.measure_text(line) <= 1.5 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_too_many_lines_end_in_an_ellipsis():
    lines = theme.wrap_text("word " * 50, 1.5, lines=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert theme.measure_text(lines[-1]) <= 1.5


def test_a_name_loses_what_cannot_be_seen_and_keeps_what_can():
    assert theme.clean_name("  a\x00b\n c\u202e $x$ <b> ") == "a b c $x$ <b>"
    assert theme.clean_name("\x07") == ""


def test_a_novel_is_cut():
    assert len(theme.clean_name("word " * 1000)) <= theme.LONGEST_NAME + 1


@pytest.mark.parametrize("centres", [[1.0, 1.0, 1.0], [0.0, 0.0, 2.9], [2.9, 2.95, 3.0], [0.0, 1.5, 3.0]])
def test_labels_moved_apart_do_not_touch_and_stay_inside(centres):
    heights = [0.5, 0.7, 0.4]
    placed = sheet.move_apart(centres, heights, low=0.0, high=3.0)
    edges = [(y - height / 2, y + height / 2) for y, height in zip(placed, heights, strict=True)]
    assert edges[0][0] >= -1e-9
    assert edges[-1][1] <= 3.0 + 1e-9
    assert all(above[0] >= below[1] - 1e-9 for below, above in pairwise(edges))


def test_labels_with_room_stay_where_they_are():
    assert sheet.move_apart([0.5, 2.0], [0.4, 0.4], low=0.0, high=3.0) == [0.5, 2.0]


def test_text_is_written_literally():
    figure = Figure()
    sheet.write_text(figure, 1.0, 1.0, "$x_1$")
    assert figure.texts[0].get_text() == "$x_1$"
    assert not figure.texts[0].get_parse_math()

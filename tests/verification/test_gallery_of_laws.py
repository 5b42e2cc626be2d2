"""The page of laws names every law of the code, says what its figures say, and every figure can be made."""

import re
from pathlib import Path

import numpy as np
import pytest

from spread.plots import theme
from tests.verification import gallery
from tests.verification.findings import Curve, Distance, Finding, Panel
from tests.verification.lawlist import LAWS

PAGE = gallery.PAGE.read_text(encoding="utf-8")
QUICK = [law for law in LAWS if law.slug != "eon"]


def test_the_page_has_every_law_in_its_order_with_its_words_and_figure() -> None:
    assert re.findall(r"^## (.*)$", PAGE, flags=re.MULTILINE) == [law.name for law in LAWS]
    for law in LAWS:
        assert law.says in PAGE
        assert f"Test: `{law.proved}`" in PAGE
        assert (gallery.ROOT / law.proved).is_file()
        assert f"figures/law-{law.slug}.svg" in PAGE


def test_there_is_no_figure_of_a_law_that_is_not_on_the_page() -> None:
    found = {path.stem for path in gallery.FIGURES.glob("law-*.svg")}
    assert found == {f"law-{law.slug}" for law in LAWS}


@pytest.mark.parametrize("law", LAWS, ids=[law.slug for law in LAWS])
def test_a_figure_carries_the_title_that_the_page_gives_it(law) -> None:
    alt = re.search(rf"!\[(.*)\]\(figures/law-{law.slug}\.svg\)", PAGE)
    drawn = (gallery.FIGURES / f"law-{law.slug}.svg").read_text(encoding="utf-8")
    said = re.search(r'<title id="figure-title">(.*?)</title>', drawn)
    assert alt is not None
    assert said is not None
    assert alt[1].startswith(said[1])
    assert said[1].startswith(f"{law.name}: holds")


def test_every_distance_on_the_page_is_within_what_is_allowed() -> None:
    rows = re.findall(r"^\| .* \| ([-\d.e+]+) \| at (most|least) ([-\d.e+]+) \| .* \| (.*) \|$", PAGE, re.MULTILINE)
    assert len(rows) > len(LAWS)
    for value, side, bound, verdict in rows:
        assert (float(value) <= float(bound)) if side == "most" else (float(value) >= float(bound))
        assert verdict == "holds"
    assert "**fails**" not in PAGE


@pytest.mark.parametrize("law", QUICK, ids=[law.slug for law in QUICK])
def test_a_law_can_be_measured_and_drawn_in_a_small_form(tmp_path: Path, law) -> None:
    found = gallery.make(law, tmp_path, quick=True)
    assert {path.suffix for path in tmp_path.iterdir()} == {".svg", ".png", ".csv", ".txt"}
    assert law.name in (tmp_path / f"law-{law.slug}.txt").read_text(encoding="utf-8")
    assert all(np.isfinite(distance.value) for distance in found.distances)
    assert is_whole(gallery.draw(law, found))


def made_up(value: float) -> Finding:
    months = np.arange(5.0)
    line = Curve("made up", months, months, months + value, months, months + 2 * value)
    panel = Panel("", "months", "sites", (line,))
    return Finding((Distance("how far", value, 1.0, "sites"),), (panel,), "2 runs")


def test_a_law_that_fails_says_so_in_its_title_its_words_and_the_page() -> None:
    law, bad = LAWS[0], made_up(3.0)
    assert gallery.title(law, bad) == f"{law.name}: fails, 3 of 1 allowed (sites)"
    assert "fails" in gallery.words(law, bad)
    assert "| **fails** |" in gallery.page([(law, bad)])
    assert "fails" not in gallery.page([(law, made_up(0.5))])


def is_whole(figure) -> bool:
    """Whether everything written lies inside the figure."""
    figure.draw_without_rendering()
    width, height = figure.get_size_inches() * figure.dpi
    with theme.style():
        boxes = [one.get_window_extent() for one in (*figure.texts, *figure.legends)]
        boxes += [axes.get_tightbbox() for axes in figure.axes]
    return all(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height for box in boxes)


def test_a_figure_whose_words_are_too_long_is_seen_to_be_cut() -> None:
    figure = gallery.draw(LAWS[0], made_up(0.5))
    assert is_whole(figure)
    figure.text(0.9, 0.5, "much too long a word")
    assert not is_whole(figure)

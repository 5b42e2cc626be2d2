import math

import pytest

from spread import errors
from spread.plots import progression, stage_ramp
from tests.plots import pictures, stage_worlds

VIEWS = {
    "fifteen": stage_worlds.progress,
    "three collaboratives of four": lambda: stage_worlds.progress(sites=4, pscs=3),
    "one quarter": lambda: stage_worlds.progress(quarters=1),
    "fifteen years": lambda: stage_worlds.progress(quarters=60),
    "four sites, nobody": lambda: stage_worlds.progress(sites=4, stage_of=lambda site, quarter: 0),
    "everybody": lambda: stage_worlds.progress(stage_of=lambda site, quarter: 7),
    "gaps": lambda: stage_worlds.progress(stage_of=stage_worlds.gaps),
    "long names": lambda: stage_worlds.progress(who=stage_worlds.LONG * 9),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def view(request):
    return VIEWS[request.param]()


def test_words_stay_on_the_sheet_and_apart(view):
    assert pictures.find_flaws(progression.plot_progression(view)) == []


def test_the_title_is_a_finding_of_ten_words_at_most(view):
    assert len(progression.describe_progression(view).split(". ")[0].split()) <= 10


def test_every_cell_has_the_colour_of_its_stage_and_its_number():
    page = stage_worlds.progress(sites=3, quarters=5)
    figure = progression.plot_progression(page)
    lanes = progression.read_lanes(page)
    cells = [stage for lane in lanes for stage in lane.stages]
    drawn = [patch for axes in figure.axes for patch in axes.patches]
    assert len(drawn) == 15
    colours = [stage_ramp.COLOURS[int(stage)] for stage in cells]
    from matplotlib import colors

    assert [colors.to_hex(patch.get_facecolor()).upper() for patch in drawn] == colours
    digits = [word for word in pictures.words_of(figure) if word.isdigit()]
    assert sorted(digits) == sorted(str(int(stage)) for stage in cells)


def test_where_cells_are_too_narrow_the_number_stands_once_for_as_long_as_it_holds():
    page = stage_worlds.progress(sites=1, quarters=80, stage_of=lambda site, quarter: 5 if quarter > 40 else 2)
    digits = [word for word in pictures.words_of(progression.plot_progression(page)) if word.isdigit()]
    assert digits == ["2", "5"]


def test_what_was_not_reported_is_blank_and_who_is_not_eligible_throughout_is_left_out():
    page = VIEWS["gaps"]()
    table = progression.tabulate_progression(page)
    assert len(table) == 14
    assert "" in table.iloc[0].tolist()
    words = pictures.words_of(progression.plot_progression(page))
    assert "not reported" in words


def test_the_title_counts_those_who_reported():
    page = stage_worlds.progress(sites=4, quarters=2, stage_of=lambda site, quarter: [5, 6, 2, math.nan][site])
    title = progression.describe_progression(page).split(". ")[0]
    assert title == "In use at 2 of 3 that reported, 2015/16 Q2"


def test_those_furthest_on_come_first_and_a_merged_trust_under_its_successor():
    page = stage_worlds.progress(sites=3, quarters=1, stage_of=lambda site, quarter: [3, 6, 1][site])
    page.reports.loc[page.reports["key"] == "0-2", "beside"] = "0-1"
    assert [lane.key for lane in progression.read_lanes(page)] == ["0-1", "0-2", "0-0"]


def test_a_hundred_and_fifty_are_a_page_for_each_collaborative():
    pages = progression.split_pages(stage_worlds.progress(sites=10, pscs=15))
    assert [page.reports["psc"].nunique() for page in pages] == [1] * 15
    assert sum(len(progression.read_lanes(page)) for page in pages) == 150
    assert "page 3 of 15" in progression.describe_progression(pages[2])


def test_forty_eight_fit_one_page_and_a_large_collaborative_takes_several():
    assert len(progression.split_pages(stage_worlds.progress(sites=16, pscs=3, quarters=2))) == 1
    pages = progression.split_pages(stage_worlds.progress(sites=100, quarters=2))
    assert [len(progression.read_lanes(page)) for page in pages] == [48, 48, 4]


def test_more_than_anybody_leafs_through_is_refused():
    with pytest.raises(errors.InputError, match="ask for one collaborative with --for"):
        progression.split_pages(stage_worlds.progress(sites=48, pscs=41, quarters=1))

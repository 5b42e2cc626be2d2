import pytest

from spread import errors
from spread.plots import centred, stage_ramp
from tests.plots import pictures, stage_worlds

VIEWS = {
    "fifteen": stage_worlds.standing,
    "fifteen long names": lambda: stage_worlds.standing(name=stage_worlds.LONG * 3),
    "one with four sites": lambda: stage_worlds.standing(parts=1, sites=4),
    "nobody": lambda: stage_worlds.standing(stage_of=lambda place, site: 0),
    "everybody": lambda: stage_worlds.standing(stage_of=lambda place, site: 7),
    "all in the middle": lambda: stage_worlds.standing(stage_of=lambda place, site: 3 + site % 2),
    "projected": lambda: stage_worlds.standing(is_projected=True, stage_of=lambda place, site: 7),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def view(request):
    return VIEWS[request.param]()


def test_words_stay_on_the_sheet_and_apart(view):
    assert pictures.find_flaws(centred.plot_centred(view)) == []


def test_the_title_is_a_finding_of_ten_words_at_most(view):
    assert len(centred.describe_centred(view).split(". ")[0].split()) <= 10


def test_bars_begin_short_of_the_middle_by_the_share_below_testing(view):
    (axes,) = centred.plot_centred(view).axes
    table = centred.tabulate_centred(view)
    below = table[[f"share_stage_{stage}" for stage in range(4)]].sum(axis=1)
    starts = {}
    for bar in axes.patches:
        starts[bar.get_y()] = min(starts.get(bar.get_y(), 9.0), bar.get_x())
    assert list(starts.values()) == pytest.approx((-below).tolist())
    assert sum(bar.get_width() for bar in axes.patches) == pytest.approx(len(table))


def test_everybody_stands_above_the_collaboratives_furthest_behind_first():
    table = centred.tabulate_centred(stage_worlds.standing())
    assert table["place"][0] == "England"
    assert table["share_in_use"].iloc[1:].is_monotonic_increasing
    assert table["counted"][0] == 150


def test_percentages_stand_in_the_bars_and_counts_beside_them():
    words = pictures.words_of(centred.plot_centred(stage_worlds.standing(parts=2, sites=8)))
    assert "12" in words
    assert {"Counted", "In use", "8", "16"} <= set(words)


def test_a_collaborative_nobody_of_which_is_counted_has_no_bar():
    standing = stage_worlds.standing(parts=3)
    standing.table.loc[standing.table["psc"] == "P1", list(stage_ramp.COLUMNS)] = 0.0
    assert len(centred.tabulate_centred(standing)) == 3


def test_where_nobody_is_counted_it_says_so():
    with pytest.raises(errors.InputError, match="nobody is counted for Bedhead signs at 31 March 2021"):
        centred.plot_centred(stage_worlds.standing(sites=0))


def test_a_projection_promises_neither_nobody_nor_everybody():
    title = centred.describe_centred(VIEWS["projected"]()).split(". ")[0]
    assert title == "In use, by collaborative: almost all everywhere"
    assert centred.describe_centred(VIEWS["everybody"]()).startswith("In use, by collaborative: all everywhere")

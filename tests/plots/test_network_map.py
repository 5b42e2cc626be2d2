import pandas as pd
import pytest

from spread import errors
from spread.plots import network_map
from tests.plots import pictures, stage_worlds

VIEWS = {
    "england": stage_worlds.connected,
    "one with four sites": lambda: stage_worlds.connected(pscs=("A",), sites=4),
    "nobody": lambda: stage_worlds.connected(reached=lambda number: pd.NaT),
    "everybody at the start": lambda: stage_worlds.connected(reached=lambda number: pd.Timestamp("2020-03-31")),
    "one month": lambda: stage_worlds.connected(reached=lambda number: pd.Timestamp("2020-07-15")),
    "fifteen long names": lambda: stage_worlds.connected(name=stage_worlds.LONG * 3),
    "ties": lambda: stage_worlds.connected(pscs=("A", "B", "C"), ties=400),
    "own world without systems": lambda: stage_worlds.connected(pscs=("A", "B"), circles=False),
    "crowded": lambda: stage_worlds.connected(pscs=("YH", "GM"), sites=800),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def view(request):
    return VIEWS[request.param]()


def test_words_stay_on_the_sheet_and_apart(view):
    assert pictures.find_flaws(network_map.plot_network(view)) == []


def test_the_title_is_a_finding_of_ten_words_at_most(view):
    assert len(network_map.describe_network(view).split(". ")[0].split()) <= 10


def test_every_site_is_drawn_once_and_inside_its_tile(view):
    figure = network_map.plot_network(view)
    dots = [line for line in figure.axes[0].lines if line.get_linestyle() == "None"]
    spots = [spot for line in dots for spot in zip(line.get_xdata(), line.get_ydata(), strict=True)]
    assert len(spots) == len(set(spots)) == len(view.sites)
    boxes = [patch.get_bbox() for patch in figure.axes[0].patches]
    assert all(any(box.contains(*spot) for box in boxes) for spot in spots)


def test_classes_differ_in_shape_as_well_as_colour():
    found = VIEWS["england"]()
    found.sites.loc[0:3, "reached"] = pd.NaT
    shown = [marker for marker in network_map.markers_of(found, network_map.classes_of(found)) if not marker.line]
    assert len({(marker.shape, marker.face == "white") for marker in shown}) == len(shown) >= 4


def test_the_title_counts_what_most_runs_have_in_use_by_the_deadline():
    found = stage_worlds.connected(pscs=("A",), sites=3)
    found.sites["reached"] = pd.to_datetime(["2020-06-01", "2021-04-01", None])
    assert network_map.make_title(found) == "Likelier than not in use: 1 of 3, March 2021"


def test_of_many_ties_the_heaviest_are_drawn_and_it_says_so():
    found = VIEWS["ties"]()
    figure = network_map.plot_network(found)
    ties = [line for line in figure.axes[0].lines if line.get_alpha() == 0.6]
    assert len(ties) == network_map.most_ties(found) == 60
    assert "Of 400 ties the 60 heaviest are drawn" in network_map.make_caption(found)


def test_a_bridge_over_other_tiles_is_told_and_not_drawn():
    found = stage_worlds.connected(pscs=("NENC", "YH", "OX"))
    found.bridges.loc[0] = ("NENC", "OX", 9)
    assert "Not drawn, as other tiles lie between: North East and North Cumbria and Oxford (9)" in (
        network_map.make_caption(found)
    )


def test_more_sites_than_can_be_told_apart_are_refused():
    with pytest.raises(errors.InputError, match="ask for one collaborative with --for"):
        network_map.plot_network(stage_worlds.connected(pscs=("A", "B"), sites=2001))
    with pytest.raises(errors.InputError, match="no site is eligible"):
        network_map.plot_network(stage_worlds.connected(pscs=("A",), sites=1, circles=False).__class__(
            **{**{name: getattr(VIEWS["england"](), name) for name in network_map.Connections.__slots__},
               "sites": VIEWS["england"]().sites.iloc[:0]}))  # fmt: skip

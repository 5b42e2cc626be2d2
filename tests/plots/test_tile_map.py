import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from spread.plots import theme, tile_map, tiles, wording
from spread.scenarios import catalogue
from tests.plots import pictures, worlds

LONG = {f"C{n}": f"Collaborative number {n} with a name nobody thought of figures for, and more" for n in range(15)}
VIEWS = {
    "England": worlds.grouped,
    "none there": lambda: worlds.grouped(curve=lambda _: worlds.steady(0.0)),
    "all there": lambda: worlds.grouped(curve=lambda _: worlds.steady(1.0)),
    "half there": lambda: worlds.grouped(curve=lambda place: worlds.steady(0.95 if place % 2 else 0.3)),
    "two of them": lambda: worlds.grouped(codes=["WX", "KSS"]),
    "codes of its own": lambda: worlds.grouped(names=LONG),
    "no target": lambda: worlds.grouped(threshold=None),
    "one date": lambda: worlds.grouped(first="2021-03-31", last="2021-03-31"),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def data(request):
    return VIEWS[request.param]()


def test_words_stay_on_the_sheet_and_apart(data):
    assert pictures.find_flaws(tile_map.plot_tile_map(data)) == []
    assert plt.get_fignums() == []


def test_the_title_is_a_finding_of_ten_words_at_most(data):
    title = tile_map.describe_tile_map(data).split(". ")[0]
    assert len(title.replace(f"{wording.NO_BREAK}%", "%").split()) <= 10


def test_every_collaborative_of_the_catalogue_has_a_tile_of_its_own():
    assert set(tile_map.PLACES) == set(catalogue.pscs())
    assert len(set(tile_map.PLACES.values())) == len(tile_map.PLACES)


def test_the_north_is_above_the_south_and_the_west_left_of_the_east():
    column, row = 0, 1
    assert tile_map.PLACES["NENC"][row] < tile_map.PLACES["YH"][row] < tile_map.PLACES["WX"][row]
    assert tile_map.PLACES["SW"][column] < tile_map.PLACES["WX"][column] < tile_map.PLACES["KSS"][column]


def test_the_share_is_written_on_its_colour():
    figure = tile_map.plot_tile_map(worlds.grouped(curve=lambda _: worlds.steady(0.5)))
    squares = [part for part in figure.axes[0].patches if isinstance(part, Rectangle)]
    assert {to_hex(square.get_facecolor()) for square in squares} == {tiles.shade_of(0.5)}
    assert pictures.words_of(figure).count(f"50{wording.NO_BREAK}%") == 15


def test_words_on_every_colour_can_be_read():
    for shade in (*tiles.SHADES, tiles.EMPTY):
        assert theme.contrast(tiles.ink_on(shade), shade) >= 4.5


def test_colours_darken_with_the_share():
    lightness = [theme.contrast(tiles.shade_of(share), "white") for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)]
    assert lightness == sorted(lightness)
    assert len({tiles.shade_of(share) for share in (0.0, 0.2, 0.4, 0.6, 0.8)}) == 5


def test_those_at_target_have_a_thick_edge():
    figure = tile_map.plot_tile_map(VIEWS["half there"]())
    edges = [square.get_linewidth() for square in figure.axes[0].patches]
    assert sorted(set(edges)) == [0.8, 4.0]
    assert tile_map.describe_tile_map(VIEWS["half there"]()).startswith(f"{edges.count(4.0)} of 15 collaboratives")


def test_collaboratives_without_sites_are_said_to_have_none():
    words = pictures.words_of(tile_map.plot_tile_map(VIEWS["two of them"]()))
    assert words.count("no sites") == 13


def test_the_numbers_beside_the_figure_are_those_in_it():
    table = tile_map.tabulate_tile_map(worlds.grouped())
    assert len(table) == 15
    assert table.q50.is_monotonic_increasing
    assert table.set_index("psc").loc["EM", "chance"] == pytest.approx(0.06)

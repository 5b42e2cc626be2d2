import pandas as pd
import pytest

from spread import errors
from spread.plots import curves, reality, wording
from spread.plots import series as shares
from tests.plots import pictures, worlds

NATIONAL = ("national", "England")
SEEN = {"2019-09-30": 0.05, "2019-12-31": 0.08, "2020-03-31": 0.12, "2020-09-30": 0.3}
VIEWS = {
    "before and after": lambda: {"observed": worlds.seen(SEEN)},
    "rivals": lambda: {"observed": worlds.seen(SEEN), "rivals": worlds.forecasts()},
    "one point": lambda: {"observed": worlds.seen({"2021-12-31": 1.0})},
    "none and all": lambda: {"observed": worlds.seen({"2020-03-31": 0.0, "2021-12-31": 1.0})},
    "long ago too": lambda: {"observed": worlds.seen({"1999-03-31": 0.01, **SEEN})},
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def shown(request):
    return VIEWS[request.param]()


def plain(text):
    return text.replace(wording.NO_BREAK, " ")


def test_words_stay_on_the_sheet_and_apart(shown):
    assert pictures.find_flaws(curves.plot_curves(worlds.tracheostomy(), **shown)) == []


def test_the_title_is_a_finding_of_ten_words_at_most(shown):
    title = curves.describe_curves(worlds.tracheostomy(), **shown).split(". ")[0]
    assert len(title.replace(f"{wording.NO_BREAK}%", "%").split()) <= 10


def test_every_point_is_drawn_where_it_was_seen():
    axes = curves.plot_curves(worlds.tracheostomy(), observed=worlds.seen(SEEN)).axes[0]
    dots = [line for line in axes.lines if line.get_zorder() == 5]
    assert [list(line.get_ydata()) for line in dots] == [list(SEEN.values())]
    assert axes.get_xlim()[0] < min(dots[0].get_xdata())


def test_the_title_says_how_what_was_seen_last_stands_to_what_was_projected():
    for value, where in ((0.35, "within 50 %"), (0.95, "outside 95 %")):
        words = curves.describe_curves(worlds.tracheostomy(), observed=worlds.seen({"2020-09-30": value}))
        assert plain(words).startswith(f"Observed {100 * value:.0f} % in September 2020, {where} of runs. Line chart")


def test_before_the_run_there_is_nothing_to_compare_with_and_the_chance_is_the_title():
    words = curves.describe_curves(worlds.tracheostomy(), observed=worlds.seen({"2020-03-31": 0.1}))
    assert words.startswith("About 3 in 10 chance of target by March 2021.")


def test_rivals_are_thin_lines_with_their_names_at_the_end():
    figure = curves.plot_curves(worlds.tracheostomy(), observed=worlds.seen(SEEN), rivals=worlds.forecasts())
    thin = [line for line in figure.axes[0].lines if line.get_linewidth() == 1.3]
    assert len({line.get_linestyle() + str(line._unscaled_dash_pattern) for line in thin}) == 3
    assert {"Last value", "Straight line", "Logistic trend"} <= set(pictures.words_of(figure))
    assert "Simple forecasts know the 3 points up to 30 September 2020." in curves.describe_curves(
        worlds.tracheostomy(), observed=worlds.seen(SEEN), rivals=worlds.forecasts()
    )


def test_points_out_of_reach_are_counted_in_the_caption():
    words = curves.describe_curves(worlds.tracheostomy(), observed=VIEWS["long ago too"]()["observed"])
    assert "1 observed point lies outside the dates shown." in words


def test_sets_are_the_same_in_any_order_and_other_groups_are_not_taken():
    backwards = "+".join(reversed(worlds.TRACHEOSTOMY))
    (series,) = shares.choose_series(worlds.tracheostomy(), intervention=None, group=NATIONAL)
    both = [worlds.seen(SEEN, key=backwards), worlds.seen({"2020-06-30": 0.5}, group="psc:NENC")]
    points = reality.points_of(series, group=NATIONAL, observed=pd.concat(both))
    assert list(points["value"]) == list(SEEN.values())


def test_what_was_seen_of_something_else_is_refused_with_what_there_is():
    with pytest.raises(errors.InputError, match="the file has trache_bedhead_signs stage>=5"):
        curves.plot_curves(
            worlds.tracheostomy(), observed=worlds.seen(SEEN, key="trache_bedhead_signs", measure="stage>=5")
        )


def test_the_numbers_beside_the_figure_say_what_each_row_is():
    table = curves.tabulate_curves(worlds.tracheostomy(), observed=worlds.seen(SEEN), rivals=worlds.forecasts())
    assert table.groupby("shown").size().to_dict() == {
        "last_value": 5, "linear": 5, "logistic": 5, "observed": 4, "projected": 8,
    }  # fmt: skip
    assert "shown" not in curves.tabulate_curves(worlds.tracheostomy()).columns


def test_of_several_shares_each_has_its_own_points():
    both = [worlds.seen({"2023-03-31": 0.2}, key=key, measure="stage>=5") for key in worlds.TRACHEOSTOMY[:2]]
    axes = curves.plot_curves(worlds.several(2), observed=pd.concat(both)).axes[0]
    assert len([line for line in axes.lines if line.get_zorder() == 5]) == 2

import dataclasses

import matplotlib.pyplot as plt
import pytest

from spread import errors
from spread.plots import overlay, wording
from tests.plots import pictures, worlds

REACHES = (0.4, 0.55, 0.7, 0.85, 0.9, 0.6)


def plans(count, *, title="Tracheostomy, plan {}"):
    """So many plans that reach further each."""
    return [
        worlds.tracheostomy(
            curve=worlds.rise(0.12, REACHES[place % len(REACHES)]),
            deadlines={"2021-03-31": 0.1 + 0.15 * (place % len(REACHES))},
            title=title.format("ABCDEFGHIJKLMN"[place]),
        )
        for place in range(count)
    ]


def same(data, count):
    return [dataclasses.replace(data, scenario={**data.scenario, "title": f"Plan {n}"}) for n in range(count)]


LONG = "Words that were never meant for a figure, but were written all the same for plan {}"
VIEWS = {
    "two": (lambda: plans(2), {}),
    "four": (lambda: plans(4), {}),
    "six": (lambda: plans(6), {}),
    "twelve": (lambda: plans(12), {}),
    "long names": (lambda: plans(4, title=LONG), {}),
    "a collaborative": (lambda: plans(2), {"group": ("psc", "NENC")}),
    "one date": (lambda: same(worlds.tracheostomy(first="2021-03-31", last="2021-03-31"), 3), {}),
    "nobody": (lambda: same(worlds.tracheostomy(curve=worlds.steady(0.0)), 4), {}),
    "everybody": (lambda: same(worlds.tracheostomy(curve=worlds.steady(1.0)), 4), {}),
    "no target": (lambda: same(worlds.several(2, targets=False), 3), {}),
    "observed": (lambda: plans(2), {"observed": worlds.seen({"2020-06-30": 0.2, "2020-12-31": 0.3})}),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def view(request):
    make, arguments = VIEWS[request.param]
    return make(), arguments


def test_words_stay_on_the_sheet_and_apart(view):
    runs, arguments = view
    assert pictures.find_flaws(overlay.plot_overlay(runs, **arguments)) == []
    assert plt.get_fignums() == []


def test_the_title_is_a_finding_of_ten_words_at_most(view):
    runs, arguments = view
    title = overlay.describe_overlay(runs, **arguments).split(". ")[0]
    assert len(title.replace(f"{wording.NO_BREAK}%", "%").split()) <= 10


def test_four_have_colours_dashes_and_ranges_and_the_rest_are_grey():
    axes = overlay.plot_overlay(plans(6)).axes[0]
    coloured = [line for line in axes.lines if line.get_zorder() == 3]
    grey = [line for line in axes.lines if line.get_zorder() == 2.2]
    assert (len(coloured), len(grey), len(axes.collections)) == (4, 2, 4)
    for look in ("get_color", "get_linestyle", "get_marker"):
        assert len({getattr(line, look)() for line in coloured}) == 4
    assert {line.get_color() for line in grey} == {overlay.GREY}


def test_every_plan_is_named_at_the_end_of_its_line_with_its_chance():
    words = pictures.words_of(overlay.plot_overlay(plans(3)))
    assert {"A", "B", "C"} <= set(words)
    assert "about 4 in 10 chance" in words


def test_plans_are_called_by_what_tells_them_apart():
    named = [dataclasses.replace(worlds.several(1), scenario={"title": title, "name": name})
             for title, name in (("Trache, no support", "t-none"), ("Trache, light support", "t-light"))]  # fmt: skip
    assert overlay.name_runs(named) == ["No support", "Light support"]
    untitled = [dataclasses.replace(one, scenario={"name": one.scenario["name"]}) for one in named]
    assert overlay.name_runs(untitled) == ["None", "Light"]
    assert overlay.name_runs([untitled[0], untitled[0]]) == ["(1)", "(2)"]


def test_the_numbers_beside_the_figure_hold_every_plan_and_what_was_observed():
    table = overlay.tabulate_overlay(plans(2), observed=worlds.seen({"2020-12-31": 0.3}))
    assert table.groupby("plan", sort=False).size().to_dict() == {"A": 8, "B": 8, "observed": 1}


def test_the_caption_says_that_overlap_is_not_sameness():
    words = overlay.describe_overlay(plans(2))
    assert "Ranges that overlap do not mean no difference" in words
    assert words.count("Not fitted to data.") == 1
    one, other = plans(2)
    of_other_luck = dataclasses.replace(other, manifest={**other.manifest, "seed": 7})
    assert "share their luck" not in overlay.describe_overlay([one, of_other_luck])


def test_runs_of_nothing_in_common_are_refused_and_so_are_too_many():
    with pytest.raises(errors.InputError, match="no intervention in common"):
        overlay.plot_overlay([worlds.tracheostomy(), worlds.make_data(worlds.summary_rows(
            "other", worlds.steady(0.5), worlds.quarters("2020-03-31", "2021-03-31")), [])])  # fmt: skip
    with pytest.raises(errors.InputError, match="give from 2 to 12"):
        overlay.plot_overlay(plans(1))

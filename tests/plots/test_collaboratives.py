import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import FillBetweenPolyCollection

from spread import errors
from spread.plots import collaboratives, groups, wording
from tests.plots import pictures, worlds

LONG = {f"C{n}": f"Collaborative number {n} with a name nobody thought of figures for, and more" for n in range(15)}
VIEWS = {
    "collaboratives": (worlds.grouped, {}),
    "settings": (worlds.grouped, {"by": "setting"}),
    "fifths": (worlds.grouped, {"by": "imd_fifth"}),
    "long names": (lambda: worlds.grouped(names=LONG), {}),
    "one": (lambda: worlds.grouped(codes=["WX"]), {}),
    "one date": (lambda: worlds.grouped(first="2021-03-31", last="2021-03-31"), {"by": "imd_fifth"}),
    "nobody": (lambda: worlds.grouped(curve=lambda _: worlds.steady(0.0)), {"by": "setting"}),
    "everybody": (lambda: worlds.grouped(curve=lambda _: worlds.steady(1.0)), {"by": "setting"}),
    "no target": (lambda: worlds.grouped(threshold=None), {"by": "imd_fifth"}),
    "two years and a day": (lambda: worlds.grouped(first="2020-03-31", last="2022-03-31"), {}),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def view(request):
    make, arguments = VIEWS[request.param]
    return make(), arguments


def test_words_stay_on_the_sheet_and_apart(view):
    data, arguments = view
    assert pictures.find_flaws(collaboratives.plot_collaboratives(data, **arguments)) == []
    assert plt.get_fignums() == []


def test_the_title_is_a_finding_of_ten_words_at_most(view):
    data, arguments = view
    title = collaboratives.describe_collaboratives(data, **arguments).split(". ")[0]
    assert len(title.replace(f"{wording.NO_BREAK}%", "%").split()) <= 10


def test_bands_stay_between_none_and_all(view):
    data, arguments = view
    for axes in collaboratives.plot_collaboratives(data, **arguments).axes:
        for band in axes.collections:
            heights = np.concatenate([path.vertices[:, 1] for path in band.get_paths()])
            assert (heights.min() >= 0.0, heights.max() <= 1.0) == (True, True)


def test_there_is_a_panel_for_each_on_the_same_scales():
    axes = collaboratives.plot_collaboratives(worlds.grouped()).axes
    assert len(axes) == 15
    assert len({(*one.get_xlim(), *one.get_ylim()) for one in axes}) == 1
    assert all(any(isinstance(part, FillBetweenPolyCollection) for part in one.collections) for one in axes)


def test_the_country_stands_behind_every_panel():
    data = worlds.grouped()
    country = data.summary[data.summary["group_kind"] == "national"]["q50"].to_numpy()
    for axes in collaboratives.plot_collaboratives(data).axes:
        behind, own = sorted((line for line in axes.lines if line.get_clip_on() is False), key=lambda x: x.get_zorder())
        assert behind.get_ydata() == pytest.approx(country)
        assert behind.get_color() != own.get_color()


def test_the_furthest_behind_stands_first_and_fifths_in_their_order():
    data = worlds.grouped(curve=lambda place: worlds.rise(0.1, 0.9 - 0.03 * place))
    middles = [groups.middle_of(part.series, data.ambitions["deadline"].iloc[0])
               for part in groups.choose_groups(data, by="psc").parts]  # fmt: skip
    assert middles == sorted(middles)
    assert [part.code for part in groups.choose_groups(data, by="imd_fifth").parts] == ["1", "2", "3", "4", "5"]


def test_the_numbers_beside_the_figure_begin_with_the_country():
    table = collaboratives.tabulate_collaboratives(worlds.grouped())
    assert (table.name[0], table.name.nunique(), len(table)) == ("England", 16, 16 * 8)
    assert table.groupby("group").chance.count().max() == 1


def test_every_group_is_told_with_its_chance():
    words = collaboratives.describe_collaboratives(worlds.grouped()).replace(wording.NO_BREAK, " ")
    assert words.startswith("Collaboratives: 22 % to 54 % by March 2021. 15 small line charts.")
    assert "South West" in words
    assert "Kent Surrey Sussex" in words
    assert "in 10 chance)" in words


def test_of_an_ambition_of_several_interventions_one_is_drawn_and_said_to_be_one():
    data = worlds.grouped(key=worlds.TRACHEOSTOMY[0])
    data.ambitions["interventions"] = "+".join(worlds.TRACHEOSTOMY)
    data.ambitions["together"] = "each"
    words = collaboratives.describe_collaboratives(data)
    assert "One of three interventions of the ambition" in words
    assert "One of" not in collaboratives.describe_collaboratives(worlds.grouped())


def test_what_is_not_there_is_refused_with_what_would_be_right():
    data = worlds.grouped()
    with pytest.raises(errors.InputError, match="known: psc, setting, imd_fifth"):
        collaboratives.plot_collaboratives(data, by="nhs_region")
    with pytest.raises(errors.InputError, match="did you mean 'tracheostomy'"):
        collaboratives.plot_collaboratives(data, ambition="tracheotomy")
    with pytest.raises(errors.InputError, match="no results for the intervention"):
        collaboratives.plot_collaboratives(data, intervention="pews")

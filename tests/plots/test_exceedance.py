import dataclasses

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from spread import errors
from spread.plots import exceedance, exceedance_rows, wording
from tests.plots import pictures, worlds

LONG = "$x$ <b> A title somebody wrote without thinking of figures" + " and more" * 8
VIEWS = {
    "one": (lambda: worlds.with_chances(worlds.tracheostomy()), {}),
    "a collaborative": (lambda: worlds.with_chances(worlds.tracheostomy()), {"group": ("psc", "NENC")}),
    "several": (lambda: worlds.with_chances(worlds.several(6)), {}),
    "one of several": (lambda: worlds.with_chances(worlds.several(6)), {"ambition": "ambition_pews_any"}),
    "one date": (lambda: worlds.with_chances(worlds.tracheostomy(first="2021-03-31", last="2021-03-31")), {}),
    "thirty years": (lambda: worlds.with_chances(worlds.tracheostomy(first="2005-03-31", last="2035-03-31")), {}),
    "never": (lambda: worlds.with_chances(worlds.tracheostomy(), at=lambda share, progress: 0.0), {}),
    "always": (lambda: worlds.with_chances(worlds.tracheostomy(), at=lambda share, progress: 1.0), {}),
    "no target": (lambda: worlds.with_chances(worlds.tracheostomy(threshold=None)), {}),
    "deadline after the run": (lambda: worlds.with_chances(worlds.tracheostomy(deadlines={"2024-03-31": 0.3})), {}),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def view(request):
    make, arguments = VIEWS[request.param]
    return make(), arguments


def test_words_stay_on_the_sheet_and_apart(view):
    data, arguments = view
    assert pictures.find_flaws(exceedance.plot_exceedance(data, **arguments)) == []
    assert plt.get_fignums() == []


def test_the_title_is_a_finding_of_ten_words_at_most(view):
    data, arguments = view
    title = exceedance.describe_exceedance(data, **arguments).split(". ")[0]
    assert len(title.replace(f"{wording.NO_BREAK}%", "%").split()) <= 10


def test_no_chance_is_said_to_be_certain(view):
    data, arguments = view
    words = pictures.words_of(exceedance.plot_exceedance(data, **arguments))
    assert not {"0", "100", "about 0 in 10", "about 10 in 10"} & set(words)


def test_the_title_names_the_highest_share_that_is_likelier_than_not():
    data = worlds.with_chances(worlds.tracheostomy(), at=lambda share, progress: 0.6 if share <= 0.7 else 0.5)
    title = exceedance.describe_exceedance(data).split(". ")[0].replace(wording.NO_BREAK, " ")
    assert title == "At least 70 % by March 2021 is likelier than not"


def test_bars_are_the_chances_at_the_deadline_and_the_target_stands_out():
    data = worlds.with_chances(worlds.tracheostomy())
    bars = exceedance.plot_exceedance(data).axes[0].patches
    chances = exceedance_rows.list_ladders(data, group=("national", "England"))[0].grid[pd.Timestamp("2021-03-31")]
    assert [bar.get_width() for bar in bars] == pytest.approx([max(chance, 0.004) for chance in chances])
    assert len({bar.get_facecolor() for bar in bars}) == 2
    assert f"at least 90{wording.NO_BREAK}% (target)" in pictures.words_of(exceedance.plot_exceedance(data))


def test_the_numbers_beside_the_figure_hold_every_date_and_share():
    table = exceedance.tabulate_exceedance(worlds.with_chances(worlds.tracheostomy()))
    assert len(table) == 8 * len(worlds.LADDER)
    assert set(table.loc[table.is_target, "threshold"]) == {"0.9"}
    assert set(table.loc[table.is_deadline, "date"]) == {pd.Timestamp("2021-03-31")}


def test_among_many_dates_the_deadline_is_shown():
    words = pictures.words_of(exceedance.plot_exceedance(VIEWS["thirty years"][0]()))
    assert "2021" in words


def test_long_titles_of_several_stay_in_their_column():
    data = worlds.with_chances(worlds.several(4))
    titles = {f"ambition_{key}": {"title": LONG} for key in worlds.TITLES}
    data = dataclasses.replace(data, scenario={**data.scenario, "ambitions": titles})
    assert pictures.find_flaws(exceedance.plot_exceedance(data)) == []


def test_what_is_not_there_is_refused_with_what_would_be_right():
    data = worlds.with_chances(worlds.several(2))
    with pytest.raises(errors.InputError, match="did you mean 'ambition_trache_safety_boxes'"):
        exceedance.plot_exceedance(data, ambition="ambition_trache_safety_box")
    with pytest.raises(errors.InputError, match="known: national"):
        exceedance.plot_exceedance(data, group=("setting", "acute"))
    with pytest.raises(errors.InputError, match="hold no chances by share"):
        exceedance.plot_exceedance(worlds.tracheostomy())

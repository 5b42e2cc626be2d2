import dataclasses
import math

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from spread import errors
from spread.plots import ambition_rows, ambitions, wording
from tests.plots import pictures, worlds


def mixed_world(**scenario):
    dates = worlds.quarters("2022-09-30", "2024-03-31")
    curves = {
        "pews_any": worlds.steady(1.0),
        "pews_national": worlds.steady(0.0),
        "optimal_cord_management": worlds.rise(0.31, 0.8, known=True),
    }
    rows = [row for key, curve in curves.items() for row in worlds.summary_rows(key, curve, dates)]
    summary = pd.DataFrame(rows)
    start = {"conditioned_on": "sites as at 2022-09-30", "deadline": "2024-03-31"}
    chances = [
        worlds.ambition_row("everybody", summary, "pews_any", chance=1.0, value_now=1.0, **start),
        worlds.ambition_row("nobody", summary, "pews_national", chance=0.0, value_now=0.0, **start),
        worlds.ambition_row("cord", summary, "optimal_cord_management", threshold=1.0, value_now=0.31, **start),
        worlds.ambition_row("aimless", summary, "optimal_cord_management", chance=None, threshold=None, **start),
        worlds.ambition_row("each", summary, "pews_any+pews_national", together="each", chance=0.2,
                            value_q05=0.2, value_q50=0.5, value_q95=0.7, **start),
    ]  # fmt: skip
    return worlds.make_data(rows, chances, start_from={"as_of": "2022-09-30"}, **scenario)


def unsure():
    data = worlds.tracheostomy()
    return dataclasses.replace(data, ambitions=data.ambitions.assign(chance_p10=0.0, chance_p90=1.0))


VIEWS = {
    "one": (worlds.tracheostomy, {}),
    "widest chances": (unsure, {"by": "psc"}),
    "by psc": (lambda: worlds.tracheostomy(deadlines={"2020-12-31": 0.02, "2021-03-31": 0.31}), {"by": "psc"}),
    "one psc": (worlds.tracheostomy, {"group": ("psc", "NENC")}),
    "six": (lambda: worlds.several(6), {}),
    "mixed": (mixed_world, {}),
    "nobody": (lambda: worlds.tracheostomy(curve=worlds.steady(0.0), deadlines={"2021-03-31": 0.0}), {"by": "psc"}),
    "long names": (lambda: mixed_world(ambitions={"cord": {"title": "$x$ <b> long & longer " * 20}}), {}),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def view(request):
    make, arguments = VIEWS[request.param]
    return make(), arguments


def test_words_stay_on_the_sheet_and_apart(view):
    data, arguments = view
    figure = ambitions.plot_ambitions(data, **arguments)
    assert pictures.find_flaws(figure) == []
    assert plt.get_fignums() == []


def test_the_title_is_a_finding_of_ten_words_at_most(view):
    data, arguments = view
    title = ambitions.describe_ambitions(data, **arguments).split(". ")[0]
    assert len(title.replace(f"{wording.NO_BREAK}%", "%").split()) <= 10


def test_every_row_prints_its_chance_and_range():
    words = pictures.words_of(ambitions.plot_ambitions(worlds.tracheostomy()))
    assert "about 3 in 10" in words
    assert "(1 to 6 in 10)" in words


def test_collaboratives_stand_furthest_first_beside_the_country():
    data = worlds.tracheostomy()
    table = ambitions.tabulate_ambitions(data, by="psc")
    words = pictures.words_of(ambitions.plot_ambitions(data, by="psc"))
    assert len(table) == 16
    assert table["q50"].iloc[1:].is_monotonic_decreasing
    assert f"England 60{wording.NO_BREAK}%" in words


def test_intervals_come_from_the_summary_where_it_is_the_same_share():
    rows = {row.target.ambition: row for row in ambition_rows.list_rows(mixed_world(), group=("national", "England"))}
    assert not math.isnan(rows["cord"].shares["q10"])
    assert math.isnan(rows["each"].shares["q10"])
    assert rows["each"].shares["q95"] == 0.7


def test_the_observed_value_is_shown_only_for_a_run_from_data():
    rows = {row.target.ambition: row for row in ambition_rows.list_rows(mixed_world(), group=("national", "England"))}
    assert rows["cord"].now == 0.31
    (row,) = ambition_rows.list_rows(worlds.tracheostomy(), group=("national", "England"))
    assert math.isnan(row.now)


def test_what_is_not_assessed_says_so():
    assert "not assessed" in pictures.words_of(ambitions.plot_ambitions(mixed_world()))
    assert "no target stated, chance not assessed" in ambitions.describe_ambitions(mixed_world())


def test_a_run_from_data_says_so():
    assert "Starts from sites as at 2022-09-30." in ambitions.describe_ambitions(mixed_world())


def test_one_ambition_can_be_asked_for_and_an_unknown_one_is_refused():
    data = worlds.several(3)
    assert len(ambitions.tabulate_ambitions(data, ambition="ambition_trache_daily_care")) == 1
    with pytest.raises(errors.InputError, match="did you mean"):
        ambitions.plot_ambitions(data, ambition="ambition_trache_daily_car")
    with pytest.raises(errors.InputError, match="not assessed by PSC"):
        ambitions.plot_ambitions(data, by="psc")
    with pytest.raises(errors.InputError, match="setting:acute"):
        ambitions.plot_ambitions(data, group=("setting", "acute"))


def test_the_words_most_names_begin_with_are_dropped():
    names = ["Health Innovation Wessex", "Health Innovation East", "UCLPartners"]
    assert ambition_rows.shorten_names(names) == ["Wessex", "East", "UCLPartners"]
    assert ambition_rows.shorten_names(["North West Coast", "West of England"]) == [
        "North West Coast",
        "West of England",
    ]

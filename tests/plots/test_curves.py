import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import FillBetweenPolyCollection

from spread.plots import curves, wording
from spread.plots import data as tables
from tests.plots import pictures, worlds

MILESTONES = [{"date": "2020-09-30", "threshold": 0.5}]
LONG = [
    "$x_1$ <b>Very & long</b> name somebody wrote without thinking of figures" + " and more" * 8,
    "Averyverylongwordwithoutanyspacesatall" * 3,
    "\U0001f600 smile ${}^2$",
    "=cmd()",
]
WORLDS = {
    "plain": lambda: worlds.tracheostomy(milestones=MILESTONES),
    "from data": lambda: worlds.tracheostomy(
        last="2021-03-31", curve=worlds.rise(0.31, 0.8, known=True), start_from={"as_of": "2020-03-31"}
    ),
    "two deadlines": lambda: worlds.tracheostomy(deadlines={"2020-12-31": 0.02, "2021-03-31": 0.31}),
    "two deadlines, one at the end": lambda: worlds.tracheostomy(deadlines={"2021-06-30": 0.0, "2021-12-31": 0.31}),
    "first date": lambda: worlds.tracheostomy(deadlines={"2020-03-31": 0.0, "2020-06-30": 0.1}),
    "everybody": lambda: worlds.tracheostomy(curve=worlds.steady(1.0), deadlines={"2021-12-31": 1.0}),
    "nobody": lambda: worlds.tracheostomy(curve=worlds.steady(0.0), deadlines={"2021-12-31": 0.0}),
    "one date": lambda: worlds.tracheostomy(first="2021-03-31", last="2021-03-31"),
    "no threshold": lambda: worlds.tracheostomy(threshold=None, deadlines={"2021-03-31": None}),
    "thirty years": lambda: worlds.tracheostomy(first="2005-03-31", last="2035-03-31"),
    "two": lambda: worlds.several(2),
    "four": lambda: worlds.several(4),
    "five": lambda: worlds.several(5),
    "no target": lambda: worlds.several(3, targets=False),
    "long names": lambda: worlds.several(4, names=LONG),
    "five long names": lambda: worlds.several(5, names=[*LONG, "b"]),
}


@pytest.fixture(params=sorted(WORLDS), scope="module")
def data(request):
    return WORLDS[request.param]()


def test_words_stay_on_the_sheet_and_apart(data):
    figure = curves.plot_curves(data)
    assert pictures.find_flaws(figure) == []
    assert plt.get_fignums() == []


def test_the_title_is_a_finding_of_ten_words_at_most(data):
    finding = curves.describe_curves(data).split(". ")[0]
    assert len(finding.replace(f"{wording.NO_BREAK}%", "%").split()) <= 10


def test_no_projection_is_said_to_be_certain(data):
    words = curves.describe_curves(data).replace(wording.NO_BREAK, " ")
    assert ": 0 %" not in words
    assert "100 % in the middle" not in words
    assert not re.search(r"\b(0|10) in 10\b", words)


def test_one_share_has_three_nested_bands():
    axes = curves.plot_curves(worlds.tracheostomy()).axes[0]
    bands = [part for part in axes.collections if isinstance(part, FillBetweenPolyCollection)]
    heights = [np.ptp(band.get_paths()[0].vertices[:, 1]) for band in bands]
    assert len(bands) == 3
    assert heights == sorted(heights, reverse=True)


def test_the_target_and_the_deadline_are_labelled_with_the_chance():
    words = pictures.words_of(curves.plot_curves(worlds.tracheostomy()))
    assert f"Target 90{wording.NO_BREAK}%" in words
    assert "Deadline 31 Mar 2021" in words
    assert "about 3 in 10 chance" in words
    assert f"60{wording.NO_BREAK}%" in words


def test_a_run_from_data_begins_at_the_observed_point():
    figure = curves.plot_curves(WORLDS["from data"]())
    assert f"observed 31{wording.NO_BREAK}%" in pictures.words_of(figure)


def test_a_group_is_named_in_the_subtitle():
    data = worlds.tracheostomy()
    assert "North East and North Cumbria: share" in curves.describe_curves(data, group=("psc", "NENC"))
    assert "Our patch: share" in curves.describe_curves(data, group=("psc", "NENC"), for_label="Our patch")


def test_five_shares_get_a_panel_each():
    assert len(curves.plot_curves(worlds.several(5)).axes) == 5


def test_four_shares_differ_in_more_than_colour():
    lines = [line for line in curves.plot_curves(worlds.several(4)).axes[0].lines if line.get_zorder() == 3]
    assert len({line.get_linestyle() for line in lines}) == 4
    assert len({line.get_marker() for line in lines}) == 4


def test_the_numbers_beside_the_figure_are_those_in_it():
    data = worlds.tracheostomy()
    table = curves.tabulate_curves(data)
    at_deadline = table[table["date"] == "2021-03-31"].iloc[0]
    assert len(table) == 8
    assert at_deadline["chance"] == 0.31
    assert at_deadline["threshold"] == 0.9
    assert at_deadline["q50"] == pytest.approx(0.5999, abs=1e-3)
    assert table["chance"].notna().sum() == 1


def test_the_alt_text_gives_the_numbers():
    words = curves.describe_curves(worlds.tracheostomy(milestones=MILESTONES)).replace(wording.NO_BREAK, " ")
    assert words.startswith("About 3 in 10 chance of target by March 2021. Line chart,")
    assert "60 % in the middle run by 31 March 2021 (80 % of runs: 39 % to 77 %)" in words
    assert "Target 90 % by 31 March 2021, about 3 in 10 chance." in words
    assert "Milestones: 50 % by 30 September 2020." in words


def test_the_last_deadline_gives_the_title():
    title = curves.describe_curves(WORLDS["two deadlines"]())
    assert title.startswith("About 3 in 10 chance of target by March 2021.")


def test_date_labels_are_few_and_show_each_year_once():
    axes = curves.plot_curves(WORLDS["thirty years"]()).axes[0]
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert 3 <= len(labels) <= 9
    assert all(label.startswith("Mar") for label in labels)


def test_other_intervention_can_be_asked_for():
    series = tables.NATIONAL
    data = worlds.tracheostomy()
    words = curves.describe_curves(data, intervention="trache_daily_care", group=series)
    assert words.startswith("Projected: 88")

import dataclasses

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from spread import errors
from spread.outcomes import delays
from spread.plots import bottlenecks, theme, wording
from tests.plots import pictures, worlds

DEADLINES = ("2020-12-31", "2021-03-31")


def held_up(*, sites=(0, 0.3, 40, 6, 22, 9, 2, 1), adopted=0.4, keys=worlds.TRACHEOSTOMY, long_names=False):
    """Every collaborative of the fake world, some busier than others."""
    rows = []
    for key in keys:
        for day in DEADLINES:
            for place, psc in enumerate(("national", *worlds.PSCS)):
                size = 150 if psc == "national" else 10
                share = (1 - adopted) * (1 if psc == "national" else 0.4 + 0.08 * place)
                part = size * min(share, 1.0) / max(sum(sites), 1)
                numbers = dict(zip(delays.CAUSES, (part * number for number in sites), strict=True))
                busy = float("nan") if psc == "UCLP" else 0.8
                rows.append({"intervention": key, "deadline": day, "psc": psc, **numbers, "eligible": size,
                             "adopted": size - sum(numbers.values()), "coach_utilisation": busy})  # fmt: skip
    data = worlds.tracheostomy()
    table = pd.DataFrame(rows)
    table["deadline"] = pd.to_datetime(table["deadline"])
    if long_names:
        titles = {name: {"title": "$x$ <b> long & longer " * 20} for name in keys}
        data = dataclasses.replace(data, scenario={**data.scenario, "interventions": titles})
    return dataclasses.replace(data, bottlenecks=table)


VIEWS = {
    "three": (held_up, {}),
    "one": (lambda: held_up(keys=worlds.TRACHEOSTOMY[:1]), {}),
    "one of three": (held_up, {"intervention": "trache_bedhead_signs"}),
    "a collaborative": (held_up, {"group": ("psc", "NENC")}),
    "everybody there": (lambda: held_up(sites=(0,) * 8), {}),
    "nobody there": (lambda: held_up(sites=(0, 10, 0, 0, 0, 0, 0, 0), adopted=0.0), {}),
    "every cause": (lambda: held_up(sites=(5, 5, 5, 5, 5, 5, 5, 5)), {}),
    "long names": (lambda: held_up(long_names=True), {"group": ("psc", "NENC")}),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def view(request):
    make, arguments = VIEWS[request.param]
    return make(), arguments


def test_words_stay_on_the_sheet_and_apart(view):
    data, arguments = view
    assert pictures.find_flaws(bottlenecks.plot_bottlenecks(data, **arguments)) == []
    assert plt.get_fignums() == []


def test_the_title_is_a_finding_of_ten_words_at_most(view):
    data, arguments = view
    title = bottlenecks.describe_bottlenecks(data, **arguments).split(". ")[0]
    assert len(title.split()) <= 10


def test_bars_are_as_long_as_the_share_not_there_and_numbers_add_up(view):
    data, arguments = view
    figure = bottlenecks.plot_bottlenecks(data, **arguments)
    table = bottlenecks.tabulate_bottlenecks(data, **arguments)
    drawn = sum(bar.get_width() for axes in figure.axes for bar in axes.patches)
    shares = table[list(delays.CAUSES)].sum(axis=1) / table.eligible
    assert drawn == pytest.approx(shares.sum())


def test_england_stands_above_its_collaboratives_furthest_behind_first():
    table = bottlenecks.tabulate_bottlenecks(held_up(), intervention="trache_bedhead_signs")
    missing = table[list(delays.CAUSES)].sum(axis=1) / table.eligible
    assert (table.place[0], len(table)) == ("England", 16)
    assert missing.iloc[1:].is_monotonic_decreasing


def test_it_is_the_last_deadline_that_is_shown():
    assert set(bottlenecks.tabulate_bottlenecks(held_up()).deadline) == {pd.Timestamp(DEADLINES[-1])}


def test_a_collaborative_stands_beside_england():
    table = bottlenecks.tabulate_bottlenecks(held_up(), group=("psc", "YH"))
    assert table.place.tolist() == ["Yorkshire & Humber", "England"] * 3


def test_the_title_names_the_commonest_cause():
    title = bottlenecks.describe_bottlenecks(held_up()).split(". ")[0]
    assert title == "45 of 90 sites not there: undecided"


def test_where_there_are_no_coaches_none_are_said_to_be_busy():
    words = pictures.words_of(bottlenecks.plot_bottlenecks(held_up()))
    assert "none" in words
    assert f"80{wording.NO_BREAK}%" in words


def test_what_is_not_there_is_refused_with_what_would_be_right():
    with pytest.raises(errors.InputError, match="did you mean 'trache_bedhead_signs'"):
        bottlenecks.plot_bottlenecks(held_up(), intervention="trache_bedhead_sign")
    with pytest.raises(errors.InputError, match="known: national, psc:EM"):
        bottlenecks.plot_bottlenecks(held_up(), group=("setting", "acute"))
    with pytest.raises(errors.InputError, match="hold no bottlenecks"):
        bottlenecks.plot_bottlenecks(worlds.tracheostomy())


def test_numbers_on_every_colour_can_be_read():
    for colour in bottlenecks.COLOURS.values():
        assert max(theme.contrast(ink, colour) for ink in (theme.INK, "white")) >= 4.5

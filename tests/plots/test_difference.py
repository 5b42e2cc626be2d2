import dataclasses

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from spread import errors
from spread.outcomes import delays
from spread.plots import difference, missed
from tests.plots import pictures, worlds

DEADLINE = "2021-03-31"
BEFORE = (0, 0.3, 40, 6, 22, 9, 2, 1)
AFTER = (0, 0.01, 12, 4, 30, 6.5, 2, 0.5)
AMBITION = "tracheostomy"


def plan(sites=BEFORE, *, eligible=150, keys=worlds.TRACHEOSTOMY, ambitions=(AMBITION,), **scenario):
    """One plan in which causes hold up so many sites, in England and in each collaborative."""
    rows = []
    for key in keys:
        for psc in ("national", *worlds.PSCS):
            size, part = (eligible, 1.0) if psc == "national" else (eligible // 10, 0.1)
            held = dict(zip(delays.CAUSES, (part * number for number in sites), strict=True))
            rows.append({"intervention": key, "deadline": pd.Timestamp(DEADLINE), "psc": psc, **held,
                         "eligible": size, "adopted": size - sum(held.values()), "coach_utilisation": 0.5})  # fmt: skip
    data = worlds.tracheostomy()
    asked = {"interventions": list(keys), "deadline": DEADLINE, "title": "Safer care"}
    said = {**data.scenario, "ambitions": dict.fromkeys(ambitions, asked), **scenario}
    return dataclasses.replace(data, bottlenecks=pd.DataFrame(rows), scenario=said)


LONG = {"title": "$x$ <b> a very long plan & longer " * 12}
VIEWS = {
    "three": (plan(), plan(AFTER), {}),
    "one": (plan(keys=worlds.TRACHEOSTOMY[:1]), plan(AFTER, keys=worlds.TRACHEOSTOMY[:1]), {}),
    "a collaborative": (plan(), plan(AFTER), {"group": ("psc", "YH")}),
    "worse": (plan(AFTER), plan(), {}),
    "no different": (plan(), plan(), {}),
    "everybody there": (plan(), plan((0,) * 8), {}),
    "thousands": (plan(eligible=23_787), plan((100, 2000, 3000, 50, 900, 1, 1, 1), eligible=23_787), {}),
    "long names": (plan(**LONG), plan(AFTER, **LONG), {}),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def view(request):
    return VIEWS[request.param]


def test_words_stay_on_the_sheet_and_apart(view):
    one, other, arguments = view
    assert pictures.find_flaws(difference.plot_difference(one, other, **arguments)) == []
    assert pictures.find_flaws(missed.plot_missed(other, **arguments)) == []
    assert plt.get_fignums() == []


def test_the_title_is_a_finding_of_ten_words_at_most(view):
    one, other, arguments = view
    for words in (difference.describe_difference(one, other, **arguments), missed.describe_missed(other, **arguments)):
        assert len(words.split(". ")[0].split()) <= 10


def test_steps_add_up_to_the_difference_in_sites_in_use(view):
    one, other, arguments = view
    table = difference.tabulate_difference(one, other, **arguments)
    for _, its in table.groupby("intervention"):
        steps, total = its[its["state"] != "in_use"], its[its["state"] == "in_use"].iloc[0]
        assert steps["more_in_use"].sum() == pytest.approx(total["more_in_use"], abs=1e-9)
        assert total["more_in_use"] == pytest.approx(total["second"] - total["first"], abs=1e-9)
    whole = missed.tabulate_missed(other, **arguments)
    assert (whole["eligible"] - whole[list(delays.CAUSES)].sum(axis=1)).tolist() == pytest.approx(
        whole["in_use"].tolist()
    )


def test_bars_begin_where_the_last_one_ended_and_end_at_the_second_plan():
    figure = difference.plot_difference(plan(), plan(AFTER))
    for axes in figure.axes:
        first, *steps, last = axes.patches
        level = first.get_width()
        for step in steps:
            assert step.get_x() == pytest.approx(level)
            level += step.get_width()
        assert level == pytest.approx(last.get_width(), abs=0.05)
        assert (first.get_width(), last.get_width()) == pytest.approx((0.0, sum(BEFORE) - sum(AFTER)))


def marks_of(figure):
    return [(axes.get_xlim(), [(tick.get_loc(), tick.label1.get_text()) for tick in axes.xaxis.get_major_ticks()])
            for axes in figure.axes]  # fmt: skip


SMALL = (0, 0.2, 0.25, 0, 0.04, 0, 0, 0)
MIXED = (0.3, 0.2, 0.1, 0, 0, 0, 0, 0), (0.2, 0.25, 0.4, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("before", "after"), [((0,) * 8, SMALL), (SMALL, (0,) * 8), MIXED, (BEFORE, AFTER), (AFTER, BEFORE), (AFTER, AFTER)]
)
def test_marks_stand_where_they_say(before, after):
    figure = difference.plot_difference(plan(before, eligible=150), plan(after, eligible=150))
    figure.canvas.draw()
    for (low, high), marks in marks_of(figure):
        assert low <= 0.0 <= high
        assert marks
        for place, words in marks:
            assert float(words.replace("−", "-")) == pytest.approx(place)
            assert low <= place <= high


def test_what_fewer_are_held_up_by_is_more_in_use():
    table = difference.tabulate_difference(plan(), plan(AFTER)).set_index(["intervention", "state"])
    mine = table.loc["trache_bedhead_signs", "more_in_use"]
    assert (mine["undecided"], mine["waiting_coach"], mine["in_use"]) == pytest.approx((28.0, -8.0, 25.29))


def test_the_title_names_what_does_most():
    assert difference.describe_difference(plan(), plan(AFTER)).startswith("25 more in use: fewer undecided. ")
    assert difference.describe_difference(plan(AFTER), plan()).startswith("25 fewer in use: more undecided. ")
    assert difference.describe_difference(plan(), plan()).startswith("Neither plan has more sites in use. ")
    assert missed.describe_missed(plan()).startswith("40 of 80 sites not there: undecided. ")


def test_both_plans_are_named():
    one, other = plan(title="No support", name="none"), plan(AFTER, title="Standard support", name="standard")
    words = " ".join(pictures.words_of(difference.plot_difference(one, other)))
    for name in ("No support", "Standard support", "scenario none", "scenario standard"):
        assert name in words


def test_of_several_ambitions_one_has_to_be_named():
    one, other = plan(ambitions=("a", "b")), plan(AFTER, ambitions=("b", "a"))
    with pytest.raises(errors.InputError, match="--ambition; there are a, b"):
        difference.plot_difference(one, other)
    assert len(difference.tabulate_difference(one, other, ambition="b")) == 27


def test_what_is_not_there_is_refused_with_what_would_be_right():
    with pytest.raises(errors.InputError, match="did you mean 'tracheostomy'"):
        difference.plot_difference(plan(), plan(), ambition="trachaeostomy")
    with pytest.raises(errors.InputError, match="known: national, psc:EM"):
        missed.plot_missed(plan(), group=("setting", "acute"))
    with pytest.raises(errors.InputError, match="not about the same sites"):
        difference.plot_difference(plan(), plan(eligible=160))
    with pytest.raises(errors.InputError, match="not counted"):
        missed.plot_missed(dataclasses.replace(plan(), bottlenecks=pd.DataFrame()))

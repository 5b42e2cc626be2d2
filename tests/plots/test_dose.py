"""The response curve and the frontier, drawn from documents made by hand."""

import copy
from datetime import date

import matplotlib.pyplot as plt
import pytest

from spread import errors
from spread.plots import dose, frontier
from tests.plots import pictures

NUMBERS = {"lever": "coaches", "label": "Coaches", "unit": "WTE", "kind": "number", "by": "psc", "rises": True,
           "dearer": 1, "is_deadline": False, "words": [], "step": 0.01}  # fmt: skip
WORDS = {**NUMBERS, "lever": "support", "label": "Support level", "unit": "level", "kind": "word",
         "words": ["none", "light", "standard", "enhanced"], "step": 1.0}  # fmt: skip
DATES = {**NUMBERS, "lever": "programmes.adoption_spread.start", "label": "Start of a programme", "unit": "date",
         "kind": "date", "by": None, "rises": False, "dearer": -1}  # fmt: skip
SHARES = {**NUMBERS, "lever": "outreach_hours", "label": "Outreach", "unit": "hours per engaged site a month"}


def setting(scale, position):
    if scale["kind"] == "word":
        return {"setting": scale["words"][position], "said": scale["words"][position], "position": position}
    if scale["kind"] == "date":
        day = date.fromordinal(position)
        return {"setting": day.isoformat(), "said": f"{day:%-d %b %Y}", "position": position}
    return {"setting": position, "said": f"{position:.2f} {scale['unit']}", "position": position}


def document(scale, positions, chances, *, wanted=0.6, answer=None, low=None, high=None, status="reached", **other):
    scale = {**scale, "least": setting(scale, positions[0]), "most": setting(scale, positions[-1])}
    points = [
        {
            **setting(scale, x),
            "draws": 500,
            "runs": 1000,
            "chance": p,
            "low": max(p - 0.04, 0),
            "high": min(p + 0.04, 1),
        }
        for x, p in zip(positions, chances, strict=True)
    ]
    one = {
        name: None if x is None else setting(scale, x) for name, x in (("answer", answer), ("low", low), ("high", high))
    }
    return {
        "scale": scale, "points": points, "wanted": wanted, "status": status, "low_is_open": False, "falls": [],
        "limit": points[-1], "stretch": None, "whole": "England", "name": "tracheostomy-standard",
        "ambition_title": "90 % of eligible sites adopt three tracheostomy interventions by March 2021",
        "deadline": "2021-03-31", "model_version": "0.1.0", "basis": "Not fitted to data: judgement.", "runs": 5600,
        "acting": {"sets": 100, "better": 60, "same": 30, "worse": 10}, **one, **other,
    }  # fmt: skip


START = date(2020, 4, 1).toordinal()
VIEWS = {
    "numbers": document(NUMBERS, [0, 1.5, 3, 4.5, 6], [0.2, 0.45, 0.62, 0.7, 0.72], answer=2.8, low=2.2, high=3.5),
    "words": document(WORDS, [0, 1, 2, 3], [0.1, 0.3, 0.65, 0.8], answer=2, low=2, high=2),
    "dates": document(DATES, [START + 360, START + 200, START + 90, START], [0.1, 0.3, 0.6, 0.8], answer=START + 90,
                      low=START + 120, high=START + 60),
    "long unit": document(SHARES, [0, 1, 2, 4], [0.2, 0.5, 0.7, 0.8], answer=1.5, low=1.2, high=1.9),
    "beyond": document(NUMBERS, [0, 3, 6], [0.1, 0.12, 0.12], status="beyond"),
    "already": document(NUMBERS, [0, 3, 6], [0.9, 0.95, 0.99], status="already", answer=0, low=0, high=0),
    "passing": document(NUMBERS, [0, 3, 6], [0.1, 0.8, 0.3], status="passing"),
    "too close": document(NUMBERS, [0, 3, 6], [0.59, 0.6, 0.61], answer=3, low=0, low_is_open=True),
    "at the top": document(NUMBERS, [0, 3, 6], [0.2, 0.9, 0.99], wanted=0.97, answer=5.5, low=4.8, high=5.9),
}  # fmt: skip


@pytest.fixture(params=sorted(VIEWS))
def view(request):
    return VIEWS[request.param]


def test_words_stay_on_the_sheet_and_apart(view):
    assert pictures.find_flaws(dose.plot_dose(view)) == []
    assert plt.get_fignums() == []


def test_the_title_is_a_finding_of_ten_words_at_most(view):
    assert len(dose.make_title(view).split()) <= 10


def test_what_is_drawn_is_what_is_listed(view):
    (axes,) = dose.plot_dose(view).axes
    table = dose.tabulate_dose(view)
    drawn = [line.get_ydata() for line in axes.lines if len(line.get_ydata()) == len(table)]
    assert any(list(values) == list(table.chance) for values in drawn)


def test_titles_say_the_answer():
    nbsp = "\N{NO-BREAK SPACE}"
    titles = {name: dose.make_title(one).replace(nbsp, " ") for name, one in VIEWS.items()}
    assert titles["numbers"] == "2.80 WTE is the least for a 60 % chance"
    assert titles["words"] == "Standard is the least for a 60 % chance"
    assert titles["dates"] == "Start by 30 Jun 2020 for a 60 % chance"
    assert titles["long unit"] == "1.50 is the least for a 60 % chance"
    assert titles["beyond"] == "No setting tried gives a 60 % chance"
    assert titles["too close"] == "Too close to call where a 60 % chance begins"


def test_the_caption_says_how_often_the_lever_does_nothing(view):
    assert "In 40 of 100 sets of assumptions the whole range makes nothing better." in dose.describe_dose(view)


def test_the_interval_stands_under_the_answer():
    (axes,) = dose.plot_dose(VIEWS["numbers"]).axes
    assert any(list(line.get_xdata()) == [2.2, 3.5] for line in axes.lines)


def pairs(*, cheapest=None, levels=(3.0, 2.2, 1.4, None)):
    held = {**WORDS, "least": setting(WORDS, 0), "most": setting(WORDS, 3)}
    found = [
        {
            "held": setting(WORDS, place),
            "cost": None if level is None else 1e6 * (place + level),
            "found": document(
                NUMBERS,
                [0, 6],
                [0.1, 0.9],
                answer=level,
                low=level and level - 0.3,
                high=level and level + 0.4,
                status="reached" if level else "beyond",
            ),
        }
        for place, level in enumerate(levels)
    ]
    base = document(NUMBERS, [0, 6], [0.1, 0.9], answer=1.0)
    return {**base, "held": held, "pairs": found, "cheapest": None if cheapest is None else found[cheapest],
            "prices": {"coaches": 5000.0}, "why_no_cheapest": "no unit costs"}  # fmt: skip


@pytest.mark.parametrize("made", [pairs(), pairs(cheapest=2), pairs(levels=(None,) * 4), pairs(levels=(1.0,) * 4)])
def test_a_frontier_is_whole_and_its_title_short(made):
    figure = frontier.plot_frontier(made)
    assert pictures.find_flaws(figure) == []
    assert len(frontier.make_title(made).split()) <= 10
    assert len(frontier.tabulate_frontier(made)) == 4
    assert frontier.describe_frontier(made).startswith(frontier.make_title(made))


def test_the_cheapest_pair_is_in_the_title():
    assert frontier.make_title(pairs(cheapest=2)).endswith("standard with 1.40 WTE")


def test_what_holds_no_points_is_refused():
    empty = copy.deepcopy(VIEWS["numbers"]) | {"points": []}
    with pytest.raises(errors.InputError, match="no response to one lever"):
        dose.plot_dose(empty)
    with pytest.raises(errors.InputError, match="no pairs"):
        frontier.plot_frontier(VIEWS["numbers"] | {"pairs": []})

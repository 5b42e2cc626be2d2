import matplotlib.pyplot as plt
import numpy as np
import pytest

from spread import errors
from spread.plots import targets
from tests.plots import pictures, worlds

GROUPS = targets.GROUPS


def document(*, gains=None, letters=None, decided=3, counts="sites", names=None, by="psc"):
    """An answer for every collaborative: what each gains, its letter, and its sites."""
    codes = list(worlds.PSCS)
    gains = np.linspace(0.8, -0.1, len(codes)) if gains is None else gains
    letters = [1 if gain > 0.4 else 2 for gain in gains] if letters is None else letters
    named = names or [f"Health Innovation {name}" for name in worlds.PSCS.values()]
    rows = [
        {"psc": code, "name": name, "group": letter, "is_clear": gain > 0.2, "sites": gain, "sites_low": gain - 0.2,
         "sites_high": gain + 0.2, "chance": 0.01, "chance_low": -0.01, "chance_high": 0.03}
        for code, name, gain, letter in zip(codes, named, gains, letters, strict=True)
    ]  # fmt: skip
    groups = [
        {"psc": code, "name": name, **dict(zip(GROUPS, (5 + place, decided, place % 4), strict=True))}
        for place, (code, name) in enumerate(zip(codes, named, strict=True))
    ]
    return {
        "name": "tracheostomy-standard", "model_version": "0.1.0", "runs": 12_000, "deadline": "2021-03-31",
        "ambition_title": "90 % of sites by March 2021", "amount": "1 WTE of coaches", "counts": counts,
        "rule": "Likely anyway: a chance of two in three or more without it", "gains": rows if by == "psc" else [],
        "groups": groups,
    }  # fmt: skip


VIEWS = {
    "usual": document,
    "by site": lambda: document(by="site"),
    "nothing gained": lambda: document(gains=np.zeros(15), letters=[1] * 15, decided=0),
    "large": lambda: document(gains=np.linspace(-20.0, 80.0, 15)[::-1], decided=400),
    "long names": lambda: document(names=["$x$ <b> long & longer of a collaborative " * 3] * 15),
    "rates": lambda: document(counts="share"),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def view(request):
    return VIEWS[request.param]()


def test_words_stay_on_the_sheet_and_apart(view):
    assert pictures.find_flaws(targets.plot_targets(view)) == []
    assert plt.get_fignums() == []


def test_the_title_is_a_finding_of_ten_words_at_most_and_the_words_say_it_all(view):
    words = targets.describe_targets(view)
    assert len(words.split(". ")[0].split()) <= 10
    assert "support decides" in words


def test_dots_stand_at_the_gains_and_bars_add_up_to_the_sites():
    answer = document()
    figure = targets.plot_targets(answer)
    dots = [line.get_xdata()[0] for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert dots == pytest.approx([row["sites"] for row in answer["gains"]])
    drawn = sum(bar.get_width() for bar in figure.axes[1].patches)
    assert drawn == sum(row[group] for row in answer["groups"] for group in GROUPS)


def test_only_clear_gains_are_filled():
    answer = document()
    faces = [
        line.get_markerfacecolor() for line in targets.plot_targets(answer).axes[0].lines if line.get_marker() == "o"
    ]
    assert [face != "white" for face in faces] == [row["is_clear"] for row in answer["gains"]]


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (document(letters=[1] + [2] * 14), "East Midlands gains most from more support"),
        (document(letters=[1] * 7 + [2] * 8), "7 of 15 gain most and cannot be told apart"),
        (document(letters=[1] * 15), "No collaborative gains clearly more than another"),
        (document(gains=np.zeros(15)), "No collaborative's gain can be told from none"),
        (document(by="site"), "Regional support decides 45 of 246 sites"),
    ],
)
def test_the_title_names_whoever_gains_most_or_says_that_nobody_does(answer, title):
    total = sum(row[group] for row in answer["groups"] for group in GROUPS)
    assert targets.make_title(answer) == title.replace("246", str(total))


def test_the_table_has_a_line_for_every_collaborative():
    table = targets.tabulate_targets(document())
    assert table.psc.tolist() == list(worlds.PSCS)
    assert {"sites", "chance_low", "likely_anyway", "support_decides", "unlikely_either_way"} <= set(table.columns)


def test_an_answer_without_sites_is_refused():
    with pytest.raises(errors.InputError, match="hold no sites"):
        targets.plot_targets({**document(), "groups": []})

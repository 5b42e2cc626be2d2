import itertools
from datetime import date

import pytest

from spread import errors
from spread.plots import theme, timeline
from tests.plots import pictures

WAY = (
    (date(2020, 4, 1), "no_contact"), (date(2020, 4, 9), "knowledge"), (date(2020, 9, 1), "interest"),
    (date(2020, 9, 2), "decision"), (date(2020, 12, 24), "testing"), (date(2021, 1, 3), "stopped"),
    (date(2021, 5, 5), "interest"), (date(2021, 5, 6), "testing"), (date(2021, 7, 1), "adoption"),
    (date(2021, 9, 1), "lapsed"), (date(2021, 12, 1), "adoption"),
)  # fmt: skip


def lane(way=WAY, *, site="S1", intervention="Bedhead signs", until=date(2021, 12, 31), words="decides to go ahead"):
    events = tuple((day, words) for day, _ in way[1:])
    return timeline.Lane(site, "Royal Hospital", intervention, tuple(way), events, until)


def telling(*lanes):
    return timeline.Telling(lanes, "Source: spread 0.1.0, scenario made-up.")


CROWD = tuple((date(2020, 4, 1 + number), timeline.STAGES[number % 9]) for number in range(25))
VIEWS = {
    "one": telling(lane()),
    "three of one site": telling(lane(), lane(WAY[:1], intervention="Kit"), lane(WAY[:4], intervention="Care")),
    "everything in one month": telling(lane(CROWD)),
    "many events on the last days": telling(lane(tuple((date(2021, 12, 5 + n), s) for n, (_, s) in enumerate(WAY)))),
    "a day": telling(lane(WAY[:1], until=date(2020, 4, 1))),
    "thirty years": telling(lane(WAY, until=date(2050, 1, 1))),
    "long words": telling(lane(words="$x$ <b> & " * 30, intervention="long & longer " * 20)),
    "two sites": telling(lane(), lane(site="S2"), lane(WAY[:3], site="S2", intervention="long & longer " * 20)),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def view(request):
    return VIEWS[request.param]


def test_words_stay_on_the_sheet_and_apart(view):
    assert pictures.find_flaws(timeline.plot_timeline(view)) == []


def test_the_title_is_a_finding_of_ten_words_at_most(view):
    assert len(timeline.make_title(view).split()) <= 10


def test_every_event_of_one_site_is_on_the_figure_in_the_table_and_in_words():
    view = VIEWS["three of one site"]
    figure, table = timeline.plot_timeline(view), timeline.tabulate_timeline(view)
    words = pictures.words_of(figure)
    events = sum(len(one.events) for one in view.lanes)
    assert (table.what == "event").sum() == events
    assert sum("decides to go ahead" in word for word in words) == events
    assert timeline.UNMOVED in words
    assert timeline.describe_timeline(view).count("decides to go ahead") == events


def test_bands_are_as_long_as_the_days_at_a_stage():
    view = VIEWS["two sites"]
    figure, table = timeline.plot_timeline(view), timeline.tabulate_timeline(view)
    drawn = sum(bar.get_width() for axes in figure.axes for bar in axes.patches)
    assert drawn == pytest.approx((table["until"] - table["from"]).dt.days.sum())


def test_a_step_stands_at_the_height_of_its_stage():
    figure = timeline.plot_timeline(VIEWS["one"])
    (axes,) = figure.axes
    labels = [label.get_text() for label in axes.get_yticklabels()]
    tops = [labels[round(patch.get_y() + 0.5)] for patch in axes.patches[1::2]]
    assert tops == [timeline.WORDS[stage] for _, stage in WAY]
    assert labels == [timeline.WORDS[stage] for stage in timeline.STAGES[:8]]


def test_stages_in_a_row_can_be_told_apart_without_colour():
    scale = [stage for stage in timeline.STAGES if stage not in timeline.BESIDE]
    for one, other in itertools.pairwise(scale):
        assert theme.contrast(timeline.COLOURS[one], timeline.COLOURS[other]) > 1.2, (one, other)


def test_nothing_or_too_much_is_refused():
    with pytest.raises(errors.InputError, match="no site to draw"):
        timeline.plot_timeline(telling())
    many = [lane(site=f"S{number}") for number in range(timeline.MOST_BANDS + 1)]
    with pytest.raises(errors.InputError, match="more than the 40"):
        timeline.plot_timeline(telling(*many))

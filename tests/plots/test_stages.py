import numpy as np
import pytest

from spread import errors
from spread.plots import stage_ramp, stages, theme
from tests.plots import pictures, stage_worlds, worlds

LONG = {"interventions": {name: {"title": stage_worlds.LONG * 9} for name in worlds.TRACHEOSTOMY}}
MANY = [f"intervention_{number}" for number in range(11)]
VIEWS = {
    "three": (worlds.tracheostomy, stage_worlds.counts, {}),
    "one of three": (worlds.tracheostomy, stage_worlds.counts, {"intervention": "trache_bedhead_signs"}),
    "one date": (worlds.tracheostomy, lambda: stage_worlds.counts(days=stage_worlds.DAYS[:1]), {}),
    "nobody moves": (worlds.tracheostomy, lambda: stage_worlds.counts(end=(1, *[0] * 9)), {}),
    "everybody there": (worlds.tracheostomy, lambda: stage_worlds.counts(end=(*[0] * 7, 1, 0, 0)), {}),
    "everybody gave up": (worlds.tracheostomy, lambda: stage_worlds.counts(end=(*[0] * 8, 1, 1)), {}),
    "four sites": (worlds.tracheostomy, lambda: stage_worlds.counts(eligible=4), {"group": ("psc", "NENC")}),
    "long names": (lambda: worlds.tracheostomy(**LONG), stage_worlds.counts, {}),
    "eleven": (worlds.tracheostomy, lambda: stage_worlds.counts(keys=MANY), {}),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def view(request):
    make, counts, arguments = VIEWS[request.param]
    return make(), counts(), arguments


def test_words_stay_on_the_sheet_and_apart(view):
    data, counts, arguments = view
    assert pictures.find_flaws(stages.plot_stages(data, counts, **arguments)) == []


def test_the_title_is_a_finding_of_ten_words_at_most(view):
    data, counts, arguments = view
    title = stages.describe_stages(data, counts, **arguments).split(". ")[0]
    assert len(title.split()) <= 10
    assert "in use" in title


def test_the_bands_of_every_day_add_up_to_everybody(view):
    data, counts, arguments = view
    table = stages.tabulate_stages(data, counts, **arguments)
    assert np.allclose(table[[*stage_ramp.COLUMNS, *stage_ramp.BESIDE]].sum(axis=1), 1.0)


def test_the_bold_line_is_the_share_at_stage_five_or_beyond():
    figure = stages.plot_stages(worlds.tracheostomy(), stage_worlds.counts(), intervention="trache_bedhead_signs")
    (line,) = [line for line in figure.axes[0].lines if line.get_color() == theme.INK]
    assert line.get_ydata()[-1] == pytest.approx((30 + 20 + 50) / 150)


def test_the_title_gives_the_least_and_the_most_in_use():
    title = stages.describe_stages(worlds.tracheostomy(), stage_worlds.counts()).split(". ")[0]
    assert title.replace("\N{NO-BREAK SPACE}", " ") == "67 % in use by December 2021"


def test_sets_taken_together_are_shown_only_when_asked_for():
    counts = stage_worlds.counts(keys=(*worlds.TRACHEOSTOMY, worlds.TOGETHER))
    shown = stages.tabulate_stages(worlds.tracheostomy(), counts)["intervention"]
    assert worlds.TOGETHER not in set(shown)
    asked = stages.tabulate_stages(worlds.tracheostomy(), counts, intervention=worlds.TOGETHER)["title"]
    assert set(asked) == {"All three together"}


def test_every_stage_is_named_beside_its_band_or_in_the_key():
    words = pictures.words_of(stages.plot_stages(worlds.tracheostomy(), stage_worlds.counts()))
    for stage in range(8):
        assert any(word.startswith(stage_ramp.name(stage)) for word in words), stage


def test_what_is_not_there_is_refused_with_what_would_be_right():
    with pytest.raises(errors.InputError, match="did you mean 'trache_bedhead_signs'"):
        stages.plot_stages(worlds.tracheostomy(), stage_worlds.counts(), intervention="trache_bedhead_sign")
    with pytest.raises(errors.InputError, match="nobody is eligible"):
        stages.plot_stages(worlds.tracheostomy(), stage_worlds.counts(eligible=0))


def test_numbers_on_every_stage_can_be_read_and_the_ramp_only_darkens():
    for stage, colour in enumerate(stage_ramp.COLOURS):
        assert theme.contrast(stage_ramp.ink_on(stage), colour) >= 4.5
    darkness = [theme.contrast(colour, "white") for colour in stage_ramp.COLOURS[1:]]
    assert darkness == sorted(darkness)

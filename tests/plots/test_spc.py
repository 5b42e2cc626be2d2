import itertools

import pytest

from spread import errors
from spread.plots import spc, theme
from tests.plots import pictures, stage_worlds

WAVE = [0.5 + 0.03 * (-1) ** number for number in range(24)]
STEP = [*WAVE[:12], *[value + 0.2 for value in WAVE[:12]]]
VIEWS = {
    "common cause": (WAVE, {}),
    "improvement": (STEP, {"target": 0.9}),
    "concern": (STEP, {"better": "down", "target": 0.9}),
    "neither wanted": (STEP, {"better": None}),
    "rebased": (STEP, {"starts": ()}),
    "constant": ([0.4] * 12, {}),
    "three values": ([0.1, 0.2, 0.15], {}),
    "all zero": ([0.0] * 9, {"target": 0.0}),
    "rates": ([1234.5 + 17 * number for number in range(120)], {"is_share": False, "target": 3000.0}),
}


@pytest.fixture(params=sorted(VIEWS), scope="module")
def view(request):
    values, arguments = VIEWS[request.param]
    return stage_worlds.series(values, **arguments)


def test_words_stay_on_the_sheet_and_apart(view):
    assert pictures.find_flaws(spc.plot_spc(view)) == []


def test_the_title_is_a_finding_of_ten_words_at_most(view):
    assert len(spc.describe_spc(view).split(". ")[0].split()) <= 10


def test_the_colours_are_those_of_making_data_count():
    assert (spc.LOOKS["improvement"].face, spc.LOOKS["concern"].face, spc.LOOKS["common"].face) == (
        "#00B0F0", "#E46C0A", "#A6A6A6",
    )  # fmt: skip


def test_kinds_differ_in_shape_as_well_as_colour():
    shapes = [look.shape for look in spc.LOOKS.values()]
    assert len(set(shapes)) == len(shapes)
    for one, other in itertools.combinations(("common", "improvement", "concern"), 2):
        assert spc.LOOKS[one].face != spc.LOOKS[other].face


def test_every_value_is_one_dot_of_its_kind():
    figure = spc.plot_spc(stage_worlds.series(STEP))
    dots = {line.get_marker(): len(line.get_xdata()) for line in figure.axes[0].lines if line.get_linestyle() == "None"}
    table = spc.tabulate_spc(stage_worlds.series(STEP))
    counted = table["kind"].value_counts()
    assert {spc.LOOKS[kind].shape: count for kind, count in counted.items()} == {
        shape: count for shape, count in dots.items() if count
    }


def test_a_change_of_the_process_is_an_improvement_or_a_concern_by_the_direction_wanted():
    assert spc.describe_spc(stage_worlds.series(STEP)).startswith("Special cause improvement, December 2020.")
    worse = spc.describe_spc(stage_worlds.series(STEP, better="down"))
    assert worse.startswith("Special cause concern, December 2020.")
    assert spc.describe_spc(stage_worlds.series(WAVE)).startswith("Common cause variation only, December 2020.")


def test_limits_begin_anew_where_the_process_is_known_to_have_changed():
    rebased = stage_worlds.series(STEP, starts=(stage_worlds.series(STEP).days[12],))
    table = spc.tabulate_spc(rebased)
    assert table["period"].tolist() == [1] * 12 + [2] * 12
    assert set(table["kind"]) == {"common"}
    assert table["mean"].tolist()[::12] == pytest.approx([0.5, 0.7])


def test_a_target_beyond_the_limits_will_be_missed():
    words = spc.describe_spc(stage_worlds.series(WAVE, target=0.9))
    assert "the target will be missed consistently" in words
    assert "Target" in " ".join(pictures.words_of(spc.plot_spc(stage_worlds.series(WAVE, target=0.9))))


def test_few_values_and_uneven_dates_are_said():
    assert "provisional" in spc.describe_spc(stage_worlds.series(WAVE[:11]))
    assert "provisional" not in spc.describe_spc(stage_worlds.series(WAVE[:12]))
    uneven = stage_worlds.series(WAVE)
    days = (*uneven.days[:5], *[day.replace(year=day.year + 4) for day in uneven.days[5:]])
    told = spc.describe_spc(spc.Series("A", "", days, tuple(WAVE), "Source."))
    assert "not evenly spaced" in told


def test_two_values_are_too_few():
    with pytest.raises(errors.InputError, match="needs 3 or more"):
        spc.plot_spc(stage_worlds.series([0.1, 0.2]))


def test_words_beside_the_lines_can_be_read():
    assert theme.contrast(spc.LIMIT, "white") >= 4.5

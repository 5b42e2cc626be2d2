"""What an engine is given: the same bits whoever prepares it, in plain arrays, however often."""

import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spread.api as api
from spread.model import draws, frame, inputs, prepare, start
from spread.model import world as worlds_of
from spread.model.chance import Chance
from spread.model.draws import Purpose
from spread.runs import plan, replicate
from tests import worlds

TEXT = """schema = 1
name = "five"
start = 2021-04-15
end = 2022-12-31
support = { default = "standard", WX = "light" }
push = "audit"
[world]
population = "files"
sites = "sites.csv"
memberships = "memberships.csv"
ties = "ties.csv"
[programmes.care]
start = 2021-04-15
interventions = ["chart", "kit"]
[interventions.chart]
title = "A chart"
programme = "care"
kind = "bundle"
complexity = "low"
appeal = 1.0
eligible = { settings = ["acute", "mental_health"] }
[interventions.chart.elements.sheet]
baseline = 0.4
difficulty = 1.5
[interventions.chart.elements.training]
baseline = 0.6
difficulty = 1.0
[interventions.chart.baseline_stages]
4 = 0.3
1 = 0.3
[interventions.kit]
title = "Kit"
programme = "care"
kind = "simple"
complexity = "low"
peers = "ties"
appeal = 1.0
[interventions.kit.elements.box]
baseline = 0.2
difficulty = 1.0
[[shock]]
name = "wave"
from = 2021-10-07
to = 2022-02-28
interventions = ["kit"]
multiplier = 0.5
[ambitions.most]
title = "Most sites"
interventions = ["chart"]
threshold = 0.5
deadline = 2022-09-30
source = "made for a test"
"""
CHART, KIT = 0, 1
KEYS = np.array([draws.key(f"site {number}") for number in range(5000)], dtype=np.uint64)


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> replicate.Job:
    """Five sites in four organisations, two networks of their own and two layers of ties."""
    folder: Path = tmp_path_factory.mktemp("five")
    worlds.write_five_sites(folder)
    (folder / "five.toml").write_text(TEXT)
    return api.prepare(api.read_scenario(folder / "five.toml"), seed=1, replicates=1)


def prepared(job: replicate.Job, draw: int, framed: frame.Frame | None = None) -> inputs.ModelInputs:
    parameters = plan.draw_parameters(job.world.scenario, seed=1, draw=draw)
    return prepare.prepare_inputs(job.world, job.timetable, parameters, seed=1, draw=draw, framed=framed)


def arrays(values: Any, place: str = "") -> Iterator[tuple[str, Any, np.ndarray]]:
    """Every array of nested named tuples: where, the type it is said to be of, and the array."""
    for name, kind in typing.get_type_hints(type(values)).items():
        value = getattr(values, name)
        if hasattr(value, "_fields"):
            yield from arrays(value, f"{place}{name}.")
        elif isinstance(value, np.ndarray):
            yield f"{place}{name}", typing.get_args(typing.get_args(kind)[1])[0], value


def bits(values: Any) -> dict[str, bytes]:
    return {place: array.tobytes() for place, _, array in arrays(values)}


def unit(job: replicate.Job, intervention: int, site: str) -> int:
    units, codes = job.world.units, job.world.population.site_codes
    return int(np.flatnonzero((units.intervention == intervention) & (units.site == codes.index(site)))[0])


def test_every_array_is_of_the_type_it_is_said_to_be_and_lies_in_one_piece(job: replicate.Job) -> None:
    found = list(arrays(prepared(job, 0)))
    assert len(found) > 50
    assert [place for place, kind, array in found if array.dtype != kind or not array.flags.c_contiguous] == []


def test_a_frame_given_makes_the_same_inputs_as_one_built_anew(job: replicate.Job) -> None:
    framed = frame.build_frame(job.world)
    for draw in range(4):
        assert bits(prepared(job, draw, framed)) == bits(prepared(job, draw))


def test_preparing_a_draw_leaves_the_frame_as_it_was(job: replicate.Job) -> None:
    framed = frame.build_frame(job.world)
    before = bits(framed)
    for draw in range(4):
        prepared(job, draw, framed)
    assert bits(framed) == before


def test_what_no_draw_changes_is_the_same_object_for_every_draw(job: replicate.Job) -> None:
    framed = frame.build_frame(job.world)
    one, other = prepared(job, 0, framed), prepared(job, 1, framed)
    assert one.units is other.units
    assert one.timetable is other.timetable
    assert one.peers.watched_unit is other.peers.watched_unit
    assert one.epochs.started is other.epochs.started
    assert one.initial_status is not other.initial_status


@pytest.mark.parametrize("purpose", [Purpose.ENGAGED, Purpose.RELIABILITY])
def test_compiled_chance_is_the_chance_of_the_plain_functions(purpose: Purpose) -> None:
    run = draws.run_key(3, 1, 0)
    one_by_one = [draws.uniform_at(run, key, purpose, 0) for key in KEYS.tolist()]
    assert Chance(run).uniforms(KEYS, purpose).tolist() == one_by_one
    assert min(one_by_one) < 0.001  # the far ends of the normal distribution are met as well
    assert Chance(run).normals(KEYS, purpose, Purpose.STOP)[0].tolist() == [draws.normal(u) for u in one_by_one]


def test_keys_joined_at_once_are_those_joined_one_by_one() -> None:
    joined = worlds_of.join_keys(KEYS, KEYS[::-1])
    pairs = zip(KEYS.tolist(), KEYS[::-1].tolist(), strict=True)
    assert joined.tolist() == [draws.unit_key(left, right) for left, right in pairs]


def test_a_unit_watches_its_organisation_then_its_networks_then_its_ties(job: replicate.Job) -> None:
    views, networks = job.world.views, job.world.population.networks.codes
    one = unit(job, CHART, "A1")
    mine = slice(views.view_start[one], views.view_start[one + 1])
    names = [networks[number] if number >= 0 else "" for number in views.view_network[mine]]
    # A2 in its organisation; A2 and B1 in Wessex, A2 in Dorset, B1 nationally, C1 among babies; advice, then friends
    assert names == ["", "all", "babies", "ics:Dorset", "psc:WX", "", ""]
    assert views.view_peers[mine].tolist() == [1, 1, 1, 1, 2, 2_000_000, 1_000_000]


def test_what_is_only_seen_through_ties_is_watched_by_nobody_else(job: replicate.Job) -> None:
    views = job.world.views
    watched = unit(job, KIT, "A1")
    rows = slice(views.watched_start[watched], views.watched_start[watched + 1])
    assert views.watched_unit[rows].tolist() == [unit(job, KIT, "A2")]
    assert views.watched_count[rows].tolist() == [500_000]


def test_members_of_a_network_are_in_order_of_site_then_intervention(job: replicate.Job) -> None:
    table, units = job.timetable, job.world.units
    for number in range(len(table.network_key)):
        members = table.member[table.member_start[number] : table.member_start[number + 1]]
        places = list(zip(units.site[members].tolist(), units.intervention[members].tolist(), strict=True))
        assert places == sorted(set(places))


def test_meetings_keep_to_their_networks_own_day_and_interval(job: replicate.Job) -> None:
    table, origin = job.timetable, job.world.origin
    networks = job.world.population.networks
    ordinary = table.meeting_learning == 0
    assert ordinary.sum() > 20
    for day, network in zip(table.meeting_day[ordinary], table.meeting_network[ordinary], strict=True):
        date = np.datetime64(origin) + int(day)
        key = int(table.network_key[network])
        assert int(str(date)[8:]) == key % 28 + 1
        months = int(str(date)[:4]) * 12 + int(str(date)[5:7]) - key % 720720
        assert months % round(job.world.regimes[0].meeting_interval_months[networks.layers[network]]) == 0


def test_a_shock_is_felt_by_those_it_names_while_it_lasts(job: replicate.Job) -> None:
    shock, days = prepared(job, 0).epochs.shock, prepared(job, 0).epochs.day
    lasts = (days >= 175) & (days < 320)  # 7 October to 28 February, counted from 15 April
    assert lasts.any()
    assert set(shock[lasts, KIT]) == {float(np.log(0.5))}
    assert not shock[~lasts].any()
    assert not shock[:, CHART].any()


@pytest.mark.parametrize(
    ("stage", "is_complete", "exists", "days", "expected"),
    [
        (0, False, True, -400.0, (0, -1.0)),
        (4, False, True, -400.0, (4, -1.0)),
        (0, True, True, -200.0, (5, -200.0)),
        (2, True, True, -400.0, (7, -400.0)),
        (6, False, True, -200.0, (6, -200.0)),
        (7, False, True, -10.0, (7, -375.0)),
        (7, True, False, -400.0, (4, -1.0)),
        (3, True, False, -400.0, (3, -1.0)),
    ],
)
def test_status_at_the_start_agrees_with_elements_and_with_time_served(
    stage: int, is_complete: bool, exists: bool, days: float, expected: tuple[int, float]
) -> None:
    assert start.settle(stage, is_complete, exists, days, 365.0) == expected


@pytest.mark.parametrize(
    ("status", "elements", "expected"),
    [(5, 0b001, 0b111), (7, 0b000, 0b111), (4, 0b111, 0b011), (8, 0b111, 0b011), (9, 0b101, 0b101), (2, 0b010, 0b010)],
)
def test_elements_at_the_start_agree_with_the_status(status: int, elements: int, expected: int) -> None:
    assert start.elements_at(status, elements, 0b111) == expected


def test_a_larger_share_moves_sites_up_and_never_down() -> None:
    less, more = (np.cumsum([0.0, 0.0, share, 0.1, 0.0, 0.2, 0.3]) for share in (0.1, 0.3))
    ranks = np.linspace(0.001, 0.999, 200)
    before, after = ([start.baseline_stage(rank, reached) for rank in ranks] for reached in (less, more))
    assert set(before) == {5, 4, 2, 1, 0}
    assert all(later >= earlier for earlier, later in zip(before, after, strict=True))
    assert sum(after) > sum(before)


def test_engaged_sites_in_testing_are_coached_in_order_of_their_keys_as_far_as_places_go() -> None:
    order = np.array([3, 0, 1, 4, 2, 5])
    status, engaged = np.array([4, 4, 4, 4, 3, 4]), np.array([1, 1, 1, 0, 1, 1])
    psc, places = np.array([0, 0, 0, 0, 0, 1]), np.array([2, 0])
    assert start.coached_at_start(order, status, engaged, psc, places).tolist() == [1, 1, 0, 0, 0, 0]
    assert places.tolist() == [2, 0]


def test_weights_of_a_units_views_add_up_to_one(job: replicate.Job) -> None:
    peers = prepared(job, 0).peers
    for first, last in zip(peers.view_start[:-1], peers.view_start[1:], strict=True):
        assert first == last or peers.view_weight[first:last].sum() == pytest.approx(1.0)

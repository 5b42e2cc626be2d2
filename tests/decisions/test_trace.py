"""One replicate, watched: the same log as unwatched, and every sentence from what the engine knew."""

import json
import math
from datetime import date, timedelta
from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest

from spread import errors
from spread.decisions import influence, national, speeds, story, trace, watching
from spread.model import ADOPTED, STOPPED, Cause, Event, draws, process_engine
from spread.model.draws import Purpose
from spread.network import influence_graph
from spread.scenarios import reading

SITES = """\
site,organisation,setting,psc,services,name
S1,O1,acute,Wessex,tracheostomy,"=HYPERLINK(""x"") <b> & co"
S2,O1,acute,Wessex,tracheostomy,Two
S3,O2,acute,Wessex,tracheostomy,Three
S4,O3,acute,YH,tracheostomy,Four
S5,O4,acute,YH,tracheostomy,Five
S6,O5,mental_health,YH,,Six
"""
SCENARIO = """\
schema = 1
name = "watched"
base = "tracheostomy-standard"
[world]
population = "files"
sites = "sites.csv"
[parameters]
kappa = 2.0
lapse_per_month = 0.05
stop_per_month = 0.05
contact_campaign_per_month = 0.0
contact_outreach_per_hour = 0.0
meeting_contact_share = 1.0
"""
DRAWS = range(12)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    folder = tmp_path_factory.mktemp("watched")
    (folder / "sites.csv").write_text(SITES)
    (folder / "watched.toml").write_text(SCENARIO)
    return reading.read_scenario(folder / "watched.toml")


@pytest.fixture(scope="module")
def watched(scenario):
    return [trace.trace(scenario, draw=draw, influences=True) for draw in DRAWS]


def decisions(found):
    return [(row, seen) for row, seen in found.sights.items() if isinstance(seen, watching.Decision)]


def status_at(found, day):
    """Everyone's status just before a day, from the log alone."""
    status = found.log.initial_status.copy()
    for row in np.flatnonzero(found.log.time_days < day):
        status[found.log.unit[row]] = found.log.to_status[row]
    return status


def test_watching_changes_no_bit_of_the_log(watched):
    for found in watched:
        plain = process_engine.run(found.inputs, seed=1, draw=found.draw, replicate=0)
        assert all(one.tobytes() == other.tobytes() for one, other in zip(found.log, plain, strict=True))
    assert sum(len(found.log.kind) for found in watched) > 200


def test_watching_one_site_sees_what_watching_all_saw_of_it(scenario, watched):
    alone = trace.trace(scenario, draw=0, sites=["S3"])
    mine = {row: seen for row, seen in watched[0].sights.items() if watched[0].code(watched[0].log.unit[row]) == "S3"}
    assert alone.sights == mine
    assert mine


def test_the_parts_of_a_decision_multiply_to_the_rate_it_was_made_at(watched):
    rates = [
        (speeds.product(speeds.parts_of(found, int(found.log.unit[row]), seen)) / (365.25 / 12), seen.per_day)
        for found in watched
        for row, seen in decisions(found)
    ]
    assert len(rates) > 10
    for product, per_day in rates:
        assert product == pytest.approx(per_day, rel=1e-9)


def test_peers_known_are_in_use_when_learnt_of_and_their_shares_add_up(watched):
    counted = 0
    for found in watched:
        for row, seen in decisions(found):
            unit = int(found.log.unit[row])
            assert (seen.exposure > 0) == bool(seen.known)
            if seen.known:
                assert sum(known.share for known in seen.known) == pytest.approx(1.0)
            for known in seen.known:
                assert known.unit != unit
                assert found.intervention(known.unit) == found.intervention(unit)
                assert ADOPTED <= status_at(found, known.day + 1e-9)[known.unit] < STOPPED
                counted += 1
    assert counted > 20


def test_who_told_a_site_came_to_the_same_meeting_and_knew(watched):
    """Coming to meetings is keyed, so it can be asked again."""
    checked = 0
    for found in watched:
        table, units = found.inputs.timetable, found.inputs.units
        run_key = draws.run_key(1, found.draw, 0)
        for row, seen in found.sights.items():
            if found.log.cause[row] != Cause.MEETING:
                continue
            day, network = seen.occasion.day, seen.occasion.network
            there = (table.meeting_day == day) & (table.meeting_network == network)
            meeting = np.flatnonzero(there & (table.meeting_learning == int(seen.occasion.is_learning_set)))[0]
            occurrence = 2 * int(table.meeting_date[meeting]) + int(table.meeting_learning[meeting])
            for unit in (*seen.knew, int(found.log.unit[row])):
                agent = draws.unit_key(int(table.network_key[network]), int(units.site_key[unit]))
                share = draws.uniform_at(run_key, agent, Purpose.ATTENDANCE, occurrence)
                assert share < table.meeting_attendance[meeting]
            assert all(status_at(found, day)[unit] > 0 for unit in seen.knew)
            assert day == found.log.time_days[row]
            checked += 1
    assert checked > 3


def test_a_story_begins_and_ends_with_the_run_and_says_what_the_log_says(watched):
    found = watched[0]
    for site in ("S1", "S4"):
        told = story.tell(found, site)
        for name in {moment.intervention for moment in told}:
            mine = [moment for moment in told if moment.intervention == name]
            assert (mine[0].event, mine[-1].event) == ("begins", "ends")
            rows = [
                row for unit in found.units_of(site) if found.intervention(unit) == name for row in found.rows_of(unit)
            ]
            assert [moment.time_days for moment in mine[1:-1]] == found.log.time_days[rows].tolist()
            assert mine[-1].stage == mine[-2].stage
        assert max(map(len, story.lines_of(told))) <= 80


def test_waits_in_a_story_are_those_of_the_log(watched):
    waited = 0
    for found in watched:
        for site in ("S1", "S2", "S3", "S4", "S5"):
            asked = {}
            for moment in story.tell(found, site):
                if moment.event in ("decision", "restart"):
                    asked[moment.intervention] = moment.time_days
                if moment.event == "slot_grant":
                    assert moment.facts["waited_days"] == moment.time_days - asked[moment.intervention]
                    waited += moment.facts["waited_days"] > 1
    assert waited


LEAVERS = (
    ((True, 50.0, 0.5), ("its champion left on 20 Feb 2020", "1.65 times"), "cause not"),
    ((True, 50.0, 0.0), ("its champion left", "counts for nothing"), "times as likely"),
    ((True, math.inf, 0.5), ("its champion was there", story.NO_CAUSE), "left"),
    ((False, math.inf, 0.5), ("it has no champion", "no leaver"), "left on"),
    ((False, math.inf, 0.0), (story.NO_CAUSE,), "times as likely"),
)


@pytest.mark.parametrize(("known", "said", "unsaid"), LEAVERS)
def test_a_lapse_has_a_leaver_only_where_the_model_has_one(known, said, unsaid):
    has_champion, left_day, log_hr = known
    about = SimpleNamespace(
        day=lambda day: date(2020, 1, 1) + timedelta(days=int(day)),
        inputs=SimpleNamespace(constants=SimpleNamespace(lapse_champion_log_hr=log_hr)),
    )
    words = story.say_leaver(about, watching.Lapse(0.001, has_champion, left_day, False))
    assert all(part in words for part in said)
    assert unsaid not in words


def test_champions_who_left_have_left_shortly_before(watched):
    lapses = [(found, row, seen) for found in watched for row, seen in found.sights.items()
              if isinstance(seen, watching.Lapse)]  # fmt: skip
    assert lapses
    for found, row, seen in lapses:
        if seen.champion_left_day < math.inf:
            gap = found.inputs.constants.champion_gap_days
            assert 0 <= found.log.time_days[row] - seen.champion_left_day < gap + 31


def test_months_add_up_to_the_end_of_the_log(watched):
    for found in watched:
        told, end = national.tell(found), status_at(found, math.inf)
        for number, name in enumerate(found.inputs.units.interventions):
            last = [month for month in told.months if month.intervention == name][-1]
            mine = found.inputs.units.intervention == number
            assert last.in_use == ((end[mine] >= ADOPTED) & (end[mine] < STOPPED)).sum()
            assert last.eligible == mine.sum()
        adopted = sum(month.adopted for month in told.months)
        assert adopted == (found.log.kind == Event.ADOPTION).sum()


def test_an_ambition_is_first_met_on_the_day_that_a_count_day_by_day_gives(watched):
    met = 0
    for found in watched:
        turn = next((turn for turn in national.tell(found).turns if "for the first time" in turn.words), None)
        sites = sorted(set(found.inputs.units.site.tolist()))
        days = np.unique(np.concatenate([[0.0], found.log.time_days]))

        def everywhere(day, found=found, sites=sites):
            status = status_at(found, day)
            there = (status >= ADOPTED) & (status < STOPPED)
            return sum(all(there[found.inputs.units.site == site]) for site in sites) >= math.ceil(0.9 * len(sites))

        first = next((day for day in days if everywhere(np.nextafter(day, np.inf))), None)
        assert (turn is None) == (first is None)
        if turn is not None:
            assert turn.date == found.day(first)
            met += 1
    assert met


def test_the_longest_waits_come_first_and_those_not_over_say_so(watched):
    for found in watched:
        for what in (national.SLOT, national.PLACE):
            days = [wait.days for wait in national.tell(found).waits if wait.what == what]
            assert days == sorted(days, reverse=True)
        status = status_at(found, math.inf)
        open_waits = [w for w in national.waits_of(found, found.inputs.units.interventions) if w.until is None]
        assert len(open_waits) == (status == 3).sum()


def test_a_graph_reads_back_the_same_and_names_are_text(watched, tmp_path):
    found = max(watched, key=lambda one: len({edge.kind for edge in influence.influences_of(one)}))
    for name in ("who.graphml", "who.json"):
        influence.write_graph(found, tmp_path / name)
    xml = nx.read_graphml(tmp_path / "who.graphml")
    data = nx.node_link_graph(json.loads((tmp_path / "who.json").read_text()), edges="edges")
    assert xml.nodes["S1"]["name"] == data.nodes["S1"]["name"] == '=HYPERLINK("x") <b> & co'
    assert set(xml.nodes) == set(data.nodes) == {"S1", "S2", "S3", "S4", "S5"}
    edges = influence.influences_of(found)
    assert xml.number_of_edges() == data.number_of_edges() == len(edges)
    by_move = {}
    for edge in edges:
        assert edge.known_on <= edge.moved_on
        key = (edge.target, edge.kind, edge.intervention, edge.moved_on)
        by_move[key] = by_move.get(key, 0.0) + edge.share
    assert {edge.kind for edge in edges} == {"peer_in_use", "told"}
    assert all(total == pytest.approx(1.0) for total in by_move.values())


def test_what_xml_cannot_say_is_left_out_of_a_graph(tmp_path):
    nodes = {"A\ufffe": {"name": "\ud800bell\x07"}}
    path = influence_graph.write_influences(nodes, [], tmp_path / "odd.graphml")
    assert list(nx.read_graphml(path).nodes) == ["A?"]


def test_a_graph_is_not_written_over_nor_with_another_ending(watched, tmp_path):
    (tmp_path / "there.json").write_text("mine")
    for name, said in (("there.json", "is there already"), ("who.csv", "cannot write '.csv'")):
        with pytest.raises(errors.InputError, match=said):
            influence.write_graph(watched[0], tmp_path / name)
    assert (tmp_path / "there.json").read_text() == "mine"


def test_unknown_names_are_refused_all_at_once_with_what_was_meant(scenario):
    with pytest.raises(errors.InputError) as caught:
        trace.trace(scenario, sites=["S9", "S1"], interventions=["tracheostomy_bedhead_sings"])
    text = str(caught.value)
    assert "no site 'S9'" in text
    assert "did you mean 'tracheostomy_bedhead_signs'" in text
    with pytest.raises(errors.InputError, match="site S6: is not eligible for any"):
        trace.trace(scenario, sites=["S6"])

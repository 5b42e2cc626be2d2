"""Explicit ties: from a table or a graph, to sorted arrays and back to files."""

import json
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

from spread import errors
from spread.network import england, export, measures
from spread.scenarios import schema
from tests import worlds


def faults(world: schema.World) -> str:
    with pytest.raises(errors.InputError) as caught:
        worlds.build(world)
    return str(caught.value)


def write_graph(folder: Path, **node: Any) -> Path:
    """A GraphML world of three sites: two ties from the first, one of them weighted."""
    graph = nx.DiGraph()
    for code in ("C1", "A1", "B1"):
        graph.add_node(code, **({"organisation": code[0], "setting": "acute", "psc": "YH"} | node))
    graph.add_edge("A1", "B1", weight=0.25, layer="advice")
    graph.add_edge("A1", "C1")
    path = folder / "graph.graphml"
    nx.write_graphml_xml(graph, path)
    return path


def test_ties_are_sorted_rows_with_weights_in_millionths(tmp_path: Path) -> None:
    ties = worlds.build_ties(worlds.write_five_sites(tmp_path))
    assert ties.layers == ("advice", "friends")
    assert ties.start.tolist() == [0, 2, 3, 3, 3, 3]
    assert ties.peer.tolist() == [1, 3, 0]
    assert ties.layer.tolist() == [1, 0, 0]
    assert ties.weight.tolist() == [1_000_000, 2_000_000, 500_000]


def test_layer_and_weight_may_be_left_out(tmp_path: Path) -> None:
    ties = worlds.build_ties(worlds.write_world(tmp_path, worlds.TWO_SITES, ties=[{"site": "A1", "peer": "B1"}]))
    assert (ties.layers, ties.weight.tolist()) == (("tie",), [1_000_000])


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"peer": "A1"}, "peer: site 'A1' is tied to itself"),
        ({"peer": "Z9"}, "peer: no site 'Z9'"),
        ({"site": ""}, "site: is blank"),
        ({"weight": "nan"}, "weight: 'nan' is not a number"),
        ({"weight": "-1"}, "weight: -1 is not between 0.000001 and 1000000"),
        ({"weight": "0"}, "weight: 0 is not between 0.000001 and 1000000"),
    ],
)
def test_a_wrong_tie_is_named(tmp_path: Path, cells: dict[str, str], fault: str) -> None:
    rows = worlds.changed(worlds.FIVE_TIES, 0, **cells)
    assert f"ties.csv:2: {fault}" in faults(worlds.write_world(tmp_path, ties=rows))


def test_a_tie_given_twice_is_refused(tmp_path: Path) -> None:
    world = worlds.write_world(tmp_path, ties=[*worlds.FIVE_TIES, worlds.FIVE_TIES[0]])
    assert "ties.csv:5: site: 'A1' looks to 'C1' twice in layer 'advice'" in faults(world)


def test_a_graphml_file_gives_sites_and_ties(tmp_path: Path) -> None:
    world = worlds.write_world(tmp_path, (), graph=write_graph(tmp_path))
    assert worlds.build(world).site_codes == ("A1", "B1", "C1")
    ties = worlds.build_ties(world)
    assert ties.layers == ("advice", "tie")
    assert ties.peer.tolist() == [1, 2]
    assert ties.weight.tolist() == [250_000, 1_000_000]


def test_a_graph_beside_sites_gives_only_ties(tmp_path: Path) -> None:
    world = worlds.write_world(tmp_path, worlds.FIVE_SITES, graph=write_graph(tmp_path))
    assert worlds.build(world).site_codes == ("A1", "A2", "B1", "C1", "C2")
    assert worlds.build_ties(world).peer.tolist() == [2, 3]


@pytest.mark.parametrize("key", ["edges", "links"])
def test_node_link_json_is_read_with_edges_under_either_name(tmp_path: Path, key: str) -> None:
    nodes = [{"id": code, "organisation": code, "setting": "gp", "psc": "YH", "services": ["a", "b"]} for code in "AB"]
    data = {"directed": False, "multigraph": False, "nodes": nodes, key: [{"source": "A", "target": "B"}]}
    path = worlds.write_text(tmp_path / "g.json", json.dumps(data))
    world = worlds.write_world(tmp_path, (), graph=path)
    assert worlds.build(world).services[0] == {"a", "b"}
    assert worlds.build_ties(world).peer.tolist() == [1, 0]


@pytest.mark.parametrize("declared", ["<!DOCTYPE x [<!ENTITY a 'b'>]>", "<!doctype x>", "<! DOCTYPE x>"])
def test_a_graph_with_a_document_type_is_refused_before_it_is_parsed(tmp_path: Path, declared: str) -> None:
    text = write_graph(tmp_path).read_text()
    path = worlds.write_text(tmp_path / "evil.graphml", declared + text[text.index("<graphml") :])
    assert "document type (DOCTYPE)" in faults(worlds.write_world(tmp_path, (), graph=path))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("g.graphml", "<graphml"),
        ("g.graphml", "<html/>"),
        ("g.json", "{"),
        ("g.json", "[]"),
        ("g.json", '{"nodes": []}'),
        ("g.json", '{"nodes": [{"id": 1}, {"id": "1"}], "edges": []}'),
        ("g.json", '{"nodes": [{}], "edges": []}'),
        ("g.json", "[" * 100_000),
    ],
)
def test_a_malformed_graph_is_said_to_be_so(tmp_path: Path, name: str, text: str) -> None:
    path = worlds.write_text(tmp_path / name, text)
    assert "is not a graph that can be read" in faults(worlds.write_world(tmp_path, (), graph=path))


def test_a_tie_to_a_node_nobody_described_is_a_tie_to_nowhere(tmp_path: Path) -> None:
    world = worlds.write_world(tmp_path, worlds.TWO_SITES, graph=write_graph(tmp_path))
    assert "peer: no site 'C1'" in faults(world)


def test_a_graph_whose_nodes_say_too_little_is_refused(tmp_path: Path) -> None:
    data = {"nodes": [{"id": "A", "organisation": "A"}], "edges": []}
    path = worlds.write_text(tmp_path / "g.json", json.dumps(data))
    text = faults(worlds.write_world(tmp_path, (), graph=path))
    assert "column 'setting' is missing" in text
    assert "column 'psc' is missing" in text


def test_ties_from_two_places_are_refused(tmp_path: Path) -> None:
    world = worlds.write_world(tmp_path, ties=worlds.FIVE_TIES, graph=write_graph(tmp_path))
    assert "give one of the two" in faults(world)


def test_an_exported_folder_reads_back_to_the_same_world(tmp_path: Path) -> None:
    world = worlds.write_five_sites(tmp_path)
    people, ties = worlds.build(world), worlds.build_ties(world)
    sites, memberships, links = export.export_network(people, ties, tmp_path / "out")
    again = schema.World(population="files", sites=sites, memberships=memberships, ties=links)
    assert worlds.same(worlds.build(again), people)
    assert worlds.same(worlds.build_ties(again), ties)


@pytest.mark.parametrize("name", ["net.graphml", "net.json"])
def test_an_exported_graph_reads_back_to_the_same_sites_and_ties(tmp_path: Path, name: str) -> None:
    world = worlds.write_five_sites(tmp_path)
    people, ties = worlds.build(world), worlds.build_ties(world)
    (path,) = export.export_network(people, ties, tmp_path / name)
    again = schema.World(population="files", graph=path)
    back = worlds.build(again)
    assert back.site_codes == people.site_codes
    np.testing.assert_array_equal(back.size, people.size)
    assert back.attributes["networks"][0] == "all;babies;ics:Dorset;psc:WX"
    assert worlds.same(worlds.build_ties(again), ties)


def test_england_exported_as_a_folder_reads_back_to_the_same_sites_and_members(tmp_path: Path) -> None:
    people = england.build_england("2022")
    sites, memberships, _ = export.export_network(people, worlds.build_ties(schema.World()), tmp_path / "england")
    back = worlds.build(schema.World(population="files", sites=sites, memberships=memberships))
    assert worlds.same(back[:-1], people[:-1])
    assert back.networks.codes == people.networks.codes
    assert back.networks.layers == people.networks.layers
    assert back.networks.member.tolist() == people.networks.member.tolist()


def test_nothing_is_overwritten_unless_forced(tmp_path: Path) -> None:
    world = worlds.write_five_sites(tmp_path)
    people, ties = worlds.build(world), worlds.build_ties(world)
    with pytest.raises(errors.InputError, match="use --force"):
        export.export_network(people, ties, tmp_path)
    assert export.export_network(people, ties, tmp_path, force=True)


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    world = worlds.write_five_sites(tmp_path)
    with pytest.raises(errors.InputError, match="a folder for CSV files"):
        export.export_network(worlds.build(world), worlds.build_ties(world), tmp_path / "net.xlsx")


def test_an_exported_cell_cannot_start_a_formula(tmp_path: Path) -> None:
    world = worlds.write_world(tmp_path, worlds.changed(worlds.FIVE_SITES, 0, name="=1+1"))
    sites, *_ = export.export_network(worlds.build(world), worlds.build_ties(world), tmp_path / "out")
    assert "'=1+1" in sites.read_text()


def test_measures_tell_who_meets_and_who_looks_to_whom(tmp_path: Path) -> None:
    world = worlds.write_five_sites(tmp_path)
    rows = measures.measure_network(worlds.build(world), worlds.build_ties(world))
    value = {(row.subject, row.measure): row.value for row in rows}
    assert value["world", "sites"] == 5
    assert value["psc:WX", "sites"] == 3
    assert value["layer:psc", "peers_met_mean"] == pytest.approx((3 * 2 + 2 * 1) / 5)
    assert value["layer:ics", "components"] == 2
    assert value["layer:ics", "sites"] == 4
    assert value["ties", "ties"] == 3
    assert value["ties:advice", "largest_component"] == 3
    assert value["ties:advice", "sites_without"] == 2
    assert value["ties:friends", "both_ways_share"] == 0

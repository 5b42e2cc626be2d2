"""`spread trace SCENARIO`."""

import csv
import io
import json

import pytest


@pytest.mark.parametrize("words", [(), ("--site", "S1"), ("--site", "S3", "--site", "S4", "--draw", "2")])
def test_a_story_fits_80_columns_and_says_it_is_one_run_of_many(spread, tiny, words):
    ended = spread("trace", "tiny.toml", *words)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("One run of many")
    assert max(map(len, ended.out.splitlines())) <= 80


def test_the_same_words_give_the_same_story_and_another_draw_another(spread, tiny):
    one, again, other = (spread("trace", "tiny.toml", "--site", "S1", "--draw", draw).out for draw in (0, 0, 1))
    assert one == again != other


def test_json_and_csv_carry_the_same_moments(spread, tiny):
    told = json.loads(spread("trace", "tiny.toml", "--site", "S1", "--format", "json").out)["moments"]
    rows = list(csv.DictReader(io.StringIO(spread("trace", "tiny.toml", "--site", "S1", "--format", "csv").out)))
    assert [row["words"] for row in rows] == [moment["words"] for moment in told]
    months = json.loads(spread("trace", "tiny.toml", "--format", "json").out)["months"]
    lines = spread("trace", "tiny.toml", "--format", "csv").out.splitlines()
    assert len(lines) == len(months) + 1


def test_a_run_folder_tells_of_its_own_seed(spread, tiny):
    spread("run", "tiny.toml", "--draws", "2", "--replicates", "1", "--workers", "1", "--seed", "7", "-q")
    (folder,) = (path.parent for path in tiny.glob("results/tiny/*/manifest.json"))
    ended = spread("trace", folder, "--site", "S1")
    assert "seed 7" in ended.out
    assert ended.out == spread("trace", "tiny.toml", "--site", "S1", "--seed", "7").out


def test_graph_and_figure_are_written(spread, tiny):
    ended = spread("trace", "tiny.toml", "--graph", "who.graphml")
    assert (ended.code, (tiny / "who.graphml").is_file()) == (0, True)
    assert spread("trace", "tiny.toml", "--graph", "who.graphml").code == 2
    assert spread("trace", "tiny.toml", "--graph", "who.graphml", "--force", "-q").err == ""
    spread("trace", "tiny.toml", "--site", "S1", "--figure", "figures")
    assert {path.suffix for path in (tiny / "figures").glob("timeline-S1-0-0.*")} == {".svg", ".png", ".csv", ".txt"}


def test_a_timeline_is_drawn_from_a_run_folder(spread, tiny):
    spread("run", "tiny.toml", "--draws", "2", "--replicates", "1", "--workers", "1", "-q")
    ended = spread(
        "plot", "results/tiny", "timeline", "--site", "S1", "--site", "S4", "--draw", "1", "--out", "figures"
    )
    assert (ended.code, ended.err) == (0, "")
    assert (tiny / "figures" / "timeline-S1-S4-1-0.svg").is_file()
    assert "name it with --site" in spread("plot", "results/tiny", "timeline").err
    assert "--site goes with" in spread("plot", "results/tiny", "curves", "--site", "S1").err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--site", "S9"), "it has S1, S2"),
        (("--intervention", "tracheostomy_bedhead_sings"), "did you mean 'tracheostomy_bedhead_signs'"),
        (("--figure", "x"), "name it with --site"),
        (("--graph", "who.pdf"), "cannot write '.pdf'"),
        (("--draw", "-1"), "--draw"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(spread, tiny, words, said):
    ended = spread("trace", "tiny.toml", *words)
    assert (ended.code, said in ended.err) == (2, True), ended.err

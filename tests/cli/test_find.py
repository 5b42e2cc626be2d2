"""`spread find`: the answer in words, kept in a folder, and what is refused."""

import csv
import io
import json

import pytest

from tests.cli.worlds import AMBITION, files_in

SMALL = ("--draws", 20, "--replicates", 1)
SUPPORT = ("find", "tiny.toml", "--lever", "support", "--chance", 0.6, *SMALL)


@pytest.fixture
def answered(spread, tiny):
    return spread(*SUPPORT)


def only_folder(tiny):
    (folder,) = (tiny / "results" / "tiny").glob("find-*")
    return folder


def test_the_answer_fits_80_columns_and_says_what_a_manager_needs(answered):
    assert answered.code == 0
    lines = answered.out.splitlines()
    assert max(len(line) for line in lines) <= 80
    said = " ".join(answered.out.split())
    assert lines[0].startswith("Not fitted to data")
    assert "Support level (in each collaborative):" in said
    assert "a chance of 60 %" in said or "60 % is wanted" in said
    assert "of 20 sets of assumptions, going from none to enhanced changes nothing at all" in said
    assert "0 %" not in [cell for line in lines for cell in line.split("  ")]


def test_the_folder_holds_everything_and_no_manifest_of_a_run(answered, tiny):
    folder = only_folder(tiny)
    assert files_in(folder) == [
        "figures/dose.csv", "figures/dose.png", "figures/dose.svg", "figures/dose.txt",
        "find.json", "response.csv", "scenario.toml",
    ]  # fmt: skip
    document = json.loads((folder / "find.json").read_text())
    assert document["key"] == folder.name.removeprefix("find-")
    assert (document["seed"], document["draws"], document["replicates"]) == (1, 20, 1)
    assert document["runs"] == sum(point["runs"] for point in document["points"])
    assert document["acting"]["sets"] == sum(document["acting"][name] for name in ("better", "same", "worse"))


def test_the_same_question_is_read_back(answered, spread, tiny):
    again = spread(*SUPPORT)
    assert again.out == answered.out
    assert again.err.startswith("Read ")
    assert len(list((tiny / "results" / "tiny").iterdir())) == 1


def test_json_and_csv_carry_the_same_numbers(answered, spread):
    document = json.loads(spread(*SUPPORT, "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(spread(*SUPPORT, "--format", "csv").out)))
    assert [row["setting"] for row in rows] == ["none", "light", "standard", "enhanced"]
    assert [float(row["chance"]) for row in rows] == [point["chance"] for point in document["points"]]


def test_engines_and_workers_do_not_change_the_answer(spread, tiny):
    few = ("find", "tiny.toml", "--lever", "coaches", "--chance", 0.5, "--draws", 20, "--replicates", 1, "--force")
    one, two = (json.loads(spread(*few, "--format", "json", "--workers", number).out)["points"] for number in (1, 2))
    assert one == two


def test_a_figure_can_be_drawn_again_and_a_wrong_kind_says_so(answered, spread, tiny):
    drawn = spread("plot", only_folder(tiny), "dose", "--out", tiny / "drawn")
    assert [line.rsplit(".", 1)[1] for line in drawn.out.split()] == ["svg", "png", "csv", "txt"]
    wrong = spread("plot", only_folder(tiny), "frontier")
    assert wrong.code == 2
    assert "plot dose instead" in wrong.err


def test_two_levers_give_pairs_and_name_no_cheapest_without_costs(spread, tiny):
    found = spread(
        "find", "tiny.toml", "--lever", "champions", "--lever2", "support", "--low2", "standard",
        "--chance", 0.5, "--draws", 10, "--replicates", 1,
    )  # fmt: skip
    assert found.code == 0
    assert "No unit costs are given" in found.out
    assert max(len(line) for line in found.out.splitlines()) <= 80
    assert {"frontier.csv", "figures/frontier.svg"} <= set(files_in(only_folder(tiny)))


def test_somebody_elses_folder_is_left_alone(spread, tiny):
    (tiny / "mine").mkdir()
    (tiny / "mine" / "notes.txt").write_text("mine")
    refused = spread(*SUPPORT, "--out", "mine")
    assert refused.code == 2
    assert files_in(tiny / "mine") == ["notes.txt"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--lever", "coachs", "--chance", 0.5), "did you mean 'coaches'"),
        (("--lever", "coaches", "--chance", 1), "give one between 0 and 1"),
        (("--lever", "coaches", "--chance", 0.5, "--low", 2, "--high", 2), "no width"),
        (("--lever", "coaches", "--chance", 0.5, "--low", 3, "--high", 2), "upside down"),
        (("--lever", "coaches", "--chance", 0.5, "--ambition", "tracheostomy"), "no ambition 'tracheostomy'"),
        (("--lever", "coaches", "--chance", 0.5, "--by", "2021-04-30"), "is no deadline"),
        (("--lever", "coaches", "--chance", 0.5, "--for", "psc:Wesex"), "did you mean 'wessex'"),
        (("--lever", "coaches", "--chance", 0.5, "--cost", "coaches=1"), "--cost goes with --lever2"),
        (("--lever", "coaches", "--lever", "coaches", "--chance", 0.5), "given twice"),
        (("--lever", "coaches", "--lever", "push", "--lever2", "support", "--chance", 0.5), "two levers at most"),
        (("--lever", "coaches", "--lever2", "coaches", "--chance", 0.5), "given twice"),
        (("--lever", f"ambitions.{AMBITION}.deadline", "--chance", 0.5, "--by", "2021-03-31"), "leave one of them out"),
        (("--lever", "coaches.YH", "--for", "psc:Wessex", "--chance", 0.5, "--draws", 10), "cannot feel this lever"),
    ],
)
def test_bad_input_is_one_clear_message(spread, tiny, words, said):
    refused = spread("find", "tiny.toml", *words)
    assert refused.code == 2
    assert said in refused.err
    assert refused.out == ""
    assert not list((tiny / "results").glob("*/find-*")) if (tiny / "results").exists() else True


def test_mistakes_come_together(spread, tiny):
    refused = spread("find", "tiny.toml", "--lever", "coachs", "--chance", 2, "--ambition", "x")
    assert len(refused.err.strip().splitlines()) >= 2

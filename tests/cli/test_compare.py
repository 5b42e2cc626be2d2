"""`spread compare`: plans side by side from files, folders and settings, in every form."""

import csv
import io
import json
import tomllib

import pytest

FEW = ("--draws", "6", "--replicates", "2", "--workers", "1")


@pytest.fixture
def few(tiny):
    """The tiny world with a second plan in it."""
    (tiny / "none.toml").write_text('schema = 1\nname = "none"\nbase = "tiny.toml"\nsupport = "none"\n')
    return tiny


def test_plans_are_run_kept_and_set_side_by_side(spread, few):
    ended = spread("compare", "tiny.toml", "none.toml", *FEW)
    assert ended.code == 0
    assert ended.err.count("Wrote results/") == 2
    lines = ended.out.splitlines()
    assert lines[0].startswith("Not fitted to data")
    assert max(map(len, lines)) <= 80
    for words in ("Two plans on the same luck; All sites; 12 runs of each", "Chance", "Projected", "Ranking by",
                  "coach hours", "from the start", "gained", "separate luck"):  # fmt: skip
        assert words in ended.out
    assert "Read results/tiny" in spread("compare", "tiny.toml", "none.toml", *FEW).err


def test_folders_of_runs_bring_their_seed_and_draws_along(spread, few):
    spread("run", "tiny.toml", "--seed", "5", *FEW, "-q")
    (folder,) = (few / "results" / "tiny").iterdir()
    ended = spread("compare", "results/tiny", "none.toml", "--workers", "1", "--format", "json", "-q")
    found = json.loads(ended.out)["plans"]
    assert [(plan["seed"], plan["draws"], plan["runs"]) for plan in found] == [(5, 6, 12)] * 2
    assert found[0]["key"] == folder.name


def test_json_and_csv_carry_the_numbers_of_the_table(spread, few):
    words = ("compare", "tiny.toml", "none.toml", *FEW, "-q", "--sites", "2")
    tables = json.loads(spread(*words, "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(spread(*words, "--format", "csv").out)))
    told = [(name, row) for name, its in tables.items() for row in its]
    assert len(told) == len(rows)
    for (name, row), line in zip(told, rows, strict=True):
        assert line["table"] == name
        for column, value in row.items():
            assert line[column] == ("" if value is None else str(value)), column
    (sites,) = (row for row in tables["differences"] if row["measure"] == "sites")
    table = spread(*words).out
    assert f"{sites['difference']:+.1f} sites" in table or not sites["clear"]
    assert all(row["site"] in table for row in tables["fates"])


def test_a_setting_becomes_a_scenario_file_that_can_be_used_again(spread, few):
    words = ("compare", "tiny.toml", "--set", "coaches.WX=+2@2020-11-01", "--set", "push=audit", *FEW)
    ended = spread(*words, "-q", "--format", "json")
    assert ended.code == 0
    (path,) = (few / "results" / "variants").iterdir()
    said = tomllib.loads(path.read_text())
    assert said["base"] == "../../tiny.toml"
    assert (said["push"], said["change"]) == ("audit", [{"from": "2020-11-01", "coaches": {"WX": "+2"}}])
    again = spread("compare", "tiny.toml", str(path.relative_to(few)), *FEW, "-q", "--format", "json")
    assert again.out == ended.out


def test_a_dated_setting_is_proved_to_leave_the_past_alone(spread, few):
    ended = spread("compare", "tiny.toml", "--set", "coaches=0@2020-11-01", *FEW, "-q")
    assert "1 November 2020 (" in ended.out
    assert "all equal to the last digit" in " ".join(ended.out.split())


def test_a_variant_of_that_name_is_not_written_over(spread, few):
    words = ("compare", "tiny.toml", "--set", "push=audit", *FEW, "-q")
    spread(*words)
    (path,) = (few / "results" / "variants").iterdir()
    path.write_text("# mine\n")
    ended = spread(*words)
    assert (ended.code, path.read_text()) == (2, "# mine\n")
    assert "--force replaces it" in ended.err
    assert spread(*words, "--force").code == 0


def test_a_dry_run_writes_nothing(spread, few):
    before = sorted(few.rglob("*"))
    ended = spread("compare", "tiny.toml", "none.toml", *FEW, "--dry-run")
    assert (ended.code, ended.out.count("12 runs, results/")) == (0, 2)
    assert spread("compare", "tiny.toml", "--set", "push=audit", "--dry-run").code == 0
    assert sorted(few.rglob("*")) == before


def test_the_first_plan_says_how_many_draws_a_precision_takes(spread, few):
    words = ("compare", "tiny.toml", "none.toml", "--precision", "0.5", "--workers", "1", "-q", "--format", "json")
    found = json.loads(spread(*words).out)["plans"]
    assert len({plan["draws"] for plan in found}) == 1
    assert found[0]["draws"] > 6


def test_a_collaborative_has_its_own_comparison(spread, few):
    ended = spread("compare", "tiny.toml", "none.toml", *FEW, "--for", "psc:Wessex", "-q", "--format", "json")
    tables = json.loads(ended.out)
    assert {row["scope"] for row in tables["differences"]} == {"psc:WX"}
    assert {row["psc"] for row in tables["fates_by_psc"]} == {"WX"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tiny.toml",), "give two plans or more"),
        (("tiny.toml", "tiny.toml"), "is there twice"),
        (("tiny.toml", "none.toml", "--set", "push=audit"), "--set varies one plan"),
        (("tiny.toml", "--set", "coches=3", "--set", "puhs=audit"), "did you mean 'push'"),
        (("tiny.toml", "--set", "coaches=many"), "many"),
        (("tiny.toml", "pews-standard"), "begins on 2023-04-01, but 2020-04-01 in tiny"),
        (("tiny.toml", "tracheostomy-none"), "its sites are England's"),
        (("tiny.toml", "none.toml", "--for", "setting:acute"), "such as psc:Wessex"),
        (("tiny.toml", "none.toml", "--for", "psc:Kent"), "no collaborative"),
        (("tiny.toml", "nothing.toml"), "no file or catalogue scenario"),
        (("tiny.toml", "none.toml", "--precision", "0.1", "--draws", "3"), "leave --draws out"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_anything_runs(spread, few, words, said):
    ended = spread("compare", *words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert not list((few / "results").glob("*/*/manifest.json"))


def test_runs_of_another_seed_are_refused(spread, few):
    spread("run", "tiny.toml", *FEW, "-q")
    ended = spread("compare", "results/tiny", "none.toml", "--seed", "9")
    assert (ended.code, "seed 9, but 1 in tiny; run it with --seed 1" in ended.err) == (2, True)


def test_what_is_asked_of_runs_that_are_there_is_not_passed_over(spread, few):
    for name in ("tiny", "none"):
        assert spread("run", f"{name}.toml", *FEW, "-q").code == 0
    (few / "stages.csv").write_text("site,intervention,stage\n")
    begun = ("--from", "stages.csv", "--as-of", "2020-09-30")
    refused = {
        ("results/none", "--draws", "400"): "--draws 400, but ",
        ("results/none", "--seed", "9"): "--seed 9, but ",
        ("results/none", *begun): "--from goes with scenarios",
        ("--set", "push=audit", *begun): "--from goes with scenarios",
    }
    for words, said in refused.items():
        ended = spread("compare", "results/tiny", *words)
        assert (ended.code, said in ended.err) == (2, True), words
    assert spread("compare", "results/tiny", "results/none", "--seed", "1", "-q").code == 0


def test_runs_whose_ties_have_changed_in_between_are_refused(spread, few):
    ties = few / "ties.csv"
    (few / "own.toml").write_text((few / "tiny.toml").read_text().replace("[world]", '[world]\nties = "ties.csv"'))
    for peer in ("S2", "S3"):
        ties.write_text(f"site,peer,layer,weight\nS1,{peer},measured,1\n")
        assert spread("run", "own.toml", *FEW, "-q").code == 0
    runs = sorted(path.parent for path in (few / "results" / "tiny").glob("*/manifest.json"))
    ended = spread("compare", *runs)
    assert (ended.code, "its ties (" in ended.err) == (2, True), ended.err


def test_two_runs_are_drawn_as_a_waterfall(spread, few):
    spread("compare", "tiny.toml", "none.toml", *FEW, "-q")
    for words, stem in (((), "difference-from-none"), (("--for", "psc:Wessex"), "difference-from-none-psc-WX")):
        ended = spread("plot", "results/none", "results/tiny", "difference", *words, "--out", "figures")
        assert (ended.code, ended.err) == (0, "")
        assert {path.name for path in few.glob(f"figures/{stem}.*")} == {
            f"{stem}.{end}" for end in ("svg", "png", "csv", "txt")
        }
    ended = spread("plot", "results/tiny", "bottlenecks", "--ambition", "tracheostomy_march_2021", "--out", "figures")
    assert (ended.code, (few / "figures" / "bottlenecks-tracheostomy_march_2021.svg").is_file()) == (0, True)


def test_a_waterfall_takes_two_runs_and_other_figures_one(spread, few):
    spread("compare", "tiny.toml", "none.toml", *FEW, "-q")
    refused = {
        ("results/tiny", "difference"): "two runs",
        ("results/tiny", "results/none", "map"): "one run",
        ("results/tiny", "results/tiny", "difference"): "there twice",
        ("results/tiny", "results/none", "difference", "--ambition", "x"): "no ambition 'x'",
        ("results/tiny", "bottlenecks", "--ambition", "x", "--intervention", "y"): "leave --intervention out",
    }
    for words, said in refused.items():
        ended = spread("plot", *words)
        assert (ended.code, said in ended.err) == (2, True), words

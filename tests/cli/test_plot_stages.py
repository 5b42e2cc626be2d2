"""`spread plot`: stages, progression, centred and network of a run, of a return, and the XmR chart of a series."""

import pandas as pd
import pytest

from spread.cli import plot_network, reported

QUIET = ("--draws", "2", "--replicates", "1", "--workers", "1", "-q")
RETURN = """\
updated_psc_name,api_org_code,organisation_as_recorded,organisation_name_verified,quarter,pews_national
Wessex HIN,A1,First Trust,First Trust,2023/24 Q1,Stage 1 - Knowledge
Wessex HIN,A1,First Trust,First Trust,2023/24 Q2,Stage 5 - Adoption
Wessex HIN,A1,First Trust (old),First Trust,2023/24 Q2,Stage 3 - Decision
Yorkshire & Humber HIN,B2,=Second Trust,=Second Trust,2023/24 Q1,
Yorkshire & Humber HIN,B2,Second Trust,Second Trust,2023/24 Q2,No children
Yorkshire & Humber HIN,B3,Third Trust,Third Trust,2023/24 Q2,Stage 7 - Sustained
""".replace("=Second", "Second")
STAGES = """\
site,intervention,date,stage
S1,pews_national,2023-05-01,1
S1,pews_national,2023-06-30,2
S1,pews_national,2023-09-30,lapsed
S2,pews_national,2023-09-30,7
"""
HEADER = "date,intervention,measure,group_kind,group,value\n"
SERIES = HEADER + "".join(
    f"{day.date()},pews_national,stage>=5,national,,{0.2 + 0.02 * (-1) ** place:g}\n"
    for place, day in enumerate(pd.date_range("2020-01-31", periods=14, freq="ME"))
)
CARE = "tracheostomy_daily_care_bundle"


def written(folder, stem):
    return [suffix for suffix in ("svg", "png", "csv", "txt") if (folder / f"{stem}.{suffix}").is_file()]


@pytest.fixture
def ran(spread, tiny):
    spread("run", "tiny.toml", *QUIET)
    return tiny


def test_a_run_is_drawn_in_each_of_the_four_ways(spread, ran):
    drawn = {
        ("stages",): "stages",
        ("stages", "--for", "psc:Wessex"): "stages-psc-WX",
        ("progression", "--intervention", CARE): f"progression-{CARE}",
        ("centred", "--intervention", CARE): f"centred-{CARE}",
        ("network",): "network",
    }
    for words, stem in drawn.items():
        ended = spread("plot", "results/tiny", *words, "--out", "figures")
        assert (ended.code, ended.err) == (0, ""), words
        assert written(ran / "figures", stem) == ["svg", "png", "csv", "txt"], words


def test_one_history_says_which_run_it_is_and_is_that_run(spread, ran):
    spread("plot", "results/tiny", "progression", "--intervention", CARE, "--draw", "1", "--out", "figures")
    words = (ran / "figures" / f"progression-{CARE}.txt").read_text()
    assert "One run of many (draw 1, replicate 0, seed 1)" in words
    spread("plot", "results/tiny", "progression", "--intervention", CARE, "--out", "figures")
    assert "The run in the middle of all" in (ran / "figures" / f"progression-{CARE}.txt").read_text()


def test_the_middle_run_is_the_one_with_the_middle_value(tmp_path):
    values = pd.DataFrame(
        {
            "ambition": "a", "deadline": pd.Timestamp("2021-03-31"), "scope": "national",
            "draw": [0, 0, 1, 1, 2], "replicate": [0, 1, 0, 1, 0], "value": [0.9, 0.1, 0.5, 0.7, 0.2],
        }
    )  # fmt: skip
    values.to_parquet(tmp_path / "run_values.parquet")
    (tmp_path / "ambitions.csv").write_text("ambition,interventions\na,x+y\n")
    assert reported.middle_run(tmp_path, ["y"], "psc:YH") == (1, 0)
    assert reported.middle_run(tmp_path, ["z"], "national") == (0, 0)


def test_a_return_is_drawn_as_returned(spread, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "q2.csv").write_text(RETURN)
    assert spread("plot", "q2.csv", "progression").code == 0
    table = pd.read_csv(tmp_path / "figures" / "progression-pews_national.csv", dtype=str).fillna("")
    assert table[["who", "2023/24 Q1", "2023/24 Q2"]].to_numpy().tolist() == [
        ["First Trust", "1", "3"], ["Third Trust", "", "7"], ["Second Trust", "", "not eligible"],
    ]  # fmt: skip
    assert spread("plot", "q2.csv", "centred").code == 0
    bars = pd.read_csv(tmp_path / "figures" / "centred-pews_national.csv")
    assert bars["counted"].tolist() == [2.0, 1.0, 1.0]
    assert "not counted: 0 blank, 1 not eligible" in (tmp_path / "figures" / "centred-pews_national.txt").read_text()


def test_stages_are_taken_by_quarter_and_what_lapsed_stands_at_stage_three(tmp_path):
    (tmp_path / "stages.csv").write_text(STAGES)
    found = reported.read(tmp_path / "stages.csv")
    first = found[found["key"] == "S1"]
    assert first["stage"].tolist() == [2.0, 3.0]
    assert [str(day.date()) for day in first["quarter"]] == ["2023-06-30", "2023-09-30"]


def test_a_series_is_drawn_as_an_xmr_chart(spread, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seen.csv").write_text(SERIES)
    ended = spread("plot", "seen.csv", "spc", "--intervention", "pews_national", "--target", "0.9")
    assert (ended.code, ended.err) == (0, "")
    table = pd.read_csv(tmp_path / "figures" / "spc-pews_national.csv")
    assert table["mean"].iloc[0] == pytest.approx(0.2)
    assert table["upper_limit"].iloc[0] == pytest.approx(0.2 + 2.66 * 0.04)
    assert set(table["kind"]) == {"common"}


def test_what_these_figures_cannot_show_is_refused(spread, ran):
    (ran / "q2.csv").write_text(RETURN)
    (ran / "seen.csv").write_text(SERIES)
    refused = {
        ("results/tiny", "spc"): "is drawn from a file of observations",
        ("results/tiny", "progression"): "name one with --intervention: tracheostomy_bedhead_signs",
        ("results/tiny", "progression", "--intervention", "daily"): "no intervention 'daily'",
        ("results/tiny", "stages", "--date", "2021-03"): "--date goes with 'plot RESULTS centred'",
        ("results/tiny", "stages", "--for", "psc:GM"): "no psc 'GM' in the results",
        ("results/tiny", "centred", "--date", "2021-02-03"): "the run reports on 2020-03-31",
        ("results/tiny", "network", "--for", "psc:GM"): "no eligible sites of psc 'GM'",
        ("results/tiny", "progression", "--intervention", CARE, "--for", "setting:acute"): "a collaborative: psc:YH",
        ("q2.csv", "centred", "--date", "2022/23 Q1"): "'pews_national' is reported for 2023/24 Q1, 2023/24 Q2",
        ("q2.csv", "centred", "--date", "soon"): "'soon' is not a date",
        ("q2.csv", "centred", "--for", "psc:YH"): "leave --for out",
        ("q2.csv", "progression", "--for", "psc:GM"): "nothing of psc 'GM'",
        ("seen.csv", "spc", "--intervention", "pews"): "no intervention 'pews'",
        ("seen.csv", "spc", "--for", "psc:YH"): "nothing of psc:YH there; known: national",
    }
    for words, said in refused.items():
        ended = spread("plot", *words)
        told = " ".join(ended.err.split())
        assert (ended.code, said in told) == (2, True), (words, told)


def test_who_meets_across_is_counted_by_pair_of_collaboratives(ran):
    from spread.network import population
    from spread.scenarios import reading

    (ran / "memberships.csv").write_text("network,kind,site\nN,clinical,S3\nN,clinical,S4\nN,clinical,S5\n")
    text = (ran / "tiny.toml").read_text().replace('"sites.csv"', '"sites.csv"\nmemberships = "memberships.csv"')
    (ran / "joined.toml").write_text(text)
    world = population.build_population(reading.read_scenario(ran / "joined.toml"))
    found = plot_network.find_bridges(world, {"S1", "S2", "S3", "S4"})
    assert found.to_numpy().tolist() == [["WX", "YH", 2]]

"""`spread plot RESULTS KIND`: which figures are drawn, and what they refuse."""

import pandas as pd
import pytest

from spread.cli import plot


def test_bottlenecks_are_drawn_for_england_and_a_collaborative(spread, tiny):
    ended = spread("run", "tiny.toml", "--draws", "2", "--replicates", "1", "--workers", "1", "-q")
    assert "What holds it back" in ended.out
    for words, stem in (((), "bottlenecks"), (("--for", "psc:Wessex"), "bottlenecks-psc-WX")):
        ended = spread("plot", "results/tiny", "bottlenecks", *words, "--out", "figures")
        assert (ended.code, ended.err) == (0, "")
        for suffix in ("svg", "png", "csv", "txt"):
            assert (tiny / "figures" / f"{stem}.{suffix}").is_file()


def test_what_a_figure_cannot_show_is_refused(spread, tiny):
    spread("run", "tiny.toml", "--draws", "2", "--replicates", "1", "--workers", "1", "-q")
    refused = {
        ("map", "--for", "psc:Wessex"): "map shows every group",
        ("curves", "--by", "setting", "--for", "psc:Wessex"): "--by setting shows every group",
        ("ambitions", "--by", "setting"): "ambitions are assessed by psc",
        ("curves", "--rivals"): "give it with --observed FILE",
        ("curves", "--by", "psc", "--observed", "seen.csv"): "leave --by out",
        ("exceedance", "--ambition", "x"): "no chances by share for an ambition 'x'",
        ("collaboratives", "--by", "nhs_region"): "the results hold no NHS regions",
        ("results/tiny", "map"): "'map' is drawn from one run",
        ("results/tiny", "curves", "--by", "psc"): "--by goes with one run",
        ("bottlenecks", "--by", "psc"): "--by goes with 'plot RESULTS ambitions | curves",
        ("ambitions", "--intervention", "x"): "--intervention goes with 'plot RESULTS curves",
        ("bottlenecks", "--intervention", "x"): "no intervention 'x'",
        ("bottlenecks", "--for", "setting:acute"): "known: national, psc:",
        (): "'results/tiny' is no kind of figure, which comes last, after the run; there are curves, ambitions,",
        ("ambition",): "'ambition' is no kind of figure, which comes last, after the run; did you mean 'ambitions'?",
        ("results/other",): "is no kind of figure, which comes last, after the run; there are curves, ambitions,",
    }
    for words, said in refused.items():
        ended = spread("plot", "results/tiny", *words)
        assert (ended.code, said in ended.err) == (2, True), words


SEEN = """\
date,intervention,measure,group_kind,group,numerator,denominator
2019-12-31,tracheostomy_bedhead_signs,stage>=5,national,,1,5
2020-03-31,tracheostomy_bedhead_signs,stage>=5,national,,2,5
2020-09-30,tracheostomy_bedhead_signs,stage>=5,national,,3,5
"""


def test_every_figure_of_a_run_is_drawn_and_written(spread, tiny):
    (tiny / "seen.csv").write_text(SEEN)
    spread("run", "tiny.toml", "--draws", "2", "--replicates", "1", "--workers", "1", "-q")
    signs = ("--intervention", "tracheostomy_bedhead_signs")
    asked = {
        ("exceedance",): "exceedance",
        ("collaboratives",): "collaboratives",
        ("map", *signs): "map-tracheostomy_bedhead_signs",
        ("curves", "--by", "setting"): "curves-by-setting",
        ("curves", *signs, "--observed", "seen.csv", "--rivals"):
            "curves-tracheostomy_bedhead_signs-observed-rivals",
        ("results/tiny", "curves"): "curves-beside-tiny",
    }  # fmt: skip
    for words, stem in asked.items():
        ended = spread("plot", "results/tiny", *words, "--out", "figures")
        assert (ended.code, ended.err) == (0, ""), words
        assert sorted(path.suffix for path in (tiny / "figures").glob(f"{stem}.*")) == [".csv", ".png", ".svg", ".txt"]


def test_rivals_know_what_was_seen_before_the_run_and_the_last_value_stays_where_it_was(spread, tiny):
    (tiny / "seen.csv").write_text(SEEN)
    spread("run", "tiny.toml", "--draws", "2", "--replicates", "1", "--workers", "1", "-q")
    spread("plot", "results/tiny", "curves", "--intervention", "tracheostomy_bedhead_signs", "--observed", "seen.csv",
           "--rivals", "--out", "figures")  # fmt: skip
    table = pd.read_csv(tiny / "figures" / "curves-tracheostomy_bedhead_signs-observed-rivals.csv")
    assert table[table.shown == "observed"].value.tolist() == [0.2, 0.4, 0.6]
    assert table[table.shown == "last_value"].value.tolist() == pytest.approx([0.4] * 8)
    assert table[table.shown == "linear"].value.is_monotonic_increasing
    assert (
        "know the 2 points up to 31 March 2020"
        in (tiny / "figures" / "curves-tracheostomy_bedhead_signs-observed-rivals.txt").read_text()
    )


def test_rivals_of_too_little_are_refused(spread, tiny):
    (tiny / "seen.csv").write_text("\n".join(SEEN.splitlines()[:2]) + "\n")
    spread("run", "tiny.toml", "--draws", "2", "--replicates", "1", "--workers", "1", "-q")
    ended = spread("plot", "results/tiny", "curves", "--intervention", "tracheostomy_bedhead_signs", "--observed",
                   "seen.csv", "--rivals")  # fmt: skip
    assert ended.code == 2
    assert "rivals need 2 observed points or more" in ended.err


def test_the_help_names_every_kind_of_figure(spread):
    told = " ".join(spread("plot", "--help").out.split())
    assert f"KIND is {', '.join(plot.KINDS[:-1])} or {plot.KINDS[-1]}." in told

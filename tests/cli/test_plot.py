"""`spread plot RESULTS bottlenecks`."""


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
        ("bottlenecks", "--by", "psc"): "--by goes with 'plot RESULTS ambitions'",
        ("ambitions", "--intervention", "x"): "--intervention goes with 'plot RESULTS bottlenecks",
        ("bottlenecks", "--intervention", "x"): "no intervention 'x'",
        ("bottlenecks", "--for", "setting:acute"): "known: national, psc:",
    }
    for words, said in refused.items():
        ended = spread("plot", "results/tiny", *words)
        assert (ended.code, said in ended.err) == (2, True), words

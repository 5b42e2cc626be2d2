"""What is told about the sites of a run is never read from files that have become others since."""

import pytest

from spread.runs import listing


@pytest.mark.parametrize(
    ("words", "made"),
    [
        (("plot", "{}", "network"), "network.csv"),
        (("results", "bundle", "{}", "--anonymise", "-o", "b.zip"), "b.zip"),
        (("results", "export", "{}", "--name-sites", "-o", "x.xlsx"), "x.xlsx"),
    ],
)
def test_sites_that_are_others_now_are_not_told_of(spread, tiny, words, made):
    assert spread("run", "tiny.toml", "--draws", "2", "--replicates", "1", "--workers", "1", "-q").code == 0
    (run,) = [str(one.folder) for one in listing.list_runs()]
    asked = [run if word == "{}" else word for word in words]
    sites = (tiny / "sites.csv").read_text()
    (tiny / "sites.csv").write_text(sites.replace("S1", "T1"))
    ended = spread(*asked)
    assert (ended.code, "its data file 'sites' has changed" in ended.err) == (2, True), ended.err
    assert not list(tiny.rglob(made))
    (tiny / "sites.csv").write_text(sites)
    assert spread(*asked).code == 0
    assert list(tiny.rglob(made))

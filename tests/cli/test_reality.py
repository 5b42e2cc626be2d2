"""`spread scenario check --reality`: the rules hold on scenarios of every kind, and each one notices a bug."""

import json
import math
import pathlib

import numpy as np
import pytest

from spread.decisions import reality_checks
from spread.model import draws, rules
from spread.network import population
from tests.cli.worlds import SCENARIO, SITES

UNENTITLED = "S6,O5,acute,YH,maternity\n"
RICH = """\
coaches = { default = 1, YH = 3 }
meeting_interval_months = { psc = 2 }

[[change]]
from = 2020-10-01
coaches = { WX = "+2" }

[programmes.tracheostomy]
support = "enhanced"

[start_from]
stages = "stages.csv"
as_of = 2020-09-30
"""
PROCESS = ("scenario", "check", "tiny.toml", "--reality", "--engine", "process", "--format", "json", "-q")


@pytest.fixture
def mixed(tiny, monkeypatch):
    """The tiny world with a site that is eligible for nothing; fewer runs are enough for it."""
    monkeypatch.setattr(reality_checks, "ENOUGH_WAITS", 800)
    monkeypatch.setattr(reality_checks, "ENOUGH_GAPS", 600)
    (tiny / "sites.csv").write_text(SITES + UNENTITLED)
    return tiny


def results(ended):
    return {row["rule"]: row["result"] for row in json.loads(ended.out)}


def test_every_rule_holds_on_a_small_world_and_the_table_fits_the_screen(spread, mixed):
    ended = spread("scenario", "check", "tiny.toml", "--reality")
    assert ended.code == 0
    assert ended.err == "tiny.toml: good\n"
    assert max(len(line) for line in ended.out.splitlines()) <= 80
    assert ended.out.count(" pass ") == len(reality_checks.RULES)


def test_both_engines_find_the_same(spread, mixed):
    process = spread(*PROCESS)
    compiled = spread(*(word if word != "process" else "compiled" for word in PROCESS))
    assert process.code == compiled.code == 0
    assert process.out == compiled.out


def test_dated_changes_a_start_half_way_and_a_programmes_own_support_are_obeyed_too(spread, mixed):
    head, world = SCENARIO.split("\n[world]")
    plan, tables = RICH.split("\n\n", 1)
    (mixed / "tiny.toml").write_text(f"{head}{plan}\n\n[world]{world}\n{tables}")
    ended = spread(*PROCESS[:4], "--format", "json", "-q")
    assert ended.code == 0
    assert set(results(ended).values()) == {"pass"}


def test_a_rule_that_has_nothing_to_look_at_says_so(spread, tiny):
    found = {row["rule"]: row for row in json.loads(spread(*PROCESS).out)}
    row = found["An ineligible site never counts"]
    assert (row["result"], row["found"]) == ("not applicable", "every site is eligible for everything")


def negative(level_effect, hours, usual_hours, half_hours):
    return -level_effect * hours / (hours + half_hours)


PLANTED = {
    "coaches for those nobody works with": (
        rules, "wants_place", lambda supported, places: places > 0, "No support equals the background",
    ),
    "a place without a coach": (
        rules, "place_count", lambda wte, sites, each: math.floor(wte * sites * each + 0.5) + 1,
        "No coaches, no coached adoption",
    ),
    "support with the wrong sign": (
        rules, "support_log_effect", negative, "More support never adopts later, where that is a law",
    ),
    "waits that are uniform": (
        draws, "exponential_at", lambda *what: 2.0 * draws.uniform_at(*what), "Without peers, waits are exponential",
    ),
    "peers counted twice": (
        rules, "exposure_share", lambda weight, in_use, peers: 2.0 * weight * in_use / peers,
        "Complete immediate ties are the pure-birth chain",
    ),
    "everybody is eligible": (
        population, "eligible_sites", lambda wanted, there: np.arange(len(there.settings)),
        "An ineligible site never counts",
    ),
}  # fmt: skip


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_breaks_its_rule_and_is_called_ours(spread, mixed, monkeypatch, bug):
    place, name, wrong, rule = PLANTED[bug]
    monkeypatch.setattr(place, name, wrong)
    ended = spread(*PROCESS)
    assert ended.code == 1
    assert results(ended)[rule] == "fail"
    assert ended.err.startswith("tiny.toml: ")
    assert "a bug of the program, not a mistake in the scenario" in " ".join(ended.err.split())


def test_a_scenario_with_mistakes_is_not_tried(spread, mixed):
    (mixed / "tiny.toml").write_text(SCENARIO.replace("sites.csv", "nowhere.csv"))
    ended = spread(*PROCESS)
    assert (ended.code, ended.out) == (2, "")


def test_a_large_world_is_thinned_and_says_so(spread, mixed, monkeypatch):
    monkeypatch.setattr("spread.decisions.reality_worlds.MOST_UNITS", 8)
    ended = spread("scenario", "check", "tiny.toml", "--reality", "-q")
    assert ended.code == 0
    assert "one site in 2 of each kind (9 pairs" in " ".join(ended.out.split())


def test_options_of_reality_are_refused_without_it(spread, tiny):
    ended = spread("scenario", "check", "tiny.toml", "--format", "json")
    assert ended.code == 2
    assert "--reality" in ended.err


SHIPPED = sorted(
    path
    for folder in ("tracheostomy", "pews", "programmes", "series")
    for path in (pathlib.Path(__file__).parents[2] / "scenarios" / folder).glob("*.toml")
)


@pytest.mark.slow
@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_every_rule_holds_on_what_is_shipped(spread, path):
    assert spread("scenario", "check", path, "--reality", "-q").code == 0

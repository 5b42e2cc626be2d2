"""The page of fit checks holds every fact with its source, and a wrong parameter shows in it."""

import re
from pathlib import Path

import numpy as np
import pytest

import spread.api as api
from spread.runs import replicate
from tests.verification import fit_checks, fit_page
from tests.verification.fit_facts import FACTS, Fact


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fit_checks.make_worlds(tmp_path)
    return tmp_path


def acute_sign_up(folder: Path, pace: float = 1.0) -> fit_page.Row:
    """The row of sign-up over 40 parameter sets, the speed of becoming interested multiplied throughout."""
    scenario = api.read_scenario(folder / "fit_sign_up.toml")
    believed = scenario.parameters[fit_checks.ACUTE_PACE]
    assert believed.low is not None
    assert believed.high is not None
    text = ", ".join(f"{end} = {pace * value}" for end, value in zip(
        ("value", "low", "high"), (believed.value, believed.low, believed.high), strict=True))  # fmt: skip
    (folder / "fit_paced.toml").write_text(
        'schema = 1\nname = "paced"\nbase = "fit_sign_up.toml"\n\n[parameters]\n'
        f'{fit_checks.ACUTE_PACE} = {{ {text}, basis = "judgement", source = "Judgement: made for a test." }}\n'
    )
    job = fit_checks.ready(folder, "paced")
    bench = replicate.make_bench(job, "compiled")
    shares = [dict(fit_checks.sign_up(fit_checks.run(job, draw, bench), bench))["Sign-up, acute"] for draw in range(40)]
    return fit_page.row(next(fact for fact in FACTS if fact.name == "Sign-up, acute"), np.array(shares))


def test_every_fact_is_simulated_and_has_its_row(folder: Path) -> None:
    rows = fit_checks.rows_of(fit_checks.measure(folder, 2))
    assert [row.fact for row in rows] == list(FACTS)
    table = fit_page.fact_table(rows).splitlines()[2:]
    assert [line.split(" | ")[0].removeprefix("| ") for line in table] == [fact.name for fact in FACTS]


def test_the_page_has_a_row_for_every_fact_and_says_where_the_two_differ() -> None:
    page = fit_checks.PAGE.read_text(encoding="utf-8")
    told = page.partition("## Where they differ")[2]
    for fact in FACTS:
        assert f"| {fact.name} | {fact.published} | {fact.source} |" in page
        assert f"fit_{fact.world}.toml`: {fact.simulated} |" in page
    worlds = {fact.world.removesuffix("_unheard").removesuffix("_measured") for fact in FACTS}
    assert {name for name in worlds if f"`fit_{name}" in told} == worlds


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_each_fact_cites_a_publication(fact: Fact) -> None:
    assert re.search(r"\b(19|20)\d\d\b|scorecard", fact.source)
    assert (fit_checks.WORLDS / f"fit_{fact.world}.toml").is_file()


def test_sign_up_is_where_it_was_published_and_at_half_the_pace_it_is_not(folder: Path) -> None:
    assert acute_sign_up(folder).holds
    halved = acute_sign_up(folder, 0.5)
    assert not halved.holds
    assert halved.high < halved.fact.value


def test_planks_of_hospitals_alike_are_independent_and_follow_the_integral(folder: Path) -> None:
    job = fit_checks.ready(folder, "planks")
    bench = replicate.make_bench(job, "compiled")
    for variance in (0.0, 0.8):
        change = {**fit_checks.NOTHING_ELSE_SHARED, "frailty_variance": variance}
        shares = [fit_checks.all_six(fit_checks.paced(job, draw, bench, change)) for draw in range(12)]
        expected = fit_checks.integrated(variance, "lognormal")
        error = np.std(shares, ddof=1) / np.sqrt(len(shares))
        assert abs(np.mean(shares) - expected) < 4 * error + 0.01
    assert fit_checks.integrated(0.0, "gamma") == pytest.approx(np.prod(fit_checks.PLANK_SHARES), abs=0.001)


def test_a_gamma_frailty_needs_a_variance_of_about_one_and_a_half_and_a_lognormal_far_more() -> None:
    gamma, lognormal = (
        fit_checks.needed([fit_checks.integrated(variance, shape) for variance in fit_checks.VARIANCES])
        for shape in ("gamma", "lognormal")
    )
    assert gamma == pytest.approx(1.4, abs=0.1)
    assert lognormal == pytest.approx(11, abs=1)
    assert np.isnan(fit_checks.needed([0.1] * len(fit_checks.VARIANCES)))


def test_tables_go_between_their_markers_and_the_words_around_stay() -> None:
    page = "Before.\n<!-- facts: begin -->\nold\n<!-- facts: end -->\nAfter.\n"
    made = fit_page.put(page, "facts", r"new \1")
    assert made == "Before.\n<!-- facts: begin -->\nnew \\1\n<!-- facts: end -->\nAfter.\n"
    assert fit_page.put(made, "facts", "old") == page
    with pytest.raises(ValueError, match="0 pairs of markers"):
        fit_page.put("Nothing.", "facts", "new")


def test_shares_outside_the_range_are_named_in_the_words_of_the_figure() -> None:
    share = [fact for fact in FACTS if fact.unit == "share"][:2]
    rows = [fit_page.Row(share[0], 0.3, 0.4, 0.5), fit_page.Row(share[1], 0.0, 0.0, 0.01)]
    assert [row.holds for row in rows] == [True, False]
    assert f"outside are: {share[1].name}." in fit_page.words(rows)

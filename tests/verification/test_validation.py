"""The validation page holds what the pages it draws on hold, and leaves out no failure."""

import pytest

from spread.scenarios import catalogue
from tests.verification import fit_facts, validation

PAGE = validation.PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_the_command_makes_of_the_other_pages() -> None:
    assert validation.filled(PAGE) == PAGE


def test_every_fact_has_its_prior_or_is_said_to_have_none() -> None:
    assert set(validation.PRIOR_OF) == {fact.name for fact in fit_facts.FACTS}
    named = [*validation.PRIOR_OF.values(), *validation.PRIOR_OF_SERIES.values()]
    named += [prior for _, prior in validation.PROGRAMMES.values()]
    named += validation.UNSHARED.values()
    assert {name for text in named for name in validation.PARAMETER.findall(text)} <= set(catalogue.parameters())


def test_the_odds_ratio_it_states_is_that_of_its_page() -> None:
    stated = (validation.DOCS / "prior_predictive.md").read_text(encoding="utf-8")
    assert "none against standard gives an odds ratio of 2.2" in stated
    assert "the odds ratio of none against standard is 2.2" in PAGE


def test_what_does_not_come_back_is_called_so() -> None:
    failed = [row["check"] for row in validation.table_with("fit_checks.md", "published in the range")
              if row["published in the range"] == "**no**"]  # fmt: skip
    assert failed
    for check in failed:
        (line,) = (line for line in PAGE.splitlines() if line.startswith(f"| {check} |"))
        assert validation.DOES_NOT in line


@pytest.mark.parametrize(
    ("ours", "best", "held", "verdict"),
    [
        ((0.3, 0.4), (0.5, 0.5), 100.0, validation.AGREES),
        ((0.3, 0.4), (0.2, 0.2), 100.0, validation.IN_PART),
        ((0.3, 0.4), (0.5, 0.5), 60.0, validation.DOES_NOT),
        ((1.3, 0.4), (2.0, 0.5), 100.0, validation.DOES_NOT),
        ((0.3, 0.4, 2.9), (0.5, 0.5, 3.0), 100.0, validation.DOES_NOT),
        ((0.3, 0.4, 1.1), (0.5, 0.5, 3.0), 100.0, validation.IN_PART),
    ],
)
def test_a_series_is_judged_by_the_rule_of_the_page(ours, best, held, verdict) -> None:
    one = validation.Series("made up", ours, best, ((held, held, held),) * len(ours))
    assert validation.series_verdict(one) == verdict


def test_the_figure_has_the_title_of_its_numbers() -> None:
    assert validation.title(validation.read_series()) in validation.FIGURE.read_text(encoding="utf-8")

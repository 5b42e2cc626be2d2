"""The pages of the field's standards say what the code does, and name files that are there."""

import re
from pathlib import Path

import numpy as np
import pytest

import spread
from spread import model
from spread.model import draws, epochs, following, setting_groups, updating
from spread.model.draws import Purpose
from spread.scenarios import catalogue, levers
from tests.project import assumptions_log

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
STATES = {"met", "met in part", "not met", "needs a person", "not planned"}
BESIDE_THE_MODEL = {"return_missing_share", "return_arrears_quarters", "coach_hours_per_wte_month",
                    "champion_hours_per_site_month"}  # fmt: skip


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def rows_of(text: str) -> list[list[str]]:
    """The cells of every row of every table of a page, without heads and rules."""
    lines = text.splitlines()
    tables = [line for line, after in zip(lines, [*lines[1:], ""], strict=True)
              if line.startswith("| ") and not after.startswith(("|--", "| --"))]  # fmt: skip
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in tables if not line.startswith("| --")]


# --- ODD ------------------------------------------------------------------------------------------


def test_the_odd_page_has_its_seven_elements_and_eleven_design_concepts() -> None:
    text = page("odd.md")
    assert [int(number) for number in re.findall(r"^## (\d)\. ", text, flags=re.MULTILINE)] == list(range(1, 8))
    concepts = re.findall(
        r"^- \*\*([A-Z][a-z ]+)\.\*\*", text.partition("## 4.")[2].partition("## 5.")[0], re.MULTILINE
    )
    assert concepts == [
        "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction",
        "Stochasticity", "Collectives", "Observation",
    ]  # fmt: skip


def test_random_numbers_on_the_odd_page_are_those_of_the_model() -> None:
    run, unit = draws.run_key(1, 2, 3), draws.unit_key(draws.key("pews_any"), draws.key("A1"))
    drawn = draws.uniform_at(draws.run_key(1, 0, 0), draws.key("kappa"), Purpose.PARAMETER, 0)
    cycle = draws.uniform_at(run, unit, Purpose.CYCLE_LENGTH, (1 << 32) + (2 << 24) + 3)
    told = {
        '`key("A1")`': draws.key("A1"),
        '`key("pews_any")`': draws.key("pews_any"),
        "`mix(1)`": draws.mix(1),
        "`join(1, 2)`": draws.join(1, 2),
        "`run(1, 0, 0)`": draws.run_key(1, 0, 0),
        "`run(1, 2, 3)`": run,
        "unit of `pews_any` at `A1`": unit,
        "U(run(1, 2, 3), that unit, DECISION, 0)": draws.uniform_at(run, unit, Purpose.DECISION, 0),
        "E of the same": draws.exponential_at(run, unit, Purpose.DECISION, 0),
        "U(run(1, 2, 3), that unit, CYCLE_LENGTH, 2^32 + 2 * 2^24 + 3)": cycle,
        'U(run(1, 0, 0), key("kappa"), PARAMETER, 0)': drawn,
        "Phi^-1(0.975), Phi^-1(1e-10)": f"{draws.normal(0.975)!r}, {draws.normal(1e-10)!r}",
    }
    text = page("odd.md")
    for quantity, value in told.items():
        assert f"| {quantity} | {value} |" in text, quantity
    for constant in (draws.GOLDEN, draws.FIRST_MULTIPLIER, draws.SECOND_MULTIPLIER):
        assert f"{constant:X}" in text


def test_purposes_on_the_odd_page_have_their_numbers_and_none_of_a_run_is_missing() -> None:
    section = page("odd.md").partition("| purpose (number)")[2].partition("**Beliefs")[0]
    told = {name: int(number) for name, number in re.findall(r"\b([A-Z_]+) (\d+)[,| ]", section)}
    elsewhere = {"RETURN_MISSING", "RETURN_ERROR", "PROPOSAL"}  # simulated returns, fits
    assert told == {purpose.name: purpose.value for purpose in Purpose if purpose.name not in elsewhere}


def test_statuses_and_events_on_the_odd_page_are_those_of_the_log() -> None:
    text = page("odd.md")
    named = re.search(r"^    0 no contact .*$", text, flags=re.MULTILINE)
    assert named is not None
    assert re.sub(r"[\d\s]+", " ", named[0]).split() == " ".join(model.STATUS_NAMES).replace("_", " ").split()
    order = ", ".join(map(str, model.STATUS_ORDER))
    assert f"lowest first: {order};" in " ".join(text.split())
    events = {int(row[0]): row[1] for row in rows_of(text.partition("| code | event")[2]) if row[0].isdigit()}
    stated = {code: events[code].replace(" ", "_").upper() for code in range(16)}
    assert stated == {event.value: event.name for event in model.Event}


def test_every_parameter_on_the_odd_page_exists_and_every_one_of_the_model_is_there() -> None:
    text = page("odd.md")
    families = {**dict.fromkeys(setting_groups.GROUPS, "g"), **dict.fromkeys(levers.TIERS, "t")}
    for name in catalogue.parameters():
        forms = {name, *(name.replace(f"_{part}_", f"_{letter}_") for part, letter in families.items())}
        forms |= {name.replace(f"_{part}", f"_{letter}") for part, letter in families.items() if name.endswith(part)}
        forms |= {re.sub(r"^push_(none|audit|incentive|duty|mandate)_", "push_KIND_", name)}
        forms |= {re.sub(r"^gap_halflife_\w+?_months", "gap_halflife_COMPLEXITY_months", name)}
        forms |= {re.sub(r"^(dose_initial)_\w+", r"\1_TIER", name)}
        is_listed = (
            name.startswith(("peer_weight_", "testing_")) and name.split("_")[-1 if "peer" in name else 1] in text
        )
        assert is_listed or name in BESIDE_THE_MODEL or any(re.search(rf"\b{form}\b", text) for form in forms), name
    stated = re.findall(r"`([a-z]+(?:_[a-z0-9]+)+_(?:log_hr|per_month|per_year|log_sd|months))`", text)
    tiers = {"interest_g_per_month", "decision_g_per_month", "available_delay_months"}
    assert set(stated) <= {*catalogue.parameters(), *tiers, "course_interval_months"}


def test_constants_on_the_odd_page_are_those_of_the_code() -> None:
    text = " ".join(page("odd.md").split())
    for level, hours in (("none", 0), ("light", 0.5), ("standard", 1), ("enhanced", 2)):
        assert epochs.usual_hours(level) == hours
        assert f"`{level}` {hours:g}" in text
    assert f"({updating.DECIDING_NODES} nodes, {updating.DECIDING_SDS:g} standard deviations either side)" in text
    assert f"({updating.TESTING_NODES} nodes, {updating.TESTING_SDS:g})" in text
    assert updating.SWEEPS == 4
    assert f"becomes one of {updating.CANDIDATES}," in text
    assert f"{following.OUTLIER_SHARE:g} of the chance" in text
    assert f"a share of {following.OTHERWISE_SHARE:g} while effects are learnt" in text


# --- STRESS, RAP, STARS, FAIR4RS, the record of evaluation --------------------------------------------------


def test_the_stress_page_answers_all_twenty_items() -> None:
    items = set(re.findall(r"^\*\*(\d\.\d) ", page("stress.md"), flags=re.MULTILINE))
    wanted = {1: 3, 2: 5, 3: 4, 4: 3, 5: 4, 6: 1}
    assert sum(wanted.values()) == 20
    assert items == {f"{section}.{item + 1}" for section, count in wanted.items() for item in range(count)}
    assert page("stress.md").count("*2.5.") == 9  # five of DES, four of ABS


@pytest.mark.parametrize("name", ["rap.md", "stars.md", "evaludation.md", "stress.md", "odd.md"])
def test_every_file_a_page_of_standards_names_is_there(name: str) -> None:
    told = re.findall(r"`([^`\s]+)`", page(name))
    named = [one for one in told if re.fullmatch(r"[\w./-]+", one) and ("/" in one or one.endswith((".cff", ".toml")))]
    of_a_run = {"scenario.toml"}
    assert name == "odd.md" or named
    for one in named:
        assert one in of_a_run or (ROOT / one).exists() or re.fullmatch(r"[\w.]+\.csv", one), one
    for module in re.findall(r"python -m (tests[\w.]+)", page(name)):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module
    for folder in re.findall(r"python -m pytest ([\w/.]+)", page(name)):
        assert (ROOT / folder).exists(), folder


@pytest.mark.parametrize(("name", "state"), [("rap.md", 2), ("stars.md", 1)])
def test_every_point_is_met_or_says_what_is_missing_and_what_is_met_is_shown(name: str, state: int) -> None:
    found = [row for row in rows_of(page(name)) if len(row) >= 3]
    states = [row[state] if len(row) == (4 if name == "rap.md" else 3) else row[2] for row in found]
    assert set(states) <= STATES
    for row, stands in zip(found, states, strict=True):
        if stands == "met":
            assert re.search(r"`[^`]+`|CSV|command line|history", row[-1]), row


def test_all_points_of_rap_stars_and_fair4rs_are_there() -> None:
    levels = [row[0] for row in rows_of(page("rap.md"))]
    assert [levels.count(level) for level in ("baseline", "silver", "gold")] == [5, 9, 4]
    first = [row[0] for row in rows_of(page("stars.md"))]
    assert sum(one.startswith("essential") for one in first) == 8
    assert sum(one.startswith("optional") for one in first) == 5
    principles = [one for one in first if re.fullmatch(r"[FAIR]\d(\.\d)?", one)]
    assert len(principles) == len(set(principles)) == 17


def test_figures_of_the_record_of_evaluation_are_those_of_the_catalogue_and_the_other_pages() -> None:
    text = " ".join(page("evaludation.md").split())
    count = [number.basis for number in map(assumptions_log.number, catalogue.parameters())]
    own = [assumptions_log.number(name).basis for name in assumptions_log.own_names()]
    assert (
        f"of {len(count)} global numbers {count.count('observed')} are observed, {count.count('published')} published, "
        f"{count.count('judgement')} judgement, {count.count('exact')} definitions" in text
    )
    assert f"{own.count('judgement')} of {len(own)} are judgement" in text
    assert f"lists all {len(count)} with median" in " ".join(page("stress.md").split())
    for figure, other in (
        ("+0.16 to +0.54", "hindcasts.md"), ("+0.11 to +0.41", "hindcasts.md"), ("-0.37 to +0.45", "hindcasts.md"),
        ("-0.10 to +0.65", "hindcasts.md"), ("0.431", "hindcasts.md"), ("0.304", "hindcasts.md"),
        ("78 of 78", "verification.md"),
    ):  # fmt: skip
        assert figure in text
        assert figure in page(other)


# --- logs and citation --------------------------------------------------------------------------------


def test_the_log_of_assumptions_is_that_of_the_catalogue() -> None:
    assert page("assumptions_log.md") == assumptions_log.page(), "run python -m tests.project.assumptions_log"


def test_every_number_of_the_catalogue_is_in_the_log() -> None:
    logged = {row[0] for row in rows_of(page("assumptions_log.md"))}
    assert {*catalogue.parameters(), *assumptions_log.own_names()} <= logged


def test_every_hard_choice_of_the_design_page_is_in_the_log_of_decisions() -> None:
    choices = re.findall(r"^## (.*)$", page("design.md"), flags=re.MULTILINE)
    assert [one["heading"] for one in assumptions_log.say_all()["decision"]] == choices


def test_every_bundled_table_is_in_the_log_of_data() -> None:
    logged = {row[0] for row in rows_of(page("assumptions_log.md"))}
    bundled = {path.relative_to(ROOT).as_posix() for path in (ROOT / "spread").rglob("*.csv")}
    assert bundled <= logged


def test_the_citation_has_what_its_standard_asks_and_the_version_of_the_package() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    top = dict(re.findall(r"^([a-z-]+): *(.*)$", text, flags=re.MULTILINE))
    compulsory = {"cff-version", "message", "title", "authors"}
    allowed = {*compulsory, "type", "version", "license", "keywords", "abstract", "date-released", "doi", "url",
               "repository-code", "identifiers", "references", "preferred-citation", "contact"}  # fmt: skip
    assert compulsory <= set(top) <= allowed
    assert top["cff-version"] == "1.2.0"
    assert top["type"] == "software"
    assert top["version"] == spread.__version__
    assert top["license"] == "MIT"
    authors = text.partition("authors:\n")[2].split("\nkeywords")[0]
    assert re.search(r"^  - (name|family-names|given-names): \S", authors, flags=re.MULTILINE)


def test_priors_of_the_odd_page_are_drawn_as_it_says() -> None:
    from spread.runs import plan

    chance, value, low, high, zero = 0.9, 2.0, 0.2, 6.0, 0.3
    deviate = draws.normal((chance - zero) / (1 - zero))
    by_hand = np.exp(np.log(value) + abs(deviate) / 1.6448536269514722 * (np.log(high) - np.log(value)))
    drawn = plan.quantile(chance, value, low, high, zero, 0.0, np.inf, plan.LOG)
    assert drawn == pytest.approx(float(by_hand), rel=1e-14)
    assert plan.quantile(0.29, value, low, high, zero, 0.0, np.inf, plan.LOG) == 0.0

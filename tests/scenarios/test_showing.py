"""Scenarios listed, shown, begun, compared, and described to an editor."""

import re
from pathlib import Path

import pytest

from spread import errors
from spread.scenarios import catalogue, difference, editing, facts, levers, new, reading, show, writing

CHILD = 'schema = 1\nname = "child"\nbase = "scenario.toml"\n'
DOCS = Path(__file__).parents[2] / "docs"


def lines(found):
    return [f"{one.section}: {one}" for one in found]


def test_bases_of_the_catalogue_and_files_of_a_folder_are_listed(write, tmp_path):
    write('schema = 1\nname = "mine"\ntitle = "My own"\nbase = "nowhere"\n', "a.toml")
    write("name = ", "b.toml")
    *bases, mine, broken = show.list_scenarios(tmp_path)
    assert tuple(base.name for base in bases) == catalogue.base_names()
    assert all(base.is_catalogue and base.title for base in bases)
    assert (mine.name, mine.title, mine.is_catalogue) == ("mine", "My own", False)
    assert broken.title.startswith("cannot be read")


def test_a_scenario_is_shown_with_its_levers_and_what_each_date_changes(read):
    scenario = read("coaches = { NENC = 4 }\n", "[[change]]\nfrom = 2024-01-01\npush = 'duty'\ncoaches = 2\n")
    shown = lines(show.describe(scenario))
    assert f"{facts.FROM_THE_START}: 4 WTE" in shown
    changed = [fact for fact in show.describe(scenario) if fact.section == "From 2024-01-01"]
    assert [f"{fact.label}: {fact}" for fact in changed] == [
        "Coaches: 2 WTE",
        "Coaches in NENC: 2 WTE",
        "Policy push: duty",
    ]
    assert not any(fact.section == facts.PARAMETERS for fact in show.describe(scenario))
    assert {fact.label for fact in show.describe(scenario, with_parameters=True)} >= set(scenario.parameters)


def test_a_world_from_a_graph_is_shown_with_its_file(read, write):
    graph = write("", "mine.graphml")
    shown = show.describe(read(tables='[world]\ngraph = "mine.graphml"\n'))
    assert next(fact.value for fact in shown if fact.label == "Sites") == f"own files ({graph})"


def test_a_difference_is_said_in_plain_english(read, write):
    base = read("coaches = { default = 2, KSS = 1 }\n")
    top = 'coaches = { NENC = "+2" }\nend = 2025-06-30\n'
    tables = "[parameters]\nkappa = 3\n[ambitions.pews_march_2024]\nthreshold = 0.7\nlocal_thresholds = { WX = 0.5 }\n"
    change = '[[change]]\nfrom = 2024-01-01\ncoaches = { NENC = "-2", KSS = 2 }\n'
    change += '[[change]]\nfrom = 2024-06-01\npush = "duty"\n'
    child = reading.read_scenario(write(CHILD + top + tables + change, "child.toml"))
    assert lines(difference.differences(base, child)) == [
        "Run: End: 2025-03-31 -> 2025-06-30",
        "What we can change: Coaches in NENC: 2 -> 4 WTE",
        "From 2024-01-01: Coaches in KSS: 1 -> 2 WTE",
        "From 2024-06-01: Policy push: audit -> duty",
        "Ambition pews_march_2024: Threshold: 0.8 -> 0.7",
        "Ambition pews_march_2024: Threshold in WX: - -> 0.5",
        "Parameters: kappa: 2 (0.2 to 6, log; exactly zero with chance 0.3) -> 3 ratio",
    ]


def test_a_scenario_does_not_differ_from_itself(read):
    assert difference.differences(read(), read()) == ()


@pytest.mark.parametrize(
    ("top", "tables"),
    [
        ("support = { KSS = 'none' }\n", ""),
        ("engaged_share = { KSS = 0.5 }\n", ""),
        ("", "[interventions.pews_any]\n"),
        ("", "[interventions.pews_national]\ntesting = false\n"),
        ("", "[interventions.pews_national]\nelements.chart.eligible_share = 0.5\n"),
        ("", "[[shock]]\nname = 'a'\nfrom = 2023-11-01\nto = 2024-01-31\nmultiplier = 2\n"),
        ("", "denominator = 'engaged'\n"),
        ("", "[report]\nmonths = true\n"),
        ("", "[parameters]\ncost_courses_gbp = { value = 900, source = 'last year' }\n"),
    ],
)
def test_whatever_changes_the_key_is_a_difference_one_can_read(read, top, tables):
    one, other = read(), read(top, tables)
    assert writing.canonical_text(one) != writing.canonical_text(other)
    assert difference.differences(one, other)
    assert difference.differences(other, one)


@pytest.mark.parametrize("base", [None, "tracheostomy-standard", "pews"])
def test_a_new_file_reads_without_mistakes_as_it_is(write, base):
    scenario = reading.read_scenario(write(new.template("october", base)))
    assert (scenario.name, scenario.base) == ("october", base)


@pytest.mark.parametrize("base", [None, "tracheostomy-standard"])
def test_every_lever_of_a_new_file_may_be_used_as_it_stands(write, base):
    text = new.template("october", base)
    used = text
    for lever in levers.settable():
        used = re.sub(rf"^# ({lever.path} = )", r"\1", used, count=1, flags=re.MULTILINE)
    assert reading.read_scenario(write(used)) == reading.read_scenario(write(text))


@pytest.mark.parametrize("part", ["[return.columns]", "[[change]]", "[[shock]]", "[parameters]", "[report]"])
def test_every_part_of_a_new_file_may_be_used_as_it_stands(write, part):
    before, sign, rest = new.template("october", "pews-standard").partition(f"# {part}")
    inside, gap, after = rest.partition("\n\n")
    scenario = reading.read_scenario(write(before + part + inside.replace("\n# ", "\n") + gap + after))
    assert sign
    assert scenario != reading.read_scenario(write(before + sign + rest))


def test_headings_and_prices_are_read_as_the_docs_write_them(read, write):
    write("", "q3.csv")
    snippets = [
        snippet
        for page in ("returns.md", "results.md")
        for snippet in re.findall(r"```toml\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
        if "[return.columns]" in snippet or "_gbp" in snippet
    ]
    scenario = read(tables="".join(snippets))
    assert scenario.quarterly_return.columns["PEWS chart"] == "pews_national"
    assert scenario.parameters["cost_coach_hours_gbp"].value == 40


def test_a_new_file_on_an_unknown_base_is_refused():
    with pytest.raises(errors.InputError, match="pews-standard"):
        new.template("october", "pews-standart")


def test_headings_of_a_return_are_a_difference_one_can_read(read):
    (found,) = difference.differences(read(), read(tables="[return.columns]\nTrust = 'organisation_name'\nBeds = ''\n"))
    assert (found.label, found.before) == ("Headings of the return", "-")
    assert found.after == "Trust = organisation_name; Beds = left aside"


def test_the_editor_schema_knows_every_key_and_its_short_forms():
    described = editing.json_schema()
    properties = described["properties"]
    assert {"schema", "name", "base", "shock", "change", "start_from", "return", "world"} <= set(properties)
    assert {lever.path for lever in levers.settable()} <= set(properties)
    assert set(properties["parameters"]["properties"]) == set(catalogue.parameters())
    assert described["required"] == ["schema", "name"]
    assert "path" not in properties

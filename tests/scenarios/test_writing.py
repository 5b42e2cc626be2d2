"""A resolved scenario as a file, and the text its key is made of."""

import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spread.scenarios import catalogue, levers, reading, writing

SHOCK = (
    '[[shock]]\nname = "{}"\nfrom = 2023-11-01\nto = 2024-01-31\nmultiplier = {{ value = 0.5, low = 0.2, high = 2 }}\n'
)
CHANGES = (
    "[[change]]\nfrom = 2024-01-01\nsupport = { KSS = 'none' }\n"
    "[[change]]\nfrom = 2024-06-01\ncoaches = { default = 3 }\n"
)
RICH_TOP = (
    "title = 'A \"title\"'\ndescription = '''two\nlines'''\nsupport = { NENC = 'enhanced' }\ncoaches = { KSS = '+1' }\n"
)
RICH = (
    "earlier_deadlines = [{ date = 2023-12-31, source = 'plan' }]\nlocal_thresholds = { Wessex = 0.9 }\n"
    "milestones = [{ date = 2024-01-31, threshold = 0.4 }]\n"
    "[interventions.pews_national]\nelements.extra = { baseline = 0.1, difficulty = 2, eligible_share = 0.5 }\n"
    "[parameters]\nkappa = { value = 2, low = 1, high = 3, zero = 0.1 }\n[report]\nmonths = true\ngroups = ['ics']\n"
    + CHANGES
    + SHOCK.format("winter")
)


def read_back(scenario, write):
    return reading.read_scenario(write(writing.write_resolved(scenario), "resolved.toml"))


@pytest.mark.parametrize("name", catalogue.base_names())
def test_a_resolved_scenario_reads_back_as_itself(name, write):
    scenario = reading.read_scenario(name)
    again = read_back(scenario, write)
    assert again == scenario
    assert writing.canonical_text(again) == writing.canonical_text(scenario)
    assert levers.regimes(again) == levers.regimes(scenario)


def test_a_scenario_that_says_everything_reads_back_as_itself(read, write):
    scenario = read(RICH_TOP, RICH)
    assert read_back(scenario, write) == scenario


def test_a_custom_world_reads_back_with_its_files(write):
    write("site,organisation,setting,psc\nA1,A,acute,Atlantis\n", "sites.csv")
    write("site,intervention,date,stage,since\n", "stages.csv")
    text = (
        'schema = 1\nname = "own"\nstart = 2023-04-01\nend = 2024-03-31\ncoaches = { Atlantis = 4 }\n'
        '[world]\nsites = "sites.csv"\n[start_from]\nreturns = "stages.csv"\nas_of = 2023-09-30\n'
        "[programmes.p]\ninterventions = ['pews_any']\n"
    )
    scenario = reading.read_scenario(write(text))
    assert read_back(scenario, write) == scenario


COLUMNS = '[return.columns]\n"Trust name" = "organisation_name"\nvalue = ""\nbasis = "quarter"\n'
BEGIN = "[start_from]\nreturns = 'q.csv'\nas_of = 2023-09-30\n"


def test_headings_of_a_return_and_prices_read_back_as_they_were(read, write):
    price = "[parameters]\ncost_coach_hours_gbp = { value = 40, low = 30, high = 60, source = 'a pay scale' }\n"
    scenario = read(tables=COLUMNS + price)
    again = read_back(scenario, write)
    assert again == scenario
    assert again.quarterly_return.columns == {"Trust name": "organisation_name", "value": "", "basis": "quarter"}
    assert again.parameters["cost_coach_hours_gbp"].source == "a pay scale"


def test_headings_count_in_the_key_where_a_run_starts_from_a_file_and_only_there(read, write):
    write("", "q.csv")
    texts = [writing.canonical_text(read(tables=tables)) for tables in ("", COLUMNS, BEGIN, BEGIN + COLUMNS)]
    assert texts[0] == texts[1]
    assert texts[2] != texts[3]
    assert '"return"' not in texts[2]


def test_nothing_is_filled_in_from_the_catalogue_on_reading_back(read, write):
    tree = tomllib.loads(writing.write_resolved(read()))
    del tree["interventions"]["pews_national"]["elements"]["escalation"]
    del tree["parameters"]["kappa"]
    import tomlkit

    again = reading.read_scenario(write(tomlkit.dumps(tree), "less.toml"))
    assert "pews_national.baseline.escalation" not in again.parameters
    assert "kappa" not in again.parameters


def test_a_resolved_scenario_may_be_a_base_and_presets_still_follow_the_support(read, write):
    write(writing.write_resolved(read("coaches = { NENC = 9 }\n")), "resolved.toml")
    child = reading.read_scenario(
        write('schema = 1\nname = "c"\nbase = "resolved.toml"\nsupport = "light"\n', "c.toml")
    )
    light = catalogue.support_levels()["light"]
    assert child.outreach_hours == {"default": light["outreach_hours"]}
    assert child.coaches["NENC"] == 9


@pytest.mark.parametrize(
    ("top", "tables", "more_top", "more_tables"),
    [
        ("title = 'x'\ndescription = 'y'\n", "", "", ""),
        ("coaches = { default = 2, KSS = 2 }\n", "", "coaches = 2.0\n", ""),
        ("coaches = { KSS = 1, NENC = 4 }\n", "", "coaches = { NENC = 4, 'Kent Surrey Sussex' = 1 }\n", ""),
        ("", SHOCK.format("a") + SHOCK.format("b"), "", SHOCK.format("b") + SHOCK.format("a")),
        ("", "[[change]]\nfrom = 2024-01-01\ncoaches = 2\n", "", "[[change]]\nfrom = '2024-01-01'\ncoaches = 2\n"),
        ("", "[report]\ngroups = ['ics', 'network']\n", "", "[report]\ngroups = ['network', 'ics']\n"),
        ("", "note = 'words'\n", "", ""),
    ],
)
def test_what_moves_no_number_leaves_the_canonical_text_alone(read, top, tables, more_top, more_tables):
    one, other = read(top, tables), read(more_top, more_tables)
    assert writing.canonical_text(one) == writing.canonical_text(other)


@pytest.mark.parametrize(
    ("top", "tables"),
    [
        ("coaches = 3\n", ""),
        ("push = 'duty'\n", ""),
        ("engaged_share = 0.9\n", ""),
        ("cycle_shape = 'fixed'\n", ""),
        ("", "threshold = 0.7\n"),
        ("", "local_thresholds = { KSS = 0.7 }\n"),
        ("", "[interventions.pews_any]\n"),
        ("", "[interventions.pews_national]\nappeal = 1.5\n"),
        ("", "[interventions.pews_national]\ntesting = false\n"),
        ("", "[interventions.pews_national]\nelements.chart.eligible_share = 0.5\n"),
        ("", "[interventions.pews_national]\neligible.settings = ['acute']\n"),
        ("", "[parameters]\nkappa = { value = 2.0, low = 0.2, high = 6.0 }\n"),
        ("", SHOCK.format("a")),
        ("", "[[change]]\nfrom = 2024-01-01\ncoaches = 2\n"),
        ("", "[report]\nmonths = true\n"),
        ("", "[world]\npsc_map = 'earlier'\n"),
    ],
)
def test_what_moves_a_number_changes_the_canonical_text(read, top, tables):
    assert writing.canonical_text(read(top, tables)) != writing.canonical_text(read())


TEXTS = st.text(max_size=30)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.floats(1e-6, 1e5), st.dictionaries(st.sampled_from(["KSS", "WX", "default"]), st.floats(0, 500)))
def test_any_text_and_number_survives_writing(write, text, kappa, coaches):
    scenario = reading.read_scenario("pews-standard")
    parameters = {**scenario.parameters, "kappa": scenario.parameters["kappa"].model_copy(update={
        "value": kappa, "low": None, "high": None, "zero": None})}  # fmt: skip
    everywhere = coaches.get("default", 1.0)
    table = {"default": everywhere, **{psc: number for psc, number in sorted(coaches.items()) if number != everywhere}}
    changed = scenario.model_copy(update={"description": text, "parameters": parameters, "coaches": table})
    assert read_back(changed, write) == changed

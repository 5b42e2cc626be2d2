"""Every mistake of a scenario file: its line, its key, what was there and what would be right."""

import pytest

from spread import errors
from spread.scenarios import reading

PROGRAMME = "[programmes.p]\ninterventions = ['pews_any']\n"


def test_all_mistakes_of_a_file_come_together_in_the_order_of_its_lines(faults):
    found = faults(
        'schema = 1\nname = "bad"\nstart = 2023-04-01\nend = 2025-03-31\n'
        'suport = "standard"\n'
        'coaches = { NENC = "-20", "Kent Surey Sussex" = 2 }\n'
        "[programmes.p]\ninterventions = ['pews_natinal', 'pews_any']\n"
        "[ambitions.mine]\ntitle = 'x'\ninterventions = ['pews_any', 'copd']\nthreshold = 3\ndeadline = 2029-03-31\n"
        "[[change]]\nfrom = 2026-01-01\n"
        "[parameters]\nkapa = 2\nkappa = nan\nload_free_count = { value = 3, low = 4, high = 5 }\n"
    )
    assert [(fault.line, fault.key) for fault in found] == [
        (5, "suport"),
        (6, "coaches.NENC"),
        (6, "coaches.Kent Surey Sussex"),
        (8, "programmes.p.interventions[1]"),
        (11, "ambitions.mine.interventions[2]"),
        (12, "ambitions.mine.threshold"),
        (13, "ambitions.mine.deadline"),
        (15, "change[1].from"),
        (17, "parameters.kapa"),
        (18, "parameters.kappa"),
        (19, "parameters.load_free_count"),
    ]
    assert all(fault.place.endswith("scenario.toml") for fault in found)


@pytest.mark.parametrize(
    ("top", "tables", "key", "message"),
    [
        ("pushh = 'duty'\n", "", "pushh", "did you mean 'push'"),
        ("push = 'dutty'\n", "", "push", "did you mean 'duty'"),
        ("push = 3\n", "", "push", "3 is not one of"),
        ("report = { groups = ['ics', 'setings'] }\n", "", "report.groups[2]", "did you mean 'setting'"),
        ("report = { groups = ['NA'] }\n", "", "report.groups[1]", "is not one of national, nhs_region, psc"),
        ("support = { KSS = 'lite' }\n", "", "support.KSS", "did you mean 'light'"),
        ("coaches = -1\n", "", "coaches", "outside 0 to 500 WTE"),
        ("coaches = true\n", "", "coaches", "True is not a number"),
        ("coaches = '2'\n", "", "coaches", "'2' is not a number; write 2"),
        ("coaches = '+1e9'\n", "", "coaches", "not a number"),
        ("coaches = nan\n", "", "coaches", "nan is outside"),
        ("coaches = inf\n", "", "coaches", "inf is outside"),
        ("coaches = 1e308\n", "", "coaches", "1e+308 is outside"),
        (f"coaches = 1{'0' * 4000}\n", "", "coaches", "inf is outside"),
        ("coaches = [1]\n", "", "coaches", "[1] is not a number"),
        ("coaches = { KSS = 1, 'Kent Surrey Sussex' = 2 }\n", "", "coaches.Kent Surrey Sussex", "the same as 'KSS'"),
        ("attendance = { psc = 1.2 }\n", "", "attendance.psc", "outside 0 to 1"),
        ("attendance = { regional = 0.5 }\n", "", "attendance.regional", "expected one of psc"),
        ("course_seats = { heads = 2 }\n", "", "course_seats.heads", "expected one of board"),
        ("cycle_shape = 'gamma'\n", "", "cycle_shape", "not one of 'fixed', 'lognormal' or 'exponential'"),
        ("engaged_share = '+0.5'\n", "", "engaged_share", "1 + 0.5 = 1.5 is outside"),
        ("", "threshold = '80%'\n", "ambitions.pews_march_2024.threshold", "'80%' is not a number"),
        ("", "threshold = -0.1\n", "ambitions.pews_march_2024.threshold", "below zero"),
        ("", "stage = 9\n", "ambitions.pews_march_2024.stage", "9 is above 7"),
        ("", "stage = 5.5\n", "ambitions.pews_march_2024.stage", "not a whole number"),
        ("", "deadline = 2022-03-31\n", "ambitions.pews_march_2024.deadline", "before the start of the run"),
        ("", "deadline = '31 March'\n", "ambitions.pews_march_2024.deadline", "is not a date"),
        ("", "deadlin = 2024-03-31\n", "ambitions.pews_march_2024.deadlin", "did you mean 'deadline'"),
        ("", "local_thresholds = { Wesex = 0.8 }\n", "ambitions.pews_march_2024.local_thresholds.Wesex", "Wessex"),
        ("", "milestones = [{ date = 2031-01-01, threshold = 0.5 }]\n",
         "ambitions.pews_march_2024.milestones[1].date", "past the end"),
        ("", "interventions = ['pews_any']\n", "ambitions.pews_march_2024.interventions[1]", "no intervention of this"),
        ("", "interventions = []\n", "ambitions.pews_march_2024.interventions", "at least one"),
        ("", "interventions = 'pews_national'\n", "ambitions.pews_march_2024.interventions", "is not a list"),
        ("", "[ambitions.pews_2024]\n", "ambitions.pews_2024", "did you mean 'pews_march_2024'"),
        ("", "[ambitions.pews_2024]\nthreshold = 0.8\ntitle = 'x'\ndeadline = 2024-03-31\n",
         "ambitions.pews_2024.interventions", "missing; it must be written out; or is 'pews_march_2024' meant?"),
        ("", "[quarterly_return]\ncolumns = { Tool = 'phase' }\n", "quarterly_return", "unknown key"),
        ("", "[interventions.pews]\n", "interventions.pews", "not in the catalogue"),
        ("", "[interventions.pews_national]\nappeal = -1\n", "interventions.pews_national.appeal", "not above zero"),
        ("", "[interventions.pews_national]\nappeal = 'x'\n", "interventions.pews_national.appeal", "a distribution"),
        ("", "[interventions.pews_national.elements.chart]\nbaseline = 1.5\n",
         "interventions.pews_national.elements.chart.baseline", "not between 0 and 1"),
        ("", "[interventions.pews_national.elements.chart]\neligible = 1\n",
         "interventions.pews_national.elements.chart.eligible", "did you mean 'eligible_share'"),
        ("", "[interventions.pews_national.baseline_stages]\n1 = 0.9\n2 = 0.9\n",
         "interventions.pews_national", "add up"),
        ("", "[interventions.pews_national.baseline_stages]\n9 = 0.1\n",
         "interventions.pews_national.baseline_stages.9", "above 7"),
        ("", "[programmes.late]\nstart = 2031-01-01\n", "programmes.late.start", "past the end of the run"),
        ("", "[programmes.back]\nstart = 2024-01-01\nend = 2023-06-01\n", "programmes.back.end", "not after the start"),
        ("", "[programmes.two]\ninterventions = ['pews_national']\n", "programmes.two.interventions", "in one only"),
        ("", "[[change]]\ncoaches = 2\n", "change[1]", "missing 'from'"),
        ("", "[[change]]\nfrom = 2022-01-01\n", "change[1].from", "before the start of the run"),
        ("", "[[change]]\nfrom = 2024-01-01\n[[change]]\nfrom = 2031-01-01\n", "change[2].from", "past the end"),
        ("", "[[change]]\nfrom = 2024-01-01\ncoachs = 2\n", "change[1].coachs", "did you mean 'coaches'"),
        ("", "[[change]]\nfrom = 2024-01-01\ncoaches = { KSS = '-9' }\n", "change[1].coaches.KSS", "- 9 = -"),
        ("", "[[change]]\nfrom = 2024-01-01\nengaged_share = 0.5\n", "change[1].engaged_share", "unknown in a change"),
        ("", "[[shock]]\nname = 'w'\nfrom = 2024-01-01\nmultiplier = 1\n", "shock[1].to", "missing"),
        ("", "[[shock]]\nname = 'w'\nfrom = 2024-02-01\nto = 2024-01-01\nmultiplier = 1\n", "shock[1].to", "before"),
        ("", "[[shock]]\nname = 'w.x'\nfrom = 2024-01-01\nto = 2024-02-01\nmultiplier = 1\n", "shock[1].name",
         "expected letters, digits, '-' and '_', beginning"),
        ("", 'baseline_unit = "per\\n1,000"\n', "ambitions.pews_march_2024.baseline_unit", "one line"),
        ("", "[[shock]]\nname = 'w'\nfrom = 2034-02-01\nto = 2034-03-01\nmultiplier = 1\n", "shock[1].from", "past"),
        ("", "[[shock]]\nname = 'w'\nfrom = 2024-01-01\nto = 2024-02-01\nmultiplier = inf\n",
         "shock[1].multiplier", "finite"),
        ("", "[[shock]]\nname = 'w'\nfrom = 2024-01-01\nto = 2024-02-01\nmultiplier = 1\ninterventions = ['pews']\n",
         "shock[1].interventions[1]", "it has pews_national"),
        ("", "[parameters]\nkappa = 1e308\n", "parameters.kappa", "above 1,000,000"),
        ("", "[parameters]\nkappa = -1\n", "parameters.kappa", "below 0"),
        ("", "[parameters]\nkappa = '2'\n", "parameters.kappa", "'2' is not a number or a distribution"),
        ("", "[parameters]\nkappa = { value = 2, low = 1 }\n", "parameters.kappa", "come together"),
        ("", "[parameters]\nkappa = { low = 1, high = 2 }\n", "parameters.kappa.value", "missing"),
        ("", "[parameters]\nkappa = { value = 2, low = 0, high = 6 }\n", "parameters.kappa", "scale 'log'"),
        ("", "[parameters]\nkappa = { value = 2, low = 2, high = 2 }\n", "parameters.kappa", "the number alone"),
        ("", "[parameters]\nkappa = { value = 2, zero = 1.5 }\n", "parameters.kappa.zero", "above 1"),
        ("", "[parameters]\nkappa = { value = 2, lo = 1 }\n", "parameters.kappa.lo", "did you mean 'low'"),
        ("", "[start_from]\nreturns = 'no.csv'\nas_of = 2023-09-30\n", "start_from.stages", "no file"),
        ("", "[start_from]\nas_of = 2023-09-30\n", "start_from.stages", "missing"),
        ("", "[return]\ncolumn = {}\n", "return.column", "did you mean 'columns'"),
        ("", "[return.columns]\n'Trust name' = 'organisation_nam'\n", "return.columns.Trust name",
         "did you mean 'organisation_name'"),
        ("", "[return.columns]\nchart = 'pews_nationl'\n", "return.columns.chart", "did you mean 'pews_national'"),
        ("", "[return.columns]\nBeds = '-'\n", "return.columns.Beds", "fields are psc, ics"),
        ("", "[return.columns]\nBeds = 3\n", "return.columns.Beds", "3 is not a text"),
        ("", "[return.columns]\n'Trust name' = 'organisation_name'\n'trust_Name' = ''\n",
         "return.columns.trust_Name", "the same heading as 'Trust name'"),
        ("", "[returns.columns]\nBeds = ''\n", "returns", "did you mean 'return'"),
        ("", "[parameters]\ncost_coaches_gbp = 5000\n", "parameters.cost_coaches_gbp", "a price needs its source"),
        ("", "[parameters]\ncost_coaches_gbp = { value = 5000, source = ' ' }\n", "parameters.cost_coaches_gbp",
         "a price needs its source"),
        ("", "[parameters]\ncost_coaches_gbp = { value = -1, source = 'payroll' }\n", "parameters.cost_coaches_gbp",
         "below 0"),
        ("", "[parameters]\ncost_coach_gbp = { value = 5000, source = 'payroll' }\n", "parameters.cost_coach_gbp",
         "did you mean 'cost_coaches_gbp'"),
        ("", "[world]\nties = 'no.csv'\n", "world.ties", "no file"),
        ("", "[world]\npopulation = 'files'\n", "world", "needs sites"),
        ("", "[world]\npsc_map = '2019'\n", "world.psc_map", "not one of"),
        ("", "[report]\nmonths = 'yes'\n", "report.months", "true or false"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_once_with_its_key(mistake, top, tables, key, message):
    fault = mistake(top, tables)
    assert fault.key == key
    assert message in fault.message
    assert fault.line > 0


@pytest.mark.parametrize(
    "name",
    [
        "../up",
        "a/b",
        "a\\\\b",
        "..",
        ".",
        ".hidden",
        "a..b",
        "",
        "two words",
        "a" * 300,
        "tab\\t",
        "ends.",
        "\\u202ename",
    ],
)
def test_a_name_that_is_no_safe_folder_is_refused(faults, name):
    found = faults(f'schema = 1\nname = "{name}"\nbase = "pews-standard"\n')
    assert [fault.key for fault in found] == ["name"]


@pytest.mark.parametrize("name", ["pews-october", "a", "v1.2_b", "2023"])
def test_a_plain_name_is_fine(write, name):
    assert reading.read_scenario(write(f'schema = 1\nname = "{name}"\nbase = "pews-standard"\n')).name == name


@pytest.mark.parametrize(("version", "message"), [("", "write schema = 1"), ("schema = 2\n", "2 is not known here")])
def test_the_version_of_the_layout_must_be_known(faults, version, message):
    (fault,) = faults(version + 'name = "x"\nbase = "pews-standard"\n')
    assert (fault.key, message in fault.message) == ("schema", True)


@pytest.mark.parametrize(
    ("dates", "key"),
    [
        ("start = 2023-04-01\nend = 2023-04-01\n", "end"),
        ("start = 2023-04-01\nend = 2023-03-01\n", "end"),
        ("start = 2023-04-01\nend = 9999-12-31\n", "end"),
        ("start = 2023-04-01\n", "end"),
        ("end = 2023-04-01\n", "start"),
        ("start = 2023-04-01T10:00:00\nend = 2024-03-31\n", "start"),
    ],
)
def test_a_run_needs_a_start_and_a_later_end(faults, dates, key):
    found = faults('schema = 1\nname = "x"\n' + dates + PROGRAMME)
    assert [fault.key for fault in found] == [key]


@pytest.mark.parametrize(("as_of", "message"), [("2023-03-30", "before the start"), ("2025-03-31", "before the end")])
def test_an_observed_state_lies_within_the_run(write, mistake, as_of, message):
    write("site,intervention,date,stage,since\n", "stages.csv")
    fault = mistake(tables=f"[start_from]\nreturns = 'stages.csv'\nas_of = {as_of}\n")
    assert (fault.key, message in fault.message) == ("start_from.as_of", True)


def test_a_mistake_in_a_base_is_placed_in_the_base(write, faults):
    write('schema = 1\nname = "under"\nbase = "pews-standard"\n[parameters]\nkapa = 3\n', "under.toml")
    found = faults('schema = 1\nname = "over"\nbase = "under.toml"\npsh = "duty"\n')
    assert [(fault.place.rpartition("/")[2], fault.line, fault.key) for fault in found] == [
        ("scenario.toml", 4, "psh"),
        ("under.toml", 5, "parameters.kapa"),
    ]


def test_a_mistake_the_variant_mends_is_none(write):
    write('schema = 1\nname = "under"\nbase = "pews-standard"\n[parameters]\nkappa = -3\n', "under.toml")
    assert reading.read_scenario(write('schema = 1\nname = "over"\nbase = "under.toml"\nparameters.kappa = 3\n'))


def test_collaboratives_of_a_custom_world_are_those_of_its_sites(write, faults):
    write("site,organisation,setting,psc\nA1,A,acute,Wessex HIN\nB1,B,acute,Atlantis\n", "sites.csv")
    head = 'schema = 1\nname = "own"\nstart = 2023-04-01\nend = 2024-03-31\n'
    tail = '[world]\nsites = "sites.csv"\n[programmes.p]\ninterventions = ["pews_any"]\n'
    good = reading.read_scenario(write(head + "coaches = { Atlantis = 3, WX = 2 }\n" + tail))
    assert {"Atlantis": 3.0, "WX": 2.0}.items() <= good.coaches.items()
    (fault,) = faults(head + "coaches = { Atlantic = 3 }\n" + tail)
    assert "did you mean 'Atlantis'" in fault.message


def test_a_custom_world_may_run_what_the_catalogue_knows(write):
    write("site,organisation,setting,psc\nA1,A,ccg,Wessex\n", "sites.csv")
    text = 'schema = 1\nname = "own"\nstart = 2020-11-01\nend = 2021-03-31\n[world]\nsites = "sites.csv"\n'
    scenario = reading.read_scenario(write(text + "[interventions.covid_oximetry_at_home]\n"))
    assert list(scenario.interventions) == ["covid_oximetry_at_home"]


@pytest.mark.parametrize(
    ("name", "message"), [("pews-standart", "pews-standard"), ("no.toml", "no file"), ("", "no file")]
)
def test_a_missing_scenario_offers_what_is_near(name, message):
    with pytest.raises(errors.InputError, match=message):
        reading.read_scenario(name)


def test_an_entry_that_may_be_misspelt_is_hinted_at_once(faults):
    found = faults(
        'schema = 1\nname = "x"\nbase = "pews-standard"\n[ambitions.pews_2024]\nthreshold = 0.8\n'
        "[interventions.quite_1]\nkind = 'bundle'\n[interventions.quite_2]\nkind = 'bundle'\n"
        "[interventions.pews_national]\navailable_from = 2023-05-01\navailable_delay_months = { low = 1, high = 2 }\n"
    )
    assert {fault.key.split(".")[1] for fault in found} == {"pews_2024", "quite_1", "quite_2", "pews_national"}
    assert [fault.key for fault in found if "meant" in fault.message] == ["ambitions.pews_2024.title"]


def test_a_key_is_only_what_it_is_called_in_a_file(faults):
    shock = "[[shock]]\nname = 'w'\nfrom = 2024-01-01\nend = 2024-02-01\nmultiplier = 1\n"
    found = {fault.key: fault.message for fault in faults(f'schema = 1\nname = "x"\nbase = "pews-standard"\n{shock}')}
    assert found.keys() == {"shock[1].end", "shock[1].to"}
    assert "unknown" in found["shock[1].end"]


def test_ties_come_from_one_place(faults):
    world = "[world]\npopulation = 'files'\ngraph = 'g.json'\nties = 't.csv'\n"
    found = faults(f'schema = 1\nname = "x"\nbase = "pews-standard"\n{world}')
    assert (7, "ties are also given by world.graph; give one of the two") in [(one.line, one.message) for one in found]

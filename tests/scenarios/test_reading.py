"""What a scenario file means."""

from datetime import date

import pytest

from spread.scenarios import catalogue, levers, reading, schema

CHILD = 'schema = 1\nname = "child"\nbase = "scenario.toml"\n'


@pytest.mark.parametrize("name", catalogue.base_names())
def test_every_base_of_the_catalogue_reads(name):
    scenario = reading.read_scenario(name)
    assert scenario.name == name
    assert scenario.ambitions
    assert set(catalogue.parameters()) <= set(scenario.parameters)


@pytest.mark.parametrize("name", catalogue.interventions())
def test_every_intervention_of_the_catalogue_fits_the_schema(name):
    schema.Intervention.model_validate(catalogue.interventions()[name])


@pytest.mark.parametrize("name", catalogue.ambitions())
def test_every_ambition_of_the_catalogue_fits_the_schema(name):
    schema.Ambition.model_validate(catalogue.ambitions()[name])


@pytest.mark.parametrize("name", catalogue.parameters())
def test_every_parameter_of_the_catalogue_fits_the_schema(name):
    schema.Parameter.model_validate(catalogue.parameters()[name])


def test_the_smallest_useful_file_is_a_base_a_start_and_a_change(write):
    write("site,intervention,date,stage,since\n", "stages.csv")
    scenario = reading.read_scenario(
        write(
            'schema = 1\nname = "october"\nbase = "pews-standard"\n'
            '[start_from]\nreturns = "stages.csv"\nas_of = "2023/24 Q2"\n'
            '[[change]]\nfrom = 2024-01-01\ncoaches = { KSS = "-1", NENC = "+2" }\n'
        )
    )
    standard = catalogue.support_levels()["standard"]["coaches"]
    later = levers.regimes(scenario)[-1]
    assert scenario.origin == date(2023, 10, 1)
    assert scenario.start_from.stages.is_absolute()
    assert later.coaches == {"default": standard, "KSS": standard - 1, "NENC": standard + 2}


def test_dates_may_be_days_months_or_quarters(read):
    scenario = read(tables='deadline = "2023/24 Q3"\nearlier_deadlines = [{ date = "2023-09", source = "plan" }]\n')
    assert scenario.ambitions["pews_march_2024"].deadlines == (date(2023, 9, 30), date(2023, 12, 31))


def test_an_empty_table_takes_the_ambition_of_the_catalogue(read):
    ambition = read().ambitions["pews_march_2024"]
    assert ambition.threshold == catalogue.ambitions()["pews_march_2024"]["threshold"]


def test_an_intervention_in_no_programme_gets_its_own_for_the_whole_run(read):
    scenario = read(tables="[interventions.pews_any]\n")
    programme = scenario.interventions["pews_any"].programme
    assert scenario.programmes[programme].interventions == ("pews_any",)
    assert scenario.programmes[programme].start == scenario.start


def test_only_what_differs_from_the_base_follows(read, write):
    base = read("push = 'duty'\n", "[parameters]\nkappa = 1.0\nload_free_count = 2\n")
    child = reading.read_scenario(write(CHILD + "[parameters]\nkappa = 4\n", "child.toml"))
    assert (child.name, child.title, child.base, child.push) == ("child", "", "scenario.toml", "duty")
    assert child.parameters["kappa"].value == 4
    assert child.parameters["load_free_count"] == base.parameters["load_free_count"]


def test_a_distribution_replaces_the_base_distribution_as_a_whole(read):
    kappa = read(tables="[parameters]\nkappa = { value = 3, low = 1, high = 9 }\n").parameters["kappa"]
    assert (kappa.value, kappa.low, kappa.high, kappa.scale, kappa.zero) == (3, 1, 9, "log", None)
    assert kappa.unit == catalogue.parameters()["kappa"]["unit"]


def test_a_number_alone_is_fixed(read):
    scenario = read(tables="[parameters]\nkappa = 0\n[interventions.pews_national]\nelements.chart.baseline = 0.25\n")
    assert scenario.parameters["kappa"].is_fixed
    assert scenario.parameters["pews_national.baseline.chart"].is_fixed
    assert not scenario.parameters["pews_national.difficulty.chart"].is_fixed


def test_parameters_are_flat_and_complete(read):
    scenario = read(tables='[[shock]]\nname = "winter"\nfrom = 2023-11-01\nto = 2024-02\nmultiplier = 0.5\n'.replace(
        "2024-02\n", '"2024-02"\n'))  # fmt: skip
    elements = [element.name for element in scenario.interventions["pews_national"].elements]
    assert {f"pews_national.baseline.{name}" for name in elements} <= set(scenario.parameters)
    assert "pews_national.appeal" in scenario.parameters
    assert scenario.parameters["shock.winter.multiplier"].scale == "log"
    assert scenario.shocks[0].end == date(2024, 2, 29)


def test_false_leaves_out_what_the_base_has(read, write):
    read(tables="[interventions.pews_any]\n")
    child = reading.read_scenario(
        write(CHILD + "[interventions]\npews_national = false\n[ambitions]\npews_march_2024 = false\n", "child.toml")
    )
    assert (list(child.interventions), child.ambitions) == (["pews_any"], {})
    assert child.programmes["deterioration"].interventions == ()


def test_changes_and_shocks_add_to_the_base_and_an_empty_list_forgets_them(read, write):
    shock = '[[shock]]\nname = "{}"\nfrom = 2023-11-01\nto = 2023-12-01\nmultiplier = {}\n'
    read(tables="[[change]]\nfrom = 2024-01-01\ncoaches = 1\n" + shock.format("a", 0.5))
    more = "[[change]]\nfrom = 2024-06-01\ncoaches = 5\n" + shock.format("a", 0.7) + shock.format("b", 2)
    child = reading.read_scenario(write(CHILD + more, "child.toml"))
    assert [change.from_date for change in child.change] == [date(2024, 1, 1), date(2024, 6, 1)]
    assert [(one.name, one.multiplier.value) for one in child.shocks] == [("a", 0.7), ("b", 2.0)]
    empty = reading.read_scenario(write(CHILD + "change = []\nshock = []\n", "child.toml"))
    assert (empty.change, empty.shocks) == ((), ())


def test_files_are_found_beside_the_file_that_names_them(tmp_path, write):
    folder = tmp_path / "below"
    folder.mkdir()
    write("site,organisation,setting,psc\nA1,A,acute,Wessex\n", "sites.csv")
    aims = '[world]\nsites = "sites.csv"\n[programmes.p]\ninterventions = ["pews_any"]\n'
    write('schema = 1\nname = "own"\nstart = 2023-04-01\nend = 2024-03-31\n' + aims, "own.toml")
    child = folder / "child.toml"
    child.write_text('schema = 1\nname = "child"\nbase = "../own.toml"\n')
    scenario = reading.read_scenario(child)
    assert scenario.world.population == "files"
    assert scenario.world.sites.resolve() == (tmp_path / "sites.csv").resolve()


def test_a_scenario_is_frozen(read):
    with pytest.raises(ValueError, match="frozen"):
        read().name = "other"


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf%s", b"%s"])
def test_a_byte_order_mark_and_windows_line_ends_are_tolerated(write, text):
    lines = b'schema = 1\r\nname = "windows"\r\nbase = "pews-standard"\r\ncoaches = 3\r\n'
    assert reading.read_scenario(write(text % lines)).coaches == {"default": 3.0}


def test_reading_needs_no_pandas_or_numba():
    import subprocess
    import sys

    code = (
        "import sys; from spread.scenarios import reading; reading.read_scenario('pews-standard');"
        "print(sorted({'pandas', 'numba', 'numpy', 'tomlkit', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

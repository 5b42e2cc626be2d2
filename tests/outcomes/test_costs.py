"""What a plan takes: quantities from the levers and the calendar."""

import pytest

from spread import api
from spread.outcomes import costs
from spread.scenarios import catalogue, prices


@pytest.fixture(scope="module")
def job():
    return api.prepare(api.read_scenario("tracheostomy-standard"))


@pytest.fixture(scope="module")
def table(job):
    return costs.costs_table(job.world, job.timetable).set_index(["item", "psc"])


def test_england_stands_first_and_is_the_sum_of_its_collaboratives(table):
    for item in ("coaches", "outreach", "champions", "courses", "course_seats_board", "learning_sets", "meetings_psc"):
        rows = table.loc[item].quantity
        assert rows.index[0] == "national"
        assert rows.iloc[1:].sum() == pytest.approx(rows["national"])
        assert rows["national"] > 0


def test_coach_time_is_that_of_the_lever_while_a_programme_runs(job, table):
    scenario = job.world.scenario
    (programme,) = scenario.programmes.values()
    first = max(programme.start or scenario.start, job.world.origin)
    months = ((programme.end or scenario.end) - first).days + 1
    per_psc = catalogue.support_levels()["standard"]["coaches"]
    assert table.quantity["coaches", "YH"] == pytest.approx(per_psc * months / 30.4375)


def test_courses_seats_and_meetings_are_those_of_the_timetable(job, table):
    timetable = job.timetable
    assert table.quantity["courses", "national"] == len(timetable.course_day)
    seats = [item for item, _ in table.index if item.startswith("course_seats_")]
    offered = sum(table.quantity[item, "national"] for item in dict.fromkeys(seats))
    assert offered == timetable.course_seats.sum()
    assert table.quantity["learning_sets", "national"] == timetable.meeting_learning.sum()
    ordinary = sum(table.quantity[f"meetings_{layer}", "national"] for layer in ("psc", "ics", "clinical", "national"))
    assert ordinary + timetable.meeting_learning.sum() == len(timetable.meeting_day)


def test_meetings_of_networks_across_collaboratives_belong_to_england_alone(table):
    clinical = table.quantity["meetings_national"]
    assert clinical["national"] > clinical.iloc[1:].sum()


def test_nothing_has_a_cost_unless_the_scenario_gives_a_unit_cost(job, table):
    assert table.cost.isna().all()
    price = next(iter(job.world.scenario.parameters.values())).model_copy(update={"value": 5000.0})
    priced = job.world.scenario.model_copy(
        update={"parameters": {**job.world.scenario.parameters, "cost_coaches_gbp": price}}
    )
    found = costs.costs_table(job.world._replace(scenario=priced), job.timetable).set_index(["item", "psc"])
    assert found.cost["coaches", "YH"] == pytest.approx(5000.0 * table.quantity["coaches", "YH"])
    assert found.cost["courses"].isna().all()


def test_the_enablers_are_counted_in_what_they_take():
    scenario = api.read_scenario("tracheostomy-standard")
    levers = {
        "safety_culture": {"default": 0.5, "YH": 1.0}, "refreshers": 0.5, "co_design": 1.0,
        "training": {**dict.fromkeys(scenario.training, 0.0), "everyone": 0.1},
    }  # fmt: skip
    job = api.prepare(scenario.model_copy(update=levers))
    plain, table = (
        costs.costs_table(made.world, made.timetable).set_index(["item", "psc"]).quantity
        for made in (api.prepare(scenario), job)
    )
    assert set(plain["safety_culture"]) == set(plain["refreshers"]) == {0.0}
    months = plain["coaches", "YH"] / catalogue.support_levels()["standard"]["coaches"]
    sites = plain["outreach", "YH"] / plain["outreach", "national"] * 180
    assert table["safety_culture", "YH"] == pytest.approx(months * sites)
    assert plain["co_design", "national"] == 0.5 * len(scenario.interventions)
    assert table["co_design", "national"] == len(scenario.interventions)
    staff = 131 * scenario.parameters["staff_default_acute"].value
    usual = {name: entry.value for name, entry in scenario.parameters.items()}
    tiers = ("board", "managers", "everyone", "teams", "coaches", "experts")
    trained = staff * sum(usual[f"staff_share_{tier}"] * usual[f"dose_initial_{tier}"] for tier in tiers)
    expected = 0.5 * trained * usual["skill_decay_per_year"] * months / 12
    assert table["refreshers", "national"] == pytest.approx(expected)
    rounds = table["courses", "national"] / 15
    assert table["course_seats_everyone", "national"] == pytest.approx(0.1 * staff * rounds * 3 / 12, rel=0.1)
    assert table["course_seats_coaches", "national"] == 0


def test_coach_and_champion_time_is_stated_in_hours_too(job, table):
    hours = {name: catalogue.parameters()[name]["value"] for name in HOURS}
    assert hours == {"coach_hours_per_wte_month": 140, "champion_hours_per_site_month": 10}
    for item, of, per_month in zip(
        ("coach_hours", "champion_hours"), ("coaches", "champions"), hours.values(), strict=True
    ):
        assert set(table.unit[item]) == {"hours"}
        assert table.quantity[item].tolist() == pytest.approx((per_month * table.quantity[of]).tolist())
        assert table.quantity[item, "national"] > 0


def test_hours_are_those_of_the_scenario_or_the_catalogue_where_it_is_older(job):
    known = job.world.scenario.parameters
    older = {name: entry for name, entry in known.items() if name not in HOURS}
    other = {
        **known,
        "coach_hours_per_wte_month": known["coach_hours_per_wte_month"].model_copy(update={"value": 70.0}),
    }
    usual, from_catalogue, halved = (hours_of(job, parameters) for parameters in (known, older, other))
    assert from_catalogue == usual
    assert halved == pytest.approx(usual / 2)


HOURS = ("coach_hours_per_wte_month", "champion_hours_per_site_month")


def hours_of(job, parameters):
    scenario = job.world.scenario.model_copy(update={"parameters": parameters})
    found = costs.costs_table(job.world._replace(scenario=scenario), job.timetable)
    return found.set_index(["item", "psc"]).quantity["coach_hours", "national"]


def test_every_item_may_have_a_price_and_a_file_can_give_it(table, tmp_path):
    assert tuple(dict.fromkeys(item for item, _ in table.index)) == prices.ITEMS
    given = "".join(f"{name} = {{ value = 2.0, source = 'a test' }}\n" for name in prices.names())
    (tmp_path / "priced.toml").write_text(
        f"schema = 1\nname = 'priced'\nbase = 'tracheostomy-standard'\n[parameters]\n{given}"
    )
    priced = api.prepare(api.read_scenario(tmp_path / "priced.toml"))
    found = costs.costs_table(priced.world, priced.timetable)
    assert found.cost.tolist() == (2 * found.quantity).tolist()

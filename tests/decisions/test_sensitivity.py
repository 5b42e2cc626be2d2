"""Indices against functions whose indices are known, and a model in which we know what does something."""

import sys

import numpy as np
import pytest
from click.testing import CliRunner

from spread import errors
from spread.cli import main
from spread.decisions import indices, laboratory, screening, sensitivity, structure, trials, worth
from spread.runs import plan as parameter_plan
from spread.runs import sample
from spread.scenarios import reading, variants
from tests.decisions import starved

ALONE = sample.Hands(workers=1)
LUCKS = 3


def ishigami(shares):
    """The function of Ishigami and Homma (1990), a = 7, b = 0.1, of the first three parameters."""
    x = -np.pi + 2.0 * np.pi * shares[:, :3]
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def with_luck(values, size=0.0):
    """The same for every luck, but for noise of its own."""
    return values[:, None] + size * np.random.default_rng(1).normal(size=(len(values), LUCKS))


def known_indices():
    """First-order and total indices of `ishigami`, from its variances in closed form."""
    a, b, pi = 7.0, 0.1, np.pi
    first = 0.5 * (1.0 + b * pi**4 / 5.0) ** 2
    second = a**2 / 8.0
    both = b**2 * pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    whole = first + second + both
    return {"x1": (first / whole, (first + both) / whole), "x2": (second / whole,) * 2, "x3": (0.0, both / whole)}


def test_indices_are_those_of_a_function_whose_indices_are_known():
    problem, drawn = indices.design(["x1", "x2", "x3"], 1024, 1)
    found = {one.name: one for one in indices.indices(problem, with_luck(ishigami(drawn)), 1).every}
    for name, (first, total) in known_indices().items():
        assert found[name].first == pytest.approx(first, abs=0.03)
        assert found[name].total == pytest.approx(total, abs=0.03)
        assert abs(found[name].first - first) < 2.0 * found[name].first_error
        assert abs(found[name].total - total) < 2.0 * found[name].total_error


def test_parameters_taken_together_have_the_indices_of_their_group():
    problem, drawn = indices.design(["x1", "others", "others"], 1024, 1)
    found = {one.name: one for one in indices.indices(problem, with_luck(ishigami(drawn)), 1).every}
    known = known_indices()
    assert found["x1"].first == pytest.approx(known["x1"][0], abs=0.03)
    assert found["others"].total == pytest.approx(1.0 - known["x1"][0], abs=0.03)


def test_a_parameter_that_does_nothing_has_no_share_at_all():
    problem, drawn = indices.design(["x1", "x2", "x3"], 64, 1)
    found = {one.name: one for one in indices.indices(problem, with_luck(ishigami(drawn)), 1).every}
    assert (found["nothing"].first, found["nothing"].total) == (0.0, 0.0)


def test_where_nothing_varies_every_share_is_none():
    problem, drawn = indices.design(["x1"], 8, 1)
    found = indices.indices(problem, np.ones((len(drawn), LUCKS)), 1)
    assert {one.total for one in found.every} == {0.0}


def test_the_share_that_luck_leaves_is_the_variance_of_its_noise():
    _, drawn = indices.design(["x1", "x2", "x3"], 1024, 1)
    output = with_luck(ishigami(drawn), size=2.0)
    expected = 2.0**2 / LUCKS / np.var(output.mean(axis=1))
    assert indices.luck_share(output) == pytest.approx(expected, rel=0.05)
    assert indices.luck_share(with_luck(ishigami(drawn))) == pytest.approx(0.0, abs=1e-12)


def test_screening_tells_an_effect_from_luck_and_nothing_from_an_effect():
    problem, drawn = screening.trajectories(["strong", "noise", "still"], 20, 1)

    def output(shares):
        # Moving the second parameter only shuffles the luck; moving the third leaves every bit as it was.
        luck = np.array([np.random.default_rng(int(1e6 * place)).normal(size=LUCKS) for place in shares[:, 1]])
        return 3.0 * shares[:, :1] + 0.3 * luck

    found = {one.name: one for one in screening.screen(problem, drawn, output(drawn), 1)}
    assert found["strong"].mu_star == pytest.approx(3.0 * 0.9, rel=0.02)  # moved from 5 to 95 % of its range
    assert found["strong"].is_clear
    assert found["noise"].mu_star > 0.0
    assert not found["noise"].is_clear
    assert (found["still"].mu_star, found["nothing"].mu_star) == (0.0, 0.0)
    assert not found["still"].is_clear


# --- a scenario as a function --------------------------------------------------------------------


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return starved.scenario(tmp_path_factory.mktemp("starved"))


@pytest.fixture(scope="module")
def lab(plan):
    return laboratory.Laboratory(plan, starved.QUESTION, lucks=LUCKS, hands=ALONE)


def test_parameters_stand_where_draws_put_them(plan):
    beliefs = parameter_plan.read_beliefs(plan)
    free = np.array([place for place, one in enumerate(plan.parameters.values()) if not one.is_fixed])
    values = laboratory.values_at(beliefs, free, np.full((1, len(free)), 0.5))[0]
    usual = np.array([one.value for one in plan.parameters.values()])
    without_zero = ~(beliefs.zero > 0.0)
    assert values[without_zero] == pytest.approx(usual[without_zero])


def test_a_share_below_the_chance_of_zero_is_zero(tmp_path):
    tracheostomy = reading.read_scenario("tracheostomy-standard")
    beliefs = parameter_plan.read_beliefs(tracheostomy)
    kappa = np.array([beliefs.names.index("kappa")])
    shares = np.array([[0.0], [0.29], [0.31], [1.0]])
    found = laboratory.values_at(beliefs, kappa, shares)[:, kappa[0]]
    assert found[:2].tolist() == [0.0, 0.0]
    assert 0.0 < found[2] < found[3] < np.inf


def test_every_set_meets_the_same_luck(lab):
    shares = np.random.default_rng(1).random((2, len(lab.names)))
    one, again = lab.run(np.vstack([shares, shares[:1]])), lab.run(shares[::-1])
    assert np.array_equal(one.value[0], one.value[2])
    assert np.array_equal(one.value[:2], again.value[::-1])
    assert one.value.shape == (3, LUCKS)
    assert len(set(one.value[0])) > 1


def test_the_luck_of_a_set_is_that_of_the_draw_it_names(lab, plan):
    drawn = parameter_plan.draw_values(lab.job.beliefs, seed=1, draw=2)
    fixed = {name: value for name, value in zip(lab.job.beliefs.names, drawn.tolist(), strict=True) if "." not in name}
    usual = trials.Trials(plan, starved.QUESTION, replicates=1, hands=ALONE).run((), 3)
    beliefs = lab.job.beliefs._replace(value=drawn, low=np.full(len(drawn), np.nan), zero=np.zeros(len(drawn)))
    still = laboratory.Laboratory(plan, starved.QUESTION, lucks=3, hands=ALONE)
    still.job = still.job._replace(beliefs=beliefs)
    assert fixed
    assert still.run(np.full((1, len(still.names)), 0.5)).value[0, 2] == usual.value[2, 0]


def test_parameters_that_nobody_here_feels_show_as_nothing(lab):
    problem, drawn = screening.trajectories(list(lab.names), 3, 1)
    found = {one.name: one for one in screening.screen(problem, drawn, lab.run(drawn[:, :-1]).value, 1)}
    for name in ("decision_mental_health_per_month", "interest_care_home_per_month", "dose_initial_board"):
        assert (found[name].mu_star, found[name].is_clear) == (0.0, False)
    assert found["testing_simple_months"].is_clear
    assert found["testing_simple_months"].mu < 0.0


def test_many_parameters_are_taken_together_by_what_they_are_of():
    names = ("kappa", "a.difficulty.one", "b.difficulty.two", "a.appeal", "ambition.x.efficacy.a")
    assert laboratory.groups_of(names, 5) == {name: name for name in names}
    grouped = laboratory.groups_of(names, 4)
    assert grouped["a.difficulty.one"] == grouped["b.difficulty.two"] == "difficulty of every improvement"
    assert (grouped["kappa"], grouped["ambition.x.efficacy.a"]) == ("kappa", "efficacy of every ambition")


# --- worth, structure ----------------------------------------------------------------------------


def test_finding_out_what_decides_between_plans_is_worth_what_it_is_worth():
    generator = np.random.default_rng(1)
    decisive = generator.uniform(-1.0, 1.0, 2000)
    other = generator.uniform(-1.0, 1.0, 2000)
    benefit = np.column_stack([np.zeros(2000), decisive + generator.normal(0.0, 0.5, 2000)])
    first, second = worth.worth_of_all({"other": other, "decisive": decisive}, benefit, seed=1)
    # E[max(x, 0)] - max(E[x], 0) of a uniform x on (-1, 1).
    assert first.gain == pytest.approx(0.25 - max(decisive.mean(), 0.0), abs=0.02)
    assert (first.name, first.is_clear, second.is_clear) == ("decisive", True, False)


def test_finding_out_what_moves_every_plan_alike_is_worth_nothing():
    values = np.random.default_rng(1).uniform(-1.0, 1.0, 500)
    benefit = np.column_stack([values, values + 0.5])
    (only,) = worth.worth_of_all({"same": values}, benefit, seed=1)
    assert only.gain == pytest.approx(0.0, abs=1e-12)
    assert not only.is_clear


def test_an_effect_that_may_be_nothing_has_a_level_of_its_own():
    values = np.array([0.0] * 40 + [5.0, 6.0, 7.0, 8.0] * 10)
    curve = np.where(values == 0.0, 9.0, values - 5.0)
    basis = worth.basis_of(values)
    assert basis @ (basis.T @ curve) == pytest.approx(curve)


def test_plans_that_say_the_same_are_asked_once():
    standard = reading.read_scenario("tracheostomy-standard")
    assert list(worth.read_options(standard)) == ["as planned", "support=none", "support=light", "support=enhanced"]
    assert list(worth.read_options(standard, ["coaches=3", "coaches=1.5", "coaches=3;champions=0.9"])) == [
        "as planned", "coaches=3", "coaches=3;champions=0.9",
    ]  # fmt: skip
    with pytest.raises(errors.InputError, match="nothing to choose between"):
        worth.read_options(standard, ["coaches=1.5"])
    with pytest.raises(errors.InputError, match="did you mean 'coaches'"):
        worth.read_options(standard, ["coachs=3"])


def test_a_model_that_needs_a_parameter_is_asked_once_there_is_one():
    standard = reading.read_scenario("tracheostomy-standard")
    contagion = structure.ALTERNATIVES[-1]
    without = standard.model_copy(
        update={"parameters": {name: one for name, one in standard.parameters.items() if name != "peer_exponent"}}
    )
    there = without.model_copy(update={"parameters": {**without.parameters, "peer_exponent": one_of(standard)}})
    assert (contagion.fits(without), contagion.fits(there)) == (False, True)


def one_of(scenario):
    return next(iter(scenario.parameters.values()))


def test_every_other_model_that_fits_can_be_read_and_differs():
    standard = reading.read_scenario("tracheostomy-standard")
    for one in structure.ALTERNATIVES:
        if one.fits(standard):
            other = structure.read_alternative(standard, one)
            assert other.parameters != standard.parameters or other.world != standard.world
    clinical = structure.read_alternative(standard, structure.ALTERNATIVES[0]).parameters
    weights = {name: clinical[f"peer_weight_{name}"].value for name in structure.LAYERS}
    assert [name for name, weight in weights.items() if weight] == ["clinical"]


def test_own_worlds_have_no_other_footprints(plan):
    names = [one.name for one in structure.ALTERNATIVES if one.fits(plan)]
    assert "psc_map_earlier" not in names
    assert "peers_psc" in names


def test_the_split_adds_up_and_finds_each_source():
    generator = np.random.default_rng(1)
    parameters, luck = generator.normal(0.0, 2.0, (4000, 1)), generator.normal(0.0, 1.0, (4000, 2))
    value = parameters + luck
    nothing = np.zeros_like(value)
    base = trials.Outcome(np.arange(4000), value, nothing, nothing, nothing)
    other = base._replace(value=value + 3.0)
    tried, split = structure.compare_models(base, [(structure.ALTERNATIVES[0], other)])
    assert tried[0].more_value.mean == pytest.approx(3.0)
    assert {one.source: one.sd for one in split} == pytest.approx(
        {"luck": 1.0, "parameters": 2.0, "structure": 1.5}, rel=0.05
    )
    assert sum(one.share for one in split) == pytest.approx(1.0)


# --- all of it -----------------------------------------------------------------------------------


def test_all_of_it_holds_together(plan):
    effort = sensitivity.Effort(trajectories=4, sets=8, lucks=2, draws=30, replicates=2)
    found = sensitivity.find_sensitivity(plan, starved.QUESTION, options=["coaches=0"], effort=effort, hands=ALONE)
    document = sensitivity.describe(found, plan)
    names = {row["name"] for row in document["indices"]}
    assert {"nothing", "everything else", "testing_simple_months"} <= names
    assert [row["option"] for row in document["options"]] == ["as planned", "coaches=0"]
    assert sum(row["share"] for row in document["split"]) == pytest.approx(1.0)
    assert all(row["meaning"] for row in document["parameters"])
    assert found.failures == 0
    fewer = variants.read_variant(plan, [variants.parse_setting("coaches=0")])
    outcome = trials.Trials(fewer, starved.QUESTION, hands=ALONE).run((), 30)
    assert np.array_equal(outcome.sites, found.options["coaches=0"].sites)


def test_without_salib_the_install_line_is_said(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(errors.MissingExtra, match=r"pip install 'spread\[sensitivity\]'"):
        sensitivity.find_sensitivity(starved.scenario(tmp_path), starved.QUESTION, hands=ALONE)
    with CliRunner().isolation() as (_, stderr, _):
        assert main.exit_code(lambda: main.invoke(["sensitivity", str(starved.write(tmp_path))])) == 2
        assert b"spread[sensitivity]" in stderr.getvalue()

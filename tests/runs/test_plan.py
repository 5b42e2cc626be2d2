"""Parameter draws: each by its own name, from what is believed about it."""

import math

import numpy as np
import pytest

import spread.api as api
from spread.model import draws
from spread.model.draws import Purpose
from spread.runs import plan
from spread.scenarios import schema

NO_BOUND = {"minimum": -math.inf, "maximum": math.inf}


@pytest.fixture(scope="module")
def scenario() -> schema.Scenario:
    return api.read_scenario("tracheostomy-standard")


def at(share: float, scale: int = plan.IDENTITY, **changes: float) -> float:
    believed = {"value": 0.2, "low": 0.1, "high": 0.4, "zero": 0.0, **NO_BOUND, **changes}
    return plan.quantile(share, **believed, scale=scale)


@pytest.mark.parametrize("scale", plan.SCALES.values())
def test_a_belief_has_its_median_and_its_ends_at_5_and_95_percent(scale: int) -> None:
    assert [at(share, scale) for share in (0.05, 0.5, 0.95)] == pytest.approx([0.1, 0.2, 0.4], rel=1e-9)


def test_the_first_shares_are_exactly_zero_and_the_others_keep_their_shape() -> None:
    assert at(0.29, zero=0.3) == 0.0
    assert at(0.3 + 0.7 * 0.5, zero=0.3) == pytest.approx(0.2)


def test_a_fixed_number_is_the_same_for_every_chance_but_may_be_zero() -> None:
    assert {at(share, low=math.nan, high=math.nan) for share in (0.001, 0.5, 0.999)} == {0.2}
    assert at(0.1, low=math.nan, high=math.nan, zero=0.2) == 0.0


def test_a_draw_is_clipped_to_what_makes_sense() -> None:
    assert at(0.0001, minimum=0.08) == 0.08
    assert at(0.9999, maximum=0.45) == 0.45


def test_compiled_draws_are_those_of_the_plain_functions(scenario: schema.Scenario) -> None:
    beliefs = plan.read_beliefs(scenario)
    for draw in range(20):
        run = draws.run_key(5, draw, 0)
        chances = [draws.uniform_at(run, key, Purpose.PARAMETER, 0) for key in beliefs.key.tolist()]
        columns = zip(chances, *(column.tolist() for column in beliefs[2:]), strict=True)
        assert plan.draw_values(beliefs, seed=5, draw=draw).tolist() == [plan.quantile(*row) for row in columns]


def test_beliefs_given_draw_the_same_parameters_as_those_read_anew(scenario: schema.Scenario) -> None:
    beliefs = plan.read_beliefs(scenario)
    drawn = [plan.draw_parameters(scenario, seed=2, draw=draw, beliefs=beliefs) for draw in range(3)]
    assert drawn == [plan.draw_parameters(scenario, seed=2, draw=draw) for draw in range(3)]
    assert drawn[0] != drawn[1]
    assert list(drawn[0]) == list(scenario.parameters)


def test_a_parameter_is_drawn_by_its_name_alone(scenario: schema.Scenario) -> None:
    names = list(scenario.parameters)
    fewer = scenario.model_copy(update={"parameters": {name: scenario.parameters[name] for name in names[::-3]}})
    whole = plan.draw_parameters(scenario, seed=2, draw=7)
    assert plan.draw_parameters(fewer, seed=2, draw=7) == {name: whole[name] for name in names[::-3]}


def test_draws_together_follow_the_belief(scenario: schema.Scenario) -> None:
    beliefs = plan.read_beliefs(scenario)
    row = beliefs.names.index("kappa")
    drawn = np.array([plan.draw_values(beliefs, seed=1, draw=draw)[row] for draw in range(4000)])
    assert (drawn == 0.0).mean() == pytest.approx(beliefs.zero[row], abs=0.03)
    ends = (beliefs.low[row], beliefs.value[row], beliefs.high[row])
    assert [(drawn[drawn > 0.0] < end).mean() for end in ends] == pytest.approx([0.05, 0.5, 0.95], abs=0.03)

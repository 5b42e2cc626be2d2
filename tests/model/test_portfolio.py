"""Programmes side by side: support, push and dates of their own, one pool of coaches, tools that come late."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from spread.model import epochs, inputs, prepare
from spread.runs import plan
from spread.scenarios import catalogue
from tests.verification import laws

PROGRAMMES = """
[programmes.plain]
interventions = ["plain"]
[programmes.other]
interventions = ["other"]
{own}
[interventions.other]
title = "Another improvement"
programme = "other"
kind = "simple"
complexity = "low"
appeal = 1.0
peers = "none"
[interventions.other.elements.only]
baseline = 0.0
difficulty = 1.0
"""
STANDARD_HR = 0.47


def two_programmes(folder: Path, own: str = "", top: str = "") -> inputs.ModelInputs:
    laws.write_sites(folder, 6)
    toml = f'support = "standard"\npush = "audit"\n{top}\n{PROGRAMMES.format(own=own)}'
    return laws.inputs_of(laws.law(folder, toml=toml, support_standard_log_hr=STANDARD_HR))


def test_a_programme_with_support_of_its_own_gets_it_and_the_others_what_the_lever_says(tmp_path: Path) -> None:
    alike, apart = two_programmes(tmp_path), two_programmes(tmp_path, 'support = "none"')
    assert alike.epochs.support.shape[1] == 1
    plain, other = (apart.workstream[apart.units.interventions.index(name)] for name in ("plain", "other"))
    for name in ("support", "coaching", "hours", "champions", "measurement"):
        ours, before = getattr(apart.epochs, name), getattr(alike.epochs, name)
        np.testing.assert_array_equal(ours[:, plain], before[:, 0])
    np.testing.assert_array_equal(
        apart.epochs.support[:, other], np.full_like(alike.epochs.support[:, 0], -STANDARD_HR)
    )
    assert set(apart.epochs.champions[:, other].ravel()) == {catalogue.support_levels()["none"]["champions"]}
    np.testing.assert_array_equal(apart.epochs.places, alike.epochs.places)


def test_a_programme_with_a_push_of_its_own_feels_it_alone(tmp_path: Path) -> None:
    alike, apart = two_programmes(tmp_path), two_programmes(tmp_path, 'push = "mandate"')
    plain, other = (apart.units.interventions.index(name) for name in ("plain", "other"))
    np.testing.assert_array_equal(apart.epochs.push[:, plain], alike.epochs.push[:, plain])
    assert (apart.epochs.push[:, other] > alike.epochs.push[:, other]).all()


def test_programmes_that_say_nothing_of_their_own_change_nothing(tmp_path: Path) -> None:
    said, unsaid = two_programmes(tmp_path, "priority = 1"), two_programmes(tmp_path)
    assert said.epochs.support.tobytes() == unsaid.epochs.support.tobytes()
    assert said.workstream.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("delay_months", "day"),
    [(-3.0, 0.0), (0.0, 0.0), (0.1, 31.0), (1.0, 31.0), (1.1, 60.0), (5.9, 182.0), (99.0, np.inf)],
)
def test_what_comes_late_exists_from_the_first_of_a_month(delay_months: float, day: float) -> None:
    months = np.array([0.0, 31.0, 60.0, 91.0, 121.0, 152.0, 182.0])
    availability = epochs.Availability(np.array([-np.inf, 0.0]), np.array([0.0, 0.0]), months, {1: "late"})
    assert epochs.available_days(availability, {"late": delay_months}).tolist() == [-np.inf, day]


@pytest.mark.parametrize(("months", "day"), [(5, "2020-05-01"), (5.5, "2020-06-01"), (-30, "2020-01-01")])
def test_a_tool_that_is_late_opens_late_and_nobody_has_it_before(tmp_path: Path, months: float, day: str) -> None:
    laws.write_sites(tmp_path, 6)
    late = f"available_from = 2019-12-01\navailable_delay_months = {months}\n"
    element = "[interventions.plain.elements.only]\nbaseline = 1.0"
    made = laws.inputs_of(laws.law(tmp_path, toml=f"[interventions.plain]\n{late}{element}\n"))
    opens = made.epochs.day[made.epochs.open[:, 0] == 1]
    assert made.available_day[0] == opens[0] == (date.fromisoformat(day) - date(2020, 1, 1)).days
    assert ((made.initial_status >= 5) == (opens[0] == 0)).all()


def test_when_a_tool_comes_is_drawn_with_the_parameters(tmp_path: Path) -> None:
    laws.write_sites(tmp_path, 6)
    late = "available_from = 2020-01-01\navailable_delay_months = { value = 6, low = 1, high = 12 }\n"
    case = laws.law(tmp_path, toml=f"[interventions.plain]\n{late}\n")
    drawn = {plan.draw_parameters(case.job.world.scenario, seed=1, draw=draw)["plain.available_delay_months"]
             for draw in range(20)}  # fmt: skip
    days = set()
    for months in drawn:
        parameters = case.parameters | {"plain.available_delay_months": months}
        made = prepare.prepare_inputs(case.job.world, case.job.timetable, parameters, seed=1, draw=0)
        days.add(float(made.available_day[0]))
    assert len(days) > 5

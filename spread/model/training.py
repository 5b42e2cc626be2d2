"""How many seats a course has: as a plan says, or as many as train a share of all staff in a year.

O organisations, C collaboratives, G tiers of the dose.
"""

from collections.abc import Mapping

import numpy as np

from spread.model.inputs import Floats
from spread.model.setting_groups import GROUPS, setting_groups
from spread.model.world import World
from spread.scenarios import levers

MONTHS_PER_YEAR = 12.0


def course_seats(world: World) -> Floats:
    """Seats of a course in each regime and collaborative, by tier; shape (regimes, C, G)."""
    stated = by_tier([plan.course_seats for plan in world.regimes])
    shares = by_tier([plan.training for plan in world.regimes])
    years = np.array([plan.course_interval_months for plan in world.regimes])[:, None, None] / MONTHS_PER_YEAR
    is_share = shares.any(axis=2, keepdims=True)
    seats: Floats = np.where(is_share, shares * years * staff_planned(world)[:, None], stated)
    return seats


def by_tier(tables: list[Mapping[str, float]]) -> Floats:
    """A lever of each regime for each tier, the same in every collaborative; shape (regimes, 1, G)."""
    return np.array([[float(table.get(tier, 0.0)) for tier in levers.TIERS] for table in tables])[:, None, :]


def staff_planned(world: World) -> Floats:
    """Staff of the organisations with units in each collaborative; shape (C,).

    An organisation in several counts for an equal part in each. Where no head count is given it is the usual one of
    the setting (the median): a plan is made before anyone knows better.
    """
    people, units = world.population, world.units
    usual = np.array([world.scenario.parameters[f"staff_default_{group}"].value for group in GROUPS])
    assumed = usual[setting_groups(people.organisation_settings)]
    heads = np.where(np.isnan(people.organisation_staff), assumed, people.organisation_staff)
    organisation, psc = np.unique(np.stack([units.organisation, units.psc]), axis=1)
    part = heads / np.maximum(np.bincount(organisation, minlength=len(heads)), 1)
    return np.bincount(psc, weights=part[organisation], minlength=len(people.psc_codes)).astype(np.float64)

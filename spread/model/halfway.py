"""A run that begins half-way: from the past and one draw to effects, dose and where everybody stands."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from spread.model import assigning, following, settling, start, tempo, updating
from spread.model.chance import Chance
from spread.model.frame import Frame
from spread.model.inputs import Constants, Floats
from spread.model.past import Past
from spread.model.world import World


class Back(NamedTuple):
    """What one draw looks back with."""

    world: World
    same: Frame
    past: Past
    parameters: Mapping[str, float]
    chance: Chance
    constants: Constants
    view_weight: Floats


class Then(NamedTuple):
    """What one draw says of the past."""

    tempo: following.Tempo
    dose: tempo.Dose
    baseline: updating.Baseline
    said_as: Floats
    first_stage: Floats


def look_back(back: Back, traits: tempo.Traits, staff: tempo.Staff) -> Then:
    """How fast everybody moved in the past of one draw, and what courses left behind."""
    past, parameters = back.past, back.parameters
    beginning = start.baseline_of(back.same, parameters)
    said = settling.said_as(parameters, is_self_reported=past.is_self_reported)
    first = settling.first_truths(past.first_stage, said)
    exists = np.ones(len(traits.elements), dtype=np.int64)
    if past.plan is None:
        gain = np.zeros(len(staff.dose))
        no_dose = tempo.Dose(staff.dose, np.zeros((0, len(gain))), gain)
        speeds = tempo.empty_tempo(past, traits, back.constants)
        return Then(speeds, no_dose, updating.Baseline(*beginning, exists), said, first)
    then = tempo.plan_then(past.plan, parameters)
    dose = tempo.dose_since(past, then, staff, back.constants.dose_log_hr)
    speeds = tempo.tempo_of(past, back.world.units, then, traits, back.constants, dose, back.view_weight)
    return Then(speeds, dose, updating.Baseline(*beginning, then.open[0]), said, first)


def choose(back: Back, then: Then) -> updating.Chosen:
    """Which of their draws regions, organisations and sites became, given the record."""
    same, past, units = back.same, back.past, back.world.units
    unit = past.record.unit
    return updating.choose_effects(
        past, then.tempo, updating.variety_of(back.parameters), then.baseline, then.first_stage, then.said_as,
        back.chance,
        (same.psc_key, same.active_key, same.site_key),
        (units.psc[unit], same.organisation[unit], same.site[unit]),
        units.intervention[unit], same.elements,
    )  # fmt: skip


def settle(back: Back, then: Then, deciding: Floats, testing: Floats, normal: Floats) -> start.AtCut:
    """Where everybody stands as the run begins, given their log effects on deciding and testing, shape (U,)."""
    same, past, units = back.same, back.past, back.world.units
    unit = past.record.unit
    effects = deciding[unit], testing[unit], normal[unit]
    intervention = units.intervention[unit]
    if past.counts:
        settled = assigning.settle_counts(
            past, then.tempo, then.baseline, back.chance, units, same.elements, effects
        )  # fmt: skip
    else:
        settled = settling.settle_record(
            back.chance.key, then.tempo, past.record, then.baseline, then.first_stage, then.said_as, intervention,
            same.elements, units.unit_key, effects, past.is_self_reported,
        )  # fmt: skip
    return settling.state_at_cut(past, settled, units.unit_key, back.chance, len(units.site))


def with_dose(traits: tempo.Traits, gain: Floats) -> tempo.Traits:
    """The traits of units, with what their organisation's dose has gained since the scenario's first day.

    The engines measure the dose against the one a run begins with; this is what came before.
    """
    return traits._replace(
        decision_base=traits.decision_base * np.exp(gain),
        capability=traits.capability + gain,
        lapse_turnover=traits.lapse_turnover - gain,
    )

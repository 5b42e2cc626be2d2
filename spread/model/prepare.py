"""From a world and one draw of the parameters to what an engine is given.

Here months become days, levels become differences from the reference, and everything a draw fixes is
drawn: regional, organisation and site effects, who is engaged, and where everyone begins. `frame` holds what no draw
changes; arrays taken from it, or from the world, are the same objects for every draw.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from spread.model import compiling, draws, epochs, frame, halfway, rules, start, tempo
from spread.model.chance import Chance
from spread.model.draws import Purpose
from spread.model.frame import Frame
from spread.model.inputs import CYCLE_SHAPES, Constants, Floats, Ints, ModelInputs, Peers, Timetable
from spread.model.setting_groups import GROUPS
from spread.model.timetable import DAYS_PER_MONTH, DAYS_PER_YEAR
from spread.model.updating import Chosen
from spread.model.views import LAYERS, Views
from spread.model.world import World
from spread.scenarios import levers

compiling.parts_of(rules)

Values = Mapping[str, float]

# Which published turnover of staff a group of settings takes; anything else that of the NHS.
LEAVER_GROUPS = {"care_home": "care_home", "primary_care": "primary_care"}


class Effects(NamedTuple):
    """What one draw makes of each unit, shape (U,): logs of frailty and of region, context and capability effects."""

    log_frailty: Floats
    log_region: Floats
    context: Floats
    capability: Floats
    site_normal: Floats


class Staffed(NamedTuple):
    """What organisations bring, shapes (O,), (O, G), (O,), (O, G): see `ModelInputs`."""

    slots: Ints
    dose: Floats
    dose_loss_per_day: Floats
    group_count: Floats


def prepare_inputs(
    world: World, table: Timetable, parameters: Values, *, seed: int, draw: int, framed: Frame | None = None
) -> ModelInputs:
    """Everything one run is a function of, for one draw.

    `parameters` holds every parameter by name, in the catalogue's units. Whoever prepares many draws of a world
    gives its frame (`frame.build_frame`), which is built anew otherwise. Pure: the same arguments give the same
    arrays, bit for bit.
    """
    same = frame.build_frame(world) if framed is None else framed
    chance = Chance(draws.run_key(seed, draw, 0))
    units = world.units
    available_day = epochs.available_days(same.epochs.availability, parameters)
    now = epochs.build_epochs(same.epochs, parameters, available_day)
    effects = draw_effects(world, same, parameters, chance)
    engaged = (chance.uniforms(units.site_key, Purpose.ENGAGED) < same.engaged_share).astype(np.int64)
    turnover = leavers_per_year(parameters)
    staffed = staff(same, parameters)
    mean_days, chances, difficulty = testing(same, parameters)
    peers, numbers = weigh(world.views, same, parameters), constants(world, parameters)
    traits = tempo.Traits(
        interest_base=per_day(same, parameters, "interest"),
        decision_base=per_day(same, parameters, "decision") * parameters["decision_scale"]
        * np.array([parameters[f"{name}.appeal"] for name in units.interventions])[units.intervention],
        capability=effects.capability,
        engaged=engaged,
        champion_rank=chance.uniforms(units.unit_key, Purpose.CHAMPION),
        measurement_rank=chance.uniforms(units.unit_key, Purpose.MEASUREMENT),
        lapse_turnover=turnover_effects(turnover, parameters)[same.group],
        elements=same.elements,
        cycle_mean_days=mean_days,
        cycle_chance=chances,
        tested=same.tested,
        workstream=same.epochs.workstream,
        difficulty=difficulty,
    )  # fmt: skip
    at_cut = None
    if same.past is not None:
        back = halfway.Back(world, same, same.past, parameters, chance, numbers, peers.view_weight)
        training = tempo.Staff(
            staffed.dose, staffed.dose_loss_per_day, staffed.group_count,
            by_tier(parameters, "dose_target"), by_tier(parameters, "dose_weight"),
        )  # fmt: skip
        then = halfway.look_back(back, traits, training)
        effects = draw_effects(world, same, parameters, chance, halfway.choose(back, then))
        at_cut = halfway.settle(
            back, then, effects.log_region + effects.log_frailty + effects.context,
            0.5 * effects.log_frailty + effects.capability, effects.site_normal,
        )  # fmt: skip
        staffed = staffed._replace(dose=then.dose.dose)
        traits = halfway.with_dose(traits._replace(capability=effects.capability), then.dose.gain[units.organisation])
    begun = start.draw_start(world, same, parameters, chance, effects.site_normal, available_day, at_cut)
    readiness = effects.log_frailty + effects.context
    return ModelInputs(
        units=units,
        peers=peers,
        timetable=table,
        epochs=now,
        constants=numbers,
        interest_base=traits.interest_base,
        decision_base=traits.decision_base * np.exp(effects.log_region + readiness),
        half_frailty=0.5 * effects.log_frailty,
        capability=traits.capability,
        engaged=engaged,
        champion_rank=traits.champion_rank,
        measurement_rank=traits.measurement_rank,
        deprived_share=same.deprived_share,
        readiness=readiness,
        lapse_turnover=traits.lapse_turnover,
        champion_loss_per_day=(turnover / DAYS_PER_YEAR)[same.group],
        initial_status=begun.status,
        initial_since_days=begun.since_days,
        initial_elements=begun.elements,
        initial_coached=start.coached_at_start(same.by_key, begun.status, engaged, units.psc, now.places[0]),
        slots=staffed.slots,
        dose=staffed.dose,
        dose_loss_per_day=staffed.dose_loss_per_day,
        group_count=staffed.group_count,
        organisation_key=same.organisation_key,
        dose_target=by_tier(parameters, "dose_target"),
        dose_weight=by_tier(parameters, "dose_weight"),
        elements=same.elements,
        cycle_mean_days=mean_days,
        cycle_chance=chances,
        tested=same.tested,
        deadline_day=same.deadline_day,
        available_day=available_day,
        workstream=same.epochs.workstream,
        programme=same.epochs.programme,
        priority=same.epochs.priority,
        difficulty=difficulty,
    )  # fmt: skip


def per_day(same: Frame, parameters: Values, step: str) -> Floats:
    """The published speed of a step for each unit, per day."""
    return (np.array([parameters[f"{step}_{group}_per_month"] for group in GROUPS]) / DAYS_PER_MONTH)[same.group]


def by_tier(parameters: Values, name: str) -> Floats:
    """A parameter that each tier of the dose has; shape (G,)."""
    return np.array([parameters[f"{name}_{tier}"] for tier in levers.TIERS])


def leavers_per_year(parameters: Values) -> Floats:
    """The published turnover of each of `GROUPS`."""
    return np.array([parameters[f"leaver_{LEAVER_GROUPS.get(group, 'nhs')}_per_year"] for group in GROUPS])


def turnover_effects(turnover: Floats, parameters: Values) -> Floats:
    """What the turnover of each of `GROUPS` adds to lapse."""
    log_hr, reference = parameters["lapse_turnover_log_hr"], parameters["turnover_reference_per_year"]
    return np.array([rules.turnover_log_effect(log_hr, yearly, reference) for yearly in turnover.tolist()])


def draw_effects(
    world: World, same: Frame, parameters: Values, chance: Chance, chosen: Chosen | None = None
) -> Effects:
    """Region, frailty and context of each unit; frailty and region have mean one.

    Frailty is shared by all improvements at a site, a share of its log variance by all of an organisation.
    The three context scores are correlated, so that a good organisation is not counted three times.
    `chosen` says which of their draws everybody became where a record bears on it (`updating`).
    """
    if chosen is None:
        keys = same.psc_key, same.active_key, same.site_key
        chosen = Chosen(*(np.zeros(len(key), dtype=np.int64) for key in keys))
    organisation = same.organisation
    log_variance = np.log1p(parameters["frailty_variance"])
    share = parameters["frailty_organisation_share"]
    (site_normals,) = chance.chosen_normals(same.site_key, chosen.site, Purpose.SITE_FRAILTY)
    (region,) = chance.chosen_normals(same.psc_key, chosen.region, Purpose.REGION_EFFECT)
    organisation_normals, shared, *of_scores = chance.chosen_normals(
        same.active_key,
        chosen.organisation,
        Purpose.ORGANISATION_FRAILTY,
        Purpose.CONTEXT,
        Purpose.CULTURE,
        Purpose.LEADERSHIP,
        Purpose.CAPABILITY,
    )
    organisation_normal, site_normal = organisation_normals[organisation], site_normals[same.site]
    z = math.sqrt(share) * organisation_normal + math.sqrt(1.0 - share) * site_normal
    region_sd = parameters["region_log_sd"]
    common = math.sqrt(parameters["context_correlation"]) * shared
    own = math.sqrt(1.0 - parameters["context_correlation"])
    culture, leadership, able = (common + own * score for score in of_scores)
    capability = parameters["capability_log_hr"] * able
    context = parameters["culture_log_hr"] * culture + parameters["leadership_log_hr"] * leadership + capability
    return Effects(
        np.sqrt(log_variance) * z - 0.5 * log_variance,
        (region_sd * region - 0.5 * region_sd**2)[world.units.psc],
        context[organisation],
        capability[organisation],
        z,
    )


def weigh(views: Views, same: Frame, parameters: Values) -> Peers:
    """Weights of each unit's views: layers by the parameters, shared within a layer, adding up to one."""
    layer_weight = np.array([parameters[f"peer_weight_{layer}"] for layer in LAYERS])
    weight = view_weights(views.view_start, views.view_layer, same.views_in_layer, layer_weight)
    return Peers(
        views.view_start, views.view_network, weight, views.view_peers,
        views.watched_start, views.watched_unit, views.watched_view, views.watched_count,
    )  # fmt: skip


@compiling.compiled
def view_weights(view_start: Ints, view_layer: Ints, views_in_layer: Ints, layer_weight: Floats) -> Floats:
    """The weight of each view, shape (V,); all are zero for a unit whose layers have no weight."""
    weight = layer_weight[view_layer] / views_in_layer
    for unit in range(len(view_start) - 1):
        total = 0.0
        for view in range(view_start[unit], view_start[unit + 1]):
            total += weight[view]
        for view in range(view_start[unit], view_start[unit + 1]):
            weight[view] = weight[view] / total if total > 0.0 else 0.0
    return weight


def staff(same: Frame, parameters: Values) -> Staffed:
    """Slots, dose at the start, its loss and the size of each tier, by organisation."""
    group = same.organisation_group
    usual = np.array([parameters[f"staff_default_{name}"] for name in GROUPS])
    heads = np.where(same.staff_known, same.organisation_staff, usual[group])
    loss = (leavers_per_year(parameters) + parameters["skill_decay_per_year"]) / DAYS_PER_YEAR
    return Staffed(
        slot_counts(parameters["slots_per_1000_staff"], heads, parameters["slots_minimum"]),
        by_tier(parameters, "dose_initial")[None, :].repeat(len(heads), axis=0),
        loss[group],
        heads[:, None] * by_tier(parameters, "staff_share"),
    )


@compiling.compiled
def slot_counts(per_thousand_staff: float, heads: Floats, minimum: float) -> Ints:
    """Change slots of each organisation."""
    slots = np.empty(len(heads), dtype=np.int64)
    for organisation in range(len(heads)):
        slots[organisation] = rules.slot_count(per_thousand_staff, heads[organisation], minimum)
    return slots


def testing(same: Frame, parameters: Values) -> tuple[Floats, Floats, Floats]:
    """Mean cycle length (days), chance per cycle and log difficulty, by intervention."""
    usual, ceiling = parameters["cycle_weeks"] * 7.0, parameters["cycle_ceiling_share"]
    days = [parameters[f"testing_{kind}_months"] * DAYS_PER_MONTH for kind in same.kinds]
    sizes = list(zip(days, same.elements.tolist(), strict=True))
    mean = [rules.cycle_mean_days(usual, ceiling, whole, count) for whole, count in sizes]
    chance = [rules.cycle_chance(m, whole, count) for m, (whole, count) in zip(mean, sizes, strict=True)]
    difficulty = same.difficulty.fill(np.log(same.difficulty.values(parameters)))
    return np.array(mean), np.array(chance), difficulty


def constants(world: World, p: Values) -> Constants:
    """Single numbers, per day and in days."""
    return Constants(
        horizon_days=world.horizon_days,
        contact_per_hour=p["contact_outreach_per_hour"] / DAYS_PER_MONTH,
        meeting_contact_share=p["meeting_contact_share"],
        kappa=p["kappa"],
        peer_exponent=p["peer_exponent"],
        load_log_hr=p["load_log_hr"],
        load_free=p["load_free_count"],
        learning_log_hr=p["learning_set_log_hr"],
        learning_days=p["learning_set_effect_days"],
        dose_log_hr=p["dose_log_hr"],
        course_attendance_share=p["course_attendance_share"],
        champion_log_hr=p["champion_testing_log_hr"],
        champion_reference_share=p["champion_reference_share"],
        champion_gap_days=p["champion_gap_months"] * DAYS_PER_MONTH,
        measurement_log_hr=p["measurement_testing_log_hr"],
        measurement_reference_share=p["measurement_reference_share"],
        cycle_shape=CYCLE_SHAPES.index(world.scenario.cycle_shape),
        cycle_log_sd=p["cycle_log_sd"],
        stop_per_day=p["stop_per_month"] / DAYS_PER_MONTH,
        no_signal_log_hr=p["no_signal_log_hr"],
        no_signal_days=p["no_signal_months"] * DAYS_PER_MONTH,
        resume_per_day=p["resume_per_month"] / DAYS_PER_MONTH,
        spread_per_day=p["spread_per_month"] / DAYS_PER_MONTH,
        sustain_days=p["sustain_months"] * DAYS_PER_MONTH,
        lapse_per_day=p["lapse_per_month"] / DAYS_PER_MONTH,
        lapse_embedded_share=p["lapse_embedded_share"],
        lapse_measurement_log_hr=p["lapse_measurement_log_hr"],
        lapse_champion_log_hr=p["lapse_champion_loss_log_hr"],
        restart_per_day=p["restart_per_month"] / DAYS_PER_MONTH,
        element_loss_share=p["element_loss_share"],
        patience_days=p["patience_months"] * DAYS_PER_MONTH,
    )

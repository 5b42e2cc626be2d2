"""From a world and one draw of the parameters to what an engine is given.

Here months become days, levels become differences from the reference, and everything a draw fixes is
drawn: regional, organisation and site effects, who is engaged, and where everyone begins.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.model import STOPPED, draws, rules, timetable
from spread.model.draws import Purpose
from spread.model.inputs import CYCLE_SHAPES, Constants, Floats, Ints, ModelInputs, Peers, Timetable
from spread.model.timetable import DAYS_PER_MONTH, DAYS_PER_YEAR
from spread.model.world import LAYERS, World, keys
from spread.scenarios import levers

Values = Mapping[str, float]

# Which published speed and turnover a setting takes; anything else counts as acute.
SETTING_GROUPS = {
    "mental_health": "mental_health", "ward": "mental_health", "community": "primary_care",
    "ambulance": "primary_care", "ccg": "primary_care", "gp": "primary_care", "primary_care": "primary_care",
    "care_home": "care_home",
}  # fmt: skip
NEVER_DAY = 1e9


class Effects(NamedTuple):
    """What one draw makes of each unit, shape (U,): logs of frailty and of region, context and capability effects."""

    log_frailty: Floats
    log_region: Floats
    context: Floats
    capability: Floats
    site_normal: Floats


class Start(NamedTuple):
    """Where every unit begins, shape (U,)."""

    status: Ints
    since_days: Floats
    elements: Ints
    coached: Ints


class Staffed(NamedTuple):
    """What organisations bring, shapes (O,), (O, G), (O,), (O, G): see `ModelInputs`."""

    slots: Ints
    dose: Floats
    dose_loss_per_day: Floats
    group_count: Floats


def prepare_inputs(world: World, table: Timetable, parameters: Values, *, seed: int, draw: int) -> ModelInputs:
    """Everything one run is a function of, for one draw.

    `parameters` holds every parameter by name, in the catalogue's units. Pure: the same arguments give the
    same arrays, bit for bit.
    """
    chance = Chance(draws.run_key(seed, draw, 0))
    epochs = timetable.build_epochs(world, parameters)
    effects = draw_effects(world, parameters, chance)
    engaged = draw_engaged(world, chance)
    start = draw_start(world, parameters, chance, effects)
    start = start._replace(coached=place_coached(world, start, engaged, epochs.places[0]))
    turnover = np.array([parameters[f"leaver_{leaver_group(g)}_per_year"] for g in unit_groups(world)])
    readiness = effects.log_frailty + effects.context
    staffed = staff(world, parameters)
    n_elements, mean_days, chances, difficulty = testing(world, parameters)
    units = world.units
    return ModelInputs(
        units=units,
        peers=weigh(world, parameters),
        timetable=table,
        epochs=epochs,
        constants=constants(world, parameters),
        interest_base=per_day(world, parameters, "interest"),
        decision_base=per_day(world, parameters, "decision") * parameters["decision_scale"]
        * np.array([parameters[f"{name}.appeal"] for name in units.interventions])[units.intervention]
        * np.exp(effects.log_region + readiness),
        half_frailty=0.5 * effects.log_frailty,
        capability=effects.capability,
        engaged=engaged,
        champion_rank=chance.uniforms(units.unit_key, Purpose.CHAMPION),
        measurement_rank=chance.uniforms(units.unit_key, Purpose.MEASUREMENT),
        deprived_share=np.nan_to_num(world.population.deprived_share[units.site]),
        readiness=readiness,
        lapse_turnover=np.array([
            rules.turnover_log_effect(parameters["lapse_turnover_log_hr"], t, parameters["turnover_reference_per_year"])
            for t in turnover
        ]),
        champion_loss_per_day=turnover / DAYS_PER_YEAR,
        initial_status=start.status,
        initial_since_days=start.since_days,
        initial_elements=start.elements,
        initial_coached=start.coached,
        slots=staffed.slots,
        dose=staffed.dose,
        dose_loss_per_day=staffed.dose_loss_per_day,
        group_count=staffed.group_count,
        organisation_key=keys(world.population.organisation_codes),
        dose_target=np.array([parameters[f"dose_target_{tier}"] for tier in levers.TIERS]),
        dose_weight=np.array([parameters[f"dose_weight_{tier}"] for tier in levers.TIERS]),
        elements=n_elements,
        cycle_mean_days=mean_days,
        cycle_chance=chances,
        tested=np.array([int(world.scenario.interventions[name].testing) for name in units.interventions]),
        deadline_day=np.array([deadline_day(world, name) for name in units.interventions]),
        difficulty=difficulty,
    )  # fmt: skip


class Chance:
    """Learnable facts of one draw: the same whatever the replicate."""

    def __init__(self, key: int) -> None:
        self.key = key

    def uniforms(self, agent_keys: NDArray[np.uint64], purpose: Purpose, occurrence: int = 0) -> Floats:
        """One uniform number per agent."""
        return np.array([draws.uniform_at(self.key, agent, purpose, occurrence) for agent in agent_keys.tolist()])

    def normals(self, agent_keys: NDArray[np.uint64], purpose: Purpose, occurrence: int = 0) -> Floats:
        """One standard normal number per agent."""
        return np.array([draws.normal(u) for u in self.uniforms(agent_keys, purpose, occurrence).tolist()])


def setting_group(setting: str) -> str:
    """Which published speed a setting takes."""
    return SETTING_GROUPS.get(setting, "acute")


def leaver_group(group: str) -> str:
    """Which published turnover a group of settings takes."""
    return {"care_home": "care_home", "primary_care": "primary_care"}.get(group, "nhs")


def unit_groups(world: World) -> list[str]:
    """The setting group of each unit."""
    return [setting_group(world.population.settings[site]) for site in world.units.site.tolist()]


def per_day(world: World, parameters: Values, step: str) -> Floats:
    """The published speed of a step for each unit, per day."""
    return np.array([parameters[f"{step}_{group}_per_month"] for group in unit_groups(world)]) / DAYS_PER_MONTH


def draw_effects(world: World, parameters: Values, chance: Chance) -> Effects:
    """Region, frailty and context of each unit; frailty and region have mean one.

    Frailty is shared by all improvements at a site, a share of its log variance by all of an organisation.
    The three context scores are correlated, so that a good organisation is not counted three times.
    """
    people, units = world.population, world.units
    organisation_keys, site_keys = keys(people.organisation_codes), keys(people.site_codes)
    log_variance = np.log1p(parameters["frailty_variance"])
    share = parameters["frailty_organisation_share"]
    site_normal = chance.normals(site_keys, Purpose.SITE_FRAILTY)[units.site]
    organisation_normal = chance.normals(organisation_keys, Purpose.ORGANISATION_FRAILTY)[units.organisation]
    z = np.sqrt(share) * organisation_normal + np.sqrt(1.0 - share) * site_normal
    region_sd = parameters["region_log_sd"]
    region = chance.normals(keys(people.psc_codes), Purpose.REGION_EFFECT)[units.psc]
    common = np.sqrt(parameters["context_correlation"]) * chance.normals(organisation_keys, Purpose.CONTEXT)
    own = np.sqrt(1.0 - parameters["context_correlation"])
    culture = common + own * chance.normals(organisation_keys, Purpose.CULTURE)
    leadership = common + own * chance.normals(organisation_keys, Purpose.LEADERSHIP)
    able = common + own * chance.normals(organisation_keys, Purpose.CAPABILITY)
    capability = parameters["capability_log_hr"] * able
    context = parameters["culture_log_hr"] * culture + parameters["leadership_log_hr"] * leadership + capability
    return Effects(
        np.sqrt(log_variance) * z - 0.5 * log_variance,
        region_sd * region - 0.5 * region_sd**2,
        context[units.organisation],
        capability[units.organisation],
        z,
    )


def draw_engaged(world: World, chance: Chance) -> Ints:
    """Which eligible sites the programme works with."""
    shares = world.scenario.engaged_share
    codes = [world.population.psc_codes[psc] for psc in world.units.psc.tolist()]
    wanted = np.array([timetable.value_for(shares, code) for code in codes])
    return (chance.uniforms(world.units.site_key, Purpose.ENGAGED) < wanted).astype(np.int64)


def draw_start(world: World, parameters: Values, chance: Chance, effects: Effects) -> Start:
    """Where everyone begins: elements in place and stages before the programme, then whatever was observed."""
    units = world.units
    status = np.zeros(len(units.site), dtype=np.int64)
    elements, complete = np.zeros_like(status), np.zeros_like(status)
    stage_rank = chance.uniforms(units.decision_key, Purpose.BASELINE_STAGE)
    for number, name in enumerate(units.interventions):
        here = units.intervention == number
        names = tuple(element.name for element in world.scenario.interventions[name].elements)
        complete[here] = (1 << len(names)) - 1
        for bit, element in enumerate(names):
            share = parameters[f"{name}.baseline.{element}"]
            in_place = baseline_normals(parameters, chance, units.unit_key[here], bit, effects.site_normal[here])
            elements[here] |= (in_place < threshold(share)).astype(np.int64) << bit
        status[here] = baseline_stage(name, parameters, stage_rank[here])
    exists = np.array([is_there(world, name) for name in units.interventions])[units.intervention]
    status = np.where(exists, status, np.minimum(status, 4))  # nothing is in use before it exists
    in_use = exists & ((elements == complete) | (status >= 5))
    since = np.full(len(status), -1.0)
    long_days = parameters["baseline_in_use_months"] * DAYS_PER_MONTH
    since[in_use] = -long_days * chance.uniforms(units.unit_key[in_use], Purpose.BASELINE_SINCE)
    sustain_days = parameters["sustain_months"] * DAYS_PER_MONTH
    since[status == 7] -= sustain_days
    status[in_use] = np.where(-since[in_use] >= sustain_days, 7, np.maximum(5, np.minimum(status[in_use], 6)))
    observe(world, status, since)
    return Start(status, since, elements_at(status, elements, complete), np.zeros_like(status))


def is_there(world: World, name: str) -> bool:
    """Whether an intervention exists on the first day."""
    available = world.scenario.interventions[name].available_from
    return available is None or available <= world.origin


def threshold(share: float) -> float:
    """The normal deviate below which a share lies, also for none and all."""
    if share <= 0.0:
        return -np.inf
    return np.inf if share >= 1.0 else draws.normal(share)


def baseline_normals(
    parameters: Values, chance: Chance, unit_keys: NDArray[np.uint64], element: int, site_normal: Floats
) -> Floats:
    """How hard an element was to come by: forward sites (low numbers) have more of them."""
    rho = parameters["baseline_site_correlation"]
    own: Floats = np.sqrt(1.0 - rho) * chance.normals(unit_keys, Purpose.BASELINE_ELEMENT, element)
    shared: Floats = np.sqrt(rho) * site_normal
    return own - shared


def baseline_stage(name: str, parameters: Values, rank: Floats) -> Ints:
    """Stages before the programme, most advanced first: a larger share moves sites up, never down."""
    stage = np.zeros(len(rank), dtype=np.int64)
    reached = 0.0
    for number in range(7, 0, -1):
        share = parameters.get(f"{name}.stage.{number}", 0.0)
        stage[(rank >= reached) & (rank < reached + share)] = number
        reached += share
    return stage


def elements_at(status: Ints, elements: Ints, complete: Ints) -> Ints:
    """Elements in place that agree with the status: all of them in use, at least the last missing before."""
    in_use = (status >= 5) & (status < STOPPED)
    last = (complete + 1) >> 1
    return np.where(in_use, complete, np.where(elements == complete, elements & ~last, elements))


def observe(world: World, status: Ints, since: Floats) -> None:
    """Put the units a start table speaks of where it says they were, with the time already served."""
    if world.start is None:
        return
    units = world.start_units
    status[units] = world.start.stage
    known = [since or reported for since, reported in zip(world.start.since, world.start.reported, strict=True)]
    since[units] = [min(-1.0, float((day - world.origin).days)) for day in known]


def place_coached(world: World, start: Start, engaged: Ints, places: Ints) -> Ints:
    """Who holds a coaching place at the start: engaged sites in testing, as far as places go."""
    coached = np.zeros(len(start.status), dtype=np.int64)
    left = places.copy()
    for unit in np.argsort(world.units.unit_key, kind="stable").tolist():
        psc = world.units.psc[unit]
        if start.status[unit] == 4 and engaged[unit] and left[psc] > 0:
            coached[unit] = 1
            left[psc] -= 1
    return coached


def weigh(world: World, parameters: Values) -> Peers:
    """Weights of each unit's views: layers by the parameters, shared within a layer, adding up to one."""
    views = world.views
    layer_weight = np.array([parameters[f"peer_weight_{layer}"] for layer in LAYERS])
    owner = np.repeat(np.arange(len(world.units.site)), np.diff(views.view_start))
    in_layer = np.zeros((len(world.units.site), len(LAYERS)))
    np.add.at(in_layer, (owner, views.view_layer), 1.0)
    raw = layer_weight[views.view_layer] / in_layer[owner, views.view_layer]
    total = np.zeros(len(world.units.site))
    np.add.at(total, owner, raw)
    weight = np.divide(raw, total[owner], out=np.zeros_like(raw), where=total[owner] > 0)
    return Peers(
        views.view_start, views.view_network, weight, views.view_peers,
        views.watched_start, views.watched_unit, views.watched_view, views.watched_count,
    )  # fmt: skip


def staff(world: World, parameters: Values) -> Staffed:
    """Slots, dose at the start, its loss and the size of each tier, by organisation."""
    people = world.population
    groups = [setting_group(setting) for setting in people.organisation_settings]
    usual = np.array([parameters[f"staff_default_{group}"] for group in groups])
    heads = np.where(np.isnan(people.organisation_staff), usual, people.organisation_staff)
    loss = np.array([parameters[f"leaver_{leaver_group(group)}_per_year"] for group in groups])
    shares = np.array([parameters[f"staff_share_{tier}"] for tier in levers.TIERS])
    initial = np.array([parameters[f"dose_initial_{tier}"] for tier in levers.TIERS])
    per_thousand, minimum = parameters["slots_per_1000_staff"], parameters["slots_minimum"]
    slots = [rules.slot_count(per_thousand, count, minimum) for count in heads.tolist()]
    return Staffed(
        np.array(slots, dtype=np.int64),
        np.tile(initial, (len(heads), 1)),
        (loss + parameters["skill_decay_per_year"]) / DAYS_PER_YEAR,
        heads[:, None] * shares[None, :],
    )


def testing(world: World, parameters: Values) -> tuple[Ints, Floats, Floats, Floats]:
    """Elements, mean cycle length (days), chance per cycle and log difficulty, by intervention."""
    names = world.units.interventions
    interventions = [world.scenario.interventions[name] for name in names]
    counts = np.array([len(intervention.elements) for intervention in interventions])
    days = np.array([parameters[f"testing_{i.kind}_months"] * DAYS_PER_MONTH for i in interventions])
    usual = parameters["cycle_weeks"] * 7.0
    sizes = list(zip(days.tolist(), counts.tolist(), strict=True))
    mean = [rules.cycle_mean_days(usual, parameters["cycle_ceiling_share"], d, n) for d, n in sizes]
    chance = [rules.cycle_chance(m, d, n) for m, (d, n) in zip(mean, sizes, strict=True)]
    difficulty = np.zeros((len(names), int(counts.max())))
    for row, (name, intervention) in enumerate(zip(names, interventions, strict=True)):
        for column, element in enumerate(intervention.elements):
            difficulty[row, column] = np.log(parameters[f"{name}.difficulty.{element.name}"])
    return counts, np.array(mean), np.array(chance), difficulty


def deadline_day(world: World, name: str) -> float:
    """Days to an intervention's next deadline."""
    ahead = [(day - world.origin).days for day in timetable.deadlines_of(world.scenario, name)]
    return float(min((day for day in ahead if day >= 0), default=NEVER_DAY))


def constants(world: World, p: Values) -> Constants:
    """Single numbers, per day and in days."""
    return Constants(
        horizon_days=world.horizon_days,
        contact_per_hour=p["contact_outreach_per_hour"] / DAYS_PER_MONTH,
        meeting_contact_share=p["meeting_contact_share"],
        kappa=p["kappa"],
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

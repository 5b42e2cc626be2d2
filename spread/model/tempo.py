"""How fast everybody moved in the past, step by step, by the rules and what was planned then.

What chance did in each replicate is replaced by its mean: an organisation got its share of the seats of every course,
a site came to as many meetings as attendance says, and knew of its peers what was reported of them by then. The load
of an organisation is left out, months without success do not make testing stop, and coaches had places for those
engaged.

K units on record, B - 1 steps, O organisations, G tiers.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from spread.model import compiling, epochs, rules
from spread.model.following import Tempo
from spread.model.inputs import Constants, Epochs, Floats, Ints, Units
from spread.model.past import Past

compiling.parts_of(rules)


class Staff(NamedTuple):
    """Who is trained, shapes (O, G), (O,), (O, G), (G,), (G,): see `ModelInputs`."""

    dose: Floats
    dose_loss_per_day: Floats
    group_count: Floats
    dose_target: Floats
    dose_weight: Floats


class Traits(NamedTuple):
    """What a draw says of every unit, shape (U,), before its readiness; see `ModelInputs`.

    By intervention: `elements`, `cycle_mean_days`, `cycle_chance`, `tested`, `workstream`; `difficulty` (I, most
    elements).
    """

    interest_base: Floats
    decision_base: Floats
    capability: Floats
    engaged: Ints
    champion_rank: Floats
    measurement_rank: Floats
    lapse_turnover: Floats
    elements: Ints
    cycle_mean_days: Floats
    cycle_chance: Floats
    tested: Ints
    workstream: Ints
    difficulty: Floats


class Dose(NamedTuple):
    """What courses left behind: the dose as the run begins, shape (O, G), and the log effect in each step (B - 1, O).

    `gain`, shape (O,), is that effect as the run begins.
    """

    dose: Floats
    effect: Floats
    gain: Floats


def plan_then(plan: epochs.EpochFrame, parameters: Mapping[str, float]) -> Epochs:
    """The plan in force in each step of the past, for one draw."""
    return epochs.build_epochs(plan, parameters, epochs.available_days(plan.availability, parameters))


def dose_since(past: Past, then: Epochs, staff: Staff, log_hr: float) -> Dose:
    """Run the dose forward from the scenario's first day."""
    found = run_dose(
        past.day, then.refreshed_per_day, past.course_day, past.course_psc, past.course_seats,
        past.trained.start, past.trained.item, staff, log_hr,
    )  # fmt: skip
    return Dose(*found)


@compiling.compiled
def run_dose(
    day: Floats, refreshed: Floats, course_day: Floats, course_psc: Ints, course_seats: Floats, trained_start: Ints,
    trained: Ints, staff: Staff, log_hr: float,
) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    """Dose at the end, its log effect at the beginning of each step, and at the end."""
    dose, steps, course = staff.dose.copy(), len(day) - 1, 0
    first = np.empty(len(dose))
    effect, gain = np.empty((steps, len(dose))), np.empty(len(dose))
    for organisation in range(len(dose)):
        first[organisation] = index_of(dose, staff, organisation)
    for step in range(steps):
        now = day[step]
        for organisation in range(len(dose)):
            index = index_of(dose, staff, organisation)
            effect[step, organisation] = rules.dose_log_effect(log_hr, index, first[organisation])
        while course < len(course_day) and course_day[course] < day[step + 1]:
            wear_down(dose, staff, refreshed[step], course_day[course] - now)
            now, psc = max(now, course_day[course]), course_psc[course]
            count = trained_start[psc + 1] - trained_start[psc]
            for place in range(trained_start[psc], trained_start[psc + 1]):
                for tier in range(dose.shape[1]):
                    dose[trained[place], tier] = rules.dose_with_course(
                        dose[trained[place], tier], course_seats[course, tier] / count,
                        staff.group_count[trained[place], tier],
                    )  # fmt: skip
            course += 1
        wear_down(dose, staff, refreshed[step], day[step + 1] - now)
    for organisation in range(len(dose)):
        index = index_of(dose, staff, organisation)
        gain[organisation] = rules.dose_log_effect(log_hr, index, first[organisation])
    return dose, effect, gain


@compiling.part
def index_of(dose: Floats, staff: Staff, organisation: int) -> float:
    """The capability index of an organisation."""
    total = 0.0
    for tier in range(dose.shape[1]):
        total += rules.dose_towards_target(staff.dose_weight[tier], dose[organisation, tier], staff.dose_target[tier])
    return total


@compiling.part
def wear_down(dose: Floats, staff: Staff, refreshed: float, days: float) -> None:
    """Let everybody's dose wear down for some days."""
    if days <= 0.0:
        return
    for organisation in range(len(dose)):
        for tier in range(dose.shape[1]):
            loss = staff.dose_loss_per_day[organisation]
            dose[organisation, tier] = rules.dose_after(dose[organisation, tier], loss, refreshed, days)


def tempo_of(
    past: Past,
    units: Units,
    then: Epochs,
    traits: Traits,
    constants: Constants,
    dose: Dose,
    view_weight: Floats,
) -> Tempo:
    """How fast every unit on record moved in every step."""
    tempo = empty_tempo(past, traits, constants)
    fill_tempo(
        tempo, past.record.unit, past.view_start, past.view, past.view_share, past.meetings_per_day,
        past.learning_per_day, (units.intervention, units.organisation, units.psc), then, traits, constants,
        dose.effect, view_weight,
    )  # fmt: skip
    return tempo


def empty_tempo(past: Past, traits: Traits, constants: Constants) -> Tempo:
    """What stood still in all steps, and room for what did not; all there is of a past without a step."""
    hard = [traits.difficulty[tool, :count].mean() for tool, count in enumerate(traits.elements.tolist())]
    waits = (past.waits + 1.0) / np.maximum(past.waited_days + constants.patience_days, 1.0)
    days = np.diff(past.day)

    def room() -> Floats:
        return np.empty((len(days), len(past.record.unit)))

    return Tempo(
        hears=room(),
        wants=room(),
        decides=room(),
        tries=room(),
        stops=room(),
        lapses=room(),
        spreads=room(),
        sustains=room(),
        lapses_later=room(),
        sustains_later=room(),
        lapses_last=room(),
        resumes=room(),
        restarts=room(),
        days=days,
        waited=np.where(traits.tested == 1, -np.expm1(-days[:, None] * waits), 0.0),
        failing=np.log1p(-traits.cycle_chance),
        cycle_days=traits.cycle_mean_days,
        difficulty=np.array(hard),
        tested=traits.tested,
        loses=constants.element_loss_share,
    )


@compiling.compiled
def fill_tempo(
    tempo: Tempo, who: Ints, view_start: Ints, view: Ints, view_share: Floats, meetings: Floats, learning: Floats,
    place: tuple[Ints, Ints, Ints], then: Epochs, traits: Traits, constants: Constants, dose_effect: Floats,
    view_weight: Floats,
) -> None:  # fmt: skip
    """Rates of every unit in every step, as `standing` has them in a run."""
    intervention, organisations, pscs = place
    days = tempo.days
    for row in range(len(who)):
        unit = who[row]
        tool, organisation, psc = intervention[unit], organisations[unit], pscs[unit]
        work = traits.workstream[tool]
        came = -math.expm1(-learning[row] * constants.learning_days)
        for step in range(len(days)):
            supported = rules.is_supported(traits.engaged[unit], then.started[step, tool])
            hours = then.hours[step, work, psc] if supported else 0.0
            told = rules.contact_rate(
                then.campaign[step, tool], constants.contact_per_hour, hours, then.push[step, tool],
                then.shock[step, tool],
            ) + meetings[row] * constants.meeting_contact_share  # fmt: skip
            tempo.hears[step, row] = -math.expm1(-told * days[step])
            interest = rules.interest_rate(traits.interest_base[unit], then.push[step, tool], then.shock[step, tool])
            tempo.wants[step, row] = -math.expm1(-interest * days[step])
            known = 0.0
            for at in range(view_start[row], view_start[row + 1]):
                known += view_weight[view[at]] * view_share[at, step]
            support = then.support[step, work, psc] if supported else then.unsupported
            effects = rules.decision_log_effects(
                support, then.trend[step, tool], dose_effect[step, organisation], 0.0, came * constants.learning_log_hr
            )
            rate = rules.decision_rate(
                traits.decision_base[unit], effects, constants.kappa, constants.peer_exponent, known
            )
            tempo.decides[step, row] = rate * days[step] * then.open[step, tool]
            champion = int(traits.champion_rank[unit] < then.champions[step, work, psc])
            measured = int(traits.measurement_rank[unit] < then.measurement[step, work, psc])
            is_coached = rules.wants_place(supported, then.places[step, psc])
            coaching = then.coaching[step, work, psc] if is_coached else then.uncoached
            tempo.tries[step, row] = rules.testing_log_effects(
                coaching, then.testing[step, tool], 0.0, dose_effect[step, organisation], 0.0,
                rules.presence_log_effect(constants.champion_log_hr, champion, constants.champion_reference_share),
                rules.presence_log_effect(
                    constants.measurement_log_hr, measured, constants.measurement_reference_share
                ),
            ) if then.open[step, tool] == 1 else -math.inf  # fmt: skip
            tempo.stops[step, row] = days[step] * rules.stop_rate(
                constants.stop_per_day, coaching, then.stopping[step, tool], 0.0, 0.0
            )
            held = rules.keeping_log_effect(
                supported, then.coaching[step, work, psc], then.uncoached, then.stopping[step, tool]
            )
            off = days[step] * rules.lapse_rate(
                constants.lapse_per_day, 1.0, constants.lapse_measurement_log_hr * measured,
                traits.lapse_turnover[unit], constants.lapse_champion_log_hr * (1 - champion),
                dose_effect[step, organisation], held,
            )  # fmt: skip
            on, kept = days[step] * constants.spread_per_day, days[step] / max(constants.sustain_days, 1.0)
            share = leave_share(on + kept + off)
            tempo.spreads[step, row], tempo.sustains[step, row], tempo.lapses[step, row] = (
                share * on,
                share * kept,
                share * off,
            )
            share = leave_share(kept + off)
            tempo.sustains_later[step, row], tempo.lapses_later[step, row] = share * kept, share * off
            tempo.lapses_last[step, row] = -math.expm1(-off * constants.lapse_embedded_share)
            tempo.resumes[step, row] = -math.expm1(-rules.return_rate(constants.resume_per_day, held) * days[step])
            tempo.restarts[step, row] = -math.expm1(-rules.return_rate(constants.restart_per_day, held) * days[step])


@compiling.part
def leave_share(rate: float) -> float:
    """Share that leaves in a step, for each part of the rate at which they leave."""
    return -math.expm1(-rate) / rate if rate > 0.0 else 0.0

"""The compiled engine's rates: what `standing` gathers for a rule, gathered from records."""

import math

from spread.model import STOPPED, compiling, rules
from spread.model.compiled.layout import Given, Live
from spread.model.inputs import Constants

compiling.parts_of(rules)


@compiling.part
def rate(given: Given, live: Live, constants: Constants, unit: int) -> float:
    """The rate of what is pending for a unit, by status, per day."""
    facts, mine, clock = given.facts[unit], live.units[unit], live.clock[0]
    plan, status = given.by_intervention[clock.epoch, facts.intervention], live.status[unit]
    region = given.by_region[clock.epoch, facts.workstream, facts.psc]
    is_supported = rules.is_supported(facts.engaged, plan.started)
    if status == 2:
        return decision_rate(given, live, constants, unit)
    if status == 0:
        hours = region.hours if is_supported else 0.0
        return rules.contact_rate(plan.campaign, constants.contact_per_hour, hours, plan.push, plan.shock)
    if status == 1:
        return rules.interest_rate(facts.interest_base, plan.push, plan.shock)
    if status == 3:
        return 0.0
    if status == 4:
        no_signal = rules.no_signal_log_effect(
            constants.no_signal_log_hr,
            mine.succeeded,
            clock.now - live.histories[unit].since_day,
            constants.no_signal_days,
        )
        coaching = region.coaching if mine.coached else given.uncoached
        return rules.stop_rate(constants.stop_per_day, coaching, plan.stopping, facts.half_frailty, no_signal)
    if status >= STOPPED:
        left_alone = constants.resume_per_day if status == STOPPED else constants.restart_per_day
        return rules.return_rate(left_alone, kept_up(given, live, unit))
    return lapse_rate(given, live, constants, unit)


@compiling.part
def decision_rate(given: Given, live: Live, constants: Constants, unit: int) -> float:
    """How fast one who is interested decides, per day; not at all before the tool exists."""
    facts, clock = given.facts[unit], live.clock[0]
    plan, here = given.by_intervention[clock.epoch, facts.intervention], live.organisations[facts.organisation]
    if plan.open == 0:
        return 0.0
    is_supported = rules.is_supported(facts.engaged, plan.started)
    region = given.by_region[clock.epoch, facts.workstream, facts.psc]
    days_since = clock.now - live.learning_day[facts.site] if given.learns else math.inf
    effects = rules.decision_log_effects(
        region.support if is_supported else given.unsupported,
        plan.trend,
        here.dose_effect,
        here.load_effect,
        rules.learning_log_effect(constants.learning_log_hr, days_since, constants.learning_days),
    )
    known = live.units[unit].timer_day
    return rules.decision_rate(facts.decision_base, effects, constants.kappa, constants.peer_exponent, known)


@compiling.part
def kept_up(given: Given, live: Live, unit: int) -> float:
    """What running support (against none) and the push do to keep a practice, or bring it back."""
    facts, clock = given.facts[unit], live.clock[0]
    plan = given.by_intervention[clock.epoch, facts.intervention]
    region = given.by_region[clock.epoch, facts.workstream, facts.psc]
    is_supported = rules.is_supported(facts.engaged, plan.started)
    return rules.keeping_log_effect(is_supported, region.coaching, given.uncoached, plan.stopping)


@compiling.part
def lapse_rate(given: Given, live: Live, constants: Constants, unit: int) -> float:
    """How fast use lapses, per day."""
    facts, clock = given.facts[unit], live.clock[0]
    region = given.by_region[clock.epoch, facts.workstream, facts.psc]
    has_champion = 1 if given.traits[unit].champion_rank < region.champions else 0
    is_measured = 1 if given.traits[unit].measurement_rank < region.measurement else 0
    missing = rules.champion_missing(
        has_champion, clock.now, live.histories[unit].mark_day, constants.champion_gap_days
    )
    return rules.lapse_rate(
        constants.lapse_per_day,
        constants.lapse_embedded_share if live.status[unit] == 7 else 1.0,
        constants.lapse_measurement_log_hr * is_measured,
        given.traits[unit].lapse_turnover,
        constants.lapse_champion_log_hr * missing,
        live.organisations[facts.organisation].dose_effect,
        kept_up(given, live, unit),
    )


@compiling.part
def exposure(given: Given, live: Live, unit: int) -> float:
    """What the unit knows of its peers: the weighted share in use, from whole counts."""
    total = 0.0
    first = given.facts[unit].first_view
    for place in range(first, first + given.facts[unit].view_count):
        view = given.views[place]
        total += rules.exposure_share(view.weight, live.known[view.known], view.peers)
    return total


@compiling.part
def testing_effects(given: Given, live: Live, constants: Constants, unit: int) -> float:
    """Everything that moves a cycle, log scale."""
    facts, clock = given.facts[unit], live.clock[0]
    region = given.by_region[clock.epoch, facts.workstream, facts.psc]
    has_champion = 1 if given.traits[unit].champion_rank < region.champions else 0
    is_measured = 1 if given.traits[unit].measurement_rank < region.measurement else 0
    return rules.testing_log_effects(
        region.coaching if live.units[unit].coached else given.uncoached,
        given.by_intervention[clock.epoch, facts.intervention].testing,
        given.traits[unit].capability,
        live.organisations[facts.organisation].dose_effect,
        facts.half_frailty,
        rules.presence_log_effect(constants.champion_log_hr, has_champion, constants.champion_reference_share),
        rules.presence_log_effect(constants.measurement_log_hr, is_measured, constants.measurement_reference_share),
    )

"""How it is decided: every decision of the model as a small function of plain numbers.

No clock, no state, no chance of its own: an engine hands in what is known and acts on the answer, so
the engine one reads and the engine one runs cannot differ in a rule. Time is days, rates are per
day, effects are on the log scale and are differences from the reference: a national push with
audit and feedback, standard regional support, mean context, the dose an organisation begins with.
"""

import math

# --- waiting for chance ---------------------------------------------------------------------------


def due_day(now: float, threshold: float, rate: float) -> float:
    """When a threshold will be spent at this rate: ``now + threshold / rate``; never, at rate zero."""
    if rate <= 0.0:
        return math.inf
    return now + threshold / rate


def threshold_left(threshold: float, rate: float, days: float) -> float:
    """What remains of a threshold after `days` at `rate`; spent, never redrawn, when a rate changes."""
    return max(0.0, threshold - rate * days)


# --- whom the programme works with ----------------------------------------------------------------


def is_supported(engaged: int, started: int) -> bool:
    """Whether regional support reaches a site: the programme is running and works with it."""
    return engaged == 1 and started == 1


# --- hearing, interest, decision ------------------------------------------------------------------


def contact_rate(campaign: float, per_hour: float, hours: float, push: float, shock: float) -> float:
    """How fast a site with no contact hears of it: campaign, scaled by the push, and outreach hours."""
    return (campaign * math.exp(push) + per_hour * hours) * math.exp(shock)


def interest_rate(base: float, push: float, shock: float) -> float:
    """How fast knowledge becomes interest (signing up)."""
    return base * math.exp(push + shock)


def decision_rate(base: float, log_effects: float, kappa: float, exponent: float, exposure: float) -> float:
    """The decision hazard: ``base * exp(effects) * (1 + kappa * exposure ** exponent)``.

    `base` holds setting, appeal, region, frailty and context; `exposure` is the share of peers known
    to be in use. With an exponent of one and everything else zero this is the Bass model with p = base, q = kappa *
    base; above one, few peers persuade nobody (complex contagion).
    """
    persuaded = exposure if exponent == 1.0 else exposure**exponent
    return base * math.exp(log_effects) * (1.0 + kappa * persuaded)


def decision_log_effects(support: float, trend: float, dose: float, load: float, learning: float) -> float:
    """The sum of what moves a decision: support, push with trend and shocks, dose, load, a recent learning set."""
    return support + trend + dose + load + learning


def support_log_effect(level_effect: float, hours: float, usual_hours: float, half_hours: float) -> float:
    """What a level of support adds before a decision, scaled by outreach hours with saturation f = h / (h + half).

    At the level's usual hours the effect is the level's own; a level without outreach has none to scale.
    """
    if usual_hours <= 0.0:
        return level_effect
    usual = usual_hours / (usual_hours + half_hours)
    return level_effect * (hours / (hours + half_hours)) / usual


def dose_log_effect(log_hr: float, index: float, reference: float) -> float:
    """What an organisation's improvement capability adds: ``log_hr * (D - D at the start)``."""
    return log_hr * (index - reference)


def design_log_effect(log_hr: float, share: float, usual_share: float) -> float:
    """What designing an improvement with its users adds to its appeal: ``log_hr * (share - share as usual)``."""
    return log_hr * (share - usual_share)


def load_log_effect(log_hr: float, running: int, free: float) -> float:
    """What concurrent work beyond the free number takes away."""
    return log_hr * max(0.0, running - free)


def exposure_share(weight: float, in_use: int, peers: int) -> float:
    """One layer's part in exposure: its weight times the share of its peers known to be in use."""
    return weight * in_use / peers


def hears(told: float, share: float) -> bool:
    """Whether a site at a meeting with someone who knows takes it in."""
    return told < share


# --- testing: one missing element after another ---------------------------------------------------


def cycle_mean_days(usual_days: float, ceiling_share: float, testing_days: float, elements: int) -> float:
    """Mean length of a cycle: the usual one, unless the whole testing time leaves no room for it."""
    return min(usual_days, ceiling_share * testing_days / elements)


def cycle_chance(mean_days: float, testing_days: float, elements: int) -> float:
    """Chance that a cycle succeeds so that n elements take the published testing time on average."""
    return elements * mean_days / testing_days


def success_chance(chance: float, log_effects: float, is_open: int) -> float:
    """The chance after effects, which act on ``-log(1 - p)``; none before the tool exists, also at pilot sites."""
    if is_open == 0:
        return 0.0
    return -math.expm1(math.log1p(-chance) * math.exp(log_effects))


def cycle_days(shape: int, mean_days: float, log_sd: float, normal: float, exponential: float) -> float:
    """Length of a cycle with the mean given, by shape: 0 fixed, 1 lognormal, 2 exponential.

    `normal` and `exponential` are the same uniform number seen two ways.
    """
    if shape == 0:
        return mean_days
    if shape == 2:
        return mean_days * exponential
    return mean_days * math.exp(log_sd * normal - 0.5 * log_sd * log_sd)


def presence_log_effect(log_hr: float, present: int, reference_share: float) -> float:
    """What having a champion, or measurement, adds: ``log_hr * (has - share who have in the reference)``."""
    return log_hr * (present - reference_share)


def no_signal_log_effect(log_hr: float, successes: int, days: float, patience_days: float) -> float:
    """What months without any success add to giving up."""
    if successes == 0 and days >= patience_days:
        return log_hr
    return 0.0


def testing_log_effects(
    coaching: float, push: float, capability: float, dose: float, half_frailty: float, champion: float, measured: float
) -> float:
    """The sum of what moves a cycle: coaching, push with shocks, capability, dose, frailty, champion, measurement."""
    return coaching + push + capability + dose + half_frailty + champion + measured


def stop_rate(base: float, coaching: float, push: float, half_frailty: float, no_signal: float) -> float:
    """How fast testing is given up; more so when nothing has succeeded for months."""
    return base * math.exp(no_signal - coaching - push - half_frailty)


# --- keeping it -----------------------------------------------------------------------------------


def lapse_rate(
    base: float, embedded_share: float, measured: float, turnover: float, champion_lost: float, dose: float, held: float
) -> float:
    """How fast a practice in use lapses; `embedded_share` is 1 until it is sustained.

    `base` is published for practices left alone; `held` is what running support and push take off it.
    """
    return base * embedded_share * math.exp(measured + turnover + champion_lost - dose - held)


def keeping_log_effect(supported: bool, coaching: float, uncoached: float, push: float) -> float:
    """What running support (against none) and the push do to keep a practice, or to bring it back."""
    return coaching - uncoached + push if supported else push


def return_rate(base: float, held: float) -> float:
    """How fast a lapsed practice is taken up again, or one given up is wanted again, support and push helping."""
    return base * math.exp(held)


def turnover_log_effect(log_hr_per_ten_points: float, turnover: float, reference: float) -> float:
    """What staff turnover adds to lapse, per ten points of yearly turnover above the reference."""
    return log_hr_per_ten_points * (turnover - reference) / 0.1


def champion_missing(has_champion: int, now: float, loss_day: float, gap_days: float) -> int:
    """Whether the practice is without a champion: it never had one, or the last one has just left."""
    if has_champion == 0:
        return 1
    return 1 if loss_day <= now < loss_day + gap_days else 0


def loses_element(chance: float, share: float) -> bool:
    """Whether an element is lost when a practice lapses."""
    return chance < share


# --- dose, places, queues -------------------------------------------------------------------------


def learning_log_effect(log_hr: float, days_since: float, effect_days: float) -> float:
    """What a learning set attended lately adds to a decision."""
    return log_hr if days_since < effect_days else 0.0


def epoch_until(now: float, epoch: int, first_day: float) -> int:
    """The epoch that has lasted until now: on the first day of one, the one before."""
    if epoch > 0 and first_day >= now:
        return epoch - 1
    return epoch


def dose_after(dose: float, loss_rate: float, refreshed: float, days: float) -> float:
    """The share of a group with a usable dose after `days` of turnover and disuse, less what is `refreshed`."""
    return dose * math.exp(-(loss_rate - refreshed) * days)


def dose_with_course(dose: float, seats: float, group_count: float) -> float:
    """The share with a usable dose after a course; seats beyond the group are not used."""
    if group_count <= 0.0:
        return dose
    return min(1.0, dose + seats / group_count)


def dose_towards_target(weight: float, dose: float, target: float) -> float:
    """One tier's part in the capability index: ``weight * min(1, dose / target)``."""
    return weight * min(1.0, dose / target)


def wants_place(supported: bool, places: int) -> bool:
    """Whether a site asks for a coaching place: the programme works with it and its collaborative has any."""
    return supported and places > 0


def place_count(coaches_wte: float, caseload_sites: float, interventions_per_site: float) -> int:
    """Coaching places of a collaborative, one for each site and intervention coached at a time."""
    return math.floor(coaches_wte * caseload_sites * interventions_per_site + 0.5)


def slot_count(per_thousand_staff: float, staff: float, minimum: float) -> int:
    """Change slots of an organisation: how many changes it can carry at a time."""
    return math.floor(max(minimum, per_thousand_staff * staff / 1000.0) + 0.5)


def queue_key(
    rule: int, deprived_share: float, readiness: float, deadline_day: float, held_by_programme: int, priority: int
) -> float:
    """Where a request stands in its queue; smallest first (codes: `spread.scenarios.levers.PRIORITY_RULES`).

    `held_by_programme` counts the coaching places its programme holds in the collaborative as it asks.
    """
    if rule == 1:
        return -deprived_share
    if rule == 2:
        return -readiness
    if rule == 3:
        return deadline_day
    if rule == 4:
        return float(held_by_programme)
    if rule == 5:
        return float(priority)
    return 0.0

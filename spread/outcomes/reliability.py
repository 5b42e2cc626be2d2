"""What patients receive: the share who get every element they are eligible for, at report dates.

Only where an ambition measures `patients`. An element's reliability closes the gap to its ceiling by half every
half-life while the site has adopted, and drifts back towards where it began when it has not. Patients
of one site have something in common, so elements are missed together: a one-factor probit.

T report dates, V units and H rows that are looked at, C collaboratives. Source of form and defaults: the
catalogue's parameters.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from spread.model import chance, draws, epochs, record, world
from spread.outcomes import plan as plans
from spread.outcomes import rates
from spread.scenarios import levers

if TYPE_CHECKING:
    from spread.scenarios import schema

Floats = NDArray[np.float64]
NODES: Final = 24
MOST_IN_COMMON: Final = 0.999
REDESIGN: Final = "system"
"""The kind of intervention that redesigns care; the others rest on training, whose ceiling is lower."""


def delivered_share(
    log: record.EventLog,
    plan: plans.TabulationPlan,
    *,
    scenario: "schema.Scenario",
    parameters: Mapping[str, float],
    seed: int,
    draw: int,
) -> Floats | None:
    """Share of the patients of rows who receive every element they are eligible for; None unless an ambition asks.

    For a set of interventions, every element of all of them. `parameters` are this draw's values by name.

    Returns
    -------
    shares : shape (T, H), 0-1, in the order of ``plan.patients.rows``
    """
    units = plan.patients.units
    if not len(units):
        return None
    from scipy import special

    base = parameters["reliability_baseline"]
    asked = [scenario.interventions[name] for name in plan.interventions]
    half_life = np.array([parameters[f"gap_halflife_{one.complexity}_months"] for one in asked])
    ceiling = np.array([max(_ceiling(one, parameters), base) for one in asked])[plan.unit_intervention[units]]
    drift_months = parameters["reliability_drift_months"]
    level = levels_at_dates(log, plan, half_life[plan.unit_intervention[units]], ceiling, base, drift_months)
    progress = np.divide(level - base, ceiling - base, out=np.zeros_like(level), where=ceiling > base)
    helped = support_log_odds(scenario, plan, parameters)[:, plan.unit_intervention[units], plan.rows.psc[units]]
    sites, site = np.unique(plan.rows.site[units], return_inverse=True)
    effect = _site_effects([plan.site_codes[number] for number in sites], seed, draw)[site]
    log_odds = special.logit(level) + helped * progress + parameters["reliability_site_log_sd"] * effect
    eligible = [np.array([element.eligible_share for element in one.elements]) for one in asked]
    return all_or_none(special.expit(log_odds), eligible, plan, parameters["within_patient_rho"])


def _ceiling(intervention: "schema.Intervention", parameters: Mapping[str, float]) -> float:
    return parameters["ceiling_redesign" if intervention.kind == REDESIGN else "ceiling_training"]


def closed_gap(level: Floats, target: Floats | float, months: Floats, half_life: Floats | float) -> Floats:
    """Reliability after `months` on the way to `target`: ``target - (target - level) * 2^(-months / half_life)``."""
    return target - (target - level) * np.exp2(-months / half_life)


def levels_at_dates(
    log: record.EventLog,
    plan: plans.TabulationPlan,
    half_life: Floats,
    ceiling: Floats,
    base: float,
    drift_half_life: float,
) -> Floats:
    """Reliability of a unit's elements at each report date, before site and support effects; shape (T, V).

    Units at stage 5 or more at the start have been closing the gap since they came there.
    `half_life` (months) and `ceiling` have shape (V,): they are of ``plan.patients.units``.
    """
    units, unit_count = plan.patients.units, len(plan.patients.units)
    moved = rates.moves_of_use(log)
    moved = moved[plan.patients.place[log.unit[moved]] >= 0]
    unit, time_days = plan.patients.place[log.unit[moved]], log.time_days[moved]
    in_use = rates.in_use(log.initial_status[units])
    served = np.maximum(-log.initial_since_days[units], 0.0) / plans.DAYS_PER_MONTH
    level = np.where(in_use, closed_gap(np.full(unit_count, base), ceiling, served, half_life), base)
    clock = np.zeros(unit_count)
    levels = np.empty((len(plan.cutoffs), unit_count))

    def advance(who: NDArray[np.int64], until: Floats | float) -> None:
        months = (until - clock[who]) / plans.DAYS_PER_MONTH
        closing = closed_gap(level[who], ceiling[who], months, half_life[who])
        level[who] = np.where(in_use[who], closing, closed_gap(level[who], base, months, drift_half_life))
        clock[who] = until

    everybody = np.arange(unit_count)
    for number, cutoff in enumerate(plan.cutoffs):
        begin, end = np.searchsorted(time_days, [0.0 if number == 0 else plan.cutoffs[number - 1], cutoff])
        left = np.arange(begin, end)
        while len(left):
            # each unit's earliest crossing first, all units at once
            who, first = np.unique(unit[left], return_index=True)
            advance(who, time_days[left[first]])
            in_use[who] = ~in_use[who]
            left = np.delete(left, first)
        advance(everybody, cutoff)
        levels[number] = level
    return levels


def support_log_odds(
    scenario: "schema.Scenario", plan: plans.TabulationPlan, parameters: Mapping[str, float]
) -> Floats:
    """What regional support adds to an element's log odds once the gap is closed; shape (T, I, C).

    By date, intervention (a programme may have a level of its own) and PSC.
    """
    standard, extra = parameters["support_reliability_log_or"], parameters["enhanced_reliability_log_or"]
    light_share, regimes = parameters["support_light_share"], levers.regimes(scenario)
    levels_of_their_own = [epochs.own_programme(scenario, name).support for name in plan.interventions]
    added = np.zeros((len(plan.dates), len(plan.interventions), len(plan.psc_codes)))
    for number, day in enumerate(plan.dates):
        regime = levers.regime_on(regimes, day)
        for intervention, own in enumerate(levels_of_their_own):
            given = [epochs.support_for(regime, code, own=own).level for code in plan.psc_codes]
            added[number, intervention] = [epochs.level_effect(one, standard, light_share, extra) for one in given]
    return added


def _site_effects(site_codes: Sequence[str], seed: int, draw: int) -> Floats:
    """A standard normal deviate per site, a fact of the draw: the same in every replicate."""
    facts = chance.Chance(draws.run_key(seed, draw, 0))
    deviates: Floats = facts.normals(world.keys(tuple(site_codes)), draws.Purpose.RELIABILITY)[0]
    return deviates


def all_or_none(reliability: Floats, eligible: list[Floats], plan: plans.TabulationPlan, common_share: float) -> Floats:
    """Share of patients with every element they are eligible for, in every row.

    With ``z`` what a patient's elements have in common, ``integral of phi(z) * product over elements of
    (1 - e + e * Phi((Phi^-1(r) + sqrt(rho) z) / sqrt(1 - rho)))``, by Gauss-Hermite quadrature.

    Parameters
    ----------
    reliability : shape (T, V)
    eligible
        Share of patients eligible for each element, one array per intervention.
    common_share
        Within-patient correlation rho, 0 to just under 1.

    Returns
    -------
    shares : shape (T, H)
    """
    from scipy import special

    rho = min(max(common_share, 0.0), MOST_IN_COMMON)
    places, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    deviate = special.ndtri(reliability)
    unit_intervention = plan.unit_intervention[plan.patients.units]
    total = np.zeros((len(reliability), len(plan.patients.rows)))
    for place, weight in zip(places, weights, strict=True):
        received = special.ndtr((deviate + np.sqrt(rho) * place) / np.sqrt(1.0 - rho))
        every = np.empty_like(received)
        for number in plan.patients.interventions:
            mine, shares = unit_intervention == number, eligible[number]
            every[:, mine] = np.prod(1.0 - shares[:, None, None] * (1.0 - received[:, mine]), axis=0)
        total += weight * _over_sets(every, plan)
    return total


def _over_sets(every: Floats, plan: plans.TabulationPlan) -> Floats:
    """Given what a patient's elements have in common, interventions are missed independently: sets multiply."""
    sets = plan.patients.rows[len(plan.patients.units) :] - plan.rows.unit_count
    if not len(sets):
        return every
    starts, ends = plan.rows.set_start[sets], plan.rows.set_start[sets + 1]
    members = [plan.patients.place[plan.rows.set_unit[start:end]] for start, end in zip(starts, ends, strict=True)]
    first = np.cumsum([0, *(len(units) for units in members)])[:-1]
    together = np.multiply.reduceat(every[:, np.concatenate(members)], first, axis=1)
    return np.concatenate([every, together], axis=1)

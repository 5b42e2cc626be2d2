"""Where the next unit of support does most: by collaborative, or which sites it decides.

By collaborative, one more unit in each is tried on the same luck. By site, the plan is set against the same plan
without regional support: there is no lever of a single site, so that says whom support decides and no more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from spread import errors
from spread.decisions import allocation, amounts, decided_sites, story, trials
from spread.decisions import gains as gaining
from spread.outcomes import uncertainty
from spread.runs import answers, sample
from spread.scenarios import catalogue, schema, unsupported, variants

BY: Final = ("psc", "site")
Attempt = Callable[[Mapping[str, float], int], trials.Outcome]
"""The outcome when places have so many units more, in so many draws."""


class Budget(NamedTuple):
    """So many units shared out: how many for whom, and what they add, against none and against equal shares.

    The effects are those in draws that had no say in who gets what.
    """

    asked: int
    units: dict[str, int]
    effect: gaining.Effect
    equal: gaining.Effect
    over_equal_sites: uncertainty.Difference
    over_equal_chance: uncertainty.Difference


@dataclass(frozen=True, slots=True)
class Targeting:
    """Where support does most.

    `effect` is that of the amount in every collaborative, or of regional support as a whole (`amount` is None);
    `gains` by collaborative, most first, are there in the first case. `fates` are sites, most gained first. `on` is the
    day from which there is more; None from the start of the run.
    """

    question: trials.Question
    amount: amounts.Amount | None
    base: trials.Outcome
    effect: gaining.Effect
    gains: tuple[gaining.Gain, ...]
    fates: tuple[decided_sites.Fate, ...]
    budget: Budget | None
    asked: int
    runs: int
    failures: int
    on: date | None = None

    @property
    def first_sites(self) -> tuple[decided_sites.Fate, ...]:
        """As many sites as asked for, those first to whom support makes most difference."""
        return tuple(fate for fate in self.fates if fate.gain > 0.0)[: self.asked]


def target_places(
    scenario: schema.Scenario,
    question: trials.Question,
    amount: amounts.Amount,
    *,
    budget: int = 0,
    on: date | None = None,
    draws: int = 500,
    replicates: int = 2,
    seed: int = 1,
    hands: sample.Hands | None = None,
    report: trials.Report = lambda title, done, total: None,
) -> Targeting:
    """Try one amount more in each collaborative, and share out a budget of so many.

    Parameters
    ----------
    on
        The day from which there is more; the start of the run unless given.
    budget
        How many amounts to share out, one after another; none unless given.

    Raises
    ------
    InputError
        When the question cannot be asked, or nobody can be given more.
    """
    asked = settled(scenario, question, on)
    room = {code: amounts.room_for(scenario, amount, code) for code in collaboratives(scenario, asked)}
    places = [code for code, left in room.items() if left >= 1.0]
    if not places:
        most = f"{amount.lever.maximum:g} ({amount.lever.unit})"
        raise errors.InputError(f"no collaborative can be given {amount.say()} more: the most there can be is {most}")
    tried = trials.Trials(scenario, asked, seed=seed, replicates=replicates, hands=hands, report=report)
    more = amounts.settings_for(scenario, amount, dict.fromkeys(places, 1), on)
    as_planned, with_more = (
        decided_sites.run_plan(
            plan, asked, draws=draws, replicates=replicates, seed=seed, hands=tried.hands, report=report
        )
        for plan in (scenario, variants.read_variant(scenario, more))
    )

    def attempt(units: Mapping[str, float], count: int) -> trials.Outcome:
        return tried.run(amounts.settings_for(scenario, amount, units, on), count)

    gains = gaining.rank(as_planned.outcome, lambda place, count: attempt({place: 1}, count), places, draws)
    shared = _share_budget(attempt, gains, room, budget, draws) if budget else None
    return Targeting(
        question=asked,
        amount=amount,
        base=as_planned.outcome,
        effect=gaining.effect_of(as_planned.outcome, with_more.outcome),
        gains=tuple(gains),
        fates=tuple(decided_sites.compare_fates(as_planned.sites, with_more.sites)),
        budget=shared,
        asked=budget,
        runs=tried.runs_made + as_planned.outcome.runs + with_more.outcome.runs,
        failures=as_planned.failures + with_more.failures,
        on=on,
    )


def collaboratives(scenario: schema.Scenario, question: trials.Question) -> list[str]:
    """The collaboratives that have a site an ambition is about.

    Raises
    ------
    InputError
        For mistakes in the scenario's data files.
    """
    plan = answers.prepare(scenario).plan
    units = {psc for number in plan.aims_of(question.ambition) for psc in plan.aims[number].psc.tolist()}
    return [plan.psc_codes[psc] for psc in sorted(units) if psc >= 0]


def _share_budget(
    attempt: Attempt, gains: Sequence[gaining.Gain], room: Mapping[str, float], budget: int, draws: int
) -> Budget:
    """Share units out on the first draws, and see on as many others what they add."""
    first = {gain.place: gain.effect.sites.mean for gain in gains}
    steps = allocation.share_out(
        lambda units: float(gaining.counted(attempt(units, draws)).mean()), first, budget, room
    )
    units = allocation.units_of(steps)
    equal = {place: min(len(steps) / len(first), room[place]) for place in first}

    def fresh(given: Mapping[str, float]) -> trials.Outcome:
        outcome: trials.Outcome = attempt(given, 2 * draws)
        return outcome.among(outcome.draw >= draws)

    none, chosen, alike = fresh({}), fresh(units), fresh(equal)
    one, other = trials.together(alike, chosen)
    return Budget(
        asked=budget,
        units=units,
        effect=gaining.effect_of(none, chosen),
        equal=gaining.effect_of(none, alike),
        over_equal_sites=uncertainty.paired_difference(gaining.counted(one), gaining.counted(other)),
        over_equal_chance=uncertainty.paired_difference(one.met, other.met, of_flags=True),
    )


def target_sites(
    scenario: schema.Scenario,
    question: trials.Question,
    *,
    budget: int = 0,
    draws: int = 500,
    replicates: int = 2,
    seed: int = 1,
    hands: sample.Hands | None = None,
    report: trials.Report = lambda title, done, total: None,
) -> Targeting:
    """Set the plan against itself without regional support, site by site.

    Raises
    ------
    InputError
        When the question cannot be asked.
    """
    asked = settled(scenario, question, None)
    with_it, without = (
        decided_sites.run_plan(
            plan, asked, draws=draws, replicates=replicates, seed=seed, hands=hands or sample.Hands(), report=report
        )
        for plan in (scenario, unsupported.without_support(scenario))
    )
    return Targeting(
        question=asked,
        amount=None,
        base=without.outcome,
        effect=gaining.effect_of(without.outcome, with_it.outcome),
        gains=(),
        fates=tuple(decided_sites.compare_fates(without.sites, with_it.sites)),
        budget=None,
        asked=budget,
        runs=without.outcome.runs + with_it.outcome.runs,
        failures=without.failures + with_it.failures,
    )


def settled(scenario: schema.Scenario, question: trials.Question, on: date | None) -> trials.Question:
    """The question with its deadline, once it is one that support can move.

    Raises
    ------
    InputError
        When it is not, or what is given comes too late for it.
    """
    trials.check_question(scenario, question)
    ambition = scenario.ambitions[question.ambition]
    if ambition.measure == "milestone":
        raise errors.InputError(f"'{question.ambition}' is met once something exists; no support of sites can move it")
    within = [day for day in ambition.deadlines if scenario.start <= day <= scenario.end]
    deadline = question.deadline or max(within, default=ambition.deadline)
    if deadline not in within:
        span = f"{scenario.start} to {scenario.end}"
        raise errors.InputError(f"the deadline {deadline} of '{question.ambition}' is outside the run, {span}")
    if on is not None and on >= deadline:
        raise errors.InputError(errors.Fault(f"is not before the deadline, {deadline}", f"--from {on}"))
    return question._replace(deadline=deadline)


# --- as a document -------------------------------------------------------------------------------


def describe(found: Targeting, scenario: schema.Scenario) -> dict[str, Any]:
    """What was found, as numbers and words that a file can hold."""
    ambition = scenario.ambitions[found.question.ambition]
    return {
        "ambition": found.question.ambition,
        "ambition_title": ambition.title,
        "deadline": found.question.deadline,
        "by": "site" if found.amount is None else "psc",
        "lever": "support" if found.amount is None else found.amount.lever.path,
        "size": None if found.amount is None else found.amount.size,
        "amount": "regional support" if found.amount is None else found.amount.say() + _from(found.on),
        "without_it": {
            "sites": float(gaining.counted(found.base).mean()),
            "eligible": len(found.fates),
            "chance": float(found.base.met.mean()),
        },
        "counts": "sites" if gaining.counted(found.base) is found.base.sites else "share",
        "effect": _effect(found.effect),
        "gains": gain_rows(found),
        "rule": decided_sites.RULE,
        "groups": group_rows(found),
        "sure": sum(fate.is_sure for fate in found.fates),
        "budget": None if found.budget is None else _budget(found.budget, found.amount, _from(found.on)),
        "first_sites": [fate._asdict() for fate in found.first_sites],
        "runs": found.runs,
        "failures": found.failures,
    }


def gain_rows(found: Targeting) -> list[dict[str, Any]]:
    """The rows of gains.csv: what one more amount adds in each collaborative, most first."""
    return [
        {
            "psc": gain.place,
            "name": name_of(gain.place),
            "group": gain.group + 1,
            "is_clear": gain.is_clear,
            **_effect(gain.effect),
        }
        for gain in found.gains
    ]


def site_rows(found: Targeting) -> list[dict[str, Any]]:
    """The rows of sites.csv: every site, that first to which most is added."""
    return [fate._asdict() for fate in found.fates]


def group_rows(found: Targeting) -> list[dict[str, Any]]:
    """How many sites of each collaborative are in each group."""
    counted = decided_sites.count_groups(found.fates)
    return [{"psc": code, "name": name_of(code), **numbers} for code, numbers in counted.items()]


def name_of(code: str) -> str:
    """The name of a collaborative; its code where the catalogue has none."""
    return str(catalogue.pscs().get(code, {"name": code})["name"])


def _effect(effect: gaining.Effect) -> dict[str, float]:
    return {
        **spanned("sites", effect.sites),
        **spanned("chance", effect.chance),
        "nothing_share": effect.nothing,
        "less_share": effect.less,
        "draws": effect.draws,
    }


def _from(day: date | None) -> str:
    """The day from which there is more, where it is not the first."""
    return "" if day is None else f" from {story.say_day(day)}"


def _budget(budget: Budget, amount: amounts.Amount | None, since: str) -> dict[str, Any]:
    return {
        "asked": budget.asked,
        "amount": None if amount is None else amount.say(budget.asked) + since,
        "units": [{"psc": code, "name": name_of(code), "units": count} for code, count in budget.units.items()],
        "effect": _effect(budget.effect),
        "equal_shares": _effect(budget.equal),
        "over_equal_shares": {
            **spanned("sites", budget.over_equal_sites),
            **spanned("chance", budget.over_equal_chance),
        },
    }


def spanned(name: str, difference: uncertainty.Difference) -> dict[str, float]:
    """A difference and its interval as columns: ``sites, sites_low, sites_high``."""
    return {name: difference.mean, f"{name}_low": difference.low, f"{name}_high": difference.high}

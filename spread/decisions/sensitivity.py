"""Which parameters move the answer, what is worth finding out, and where the uncertainty comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors
from spread.decisions import gains, indices, laboratory, screening, structure, trials, worth
from spread.runs import plan as parameter_plan
from spread.runs import sample
from spread.scenarios import schema

Floats = NDArray[np.float64]
MOST_INDEXED: Final = 10
MOST_SINGLE: Final = 300
OTHERS: Final = "everything else"
VALUE, CHANCE = OUTPUTS = ("value", "chance")


class Effort(NamedTuple):
    """How much is run: trajectories of the screening, sets of each Sobol matrix, draws of luck each set meets.

    `draws` and `replicates` are those of the plans that are set beside each other.
    """

    trajectories: int = 20
    sets: int = 256
    lucks: int = 4
    draws: int = 500
    replicates: int = 2


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What was found.

    `screened` and `indexed` are for the value projected and for the chance; `groups` says what was moved together;
    `worth` for the chance and for the sites there.
    """

    question: trials.Question
    effort: Effort
    groups: Mapping[str, tuple[str, ...]]
    screened: Mapping[str, Sequence[screening.Screened]]
    indexed: Mapping[str, indices.Indices]
    options: Mapping[str, trials.Outcome]
    worth: Mapping[str, Sequence[worth.Worth]]
    tried: Sequence[structure.Tried]
    split: Sequence[structure.Share]
    runs: int
    failures: int


def find_sensitivity(
    scenario: schema.Scenario,
    question: trials.Question,
    *,
    options: Sequence[str] = (),
    effort: Effort | None = None,
    seed: int = 1,
    hands: sample.Hands | None = None,
    report: trials.Report = lambda title, done, total: None,
) -> Sensitivity:
    """Screen every parameter, index those that do something, and weigh what is worth finding out.

    Parameters
    ----------
    options
        Plans to choose between, each as settings joined by ``;``; the levels of support unless given.

    Raises
    ------
    MissingExtra
        When SALib is not installed.
    InputError
        When the question cannot be asked, or no parameter is uncertain.
    """
    for module in ("sample.morris", "sample.sobol"):
        screening.salib(module)
    effort = effort or Effort()
    plans = worth.read_options(scenario, options)
    shared: dict[str, Any] = {"seed": seed, "hands": hands, "report": report}
    lab = laboratory.Laboratory(scenario, question, lucks=effort.lucks, **shared)
    if not lab.names:
        raise errors.InputError("every parameter of this scenario is fixed, so none can move the answer")
    group_of = laboratory.groups_of(lab.names, MOST_SINGLE)
    screened = _screen(lab, [group_of[name] for name in lab.names], effort, seed)
    indexed = _index(lab, group_of, screened[VALUE], effort, seed)
    tried = trials.Trials(scenario, question, replicates=effort.replicates, **shared)
    outcomes = {name: tried.run(settings, effort.draws) for name, settings in plans.items()}
    fitting = [one for one in structure.ALTERNATIVES if one.fits(scenario)]
    others = [_run_alternative(scenario, one, question, effort, shared) for one in fitting]
    tellings = list(zip(fitting, (outcome for outcome, _ in others), strict=True))
    models, split = structure.compare_models(outcomes[worth.AS_IS], tellings)
    return Sensitivity(
        question=question,
        effort=effort,
        groups={
            group: tuple(n for n in lab.names if group_of[n] == group) for group in dict.fromkeys(group_of.values())
        },
        screened=screened,
        indexed=indexed,
        options=outcomes,
        worth=_worth(scenario, outcomes, seed),
        tried=models,
        split=split,
        runs=lab.runs + tried.runs_made + sum(outcome.runs for outcome, _ in others),
        failures=lab.failures + tried.failures + sum(failures for _, failures in others),
    )


def _screen(
    lab: laboratory.Laboratory, groups: Sequence[str], effort: Effort, seed: int
) -> dict[str, list[screening.Screened]]:
    problem, drawn = screening.trajectories(groups, effort.trajectories, seed)
    found = lab.run(drawn[:, :-1], "screening")
    return {VALUE: screening.screen(problem, drawn, found.value, seed),
            CHANCE: screening.screen(problem, drawn, found.met, seed)}  # fmt: skip


def _index(
    lab: laboratory.Laboratory,
    group_of: Mapping[str, str],
    screened: Sequence[screening.Screened],
    effort: Effort,
    seed: int,
) -> dict[str, indices.Indices]:
    """Indices of the parameters that do most, each by itself, and of all others together."""
    chosen = {one.name for one in [one for one in screened if one.is_clear][:MOST_INDEXED]}
    groups = [group_of[name] if group_of[name] in chosen else OTHERS for name in lab.names]
    problem, drawn = indices.design(groups, effort.sets, seed)
    found = lab.run(drawn[:, :-1], "indices")
    return {VALUE: indices.indices(problem, found.value, seed), CHANCE: indices.indices(problem, found.met, seed)}


def _run_alternative(
    scenario: schema.Scenario,
    alternative: structure.Alternative,
    question: trials.Question,
    effort: Effort,
    shared: Mapping[str, Any],
) -> tuple[trials.Outcome, int]:
    """What another model says, and how many of its runs ended in an error."""
    other = structure.read_alternative(scenario, alternative)
    trial = trials.Trials(other, question, replicates=effort.replicates, **shared)
    return trial.run((), effort.draws), trial.failures


def _worth(
    scenario: schema.Scenario, outcomes: Mapping[str, trials.Outcome], seed: int
) -> dict[str, list[worth.Worth]]:
    """What each parameter is worth finding out, in chance and in sites, over the draws that all plans have."""
    shared = set.intersection(*(set(outcome.draw.tolist()) for outcome in outcomes.values()))
    draws = np.array(sorted(shared), dtype=np.int64)
    if len(draws) < worth.LEAST_DRAWS:
        return {CHANCE: [], "sites": []}
    beliefs = parameter_plan.read_beliefs(scenario)
    drawn = np.array([parameter_plan.draw_values(beliefs, seed=seed, draw=int(draw)) for draw in draws])
    free = [place for place, one in enumerate(scenario.parameters.values()) if not one.is_fixed]
    values = {beliefs.names[place]: drawn[:, place] for place in free}
    kept = [outcome.among(np.isin(outcome.draw, draws)) for outcome in outcomes.values()]
    chance = np.column_stack([outcome.met.mean(axis=1) for outcome in kept])
    sites = np.column_stack([gains.counted(outcome).mean(axis=1) for outcome in kept])
    return {
        CHANCE: worth.worth_of_all(values, chance, seed=seed),
        "sites": worth.worth_of_all(values, sites, seed=seed),
    }


# --- as a document -------------------------------------------------------------------------------


def describe(found: Sensitivity, scenario: schema.Scenario) -> dict[str, Any]:
    """What was found, as numbers and words that a file can hold."""
    counted = found.options[worth.AS_IS]
    return {
        "ambition": found.question.ambition,
        "ambition_title": scenario.ambitions[found.question.ambition].title,
        "deadline": found.question.deadline or scenario.ambitions[found.question.ambition].deadline,
        "counts": "sites" if gains.counted(counted) is counted.sites else "share",
        "parameters": parameter_rows(found, scenario),
        "indices": index_rows(found, scenario),
        "luck_share": {output: found.indexed[output].luck_share for output in OUTPUTS},
        "options": option_rows(found),
        "worth": worth_rows(found, scenario),
        "models": model_rows(found),
        "split": [share._asdict() for share in found.split],
        "runs": found.runs,
        "failures": found.failures,
    }


def parameter_rows(found: Sensitivity, scenario: schema.Scenario) -> list[dict[str, Any]]:
    """The rows of morris.csv: every parameter, or group, for each output."""
    return [
        {
            "output": output,
            **said_of(found, one.name, scenario),
            **one._asdict(),
            "is_clear": one.is_clear,
        }
        for output in OUTPUTS
        for one in found.screened[output]
    ]


def index_rows(found: Sensitivity, scenario: schema.Scenario) -> list[dict[str, Any]]:
    """The rows of sobol.csv: every parameter that was indexed, everything else together, and nothing."""
    return [
        {"output": output, **said_of(found, one.name, scenario), **one._asdict()}
        for output in OUTPUTS
        for one in found.indexed[output].every
    ]


def option_rows(found: Sensitivity) -> list[dict[str, Any]]:
    """What each plan gives."""
    return [
        {"option": name, "chance": float(outcome.met.mean()), "sites": float(gains.counted(outcome).mean())}
        for name, outcome in found.options.items()
    ]


def worth_rows(found: Sensitivity, scenario: schema.Scenario) -> list[dict[str, Any]]:
    """The rows of worth.csv: what finding each parameter out is worth, in chance and in sites."""
    return [
        {"measure": measure, **said_of(found, one.name, scenario), **one._asdict(), "is_clear": one.is_clear}
        for measure, rows in found.worth.items()
        for one in rows
    ]


def model_rows(found: Sensitivity) -> list[dict[str, Any]]:
    """What the answer would be with other models."""
    return [
        {
            "model": one.alternative.name,
            "words": one.alternative.words,
            "value": one.value,
            "chance": one.chance,
            "more_value": one.more_value.mean,
            "more_value_low": one.more_value.low,
            "more_value_high": one.more_value.high,
            "more_chance": one.more_chance.mean,
            "more_chance_low": one.more_chance.low,
            "more_chance_high": one.more_chance.high,
        }
        for one in found.tried
    ]


def said_of(found: Sensitivity, name: str, scenario: schema.Scenario) -> dict[str, str]:
    """A parameter or group in plain words, and what its range rests on."""
    members = found.groups.get(name, ())
    parameter = scenario.parameters.get(name)
    if parameter is not None:
        return {"meaning": parameter.meaning or in_words(name, scenario), "basis": parameter.basis}
    if name == screening.NOTHING:
        return {"meaning": "Nothing (a parameter that no run looks at)", "basis": "exact"}
    bases = {scenario.parameters[member].basis for member in members}
    return {"meaning": name[:1].upper() + name[1:], "basis": bases.pop() if len(bases) == 1 else "several"}


def in_words(name: str, scenario: schema.Scenario) -> str:
    """A parameter of an improvement by its flat name: ``Bedhead signs: difficulty of signs``."""
    owner, *rest = name.split(".")
    if owner == "ambition" and len(rest) > 1:
        owner, *rest = rest
    entries: Mapping[str, Any] = {**scenario.ambitions, **scenario.interventions}
    title = entries[owner].title if owner in entries else owner.replace("_", " ")
    words = [word.replace("_", " ") for word in rest]
    kinds = {"stage": "share at stage", "baseline": "in place before, of", "difficulty": "difficulty of"}
    said = kinds.get(words[0], words[0]) if words else ""
    return f"{title}: {' '.join([said, *words[1:]])}".strip()

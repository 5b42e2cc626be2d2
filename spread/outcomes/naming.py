"""What tables call what ambitions look at: interventions, sets taken together, organisations.

J labels.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from spread import errors, model

if TYPE_CHECKING:
    from spread.scenarios import schema

Ints = NDArray[np.int64]

ALL_OF, ORGANISATIONS = "all_of:", "organisations>="
MEASURES: Final = ("sites", "patients", "change", "level", "milestone")
RATES: Final = MEASURES[2:]
"""Measures that no count of sites or patients gives."""


def wanted_ambitions(scenario: "schema.Scenario", interventions: Sequence[str]) -> "list[tuple[str, schema.Ambition]]":
    """The ambitions of a scenario with their names, once each names interventions that are there.

    Raises
    ------
    InputError
        An intervention not in the scenario.
    """
    asked = list(scenario.ambitions.items())
    faults = []
    for name, ambition in asked:
        for wanted in ambition.interventions:
            if wanted not in interventions:
                message = f"no intervention '{wanted}' in this scenario{errors.did_you_mean(wanted, interventions)}"
                faults.append(errors.Fault(message, key=f"ambitions.{name}.interventions"))
    if faults:
        raise errors.InputError(faults)
    return asked


def is_set(ambition: "schema.Ambition") -> bool:
    """Whether an ambition takes several interventions together, site by site."""
    return ambition.together == "all" and len(ambition.interventions) > 1 and ambition.measure not in RATES


def sets_taken_together(asked: "list[tuple[str, schema.Ambition]]") -> list[tuple[str, ...]]:
    """The sets of interventions that ambitions take together."""
    return list(dict.fromkeys(tuple(ambition.interventions) for _, ambition in asked if is_set(ambition)))


def shares_of_organisations(asked: "list[tuple[str, schema.Ambition]]") -> list[tuple[str, float]]:
    """Interventions and the share of an organisation's sites that is to take each up."""
    found = [
        (name, ambition.organisation_share)
        for _, ambition in asked
        if ambition.organisation_share is not None
        for name in ambition.interventions
    ]
    return list(dict.fromkeys(found))


def set_label(names: Sequence[str]) -> str:
    """The label of a set of interventions taken together."""
    return ALL_OF + "+".join(names)


def organisation_label(name: str, share: float) -> str:
    """The label of organisations of whose sites a share is to take an intervention up."""
    return f"{ORGANISATIONS}{share:g}:{name}"


def labels_of(ambition: "schema.Ambition", labels: Sequence[str]) -> list[int]:
    """The labels whose shares an ambition is judged by; of a rate, whose sites move it."""
    if ambition.organisation_share is not None:
        names = [organisation_label(name, ambition.organisation_share) for name in ambition.interventions]
        return [labels.index(name) for name in names]
    if is_set(ambition):
        return [labels.index(set_label(ambition.interventions))]
    return [labels.index(name) for name in ambition.interventions]


def label_stages(asked: "list[tuple[str, schema.Ambition]]", labels: Sequence[str]) -> Ints:
    """The stage each label is held to: that of the first ambition which names it."""
    stages = np.full(len(labels), model.ADOPTED, dtype=np.int64)
    for _, ambition in reversed(asked):
        named = [*labels_of(ambition, labels), *(labels.index(name) for name in ambition.interventions)]
        stages[named] = ambition.stage
    return stages

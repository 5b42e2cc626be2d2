"""Other models of the same thing: what the answer would be if something about how it works were otherwise.

Nobody can say how likely each is, so they count alike. An alternative is a small scenario file on the one asked about.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from spread.decisions import gains, trials
from spread.outcomes import uncertainty
from spread.scenarios import documents, levers, reading, schema, writing

WEIGHT: Final = "peer_weight_{}"
LAYERS: Final = ("organisation", *levers.LAYERS)
COMPLEX_EXPONENT: Final = 2.0


class Alternative(NamedTuple):
    """Another model: its name, what it says in words, the lines of a scenario file, and the parameters it needs."""

    name: str
    words: str
    lines: tuple[str, ...]
    needs: tuple[str, ...] = ()
    of_england: bool = False

    def fits(self, scenario: schema.Scenario) -> bool:
        """Whether a scenario can be asked so."""
        is_england = scenario.world.population == "england"
        return all(name in scenario.parameters for name in self.needs) and (is_england or not self.of_england)


class Tried(NamedTuple):
    """What an alternative makes of the answer: its mean value and chance, and what it adds to those of the model."""

    alternative: Alternative
    value: float
    chance: float
    more_value: uncertainty.Difference
    more_chance: uncertainty.Difference


class Share(NamedTuple):
    """One source of uncertainty: the standard deviation it gives the value projected, and its share of the variance."""

    source: str
    sd: float
    share: float


def _only(layer: str) -> tuple[str, ...]:
    """Lines that take every other layer of peers away."""
    return ("[parameters]", *(f"{WEIGHT.format(other)} = 0.0" for other in LAYERS if other != layer))


ALTERNATIVES: Final = (
    Alternative(
        "peers_clinical",
        "Sites look to peers of their clinical networks only",
        _only("clinical"),
        needs=tuple(WEIGHT.format(layer) for layer in LAYERS),
    ),
    Alternative(
        "peers_psc",
        "Sites look to peers of their collaborative only",
        _only("psc"),
        needs=tuple(WEIGHT.format(layer) for layer in LAYERS),
    ),
    Alternative(
        "psc_map_earlier",
        "Collaboratives with their footprints before the map of 2022",
        ("[world]", 'psc_map = "earlier"'),
        of_england=True,
    ),
    Alternative(
        "complex_contagion",
        "Few peers persuade nobody, many do (exposure squared)",
        ("[parameters]", f"peer_exponent = {COMPLEX_EXPONENT}"),
        needs=("peer_exponent",),
    ),
)


def read_alternative(scenario: schema.Scenario, alternative: Alternative) -> schema.Scenario:
    """The scenario with another model behind it."""
    path = scenario.path or Path(f"{scenario.name}.toml")
    head = (f"schema = {documents.SCHEMA}", f'name = "{scenario.name}"')
    text = "\n".join([*head, *alternative.lines]) + "\n"
    below = documents.parse_document(writing.write_resolved(scenario), path, scenario.name)
    above = documents.parse_document(text, path.with_name(f"{scenario.name} otherwise"), alternative.name)
    return reading.resolve_chain((below, above))


def compare_models(
    base: trials.Outcome, others: Sequence[tuple[Alternative, trials.Outcome]]
) -> tuple[list[Tried], list[Share]]:
    """What every alternative adds, run by run on the same luck, and the split of the uncertainty by source.

    Luck and parameters are split within the model as it is; structure is the variance of the means of all models,
    which count alike.
    """
    tried = [_tried(alternative, base, outcome) for alternative, outcome in others]
    split = uncertainty.split_variance(base.value)
    means = np.array([0.0, *(one.more_value.mean for one in tried)])
    deviations = {"luck": split.chance_sd, "parameters": split.parameter_sd, "structure": float(means.std())}
    whole = sum(sd**2 for sd in deviations.values())
    return tried, [Share(name, sd, sd**2 / whole if whole else 0.0) for name, sd in deviations.items()]


def _tried(alternative: Alternative, base: trials.Outcome, outcome: trials.Outcome) -> Tried:
    one, other = trials.together(base, outcome)
    return Tried(
        alternative,
        float(outcome.value.mean()),
        float(outcome.met.mean()),
        uncertainty.paired_difference(one.value, other.value),
        gains.effect_of(base, outcome).chance,
    )

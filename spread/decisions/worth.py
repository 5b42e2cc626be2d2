"""What it is worth to find a parameter out before deciding between plans.

Whoever knows it takes the plan that is best for its value; whoever does not takes the one that is best on average. The
difference is the expected value of partial perfect information.

K draws, O options.

Source: Strong, Oakley and Brennan, Medical Decision Making 34 (2014), 311-326: the expectation given a parameter is
got by regression of each option's benefit on it.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors
from spread.decisions import trials
from spread.scenarios import catalogue, levers, schema, variants, writing

Floats = NDArray[np.float64]
DEGREE: Final = 3
SHUFFLES: Final = 200
ERROR: Final = 0.05
LEAST_DRAWS: Final = 30
AS_IS: Final = "as planned"

Options = dict[str, trials.Settings]


class Worth(NamedTuple):
    """What finding one parameter out is worth, in the unit of the benefit.

    `gain` is what is left once the gain is taken away that a parameter without any say would seem to have; it is
    clear above `floor`, which in 95 of 100 such cases no parameter at all would reach.
    """

    name: str
    gain: float
    floor: float

    @property
    def is_clear(self) -> bool:
        """Whether it is more than chance gives."""
        return self.gain > self.floor


def read_options(scenario: schema.Scenario, texts: Sequence[str] = ()) -> Options:
    """The plans to choose between: as planned and those given, or with every level of support.

    A plan that says the same as an earlier one is left out.

    Raises
    ------
    InputError
        When one is not written as a setting, or only one is left.
    """
    given: Options = {text: tuple(map(variants.parse_setting, text.split(";"))) for text in texts}
    if not texts:
        given = {f"support={level}": _support(scenario, level) for level in catalogue.support_levels()}
    found: Options = {AS_IS: ()}
    seen = {writing.canonical_text(scenario)}
    for name, settings in given.items():
        text = writing.canonical_text(variants.read_variant(scenario, settings))
        if text not in seen:
            seen.add(text)
            found[name] = settings
    if len(found) < 2:
        raise errors.InputError(errors.Fault("the plan itself; there is nothing to choose between", "--option"))
    return found


def _support(scenario: schema.Scenario, level: str) -> trials.Settings:
    """A level of support, in the plan as it begins and in each of its changes."""
    days = [regime.from_date for regime in levers.regimes(scenario)]
    return tuple(variants.Setting(("support",), level, day if number else None) for number, day in enumerate(days))


def worth_of_all(values: Mapping[str, Floats], benefit: Floats, *, seed: int) -> list[Worth]:
    """What finding out each parameter is worth, most first.

    Parameters
    ----------
    values
        Each parameter in every draw, shape (K,).
    benefit
        What each option gives in every draw, shape (K, O).
    """
    bases = {name: basis_of(one) for name, one in values.items()}
    raw = np.array([gain_from(basis, benefit) for basis in bases.values()])
    generator = np.random.default_rng(seed)
    chance = np.empty((SHUFFLES, len(bases)))
    for number in range(SHUFFLES):
        # Whole rows, so that options stay as alike as they are, and one shuffle for every parameter.
        shuffled = benefit[generator.permutation(len(benefit))]
        chance[number] = [gain_from(basis, shuffled) for basis in bases.values()]
    usual = chance.mean(axis=0)
    floor = float(np.quantile((chance - usual).max(axis=1), 1.0 - ERROR))
    rows = [Worth(name, max(float(gain), 0.0), floor) for name, gain in zip(bases, raw - usual, strict=True)]
    return sorted(rows, key=lambda row: (-row.gain, row.name))


def basis_of(values: Floats) -> Floats:
    """Orthonormal columns, shape (K, q), for whatever smooth curve of a parameter; its zeros have a level of their own.

    Cubics of its ranks; equal values have equal ranks.
    """
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count + 1) / 2.0)[place] / len(values) - 0.5
    columns = [ranks**power for power in range(DEGREE + 1)]
    if 1 < np.count_nonzero(values == 0.0) < len(values):
        columns.append((values == 0.0).astype(np.float64))
    left, size, _ = np.linalg.svd(np.column_stack(columns), full_matrices=False)
    return np.asarray(left[:, size > 1e-9 * size[0]])


def gain_from(basis: Floats, benefit: Floats) -> float:
    """The mean of the best option's expected benefit given what the basis tells, less the best on average."""
    expected = basis @ (basis.T @ benefit)
    return float(expected.max(axis=1).mean() - expected.mean(axis=0).max())

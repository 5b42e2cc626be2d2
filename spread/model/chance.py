"""Chance for many agents at once: what one draw decides, the same whatever the replicate.

Compiled code gets keys, purposes and occurrences as numpy's 64-bit words: mixed with other whole numbers they
would become floats.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spread.model import compiling, draws
from spread.model.compiling import word
from spread.model.draws import Purpose
from spread.model.inputs import Floats, Ints, Keys

compiling.parts_of(draws)

Word = Any

ONCE = word(0)


class Chance:
    """The facts of one draw; `key` is that of its run without a replicate."""

    def __init__(self, key: int) -> None:
        self.key = word(key)

    def uniforms(self, agent_keys: Keys, purpose: Purpose) -> Floats:
        """One uniform number per agent."""
        return uniforms_at(self.key, agent_keys, word(purpose))

    def normals(self, agent_keys: Keys, *purposes: Purpose) -> Floats:
        """One standard normal number per purpose and agent; shape (purposes, agents)."""
        return self.chosen_normals(agent_keys, np.zeros(len(agent_keys), dtype=np.int64), *purposes)

    def chosen_normals(self, agent_keys: Keys, chosen: Ints, *purposes: Purpose) -> Floats:
        """The same, for each agent the one of a number: 0 is its usual one."""
        words = np.array(purposes, dtype=np.uint64)
        return chosen_normals_at(self.key, agent_keys, chosen.astype(np.uint64), words)


@compiling.compiled
def uniforms_at(run: Word, agent_keys: Keys, purpose: Word) -> Floats:
    """A uniform number for every agent."""
    chances = np.empty(len(agent_keys))
    for agent in range(len(agent_keys)):
        chances[agent] = draws.uniform_at(run, agent_keys[agent], purpose, ONCE)
    return chances


@compiling.compiled
def chosen_normals_at(run: Word, agent_keys: Keys, chosen: Keys, purposes: NDArray[np.uint64]) -> Floats:
    """A standard normal number for every purpose and agent, the one of the number chosen."""
    deviates = np.empty((len(purposes), len(agent_keys)))
    for row in range(len(purposes)):
        for agent in range(len(agent_keys)):
            share = draws.uniform_at(run, agent_keys[agent], purposes[row], chosen[agent])
            deviates[row, agent] = draws.normal(share)
    return deviates

"""What is free in a fit, and the parameters of a numbered proposal.

A free parameter is handled as a standard normal number z whose share Phi(z) is the quantile of its prior. What is not
free is drawn from its prior by the proposal's number, so a fit integrates over what it does not look at.
F free parameters, P parameters, N proposals.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors
from spread.model import draws
from spread.model.draws import Purpose
from spread.runs import plan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Free(NamedTuple):
    """The free parameters: their names, their places among all (F,), and the z below which each is zero (F,)."""

    names: tuple[str, ...]
    place: Ints
    atoms: Floats


def free_parameters(beliefs: plan.Beliefs, names: Sequence[str]) -> Free:
    """The parameters named, once each can be fitted.

    Raises
    ------
    InputError
        With every name that is none, comes twice, or is of a parameter that is a fixed number.
    """
    faults = []
    place_of = {name: place for place, name in enumerate(beliefs.names)}
    for number, name in enumerate(names):
        if name in names[:number]:
            faults.append(errors.Fault(f"'{name}' is there twice", "--free"))
        elif name not in place_of:
            hint = errors.did_you_mean(name, beliefs.names) or "; `spread assumptions` lists them"
            faults.append(errors.Fault(f"no parameter '{name}' in this scenario{hint}", "--free"))
        elif not is_uncertain(beliefs, place_of[name]):
            message = f"'{name}' is the fixed number {beliefs.value[place_of[name]]:g}; give it a range to fit it"
            faults.append(errors.Fault(message, "--free"))
    if faults:
        raise errors.InputError(faults)
    place = np.array([place_of[name] for name in names], dtype=np.int64)
    return Free(tuple(names), place, atoms_of(beliefs)[place])


def is_uncertain(beliefs: plan.Beliefs, place: int) -> bool:
    """Whether a parameter has a prior rather than a number."""
    return bool(np.isfinite(beliefs.low[place]) or 0.0 < beliefs.zero[place] < 1.0)


def uncertain_parameters(beliefs: plan.Beliefs) -> tuple[str, ...]:
    """Every parameter with a prior."""
    return tuple(name for place, name in enumerate(beliefs.names) if is_uncertain(beliefs, place))


def atoms_of(beliefs: plan.Beliefs) -> Floats:
    """The z below which each parameter is exactly zero; minus infinity where it never is; shape (P,)."""
    from scipy import special

    atoms: Floats = special.ndtri(beliefs.zero)
    return atoms


def values_at(beliefs: plan.Beliefs, free: Free, z: Floats, number: Ints, *, seed: int) -> Floats:
    """The parameters of proposals z, shape (N, F): shape (N, P)."""
    values = np.array([plan.draw_values(beliefs, seed=seed, draw=int(one)) for one in number])
    values[:, free.place] = prior_values(beliefs, free, z)
    return values


def prior_values(beliefs: plan.Beliefs, free: Free, z: Floats) -> Floats:
    """What free parameters are at z, shape (N, F)."""
    from scipy import special

    share = np.clip(special.ndtr(z), 1e-12, 1.0 - 1e-12)
    found = np.empty_like(z)
    for f, p in enumerate(free.place):
        at = [part[p] for part in beliefs[2:]]
        found[:, f] = [plan.quantile(one, *at) for one in share[:, f].tolist()]
    return found


def normals(seed: int, number: int, count: int) -> Floats:
    """Standard normal numbers of a proposal, the same whoever asks; shape (count,)."""
    run = draws.run_key(seed, number, 0)
    shares = [draws.uniform_at(run, place, Purpose.PROPOSAL, 0) for place in range(count)]
    return np.array([draws.normal(share) for share in shares])

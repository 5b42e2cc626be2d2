"""What data say about parameters, in as many numbers as there are parameters.

Data may be hundreds of numbers. What matters of them for a parameter is what one would expect it to be, given them;
that expectation is learned from simulations by regression (Fearnhead and Prangle, J. R. Statist. Soc. B 74, 2012,
419-474). N simulations, D numbers each, F parameters.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PENALTIES: Final = 10.0 ** np.arange(-4.0, 5.0)
"""Ridge penalties tried, relative to the number of simulations; the one that predicts best left-out data is taken."""
LEAST_SPREAD: Final = 1e-9
FOLDS: Final = 5
FEWEST_TO_LEARN_FROM: Final = 50.0


class Summary(NamedTuple):
    """A learned reading of data: `centre` and `scale` (D,), zero where a number never differs; `weight` (D, F)."""

    centre: Floats
    scale: Floats
    weight: Floats

    def apart(self, data: Floats, observed: Floats) -> Floats:
        """How differently data, shape (N, D), read from the observed, (D,), in what they say of each parameter."""
        between: Floats = standardise(data, self.centre, self.scale) - standardise(
            observed[None, :], self.centre, self.scale
        )
        return between @ self.weight


class Reading(NamedTuple):
    """Simulations as they read by what was learned from others.

    `apart` (N, F), how differently each reads from the observed; `spread` (F,), how far parameters lie from what is
    read of them, which is how much the data leave open.
    """

    apart: Floats
    spread: Floats

    @property
    def distance(self) -> Floats:
        """How far each simulation reads from the observed, in spreads of what is left open; shape (N,)."""
        away: Floats = np.sqrt(np.square(self.apart / self.spread).sum(axis=1))
        return away


def read(data: Floats, parameters: Floats, weights: Floats, fold: NDArray[np.int64], observed: Floats) -> Reading:
    """Read simulations, each by what was learned from those of other folds.

    A simulation read by what was learned from itself would tell of its own luck, and the posterior be too narrow.

    Parameters
    ----------
    data, parameters, weights
        Shapes (N, D), (N, F) and (N,).
    fold
        Shape (N,): which are read together, any whole numbers.
    observed
        Shape (D,).
    """
    # Weights too far apart to learn from are left aside: what is learned need not be of the prior.
    weights = weights if _effective(weights) >= FEWEST_TO_LEARN_FROM else np.ones(len(weights))
    apart = np.zeros_like(parameters)
    error = np.zeros(parameters.shape[1])
    for one in range(FOLDS):
        mine = fold % FOLDS == one
        if not mine.any():
            continue
        summary, spread = learn(data[~mine], parameters[~mine], weights[~mine])
        apart[mine] = summary.apart(data[mine], observed)
        error += np.square(spread) * mine.mean()
    return Reading(apart, np.maximum(np.sqrt(error), LEAST_SPREAD))


def _effective(weights: Floats) -> float:
    """For how many equal weights they count."""
    total = float(weights.sum())
    return total**2 / float(np.square(weights).sum()) if total > 0.0 else 0.0


def standardise(data: Floats, centre: Floats, scale: Floats) -> Floats:
    """Numbers as deviations in units of their spread; nothing where they never differ."""
    apart: Floats = np.divide(data - centre, scale, out=np.zeros_like(data), where=scale > 0.0)
    return apart


def learn(data: Floats, parameters: Floats, weights: Floats) -> tuple[Summary, Floats]:
    """Learn what data say about parameters, and how far off that is; shapes as in `read`.

    Ridge regression; the penalty is the one that predicts left-out fifths best, chosen for each parameter.
    """
    share = weights / weights.sum()
    centre = share @ data
    scale = np.sqrt(share @ np.square(data - centre))
    scale = np.where(scale > LEAST_SPREAD, scale, 0.0)
    known, mean = standardise(data, centre, scale), share @ parameters
    wanted = parameters - mean
    penalty, spread = _choose_penalty(known, wanted, share)
    paths = _ridge_path(known, wanted, share)
    weight = np.column_stack([paths[place][:, f] for f, place in enumerate(penalty)])
    return Summary(centre, scale, weight), spread


def _choose_penalty(known: Floats, wanted: Floats, share: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The penalty (by place) that predicts each parameter best where it was not learned, and how far off it is."""
    fold = np.arange(len(known)) % FOLDS
    error = np.zeros((len(PENALTIES), wanted.shape[1]))
    for left_out in range(FOLDS):
        kept, out = fold != left_out, fold == left_out
        paths = _ridge_path(known[kept], wanted[kept], share[kept] / share[kept].sum())
        for place, weight in enumerate(paths):
            error[place] += share[out] @ np.square(wanted[out] - known[out] @ weight)
    best = error.argmin(axis=0)
    return best, np.sqrt(error[best, np.arange(len(best))])


def _ridge_path(known: Floats, wanted: Floats, share: Floats) -> list[Floats]:
    """The weights under each of `PENALTIES`, from one decomposition."""
    root = np.sqrt(share)[:, None]
    left, singular, right = np.linalg.svd(root * known, full_matrices=False)
    turned = left.T @ (root * wanted)
    return [right.T @ ((singular / (np.square(singular) + penalty))[:, None] * turned) for penalty in PENALTIES]

"""From prior to posterior by simulation: rule out most of the space, then narrow what is left.

Parameters are handled as standard normal numbers z (a prior's quantile is Phi(z)), so the prior is the same for all
of them. Adaptive population Monte Carlo (Lenormand, Jabot and Deffuant, Computational Statistics 28, 2013, 2777-2796):
each wave keeps the nearest part of all simulations so far and proposes the next. All are weighed against everything
that was ever proposed, so that the prior is what is sampled (Cornuet et al., Scand. J. Statist. 39, 2012, 798-812);
what data say about parameters is learned anew in each wave, where it matters. What is left of distance is taken out by
local regression (Beaumont, Zhang and Balding, Genetics 162, 2002, 2025-2035): at the end, and before each wave for the
places it proposes around, which brings it near in a few waves.

Proposals are numbered and everything random about one follows from its number, so the posterior does not depend on who
computed what, or when. N proposals, F free parameters, D numbers of data.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.calibration import efforts, summaries

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Simulate = Callable[[Floats, int], Floats]
"""Data of proposals z, shape (N, F), the first of which has this number; shape (N, D), NaN where one failed."""
Report = Callable[[int, int, str], None]
Normals = Callable[[int, int], Floats]
"""Standard normal numbers of a proposal: (its number, how many), the same whoever asks."""

WIDEN: Final = 2.0
"""Proposals spread twice the variance of what they come from (Beaumont et al., Biometrika 96, 2009, 983-990)."""
CAREFUL_SHARE, CAREFUL_WIDEN = 0.15, 9.0
"""Some are proposed from three times as wide, in case the regression points too surely."""


class Wave(NamedTuple):
    """What a wave left: how many were proposed so far, the share of its own kept, and the widest distance kept."""

    proposals: int
    gain: float
    distance: float


class Sample(NamedTuple):
    """A posterior sample: particles with `z` (N, F) and `weight` (N,), adding up to one.

    `number` says which proposals they are, `data` (N, D) what they simulated, `distance` how far that read from the
    observed. `adjusted` (N, F) is z after the local regression.
    """

    number: Ints
    z: Floats
    adjusted: Floats
    weight: Floats
    distance: Floats
    data: Floats
    waves: tuple[Wave, ...]

    @property
    def effective_size(self) -> float:
        """For how many equally weighted particles they count."""
        return float(1.0 / np.square(self.weight).sum())


class _Pool(NamedTuple):
    """The proposals kept so far: their numbers, z and data."""

    number: Ints
    z: Floats
    data: Floats

    def among(self, places: Ints) -> "_Pool":
        """Those at some places."""
        return _Pool(self.number[places], self.z[places], self.data[places])

    def with_more(self, other: "_Pool") -> "_Pool":
        """These, and others after them."""
        joined = zip(self[1:], other[1:], strict=True)
        z, data = (np.concatenate(parts) for parts in joined)
        return _Pool(np.concatenate([self.number, other.number]), z, data)


class _Proposal(NamedTuple):
    """What a wave was proposed from: normals around `centres` (C, F) weighing `share`, and some from wider.

    The prior, where there are no centres.
    """

    proposed: int
    centres: Floats
    share: Floats
    middle: Floats
    root: Floats

    def draw(self, drawn: Floats) -> Floats:
        """One proposal from F + 1 standard normals."""
        if not len(self.centres):
            return drawn[:-1]
        rank = uniform(float(drawn[-1]))
        if rank < CAREFUL_SHARE:
            wide: Floats = self.middle + np.sqrt(CAREFUL_WIDEN) * self.root @ drawn[:-1]
            return wide
        steps = np.cumsum(self.share)
        parent = int(np.searchsorted(steps, (rank - CAREFUL_SHARE) / (1.0 - CAREFUL_SHARE)))
        near: Floats = self.centres[min(parent, len(steps) - 1)] + np.sqrt(WIDEN) * self.root @ drawn[:-1]
        return near

    def density(self, z: Floats) -> Floats:
        """How densely it proposes at z, shape (N, F); shape (N,)."""
        if not len(self.centres):
            return prior_density(z)
        near = mixture_density(z, self.centres, self.share, np.sqrt(WIDEN) * self.root)
        wide = mixture_density(z, self.middle[None, :], np.ones(1), np.sqrt(CAREFUL_WIDEN) * self.root)
        return (1.0 - CAREFUL_SHARE) * near + CAREFUL_SHARE * wide


def sample(
    simulate: Simulate,
    observed: Floats,
    *,
    normals: Normals,
    atoms: Floats,
    effort: efforts.Effort,
    report: Report = lambda done, most, note: None,
) -> Sample:
    """Sample what the parameters may be, given what was observed, shape (D,).

    Parameters
    ----------
    atoms
        Shape (F,): below which z a parameter is exactly its point mass (minus infinity: it has none).
    effort
        How much to simulate.

    Raises
    ------
    ValueError
        When no proposal gives data.
    """
    nothing = np.zeros((0, len(atoms)))
    proposals = [_Proposal(effort.first, nothing, np.zeros(0), np.zeros(0), nothing)]
    pool = _proposed(proposals, simulate, normals, len(atoms))
    if not len(pool.z):
        raise ValueError("no proposal could be simulated")
    waves = [Wave(effort.first, 1.0, np.inf)]
    report(effort.first, effort.most, "")
    pool = _nearest(pool, observed, atoms, proposals, effort.kept)[0]
    for _ in range(effort.most_waves):
        proposals.append(_around(_weighed(pool, observed, atoms, proposals, ()), effort.wave))
        fresh = _proposed(proposals, simulate, normals, len(atoms))
        pool, reach = _nearest(pool.with_more(fresh), observed, atoms, proposals, effort.kept)
        gain = float(np.isin(pool.number, fresh.number).sum() / effort.wave)
        waves.append(Wave(waves[-1].proposals + effort.wave, gain, reach))
        report(waves[-1].proposals, effort.most, f"{gain:.0%} of the last proposals kept")
        if gain < effort.least_gain:
            break
    return _weighed(pool, observed, atoms, proposals, tuple(waves))


def _proposed(proposals: list[_Proposal], simulate: Simulate, normals: Normals, wide: int) -> _Pool:
    """The proposals of the last wave that gave data."""
    *earlier, last = proposals
    first = sum(one.proposed for one in earlier)
    number = np.arange(first, first + last.proposed)
    z = np.array([last.draw(normals(int(one), wide + 1)) for one in number])
    data = simulate(z, first)
    good = np.isfinite(data).all(axis=1)
    return _Pool(number[good], z[good], data[good])


def _around(pointed: Sample, count: int) -> _Proposal:
    """Proposals around where particles point."""
    middle = pointed.weight @ pointed.adjusted
    apart = pointed.adjusted - middle
    covariance = (apart.T * pointed.weight) @ apart + 1e-8 * np.eye(apart.shape[1])
    root: Floats = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    return _Proposal(count, pointed.adjusted, pointed.weight, middle, root)


def weights_of(z: Floats, proposals: list[_Proposal]) -> Floats:
    """What makes proposals, shape (N, F), a sample of the prior, whichever wave each came from; shape (N,)."""
    total = sum(one.proposed for one in proposals)
    density = sum((one.proposed / total) * one.density(z) for one in proposals)
    weight: Floats = prior_density(z) / density
    return weight


def _nearest(
    pool: _Pool, observed: Floats, atoms: Floats, proposals: list[_Proposal], kept: int
) -> tuple[_Pool, float]:
    """The nearest of a pool as data are read after learning from it, and the widest distance kept."""
    distance = _read(pool, observed, atoms, weights_of(pool.z, proposals)).distance
    nearest = np.argsort(distance, kind="stable")[:kept]
    return pool.among(nearest), float(distance[nearest].max())


def _read(pool: _Pool, observed: Floats, atoms: Floats, weight: Floats) -> summaries.Reading:
    return summaries.read(pool.data, targets_of(pool.z, atoms), weight, pool.number, observed)


def targets_of(z: Floats, atoms: Floats) -> Floats:
    """What is to be read of data: every z and, where a parameter has a point mass, whether it is there."""
    has = np.isfinite(atoms)
    return np.column_stack([z, (z[:, has] < atoms[has]).astype(np.float64)])


def uniform(normal: float) -> float:
    """The share of a standard normal below a number."""
    from scipy import special

    return float(special.ndtr(normal))


def prior_density(z: Floats) -> Floats:
    """The density of the prior, shape (N,)."""
    density: Floats = np.exp(-0.5 * np.square(z).sum(axis=1)) / (2.0 * np.pi) ** (z.shape[1] / 2.0)
    return density


def mixture_density(z: Floats, around: Floats, share: Floats, root: Floats) -> Floats:
    """The density of normals around particles, at each proposal."""
    scaled, centres = np.linalg.solve(root, z.T).T, np.linalg.solve(root, around.T).T
    density = np.empty(len(z))
    size = (2.0 * np.pi) ** (z.shape[1] / 2.0) * float(np.prod(np.diag(root)))
    for place, here in enumerate(scaled):
        density[place] = share @ np.exp(-0.5 * np.square(centres - here).sum(axis=1)) / size
    return density


def _weighed(
    pool: _Pool, observed: Floats, atoms: Floats, proposals: list[_Proposal], waves: tuple[Wave, ...]
) -> Sample:
    """Weigh by distance too, and take out by regression what is left of it."""
    weight = weights_of(pool.z, proposals)
    reading = _read(pool, observed, atoms, weight)
    distance, apart = reading.distance, reading.apart
    reach = max(float(distance.max()), summaries.LEAST_SPREAD) * (1.0 + 1e-9)
    weight = weight * np.maximum(1.0 - np.square(distance / reach), 0.0)
    weight = weight / weight.sum() if weight.any() else np.full(len(weight), 1.0 / len(weight))
    adjusted = adjust(pool.z, apart, weight, atoms)
    weight = weigh_atoms(pool.z, apart, weight, atoms)
    return Sample(pool.number, pool.z, adjusted, weight, distance, pool.data, waves)


def adjust(z: Floats, read: Floats, weight: Floats, atoms: Floats) -> Floats:
    """Move each particle to where it would be had its data been those observed: `read` is how far they differ, (N, S).

    A parameter at its point mass stays there, and one beside it does not get into it.
    """
    moved = z.copy()
    for f, atom in enumerate(atoms):
        free = z[:, f] >= atom
        if not weight[free].any():
            continue
        known = np.column_stack([np.ones(int(free.sum())), read[free]])
        root = np.sqrt(weight[free])[:, None]
        slope = np.linalg.lstsq(root * known, root[:, 0] * z[free, f], rcond=1e-8)[0][1:]
        moved[free, f] = np.maximum(z[free, f] - read[free] @ slope, atom)
    return moved


def weigh_atoms(z: Floats, read: Floats, weight: Floats, atoms: Floats) -> Floats:
    """Weigh particles in and beside point masses as they would weigh had all data been those observed.

    Local logistic regression (Beaumont, in Simulation, Genetics and Human Prehistory, 2008, 135-154).
    """
    for f in np.flatnonzero(np.isfinite(atoms)):
        inside = (z[:, f] < atoms[f]).astype(np.float64)
        share = float(weight @ inside)
        if not 0.0 < share < 1.0:
            continue
        wanted = _logistic_at_zero(read, inside, weight)
        weight = weight * np.where(inside > 0.0, wanted / share, (1.0 - wanted) / (1.0 - share))
    return weight


def _logistic_at_zero(read: Floats, inside: Floats, weight: Floats, penalty: float = 1e-3, steps: int = 25) -> float:
    """The chance of being inside where the data read the same, by penalised logistic regression."""
    scale = np.sqrt(weight @ np.square(read))
    known = np.column_stack([np.ones(len(read)), summaries.standardise(read, np.zeros_like(scale), scale)])
    ridge = penalty * np.eye(known.shape[1])
    ridge[0, 0] = 0.0
    slope = np.zeros(known.shape[1])
    for _ in range(steps):
        chance = 1.0 / (1.0 + np.exp(-np.clip(known @ slope, -30.0, 30.0)))
        gradient = known.T @ (weight * (inside - chance)) - ridge @ slope
        curve = (known.T * (weight * chance * (1.0 - chance))) @ known + ridge + 1e-12 * np.eye(len(slope))
        slope = slope + np.linalg.solve(curve, gradient)
    return float(1.0 / (1.0 + np.exp(-np.clip(slope[0], -30.0, 30.0))))

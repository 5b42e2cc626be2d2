"""The sampler against posteriors that are known: its parts are plain numerics, so worlds are not needed."""

import numpy as np
import pytest
from scipy import special

from spread.calibration import efforts, sampler, summaries

EFFORT = efforts.Effort(first=1000, wave=500, kept=500, most_waves=5)
NO_ATOMS = np.full(2, -np.inf)


def normals_of(seed):
    return lambda number, count: generator(seed, number).standard_normal(count)


def generator(seed, number):
    return np.random.Generator(np.random.Philox(key=[seed, number]))


def each(draw, seed=7):
    """A simulator that draws data of one proposal at a time, each by its own number."""

    def simulate(z, first):
        return np.array([draw(row, generator(seed, first + place)) for place, row in enumerate(z)])

    return simulate


def moments(found):
    middle = found.weight @ found.adjusted
    return middle, np.sqrt(found.weight @ np.square(found.adjusted - middle))


def test_a_normal_posterior_is_found_and_what_data_say_nothing_of_stays_at_its_prior():
    noise, count = 0.5, 8
    observed = np.linspace(0.8, 1.2, count)

    def draw(z, random):
        return z[0] + noise * random.standard_normal(count)

    found = sampler.sample(each(draw), observed, normals=normals_of(1), atoms=NO_ATOMS, effort=EFFORT)
    precision = 1.0 + count / noise**2
    exact_mean, exact_sd = observed.sum() / noise**2 / precision, precision**-0.5
    middle, sd = moments(found)
    assert middle[0] == pytest.approx(exact_mean, abs=0.25 * exact_sd)
    assert sd[0] == pytest.approx(exact_sd, rel=0.2)
    assert middle[1] == pytest.approx(0.0, abs=0.25)
    assert sd[1] == pytest.approx(1.0, rel=0.2)


def test_a_parameter_far_out_in_its_prior_is_found():
    def draw(z, random):
        return z[0] + 0.02 * random.standard_normal(4)

    found = sampler.sample(each(draw), np.full(4, 2.6), normals=normals_of(2), atoms=NO_ATOMS, effort=EFFORT)
    middle, sd = moments(found)
    assert middle[0] == pytest.approx(2.6, abs=0.05)
    assert sd[0] < 0.05


def test_a_point_mass_weighs_what_the_data_leave_it():
    """Four observations of a mean that is zero with a chance of 0.3, or else normal beyond the atom."""
    atom = float(special.ndtri(0.3))
    observed = np.full(4, 0.35)

    def mean(z):
        return np.where(z < atom, 0.0, z - atom)

    def draw(z, random):
        return mean(z[0]) + random.standard_normal(4)

    found = sampler.sample(each(draw), observed, normals=normals_of(3), atoms=np.array([atom, -np.inf]), effort=EFFORT)
    grid = np.linspace(-8.0, 8.0, 20_001)
    density = np.exp(-0.5 * grid**2 - 0.5 * np.square(observed[:, None] - mean(grid)).sum(axis=0))
    exact = density[grid < atom].sum() / density.sum()
    assert float(found.weight @ (found.z[:, 0] < atom)) == pytest.approx(exact, abs=0.07)


def test_particles_at_a_point_mass_stay_there_and_those_beside_it_stay_out():
    atom = -0.5
    z = np.linspace(-2.0, 2.0, 41)[:, None]
    read = 3.0 * z
    moved = sampler.adjust(z, read, np.full(41, 1.0 / 41), np.array([atom]))
    inside = z[:, 0] < atom
    assert np.array_equal(moved[inside], z[inside])
    assert (moved[~inside] >= atom).all()


def test_ranks_of_the_truth_are_uniform_over_many_fits():
    """Simulation-based calibration of the numerics alone: 40 binomial fits; a chi-square beyond 0.1 % fails."""
    ranks = []
    for seed in range(40):
        random = np.random.default_rng(1000 + seed)
        truth = random.standard_normal(2)

        def draw(z, luck):
            return luck.binomial(40, special.ndtr(0.5 * z[0] + 0.5 * z[1] * np.linspace(-1.0, 1.0, 6))) / 40

        observed = draw(truth, random)
        effort = efforts.Effort(first=600, wave=300, kept=300, most_waves=3)
        found = sampler.sample(each(draw, seed), observed, normals=normals_of(seed), atoms=NO_ATOMS, effort=effort)
        ranks.append(found.weight @ (found.adjusted < truth))
    counts = np.array([np.histogram(one, bins=4, range=(0.0, 1.0))[0] for one in np.array(ranks).T])
    chi_square = (np.square(counts - 10.0) / 10.0).sum(axis=1)
    assert (chi_square < 16.27).all(), counts


def test_failed_runs_are_left_out():
    def draw(z, random):
        return np.full(3, np.nan) if z[1] > 1.0 else z[0] + random.standard_normal(3)

    found = sampler.sample(each(draw), np.zeros(3), normals=normals_of(5), atoms=NO_ATOMS, effort=EFFORT)
    assert (found.z[:, 1] <= 1.0).all()
    assert found.weight.sum() == pytest.approx(1.0)


def test_a_model_that_never_runs_is_refused():
    def draw(z, random):
        return np.full(3, np.nan)

    with pytest.raises(ValueError, match="no proposal"):
        sampler.sample(each(draw), np.zeros(3), normals=normals_of(5), atoms=NO_ATOMS, effort=EFFORT)


def test_weights_against_all_proposals_give_back_the_prior():
    random = np.random.default_rng(3)
    nothing = np.zeros((0, 1))
    prior = sampler._Proposal(4000, nothing, np.zeros(0), np.zeros(0), nothing)
    around = sampler._Proposal(4000, np.array([[1.0]]), np.ones(1), np.array([1.0]), np.array([[0.4]]))
    drawn = [one.draw(random.standard_normal(2)) for one in (prior, around) for _ in range(one.proposed)]
    z = np.array(drawn)
    weight = sampler.weights_of(z, [prior, around])
    weight /= weight.sum()
    assert weight @ z[:, 0] == pytest.approx(0.0, abs=0.06)
    assert weight @ z[:, 0] ** 2 == pytest.approx(1.0, abs=0.08)


def test_weights_too_far_apart_to_learn_from_are_left_aside():
    random = np.random.default_rng(9)
    z = random.standard_normal((100, 1))
    one = np.zeros(100)
    one[3] = 1.0
    assert np.isfinite(summaries.read(z + 0.1, z, one, np.arange(100), z[0]).spread).all()


def test_a_reading_of_noise_tells_nothing():
    random = np.random.default_rng(8)
    data, z = random.standard_normal((400, 30)), random.standard_normal((400, 1))
    reading = summaries.read(data, z, np.ones(400), np.arange(400), data[0])
    assert reading.spread[0] == pytest.approx(1.0, abs=0.1)
    assert abs(np.corrcoef(reading.apart[:, 0], z[:, 0])[0, 1]) < 0.15

"""Ambitions that measure patients, and shares of patients by group; sites are weighted by size.

Patients are known at report dates only. T report dates, R rows, Q slots, A aims, B ambitions, P scopes.
"""

import numpy as np
from numpy.typing import NDArray

from spread.outcomes import plan as plans
from spread.outcomes import thresholds

Floats = NDArray[np.float64]


def aims_of_patients(plan: plans.TabulationPlan) -> tuple[int, ...]:
    """Which aims measure patients."""
    return tuple(number for number, aim in enumerate(plan.aims) if aim.measure == plans.PATIENTS)


def weighted_share(delivered: Floats, plan: plans.TabulationPlan) -> Floats:
    """Share of patients receiving every element in the slots of ``plan.patients``, shape (T, H'), from that of rows.

    `delivered` has shape (T, H).
    """
    looked = plan.patients
    weight = plan.rows.size[looked.rows[looked.pair]]
    patients = np.add.reduceat(delivered[:, looked.pair] * weight, looked.pair_start, axis=1)
    return np.asarray(patients / np.add.reduceat(weight, looked.pair_start))


def fill_values(
    aim: plans.Aim,
    plan: plans.TabulationPlan,
    counted: NDArray[np.bool_],
    delivered: Floats,
    numerator: Floats,
    denominator: Floats,
) -> None:
    """Write patients receiving every element, and patients in all, nationally and by PSC.

    Parameters
    ----------
    aim
        One that measures patients.
    counted : shape (R,)
        Whether the aim counts a row.
    delivered : shape (T, H)
        Share of its patients who receive every element, of the rows of ``plan.patients``.
    numerator : shape (T, P)
        Filled in.
    denominator : shape (P,)
        Filled in.
    """
    weight = counted[aim.rows].astype(np.float64) * plan.rows.size[aim.rows]
    numerator[:] = _by_scope(delivered[:, plan.patients.place[aim.rows]] * weight, aim, len(denominator))
    denominator[:] = _by_scope(weight, aim, len(denominator))


def _by_scope(values: Floats, aim: plans.Aim, scope_count: int) -> Floats:
    """Sums over an aim's rows (last axis), nationally and by PSC; the last axis becomes P."""
    total = np.zeros((*values.shape[:-1], scope_count))
    total[..., aim.psc + 1] = np.add.reduceat(values, aim.start, axis=-1)
    total[..., 0] = total.sum(axis=-1)
    return total


def first_reached(plan: plans.TabulationPlan, aim_numbers: list[int], numerator: Floats, denominator: Floats) -> Floats:
    """The first report date at which all of these aims met their thresholds, as a day of the run; shape (P,).

    `numerator` has shape (T, A, P), `denominator` (A, P).
    """
    good = [thresholds.meets(plan.aims[number], numerator[:, number], denominator[number]) for number in aim_numbers]
    together = np.logical_and.reduce(good)
    day = plan.cutoffs[np.argmax(together, axis=0)] - 1.0
    return np.where(together.any(axis=0), day, np.inf)

"""Which plans can be told apart, without pretending to more order than there is.

"Cannot be told apart" does not carry over: the first plan may be no different from the second, nor the second from the
third, and yet the first from the third. So plans get letters: those that share one cannot be told apart, and those
that share none differ.
"""

import string
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def letters_of(apart: Flags, order: Sequence[int]) -> list[str]:
    """Letters such that two plans share one exactly where they cannot be told apart.

    Parameters
    ----------
    apart
        Whether two plans differ, shape (N, N), symmetric.
    order
        Plans from the best to the worst; the best has the first letter.

    Source: insert and absorb, Piepho, Journal of Computational and Graphical Statistics 13, 2004, 456-466.
    """
    groups = [frozenset(order)]
    for one, other in np.argwhere(np.triu(apart)).tolist():
        split = [part for group in groups for part in _split(group, one, other)]
        groups = _largest(split)
    places = {plan: place for place, plan in enumerate(order)}
    ordered = sorted(groups, key=lambda group: sorted(places[plan] for plan in group))
    named = [(_letter(number), group) for number, group in enumerate(ordered)]
    return ["".join(letter for letter, group in named if plan in group) for plan in range(len(apart))]


def _split(group: frozenset[int], one: int, other: int) -> tuple[frozenset[int], ...]:
    """A group that holds two plans which differ becomes two, each without one of them."""
    return (group - {one}, group - {other}) if {one, other} <= group else (group,)


def _largest(groups: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Groups without those that are part of another."""
    unique = list(dict.fromkeys(groups))
    return [group for group in unique if not any(group < other for other in unique)]


def _letter(number: int) -> str:
    """The letter of a group: small ones first, then capitals; beyond those a letter with a number."""
    letters = string.ascii_letters
    return letters[number] if number < len(letters) else f"{letters[number % len(letters)]}{number // len(letters)}"

"""Sharing out a budget one unit after another, each where it adds most to what has been given already."""

import heapq
from collections.abc import Callable, Mapping
from typing import NamedTuple

Units = Mapping[str, int]


class Step(NamedTuple):
    """One unit: to whom, and what it adds."""

    place: str
    gain: float


def share_out(
    value: Callable[[Units], float], first_gains: Mapping[str, float], budget: int, room: Mapping[str, float]
) -> list[Step]:
    """Give `budget` units, one after another, each to the place where it adds most; stop where none adds anything.

    What a unit adds is looked at again only where it could still be the most (Minoux 1978, "Accelerated greedy
    algorithms", in Optimization Techniques, 234-243): exact where a unit never adds more for what others have, and
    a good guess elsewhere.

    Parameters
    ----------
    value
        What an allocation is worth.
    first_gains
        What the first unit adds in each place, as far as known.
    room
        How many units each place can take.
    """
    given: dict[str, int] = {}
    worth = value(given)
    # Ties go by name, so that equal gains are shared out the same way every time.
    queue = [(-gain, place, -1) for place, gain in first_gains.items() if room[place] >= 1.0]
    heapq.heapify(queue)
    steps: list[Step] = []
    while queue and len(steps) < budget:
        bound, place, looked_at = heapq.heappop(queue)
        if looked_at < len(steps):
            gain = value({**given, place: given.get(place, 0) + 1}) - worth
            heapq.heappush(queue, (-gain, place, len(steps)))
            continue
        if bound >= 0.0:
            break
        steps.append(Step(place, -bound))
        given[place] = given.get(place, 0) + 1
        worth -= bound
        if room[place] >= given[place] + 1:
            heapq.heappush(queue, (bound, place, -1))
    return steps


def units_of(steps: list[Step]) -> dict[str, int]:
    """How many units each place has got, in the order in which they first got one."""
    found: dict[str, int] = {}
    for step in steps:
        found[step.place] = found.get(step.place, 0) + 1
    return found

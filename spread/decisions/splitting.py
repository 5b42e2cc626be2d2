"""A change split among what changed, adding up: by Shapley's average over all orders, or one part after another."""

import itertools
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

Parts = frozenset[str]
NOTHING: Final[Parts] = frozenset()


def weights_of(parts: Sequence[str], *, all_orders: bool) -> dict[str, list[tuple[Parts, float]]]:
    """What each part's share is made of: the sets of parts changed before it, with their weights (adding up to 1).

    With all orders: how often a set comes before a part among all orders. Otherwise the one in which they are given.

    Source: Shapley, A value for n-person games, Contributions to the Theory of Games II, 1953, 307-317.
    """
    if not all_orders:
        return {part: [(frozenset(parts[:place]), 1.0)] for place, part in enumerate(parts)}
    return {part: list(_before(part, [other for other in parts if other != part])) for part in parts}


def _before(part: str, others: Sequence[str]) -> Iterator[tuple[Parts, float]]:
    orders = math.factorial(len(others) + 1)
    for size in range(len(others) + 1):
        weight = math.factorial(size) * math.factorial(len(others) - size) / orders
        for before in itertools.combinations(others, size):
            yield frozenset(before), weight


def mixes_of(parts: Sequence[str], *, all_orders: bool) -> list[Parts]:
    """Every set of changed parts whose value is needed, from none to all."""
    if not all_orders:
        return [frozenset(parts[:count]) for count in range(len(parts) + 1)]
    counts = range(len(parts) + 1)
    return [frozenset(chosen) for count in counts for chosen in itertools.combinations(parts, count)]


def split(values: Mapping[Parts, Any], parts: Sequence[str], *, all_orders: bool) -> dict[str, Any]:
    """Each part's share of the change from none to all of them; numbers or arrays, adding up to it."""
    weighed = weights_of(parts, all_orders=all_orders)
    return {
        part: sum(weight * (values[before | {part}] - values[before]) for before, weight in weighed[part])
        for part in parts
    }


def join_until_possible(
    parts: Sequence[Collection[str]], is_possible: Callable[[Parts], bool], *, all_orders: bool
) -> list[Parts]:
    """Parts that cannot be changed one without the other, joined: every mixture of what is handed back is possible.

    `parts` may be joined already. A mixture that is not possible joins what it has last with what comes next.
    """
    joined = [frozenset(part) for part in parts]
    while len(joined) > 1:
        numbers = [str(number) for number in range(len(joined))]
        wrong = next(
            (mix for mix in mixes_of(numbers, all_orders=all_orders) if not is_possible(_whole(joined, mix))), None
        )
        if wrong is None or len(wrong) in (0, len(joined)):
            return joined
        inside = max(int(number) for number in wrong)
        outside = min(number for number in range(len(joined)) if str(number) not in wrong)
        low, high = sorted((inside, outside))
        joined = [*joined[:low], joined[low] | joined[high], *joined[low + 1 : high], *joined[high + 1 :]]
    return joined


def _whole(joined: Sequence[Parts], numbers: Parts) -> Parts:
    return frozenset().union(*(joined[int(number)] for number in numbers))


def round_to_total(values: Sequence[float], total: float, step: float) -> list[float]:
    """Values in whole steps that add up to the total in whole steps: those furthest off are rounded the other way."""
    wanted = round(total / step)
    scaled = [value / step for value in values]
    whole = [math.floor(value + 0.5) for value in scaled]
    missing = wanted - sum(whole)
    by_error = sorted(range(len(values)), key=lambda place: (whole[place] - scaled[place]) * (1 if missing > 0 else -1))
    for place in by_error[: abs(missing)]:
        whole[place] += 1 if missing > 0 else -1
    return [count * step for count in whole]

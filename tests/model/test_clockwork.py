"""Slots and places are granted once an instant, in queue order, whatever was asked or scheduled first."""

import itertools
from collections.abc import Generator, Sequence

import pytest
import simpy

from spread.model import Phase
from spread.model.clockwork import Clockwork, Pool, Request

# Priority, time of the request, tie-break, agent: as the engine makes them.
KEYS = ((-0.9, 0.0, 0.4, 3), (-0.1, 0.0, 0.2, 1), (-0.1, 0.0, 0.7, 0), (-0.1, 0.0, 0.7, 2))


def granted(keys: Sequence[tuple[float, ...]], capacity: int, *, held: int = 0) -> list[tuple[float, ...]]:
    """Who holds something at the end of an instant in which all ask, in the order of the grants."""
    clockwork = Clockwork()
    pool = Pool(clockwork, capacity, 0)
    pool.held = held
    found: list[tuple[float, ...]] = []

    def ask(key: tuple[float, ...]) -> Generator[simpy.Event, object, None]:
        yield clockwork.at(0.0, Phase.DECISIONS, 0)
        yield Request(pool, key)
        found.append(key)

    for key in keys:
        clockwork.process(ask(key))
    clockwork.run(until=1.0)
    return found


@pytest.mark.parametrize("capacity", [1, 3])
def test_grants_are_in_queue_order_whatever_the_order_of_asking(capacity: int) -> None:
    for order in itertools.permutations(KEYS):
        assert granted(order, capacity) == list(KEYS[:capacity])


def test_nobody_is_granted_more_than_there_is() -> None:
    assert granted(KEYS, 0) == []
    assert granted(KEYS, 2, held=3) == []


def test_an_instant_has_its_phases_and_agents_in_order_whatever_was_scheduled_first() -> None:
    wanted = [(phase, agent, what) for phase in Phase for agent in (0, 5, 1 << 40) for what in (0, 15)]
    for order in (wanted, wanted[::-1], sorted(wanted, key=lambda one: one[2])):
        clockwork, found = Clockwork(), []
        for phase, agent, what in order:
            event = clockwork.at(7.0, phase, agent, what)
            event.callbacks.append(lambda _, one=(phase, agent, what), into=found: into.append(one))  # type: ignore[union-attr]
        clockwork.run(until=8.0)
        assert found == wanted


def test_what_is_never_due_is_never_scheduled() -> None:
    clockwork = Clockwork()
    clockwork.at(float("inf"), Phase.ENDS, 0)
    assert clockwork.peek() == float("inf")

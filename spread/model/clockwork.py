"""SimPy with exact instants: events at a day, phase and agent, and pools that grant once per instant.

SimPy orders events by (time, priority) and then by insertion. Our priority is made of phase, agent and
event, so that the order within an instant is the one of the table in `spread.model` whatever was
scheduled first, and `simpy.Resource`, which grants at once, gives way to `Pool`.
"""

import heapq
import math

import simpy
from simpy.resources import base
from simpy.resources.resource import SortedQueue

from spread.model import Phase

# Room for agents and their events inside one phase; SimPy's own events keep priorities 0 and 1.
PHASE_ROOM = 1 << 48
AGENT_ROOM = 1 << 4
REFRESH_AGENT, COURSE_AGENT, SLOT_AGENT, PLACE_AGENT = 0, 1, 0, 1 << 40


class Clockwork(simpy.Environment):
    """A SimPy environment that can put an event at an exact time, phase and agent."""

    def at(self, day: float, phase: Phase, agent: int, what: int = 0) -> simpy.Event:
        """An event due on `day` (days since the run began); nothing at all when that is never."""
        event = simpy.Event(self)
        if day == math.inf:
            return event
        event._ok, event._value = True, what
        priority = (int(phase) + 1) * PHASE_ROOM + agent * AGENT_ROOM + what
        heapq.heappush(self._queue, (max(day, self.now), priority, next(self._eid), event))  # type: ignore[misc]
        return event


class Request(base.Put["Pool"]):
    """A unit's request for a slot or a place; `key` says where it stands in the queue."""

    def __init__(self, pool: "Pool", key: tuple[float, ...]) -> None:
        self.key = key
        super().__init__(pool)


class Pool(base.BaseResource["Request", base.Get["Pool"]]):
    """Slots or places: requests wait for one grant round per instant, in phase 5, in queue order."""

    PutQueue = SortedQueue

    def __init__(self, env: Clockwork, capacity: int, agent: int) -> None:
        super().__init__(env, capacity)
        self.clockwork, self.agent = env, agent
        self.held = 0
        self.round_called = self.granting = False

    def resize(self, capacity: int) -> None:
        """Set how many can be held; nobody is evicted."""
        if capacity > self.capacity:
            self.call_round()
        self._capacity = capacity

    def release(self) -> None:
        """Give one back."""
        self.held -= 1
        self.call_round()

    def call_round(self) -> None:
        """Have the grants of this instant made, once."""
        if not self.round_called:
            self.round_called = True
            grant_round = self.clockwork.at(self.clockwork.now, Phase.GRANTS, self.agent)
            grant_round.callbacks = [self._grant]

    def _grant(self, _: simpy.Event) -> None:
        self.round_called, self.granting = False, True
        self._trigger_put(None)
        self.granting = False

    def _do_put(self, event: Request) -> bool:
        if not self.granting:
            self.call_round()
            return False
        if self.held >= self.capacity:
            return False
        self.held += 1
        event.succeed()
        return True

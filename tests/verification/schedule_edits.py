"""Can the equality of the engines fail? Edit one engine's schedule at a time in a copy, and see an equality test fail.

Run as ``python -m tests.verification.schedule_edits``; a word after it tries only the edits that hold it. Ends
with 1 if an edit passes unseen, or if the text it changes is not found exactly once.
"""

import sys

from tests.verification import mutants
from tests.verification.bugs import Bug

EQUALITY = "engines/test_equality.py::test_"
WORLDS = EQUALITY + "engines_agree_on_generated_worlds"
GRID = EQUALITY + "engines_agree_where_times_fall_on_a_coarse_grid"

# fmt: off
EDITS = tuple(Bug(*row) for row in (
    # the process engine: the order within an instant
    ("meetings before ends", WORLDS,
     "yield self.env.at(day, Phase.MEETINGS,", "yield self.env.at(day, Phase.CALENDAR,"),
    ("ends after decisions", WORLDS,
     "yield self.soonest(unit, Phase.ENDS, Event.STOP,", "yield self.soonest(unit, Phase.REQUESTS, Event.STOP,"),
    ("units in the reverse order", WORLDS,
     "self.env.at(due, phase, unit.index, int(what))",
     "self.env.at(due, phase, len(self.units) - unit.index, int(what))"),
    ("sustained before spread at one instant", WORLDS,
     "due, what = min([*timers, (hazard_day, hazard)])",
     "due, what = min([*timers, (hazard_day, hazard)], key=lambda timer: (timer[0], -timer[1]))"),
    # queues
    ("granted at once", WORLDS, "if not self.granting:", "if False:"),
    ("granted an instant late", WORLDS,
     "self.clockwork.at(self.clockwork.now, Phase.GRANTS",
     "self.clockwork.at(math.nextafter(self.clockwork.now, math.inf), Phase.GRANTS"),
    ("places before slots", WORLDS, "0, 1, 0, 1 << 40", "0, 1, 1 << 40, 0"),
    ("no tie-break", WORLDS, "self.chance(unit, Purpose.TIE_BREAK, unit.attempt), index", "0.0, index"),
    ("a slot kept when testing ends", WORLDS, "        self.slots[organisation].release()\n", ""),
    ("a place kept when testing ends", WORLDS,
     "            self.places[self.who.psc[unit.index]].release()\n", ""),
    ("out of patience, yet still in the queue", WORLDS, "                request.cancel()\n", ""),
    ("more places, but nobody is told", WORLDS,
     "        if capacity > self.capacity:\n            self.call_round()\n", ""),
    # word and peers
    ("told a moment ago and telling already", WORLDS, " and unit.told_day != self.now\n", "\n"),
    ("peers who lapse still count in their networks", WORLDS,
     "self.in_use[network][intervention] += change", "self.in_use[network][intervention] += max(0, change)"),
    ("networks are seen at once, not when they meet", WORLDS,
     "self.known_in_use[view], self.peers.view_peers[view]",
     "self.known_in_use[view] if self.peers.view_network[view] < 0 else"
     " self.in_use[self.peers.view_network[view]][self.who.intervention[unit.index]], self.peers.view_peers[view]"),
    # waits
    ("another cycle's number", WORLDS,
     "(unit.attempt << 32) + (element << 24) + unit.cycle", "(unit.attempt << 32) + (element << 24) + unit.cycle + 1"),
    ("drawn anew at a refresh, not spent", WORLDS,
     "        unit.threshold = rules.threshold_left(unit.threshold, unit.rate, self.now - unit.anchor_day)\n"
     "        unit.anchor_day, unit.rate = self.now, rate\n",
     "        unit.anchor_day, unit.rate = self.now, rate\n"),
    ("a champion is lost once and for all", WORLDS,
     "while unit.champion_loss_day + self.constants.champion_gap_days <= self.now:", "while False:"),
    ("embedded only from the next refresh on", WORLDS, "                self.embed(unit)\n", "                pass\n"),

    # the compiled engine: the order within an instant
    ("compiled: decisions before ends", WORLDS,
     "return is_end(whole(first.event))", "return is_end(whole(second.event))"),
    ("compiled: units in the reverse order", WORLDS,
     "return is_end(whole(first.event))\n    return one < other",
     "return is_end(whole(first.event))\n    return one > other"),
    ("compiled: meetings before ends", WORLDS,
     " and not (unit_day == day and calendar.is_end(whole(live.units[live.due[0]].event)))", ""),
    ("compiled: places before slots", WORLDS, "rounds[(place - 1) >> 1] > pool", "rounds[(place - 1) >> 1] < pool"),
    # queues
    ("compiled: last come, first served", WORLDS,
     "return bool(first.anchor_day < second.anchor_day)", "return bool(first.anchor_day > second.anchor_day)"),
    ("compiled: ties go to the unluckier", WORLDS,
     "return bool(first.rate < second.rate)", "return bool(first.rate > second.rate)"),
    ("compiled: a slot kept when testing ends", WORLDS, "        queues.free(live, slots)\n", ""),
    ("compiled: a place kept when testing ends", WORLDS, "            queues.free(live, places)\n", ""),
    ("compiled: out of patience, yet still in the queue", WORLDS, "        queues.withdraw(live, places, unit)\n", ""),
    ("compiled: more places, but nobody is told", WORLDS, "        if more:\n", "        if False:\n"),
    # word, peers and waits
    ("compiled: told a moment ago and telling already", WORLDS,
     "just_told = status == 1 and live.histories[unit].mark_day == live.clock[0].now", "just_told = False"),
    ("compiled: peers are looked at once a month", WORLDS,
     "            waits.wants_look(live, peer, waits.AGAIN)\n", "            pass\n"),
    ("compiled: another element goes on counting cycles", WORLDS,
     "            past.cycle = 0\n", ""),
    ("compiled: embedded only from the next refresh on", WORLDS,
     "status, what = 7, waits.EMBED", "status, what = 7, waits.TIMERS"),
    ("compiled: other outreach hours go unnoticed", WORLDS,
     "epochs.coaching, epochs.hours, epochs.champions", "epochs.coaching, epochs.champions"),
))
# fmt: on

if __name__ == "__main__":
    sys.exit(mutants.main(*sys.argv[1:2], bugs=EDITS))

"""A site's story, sentence by sentence: what happened to each of its interventions, and what brought it about.

What the model has no cause for is said to have none; nothing is made up.
"""

import textwrap
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np

from spread.decisions import speeds, watching
from spread.decisions import trace as tracing
from spread.model import STATUS_NAMES, Cause, Event
from spread.model.views import LAYERS

NO_CAUSE: Final = "cause not in the model"
QUEUED: Final = (Event.DECISION, Event.RESTART)
NOT_KNOWN_SINCE: Final = -1.0
"""A start on the day before the run's first is one of which nobody knows since when."""
INDENT: Final = " " * 14
WIDTH: Final = 80


class Moment(NamedTuple):
    """One thing that happened to a site: when, in which intervention, what, the stage after it, and the words for it.

    `about` are further sentences, such as the parts of a speed; `facts` the numbers behind the words.
    """

    date: date
    time_days: float
    site: str
    intervention: str
    event: str
    stage: str
    words: str
    about: tuple[str, ...]
    facts: dict[str, Any]


def tell(trace: tracing.Trace, site: str, interventions: Sequence[str] = ()) -> list[Moment]:
    """Everything that happened to a site, by intervention, then in order; it begins with where it stood.

    Raises
    ------
    InputError
        When there is no such site, or it was not watched.
    """
    tracing.check_asked(trace.job, [site], interventions)
    told: list[Moment] = []
    for unit in trace.units_of(site):
        if not interventions or trace.intervention(unit) in interventions:
            told += _Teller(trace, unit).tell()
    return told


class _Teller:
    """Tells of one unit, row by row, remembering since when it waits."""

    def __init__(self, trace: tracing.Trace, unit: int) -> None:
        self.trace, self.unit = trace, unit
        self.name = trace.intervention(unit)
        self.elements = [one.name for one in trace.scenario.interventions[self.name].elements]
        self.asked_day, self.last_day = 0.0, 0.0
        self.in_use_since = float(trace.inputs.initial_since_days[unit])

    def tell(self) -> list[Moment]:
        told = [self.beginning()]
        for row in self.trace.rows_of(self.unit).tolist():
            told.append(self.moment(row))
            self.last_day = float(self.trace.log.time_days[row])
            if self.trace.log.kind[row] in (*QUEUED, Event.SLOT_GRANT):
                self.asked_day = self.last_day
            if self.trace.log.kind[row] == Event.ADOPTION:
                self.in_use_since = self.last_day
        return [*told, self.ending(told[-1].stage)]

    def beginning(self) -> Moment:
        status = int(self.trace.inputs.initial_status[self.unit])
        there = int(self.trace.inputs.initial_elements[self.unit]).bit_count()
        since = float(self.trace.inputs.initial_since_days[self.unit])
        words = f"begins: {tracing.stage_words(status)}"
        if status and since < NOT_KNOWN_SINCE:
            words += f" since {say_day(self.trace.day(since))}"
        if len(self.elements) > 1:
            words += f"; {there} of {len(self.elements)} elements in place"
        return self._moment(0.0, "begins", status, words, facts={"elements_in_place": there})

    def ending(self, stage: str) -> Moment:
        last = self.trace.inputs.constants.horizon_days - 1.0
        status = STATUS_NAMES.index(stage)
        words = f"the run ends: {tracing.stage_words(status)}"
        if status == STATUS_NAMES.index("decision"):
            words += f", waiting since {say_day(self.trace.day(self.asked_day))}"
        return self._moment(last, "ends", status, words)

    def moment(self, row: int) -> Moment:
        log = self.trace.log
        event = Event(int(log.kind[row]))
        words, about, facts = SENTENCES[event](self, row, (self.trace.sights or {}).get(row))
        facts = {"days_since_last": float(log.time_days[row]) - self.last_day, **facts}
        return self._moment(float(log.time_days[row]), event.name.lower(), int(log.to_status[row]), words, about, facts)

    def _moment(
        self, day: float, event: str, status: int, words: str, about: tuple[str, ...] = (),
        facts: dict[str, Any] | None = None,
    ) -> Moment:  # fmt: skip
        when, site, stage = self.trace.day(day), self.trace.code(self.unit), STATUS_NAMES[status]
        return Moment(when, day, site, self.name, event, stage, words, about, facts or {})

    # --- a sentence each ------------------------------------------------------------------------

    def contact(self, row: int, seen: Any) -> "_Said":
        if seen is not None and seen.occasion is not None:
            return self._heard(seen)
        chance = "" if seen is None else f", at {speeds.say_speed(seen.per_day)}"
        return f"hears of it through the campaign or outreach{chance}", (), _rate(seen)

    def _heard(self, seen: watching.Speed) -> "_Said":
        occasion, knew = seen.occasion, len(seen.knew)
        if occasion is None:
            raise ValueError("nobody hears at no occasion")
        who = f"{knew} unit there knew of it" if knew == 1 else f"{knew} there knew of it"
        came = "organisations" if occasion.network < 0 else "sites"
        words = f"hears of it at {say_occasion(self.trace, occasion)}"
        facts = {
            "network": network_code(self.trace, occasion.network), "came": occasion.came,
            "invited": occasion.invited, "knew": sorted({self.trace.code(unit) for unit in seen.knew}),
        }  # fmt: skip
        return words, (f"{occasion.came} of {occasion.invited} {came} came; {who}",), facts

    def interest(self, row: int, seen: Any) -> "_Said":
        return f"becomes interested{_at(seen)}", (), _rate(seen)

    def decision(self, row: int, seen: watching.Decision | None) -> "_Said":
        if seen is None:
            return "decides", (), {}
        parts = speeds.parts_of(self.trace, self.unit, seen)
        about = [f"speed: {speeds.say_parts(parts)}", *self._peers(seen)]
        if self.trace.inputs.tested[self.trace.inputs.units.intervention[self.unit]] and is_full(seen.slots):
            about.append(f"queues for a change slot of its organisation: {say_queue(seen.slots)}")
        facts = {
            **_rate(seen), "parts": {part.name: part.factor for part in parts}, "exposure": seen.exposure,
            "peers_known": sorted({self.trace.code(known.unit) for known in seen.known}),
            "slot_queue": seen.slots._asdict(),
        }  # fmt: skip
        return f"decides to go ahead{_at(seen)}", tuple(about), facts

    def _peers(self, seen: watching.Decision) -> list[str]:
        """Through which of its networks it knows whom; nothing where peers count for nothing."""
        if self.trace.inputs.constants.kappa == 0.0:
            return ["peers count for nothing in this run: what they do moves no decision"]
        by_view: dict[int, list[watching.Known]] = {}
        for known in seen.known:
            by_view.setdefault(known.view, []).append(known)
        return [f"knows {self._say_view(view, known)}" for view, known in by_view.items()]

    def _say_view(self, view: int, known: list[watching.Known]) -> str:
        views = self.trace.job.world.views
        network, layer = int(views.view_network[view]), LAYERS[int(views.view_layer[view])]
        users = f"{len(known)} of {int(views.view_peers[view])}"
        if network < 0:
            return f"{len(known)} in its own organisation" if layer == "organisation" else f"{len(known)} it is tied to"
        when = known[0].day
        learnt = f"as told on {say_day(self.trace.day(when))}" if when > 0.0 else "from the start"
        return f"{users} in {say_network(self.trace, network)}, {learnt}"

    def slot(self, row: int, seen: watching.Slot | None) -> "_Said":
        waited = float(self.trace.log.time_days[row]) - self.asked_day
        words = f"gets a change slot {say_wait(waited)}"
        facts: dict[str, Any] = {"waited_days": waited}
        if seen is None:
            return words, (), facts
        said = self._say_place(seen)
        return words, (said,) if said else (), facts | {"coaching_queue": seen.places._asdict()}

    def _say_place(self, seen: watching.Slot) -> str:
        if not seen.is_engaged:
            return "asks for no coach: its collaborative does not work with it"
        if not seen.is_running:
            return "asks for no coach: the programme is not running"
        if not seen.places.places:
            return f"asks for no coach: {self.trace.psc(self.unit)} has no coaching places"
        queue = f"queues for a coach of {self.trace.psc(self.unit)}: {say_queue(seen.places)}"
        return queue if is_full(seen.places) else ""

    def place(self, row: int, seen: Any) -> "_Said":
        waited = float(self.trace.log.time_days[row]) - self.asked_day
        words = f"gets a coaching place of {self.trace.psc(self.unit)} {say_wait(waited)}"
        return words, (), {"waited_days": waited}

    def expiry(self, row: int, seen: Any) -> "_Said":
        waited = float(self.trace.log.time_days[row]) - self.asked_day
        words = f"waits no longer for a coach of {self.trace.psc(self.unit)}, after {waited:.0f} days"
        return words, (), {"waited_days": waited}

    def testing(self, row: int, seen: Any) -> "_Said":
        coached = self.trace.log.cause[row] == Cause.COACHED
        return f"begins testing, {'with' if coached else 'without'} a coach", (), {"coached": bool(coached)}

    def cycle(self, row: int, seen: Any) -> "_Said":
        element = self.elements[int(self.trace.log.element[row])]
        return f"a test cycle of {element} fails", (), {"element": element}

    def element(self, row: int, seen: Any) -> "_Said":
        element = self.elements[int(self.trace.log.element[row])]
        return f"{element} is in place", (), {"element": element}

    def adoption(self, row: int, seen: Any) -> "_Said":
        return "adopts: in use", (), {}

    def spread(self, row: int, seen: Any) -> "_Said":
        return "spreads it to all its units", (), {}

    def sustain(self, row: int, seen: Any) -> "_Said":
        return "sustained: in use since " + say_day(self.trace.day(self.in_use_since)), (), {}

    def stop(self, row: int, seen: Any) -> "_Said":
        if self.trace.log.cause[row] == Cause.NO_SIGNAL:
            return f"gives up testing: no element was in place yet{_at(seen)}", (), _rate(seen)
        return f"gives up testing{_at(seen)}; {NO_CAUSE}", (), _rate(seen)

    def resume(self, row: int, seen: Any) -> "_Said":
        return f"is interested again{_at(seen)}", (), _rate(seen)

    def lapse(self, row: int, seen: watching.Lapse | None) -> "_Said":
        days = float(self.trace.log.time_days[row]) - self.in_use_since
        words = f"lapses after {days:.0f} days in use"
        if seen is None:
            return words, (), {}
        about = (say_leaver(self.trace, seen),)
        left = self.trace.day(seen.champion_left_day) if seen.champion_left_day < np.inf else None
        facts = {**_rate(seen), "has_champion": seen.has_champion, "champion_left_on": left,
                 "is_measured": seen.is_measured}  # fmt: skip
        return words + _at(seen), about, facts

    def restart(self, row: int, seen: Any) -> "_Said":
        return f"takes it up again{_at(seen)}, and joins the queue for a change slot", (), _rate(seen)


_Said = tuple[str, tuple[str, ...], dict[str, Any]]

SENTENCES: Final = {
    Event.CONTACT: _Teller.contact, Event.INTEREST: _Teller.interest, Event.DECISION: _Teller.decision,
    Event.SLOT_GRANT: _Teller.slot, Event.PLACE_GRANT: _Teller.place, Event.EXPIRY: _Teller.expiry,
    Event.TESTING: _Teller.testing, Event.CYCLE_FAILED: _Teller.cycle, Event.ELEMENT_IN_PLACE: _Teller.element,
    Event.ADOPTION: _Teller.adoption, Event.SPREAD: _Teller.spread, Event.SUSTAIN: _Teller.sustain,
    Event.STOP: _Teller.stop, Event.RESUME: _Teller.resume, Event.LAPSE: _Teller.lapse,
    Event.RESTART: _Teller.restart,
}  # fmt: skip


def say_leaver(trace: tracing.Trace, seen: watching.Lapse) -> str:
    """What the model knows of leavers as a practice lapses; a leaver who makes no difference is no cause."""
    factor = float(np.exp(trace.inputs.constants.lapse_champion_log_hr))
    matters = factor - 1.0 >= speeds.WORTH_SAYING
    if seen.champion_left_day < np.inf:
        left = f"its champion left on {say_day(trace.day(seen.champion_left_day))} and is not replaced yet"
        return f"{left}: {factor:.2f} times as likely" if matters else f"{left}, which counts for nothing in this run"
    if not seen.has_champion:
        never = "it has no champion"
        return f"{never}: {factor:.2f} times as likely; no leaver" if matters else f"{never}; no leaver; {NO_CAUSE}"
    return f"its champion was there; {NO_CAUSE}"


def say_occasion(trace: tracing.Trace, occasion: watching.Occasion) -> str:
    """A meeting or course in words."""
    if occasion.network < 0:
        return f"a course of {tracing.psc_name(trace.job.world.population.psc_codes[occasion.psc])}"
    kind = "a learning set" if occasion.is_learning_set else "a meeting"
    return f"{kind} of {say_network(trace, occasion.network)}"


def say_network(trace: tracing.Trace, network: int) -> str:
    """A network as people call it."""
    networks = trace.job.world.population.networks
    name = networks.names[network] or networks.codes[network]
    return (
        f"{name.removeprefix('Health Innovation ')} ({networks.layers[network].upper()[:3]})"
        if (networks.layers[network] in ("psc", "ics"))
        else name
    )


def network_code(trace: tracing.Trace, network: int) -> str:
    """The code of a network; empty for a course."""
    return trace.job.world.population.networks.codes[network] if network >= 0 else ""


def is_full(queue: watching.Queue) -> bool:
    """Whether who joins it now has to wait, or others stand before them."""
    return queue.places - queue.held <= queue.waiting


def say_queue(queue: watching.Queue) -> str:
    """A queue as somebody joins it."""
    ahead = f"{queue.waiting} waiting already" if queue.waiting else "nobody else waiting"
    return f"{queue.held} of {queue.places} taken, {ahead}"


def say_wait(days: float) -> str:
    """A wait in words."""
    return "at once" if days < 1.0 else f"after {days:.0f} day{'s' if round(days) != 1 else ''} in the queue"


def say_day(day: date) -> str:
    """A date as the story writes it: ``3 Jun 2020``."""
    return f"{day.day} {day:%b %Y}"


def _at(seen: Any) -> str:
    return "" if seen is None else f", at {speeds.say_speed(seen.per_day)}"


def _rate(seen: Any) -> dict[str, Any]:
    return {} if seen is None else {"per_day": seen.per_day, "month_chance": speeds.month_chance(seen.per_day)}


# --- as lines -------------------------------------------------------------------------------------


def lines_of(told: Sequence[Moment]) -> list[str]:
    """A story as lines: a date and a sentence, what is about it below; cycles that fail in a row are one sentence."""
    lines: list[str] = []
    held: list[Moment] = []
    for moment in told:
        if held and (moment.event != "cycle_failed" or moment.facts["element"] != held[0].facts["element"]):
            lines += _say_cycles(held)
            held = []
        if moment.event == "cycle_failed":
            held.append(moment)
        else:
            lines += _line(moment.date, moment.words)
            lines += [line for sentence in moment.about for line in _wrapped(INDENT, sentence)]
    return lines


def _say_cycles(failed: Sequence[Moment]) -> list[str]:
    element, first, last = failed[0].facts["element"], failed[0].date, failed[-1].date
    if len(failed) == 1:
        return _line(first, failed[0].words)
    return _line(first, f"{len(failed)} test cycles of {element} fail, the last on {say_day(last)}")


def _line(day: date, words: str) -> list[str]:
    return _wrapped(f"{say_day(day):>11}   ", words)


def _wrapped(head: str, words: str) -> list[str]:
    return textwrap.wrap(
        words, WIDTH, initial_indent=head, subsequent_indent=INDENT + "  ", break_on_hyphens=False
    )  # fmt: skip

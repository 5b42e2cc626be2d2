"""What happens to many at once: refreshes, courses and meetings."""

from spread.model import Cause, compiling, draws, rules
from spread.model.compiled import life, peers, queues, waits
from spread.model.compiled.layout import Given, Links, Live, Rows
from spread.model.compiling import whole, word
from spread.model.draws import Purpose
from spread.model.inputs import Constants

MEETING, COURSE = int(Cause.MEETING), int(Cause.COURSE)
FOR_COMING, FOR_HEARING, FOR_COURSE = (
    word(purpose) for purpose in (Purpose.ATTENDANCE, Purpose.HEARING, Purpose.COURSE_ATTENDANCE)
)


@compiling.part
def refresh(links: Links, given: Given, live: Live, constants: Constants, epoch: int) -> None:
    """The first of each month, and every day on which a plan or a shock changes: everyone may have another rate."""
    clock, organisation_count = live.clock[0], len(given.groups)
    clock.epoch = epoch
    for psc in range(given.by_psc.shape[1]):
        places = given.by_psc[epoch, psc].places
        more = places > live.pools[organisation_count + psc].capacity
        live.pools[organisation_count + psc].capacity = places
        if more:
            queues.call_round(live, organisation_count + psc)
    if not given.epochs[epoch].looks:
        return
    clock.looked_day, clock.look_day = clock.now, given.epochs[epoch].next_look
    clock.stir_day = given.epochs[epoch].next_stir
    for place in range(len(links.active_organisation)):
        organisation = whole(links.active_organisation[place])
        mine = live.organisations[organisation]
        if given.dose_moves:
            wear_down(given, live, organisation)
            index = capability_index(given, live, organisation)
            mine.dose_effect = rules.dose_log_effect(constants.dose_log_hr, index, mine.index_at_start)
        if given.load_moves:
            running = live.pools[organisation].held
            mine.load_effect = rules.load_log_effect(constants.load_log_hr, running, constants.load_free)
    waits.look_everywhere(given, live, constants)


@compiling.part
def wear_down(given: Given, live: Live, organisation: int) -> None:
    """Let an organisation's dose wear down to today, refreshed as the plan of these days has it."""
    mine, now, epoch = live.organisations[organisation], live.clock[0].now, live.clock[0].epoch
    days, loss = now - mine.dose_day, given.groups[organisation].dose_loss_per_day
    refreshed = given.epochs[rules.epoch_until(now, epoch, given.epochs[epoch].day)].refreshed_per_day
    for tier in range(live.dose.shape[1]):
        live.dose[organisation, tier] = rules.dose_after(live.dose[organisation, tier], loss, refreshed, days)
    mine.dose_day = now


@compiling.part
def capability_index(given: Given, live: Live, organisation: int) -> float:
    """D of an organisation: 0 nobody trained, 1 every tier at its target."""
    total = 0.0
    for tier in range(live.dose.shape[1]):
        total += rules.dose_towards_target(
            given.tiers[tier].weight, live.dose[organisation, tier], given.tiers[tier].target
        )
    return total


@compiling.part
def hold_course(links: Links, given: Given, live: Live, rows: Rows, constants: Constants, course: int) -> None:
    """Seats for those who come, shared alike, and word of what they know."""
    clock, psc = live.clock[0], links.courses[course].psc
    date = word(links.courses[course].date)
    first, last = links.psc_organisation_start[psc], links.psc_organisation_start[psc + 1]
    coming = 0
    for place in range(first, last):
        organisation = whole(links.psc_organisation[place])
        agent = draws.unit_key(links.psc_key[psc], given.groups[organisation].key)
        number = draws.uniform_at(clock.run_key, agent, FOR_COURSE, date)
        if rules.hears(number, constants.course_attendance_share):
            live.here[organisation] = course
            coming += 1
    for place in range(first, last):
        organisation = whole(links.psc_organisation[place])
        if given.dose_moves and live.here[organisation] == course:
            train(links, given, live, course, organisation, coming)
    count = forget_who_knows(live)
    for place in range(links.psc_unit_start[psc], links.psc_unit_start[psc + 1]):
        if live.here[links.psc_unit_organisation[place]] == course:
            unit, intervention = whole(links.psc_unit[place]), whole(links.psc_unit_intervention[place])
            count = be_present(live, unit, intervention, whole(live.status[unit]), count)
    pass_on(given, live, rows, constants, count, links.psc_key[psc], date, COURSE)


@compiling.part
def train(links: Links, given: Given, live: Live, course: int, organisation: int, coming: int) -> None:
    """Give an organisation its seats on a course, by tier."""
    wear_down(given, live, organisation)
    for tier in range(live.dose.shape[1]):
        seats, size = links.seats[course, tier] / coming, given.group_count[organisation, tier]
        live.dose[organisation, tier] = rules.dose_with_course(live.dose[organisation, tier], seats, size)


@compiling.part
def hold_meeting(links: Links, given: Given, live: Live, rows: Rows, constants: Constants, meeting: int) -> None:
    """Those who come learn how many peers are in use, and hear of what anyone present knows."""
    clock, held = live.clock[0], links.meetings[meeting]
    network, occasion = held.network, word(2 * held.date + held.learning)
    count, key, comes, effect_moved = forget_who_knows(live), word(0), False, False
    for member in range(links.member_start[network], links.member_start[network + 1]):
        if links.member_key[member] != key:
            key = links.member_key[member]
            comes = rules.hears(draws.uniform_at(clock.run_key, key, FOR_COMING, occasion), held.attendance)
            if comes and given.learns:
                site = whole(links.member_site[member])
                if held.learning:
                    live.learning_day[site] = clock.now
                effect_moved = learning_moved(live, constants, site)
        if comes:
            unit = whole(links.member[member])
            status = whole(live.status[unit])
            count = be_present(live, unit, whole(links.member_intervention[member]), status, count)
            is_news = peers.learn_of_peers(links, live, network, member)
            if status == 2 and (is_news or effect_moved):
                waits.wants_look(live, unit, waits.AGAIN)
    pass_on(given, live, rows, constants, count, links.network_key[network], word(held.date), MEETING)


@compiling.part
def learning_moved(live: Live, constants: Constants, site: int) -> bool:
    """Whether a learning set counts for a site as it did not when rates were last looked at, or no more."""
    clock, day = live.clock[0], live.learning_day[site]
    counts, counted = clock.now - day < constants.learning_days, clock.looked_day - day < constants.learning_days
    return bool(day >= clock.looked_day or counts != counted)


@compiling.part
def forget_who_knows(live: Live) -> int:
    """Nobody is present yet, and nobody present knows anything."""
    for intervention in range(len(live.knowing)):
        live.knowing[intervention] = 0
    return 0


@compiling.part
def be_present(live: Live, unit: int, intervention: int, status: int, count: int) -> int:
    """List a unit present that had no contact; one that had, and not just now, can tell. How many are listed."""
    if status == 0:
        live.listed[count] = unit
        return count + 1
    if not live.knowing[intervention]:
        just_told = status == 1 and live.histories[unit].mark_day == live.clock[0].now
        live.knowing[intervention] = 0 if just_told else 1
    return count


@compiling.part
def pass_on(
    given: Given, live: Live, rows: Rows, constants: Constants, count: int, occasion_key: int, date: int, cause: int
) -> None:
    """Word reaches those listed, who had no contact, if someone present knew before this instant."""
    clock = live.clock[0]
    for number in range(count):
        unit = whole(live.listed[number])
        facts = given.facts[unit]
        if live.knowing[facts.intervention]:
            agent = draws.unit_key(occasion_key, facts.decision_key)
            if rules.hears(draws.uniform_at(clock.run_key, agent, FOR_HEARING, date), constants.meeting_contact_share):
                life.note(live, rows, unit, life.CONTACT, 1, cause, -1)
                live.histories[unit].mark_day = clock.now
                waits.wants_look(live, unit, waits.BEGIN)

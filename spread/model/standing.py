"""Where everyone stands, and how fast what is pending comes: one replicate's state, without a clock.

The rates here gather what a rule asks for and call it; deciding is for `rules`, timing for an engine.
"""

import math
from typing import Any, ClassVar

from spread.model import ADOPTED, LAPSED, STOPPED, draws, rules
from spread.model.draws import Purpose
from spread.model.inputs import ModelInputs
from spread.model.unit import Unit, plain


class Standing:
    """The state of one replicate."""

    @property
    def now(self) -> float:
        """Days since the run began; the engine's to say."""
        raise NotImplementedError

    def __init__(self, inputs: ModelInputs, run_key: int) -> None:
        self.run_key = run_key
        self.inputs: Any = plain(inputs)
        self.who, self.peers, self.table = self.inputs.units, self.inputs.peers, self.inputs.timetable
        self.epochs, self.constants = self.inputs.epochs, inputs.constants
        self.epoch = 0
        status, since, elements = inputs.initial_status, inputs.initial_since_days, inputs.initial_elements
        starts = zip(status.tolist(), since.tolist(), elements.tolist(), strict=True)
        self.units = [Unit(index, *start) for index, start in enumerate(starts)]
        self.slots_held = [0] * len(self.inputs.slots)
        programmes = 1 + max(self.inputs.programme)
        self.coached_by = [[0] * programmes for _ in self.epochs.places[0]]
        for unit in self.units:
            self.count_coached(unit, self.inputs.initial_coached[unit.index] if unit.status == 4 else 0)
        self.dose, self.dose_day = self.inputs.dose, [0.0] * len(self.inputs.dose)
        self.index_at_start = [self.capability_index(o) for o in range(len(self.dose))]
        self.dose_effect, self.load_effect = [0.0] * len(self.dose), [0.0] * len(self.dose)
        self.known_in_use = [0] * len(self.peers.view_peers)
        self.learning_day = [-math.inf] * (max(self.who.site, default=-1) + 1)
        self.in_use = [[0] * len(self.inputs.elements) for _ in range(len(self.table.network_key))]
        self.active_organisations = sorted(set(self.who.organisation))
        self.members = [self.read_members(network) for network in range(len(self.in_use))]
        self.member_sites = [self.read_member_sites(network) for network in range(len(self.in_use))]
        self.networks_of: list[list[int]] = [[] for _ in self.units]
        for network, members in enumerate(self.members):
            for unit in members:
                self.networks_of[unit.index].append(network)

    def read_members(self, network: int) -> list[Unit]:
        """Units of a network's members, by site, then intervention."""
        start, end = self.table.member_start[network], self.table.member_start[network + 1]
        return [self.units[index] for index in self.table.member[start:end]]

    def read_member_sites(self, network: int) -> list[tuple[int, int]]:
        """Member sites with the key of their coming to this network's meetings."""
        network_key = self.table.network_key[network]
        found = {self.who.site[u.index]: self.who.site_key[u.index] for u in self.members[network]}
        return [(site, draws.unit_key(network_key, key)) for site, key in found.items()]

    def chance(self, unit: Unit, purpose: Purpose, occurrence: int) -> float:
        """A uniform number of this unit's own."""
        return draws.uniform_at(self.run_key, self.who.unit_key[unit.index], purpose, occurrence)

    def threshold(self, unit: Unit, purpose: Purpose, occurrence: int) -> float:
        """A unit-exponential threshold of this unit's own."""
        return draws.exponential_at(self.run_key, self.who.unit_key[unit.index], purpose, occurrence)

    # --- rates ----------------------------------------------------------------------------------

    def supported(self, unit: Unit) -> bool:
        """Whether the programme is running and works with this site."""
        started = self.epochs.started[self.epoch][self.who.intervention[unit.index]]
        return rules.is_supported(int(self.inputs.engaged[unit.index]), int(started))

    def in_region(self, plans: Any, unit: Unit) -> float:
        """What the unit's collaborative gives its workstream in the plan in force."""
        workstream = self.inputs.workstream[self.who.intervention[unit.index]]
        return float(plans[self.epoch][workstream][self.who.psc[unit.index]])

    def contact_rate(self, unit: Unit) -> float:
        """How fast a site hears of it, per day."""
        intervention, now = self.who.intervention[unit.index], self.epoch
        hours = self.in_region(self.epochs.hours, unit) if self.supported(unit) else 0.0
        return rules.contact_rate(
            self.epochs.campaign[now][intervention], self.constants.contact_per_hour, hours,
            self.epochs.push[now][intervention], self.epochs.shock[now][intervention],
        )  # fmt: skip

    def interest_rate(self, unit: Unit) -> float:
        """How fast it wants it, per day."""
        intervention = self.who.intervention[unit.index]
        return rules.interest_rate(
            self.inputs.interest_base[unit.index],
            self.epochs.push[self.epoch][intervention],
            self.epochs.shock[self.epoch][intervention],
        )

    def decision_rate(self, unit: Unit) -> float:
        """How fast it decides, per day; not at all before the tool exists."""
        index, intervention = unit.index, self.who.intervention[unit.index]
        organisation = self.who.organisation[index]
        if not self.epochs.open[self.epoch][intervention]:
            return 0.0
        supported = self.supported(unit)
        support = self.in_region(self.epochs.support, unit) if supported else self.epochs.unsupported
        days_since = self.now - self.learning_day[self.who.site[index]]
        learning = rules.learning_log_effect(self.constants.learning_log_hr, days_since, self.constants.learning_days)
        effects = rules.decision_log_effects(
            support, self.epochs.trend[self.epoch][intervention],
            self.dose_effect[organisation], self.load_effect[organisation], learning,
        )  # fmt: skip
        base, same = self.inputs.decision_base[index], self.constants
        return rules.decision_rate(base, effects, same.kappa, same.peer_exponent, self.exposure(unit))

    def coaching_effect(self, unit: Unit) -> float:
        """What coaching, or its absence, does to testing."""
        if unit.coached:
            return self.in_region(self.epochs.coaching, unit)
        return float(self.epochs.uncoached)

    def has_champion(self, unit: Unit) -> int:
        """1 if the site has a champion in the plan in force."""
        return int(self.inputs.champion_rank[unit.index] < self.in_region(self.epochs.champions, unit))

    def is_measured(self, unit: Unit) -> int:
        """1 if the site measures in the plan in force."""
        return int(self.inputs.measurement_rank[unit.index] < self.in_region(self.epochs.measurement, unit))

    def testing_effects(self, unit: Unit) -> float:
        """Everything that moves a cycle, log scale."""
        index, constants = unit.index, self.constants
        return rules.testing_log_effects(
            self.coaching_effect(unit),
            self.epochs.testing[self.epoch][self.who.intervention[index]],
            self.inputs.capability[index],
            self.dose_effect[self.who.organisation[index]],
            self.inputs.half_frailty[index],
            rules.presence_log_effect(
                constants.champion_log_hr, self.has_champion(unit), constants.champion_reference_share
            ),
            rules.presence_log_effect(
                constants.measurement_log_hr, self.is_measured(unit), constants.measurement_reference_share
            ),
        )

    def stop_rate(self, unit: Unit) -> float:
        """How fast testing is given up, per day."""
        no_signal = rules.no_signal_log_effect(
            self.constants.no_signal_log_hr, unit.successes, self.now - unit.since_day, self.constants.no_signal_days
        )
        return rules.stop_rate(
            self.constants.stop_per_day, self.coaching_effect(unit),
            self.epochs.stopping[self.epoch][self.who.intervention[unit.index]],
            self.inputs.half_frailty[unit.index], no_signal,
        )  # fmt: skip

    def lapse_rate(self, unit: Unit) -> float:
        """How fast use lapses, per day."""
        constants = self.constants
        missing = rules.champion_missing(
            self.has_champion(unit), self.now, unit.champion_loss_day, constants.champion_gap_days
        )
        return rules.lapse_rate(
            constants.lapse_per_day,
            constants.lapse_embedded_share if unit.status == 7 else 1.0,
            constants.lapse_measurement_log_hr * self.is_measured(unit),
            self.inputs.lapse_turnover[unit.index],
            constants.lapse_champion_log_hr * missing,
            self.dose_effect[self.who.organisation[unit.index]],
            self.held(unit),
        )

    def held(self, unit: Unit) -> float:
        """What running support (against none) and the push do to keep a practice, or bring it back."""
        push = float(self.epochs.stopping[self.epoch][self.who.intervention[unit.index]])
        coaching = self.in_region(self.epochs.coaching, unit)
        return rules.keeping_log_effect(self.supported(unit), coaching, float(self.epochs.uncoached), push)

    def resume_rate(self, unit: Unit) -> float:
        """How fast a site that gave up is interested again, per day."""
        return rules.return_rate(self.constants.resume_per_day, self.held(unit))

    def restart_rate(self, unit: Unit) -> float:
        """How fast a lapsed practice is taken up again, per day."""
        return rules.return_rate(self.constants.restart_per_day, self.held(unit))

    def no_rate(self, unit: Unit) -> float:
        """Nothing pending that chance brings."""
        return 0.0

    # --- peers ----------------------------------------------------------------------------------

    def views(self, unit: Unit) -> range:
        """The unit's views, by index."""
        return range(self.peers.view_start[unit.index], self.peers.view_start[unit.index + 1])

    def exposure(self, unit: Unit) -> float:
        """What the unit knows of its peers: the weighted share in use, from whole counts."""
        total = 0.0
        for view in self.views(unit):
            total += rules.exposure_share(
                self.peers.view_weight[view], self.known_in_use[view], self.peers.view_peers[view]
            )
        return total

    def count_in_use(self, unit: Unit, change: int) -> None:
        """Keep the counts of the unit's networks and of those who watch it."""
        intervention = self.who.intervention[unit.index]
        for network in self.networks_of[unit.index]:
            self.in_use[network][intervention] += change
        for watched in self.watchers(unit):
            self.known_in_use[self.peers.watched_view[watched]] += change * self.peers.watched_count[watched]

    def watchers(self, unit: Unit) -> range:
        """Who watches the unit at once, by index."""
        return range(self.peers.watched_start[unit.index], self.peers.watched_start[unit.index + 1])

    def learn_of_peers(self, unit: Unit, view: int) -> None:
        """Take in how many of a network's other members are in use."""
        own = 1 if ADOPTED <= unit.status < STOPPED else 0
        network = self.peers.view_network[view]
        self.known_in_use[view] = self.in_use[network][self.who.intervention[unit.index]] - own

    # --- dose and load --------------------------------------------------------------------------

    def refresh_organisation(self, organisation: int) -> None:
        """Wear the dose down and take stock of load."""
        self.wear_down(organisation)
        change = self.capability_index(organisation), self.index_at_start[organisation]
        self.dose_effect[organisation] = rules.dose_log_effect(self.constants.dose_log_hr, *change)
        self.load_effect[organisation] = rules.load_log_effect(
            self.constants.load_log_hr, self.slots_held[organisation], self.constants.load_free
        )

    def wear_down(self, organisation: int) -> None:
        """Let an organisation's dose wear down to today, refreshed as the plan of these days has it."""
        days, loss = self.now - self.dose_day[organisation], self.inputs.dose_loss_per_day[organisation]
        epoch = rules.epoch_until(self.now, self.epoch, self.epochs.day[self.epoch])
        refreshed = self.epochs.refreshed_per_day[epoch]
        self.dose[organisation] = [rules.dose_after(dose, loss, refreshed, days) for dose in self.dose[organisation]]
        self.dose_day[organisation] = self.now

    def capability_index(self, organisation: int) -> float:
        """D of an organisation: 0 nobody trained, 1 every tier at its target."""
        total = 0.0
        for weight, dose, target in zip(
            self.inputs.dose_weight, self.dose[organisation], self.inputs.dose_target, strict=True
        ):
            total += rules.dose_towards_target(weight, dose, target)
        return total

    def train(self, organisation: int, seats: list[float]) -> None:
        """Give an organisation seats on a course, by tier."""
        self.wear_down(organisation)
        groups = zip(self.dose[organisation], seats, self.inputs.group_count[organisation], strict=True)
        self.dose[organisation] = [rules.dose_with_course(dose, seat, count) for dose, seat, count in groups]

    def comes_to_course(self, organisation: int, psc: int, date: int) -> bool:
        """Whether an organisation sends people to a course."""
        agent = draws.unit_key(self.table.psc_key[psc], self.inputs.organisation_key[organisation])
        number = draws.uniform_at(self.run_key, agent, Purpose.COURSE_ATTENDANCE, date)
        return rules.hears(number, self.constants.course_attendance_share)

    def attendance(self, network: int, date: int, share: float, learning: int) -> dict[int, bool]:
        """Which member sites come."""
        occurrence = 2 * date + learning
        comes: dict[int, bool] = {}
        for site, agent in self.member_sites[network]:
            comes[site] = rules.hears(draws.uniform_at(self.run_key, agent, Purpose.ATTENDANCE, occurrence), share)
        return comes

    def count_coached(self, unit: Unit, change: int) -> None:
        """Keep count of the coaching places each programme holds in each collaborative."""
        programme = self.inputs.programme[self.who.intervention[unit.index]]
        self.coached_by[self.who.psc[unit.index]][programme] += change

    # --- testing, champions, queues ---------------------------------------------------------------

    def cycle_number(self, unit: Unit, element: int) -> int:
        """What a cycle is: which attempt, element and cycle."""
        return (unit.attempt << 32) + (element << 24) + unit.cycle

    def cycle_length(self, unit: Unit, intervention: int, element: int) -> float:
        """How long a unit's present cycle takes, days."""
        number = self.chance(unit, Purpose.CYCLE_LENGTH, self.cycle_number(unit, element))
        return rules.cycle_days(
            self.constants.cycle_shape, self.inputs.cycle_mean_days[intervention], self.constants.cycle_log_sd,
            draws.normal(number), -math.log(number),
        )  # fmt: skip

    def cycle_succeeds(self, unit: Unit, intervention: int, element: int) -> bool:
        """Whether a unit's present cycle puts the element in place."""
        chance = rules.success_chance(
            self.inputs.cycle_chance[intervention],
            self.testing_effects(unit) - self.inputs.difficulty[intervention][element],
            self.epochs.open[self.epoch][intervention],
        )
        return self.chance(unit, Purpose.CYCLE_SUCCESS, self.cycle_number(unit, element)) < chance

    def elements_kept(self, unit: Unit) -> int:
        """What stays in place after a lapse: at least the last element is lost."""
        count = self.inputs.elements[self.who.intervention[unit.index]]
        kept = 0
        for element in range(count):
            number = self.chance(unit, Purpose.ELEMENT_LOSS, (unit.attempt << 32) + element)
            if not rules.loses_element(number, self.constants.element_loss_share):
                kept |= 1 << element
        return kept & ~(1 << (count - 1)) if kept == (1 << count) - 1 else kept

    def next_champion_loss(self, unit: Unit, day: float) -> float:
        """When the champion who is there from `day` on leaves."""
        occurrence = (unit.attempt << 32) + unit.champion_count
        unit.champion_count += 1
        threshold = self.threshold(unit, Purpose.CHAMPION_LOSS, occurrence)
        return rules.due_day(day, threshold, self.inputs.champion_loss_per_day[unit.index])

    def queue_key(self, unit: Unit) -> tuple[float, float, float, int]:
        """Priority, then first come, then a keyed tie-break, then the agent."""
        index, intervention = unit.index, self.who.intervention[unit.index]
        priority = rules.queue_key(
            self.epochs.priority_rule[self.epoch], self.inputs.deprived_share[index], self.inputs.readiness[index],
            self.inputs.deadline_day[intervention],
            self.coached_by[self.who.psc[index]][self.inputs.programme[intervention]],
            self.inputs.priority[intervention],
        )  # fmt: skip
        return priority, self.now, self.chance(unit, Purpose.TIE_BREAK, unit.attempt), index

    RATES: ClassVar = {
        0: contact_rate, 1: interest_rate, 2: decision_rate, 3: no_rate, 4: stop_rate,
        5: lapse_rate, 6: lapse_rate, 7: lapse_rate, STOPPED: resume_rate, LAPSED: restart_rate,
    }  # fmt: skip

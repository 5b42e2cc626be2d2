"""The model of docs/odd.md written once more, from that page alone, to be read beside it.

Everything is plain: one heap of events, one object for each unit, and the formulas in the order of the page. It is
given what the files say, a parsed scenario among it, and the values of parameters; no rule of the package is used.

It covers chapters 3 and 5 and submodels 7.1 to 7.10 and 7.16. It leaves out how values are drawn from beliefs (end of
7.16), reliability, ambitions and what is counted (7.11 to 7.15), and beginning half-way (7.17).
"""

import hashlib
import heapq
import math
from datetime import date, timedelta
from functools import partial
from statistics import NormalDist
from types import SimpleNamespace
from typing import Any, NamedTuple

MONTH, YEAR = 30.4375, 365.25
CONTACT, INTEREST, DECISION, SLOT, PLACE, EXPIRY, TESTING, FAILED, ELEMENT = range(9)
ADOPTION, SPREAD, SUSTAIN, STOP, RESUME, LAPSE, RESTART = range(9, 16)
ENDS = (FAILED, ELEMENT, SPREAD, SUSTAIN, STOP, LAPSE)
WAITS = {0: (CONTACT,), 1: (INTEREST,), 2: (DECISION,), 3: (), 4: (STOP,), 5: (SPREAD, LAPSE), 6: (LAPSE,), 7: (LAPSE,)}
WAITS |= {8: (RESUME,), 9: (RESTART,)}
LEADS_TO = {CONTACT: 1, INTEREST: 2, RESUME: 2, SPREAD: 6}
IN_USE = (5, 6, 7)
TIERS = ("board", "managers", "everyone", "teams", "coaches", "experts")
GROUPS = {"mental_health": "mental_health", "ward": "mental_health", "care_home": "care_home"}
GROUPS |= dict.fromkeys(("community", "ambulance", "ccg", "gp"), "primary_care")
PURPOSES = {
    CONTACT: 20, INTEREST: 21, DECISION: 22, STOP: 23, RESUME: 24, LAPSE: 25, RESTART: 26, SPREAD: 27,
    "REGION_EFFECT": 2, "ORGANISATION_FRAILTY": 3, "SITE_FRAILTY": 4, "CONTEXT": 5, "CULTURE": 6, "LEADERSHIP": 7,
    "CAPABILITY": 8, "ENGAGED": 9, "BASELINE_ELEMENT": 10, "BASELINE_STAGE": 11, "BASELINE_SINCE": 12, "CHAMPION": 13,
    "MEASUREMENT": 14, "ATTENDANCE": 15, "HEARING": 16, "COURSE_ATTENDANCE": 17, "PATIENCE": 28, "CYCLE_LENGTH": 29,
    "CYCLE_SUCCESS": 30, "ELEMENT_LOSS": 31, "CHAMPION_LOSS": 32, "TIE_BREAK": 33,
}  # fmt: skip
WORD, GOLDEN = 2**64 - 1, 0x9E3779B97F4A7C15


# Random numbers (7.16)


def key(text):
    """Give the key of a text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def mix(word):
    """Scramble a word of 64 bits."""
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & WORD
    return word ^ (word >> 31)


def join(left, right):
    """Make one key of two."""
    return mix((left * GOLDEN + right) & WORD)


def run_key(seed, draw, replicate):
    """Give the key of a run."""
    return join(join(join(GOLDEN, seed), draw), replicate)


def uniform(run, agent, purpose, occurrence=0):
    """Give the uniform number of an agent, a purpose and an occurrence."""
    place = mix(run ^ ((agent + PURPOSES[purpose] * GOLDEN) & WORD))
    return ((mix((place + occurrence * GOLDEN) & WORD) >> 11) + 0.5) * 2.0**-53


def normal(run, text, purpose):
    """Give the standard normal deviate of a code."""
    return quantile(uniform(run, key(text), purpose))


quantile = NormalDist().inv_cdf  # algorithm AS 241


# What is given


class Site(NamedTuple):
    """A site; `deprived` is the share of its catchment in the most deprived fifth."""

    organisation: str
    psc: str
    setting: str
    services: frozenset[str] = frozenset()
    deprived: float = 0.0


class World(NamedTuple):
    """All that is given.

    `values` by the names of the catalogue, `presets` outreach, champions and measurement by level of support,
    `organisations` setting and staff (None: unknown), `networks` layer and sites, `ties` site, peer, layer and weight.
    """

    scenario: Any
    values: dict[str, float]
    presets: dict[str, tuple[float, float, float]]
    sites: dict[str, Site]
    organisations: dict[str, tuple[str, float | None]]
    networks: dict[str, tuple[str, list[str]]]
    ties: list[tuple[str, str, str, int]]


# The model


def group(setting):
    """Give the group of a setting (7, symbols)."""
    return GROUPS.get(setting, "acute")


def turnover(values, setting):
    """Give the turnover of staff in a year, which has three groups."""
    kind = group(setting) if group(setting) in ("care_home", "primary_care") else "nhs"
    return values[f"leaver_{kind}_per_year"]


def of(table, code):
    """Read a lever for one of its table."""
    return table.get(code, table.get("default"))


def in_use(peers):
    """Add up the peers that use their intervention."""
    return sum(weight for unit, weight in peers if unit.status in IN_USE)


def falls(owner, today, day, interval):
    """Tell whether a meeting of an owner falls on a date (7.5)."""
    months = max(1, round(interval)) if interval else 0
    return months and today.day == 1 + day and (12 * today.year + today.month - owner % 720720) % months == 0


class Simulation:
    """One run of a world: `run()` gives rows of (time, event, site, intervention, element, from, to, cause)."""

    def __init__(self, world, seed, draw, replicate):
        self.world, self.asked, self.values = world, world.scenario, world.values
        self.origin = self.asked.start
        self.days = self.day_of(self.asked.end) + 1
        self.fixed, self.luck = run_key(seed, draw, 0), run_key(seed, draw, replicate)
        self.now, self.log, self.heap, self.serial = 0.0, [], [], 0
        self.plan, self.places, self.learnt, self.called = {}, {}, {}, set()
        self.gap = self.values["champion_gap_months"] * MONTH
        self.regimes = {0: self.asked} | {self.day_of(change.from_date): change for change in self.asked.change}
        self.regime = self.asked
        self.interventions = self.asked.interventions
        self.opens = {name: self.opening(name) for name in self.interventions}
        pairs = [(name, code) for name, j in self.interventions.items() for code in self.eligible(j)]
        self.orgs = {code: self.organisation(code) for code in sorted({world.sites[c].organisation for _, c in pairs})}
        self.units = [self.unit(number, *pair) for number, pair in enumerate(pairs)]
        self.pscs = sorted({u.psc for u in self.units})
        self.members = {
            code: sorted((u for u in self.units if u.code in sites), key=lambda u: (u.code, u.number))
            for code, (_, sites) in sorted(world.networks.items())
        }
        for u in self.units:
            u.views = self.views(u)

    def day_of(self, when):
        """Give the day of a date."""
        return (when - self.origin).days

    def eligible(self, intervention):
        """List the sites an intervention is for (6)."""
        wanted = intervention.eligible
        return [
            code
            for code, site in sorted(self.world.sites.items())
            if (not wanted.settings or site.setting in wanted.settings) and site.services.issuperset(wanted.services)
        ]

    # What a draw fixes (7.1) and the beginning (5)

    def organisation(self, code):
        """Give an organisation its slots and dose."""
        v, (setting, _) = self.values, self.world.organisations[code]
        staff = self.staff(code)
        slots = math.floor(max(v["slots_minimum"], v["slots_per_1000_staff"] * staff / 1000) + 0.5)
        loss = turnover(v, setting) + v["skill_decay_per_year"]
        dose = {t: v[f"dose_initial_{t}"] for t in TIERS}
        sizes = {t: staff * v[f"staff_share_{t}"] for t in TIERS}
        fields = {"code": code, "slots": slots, "loss": loss, "dose": dose, "sizes": sizes, "worn": 0.0, "queue": []}
        return SimpleNamespace(**fields, initial=self.index(dose), held=0, dose_effect=0.0, load_effect=0.0)

    def staff(self, code):
        """Give the staff of an organisation."""
        setting, staff = self.world.organisations[code]
        return self.values[f"staff_default_{group(setting)}"] if staff is None else staff

    def index(self, dose):
        """Give the index of a dose (7.6)."""
        v = self.values
        return sum(v[f"dose_weight_{t}"] * min(1.0, dose[t] / v[f"dose_target_{t}"]) for t in TIERS)

    def opening(self, name):
        """Give the day from which an intervention exists (7.1, tools not yet there)."""
        first, given = self.origin.replace(day=1), self.interventions[name].available_from
        delay = self.values.get(f"{name}.available_delay_months")
        if delay is None:
            return -math.inf if given is None else self.day_of(given)
        if given is not None:
            length = (date(given.year + given.month // 12, given.month % 12 + 1, 1) - given.replace(day=1)).days
            delay += 12 * (given.year - first.year) + given.month - first.month + (given.day - 1) / length
        month = first.month - 1 + max(0, math.ceil(delay - 1e-9))
        day = self.day_of(date(first.year + month // 12, month % 12 + 1, 1))
        return day if day < self.days else math.inf

    def unit(self, number, name, code):
        """Give a unit the effects a draw fixes and the status it begins from."""
        v, site = self.values, self.world.sites[code]
        j, own, org = self.interventions[name], key(code), site.organisation
        u = SimpleNamespace(number=number, j=j, name=name, code=code, site=site, org=self.orgs[org], psc=site.psc)
        u.n, u.elements = len(j.elements), set()
        u.key, u.decision_key = join(key(name), own), join(key(j.package or name), own)
        s, log_variance = v["frailty_organisation_share"], math.log(1 + v["frailty_variance"])
        z = math.sqrt(s) * normal(self.fixed, org, "ORGANISATION_FRAILTY")
        z += math.sqrt(1 - s) * normal(self.fixed, code, "SITE_FRAILTY")
        u.frailty = math.sqrt(log_variance) * z - log_variance / 2
        region = v["region_log_sd"] * normal(self.fixed, site.psc, "REGION_EFFECT") - v["region_log_sd"] ** 2 / 2
        phi, common = v["context_correlation"], normal(self.fixed, org, "CONTEXT")
        culture, leadership, u.capability = (
            v[f"{what.lower()}_log_hr"] * (math.sqrt(phi) * common + math.sqrt(1 - phi) * normal(self.fixed, org, what))
            for what in ("CULTURE", "LEADERSHIP", "CAPABILITY")
        )
        context = culture + leadership + u.capability
        u.readiness = u.frailty + context
        u.engaged = uniform(self.fixed, own, "ENGAGED") < of(self.asked.engaged_share, site.psc)
        u.champion_rank = uniform(self.fixed, u.key, "CHAMPION")
        u.measurement_rank = uniform(self.fixed, u.key, "MEASUREMENT")
        speed = v[f"decision_{group(site.setting)}_per_month"] / MONTH * v["decision_scale"] * v[f"{name}.appeal"]
        u.decision_base = speed * math.exp(region + u.frailty + context)
        u.interest_base = v[f"interest_{group(site.setting)}_per_month"] / MONTH
        u.leavers = turnover(v, site.setting)
        u.lapse_turnover = v["lapse_turnover_log_hr"] * (u.leavers - v["turnover_reference_per_year"]) / 0.1
        u.attempt = u.successes = u.champions = 0
        u.holds_slot = u.coached = False
        u.waits, u.due, u.told, u.champion_leaves = {}, {}, None, math.inf
        self.baseline(u, z)
        return u

    def baseline(self, u, z):
        """Give a unit its status, day and elements at a programme's beginning (5)."""
        v = self.values
        rho, sustain = v["baseline_site_correlation"], v["sustain_months"] * MONTH

        def before(e, element):
            share = v.get(f"{u.name}.baseline.{element.name}", 0.0)
            if not 0 < share < 1:
                return share >= 1
            own = quantile(uniform(self.fixed, u.key, "BASELINE_ELEMENT", e))
            return math.sqrt(1 - rho) * own - math.sqrt(rho) * z < quantile(share)

        u.elements = {e for e, element in enumerate(u.j.elements) if before(e, element)}
        luck, total, stage = uniform(self.fixed, u.decision_key, "BASELINE_STAGE"), 0.0, 0
        for k in range(7, 0, -1):
            total += v.get(f"{u.name}.stage.{k}", 0.0)
            if luck < total:
                stage = k
                break
        u.since = -v["baseline_in_use_months"] * MONTH * uniform(self.fixed, u.key, "BASELINE_SINCE")
        if stage == 7:
            u.since -= sustain
        u.status = 7 if -u.since >= sustain else min(max(stage, 5), 6)
        if self.opens[u.name] > 0 or (len(u.elements) < u.n and stage < 5):
            u.status, u.since = min(stage, 4), -1.0
        if u.status in IN_USE:
            u.elements = set(range(u.n))
        elif len(u.elements) == u.n:
            u.elements.discard(u.n - 1)

    def views(self, u):
        """List the views of a unit (7.4)."""
        same, views = [other for other in self.units if other.name == u.name and other is not u], []
        if u.j.peers == "networks":
            views.append(("organisation", None, [(other, 1) for other in same if other.org is u.org]))
            for code, members in self.members.items():
                if u in members:
                    views.append((self.world.networks[code][0], code, [(o, 1) for o in same if o in members]))
        if u.j.peers != "none":
            tied = [(layer, peer, weight) for site, peer, layer, weight in self.world.ties if site == u.code]
            for name in sorted({layer for layer, _, _ in tied}):
                weights = {peer: weight for layer, peer, weight in tied if layer == name}
                views.append(("tie", None, [(o, weights[o.code]) for o in same if o.code in weights]))
        views = [view for view in views if view[2]]
        layers = [layer for layer, _, _ in views]
        raw = [self.values[f"peer_weight_{layer}"] / layers.count(layer) for layer in layers]
        shares = [weight / sum(raw) if sum(raw) > 0 else 0.0 for weight in raw]
        return [
            SimpleNamespace(weight=share, network=code, peers=p, total=sum(w for _, w in p), known=in_use(p))
            for share, (_, code, p) in zip(shares, views, strict=True)
        ]

    # Scheduling (3)

    def run(self):
        """Simulate to the end and give the log."""
        self.timetable()
        self.replan()
        for u in self.units:
            if u.status == 4:
                u.holds_slot = True
                u.org.held += 1
        for u in sorted(self.units, key=lambda u: u.key):
            if u.status == 4 and u.engaged and self.places[u.psc].held < self.places[u.psc].capacity:
                u.coached = True
                self.places[u.psc].held += 1
        for u in self.units:
            self.begin(u)
            if u.status == 3:
                self.ask_slot(u)
            elif u.status == 4:
                self.next_element(u)
            elif u.status in IN_USE:
                self.come_into_use(u)
        while self.heap:
            time, _, _, _, _, action = heapq.heappop(self.heap)
            if time >= self.days:
                break
            if action is not None:
                self.now = time
                action()
        return self.log

    def schedule(self, time, phase, agent, code, action):
        """Put an event in the order (day, phase, agent, event code)."""
        self.serial += 1
        entry = [time, phase, agent, code, self.serial, action]
        heapq.heappush(self.heap, entry)
        return entry

    def expect(self, u, event, time, action):
        """Schedule the event a unit waits for, in place of the one it expected before."""
        self.forget(u, event)
        if time < math.inf:
            u.due[event] = self.schedule(time, 1 if event in ENDS else 3, u.number, event, action)

    def forget(self, u, event):
        """Take back what a unit expected."""
        if event in u.due:
            u.due.pop(event)[-1] = None

    def record(self, u, event, to, cause=0, element=-1):
        """Write a row of the log and put the unit in its status."""
        self.log.append((self.now, event, u.code, u.name, element, u.status, to, cause))
        if to != u.status:
            u.status, u.since = to, self.now

    def regime_on(self, day):
        """Give the regime in force on a day."""
        return self.regimes[max(since for since in self.regimes if since <= day)]

    def runs(self, programme, day):
        """Tell whether a programme runs on a day."""
        return self.day_of(programme.start) <= day <= self.day_of(programme.end or self.asked.end)

    def entry(self, name):
        """Give the day an intervention enters its programme."""
        programme = self.asked.programmes[self.interventions[name].programme]
        return self.day_of(programme.enters.get(name, programme.start))

    def refresh_days(self):
        """List the days of refreshes."""
        days = {0} | {day for day in range(self.days) if (self.origin + timedelta(day)).day == 1}
        days |= set(self.regimes) | {self.entry(name) for name in self.interventions}
        for p in self.asked.programmes.values():
            days |= {self.day_of(p.start), self.day_of(p.end or self.asked.end) + 1}
        for shock in self.asked.shocks:
            days |= {self.day_of(shock.start), self.day_of(shock.end) + 1}
        days |= {self.day_of(j.available_from) for j in self.interventions.values() if j.available_from}
        return sorted(day for day in days if 0 <= day < self.days)

    def timetable(self):
        """Schedule refreshes, courses, meetings and learning sets (7.5)."""
        networks = {code: n for n, code in enumerate(self.members)}
        hosts = {psc: self.host(psc) for psc in self.pscs}
        for day in self.refresh_days():
            self.schedule(day, 0, -1, 0, self.refresh)
        for day in range(self.days):
            regime, today = self.regime_on(day), self.origin + timedelta(day)
            for code, (layer, _) in self.world.networks.items():
                owner, months = key(code), of(regime.meeting_interval_months, layer)
                if len(self.members[code]) > 1 and falls(owner, today, owner % 28, months):
                    self.schedule(day, 2, networks[code], 0, partial(self.meeting, code, False))
            if not any(self.runs(p, day) for p in self.asked.programmes.values()):
                continue
            for n, psc in enumerate(self.pscs):
                owner, sets, host = key(psc), of(regime.learning_sets, psc), hosts[psc]
                if host and sets and falls(owner, today, (owner % 28 + 14) % 28, 12 / sets):
                    self.schedule(day, 2, networks[host], 1, partial(self.meeting, host, True))
                held = falls(owner, today, owner % 28, regime.course_interval_months)
                if held and any(self.seats(regime, psc).values()):
                    self.schedule(day, 0, n, 0, partial(self.course, psc))

    def seats(self, regime, psc):
        """Give the seats of a course by tier (7.5)."""
        if not any(regime.training.values()):
            return {tier: of(regime.course_seats, tier) for tier in TIERS}
        staff = 0.0
        for org in self.orgs:
            setting, known = self.world.organisations[org]
            usual = self.asked.parameters[f"staff_default_{group(setting)}"].value
            pscs = {u.psc for u in self.units if u.org.code == org}
            staff += (usual if known is None else known) / len(pscs) * (psc in pscs)
        return {tier: of(regime.training, tier) * regime.course_interval_months / 12 * staff for tier in TIERS}

    def host(self, psc):
        """Give the network in which a collaborative holds its learning sets."""
        count = {
            code: sum(u.psc == psc for u in members)
            for code, members in self.members.items()
            if self.world.networks[code][0] == "psc"
        }
        return max(count, key=count.get) if any(count.values()) else None

    # The plan in force (7.2)

    def replan(self):
        """Put the plan of today in force; more places call a round."""
        v, self.regime = self.values, self.regime_on(self.now)
        for psc in self.pscs:
            pool = self.places.setdefault(psc, SimpleNamespace(capacity=0, held=0, queue=[]))
            old = pool.capacity
            per_coach = v["caseload_sites"] * v["interventions_per_coached_site"]
            pool.capacity = math.floor(of(self.regime.coaches, psc) * per_coach + 0.5)
            if pool.capacity > old:
                self.call(1, psc)
        self.plan = {(name, psc): self.terms(name, psc) for name in self.interventions for psc in self.pscs}

    def terms(self, name, psc):
        """Give what the plan says of an intervention in a collaborative."""
        v, regime, entry = self.values, self.regime, self.entry(name)
        programme = self.asked.programmes[self.interventions[name].programme]
        t = SimpleNamespace(open=self.now >= self.opens[name])
        t.started = self.runs(programme, self.now) and self.now >= entry
        t.push = v[f"push_{((programme.push or regime.push) if t.started else 'none')}_log_hr"]
        level = programme.support or of(regime.support, psc)
        own = (regime.outreach_hours, regime.champions, regime.measurement)
        t.hours, t.champions, t.measurement = (of(lever, psc) for lever in own)
        usual = self.world.presets[level][0]
        if programme.support:
            t.hours, t.champions, t.measurement = self.world.presets[level]
        g, half = v["support_standard_log_hr"], v["outreach_half_hours"]
        extra = v["support_enhanced_extra_log_hr"]
        effect = {"none": 0.0, "light": v["support_light_share"] * g, "standard": g, "enhanced": g + extra}[level]
        saturation = (t.hours / (t.hours + half)) / (usual / (usual + half)) if usual else 1.0
        culture = v["culture_log_hr"] * v["safety_culture_gain_sd"] * of(regime.safety_culture, psc)
        t.support, t.unsupported = effect * saturation - g + culture, -g
        t.coaching, t.uncoached = v["support_testing_share"] * (effect - g), -v["support_testing_share"] * g
        t.shock = sum(
            math.log(v[f"shock.{shock.name}.multiplier"])
            for shock in self.asked.shocks
            if self.day_of(shock.start) <= self.now <= self.day_of(shock.end)
            if not shock.interventions or name in shock.interventions
        )
        ahead = self.next_deadline(name, self.now) - self.now
        t.trend = t.push + t.shock + v["secular_log_per_year"] * max(0, self.now - entry) / YEAR
        if ahead <= v["deadline_window_months"] * MONTH:
            t.trend += v["deadline_log_hr"]
        t.trend += v["co_design_log_hr"] * (regime.co_design - v["co_design_reference_share"])
        t.testing = v["push_testing_share"] * (t.push + t.shock)
        t.stopping = v["push_stop_share"] * (t.push + t.shock)
        t.campaign = v["contact_campaign_per_month"] / MONTH if t.started else 0.0
        return t

    def next_deadline(self, name, now):
        """Give the day of an intervention's next deadline, seen from a day."""
        days = [self.day_of(a.deadline) for a in self.asked.ambitions.values() if name in a.interventions]
        return min((day for day in days if day >= now), default=math.inf)

    def refresh(self):
        """Refresh the plan, organisations and units, in this order (3)."""
        for org in self.orgs.values():
            self.wear(org)  # by the plan of the days until now
        self.replan()
        for org in self.orgs.values():
            org.dose_effect = self.values["dose_log_hr"] * (self.index(org.dose) - org.initial)
            org.load_effect = self.values["load_log_hr"] * max(0.0, org.held - self.values["load_free_count"])
        for u in self.units:
            while u.status in IN_USE and u.champion_leaves + self.gap <= self.now:
                self.draw_champion(u, u.champion_leaves + self.gap)
            for event in list(u.waits):
                self.look(u, event)

    def wear(self, org):
        """Wear the dose of an organisation down to now (7.6)."""
        refreshed = self.values["skill_decay_per_year"] * self.regime.refreshers
        left = math.exp(-(org.loss - refreshed) / YEAR * (self.now - org.worn))
        org.dose, org.worn = {t: y * left for t, y in org.dose.items()}, self.now

    # Waiting for chance (3)

    def begin(self, u):
        """Begin the waits of a unit's status; those it goes on with keep their thresholds."""
        for event in [event for event in u.waits if event not in WAITS[u.status]]:
            del u.waits[event]
            self.forget(u, event)
        for event in WAITS[u.status]:
            if event not in u.waits:
                agent = u.decision_key if event in (CONTACT, INTEREST, DECISION) else u.key
                threshold = -math.log(uniform(self.luck, agent, event, u.attempt))
                u.waits[event] = SimpleNamespace(threshold=threshold, rate=0.0, changed=self.now)
                self.look(u, event)

    def look(self, u, event):
        """Look at the rate of a wait again, and spend the rest of its threshold at it."""
        wait, rate = u.waits[event], self.rate(u, event)
        if rate != wait.rate:
            wait.threshold = max(0.0, wait.threshold - wait.rate * (self.now - wait.changed))
            wait.rate, wait.changed = rate, self.now
            due = self.now + wait.threshold / rate if rate > 0 else math.inf
            self.expect(u, event, due, partial(self.happens, u, event))

    def rate(self, u, event):
        """Give the rate of a hazard a day (7.3, 7.4, 7.8 to 7.10)."""
        v, t = self.values, self.plan[u.name, u.psc]
        supported = u.engaged and t.started
        held = t.stopping + (t.coaching - t.uncoached if supported else 0.0)
        if event == CONTACT:
            outreach = v["contact_outreach_per_hour"] / MONTH * (t.hours if supported else 0.0)
            return (t.campaign * math.exp(t.push) + outreach) * math.exp(t.shock)
        if event == INTEREST:
            return u.interest_base * math.exp(t.push + t.shock)
        if event == DECISION:
            return self.decision_rate(u, t, supported) if t.open else 0.0
        if event == STOP:
            return self.stop_rate(u, t)
        if event == SPREAD:
            return v["spread_per_month"] / MONTH
        if event == LAPSE:
            return self.lapse_rate(u, t, held)
        return v["resume_per_month" if event == RESUME else "restart_per_month"] / MONTH * math.exp(held)

    def decision_rate(self, u, t, supported):
        """Give the rate of deciding (7.4)."""
        v = self.values
        recent = self.now - self.learnt.get(u.code, -math.inf) < v["learning_set_effect_days"]
        learning = v["learning_set_log_hr"] if recent else 0.0
        known = [in_use(view.peers) if view.network is None else view.known for view in u.views]
        exposure = sum(view.weight * k / view.total for view, k in zip(u.views, known, strict=True))
        effects = (t.support if supported else t.unsupported) + t.trend + u.org.dose_effect + u.org.load_effect
        return u.decision_base * math.exp(effects + learning) * (1 + v["kappa"] * exposure ** v["peer_exponent"])

    def stop_rate(self, u, t):
        """Give the rate of giving up testing (7.8)."""
        v, long = self.values, self.now - u.since >= self.values["no_signal_months"] * MONTH
        effects = v["no_signal_log_hr"] if long and u.successes == 0 else 0.0
        effects -= (t.coaching if u.coached else t.uncoached) + t.stopping + u.frailty / 2
        return v["stop_per_month"] / MONTH * math.exp(effects)

    def lapse_rate(self, u, t, held):
        """Give the rate of lapsing (7.9)."""
        v = self.values
        missing = u.champion_rank >= t.champions or u.champion_leaves <= self.now < u.champion_leaves + self.gap
        effects = v["lapse_measurement_log_hr"] * (u.measurement_rank < t.measurement) + u.lapse_turnover
        effects += v["lapse_champion_loss_log_hr"] * missing - u.org.dose_effect - held
        embedded = v["lapse_embedded_share"] if u.status == 7 else 1.0
        return v["lapse_per_month"] / MONTH * embedded * math.exp(effects)

    # What happens to a unit (3, 7.8 to 7.10)

    def happens(self, u, event):
        """Let the hazard of a unit have its event."""
        if event == DECISION:
            self.decide(u, DECISION)
        elif event == STOP:
            self.stop(u)
        elif event == LAPSE:
            self.lapse(u)
        elif event == RESTART:
            self.decide(u, RESTART)
        else:
            self.record(u, event, LEADS_TO[event], cause=int(event == CONTACT))
            self.begin(u)

    def decide(self, u, event):
        """Decide, or restart: ask for a slot, or adopt what needs no testing."""
        self.record(u, event, 3)
        self.begin(u)
        if u.j.testing:
            self.ask_slot(u)
        else:
            self.adopt(u)

    def test(self, u, cause):
        """Begin testing with the first missing element."""
        self.record(u, TESTING, 4, cause)
        self.begin(u)
        self.next_element(u)

    def next_element(self, u):
        """Begin the first cycle on the first missing element; if none is, come into use."""
        missing = set(range(u.n)) - u.elements
        if missing:
            self.cycle(u, min(missing), 0)
        else:
            self.adopt(u)

    def cycle(self, u, element, count):
        """Begin a cycle on an element (7.8)."""
        v = self.values
        tau = v[f"testing_{u.j.kind}_months"] * MONTH
        mean = min(7 * v["cycle_weeks"], v["cycle_ceiling_share"] * tau / u.n)
        occurrence = u.attempt * 2**32 + element * 2**24 + count
        luck, length = uniform(self.luck, u.key, "CYCLE_LENGTH", occurrence), mean
        if self.asked.cycle_shape == "lognormal":
            length = mean * math.exp(v["cycle_log_sd"] * quantile(luck) - v["cycle_log_sd"] ** 2 / 2)
        elif self.asked.cycle_shape == "exponential":
            length = -mean * math.log(luck)
        self.expect(u, FAILED, self.now + length, partial(self.cycle_ends, u, element, count, u.n * mean / tau))

    def cycle_ends(self, u, element, count, chance):
        """End a cycle, by success or failure."""
        v, t = self.values, self.plan[u.name, u.psc]
        effects = (t.coaching if u.coached else t.uncoached) + t.testing + u.capability
        effects += u.org.dose_effect + u.frailty / 2
        effects += v["champion_testing_log_hr"] * ((u.champion_rank < t.champions) - v["champion_reference_share"])
        measured = u.measurement_rank < t.measurement
        effects += v["measurement_testing_log_hr"] * (measured - v["measurement_reference_share"])
        pace = math.exp(effects - math.log(v[f"{u.name}.difficulty.{u.j.elements[element].name}"]))
        luck = uniform(self.luck, u.key, "CYCLE_SUCCESS", u.attempt * 2**32 + element * 2**24 + count)
        if not (t.open and luck < 1 - (1 - chance) ** pace):
            self.record(u, FAILED, 4, element=element)
            self.cycle(u, element, count + 1)
            return
        self.record(u, ELEMENT, 4, element=element)
        u.elements.add(element)
        u.successes += 1
        self.next_element(u)

    def adopt(self, u):
        """Come into use."""
        self.record(u, ADOPTION, 5)
        u.elements = set(range(u.n))
        self.release(u)
        self.come_into_use(u)
        self.begin(u)
        self.tell_peers(u)

    def come_into_use(self, u):
        """Draw the champion and expect to be sustained."""
        self.draw_champion(u, self.now)
        if u.status != 7:
            day = max(u.since + self.values["sustain_months"] * MONTH, self.now)
            self.expect(u, SUSTAIN, day, partial(self.sustain, u))

    def draw_champion(self, u, now):
        """Draw the day a champion leaves."""
        luck = uniform(self.luck, u.key, "CHAMPION_LOSS", u.attempt * 2**32 + u.champions)
        u.champion_leaves = now - math.log(luck) / (u.leavers / YEAR) if u.leavers > 0 else math.inf
        u.champions += 1

    def sustain(self, u):
        """Be sustained: the lapse threshold is spent at the embedded rate from now on."""
        self.record(u, SUSTAIN, 7)
        self.begin(u)
        self.look(u, LAPSE)

    def stop(self, u):
        """Give up testing."""
        self.record(u, STOP, 8, cause=0 if u.successes else 6)
        self.forget(u, FAILED)
        self.release(u)
        u.attempt, u.successes = u.attempt + 1, 0
        self.begin(u)

    def lapse(self, u):
        """Lapse, and lose elements."""
        self.record(u, LAPSE, 9)
        self.forget(u, SUSTAIN)
        share = self.values["element_loss_share"]
        lost = {e for e in range(u.n) if uniform(self.luck, u.key, "ELEMENT_LOSS", u.attempt * 2**32 + e) < share}
        u.elements -= lost or {u.n - 1}
        u.attempt, u.successes = u.attempt + 1, 0
        self.begin(u)
        self.tell_peers(u)

    def tell_peers(self, u):
        """Have those that know of a unit at once look at their rate."""
        for other in self.units:
            at_once = [peer for view in other.views if view.network is None for peer, _ in view.peers]
            if other.status == 2 and u in at_once:
                self.look(other, DECISION)

    # Slots and coaching places (7.7)

    def ask_slot(self, u):
        """Ask the organisation for a slot."""
        heapq.heappush(u.org.queue, self.request(u))
        self.call(0, u.org.code)

    def request(self, u):
        """Give a request its order in a queue."""
        programme = self.asked.programmes[u.j.programme]
        priority = {
            "first_come": 0.0,
            "neediest": -u.site.deprived,
            "readiest": -u.readiness,
            "nearest_deadline": min(self.next_deadline(u.name, 0), 1e9),
            "equal_share": sum(o.coached and o.psc == u.psc and o.j.programme == u.j.programme for o in self.units),
            "programme_priority": programme.priority,
        }[self.regime.priority_rule]
        return priority, self.now, uniform(self.luck, u.key, "TIE_BREAK", u.attempt), u.number, u

    def call(self, kind, code):
        """Call a round of slots (0) or places (1), once for each pool and instant."""
        if (kind, code) not in self.called:
            self.called.add((kind, code))
            agent = (sorted(self.orgs), self.pscs)[kind].index(code)
            self.schedule(self.now, 5 + kind, agent, SLOT, partial((self.grant_slots, self.grant_places)[kind], code))

    def grant_slots(self, code):
        """Grant slots while fewer are held than there are."""
        self.called.discard((0, code))
        org = self.orgs[code]
        while org.queue and org.held < org.slots:
            u = heapq.heappop(org.queue)[-1]
            org.held += 1
            u.holds_slot = True
            self.record(u, SLOT, 3)
            if u.engaged and self.plan[u.name, u.psc].started and self.places[u.psc].capacity > 0:
                heapq.heappush(self.places[u.psc].queue, self.request(u))
                patience = -math.log(uniform(self.luck, u.key, "PATIENCE", u.attempt))
                patience *= self.values["patience_months"] * MONTH
                self.expect(u, EXPIRY, self.now + patience, partial(self.expire, u))
                self.call(1, u.psc)
            else:
                self.test(u, 5)

    def grant_places(self, psc):
        """Grant coaching places while fewer are held than there are."""
        self.called.discard((1, psc))
        pool = self.places[psc]
        while pool.queue and pool.held < pool.capacity:
            u = heapq.heappop(pool.queue)[-1]
            pool.held += 1
            u.coached = True
            self.forget(u, EXPIRY)
            self.record(u, PLACE, 3)
            self.test(u, 4)

    def expire(self, u):
        """Run out of patience, and test uncoached."""
        pool = self.places[u.psc]
        pool.queue = [request for request in pool.queue if request[-1] is not u]
        heapq.heapify(pool.queue)
        self.record(u, EXPIRY, 3)
        self.test(u, 5)

    def release(self, u):
        """Free the slot and the place that a unit holds."""
        if u.holds_slot:
            u.holds_slot = False
            u.org.held -= 1
            self.call(0, u.org.code)
        if u.coached:
            u.coached = False
            self.places[u.psc].held -= 1
            self.call(1, u.psc)

    # Meetings, learning sets and courses (7.5)

    def meeting(self, code, learning):
        """Hold a meeting or a learning set of a network."""
        owner, layer = key(code), "psc" if learning else self.world.networks[code][0]
        share, occasion = of(self.regime.attendance, layer), 2 * self.date_number() + learning

        def comes(u):
            return uniform(self.luck, join(owner, key(u.code)), "ATTENDANCE", occasion) < share

        present = [u for u in self.members[code] if comes(u)]
        self.word(owner, present, cause=2)
        for u in present:
            if learning:
                self.learnt[u.code] = self.now
            for view in u.views:
                if view.network == code:
                    view.known = in_use(view.peers)
            if u.status == 2:
                self.look(u, DECISION)

    def course(self, psc):
        """Hold a course of a collaborative."""
        owner, today = key(psc), self.date_number()
        there = [u for u in self.units if u.psc == psc]
        share = self.values["course_attendance_share"]
        present = {
            u.org.code
            for u in there
            if uniform(self.luck, join(owner, key(u.org.code)), "COURSE_ATTENDANCE", today) < share
        }
        for code in present:
            org = self.orgs[code]
            self.wear(org)
            for tier, seats in self.seats(self.regime, psc).items():
                if org.sizes[tier] > 0:
                    org.dose[tier] = min(1.0, org.dose[tier] + seats / len(present) / org.sizes[tier])
        self.word(owner, [u for u in there if u.org.code in present], cause=3)

    def word(self, owner, present, cause):
        """Let word of what is known in the room pass to those present."""
        known = {u.name for u in present if u.status > 0 and u.told != self.now}
        for u in present:
            if u.status == 0 and u.name in known:
                luck = uniform(self.luck, join(owner, u.decision_key), "HEARING", self.date_number())
                if luck < self.values["meeting_contact_share"]:
                    u.told = self.now
                    self.record(u, CONTACT, 1, cause)
                    self.begin(u)

    def date_number(self):
        """Give today in days since 1970-01-01."""
        return (self.origin - date(1970, 1, 1)).days + int(self.now)

"""Rules that any run of any scenario has to obey, tried on the user's own: ``spread scenario check --reality``.

A rule that is broken is a bug of the program, never a mistake in the scenario. Comparisons are of whole event logs on
the same luck, so "nothing changes" means not one event, to the last bit.
"""

import itertools
import math
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.decisions import reality_worlds as made
from spread.model import ADOPTED, STOPPED, Cause, Event, record
from spread.model.setting_groups import GROUPS, setting_groups
from spread.model.timetable import DAYS_PER_MONTH
from spread.network import population as people
from spread.outcomes import adoption, collect
from spread.runs import replicate
from spread.scenarios import levers, schema, unsupported, variants

Floats = NDArray[np.float64]
PASS, FAIL, NOT_APPLICABLE = "pass", "fail", "not applicable"
DRAWS: Final = 4
# A fair one is beyond this with a chance of 7 in a million (Kolmogorov).
KOLMOGOROV: Final = 2.5
ENOUGH_WAITS, ENOUGH_GAPS = 2000, 1200
FEWEST_SITES: Final = 3
MOST_DRAWS: Final = 400
CASES_COMPARED: Final = 12
# What support gives more of: coaches (WTE) and hours of contact.
MORE: Final = 2.0
LARGER: Final = 10.0
# The conditions in which more support never adopts later (docs/verification.md).
CONDITIONS: Final[made.Held] = {
    "stop_per_month": 0.0, "lapse_per_month": 0.0, "load_log_hr": 0.0, "dose_log_hr": 0.0, "push_testing_share": 0.0,
    "slots_minimum": made.BOUNDLESS, "caseload_sites": made.BOUNDLESS, "interventions_per_coached_site": 1.0,
}  # fmt: skip
NOT_BELOW_ZERO: Final = (
    "support_standard_log_hr", "support_enhanced_extra_log_hr", "learning_set_log_hr", "champion_testing_log_hr",
    "measurement_testing_log_hr",
)  # fmt: skip


class Check(NamedTuple):
    """A rule, whether it held (``pass``, ``fail`` or ``not applicable``), and the numbers that say so."""

    rule: str
    result: str
    found: str


class Checked(NamedTuple):
    """Every rule tried on a scenario.

    `units` pairs of a site and an improvement were there, of every `one_in`-th site (1: all of them).
    """

    scenario: str
    checks: tuple[Check, ...]
    units: int
    one_in: int

    @property
    def holds(self) -> bool:
        """Whether no rule is broken."""
        return all(check.result != FAIL for check in self.checks)


def check(
    scenario: schema.Scenario,
    *,
    seed: int = 1,
    draws: int = DRAWS,
    engine: str = replicate.COMPILED,
    report: Callable[[str, int, int], None] = lambda rule, done, total: None,
) -> Checked:
    """Try every rule on a scenario; `report` is told the rule, how many runs are done, and of about how many.

    Raises
    ------
    InputError
        With every mistake in the scenario's files.
    """
    ground = made.lay_ground(scenario, seed=seed, draws=draws, engine=engine)
    total, done = planned(ground), itertools.count(1)
    counting = ground._replace(report=lambda rule: report(rule, min(next(done), total), total))
    checks = tuple(Check(rule, *tried(counting)) for rule, tried in RULES.items())
    return Checked(scenario.name, checks, sum(made.eligible_counts(ground).values()), ground.one_in)


def planned(ground: made.Ground) -> int:
    """About how many runs it takes to try every rule."""
    counts = made.eligible_counts(ground)
    chain = chain_draws(min(made.CHAIN_SITES, max(counts.values())))
    return CASES_COMPARED * ground.draws + wait_draws(sum(counts.values())) + chain


def wait_draws(units: int) -> int:
    """How many runs give enough waits."""
    return min(MOST_DRAWS, max(2, math.ceil(ENOUGH_WAITS / units)))


def chain_draws(sites: int) -> int:
    """How many runs give enough gaps between adoptions."""
    return min(MOST_DRAWS, math.ceil(ENOUGH_GAPS / sites))


Found = tuple[str, str]


def judged(holds: bool, found: str) -> Found:
    """A result and its numbers."""
    return (PASS if holds else FAIL), found


# --- comparing runs -------------------------------------------------------------------------------


def differing(one: Iterable[record.EventLog], other: Iterable[record.EventLog]) -> tuple[int, int]:
    """How many runs differ, in any event or start, and how many events they have."""
    pairs = list(zip(one, other, strict=True))
    return sum(not same(*pair) for pair in pairs), sum(len(log.kind) for log, _ in pairs)


def same(one: record.EventLog, other: record.EventLog) -> bool:
    """Whether two runs are the same, bit for bit."""
    return all(np.array_equal(np.asarray(left), np.asarray(right)) for left, right in zip(one, other, strict=True))


def count(logs: Iterable[record.EventLog], event: Event) -> int:
    """How many events of a kind."""
    return sum(int((log.kind == event).sum()) for log in logs)


def first_adoptions(log: record.EventLog) -> Floats:
    """When each unit first came into use, infinite if never, minus one where it began so; shape (U,)."""
    begun = (log.initial_status >= ADOPTED) & (log.initial_status < STOPPED)
    first = np.where(begun, -1.0, math.inf)
    chosen = log.kind == Event.ADOPTION
    np.minimum.at(first, log.unit[chosen], log.time_days[chosen])
    return first


def kolmogorov(shares: Floats) -> float:
    """The largest distance of shares, 0-1, from uniform ones, times the root of their number."""
    ordered = np.sort(shares)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    furthest = max(np.abs(ordered - steps[1:]).max(), np.abs(ordered - steps[:-1]).max())
    return float(math.sqrt(len(ordered)) * furthest)


# --- levers ---------------------------------------------------------------------------------------


def everywhere(scenario: schema.Scenario, **given: object) -> schema.Scenario:
    """The scenario with levers so from its first day to its last, through every dated change."""
    changes = tuple(change.model_copy(update=given) for change in scenario.change)
    return scenario.model_copy(update={**given, "change": changes})


def raised(table: dict[str, float], more: float) -> dict[str, float]:
    """A lever with so much more in every collaborative."""
    return {code: value + more for code, value in table.items()}


def background(scenario: schema.Scenario) -> schema.Scenario:
    """The scenario without any regional support, work on safety culture included."""
    return everywhere(unsupported.without_support(scenario), safety_culture={levers.EVERYWHERE: 0.0})


# --- the rules ------------------------------------------------------------------------------------


def no_support_is_the_background(ground: made.Ground) -> Found:
    """Without support it makes no difference whom a programme works with; nor do coaches and visits for nobody."""
    plan, none = ground.scenario, background(ground.scenario)
    nobody, everybody = ({"engaged_share": {levers.EVERYWHERE: share}} for share in (0.0, 1.0))
    idle = everywhere(
        plan.model_copy(update=nobody), coaches={levers.EVERYWHERE: 0.0}, outreach_hours={levers.EVERYWHERE: 0.0}
    )
    spent = everywhere(
        idle, coaches=raised(plan.coaches, MORE), outreach_hours=raised(plan.outreach_hours, MORE)
    )  # fmt: skip
    alone, with_all, without, wasted, supported = (
        list(made.runs(made.make_case(ground, one), "no support"))
        for one in (none.model_copy(update=nobody), none.model_copy(update=everybody), idle, spent, plan)
    )
    differ, events = differing(alone, with_all)
    differ_spent, _ = differing(without, wasted)
    held = count(wasted, Event.PLACE_GRANT)
    return judged(
        not differ and not differ_spent and not held,
        f"{differ} of {ground.draws} runs differ by whom it works with, {differ_spent} by coaches and visits for "
        f"nobody, who hold {held} places ({events:,} events; {count(alone, Event.ADOPTION):,} adoptions without "
        f"support, {count(supported, Event.ADOPTION):,} with the plan)",
    )


def no_coaches_no_coached_adoption(ground: made.Ground) -> Found:
    """With no coach anywhere, nobody holds a coaching place."""
    none = variants.read_variant(ground.scenario, [variants.parse_setting("coaches=0")])
    none = none.model_copy(update={"start_from": ground.scenario.start_from})
    logs = list(made.runs(made.make_case(ground, none), "no coaches"))
    held = count(logs, Event.PLACE_GRANT)
    coached = sum(int((log.cause == Cause.COACHED).sum()) for log in logs)
    own = count(made.runs(made.make_case(ground, ground.scenario), "no coaches"), Event.PLACE_GRANT)
    tested = count(logs, Event.TESTING)
    return judged(
        not held and not coached,
        f"{held + coached} places held in {tested:,} tests without coaches; {own:,} with those of the plan",
    )


def more_support_never_later(ground: made.Ground) -> Found:
    """First adoptions under no support, the plan, and more than the plan, where theory says that none comes later."""
    plan = under_the_conditions(ground.scenario)
    tables = {name: dict(getattr(plan, name)) for name in ("meeting_interval_months", "attendance")}
    meetings, attendance = tables["meeting_interval_months"], tables["attendance"]
    # Networks that are not the collaborative's go on meeting as they do in the plan; its own do not meet.
    none = background(plan).model_copy(update={"meeting_interval_months": {**meetings, "psc": 0.0},
                                               "attendance": attendance})  # fmt: skip
    most = plan.model_copy(
        update={"coaches": raised(plan.coaches, MORE), "outreach_hours": raised(plan.outreach_hours, MORE),
                "meeting_interval_months": {**meetings, "psc": more_often(meetings["psc"])}}
    )  # fmt: skip
    if not no_more_without_support(none, plan):
        return NOT_APPLICABLE, "champions or measurement fall short of what there is without support"
    less, middle, more = (
        np.array([
            first_adoptions(log)
            for log in made.runs(
                made.make_case(ground, one, held=CONDITIONS, at_least=NOT_BELOW_ZERO), "more support"
            )
        ])
        for one in (none, plan, most)
    )  # fmt: skip
    late, late_still = int((middle > less).sum()), int((more > middle).sum())
    return judged(
        not late and not late_still,
        f"{late} of {less.size:,} later with the plan than without support ({int((middle < less).sum()):,} sooner), "
        f"{late_still} later with more than the plan ({int((more < middle).sum()):,} sooner)",
    )


def under_the_conditions(scenario: schema.Scenario) -> schema.Scenario:
    """The scenario with one plan from its first day to its last, and no shocks."""
    programmes = {
        name: one.model_copy(update={"start": min(one.start, scenario.start), "end": None, "enters": {}})
        for name, one in scenario.programmes.items()
    }
    return scenario.model_copy(update={"change": (), "shocks": (), "programmes": programmes})


def no_more_without_support(none: schema.Scenario, plan: schema.Scenario) -> bool:
    """Whether the plan has at least the champions and measurement that are there without support."""
    usual = none.champions[levers.EVERYWHERE], none.measurement[levers.EVERYWHERE]
    return min(plan.champions.values()) >= usual[0] and min(plan.measurement.values()) >= usual[1]


def more_often(interval_months: float) -> float:
    """Half the months between meetings where every meeting stays, which takes an even number of them."""
    return interval_months / 2.0 if interval_months and interval_months % 2.0 == 0.0 else interval_months


def waits_are_exponential(ground: made.Ground) -> Found:
    """Without peers and with nothing changing, decisions come after exponential waits at the published speeds."""
    names = tuple(ground.scenario.interventions)
    case = made.quiet_case(ground, names, peers="none", held={})
    units = case.world.units
    group = setting_groups(ground.population.settings)[units.site]
    draws = wait_draws(len(units.site))
    shares = []
    for draw, log in enumerate(made.runs(case, "exponential waits", draws)):
        known = made.parameters_of(case, draw)
        speeds = np.array([known[f"decision_{name}_per_month"] for name in GROUPS])[group]
        appeal = np.array([known[f"{name}.appeal"] for name in names])[units.intervention]
        decided = log.kind == Event.DECISION
        waits = np.full(len(units.site), math.inf)
        waits[log.unit[decided]] = log.time_days[decided]
        shares.append(-np.expm1(-waits * speeds * known["decision_scale"] * appeal / DAYS_PER_MONTH))
    distance = kolmogorov(np.concatenate(shares))
    return judged(
        distance <= KOLMOGOROV,
        f"distance from the exponential {distance:.2f}, at most {KOLMOGOROV:g} allowed, of "
        f"{draws * len(units.site):,} waits",
    )


def complete_ties_are_the_chain(ground: made.Ground) -> Found:
    """Gaps between adoptions, each times its theoretical rate, against the exponential of mean one."""
    case, sites = made.chain_case(ground)
    if sites < FEWEST_SITES:
        return NOT_APPLICABLE, f"{sites} sites are too few for a chain"
    draws = chain_draws(sites)
    before = np.arange(sites)
    share = made.PEERS_EFFECT * before / (sites - 1)
    rates = (sites - before) * made.CHAIN_PER_MONTH / DAYS_PER_MONTH * (1.0 + share)
    gaps = []
    for log in made.runs(case, "pure-birth chain", draws):
        times = log.time_days[log.kind == Event.ADOPTION]
        if len(times) != sites:
            return FAIL, f"{len(times)} of {sites} sites adopted where all must"
        gaps.append(np.diff(times, prepend=0.0) * rates)
    distance = kolmogorov(-np.expm1(-np.concatenate(gaps)))
    return judged(
        distance <= KOLMOGOROV,
        f"distance from the chain {distance:.2f}, at most {KOLMOGOROV:g} allowed, of {draws * sites:,} adoptions of "
        f"{sites} sites",
    )


def the_ineligible_never_count(ground: made.Ground) -> Found:
    """No event at an ineligible site, none in a denominator, and nothing changes if they were ten times as large."""
    people_there, scenario = ground.population, ground.scenario
    asked = scenario.interventions
    entitled = {name: eligible_by_hand(one, people_there) for name, one in asked.items()}
    outside = sum(int((~flags).sum()) for flags in entitled.values())
    if not outside:
        return NOT_APPLICABLE, "every site is eligible for everything"
    case = made.make_case(ground, scenario)
    own = list(made.runs(case, "ineligible sites"))
    units = case.world.units
    wrong = sum(not entitled[asked_for][site] for asked_for, site in zip(
        (units.interventions[number] for number in units.intervention), units.site.tolist(), strict=True
    ))  # fmt: skip
    changed = ground._replace(population=with_others_larger(people_there, np.any(list(entitled.values()), axis=0)))
    differ, _ = differing(own, made.runs(made.make_case(changed, scenario), "ineligible sites"))
    miscounted = wrong_denominators(ground, {name: int(flags.sum()) for name, flags in entitled.items()})
    return judged(
        not wrong and not differ and not miscounted,
        f"{wrong} of {outside:,} ineligible pairs of a site and an improvement take part, {miscounted} denominators "
        f"are wrong, {differ} of {ground.draws} runs differ if those sites were larger and in no network",
    )


def eligible_by_hand(intervention: schema.Intervention, population: people.Population) -> NDArray[np.bool_]:
    """Which sites an intervention is for, site by site from what its file says; shape (S,)."""
    wanted = intervention.eligible
    return np.array([
        (setting in wanted.settings or not wanted.settings) and all(service in there for service in wanted.services)
        for setting, there in zip(population.settings, population.services, strict=True)
    ])  # fmt: skip


def with_others_larger(population: people.Population, kept: NDArray[np.bool_]) -> people.Population:
    """Sites that are eligible for nothing made larger and taken out of every network."""
    networks = population.networks
    network = np.repeat(np.arange(len(networks.codes)), np.diff(networks.start))
    stays = kept[networks.member]
    sizes = np.bincount(network[stays], minlength=len(networks.codes))
    fewer = networks._replace(start=np.concatenate([[0], np.cumsum(sizes)]), member=networks.member[stays])
    return population._replace(size=np.where(kept, population.size, LARGER * population.size), networks=fewer)


def wrong_denominators(ground: made.Ground, eligible: dict[str, int]) -> int:
    """How many national counts of a run do not add up to the sites that are eligible."""
    job = replicate.make_job(
        ground.scenario, ground.population, ground.ties, ground.start, seed=ground.seed, replicates=1
    )
    chunk = replicate.run_chunk(job, 0, 1, replicate.make_bench(job, ground.engine))
    counted = adoption.adoption_frames(collect.Collected(job.plan, 1, [chunk]))
    wrong = 0
    for frame in counted:
        national = frame[(frame["group_kind"] == "national") & frame["intervention"].isin(list(eligible))]
        right = national["intervention"].astype(str).map(eligible)
        stages = national[[f"stage_{stage}" for stage in range(8)] + ["stopped", "lapsed"]].sum(axis=1)
        wrong += int(((national["eligible"] != right) | (stages != right)).sum())
    return wrong


RULES: Final[dict[str, Callable[[made.Ground], Found]]] = {
    "No support equals the background": no_support_is_the_background,
    "No coaches, no coached adoption": no_coaches_no_coached_adoption,
    "More support never adopts later, where that is a law": more_support_never_later,
    "Without peers, waits are exponential": waits_are_exponential,
    "Complete immediate ties are the pure-birth chain": complete_ties_are_the_chain,
    "An ineligible site never counts": the_ineligible_never_count,
}

"""Worlds to try the rules of reality on: the user's own, thinned where it is large, and quiet ones made of its sites.

Runs are single logs: what happened in one world with one draw of the parameters, some of them held.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from spread import errors
from spread.model import frame, inputs, prepare, record, timetable
from spread.model import world as worlds
from spread.model.setting_groups import GROUPS
from spread.network import data, thinning, ties
from spread.network import population as people
from spread.network import start as starting
from spread.runs import plan, replicate
from spread.scenarios import levers, schema, unsupported, values

Held = Mapping[str, float]
Report = Callable[[str], None]
"""Told of every run which rule it is for."""
MOST_UNITS: Final = 1500
CHAIN_SITES: Final = 40
ENDLESS_DAYS: Final = 1e7
PEERS_EFFECT: Final = 8.0
CHAIN_PER_MONTH: Final = 0.02
TIE: Final = "tie"
BOUNDLESS: Final = 100_000.0
# What is held so that sites differ by chance alone and nothing changes with time.
QUIET: Final[Held] = dict.fromkeys(
    (
        "kappa", "frailty_variance", "region_log_sd", "culture_log_hr", "leadership_log_hr", "capability_log_hr",
        "secular_log_per_year", "deadline_log_hr", "load_log_hr", "support_standard_log_hr",
        "support_enhanced_extra_log_hr", "push_none_log_hr", "push_audit_log_hr", "push_incentive_log_hr",
        "push_duty_log_hr", "push_mandate_log_hr", "dose_log_hr", "co_design_log_hr", "safety_culture_gain_sd",
        "learning_set_log_hr", "stop_per_month", "lapse_per_month", "baseline_site_correlation",
    ),
    0.0,
)  # fmt: skip


class Ground(NamedTuple):
    """A scenario, who is in it, and how runs are made.

    `one_in` says that every so many-th site was kept, 1 for all of them.
    """

    scenario: schema.Scenario
    population: people.Population
    ties: people.Ties
    start: starting.StartTable | None
    one_in: int
    seed: int
    draws: int
    engine: str
    report: Report = lambda rule: None


def lay_ground(scenario: schema.Scenario, *, seed: int, draws: int, engine: str) -> Ground:
    """Read what a scenario names, and thin it where it is large.

    A thinned world starts at its baseline, since a record speaks of sites by name or of all of them together.

    Raises
    ------
    InputError
        With every mistake in its files.
    """
    read = data.read_data(scenario)
    scenario = replicate.at_data_date(scenario, read.start)
    ground = Ground(scenario, *read, 1, seed, draws, engine)
    whole = worlds.build_units(scenario, read.population)
    one_in = math.ceil(len(whole.site) / MOST_UNITS)
    while one_in > 1:
        thin = thinning.thinned(read.population, one_in)
        try:
            worlds.build_units(scenario, thin)
        except errors.InputError:  # somebody has to be left for every improvement
            one_in //= 2
            continue
        alone = scenario.model_copy(update={"start_from": None})
        kept = thin_ties(read.ties, read.population, thin)
        return ground._replace(scenario=alone, population=thin, ties=kept, start=None, one_in=one_in)
    return ground


def thin_ties(whole: people.Ties, population: people.Population, thin: people.Population) -> people.Ties:
    """The ties between sites that are left."""
    left = set(thin.site_codes)
    looker = np.repeat(np.arange(len(population.site_codes)), np.diff(whole.start))
    rows = [
        (population.site_codes[site], population.site_codes[peer], whole.layers[layer], int(weight))
        for site, peer, layer, weight in zip(looker, whole.peer, whole.layer, whole.weight, strict=True)
        if population.site_codes[site] in left and population.site_codes[peer] in left
    ]
    return ties.pack_edges(rows, thin)


def eligible_counts(ground: Ground) -> dict[str, int]:
    """How many sites each improvement is for."""
    asked = ground.scenario.interventions.items()
    return {name: len(people.eligible_sites(one, ground.population)) for name, one in asked}


class Case(NamedTuple):
    """A world ready to run, and what is held in it; `at_least` are parameters that may not be below zero."""

    ground: Ground
    world: worlds.World
    table: inputs.Timetable
    frame: frame.Frame
    beliefs: plan.Beliefs
    held: Held
    at_least: tuple[str, ...]
    endless: bool


def make_case(
    ground: Ground,
    scenario: schema.Scenario,
    *,
    held: Held | None = None,
    at_least: tuple[str, ...] = (),
    endless: bool = False,
) -> Case:
    """A scenario placed in the ground's population; `endless` runs go on until nothing is due."""
    world = worlds.build_world(scenario, ground.population, ground.ties, ground.start, origin=scenario.origin)
    framed = frame.build_frame(world)
    if ground.start is not None and scenario is not ground.scenario:
        # What is past was done as it was, whatever is tried now.
        own = worlds.build_world(
            ground.scenario, ground.population, ground.ties, ground.start, origin=ground.scenario.origin
        )
        framed = framed._replace(past=frame.build_frame(own).past)
    beliefs = plan.read_beliefs(scenario)
    return Case(ground, world, timetable.build_timetable(world), framed, beliefs, held or {}, at_least, endless)


def parameters_of(case: Case, draw: int) -> dict[str, float]:
    """The parameters of a draw, with what is held."""
    drawn = plan.draw_values(case.beliefs, seed=case.ground.seed, draw=draw).tolist()
    found = dict(zip(case.beliefs.names, drawn, strict=True))
    raised = {name: max(found[name], 0.0) for name in case.at_least}
    return {**found, **raised, **case.held}


def run(case: Case, draw: int) -> record.EventLog:
    """One run; draw k of every case has the same luck."""
    ground = case.ground
    given = prepare.prepare_inputs(
        case.world, case.table, parameters_of(case, draw), seed=ground.seed, draw=draw, framed=case.frame
    )
    if case.endless:
        given = given._replace(constants=given.constants._replace(horizon_days=ENDLESS_DAYS))
    return replicate.run_replicate(given, seed=ground.seed, draw=draw, replicate=0, engine=ground.engine)


def runs(case: Case, name: str, draws: int | None = None) -> Iterator[record.EventLog]:
    """The runs of a case, one a draw."""
    for draw in range(case.ground.draws if draws is None else draws):
        log = run(case, draw)
        kept: Any = [np.array(column) for column in log]  # the log is the engine's until its next run
        yield record.EventLog(*kept)
        case.ground.report(name)


# --- quiet worlds ---------------------------------------------------------------------------------


def quiet_case(ground: Ground, names: tuple[str, ...], *, peers: str, held: Held) -> Case:
    """Sites and improvements of the scenario, all at interest on the first day, and nothing but decisions to come."""
    kept = {
        name: ground.scenario.interventions[name].model_copy(
            update={"peers": peers, "testing": False, "package": None, "available_from": None,
                    "available_delay_months": None}
        )
        for name in names
    }  # fmt: skip
    programmes = {
        name: programme.model_copy(
            update={"start": ground.scenario.start, "end": None, "enters": {}, "support": None, "push": None}
        )
        for name, programme in ground.scenario.programmes.items()
    }
    quiet = unsupported.without_support(ground.scenario).model_copy(
        update={
            "interventions": kept, "programmes": programmes, "change": (), "shocks": (), "ambitions": {},
            "start_from": None, "meeting_interval_months": dict.fromkeys(levers.LAYERS, 0.0),
            "safety_culture": {levers.EVERYWHERE: 0.0},
        }
    )  # fmt: skip
    given = {name: one for name, one in quiet.parameters.items() if ".stage." not in name}
    given |= {f"{name}.stage.2": values.Parameter(value=1.0) for name in names}
    none = {f"{name}.baseline.{part.name}": 0.0 for name in names for part in kept[name].elements}
    quiet = quiet.model_copy(update={"parameters": given})
    return make_case(ground._replace(start=None), quiet, held={**QUIET, **none, **held}, endless=True)


def chain_case(ground: Ground) -> tuple[Case, int]:
    """Some sites of the improvement that most are eligible for, everybody seeing everybody at once; and how many."""
    scenario = ground.scenario
    counts = eligible_counts(ground)
    name = max(counts, key=lambda one: counts[one])
    one_in = math.ceil(counts[name] / CHAIN_SITES)
    few = thinning.thinned(ground.population, one_in) if one_in > 1 else ground.population
    codes = [few.site_codes[site] for site in people.eligible_sites(scenario.interventions[name], few)]
    edges = [(site, peer, TIE, ties.MILLIONTHS) for site in codes for peer in codes if site != peer]
    small = ground._replace(population=few, ties=ties.pack_edges(edges, few), start=None)
    speeds = {f"decision_{group}_per_month": CHAIN_PER_MONTH for group in GROUPS}
    held = {
        **speeds, "kappa": PEERS_EFFECT, "peer_exponent": 1.0, "peer_weight_tie": 1.0, "decision_scale": 1.0,
        f"{name}.appeal": 1.0,
    }  # fmt: skip
    return quiet_case(small, (name,), peers="ties", held=held), len(codes)

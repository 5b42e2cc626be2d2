"""Tiny worlds with logs written by hand: four sites in two collaboratives, two interventions."""

from datetime import date

import numpy as np

from spread import model
from spread.model import inputs, record
from spread.network import population as people
from spread.outcomes import collect, tabulate
from spread.outcomes import plan as plans
from spread.scenarios import schema

ORIGIN = date(2020, 4, 1)
END = date(2020, 12, 31)
DEADLINE = date(2020, 9, 30)
SITES = ("S1", "S2", "S3", "S4")
PSCS = ("AA", "BB")
EVERYBODY = np.ones(8, dtype=bool)
"""Both units of every site engaged."""

# (day, kind, unit, from, to); an element, a cause where they matter
Step = tuple[float, model.Event, int, int, int]


def population(**changes: object) -> people.Population:
    """S1 and S2 in PSC AA, S3 and S4 in BB; S4 has no ICS and no known deprivation."""
    whole = np.arange(4)
    world = people.Population(
        site_codes=SITES,
        site_names=SITES,
        settings=("acute", "acute", "acute", "maternity"),
        services=(frozenset(),) * 4,
        organisation=whole,
        psc=np.array([0, 0, 1, 1]),
        ics=np.array([0, 0, 0, -1]),
        region=np.array([0, 0, 0, 0]),
        size=np.array([100.0, 300.0, 100.0, 100.0]),
        deprived_share=np.array([0.1, 0.2, 0.3, np.nan]),
        deprivation_fifth=np.array([1, 1, 5, 0]),
        longitude=np.zeros(4),
        latitude=np.zeros(4),
        attributes={"wave": ("one", "two", "two", "")},
        organisation_codes=("O1", "O2", "O3", "O4"),
        organisation_names=("O1", "O2", "O3", "O4"),
        organisation_settings=("acute",) * 4,
        organisation_staff=np.full(4, 100.0),
        psc_codes=PSCS,
        psc_names=PSCS,
        ics_names=("North",),
        region_names=("London",),
        networks=people.Networks(
            codes=("N1", "N2"),
            names=("N1", "N2"),
            kinds=("neonatal_odn",) * 2,
            layers=("clinical",) * 2,
            derived=(False, False),
            start=np.array([0, 2, 4]),
            member=np.array([0, 1, 1, 2]),
        ),
    )
    return world._replace(**changes)


def units(pairs: list[tuple[int, int]] | None = None, names: tuple[str, ...] = ("bedside", "kit")) -> inputs.Units:
    """Units of (intervention, site) pairs; by default every site may take up both."""
    both = [(intervention, site) for intervention in range(len(names)) for site in range(4)]
    chosen = np.array(sorted(pairs or both), dtype=np.int64)
    known = {
        "interventions": names,
        "site": chosen[:, 1],
        "intervention": chosen[:, 0],
        "organisation": chosen[:, 1],
        "psc": chosen[:, 1] // 2,
    }
    keys = np.zeros(len(chosen), np.uint64)  # what is left are the keys of their chance, which outcomes never use
    return inputs.Units(**{name: known.get(name, keys) for name in inputs.Units._fields})


def ambition(**changes: object) -> schema.Ambition:
    """Half of sites with both by the end of September."""
    usual = {"title": "Both", "interventions": ("bedside", "kit"), "threshold": 0.5, "deadline": DEADLINE}
    return schema.Ambition.model_validate(usual | changes)


def intervention(**changes: object) -> schema.Intervention:
    """A bundle of two elements."""
    number = {"value": 0.0, "source": "made up", "basis": "judgement"}
    elements = {name: {"baseline": number, "difficulty": number} for name in ("box", "sign")}
    usual = {"title": "One", "programme": "p", "kind": "bundle", "complexity": "low", "elements": elements}
    return schema.Intervention.model_validate(usual | {"appeal": number} | changes)


def scenario(
    ambitions: dict[str, schema.Ambition] | None = None,
    interventions: dict[str, schema.Intervention] | None = None,
    **changes: object,
) -> schema.Scenario:
    """A scenario that says only what outcomes need."""
    programme = schema.Programme(start=ORIGIN, interventions=("bedside", "kit"))
    said = {"start": ORIGIN, "end": END, "start_from": None, "report": schema.Report(), "change": ()}
    said |= {"programmes": {"p": programme}}
    return schema.Scenario.model_construct(
        ambitions={"both": ambition()} if ambitions is None else ambitions,
        interventions=interventions or {"bedside": intervention(), "kit": intervention()},
        **(said | changes),
    )


def plan(asked: schema.Scenario | None = None, who: inputs.Units | None = None, **more: object) -> plans.TabulationPlan:
    """The plan of a scenario on the four sites."""
    return plans.build_plan(asked or scenario(), population(), who or units(), ORIGIN, **more)


def nothing_made(asked: plans.TabulationPlan) -> collect.Collector:
    """One run in which nothing happened: no rate of the first ambition, a milestone, ever left 0."""
    collector = collect.Collector(asked, 1, 1)
    never = {0: np.zeros((len(asked.dates), len(asked.scopes)))}
    collector.add(0, 0, tabulate.tabulate(log([]), asked, EVERYBODY, rates=never))
    return collector


def log(steps: list[Step], begin: list[int] | None = None, since: list[float] | None = None) -> record.EventLog:
    """An event log from steps in time order; every unit begins at stage 0 unless `begin` says where."""
    start = [0] * 8 if begin is None else begin
    columns = list(zip(*steps, strict=True)) if steps else [()] * 5
    codes = [np.array(column, dtype=np.int8) for column in (columns[1], columns[3], columns[4])]
    return record.EventLog(
        initial_status=np.array(start, dtype=np.int8),
        initial_since_days=np.zeros(len(start)) if since is None else np.array(since),
        time_days=np.array(columns[0], dtype=np.float64),
        kind=codes[0],
        unit=np.array(columns[2], dtype=np.int32),
        element=np.full(len(steps), -1, np.int8),
        from_status=codes[1],
        to_status=codes[2],
        cause=np.zeros(len(steps), np.int8),
    )


def jump(day: float, unit: int, come_from: int, to: int) -> Step:
    """A change of status, whatever brought it about."""
    return (day, model.Event.ADOPTION, unit, come_from, to)

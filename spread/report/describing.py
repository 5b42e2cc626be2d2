"""The parts of ODD, STRESS and an assumptions log that belong to one scenario or run, from what is known of it.

What holds for every scenario is in `docs/odd.md`, `docs/stress.md` and `docs/assumptions_log.md`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import spread
from spread.network import start as starting
from spread.report.described import Chapter, Description, Grid, Part, grid
from spread.report.subjects import Subject
from spread.scenarios import differing, facts, levers

if TYPE_CHECKING:
    from spread.network import data as world_data
    from spread.network import population as people
    from spread.scenarios import schema

STANDARDS: Final = ("odd", "stress", "assumptions")
USUAL_RUN: Final = "No run is described: draws, replicates, seed and engine are chosen when it is made."
BASES: Final = ("observed", "published", "judgement", "exact")


def describe(subject: Subject, standards: Sequence[str] = STANDARDS) -> Description:
    """The chapters asked for, in the order of `STANDARDS`."""
    scenario, manifest = subject.scenario, subject.manifest
    about = [f"Scenario {scenario.name}: {scenario.start} to {scenario.end}. Written by spread {spread.__version__}."]
    if manifest is not None:
        about.append(f"Run {manifest['key']}, made on {manifest.get('made_on', 'an unknown day')}.")
    chapters = {"odd": odd, "stress": stress, "assumptions": assumptions}
    told = tuple(chapters[name](subject) for name in STANDARDS if name in standards)
    return Description(scenario.title or scenario.name, tuple(about), told)


# --- ODD ------------------------------------------------------------------------------------------


def odd(subject: Subject) -> Chapter:
    """What ODD asks of this scenario; the rest is the same for all."""
    scenario = subject.scenario
    parts = (
        Part("1", "Purpose and patterns", _purpose(scenario), (ambition_grid(scenario),)),
        Part("2", "Entities, state variables and scales", (_scales(scenario), *_counting(subject)), _entities(subject)),
        Part("3", "Process overview and scheduling", ("Dates on which the plan or the world changes.",),
             (grid(("day", "what"), timeline(scenario)),)),
        Part("4", "Design concepts: stochasticity and observation", _observation(subject)),
        Part("5", "Initialisation", *initial_state(subject)),
        Part("6", "Input data", _inputs_said(subject), data_grids(subject)),
        Part("7", "Submodels in use", ("As docs/odd.md has them, with these choices.",),
             (grid(("submodel", "here"), submodels(scenario)), *lever_grids(scenario))),
    )  # fmt: skip
    return Chapter("odd", "ODD: what belongs to this scenario", parts)


def _purpose(scenario: "schema.Scenario") -> tuple[str, ...]:
    return tuple(text for text in (scenario.title, scenario.description) if text) or ("The scenario states no title.",)


def _scales(scenario: "schema.Scenario") -> str:
    days = (scenario.end - scenario.origin).days + 1
    return f"Continuous time in days; simulated from {scenario.origin} to {scenario.end}, {days} days."


def ambition_grid(scenario: "schema.Scenario") -> Grid:
    """Every ambition: what of how many is to be reached by when."""
    rows = [
        (name, one.title, ", ".join(one.interventions), one.together, _measured(one),
         "none stated" if one.threshold is None else facts.plain(one.threshold),
         "" if one.threshold is None else one.threshold_basis, one.deadline, one.denominator)
        for name, one in scenario.ambitions.items()
    ]  # fmt: skip
    headings = ("ambition", "title", "interventions", "together", "measure", "threshold", "threshold rests on",
                "deadline", "of which sites")  # fmt: skip
    return grid(headings, rows)


def _measured(ambition: "schema.Ambition") -> str:
    return f"sites, stage {ambition.stage} or beyond" if ambition.measure == "sites" else ambition.measure


def _counting(subject: Subject) -> tuple[str, ...]:
    return (subject.not_counted,) if subject.not_counted else ()


def _entities(subject: Subject) -> tuple[Grid, ...]:
    if subject.data is None:
        return ()
    people, scenario = subject.data.population, subject.scenario
    return (
        grid(("entity", "how many"), entity_counts(subject.data, scenario)),
        grid(("intervention", "kind", "elements", "eligible sites", "their organisations", "collaboratives"),
             [_who_may(name, one, people) for name, one in scenario.interventions.items()]),
    )  # fmt: skip


def entity_counts(data: "world_data.Data", scenario: "schema.Scenario") -> list[tuple[str, int]]:
    """How many there are of everything, and how many can take anything up."""
    from spread.network import population

    people, ties = data.population, data.ties
    eligible = [population.eligible_sites(one, people) for one in scenario.interventions.values()]
    sites = np.unique(np.concatenate(eligible)) if eligible else np.zeros(0, dtype=np.int64)
    by_layer = Counter(people.networks.layers)
    return [
        ("sites", len(people.site_codes)),
        ("sites eligible for an intervention", len(sites)),
        ("units (site and intervention)", sum(map(len, eligible))),
        ("organisations", len(people.organisation_codes)),
        ("organisations with an eligible site", len(np.unique(people.organisation[sites]))),
        ("collaboratives", len(people.psc_codes)),
        *((f"networks, layer {layer}", by_layer[layer]) for layer in levers.LAYERS if layer in by_layer),
        ("networks whose members follow from a rule, not a list", sum(people.networks.derived)),
        ("ties from site to site", len(ties.peer)),
    ]


def _who_may(name: str, one: "schema.Intervention", people: "people.Population") -> tuple[object, ...]:
    from spread.network import population

    sites = population.eligible_sites(one, people)
    of = (len(np.unique(index[sites])) for index in (people.organisation, people.psc))
    return (name, one.kind, len(one.elements), len(sites), *of)


def timeline(scenario: "schema.Scenario") -> list[tuple[str, str]]:
    """Every day on which something dated happens, in order."""
    days = [(scenario.start, "the scenario begins"), (scenario.end, "the scenario ends")]
    if scenario.start_from:
        days.append((scenario.start_from.as_of, "the day whose state the run starts from"))
    for name, programme in scenario.programmes.items():
        days.append((programme.start, f"programme {name} begins"))
        days += [(programme.end, f"programme {name} ends")] if programme.end else []
        days += [(day, f"{entry} enters programme {name}") for entry, day in programme.enters.items()]
    for name, one in scenario.interventions.items():
        late = ", or so many months later as is drawn" if one.available_delay_months else ""
        days += [(one.available_from, f"{name} becomes available{late}")] if one.available_from else []
    for name, ambition in scenario.ambitions.items():
        days += [(day, f"deadline of {name}") for day in ambition.deadlines]
    for shock in scenario.shocks:
        days += [(shock.start, f"shock {shock.name} begins"), (shock.end, f"shock {shock.name} ends")]
    days += [(change.from_date, "levers change") for change in scenario.change]
    return [(str(day), what) for day, what in sorted(days, key=lambda pair: pair[0])]


def _observation(subject: Subject) -> tuple[str, ...]:
    report = subject.scenario.report
    every = "every month and quarter end" if report.months else "every quarter end"
    extra = f", and {', '.join(str(day) for day in report.dates)}" if report.dates else ""
    groups = f" Groups besides the usual: {', '.join(report.groups)}." if report.groups else ""
    return (run_size(subject), f"Counted at {every}, at deadlines{extra}.{groups}")


def run_size(subject: Subject) -> str:
    """How many runs, of what luck."""
    manifest = subject.manifest
    if manifest is None:
        return USUAL_RUN
    precise = f" (until chances were known to {manifest['precision']:g})" if manifest.get("precision") else ""
    fitted = "with fitted parameter sets" if manifest.get("posterior") else "not fitted to data"
    failed = len(manifest.get("failures", ()))
    lost = f"; {failed} replicates failed" if failed else ""
    return (
        f"{manifest['draws']} parameter sets{precise} of {manifest['replicates']} replicates, "
        f"seed {manifest.get('seed')}, {fitted}{lost}."
    )


def initial_state(subject: Subject) -> tuple[tuple[str, ...], tuple[Grid, ...]]:
    """What is known at the start: an observed state, or the shares the draws start from."""
    begin, scenario = subject.scenario.start_from, subject.scenario
    baselines = [
        (name, parameter)
        for name, parameter in scenario.parameters.items()
        if ".baseline." in name or ".stage." in name
    ]
    table = grid(("share of sites at the start", "median (5 to 95 %)", "rests on"),
                 [(name, facts.distribution(one), one.basis) for name, one in baselines])  # fmt: skip
    if begin is None:
        said = "Drawn in every parameter set from these shares: elements in place, and stages of the other sites."
        return (said,), (table,)
    said = f"From {begin.stages.name}, as of {begin.as_of}; who is not in it as docs/odd.md 7.17 says."
    if subject.data is None or subject.data.start is None:
        return (said,), ()
    return (said, *_told_of(subject.data.start)), _stages_told(subject.data.start, scenario)


def _told_of(start: starting.StartTable) -> tuple[str, ...]:
    if start.counts:
        return (f"It holds {len(start.counts)} counts, of {start.counted_on}: sites are assigned to match.",)
    kind = "what sites report of themselves" if start.is_self_reported else "a table of stages, taken as it is"
    late = f"{start.late_count} site{'' if start.late_count == 1 else 's'} reported of some only earlier"
    return (f"It is {kind}, on {len(start.site)} units; {late}.",)


def _stages_told(start: starting.StartTable, scenario: "schema.Scenario") -> tuple[Grid, ...]:
    names = tuple(scenario.interventions)
    found = Counter(zip(start.intervention.tolist(), start.stage.tolist(), strict=True))
    rows = [(names[tool], starting.STAGE_NAMES[stage], found[tool, stage]) for tool, stage in sorted(found)]
    return (grid(("intervention", "stage", "sites"), rows),) if rows else ()


def _inputs_said(subject: Subject) -> tuple[str, ...]:
    world = subject.scenario.world
    if world.population == "england":
        bundled = "its tables with their hashes are in docs/assumptions_log.md"
        return (f"The bundled England of 2021/22 (map of collaboratives: {world.psc_map}); {bundled}.",)
    return ("A world of the user's own.",)


def data_grids(subject: Subject) -> tuple[Grid, ...]:
    """Every data file the scenario names, with its hash."""
    from spread.runs import provenance

    files = provenance.data_files(subject.scenario)
    rows = [
        (use, Path(files[use]).name if use in files else "", subject.hashes.get(use, "unknown"))
        for use in dict.fromkeys([*files, *subject.hashes])
    ]
    return (grid(("what for", "file", "SHA-256"), rows),) if rows else ()


def submodels(scenario: "schema.Scenario") -> list[tuple[str, str]]:
    """Which choices the scenario makes where the model leaves one."""
    of = scenario.interventions.items()
    untested = [name for name, one in of if not one.testing]
    packages = Counter(one.package for _, one in of if one.package)
    peers = Counter(one.peers for _, one in of)
    measures = Counter(ambition.measure for ambition in scenario.ambitions.values())
    late = [name for name, one in of if one.available_delay_months]
    return [
        ("7.2 push", ", ".join(dict.fromkeys(regime.push for regime in levers.regimes(scenario)))),
        ("7.4 peers through", ", ".join(f"{kind} ({count} interventions)" for kind, count in sorted(peers.items()))),
        ("7.7 coaching places go by", ", ".join(dict.fromkeys(one.priority_rule for one in levers.regimes(scenario)))),
        ("7.8 length of test cycles", scenario.cycle_shape),
        ("7.8 adopted without testing", ", ".join(untested) or "none"),
        ("7.1 available on an uncertain date", ", ".join(late) or "none"),
        ("7.11 reliability", "in use" if measures["patients"] else "not in use"),
        ("7.12 rates, levels and milestones", "in use" if _of_rates(measures) else "not in use"),
        ("7.16 decided together", ", ".join(f"{name} ({count})" for name, count in packages.items()) or "none"),
        ("what support adds is run beside", "yes" if scenario.report.reach else "no"),
    ]


def _of_rates(measures: Iterable[str]) -> bool:
    return bool({"change", "level", "milestone"} & set(measures))


def lever_grids(scenario: "schema.Scenario") -> tuple[Grid, ...]:
    """Every lever at the start, and what each later date changes."""
    rows = [
        ("the start" if fact.section == facts.FROM_THE_START else fact.section.removeprefix("From "), fact.label, fact)
        for fact in facts.regime_facts(scenario)
    ]
    return (grid(("from", "what can be changed", "value"), rows),)


# --- STRESS ---------------------------------------------------------------------------------------


def stress(subject: Subject) -> Chapter:
    """What STRESS-DES and STRESS-ABS ask of this scenario or run, by the numbers of their items."""
    scenario, manifest = subject.scenario, subject.manifest
    stated = _purpose(scenario)
    parts = (
        Part("1.1", "Purpose of the model", stated, for_a_person="who asks the question, and what it decides"),
        Part("1.2", "Model outputs", ("The chance that each ambition is met, and what it hangs on.",),
             (ambition_grid(scenario),)),
        Part("1.3", "Aims of experimentation", (), for_a_person="which plans are compared with this one, and why"),
        Part("2.3", "Scenario logic", (), (grid(("day", "what"), timeline(scenario)), *lever_grids(scenario))),
        Part("2.5", "Components", _counting(subject), _entities(subject)),
        Part("3.1", "Data sources", _inputs_said(subject), data_grids(subject)),
        Part("3.2", "Pre-processing", (), for_a_person="what was done to these files before they were given"),
        Part("3.3", "Input parameters", (_differing_said(scenario),), differing_grids(scenario)),
        Part("4.1", "Initialisation", *initial_state(subject)),
        Part("4.2", "Run length", (_scales(scenario), "No warm-up.")),
        Part("4.3", "Estimation", (run_size(subject),), for_a_person="how sure a chance must be for the decision"),
        *_implementation(manifest),
    )  # fmt: skip
    return Chapter("stress", "STRESS: what belongs to this scenario", parts)


def _implementation(manifest: Mapping[str, Any] | None) -> tuple[Part, ...]:
    if manifest is None:
        return (Part("5", "Implementation", (USUAL_RUN, "Describe the folder of a run for its versions and machine.")),)
    versions = manifest.get("versions", {})
    told = [(name, versions[name]) for name in versions] if isinstance(versions, dict) else []
    execution = [
        (name, manifest[name]) for name in ("engine", "workers", "executor", "wall_seconds") if name in manifest
    ]
    sharing = [(name, manifest[name]) for name in ("key", "scenario_hash", "content_hash", "command_line")
               if name in manifest]  # fmt: skip
    return (
        Part("5.1", "Software", (), (grid(("package", "version"), told),)),
        Part("5.2", "Random sampling", (f"Seed {manifest.get('seed')}; numbers keyed as docs/odd.md 7.16 says.",)),
        Part("5.3", "Model execution", (), (grid(("what", "value"), execution),)),
        Part("5.4", "System specification", (_machine(manifest),), for_a_person="processor and memory of that machine"),
        Part("6.1", "Computer model sharing statement", ("MIT licence.",), (grid(("what", "value"), sharing),),
             for_a_person="where the code and this run can be got"),
    )  # fmt: skip


def _machine(manifest: Mapping[str, Any]) -> str:
    return str(manifest.get("machine") or "The run did not keep on which machine it was made.")


# --- assumptions, decisions, data -----------------------------------------------------------------


def assumptions(subject: Subject) -> Chapter:
    """The assumptions and data of this scenario: what rests on what, what differs from the catalogue."""
    scenario = subject.scenario
    used = scenario.parameters
    counts = Counter(parameter.basis for parameter in used.values())
    rows = [(basis, counts[basis], f"{counts[basis] / len(used):.0%}") for basis in BASES if counts[basis]]
    own = [(name, one) for name, one in used.items() if "." in name]
    own_rows = [(name, facts.distribution(one), one.unit, one.basis, one.source) for name, one in own]
    parts = (
        Part("", "What the numbers rest on", (f"{len(used)} numbers; those that hold for all scenarios are in "
             "docs/assumptions_log.md.",), (grid(("rests on", "numbers", "share"), rows),)),
        Part("", "Numbers that differ from the catalogue", (_differing_said(scenario),), differing_grids(scenario),
             for_a_person="who answers for each of these, and until when they hold"),
        Part("", "Numbers of these interventions, ambitions and shocks", (),
             (grid(("parameter", "median (5 to 95 %)", "unit", "rests on", "source"), own_rows),)),
        Part("", "Data", (*_inputs_said(subject), *_counting(subject)), data_grids(subject),
             for_a_person="who owns each file, and whether it may be used for this"),
        Part("", "Sign-off", (), for_a_person="commissioner, analyst, assurer and approver, with dates"),
    )  # fmt: skip
    return Chapter("assumptions", "Assumptions and data of this scenario", parts)


def _differing_said(scenario: "schema.Scenario") -> str:
    count = len(differing.from_catalogue(scenario))
    if count == 0:
        return "Every parameter is as the catalogue has it."
    return f"{count} of {len(scenario.parameters)} parameters differ from the catalogue, or are not in it."


def differing_grids(scenario: "schema.Scenario") -> tuple[Grid, ...]:
    """Parameters that differ from the catalogue, beside what it says."""
    found: Iterable[differing.Differing] = differing.from_catalogue(scenario)
    rows = [
        (one.name, facts.distribution(one.here), "not in it" if one.there is None else facts.distribution(one.there),
         one.here.unit, one.here.basis, one.here.source)
        for one in found
    ]  # fmt: skip
    headings = ("parameter", "here", "in the catalogue", "unit", "rests on", "source")
    return (grid(headings, rows),) if rows else ()

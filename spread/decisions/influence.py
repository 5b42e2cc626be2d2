"""Who influenced whom in one watched replicate: peers known to be in use, and those who knew where a site heard."""

from collections.abc import Iterator
from pathlib import Path

from spread.decisions import story, watching
from spread.decisions import trace as tracing
from spread.model import Event
from spread.model.views import LAYERS
from spread.network import influence_graph

TOLD, PEER_IN_USE = "told", "peer_in_use"
COURSE = "course"


def influences_of(trace: tracing.Trace) -> list[influence_graph.Influence]:
    """Every influence seen, in the order of the log.

    Of a decision: each peer known to be in use through each network, organisation or tie, with its share of what the
    site knew of its peers. Of a site that heard of it at a meeting or course: each site there that knew.
    """
    found: list[influence_graph.Influence] = []
    for row, seen in sorted((trace.sights or {}).items()):
        if isinstance(seen, watching.Decision):
            found += _on_decision(trace, row, seen)
        elif isinstance(seen, watching.Speed) and seen.occasion is not None:
            found += _on_hearing(trace, row, seen, seen.occasion)
    return found


def _on_decision(
    trace: tracing.Trace, row: int, seen: watching.Decision
) -> Iterator[influence_graph.Influence]:  # fmt: skip
    if trace.inputs.constants.kappa == 0.0:
        return
    views = trace.job.world.views
    for known in seen.known:
        network = int(views.view_network[known.view])
        yield influence_graph.Influence(
            source=trace.code(known.unit),
            target=trace.code(int(trace.log.unit[row])),
            kind=PEER_IN_USE,
            intervention=trace.intervention(known.unit),
            layer=LAYERS[int(views.view_layer[known.view])],
            network=story.network_code(trace, network),
            known_on=trace.day(known.day).isoformat(),
            moved_on=trace.day(float(trace.log.time_days[row])).isoformat(),
            share=known.share,
        )


def _on_hearing(
    trace: tracing.Trace, row: int, seen: watching.Speed, occasion: watching.Occasion
) -> Iterator[influence_graph.Influence]:
    on = trace.day(occasion.day).isoformat()
    networks = trace.job.world.population.networks
    for unit in seen.knew:
        yield influence_graph.Influence(
            source=trace.code(unit),
            target=trace.code(int(trace.log.unit[row])),
            kind=TOLD,
            intervention=trace.intervention(unit),
            layer=networks.layers[occasion.network] if occasion.network >= 0 else COURSE,
            network=story.network_code(trace, occasion.network),
            known_on=on,
            moved_on=on,
            share=1.0 / len(seen.knew),
        )


def nodes_of(trace: tracing.Trace) -> dict[str, dict[str, influence_graph.Value]]:
    """Every site that may take something up, with who it is and when it first decided and was in use."""
    people = trace.job.world.population
    found: dict[str, dict[str, influence_graph.Value]] = {}
    for unit in range(len(trace.inputs.units.site)):
        code, site = trace.code(unit), trace.site_of(unit)
        if code not in found:
            found[code] = {
                "name": people.site_names[site],
                "organisation": people.organisation_codes[int(people.organisation[site])],
                "setting": people.settings[site],
                "psc": people.psc_codes[int(people.psc[site])],
            }
    firsts = {Event.DECISION: "decided", Event.ADOPTION: "adopted"}
    for row in range(len(trace.log.kind)):
        what = firsts.get(Event(int(trace.log.kind[row])))
        if what is not None:
            unit = int(trace.log.unit[row])
            day = trace.day(float(trace.log.time_days[row])).isoformat()
            found[trace.code(unit)].setdefault(f"{what}:{trace.intervention(unit)}", day)
    return found


def write_graph(trace: tracing.Trace, path: Path, *, force: bool = False) -> Path:
    """Write who influenced whom as ``.graphml`` or node-link ``.json``.

    Raises
    ------
    InputError
        When a file is there already, or its ending is another.
    """
    return influence_graph.write_influences(nodes_of(trace), influences_of(trace), path, force=force)

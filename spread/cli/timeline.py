"""From a story to its figure: the lanes of `spread.plots.timeline`, and the files it is drawn to."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spread.cli import reported, source

if TYPE_CHECKING:
    from spread.decisions import story
    from spread.decisions import trace as tracing
    from spread.plots import timeline

LONG_WAIT_DAYS = 30.0
NUMBERED = ("contact", "decision", "expiry", "adoption", "spread", "sustain", "stop", "resume", "lapse", "restart")
WAITS = ("slot_grant", "place_grant")
LONGEST_STEM = 120


def draw_run(
    folder: Path,
    *,
    out: Path | None = None,
    site: Sequence[str] = (),
    intervention: str | None = None,
    draw: int = 0,
    replicate: int = 0,
) -> list[Path]:
    """Run one replicate of a run folder again, and draw the ways of sites in it."""
    from spread.cli import trace as tracing

    if not site:
        raise click.UsageError("a timeline is the way of a site; name it with --site CODE")
    only = () if intervention is None else (intervention,)
    chosen = {"sites": site, "interventions": only, "draw": draw, "replicate": replicate}
    found = tracing.run(source.read(str(folder)), chosen, quiet=False)
    return draw_sites(found, tracing.tell(found, site, only), site, out or folder / "figures")


def draw_sites(trace: "tracing.Trace", told: "Sequence[story.Moment]", sites: Sequence[str], out: Path) -> list[Path]:
    """Draw the ways of sites, and return the files written."""
    from spread.plots import timeline, writing

    telling = tell(trace, told, sites)
    figure = timeline.plot_timeline(telling)
    frame, words = timeline.tabulate_timeline(telling), timeline.describe_timeline(telling)
    return list(writing.write_figure(figure, out / stem_of(trace, sites), frame=frame, alt_text=words))


def stem_of(trace: "tracing.Trace", sites: Sequence[str]) -> str:
    """A file name that says whose way in which run it is."""
    safe = ("".join(sign if sign.isalnum() else "-" for sign in site) for site in sites)
    run = f"{trace.draw}-{trace.replicate}"
    return f"{'-'.join(['timeline', *safe])[:LONGEST_STEM]}-{run}"


def tell(trace: "tracing.Trace", told: "Sequence[story.Moment]", sites: Sequence[str]) -> "timeline.Telling":
    """What a timeline is drawn from: the moments told of sites, in their order."""
    from spread.plots import timeline

    people, lanes = trace.job.world.population, []
    for site in dict.fromkeys(sites):
        name = people.site_names[people.site_codes.index(site)]
        of_site = [moment for moment in told if moment.site == site]
        for intervention in dict.fromkeys(moment.intervention for moment in of_site):
            mine = [moment for moment in of_site if moment.intervention == intervention]
            lanes.append(_lane(trace, site, name, mine))
    return timeline.Telling(tuple(lanes), reported.say_run(trace))


def _lane(trace: "tracing.Trace", site: str, name: str, mine: "Sequence[story.Moment]") -> "timeline.Lane":
    from spread.plots import timeline

    steps = [(mine[0].date, mine[0].stage)]
    for moment in mine[1:-1]:
        if moment.stage != steps[-1][1]:
            steps.append((moment.date, moment.stage))
    title = trace.scenario.interventions[mine[0].intervention].title
    events = tuple((moment.date, moment.words) for moment in mine if _is_numbered(moment))
    return timeline.Lane(site, name, title, tuple(steps), events, mine[-1].date)


def _is_numbered(moment: "story.Moment") -> bool:
    waited = moment.facts.get("waited_days", 0.0)
    return moment.event in NUMBERED or (moment.event in WAITS and waited >= LONG_WAIT_DAYS)

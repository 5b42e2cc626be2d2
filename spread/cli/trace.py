"""`spread trace`: the story of one replicate, or of one site in it."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spread.cli import options, render, source, timeline

if TYPE_CHECKING:
    from spread.decisions import national, story
    from spread.decisions import trace as tracing
    from spread.scenarios import schema

OPENING = "One run of many: what happened in it, not what will happen."
MONTHS = {
    "month_end": "Month", "heard": "Heard", "decided": "Decided", "began_testing": "Testing", "adopted": "Adopted",
    "gave_up": "Gave up", "lapsed": "Lapsed", "in_use": "In use",
}  # fmt: skip
MOST_TABLES = 3
WATCHED_UNITS_PER_SECOND = 400
LONG_SECONDS = 30


@click.command(
    epilog=options.examples(
        "spread trace scenarios/tracheostomy/standard.toml",
        "spread trace scenarios/tracheostomy/standard.toml --site RLQ-1 --draw 1",
        "spread trace scenarios/pews/standard.toml --graph who-moved-whom.graphml",
        "spread trace scenarios/pews/standard.toml --site RHM --figure figures",
    )
)
@options.scenario
@click.option("--draw", type=click.IntRange(min=0), default=0, show_default=True, metavar="K", help="Which set.")
@click.option(
    "--replicate", type=click.IntRange(min=0), default=0, show_default=True, metavar="R", help="Which run of it."
)
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), metavar="N", help="Names the luck; 1, or that of a run folder."
)
@click.option("--site", "sites", multiple=True, metavar="CODE", help="Tell of this site (may be repeated).")
@click.option("--intervention", "interventions", multiple=True, metavar="NAME", help="Only this one (may be repeated).")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True,
    help="How to print.",
)  # fmt: skip
@click.option(
    "--graph", type=click.Path(path_type=Path), metavar="FILE", help="Who influenced whom: .graphml or node-link .json."
)
@click.option("--figure", type=click.Path(path_type=Path), metavar="DIR", help="Draw the ways of the sites there.")
@click.option("--force", is_flag=True, help="Replace a graph that is already there.")
@click.option("-q", "--quiet", is_flag=True, help="No talk.")
def trace(scenario: str, form: str, quiet: bool, **chosen: Any) -> None:
    """Tell the story of one replicate, or of one site in it.

    SCENARIO is a file, the name of a base, or a run folder. Without --site the
    story of all: month by month, who came first, the longest waits, turning
    points. With it, every step of the site: where it heard, at what speed it
    decided and why, for whom it queued, which test cycles failed.
    """
    from spread.decisions import influence
    from spread.network import influence_graph

    sites: tuple[str, ...] = chosen["sites"]
    if chosen["figure"] is not None and not sites:
        raise click.UsageError("--figure draws the way of a site; name it with --site")
    if chosen["graph"] is not None:
        influence_graph.check_path(chosen["graph"], force=chosen["force"])
    found = run(source.read(scenario, seed=chosen["seed"], quiet=quiet), chosen, quiet=quiet)
    told = tell(found, sites, chosen["interventions"]) if sites else []
    # Before anything is printed, whose reader may leave early.
    written: list[Path] = []
    if chosen["figure"] is not None:
        written += timeline.draw_sites(found, told, sites, chosen["figure"])
    if chosen["graph"] is not None:
        written.append(influence.write_graph(found, chosen["graph"], force=chosen["force"]))
    if sites:
        print_sites(found, told, sites, form=form)
    else:
        print_national(found, chosen["interventions"], form=form)
    for path in written:
        render.say(f"Wrote {path}", quiet=quiet)


def run(given: source.Source, chosen: Any, *, quiet: bool) -> "tracing.Trace":
    """Run the replicate asked for, watched as closely as what is asked of it needs."""
    from spread.decisions import trace as tracing

    influences = chosen.get("graph") is not None and not chosen["sites"]
    if chosen["sites"] or influences:
        _announce(given.scenario, quiet=quiet)
    return tracing.trace(
        given.scenario,
        draw=chosen["draw"],
        replicate_number=chosen["replicate"],
        seed=given.seed,
        sites=chosen["sites"],
        interventions=chosen["interventions"],
        influences=influences,
        posterior=given.posterior,
    )


def _announce(scenario: "schema.Scenario", *, quiet: bool) -> None:
    """Say how long watching takes, where that is long."""
    from spread.network import population as people

    population = people.build_population(scenario)
    units = sum(len(people.eligible_sites(one, population)) for one in scenario.interventions.values())
    seconds = units / WATCHED_UNITS_PER_SECOND
    if seconds > LONG_SECONDS:
        render.say(f"Watching a run of this size takes about {seconds / 60:.0f} minutes", quiet=quiet)


def tell(
    found: "tracing.Trace", sites: Sequence[str], interventions: Sequence[str]
) -> "list[story.Moment]":  # fmt: skip
    """The moments of several sites."""
    from spread.decisions import story

    return [moment for site in dict.fromkeys(sites) for moment in story.tell(found, site, interventions)]


# --- on the screen --------------------------------------------------------------------------------


def print_sites(found: "tracing.Trace", told: "Sequence[story.Moment]", sites: Sequence[str], *, form: str) -> None:
    """Print the stories of sites."""
    from spread import cells
    from spread.decisions import story

    if form == "json":
        rows = [moment._asdict() for moment in told]
        render.print_text(cells.json_text({**_about(found), "moments": rows}))
    elif form == "csv":
        columns = [name for name in story.Moment._fields if name != "facts"]
        texts = [moment._replace(about=" | ".join(moment.about))._asdict() for moment in told]  # type: ignore[arg-type]
        render.print_text(cells.csv_text(columns, [[row[name] for name in columns] for row in texts]))
    else:
        render.print_text(f"{OPENING}\n")
        for site in dict.fromkeys(sites):
            _print_site(found, [moment for moment in told if moment.site == site], site)


def _about(found: "tracing.Trace") -> dict[str, Any]:
    return {
        "scenario": found.scenario.name, "draw": found.draw, "replicate": found.replicate, "seed": found.job.seed,
    }  # fmt: skip


def _print_site(found: "tracing.Trace", told: "Sequence[story.Moment]", site: str) -> None:
    from spread.decisions import story
    from spread.decisions import trace as tracing

    people = found.job.world.population
    index = people.site_codes.index(site)
    setting, psc = people.settings[index].replace("_", " "), tracing.psc_name(people.psc_codes[people.psc[index]])
    who = f"{people.site_names[index] or site} ({site}), {setting}, {psc}"
    which = f"draw {found.draw}, replicate {found.replicate}, seed {found.job.seed}"
    render.print_text(f"{render.wrap(who)}\n{render.wrap(f'{found.scenario.name}; {which}')}\n")
    for intervention in dict.fromkeys(moment.intervention for moment in told):
        mine = [moment for moment in told if moment.intervention == intervention]
        render.print_text("\n" + render.wrap(found.scenario.interventions[intervention].title))
        render.print_text("\n".join(story.lines_of(mine)))
    render.print_text("")


def print_national(found: "tracing.Trace", interventions: Sequence[str], *, form: str) -> None:
    """Print the story of all."""
    from spread import cells
    from spread.decisions import national

    told = national.tell(found, interventions)
    if form == "json":
        parts = {name: [row._asdict() for row in rows] for name, rows in told._asdict().items()}
        render.print_text(cells.json_text({**_about(found), **parts}))
    elif form == "csv":
        render.print_text(cells.csv_text(national.Month._fields, told.months))
    else:
        which = f"{found.scenario.name}; draw {found.draw}, replicate {found.replicate}, seed {found.job.seed}"
        render.print_text(f"{OPENING}\n\n{render.wrap(which)}\n")
        _print_months(found, told)
        _print_turns(found, told)
        _print_firsts(found, told)
        _print_waits(found, told)


def _print_months(found: "tracing.Trace", told: "national.Story") -> None:
    by_name: dict[str, list[national.Month]] = {}
    for month in told.months:
        by_name.setdefault(month.intervention, []).append(month)
    tables = {_title(found, name): months for name, months in by_name.items()}
    if len(tables) > MOST_TABLES:
        tables = {f"All {len(by_name)} improvements together (each site counts once in each)": _sum(by_name)}
    for title, months in tables.items():
        render.print_text("\n" + render.wrap(f"{title}; {months[0].eligible:,} eligible"))
        rows = [{**month._asdict(), "month_end": f"{month.month_end:%b %Y}"} for month in months]
        render.print_rows(rows, columns=MONTHS, form="table", right=tuple(MONTHS)[1:])


def _sum(by_name: "dict[str, list[national.Month]]") -> "list[national.Month]":
    """The months of several interventions, added up."""
    return [
        months[0]._replace(
            intervention="", **{name: sum(getattr(month, name) for month in months) for name in months[0]._fields[2:]}
        )
        for months in zip(*by_name.values(), strict=True)
    ]


def _title(found: "tracing.Trace", name: str) -> str:
    for known in (found.scenario.interventions, found.scenario.ambitions):
        if name in known:
            return str(known[name].title)
    return {"plan": "The plan", "shock": "From outside"}.get(name, name)


def _dated(head: str, words: str) -> str:
    """A line that begins with a date or a number of days; what does not fit stands below the words."""
    return textwrap.fill(
        words, render.WIDTH, initial_indent=f"  {head:>11}  ", subsequent_indent=" " * 17, break_on_hyphens=False
    )  # fmt: skip


def _print_turns(found: "tracing.Trace", told: "national.Story") -> None:
    from spread.decisions import story

    render.print_text("\nTurning points")
    for turn in told.turns:
        render.print_text(_dated(story.say_day(turn.date), f"{_title(found, turn.about)}: {turn.words}"))


def _print_firsts(found: "tracing.Trace", told: "national.Story") -> None:
    from spread.decisions import story

    for name in dict.fromkeys(first.intervention for first in told.firsts):
        render.print_text("\n" + render.wrap(f"First to adopt: {_title(found, name)}"))
        for first in told.firsts:
            if first.intervention == name:
                words = f"{first.name or first.site} ({first.site}), {first.psc}"
                render.print_text(_dated(story.say_day(first.date), words))


def _print_waits(found: "tracing.Trace", told: "national.Story") -> None:
    from spread.decisions import story

    render.print_text("\nLongest waits" if told.waits else "\nNobody waited a day for a change slot or a coach.")
    for wait in told.waits:
        end = "and still waiting at the end" if wait.until is None else f"until {story.say_day(wait.until)}"
        words = f"{wait.site}, {wait.psc}, for a {wait.what}: {_title(found, wait.intervention)}"
        render.print_text(_dated(f"{wait.days:.0f} days", f"{words}; from {story.say_day(wait.since)} {end}"))
